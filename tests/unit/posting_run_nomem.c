/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/run*.c, source.c without memory: each allocation fails in turn, once and
 * for good, and what comes back is NOMEM or the right answer; nothing leaks
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "failing_alloc.h"
#include "posting_run.h"
#include "temp_dir.h"

enum {
	DOCUMENTS = 300,
	WORDS = 8,
	MANY = 50000 /* positions: more than a file's buffer holds */
};

struct work {
	struct temp_dir dir;
	struct terms terms[2];
	struct run *run[2];
	struct run_files *files;
	uint32_t docids[2 * DOCUMENTS];
	uint32_t positions[MANY];
	uint64_t sum;
};

static struct work work;

static void prepare(struct work *w)
{
	temp_dir_make(&w->dir);
	for (uint32_t i = 0; i < 2 * DOCUMENTS; i++)
		w->docids[i] = i + 1;
	for (uint32_t i = 0; i < MANY; i++)
		w->positions[i] = (i + 1) * 100 + i % 7;
}

/* A word of all, others of its own, one of them with many positions. */
static bool add_document(struct work *w, int at, uint32_t ticket)
{
	struct xap_posting p[WORDS];
	char word[16];

	for (uint32_t i = 0; i < WORDS; i++) {
		int len = snprintf(word, sizeof(word), "%u",
				   i ? i * 1000 + ticket : 0);

		p[i] = (struct xap_posting){
			.wdf = i,
			.number = terms_add(&w->terms[at], word, (size_t)len),
			.positions = w->positions,
			.npositions = i == 6 && ticket / 2 == 50 ? MANY : i
		};
		if (p[i].number == NO_TERM)
			return false;
	}
	return run_add(w->run[at], ticket, p, WORDS);
}

static enum trawl_status fill(struct work *w)
{
	for (int at = 0; at < 2; at++) {
		terms_init(&w->terms[at]);
		w->run[at] = run_new(&w->terms[at]);
		if (!w->run[at])
			return TRAWL_NOMEM;
		for (uint32_t d = 0; d < DOCUMENTS; d++)
			if (!add_document(w, at, 2 * d + (uint32_t)at))
				return TRAWL_NOMEM;
	}
	if (!run_order(w->run[1]))
		return TRAWL_NOMEM;
	return run_spill(w->run[0], w->dir.path, &w->files, NULL);
}

static enum trawl_status read_all(struct work *w, enum stream_kind kind)
{
	struct source *list[2], *s = NULL;
	enum trawl_status st =
		run_source(w->run[1], kind, w->docids, &list[0], NULL);

	if (st != TRAWL_OK)
		return st;
	st = run_files_source(w->files, kind, w->docids, &list[1], NULL);
	if (st != TRAWL_OK) {
		source_free(list[0]);
		return st;
	}
	st = source_merge(list, 2, &s, NULL);
	if (st != TRAWL_OK)
		return st;
	while (source_next_term(s))
		while (source_fill(s))
			for (size_t i = 0; i < s->n; i++)
				w->sum = w->sum * 31 + s->entry[i].docid +
					 s->entry[i].n;
	st = s->st;
	source_free(s);
	return st;
}

static enum trawl_status do_all(struct work *w)
{
	enum trawl_status st = fill(w);

	w->sum = 0;
	if (st == TRAWL_OK)
		st = read_all(w, STREAM_POSTINGS);
	if (st == TRAWL_OK)
		st = read_all(w, STREAM_POSITIONS);
	return st;
}

static void clean(struct work *w)
{
	for (int at = 0; at < 2; at++) {
		run_free(w->run[at]);
		terms_release(&w->terms[at]);
		w->run[at] = NULL;
	}
	run_files_free(w->files);
	w->files = NULL;
}

static void check_each(struct work *w, uint64_t right)
{
	long n = 0;

	do {
		enum trawl_status st;

		tripped = false;
		countdown = n++;
		st = do_all(w);
		countdown = -1;
		if (st == TRAWL_OK)
			assert_int_equal(w->sum, right);
		else
			assert_int_equal(st, TRAWL_NOMEM);
		clean(w);
	} while (tripped);
	assert_true(n > 20);
}

static void test_each_allocation(void **state)
{
	uint64_t right;

	(void)state;
	prepare(&work);
	assert_int_equal(do_all(&work), TRAWL_OK);
	right = work.sum;
	clean(&work);
	check_each(&work, right);
	for_good = true;
	check_each(&work, right);
	temp_dir_remove(&work.dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
