/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_leaf.c - words, phrases, keywords and patterns to terms
 */
#include "planner.h"

#include "derived.h"
#include "expand.h"
#include "status.h"
#include "utf8.h"

enum {
	LISTED = 10, /* words of an expansion that expanded= names */
	FOLD_MAX = TRAWL_QUERY_MAX * 4,
	PATTERN_CHARS = 2 /* at least */
};

/* -------------------------------------------------------------- tokens -- */

/* In the words of the parser's limits, since they are the same. */
static void too_complex(struct planner *p, const struct query_node *q,
			const char *what, int max, const char *limit)
{
	if (p->st == TRAWL_OK)
		p->st = fail_at(p->err, TRAWL_TOOCOMPLEX, q->column,
				"query: more than %d %s (limit %s)", max, what,
				limit);
}

static bool covered(const struct token *t, const struct token *all, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (all[i].overlap && t->position >= all[i].position &&
		    t->position - all[i].position <= 1)
			return true;
	return false;
}

/* CJK: pairs say more than the single characters that they are made of. */
static void prefer_pairs(struct planner *p)
{
	struct token all[PLAN_TOKENS_MAX];
	size_t n = p->ntokens;

	memcpy(all, p->token, n * sizeof(*all));
	p->ntokens = 0;
	for (size_t i = 0; i < n; i++)
		if (all[i].overlap || !covered(&all[i], all, n))
			p->token[p->ntokens++] = all[i];
}

static bool has_pairs(const struct planner *p)
{
	for (size_t i = 0; i < p->ntokens; i++)
		if (p->token[i].overlap)
			return true;
	return false;
}

/* Fill p->token from q's text; how many there are. */
size_t plan_analyse(struct planner *p, const struct query_node *q)
{
	struct analyzer *a = p->ctx->analyzer;
	struct token t;

	p->ntokens = 0;
	if (p->st != TRAWL_OK)
		return 0;
	analyzer_begin(a, q->text, q->text_len, 1);
	while (analyzer_next(a, &t)) {
		if (p->ntokens == PLAN_TOKENS_MAX) {
			too_complex(p, q, "words", TRAWL_WORDS_MAX, "words");
			return p->ntokens = 0;
		}
		p->token[p->ntokens++] = t;
	}
	if (analyzer_failed(a))
		p->st = fail_nomem(p->err);
	if (has_pairs(p))
		prefer_pairs(p);
	return p->st == TRAWL_OK ? p->ntokens : 0;
}

/* --------------------------------------------------------------- words -- */

static struct plan_word *add_word(struct planner *p, const struct query_node *q,
				  const struct place *at)
{
	struct plan_word *w;

	if (p->st == TRAWL_OK &&
	    p->out->nwords - p->uncounted == TRAWL_WORDS_MAX)
		too_complex(p, q, "words", TRAWL_WORDS_MAX, "words");
	if (p->st != TRAWL_OK)
		return NULL;
	w = &p->out->words[p->out->nwords++];
	*w = (struct plan_word){ .field = at->field,
				 .negative = at->negative,
				 .column = q->column };
	return w;
}

/* "title:carbon": mark is what follows a pattern. */
static const char *shown(struct planner *p, const struct place *at,
			 const char *text, size_t len, const char *mark)
{
	char *s = at->field
			  ? arena_printf(p->ctx->arena, "%s:%.*s%s",
					 at->field->name, (int)len, text, mark)
			  : arena_printf(p->ctx->arena, "%.*s%s", (int)len,
					 text, mark);

	if (!s && p->st == TRAWL_OK)
		p->st = fail_nomem(p->err);
	return s;
}

const char *plan_prefix(const struct place *at)
{
	return at->field ? at->field->prefix : "";
}

/* One token as a bare TERM and as a plan_word with its weight on. */
struct xap_node *plan_token(struct planner *p, const struct query_node *q,
			    const struct place *at, const struct token *t,
			    bool stemmed, uint32_t group)
{
	const char *text = stemmed ? t->stem : t->word;
	size_t len = stemmed ? t->stem_len : t->word_len;
	struct xap_node *n = plan_term(p, stemmed, plan_prefix(at), text, len);
	struct plan_word *w = n ? add_word(p, q, at) : NULL;

	if (!w)
		return NULL;
	w->word = plan_copy(p, t->word, t->word_len);
	w->stem = plan_copy(p, t->stem, t->stem_len);
	w->shown = shown(p, at, t->word, t->word_len, "");
	w->stemmed = stemmed;
	w->group = group;
	w->node = plan_scaled(p, n, at->weight);
	return n;
}

static uint32_t span(const struct planner *p)
{
	return p->token[p->ntokens - 1].position - p->token[0].position + 1;
}

/* Unstemmed: the last that was added. */
static struct xap_node *one_word(struct planner *p, const struct place *at,
				 struct xap_node *n)
{
	struct plan_word *w = &p->out->words[p->out->nwords - 1];

	n = plan_weighed(p, at, &p->token[0], n);
	w->node = n;
	p->position++;
	return n;
}

/* The tokens as a phrase of their unstemmed words. */
static struct xap_node *phrase(struct planner *p, const struct query_node *q,
			       const struct place *at, uint32_t window)
{
	uint32_t group = p->ntokens > 1 ? ++p->groups : 0;
	struct nodes kids = plan_nodes(p, p->ntokens);

	if (p->ntokens > TRAWL_PHRASE_MAX)
		too_complex(p, q, "words in a phrase", TRAWL_PHRASE_MAX,
			    "phrase");
	for (size_t i = 0; p->st == TRAWL_OK && i < p->ntokens; i++)
		plan_push(&kids,
			  plan_token(p, q, at, &p->token[i], false, group));
	if (p->st != TRAWL_OK || !kids.n)
		return NULL;
	if (p->ntokens == 1)
		return one_word(p, at, kids.at[0]);
	plan_pass_by(p);
	if (window < span(p))
		window = span(p);
	return plan_scaled(p, plan_within(p, XAP_PHRASE, &kids, window),
			   at->weight);
}

static bool listed(const struct buf *b, const char *word, size_t len)
{
	const char *s = b->data, *end = b->data + b->len;

	while (s < end) {
		const char *comma = memchr(s, ',', (size_t)(end - s));
		size_t n = (size_t)((comma ? comma : end) - s);

		if (n == len && !memcmp(s, word, len))
			return true;
		s += n + 1;
	}
	return false;
}

static void ignore(struct planner *p, const char *word, size_t len)
{
	if (listed(&p->ignored, word, len))
		return;
	if (p->ignored.len)
		buf_addc(&p->ignored, ',');
	buf_add(&p->ignored, word, len);
}

/* May what says little be left out there? */
static bool may_drop(const struct planner *p, const struct place *at)
{
	return p->drop_stopwords && !at->field && !at->demanded;
}

static struct xap_node *word_or_tag(struct planner *p,
				    const struct query_node *q,
				    const struct place *at,
				    const struct token *t, bool all)
{
	struct xap_node *word = plan_stem(p, q, at, t);
	struct xap_node *parts = plan_tag(p, q, at, t, all);

	return parts ? plan_pair(p, XAP_OR, word, parts) : word;
}

static struct xap_node *side_by_side(struct planner *p,
				     const struct query_node *q,
				     const struct place *at)
{
	bool all = p->ctx->match_all || has_pairs(p);
	const bool drop = may_drop(p, at);
	struct nodes kids = plan_nodes(p, p->ntokens);

	for (size_t i = 0; p->st == TRAWL_OK && i < p->ntokens; i++) {
		const struct token *t = &p->token[i];

		if (drop && t->stopword) {
			ignore(p, t->word, t->word_len);
			plan_stopword(p, q, at, t);
		} else {
			plan_push(&kids, word_or_tag(p, q, at, t, all));
		}
	}
	p->position += p->ntokens ? span(p) : 0;
	return plan_join(p, all ? XAP_AND : XAP_OR, &kids);
}

static struct xap_node *text_word(struct planner *p, const struct query_node *q,
				  const struct place *at)
{
	const struct query_node shorter = plan_without_address(q);

	if (may_drop(p, at) && shorter.text_len < q->text_len) {
		ignore(p, q->text + shorter.text_len,
		       strcspn(q->text + shorter.text_len, ","));
		q = &shorter;
	}
	if (!plan_analyse(p, q))
		return NULL;
	if (at->strict && p->ntokens > 1)
		return phrase(p, q, at, 0);
	return side_by_side(p, q, at);
}

static struct xap_node *text_phrase(struct planner *p,
				    const struct query_node *q,
				    const struct place *at)
{
	return plan_analyse(p, q) ? phrase(p, q, at, q->window) : NULL;
}

/* ------------------------------------------------------------ keywords -- */

/* q's text as whole values are folded, in p->scratch's stead: copied. */
static struct xap_bytes folded(struct planner *p, const struct query_node *q,
			       const struct place *at)
{
	struct buf b = BUF_INIT(FOLD_MAX);
	struct xap_bytes out = { "", 0 };

	if (at->field && !strcmp(at->field->name, "id"))
		buf_add(&b, q->text, q->text_len);
	else
		analyzer_fold(q->text, q->text_len, &b);
	if (b.failed && p->st == TRAWL_OK)
		p->st = fail_nomem(p->err);
	out.len = b.len;
	out.data = plan_copy(p, b.data, b.len);
	buf_release(&b);
	return out;
}

/* The value's words, as a phrase, without plan_words of their own. */
static struct xap_node *value_words(struct planner *p,
				    const struct query_node *q,
				    const struct place *at)
{
	size_t n = plan_analyse(p, q);
	struct nodes kids = plan_nodes(p, n + 1);

	for (size_t i = 0; i < n; i++)
		plan_push(&kids,
			  plan_term(p, false, plan_prefix(at), p->token[i].word,
				    p->token[i].word_len));
	if (p->st != TRAWL_OK || !kids.n)
		return NULL;
	return plan_within(p, XAP_PHRASE, &kids,
			   q->window > span(p) ? q->window : span(p));
}

static bool same_term(const struct xap_node *a, const struct xap_node *b)
{
	return a->op == XAP_TERM && b->op == XAP_TERM &&
	       a->term.len == b->term.len &&
	       !memcmp(a->term.data, b->term.data, a->term.len);
}

static struct xap_node *keyword(struct planner *p, const struct query_node *q,
				const struct place *at)
{
	struct xap_bytes value = folded(p, q, at);
	struct xap_node *whole, *words = NULL;
	struct plan_word *w;

	if (p->st != TRAWL_OK || !value.len)
		return NULL;
	whole = plan_term(p, false, at->field->prefix, value.data, value.len);
	if (at->field->words)
		words = value_words(p, q, at);
	if (words && whole && !same_term(whole, words))
		whole = plan_pair(p, XAP_OR, whole, words);
	w = whole ? add_word(p, q, at) : NULL;
	if (!w)
		return NULL;
	w->word = w->stem = value.data;
	w->shown = shown(p, at, value.data, value.len, "");
	w->node = whole;
	return whole;
}

/* ------------------------------------------------------------ patterns -- */

static size_t letters(struct xap_bytes s)
{
	size_t n = 0, i = 0;
	uint32_t cp;

	for (; i < s.len; n++)
		i += utf8_decode(s.data + i, s.len - i, &cp);
	return n;
}

static bool pattern_allowed(struct planner *p, const struct query_node *q,
			    struct xap_bytes text)
{
	if (p->st != TRAWL_OK)
		return false;
	if (++p->patterns > TRAWL_PATTERNS_MAX)
		too_complex(p, q, "prefix or fuzzy words", TRAWL_PATTERNS_MAX,
			    "patterns");
	else if (letters(text) < PATTERN_CHARS)
		p->st = fail_at(p->err, TRAWL_TOOCOMPLEX, q->column,
				"a prefix or fuzzy word needs %d letters or "
				"more",
				PATTERN_CHARS);
	return p->st == TRAWL_OK;
}

struct buf *plan_report(struct planner *p, const char *asked)
{
	struct buf *b = &p->expanded;

	if (b->len)
		buf_addc(b, ';');
	buf_adds(b, asked);
	buf_addc(b, ':');
	return b;
}

/* "elect*:election,elected,+12" */
static void report(struct planner *p, const char *pattern,
		   const struct expansions *e)
{
	struct buf *b = plan_report(p, pattern);
	size_t n = e->n;

	for (size_t i = 0; i < n && i < LISTED; i++) {
		if (i)
			buf_addc(b, ',');
		buf_add(b, e->word[i].word, e->word[i].len);
	}
	if (n > LISTED)
		buf_addf(b, ",+%zu", n - LISTED);
}

static struct xap_node *synonym(struct planner *p, const struct place *at,
				struct plan_word *w,
				const struct expansions *found)
{
	const size_t n = found->n, skip = strlen(plan_prefix(at));
	struct nodes kids = plan_nodes(p, n + 1);
	const char **words = plan_alloc(p, n + 1, sizeof(*words));
	struct xap_node *terms = plan_alloc(p, n + 1, sizeof(*terms));
	uint32_t *documents = plan_alloc(p, n + 1, sizeof(*documents));

	if (p->st != TRAWL_OK)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		const struct expansion *e = &found->word[i];

		words[i] = e->word;
		documents[i] = e->documents;
		terms[i].op = XAP_TERM;
		terms[i].term =
			(struct xap_bytes){ e->word - skip, e->len + skip };
		plan_push(&kids, &terms[i]);
	}
	w->expanded = words;
	w->nexpanded = n;
	w->documents = w->prefix ? documents : NULL;
	if (!n)
		return plan_node(p, XAP_NONE);
	p->position++;
	return plan_weighed(p, at, NULL,
			    n == 1 ? kids.at[0]
				   : plan_over(p, XAP_SYNONYM, &kids));
}

static struct expansions expand(struct planner *p, const struct query_node *q,
				const struct place *at, struct xap_bytes text)
{
	const struct plan_context *c = p->ctx;
	const struct expand rq = { .terms = { c->db, c->matcher },
				   .term_prefix = plan_prefix(at),
				   .text = text.data,
				   .len = text.len,
				   .max = TRAWL_EXPANSION_MAX,
				   .ranked = LISTED,
				   .edits = q->window ? q->window : 1,
				   .same_start = 1,
				   .deadline = c->deadline };
	struct expansions e = { .word = NULL };

	p->st = q->op == QUERY_PREFIX ? expand_prefix(&rq, c->arena, &e, p->err)
				      : expand_fuzzy(&rq, c->arena, &e, p->err);
	p->out->partial |= e.partial;
	p->out->late |= e.late;
	return e;
}

static struct xap_node *pattern(struct planner *p, const struct query_node *q,
				const struct place *at)
{
	struct xap_bytes text = folded(p, q, at);
	struct plan_word *w;
	struct expansions e;
	char mark[16] = "*";

	if (p->st != TRAWL_OK || !text.len || !pattern_allowed(p, q, text))
		return NULL;
	if (q->op == QUERY_FUZZY)
		snprintf(mark, sizeof(mark), "~%u", q->window ? q->window : 1u);
	e = expand(p, q, at, text);
	w = add_word(p, q, at);
	if (!w)
		return NULL;
	w->word = w->stem = text.data;
	w->shown = shown(p, at, text.data, text.len, mark);
	w->prefix = q->op == QUERY_PREFIX;
	w->node = synonym(p, at, w, &e);
	if (p->st == TRAWL_OK)
		report(p, w->shown, &e);
	return (struct xap_node *)w->node;
}

/* -------------------------------------------------------------- leaves -- */

static bool is_keyword(const struct schema_field *f)
{
	return f && f->type != TRAWL_TEXT;
}

static struct xap_node *leaf(struct planner *p, const struct query_node *q,
			     const struct place *at)
{
	if (q->op == QUERY_DATE || q->op == QUERY_RANGE)
		return plan_range(p, q, at);
	if (at->field && !*at->field->prefix)
		return plan_node(p, XAP_NONE);
	if (q->op == QUERY_PREFIX || q->op == QUERY_FUZZY)
		return pattern(p, q, at);
	if (is_keyword(at->field))
		return keyword(p, q, at);
	if (q->op == QUERY_WORD)
		return text_word(p, q, at);
	return text_phrase(p, q, at);
}

bool plan_is_word(const struct query_node *q, const struct place *at)
{
	bool wordlike = q->op == QUERY_WORD || q->op == QUERY_EXACT ||
			q->op == QUERY_PHRASE;

	return wordlike && !is_keyword(at->field);
}

/* Words of furniture are in a field of their own; raw: asks for the whole page. */
static struct xap_node *raw(struct planner *p, const struct query_node *q,
			    const struct place *at)
{
	struct nodes both = plan_nodes(p, 2);
	struct place text = *at;

	text.field = NULL;
	plan_push(&both, leaf(p, q, &text));
	plan_push(&both, leaf(p, q, at));
	return plan_join(p, XAP_OR, &both);
}

struct xap_node *plan_leaf(struct planner *p, const struct query_node *q,
			   const struct place *at)
{
	return at->field && !strcmp(at->field->prefix, PREFIX_RAW)
		       ? raw(p, q, at)
		       : leaf(p, q, at);
}
