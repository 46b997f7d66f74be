/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_variants.c - a word in all its spellings, by its stems in all languages
 *
 * Documents are stemmed by their own languages, so a word of an index of
 * several is searched by each of its stems.  Its other spellings add theirs.
 * What is in no document is left out: mostly one stem is left, and a word is
 * the one TERM that it would be anyway.
 */
#include "planner.h"

#include "status.h"
#include "term_source.h"

enum {
	STEMS_MAX = 32,	   /* of one word, in all languages and spellings */
	LISTED = 10,	   /* spellings of a word that expanded= names */
	REPORT_FULL = 8192 /* bytes of expanded=, after which no more are */
};

/* One stem, and the spelling that brought it: NULL for the word itself. */
struct stem {
	struct xap_bytes text;
	const struct variant_word *spelling;
	struct xap_node *term;
	uint32_t documents;
};

struct stems {
	struct stem at[STEMS_MAX];
	size_t n;
};

static void add_stem(struct stems *list, const struct token *t,
		     const struct variant_word *spelling)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].text.len == t->stem_len &&
		    !memcmp(list->at[i].text.data, t->stem, t->stem_len))
			return;
	if (list->n < STEMS_MAX)
		list->at[list->n++] = (struct stem){
			.text = { t->stem, t->stem_len },
			.spelling = spelling,
		};
}

/* text as one word of a's language; what is several there is passed over. */
static void stem_by(struct planner *p, struct analyzer *a, const char *text,
		    size_t len, const struct variant_word *spelling,
		    struct stems *list)
{
	struct token one, more;
	bool any;

	analyzer_begin(a, text, len, 1);
	any = analyzer_next(a, &one);
	if (any && !analyzer_next(a, &more))
		add_stem(list, &one, spelling);
	if (analyzer_failed(a) && p->st == TRAWL_OK)
		p->st = fail_nomem(p->err);
}

static void stem_by_others(struct planner *p, const char *text, size_t len,
			   const struct variant_word *spelling,
			   struct stems *list)
{
	for (size_t i = 0; i < p->ctx->nothers; i++)
		stem_by(p, p->ctx->others[i], text, len, spelling, list);
}

static void stem_spellings(struct planner *p, const struct token *t,
			   const struct variant_group *group,
			   struct stems *list)
{
	for (size_t i = 0; p->st == TRAWL_OK && i < group->n; i++) {
		const struct variant_word *w = &group->word[i];

		if (w->len == t->word_len && !memcmp(w->word, t->word, w->len))
			continue;
		stem_by(p, p->ctx->analyzer, w->word, w->len, w, list);
		stem_by_others(p, w->word, w->len, w, list);
	}
}

/* The token's own first. */
static void find_stems(struct planner *p, const struct query_node *q,
		       const struct token *t, struct stems *list)
{
	const struct plan_context *c = p->ctx;

	add_stem(list, t, NULL);
	stem_by_others(p, q->text + t->begin, t->end - t->begin, NULL, list);
	for (size_t i = 0; p->st == TRAWL_OK && i < c->nvariants; i++) {
		const struct variant_group *group =
			variants_find(c->variants[i], t->word, t->word_len);

		if (group)
			stem_spellings(p, t, group, list);
	}
}

/* Those that no document has go. */
static void keep_known(struct planner *p, const struct place *at,
		       struct stems *list)
{
	const struct term_source terms = { p->ctx->db, p->ctx->matcher };
	size_t kept = 0;

	for (size_t i = 0; p->st == TRAWL_OK && i < list->n; i++) {
		struct stem *s = &list->at[i];

		s->term = plan_term(p, true, plan_prefix(at), s->text.data,
				    s->text.len);
		if (s->term)
			p->st = term_source_freq(&terms, s->term->term,
						 &s->documents, p->err);
		if (s->documents)
			list->at[kept++] = *s;
	}
	list->n = kept;
}

/* All of them as one; of equal documents one that has the word as it is asked
 * for, when any has, comes first. */
static struct xap_node *as_one(struct planner *p, const struct place *at,
			       const struct stems *list, bool asked)
{
	struct nodes kids = plan_nodes(p, list->n);
	struct xap_node *all, *tie;

	for (size_t i = 0; i < list->n; i++)
		plan_push(&kids, list->at[i].term);
	if (p->st != TRAWL_OK || kids.n < 2)
		return kids.n ? kids.at[0] : NULL;
	all = plan_over(p, XAP_SYNONYM, &kids);
	if (!asked || at->negative)
		return all;
	tie = plan_scaled(p, list->at[0].term, PLAN_TIE);
	return plan_pair(p, XAP_AND_MAYBE, all, tie);
}

static void report(struct planner *p, const struct plan_word *w)
{
	struct buf *b;

	if (!w->nspellings || p->expanded.len > REPORT_FULL)
		return;
	b = plan_report(p, w->shown);
	for (size_t i = 0; i < w->nspellings && i < LISTED; i++)
		buf_addf(b, "%s%s", i ? "," : "", w->spellings[i]);
	if (w->nspellings > LISTED)
		buf_addf(b, ",+%zu", w->nspellings - LISTED);
}

/* What snippets mark, and what expanded= says. */
static void note_words(struct planner *p, const struct stems *list,
		       struct plan_word *w)
{
	const struct variant_word *last = NULL;

	w->stems = plan_alloc(p, list->n, sizeof(*w->stems));
	w->spellings = plan_alloc(p, list->n, sizeof(*w->spellings));
	for (size_t i = 0; p->st == TRAWL_OK && i < list->n; i++) {
		const struct stem *s = &list->at[i];

		w->stems[w->nstems++] = plan_copy(p, s->text.data, s->text.len);
		if (!s->spelling || s->spelling == last)
			continue;
		last = s->spelling;
		w->spellings[w->nspellings++] =
			plan_copy(p, last->word, last->len);
	}
	if (p->st == TRAWL_OK)
		report(p, w);
}

static struct xap_node *one_stem(struct planner *p, const struct query_node *q,
				 const struct place *at, const struct token *t)
{
	struct xap_node *n = plan_token(p, q, at, t, true, 0);

	if (n)
		n = plan_weighed(p, at, t, n);
	if (n)
		p->out->words[p->out->nwords - 1].node = n;
	return n;
}

struct xap_node *plan_stem(struct planner *p, const struct query_node *q,
			   const struct place *at, const struct token *t)
{
	struct stems list = { .n = 0 };
	struct xap_node *node;
	struct plan_word *w;
	bool asked;

	if (!t->overlap && (p->ctx->nothers || p->ctx->nvariants))
		find_stems(p, q, t, &list);
	if (list.n > 1)
		keep_known(p, at, &list);
	asked = list.n && list.at[0].text.data == t->stem;
	if (!list.n || (list.n == 1 && asked))
		return one_stem(p, q, at, t);
	/* It is one word of the query's all the same. */
	if (!plan_token(p, q, at, t, true, 0))
		return NULL;
	w = &p->out->words[p->out->nwords - 1];
	note_words(p, &list, w);
	node = plan_weighed(p, at, t, as_one(p, at, &list, asked));
	w->node = node;
	return node;
}
