/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * front.h - one libevent loop: every socket, every deadline
 *
 * No Xapian and no file system: what it needs of either comes over the
 * control socket or from a worker.
 *
 *	listeners --accept--> conn --request--> crew --frame--> worker
 *	                                             <--frame--
 *
 * A request carries its connection's id, never a pointer; an answer to an id
 * that has gone is dropped.  A connection has one request with the crew at a
 * time, and is not read meanwhile: replies stay in order and back-pressure is
 * TCP's.
 *
 * Loop events are raw (no bufferevents): an idle connection costs its struct
 * conn and nothing else.  Deadlines are looked at by one timer, FRONT_TICK,
 * for all connections; those of requests with workers have a timer of their
 * own.
 */
#ifndef DAEMON_FRONT_H
#define DAEMON_FRONT_H

#include "frame.h"
#include "listen.h"
#include "query_log.h"
#include "settings.h"
#include "stats.h"

struct event_base;
struct event;
struct conn;
struct crew;

enum {
	FRONT_TICK = 500 /* milliseconds */
};

struct front {
	struct event_base *base;
	int control; /* to the supervisor */
	struct limits limits;
	char token[SETTINGS_TOKEN_MAX + 1]; /* "" none is asked for */
	/* As in the settings; "" none. */
	char http_hosts[SETTINGS_WEB_MAX + 1];
	char http_origins[SETTINGS_WEB_MAX + 1];
	char public_url[SETTINGS_WEB_MAX + 1];
	char (*name)[SETTINGS_NAME_MAX + 1]; /* of the indexes */
	struct frame_facts *facts;	     /* of them, as last heard */
	size_t nindexes;
	struct stats stats;
	struct query_log log;
	struct crew *crew;
	struct conns *conns;
	bool draining;
};

/* The process's whole life; returns its exit status. */
int front_run(int control, const struct settings *s);

/* The client's RELOAD; the answer comes to conn_reloaded().  False: the
 * supervisor cannot be asked. */
bool front_reload(struct front *f, uint64_t conn_id);

#endif
