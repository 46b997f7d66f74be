/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include <inttypes.h>

static bool is_over(uint64_t now, uint64_t since, uint64_t ms)
{
	return now > since && (now - since) / NS_PER_MS >= ms;
}

static void end_request(struct conn *c)
{
	char text[128];

	snprintf(text, sizeof(text),
		 "the request was not whole after %" PRIu64
		 " ms (request-timeout)",
		 c->conns->f->limits.request_timeout);
	c->conns->f->stats.event[STATS_REQUEST_TIMEOUT]++;
	conn_put_last_error(c, ERROR_TIMEOUT, text);
	conn_leave(c, "timeout");
}

static uint64_t linger_of(const struct conn *c)
{
	uint64_t ms = c->conns->f->limits.linger;

	return c->conns->draining && ms > CONN_DRAIN_LINGER ? CONN_DRAIN_LINGER
							    : ms;
}

static void look_at_clock(struct conn *c, uint64_t now)
{
	const struct limits *limits = &c->conns->f->limits;
	uint64_t *event = c->conns->f->stats.event;

	if (c->counted) {
		/* Cut in the middle of a reply there is no place for BYE. */
		if (is_over(now, c->progress_ns, limits->unread_timeout)) {
			event[STATS_UNREAD_TIMEOUT]++;
			conn_drop(c);
		}
	} else if (c->state == CONN_LINGERING) {
		if (is_over(now, c->idle_ns, linger_of(c)))
			conn_drop(c);
	} else if (c->request_ns) {
		if (is_over(now, c->request_ns, limits->request_timeout)) {
			end_request(c);
			conn_settle(c);
		}
	} else if (!conn_held(c) && limits->idle_timeout &&
		   is_over(now, c->idle_ns, limits->idle_timeout)) {
		event[STATS_IDLE_TIMEOUT]++;
		conn_leave(c, "idle");
		conn_settle(c);
	}
}

void conns_tick(struct conns *conns)
{
	uint64_t now = monotonic_ns();

	for (uint32_t i = 0; i < conns->nslots; i++)
		if (conns->slot[i].conn)
			look_at_clock(conns->slot[i].conn, now);
	conns_finish(conns);
}
