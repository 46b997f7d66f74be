/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lead.h - how a document begins: its first words, as one value
 *
 * News says first what it is about, and abstracts, manual pages and mail with a
 * subject do so, too.  The value of SLOT_LEAD is the row of the first
 * LEAD_STORED words that stand in the text and in its title, the title first: of
 * each, 16 bits of a hash of its stem, the low byte first.  0 stands where a
 * paragraph ends.  So ranking reads 128 bytes of a document, not its positions
 * (which are of words, not of stems) nor its text.
 *
 * Two stems of one hash cannot be told apart: of documents that lack a word of the
 * query every 1,000th seems to begin with it.
 */
#ifndef LIB_LEAD_H
#define LIB_LEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LEAD_STORED = 64, /* words */
	LEAD_BREAK = 0
};

struct lead {
	unsigned char bytes[2 * LEAD_STORED];
	size_t n;      /* words and breaks */
	uint32_t last; /* position */
};

struct token;

/* Never LEAD_BREAK. */
uint16_t lead_hash(const char *stem, size_t len);

static inline bool lead_is_full(const struct lead *l)
{
	return l->n == LEAD_STORED;
}

/* The next words of a document; what there is no room for is left out.  A CJK
 * pair takes the place of its first character. */
void lead_add(struct lead *l, const struct token *t, size_t n);

/* How many words and breaks a value of len bytes has. */
static inline size_t lead_words(size_t len)
{
	return len / 2 < LEAD_STORED ? len / 2 : LEAD_STORED;
}

static inline uint16_t lead_at(const unsigned char *value, size_t i)
{
	return (uint16_t)(value[2 * i] | value[2 * i + 1] << 8);
}

#endif
