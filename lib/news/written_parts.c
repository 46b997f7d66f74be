/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "written_parts.h"

#include <string.h>

enum {
	BLANKS_MAX = 3,	   /* in a row */
	WORD_BACK_MAX = 40 /* bytes of a word that is looked for backwards */
};

static bool is_word_byte(char c)
{
	return (unsigned char)c >= 0x80 ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static size_t blank(const char *s, size_t n)
{
	if (!n)
		return 0;
	if (*s == ' ' || *s == '\t')
		return 1;
	if (n >= 2 && !memcmp(s, "\xC2\xA0", 2))
		return 2;
	if (n >= 3 &&
	    (!memcmp(s, "\xE2\x80\xAF", 3) || !memcmp(s, "\xE2\x80\x89", 3)))
		return 3;
	return 0;
}

void scan_blanks(struct scan *c)
{
	for (unsigned i = 0; i < BLANKS_MAX; i++)
		c->at += blank(c->s + c->at, c->n - c->at);
}

bool scan_any(struct scan *c, const char *any)
{
	if (c->at == c->n || !c->s[c->at] || !strchr(any, c->s[c->at]))
		return false;
	c->at++;
	return true;
}

bool scan_bytes(struct scan *c, const char *bytes)
{
	size_t n = strlen(bytes);

	if (c->n - c->at < n || memcmp(c->s + c->at, bytes, n) != 0)
		return false;
	c->at += n;
	return true;
}

bool scan_dash(struct scan *c)
{
	return scan_bytes(c, "\xE2\x80\x93") || scan_bytes(c, "\xE2\x80\x94") ||
	       scan_bytes(c, "\xE2\x80\xA2") || scan_bytes(c, "\xC2\xB7");
}

bool scan_digit(const struct scan *c)
{
	return c->at < c->n && is_decimal(c->s[c->at]);
}

bool scan_letter(const struct scan *c)
{
	return c->at < c->n && is_word_byte(c->s[c->at]) &&
	       date_word_length(c->s + c->at, c->n - c->at);
}

unsigned scan_number(struct scan *c, unsigned max, unsigned *value)
{
	unsigned n = 0;

	*value = 0;
	while (n <= max && c->at + n < c->n && is_decimal(c->s[c->at + n]))
		*value = *value * 10 + (unsigned)(c->s[c->at + n++] - '0');
	if (n > max)
		return 0;
	c->at += n;
	return n;
}

/* ",000" */
static bool is_thousands(const char *s, size_t n)
{
	return n > 3 && *s == ',' && is_decimal(s[1]) && is_decimal(s[2]) &&
	       is_decimal(s[3]) && (n == 4 || !is_decimal(s[4]));
}

bool scan_is_in_number(const struct scan *c)
{
	const size_t left = c->n - c->at;
	const char *s = c->s + c->at;

	return left &&
	       (is_decimal(*s) || *s == '%' || is_thousands(s, left) ||
		(left > 1 && (*s == '.' || *s == ':') && is_decimal(s[1])));
}

static size_t marked_word(const char *s, size_t n, const char *word)
{
	char folded[DATE_WORD_MAX];
	size_t len = date_word_length(s, n);

	return len && date_word_fold(s, len, folded) && !strcmp(folded, word)
		       ? len
		       : 0;
}

/* Bytes of a whole word at the head of s, or 0. */
static size_t word_length(const char *s, size_t n, const char *word)
{
	size_t i = 0;

	while (i < n && word[i] && (s[i] | 0x20) == word[i])
		i++;
	if (i < n && (unsigned char)s[i] >= 0x80)
		return marked_word(s, n, word);
	return !word[i] && (i == n || !is_word_byte(s[i])) ? i : 0;
}

bool scan_whole_word(struct scan *c, const char *word)
{
	size_t n = word_length(c->s + c->at, c->n - c->at, word);

	c->at += n;
	return n > 0;
}

static bool may_be_name_at(const struct scan *c)
{
	return c->n - c->at >= 2 && date_name_may_begin(c->s + c->at);
}

static const struct date_name *name_at(const struct scan *c, size_t *n)
{
	if (!may_be_name_at(c))
		return NULL;
	*n = date_word_length(c->s + c->at, c->n - c->at);
	return date_name_find(c->s + c->at, *n);
}

const struct date_name *scan_name(struct scan *c, enum date_name_kind kind)
{
	size_t n;
	const struct date_name *name = name_at(c, &n);

	if (!name || name->kind != kind)
		return NULL;
	c->at += n;
	if (name->force == NAME_ABBR || name->force == NAME_WEAK || n <= 5)
		scan_any(c, ".");
	return name;
}

size_t word_before(const char *s, size_t at, size_t *end)
{
	size_t begin;

	for (unsigned i = 0; at && strchr(" .,", s[at - 1]) && s[at - 1]; i++)
		if (i == BLANKS_MAX)
			break;
		else
			at--;
	*end = at;
	begin = at;
	while (begin && at - begin < WORD_BACK_MAX &&
	       is_word_byte(s[begin - 1]))
		begin--;
	return begin;
}
