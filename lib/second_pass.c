/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "second_pass.h"

#include "derived.h"
#include "status.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	RING = 512,	   /* documents under way */
	TAKE_AT_ONCE = 32, /* until there are so many, who takes them sleeps */
	KEEP = 32 << 10 /* bytes of a slot's room that are kept for the next */
};

/* A document under way. */
struct slot {
	bool done;
	bool early; /* names were not known yet */
	const struct name_miner *names;
	size_t bytes; /* of its record */
	struct page page;
	struct trawl_prepared *prep;
	struct features features;
	struct arena arena; /* what features point to */
	struct buf record;
	enum trawl_status st;
	struct trawl_error err;
};

struct run {
	const struct second_pass *pass;
	pthread_mutex_t lock;		/* guards everything down to stopped */
	pthread_cond_t room;		/* for threads that read */
	pthread_cond_t result;		/* for the one that takes */
	uint64_t head, tail;		/* documents taken, read */
	uint64_t ndone;			/* of those between */
	uint64_t bytes;			/* of records under way */
	const struct name_miner *names; /* once that is known */
	bool known;
	bool at_end, stopped;
	struct feature_reader *reader; /* of the one that takes */
	struct slot slot[RING];
};

struct worker {
	struct run *run;
	struct trawl_preparer *preparer;
	struct feature_reader *reader;
	pthread_t thread;
	bool started;
};

static struct slot *slot_of(struct run *r, uint64_t n)
{
	return &r->slot[n % RING];
}

/* Has the ring room for one more?  One alone may be of any size. */
static bool has_room(const struct run *r)
{
	return r->tail == r->head ||
	       (r->tail - r->head < RING && r->bytes < r->pass->memory);
}

/* The next record, in the order of the spool; NULL at the end. */
static struct slot *next(struct run *r)
{
	struct slot *s = NULL;
	bool more = false;

	pthread_mutex_lock(&r->lock);
	while (!has_room(r) && !r->stopped && !r->at_end)
		pthread_cond_wait(&r->room, &r->lock);
	if (!r->stopped && !r->at_end) {
		s = slot_of(r, r->tail);
		s->done = false;
		s->early = !r->known;
		s->names = r->names;
		s->st = spool_read(r->pass->spool, &s->record, &more, &s->err);
		if (s->st == TRAWL_OK && !more) {
			s = NULL;
			r->at_end = true;
			pthread_cond_broadcast(&r->room);
			pthread_cond_signal(&r->result);
		} else {
			r->tail++;
			s->bytes = s->record.len;
			r->bytes += s->bytes;
			r->at_end = s->st != TRAWL_OK;
		}
	}
	pthread_mutex_unlock(&r->lock);
	return s;
}

/* To wake the one that takes costs more than to take; so it is woken for many,
 * or when no more may come before it takes. */
static bool is_worth_taking(const struct run *r)
{
	return r->head < r->tail && r->slot[r->head % RING].done &&
	       (r->ndone >= TAKE_AT_ONCE || r->at_end || !has_room(r));
}

static void give_back(struct run *r, struct slot *s)
{
	pthread_mutex_lock(&r->lock);
	s->done = true;
	r->ndone++;
	if (is_worth_taking(r))
		pthread_cond_signal(&r->result);
	pthread_mutex_unlock(&r->lock);
}

static enum trawl_status digest(struct worker *w, struct slot *s)
{
	const struct second_pass *pass = w->run->pass;
	struct page *p = &s->page;

	arena_reset(&s->arena);
	if (!page_parse(s->record.data, s->record.len, &s->arena, p) ||
	    !page_finish(p, pass->news, pass->recurrence, &s->arena) ||
	    !features_read(w->reader, &p->doc, p->furniture.at, p->furniture.n,
			   s->names, &s->features))
		return fail_nomem(&s->err);
	return trawl_prepare(w->preparer, &p->doc, &s->prep, &s->err);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct slot *s;

	while ((s = next(w->run))) {
		if (s->st == TRAWL_OK)
			s->st = digest(w, s);
		give_back(w->run, s);
	}
	return NULL;
}

/* Wait for the next documents in order: how many; 0 at the end. */
static size_t wait_for(struct run *r)
{
	size_t n = 0;

	pthread_mutex_lock(&r->lock);
	while (!is_worth_taking(r) && !(r->at_end && r->head == r->tail))
		pthread_cond_wait(&r->result, &r->lock);
	while (r->head + n < r->tail && slot_of(r, r->head + n)->done)
		n++;
	pthread_mutex_unlock(&r->lock);
	return n;
}

/* What large documents made grow is not kept in each slot of the ring. */
static void trim(struct slot *s)
{
	if (s->record.alloc <= KEEP && s->arena.used <= KEEP)
		return;
	features_release(&s->features);
	features_init(&s->features);
	arena_release(&s->arena);
	buf_release(&s->record);
}

/* The first n have been taken. */
static void release(struct run *r, size_t n)
{
	pthread_mutex_lock(&r->lock);
	for (; n; n--) {
		r->bytes -= slot_of(r, r->head)->bytes;
		r->head++;
		r->ndone--;
	}
	pthread_cond_broadcast(&r->room);
	pthread_mutex_unlock(&r->lock);
}

static enum trawl_status find_names(struct run *r, struct trawl_error *err)
{
	const struct second_pass *pass = r->pass;
	const struct name_miner *names = NULL;
	enum trawl_status st = TRAWL_OK;

	if (pass->names)
		st = pass->names(pass->names_ctx, &names, err);
	pthread_mutex_lock(&r->lock);
	r->names = names;
	r->known = true;
	pthread_mutex_unlock(&r->lock);
	return st;
}

static enum trawl_status take(struct run *r, struct slot *s,
			      struct trawl_error *err)
{
	const struct second_pass *pass = r->pass;
	const struct page *p = &s->page;

	if (s->st != TRAWL_OK)
		return fail(err, s->st, "%s", s->err.text);
	if (s->early && r->names &&
	    !features_read_notes(r->reader, &p->doc, p->furniture.at,
				 p->furniture.n, r->names, &s->features))
		return fail_nomem(err);
	return pass->take(pass->ctx, s->prep, &s->features, err);
}

static enum trawl_status take_first(struct run *r, size_t n,
				    struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < n; i++) {
		struct slot *s = slot_of(r, r->head + i);

		st = take(r, s, err);
		trawl_prepared_free(s->prep);
		s->prep = NULL;
		trim(s);
	}
	return st;
}

static enum trawl_status take_all(struct run *r, struct trawl_error *err)
{
	enum trawl_status st = find_names(r, err);
	size_t n;

	while (st == TRAWL_OK && (n = wait_for(r))) {
		st = take_first(r, n, err);
		release(r, n);
	}
	return st;
}

static bool start(struct run *r, struct worker *workers)
{
	for (size_t i = 0; i < r->pass->nthreads; i++) {
		struct worker *w = &workers[i];

		w->run = r;
		w->preparer = r->pass->preparers[i];
		w->reader = feature_reader_new(r->pass->news);
		w->started =
			w->reader && !pthread_create(&w->thread, NULL, work, w);
		if (!w->started)
			return false;
	}
	return true;
}

static void stop(struct run *r, struct worker *workers)
{
	pthread_mutex_lock(&r->lock);
	r->stopped = true;
	pthread_cond_broadcast(&r->room);
	pthread_mutex_unlock(&r->lock);
	for (size_t i = 0; i < r->pass->nthreads; i++) {
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
		feature_reader_free(workers[i].reader);
	}
}

static struct run *run_new(const struct second_pass *pass)
{
	struct run *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->pass = pass;
	r->reader = feature_reader_new(pass->news);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->room, NULL);
	pthread_cond_init(&r->result, NULL);
	for (size_t i = 0; i < RING; i++) {
		features_init(&r->slot[i].features);
		arena_init(&r->slot[i].arena, SIZE_MAX);
		buf_init(&r->slot[i].record, SIZE_MAX / 2);
	}
	return r;
}

static void run_free(struct run *r)
{
	feature_reader_free(r->reader);
	for (size_t i = 0; i < RING; i++) {
		trawl_prepared_free(r->slot[i].prep);
		features_release(&r->slot[i].features);
		arena_release(&r->slot[i].arena);
		buf_release(&r->slot[i].record);
	}
	pthread_cond_destroy(&r->room);
	pthread_cond_destroy(&r->result);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

enum trawl_status second_pass_run(const struct second_pass *pass,
				  struct trawl_error *err)
{
	struct worker *workers = calloc(pass->nthreads, sizeof(*workers));
	struct run *r = run_new(pass);
	enum trawl_status st;

	if (!workers || !r) {
		free(workers);
		if (r)
			run_free(r);
		return fail_nomem(err);
	}
	st = r->reader && start(r, workers) ? take_all(r, err)
					    : fail_nomem(err);
	stop(r, workers);
	run_free(r);
	free(workers);
	return st;
}
