/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker.h - a process that answers one request at a time
 *
 * It has its own handles on every index, one each and, made when first asked
 * for, joined ones for several (at most WORKER_JOINED_MAX, the least recently
 * used closed).  It reads frames from its socket, answers, and ends when the
 * socket does.  What it cannot survive (no memory) it answers with 423 and
 * ends, to be replaced.
 */
#ifndef DAEMON_WORKER_H
#define DAEMON_WORKER_H

#include "settings.h"

enum {
	WORKER_JOINED_MAX = 8
};

/* Never returns but to end the process: the exit status. */
int worker_run(int socket, const struct settings *s);

#endif
