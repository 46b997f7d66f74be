/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verb.h - the verbs of the protocol and its errors: the only lists of either
 *
 * Dispatch, HELP, the counters of STATS and the test that doc/protocol.md has
 * each of them read these tables.
 */
#ifndef DAEMON_VERB_H
#define DAEMON_VERB_H

#include <stdbool.h>
#include <stddef.h>

enum verb_id {
	VERB_SEARCH,
	VERB_COUNT,
	VERB_GET,
	VERB_SIMILAR,
	VERB_SUGGEST,
	VERB_SPELL,
	VERB_EXPLAIN,
	VERB_INFO,
	VERB_STATS,
	VERB_PING,
	VERB_HELP,
	VERB_AUTH,
	VERB_QUIT,
	VERB_RELOAD,
	VERBS
};

enum verb_flags {
	VERB_WORKER = 1,     /* a worker answers it; else the front does */
	VERB_TEXT = 2,	     /* takes ":text", which is its option q= */
	VERB_NEEDS_TEXT = 4, /* 504 without it */
	VERB_NEEDS_ID = 8,   /* 504 without id= */
	VERB_OPEN = 16,	     /* is answered before AUTH */
	VERB_ADMIN = 32	     /* on the unix socket, or after AUTH */
};

struct verb {
	const char *name;
	unsigned flags;
	const char *options; /* names, a blank between two; "" none */
	const char *text;    /* what ":text" is, in HELP: "query"; or NULL */
	const char *summary; /* one sentence */
};

extern const struct verb verbs[VERBS];

/* By name of len bytes, in any case; NULL when there is none. */
const struct verb *verb_find(const char *name, size_t len);
/* The verb that was probably meant, or NULL. */
const struct verb *verb_near(const char *name, size_t len);
bool verb_has_option(const struct verb *verb, const char *key);

struct buf;

/* "SEARCH [in=] [limit=] ... [:query]", for HELP. */
void verb_usage(struct buf *out, const struct verb *verb);

enum error_code {
	ERROR_NONE = 0,
	ERROR_TIMEOUT = 408,
	ERROR_REVISION_GONE = 409,
	ERROR_BUSY = 421,
	ERROR_LOADING = 422,
	ERROR_WORKER_LOST = 423,
	ERROR_SHUTTING_DOWN = 424,
	ERROR_UNKNOWN_VERB = 501,
	ERROR_UNKNOWN_OPTION = 502,
	ERROR_BAD_VALUE = 503,
	ERROR_MISSING_VALUE = 504,
	ERROR_BAD_QUERY = 505,
	ERROR_TOO_COMPLEX = 506,
	ERROR_UNKNOWN_INDEX = 507,
	ERROR_NOT_FOUND = 508,
	ERROR_BAD_BYTES = 509,
	ERROR_LINE_TOO_LONG = 510,
	ERROR_TOO_LARGE = 511,
	ERROR_WRONG_PROTOCOL = 512,
	ERROR_AUTH_REQUIRED = 513,
	ERROR_AUTH_FAILED = 514,
	ERROR_NOT_ALLOWED = 515,
	ERROR_CORRUPT_INDEX = 590,
	ERROR_INTERNAL = 599
};

struct error_kind {
	enum error_code code;
	const char *slug;    /* "bad-query" */
	const char *meaning; /* one sentence */
};

/* In the order of their codes; ends with code ERROR_NONE. */
extern const struct error_kind errors[];

/* "internal" for a code that is none. */
const char *error_slug(enum error_code code);

#endif
