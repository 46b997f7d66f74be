/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_form.h - an HTTP request's options: those of its query, then its body's
 *
 * application/x-www-form-urlencoded, or one flat JSON object whose values are
 * strings, whole numbers or booleans (true: "1", false: "0").  Decoded bytes
 * must be UTF-8 without controls but tab and line ends.  Each key once, in
 * query and body together; a key that the verb has not is 502.  Errors are those of the line protocol (verb.h), with the parameter's name.
 */
#ifndef DAEMON_HTTP_FORM_H
#define DAEMON_HTTP_FORM_H

#include "http_parse.h"
#include "line.h"

struct buf;

enum {
	FORM_STORE_MAX = HTTP_LINE_MAX + HTTP_BODY_MAX + 16,
	FORM_PARAM_MAX = 64
};

struct form_error {
	enum error_code code;
	unsigned status; /* when it is not that of code: 413, 415; else 0 */
	char param[FORM_PARAM_MAX]; /* the parameter's name; "" none */
	char text[LINE_ERROR_MAX];  /* one printable line */
};

/*
 * Percent-decode s into out, and a NUL; with plus, "+" is a blank.  *value is
 * in out: it moves when out grows, unless there was room.  False: a bad %XX, a
 * NUL or another control, not UTF-8; err->text says which, and names none.
 */
bool form_decode(struct http_span s, bool plus, struct buf *out,
		 struct http_span *value, struct form_error *err);

/*
 * Append to rq->option, for rq->verb: first the query's, then the body's
 * (POST).  What is there already, such as a path's id, must not come again.
 * What the verb needs is not looked at.  Values live in store (of
 * FORM_STORE_MAX), which must be empty and outlive rq.
 */
bool form_options(const struct http_request *http, struct line_request *rq,
		  struct buf *store, struct form_error *err);

/* A form on a page sends all of its fields: without those that are empty. */
void form_drop_empty(struct line_request *rq);

#endif
