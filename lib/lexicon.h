/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lexicon.h - the words of a text's index, in memory, to look for near ones
 *
 * To find what is near a word, expand.c walks Xapian's list of terms: some
 * milliseconds a word, since it steps and jumps through much of a B-tree.  An
 * index that is asked for spellings more than once therefore reads the list, a
 * slice each time it is asked, so that no search pays for all of it.  From then
 * on a look is a third of a millisecond for a million words, whatever the word;
 * what comes out is the same.
 *
 * Words of one length lie side by side, and beside them for each word the set
 * of its letters.  An edit takes at most one letter from the set and adds one:
 * so all but a few words of a near length are told from the sets alone.
 *
 * Takes a dozen bytes a word, and up to twice that.  Holds one snapshot.
 */
#ifndef LIB_LEXICON_H
#define LIB_LEXICON_H

#include "term_source.h"

enum {
	LEXICON_SLICE = 16384,	       /* terms read at a time */
	LEXICON_WORDS_MAX = 4000000,   /* more are not held */
	LEXICON_BYTES_MAX = 128 << 20, /* nor more than these */
};

struct lexicon;

struct lexicon *lexicon_new(void);
void lexicon_free(struct lexicon *l);

/* The index has moved on: what is held is of another snapshot.  l may be NULL. */
void lexicon_forget(struct lexicon *l);

/*
 * The index is asked for a spelling: from the second time on, read a slice.
 * *ready: all its words are held.  Too many words, or too little memory for
 * them, is no error: they are never ready.
 */
enum trawl_status lexicon_read(struct lexicon *l,
			       const struct term_source *terms, bool *ready,
			       struct trawl_error *err);

/* Gets a word within edits, in no order; false stops. */
typedef bool lexicon_fn(void *ctx, const char *word, size_t len,
			unsigned edits);

/*
 * Words within edits (at most EXPAND_EDITS_MAX) of text, that begin with its
 * first same bytes.
 */
void lexicon_near(const struct lexicon *l, const char *text, size_t len,
		  size_t same, unsigned edits, lexicon_fn *each, void *ctx);

#endif
