/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_file.h - a ranking that another program made
 *
 * TREC's form: "qid Q0 docid rank score tag" a line.  The lines of a query are
 * taken in the order in which they stand, the best first.
 */
#ifndef CLIENT_RUN_FILE_H
#define CLIENT_RUN_FILE_H

#include <stddef.h>

struct run_file;

enum {
	RUN_FILE_LINES_MAX = 50000000
};

/* Read a file; NULL and a line in error[256] when it cannot be. */
struct run_file *run_file_read(const char *path, char error[256]);
void run_file_free(struct run_file *run);

/* The first max ids of a query into id; how many there are. */
size_t run_file_ids(const struct run_file *run, const char *qid,
		    const char **id, size_t max);

#endif
