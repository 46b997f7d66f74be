/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search.c - trawl_search(), and what similar and explain share with it
 */
#include "search.h"

#include "buf.h"
#include "deadline.h"
#include "idf.h"
#include "ranking.h"
#include "request.h"
#include "status.h"
#include "suggest.h"

enum {
	QUERY_PRINT_MAX = 8 * TRAWL_QUERY_MAX
};

bool search_by_relevance(const struct search *s)
{
	return !s->rq->sort || !strcmp(s->rq->sort, "relevance");
}

bool search_is_late(struct search *s)
{
	s->late = s->late || is_past(s->deadline);
	return s->late;
}

/* ---------------------------------------------------------------- make -- */

struct plan_context search_context(const struct search *s)
{
	return (struct plan_context){
		.db = s->ix->db,
		.matcher = s->matcher,
		.schema = &s->ix->schema,
		.analyzer = s->ix->analyzer,
		.arena = (struct arena *)&s->work,
		.match_all = s->rq->match == TRAWL_ALL,
		.weigh = rank_is_wanted(s),
		.documents = s->ix->documents,
		.parts = s->ix->nparts,
		.variants = s->ix->variants,
		.nvariants = s->rq->variants_off ? 0 : s->ix->nvariants,
		.others = s->ix->other,
		.nothers = s->ix->nothers,
		.deadline = s->deadline,
	};
}

struct xap_search search_bm25(const struct xap_node *root)
{
	return (struct xap_search){ .query = root, .k1 = 1.2, .b = 0.75 };
}

struct xap_node *search_pair(struct search *s, enum xap_op op,
			     struct xap_node *a, struct xap_node *b)
{
	struct xap_node *node = arena_zalloc(&s->work, 1, sizeof(*node));
	struct xap_node **kids = arena_zalloc(&s->work, 2, sizeof(*kids));

	if (!node || !kids)
		return NULL;
	kids[0] = a;
	kids[1] = b;
	node->op = op;
	node->kids = kids;
	node->nkids = 2;
	return node;
}

enum trawl_status search_dates(struct search *s, struct xap_node **root,
			       struct trawl_error *err)
{
	const struct plan_context ctx = search_context(s);
	struct xap_node *dates;
	enum trawl_status st;

	if (!s->rq->since && !s->rq->until)
		return TRAWL_OK;
	st = plan_dates(&ctx, s->rq->since, s->rq->until, &dates, err);
	if (st != TRAWL_OK)
		return st;
	*root = search_pair(s, XAP_FILTER, *root, dates);
	return *root ? TRAWL_OK : fail_nomem(err);
}

enum trawl_status search_term_freq(struct search *s, struct xap_bytes term,
				   uint32_t *out, struct trawl_error *err)
{
	const struct term_source terms = { s->ix->db, s->matcher };

	return term_source_freq(&terms, term, out, err);
}

enum trawl_status search_idf(struct search *s, const char *term, size_t len,
			     double *out, struct trawl_error *err)
{
	const struct xap_bytes bytes = { term, len };
	uint32_t documents;
	enum trawl_status st = search_term_freq(s, bytes, &documents, err);
	double all = (double)s->ix->documents;

	if (st == TRAWL_OK)
		*out = idf_of(all, documents);
	return st;
}

/* text, parsed, planned and between the dates. */
static enum trawl_status plan_text(struct search *s, const char *text,
				   struct query *q, struct plan *plan,
				   struct xap_node **root,
				   struct trawl_error *err)
{
	enum trawl_status st = index_words(s->ix, err);
	const struct plan_context ctx = search_context(s);
	const struct query_options options = {
		.schema = ctx.schema,
		.strict = s->rq->strict,
		.plain = s->rq->plain,
		.match_all = ctx.match_all,
	};

	if (st == TRAWL_OK)
		st = query_parse(text, strlen(text), &options, &s->work, q,
				 err);
	if (st == TRAWL_OK)
		st = plan_make(&ctx, q, plan, err);
	if (st != TRAWL_OK)
		return st;
	*root = plan->root;
	st = search_dates(s, root, err);
	return st == TRAWL_OK ? search_story(s, root, err) : st;
}

static char *print_query(struct search *s, const struct query *q)
{
	struct buf text = BUF_INIT(QUERY_PRINT_MAX);
	char *copy;

	query_print(q, &text);
	copy = arena_strndup(&s->res->arena, text.data, text.len);
	s->res->arena.failed |= text.failed;
	buf_release(&text);
	return copy;
}

static const char *keep(struct search *s, const char *text)
{
	return text ? arena_strdup(&s->res->arena, text) : NULL;
}

enum trawl_status search_query(struct search *s, struct trawl_error *err)
{
	struct trawl_head *head = &s->res->head;
	struct query q;
	enum trawl_status st =
		plan_text(s, s->query, &q, &s->plan, &s->root, err);

	if (st != TRAWL_OK)
		return st;
	head->ignored = keep(s, s->plan.ignored);
	head->expanded = keep(s, s->plan.expanded);
	if (q.forgiven || s->rq->explain)
		head->read_as = print_query(s, &q);
	return s->rq->snippets ? search_words(s, err) : TRAWL_OK;
}

/* --------------------------------------------------------------- match -- */

struct order {
	struct xap_key key[2];
	size_t n; /* 0: relevance */
};

static enum trawl_status no_sort(const struct schema *schema, const char *name,
				 struct trawl_error *err)
{
	struct buf there = BUF_INIT(400);

	for (size_t i = 0; i < schema->nfields; i++)
		if (schema->field[i].sort)
			buf_addf(&there, ", %s", schema->field[i].name);
	fail(err, TRAWL_BADVALUE,
	     "sort=%.*s: cannot be sorted by; there are relevance%s, and each "
	     "but the first with - before it",
	     shown(name), name, there.data);
	buf_release(&there);
	return TRAWL_BADVALUE;
}

/*
 * Slot 0 is newest first, undated last, then by id; so it stands alone for
 * -date and breaks every tie.  A document without a value is last both ways:
 * its key is above all others, or (reversed, when each byte is inverted) below.
 */
static enum trawl_status find_order(const struct schema *schema,
				    const char *sort, struct order *out,
				    struct trawl_error *err)
{
	const char *name = sort + (*sort == '-');
	bool reverse = *sort == '-';
	const struct schema_field *f = schema_find(schema, name, strlen(name));

	out->n = 0;
	if (!strcmp(sort, "relevance"))
		return TRAWL_OK;
	if (!f || !f->sort || f->slot == NO_SLOT)
		return no_sort(schema, sort, err);
	if (!reverse || f->slot != SLOT_DATE)
		out->key[out->n++] = (struct xap_key){
			.slot = (uint32_t)f->slot,
			.reverse = reverse,
			.missing = { "\xFF", reverse ? 0 : 1 },
		};
	out->key[out->n++] = (struct xap_key){ .slot = SLOT_ORDER,
					       .missing = { "\xFF", 1 } };
	return TRAWL_OK;
}

static void keep_match(void *ctx, const struct xap_match *m)
{
	struct search *s = ctx;

	if (s->nmatches < s->rq->limit)
		s->match[s->nmatches++] = *m;
}

/* Beyond the hits themselves, matches are counted up to TRAWL_EXACT_TOTAL. */
static uint32_t check_at_least(const struct search *s)
{
	uint32_t depth = s->rq->offset + s->rq->limit;

	if (s->rq->count_exact || s->facets.n)
		return UINT32_MAX;
	return depth > TRAWL_EXACT_TOTAL ? depth : TRAWL_EXACT_TOTAL + 1;
}

static void note_totals(struct search *s, const struct xap_totals *totals)
{
	struct trawl_head *head = &s->res->head;

	head->total = totals->lower;
	head->lower_bound = totals->lower != totals->upper;
	s->late |= totals->timed_out;
	head->lower_bound |= totals->timed_out || s->plan.late;
}

/* Without groups each document is one by itself. */
static void note_groups(struct search *s, bool folded)
{
	struct trawl_head *head = &s->res->head;

	/* Or the time was up before one was looked at. */
	head->groups_lower |= folded && !head->groups && head->lower_bound;
	if (folded || s->rq->group == TRAWL_GROUP_NONE)
		return;
	head->groups = head->total;
	head->groups_lower = head->lower_bound;
}

static enum trawl_status run_match(struct search *s, const struct order *order,
				   struct trawl_error *err)
{
	struct xap_search x = search_bm25(s->root);
	struct xap_totals totals = { .timed_out = true };
	bool fold;
	enum trawl_status st = search_has_groups(s, &fold, err);

	x.first = s->rq->offset;
	x.count = s->rq->limit;
	x.check_at_least = check_at_least(s);
	x.keys = order->key;
	x.nkeys = order->n;
	x.spy_slots = s->facets.slot;
	x.nspies = s->facets.n;
	x.spy = facets_count;
	x.spy_ctx = &s->facets;
	x.spied = s->facets.best ? &s->facets.shown.weight : NULL;
	x.deadline_ns = s->deadline;
	/* To begin with thousands of words takes time, too. */
	if (st == TRAWL_OK && !search_is_late(s))
		st = fold ? search_groups(s, &x, &totals, err)
			  : rank_search(s, &x, keep_match, s, &totals, err);
	if (st != TRAWL_OK)
		return st;
	note_totals(s, &totals);
	note_groups(s, fold);
	return TRAWL_OK;
}

static enum trawl_status match(struct search *s, struct trawl_error *err)
{
	const char *sort = s->rq->sort ? s->rq->sort : "relevance";
	const struct schema *schema = &s->ix->schema;
	struct order order;
	enum trawl_status st = find_order(schema, sort, &order, err);

	if (st == TRAWL_OK)
		st = facets_begin(&s->facets, schema, s->rq, &s->work, err);
	if (st != TRAWL_OK)
		return st;
	s->nmatches = 0;
	s->similar = NULL;
	s->match = arena_zalloc(&s->work, s->rq->limit, sizeof(*s->match));
	if (!s->match)
		return fail_nomem(err);
	st = run_match(s, &order, err);
	return st == TRAWL_OK ? facets_finish(&s->facets, s->res, err) : st;
}

/* Explain: the one document, whatever its rank would be. */
static enum trawl_status match_only(struct search *s, struct trawl_error *err)
{
	enum trawl_status st;
	bool matches;

	s->match = arena_zalloc(&s->work, 1, sizeof(*s->match));
	if (!s->match)
		return fail_nomem(err);
	st = index_find(s->ix, s->only, &s->match->docid, err);
	if (st == TRAWL_OK)
		st = rank_score(s, s->match->docid, &matches, &s->match->weight,
				err);
	if (st == TRAWL_OK)
		s->nmatches = s->res->head.total = matches ? 1 : 0;
	return st;
}

/* ------------------------------------------------------------- correct -- */

/* Is a word of the query nowhere in the index? */
static enum trawl_status find_unknown(struct search *s, bool *out,
				      struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	*out = false;
	for (size_t i = 0; st == TRAWL_OK && !*out && i < s->plan.nwords; i++) {
		const struct plan_word *w = &s->plan.words[i];
		const struct xap_node *node = search_core(w);
		uint32_t documents;

		if (w->negative || w->optional || node->op != XAP_TERM)
			continue;
		st = search_term_freq(s, node->term, &documents, err);
		*out = st == TRAWL_OK && !documents;
	}
	return st;
}

static void no_match(void *ctx, const struct xap_match *m)
{
	(void)ctx;
	(void)m;
}

/*
 * Has the corrected query more matches, or as many with a word more that is
 * known?  Where both have too many to be counted it is taken to have.
 */
static enum trawl_status is_better(struct search *s, const char *query,
				   bool unknown, bool *out,
				   struct trawl_error *err)
{
	const struct trawl_head *head = &s->res->head;
	struct xap_totals totals;
	struct xap_search x;
	struct query q;
	struct plan plan;
	struct xap_node *root;
	enum trawl_status st = plan_text(s, query, &q, &plan, &root, err);

	*out = false;
	/* It can be over a limit that the query as typed just kept to. */
	if (st == TRAWL_TOOCOMPLEX)
		return TRAWL_OK;
	if (st != TRAWL_OK)
		return st;
	x = search_bm25(root);
	x.check_at_least = TRAWL_EXACT_TOTAL + 1;
	x.deadline_ns = s->deadline;
	if (search_is_late(s))
		return TRAWL_OK;
	st = index_search(s->ix, &x, no_match, NULL, &totals, err);
	*out = st == TRAWL_OK && totals.lower &&
	       (head->lower_bound || totals.lower + unknown > head->total);
	return st;
}

static enum trawl_status run_corrected(struct search *s, const char *query,
				       struct trawl_error *err)
{
	enum trawl_status st;

	s->query = query;
	s->res->head.correct_ran = true;
	st = s->make(s, err);
	return st == TRAWL_OK ? match(s, err) : st;
}

static enum trawl_status correct(struct search *s, struct trawl_error *err)
{
	struct trawl_head *head = &s->res->head;
	const char *better = NULL;
	bool unknown, worth_it;
	enum trawl_status st;

	/* A corrected query is in the query language: plain words are not. */
	if (!s->spelling || s->rq->plain || !s->plan.nwords ||
	    search_is_late(s))
		return TRAWL_OK;
	st = find_unknown(s, &unknown, err);
	if (st != TRAWL_OK || (!unknown && head->total > CORRECT_RARE))
		return st;
	st = correct_query(s->ix, s->query, s->deadline, &s->work, &better,
			   err);
	if (st != TRAWL_OK || !better || search_is_late(s))
		return st;
	st = is_better(s, better, unknown, &worth_it, err);
	if (st != TRAWL_OK || !worth_it)
		return st;
	head->corrected = keep(s, better);
	if (s->rq->correct && !head->total)
		st = run_corrected(s, better, err);
	return st;
}

/* ----------------------------------------------------------------- run -- */

static const char *partial(const struct search *s)
{
	bool late = s->late || s->plan.late;

	bool cut = s->plan.partial || s->story_cut;

	if (late && cut)
		return "timeout,expansion";
	if (late)
		return "timeout";
	return cut ? "expansion" : NULL;
}

static enum trawl_status finish(struct search *s, struct trawl_error *err)
{
	struct trawl_head *head = &s->res->head;

	head->hits = s->nmatches;
	head->rev = keep(s, s->ix->rev);
	head->partial = partial(s);
	head->stale_analyzer = s->ix->part[0].stale_analyzer;
	head->took_us = (monotonic_ns() - s->begun) / 1000;
	return s->res->arena.failed ? result_full(s->res, err) : TRAWL_OK;
}

void search_begin(struct search *s, struct trawl_index *ix)
{
	arena_reset(&s->work);
	arena_reset(&s->page);
	result_reset(s->res);
	s->res->grouped = s->rq->group || s->rq->story;
	s->ix = ix;
	s->query = s->rq->query ? s->rq->query : "";
	s->plan = (struct plan){ 0 };
	s->root = NULL;
	s->words = NULL;
	s->nwords = s->nmatches = 0;
	s->similar = NULL;
	s->story = NULL;
	s->late = s->story_cut = false;
	s->rev_gone = s->rq->rev && strcmp(s->rq->rev, ix->rev) != 0;
}

static enum trawl_status body(struct trawl_index *ix, void *arg,
			      struct trawl_error *err)
{
	struct search *s = arg;
	enum trawl_status st;

	search_begin(s, ix);
	if (s->rev_gone)
		return TRAWL_OK;
	st = index_matcher(ix, &s->matcher, err);
	if (st == TRAWL_OK)
		st = s->make(s, err);
	if (st == TRAWL_OK)
		st = s->only ? match_only(s, err) : match(s, err);
	if (st == TRAWL_OK)
		st = correct(s, err);
	if (st == TRAWL_OK)
		st = search_hits(s, err);
	if (st == TRAWL_OK)
		st = search_headlines(s, err);
	return st == TRAWL_OK ? finish(s, err) : st;
}

/* It is said out here because index_run() takes STALE for Xapian's. */
static enum trawl_status rev_gone(const struct search *s,
				  struct trawl_error *err)
{
	return fail(err, TRAWL_STALE, "revision %.*s asked for, index is at %s",
		    shown(s->rq->rev), s->rq->rev, s->ix->rev);
}

enum trawl_status search_run(struct trawl_index *ix, struct search *s,
			     struct trawl_result **out, struct trawl_error *err)
{
	enum trawl_status st = request_check(s->rq, err);

	if (st != TRAWL_OK)
		return st;
	if (!out)
		return fail(err, TRAWL_INVAL, "the result's place is NULL");
	if (s->rq->rev && ix && ix->nparts > 1)
		return fail(err, TRAWL_BADVALUE,
			    "rev: of one index, and %s are several", ix->path);
	s->res = result_new();
	if (!s->res)
		return fail_nomem(err);
	arena_init(&s->work, SEARCH_WORK_MAX);
	arena_init(&s->page, SEARCH_PAGE_MAX);
	s->begun = monotonic_ns();
	s->deadline = s->rq->timeout_ms
			      ? s->begun + s->rq->timeout_ms * 1000000ull
			      : 0;
	st = index_run(ix, body, s, err);
	if (st == TRAWL_OK && s->rev_gone)
		st = rev_gone(s, err);
	arena_release(&s->work);
	arena_release(&s->page);
	if (st == TRAWL_OK)
		*out = s->res;
	else
		trawl_result_free(s->res);
	return st;
}

enum trawl_status trawl_search(struct trawl_index *ix,
			       const struct trawl_request *rq,
			       struct trawl_result **out,
			       struct trawl_error *err)
{
	struct search s = { .rq = rq, .make = search_query, .spelling = true };

	return search_run(ix, &s, out, err);
}

enum trawl_status trawl_parse(struct trawl_index *ix,
			      const struct trawl_request *rq, char **out,
			      struct trawl_error *err)
{
	struct arena arena;
	struct buf text = BUF_INIT(QUERY_PRINT_MAX);
	struct query_options options = { 0 };
	const char *query = rq && rq->query ? rq->query : "";
	struct query q;
	char *copy = NULL;
	enum trawl_status st;

	if (!ix || !rq || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_parse: an argument is NULL");
	arena_init(&arena, SEARCH_WORK_MAX);
	options.schema = &ix->schema;
	options.strict = rq->strict;
	options.plain = rq->plain;
	options.match_all = rq->match == TRAWL_ALL;
	st = query_parse(query, strlen(query), &options, &arena, &q, err);
	if (st == TRAWL_OK) {
		query_print(&q, &text);
		copy = buf_detach(&text);
		if (!copy)
			st = fail_nomem(err);
	}
	if (st == TRAWL_OK)
		*out = copy;
	buf_release(&text);
	arena_release(&arena);
	return st;
}
