/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * options.h - what the command line asks of trawl
 *
 * Options come before the query, long ones after its first word as well, so
 * that "trawl -i news climate -london --json" does what it says.  NAME=VALUE
 * is an option when SEARCH has one of that name, and text otherwise.  After
 * "--" everything is text.
 */
#ifndef CLIENT_OPTIONS_H
#define CLIENT_OPTIONS_H

#include "buf.h"
#include "source.h"
#include "values.h"

struct options {
	const char *index;
	struct server_options server;
	enum ask ask;
	struct buf what; /* of ASK_GET and others */
	struct values values;
	struct buf query;
	bool bare; /* nothing was asked */
};

enum parsed {
	PARSED,
	PARSED_HELP,
	PARSED_VERSION,
	PARSED_WRONG
};

/* WRONG: one line has been written to standard error. */
enum parsed options_parse(struct options *o, int argc, char **argv);
void options_release(struct options *o);
void options_help(void);

/*
 * Take a word: NAME=VALUE of a search into values, any other into query, with
 * a blank before it.  Errors: BADVALUE.
 */
enum trawl_status options_word(struct values *values, struct buf *query,
			       const char *word, struct trawl_error *err);

/* The query language on a card, for --help and for the prompt. */
extern const char options_query_card[];
/* The names of NAME=VALUE, to standard output. */
void options_names(void);

#endif
