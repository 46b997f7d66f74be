/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sorted_runs.h - more records than memory holds, in order
 *
 *	sorted_runs_new() -> sorted_runs_add() ... -> sorted_runs_rewind()
 *	while (sorted_runs_next(s, &r)) ... -> sorted_runs_end()
 *
 * Records are in the order of their keys, those of one key in that of their values;
 * equal ones are all kept.  What memory does not hold is sorted in runs, which
 * are written to a file without a name and merged while they are read.  The
 * order depends on the records alone.
 */
#ifndef LIB_NEWS_SORTED_RUNS_H
#define LIB_NEWS_SORTED_RUNS_H

#include "trawl.h"

struct sorted_record {
	uint64_t key;
	uint32_t value;
};

enum {
	SORTED_RUNS_RECORD = 12,     /* bytes, in memory and on disk */
	SORTED_RUNS_MEMORY = 1 << 20 /* less than that is taken for it */
};

struct sorted_runs;

/* memory: bytes in all, reading them included; taken as it is needed. */
enum trawl_status sorted_runs_new(const char *dir, uint64_t memory,
				  struct sorted_runs **out,
				  struct trawl_error *err);
void sorted_runs_free(struct sorted_runs *s);
/* IO: the disk is full, or fails. */
enum trawl_status sorted_runs_add(struct sorted_runs *s, uint64_t key,
				  uint32_t value, struct trawl_error *err);
uint64_t sorted_runs_count(const struct sorted_runs *s);
/* Read from the first record, again if wanted; nothing is added any more. */
enum trawl_status sorted_runs_rewind(struct sorted_runs *s,
				     struct trawl_error *err);
/* False at the end, and when reading fails: see sorted_runs_end(). */
bool sorted_runs_next(struct sorted_runs *s, struct sorted_record *out);
/* Was that all? */
enum trawl_status sorted_runs_end(const struct sorted_runs *s,
				  struct trawl_error *err);

#endif
