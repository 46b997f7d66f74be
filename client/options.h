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
#include "trawl.h"

enum ask {
	ASK_SEARCH,
	ASK_PARSE,
	ASK_GET,
	ASK_SIMILAR,
	ASK_SUGGEST,
	ASK_SPELL
};

struct options {
	const char *index;
	enum ask ask;
	const char *what; /* of ASK_GET and the others below it */
	bool raw;	  /* --json, --tsv or --ids: lines for programs */
	bool marked;	  /* mark= was given */
	struct trawl_request rq;
	struct buf query;
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

#endif
