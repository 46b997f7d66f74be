/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats.h - the counters of STATS and of /metrics
 *
 * Counted by the front, which sees every request and every reply.
 */
#ifndef DAEMON_STATS_H
#define DAEMON_STATS_H

#include "histogram.h"
#include "http_route.h"

enum {
	STATS_CODES = 32,   /* more than there are kinds of error */
	STATS_STATUSES = 32 /* more than there are statuses of HTTP */
};

enum stats_event {
	STATS_ACCEPTED,	       /* connections */
	STATS_REFUSED,	       /* over max_connections */
	STATS_BAD_REQUESTS,    /* that had no verb */
	STATS_LINE_TOO_LONG,   /* over max_line */
	STATS_TOO_LARGE,       /* over max_literal or max_reply */
	STATS_BUSY,	       /* over max_waiting, or those over max_pending */
	STATS_REQUEST_TIMEOUT, /* over request_timeout */
	STATS_IDLE_TIMEOUT,    /* over idle_timeout */
	STATS_UNREAD_TIMEOUT,  /* over unread_timeout */
	STATS_UNREAD_DROPPED,  /* over max_unread */
	STATS_PENDING_DROPPED, /* over max_pending */
	STATS_AUTH_FAILED,
	STATS_WORKERS_LOST,   /* died while they answered */
	STATS_WORKERS_KILLED, /* over timeout and grace */
	STATS_RELOADS,
	STATS_EVENTS
};

struct stats_verb {
	uint64_t count, errors, partial;
	uint64_t code[STATS_CODES]; /* of those errors, as errors[] has them */
	/* From the request's last byte to the reply. */
	struct histogram latency;
};

struct stats {
	uint64_t started_ns; /* monotonic_ns() */
	int64_t started_at;  /* seconds since 1970 */
	uint64_t event[STATS_EVENTS];
	/* By either protocol. */
	struct stats_verb verb[VERBS];
	/* Of each route, then of requests that reached none, the responses by
	 * stats_status(). */
	uint64_t http[ROUTES + 1][STATS_STATUSES];
	uint64_t bytes_in, bytes_out;
	uint64_t cached, read; /* blocks of indexes, by workers */
};

/* Now is when the counting begins; s is zeroed. */
void stats_begin(struct stats *s);

/* The name of an event in STATS: "line_too_long". */
const char *stats_event_name(enum stats_event event);

void stats_request(struct stats *s, enum verb_id verb, enum error_code code,
		   bool partial, uint64_t us);

/* A response of HTTP; route NULL: the request reached none. */
void stats_http(struct stats *s, const struct route *route, unsigned status);
/* The statuses that are told apart, i < STATS_STATUSES: 200, 304, ...; the
 * first is 0 and stands for all others.  0 behind the last, too. */
unsigned stats_status(size_t i);

/* Bytes of this process, which has no /proc: the most that was resident, and
 * what is allocated. */
uint64_t stats_peak_rss(void);
uint64_t stats_heap(void);

#endif
