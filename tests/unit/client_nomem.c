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

#include "failing_alloc.h"
#include "fake_server.h"
#include "trawl_client.h"

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
