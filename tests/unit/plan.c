/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/plan.c: what a query becomes, and what that finds */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "deadline.h"
#include "date.h"
#include "number_key.h"
#include "plan.h"
#include "plan_tree.h"
#include "small_db.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static const char schema_text[] = "[place]\n"
				  "type = keyword\n"
				  "[price]\n"
				  "type = number\n"
				  "[met]\n"
				  "type = date\n"
				  "[caption]\n"
				  "type = text\n";

struct fixture {
	struct small_db *small;
	struct schema schema;
	struct analyzer *analyzer;
	struct arena arena;
	struct trawl_error err;
};

/* ----------------------------------------------------------- documents -- */

enum {
	MANY_WORDS = 6 /* those from there on have no other sense */
};

static const struct {
	const char *title, *text, *source, *date;
	double price;
} docs[] = {
	{ "Climate summit opens", "Delegates argue over the carbon tax.",
	  "Reuters", "2024-11-07", 1.5 },
	{ "Carbon prices", "A tax on carbon: the summit failed.",
	  "Kyiv Independent", "2024-11-07T09:30:00Z", 2 },
	{ "Election", "He elected to stay. Elections, elected, electing.",
	  "Reuters", "2024-11", -3 },
	{ "Zelensky and Zelenskyy",
	  "Zelenskiy spoke of tax and of a new carbon rule, and Kyiv.",
	  "The Independent of Kyiv", "2023", 10 },
	{ "\xE6\xB0\x94\xE5\x80\x99", /* 气候 */
	  "\xE5\x85\xA8\xE7\x90\x83\xE6\xB0\x94\xE5\x80\x99\xE5\x8F\x98", "",
	  "", 0 },
	/* MANY_WORDS */
	{ "", "pqa pqb pqc pqd pqe pqf pqg pqh pqi pqj pqk pql", "", "", 0 },
	{ "",
	  "pqa pqb pqc pqd pqe pqf pqg pqh pqi pqj pqk pql pqm pqn pqo pqp pqq "
	  "pqr pqs pqt pqu pqv pqw pqx pqy pqz",
	  "", "", 0 },
	{ "", "pqm pqn pqo pqp pqq pqr pqs pqt pqu pqv pqw pqx pqy pqz", "", "",
	  0 },
	{ "", "pqm pqn pqo pqp pqq pqr pqs pqt pqu pqv pqw pqx pqy pqz", "", "",
	  0 },
};

static void index_words(struct fixture *f, const char *prefix, bool stems,
			const char *text, uint32_t wdf, uint32_t *position)
{
	char z[64];
	struct token t;

	snprintf(z, sizeof(z), "Z%s", prefix);
	analyzer_begin(f->analyzer, text, strlen(text), *position);
	while (analyzer_next(f->analyzer, &t)) {
		small_term(f->small, prefix, t.word, t.word_len, wdf,
			   t.position);
		if (stems)
			small_term(f->small, z, t.stem, t.stem_len, wdf, 0);
	}
	*position = analyzer_position(f->analyzer);
}

static void index_source(struct fixture *f, const char *source)
{
	struct buf value = BUF_INIT(256);
	uint32_t position = 1;

	analyzer_fold(source, strlen(source), &value);
	small_term(f->small, "H", value.data, value.len, 0, 0);
	buf_release(&value);
	index_words(f, "H", false, source, 0, &position);
}

static void index_doc(struct fixture *f, size_t i)
{
	uint32_t position = 1, in_title = 1;
	unsigned char price[NUMBER_KEY_MAX];
	char key[16], id[16];
	struct date date;

	index_words(f, "", true, docs[i].title, 1, &position);
	position += 100;
	index_words(f, "", true, docs[i].text, 1, &position);
	index_words(f, "S", true, docs[i].title, 1, &in_title);
	if (*docs[i].source)
		index_source(f, docs[i].source);
	if (date_parse(docs[i].date, strlen(docs[i].date), &date)) {
		date_key(date.first, key);
		small_value(f->small, SLOT_DATE, key, strlen(key));
	}
	small_value(f->small, SLOT_USER, (char *)price,
		    number_key(docs[i].price, price));
	snprintf(id, sizeof(id), "%zu", i + 1);
	small_put(f->small, id);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	arena_init(&f->arena, 64 << 20);
	small_ok(schema_read(&f->schema, schema_text, &f->err), &f->err);
	small_ok(analyzer_new("english", &f->analyzer, &f->err), &f->err);
	f->small = small_db_new();
	for (size_t i = 0; i < COUNT(docs); i++)
		index_doc(f, i);
	small_db_open(f->small);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	arena_release(&f->arena);
	analyzer_free(f->analyzer);
	small_db_free(f->small);
	free(f);
	return 0;
}

/* ----------------------------------------------------------------- plans -- */

/* parts and deadline as in struct plan_context. */
static enum trawl_status plan_by(struct fixture *f, const char *text, bool all,
				 size_t parts, uint64_t deadline,
				 struct plan *out)
{
	const struct query_options options = { .schema = &f->schema,
					       .match_all = all };
	const struct plan_context ctx = { .db = f->small->db,
					  .schema = &f->schema,
					  .analyzer = f->analyzer,
					  .arena = &f->arena,
					  .match_all = all,
					  .parts = parts,
					  .deadline = deadline };
	struct query q;

	arena_reset(&f->arena);
	analyzer_flush(f->analyzer);
	small_ok(query_parse(text, strlen(text), &options, &f->arena, &q,
			     &f->err),
		 &f->err);
	return plan_make(&ctx, &q, out, &f->err);
}

static enum trawl_status plan(struct fixture *f, const char *text, bool all,
			      struct plan *out)
{
	return plan_by(f, text, all, 0, 0, out);
}

static void assert_tree(struct fixture *f, const char *text, bool all,
			const char *want, const char *ignored)
{
	struct buf got = BUF_INIT(65536);
	struct plan p;

	small_ok(plan(f, text, all, &p), &f->err);
	print_tree(&got, p.root);
	if (strcmp(got.data, want) != 0)
		fail_msg("%s:\n  %s, not\n  %s", text, got.data, want);
	if (strcmp(p.ignored ? p.ignored : "", ignored) != 0)
		fail_msg("%s: ignored %s, not %s", text, p.ignored, ignored);
	buf_release(&got);
}

/* -------------------------------------------------------------- shapes -- */

static void test_words(void **state)
{
	static const char *const cases[][3] = {
		{ "climate", "Zclimat", "" },
		{ "Climate SUMMITS", "(OR Zclimat Zsummit)", "" },
		{ "", "(ALL)", "" },
		{ "=running", "running", "" },
		{ "title:summits", "ZSsummit", "" },
		{ "caption:summits", "ZXCAPTION:summit", "" },
		{ "title:=summits", "Ssummits", "" },
		{ "U.S.", "Zus", "" },
		/* nothing that could be searched */
		{ "--- ...", "(NONE)", "" },
		{ "climate ---", "Zclimat", "" },
		{ "climate AND ---", "Zclimat", "" },
		/* several words in one */
		{ "carbon-tax", "(OR Zcarbon Ztax)", "" },
		{ "+carbon-tax oil", "(AND_MAYBE (PHRASE/2 carbon tax) Zoil)",
		  "" },
		{ "-carbon-tax", "(AND_NOT (ALL) (PHRASE/2 carbon tax))", "" },
		{ "carbon-tax AND climate",
		  "(AND (PHRASE/2 carbon tax) Zclimat)", "" },
		{ "-(carbon-tax oil)",
		  "(AND_NOT (ALL) (OR (PHRASE/2 carbon tax) Zoil))", "" },
		{ "title:carbon-tax", "(OR ZScarbon ZStax)", "" },
		/* CJK: pairs, all of them */
		{ "\xE6\xB0\x94", "Z\xE6\xB0\x94", "" },
		{ "\xE6\xB0\x94\xE5\x80\x99", "Z\xE6\xB0\x94\xE5\x80\x99", "" },
		{ "\xE6\xB0\x94\xE5\x80\x99\xE5\x8F\x98",
		  "(AND Z\xE6\xB0\x94\xE5\x80\x99 Z\xE5\x80\x99\xE5\x8F\x98)",
		  "" },
		{ "\"\xE6\xB0\x94\xE5\x80\x99\xE5\x8F\x98\"",
		  "(PHRASE/2 \xE6\xB0\x94\xE5\x80\x99 "
		  "\xE5\x80\x99\xE5\x8F\x98)",
		  "" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_tree(*state, cases[i][0], false, cases[i][1],
			    cases[i][2]);
}

static void test_operators(void **state)
{
	static const char *const cases[][2] = {
		{ "+a1 b1", "(AND_MAYBE Za1 Zb1)" },
		{ "+a1 +b1 c1 d1", "(AND_MAYBE (AND Za1 Zb1) (OR Zc1 Zd1))" },
		{ "a1 -b1", "(AND_NOT Za1 Zb1)" },
		{ "+a1 b1 -c1 -d1", "(AND_NOT (AND_MAYBE Za1 Zb1) Zc1 Zd1)" },
		{ "-b1", "(AND_NOT (ALL) Zb1)" },
		{ "a1 AND b1", "(AND Za1 Zb1)" },
		{ "a1 OR b1", "(OR Za1 Zb1)" },
		{ "a1 NOT b1", "(AND_NOT Za1 Zb1)" },
		{ "(a1 OR b1) AND c1", "(AND (OR Za1 Zb1) Zc1)" },
		{ "a1 NEAR/3 b1", "(NEAR/4 a1 b1)" },
		{ "running NEAR/1 summits", "(NEAR/2 running summits)" },
		{ "carbon-tax NEAR/2 b1", "(NEAR/3 carbon tax b1)" },
		{ "a1 NEAR/4 b1 NEAR/4 c1", "(NEAR/5 a1 b1 c1)" },
		{ "a1 NEAR/1 b1 NEAR/1 c1", "(NEAR/3 a1 b1 c1)" },
		{ "a1^2", "(SCALE 2 Za1)" },
		{ "a1^2 b1", "(OR (SCALE 2 Za1) Zb1)" },
		{ "(a1 b1^3)^2", "(OR (SCALE 2 Za1) (SCALE 6 Zb1))" },
		{ "\"a1 b1\"^2", "(SCALE 2 (PHRASE/2 a1 b1))" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_tree(*state, cases[i][0], false, cases[i][1], "");
}

static void test_match_all(void **state)
{
	static const char *const cases[][3] = {
		{ "a1 b1", "(AND Za1 Zb1)", "" },
		{ "carbon-tax", "(AND Zcarbon Ztax)", "" },
		{ "+a1 b1", "(AND Za1 Zb1)", "" },
		{ "a1 b1 -c1", "(AND_NOT (AND Za1 Zb1) Zc1)", "" },
		{ "a1 OR b1", "(OR Za1 Zb1)", "" },
		{ "the climate", "Zclimat", "the" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_tree(*state, cases[i][0], true, cases[i][1],
			    cases[i][2]);
}

static void test_stopwords(void **state)
{
	static const char *const cases[][3] = {
		{ "the climate of the summit", "(OR Zclimat Zsummit)",
		  "the,of" },
		{ "The OF climate", "Zclimat", "the,of" },
		{ "the of", "(OR Zthe Zof)", "" },
		{ "the", "Zthe", "" },
		{ "+the climate", "(AND_MAYBE Zthe Zclimat)", "" },
		{ "the +of", "Zof", "the" },
		{ "climate -the", "(AND_NOT Zclimat Zthe)", "" },
		{ "the -climate", "(AND_NOT Zthe Zclimat)", "" },
		{ "climate NOT the", "(AND_NOT Zclimat Zthe)", "" },
		{ "climate AND the", "Zclimat", "the" },
		{ "\"the of\"", "(PHRASE/2 the of)", "" },
		{ "the \"of climate\"", "(PHRASE/2 of climate)", "the" },
		{ "=the climate", "(OR the Zclimat)", "" },
		{ "title:the climate", "(OR ZSthe Zclimat)", "" },
		{ "the elect*", "(SYN elected electing election elections)",
		  "the" },
		{ "the date:2024",
		  "(FILTER Zthe (RANGE 1 20240101..20241231235959))", "" },
		{ "the lang:en", "Len", "the" },
		{ "the NEAR/2 climate", "(NEAR/3 the climate)", "" },
		{ "state-of-the-art", "(OR Zstate Zart)", "of,the" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_tree(*state, cases[i][0], false, cases[i][1],
			    cases[i][2]);
}

static void test_phrases(void **state)
{
	static const char *const cases[][2] = {
		{ "\"carbon taxes\"", "(PHRASE/2 carbon taxes)" },
		{ "\"Taxes\"", "taxes" },
		{ "\"carbon-tax rules\"", "(PHRASE/3 carbon tax rules)" },
		{ "\"carbon tax\"~5", "(PHRASE/5 carbon tax)" },
		{ "\"carbon tax rules\"~1", "(PHRASE/3 carbon tax rules)" },
		{ "title:\"carbon tax\"", "(PHRASE/2 Scarbon Stax)" },
		{ "\"...\"", "(NONE)" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_tree(*state, cases[i][0], false, cases[i][1], "");
}

static void test_keywords(void **state)
{
	static const char *const cases[][2] = {
		{ "source:Reuters", "Hreuters" },
		{ "source:\"Kyiv Independent\"",
		  "(OR Hkyiv independent (PHRASE/2 Hkyiv Hindependent))" },
		{ "source:bbc-news", "(OR Hbbc-news (PHRASE/2 Hbbc Hnews))" },
		{ "source:(kyiv OR reuters)", "(OR Hkyiv Hreuters)" },
		{ "+source:reuters climate", "(AND_MAYBE Hreuters Zclimat)" },
		{ "source:reuters climate", "(FILTER Zclimat Hreuters)" },
		{ "source:reuters lang:en source:bbc x y",
		  "(FILTER (OR Zx Zy) Len (OR Hreuters Hbbc))" },
		{ "source:reuters source:bbc", "(OR Hreuters Hbbc)" },
		{ "source:reuters lang:en", "(AND Hreuters Len)" },
		{ "source:reuters OR climate", "(OR Hreuters Zclimat)" },
		{ "source:(kyiv OR reuters) climate",
		  "(FILTER Zclimat (OR Hkyiv Hreuters))" },
		{ "climate -source:reuters lang:en",
		  "(AND_NOT (FILTER Zclimat Len) Hreuters)" },
		{ "lang:EN", "Len" },
		{ "topic:\"World  News\"", "Kworld news" },
		{ "place:\"New York\"", "XPLACE:new york" },
		{ "place:new-york", "XPLACE:new-york" },
		{ "id:Dir/A.txt", "QDir/A.txt" },
		{ "source:kyi*", "(SYN Hkyiv Hkyiv independent)" },
		{ "source:the", "Hthe" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_tree(*state, cases[i][0], false, cases[i][1], "");
}

static void test_ranges(void **state)
{
	static const char *const cases[][2] = {
		{ "date:2024-11-07", "(RANGE 1 20241107..20241107235959)" },
		{ "date:2024-11..2025-01",
		  "(RANGE 1 20241101..20250131235959)" },
		{ "date:>=2024-11-06", "(RANGE 1 20241106..)" },
		{ "date:>2024-11-06", "(RANGE 1 20241107..)" },
		{ "date:>2024", "(RANGE 1 20250101..)" },
		{ "date:<2024-11", "(RANGE 1 ..20241031235959)" },
		{ "date:<=2024-11", "(RANGE 1 ..20241130235959)" },
		{ "date:..2023", "(RANGE 1 ..20231231235959)" },
		{ "-date:..2023",
		  "(AND_NOT (ALL) (RANGE 1 ..20231231235959))" },
		{ "date:2025..2024", "(NONE)" },
		{ "date:>9999", "(NONE)" },
		{ "date:<0000", "(NONE)" },
		{ "met:2024-02", "(RANGE 17 20240201..20240229235959)" },
		{ "+climate date:2024",
		  "(FILTER Zclimat (RANGE 1 20240101..20241231235959))" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_tree(*state, cases[i][0], false, cases[i][1], "");
}

/* ------------------------------------------------------------ patterns -- */

static void test_patterns(void **state)
{
	static const struct {
		const char *query, *tree, *expanded;
	} cases[] = {
		{ "elect*", "(SYN elected electing election elections)",
		  "elect*:elected,electing,election,elections" },
		{ "Elected*", "elected", "elected*:elected" },
		{ "zelenski~1", "(SYN zelenskiy zelensky)",
		  "zelenski~1:zelenskiy,zelensky" },
		{ "zelenski~2", "(SYN zelenskiy zelensky zelenskyy)",
		  "zelenski~2:zelenskiy,zelensky,zelenskyy" },
		{ "xyzzy*", "(NONE)", "xyzzy*:" },
		{ "climate xyzzy~1", "(OR Zclimat (NONE))", "xyzzy~1:" },
		{ "title:zel*", "(SYN Szelensky Szelenskyy)",
		  "title:zel*:zelensky,zelenskyy" },
		{ "elect*^2 -zel*",
		  "(AND_NOT (SCALE 2 (SYN elected electing election "
		  "elections)) "
		  "(SYN zelenskiy zelensky zelenskyy))",
		  "elect*:elected,electing,election,elections;"
		  "zel*:zelenskiy,zelensky,zelenskyy" },
	};
	struct fixture *f = *state;
	struct plan p;

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_tree(f, cases[i].query, false, cases[i].tree, "");
		small_ok(plan(f, cases[i].query, false, &p), &f->err);
		assert_string_equal(p.expanded, cases[i].expanded);
		assert_false(p.partial);
	}
}

/* More parts than there can be, so that an hour is not enough for all words. */
static void test_patterns_to_a_deadline(void **state)
{
	static const size_t huge = 1000000000;
	const uint64_t hour = monotonic_ns() + 3600 * 1000000000ull;
	const struct {
		size_t parts;
		uint64_t deadline;
		const char *tree;
		size_t words;
		bool late;
	} cases[] = {
		{ 1, 0, "(SCALE 2 (SYN elected electing election elections))",
		  4, false },
		{ 1, hour,
		  "(SCALE 2 (SYN elected electing election elections))", 4,
		  false },
		{ 1, 1, "(NONE)", 0, true },
		{ huge, hour, "(SCALE 2 (SYN elected))", 1, true },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf got = BUF_INIT(4096);
		struct plan p;

		small_ok(plan_by(f, "elect*^2", false, cases[i].parts,
				 cases[i].deadline, &p),
			 &f->err);
		print_tree(&got, p.root);
		assert_string_equal(got.data, cases[i].tree);
		assert_int_equal(p.words[0].nexpanded, cases[i].words);
		assert_int_equal(p.late, cases[i].late);
		assert_false(p.partial);
		buf_release(&got);
	}
}

/* More than are put in order: still the most frequent are kept. */
static void test_many_words_to_a_deadline(void **state)
{
	static const size_t parts = 10000000; /* 13 words of an hour */
	const uint64_t hour = monotonic_ns() + 3600 * 1000000000ull;
	struct fixture *f = *state;
	struct plan p;

	small_ok(plan_by(f, "pq*", false, parts, hour, &p), &f->err);
	assert_true(p.late);
	assert_int_equal(p.words[0].nexpanded, 12);
	assert_int_equal(p.words[0].node->nkids, 12);
	for (size_t i = 0; i < 12; i++) {
		const struct xap_bytes *term = &p.words[0].node->kids[i]->term;

		assert_true(strcmp(p.words[0].expanded[i], "pqm") >= 0);
		assert_int_equal(term->len, 3);
		assert_memory_equal(term->data, p.words[0].expanded[i], 3);
	}
}

static void test_limits(void **state)
{
	struct fixture *f = *state;
	struct plan p;
	struct buf many = BUF_INIT(4096);

	/* One word to the parser, a hundred to the analyzer. */
	for (int i = 0; i < 100; i++)
		buf_addf(&many, "%sa%d", i ? "-" : "", i);
	assert_int_equal(plan(f, many.data, false, &p), TRAWL_TOOCOMPLEX);
	assert_non_null(strstr(f->err.text, "64 words (limit words)"));
	buf_truncate(&many, 0);
	for (int i = 0; i < 40; i++)
		buf_addf(&many, "%sa%d", i ? "-" : "b +", i);
	assert_int_equal(plan(f, many.data, false, &p), TRAWL_TOOCOMPLEX);
	assert_non_null(strstr(f->err.text, "(limit phrase)"));
	buf_release(&many);
}

/* Two letters to the parser, one when folded. */
static void test_short_pattern(void **state)
{
	struct query_node node = { .op = QUERY_PREFIX,
				   .text = "e\xCC\x81",
				   .text_len = 3,
				   .weight = 1,
				   .column = 9 };
	const struct query q = { .root = &node };
	struct fixture *f = *state;
	const struct plan_context ctx = { .db = f->small->db,
					  .schema = &f->schema,
					  .analyzer = f->analyzer,
					  .arena = &f->arena };
	struct plan p;

	arena_reset(&f->arena);
	assert_int_equal(plan_make(&ctx, &q, &p, &f->err), TRAWL_TOOCOMPLEX);
	assert_int_equal(f->err.column, 9);
}

static void test_words_are_told(void **state)
{
	struct fixture *f = *state;
	struct plan p;

	small_ok(plan(f, "Summits title:\"carbon tax\"^2 elect* -oils", false,
		      &p),
		 &f->err);
	assert_int_equal(p.nwords, 5);
	assert_string_equal(p.words[0].shown, "summits");
	assert_string_equal(p.words[0].stem, "summit");
	assert_true(p.words[0].stemmed);
	assert_int_equal(p.words[0].group, 0);
	assert_int_equal(p.words[0].column, 1);
	assert_string_equal(p.words[1].shown, "title:carbon");
	assert_string_equal(p.words[1].field->name, "title");
	assert_false(p.words[1].stemmed);
	assert_int_equal(p.words[1].node->op, XAP_SCALE);
	assert_true(p.words[1].group && p.words[1].group == p.words[2].group);
	assert_string_equal(p.words[3].shown, "elect*");
	assert_true(p.words[3].prefix);
	assert_int_equal(p.words[3].nexpanded, 4);
	assert_string_equal(p.words[3].expanded[0], "elected");
	assert_true(p.words[4].negative);
	assert_false(p.words[3].negative);
}

/* ---------------------------------------------------------- what is found -- */

static void note(void *ctx, const struct xap_match *m)
{
	if (m->docid < MANY_WORDS)
		*(unsigned *)ctx |= 1u << m->docid;
}

static void assert_found(struct fixture *f, const char *query, const char *want)
{
	struct xap_search rq = { .count = 10, .k1 = 1.2, .b = 0.75 };
	struct xap_totals totals;
	unsigned found = 0, wanted = 0;
	struct plan p;

	small_ok(plan(f, query, false, &p), &f->err);
	rq.query = p.root;
	small_ok(xap_db_search(f->small->db, &rq, note, &found, &totals,
			       &f->err),
		 &f->err);
	for (; *want; want++)
		wanted |= 1u << (*want - '0');
	if (found != wanted)
		fail_msg("%s: found %x, not %x", query, found, wanted);
}

static void test_found(void **state)
{
	static const char *const cases[][2] = {
		{ "summit", "12" },
		{ "\"carbon tax\"", "1" },
		{ "\"tax carbon\"~3", "2" },
		{ "\"tax carbon\"~6", "24" },
		{ "carbon NEAR/1 tax", "1" },
		{ "carbon NEAR/2 tax", "12" },
		{ "carbon NEAR/5 tax", "124" },
		{ "\"opens delegates\"", "" }, /* title and text */
		{ "source:kyiv", "24" },
		{ "source:independent", "24" },
		{ "source:\"kyiv independent\"", "2" },
		{ "source:reuters", "13" },
		{ "+source:reuters carbon", "13" },
		{ "date:2024-11-07", "12" },
		{ "date:2024-11", "123" },
		{ "date:2024", "123" },
		{ "date:>2024-11-06", "12" },
		{ "date:<2024", "4" },
		{ "date:2024-11-07T09:30:00Z", "2" },
		{ "date:<2024-11-07T09:30:00Z", "134" },
		{ "date:..2023", "4" },
		{ "-date:..2023", "1235" },
		{ "price:2", "2" },
		{ "price:>2", "4" },
		{ "price:>=2", "24" },
		{ "price:<2", "135" },
		{ "price:-3..1.5", "135" },
		{ "zelenski~1", "4" },
		{ "elect*", "3" },
		{ "title:carbon", "2" },
		{ "id:3", "3" },
		{ "\xE6\xB0\x94\xE5\x80\x99", "5" },
		{ "\xE7\x90\x83\xE6\xB0\x94\xE5\x80\x99", "5" },
		{ "\xE5\x80\x99\xE6\xB0\x94", "" },
		{ "+carbon-tax delegates", "1" },
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_found(*state, cases[i][0], cases[i][1]);
}

/* ------------------------------------------- spellings and languages -- */

static const char spellings[] =
	"mined 0.9 zelensky:3 zelenskyy:2 zelenskiy:1 selenskyj:1 | x\n"
	"mined 0.8 elected:1 elections:1 nowhere:1 | x\n"
	"mined 0.8 kyiv:3 kiev:2 | x\n";

struct variant_case {
	const char *query, *tree, *expanded;
	bool french;
};

static void assert_variant(struct fixture *f, struct plan_context *ctx,
			   const struct variant_case *c)
{
	const struct query_options options = { .schema = &f->schema };
	struct buf got = BUF_INIT(65536);
	struct query q;
	struct plan p;

	arena_reset(&f->arena);
	analyzer_flush(f->analyzer);
	ctx->nothers = c->french;
	small_ok(query_parse(c->query, strlen(c->query), &options, &f->arena,
			     &q, &f->err),
		 &f->err);
	small_ok(plan_make(ctx, &q, &p, &f->err), &f->err);
	print_tree(&got, p.root);
	if (strcmp(got.data, c->tree) != 0)
		fail_msg("%s:\n  %s, not\n  %s", c->query, got.data, c->tree);
	if (strcmp(p.expanded ? p.expanded : "", c->expanded) != 0)
		fail_msg("%s: expanded %s, not %s", c->query, p.expanded,
			 c->expanded);
	buf_release(&got);
}

static void test_variants(void **state)
{
	static const struct variant_case cases[] = {
		/* as one; what is in no document is left out */
		{ "zelensky",
		  "(AND_MAYBE (SYN Zzelenski Zzelenskyy Zzelenskiy) "
		  "(SCALE 9.53674e-07 Zzelenski))",
		  "zelensky:zelenskyy,zelenskiy", false },
		{ "Zelenskyy's^2 tax",
		  "(OR (SCALE 2 (AND_MAYBE (SYN Zzelenskyy Zzelenski "
		  "Zzelenskiy) (SCALE 9.53674e-07 Zzelenskyy))) Ztax)",
		  "zelenskyy's:zelensky,zelenskiy", false },
		{ "selenskyj", "(SYN Zzelenski Zzelenskyy Zzelenskiy)",
		  "selenskyj:zelensky,zelenskyy,zelenskiy", false },
		{ "kiev", "Zkyiv", "kiev:kyiv", false },
		{ "kyiv", "Zkyiv", "", false },
		/* of one stem they are one anyway */
		{ "elected", "Zelect", "", false },
		/* in a field, its own words */
		{ "title:zelensky",
		  "(AND_MAYBE (SYN ZSzelenski ZSzelenskyy) (SCALE 9.53674e-07 "
		  "ZSzelenski))",
		  "title:zelensky:zelenskyy", false },
		/* ruled out: all of them, and no order */
		{ "tax -zelensky",
		  "(AND_NOT Ztax (SYN Zzelenski Zzelenskyy Zzelenskiy))",
		  "zelensky:zelenskyy,zelenskiy", false },
		{ "tax NOT kiev", "(AND_NOT Ztax Zkyiv)", "kiev:kyiv", false },
		/* as they are typed */
		{ "=zelensky", "zelensky", "", false },
		{ "\"zelensky spoke\"", "(PHRASE/2 zelensky spoke)", "",
		  false },
		{ "zelensky NEAR tax", "(NEAR/11 zelensky tax)", "", false },
		{ "zelensk*", "(SYN zelenskiy zelensky zelenskyy)",
		  "zelensk*:zelenskiy,zelensky,zelenskyy", false },
		{ "source:kiev", "Hkiev", "", false },
		/* other languages' stems, where documents have them */
		{ "prices", "Zprice", "", true },
		{ "prix", "Zprix", "", true },
		{ "elections", "Zelect", "", true },
		{ "kiev", "Zkyiv", "kiev:kyiv", true },
		{ "carboniques", "Zcarbon", "", true },
	};
	struct fixture *f = *state;
	const struct variants_input in = { .mined = spellings,
					   .mined_len = sizeof(spellings) - 1,
					   .with_list = true };
	struct variants *v;
	struct analyzer *french;
	struct plan_context ctx = { .db = f->small->db,
				    .schema = &f->schema,
				    .analyzer = f->analyzer,
				    .arena = &f->arena,
				    .variants = (const struct variants **)&v,
				    .nvariants = 1,
				    .others = &french };

	small_ok(variants_new(&in, &v, &f->err), &f->err);
	small_ok(analyzer_new("french", &french, &f->err), &f->err);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_variant(f, &ctx, &cases[i]);
	analyzer_free(french);
	variants_free(v);
}

/* The list of a joined index's part adds to another's. */
static void test_variants_of_parts(void **state)
{
	static const char one[] = "mined 0.9 delegates:3 zelensky:2 | x",
			  two[] = "mined 0.9 delegates:3 kyiv:2 | x";
	struct fixture *f = *state;
	struct variants_input in = { .mined = one,
				     .mined_len = sizeof(one) - 1 };
	struct variants *v[2];
	struct plan_context ctx = { .db = f->small->db,
				    .schema = &f->schema,
				    .analyzer = f->analyzer,
				    .arena = &f->arena,
				    .variants = (const struct variants **)v,
				    .nvariants = 2,
				    .parts = 2 };
	static const struct variant_case c = {
		"delegates",
		"(AND_MAYBE (SYN Zdeleg Zzelenski Zkyiv) (SCALE 9.53674e-07 "
		"Zdeleg))",
		"delegates:zelensky,kyiv", false
	};

	small_ok(variants_new(&in, &v[0], &f->err), &f->err);
	in.mined = two;
	in.mined_len = sizeof(two) - 1;
	small_ok(variants_new(&in, &v[1], &f->err), &f->err);
	assert_variant(f, &ctx, &c);
	variants_free(v[0]);
	variants_free(v[1]);
}

static void test_outer_dates(void **state)
{
	struct fixture *f = *state;
	const struct plan_context ctx = { .arena = &f->arena };
	struct buf got = BUF_INIT(256);
	struct xap_node *n;

	small_ok(plan_dates(&ctx, "2024-11", "2024", &n, &f->err), &f->err);
	print_tree(&got, n);
	assert_string_equal(got.data, "(RANGE 1 20241101..20241231235959)");
	buf_release(&got);
	small_ok(plan_dates(&ctx, NULL, NULL, &n, &f->err), &f->err);
	assert_null(n);
	small_ok(plan_dates(&ctx, "2025", "2024", &n, &f->err), &f->err);
	assert_int_equal(n->op, XAP_NONE);
	assert_int_equal(plan_dates(&ctx, "soon", NULL, &n, &f->err),
			 TRAWL_BADVALUE);
	assert_non_null(strstr(f->err.text, "since: \"soon\""));
	assert_int_equal(plan_dates(&ctx, NULL, "2024-13", &n, &f->err),
			 TRAWL_BADVALUE);
	assert_non_null(strstr(f->err.text, "until: \"2024-13\""));
}

/* Every allocation that the arena refuses is reported. */
static void test_memory_runs_out(void **state)
{
	static const char query[] =
		"the +carbon-tax \"a b\"~4^2 elect* zelens~1 "
		"source:x date:2024 zelensky NOT (a NEAR/2 b)";
	struct fixture *f = *state;
	const struct variants_input in = { .mined = spellings,
					   .mined_len = sizeof(spellings) - 1 };
	struct variants *v;
	const struct query_options options = { .schema = &f->schema };
	struct plan_context ctx = { .db = f->small->db,
				    .schema = &f->schema,
				    .analyzer = f->analyzer,
				    .variants = (const struct variants **)&v,
				    .nvariants = 1 };
	enum trawl_status st = TRAWL_NOMEM;
	struct arena tiny;
	struct query q;
	struct plan p;
	size_t max;

	small_ok(variants_new(&in, &v, &f->err), &f->err);
	arena_reset(&f->arena);
	small_ok(query_parse(query, sizeof(query) - 1, &options, &f->arena, &q,
			     &f->err),
		 &f->err);
	for (max = 16; st == TRAWL_NOMEM; max += 48) {
		arena_init(&tiny, max);
		ctx.arena = &tiny;
		st = plan_make(&ctx, &q, &p, &f->err);
		arena_release(&tiny);
	}
	small_ok(st, &f->err);
	assert_true(max > 4096);
	variants_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_operators),
		cmocka_unit_test(test_match_all),
		cmocka_unit_test(test_stopwords),
		cmocka_unit_test(test_phrases),
		cmocka_unit_test(test_keywords),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_patterns_to_a_deadline),
		cmocka_unit_test(test_many_words_to_a_deadline),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_short_pattern),
		cmocka_unit_test(test_words_are_told),
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_variants_of_parts),
		cmocka_unit_test(test_outer_dates),
		cmocka_unit_test(test_memory_runs_out),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
