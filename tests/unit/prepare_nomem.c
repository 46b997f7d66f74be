/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/prepare.c, meta.c, schema.c without memory: each allocation fails in
 * turn, once and for good, and what comes back is NOMEM or the right answer
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "prepare.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

int main(void)
{
	puts("1..0 # SKIP a sanitizer has an allocator of its own");
	return 0;
}

#else

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

/* Allocations until they fail; -1: they do not.  Then whether for good. */
static long countdown = -1;
static bool for_good;

static bool out_of_memory(void)
{
	if (countdown < 0)
		return false;
	if (countdown > 0) {
		countdown--;
		return false;
	}
	if (!for_good)
		countdown = -1;
	return true;
}

void *malloc(size_t n)
{
	return out_of_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return out_of_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return out_of_memory() ? NULL : __libc_realloc(p, n);
}

void *aligned_alloc(size_t align, size_t n)
{
	return out_of_memory() ? NULL : __libc_memalign(align, n);
}

static const struct trawl_field fields[] = {
	{ "title", "Caf\xC3\xA9 \"Zelenskyy\"", 17, false },
	{ "date", "2024-11-07", 10, false },
	{ "source", "Kyiv Independent", 16, false },
	{ "place", "[\"Paris\", \"R\\u00e9union\", 1.5]", 30, true },
	{ "summary", "Not stored \xFF but searched", 25, false },
	{ "price", "12", 2, true },
};

static char text[60000];
static char id[1000];

/* The whole of it: INVAL when what comes out is wrong. */
static enum trawl_status run(void)
{
	const struct trawl_doc doc = { .id = id,
				       .fields = fields,
				       .nfields =
					       sizeof(fields) / sizeof(*fields),
				       .text = text,
				       .text_len = strlen(text),
				       .origin = { id, 1, 2 } };
	struct meta meta = { 0 };
	struct trawl_preparer *p = NULL;
	struct trawl_prepared *prep = NULL;
	enum trawl_status st;

	st = meta_init(&meta, "english",
		       "[place]\ntype = keyword\nsort = yes\n"
		       "[summary]\ntype = text\nstored = no\n"
		       "[price]\ntype = number\n",
		       "none", NULL);
	if (st == TRAWL_OK)
		st = preparer_new(&meta, NULL, &p, NULL);
	for (int i = 0; st == TRAWL_OK && i < 2; i++) {
		st = trawl_prepare(p, &doc, &prep, NULL);
		if (st == TRAWL_OK &&
		    (prep->doc.npostings != 6027 || prep->doc.nvalues != 7))
			st = TRAWL_INVAL;
		if (st == TRAWL_OK)
			trawl_prepared_free(prep);
	}
	trawl_preparer_free(p);
	meta_release(&meta);
	return st;
}

static void check_every(bool good)
{
	long k;

	for (k = 0;; k++) {
		enum trawl_status st;
		bool failed;

		for_good = good;
		countdown = k;
		st = run();
		failed = good ? countdown == 0 : countdown < 0;
		countdown = -1;
		if (!failed)
			break;
		/* qsort() for one does without: then the answer is right. */
		if (st != TRAWL_NOMEM && st != TRAWL_OK)
			fail_msg("allocation %ld: %s", k,
				 trawl_status_name(st));
	}
	assert_int_equal(run(), TRAWL_OK);
	print_message("# %ld allocations failed\n", k);
	assert_true(k > 50);
}

static void test_once(void **state)
{
	(void)state;
	check_every(false);
}

static void test_for_good(void **state)
{
	(void)state;
	check_every(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_for_good),
	};
	size_t n = 0;

	memset(id, 'i', sizeof(id) - 1);
	for (unsigned i = 0; i < 3000; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "w%u, ", i);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
