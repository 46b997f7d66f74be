/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hit.c - from the number of a document to a hit
 */
#include "search.h"

#include "derived.h"
#include "language.h"
#include "request.h"
#include "status.h"

enum {
	LATE_HITS = 10,	  /* are given, bare, even past the deadline */
	MARKED_FUZZY = 16 /* of the words that a word stands for */
};

/* ---------------------------------------------------------------- words -- */

const struct xap_node *search_core(const struct plan_word *w)
{
	const struct xap_node *node = w->node;

	while (node->op == XAP_SCALE && node->nkids)
		node = node->kids[0];
	return node;
}

/* Words of a field's own are not marked in the text. */
static bool is_marked(const struct plan_word *w)
{
	return !w->negative && !w->field && !w->optional;
}

static bool is_fuzzy(const struct plan_word *w)
{
	return w->nexpanded && !w->prefix;
}

static void add_word(struct search *s, const char *text, double weight,
		     const struct plan_word *w)
{
	s->words[s->nwords++] = (struct snippet_word){
		.text = text,
		.len = (uint32_t)strlen(text),
		.stem = w->stemmed,
		.prefix = w->prefix,
		.group = w->group,
		.weight = weight,
	};
}

/* A pattern weighs what its most frequent word does. */
static enum trawl_status word_idf(struct search *s, const struct plan_word *w,
				  double *idf, struct trawl_error *err)
{
	const struct xap_node *node = search_core(w);

	while (node->op != XAP_TERM && node->nkids)
		node = node->kids[0];
	return search_idf(s, node->term.data, node->term.len, idf, err);
}

/* Of another spelling, or in another language: as it is, where the text's words
 * have other stems. */
static void add_stems(struct search *s, const struct plan_word *w, double idf)
{
	const struct plan_word as_it_is = { .group = w->group };
	size_t left = MARKED_FUZZY;

	for (size_t i = 0; i < w->nstems && left; i++)
		if (strcmp(w->stems[i], w->stem) != 0) {
			add_word(s, w->stems[i], idf, w);
			left--;
		}
	for (size_t i = 0; s->ix->nothers && i < w->nspellings && left;
	     i++, left--)
		add_word(s, w->spellings[i], idf, &as_it_is);
	if (s->ix->nothers && left)
		add_word(s, w->word, idf, &as_it_is);
}

/* more: what it stands for besides itself. */
static enum trawl_status add_plan_word(struct search *s,
				       const struct plan_word *w, bool more,
				       struct trawl_error *err)
{
	double idf;
	enum trawl_status st = word_idf(s, w, &idf, err);
	size_t n = w->nexpanded < MARKED_FUZZY ? w->nexpanded : MARKED_FUZZY;

	if (st != TRAWL_OK)
		return st;
	if (more && w->nstems)
		add_stems(s, w, idf);
	else if (is_fuzzy(w))
		for (size_t i = 0; i < n; i++)
			add_word(s, w->expanded[i], idf, w);
	else
		add_word(s, w->stemmed ? w->stem : w->word, idf, w);
	return TRAWL_OK;
}

/* A word's place in its phrase: words of a group stand in order. */
static void number_groups(struct search *s)
{
	uint32_t order = 0;

	for (size_t i = 1; i < s->nwords; i++) {
		bool same = s->words[i].group &&
			    s->words[i].group == s->words[i - 1].group;

		order = same ? order + 1 : 0;
		s->words[i].order = order;
	}
}

enum trawl_status search_words(struct search *s, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	s->nwords = 0;
	s->words = arena_zalloc(&s->work, s->plan.nwords * (MARKED_FUZZY + 1),
				sizeof(*s->words));
	if (!s->words)
		return fail_nomem(err);
	/* A snippet looks for a limited number: what words stand for comes
	 * last. */
	for (int more = 0; more <= 1; more++)
		for (size_t i = 0; st == TRAWL_OK && i < s->plan.nwords; i++) {
			const struct plan_word *w = &s->plan.words[i];

			if (is_marked(w) &&
			    (is_fuzzy(w) == more || (more && w->nstems)))
				st = add_plan_word(s, w, more, err);
		}
	number_groups(s);
	return st;
}

struct analyzer *search_analyzer(const struct search *s,
				 const struct trawl_doc *doc)
{
	const struct trawl_index *ix = s->ix;
	const char *language = ix->nothers ? language_of(doc) : NULL;

	for (size_t i = 0; language && i < ix->nothers; i++)
		if (!strcmp(analyzer_language(ix->other[i]), language))
			return ix->other[i];
	return ix->analyzer;
}

/* ----------------------------------------------------------------- hits -- */

static const char *copy(struct search *s, const char *text, size_t len)
{
	return arena_strndup(&s->res->arena, text, len);
}

/* The built-in fields have members of their own. */
static const char **own_member(struct trawl_hit *hit,
			       const struct trawl_field *f)
{
	const char **member = NULL;

	if (!strcmp(f->name, "title"))
		member = &hit->title;
	else if (!strcmp(f->name, "date"))
		member = &hit->date;
	else if (!strcmp(f->name, "source"))
		member = &hit->source;
	return member && !*member && !f->json ? member : NULL;
}

static enum trawl_status copy_fields(struct search *s,
				     const struct trawl_doc *doc,
				     struct trawl_hit *hit,
				     struct trawl_error *err)
{
	struct arena *arena = &s->res->arena;
	struct trawl_field *fields =
		arena_zalloc(arena, doc->nfields, sizeof(*fields));

	hit->fields = fields;
	for (size_t i = 0; fields && i < doc->nfields; i++) {
		const struct trawl_field *f = &doc->fields[i];
		const char **member = own_member(hit, f);

		if (s->rq->fields ? !list_has(s->rq->fields, f->name)
				  : is_derived_field(f->name))
			continue;
		if (member) {
			*member = copy(s, f->value, f->len);
			continue;
		}
		fields[hit->nfields] = *f;
		fields[hit->nfields].name = arena_strdup(arena, f->name);
		fields[hit->nfields++].value = copy(s, f->value, f->len);
	}
	return arena->failed ? result_full(s->res, err) : TRAWL_OK;
}

static enum trawl_status make_snippets(struct search *s,
				       const struct trawl_doc *doc,
				       struct trawl_hit *hit,
				       struct trawl_error *err)
{
	const struct snippet_request rq = {
		.text = doc->text,
		.text_len = doc->text_len,
		.words = s->words,
		.nwords = s->nwords,
		.max = s->rq->snippets,
		.title = hit->title,
		.mark = s->rq->mark,
	};

	if (!rq.max || !doc->text_len || search_is_late(s))
		return TRAWL_OK;
	return snippet_make(search_analyzer(s, doc), &rq, &s->res->arena,
			    &hit->snippets, &hit->nsnippets, err);
}

/* A document without its furniture, which neither snippets nor counts see. */
static enum trawl_status read_article(struct search *s, uint32_t docid,
				      struct trawl_doc *out,
				      struct trawl_error *err)
{
	enum trawl_status st = index_document(s->ix, docid, &s->page, out, err);

	if (st == TRAWL_OK && !blank_furniture(out, &s->page))
		return fail_nomem(err);
	return st;
}

static enum trawl_status read_hit(struct search *s, const struct xap_match *m,
				  struct trawl_hit *hit,
				  struct trawl_error *err)
{
	struct trawl_doc doc;
	enum trawl_status st;

	arena_reset(&s->page);
	/* A thousand large texts' words are not all kept. */
	analyzer_flush(s->ix->analyzer);
	index_words_flush(s->ix);
	if (s->rq->snippets || s->rq->explain)
		st = read_article(s, m->docid, &doc, err);
	else
		st = index_fields(s->ix, m->docid, &s->page, &doc, err);
	if (st != TRAWL_OK)
		return st;
	hit->score = search_by_relevance(s) ? m->weight : 0;
	hit->id = copy(s, doc.id, strlen(doc.id));
	if (doc.index)
		hit->index = copy(s, doc.index, strlen(doc.index));
	st = copy_fields(s, &doc, hit, err);
	if (st == TRAWL_OK)
		st = make_snippets(s, &doc, hit, err);
	if (st == TRAWL_OK && s->rq->explain && !search_is_late(s))
		st = search_explain(s, m->docid, &doc, hit, err);
	/* It reads another document into the same page. */
	return st == TRAWL_OK
		       ? search_story_of(s, (size_t)(m - s->match), hit, err)
		       : st;
}

enum trawl_status search_hits(struct search *s, struct trawl_error *err)
{
	struct trawl_result *res = s->res;
	enum trawl_status st = TRAWL_OK;

	res->hits = arena_zalloc(&res->arena, s->nmatches, sizeof(*res->hits));
	if (!res->hits)
		return result_full(res, err);
	for (size_t i = 0; st == TRAWL_OK && i < s->nmatches; i++) {
		if (i >= LATE_HITS && search_is_late(s)) {
			s->nmatches = i;
			break;
		}
		res->hits[i].rank = s->rq->offset + (unsigned)i + 1;
		st = read_hit(s, &s->match[i], &res->hits[i], err);
	}
	return st;
}
