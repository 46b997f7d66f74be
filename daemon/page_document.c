/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_document.c - a document, with the way from match to match
 *
 * Matches have the numbers m1, m2, ... as anchors.  Beside each is a way to the
 * one before and the one behind it, hidden until the match is the address's
 * target; so that it needs no script, and nobody who reads or copies meets it.
 */
#include "page_parts.h"

#include "utf8.h"

#include <jansson.h>

enum {
	FIELD_MAX = 4000 /* bytes of a field that are shown */
};

static const char *field_of(const struct trawl_doc *doc, const char *name)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, name) &&
		    !doc->fields[i].json && *doc->fields[i].value)
			return doc->fields[i].value;
	return NULL;
}

static const char *title_of(const struct trawl_doc *doc)
{
	const char *title = field_of(doc, "title");

	return title ? title : doc->id;
}

/* ---------------------------------------------------------------- marks -- */

#define MARK	 "<b>"
#define MARK_END "</b>"

/* The next mark or the text's end; the library escaped all other "<". */
static size_t next_mark(const char *marked, size_t at, size_t n)
{
	const char *mark = memmem(marked + at, n - at, MARK, strlen(MARK));

	return mark ? (size_t)(mark - marked) : n;
}

static size_t count_marks(const char *marked, size_t n)
{
	size_t marks = 0;

	for (size_t at = next_mark(marked, 0, n); at < n;
	     at = next_mark(marked, at + 1, n))
		marks++;
	return marks;
}

static void add_step(struct buf *out, size_t number, size_t marks)
{
	buf_addf(out,
		 "<span class=\"step\" hidden><a href=\"#m%zu\" "
		 "aria-label=\"Previous match\">&lsaquo;</a><a href=\"#m%zu\" "
		 "aria-label=\"Next match\">&rsaquo;</a></span>",
		 number > 1 ? number - 1 : marks,
		 number < marks ? number + 1 : (size_t)1);
}

static void add_marked(struct buf *out, const char *marked, size_t n,
		       size_t marks)
{
	size_t at = 0, number = 0;

	while (number < marks) {
		size_t mark = next_mark(marked, at, n);
		const char *inside = marked + mark + strlen(MARK);
		const char *end = memmem(inside, n - mark - strlen(MARK),
					 MARK_END, strlen(MARK_END));

		if (!end)
			break;
		buf_add(out, marked + at, mark - at);
		buf_addf(out, "<b id=\"m%zu\" tabindex=\"-1\">", ++number);
		at = (size_t)(end - marked) + strlen(MARK_END);
		buf_add(out, inside, at - (size_t)(inside - marked));
		add_step(out, number, marks);
	}
	buf_add(out, marked + at, n - at);
}

static void add_matches(struct buf *out, const struct page *p, size_t marks,
			bool more)
{
	if (!marks) {
		if (page_value(p, KEY_Q))
			buf_adds(out, "<p class=\"note\">No word of the search "
				      "is in the text.</p>\n");
		return;
	}
	buf_adds(out, "<nav class=\"matches\" aria-label=\"Matches\">"
		      "<span class=\"n\">");
	if (more)
		buf_adds(out, "More than ");
	add_count(out, marks, "match", "matches");
	buf_adds(out, "</span> <a href=\"#m1\">First</a></nav>\n");
}

/* --------------------------------------------------------------- fields -- */

/* What is above the text already, or is it. */
static bool is_shown(const struct trawl_field *f)
{
	static const char *const names[] = { "title", "date", "source",
					     "text" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(f->name, names[i]) && !f->json)
			return true;
	return !f->len;
}

/* ["a","b"]: a, b.  False: it is something else. */
static bool add_list(struct buf *out, const struct trawl_field *f)
{
	json_t *list = f->json && f->len <= FIELD_MAX
			       ? json_loadb(f->value, f->len, 0, NULL)
			       : NULL;
	bool texts = json_is_array(list) && json_array_size(list);
	const json_t *item;
	size_t i;

	for (i = 0; texts && i < json_array_size(list); i++)
		texts = json_is_string(json_array_get(list, i));
	for (i = 0; texts && i < json_array_size(list); i++) {
		item = json_array_get(list, i);
		buf_adds(out, i ? ", " : "");
		html_add(out, json_string_value(item),
			 json_string_length(item));
	}
	json_decref(list);
	return texts;
}

static void add_field(struct buf *out, const struct trawl_field *f)
{
	bool web = !strcmp(f->name, "url") && !f->json && url_is_web(f->value);
	size_t n = utf8_cut(f->value, f->len, FIELD_MAX);

	buf_adds(out, "\t<div><dt>");
	add_label(out, f->name, strlen(f->name));
	buf_adds(out, "</dt> <dd dir=\"auto\">");
	if (web) {
		buf_adds(out, "<a class=\"outside\"");
		html_attr(out, "href", f->value);
		buf_adds(out, " rel=\"noreferrer noopener\">");
	}
	if (!add_list(out, f)) {
		html_add(out, f->value, n);
		buf_adds(out, n < f->len ? "&hellip;" : "");
	}
	buf_adds(out, web ? "</a></dd></div>\n" : "</dd></div>\n");
}

static void add_fields(struct buf *out, const struct trawl_doc *doc)
{
	buf_adds(out, "<dl class=\"fields\">\n");
	for (size_t i = 0; i < doc->nfields; i++)
		if (!is_shown(&doc->fields[i]))
			add_field(out, &doc->fields[i]);
	buf_adds(out, "\t<div><dt>Id</dt> <dd>");
	html_adds(out, doc->id);
	buf_adds(out, "</dd></div>\n</dl>\n");
}

/* ---------------------------------------------------------------- links -- */

/* The index that the document is from, where there are several. */
static const char *home_of(const struct page *p, const struct trawl_doc *doc)
{
	const char *index = page_value(p, KEY_INDEX);

	if (p->nindexes < 2)
		return NULL;
	return index ? index : doc->index ? doc->index : page_value(p, KEY_IN);
}

static void add_way_back(struct buf *out, const struct page *p)
{
	const struct page_link link = { .value = { NULL } };

	if (!page_value(p, KEY_Q))
		return;
	buf_adds(out, "<p class=\"back\"><a rel=\"up\"");
	page_href(out, p, "/", &link);
	buf_adds(out, ">Back to the results</a></p>\n");
}

/* /doc/ID of the index alone: the query has no part in it. */
static void add_doc_link(struct buf *out, const struct page *p,
			 const struct trawl_doc *doc, const char *fmt,
			 const char *label)
{
	const struct page_link link = {
		.value = { [KEY_Q] = "",
			   [KEY_MATCH] = "",
			   [KEY_SORT] = "",
			   [KEY_SINCE] = "",
			   [KEY_UNTIL] = "",
			   [KEY_IN] = home_of(p, doc) ? home_of(p, doc) : "" }
	};
	struct buf path = BUF_INIT(4 * TRAWL_ID_MAX);

	page_add_id(&path, "/doc", doc->id);
	if (*fmt)
		buf_addf(&path, "%sfmt=%s",
			 strchr(path.data, '?') ? "&amp;" : "?", fmt);
	buf_adds(out, " <a");
	page_href(out, p, path.data, &link);
	buf_addf(out, ">%s</a>", label);
	buf_release(&path);
}

static void add_more(struct buf *out, const struct page *p,
		     const struct trawl_doc *doc)
{
	const struct page_link like = { .value = { [KEY_Q] = "",
						   [KEY_MATCH] = "",
						   [KEY_SIMILAR] = doc->id } };

	buf_adds(out, "<p class=\"more\"><a class=\"similar\"");
	page_href(out, p, "/", &like);
	buf_adds(out, ">More like this</a>");
	add_doc_link(out, p, doc, "", "As plain text");
	add_doc_link(out, p, doc, "json", "As JSON");
	buf_adds(out, "</p>\n");
}

/* ------------------------------------------------------------- together -- */

static void add_text(struct buf *out, const struct page *p,
		     const struct trawl_doc *doc, const char *marked, size_t n)
{
	size_t marks = count_marks(marked, n);
	bool more = marks > PAGE_MATCHES;

	if (more)
		marks = PAGE_MATCHES;
	add_matches(out, p, marks, more);
	if (!n) {
		buf_adds(out, "<p class=\"note\">It has no text.</p>\n");
		return;
	}
	/* A line feed behind the tag is not the text's. */
	buf_adds(out, "<pre class=\"text\" dir=\"auto\"");
	add_lang(out, field_of(doc, "lang"));
	buf_adds(out, ">\n");
	add_marked(out, marked, n, marks);
	buf_adds(out, "</pre>\n");
	if (doc->text_len <= PAGE_TEXT_MAX)
		return;
	buf_adds(out, "<p class=\"note note-cut\">The text goes on:");
	add_doc_link(out, p, doc, "", "all of it as plain text");
	buf_adds(out, "</p>\n");
}

void page_document(struct buf *out, const struct page *p,
		   const struct trawl_doc *doc, const char *marked, size_t n)
{
	const struct page_head head = { .class = "document",
					.title = title_of(doc) };
	const struct page_facts facts = { .source = field_of(doc, "source"),
					  .date = field_of(doc, "date"),
					  .index = home_of(p, doc),
					  .url = field_of(doc, "url") };

	page_begin(out, p, &head);
	buf_adds(out, "<article class=\"doc\">\n<div class=\"body\">\n");
	add_way_back(out, p);
	buf_adds(out, "<h1 dir=\"auto\"");
	add_lang(out, field_of(doc, "lang"));
	buf_addc(out, '>');
	html_adds(out, title_of(doc));
	buf_adds(out, "</h1>\n");
	add_facts(out, &facts);
	add_text(out, p, doc, marked, n);
	buf_adds(out, "</div>\n<div class=\"about\">\n");
	add_fields(out, doc);
	add_more(out, p, doc);
	buf_adds(out, "</div>\n</article>\n");
	page_end(out);
}
