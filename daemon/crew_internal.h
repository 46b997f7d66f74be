/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crew_internal.h - what crew.c, crew_frames.c and crew_clock.c share
 *
 * crew.c owns the workers' sockets and the list of who waits; crew_frames.c
 * heeds what workers say; crew_clock.c ends jobs whose time is over.
 */
#ifndef DAEMON_CREW_INTERNAL_H
#define DAEMON_CREW_INTERNAL_H

#include "clock.h"
#include "control.h"
#include "crew.h"
#include "front.h"
#include "reply.h"

#include <event2/event_struct.h>
#include <sys/queue.h>

enum {
	CREW_READ = 64 << 10,
	/* Milliseconds, before a supervisor that took no message is told again */
	CREW_TELL_AGAIN = 50
};

/*
 *	opening --HELLO--> idle <--> busy
 *
 * A worker is freed in callbacks of its own, when the time of its job is over,
 * and while it is idle; never below crew_submit().
 */
struct worker {
	TAILQ_ENTRY(worker) link; /* in crew->idle or crew->others */
	struct crew *crew;
	int fd, pid;
	unsigned epoch;
	bool ready;	/* has said HELLO */
	bool idle;	/* in crew->idle */
	bool broken;	/* its socket took nothing and has been shut down */
	bool doomed;	/* the supervisor is to be told to kill it */
	bool dismissed; /* freed at the end of its callback */
	bool looking;	/* FACTS are to come */
	bool look;	/* LOOK is to be sent when it is idle and not looking */
	struct job *job;
	size_t sent; /* of job->ask */
	uint64_t ticket, answered;
	struct buf in;	  /* of a frame that is not whole */
	struct buf wrong; /* what the supervisor was told of its indexes */
	struct event readable, writable;
};

TAILQ_HEAD(worker_list, worker);
STAILQ_HEAD(job_list, job);

struct crew {
	struct front *f;
	struct worker_list idle, others;
	struct job_list waiting;
	size_t nwaiting, nready, nbusy;
	uint64_t waiting_bytes; /* of their frames */
	unsigned joined_epoch;	/* the newest that came, */
	unsigned epoch;		/* and of those that have said HELLO */
	uint64_t ticket;
	uint64_t ready_ns; /* when there was a worker that was ready, last */
	uint64_t armed_ns; /* what the timer is set to; 0 not set */
	size_t frame_max;
	struct event timer;
	char chunk[CREW_READ];
};

/* -------------------------------------------------------------- crew.c -- */

/* Answered by nobody but us. */
void crew_answer(struct crew *crew, struct job *job, enum error_code code,
		 const char *text);
/* False: the supervisor takes no message now. */
bool crew_tell(struct crew *crew, const struct control *m);
/* It waits no longer. */
void crew_uncount(struct crew *crew, const struct job *job);
/* Idle workers to those who wait. */
void crew_dispatch(struct crew *crew);
void worker_move(struct worker *w, bool idle);
void worker_set_job(struct worker *w, struct job *job);
void worker_set_ready(struct worker *w, bool ready);
/* Have it look for newer commits; it is idle. */
void worker_look(struct worker *w);
void worker_free(struct worker *w);

/* ------------------------------------------------------- crew_frames.c -- */

/* Heed the frames at data that are whole; returns their bytes. */
size_t worker_take_frames(struct worker *w, const char *data, size_t n,
			  bool *bad);

/* -------------------------------------------------------- crew_clock.c -- */

void crew_on_timer(int fd, short what, void *crew);
/* Look at the clock at ns, if not before. */
void crew_arm(struct crew *crew, uint64_t ns);
uint64_t crew_hard_deadline(const struct crew *crew, const struct job *job);

#endif
