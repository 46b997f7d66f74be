/* SPDX-License-Identifier: MIT */
/*
 * wire_address.h - "unix:PATH", "HOST:PORT" or "[ADDRESS]:PORT" to sockets
 */
#ifndef WIRE_ADDRESS_H
#define WIRE_ADDRESS_H

#include "wire_error.h"

#include <sys/socket.h>

enum {
	WIRE_HOST_MAX = 255,
	WIRE_PEERS_MAX = 16 /* of a name's addresses, as many are tried */
};

struct wire_peer {
	struct sockaddr_storage addr;
	socklen_t len;
};

struct wire_peers {
	struct wire_peer peer[WIRE_PEERS_MAX];
	size_t n;
};

/* Errors: INVAL (no such form), IO (no such host), NOMEM. */
enum trawl_client_status wire_address_look_up(const char *address,
					      struct wire_peers *out,
					      struct trawl_client_error *err);

#endif
