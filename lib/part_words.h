/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * part_words.h - what a snapshot says of its words: spellings, languages
 */
#ifndef LIB_PART_WORDS_H
#define LIB_PART_WORDS_H

#include "meta.h"
#include "schema.h"
#include "variants.h"
#include "xap.h"

/*
 * "english 120\nfrench 33\n": whose stemmers the documents of an index were
 * stemmed by, its own first.  Decided when it was made, so that documents which
 * come later are stemmed as those were.
 */
#define LANGUAGES_KEY META_STEMMERS

enum {
	LANGUAGES_MAX = 32,  /* that an index can have documents in */
	LANGUAGES_MAIN = 3,  /* that a query is stemmed in, its own included */
	LANGUAGES_SHARE = 20 /* one of so many documents makes it a main one */
};

struct language_count {
	char name[SCHEMA_NAME_MAX + 1]; /* in trawl_languages() */
	uint64_t documents;
};

struct language_counts {
	struct language_count at[LANGUAGES_MAX];
	size_t n;
};

struct part_words {
	struct variants *variants; /* NULL: there are none */
	struct language_counts languages;
};

/* own: the index's language, among whose words are those of the list when it is
 * English or has English documents. */
enum trawl_status part_words_new(struct xap_db *db, const char *own,
				 struct part_words **out,
				 struct trawl_error *err);
void part_words_free(struct part_words *w);

/* Add a part's counts to those of all. */
void language_counts_add(struct language_counts *all,
			 const struct language_counts *more);
/* The main languages but own, most documents first; how many. */
size_t language_counts_main(const struct language_counts *all, const char *own,
			    const char *out[LANGUAGES_MAIN - 1]);

#endif
