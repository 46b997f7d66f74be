/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reply.h - status lines: the second half of the line protocol; pure
 *
 *	OK SEARCH n=3 hits=2 CRLF  body lines CRLF each  END CRLF
 *	OK GET bytes=3945 CRLF     the bytes CRLF
 *	ERR 505 bad-query TEXT CRLF
 *	* BYE REASON CRLF
 *
 * Without tag: whoever sends it puts "#tag " before it.
 */
#ifndef DAEMON_REPLY_H
#define DAEMON_REPLY_H

#include "buf.h"
#include "verb.h"

#include <stdint.h>

/* What a handler makes and no wire knows of. */
struct answer {
	enum error_code code; /* ERROR_NONE: OK */
	struct buf text;      /* of an error: one line */
	struct buf keys;      /* for answer_next(); failed: too long a line */
	struct buf body;      /* lines, each with \n; or counted bytes */
	size_t lines;	      /* in body */
	bool has_lines;	      /* n= and END, even when there are none */
	bool has_bytes;	      /* bytes= */
	/* For the query log, and for the metrics. */
	uint64_t hits, total;
	uint64_t cached, read; /* blocks of the index */
	bool partial;
	char rev[64]; /* as far as it fits */
};

/* max: bytes of the body. */
void answer_init(struct answer *a, size_t max);
void answer_release(struct answer *a);
void answer_reset(struct answer *a);

/* One more key, as " key=value" has it on a line; none when value is NULL. */
void answer_key(struct answer *a, const char *key, const char *value);
void answer_number(struct answer *a, const char *key, uint64_t value);

struct answer_pair {
	const char *key;
	const char *value; /* as it was given; a number in decimal */
	bool number;
};

/* The keys in the order in which they came, with *at 0 before the first;
 * false: there are no more.  *out dies with the next key. */
bool answer_next(const struct answer *a, size_t *at, struct answer_pair *out);

/* Drop what there is and make it an error; text becomes one printable line. */
void answer_error(struct answer *a, enum error_code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* A sink for the library's writers: body lines, counted. */
bool answer_sink(void *answer, const char *bytes, size_t n);

/* What an answer is on every wire: ERROR_NONE, its error, or ERROR_TOO_LARGE or
 * ERROR_INTERNAL for one that failed (too large, or without memory); then the
 * error's text is appended to text. */
enum error_code answer_outcome(const struct answer *a, struct buf *text);

/* The whole reply as bytes. */
void answer_print(struct buf *out, const struct verb *verb,
		  const struct answer *a);

/* "ERR 505 bad-query text\r\n" */
void reply_error(struct buf *out, enum error_code code, const char *text);
/* "* BYE reason\r\n" */
void reply_bye(struct buf *out, const char *reason);
/* s with space, "%", controls and what is not UTF-8 as %XX. */
void reply_escape(struct buf *out, const char *s, size_t n);

#endif
