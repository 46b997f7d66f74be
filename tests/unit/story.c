/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "news_words.h"
#include "record_file.h"
#include "story.h"
#include "story_parts.h"
#include "story_select.h"
#include "story_term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
	DOCS_MAX = 64,
	OUT_MAX = 1 << 20,
	MANY = 70000,
	MADE = 300, /* documents */
	MEMORY = 16 << 20
};

/* ----------------------------------------------------------------- parts -- */

static void test_stems(void **state)
{
	static const struct {
		const char *word, *stem;
	} cases[] = {
		{ "talks", "talk" },	    { "talked", "talk" },
		{ "talking", "talk" },	    { "cities", "city" },
		{ "hitting", "hit" },	    { "arrived", "arriv" },
		{ "arrive", "arriv" },	    { "glass", "glass" },
		{ "virus", "virus" },	    { "crisis", "crisis" },
		{ "sing", "sing" },	    { "string", "string" },
		{ "red", "red" },	    { "bus", "bus" },
		{ "killing", "kill" },	    { "killed", "kill" },
		{ "zelensky", "zelensky" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char word[32] = { 0 };
		size_t len = strlen(cases[i].word);

		memcpy(word, cases[i].word, len);
		word[story_stem(word, len)] = '\0';
		assert_string_equal(word, cases[i].stem);
	}
}

static uint32_t term(const char *word)
{
	return (uint32_t)story_word(word, strlen(word));
}

static void test_terms_of_words(void **state)
{
	(void)state;
	assert_int_equal(term("the"), 0);
	assert_int_equal(term("x"), 0);
	assert_int_equal(term("talks"), term("talking"));
	assert_int_not_equal(term("talks"), term("walks"));
	/* A word as it is has the hash of news_words.h. */
	assert_int_equal(term("kyiv"), story_term_of_hash(news_word_hash(
					       "kyiv", strlen("kyiv"))));
	assert_int_equal(term("talking"), story_term_of_hash(news_word_hash(
						  "talk", strlen("talk"))));
	assert_int_equal(term("zürich") & 1, 0);
	assert_int_equal(
		term("pneumonoultramicroscopicsilicovolcanoconiosis") & 1, 0);
}

static void test_background(void **state)
{
	(void)state;
	assert_true(background_idf(term("year")) <
		    background_idf(term("president")));
	assert_true(background_idf(term("president")) <
		    background_idf(term("earthquake")));
	assert_true(background_idf(term("earthquake")) <=
		    background_idf(term("zelensky")));
	assert_true(background_idf(term("year")) > 0);
	assert_true(background_idf(0xffffffff) > 0);
	assert_true(background_idf(0) > 0);
}

static int by_value(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a > b ? -1 : a < b;
}

static void test_select(void **state)
{
	uint64_t v[500], sorted[500], copy[500];
	uint64_t seed = 88172645463325252U;

	(void)state;
	for (size_t i = 0; i < 500; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		/* many with equal high digits */
		v[i] = (i % 3 ? seed & 0xffff : seed) << 16 | i;
	}
	memcpy(sorted, v, sizeof(v));
	qsort(sorted, 500, sizeof(*sorted), by_value);
	for (size_t k = 1; k <= 500; k++) {
		memcpy(copy, v, sizeof(v));
		assert_int_equal(select_greatest(copy, 500, k), sorted[k - 1]);
	}
}

static void test_record_file(void **state)
{
	struct record_file *f = record_file_new("/tmp");
	static char record[RECORD_MAX];
	const char *p;
	size_t len;

	(void)state;
	assert_non_null(f);
	for (size_t i = 0; i < 3000; i++) {
		memset(record, (int)(i & 0xff), sizeof(record));
		assert_true(record_file_add(f, record, i % RECORD_MAX));
	}
	assert_true(record_file_flush(f));
	assert_int_equal(record_file_count(f), 3000);
	for (size_t i = 0; i < 6000; i++) {
		/* in turn, then all over the place */
		size_t at = i < 3000 ? i : i * 7919 % 3000;

		p = record_file_read(f, at, &len);
		assert_non_null(p);
		assert_int_equal(len, at % RECORD_MAX);
		if (len) {
			assert_int_equal((unsigned char)p[0], at & 0xff);
			assert_int_equal((unsigned char)p[len - 1], at & 0xff);
		}
	}
	record_file_free(f);
	record_file_free(NULL);
	assert_null(record_file_new("/no/such/folder"));
}

/* ----------------------------------------------------------------- terms -- */

static size_t read_terms(struct story_maker *m, const char *title,
			 const char *text, size_t len, struct story_entry *out)
{
	struct news_words words = { 0 }, title_words = { 0 };
	struct buf b = BUF_INIT(OUT_MAX);
	size_t n;

	assert_true(news_words_read(&words, text, len, NULL, 0));
	assert_true(
		news_words_read(&title_words, title, strlen(title), NULL, 0));
	assert_true(story_terms(m, &title_words, title, &words, text, &b));
	assert_int_equal(b.len % STORY_ENTRY, 0);
	n = b.len / STORY_ENTRY;
	assert_true(n <= STORY_TERMS_MAX);
	for (size_t i = 0; i < n; i++) {
		memset(&out[i], 0, sizeof(out[i]));
		memcpy(&out[i], b.data + i * STORY_ENTRY, STORY_ENTRY);
	}
	buf_release(&b);
	news_words_release(&words);
	news_words_release(&title_words);
	return n;
}

static const struct story_entry *find(const struct story_entry *e, size_t n,
				      const char *word)
{
	for (size_t i = 0; i < n; i++) {
		if (e[i].term == term(word))
			return &e[i];
	}
	return NULL;
}

static void test_weights(void **state)
{
	static const char text[] =
		"A judge in Berlin freed the singer. Singers paid 5000 euros.";
	struct story_maker *m = story_maker_new();
	struct story_entry e[STORY_TERMS_MAX];
	size_t n;

	(void)state;
	assert_non_null(m);
	/* The second time nothing of the first is left. */
	for (int round = 0; round < 2; round++) {
		n = read_terms(m, "", text, strlen(text), e);
		assert_null(find(e, n, "the"));
		assert_int_equal(find(e, n, "judge")->whole, STORY_WEIGHT_ONE);
		assert_int_equal(find(e, n, "berlin")->whole,
				 STORY_WEIGHT_ONE * 3 / 2);
		assert_int_equal(find(e, n, "5000")->whole,
				 STORY_WEIGHT_ONE * 2);
		/* 1 + ln 2 */
		assert_int_equal(find(e, n, "singer")->whole, 27);
		assert_int_equal(find(e, n, "singer")->lead, 27);
	}
	n = read_terms(m, "Singer freed", text, strlen(text), e);
	/* 1 + ln 3 */
	assert_int_equal(find(e, n, "singer")->lead, 34);
	story_maker_free(m);
	story_maker_free(NULL);
}

static void add_fillers(struct buf *text, int n)
{
	while (n--)
		buf_adds(text, "filler ");
}

static void test_lead(void **state)
{
	struct story_maker *m = story_maker_new();
	struct story_entry e[STORY_TERMS_MAX];
	struct buf text = BUF_INIT(OUT_MAX);
	size_t n;

	(void)state;
	add_fillers(&text, 69);
	buf_adds(&text, "inside outside");
	n = read_terms(m, "", text.data, text.len, e);
	assert_int_equal(find(e, n, "inside")->lead, STORY_WEIGHT_ONE);
	assert_int_equal(find(e, n, "outside")->lead, 0);
	assert_int_equal(find(e, n, "outside")->whole, STORY_WEIGHT_ONE);
	buf_release(&text);
	story_maker_free(m);
}

/* News is told at its beginning. */
static void test_long_text(void **state)
{
	struct story_maker *m = story_maker_new();
	struct story_entry e[STORY_TERMS_MAX];
	struct buf text = BUF_INIT(OUT_MAX);
	size_t n;

	(void)state;
	add_fillers(&text, STORY_WORDS - 1);
	buf_adds(&text, "inside outside");
	n = read_terms(m, "", text.data, text.len, e);
	assert_non_null(find(e, n, "inside"));
	assert_null(find(e, n, "outside"));
	buf_release(&text);
	story_maker_free(m);
}

/* More different words than are counted; and the rare ones stay. */
static void test_many_terms(void **state)
{
	struct story_maker *m = story_maker_new();
	struct story_entry e[STORY_TERMS_MAX];
	struct buf text = BUF_INIT(OUT_MAX);
	size_t n;

	(void)state;
	buf_adds(&text, "zelensky zelensky zelensky year day man ");
	for (int i = 0; i < MANY; i++)
		buf_addf(&text, "w%dx ", i);
	assert_false(text.failed);
	n = read_terms(m, "", text.data, text.len, e);
	assert_int_equal(n, STORY_TERMS_MAX);
	assert_non_null(find(e, n, "zelensky"));
	assert_null(find(e, n, "year"));
	n = read_terms(m, "", "\0\xff\xfe..,,", 8, e);
	assert_int_equal(n, 0);
	buf_release(&text);
	story_maker_free(m);
}

/* --------------------------------------------------------------- stories -- */

struct doc {
	const char *text;
	int32_t day;
};

/* Two events of one kind, and what is of neither. */
static const struct doc docs[] = {
	{ "A strong earthquake of magnitude 6.1 struck Aceh in Indonesia on "
	  "Tuesday, killing 22 people and damaging houses in Bener Meriah.",
	  100 },
	{ "At least 22 people were killed when a magnitude 6.1 earthquake hit "
	  "Indonesia's Aceh province, and hundreds of houses in Bener Meriah "
	  "fell.",
	  100 },
	{ "Rescuers in Aceh searched Bener Meriah for children under a mosque "
	  "after the Indonesia earthquake of magnitude 6.1 that killed 22.",
	  101 },
	{ "Iran: an earthquake of magnitude 7.8 near Khash shook towers in "
	  "Dubai and killed 35 in Mashkel across the border in Pakistan.",
	  50 },
	{ "The quake that struck Khash in Iran, of magnitude 7.8, killed 35 "
	  "people in Mashkel in Pakistan and shook Dubai and Delhi.",
	  50 },
	{ "Lindsay Lohan checked into the Betty Ford Center in California to "
	  "begin 90 days of rehab ordered by a judge in Los Angeles.",
	  -1 },
	{ "Short flash.", -1 },
	{ "Apple unveiled a thinner laptop with a retina display at its "
	  "conference in San Francisco, Phil Schiller said on stage.",
	  -1 },
};

enum {
	DOCS = sizeof(docs) / sizeof(*docs)
};

static void add_doc(struct stories *s, struct story_maker *m,
		    const struct doc *d)
{
	struct news_words words = { 0 };
	struct buf b = BUF_INIT(OUT_MAX);
	struct trawl_error err;

	assert_true(news_words_read(&words, d->text, strlen(d->text), NULL, 0));
	assert_true(story_terms(m, NULL, NULL, &words, d->text, &b));
	assert_int_equal(stories_add(s, d->day, b.data, b.len, &err), TRAWL_OK);
	buf_release(&b);
	news_words_release(&words);
}

static struct stories *new_stories(void)
{
	struct trawl_error err;
	struct stories *s;

	assert_int_equal(stories_new("/tmp", MEMORY, &s, &err), TRAWL_OK);
	return s;
}

/* turn[i]: which document comes as number i; its rank is its number. */
static void add_in_turn(struct stories *s, const struct doc *d,
			const uint32_t *turn, size_t n)
{
	struct story_maker *m = story_maker_new();

	for (size_t i = 0; i < n; i++)
		add_doc(s, m, &d[turn[i]]);
	story_maker_free(m);
}

/* story[d]: of document d, whenever it came. */
static void finish(struct stories *s, const uint32_t *turn,
		   const uint32_t *copy_of, size_t n, uint32_t *story)
{
	uint32_t copy[DOCS_MAX], found[DOCS_MAX], place[DOCS_MAX];
	struct trawl_error err;

	for (uint32_t i = 0; i < n; i++)
		place[turn[i]] = i;
	for (uint32_t i = 0; i < n; i++)
		copy[i] = copy_of ? place[copy_of[turn[i]]] : i;
	assert_int_equal(stories_finish(s, turn, copy, found, &err), TRAWL_OK);
	for (uint32_t i = 0; i < n; i++)
		story[turn[i]] = turn[found[i]];
}

static const uint32_t in_order[DOCS] = { 0, 1, 2, 3, 4, 5, 6, 7 };
static const uint32_t expected[DOCS] = { 0, 0, 0, 3, 3, 5, 6, 7 };

static void test_stories(void **state)
{
	static const uint32_t turns[][DOCS] = {
		{ 0, 1, 2, 3, 4, 5, 6, 7 }, { 7, 6, 5, 4, 3, 2, 1, 0 },
		{ 4, 0, 6, 2, 7, 1, 5, 3 }, { 2, 4, 1, 3, 0, 7, 6, 5 },
		{ 1, 0, 3, 2, 5, 4, 7, 6 },
	};
	uint32_t story[DOCS];

	(void)state;
	for (size_t i = 0; i < sizeof(turns) / sizeof(*turns); i++) {
		struct stories *s = new_stories();

		add_in_turn(s, docs, turns[i], DOCS);
		finish(s, turns[i], NULL, DOCS, story);
		assert_memory_equal(story, expected, sizeof(expected));
		stories_free(s);
	}
}

/* Copies go with the one that stands for them, and do not count. */
static void test_copies(void **state)
{
	static const uint32_t copies[DOCS] = { 0, 0, 2, 3, 4, 5, 5, 5 };
	static const uint32_t want[DOCS] = { 0, 0, 0, 3, 3, 5, 5, 5 };
	struct stories *s = new_stories();
	uint32_t story[DOCS];

	(void)state;
	add_in_turn(s, docs, in_order, DOCS);
	finish(s, in_order, copies, DOCS, story);
	assert_memory_equal(story, want, sizeof(want));
	assert_int_equal(s->cells.documents, 5);
	stories_free(s);
}

static void test_none(void **state)
{
	struct stories *s = new_stories();
	struct trawl_error err;
	uint32_t none;

	(void)state;
	assert_int_equal(stories_finish(s, &none, &none, &none, &err),
			 TRAWL_OK);
	stories_free(s);
	stories_free(NULL);
	assert_int_equal(stories_new("/no/such/folder", MEMORY, &s, &err),
			 TRAWL_IO);
	assert_null(s);
}

/* Two of what would be one story, so many days apart. */
static void test_days(void **state)
{
	static const struct {
		int32_t day, other;
		float far;
		bool joined;
	} cases[] = {
		{ 50, 54, 0.01F, true },  { 50, 85, 0.01F, false },
		{ 85, 50, 0.01F, false }, { 50, 140, 1, true },
		{ 50, 141, 1, false },	  { 141, 50, 1, false },
		{ -1, 141, 0.01F, true }, { 50, -1, 0.01F, true },
	};
	struct doc two[] = { docs[3], docs[4] };
	uint32_t story[2];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stories *s = new_stories();

		stories_settings(s)->far = cases[i].far;
		two[0].day = cases[i].day;
		two[1].day = cases[i].other;
		add_in_turn(s, two, in_order, 2);
		finish(s, in_order, NULL, 2, story);
		assert_int_equal(story[1] == 0, cases[i].joined);
		stories_free(s);
	}
}

static void test_nearness(void **state)
{
	static const struct story_settings set = { .far = 0.5F,
						   .near_days = 7,
						   .far_days = 27 };

	(void)state;
	assert_float_equal(story_nearness(&set, 10, 17), 1, 1e-6);
	assert_float_equal(story_nearness(&set, 27, 10), 0.75, 1e-6);
	assert_float_equal(story_nearness(&set, 10, 1000), 0.5, 1e-6);
	assert_float_equal(story_nearness(&set, -1, 1000), 1, 1e-6);
	assert_float_equal(story_nearness(&set, 1000, -1), 1, 1e-6);
}

/* What is alike in nothing but a name that is spelt in two ways. */
static void test_spellings(void **state)
{
	static const struct doc two[] = {
		{ "Qadhafi Qadhafi said Musrata Musrata fighters Qadhafi lost "
		  "their tanks near the harbour on a windy morning.",
		  -1 },
		{ "Forces loyal to Gaddafi Gaddafi left Misurata Misurata, "
		  "Gaddafi told television viewers after dinner.",
		  -1 },
	};
	static const char *const same[][2] = { { "qadhafi", "gaddafi" },
					       { "musrata", "misurata" } };
	uint32_t story[2];
	struct trawl_error err;

	(void)state;
	for (int joined = 0; joined < 2; joined++) {
		struct stories *s = new_stories();

		add_in_turn(s, two, in_order, 2);
		for (int i = 0; joined && i < 2; i++)
			assert_int_equal(stories_same(s, term(same[i][0]),
						      term(same[i][1]), &err),
					 TRAWL_OK);
		finish(s, in_order, NULL, 2, story);
		assert_int_equal(story[1], joined ? 0 : 1);
		stories_free(s);
	}
}

static void test_known_as(void **state)
{
	struct stories *s = new_stories();
	struct trawl_error err;

	(void)state;
	assert_int_equal(story_known_as(s, 8), 8);
	/* a chain, a circle, and enough to grow */
	assert_int_equal(stories_same(s, 8, 10, &err), TRAWL_OK);
	assert_int_equal(stories_same(s, 10, 12, &err), TRAWL_OK);
	assert_int_equal(stories_same(s, 12, 8, &err), TRAWL_OK);
	for (uint64_t i = 100; i < 1000; i += 4)
		assert_int_equal(stories_same(s, i + 2, i, &err), TRAWL_OK);
	assert_int_equal(story_known_as(s, 8), 12);
	assert_int_equal(story_known_as(s, 10), 12);
	assert_int_equal(story_known_as(s, 12), 12);
	assert_int_equal(story_known_as(s, 502), 500);
	assert_int_equal(story_known_as(s, 500), 500);
	stories_free(s);
}

static void test_wrong_terms(void **state)
{
	struct stories *s = new_stories();
	struct trawl_error err;
	static const char bytes[(STORY_TERMS_MAX + 1) * STORY_ENTRY];

	(void)state;
	assert_int_equal(stories_add(s, 0, bytes, 7, &err), TRAWL_INVAL);
	assert_int_equal(stories_add(s, 0, bytes, sizeof(bytes), &err),
			 TRAWL_INVAL);
	stories_free(s);
}

/* -------------------------------------------------------- many documents -- */

/* Document i of made-up stories of six, and words of no story. */
static void make_text(uint32_t i, struct buf *out)
{
	buf_reset(out);
	for (uint32_t w = 0; w < 16; w++)
		buf_addf(out, "story%uword%u ", i / 6, (w * 3 + i) % 20);
	for (uint32_t w = 0; w < 16; w++)
		buf_addf(out, "other%u ", (i * 31 + w * w * 7) % 97);
}

static void find_many(const uint32_t *turn, uint32_t piece, uint32_t listed,
		      uint32_t *story)
{
	struct story_maker *m = story_maker_new();
	struct stories *s = new_stories();
	struct buf text = BUF_INIT(OUT_MAX);
	uint32_t *found = malloc(2 * MADE * sizeof(*found));
	uint32_t *copy = found + MADE;
	struct trawl_error err;

	stories_settings(s)->piece = piece;
	stories_settings(s)->listed = listed;
	for (uint32_t i = 0; i < MADE; i++) {
		make_text(turn[i], &text);
		add_doc(s, m, &(struct doc){ text.data, -1 });
		copy[i] = i;
	}
	assert_int_equal(stories_finish(s, turn, copy, found, &err), TRAWL_OK);
	for (uint32_t i = 0; i < MADE; i++)
		story[turn[i]] = turn[found[i]];
	free(found);
	buf_release(&text);
	stories_free(s);
	story_maker_free(m);
}

static uint32_t largest(const uint32_t *story)
{
	uint32_t size[MADE] = { 0 }, most = 0;

	for (uint32_t i = 0; i < MADE; i++) {
		assert_true(story[i] <= i);
		assert_int_equal(story[story[i]], story[i]);
		if (++size[story[i]] > most)
			most = size[story[i]];
	}
	return most;
}

/* Whatever is cut short, the order of arrival has no say in it. */
static void test_limits(void **state)
{
	static const struct {
		uint32_t piece, listed, most;
	} cases[] = {
		{ 4096, 256, 6 },
		{ 4, 256, 4 },	/* pieces of four */
		{ 4096, 4, 6 }, /* lists of two: terms are looked for in twos */
	};
	uint32_t in_turn[MADE], shuffled[MADE], story[MADE], other[MADE];

	(void)state;
	for (uint32_t i = 0; i < MADE; i++) {
		in_turn[i] = i;
		shuffled[i] = i * 101 % MADE;
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		find_many(in_turn, cases[i].piece, cases[i].listed, story);
		find_many(shuffled, cases[i].piece, cases[i].listed, other);
		assert_memory_equal(story, other, sizeof(story));
		assert_int_equal(largest(story), cases[i].most);
	}
	for (uint32_t i = 0; i < MADE; i++)
		assert_int_equal(story[i], i / 6 * 6);
}

static struct record_file *make_vectors(const struct story_settings *set,
					const struct story_cells *cells,
					struct story_cells *tops)
{
	struct record_file *f = record_file_new("/tmp");
	struct story_maker *m = story_maker_new();
	struct buf text = BUF_INIT(OUT_MAX);
	struct story_entry e[STORY_TERMS_MAX];
	struct story_rarity r;
	struct story_vector v;

	story_rarity_init(&r, cells, 0);
	for (uint32_t i = 0; i < MADE; i++) {
		size_t n;

		make_text(i, &text);
		n = read_terms(m, "", text.data, text.len, e);
		story_vector_make(set, &r, e, n, -1, &v);
		for (size_t t = 0; t < v.ntop; t++)
			++*story_cell(tops, v.top[t]);
		assert_true(story_vector_write(f, &v));
	}
	assert_true(record_file_flush(f));
	buf_release(&text);
	story_maker_free(m);
	return f;
}

/* A block of 64 documents finds the pairs that a block of all finds. */
static void test_blocks(void **state)
{
	static const struct story_settings set = {
		.theta = 0.05F, .lead = 0.3F, .far = 1, .listed = 40
	};
	struct story_cells cells = { .documents = MADE }, tops = { 0 };
	struct sorted_runs *runs[2];
	struct sorted_record r[2];
	int32_t day[MADE];
	struct trawl_error err;
	struct story_input in = { .dir = "/tmp",
				  .settings = &set,
				  .places = MADE,
				  .day = day,
				  .tops = &tops };
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < MADE; i++)
		day[i] = -1;
	cells.count = calloc(1 << STORY_CELL_BITS, sizeof(*cells.count));
	tops.count = calloc(1 << STORY_CELL_BITS, sizeof(*tops.count));
	in.file = make_vectors(&set, &cells, &tops);
	for (int i = 0; i < 2; i++) {
		in.memory = i ? MEMORY : 0;
		assert_int_equal(
			sorted_runs_new("/tmp", MEMORY, &runs[i], &err),
			TRAWL_OK);
		assert_int_equal(story_pairs(&in, runs[i], &err), TRAWL_OK);
		assert_int_equal(sorted_runs_rewind(runs[i], &err), TRAWL_OK);
	}
	assert_int_equal(sorted_runs_count(runs[0]),
			 sorted_runs_count(runs[1]));
	for (; sorted_runs_next(runs[0], &r[0]); pairs++) {
		assert_true(sorted_runs_next(runs[1], &r[1]));
		assert_int_equal(r[0].key, r[1].key);
		assert_int_equal(r[0].value, r[1].value);
		assert_true((uint32_t)r[0].key < r[0].value);
		assert_true(story_pair_like(r[0].key) >= set.theta);
	}
	assert_true(pairs >= MADE / 6 * 15);
	sorted_runs_free(runs[0]);
	sorted_runs_free(runs[1]);
	record_file_free(in.file);
	free(cells.count);
	free(tops.count);
}

/* ----------------------------------------------------------- frequencies -- */

static void test_save_load(void **state)
{
	struct stories *s = new_stories(), *t = new_stories();
	struct buf saved = BUF_INIT(OUT_MAX), again = BUF_INIT(OUT_MAX);
	uint32_t story[DOCS];
	struct trawl_error err;

	(void)state;
	add_in_turn(s, docs, in_order, DOCS);
	finish(s, in_order, NULL, DOCS, story);
	assert_true(stories_save(s, &saved));
	assert_int_equal(stories_load(t, saved.data, saved.len, &err),
			 TRAWL_OK);
	assert_true(stories_save(t, &again));
	assert_int_equal(again.len, saved.len);
	assert_memory_equal(again.data, saved.data, saved.len);
	/* Loaded once more, they count once more. */
	assert_int_equal(stories_load(t, saved.data, saved.len, &err),
			 TRAWL_OK);
	assert_int_equal(t->cells.documents, 2 * DOCS);
	assert_int_equal(*story_cell(&t->cells, term("aceh")), 6);
	assert_int_equal(stories_load(t, "", 0, &err), TRAWL_OK);
	buf_release(&saved);
	buf_release(&again);
	stories_free(s);
	stories_free(t);
}

static void test_damaged(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
		{ "\2\1", 2 },			      /* another format */
		{ "\1", 1 },			      /* no number */
		{ "\1\x80", 2 },		      /* cut short */
		{ "\1\5\1", 3 },		      /* a step, no count */
		{ "\1\5\x80\x80\x80\x7f\1", 7 },      /* too far */
		{ "\1\5\xff\xff\x3f\1\1\1", 8 },      /* over the end */
		{ "\1\xff\xff\xff\xff\xff\xff\1", 8 } /* too many */
	};
	struct stories *s = new_stories();
	struct trawl_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(
			stories_load(s, cases[i].bytes, cases[i].len, &err),
			TRAWL_CORRUPT);
	stories_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stems),
		cmocka_unit_test(test_terms_of_words),
		cmocka_unit_test(test_background),
		cmocka_unit_test(test_select),
		cmocka_unit_test(test_record_file),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_lead),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_many_terms),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_nearness),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_known_as),
		cmocka_unit_test(test_wrong_terms),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_save_load),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests_name("story", tests, NULL, NULL);
}
