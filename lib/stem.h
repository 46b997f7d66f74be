/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stem.h - libstemmer: the one stemmer of trawl
 *
 * A stemmer belongs to one thread.
 */
#ifndef LIB_STEM_H
#define LIB_STEM_H

#include "trawl.h"

struct stemmer;

/* language: a name of trawl_languages() or its ISO 639 code.  BADVALUE names
 * them. */
enum trawl_status stemmer_new(const char *language, struct stemmer **out,
			      struct trawl_error *err);
void stemmer_free(struct stemmer *s);
/* The name in trawl_languages() for a name or an ISO 639 code, or NULL. */
const char *stemmer_name(const char *language);
/* The name in trawl_languages(), whatever code it was asked for by; static. */
const char *stemmer_language(const struct stemmer *s);

/* The stem of word (folded UTF-8); lives until the next call.  Never longer
 * than the word and never empty unless the word is.  NULL: out of memory. */
const char *stemmer_stem(struct stemmer *s, const char *word, size_t len,
			 size_t *stem_len);

/*
 * A stem, its marks removed, begins as its word does, i and y taken for the
 * same, but for so many bytes at its end, and in its first byte at least.
 * SIZE_MAX: that cannot be said.
 */
size_t stemmer_tail(const struct stemmer *s);

/*
 * A hash of the analyzer's version and the stems of a fixed list of words in
 * language: libstemmer has no version call, and an index that another one
 * made must not be written with this one.  16 hex digits and a NUL.
 */
enum trawl_status stemmer_fingerprint(const char *language, char out[17],
				      struct trawl_error *err);

#endif
