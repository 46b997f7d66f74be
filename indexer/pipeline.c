/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pipeline.h"

#include "die.h"
#include "document.h"
#include "extract.h"
#include "jsonl.h"

#include <malloc.h>
#include <pthread.h>

enum {
	RING = 1024, /* items; a power of two */
	/* A document, while it is prepared, costs this many times its bytes:
	 * the bytes, the text, the words and their positions. */
	COST_PER_BYTE = 6,
	COST_PER_ITEM = 2048,
	LARGE = 1 << 20 /* bytes; after such an item memory is given back */
};

struct worker {
	struct pipeline *p;
	struct trawl_preparer *preparer;
	struct trawl_index *ix; /* or NULL */
	struct document doc;
	pthread_t thread;
	bool started;
};

struct pipeline {
	pthread_mutex_t lock;  /* guards everything down to stopped */
	pthread_cond_t room;   /* for the source */
	pthread_cond_t work;   /* for the workers */
	pthread_cond_t result; /* for the writer */
	struct item *ring[RING];
	/* head: next for the writer; taken: next for a worker; tail: next to
	 * fill.  head <= taken <= tail, as they count all items ever. */
	uint64_t head, taken, tail;
	uint64_t bytes; /* in the ring, and held */
	uint64_t held;	/* of the item that the writer got last */
	bool finished, stopped;

	uint64_t max_bytes; /* fixed at birth from here on */
	unsigned nworkers;
	struct worker workers[];
};

struct item *item_new(enum item_kind kind, const struct input *in)
{
	struct item *it = xcalloc(1, sizeof(*it));

	it->kind = kind;
	it->input = in;
	it->origin.root = in->root;
	return it;
}

void item_free(struct item *it)
{
	if (!it)
		return;
	trawl_prepared_free(it->prep);
	free(it->where);
	free(it->id);
	free(it->bytes);
	if (it->len > LARGE)
		malloc_trim(0);
	free(it);
}

static struct item **slot(struct pipeline *p, uint64_t n)
{
	return &p->ring[n & (RING - 1)];
}

bool is_unchanged(struct trawl_index *ix, const char *id,
		  const struct trawl_origin *now)
{
	struct trawl_origin was;

	return ix && now->root && now->mtime_ns &&
	       trawl_origin_of(ix, id, &was, NULL) == TRAWL_OK &&
	       was.size == now->size && was.mtime_ns == now->mtime_ns &&
	       was.root && !strcmp(was.root, now->root);
}

static bool refused(struct item *it, const char *text)
{
	const char *code = strstr(text, "distinct words") ? "E_TOOMANYTERMS"
			   : strstr(text, "empty")	  ? "E_EMPTY"
			   : !strncmp(text, "text", 4)	  ? "E_TOOBIG"
							  : "E_FIELD";

	return problem(&it->problem, code, "%s", text);
}

static bool prepare(struct worker *wk, struct item *it)
{
	const struct document *d = &wk->doc;
	struct trawl_doc doc = { .id = it->id,
				 .fields = d->fields,
				 .nfields = d->nfields,
				 .text = d->text,
				 .text_len = d->text_len,
				 .origin = it->origin };
	enum trawl_status st;

	if (document_is_empty(d))
		return problem(&it->problem, "E_EMPTY",
			       "neither text nor a title");
	st = trawl_prepare(wk->preparer, &doc, &it->prep, &it->err);
	if (st == TRAWL_REFUSED)
		return refused(it, it->err.text);
	it->kind = ITEM_PUT;
	it->fatal = st;
	return true;
}

static bool read_file_item(struct worker *wk, struct item *it)
{
	struct raw raw = { .bytes = it->bytes, .len = it->len };
	const struct extractor *e = it->format;

	if (!e)
		e = extractor_for(it->where, it->bytes, it->len, &it->problem);
	if (!e || !e->extract(&raw, &wk->doc, &it->problem))
		return false;
	if (wk->doc.body.failed)
		return problem(&it->problem, "E_TOOBIG",
			       "its text is larger than %zu bytes",
			       wk->doc.body.max);
	it->replaced = raw.replaced;
	return true;
}

static bool read_line_item(struct worker *wk, struct item *it)
{
	if (!jsonl_parse(it->bytes, it->len, &wk->doc, &it->replaced,
			 &it->problem))
		return false;
	if (wk->doc.id) {
		free(it->id);
		it->id = xstrdup(wk->doc.id);
	}
	if (is_unchanged(wk->ix, it->id, &it->origin))
		it->kind = ITEM_KEEP;
	return true;
}

static void process(struct worker *wk, struct item *it)
{
	bool ok;

	document_reset(&wk->doc);
	ok = it->kind == ITEM_FILE ? read_file_item(wk, it)
				   : read_line_item(wk, it);
	free(it->bytes);
	it->bytes = NULL;
	if (ok && it->kind != ITEM_KEEP)
		ok = prepare(wk, it);
	if (!ok)
		it->kind = ITEM_PROBLEM;
	document_reset(&wk->doc);
	if (it->len > LARGE)
		malloc_trim(0);
}

static bool needs_work(const struct item *it)
{
	return it->kind == ITEM_FILE || it->kind == ITEM_LINE;
}

/* The next item that needs work; NULL: there is none and none will come. */
static struct item *take(struct pipeline *p)
{
	struct item *it = NULL;

	pthread_mutex_lock(&p->lock);
	while (!p->stopped) {
		while (p->taken < p->tail && !needs_work(*slot(p, p->taken)))
			p->taken++;
		if (p->taken < p->tail) {
			it = *slot(p, p->taken++);
			break;
		}
		if (p->finished)
			break;
		pthread_cond_wait(&p->work, &p->lock);
	}
	pthread_mutex_unlock(&p->lock);
	return it;
}

static uint64_t weight_of(const struct item *it)
{
	uint64_t n = COST_PER_ITEM;

	if (it->bytes)
		n += (uint64_t)it->len * COST_PER_BYTE;
	if (it->prep)
		n += trawl_prepared_bytes(it->prep);
	return n;
}

static void give_back(struct pipeline *p, struct item *it)
{
	uint64_t weight = weight_of(it);

	pthread_mutex_lock(&p->lock);
	p->bytes += weight - it->weight;
	it->weight = weight;
	it->done = true;
	if (*slot(p, p->head) == it)
		pthread_cond_signal(&p->result);
	pthread_cond_signal(&p->room);
	pthread_mutex_unlock(&p->lock);
}

static void *work(void *arg)
{
	struct worker *wk = arg;
	struct item *it;

	while ((it = take(wk->p))) {
		process(wk, it);
		give_back(wk->p, it);
	}
	return NULL;
}

static bool has_room(const struct pipeline *p, uint64_t weight)
{
	if (p->head == p->tail && !p->held)
		return true;
	return p->tail - p->head < RING && p->bytes + weight <= p->max_bytes;
}

bool pipeline_push(struct pipeline *p, struct item *it)
{
	bool pushed;

	it->weight = weight_of(it);
	it->done = !needs_work(it);
	pthread_mutex_lock(&p->lock);
	while (!p->stopped && !has_room(p, it->weight))
		pthread_cond_wait(&p->room, &p->lock);
	pushed = !p->stopped;
	if (pushed) {
		*slot(p, p->tail++) = it;
		p->bytes += it->weight;
		pthread_cond_signal(it->done ? &p->result : &p->work);
	}
	/* Nothing is read beside a document that takes all the room. */
	while (pushed && !p->stopped && p->bytes > p->max_bytes)
		pthread_cond_wait(&p->room, &p->lock);
	pthread_mutex_unlock(&p->lock);
	if (!pushed)
		item_free(it);
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

/* The item before has been written and freed. */
static void release_held(struct pipeline *p)
{
	if (!p->held)
		return;
	p->bytes -= p->held;
	p->held = 0;
	pthread_cond_signal(&p->room);
}

struct item *pipeline_next(struct pipeline *p, unsigned ms, bool *more)
{
	struct timespec deadline = after_ms(ms);
	struct item *it = NULL;
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
		it = *slot(p, p->head);
		*slot(p, p->head) = NULL;
		p->held = it->weight;
		/* Items that needed no work were not taken by anyone. */
		if (p->taken == p->head)
			p->taken++;
		p->head++;
	}
	pthread_mutex_unlock(&p->lock);
	*more = !at_end;
	return it;
}

static enum trawl_status start_worker(struct pipeline *p, struct worker *wk,
				      const struct pipeline_options *o,
				      struct trawl_error *err)
{
	enum trawl_status st =
		trawl_preparer_new(o->writer, &wk->preparer, err);

	wk->p = p;
	document_init(&wk->doc);
	if (st == TRAWL_OK && o->index)
		st = trawl_index_open(o->index, &wk->ix, err);
	if (st == TRAWL_OK && pthread_create(&wk->thread, NULL, work, wk))
		die("cannot start a thread");
	wk->started = st == TRAWL_OK;
	return st;
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

struct pipeline *pipeline_start(const struct pipeline_options *o,
				enum trawl_status *st, struct trawl_error *err)
{
	struct pipeline *p =
		xcalloc(1, sizeof(*p) + o->threads * sizeof(p->workers[0]));

	init_locks(p);
	p->max_bytes = o->bytes;
	*st = TRAWL_OK;
	while (p->nworkers < o->threads && *st == TRAWL_OK) {
		*st = start_worker(p, &p->workers[p->nworkers], o, err);
		p->nworkers++;
	}
	if (*st == TRAWL_OK)
		return p;
	pipeline_free(p);
	return NULL;
}

static void drop_worker(struct worker *wk)
{
	trawl_preparer_free(wk->preparer);
	trawl_index_close(wk->ix);
	document_release(&wk->doc);
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	pipeline_stop(p);
	for (unsigned i = 0; i < p->nworkers; i++)
		drop_worker(&p->workers[i]);
	for (uint64_t n = p->head; n < p->tail; n++)
		item_free(*slot(p, n));
	pthread_cond_destroy(&p->room);
	pthread_cond_destroy(&p->work);
	pthread_cond_destroy(&p->result);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
