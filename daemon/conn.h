/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conn.h - connections: requests in, bytes out, limits, deadlines
 *
 * A connection's life:
 *
 *	greeted --> [ reading <--> waiting for the crew ] --> leaving --> gone
 *
 * Reading takes at most max_turn requests, then it is others' turn.  A reply
 * that the client does not read stops the reading of further requests.
 * HTTP has no greeting and no BYE.
 * Leaving: BYE has been queued; when it is written the sending side is shut
 * down, and what the client still sends is thrown away until it closes or
 * linger is over.
 */
#ifndef DAEMON_CONN_H
#define DAEMON_CONN_H

#include "listen.h"

#include <stdint.h>

struct front;
struct conns;

struct conns *conns_new(struct front *f);
void conns_free(struct conns *conns);

/* Serve fd, accepted from a listener of that kind. */
void conn_accept(struct conns *conns, int fd, enum listen_kind kind);
size_t conns_count(const struct conns *conns);
/* Bytes of replies that clients have not read. */
uint64_t conns_unread(const struct conns *conns);
/* Bytes of memory for requests that are not whole. */
uint64_t conns_pending(const struct conns *conns);
/* Look at every deadline: once in FRONT_TICK. */
void conns_tick(struct conns *conns);
/* No further requests; what runs is finished.  True when none is left. */
bool conns_drain(struct conns *conns);

/* The supervisor has answered RELOAD; why is "" when it was done. */
void conn_reloaded(struct conns *conns, uint64_t id, const char *why);

#endif
