/* SPDX-License-Identifier: MIT */
/*
 * wire_dial.h - connect to the first of a name's addresses that answers
 *
 * One address is tried at a time; its socket, nonblocking, is dial.fd.
 */
#ifndef WIRE_DIAL_H
#define WIRE_DIAL_H

#include "wire_address.h"

#include <stdint.h>

struct wire_dial {
	struct wire_peers peers;
	size_t tried;	   /* of peers */
	int fd;		   /* -1: none */
	int error;	   /* why those that were tried did not answer */
	uint64_t deadline; /* for the address being tried; 0 none */
};

/* peers has been looked up.  deadline, over all addresses: 0 is none. */
void wire_dial_begin(struct wire_dial *d, uint64_t deadline);

/*
 * OK: d->fd is connected, and the caller's.  AGAIN: poll d->fd for POLLOUT, no
 * longer than to d->deadline.  Otherwise no address answers, and d->fd is -1.
 */
enum trawl_client_status wire_dial_go_on(struct wire_dial *d,
					 const char *address, uint64_t deadline,
					 struct trawl_client_error *err);

#endif
