/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_notes.c - what an honest answer says beside its hits, the filters in
 * use, and what to try when there are none
 */
#include "page_parts.h"

#include "page_date.h"
#include "page_query.h"

/* ---------------------------------------------------------------- notes -- */

static void begin_note(struct buf *out, const char *kind)
{
	buf_addf(out, "<p class=\"note note-%s\">", kind);
}

static void end_note(struct buf *out)
{
	buf_adds(out, "</p>\n");
}

/* "the,of": <b>the</b>, <b>of</b> */
static void add_words(struct buf *out, const char *list, size_t n)
{
	for (size_t at = 0, len; at < n; at += len + 1) {
		const char *comma = memchr(list + at, ',', n - at);

		len = comma ? (size_t)(comma - list) - at : n - at;
		if (list[at] == '+' && at + len == n) {
			buf_adds(out, " and ");
			html_add(out, list + at + 1, len - 1);
			buf_adds(out, " more");
			continue;
		}
		buf_adds(out, at ? ", <b>" : "<b>");
		html_add(out, list + at, len);
		buf_adds(out, "</b>");
	}
}

static void add_ignored(struct buf *out, const char *ignored)
{
	size_t first = strcspn(ignored, ",");

	begin_note(out, "ignored");
	buf_adds(out, "Beside other words nothing is found by: ");
	add_words(out, ignored, strlen(ignored));
	buf_adds(out, ". With a plus they must be there: <code>+");
	html_add(out, ignored, first);
	buf_adds(out, "</code>");
	end_note(out);
}

static void add_correction(struct buf *out, const struct view *v)
{
	const char *corrected = v->head->corrected;
	const char *q = page_value(v->p, KEY_Q);
	const struct page_link link = { .value = { [KEY_Q] = corrected } };

	begin_note(out, "corrected");
	if (v->head->correct_ran) {
		buf_adds(out, "Nothing was found for <q>");
		html_adds(out, q ? q : "");
		buf_adds(out, "</q>. These are the results for <a");
	} else {
		buf_adds(out, "Did you mean <a");
	}
	page_href(out, v->p, "/", &link);
	buf_addc(out, '>');
	html_adds(out, corrected);
	buf_adds(out, v->head->correct_ran ? "</a>." : "</a>?");
	end_note(out);
}

/* elect* or zelenski~1, not a word that has other spellings. */
static bool is_pattern(const char *s, size_t n)
{
	return memchr(s, '*', n) || memchr(s, '~', n);
}

/* "elect*:election,elected,+12;colour:color": a note each. */
static void add_expansions(struct buf *out, const char *s)
{
	for (; *s; s += *s == ';') {
		size_t n = strcspn(s, ";"), words = n;

		while (words && s[words - 1] != ':')
			words--;
		begin_note(out, "expanded");
		buf_adds(out, "<code>");
		html_add(out, s, words ? words - 1 : 0);
		buf_adds(out, is_pattern(s, words) ? "</code> stands for "
						   : "</code> is also ");
		add_words(out, s + words, n - words);
		if (words == n)
			buf_adds(out, "no word that is here");
		buf_addc(out, '.');
		end_note(out);
		s += n;
	}
}

static void add_timeout(struct buf *out, uint64_t us)
{
	uint64_t tenths = us / 100000;

	begin_note(out, "partial");
	buf_adds(out, "Stopped after ");
	if (tenths >= 10)
		tenths -= tenths % 10;
	add_tenths(out, tenths ? tenths : 1);
	buf_adds(out, tenths == 10 ? " second" : " seconds");
	buf_adds(out, ": these are the best that were found until then.");
	end_note(out);
}

/* Patterns that are cut are named; so it is the story that was. */
static bool is_story_cut(const struct view *v)
{
	const char *expanded = v->head->expanded;

	return page_value(v->p, KEY_STORY) &&
	       !(expanded && is_pattern(expanded, strlen(expanded)));
}

static void add_partial(struct buf *out, const struct view *v)
{
	const struct trawl_head *head = v->head;

	if (strstr(head->partial, "timeout"))
		add_timeout(out, head->took_us);
	if (!strstr(head->partial, "expansion"))
		return;
	begin_note(out, "partial");
	if (is_story_cut(v))
		buf_adds(out, "The story has more documents than are searched "
			      "at once.");
	else
		buf_adds(
			out,
			"More words begin like that than are searched at once: "
			"the most frequent ones were. A longer beginning is "
			"exact.");
	end_note(out);
}

static void add_read(struct buf *out, const struct view *v)
{
	begin_note(out, "read");
	/* An explained query is told whether it needed forgiving or not. */
	buf_adds(out, v->rq->explain ? "Read as "
				     : "Not all of that is a query. It was "
				       "read as ");
	if (*v->head->read_as) {
		buf_adds(out, "<code>");
		html_adds(out, v->head->read_as);
		buf_adds(out, "</code>.");
	} else {
		buf_adds(out, "no query at all, which is every document.");
	}
	end_note(out);
}

static void add_broken(struct buf *out, const struct page *p)
{
	const char *in = page_value(p, KEY_IN);

	for (size_t i = 0; i < p->nindexes; i++) {
		if (!p->index[i].broken ||
		    (in && strcmp(in, p->index[i].name) != 0))
			continue;
		begin_note(out, "broken");
		buf_adds(out, "The index <b>");
		html_adds(out, p->index[i].name);
		buf_adds(out, "</b> cannot be read just now.");
		end_note(out);
	}
}

void page_notes(struct buf *out, const struct view *v)
{
	const struct trawl_head *head = v->head;

	if (head->corrected)
		add_correction(out, v);
	if (head->read_as)
		add_read(out, v);
	if (head->ignored)
		add_ignored(out, head->ignored);
	if (head->expanded)
		add_expansions(out, head->expanded);
	if (head->partial)
		add_partial(out, v);
	if (head->stale_analyzer) {
		begin_note(out, "stale");
		buf_adds(out, "This index was made by another version of "
			      "trawl. Some words may be missed until it is "
			      "built again.");
		end_note(out);
	}
	add_broken(out, v->p);
}

/* -------------------------------------------------------------- filters -- */

typedef void add_item(struct buf *out, const struct view *v,
		      const struct page_link *link, const struct buf *label);

static void each_query_filter(struct buf *out, const struct view *v,
			      add_item *add)
{
	struct page_filters all;
	struct page_filter f;
	bool text;

	page_filters_begin(&all, v->query);
	while (page_filters_next(&all, &f)) {
		struct buf rest = BUF_INIT(2 * TRAWL_QUERY_MAX);
		struct buf value = BUF_INIT(TRAWL_QUERY_MAX);
		struct buf label = BUF_INIT(8 * TRAWL_QUERY_MAX);
		struct page_link link = { .value = { NULL } };

		if (!view_has_field(v, f.name, f.name_len, &text) || text)
			continue;
		page_query_without(v->query, &f, &rest);
		page_filter_value(&f, &value);
		if (f.negative)
			buf_adds(&label, "Not ");
		add_label(&label, f.name, f.name_len);
		buf_adds(&label, ": ");
		html_add(&label, value.data, value.len);
		link.value[KEY_Q] = rest.data;
		/* Nothing left is a page of all documents, not the first. */
		if (!rest.len && !page_value(v->p, KEY_SORT))
			link.value[KEY_SORT] = "-date";
		add(out, v, &link, &label);
		buf_release(&rest);
		buf_release(&value);
		buf_release(&label);
	}
}

/* Told otherwise than a page does by itself. */
static void each_group_filter(struct buf *out, const struct view *v,
			      add_item *add)
{
	const struct page_link link = {
		.value = { [KEY_GROUP] = "", [KEY_SIMILAR] = v->similar }
	};
	struct buf label = BUF_INIT(TRAWL_QUERY_MAX);

	buf_adds(&label, v->rq->group == TRAWL_GROUP_COPY ? "Copies once"
							  : "Each document");
	add(out, v, &link, &label);
	buf_release(&label);
}

static void add_story_filter(struct buf *out, const struct view *v,
			     add_item *add)
{
	struct page_link link = {
		.value = { [KEY_STORY] = "", [KEY_SIMILAR] = v->similar }
	};
	struct buf label = BUF_INIT(TRAWL_QUERY_MAX);

	if (!*v->query && !v->similar && !page_value(v->p, KEY_SORT))
		link.value[KEY_SORT] = "-date";
	buf_adds(&label, "One story");
	add(out, v, &link, &label);
	buf_release(&label);
}

static void add_ranking_filter(struct buf *out, const struct view *v,
			       add_item *add)
{
	const struct page_link link = { .value = { [KEY_RANKING] = "" } };
	struct buf label = BUF_INIT(TRAWL_QUERY_MAX);

	buf_adds(&label, "Ranking: ");
	html_adds(&label, page_value(v->p, KEY_RANKING));
	add(out, v, &link, &label);
	buf_release(&label);
}

static void each_filter(struct buf *out, const struct view *v, add_item *add)
{
	const char *since = page_value(v->p, KEY_SINCE);
	const char *until = page_value(v->p, KEY_UNTIL);
	struct buf label = BUF_INIT(TRAWL_QUERY_MAX);

	if (since || until) {
		struct page_link link = { .value = { [KEY_SINCE] = "",
						     [KEY_UNTIL] = "",
						     [KEY_SIMILAR] =
							     v->similar } };

		if (!*v->query && !v->similar && !page_value(v->p, KEY_SORT))
			link.value[KEY_SORT] = "-date";
		add_period(&label, since, until);
		add(out, v, &link, &label);
	}
	if (page_value(v->p, KEY_STORY))
		add_story_filter(out, v, add);
	if (v->head->total && page_value(v->p, KEY_GROUP) &&
	    v->rq->group != TRAWL_GROUP_STORY)
		each_group_filter(out, v, add);
	if (page_value(v->p, KEY_RANKING) && !v->similar)
		add_ranking_filter(out, v, add);
	if (v->rq->match == TRAWL_ALL) {
		const struct page_link link = { .value = { [KEY_MATCH] = "" } };

		buf_reset(&label);
		buf_adds(&label, "All words");
		add(out, v, &link, &label);
	}
	if (!v->similar)
		each_query_filter(out, v, add);
	buf_release(&label);
}

static void add_chip(struct buf *out, const struct view *v,
		     const struct page_link *link, const struct buf *label)
{
	buf_adds(out, "\t<a class=\"filter\"");
	page_href(out, v->p, "/", link);
	buf_addf(out,
		 "><span class=\"sr\">Remove the filter </span>%s "
		 "<span aria-hidden=\"true\">&times;</span></a>\n",
		 label->data);
}

static const char chips_begin[] =
	"<nav class=\"filters\" aria-label=\"Filters in use\">\n";

void page_chips(struct buf *out, const struct view *v)
{
	size_t before = out->len;

	buf_adds(out, chips_begin);
	each_filter(out, v, add_chip);
	if (out->len > before + sizeof(chips_begin) - 1)
		buf_adds(out, "</nav>\n");
	else if (!out->failed)
		buf_truncate(out, before);
}

/* ---------------------------------------------------------------- empty -- */

static void add_attempt(struct buf *out, const struct view *v,
			const struct page_link *link, const struct buf *label)
{
	buf_adds(out, "\t\t<li>Without the filter <a");
	page_href(out, v->p, "/", link);
	buf_addf(out, ">%s</a></li>\n", label->data);
}

static void add_all_indexes(struct buf *out, const struct view *v)
{
	const struct page_link link = {
		.value = { [KEY_IN] = "", [KEY_SIMILAR] = v->similar }
	};

	if (v->p->nindexes < 2 || !page_value(v->p, KEY_IN))
		return;
	buf_adds(out, "\t\t<li><a");
	page_href(out, v->p, "/", &link);
	buf_adds(out, ">In all indexes</a></li>\n");
}

/* One word of letters: what begins so? */
static void add_beginning(struct buf *out, const struct view *v)
{
	struct buf star = BUF_INIT(TRAWL_QUERY_MAX);
	struct page_link link = { .value = { NULL } };
	size_t n = strlen(v->query);

	if (n < 3 || n > 100 || strpbrk(v->query, " \"()*~^=+-:\\"))
		return;
	buf_addf(&star, "%s*", v->query);
	link.value[KEY_Q] = star.data;
	buf_adds(out, "\t\t<li>Words that begin so: <a");
	page_href(out, v->p, "/", &link);
	buf_adds(out, "><code>");
	html_adds(out, star.data);
	buf_adds(out, "</code></a></li>\n");
	buf_release(&star);
}

/* There are some, but not so many. */
static void add_first_page(struct buf *out, const struct view *v)
{
	const struct page_link link = { .value = { [KEY_SIMILAR] =
							   v->similar } };

	buf_adds(out, "<section class=\"empty\">\n\t<h2>That is all</h2>\n"
		      "\t<p>There is no page behind the last one. <a");
	page_href(out, v->p, "/", &link);
	buf_adds(out, ">To the first page</a></p>\n</section>\n");
}

void page_empty(struct buf *out, const struct view *v)
{
	if (v->head->total) {
		add_first_page(out, v);
		return;
	}
	buf_addf(out,
		 "<section class=\"empty\">\n"
		 "\t<h2>Nothing found%s</h2>\n"
		 "\t<p>What you can try:</p>\n"
		 "\t<ul>\n",
		 v->head->lower_bound ? " in time" : "");
	each_filter(out, v, add_attempt);
	add_all_indexes(out, v);
	if (!v->similar) {
		add_beginning(out, v);
		buf_adds(out, "\t\t<li>Other words, or fewer</li>\n"
			      "\t\t<li>Another spelling: <code>zelenski~</code>"
			      " finds what is spelled nearly so</li>\n");
	}
	buf_adds(out, "\t\t<li><a href=\"/\">Begin anew</a></li>\n"
		      "\t</ul>\n"
		      "</section>\n");
}
