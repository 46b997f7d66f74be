/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "furniture_table.h"

#include "ascii8.h"
#include "plain.h"

#include <endian.h>
#include <string.h>

/* Four bytes, in the order of the table. */
static uint32_t key_of(const char *s)
{
	uint32_t v;

	memcpy(&v, s, sizeof(v));
	return be32toh(v);
}

/* A line that begins with eight bytes of ASCII, no bullet: those, in lower
 * case, as memory has them. */
static bool raw_head(const char *s, size_t n, char head[8])
{
	uint64_t v;

	if (n < 8 || (!word_byte(s[0]) && s[0] != '('))
		return false;
	v = ascii8_load(s);
	if (v & ASCII8_TOPS)
		return false;
	v = htole64(ascii8_lower(v));
	memcpy(head, &v, 8);
	return true;
}

/* The first phrase whose key is not below. */
static const struct furniture_phrase *first_phrase(uint32_t key)
{
	const struct furniture_phrase *low = furniture_phrases;
	size_t n = furniture_phrases_n;

	while (n) {
		size_t half = n / 2;
		bool up = key_of(low[half].text) < key;

		low += up ? half + 1 : 0;
		n = up ? n - half - 1 : half;
	}
	return low;
}

static bool in_table(const struct furniture_phrase *f, uint32_t key)
{
	return f < furniture_phrases + furniture_phrases_n &&
	       key_of(f->text) == key;
}

/* A phrase that a line begins with, and the rest fits. */
static bool starts(const struct plain *p, const struct furniture_phrase *f)
{
	if (!plain_begins(p, f->text) || plain_words(p) > f->words)
		return false;
	return f->need == NEED_NOTHING ||
	       (!plain_quoted(p) && plain_has(p, furniture_needs[f->need]));
}

/* The phrase that a line is, or begins with; NULL: none. */
const struct furniture_phrase *furniture_phrase_of(const struct plain *p)
{
	const struct furniture_phrase *start = NULL;
	uint32_t key = key_of(p->s);

	for (const struct furniture_phrase *f = first_phrase(key);
	     in_table(f, key); f++) {
		if (f->mode >= PHRASE_START) {
			if (starts(p, f))
				start = f;
		} else if (strlen(f->text) == p->label &&
			   !memcmp(f->text, p->s, p->label)) {
			return f;
		}
	}
	return start;
}

/* May a line that begins so be a phrase, or begin with one? */
static bool may_begin(const char *head, size_t n)
{
	const uint32_t key = key_of(head);

	for (const struct furniture_phrase *f = first_phrase(key);
	     in_table(f, key); f++) {
		const size_t len = strnlen(f->text, n);

		if (!memcmp(f->text, head, len))
			return true;
	}
	return false;
}

/* Most lines can be told from their first eight bytes. */
const struct furniture_phrase *furniture_phrase_find(const char *s, size_t n)
{
	char head[8];
	struct plain p;

	if (raw_head(s, n, head) && !may_begin(head, sizeof(head)))
		return NULL;
	plain_part(s, n, FURNITURE_PHRASE_MAX, &p);
	if (!p.n || !may_begin(p.s, p.n))
		return NULL;
	if (n > FURNITURE_PHRASE_MAX)
		plain_read(s, n, &p);
	return furniture_phrase_of(&p);
}
