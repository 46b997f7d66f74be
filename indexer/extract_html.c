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
#include "die.h"
#include "document.h"
#include "extract.h"
#include "page_text.h"
#include "problem.h"

#include <libxml/HTMLparser.h>
#include <strings.h>

enum {
	CHARSET_SEARCH = 4096, /* bytes in which a page names its charset */
	CHARSET_NAME_MAX = 40,
	VALUE_MAX = 16 << 10, /* bytes of a field; longer is dropped */
	CAPTURE_MAX = 256 << 10,
	STYLE_MAX = 4096, /* bytes of a style attribute that are looked at */
	/* libxml2 compares each attribute with those before it, and the name
	 * of an end tag with those of the open elements. */
	ATTRIBUTES_MAX = 1000, /* of an element; further ones are dropped */
	COMPARED_MAX = 500 * 1000 * 1000 /* names, until a page is refused */
};

enum slot {
	TITLE,
	DESCRIPTION,
	DATE,
	AUTHOR,
	LANG,
	URL,
	SOURCE,
	NSLOTS
};

static const char *const slot_names[NSLOTS] = { "title",  "description", "date",
						"author", "lang",	 "url",
						"source" };

/* clang-format off */
static const struct {
	const char *name; /* of <meta name= property= itemprop= http-equiv=> */
	enum slot slot;
	unsigned rank;
} metas[] = {
	{ "og:title", TITLE, 2 },
	{ "twitter:title", TITLE, 3 },
	{ "description", DESCRIPTION, 1 },
	{ "og:description", DESCRIPTION, 2 },
	{ "article:published_time", DATE, 1 },
	{ "datePublished", DATE, 2 },
	{ "pubdate", DATE, 3 },
	{ "publish-date", DATE, 3 },
	{ "publication_date", DATE, 3 },
	{ "date", DATE, 4 },
	{ "DC.date", DATE, 5 },
	{ "DC.date.issued", DATE, 5 },
	{ "dcterms.date", DATE, 5 },
	{ "author", AUTHOR, 1 },
	{ "article:author", AUTHOR, 2 },
	{ "DC.creator", AUTHOR, 3 },
	{ "content-language", LANG, 2 },
	{ "og:locale", LANG, 3 },
	{ "og:url", URL, 2 },
	{ "og:site_name", SOURCE, 1 },
	{ "DC.publisher", SOURCE, 2 },
};
/* clang-format on */

enum {
	RANK_TITLE_ELEMENT = 1,
	RANK_H1 = 4,
	RANK_JSON_LD = 6,
	RANK_TIME_ELEMENT = 7,
	RANK_HTML_LANG = 1,
	RANK_CANONICAL = 1
};

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
	struct value values[NSLOTS];
	unsigned depth;
	unsigned hidden_at, pre_at; /* depth of that element; 0: not in one */
	/* Text of one element is wanted for itself. */
	unsigned capture_at;
	struct buf captured;
	struct page_text capture;
	enum slot capture_slot;
	unsigned capture_rank;
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

/* "en-GB" and "en_GB" are "en". */
static bool clean_language(struct buf *b)
{
	size_t n = strspn(b->data, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (n < 2 || n > 3 || (b->data[n] && !strchr("-_", b->data[n])))
		return false;
	buf_truncate(b, n);
	for (size_t i = 0; i < n; i++)
		b->data[i] |= 0x20;
	return true;
}

static bool is_address(const char *s)
{
	return !strncasecmp(s, "http://", 7) || !strncasecmp(s, "https://", 8);
}

static bool is_good(enum slot slot, struct buf *b)
{
	char date[CLEAN_DATE_MAX];

	if (b->failed || !b->len)
		return false;
	switch (slot) {
	case DATE:
		if (!clean_date(b->data, date))
			return false;
		buf_reset(b);
		buf_adds(b, date);
		return true;
	case LANG:
		return clean_language(b);
	case URL:
		return is_address(b->data) && !strchr(b->data, ' ');
	case AUTHOR: /* often the address of a profile */
		return !is_address(b->data);
	default:
		return true;
	}
}

static void offer(struct page *p, enum slot slot, unsigned rank,
		  const char *value, size_t len)
{
	struct value *v = &p->values[slot];
	struct buf b = BUF_INIT(VALUE_MAX);
	struct page_text t = { .out = &b };

	if (v->rank && v->rank <= rank)
		return;
	page_text_add(&t, value, len, false);
	if (is_good(slot, &b)) {
		free(v->text);
		v->text = xstrndup(b.data, b.len);
		v->rank = rank;
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

		for (size_t i = 0; name && i < sizeof(metas) / sizeof(*metas);
		     i++)
			if (!strcasecmp(metas[i].name, name))
				offer(p, metas[i].slot, metas[i].rank, content,
				      strlen(content));
	}
}

static void take_link(struct page *p, const xmlChar **atts)
{
	const char *rel = attribute(atts, "rel");
	const char *href = attribute(atts, "href");

	if (rel && href && !strcasecmp(rel, "canonical"))
		offer(p, URL, RANK_CANONICAL, href, strlen(href));
}

static void capture(struct page *p, enum slot slot, unsigned rank)
{
	if (p->capture_at)
		return;
	p->capture_at = p->depth;
	p->capture_slot = slot;
	p->capture_rank = rank;
	buf_reset(&p->captured);
	p->capture = (struct page_text){ .out = &p->captured };
}

/* The first "datePublished": "..." of a script of JSON-LD will do. */
static void take_json_ld(struct page *p)
{
	static const char key[] = "\"datePublished\"";
	const char *at = strstr(p->captured.data, key);
	size_t n;

	if (!at)
		return;
	at += sizeof(key) - 1;
	at += strspn(at, " :");
	if (*at++ != '"')
		return;
	n = strcspn(at, "\"");
	offer(p, DATE, RANK_JSON_LD, at, n);
}

static void end_capture(struct page *p)
{
	p->capture_at = 0;
	if (p->captured.failed)
		return;
	if (p->capture_slot == DATE && p->capture_rank == RANK_JSON_LD)
		take_json_ld(p);
	else
		offer(p, p->capture_slot, p->capture_rank, p->captured.data,
		      p->captured.len);
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

/* Elements that are worth more than their text. */
static void take_element(struct page *p, const char *name, const xmlChar **atts)
{
	const char *value;

	if (!strcmp(name, "meta")) {
		take_meta(p, atts);
	} else if (!strcmp(name, "link")) {
		take_link(p, atts);
	} else if (!strcmp(name, "html")) {
		value = attribute(atts, "lang");
		if (!value)
			value = attribute(atts, "xml:lang");
		if (value)
			offer(p, LANG, RANK_HTML_LANG, value, strlen(value));
	} else if (!strcmp(name, "time")) {
		value = attribute(atts, "datetime");
		if (value)
			offer(p, DATE, RANK_TIME_ELEMENT, value, strlen(value));
	} else if (!strcmp(name, "title")) {
		capture(p, TITLE, RANK_TITLE_ELEMENT);
	} else if (!strcmp(name, "h1")) {
		capture(p, TITLE, RANK_H1);
	} else if (!strcmp(name, "script")) {
		value = attribute(atts, "type");
		if (value && !strcasecmp(value, "application/ld+json"))
			capture(p, DATE, RANK_JSON_LD);
	}
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
	return p->capture_at && p->capture_rank == RANK_TITLE_ELEMENT;
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

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* From the name of a tag on: blank out the attributes that are too many. */
static size_t tame_tag(char *s, size_t n)
{
	size_t i = 0, attributes = 0;
	bool valued = false; /* an equals sign stands before */

	while (i < n && s[i] != '>') {
		const size_t from = i;
		char *end = NULL;

		if (valued && (s[i] == '"' || s[i] == '\''))
			end = memchr(s + i + 1, s[i], n - i - 1);
		i = end ? (size_t)(end - s) + 1 : i + 1;
		attributes +=
			(end || is_space(s[from])) && i < n && !is_space(s[i]);
		valued = s[from] == '=' || (valued && is_space(s[from]));
		if (attributes > ATTRIBUTES_MAX)
			memset(s + from, ' ', i - from);
	}
	return i;
}

static void tame(char *s, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (s[i] == '<' && is_letter(s[i + 1]))
			i += tame_tag(s + i + 1, n - i - 1);
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
	tame(s, n);
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
	for (size_t i = 0; i < NSLOTS; i++) {
		const char *text = p->values[i].text;

		if (text)
			document_add(p->doc, slot_names[i], text, strlen(text));
		free(p->values[i].text);
	}
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
