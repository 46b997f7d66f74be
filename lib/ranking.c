/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ranking.h"

#include "buf.h"
#include "glass_block.h"
#include "lead_query.h"
#include "neighbours.h"
#include "schema.h"
#include "status.h"

static const double lead_share = 0.6, near_share = 0.1;

bool rank_is_wanted(const struct search *s)
{
	return s->rq->ranking != TRAWL_RANKING_BM25 && search_by_relevance(s);
}

/* T */
static double most_of(const struct plan *plan)
{
	return plan->most > 0 ? plan->most : 1;
}

/* --------------------------------------------------------------- words -- */

struct rank {
	struct search *s;
	struct lead_query words;
	struct neighbours *neighbours; /* NULL: they do not count */
	double most;		       /* T */
};

/* By the stem that documents have. */
static void add_stem_of(struct rank *r, const char *word)
{
	struct analyzer *a = r->s->ix->analyzer;
	struct token t;

	analyzer_begin(a, word, strlen(word), 1);
	if (analyzer_next(a, &t))
		lead_query_add_stem(&r->words, t.stem, t.stem_len);
}

static void add_word(struct rank *r, const struct plan_word *w)
{
	const struct lead_word word = { w->weight, w->idf, w->position, w };

	lead_query_add(&r->words, &word);
	for (size_t i = 0; i < w->nstems; i++)
		lead_query_add_stem(&r->words, w->stems[i],
				    strlen(w->stems[i]));
	for (size_t i = 0; i < w->nexpanded; i++)
		add_stem_of(r, w->expanded[i]);
	if (!w->nstems && !w->nexpanded)
		lead_query_add_stem(&r->words, w->stem, strlen(w->stem));
}

static bool is_ranked(const struct plan_word *w)
{
	return w->scale && !w->again && w->idf > 0;
}

static bool rank_init(struct rank *r, struct search *s)
{
	const struct plan *plan = &s->plan;
	size_t stems = 0;

	r->s = s;
	r->neighbours = NULL;
	r->most = most_of(plan);
	for (size_t i = 0; i < plan->nwords; i++)
		stems += 1 + plan->words[i].nstems + plan->words[i].nexpanded;
	if (!lead_query_init(&r->words, stems, &s->work))
		return false;
	for (size_t i = 0; i < plan->nwords; i++)
		if (is_ranked(&plan->words[i]))
			add_word(r, &plan->words[i]);
	return lead_query_finish(&r->words, &s->work);
}

struct reading {
	const struct rank *r;
	struct lead_found *out;
};

static bool look_at_lead(void *ctx, const char *value, size_t len)
{
	const struct reading *reading = ctx;

	lead_query_look(&reading->r->words, value, len, reading->out);
	if (reading->r->neighbours)
		neighbours_add(reading->r->neighbours, value, len);
	return true;
}

static enum trawl_status read_lead(const struct rank *r, uint32_t docid,
				   struct lead_found *out,
				   struct trawl_error *err)
{
	struct reading reading = { r, out };

	return index_lead(r->s->ix, docid, look_at_lead, &reading, err);
}

/* ----------------------------------------------------------- candidates -- */

struct candidate {
	struct xap_match match;
	double bm25;
	uint32_t rank; /* by it */
};

struct candidates {
	struct candidate *at;
	size_t n, most;
};

static void keep(void *ctx, const struct xap_match *m)
{
	struct candidates *c = ctx;

	if (c->n < c->most) {
		c->at[c->n] =
			(struct candidate){ *m, m->weight, (uint32_t)c->n };
		c->n++;
	}
}

static bool comes_first(const struct candidate *x, const struct candidate *y)
{
	if (x->match.weight != y->match.weight)
		return x->match.weight > y->match.weight;
	return x->rank < y->rank;
}

/* There are a hundred, and most stay near where they are. */
static void sort(struct candidate *at, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct candidate moved = at[i];
		size_t k = i;

		for (; k && comes_first(&moved, &at[k - 1]); k--)
			at[k] = at[k - 1];
		at[k] = moved;
	}
}

static bool keep_order(void *ctx, const char *value, size_t len)
{
	struct buf *b = ctx;

	buf_reset(b);
	buf_add(b, value, len);
	return true;
}

static enum trawl_status read_order(const struct rank *r, uint32_t docid,
				    struct buf *out, struct trawl_error *err)
{
	enum trawl_status st = xap_db_value(r->s->ix->db, docid, SLOT_ORDER,
					    keep_order, out, err);

	return st == TRAWL_OK && out->failed ? fail_nomem(err) : st;
}

/* Of one score, and another BM25: newer first, then by id.  It hardly ever
 * happens, so the values are read one by one. */
static enum trawl_status order_equal(const struct rank *r, struct candidates *c,
				     size_t i, struct trawl_error *err)
{
	struct buf mine = BUF_INIT(SLOT_BYTES_MAX);
	struct buf other = BUF_INIT(SLOT_BYTES_MAX);
	const struct candidate moved = c->at[i];
	enum trawl_status st = read_order(r, moved.match.docid, &mine, err);

	for (; st == TRAWL_OK && i &&
	       c->at[i - 1].match.weight == moved.match.weight;
	     i--) {
		st = read_order(r, c->at[i - 1].match.docid, &other, err);
		if (st != TRAWL_OK || key_compare(other.data, other.len,
						  mine.data, mine.len) <= 0)
			break;
		c->at[i] = c->at[i - 1];
	}
	c->at[i] = moved;
	buf_release(&mine);
	buf_release(&other);
	return st;
}

static enum trawl_status settle_ties(const struct rank *r, struct candidates *c,
				     size_t n, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 1; st == TRAWL_OK && i < n; i++)
		if (c->at[i].match.weight == c->at[i - 1].match.weight &&
		    c->at[i].bm25 != c->at[i - 1].bm25)
			st = order_equal(r, c, i, err);
	return st;
}

static void add_neighbours(const struct rank *r, struct candidates *c, size_t n)
{
	double score[RANK_CANDIDATES], gain[RANK_CANDIDATES];

	for (size_t i = 0; i < n; i++)
		score[i] = c->at[i].match.weight;
	neighbours_finish(r->neighbours, score, gain);
	for (size_t i = 0; i < n; i++)
		c->at[i].match.weight += gain[i];
}

static enum trawl_status begin_neighbours(struct rank *r,
					  struct trawl_error *err)
{
	struct lead_sample *sample;
	enum trawl_status st;

	if (r->s->rq->ranking != TRAWL_RANKING_TRAWL2 || !r->words.nwords)
		return TRAWL_OK;
	st = index_sample(r->s->ix, &sample, err);
	if (st != TRAWL_OK)
		return st;
	r->neighbours = arena_alloc(&r->s->work, sizeof(*r->neighbours));
	if (!r->neighbours)
		return fail_nomem(err);
	neighbours_begin(r->neighbours, sample);
	return TRAWL_OK;
}

static enum trawl_status rank(const struct rank *r, struct candidates *c,
			      struct trawl_error *err)
{
	const size_t n = c->n < RANK_CANDIDATES ? c->n : RANK_CANDIDATES;
	enum trawl_status st = TRAWL_OK;
	struct lead_found found;

	for (size_t i = 0; st == TRAWL_OK && r->words.nwords && i < n; i++) {
		st = read_lead(r, c->at[i].match.docid, &found, err);
		if (st == TRAWL_OK)
			c->at[i].match.weight += lead_share * found.lead +
						 near_share * found.near;
	}
	for (size_t i = 0; i < c->n; i++)
		c->at[i].match.weight /= r->most;
	if (r->neighbours)
		add_neighbours(r, c, n);
	sort(c->at, n);
	return st == TRAWL_OK ? settle_ties(r, c, n, err) : st;
}

enum trawl_status
rank_search(struct search *s, const struct xap_search *x,
	    void (*each)(void *ctx, const struct xap_match *found), void *ctx,
	    struct xap_totals *totals, struct trawl_error *err)
{
	struct xap_search all = *x;
	struct candidates c = { .most = x->first + x->count };
	struct rank r;
	enum trawl_status st;

	if (!rank_is_wanted(s) || !x->count || !s->plan.nwords)
		return index_search(s->ix, x, each, ctx, totals, err);
	if (c.most < RANK_CANDIDATES)
		c.most = RANK_CANDIDATES;
	c.at = arena_alloc(&s->work, c.most * sizeof(*c.at));
	if (!c.at || !rank_init(&r, s))
		return fail_nomem(err);
	all.first = 0;
	all.count = (uint32_t)c.most;
	st = begin_neighbours(&r, err);
	if (st == TRAWL_OK)
		st = index_search(s->ix, &all, keep, &c, totals, err);
	if (st == TRAWL_OK)
		st = rank(&r, &c, err);
	for (size_t i = x->first;
	     st == TRAWL_OK && i < c.n && i - x->first < x->count; i++)
		each(ctx, &c.at[i].match);
	return st;
}

struct sought {
	uint32_t docid;
	bool found;
	double score;
};

static void seek(void *ctx, const struct xap_match *m)
{
	struct sought *t = ctx;

	if (m->docid == t->docid) {
		t->found = true;
		t->score = m->weight;
	}
}

enum trawl_status rank_score(struct search *s, uint32_t docid, bool *matches,
			     double *score, struct trawl_error *err)
{
	struct xap_search x = search_bm25(s->root);
	struct xap_totals totals;
	struct sought sought = { .docid = docid };
	enum trawl_status st;

	st = index_score(s->ix, &x, docid, matches, score, err);
	if (st != TRAWL_OK || !*matches || !rank_is_wanted(s))
		return st;
	x.count = RANK_CANDIDATES;
	x.deadline_ns = s->deadline;
	st = rank_search(s, &x, seek, &sought, &totals, err);
	*score = sought.found ? sought.score : *score / most_of(&s->plan);
	return st;
}

/* ------------------------------------------------------------- explaining -- */

double rank_scale(const struct search *s)
{
	return rank_is_wanted(s) ? 1 / most_of(&s->plan) : 1;
}

static void share_word(const struct rank *r, const struct lead_found *found,
		       size_t i, struct rank_share *out)
{
	*out = (struct rank_share){
		.word = r->words.word[i].of,
		.count = found->word[i].count,
		.first = found->word[i].first,
		.score = lead_share * found->word[i].value / r->most,
	};
}

static void share_pair(const struct rank *r, const struct lead_found *found,
		       size_t i, struct rank_share *out)
{
	*out = (struct rank_share){
		.word = r->words.word[r->words.pair[i].a].of,
		.with = r->words.word[r->words.pair[i].b].of,
		.count = found->pair[i].count,
		.score = near_share * found->pair[i].value / r->most,
	};
}

enum trawl_status rank_explain(struct search *s, uint32_t docid,
			       struct rank_share **out, size_t *n,
			       struct trawl_error *err)
{
	struct rank r;
	struct lead_found found;
	enum trawl_status st;

	*n = 0;
	if (!rank_is_wanted(s) || !s->plan.nwords)
		return TRAWL_OK;
	if (!rank_init(&r, s))
		return fail_nomem(err);
	st = read_lead(&r, docid, &found, err);
	*out = arena_alloc(&s->work, (r.words.nwords + r.words.npairs + 1) *
					     sizeof(**out));
	if (st == TRAWL_OK && !*out)
		return fail_nomem(err);
	for (size_t i = 0; st == TRAWL_OK && i < r.words.nwords; i++)
		if (found.word[i].count)
			share_word(&r, &found, i, &(*out)[(*n)++]);
	for (size_t i = 0; st == TRAWL_OK && i < r.words.npairs; i++)
		if (found.pair[i].count)
			share_pair(&r, &found, i, &(*out)[(*n)++]);
	return st;
}
