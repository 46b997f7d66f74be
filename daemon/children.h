/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * children.h - the processes that a supervisor has started
 */
#ifndef DAEMON_CHILDREN_H
#define DAEMON_CHILDREN_H

#include "settings.h"

#include <sys/queue.h>

struct worker_child {
	LIST_ENTRY(worker_child) link;
	int pid;
	unsigned epoch;
	bool serving;	    /* has said HELLO */
	bool done;	    /* its end is no event */
	uint64_t end_at;    /* it is killed, in milliseconds; 0 never */
	const char *killed; /* by us: why; NULL not */
};
LIST_HEAD(worker_list, worker_child);

/*
 * Fork.  The child keeps standard error and its socket alone, enters its
 * sandbox, runs and ends; it never returns.  -1: errno.
 */
int child_front(int socket, const struct settings *s);
int child_worker(int socket, const struct settings *s);

struct worker_child *worker_find(struct worker_list *list, int pid);
struct worker_child *worker_add(struct worker_list *list, int pid,
				unsigned epoch);
void worker_remove(struct worker_child *w);
size_t worker_count(const struct worker_list *list, unsigned epoch);
/* One whose end is an event. */
void worker_kill(struct worker_child *w, const char *why);
/* Nobody has a use for them any more. */
void worker_kill_all(struct worker_list *list);

/* "ended by signal 11 (Segmentation fault)", of a status of waitpid(). */
void child_end_text(int status, char out[64]);

#endif
