/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crew_internal.h - what the crew*.c share
 *
 * crew.c owns the workers' sockets; crew_turn.c the lists of who waits, and
 * who has which worker when; crew_frames.c heeds what workers say;
 * crew_clock.c ends jobs whose time is over.
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
	CREW_NEXT_MAX = 16 << 10, /* bytes of a frame that is sent ahead */
	/* Of others that are begun before a bulk job has its turn, or before
	 * one that was sent ahead is taken back to be given to another. */
	CREW_PASSES = 8,
	/* Milliseconds, before a supervisor that took no message is told again */
	CREW_TELL_AGAIN = 50
};

/*
 *	opening --HELLO--> idle <--> busy
 *
 * Behind the job of a busy one there may be a next.  That is a job which waits,
 * counts as one, and can be taken back to the head of its list; in its place
 * there is a dropped job, then, until the worker has replied to it.  So its
 * socket holds one ASK and one DROP at most behind the job that it works on.
 *
 * While a worker is idle nobody waits and there is no next.
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
	struct job *job, *next;
	uint64_t answered;
	struct buf in;	  /* of a frame that is not whole */
	struct buf out;	  /* what its socket has not taken yet, */
	size_t out_at;	  /* from there on */
	struct buf wrong; /* what the supervisor was told of its indexes */
	struct event readable, writable;
};

/* One that waits. */
static inline bool worker_has_next(const struct worker *w)
{
	return w->next && !w->next->dropped;
}

TAILQ_HEAD(worker_list, worker);
STAILQ_HEAD(job_list, job);

struct crew {
	struct front *f;
	/* In others, the one whose job was begun last comes first. */
	struct worker_list idle, others;
	struct job_list waiting[2]; /* [job->bulk] */
	unsigned passed; /* jobs that went before the first of the bulk */
	size_t nwaiting; /* with those that are next */
	size_t nready, nbusy;
	uint64_t waiting_bytes; /* of their frames */
	unsigned joined_epoch;	/* the newest that came, */
	unsigned epoch;		/* and of those that have said HELLO */
	uint64_t ticket;	/* given last, */
	uint64_t begun;		/* and of the job that was begun last */
	uint64_t ready_ns; /* when there was a worker that was ready, last */
	uint64_t armed_ns; /* what the timer is set to; 0 not set */
	size_t frame_max;
	struct event timer;
	char chunk[CREW_READ];
};

/* -------------------------------------------------------------- crew.c -- */

/* Answered by nobody but us; a job that was dropped is freed. */
void crew_answer(struct crew *crew, struct job *job, enum error_code code,
		 const char *text);
/* False: the supervisor takes no message now. */
bool crew_tell(struct crew *crew, const struct control *m);
void worker_move(struct worker *w, bool idle);
void worker_set_job(struct worker *w, struct job *job);
void worker_set_ready(struct worker *w, bool ready);
/* What its socket does not take at once is kept.  False: it is broken. */
bool worker_send(struct worker *w, const void *frame, size_t n);
/* Have it look for newer commits; it is idle. */
void worker_look(struct worker *w);
/* Its job is the caller's, and it has no next. */
void worker_free(struct worker *w);

/* --------------------------------------------------------- crew_turn.c -- */

/* It waits no longer. */
void crew_uncount(struct crew *crew, const struct job *job);
/* Workers to those who wait; after anything that may have changed either. */
void crew_dispatch(struct crew *crew);
/* It has a next, and has replied to its job. */
void worker_begin_next(struct worker *w);
/* Its next, which is the caller's now and still counted; the worker is told. */
struct job *worker_drop_next(struct worker *w);
/* Likewise, to the head of the list, if there is one. */
void worker_take_back(struct worker *w);
/* Likewise, by a worker that will do nothing more. */
void worker_give_back(struct worker *w);

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
