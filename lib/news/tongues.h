/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tongues.h - the languages that are told apart: those with a stemmer, and those
 * that are taken for them
 */
#ifndef LIB_NEWS_TONGUES_H
#define LIB_NEWS_TONGUES_H

#include <stddef.h>
#include <stdint.h>

enum script {
	SCRIPT_LATIN,
	SCRIPT_CYRILLIC,
	SCRIPT_ARABIC,
	SCRIPT_DEVANAGARI,
	SCRIPT_HEBREW,
	SCRIPT_CHOOSES, /* those below have one language here */
	SCRIPT_GREEK = SCRIPT_CHOOSES,
	SCRIPT_ARMENIAN,
	SCRIPT_TAMIL,
	SCRIPT_GEORGIAN,
	SCRIPT_THAI,
	SCRIPT_HANGUL,
	SCRIPT_KANA,
	SCRIPT_HAN,
	SCRIPT_BENGALI,
	SCRIPTS,
	SCRIPT_NONE = SCRIPTS
};

enum {
	TONGUES_MAX = 64 /* a bit each */
};

struct tongue {
	enum script script;
	const char *code;    /* ISO 639-1 */
	const char *stemmer; /* a name in trawl_languages(), or NULL */
	/* libexttextcat's fingerprint, "en": NULL: it has none, or none is
	 * needed. */
	const char *fingerprint;
	/* Common words, with blanks between, beside those that
	 * stopwords_find() has; or NULL. */
	const char *words;
};

extern const struct tongue tongues[];
extern const size_t tongues_count;

/* Of a character; SCRIPT_NONE when it is no letter of any of these. */
enum script script_of(uint32_t cp);

#endif
