/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http.h"

#include "buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define HOST "Host: localhost\r\n\r\n"

static const struct {
	const char *head;
	unsigned status;
} cases[] = {
	{ "GET /healthz HTTP/1.1\r\n" HOST, 200 },
	{ "HEAD /healthz HTTP/1.1\r\n" HOST, 200 },
	{ "GET /healthz HTTP/1.0\r\n\r\n", 200 },
	{ "GET /healthz HTTP/1.1\r\nhOST:x\r\nA: b:c\td\r\n\r\n", 200 },
	{ "GET /healthz HTTP/1.1\r\n" HOST "GET /x HTTP/1.1\r\n", 200 },
	{ "GET / HTTP/1.1\r\n" HOST, 404 },
	{ "GET /healthz/ HTTP/1.1\r\n" HOST, 404 },
	{ "GET /healthz? HTTP/1.1\r\n" HOST, 404 },
	{ "HEAD /x HTTP/1.1\r\n" HOST, 404 },
	{ "POST /healthz HTTP/1.1\r\nContent-Length: 3\r\n" HOST, 405 },
	{ "get /healthz HTTP/1.1\r\n" HOST, 405 },
	{ "GET /healthz HTTP/1.1\r\n\r\n", 400 },
	{ "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400 },
	{ "GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n", 400 },
	{ "GET /healthz HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400 },
	{ "GET /healthz HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400 },
	{ "GET /healthz HTTP/1.1\r\nHost: a\x01\r\n\r\n", 400 },
	{ "GET /healthz HTTP/1.1\r\nno colon\r\n" HOST, 400 },
	{ "GET /healthz HTTP/1.1\r\n: a\r\n" HOST, 400 },
	{ "GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" HOST, 400 },
	{ "GET  /healthz HTTP/1.1\r\n" HOST, 400 },
	{ "GET /healthz\r\n" HOST, 400 },
	{ "\r\n\r\n", 400 },
	{ "GET /healthz HTTP/1.2\r\n" HOST, 505 },
	{ "GET /healthz HTTP/1.1 \r\n" HOST, 505 },
	{ "GET /healthz http/1.1\r\n" HOST, 505 },
};

static void check_answer(const char *answer, unsigned status, bool has_body)
{
	char line[32];
	const char *end = strstr(answer, "\r\n\r\n");

	snprintf(line, sizeof(line), "HTTP/1.1 %u ", status);
	assert_memory_equal(answer, line, strlen(line));
	assert_non_null(strstr(answer, "\r\nConnection: close\r\n"));
	assert_non_null(end);
	assert_int_equal(end[4] != '\0', has_body);
}

/* Whatever is missing of a head, it is waited for. */
static void test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *head = cases[i].head;
		size_t whole = (size_t)(strstr(head, "\r\n\r\n") - head) + 4;
		struct buf out = BUF_INIT(4096);

		for (size_t n = 0; n < whole; n++)
			assert_false(http_answer(head, n, &out));
		assert_int_equal(out.len, 0);
		assert_true(http_answer(head, strlen(head), &out));
		check_answer(out.data, cases[i].status,
			     strncmp(head, "HEAD", 4) != 0);
		buf_release(&out);
	}
}

static void test_body(void **state)
{
	const char *head = cases[0].head;
	struct buf out = BUF_INIT(4096);

	(void)state;
	assert_true(http_answer(head, strlen(head), &out));
	assert_non_null(strstr(out.data, "\r\nContent-Length: 3\r\n"));
	assert_string_equal(strstr(out.data, "\r\n\r\n"), "\r\n\r\nok\n");
	buf_release(&out);
}

/* 8,192 bytes are a head; one more, or one without an end, is none. */
static void test_length(void **state)
{
	static const char begin[] = "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ";
	static const char end[] = "\r\n\r\n";
	const size_t nbegin = sizeof(begin) - 1, nend = sizeof(end) - 1;
	char head[HTTP_HEAD_MAX + 2];

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		size_t n = HTTP_HEAD_MAX + more;
		struct buf out = BUF_INIT(4096);

		memset(head, 'x', sizeof(head));
		memcpy(head, begin, nbegin);
		memcpy(head + n - nend, end, nend);
		assert_false(http_answer(head, HTTP_HEAD_MAX - 1, &out));
		assert_true(http_answer(head, n, &out));
		check_answer(out.data, more ? 431 : 200, true);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_body),
		cmocka_unit_test(test_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
