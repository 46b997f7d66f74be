/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/spool.c, lib/news/news_page.c, derived.c without memory: each allocation
 * fails in turn, once and for good, and what comes back is NOMEM or the right
 * answer; nothing leaks
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "derived.h"
#include "failing_alloc.h"
#include "news_page.h"
#include "news_settings.h"
#include "spool.h"

#include <stdlib.h>
#include <string.h>

static const char text[] =
	"Skip to content\n"
	"Harwick keeps all of its night buses\n"
	"By Jo Marten\n"
	"April 3, 2029\n"
	"\n"
	"HARWICK (Northern Wire) - The council of Harwick voted on Monday to "
	"keep all of its night buses, after a debate that ran until the first "
	"of them had left the market on January 5, 2028.\n"
	"\n"
	"This website uses cookies to improve your experience.\n";

struct work {
	struct page_reader *reader;
	struct spool *spool;
	struct recurrence *recurrence;
	struct buf record, back;
	struct arena arena;
	struct page page;
};

static enum trawl_status first_pass(struct work *w)
{
	const struct trawl_field fields[] = {
		{ "place", "[\"Harwick\"]", 11, true },
		{ "url", "https://post.example/1", 22, false },
	};
	const struct trawl_doc doc = { .id = "a/1",
				       .fields = fields,
				       .nfields = 2,
				       .text = text,
				       .text_len = sizeof(text) - 1,
				       .origin = { "/root", 1, 2 } };
	enum trawl_status st = page_reader_new(NEWS_ALL, &w->reader, NULL);

	if (st == TRAWL_OK)
		st = page_read(w->reader, &doc, &w->record, NULL);
	if (st == TRAWL_OK)
		st = spool_new("/tmp", &w->spool, NULL);
	if (st == TRAWL_OK)
		st = spool_add(w->spool, w->record.data, w->record.len, NULL);
	return st;
}

static enum trawl_status count(struct work *w)
{
	struct recurring_lines lines = page_lines(&w->page);
	enum trawl_status st =
		recurrence_new("/tmp", 1 << 20, &w->recurrence, NULL);

	if (st == TRAWL_OK)
		st = recurrence_add(w->recurrence, w->page.source, w->page.day,
				    &lines, NULL);
	return st == TRAWL_OK ? recurrence_decide(w->recurrence, NULL) : st;
}

static enum trawl_status run(struct work *w)
{
	bool more = false;
	enum trawl_status st = first_pass(w);

	if (st == TRAWL_OK)
		st = spool_read(w->spool, &w->back, &more, NULL);
	if (st != TRAWL_OK)
		return st;
	if (!page_parse(w->back.data, w->back.len, &w->arena, &w->page))
		return TRAWL_NOMEM;
	st = count(w);
	if (st != TRAWL_OK)
		return st;
	return page_finish(&w->page, NEWS_ALL, w->recurrence, &w->arena) &&
			       blank_furniture(&w->page.doc, &w->arena)
		       ? TRAWL_OK
		       : TRAWL_NOMEM;
}

static const char *value(const struct page *p, const char *name)
{
	for (size_t i = 0; i < p->doc.nfields; i++)
		if (!strcmp(p->doc.fields[i].name, name))
			return p->doc.fields[i].value;
	return "";
}

static void assert_right(const struct work *w)
{
	assert_string_equal(value(&w->page, "title"),
			    "Harwick keeps all of its night buses");
	assert_string_equal(value(&w->page, "date"), "2029-04-03");
	assert_string_equal(value(&w->page, "author"), "Jo Marten");
	assert_string_equal(value(&w->page, "lang"), "en");
	assert_non_null(strstr(value(&w->page, FIELD_BOILERPLATE), "consent"));
	assert_non_null(strstr(value(&w->page, FIELD_GUESSED), "; date 0."));
	assert_non_null(strstr(value(&w->page, FIELD_MENTIONS), "2028-01-05"));
	assert_null(strstr(w->page.doc.text, "cookies"));
	assert_non_null(strstr(w->page.doc.text, "night buses"));
}

static enum trawl_status attempt(long after)
{
	struct work w = { .reader = NULL };
	enum trawl_status st;

	buf_init(&w.record, 1 << 20);
	buf_init(&w.back, 1 << 20);
	arena_init(&w.arena, SIZE_MAX);
	tripped = false;
	countdown = after;
	st = run(&w);
	countdown = -1;
	if (st == TRAWL_OK)
		assert_right(&w);
	else
		assert_int_equal(st, TRAWL_NOMEM);
	page_reader_free(w.reader);
	spool_free(w.spool);
	recurrence_free(w.recurrence);
	buf_release(&w.record);
	buf_release(&w.back);
	arena_release(&w.arena);
	return st;
}

static void test_each(void **state)
{
	long failed = 0;

	(void)state;
	assert_int_equal(attempt(-1), TRAWL_OK);
	for (int good = 0; good < 2; good++) {
		for_good = good;
		tripped = true;
		for (long i = 0; tripped; i++)
			failed += attempt(i) != TRAWL_OK;
	}
	assert_true(failed > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
