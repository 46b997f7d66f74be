/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a date may begin: this is what the whole of a text goes through, so
 * that most words must be told from a date by three of their bytes.
 *
 * In languages that write months small the day comes first, or the year last,
 * and these are found by their digits.
 */
#include "ascii64.h"
#include "written_parts.h"

#include <string.h>

enum {
	ROOM = ASCII64_BYTES + 2 /* the bytes behind are looked at, too */
};

/* Second and third letters by first ones, 1 << (letter & 31). */
#define L(c) (1u << ((c)&31))
#define ANY  UINT32_MAX

/* clang-format off */
static const struct {
	uint32_t second, third;
} letters[256] = {
	['0'] = { ANY, ANY },
	['1'] = { ANY, ANY },
	['2'] = { ANY, ANY },
	['3'] = { ANY, ANY },
	['4'] = { ANY, ANY },
	['5'] = { ANY, ANY },
	['6'] = { ANY, ANY },
	['7'] = { ANY, ANY },
	['8'] = { ANY, ANY },
	['9'] = { ANY, ANY },
	['A'] = { L('p') | L('u'),
		  L('r') | L('g') | L('j') | L('n') },
	['D'] = { L('e') | L('i') | L('o'),
		  L('c') | L('e') | L('n') | L('m') },
	['F'] = { L('e') | L('r'),
		  L('b') | L('i') | L('e') },
	['J'] = { L('a') | L('u') | L('e'),
		  L('n') | L('l') | L('u') },
	['M'] = { L('a') | L('o') | L('i') | L('e'),
		  L('r') | L('y') | L('n') | L('t') | L('i') },
	['N'] = { L('o') | L('e'),
		  L('v') | L('x') },
	['O'] = { L('c'),
		  L('t') },
	['S'] = { L('e') | L('a') | L('u') | L('o'),
		  L('p') | L('t') | L('n') | L('m') },
	['T'] = { L('u') | L('h') | L('o'),
		  L('e') | L('u') | L('d') | L('m') | L('n') | L('i') },
	['W'] = { L('e'),
		  L('d') },
	['Y'] = { L('e'),
		  L('s') },
	['L'] = { L('a') | L('u') | L('e'),
		  L('s') | L('t') | L('n') },
	['G'] = { L('e'),
		  L('s') },
	['H'] = { L('e'),
		  L('u') },
	['V'] = { L('e') | L('o'),
		  L('r') | L('n') },
	/* those of relative forms may be small, too */
	['y'] = { L('e'), /* yesterday */
		  L('s') },
	['t'] = { L('o') | L('h'), /* today, tomorrow, tonight, this */
		  L('d') | L('m') | L('n') | L('i') },
	['l'] = { L('a') | L('u') | L('e'), /* last, lundi, letzte */
		  L('s') | L('t') | L('n') },
	['n'] = { L('e') | L('\xC3'), /* next, nächste */
		  L('x') | L('\xA4') },
	['g'] = { L('e'), /* gestern */
		  L('s') },
	['h'] = { L('e'), /* heute */
		  L('u') },
	['m'] = { L('a') | L('e') | L('o'), /* mardi, mercredi, mois */
		  L('r') | L('i') },
	['j'] = { L('e'), /* jeudi */
		  L('u') },
	['v'] = { L('e') | L('o'), /* vendredi, vorige, vergangene */
		  L('n') | L('r') },
	['s'] = { L('a') | L('e'), /* samedi, semaine */
		  L('m') },
	['d'] = { L('i') | L('e'), /* dimanche, demain */
		  L('m') },
	['a'] = { L('u') | L('n'), /* aujourd'hui, année */
		  L('j') | L('n') },
};
/* clang-format on */

static unsigned long four(const char *s)
{
	return (unsigned long)(unsigned char)s[0] << 24 |
	       (unsigned long)(unsigned char)s[1] << 16 |
	       (unsigned long)(unsigned char)s[2] << 8 | (unsigned char)s[3];
}

#define FOUR(a, b, c, d)                                                       \
	((unsigned long)(a) << 24 | (unsigned long)(b) << 16 |                 \
	 (unsigned long)(c) << 8 | (unsigned long)(d))
#define THREE(a, b, c) FOUR(0, a, b, c)

/* A month or a weekday that is written with a capital. */
static bool is_capital_start(const char *s)
{
	switch ((four(s) >> 8) | 0x202020ul) {
	case THREE('j', 'a', 'n'):
	case THREE('f', 'e', 'b'):
	case THREE('m', 'a', 'r'):
	case THREE('a', 'p', 'r'):
	case THREE('m', 'a', 'y'):
	case THREE('j', 'u', 'n'):
	case THREE('j', 'u', 'l'):
	case THREE('a', 'u', 'g'):
	case THREE('s', 'e', 'p'):
	case THREE('o', 'c', 't'):
	case THREE('n', 'o', 'v'):
	case THREE('d', 'e', 'c'):
	case THREE('m', 'o', 'n'):
	case THREE('t', 'u', 'e'):
	case THREE('w', 'e', 'd'):
	case THREE('t', 'h', 'u'):
	case THREE('f', 'r', 'i'):
	case THREE('s', 'a', 't'):
	case THREE('s', 'u', 'n'):
	case THREE('d', 'i', 'e'):
	case THREE('m', 'i', 't'):
	case THREE('d', 'o', 'n'):
	case THREE('f', 'r', 'e'):
	case THREE('s', 'a', 'm'):
	case THREE('s', 'o', 'n'):
		return true;
	default:
		return false;
	}
}

static bool is_relative_start(const char *s)
{
	switch (four(s) | 0x20000000ul) {
	case FOUR('y', 'e', 's', 't'):
	case FOUR('t', 'o', 'd', 'a'):
	case FOUR('t', 'o', 'm', 'o'):
	case FOUR('t', 'o', 'n', 'i'):
	case FOUR('t', 'h', 'i', 's'):
	case FOUR('l', 'a', 's', 't'):
	case FOUR('n', 'e', 'x', 't'):
	case FOUR('g', 'e', 's', 't'):
	case FOUR('h', 'e', 'u', 't'):
	case FOUR('l', 'e', 't', 'z'):
	case FOUR('v', 'e', 'r', 'g'):
	case FOUR('v', 'o', 'r', 'i'):
	case FOUR('n', 0xC3, 0xA4, 'c'):
	case FOUR('l', 'u', 'n', 'd'):
	case FOUR('m', 'a', 'r', 'd'):
	case FOUR('m', 'e', 'r', 'c'):
	case FOUR('j', 'e', 'u', 'd'):
	case FOUR('v', 'e', 'n', 'd'):
	case FOUR('s', 'a', 'm', 'e'):
	case FOUR('d', 'i', 'm', 'a'):
	case FOUR('d', 'e', 'm', 'a'):
	case FOUR('a', 'u', 'j', 'o'):
	case FOUR('m', 'o', 'i', 's'):
	case FOUR('s', 'e', 'm', 'a'):
	case FOUR('a', 'n', 'n', 0xC3):
		return true;
	default:
		return false;
	}
}

/* C2 and E2 lead signs and blanks: see is_word_lead(). */
static bool is_letter(char c)
{
	const unsigned char b = (unsigned char)c;

	return ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') ||
	       (b >= 0x80 && b != 0xC2 && b != 0xE2);
}

/* Is the character that ends before at a sign of punctuation, not a letter? */
static bool is_sign_before(const char *s, size_t at)
{
	size_t i = at - 1;

	while (i && at - i < 4 && ((unsigned char)s[i] & 0xC0) == 0x80)
		i--;
	return !date_word_length(s + i, at - i);
}

static bool may_begin(const char *s, size_t left)
{
	const unsigned char c = (unsigned char)s[0];

	if (is_decimal(s[0]))
		return true;
	if (left < 4 || !(letters[c].second & L(s[1])) ||
	    !(letters[c].third & L(s[2])))
		return false;
	return is_relative_start(s) || (c < 'a' && is_capital_start(s));
}

static bool is_wide(char c)
{
	return (unsigned char)c >= 0x80;
}

/* Of a text of 64 bytes and more the first, of less its last, and zeros. */
static const char *block(const char *s, size_t left, char room[ROOM])
{
	if (left >= ROOM)
		return s;
	memset(room, 0, ROOM);
	return memcpy(room, s, left);
}

/* Most words do not, by their first three bytes. */
static bool may_begin_so(const char *three)
{
	const unsigned char first = (unsigned char)three[0];

	return letters[first].second >> (three[1] & 31) &
	       letters[first].third >> (three[2] & 31) & 1;
}

static bool is_start(const char *s, size_t len, size_t at)
{
	return may_begin(s + at, len - at) &&
	       (!at || !is_wide(s[at - 1]) || is_sign_before(s, at));
}

size_t next_start(const char *s, size_t len, size_t i)
{
	uint64_t starts, joined = 0;
	char room[ROOM];
	struct ascii64 b;

	for (; i < len; i += ASCII64_BYTES) {
		const char *p = block(s + i, len - i, room);

		ascii64_load(&b, p, NULL, 0);
		starts = b.alnum & ~(b.alnum << 1 | joined);
		joined = b.alnum >> 63;
		for (; starts; starts &= starts - 1) {
			unsigned at = (unsigned)__builtin_ctzll(starts);

			if (may_begin_so(p + at) && is_start(s, len, i + at))
				return i + at;
		}
	}
	return len;
}

static bool is_four_digits(const char *s, size_t left)
{
	return left >= 4 && is_decimal(s[0]) && is_decimal(s[1]) &&
	       is_decimal(s[2]) && is_decimal(s[3]) &&
	       (left == 4 || !is_decimal(s[4]));
}

size_t next_year(const char *s, size_t len, size_t i)
{
	uint64_t starts, joined = 0;
	char room[ROOM];
	struct ascii64 b;

	for (; i < len; i += ASCII64_BYTES) {
		ascii64_load(&b, block(s + i, len - i, room), "12", 2);
		starts = b.letter & ~(b.alnum << 1 | joined);
		joined = b.alnum >> 63;
		for (; starts; starts &= starts - 1) {
			size_t at = i + (size_t)__builtin_ctzll(starts);

			if (is_four_digits(s + at, len - at))
				return at;
		}
	}
	return len;
}

bool may_be_name(char c)
{
	return c < 'a' || strchr("lmjvsd", c);
}

static size_t word_end(const char *s, size_t len, size_t i)
{
	while (i < len && (is_letter(s[i]) || is_decimal(s[i])))
		i++;
	return i;
}

size_t skip_start(const char *s, size_t len, size_t i)
{
	if (!is_decimal(s[i]))
		return word_end(s, len, i);
	while (i < len && is_decimal(s[i]))
		i++;
	return i;
}

bool may_begin_number(const char *s, size_t at)
{
	const char c = at ? s[at - 1] : ' ';
	size_t i = at;

	if ((unsigned char)c >= 0x80)
		return is_sign_before(s, at);
	if (!c)
		return true;
	if (is_letter(c) || is_decimal(c) || strchr("/$#_=&+", c))
		return false;
	if (strchr(".,:-", c) && at > 1)
		return !is_decimal(s[at - 2]);
	/* of an address, taken apart: "/ 2013 / 05" */
	while (i && at - i < 3 && s[i - 1] == ' ')
		i--;
	return !i || (s[i - 1] != '/' && s[i - 1] != '$');
}

static const char *const year_words[] = {
	"in",	   "since",  "of",     "by",	 "from",  "until",  "till",
	"through", "during", "before", "after",	 "early", "late",   "mid",
	"year",	   "spring", "summer", "autumn", "fall",  "winter", "season",
	"circa",   "en",     "depuis", "im",	 "jahr",  "jahre",  "seit",
	"bis",	   "dal",    "nel",    "dans",	 "desde", "fin",    "w",
	"roku",	   "vuonna", "sinds",  "sedan",	 "siden", "ar",	    "в",
	"с",	   "у",	     "з",      "году",	 "року",  "i"
};

static const char *const weak_year_words[] = { "and",	  "or",	 "to",	"the",
					       "between", "his", "her", "its" };

static bool is_among(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (*word == *list[i] && !strcmp(word, list[i]))
			return true;
	return false;
}

#define IS_AMONG(word, list)                                                   \
	is_among(word, list, sizeof(list) / sizeof(*(list)))

bool says_year(const char *s, size_t len, size_t at)
{
	char word[DATE_WORD_MAX];
	size_t end, begin = word_before(s, at, &end);
	const size_t after = at + 4;

	if (at && s[at - 1] == '(')
		return after < len && strchr(")-,;", s[after]);
	if (at && s[at - 1] == '-')
		begin = word_before(s, at - 1, &end);
	if (begin == end || !date_word_fold(s + begin, end - begin, word))
		return false;
	if (IS_AMONG(word, year_words))
		return true;
	return IS_AMONG(word, weak_year_words) &&
	       (!memcmp(s + at, "19", 2) || !memcmp(s + at, "20", 2)) &&
	       memcmp(s + at + 2, "00", 2) != 0;
}
