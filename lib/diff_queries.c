/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_queries.c - the same queries put to two databases
 *
 * They are made of terms, documents and values that went by (diff_sample.c):
 * so each finds something, phrases too.  Weights must be equal to the bit:
 * they are computed from the same numbers in the same order.
 */
#include "diff.h"

#include "printable.h"
#include "status.h"

#include <stdio.h>
#include <string.h>

enum {
	QUERY_NODES = 16,
	HITS = 20,
	WINDOW = 8, /* positions looked at for a phrase */
	PHRASE_MAX = 4,
	SLACK = 3,
	SEED = 4
};

struct draw {
	struct diff *d;
	struct diff_sample *s;
	struct xap_node node[QUERY_NODES];
	struct xap_node *kid[QUERY_NODES];
	size_t nnodes, nkids;
	struct diff_list terms; /* of the document that a phrase is from */
	uint32_t start;		/* of the window */
	const struct diff_item *word[WINDOW];
	const struct diff_item *at; /* whose positions are being read */
	enum trawl_status st;
	struct trawl_error err;
};

/* --------------------------------------------------------------- nodes -- */

static struct xap_node *node(struct draw *q, enum xap_op op, size_t nkids)
{
	struct xap_node *n = &q->node[q->nnodes++];

	*n = (struct xap_node){ .op = op,
				.kids = &q->kid[q->nkids],
				.nkids = nkids };
	q->nkids += nkids;
	return n;
}

static struct xap_node *pair(struct draw *q, enum xap_op op, struct xap_node *a,
			     struct xap_node *b)
{
	struct xap_node *n = node(q, op, 2);

	q->kid[q->nkids - 2] = a;
	q->kid[q->nkids - 1] = b;
	return n;
}

static struct xap_node *leaf(struct draw *q, const char *bytes, size_t len)
{
	struct xap_node *n = node(q, XAP_TERM, 0);

	n->term = (struct xap_bytes){ bytes, len };
	return n;
}

static struct xap_node *any(struct draw *q)
{
	const struct sample_term *t =
		&q->s->term[sample_random(q->s, q->s->nterms)];

	return leaf(q, t->bytes, t->len);
}

static struct xap_node *frequent(struct draw *q)
{
	const struct sample_term *t =
		&q->s->frequent[sample_random(q->s, q->s->nfrequent)];

	return leaf(q, t->bytes, t->len);
}

/* -------------------------------------------------------------- phrases -- */

static bool take_position(void *ctx, uint32_t position)
{
	struct draw *q = ctx;

	if (position >= q->start && position - q->start < WINDOW)
		q->word[position - q->start] = q->at;
	return position < q->start || position - q->start < WINDOW;
}

/* Which words of a document stand from some position on. */
static enum trawl_status read_window(struct draw *q, struct xap_db *db,
				     uint32_t docid, struct trawl_error *err)
{
	uint32_t length;
	enum trawl_status st = xap_db_length(db, docid, &length, err);

	memset(q->word, 0, sizeof(q->word));
	arena_reset(&q->terms.arena);
	q->terms.n = 0;
	q->terms.whole = true;
	if (st == TRAWL_OK)
		st = xap_db_termlist(db, docid, false, diff_take_term,
				     &q->terms, err);
	if (st == TRAWL_OK && q->terms.nomem)
		return fail_nomem(err);
	if (st != TRAWL_OK)
		return st;
	q->start = 1 + (uint32_t)sample_random(q->s, length / 2 + 1);
	for (size_t i = 0; st == TRAWL_OK && i < q->terms.n; i++) {
		q->at = &q->terms.item[i];
		st = xap_db_positions(db, docid, q->at->key.data,
				      q->at->key.len, take_position, q, err);
	}
	return st;
}

/* How many words stand side by side at the first place where some do. */
static size_t find_words(const struct draw *q, size_t *first)
{
	size_t n = 0;

	for (size_t i = 0; i < WINDOW && n < 2; i++) {
		*first = i;
		for (n = 0; i + n < WINDOW && q->word[i + n];)
			n++;
	}
	return n;
}

static struct xap_node *words(struct draw *q, enum xap_op op, uint32_t slack)
{
	uint32_t docid = q->s->document[sample_random(q->s, q->s->ndocuments)];
	size_t want = 2 + sample_random(q->s, PHRASE_MAX - 1), first = 0, n;
	struct xap_node *phrase;

	q->st = read_window(q, diff_db(q->d, 0), docid, &q->err);
	n = q->st == TRAWL_OK ? find_words(q, &first) : 0;
	if (n < 2)
		return any(q);
	if (n > want)
		n = want;
	phrase = node(q, op, n);
	phrase->window = (uint32_t)n + slack;
	for (size_t i = 0; i < n; i++) {
		const struct xap_bytes *w = &q->word[first + i]->key;

		q->kid[phrase->kids - q->kid + (ptrdiff_t)i] =
			leaf(q, w->data, w->len);
	}
	return phrase;
}

/* --------------------------------------------------------------- shapes -- */

static struct xap_node *make_or(struct draw *q)
{
	return pair(q, XAP_OR, frequent(q), any(q));
}

static struct xap_node *make_and(struct draw *q)
{
	return pair(q, XAP_AND, frequent(q), frequent(q));
}

static struct xap_node *make_phrase(struct draw *q)
{
	return words(q, XAP_PHRASE, 0);
}

static struct xap_node *make_loose(struct draw *q)
{
	return words(q, XAP_PHRASE, SLACK);
}

static struct xap_node *make_near(struct draw *q)
{
	return words(q, XAP_NEAR, SLACK);
}

static struct xap_node *make_maybe(struct draw *q)
{
	struct xap_node *either = pair(q, XAP_SYNONYM, any(q), frequent(q));

	return pair(q, XAP_AND_MAYBE, frequent(q), either);
}

static struct xap_node *make_not(struct draw *q)
{
	return pair(q, XAP_AND_NOT, frequent(q), frequent(q));
}

/* From one value on, and up to another if that is of the same slot. */
static struct xap_node *make_range(struct draw *q)
{
	struct diff_sample *s = q->s;
	const struct sample_value *low, *high;
	struct xap_node *range;

	if (!s->nvalues)
		return any(q);
	low = &s->value[sample_random(s, s->nvalues)];
	high = &s->value[sample_random(s, s->nvalues)];
	range = node(q, XAP_RANGE, 0);
	range->slot = low->slot;
	range->low = (struct xap_bytes){ low->bytes, low->len };
	if (high->slot == low->slot)
		range->high = (struct xap_bytes){ high->bytes, high->len };
	return pair(q, XAP_FILTER, make_or(q), range);
}

static const struct shape {
	const char *name;
	struct xap_node *(*make)(struct draw *q);
} shapes[] = {
	{ "word", any },	 { "or", make_or },
	{ "and", make_and },	 { "phrase", make_phrase },
	{ "loose", make_loose }, { "near", make_near },
	{ "maybe", make_maybe }, { "not", make_not },
	{ "range", make_range }, { "phrase", make_phrase },
};

enum {
	NSHAPES = sizeof(shapes) / sizeof(*shapes)
};

/* -------------------------------------------------------------- answers -- */

struct answer {
	struct xap_match hit[HITS];
	size_t n;
	struct xap_totals totals;
};

static void take_hit(void *ctx, const struct xap_match *m)
{
	struct answer *a = ctx;

	if (a->n < HITS)
		a->hit[a->n++] = *m;
}

/* As it is asked: shape, words. */
static void tell_answer(const struct draw *q, const char *how, const char *what)
{
	struct buf text = BUF_INIT(1 << 12);

	buf_adds(&text, how);
	for (size_t i = 0; i < q->nnodes; i++) {
		if (q->node[i].op != XAP_TERM)
			continue;
		buf_addc(&text, ' ');
		add_printable(&text, q->node[i].term.data, q->node[i].term.len);
	}
	diff_tell(q->d, NULL, "query %s: %s", text.data, what);
	buf_release(&text);
}

static bool same_totals(const struct xap_totals *a, const struct xap_totals *b)
{
	return a->lower == b->lower && a->estimated == b->estimated &&
	       a->upper == b->upper;
}

/* What differs first, as text; false: nothing. */
static bool answers_differ(const struct answer *a, const struct answer *b,
			   char *text, size_t size)
{
	size_t i = 0;

	while (i < a->n && i < b->n && a->hit[i].docid == b->hit[i].docid &&
	       a->hit[i].weight == b->hit[i].weight)
		i++;
	if (i < a->n && i < b->n)
		snprintf(text, size,
			 "hit %zu: document %u (%.17g) and %u "
			 "(%.17g)",
			 i + 1, a->hit[i].docid, a->hit[i].weight,
			 b->hit[i].docid, b->hit[i].weight);
	else if (a->n != b->n)
		snprintf(text, size, "hits: %zu and %zu", a->n, b->n);
	else if (!same_totals(&a->totals, &b->totals))
		snprintf(text, size,
			 "matches: %llu..%llu..%llu and %llu..%llu..%llu",
			 (unsigned long long)a->totals.lower,
			 (unsigned long long)a->totals.estimated,
			 (unsigned long long)a->totals.upper,
			 (unsigned long long)b->totals.lower,
			 (unsigned long long)b->totals.estimated,
			 (unsigned long long)b->totals.upper);
	else
		return false;
	return true;
}

static enum trawl_status ask_both(const struct draw *q,
				  const struct xap_search *rq, const char *how,
				  struct trawl_error *err)
{
	struct answer a[2] = { { .n = 0 } };
	char text[200];
	enum trawl_status st = TRAWL_OK;

	for (unsigned i = 0; st == TRAWL_OK && i < 2; i++)
		st = xap_db_search(diff_db(q->d, i), rq, take_hit, &a[i],
				   &a[i].totals, err);
	if (st == TRAWL_OK && answers_differ(&a[0], &a[1], text, sizeof(text)))
		tell_answer(q, how, text);
	return st;
}

/* By weight; then all matches counted and, where there are values, by them. */
static enum trawl_status ask_twice(struct draw *q, const struct xap_node *query,
				   const char *how, struct trawl_error *err)
{
	struct diff_sample *s = q->s;
	struct xap_search rq = {
		.query = query, .count = HITS, .k1 = 1.2, .b = 0.75
	};
	struct xap_key key = { .missing = { "", 0 } };
	enum trawl_status st = ask_both(q, &rq, how, err);

	rq.check_at_least = UINT32_MAX;
	if (s->nvalues) {
		key.slot = s->value[sample_random(s, s->nvalues)].slot;
		key.reverse = sample_random(s, 2);
		rq.keys = &key;
		rq.nkeys = 1;
	}
	return st == TRAWL_OK ? ask_both(q, &rq, how, err) : st;
}

static enum trawl_status ask_one(struct draw *q, const struct shape *shape,
				 struct trawl_error *err)
{
	struct xap_node *query;

	q->nnodes = q->nkids = 0;
	q->st = TRAWL_OK;
	query = shape->make(q);
	if (q->st != TRAWL_OK)
		return fail(err, q->st, "%s", q->err.text);
	return ask_twice(q, query, shape->name, err);
}

enum trawl_status diff_queries(struct diff *d, unsigned n,
			       struct trawl_error *err)
{
	struct draw q = { .d = d, .s = &d->sample };
	enum trawl_status st = TRAWL_OK;

	if (!d->sample.nterms || !d->sample.ndocuments)
		return TRAWL_OK;
	diff_list_init(&q.terms);
	d->sample.random = SEED;
	for (unsigned i = 0; st == TRAWL_OK && i < n; i++) {
		st = ask_one(&q, &shapes[i % NSHAPES], err);
		diff_progress(d, 0.9 + 0.1 * i / n);
	}
	diff_list_release(&q.terms);
	return st;
}
