/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crew_internal.h"

#include <event2/event.h>
#include <inttypes.h>

void crew_arm(struct crew *crew, uint64_t ns)
{
	uint64_t now = monotonic_ns(), left = ns > now ? ns - now : 0;
	struct timeval tv;

	if (crew->armed_ns && crew->armed_ns <= ns)
		return;
	crew->armed_ns = ns;
	left += NS_PER_MS; /* never early */
	tv.tv_sec = (time_t)(left / (1000 * NS_PER_MS));
	tv.tv_usec = (suseconds_t)(left / 1000 % 1000000);
	evtimer_add(&crew->timer, &tv);
}

uint64_t crew_hard_deadline(const struct crew *crew, const struct job *job)
{
	return job->deadline_ns + crew->f->limits.grace * NS_PER_MS;
}

static void end_waiting(struct crew *crew, struct job *job)
{
	char text[128];

	if (!crew->nready && crew->ready_ns < job->begun_ns) {
		crew_answer(crew, job, ERROR_LOADING,
			    "no worker has opened the indexes yet; try again");
		return;
	}
	snprintf(text, sizeof(text),
		 "no worker was free within %" PRIu64 " ms; try again",
		 (job->deadline_ns - job->begun_ns) / NS_PER_MS);
	crew_answer(crew, job, ERROR_TIMEOUT, text);
}

/* The supervisor may have no ear for it now: told again, then. */
static void have_killed(struct worker *w)
{
	const struct control kill = { .kind = CONTROL_KILL, .pid = w->pid };

	w->doomed = true;
	if (crew_tell(w->crew, &kill))
		worker_free(w);
}

static void end_running(struct worker *w)
{
	struct crew *crew = w->crew;
	struct job *job = w->job;
	char text[128];

	snprintf(text, sizeof(text), "stopped after timeout=%" PRIu64 " ms",
		 (job->deadline_ns - job->begun_ns) / NS_PER_MS);
	crew->f->stats.event[STATS_WORKERS_KILLED]++;
	worker_set_job(w, NULL);
	worker_give_back(w);
	have_killed(w);
	crew_dispatch(crew);
	crew_answer(crew, job, ERROR_TIMEOUT, text);
}

static void take_late(struct job_list *waiting, struct job_list *late,
		      uint64_t now)
{
	struct job_list all = STAILQ_HEAD_INITIALIZER(all);
	struct job *job;

	STAILQ_CONCAT(&all, waiting);
	while ((job = STAILQ_FIRST(&all))) {
		STAILQ_REMOVE_HEAD(&all, link);
		STAILQ_INSERT_TAIL(job->deadline_ns > now ? waiting : late, job,
				   link);
	}
}

static void take_late_next(struct crew *crew, struct job_list *late,
			   uint64_t now)
{
	struct worker *w;

	TAILQ_FOREACH(w, &crew->others, link)
	if (worker_has_next(w) && w->next->deadline_ns <= now) {
		struct job *job = worker_drop_next(w);

		STAILQ_INSERT_TAIL(late, job, link);
	}
}

/* Those that are late move to a list of their own first: an answer may bring
 * the next request of its connection. */
static void end_late_waiting(struct crew *crew, uint64_t now)
{
	struct job_list late = STAILQ_HEAD_INITIALIZER(late);
	struct job *job;

	take_late_next(crew, &late, now);
	take_late(&crew->waiting[false], &late, now);
	take_late(&crew->waiting[true], &late, now);
	STAILQ_FOREACH(job, &late, link)
	crew_uncount(crew, job);
	while ((job = STAILQ_FIRST(&late))) {
		STAILQ_REMOVE_HEAD(&late, link);
		end_waiting(crew, job);
	}
}

static struct worker *late_worker(struct crew *crew, uint64_t now)
{
	struct worker *w;

	TAILQ_FOREACH(w, &crew->others, link)
	if (w->job && crew_hard_deadline(crew, w->job) <= now)
		return w;
	return NULL;
}

static void kill_doomed(struct crew *crew)
{
	struct worker *w, *next;

	for (w = TAILQ_FIRST(&crew->others); w; w = next) {
		next = TAILQ_NEXT(w, link);
		if (w->doomed)
			have_killed(w);
	}
}

static void arm_all(struct crew *crew, uint64_t now)
{
	struct worker *w;
	struct job *job;

	TAILQ_FOREACH(w, &crew->others, link)
	{
		if (w->doomed)
			crew_arm(crew, now + CREW_TELL_AGAIN * NS_PER_MS);
		else if (w->job)
			crew_arm(crew, crew_hard_deadline(crew, w->job));
		if (worker_has_next(w))
			crew_arm(crew, w->next->deadline_ns);
	}
	for (int bulk = false; bulk <= true; bulk++)
		STAILQ_FOREACH(job, &crew->waiting[bulk], link)
	crew_arm(crew, job->deadline_ns);
}

void crew_on_timer(int fd, short what, void *arg)
{
	struct crew *crew = arg;
	uint64_t now = monotonic_ns();
	struct worker *w;

	(void)fd, (void)what;
	crew->armed_ns = 0;
	kill_doomed(crew);
	while ((w = late_worker(crew, now)))
		end_running(w);
	end_late_waiting(crew, now);
	arm_all(crew, now);
}
