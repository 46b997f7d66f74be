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
	free(job);
}

/* Answered by nobody but us. */
void crew_answer(struct crew *crew, struct job *job, enum error_code code,
		 const char *text)
{
	const struct frame reply = { .kind = FRAME_REPLY, .code = code };
	struct buf line = BUF_INIT(1024);

	reply_error(&line, code, text);
	crew_done(crew->f, job, &reply, line.data, line.len);
	buf_release(&line);
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
	w->sent = 0;
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
	buf_release(&w->wrong);
	free(w);
}

static void worker_lost(struct worker *w)
{
	struct crew *crew = w->crew;
	struct job *job = w->job;

	worker_free(w);
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

/* It is idle, with nothing in its socket. */
void worker_look(struct worker *w)
{
	const struct frame look = { .kind = FRAME_LOOK };

	w->look = true;
	if (w->looking)
		return;
	w->look = false;
	w->looking = true;
	if (send(w->fd, &look, sizeof(look), MSG_NOSIGNAL | MSG_DONTWAIT) !=
	    sizeof(look))
		worker_break(w);
}

/* False: the worker cannot be talked to. */
static bool send_ask(struct worker *w)
{
	struct buf *ask = &w->job->ask;
	ssize_t n = send(w->fd, ask->data + w->sent, ask->len - w->sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return false;
	w->sent += n > 0 ? (size_t)n : 0;
	if (w->sent < ask->len)
		event_add(&w->writable, NULL);
	else
		buf_release(ask);
	return true;
}

static void on_writable(int fd, short what, void *arg)
{
	struct worker *w = arg;

	(void)fd, (void)what;
	if (w->job && !send_ask(w))
		worker_lost(w);
}

/* False: not begun, and the job is still the caller's. */
static bool start(struct worker *w, struct job *job)
{
	struct crew *crew = w->crew;
	uint64_t now = monotonic_ns(), left = 0;
	struct frame head;

	if (job->deadline_ns > now)
		left = (job->deadline_ns - now) / NS_PER_MS;
	w->ticket = ++crew->ticket;
	memcpy(&head, job->ask.data, sizeof(head));
	head.ticket = w->ticket;
	head.budget_ms = left ? (uint32_t)left : 1;
	memcpy(job->ask.data, &head, sizeof(head));
	worker_move(w, false);
	worker_set_job(w, job);
	if (!w->broken && send_ask(w)) {
		crew_arm(crew, crew_hard_deadline(crew, job));
		return true;
	}
	worker_break(w);
	worker_set_job(w, NULL);
	return false;
}

void crew_uncount(struct crew *crew, const struct job *job)
{
	crew->nwaiting--;
	crew->waiting_bytes -= job->waits;
}

/* Idle workers to those who wait. */
void crew_dispatch(struct crew *crew)
{
	struct worker *w;
	struct job *job;

	while ((job = STAILQ_FIRST(&crew->waiting)) &&
	       (w = TAILQ_FIRST(&crew->idle)))
		if (start(w, job)) {
			STAILQ_REMOVE_HEAD(&crew->waiting, link);
			crew_uncount(crew, job);
		}
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
	STAILQ_INIT(&crew->waiting);
	evtimer_assign(&crew->timer, f->base, crew_on_timer, crew);
	return crew;
}

void crew_free(struct crew *crew)
{
	struct worker *w;
	struct job *job;

	if (!crew)
		return;
	while ((job = STAILQ_FIRST(&crew->waiting))) {
		STAILQ_REMOVE_HEAD(&crew->waiting, link);
		job_free(job);
	}
	while ((w = TAILQ_FIRST(&crew->idle)) ||
	       (w = TAILQ_FIRST(&crew->others))) {
		job_free(w->job);
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

bool crew_submit(struct crew *crew, struct job *job)
{
	const struct limits *limits = &crew->f->limits;

	job->waits = job->ask.len;
	/* Those that wait found no worker, and this one is behind them. */
	if (crew->nwaiting &&
	    (crew->nwaiting >= limits->max_waiting ||
	     crew->waiting_bytes + job->waits > limits->max_pending))
		return false;
	STAILQ_INSERT_TAIL(&crew->waiting, job, link);
	crew->nwaiting++;
	crew->waiting_bytes += job->waits;
	crew_dispatch(crew);
	if (crew->nwaiting)
		crew_arm(crew, job->deadline_ns);
	return true;
}

void crew_forget(struct crew *crew, uint64_t conn)
{
	struct job *job;

	STAILQ_FOREACH(job, &crew->waiting, link)
	if (job->conn == conn)
		break;
	if (!job)
		return;
	STAILQ_REMOVE(&crew->waiting, job, job, link);
	crew_uncount(crew, job);
	job_free(job);
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
