/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_side.c - what narrows: facets as bars; and which of them a page asks for
 */
#include "page_parts.h"

#include "page_date.h"
#include "page_query.h"

#include <strings.h>

enum {
	VALUES_SHOWN = 7, /* of a facet; more are behind a click */
	VALUES_MAX = 25
};

/* --------------------------------------------------------------- request -- */

static bool is_fit(const struct trawl_field_info *f)
{
	/* Of a text's words there would be too many. */
	return f->facet && f->type == TRAWL_KEYWORD &&
	       strlen(f->name) < PAGE_FACETS_BYTES / PAGE_FACETS - 1;
}

/* Who made a field wants it more than what every index has. */
static unsigned rank_of(const char *name)
{
	static const char *const built_in[] = { "topic", "author", "lang" };

	if (!strcmp(name, "source"))
		return 0;
	for (unsigned i = 0; i < sizeof(built_in) / sizeof(*built_in); i++)
		if (!strcmp(name, built_in[i]))
			return 2 + i;
	return 1;
}

static void choose_facets(const struct trawl_info *info,
			  char facets[PAGE_FACETS_BYTES])
{
	size_t n = 0, len = 0;

	*facets = '\0';
	if (!info)
		return;
	for (unsigned rank = 0; rank < 5; rank++)
		for (size_t i = 0; i < info->nfields && n < PAGE_FACETS; i++) {
			const struct trawl_field_info *f = &info->fields[i];

			if (!is_fit(f) || rank_of(f->name) != rank)
				continue;
			len += (size_t)snprintf(facets + len,
						PAGE_FACETS_BYTES - len, "%s%s",
						n ? "," : "", f->name);
			n++;
		}
}

static bool are_few_days(const char *since, const char *until)
{
	struct page_date first, last;
	int64_t days;

	if (!since || !until || !page_date_read(since, &first) ||
	    !page_date_read(until, &last))
		return false;
	days = page_date_days(page_date_last(last)) -
	       page_date_days(page_date_first(first));
	return days >= 0 && days < PAGE_DAYS;
}

void page_request(const struct page *p, const struct trawl_info *info,
		  struct trawl_request *rq, char facets[PAGE_FACETS_BYTES])
{
	rq->limit = PAGE_HITS;
	if (!page_value(p, KEY_GROUP) && !page_value(p, KEY_STORY))
		rq->group = TRAWL_GROUP_STORY;
	rq->snippets = PAGE_SNIPPETS;
	rq->mark = TRAWL_MARK_HTML;
	rq->fields = NULL;
	rq->format = TRAWL_JSON;
	rq->correct = true;
	rq->timeline = are_few_days(rq->since, rq->until)
			       ? TRAWL_TIMELINE_DAY
			       : TRAWL_TIMELINE_MONTH;
	choose_facets(info, facets);
	rq->facets = facets;
}

/* ------------------------------------------------------------- narrowing -- */

bool view_has_field(const struct view *v, const char *name, size_t len,
		    bool *text)
{
	const struct trawl_info *info = v->p->info;

	*text = false;
	for (size_t i = 0; info && i < info->nfields; i++) {
		const struct trawl_field_info *f = &info->fields[i];

		if (strlen(f->name) != len || strncasecmp(f->name, name, len))
			continue;
		*text = f->type == TRAWL_TEXT;
		return true;
	}
	for (size_t i = 0; i < v->head->nfacets; i++) {
		const char *facet = trawl_result_facet(v->res, i)->name;

		if (strlen(facet) == len && !strncasecmp(facet, name, len))
			return true;
	}
	return false;
}

/* Is field narrowed to value by a filter of its own?  Then that. */
static bool find_filter(const struct view *v, const char *field,
			const char *value, struct page_filter *out)
{
	struct page_filters all;
	bool found = false;

	page_filters_begin(&all, v->query);
	while (!found && page_filters_next(&all, out)) {
		struct buf text = BUF_INIT(TRAWL_QUERY_MAX);

		page_filter_value(out, &text);
		found = !out->negative && out->name_len == strlen(field) &&
			!strncasecmp(out->name, field, out->name_len) &&
			!strcasecmp(text.data, value);
		buf_release(&text);
	}
	return found;
}

bool add_narrow_href(struct buf *out, const struct view *v, const char *field,
		     const char *value, bool *in_use)
{
	struct buf query = BUF_INIT(4 * TRAWL_QUERY_MAX);
	struct page_link link = { .value = { NULL } };
	struct page_filter f;
	bool text, ok = true;

	view_has_field(v, field, strlen(field), &text);
	*in_use = find_filter(v, field, value, &f);
	if (*in_use)
		page_query_without(v->query, &f, &query);
	else
		ok = page_query_narrow(v->query, field, text, value, &query);
	link.value[KEY_Q] = query.data;
	if (!query.len && !page_value(v->p, KEY_SORT))
		link.value[KEY_SORT] = "-date";
	if (ok)
		page_href(out, v->p, "/", &link);
	buf_release(&query);
	return ok;
}

/* --------------------------------------------------------------- facets -- */

static void add_value(struct buf *out, const struct view *v, const char *field,
		      const struct trawl_facet_value *value, uint64_t most)
{
	unsigned width = (unsigned)(most ? value->count * 100 / most : 0);
	bool in_use, linked;

	buf_adds(out, "\t\t\t<li><a");
	linked = add_narrow_href(out, v, field, value->value, &in_use);
	if (linked && in_use)
		buf_adds(out, " aria-current=\"true\"");
	buf_adds(out, "><span class=\"value\" dir=\"auto\">");
	html_adds(out, value->value);
	buf_adds(out, "</span> <span class=\"n\">");
	add_number(out, value->count);
	buf_addf(out,
		 "</span><svg class=\"bar\" viewBox=\"0 0 100 4\" "
		 "preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		 "<rect width=\"%u\" height=\"4\"/></svg></a></li>\n",
		 width ? width : 1);
}

static void add_values(struct buf *out, const struct view *v,
		       const struct trawl_facet *f, size_t from, size_t to)
{
	buf_adds(out, "\t\t<ul>\n");
	for (size_t i = from; i < to && i < f->nvalues; i++)
		add_value(out, v, f->name, &f->values[i], f->values[0].count);
	buf_adds(out, "\t\t</ul>\n");
}

static void add_facet(struct buf *out, const struct view *v,
		      const struct trawl_facet *f)
{
	size_t more = f->nvalues < VALUES_MAX ? f->nvalues : VALUES_MAX;

	buf_adds(out, "\t<section class=\"facet\">\n\t\t<h2>");
	add_label(out, f->name, strlen(f->name));
	buf_adds(out, "</h2>\n");
	/* One more costs no more room than to say that there is one. */
	if (more <= VALUES_SHOWN + 1) {
		add_values(out, v, f, 0, more);
	} else {
		add_values(out, v, f, 0, VALUES_SHOWN);
		buf_addf(out, "\t\t<details><summary>%zu more</summary>\n",
			 more - VALUES_SHOWN);
		add_values(out, v, f, VALUES_SHOWN, more);
		if (more < f->nvalues)
			buf_adds(out,
				 "\t\t<p class=\"others\">and others, with "
				 "fewer documents</p>\n");
		buf_adds(out, "\t\t</details>\n");
	}
	buf_adds(out, "\t</section>\n");
}

/* ------------------------------------------------------------- together -- */

/* One value that every document has narrows nothing, unless it did. */
static bool has_use(const struct view *v, const struct trawl_facet *f)
{
	struct page_filter used;

	return f->nvalues > 1 ||
	       (f->nvalues == 1 &&
		(f->values[0].count < v->head->total ||
		 find_filter(v, f->name, f->values[0].value, &used)));
}

bool page_has_side(const struct view *v)
{
	if (v->head->nbuckets)
		return true;
	for (size_t i = 0; i < v->head->nfacets; i++)
		if (has_use(v, trawl_result_facet(v->res, i)))
			return true;
	return false;
}

void page_side(struct buf *out, const struct view *v)
{
	buf_adds(out,
		 "<aside class=\"side\" aria-label=\"Narrow it down\">\n"
		 "<details class=\"fold\"><summary>Narrow it down</summary>\n"
		 "<div class=\"parts\">\n");
	page_timeline(out, v);
	for (size_t i = 0; i < v->head->nfacets; i++) {
		const struct trawl_facet *f = trawl_result_facet(v->res, i);

		if (has_use(v, f))
			add_facet(out, v, f);
	}
	buf_adds(out, "</div>\n</details>\n</aside>\n");
}
