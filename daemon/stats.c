/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats.h"

const char *stats_event_name(enum stats_event event)
{
	static const char *const names[STATS_EVENTS] = {
		[STATS_ACCEPTED] = "accepted",
		[STATS_REFUSED] = "refused",
		[STATS_BAD_REQUESTS] = "bad_requests",
		[STATS_LINE_TOO_LONG] = "line_too_long",
		[STATS_TOO_LARGE] = "too_large",
		[STATS_BUSY] = "busy",
		[STATS_REQUEST_TIMEOUT] = "request_timeout",
		[STATS_IDLE_TIMEOUT] = "idle_timeout",
		[STATS_UNREAD_TIMEOUT] = "unread_timeout",
		[STATS_UNREAD_DROPPED] = "unread_dropped",
		[STATS_PENDING_DROPPED] = "pending_dropped",
		[STATS_AUTH_FAILED] = "auth_failed",
		[STATS_WORKERS_LOST] = "workers_lost",
		[STATS_WORKERS_KILLED] = "workers_killed",
		[STATS_RELOADS] = "reloads",
	};

	return names[event];
}

void stats_request(struct stats *s, enum verb_id verb, enum error_code code,
		   bool partial, uint64_t us)
{
	struct stats_verb *v = &s->verb[verb];

	v->count++;
	v->errors += code != ERROR_NONE;
	v->partial += partial;
	histogram_add(&v->latency, us);
}
