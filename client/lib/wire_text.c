/* SPDX-License-Identifier: MIT */
#include "wire_text.h"

#include <string.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool all_word_bytes(struct wire_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter(s.p[i]) && !(s.p[i] >= '0' && s.p[i] <= '9') &&
		    s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return true;
}

bool wire_is_word(struct wire_slice s)
{
	return s.n > 0 && s.n <= WIRE_WORD_MAX && is_letter(s.p[0]) &&
	       all_word_bytes(s);
}

bool wire_is_tag(struct wire_slice s)
{
	return s.n > 0 && s.n <= WIRE_TAG_MAX && all_word_bytes(s);
}

bool wire_is(struct wire_slice s, const char *text)
{
	return s.n == strlen(text) && !memcmp(s.p, text, s.n);
}

bool wire_number(struct wire_slice s, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - (unsigned)'0';

		if (d > 9 || n > (UINT64_MAX - d) / 10)
			return false;
		n = n * 10 + d;
	}
	*out = n;
	return s.n > 0;
}

bool wire_next_word(struct wire_slice *rest, struct wire_slice *word)
{
	while (rest->n > 0 && *rest->p == ' ') {
		rest->p++;
		rest->n--;
	}
	if (!rest->n)
		return false;

	const char *end = memchr(rest->p, ' ', rest->n);

	word->p = rest->p;
	word->n = end ? (size_t)(end - rest->p) : rest->n;
	rest->p += word->n + !!end;
	rest->n -= word->n + !!end;
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

/* %00 is refused: a value is a C string. */
static bool decodable(struct wire_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%')
			continue;
		if (s.n - i < 3 || hex(s.p[i + 1]) < 0 || hex(s.p[i + 2]) < 0 ||
		    (s.p[i + 1] == '0' && s.p[i + 2] == '0'))
			return false;
		i += 2;
	}
	return true;
}

bool wire_pair_split(struct wire_slice word, struct wire_slice *key,
		     struct wire_slice *value)
{
	const char *sign = memchr(word.p, '=', word.n);

	if (!sign)
		return false;
	key->p = word.p;
	key->n = (size_t)(sign - word.p);
	value->p = sign + 1;
	value->n = word.n - key->n - 1;
	return wire_is_word(*key) && decodable(*value);
}

void wire_decode(struct wire_slice value, char *out)
{
	const char *end = value.p + value.n;

	for (const char *s = value.p; s < end; s++) {
		if (*s == '%') {
			*out++ = (char)(hex(s[1]) << 4 | hex(s[2]));
			s += 2;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}
