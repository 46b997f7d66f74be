/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article.h"

#include "agency.h"
#include "article_author.h"
#include "article_date.h"
#include "article_lines.h"
#include "article_title.h"
#include "furniture.h"
#include "guess_list.h"
#include "line_text.h"

#include <string.h>

enum {
	TAIL_BYTES = 1200, /* where a copyright line is looked for */
	TAIL_LINE = 240,
	OWNER_WORDS_MAX = 6
};

/* ----------------------------------------------------- who published it -- */

static void add_owner(struct article *a, struct guess_list *list, const char *s,
		      size_t len)
{
	const char *agency = agency_named(s, len);

	if (agency && !a->wire)
		a->wire = agency;
	guess_add(list, "source", s, len, agency ? 0.35 : 0.7,
		  agency ? "owner of the copyright, an agency"
			 : "owner of the copyright");
}

/* Years, signs and "by" before the owner's name. */
static size_t owner_begin(const char *s, size_t len, size_t at)
{
	while (at < len) {
		size_t n = blank_at(s + at, len - at);

		n = n ? n : dash_at(s + at, len - at);
		if (!n && (is_digit(s[at]) || strchr("(),.", s[at])))
			n = 1;
		if (!n && starts_with(s + at, len - at, "\xC2\xA9"))
			n = 2;
		if (!n && starts_with(s + at, len - at, "by "))
			n = 3;
		if (!n)
			break;
		at += n;
	}
	return at;
}

static bool cut_one(const char *s, size_t *len, const char *const *endings,
		    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t cut = strlen(endings[i]);

		if (*len > cut &&
		    starts_with(s + *len - cut, cut, endings[i])) {
			*len -= cut;
			return true;
		}
	}
	return false;
}

/* "Harbour Post Publishing Ltd" publishes the Harbour Post. */
static size_t without_company(const char *s, size_t len)
{
	static const char *const forms[] = { " ltd", " limited", " inc",
					     " llc", " plc",	 " gmbh" };
	static const char *const trades[] = { " publishing", " publications",
					      " publishers" };

	if (cut_one(s, &len, forms, sizeof(forms) / sizeof(*forms)))
		cut_one(s, &len, trades, sizeof(trades) / sizeof(*trades));
	return len;
}

/* "Copyright 2024 Harbour Post. All rights reserved", "(c) Harbour Post 2024" */
static void read_copyright(struct article *a, struct guess_list *list,
			   const char *s, size_t len)
{
	size_t at, n = 0, words = 1;

	if (starts_with(s, len, "copyright"))
		at = owner_begin(s, len, 9);
	else if (starts_with(s, len, "\xC2\xA9") || starts_with(s, len, "(c)"))
		at = owner_begin(s, len, 2 + (*s == '('));
	else
		return;
	if (starts_with(s + at, len - at, "copyright"))
		at = owner_begin(s, len, at + 9);
	s += at;
	len -= at;
	while (n < len && !strchr(".,|;(", s[n]) && !is_digit(s[n]) &&
	       !starts_with(s + n, len - n, " all rights"))
		words += s[n++] == ' ';
	trim(&s, &n);
	n = without_company(s, n);
	if (n >= 2 && words <= OWNER_WORDS_MAX && is_capital(s, n))
		add_owner(a, list, s, n);
}

static void read_tail(struct article *a, struct guess_list *list,
		      const struct article_head *h)
{
	size_t from = h->len > TAIL_BYTES ? h->len - TAIL_BYTES : 0;
	size_t end = h->len;

	while (end > from) {
		const char *lf = memrchr(h->text + from, '\n', end - from);
		size_t begin = lf ? (size_t)(lf - h->text) + 1 : from;
		const char *s = h->text + begin;
		size_t len = end - begin;

		if (!lf && from)
			return;
		if (len <= TAIL_LINE) {
			trim(&s, &len);
			read_copyright(a, list, s, len);
		}
		end = lf ? begin - 1 : from;
	}
}

/* ------------------------------------------------------------ the whole -- */

/* The agency of the body's dateline, or of one on a line of its own. */
static void read_wire(struct article *a, struct guess_list *list,
		      const struct article_head *h)
{
	size_t last = h->body < h->n ? h->body + 1 : h->n;

	for (size_t i = last > 3 ? last - 3 : 0; i < last; i++) {
		const struct head_line *l = &h->line[i];
		struct dateline d;

		if (!(l->flags & LINE_DATELINE) ||
		    !dateline_read(h->text + l->begin, l->end - l->begin, &d) ||
		    !d.agency_len)
			continue;
		a->wire = arena_strndup(list->arena, d.agency, d.agency_len);
		guess_add(list, "source", d.agency, d.agency_len, 0.3,
			  "agency of the dateline");
		return;
	}
}

static void offer(struct guess_list *list, const struct trawl_guess *g)
{
	struct trawl_guess cut = *g;
	struct title_parts p;

	if (!g->field || !g->value || strcmp(g->field, "title") != 0) {
		guess_offer(list, g);
		return;
	}
	title_cut(g->value, strlen(g->value), &p);
	cut.value = arena_strndup(list->arena, p.title, p.title_len);
	if (cut.value)
		guess_offer(list, &cut);
	if (p.site)
		guess_add(list, "source", p.site, p.site_len,
			  p.confidence + 0.05, "behind the title offered");
}

static void add_dates(struct guess_list *list, const struct article_head *h,
		      size_t title)
{
	struct trawl_guess dates[ARTICLE_DATES_MAX];
	uint32_t line = title < h->n ? h->line[title].begin : UINT32_MAX;
	size_t n = article_dates(h->text, h->len, article_head_body(h), line,
				 list->arena, dates, ARTICLE_DATES_MAX);

	for (size_t i = 0; i < n; i++)
		guess_offer(list, &dates[i]);
}

bool article_read(const char *text, size_t len,
		  const struct trawl_guess *offered, size_t noffered,
		  struct arena *arena, struct article *out)
{
	struct article_head h;
	struct guess_list list;
	size_t title;

	*out = (struct article){ 0 };
	if (len > UINT32_MAX)
		len = UINT32_MAX;
	if (!furniture_find(text, len, &out->furniture) ||
	    out->furniture.failed) {
		article_release(out);
		return false;
	}
	guess_list_init(&list, arena);
	for (size_t i = 0; i < noffered; i++)
		offer(&list, &offered[i]);
	article_head_read(text, len, &out->furniture, &h);
	out->body = article_head_body(&h);
	read_tail(out, &list, &h);
	read_wire(out, &list, &h);
	title = guess_titles(&h, &list);
	add_dates(&list, &h, title);
	guess_authors(&h, title, &list);
	out->nguesses = guess_decide(&list, out->guess, ARTICLE_GUESSES_MAX);
	if (!arena->failed)
		return true;
	article_release(out);
	return false;
}

void article_release(struct article *a)
{
	if (a)
		spans_release(&a->furniture);
}
