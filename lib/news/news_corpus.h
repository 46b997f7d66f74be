/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * news_corpus.h - what documents are to one another: copies, stories, names
 *
 *	each document:  news_corpus_count(), or page_read() with a counter
 *	then:           news_corpus_candidates()
 *	each document:  news_corpus_add()
 *	then:           news_corpus_finish(), which says what is to be kept
 *
 * One thread at a time; each that counts has a counter of its own.
 */
#ifndef LIB_NEWS_NEWS_CORPUS_H
#define LIB_NEWS_NEWS_CORPUS_H

#include "doc_features.h"
#include "groups.h"

struct news_corpus;

/* dir: for what memory has no room for. */
enum trawl_status news_corpus_new(unsigned news, const char *dir,
				  uint64_t memory, struct news_corpus **out,
				  struct trawl_error *err);
void news_corpus_free(struct news_corpus *c);
/* Its names, in a text without what spans have. */
enum trawl_status news_corpus_count(struct news_corpus *c, const char *text,
				    size_t len, const struct span *spans,
				    size_t nspans, struct trawl_error *err);
/* For a thread's page_reader_count(); NULL when nothing is to be counted. */
struct news_counter {
	struct name_count *names; /* NULL once they have been merged */
	struct news_counter *next;
};
enum trawl_status news_corpus_counter(struct news_corpus *c, uint64_t memory,
				      struct news_counter **out,
				      struct trawl_error *err);
enum trawl_status news_corpus_candidates(struct news_corpus *c,
					 struct trawl_error *err);
/* For second_pass; NULL when there is nothing to look for. */
const struct name_miner *news_corpus_names(const struct news_corpus *c);
enum trawl_status news_corpus_add(struct news_corpus *c, uint32_t docid,
				  const struct features *f,
				  struct trawl_error *err);

/* Spellings of names that were found before, as variants.h prints them, and
 * what stories_save() made: of documents that are not added. */
enum trawl_status news_corpus_known(struct news_corpus *c,
				    const struct buf *variants,
				    const struct buf *story_terms,
				    struct trawl_error *err);

/* Where metadata goes, and comes from. */
struct news_store {
	void *ctx;
	/* len 0: there is to be none. */
	enum trawl_status (*set)(void *ctx, const char *key, const char *value,
				 size_t len, struct trawl_error *err);
	/* Only when a part of the index was added: what there is, into out. */
	enum trawl_status (*get)(void *ctx, const char *key, struct buf *out,
				 struct trawl_error *err);
	const char *language; /* of documents that have none of their own */
	bool part;	      /* other documents have groups, too, which stay */
	bool beside;	      /* another thread may help */
};

enum trawl_status news_corpus_finish(struct news_corpus *c,
				     const struct news_store *store,
				     struct trawl_error *err);

#define META_LANGUAGES	 "trawl.languages"
#define META_STORY_TERMS "trawl.story-terms"

#endif
