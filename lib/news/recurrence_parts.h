/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recurrence_parts.h - inside of recurrence.c and recurrence_counts.c
 *
 * A line of a source has a key: the first 40 bits of a hash of both, zeroes, and
 * in the last byte how many words it has, which does not tell lines apart.  For
 * each line of each document there is a record (key, document); sorted, they
 * are counted twice: first how many documents have a line, then how many of
 * those have text of their own, since pages that share nearly all are copies,
 * and what they share is no furniture.
 */
#ifndef LIB_NEWS_RECURRENCE_PARTS_H
#define LIB_NEWS_RECURRENCE_PARTS_H

#include "recurrence.h"
#include "sorted_runs.h"

enum {
	KEY_LINE_BITS = 40,
	KEY_LINE_SHIFT = 64 - KEY_LINE_BITS,
	KEY_WORDS_MAX = 255,
	RECURRENCE_PROSE = 40,	       /* words: a line of so many is prose */
	RECURRENCE_SAVED_MAX = 1 << 16 /* lines of a source */
};

/* Of a line that two documents have or more; or one, when it is no prose. */
struct recurrence_count {
	uint64_t key;
	uint32_t documents;
	uint32_t counted;    /* of them: with text of their own */
	uint32_t dated;	     /* of those */
	int32_t first, last; /* day; -1: none is dated */
	uint32_t source;     /* which of recurrence's */
};

struct recurrence_counts {
	struct recurrence_count *at;
	size_t n, alloc;
};

struct recurrence_document {
	uint32_t words, own;
	uint32_t shared; /* words of long lines that are not its own */
	uint32_t source;
	int32_t day;
	bool again; /* it was counted before, as it was then */
};

/* From keys of lines that are boilerplate to how often they are. */
struct recurrence_set {
	uint64_t *key; /* 0: free */
	uint32_t *times;
	size_t slots; /* a power of two, or 0 */
};

struct recurrence {
	uint64_t memory;
	struct sorted_runs *runs;
	struct recurrence_document *document;
	size_t ndocuments, documents_alloc;
	uint64_t *source; /* hashes */
	uint64_t *pages;  /* of each, in all */
	size_t nsources, sources_alloc;
	uint32_t *source_slot; /* number + 1; 0: free */
	size_t source_slots;
	struct recurrence_counts old, now; /* by keys; loaded, of all */
	size_t *of_source; /* counts by source: where each begins in order */
	uint32_t *order;
	struct recurrence_set set;
};

uint64_t recurrence_scramble(uint64_t v);
uint64_t recurrence_key(uint64_t source, uint64_t hash, uint32_t words);
/* The number of a source, as it is or new; false without memory. */
bool recurrence_source(struct recurrence *r, uint64_t source, uint32_t *out);
bool recurrence_counts_add(struct recurrence_counts *c,
			   const struct recurrence_count *count);
bool recurrence_counts_order(struct recurrence *r);

#endif
