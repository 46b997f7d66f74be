/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * qrels.h - relevance judgements and the measures of a ranking
 *
 * Judgements are TREC's: "qid iter docid gain" a line.  A gain of 1 or more is
 * relevant.  Measures are trec_eval's (Voorhees & Harman 2005, TREC, chapter
 * 3); nDCG is Jarvelin & Kekalainen 2002 with gains as they are and the
 * discount log2(rank + 1).
 */
#ifndef CLIENT_QRELS_H
#define CLIENT_QRELS_H

#include <stdbool.h>
#include <stddef.h>

struct qrels;

enum {
	QRELS_LINES_MAX = 50000000,
	QRELS_GAIN_MAX = 1000
};

/* Read a file; NULL and a line in error[256] when it cannot be. */
struct qrels *qrels_read(const char *path, char error[256]);
void qrels_free(struct qrels *q);

/* The gain of a document for a query; 0 when it is not judged. */
int qrels_gain(const struct qrels *q, const char *qid, const char *docid);
/* How many relevant documents a query has. */
size_t qrels_relevant(const struct qrels *q, const char *qid);

/* Cut the next blank-separated word off *line; NULL when there is none. */
char *cut_word(char **line);

struct measures {
	double ndcg10, map, p10, mrr;
};

/* Measures of a ranking of n ids, best first. */
void measure(const struct qrels *q, const char *qid, const char *const *ids,
	     size_t n, struct measures *out);

#endif
