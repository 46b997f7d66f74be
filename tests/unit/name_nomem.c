/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/news/name_*.c without memory: each allocation fails in turn, once and for
 * good, and what comes back is NOMEM or the right answer; nothing leaks
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "failing_alloc.h"
#include "name_miner.h"

#include <stdlib.h>
#include <string.h>

enum {
	DOCUMENTS = 60,
	MANY = 40, /* names a document: tables grow */
	ROOM = 1 << 22
};

struct work {
	char *text[DOCUMENTS];
	struct news_words words[DOCUMENTS];
	struct buf notes;
	struct name_miner *m;
	uint64_t sum;
};

static struct work work;

/* The same man in two spellings, among many who are there once. */
static char *make_text(unsigned number)
{
	struct buf text;

	buf_init(&text, ROOM);
	for (unsigned i = 0; i < MANY; i++)
		buf_addf(&text,
			 "they met B%c%c%cer and Wolfram %s in the evening, ",
			 'a' + number % 26, 'a' + i % 26,
			 'a' + (number + i) / 26 % 26,
			 number % 2 ? "Lukashenko" : "Lukashenka");
	return buf_detach(&text);
}

static enum trawl_status count(struct work *w)
{
	enum trawl_status st = name_miner_new("/tmp", 0, &w->m, NULL);

	for (unsigned i = 0; !st && i < DOCUMENTS; i++)
		st = name_miner_count(w->m, &w->words[i], w->text[i], NULL);
	return st ? st : name_miner_candidates(w->m, NULL);
}

static enum trawl_status meet(struct work *w)
{
	enum trawl_status st = TRAWL_OK;

	for (unsigned i = 0; !st && i < DOCUMENTS; i++) {
		buf_reset(&w->notes);
		if (!name_notes_make(w->m, &w->words[i], w->text[i], &w->notes))
			return TRAWL_NOMEM;
		st = name_miner_meet(w->m, w->notes.data, w->notes.len, NULL);
	}
	return st;
}

static enum trawl_status run(struct work *w)
{
	const struct name_group *group;
	enum trawl_status st = count(w);
	size_t n;

	if (!st)
		st = meet(w);
	if (!st)
		st = name_miner_finish(w->m, &group, &n, NULL);
	w->sum = 0;
	for (size_t i = 0; !st && i < n; i++)
		w->sum = w->sum * 31 + group[i].n * 7 +
			 group[i].spelling->documents;
	return st;
}

static void clean(struct work *w)
{
	name_miner_free(w->m);
	w->m = NULL;
	buf_release(&w->notes);
}

static void check_each(struct work *w, uint64_t right)
{
	long n = 0;

	do {
		enum trawl_status st;

		tripped = false;
		countdown = n++;
		st = run(w);
		countdown = -1;
		if (st == TRAWL_OK)
			assert_int_equal(w->sum, right);
		else
			assert_int_equal(st, TRAWL_NOMEM);
		clean(w);
	} while (tripped);
	assert_true(n > 10);
}

static void test_names(void **state)
{
	uint64_t right;

	(void)state;
	buf_init(&work.notes, ROOM);
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		work.text[i] = make_text(i);
		assert_true(news_words_read(&work.words[i], work.text[i],
					    strlen(work.text[i]), NULL, 0));
	}
	assert_int_equal(run(&work), TRAWL_OK);
	right = work.sum;
	assert_true(right != 0);
	clean(&work);
	for_good = false;
	check_each(&work, right);
	for_good = true;
	check_each(&work, right);
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		free(work.text[i]);
		news_words_release(&work.words[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
