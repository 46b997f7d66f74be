/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The library without memory: each allocation of its C code fails in turn,
 * once and for good.  What comes back is NOMEM, with a text, or the right
 * answer; a handle that said NOMEM is as good as before.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "failing_alloc.h"
#include "generation.h"
#include "groups.h"
#include "sanitized.h"
#include "temp_dir.h"
#include "trawl.h"

#include <time.h>

/* ------------------------------------------------------------- the index -- */

static const char schema[] = "[place]\ntype = keyword\nsort = yes\n"
			     "facet = yes\n[price]\ntype = number\n";

static struct temp_dir dir;
static char path[512];
static struct trawl_writer *writer;
static struct trawl_preparer *preparer;
static struct trawl_index *ix;

/* What a call answered, as text. */
static char answer[1 << 16];
static size_t answered;

static bool note(void *ctx, const char *bytes, size_t n)
{
	(void)ctx;
	assert_true(n < sizeof(answer) - answered);
	memcpy(answer + answered, bytes, n);
	answered += n;
	answer[answered] = '\0';
	return true;
}

static void note_text(const char *text)
{
	note(NULL, text, strlen(text));
	note(NULL, "\n", 1);
}

/* More words than an analyzer has room for at first, then text. */
static const char *many_words(const char *text)
{
	static char many[4096];
	size_t n = 0;

	for (unsigned i = 0; i < 400; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "w%u ", i);
	snprintf(many + n, sizeof(many) - n, "%s", text);
	return many;
}

static enum trawl_status put(unsigned i, enum trawl_outcome *outcome,
			     struct trawl_error *err)
{
	static const char text[] =
		"The climate summit ended with a carbon tax.  Zelensky spoke "
		"of the elections, and electors elected an "
		"elector.\n\nCaf\xC3\xA9"
		"s in R\xC3\xA9union: \xE6\xB1\x89\xE5\xAD\x97.";
	char id[16], title[40];
	struct trawl_field fields[] = {
		{ "title", title, 0, false },
		{ "date", "2024-11-07", 10, false },
		{ "source", "Kyiv Independent", 16, false },
		{ "place", "[\"Paris\", \"R\\u00e9union\"]", 25, true },
		{ "price", "12.5", 4, true },
	};
	struct trawl_doc doc = { .id = id,
				 .fields = fields,
				 .nfields = sizeof(fields) / sizeof(*fields),
				 .text = i == 2 ? many_words(text) : text,
				 .origin = { "/root", i, 2 } };
	struct trawl_prepared *prep;
	enum trawl_status st;

	doc.text_len = strlen(doc.text);
	snprintf(id, sizeof(id), "id%u", i);
	fields[0].len = (size_t)snprintf(title, sizeof(title),
					 "Climate treaty number %u", i);
	st = trawl_prepare(preparer, &doc, &prep, err);
	if (st != TRAWL_OK)
		return st;
	st = trawl_writer_put(writer, prep, outcome, err);
	trawl_prepared_free(prep);
	return st;
}

static void open_writer(void)
{
	const struct trawl_writer_options options = { .mode = TRAWL_UPDATE,
						      .schema = schema };

	assert_int_equal(trawl_writer_open(path, &options, &writer, NULL),
			 TRAWL_OK);
	assert_int_equal(trawl_preparer_new(writer, &preparer, NULL), TRAWL_OK);
}

static void close_writer(void)
{
	trawl_preparer_free(preparer);
	trawl_writer_close(writer);
}

/* The first eight documents are one story, of the second. */
static void set_groups(void)
{
	static uint32_t stands[GROUPS_CHUNK];
	struct buf value = BUF_INIT(GROUPS_CHUNK * 4);
	char key[GROUPS_KEY_MAX], at[PATH_MAX];
	struct xap_writer *w;
	uint32_t number;

	for (uint32_t i = 1; i <= 8; i++)
		stands[i] = 2;
	assert_true(groups_print(stands, &value));
	groups_key(GROUP_STORY, 0, key);
	assert_int_equal(generation_current(path, &number, at, NULL), TRAWL_OK);
	assert_int_equal(xap_writer_open(at, XAP_OPEN, true, &w, NULL),
			 TRAWL_OK);
	assert_int_equal(xap_writer_set_metadata(w, key, strlen(key),
						 value.data, value.len, NULL),
			 TRAWL_OK);
	assert_int_equal(xap_writer_commit(w, NULL), TRAWL_OK);
	xap_writer_free(w);
	buf_release(&value);
}

static int set_up(void **state)
{
	const struct trawl_origin origin = { "/root", 1, 2 };

	(void)state;
	temp_dir_make(&dir);
	temp_path(&dir, "index", path);
	open_writer();
	for (unsigned i = 0; i < 12; i++)
		assert_int_equal(put(i, NULL, NULL), TRAWL_OK);
	assert_int_equal(
		trawl_writer_failed(writer, "bad", &origin, "E_X: why", NULL),
		TRAWL_OK);
	assert_int_equal(trawl_writer_input(writer, &origin, NULL), TRAWL_OK);
	assert_int_equal(trawl_writer_commit(writer, NULL), TRAWL_OK);
	close_writer();
	set_groups();
	open_writer();
	assert_int_equal(trawl_index_open(path, &ix, NULL), TRAWL_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trawl_index_close(ix);
	close_writer();
	temp_dir_remove(&dir);
	return 0;
}

/* ------------------------------------------------------------- scenarios -- */

typedef enum trawl_status scenario(struct trawl_error *err);

/* The answer is written down with memory. */
static void note_result(struct trawl_result *res)
{
	const struct trawl_head *head = trawl_result_head(res);

	countdown = -1;
	assert_true(trawl_result_write(res, TRAWL_JSON, note, NULL));
	if (head->expanded)
		note_text(head->expanded);
	if (head->corrected)
		note_text(head->corrected);
	trawl_result_free(res);
}

static void note_words(struct trawl_words *words)
{
	countdown = -1;
	for (size_t i = 0; i < trawl_words_count(words); i++)
		note_text(trawl_words_at(words, i)->text);
	trawl_words_free(words);
}

static enum trawl_status try_open(struct trawl_error *err)
{
	struct trawl_index *own;
	const struct trawl_info *info;
	enum trawl_status st = trawl_index_open(path, &own, err);

	if (st != TRAWL_OK)
		return st;
	st = trawl_index_info(own, &info, err);
	if (st == TRAWL_OK)
		note_text(info->rev);
	trawl_index_close(own);
	return st;
}

/* The index beside itself. */
static enum trawl_status try_many(struct trawl_error *err)
{
	const struct trawl_part parts[] = { { "one", path }, { "two", path } };
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_index *own;
	struct trawl_result *res;
	enum trawl_status st = trawl_index_open_many(parts, 2, &own, err);

	if (st != TRAWL_OK)
		return st;
	rq.query = "climate elect*";
	st = trawl_search(own, &rq, &res, err);
	if (st == TRAWL_OK)
		note_result(res);
	trawl_index_close(own);
	return st;
}

static enum trawl_status search_for(const char *query, struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	enum trawl_status st;

	rq.query = query;
	rq.snippets = 3;
	rq.facets = "place,source";
	rq.timeline = TRAWL_TIMELINE_MONTH;
	rq.since = "2024";
	rq.until = "2025";
	rq.explain = rq.correct = rq.headlines = true;
	st = trawl_search(ix, &rq, &res, err);
	if (st == TRAWL_OK)
		note_result(res);
	return st;
}

static enum trawl_status try_search(struct trawl_error *err)
{
	return search_for("+climate the summit^2 \"carbon tax\" elect* "
			  "zelenski~1 title:treaty source:kyiv "
			  "(spoke NEAR/5 elections) -nothing price:>=3 "
			  "\xE6\xB1\x89\xE5\xAD\x97 )",
			  err);
}

static enum trawl_status try_correcting(struct trawl_error *err)
{
	return search_for("sumit", err);
}

static enum trawl_status try_sort(struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	enum trawl_status st;

	rq.sort = "-place";
	rq.fields = "title,place";
	st = trawl_search(ix, &rq, &res, err);
	if (st == TRAWL_OK)
		note_result(res);
	return st;
}

static enum trawl_status try_stories(struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	enum trawl_status st;

	rq.query = "climate";
	rq.group = TRAWL_GROUP_STORY;
	st = trawl_search(ix, &rq, &res, err);
	if (st != TRAWL_OK)
		return st;
	assert_int_equal(trawl_result_head(res)->groups, 5);
	note_result(res);
	return TRAWL_OK;
}

static enum trawl_status try_a_story(struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	enum trawl_status st;

	rq.story = "id3";
	st = trawl_search(ix, &rq, &res, err);
	if (st != TRAWL_OK)
		return st;
	assert_int_equal(trawl_result_head(res)->total, 8);
	note_result(res);
	return TRAWL_OK;
}

static enum trawl_status try_parse(struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	char *text;
	enum trawl_status st;

	rq.query = "(a OR b) +c -\"d e\"~3 titel:x elect* f~2^3 ) \"";
	st = trawl_parse(ix, &rq, &text, err);
	if (st == TRAWL_OK) {
		note_text(text);
		trawl_free(text);
	}
	return st;
}

static enum trawl_status try_mark(struct trawl_error *err)
{
	static const char text[] = "The climate treaty: a \"carbon tax\".\n";
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	char *marked;
	size_t n;
	enum trawl_status st;

	rq.query = "climat* treaties~1 \"carbon tax\"";
	st = trawl_mark(ix, &rq, text, sizeof(text) - 1, &marked, &n, err);
	if (st == TRAWL_OK) {
		note_text(marked);
		trawl_free(marked);
	}
	return st;
}

static enum trawl_status try_get(struct trawl_error *err)
{
	struct trawl_doc *doc;
	enum trawl_status st = trawl_get(ix, "id3", &doc, err);

	if (st != TRAWL_OK)
		return st;
	countdown = -1;
	assert_true(trawl_doc_write(doc, true, note, NULL));
	trawl_doc_free(doc);
	return st;
}

static bool note_id(void *ctx, const struct trawl_doc *doc)
{
	(void)ctx;
	note_text(doc->id);
	return true;
}

static enum trawl_status try_each(struct trawl_error *err)
{
	return trawl_each(ix, note_id, NULL, err);
}

static enum trawl_status try_suggest(struct trawl_error *err)
{
	struct trawl_words *words;
	enum trawl_status st = trawl_suggest(ix, "climate tr", 10, &words, err);

	if (st == TRAWL_OK)
		note_words(words);
	return st;
}

static enum trawl_status try_spell(struct trawl_error *err)
{
	struct trawl_words *words;
	enum trawl_status st = trawl_spell(ix, "elector", 10, &words, err);

	if (st == TRAWL_OK)
		note_words(words);
	return st;
}

static enum trawl_status try_correct(struct trawl_error *err)
{
	char *text;
	enum trawl_status st = trawl_correct(ix, "climte sumit", &text, err);

	if (st == TRAWL_OK && text)
		note_text(text);
	if (st == TRAWL_OK)
		trawl_free(text);
	return st;
}

static enum trawl_status similar_to(const char *id, const char *text,
				    struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	enum trawl_status st;

	rq.query = "source:kyiv";
	st = trawl_similar(ix, id, text, &rq, &res, err);
	if (st == TRAWL_OK)
		note_result(res);
	return st;
}

static enum trawl_status try_similar(struct trawl_error *err)
{
	return similar_to("id5", NULL, err);
}

static enum trawl_status try_similar_text(struct trawl_error *err)
{
	return similar_to(NULL, "carbon tax of the summit, new words", err);
}

static enum trawl_status try_explain(struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	enum trawl_status st;

	rq.query = "climate \"carbon tax\" elect* nothing";
	rq.snippets = 0; /* or the text would be analysed before */
	st = trawl_explain(ix, &rq, "id2", &res, err);
	if (st == TRAWL_OK)
		note_result(res);
	return st;
}

static enum trawl_status try_origins(struct trawl_error *err)
{
	struct trawl_origin origin;
	const char *reason;
	uint64_t count = 0;
	enum trawl_status st = trawl_origin_of(ix, "id1", &origin, err);

	if (st == TRAWL_OK)
		note_text(origin.root);
	if (st == TRAWL_OK)
		st = trawl_failure_of(ix, "bad", &origin, &reason, err);
	if (st == TRAWL_OK)
		note_text(reason);
	if (st == TRAWL_OK)
		st = trawl_input_of(ix, "/root", &origin, err);
	if (st == TRAWL_OK)
		st = trawl_root_count(ix, "/root", &count, err);
	if (st == TRAWL_OK)
		assert_int_equal(count, 12);
	return st;
}

static enum trawl_status try_check(struct trawl_error *err)
{
	return trawl_check(path, NULL, NULL, err);
}

/* The half that another thread does is not made to fail. */
static enum trawl_status try_diff(struct trawl_error *err)
{
	uint64_t n;
	enum trawl_status st = trawl_diff(path, path, 5, NULL, NULL, &n, err);

	if (st == TRAWL_OK)
		assert_int_equal(n, 0);
	return st;
}

static enum trawl_status try_preparer(struct trawl_error *err)
{
	struct trawl_preparer *own;
	enum trawl_status st = trawl_preparer_new(writer, &own, err);

	if (st == TRAWL_OK)
		trawl_preparer_free(own);
	return st;
}

/* Not committed; a failure of ours leaves the writer as it was. */
static enum trawl_status try_put(struct trawl_error *err)
{
	static unsigned next = 1000;
	enum trawl_outcome outcome = TRAWL_DUPLICATE;
	enum trawl_status st = put(next++, &outcome, err);

	if (st == TRAWL_OK)
		assert_int_equal(outcome, TRAWL_ADDED);
	return st;
}

/* ------------------------------------------------------------------ runs -- */

struct run {
	const char *name;
	scenario *run;
	long at_least; /* allocations: what is not reached is not tested */
	long step;     /* slow ones fail at each so manieth only */
};

static const struct run runs[] = {
	{ "open", try_open, 8, 1 },
	{ "many", try_many, 40, 1 },
	{ "search", try_search, 60, 1 },
	{ "search, corrected", try_correcting, 20, 1 },
	{ "search, sorted", try_sort, 5, 1 },
	{ "search, stories told once", try_stories, 20, 1 },
	{ "search, a story", try_a_story, 20, 1 },
	{ "parse", try_parse, 3, 1 },
	{ "mark", try_mark, 3, 1 },
	{ "get", try_get, 3, 1 },
	{ "each", try_each, 2, 1 },
	{ "suggest", try_suggest, 8, 1 },
	{ "spell", try_spell, 5, 1 },
	{ "correct", try_correct, 5, 1 },
	{ "similar", try_similar, 8, 1 },
	{ "similar to a text", try_similar_text, 8, 1 },
	{ "explain", try_explain, 15, 1 },
	{ "origins", try_origins, 4, 1 },
	{ "check", try_check, 20, 4 },
	{ "diff", try_diff, 20, 1 },
	{ "preparer", try_preparer, 3, 1 },
	{ "put", try_put, 5, 1 },
};

/* A new handle: its analyzer remembers no word. */
static void reopen(void)
{
	trawl_index_close(ix);
	ix = NULL;
	assert_int_equal(trawl_index_open(path, &ix, NULL), TRAWL_OK);
}

static enum trawl_status run(const struct run *r, long fail_at,
			     struct trawl_error *err)
{
	enum trawl_status st;

	answered = 0;
	answer[0] = '\0';
	tripped = false;
	countdown = fail_at;
	st = r->run(err);
	countdown = -1;
	return st;
}

static void must_succeed(const struct run *r, long k, const char *expected,
			 enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s, allocation %ld: %s: %s", r->name, k,
			 trawl_status_name(st), err->text);
	if (strcmp(answer, expected) != 0)
		fail_msg("%s, allocation %ld: OK, but says\n%s", r->name, k,
			 answer);
}

/* How many allocations a run takes, by failing each, or some. */
static long fail_each(const struct run *r, long step, const char *expected)
{
	for (long k = 0;; k += step) {
		struct trawl_error err = { 0 };
		enum trawl_status st;

		reopen();
		st = run(r, k, &err);
		if (st == TRAWL_NOMEM && tripped && err.text[0])
			st = run(r, -1, &err);
		else if (!tripped)
			return k;
		must_succeed(r, k, expected, st, &err);
	}
}

static void fail_all(bool good, long step)
{
	static char expected[sizeof(answer)];

	for_good = good;
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
		const struct run *r = &runs[i];
		struct trawl_error err = { 0 };
		long n;

		if (run(r, -1, &err) != TRAWL_OK)
			fail_msg("%s: %s", r->name, err.text);
		memcpy(expected, answer, answered + 1);
		n = fail_each(r, step * r->step, expected);
		print_message("# %s: %ld allocations\n", r->name, n);
		if (n < r->at_least)
			fail_msg("%s: only %ld allocations", r->name, n);
	}
}

static void test_once(void **state)
{
	(void)state;
	/* Faults on the way back are AddressSanitizer's to see. */
	fail_all(false, SANITIZED_THREAD ? 3 : 1);
}

static void test_for_good(void **state)
{
	(void)state;
	fail_all(true, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_for_good, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
