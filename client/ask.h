/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.h - ask a source and write what it says
 */
#ifndef CLIENT_ASK_H
#define CLIENT_ASK_H

#include "die.h"
#include "response.h"

struct term;

/* Of the program, beside EXIT_COULD_NOT. */
enum {
	EXIT_HITS = 0,
	EXIT_NONE = 1,
	EXIT_USAGE = 2
};

enum {
	OUTPUT_MAX = 256 << 20 /* bytes of an answer as it is shown */
};

/*
 * Append the answer to out and leave it in r; an error is a line on standard
 * error.  Returns the exit status.
 */
int ask(struct source *src, const struct question *q, const struct term *t,
	struct buf *out, struct response *r);

/* Write to standard output, or its pager.  False: a line has said why not. */
bool show_output(const struct term *t, const struct buf *out);

/* Write an error's line; query is what its column counts in, or NULL.
 * Returns the exit status. */
int complain(const struct term *t, const char *query, enum trawl_status st,
	     const struct trawl_error *err);

/* What is shown is marked as the output can take it, unless mark= says so. */
void mark_for(const struct term *t, struct values *values);
/* On a terminal a story is told once, unless group= or story= says otherwise. */
void group_for(const struct term *t, struct values *values);

#endif
