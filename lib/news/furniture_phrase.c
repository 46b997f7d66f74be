/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "furniture_table.h"

#include "ascii8.h"
#include "plain.h"

#include <endian.h>
#include <pthread.h>
#include <string.h>

enum {
	KEY_BITS = 11, /* of a slot's number; half of the slots stay empty */
	KEY_SLOTS = 1 << KEY_BITS
};

/* Phrases that begin with the same four bytes; n is 0: none. */
struct same_key {
	uint32_t key;
	uint16_t first, n; /* in the table */
};

/* By a hash of the key, or behind. */
static struct same_key slots[KEY_SLOTS];
static pthread_once_t slots_once = PTHREAD_ONCE_INIT;

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

/* The slot of a key, or the empty one where it would be. */
static struct same_key *slot_of(uint32_t key)
{
	size_t i = key * UINT32_C(0x9E3779B1) >> (32 - KEY_BITS);

	while (slots[i].n && slots[i].key != key)
		i = (i + 1) % KEY_SLOTS;
	return &slots[i];
}

static void slots_fill(void)
{
	for (size_t i = 0; i < furniture_phrases_n; i++) {
		const uint32_t key = key_of(furniture_phrases[i].text);
		struct same_key *k = slot_of(key);

		if (!k->n)
			*k = (struct same_key){ key, (uint16_t)i, 0 };
		k->n++;
	}
}

static const struct same_key *phrases_of(uint32_t key)
{
	pthread_once(&slots_once, slots_fill);
	return slot_of(key);
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
	const struct same_key *same = phrases_of(key_of(p->s));
	const struct furniture_phrase *f = furniture_phrases + same->first;
	const struct furniture_phrase *start = NULL;

	for (size_t i = 0; i < same->n; i++, f++) {
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

/* May a line be a phrase, or begin with one?  head: its first eight bytes, zeros
 * behind a shorter one. */
static bool may_begin(const char *head)
{
	const struct same_key *same = phrases_of(key_of(head));
	const struct furniture_phrase *f = furniture_phrases + same->first;
	const uint64_t v = ascii8_load(head);

	for (size_t i = 0; i < same->n; i++, f++) {
		const uint64_t begin = ascii8_load(f->text);
		const size_t zeros = (size_t)__builtin_clzll(begin) / 8;

		if (ascii8_prefix(v, 8 - zeros) == begin)
			return true;
	}
	return false;
}

/* Most lines can be told from their first eight bytes. */
const struct furniture_phrase *furniture_phrase_find(const char *s, size_t n)
{
	char head[8];
	struct plain p;

	if (raw_head(s, n, head) && !may_begin(head))
		return NULL;
	plain_part(s, n, FURNITURE_PHRASE_MAX, &p);
	if (!p.n || !may_begin(p.s))
		return NULL;
	if (n > FURNITURE_PHRASE_MAX)
		plain_read(s, n, &p);
	return furniture_phrase_of(&p);
}

bool furniture_phrase_word(const char *s, size_t n)
{
	char head[8], *blank;

	if (!raw_head(s, n, head))
		return true;
	blank = memchr(head, ' ', sizeof(head));
	if (blank)
		memset(blank, 0, (size_t)(head + sizeof(head) - blank));
	return may_begin(head);
}
