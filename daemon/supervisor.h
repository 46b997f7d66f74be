/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor.h - starts front and workers, and keeps them
 *
 * It parses nothing that comes from outside and opens no index: signals,
 * children, inotify, configuration, sockets to listen on.  One poll() loop.
 *
 *	SIGHUP, RELOAD    read the configuration again; new workers
 *	SIGTERM, SIGINT   drain: the front finishes and ends, then all does
 *	SIGUSR1           open the query log again
 *	SIGCHLD           a worker: another at once (one that never said HELLO:
 *	                  after a pause that grows to a second); the front:
 *	                  another, with the same listeners
 *
 * Front and workers leave by themselves when the socket to the supervisor
 * (or to the front) ends, so that nothing outlives a killed supervisor.
 */
#ifndef DAEMON_SUPERVISOR_H
#define DAEMON_SUPERVISOR_H

#include "settings.h"

/* How to read the configuration again, at a reload. */
typedef bool supervisor_read(void *ctx, struct settings *out,
			     struct settings_error *err);

/* Serve until told to end.  s is checked, and the supervisor's from now on.
 * Returns the exit status: 0, or 3 with one line logged. */
int supervisor_run(struct settings *s, supervisor_read *read, void *ctx);

#endif
