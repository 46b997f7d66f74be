/* SPDX-License-Identifier: MIT */
/*
 * wire_greeting.h - "* READY trawl/1 key=value...", the server's first line
 */
#ifndef WIRE_GREETING_H
#define WIRE_GREETING_H

#include "wire_reply.h"

struct wire_greeting {
	struct wire_pair *pairs; /* one block */
	size_t npairs;
};

/*
 * reply is what the server said first.  Errors: PROTOCOL (it is no trawl
 * server, or of another version), CLOSED (it takes no more connections), NOMEM.
 */
enum trawl_client_status wire_greeting_read(const struct trawl_reply *reply,
					    const char *address,
					    struct wire_greeting *out,
					    struct trawl_client_error *err);
void wire_greeting_release(struct wire_greeting *g);

/* NULL when there is none. */
const char *wire_greeting_value(const struct wire_greeting *g, const char *key);

/* PROTOCOL, with the beginning of what was said. */
enum trawl_client_status wire_no_server(const char *address, const char *said,
					size_t n,
					struct trawl_client_error *err);

#endif
