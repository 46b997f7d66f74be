/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_fold.h"

#include "utf8.h"

#include <string.h>

/* Letters that are no others with a mark. */
static const struct {
	uint32_t cp;
	const char *ascii;
} letters[] = {
	{ 0xDF, "ss" }, { 0xE6, "ae" },	 { 0xF0, "d" },	 { 0xF8, "o" },
	{ 0xFE, "th" }, { 0x111, "d" },	 { 0x127, "h" }, { 0x131, "i" },
	{ 0x142, "l" }, { 0x153, "oe" }, { 0x259, "a" }, { 0x2B9, "" },
	{ 0x2BA, "" },	{ 0x2BB, "" },	 { 0x2BC, "" },	 { 0x2BD, "" },
	{ 0x2BE, "" },	{ 0x2BF, "" },	 { 0x2018, "" }, { 0x2019, "" },
};

static const char *ascii_of(uint32_t cp)
{
	for (size_t i = 0; i < sizeof(letters) / sizeof(*letters); i++)
		if (letters[i].cp == cp)
			return letters[i].ascii;
	return NULL;
}

static bool make_bare(const char *word, size_t len, struct name_key *k)
{
	size_t n, used = 0;

	for (size_t i = 0; i < len; i += n) {
		const unsigned char c = (unsigned char)word[i];
		uint32_t cp;
		const char *to;

		n = 1;
		if (c >= 'a' && c <= 'z') {
			if (used == NAME_LETTERS)
				return false;
			k->bare[used++] = (char)c;
			continue;
		}
		if (c == '\'' || c == '-' || c == '`')
			continue;
		n = utf8_decode(word + i, len - i, &cp);
		to = ascii_of(cp);
		if (!to || used + strlen(to) > NAME_LETTERS)
			return false;
		for (; *to; to++)
			k->bare[used++] = *to;
	}
	k->bare[used] = '\0';
	k->nbare = (unsigned char)used;
	return used > 1;
}

bool name_is_vowel(char c)
{
	switch (c) {
	case 'a':
	case 'e':
	case 'i':
	case 'o':
	case 'u':
		return true;
	default:
		return false;
	}
}

/*
 * The longest that fits is first.  Where: at the beginning, at the end, inside
 * (behind a letter).  A rule reads the bare word, never what others made.
 */
enum where {
	ANYWHERE,
	INITIAL,
	FINAL,
	INNER
};

#define RULE(from, to, where)                                                  \
	{                                                                      \
		from, to, sizeof(from) - 1, where                              \
	}

/* Of one beginning, the longest is first. */
static const struct rule {
	const char *from, *to;
	unsigned char len; /* of from */
	unsigned char where;
} rules[] = {
	RULE("auski", "avski", FINAL), RULE("auna", "ovna", FINAL),
	RULE("au", "av", FINAL),       RULE("aa", "a", ANYWHERE),
	RULE("ch", "C", ANYWHERE),     RULE("ck", "k", ANYWHERE),
	RULE("cz", "c", ANYWHERE),     RULE("ce", "se", ANYWHERE),
	RULE("ci", "si", ANYWHERE),    RULE("cy", "si", ANYWHERE),
	RULE("c", "k", ANYWHERE),      RULE("dzh", "j", ANYWHERE),
	RULE("dj", "j", ANYWHERE),     RULE("dh", "d", ANYWHERE),
	RULE("dz", "d", ANYWHERE),     RULE("euski", "evski", FINAL),
	RULE("euna", "evna", FINAL),   RULE("eff", "ev", FINAL),
	RULE("ey", "i", FINAL),	       RULE("ei", "i", FINAL),
	RULE("ej", "i", FINAL),	       RULE("ee", "i", ANYWHERE),
	RULE("gh", "g", ANYWHERE),     RULE("iye", "e", INNER),
	RULE("iya", "ia", INNER),      RULE("iy", "i", FINAL),
	RULE("ii", "i", FINAL),	       RULE("ij", "i", FINAL),
	RULE("ie", "e", INNER),	       RULE("je", "e", INNER),
	RULE("ja", "ia", INNER),       RULE("ju", "iu", INNER),
	RULE("kh", "k", ANYWHERE),     RULE("ouski", "ovski", FINAL),
	RULE("off", "ov", FINAL),      RULE("ou", "u", ANYWHERE),
	RULE("oo", "u", ANYWHERE),     RULE("ph", "f", ANYWHERE),
	RULE("q", "k", ANYWHERE),      RULE("szcz", "SC", ANYWHERE),
	RULE("shch", "SC", ANYWHERE),  RULE("skii", "ski", FINAL),
	RULE("skyi", "ski", FINAL),    RULE("skyy", "ski", FINAL),
	RULE("skiy", "ski", FINAL),    RULE("skij", "ski", FINAL),
	RULE("skyj", "ski", FINAL),    RULE("sch", "S", ANYWHERE),
	RULE("sz", "S", INITIAL),      RULE("sh", "S", ANYWHERE),
	RULE("tsky", "cki", FINAL),    RULE("tski", "cki", FINAL),
	RULE("tsch", "C", ANYWHERE),   RULE("tch", "C", ANYWHERE),
	RULE("th", "t", ANYWHERE),     RULE("tz", "c", ANYWHERE),
	RULE("ts", "c", ANYWHERE),     RULE("w", "v", ANYWHERE),
	RULE("x", "ks", ANYWHERE),     RULE("yy", "i", FINAL),
	RULE("yi", "i", FINAL),	       RULE("ye", "e", ANYWHERE),
	RULE("ya", "ia", ANYWHERE),    RULE("yu", "iu", ANYWHERE),
	RULE("y", "i", ANYWHERE),      RULE("zh", "Z", ANYWHERE),
};

/* What a rule may begin with. */
static const char beginnings[] = "acdegijkopqstwxyz";

static uint32_t bit_of(char c)
{
	return (uint32_t)1 << (c & 31);
}

static uint32_t bits_of_beginnings(void)
{
	uint32_t bits = 0;

	for (const char *c = beginnings; *c; c++)
		bits |= bit_of(*c);
	return bits;
}

static bool fits(const struct rule *r, const char *bare, size_t i, size_t n)
{
	if (*r->from != bare[i] || i + r->len > n ||
	    memcmp(bare + i, r->from, r->len) != 0)
		return false;
	switch (r->where) {
	case INITIAL:
		return !i;
	case FINAL:
		return i && i + r->len == n;
	case INNER:
		return i > 0;
	default:
		return true;
	}
}

static const struct rule *rule_at(const char *bare, size_t i, size_t n)
{
	for (size_t r = 0; r < sizeof(rules) / sizeof(*rules); r++)
		if (fits(&rules[r], bare, i, n))
			return &rules[r];
	return NULL;
}

static void put(struct name_key *k, char c)
{
	if (k->nfold && k->fold[k->nfold - 1] == c)
		return; /* doubled letters are one */
	if (k->nfold < NAME_LETTERS)
		k->fold[k->nfold++] = c;
}

static void make_fold(struct name_key *k)
{
	const uint32_t bits = bits_of_beginnings();
	size_t i = 0;

	k->nfold = 0;
	while (i < k->nbare) {
		const struct rule *r = bits & bit_of(k->bare[i])
					       ? rule_at(k->bare, i, k->nbare)
					       : NULL;

		if (!r) {
			put(k, k->bare[i++]);
			continue;
		}
		for (const char *to = r->to; *to; to++)
			put(k, *to);
		i += r->len;
	}
	k->fold[k->nfold] = '\0';
}

/* h, which comes and goes, and vowels are in none. */
static char class_of(char c)
{
	switch (c) {
	case 'g':
	case 'k':
		return 'k';
	case 'd':
	case 't':
		return 't';
	case 's':
	case 'z':
	case SOUND_TS:
	case SOUND_SH:
	case SOUND_CH: /* as in French */
		return 's';
	case 'b':
	case 'p':
		return 'p';
	case 'f':
	case 'v':
		return 'v';
	case 'j':
	case SOUND_ZH:
		return 'j';
	case 'h':
		return '\0';
	default:
		return name_is_vowel(c) ? '\0' : c;
	}
}

static void make_skeleton(struct name_key *k)
{
	size_t used = 0;

	if (name_is_vowel(*k->fold))
		k->skeleton[used++] = 'a';
	for (size_t i = 0; i < k->nfold; i++) {
		const char c = class_of(k->fold[i]);

		if (c)
			k->skeleton[used++] = c;
	}
	k->skeleton[used] = '\0';
	k->nskeleton = (unsigned char)used;
}

bool name_fold(const char *word, size_t len, struct name_key *out)
{
	if (len > NAME_BYTES || !make_bare(word, len, out))
		return false;
	make_fold(out);
	make_skeleton(out);
	return true;
}
