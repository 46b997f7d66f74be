/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/news/news_page.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "derived.h"
#include "news_page.h"
#include "news_settings.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char article[] =
	"Skip to content\n"
	"Harwick keeps all of its night buses\n"
	"By Jo Marten\n"
	"April 3, 2029\n"
	"\n"
	"HARWICK (Northern Wire) - The council of Harwick voted on Monday to "
	"keep all of its night buses, after a debate that ran until the first "
	"of them had left the market.\n"
	"\n"
	"The mayor had wanted to stop them since January 5, 2028.\n"
	"\n"
	"This website uses cookies to improve your experience.\n";

/* A document read, and what its record says. */
struct read {
	struct buf record;
	struct arena arena;
	struct page page;
};

static void read_page(struct read *r, unsigned news,
		      const struct trawl_doc *doc)
{
	struct page_reader *reader;
	char *moved;

	buf_init(&r->record, 1 << 24);
	arena_init(&r->arena, SIZE_MAX);
	assert_int_equal(page_reader_new(news, &reader, NULL), TRAWL_OK);
	/* One document more, so that nothing of the first is left in it. */
	assert_int_equal(page_read(reader, doc, &r->record, NULL), TRAWL_OK);
	buf_reset(&r->record);
	assert_int_equal(page_read(reader, doc, &r->record, NULL), TRAWL_OK);
	page_reader_free(reader);
	/* A record may be anywhere. */
	moved = arena_alloc(&r->arena, r->record.len + 1);
	assert_non_null(moved);
	memcpy(moved + 1, r->record.data, r->record.len);
	assert_true(page_parse(moved + 1, r->record.len, &r->arena, &r->page));
}

static void release(struct read *r)
{
	buf_release(&r->record);
	arena_release(&r->arena);
}

static const char *value(const struct page *p, const char *name)
{
	for (size_t i = 0; i < p->doc.nfields; i++)
		if (!strcmp(p->doc.fields[i].name, name))
			return p->doc.fields[i].value;
	return "";
}

static struct trawl_doc plain(const char *id, const char *text)
{
	return (struct trawl_doc){ .id = id,
				   .text = text,
				   .text_len = strlen(text) };
}

static void test_days(void **state)
{
	static const struct {
		const char *date;
		int32_t after; /* days after 2024-02-28; -1: no day */
	} cases[] = { { NULL, -1 },	    { "", -1 },
		      { "2024", -1 },	    { "2024-02", -1 },
		      { "Thursday", -1 },   { "2024-02-30", -1 },
		      { "2024-02-28", 0 },  { "2024-02-29", 1 },
		      { "2024-03-01", 2 },  { "2024-03-01T23:59:59Z", 2 },
		      { "2025-02-28", 366 } };
	int32_t first = page_day("2024-02-28");

	(void)state;
	assert_true(first > 700000);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(page_day(cases[i].date),
				 cases[i].after < 0 ? -1
						    : first + cases[i].after);
}

/* What was given comes back as it was, whatever news reading does. */
static void test_given(void **state)
{
	static const struct trawl_field fields[] = {
		{ "title", "Given \"title\"", 13, false },
		{ "date", "2001-02-03", 10, false },
		{ "author", "Somebody", 8, false },
		{ "lang", "fr", 2, false },
		{ "place", "[\"Paris\",\"Rome\"]", 16, true },
		{ "empty", "", 0, false },
	};
	static const unsigned news[] = { NEWS_NONE, NEWS_FIELDS, NEWS_ALL };
	static const char *const roots[] = { NULL, "", "/some/where" };
	static const char text[] = "one\0two\xFF\n";

	(void)state;
	for (size_t i = 0; i < COUNT(news) * COUNT(roots); i++) {
		const char *root = roots[i % COUNT(roots)];
		const struct trawl_doc doc = {
			.id = "a/b",
			.fields = fields,
			.nfields = COUNT(fields),
			.text = text,
			.text_len = sizeof(text) - 1,
			.origin = { root, UINT64_MAX, -5 },
		};
		struct read r;

		read_page(&r, news[i / COUNT(roots)], &doc);
		assert_string_equal(r.page.doc.id, "a/b");
		assert_int_equal(r.page.doc.text_len, sizeof(text) - 1);
		assert_memory_equal(r.page.doc.text, text, sizeof(text));
		assert_true(r.page.doc.origin.size == UINT64_MAX);
		assert_true(r.page.doc.origin.mtime_ns == -5);
		if (root)
			assert_string_equal(r.page.doc.origin.root, root);
		else
			assert_null(r.page.doc.origin.root);
		assert_int_equal(r.page.doc.nfields, COUNT(fields));
		for (size_t k = 0; k < COUNT(fields); k++) {
			const struct trawl_field *f = &r.page.doc.fields[k];

			assert_string_equal(f->name, fields[k].name);
			assert_string_equal(f->value, fields[k].value);
			assert_int_equal(f->len, fields[k].len);
			assert_int_equal(f->json, fields[k].json);
		}
		assert_string_equal(r.page.guessed, "");
		assert_int_equal(r.page.day, page_day("2001-02-03"));
		release(&r);
	}
}

static void test_guessed(void **state)
{
	static const struct {
		unsigned news;
		const char *title, *date, *author, *lang;
		bool furniture;
	} cases[] = {
		{ NEWS_NONE, "", "", "", "", false },
		{ NEWS_ALL, "Harwick keeps all of its night buses",
		  "2029-04-03", "Jo Marten", "en", true },
		{ NEWS_FIELDS, "Harwick keeps all of its night buses",
		  "2029-04-03", "Jo Marten", "", false },
		{ NEWS_LANGUAGE, "", "", "", "en", false },
		{ NEWS_BOILERPLATE, "", "", "", "", true },
		{ NEWS_MENTIONS | NEWS_COPIES | NEWS_NAMES | NEWS_STORIES, "",
		  "", "", "", false },
	};
	static const char *const names[] = { "title", "date", "author",
					     "lang" };
	const struct trawl_doc doc = plain("a", article);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const want[] = { cases[i].title, cases[i].date,
					     cases[i].author, cases[i].lang };
		struct read r;

		read_page(&r, cases[i].news, &doc);
		for (size_t k = 0; k < COUNT(names); k++) {
			assert_string_equal(value(&r.page, names[k]), want[k]);
			assert_int_equal(
				is_guessed_field(r.page.guessed, names[k]),
				*want[k] != '\0');
		}
		assert_int_equal(r.page.furniture.n > 0, cases[i].furniture);
		assert_int_equal(r.page.nlines > 0, cases[i].furniture);
		assert_int_equal(page_lines(&r.page).n, r.page.nlines);
		assert_int_equal(r.page.day, page_day(cases[i].date));
		release(&r);
	}
}

/* An empty field is no title; one that was given is kept, and no guess. */
static void test_one_field_given(void **state)
{
	struct trawl_field field = { "title", "Mine", 4, false };
	struct trawl_doc doc = plain("a", article);
	struct read r;

	(void)state;
	doc.fields = &field;
	doc.nfields = 1;
	read_page(&r, NEWS_ALL, &doc);
	assert_string_equal(value(&r.page, "title"), "Mine");
	assert_false(is_guessed_field(r.page.guessed, "title"));
	assert_true(is_guessed_field(r.page.guessed, "date"));
	release(&r);
}

static void test_finished(void **state)
{
	static const struct {
		unsigned news;
		bool boilerplate, guessed, mentions;
	} cases[] = {
		{ NEWS_NONE, false, false, false },
		{ NEWS_FIELDS, false, true, false },
		{ NEWS_MENTIONS, false, false, true },
		{ NEWS_BOILERPLATE, true, false, false },
		{ NEWS_ALL, true, true, true },
	};
	const struct trawl_doc doc = plain("a", article);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct read r;

		read_page(&r, cases[i].news, &doc);
		assert_true(
			page_finish(&r.page, cases[i].news, NULL, &r.arena));
		assert_int_equal(*value(&r.page, FIELD_BOILERPLATE) != '\0',
				 cases[i].boilerplate);
		assert_int_equal(*value(&r.page, FIELD_GUESSED) != '\0',
				 cases[i].guessed);
		assert_int_equal(*value(&r.page, FIELD_MENTIONS) != '\0',
				 cases[i].mentions);
		if (cases[i].boilerplate)
			assert_memory_equal(value(&r.page, FIELD_BOILERPLATE),
					    "0-16 navigation,", 16);
		if (cases[i].mentions)
			assert_non_null(strstr(value(&r.page, FIELD_MENTIONS),
					       "2028-01-05"));
		release(&r);
	}
}

/* What a page became, read again, becomes the same. */
static void test_read_again(void **state)
{
	static const char *const names[] = { "title",	    "date",
					     "author",	    "lang",
					     "boilerplate", "guessed",
					     "mentions" };
	const struct trawl_doc doc = plain("a", article);
	struct read first, second;

	(void)state;
	read_page(&first, NEWS_ALL, &doc);
	assert_true(page_finish(&first.page, NEWS_ALL, NULL, &first.arena));
	read_page(&second, NEWS_ALL, &first.page.doc);
	assert_true(page_finish(&second.page, NEWS_ALL, NULL, &second.arena));
	assert_int_equal(first.page.doc.nfields, second.page.doc.nfields);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(value(&first.page, names[i]),
				    value(&second.page, names[i]));
	assert_true(first.page.source == second.page.source);
	release(&first);
	release(&second);
}

/* A line that recurs in the pages of its source is furniture of it. */
static void test_recurring(void **state)
{
	enum {
		PAGES = 8
	};
	struct recurrence *recurrence;
	struct read r[PAGES];
	char text[400], id[16];

	(void)state;
	assert_int_equal(recurrence_new("/tmp", 1 << 20, &recurrence, NULL),
			 TRAWL_OK);
	for (int i = 0; i < PAGES; i++) {
		struct recurring_lines lines;
		struct trawl_doc doc;
		size_t n;

		n = (size_t)snprintf(text, sizeof(text), "The ");
		for (int k = 0; k < 50; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "%c%c%c ", 'a' + i, 'a' + k % 26,
					      'a' + k / 26);
		snprintf(text + n, sizeof(text) - n,
			 "went home.\nPrinted in the old tower\n");
		snprintf(id, sizeof(id), "p/%d", i);
		doc = plain(id, text);
		read_page(&r[i], NEWS_BOILERPLATE, &doc);
		lines = page_lines(&r[i].page);
		assert_int_equal(recurrence_add(recurrence, r[i].page.source,
						r[i].page.day, &lines, NULL),
				 TRAWL_OK);
	}
	assert_int_equal(recurrence_decide(recurrence, NULL), TRAWL_OK);
	for (int i = 0; i < PAGES; i++) {
		assert_true(r[i].page.source == r[0].page.source);
		assert_true(page_finish(&r[i].page, NEWS_BOILERPLATE,
					recurrence, &r[i].arena));
		assert_string_equal(value(&r[i].page, FIELD_BOILERPLATE),
				    "215-240 recurring");
		release(&r[i]);
	}
	recurrence_free(recurrence);
}

static uint64_t source(const char *id, const char *given, const char *url,
		       const char *root)
{
	struct trawl_field fields[2];
	struct trawl_doc doc = plain(id, "Rain fell.\n");
	struct read r;
	uint64_t found;

	if (given)
		fields[doc.nfields++] =
			(struct trawl_field){ "source", given, strlen(given),
					      false };
	if (url)
		fields[doc.nfields++] =
			(struct trawl_field){ "url", url, strlen(url), false };
	doc.fields = fields;
	doc.origin.root = root;
	read_page(&r, NEWS_NONE, &doc);
	found = r.page.source;
	release(&r);
	return found;
}

static void test_sources(void **state)
{
	(void)state;
	/* the publisher, whatever else */
	assert_true(source("a/1", "Post", "http://x.org/", "/r") ==
		    source("b/2", "Post", NULL, NULL));
	assert_true(source("a/1", "Post", NULL, NULL) !=
		    source("a/1", "Echo", NULL, NULL));
	/* the host */
	assert_true(source("a/1", NULL, "https://www.post.org/a", NULL) ==
		    source("b/2", NULL, "http://post.org:80?b", NULL));
	assert_true(source("a/1", NULL, "https://post.org/", NULL) !=
		    source("a/1", NULL, "https://post.com/", NULL));
	assert_true(source("a/1", NULL, "no url", NULL) ==
		    source("a/1", NULL, NULL, NULL));
	/* the folder */
	assert_true(source("a/1", NULL, NULL, "/r") ==
		    source("a/2", NULL, NULL, NULL));
	assert_true(source("a/1", NULL, NULL, NULL) !=
		    source("b/1", NULL, NULL, NULL));
	assert_true(source("a", NULL, NULL, NULL) !=
		    source("a/1", NULL, NULL, NULL));
	/* the input */
	assert_true(source("1", NULL, NULL, "/r") ==
		    source("2", NULL, NULL, "/r"));
	assert_true(source("1", NULL, NULL, "/r") !=
		    source("1", NULL, NULL, "/s"));
	assert_true(source("1", NULL, NULL, "") ==
		    source("2", NULL, NULL, NULL));
	/* one's name is not another's */
	assert_true(source("x", "post.org", NULL, NULL) !=
		    source("x", NULL, "http://post.org", NULL));
}

static void test_no_text(void **state)
{
	const struct trawl_doc doc = { .id = "" };
	struct read r;

	(void)state;
	read_page(&r, NEWS_ALL, &doc);
	assert_true(page_finish(&r.page, NEWS_ALL, NULL, &r.arena));
	assert_int_equal(r.page.doc.nfields, 0);
	assert_int_equal(r.page.doc.text_len, 0);
	assert_int_equal(r.page.nlines, 0);
	release(&r);
	page_reader_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_guessed),
		cmocka_unit_test(test_one_field_given),
		cmocka_unit_test(test_finished),
		cmocka_unit_test(test_read_again),
		cmocka_unit_test(test_recurring),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
