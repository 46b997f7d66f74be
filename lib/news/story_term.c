/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "story_term.h"

#include "news_words.h"
#include "stopwords.h"
#include "story.h"

#include <stdbool.h>
#include <string.h>
#include <xxhash.h>

enum {
	STEM_WORD_MAX = 32 /* bytes; a longer word is left alone */
};

static bool ends(const char *word, size_t len, const char *ending)
{
	size_t n = strlen(ending);

	return len > n && !memcmp(word + len - n, ending, n);
}

static bool is_vowel(char c)
{
	return c && strchr("aeiouy", c);
}

static bool has_vowel(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (is_vowel(word[i]))
			return true;
	}
	return false;
}

/* Harman's s-stemmer (1991), "How effective is suffixing?". */
static size_t without_s(char *word, size_t len)
{
	if (len > 4 && ends(word, len, "ies")) {
		word[len - 3] = 'y';
		return len - 2;
	}
	if (len < 4 || !ends(word, len, "s") || ends(word, len, "ss") ||
	    ends(word, len, "us") || ends(word, len, "is"))
		return len;
	return len - 1;
}

/* hitt -> hit, arrive -> arriv: that both forms of a verb meet. */
static size_t without_tail(const char *word, size_t len)
{
	char last = word[len - 1];

	if (len > 3 && last == word[len - 2] && !is_vowel(last) &&
	    last != 'l' && last != 's' && last != 'z')
		return len - 1;
	return len > 3 && last == 'e' ? len - 1 : len;
}

size_t story_stem(char *word, size_t len)
{
	if (len > STEM_WORD_MAX)
		return len;
	len = without_s(word, len);
	if (ends(word, len, "ing") && len >= 6 && has_vowel(word, len - 3))
		len -= 3;
	else if (ends(word, len, "ed") && len >= 5 && has_vowel(word, len - 2))
		len -= 2;
	return len > 3 ? without_tail(word, len) : len;
}

uint32_t story_term_of_hash(uint64_t hash)
{
	uint32_t term = (uint32_t)hash & ~1U;

	return term ? term : 2;
}

/* ------------------------------------------------------------- stopwords -- */

void story_stops_init(struct story_stops *s)
{
	const struct stopwords *list = stopwords_find("english");

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < list->count; i++) {
		uint64_t hash =
			news_word_hash(list->word[i], strlen(list->word[i]));
		size_t at = hash % STORY_STOPS;

		while (s->hash[at])
			at = (at + 1) % STORY_STOPS;
		s->hash[at] = hash;
	}
}

static bool is_stopword(const struct story_stops *s, uint64_t hash)
{
	size_t at = hash % STORY_STOPS;

	while (s->hash[at] && s->hash[at] != hash)
		at = (at + 1) % STORY_STOPS;
	return s->hash[at] != 0;
}

/* ----------------------------------------------------------------- terms -- */

/* Is there anything that story_stem() takes off? */
static bool may_have_ending(const char *word, size_t len)
{
	const char last = word[len - 1] | 0x20;

	return last == 's' || last == 'g' || last == 'd' || last == 'e' ||
	       last == (word[len - 2] | 0x20);
}

/* word: what was lower-cased of it is stemmed in place. */
static uint32_t term_of_letters(char *word, size_t len, uint64_t hash)
{
	size_t stem = story_stem(word, len);

	if (stem == len)
		return story_term_of_hash(hash);
	return story_term_of_hash(XXH3_64bits(word, stem));
}

/* The folded form of what is not ASCII is not at hand, and has no ending that
 * we know. */
uint32_t story_term(const struct story_stops *s, const char *word, size_t len,
		    uint64_t hash)
{
	char stem[STEM_WORD_MAX];

	if (len < 2 || is_stopword(s, hash))
		return 0;
	if (len > sizeof(stem) || !may_have_ending(word, len))
		return story_term_of_hash(hash);
	for (size_t i = 0; i < len; i++) {
		char c = word[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c < 'a' || c > 'z')
			return story_term_of_hash(hash);
		stem[i] = c;
	}
	return term_of_letters(stem, len, hash);
}

uint64_t story_word(const char *word, size_t len)
{
	struct story_stops stops;

	story_stops_init(&stops);
	return story_term(&stops, word, len, news_word_hash(word, len));
}
