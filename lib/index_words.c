/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index_words.c - the spellings and languages of an index, or of several
 */
#include "index.h"

#include "status.h"

void index_words_release(struct trawl_index *ix)
{
	while (ix->nothers)
		analyzer_free(ix->other[--ix->nothers]);
}

void index_words_flush(struct trawl_index *ix)
{
	for (size_t i = 0; i < ix->nothers; i++)
		analyzer_flush(ix->other[i]);
}

static enum trawl_status read_parts(struct trawl_index *ix,
				    struct language_counts *languages,
				    struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	ix->nvariants = 0;
	for (size_t i = 0; st == TRAWL_OK && i < ix->nparts; i++) {
		const struct part_words *w;

		st = part_words(&ix->part[i], &w, err);
		if (st != TRAWL_OK)
			break;
		language_counts_add(languages, &w->languages);
		if (w->variants)
			ix->variants[ix->nvariants++] = w->variants;
	}
	return st;
}

static bool are_open(const struct trawl_index *ix,
		     const char *const names[LANGUAGES_MAIN - 1], size_t n)
{
	if (n != ix->nothers)
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(names[i], analyzer_language(ix->other[i])) != 0)
			return false;
	return true;
}

static enum trawl_status open_others(struct trawl_index *ix,
				     const struct language_counts *languages,
				     struct trawl_error *err)
{
	const char *names[LANGUAGES_MAIN - 1];
	const size_t n = language_counts_main(languages, ix->language, names);
	enum trawl_status st = TRAWL_OK;

	if (are_open(ix, names, n))
		return TRAWL_OK;
	index_words_release(ix);
	while (st == TRAWL_OK && ix->nothers < n) {
		st = analyzer_new(names[ix->nothers], &ix->other[ix->nothers],
				  err);
		ix->nothers += st == TRAWL_OK;
	}
	return st;
}

enum trawl_status index_words(struct trawl_index *ix, struct trawl_error *err)
{
	struct language_counts languages = { .n = 0 };
	enum trawl_status st;

	if (ix->words_ready)
		return TRAWL_OK;
	st = read_parts(ix, &languages, err);
	if (st == TRAWL_OK)
		st = open_others(ix, &languages, err);
	ix->words_ready = st == TRAWL_OK;
	return st;
}
