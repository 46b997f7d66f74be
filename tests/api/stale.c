/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader beside a writer.  Xapian lets a reader's snapshot live through one
 * commit; from the second on its blocks may be overwritten at any moment.
 */
#include "small.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	DOCUMENTS = 300,
	TEXT_BYTES = 3000, /* in few words: a round must fit one batch */
	ROUNDS = 20,
	SEARCHES = 15
};

/* Every document says which round wrote it: all of one snapshot agree. */
static void put_round(struct small *s, unsigned round)
{
	char id[16], text[TEXT_BYTES + 100];
	struct item item = { .id = id, .text = text };

	/* A writer takes each id once. */
	small_writer_close(s);
	small_writer(s, TRAWL_UPDATE, NULL);
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		int n = snprintf(text, sizeof(text), "common round%u ", round);

		snprintf(id, sizeof(id), "%03u", i);
		while (n < TEXT_BYTES)
			n += snprintf(text + n, sizeof(text) - (size_t)n,
				      "w%u ", (i * 7919u + (unsigned)n) % 20);
		small_put(s, &item);
	}
	small_commit(s);
}

/* A commit of one document: two of them make any snapshot stale. */
static void commit_one(struct small *s, unsigned n)
{
	char text[32];
	const struct item item = { .id = "extra", .text = text };

	snprintf(text, sizeof(text), "extra number%u", n);
	small_writer_close(s);
	small_writer(s, TRAWL_UPDATE, NULL);
	small_put(s, &item);
	small_commit(s);
}

static void test_reader_follows_every_commit(void **state)
{
	struct small s;
	struct trawl_index *ix;
	char query[32];

	(void)state;
	small_open(&s, NULL);
	commit_one(&s, 0);
	ix = small_reader(&s);
	for (unsigned i = 1; i < ROUNDS; i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;

		commit_one(&s, 1000 + i);
		commit_one(&s, 2000 + i);
		commit_one(&s, i);
		snprintf(query, sizeof(query), "number%u", i);
		rq.query = query;
		res = search(ix, &rq);
		assert_string_equal(ids(res), "extra");
		trawl_result_free(res);
	}
	trawl_index_close(ix);
	small_close(&s);
}

struct writing {
	struct small s;
	atomic_bool stop;
};

static void *keep_writing(void *arg)
{
	struct writing *writing = arg;

	for (unsigned round = 1; !writing->stop; round++)
		put_round(&writing->s, round);
	return NULL;
}

/* All hits of an answer come from the same round. */
static bool is_one_snapshot(const struct trawl_result *res)
{
	const struct trawl_head *head = trawl_result_head(res);
	bool same = head->total == DOCUMENTS && head->hits == DOCUMENTS;

	for (size_t i = 1; same && i < head->hits; i++) {
		const char *first = trawl_result_hit(res, 0)->snippets[0];
		size_t n = strcspn(first, "w");

		same = !strncmp(trawl_result_hit(res, i)->snippets[0], first,
				n);
	}
	return same;
}

static void test_answers_are_whole_while_commits_pass(void **state)
{
	struct writing writing = { .stop = false };
	struct trawl_error err = { 0 };
	struct trawl_index *ix;
	unsigned whole = 0;
	pthread_t thread;

	(void)state;
	small_open(&writing.s, NULL);
	put_round(&writing.s, 0);
	ix = small_reader(&writing.s);
	assert_int_equal(pthread_create(&thread, NULL, keep_writing, &writing),
			 0);
	for (unsigned i = 0; i < SEARCHES; i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;

		rq.query = "common";
		rq.limit = DOCUMENTS;
		if (trawl_search(ix, &rq, &res, &err) != TRAWL_OK)
			break;
		whole += is_one_snapshot(res);
		trawl_result_free(res);
	}
	writing.stop = true;
	pthread_join(thread, NULL);
	if (whole != SEARCHES)
		printf("# %s\n", err.text);
	assert_int_equal(whole, SEARCHES);
	trawl_index_close(ix);
	small_close(&writing.s);
}

struct walking {
	struct small s;
	unsigned seen;
};

static bool commit_meanwhile(void *ctx, const struct trawl_doc *doc)
{
	struct walking *walking = ctx;

	(void)doc;
	if (++walking->seen <= 3)
		put_round(&walking->s, walking->seen);
	return true;
}

/* Documents have been given out: a walk cannot begin again by itself. */
static void test_a_walk_says_that_its_snapshot_went(void **state)
{
	struct walking walking = { .seen = 0 };
	struct trawl_error err = { 0 };
	struct trawl_index *ix;

	(void)state;
	small_open(&walking.s, NULL);
	put_round(&walking.s, 0);
	ix = small_reader(&walking.s);
	expect(trawl_each(ix, commit_meanwhile, &walking, &err), TRAWL_STALE,
	       &err);
	assert_in_range(walking.seen, 2, DOCUMENTS - 1);
	/* The handle is as good as before. */
	walking.seen = 10;
	expect(trawl_each(ix, commit_meanwhile, &walking, &err), TRAWL_OK,
	       &err);
	assert_int_equal(walking.seen, 10 + DOCUMENTS);
	trawl_index_close(ix);
	small_close(&walking.s);
}

static void build(struct small *s, const char *id)
{
	const struct item item = { .id = id, .text = "one generation" };
	struct trawl_error err = { 0 };

	small_writer(s, TRAWL_BUILD, NULL);
	small_put(s, &item);
	expect(trawl_writer_finish(s->w, &err), TRAWL_OK, &err);
	small_writer_close(s);
}

/* The generation that is open is removed by the build after the next. */
static void test_reader_follows_generations(void **state)
{
	struct small s;
	struct trawl_index *ix;
	struct trawl_error err = { 0 };
	bool changed = true;

	(void)state;
	small_open(&s, NULL);
	commit_one(&s, 0);
	small_writer_close(&s);
	ix = small_reader(&s);
	expect(trawl_index_refresh(ix, &changed, &err), TRAWL_OK, &err);
	assert_false(changed);
	for (unsigned i = 0; i < 4; i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;
		char id[] = { (char)('a' + i), '\0' };

		build(&s, "gone");
		build(&s, id);
		if (i % 2) {
			expect(trawl_index_refresh(ix, &changed, &err),
			       TRAWL_OK, &err);
			assert_true(changed);
		}
		res = search(ix, &rq);
		assert_string_equal(ids(res), id);
		trawl_result_free(res);
	}
	trawl_index_close(ix);
	small_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader_follows_every_commit),
		cmocka_unit_test(test_answers_are_whole_while_commits_pass),
		cmocka_unit_test(test_a_walk_says_that_its_snapshot_went),
		cmocka_unit_test(test_reader_follows_generations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
