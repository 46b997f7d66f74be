/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plain.h"

#include "ascii8.h"

#include <string.h>

/* Characters of two bytes and more, folded; *took: bytes read. */
static size_t fold_wide(const unsigned char *s, size_t n, char *out,
			size_t *took)
{
	unsigned a = s[0], b = n > 1 ? s[1] : 0, c = n > 2 ? s[2] : 0;

	*took = 2;
	if (a == 0xC2 && b == 0xA0)
		return *out = ' ', 1;
	if (a == 0xC3 && b >= 0x80 && b <= 0x9E && b != 0x97)
		b += 0x20;
	else if (a == 0xD0 && b >= 0x90 && b <= 0x9F)
		b += 0x20;
	else if (a == 0xD0 && b >= 0xA0 && b <= 0xAF)
		a = 0xD1, b -= 0x20;
	else if (a == 0xD0 && b >= 0x80 && b <= 0x8F)
		a = 0xD1, b += 0x10;
	else if (a == 0xE2 && b == 0x80 && (c == 0x98 || c == 0x99))
		return *took = 3, *out = '\'', 1;
	else if (a == 0xE2 && b == 0x80 && (c <= 0x8A || c == 0xAF))
		return *took = 3, *out = ' ', 1;
	else if (a == 0xE2 && b == 0x80 && c <= 0x8F)
		return *took = 3, 0;
	else if (a < 0xC2 || a > 0xD1)
		return *took = 1, out[0] = (char)a, 1;
	if (n < 2)
		return *took = 1, out[0] = (char)a, 1;
	out[0] = (char)a;
	out[1] = (char)b;
	return 2;
}

size_t plain_character(const char *text, size_t n, char out[4], size_t *took)
{
	const unsigned char *s = (const unsigned char *)text;

	*took = 1;
	if (s[0] < 0x80) {
		*out = (char)(is_lower((char)(s[0] | 32)) ? s[0] | 32 : s[0]);
		if (is_digit(*out))
			*out = '0';
		return is_lower(*out) || *out == '0';
	}
	if (s[0] == 0xE2 || s[0] == 0xC2) { /* marks */
		*took = s[0] == 0xE2 ? 3 : 2;
		*took = *took < n ? *took : n;
		return 0;
	}
	return fold_wide(s, n, out, took);
}

/* Bytes of a bullet, an arrow or a rule at the beginning; 0: none. */
static size_t bullet(const unsigned char *s, size_t n)
{
	if (memchr(" \t|>*-_=+~", s[0], 10))
		return 1;
	if (n > 1 && s[0] == 0xC2 && (s[1] == 0xB7 || s[1] == 0xBB))
		return 2;
	if (n > 2 && s[0] == 0xE2 &&
	    !(s[1] == 0x80 && s[2] <= 0x9F && s[2] >= 0x98))
		return 3;
	return n > 2 && s[0] == 0xEF && s[1] == 0xBB ? 3 : 0;
}

/* Without the punctuation, the arrows and the ellipsis at the end. */
size_t plain_label(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;

	for (;;) {
		if (n && memchr(" :.!|>-+*<,", s[n - 1], 11))
			n--;
		else if (n > 2 && s[n - 3] == 0xE2)
			n -= 3;
		else if (n > 1 && s[n - 2] == 0xC2 && s[n - 1] == 0xBB)
			n -= 2;
		else
			return n;
	}
}

/* Eight bytes to out[k], unless not each of them is one of ASCII that stays: of
 * blanks the first does. */
static bool put_eight(const char *s, char *out, size_t k)
{
	const uint64_t before = !k || out[k - 1] == ' ' ? 0x80 : 0;
	uint64_t v = ascii8_load(s);
	const uint64_t blank = ascii8_between(v & ~ASCII8_TOPS, ' ', ' ');
	const uint64_t control = ~(v + ASCII8_ONES * (0x80 - ' '));

	if ((v | control | (blank & (blank << 8 | before))) & ASCII8_TOPS)
		return false;
	v = htole64(ascii8_lower(v));
	memcpy(out + k, &v, 8);
	return true;
}

void plain_part(const char *text, size_t n, size_t max, struct plain *out)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0, k = 0, took;

	while (i < n && (took = bullet(s + i, n - i)) != 0 && took <= n - i)
		i += took;
	while (i < n && k < max) {
		if (s[i] >= 0x80) {
			k += fold_wide(s + i, n - i, out->s + k, &took);
			i += took;
		} else if (i + 8 <= n && k + 8 <= max &&
			   put_eight(text + i, out->s, k)) {
			i += 8;
			k += 8;
		} else if (s[i] <= ' ') {
			if (k && out->s[k - 1] != ' ')
				out->s[k++] = ' ';
			i++;
		} else {
			unsigned c = s[i++];

			out->s[k++] = (char)(c - 'A' < 26u ? c + 32 : c);
		}
	}
	while (k && out->s[k - 1] == ' ')
		k--;
	out->n = k;
	memset(out->s + k, 0, 8);
	out->label = plain_label(out->s, k);
}

void plain_read(const char *text, size_t n, struct plain *out)
{
	plain_part(text, n, PLAIN_MAX, out);
}

unsigned plain_words(const struct plain *p)
{
	unsigned n = p->n != 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->s[i] == ' ';
	return n;
}

bool plain_has(const struct plain *p, const char *const *words)
{
	for (; *words; words++)
		if (memmem(p->s, p->n, *words, strlen(*words)))
			return true;
	return false;
}

/* Does a line begin with it, and not in the middle of a word? */
bool plain_begins(const struct plain *p, const char *phrase)
{
	size_t n = strlen(phrase);

	return p->n >= n && !memcmp(p->s, phrase, n) &&
	       (p->n == n || !word_byte(phrase[n - 1]) || !word_byte(p->s[n]));
}

bool plain_quoted(const struct plain *p)
{
	return memchr(p->s, '"', p->n) ||
	       memmem(p->s, p->n, "\342\200\234", 3) ||
	       memmem(p->s, p->n, "\302\253", 2);
}
