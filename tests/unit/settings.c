/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "settings_parts.h"
#include "temp_group.h"
#include "trawl.h"

#define LENGTH(a) (sizeof(a) / sizeof(*(a)))

/* An index, as far as settings look. */
static const char *make_index(const char *name, char path[512])
{
	char stub[512];

	temp_path(&dir, name, path);
	mkdir(path, 0755);
	snprintf(stub, sizeof(stub), "%.480s/XAPIANDB", path);
	write_file(stub, "glass gen-000001\n");
	return path;
}

/* Read text as the file trawld.conf of the working directory. */
static bool read_text(struct settings *s, const char *text,
		      struct settings_error *err)
{
	char path[512];

	assert_int_equal(chdir(dir.path), 0);
	write_file(temp_path(&dir, "trawld.conf", path), text);
	return settings_read(s, "trawld.conf", err);
}

static void test_defaults(void **state)
{
	struct settings s;

	(void)state;
	settings_init(&s);
	assert_int_equal(s.limits.max_line, 65536);
	assert_int_equal(s.limits.max_literal, 1 << 20);
	assert_int_equal(s.limits.max_reply, 32 << 20);
	assert_int_equal(s.limits.max_unread, 64 << 20);
	assert_int_equal(s.limits.max_pending, 64 << 20);
	assert_int_equal(s.limits.max_connections, 16384);
	assert_int_equal(s.limits.max_waiting, 1000);
	assert_int_equal(s.limits.max_turn, 20);
	assert_int_equal(s.limits.timeout, 5000);
	assert_int_equal(s.limits.timeout_max, 60000);
	assert_int_equal(s.limits.grace, 80);
	assert_int_equal(s.limits.request_timeout, 10000);
	assert_int_equal(s.limits.idle_timeout, 300000);
	assert_int_equal(s.limits.unread_timeout, 30000);
	assert_int_equal(s.limits.linger, 5000);
	assert_int_equal(s.limits.drain_timeout, 5000);
	assert_int_equal(s.limits.query_log, QUERY_LOG_OFF);
	assert_int_equal(s.ranking, TRAWL_RANKING_TRAWL);
	assert_int_equal(s.worker_memory, UINT64_C(2) << 30);
	assert_int_equal(s.socket_mode, 0600);
	assert_int_equal(s.workers, 0);
	assert_true(s.sandbox);
	assert_false(s.syslog);
	assert_null(s.http);
	assert_null(s.http_hosts);
	assert_null(s.http_origins);
	assert_null(s.public_url);
	assert_null(s.user);
	assert_int_equal(s.nlisten, 0);
	settings_release(&s);
	settings_release(&s);
}

/* Both ends of each range are taken, and nothing beyond them. */
static void test_ranges(void **state)
{
	static const struct {
		const char *name, *good[3], *bad[5];
	} cases[] = {
		{ "workers",
		  { "1", "64", "cores" },
		  { "0", "65", "-1", "1x" } },
		{ "max-line", { "1K", "1024", "1M" }, { "1023", "2M", "1B" } },
		{ "max-literal", { "1K", "16M" }, { "1", "17M", "", " " } },
		{ "max-reply", { "64K", "1G" }, { "63K", "1025M" } },
		{ "max-unread", { "1M", "64G" }, { "1K", "65G" } },
		{ "max-pending", { "1M", "64G" }, { "1023K", "65G" } },
		{ "worker-memory", { "64M", "1T" }, { "63M", "1025G" } },
		{ "max-connections", { "1", "1000000" }, { "0", "1000001" } },
		{ "max-waiting", { "1", "1000000" }, { "0", "1000001" } },
		{ "max-turn", { "1", "1000" }, { "0", "1001", "0x10" } },
		{ "timeout", { "10ms", "10m", "600s" }, { "9ms", "11m", "5" } },
		{ "timeout-max", { "10ms", "600s" }, { "1h", "1 s", "1d" } },
		{ "grace", { "1ms", "10s" }, { "0", "0ms", "11s", "1.5s" } },
		{ "request-timeout", { "100ms", "1h" }, { "99ms", "61m" } },
		{ "idle-timeout", { "0", "0s", "24h" }, { "25h", "s", "5mm" } },
		{ "unread-timeout", { "100ms", "1h" }, { "0", "61m" } },
		{ "linger", { "0", "1m" }, { "2m", "99999999999999999ms" } },
		{ "drain-timeout", { "0", "1h" }, { "2h", "4294967296ms" } },
		{ "socket-mode",
		  { "0000", "0777", "660" },
		  { "1777", "0888", "60", "06600", "rw" } },
		{ "sandbox", { "yes", "no" }, { "1", "true", "YES", "" } },
		{ "syslog", { "yes", "no" }, { "on" } },
		{ "query-log", { "off", "text", "json" }, { "xml", "" } },
		{ "ranking",
		  { "trawl", "bm25", "trawl2" },
		  { "or", "", "BM25", "bm2", "trawl, bm25" } },
		{ "http",
		  { "127.0.0.1:0", "[::1]:7780", "none" },
		  { "unix:/x", "7780", ":7780", "a:65536", "::1:80" } },
		{ "http-hosts",
		  { "search.example.org", "a,b-1,c_d", "none" },
		  { "", "a,", ",a", "a b", "a:80" } },
		{ "http-origins",
		  { "*", "https://a.example,http://[::1]:8080", "none" },
		  { "a.example", "https://", "https://a/", "*,https://a",
		    "ftp://a" } },
		{ "public-url",
		  { "https://a.example", "http://127.0.0.1:80/se-arch/",
		    "none" },
		  { "a.example", "https://a?x", "https://a/\"", "https:///x",
		    "https://a:x" } },
		{ "listen",
		  { "unix:/x", "localhost:7722", "[::1]:0" },
		  { "unix:", "localhost", "a/b:1", "a:", "a:-1" } },
		{ "user", { "nobody", "none" }, { "" } },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct settings s;
		struct settings_error err;

		settings_init(&s);
		for (size_t j = 0; j < 3 && cases[i].good[j]; j++)
			if (!settings_set(&s, "-o", cases[i].name,
					  cases[i].good[j], &err))
				fail_msg("%s", err.text);
		for (size_t j = 0; j < 5 && cases[i].bad[j]; j++)
			if (settings_set(&s, "-o", cases[i].name,
					 cases[i].bad[j], &err))
				fail_msg("%s=%s", cases[i].name,
					 cases[i].bad[j]);
		settings_release(&s);
	}
}

/* What the table says of an option is what holds. */
static void test_table(void **state)
{
	const char *name, *standard, *range, *meaning;
	size_t n = 0;

	(void)state;
	for (; settings_row(n, &name, &standard, &range, &meaning); n++) {
		struct settings s;
		struct settings_error err;

		settings_init(&s);
		if (!settings_set(&s, "-o", name, standard, &err))
			fail_msg("%s", err.text);
		assert_null(strchr(name, '_'));
		assert_int_equal(meaning[strlen(meaning) - 1], '.');
		assert_true(*range);
		settings_release(&s);
	}
	assert_int_equal(n, 32);
}

/* Paths begin with a slash of their own. */
static void test_public_url(void **state)
{
	char longest[SETTINGS_WEB_MAX + 2];
	struct settings s;
	struct settings_error err;

	(void)state;
	memset(longest, 'a', sizeof(longest));
	longest[SETTINGS_WEB_MAX + 1] = '\0';
	settings_init(&s);
	assert_true(settings_set(&s, "-o", "public-url", "https://a//", &err));
	assert_string_equal(s.public_url, "https://a");
	assert_true(settings_set(&s, "-o", "public-url", "none", &err));
	assert_null(s.public_url);
	assert_false(settings_set(&s, "-o", "http-hosts", longest, &err));
	settings_release(&s);
}

static void test_values(void **state)
{
	struct settings s;
	struct settings_error err;

	(void)state;
	settings_init(&s);
	assert_true(read_text(&s,
			      "\xEF\xBB\xBF# a comment\n"
			      "[server]\r\n"
			      "  listen = unix:/a  ; and a remark\n"
			      "listen=127.0.0.1:0\n"
			      "timeout = 300ms\n"
			      "timeout-max=2m\n"
			      "max-reply=1M\n"
			      "query-log=json\n"
			      "socket-mode=0660\n"
			      "\n"
			      "[indexes]\n"
			      "news = /a/b\n"
			      "x-1 = c",
			      &err));
	assert_int_equal(s.nlisten, 2);
	assert_string_equal(s.listen[0], "unix:/a");
	assert_string_equal(s.listen[1], "127.0.0.1:0");
	assert_int_equal(s.limits.timeout, 300);
	assert_int_equal(s.limits.timeout_max, 120000);
	assert_int_equal(s.limits.max_reply, 1 << 20);
	assert_int_equal(s.limits.query_log, QUERY_LOG_JSON);
	assert_int_equal(s.socket_mode, 0660);
	assert_int_equal(s.nindexes, 2);
	assert_string_equal(s.index[0].name, "news");
	assert_string_equal(s.index[0].path, "/a/b");
	assert_int_equal(s.index[1].path[0], '/');
	settings_clear_listen(&s);
	assert_int_equal(s.nlisten, 0);
	settings_release(&s);
}

static void test_file_errors(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "[server]\n\nworkers=0\n",
		  "trawld.conf:3: workers=0: must be 1 to 64 or cores" },
		{ "[server]\ntimeout=5\n",
		  "trawld.conf:2: timeout=5: must be 10ms to 10m: a number and "
		  "ms, s, m or h" },
		{ "[server]\nmax-line=1\n",
		  "trawld.conf:2: max-line=1: must be 1K to 1M: bytes, or a "
		  "number and K, M, G or T" },
		{ "[server]\nquery-log=\x1b[2J\n",
		  "trawld.conf:2: query-log=\\x1B[2J: must be off, text or "
		  "json" },
		{ "[server]\nmax_line=1\n",
		  "trawld.conf:2: max_line: no such option: did you mean "
		  "max-line?" },
		{ "[server]\nfoo=1\n",
		  "trawld.conf:2: foo: no such option: trawld --help names "
		  "them" },
		{ "[server]\nlinger=1s\nworkers=2\nlinger=2s\n",
		  "trawld.conf:4: linger: already set in line 2" },
		{ "workers=2\n",
		  "trawld.conf:1: []: no such section: [server], [indexes]" },
		{ "[sever]\nworkers=2\n",
		  "trawld.conf:1: [sever]: no such section: [server], "
		  "[indexes]" },
		{ "[server]\n\n  [nosect]\n",
		  "trawld.conf:3: [nosect]: no such section: [server], "
		  "[indexes]" },
		{ "[indexes ]\n",
		  "trawld.conf:1: [indexes ]: no such section: [server], "
		  "[indexes]" },
		{ "[server]\nworkers\n",
		  "trawld.conf:2: neither [section], option = value nor a "
		  "comment" },
		{ "[server\nworkers=1\n",
		  "trawld.conf:1: neither [section], option = value nor a "
		  "comment" },
		{ "[server]\nlisten=foo\n",
		  "trawld.conf:2: listen=foo: must be unix:PATH or "
		  "HOST:PORT" },
		{ "[indexes]\nne,ws=/x\n",
		  "trawld.conf:2: ne,ws: an index's name is letters, digits, _ "
		  "- and ., at most 63: use NAME=INDEX" },
		{ "[indexes]\nnews=/x\nnews=/y\n",
		  "trawld.conf:3: news: another index has this name already: "
		  "use NAME=INDEX" },
		{ "[indexes]\nnews=\n",
		  "trawld.conf:2: news: must be a directory" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct settings s;
		struct settings_error err;

		settings_init(&s);
		if (read_text(&s, cases[i].text, &err))
			fail_msg("taken: %s", cases[i].text);
		assert_string_equal(err.text, cases[i].error);
		assert_false(err.could_not);
		settings_release(&s);
	}
}

static void test_long_line(void **state)
{
	struct settings s;
	struct settings_error err;
	char text[300] = "[server]\nuser=";

	(void)state;
	settings_init(&s);
	memset(text + 14, 'x', 250);
	assert_false(read_text(&s, text, &err));
	assert_string_equal(err.text, "trawld.conf:2: longer than 190 bytes");
	settings_release(&s);
	settings_init(&s);
	assert_false(settings_read(&s, "none.conf", &err));
	assert_string_equal(err.text, "none.conf: No such file or directory");
	assert_true(err.could_not);
	settings_release(&s);
}

static void test_too_many(void **state)
{
	struct settings s;
	struct settings_error err;
	char text[64];

	(void)state;
	settings_init(&s);
	for (int i = 0; i <= SETTINGS_LISTEN_MAX; i++) {
		snprintf(text, sizeof(text), "127.0.0.1:%d", i);
		assert_int_equal(
			settings_set(&s, "--listen", "listen", text, &err),
			i < SETTINGS_LISTEN_MAX);
	}
	assert_string_equal(err.text, "--listen: listen=127.0.0.1:16: at most "
				      "16 are served");
	for (int i = 0; i <= SETTINGS_INDEXES_MAX; i++) {
		snprintf(text, sizeof(text), "/x/i%d", i);
		assert_int_equal(settings_add_index(&s, "argument", text, &err),
				 i < SETTINGS_INDEXES_MAX);
	}
	assert_string_equal(err.text, "argument: i64: at most 64 indexes are "
				      "served");
	settings_release(&s);
}

static void test_index_names(void **state)
{
	static const struct {
		const char *text, *name, *path;
	} cases[] = {
		{ "/a/news", "news", "/a/news" },
		{ "/a/news.index", "news", "/a/news.index" },
		{ "/a/news/", "news", "/a/news/" },
		{ "n=/a/b", "n", "/a/b" },
		{ "/a/b=c", NULL, NULL },
		{ "x=/a/b=c", "x", "/a/b=c" },
		{ "/a/.index", NULL, NULL },
		{ "/", NULL, NULL },
		{ "/a/two words", NULL, NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct settings s;
		struct settings_error err;
		bool ok;

		settings_init(&s);
		ok = settings_add_index(&s, "argument", cases[i].text, &err);
		if (ok != (cases[i].name != NULL))
			fail_msg("%s", cases[i].text);
		if (ok) {
			assert_string_equal(s.index[0].name, cases[i].name);
			assert_string_equal(s.index[0].path, cases[i].path);
		} else {
			assert_non_null(strstr(err.text, "use NAME=INDEX"));
		}
		settings_release(&s);
	}
}

/* check() of one index and one option more; its error, or NULL. */
static const char *check(const char *name, const char *value, const char *more,
			 const char *value2, struct settings_error *err)
{
	struct settings s;
	char index[512];
	bool ok;

	settings_init(&s);
	assert_true(settings_add_index(&s, "argument", make_index("ix", index),
				       err));
	assert_true(settings_set(&s, "-o", name, value, err));
	if (more)
		assert_true(settings_set(&s, "-o", more, value2, err));
	ok = settings_check(&s, err);
	if (ok) {
		assert_true(s.workers >= 1 && s.workers <= 64);
		assert_true(s.nlisten >= 1);
	}
	settings_release(&s);
	return ok ? NULL : err->text;
}

static void test_check(void **state)
{
	static const struct {
		const char *name, *value, *more, *value2, *error;
	} cases[] = {
		{ "workers", "cores", NULL, NULL, NULL },
		{ "listen", "127.0.0.1:7722", "http", "[::1]:0", NULL },
		{ "listen", "0.0.0.0:7722", NULL, NULL,
		  "-o: 0.0.0.0:7722: not a loopback address" },
		{ "listen", "[::]:0", NULL, NULL, "[::]:0: not a loopback" },
		{ "http", "192.0.2.1:80", NULL, NULL,
		  "-o: 192.0.2.1:80: not a" },
		{ "http", "no..host:80", NULL, NULL,
		  "-o: no..host:80: does not resolve: " },
		{ "timeout", "10s", "timeout-max", "9s",
		  "-o: timeout: 10000 ms, longer than timeout-max, 9000 ms" },
		{ "query-log", "text", NULL, NULL,
		  "-o: query-log: set query-log-file, too" },
		{ "query-log", "text", "query-log-file", "q.log", NULL },
		{ "token-file", "/none/t", NULL, NULL,
		  "token-file: /none/t: No such file or directory" },
		{ "token-file", "/dev/null", NULL, NULL, "cannot be read" },
		{ "socket-group", "no such group", NULL, NULL,
		  "socket-group=no such group: no such group" },
		{ "user", "no such user", NULL, NULL,
		  "user=no such user: no such user" },
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct settings_error err;
		const char *got = check(cases[i].name, cases[i].value,
					cases[i].more, cases[i].value2, &err);

		if (!got != !cases[i].error ||
		    (got && !strstr(got, cases[i].error)))
			fail_msg("%s=%s: %s", cases[i].name, cases[i].value,
				 got ? got : "taken");
	}
}

static void test_no_index(void **state)
{
	struct settings s;
	struct settings_error err;

	(void)state;
	settings_init(&s);
	assert_false(settings_check(&s, &err));
	assert_string_equal(err.text, "no index: name one: trawld INDEX, or "
				      "NAME = INDEX in [indexes]");
	assert_false(err.could_not);
	assert_true(settings_add_index(&s, "argument", "/no/such", &err));
	assert_false(settings_check(&s, &err));
	assert_string_equal(err.text, "/no/such: no index here: make one with: "
				      "trawl-index build /no/such INPUT...");
	assert_true(err.could_not);
	settings_release(&s);
}

/* What is there, and is no index, is what one could be made of. */
static void test_no_index_but_a_directory(void **state)
{
	struct settings s;
	struct settings_error err;
	char want[1200];

	(void)state;
	settings_init(&s);
	assert_true(settings_add_named(&s, "x", "news", dir.path, &err));
	assert_false(settings_check(&s, &err));
	snprintf(want, sizeof(want),
		 "%s: is no index: make one of what is in it with: trawl-index "
		 "build NEW.index %s",
		 dir.path, dir.path);
	assert_string_equal(err.text, want);
	assert_true(err.could_not);
	settings_release(&s);
}

/* What only two options together have wrong is told with a place, too. */
static void test_place_of_what_the_whole_tells(void **state)
{
	static const struct {
		const char *text, *error;
	} cases[] = {
		{ "[server]\ntimeout-max=9s\ntimeout=10s\n",
		  "trawld.conf:3: timeout: 10000 ms, longer than timeout-max, "
		  "9000 ms: lower it, or raise timeout-max" },
		{ "[server]\n\ntimeout-max=1s\n",
		  "trawld.conf:3: timeout: 5000 ms, longer than timeout-max, "
		  "1000 ms: lower it, or raise timeout-max" },
		{ "[server]\nquery-log=json\n",
		  "trawld.conf:2: query-log: set query-log-file, too" },
		{ "[server]\nlisten=127.0.0.1:1\nlisten=0.0.0.0:1\n"
		  "listen=127.0.0.1:2\n",
		  "trawld.conf:3: 0.0.0.0:1: not a loopback address: anyone "
		  "may reach it: set token-file, or listen on 127.0.0.1 (see "
		  "trawld(8), SECURITY)" },
		{ "[server]\nhttp=0.0.0.0:1\n",
		  "trawld.conf:2: 0.0.0.0:1: not a loopback address: anyone "
		  "may reach it: set token-file, or listen on 127.0.0.1 (see "
		  "trawld(8), SECURITY)" },
	};
	char index[512];

	(void)state;
	make_index("ix", index);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct settings s;
		struct settings_error err;

		settings_init(&s);
		assert_true(settings_add_index(&s, "argument", index, &err));
		assert_true(read_text(&s, cases[i].text, &err));
		assert_false(settings_check(&s, &err));
		assert_string_equal(err.text, cases[i].error);
		assert_false(err.could_not);
		settings_release(&s);
	}
}

static void test_token(void **state)
{
	static const struct {
		const char *text;
		mode_t mode;
		const char *error; /* NULL: token is 0123456789abcdef */
	} cases[] = {
		{ "0123456789abcdef", 0600, NULL },
		{ " 0123456789abcdef \r\n", 0400, NULL },
		{ "0123456789abcdef\n", 0640, ": chmod 600 " },
		{ "0123456789abcdef\n", 0604, ": chmod 600 " },
		{ "0123456789abcde\n", 0600, "has 16 to 200 bytes" },
		{ "", 0600, "has 16 to 200 bytes" },
		{ "0123456789 abcdef\n", 0600, "without blanks" },
		{ "0123456789abcdef\nmore\n", 0600, "without blanks" },
		{ "0123456789abcd\xC3\xA9\n", 0600, "printable ASCII" },
	};
	char path[512], index[512];

	(void)state;
	temp_path(&dir, "token", path);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct settings s;
		struct settings_error err = { .text = "" };
		bool ok;

		write_file(path, cases[i].text);
		assert_int_equal(chmod(path, cases[i].mode), 0);
		settings_init(&s);
		assert_true(settings_add_index(&s, "argument",
					       make_index("ix", index), &err));
		assert_true(settings_set(&s, "-o", "token-file", path, &err));
		assert_true(
			settings_set(&s, "-o", "listen", "0.0.0.0:0", &err));
		ok = settings_check(&s, &err);
		assert_int_equal(ok, !cases[i].error);
		if (ok)
			assert_string_equal(s.token, "0123456789abcdef");
		else if (!strstr(err.text, cases[i].error))
			fail_msg("%s", err.text);
		settings_release(&s);
		unlink(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_public_url),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_file_errors),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_index_names),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_no_index),
		cmocka_unit_test(test_no_index_but_a_directory),
		cmocka_unit_test(test_place_of_what_the_whole_tells),
		cmocka_unit_test(test_token),
	};

	return cmocka_run_group_tests(tests, set_up_dir, tear_down_dir);
}
