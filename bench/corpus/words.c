/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include "random.h"
#include "ranks.h"

/* clang-format off */
static const char *const common[WORDS_COMMON] = { "",
	"the", "to", "of", "and", "a", "in", "that", "for", "on", "is", "said",
	"with", "it", "was", "he", "as", "at", "be", "by", "have", "has", "his",
	"from", "are", "but", "not", "an", "this", "they", "who", "will", "had",
	"their", "I", "been", "we", "or", "were", "more", "which", "would",
	"about", "its", "her", "you", "she", "one", "there", "when", "after",
	"all", "up", "out", "also", "new", "than", "can", "people", "if", "what",
	"over", "so", "year", "no", "into", "last", "two", "time", "other",
	"first", "years", "them", "some", "could", "just", "him", "before",
	"like", "now", "only", "because", "Monday", "most", "our", "how", "many",
	"state", "do", "government", "my", "any", "police", "world", "make",
	"even", "while", "country", "back", "three", "where", "then", "week",
	"Tuesday", "against", "down", "Wednesday", "Thursday", "Friday", "those",
	"told", "between", "may", "company", "through", "made", "your", "going",
	"very", "should", "since", "being", "did", "well", "much", "group",
	"still", "say", "home", "get", "way", "think", "million", "day", "under",
	"these", "says", "during", "part", "show", "national", "official",
	"don't", "it's", "such", "both", "market", "president", "take", "go",
	"high", "court", "report", "report's", "next", "public", "according",
	"business", "month", "news", "including", "us", "party", "team", "early",
	"city", "another", "former", "plan", "work", "see", "good", "set", "law",
	"end", "case", "place", "help", "leader", "four", "Sunday", "Saturday",
	"January", "June", "October", "per", "used", "too", "off", "life",
	"around", "long",
};
static const char *const onset[32] = {
	"b", "c", "d", "f", "g", "h", "j", "l", "m", "n", "p", "r", "s", "t",
	"v", "w", "br", "cl", "cr", "dr", "fl", "gr", "pl", "pr", "sh", "sl",
	"sp", "st", "th", "tr", "ch", "m",
};
static const char *const vowel[8] = { "a", "e", "i", "o", "u", "ea", "ou", "a" };
static const char *const coda[16] = {
	"nd", "st", "ck", "ll", "nt", "rd", "lt", "mp", "rk", "sh", "ft", "n",
	"rt", "r", "m", "t",
};
static const char *const ending[3][4] = {
	{ "", "s", "ed", "ing" }, { "", "s", "'s", "ing" },
	{ "", "ly", "s", "ing" },
};
static const char *const name_ending[8] = {
	"son", "ton", "ford", "ley", "mann", "ski", "ov\xC3\xA1", "berg",
};
/* clang-format on */

enum {
	FORMS = 4,
	SYLLABLE_BITS = 8,
	CODA_BITS = 4,
	SYLLABLES_MAX = 4,
	NEW_STEMS = 15, /* of a hundred words */
};

struct words {
	struct word word[RANKS_HEAD];
	uint32_t stem[RANKS_HEAD]; /* 0: a name or a number */
	uint32_t nstems;
	unsigned char forms[RANKS_HEAD]; /* of each stem, so far */
};

/* Names and numbers have no ending; the rest are verbs, nouns, adjectives. */
enum kind {
	VERB,
	NOUN,
	ADJECTIVE,
	NAME,
	NUMBER
};

static enum kind kind_of(uint64_t rank)
{
	const unsigned h = mix64(rank) % 100;

	return h < 4 ? NUMBER : h < 16 ? NAME : (enum kind)(h % 3);
}

static void append(struct word *w, const char *s)
{
	while (*s && w->len < WORD_BYTES)
		w->text[w->len++] = *s++;
}

/* One to one among the numbers of so many bits. */
static uint64_t scramble(uint64_t v, unsigned bits)
{
	const uint64_t mask = (UINT64_C(1) << bits) - 1;

	for (int i = 0; i < 3; i++) {
		v = v * UINT64_C(0x9E3779B97F4A7C15) & mask;
		v ^= v >> (bits / 2);
	}
	return v;
}

static unsigned syllables_for(uint64_t number)
{
	unsigned n = 1;

	while (n < SYLLABLES_MAX && number >> (CODA_BITS + n * SYLLABLE_BITS))
		n++;
	return n == 1 && number % 2 ? 2 : n;
}

static void append_stem(struct word *w, uint64_t number)
{
	const unsigned n = syllables_for(number);
	uint64_t v = scramble(number, CODA_BITS + n * SYLLABLE_BITS);

	for (unsigned i = 0; i < n; i++, v >>= SYLLABLE_BITS) {
		append(w, onset[v % 32]);
		append(w, vowel[v / 32 % 8]);
	}
	append(w, coda[v % 16]);
}

static void append_number(struct word *w, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%ju", (uintmax_t)n);
	append(w, text);
}

static void make_name(struct word *w, uint64_t rank)
{
	append_stem(w, rank);
	append(w, name_ending[mix64(rank) >> 32 & 7]);
	w->text[0] ^= 'a' ^ 'A';
}

static void make_word(struct word *w, enum kind kind, uint64_t rank,
		      uint64_t stem, unsigned form)
{
	w->len = 0;
	if (kind == NUMBER) {
		append_number(w, rank);
	} else if (kind == NAME) {
		make_name(w, rank);
	} else {
		append_stem(w, stem);
		append(w, ending[kind][form]);
	}
}

/* An earlier word of the topic whose stem has a form to spare, or 0. */
static uint32_t relative(const struct words *w, uint32_t rank)
{
	const uint32_t blocks = (rank - WORDS_COMMON) / WORDS_TOPICS;
	const uint64_t h = mix64(~(uint64_t)rank);
	uint32_t r;

	if (!blocks || h % 100 < NEW_STEMS)
		return 0;
	r = rank - WORDS_TOPICS * (1 + (uint32_t)(h >> 32) % blocks);
	return w->stem[r] && w->forms[w->stem[r]] < FORMS ? r : 0;
}

static enum kind kind_of_stem(uint32_t stem)
{
	return (enum kind)(mix64(stem) % 3);
}

static void fill(struct words *w, uint32_t rank)
{
	const enum kind kind = kind_of(rank);
	const uint32_t r = relative(w, rank);
	uint32_t stem;

	if (kind >= NAME) {
		make_word(&w->word[rank], kind, rank, 0, 0);
		return;
	}
	stem = r ? w->stem[r] : ++w->nstems;
	make_word(&w->word[rank], kind_of_stem(stem), rank, stem,
		  w->forms[stem]++);
	w->stem[rank] = stem;
}

struct words *words_new(void)
{
	struct words *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	for (uint32_t i = 1; i < WORDS_COMMON; i++)
		append(&w->word[i], common[i]);
	for (uint32_t i = WORDS_COMMON; i < RANKS_HEAD; i++)
		fill(w, i);
	return w;
}

void words_free(struct words *w)
{
	free(w);
}

/* Four ranks of the same topic, side by side, are one stem's forms. */
static const struct word *make_rare(struct word *room, uint64_t rank)
{
	const uint64_t group = rank / WORDS_TOPICS / FORMS * WORDS_TOPICS +
			       rank % WORDS_TOPICS;
	const enum kind kind = kind_of(group + RANK_MAX);

	make_word(room, kind, rank, RANKS_HEAD + group,
		  rank / WORDS_TOPICS % FORMS);
	return room;
}

const struct word *words_get(const struct words *w, uint64_t rank,
			     struct word *room)
{
	return rank < RANKS_HEAD ? &w->word[rank] : make_rare(room, rank);
}
