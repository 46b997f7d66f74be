/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crew.h - the workers as the front sees them, and the list of who waits
 *
 *	crew_submit() --> [ waiting ] --> a worker's socket --> crew_done()
 *
 * A job is the crew's from submit until crew_done() or crew_failed() is called
 * with it.
 *
 * First come, first served; no connection has two jobs, so that is fair.  But
 * who has more requests at hand (bulk) always has one here: such a job is
 * begun when no other waits, or when 8 others have gone before it.
 *
 * While no worker is idle, the first who waits is sent ahead to the one that
 * has worked longest, which then begins without waiting for us: bulk is not,
 * nor is a frame of more than 16 kB; while such a one is first, nobody is.
 *
 * A job whose deadline goes by while it waits is answered 408 (422 when there
 * has been no worker all the while); one that is past it and the grace with a
 * worker has that worker killed, and is answered 408 at once.  A worker that
 * ends with a job: 423; what was sent ahead to it waits again, as the first.
 */
#ifndef DAEMON_CREW_H
#define DAEMON_CREW_H

#include "buf.h"
#include "frame.h"

#include <sys/queue.h>

struct front;
struct crew;

struct job {
	STAILQ_ENTRY(job) link;
	uint64_t conn; /* id of who asked */
	enum verb_id verb;
	char tag[LINE_TAG_MAX + 1];
	struct buf ask;		 /* the frame */
	size_t waits;		 /* bytes of it, while it waits */
	bool http;		 /* wants says how the answer is to look: */
	struct http_wants wants; /* its strings are in strings */
	struct buf strings;
	uint64_t ticket; /* in the frame, as sent last */
	bool bulk;	 /* its connection has more requests at hand */
	bool dropped;	 /* nobody's: a worker's reply to it is awaited */
	struct buf line; /* the query log's line as begun */
	uint64_t begun_ns, deadline_ns; /* CLOCK_MONOTONIC */
};

struct crew *crew_new(struct front *f);
void crew_free(struct crew *crew);

/* A worker's socket, from the supervisor. */
void crew_join(struct crew *crew, int fd, int pid, unsigned epoch);
/* An index was committed to: every worker looks when it is next idle. */
void crew_look(struct crew *crew);

void job_free(struct job *job);

/* False: max_waiting jobs wait already, or max_pending bytes of them, and the
 * caller keeps the job.  Neither of the two is ever called from in here. */
bool crew_submit(struct crew *crew, struct job *job);
/* Nobody waits for that connection's answer any more. */
void crew_forget(struct crew *crew, uint64_t conn);

/*
 * In conn.c: the job has been answered with n bytes (without tag), which are
 * the crew's; the job is to be freed.  reply has code, flags, hits.
 */
void crew_done(struct front *f, struct job *job, const struct frame *reply,
	       const char *bytes, size_t n);
/* Likewise: by nobody but us, with an error. */
void crew_failed(struct front *f, struct job *job, enum error_code code,
		 const char *text);

struct crew_facts {
	size_t workers, busy, waiting;
};
void crew_count(const struct crew *crew, struct crew_facts *out);
/* A line of STATS for each worker. */
struct answer;
void crew_describe(const struct crew *crew, struct answer *out);

#endif
