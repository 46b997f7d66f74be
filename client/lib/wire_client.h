/* SPDX-License-Identifier: MIT */
/*
 * wire_client.h - the inside of struct trawl_client
 *
 * The socket never blocks.  A step does what can be done now and says AGAIN
 * when the rest has to wait; wire_finish() waits, for those who block.
 */
#ifndef WIRE_CLIENT_H
#define WIRE_CLIENT_H

#include "wire_buffer.h"
#include "wire_dial.h"
#include "wire_greeting.h"

enum wire_state {
	WIRE_CONNECTING,
	WIRE_GREETING, /* waits for READY */
	WIRE_AUTH,     /* waits for the reply to AUTH */
	WIRE_READY,
	WIRE_CLOSED /* for ever, or until trawl_client_ask() connects anew */
};

struct trawl_client {
	enum wire_state state;
	bool nonblocking, reconnect;
	unsigned timeout_ms;
	size_t max_reply;
	char *address, *token; /* token: NULL none */

	struct wire_dial dial;
	int fd; /* -1 when closed */
	struct wire_greeting greeting;
	struct wire_buffer hello; /* AUTH */
	struct wire_buffer out;	  /* requests; held back until READY */
	struct wire_buffer in;
	struct wire_scan scan; /* of the reply at the front of in */
	bool ended;	       /* the server sends no more */
	bool deaf;	       /* the server reads no more: out is dropped */
	size_t unread; /* requests without reply, those sent raw aside */

	enum trawl_client_status why; /* of WIRE_CLOSED */
	bool torn;		      /* it was in the middle of a reply */
	struct trawl_client_error last;
};

typedef enum trawl_client_status wire_step_fn(struct trawl_client *c,
					      uint64_t deadline,
					      struct trawl_reply **out,
					      struct trawl_client_error *err);

/* Look the address up and begin to connect; nothing of before is kept. */
enum trawl_client_status wire_client_connect(struct trawl_client *c,
					     uint64_t deadline,
					     struct trawl_client_error *err);

/* Step until it is done, fails or, nonblocking, has to wait. */
enum trawl_client_status wire_finish(struct trawl_client *c, wire_step_fn *step,
				     uint64_t deadline,
				     struct trawl_reply **out,
				     struct trawl_client_error *err);

/* The deadline of a call that begins now; 0 when nonblocking. */
uint64_t wire_client_deadline(const struct trawl_client *c);

/* A step: connected, greeted and let in. */
enum trawl_client_status wire_get_ready(struct trawl_client *c,
					uint64_t deadline,
					struct trawl_reply **out,
					struct trawl_client_error *err);

/* A step: the next reply or notice. */
enum trawl_client_status wire_next_reply(struct trawl_client *c,
					 uint64_t deadline,
					 struct trawl_reply **out,
					 struct trawl_client_error *err);

/* CLOSED, with the reason of a notice "* BYE reason"; else OK. */
enum trawl_client_status wire_heed(struct trawl_client *c,
				   const struct trawl_reply *notice,
				   struct trawl_client_error *err);

/* A step: write what b holds. */
enum trawl_client_status wire_write(struct trawl_client *c,
				    struct wire_buffer *b,
				    struct trawl_client_error *err);
/* A step: read what has come, once.  OK too when nothing more will come. */
enum trawl_client_status wire_read(struct trawl_client *c,
				   struct trawl_client_error *err);

#endif
