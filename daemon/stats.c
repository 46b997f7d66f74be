/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stats.h"

#include "clock.h"

#include <malloc.h>
#include <sys/resource.h>

/* clang-format off */
static const uint16_t statuses[STATS_STATUSES] = {
	0, 200, 204, 304, 400, 401, 403, 404, 405, 408, 409, 413, 414, 415,
	417, 421, 431, 500, 501, 503, 504, 505,
};
/* clang-format on */

void stats_begin(struct stats *s)
{
	s->started_ns = monotonic_ns();
	s->started_at = (int64_t)time(NULL);
}

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

static void count_error(struct stats_verb *v, enum error_code code)
{
	size_t i = 0;

	while (errors[i].code && errors[i].code != code)
		i++;
	v->errors++;
	v->code[i]++;
}

void stats_request(struct stats *s, enum verb_id verb, enum error_code code,
		   bool partial, uint64_t us)
{
	struct stats_verb *v = &s->verb[verb];

	v->count++;
	if (code)
		count_error(v, code);
	v->partial += partial;
	histogram_add(&v->latency, us);
}

void stats_http(struct stats *s, const struct route *route, unsigned status)
{
	size_t row = route ? (size_t)(route - routes) : ROUTES, i = 0;

	for (size_t j = 1; j < STATS_STATUSES && statuses[j]; j++)
		if (statuses[j] == status)
			i = j;
	s->http[row][i]++;
}

unsigned stats_status(size_t i)
{
	return statuses[i];
}

uint64_t stats_peak_rss(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage)
		       ? 0
		       : (uint64_t)usage.ru_maxrss * 1024;
}

uint64_t stats_heap(void)
{
	struct mallinfo2 heap = mallinfo2();

	return heap.uordblks + heap.hblkhd;
}
