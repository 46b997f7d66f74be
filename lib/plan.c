/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan.c - the operators of a query, and the whole plan
 *
 * Depth is that of the query tree, which the parser bounds.
 */
#include "planner.h"

#include "deadline.h"
#include "status.h"

enum {
	REPORT_MAX = 65536, /* bytes of ignored=, of expanded= */
	SCRATCH_MAX = 1024, /* of a term under construction */
	WORD_NS = 15000	    /* that a word takes before its first document */
};

/* -------------------------------------------------------------- groups -- */

static struct xap_node *build(struct planner *p, const struct query_node *q,
			      struct place at);

/* What the kids of q may be, by the part they play. */
struct parts {
	struct nodes must, may, never, filter;
};

static struct parts parts(struct planner *p, size_t max)
{
	return (struct parts){ .must = plan_nodes(p, max),
			       .may = plan_nodes(p, max),
			       .never = plan_nodes(p, max),
			       .filter = plan_nodes(p, max + 1) };
}

static struct xap_node *all_but(struct planner *p, struct xap_node *yes,
				const struct nodes *never)
{
	struct nodes list;

	if (!never->n || p->st != TRAWL_OK)
		return yes;
	list = plan_nodes(p, never->n + 1);
	plan_push(&list, yes ? yes : plan_node(p, XAP_ALL));
	for (size_t i = 0; i < never->n; i++)
		plan_push(&list, never->at[i]);
	return p->st == TRAWL_OK ? plan_over(p, XAP_AND_NOT, &list) : NULL;
}

/* yes, of which all filters must be true, too. */
static struct xap_node *narrowed(struct planner *p, struct xap_node *yes,
				 struct nodes *filters)
{
	if (!yes || !filters->n || p->st != TRAWL_OK)
		return yes ? yes : plan_join(p, XAP_AND, filters);
	plan_push(filters, filters->at[0]);
	filters->at[0] = yes;
	return plan_over(p, XAP_FILTER, filters);
}

/* Some may have vanished: what is left decides. */
static struct xap_node *assemble(struct planner *p, struct parts *parts,
				 enum xap_op may)
{
	struct xap_node *must = plan_join(p, XAP_AND, &parts->must);
	struct xap_node *rest = plan_join(p, may, &parts->may);

	if (must && rest)
		must = plan_pair(p, may == XAP_OR ? XAP_AND_MAYBE : XAP_AND,
				 must, rest);
	must = narrowed(p, must ? must : rest, &parts->filter);
	return all_but(p, must, &parts->never);
}

/* Without weight, and so no way to rank: beside words it narrows them. */
static bool is_filter(const struct query_node *q,
		      const struct schema_field *field)
{
	if (q->field)
		field = q->field;
	if (!q->nkids)
		return field && field->type != TRAWL_TEXT;
	for (uint32_t i = 0; i < q->nkids; i++)
		if (!is_filter(q->kids[i], field))
			return false;
	return true;
}

/* The field that a filter is about: of several, its first. */
static const struct schema_field *filtered_field(const struct query_node *q,
						 const struct place *at)
{
	while (!q->field && q->nkids)
		q = q->kids[0];
	return q->field ? q->field : at->field;
}

static bool stands_as_filter(const struct query_node *q, const struct place *at)
{
	return !q->must && !q->must_not && is_filter(q, at->field);
}

/*
 * source:kyiv source:reuters date:2024 climate: of one field any may be true,
 * of each field one must be.
 */
static void add_filters(struct planner *p, const struct query_node *q,
			const struct place *at, struct nodes *filters)
{
	bool *done = plan_alloc(p, q->nkids, sizeof(*done));

	for (uint32_t i = 0; p->st == TRAWL_OK && i < q->nkids; i++) {
		const struct schema_field *field =
			filtered_field(q->kids[i], at);
		struct nodes same = plan_nodes(p, q->nkids);

		for (uint32_t j = i; p->st == TRAWL_OK && j < q->nkids; j++) {
			const struct query_node *k = q->kids[j];

			if (done[j] || !stands_as_filter(k, at) ||
			    filtered_field(k, at) != field)
				continue;
			done[j] = true;
			plan_push(&same, build(p, k, *at));
		}
		plan_push(filters, plan_join(p, XAP_OR, &same));
	}
}

/* A kid whose own minus nobody else minds. */
static struct xap_node *kid(struct planner *p, const struct query_node *q,
			    const struct place *at)
{
	struct nodes never = plan_nodes(p, 1);
	struct xap_node *n = build(p, q, *at);

	if (!n || !q->must_not)
		return n;
	plan_push(&never, n);
	return all_but(p, NULL, &never);
}

/* Side by side, and AND: there every kid is as if it had a plus. */
static struct xap_node *any(struct planner *p, const struct query_node *q,
			    const struct place *at)
{
	struct parts list = parts(p, q->nkids);
	bool all = q->op == QUERY_AND;
	bool narrow = !all && !p->ctx->match_all;

	if (narrow)
		add_filters(p, q, at, &list.filter);
	for (uint32_t i = 0; p->st == TRAWL_OK && i < q->nkids; i++) {
		const struct query_node *k = q->kids[i];
		struct nodes *part = &list.may;

		if (narrow && stands_as_filter(k, at))
			continue;
		if (k->must_not)
			part = &list.never;
		else if (k->must || all)
			part = &list.must;
		plan_push(part, build(p, k, *at));
	}
	return assemble(p, &list, p->ctx->match_all ? XAP_AND : XAP_OR);
}

static struct xap_node *either(struct planner *p, const struct query_node *q,
			       const struct place *at)
{
	struct nodes list = plan_nodes(p, q->nkids);

	for (uint32_t i = 0; p->st == TRAWL_OK && i < q->nkids; i++)
		plan_push(&list, kid(p, q->kids[i], at));
	return plan_join(p, XAP_OR, &list);
}

static struct xap_node *without(struct planner *p, const struct query_node *q,
				const struct place *at)
{
	struct place excluded = *at;
	struct parts list = parts(p, q->nkids);

	excluded.excluded = true;
	excluded.negative = !at->negative;
	for (uint32_t i = 0; p->st == TRAWL_OK && i < q->nkids; i++)
		if (i)
			plan_push(&list.never, kid(p, q->kids[i], &excluded));
		else
			plan_push(&list.may, kid(p, q->kids[i], at));
	return assemble(p, &list, XAP_OR);
}

static struct place place_of(const struct query_node *q, struct place at)
{
	at.demanded = at.excluded || q->must || q->must_not;
	at.strict |= at.demanded || q->op == QUERY_AND || q->op == QUERY_NOT;
	at.negative ^= q->must_not;
	at.excluded = false;
	at.weight *= q->weight;
	if (q->field)
		at.field = q->field;
	return at;
}

/*
 * Xapian has no NEAR of anything but terms; so what is no word of a text must
 * match beside the NEAR of those that are.
 */
static struct xap_node *near_words(struct planner *p,
				   const struct query_node *q,
				   const struct place *at)
{
	struct nodes words = plan_nodes(p, TRAWL_WORDS_MAX);
	struct nodes list = plan_nodes(p, q->nkids + 1);
	struct xap_node *near;

	for (uint32_t i = 0; p->st == TRAWL_OK && i < q->nkids; i++) {
		const struct query_node *k = q->kids[i];
		struct place kat = place_of(k, *at);

		kat.weight = at->weight;
		if (k->must_not || !plan_is_word(k, &kat)) {
			plan_push(&list, kid(p, k, at));
			continue;
		}
		plan_analyse(p, k);
		for (size_t j = 0; j < p->ntokens; j++)
			plan_push(&words, plan_token(p, k, &kat, &p->token[j],
						     false, 0));
	}
	/* At most n words from one another: so wide a window. */
	near = plan_within(p, XAP_NEAR, &words, q->window + 1);
	plan_push(&list, plan_scaled(p, near, at->weight));
	return plan_join(p, XAP_AND, &list);
}

/* What q is without its minus. */
static struct xap_node *build(struct planner *p, const struct query_node *q,
			      struct place at)
{
	if (p->st != TRAWL_OK)
		return NULL;
	at = place_of(q, at);
	switch (q->op) {
	case QUERY_ANY:
	case QUERY_AND:
		return any(p, q, &at);
	case QUERY_OR:
		return either(p, q, &at);
	case QUERY_NOT:
		return without(p, q, &at);
	case QUERY_NEAR:
		return near_words(p, q, &at);
	case QUERY_ALL:
		return plan_node(p, XAP_ALL);
	default:
		return plan_leaf(p, q, &at);
	}
}

/* ---------------------------------------------------------------- plan -- */

static bool has_words(struct planner *p, const struct query_node *q,
		      const struct schema_field *field);

static bool kids_have_words(struct planner *p, const struct query_node *q,
			    const struct schema_field *field)
{
	uint32_t n = q->op == QUERY_NOT ? 1 : q->nkids;

	for (uint32_t i = 0; i < n && i < q->nkids; i++)
		if (has_words(p, q->kids[i], field))
			return true;
	return false;
}

/* A word that is no stopword, or one that is searched all the same? */
static bool word_counts(struct planner *p, const struct query_node *q,
			const struct schema_field *field)
{
	bool kept = field || q->must || q->op != QUERY_WORD;
	const struct query_node shorter = plan_without_address(q);
	size_t n = plan_analyse(p, kept ? q : &shorter);

	for (size_t i = 0; i < n; i++)
		if (kept || !p->token[i].stopword)
			return true;
	return false;
}

/* Is anything but stopwords looked for, anywhere in the query? */
static bool has_words(struct planner *p, const struct query_node *q,
		      const struct schema_field *field)
{
	if (q->field)
		field = q->field;
	if (q->must_not)
		return false;
	switch (q->op) {
	case QUERY_DATE:
	case QUERY_RANGE:
	case QUERY_ALL:
		return false;
	case QUERY_PREFIX:
	case QUERY_FUZZY:
		return true;
	case QUERY_WORD:
	case QUERY_PHRASE:
	case QUERY_EXACT:
		return word_counts(p, q, field);
	default:
		return kids_have_words(p, q, field);
	}
}

static const char *report_text(struct planner *p, const struct buf *b)
{
	if (b->failed && p->st == TRAWL_OK)
		p->st = fail_nomem(p->err);
	return b->len ? plan_copy(p, b->data, b->len) : NULL;
}

static size_t expanded_words(const struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->nwords; i++)
		n += plan->words[i].nexpanded;
	return n;
}

/* The most frequent word of those from i on to place i. */
static void pull_frequent(struct plan_word *w, struct xap_node **term, size_t i)
{
	const char *word = w->expanded[i];
	struct xap_node *t = term[i];
	size_t most = i;

	for (size_t k = i + 1; k < w->nexpanded; k++)
		if (w->documents[k] > w->documents[most])
			most = k;
	w->expanded[i] = w->expanded[most];
	w->expanded[most] = word;
	term[i] = term[most];
	term[most] = t;
	w->documents[most] = w->documents[i];
}

/* The most frequent ones, or the nearest. */
static void keep_words(struct plan_word *w, size_t n)
{
	struct xap_node *node = (struct xap_node *)w->node;

	while (node->op == XAP_SCALE)
		node = node->kids[0];
	for (size_t i = 0; w->documents && i < n; i++)
		pull_frequent(w, (struct xap_node **)node->kids, i);
	node->nkids = w->nexpanded = n;
}

/*
 * Xapian opens all of a query's words before it looks at the first document,
 * and cannot be stopped meanwhile.  When the time that is left is not enough
 * for that, half of it goes to as many words as it will do for.
 */
static void keep_to_deadline(struct planner *p)
{
	struct plan *out = p->out;
	size_t parts = p->ctx->parts ? p->ctx->parts : 1;
	uint64_t left = time_left(p->ctx->deadline), each;

	if (p->st != TRAWL_OK || !p->patterns ||
	    expanded_words(out) * parts * WORD_NS <= left)
		return;
	each = left / 2 / WORD_NS / parts / p->patterns;
	for (size_t i = 0; i < out->nwords; i++)
		if (out->words[i].nexpanded > each + 1) {
			keep_words(&out->words[i], each + 1);
			out->late = true;
		}
}

static void plan_tree(struct planner *p, const struct query *q)
{
	const struct place top = { .weight = 1 };
	struct plan *out = p->out;

	out->words = plan_alloc(p, PLAN_WORDS_MAX, sizeof(*out->words));
	if (!out->words)
		return;
	p->drop_stopwords = has_words(p, q->root, NULL);
	out->root = kid(p, q->root, &top);
	if (!out->root)
		out->root = plan_node(p, XAP_NONE);
	out->root = plan_with_stopwords(p, out->root);
	plan_weigh(p);
	out->ignored = report_text(p, &p->ignored);
	out->expanded = report_text(p, &p->expanded);
	keep_to_deadline(p);
}

enum trawl_status plan_make(const struct plan_context *ctx,
			    const struct query *q, struct plan *out,
			    struct trawl_error *err)
{
	struct plan plan = { .root = NULL };
	struct planner p = { .ctx = ctx,
			     .out = &plan,
			     .err = err,
			     .ignored = BUF_INIT(REPORT_MAX),
			     .expanded = BUF_INIT(REPORT_MAX),
			     .scratch = BUF_INIT(SCRATCH_MAX) };

	plan_tree(&p, q);
	if (p.st == TRAWL_OK)
		*out = plan;
	buf_release(&p.ignored);
	buf_release(&p.expanded);
	buf_release(&p.scratch);
	return p.st;
}
