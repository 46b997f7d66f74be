/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client/lib without memory: each allocation fails in turn, once and for good.
 * What comes back is NOMEM, with a text, or the right answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_server.h"
#include "trawl_client.h"

/* Allocations of the test's own thread until one fails; negative: none does. */
static _Thread_local long countdown = -1;
static bool for_good, tripped;

static bool fails(void)
{
	if (countdown < 0 || countdown-- > 0)
		return false;
	if (for_good)
		countdown = 0;
	tripped = true;
	return true;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
char *__real_strdup(const char *s);

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
	return fails() ? NULL : __real_aligned_alloc(align, n);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

static enum trawl_client_status converse(const char *address,
					 struct trawl_client_error *err)
{
	const struct trawl_client_options o = { .token = "sesame" };
	struct trawl_client *c = NULL;
	struct trawl_reply *reply = NULL;
	enum trawl_client_status st = trawl_client_open(address, &o, &c, err);

	if (st == TRAWL_CLIENT_OK)
		st = trawl_client_send_raw(c, "\n", 1, err);
	if (st == TRAWL_CLIENT_OK)
		st = trawl_client_flush(c, err);
	if (st == TRAWL_CLIENT_OK)
		st = trawl_client_ask(c, "PING", NULL, 0, "x", &reply, err);
	if (st == TRAWL_CLIENT_OK)
		assert_string_equal(trawl_reply_name(reply), "PING");
	trawl_reply_free(reply);
	trawl_client_close(c);
	return st;
}

/* A server for one conversation, broken off wherever. */
static const char *const script[] = {
	"+", "<* READY trawl/1 auth=required\r\nOK AUTH\r\nOK PING\r\n", ".",
	NULL
};

static bool trip(long nth)
{
	struct trawl_client_error err = { "" };
	enum trawl_client_status st;
	struct fake_server f;

	fake_unix(&f, script);
	tripped = false;
	countdown = nth;
	st = converse(f.address, &err);
	countdown = -1;
	if (tripped) {
		assert_int_equal(st, TRAWL_CLIENT_NOMEM);
		assert_non_null(strstr(err.text, "out of memory"));
	} else {
		assert_int_equal(st, TRAWL_CLIENT_OK);
	}
	/* Whoever did not come is not waited for. */
	shutdown(f.listener, SHUT_RDWR);
	pthread_join(f.thread, NULL);
	temp_dir_remove(&f.dir);
	return tripped;
}

static void test_nomem(void **state)
{
	(void)state;
	for (int good = 0; good < 2; good++) {
		long nth = 0;

		for_good = good;
		while (trip(nth))
			nth++;
		assert_in_range(nth, 8, 100);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
