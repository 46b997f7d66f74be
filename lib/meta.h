/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * meta.h - what an index remembers of itself, in user metadata
 *
 *   trawl.format       "1"
 *   trawl.language     "english"
 *   trawl.fingerprint  "english 0123456789abcdef": analyzer and stemmer
 *   trawl.schema       the schema file's text, "" when there was none (left out)
 *   trawl.stemmers     "english 120\nfrench 33\n": part_words.h
 *   trawl.news         "all": what news reading does (news_settings.h); none
 *                      when there is no such key
 *   trawl.input.ROOT   of a container: state as below
 *   trawl.failed.ID    state, then "\n" ROOT "\n" REASON
 * ROOT and ID in a key are shortened as in a term: add_long_term() makes the
 * whole key, with META_INPUT or META_FAILED as the prefix.
 *
 * A state is text, so that other tools can read it:
 *   "size mtime_ns hash": decimal, decimal, 32 hex digits; slot 2 has it too
 * A document's root is the filter term XROOT:PATH (shortened like an id).
 */
#ifndef LIB_META_H
#define LIB_META_H

#include "news_settings.h"
#include "schema.h"
#include "xap.h"

enum {
	META_FORMAT = 1
};

#define META_STEMMERS "trawl.stemmers"
#define META_NEWS     "trawl.news"
#define META_INPUT    "trawl.input."
#define META_FAILED   "trawl.failed."
#define TERM_ID	      "Q"
#define TERM_ROOT     "XROOT:"

struct meta {
	unsigned format;
	char language[SCHEMA_NAME_MAX + 1];
	char fingerprint[64];
	/* Of documents whose language is one of these; other documents are
	 * stemmed as language says, which is not among them. */
	char stemmer[2][SCHEMA_NAME_MAX + 1];
	size_t nstemmers;
	bool stemmers_known; /* decided: they stay */
	unsigned news;	     /* news_settings.h */
	char *schema_text;   /* malloc'd, or NULL */
	struct schema schema;
};

void meta_release(struct meta *m);
/* A new index's; news: NULL is all. */
enum trawl_status meta_init(struct meta *m, const char *language,
			    const char *schema_text, const char *news,
			    struct trawl_error *err);
struct buf;
/* Metadata under key, whole, instead of what is in out; "" when there is none.
 * CORRUPT: longer than out may be. */
enum trawl_status meta_value(struct xap_db *db, const char *key,
			     struct buf *out, struct trawl_error *err);
/* MISMATCH: a format that is not ours; CORRUPT: no format at all. */
enum trawl_status meta_read(struct xap_db *db, struct meta *m,
			    struct trawl_error *err);

enum {
	META_ENTRIES = 5
};
/* What a new index has: keys and values that live as long as m. */
struct meta_entries {
	char format[16], news[NEWS_TEXT_MAX];
	struct xap_bytes key[META_ENTRIES], value[META_ENTRIES];
	size_t n;
};
void meta_entries(const struct meta *m, struct meta_entries *out);
/* Is this library's analyzer the one that made it?  MISMATCH names both sides
 * and the way out. */
enum trawl_status meta_check_analyzer(const struct meta *m,
				      struct trawl_error *err);

struct state {
	uint64_t size;
	int64_t mtime_ns;
	unsigned char hash[16];
};

enum {
	STATE_TEXT_MAX = 80
};
void state_print(const struct state *s, char out[STATE_TEXT_MAX]);
bool state_parse(const char *text, size_t len, struct state *out);

/* prefix + s as a term of at most XAP_TERM_MAX bytes: a longer one keeps a
 * prefix, cut at a character, and 32 hex digits of a 128-bit hash (XXH3). */
struct buf;
void add_long_term(struct buf *out, const char *prefix, const char *s,
		   size_t len);

#endif
