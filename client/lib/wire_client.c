/* SPDX-License-Identifier: MIT */
#include "wire_client.h"

#include "wire_clock.h"
#include "wire_request.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	TIMEOUT_MS = 30000
};

/* ---------------------------------------------------------- open and close -- */

static enum trawl_client_status check(const char *address,
				      const struct trawl_client_options *o,
				      struct trawl_client_error *err)
{
	if (!address)
		return wire_fail(err, TRAWL_CLIENT_INVAL, "no address");
	if (o->token && !wire_is_token(o->token))
		return wire_fail(err, TRAWL_CLIENT_INVAL,
				 "a token has 1 to 250 bytes, no controls "
				 "among them and no blanks at its ends");
	return TRAWL_CLIENT_OK;
}

static struct trawl_client *client_new(const char *address,
				       const struct trawl_client_options *o)
{
	struct trawl_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fd = -1;
	c->nonblocking = o->nonblocking;
	c->reconnect = o->reconnect;
	c->timeout_ms = o->timeout_ms ? o->timeout_ms : TIMEOUT_MS;
	c->max_reply = o->max_reply ? o->max_reply : WIRE_REPLY_MAX;
	c->address = strdup(address);
	c->token = o->token ? strdup(o->token) : NULL;
	if (c->address && (c->token || !o->token))
		return c;
	trawl_client_close(c);
	return NULL;
}

static void drop_connection(struct trawl_client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
	wire_buffer_release(&c->hello);
	wire_buffer_release(&c->out);
	wire_buffer_release(&c->in);
	wire_greeting_release(&c->greeting);
	c->unread = 0;
}

/* And remember why. */
static enum trawl_client_status
close_because(struct trawl_client *c, enum trawl_client_status st,
	      const struct trawl_client_error *err)
{
	c->torn = c->in.len > 0;
	drop_connection(c);
	c->state = WIRE_CLOSED;
	c->why = st;
	c->last = *err;
	return st;
}

enum trawl_client_status wire_client_connect(struct trawl_client *c,
					     uint64_t deadline,
					     struct trawl_client_error *err)
{
	enum trawl_client_status st;

	drop_connection(c);
	c->ended = c->deaf = c->torn = false;
	wire_scan_init(&c->scan, c->max_reply);
	st = wire_address_look_up(c->address, &c->dial.peers, err);
	if (st != TRAWL_CLIENT_OK)
		return close_because(c, st, err);
	wire_dial_begin(&c->dial, deadline);
	c->state = WIRE_CONNECTING;
	return wire_finish(c, wire_get_ready, deadline, NULL, err);
}

enum trawl_client_status
trawl_client_open(const char *address,
		  const struct trawl_client_options *options,
		  struct trawl_client **out, struct trawl_client_error *err)
{
	static const struct trawl_client_options defaults;
	const struct trawl_client_options *o = options ? options : &defaults;
	struct trawl_client_error why;
	struct trawl_client *c;
	enum trawl_client_status st = check(address, o, err);

	if (st != TRAWL_CLIENT_OK)
		return st;
	c = client_new(address, o);
	if (!c)
		return wire_fail_nomem(err);
	st = wire_client_connect(c, wire_client_deadline(c), &why);
	if (st == TRAWL_CLIENT_OK || st == TRAWL_CLIENT_AGAIN) {
		*out = c;
		return TRAWL_CLIENT_OK;
	}
	trawl_client_close(c);
	return wire_fail(err, st, "%s", why.text);
}

void trawl_client_close(struct trawl_client *c)
{
	if (!c)
		return;
	drop_connection(c);
	free(c->address);
	free(c->token);
	free(c);
}

/* -------------------------------------------------------------- what it is -- */

const char *trawl_client_greeting(const struct trawl_client *c, const char *key)
{
	return wire_greeting_value(&c->greeting, key);
}

int trawl_client_fd(const struct trawl_client *c)
{
	return c->fd;
}

static bool has_to_write(const struct trawl_client *c)
{
	return (c->state == WIRE_READY ? c->out.len : c->hello.len) && !c->deaf;
}

short trawl_client_events(const struct trawl_client *c)
{
	if (c->state == WIRE_CLOSED)
		return 0;
	if (c->state == WIRE_CONNECTING)
		return POLLOUT;
	return (short)(POLLIN | (has_to_write(c) ? POLLOUT : 0));
}

/* ------------------------------------------------------------------ waiting -- */

uint64_t wire_client_deadline(const struct trawl_client *c)
{
	return c->nonblocking ? 0 : wire_clock() + c->timeout_ms;
}

static enum trawl_client_status late(const struct trawl_client *c,
				     struct trawl_client_error *err)
{
	const char *what = c->state == WIRE_GREETING ? "no greeting"
			   : c->state == WIRE_AUTH   ? "no answer to AUTH"
			   : has_to_write(c)	     ? "requests not taken"
						     : "no whole reply";

	return wire_fail(err, TRAWL_CLIENT_TIMEOUT, "%s: %s in %u ms",
			 c->address, what, c->timeout_ms);
}

/* While it connects, the dial keeps its own time: another address may do. */
static enum trawl_client_status wait_for(const struct trawl_client *c,
					 uint64_t deadline,
					 struct trawl_client_error *err)
{
	bool dialing = c->state == WIRE_CONNECTING;
	int left = wire_clock_left(dialing ? c->dial.deadline : deadline);
	struct pollfd p = { .fd = c->fd, .events = trawl_client_events(c) };

	/* What has come is as much as is kept: trawl_client_flush() alone. */
	if (c->in.len >= c->max_reply)
		p.events = POLLOUT;
	if (!left && !dialing)
		return late(c, err);
	if (poll(&p, 1, left) < 0 && errno != EINTR)
		return wire_fail(err, TRAWL_CLIENT_IO, "%s: poll: %s",
				 c->address, strerror(errno));
	return TRAWL_CLIENT_OK;
}

enum trawl_client_status wire_finish(struct trawl_client *c, wire_step_fn *step,
				     uint64_t deadline,
				     struct trawl_reply **out,
				     struct trawl_client_error *err)
{
	struct trawl_client_error why;
	enum trawl_client_status st;

	do {
		st = step(c, deadline, out, &why);
		if (st == TRAWL_CLIENT_OK ||
		    (st == TRAWL_CLIENT_AGAIN && c->nonblocking))
			return st;
		if (st == TRAWL_CLIENT_AGAIN)
			st = wait_for(c, deadline, &why);
	} while (st == TRAWL_CLIENT_OK);
	wire_fail(err, st, "%s", why.text);
	return close_because(c, st, &why);
}
