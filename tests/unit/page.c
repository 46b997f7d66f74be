/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon/page*.c, html.c: the pages, each state of them; that every page is
 * well formed and says nothing with another's tags; that what narrows does
 */
#include "api/small.h"

#include "buf.h"
#include "page.h"
#include "page_date.h"
#include "page_query.h"
#include "result.h"

enum {
	HITS = 12,
	BUCKETS_MAX = 400,
	PAGE_MAX = 8 << 20,
	EMPTY_MAX = 12 << 10 /* bytes of a page without hits */
};

/* -------------------------------------------------------------- fixture -- */

struct rig {
	struct buf out;
	struct line_request rq;
	struct page_index index[3];
	struct page page;
	struct trawl_request search;
	struct trawl_result res;
	struct trawl_hit hit[HITS];
	struct trawl_facet facet[2];
	struct trawl_facet_value value[60];
	struct trawl_bucket bucket[BUCKETS_MAX];
};

static struct rig rig;

static const struct verb search_verb = { .name = "SEARCH", .options = "" };

static void rig_reset(void)
{
	buf_release(&rig.out);
	memset(&rig, 0, sizeof(rig));
	buf_init(&rig.out, PAGE_MAX);
	rig.rq.verb = &search_verb;
	rig.index[0] = (struct page_index){ "news", 12345, false };
	rig.index[1] = (struct page_index){ "archive", 1, false };
	rig.index[2] = (struct page_index){ "odd", 0, true };
	rig.page = (struct page){ .rq = &rig.rq,
				  .index = rig.index,
				  .nindexes = 1,
				  .target = "/?q=x",
				  .version = "0a1b" };
	rig.search = (struct trawl_request)TRAWL_REQUEST_INIT;
	rig.res.head.rev = "7.1";
	rig.res.head.took_us = 3400;
	rig.res.hits = rig.hit;
	rig.res.facets = rig.facet;
	rig.res.buckets = rig.bucket;
	for (size_t i = 0; i < 2; i++)
		rig.facet[i].values = &rig.value[i * 30];
}

static void option(const char *key, const char *value)
{
	rig.rq.option[rig.rq.noptions++] =
		(struct line_option){ key, value, strlen(value) };
}

static struct trawl_hit *add_hit(const char *id, const char *title)
{
	struct trawl_head *head = &rig.res.head;
	struct trawl_hit *hit = &rig.hit[head->hits++];

	hit->rank = rig.search.offset + (unsigned)head->hits;
	hit->id = id;
	hit->title = title;
	if (head->total < head->hits)
		head->total = head->hits;
	return hit;
}

static void add_value(size_t facet, const char *name, const char *value,
		      uint64_t count)
{
	struct trawl_facet *f = &rig.facet[facet];

	f->name = name;
	rig.value[facet * 30 + f->nvalues++] =
		(struct trawl_facet_value){ value, count };
	if (rig.res.head.nfacets <= facet)
		rig.res.head.nfacets = facet + 1;
}

static void add_bucket(const char *when, uint64_t count)
{
	struct trawl_bucket *b = &rig.bucket[rig.res.head.nbuckets++];

	snprintf(b->when, sizeof(b->when), "%.10s", when);
	b->count = count;
}

/* ------------------------------------------------------- well-formedness -- */

enum {
	DEPTH_MAX = 64,
	IDS_MAX = 4096
};

struct checker {
	const char *page, *at;
	char open[DEPTH_MAX][16];
	size_t depth, links;
	const char *id[IDS_MAX];
	size_t id_len[IDS_MAX], nids;
	struct buf skeleton; /* names of the tags, in order */
};

static bool listed(const char *list, const char *name, size_t n)
{
	for (const char *s = list; *s; s += *s == ' ') {
		size_t len = strcspn(s, " ");

		if (len == n && !memcmp(s, name, n))
			return true;
		s += len;
	}
	return false;
}

#define PHRASING  "a b i span code q time svg rect"
#define VOID_TAGS "meta link input"

static const char tags[] =
	"html head title script body header main footer form "
	"label select option button details summary div p h1 "
	"h2 nav ol ul li dl dt dd section article aside table "
	"caption thead tbody tr th td text noscript pre "
	"kbd " PHRASING " " VOID_TAGS;

static const char attributes[] =
	"lang charset name content rel href type title src defer class id "
	"tabindex role action method for value selected autocomplete "
	"autocapitalize spellcheck maxlength placeholder enterkeyhint "
	"aria-label aria-labelledby aria-current aria-hidden dir datetime "
	"start "
	"scope viewBox preserveAspectRatio width height x y text-anchor "
	"data-unit data-since data-until data-id data-status hidden required";

static void broken(const struct checker *c, const char *why)
{
	const char *from = c->at - c->page > 200 ? c->at - 200 : c->page;

	fail_msg("%s behind:\n%.*s<<<%.60s", why, (int)(c->at - from), from,
		 c->at);
}

static void check_text(struct checker *c, const char *end)
{
	static const char entities[] =
		"amp lt gt quot #39 times middot hellip lsaquo rsaquo uarr "
		"darr";

	for (; c->at < end; c->at++) {
		size_t n;

		if (*c->at == '<' || *c->at == '>')
			broken(c, "a bare sign");
		if ((unsigned char)*c->at < ' ' && *c->at != '\n' &&
		    *c->at != '\t')
			broken(c, "a control");
		if (*c->at != '&')
			continue;
		n = strcspn(c->at + 1, ";");
		if (!listed(entities, c->at + 1, n))
			broken(c, "a bare &");
	}
}

static void check_href(struct checker *c, const char *s, size_t n)
{
	bool path =
		n && s[0] == '/' && (n < 2 || (s[1] != '/' && s[1] != '\\'));
	bool web = (n > 7 && !strncasecmp(s, "http://", 7)) ||
		   (n > 8 && !strncasecmp(s, "https://", 8));

	c->links++;
	if (!path && !web && *s != '#')
		broken(c, "an address that is none of ours");
}

static void check_id(struct checker *c, const char *s, size_t n)
{
	for (size_t i = 0; i < c->nids; i++)
		if (c->id_len[i] == n && !memcmp(c->id[i], s, n))
			broken(c, "an id for the second time");
	assert_true(c->nids < IDS_MAX);
	c->id[c->nids] = s;
	c->id_len[c->nids++] = n;
}

/* name="value" or name */
static void check_attribute(struct checker *c)
{
	const char *name = c->at;
	size_t n = strcspn(name, " =>\"'</\n\t"), len;

	if (!listed(attributes, name, n))
		broken(c, "an unknown attribute");
	c->at += n;
	if (*c->at != '=')
		return;
	if (*++c->at != '"')
		broken(c, "a value without quotes");

	len = strcspn(++c->at, "\"");
	if (listed("href src action", name, n))
		check_href(c, c->at, len);
	if (listed("id", name, n))
		check_id(c, c->at, len);
	check_text(c, c->at + len);
	c->at++;
}

static void check_open(struct checker *c)
{
	const char *name = c->at + 1;
	size_t n = strcspn(name, " />\n\t");

	if (!listed(tags, name, n))
		broken(c, "an unknown tag");
	if (c->depth && !strcmp(c->open[c->depth - 1], "p") &&
	    !listed(PHRASING, name, n))
		broken(c, "a block in a paragraph");
	buf_add(&c->skeleton, name, n);
	buf_addc(&c->skeleton, ' ');
	c->at = name + n;
	while (*c->at == ' ' || *c->at == '\n' || *c->at == '\t') {
		c->at += strspn(c->at, " \n\t");
		check_attribute(c);
	}
	if (*c->at == '/') {
		if (!listed("rect", name, n))
			broken(c, "a tag that does not end itself");
		c->at++;
	} else if (!listed(VOID_TAGS, name, n)) {
		assert_true(c->depth < DEPTH_MAX);
		snprintf(c->open[c->depth++], sizeof(c->open[0]), "%.*s",
			 (int)n, name);
	}
	if (*c->at != '>')
		broken(c, "a tag that does not end");
	c->at++;
}

static void check_close(struct checker *c)
{
	const char *name = c->at + 2;
	size_t n = strcspn(name, ">");

	if (!c->depth || strlen(c->open[c->depth - 1]) != n ||
	    memcmp(c->open[c->depth - 1], name, n))
		broken(c, "an end of what is not open");
	c->depth--;
	c->at = name + n + 1;
}

static void check_page(struct checker *c, const char *page)
{
	static const char doctype[] = "<!doctype html>\n";

	*c = (struct checker){ .page = page, .at = page };
	buf_init(&c->skeleton, PAGE_MAX);
	assert_memory_equal(page, doctype, sizeof(doctype) - 1);
	c->at += sizeof(doctype) - 1;
	while (*c->at) {
		if (c->at[0] == '<' && c->at[1] == '/')
			check_close(c);
		else if (*c->at == '<')
			check_open(c);
		else
			check_text(c, c->at + strcspn(c->at, "<"));
	}
	assert_int_equal(c->depth, 0);
}

static const char *well_formed(void)
{
	struct checker c;

	assert_false(rig.out.failed);
	check_page(&c, rig.out.data);
	buf_release(&c.skeleton);
	return rig.out.data;
}

static const char *results(const char *similar)
{
	buf_reset(&rig.out);
	page_results(&rig.out, &rig.page, &rig.search, &rig.res, similar);
	return well_formed();
}

static const char *home(void)
{
	buf_reset(&rig.out);
	page_home(&rig.out, &rig.page);
	return well_formed();
}

static const char *error_page(unsigned status, const char *slug,
			      const char *text)
{
	buf_reset(&rig.out);
	page_error(&rig.out, &rig.page, status, slug, text);
	return well_formed();
}

static const char *document(const struct trawl_doc *doc, const char *marked)
{
	buf_reset(&rig.out);
	page_document(&rig.out, &rig.page, doc, marked, strlen(marked));
	return well_formed();
}

static void has(const char *page, const char *what)
{
	if (!strstr(page, what))
		fail_msg("no %s in\n%s", what, strstr(page, "<main"));
}

static void lacks(const char *page, const char *what)
{
	const char *found = strstr(page, what);

	if (found)
		fail_msg("%s in\n%s", what, found);
}

static size_t count(const char *page, const char *what)
{
	size_t n = 0;

	for (const char *s = page; (s = strstr(s, what)); s += strlen(what))
		n++;
	return n;
}

/* ----------------------------------------------------------------- html -- */

static void test_escaping(void **state)
{
	static const char *const cases[][2] = {
		{ "a", "a" },
		{ "", "" },
		{ "<b a=\"1\" c='2'>&amp;</b>",
		  "&lt;b a=&quot;1&quot; "
		  "c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;" },
		{ "a\tb\r\nc", "a b  c" },
		{ "a\001b\177c\302\205d", "abcd" },
		{ "\xE2\x80\xAEx\xE2\x80\xA8y", "xy" },
		{ "\xFF<\xC3", "\xEF\xBF\xBD&lt;\xEF\xBF\xBD" },
		{ "\xEF\xBF\xBE\xEF\xBF\xBFz", "z" },
		{ "caf\xC3\xA9 \xF0\x9F\x98\x80",
		  "caf\xC3\xA9 \xF0\x9F\x98\x80" },
	};
	struct buf out = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out);
		html_adds(&out, cases[i][0]);
		assert_string_equal(out.data, cases[i][1]);
	}
	buf_reset(&out);
	html_attr(&out, "value", "a\"b");
	html_attr(&out, "none", NULL);
	assert_string_equal(out.data, " value=\"a&quot;b\"");
	buf_reset(&out);
	url_add(&out, "a/b c+d&\"<\xC3\xA9~", 13, "/");
	assert_string_equal(out.data, "a/b%20c%2Bd%26%22%3C%C3%A9~");
	buf_release(&out);
}

static void test_numbers(void **state)
{
	static const struct {
		uint64_t n;
		const char *number, *count, *tenths;
	} cases[] = {
		{ 0, "0", "0 hits", "0" },
		{ 1, "1", "1 hit", "0.1" },
		{ 999, "999", "999 hits", "99.9" },
		{ 1000, "1,000", "1,000 hits", "100" },
		{ 1234567, "1,234,567", "1,234,567 hits", "123456.7" },
		{ UINT64_MAX, "18,446,744,073,709,551,615",
		  "18,446,744,073,709,551,615 hits", "1844674407370955161.5" },
	};
	struct buf out = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out);
		add_number(&out, cases[i].n);
		assert_string_equal(out.data, cases[i].number);
		buf_reset(&out);
		add_count(&out, cases[i].n, "hit", "hits");
		assert_string_equal(out.data, cases[i].count);
		buf_reset(&out);
		add_tenths(&out, cases[i].n);
		assert_string_equal(out.data, cases[i].tenths);
	}
	buf_release(&out);
}

static void test_web_addresses(void **state)
{
	static const char *const bad[] = {
		"javascript:alert(1)",
		"http:",
		"http://",
		"//example.org",
		"data:text/html,x",
		"",
		"ftp://example.org",
		"https://a\"b",
		" http://a",
		"http://a b",
		"http:\\\\a",
		"java\tscript:x",
		"mailto:a@b",
	};

	(void)state;
	assert_true(url_is_web("http://example.org/a?b=c&d"));
	assert_true(url_is_web("HTTPS://example.org"));
	for (size_t i = 0; i < COUNT(bad); i++)
		if (url_is_web(bad[i]))
			fail_msg("%s is a link", bad[i]);
}

/* ---------------------------------------------------------------- dates -- */

static void test_dates(void **state)
{
	static const char *const cases[][2] = {
		{ "2024", "<time datetime=\"2024\">2024</time>" },
		{ "2024-11",
		  "<time datetime=\"2024-11\">November 2024</time>" },
		{ "2024-11-10",
		  "<time datetime=\"2024-11-10\">10 November 2024</time>" },
		{ "2024-02-29T01:02:03Z",
		  "<time datetime=\"2024-02-29\">29 February 2024</time>" },
		{ "2024-11-10 12:00",
		  "<time datetime=\"2024-11-10\">10 November 2024</time>" },
		{ "2023-02-29", "<span class=\"date\">2023-02-29</span>" },
		{ "2024-13", "<span class=\"date\">2024-13</span>" },
		{ "2024-00-01", "<span class=\"date\">2024-00-01</span>" },
		{ "<yesterday>",
		  "<span class=\"date\">&lt;yesterday&gt;</span>" },
		{ "", "<span class=\"date\"></span>" },
		{ "20241110", "<span class=\"date\">20241110</span>" },
	};
	static const char *const periods[][3] = {
		{ "2024", "2024", "2024" },
		{ "2024-01-01", "2024-12-31", "2024" },
		{ "2024-11-01", "2024-11-30", "November 2024" },
		{ "2024-11-05", "2024-11-05", "5 November 2024" },
		{ "2024-11", "2025", "November 2024 to 2025" },
		{ "2024-11", NULL, "Since November 2024" },
		{ NULL, "2024-11-05", "Until 5 November 2024" },
		{ "<", NULL, "Since &lt;" },
		{ "2024", "<", "Since 2024 to &lt;" },
	};
	struct buf out = BUF_INIT(1000);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		buf_reset(&out);
		add_time(&out, cases[i][0]);
		assert_string_equal(out.data, cases[i][1]);
	}
	for (size_t i = 0; i < COUNT(periods); i++) {
		buf_reset(&out);
		add_period(&out, periods[i][0], periods[i][1]);
		assert_string_equal(out.data, periods[i][2]);
	}
	buf_release(&out);
}

static void test_days_are_counted(void **state)
{
	struct page_date d = { 1970, 1, 1 };

	(void)state;
	assert_int_equal(page_date_days(d), 0);
	for (int64_t day = -719000; day < 2900000; day += 37) {
		struct page_date at = page_date_of(day);

		if (page_date_days(at) != day || at.month < 1 ||
		    at.month > 12 || at.day < 1 || at.day > 31)
			fail_msg("day %lld is %d-%u-%u", (long long)day,
				 at.year, at.month, at.day);
	}
	assert_true(page_date_read("2024-03-01", &d));
	assert_int_equal(page_date_of(page_date_days(d) - 1).day, 29);
}

/* --------------------------------------------------------------- states -- */

static void test_home(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	assert_true(page_is_home(&rig.page));
	page = home();
	assert_true(strlen(page) < EMPTY_MAX);
	has(page, "<title>trawl</title>");
	has(page, "<body class=\"home\">");
	has(page, "<h1>Search 12,345 documents</h1>");
	has(page, "placeholder=\"Search news\"");
	has(page, "href=\"/page.css?v=0a1b\"");
	has(page, "href=\"/?q=%22last+week%22\"");
	lacks(page, "<select");
	lacks(page, "atom");

	rig.page.nindexes = 3;
	option("in", "archive");
	assert_true(page_is_home(&rig.page));
	page = home();
	has(page, "<option value=\"archive\" selected>archive</option>");
	has(page, "<h1>Search 12,346 documents</h1>");
	has(page, ">1 document</span>");
	has(page, "cannot be read just now");

	option("q", "");
	option("since", "");
	assert_true(page_is_home(&rig.page));
	option("sort", "-date");
	assert_false(page_is_home(&rig.page));
	rig.page = (struct page){ 0 };
	assert_true(page_is_home(&rig.page));
	has(home(), "href=\"/page.css\"");
}

static void test_results(void **state)
{
	static const char *const snippets[] = { "A <b>summit</b> &amp; more" };
	static const struct trawl_field fields[] = {
		{ "url", "https://example.org/a?b&c", 25, false },
		{ "lang", "de", 2, false },
	};
	const char *page;
	struct trawl_hit *hit;

	(void)state;
	rig_reset();
	option("q", "summit <talks>");
	option("sort", "-date");
	rig.search.sort = "-date";
	hit = add_hit("a/b c.txt", "Tom & Jerry");
	hit->source = "Reuters";
	hit->date = "2024-11-10";
	hit->fields = fields;
	hit->nfields = COUNT(fields);
	hit->snippets = snippets;
	hit->nsnippets = 1;
	add_hit("bare", NULL);
	page = results(NULL);
	has(page, "<title>summit &lt;talks&gt; - trawl</title>");
	has(page, "<h1 class=\"sr\">Results for summit &lt;talks&gt;</h1>");
	has(page, "value=\"summit &lt;talks&gt;\"");
	has(page, "<input type=\"hidden\" name=\"sort\" value=\"-date\">");
	has(page, "role=\"status\">2 documents <span class=\"took\">in 3 ms<");
	has(page, "<li class=\"hit\" id=\"hit-1\" lang=\"de\">");
	has(page, "href=\"/view/a/b%20c.txt?q=summit+%3Ctalks%3E\">Tom &amp; "
		  "Jerry</a>");
	has(page, "<span class=\"source\">Reuters</span> <time "
		  "datetime=\"2024-11-10\">10 November 2024</time>");
	has(page, "href=\"https://example.org/a?b&amp;c\" rel=\"noreferrer "
		  "noopener\">original</a>");
	has(page, "A <b>summit</b> &amp; more");
	has(page, "href=\"/?similar=a%2Fb+c.txt\"");
	has(page, "&amp;explain=1#hit-1\" data-id=\"a/b c.txt\"");
	has(page, ">bare</a></h2>");
	has(page, "aria-current=\"true\" href=\"/?q=summit+%3Ctalks%3E&amp;"
		  "sort=-date\">Newest");
	has(page, "href=\"/search?fmt=atom&amp;q=summit+%3Ctalks%3E&amp;"
		  "sort=-date\"");
	has(page, ">All words<");
	lacks(page, "<aside");
	lacks(page, "class=\"pages\"");
	lacks(page, "class=\"note");
	assert_int_equal(count(page, "<h1"), 1);
}

static void test_counts(void **state)
{
	(void)state;
	rig_reset();
	option("q", "x");
	rig.res.head.total = 1;
	add_hit("a", "A");
	has(results(NULL), ">1 document <span");
	rig.res.head.total = 1234;
	has(results(NULL), ">1 to 1 of 1,234 documents <span");
	rig.res.head.lower_bound = true;
	has(results(NULL), ">1 to 1 of at least 1,234 documents <span");
	rig.res.head.took_us = 999;
	has(results(NULL), "in 0.9 ms<");
	rig.res.head.took_us = 1260000;
	has(results(NULL), "in 1.2 seconds");
}

static void test_notes(void **state)
{
	struct trawl_head *head = &rig.res.head;
	const char *page;

	(void)state;
	rig_reset();
	option("q", "putn <");
	option("sort", "date");
	option("offset", "10");
	add_hit("a", "A");
	head->ignored = "the,of";
	head->corrected = "putin \"x\"";
	head->expanded = "elect*:election,elected,+12;vot*:;colour:color";
	head->partial = "timeout,expansion";
	head->read_as = "putn \\<";
	head->stale_analyzer = true;
	head->took_us = 2000100;
	page = results(NULL);
	has(page,
	    "Beside other words nothing is found by: <b>the</b>, <b>of</b>. "
	    "With a plus they must be there: <code>+the</code></p>");
	has(page, "Did you mean <a href=\"/?q=putin+%22x%22&amp;sort=date\">"
		  "putin &quot;x&quot;</a>?</p>");
	has(page, "<code>elect*</code> stands for <b>election</b>, "
		  "<b>elected</b> and 12 more.</p>");
	has(page, "<code>vot*</code> stands for no word that is here.</p>");
	has(page, "<code>colour</code> is also <b>color</b>.</p>");
	has(page, "Stopped after 2 seconds: these are the best");
	has(page, "A longer beginning is exact.</p>");
	has(page, "It was read as <code>putn \\&lt;</code>.</p>");
	has(page, "note-stale");

	head->correct_ran = true;
	head->took_us = 1000000;
	head->read_as = "";
	page = results(NULL);
	has(page, "Nothing was found for <q>putn &lt;</q>. These are the "
		  "results for <a");
	has(page, "Stopped after 1 second:");
	has(page, "no query at all");
	head->took_us = 340000;
	has(results(NULL), "Stopped after 0.3 seconds:");
	rig.page.nindexes = 3;
	has(results(NULL), "The index <b>odd</b> cannot be read");
	option("in", "news");
	lacks(results(NULL), "cannot be read");
}

static void test_nothing_found(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	option("q", "zelensk");
	page = results(NULL);
	assert_true(strlen(page) < EMPTY_MAX);
	has(page, "No document <span");
	has(page, "<h2>Nothing found</h2>");
	has(page, "href=\"/?q=zelensk%2A\"><code>zelensk*</code>");
	has(page, "zelenski~");
	lacks(page, "Without the filter");
	lacks(page, "class=\"sort\"");
	lacks(page, "class=\"filters\"");

	rig_reset();
	rig.page.nindexes = 2;
	option("q", "x source:\"Kyiv Post\" -lang:de");
	option("in", "news");
	option("since", "2024-11");
	option("match", "all");
	rig.search.match = TRAWL_ALL;
	add_value(0, "source", "x", 0);
	add_value(1, "lang", "x", 0);
	page = results(NULL);
	has(page,
	    "<li>Without the filter <a href=\"/?q=x+source%3A%22Kyiv+"
	    "Post%22+-lang%3Ade&amp;in=news&amp;match=all\">Since November "
	    "2024</a></li>");
	has(page, "href=\"/?q=x+-lang%3Ade&amp;in=news&amp;match=all&amp;since="
		  "2024-11\">Source: Kyiv Post</a>");
	has(page, ">Not Language: de</a>");
	has(page, ">All words</a>");
	has(page, ">In all indexes</a>");
	has(page, "<span class=\"sr\">Remove the filter </span>Source: Kyiv "
		  "Post <span aria-hidden=\"true\">&times;</span></a>");
}

static void test_pages(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	option("q", "x");
	option("offset", "40");
	rig.search.offset = 40;
	rig.res.head.total = 95;
	for (int i = 0; i < PAGE_HITS; i++)
		add_hit("a", "A");
	page = results(NULL);
	has(page, "<ol class=\"hits\" start=\"41\">");
	has(page, ">41 to 50 of 95 documents <span");
	has(page, "rel=\"prev\" href=\"/?q=x&amp;offset=30\">Previous");
	has(page, "rel=\"next\" href=\"/?q=x&amp;offset=50\">Next");
	has(page, "aria-current=\"page\" href=\"/?q=x&amp;offset=40\">5</a>");
	has(page, "<a href=\"/?q=x\">1</a>");
	has(page, "&hellip;");
	lacks(page, "offset=70");

	/* behind the last one */
	rig.res.head.hits = 0;
	page = results(NULL);
	has(page, "<h2>That is all</h2>");
	has(page, "<a href=\"/?q=x\">To the first page</a>");

	rig_reset();
	option("q", "x");
	rig.search.offset = PAGE_OFFSET_MAX;
	rig.res.head.total = 123456;
	add_hit("a", "A");
	page = results(NULL);
	has(page, "note-deep");
	lacks(page, "rel=\"next\"");
}

static void test_stories(void **state)
{
	struct trawl_hit *hit;
	const char *page;

	(void)state;
	rig_reset();
	option("q", "x");
	rig.search.group = TRAWL_GROUP_STORY;
	rig.res.head.total = 345;
	rig.res.head.groups = 120;
	for (int i = 0; i < PAGE_HITS; i++)
		hit = add_hit("a/b", "A");
	hit->similar = 1234;
	hit->story = "n&1";
	rig.hit[0].story = "n&1";
	page = results(NULL);
	has(page, ">345 documents in 120 stories, 1 to 10 shown <a "
		  "class=\"unfold\" href=\"/?q=x&amp;group=none\">Show each "
		  "document</a> <span");
	has(page, "<a class=\"story\" href=\"/?q=x&amp;story=n%261\">+1,234 "
		  "more of this story</a> <a class=\"similar\"");
	assert_int_equal(count(page, "class=\"story\""), 1);
	rig.search.offset = 90;
	page = results(NULL);
	has(page, " in 120 stories, 91 to 100 shown <a");
	has(page, "href=\"/?q=x&amp;offset=110\">12</a>");
	lacks(page, "offset=120");
	rig.search.offset = 0;

	/* Not all was looked at: behind what is known there may be more. */
	rig.res.head.lower_bound = rig.res.head.groups_lower = true;
	rig.res.head.total = 1001;
	page = results(NULL);
	has(page, ">At least 1,001 documents in at least 120 stories, 1 to ");
	lacks(page, "offset=120");
	rig.search.offset = 110;
	has(results(NULL), "rel=\"next\" href=\"/?q=x&amp;offset=120\"");

	/* Nothing was folded: as without. */
	rig.search.offset = 0;
	rig.res.head.lower_bound = rig.res.head.groups_lower = false;
	rig.res.head.total = rig.res.head.groups = 95;
	page = results(NULL);
	has(page, ">1 to 10 of 95 documents <span");
	lacks(page, "unfold");
}

static void test_each_document(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	option("q", "x");
	option("group", "none");
	rig.res.head.total = 95;
	add_hit("a", "A");
	page = results(NULL);
	has(page,
	    "<a class=\"filter\" href=\"/?q=x\"><span class=\"sr\">Remove "
	    "the filter </span>Each document ");
	has(page, "<input type=\"hidden\" name=\"group\" value=\"none\">");
	has(page, "href=\"/view/a?q=x\"");
	has(page, "href=\"/?q=x&amp;group=none&amp;offset=10\">Next");

	rig_reset();
	option("q", "x");
	option("group", "copy");
	rig.search.group = TRAWL_GROUP_COPY;
	rig.res.head.total = 5;
	rig.res.head.groups = 2;
	add_hit("a", "A")->similar = 3;
	rig.hit[0].story = "s";
	page = results(NULL);
	has(page, ">5 documents in 2 texts");
	has(page, "href=\"/?q=x&amp;story=s\">+3 more like it</a>");
	has(page, "</span>Copies once ");
}

static void test_ranking_is_kept(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	option("q", "a b");
	option("ranking", "bm25");
	rig.res.head.total = 95;
	add_hit("a", "A");
	page = results(NULL);
	has(page, "<a class=\"filter\" href=\"/?q=a+b\"><span class=\"sr\">"
		  "Remove the filter </span>Ranking: bm25 ");
	has(page, "<input type=\"hidden\" name=\"ranking\" value=\"bm25\">");
	has(page, "href=\"/?q=a+b&amp;ranking=bm25&amp;offset=10\">Next");
	has(page, "href=\"/?q=a+b&amp;sort=date&amp;ranking=bm25\">Oldest");
	has(page, "href=\"/?similar=a\"");
	has(page, "href=\"/view/a?q=a+b\"");
	lacks(results("z"), "Ranking: bm25");
}

static void test_one_story(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	option("q", "x");
	option("story", "s 1");
	rig.res.head.total = 12;
	add_hit("a", "A");
	page = results(NULL);
	has(page, ">1 to 1 of 12 documents of one story <span");
	has(page,
	    "<a class=\"filter\" href=\"/?q=x\"><span class=\"sr\">Remove "
	    "the filter </span>One story ");
	has(page, "href=\"/?q=x&amp;story=s+1&amp;offset=10\">Next");
	has(page, "href=\"/view/a?q=x\"");
	has(page, "href=\"/?similar=a\">More like this");
	lacks(page, "<input type=\"hidden\" name=\"story\"");

	rig_reset();
	option("story", "s");
	assert_false(page_is_home(&rig.page));
	rig.res.head.total = 1;
	add_hit("a", "A");
	page = results(NULL);
	has(page, "<title>Documents of one story - trawl</title>");
	has(page, "href=\"/?sort=-date\"><span class=\"sr\">Remove the filter");
}

static void test_similar(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	rig.page.nindexes = 2;
	rig.res.head.total = 30;
	add_hit("b", "B")->index = "archive";
	page = results("a<b");
	has(page, "<title>Documents like a&lt;b - trawl</title>");
	has(page, "documents like <a href=\"/view/a%3Cb\">a&lt;b</a>");
	has(page, "href=\"/?similar=a%3Cb&amp;offset=10\">Next");
	has(page, "href=\"/view/b?index=archive\"");
	has(page, "<span class=\"index\">archive</span>");
	lacks(page, "atom");
	lacks(page, "class=\"why\"");
	lacks(page, "class=\"sort\"");
	rig.res.head.hits = 0;
	rig.res.head.total = 0;
	lacks(results("a<b"), "spelling");
}

static void test_explanation(void **state)
{
	static const struct trawl_share shares[] = {
		{ .word = "title:<a>",
		  .found = "a,b",
		  .count = 3,
		  .score = 4.1,
		  .lead = 1.025,
		  .first = 7 },
		{ .word = "b", .found = "", .count = 1, .score = 2.05 },
		{ .word = "<c>",
		  .with = "<d>",
		  .found = "",
		  .count = 2,
		  .score = 0.1 },
		{ .word = "e",
		  .with = "the",
		  .found = "",
		  .count = 1,
		  .score = 0.001 },
	};
	const char *page;
	struct trawl_hit *hit;

	(void)state;
	rig_reset();
	option("q", "a b");
	option("explain", "1");
	rig.search.explain = true;
	rig.res.head.read_as = "a b";
	rig.res.head.total = 20;
	hit = add_hit("a", "A");
	hit->explain = shares;
	hit->nexplain = COUNT(shares);
	hit->neighbours = 0.05;
	add_hit("b", "B");
	page = results(NULL);
	has(page, "Read as <code>a b</code>.");
	has(page, "<caption>Score 6.301</caption>");
	has(page, "<th scope=\"row\">title:&lt;a&gt;</th><td>a, "
		  "b</td><td>3</td><td>7</td>");
	has(page, "<rect width=\"60\" height=\"8\"/><rect class=\"lead\" "
		  "x=\"60\" width=\"20\" height=\"8\"/></svg> 4.100</td>");
	has(page, "<rect width=\"40\" height=\"8\"/><rect class=\"lead\" "
		  "x=\"40\" width=\"0\" height=\"8\"/></svg> 2.050</td>");
	has(page, "<th scope=\"row\">&lt;c&gt; near &lt;d&gt;</th><td></td>"
		  "<td>2</td><td></td>");
	lacks(page, "e near the");
	has(page, "(documents like it)</th><td></td><td></td><td></td>");
	has(page, "No word of the query weighs here");
	has(page, "offset=10&amp;explain=1\">Next");
	lacks(page, "Why here?");
}

static void test_errors(void **state)
{
	static const struct {
		unsigned status;
		const char *slug, *want;
	} cases[] = {
		{ 400, "bad-value", "<h1>That cannot be searched for</h1>" },
		{ 400, "too-complex", "<h1>That is too much for one search" },
		{ 401, "auth-required",
		  "<input id=\"token\" type=\"password\"" },
		{ 404, "unknown-index", "There is no such index" },
		{ 404, "not-found", "There is nothing here" },
		{ 404, NULL, "There is nothing here" },
		{ 408, "timeout", "class=\"retry\" href=\"/?q=x\"" },
		{ 500, "corrupt-index", "The index cannot be read" },
		{ 500, "internal", "Something went wrong" },
		{ 503, "busy", "Many are asking just now" },
		{ 503, "loading", "Just a moment" },
		{ 503, "shutting-down", "class=\"retry\"" },
		{ 504, "timeout", "That took too long" },
		{ 599, "never", "Something went wrong" },
	};

	(void)state;
	rig_reset();
	for (size_t i = 0; i < COUNT(cases); i++) {
		char data[40];
		const char *page = error_page(cases[i].status, cases[i].slug,
					      "since=<x>: must be a date");

		snprintf(data, sizeof(data), "data-status=\"%u\"",
			 cases[i].status);
		has(page, data);
		has(page, cases[i].want);
		assert_true(strlen(page) < EMPTY_MAX);
		if (cases[i].status != 401)
			has(page, "<p class=\"why\">since=&lt;x&gt;: must be a "
				  "date</p>");
	}
	/* the next search is not the same error */
	option("q", "x");
	option("since", "y");
	lacks(error_page(400, "bad-value", ""), "name=\"since\"");
	has(error_page(400, "bad-value", ""), "type=\"search\" value=\"x\"");
	rig.page.target = "//evil.example";
	lacks(error_page(503, "busy", ""), "retry");
	rig.page = (struct page){ 0 };
	lacks(error_page(503, "busy", NULL), "class=\"why\"");
}

/* ------------------------------------------------------------- documents -- */

static void test_document(void **state)
{
	static const struct trawl_field fields[] = {
		{ "title", "A <title>", 9, false },
		{ "url", "javascript:alert(1)", 19, false },
		{ "lang", "uk", 2, false },
		{ "place_name", "Kyiv", 4, false },
		{ "n", "[1,2]", 5, true },
		{ "tags", "[\"<a>\",\"b\"]", 11, true },
	};
	const struct trawl_doc doc = { .id = "../x",
				       .fields = fields,
				       .nfields = COUNT(fields),
				       .text_len = 20 };
	const char *page;

	(void)state;
	rig_reset();
	rig.page.nindexes = 2;
	option("q", "summit");
	option("match", "all");
	option("index", "archive");
	page = document(&doc, "\n a <b>summit</b> &lt;b&gt;\n<b>Summits</b>\n");
	has(page, "<title>A &lt;title&gt; - trawl</title>");
	has(page, "<h1 dir=\"auto\" lang=\"uk\">A &lt;title&gt;</h1>");
	has(page, "<a rel=\"up\" href=\"/?q=summit&amp;match=all\">Back to the "
		  "results</a>");
	has(page,
	    "<span class=\"n\">2 matches</span> <a href=\"#m1\">First</a>");
	has(page,
	    "<pre class=\"text\" dir=\"auto\" lang=\"uk\">\n\n a <b id=\"m1\" "
	    "tabindex=\"-1\">summit</b><span class=\"step\" hidden><a "
	    "href=\"#m2\" aria-label=\"Previous match\">&lsaquo;</a><a "
	    "href=\"#m2\" aria-label=\"Next match\">&rsaquo;</a></span> "
	    "&lt;b&gt;\n<b id=\"m2\"");
	has(page, "</span>\n</pre>");
	has(page, "<dt>Place name</dt> <dd dir=\"auto\">Kyiv</dd>");
	has(page, "<dt>N</dt> <dd dir=\"auto\">[1,2]</dd>");
	has(page, "<dt>Tags</dt> <dd dir=\"auto\">&lt;a&gt;, b</dd>");
	has(page, "<dt>Address</dt> <dd dir=\"auto\">javascript:alert(1)</dd>");
	has(page, "<span class=\"index\">archive</span>");
	has(page, "href=\"/doc?id=..%2Fx&amp;in=archive\">As plain text");
	has(page,
	    "href=\"/doc?id=..%2Fx&amp;fmt=json&amp;in=archive\">As JSON");
	has(page, "href=\"/?similar=..%2Fx\"");
	lacks(page, "note-cut");
	lacks(page, "class=\"outside\"");
	/* the next search is not of this index alone */
	lacks(page, " selected>");
}

static void test_bare_documents(void **state)
{
	const struct trawl_doc empty = { .id = "a" };
	const struct trawl_doc large = { .id = "a",
					 .text_len = PAGE_TEXT_MAX + 1 };
	const char *page;

	(void)state;
	rig_reset();
	page = document(&empty, "");
	assert_true(strlen(page) < EMPTY_MAX);
	has(page, "<h1 dir=\"auto\">a</h1>");
	has(page, "It has no text.");
	lacks(page, "Back to");
	lacks(page, "class=\"matches\"");
	lacks(page, "No word of");
	page = document(&large, "x");
	has(page, "The text goes on: <a href=\"/doc/a\">all of it");
	option("q", "y");
	has(document(&large, "x"), "No word of the search is in the text");
}

static void test_many_matches(void **state)
{
	struct buf text = BUF_INIT(1 << 20);
	const struct trawl_doc doc = { .id = "a", .text_len = 1 };
	const char *page;

	(void)state;
	rig_reset();
	option("q", "y");
	for (int i = 0; i < PAGE_MATCHES + 5; i++)
		buf_adds(&text, "<b>y</b> ");
	page = document(&doc, text.data);
	has(page, "More than 1,000 matches");
	has(page, "id=\"m1000\"");
	lacks(page, "id=\"m1001\"");
	has(page, "</span> <b>y</b> <b>y</b>");
	assert_int_equal(count(page, ">y</b>"), PAGE_MATCHES + 5);
	buf_release(&text);
}

/* ------------------------------------------------------- facets and bars -- */

static void test_facets(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	option("q", "a OR b");
	rig.res.head.total = 100;
	add_hit("a", "A");
	add_value(0, "source", "Kyiv \"Post\"", 60);
	add_value(0, "source", "Reuters", 30);
	for (int i = 0; i < 20; i++)
		add_value(1, "lang", "xx", 5);
	page = results(NULL);
	has(page, "<h2>Source</h2>");
	has(page,
	    "<a href=\"/?q=%28a+OR+b%29+source%3A%22Kyiv+%5C%22Post%5C%22"
	    "%22\"><span class=\"value\" dir=\"auto\">Kyiv &quot;Post"
	    "&quot;</span> <span class=\"n\">60</span><svg class=\"bar\" ");
	has(page, "<rect width=\"50\" height=\"4\"/>");
	has(page, "<h2>Language</h2>");
	has(page, "<summary>13 more</summary>");
	lacks(page, "and others");
	for (int i = 0; i < 6; i++)
		add_value(1, "lang", "xx", 5);
	page = results(NULL);
	has(page, "<summary>18 more</summary>");
	has(page, "and others, with fewer documents");
	has(page, "<details class=\"fold\"><summary>Narrow it down</summary>");

	/* in use: the link takes it away; alone it is still shown */
	rig_reset();
	option("q", "a source:\"reuters\"");
	add_hit("a", "A");
	add_value(0, "source", "Reuters", 1);
	add_value(1, "lang", "en", 1);
	page = results(NULL);
	has(page, "<a href=\"/?q=a\" aria-current=\"true\">");
	lacks(page, "Language");
	/* what cannot be said in a query is no link */
	rig.facet[0].nvalues = 0;
	add_value(0, "source", "Reuters", 1);
	add_value(0, "source",
		  "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
		  "a a a a",
		  1);
	has(results(NULL), "<li><a><span class=\"value\"");
}

struct line_case {
	const char *bucket[6]; /* "2024-11", one document each */
	const char *unit;
	size_t bars;
	const char *has[3];
};

static void check_line(const struct line_case *c)
{
	const char *page;
	char unit[40];

	rig_reset();
	option("q", "x");
	option("offset", "30");
	add_hit("a", "A");
	for (size_t i = 0; i < COUNT(c->bucket) && c->bucket[i]; i++)
		add_bucket(c->bucket[i], 1);
	page = results(NULL);
	snprintf(unit, sizeof(unit), "data-unit=\"%s\"", c->unit);
	has(page, unit);
	assert_int_equal(count(page, "<rect class=\"bar\""), c->bars);
	assert_int_equal(count(page, "<rect class=\"hitbox\""), c->bars);
	for (size_t i = 0; i < COUNT(c->has) && c->has[i]; i++)
		has(page, c->has[i]);
}

static void test_timelines(void **state)
{
	static const struct line_case cases[] = {
		{ { "2024-11" },
		  "month",
		  1,
		  { "href=\"/?q=x&amp;since=2024-11-01&amp;until=2024-11-30\" "
		    "aria-label=\"November 2024: 1 document\"",
		    "data-since=\"2024-11-01\" data-until=\"2024-11-30\"",
		    "<rect class=\"bar\" x=\"148\" y=\"4\" width=\"24\"" } },
		/* four places, of which the middle two are empty */
		{ { "2024-01", "2024-04" },
		  "month",
		  2,
		  { "<rect class=\"hitbox\" x=\"0\" y=\"0\" width=\"80\"",
		    "<rect class=\"hitbox\" x=\"240\" y=\"0\" width=\"80\"",
		    ">Jan 2024</text>" } },
		{ { "2024-02-28", "2024-03-01" },
		  "day",
		  2,
		  { "<rect class=\"hitbox\" x=\"213.3\"", ">28 Feb</text>",
		    "since=2024-03-01&amp;until=2024-03-01" } },
		/* joined, since they would be more than there is room for */
		{ { "2024-01-05", "2024-01-31", "2024-05-01" },
		  "month",
		  2,
		  { "January 2024: 2 documents", "May 2024: 1 document" } },
		{ { "2024-03-01", "2024-05-01" }, "day", 2, { ">1 Mar<" } },
		{ { "2000-01", "2000-12", "2024-05" },
		  "year",
		  2,
		  { "aria-label=\"2000: 2 documents\"",
		    "since=2000-01-01&amp;until=2000-12-31" } },
		{ { "1850", "1851", "2024" },
		  "year",
		  2,
		  { "1850 to 1854: 2 documents",
		    "since=1850-01-01&amp;until=1854-12-31" } },
		{ { "0000-01", "9999-12" },
		  "year",
		  2,
		  { "0 to 199: 1 document", "until=9999-12-31" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		check_line(&cases[i]);
}

static void test_never_too_many_bars(void **state)
{
	(void)state;
	for (int months = 1; months < BUCKETS_MAX; months += 7) {
		size_t bars;

		rig_reset();
		option("q", "x");
		add_hit("a", "A");
		for (int i = 0; i < months; i++) {
			char when[40];

			snprintf(when, sizeof(when), "%04d-%02d", 1990 + i / 12,
				 i % 12 + 1);
			add_bucket(when, (uint64_t)i + 1);
		}
		bars = count(results(NULL), "<rect class=\"bar\"");
		assert_in_range(bars, 1, PAGE_BARS);
		assert_true(bars * 13 >= (size_t)months);
	}
}

static void test_ranges(void **state)
{
	const char *page;

	(void)state;
	rig_reset();
	option("q", "x");
	option("since", "2024-02");
	option("until", "<");
	add_hit("a", "A");
	add_bucket("2024-02", 1);
	page = results(NULL);
	has(page, "<input name=\"since\" type=\"date\" value=\"2024-02-01\">");
	has(page, "<input name=\"until\" type=\"date\" value=\"\">");
	has(page, ">Remove the filter </span>Since 2024-02 to &lt; <");
}

/* ------------------------------------------------------------ hostility -- */

static const char *const payloads[] = {
	"<script>alert(1)</script>",
	"\"><script>alert(1)</script>",
	"'><img src=x onerror=alert(1)>",
	"\" onmouseover=\"alert(1)",
	"' onfocus='alert(1)' autofocus='",
	"javascript:alert(1)",
	"JaVaScRiPt:alert(1)",
	"java\tscript:alert(1)",
	"data:text/html;base64,PHNjcmlwdD4=",
	"vbscript:msgbox(1)",
	"<svg/onload=alert(1)>",
	"</title><script>alert(1)</script>",
	"</pre></article><h1>pwned</h1>",
	"<!--",
	"-->",
	"<![CDATA[<b>]]>",
	"<a href=\"//evil.example\">x</a>",
	"&lt;script&gt;",
	"&#60;script&#62;",
	"%3Cscript%3E",
	"<b>bold</b>",
	"</b></p><p>",
	"\\\"><x",
	"`onclick=alert(1)`",
	"\xE2\x80\xAE<script>",
};

static const char *const wrapped[][2] = {
	{ "", "" },	     { "A title ", " goes on" },
	{ "\n", "\n" },	     { "\"", "\"" },
	{ "<", ">" },	     { "\xEF\xBC\x9C", "\xEF\xBC\x9E" },
	{ "\xC2", "\x80<" }, { "/", "?a=b&c=\"" },
};

static void skeleton_of(struct buf *out)
{
	struct checker c;

	assert_false(rig.out.failed);
	check_page(&c, rig.out.data);
	buf_reset(out);
	buf_add(out, c.skeleton.data, c.skeleton.len);
	buf_release(&c.skeleton);
}

/* All that a document and an index can say is s. */
static void hostile_results(const char *s)
{
	static struct trawl_field fields[3];
	static struct trawl_share share;
	struct trawl_hit *hit;

	fields[0] = (struct trawl_field){ "url", s, strlen(s), false };
	fields[1] = (struct trawl_field){ "lang", s, strlen(s), false };
	fields[2] = (struct trawl_field){ s, s, strlen(s), false };
	share = (struct trawl_share){
		.word = s, .with = s, .found = s, .count = 1, .score = 1.5
	};
	rig_reset();
	rig.page.nindexes = 2;
	rig.index[1].name = s;
	rig.page.version = s;
	option("q", "a");
	option("sort", "title");
	rig.search.sort = "title";
	rig.search.explain = true;
	hit = add_hit(s, s);
	hit->source = hit->index = hit->date = hit->story = s;
	hit->similar = 2;
	hit->fields = fields;
	hit->nfields = COUNT(fields);
	hit->explain = &share;
	hit->nexplain = 1;
	add_hit("b", "B");
	add_value(0, "source", s, 2);
	add_value(0, "source", "other", 1);
	rig.res.head.corrected = s;
	buf_reset(&rig.out);
	page_results(&rig.out, &rig.page, &rig.search, &rig.res, NULL);
}

static void hostile_document(const char *s)
{
	const struct trawl_field fields[] = {
		{ "title", s, strlen(s), false },
		{ "source", s, strlen(s), false },
		{ "place", s, strlen(s), false },
		{ "json", s, strlen(s), true },
	};
	const struct trawl_doc doc = { .id = s,
				       .fields = fields,
				       .nfields = COUNT(fields),
				       .text_len = 1,
				       .index = s };

	rig_reset();
	rig.page.nindexes = 2;
	option("q", s);
	option("index", s);
	buf_reset(&rig.out);
	page_document(&rig.out, &rig.page, &doc, "a <b>mark</b>", 13);
}

/* All that an address can say is s. */
static void hostile_address(const char *s)
{
	static const char *const keys[] = { "q",       "in",	  "sort",
					    "match",   "ranking", "group",
					    "story",   "since",	  "until",
					    "similar", "offset" };

	rig_reset();
	rig.page.nindexes = 2;
	rig.page.target = s;
	for (size_t i = 0; i < COUNT(keys); i++)
		option(keys[i], s);
	rig.search.sort = s;
	rig.res.head.total = 40;
	rig.res.head.expanded = rig.res.head.ignored = s;
	rig.res.head.read_as = s;
	add_hit("a", "A");
	add_bucket("2024-11", 3);
	add_value(0, "source", s, 3);
	add_value(0, "source", "x", 2);
	results(NULL);
	results(s);
	rig.res.head.read_as = NULL;
	results(NULL);
	rig.res.head.hits = rig.res.head.total = 0;
	results(NULL);
	home();
	error_page(400, s, s);
	error_page(503, s, s);
}

static void test_hostile_strings_stay_text(void **state)
{
	struct buf s = BUF_INIT(1000), want = BUF_INIT(PAGE_MAX);
	struct buf want_doc = BUF_INIT(PAGE_MAX), got = BUF_INIT(PAGE_MAX);
	size_t n = 0;

	(void)state;
	hostile_results("harmless");
	skeleton_of(&want);
	hostile_document("harmless");
	skeleton_of(&want_doc);
	for (size_t i = 0; i < COUNT(payloads); i++)
		for (size_t k = 0; k < COUNT(wrapped); k++, n++) {
			buf_reset(&s);
			buf_addf(&s, "%s%s%s", wrapped[k][0], payloads[i],
				 wrapped[k][1]);
			/* The same tags in the same order, and no other. */
			hostile_results(s.data);
			skeleton_of(&got);
			assert_string_equal(got.data, want.data);
			hostile_document(s.data);
			skeleton_of(&got);
			assert_string_equal(got.data, want_doc.data);
			hostile_address(s.data);
		}
	assert_true(n >= 200);
	buf_release(&s);
	buf_release(&want);
	buf_release(&want_doc);
	buf_release(&got);
}

/* However little room there is, nothing is written outside of it. */
static void test_room_runs_out(void **state)
{
	static const struct trawl_field url = { "url", "http://a", 8, false };
	const struct trawl_doc doc = {
		.id = "a", .fields = &url, .nfields = 1, .text_len = 1
	};
	size_t whole;

	(void)state;
	hostile_results("x");
	option("since", "2024");
	add_bucket("2024-01", 3);
	rig.hit[0].date = "2024-01";
	whole = strlen(results(NULL));
	for (size_t max = 0; max < whole; max += 61) {
		buf_release(&rig.out);
		buf_init(&rig.out, max);
		page_results(&rig.out, &rig.page, &rig.search, &rig.res, NULL);
		assert_true(rig.out.failed);
		buf_reset(&rig.out);
		page_document(&rig.out, &rig.page, &doc, "<b>a</b>", 8);
		assert_true(rig.out.failed || max > 2000);
		buf_reset(&rig.out);
		page_error(&rig.out, &rig.page, 503, "busy", "x");
		assert_true(rig.out.failed || max > 2000);
	}
}

/* ------------------------------------------------------------ narrowing -- */

static struct small small;
static struct trawl_index *ix;

static void put(const char *id, const char *text, const char *source,
		const char *topic, const char *other)
{
	const struct trawl_field fields[] = {
		{ "source", source, strlen(source), false },
		{ "date", "2024-11-07", 10, false },
		{ "section", source, strlen(source), false },
		{ "topic", topic, strlen(topic), false },
		{ "topic", other ? other : "", other ? strlen(other) : 0,
		  false },
	};
	const struct trawl_doc doc = { .id = id,
				       .fields = fields,
				       .nfields = other ? 5 : 4,
				       .text = text,
				       .text_len = strlen(text) };

	small_put_doc(&small, &doc);
}

static int open_index(void **state)
{
	(void)state;
	small_open(&small, "[section]\ntype = text\nfacet = yes\n"
			   "[kind]\ntype = keyword\nfacet = yes\n");
	put("a", "The carbon tax passes.", "Reuters", "politics", "climate");
	put("b", "Carbon in soils, a study.", "Nature", "science", "climate");
	put("c", "The harbour bridge.", "Kyiv Post", "transport", NULL);
	put("d", "A tax on the harbour.", "Kyiv Post", "politics", NULL);
	put("e", "Elections, and carbon.", "The \"Daily\" \\ OR (News)",
	    "say \"hi\"", "politics");
	put("f", "Storm.", "\xE2\x80\x9CWire\xE2\x80\x9D AND co", "a:b -c",
	    "climate");
	small_commit(&small);
	ix = small_reader(&small);
	return 0;
}

static int close_index(void **state)
{
	(void)state;
	trawl_index_close(ix);
	small_close(&small);
	return 0;
}

static struct trawl_result *ask(const char *query, enum trawl_match match,
				bool strict)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res = NULL;
	struct trawl_error err = { 0 };
	enum trawl_status st;

	rq.query = query;
	rq.match = match;
	rq.strict = strict;
	rq.facets = "source,topic,section";
	rq.limit = 100;
	st = trawl_search(ix, &rq, &res, &err);
	if (st != TRAWL_OK)
		fail_msg("%s: %s", query, err.text);
	return res;
}

/* The filter that stands last can be taken out, and all is as before. */
static void check_undone(const char *narrowed, const char *field,
			 const char *value, enum trawl_match match,
			 const char *want)
{
	struct page_filters all;
	struct page_filter f, last = { 0 };
	struct buf text = BUF_INIT(10000), rest = BUF_INIT(10000);
	struct trawl_result *res;

	page_filters_begin(&all, narrowed);
	while (page_filters_next(&all, &f))
		last = f;
	if (!last.name || strncmp(last.name, field, last.name_len) != 0)
		fail_msg("no filter in %s", narrowed);
	page_filter_value(&last, &text);
	assert_string_equal(text.data, value);
	page_query_without(narrowed, &last, &rest);
	res = ask(rest.data, match, true);
	if (strcmp(ids(res), want) != 0)
		fail_msg("%s, and back: %s: %s, not %s", narrowed, rest.data,
			 ids(res), want);
	trawl_result_free(res);
	buf_release(&text);
	buf_release(&rest);
}

static void check_value(const char *query, enum trawl_match match,
			const struct trawl_facet *f, size_t i,
			const char *before)
{
	const struct trawl_facet_value *v = &f->values[i];
	bool ranked = !strcmp(f->name, "section");
	struct buf narrowed = BUF_INIT(10000);
	struct trawl_result *res;

	assert_true(
		page_query_narrow(query, f->name, ranked, v->value, &narrowed));
	res = ask(narrowed.data, match, true);
	if (trawl_result_head(res)->total != v->count)
		fail_msg("%s: %s of %s has %d, not %d", narrowed.data, v->value,
			 query, (int)trawl_result_head(res)->total,
			 (int)v->count);
	for (size_t k = 0; k < trawl_result_head(res)->hits; k++)
		assert_non_null(strstr(before, trawl_result_hit(res, k)->id));
	trawl_result_free(res);
	check_undone(narrowed.data, f->name, v->value, match, before);
	buf_release(&narrowed);
}

static void check_narrowing(const char *query, enum trawl_match match)
{
	struct trawl_result *res = ask(query, match, false);
	const char *read_as = trawl_result_head(res)->read_as;
	char before[4096];

	snprintf(before, sizeof(before), "%s", ids(res));
	for (size_t i = 0; i < 3; i++) {
		const struct trawl_facet *f = trawl_result_facet(res, i);

		for (size_t k = 0; k < f->nvalues; k++)
			check_value(read_as ? read_as : query, match, f, k,
				    before);
	}
	trawl_result_free(res);
}

static void test_a_value_of_a_facet_narrows(void **state)
{
	static const char *const queries[] = {
		"",
		"carbon",
		"carbon tax",
		"  carbon   harbour ",
		"+carbon tax",
		"carbon -storm",
		"-storm",
		"carbon OR harbour",
		"carbon OR harbour tax",
		"(carbon OR harbour) tax",
		"(carbon OR harbour)",
		"carbon OR (tax harbour)",
		"carbon AND tax",
		"carbon NOT tax",
		"NOT carbon",
		"\"carbon tax\"",
		"\"carbon OR tax\"~5 harbour",
		"elect* harbour",
		"carbon NEAR/5 tax",
		"carbon^2 tax",
		"(carbon tax)^2",
		"title:carbon tax",
		"\\AND carbon",
		"carbon\\) OR tax",
		"topic:climate",
		"topic:climate carbon",
		"topic:climate date:2024",
		"topic:climate topic:politics",
		"topic:(climate OR politics)",
		"topic:climate AND topic:politics",
		"-topic:climate",
		"source:Nature topic:climate carbon",
		"source:(nature OR reuters)",
		"+topic:climate carbon",
		"date:2024",
		"carbon \xE2\x80\x9Ctax passes\xE2\x80\x9D",
		/* forgiven, so that what counts is how it was read */
		"\"carbon tax",
		"carbon AND",
		"(carbon OR harbour",
		"carbon OR",
		"carbon tax)",
		"nofield:\"carbon\" tax",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++) {
		check_narrowing(queries[i], TRAWL_ANY);
		check_narrowing(queries[i], TRAWL_ALL);
	}
}

static void test_what_cannot_narrow(void **state)
{
	char value[PAGE_VALUE_MAX + 2], query[PAGE_QUERY_MAX + 2];
	struct buf out = BUF_INIT(10000);

	(void)state;
	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	memset(query, 'x', sizeof(query));
	query[sizeof(query) - 1] = '\0';
	assert_false(page_query_narrow("a", "topic", false, value, &out));
	assert_false(page_query_narrow("a", "topic", false, " \t", &out));
	assert_false(page_query_narrow(query, "topic", false, "x", &out));
	assert_int_equal(out.len, 0);
}

static void test_filters_are_found(void **state)
{
	static const struct {
		const char *query, *filters; /* value and rest, | between */
	} cases[] = {
		{ "a", "" },
		{ "a source:\"Kyiv Post\" b", "Kyiv Post|a b;" },
		{ "source:x", "x|;" },
		{ "-source:x +topic:\"y \\\" z\" a",
		  "x|+topic:\"y \\\" z\" a;y \" z|-source:x a;" },
		{ "(a OR b) source:x", "x|a OR b;" },
		{ "(a b) AND source:x", "x|a b;" },
		{ "(a)(b) source:x", "x|(a)(b);" },
		{ "source:x AND topic:y", "x|topic:y;y|source:x;" },
		{ "a source:x AND b", "x|a b;" },
		{ "a AND source:x AND b", "x|a AND b;" },
		{ "source:(a b)", "" },
		{ "a OR source:x", "" },
		{ "(a source:x) b", "" },
		{ "a NOT source:x", "" },
		{ "source:x NEAR topic:y", "" },
		{ "https://example.org source:", "" },
		{ "\"source:x\" \\source:x source\\:x", "" },
		{ "source:\"x", "" },
		{ "source:\"", "" },
		{ "source:\"x\"~5", "" },
		{ "source:a\\*b", "a*b|;" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf got = BUF_INIT(1000);
		struct page_filters all;
		struct page_filter f;

		page_filters_begin(&all, cases[i].query);
		while (page_filters_next(&all, &f)) {
			page_filter_value(&f, &got);
			buf_addc(&got, '|');
			page_query_without(cases[i].query, &f, &got);
			buf_addc(&got, ';');
		}
		if (strcmp(got.data, cases[i].filters) != 0)
			fail_msg("%s: %s, not %s", cases[i].query, got.data,
				 cases[i].filters);
		buf_release(&got);
	}
}

/* Whatever bytes: no end is passed, and nothing loops. */
static void test_any_query_ends(void **state)
{
	static const char *const piece[] = {
		"a",	" ",   "\"",   "(",    ")",  "\\",	     "source:",
		":",	"+",   "-",    "AND",  "OR", "\xE2",	     "~1",
		"\x80", "NOT", "\xC2", "NEAR", "^",  "\xE2\x80\x9C",
	};
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct buf q = BUF_INIT(1000), out = BUF_INIT(10000);
		struct page_filters all;
		struct page_filter f;

		for (int n = i % 12; n; n--) {
			seed = seed * 1664525 + 1013904223;
			buf_adds(&q, piece[(seed >> 8) % COUNT(piece)]);
		}
		page_filters_begin(&all, q.data);
		while (page_filters_next(&all, &f)) {
			assert_true(f.end <= q.data + q.len);
			assert_true(f.value + f.value_len <= f.end);
			page_filter_value(&f, &out);
			page_query_without(q.data, &f, &out);
		}
		page_query_narrow(q.data, "topic", false, "x", &out);
		assert_false(out.failed);
		buf_release(&q);
		buf_release(&out);
	}
}

/* -------------------------------------------------------------- request -- */

static void test_what_a_page_asks_for(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	const struct trawl_info *info;
	struct trawl_result *res;
	struct trawl_error err = { 0 };
	char facets[PAGE_FACETS_BYTES];

	(void)state;
	rig_reset();
	expect(trawl_index_info(ix, &info, &err), TRAWL_OK, &err);
	page_request(&rig.page, info, &rq, facets);
	assert_string_equal(rq.facets, "source,kind,topic,author");
	assert_int_equal(rq.limit, PAGE_HITS);
	assert_int_equal(rq.timeline, TRAWL_TIMELINE_MONTH);
	assert_true(rq.correct);
	assert_int_equal(rq.group, TRAWL_GROUP_STORY);
	rq.since = "2024-11-01";
	rq.until = "2024-12";
	page_request(&rig.page, info, &rq, facets);
	assert_int_equal(rq.timeline, TRAWL_TIMELINE_DAY);
	rq.until = "2025-01-02";
	page_request(&rig.page, info, &rq, facets);
	assert_int_equal(rq.timeline, TRAWL_TIMELINE_MONTH);
	rq.until = NULL;
	page_request(&rig.page, info, &rq, facets);
	assert_int_equal(rq.timeline, TRAWL_TIMELINE_MONTH);

	rq.group = TRAWL_GROUP_NONE;
	option("group", "none");
	page_request(&rig.page, info, &rq, facets);
	assert_int_equal(rq.group, TRAWL_GROUP_NONE);
	rig_reset();
	option("story", "a");
	page_request(&rig.page, info, &rq, facets);
	assert_int_equal(rq.group, TRAWL_GROUP_NONE);

	rig_reset();
	rq.query = "carbon";
	expect(trawl_search(ix, &rq, &res, &err), TRAWL_OK, &err);
	option("q", "carbon");
	rig.page.info = info;
	page_results(&rig.out, &rig.page, &rq, res, NULL);
	has(well_formed(), "<h2>Topic</h2>");
	trawl_result_free(res);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escaping),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_web_addresses),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_days_are_counted),
		cmocka_unit_test(test_home),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_nothing_found),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_each_document),
		cmocka_unit_test(test_ranking_is_kept),
		cmocka_unit_test(test_one_story),
		cmocka_unit_test(test_similar),
		cmocka_unit_test(test_explanation),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_bare_documents),
		cmocka_unit_test(test_many_matches),
		cmocka_unit_test(test_facets),
		cmocka_unit_test(test_timelines),
		cmocka_unit_test(test_never_too_many_bars),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_hostile_strings_stay_text),
		cmocka_unit_test(test_room_runs_out),
		cmocka_unit_test(test_a_value_of_a_facet_narrows),
		cmocka_unit_test(test_what_cannot_narrow),
		cmocka_unit_test(test_filters_are_found),
		cmocka_unit_test(test_any_query_ends),
		cmocka_unit_test(test_what_a_page_asks_for),
	};
	int failed = cmocka_run_group_tests(tests, open_index, close_index);

	buf_release(&rig.out);
	return failed;
}
