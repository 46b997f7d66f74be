/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "part_words.h"

#include "parse.h"
#include "status.h"

enum {
	COUNTS_TEXT_MAX = 4096
};

/* ----------------------------------------------------------- languages -- */

static struct language_count *count_of(struct language_counts *list,
				       const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->at[i].name, name))
			return &list->at[i];
	if (list->n == LANGUAGES_MAX)
		return NULL;
	snprintf(list->at[list->n].name, sizeof(list->at->name), "%s", name);
	list->at[list->n].documents = 0;
	return &list->at[list->n++];
}

void language_counts_add(struct language_counts *all,
			 const struct language_counts *more)
{
	for (size_t i = 0; i < more->n; i++) {
		struct language_count *c = count_of(all, more->at[i].name);

		if (c)
			c->documents += more->at[i].documents;
	}
}

static bool has_stemmer(const char *name)
{
	for (const char *const *l = trawl_languages(); *l; l++)
		if (!strcmp(*l, name))
			return true;
	return false;
}

/* "french 33", one that there is no stemmer for is passed over. */
static void parse_count(struct language_counts *list, char *line)
{
	char *blank = strchr(line, ' ');
	struct language_count *c;
	uint64_t n;

	if (!blank || !parse_uint(blank + 1, 0, UINT32_MAX, &n))
		return;
	*blank = '\0';
	if (!has_stemmer(line))
		return;
	c = count_of(list, line);
	if (c)
		c->documents += n;
}

static void parse_counts(struct language_counts *list, char *text)
{
	char *end;

	for (; *text; text = end) {
		end = text + strcspn(text, "\n");
		if (*end)
			*end++ = '\0';
		parse_count(list, text);
	}
}

size_t language_counts_main(const struct language_counts *all, const char *own,
			    const char *out[LANGUAGES_MAIN - 1])
{
	uint64_t before = UINT64_MAX;
	size_t n = 0, last = 0;

	/* The next by documents, then by place, time and again. */
	while (n < LANGUAGES_MAIN - 1) {
		const struct language_count *best = NULL;

		for (size_t i = 0; i < all->n; i++) {
			const struct language_count *c = &all->at[i];

			if (!c->documents || !strcmp(c->name, own) ||
			    c->documents > before ||
			    (c->documents == before && i <= last) ||
			    (best && c->documents <= best->documents))
				continue;
			best = c;
		}
		if (!best)
			break;
		before = best->documents;
		last = (size_t)(best - all->at);
		out[n++] = best->name;
	}
	return n;
}

/* ---------------------------------------------------------------- words -- */

static bool is_english(const char *language)
{
	return !strcmp(language, "english") || !strcmp(language, "porter");
}

static bool has_english(const struct language_counts *list, const char *own)
{
	const char *main[LANGUAGES_MAIN - 1];
	size_t n = language_counts_main(list, own, main);

	if (is_english(own))
		return true;
	while (n)
		if (is_english(main[--n]))
			return true;
	return false;
}

static enum trawl_status read_counts(struct xap_db *db,
				     struct language_counts *out,
				     struct trawl_error *err)
{
	struct buf text = BUF_INIT(COUNTS_TEXT_MAX);
	enum trawl_status st = meta_value(db, LANGUAGES_KEY, &text, err);

	if (st == TRAWL_OK)
		parse_counts(out, text.data);
	buf_release(&text);
	return st;
}

static enum trawl_status read_variants(struct xap_db *db, bool with_list,
				       struct variants **out,
				       struct trawl_error *err)
{
	struct buf mined = BUF_INIT(VARIANTS_TEXT_MAX);
	struct buf user = BUF_INIT(VARIANTS_USER_MAX);
	enum trawl_status st = meta_value(db, VARIANTS_MINED, &mined, err);

	if (st == TRAWL_OK)
		st = meta_value(db, VARIANTS_USER, &user, err);
	if (st == TRAWL_OK && (mined.len || user.len || with_list)) {
		const struct variants_input in = { .mined = mined.data,
						   .mined_len = mined.len,
						   .user = user.data,
						   .user_len = user.len,
						   .with_list = with_list };

		st = variants_new(&in, out, err);
	}
	buf_release(&mined);
	buf_release(&user);
	return st;
}

enum trawl_status part_words_new(struct xap_db *db, const char *own,
				 struct part_words **out,
				 struct trawl_error *err)
{
	struct part_words *w = calloc(1, sizeof(*w));
	enum trawl_status st;

	if (!w)
		return fail_nomem(err);
	st = read_counts(db, &w->languages, err);
	if (st == TRAWL_OK)
		st = read_variants(db, has_english(&w->languages, own),
				   &w->variants, err);
	if (st == TRAWL_OK)
		*out = w;
	else
		part_words_free(w);
	return st;
}

void part_words_free(struct part_words *w)
{
	if (!w)
		return;
	variants_free(w->variants);
	free(w);
}
