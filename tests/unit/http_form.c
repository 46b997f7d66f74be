/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon/http_form: an HTTP request's options
 *
 * What comes of a case is "key=[value] ..." or "CODE[/STATUS] param: text",
 * where the text is without the parameter's name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "http_form.h"

enum {
	OUT_MAX = 4 << 20
};

static void add_error(struct buf *out, const struct form_error *err)
{
	const char *text = err->text;
	size_t n = strlen(err->param);

	assert_int_equal(strcspn(text, "\r\n\t\x1b"), strlen(text));
	if (n) {
		assert_memory_equal(text, err->param, n);
		assert_memory_equal(text + n, "=: ", 3);
		text += n + 3;
	}
	buf_addf(out, "%u", (unsigned)err->code);
	if (err->status)
		buf_addf(out, "/%u", err->status);
	buf_addf(out, " %s: %s", err->param, text);
}

static void add_options(struct buf *out, const struct line_request *rq)
{
	for (size_t i = 0; i < rq->noptions; i++) {
		const struct line_option *o = &rq->option[i];

		assert_int_equal(o->len, strlen(o->value));
		assert_ptr_equal(line_value(rq, o->key), o->value);
		buf_addf(out, "%s%s=[%s]", i ? " " : "", o->key, o->value);
	}
}

/* Bytes in memory of their very size, so that a tool sees. */
static struct http_span exactly(const char *s, size_t n)
{
	char *copy = malloc(n + !n);

	assert_non_null(copy);
	memcpy(copy, s, n);
	return (struct http_span){ copy, n };
}

static char *options_of(enum verb_id verb, const struct http_request *http)
{
	struct line_request rq = { .verb = &verbs[verb] };
	struct buf store, out = BUF_INIT(OUT_MAX);
	struct form_error err;

	buf_init(&store, FORM_STORE_MAX);
	memset(&err, 'x', sizeof(err));
	if (form_options(http, &rq, &store, &err))
		add_options(&out, &rq);
	else
		add_error(&out, &err);
	buf_release(&store);
	return out.len ? buf_detach(&out) : strdup("");
}

static void check_request(enum verb_id verb, const struct http_request *http,
			  const char *wanted)
{
	char *got = options_of(verb, http);

	assert_string_equal(got, wanted);
	free(got);
}

/* The bytes as a query, and as a POST's body of that type. */
static void check_query(const char *s, size_t n, const char *wanted)
{
	struct http_span bytes = exactly(s, n);
	struct http_request http = { .method = HTTP_GET,
				     .path = { "/search", 7 },
				     .query = bytes };

	check_request(VERB_SEARCH, &http, wanted);
	free((char *)bytes.s);
}

static void check_body(const char *type, const char *s, size_t n,
		       const char *wanted)
{
	struct http_span bytes = exactly(s, n);
	struct http_request http = { .method = HTTP_POST,
				     .path = { "/search", 7 },
				     .body = bytes };

	if (type)
		http.content_type = (struct http_span){ type, strlen(type) };
	check_request(VERB_SEARCH, &http, wanted);
	free((char *)bytes.s);
}

struct form_case {
	const char *bytes;
	size_t n;
	const char *wanted;
};

#define CASE(bytes, wanted)                                                    \
	{                                                                      \
		bytes, sizeof(bytes) - 1, wanted                               \
	}
#define UNKNOWN "there is no such parameter here"
#define TWICE	"given twice"
#define PERCENT "% and two hex digits, or %25"
#define MISSING "a value must follow"

/* clang-format off */
static const struct form_case pairs[] = {
	CASE("", ""),
	CASE("q=climate", "q=[climate]"),
	CASE("q=climate+summit&limit=3", "q=[climate summit] limit=[3]"),
	CASE("q=a%20b%2Bc%26d%3De%25", "q=[a b+c&d=e%]"),
	CASE("q=a=b=c", "q=[a=b=c]"),
	CASE("q=caf%C3%A9+caf\xC3\xA9", "q=[caf\xC3\xA9 caf\xC3\xA9]"),
	CASE("q=%F0%9f%98%80", "q=[\xF0\x9F\x98\x80]"),
	CASE("q=a%09b%0D%0Ac", "q=[a\tb\r\nc]"),
	CASE("q=\"a\"'<>|", "q=[\"a\"'<>|]"),
	CASE("q=?/:@", "q=[?/:@]"),
	CASE("%71=a&l%69mit=1", "q=[a] limit=[1]"),
	CASE("&&q=a&&&limit=1&", "q=[a] limit=[1]"),
	CASE("&", ""),
	CASE("q=a&in=&since=&limit=5", "q=[a] in=[] since=[] limit=[5]"),
	CASE("q=", "q=[]"),
	CASE("q=&q=", "503 q: " TWICE),
	CASE("limit=&limit=5", "503 limit: " TWICE),
	/* Unknown, or again. */
	CASE("foo=1", "502 foo: " UNKNOWN),
	CASE("q=a&limt=3", "502 limt: " UNKNOWN),
	CASE("Q=a", "502 Q: " UNKNOWN),
	CASE("=a", "502 : =: " UNKNOWN),
	CASE("=", "502 : =: " UNKNOWN),
	CASE("q%20=a", "502 q : " UNKNOWN),
	CASE("q+=a", "502 q : " UNKNOWN),
	CASE("foo", "502 foo: " UNKNOWN),
	CASE("limit+offset=a", "502 limit offset: " UNKNOWN),
	CASE("q=a&q=a", "503 q: " TWICE),
	CASE("q=a&%71=b", "503 q: " TWICE),
	CASE("%E2%80%AE=1", "502 \\xE2\\x80\\xAE: " UNKNOWN),
	CASE("averyveryverylongname=1", "502 averyveryverylo...: " UNKNOWN),
	CASE("fourteenbytes.\xC3\xA9=1", "502 fourteenbytes....: " UNKNOWN),
	CASE("q", "504 q: " MISSING),
	CASE("q=a&limit", "504 limit: " MISSING),
	/* Bytes. */
	CASE("q=%", "503 q: " PERCENT),
	CASE("q=%4", "503 q: " PERCENT),
	CASE("q=%4&limit=1", "503 q: " PERCENT),
	CASE("q=a%zz", "503 q: " PERCENT),
	CASE("q=%4g", "503 q: " PERCENT),
	CASE("q=%%41", "503 q: " PERCENT),
	CASE("q%=1", "503 q%: " PERCENT),
	CASE("q=%00", "509 q: byte 0x00 at 1 of it"),
	CASE("q=ab%1b", "509 q: byte 0x1B at 3 of it"),
	CASE("q=a%1f", "509 q: byte 0x1F at 2 of it"),
	CASE("q=%7F", "509 q: byte 0x7F at 1 of it"),
	CASE("q=a%FF", "509 q: byte 0xFF at 2 of it"),
	CASE("q=a\xFF", "509 q: byte 0xFF at 2 of it"),
	CASE("q=%C3", "509 q: byte 0xC3 at 1 of it"),
	CASE("q=%C0%80", "509 q: byte 0xC0 at 1 of it"),
	CASE("q=%ED%A0%80", "509 q: byte 0xED at 1 of it"),
	CASE("q%00=a", "509 q%00: byte 0x00 at 2 of it"),
	CASE("%FF=a", "509 %FF: byte 0xFF at 1 of it"),
};

#define FLAT "one object is needed, without others or arrays inside"
#define KINDS "a string, a whole number, true or false"

static const struct form_case json[] = {
	CASE("{}", ""),
	CASE(" {\t}\r\n", ""),
	CASE("{\"q\":\"climate summit\",\"limit\":3}", "q=[climate summit] limit=[3]"),
	CASE("{\"limit\":0,\"offset\":-9223372036854775808,\"timeout\":9223372036854775807}",
	     "limit=[0] offset=[-9223372036854775808] timeout=[9223372036854775807]"),
	CASE("{\"strict\":true,\"explain\":false}", "strict=[1] explain=[0]"),
	CASE("{\"q\":\"\",\"in\":\"\",\"limit\":1}", "q=[] in=[] limit=[1]"),
	CASE("{\"q\":\"\\u00e9 \xC3\xA9 \\ud83d\\ude00 \\\" \\\\ \\/ {[,:]}\"}",
	     "q=[\xC3\xA9 \xC3\xA9 \xF0\x9F\x98\x80 \" \\ / {[,:]}]"),
	CASE("{\"q\":\"a\\tb\\r\\nc\"}", "q=[a\tb\r\nc]"),
	CASE("{\"q\":\"a+b%20\"}", "q=[a+b%20]"),
	CASE("{\"\\u0071\":\"a\"}", "q=[a]"),
	/* Not JSON. */
	CASE("", "503 : JSON, byte 0: an object is needed"),
	CASE("[]", "503 : JSON, byte 0: " FLAT),
	CASE("{\"q\":[\"a\"]}", "503 : JSON, byte 5: " FLAT),
	CASE("{\"q\":{\"a\":1}}", "503 : JSON, byte 5: " FLAT),
	CASE("{}{}", "503 : JSON, byte 2: " FLAT),
	/* Not for us. */
	CASE("{\"foo\":1}", "502 foo: " UNKNOWN),
	CASE("{\"\":1}", "502 : =: " UNKNOWN),
	CASE("{\"q\":null}", "503 q: " KINDS),
	CASE("{\"limit\":1.0}", "503 limit: " KINDS),
	CASE("{\"limit\":1e2}", "503 limit: " KINDS),
	CASE("{\"q\":\"\\u0001\"}", "509 q: byte 0x01 at 1 of it"),
	CASE("{\"q\":\"a\\u007f\"}", "509 q: byte 0x7F at 2 of it"),
	CASE("{\"a\\u001b[2J\":1}", "502 a\\x1B[2J: " UNKNOWN),
};

/* jansson's words, which may change: that it is 503, and where. */
static const struct form_case bad_json[] = {
	CASE("x", "503 : JSON, byte 1: "),
	CASE("\"q\"", "503 : JSON, byte 3: "),
	CASE("{", "503 : JSON, byte 1: "),
	CASE("{\"q\"}", "503 : JSON, byte 5: "),
	CASE("{\"q\":}", "503 : JSON, byte 6: "),
	CASE("{\"q\":\"a\"", "503 : JSON, byte 8: "),
	CASE("{\"q\":\"a\",}", "503 : JSON, byte 10: "),
	CASE("{q:1}", "503 : JSON, byte 2: "),
	CASE("{'q':1}", "503 : JSON, byte 2: "),
	CASE("{\"q\":\"a\"} x", "503 : JSON, byte 11: "),
	CASE("{\"q\":\"a\",\"q\":\"b\"}", "503 : JSON, byte 12: "),
	CASE("{\"q\":\"\\ud800\"}", "503 : JSON, byte "),
	CASE("{\"q\":\"\\udc00\"}", "503 : JSON, byte "),
	CASE("{\"q\":\"\\ud83dx\"}", "503 : JSON, byte "),
	CASE("{\"q\":\"\\u0000\"}", "503 : JSON, byte "),
	CASE("{\"\\u0000q\":1}", "503 : JSON, byte "),
	CASE("{\"q\":\"\\x\"}", "503 : JSON, byte "),
	CASE("{\"q\":\"a\nb\"}", "503 : JSON, byte "),
	CASE("{\"q\":\"a\x00\"}", "503 : JSON, byte "),
	CASE("{\"q\":\"\xFF\"}", "503 : JSON, byte "),
	CASE("{\"q\":\"\xED\xA0\x80\"}", "503 : JSON, byte "),
	CASE("{\"limit\":NaN}", "503 : JSON, byte "),
	CASE("{\"limit\":Infinity}", "503 : JSON, byte "),
	CASE("{\"limit\":1e999}", "503 : JSON, byte "),
	CASE("{\"limit\":9223372036854775808}", "503 : JSON, byte "),
	CASE("{\"limit\":01}", "503 : JSON, byte "),
	CASE("{\"limit\":+1}", "503 : JSON, byte "),
	CASE("{\"limit\":0x1}", "503 : JSON, byte "),
	CASE("{\"limit\":1 //x\n}", "503 : JSON, byte "),
	CASE("\xEF\xBB\xBF{}", "503 : JSON, byte "),
	CASE("{}\x00", "503 : JSON, byte "),
	CASE("true", "503 : JSON, byte "),
};
/* clang-format on */

#define EACH(i, cases)                                                         \
	for (size_t i = 0; i < sizeof(cases) / sizeof(*(cases)); i++)

static const char form_type[] = "application/x-www-form-urlencoded";
static const char json_type[] = "application/json";

static void test_pairs(void **state)
{
	(void)state;
	EACH(i, pairs)
	{
		check_query(pairs[i].bytes, pairs[i].n, pairs[i].wanted);
		check_body(form_type, pairs[i].bytes, pairs[i].n,
			   pairs[i].wanted);
	}
}

static void test_json(void **state)
{
	(void)state;
	EACH(i, json)
	check_body(json_type, json[i].bytes, json[i].n, json[i].wanted);
}

static void test_bad_json(void **state)
{
	(void)state;
	EACH(i, bad_json)
	{
		struct http_span bytes =
			exactly(bad_json[i].bytes, bad_json[i].n);
		struct http_request http = {
			.method = HTTP_POST,
			.path = { "/search", 7 },
			.content_type = { json_type, strlen(json_type) },
			.body = bytes
		};
		char *got = options_of(VERB_SEARCH, &http);
		const char *wanted = bad_json[i].wanted;

		if (strncmp(got, wanted, strlen(wanted)))
			assert_string_equal(got, wanted);
		free(got);
		free((char *)bytes.s);
	}
}

/* A megabyte of what would be built is refused before it is. */
static void test_deep_json(void **state)
{
	static const char *const begin[] = { "[", "{\"q\":[", "{\"q\":{" };
	const size_t n = HTTP_BODY_MAX;
	char *bytes = malloc(n);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 3; i++) {
		memset(bytes, '[', n);
		memcpy(bytes, begin[i], strlen(begin[i]));
		check_body(json_type, bytes, n,
			   i ? "503 : JSON, byte 5: " FLAT
			     : "503 : JSON, byte 0: " FLAT);
	}
	free(bytes);
}

static void test_many_members(void **state)
{
	struct buf b = BUF_INIT(OUT_MAX);

	(void)state;
	buf_adds(&b, "{\"q\":\"a\"");
	for (unsigned i = 0; b.len < HTTP_BODY_MAX - 20; i++)
		buf_addf(&b, ",\"%u\":0", i);
	buf_adds(&b, "}");
	check_body(json_type, b.data, b.len,
		   "503 : JSON, byte 220: too many members");
	buf_release(&b);
}

/* As long as a request can make them. */
static void test_long_values(void **state)
{
	struct buf b = BUF_INIT(OUT_MAX), wanted = b;
	const size_t n = HTTP_BODY_MAX - 10;

	(void)state;
	buf_adds(&wanted, "q=[");
	for (size_t i = 0; i < n; i++)
		buf_addc(&wanted, 'x');
	buf_adds(&b, "q=");
	buf_add(&b, wanted.data + 3, n);
	buf_addc(&wanted, ']');
	check_body(form_type, b.data, b.len, wanted.data);
	buf_reset(&b);
	buf_adds(&b, "{\"q\":\"");
	buf_add(&b, wanted.data + 3, n);
	buf_adds(&b, "\"}");
	check_body(json_type, b.data, b.len, wanted.data);
	buf_release(&b);
	buf_release(&wanted);
}

static void test_types(void **state)
{
#define R_415                                                                  \
	"503/415 : Content-Type: application/json or "                         \
	"application/x-www-form-urlencoded, in UTF-8"
	static const struct {
		const char *type, *body, *wanted;
	} cases[] = {
		{ NULL, "", "" },
		{ NULL, "q=a", R_415 },
		{ "", "q=a", R_415 },
		{ "text/plain", "q=a", R_415 },
		{ "text/plain", "", R_415 },
		{ "multipart/form-data; boundary=x", "q=a", R_415 },
		{ "application/jsonx", "{}", R_415 },
		{ "application/json, text/plain", "{}", R_415 },
		{ "APPLICATION/JSON", "{\"q\":\"a\"}", "q=[a]" },
		{ "application/json ; Charset=UTF-8", "{}", "" },
		{ "application/json;charset=\"utf-8\"; x=y", "{}", "" },
		{ "application/json;", "{}", "" },
		{ "application/json;charset=utf-16", "{}", R_415 },
		{ "application/json;charset", "{}", R_415 },
		{ "application/json;x;charset=latin1", "{}", R_415 },
		{ "application/x-www-form-urlencoded;charset=utf-8", "q=a",
		  "q=[a]" },
		{ "application/x-www-form-urlencoded;charset=latin1", "q=a",
		  R_415 },
	};

	(void)state;
	EACH(i, cases)
	check_body(cases[i].type, cases[i].body, strlen(cases[i].body),
		   cases[i].wanted);
}

static struct http_span span(const char *s)
{
	return (struct http_span){ s, strlen(s) };
}

/* A query's options come first, and once in both. */
static void test_query_and_body(void **state)
{
	struct http_request http = { .method = HTTP_POST,
				     .path = span("/search"),
				     .query = span("limit=3&in=news"),
				     .content_type = span(json_type),
				     .body = span("{\"q\":\"a\"}") };

	(void)state;
	check_request(VERB_SEARCH, &http, "limit=[3] in=[news] q=[a]");
	http.body = span("{\"q\":\"a\",\"limit\":4}");
	check_request(VERB_SEARCH, &http, "503 limit: " TWICE);
	http.content_type = span(form_type);
	http.body = span("in=");
	check_request(VERB_SEARCH, &http, "503 in: " TWICE);
	/* GET has none, whatever it looks like. */
	http.method = HTTP_GET;
	check_request(VERB_SEARCH, &http, "limit=[3] in=[news]");
}

static void test_drop_empty(void **state)
{
	struct http_request http = { .path = span("/"),
				     .query = span("q=&in=news&since=") };
	struct line_request rq = { .verb = &verbs[VERB_SEARCH] };
	struct buf store = BUF_INIT(FORM_STORE_MAX);
	struct form_error err;

	(void)state;
	assert_true(form_options(&http, &rq, &store, &err));
	assert_int_equal(rq.noptions, 3);
	form_drop_empty(&rq);
	assert_int_equal(rq.noptions, 1);
	assert_string_equal(line_value(&rq, "in"), "news");
	buf_release(&store);
}

static void test_verbs_have_their_own(void **state)
{
	struct http_request http = { .path = span("/x"),
				     .query = span("id=a") };

	(void)state;
	check_request(VERB_GET, &http, "id=[a]");
	check_request(VERB_SEARCH, &http, "502 id: " UNKNOWN);
	check_request(VERB_STATS, &http, "502 id: " UNKNOWN);
	http.query = span("q=a");
	check_request(VERB_GET, &http, "502 q: " UNKNOWN);
	check_request(VERB_SUGGEST, &http, "q=[a]");
}

/* What was in the path. */
static void test_options_before(void **state)
{
	static const struct {
		const char *query, *wanted;
	} cases[] = {
		{ "", "id=[x]" },
		{ "fmt=json", "id=[x] fmt=[json]" },
		{ "id=y", "503 id: " TWICE },
		{ "id=", "503 id: " TWICE },
	};

	(void)state;
	EACH(i, cases)
	{
		struct line_request rq = { .verb = &verbs[VERB_GET],
					   .option = { { "id", "x", 1 } },
					   .noptions = 1 };
		struct http_request http = { .query = span(cases[i].query) };
		struct buf store, out = BUF_INIT(OUT_MAX);
		struct form_error err;

		buf_init(&store, FORM_STORE_MAX);
		if (form_options(&http, &rq, &store, &err))
			add_options(&out, &rq);
		else
			add_error(&out, &err);
		assert_string_equal(out.data, cases[i].wanted);
		buf_release(&store);
		buf_release(&out);
	}
}

static void test_decode(void **state)
{
	struct buf out = BUF_INIT(8);
	struct http_span v;
	struct form_error err;

	(void)state;
	assert_true(form_decode(span("a+b"), true, &out, &v, &err));
	assert_int_equal(v.n, 3);
	assert_string_equal(v.s, "a b");
	assert_true(form_decode(span("a+b"), false, &out, &v, &err));
	assert_string_equal(v.s, "a+b");
	assert_int_equal(out.len, 8);
	assert_false(form_decode(span(""), false, &out, &v, &err));
	assert_int_equal(err.code, ERROR_TOO_LARGE);
	assert_int_equal(err.status, 413);
	assert_string_equal(err.param, "");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_bad_json),
		cmocka_unit_test(test_deep_json),
		cmocka_unit_test(test_many_members),
		cmocka_unit_test(test_long_values),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_query_and_body),
		cmocka_unit_test(test_drop_empty),
		cmocka_unit_test(test_verbs_have_their_own),
		cmocka_unit_test(test_options_before),
		cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
