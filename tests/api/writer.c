/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an embedder writes: put, remove, sync, build, check, compact */
#include "small.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

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

static enum trawl_outcome put_from(const char *id, const char *text,
				   const char *root, uint64_t size)
{
	const struct trawl_doc doc = { .id = id,
				       .text = text,
				       .text_len = strlen(text),
				       .origin = { root, size, 1000 } };
	struct trawl_prepared *prep;
	enum trawl_outcome outcome;

	expect(trawl_prepare(small.p, &doc, &prep, &err), TRAWL_OK, &err);
	expect(trawl_writer_put(small.w, prep, &outcome, &err), TRAWL_OK, &err);
	trawl_prepared_free(prep);
	return outcome;
}

static enum trawl_outcome put(const char *id, const char *text)
{
	return put_from(id, text, NULL, 0);
}

static void finish(void)
{
	expect(trawl_writer_finish(small.w, &err), TRAWL_OK, &err);
	small_writer_close(&small);
}

static bool each_id(void *ctx, const struct trawl_doc *doc)
{
	char *line = ctx;
	size_t n = strlen(line);

	snprintf(line + n, 1024 - n, "%s%s", n ? " " : "", doc->id);
	return true;
}

/* The ids that a new reader finds, in the order they were added. */
static const char *index_ids(void)
{
	static char line[1024];
	struct trawl_index *ix = small_reader(&small);

	line[0] = '\0';
	expect(trawl_each(ix, each_id, line, &err), TRAWL_OK, &err);
	trawl_index_close(ix);
	return line;
}

/* The ids that query finds, best first. */
static const char *found(const char *query)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_index *ix = small_reader(&small);
	struct trawl_result *res;
	const char *line;

	rq.query = query;
	res = search(ix, &rq);
	line = ids(res);
	trawl_result_free(res);
	trawl_index_close(ix);
	return line;
}

static void check_index(void)
{
	expect(trawl_check(small.path, NULL, NULL, &err), TRAWL_OK, &err);
}

/* The generations that are there, "1 2". */
static const char *generations(void)
{
	static char line[64];
	char path[128];
	struct stat sb;

	line[0] = '\0';
	for (unsigned i = 1; i < 10; i++) {
		snprintf(path, sizeof(path), "%s/gen-%06u", small.path, i);
		if (!stat(path, &sb))
			snprintf(line + strlen(line),
				 sizeof(line) - strlen(line), "%s%u",
				 *line ? " " : "", i);
	}
	return line;
}

/* ---------------------------------------------------------------- update -- */

static void test_outcomes(void **state)
{
	(void)state;
	small_writer(&small, TRAWL_UPDATE, NULL);
	assert_int_equal(put("a", "first"), TRAWL_ADDED);
	assert_int_equal(put("b", "second"), TRAWL_ADDED);
	assert_int_equal(put("a", "third"), TRAWL_DUPLICATE);
	small_commit(&small);
	assert_int_equal(put("b", "fourth"), TRAWL_DUPLICATE);
	finish();
	assert_string_equal(index_ids(), "a b");
	assert_string_equal(found("third"), "");

	small_writer(&small, TRAWL_UPDATE, NULL);
	assert_int_equal(put("a", "first"), TRAWL_UNCHANGED);
	assert_int_equal(put("a", "first"), TRAWL_DUPLICATE);
	assert_int_equal(put("b", "changed"), TRAWL_REPLACED);
	assert_int_equal(put("c", "new"), TRAWL_ADDED);
	finish();
	assert_string_equal(index_ids(), "a b c");
	assert_string_equal(found("second"), "");
	assert_string_equal(found("changed"), "b");
	check_index();
}

static void test_removed(void **state)
{
	struct trawl_writer_stats stats;

	(void)state;
	small_writer(&small, TRAWL_UPDATE, NULL);
	put("a", "first");
	put("b", "second");
	expect(trawl_writer_remove(small.w, "a", &err), TRAWL_OK, &err);
	expect(trawl_writer_remove(small.w, "a", &err), TRAWL_NOTFOUND, &err);
	expect(trawl_writer_remove(small.w, "", &err), TRAWL_INVAL, &err);
	assert_int_equal(put("a", "again"), TRAWL_ADDED);
	trawl_writer_count(small.w, &stats);
	assert_int_equal(stats.documents, 2);
	assert_int_equal(stats.commits, 0);
	assert_true(stats.batch_bytes > 0);
	expect(trawl_writer_remove(small.w, "b", &err), TRAWL_OK, &err);
	small_commit(&small);
	trawl_writer_count(small.w, &stats);
	assert_int_equal(stats.documents, 1);
	assert_int_equal(stats.commits, 1);
	assert_int_equal(stats.batch_bytes, 0);
	finish();
	assert_string_equal(index_ids(), "a");
	check_index();
}

/* What is not committed is dropped. */
static void test_close_drops(void **state)
{
	(void)state;
	small_writer(&small, TRAWL_UPDATE, NULL);
	put("a", "first");
	small_writer_close(&small);
	expect(trawl_index_open(small.path, &(struct trawl_index *){ NULL },
				&err),
	       TRAWL_NOTFOUND, &err);
	assert_string_equal(generations(), "");

	small_writer(&small, TRAWL_UPDATE, NULL);
	put("a", "first");
	small_commit(&small);
	put("b", "second");
	small_writer_close(&small);
	assert_string_equal(index_ids(), "a");
	check_index();
}

static void test_batches(void **state)
{
	const struct trawl_writer_options options = { .memory = 1 };
	struct trawl_writer_stats stats;
	char id[16], text[4000];
	size_t n;

	(void)state;
	expect(trawl_writer_open(small.path, &options, &small.w, &err),
	       TRAWL_OK, &err);
	expect(trawl_preparer_new(small.w, &small.p, &err), TRAWL_OK, &err);
	for (unsigned i = 0; i < 60; i++) {
		n = 0;
		for (unsigned k = 0; n < sizeof(text) - 20; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "w%u ", i * 131 + k);
		snprintf(id, sizeof(id), "%u", i);
		assert_int_equal(put(id, text), TRAWL_ADDED);
		trawl_writer_count(small.w, &stats);
		assert_true(stats.batch_bytes < 1 << 20);
	}
	assert_true(stats.commits > 3);
	/* Killed now, those of the batches before would be there. */
	small_writer_close(&small);
	n = strlen(index_ids());
	assert_true(n > 20 && n < 169);
	check_index();
}

/* -------------------------------------------------------------- origins -- */

static void test_touched(void **state)
{
	struct trawl_index *ix;
	struct trawl_origin origin;

	(void)state;
	small_writer(&small, TRAWL_UPDATE, NULL);
	put_from("a", "text", "/in", 10);
	finish();
	small_writer(&small, TRAWL_UPDATE, NULL);
	assert_int_equal(put_from("a", "text", "/in", 11), TRAWL_UNCHANGED);
	finish();
	ix = small_reader(&small);
	expect(trawl_origin_of(ix, "a", &origin, &err), TRAWL_OK, &err);
	assert_int_equal(origin.size, 11);
	assert_int_equal(origin.mtime_ns, 1000);
	assert_string_equal(origin.root, "/in");
	trawl_index_close(ix);

	/* Another root is a change, and so is none. */
	small_writer(&small, TRAWL_UPDATE, NULL);
	assert_int_equal(put_from("a", "text", "/other", 11), TRAWL_REPLACED);
	finish();
	small_writer(&small, TRAWL_UPDATE, NULL);
	assert_int_equal(put("a", "text"), TRAWL_REPLACED);
	finish();
	small_writer(&small, TRAWL_UPDATE, NULL);
	assert_int_equal(put("a", "text"), TRAWL_UNCHANGED);
	finish();
	check_index();
}

static uint64_t root_count(const char *root)
{
	struct trawl_index *ix = small_reader(&small);
	uint64_t count = 999;

	expect(trawl_root_count(ix, root, &count, &err), TRAWL_OK, &err);
	trawl_index_close(ix);
	return count;
}

static void test_sweep(void **state)
{
	uint64_t n = 99;

	(void)state;
	small_writer(&small, TRAWL_UPDATE, NULL);
	put_from("a", "one", "/x", 1);
	put_from("b", "two", "/x", 1);
	put_from("c", "three", "/x", 1);
	put_from("d", "four", "/y", 1);
	put("e", "five");
	expect(trawl_writer_sweep(small.w, "/x", &n, &err), TRAWL_OK, &err);
	assert_int_equal(n, 0);
	finish();
	assert_int_equal(root_count("/x"), 3);

	small_writer(&small, TRAWL_UPDATE, NULL);
	put_from("a", "one", "/x", 1); /* unchanged */
	expect(trawl_writer_keep(small.w, "b", &err), TRAWL_OK, &err);
	expect(trawl_writer_keep(small.w, "z", &err), TRAWL_NOTFOUND, &err);
	expect(trawl_writer_sweep(small.w, "/x", &n, &err), TRAWL_OK, &err);
	assert_int_equal(n, 1);
	expect(trawl_writer_sweep(small.w, "/nothing", &n, &err), TRAWL_OK,
	       &err);
	assert_int_equal(n, 0);
	finish();
	assert_string_equal(index_ids(), "a b d e");

	small_writer(&small, TRAWL_UPDATE, NULL);
	expect(trawl_writer_keep_root(small.w, "/x", &n, &err), TRAWL_OK, &err);
	assert_int_equal(n, 2);
	expect(trawl_writer_sweep(small.w, "/x", &n, &err), TRAWL_OK, &err);
	assert_int_equal(n, 0);
	expect(trawl_writer_sweep(small.w, "/y", &n, &err), TRAWL_OK, &err);
	assert_int_equal(n, 1);
	expect(trawl_writer_sweep(small.w, NULL, &n, &err), TRAWL_INVAL, &err);
	finish();
	assert_string_equal(index_ids(), "a b e");
	check_index();
}

static void fail_input(const char *id, const char *root, const char *reason)
{
	const struct trawl_origin origin = { root, 5, 6 };

	expect(trawl_writer_failed(small.w, id, &origin, reason, &err),
	       TRAWL_OK, &err);
}

/* NULL: no failure is remembered. */
static const char *failure(const char *id)
{
	static char text[2000];
	struct trawl_index *ix = small_reader(&small);
	struct trawl_origin origin;
	const char *reason;
	enum trawl_status st = trawl_failure_of(ix, id, &origin, &reason, &err);

	if (st == TRAWL_OK)
		snprintf(text, sizeof(text), "%s %llu %lld %s", origin.root,
			 (unsigned long long)origin.size,
			 (long long)origin.mtime_ns, reason);
	else
		expect(st, TRAWL_NOTFOUND, &err);
	trawl_index_close(ix);
	return st == TRAWL_OK ? text : NULL;
}

static void test_failures(void **state)
{
	char id[3001];
	uint64_t n;

	(void)state;
	memset(id, 'i', sizeof(id));
	id[3000] = '\0';
	small_writer(&small, TRAWL_UPDATE, NULL);
	put_from("a", "one", "/x", 1);
	fail_input("bad", "/x", "E_BINARY: two\nlines");
	fail_input("kept", "/x", "r");
	fail_input("other", "/y", "r");
	fail_input(id, "/x", "long");
	finish();
	assert_string_equal(failure("bad"), "/x 5 6 E_BINARY: two lines");
	assert_string_equal(failure("other"), "/y 5 6 r");
	assert_string_equal(failure(id), "/x 5 6 long");
	assert_null(failure("a"));

	small_writer(&small, TRAWL_UPDATE, NULL);
	expect(trawl_writer_keep(small.w, "kept", &err), TRAWL_OK, &err);
	expect(trawl_writer_keep(small.w, "none", &err), TRAWL_NOTFOUND, &err);
	fail_input("new", "/x", "now");
	expect(trawl_writer_sweep(small.w, "/x", &n, &err), TRAWL_OK, &err);
	assert_int_equal(n, 1);
	finish();
	assert_null(failure("bad"));
	assert_null(failure(id));
	assert_string_equal(failure("kept"), "/x 5 6 r");
	assert_string_equal(failure("new"), "/x 5 6 now");
	assert_string_equal(failure("other"), "/y 5 6 r");

	/* Put or removed, it is forgotten. */
	small_writer(&small, TRAWL_UPDATE, NULL);
	put_from("kept", "now it can be read", "/x", 1);
	expect(trawl_writer_remove(small.w, "other", &err), TRAWL_OK, &err);
	expect(trawl_writer_remove(small.w, "other", &err), TRAWL_NOTFOUND,
	       &err);
	expect(trawl_writer_keep_root(small.w, "/x", &n, &err), TRAWL_OK, &err);
	expect(trawl_writer_sweep(small.w, "/x", &n, &err), TRAWL_OK, &err);
	finish();
	assert_null(failure("kept"));
	assert_null(failure("other"));
	assert_string_equal(failure("new"), "/x 5 6 now");
	check_index();
}

static enum trawl_status input_of(const char *root, uint64_t *size)
{
	struct trawl_index *ix = small_reader(&small);
	struct trawl_origin origin = { 0 };
	enum trawl_status st = trawl_input_of(ix, root, &origin, &err);

	*size = origin.size;
	trawl_index_close(ix);
	return st;
}

static void test_inputs(void **state)
{
	const struct trawl_origin origin = { "/a.jsonl", 77, 88 };
	uint64_t n, size;

	(void)state;
	small_writer(&small, TRAWL_UPDATE, NULL);
	put_from("a", "one", "/a.jsonl", 1);
	expect(trawl_writer_input(small.w, &origin, &err), TRAWL_OK, &err);
	expect(trawl_writer_sweep(small.w, "/a.jsonl", &n, &err), TRAWL_OK,
	       &err);
	finish();
	expect(input_of("/a.jsonl", &size), TRAWL_OK, &err);
	assert_int_equal(size, 77);
	expect(input_of("/b.jsonl", &size), TRAWL_NOTFOUND, &err);

	/* Nothing of it is left: it would not be read when it came back. */
	small_writer(&small, TRAWL_UPDATE, NULL);
	expect(trawl_writer_sweep(small.w, "/a.jsonl", &n, &err), TRAWL_OK,
	       &err);
	assert_int_equal(n, 1);
	finish();
	expect(input_of("/a.jsonl", &size), TRAWL_NOTFOUND, &err);
}

/* ----------------------------------------------------------------- build -- */

static void build(const char *id, const char *text)
{
	small_writer(&small, TRAWL_BUILD, NULL);
	assert_int_equal(put(id, text), TRAWL_ADDED);
	finish();
}

static void test_builds(void **state)
{
	char link[64] = { 0 }, live[128];

	(void)state;
	build("a", "first");
	assert_string_equal(index_ids(), "a");
	assert_string_equal(generations(), "1");
	build("b", "second");
	assert_string_equal(index_ids(), "b");
	assert_string_equal(generations(), "1 2");
	snprintf(live, sizeof(live), "%s/live", small.path);
	assert_true(readlink(live, link, sizeof(link) - 1) > 0);
	assert_string_equal(link, "gen-000002");

	/* The one before goes when the next build starts. */
	small_writer(&small, TRAWL_BUILD, NULL);
	assert_string_equal(generations(), "2 3");
	assert_string_equal(index_ids(), "b");
	put("c", "third");
	small_commit(&small);
	assert_string_equal(index_ids(), "b");
	small_writer_close(&small);
	assert_string_equal(generations(), "2");
	assert_string_equal(index_ids(), "b");

	/* An update keeps it. */
	build("d", "fourth");
	assert_string_equal(generations(), "2 3");
	small_writer(&small, TRAWL_UPDATE, NULL);
	put("e", "fifth");
	finish();
	assert_string_equal(generations(), "2 3");
	assert_string_equal(index_ids(), "d e");
	check_index();
}

static void test_empty_build(void **state)
{
	(void)state;
	build("a", "first");
	small_writer(&small, TRAWL_BUILD, NULL);
	expect(trawl_writer_finish(small.w, &err), TRAWL_NOTFOUND, &err);
	assert_non_null(strstr(err.text, "no documents"));
	small_writer_close(&small);
	assert_string_equal(generations(), "1");
	assert_string_equal(index_ids(), "a");

	small_writer(&small, TRAWL_BUILD, NULL);
	put("b", "x");
	expect(trawl_writer_remove(small.w, "b", &err), TRAWL_INVAL, &err);
	small_writer_close(&small);
	assert_string_equal(index_ids(), "a");
}

static void test_duplicates_of_a_build(void **state)
{
	(void)state;
	small_writer(&small, TRAWL_BUILD, NULL);
	assert_int_equal(put("a", "first"), TRAWL_ADDED);
	assert_int_equal(put("a", "first"), TRAWL_DUPLICATE);
	small_commit(&small);
	assert_int_equal(put("a", "other"), TRAWL_DUPLICATE);
	finish();
	assert_string_equal(found("first"), "a");
	check_index();
}

static void test_finished(void **state)
{
	(void)state;
	small_writer(&small, TRAWL_BUILD, NULL);
	put("a", "first");
	expect(trawl_writer_finish(small.w, &err), TRAWL_OK, &err);
	expect(trawl_writer_finish(small.w, &err), TRAWL_INVAL, &err);
	expect(trawl_writer_commit(small.w, &err), TRAWL_INVAL, &err);
	expect(trawl_writer_remove(small.w, "a", &err), TRAWL_INVAL, &err);
	small_writer_close(&small);
	assert_string_equal(index_ids(), "a");
}

/* A writer that is killed: the index is as it was, and the next one clears. */
static void kill_while_writing(enum trawl_write_mode mode, bool commit)
{
	int ready[2], status;
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (!pid) {
		small_writer(&small, mode, NULL);
		put("killed", "uncommitted");
		if (commit)
			small_commit(&small);
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ready[0]);
	close(ready[1]);
}

static void test_killed(void **state)
{
	(void)state;
	kill_while_writing(TRAWL_UPDATE, false);
	assert_string_equal(generations(), "1");
	build("a", "first");
	assert_string_equal(index_ids(), "a");
	kill_while_writing(TRAWL_BUILD, true);
	assert_string_equal(generations(), "1 2");
	assert_string_equal(index_ids(), "a");
	kill_while_writing(TRAWL_UPDATE, false);
	assert_string_equal(generations(), "1");
	assert_string_equal(index_ids(), "a");
	kill_while_writing(TRAWL_UPDATE, true);
	assert_string_equal(index_ids(), "a killed");
	check_index();
}

/* --------------------------------------------------------------- opening -- */

static enum trawl_status try_open(const struct trawl_writer_options *options)
{
	struct trawl_writer *w = NULL;
	enum trawl_status st = trawl_writer_open(small.path, options, &w, &err);

	trawl_writer_close(w);
	return st;
}

static void test_opening(void **state)
{
	static const char schema[] = "[place]\ntype = text\n";
	const struct trawl_writer_options german = { .language = "german" };
	const struct trawl_writer_options english = { .language = "en",
						      .schema = schema };
	const struct trawl_writer_options klingon = { .mode = TRAWL_BUILD,
						      .language = "klingon" };
	const struct trawl_writer_options other = { .schema = "[x]\ntype="
							      "date\n" };
	const struct trawl_writer_options bad = { .mode = TRAWL_BUILD,
						  .schema = "[x]\ntype=x\n" };
	const struct trawl_writer_options any = { 0 };

	(void)state;
	expect(try_open(&bad), TRAWL_BADVALUE, &err);
	assert_non_null(strstr(err.text, "line 2"));
	expect(try_open(&klingon), TRAWL_BADVALUE, &err);
	assert_string_equal(generations(), "");

	small_writer(&small, TRAWL_UPDATE, schema);
	expect(try_open(&any), TRAWL_LOCKED, &err);
	put("a", "first");
	finish();
	expect(try_open(&any), TRAWL_OK, &err);
	expect(try_open(&english), TRAWL_OK, &err);
	expect(try_open(&german), TRAWL_MISMATCH, &err);
	assert_non_null(strstr(err.text, "english, not german"));
	expect(try_open(&other), TRAWL_MISMATCH, &err);
	assert_non_null(strstr(err.text, "another schema"));
	assert_string_equal(index_ids(), "a");

	expect(trawl_writer_open(NULL, &any, &small.w, &err), TRAWL_INVAL,
	       &err);
	expect(trawl_writer_open(small.path, NULL, &small.w, &err), TRAWL_INVAL,
	       &err);
	expect(trawl_writer_open(small.dir, &any, &small.w, &err), TRAWL_INVAL,
	       &err);
	assert_null(small.w);
	trawl_writer_close(NULL);
	expect(trawl_writer_commit(NULL, &err), TRAWL_INVAL, &err);
}

/* ------------------------------------------------------------------ care -- */

struct lines {
	char text[8192];
	double progress;
};

static void note_line(void *ctx, const char *line, double progress)
{
	struct lines *lines = ctx;
	size_t n = strlen(lines->text);

	assert_null(strchr(line, '\n'));
	assert_true(progress >= lines->progress && progress <= 1);
	lines->progress = progress;
	snprintf(lines->text + n, sizeof(lines->text) - n, "%s\n", line);
}

static void make_some(void)
{
	static const char *const schema = "[place]\ntype = keyword\n"
					  "sort = yes\n";
	const struct trawl_field fields[] = {
		{ "title", "The harbour", 11, false },
		{ "date", "2024-11-07", 10, false },
		{ "place", "Paris", 5, false },
		{ "place", "Rome", 4, false },
		{ "size", "[1, {\"a\": 2}]", 13, true },
	};
	struct trawl_doc doc = { .fields = fields, .nfields = COUNT(fields) };
	char id[300], text[20000];

	small_writer(&small, TRAWL_UPDATE, schema);
	memset(text, 'a', sizeof(text));
	for (unsigned i = 0; i < 100; i++) {
		/* Some ids are too long for a term. */
		snprintf(id, sizeof(id), "%0*u", i % 10 ? 3 : 280, i);
		snprintf(text, sizeof(text), "Ship %u of %u\n\nleft the port.",
			 i, i % 7);
		text[strlen(text)] = ' ';
		doc.id = id;
		doc.text = text;
		doc.text_len = 100 + i * 97;
		doc.origin.root = i % 3 ? "/ships" : NULL;
		small_put_doc(&small, &doc);
	}
	finish();
}

static void test_check(void **state)
{
	static struct lines lines;

	(void)state;
	make_some();
	expect(trawl_check(small.path, note_line, &lines, &err), TRAWL_OK,
	       &err);
	assert_non_null(strstr(lines.text, "documents: 100 of 100\n"));
	assert_true(lines.progress > 0.99);
	expect(trawl_check("/no/such", NULL, NULL, &err), TRAWL_NOTFOUND, &err);
	expect(trawl_check(NULL, NULL, NULL, &err), TRAWL_INVAL, &err);
}

/* Change each place in a table where from stands; false: there is none. */
static bool damage(const char *table, const char *from, const char *to)
{
	static char bytes[1 << 22];
	char path[128];
	size_t n, len = strlen(from), changed = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/live/%s.glass", small.path, table);
	f = fopen(path, "r+");
	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	assert_true(n > len && n < sizeof(bytes));
	for (size_t i = 0; i + len <= n; i++)
		if (!memcmp(bytes + i, from, len)) {
			memcpy(bytes + i, to, len);
			changed++;
		}
	rewind(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
	return changed;
}

/* Each of these is none to Xapian's own check. */
static void test_check_sees_damage(void **state)
{
	static const struct {
		const char *table, *from, *to, *want;
	} cases[] = {
		{ "docdata", "Ship 50 of", "Shop 50 of", "document 51" },
		{ "docdata", "{\"id\":\"051", "{\"id\":\"151", "its id" },
		{ "docdata", "{\"id\":\"052", "[\"id\":\"052", "not a JSON" },
		{ "docdata", "2024-11-07\"", "2025-11-07\"", "document " },
		{ "termlist", "port", "pork", "not in its text" },
	};
	static struct lines lines;

	(void)state;
	make_some();
	for (size_t i = 0; i < COUNT(cases); i++) {
		memset(&lines, 0, sizeof(lines));
		assert_true(damage(cases[i].table, cases[i].from, cases[i].to));
		expect(trawl_check(small.path, note_line, &lines, &err),
		       TRAWL_CORRUPT, &err);
		assert_non_null(strstr(err.text, "fault"));
		if (!strstr(lines.text, cases[i].want))
			fail_msg("%s: not \"%s\"", lines.text, cases[i].want);
		assert_true(damage(cases[i].table, cases[i].to, cases[i].from));
		check_index();
	}
}

/* xapian's part has been said: another build takes the index's place. */
static void replace(void *ctx, const char *line, double progress)
{
	bool *done = ctx;

	(void)progress;
	if (*done || strncmp(line, "xapian: ", 8) != 0)
		return;
	*done = true;
	build("new", "another text");
}

/* What was damaged is not what is there now. */
static void test_check_of_the_replaced(void **state)
{
	bool done = false;

	(void)state;
	make_some();
	assert_true(damage("docdata", "Ship 50 of", "Shop 50 of"));
	expect(trawl_check(small.path, replace, &done, &err), TRAWL_STALE,
	       &err);
	assert_true(done);
	assert_non_null(strstr(err.text, "check it again"));
	expect(trawl_check(small.path, NULL, NULL, &err), TRAWL_OK, &err);
}

static void test_compact(void **state)
{
	static struct lines lines;
	char before[1024];

	(void)state;
	make_some();
	small_writer(&small, TRAWL_UPDATE, NULL);
	for (unsigned i = 1; i < 90; i++) {
		char id[8];

		snprintf(id, sizeof(id), "%03u", i);
		if (i % 10)
			expect(trawl_writer_remove(small.w, id, &err), TRAWL_OK,
			       &err);
	}
	fail_input("bad", "/x", "reason");
	expect(trawl_compact(small.path, false, NULL, NULL, &err), TRAWL_LOCKED,
	       &err);
	finish();
	snprintf(before, sizeof(before), "%.200s", found("ship 95"));
	expect(trawl_compact(small.path, false, note_line, &lines, &err),
	       TRAWL_OK, &err);
	assert_true(lines.progress == 1);
	assert_string_equal(generations(), "1 2");
	assert_int_equal(strncmp(before, found("ship 95"), strlen(before)), 0);
	assert_string_equal(failure("bad"), "/x 5 6 reason");
	assert_int_equal(root_count("/ships"), 12);
	check_index();

	/* And it can be written on. */
	small_writer(&small, TRAWL_UPDATE, NULL);
	assert_int_equal(put("001", "afterwards"), TRAWL_ADDED);
	finish();
	assert_string_equal(found("afterwards"), "001");
	check_index();
	expect(trawl_compact("/no/such", false, NULL, NULL, &err),
	       TRAWL_NOTFOUND, &err);
}

/*
 * Texts that Xapian would compress to what it cannot read back (a long run
 * that ends a little behind a multiple of 8192 bytes): they stay as they are.
 */
static void test_compact_of_the_unreadable(void **state)
{
	static char text[40000];
	static struct lines lines;
	struct trawl_index *ix;
	struct trawl_doc *doc;
	char id[16];

	(void)state;
	small_writer(&small, TRAWL_UPDATE, NULL);
	for (unsigned i = 0; i < 300; i++) {
		size_t len = 8192 * (size_t)(1 + i % 4) + i * 5 % 300;

		memset(text, 'a', sizeof(text));
		for (unsigned k = 0; k < i % 90; k++)
			text[snprintf(text + 5 * k, 6, "%04x ",
				      (i + k * 7919) & 0xFFFF) +
			     5 * k] = 'a';
		text[0] = 'x';
		text[1] = ' ';
		text[len] = '\0';
		snprintf(id, sizeof(id), "%03u", i);
		put_from(id, text, "/in", 1);
	}
	finish();
	expect(trawl_compact(small.path, false, note_line, &lines, &err),
	       TRAWL_OK, &err);
	assert_non_null(strstr(lines.text, "reading everything back"));
	assert_string_equal(generations(), "1 2");
	check_index();
	assert_int_equal(root_count("/in"), 300);
	ix = small_reader(&small);
	expect(trawl_get(ix, "299", &doc, &err), TRAWL_OK, &err);
	assert_int_equal(doc->text_len, strlen(text));
	assert_string_equal(doc->text, text);
	trawl_doc_free(doc);
	trawl_index_close(ix);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* Child: put until there is no memory; then nothing but closing will do. */
static int run_out_of_memory(void)
{
	static char text[200000];
	struct trawl_prepared *prep[24] = { NULL };
	struct rlimit limit;
	enum trawl_status st = TRAWL_OK;
	char id[16];
	size_t n;

	/* So large a batch that no commit gives memory back meanwhile. */
	if (trawl_writer_open(small.path,
			      &(struct trawl_writer_options){
				      .memory = (uint64_t)16 << 30 },
			      &small.w, &err) != TRAWL_OK ||
	    trawl_preparer_new(small.w, &small.p, &err) != TRAWL_OK)
		return 5;
	for (unsigned i = 0; i < COUNT(prep); i++) {
		const struct trawl_doc doc = { .id = id, .text = text };
		struct trawl_doc whole = doc;

		n = 0;
		while (n < sizeof(text) - 20)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "w%zx ", (n + 1) * (i + 977));
		snprintf(id, sizeof(id), "%u", i);
		whole.text_len = n;
		if (trawl_prepare(small.p, &whole, &prep[i], &err) != TRAWL_OK)
			return 1;
	}
	getrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = 1 << 20; /* below what is there: no more of it */
	setrlimit(RLIMIT_AS, &limit);
	for (unsigned i = 0; st == TRAWL_OK && i < COUNT(prep); i++)
		st = trawl_writer_put(small.w, prep[i], NULL, &err);
	/* What is written aside is indexed now. */
	if (st == TRAWL_OK)
		st = trawl_writer_commit(small.w, &err);
	if (st != TRAWL_NOMEM)
		return 2;
	if (trawl_writer_put(small.w, prep[0], NULL, &err) != TRAWL_INVAL ||
	    !strstr(err.text, "out of memory"))
		return 3;
	if (trawl_writer_commit(small.w, &err) != TRAWL_INVAL)
		return 4;
	trawl_writer_close(small.w);
	return 0;
}

static void test_out_of_memory(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (SANITIZED)
		skip();
	build("a", "first");
	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(run_out_of_memory());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	check_index();
	assert_memory_equal(index_ids(), "a", 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_outcomes),
		TEST(test_removed),
		TEST(test_close_drops),
		TEST(test_batches),
		TEST(test_touched),
		TEST(test_sweep),
		TEST(test_failures),
		TEST(test_inputs),
		TEST(test_builds),
		TEST(test_empty_build),
		TEST(test_duplicates_of_a_build),
		TEST(test_finished),
		TEST(test_killed),
		TEST(test_opening),
		TEST(test_check),
		TEST(test_check_sees_damage),
		TEST(test_check_of_the_replaced),
		TEST(test_compact),
		TEST(test_compact_of_the_unreadable),
		TEST(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
