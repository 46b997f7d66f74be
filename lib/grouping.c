/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grouping.c - group= and story=: one story told once, and all of one told
 *
 * The best matches are asked for, so many more than hits are wanted, and walked
 * in the order of their ranks: the first of each group speaks, those behind it
 * are counted.  So the order of groups is that of their best, whatever the page
 * and however many were looked at, and pages join.
 */
#include "search.h"

#include "meta.h"
#include "ranking.h"
#include "status.h"

enum {
	LOOK_LEAST = 1000,   /* matches that are looked at */
	LOOK_TIMES = 4,	     /* ... or so many for each hit wanted */
	LOOK_MOST = 1 << 20, /* ... and no more */
	LOOK_CLOCK = 1024,   /* matches between two looks at it */
	STORY_MOST = 4000,   /* documents of a story that are searched */
	ORDER_DATE = 5	     /* bytes of a date that an order value has */
};

/* ---------------------------------------------------------------- groups -- */

/* Documents that stand for groups, in the order that these were met. */
struct table {
	uint32_t *stands, *number;
	unsigned shift;
	uint32_t n;
};

static bool table_init(struct table *t, size_t most, struct arena *arena)
{
	unsigned bits = 1;

	while ((size_t)1 << bits < 2 * most)
		bits++;
	*t = (struct table){ .shift = 32 - bits };
	t->stands = arena_zalloc(arena, (size_t)1 << bits, sizeof(*t->stands));
	t->number = arena_zalloc(arena, (size_t)1 << bits, sizeof(*t->number));
	return t->stands && t->number;
}

/* Its number; *first: it was not there before. */
static uint32_t table_put(struct table *t, uint32_t stands, bool *first)
{
	const uint32_t golden = 2654435769u;
	const uint32_t mask = UINT32_MAX >> t->shift;
	uint32_t at = (uint32_t)(stands * golden) >> t->shift;

	while (t->stands[at] && t->stands[at] != stands)
		at = (at + 1) & mask;
	*first = !t->stands[at];
	if (*first) {
		t->stands[at] = stands;
		t->number[at] = t->n++;
	}
	return t->number[at];
}

/* One walk down the ranks. */
struct walk {
	struct search *s;
	struct xap_match *match; /* the best n, of most that were asked for */
	size_t n, most;
	struct xap_totals totals;
	struct table groups;
	struct xap_match *page; /* those that speak */
	uint64_t *similar;
	size_t npage;
	bool cut; /* the time was up before its end */
};

static void keep_best(void *ctx, const struct xap_match *m)
{
	struct walk *w = ctx;

	if (w->n < w->most)
		w->match[w->n++] = *m;
}

static bool walk_init(struct walk *w, struct search *s, size_t most)
{
	*w = (struct walk){ .s = s, .most = most };
	w->match = arena_zalloc(&s->work, most, sizeof(*w->match));
	w->page = arena_zalloc(&s->work, s->rq->limit, sizeof(*w->page));
	w->similar = arena_zalloc(&s->work, s->rq->limit, sizeof(*w->similar));
	return w->match && w->page && w->similar &&
	       table_init(&w->groups, most, &s->work);
}

static enum group_kind kind_of(const struct search *s)
{
	return s->rq->group == TRAWL_GROUP_COPY ? GROUP_COPY : GROUP_STORY;
}

static enum trawl_status walk_match(struct walk *w, const struct xap_match *m,
				    struct trawl_error *err)
{
	const struct trawl_request *rq = w->s->rq;
	uint32_t stands, number;
	bool grouped, first;
	enum trawl_status st = index_group_of(w->s->ix, kind_of(w->s), m->docid,
					      &stands, &grouped, err);

	if (st != TRAWL_OK)
		return st;
	number = table_put(&w->groups, stands, &first);
	if (number < rq->offset || number - rq->offset >= rq->limit)
		return TRAWL_OK;
	if (first)
		w->page[w->npage++] = *m;
	else
		w->similar[number - rq->offset]++;
	return TRAWL_OK;
}

static enum trawl_status walk_down(struct walk *w, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < w->n; i++) {
		w->cut = i && i % LOOK_CLOCK == 0 && search_is_late(w->s);
		if (w->cut)
			break;
		st = walk_match(w, &w->match[i], err);
	}
	return st;
}

/* There may be hits yet to fill the page with. */
static bool wants_more(const struct walk *w)
{
	const struct trawl_request *rq = w->s->rq;

	return !w->totals.timed_out && !w->cut && w->n == w->most &&
	       w->most < LOOK_MOST && w->groups.n < rq->offset + rq->limit;
}

static void take(struct search *s, const struct walk *w)
{
	struct trawl_head *head = &s->res->head;

	s->match = w->page;
	s->similar = w->similar;
	s->nmatches = w->npage;
	head->groups = w->groups.n;
	head->groups_lower =
		w->cut || w->totals.timed_out || w->totals.upper > w->n;
}

static void no_value(void *ctx, size_t which, const char *value, size_t len)
{
	(void)ctx;
	(void)which;
	(void)value;
	(void)len;
}

enum trawl_status search_groups(struct search *s, const struct xap_search *all,
				struct xap_totals *totals,
				struct trawl_error *err)
{
	const size_t wanted =
		(size_t)LOOK_TIMES * (s->rq->offset + s->rq->limit);
	struct xap_search x = *all;
	struct walk w = { .most = wanted > LOOK_LEAST ? wanted : LOOK_LEAST };
	enum trawl_status st = TRAWL_OK;
	bool again = false;

	x.first = 0;
	do {
		if (!walk_init(&w, s, w.most))
			return fail_nomem(err);
		x.count = (uint32_t)w.most;
		st = rank_search(s, &x, keep_best, &w, &w.totals, err);
		if (st == TRAWL_OK)
			st = walk_down(&w, err);
		/* Less than was known before is no answer. */
		if (st != TRAWL_OK || (again && (w.totals.timed_out || w.cut)))
			break;
		take(s, &w);
		*totals = w.totals;
		again = wants_more(&w);
		w.most = w.most < LOOK_MOST / 2 ? 2 * w.most : LOOK_MOST;
		x.spy = no_value; /* each match is counted once */
	} while (again);
	s->late |= w.totals.timed_out;
	if (s->late)
		s->res->head.groups_lower = true;
	return st;
}

enum trawl_status search_has_groups(struct search *s, bool *any,
				    struct trawl_error *err)
{
	*any = false;
	if (s->rq->group == TRAWL_GROUP_NONE)
		return TRAWL_OK;
	return index_has_groups(s->ix, kind_of(s), any, err);
}

/* ----------------------------------------------------------------- hits -- */

/* The id of the document that stands for a story; the hit's own, which names
 * the story as well, when that has been removed since. */
static enum trawl_status story_id(struct search *s, uint32_t stands,
				  struct trawl_hit *hit,
				  struct trawl_error *err)
{
	struct trawl_doc doc;
	uint32_t length;
	enum trawl_status st = xap_db_length(s->ix->db, stands, &length, err);

	hit->story = hit->id;
	if (st != TRAWL_OK)
		return st == TRAWL_NOTFOUND ? TRAWL_OK : st;
	arena_reset(&s->page);
	st = index_fields(s->ix, stands, &s->page, &doc, err);
	if (st == TRAWL_OK)
		hit->story = arena_strdup(&s->res->arena, doc.id);
	return st;
}

enum trawl_status search_story_of(struct search *s, size_t i,
				  struct trawl_hit *hit,
				  struct trawl_error *err)
{
	uint32_t docid = s->match[i].docid, stands;
	bool grouped;
	enum trawl_status st;

	if (!s->res->grouped)
		return TRAWL_OK;
	hit->similar = s->similar ? s->similar[i] : 0;
	st = index_group_of(s->ix, GROUP_STORY, docid, &stands, &grouped, err);
	if (st != TRAWL_OK || !grouped)
		return st;
	if (stands == docid)
		hit->story = hit->id;
	else
		st = story_id(s, stands, hit, err);
	return st == TRAWL_OK && s->res->arena.failed ? result_full(s->res, err)
						      : st;
}

/* ---------------------------------------------------------------- story= -- */

/* A story as a query: any of the terms of its documents' ids. */
struct story {
	struct search *s;
	uint32_t *docid;
	size_t n;
	struct xap_node **terms;
	size_t nterms;
	bool failed;
};

static bool keep_member(void *ctx, uint32_t docid)
{
	struct story *t = ctx;

	t->s->story_cut = t->n == STORY_MOST;
	if (!t->s->story_cut)
		t->docid[t->n++] = docid;
	return !t->s->story_cut;
}

/* An order value is a date's bytes, then the id as it is in its term. */
static bool keep_term(void *ctx, const char *value, size_t len)
{
	struct story *t = ctx;
	struct arena *arena = &t->s->work;
	struct xap_node *node;
	char *term;

	if (len <= ORDER_DATE)
		return true;
	node = arena_zalloc(arena, 1, sizeof(*node));
	term = arena_strndup(arena, value + ORDER_DATE - 1,
			     len - ORDER_DATE + 1);
	t->failed = !node || !term;
	if (t->failed)
		return true;
	term[0] = TERM_ID[0];
	node->op = XAP_TERM;
	node->term = (struct xap_bytes){ term, len - ORDER_DATE + 1 };
	t->terms[t->nterms++] = node;
	return true;
}

static enum trawl_status find_members(struct story *t, struct trawl_error *err)
{
	struct search *s = t->s;
	uint32_t docid, stands;
	bool grouped;
	enum trawl_status st = index_find(s->ix, s->rq->story, &docid, err);

	if (st == TRAWL_OK)
		st = index_group_of(s->ix, GROUP_STORY, docid, &stands,
				    &grouped, err);
	if (st != TRAWL_OK)
		return st;
	if (grouped)
		return index_group_members(s->ix, GROUP_STORY, stands,
					   keep_member, t, err);
	keep_member(t, docid);
	return TRAWL_OK;
}

/* What has been removed since is none of it. */
static enum trawl_status find_terms(struct story *t, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < t->n; i++) {
		if (i && i % LOOK_CLOCK == 0 && search_is_late(t->s))
			break;
		st = xap_db_value(t->s->ix->db, t->docid[i], SLOT_ORDER,
				  keep_term, t, err);
		if (st == TRAWL_NOTFOUND)
			st = TRAWL_OK;
		if (st == TRAWL_OK && t->failed)
			st = fail_nomem(err);
	}
	return st;
}

static enum trawl_status make_story(struct search *s, struct trawl_error *err)
{
	struct story t = { .s = s };
	struct xap_node *node = arena_zalloc(&s->work, 1, sizeof(*node));
	enum trawl_status st;

	t.docid = arena_zalloc(&s->work, STORY_MOST, sizeof(*t.docid));
	t.terms = arena_zalloc(&s->work, STORY_MOST, sizeof(*t.terms));
	if (!node || !t.docid || !t.terms)
		return fail_nomem(err);
	st = find_members(&t, err);
	if (st == TRAWL_OK)
		st = find_terms(&t, err);
	if (st != TRAWL_OK)
		return st;
	node->op = t.nterms ? XAP_OR : XAP_NONE;
	node->kids = t.terms;
	node->nkids = t.nterms;
	s->story = node;
	return TRAWL_OK;
}

enum trawl_status search_story(struct search *s, struct xap_node **root,
			       struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!s->rq->story)
		return TRAWL_OK;
	if (!s->story)
		st = make_story(s, err);
	if (st != TRAWL_OK)
		return st;
	*root = search_pair(s, XAP_FILTER, *root, s->story);
	return *root ? TRAWL_OK : fail_nomem(err);
}
