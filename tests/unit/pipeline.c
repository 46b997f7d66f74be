/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "batch.h"
#include "input.h"
#include "pipeline.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum {
	BATCHES = 3000, /* more than the ring has room for */
	THREADS_MOST = 8,
	WAIT_MS = 60000,
	LINE_BYTES = 1000
};

/* What the threads of a test share. */
struct rig {
	struct pipeline *p;
	struct input in;
	pthread_t source;
	uint64_t batches;
	size_t bytes;	  /* of each batch's lines */
	unsigned done_in; /* every so many batches one that needs no work */
	atomic_uint_fast64_t refused, held, held_most;
	atomic_uint_fast64_t counts[THREADS_MOST]; /* of the workers */
	void *workers[THREADS_MOST];
};

static struct batch *make_batch(struct rig *r, uint64_t n)
{
	struct batch *b = batch_new(&r->in);

	if (r->done_in && n % r->done_in == 0) {
		batch_add(b, ITEM_KEEP)->line = n;
		return b;
	}
	b->lines = calloc(1, r->bytes);
	if (!b->lines)
		abort();
	b->len = r->bytes;
	b->first = n;
	return b;
}

static void *source(void *arg)
{
	struct rig *r = arg;

	for (uint64_t n = 1; n <= r->batches; n++)
		if (!pipeline_push(r->p, make_batch(r, n)))
			r->refused++;
	pipeline_finish(r->p);
	return NULL;
}

/* Batches that are worked at, all at once; the most of them ever. */
static void hold(struct rig *r)
{
	uint64_t now = ++r->held, most = r->held_most;

	while (now > most &&
	       !atomic_compare_exchange_weak(&r->held_most, &most, now))
		;
}

struct worker_of {
	struct rig *r;
	unsigned n;
};

static void work(void *worker, struct batch *b)
{
	struct worker_of *w = worker;

	hold(w->r);
	if (!b->lines) /* here no test can fail: it is not its thread */
		abort();
	batch_add(b, ITEM_KEEP)->line = b->first;
	batch_drop_input(b);
	w->r->counts[w->n]++;
	w->r->held--;
}

static void start(struct rig *r, struct worker_of *w, unsigned threads,
		  uint64_t bytes)
{
	struct pipeline_options o = { .work = work,
				      .workers = r->workers,
				      .threads = threads,
				      .bytes = bytes };

	for (unsigned i = 0; i < threads; i++) {
		w[i] = (struct worker_of){ .r = r, .n = i };
		r->workers[i] = &w[i];
	}
	r->p = pipeline_start(&o);
	assert_int_equal(pthread_create(&r->source, NULL, source, r), 0);
}

/* All batches in their order; returns how many there were. */
static uint64_t drain(struct rig *r, uint64_t most)
{
	uint64_t n = 0;
	bool more = true;

	while (more && n < most) {
		struct batch *b = pipeline_next(r->p, WAIT_MS, &more);

		assert_true(b || !more);
		if (!b)
			break;
		assert_int_equal(b->n, 1);
		assert_int_equal(b->items[0].line, ++n);
		assert_null(b->lines);
		batch_free(b);
	}
	return n;
}

static void end(struct rig *r)
{
	pthread_join(r->source, NULL);
	pipeline_free(r->p);
}

static void test_order(void **state)
{
	static const unsigned threads[] = { 1, 2, THREADS_MOST };

	(void)state;
	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		struct rig r = { .batches = BATCHES,
				 .bytes = LINE_BYTES,
				 .done_in = 3 };
		struct worker_of w[THREADS_MOST];
		uint64_t worked = 0;

		start(&r, w, threads[i], 1 << 20);
		assert_int_equal(drain(&r, UINT64_MAX), BATCHES);
		for (unsigned k = 0; k < threads[i]; k++)
			worked += r.counts[k];
		assert_int_equal(worked, BATCHES - BATCHES / 3);
		end(&r);
	}
}

/* What is larger than all the room has it for itself. */
static void test_large(void **state)
{
	struct rig r = { .batches = 50, .bytes = 100 * LINE_BYTES };
	struct worker_of w[THREADS_MOST];

	(void)state;
	start(&r, w, THREADS_MOST, LINE_BYTES);
	assert_int_equal(drain(&r, UINT64_MAX), 50);
	assert_int_equal(r.held_most, 1);
	end(&r);
}

static void test_nothing(void **state)
{
	struct rig r = { .batches = 0 };
	struct worker_of w[THREADS_MOST];

	(void)state;
	start(&r, w, 2, 1 << 20);
	assert_int_equal(drain(&r, UINT64_MAX), 0);
	end(&r);
}

/* A source that never pushes does not keep the writer from its signals. */
static void test_wait(void **state)
{
	struct pipeline_options o = { .work = work, .bytes = 1 };
	struct pipeline *p = pipeline_start(&o);
	bool more = false;

	(void)state;
	assert_null(pipeline_next(p, 1, &more));
	assert_true(more);
	pipeline_finish(p);
	assert_null(pipeline_next(p, WAIT_MS, &more));
	assert_false(more);
	pipeline_free(p);
}

/* Stopped with a source that waits for room, and batches all the way. */
static void test_stop(void **state)
{
	struct rig r = { .batches = BATCHES, .bytes = LINE_BYTES };
	struct worker_of w[THREADS_MOST];

	(void)state;
	start(&r, w, 2, 100 * LINE_BYTES);
	assert_int_equal(drain(&r, 10), 10);
	pipeline_stop(r.p);
	assert_int_equal(r.held, 0);
	end(&r);
	assert_true(r.refused > BATCHES / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),	cmocka_unit_test(test_large),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_wait),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
