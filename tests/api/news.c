/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an embedder sees of news reading: its setting, what comes of a put, when
 * groups are there, builds from many threads */
#include "small.h"

#include <pthread.h>

/* A report, as two papers print it. */
static const char report[] =
	"Skip to content\n"
	"Ferry crews walk out\n"
	"March 4, 2031\n"
	"\n"
	"Ferry crews on the northern islands walked out at dawn after talks "
	"on February 3, 2031 about night shifts broke down. The union said "
	"that seven of nine "
	"boats would stay in harbour until Friday. Passengers slept in the "
	"terminal at Brekke, where volunteers handed out soup and blankets. "
	"A spokesman for the line said that mail and medicine would cross "
	"with the coast guard. The minister of transport, Marit Solheim, "
	"called both sides to the capital and promised an offer by evening.\n"
	"\n"
	"This website uses cookies to improve your experience.\n";
static const char apples[] =
	"Apples are early\n"
	"\n"
	"Growers in the southern valleys picked the first apples of the year "
	"three weeks before time. Warm nights and no frost in bloom were the "
	"reason, the institute of fruit said, and the harbour market had "
	"crates of them already.\n";

static struct small small;
static struct trawl_error err;

static int set_up(void **state)
{
	(void)state;
	memset(&small, 0, sizeof(small));
	snprintf(small.dir, sizeof(small.dir), "/tmp/trawl-api.XXXXXX");
	assert_non_null(mkdtemp(small.dir));
	snprintf(small.path, sizeof(small.path), "%s/index", small.dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	small_close(&small);
	return 0;
}

/* ------------------------------------------------------------- helpers -- */

static void open_news(const char *news)
{
	const struct trawl_writer_options options = { .mode = TRAWL_UPDATE,
						      .news = news };

	expect(trawl_writer_open(small.path, &options, &small.w, &err),
	       TRAWL_OK, &err);
	expect(trawl_preparer_new(small.w, &small.p, &err), TRAWL_OK, &err);
}

static enum trawl_outcome put(const char *id, const char *text)
{
	const struct trawl_doc doc = { .id = id,
				       .text = text,
				       .text_len = strlen(text) };
	struct trawl_prepared *prep;
	enum trawl_outcome outcome;

	expect(trawl_prepare(small.p, &doc, &prep, &err), TRAWL_OK, &err);
	expect(trawl_writer_put(small.w, prep, &outcome, &err), TRAWL_OK, &err);
	trawl_prepared_free(prep);
	return outcome;
}

/* ids that query finds, folded by group, those of a story */
static const char *found(const char *query, enum trawl_group group,
			 const char *story)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_index *ix = small_reader(&small);
	struct trawl_result *res;
	const char *line;

	rq.query = query;
	rq.group = group;
	rq.story = story;
	res = search(ix, &rq);
	line = ids(res);
	trawl_result_free(res);
	trawl_index_close(ix);
	return line;
}

static unsigned nfound(const char *query, enum trawl_group group)
{
	const char *line = found(query, group, NULL);
	unsigned n = *line != '\0';

	for (; *line; line++)
		n += *line == ' ';
	return n;
}

/* of a document as it is stored; "" when it has none */
static const char *value(const char *id, const char *name)
{
	static char line[1024];
	struct trawl_index *ix = small_reader(&small);
	struct trawl_doc *doc;

	line[0] = '\0';
	expect(trawl_get(ix, id, &doc, &err), TRAWL_OK, &err);
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, name))
			snprintf(line, sizeof(line), "%s",
				 doc->fields[i].value);
	trawl_doc_free(doc);
	trawl_index_close(ix);
	return line;
}

static char *revision(char out[64])
{
	struct trawl_index *ix = small_reader(&small);
	const struct trawl_info *info;

	expect(trawl_index_info(ix, &info, &err), TRAWL_OK, &err);
	snprintf(out, 64, "%s", info->rev);
	trawl_index_close(ix);
	return out;
}

static uint64_t documents(void)
{
	struct trawl_writer_stats stats;

	trawl_writer_count(small.w, &stats);
	return stats.documents;
}

static uint64_t commits(void)
{
	struct trawl_writer_stats stats;

	trawl_writer_count(small.w, &stats);
	return stats.commits;
}

/* ---------------------------------------------------------------- tests -- */

static void test_settings(void **state)
{
	static const struct {
		const char *news, *title, *mentions, *guessed_lang;
		unsigned cookies, folded;
	} cases[] = {
		{ NULL, "Ferry crews walk out", "2031-02-03", "en", 0, 1 },
		{ "all", "Ferry crews walk out", "2031-02-03", "en", 0, 1 },
		{ "none", "", "", "", 2, 2 },
		{ "fields", "Ferry crews walk out", "", "", 2, 2 },
		{ "language,copies", "", "", "en", 2, 2 },
		{ "boilerplate,stories", "", "", "", 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		open_news(cases[i].news);
		put("paper/1", report);
		put("wire/1", report);
		put("paper/2", apples);
		small_commit(&small);
		assert_string_equal(value("wire/1", "title"), cases[i].title);
		assert_non_null(
			strstr(value("wire/1", "mentions"), cases[i].mentions));
		assert_string_equal(value("wire/1", "lang"),
				    cases[i].guessed_lang);
		assert_int_equal(nfound("cookies", TRAWL_GROUP_NONE),
				 cases[i].cookies);
		assert_int_equal(nfound("ferry", TRAWL_GROUP_STORY),
				 cases[i].folded);
		tear_down(NULL);
		set_up(NULL);
	}
}

static void test_bad_setting(void **state)
{
	static const char *const cases[] = { "", "some", "fields,",
					     "all,none" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct trawl_writer_options options = {
			.mode = TRAWL_UPDATE, .news = cases[i]
		};
		struct trawl_builder *b = NULL;
		struct trawl_index *ix = NULL;

		expect(trawl_writer_open(small.path, &options, &small.w, &err),
		       TRAWL_BADVALUE, &err);
		assert_null(small.w);
		assert_non_null(strstr(err.text, "stories"));
		expect(trawl_builder_open(small.path, &options, &b, &err),
		       TRAWL_BADVALUE, &err);
		assert_null(b);
		assert_int_not_equal(trawl_index_open(small.path, &ix, &err),
				     TRAWL_OK);
	}
}

/* What an index does is decided when it is made. */
static void test_setting_is_kept(void **state)
{
	(void)state;
	open_news("none");
	put("a/1", report);
	small_commit(&small);
	small_writer_close(&small);
	open_news(NULL);
	put("a/2", report);
	small_commit(&small);
	assert_string_equal(value("a/2", "title"), "");
	assert_int_equal(nfound("ferry", TRAWL_GROUP_STORY), 2);
	expect(trawl_check(small.path, NULL, NULL, &err), TRAWL_OK, &err);
}

static void test_outcomes(void **state)
{
	static const char *const settings[] = { "none", "all" };

	(void)state;
	for (size_t i = 0; i < COUNT(settings); i++) {
		open_news(settings[i]);
		assert_int_equal(put("a", report), TRAWL_ADDED);
		assert_int_equal(put("b", apples), TRAWL_ADDED);
		assert_int_equal(put("a", apples), TRAWL_DUPLICATE);
		assert_int_equal(documents(), 2);
		small_commit(&small);
		assert_int_equal(put("b", report), TRAWL_DUPLICATE);
		small_writer_close(&small);

		open_news(NULL);
		assert_int_equal(put("a", report), TRAWL_UNCHANGED);
		assert_int_equal(put("a", report), TRAWL_DUPLICATE);
		assert_int_equal(put("b", report), TRAWL_REPLACED);
		assert_int_equal(put("c", apples), TRAWL_ADDED);
		assert_int_equal(documents(), 3);
		small_commit(&small);
		assert_int_equal(documents(), 3);
		assert_string_equal(found("apples", TRAWL_GROUP_NONE, NULL),
				    "c");
		expect(trawl_writer_remove(small.w, "nobody", &err),
		       TRAWL_NOTFOUND, &err);
		expect(trawl_check(small.path, NULL, NULL, &err), TRAWL_OK,
		       &err);
		tear_down(NULL);
		set_up(NULL);
	}
}

static void test_groups_after_a_commit(void **state)
{
	char before[64], after[64];
	uint64_t made;

	(void)state;
	open_news(NULL);
	put("wire/1", report);
	small_commit(&small);
	revision(before);
	made = commits();

	put("paper/1", report);
	put("paper/2", apples);
	assert_string_equal(revision(after), before);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_NONE), 1);
	small_commit(&small);
	assert_int_equal(commits(), made + 1);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_NONE), 2);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_STORY), 1);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_COPY), 1);
	assert_int_equal(nfound("harbour", TRAWL_GROUP_STORY), 2);
	/* One revision: "1.1" becomes "1.2", its groups with it. */
	assert_int_equal(atoi(strchr(revision(after), '.') + 1),
			 atoi(strchr(before, '.') + 1) + 1);

	/* Nothing was put: no other revision. */
	revision(before);
	small_commit(&small);
	assert_string_equal(revision(after), before);

	expect(trawl_writer_remove(small.w, "wire/1", &err), TRAWL_OK, &err);
	put("other/1", report);
	small_commit(&small);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_STORY), 1);
	snprintf(before, sizeof(before), "%s",
		 found(NULL, TRAWL_GROUP_NONE, "other/1"));
	assert_int_equal(strlen(before), strlen("other/1 paper/1"));
	assert_string_equal(found(NULL, TRAWL_GROUP_NONE, "paper/1"), before);
	expect(trawl_check(small.path, NULL, NULL, &err), TRAWL_OK, &err);
}

/* A reader that was there sees what came and its group at once. */
static void test_reader_that_was_there(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_index *ix;
	struct trawl_result *res;

	(void)state;
	open_news(NULL);
	put("wire/1", report);
	put("paper/1", report);
	small_commit(&small);
	ix = small_reader(&small);
	put("third/1", report);
	put("paper/2", apples);
	small_commit(&small);
	rq.query = "ferry";
	rq.group = TRAWL_GROUP_STORY;
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->hits, 1);
	assert_int_equal(trawl_result_head(res)->total, 3);
	assert_int_equal(trawl_result_hit(res, 0)->similar, 2);
	trawl_result_free(res);
	trawl_index_close(ix);
}

static void test_refused(void **state)
{
	static char long_id[TRAWL_ID_MAX + 2];
	const struct trawl_doc cases[] = {
		{ .id = "empty", .text = "", .text_len = 0 },
		{ .id = "", .text = "Rain", .text_len = 4 },
		{ .id = long_id, .text = "Rain", .text_len = 4 },
	};

	(void)state;
	memset(long_id, 'a', TRAWL_ID_MAX + 1);
	open_news(NULL);
	put("a", report);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_prepared *prep = NULL;

		expect(trawl_prepare(small.p, &cases[i], &prep, &err),
		       TRAWL_REFUSED, &err);
		assert_null(prep);
		assert_true(*err.text != '\0');
	}
	put("b", apples);
	small_commit(&small);
	assert_int_equal(documents(), 2);
	assert_int_equal(nfound("harbour", TRAWL_GROUP_NONE), 2);
}

/* Prepared for another writer, and put twice. */
static void test_put_twice(void **state)
{
	const struct trawl_doc doc = { .id = "a",
				       .text = report,
				       .text_len = sizeof(report) - 1 };
	struct trawl_prepared *prep;
	enum trawl_outcome outcome;

	(void)state;
	open_news(NULL);
	expect(trawl_prepare(small.p, &doc, &prep, &err), TRAWL_OK, &err);
	assert_true(trawl_prepared_bytes(prep) > 0);
	expect(trawl_writer_put(small.w, prep, &outcome, &err), TRAWL_OK, &err);
	assert_int_equal(outcome, TRAWL_ADDED);
	expect(trawl_writer_put(small.w, prep, &outcome, &err), TRAWL_OK, &err);
	assert_int_equal(outcome, TRAWL_DUPLICATE);
	trawl_prepared_free(prep);
	small_commit(&small);
	assert_int_equal(documents(), 1);
}

static void test_long_words(void **state)
{
	struct trawl_writer_stats stats;
	char text[400];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "Rain fell. ", 11);
	text[sizeof(text) - 1] = '\0';
	open_news(NULL);
	put("a", text);
	put("b", report);
	small_commit(&small);
	trawl_writer_count(small.w, &stats);
	assert_int_equal(stats.long_words, 1);
	assert_int_equal(stats.documents, 2);
	assert_int_equal(stats.batch_bytes, 0);
}

/* ---------------------------------------------------------------- builder -- */

enum {
	FEEDERS = 4,
	EACH = 60
};

struct feeder {
	struct trawl_builder *b;
	int number;
	unsigned added, duplicates, refused, other;
	pthread_t thread;
};

static void count(struct feeder *f, const char *id, const char *text)
{
	const struct trawl_doc doc = { .id = id,
				       .text = text,
				       .text_len = strlen(text) };
	enum trawl_outcome outcome;
	struct trawl_error why;

	switch (trawl_builder_add(f->b, &doc, &outcome, &why)) {
	case TRAWL_OK:
		f->added += outcome == TRAWL_ADDED;
		f->duplicates += outcome == TRAWL_DUPLICATE;
		break;
	case TRAWL_REFUSED:
		f->refused++;
		break;
	default:
		f->other++;
	}
}

static void *feed(void *arg)
{
	struct feeder *f = arg;
	char id[32], text[1024];

	for (int i = 0; i < EACH; i++) {
		size_t n = (size_t)snprintf(text, sizeof(text),
					    "Skip to content\nThe ");

		for (int k = 0; k < 60; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "%c%c%c%c ", 'a' + f->number,
					      'a' + i % 26, 'a' + k % 26,
					      'a' + i / 26 * 3 + k / 26);
		snprintf(text + n, sizeof(text) - n,
			 "went home.\nPrinted in the old tower\n");
		snprintf(id, sizeof(id), "own/%d-%d", f->number, i);
		count(f, id, text);
	}
	snprintf(id, sizeof(id), "paper%d/ferry", f->number);
	count(f, id, report);
	count(f, "same/apples", apples);
	count(f, "empty", "");
	return NULL;
}

static void test_builder(void **state)
{
	const struct trawl_writer_options options = { .threads = 2 };
	struct feeder feeder[FEEDERS] = { { .number = 0 } };
	unsigned added = 0, duplicates = 0, refused = 0, other = 0;
	struct trawl_builder *b;

	(void)state;
	expect(trawl_builder_open(small.path, &options, &b, &err), TRAWL_OK,
	       &err);
	for (int i = 0; i < FEEDERS; i++) {
		feeder[i].b = b;
		feeder[i].number = i;
		assert_int_equal(pthread_create(&feeder[i].thread, NULL, feed,
						&feeder[i]),
				 0);
	}
	for (int i = 0; i < FEEDERS; i++) {
		pthread_join(feeder[i].thread, NULL);
		added += feeder[i].added;
		duplicates += feeder[i].duplicates;
		refused += feeder[i].refused;
		other += feeder[i].other;
	}
	assert_int_equal(added, FEEDERS * EACH + FEEDERS + 1);
	assert_int_equal(duplicates, FEEDERS - 1);
	assert_int_equal(refused, FEEDERS);
	assert_int_equal(other, 0);
	expect(trawl_builder_finish(b, &err), TRAWL_OK, &err);
	trawl_builder_close(b);

	expect(trawl_check(small.path, NULL, NULL, &err), TRAWL_OK, &err);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_NONE), FEEDERS);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_STORY), 1);
	assert_int_equal(nfound("ferry", TRAWL_GROUP_COPY), 1);
	assert_int_equal(nfound("tower", TRAWL_GROUP_NONE), 0);
	assert_string_equal(value("paper3/ferry", "date"), "2031-03-04");
	assert_string_equal(value("same/apples", "title"), "Apples are early");
}

/* ------------------------------------------------------------ progress -- */

struct told {
	unsigned times;
	double last;
	bool stop;
};

static bool on_progress(void *ctx, double part)
{
	struct told *t = ctx;

	assert_true(part >= t->last && part <= 1);
	t->last = part;
	t->times++;
	return !t->stop;
}

static enum trawl_status build(struct told *t)
{
	const struct trawl_writer_options options = { .mode = TRAWL_BUILD,
						      .progress = on_progress,
						      .progress_ctx = t };
	enum trawl_status st;
	char id[16];

	expect(trawl_writer_open(small.path, &options, &small.w, &err),
	       TRAWL_OK, &err);
	expect(trawl_preparer_new(small.w, &small.p, &err), TRAWL_OK, &err);
	for (int i = 0; i < 100; i++) {
		snprintf(id, sizeof(id), "%d", i);
		put(id, i % 2 ? report : apples);
	}
	st = trawl_writer_finish(small.w, &err);
	small_writer_close(&small);
	return st;
}

static void test_progress(void **state)
{
	struct told whole = { .stop = false }, stopped = { .stop = true };
	char first[64], second[64];

	(void)state;
	assert_int_equal(build(&whole), TRAWL_OK);
	assert_true(whole.times > 2);
	assert_true(whole.last > 0.5);
	revision(first);
	assert_int_equal(build(&stopped), TRAWL_TIMEOUT);
	assert_int_equal(stopped.times, 1);
	assert_string_equal(revision(second), first);
}

#define EACH_ONE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		EACH_ONE(test_settings),
		EACH_ONE(test_bad_setting),
		EACH_ONE(test_setting_is_kept),
		EACH_ONE(test_outcomes),
		EACH_ONE(test_groups_after_a_commit),
		EACH_ONE(test_reader_that_was_there),
		EACH_ONE(test_refused),
		EACH_ONE(test_put_twice),
		EACH_ONE(test_long_words),
		EACH_ONE(test_builder),
		EACH_ONE(test_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
