/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * variants_decide.c - trawl_variants_decide(), _replace(): what the user decides
 *
 * The lines are metadata; they and Xapian's synonyms change in one transaction.
 */
#include "variants.h"

#include "analyze.h"
#include "generation.h"
#include "part_words.h"
#include "status.h"
#include "utf8.h"
#include "writer_parts.h"

enum {
	SHOWN = 100, /* bytes of a word that are repeated */
	LINE_WORDS = VARIANTS_WORDS_MAX
};

struct decider {
	struct trawl_writer *w;
	struct analyzer *analyzer;
	struct arena arena;
	struct buf mined;
	struct variant_lines lines;
	const char *word[LINE_WORDS]; /* folded */
	size_t n;
};

/* --------------------------------------------------------------- words -- */

static enum trawl_status no_word(const char *s, size_t len,
				 struct trawl_error *err)
{
	return fail(err, TRAWL_BADVALUE,
		    "\"%.*s\" is no single word: give words as a search has "
		    "them, one by one",
		    (int)utf8_cut(s, len, SHOWN), s);
}

/* s, folded, among the words. */
static enum trawl_status add_word(struct decider *d, const char *s, size_t len,
				  struct trawl_error *err)
{
	struct token one, more;
	const char *copy;

	if (d->n == LINE_WORDS)
		return fail(err, TRAWL_BADVALUE,
			    "more than %d words for one group", LINE_WORDS);
	analyzer_flush(d->analyzer);
	analyzer_begin(d->analyzer, s, len, 1);
	if (!analyzer_next(d->analyzer, &one) ||
	    analyzer_next(d->analyzer, &more))
		return analyzer_failed(d->analyzer) ? fail_nomem(err)
						    : no_word(s, len, err);
	copy = arena_strndup(&d->arena, one.word, one.word_len);
	if (!copy)
		return fail_nomem(err);
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->word[i], copy))
			return TRAWL_OK;
	d->word[d->n++] = copy;
	return TRAWL_OK;
}

static enum trawl_status add_words(struct decider *d, const char *const *words,
				   size_t n, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < n; i++)
		st = words[i] ? add_word(d, words[i], strlen(words[i]), err)
			      : fail(err, TRAWL_INVAL, "a word is NULL");
	return st;
}

/* -------------------------------------------------------------- groups -- */

static bool is_in(const struct variant_group *g, const char *word)
{
	for (size_t i = 0; i < g->n; i++)
		if (!strcmp(g->word[i].word, word))
			return true;
	return false;
}

/* The words must be one group's: of one word, all of its group's. */
static enum trawl_status take_group(struct decider *d,
				    const struct variant_group *g,
				    struct trawl_error *err)
{
	if (!g)
		return fail(err, TRAWL_NOTFOUND,
			    "%s is in no group: see trawl-index variants",
			    d->word[0]);
	for (size_t i = 1; i < d->n; i++)
		if (!is_in(g, d->word[i]))
			return fail(err, TRAWL_NOTFOUND,
				    "%s and %s are in no group together",
				    d->word[0], d->word[i]);
	if (d->n > 1)
		return TRAWL_OK;
	d->n = 0;
	for (size_t i = 0; i < g->n; i++) {
		d->word[d->n] = arena_strdup(&d->arena, g->word[i].word);
		if (!d->word[d->n++])
			return fail_nomem(err);
	}
	return TRAWL_OK;
}

/* As they were mined, or are in the list, whatever was decided on them. */
static enum trawl_status whole_group(struct decider *d, bool with_list,
				     struct trawl_error *err)
{
	const struct variants_input in = { .mined = d->mined.data,
					   .mined_len = d->mined.len,
					   .user = "",
					   .with_list = with_list };
	struct variants *v;
	enum trawl_status st = variants_new(&in, &v, err);

	if (st != TRAWL_OK)
		return st;
	st = take_group(d, variants_find(v, d->word[0], strlen(d->word[0])),
			err);
	variants_free(v);
	return st;
}

/* ----------------------------------------------------------- decisions -- */

static enum trawl_status decide(struct decider *d, char kind,
				struct trawl_error *err)
{
	if (d->n < 2)
		return fail(err, TRAWL_BADVALUE,
			    "two different words are needed at least");
	return variant_lines_decide(&d->lines, kind, d->word, d->n)
		       ? TRAWL_OK
		       : fail_nomem(err);
}

static enum trawl_status forget(struct decider *d, struct trawl_error *err)
{
	size_t changed;

	if (!variant_lines_forget(&d->lines, d->word, d->n, &changed))
		return fail_nomem(err);
	if (!changed)
		return fail(err, TRAWL_NOTFOUND, "nothing was decided on %s",
			    d->word[0]);
	return TRAWL_OK;
}

static enum trawl_status take_decision(struct decider *d,
				       enum trawl_decision decision,
				       struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!d->n)
		return fail(err, TRAWL_BADVALUE, "no word is given");
	switch (decision) {
	case TRAWL_ACCEPT:
		st = whole_group(d, false, err);
		return st == TRAWL_OK ? decide(d, '+', err) : st;
	case TRAWL_REJECT:
		st = whole_group(d, true, err);
		return st == TRAWL_OK ? decide(d, '-', err) : st;
	case TRAWL_JOIN:
		return decide(d, '=', err);
	case TRAWL_FORBID:
		return decide(d, '!', err);
	case TRAWL_FORGET:
		return forget(d, err);
	}
	return fail(err, TRAWL_INVAL, "no decision %d", (int)decision);
}

/* ---------------------------------------------------------------- text -- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* "= zelensky selenskyj" */
static enum trawl_status take_line(struct decider *d, const char *s, size_t len,
				   struct trawl_error *err)
{
	const char kind = *s;
	enum trawl_status st = TRAWL_OK;
	size_t at = 1, end;

	if (!strchr("=+-!", kind) || (len > 1 && !is_blank(s[1])))
		return fail(err, TRAWL_BADVALUE,
			    "must begin with =, !, + or - and a blank");
	d->n = 0;
	arena_reset(&d->arena);
	for (; st == TRAWL_OK && at < len; at = end) {
		while (at < len && is_blank(s[at]))
			at++;
		for (end = at; end < len && !is_blank(s[end]);)
			end++;
		if (end > at)
			st = add_word(d, s + at, end - at, err);
	}
	return st == TRAWL_OK ? decide(d, kind, err) : st;
}

static enum trawl_status take_text(struct decider *d, const char *text,
				   size_t len, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	unsigned number = 1;

	for (size_t at = 0, end; at < len; at = end + 1, number++) {
		const char *feed = memchr(text + at, '\n', len - at);
		enum trawl_status st;

		end = feed ? (size_t)(feed - text) : len;
		while (at < end && is_blank(text[at]))
			at++;
		if (at == end || text[at] == '#' || !text[at])
			continue;
		st = take_line(d, text + at, end - at, &why);
		if (st != TRAWL_OK)
			return fail(err, st, "line %u: %s", number, why.text);
	}
	return TRAWL_OK;
}

/* ------------------------------------------------------------- writing -- */

static enum trawl_status write_lines(struct decider *d, struct trawl_error *err)
{
	struct buf user = BUF_INIT(VARIANTS_USER_MAX);
	struct trawl_error why = { 0 };
	enum trawl_status st = TRAWL_OK;

	if (!variant_lines_print(&d->lines, &user))
		st = fail(&why, TRAWL_BADVALUE,
			  "more than %d bytes of decisions", VARIANTS_USER_MAX);
	if (st == TRAWL_OK)
		st = xap_writer_set_metadata(d->w->xap, VARIANTS_USER,
					     strlen(VARIANTS_USER), user.data,
					     user.len, &why);
	if (st == TRAWL_OK)
		st = writer_variants(d->w, &why);
	buf_release(&user);
	return writer_ended(d->w, st, &why, err);
}

/* --------------------------------------------------------------- whole -- */

/* A writer would make the index that it does not find. */
static enum trawl_status must_exist(const char *path, struct trawl_error *err)
{
	char generation[PATH_MAX];
	uint32_t number;

	return generation_current(path, &number, generation, err);
}

static enum trawl_status decider_open(struct decider *d, const char *path,
				      bool wait, bool with_lines,
				      struct trawl_error *err)
{
	const struct trawl_writer_options o = { .mode = TRAWL_UPDATE,
						.wait = wait };
	struct buf user = BUF_INIT(VARIANTS_USER_MAX);
	enum trawl_status st = must_exist(path, err);

	arena_init(&d->arena, VARIANTS_USER_MAX);
	buf_init(&d->mined, VARIANTS_TEXT_MAX);
	variant_lines_init(&d->lines);
	if (st == TRAWL_OK)
		st = trawl_writer_open(path, &o, &d->w, err);
	if (st == TRAWL_OK)
		st = analyzer_new(writer_meta(d->w)->language, &d->analyzer,
				  err);
	if (st == TRAWL_OK)
		st = meta_value(writer_db(d->w), VARIANTS_MINED, &d->mined,
				err);
	if (st == TRAWL_OK && with_lines)
		st = meta_value(writer_db(d->w), VARIANTS_USER, &user, err);
	if (st == TRAWL_OK &&
	    !variant_lines_parse(&d->lines, user.data, user.len))
		st = fail_nomem(err);
	buf_release(&user);
	return st;
}

static void decider_close(struct decider *d)
{
	variant_lines_release(&d->lines);
	analyzer_free(d->analyzer);
	arena_release(&d->arena);
	buf_release(&d->mined);
	trawl_writer_close(d->w);
}

static enum trawl_status finish(struct decider *d, enum trawl_status st,
				struct trawl_error *err)
{
	if (st == TRAWL_OK)
		st = write_lines(d, err);
	return st == TRAWL_OK ? trawl_writer_commit(d->w, err) : st;
}

enum trawl_status trawl_variants_decide(const char *path,
					enum trawl_decision decision,
					const char *const *words, size_t n,
					bool wait, struct trawl_error *err)
{
	struct decider d = { .w = NULL };
	enum trawl_status st;

	if (!path || (n && !words))
		return fail(err, TRAWL_INVAL,
			    "trawl_variants_decide: an argument is NULL");
	st = decider_open(&d, path, wait, true, err);
	if (st == TRAWL_OK)
		st = add_words(&d, words, n, err);
	if (st == TRAWL_OK)
		st = take_decision(&d, decision, err);
	st = finish(&d, st, err);
	decider_close(&d);
	return st;
}

enum trawl_status trawl_variants_replace(const char *path, const char *text,
					 size_t len, bool wait,
					 struct trawl_error *err)
{
	struct decider d = { .w = NULL };
	enum trawl_status st;

	if (!path || (len && !text))
		return fail(err, TRAWL_INVAL,
			    "trawl_variants_replace: an argument is NULL");
	st = decider_open(&d, path, wait, false, err);
	if (st == TRAWL_OK)
		st = take_text(&d, text, len, err);
	st = finish(&d, st, err);
	decider_close(&d);
	return st;
}
