/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/front, daemon/conn_http: connections that speak HTTP */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "front_rig.h"
#include "web_files.h"

#include <strings.h>

#define TOKEN	    "0123456789abcdef"
#define HOST	    "Host: localhost:7780\r\n"
#define GET(target) "GET " target " HTTP/1.1\r\n" HOST "\r\n"
#define OK(body, length)                                                       \
	"HTTP/1.1 200 OK\r\nContent-Length: " length "\r\n\r\n" body

enum {
	BODY_MAX = 1 << 20
};

struct response {
	unsigned status;
	char head[8192]; /* fields, a line feed behind each */
	char *body;	 /* to free() */
	size_t n;
};

/* "" when there is no such field. */
static const char *field(const struct response *r, const char *name)
{
	static char value[1024];
	size_t len = strlen(name);

	value[0] = '\0';
	for (const char *at = r->head; *at; at += strcspn(at, "\n") + 1)
		if (!strncasecmp(at, name, len) && at[len] == ':')
			snprintf(value, sizeof(value), "%.*s",
				 (int)strcspn(at + len + 2, "\n"),
				 at + len + 2);
	return value;
}

static void receive_head(int fd, struct response *r)
{
	const char *line = rig_line(fd);
	size_t n = 0;

	assert_int_equal(strncmp(line, "HTTP/1.1 ", 9), 0);
	r->status = (unsigned)strtoul(line + 9, NULL, 10);
	r->head[0] = '\0';
	while (*(line = rig_line(fd)))
		n += (size_t)snprintf(r->head + n, sizeof(r->head) - n, "%s\n",
				      line);
	assert_true(n < sizeof(r->head));
}

/* The next response, whose status must be that one. */
static void receive(int fd, unsigned status, bool has_body, struct response *r)
{
	receive_head(fd, r);
	r->n = has_body ? strtoul(field(r, "Content-Length"), NULL, 10) : 0;
	assert_true(r->n < BODY_MAX);
	r->body = calloc(1, r->n + 1);
	assert_non_null(r->body);
	rig_get(fd, r->body, r->n);
	if (r->status != status)
		fail_msg("status %u and not %u:\n%s\n%s", r->status, status,
			 r->head, r->body);
}

/* A response that has part in its body. */
static void expect(int fd, unsigned status, const char *part)
{
	struct response r;

	receive(fd, status, true, &r);
	if (!strstr(r.body, part))
		fail_msg("no %s in %s", part, r.body);
	free(r.body);
}

static int client(const struct rig *r)
{
	return rig_client(r, LISTEN_HTTP);
}

/* ------------------------------------------------------------ asked, answered */

static void check_wants(const struct rig_worker *w, struct http_wants *wants)
{
	struct line_request rq;

	memset(wants, 0, sizeof(*wants));
	assert_true(frame_options(w->payload, w->head.bytes, &rq, wants));
	assert_true(frame_wants(&w->head, wants));
}

/* What a worker is told; its bytes come as they are; the connection stays. */
static void test_worker(void **state)
{
	struct http_wants wants;
	struct rig r;
	struct rig_worker w;
	int fd, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = client(&r);
	rig_send(fd, "HEAD /search?q=rail%20strike&limit=3 HTTP/1.1\r\n" HOST
		     "If-None-Match: W/\"a\"\r\nAccept-Encoding: gzip\r\n\r\n");
	rig_asked(&w, "rail strike");
	assert_int_equal(w.head.verb, VERB_SEARCH);
	check_wants(&w, &wants);
	assert_int_equal(wants.route, ROUTE_SEARCH);
	assert_true(wants.head && wants.gzip && !wants.close);
	assert_string_equal(wants.etags, "W/\"a\"");
	assert_string_equal(wants.base, "http://localhost:7780");
	assert_string_equal(wants.target, "/search?q=rail%20strike&limit=3");
	assert_null(wants.origin);
	rig_reply(&w, "HTTP/1.1 304 Not Modified\r\n\r\n");
	rig_expect(fd, "HTTP/1.1 304 Not Modified\r\n\r\n");
	rig_send(fd, GET("/count?q=two"));
	rig_asked(&w, "two");
	check_wants(&w, &wants);
	assert_true(!wants.head && !wants.gzip);
	assert_null(wants.etags);
	rig_reply(&w, OK("hi", "2"));
	rig_expect(fd, OK("hi", "2"));
	other = rig_greeted(&r);
	assert_true(rig_stats_say(other, "{\"verb\":\"SEARCH\",\"count\":1,"
					 "\"errors\":0"));
	close(other);
	close(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void answer_count(struct rig_worker *w, const char *q)
{
	rig_asked(w, q);
	rig_reply(w, OK("hi", "2"));
}

/* Ten in one write, some of which the front answers: in order. */
static void test_pipelining(void **state)
{
	static const char requests[] = GET("/healthz") GET("/count?q=1")
		GET("/nothing") GET("/count?q=2") GET("/count") GET("/healthz")
			GET("/count?q=3") GET("/count?q=4") GET("/page.css")
				GET("/healthz");
	struct rig r;
	struct rig_worker w;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	for (int split = 0; split < 2; split++) {
		int fd = client(&r);

		/* A socket holds no more than some 200 pieces while nobody
		 * reads, as when a worker is waited for. */
		for (size_t at = 0; split && at < sizeof(requests) - 1; at += 3)
			rig_send_bytes(fd, requests + at,
				       at + 3 < sizeof(requests)
					       ? 3
					       : sizeof(requests) - 1 - at);
		if (!split)
			rig_send(fd, requests);
		expect(fd, 200, "ok\n");
		answer_count(&w, "1");
		expect(fd, 200, "hi");
		expect(fd, 404, "\"code\":508");
		answer_count(&w, "2");
		expect(fd, 200, "hi");
		expect(fd, 400, "\"param\":\"q\"");
		expect(fd, 200, "ok\n");
		answer_count(&w, "3");
		expect(fd, 200, "hi");
		answer_count(&w, "4");
		expect(fd, 200, "hi");
		expect(fd, 200, "{");
		expect(fd, 200, "ok\n");
		close(fd);
	}
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_close(void **state)
{
	struct rig r;
	struct rig_worker w;
	struct http_wants wants;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = client(&r);
	rig_send(fd, "GET /count?q=1 HTTP/1.1\r\n" HOST "Connection: close\r\n"
		     "\r\n" GET("/healthz"));
	rig_asked(&w, "1");
	check_wants(&w, &wants);
	assert_true(wants.close);
	rig_reply(&w, OK("hi", "2"));
	rig_expect(fd, OK("hi", "2"));
	rig_expect_end(fd);
	fd = client(&r);
	rig_send(fd, "GET /healthz HTTP/1.0\r\n\r\n");
	expect(fd, 200, "ok\n");
	rig_expect_end(fd);
	/* Half closed, it still gets its answers. */
	fd = client(&r);
	rig_send(fd, GET("/count?q=2") GET("/healthz"));
	shutdown(fd, SHUT_WR);
	answer_count(&w, "2");
	expect(fd, 200, "hi");
	expect(fd, 200, "ok\n");
	rig_expect_end(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* Options from wherever they may come; the id from the path. */
static void test_options(void **state)
{
	static const struct {
		const char *request;
		enum verb_id verb;
		enum route_id route;
		const char *key, *value;
	} cases[] = {
		{ GET("/doc/a%20b/c?fmt=json"), VERB_GET, ROUTE_DOC, "id",
		  "a b/c" },
		{ GET("/doc?id=a"), VERB_GET, ROUTE_DOC, "id", "a" },
		{ GET("/view/a?q=x&index=news&in="), VERB_GET, ROUTE_VIEW, "q",
		  "x" },
		{ GET("/explain/7?q=x"), VERB_EXPLAIN, ROUTE_EXPLAIN, "id",
		  "7" },
		{ GET("/?q=a+b&since=&in="), VERB_SEARCH, ROUTE_PAGE, "q",
		  "a b" },
		{ GET("/?similar=a%2Fb&sort=date"), VERB_SIMILAR, ROUTE_PAGE,
		  "id", "a/b" },
		{ GET("/"), VERB_SEARCH, ROUTE_PAGE, NULL, NULL },
		{ GET("/info"), VERB_INFO, ROUTE_INFO, NULL, NULL },
		{ "POST /similar HTTP/1.1\r\n" HOST
		  "Content-Type: application/x-www-form-urlencoded\r\n"
		  "Content-Length: 7\r\n\r\nq=a%26b",
		  VERB_SIMILAR, ROUTE_SIMILAR, "q", "a&b" },
		{ "POST /search?limit=3 HTTP/1.1\r\n" HOST
		  "Content-Type: application/json\r\n"
		  "Transfer-Encoding: chunked\r\n\r\n"
		  "5\r\n{\"q\":\r\n4\r\n\"x\"}\r\n0\r\n\r\n",
		  VERB_SEARCH, ROUTE_SEARCH, "q", "x" },
		{ "GET http://127.0.0.1/count?q=x HTTP/1.1\r\n" HOST "\r\n",
		  VERB_COUNT, ROUTE_COUNT, "q", "x" },
	};
	struct line_request rq;
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = client(&r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_wants wants = { 0 };

		rig_send(fd, cases[i].request);
		rig_next_frame(&w, FRAME_ASK);
		assert_true(
			frame_options(w.payload, w.head.bytes, &rq, &wants));
		assert_true(frame_wants(&w.head, &wants));
		assert_int_equal(w.head.verb, cases[i].verb);
		assert_int_equal(wants.route, cases[i].route);
		if (cases[i].key)
			assert_string_equal(line_value(&rq, cases[i].key),
					    cases[i].value);
		else
			assert_int_equal(rq.noptions, 0);
		rig_reply(&w, OK("hi", "2"));
		rig_expect(fd, OK("hi", "2"));
	}
	close(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* ---------------------------------------------------------------- refusals */

/* What is understood and cannot be done leaves the connection as it is. */
static void test_refusals(void **state)
{
	static const struct {
		const char *request;
		unsigned status;
		const char *part;
	} cases[] = {
		{ GET("/nothing"), 404, "\"slug\":\"not-found\"" },
		{ GET("/search"), 400, "\"param\":\"q\"" },
		{ GET("/suggest?q="), 400, "\"code\":504" },
		{ GET("/suggest"), 400, "\"param\":\"q\"" },
		{ GET("/doc/"), 400, "\"param\":\"id\"" },
		{ GET("/similar"), 400, "\"param\":\"id\"" },
		{ GET("/doc/a?id=b"), 400, "\"param\":\"id\"" },
		{ GET("/count?q=a%00"), 400, "\"code\":509" },
		{ GET("/search?q=x&foo=1"), 400, "\"param\":\"foo\"" },
		{ GET("/search?q=x&fmt=xml"), 400, "\"param\":\"fmt\"" },
		{ GET("/doc/a?fmt=tsv"), 400, "\"param\":\"fmt\"" },
		{ GET("/stats?x=1"), 400, "\"code\":502" },
		{ GET("/healthz?x"), 400, "\"code\":502" },
		{ GET("/page.css?v=1&x=2"), 400, "\"code\":502" },
		{ "GET /healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421,
		  "\"param\":\"host\"" },
		{ GET("/?foo=1"), 400, "<!" },
		{ GET("/view/"), 400, "<!" },
	};
	struct rig r;
	int fd, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	fd = client(&r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		rig_send(fd, cases[i].request);
		expect(fd, cases[i].status, cases[i].part);
	}
	other = rig_greeted(&r);
	assert_true(rig_stats_say(other, "{\"verb\":\"SEARCH\",\"count\":2,"
					 "\"errors\":2"));
	close(other);
	close(fd);
	rig_stop(&r);
}

/* What is no request has no end: nothing behind it is looked at. */
static void test_no_requests(void **state)
{
	static const struct {
		const char *request;
		unsigned status;
	} cases[] = {
		{ "GET /healthz HTTP/1.1\r\n\r\n" GET("/healthz"), 400 },
		{ "GET /healthz HTTP/1.1\nHost: a\n\n" GET("/healthz"), 400 },
		{ "GET /healthz HTTP/2.0\r\n" HOST "\r\n" GET("/healthz"),
		  505 },
		{ "BREW / HTTP/1.1\r\n" HOST "\r\n" GET("/healthz"), 501 },
		{ "POST /search HTTP/1.1\r\n" HOST
		  "Content-Length: 2000000\r\n\r\n" GET("/healthz"),
		  413 },
		{ "\x16\x03\x01\x02\r\n\r\n" GET("/healthz"), 400 },
		{ GET("/doc/a%00") GET("/healthz"), 400 },
	};
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int fd = client(&r);
		struct response got;

		rig_send(fd, cases[i].request);
		receive(fd, cases[i].status, true, &got);
		assert_string_equal(field(&got, "Connection"), "close");
		free(got.body);
		rig_expect_end(fd);
	}
	rig_stop(&r);
}

static void test_methods(void **state)
{
	struct response got;
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	fd = client(&r);
	rig_send(fd, "POST /suggest HTTP/1.1\r\n" HOST
		     "Content-Type: application/x-www-form-urlencoded\r\n"
		     "Content-Length: 3\r\n\r\nq=x");
	receive(fd, 405, true, &got);
	assert_string_equal(field(&got, "Allow"), "GET, HEAD, OPTIONS");
	free(got.body);
	rig_send(fd, "OPTIONS /search HTTP/1.1\r\n" HOST
		     "Origin: https://a.example\r\n\r\n");
	receive(fd, 204, false, &got);
	assert_string_equal(field(&got, "Allow"), "GET, HEAD, POST, OPTIONS");
	assert_string_equal(field(&got, "Access-Control-Allow-Origin"), "");
	assert_string_equal(field(&got, "Access-Control-Allow-Methods"), "");
	free(got.body);
	rig_send(fd, "HEAD /healthz HTTP/1.1\r\n" HOST "\r\n");
	receive(fd, 200, false, &got);
	assert_string_equal(field(&got, "Content-Length"), "3");
	free(got.body);
	rig_send(fd, GET("/healthz"));
	expect(fd, 200, "ok\n");
	close(fd);
	rig_stop(&r);
}

/* ------------------------------------------------------------- who may what */

#define BEARER(token)                                                          \
	"GET /count?q=x HTTP/1.1\r\n" HOST "Authorization: " token "\r\n\r\n"

static void test_token(void **state)
{
	struct response got;
	struct rig r;
	struct rig_worker w;
	int fd, other;

	(void)state;
	rig_init(&r);
	memcpy(r.settings.token, TOKEN, sizeof(TOKEN));
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = client(&r);
	rig_send(fd, GET("/healthz") GET("/page.js") GET("/count?q=x"));
	expect(fd, 200, "ok\n");
	expect(fd, 200, "");
	receive(fd, 401, true, &got);
	assert_string_equal(field(&got, "WWW-Authenticate"), "Bearer");
	assert_non_null(strstr(got.body, "\"code\":513"));
	free(got.body);
	rig_send(fd, GET("/metrics") GET("/stats") GET("/?q=x"));
	expect(fd, 401, "\"code\":513");
	expect(fd, 401, "\"code\":513");
	expect(fd, 401, "<!");
	rig_send(fd, BEARER("Bearer " TOKEN) BEARER("bearer  " TOKEN));
	answer_count(&w, "x");
	expect(fd, 200, "hi");
	answer_count(&w, "x");
	expect(fd, 200, "hi");
	/* It is asked of each request. */
	rig_send(fd, GET("/count?q=x") BEARER("Basic " TOKEN)
			     BEARER("Bearer " TOKEN "0"));
	expect(fd, 401, "\"code\":513");
	expect(fd, 401, "\"code\":513");
	expect(fd, 401, "\"code\":514");
	close(fd);
	other = rig_greeted(&r);
	assert_true(rig_stats_say(other,
				  "{\"event\":\"auth_failed\",\"count\":1}"));
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_token_tries(void **state)
{
	struct response got;
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r);
	memcpy(r.settings.token, TOKEN, sizeof(TOKEN));
	rig_start(&r);
	fd = client(&r);
	rig_send(fd, BEARER("Bearer a") BEARER("Bearer b") BEARER("Bearer c")
			     BEARER("Bearer " TOKEN));
	expect(fd, 401, "\"code\":514");
	expect(fd, 401, "\"code\":514");
	receive(fd, 401, true, &got);
	assert_string_equal(field(&got, "Connection"), "close");
	free(got.body);
	rig_expect_end(fd);
	rig_stop(&r);
}

/* Names and origins of a reload hold from then on. */
static void test_names(void **state)
{
	static const char names[] = "news\0\0search.example\0"
				    "https://a.example\0https://pub.example";
	struct control m = { .kind = CONTROL_NAMES,
			     .number = 1,
			     .bytes = sizeof(names) };
	struct http_wants wants;
	struct response got;
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = client(&r);
	rig_send(fd, "GET /healthz HTTP/1.1\r\nHost: search.example\r\n\r\n");
	expect(fd, 421, "search.example");
	memcpy(m.payload, names, sizeof(names));
	rig_tell(&r, m, -1);
	rig_listen(&r, LISTEN_UNIX);
	rig_send(fd, "GET /healthz HTTP/1.1\r\nHost: search.example\r\n\r\n");
	expect(fd, 200, "ok\n");
	rig_send(fd, "OPTIONS /count HTTP/1.1\r\n" HOST
		     "Origin: https://a.example\r\n\r\n");
	receive(fd, 204, false, &got);
	assert_string_equal(field(&got, "Access-Control-Allow-Origin"),
			    "https://a.example");
	assert_non_null(strstr(field(&got, "Access-Control-Allow-Headers"),
			       "Authorization"));
	free(got.body);
	rig_send(fd, "GET /count?q=x HTTP/1.1\r\n" HOST
		     "Origin: https://a.example\r\n\r\n");
	rig_asked(&w, "x");
	check_wants(&w, &wants);
	assert_string_equal(wants.origin, "https://a.example");
	assert_string_equal(wants.base, "https://pub.example");
	rig_reply(&w, OK("hi", "2"));
	expect(fd, 200, "hi");
	close(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* --------------------------------------------------- what the front answers */

static void test_readiness(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	fd = client(&r);
	rig_send(fd, GET("/healthz") GET("/readyz"));
	expect(fd, 200, "ok\n");
	expect(fd, 503, "\"code\":422");
	w = rig_worker(&r, 1);
	rig_send(fd, GET("/readyz"));
	expect(fd, 200, "ready\n");
	rig_worker_end(&w);
	w = rig_join(&r, 2);
	rig_hello(&r, &w, "it is broken");
	rig_send(fd, GET("/readyz"));
	expect(fd, 503, "news: it is broken");
	rig_worker_end(&w);
	close(fd);
	rig_stop(&r);
}

static void test_files(void **state)
{
	char target[256], etag[128];
	struct response got, small;
	struct web_file file;
	struct rig r;
	int fd;

	(void)state;
	assert_true(web_file(ROUTE_STYLE, &file));
	assert_false(web_file(ROUTE_SEARCH, &file));
	rig_init(&r);
	rig_start(&r);
	fd = client(&r);
	rig_send(fd, GET("/page.css"));
	receive(fd, 200, true, &got);
	assert_int_equal(got.n, file.n);
	assert_memory_equal(got.body, file.bytes, file.n);
	assert_null(strstr(field(&got, "Cache-Control"), "immutable"));
	snprintf(etag, sizeof(etag), "%s", field(&got, "ETag"));
	assert_true(*etag);
	free(got.body);
	snprintf(target, sizeof(target),
		 "GET /page.css?v=%s HTTP/1.1\r\n" HOST
		 "Accept-Encoding: gzip\r\n\r\n",
		 web_version());
	rig_send(fd, target);
	receive(fd, 200, true, &small);
	assert_string_equal(field(&small, "Content-Encoding"), "gzip");
	assert_non_null(strstr(field(&small, "Cache-Control"), "immutable"));
	assert_true(small.n < file.n);
	assert_memory_equal(small.body, "\x1f\x8b", 2);
	free(small.body);
	snprintf(target, sizeof(target),
		 "GET /page.css HTTP/1.1\r\n" HOST "If-None-Match: %s\r\n\r\n",
		 etag);
	rig_send(fd, target);
	receive(fd, 304, false, &got);
	free(got.body);
	rig_send(fd, GET("/favicon.ico") GET("/openapi.json?v=old")
			     GET("/opensearch.xml"));
	expect(fd, 200, "<svg");
	expect(fd, 200, "\"openapi\"");
	expect(fd, 200, "http://localhost:7780/");
	close(fd);
	rig_stop(&r);
}

static void test_numbers(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	fd = client(&r);
	rig_send(fd, GET("/stats") GET("/metrics") GET("/stats"));
	expect(fd, 200, "{\"server\":{");
	expect(fd, 200, "trawl_");
	expect(fd, 200, "{\"verb\":\"STATS\",\"count\":1,");
	close(fd);
	rig_stop(&r);
}

/* ------------------------------------------------- when a worker has no answer */

static void test_worker_lost(void **state)
{
	struct response got;
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = client(&r);
	rig_send(fd, "HEAD /count?q=x HTTP/1.1\r\n" HOST "\r\n");
	rig_asked(&w, "x");
	rig_worker_end(&w);
	receive(fd, 503, false, &got);
	assert_true(*field(&got, "Content-Length") > '0');
	assert_string_equal(field(&got, "Retry-After"), "1");
	free(got.body);
	w = rig_worker(&r, 1);
	rig_send(fd, GET("/?q=x"));
	rig_asked(&w, "x");
	rig_worker_end(&w);
	expect(fd, 503, "<!");
	rig_send(fd, GET("/healthz"));
	expect(fd, 200, "ok\n");
	close(fd);
	rig_stop(&r);
}

static void test_deadline(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = client(&r);
	rig_send(fd, GET("/count?q=x&timeout=1"));
	rig_asked(&w, "x");
	expect(fd, 504, "\"code\":408");
	rig_heard(&r, CONTROL_KILL);
	rig_worker_let_go(&w);
	/* Nobody is there at all. */
	rig_send(fd, GET("/count?q=x&timeout=1"));
	expect(fd, 503, "\"code\":422");
	close(fd);
	rig_stop(&r);
}

static void test_busy(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd[3], other;

	(void)state;
	rig_init(&r);
	r.settings.limits.max_waiting = 1;
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	for (int i = 0; i < 3; i++)
		fd[i] = client(&r);
	rig_send(fd[0], GET("/count?q=0"));
	rig_asked(&w, "0");
	rig_send(fd[1], GET("/count?q=1"));
	while (!rig_stats_say(other, "\"waiting\":1,"))
		;
	rig_send(fd[2], GET("/count?q=2") GET("/healthz"));
	expect(fd[2], 503, "1 requests wait (max-waiting)");
	expect(fd[2], 200, "ok\n");
	rig_reply(&w, OK("hi", "2"));
	expect(fd[0], 200, "hi");
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* ----------------------------------------------------------------- the clock */

/* A request that has begun is told; a connection that is idle just ends. */
static void test_timeouts(void **state)
{
	struct rig r;
	int fd, idle;

	(void)state;
	rig_init(&r);
	r.settings.limits.request_timeout = 1;
	rig_start(&r);
	fd = client(&r);
	rig_send(fd, GET("/healthz") "GET /heal");
	expect(fd, 200, "ok\n");
	expect(fd, 408, "request-timeout");
	rig_expect_end(fd);
	fd = client(&r);
	rig_send(fd, "POST /search HTTP/1.1\r\n" HOST
		     "Content-Length: 5\r\n\r\nq=");
	expect(fd, 408, "request-timeout");
	rig_expect_end(fd);
	rig_stop(&r);

	rig_init(&r);
	r.settings.limits.idle_timeout = 1;
	rig_start(&r);
	idle = client(&r);
	fd = client(&r);
	rig_send(fd, GET("/healthz"));
	expect(fd, 200, "ok\n");
	rig_expect_end(fd);
	rig_expect_end(idle);
	rig_stop(&r);
}

/* A body that is not whole, over max_pending. */
static void test_max_pending(void **state)
{
	enum {
		SENT = 900000
	};
	char *body = malloc(SENT + 1);
	struct rig r;
	int fd;

	(void)state;
	assert_non_null(body);
	memset(body, 'x', SENT);
	body[SENT] = '\0';
	rig_init(&r);
	r.settings.limits.max_pending = 500000;
	rig_start(&r);
	fd = client(&r);
	rig_send(fd, "POST /search HTTP/1.1\r\n" HOST
		     "Content-Type: application/x-www-form-urlencoded\r\n"
		     "Content-Length: 1000000\r\n\r\n");
	rig_send(fd, body);
	expect(fd, 503, "max-pending");
	rig_expect_end(fd);
	free(body);
	rig_stop(&r);
}

/* ------------------------------------------------------------------ the end */

/* What came before is answered, what comes after is refused. */
static void test_drain(void **state)
{
	struct response got;
	struct rig r;
	struct rig_worker w;
	int fd, idle, half;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	idle = client(&r);
	half = client(&r);
	rig_send(half, GET("/healthz") "GET /hea");
	expect(half, 200, "ok\n");
	fd = client(&r);
	rig_send(fd, GET("/count?q=a") GET("/count?q=b"));
	rig_asked(&w, "a");
	rig_tell(&r, (struct control){ .kind = CONTROL_DRAIN }, -1);
	rig_expect_end(idle);
	rig_expect_end(half);
	rig_send(fd, GET("/count?q=c") GET("/healthz"));
	rig_reply(&w, OK("hi", "2"));
	expect(fd, 200, "hi");
	answer_count(&w, "b");
	expect(fd, 200, "hi");
	receive(fd, 503, true, &got);
	assert_non_null(strstr(got.body, "\"code\":424"));
	assert_string_equal(field(&got, "Connection"), "close");
	free(got.body);
	rig_expect_end(fd);
	rig_ended(&r);
	close(r.control);
	rig_worker_end(&w);
}

/* The client has gone: its answer is dropped, and nobody else notices. */
static void test_gone(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	fd = client(&r);
	rig_send(fd, GET("/count?q=x"));
	rig_asked(&w, "x");
	close(fd);
	while (!rig_stats_say(other, "\"connections\":1,"))
		;
	rig_reply(&w, OK("hi", "2"));
	fd = client(&r);
	rig_send(fd, GET("/count?q=y"));
	answer_count(&w, "y");
	expect(fd, 200, "hi");
	close(fd);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_query_log(void **state)
{
	char name[] = "/tmp/trawl-log-XXXXXX", text[4096];
	struct rig r;
	struct rig_worker w;
	int fd, log = mkstemp(name);
	ssize_t n;

	(void)state;
	assert_true(log >= 0);
	unlink(name);
	rig_init(&r);
	r.settings.limits.query_log = QUERY_LOG_TEXT;
	rig_start(&r);
	rig_tell(&r, (struct control){ .kind = CONTROL_QUERY_LOG }, log);
	w = rig_worker(&r, 1);
	fd = client(&r);
	rig_send(fd, GET("/healthz") GET("/count?in=news&q=x") GET("/stats")
			     GET("/nothing") GET("/count"));
	expect(fd, 200, "ok\n");
	answer_count(&w, "x");
	expect(fd, 200, "hi");
	expect(fd, 200, "{");
	expect(fd, 404, "{");
	expect(fd, 400, "{");
	close(fd);
	rig_stop(&r);
	n = pread(log, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "Z COUNT in=news :x\tcode=0 hits=0 "));
	assert_non_null(strstr(text, "Z STATS\tcode=0 us="));
	assert_non_null(strstr(text, "Z COUNT\tcode=504 us="));
	assert_null(strstr(text, "nothing"));
	close(log);
	rig_worker_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worker),
		cmocka_unit_test(test_pipelining),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_no_requests),
		cmocka_unit_test(test_methods),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_token_tries),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_readiness),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_worker_lost),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_busy),
		cmocka_unit_test(test_timeouts),
		cmocka_unit_test(test_max_pending),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_query_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
