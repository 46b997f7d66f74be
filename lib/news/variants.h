/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * variants.h - words that are one word in several spellings
 *
 * Three sources, in user metadata and built in:
 *
 *   trawl.variants       what was mined, a line a group, most frequent first:
 *	mined 0.87 zelensky:120 zelenskyy:80 zelenskiy:33 | reason
 *   trawl.variants.user  what the user decided, a line a decision:
 *	= zelensky selenskyj    one word
 *	+ zelensky zelenskyy    one word: it was mined, and is right
 *	- austin austen         was mined or is in the list, and is wrong
 *	! iraq iraqi            never one word, whoever says so
 *   the list             US and UK spellings (spelling_list.c)
 *
 * Groups that are in effect are made of them in that order: the user's, the
 * mined, the list's.  A word is in one group at most:
 *
 *   - the user's lines that share a word are one group;
 *   - a mined or listed group that shares a word with one of the user's joins
 *     it; of one that shares a word with a mined group, that word is left out;
 *   - a word that may not stand with one that is there before it is left out;
 *   - what is then of fewer than two words is none.
 *
 * Words are folded as the analyzer folds them.  Lines that are none of these
 * are passed over, so that a later version may have more.
 */
#ifndef LIB_NEWS_VARIANTS_H
#define LIB_NEWS_VARIANTS_H

#include "arena.h"
#include "buf.h"
#include "name_miner.h"
#include "trawl.h"

#define VARIANTS_MINED "trawl.variants"
#define VARIANTS_USER  "trawl.variants.user"

enum {
	VARIANTS_WORDS_MAX = TRAWL_VARIANTS_WORDS, /* of a group */
	VARIANTS_WORD_BYTES = 200, /* as the analyzer's longest */
	VARIANTS_REASON_MAX = 500,
	VARIANTS_GROUPS_MAX = 1 << 20,
	VARIANTS_TEXT_MAX = 64 << 20, /* of what was mined */
	VARIANTS_USER_MAX = 1 << 20,
};

/* ----------------------------------------------------------- decisions -- */

/* The user's, in the order in which they were taken. */
struct variant_line {
	char kind; /* = + - ! */
	const char **word;
	size_t n; /* 2 .. VARIANTS_WORDS_MAX */
};

struct variant_lines {
	struct arena arena;
	struct variant_line *line;
	size_t n, alloc;
};

void variant_lines_init(struct variant_lines *l);
void variant_lines_release(struct variant_lines *l);
/* Append those of a text; false: out of memory. */
bool variant_lines_parse(struct variant_lines *l, const char *text, size_t len);
/*
 * Append one.  What it contradicts gives way: pairs of it that were decided
 * otherwise before.  False: out of memory.
 */
bool variant_lines_decide(struct variant_lines *l, char kind,
			  const char *const *word, size_t n);
/* Take words out of all lines; how many lines that changed, in *changed. */
bool variant_lines_forget(struct variant_lines *l, const char *const *word,
			  size_t n, size_t *changed);
bool variant_lines_print(const struct variant_lines *l, struct buf *out);

/* -------------------------------------------------------------- groups -- */

struct variants;

struct variant_word {
	const char *word;
	uint32_t len;
	uint32_t documents; /* as mined; 0: not known */
};

struct variant_group {
	const struct variant_word *word; /* as they came: most frequent first */
	size_t n;
	enum trawl_variants_source source;
	double confidence;  /* of a mined one */
	const char *reason; /* likewise; "" none */
	bool rejected;	    /* or forbidden, by the user: not in effect */
};

/* with_list: the US and UK spellings, too. */
struct variants_input {
	const char *mined, *user;
	size_t mined_len, user_len;
	bool with_list;
};

/* Read-only once made, so that threads may share it. */
enum trawl_status variants_new(const struct variants_input *in,
			       struct variants **out, struct trawl_error *err);
void variants_free(struct variants *v);

/* The group of a folded word, or NULL; a possessive 's is looked through. */
const struct variant_group *variants_find(const struct variants *v,
					  const char *word, size_t len);
/* All of them in order, those rejected among them; NULL past the end. */
const struct variant_group *variants_at(const struct variants *v, size_t i);

/*
 * Each word of a group that was mined or joined, with each other word of it:
 * Xapian's synonyms.  Ends with the first call that fails, and its status.
 */
typedef enum trawl_status synonym_fn(void *ctx, const char *term, size_t len,
				     const char *synonym, size_t synonym_len,
				     struct trawl_error *err);
enum trawl_status variants_each_synonym(const struct variants *v,
					synonym_fn *each, void *ctx,
					struct trawl_error *err);

/* The mined groups as above.  False: out of memory, or too much for it. */
bool variants_print_mined(const struct name_group *group, size_t n,
			  struct buf *out);

/* spelling_list.c: each() with a US and a UK spelling; false stops. */
typedef bool spelling_fn(void *ctx, const char *us, const char *uk);
bool spelling_list_each(spelling_fn *each, void *ctx);

#endif
