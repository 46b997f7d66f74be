/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_reply.h - an answer as an HTTP response: head and body; pure
 *
 * What line.h's reply.h is for lines.  JSON has the objects of the line
 * protocol as they are:
 *
 *	{"hits":2,"total":5,"bound":"exact","took_us":412,"rev":"7.1",
 *	 "results":[{"rank":1,...},...],"facets":[{"facet":...}],
 *	 "timeline":{"timeline":...}}
 *
 * The status line's keys come first, numbers as numbers; then its body lines:
 * those of facets and timeline by themselves, all others in "results" (absent
 * when the verb has no lines).  A document (counted bytes) is its own body.
 * An error is {"error":{"code":503,"slug":"bad-value","message":"...",
 * "param":"limit"}}.
 */
#ifndef DAEMON_HTTP_REPLY_H
#define DAEMON_HTTP_REPLY_H

#include "http_route.h"
#include "reply.h"

enum http_format {
	HTTP_JSON,   /* application/json */
	HTTP_NDJSON, /* application/x-ndjson: the keys, then a line each */
	HTTP_TSV,    /* text/tab-separated-values */
	HTTP_IDS,    /* text/plain: a line each */
	HTTP_TEXT,   /* text/plain: the document's text */
	HTTP_ATOM,   /* application/atom+xml */
	HTTP_HTML,
	HTTP_FORMATS
};

struct line_request;
struct page;

/* What of a request shapes the response.  Strings may be "" or NULL. */
struct http_wants {
	enum route_id route;
	bool head;	     /* HEAD: no body */
	bool gzip;	     /* may be compressed */
	bool close;	     /* Connection: close */
	const char *etags;   /* If-None-Match as sent */
	const char *origin;  /* Access-Control-Allow-Origin, when allowed */
	bool by_origin;	     /* whose page asks makes a difference */
	const char *base;    /* "http://127.0.0.1:7780", to make links whole */
	const char *target;  /* path and query as sent: a page's own address */
	const char *version; /* of what is compiled in: part of every ETag */
	const char *allow;   /* "GET, HEAD": Allow, of 405 and 204 */
	const char *cache;   /* Cache-Control, when it is not the usual one */
	unsigned ranking; /* of requests that name none: part of every ETag */
	int64_t now;	  /* seconds since 1970: Date; 0: no Date */
	const struct page *page; /* around an error; NULL: an empty one */
};

/* The format that fmt= names for this route (NULL: its default); false: none. */
bool http_format(enum route_id route, const char *fmt, enum http_format *out);

/* The status of an error: 503 -> 400, 507 -> 404, 421 -> 503, ... */
unsigned http_status(enum error_code code);
const char *http_reason(unsigned status);

/* W/"...": of a request, in whatever order its options came (rq NULL: there is
 * none), and a revision. */
enum {
	HTTP_ETAG_MAX = 40
};
void http_etag(const struct line_request *rq, const struct http_wants *w,
	       const char *rev, char out[HTTP_ETAG_MAX]);
/* Does If-None-Match name it (weakly compared), or "*"?  A list that is not
 * one of RFC 9110, 13.1.2 names nothing. */
bool http_etag_matches(const char *etags, const char *etag);

/* Append the response to an answer of a verb.  etag: "" or NULL none.  The
 * param of an error is the option that its text begins with ("limit=x: must
 * be"). */
void http_print(struct buf *out, const struct http_wants *w,
		const struct verb *verb, enum http_format format,
		const struct answer *a, const char *etag);

/*
 * Append a response with that body, compressed when that is wanted and worth
 * it.  type: "text/html; charset=utf-8", or NULL; etag: "" or NULL none; extra:
 * further lines of the head, each with CRLF, or NULL.
 */
void http_print_body(struct buf *out, const struct http_wants *w,
		     unsigned status, const char *type, const char *etag,
		     const char *extra, const char *body, size_t n);
/* 304 */
void http_print_unchanged(struct buf *out, const struct http_wants *w,
			  const char *etag);
/* An error, as JSON, or as a page on a route with ROUTE_HTML.  status 0: that
 * of code; param: see struct form_error; NULL or "" none. */
void http_print_error(struct buf *out, const struct http_wants *w,
		      unsigned status, enum error_code code, const char *param,
		      const char *text);

#endif
