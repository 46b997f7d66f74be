/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An index built from many threads, as an embedder does. */
#include "small.h"

#include <pthread.h>

enum {
	THREADS = 4,
	EACH = 200
};

struct feeder {
	struct trawl_builder *b;
	int number;
	unsigned added, duplicates, refused;
	pthread_t thread;
};

static struct trawl_error err;

static void add(struct feeder *f, const char *id, const char *text)
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
		break;
	}
}

/* Documents of its own, some that all have, and one that is empty. */
static void *feed(void *arg)
{
	struct feeder *f = arg;
	char id[32], text[64];

	for (int i = 0; i < EACH; i++) {
		snprintf(id, sizeof(id), "own-%d-%d", f->number, i);
		snprintf(text, sizeof(text), "word%d common thread%d", i,
			 f->number);
		add(f, id, text);
		snprintf(id, sizeof(id), "shared-%d", i);
		add(f, id, "a shared document");
	}
	add(f, "empty", "");
	return NULL;
}

/* In a directory of its own, which remove_path() removes. */
static void new_path(char path[64])
{
	snprintf(path, 64, "/tmp/trawl-api.XXXXXX");
	assert_non_null(mkdtemp(path));
	strncat(path, "/index", 10);
}

static void remove_path(char *path)
{
	char command[80];

	*strrchr(path, '/') = '\0';
	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

static uint64_t count(const char *path, const char *query)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_index *ix;
	uint64_t total;

	expect(trawl_index_open(path, &ix, &err), TRAWL_OK, &err);
	rq.query = query;
	rq.count_exact = true;
	expect(trawl_search(ix, &rq, &res, &err), TRAWL_OK, &err);
	total = trawl_result_head(res)->total;
	trawl_result_free(res);
	trawl_index_close(ix);
	return total;
}

static void test_many_threads(void **state)
{
	const struct trawl_writer_options options = { .threads = 2 };
	struct feeder feeder[THREADS] = { { .number = 0 } };
	unsigned added = 0, duplicates = 0, refused = 0;
	struct trawl_builder *b;
	char path[64];

	(void)state;
	new_path(path);
	expect(trawl_builder_open(path, &options, &b, &err), TRAWL_OK, &err);
	for (int i = 0; i < THREADS; i++) {
		feeder[i].b = b;
		feeder[i].number = i;
		assert_int_equal(pthread_create(&feeder[i].thread, NULL, feed,
						&feeder[i]),
				 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(feeder[i].thread, NULL);
		added += feeder[i].added;
		duplicates += feeder[i].duplicates;
		refused += feeder[i].refused;
	}
	assert_int_equal(added, THREADS * EACH + EACH);
	assert_int_equal(duplicates, (THREADS - 1) * EACH);
	assert_int_equal(refused, THREADS);
	expect(trawl_builder_finish(b, &err), TRAWL_OK, &err);
	trawl_builder_close(b);
	assert_int_equal(count(path, "common"), THREADS * EACH);
	assert_int_equal(count(path, "shared"), EACH);
	assert_int_equal(count(path, "thread3"), EACH);
	assert_int_equal(count(path, "\"word7 common\""), THREADS);
	expect(trawl_check(path, NULL, NULL, &err), TRAWL_OK, &err);
	remove_path(path);
}

static void test_closed_unfinished(void **state)
{
	const struct trawl_writer_options options = { .threads = 1 };
	struct feeder f = { .number = 1 };
	struct trawl_index *ix;
	char path[64];

	(void)state;
	new_path(path);
	expect(trawl_builder_open(path, &options, &f.b, &err), TRAWL_OK, &err);
	add(&f, "a", "one document");
	trawl_builder_close(f.b);
	assert_int_equal(f.added, 1);
	expect(trawl_index_open(path, &ix, &err), TRAWL_NOTFOUND, &err);
	expect(trawl_builder_open(path, NULL, &f.b, &err), TRAWL_INVAL, &err);
	expect(trawl_builder_add(NULL, NULL, NULL, &err), TRAWL_INVAL, &err);
	expect(trawl_builder_finish(NULL, &err), TRAWL_INVAL, &err);
	trawl_builder_close(NULL);
	remove_path(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_threads),
		cmocka_unit_test(test_closed_unfinished),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
