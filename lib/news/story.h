/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story.h - documents about one event
 *
 *	each document:  story_terms() (any thread) -> stories_add()
 *	names:          stories_same(): spellings that count as one term
 *	then:           stories_finish(): which story each is of
 */
#ifndef LIB_NEWS_STORY_H
#define LIB_NEWS_STORY_H

#include "buf.h"
#include "news_words.h"
#include "trawl.h"

struct story_maker; /* one thread's */

struct story_maker *story_maker_new(void);
void story_maker_free(struct story_maker *m);
/*
 * Append to out what a document's story is found by: its terms with their
 * weights so far, of the whole (600 words) and of the lead (title and first 70).
 * words: of text, title_words: of the title, or none.  False without memory.
 */
bool story_terms(struct story_maker *m, const struct news_words *title_words,
		 const char *title, const struct news_words *words,
		 const char *text, struct buf *out);

struct stories;

enum trawl_status stories_new(const char *dir, uint64_t memory,
			      struct stories **out, struct trawl_error *err);
void stories_free(struct stories *s);
/* Documents are 0, 1, 2 ...; day: of its date since 0000-01-01, or -1; terms: of
 * story_terms(). */
enum trawl_status stories_add(struct stories *s, int32_t day, const char *terms,
			      size_t len, struct trawl_error *err);
/* What stories know a word by, which is folded: its hash without an English
 * ending. */
uint64_t story_word(const char *word, size_t len);
/* Two words (story_word()) are spellings of one name. */
enum trawl_status stories_same(struct stories *s, uint64_t word,
			       uint64_t as_this, struct trawl_error *err);
/* Document frequencies of other documents, that count beside those added:
 * what stories_save() made. */
enum trawl_status stories_load(struct stories *s, const char *bytes, size_t len,
			       struct trawl_error *err);
bool stories_save(const struct stories *s, struct buf *out);
/* stories_finish() may use a second thread. */
void stories_beside(struct stories *s);
/*
 * copy[i]: as copies_finish() gave: copies go with the document that stands for
 * them.  story[i]: the document that stands for i's story, that of lowest rank.
 */
enum trawl_status stories_finish(struct stories *s, const uint32_t *rank,
				 const uint32_t *copy, uint32_t *story,
				 struct trawl_error *err);

#endif
