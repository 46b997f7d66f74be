/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"
#include "extract.h"
#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void extract(struct document *doc, const char *html, size_t len)
{
	struct raw raw = { .bytes = html, .len = len };
	struct problem why = { 0 };

	document_init(doc);
	if (!extract_html(&raw, doc, &why))
		fail_msg("%s: %s", why.code, why.reason);
}

struct body {
	const char *html, *text;
};

/* clang-format off */
static const struct body bodies[] = {
	{ "<p>one</p><p>two</p>", "one\n\ntwo" },
	{ "<p>one<p>two", "one\n\ntwo" },
	{ "one<br>two<br/>three", "one\ntwo\nthree" },
	{ "  a \n b\t<b>c</b>d ", "a b cd" },
	{ "<div><div><p>a</p></div></div><div>b</div>", "a\n\nb" },
	{ "<pre>a\n  b</pre>", "a\nb" },
	{ "a&amp;b &lt;i&gt; caf&eacute; &#8212; &#x2014;",
	  "a&b <i> caf\xC3\xA9 \xE2\x80\x94 \xE2\x80\x94" },
	{ "a&nbsp;b Zelen&shy;skyy", "a b Zelenskyy" },
	{ "a<script>var x = '<p>no</p>';</script>b", "a\n\nb" },
	{ "a<style>p { color: red }</style>b", "a\n\nb" },
	{ "a<!-- no -->b", "ab" },
	{ "<noscript>no</noscript><template><p>no</p></template>a", "a" },
	{ "<svg><title>no</title><text>no</text></svg>a", "a" },
	{ "<nav><ul><li>no</li></ul></nav>a<footer>c</footer>", "a\n\nc" },
	{ "<p hidden>no</p><p>a</p>", "a" },
	{ "<div style='DISPLAY : None'>no<p>no</p></div>a", "a" },
	{ "<div style=visibility:hidden>no</div>a", "a" },
	{ "<span aria-hidden=true>no</span>a<i aria-hidden=false>b</i>",
	  "ab" },
	{ "<table><tr><td>a</td><td>b</td></tr></table>", "a\n\nb" },
	{ "<title>no</title><h1>Head</h1>a", "Head\n\na" },
	{ "a < b and </nothing> c &unknown; d", "a < b and c &unknown; d" },
	{ "&#xFFFFFFFF;a", "a" },
	{ "", "" },
};
/* clang-format on */

static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
		struct document doc;

		extract(&doc, bodies[i].html, strlen(bodies[i].html));
		assert_string_equal(doc.text, bodies[i].text);
		document_release(&doc);
	}
}

struct head {
	const char *html, *field, *value; /* NULL: no such field */
};

#define META(name, value) "<meta name=\"" name "\" content=\"" value "\">"

/* clang-format off */
static const struct head heads[] = {
	{ "<title> A &amp; B\n </title>", "title", "A & B" },
	{ META("og:title", "two") "<title>one</title>", "title", "one" },
	{ META("og:title", "two") "<h1>three</h1>", "title", "two" },
	{ "<h1>three <i>words</i></h1>", "title", "three words" },
	{ "<title></title><h1>h</h1>", "title", "h" },
	{ "<svg><title>no</title></svg>", "title", NULL },
	{ META("description", "d"), "description", "d" },
	{ "<meta property=article:published_time "
	  "content=2031-03-12T18:25:00+0200>", "date",
	  "2031-03-12T18:25:00+02:00" },
	{ META("date", "2031-03-12"), "date", "2031-03-12" },
	{ META("date", "last Tuesday"), "date", NULL },
	{ META("date", "9999-99-99"), "date", NULL },
	{ META("date", "2031-02-29"), "date", NULL },
	{ "<time datetime='2031-03-12 18:25'>x</time>", "date", "2031-03-12" },
	{ "<time datetime=2030-01-01>x</time>" META("DC.date", "2031"),
	  "date", "2031" },
	{ "<script type='application/ld+json'>{\"datePublished\": "
	  "\"2031-03-12T09:00:00Z\"}</script>", "date",
	  "2031-03-12T09:00:00Z" },
	{ META("author", "Jo Eide"), "author", "Jo Eide" },
	{ META("article:author", "https://x.example/jo"), "author", NULL },
	{ "<html lang=en-GB>", "lang", "en" },
	{ "<html lang='not a language'>", "lang", NULL },
	{ "<link rel=canonical href=https://x.example/a>", "url",
	  "https://x.example/a" },
	{ "<link rel=canonical href='javascript:x()'>", "url", NULL },
	{ "<meta property=og:site_name content='Harbour Post'>", "source",
	  "Harbour Post" },
};
/* clang-format on */

static void test_heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++) {
		struct document doc;
		const char *got;

		extract(&doc, heads[i].html, strlen(heads[i].html));
		got = document_field(&doc, heads[i].field);
		if (heads[i].value && !got)
			fail_msg("case %zu: no %s", i, heads[i].field);
		if (heads[i].value)
			assert_string_equal(got, heads[i].value);
		else
			assert_null(got);
		document_release(&doc);
	}
}

#define LD(json) "<script type='application/ld+json'>" json "</script>"

struct guess {
	const char *html, *field, *value; /* NULL: no such guess */
	const char *reason;		  /* of the likeliest */
};

/* clang-format off */
static const struct guess guesses[] = {
	{ META("og:title", "T"), "title", "T", "og:title" },
	{ META("parsely-title", "T"), "title", "T", "parsely-title" },
	{ META("og:title", "A") META("citation_title", "B"), "title", "B",
	  "citation_title" },
	{ "<h1>One <i>and</i> only</h1>", "title", "One and only",
	  "the only h1" },
	{ "<h1>One</h1><h1>Two</h1>", "title", NULL, NULL },
	{ "<title>T</title>", "title", "T", "title" },
	{ "<title>The quay opens | Harbour Post</title>"
	  META("og:site_name", "Harbour Post"), "title", "The quay opens",
	  "title without the site's name" },
	{ META("sailthru.date", "2031-03-12 18:25:00"), "date", "2031-03-12",
	  "sailthru.date" },
	{ META("parsely-pub-date", "2031-03-12T18:25:00Z"), "date",
	  "2031-03-12T18:25:00Z", "parsely-pub-date" },
	{ META("pubdate", "Wed, 12 Mar 2031 18:25:00 GMT"), "date",
	  "Wed, 12 Mar 2031 18:25:00 GMT", "pubdate" },
	{ META("article:modified_time", "2031-03-13"), "date", "2031-03-13",
	  "article:modified_time" },
	{ "<time itemprop=datePublished datetime=2031-03-12>x</time>", "date",
	  "2031-03-12", "itemprop datePublished" },
	{ "<time datetime=2031-03-12>x</time>", "date", "2031-03-12",
	  "a time element" },
	{ META("article:published_time", "2031-03-12")
	  "<time datetime=2031-03-15>x</time>", "date", "2031-03-12",
	  "article:published_time" },
	{ "<a rel=author href=/jo>Jo <b>Eide</b></a>", "author", "Jo Eide",
	  "rel=author" },
	{ META("byl", "By Jo Eide"), "author", "By Jo Eide", "byl" },
	{ META("article:author", "https://x.example/jo"), "author", NULL,
	  NULL },
	{ "<html lang=en-GB>", "lang", "en", "html lang" },
	{ META("og:site_name", "Harbour Post"), "source", "Harbour Post",
	  "og:site_name" },
	{ META("application-name", "Harbour Post"), "source", "Harbour Post",
	  "application-name" },
	{ META("description", "d"), "description", NULL, NULL },
	/* JSON-LD */
	{ LD("{\"@type\":\"NewsArticle\",\"headline\":\" A\\n B\"}"), "title",
	  "A B", "JSON-LD headline" },
	{ LD("[{\"@type\":[\"Thing\",\"Article\"],\"headline\":\"A\"}]"),
	  "title", "A", "JSON-LD headline" },
	{ LD("{\"@graph\":[{\"@type\":\"WebPage\",\"datePublished\":"
	     "\"2030-01-01\"},{\"@type\":\"BlogPosting\",\"datePublished\":"
	     "\"2031-03-12\"}]}"), "date", "2031-03-12",
	  "JSON-LD datePublished" },
	{ LD("{\"@type\":\"WebPage\",\"datePublished\":\"2030-01-01\"}"),
	  "date", "2030-01-01", "JSON-LD datePublished of the page" },
	{ LD("{\"@type\":\"VideoObject\",\"headline\":\"no\"}"), "title",
	  NULL, NULL },
	{ LD("{\"@type\":\"Article\",\"author\":[\"Jo Eide\",{\"name\":"
	     "\"Al Roe\"},\"https://x.example/\"]}"), "author",
	  "Jo Eide, Al Roe", "JSON-LD author" },
	{ LD("{\"@graph\":[{\"@type\":\"Article\",\"author\":{\"@id\":"
	     "\"#jo\"}},{\"@id\":\"#jo\",\"@type\":\"Person\",\"name\":"
	     "\"Jo Eide\"}]}"), "author", "Jo Eide", "JSON-LD author" },
	{ LD("{\"@type\":\"Article\",\"publisher\":{\"name\":\"Post\"}}"),
	  "source", "Post", "JSON-LD publisher" },
	{ LD("{\"@type\":\"Article\",\"inLanguage\":\"de-AT\"}"), "lang",
	  "de", "JSON-LD inLanguage" },
	{ LD("<!-- {\"@type\":\"Article\",\"headline\":\"A\"} -->"), "title",
	  "A", "JSON-LD headline" },
	{ LD("[{\"@type\":\"Article\",\"headline\":\"A\"},"
	     "{\"@type\":\"Article\",\"headline\":\"B\"},"
	     "{\"@type\":\"Article\",\"headline\":\"C\"},"
	     "{\"@type\":\"Article\",\"headline\":\"D\"}]"), "title", NULL,
	  NULL },
	{ LD("{\"@type\":\"Article\",\"headline\":"), "title", NULL, NULL },
	{ LD("{\"@type\":7,\"headline\":{},\"author\":[[]]}"), "title", NULL,
	  NULL },
	{ LD(""), "title", NULL, NULL },
};
/* clang-format on */

static const struct trawl_guess *likeliest(const struct document *doc,
					   const char *field)
{
	const struct trawl_guess *best = NULL;

	for (size_t i = 0; i < doc->nguesses; i++) {
		const struct trawl_guess *g = &doc->guesses[i];

		assert_true(g->confidence > 0 && g->confidence < 1);
		if (!strcmp(g->field, field) &&
		    (!best || g->confidence > best->confidence))
			best = g;
	}
	return best;
}

static void test_guesses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(guesses) / sizeof(*guesses); i++) {
		const struct guess *want = &guesses[i];
		struct document doc;
		const struct trawl_guess *got;

		extract(&doc, want->html, strlen(want->html));
		got = likeliest(&doc, want->field);
		if (!got != !want->value)
			fail_msg("case %zu: %s", i, got ? got->value : "none");
		if (got) {
			assert_string_equal(got->value, want->value);
			assert_string_equal(got->reason, want->reason);
		}
		document_release(&doc);
	}
}

/* A title with the site's name: what tells the parts is on the page. */
static const struct head titles[] = {
	{ "<title>The quay | Harbour Post</title>", "title",
	  "The quay | Harbour Post" },
	{ "<title>The quay | Harbour Post</title><h1>The quay</h1>", "title",
	  "The quay" },
	{ "<title>The quay - opens again</title><h1>The quay opens</h1>",
	  "title", "The quay - opens again" },
	{ "<title>The quay \xE2\x80\x93 News</title>" META("og:title",
							   "The quay"),
	  "title", "The quay" },
	{ "<title>Harbour Post: The quay</title>" META("og:site_name",
						       "harbour post"),
	  "title", "The quay" },
	{ "<title>Harbour Post</title>" META("og:site_name", "Harbour Post"),
	  "title", "Harbour Post" },
	{ "<title>The quay of Harbour Post</title>" META("og:site_name",
							 "Harbour Post"),
	  "title", "The quay of Harbour Post" },
};

static void test_titles(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		struct document doc;

		extract(&doc, titles[i].html, strlen(titles[i].html));
		assert_string_equal(document_field(&doc, "title"),
				    titles[i].value);
		document_release(&doc);
	}
}

/* Arrays in arrays, and as many objects as there is room for. */
static void test_hostile_json(void **state)
{
	static const char *const units[] = { "[", "{\"@graph\":[",
					     "{\"@type\":\"Article\"}," };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		struct document doc;
		struct buf html = BUF_INIT(10 << 20);
		clock_t from = clock();

		buf_adds(&html, "<script type='application/ld+json'>[");
		while (html.len < 250 << 10)
			buf_adds(&html, units[i]);
		buf_adds(&html, "{}]</script><p>text");
		extract(&doc, html.data, html.len);
		assert_string_equal(doc.text, "text");
		assert_true(clock() - from < 2 * CLOCKS_PER_SEC);
		document_release(&doc);
		buf_release(&html);
	}
}

static void test_declared_charset(void **state)
{
	static const char *const pages[] = {
		"<meta charset=windows-1251><p>\xEC\xE8\xF0",
		"<meta http-equiv=content-type content='text/html; "
		"charset=windows-1251'><p>\xEC\xE8\xF0",
		"<?xml version='1.0' encoding='windows-1251'?><p>\xEC\xE8\xF0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++) {
		struct document doc;

		extract(&doc, pages[i], strlen(pages[i]));
		assert_string_equal(doc.text, "\xD0\xBC\xD0\xB8\xD1\x80");
		document_release(&doc);
	}
}

/* 100,000 open elements, and the text is there. */
static void test_deep(void **state)
{
	struct document doc;
	struct buf html = BUF_INIT(10 << 20);

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_adds(&html, "<div><b>");
	buf_adds(&html, "deep");
	extract(&doc, html.data, html.len);
	assert_string_equal(doc.text, "deep");
	document_release(&doc);
	buf_release(&html);
}

/* libxml2 alone would take minutes. */
static void test_many_attributes(void **state)
{
	struct document doc;
	struct buf html = BUF_INIT(10 << 20);
	clock_t from = clock();

	(void)state;
	buf_adds(&html, "<p title=\"a > b\" ");
	for (int i = 0; i < 100000; i++)
		buf_addf(&html, i % 2 ? "a%d " : "a%d='>'", i);
	buf_adds(&html, ">one<p hidden>no<p>two");
	extract(&doc, html.data, html.len);
	assert_string_equal(doc.text, "one\n\ntwo");
	assert_true(clock() - from < 5 * CLOCKS_PER_SEC);
	document_release(&doc);
	buf_release(&html);
}

static void test_many_end_tags(void **state)
{
	struct document doc;
	struct buf html = BUF_INIT(10 << 20);
	struct raw raw = { 0 };
	struct problem why = { 0 };
	clock_t from = clock();

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_adds(&html, "<b>");
	for (int i = 0; i < 100000; i++)
		buf_adds(&html, "</i>");
	raw.bytes = html.data;
	raw.len = html.len;
	document_init(&doc);
	assert_false(extract_html(&raw, &doc, &why));
	assert_string_equal(why.code, "E_TOOBIG");
	assert_true(clock() - from < 20 * CLOCKS_PER_SEC);
	document_release(&doc);
	buf_release(&html);
}

static void test_nul_does_not_end_it(void **state)
{
	static const char html[] = "<p>a\0b<p>c";
	struct buf page = BUF_INIT(100000);
	struct document doc;

	(void)state;
	for (int i = 0; i < 9000; i++)
		buf_addc(&page, ' ');
	buf_add(&page, html, sizeof(html) - 1);
	extract(&doc, page.data, page.len);
	assert_string_equal(doc.text, "a b\n\nc");
	document_release(&doc);
	buf_release(&page);
}

static void test_sniff(void **state)
{
	(void)state;
	assert_true(sniff_html("\n <!DOCTYPE HTML>", 17));
	assert_true(sniff_html("<html lang=en>", 14));
	assert_false(sniff_html("<p", 2));
	assert_false(sniff_html("", 0));
	assert_false(sniff_html("a <html>", 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_guesses),
		cmocka_unit_test(test_titles),
		cmocka_unit_test(test_hostile_json),
		cmocka_unit_test(test_declared_charset),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_many_attributes),
		cmocka_unit_test(test_many_end_tags),
		cmocka_unit_test(test_nul_does_not_end_it),
		cmocka_unit_test(test_sniff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
