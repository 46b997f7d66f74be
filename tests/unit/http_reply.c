/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/http_reply.c, http_response.c, http_etag.c: answers as HTTP responses */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_reply.h"
#include "line.h"
#include "page.h"

#include <jansson.h>
#include <libdeflate.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	OUT_MAX = 8 << 20
};

static const struct http_wants plain = { .route = ROUTE_SEARCH };

/* The value of a field of the response's head, in a buffer of its own; "" */
static const char *field(const struct buf *out, const char *name)
{
	static char value[512];
	char key[64];
	const char *at;

	snprintf(key, sizeof(key), "\r\n%s: ", name);
	at = strstr(out->data, key);
	*value = '\0';
	if (at && at < strstr(out->data, "\r\n\r\n")) {
		at += strlen(key);
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\r"),
			 at);
	}
	return value;
}

static const char *body_of(const struct buf *out)
{
	const char *end = strstr(out->data, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

static size_t body_size(const struct buf *out)
{
	return (size_t)(out->data + out->len - body_of(out));
}

/* Every response is a status line, fields without surprises, and as many bytes
 * as it says. */
static void check_sound(const struct buf *out, unsigned status, bool has_body)
{
	char begin[64];
	const char *eol;

	assert_false(out->failed);
	snprintf(begin, sizeof(begin), "HTTP/1.1 %u %s\r\n", status,
		 http_reason(status));
	assert_memory_equal(out->data, begin, strlen(begin));
	for (const char *p = out->data; (eol = strchr(p, '\n')); p = eol + 1) {
		assert_true(eol > p && eol[-1] == '\r');
		if (eol == p + 1)
			break;
	}
	assert_string_equal(field(out, "X-Content-Type-Options"), "nosniff");
	assert_string_equal(field(out, "Referrer-Policy"), "no-referrer");
	if (has_body)
		assert_int_equal(
			strtoul(field(out, "Content-Length"), NULL, 10),
			body_size(out));
	else
		assert_int_equal(body_size(out), 0);
}

static void print(struct buf *out, const struct http_wants *w,
		  enum verb_id verb, enum http_format format,
		  const struct answer *a)
{
	buf_reset(out);
	http_print(out, w, &verbs[verb], format, a, "W/\"1\"");
}

static void check_body(const struct answer *a, enum http_format format,
		       const char *type, const char *body)
{
	struct buf out = BUF_INIT(OUT_MAX);

	print(&out, &plain, VERB_SEARCH, format, a);
	check_sound(&out, 200, true);
	assert_string_equal(field(&out, "Content-Type"), type);
	assert_string_equal(field(&out, "ETag"), "W/\"1\"");
	assert_string_equal(body_of(&out), body);
	buf_release(&out);
}

static void add_line(struct answer *a, const char *line)
{
	assert_true(answer_sink(a, line, strlen(line)));
}

/* ------------------------------------------------------------- statuses -- */

static void test_every_error_has_a_status(void **state)
{
	static const struct {
		enum error_code code;
		unsigned status;
	} cases[] = {
		{ ERROR_TIMEOUT, 504 },	      { ERROR_REVISION_GONE, 409 },
		{ ERROR_BUSY, 503 },	      { ERROR_LOADING, 503 },
		{ ERROR_WORKER_LOST, 503 },   { ERROR_SHUTTING_DOWN, 503 },
		{ ERROR_UNKNOWN_VERB, 400 },  { ERROR_UNKNOWN_OPTION, 400 },
		{ ERROR_BAD_VALUE, 400 },     { ERROR_MISSING_VALUE, 400 },
		{ ERROR_BAD_QUERY, 400 },     { ERROR_TOO_COMPLEX, 400 },
		{ ERROR_UNKNOWN_INDEX, 404 }, { ERROR_NOT_FOUND, 404 },
		{ ERROR_BAD_BYTES, 400 },     { ERROR_LINE_TOO_LONG, 413 },
		{ ERROR_TOO_LARGE, 413 },     { ERROR_WRONG_PROTOCOL, 400 },
		{ ERROR_AUTH_REQUIRED, 401 }, { ERROR_AUTH_FAILED, 401 },
		{ ERROR_NOT_ALLOWED, 403 },   { ERROR_CORRUPT_INDEX, 500 },
		{ ERROR_INTERNAL, 500 },
	};
	size_t i;

	(void)state;
	for (i = 0; errors[i].code; i++) {
		assert_true(i < COUNT(cases));
		assert_int_equal(cases[i].code, errors[i].code);
		assert_int_equal(http_status(errors[i].code), cases[i].status);
		assert_string_not_equal(http_reason(cases[i].status),
					"Unknown");
	}
	assert_int_equal(i, COUNT(cases));
	assert_int_equal(http_status(ERROR_NONE), 500);
	assert_string_equal(http_reason(299), "Unknown");
}

static void test_formats(void **state)
{
	static const struct {
		enum route_id route;
		const char *fmt;
		int format; /* -1: none */
	} cases[] = {
		{ ROUTE_SEARCH, NULL, HTTP_JSON },
		{ ROUTE_SEARCH, "json", HTTP_JSON },
		{ ROUTE_SEARCH, "ndjson", HTTP_NDJSON },
		{ ROUTE_SEARCH, "tsv", HTTP_TSV },
		{ ROUTE_SEARCH, "id", HTTP_IDS },
		{ ROUTE_SEARCH, "atom", HTTP_ATOM },
		{ ROUTE_SEARCH, "text", -1 },
		{ ROUTE_SEARCH, "html", -1 },
		{ ROUTE_SEARCH, "", -1 },
		{ ROUTE_SEARCH, "JSON", -1 },
		{ ROUTE_SEARCH, "json ", -1 },
		{ ROUTE_SIMILAR, "tsv", HTTP_TSV },
		{ ROUTE_SIMILAR, "atom", -1 },
		{ ROUTE_DOC, NULL, HTTP_TEXT },
		{ ROUTE_DOC, "text", HTTP_TEXT },
		{ ROUTE_DOC, "json", HTTP_JSON },
		{ ROUTE_DOC, "ndjson", -1 },
		{ ROUTE_PAGE, NULL, HTTP_HTML },
		{ ROUTE_PAGE, "json", -1 },
		{ ROUTE_VIEW, NULL, HTTP_HTML },
		{ ROUTE_COUNT, NULL, HTTP_JSON },
		{ ROUTE_COUNT, "json", HTTP_JSON },
		{ ROUTE_COUNT, "tsv", -1 },
		{ ROUTE_SUGGEST, NULL, HTTP_JSON },
		{ ROUTE_EXPLAIN, NULL, HTTP_JSON },
		{ ROUTE_INFO, NULL, HTTP_JSON },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum http_format format;
		bool has = http_format(cases[i].route, cases[i].fmt, &format);

		assert_int_equal(has, cases[i].format >= 0);
		if (has)
			assert_int_equal(format, cases[i].format);
	}
}

/* -------------------------------------------------------------- answers -- */

static void add_totals(struct answer *a)
{
	answer_number(a, "hits", 2);
	answer_number(a, "total", UINT64_MAX);
	answer_key(a, "bound", "exact");
	answer_key(a, "ignored", NULL);
}

#define TOTALS "\"hits\":2,\"total\":18446744073709551615,\"bound\":\"exact\""

static void test_json(void **state)
{
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	check_body(&a, HTTP_JSON, "application/json", "{}\n");
	add_totals(&a);
	check_body(&a, HTTP_JSON, "application/json", "{" TOTALS "}\n");
	a.has_lines = true;
	check_body(&a, HTTP_JSON, "application/json",
		   "{" TOTALS ",\"results\":[]}\n");
	add_line(&a, "{\"rank\":1}\n{\"rank\":2,\"title\":\"{\\\"facet\\\":\"}"
		     "\n");
	check_body(&a, HTTP_JSON, "application/json",
		   "{" TOTALS ",\"results\":[{\"rank\":1},"
		   "{\"rank\":2,\"title\":\"{\\\"facet\\\":\"}]}\n");
	add_line(&a, "{\"facet\":\"lang\",\"values\":[]}\n{\"facet\":\"x\"}\n"
		     "{\"timeline\":\"year\",\"buckets\":[[\"2024\",3]]}\n");
	check_body(&a, HTTP_JSON, "application/json",
		   "{" TOTALS ",\"results\":[{\"rank\":1},"
		   "{\"rank\":2,\"title\":\"{\\\"facet\\\":\"}],"
		   "\"facets\":[{\"facet\":\"lang\",\"values\":[]},"
		   "{\"facet\":\"x\"}],\"timeline\":"
		   "{\"timeline\":\"year\",\"buckets\":[[\"2024\",3]]}}\n");
	answer_release(&a);
}

/* Without keys, and with lines of facets alone. */
static void test_json_of_little(void **state)
{
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	a.has_lines = true;
	check_body(&a, HTTP_JSON, "application/json", "{\"results\":[]}\n");
	add_line(&a, "{\"facet\":\"x\"}"); /* no line feed at the end */
	check_body(&a, HTTP_JSON, "application/json",
		   "{\"results\":[],\"facets\":[{\"facet\":\"x\"}]}\n");
	answer_release(&a);
}

/* What a query or a document says comes back as it was said. */
static void test_hostile_values_stay_strings(void **state)
{
	static const char *const values[] = {
		"",
		" ",
		"</script><script>alert(1)</script>",
		"\",\"total\":0,\"x\":\"",
		"a\\",
		"a\\u0022",
		"line\r\nHTTP/1.1 200 OK\r\n\r\n",
		"\x01\x1b[2J\x7f",
		"\xC2\x85\xE2\x80\xA8\xE2\x80\xAE",
		"%0D%0A%00",
		"\xF0\x9F\x98\x80 \xC3\xA9",
		"9007199254740993",
	};
	struct buf out = BUF_INIT(OUT_MAX);
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	for (size_t i = 0; i < COUNT(values); i++) {
		json_error_t err;
		json_t *root;

		answer_reset(&a);
		answer_key(&a, "read", values[i]);
		answer_number(&a, "total", 5);
		print(&out, &plain, VERB_SEARCH, HTTP_JSON, &a);
		check_sound(&out, 200, true);
		root = json_loadb(body_of(&out), body_size(&out), 0, &err);
		assert_non_null(root);
		assert_int_equal(json_object_size(root), 2);
		assert_string_equal(
			json_string_value(json_object_get(root, "read")),
			values[i]);
		assert_int_equal(
			json_integer_value(json_object_get(root, "total")), 5);
		json_decref(root);
	}
	answer_release(&a);
	buf_release(&out);
}

static void test_lines_of_other_formats(void **state)
{
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	add_totals(&a);
	a.has_lines = true;
	check_body(&a, HTTP_NDJSON, "application/x-ndjson", "{" TOTALS "}\n");
	check_body(&a, HTTP_IDS, "text/plain; charset=utf-8", "");
	add_line(&a, "{\"rank\":1}\n{\"timeline\":\"day\"}\n");
	check_body(&a, HTTP_NDJSON, "application/x-ndjson",
		   "{" TOTALS "}\n{\"rank\":1}\n{\"timeline\":\"day\"}\n");
	answer_reset(&a);
	a.has_lines = true;
	add_totals(&a);
	add_line(&a, "1\tx\n2\t<b>\n");
	check_body(&a, HTTP_TSV, "text/tab-separated-values; charset=utf-8",
		   "1\tx\n2\t<b>\n");
	check_body(&a, HTTP_IDS, "text/plain; charset=utf-8", "1\tx\n2\t<b>\n");
	answer_release(&a);
}

/* Counted bytes are the body, NULs and all. */
static void test_a_document_is_its_own_body(void **state)
{
	static const char text[] = "<script>\0\xFF\r\n\r\nHTTP/1.1";
	static const struct {
		enum http_format format;
		const char *type;
	} cases[] = {
		{ HTTP_TEXT, "text/plain; charset=utf-8" },
		{ HTTP_JSON, "application/json" },
		{ HTTP_HTML, "text/html; charset=utf-8" },
		{ HTTP_ATOM, "application/atom+xml; charset=utf-8" },
	};
	struct buf out = BUF_INIT(OUT_MAX);
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	a.has_bytes = true;
	answer_key(&a, "index", "news");
	assert_true(answer_sink(&a, text, sizeof(text)));
	for (size_t i = 0; i < COUNT(cases); i++) {
		print(&out, &plain, VERB_GET, cases[i].format, &a);
		check_sound(&out, 200, true);
		assert_string_equal(field(&out, "Content-Type"), cases[i].type);
		assert_int_equal(body_size(&out), sizeof(text));
		assert_memory_equal(body_of(&out), text, sizeof(text));
	}
	answer_release(&a);
	buf_release(&out);
}

static void test_a_line_that_is_no_object_is_an_error(void **state)
{
	static const char *const lines[] = {
		"\n",  "x\n",  "{\"rank\":1\n", "{\"a\":1}\n\n",
		"{\n", "[]\n", "{} \n",		"\"}\n"
	};
	struct buf out = BUF_INIT(OUT_MAX);
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	for (size_t i = 0; i < COUNT(lines); i++) {
		answer_reset(&a);
		a.has_lines = true;
		add_line(&a, lines[i]);
		for (int format = HTTP_JSON; format <= HTTP_NDJSON; format++) {
			print(&out, &plain, VERB_SEARCH,
			      (enum http_format)format, &a);
			check_sound(&out, 500, true);
			assert_non_null(strstr(out.data, "\"internal\""));
		}
	}
	answer_release(&a);
	buf_release(&out);
}

/* --------------------------------------------------------------- errors -- */

static const char *member(json_t *error, const char *name)
{
	const char *s = json_string_value(json_object_get(error, name));

	return s ? s : "";
}

static void check_error(const struct buf *out, enum error_code code,
			const char *message, const char *param)
{
	json_error_t err;
	json_t *root, *error;

	check_sound(out, http_status(code), true);
	assert_string_equal(field(out, "Content-Type"), "application/json");
	assert_string_equal(field(out, "ETag"), "");
	assert_string_equal(field(out, "Cache-Control"), "no-store");
	root = json_loadb(body_of(out), body_size(out), 0, &err);
	assert_non_null(root);
	error = json_object_get(root, "error");
	assert_int_equal(json_object_size(error), *param ? 4 : 3);
	assert_int_equal(json_integer_value(json_object_get(error, "code")),
			 code);
	assert_string_equal(member(error, "slug"), error_slug(code));
	assert_string_equal(member(error, "message"), message);
	assert_string_equal(member(error, "param"), param);
	json_decref(root);
}

static void test_every_error_as_json(void **state)
{
	struct buf out = BUF_INIT(OUT_MAX);
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	for (size_t i = 0; errors[i].code; i++) {
		answer_error(&a, errors[i].code, "\"why\" <b>");
		print(&out, &plain, VERB_STATS, HTTP_TSV, &a);
		check_error(&out, errors[i].code, "\"why\" <b>", "");
	}
	answer_release(&a);
	buf_release(&out);
}

static void test_the_parameter_of_an_error(void **state)
{
	static const struct {
		enum verb_id verb;
		enum error_code code;
		const char *text, *param;
	} cases[] = {
		{ VERB_SEARCH, ERROR_BAD_VALUE, "limit=x: must be", "limit" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "in=: must be", "in" },
		{ VERB_SEARCH, ERROR_UNKNOWN_INDEX, "in=x: no such", "in" },
		{ VERB_SEARCH, ERROR_UNKNOWN_INDEX, "none of them", "in" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "q=: x", "q" },
		{ VERB_INFO, ERROR_BAD_VALUE, "q=: x", "" },
		{ VERB_INFO, ERROR_BAD_VALUE, "limit=x: must be", "" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "no limit=x here", "" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "limit", "" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "=", "" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "", "" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "LIMIT=1", "" },
		{ VERB_SEARCH, ERROR_BAD_VALUE, "offset limit=1", "" },
		{ VERB_SEARCH, ERROR_BAD_QUERY, "a ) too many", "q" },
		{ VERB_SEARCH, ERROR_TOO_COMPLEX, "65 words", "q" },
		{ VERB_SEARCH, ERROR_TOO_COMPLEX, "facets=..: 17", "facets" },
		{ VERB_COUNT, ERROR_REVISION_GONE, "it is gone", "rev" },
		{ VERB_GET, ERROR_NOT_FOUND, "no document \"x\"", "id" },
		{ VERB_GET, ERROR_MISSING_VALUE, "GET needs", "id" },
		{ VERB_EXPLAIN, ERROR_MISSING_VALUE, "needs", "id" },
		{ VERB_SUGGEST, ERROR_MISSING_VALUE, "needs", "q" },
		{ VERB_SIMILAR, ERROR_MISSING_VALUE, "needs", "" },
		{ VERB_GET, ERROR_BAD_QUERY, "x", "" },
		{ VERB_SEARCH, ERROR_BUSY, "all at work", "" },
	};
	struct buf out = BUF_INIT(OUT_MAX);
	struct answer a;

	(void)state;
	answer_init(&a, 1000);
	for (size_t i = 0; i < COUNT(cases); i++) {
		answer_error(&a, cases[i].code, "%s", cases[i].text);
		print(&out, &plain, cases[i].verb, HTTP_JSON, &a);
		check_error(&out, cases[i].code, cases[i].text, cases[i].param);
	}
	answer_release(&a);
	buf_release(&out);
}

static void test_an_error_of_the_front(void **state)
{
	struct http_wants w = { .route = ROUTES, .allow = "GET, HEAD" };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	http_print_error(&out, &w, 0, ERROR_BAD_VALUE, "a\"\n", "b\x01 \xFF");
	check_error(&out, ERROR_BAD_VALUE, "b\x01 \xEF\xBF\xBD", "a\"\n");
	assert_string_equal(field(&out, "Allow"), "");
	buf_reset(&out);
	http_print_error(&out, &w, 405, ERROR_UNKNOWN_VERB, "", "no PUT");
	check_sound(&out, 405, true);
	assert_string_equal(field(&out, "Allow"), "GET, HEAD");
	assert_null(strstr(out.data, "param"));
	buf_release(&out);
}

static void test_an_answer_that_failed(void **state)
{
	struct buf out = BUF_INIT(OUT_MAX);
	struct answer a;

	(void)state;
	answer_init(&a, 10);
	a.has_lines = true;
	add_line(&a, "{\"a\":1234}");
	assert_false(answer_sink(&a, "x", 1));
	print(&out, &plain, VERB_SEARCH, HTTP_JSON, &a);
	check_sound(&out, 413, true);
	assert_non_null(strstr(out.data, "max-reply=10 bytes"));
	answer_release(&a);
	buf_release(&out);
}

static void test_an_error_is_a_page_where_people_look(void **state)
{
	const struct http_wants w = { .route = ROUTE_PAGE,
				      .target = "/?q=%22" };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	http_print_error(&out, &w, 0, ERROR_AUTH_REQUIRED, NULL,
			 "<script>alert(1)</script>");
	check_sound(&out, 401, true);
	assert_string_equal(field(&out, "Content-Type"),
			    "text/html; charset=utf-8");
	assert_string_equal(field(&out, "WWW-Authenticate"), "Bearer");
	assert_string_equal(field(&out, "Cache-Control"), "no-store");
	assert_null(strstr(out.data, "<script>alert"));
	buf_release(&out);
}

/* ----------------------------------------------------------------- head -- */

static void test_a_whole_head(void **state)
{
	const struct http_wants w = { .now = 784111777 };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	http_print_body(&out, &w, 200, "image/svg+xml", "W/\"a\"",
			"X-More: 1\r\n", "<svg/>", 6);
	assert_string_equal(out.data,
			    "HTTP/1.1 200 OK\r\n"
			    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
			    "Content-Type: image/svg+xml\r\n"
			    "Content-Length: 6\r\n"
			    "ETag: W/\"a\"\r\n"
			    "Cache-Control: no-cache\r\n"
			    "Vary: Accept-Encoding\r\n"
			    "X-Content-Type-Options: nosniff\r\n"
			    "Referrer-Policy: no-referrer\r\n"
			    "Cross-Origin-Resource-Policy: same-origin\r\n"
			    "X-More: 1\r\n"
			    "\r\n"
			    "<svg/>");
	buf_release(&out);
}

static void test_what_is_wanted(void **state)
{
	const struct http_wants w = { .close = true,
				      .origin = "https://a.example",
				      .by_origin = true,
				      .allow = "GET, HEAD" };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	http_print_body(&out, &w, 200, "text/css", NULL, NULL, "", 0);
	check_sound(&out, 200, true);
	assert_string_equal(field(&out, "Connection"), "close");
	assert_string_equal(field(&out, "Access-Control-Allow-Origin"),
			    "https://a.example");
	assert_string_equal(field(&out, "Vary"), "Accept-Encoding, Origin");
	assert_string_equal(field(&out, "Cross-Origin-Resource-Policy"), "");
	assert_string_equal(field(&out, "Cache-Control"), "no-store");
	assert_string_equal(field(&out, "ETag"), "");
	assert_string_equal(field(&out, "Allow"), "");
	assert_string_equal(field(&out, "Retry-After"), "");
	assert_string_equal(field(&out, "Date"), "");
	buf_release(&out);
}

static void test_no_body_no_length(void **state)
{
	const struct http_wants w = { .allow = "GET, HEAD" };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	http_print_body(&out, &w, 204, NULL, NULL, NULL, "x", 1);
	check_sound(&out, 204, false);
	assert_string_equal(field(&out, "Content-Length"), "");
	assert_string_equal(field(&out, "Allow"), "GET, HEAD");
	buf_reset(&out);
	http_print_unchanged(&out, &w, "W/\"b\"");
	check_sound(&out, 304, false);
	assert_string_equal(field(&out, "Content-Length"), "");
	assert_string_equal(field(&out, "Content-Type"), "");
	assert_string_equal(field(&out, "ETag"), "W/\"b\"");
	assert_string_equal(field(&out, "Cache-Control"), "no-cache");
	buf_release(&out);
}

static void test_fields_of_statuses(void **state)
{
	static const struct {
		unsigned status;
		const char *field, *value;
	} cases[] = {
		{ 503, "Retry-After", "1" },
		{ 500, "Retry-After", "" },
		{ 401, "WWW-Authenticate", "Bearer" },
		{ 403, "WWW-Authenticate", "" },
		{ 400, "ETag", "" },
		{ 404, "Cache-Control", "no-store" },
		{ 200, "Cache-Control", "no-cache" },
	};
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out);
		http_print_body(&out, &plain, cases[i].status, "text/css",
				"W/\"a\"", NULL, "", 0);
		check_sound(&out, cases[i].status, true);
		assert_string_equal(field(&out, cases[i].field),
				    cases[i].value);
	}
	buf_release(&out);
}

static void test_what_never_changes_is_kept(void **state)
{
	const struct http_wants w = { .cache = "max-age=9, immutable" };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	http_print_body(&out, &w, 200, "text/css", "W/\"a\"", NULL, "", 0);
	assert_string_equal(field(&out, "Cache-Control"), w.cache);
	assert_string_equal(field(&out, "ETag"), "W/\"a\"");
	buf_reset(&out);
	http_print_body(&out, &w, 404, "text/css", NULL, NULL, "", 0);
	assert_string_equal(field(&out, "Cache-Control"), "no-store");
	buf_release(&out);
}

static void test_policies(void **state)
{
	static const char page[] =
		"default-src 'none'; script-src 'self'; style-src 'self'; "
		"img-src 'self' data:; connect-src 'self'; "
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
		"manifest-src 'self'";
	static const char text[] = "default-src 'none'; sandbox";
	static const struct {
		const char *type, *policy;
	} cases[] = {
		{ "text/html; charset=utf-8", page },
		{ "text/plain; charset=utf-8", text },
		{ "text/tab-separated-values; charset=utf-8", text },
		{ "application/json", "" },
		{ "image/svg+xml", "" },
	};
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out);
		http_print_body(&out, &plain, 200, cases[i].type, NULL, NULL,
				"", 0);
		assert_string_equal(field(&out, "Content-Security-Policy"),
				    cases[i].policy);
	}
	buf_release(&out);
}

/* ----------------------------------------------------------------- body -- */

/* Bytes that do not compress. */
static void fill_noise(char *s, size_t n)
{
	uint64_t x = 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		s[i] = (char)(x >> 32);
	}
}

static void check_inflates(const struct buf *out, const char *body, size_t n)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	char *text = malloc(n + 1);
	size_t len;

	assert_non_null(d);
	assert_non_null(text);
	assert_int_equal(libdeflate_gzip_decompress(d, body_of(out),
						    body_size(out), text, n + 1,
						    &len),
			 LIBDEFLATE_SUCCESS);
	assert_int_equal(len, n);
	assert_memory_equal(text, body, n);
	free(text);
	libdeflate_free_decompressor(d);
}

static void test_gzip(void **state)
{
	static const struct {
		size_t n;
		bool wanted, noise, gzipped;
	} cases[] = {
		{ 0, true, false, false },
		{ 511, true, false, false },
		{ 512, true, false, true },
		{ 512, false, false, false },
		{ 512, true, true, false },
		{ 100000, true, true, false },
		{ 1000000, true, false, true },
		{ 1000000, false, false, false },
	};
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct http_wants w = { .gzip = cases[i].wanted };
		const size_t n = cases[i].n;
		char *body = calloc(n + 1, 1);

		assert_non_null(body);
		if (cases[i].noise)
			fill_noise(body, n);
		else
			memset(body, 'x', n);
		buf_reset(&out);
		http_print_body(&out, &w, 200, "text/css", "W/\"1\"", NULL,
				body, n);
		check_sound(&out, 200, true);
		assert_string_equal(field(&out, "Vary"), "Accept-Encoding");
		assert_string_equal(field(&out, "Content-Encoding"),
				    cases[i].gzipped ? "gzip" : "");
		if (cases[i].gzipped) {
			assert_true(body_size(&out) < n);
			check_inflates(&out, body, n);
		} else {
			assert_int_equal(body_size(&out), n);
			assert_memory_equal(body_of(&out), body, n);
		}
		free(body);
	}
	buf_release(&out);
}

/* GET's response up to its body is HEAD's, whatever it is. */
static void check_head(const struct answer *a, struct http_wants w,
		       enum http_format format)
{
	struct buf get = BUF_INIT(OUT_MAX), head = BUF_INIT(OUT_MAX);

	w.head = false;
	print(&get, &w, VERB_SEARCH, format, a);
	w.head = true;
	print(&head, &w, VERB_SEARCH, format, a);
	assert_true(body_size(&get) > 0);
	assert_int_equal(body_size(&head), 0);
	assert_int_equal(head.len, get.len - body_size(&get));
	assert_memory_equal(head.data, get.data, head.len);
	buf_release(&get);
	buf_release(&head);
}

static void test_head_is_get_without_its_body(void **state)
{
	static const enum route_id at[] = { ROUTE_SEARCH, ROUTE_PAGE };
	struct answer a, failed;

	(void)state;
	answer_init(&a, 10000);
	answer_init(&failed, 10);
	a.has_lines = true;
	for (int i = 0; i < 100; i++)
		add_line(&a, "{\"rank\":1,\"id\":\"x\"}\n");
	answer_error(&failed, ERROR_BUSY, "busy");
	for (size_t i = 0; i < 4; i++) {
		const struct http_wants w = { .route = at[i / 2],
					      .gzip = i % 2 };

		for (unsigned f = 0; f < HTTP_FORMATS; f++) {
			check_head(&a, w, (enum http_format)f);
			check_head(&failed, w, (enum http_format)f);
		}
	}
	answer_release(&a);
	answer_release(&failed);
}

/* ---------------------------------------------------------------- etags -- */

static void check_tag(const char *tag)
{
	size_t n = strlen(tag);

	assert_true(n > 4 && n < HTTP_ETAG_MAX);
	assert_memory_equal(tag, "W/\"", 3);
	assert_int_equal(tag[n - 1], '"');
}

static struct line_option option(const char *key, const char *value)
{
	return (struct line_option){ key, value, strlen(value) };
}

static void test_an_etag_knows_its_request(void **state)
{
	struct http_wants w = { .route = ROUTE_SEARCH, .version = "1" };
	struct line_request rq = { .noptions = 3 }, other;
	char tag[HTTP_ETAG_MAX], again[HTTP_ETAG_MAX];

	(void)state;
	rq.option[0] = option("q", "a b");
	rq.option[1] = option("limit", "5");
	rq.option[2] = option("in", "");
	http_etag(&rq, &w, "7.1", tag);
	check_tag(tag);

	other = rq; /* other places of the same options, and of other bytes */
	w.gzip = w.head = w.close = true;
	other.option[0] = rq.option[2];
	other.option[2] = rq.option[0];
	http_etag(&other, &w, "7.1", again);
	assert_string_equal(tag, again);
	other.option[0] = rq.option[1];
	other.option[1] = rq.option[2];
	http_etag(&other, &w, "7.1", again);
	assert_string_equal(tag, again);

	http_etag(&rq, &w, "7.2", again);
	assert_string_not_equal(tag, again);
	w.version = "2";
	http_etag(&rq, &w, "7.1", again);
	assert_string_not_equal(tag, again);
	w.version = "1";
	w.base = "https://a.example";
	http_etag(&rq, &w, "7.1", again);
	assert_string_not_equal(tag, again);
	w.base = NULL;
	w.ranking = TRAWL_RANKING_BM25;
	http_etag(&rq, &w, "7.1", again);
	assert_string_not_equal(tag, again);
	w.ranking = TRAWL_RANKING_TRAWL;
	w.route = ROUTE_SIMILAR;
	http_etag(&rq, &w, "7.1", again);
	assert_string_not_equal(tag, again);
	http_etag(NULL, &w, NULL, again);
	check_tag(again);
}

/* What moves from one string to its neighbour makes a difference. */
static void test_etags_of_near_requests_differ(void **state)
{
	static const char *const pairs[][4] = {
		{ "limit", "5", "q", "" },   { "limit", "", "q", "5" },
		{ "limit", "5", "q", "a" },  { "limit", "5a", "q", "" },
		{ "limit", "5q", "qa", "" }, { "limit", "5", "qa", "" },
		{ "limit", "5", "q", "A" },  { "limit", "5", "q", "a " },
	};
	const struct http_wants w = { .route = ROUTE_SEARCH };
	char tag[COUNT(pairs)][HTTP_ETAG_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct line_request rq = { .noptions = 2 };

		rq.option[0] = option(pairs[i][0], pairs[i][1]);
		rq.option[1] = option(pairs[i][2], pairs[i][3]);
		http_etag(&rq, &w, "1", tag[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(tag[i], tag[j]);
	}
}

static void test_matching_etags(void **state)
{
	static const struct {
		const char *list;
		bool matches; /* W/"ab" */
	} cases[] = {
		{ "W/\"ab\"", true },
		{ "\"ab\"", true },
		{ "*", true },
		{ " \t* ", true },
		{ "\"x\", W/\"ab\"", true },
		{ "\"ab\" , \"x\"", true },
		{ ",, \"ab\",", true },
		{ "\"a,\",\"ab\"", true },
		{ "\"\", W/\"\", \"ab\"", true },
		{ "\"\x80\xFF!#~\", \"ab\"", true },
		{ "", false },
		{ " ", false },
		{ ",", false },
		{ "ab", false },
		{ "\"AB\"", false },
		{ "\"a\"", false },
		{ "\"abc\"", false },
		{ "w/\"ab\"", false },
		{ "W/ \"ab\"", false },
		{ "W/", false },
		{ "W", false },
		{ "\"ab", false },
		{ "\"ab\" x", false },
		{ "\"ab\" \"x\"", false },
		{ "\"ab\",x", false },
		{ "\"x\",\"ab", false },
		{ "\"ab\";\"x\"", false },
		{ "'ab'", false },
		{ "**", false },
		{ "*, \"ab\"", false },
		{ "\"ab\", *", false },
		{ "\"a b\", \"ab\"", false }, /* a blank is not of a tag */
		{ "\"\x7F\", \"ab\"", false },
		{ "\"x\\\", \"ab\"", true }, /* nor is there an escape */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (http_etag_matches(cases[i].list, "W/\"ab\"") !=
		    cases[i].matches)
			fail_msg("%s", cases[i].list);
	assert_false(http_etag_matches(NULL, "W/\"ab\""));
	assert_false(http_etag_matches("*", ""));
	assert_false(http_etag_matches("*", NULL));
	assert_true(http_etag_matches("W/\"ab\"", "\"ab\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_error_has_a_status),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_of_little),
		cmocka_unit_test(test_hostile_values_stay_strings),
		cmocka_unit_test(test_lines_of_other_formats),
		cmocka_unit_test(test_a_document_is_its_own_body),
		cmocka_unit_test(test_a_line_that_is_no_object_is_an_error),
		cmocka_unit_test(test_every_error_as_json),
		cmocka_unit_test(test_the_parameter_of_an_error),
		cmocka_unit_test(test_an_error_of_the_front),
		cmocka_unit_test(test_an_answer_that_failed),
		cmocka_unit_test(test_an_error_is_a_page_where_people_look),
		cmocka_unit_test(test_a_whole_head),
		cmocka_unit_test(test_what_is_wanted),
		cmocka_unit_test(test_no_body_no_length),
		cmocka_unit_test(test_fields_of_statuses),
		cmocka_unit_test(test_what_never_changes_is_kept),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_gzip),
		cmocka_unit_test(test_head_is_get_without_its_body),
		cmocka_unit_test(test_an_etag_knows_its_request),
		cmocka_unit_test(test_etags_of_near_requests_differ),
		cmocka_unit_test(test_matching_etags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
