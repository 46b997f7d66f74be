/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_article.c - any bytes are a page
 *
 * A first line "TITLE<TAB>DATE", where there is a tab, offers two guesses; the
 * rest is the text.
 */
#include "article.h"
#include "date.h"
#include "fuzz.h"
#include "utf8.h"

#include <string.h>

enum {
	STRINGS_MAX = 1 << 20
};

static void check_guess(const struct article *a, size_t i)
{
	const struct trawl_guess *g = &a->guess[i];
	size_t len = strlen(g->value);
	struct date date;

	PROMISE(len > 0 && utf8_valid(g->value, len) == len);
	PROMISE(!strchr(g->value, '\n') && g->reason);
	PROMISE(g->confidence >= 0 && g->confidence <= 1);
	PROMISE(article_threshold(g->field) <= 1);
	PROMISE(!g->taken || g->confidence >= article_threshold(g->field));
	if (!strcmp(g->field, "date"))
		PROMISE(date_parse(g->value, len, &date));
	if (i && !strcmp(g[-1].field, g->field)) {
		PROMISE(!g->taken);
		PROMISE(g[-1].confidence >= g->confidence);
	}
}

static void check_spans(const struct spans *s, size_t len)
{
	for (size_t i = 0; i < s->n; i++) {
		PROMISE(s->at[i].begin < s->at[i].end && s->at[i].end <= len);
		PROMISE(!i || s->at[i - 1].end <= s->at[i].begin);
		PROMISE(furniture_name(s->at[i].kind));
	}
}

static void check_mentions(const struct article *a, const char *text,
			   size_t len)
{
	static struct article_mention m[ARTICLE_MENTIONS_MAX];
	size_t n = article_mentions(text, len, a->furniture.at, a->furniture.n,
				    "2024-11-07", m);
	struct date date;

	PROMISE(n <= ARTICLE_MENTIONS_MAX);
	for (size_t i = 0; i < n; i++) {
		PROMISE(m[i].begin < m[i].end && m[i].end <= len);
		PROMISE(date_parse(m[i].date, strlen(m[i].date), &date));
	}
}

static size_t read_offered(const char *text, size_t len, struct arena *arena,
			   struct trawl_guess offered[2])
{
	const char *lf = memchr(text, '\n', len);
	const char *tab = lf ? memchr(text, '\t', (size_t)(lf - text)) : NULL;

	if (!tab)
		return 0;
	offered[0] = (struct trawl_guess){
		"title", arena_strndup(arena, text, (size_t)(tab - text)), 0.7,
		"offered", false
	};
	offered[1] = (struct trawl_guess){
		"date", arena_strndup(arena, tab + 1, (size_t)(lf - tab) - 1),
		0.7, "offered", false
	};
	return 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct trawl_guess offered[2];
	struct arena arena;
	struct article a;
	size_t n;

	arena_init(&arena, STRINGS_MAX);
	n = size ? read_offered(text, size, &arena, offered) : 0;
	if (article_read(size ? text : "", size, offered, n, &arena, &a)) {
		PROMISE(a.body <= size && a.nguesses <= ARTICLE_GUESSES_MAX);
		for (size_t i = 0; i < a.nguesses; i++)
			check_guess(&a, i);
		check_spans(&a.furniture, size);
		check_mentions(&a, size ? text : "", size);
		article_release(&a);
	}
	arena_release(&arena);
	return 0;
}
