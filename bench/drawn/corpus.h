/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * corpus.h - a file of JSON Lines: counted once, then read here and there
 */
#ifndef BENCH_DRAWN_CORPUS_H
#define BENCH_DRAWN_CORPUS_H

#include "vocabulary.h"

#include <stdio.h>

enum {
	DAY_BYTES = 10 /* 2015-01-31 */
};

struct corpus {
	FILE *file;
	long *at; /* where each of n documents begins */
	size_t n, alloc;
	char (*day)[DAY_BYTES + 1]; /* of ndays documents, in order */
	size_t ndays;
	struct vocabulary vocabulary;
	char *line;
	size_t line_room;
};

/* Ends the program when it cannot be read. */
void corpus_open(struct corpus *c, const char *path);
/* The words of a document's text. */
void corpus_words(struct corpus *c, size_t document, struct words *out);
void corpus_close(struct corpus *c);

#endif
