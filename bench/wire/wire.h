/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - how servers are asked, and where their replies end; pure
 *
 * A query is a line: words, or CASE<TAB>WORDS<TAB>SINCE<TAB>UNTIL as
 * bench/README has it.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

struct wire_query {
	const char *kind;  /* CASE, or "" */
	const char *words; /* NULL: the request has no text */
	const char *since, *until;
};

struct wire_options {
	const char *verb, *options; /* trawl; options may be NULL */
	uint64_t ranker;	    /* Sphinx */
};

/* The replies of one connection, as they come. */
struct wire_reader {
	int state;
	uint64_t left; /* bytes or lines of this state */
	struct buf kept;
	/* Of the reply that has just become whole. */
	unsigned code; /* 0: it is no error */
	uint64_t hits;
};

struct wire {
	const char *name;
	/* What a client sends before its first request. */
	void (*hello)(struct buf *out);
	void (*request)(struct buf *out, const struct wire_query *q,
			const struct wire_options *o);
	/* How much of the n bytes has been taken; *whole: with them a reply. */
	size_t (*take)(struct wire_reader *r, const char *s, size_t n,
		       bool *whole);
};

extern const struct wire wire_trawl, wire_sphinx;

/* The protocol of that name, or NULL. */
const struct wire *wire_find(const char *name);

/* Splits line, which it changes. */
void wire_split(char *line, struct wire_query *q);
bool wire_is(const struct wire_query *q, const char *kind);
/* Must all words be there, rather than any? */
bool wire_wants_all(const struct wire_query *q);

void wire_reader_init(struct wire_reader *r);
void wire_reader_reset(struct wire_reader *r);
void wire_reader_release(struct wire_reader *r);

#endif
