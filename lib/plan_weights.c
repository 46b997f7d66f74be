/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_weights.c - what each word of a query weighs, beside its idf
 *
 *	sqrt(qtf)		 qtf: how often the query has it
 *	0.3			 of a stopword
 *	((cf + 1) / df) ^ 0.4	 cf: how often all documents together have it,
 *				 df: how many have it
 * The last is burstiness: what a text is about it names again and again, so that
 * content words come in clusters (Church and Gale 1995, "Poisson mixtures";
 * Kwok 1996, "A new method of weighting query terms for ad-hoc retrieval").
 *
 * A SCALE stands above each word from the start; what it is becomes known when
 * the whole query has been read.
 */
#include "planner.h"

#include "idf.h"
#include "status.h"
#include "term_source.h"

#include <math.h>

enum {
	FAR = 4 /* positions between what ranking does not join */
};

static const double stopword_weight = 0.3, burst = 0.4;

void plan_pass_by(struct planner *p)
{
	p->position += FAR;
}

static bool is_like(const struct plan_word *a, const struct plan_word *b)
{
	return a->stemmed == b->stemmed && a->prefix == b->prefix &&
	       a->nexpanded == b->nexpanded &&
	       !strcmp(a->stemmed ? a->stem : a->word,
		       b->stemmed ? b->stem : b->word);
}

struct xap_node *plan_weighed(struct planner *p, const struct place *at,
			      const struct token *t, struct xap_node *n)
{
	struct plan_word *w = &p->out->words[p->out->nwords - 1];
	struct nodes list;

	if (!p->ctx->weigh || !n || at->field || at->negative)
		return plan_scaled(p, n, at->weight);
	list = plan_nodes(p, 1);
	plan_push(&list, n);
	w->scale = plan_over(p, XAP_SCALE, &list);
	w->given = at->weight;
	w->stopword = t && t->stopword;
	w->position = p->position + (t ? t->position : 1);
	for (struct plan_word *b = p->out->words; w->scale && b < w; b++)
		if (b->scale && !b->again && is_like(b, w)) {
			w->again = true;
			b->repeats++;
			b->given += w->given;
			w->first = b;
			break;
		}
	return w->scale;
}

/* ---------------------------------------------------------- frequencies -- */

struct frequency {
	double documents, all;
};

static bool add_term(struct planner *p, const struct xap_node *n,
		     struct frequency *f)
{
	const struct term_source terms = { p->ctx->db, p->ctx->matcher };
	const double most = (double)p->ctx->documents;
	uint32_t documents = 0, all = 0;

	p->st = term_source_freqs(&terms, n->term, &documents, &all, p->err);
	f->documents = most - (most - f->documents) * (1 - documents / most);
	f->all += all;
	return p->st == TRAWL_OK;
}

/* A pattern's words are many: how often is not asked of each. */
static void add_expanded(const struct plan_word *w, const struct xap_node *n,
			 double most, struct frequency *f)
{
	for (size_t i = 0; i < n->nkids; i++)
		f->documents = most - (most - f->documents) *
					      (1 - w->documents[i] / most);
	f->all = f->documents - 1;
}

static struct frequency frequency_of(struct planner *p,
				     const struct plan_word *w)
{
	const struct xap_node *n = w->node;
	struct frequency f = { 0 };

	while (n->op == XAP_SCALE || n->op == XAP_AND_MAYBE)
		n = n->kids[0];
	if (n->op == XAP_TERM)
		add_term(p, n, &f);
	else if (w->documents)
		add_expanded(w, n, (double)p->ctx->documents, &f);
	else
		for (size_t i = 0; p->st == TRAWL_OK && i < n->nkids; i++)
			add_term(p, n->kids[i], &f);
	return f;
}

/* ---------------------------------------------------------------- words -- */

static void weigh(struct planner *p, struct plan_word *w)
{
	const struct frequency f = frequency_of(p, w);

	/* sqrt(qtf), by the mean of what the query gives each. */
	w->weight = w->given / sqrt(w->repeats + 1.0);
	if (w->stopword)
		w->weight *= stopword_weight;
	if (f.documents > 0)
		w->weight *= pow((f.all + 1) / f.documents, burst);
	w->idf = idf_of((double)p->ctx->documents, f.documents);
	p->out->most += w->weight * w->idf;
	w->scale->factor = w->weight / (w->repeats + 1);
}

/* A word of a field or of a phrase. */
static void weigh_other(struct planner *p, struct plan_word *w)
{
	struct frequency f;

	if (w->negative || !w->node ||
	    (w->field && w->field->type != TRAWL_TEXT))
		return;
	f = frequency_of(p, w);
	p->out->most += idf_of((double)p->ctx->documents, f.documents);
}

void plan_weigh(struct planner *p)
{
	if (!p->ctx->weigh || !p->ctx->documents)
		return;
	for (size_t i = 0; p->st == TRAWL_OK && i < p->out->nwords; i++) {
		struct plan_word *w = &p->out->words[i];

		if (!w->scale)
			weigh_other(p, w);
		else if (!w->again)
			weigh(p, w);
		else
			w->scale->factor = w->first->scale->factor;
	}
}

/* ------------------------------------------------------------- stopwords -- */

void plan_stopword(struct planner *p, const struct query_node *q,
		   const struct place *at, const struct token *t)
{
	struct xap_node *n;

	if (!p->ctx->weigh || at->negative || p->uncounted == TRAWL_WORDS_MAX)
		return;
	if (!p->stopwords.at)
		p->stopwords = plan_nodes(p, TRAWL_WORDS_MAX);
	p->uncounted++;
	n = plan_stem(p, q, at, t);
	if (n)
		p->out->words[p->out->nwords - 1].optional = true;
	plan_push(&p->stopwords, n);
}

/* Beside what narrows it, so that the matcher sees words beside words. */
struct xap_node *plan_with_stopwords(struct planner *p, struct xap_node *root)
{
	struct xap_node *maybe = plan_join(p, XAP_OR, &p->stopwords);
	struct nodes list;

	if (!maybe || !root || root->op == XAP_NONE || root->op == XAP_ALL)
		return root;
	if (root->op != XAP_FILTER)
		return plan_pair(p, XAP_AND_MAYBE, root, maybe);
	list = plan_nodes(p, root->nkids);
	for (size_t i = 0; p->st == TRAWL_OK && i < root->nkids; i++)
		plan_push(&list, i ? root->kids[i]
				   : plan_pair(p, XAP_AND_MAYBE, root->kids[0],
					       maybe));
	return p->st == TRAWL_OK ? plan_over(p, XAP_FILTER, &list) : NULL;
}
