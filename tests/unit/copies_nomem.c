/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/news/news_words.c, sketch.c, sorted_runs.c, copies.c, language.c without
 * memory: each allocation fails in turn, once and for good, and what comes back
 * is NOMEM or the right answer; nothing leaks
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "copies.h"
#include "failing_alloc.h"
#include "language.h"

#include <stdlib.h>
#include <string.h>

enum {
	DOCUMENTS = 100, /* so many words that runs are written */
	WORDS = 4000,
	ROOM = 1 << 20
};

struct work {
	char *text[DOCUMENTS];
	struct news_words words;
	struct buf room;
	struct copies *copies;
	struct language_detector *detector;
	uint64_t sum;
};

static struct work work;

/* Every other one is the one before with a new end. */
static char *make_text(unsigned number)
{
	struct buf text = BUF_INIT(ROOM);

	for (unsigned i = 0; i < WORDS; i++)
		buf_addf(&text, "%s%u ", i % 9 ? "w" : "Ł",
			 (i < WORDS - 50 ? number / 2 : number) * WORDS + i);
	return buf_detach(&text);
}

static bool add(struct work *w, const char *text)
{
	struct sketch s;

	return news_words_read(&w->words, text, strlen(text), NULL, 0) &&
	       sketch_make(&w->words, &w->room, &s) &&
	       copies_add(w->copies, &s, NULL) == TRAWL_OK;
}

static enum trawl_status do_copies(struct work *w)
{
	uint32_t rank[DOCUMENTS], group[DOCUMENTS];
	enum trawl_status st = copies_new("/tmp", 0, &w->copies, NULL);

	for (uint32_t i = 0; !st && i < DOCUMENTS; i++) {
		rank[i] = i;
		st = add(w, w->text[i]) ? TRAWL_OK : TRAWL_NOMEM;
	}
	if (!st)
		st = copies_finish(w->copies, rank, group, NULL);
	w->sum = 0;
	for (uint32_t i = 0; !st && i < DOCUMENTS; i++)
		w->sum = w->sum * 31 + group[i];
	return st;
}

static enum trawl_status do_language(struct work *w)
{
	static const char text[] =
		"Le ministre a dit que les négociations vont durer jusqu'à la "
		"fin de la semaine, et que rien n'est décidé.";
	struct language_guess g;
	enum trawl_status st = language_detector_new(&w->detector, NULL);

	w->sum = 0;
	if (st)
		return st;
	if (!language_detect(w->detector, text, strlen(text), NULL, 0, &g))
		return TRAWL_NOMEM;
	w->sum = g.code && !strcmp(g.code, "fr");
	return TRAWL_OK;
}

static void clean(struct work *w)
{
	news_words_release(&w->words);
	buf_release(&w->room);
	copies_free(w->copies);
	language_detector_free(w->detector);
	w->copies = NULL;
	w->detector = NULL;
}

static void check_each(struct work *w, enum trawl_status (*run)(struct work *w),
		       uint64_t right)
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
	assert_true(n > 2);
}

static void check(enum trawl_status (*run)(struct work *w))
{
	uint64_t right;

	buf_init(&work.room, ROOM);
	for_good = false;
	assert_int_equal(run(&work), TRAWL_OK);
	right = work.sum;
	assert_true(right != 0);
	clean(&work);
	check_each(&work, run, right);
	for_good = true;
	check_each(&work, run, right);
}

static void test_copies(void **state)
{
	(void)state;
	for (unsigned i = 0; i < DOCUMENTS; i++)
		work.text[i] = make_text(i);
	check(do_copies);
	for (unsigned i = 0; i < DOCUMENTS; i++)
		free(work.text[i]);
}

static void test_language(void **state)
{
	(void)state;
	check(do_language);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
