/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gather.h"

#include "analyze.h"
#include "buf.h"
#include "huge.h"
#include "meta.h"

enum {
	FIRST = 1024,
	KEEP = 1 << 16 /* of met; more are given back after the document */
};

void gather_init(struct gather *g, struct terms *terms)
{
	*g = (struct gather){ .nplaces = 0 };
	postings_init(&g->postings, terms);
}

static void forget(struct gather *g)
{
	free(g->met);
	g->met = NULL;
	g->nmet = g->met_alloc = 0;
}

void gather_release(struct gather *g)
{
	postings_release(&g->postings);
	free(g->plain.terms);
	free(g->title.terms);
	free(g->here);
	forget(g);
	gather_init(g, g->postings.terms);
}

void gather_reset(struct gather *g)
{
	postings_reset(&g->postings);
	g->words = 0;
	g->nmet = 0;
	if (g->met_alloc > KEEP)
		forget(g);
}

/* --------------------------------------------------------------- terms -- */

static uint32_t long_term(struct gather *g, const char *prefix, const char *s,
			  size_t len)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	uint32_t made = NO_TERM;

	add_long_term(&term, prefix, s, len);
	if (!term.failed)
		made = terms_add(g->postings.terms, term.data, term.len);
	buf_release(&term);
	return made;
}

/* Its number in the dictionary; NO_TERM: out of memory. */
static uint32_t make_term(struct gather *g, const char *prefix, const char *s,
			  size_t len)
{
	const size_t n = strlen(prefix);
	char bytes[XAP_TERM_MAX];

	if (n + len > sizeof(bytes))
		return long_term(g, prefix, s, len);
	memcpy(bytes, prefix, n);
	memcpy(bytes + n, s, len);
	return terms_add(g->postings.terms, bytes, n + len);
}

static uint32_t make_stem(struct gather *g, const char *prefix,
			  const struct token *t)
{
	char zprefix[SCHEMA_NAME_MAX + 4] = "Z";

	memcpy(zprefix + 1, prefix, strlen(prefix) + 1);
	return make_term(g, zprefix, t->stem, t->stem_len);
}

void gather_term(struct gather *g, const char *prefix, const char *s,
		 size_t len)
{
	postings_number(&g->postings, make_term(g, prefix, s, len));
}

/* ---------------------------------------------------------------- memo -- */

static void check_memo(struct memo *m, unsigned words, unsigned dictionary)
{
	if (m->words == words && m->dictionary == dictionary)
		return;
	m->words = words;
	m->dictionary = dictionary;
	m->n = 0;
}

/* The first n and more, those that are new being not known. */
static bool grow_memo(struct memo *m, size_t n)
{
	const size_t want = n > 2 * m->alloc ? n + FIRST : 2 * m->alloc;
	struct memo_terms *grown;

	if (n > m->alloc) {
		grown = huge_grow(m->terms, m->n * sizeof(*grown),
				  want * sizeof(*grown));
		if (!grown)
			return false;
		m->terms = grown;
		m->alloc = want;
	}
	memset(m->terms + m->n, 0xFF, (m->alloc - m->n) * sizeof(*m->terms));
	m->n = m->alloc;
	return true;
}

/* --------------------------------------------------------------- words -- */

void gather_begin(struct gather *g, const struct place *places, size_t n,
		  unsigned generation)
{
	g->place = places;
	g->nplaces = n;
	g->nmet = 0;
	for (size_t i = 0; i < n; i++)
		if (places[i].memo)
			check_memo(places[i].memo, generation,
				   g->postings.terms->generation);
}

static void learn(struct gather *g, const struct token *t,
		  const struct place *place, struct memo_terms *known)
{
	if (known->word == NO_TERM)
		known->word = make_term(g, place->prefix, t->word, t->word_len);
	if (known->stem == NO_TERM && place->stems)
		known->stem = make_stem(g, place->prefix, t);
}

/* Its terms in the dictionary, which are not those of the document yet. */
static inline void look_up(struct gather *g, const struct token *t,
			   const struct place *place, struct memo_terms *known,
			   struct gathered *out)
{
	if (known->word == NO_TERM || (known->stem == NO_TERM && place->stems))
		learn(g, t, place, known);
	out->number = t->number;
	out->word = known->word;
	out->stem = known->stem;
	out->wdf = place->wdf;
	if (out->stem == NO_TERM && place->stems)
		g->postings.failed = true;
	/* Not in a function of its own: gcc takes that for one without effect. */
	if (out->word != NO_TERM)
		__builtin_prefetch(&g->postings.terms->term[out->word].here);
	if (out->stem != NO_TERM)
		__builtin_prefetch(&g->postings.terms->term[out->stem].here);
}

static inline void enter(struct gather *g, struct gathered *out)
{
	const size_t before = g->postings.nterms;

	out->word = postings_number(&g->postings, out->word);
	g->words += g->postings.nterms - before;
	if (out->stem != NO_TERM)
		out->stem = postings_number(&g->postings, out->stem);
}

static inline void count(struct postings *p, const struct gathered *m,
			 uint32_t position)
{
	postings_place(p, m->word, position);
	p->term[m->word].wdf += m->wdf;
	if (m->stem != NO_TERM)
		p->term[m->stem].wdf += m->wdf;
}

/* A word without a number cannot be met again. */
static void count_unnumbered(struct gather *g, const struct token *t)
{
	struct gathered m;

	for (size_t i = 0; i < g->nplaces; i++) {
		struct memo_terms unknown = { NO_TERM, NO_TERM };

		look_up(g, t, &g->place[i], &unknown, &m);
		enter(g, &m);
		if (!g->postings.failed)
			count(&g->postings, &m, t->position);
	}
}

static bool reserve_met(struct gather *g, size_t n)
{
	const size_t want = 2 * g->met_alloc + FIRST;
	struct gathered *grown;

	if (g->nmet + n <= g->met_alloc)
		return true;
	grown = realloc(g->met, want * sizeof(*grown));
	if (!grown)
		return false;
	g->met = grown;
	g->met_alloc = want;
	return true;
}

/* For words up to that number. */
static bool reserve_number(struct gather *g, uint32_t number)
{
	const size_t want = 2 * (size_t)number + FIRST;
	uint32_t *grown;

	for (size_t i = 0; i < g->nplaces; i++) {
		struct memo *memo = g->place[i].memo;

		if (memo && number >= memo->n && !grow_memo(memo, number + 1))
			return false;
	}
	if (number < g->nhere)
		return true;
	grown = huge_grow(g->here, g->nhere * sizeof(*grown),
			  want * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + g->nhere, 0, (want - g->nhere) * sizeof(*grown));
	g->here = grown;
	g->nhere = want;
	return true;
}

/* Room for whatever a batch may bring; and memory brings here[]. */
static bool reserve(struct gather *g, const struct token *t, size_t n)
{
	uint32_t last = 0;

	for (size_t i = 0; i < n; i++) {
		const uint32_t number = t[i].number;

		if (number < g->nhere)
			__builtin_prefetch(&g->here[number]);
		if (number > last && number != NO_NUMBER)
			last = number;
	}
	return reserve_met(g, n * g->nplaces) && reserve_number(g, last);
}

/* Where in met the word is or will be; is it new there? */
static inline bool meet(struct gather *g, uint32_t number, uint32_t *at)
{
	*at = g->here[number];
	if (*at < g->nmet && g->met[*at].number == number)
		return false;
	*at = g->here[number] = (uint32_t)g->nmet;
	for (size_t i = 0; i < g->nplaces; i++) {
		g->met[g->nmet++].number = number;
		if (g->place[i].memo)
			__builtin_prefetch(&g->place[i].memo->terms[number]);
	}
	return true;
}

/* Words that are new in this text, met from at on, to the document's. */
static void enter_all(struct gather *g, const struct token *const *t, size_t n,
		      struct gathered *met)
{
	for (size_t i = 0; i < g->nplaces; i++) {
		const struct place *place = &g->place[i];
		struct memo_terms unknown;

		for (size_t k = 0; k < n; k++) {
			struct memo_terms *known = &unknown;

			unknown = (struct memo_terms){ NO_TERM, NO_TERM };
			if (place->memo)
				known = &place->memo->terms[t[k]->number];
			look_up(g, t[k], place, known,
				&met[k * g->nplaces + i]);
		}
	}
	for (size_t i = 0; i < n * g->nplaces; i++)
		enter(g, &met[i]);
}

/*
 * A word's way through memory has three steps that may have to wait: here, the
 * memo, and the dictionary.  So a batch takes each together.
 */
void gather_tokens(struct gather *g, const struct token *t, size_t n)
{
	const size_t first = g->nmet;
	const struct token *fresh[GATHER_BATCH];
	uint32_t at[GATHER_BATCH];
	size_t nfresh = 0;

	if (!reserve(g, t, n))
		g->postings.failed = true;
	if (g->postings.failed)
		return;
	for (size_t i = 0; i < n; i++)
		if (t[i].number != NO_NUMBER && meet(g, t[i].number, &at[i]))
			fresh[nfresh++] = &t[i];
	enter_all(g, fresh, nfresh, g->met + first);
	if (g->postings.failed)
		return;
	for (size_t i = 0; i < n; i++) {
		if (t[i].number == NO_NUMBER) {
			count_unnumbered(g, &t[i]);
			continue;
		}
		for (size_t k = 0; k < g->nplaces; k++)
			count(&g->postings, &g->met[at[i] + k], t[i].position);
	}
}
