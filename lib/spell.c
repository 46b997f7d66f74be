/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spell.c - near spellings of a word, and of the words of a query
 *
 * A vocabulary that was read by machines is full of misreadings, each in a
 * document or two; so what is near counts for little unless it is frequent.
 */
#include "suggest.h"

#include "buf.h"
#include "expand.h"
#include "lexicon.h"
#include "query.h"
#include "status.h"
#include "utf8.h"

enum {
	CANDIDATES = 64,  /* of one word of a query */
	MUCH_RARER = 10,  /* times: then it is no correction of the word */
	SAME_LETTER = 10, /* the first letter is rarely mistyped: as if that
			     many times as frequent */
	WORK_MAX = 4 << 20
};

static size_t count_chars(const char *s, size_t len)
{
	size_t n = 0;
	uint32_t cp;

	for (size_t i = 0; i < len; n++)
		i += utf8_decode(s + i, len - i, &cp);
	return n;
}

static bool has_digit(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] >= '0' && s[i] <= '9')
			return true;
	return false;
}

static bool same(const struct expansion *e, const struct token *t)
{
	return e->len == t->word_len && !memcmp(e->word, t->word, e->len);
}

/*
 * Words within edits of t, fewer edits first.  With two edits and any first
 * letter the whole vocabulary would be walked (a tenth of a second for a
 * million words): two edits need the same first letter, one does not.
 * What was found by the deadline is what there is.
 */
static enum trawl_status near_words(const struct expand *rq, unsigned edits,
				    struct arena *arena, struct expansions *out,
				    struct trawl_error *err)
{
	struct expand close = *rq, wide = *rq;
	struct expansions far = { .word = NULL };
	struct expansion *all;
	enum trawl_status st;

	close.edits = 1;
	st = expand_fuzzy(&close, arena, out, err);
	if (st != TRAWL_OK || edits < 2)
		return st;
	wide.edits = edits;
	wide.same_start = 1;
	st = expand_fuzzy(&wide, arena, &far, err);
	if (st != TRAWL_OK)
		return st;
	all = arena_zalloc(arena, out->n + far.n + 1, sizeof(*all));
	if (!all)
		return fail_nomem(err);
	memcpy(all, out->word, out->n * sizeof(*all));
	for (size_t i = 0; i < far.n; i++)
		if (far.word[i].edits > 1)
			all[out->n++] = far.word[i];
	out->word = all;
	out->late |= far.late;
	return TRAWL_OK;
}

/* ---------------------------------------------------------------- spell -- */

struct spell {
	const char *word;
	unsigned limit;
	struct trawl_words *out;
};

static uint32_t documents_of(const struct expansions *found,
			     const struct token *t)
{
	for (size_t i = 0; i < found->n; i++)
		if (same(&found->word[i], t))
			return found->word[i].documents;
	return 0;
}

static void take(struct trawl_words *out, size_t max,
		 const struct expansions *found, const struct token *t)
{
	const struct expansion *e = found->word;
	uint32_t documents = documents_of(found, t);
	bool digits = has_digit(t->word, t->word_len);

	for (size_t i = 0; i < found->n && out->n < max; i++) {
		if (same(&e[i], t) || e[i].documents < documents / MUCH_RARER ||
		    (!digits && has_digit(e[i].word, e[i].len)))
			continue;
		out->at[out->n++] =
			(struct trawl_word){ .text = e[i].word,
					     .documents = e[i].documents };
	}
}

static enum trawl_status spell_body(struct trawl_index *ix, void *arg,
				    struct trawl_error *err)
{
	struct spell *s = arg;
	struct expand rq = { .term_prefix = "",
			     .max = 4 * (size_t)s->limit + 10 };
	enum trawl_status st = words_reset(s->out, ix, s->limit, err);
	struct expansions found = { .word = NULL };
	unsigned edits;
	struct token t;

	if (st == TRAWL_OK)
		st = index_terms(ix, &rq.terms, err);
	if (st != TRAWL_OK)
		return st;
	analyzer_begin(ix->analyzer, s->word, strlen(s->word), 1);
	if (!analyzer_next(ix->analyzer, &t))
		return analyzer_failed(ix->analyzer) ? fail_nomem(err)
						     : TRAWL_OK;
	edits = count_chars(t.word, t.word_len) > SPELL_EDITS_MAX_1 ? 2 : 1;
	rq.text = t.word;
	rq.len = t.word_len;
	st = near_words(&rq, edits, &s->out->arena, &found, err);
	if (st == TRAWL_OK)
		take(s->out, s->limit, &found, &t);
	return st;
}

enum trawl_status trawl_spell(struct trawl_index *ix, const char *word,
			      unsigned limit, struct trawl_words **out,
			      struct trawl_error *err)
{
	struct spell s = { .word = word, .limit = limit };
	enum trawl_status st = words_check_limit(limit, err);

	if (!word || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_spell: an argument is NULL");
	if (st != TRAWL_OK)
		return st;
	if (strpbrk(word, " \t\r\n"))
		return fail(err, TRAWL_BADVALUE,
			    "spelling: one word at a time");
	s.out = words_new();
	if (!s.out)
		return fail_nomem(err);
	st = index_run(ix, spell_body, &s, err);
	if (st == TRAWL_OK)
		*out = s.out;
	else
		trawl_words_free(s.out);
	return st;
}

/* -------------------------------------------------------------- correct -- */

/* A word of the query that may be replaced: bytes begin..end of it. */
struct target {
	size_t begin, end;
	char word[ANALYZE_WORD_BYTES + 1], stem[ANALYZE_WORD_BYTES + 1];
	size_t len, stem_len;
};

struct corrector {
	struct trawl_index *ix;
	struct term_source terms;
	const char *query;
	size_t len;
	uint64_t deadline;
	struct arena *arena;
	struct trawl_error *err;
	enum trawl_status st;
	struct target target[CORRECT_WORDS_MAX];
	size_t ntargets;
	const struct lexicon *lexicon; /* once it is ready */
	bool asked;		       /* for it */
};

/* Where node's text stands in the query as it was typed; SIZE_MAX: it was
 * typed in some other way. */
static size_t typed_at(const struct corrector *c, const struct query_node *q)
{
	size_t at = q->column ? q->column - 1 : 0;

	if (at > c->len || c->len - at < q->text_len ||
	    memcmp(c->query + at, q->text, q->text_len) != 0)
		return SIZE_MAX;
	return at;
}

static void add_target(struct corrector *c, size_t at, const struct token *t)
{
	struct target *to;

	if (c->ntargets == CORRECT_WORDS_MAX || t->overlap || t->stopword ||
	    t->word_len > ANALYZE_WORD_BYTES || t->stem_len > t->word_len ||
	    has_digit(t->word, t->word_len) ||
	    count_chars(t->word, t->word_len) < CORRECT_CHARS_1)
		return;
	to = &c->target[c->ntargets++];
	to->begin = at + t->begin;
	to->end = at + t->end;
	to->len = t->word_len;
	to->stem_len = t->stem_len;
	memcpy(to->word, t->word, t->word_len);
	memcpy(to->stem, t->stem, t->stem_len);
}

static void read_word(struct corrector *c, const struct query_node *q)
{
	struct analyzer *a = c->ix->analyzer;
	size_t at = typed_at(c, q);
	struct token t;

	if (at == SIZE_MAX)
		return;
	analyzer_begin(a, q->text, q->text_len, 1);
	while (analyzer_next(a, &t))
		add_target(c, at, &t);
	if (analyzer_failed(a))
		c->st = fail_nomem(c->err);
}

/* The tree is as deep as its brackets, which are limited. */
static void find_targets(struct corrector *c, const struct query_node *q)
{
	if (q->must_not || q->field || c->st != TRAWL_OK)
		return;
	if (q->op == QUERY_WORD)
		read_word(c, q);
	for (uint32_t i = 0; i < q->nkids; i++)
		if (q->op != QUERY_NOT || !i)
			find_targets(c, q->kids[i]);
}

/* As Xapian knows it: documents that hold the word in any of its forms. */
static enum trawl_status stem_documents(struct corrector *c,
					const struct target *t, uint32_t *out)
{
	char bytes[ANALYZE_WORD_BYTES + 2] = "Z";
	const struct xap_bytes term = { bytes, t->stem_len + 1 };

	memcpy(bytes + 1, t->stem, t->stem_len);
	return term_source_freq(&c->terms, term, out, c->err);
}

/* Its other spellings are the word: those of the first part that has any. */
static const struct variant_group *spellings(const struct corrector *c,
					     const char *word, size_t len)
{
	const struct variant_group *group = NULL;

	for (size_t i = 0; !group && i < c->ix->nvariants; i++)
		group = variants_find(c->ix->variants[i], word, len);
	return group;
}

static enum trawl_status add_spellings(struct corrector *c,
				       const struct target *t, uint32_t *out)
{
	const struct variant_group *group = spellings(c, t->word, t->len);
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; group && st == TRAWL_OK && i < group->n; i++) {
		const struct variant_word *w = &group->word[i];
		const struct xap_bytes term = { w->word, w->len };
		uint32_t n = 0;

		if (w->len == t->len && !memcmp(w->word, t->word, t->len))
			continue;
		st = term_source_freq(&c->terms, term, &n, c->err);
		*out = n > UINT32_MAX - *out ? UINT32_MAX : *out + n;
	}
	return st;
}

static double likeness(const struct target *t, const struct expansion *e)
{
	double worth = e->documents;

	if (*e->word == *t->word)
		worth *= SAME_LETTER;
	return e->edits > 1 ? worth / CORRECT_TIMES : worth;
}

static bool is_self(const struct corrector *c, const struct target *t,
		    const struct expansion *e)
{
	const struct variant_group *group = spellings(c, t->word, t->len);

	if (e->len == t->len && !memcmp(e->word, t->word, e->len))
		return true;
	return group && spellings(c, e->word, e->len) == group;
}

static bool is_candidate(const struct corrector *c, const struct target *t,
			 uint32_t documents, const struct expansion *e)
{
	if (is_self(c, t, e) || has_digit(e->word, e->len))
		return false;
	if (!documents)
		return true;
	return e->edits == 1 &&
	       e->documents / CORRECT_TIMES >= (uint64_t)documents;
}

static const struct expansion *choose(const struct corrector *c,
				      const struct target *t,
				      uint32_t documents,
				      const struct expansions *found)
{
	const struct expansion *best = NULL, *e = found->word;

	for (size_t i = 0; i < found->n; i++)
		if (is_candidate(c, t, documents, &e[i]) &&
		    (!best || likeness(t, &e[i]) > likeness(t, best)))
			best = &e[i];
	return best;
}

/* Once a query: each time it reads a slice of it, until it is ready. */
static void ask_lexicon(struct corrector *c)
{
	struct trawl_index *ix = c->ix;
	bool ready = false;

	if (c->asked)
		return;
	c->asked = true;
	if (!ix->lexicon)
		ix->lexicon = lexicon_new();
	if (ix->lexicon)
		c->st = lexicon_read(ix->lexicon, &c->terms, &ready, c->err);
	c->lexicon = ready ? ix->lexicon : NULL;
}

/* A better word for t, or NULL. */
static const struct expansion *better(struct corrector *c,
				      const struct target *t)
{
	struct expand rq = { .terms = c->terms,
			     .term_prefix = "",
			     .text = t->word,
			     .len = t->len,
			     .max = CANDIDATES,
			     .deadline = c->deadline };
	unsigned edits = count_chars(t->word, t->len) < CORRECT_CHARS_2 ? 1 : 2;
	struct expansions found = { .word = NULL };
	uint32_t documents = 0;

	c->st = stem_documents(c, t, &documents);
	if (c->st == TRAWL_OK)
		c->st = add_spellings(c, t, &documents);
	if (c->st == TRAWL_OK && documents <= CORRECT_RARE)
		ask_lexicon(c);
	if (c->st != TRAWL_OK || documents > CORRECT_RARE)
		return NULL;
	rq.lexicon = c->lexicon;
	c->st = near_words(&rq, documents ? 1 : edits, c->arena, &found,
			   c->err);
	return c->st == TRAWL_OK && !found.late
		       ? choose(c, t, documents, &found)
		       : NULL;
}

static void replace(struct corrector *c, struct buf *out, bool *changed)
{
	size_t done = 0;

	for (size_t i = 0; c->st == TRAWL_OK && i < c->ntargets; i++) {
		const struct target *t = &c->target[i];
		const struct expansion *e = better(c, t);

		if (!e || t->begin < done)
			continue;
		buf_add(out, c->query + done, t->begin - done);
		buf_add(out, e->word, e->len);
		done = t->end;
		*changed = true;
	}
	buf_add(out, c->query + done, c->len - done);
	if (out->failed && c->st == TRAWL_OK)
		c->st = fail_nomem(c->err);
}

enum trawl_status correct_query(struct trawl_index *ix, const char *query,
				uint64_t deadline, struct arena *arena,
				const char **out, struct trawl_error *err)
{
	const struct query_options options = { .schema = &ix->schema };
	struct corrector c = { .ix = ix,
			       .query = query,
			       .len = strlen(query),
			       .deadline = deadline,
			       .arena = arena,
			       .err = err };
	struct buf text = BUF_INIT(2 * TRAWL_QUERY_MAX);
	bool changed = false;
	struct query q;

	c.st = index_terms(ix, &c.terms, err);
	if (c.st == TRAWL_OK)
		c.st = index_words(ix, err);
	if (c.st == TRAWL_OK)
		c.st = query_parse(query, c.len, &options, arena, &q, err);
	if (c.st == TRAWL_OK)
		find_targets(&c, q.root);
	if (c.st == TRAWL_OK)
		replace(&c, &text, &changed);
	if (c.st == TRAWL_OK) {
		*out = changed ? arena_strndup(arena, text.data, text.len)
			       : NULL;
		if (changed && !*out)
			c.st = fail_nomem(err);
	}
	buf_release(&text);
	return c.st;
}

struct correction {
	const char *query;
	struct arena work;
	char *out;
};

static enum trawl_status correct_body(struct trawl_index *ix, void *arg,
				      struct trawl_error *err)
{
	struct correction *c = arg;
	const char *text = NULL;
	enum trawl_status st;

	arena_reset(&c->work);
	st = correct_query(ix, c->query, 0, &c->work, &text, err);
	if (st != TRAWL_OK || !text)
		return st;
	c->out = strdup(text);
	return c->out ? TRAWL_OK : fail_nomem(err);
}

enum trawl_status trawl_correct(struct trawl_index *ix, const char *query,
				char **out, struct trawl_error *err)
{
	struct correction c = { .query = query };
	enum trawl_status st;

	if (!query || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_correct: an argument is NULL");
	arena_init(&c.work, WORK_MAX);
	st = index_run(ix, correct_body, &c, err);
	arena_release(&c.work);
	if (st == TRAWL_OK)
		*out = c.out;
	return st;
}
