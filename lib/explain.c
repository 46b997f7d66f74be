/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.c - which words made a document's score, and how much of it each
 *
 * BM25 is a sum over the words of the query.  The tree is walked along the
 * parts that match the document, and each searched word is asked for its own
 * weight; what ranking adds to that it tells itself: so the shares add up to the
 * score.
 */
#include "search.h"

#include "buf.h"
#include "ranking.h"
#include "request.h"
#include "status.h"

#include <math.h>

enum {
	FOUND_MAX = 8, /* different words of the text named for one share */
	FOUND_BYTES_MAX = FOUND_MAX * (ANALYZE_WORD_BYTES + 1),
	EXPLAIN_LOOKS = 64 /* words compared between two looks at the clock */
};

struct part {
	const struct plan_word *word;
	const struct xap_node *core;
	double score;
	double lead;
	unsigned count, first;
	struct buf found;
	unsigned nfound;
};

struct explanation {
	struct search *s; /* which is late: no shares rather than some */
	struct analyzer *analyzer; /* of the document's language */
	uint32_t docid;
	struct part *part;
	size_t n;
	size_t read; /* words of the document */
	struct rank_share *rank;
	size_t nrank;
};

/* --------------------------------------------------------------- scores -- */

static enum trawl_status score(const struct explanation *e,
			       const struct xap_node *node, bool *matches,
			       double *weight, struct trawl_error *err)
{
	const struct xap_search x = search_bm25(node);

	return index_score(e->s->ix, &x, e->docid, matches, weight, err);
}

static struct part *find_part(const struct explanation *e,
			      const struct xap_node *node)
{
	for (size_t i = 0; i < e->n; i++)
		if (e->part[i].core == node)
			return &e->part[i];
	return NULL;
}

/* How many of a node's kids, from the first on, give it weight. */
static size_t weighing(const struct xap_node *node)
{
	return node->op == XAP_FILTER || node->op == XAP_AND_NOT ? 1
								 : node->nkids;
}

/* Do kids weigh only where all of the node matches? */
static bool is_conjunction(const struct xap_node *node)
{
	return node->op != XAP_OR && node->op != XAP_SCALE && node->nkids;
}

/* The tree is as deep as a query may be nested, and a few nodes more. */
static enum trawl_status walk(struct explanation *e,
			      const struct xap_node *node, double factor,
			      struct trawl_error *err)
{
	struct part *part = find_part(e, node);
	enum trawl_status st = TRAWL_OK;
	bool matches = true;
	double weight = 0;

	if (search_is_late(e->s))
		return TRAWL_OK;
	if (part || is_conjunction(node))
		st = score(e, node, &matches, &weight, err);
	if (part)
		part->score += weight * factor;
	if (part || !matches)
		return st;
	if (node->op == XAP_SCALE)
		factor *= node->factor;
	for (size_t i = 0; st == TRAWL_OK && i < weighing(node); i++)
		st = walk(e, node->kids[i], factor, err);
	return st;
}

/* ---------------------------------------------------------------- words -- */

static bool is_word(const char *text, const struct token *t)
{
	return strlen(text) == t->word_len &&
	       !memcmp(text, t->word, t->word_len);
}

static bool is_stem(const char *text, const struct token *t)
{
	return strlen(text) == t->stem_len &&
	       !memcmp(text, t->stem, t->stem_len);
}

static bool stands_for(const struct plan_word *w, const struct token *t)
{
	size_t len = strlen(w->word);

	for (size_t i = 0; i < w->nstems; i++)
		if (is_stem(w->stems[i], t))
			return true;
	if (w->stemmed)
		return is_stem(w->stem, t);
	if (w->prefix)
		return len <= t->word_len && !memcmp(w->word, t->word, len);
	for (size_t i = 0; i < w->nexpanded; i++)
		if (is_word(w->expanded[i], t))
			return true;
	return !w->nexpanded && is_word(w->word, t);
}

static void add_found(struct part *part, const struct token *t)
{
	char word[ANALYZE_WORD_BYTES + 1];

	part->count++;
	if (part->nfound == FOUND_MAX || t->word_len > ANALYZE_WORD_BYTES)
		return;
	memcpy(word, t->word, t->word_len);
	word[t->word_len] = '\0';
	if (part->nfound && list_has(part->found.data, word))
		return;
	if (part->nfound++)
		buf_addc(&part->found, ',');
	buf_adds(&part->found, word);
}

/* field NULL: words that search the whole text.  False: out of memory. */
static bool look_in(struct explanation *e, const char *text, size_t len,
		    const struct schema_field *field)
{
	struct analyzer *a = e->analyzer;
	struct token t;

	analyzer_begin(a, text, len, 1);
	while (analyzer_next(a, &t)) {
		if (e->read++ % EXPLAIN_LOOKS == 0 && search_is_late(e->s))
			break;
		for (size_t i = 0; i < e->n; i++) {
			const struct plan_word *w = e->part[i].word;

			if (w->field == field && stands_for(w, &t))
				add_found(&e->part[i], &t);
		}
	}
	return !analyzer_failed(a);
}

static const struct schema_field *field_in_use(const struct explanation *e,
					       const struct trawl_field *f)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct schema_field *field = e->part[i].word->field;

		if (field && !strcmp(field->name, f->name))
			return field;
	}
	return NULL;
}

/* A title's words are words of the text, too. */
static bool look_everywhere(struct explanation *e, const struct trawl_doc *doc)
{
	bool ok = look_in(e, doc->text, doc->text_len, NULL);

	for (size_t i = 0; ok && i < doc->nfields; i++) {
		const struct trawl_field *f = &doc->fields[i];
		const struct schema_field *field = field_in_use(e, f);

		if (f->json)
			continue;
		if (!strcmp(f->name, "title"))
			ok = look_in(e, f->value, f->len, NULL);
		if (ok && field)
			ok = look_in(e, f->value, f->len, field);
	}
	return ok;
}

/* --------------------------------------------------------------- shares -- */

static bool begin(struct explanation *e)
{
	const struct plan *plan = &e->s->plan;

	e->part = arena_zalloc(&e->s->page, plan->nwords, sizeof(*e->part));
	for (size_t i = 0; e->part && i < plan->nwords; i++) {
		const struct plan_word *w = &plan->words[i];
		struct part *part = &e->part[e->n];

		if (w->negative || !w->node)
			continue;
		part->word = w;
		part->core = search_core(w);
		buf_init(&part->found, FOUND_BYTES_MAX);
		e->n++;
	}
	return e->part;
}

static void release(struct explanation *e)
{
	for (size_t i = 0; e->part && i < e->n; i++)
		buf_release(&e->part[i].found);
}

/* The same word twice in a query is one share: the first gets it all. */
static void merge_parts(struct explanation *e)
{
	for (size_t i = 1; i < e->n; i++)
		for (size_t k = 0; k < i; k++) {
			struct part *first = &e->part[k], *again = &e->part[i];

			if (strcmp(first->word->shown, again->word->shown) != 0)
				continue;
			first->score += again->score;
			again->score = again->count = 0;
			break;
		}
}

/* To the first of those that are the same word. */
static void add_lead(struct explanation *e, const struct rank_share *share)
{
	struct part *part = e->part;

	while (strcmp(part->word->shown, share->word->shown) != 0)
		part++;
	part->lead += share->score;
	if (!part->first || share->first < part->first)
		part->first = share->first;
}

/* Only the best documents are ranked by more than BM25: is it one of them? */
static enum trawl_status add_rank(struct explanation *e, struct trawl_hit *hit,
				  struct trawl_error *err)
{
	double bm25 = 0, more = 0;
	enum trawl_status st =
		rank_explain(e->s, e->docid, &e->rank, &e->nrank, err);

	for (size_t i = 0; i < e->n; i++)
		bm25 += e->part[i].score *= rank_scale(e->s);
	for (size_t i = 0; i < e->nrank; i++)
		more += e->rank[i].score;
	if (hit->score - bm25 < more / 2)
		e->nrank = 0;
	else if (e->s->rq->ranking == TRAWL_RANKING_TRAWL2)
		hit->neighbours = fmax(0, hit->score - bm25 - more);
	for (size_t i = 0; i < e->nrank; i++)
		if (!e->rank[i].with)
			add_lead(e, &e->rank[i]);
	return st;
}

static void copy_share(const struct part *part, struct trawl_share *out,
		       struct arena *arena)
{
	arena->failed |= part->found.failed;
	out->word = arena_strdup(arena, part->word->shown);
	out->found = arena_strdup(arena, part->found.data);
	out->count = part->count;
	out->score = part->score + part->lead;
	out->lead = part->lead;
	out->first = part->first;
}

static void copy_pair(const struct rank_share *pair, struct trawl_share *out,
		      struct arena *arena)
{
	out->word = arena_strdup(arena, pair->word->shown);
	out->with = arena_strdup(arena, pair->with->shown);
	out->found = "";
	out->count = pair->count;
	out->score = pair->score;
}

static int heavier(const void *pa, const void *pb)
{
	const struct trawl_share *a = pa, *b = pb;
	int d;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	d = strcmp(a->word, b->word);
	return d ? d : strcmp(a->with ? a->with : "", b->with ? b->with : "");
}

static enum trawl_status copy_shares(struct explanation *e,
				     struct trawl_hit *hit,
				     struct trawl_error *err)
{
	struct arena *arena = &e->s->res->arena;
	struct trawl_share *shares =
		arena_zalloc(arena, e->n + e->nrank, sizeof(*shares));

	hit->explain = shares;
	for (size_t i = 0; shares && i < e->n; i++)
		if (e->part[i].count || e->part[i].score > 0)
			copy_share(&e->part[i], &shares[hit->nexplain++],
				   arena);
	for (size_t i = 0; shares && i < e->nrank; i++)
		if (e->rank[i].with)
			copy_pair(&e->rank[i], &shares[hit->nexplain++], arena);
	if (arena->failed)
		return result_full(e->s->res, err);
	qsort(shares, hit->nexplain, sizeof(*shares), heavier);
	return TRAWL_OK;
}

enum trawl_status search_explain(struct search *s, uint32_t docid,
				 const struct trawl_doc *doc,
				 struct trawl_hit *hit, struct trawl_error *err)
{
	struct explanation e = { .s = s,
				 .analyzer = search_analyzer(s, doc),
				 .docid = docid };
	enum trawl_status st = begin(&e) ? TRAWL_OK : fail_nomem(err);

	if (st == TRAWL_OK)
		st = walk(&e, s->root, 1, err);
	if (st == TRAWL_OK && !look_everywhere(&e, doc))
		st = fail_nomem(err);
	merge_parts(&e);
	if (st == TRAWL_OK)
		st = add_rank(&e, hit, err);
	if (st == TRAWL_OK && !s->late)
		st = copy_shares(&e, hit, err);
	release(&e);
	return st;
}

enum trawl_status trawl_explain(struct trawl_index *ix,
				const struct trawl_request *rq, const char *id,
				struct trawl_result **out,
				struct trawl_error *err)
{
	struct trawl_request one;
	struct search s = { .rq = &one, .make = search_query, .only = id };

	if (!rq || !id)
		return fail(err, TRAWL_INVAL,
			    "trawl_explain: an argument is NULL");
	one = *rq;
	one.explain = true;
	one.sort = one.facets = NULL;
	one.timeline = TRAWL_TIMELINE_NONE;
	one.offset = 0;
	return search_run(ix, &s, out, err);
}
