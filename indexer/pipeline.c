/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pipeline.h"

#include "batch.h"
#include "die.h"

#include <pthread.h>

enum {
	RING = 1024 /* batches; a power of two */
};

struct worker {
	struct pipeline *p;
	void *own; /* of options.workers */
	pthread_t thread;
	bool started;
};

struct pipeline {
	pthread_mutex_t lock;  /* guards everything down to stopped */
	pthread_cond_t room;   /* for the source */
	pthread_cond_t work;   /* for the workers */
	pthread_cond_t result; /* for the writer */
	struct batch *ring[RING];
	/* head: next for the writer; taken: next for a worker; tail: next to
	 * fill.  head <= taken <= tail, as they count all batches ever. */
	uint64_t head, taken, tail;
	uint64_t bytes; /* in the ring, and held */
	uint64_t held;	/* of the batch that the writer got last */
	bool finished, stopped;

	uint64_t max_bytes; /* fixed at birth from here on */
	void (*do_work)(void *worker, struct batch *b);
	unsigned nworkers;
	struct worker workers[];
};

static struct batch **slot(struct pipeline *p, uint64_t n)
{
	return &p->ring[n & (RING - 1)];
}

/* The next batch that needs work; NULL: there is none and none will come. */
static struct batch *take(struct pipeline *p)
{
	struct batch *b = NULL;

	pthread_mutex_lock(&p->lock);
	while (!p->stopped) {
		while (p->taken < p->tail && (*slot(p, p->taken))->done)
			p->taken++;
		if (p->taken < p->tail) {
			b = *slot(p, p->taken++);
			break;
		}
		if (p->finished)
			break;
		pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return b;
}

static void give_back(struct pipeline *p, struct batch *b)
{
	uint64_t weight = batch_weight(b);

	pthread_mutex_lock(&p->lock);
	p->bytes += weight - b->weight;
	b->weight = weight;
	b->done = true;
	if (*slot(p, p->head) == b)
		pthread_cond_signal(&p->result);
	if (p->bytes <= p->max_bytes)
		pthread_cond_signal(&p->room);
	pthread_mutex_unlock(&p->lock);
}

static void *work(void *arg)
{
	struct worker *wk = arg;
	struct batch *b;

	while ((b = take(wk->p))) {
		wk->p->do_work(wk->own, b);
		give_back(wk->p, b);
	}
	return NULL;
}

static bool has_room(const struct pipeline *p, uint64_t weight)
{
	if (p->head == p->tail && !p->held)
		return true;
	return p->tail - p->head < RING && p->bytes + weight <= p->max_bytes;
}

bool pipeline_push(struct pipeline *p, struct batch *b)
{
	bool pushed;

	b->weight = batch_weight(b);
	b->done = !batch_needs_work(b);
	pthread_mutex_lock(&p->lock);
	while (!p->stopped && !has_room(p, b->weight))
		pthread_cond_wait(&p->room, &p->lock);
	pushed = !p->stopped;
	if (pushed) {
		*slot(p, p->tail++) = b;
		p->bytes += b->weight;
		pthread_cond_signal(b->done ? &p->result : &p->work);
	}
	/* Nothing is read beside a document that takes all the room. */
	while (pushed && !p->stopped && p->bytes > p->max_bytes)
		pthread_cond_wait(&p->room, &p->lock);
	pthread_mutex_unlock(&p->lock);
	if (!pushed)
		batch_free(b);
	return pushed;
}

void pipeline_finish(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	p->finished = true;
	pthread_cond_broadcast(&p->work);
	pthread_cond_broadcast(&p->result);
	pthread_mutex_unlock(&p->lock);
}

void pipeline_stop(struct pipeline *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopped = true;
	pthread_cond_broadcast(&p->work);
	pthread_cond_broadcast(&p->room);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->nworkers; i++) {
		struct worker *wk = &p->workers[i];

		if (wk->started)
			pthread_join(wk->thread, NULL);
		wk->started = false;
	}
}

static struct timespec after_ms(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += (long)ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static bool head_is_done(struct pipeline *p)
{
	return p->head < p->tail && (*slot(p, p->head))->done;
}

/* The batch before has been written and freed. */
static void release_held(struct pipeline *p)
{
	if (!p->held)
		return;
	p->bytes -= p->held;
	p->held = 0;
	pthread_cond_signal(&p->room);
}

struct batch *pipeline_next(struct pipeline *p, unsigned ms, bool *more)
{
	struct timespec deadline = after_ms(ms);
	struct batch *b = NULL;
	bool at_end;

	pthread_mutex_lock(&p->lock);
	release_held(p);
	for (;;) {
		at_end = p->finished && p->head == p->tail;
		if (at_end || head_is_done(p) ||
		    pthread_cond_timedwait(&p->result, &p->lock, &deadline))
			break;
	}
	if (head_is_done(p)) {
		b = *slot(p, p->head);
		*slot(p, p->head) = NULL;
		p->held = b->weight;
		/* Batches that needed no work were not taken by anyone. */
		if (p->taken == p->head)
			p->taken++;
		p->head++;
	}
	pthread_mutex_unlock(&p->lock);
	*more = !at_end;
	return b;
}

static void init_locks(struct pipeline *p)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->room, NULL);
	pthread_cond_init(&p->work, NULL);
	pthread_cond_init(&p->result, &attr);
	pthread_condattr_destroy(&attr);
}

struct pipeline *pipeline_start(const struct pipeline_options *o)
{
	struct pipeline *p =
		xcalloc(1, sizeof(*p) + o->threads * sizeof(p->workers[0]));

	init_locks(p);
	p->max_bytes = o->bytes;
	p->do_work = o->work;
	for (; p->nworkers < o->threads; p->nworkers++) {
		struct worker *wk = &p->workers[p->nworkers];

		wk->p = p;
		wk->own = o->workers[p->nworkers];
		if (pthread_create(&wk->thread, NULL, work, wk))
			die("cannot start a thread");
		wk->started = true;
	}
	return p;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	pipeline_stop(p);
	for (uint64_t n = p->head; n < p->tail; n++)
		batch_free(*slot(p, n));
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->result);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
