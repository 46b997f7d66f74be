/* SPDX-License-Identifier: MIT */
/* wire_exchange.c - requests out, replies in */
#include "wire_client.h"

#include "wire_clock.h"
#include "wire_request.h"

#include <string.h>

enum {
	LINE_ASSUMED = 1024 /* what a line may hold, until the server says */
};

static enum trawl_client_status was_closed(const struct trawl_client *c,
					   struct trawl_client_error *err)
{
	return wire_fail(err, TRAWL_CLIENT_CLOSED, "closed before: %s",
			 c->last.text);
}

/* ------------------------------------------------------------------ sending -- */

static size_t maxline(const struct trawl_client *c)
{
	const char *value = trawl_client_greeting(c, "maxline");
	uint64_t n;

	if (!value ||
	    !wire_number((struct wire_slice){ value, strlen(value) }, &n))
		return LINE_ASSUMED;
	return n < WIRE_LINE_MAX ? (size_t)n : WIRE_LINE_MAX;
}

enum trawl_client_status
trawl_client_send(struct trawl_client *c, const char *verb,
		  const struct trawl_client_option *options, size_t n,
		  const char *text, struct trawl_client_error *err)
{
	enum trawl_client_status st;

	if (c->state == WIRE_CLOSED)
		return was_closed(c, err);
	st = wire_request_add(&c->out, verb, options, n, text, maxline(c), err);
	if (st == TRAWL_CLIENT_OK)
		c->unread++;
	return st;
}

enum trawl_client_status trawl_client_send_raw(struct trawl_client *c,
					       const char *bytes, size_t n,
					       struct trawl_client_error *err)
{
	if (c->state == WIRE_CLOSED)
		return was_closed(c, err);
	if (n > 0 && bytes[n - 1] != '\n')
		return wire_fail(err, TRAWL_CLIENT_INVAL,
				 "the last line has no line feed");
	if (!wire_buffer_add(&c->out, bytes, n))
		return wire_fail_nomem(err);
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status flush_step(struct trawl_client *c,
					   uint64_t deadline,
					   struct trawl_reply **out,
					   struct trawl_client_error *err)
{
	enum trawl_client_status st = wire_get_ready(c, deadline, out, err);

	if (st == TRAWL_CLIENT_OK)
		st = wire_write(c, &c->out, err);
	/* A server whose replies nobody reads stops to read; nonblocking, the
	   caller may poll for what would be read here. */
	if (st != TRAWL_CLIENT_AGAIN || c->nonblocking)
		return st;
	do
		st = c->in.len < c->max_reply ? wire_read(c, err)
					      : TRAWL_CLIENT_AGAIN;
	while (st == TRAWL_CLIENT_OK && !c->deaf);
	return st;
}

enum trawl_client_status trawl_client_flush(struct trawl_client *c,
					    struct trawl_client_error *err)
{
	if (c->state == WIRE_CLOSED)
		return was_closed(c, err);
	return wire_finish(c, flush_step, wire_client_deadline(c), NULL, err);
}

/* ---------------------------------------------------------------- receiving -- */

/* A reply that is here is not kept waiting for requests that are not sent. */
static enum trawl_client_status receive_step(struct trawl_client *c,
					     uint64_t deadline,
					     struct trawl_reply **out,
					     struct trawl_client_error *err)
{
	struct trawl_reply *reply = NULL;
	enum trawl_client_status st = wire_get_ready(c, deadline, out, err);

	if (st == TRAWL_CLIENT_OK)
		st = wire_write(c, &c->out, err);
	if (st == TRAWL_CLIENT_AGAIN && c->state != WIRE_READY)
		return st;
	while (st == TRAWL_CLIENT_OK || st == TRAWL_CLIENT_AGAIN) {
		st = wire_next_reply(c, deadline, &reply, err);
		if (st != TRAWL_CLIENT_OK)
			break;
		if (!wire_is_notice(reply)) {
			*out = reply;
			return TRAWL_CLIENT_OK;
		}
		st = wire_heed(c, reply, err);
		trawl_reply_free(reply);
	}
	return st;
}

static enum trawl_client_status receive(struct trawl_client *c,
					uint64_t deadline,
					struct trawl_reply **out,
					struct trawl_client_error *err)
{
	enum trawl_client_status st =
		wire_finish(c, receive_step, deadline, out, err);

	if (st == TRAWL_CLIENT_OK && c->unread > 0)
		c->unread--;
	return st;
}

enum trawl_client_status trawl_client_receive(struct trawl_client *c,
					      struct trawl_reply **out,
					      struct trawl_client_error *err)
{
	if (c->state == WIRE_CLOSED)
		return was_closed(c, err);
	return receive(c, wire_client_deadline(c), out, err);
}

/* ------------------------------------------------------------------- asking -- */

struct question {
	const char *verb;
	const struct trawl_client_option *options;
	size_t n;
	const char *text;
};

static enum trawl_client_status
exchange(struct trawl_client *c, const struct question *q, uint64_t deadline,
	 struct trawl_reply **out, struct trawl_client_error *err)
{
	enum trawl_client_status st =
		trawl_client_send(c, q->verb, q->options, q->n, q->text, err);

	return st == TRAWL_CLIENT_OK ? receive(c, deadline, out, err) : st;
}

static enum trawl_client_status exchange_anew(struct trawl_client *c,
					      const struct question *q,
					      uint64_t deadline,
					      struct trawl_reply **out,
					      struct trawl_client_error *err)
{
	enum trawl_client_status st = wire_client_connect(c, deadline, err);

	return st == TRAWL_CLIENT_OK ? exchange(c, q, deadline, out, err) : st;
}

/* The connection was lost, or not made anew: no fault of what was said. */
static bool may_reconnect(const struct trawl_client *c)
{
	return c->reconnect && c->state == WIRE_CLOSED &&
	       (c->why == TRAWL_CLIENT_CLOSED || c->why == TRAWL_CLIENT_IO ||
		c->why == TRAWL_CLIENT_REFUSED);
}

enum trawl_client_status
trawl_client_ask(struct trawl_client *c, const char *verb,
		 const struct trawl_client_option *options, size_t n,
		 const char *text, struct trawl_reply **out,
		 struct trawl_client_error *err)
{
	const struct question q = { verb, options, n, text };
	struct trawl_client_error why;
	uint64_t deadline = wire_client_deadline(c);
	enum trawl_client_status st;

	if (c->state == WIRE_CLOSED && !may_reconnect(c))
		return was_closed(c, err);
	if (c->nonblocking || c->unread || c->out.len)
		return wire_fail(err, TRAWL_CLIENT_INVAL,
				 c->nonblocking ? "a nonblocking client cannot "
						  "ask: send, then receive"
						: "replies are still to be "
						  "received");
	if (may_reconnect(c)) {
		st = exchange_anew(c, &q, deadline, out, &why);
	} else {
		st = exchange(c, &q, deadline, out, &why);
		if (st != TRAWL_CLIENT_OK && !c->torn && may_reconnect(c))
			st = exchange_anew(c, &q, deadline, out, &why);
	}
	if (st != TRAWL_CLIENT_OK)
		wire_fail(err, st, "%s", why.text);
	return st;
}
