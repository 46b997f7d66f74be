/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

/* No further request is begun. */
bool conn_held_back(const struct conn *c)
{
	return c->busy ||
	       conn_unread(c) > (conn_needs_auth(c) ? CONN_GUEST : CONN_UNREAD);
}

/* Each request of HTTP brings the token, or does not. */
bool conn_needs_auth(const struct conn *c)
{
	return c->kind == LISTEN_LINE && !c->authed && c->conns->f->token[0];
}

/* Never less than what may be in it already. */
static void widen(struct buf *b, uint64_t max)
{
	if (max > b->max)
		b->max = (size_t)max;
}

void conn_set_limits(struct conn *c)
{
	const struct limits *limits = &c->conns->f->limits;

	widen(&c->out, limits->max_unread + limits->max_reply);
	/* HTTP's are constants. */
	if (c->kind == LISTEN_HTTP)
		return;
	widen(&c->in, limits->max_line + limits->max_literal + 2 * CONN_READ);
	if (conn_needs_auth(c))
		c->reader.limits = (struct line_limits){ LINE_GUEST_MAX, 0 };
	else
		c->reader.limits = (struct line_limits){ limits->max_line,
							 limits->max_literal };
}

static bool next_line(struct conn *c, char *data, size_t n, size_t *used)
{
	struct line_request rq;
	struct line_error err;
	enum line_event event = line_next(&c->reader, data, n, used, &rq, &err);

	if (event == LINE_MORE)
		return false;
	c->more = *used < n;
	c->request_ns = 0;
	if (event == LINE_REQUEST)
		conn_request(c, &rq);
	else
		conn_bad_line(c, &err);
	if (event == LINE_FATAL)
		conn_leave(c, err.code == ERROR_WRONG_PROTOCOL
				      ? "wrong-protocol"
				      : "too-large");
	return true;
}

/* Has a request begun that is not whole, with n bytes left over? */
static bool is_pending(const struct conn *c, size_t n)
{
	return c->kind == LISTEN_HTTP ? n > 0 : line_pending(&c->reader, n);
}

/* Take what there is, at most so many requests of it; how many bytes. */
static size_t examine(struct conn *c, char *data, size_t n, uint64_t most)
{
	size_t at = 0, used;
	bool taken;

	if (most > c->conns->f->limits.max_turn)
		most = c->conns->f->limits.max_turn;
	c->unexamined = true;
	while (c->state == CONN_OPEN && !conn_held_back(c) && most--) {
		taken = c->kind == LISTEN_HTTP
				? conn_next_http(c, data + at, n - at, &used)
				: next_line(c, data + at, n - at, &used);
		at += used;
		if (!taken) {
			c->unexamined = false;
			/* Nothing is left of what was there then. */
			if (n)
				c->ahead = false;
			break;
		}
	}
	if (c->state == CONN_OPEN && !c->unexamined) {
		if (!is_pending(c, n - at))
			c->request_ns = 0;
		else if (!c->request_ns)
			c->request_ns = monotonic_ns();
	}
	return at;
}

/* The bytes in c->in. */
void conn_examine_kept(struct conn *c, uint64_t most)
{
	c->in_at +=
		examine(c, c->in.data + c->in_at, c->in.len - c->in_at, most);
	if (c->in_at == c->in.len) {
		buf_release(&c->in);
		c->in_at = 0;
	}
	conn_trim(&c->in, &c->in_at);
}

static void keep(struct conn *c, const char *data, size_t n)
{
	size_t left = c->in.len - c->in_at;

	if (c->in_at) {
		memmove(c->in.data, c->in.data + c->in_at, left);
		buf_truncate(&c->in, left);
		c->in_at = 0;
	}
	buf_add(&c->in, data, n);
}

void conn_take(struct conn *c, char *data, size_t n)
{
	if (c->in.len) {
		keep(c, data, n);
		if (!c->in.failed)
			conn_examine_kept(c, CONN_AT_ONCE);
	} else {
		size_t used;

		if (!is_pending(c, 0))
			conn_set_limits(c);
		used = examine(c, data, n, CONN_AT_ONCE);
		if (c->state == CONN_OPEN)
			keep(c, data + used, n - used);
	}
	/* Requests have their limits; it is memory that is not there. */
	if (c->in.failed)
		conn_leave(c, "too-large");
}
