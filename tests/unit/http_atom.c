/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/http_atom.c: feeds that a reader takes, whatever documents hold */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http_atom.h"
#include "line.h"
#include "result.h"

#include <libxml/parser.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define ATOM_NS	 "http://www.w3.org/2005/Atom"

enum {
	OUT_MAX = 8 << 20
};

static const struct http_wants wants = {
	.route = ROUTE_SEARCH,
	.base = "http://127.0.0.1:7780",
	.target = "/search?q=a&fmt=atom",
};
static const struct trawl_request marked = TRAWL_REQUEST_INIT;

static void print(struct buf *out, const struct line_request *rq,
		  const struct trawl_request *trq, struct trawl_hit *hits,
		  size_t n, const char *index)
{
	struct trawl_result *res = result_new();

	assert_non_null(res);
	res->hits = hits;
	res->head.hits = n;
	buf_reset(out);
	http_print_atom(out, &wants, rq, trq, res, index, "W/\"1\"");
	assert_false(out->failed);
	trawl_result_free(res);
}

static const char *body_of(const struct buf *out)
{
	const char *end = strstr(out->data, "\r\n\r\n");

	assert_non_null(end);
	return end + 4;
}

static void print_one(struct buf *out, struct trawl_hit hit)
{
	const struct line_request rq = { 0 };

	print(out, &rq, &marked, &hit, 1, "news");
}

static void check_has(const struct buf *out, const char *what)
{
	if (!strstr(body_of(out), what))
		fail_msg("no %s in %s", what, body_of(out));
}

/* ---------------------------------------------------- as a reader reads -- */

static xmlNode *child(xmlNode *in, const char *name)
{
	for (xmlNode *n = in->children; n; n = n->next)
		if (!strcmp((const char *)n->name, name) && n->ns &&
		    !strcmp((const char *)n->ns->href, ATOM_NS))
			return n;
	return NULL;
}

static void check_text(xmlNode *in, const char *name, const char *wanted)
{
	xmlNode *n = child(in, name);
	xmlChar *text;

	assert_non_null(n);
	text = xmlNodeGetContent(n);
	assert_string_equal((const char *)text, wanted);
	xmlFree(text);
}

/* Text of an entry's link, if it is an attribute that XML reads back. */
static void check_attribute(xmlNode *n, const char *name, const char *wanted)
{
	xmlChar *value;

	assert_non_null(n);
	value = xmlGetProp(n, (const xmlChar *)name);
	assert_non_null(value);
	assert_string_equal((const char *)value, wanted);
	xmlFree(value);
}

static xmlDoc *parse(const struct buf *out)
{
	const char *body = body_of(out);
	xmlDoc *doc = xmlReadMemory(body, (int)strlen(body), NULL, NULL,
				    XML_PARSE_NONET | XML_PARSE_NOERROR |
					    XML_PARSE_NOWARNING);

	if (!doc)
		fail_msg("not XML: %s", body);
	return doc;
}

/* What RFC 4287 says that a feed and an entry must have. */
static void check_valid(xmlNode *feed)
{
	size_t entries = 0;

	assert_string_equal((const char *)feed->name, "feed");
	assert_non_null(child(feed, "id"));
	assert_non_null(child(feed, "title"));
	assert_non_null(child(feed, "updated"));
	assert_non_null(child(feed, "author"));
	assert_non_null(child(child(feed, "author"), "name"));
	for (xmlNode *n = feed->children; n; n = n->next) {
		if (strcmp((const char *)n->name, "entry") != 0)
			continue;
		entries++;
		assert_non_null(child(n, "id"));
		assert_non_null(child(n, "title"));
		assert_non_null(child(n, "updated"));
		assert_non_null(child(n, "link"));
	}
	assert_true(entries <= TRAWL_LIMIT_MAX);
}

/* ---------------------------------------------------------------- whole -- */

static const char *const two_snippets[] = { "a <b>b</b> &amp; c", "d" };

static void test_a_feed(void **state)
{
	static const struct trawl_field fields[] = {
		{ "place", "Kyiv", 4, false },
		{ "url", "https://example.org/a?b=1&c", 27, false },
	};
	struct trawl_hit hits[] = {
		{ .rank = 1,
		  .id = "a/b c.txt",
		  .title = "Tea & \"cake\"",
		  .date = "2024-11",
		  .source = "Reuters",
		  .fields = fields,
		  .nfields = 2,
		  .snippets = two_snippets,
		  .nsnippets = 2 },
		{ .rank = 2, .id = "x", .date = "2024-11-10T01:00:00+02:00" },
	};
	struct line_request rq = { .noptions = 4 };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	rq.option[0] = (struct line_option){ "q", "a & <b>", 7 };
	rq.option[1] = (struct line_option){ "fmt", "atom", 4 };
	rq.option[2] = (struct line_option){ "in", "news", 4 };
	rq.option[3] = (struct line_option){ "limit", "2", 1 };
	print(&out, &rq, &marked, hits, 2, "news");
	assert_non_null(strstr(out.data,
			       "\r\nContent-Type: application/atom+xml; "
			       "charset=utf-8\r\n"));
	assert_non_null(strstr(out.data, "\r\nETag: W/\"1\"\r\n"));
	assert_string_equal(
		body_of(&out),
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
		"<id>http://127.0.0.1:7780/search?q=a&amp;fmt=atom</id>\n"
		"<title>trawl: a &amp; &lt;b&gt;</title>\n"
		"<updated>2024-11-09T23:00:00Z</updated>\n"
		"<link rel=\"self\" type=\"application/atom+xml\" href=\""
		"http://127.0.0.1:7780/search?q=a&amp;fmt=atom\"/>\n"
		"<link rel=\"alternate\" type=\"text/html\" href=\""
		"http://127.0.0.1:7780/?q=a%20%26%20%3Cb%3E&amp;in=news\"/>\n"
		"<author><name>trawl</name>\n</author>\n"
		"<generator version=\"" TRAWL_VERSION "\">trawl</generator>\n"
		"<entry>\n"
		"<id>urn:trawl:news:a/b%20c.txt</id>\n"
		"<title>Tea &amp; &quot;cake&quot;</title>\n"
		"<updated>2024-11-01T00:00:00Z</updated>\n"
		"<link rel=\"alternate\" href=\""
		"https://example.org/a?b=1&amp;c\"/>\n"
		"<author><name>Reuters</name>\n</author>\n"
		"<summary type=\"html\">&lt;p&gt;a &lt;b&gt;b&lt;/b&gt; "
		"&amp;amp; c&lt;/p&gt;\n&lt;p&gt;d&lt;/p&gt;\n</summary>\n"
		"</entry>\n"
		"<entry>\n"
		"<id>urn:trawl:news:x</id>\n"
		"<title>x</title>\n"
		"<updated>2024-11-09T23:00:00Z</updated>\n"
		"<link rel=\"alternate\" href=\""
		"http://127.0.0.1:7780/view/x?index=news\"/>\n"
		"</entry>\n"
		"</feed>\n");
	buf_release(&out);
}

static void test_no_hits(void **state)
{
	const struct line_request rq = { 0 };
	struct buf out = BUF_INIT(OUT_MAX);
	xmlDoc *doc;

	(void)state;
	print(&out, &rq, &marked, NULL, 0, NULL);
	doc = parse(&out);
	check_valid(xmlDocGetRootElement(doc));
	check_text(xmlDocGetRootElement(doc), "updated",
		   "1970-01-01T00:00:00Z");
	check_text(xmlDocGetRootElement(doc), "title", "trawl: all documents");
	check_has(&out, "href=\"http://127.0.0.1:7780/\"");
	xmlFreeDoc(doc);
	buf_release(&out);
}

static void test_plain_snippets_are_text(void **state)
{
	const struct line_request rq = { 0 };
	struct trawl_request plain = TRAWL_REQUEST_INIT;
	struct trawl_hit hit = { .id = "1",
				 .snippets = two_snippets,
				 .nsnippets = 2 };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	plain.mark = TRAWL_MARK_NONE;
	print(&out, &rq, &plain, &hit, 1, "news");
	check_has(&out, "<summary type=\"text\">a &lt;b&gt;b&lt;/b&gt; "
			"&amp;amp; c\nd\n</summary>");
	buf_release(&out);
}

/* -------------------------------------------------------------- foreign -- */

/* As they come, and as a reader has them afterwards. */
static const struct {
	const char *raw, *read;
} texts[] = {
	{ "</title><script>alert(1)</script>",
	  "</title><script>alert(1)</script>" },
	{ "]]> <![CDATA[ &amp; &lt; &#60; <!-- -->",
	  "]]> <![CDATA[ &amp; &lt; &#60; <!-- -->" },
	{ "\" onclick='x' <?xml version=\"1.0\"?>",
	  "\" onclick='x' <?xml version=\"1.0\"?>" },
	{ "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>&y;",
	  "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>&y;" },
	{ "a\x01\x02\x08\x0B\x0C\x1F\x1B[31mb", "a[31mb" },
	{ "tab\tline\nreturn\r.", "tab line return ." },
	{ "\xEF\xBF\xBE\xEF\xBF\xBFx", "x" },
	{ "\xED\xA0\x80\xFF\xC3", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"
				  "\xEF\xBF\xBD\xEF\xBF\xBD" },
	{ "\xF0\x9F\x98\x80\xC3\xA9\xF4\x8F\xBF\xBD",
	  "\xF0\x9F\x98\x80\xC3\xA9\xF4\x8F\xBF\xBD" },
	{ "a\x7F\xC2\x85\xE2\x80\xAE.", "a." },
};

static void test_hostile_texts_stay_texts(void **state)
{
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct trawl_hit hit = { .id = "1",
					 .title = texts[i].raw,
					 .source = texts[i].raw };
		struct line_request rq = { .noptions = 1 };
		char title[256];
		xmlDoc *doc;
		xmlNode *feed, *entry;

		rq.option[0] = (struct line_option){ "q", texts[i].raw,
						     strlen(texts[i].raw) };
		print(&out, &rq, &marked, &hit, 1, "news");
		doc = parse(&out);
		feed = xmlDocGetRootElement(doc);
		check_valid(feed);
		snprintf(title, sizeof(title), "trawl: %s", texts[i].read);
		check_text(feed, "title", title);
		entry = child(feed, "entry");
		check_text(entry, "title", texts[i].read);
		check_text(child(entry, "author"), "name", texts[i].read);
		xmlFreeDoc(doc);
	}
	buf_release(&out);
}

static void test_ids(void **state)
{
	static const struct {
		const char *id, *index, *urn, *view;
	} cases[] = {
		{ "a", NULL, "urn:trawl:news:a", "/view/a?index=news" },
		{ "a", "old", "urn:trawl:old:a", "/view/a?index=old" },
		{ "a/b", "a b:c", "urn:trawl:a%20b%3Ac:a/b",
		  "/view/a/b?index=a%20b%3Ac" },
		{ "a?b#c&d=\"<'%41", NULL,
		  "urn:trawl:news:a%3Fb%23c%26d%3D%22%3C%27%2541",
		  "/view/a%3Fb%23c%26d%3D%22%3C%27%2541?index=news" },
		{ "../../x", NULL, "urn:trawl:news:../../x",
		  "/view?id=..%2F..%2Fx&index=news" },
		{ "\xC3\xA9", NULL, "urn:trawl:news:%C3%A9",
		  "/view/%C3%A9?index=news" },
	};
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char href[256];
		xmlNode *entry;
		xmlDoc *doc;

		print_one(&out, (struct trawl_hit){ .id = cases[i].id,
						    .index = cases[i].index });
		doc = parse(&out);
		entry = child(xmlDocGetRootElement(doc), "entry");
		check_text(entry, "id", cases[i].urn);
		check_text(entry, "title", cases[i].id);
		snprintf(href, sizeof(href), "%s%s", wants.base, cases[i].view);
		check_attribute(child(entry, "link"), "href", href);
		xmlFreeDoc(doc);
	}
	buf_release(&out);
}

static void test_only_web_addresses_are_links(void **state)
{
	static const struct {
		const char *url, *href; /* NULL: the page's */
		bool json;
	} cases[] = {
		{ "http://a.example/", "http://a.example/", false },
		{ "HTTPS://A.example/%41?b=c&d#e",
		  "HTTPS://A.example/%41?b=c&d#e", false },
		{ "http://[::1]:80/", "http://[::1]:80/", false },
		{ "http://a/'{}`|^", "http://a/'%7B%7D%60%7C%5E", false },
		{ "http://a/\"><script>", NULL, false },
		{ "http://a/\r\nb", NULL, false },
		{ "http://\xC3\xA9/", "http://%C3%A9/", false },
		{ "javascript:alert(1)", NULL, false },
		{ " http://a/", NULL, false },
		{ "data:text/html,x", NULL, false },
		{ "ftp://a/", NULL, false },
		{ "http:/a/", NULL, false },
		{ "http://", NULL, false },
		{ "https://", NULL, false },
		{ "http://\"x", NULL, false },
		{ "//a/", NULL, false },
		{ "", NULL, false },
		{ "http://a.example/", NULL, true },
	};
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct trawl_field f = { "url", cases[i].url,
					       strlen(cases[i].url),
					       cases[i].json };
		xmlDoc *doc;

		print_one(&out, (struct trawl_hit){ .id = "1",
						    .fields = &f,
						    .nfields = 1 });
		doc = parse(&out);
		check_attribute(
			child(child(xmlDocGetRootElement(doc), "entry"),
			      "link"),
			"href",
			cases[i].href
				? cases[i].href
				: "http://127.0.0.1:7780/view/1?index=news");
		xmlFreeDoc(doc);
	}
	buf_release(&out);
}

static void test_a_url_with_a_nul_is_no_link(void **state)
{
	const struct trawl_field f = { "url", "http://a\0b/", 11, false };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	print_one(&out,
		  (struct trawl_hit){ .id = "1", .fields = &f, .nfields = 1 });
	check_has(&out, "href=\"http://127.0.0.1:7780/view/1?index=news\"");
	buf_release(&out);
}

/* ---------------------------------------------------------------- dates -- */

#define NONE "1970-01-01T00:00:00Z"

static void test_dates_are_completed(void **state)
{
	static const struct {
		const char *date, *updated;
	} cases[] = {
		{ "2024", "2024-01-01T00:00:00Z" },
		{ "2024-11", "2024-11-01T00:00:00Z" },
		{ "2024-11-07", "2024-11-07T00:00:00Z" },
		{ "2024-02-29", "2024-02-29T00:00:00Z" },
		{ "2024-11-07T01:09", "2024-11-07T01:09:00Z" },
		{ "2024-11-07 01:09:02", "2024-11-07T01:09:02Z" },
		{ "2024-11-07t01:09:02z", "2024-11-07T01:09:02Z" },
		{ "2024-11-07T01:09:02.123456Z", "2024-11-07T01:09:02Z" },
		{ "2024-11-07T01:09:02+02:00", "2024-11-06T23:09:02Z" },
		{ "2024-12-31T23:09:02-02:30", "2025-01-01T01:39:02Z" },
		{ "2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z" },
		{ "0000", "0000-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z" },
		{ "1969-12-31", "1969-12-31T00:00:00Z" },
		{ "0000-01-01T00:00:00+01:00", NONE },
		{ "9999-12-31T23:59:59-01:00", NONE },
		{ NULL, NONE },
		{ "", NONE },
		{ "yesterday", NONE },
		{ "2024-13", NONE },
		{ "2024-00", NONE },
		{ "2023-02-29", NONE },
		{ "2024-11-00", NONE },
		{ "2024-11-07T24:00", NONE },
		{ "2024-11-07T01", NONE },
		{ "2024-11-07T01:09:02+0200", NONE },
		{ "2024-11-07T01:09:61", NONE },
		{ "2024-11-07T", NONE },
		{ "2024-11-07 </updated>", NONE },
		{ "2024-", NONE },
		{ "20245", NONE },
	};
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		xmlDoc *doc;

		print_one(&out, (struct trawl_hit){ .id = "1",
						    .date = cases[i].date });
		doc = parse(&out);
		check_text(xmlDocGetRootElement(doc), "updated",
			   cases[i].updated);
		check_text(child(xmlDocGetRootElement(doc), "entry"), "updated",
			   cases[i].updated);
		xmlFreeDoc(doc);
	}
	buf_release(&out);
}

/* The newest, in whatever order hits come, and before 1970, too. */
static void test_a_feed_is_as_new_as_its_newest(void **state)
{
	static const struct {
		const char *dates[3];
		const char *updated;
	} cases[] = {
		{ { "2020", "2024-05", "2023" }, "2024-05-01T00:00:00Z" },
		{ { NULL, "1950", "1940" }, "1950-01-01T00:00:00Z" },
		{ { "2024-01-01T00:00:00Z", "2024-01-01T01:00:00+02:00", "x" },
		  "2024-01-01T00:00:00Z" },
		{ { NULL, NULL, "x" }, NONE },
	};
	const struct line_request rq = { 0 };
	struct buf out = BUF_INIT(OUT_MAX);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_hit hits[3];
		xmlDoc *doc;

		for (size_t j = 0; j < 3; j++)
			hits[j] =
				(struct trawl_hit){ .id = "1",
						    .date = cases[i].dates[j] };
		print(&out, &rq, &marked, hits, 3, "news");
		doc = parse(&out);
		check_text(xmlDocGetRootElement(doc), "updated",
			   cases[i].updated);
		xmlFreeDoc(doc);
	}
	buf_release(&out);
}

static void test_a_feed_too_large_is_an_error(void **state)
{
	const struct line_request rq = { 0 };
	struct trawl_hit hit = { .id = "1" };
	struct trawl_result *res = result_new();
	struct buf out = BUF_INIT(800);
	char title[1000];

	(void)state;
	assert_non_null(res);
	memset(title, 'x', sizeof(title) - 1);
	title[sizeof(title) - 1] = '\0';
	hit.title = title;
	res->hits = &hit;
	res->head.hits = 1;
	http_print_atom(&out, &wants, &rq, &marked, res, "news", "");
	assert_false(out.failed);
	assert_memory_equal(out.data, "HTTP/1.1 413 ", 13);
	trawl_result_free(res);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_feed),
		cmocka_unit_test(test_no_hits),
		cmocka_unit_test(test_plain_snippets_are_text),
		cmocka_unit_test(test_hostile_texts_stay_texts),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_only_web_addresses_are_links),
		cmocka_unit_test(test_a_url_with_a_nul_is_no_link),
		cmocka_unit_test(test_dates_are_completed),
		cmocka_unit_test(test_a_feed_is_as_new_as_its_newest),
		cmocka_unit_test(test_a_feed_too_large_is_an_error),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	xmlCleanupParser();
	return failed;
}
