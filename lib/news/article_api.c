/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * article_api.c - trawl_article_read(): what a writer reads in a document, to
 * be shown
 */
#include "article.h"
#include "language.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	ARENA_MAX = 64 << 20,
	GIVEN_MAX = 5, /* fields of an article */
	LANGUAGES = 1
};

/* What trawl_article_read() gives out; article comes first, so that it can be
 * freed. */
struct held {
	struct trawl_article article;
	struct arena arena;
	struct trawl_guess guess[GIVEN_MAX + LANGUAGES + ARTICLE_GUESSES_MAX];
	size_t n;
};

static const char *const fields[GIVEN_MAX] = { "title", "date", "author",
					       "source", "lang" };

static bool is_taken(const struct held *h, const char *field)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->guess[i].taken && !strcmp(h->guess[i].field, field))
			return true;
	return false;
}

static const struct trawl_field *find_given(const struct trawl_doc *doc,
					    const char *field)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, field) && doc->fields[i].len)
			return &doc->fields[i];
	return NULL;
}

/* A guess says more than that the document was given with the value. */
static bool is_guessed(const struct article *a, const struct trawl_field *given)
{
	for (size_t i = 0; i < a->nguesses; i++)
		if (!strcmp(a->guess[i].field, given->name) &&
		    !strcmp(a->guess[i].value, given->value))
			return true;
	return false;
}

static bool add_given(struct held *h, const struct trawl_field *given,
		      const char *field)
{
	const char *value = arena_strndup(&h->arena, given->value, given->len);

	if (!value)
		return false;
	h->guess[h->n++] =
		(struct trawl_guess){ .field = field,
				      .value = value,
				      .confidence = 1,
				      .reason = "given with the document",
				      .taken = true };
	return true;
}

/* What the text tells of its language, when it is sure of it, comes before what
 * the page says. */
static bool add_language(struct held *h, const struct trawl_doc *doc,
			 const struct article *a, struct trawl_error *err,
			 enum trawl_status *st)
{
	struct language_detector *d = NULL;
	struct language_guess found = { 0 };
	bool done;

	*st = language_detector_new(&d, err);
	if (*st != TRAWL_OK)
		return false;
	done = language_detect(d, doc->text_len ? doc->text : "", doc->text_len,
			       a->furniture.at, a->furniture.n, &found);
	language_detector_free(d);
	if (done && found.code)
		h->guess[h->n++] = (struct trawl_guess){
			.field = "lang",
			.value = found.code,
			.confidence = found.confidence,
			.reason = found.reason,
			.taken =
				found.confidence >= article_threshold("lang") &&
				!is_taken(h, "lang"),
		};
	*st = done ? TRAWL_OK : fail_nomem(err);
	return done;
}

static void add_found(struct held *h, const struct article *a,
		      const struct trawl_field *given, const char *field)
{
	for (size_t i = 0; i < a->nguesses; i++) {
		struct trawl_guess g = a->guess[i];

		if (strcmp(g.field, field) != 0)
			continue;
		g.taken = given ? !strcmp(g.value, given->value) : g.taken;
		g.taken &= !is_taken(h, field);
		h->guess[h->n++] = g;
	}
}

/* Field by field: what is given, what was found. */
static enum trawl_status add_guesses(struct held *h,
				     const struct trawl_doc *doc,
				     const struct article *a,
				     struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t f = 0; f < GIVEN_MAX; f++) {
		const struct trawl_field *given = find_given(doc, fields[f]);

		if (given && !is_guessed(a, given) &&
		    !add_given(h, given, fields[f]))
			return fail_nomem(err);
		if (!strcmp(fields[f], "lang") && !given &&
		    !add_language(h, doc, a, err, &st))
			return st;
		add_found(h, a, given, fields[f]);
	}
	h->article.guesses = h->guess;
	h->article.nguesses = h->n;
	return TRAWL_OK;
}

static bool add_furniture(struct held *h, const struct spans *s)
{
	struct trawl_furniture *to =
		arena_zalloc(&h->arena, s->n + 1, sizeof(*to));

	for (size_t i = 0; to && i < s->n; i++)
		to[i] = (struct trawl_furniture){
			.kind = furniture_name(s->at[i].kind),
			.begin = s->at[i].begin,
			.end = s->at[i].end,
		};
	h->article.furniture = to;
	h->article.nfurniture = s->n;
	return to != NULL;
}

static bool add_mentions(struct held *h, const struct trawl_doc *doc,
			 const struct spans *s)
{
	struct article_mention *m =
		arena_zalloc(&h->arena, ARTICLE_MENTIONS_MAX, sizeof(*m));
	struct trawl_mention *to =
		arena_zalloc(&h->arena, ARTICLE_MENTIONS_MAX, sizeof(*to));
	const char *published = NULL;
	size_t n;

	if (!m || !to)
		return false;
	for (size_t i = 0; i < h->n; i++)
		if (h->guess[i].taken && !strcmp(h->guess[i].field, "date"))
			published = h->guess[i].value;
	n = article_mentions(doc->text_len ? doc->text : "", doc->text_len,
			     s->at, s->n, published, m);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct trawl_mention){ .date = m[i].date,
						.begin = m[i].begin,
						.end = m[i].end,
						.relative = m[i].relative };
	h->article.mentions = to;
	h->article.nmentions = n;
	return true;
}

enum trawl_status trawl_article_read(const struct trawl_doc *doc,
				     struct trawl_article **out,
				     struct trawl_error *err)
{
	enum trawl_status st;
	struct article a = { 0 };
	struct held *h;

	if (!doc || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_article_read: an argument is NULL");
	if (doc->text_len > TRAWL_TEXT_MAX)
		return fail(err, TRAWL_REFUSED,
			    "text of %zu bytes is larger than %u: split it",
			    doc->text_len, TRAWL_TEXT_MAX);
	h = calloc(1, sizeof(*h));
	if (!h)
		return fail_nomem(err);
	arena_init(&h->arena, ARENA_MAX);
	st = article_read(doc->text_len ? doc->text : "", doc->text_len,
			  doc->guesses, doc->nguesses, &h->arena, &a)
		     ? add_guesses(h, doc, &a, err)
		     : fail_nomem(err);
	if (st == TRAWL_OK && (!add_furniture(h, &a.furniture) ||
			       !add_mentions(h, doc, &a.furniture)))
		st = fail_nomem(err);
	h->article.body = a.body;
	h->article.wire = a.wire;
	article_release(&a);
	if (st == TRAWL_OK)
		*out = &h->article;
	else
		trawl_article_free(&h->article);
	return st;
}

void trawl_article_free(struct trawl_article *a)
{
	struct held *h = (struct held *)a;

	if (!h)
		return;
	arena_release(&h->arena);
	free(h);
}
