/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/frame: requests to a worker and back; nothing else is believed */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "frame.h"

static void ask(struct buf *out, char *line)
{
	struct line_reader r;
	struct line_request rq;
	struct line_error err;
	size_t used;

	line_reader_init(&r, (struct line_limits){ 1000, 1000 });
	assert_int_equal(line_next(&r, line, strlen(line), &used, &rq, &err),
			 LINE_REQUEST);
	frame_ask(out, 42, &rq, UINT64_MAX - 1, NULL);
	assert_false(out->failed);
}

static void test_ask_and_back(void **state)
{
	char line[] = "#t SEARCH limit=3 sort= in=a%0Ab q={7}\nx y\n%25\n";
	struct buf out = BUF_INIT(4096);
	struct frame head;
	struct line_request rq;
	bool bad;

	(void)state;
	ask(&out, line);
	assert_true(frame_whole(out.data, out.len, 4096, &head, &bad));
	assert_false(bad);
	assert_int_equal(head.kind, FRAME_ASK);
	assert_int_equal(head.ticket, 42);
	assert_int_equal(head.verb, VERB_SEARCH);
	assert_true(head.deadline_ns == UINT64_MAX - 1);
	assert_int_equal(sizeof(head) + head.bytes, out.len);
	assert_true(
		frame_options(out.data + sizeof(head), head.bytes, &rq, NULL));
	assert_int_equal(rq.noptions, 4);
	assert_string_equal(line_value(&rq, "limit"), "3");
	assert_string_equal(line_value(&rq, "sort"), "");
	assert_string_equal(line_value(&rq, "in"), "a\nb");
	assert_string_equal(line_value(&rq, "q"), "x y\n%25");
	assert_int_equal(rq.option[3].len, 7);
	assert_string_equal(rq.tag, "");
	assert_false(frame_wants(&head, &(struct http_wants){ 0 }));
	buf_release(&out);
}

static void ask_http(struct buf *out, const struct http_wants *wants)
{
	struct line_request rq = {
		.verb = &verbs[VERB_COUNT],
		.option = { { "q", "x y", 3 }, { "in", "news", 4 } },
		.noptions = 2,
	};

	frame_ask(out, 7, &rq, 1, wants);
	assert_false(out->failed);
}

/* What is not said is not given, and options stay what they were. */
static void test_http_and_back(void **state)
{
	const struct http_wants given = {
		.route = ROUTE_COUNT,
		.head = true,
		.close = true,
		.etags = "W/\"1\", W/\"2\"",
		.origin = "",
		.base = "http://localhost:7780",
		.target = "/count?q=x%20y",
	};
	struct http_wants wants = { 0 };
	struct buf out = BUF_INIT(4096);
	struct line_request rq;
	struct frame head;
	bool bad;

	(void)state;
	ask_http(&out, &given);
	assert_true(frame_whole(out.data, out.len, 4096, &head, &bad));
	assert_int_equal(sizeof(head) + head.bytes, out.len);
	assert_int_equal(head.verb, VERB_COUNT);
	assert_true(frame_options(out.data + sizeof(head), head.bytes, &rq,
				  &wants));
	assert_true(frame_wants(&head, &wants));
	assert_int_equal(rq.noptions, 2);
	assert_string_equal(line_value(&rq, "q"), "x y");
	assert_int_equal(wants.route, ROUTE_COUNT);
	assert_true(wants.head && wants.close && !wants.gzip);
	assert_string_equal(wants.etags, given.etags);
	assert_null(wants.origin);
	assert_string_equal(wants.base, given.base);
	assert_string_equal(wants.target, given.target);
	buf_release(&out);
}

/* The first route, which is 0, is no line; and who only wants the options. */
static void test_http_first_route(void **state)
{
	const struct http_wants given = { .route = ROUTE_PAGE, .gzip = true };
	struct http_wants wants = { .route = ROUTE_STATS };
	struct buf out = BUF_INIT(4096);
	struct line_request rq;
	struct frame head;

	(void)state;
	ask_http(&out, &given);
	memcpy(&head, out.data, sizeof(head));
	assert_true(
		frame_options(out.data + sizeof(head), head.bytes, &rq, NULL));
	assert_int_equal(rq.noptions, 2);
	assert_true(frame_wants(&head, &wants));
	assert_int_equal(wants.route, ROUTE_PAGE);
	assert_true(wants.gzip && !wants.head && !wants.close);
	buf_release(&out);
}

static void test_no_options(void **state)
{
	char line[] = "STATS\n";
	struct buf out = BUF_INIT(4096);
	struct line_request rq;

	(void)state;
	ask(&out, line);
	assert_int_equal(out.len, sizeof(struct frame));
	assert_true(frame_options(out.data + out.len, 0, &rq, NULL));
	assert_int_equal(rq.noptions, 0);
	buf_release(&out);
}

static void test_every_part_of_a_frame_is_not_whole(void **state)
{
	char line[] = "SEARCH limit=3 :x\n";
	struct buf out = BUF_INIT(4096);
	struct frame head;
	bool bad;

	(void)state;
	ask(&out, line);
	for (size_t n = 0; n < out.len; n++) {
		assert_false(frame_whole(out.data, n, 4096, &head, &bad));
		assert_false(bad);
	}
	buf_addc(&out, 'x');
	assert_true(frame_whole(out.data, out.len, 4096, &head, &bad));
	assert_int_equal(sizeof(head) + head.bytes, out.len - 1);
	buf_release(&out);
}

static void test_frames_not_believed(void **state)
{
	struct frame f, head;
	bool bad;

	(void)state;
	memset(&f, 0, sizeof(f));
	f.kind = FRAME_REPLY;
	f.bytes = 100;
	memset(f.rev, 'x', sizeof(f.rev));
	assert_false(frame_whole((char *)&f, sizeof(f), 100, &head, &bad));
	assert_false(bad);
	assert_int_equal(strlen(head.rev), sizeof(f.rev) - 1);
	assert_false(frame_whole((char *)&f, sizeof(f), 99, &head, &bad));
	assert_true(bad);
	f.bytes = UINT32_MAX;
	assert_false(frame_whole((char *)&f, sizeof(f), 1 << 20, &head, &bad));
	assert_true(bad);
	f.bytes = 0;
	f.kind = 0;
	assert_false(frame_whole((char *)&f, sizeof(f), 100, &head, &bad));
	assert_true(bad);
	f.kind = FRAME_DROP + 1;
	assert_false(frame_whole((char *)&f, sizeof(f), 100, &head, &bad));
	assert_true(bad);
}

static void test_payloads_not_believed(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} cases[] = {
		{ "a", 1 },	{ "a\0", 2 },	  { "a\0b", 3 },
		{ "\0b\0", 3 }, { "a\0b\0c", 5 }, { "a\0b\0c\0", 6 },
		{ "\0", 1 },
	};
	struct line_request rq;
	char many[4 * (LINE_OPTIONS_MAX + 1)];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_false(
			frame_options(cases[i].bytes, cases[i].n, &rq, NULL));
	for (size_t i = 0; i < sizeof(many); i += 4)
		memcpy(many + i, "k\0v", 4);
	assert_true(frame_options(many, sizeof(many) - 4, &rq, NULL));
	assert_int_equal(rq.noptions, LINE_OPTIONS_MAX);
	assert_false(frame_options(many, sizeof(many), &rq, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask_and_back),
		cmocka_unit_test(test_http_and_back),
		cmocka_unit_test(test_http_first_route),
		cmocka_unit_test(test_no_options),
		cmocka_unit_test(test_every_part_of_a_frame_is_not_whole),
		cmocka_unit_test(test_frames_not_believed),
		cmocka_unit_test(test_payloads_not_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
