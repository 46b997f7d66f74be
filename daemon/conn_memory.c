/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

enum {
	TRIM_MIN = 64 << 10 /* bytes before what is left is moved */
};

void conn_count(struct conn *c)
{
	size_t unread = conn_unread(c);

	c->conns->unread += unread - c->counted;
	c->counted = unread;
	c->conns->pending += c->in.alloc - c->pending;
	c->pending = c->in.alloc;
}

static struct conn *largest(const struct conns *conns, bool unread)
{
	struct conn *best = NULL;
	size_t most = 0;

	for (uint32_t i = 0; i < conns->nslots; i++) {
		struct conn *c = conns->slot[i].conn;
		size_t held = !c ? 0 : unread ? c->counted : c->pending;

		if (held > most) {
			most = held;
			best = c;
		}
	}
	return best;
}

/* While its request is being answered it cannot be told, nor does it read. */
static void give_up(struct conn *c)
{
	buf_release(&c->in);
	c->in_at = 0;
	c->unexamined = false;
	c->greedy = true;
	conn_settle(c);
}

void conns_bound(struct conns *conns)
{
	const struct limits *limits = &conns->f->limits;
	uint64_t *event = conns->f->stats.event;

	while (conns->unread > limits->max_unread) {
		event[STATS_UNREAD_DROPPED]++;
		conn_drop(largest(conns, true));
	}
	while (conns->pending > limits->max_pending) {
		event[STATS_PENDING_DROPPED]++;
		give_up(largest(conns, false));
	}
}

void conn_trim(struct buf *b, size_t *at)
{
	struct buf rest = BUF_INIT(b->max);

	if (*at < TRIM_MIN || *at <= b->len - *at)
		return;
	buf_add(&rest, b->data + *at, b->len - *at);
	/* No memory: not yet, then. */
	if (rest.failed)
		return;
	buf_release(b);
	*b = rest;
	*at = 0;
}
