/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * problem.h - why an input was not indexed: "path: CODE: reason"
 *
 * E_... skips a document; W_... names something that was put right.
 */
#ifndef INDEXER_PROBLEM_H
#define INDEXER_PROBLEM_H

#include <stdbool.h>

struct problem {
	char code[24]; /* "": none */
	char reason[512];
};

/* Sets *p and returns false, so that a failure reads "return problem(...)". */
bool problem(struct problem *p, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for a failed system call: its errno chooses the code. */
bool problem_errno(struct problem *p, int err);

/* Will it be the same until the file changes?  Then it is remembered. */
bool problem_lasts(const struct problem *p);

#endif
