/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * language.h - the language of a text
 */
#ifndef LIB_NEWS_LANGUAGE_H
#define LIB_NEWS_LANGUAGE_H

#include "span.h"
#include "trawl.h"

struct language_detector; /* one thread's */

enum trawl_status language_detector_new(struct language_detector **out,
					struct trawl_error *err);
void language_detector_free(struct language_detector *d);

struct language_guess {
	const char *code;    /* "en", ISO 639; static; NULL: cannot tell */
	const char *stemmer; /* a name in trawl_languages(), or NULL */
	double confidence;   /* 0..1 */
	const char *reason;  /* static: one line for people */
};

/* Of the text without its furniture; linear in the first few kilobytes. */
bool language_detect(struct language_detector *d, const char *text, size_t len,
		     const struct span *spans, size_t nspans,
		     struct language_guess *out);

/* The stemmer for a code or a name of a language ("fr", "fra", "French",
 * "fr-CA"), or NULL; static. */
const char *language_stemmer(const char *code);
/* The stemmer for the language that a document says it is in, its field lang
 * (of several the first); NULL when it says none. */
const char *language_of(const struct trawl_doc *doc);

#endif
