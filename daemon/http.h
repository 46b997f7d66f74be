/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http.h - HTTP/1.1, as little of it as a health check needs; pure
 *
 * GET or HEAD /healthz.  A head is strict (RFC 9112, without its leniencies)
 * or is answered 400; a body is never read, for the connection is closed
 * after every answer.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum {
	HTTP_HEAD_MAX = 8192 /* bytes of a request's head */
};

/* Append the answer to the n bytes that have come; false: a head has begun
 * and is not whole. */
bool http_answer(const char *data, size_t n, struct buf *out);

/* Append an answer for a reason of the connection's: 408, 503. */
void http_error(struct buf *out, unsigned status, const char *text);

#endif
