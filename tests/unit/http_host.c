/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/http_host, daemon/http_route: names, origins and paths, exactly */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "http_host.h"
#include "http_route.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct http_span span(const char *s)
{
	return (struct http_span){ s, strlen(s) };
}

static void test_hosts(void **state)
{
	static const struct {
		const char *host;
		bool ours;
	} cases[] = {
		{ "127.0.0.1", true },
		{ "127.0.0.1:7780", true },
		{ "192.0.2.7:80", true },
		{ "[::1]", true },
		{ "[::1]:7780", true },
		{ "[2001:db8::1]:1", true },
		{ "localhost", true },
		{ "LocalHost:7780", true },
		{ "localhost:", true },
		{ "news.localhost", true },
		{ "a.b.LOCALHOST:80", true },
		{ "search.example.org", true },
		{ "SEARCH.example.org:443", true },
		{ "other.example.org", true },
		{ "", false },
		{ ":80", false },
		{ "evil.example", false },
		{ "evil.example:7780", false },
		{ "localhost.evil.example", false },
		{ "evillocalhost", false },
		{ ".localhost", false },
		{ "evil/.localhost", false },
		{ "127.0.0.1.evil.example", false },
		{ "127.0.0.1.nip.io", false },
		{ "0x7f.1", false },
		{ "127.1", false },
		{ "2130706433", false },
		{ "127.0.0.1:x", false },
		{ "127.0.0.1:123456", false },
		{ "127.0.0.1:80:80", false },
		{ "::1", false },
		{ "[::1", false },
		{ "[::1]x", false },
		{ "[127.0.0.1]", false },
		{ "[evil.example]", false },
		{ "search.example.org.", false },
		{ "search.example.org,other.example.org", false },
		{ "example.org", false },
		{ "xsearch.example.org", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (http_host_is_ours(span(cases[i].host),
				      "search.example.org,other.example.org") !=
		    cases[i].ours)
			fail_msg("%s", cases[i].host);
	assert_false(http_host_is_ours(span("search.example.org"), ""));
	assert_false(http_host_is_ours(span("search.example.org"), NULL));
	assert_true(http_host_is_ours(span("localhost"), NULL));
}

/* Only so many of its bytes are looked at. */
static void test_host_has_no_end(void **state)
{
	const char bytes[] = "localhostx";

	(void)state;
	assert_true(http_host_is_ours((struct http_span){ bytes, 9 }, ""));
	assert_false(http_host_is_ours((struct http_span){ bytes, 10 }, ""));
	assert_false(
		http_host_is_ours((struct http_span){ "1.2.3.4\0", 8 }, ""));
}

static void test_origins(void **state)
{
	static const char list[] = "https://a.example,http://[::1]:80";
	struct http_span got;

	(void)state;
	got = http_origin_allowed(span("https://a.example"), list);
	assert_int_equal(got.n, strlen("https://a.example"));
	assert_non_null(http_origin_allowed(span("http://[::1]:80"), list).s);
	assert_null(http_origin_allowed(span("http://a.example"), list).s);
	assert_null(http_origin_allowed(span("https://a.example:1"), list).s);
	assert_null(http_origin_allowed(span("https://a.exampl"), list).s);
	assert_null(http_origin_allowed(span("null"), list).s);
	assert_null(http_origin_allowed(span(""), list).s);
	assert_null(http_origin_allowed(span("https://a.example"), "").s);
	got = http_origin_allowed(span("null"), "*");
	assert_int_equal(got.n, 1);
	assert_memory_equal(got.s, "*", 1);
	assert_non_null(
		http_origin_allowed((struct http_span){ NULL, 0 }, "*").s);
}

static void test_routes(void **state)
{
	static const struct {
		const char *path;
		int route; /* -1: none */
		const char *rest;
	} cases[] = {
		{ "/", ROUTE_PAGE, NULL },
		{ "/search", ROUTE_SEARCH, NULL },
		{ "/doc/a", ROUTE_DOC, "a" },
		{ "/doc/a/b%2F", ROUTE_DOC, "a/b%2F" },
		{ "/doc//", ROUTE_DOC, "/" },
		{ "/doc/", ROUTE_DOC, "" },
		{ "/doc", ROUTE_DOC, NULL },
		{ "/view/x", ROUTE_VIEW, "x" },
		{ "/similar", ROUTE_SIMILAR, NULL },
		{ "/explain/1", ROUTE_EXPLAIN, "1" },
		{ "/favicon.ico", ROUTE_ICON, NULL },
		{ "/icon.svg", ROUTE_ICON, NULL },
		{ "", -1, NULL },
		{ "//", -1, NULL },
		{ "/search/", -1, NULL },
		{ "/Search", -1, NULL },
		{ "/searc", -1, NULL },
		{ "/searchx", -1, NULL },
		{ "/docs/a", -1, NULL },
		{ "/doc%2Fa", -1, NULL },
		{ "/favicon.icon", -1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct http_span rest;
		const struct route *route =
			route_find(span(cases[i].path), &rest);

		if ((route ? (int)(route - routes) : -1) != cases[i].route)
			fail_msg("%s", cases[i].path);
		if (!route || !cases[i].rest) {
			assert_true(!route || !rest.s);
			continue;
		}
		assert_int_equal(rest.n, strlen(cases[i].rest));
		assert_memory_equal(rest.s, cases[i].rest, rest.n);
	}
}

/* What the rest of the daemon takes for granted of the table. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROUTES; i++) {
		const struct route *r = &routes[i];
		const char *id = strstr(r->path, "/{id}");
		size_t len = strlen(r->summary);

		assert_int_equal(r->path[0], '/');
		assert_int_equal((r->flags & ROUTE_HAS_ID) != 0, id && !id[5]);
		assert_true(r->verb <= VERBS);
		assert_true(len > 1 && strchr(".?", r->summary[len - 1]));
		/* Nothing of an index without the token. */
		if (r->flags & ROUTE_OPEN)
			assert_int_equal(r->verb, VERBS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_host_has_no_end),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_routes),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
