/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "recurrence_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	WORK = 8 << 20,
	PAGE = 64 << 10,
	SOURCE = 8,
	LONG_AGO = 738000 /* a day */
};

/* --------------------------------------------------------------- lines -- */

static uint64_t hash_of(const char *line)
{
	struct recurring_lines l = { 0 };
	uint64_t hash;

	assert_true(recurring_lines(line, strlen(line), &l));
	assert_true(l.n <= 1);
	hash = l.n ? l.at[0].hash : 0;
	recurring_lines_release(&l);
	return hash;
}

static void test_alike(void **state)
{
	static const char *const alike[][2] = {
		{ "Read more", "  READ MORE:  " },
		{ "Read more", "read... more" },
		{ "3 hours ago", "12 hours ago" },
		{ "1,234 comments", "7 comments" },
		{ "Menü", "MENÜ" },
		{ "Читайте также", "ЧИТАЙТЕ ТАКЖЕ" },
		{ "Share \342\200\242 Tweet", "Share Tweet" },
		{ "It\342\200\231s here", "It's here" },
		/* Long ones are folded eight bytes at a time. */
		{ "Sign up for our newsletter and get the best of our "
		  "reporting, every day at 9 o'clock, in your inbox: it is "
		  "free, it takes 1 minute, and you can leave it whenever you "
		  "like to.",
		  "SIGN UP for our newsletter and get the best of our "
		  "reporting, every day at 7 o'clock, in your inbox; it is "
		  "free, it takes 1 minute, and you can leave it whenever you "
		  "like to!" },
	};
	static const char *const other[][2] = {
		{ "Read more", "Read most" },
		{ "Read more", "Readmore" },
		{ "Page 1 of", "Page one of" },
		{ "Page 1 of it", "Page of it" },
		{ "Ёлка", "Ель" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
		assert_int_not_equal(hash_of(alike[i][0]), 0);
		if (hash_of(alike[i][0]) != hash_of(alike[i][1]))
			fail_msg("'%s' and '%s' are two lines", alike[i][0],
				 alike[i][1]);
	}
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		if (hash_of(other[i][0]) == hash_of(other[i][1]))
			fail_msg("'%s' and '%s' are one line", other[i][0],
				 other[i][1]);
	assert_int_equal(hash_of("---- 12:30 ----"), 0);
	assert_int_equal(hash_of(" \t\r\n"), 0);
	assert_int_equal(hash_of("2000 GMT"), 0);
	assert_int_not_equal(hash_of("TV"), 0);
}

static uint32_t next_random(uint32_t *x)
{
	*x = *x * 1664525 + 1013904223;
	return *x >> 16;
}

/* Words of a short line, and numbers, with one blank between or any marks. */
static void test_short_lines(void **state)
{
	static const char *const marks[] = { " ",   ", ",   "-",
					     " \t", ". \"", "\342\200\246 ",
					     " - " };
	static const char *const words[] = {
		"a", "the", "harbour", "été", "port", "1916", "port2", "isles"
	};
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		char plain[200], marked[200];
		size_t n = 0, k = 0;

		while (n < 50 && (!n || next_random(&x) % 8)) {
			const char *w = words[next_random(&x) % 8];
			const char *m = marks[next_random(&x) % 7];

			n += (size_t)snprintf(marked + n, 60, "%s%s", m, w);
			k += (size_t)snprintf(plain + k, 60, " %s", w);
		}
		if (hash_of(plain) != hash_of(marked))
			fail_msg("'%s' and '%s' are two lines", plain, marked);
	}
}

static void test_places(void **state)
{
	static const char text[] =
		"\n  One two \r\n***\nThree\342\200\224four, "
		"five\n\nlast";
	struct recurring_lines l = { 0 };

	(void)state;
	assert_true(recurring_lines(text, sizeof(text) - 1, &l));
	assert_int_equal(l.n, 3);
	assert_int_equal(l.at[0].begin, 1);
	assert_int_equal(l.at[0].end, 13);
	assert_int_equal(l.at[0].words, 2);
	assert_int_equal(l.at[1].words, 3);
	assert_int_equal(l.at[1].begin, 17);
	assert_int_equal(l.at[2].end, sizeof(text) - 1);
	assert_int_equal(l.at[2].words, 1);
	assert_true(recurring_lines("", 0, &l));
	assert_int_equal(l.n, 0);
	recurring_lines_release(&l);
}

static void test_words_of_long_lines(void **state)
{
	struct recurring_lines l = { 0 };
	char text[1000];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 50; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s",
				      i ? (i % 3 ? " " : ", ") : "", 1 + i % 11,
				      "wordwordword");
	assert_true(recurring_lines(text, n, &l));
	assert_int_equal(l.at[0].words, 50);
	memset(text, '-', sizeof(text));
	assert_true(recurring_lines(text, sizeof(text), &l));
	assert_int_equal(l.n, 0);
	recurring_lines_release(&l);
}

/* Any bytes: cut short, malformed, with NULs. */
static void test_hostile(void **state)
{
	static const char bytes[] = "a\342\200\302\320\303\n\0\377\357\273 1";
	struct recurring_lines l = { 0 };
	char *text = malloc(PAGE);
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < PAGE; i++) {
		x = x * 1664525 + 1013904223;
		text[i] = bytes[(x >> 16) % (sizeof(bytes) - 1)];
	}
	for (size_t n = 1; n < 600; n++) {
		/* A copy of its own: what is read beyond it shows. */
		char *copy = malloc(n);

		memcpy(copy, text + n, n);
		assert_true(recurring_lines(copy, n, &l));
		free(copy);
	}
	assert_true(recurring_lines(text, PAGE, &l));
	recurring_lines_release(&l);
	free(text);
}

/* ------------------------------------------------------------ counting -- */

struct world {
	struct recurrence *r;
	struct recurring_lines lines;
	char text[PAGE];
};

static void begin(struct world *w)
{
	memset(w, 0, sizeof(*w));
	assert_int_equal(recurrence_new("/tmp", WORK, &w->r, NULL), TRAWL_OK);
}

static void end(struct world *w)
{
	recurrence_free(w->r);
	recurring_lines_release(&w->lines);
}

/* Append words that only number makes. */
static void own_words(struct world *w, unsigned number, unsigned words)
{
	size_t n = strlen(w->text);

	for (unsigned i = 0; i < words; i++)
		n += (size_t)snprintf(w->text + n, PAGE - n, "%c%c%c%c%c%c ",
				      'a' + (int)(number / 17576 % 26),
				      'a' + (int)(number % 26),
				      'a' + (int)(number / 26 % 26),
				      'a' + (int)(number / 676 % 26),
				      'a' + (int)(i % 26), 'a' + (int)(i / 26));
	snprintf(w->text + n, PAGE - n, "\n");
}

static void line(struct world *w, const char *s)
{
	size_t n = strlen(w->text);

	snprintf(w->text + n, PAGE - n, "%s\n", s);
}

static void add(struct world *w, uint64_t source, int32_t day)
{
	assert_true(recurring_lines(w->text, strlen(w->text), &w->lines));
	assert_int_equal(recurrence_add(w->r, source, day, &w->lines, NULL),
			 TRAWL_OK);
	*w->text = '\0';
}

/* A page of a text of its own and a line. */
static void page(struct world *w, unsigned number, unsigned words,
		 const char *s, int32_t day)
{
	own_words(w, number, words);
	line(w, s);
	add(w, SOURCE, day);
}

static void decide(struct world *w)
{
	assert_int_equal(recurrence_decide(w->r, NULL), TRAWL_OK);
}

static uint32_t has(const struct world *w, const char *s)
{
	return recurrence_has(w->r, SOURCE, hash_of(s));
}

static void test_thresholds(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	for (unsigned i = 0; i < 20; i++) {
		own_words(&w, i, 80);
		line(&w, "Skip to content");
		line(&w, "Skip to content");
		if (i < RECURRENCE_PAGES)
			line(&w, "Five times");
		if (i < RECURRENCE_PAGES - 1)
			line(&w, "Four times");
		add(&w, SOURCE, -1);
	}
	for (unsigned i = 0; i < 4; i++)
		page(&w, 100 + i, 80, "Of two sources", -1);
	own_words(&w, 200, 80);
	line(&w, "Of two sources");
	add(&w, SOURCE + 2, -1);
	decide(&w);
	assert_int_equal(has(&w, "skip to content!"), 20);
	assert_int_equal(has(&w, "Five times"), 5);
	assert_int_equal(has(&w, "Four times"), 0);
	assert_int_equal(has(&w, "Of two sources"), 0);
	assert_int_equal(has(&w, "Never seen"), 0);
	assert_int_equal(
		recurrence_has(w.r, SOURCE + 2, hash_of("Skip to content")), 0);
	assert_int_equal(recurrence_has(w.r, SOURCE, 0), 0);
	end(&w);
}

/* A line of prose must stand on more pages than another. */
static void test_prose(void **state)
{
	char prose[1000], prose2[1000];
	struct world w;

	(void)state;
	for (size_t i = 0; i < 45; i++) {
		snprintf(prose + 6 * i, 7, "again ");
		snprintf(prose2 + 6 * i, 7, "twice ");
	}
	begin(&w);
	for (unsigned i = 0; i < RECURRENCE_SURE; i++) {
		own_words(&w, i, 80);
		line(&w, prose);
		if (i)
			line(&w, prose2);
		add(&w, SOURCE, -1);
	}
	decide(&w);
	assert_int_equal(has(&w, prose), RECURRENCE_SURE);
	assert_int_equal(has(&w, prose2), 0);
	end(&w);
}

static void test_days(void **state)
{
	static const struct {
		const char *text;
		unsigned pages;
		int32_t days[RECURRENCE_SURE];
		bool taken;
	} cases[] = {
		{ "In one week", 5, { 1, 2, 3, 4, 7 }, false },
		{ "Over two weeks", 5, { 1, 2, 3, 4, 15 }, true },
		{ "The other way round", 5, { 15, 4, 3, 2, 1 }, true },
		{ "On one day, but often", 10, { 0 }, true },
		{ "No dates",
		  5,
		  { -LONG_AGO - 1, -LONG_AGO - 1, -LONG_AGO - 1, -LONG_AGO - 1,
		    -LONG_AGO - 1 },
		  true },
	};
	unsigned number = 0;
	struct world w;

	(void)state;
	begin(&w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (unsigned k = 0; k < cases[i].pages; k++)
			page(&w, number++, 80, cases[i].text,
			     LONG_AGO + cases[i].days[k]);
	decide(&w);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!has(&w, cases[i].text) == cases[i].taken)
			fail_msg("%s", cases[i].text);
	end(&w);
}

/* What versions of one page share is no furniture. */
static void test_copies(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	for (unsigned i = 0; i < 30; i++) {
		for (unsigned k = 0; k < 8; k++)
			own_words(&w, 50 + k, 30);
		own_words(&w, 100 + i, 12);
		add(&w, SOURCE, -1);
	}
	for (unsigned i = 0; i < 4; i++) {
		own_words(&w, i, 80);
		own_words(&w, 50, 30);
		add(&w, SOURCE, -1);
	}
	decide(&w);
	for (unsigned k = 0; k < 8; k++) {
		own_words(&w, 50 + k, 30);
		*strchr(w.text, '\n') = '\0';
		assert_int_equal(has(&w, w.text), 0);
		*w.text = '\0';
	}
	end(&w);
}

/* Much furniture around short articles. */
static void test_more_furniture_than_text(void **state)
{
	static const struct {
		unsigned own, lines, words;
	} cases[] = { { 120, 1, 150 },
		      { 100, 1, 200 },
		      { 100, 10, 20 },
		      { 100, 40, 15 } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world w;

		begin(&w);
		for (unsigned d = 0; d < 20; d++) {
			own_words(&w, d, cases[i].own);
			for (unsigned k = 0; k < cases[i].lines; k++)
				own_words(&w, 100 + k, cases[i].words);
			add(&w, SOURCE, -1);
		}
		decide(&w);
		own_words(&w, 100, cases[i].words);
		*strchr(w.text, '\n') = '\0';
		if (has(&w, w.text) != 20)
			fail_msg("%u words around %u",
				 cases[i].lines * cases[i].words, cases[i].own);
		end(&w);
	}
}

/* -------------------------------------------------------------- saving -- */

static void save(const struct world *w, struct buf *out)
{
	uint64_t source;
	size_t at = 0;

	buf_init(out, 1 << 20);
	assert_true(recurrence_save(w->r, &at, &source, out));
	assert_int_equal(source, SOURCE);
	assert_false(recurrence_save(w->r, &at, &source, out));
	assert_false(out->failed);
}

/* A new run with what one before has kept, which it releases. */
static void go_on(struct world *w, struct buf *kept)
{
	begin(w);
	if (kept->len)
		assert_int_equal(recurrence_load(w->r, SOURCE, kept->data,
						 kept->len, NULL),
				 TRAWL_OK);
	buf_release(kept);
}

static void pages_from(struct world *w, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		page(w, i, 60, i % 2 ? "Every second" : "The others",
		     LONG_AGO + (int32_t)i * 10);
}

static void test_goes_on_counting(void **state)
{
	struct buf first, second, both;
	struct world w;

	(void)state;
	begin(&w);
	pages_from(&w, 0, 6);
	decide(&w);
	assert_int_equal(has(&w, "Every second"), 0);
	save(&w, &first);
	end(&w);

	begin(&w);
	assert_int_equal(
		recurrence_load(w.r, SOURCE, first.data, first.len, NULL),
		TRAWL_OK);
	pages_from(&w, 6, 12);
	decide(&w);
	assert_int_equal(has(&w, "Every second"), 6);
	save(&w, &second);
	end(&w);

	begin(&w);
	pages_from(&w, 0, 12);
	decide(&w);
	save(&w, &both);
	end(&w);
	assert_int_equal(second.len, both.len);
	assert_memory_equal(second.data, both.data, both.len);
	buf_release(&first);
	buf_release(&second);
	buf_release(&both);
}

/* Pages that nothing says whose they are, 12 of them with one line and one of
 * each with another. */
static void loose_pages(struct world *w, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		own_words(w, i, 60);
		line(w, i % 30 < 2 ? "Fairly frequent" : "Of a single page");
		if (i % 60 == 0)
			line(w, "Too rare");
		add(w, SOURCE | RECURRENCE_LOOSE, -1);
	}
}

/* Where sources are not known, more of the documents must have a line: those of
 * runs before count, too. */
static void test_loose(void **state)
{
	const uint64_t loose = SOURCE | RECURRENCE_LOOSE;
	struct buf kept = BUF_INIT(1 << 20);
	uint64_t source;
	size_t at = 0;
	struct world w;

	(void)state;
	begin(&w);
	loose_pages(&w, 0, 300);
	decide(&w);
	assert_int_equal(recurrence_has(w.r, loose, hash_of("Fairly frequent")),
			 20);
	assert_int_equal(recurrence_has(w.r, loose, hash_of("Too rare")), 0);
	assert_true(recurrence_save(w.r, &at, &source, &kept));
	end(&w);

	begin(&w);
	assert_int_equal(recurrence_load(w.r, loose, kept.data, kept.len, NULL),
			 TRAWL_OK);
	loose_pages(&w, 300, 301);
	decide(&w);
	assert_int_equal(recurrence_has(w.r, loose, hash_of("Fairly frequent")),
			 21);
	assert_int_equal(recurrence_has(w.r, loose, hash_of("Too rare")), 0);
	end(&w);
	buf_release(&kept);
}

/* The same whatever the order of the documents. */
static void test_order(void **state)
{
	struct buf up, down;
	struct world w;

	(void)state;
	begin(&w);
	pages_from(&w, 0, 30);
	decide(&w);
	save(&w, &up);
	end(&w);
	begin(&w);
	for (unsigned i = 30; i-- > 0;)
		pages_from(&w, i, i + 1);
	decide(&w);
	save(&w, &down);
	end(&w);
	assert_int_equal(up.len, down.len);
	assert_memory_equal(up.data, down.data, up.len);
	buf_release(&up);
	buf_release(&down);
}

/* More lines than memory holds: the same is decided. */
static void test_little_memory(void **state)
{
	static const uint64_t memories[] = { 0, 1 << 20, 256 << 20 };
	struct buf saved[3];
	struct world w;

	(void)state;
	for (size_t m = 0; m < 3; m++) {
		memset(&w, 0, sizeof(w));
		assert_int_equal(
			recurrence_new("/tmp", memories[m], &w.r, NULL),
			TRAWL_OK);
		for (unsigned i = 0; i < 2000; i++) {
			for (unsigned k = 0; k < 60; k++)
				own_words(&w, 60 * i + k, 1);
			line(&w, "Skip to content");
			add(&w, SOURCE, -1);
		}
		decide(&w);
		assert_int_equal(has(&w, "Skip to content"), 2000);
		save(&w, &saved[m]);
		end(&w);
	}
	for (size_t m = 0; m < 3; m++) {
		go_on(&w, &saved[m]);
		page(&w, 500000, 80, "Skip to content", -1);
		decide(&w);
		assert_int_equal(has(&w, "Skip to content"), 2001);
		end(&w);
		buf_release(&saved[m]);
	}
}

/* A line that one page had is known when the next comes. */
static void test_one_by_one(void **state)
{
	struct buf kept = { 0 };
	struct world w;

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		uint32_t want = i + 1 < RECURRENCE_PAGES ? 0 : i + 1;

		go_on(&w, &kept);
		line(&w, "Mooring fees are due in spring");
		page(&w, i, 60, "Skip to content",
		     i % 2 ? -1 : LONG_AGO + (int32_t)i * 10);
		decide(&w);
		assert_int_equal(has(&w, "Skip to content"), want);
		assert_int_equal(has(&w, "Mooring fees are due in spring"),
				 want);
		save(&w, &kept);
		end(&w);
		/* The text of 60 words is not kept. */
		assert_in_range(kept.len, 1, 30);
	}
	buf_release(&kept);
}

/* A page that changes again and again makes no furniture of its own lines. */
static void test_again(void **state)
{
	struct buf kept = { 0 };
	struct world w;

	(void)state;
	for (unsigned i = 0; i < 12; i++) {
		go_on(&w, &kept);
		line(&w, "Ferry runs aground");
		own_words(&w, i, 60);
		assert_true(recurring_lines(w.text, strlen(w.text), &w.lines));
		assert_int_equal((i ? recurrence_add_again : recurrence_add)(
					 w.r, SOURCE, -1, &w.lines, NULL),
				 TRAWL_OK);
		*w.text = '\0';
		decide(&w);
		assert_int_equal(has(&w, "Ferry runs aground"), 0);
		save(&w, &kept);
		end(&w);
	}
	/* Pages that get a new line do. */
	go_on(&w, &kept);
	for (unsigned i = 0; i < RECURRENCE_PAGES; i++) {
		line(&w, "Skip to content");
		own_words(&w, 100 + i, 60);
		assert_true(recurring_lines(w.text, strlen(w.text), &w.lines));
		assert_int_equal(
			recurrence_add_again(w.r, SOURCE, -1, &w.lines, NULL),
			TRAWL_OK);
		*w.text = '\0';
	}
	decide(&w);
	assert_int_equal(has(&w, "Skip to content"), RECURRENCE_PAGES);
	end(&w);
	buf_release(&kept);
}

/* What there is no room for is of one page; and not always the same. */
static void test_bounded(void **state)
{
	enum {
		TWICE = 1000,
		LINES = 100000,
		A_PAGE = 500
	};
	struct buf kept[2];
	struct world w;

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		begin(&w);
		w.r->memory = 256 << 20;
		for (unsigned i = 0; i < LINES; i++) {
			own_words(&w, i, 1);
			if (i % A_PAGE == A_PAGE - 1)
				add(&w, SOURCE, -1);
		}
		for (unsigned i = 0; i < TWICE; i++) {
			own_words(&w, i, 1);
			if (i % A_PAGE == A_PAGE - 1)
				add(&w, SOURCE, -1);
		}
		if (round)
			page(&w, LINES, 1, "One more", -1);
		decide(&w);
		save(&w, &kept[round]);
		end(&w);
	}
	assert_true(kept[0].len != kept[1].len ||
		    memcmp(kept[0].data, kept[1].data, kept[0].len) != 0);
	for (unsigned round = 0; round < 2; round++) {
		size_t twice = 0, len = kept[round].len;

		go_on(&w, &kept[round]);
		for (size_t i = 0; i < w.r->old.n; i++)
			twice += w.r->old.at[i].documents == 2;
		assert_int_equal(twice, TWICE);
		assert_in_range(w.r->old.n, RECURRENCE_SAVED_MAX * 9 / 10,
				RECURRENCE_SAVED_MAX);
		assert_in_range(len, 1, 5 * w.r->old.n);
		end(&w);
		buf_release(&kept[round]);
	}
}

static void test_damaged(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "\200", 1 },
		{ "\0", 1 },			   /* no count of documents */
		{ "\0\377\377\377\377\377\1", 7 }, /* too many */
		{ "\0\1\7\2", 4 },
		{ "\0\1\1", 3 },	       /* no gap */
		{ "\0\1\6\0", 4 },	       /* a day, but no first day */
		{ "\0\1\7\1\4\0", 6 },	       /* more counted than there are */
		{ "\1\1\7\2\2\2\1\1", 8 },     /* more dated than counted */
		{ "\1\1\6\377\377\377\1", 7 }, /* a day that is none */
		{ "\377\377\377\1", 4 },
		{ "\0\1\200\200\200\200\200\1", 9 }, /* beyond the last */
		{ "\377\377\377\377\377\377\377\377\377\377\1", 11 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trawl_error err = { 0 };
		struct world w;

		begin(&w);
		assert_int_equal(recurrence_load(w.r, SOURCE, cases[i].bytes,
						 cases[i].len, &err),
				 TRAWL_CORRUPT);
		assert_true(err.text[0]);
		end(&w);
	}
}

static void test_nothing(void **state)
{
	struct buf out = BUF_INIT(100);
	uint64_t source;
	size_t at = 0;
	struct world w;

	(void)state;
	begin(&w);
	decide(&w);
	assert_int_equal(has(&w, "anything"), 0);
	assert_false(recurrence_save(w.r, &at, &source, &out));
	end(&w);
	recurrence_free(NULL);
	recurring_lines_release(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alike),
		cmocka_unit_test(test_short_lines),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_words_of_long_lines),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_thresholds),
		cmocka_unit_test(test_prose),
		cmocka_unit_test(test_loose),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_more_furniture_than_text),
		cmocka_unit_test(test_goes_on_counting),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_little_memory),
		cmocka_unit_test(test_one_by_one),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
