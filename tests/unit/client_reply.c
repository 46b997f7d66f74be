/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/lib: replies read whole, at every split, and refused */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "trawl_client.h"
#include "wire_scan.h"
#include "wire_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

/* ------------------------------------------------------------------- whole -- */

/* "code name [#tag] {text} key=value; <line> (bytes)", as far as there are. */
static const char *shown(const struct trawl_reply *r)
{
	static char out[4096];
	const char *key, *value;
	size_t len, n;
	const char *bytes = trawl_reply_bytes(r, &len);

	n = (size_t)snprintf(out, sizeof(out), "%d %s", trawl_reply_code(r),
			     trawl_reply_name(r));
	if (*trawl_reply_tag(r))
		n += (size_t)snprintf(out + n, sizeof(out) - n, " #%s",
				      trawl_reply_tag(r));
	if (*trawl_reply_text(r))
		n += (size_t)snprintf(out + n, sizeof(out) - n, " {%s}",
				      trawl_reply_text(r));
	for (size_t i = 0; trawl_reply_pair(r, i, &key, &value); i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, " %s=%s;", key,
				      value);
	for (size_t i = 0; i < trawl_reply_lines(r); i++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, " <%s>",
				      trawl_reply_line(r, i));
	if (bytes) {
		assert_int_equal(bytes[len], '\0');
		snprintf(out + n, sizeof(out) - n, " (%zu %s)", len, bytes);
	}
	return out;
}

/* clang-format off */
static const struct {
	const char *bytes, *wanted;
} replies[] = {
	{ "OK PING\r\n", "0 PING" },
	{ "OK PING\n", "0 PING" },
	{ "OK  PING \r\n", "0 PING" },
	{ "#a7 OK PING\r\n", "0 PING #a7" },
	{ "#-._ OK PING\r\n", "0 PING #-._" },
	{ "OK SEARCH n=0 hits=0\r\nEND\r\n", "0 SEARCH n=0; hits=0;" },
	{ "OK SEARCH n=2 took_us=41 rev=7.1\r\n{\"rank\":1}\r\n\r\nEND\r\n",
	  "0 SEARCH n=2; took_us=41; rev=7.1; <{\"rank\":1}> <>" },
	{ "OK SEARCH n=2\nEND\nOK\nEND\n", "0 SEARCH n=2; <END> <OK>" },
	{ "#t OK SEARCH n=1\r\n* BYE a line\r\nEND\r\n",
	  "0 SEARCH #t n=1; <* BYE a line>" },
	{ "OK GET bytes=0\r\n\r\n", "0 GET bytes=0; (0 )" },
	{ "OK GET bytes=3 id=a\r\nabc\r\n", "0 GET bytes=3; id=a; (3 abc)" },
	{ "OK GET bytes=4\r\n\r\n\r\n\r\n", "0 GET bytes=4; (4 \r\n\r\n)" },
	{ "OK GET bytes=6\nEND\r\nx\n", "0 GET bytes=6; (6 END\r\nx)" },
	{ "OK INFO n=1 bytes=811115\r\n{}\r\nEND\r\n",
	  "0 INFO n=1; bytes=811115; <{}>" },
	{ "OK INFO bytes=many bytes= n=1\r\n{}\r\nEND\r\n",
	  "0 INFO bytes=many; bytes=; n=1; <{}>" },
	{ "OK COUNT total=5 bound=exact\r\n",
	  "0 COUNT total=5; bound=exact;" },
	{ "OK SEARCH read=a%20%25%0A%c3%A9=b ignored= \r\n",
	  "0 SEARCH read=a %\n\xC3\xA9=b; ignored=;" },
	{ "ERR 505 bad-query a lone \" at 7\r\n",
	  "505 bad-query {a lone \" at 7}" },
	{ "#a ERR 421 busy try n=5 bytes=%zz\r\n",
	  "421 busy #a {try n=5 bytes=%zz}" },
	{ "ERR 599 internal\r\n", "599 internal" },
	{ "* READY trawl/1 maxline=65536\r\n",
	  "0 * {READY trawl/1 maxline=65536}" },
	{ "* \r\n", "0 *" },
	{ "* BYE shutting-down\n", "0 * {BYE shutting-down}" },
};
/* clang-format on */

static struct trawl_reply *read_whole(const char *bytes, size_t n)
{
	struct trawl_reply *reply = NULL;
	struct trawl_client_error err = { "" };
	size_t used = 99;
	enum trawl_client_status st =
		trawl_reply_read(bytes, n, 0, &used, &reply, &err);

	if (st != TRAWL_CLIENT_OK)
		print_message("# %s: %s\n", bytes, err.text);
	assert_int_equal(st, TRAWL_CLIENT_OK);
	assert_int_equal(used, n);
	return reply;
}

static void test_whole_replies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		struct trawl_reply *reply =
			read_whole(replies[i].bytes, strlen(replies[i].bytes));

		assert_string_equal(shown(reply), replies[i].wanted);
		trawl_reply_free(reply);
	}
	trawl_reply_free(NULL);
}

/* In memory of its very size, so that a tool sees a read past the end. */
static enum trawl_client_status read_part(const char *bytes, size_t n)
{
	char *part = malloc(n ? n : 1);
	struct trawl_reply *reply = NULL;
	size_t used = 99;
	enum trawl_client_status st;

	assert_non_null(part);
	memcpy(part, bytes, n);
	st = trawl_reply_read(part, n, 0, &used, &reply, NULL);
	assert_true(st == TRAWL_CLIENT_OK || (!reply && !used));
	trawl_reply_free(reply);
	free(part);
	return st;
}

static void test_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		const char *bytes = replies[i].bytes;
		size_t n = strlen(bytes);
		struct wire_scan scan;

		wire_scan_init(&scan, 1 << 20);
		for (size_t part = 0; part < n; part++) {
			assert_int_equal(read_part(bytes, part),
					 TRAWL_CLIENT_AGAIN);
			if (part)
				assert_int_equal(
					wire_scan(&scan, bytes, part, NULL),
					TRAWL_CLIENT_AGAIN);
		}
		assert_int_equal(wire_scan(&scan, bytes, n, NULL),
				 TRAWL_CLIENT_OK);
		assert_int_equal(scan.at, n);
	}
}

static void test_one_behind_the_other(void **state)
{
	static char all[8192];
	size_t n = 0, at = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s",
				      replies[i].bytes);
	for (size_t i = 0; i < COUNT(replies); i++) {
		struct trawl_reply *reply = NULL;
		size_t used;

		assert_int_equal(trawl_reply_read(all + at, n - at, 0, &used,
						  &reply, NULL),
				 TRAWL_CLIENT_OK);
		assert_string_equal(shown(reply), replies[i].wanted);
		trawl_reply_free(reply);
		at += used;
	}
	assert_int_equal(at, n);
}

static void test_nul_in_counted_bytes(void **state)
{
	static const char bytes[] = "OK GET bytes=3\r\na\0b\r\n";
	struct trawl_reply *reply = read_whole(bytes, sizeof(bytes) - 1);
	size_t len;

	(void)state;
	assert_memory_equal(trawl_reply_bytes(reply, &len), "a\0b", 4);
	assert_int_equal(len, 3);
	assert_non_null(trawl_reply_bytes(reply, NULL));
	trawl_reply_free(reply);
}

static void test_accessors(void **state)
{
	static const char bytes[] = "OK X a=12 b=x c=18446744073709551615 "
				    "d=18446744073709551616 e= a=13\r\n";
	struct trawl_reply *reply = read_whole(bytes, sizeof(bytes) - 1);
	const char *key = NULL, *value = NULL;
	size_t len = 7;

	(void)state;
	assert_string_equal(trawl_reply_value(reply, "a"), "12");
	assert_null(trawl_reply_value(reply, "aa"));
	assert_int_equal(trawl_reply_number(reply, "a", 5), 12);
	assert_int_equal(trawl_reply_number(reply, "b", 5), 5);
	assert_true(trawl_reply_number(reply, "c", 5) == UINT64_MAX);
	assert_int_equal(trawl_reply_number(reply, "d", 5), 5);
	assert_int_equal(trawl_reply_number(reply, "e", 5), 5);
	assert_int_equal(trawl_reply_number(reply, "none", 5), 5);
	assert_true(trawl_reply_pair(reply, 5, &key, &value));
	assert_string_equal(key, "a");
	assert_string_equal(value, "13");
	assert_false(trawl_reply_pair(reply, 6, &key, &value));
	assert_int_equal(trawl_reply_lines(reply), 0);
	assert_null(trawl_reply_line(reply, 0));
	assert_null(trawl_reply_bytes(reply, &len));
	assert_int_equal(len, 0);
	trawl_reply_free(reply);
}

/* ----------------------------------------------------------------- refused -- */

/* clang-format off */
static const char *const malformed[] = {
	"\r\n", "\n", " OK PING\r\n", "ok PING\r\n", "OK\r\n", "OK \r\n",
	"OKAY PING\r\n", "PONG\r\n", "+OK\r\n", "-ERR x\r\n", "*3\r\n", "*\r\n",
	"OK PING\tx=1\r\n", "OK PING \x01\r\n", "OK PING x=\x7F\r\n",
	"OK P=1\r\n", "OK 1PING\r\n", "OK PI\rNG\r\n", "OK PING\r\r\n",
	"OK PING x\r\n", "OK PING =1\r\n", "OK PING 1=1\r\n", "OK PING a b=1\r\n",
	"OK PING a=%\r\n", "OK PING a=%4\r\n", "OK PING a=%G0\r\n",
	"OK PING a=%0g\r\n", "OK PING a=%00\r\n", "OK PING a=% 1\r\n",
	"# OK PING\r\n", "#a\r\n", "#a \r\n", "#a PING\r\n", "#\xC3\xA9 OK PING\r\n",
	"#a#b OK PING\r\n", "#a * BYE\r\n",
	"#abcdefghijklmnopqrstuvwxyz1234567 OK PING\r\n",
	"ERR\r\n", "ERR \r\n", "ERR 505\r\n", "ERR 50 x\r\n", "ERR 5050 x\r\n",
	"ERR 200 x\r\n", "ERR 399 x\r\n", "ERR 600 x\r\n", "ERR 000 x\r\n",
	"ERR 5x5 x y\r\n", "ERR -05 x y\r\n", "ERR 505 9 y\r\n",
	"OK SEARCH n=\r\n", "OK SEARCH n=-1\r\n", "OK SEARCH n=+1\r\n",
	"OK SEARCH n=1x\r\n", "OK SEARCH n=0x1\r\n", "OK SEARCH n=%31\r\n",
	"OK SEARCH n=1048577\r\n", "OK SEARCH n=4294967296\r\n",
	"OK SEARCH n=18446744073709551615\r\n",
	"OK SEARCH n=18446744073709551616\r\n",
	"OK SEARCH n=99999999999999999999999999999999\r\n",
	"OK SEARCH n=1 n=1\r\n",  "OK X n=1 n=2 bytes=1\r\n", "OK X bytes=1 n=x\r\n",
	"OK GET bytes=\r\n", "OK GET bytes=-1\r\n", "OK GET bytes=1e3\r\n",
	"OK GET bytes=67108865\r\n", "OK GET bytes=4294967296\r\n",
	"OK GET bytes=9223372036854775807\r\n",
	"OK GET bytes=18446744073709551615\r\n",
	"OK GET bytes=18446744073709551616\r\n", "OK GET bytes=1 bytes=1\r\n",
	"OK SEARCH n=1\r\n{}\r\nOK PING\r\n", "OK SEARCH n=0\r\n\r\n",
	"OK SEARCH n=0\r\nEND \r\n", "OK SEARCH n=0\r\nENDE\r\n",
	"OK SEARCH n=0\r\nEN\r\n", "OK SEARCH n=0\r\n{}\r\nEND\r\n",
	"OK SEARCH n=0\r\nEND\rx", "OK GET bytes=1\r\nabc", "OK GET bytes=1\r\na\r\r",
};
/* clang-format on */

/* PROTOCOL in the end, and never OK; once PROTOCOL, then for good. */
static void check_refused(const char *bytes, size_t n)
{
	struct trawl_client_error err = { "" };
	struct trawl_reply *reply = NULL;
	size_t used = 99;
	bool refused = false;

	if (trawl_reply_read(bytes, n, 0, &used, &reply, &err) !=
	    TRAWL_CLIENT_PROTOCOL)
		print_message("# not refused: %s\n", bytes);
	assert_int_equal(trawl_reply_read(bytes, n, 0, &used, &reply, &err),
			 TRAWL_CLIENT_PROTOCOL);
	assert_int_equal(used, 0);
	assert_null(reply);
	assert_true(*err.text && !strpbrk(err.text, "\r\n"));
	for (size_t part = 0; part <= n; part++) {
		enum trawl_client_status st = read_part(bytes, part);

		assert_true(st == TRAWL_CLIENT_PROTOCOL ||
			    (st == TRAWL_CLIENT_AGAIN && !refused));
		refused = st == TRAWL_CLIENT_PROTOCOL;
	}
	assert_true(refused);
}

static void test_malformed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(malformed); i++)
		check_refused(malformed[i], strlen(malformed[i]));
}

static void test_nul_in_lines(void **state)
{
	static const char head[] = "OK PING a=\0\r\n";
	static const char body[] = "OK SEARCH n=1\r\n\0\r\nEND\r\n";

	(void)state;
	check_refused(head, sizeof(head) - 1);
	check_refused(body, sizeof(body) - 1);
}

/* Strangers are known by their first bytes, before a line has ended. */
static void test_strangers_at_once(void **state)
{
	static const char *const first[] = { "H",	"220 ", "\x16\x03",
					     "SSH-2.0", "OX",	"ERRO",
					     "*O",	"\x80", "J" };

	(void)state;
	for (size_t i = 0; i < COUNT(first); i++)
		assert_int_equal(read_part(first[i], strlen(first[i])),
				 TRAWL_CLIENT_PROTOCOL);
}

/* ------------------------------------------------------------------ limits -- */

static enum trawl_client_status read_max(const char *bytes, size_t n,
					 size_t max)
{
	struct trawl_reply *reply = NULL;
	size_t used;
	enum trawl_client_status st =
		trawl_reply_read(bytes, n, max, &used, &reply, NULL);

	trawl_reply_free(reply);
	return st;
}

static void test_max(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++) {
		const char *bytes = replies[i].bytes;
		size_t n = strlen(bytes);

		assert_int_equal(read_max(bytes, n, n), TRAWL_CLIENT_OK);
		assert_int_equal(read_max(bytes, n, n - 1),
				 TRAWL_CLIENT_PROTOCOL);
		assert_int_equal(read_max(bytes, n - 1, n - 1),
				 TRAWL_CLIENT_PROTOCOL);
		assert_int_equal(read_max(bytes, n - 1, n), TRAWL_CLIENT_AGAIN);
	}
}

static void test_longest_line(void **state)
{
	const size_t size = WIRE_LINE_MAX + 16;
	char *line = malloc(size);

	(void)state;
	assert_non_null(line);
	memset(line, 'x', size);
	memcpy(line, "* ", 2);
	assert_int_equal(read_max(line, WIRE_LINE_MAX + 1, 0),
			 TRAWL_CLIENT_AGAIN);
	assert_int_equal(read_max(line, WIRE_LINE_MAX + 2, 0),
			 TRAWL_CLIENT_PROTOCOL);
	memcpy(line + WIRE_LINE_MAX, "\r\n", 2);
	assert_int_equal(read_max(line, size, 0), TRAWL_CLIENT_OK);
	memcpy(line + WIRE_LINE_MAX, "x\n", 2);
	assert_int_equal(read_max(line, size, 0), TRAWL_CLIENT_PROTOCOL);
	memcpy(line + WIRE_LINE_MAX, "x\r\n", 3);
	assert_int_equal(read_max(line, size, 0), TRAWL_CLIENT_PROTOCOL);
	free(line);
}

static void test_most_values_and_lines(void **state)
{
	const size_t size = 4u * WIRE_LINES_MAX;
	char *bytes = malloc(size);
	size_t n;

	(void)state;
	assert_non_null(bytes);
	for (size_t more = 0; more < 2; more++) {
		n = (size_t)snprintf(bytes, size, "OK X");
		for (size_t i = 0; i < WIRE_PAIRS_MAX + more; i++)
			n += (size_t)snprintf(bytes + n, size - n, " a=");
		n += (size_t)snprintf(bytes + n, size - n, "\r\n");
		assert_int_equal(read_max(bytes, n, 0),
				 more ? TRAWL_CLIENT_PROTOCOL
				      : TRAWL_CLIENT_OK);
	}
	n = (size_t)snprintf(bytes, size, "OK X n=%d\r\n", (int)WIRE_LINES_MAX);
	memset(bytes + n, '\n', WIRE_LINES_MAX);
	n += WIRE_LINES_MAX;
	n += (size_t)snprintf(bytes + n, size - n, "END\r\n");
	assert_int_equal(read_max(bytes, n, 0), TRAWL_CLIENT_OK);
	free(bytes);
}

static void test_status_names(void **state)
{
	(void)state;
	assert_string_equal(trawl_client_status_name(TRAWL_CLIENT_OK),
			    "TRAWL_CLIENT_OK");
	assert_string_equal(trawl_client_status_name(TRAWL_CLIENT_IO),
			    "TRAWL_CLIENT_IO");
	assert_string_equal(trawl_client_status_name(99),
			    "TRAWL_CLIENT_UNKNOWN");
}

/* A foreign text stays one line, and its last character whole. */
static void test_errors_are_one_line(void **state)
{
	struct trawl_client_error err;
	char text[600];

	(void)state;
	wire_fail(&err, TRAWL_CLIENT_IO, "a\nb\x1B[31m\x7F\xC2\x9Bx\xC2\xA0");
	assert_string_equal(err.text, "a b [31m   x\xC2\xA0");
	for (size_t i = 0; i < 3; i++) {
		memset(text, 'x', i);
		for (size_t at = i; at < 597; at += 3)
			memcpy(text + at, "\xE2\x82\xAC", 4);
		wire_fail(&err, TRAWL_CLIENT_IO, "%s", text);
		assert_int_equal((strlen(err.text) - i) % 3, 0);
		assert_true(strlen(err.text) > 500);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_replies),
		cmocka_unit_test(test_every_split),
		cmocka_unit_test(test_one_behind_the_other),
		cmocka_unit_test(test_nul_in_counted_bytes),
		cmocka_unit_test(test_accessors),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_nul_in_lines),
		cmocka_unit_test(test_strangers_at_once),
		cmocka_unit_test(test_max),
		cmocka_unit_test(test_longest_line),
		cmocka_unit_test(test_most_values_and_lines),
		cmocka_unit_test(test_status_names),
		cmocka_unit_test(test_errors_are_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
