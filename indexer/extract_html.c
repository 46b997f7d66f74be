/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTML, through libxml2's forgiving parser as a stream of events: no tree is
 * built, so depth costs nothing.
 *
 * Left out: what is not shown (scripts, styles, templates, drawings, comments,
 * elements that are hidden by an attribute or an inline style) and <nav>.
 * Headers, footers and asides stay.  A field may be given in several ways; the
 * one of the lowest rank wins, and among equals the first.
 */
#include "buf.h"
#include "charset.h"
#include "clean_date.h"
#include "clean_language.h"
#include "die.h"
#include "document.h"
#include "extract.h"
#include "html_meta.h"
#include "html_tame.h"
#include "json_ld.h"
#include "page_text.h"
#include "page_title.h"
#include "problem.h"

#include <libxml/HTMLparser.h>
#include <strings.h>

enum {
	CHARSET_SEARCH = 4096, /* bytes in which a page names its charset */
	CHARSET_NAME_MAX = 40,
	VALUE_MAX = 16 << 10, /* bytes of a field; longer is dropped */
	CAPTURE_MAX = 256 << 10,
	WRITTEN_DATE_MAX = 80, /* bytes of a date in a form that is not ours */
	SCRIPTS_MAX = 8,       /* of JSON-LD that are looked into */
	STYLE_MAX = 4096, /* bytes of a style attribute that are looked at */
	/* libxml2 compares the name of an end tag with those of the open
	 * elements. */
	COMPARED_MAX = 500 * 1000 * 1000 /* names, until a page is refused */
};

static const struct origin title_element = { "title", HTML_TITLE, 1, 0.6 };
static const struct origin first_heading = { "the first h1", HTML_TITLE, 4, 0 };
static const struct origin only_heading = { "the only h1", HTML_TITLE, 0,
					    0.85 };
static const struct origin json_ld = { "JSON-LD", HTML_DATE, 6, 0 };
static const struct origin time_element = { "a time element", HTML_DATE, 7,
					    0.6 };
static const struct origin published_element = { "itemprop datePublished",
						 HTML_DATE, 0, 0.94 };
static const struct origin html_lang = { "html lang", HTML_LANG, 1, 0.9 };
static const struct origin canonical = { "canonical", HTML_URL, 1, 0 };
static const struct origin author_link = { "rel=author", HTML_AUTHOR, 0, 0.85 };

static const char *const unseen[] = { "script",	  "style",   "noscript",
				      "template", "svg",     "math",
				      "nav",	  "iframe",  "object",
				      "audio",	  "video",   "canvas",
				      "select",	  "datalist" };

/* Elements that run on with the text round them; all others end a paragraph. */
static const char *const inlines[] = {
	"a",	"abbr", "acronym", "b",	    "bdi",  "bdo",    "big",	"cite",
	"code", "data", "del",	   "dfn",   "em",   "font",   "i",	"img",
	"ins",	"kbd",	"label",   "mark",  "nobr", "q",      "rp",	"rt",
	"ruby", "s",	"samp",	   "small", "span", "strike", "strong", "sub",
	"sup",	"time", "tt",	   "u",	    "var",  "wbr"
};

struct value {
	char *text;
	unsigned rank; /* 0: none */
};

struct page {
	struct document *doc;
	struct page_text text;
	struct value values[HTML_FIELDS];
	unsigned depth;
	unsigned hidden_at, pre_at; /* depth of that element; 0: not in one */
	/* Text of one element is wanted for itself. */
	unsigned capture_at;
	struct buf captured;
	struct page_text capture;
	const struct origin *capture_of;
	char *heading; /* the first h1's text */
	unsigned headings, scripts;
};

static bool is_among(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

#define IS_AMONG(names, name)                                                  \
	is_among(names, sizeof(names) / sizeof(*(names)), name)

static const char *attribute(const xmlChar **atts, const char *name)
{
	for (; atts && atts[0]; atts += 2)
		if (!strcasecmp((const char *)atts[0], name))
			return atts[1] ? (const char *)atts[1] : "";
	return NULL;
}

static bool is_address(const char *s)
{
	return !strncasecmp(s, "http://", 7) || !strncasecmp(s, "https://", 8);
}

static void replace(struct buf *b, const char *s)
{
	buf_reset(b);
	buf_adds(b, s);
}

static bool is_good(enum html_field field, struct buf *b)
{
	char date[CLEAN_DATE_MAX], code[CLEAN_LANGUAGE_MAX];

	if (b->failed || !b->len)
		return false;
	switch (field) {
	case HTML_DATE:
		if (!clean_date(b->data, date))
			return false;
		replace(b, date);
		return true;
	case HTML_LANG:
		if (!clean_language(b->data, code))
			return false;
		replace(b, code);
		return true;
	case HTML_URL:
		return is_address(b->data) && !strchr(b->data, ' ');
	case HTML_AUTHOR: /* often the address of a profile */
		return !is_address(b->data);
	default:
		return true;
	}
}

/* A date in another form than ours: the library knows more of them. */
static bool is_written_date(const struct origin *o, const struct buf *b)
{
	return o->field == HTML_DATE && !b->failed && b->len &&
	       b->len <= WRITTEN_DATE_MAX;
}

static void guess(struct page *p, const struct origin *o, const struct buf *b)
{
	if (o->confidence > 0)
		document_guess(p->doc, html_field_names[o->field], b->data,
			       b->len, o->confidence, o->name);
}

static void take_value(struct value *v, const struct origin *o,
		       const struct buf *b)
{
	if (!o->rank || (v->rank && v->rank <= o->rank))
		return;
	free(v->text);
	v->text = xstrndup(b->data, b->len);
	v->rank = o->rank;
}

static void offer(struct page *p, const struct origin *o, const char *value,
		  size_t len)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	struct page_text t = { .out = &b };

	page_text_add(&t, value, len, false);
	if (is_good(o->field, &b)) {
		guess(p, o, &b);
		take_value(&p->values[o->field], o, &b);
	} else if (is_written_date(o, &b)) {
		guess(p, o, &b);
	}
	buf_release(&b);
}

static void take_meta(struct page *p, const xmlChar **atts)
{
	static const char *const keys[] = { "property", "name", "itemprop",
					    "http-equiv" };
	const char *content = attribute(atts, "content");

	if (!content)
		return;
	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++) {
		const char *name = attribute(atts, keys[k]);

		const struct origin *o = name ? html_meta_find(name) : NULL;

		if (o)
			offer(p, o, content, strlen(content));
	}
}

static void take_link(struct page *p, const xmlChar **atts)
{
	const char *rel = attribute(atts, "rel");
	const char *href = attribute(atts, "href");

	if (rel && href && !strcasecmp(rel, "canonical"))
		offer(p, &canonical, href, strlen(href));
}

static void capture(struct page *p, const struct origin *of)
{
	if (p->capture_at)
		return;
	p->capture_at = p->depth;
	p->capture_of = of;
	buf_reset(&p->captured);
	p->capture = (struct page_text){ .out = &p->captured };
}

/* The first "datePublished": "..." of a script of JSON-LD is a field. */
static void take_json_ld(struct page *p)
{
	static const char key[] = "\"datePublished\"";
	const char *at = strstr(p->captured.data, key);
	size_t n;

	if (p->scripts++ < SCRIPTS_MAX)
		json_ld_read(p->doc, p->captured.data, p->captured.len);
	if (!at)
		return;
	at += sizeof(key) - 1;
	at += strspn(at, " :");
	if (*at++ != '"')
		return;
	n = strcspn(at, "\"");
	offer(p, &json_ld, at, n);
}

static void take_heading(struct page *p)
{
	if (!p->headings++)
		p->heading = xstrndup(p->captured.data, p->captured.len);
	offer(p, &first_heading, p->captured.data, p->captured.len);
}

static void end_capture(struct page *p)
{
	p->capture_at = 0;
	if (p->captured.failed)
		return;
	if (p->capture_of == &json_ld)
		take_json_ld(p);
	else if (p->capture_of == &first_heading)
		take_heading(p);
	else
		offer(p, p->capture_of, p->captured.data, p->captured.len);
}

static bool style_hides(const char *style)
{
	char flat[STYLE_MAX];
	size_t n = 0;

	for (; *style && n + 1 < sizeof(flat); style++)
		if (!strchr(" \t\r\n", *style))
			flat[n++] = *style;
	flat[n] = '\0';
	return strcasestr(flat, "display:none") ||
	       strcasestr(flat, "visibility:hidden");
}

static bool is_hidden(const char *name, const xmlChar **atts)
{
	const char *aria = attribute(atts, "aria-hidden");
	const char *style = attribute(atts, "style");

	return IS_AMONG(unseen, name) || attribute(atts, "hidden") ||
	       (aria && !strcasecmp(aria, "true")) ||
	       (style && style_hides(style));
}

static void offer_attribute(struct page *p, const struct origin *o,
			    const xmlChar **atts, const char *name)
{
	const char *value = attribute(atts, name);

	if (value)
		offer(p, o, value, strlen(value));
}

static bool attribute_is(const xmlChar **atts, const char *name,
			 const char *wanted)
{
	const char *value = attribute(atts, name);

	return value && !strcasecmp(value, wanted);
}

static void take_time(struct page *p, const xmlChar **atts)
{
	if (attribute_is(atts, "itemprop", "datePublished") ||
	    attribute(atts, "pubdate"))
		offer_attribute(p, &published_element, atts, "datetime");
	offer_attribute(p, &time_element, atts, "datetime");
}

static void take_html(struct page *p, const xmlChar **atts)
{
	offer_attribute(p, &html_lang, atts,
			attribute(atts, "lang") ? "lang" : "xml:lang");
}

/* Elements that are worth more than their text. */
static void take_element(struct page *p, const char *name, const xmlChar **atts)
{
	if (!strcmp(name, "meta"))
		take_meta(p, atts);
	else if (!strcmp(name, "link"))
		take_link(p, atts);
	else if (!strcmp(name, "html"))
		take_html(p, atts);
	else if (!strcmp(name, "time"))
		take_time(p, atts);
	else if (!strcmp(name, "title"))
		capture(p, &title_element);
	else if (!strcmp(name, "h1"))
		capture(p, &first_heading);
	else if (!strcmp(name, "a") && attribute_is(atts, "rel", "author"))
		capture(p, &author_link);
	else if (!strcmp(name, "script") &&
		 attribute_is(atts, "type", "application/ld+json"))
		capture(p, &json_ld);
}

static void break_text(struct page *p, const char *name)
{
	enum gap gap = !strcmp(name, "br") ? GAP_LINE : GAP_PARAGRAPH;

	if (IS_AMONG(inlines, name))
		return;
	page_text_break(&p->text, gap);
	page_text_break(&p->capture, GAP_SPACE);
}

static void on_start(void *ctx, const xmlChar *xname, const xmlChar **atts)
{
	struct page *p = ctx;
	const char *name = (const char *)xname;

	p->depth++;
	if (p->hidden_at)
		return;
	take_element(p, name, atts);
	break_text(p, name);
	if (is_hidden(name, atts))
		p->hidden_at = p->depth;
	if (!p->pre_at && !strcmp(name, "pre"))
		p->pre_at = p->depth;
}

static void on_end(void *ctx, const xmlChar *name)
{
	struct page *p = ctx;

	if (p->capture_at == p->depth)
		end_capture(p);
	if (!p->hidden_at)
		break_text(p, (const char *)name);
	if (p->hidden_at == p->depth)
		p->hidden_at = 0;
	if (p->pre_at == p->depth)
		p->pre_at = 0;
	if (p->depth)
		p->depth--;
}

static bool captures_title(const struct page *p)
{
	return p->capture_at && p->capture_of == &title_element;
}

static void on_text(void *ctx, const xmlChar *s, int len)
{
	struct page *p = ctx;
	const char *text = (const char *)s;

	if (len <= 0)
		return;
	if (p->capture_at && (!p->hidden_at || p->hidden_at == p->capture_at))
		page_text_add(&p->capture, text, (size_t)len, false);
	if (!p->hidden_at && !captures_title(p))
		page_text_add(&p->text, text, (size_t)len, p->pre_at);
}

/* The charset in <meta charset=x>, "text/html; charset=x", <?xml encoding="x"?>;
 * false when there is none. */
static bool find_charset(const char *s, size_t n, char out[CHARSET_NAME_MAX])
{
	char head[CHARSET_SEARCH + 1];
	const char *at;
	size_t len;

	n = n < CHARSET_SEARCH ? n : CHARSET_SEARCH;
	for (size_t i = 0; i < n; i++)
		head[i] = s[i] ? s[i] : ' ';
	head[n] = '\0';
	at = strcasestr(head, "charset=");
	if (!at && !strncmp(head, "<?xml", 5))
		at = strcasestr(head, "encoding=");
	if (!at)
		return false;
	at = strchr(at, '=') + 1;
	at += strspn(at, " \"'");
	len = strcspn(at, " \"'>;/?\t\r\n");
	if (!len || len >= CHARSET_NAME_MAX)
		return false;
	memcpy(out, at, len);
	out[len] = '\0';
	return true;
}

static size_t count_end_tags(const char *s, size_t n)
{
	size_t count = 0;

	for (size_t i = 1; i < n; i++)
		count += s[i] == '/' && s[i - 1] == '<';
	return count;
}

/* False: so many end tags in so many open elements would take for ever. */
static bool parse_chunks(struct page *p, htmlParserCtxtPtr ctxt, const char *s,
			 size_t n)
{
	enum {
		CHUNK = 1 << 16
	};
	uint64_t compared = 0;

	for (size_t at = 0; at < n; at += CHUNK) {
		const size_t len = n - at < CHUNK ? n - at : CHUNK;
		const unsigned before = p->depth;

		htmlParseChunk(ctxt, s + at, (int)len, 0);
		compared += (uint64_t)count_end_tags(s + at, len) *
			    (before > p->depth ? before : p->depth);
		if (compared > COMPARED_MAX)
			return false;
	}
	htmlParseChunk(ctxt, NULL, 0, 1);
	return true;
}

/* NULs end libxml2's input; n bytes of s, which is written to. */
static bool parse(struct page *p, char *s, size_t n)
{
	htmlParserCtxtPtr ctxt;
	xmlSAXHandler sax = { .startElement = on_start,
			      .endElement = on_end,
			      .characters = on_text,
			      .ignorableWhitespace = on_text,
			      .cdataBlock = on_text };
	bool ok;

	for (size_t i = 0; i < n; i++)
		if (!s[i])
			s[i] = ' ';
	html_tame(s, n);
	ctxt = htmlCreatePushParserCtxt(&sax, p, NULL, 0, NULL,
					XML_CHAR_ENCODING_UTF8);
	if (!ctxt)
		die("out of memory");
	htmlCtxtUseOptions(ctxt, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
					 HTML_PARSE_NOWARNING |
					 HTML_PARSE_NONET |
					 HTML_PARSE_IGNORE_ENC);
	ok = parse_chunks(p, ctxt, s, n);
	htmlFreeParserCtxt(ctxt);
	return ok;
}

static void take_values(struct page *p)
{
	for (size_t i = 0; i < HTML_FIELDS; i++) {
		const char *text = p->values[i].text;

		if (text)
			document_add(p->doc, html_field_names[i], text,
				     strlen(text));
		free(p->values[i].text);
	}
	free(p->heading);
}

/* The first guess of a field by that reason, or NULL. */
static const char *guess_by(const struct page *p, const char *reason)
{
	for (size_t i = 0; i < p->doc->nguesses; i++)
		if (!strcmp(p->doc->guesses[i].reason, reason))
			return p->doc->guesses[i].value;
	return NULL;
}

/* <title> has the site's name in it as often as not. */
static void cut_title(struct page *p)
{
	struct value *v = &p->values[HTML_TITLE];
	const char *headlines[] = { guess_by(p, "JSON-LD headline"),
				    guess_by(p, "og:title"), p->heading };
	const char *sites[] = { p->values[HTML_SOURCE].text,
				guess_by(p, "JSON-LD publisher") };
	const char *begin;
	char *title;
	size_t len;

	if (p->headings == 1)
		offer(p, &only_heading, p->heading, strlen(p->heading));
	if (v->rank != title_element.rank)
		return;
	begin = page_title_cut(v->text, headlines, 3, sites, 2, &len);
	if (len == strlen(v->text))
		return;
	title = xstrndup(begin, len);
	free(v->text);
	v->text = title;
	document_guess(p->doc, "title", title, len, 0.93,
		       "title without the site's name");
}

bool extract_html(struct raw *raw, struct document *doc, struct problem *why)
{
	struct buf source = BUF_INIT(doc->body.max);
	struct page p = { .doc = doc,
			  .text = { .out = &doc->body },
			  .captured = BUF_INIT(CAPTURE_MAX) };
	char charset[CHARSET_NAME_MAX];
	bool declared = find_charset(raw->bytes, raw->len, charset);
	bool ok = read_text(raw->bytes, raw->len, declared ? charset : NULL,
			    &source, &raw->replaced, why);

	if (ok && !source.failed && source.len &&
	    !parse(&p, source.data, source.len))
		ok = problem(why, "E_TOOBIG",
			     "too many end tags in elements that stay open");
	doc->body.failed |= source.failed;
	cut_title(&p);
	take_values(&p);
	buf_release(&source);
	buf_release(&p.captured);
	doc->text = doc->body.data;
	doc->text_len = doc->body.len;
	return ok;
}

bool sniff_html(const char *bytes, size_t len)
{
	static const char *const starts[] = { "<!doctype html", "<html",
					      "<head", "<body", "<!-- " };
	size_t at = 0;

	if (len >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
		at = 3;
	while (at < len && strchr(" \t\r\n", bytes[at]) && bytes[at])
		at++;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		size_t n = strlen(starts[i]);

		if (len - at >= n && !strncasecmp(bytes + at, starts[i], n))
			return true;
	}
	return false;
}
