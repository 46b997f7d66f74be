/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_ld.h"

#include "buf.h"
#include "clean_date.h"
#include "clean_language.h"
#include "die.h"
#include "document.h"
#include "page_text.h"

#include <jansson.h>
#include <string.h>

enum {
	NODES_MAX = 2000, /* objects of one script that are looked at */
	NESTING_MAX = 16, /* arrays and graphs in each other */
	ARTICLES_MAX = 3, /* of one page; more are a list */
	AUTHORS_MAX = 8,  /* whose names are put together */
	VALUE_MAX = 2000  /* bytes */
};

struct graph {
	json_t *all[NODES_MAX];
	size_t n;
	json_t *article, *page; /* the first of each */
	size_t narticles;
};

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static bool is_article_type(const char *type)
{
	return ends_with(type, "Article") || ends_with(type, "Posting") ||
	       ends_with(type, "Report");
}

/* "@type": "NewsArticle", or one of several */
static bool has_type(const json_t *object, bool (*is)(const char *))
{
	const json_t *type = json_object_get(object, "@type");
	size_t i;
	json_t *one;

	if (json_is_string(type))
		return is(json_string_value(type));
	json_array_foreach(type, i,
			   one) if (json_is_string(one) &&
				    is(json_string_value(one))) return true;
	return false;
}

static bool is_page_type(const char *type)
{
	return !strcmp(type, "WebPage");
}

static void choose(struct graph *g, json_t *object)
{
	if (has_type(object, is_article_type)) {
		if (!g->narticles++)
			g->article = object;
	} else if (!g->page && has_type(object, is_page_type)) {
		g->page = object;
	}
}

static void walk(struct graph *g, json_t *value, unsigned depth)
{
	size_t i;
	json_t *one;

	if (depth > NESTING_MAX || g->n == NODES_MAX)
		return;
	json_array_foreach(value, i, one) walk(g, one, depth + 1);
	if (!json_is_object(value))
		return;
	g->all[g->n++] = value;
	choose(g, value);
	walk(g, json_object_get(value, "@graph"), depth + 1);
	walk(g, json_object_get(value, "mainEntity"), depth + 1);
}

/* An author may stand elsewhere in the graph, by its @id. */
static const json_t *resolve(const struct graph *g, const json_t *value)
{
	const char *id = json_string_value(json_object_get(value, "@id"));

	if (!id || json_object_get(value, "name"))
		return value;
	for (size_t i = 0; i < g->n; i++) {
		const char *other =
			json_string_value(json_object_get(g->all[i], "@id"));

		if (other && !strcmp(other, id) &&
		    json_object_get(g->all[i], "name"))
			return g->all[i];
	}
	return value;
}

/* "Jo", {"name": "Jo"}, {"@id": "#jo"} */
static const char *name_of(const struct graph *g, const json_t *value)
{
	if (json_is_string(value))
		return json_string_value(value);
	value = json_object_get(resolve(g, value), "name");
	if (json_is_array(value))
		value = json_array_get(value, 0);
	return json_string_value(value);
}

static bool is_address(const char *s)
{
	return strstr(s, "://") != NULL;
}

/* "Jo Eide, Al Roe" of one or several */
static void add_names(const struct graph *g, const json_t *value,
		      struct buf *out)
{
	size_t n = json_is_array(value) ? json_array_size(value) : 1;

	for (size_t i = 0; i < n && i < AUTHORS_MAX; i++) {
		const char *name = name_of(g, json_is_array(value)
						      ? json_array_get(value, i)
						      : value);

		if (!name || !*name || is_address(name))
			continue;
		if (out->len)
			buf_adds(out, ", ");
		buf_adds(out, name);
	}
}

/* White space is made one, as that of the page's text. */
static void guess(struct document *doc, const char *field, const char *value,
		  double confidence, const char *reason)
{
	struct buf b = BUF_INIT(VALUE_MAX);
	struct page_text t = { .out = &b };

	page_text_add(&t, value, strlen(value), false);
	if (!b.failed)
		document_guess(doc, field, b.data, b.len, confidence, reason);
	buf_release(&b);
}

static void guess_string(struct document *doc, const json_t *object,
			 const char *key, const char *field, double confidence,
			 const char *reason)
{
	const json_t *value = json_object_get(object, key);

	if (json_is_array(value))
		value = json_array_get(value, 0);
	if (json_is_string(value))
		guess(doc, field, json_string_value(value), confidence, reason);
}

static void guess_date(struct document *doc, const json_t *object,
		       const char *key, double confidence, const char *reason)
{
	const char *value = json_string_value(json_object_get(object, key));
	char clean[CLEAN_DATE_MAX];

	if (value)
		guess(doc, "date", clean_date(value, clean) ? clean : value,
		      confidence, reason);
}

static void guess_language(struct document *doc, const json_t *object,
			   double confidence, const char *reason)
{
	const json_t *value = json_object_get(object, "inLanguage");
	char code[CLEAN_LANGUAGE_MAX];

	if (json_is_array(value))
		value = json_array_get(value, 0);
	if (json_is_string(value) &&
	    clean_language(json_string_value(value), code))
		guess(doc, "lang", code, confidence, reason);
}

static void read_article(struct document *doc, const struct graph *g,
			 const json_t *o)
{
	struct buf names = BUF_INIT(VALUE_MAX);
	const char *publisher = name_of(g, json_object_get(o, "publisher"));

	guess_string(doc, o, "headline", "title", 0.95, "JSON-LD headline");
	guess_date(doc, o, "datePublished", 0.97, "JSON-LD datePublished");
	guess_date(doc, o, "dateModified", 0.5, "JSON-LD dateModified");
	guess_language(doc, o, 0.9, "JSON-LD inLanguage");
	add_names(g, json_object_get(o, "author"), &names);
	if (!names.len)
		add_names(g, json_object_get(o, "creator"), &names);
	guess(doc, "author", names.data, 0.95, "JSON-LD author");
	if (publisher && !is_address(publisher))
		guess(doc, "source", publisher, 0.93, "JSON-LD publisher");
	buf_release(&names);
}

static void read_page(struct document *doc, const json_t *o)
{
	guess_date(doc, o, "datePublished", 0.85,
		   "JSON-LD datePublished of the page");
	guess_language(doc, o, 0.85, "JSON-LD inLanguage of the page");
}

static void read_graph(struct document *doc, const struct graph *g)
{
	if (g->narticles > ARTICLES_MAX)
		return;
	if (g->article)
		read_article(doc, g, g->article);
	else if (g->page)
		read_page(doc, g->page);
}

void json_ld_read(struct document *doc, const char *text, size_t len)
{
	size_t from = strcspn(text, "{["); /* behind <!-- and <![CDATA[ */
	struct graph *g;
	json_t *root;

	if (from >= len)
		return;
	if (len - from > 7 && !strncmp(text + from, "[CDATA[", 7))
		from += 7;
	root = json_loadb(text + from, len - from, JSON_DISABLE_EOF_CHECK,
			  NULL);
	g = xcalloc(1, sizeof(*g));
	if (root)
		walk(g, root, 0);
	read_graph(doc, g);
	free(g);
	json_decref(root);
}
