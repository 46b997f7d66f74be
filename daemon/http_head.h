/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_head.h - the head of a request that has come whole: its line, its fields
 *
 * Of the lines it is known that they end in CRLF and have no control inside
 * but tabs (http_parse.c).
 */
#ifndef DAEMON_HTTP_HEAD_H
#define DAEMON_HTTP_HEAD_H

#include "http_parse.h"

/* What a head says of the bytes behind it. */
struct http_framing {
	bool old; /* HTTP/1.0 */
	bool chunked;
	size_t length; /* when it is not chunked */
};

/* 0 to 15; -1 for what is no hex digit. */
int http_hex_digit(char c);
/* Take the byte at *s, or %XX, which is one byte; -1: a "%" without two hex
 * digits before end. */
int http_decode_byte(const char **s, const char *end);

/* Take the next item of a list, without the blanks around it; false at its
 * end, where list->s is NULL. */
bool http_span_next(struct http_span *list, char separator,
		    struct http_span *item);

/* Fill in *refusal; returns false. */
bool http_refuse(struct http_refusal *refusal, unsigned status,
		 const char *text);

/* A request line, without its line end. */
bool http_head_line(struct http_span line, struct http_request *rq,
		    struct http_framing *framing, struct http_refusal *refusal);

/* One field, likewise; the value without the blanks around it. */
bool http_head_field(struct http_span line, struct http_span *name,
		     struct http_span *value, struct http_refusal *refusal);

/* All of a head, up to and with its empty line. */
bool http_head_parse(struct http_span head, struct http_request *rq,
		     struct http_framing *framing,
		     struct http_refusal *refusal);

#endif
