/* SPDX-License-Identifier: MIT */
/* wire_io.c - bytes and replies off a client's socket, and bytes onto it */
#include "wire_client.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

enum {
	READ_SIZE = 64 << 10
};

static bool would_block(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK;
}

static bool is_gone(int error)
{
	return error == EPIPE || error == ECONNRESET || error == ENOTCONN;
}

enum trawl_client_status wire_write(struct trawl_client *c,
				    struct wire_buffer *b,
				    struct trawl_client_error *err)
{
	while (b->len > 0 && !c->deaf) {
		ssize_t n =
			send(c->fd, b->data + b->start, b->len, MSG_NOSIGNAL);

		if (n >= 0)
			wire_buffer_take(b, (size_t)n);
		else if (would_block(errno))
			return TRAWL_CLIENT_AGAIN;
		else if (is_gone(errno))
			/* What it said before it went is still to be read. */
			c->deaf = true;
		else if (errno != EINTR)
			return wire_fail(err, TRAWL_CLIENT_IO, "%s: %s",
					 c->address, strerror(errno));
	}
	if (c->deaf)
		wire_buffer_release(b);
	return TRAWL_CLIENT_OK;
}

enum trawl_client_status wire_read(struct trawl_client *c,
				   struct trawl_client_error *err)
{
	char *room = wire_buffer_room(&c->in, READ_SIZE);
	ssize_t n;

	if (!room)
		return wire_fail_nomem(err);
	do
		n = recv(c->fd, room, READ_SIZE, 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		wire_buffer_added(&c->in, (size_t)n);
	else if (n == 0 || is_gone(errno))
		c->ended = c->deaf = true;
	else if (would_block(errno))
		return TRAWL_CLIENT_AGAIN;
	else
		return wire_fail(err, TRAWL_CLIENT_IO, "%s: %s", c->address,
				 strerror(errno));
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status closed(const struct trawl_client *c,
				       const char *reason,
				       struct trawl_client_error *err)
{
	return wire_fail(err, TRAWL_CLIENT_CLOSED,
			 "%s: server closed the connection: %s", c->address,
			 reason);
}

static enum trawl_client_status ended(const struct trawl_client *c,
				      struct trawl_client_error *err)
{
	if (c->in.len > 0)
		return closed(c, "in the middle of a reply", err);
	if (c->state == WIRE_GREETING)
		return closed(c, "before it said anything", err);
	return closed(c, "without a reason", err);
}

enum trawl_client_status wire_heed(struct trawl_client *c,
				   const struct trawl_reply *notice,
				   struct trawl_client_error *err)
{
	const char *text = trawl_reply_text(notice);

	if (!wire_is_notice(notice) || strncmp(text, "BYE", 3) ||
	    (text[3] && text[3] != ' '))
		return TRAWL_CLIENT_OK;
	return closed(c, text[3] && text[4] ? text + 4 : "without a reason",
		      err);
}

static enum trawl_client_status not_understood(struct trawl_client *c,
					       const char *what,
					       struct trawl_client_error *err)
{
	if (c->state == WIRE_GREETING)
		return wire_no_server(c->address, c->in.data + c->in.start,
				      c->in.len, err);
	return wire_fail(err, TRAWL_CLIENT_PROTOCOL, "%s: not understood: %s",
			 c->address, what);
}

static enum trawl_client_status take_reply(struct trawl_client *c,
					   struct trawl_reply **out,
					   struct trawl_client_error *err)
{
	*out = wire_reply_new(&c->scan, c->in.data + c->in.start);
	if (!*out)
		return wire_fail_nomem(err);
	wire_buffer_take(&c->in, c->scan.at);
	wire_scan_init(&c->scan, c->max_reply);
	return TRAWL_CLIENT_OK;
}

enum trawl_client_status wire_next_reply(struct trawl_client *c,
					 uint64_t deadline,
					 struct trawl_reply **out,
					 struct trawl_client_error *err)
{
	struct trawl_client_error what;
	enum trawl_client_status st;

	(void)deadline;
	for (;;) {
		st = TRAWL_CLIENT_AGAIN;
		if (c->in.len)
			st = wire_scan(&c->scan, c->in.data + c->in.start,
				       c->in.len, &what);
		if (st == TRAWL_CLIENT_OK)
			return take_reply(c, out, err);
		if (st == TRAWL_CLIENT_PROTOCOL)
			return not_understood(c, what.text, err);
		if (c->ended)
			return ended(c, err);
		st = wire_read(c, err);
		if (st != TRAWL_CLIENT_OK)
			return st;
	}
}
