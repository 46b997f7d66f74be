/* SPDX-License-Identifier: MIT */
/* wire_ready.c - from an address to a server that takes requests */
#include "wire_client.h"

#include "wire_request.h"

#include <stdlib.h>
#include <string.h>

static enum trawl_client_status connecting(struct trawl_client *c,
					   uint64_t deadline,
					   struct trawl_client_error *err)
{
	enum trawl_client_status st =
		wire_dial_go_on(&c->dial, c->address, deadline, err);

	c->fd = c->dial.fd;
	if (st == TRAWL_CLIENT_OK)
		c->state = WIRE_GREETING;
	return st;
}

static bool wants_auth(const struct trawl_client *c)
{
	const char *auth = wire_greeting_value(&c->greeting, "auth");

	return c->token && auth && !strcmp(auth, "required");
}

static enum trawl_client_status greeted(struct trawl_client *c,
					const struct trawl_reply *reply,
					struct trawl_client_error *err)
{
	enum trawl_client_status st = wire_heed(c, reply, err);

	if (st == TRAWL_CLIENT_OK)
		st = wire_greeting_read(reply, c->address, &c->greeting, err);
	if (st != TRAWL_CLIENT_OK || !wants_auth(c)) {
		c->state = st == TRAWL_CLIENT_OK ? WIRE_READY : c->state;
		return st;
	}
	c->state = WIRE_AUTH;
	return wire_request_add(&c->hello, "AUTH", NULL, 0, c->token,
				WIRE_LINE_MAX, err);
}

static enum trawl_client_status let_in(struct trawl_client *c,
				       const struct trawl_reply *reply,
				       struct trawl_client_error *err)
{
	if (wire_is_notice(reply))
		return wire_heed(c, reply, err);
	if (trawl_reply_code(reply))
		return wire_fail(err, TRAWL_CLIENT_CLOSED,
				 "%s: the token is refused: %s: %s", c->address,
				 trawl_reply_name(reply),
				 trawl_reply_text(reply));
	c->state = WIRE_READY;
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status listen_to(struct trawl_client *c,
					  uint64_t deadline,
					  struct trawl_client_error *err)
{
	struct trawl_reply *reply = NULL;
	enum trawl_client_status st = wire_write(c, &c->hello, err);

	if (st == TRAWL_CLIENT_OK || st == TRAWL_CLIENT_AGAIN)
		st = wire_next_reply(c, deadline, &reply, err);
	if (st != TRAWL_CLIENT_OK)
		return st;
	st = c->state == WIRE_GREETING ? greeted(c, reply, err)
				       : let_in(c, reply, err);
	trawl_reply_free(reply);
	return st;
}

enum trawl_client_status wire_get_ready(struct trawl_client *c,
					uint64_t deadline,
					struct trawl_reply **out,
					struct trawl_client_error *err)
{
	enum trawl_client_status st = TRAWL_CLIENT_OK;

	(void)out;
	while (st == TRAWL_CLIENT_OK && c->state < WIRE_READY)
		st = c->state == WIRE_CONNECTING ? connecting(c, deadline, err)
						 : listen_to(c, deadline, err);
	return st;
}
