/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line.h - bytes to requests: the first half of the line protocol; pure
 *
 * No socket, no clock, no memory of its own: a reader looks at the bytes that
 * have come so far, takes what it understands, and says what it found.  The
 * same bytes give the same events wherever they are split.
 *
 *	while (n > 0) {
 *		event = line_next(&reader, data, n, &used, &rq, &err);
 *		...
 *		data += used;
 *		n -= used;
 *		if (event == LINE_MORE)
 *			break;		// keep the rest, read more
 *	}
 */
#ifndef DAEMON_LINE_H
#define DAEMON_LINE_H

#include "verb.h"

#include <stdint.h>

enum {
	LINE_TAG_MAX = 32,
	LINE_OPTIONS_MAX = 32,	 /* more than any verb has */
	LINE_GUEST_MAX = 256,	 /* bytes of a line before AUTH */
	LINE_LITERAL_DIGITS = 8, /* of key={N} */
	LINE_ERROR_MAX = 400
};

/* Facts that may change between two calls, but not inside a request. */
struct line_limits {
	size_t max_line;    /* bytes, without its line end; at least 16 */
	size_t max_literal; /* bytes of key={N}; 0: none is allowed */
};

struct line_option {
	const char *key;   /* ":text" has the key "q" */
	const char *value; /* decoded, len bytes and a NUL; UTF-8, no NUL */
	size_t len;
};

/* Points into the bytes that line_next() was given, which it has changed. */
struct line_request {
	const struct verb *verb;
	char tag[LINE_TAG_MAX + 1]; /* without "#"; "" none */
	struct line_option option[LINE_OPTIONS_MAX];
	size_t noptions;
};

struct line_error {
	enum error_code code;
	char tag[LINE_TAG_MAX + 1]; /* of the request, as far as it was seen */
	char text[LINE_ERROR_MAX];  /* one printable line */
};

/* Where a line that was too long has got to. */
enum line_tail {
	TAIL_NONE, /* there is no such line */
	TAIL_BLANK,
	TAIL_KEY,
	TAIL_EQUALS,
	TAIL_BRACE,
	TAIL_DIGITS,
	TAIL_VALUE,
	TAIL_LITERAL, /* key={N} */
	TAIL_LITERAL_BLANK,
	TAIL_TEXT
};

struct line_reader {
	struct line_limits limits;
	bool begun; /* the first bytes have been looked at */
	/* What was refused, in this order: the rest of a long line, octets,
	 * and what comes up to the next line feed. */
	enum line_tail tail;
	size_t skip;
	bool skip_line;
	size_t searched; /* bytes that hold no line feed */
	size_t want;	 /* bytes of a request with a literal, when known */
};

enum line_event {
	LINE_MORE,    /* nothing (more) to be had from these bytes */
	LINE_REQUEST, /* *rq is filled in; valid until the bytes move */
	LINE_ERROR,   /* *err is to be sent; the connection goes on */
	LINE_FATAL    /* *err is to be sent; nothing further may be read */
};

void line_reader_init(struct line_reader *r, struct line_limits limits);

/*
 * Look at the n bytes at data (writable; values are decoded in place, and
 * only when a whole request is there) and set *used to what was taken: with
 * LINE_MORE that may be blank lines or bytes to be skipped.
 *
 * LINE_FATAL: the first bytes are HTTP's, TLS's, SSH's or RESP's (512), or a
 * literal's length is not to be believed (511).
 */
enum line_event line_next(struct line_reader *r, char *data, size_t n,
			  size_t *used, struct line_request *rq,
			  struct line_error *err);

/* Has a request begun that is not whole, with these n bytes left over? */
bool line_pending(const struct line_reader *r, size_t n);

/* The value of key, or NULL. */
const char *line_value(const struct line_request *rq, const char *key);

#endif
