/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats.h - the counters of STATS
 *
 * Counted by the front, which sees every request and every reply.
 */
#ifndef DAEMON_STATS_H
#define DAEMON_STATS_H

#include "histogram.h"
#include "verb.h"

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
	/* From the request's last byte to the reply. */
	struct histogram latency;
};

struct stats {
	uint64_t started_ns; /* monotonic_ns() */
	uint64_t event[STATS_EVENTS];
	struct stats_verb verb[VERBS];
	uint64_t bytes_in, bytes_out;
};

/* The name of an event in STATS: "line_too_long". */
const char *stats_event_name(enum stats_event event);

void stats_request(struct stats *s, enum verb_id verb, enum error_code code,
		   bool partial, uint64_t us);

#endif
