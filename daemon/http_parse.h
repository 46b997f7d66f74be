/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_parse.h - bytes to HTTP requests (RFC 9110, 9112); pure
 *
 * As line.h does for lines: no socket, no clock, no memory of its own; the
 * same bytes give the same requests wherever they are split.  Strict where the
 * RFC lets a recipient be lenient: what could be read in two ways is refused,
 * and nothing behind it is looked at, since the connection closes.
 *
 *   - Lines end in CRLF; no other control is in a head but tabs in values.
 *   - A target is a path, or http://HOST and a path, which stands over Host:.
 *     It has no "." and no ".." between two "/", encoded or not.  "*" is
 *     refused: OPTIONS is there for a browser's question about one path.
 *   - Fields that mean one thing come once; their names have no blank behind.
 *   - POST alone has a body.  Transfer-Encoding is "chunked" or refused.
 *   - Expect: 100-continue is met by waiting for the body: who sends it must
 *     not wait for ever (RFC 9110, 10.1.1).  Upgrade is not taken up.
 *
 *	while (n > 0) {
 *		event = http_next(&reader, data, n, &used, &rq, &refusal);
 *		...
 *		data += used;
 *		n -= used;
 *		if (event != HTTP_REQUEST)
 *			break;
 *	}
 */
#ifndef DAEMON_HTTP_PARSE_H
#define DAEMON_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>

enum {
	HTTP_LINE_MAX = 8 << 10,    /* bytes of a request line: 414 */
	HTTP_FIELDS_MAX = 16 << 10, /* bytes of all header fields: 431 */
	HTTP_NFIELDS_MAX = 64,	    /* header fields: 431 */
	HTTP_BODY_MAX = 1 << 20,    /* bytes of a body: 413 */
	HTTP_CHUNKED_MAX = 2 << 20, /* a body's bytes in chunks, as sent: 413 */
	HTTP_CHUNK_DIGITS = 16,	    /* of a chunk's size: 400 */
	HTTP_CHUNK_EXT_MAX = 256,   /* bytes behind a chunk's size: 400 */
	HTTP_TRAILERS_MAX = 1 << 10, /* bytes of trailers, which are dropped */
	HTTP_HOST_MAX = 261,	     /* bytes: 255, a colon and 5 digits */
	HTTP_BLANK_MAX = 8,	     /* empty lines before a request */
	/* No request needs more bytes until it is taken or refused. */
	HTTP_REQUEST_MAX = HTTP_LINE_MAX + HTTP_FIELDS_MAX + HTTP_CHUNKED_MAX +
			   HTTP_TRAILERS_MAX + 1024
};

enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_OPTIONS
};

struct http_span {
	const char *s; /* not terminated; NULL: there is none */
	size_t n;
};

/* Points into the bytes that http_next() was given, which it has changed when
 * a body came in chunks: they are joined. */
struct http_request {
	enum http_method method;
	/* UTF-8 as sent: "/doc/a%20b"; begins with "/", its %XX are good */
	struct http_span path;
	struct http_span query; /* behind "?" as sent; UTF-8 */
	struct http_span host;	/* of an absolute target, else of Host: "a:80";
				   NULL in HTTP/1.0 without one */
	struct http_span authorization, if_none_match, origin, content_type;
	bool accepts_gzip; /* Accept-Encoding has gzip, or *, and not q=0 */
	bool close;	   /* the client wants no further request here */
	struct http_span body;
};

struct http_refusal {
	unsigned status;   /* 400, 405, 413, 414, 415, 417, 431, 501 or 505 */
	const char *text;  /* static: one line for people */
	const char *allow; /* of 405: "GET, HEAD"; else NULL */
};

/* What comes next of a request. */
enum http_part {
	PART_LINE,
	PART_FIELDS,
	PART_BODY, /* of a known length */
	PART_SIZE, /* of a chunk */
	PART_CHUNK,
	PART_TRAILERS,
	PART_END
};

/* Places are counted from the request's first byte. */
struct http_reader {
	enum http_part part;
	size_t at; /* where the line or the chunk begins that comes next */
	size_t searched; /* up to here there is no end of it */
	size_t want;	 /* bytes of the request, as far as is known */
	size_t section;	 /* where the fields or the trailers begin */
	size_t head;	 /* bytes of the head, when it has come */
	size_t body;	 /* of a body in chunks: bytes of those known */
	unsigned blank;	 /* empty lines before it */
};

enum http_event {
	HTTP_MORE,    /* nothing to be had from these bytes yet */
	HTTP_REQUEST, /* *rq is filled in; valid until the bytes move */
	HTTP_REFUSED  /* *refusal is the last answer; then close */
};

void http_reader_init(struct http_reader *r);

/*
 * Look at the n bytes at data (writable) and set *used to what was taken: of
 * HTTP_MORE that may be empty lines before a request, of HTTP_REFUSED it is
 * all of them.
 */
enum http_event http_next(struct http_reader *r, char *data, size_t n,
			  size_t *used, struct http_request *rq,
			  struct http_refusal *refusal);

/* Does a span say this, in whatever case? */
bool http_span_is(struct http_span a, const char *b);

#endif
