/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * recurrence.h - lines that stand on many pages of one source
 *
 *	each document:  recurring_lines() -> recurrence_add()
 *	then:           recurrence_decide()
 *	each document:  recurrence_has() of each of its lines; any thread
 *
 * A line is known by the hash of its letters: digits are 0, case and punctuation
 * folded.  It is boilerplate when it stands in RECURRENCE_PAGES documents of
 * its source or more that have text of their own (what versions of one page
 * share is no furniture) and, where most are dated and it has fewer than
 * RECURRENCE_SURE, over RECURRENCE_DAYS.  A line of 40 words or more is prose,
 * and needs RECURRENCE_SURE.  The order of the documents does not matter.
 *
 * Where nothing tells whose pages they are, they may not be pages at all, and
 * what some of them share is text: there a line must stand in one of
 * RECURRENCE_SHARE documents, too.
 */
#ifndef LIB_NEWS_RECURRENCE_H
#define LIB_NEWS_RECURRENCE_H

#include "buf.h"
#include "span.h"
#include "trawl.h"

enum {
	RECURRENCE_PAGES = 5,
	RECURRENCE_SURE = 10,
	RECURRENCE_DAYS = 14,
	RECURRENCE_SHARE = 30,
	RECURRENCE_LOOSE = 1 /* of the bits of a source that is none */
};

struct recurring_line {
	uint64_t hash;	     /* of the line alone; 0: nothing to tell it by */
	uint32_t begin, end; /* bytes, line feed included */
	uint32_t words;
};

struct recurring_lines {
	struct recurring_line *at;
	size_t n, alloc;
	bool failed;
};

/* Every line of a text that has a letter; replaces what was there. */
bool recurring_lines(const char *text, size_t len, struct recurring_lines *out);
void recurring_lines_release(struct recurring_lines *l);

struct recurrence;

/* memory: bytes to work with; what is more is sorted in runs on disk (files
 * without a name in dir). */
enum trawl_status recurrence_new(const char *dir, uint64_t memory,
				 struct recurrence **out,
				 struct trawl_error *err);
void recurrence_free(struct recurrence *r);
/* Counts of earlier documents of a source, as recurrence_save() made them. */
enum trawl_status recurrence_load(struct recurrence *r, uint64_t source,
				  const char *bytes, size_t len,
				  struct trawl_error *err);
/* source: a hash of what tells sources apart, RECURRENCE_LOOSE set in those of
 * what tells nothing, and only there; day: of its date, days since
 * 0000-01-01, or -1. */
enum trawl_status recurrence_add(struct recurrence *r, uint64_t source,
				 int32_t day, const struct recurring_lines *l,
				 struct trawl_error *err);
/* A document that takes the place of one that was added before: what it has of
 * the lines that are known is not counted once more. */
enum trawl_status recurrence_add_again(struct recurrence *r, uint64_t source,
				       int32_t day,
				       const struct recurring_lines *l,
				       struct trawl_error *err);
/* After the last document: nothing is added any more. */
enum trawl_status recurrence_decide(struct recurrence *r,
				    struct trawl_error *err);
/* How many documents of the source have that line when it is boilerplate, else
 * 0; from any thread. */
uint32_t recurrence_has(const struct recurrence *r, uint64_t source,
			uint64_t hash);
/* Sources that have counts worth keeping, one after the other from *at = 0;
 * false at the end.  Appends the counts to out. */
bool recurrence_save(const struct recurrence *r, size_t *at, uint64_t *source,
		     struct buf *out);

#endif
