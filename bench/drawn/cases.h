/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cases.h - what drivers of engines share: the queries of bench/queries, asked
 *           one after the other
 */
#ifndef BENCH_DRAWN_CASES_H
#define BENCH_DRAWN_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
	TOP = 10,	      /* hits that are wanted */
	QUERY_TEXT_MAX = 4096 /* bytes of words in an engine's language */
};

struct query {
	const char *name;		   /* of its case */
	const char *words, *since, *until; /* "" when there are none */
	bool snippets;
	char *line;
};

/* Ask; how many hits there were.  Their ids, a blank between, go to ids when
 * it is not NULL. */
typedef size_t ask_query(void *ctx, const struct query *q, FILE *ids);

/* "any" of "any-snippets", too */
bool query_is(const struct query *q, const char *name);

/*
 * A round to warm up and then one that counts, for each case of the file: a
 * line of JSON on standard output.  ids_path gets the ids of each query, or -
 * for none.  Ends the program when a file cannot be read.
 */
void measure_cases(const char *engine, const char *path, const char *ids_path,
		   ask_query *ask, void *ctx);

#endif
