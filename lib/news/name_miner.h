/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_miner.h - spellings of one name, found in the texts themselves
 *
 *	each document:  name_miner_count() - capitalised words, their frequency
 *	then:           name_miner_candidates() - pairs that may be one name
 *	each document:  name_miner_meet() - the company that they keep
 *	then:           name_miner_finish() - groups that keep the same company
 *
 * One thread at a time, but for name_notes_*(), which read a document and may run
 * in any.
 */
#ifndef LIB_NEWS_NAME_MINER_H
#define LIB_NEWS_NAME_MINER_H

#include "buf.h"
#include "name_count.h"
#include "trawl.h"

struct name_miner;

/* dir: for files without a name. */
enum trawl_status name_miner_new(const char *dir, uint64_t memory,
				 struct name_miner **out,
				 struct trawl_error *err);
void name_miner_free(struct name_miner *m);

enum trawl_status name_miner_count(struct name_miner *m,
				   const struct news_words *w, const char *text,
				   struct trawl_error *err);
/*
 * Counting in several threads: each has a counter of its own, for
 * name_count_add(), and in the end they are merged.  What comes of it is the
 * same however documents are dealt out.
 */
enum trawl_status name_miner_counter(const struct name_miner *m, size_t memory,
				     struct name_count **out,
				     struct trawl_error *err);
/* Frees c, whatever comes of it. */
enum trawl_status name_miner_merge(struct name_miner *m, struct name_count *c,
				   struct trawl_error *err);
enum trawl_status name_miner_candidates(struct name_miner *m,
					struct trawl_error *err);
/* Is there any pair to look for?  When not, meeting can be left out. */
bool name_miner_has_candidates(const struct name_miner *m);
/* Append a document's company of candidates to out; any thread. */
bool name_notes_make(const struct name_miner *m, const struct news_words *w,
		     const char *text, struct buf *out);
enum trawl_status name_miner_meet(struct name_miner *m, const char *notes,
				  size_t len, struct trawl_error *err);

struct name_spelling {
	const char *word; /* folded, as the analyzer folds */
	uint32_t documents;
};
struct name_group {
	const struct name_spelling *spelling; /* most frequent first */
	size_t n;
	double confidence; /* 0..1 */
	const char *
		reason; /* one line for people: "first name volodymyr 0.93, context 0.61" */
};

/* Groups live as long as m; in the order of their first spellings. */
enum trawl_status name_miner_finish(struct name_miner *m,
				    const struct name_group **out, size_t *n,
				    struct trawl_error *err);

#endif
