/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * similar.c - documents like a document, or like a text
 *
 * What a document is about is in its stems that come often in it and seldom
 * elsewhere: those of the greatest (1 + ln often) * idf are searched, each as
 * heavy as its 1 + ln often.  A stem of one document alone finds nothing else,
 * and one of more than half of a larger index tells nothing.
 */
#include "search.h"

#include "buf.h"
#include "derived.h"
#include "idf.h"
#include "status.h"
#include "tally.h"

#include <math.h>

enum {
	SIMILAR_TERMS = 30,
	SIMILAR_SMALL = 20,  /* documents: below, frequent words tell, too */
	SIMILAR_LOOKS = 256, /* words weighed between two looks at the clock */
	SIMILAR_WORDS_MAX = TRAWL_TERMS_MAX
};

struct source {
	const char *id, *text;
};

struct candidate {
	const char *term; /* Z and the stem */
	size_t len;
	double often, weight; /* 1 + ln of how often; that times idf */
};

struct candidates {
	struct search *s;
	struct candidate *best; /* SIMILAR_TERMS, heaviest first */
	size_t n;
	struct tally words; /* Z and stem of every word */
	size_t read;	    /* words */
};

static bool is_heavier(const struct candidate *a, const struct candidate *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int order;

	if (a->weight != b->weight)
		return a->weight > b->weight;
	order = memcmp(a->term, b->term, n);
	return order ? order < 0 : a->len < b->len;
}

/* Keeps the best in order: each falls to its place from the end. */
static void offer(struct candidates *c, const struct candidate *more)
{
	size_t i = c->n;

	if (i < SIMILAR_TERMS)
		c->n++;
	else if (!is_heavier(more, &c->best[--i]))
		return;
	for (; i && is_heavier(more, &c->best[i - 1]); i--)
		c->best[i] = c->best[i - 1];
	c->best[i] = *more;
}

/* Terms that are in n of the documents: do they say something? */
static bool is_telling(const struct search *s, uint64_t n, bool own)
{
	uint64_t all = s->ix->documents;

	if (n < (own ? 2u : 1u))
		return false;
	return all < SIMILAR_SMALL || 2 * n <= all;
}

static void weigh(struct candidates *c, const struct tally_entry *e,
		  uint32_t documents)
{
	double all = (double)c->s->ix->documents;
	struct candidate more = { .term = e->text, .len = e->len };

	more.often = 1 + log((double)e->count);
	more.weight = more.often * idf_of(all, documents);
	offer(c, &more);
}

static enum trawl_status count_stems(struct candidates *c, const char *text,
				     size_t len, struct trawl_error *err)
{
	struct analyzer *a = c->s->ix->analyzer;
	char term[ANALYZE_WORD_BYTES + 2] = "Z";
	struct token t;

	analyzer_begin(a, text, len, 1);
	while (!c->s->work.failed && analyzer_next(a, &t)) {
		if (c->read++ % SIMILAR_LOOKS == 0 && search_is_late(c->s))
			break;
		if (t.stopword || t.stem_len > ANALYZE_WORD_BYTES)
			continue;
		memcpy(term + 1, t.stem, t.stem_len);
		tally_add(&c->words, term, t.stem_len + 1u);
	}
	return analyzer_failed(a) || c->s->work.failed ? fail_nomem(err)
						       : TRAWL_OK;
}

/*
 * Read rather than looked up in its term list, which does not say which stems
 * are those of stopwords.
 */
static enum trawl_status count_document(struct candidates *c, const char *id,
					struct trawl_error *err)
{
	struct trawl_doc doc;
	uint32_t docid;
	enum trawl_status st = index_find(c->s->ix, id, &docid, err);

	if (st == TRAWL_OK)
		st = index_document(c->s->ix, docid, &c->s->page, &doc, err);
	if (st == TRAWL_OK && !blank_furniture(&doc, &c->s->page))
		st = fail_nomem(err);
	if (st != TRAWL_OK)
		return st;
	for (size_t i = 0; st == TRAWL_OK && i < doc.nfields; i++)
		if (!strcmp(doc.fields[i].name, "title") && !doc.fields[i].json)
			st = count_stems(c, doc.fields[i].value,
					 doc.fields[i].len, err);
	return st == TRAWL_OK ? count_stems(c, doc.text, doc.text_len, err)
			      : st;
}

static enum trawl_status choose(struct candidates *c, bool own,
				struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < c->words.n; i++) {
		const struct tally_entry *e = &c->words.entry[i];
		const struct xap_bytes term = { e->text, e->len };
		uint32_t documents;

		if (i % SIMILAR_LOOKS == 0 && search_is_late(c->s))
			break;
		st = search_term_freq(c->s, term, &documents, err);
		if (st == TRAWL_OK && is_telling(c->s, documents, own))
			weigh(c, e, documents);
	}
	return st;
}

/* ---------------------------------------------------------------- query -- */

static struct xap_node *term_node(struct search *s, const char *term,
				  size_t len)
{
	struct xap_node *node = arena_zalloc(&s->work, 1, sizeof(*node));

	if (node) {
		node->op = XAP_TERM;
		node->term = (struct xap_bytes){ term, len };
	}
	return node;
}

static struct xap_node *scaled_node(struct search *s, const struct candidate *c)
{
	struct xap_node *node = arena_zalloc(&s->work, 1, sizeof(*node));
	struct xap_node **kid = arena_zalloc(&s->work, 1, sizeof(*kid));

	if (!node || !kid)
		return NULL;
	*kid = term_node(s, c->term, c->len);
	node->op = XAP_SCALE;
	node->factor = c->often;
	node->kids = kid;
	node->nkids = 1;
	return node;
}

static enum trawl_status any_of(struct candidates *c, struct trawl_error *err)
{
	struct search *s = c->s;
	struct xap_node *node = arena_zalloc(&s->work, 1, sizeof(*node));
	struct xap_node **kids = arena_zalloc(&s->work, c->n, sizeof(*kids));

	for (size_t i = 0; kids && i < c->n; i++)
		kids[i] = scaled_node(s, &c->best[i]);
	if (s->work.failed)
		return fail_nomem(err);
	node->op = c->n ? XAP_OR : XAP_NONE;
	node->kids = kids;
	node->nkids = c->n;
	s->root = node;
	return TRAWL_OK;
}

/* In the place of a query's words. */
static enum trawl_status mark_stems(struct candidates *c,
				    struct trawl_error *err)
{
	struct search *s = c->s;

	s->nwords = 0;
	s->words = arena_zalloc(&s->work, c->n, sizeof(*s->words));
	if (!s->words)
		return fail_nomem(err);
	for (size_t i = 0; i < c->n; i++)
		s->words[s->nwords++] = (struct snippet_word){
			.text = c->best[i].term + 1,
			.len = (uint32_t)c->best[i].len - 1,
			.stem = true,
			.weight = c->best[i].weight,
		};
	return TRAWL_OK;
}

/* root, but not the document itself. */
static enum trawl_status leave_out(struct search *s, const char *id,
				   struct trawl_error *err)
{
	struct buf unique = BUF_INIT(XAP_TERM_MAX);
	struct xap_node *self;
	bool failed;

	add_long_term(&unique, TERM_ID, id, strlen(id));
	self = term_node(s, arena_strndup(&s->work, unique.data, unique.len),
			 unique.len);
	s->root = search_pair(s, XAP_AND_NOT, s->root, self);
	failed = unique.failed || s->work.failed;
	buf_release(&unique);
	return failed ? fail_nomem(err) : TRAWL_OK;
}

/* rq's query and dates, as filters. */
static enum trawl_status narrow(struct search *s, struct xap_node *like,
				struct trawl_error *err)
{
	enum trawl_status st;

	s->root = like;
	if (!*s->query) {
		st = search_dates(s, &s->root, err);
		return st == TRAWL_OK ? search_story(s, &s->root, err) : st;
	}
	st = search_query(s, err);
	if (st == TRAWL_OK)
		s->root = search_pair(s, XAP_FILTER, like, s->root);
	return s->work.failed ? fail_nomem(err) : st;
}

static enum trawl_status make_similar(struct search *s, struct trawl_error *err)
{
	const struct source *like = s->arg;
	struct candidate best[SIMILAR_TERMS + 1];
	struct candidates c = {
		.s = s,
		.best = best,
		.words = { .arena = &s->work, .max = SIMILAR_WORDS_MAX },
	};
	enum trawl_status st;

	if (like->id)
		st = count_document(&c, like->id, err);
	else
		st = count_stems(&c, like->text,
				 strnlen(like->text, TRAWL_TEXT_MAX), err);
	if (st == TRAWL_OK)
		st = choose(&c, like->id, err);
	if (st == TRAWL_OK)
		st = any_of(&c, err);
	if (st == TRAWL_OK)
		st = narrow(s, s->root, err);
	if (st == TRAWL_OK && like->id)
		st = leave_out(s, like->id, err);
	return st == TRAWL_OK ? mark_stems(&c, err) : st;
}

enum trawl_status trawl_similar(struct trawl_index *ix, const char *id,
				const char *text,
				const struct trawl_request *rq,
				struct trawl_result **out,
				struct trawl_error *err)
{
	const struct source like = { id, text };
	struct trawl_request narrowed;
	struct search s = {
		.rq = &narrowed,
		.make = make_similar,
		.arg = &like,
	};

	if (!rq || (!id && !text))
		return fail(err, TRAWL_INVAL,
			    "trawl_similar: an argument is NULL");
	narrowed = *rq;
	narrowed.sort = narrowed.facets = NULL;
	narrowed.ranking = TRAWL_RANKING_BM25;
	narrowed.timeline = TRAWL_TIMELINE_NONE;
	narrowed.explain = narrowed.correct = narrowed.headlines = false;
	return search_run(ix, &s, out, err);
}
