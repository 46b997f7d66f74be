/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page.c - the frame of every page: head, search form, help, home and errors
 */
#include "page_parts.h"

#include "page_date.h"
#include "utf8.h"

#include <ctype.h>
#include <strings.h>

enum {
	TITLE_MAX = 300, /* bytes of what the browser's tab shows */
	LANG_MAX = 35	 /* of a language tag (RFC 5646, 4.4.1) */
};

/* ----------------------------------------------------------------- head -- */

static void add_asset(struct buf *out, const struct page *p, const char *path)
{
	buf_adds(out, path);
	if (p->version && *p->version) {
		buf_adds(out, "?v=");
		url_add(out, p->version, strlen(p->version), "");
	}
}

static void add_title(struct buf *out, const char *title)
{
	size_t n = strlen(title);

	buf_adds(out, "<title>");
	html_add(out, title, utf8_cut(title, n, TITLE_MAX));
	buf_adds(out, n ? " - trawl</title>\n" : "trawl</title>\n");
}

static void add_feed_link(struct buf *out, const struct page *p,
			  const char *query)
{
	const struct page_link link = {
		.value = { [KEY_Q] = query, [KEY_SORT] = "-date" }
	};

	buf_adds(out, "<link rel=\"alternate\" type=\"application/atom+xml\" "
		      "title=\"New documents for this search\"");
	page_href(out, p, "/search?fmt=atom", &link);
	buf_adds(out, ">\n");
}

static void add_head(struct buf *out, const struct page *p,
		     const struct page_head *head)
{
	buf_adds(out, "<!doctype html>\n"
		      "<html lang=\"en\">\n"
		      "<head>\n"
		      "<meta charset=\"utf-8\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, "
		      "initial-scale=1\">\n"
		      "<meta name=\"color-scheme\" content=\"light dark\">\n");
	add_title(out, head->title);
	buf_adds(out, "<link rel=\"stylesheet\" href=\"");
	add_asset(out, p, "/page.css");
	buf_adds(out, "\">\n<link rel=\"icon\" href=\"/icon.svg\" "
		      "type=\"image/svg+xml\">\n"
		      "<link rel=\"search\" "
		      "type=\"application/opensearchdescription+xml\" "
		      "title=\"trawl\" href=\"/opensearch.xml\">\n");
	if (head->feed)
		add_feed_link(out, p, head->feed);
	buf_adds(out, "<script src=\"");
	add_asset(out, p, "/page.js");
	buf_adds(out, "\" defer></script>\n</head>\n");
}

/* ----------------------------------------------------------------- form -- */

static void add_index_select(struct buf *out, const struct page *p)
{
	const char *in = page_value(p, KEY_IN);

	if (p->nindexes < 2)
		return;
	buf_adds(out, "\n\t\t<label class=\"sr\" for=\"in\">Index</label>\n"
		      "\t\t<select id=\"in\" name=\"in\">\n"
		      "\t\t\t<option value=\"\">All</option>\n");
	for (size_t i = 0; i < p->nindexes; i++) {
		const char *name = p->index[i].name;

		buf_adds(out, "\t\t\t<option");
		html_attr(out, "value", name);
		if (in && !strcmp(in, name))
			buf_adds(out, " selected");
		buf_addc(out, '>');
		html_adds(out, name);
		buf_adds(out, "</option>\n");
	}
	buf_adds(out, "\t\t</select>");
}

static void add_form(struct buf *out, const struct page *p, bool anew)
{
	const char *q = page_value(p, KEY_Q);

	buf_adds(out, "\t<form class=\"search\" role=\"search\" action=\"/\" "
		      "method=\"get\">\n"
		      "\t\t<label class=\"sr\" for=\"q\">Search</label>\n"
		      "\t\t<input id=\"q\" name=\"q\" type=\"search\"");
	html_attr(out, "value", q ? q : "");
	buf_addf(out,
		 " enterkeyhint=\"search\" autocomplete=\"off\" "
		 "autocapitalize=\"none\" "
		 "spellcheck=\"false\" maxlength=\"%d\" placeholder=\"Search",
		 TRAWL_QUERY_MAX);
	if (p->nindexes == 1) {
		buf_addc(out, ' ');
		html_adds(out, p->index[0].name);
	}
	buf_adds(out, "\">");
	add_index_select(out, p);
	if (!anew)
		page_hidden(out, p,
			    1 << KEY_SORT | 1 << KEY_MATCH | 1 << KEY_RANKING |
				    1 << KEY_GROUP | 1 << KEY_SINCE |
				    1 << KEY_UNTIL);
	buf_adds(out, "\n\t\t<button type=\"submit\">Search</button>\n"
		      "\t</form>\n");
}

/* ----------------------------------------------------------------- help -- */

static const char *const help[][2] = {
	{ "climate summit", "any of the words; documents with more of them, "
			    "and with rarer ones, come first" },
	{ "\"carbon tax\"", "these words, side by side" },
	{ "+summit -london", "with <i>summit</i>, without <i>london</i>" },
	{ "summit AND (paris OR london)", "both, either: in capitals" },
	{ "elect*", "words that begin so" },
	{ "zelenski~", "words spelled nearly so" },
	{ "=running", "this very word, not <i>run</i> or <i>runs</i>" },
	{ "carbon NEAR/5 tax", "at most five words apart" },
	{ "title:zelensky", "in the title" },
	{ "source:\"Kyiv Post\"", "from this source" },
	{ "date:2024-11", "in November 2024; <code>date:2023..2024</code>, "
			  "<code>date:&gt;=2024-11-06</code>" },
};

static void add_help(struct buf *out)
{
	buf_adds(out,
		 "\t<details class=\"help\">\n"
		 "\t\t<summary>How to ask</summary>\n"
		 "\t\t<div class=\"card\">\n"
		 "\t\t\t<p>Just write what you look for. Accents, capitals and "
		 "endings do not matter.</p>\n"
		 "\t\t\t<dl>\n");
	for (size_t i = 0; i < sizeof(help) / sizeof(*help); i++) {
		buf_adds(out, "\t\t\t\t<div><dt><code>");
		html_adds(out, help[i][0]);
		buf_addf(out, "</code></dt> <dd>%s</dd></div>\n", help[i][1]);
	}
	buf_adds(out, "\t\t\t</dl>\n\t\t</div>\n\t</details>\n");
}

/* ---------------------------------------------------------------- frame -- */

void page_begin(struct buf *out, const struct page *p,
		const struct page_head *head)
{
	add_head(out, p, head);
	buf_addf(out,
		 "<body class=\"%s\">\n"
		 "<a class=\"skip\" href=\"#main\">Skip to the %s</a>\n"
		 "<header class=\"top\">\n"
		 "\t<a class=\"brand\" href=\"/\">trawl</a>\n",
		 head->class,
		 strcmp(head->class, "results") ? "text" : "results");
	/* What an error is about is not to be sent again. */
	add_form(out, p, !strcmp(head->class, "error"));
	add_help(out);
	buf_adds(out, "</header>\n\n<main id=\"main\" tabindex=\"-1\">\n");
}

void page_end(struct buf *out)
{
	buf_addf(out,
		 "</main>\n\n"
		 "<footer>trawl %s &middot; "
		 "<a href=\"/openapi.json\">API</a></footer>\n"
		 "</body>\n"
		 "</html>\n",
		 trawl_version());
}

void add_label(struct buf *out, const char *name, size_t len)
{
	static const char *const known[][2] = { { "lang", "Language" },
						{ "url", "Address" } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strlen(known[i][0]) == len &&
		    !strncasecmp(known[i][0], name, len)) {
			buf_adds(out, known[i][1]);
			return;
		}
	if (len && islower((unsigned char)*name)) {
		buf_addc(out, (char)toupper((unsigned char)*name++));
		len--;
	}
	while (len) {
		const char *bar = memchr(name, '_', len);
		size_t n = bar ? (size_t)(bar - name) : len;

		html_add(out, name, n);
		if (bar)
			buf_addc(out, ' ');
		name += n + (bar != NULL);
		len -= n + (bar != NULL);
	}
}

void add_lang(struct buf *out, const char *lang)
{
	size_t first = lang ? strcspn(lang, "-") : 0;

	if (first < 2 || first > 3 || strlen(lang) > LANG_MAX)
		return;
	for (const char *s = lang; *s; s++)
		if (!isalnum((unsigned char)*s) && *s != '-')
			return;
	html_attr(out, "lang", lang);
}

static void add_fact(struct buf *out, const char *class, const char *fact)
{
	if (!fact)
		return;
	buf_addf(out, "<span class=\"%s\">", class);
	html_adds(out, fact);
	buf_adds(out, "</span> ");
}

void add_facts(struct buf *out, const struct page_facts *f)
{
	bool web = f->url && url_is_web(f->url);

	if (!f->source && !f->date && !f->index && !web)
		return;
	buf_adds(out, "<p class=\"facts\">");
	add_fact(out, "source", f->source);
	if (f->date) {
		add_time(out, f->date);
		buf_addc(out, ' ');
	}
	add_fact(out, "index", f->index);
	if (web) {
		buf_adds(out, "<a class=\"outside\"");
		html_attr(out, "href", f->url);
		buf_adds(out, " rel=\"noreferrer noopener\">original</a>");
	} else if (!out->failed) {
		/* The blank behind the last one. */
		buf_truncate(out, out->len - 1);
	}
	buf_adds(out, "</p>\n");
}

/* ----------------------------------------------------------------- home -- */

bool page_is_home(const struct page *p)
{
	return !page_value(p, KEY_Q) && !page_value(p, KEY_SIMILAR) &&
	       !page_value(p, KEY_SINCE) && !page_value(p, KEY_UNTIL) &&
	       !page_value(p, KEY_SORT) && !page_value(p, KEY_STORY);
}

static void add_index(struct buf *out, const struct page *p,
		      const struct page_index *index)
{
	const struct page_link link = { .value = { [KEY_Q] = "",
						   [KEY_IN] = index->name,
						   [KEY_SORT] = "-date" } };

	buf_adds(out, "\t\t<li><a");
	page_href(out, p, "/", &link);
	buf_addc(out, '>');
	html_adds(out, index->name);
	buf_adds(out, "</a> <span class=\"n\">");
	if (index->broken)
		buf_adds(out, "cannot be read just now");
	else
		add_count(out, index->documents, "document", "documents");
	buf_adds(out, "</span></li>\n");
}

static void add_indexes(struct buf *out, const struct page *p)
{
	uint64_t documents = 0;

	for (size_t i = 0; i < p->nindexes; i++)
		documents += p->index[i].broken ? 0 : p->index[i].documents;
	buf_adds(out, "\t<h1>Search ");
	add_count(out, documents, "document", "documents");
	buf_adds(out, "</h1>\n\t<ul class=\"indexes\">\n");
	for (size_t i = 0; i < p->nindexes; i++)
		add_index(out, p, &p->index[i]);
	buf_adds(out, "\t</ul>\n");
}

static const char *const examples[][2] = {
	{ "\"last week\"", "two words, side by side" },
	{ "report* -weather", "words that begin so, and one that must not be "
			      "there" },
	{ "government AND (money OR tax)", "both, and either" },
};

static void add_examples(struct buf *out, const struct page *p)
{
	const struct page_link newest = { .value = { [KEY_SORT] = "-date" } };

	buf_adds(out, "\t<h2>For example</h2>\n\t<ul class=\"examples\">\n");
	for (size_t i = 0; i < sizeof(examples) / sizeof(*examples); i++) {
		const struct page_link link = {
			.value = { [KEY_Q] = examples[i][0] }
		};

		buf_adds(out, "\t\t<li><a");
		page_href(out, p, "/", &link);
		buf_adds(out, "><code>");
		html_adds(out, examples[i][0]);
		buf_addf(out, "</code></a> %s</li>\n", examples[i][1]);
	}
	buf_adds(out, "\t\t<li><a");
	page_href(out, p, "/", &newest);
	buf_adds(out, ">The newest documents</a></li>\n\t</ul>\n");
}

static const char hints[] =
	"\t<h2>By keyboard</h2>\n"
	"\t<dl class=\"keys\">\n"
	"\t\t<div><dt><kbd>/</kbd></dt> <dd>to the search box</dd></div>\n"
	"\t\t<div><dt><kbd>&uarr;</kbd> <kbd>&darr;</kbd></dt> "
	"<dd>completions, then results</dd></div>\n"
	"\t\t<div><dt><kbd>Enter</kbd></dt> <dd>search, or open</dd></div>\n"
	"\t\t<div><dt><kbd>Esc</kbd></dt> <dd>close, or leave the box</dd>"
	"</div>\n"
	"\t</dl>\n";

void page_home(struct buf *out, const struct page *p)
{
	const struct page_head head = { .class = "home", .title = "" };

	page_begin(out, p, &head);
	buf_adds(out, "<section class=\"home\">\n");
	add_indexes(out, p);
	add_examples(out, p);
	buf_adds(out, hints);
	buf_adds(out, "</section>\n");
	page_end(out);
}

/* --------------------------------------------------------------- errors -- */

struct trouble {
	unsigned status;
	const char *slug; /* NULL: any of that status */
	const char *what, *advice;
};

/* The first that fits; the last fits everything. */
/* clang-format off */
static const struct trouble troubles[] = {
	{ 400, "too-complex", "That is too much for one search",
	  "Make the query shorter, or its brackets fewer." },
	{ 400, NULL, "That cannot be searched for",
	  "Look at the query, or at the address, and try again." },
	{ 401, NULL, "A token, please",
	  "This search is not open to all. The token is asked for once and kept until the tab is closed." },
	{ 403, NULL, "Not allowed", "The server does not do this for you." },
	{ 404, "unknown-index", "There is no such index",
	  "Choose one of those that there are." },
	{ 404, NULL, "There is nothing here",
	  "The document or the page may have gone. Search for it instead." },
	{ 405, NULL, "That cannot be done here", "Search for something instead." },
	{ 408, NULL, "That took too long",
	  "Try again, or ask for something narrower." },
	{ 409, NULL, "The index has changed", "Search once more." },
	{ 413, NULL, "That is too much", "Ask for less of it." },
	{ 503, "loading", "Just a moment", "The indexes are being opened. Try again soon." },
	{ 503, "busy", "Many are asking just now", "Try again in a moment." },
	{ 503, NULL, "Not just now", "Try again in a moment." },
	{ 504, NULL, "That took too long",
	  "Try again, or ask for something narrower." },
	{ 500, "corrupt-index", "The index cannot be read",
	  "Whoever looks after this server can build it again." },
	{ 0, NULL, "Something went wrong",
	  "It is not your fault. Try again; if it stays, tell whoever looks after this server." },
};
/* clang-format on */

static const struct trouble *find_trouble(unsigned status, const char *slug)
{
	const struct trouble *t = troubles;

	while (t->status && (t->status != status ||
			     (t->slug && (!slug || strcmp(t->slug, slug)))))
		t++;
	return t;
}

static const char token_form[] =
	"\t<form class=\"token\">\n"
	"\t\t<label for=\"token\">Token</label>\n"
	"\t\t<input id=\"token\" type=\"password\" autocomplete=\"off\" "
	"required>\n"
	"\t\t<button type=\"submit\">Go on</button>\n"
	"\t</form>\n"
	"\t<noscript><p>The token travels in a header, which needs JavaScript."
	"</p></noscript>\n";

/* The same once more: for what passes by itself. */
static void add_retry(struct buf *out, const struct page *p, unsigned status)
{
	bool passes = status == 408 || status == 409 || status >= 500;
	bool ours = p->target && p->target[0] == '/' && p->target[1] != '/' &&
		    p->target[1] != '\\';

	if (!passes || !ours)
		return;
	buf_adds(out, "\t<p><a class=\"retry\"");
	html_attr(out, "href", p->target);
	buf_adds(out, ">Try again</a></p>\n");
}

void page_error(struct buf *out, const struct page *p, unsigned status,
		const char *slug, const char *text)
{
	const struct trouble *t = find_trouble(status, slug);
	const struct page_head head = { .class = "error", .title = t->what };

	page_begin(out, p, &head);
	buf_addf(out,
		 "<section class=\"error\" data-status=\"%u\">\n"
		 "\t<h1>%s</h1>\n",
		 status, t->what);
	if (text && *text && status != 401) {
		buf_adds(out, "\t<p class=\"why\">");
		html_adds(out, text);
		buf_adds(out, "</p>\n");
	}
	buf_addf(out, "\t<p>%s</p>\n", t->advice);
	if (status == 401)
		buf_adds(out, token_form);
	add_retry(out, p, status);
	buf_adds(out, "</section>\n");
	page_end(out);
}
