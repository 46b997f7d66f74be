/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/snippet.c, lib/sentence.c: which passages, and how they look */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "sentence.h"
#include "snippet_check.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define DOTS	 "\xE2\x80\xA6"

enum {
	WORDS = 16
};

struct fixture {
	struct analyzer *analyzer;
	struct arena arena;
	struct snippet_word word[WORDS];
	struct snippet_request rq;
	const char *title;
	struct trawl_error err;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	arena_init(&f->arena, 64 << 20);
	assert_int_equal(analyzer_new("english", &f->analyzer, &f->err),
			 TRAWL_OK);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->arena);
	analyzer_free(f->analyzer);
	free(f);
	return 0;
}

static void add_word(struct fixture *f, const char *s, size_t len,
		     uint32_t group, uint32_t order)
{
	struct snippet_word *w = &f->word[f->rq.nwords++];

	*w = (struct snippet_word){ .group = group, .order = order };
	w->stem = *s == '~';
	w->prefix = s[len - 1] == '*';
	w->text = s + w->stem;
	w->len = (uint32_t)(len - w->stem - w->prefix);
	w->weight = s[w->stem] == 'z' ? 3 : 1;
}

/* "~climat elect* carbon_tax": a stem, a prefix, a phrase.  z...: heavy. */
static void set_words(struct fixture *f, const char *s)
{
	uint32_t group = 0, order = 0;

	f->rq = (struct snippet_request){ .words = f->word, .max = 1 };
	while (*s) {
		size_t n = strcspn(s, " _");
		bool joined = s[n] == '_';

		if (joined && !order)
			group++;
		add_word(f, s, n, joined || order ? group : 0, order);
		order = joined ? order + 1 : 0;
		s += n + (s[n] != '\0');
	}
}

static size_t passages(struct fixture *f, const char *words, const char *text,
		       enum trawl_mark mark, unsigned max,
		       const char *const **out)
{
	static struct snippet_seen seen;
	size_t n;

	arena_reset(&f->arena);
	set_words(f, words);
	f->rq.text = text;
	f->rq.text_len = strlen(text);
	f->rq.mark = mark;
	f->rq.max = max;
	f->rq.title = f->title;
	assert_int_equal(
		snippet_make(f->analyzer, &f->rq, &f->arena, out, &n, &f->err),
		TRAWL_OK);
	for (size_t i = 0; i < n; i++) {
		const char *broken = snippet_passage((*out)[i], mark, &seen);

		if (broken)
			fail_msg("not %s: %s", broken, (*out)[i]);
	}
	return n;
}

static void assert_passage(struct fixture *f, const char *words,
			   const char *text, enum trawl_mark mark,
			   const char *want)
{
	const char *const *got;
	size_t n = passages(f, words, text, mark, 1, &got);

	if (n != (*want != '\0') || (n && strcmp(got[0], want) != 0))
		fail_msg("%s in %.60s:\n  %s, not\n  %s", words, text,
			 n ? got[0] : "nothing", want);
}

/* --------------------------------------------------------------- marks -- */

static void test_marks(void **state)
{
	static const struct {
		const char *words, *text, *want;
	} cases[] = {
		{ "summit", "The summit.", "The <b>summit</b>." },
		{ "~summit", "Summits and summit",
		  "<b>Summits</b> and "
		  "<b>summit</b>" },
		{ "elect*", "An election, elected",
		  "An <b>election</b>, "
		  "<b>elected</b>" },
		{ "summit", "Summits", "Summits" },
		{ "us", "The U.S. said", "The <b>U.S</b>. said" },
		{ "smith's", "Smith\xE2\x80\x99s tax",
		  "<b>Smith\xE2\x80\x99s</b> tax" },
		{ "zelensky",
		  "\xC5\xBB"
		  "elensky",
		  "<b>\xC5\xBB"
		  "elensky</b>" },
		{ "cafe", "Le CAF\xC3\x89 noir", "Le <b>CAF\xC3\x89</b> noir" },
		/* a phrase has one mark, alone it has none beside a whole one */
		{ "carbon_tax", "A carbon tax. No tax on carbon.",
		  "A <b>carbon tax</b>. No tax on carbon." },
		{ "carbon_tax", "A Carbon-Tax", "A <b>Carbon-Tax</b>" },
		{ "carbon_tax", "No tax on carbon.",
		  "No <b>tax</b> on <b>carbon</b>." },
		{ "carbon_tax tax", "A carbon tax. No tax.",
		  "A <b>carbon tax</b>. No <b>tax</b>." },
		{ "a1_b1_c1", "a1 b1 c1 b1 c1", "<b>a1 b1 c1</b> b1 c1" },
		{ "a1_a1", "a1 a1 a1", "<b>a1 a1 a1</b>" },
		{ "a1_b1 b1_c1", "a1 b1 c1", "<b>a1 b1 c1</b>" },
		/* across a paragraph there is no phrase */
		{ "carbon_tax", "carbon\n\ntax carbon tax",
		  "tax <b>carbon tax</b>" },
		/* CJK: overlapping pairs are one mark */
		{ "\xE6\xB0\x94\xE5\x80\x99_\xE5\x80\x99\xE5\x8F\x98",
		  "\xE5\x85\xA8\xE6\xB0\x94\xE5\x80\x99\xE5\x8F\x98\xE5\x8C"
		  "\x96",
		  "\xE5\x85\xA8<b>\xE6\xB0\x94\xE5\x80\x99\xE5\x8F\x98</b>"
		  "\xE5\x8C\x96" },
		{ "", "", "" },
		{ "summit", "", "" },
		{ "summit", " \n\t ", "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_passage(*state, cases[i].words, cases[i].text,
			       TRAWL_MARK_HTML, cases[i].want);
}

static void test_escapes(void **state)
{
	static const struct {
		enum trawl_mark mark;
		const char *text, *want;
	} cases[] = {
		{ TRAWL_MARK_HTML, "<script>x1(\"a\" & 'b')</script>",
		  "&lt;script&gt;<b>x1</b>(&quot;a&quot; &amp; &#39;b&#39;)"
		  "&lt;/script&gt;" },
		{ TRAWL_MARK_NONE, "<i>x1</i> & \"", "<i>x1</i> & \"" },
		{ TRAWL_MARK_TERM, "a x1 & b", "a \033[1mx1\033[0m & b" },
		/* a document's own sequences never reach a terminal */
		{ TRAWL_MARK_TERM, "\033[31mred\033[0m x1 \033]0;t\007",
		  "[31mred [0m \033[1mx1\033[0m ]0;t" },
		{ TRAWL_MARK_NONE,
		  "\001a\177b\302\205c x1\xE2\x80\xAE"
		  "d\xE2\x80\xA8",
		  "a b c x1 d" },
		{ TRAWL_MARK_NONE, "  a\t\tb\r\n\xC2\xA0\xE3\x80\x80x1 ",
		  "a b x1" },
		{ TRAWL_MARK_NONE, "bad \xFF\xC3 x1 \xE2\x82", "bad x1" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_passage(*state, "x1", cases[i].text, cases[i].mark,
			       cases[i].want);
}

static void test_a_nul_is_a_blank(void **state)
{
	struct fixture *f = *state;
	const char *const *got;
	size_t n;

	set_words(f, "b");
	f->rq.text = "a\0b\0";
	f->rq.text_len = 4;
	assert_int_equal(
		snippet_make(f->analyzer, &f->rq, &f->arena, &got, &n, &f->err),
		TRAWL_OK);
	assert_int_equal(n, 1);
	assert_string_equal(got[0], "a <b>b</b>");
}

static void test_titles(void **state)
{
	struct fixture *f = *state;
	static char title[2000];
	const char *got;

	set_words(f, "~summit carbon_tax");
	f->rq.text = "  Summits & a carbon\ntax\n";
	f->rq.text_len = strlen(f->rq.text);
	assert_int_equal(
		snippet_mark(f->analyzer, &f->rq, &f->arena, &got, &f->err),
		TRAWL_OK);
	assert_string_equal(got, "<b>Summits</b> &amp; a <b>carbon tax</b>");

	/* whole, however long, and all of it escaped and marked */
	memset(title, '\'', sizeof(title) - 1);
	f->rq.text = title;
	f->rq.text_len = sizeof(title) - 1;
	assert_int_equal(
		snippet_mark(f->analyzer, &f->rq, &f->arena, &got, &f->err),
		TRAWL_OK);
	assert_int_equal(strlen(got), 5 * (sizeof(title) - 1));
	f->rq.text_len = 0;
	assert_int_equal(
		snippet_mark(f->analyzer, &f->rq, &f->arena, &got, &f->err),
		TRAWL_OK);
	assert_string_equal(got, "");
}

static void assert_whole(struct fixture *f, const char *words, const char *text,
			 size_t len, enum trawl_mark mark, const char *want)
{
	struct buf got = BUF_INIT(1 << 20);

	set_words(f, words);
	f->rq.text = text;
	f->rq.text_len = len;
	f->rq.mark = mark;
	assert_int_equal(snippet_mark_text(f->analyzer, &f->rq, &got, &f->err),
			 TRAWL_OK);
	assert_string_equal(got.data, want);
	assert_int_equal(got.len, strlen(want));
	buf_release(&got);
}

static void test_whole_texts(void **state)
{
	static const struct {
		enum trawl_mark mark;
		const char *text, *want;
	} cases[] = {
		/* white space is what it was; line ends are line feeds */
		{ TRAWL_MARK_HTML, "  Summits\n\n\tof  a1\r\nb1\rc1\n",
		  "  <b>Summits</b>\n\n\tof  a1\nb1\nc1\n" },
		{ TRAWL_MARK_HTML, "a1\v\f\302\205\xE2\x80\xA8z",
		  "a1\n\n\n\nz" },
		{ TRAWL_MARK_HTML, "a\302\240b\xE3\x80\x80z",
		  "a\302\240b\xE3\x80\x80z" },
		/* nothing of the text's is markup, or obeyed */
		{ TRAWL_MARK_HTML, "<b>'summit'</b>\"&amp;",
		  "&lt;b&gt;&#39;<b>summit</b>&#39;&lt;/b&gt;&quot;&amp;amp;" },
		{ TRAWL_MARK_NONE, "\001a\177 <summit>\xE2\x80\xAE",
		  "a <summit>" },
		{ TRAWL_MARK_TERM, "\033[2J the summit",
		  "[2J the \033[1msummit\033[0m" },
		/* words, beginnings, phrases */
		{ TRAWL_MARK_HTML, "Elected, not selected",
		  "<b>Elected</b>, not selected" },
		{ TRAWL_MARK_HTML, "A carbon\ntax. No tax on carbon.",
		  "A <b>carbon\ntax</b>. No tax on carbon." },
		{ TRAWL_MARK_HTML, "No tax on carbon.",
		  "No <b>tax</b> on <b>carbon</b>." },
		{ TRAWL_MARK_HTML, "bad \xFF\xC3 summit",
		  "bad \xEF\xBF\xBD\xEF\xBF\xBD <b>summit</b>" },
		{ TRAWL_MARK_HTML, "", "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_whole(*state, "~summit elect* carbon_tax", cases[i].text,
			     strlen(cases[i].text), cases[i].mark,
			     cases[i].want);
	assert_whole(*state, "", "A summit\n", 9, TRAWL_MARK_HTML,
		     "A summit\n");
	assert_whole(*state, "b", "a\0b\0", 4, TRAWL_MARK_HTML, "a<b>b</b>");
}

/* Its passages are looked at nowhere, so that only the text's length counts. */
static void test_a_long_text_of_matches(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT(8 << 20), got = BUF_INIT(64 << 20);
	size_t marks = 0;

	for (int i = 0; i < 20000; i++)
		buf_adds(&text, "the carbon tax, tax carbon\n");
	buf_adds(&text, "a zebra");
	set_words(f, "carbon_tax the zebra");
	f->rq.text = text.data;
	f->rq.text_len = text.len;
	assert_int_equal(snippet_mark_text(f->analyzer, &f->rq, &got, &f->err),
			 TRAWL_OK);
	for (const char *s = got.data; (s = strstr(s, "<b>")); s++)
		marks++;
	assert_in_range(marks, 4000, 11000);
	assert_non_null(strstr(got.data, "\na <b>zebra</b>"));
	assert_int_equal(got.len, text.len + marks * strlen("<b></b>"));
	buf_release(&text);
	buf_release(&got);
}

/* ------------------------------------------------------------ passages -- */

#define S1   "The first sentence of this text speaks of nothing but the weather. "
#define S2   "A second one, of much the same length, speaks of the weather too. "
#define MENU "Home\nNews\nSport\nWeather\nSubscribe\n\n"

static void test_cut_at_sentences(void **state)
{
	struct fixture *f = *state;

	/* A sentence that is long enough stands alone. */
	assert_passage(f, "zebra",
		       S1 S2 S1
		       "Then a zebra walked across the square in front of the "
		       "old town hall, where the mayor was about to open the "
		       "climate summit. " S2 S1,
		       TRAWL_MARK_NONE,
		       "Then a zebra walked across the square in front of the "
		       "old town hall, where the mayor was about to open the "
		       "climate summit.");
	/* A short one gets what follows, or what came before. */
	assert_passage(f, "zebra", S1 "A zebra came. " S2 S1 S2 S1,
		       TRAWL_MARK_NONE,
		       "A zebra came. A second one, of much the same length, "
		       "speaks of the weather too. The first sentence of this "
		       "text speaks of nothing but the weather.");
	assert_passage(f, "zebra", S1 S2 S1 S2 "A zebra came.", TRAWL_MARK_NONE,
		       "The first sentence of this text speaks of nothing but "
		       "the weather. A second one, of much the same length, "
		       "speaks of the weather too. A zebra came.");
	/* No sentence is near: words it is. */
	assert_passage(
		f, "zebra",
		"one two three four five six seven eight nine ten eleven "
		"twelve one two three four five six seven eight nine ten "
		"eleven twelve one two three four five six seven eight "
		"nine ten eleven twelve one two three four five six seven "
		"eight nine ten eleven twelve zebra one two three four "
		"five six seven eight nine ten eleven twelve one two "
		"three four five six seven eight nine ten eleven twelve "
		"one two three four five six seven eight nine ten eleven "
		"twelve one two three four five six seven eight nine ten",
		TRAWL_MARK_NONE,
		DOTS " two three four five six seven eight nine ten eleven "
		     "twelve zebra one two three four five six seven "
		     "eight nine ten eleven twelve one two three four "
		     "five six seven eight nine ten eleven twelve one "
		     "two " DOTS);
}

static void test_sentence_ends(void **state)
{
	static const struct {
		const char *text;
		size_t second; /* where the second sentence begins */
	} cases[] = {
		{ "One. Two.", 5 },
		{ "One! Two.", 5 },
		{ "One? \xE2\x80\x9CTwo.\xE2\x80\x9D", 5 },
		{ "\"One.\" Two.", 7 },
		{ "One\xE2\x80\xA6 Two.", 7 },
		{ "One... Two.", 7 },
		{ "One. \xC3\x89t\xC3\xA9.", 5 },
		{ "One. 7 more.", 5 },
		{ "\xE5\x85\xA8\xE3\x80\x82\xE5\x85\xA8", 6 },
		{ "One. two.", 0 },
		{ "Mr. Two.", 0 },
		{ "Sen. Two.", 0 },
		{ "J. Two.", 0 },
		{ "The U.S. Two.", 0 },
		{ "One.Two.", 0 },
		{ "1.5 Two", 0 },
		{ "One.", 0 },
		{ "Home\nNews", 5 }, /* lines of a menu */
		{ "Home\n\n  News", 8 },
		{ "a narrow column\nof text", 0 },
		{ "a narrow column,\nMary", 0 },
		{ "a line of more than forty bytes is\tlong enough\nTo go on",
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		size_t end = strlen(cases[i].text);
		size_t next = sentence_next(cases[i].text, 0, end);
		size_t want = cases[i].second ? cases[i].second : end;

		if (next != want)
			fail_msg("%s: %zu, not %zu", cases[i].text, next, want);
	}
}

static void test_menus_are_left_alone(void **state)
{
	struct fixture *f = *state;

	assert_passage(f, "weather", MENU S1 S2, TRAWL_MARK_NONE,
		       "The first sentence of this text speaks of nothing but "
		       "the weather. A second one, of much the same length, "
		       "speaks of the weather too.");
	/* but found, when the word is nowhere else */
	assert_passage(f, "sport", MENU S1 S2, TRAWL_MARK_NONE, "Sport");
	/* nothing found: the first prose */
	assert_passage(f, "zebra", MENU S1 S2, TRAWL_MARK_HTML,
		       "The first sentence of this text speaks of nothing but "
		       "the weather. A second one, of much the same length, "
		       "speaks of the weather too.");
	assert_passage(f, "", "  Short text\n", TRAWL_MARK_HTML, "Short text");
}

#define PARAGRAPH                                                              \
	"Mayor Anna Moss at the old mill of Harwick on Sunday, two days "      \
	"after "                                                               \
	"the flood, with the pumps that the army sent her, of which one works"

static void test_headlines(void **state)
{
	static const struct {
		const char *title, *words, *text, *want;
	} cases[] = {
		/* is not read as the beginning of what is below it */
		{ NULL, "paper",
		  "Mayor keeps the old mill, the paper reports\n" PARAGRAPH
		  ".\n",
		  "Mayor keeps the old mill, the paper reports" },
		{ NULL, "anna",
		  "Mayor keeps the old mill, the paper reports\n" PARAGRAPH
		  ".\n",
		  PARAGRAPH "." },
		/* a column's line is: it is followed by one as short */
		{ NULL, "mayor mill",
		  "and so it was that the mayor and the Queen of\n"
		  "England met at the old mill, they said, to speak.",
		  "and so it was that the mayor and the Queen of "
		  "England met at the old mill, they said, to speak." },
		/* so is a sentence that ends with a line */
		{ NULL, "keeps",
		  "The mayor keeps the old mill of Harwick at last.\n" PARAGRAPH
		  ".\n",
		  "The mayor keeps the old mill of Harwick at last. " PARAGRAPH
		  "." },
		/* serves where there is no title */
		{ NULL, "nowhere",
		  "Skip\nMayor keeps the old mill, the paper "
		  "reports\n" PARAGRAPH ".\n",
		  "Mayor keeps the old mill, the paper reports" },
		{ "Mayor", "nowhere",
		  "Skip\nMayor keeps the old mill, the paper "
		  "reports\n" PARAGRAPH ".\n",
		  PARAGRAPH "." },
		/* is not shown below the title that says the same */
		{ NULL, "mayor keeps",
		  "Mayor keeps the old mill \n\n" PARAGRAPH ".\n",
		  "Mayor keeps the old mill" },
		{ "Mayor keeps the old mill - Post", "mayor keeps",
		  "Mayor keeps the old mill \n\n" PARAGRAPH ".\n",
		  PARAGRAPH "." },
		{ "Mayor keeps a new mill - Post", "mayor keeps",
		  "Mayor keeps the old mill \n\n" PARAGRAPH ".\n",
		  "Mayor keeps the old mill" },
		/* unless nothing else has the word */
		{ "Mayor keeps the old mill - Post", "keeps",
		  "Mayor keeps the old mill \n\n" PARAGRAPH ".\n",
		  "Mayor keeps the old mill" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		f->title = cases[i].title;
		assert_passage(f, cases[i].words, cases[i].text,
			       TRAWL_MARK_NONE, cases[i].want);
	}
	f->title = NULL;
}

static void test_worth(void **state)
{
	static const char pad[] = S1 S2 S1 S2 "\n\n";
	static const char *const cases[][4] = {
		/* words, a passage, another one, which is better */
		{ "a1 b1", "Here is a1 alone, said someone in a long sentence.",
		  "Here are a1 and b1, said someone in a long sentence.", "2" },
		{ "zz b1 c1", "Of b1 and c1, said someone in a long sentence.",
		  "Of zz all alone, said someone in a long sentence.", "2" },
		{ "a1_b1", "Of b1 and a1, said someone in a long sentence.",
		  "Of a1 b1, said someone in a long sentence, as ever.", "2" },
		{ "a1 b1", "Of a1 (said someone in a long sentence) and b1.",
		  "Of a1 and b1, said someone in a long sentence.", "2" },
		{ "a1", "Of a1, said someone in a long sentence.",
		  "Of a1, said another one in a long sentence.", "1" },
		{ "a1", "Of a1, said someone in a long sentence.",
		  "Of a1 and a1, said someone in a long sentence.", "1" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *want = cases[i][*cases[i][3] - '0'];
		struct buf text = BUF_INIT(4096);
		const char *const *got;

		buf_addf(&text, "%s%s %s%s%s %s", pad, cases[i][1], pad, pad,
			 cases[i][2], pad);
		assert_int_equal(passages(f, cases[i][0], text.data,
					  TRAWL_MARK_NONE, 1, &got),
				 1);
		if (strncmp(got[0], want, strlen(want)) != 0)
			fail_msg("%s: %s, not %s", cases[i][0], got[0], want);
		buf_release(&text);
	}
}

static void test_several(void **state)
{
	static const char text[] =
		"The zebra was seen first on Monday, near the river that runs "
		"through the old town, and again by the bridge.\n\n" S1 S2
		"\n\nThe okapi is said to have come on Tuesday, though nobody "
		"who was asked could say where it had been seen.\n\n" S1 S2
		"\n\nNeither zebra nor okapi has been seen since, the town's "
		"council said in what will be its last word on it.\n\n";
	struct fixture *f = *state;
	const char *const *got;
	size_t n = passages(f, "zebra okapi", text, TRAWL_MARK_NONE, 5, &got);

	assert_int_equal(n, 3);
	assert_non_null(strstr(got[0], "Neither zebra nor okapi"));
	assert_non_null(strstr(got[1], "first on Monday"));
	assert_non_null(strstr(got[2], "come on Tuesday"));
	assert_int_equal(
		passages(f, "zebra okapi", text, TRAWL_MARK_NONE, 2, &got), 2);
}

static void test_what_is_said_twice_is_shown_once(void **state)
{
	struct fixture *f = *state;
	const char *const *got;

	assert_int_equal(passages(f, "weather",
				  S1 S2 "\n\n" S1 S2 "\n\n" S1 S2 "\n\n",
				  TRAWL_MARK_NONE, 3, &got),
			 1);
}

/* However often another word stands before it. */
static void test_a_rare_word_is_not_missed(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT(1 << 20);
	const char *const *got;

	for (int i = 0; i < 12000; i++)
		buf_adds(&text, "Of tax. ");
	buf_adds(&text, "\n\nThe zebra came at last, and it paid its tax.");
	passages(f, "tax zebra", text.data, TRAWL_MARK_HTML, 1, &got);
	assert_string_equal(got[0], "The <b>zebra</b> came at last, and it "
				    "paid its tax.");
	buf_release(&text);
}

/* ---------------------------------------------------------- properties -- */

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* Passages of texts made of everything that cutting and marking minds; that
 * they are as they must be is seen to by passages(). */
static void test_random_texts(void **state)
{
	static const char *const piece[] = {
		"a1",
		"b1 ",
		"zz",
		" ",
		". ",
		"\n",
		"\n\n",
		"<",
		"&",
		"'",
		"\"A",
		"\xC3\xA9",
		"e\xCC\x81",
		"\xE6\xB0\x94",
		"\xE5\x80\x99",
		"\xE3\x80\x82",
		"\xF0\x9F\x98\x80",
		"\xE2\x80\x8D",
		"\033[1m",
		"word",
		"longer and longer ",
		"U.S. ",
		"\xFF",
		"\xE2\x80",
		"Mr. ",
		"a1 b1 ",
		"xxxxxxxxxxxxxxxxxxxxxxxx",
	};
	struct fixture *f = *state;
	const char *const *got;
	uint32_t seed = 3;
	size_t found = 0;

	for (unsigned i = 0; i < 3000; i++) {
		struct buf text = BUF_INIT(65536);

		for (uint32_t n = draw(&seed, 400); n; n--)
			buf_adds(&text, piece[draw(&seed, COUNT(piece))]);
		found += passages(f, "a1_b1 zz \xE6\xB0\x94\xE5\x80\x99 word*",
				  text.data, (enum trawl_mark)(i % 3),
				  1 + i % 5, &got);
		buf_release(&text);
	}
	assert_true(found > 3000);
}

static void test_memory_runs_out(void **state)
{
	struct fixture *f = *state;
	const char *const *got;
	const char *one;
	struct buf small = BUF_INIT(10);
	struct arena tiny;
	size_t n;

	set_words(f, "zebra");
	f->rq.text = "A zebra came to the town and was seen by nobody.";
	f->rq.text_len = strlen(f->rq.text);
	arena_init(&tiny, 40);
	assert_int_equal(
		snippet_make(f->analyzer, &f->rq, &tiny, &got, &n, &f->err),
		TRAWL_NOMEM);
	assert_int_equal(
		snippet_mark(f->analyzer, &f->rq, &tiny, &one, &f->err),
		TRAWL_NOMEM);
	assert_int_equal(
		snippet_mark_text(f->analyzer, &f->rq, &small, &f->err),
		TRAWL_NOMEM);
	arena_release(&tiny);
	buf_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_a_nul_is_a_blank),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_whole_texts),
		cmocka_unit_test(test_a_long_text_of_matches),
		cmocka_unit_test(test_cut_at_sentences),
		cmocka_unit_test(test_sentence_ends),
		cmocka_unit_test(test_menus_are_left_alone),
		cmocka_unit_test(test_headlines),
		cmocka_unit_test(test_worth),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_what_is_said_twice_is_shown_once),
		cmocka_unit_test(test_a_rare_word_is_not_missed),
		cmocka_unit_test(test_random_texts),
		cmocka_unit_test(test_memory_runs_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
