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

/* Of one letter, the longest of one beginning is first. */
struct rule {
	const char *from, *to; /* from: NULL behind the last */
	unsigned char len;     /* of from */
	unsigned char where;
};

static const struct rule of_a[] = {
	RULE("auski", "avski", FINAL),
	RULE("auna", "ovna", FINAL),
	RULE("au", "av", FINAL),
	RULE("aa", "a", ANYWHERE),
	{ 0 },
};

static const struct rule of_c[] = {
	RULE("ch", "C", ANYWHERE),  RULE("ck", "k", ANYWHERE),
	RULE("cz", "c", ANYWHERE),  RULE("ce", "se", ANYWHERE),
	RULE("ci", "si", ANYWHERE), RULE("cy", "si", ANYWHERE),
	RULE("c", "k", ANYWHERE),   { 0 },
};

static const struct rule of_d[] = {
	RULE("dzh", "j", ANYWHERE),
	RULE("dj", "j", ANYWHERE),
	RULE("dh", "d", ANYWHERE),
	RULE("dz", "d", ANYWHERE),
	{ 0 },
};

static const struct rule of_e[] = {
	RULE("euski", "evski", FINAL), RULE("euna", "evna", FINAL),
	RULE("eff", "ev", FINAL),      RULE("ey", "i", FINAL),
	RULE("ei", "i", FINAL),	       RULE("ej", "i", FINAL),
	RULE("ee", "i", ANYWHERE),     { 0 },
};

static const struct rule of_g[] = {
	RULE("gh", "g", ANYWHERE),
	{ 0 },
};

static const struct rule of_i[] = {
	RULE("iye", "e", INNER),
	RULE("iya", "ia", INNER),
	RULE("iy", "i", FINAL),
	RULE("ii", "i", FINAL),
	RULE("ij", "i", FINAL),
	RULE("ie", "e", INNER),
	{ 0 },
};

static const struct rule of_j[] = {
	RULE("je", "e", INNER),
	RULE("ja", "ia", INNER),
	RULE("ju", "iu", INNER),
	{ 0 },
};

static const struct rule of_k[] = {
	RULE("kh", "k", ANYWHERE),
	{ 0 },
};

static const struct rule of_o[] = {
	RULE("ouski", "ovski", FINAL),
	RULE("off", "ov", FINAL),
	RULE("ou", "u", ANYWHERE),
	RULE("oo", "u", ANYWHERE),
	{ 0 },
};

static const struct rule of_p[] = {
	RULE("ph", "f", ANYWHERE),
	{ 0 },
};

static const struct rule of_q[] = {
	RULE("q", "k", ANYWHERE),
	{ 0 },
};

static const struct rule of_s[] = {
	RULE("szcz", "SC", ANYWHERE), RULE("shch", "SC", ANYWHERE),
	RULE("skii", "ski", FINAL),   RULE("skyi", "ski", FINAL),
	RULE("skyy", "ski", FINAL),   RULE("skiy", "ski", FINAL),
	RULE("skij", "ski", FINAL),   RULE("skyj", "ski", FINAL),
	RULE("sch", "S", ANYWHERE),   RULE("sz", "S", INITIAL),
	RULE("sh", "S", ANYWHERE),    { 0 },
};

static const struct rule of_t[] = {
	RULE("tsky", "cki", FINAL),  RULE("tski", "cki", FINAL),
	RULE("tsch", "C", ANYWHERE), RULE("tch", "C", ANYWHERE),
	RULE("th", "t", ANYWHERE),   RULE("tz", "c", ANYWHERE),
	RULE("ts", "c", ANYWHERE),   { 0 },
};

static const struct rule of_w[] = {
	RULE("w", "v", ANYWHERE),
	{ 0 },
};

static const struct rule of_x[] = {
	RULE("x", "ks", ANYWHERE),
	{ 0 },
};

static const struct rule of_y[] = {
	RULE("yy", "i", FINAL),
	RULE("yi", "i", FINAL),
	RULE("ye", "e", ANYWHERE),
	RULE("ya", "ia", ANYWHERE),
	RULE("yu", "iu", ANYWHERE),
	RULE("y", "i", ANYWHERE),
	{ 0 },
};

static const struct rule of_z[] = {
	RULE("zh", "Z", ANYWHERE),
	{ 0 },
};

/* By the letter that they begin with. */
static const struct rule *const rules[26] = {
	['a' - 'a'] = of_a, ['c' - 'a'] = of_c, ['d' - 'a'] = of_d,
	['e' - 'a'] = of_e, ['g' - 'a'] = of_g, ['i' - 'a'] = of_i,
	['j' - 'a'] = of_j, ['k' - 'a'] = of_k, ['o' - 'a'] = of_o,
	['p' - 'a'] = of_p, ['q' - 'a'] = of_q, ['s' - 'a'] = of_s,
	['t' - 'a'] = of_t, ['w' - 'a'] = of_w, ['x' - 'a'] = of_x,
	['y' - 'a'] = of_y, ['z' - 'a'] = of_z,
};

static bool fits(const struct rule *r, const char *bare, size_t i, size_t n)
{
	if (i + r->len > n || memcmp(bare + i, r->from, r->len) != 0)
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
	const struct rule *r = rules[bare[i] - 'a'];

	for (; r && r->from; r++)
		if (fits(r, bare, i, n))
			return r;
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
	size_t i = 0;

	k->nfold = 0;
	while (i < k->nbare) {
		const struct rule *r = rule_at(k->bare, i, k->nbare);

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
