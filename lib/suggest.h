/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * suggest.h - completions and spellings
 */
#ifndef LIB_SUGGEST_H
#define LIB_SUGGEST_H

#include "arena.h"
#include "index.h"

enum {
	SUGGEST_MAX = 100,	      /* of a limit */
	SUGGEST_BYTES_MAX = 16 << 20, /* of a list, with what it took */
	SUGGEST_TITLES_READ = 100,    /* titles looked at for one prefix */
	SPELL_EDITS_MAX_1 = 5,	      /* chars: longer words, two edits */
	CORRECT_WORDS_MAX = 8,	      /* of a query, that are looked up */
	CORRECT_CHARS_1 = 4,	      /* shorter words are left alone */
	CORRECT_CHARS_2 = 8,	      /* from here on, two edits */
	CORRECT_RARE = 5,	      /* documents: a word hardly there */
	CORRECT_TIMES = 50	      /* as many documents: better then */
};

struct trawl_words {
	struct arena arena; /* everything below lives here */
	struct trawl_word *at;
	size_t n;
	const char *rev;
};

struct trawl_words *words_new(void);
/* Empty it, with room for max words, which are of what ix is at. */
enum trawl_status words_reset(struct trawl_words *w,
			      const struct trawl_index *ix, size_t max,
			      struct trawl_error *err);
/* BADVALUE unless 1..SUGGEST_MAX. */
enum trawl_status words_check_limit(unsigned limit, struct trawl_error *err);

/*
 * The query with each word that the index lacks (or hardly has) replaced by
 * its best spelling, into arena; NULL when nothing is better.  Words that are
 * not done by the deadline stay as they are.  Within a body of index_run().
 */
enum trawl_status correct_query(struct trawl_index *ix, const char *query,
				uint64_t deadline, struct arena *arena,
				const char **out, struct trawl_error *err);

#endif
