/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.h - where answers come from: an index in this process, or a server
 *
 * Both fill in the same struct response from the same question, so that what
 * is shown cannot tell them apart.
 */
#ifndef CLIENT_SOURCE_H
#define CLIENT_SOURCE_H

#include "trawl.h"

struct response;
struct values;

enum ask {
	ASK_SEARCH,
	ASK_PARSE,
	ASK_GET,
	ASK_SIMILAR,
	ASK_SUGGEST,
	ASK_SPELL,
	ASK_EXPLAIN,
	ASK_INFO,
	ASK_STATS
};

struct question {
	enum ask ask;
	const char *what;  /* an id; the text of SUGGEST and SPELL */
	const char *query; /* "" none */
	/* With fmt= the answer is lines for a program, and not read. */
	const struct values *values;
};

/* The values that apply, as a request of the library, which borrows them. */
enum trawl_status question_request(const struct question *q,
				   struct trawl_request *rq,
				   struct trawl_error *err);
bool question_is_raw(const struct question *q);
/* Whether NAME=VALUE means something to such a question. */
bool ask_takes(enum ask ask, const char *name);

struct source {
	char *name;	 /* a path, or a server's address */
	bool told_stale; /* that words may be missed: said once */
	enum trawl_status (*ask)(struct source *src, const struct question *q,
				 struct response *out, struct trawl_error *err);
	void (*close)(struct source *src);
};

enum trawl_status source_open_index(const char *path, struct source **out,
				    struct trawl_error *err);

struct server_options {
	const char *address;	/* NULL: $TRAWL_SERVER, or the usual ones */
	const char *token_file; /* NULL: $TRAWL_TOKEN_FILE, or none */
};

/* Errors: IO; BADVALUE: an address or a token that can be none. */
enum trawl_status source_open_server(const struct server_options *options,
				     struct source **out,
				     struct trawl_error *err);

enum trawl_status source_ask(struct source *src, const struct question *q,
			     struct response *out, struct trawl_error *err);
void source_close(struct source *src);

/* Write err's line and return st. */
enum trawl_status source_fail(struct trawl_error *err, enum trawl_status st,
			      const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

enum {
	WORDS_SHOWN = 20 /* of SUGGEST and SPELL, without limit= */
};

#endif
