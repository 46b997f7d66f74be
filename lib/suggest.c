/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suggest.h"

#include "buf.h"
#include "expand.h"
#include "json.h"
#include "result.h"
#include "status.h"
#include "utf8.h"

enum {
	PREFIX_TOKENS = 32, /* of a prefix that titles are compared with */
	TITLE_WORDS = 50,   /* that the last word may become in a title */
	LINE_TEXT_MAX = (RESULT_LINE_MAX - 64) / 6
};

/* ---------------------------------------------------------------- words -- */

struct trawl_words *words_new(void)
{
	struct trawl_words *w = calloc(1, sizeof(*w));

	if (w)
		arena_init(&w->arena, SUGGEST_BYTES_MAX);
	return w;
}

enum trawl_status words_reset(struct trawl_words *w,
			      const struct trawl_index *ix, size_t max,
			      struct trawl_error *err)
{
	arena_reset(&w->arena);
	w->n = 0;
	w->rev = arena_strdup(&w->arena, ix->rev);
	w->at = arena_zalloc(&w->arena, max + 1, sizeof(*w->at));
	return w->rev && w->at ? TRAWL_OK : fail_nomem(err);
}

enum trawl_status words_check_limit(unsigned limit, struct trawl_error *err)
{
	if (limit >= 1 && limit <= SUGGEST_MAX)
		return TRAWL_OK;
	return fail(err, TRAWL_BADVALUE, "limit: %u: must be 1..%d", limit,
		    SUGGEST_MAX);
}

size_t trawl_words_count(const struct trawl_words *words)
{
	return words ? words->n : 0;
}

const struct trawl_word *trawl_words_at(const struct trawl_words *words,
					size_t i)
{
	return words && i < words->n ? &words->at[i] : NULL;
}

const char *trawl_words_rev(const struct trawl_words *words)
{
	return words ? words->rev : "";
}

void trawl_words_free(struct trawl_words *words)
{
	if (!words)
		return;
	arena_release(&words->arena);
	free(words);
}

/* Bytes of text that make a line that is not too long, however escaped. */
static size_t fitting(const char *text)
{
	size_t len = strlen(text);

	return len > LINE_TEXT_MAX ? utf8_cut(text, len, LINE_TEXT_MAX) : len;
}

bool trawl_words_write(const struct trawl_words *words, trawl_sink *sink,
		       void *ctx)
{
	struct buf line = BUF_INIT(RESULT_LINE_MAX);
	bool more = true;

	for (size_t i = 0; more && i < trawl_words_count(words); i++) {
		const struct trawl_word *w = trawl_words_at(words, i);

		buf_reset(&line);
		buf_adds(&line, w->title ? "{\"title\":" : "{\"word\":");
		json_add_string(&line, w->text, fitting(w->text));
		buf_addf(&line, ",\"documents\":%llu%s}\n",
			 (unsigned long long)w->documents,
			 w->text[fitting(w->text)] ? ",\"cut\":true" : "");
		more = !line.failed && sink(ctx, line.data, line.len);
	}
	buf_release(&line);
	return more;
}

/* -------------------------------------------------------------- prefix -- */

struct suggest {
	const char *prefix;
	unsigned limit;
	struct trawl_words *out;
	struct arena work;
	/* The prefix, word by word; the last one may be unfinished. */
	struct token token[PREFIX_TOKENS];
	size_t ntokens;
	bool too_long;
	bool unfinished;
};

static bool white(const char *s)
{
	for (; *s; s++)
		if (strchr(" \t\r\n", *s))
			return true;
	return false;
}

static enum trawl_status read_prefix(struct trawl_index *ix, struct suggest *s,
				     struct trawl_error *err)
{
	struct token t;

	s->ntokens = 0;
	s->unfinished = s->too_long = false;
	analyzer_begin(ix->analyzer, s->prefix, strlen(s->prefix), 1);
	while (analyzer_next(ix->analyzer, &t)) {
		s->too_long = s->ntokens == PREFIX_TOKENS;
		if (s->too_long)
			break;
		s->token[s->ntokens++] = t;
	}
	if (analyzer_failed(ix->analyzer))
		return fail_nomem(err);
	if (s->ntokens)
		s->unfinished =
			!white(s->prefix + s->token[s->ntokens - 1].end);
	return TRAWL_OK;
}

/* Of the tokens that end where the prefix does, the longest: a CJK pair. */
static const struct token *last_word(const struct suggest *s)
{
	const struct token *last = &s->token[s->ntokens - 1];

	if (s->ntokens > 1 && last[-1].overlap && last[-1].end == last->end)
		return last - 1;
	return last;
}

static enum trawl_status add_completions(struct trawl_index *ix,
					 struct suggest *s, size_t max,
					 struct trawl_error *err)
{
	struct trawl_words *out = s->out;
	struct expand rq = { .term_prefix = "", .max = max };
	struct expansions e = { .word = NULL };
	enum trawl_status st;

	if (!s->ntokens || !s->unfinished || s->too_long)
		return TRAWL_OK;
	st = index_terms(ix, &rq.terms, err);
	if (st != TRAWL_OK)
		return st;
	rq.text = last_word(s)->word;
	rq.len = last_word(s)->word_len;
	st = expand_prefix(&rq, &out->arena, &e, err);
	for (size_t i = 0; st == TRAWL_OK && i < e.n; i++)
		out->at[out->n++] =
			(struct trawl_word){ .text = e.word[i].word,
					     .documents = e.word[i].documents };
	return st;
}

/* -------------------------------------------------------------- titles -- */

/* Does the title begin with the words of the prefix? */
static bool begins_with(struct trawl_index *ix, const struct suggest *s,
			const struct trawl_field *title)
{
	struct token t;

	analyzer_begin(ix->analyzer, title->value, title->len, 1);
	for (size_t i = 0; i < s->ntokens; i++) {
		const struct token *want = &s->token[i];
		bool whole = i + 1 < s->ntokens || !s->unfinished;

		if (!analyzer_next(ix->analyzer, &t) ||
		    t.word_len < want->word_len ||
		    (whole && t.word_len != want->word_len) ||
		    memcmp(t.word, want->word, want->word_len) != 0)
			return false;
	}
	return true;
}

static enum trawl_status add_title(struct suggest *s, size_t first,
				   const struct trawl_field *title,
				   struct trawl_error *err)
{
	struct trawl_words *out = s->out;
	struct trawl_word *w;

	for (size_t i = first; i < out->n; i++)
		if (!strcmp(out->at[i].text, title->value)) {
			out->at[i].documents++;
			return TRAWL_OK;
		}
	if (out->n - first == s->limit)
		return TRAWL_OK;
	w = &out->at[out->n];
	*w = (struct trawl_word){
		.text = arena_strndup(&out->arena, title->value, title->len),
		.documents = 1,
		.title = true
	};
	if (!w->text)
		return fail_nomem(err);
	out->n++;
	return TRAWL_OK;
}

static const struct trawl_field *title_of(const struct trawl_doc *doc)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, "title") &&
		    !doc->fields[i].json)
			return &doc->fields[i];
	return NULL;
}

struct found {
	uint32_t docid[SUGGEST_TITLES_READ];
	size_t n;
};

static void keep_docid(void *ctx, const struct xap_match *m)
{
	struct found *f = ctx;

	if (f->n < SUGGEST_TITLES_READ)
		f->docid[f->n++] = m->docid;
}

static struct xap_node *title_term(struct suggest *s, const char *word,
				   size_t len)
{
	struct xap_node *n = arena_zalloc(&s->work, 1, sizeof(*n));

	if (!n)
		return NULL;
	n->op = XAP_TERM;
	n->term.data = arena_printf(&s->work, "S%.*s", (int)len, word);
	n->term.len = len + 1;
	return n;
}

static struct xap_node *group(struct suggest *s, enum xap_op op, size_t max,
			      struct xap_node ***kids)
{
	struct xap_node *n = arena_zalloc(&s->work, 1, sizeof(*n));

	*kids = arena_zalloc(&s->work, max, sizeof(**kids));
	if (!n || !*kids)
		return NULL;
	n->op = op;
	n->kids = *kids;
	return n;
}

/* What the unfinished word can become in a title; NULL: nothing. */
static enum trawl_status title_endings(struct trawl_index *ix,
				       struct suggest *s, struct xap_node **out,
				       struct trawl_error *err)
{
	const struct token *last = &s->token[s->ntokens - 1];
	struct expand rq = { .term_prefix = "S",
			     .text = last->word,
			     .len = last->word_len,
			     .max = TITLE_WORDS };
	struct expansions e = { .word = NULL };
	struct xap_node **kids;
	enum trawl_status st = index_terms(ix, &rq.terms, err);

	*out = NULL;
	if (st == TRAWL_OK)
		st = expand_prefix(&rq, &s->work, &e, err);
	if (st != TRAWL_OK || !e.n)
		return st;
	*out = group(s, XAP_OR, e.n, &kids);
	for (size_t i = 0; *out && i < e.n; i++)
		kids[(*out)->nkids++] =
			title_term(s, e.word[i].word, e.word[i].len);
	return s->work.failed ? fail_nomem(err) : TRAWL_OK;
}

/* All words of the prefix in the title; their order is checked afterwards. */
static enum trawl_status title_query(struct trawl_index *ix, struct suggest *s,
				     struct xap_node **out,
				     struct trawl_error *err)
{
	size_t whole = s->ntokens - s->unfinished;
	struct xap_node **kids, *all, *ending = NULL;
	enum trawl_status st = TRAWL_OK;

	*out = NULL;
	if (s->unfinished)
		st = title_endings(ix, s, &ending, err);
	if (st != TRAWL_OK || (s->unfinished && !ending))
		return st;
	all = group(s, XAP_AND, s->ntokens, &kids);
	for (size_t i = 0; all && i < whole; i++)
		kids[all->nkids++] =
			title_term(s, s->token[i].word, s->token[i].word_len);
	if (all && ending)
		kids[all->nkids++] = ending;
	if (s->work.failed)
		return fail_nomem(err);
	*out = all;
	return TRAWL_OK;
}

static enum trawl_status find_titles(struct trawl_index *ix, struct suggest *s,
				     struct found *found,
				     struct trawl_error *err)
{
	const struct xap_key newest = { .slot = SLOT_ORDER };
	struct xap_search rq = { .count = SUGGEST_TITLES_READ,
				 .keys = &newest,
				 .nkeys = 1,
				 .k1 = 1.2,
				 .b = 0.75 };
	struct xap_totals totals;
	struct xap_node *query;
	enum trawl_status st = title_query(ix, s, &query, err);

	if (st != TRAWL_OK || !query)
		return st;
	rq.query = query;
	return xap_db_search(ix->db, &rq, keep_docid, found, &totals, err);
}

static enum trawl_status read_title(struct trawl_index *ix, struct suggest *s,
				    size_t first, uint32_t docid,
				    struct trawl_error *err)
{
	const struct trawl_field *title;
	struct trawl_doc doc;
	enum trawl_status st;

	arena_reset(&s->work);
	st = index_fields(ix, docid, &s->work, &doc, err);
	if (st != TRAWL_OK)
		return st;
	title = title_of(&doc);
	if (!title || !begins_with(ix, s, title))
		return analyzer_failed(ix->analyzer) ? fail_nomem(err)
						     : TRAWL_OK;
	return add_title(s, first, title, err);
}

static enum trawl_status add_titles(struct trawl_index *ix, struct suggest *s,
				    struct trawl_error *err)
{
	size_t first = s->out->n;
	struct found found = { .n = 0 };
	enum trawl_status st = TRAWL_OK;

	if (s->ntokens && !s->too_long)
		st = find_titles(ix, s, &found, err);
	for (size_t i = 0; st == TRAWL_OK && i < found.n; i++)
		st = read_title(ix, s, first, found.docid[i], err);
	return st;
}

/* Words and titles share the limit: each may have half of it and what the
 * other leaves. */
static void share_limit(struct suggest *s, size_t words)
{
	struct trawl_words *out = s->out;
	size_t titles = out->n - words, limit = s->limit;
	size_t half = limit / 2,
	       room = words < limit - half ? limit - words : half;

	if (titles > room)
		titles = room;
	if (words > limit - titles) {
		memmove(out->at + (limit - titles), out->at + words,
			titles * sizeof(*out->at));
		words = limit - titles;
	}
	out->n = words + titles;
}

static enum trawl_status suggest_body(struct trawl_index *ix, void *arg,
				      struct trawl_error *err)
{
	struct suggest *s = arg;
	size_t words = 0;
	enum trawl_status st = words_reset(s->out, ix, 2 * s->limit, err);

	if (st == TRAWL_OK)
		st = read_prefix(ix, s, err);
	if (st == TRAWL_OK)
		st = add_completions(ix, s, s->limit, err);
	words = s->out->n;
	if (st == TRAWL_OK)
		st = add_titles(ix, s, err);
	if (st == TRAWL_OK)
		share_limit(s, words);
	return st;
}

enum trawl_status trawl_suggest(struct trawl_index *ix, const char *prefix,
				unsigned limit, struct trawl_words **out,
				struct trawl_error *err)
{
	struct suggest s = { .prefix = prefix, .limit = limit };
	enum trawl_status st = words_check_limit(limit, err);

	if (!prefix || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_suggest: an argument is NULL");
	if (st != TRAWL_OK)
		return st;
	if (strlen(prefix) > TRAWL_QUERY_MAX)
		return fail(err, TRAWL_TOOCOMPLEX,
			    "the prefix has more than %d bytes "
			    "(TRAWL_QUERY_MAX)",
			    TRAWL_QUERY_MAX);
	s.out = words_new();
	if (!s.out)
		return fail_nomem(err);
	arena_init(&s.work, 4 * (size_t)TRAWL_TEXT_MAX);
	st = index_run(ix, suggest_body, &s, err);
	arena_release(&s.work);
	if (st == TRAWL_OK)
		*out = s.out;
	else
		trawl_words_free(s.out);
	return st;
}
