/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crew_internal.h"

#include "die.h"

#include <stddef.h>

/* ------------------------------------------------------------ who waits -- */

void crew_uncount(struct crew *crew, const struct job *job)
{
	crew->nwaiting--;
	crew->waiting_bytes -= job->waits;
}

static bool bulk_is_due(const struct crew *crew)
{
	return crew->passed >= CREW_PASSES;
}

/* The job whose turn it is, or NULL; it stays where it is. */
static struct job *turn(struct crew *crew)
{
	struct job *job = STAILQ_FIRST(&crew->waiting[false]);
	struct job *bulk = STAILQ_FIRST(&crew->waiting[true]);

	return !job || (bulk && bulk_is_due(crew)) ? bulk : job;
}

/* It has been sent: out of its list, whose first it is. */
static void take_turn(struct crew *crew, const struct job *job)
{
	STAILQ_REMOVE_HEAD(&crew->waiting[job->bulk], link);
	if (job->bulk || STAILQ_EMPTY(&crew->waiting[true]))
		crew->passed = 0;
	else
		crew->passed++;
}

/* ------------------------------------------------------ sent, not begun -- */

struct job *worker_drop_next(struct worker *w)
{
	struct job *job = w->next, *dropped = xcalloc(1, sizeof(*dropped));
	const struct frame drop = { .kind = FRAME_DROP, .ticket = job->ticket };

	dropped->ticket = job->ticket;
	dropped->deadline_ns = job->deadline_ns;
	dropped->dropped = true;
	w->next = dropped;
	worker_send(w, &drop, sizeof(drop));
	return job;
}

static void wait_first(struct crew *crew, struct job *job)
{
	STAILQ_INSERT_HEAD(&crew->waiting[false], job, link);
}

void worker_take_back(struct worker *w)
{
	if (worker_has_next(w))
		wait_first(w->crew, worker_drop_next(w));
}

void worker_give_back(struct worker *w)
{
	struct job *job = w->next;

	w->next = NULL;
	if (job && job->dropped)
		job_free(job);
	else if (job)
		wait_first(w->crew, job);
}

/* Who has the one that was sent first, or NULL. */
static struct worker *oldest_next(const struct crew *crew)
{
	struct worker *w, *best = NULL;

	TAILQ_FOREACH(w, &crew->others, link)
	if (worker_has_next(w) &&
	    (!best || w->next->ticket < best->next->ticket))
		best = w;
	return best;
}

/* ---------------------------------------------------- workers and turns -- */

static void set_ticket(struct crew *crew, struct job *job)
{
	job->ticket = ++crew->ticket;
	memcpy(job->ask.data + offsetof(struct frame, ticket), &job->ticket,
	       sizeof(job->ticket));
}

/* As far as we know w works on it now. */
static void begin(struct worker *w, struct job *job)
{
	struct crew *crew = w->crew;

	worker_set_job(w, job);
	worker_move(w, false);
	crew->begun = job->ticket;
	if (!job->dropped) {
		crew_uncount(crew, job);
		buf_release(&job->ask);
	}
	crew_arm(crew, crew_hard_deadline(crew, job));
}

/* False: not sent, and the worker is out of the way. */
static bool start(struct worker *w, struct job *job)
{
	set_ticket(w->crew, job);
	if (worker_send(w, job->ask.data, job->ask.len)) {
		take_turn(w->crew, job);
		begin(w, job);
		return true;
	}
	worker_move(w, false);
	return false;
}

void worker_begin_next(struct worker *w)
{
	struct job *job = w->next;
	uint64_t now = monotonic_ns();

	w->next = NULL;
	/* Its late DROP leaves it the time it has; one that is in time is
	 * answered at once, but may be so after its deadline. */
	if (job->dropped && job->deadline_ns < now)
		job->deadline_ns = now;
	begin(w, job);
	crew_dispatch(w->crew);
}

/* Idle workers take what is theirs, bulk only when nobody has another. */
static void start_idle(struct crew *crew)
{
	struct worker *w, *from;
	struct job *job;

	while ((w = TAILQ_FIRST(&crew->idle))) {
		job = turn(crew);
		if (!job || (job->bulk && !bulk_is_due(crew))) {
			from = oldest_next(crew);
			if (from)
				worker_take_back(from);
			job = turn(crew);
		}
		if (!job)
			break;
		start(w, job);
	}
}

/* Behind a job that takes long while others come and go. */
static void relieve(struct crew *crew)
{
	struct worker *w = oldest_next(crew);

	if (w && crew->begun > w->next->ticket + crew->nready + CREW_PASSES)
		worker_take_back(w);
}

/* The one that has worked longest, of those that may have a next. */
static struct worker *nearly_done(struct crew *crew)
{
	struct worker *w;

	TAILQ_FOREACH_REVERSE(w, &crew->others, worker_list, link)
	if (w->ready && w->job && !w->next && !w->look && !w->out.len &&
	    !w->broken && !w->dismissed && w->epoch >= crew->epoch)
		return w;
	return NULL;
}

static bool may_be_next(const struct job *job)
{
	return job && !job->bulk && job->ask.len <= CREW_NEXT_MAX;
}

static void send_ahead(struct crew *crew)
{
	struct worker *w;
	struct job *job;

	while (may_be_next(job = turn(crew)) && (w = nearly_done(crew))) {
		set_ticket(crew, job);
		if (!worker_send(w, job->ask.data, job->ask.len))
			continue;
		take_turn(crew, job);
		w->next = job;
	}
}

void crew_dispatch(struct crew *crew)
{
	start_idle(crew);
	relieve(crew);
	send_ahead(crew);
}

/* ----------------------------------------------------------- for others -- */

bool crew_submit(struct crew *crew, struct job *job)
{
	const struct limits *limits = &crew->f->limits;

	job->waits = job->ask.len;
	/* Those that wait found no worker, and this one is behind them. */
	if (crew->nwaiting &&
	    (crew->nwaiting >= limits->max_waiting ||
	     crew->waiting_bytes + job->waits > limits->max_pending))
		return false;
	STAILQ_INSERT_TAIL(&crew->waiting[job->bulk], job, link);
	crew->nwaiting++;
	crew->waiting_bytes += job->waits;
	crew_dispatch(crew);
	if (crew->nwaiting)
		crew_arm(crew, job->deadline_ns);
	return true;
}

static struct job *find_waiting(struct job_list *list, uint64_t conn)
{
	struct job *job;

	STAILQ_FOREACH(job, list, link)
	if (job->conn == conn)
		break;
	if (job)
		STAILQ_REMOVE(list, job, job, link);
	return job;
}

static struct job *find_next(struct crew *crew, uint64_t conn)
{
	struct worker *w;

	TAILQ_FOREACH(w, &crew->others, link)
	if (worker_has_next(w) && w->next->conn == conn)
		return worker_drop_next(w);
	return NULL;
}

void crew_forget(struct crew *crew, uint64_t conn)
{
	struct job *job = find_waiting(&crew->waiting[false], conn);

	if (!job)
		job = find_waiting(&crew->waiting[true], conn);
	if (!job)
		job = find_next(crew, conn);
	if (!job)
		return;
	crew_uncount(crew, job);
	job_free(job);
}
