/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_results.c - the answer to a query: count, order, hits, pages
 */
#include "page_parts.h"

enum {
	PAGES_AROUND = 2, /* that are linked, before and behind this one */
	BAR_WIDTH = 80,	  /* of a word's share */
	NUMBER_MAX = 24
};

/* ---------------------------------------------------------------- above -- */

/* "3 ms", "1.2 seconds" */
static void add_took(struct buf *out, uint64_t us)
{
	buf_adds(out, " <span class=\"took\">in ");
	if (us < 1000) {
		add_tenths(out, us < 100 ? 1 : us / 100);
		buf_adds(out, " ms");
	} else if (us < 1000000) {
		buf_addf(out, "%llu ms", (unsigned long long)(us / 1000));
	} else {
		add_tenths(out, us / 100000);
		buf_adds(out, " seconds");
	}
	buf_adds(out, "</span>");
}

bool view_is_folded(const struct view *v)
{
	const struct trawl_head *head = v->head;

	return head->groups && (head->groups != head->total ||
				head->groups_lower != head->lower_bound);
}

/* "At least 1,000 documents in 700 stories, 11 to 20 shown" */
static void add_stories(struct buf *out, const struct view *v)
{
	const struct trawl_head *head = v->head;
	const struct page_link each = {
		.value = { [KEY_GROUP] = "none", [KEY_SIMILAR] = v->similar }
	};

	buf_adds(out, head->lower_bound ? "At least " : "");
	add_count(out, head->total, "document", "documents");
	buf_adds(out, head->groups_lower ? " in at least " : " in ");
	if (v->rq->group == TRAWL_GROUP_COPY)
		add_count(out, head->groups, "text", "texts");
	else
		add_count(out, head->groups, "story", "stories");
	if (head->hits && (head->hits < head->groups || v->rq->offset)) {
		buf_adds(out, ", ");
		add_number(out, v->rq->offset + (uint64_t)1);
		buf_adds(out, " to ");
		add_number(out, v->rq->offset + (uint64_t)head->hits);
		buf_adds(out, " shown");
	}
	buf_adds(out, " <a class=\"unfold\"");
	page_href(out, v->p, "/", &each);
	buf_adds(out, ">Show each document</a>");
}

/* "11 to 20 of at least 1,000 documents" */
static void add_total(struct buf *out, const struct view *v)
{
	const struct trawl_head *head = v->head;
	bool all = head->hits == head->total && !v->rq->offset;

	if (head->hits && !all) {
		add_number(out, v->rq->offset + (uint64_t)1);
		buf_adds(out, " to ");
		add_number(out, v->rq->offset + (uint64_t)head->hits);
		buf_adds(out, head->lower_bound ? " of at least " : " of ");
	} else if (head->lower_bound) {
		buf_adds(out, "At least ");
	}
	add_count(out, head->total, "document", "documents");
}

static void add_like(struct buf *out, const struct view *v)
{
	if (!v->similar)
		return;
	buf_adds(out, " like <a");
	page_view_href(out, v->p, v->similar, NULL);
	buf_addc(out, '>');
	html_adds(out, v->similar);
	buf_adds(out, "</a>");
}

static void add_status(struct buf *out, const struct view *v)
{
	buf_adds(out, "<p class=\"count\" id=\"count\" role=\"status\">");
	if (!v->head->total)
		buf_adds(out, v->head->lower_bound ? "No document so far"
						   : "No document");
	else if (view_is_folded(v))
		add_stories(out, v);
	else
		add_total(out, v);
	if (page_value(v->p, KEY_STORY))
		buf_adds(out, " of one story");
	add_like(out, v);
	add_took(out, v->head->took_us);
	buf_adds(out, "</p>\n");
}

static const struct {
	const char *sort, *label;
} orders[] = {
	{ "relevance", "Relevance" },
	{ "-date", "Newest" },
	{ "date", "Oldest" },
};

static void add_order(struct buf *out, const struct view *v, const char *sort,
		      const char *label, bool current)
{
	const struct page_link link = {
		/* Relevance is what is when nothing is said. */
		.value = { [KEY_SORT] = strcmp(sort, "relevance") ? sort : "" }
	};

	buf_adds(out, "\t<a");
	if (current)
		buf_adds(out, " aria-current=\"true\"");
	page_href(out, v->p, "/", &link);
	buf_addc(out, '>');
	html_adds(out, label);
	buf_adds(out, "</a>\n");
}

/* Words by themselves, which could all be asked for. */
static bool has_several_words(const char *q)
{
	return strchr(q, ' ') && !strpbrk(q, "\"():*~^=+") &&
	       !strstr(q, " OR ") && !strstr(q, " AND ");
}

static void add_match_link(struct buf *out, const struct view *v)
{
	const struct page_link link = { .value = { [KEY_MATCH] = "all" } };

	if (v->rq->match == TRAWL_ALL || !has_several_words(v->query))
		return;
	buf_adds(out, "\t<a class=\"match\"");
	page_href(out, v->p, "/", &link);
	buf_adds(out, ">All words</a>\n");
}

static void add_orders(struct buf *out, const struct view *v)
{
	const char *sort = v->rq->sort ? v->rq->sort : "relevance";
	bool known = false;

	if (v->similar || v->head->total < 2)
		return;
	/* Without a word to rank by, newest first is what there is. */
	if (!*v->query && !strcmp(sort, "relevance"))
		sort = "-date";
	buf_adds(out, "<nav class=\"sort\" aria-label=\"Order\">\n");
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		bool current = !strcmp(sort, orders[i].sort);

		known |= current;
		if (i || *v->query)
			add_order(out, v, orders[i].sort, orders[i].label,
				  current);
	}
	if (!known)
		add_order(out, v, sort, sort, true);
	add_match_link(out, v);
	buf_adds(out, "</nav>\n");
}

/* ----------------------------------------------------------------- hits -- */

static const char *field_of(const struct trawl_hit *hit, const char *name)
{
	for (size_t i = 0; i < hit->nfields; i++)
		if (!strcmp(hit->fields[i].name, name) && !hit->fields[i].json)
			return hit->fields[i].value;
	return NULL;
}

static void add_snippets(struct buf *out, const struct trawl_hit *hit)
{
	for (size_t i = 0; i < hit->nsnippets; i++)
		buf_addf(out, "\t\t<p class=\"snippet\" dir=\"auto\">%s</p>\n",
			 hit->snippets[i]);
}

static void add_heading(struct buf *out, const struct view *v,
			const struct trawl_hit *hit)
{
	bool titled = hit->title && *hit->title;

	buf_adds(out, "\t\t<h2 dir=\"auto\"><a");
	page_view_href(out, v->p, hit->id, hit->index);
	buf_addc(out, '>');
	html_adds(out, titled ? hit->title : hit->id);
	buf_adds(out, "</a></h2>\n");
}

/* Those that it stands for. */
static void add_similar(struct buf *out, const struct view *v,
			const struct trawl_hit *hit)
{
	const struct page_link story = { .value = { [KEY_GROUP] = "",
						    [KEY_STORY] = hit->story,
						    [KEY_SIMILAR] =
							    v->similar } };
	bool copies = v->rq->group == TRAWL_GROUP_COPY;

	if (!hit->similar || !hit->story)
		return;
	buf_adds(out, "<a class=\"story\"");
	page_href(out, v->p, "/", &story);
	buf_adds(out, ">+");
	add_number(out, hit->similar);
	buf_adds(out, copies ? " more like it" : " more of this story");
	buf_adds(out, "</a> ");
}

static void add_more(struct buf *out, const struct view *v,
		     const struct trawl_hit *hit)
{
	const struct page_link like = { .value = { [KEY_Q] = "",
						   [KEY_SORT] = "",
						   [KEY_MATCH] = "",
						   [KEY_RANKING] = "",
						   [KEY_STORY] = "",
						   [KEY_SINCE] = "",
						   [KEY_UNTIL] = "",
						   [KEY_SIMILAR] = hit->id } };
	char offset[NUMBER_MAX];
	const struct page_link why = {
		.value = { [KEY_EXPLAIN] = "1", [KEY_OFFSET] = offset },
		.hit = hit->rank
	};

	buf_adds(out, "\t\t<p class=\"more\">");
	add_similar(out, v, hit);
	buf_adds(out, "<a class=\"similar\"");
	page_href(out, v->p, "/", &like);
	buf_adds(out, ">More like this</a>");
	if (!v->similar && *v->query && !v->rq->explain) {
		snprintf(offset, sizeof(offset), "%.0u", v->rq->offset);
		buf_adds(out, " <a class=\"why\"");
		page_href(out, v->p, "/", &why);
		html_attr(out, "data-id", hit->id);
		buf_adds(out, ">Why here?</a>");
	}
	buf_adds(out, "</p>\n");
}

/* ------------------------------------------------------------- explains -- */

/* A list with commas, with a blank behind each. */
static void add_list(struct buf *out, const char *list)
{
	for (; list && *list; list += *list == ',') {
		size_t n = strcspn(list, ",");

		html_add(out, list, n);
		list += n;
		if (*list)
			buf_adds(out, ", ");
	}
}

/* Three decimals, with a point whatever the locale. */
static void add_score(struct buf *out, double score)
{
	unsigned long long milli =
		score > 0 ? (unsigned long long)(score * 1000 + 0.5) : 0;

	buf_addf(out, "%llu.%03u", milli / 1000, (unsigned)(milli % 1000));
}

static int bar_width(double part, double most)
{
	return most > 0 && part > 0 ? (int)(part / most * BAR_WIDTH + 0.5) : 0;
}

/* What is for standing at the beginning is the bar's second part. */
static void add_share(struct buf *out, const struct trawl_share *s, double most)
{
	const int all = bar_width(s->score, most);
	const int rest = bar_width(s->score - s->lead, most);

	buf_adds(out, "\t\t\t<tr><th scope=\"row\">");
	html_adds(out, s->word);
	if (s->with) {
		buf_adds(out, " near ");
		html_adds(out, s->with);
	}
	buf_adds(out, "</th><td>");
	add_list(out, s->found);
	buf_adds(out, "</td><td>");
	if (s->count)
		buf_addf(out, "%u", s->count);
	buf_adds(out, "</td><td>");
	if (s->first)
		buf_addf(out, "%u", s->first);
	buf_addf(out,
		 "</td><td><svg class=\"bar\" width=\"%d\" height=\"8\" "
		 "aria-hidden=\"true\"><rect width=\"%d\" height=\"8\"/>"
		 "<rect class=\"lead\" x=\"%d\" width=\"%d\" "
		 "height=\"8\"/></svg> ",
		 BAR_WIDTH, rest, rest, all - rest);
	add_score(out, s->score);
	buf_adds(out, "</td></tr>\n");
}

/* Words that stand near stopwords are not, where they give no half percent. */
static bool is_worth_telling(const struct trawl_share *s, double sum)
{
	return !s->with || 200 * s->score >= sum;
}

static void add_explanation(struct buf *out, const struct view *v,
			    const struct trawl_hit *hit)
{
	const struct trawl_share neighbours = { .word = "(documents like it)",
						.score = hit->neighbours };
	double sum = hit->neighbours;

	if (!v->rq->explain)
		return;
	for (size_t i = 0; i < hit->nexplain; i++)
		sum += hit->explain[i].score;
	if (!hit->nexplain) {
		buf_adds(out, "\t\t<p class=\"explain\">No word of the query "
			      "weighs here: it only narrows.</p>\n");
		return;
	}
	buf_adds(out, "\t\t<table class=\"explain\">\n"
		      "\t\t\t<caption>Score ");
	add_score(out, sum);
	buf_adds(out, "</caption>\n"
		      "\t\t\t<thead><tr><th scope=\"col\">Word</th>"
		      "<th scope=\"col\">Found as</th>"
		      "<th scope=\"col\">Times</th>"
		      "<th scope=\"col\">First at word</th>"
		      "<th scope=\"col\">Share</th></tr></thead>\n"
		      "\t\t\t<tbody>\n");
	for (size_t i = 0; i < hit->nexplain; i++)
		if (is_worth_telling(&hit->explain[i], sum))
			add_share(out, &hit->explain[i], hit->explain[0].score);
	if (hit->neighbours > 0)
		add_share(out, &neighbours, hit->explain[0].score);
	buf_adds(out, "\t\t\t</tbody>\n\t\t</table>\n");
}

static void add_hit(struct buf *out, const struct view *v,
		    const struct trawl_hit *hit)
{
	const struct page_facts facts = { .source = hit->source,
					  .date = hit->date,
					  .index = hit->index,
					  .url = field_of(hit, "url") };

	buf_addf(out, "\t<li class=\"hit\" id=\"hit-%u\"", hit->rank);
	add_lang(out, field_of(hit, "lang"));
	buf_adds(out, ">\n");
	add_heading(out, v, hit);
	add_facts(out, &facts);
	add_snippets(out, hit);
	add_more(out, v, hit);
	add_explanation(out, v, hit);
	buf_adds(out, "\t</li>\n");
}

static void add_hits(struct buf *out, const struct view *v)
{
	bool side = page_has_side(v);

	buf_addf(out,
		 "<div class=\"columns%s\">\n"
		 "<ol class=\"hits\" start=\"%u\">\n",
		 side ? "" : " alone", v->rq->offset + 1);
	for (size_t i = 0; i < v->head->hits; i++)
		add_hit(out, v, trawl_result_hit(v->res, i));
	buf_adds(out, "</ol>\n");
	if (side)
		page_side(out, v);
	buf_adds(out, "</div>\n");
}

/* ---------------------------------------------------------------- below -- */

static void add_page_link(struct buf *out, const struct view *v, unsigned page,
			  const char *rel, const char *label)
{
	char offset[NUMBER_MAX];
	const struct page_link link = {
		.value = { [KEY_OFFSET] = offset,
			   [KEY_SIMILAR] = v->similar,
			   [KEY_EXPLAIN] = v->rq->explain ? "1" : NULL }
	};

	/* The first page's address is the query's own. */
	snprintf(offset, sizeof(offset), "%.0u", page * PAGE_HITS);
	buf_adds(out, "\t<a");
	if (rel)
		buf_addf(out, " rel=\"%s\"", rel);
	else if (page == v->rq->offset / PAGE_HITS)
		buf_adds(out, " aria-current=\"page\"");
	page_href(out, v->p, "/", &link);
	buf_addc(out, '>');
	if (label)
		buf_adds(out, label);
	else
		add_number(out, page + (uint64_t)1);
	buf_adds(out, "</a>\n");
}

static void add_page_numbers(struct buf *out, const struct view *v,
			     unsigned current, unsigned last)
{
	unsigned from = current > PAGES_AROUND ? current - PAGES_AROUND : 0;
	unsigned to =
		current + PAGES_AROUND < last ? current + PAGES_AROUND : last;

	if (from)
		add_page_link(out, v, 0, NULL, NULL);
	if (from > 1)
		buf_adds(out, "\t<span class=\"gap\">&hellip;</span>\n");
	for (unsigned page = from; page <= to; page++)
		add_page_link(out, v, page, NULL, NULL);
}

/* As far as is known: behind the last story that was met there may be others. */
static uint64_t count_hits(const struct view *v)
{
	const struct trawl_head *head = v->head;
	uint64_t end = v->rq->offset + (uint64_t)head->hits;

	if (!view_is_folded(v))
		return head->total;
	return head->groups + (head->groups_lower && head->groups <= end);
}

static void add_pages(struct buf *out, const struct view *v)
{
	uint64_t total = count_hits(v);
	unsigned reach =
		total < TRAWL_DEPTH_MAX ? (unsigned)total : TRAWL_DEPTH_MAX;
	unsigned last = reach ? (reach - 1) / PAGE_HITS : 0;
	unsigned current = v->rq->offset / PAGE_HITS;

	if (!last || current > last)
		return;
	buf_adds(out, "<nav class=\"pages\" aria-label=\"Pages\">\n");
	if (current)
		add_page_link(out, v, current - 1, "prev", "Previous");
	add_page_numbers(out, v, current, last);
	if (current < last)
		add_page_link(out, v, current + 1, "next", "Next");
	buf_adds(out, "</nav>\n");
	if (current == last && total > TRAWL_DEPTH_MAX)
		buf_adds(out, "<p class=\"note note-deep\">Pages end here: to "
			      "see other documents, narrow the search.</p>\n");
}

static void add_feed(struct buf *out, const struct view *v)
{
	const struct page_link feed = {
		.value = { [KEY_Q] = v->query, [KEY_SORT] = "-date" }
	};
	const struct page_link json = { .value = { [KEY_Q] = v->query } };

	if (v->similar || !*v->query)
		return;
	buf_adds(out, "<p class=\"feed\"><a");
	page_href(out, v->p, "/search?fmt=atom", &feed);
	buf_adds(out, ">Feed of this search</a> <a");
	page_href(out, v->p, "/search", &json);
	buf_adds(out, ">As JSON</a></p>\n");
}

/* ------------------------------------------------------------- together -- */

static const char *query_of(const struct page *p, const struct trawl_head *head,
			    bool similar)
{
	const char *q = page_value(p, KEY_Q);

	if (head->read_as)
		return head->read_as;
	if (head->correct_ran)
		return head->corrected;
	return similar || !q ? "" : q;
}

static void add_body(struct buf *out, const struct view *v, const char *title)
{
	buf_adds(out, "<h1 class=\"sr\">");
	html_adds(out, title);
	buf_adds(out, "</h1>\n");
	add_status(out, v);
	page_notes(out, v);
	page_chips(out, v);
	if (!v->head->hits) {
		page_empty(out, v);
		return;
	}
	add_orders(out, v);
	add_hits(out, v);
	add_pages(out, v);
	add_feed(out, v);
}

void page_results(struct buf *out, const struct page *p,
		  const struct trawl_request *rq,
		  const struct trawl_result *res, const char *similar_to)
{
	const struct trawl_head *result = trawl_result_head(res);
	const struct view v = {
		.p = p,
		.rq = rq,
		.res = res,
		.head = result,
		.similar = similar_to,
		.query = query_of(p, result, similar_to),
	};
	const char *q = page_value(p, KEY_Q);
	struct buf title = BUF_INIT(TRAWL_ID_MAX + TRAWL_QUERY_MAX);
	struct page_head head = { .class = "results" };

	if (similar_to)
		buf_addf(&title, "Documents like %s", similar_to);
	else if (q)
		buf_addf(&title, "Results for %s", q);
	else if (page_value(p, KEY_STORY))
		buf_adds(&title, "Documents of one story");
	else
		buf_adds(&title, "All documents");
	head.title = q && !similar_to ? q : title.data;
	head.feed = *v.query ? v.query : NULL;
	page_begin(out, p, &head);
	add_body(out, &v, title.data);
	page_end(out);
	buf_release(&title);
}
