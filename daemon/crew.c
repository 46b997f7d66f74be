/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crew_internal.h"

#include "die.h"

#include <errno.h>
#include <event2/event.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

void job_free(struct job *job)
{
	if (!job)
		return;
	buf_release(&job->ask);
	buf_release(&job->line);
	buf_release(&job->strings);
	free(job);
}

void crew_answer(struct crew *crew, struct job *job, enum error_code code,
		 const char *text)
{
	if (job->dropped)
		job_free(job);
	else
		crew_failed(crew->f, job, code, text);
}

bool crew_tell(struct crew *crew, const struct control *m)
{
	return !control_send(crew->f->control, m, -1) || errno == EPIPE;
}

/* --------------------------------------------------------------- workers -- */

void worker_move(struct worker *w, bool idle)
{
	struct crew *crew = w->crew;

	TAILQ_REMOVE(w->idle ? &crew->idle : &crew->others, w, link);
	w->idle = idle;
	/* The one that was at work last has the warmest caches. */
	TAILQ_INSERT_HEAD(idle ? &crew->idle : &crew->others, w, link);
}

void worker_set_job(struct worker *w, struct job *job)
{
	w->crew->nbusy += (job != NULL) - (size_t)(w->job != NULL);
	w->job = job;
}

void worker_set_ready(struct worker *w, bool ready)
{
	w->crew->nready += ready - (size_t)w->ready;
	w->ready = ready;
	w->crew->ready_ns = monotonic_ns();
}

void worker_free(struct worker *w)
{
	if (w->ready)
		worker_set_ready(w, false);
	worker_set_job(w, NULL);
	TAILQ_REMOVE(w->idle ? &w->crew->idle : &w->crew->others, w, link);
	event_del(&w->readable);
	event_del(&w->writable);
	close(w->fd);
	buf_release(&w->in);
	buf_release(&w->out);
	buf_release(&w->wrong);
	free(w);
}

static void worker_lost(struct worker *w)
{
	struct crew *crew = w->crew;
	struct job *job = w->job;

	worker_give_back(w);
	worker_free(w);
	crew_dispatch(crew);
	if (!job)
		return;
	crew->f->stats.event[STATS_WORKERS_LOST]++;
	crew_answer(crew, job, ERROR_WORKER_LOST,
		    "the process that worked on it has ended; try again");
}

/* It cannot be relied on: shut down, so that it ends and both sides see it. */
static void worker_break(struct worker *w)
{
	w->broken = true;
	shutdown(w->fd, SHUT_RDWR);
}

/* False: its socket is no use any more. */
static bool flush(struct worker *w)
{
	struct buf *out = &w->out;
	ssize_t n = send(w->fd, out->data + w->out_at, out->len - w->out_at,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return false;
	w->out_at += n > 0 ? (size_t)n : 0;
	if (w->out_at < out->len) {
		event_add(&w->writable, NULL);
	} else {
		buf_release(out);
		w->out_at = 0;
	}
	return true;
}

static void on_writable(int fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd, (void)what;
	if (!w->broken && !flush(w))
		worker_break(w);
}

bool worker_send(struct worker *w, const void *frame, size_t n)
{
	ssize_t sent = 0;

	if (w->broken)
		return false;
	if (!w->out.len)
		sent = send(w->fd, frame, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		worker_break(w);
		return false;
	}
	if (sent < 0)
		sent = 0;
	if ((size_t)sent == n)
		return true;
	buf_add(&w->out, (const char *)frame + sent, n - (size_t)sent);
	event_add(&w->writable, NULL);
	if (w->out.failed)
		worker_break(w);
	return !w->broken;
}

void worker_look(struct worker *w)
{
	const struct frame look = { .kind = FRAME_LOOK };

	w->look = w->looking;
	if (w->looking)
		return;
	w->looking = true;
	worker_send(w, &look, sizeof(look));
}

/* How much is missing of the frame that has begun, as far as is known. */
static size_t missing(const struct buf *in)
{
	struct frame head;

	if (in->len < sizeof(head))
		return CREW_READ;
	memcpy(&head, in->data, sizeof(head));
	return sizeof(head) + head.bytes - in->len;
}

/* The bytes that a read has added to w->in. */
static bool take_more(struct worker *w, size_t n)
{
	struct buf *in = &w->in;
	bool bad = false;
	size_t used;

	buf_truncate(in, in->len + n);
	used = worker_take_frames(w, in->data, in->len, &bad);
	if (used == in->len) {
		buf_release(in);
	} else if (used) {
		memmove(in->data, in->data + used, in->len - used);
		buf_truncate(in, in->len - used);
	}
	return !bad;
}

static bool take_chunk(struct worker *w, size_t n)
{
	bool bad = false;
	size_t used = worker_take_frames(w, w->crew->chunk, n, &bad);

	w->in.max = w->crew->frame_max + sizeof(struct frame) + CREW_READ;
	buf_add(&w->in, w->crew->chunk + used, n - used);
	return !bad && !w->in.failed;
}

/* False: the worker has ended, or talks nonsense. */
static bool read_some(struct worker *w)
{
	struct buf *in = &w->in;
	ssize_t n;

	/* Most replies are whole at once and are sent on from the chunk. */
	if (!in->len) {
		n = recv(w->fd, w->crew->chunk, CREW_READ, MSG_DONTWAIT);
		if (n > 0)
			return take_chunk(w, (size_t)n);
	} else {
		if (!buf_reserve(in, missing(in)))
			return false;
		n = recv(w->fd, in->data + in->len, in->alloc - 1 - in->len,
			 MSG_DONTWAIT);
		if (n > 0)
			return take_more(w, (size_t)n);
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void on_readable(int fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd, (void)what;
	if (!read_some(w))
		worker_lost(w);
	else if (w->dismissed)
		worker_free(w);
}

/* ------------------------------------------------------------- for others -- */

static void set_frame_max(struct crew *crew)
{
	size_t max = frame_reply_max(crew->f->limits.max_reply);

	/* Older workers may still have the limit of before a reload. */
	if (max > crew->frame_max)
		crew->frame_max = max;
}

struct crew *crew_new(struct front *f)
{
	struct crew *crew = xcalloc(1, sizeof(*crew));

	crew->f = f;
	TAILQ_INIT(&crew->idle);
	TAILQ_INIT(&crew->others);
	STAILQ_INIT(&crew->waiting[false]);
	STAILQ_INIT(&crew->waiting[true]);
	evtimer_assign(&crew->timer, f->base, crew_on_timer, crew);
	return crew;
}

void crew_free(struct crew *crew)
{
	struct worker *w;
	struct job *job;

	if (!crew)
		return;
	for (int bulk = false; bulk <= true; bulk++)
		while ((job = STAILQ_FIRST(&crew->waiting[bulk]))) {
			STAILQ_REMOVE_HEAD(&crew->waiting[bulk], link);
			job_free(job);
		}
	while ((w = TAILQ_FIRST(&crew->idle)) ||
	       (w = TAILQ_FIRST(&crew->others))) {
		job_free(w->job);
		job_free(w->next);
		worker_free(w);
	}
	event_del(&crew->timer);
	free(crew);
}

void crew_join(struct crew *crew, int fd, int pid, unsigned epoch)
{
	struct worker *w = xcalloc(1, sizeof(*w));

	set_frame_max(crew);
	evutil_make_socket_nonblocking(fd);
	w->crew = crew;
	w->fd = fd;
	w->pid = pid;
	w->epoch = epoch;
	buf_init(&w->in, crew->frame_max);
	buf_init(&w->out, FRAME_ASK_MAX + CREW_READ);
	buf_init(&w->wrong, CONTROL_PAYLOAD_MAX);
	TAILQ_INSERT_HEAD(&crew->others, w, link);
	if (epoch > crew->joined_epoch)
		crew->joined_epoch = epoch;
	event_assign(&w->readable, crew->f->base, fd, EV_READ | EV_PERSIST,
		     on_readable, w);
	event_assign(&w->writable, crew->f->base, fd, EV_WRITE, on_writable, w);
	event_add(&w->readable, NULL);
}

void crew_look(struct crew *crew)
{
	struct worker *w;

	TAILQ_FOREACH(w, &crew->others, link)
	w->look = true;
	TAILQ_FOREACH(w, &crew->idle, link)
	worker_look(w);
}

void crew_count(const struct crew *crew, struct crew_facts *out)
{
	out->workers = crew->nready;
	out->busy = crew->nbusy;
	out->waiting = crew->nwaiting;
}

static void describe(const struct worker *w, struct answer *out)
{
	const char *state = !w->ready ? "opening" : w->job ? "busy" : "idle";
	char line[160];
	int n = snprintf(line, sizeof(line),
			 "{\"worker\":{\"pid\":%d,\"epoch\":%u,\"state\":"
			 "\"%s\",\"requests\":%" PRIu64 "}}\n",
			 w->pid, w->epoch, state, w->answered);

	answer_sink(out, line, (size_t)n);
}

void crew_describe(const struct crew *crew, struct answer *out)
{
	const struct worker *w;

	TAILQ_FOREACH(w, &crew->idle, link)
	describe(w, out);
	TAILQ_FOREACH(w, &crew->others, link)
	describe(w, out);
}
