/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evaluation.h - queries, and how well they were answered
 *
 * A query without a relevant document is left out, one that finds nothing
 * counts as nought.  What cannot be done ends the program.
 */
#ifndef CLIENT_EVALUATION_H
#define CLIENT_EVALUATION_H

#include "qrels.h"

struct trawl_request;

/* Two rankings can be held beside each other. */
struct evaluated {
	char *id, *text;
	struct measures of[2];
};

struct evaluation {
	struct qrels *qrels;
	struct evaluated *query;
	size_t n, alloc;
	size_t cut; /* queries that were longer than a search takes */
};

void evaluation_read(struct evaluation *e, const char *queries,
		     const char *qrels);
/* Fill in of[side]; path is an index, or a file of another program's ranking
 * (run_file.h), which the request's limit cuts, too. */
void evaluation_rank(struct evaluation *e, const char *path,
		     struct trawl_request *rq, int side);
void evaluation_release(struct evaluation *e);

/* A measure by its number, in the order in which they are printed. */
enum {
	MEASURES = 4
};
const char *measure_name(int i);
double measure_value(const struct measures *m, int i);

#endif
