/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query_log.h - a line for each request, for whoever wants to know
 *
 *	text  2026-11-22T05:11:42.123Z SEARCH limit=2 :trump putin
 *	      TAB code=0 hits=2 total=5 us=412 rev=7.1
 *	json  {"time":"...","verb":"SEARCH","options":{"limit":"2"},
 *	      "q":"trump putin","code":0,"hits":2,"total":5,"us":412,
 *	      "rev":"7.1","partial":true}
 *
 * (each one line; partial only when it was).  Printable whatever the bytes;
 * the token of AUTH is never written.  Lines are collected and written by
 * query_log_flush(); what cannot be written is dropped and counted.
 */
#ifndef DAEMON_QUERY_LOG_H
#define DAEMON_QUERY_LOG_H

#include "buf.h"
#include "line.h"
#include "settings.h"

enum {
	QUERY_LOG_BUFFER = 256 << 10
};

struct query_log {
	int fd; /* -1: none */
	enum query_log_format format;
	struct buf lines;
	uint64_t dropped;
};

/* What a line begins with is made when the request comes, before it is lost;
 * what it ends with when it has been answered. */
void query_log_begin(const struct query_log *log, struct buf *out,
		     const struct line_request *rq);

struct frame;
void query_log_end(struct query_log *log, const struct buf *begun,
		   enum error_code code, const struct frame *reply,
		   uint64_t us);
void query_log_flush(struct query_log *log);

#endif
