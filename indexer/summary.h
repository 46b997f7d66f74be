/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * summary.h - what a run did, for eyes or as one JSON object
 */
#ifndef INDEXER_SUMMARY_H
#define INDEXER_SUMMARY_H

#include "cmdline.h"

struct summary {
	uint64_t added, replaced, unchanged, removed, skipped;
	uint64_t mended;     /* documents with U+FFFD for malformed parts */
	uint64_t long_words; /* left out */
	uint64_t documents;  /* in the index now */
	uint64_t bytes;	     /* read, without compression */
	double seconds;
	bool rewritten; /* a new generation, not changes in place */
};

double monotonic_seconds(void);
/* "12.3 MB" */
void print_bytes(char out[16], uint64_t n);

/* To standard output, unless cl->quiet.  False: it could not be written. */
bool summary_print(const struct summary *s, const struct cmdline *cl);

/* Flush standard output; false, and a line says why, when it has failed. */
bool finish_output(void);

#endif
