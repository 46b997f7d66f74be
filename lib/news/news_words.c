/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "news_words.h"

#include "ascii8.h"
#include "fold.h"
#include "utf8.h"

#include <stdlib.h>
#include <utf8proc.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	WORDS_FIRST = 1024,
	FOLDED_SLOTS = 1 << 13, /* a power of two */
	KINDS = 0x600,		/* Latin to Hebrew */
	KIND_CLASS = 0x3F,	/* a character's kind: enum char_class ... */
	KIND_UPPER = 0x40,
	KIND_LOWER = 0x80,
	EIGHT = 8
};

/* What is not ASCII, remembered: to classify and to fold it takes long. */
struct news_folded {
	struct {
		uint64_t raw, hash; /* of a word */
	} slot[FOLDED_SLOTS];
	unsigned char kind[KINDS]; /* of characters from 0x80 */
};

/* A part of a text without furniture. */
struct reader {
	struct news_words *w;
	const char *text;
	size_t at, end;
	uint8_t due; /* flags that the next word gets */
};

/* A word so far. */
struct scan {
	size_t begin, at;
	size_t len; /* of low; more than there is room for: the word is too long */
	unsigned upper, lower, digits; /* digits: since begin or a comma */
	bool number;		       /* nothing but digits and commas */
	bool numeral;		       /* begins with a digit */
	bool acronym;
	bool wide; /* not ASCII: low is not its folded form */
	bool possessive;
	char low[ANALYZE_WORD_CHARS + EIGHT];
};

/* ----------------------------------------------------------- sentences -- */

/* In byte order: no sentence ends with their full stop. */
static const char *const titles[] = {
	"adm", "brig",	 "capt", "cdr", "cmdr", "col",	"cpl",	"cr",
	"det", "dr",	 "ft",	 "gen", "gov",	"hon",	"lt",	"m",
	"maj", "messrs", "mlle", "mme", "mr",	"mrs",	"ms",	"mt",
	"pfc", "pres",	 "prof", "pvt", "rep",	"reps", "rev",	"rt",
	"sen", "sens",	 "sgt",	 "sr",	"st",	"ste",	"supt", "vs",
};

static int by_bytes(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

/* Does the full stop after the word belong to it? */
static bool is_abbreviation(const struct scan *s)
{
	char word[EIGHT];

	if (s->acronym || (s->len == 1 && s->upper == 1))
		return true;
	if (s->wide || !s->upper || s->len >= sizeof(word))
		return false;
	memcpy(word, s->low, s->len);
	word[s->len] = '\0';
	return bsearch(word, titles, sizeof(titles) / sizeof(*titles),
		       sizeof(*titles), by_bytes) != NULL;
}

static unsigned char byte_at(const struct reader *r, size_t at)
{
	return at < r->end ? (unsigned char)r->text[at] : 0;
}

/* Example.com and 3.5 go on; "end.Next" does not. */
static bool goes_on(unsigned char next)
{
	return (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9');
}

/* Does the sign at r->at open a quotation? */
static bool opens(const struct reader *r)
{
	unsigned char before = r->at ? (unsigned char)r->text[r->at - 1] : ' ';

	return before <= ' ' || before == '(' || before == '[' ||
	       before == '"' || before == '\'';
}

static uint8_t flags_of_sign(const struct reader *r)
{
	switch (r->text[r->at]) {
	case '\n':
		return NEWS_START | NEWS_PARAGRAPH;
	case '.':
		return goes_on(byte_at(r, r->at + 1)) ? 0 : NEWS_START;
	case '!':
	case '?':
	case ':':
	case '|':
		return NEWS_START;
	case '"':
	case '\'':
		return opens(r) ? NEWS_START : 0;
	default:
		return 0;
	}
}

static uint8_t flags_of_wide_sign(uint32_t cp)
{
	switch (cp) {
	case 0xA1: /* inverted ! and ? */
	case 0xBF:
	case 0xAB: /* quotations open */
	case 0x2018:
	case 0x201A:
	case 0x201C:
	case 0x201E:
	case 0x2039:
	case 0x300C:
	case 0x300E:
	case 0x2022: /* bullets */
	case 0x25CF:
	case 0x2026: /* ... */
	case 0x3002: /* full stops */
	case 0xFF01:
	case 0xFF1F:
	case 0x0964:
	case 0x06D4:
	case 0x061F:
		return NEWS_START;
	case 0x2028:
	case 0x2029:
		return NEWS_START | NEWS_PARAGRAPH;
	default:
		return 0;
	}
}

/* ---------------------------------------------------------- characters -- */

static unsigned kind_of(uint32_t cp)
{
	unsigned class = char_class(cp);

	switch (utf8proc_category((int32_t)cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LT:
		return class | KIND_UPPER;
	case UTF8PROC_CATEGORY_LL:
		return class | KIND_LOWER;
	default:
		return class;
	}
}

static struct news_folded *folded_new(void)
{
	struct news_folded *f = calloc(1, sizeof(*f));

	for (uint32_t cp = 0x80; f && cp < KINDS; cp++)
		f->kind[cp] = (unsigned char)kind_of(cp);
	return f;
}

/* -------------------------------------------------------------- hashes -- */

static uint64_t hash_of(const char *s, size_t len)
{
	uint64_t hash = XXH3_64bits(s, len);

	return hash ? hash : 1;
}

static uint64_t fold_hash(const char *s, size_t len)
{
	struct folded f;

	if (!fold_word(s, len, &f) || !f.word_len)
		return 0;
	return hash_of(f.word, f.word_len);
}

/* 0: too long, or nothing is left of it.  w may be NULL. */
static uint64_t wide_hash(struct news_words *w, const char *s, size_t len)
{
	uint64_t raw;
	size_t at;

	if (len > FOLD_RAW_MAX)
		return 0;
	if (w && !w->folded)
		w->folded = folded_new();
	if (!w || !w->folded)
		return fold_hash(s, len);
	raw = XXH3_64bits(s, len);
	at = raw & (FOLDED_SLOTS - 1);
	if (w->folded->slot[at].raw != raw) {
		w->folded->slot[at].raw = raw;
		w->folded->slot[at].hash = fold_hash(s, len);
	}
	return w->folded->slot[at].hash;
}

/* ------------------------------------------------------- words in ASCII -- */

static uint64_t load(const struct reader *r, size_t at)
{
	char last[EIGHT] = { 0 };

	if (r->end - at >= EIGHT)
		return ascii8_load(r->text + at);
	memcpy(last, r->text + at, r->end - at);
	return ascii8_load(last);
}

/* Take the letters and digits at s->at; true when it is 8 and may be more. */
static bool take_eight(const struct reader *r, struct scan *s)
{
	uint64_t v = load(r, s->at), other = ascii8_not_alnum(v);
	size_t n = other ? ascii8_first(other) : EIGHT;
	uint64_t in = other ? (other & -other) - 1 : UINT64_MAX;
	uint64_t upper = ascii8_between(v & ~ASCII8_TOPS, 'A', 'Z') & in;
	uint64_t digit = ascii8_between(v & ~ASCII8_TOPS, '0', '9') & in;
	unsigned digits = ascii8_count(digit);
	uint64_t low = htole64(v | (upper >> 2));

	if (s->len <= ANALYZE_WORD_CHARS)
		memcpy(s->low + s->len, &low, EIGHT);
	s->len += n;
	s->at += n;
	s->upper += ascii8_count(upper);
	s->lower += (unsigned)(n - digits) - ascii8_count(upper);
	s->number = s->number && digits == n;
	s->digits += digits;
	return !other;
}

static bool is_letter(unsigned char c)
{
	return byte_class[c] == CHAR_LETTER;
}

static bool is_digit(unsigned char c)
{
	return byte_class[c] == CHAR_DIGIT;
}

static bool is_alnum(unsigned char c)
{
	return is_letter(c) || is_digit(c);
}

/* An apostrophe of n bytes stands at s->at. */
static bool take_apostrophe(const struct reader *r, struct scan *s, size_t n)
{
	unsigned char next = byte_at(r, s->at + n),
		      after = byte_at(r, s->at + n + 1);

	if (next >= 0x80) {
		s->wide = true;
		return false;
	}
	if (!is_letter(next))
		return false;
	if ((next | 0x20) == 's' && !is_alnum(after) && after < 0x80) {
		s->possessive = true;
		return false;
	}
	if (s->len <= ANALYZE_WORD_CHARS)
		s->low[s->len] = '\'';
	s->len++;
	s->at += n;
	s->number = false;
	return true;
}

/* A full stop stands at s->at: 3.5, U.S. */
static bool take_full_stop(const struct reader *r, struct scan *s)
{
	unsigned char before = (unsigned char)r->text[s->at - 1],
		      next = byte_at(r, s->at + 1);
	const size_t since = s->at - s->begin;

	if (is_digit(before) && is_digit(next)) {
		if (s->len <= ANALYZE_WORD_CHARS)
			s->low[s->len] = '.';
		s->len++;
		s->at++;
		s->number = false;
		return true;
	}
	if (!is_letter(next) || is_alnum(byte_at(r, s->at + 2)) ||
	    byte_at(r, s->at + 2) >= 0x80 || !is_letter(before) ||
	    !(since == 1 || s->acronym))
		return false;
	s->acronym = true;
	s->at++;
	return true;
}

/* A comma stands at s->at: 1,000 */
static bool take_comma(const struct reader *r, struct scan *s)
{
	const bool grouped = s->len != s->at - s->begin;

	if (!s->number || s->digits > 3 || (grouped && s->digits != 3))
		return false;
	for (size_t i = 1; i <= 3; i++)
		if (!is_digit(byte_at(r, s->at + i)))
			return false;
	if (is_digit(byte_at(r, s->at + 4)))
		return false;
	s->digits = 0;
	s->at++;
	return true;
}

/* Signs of U+2000 that end words and are common in them: dashes, quotes. */
static bool is_plain_sign(const struct reader *r, size_t at)
{
	unsigned char last = byte_at(r, at + 2);

	if (byte_at(r, at) == 0xC2)
		return byte_at(r, at + 1) == 0xA0;
	return byte_at(r, at) == 0xE2 && byte_at(r, at + 1) == 0x80 &&
	       ((last >= 0x93 && last <= 0x9F) || last == 0xA6);
}

static bool is_curly(const struct reader *r, size_t at)
{
	return byte_at(r, at) == 0xE2 && byte_at(r, at + 1) == 0x80 &&
	       byte_at(r, at + 2) == 0x99;
}

/* Does the word go on behind the sign at s->at, which is taken when so? */
static bool take_sign(const struct reader *r, struct scan *s)
{
	const unsigned char c = byte_at(r, s->at);

	if (s->len > ANALYZE_WORD_CHARS)
		return false;
	if (c >= 0x80) {
		if (is_curly(r, s->at))
			return take_apostrophe(r, s, 3);
		s->wide = !is_plain_sign(r, s->at);
		return false;
	}
	switch (byte_class[c]) {
	case CHAR_APOSTROPHE:
		return take_apostrophe(r, s, 1);
	case CHAR_FULL_STOP:
		return take_full_stop(r, s);
	case CHAR_COMMA:
		return take_comma(r, s);
	default:
		return false;
	}
}

static void scan_ascii(const struct reader *r, struct scan *s)
{
	do {
		while (take_eight(r, s))
			;
	} while (take_sign(r, s));
}

/* ------------------------------------------------------- all other words -- */

/* The kind of the character at at, and its bytes. */
static unsigned kind_at(const struct reader *r, size_t at, size_t *n,
			uint32_t *cp)
{
	*n = 1;
	*cp = 0;
	if (at >= r->end)
		return CHAR_SEPARATOR;
	*cp = (unsigned char)r->text[at];
	if (*cp < 0x80) {
		if (byte_class[*cp] != CHAR_LETTER)
			return byte_class[*cp];
		return CHAR_LETTER | (*cp < 'a' ? KIND_UPPER : KIND_LOWER);
	}
	*n = utf8_decode(r->text + at, r->end - at, cp);
	if (*cp < KINDS && r->w && r->w->folded)
		return r->w->folded->kind[*cp];
	return *cp == UINT32_MAX ? CHAR_SEPARATOR : kind_of(*cp);
}

static enum char_class wide_class(const struct reader *r, size_t at, size_t *n,
				  uint32_t *cp)
{
	return kind_at(r, at, n, cp) & KIND_CLASS;
}

static bool is_wide_letter(const struct reader *r, size_t at)
{
	size_t n;
	uint32_t cp;

	return wide_class(r, at, &n, &cp) == CHAR_LETTER;
}

/* Is "s" what stands at at, and the word's end? */
static bool is_s(const struct reader *r, size_t at)
{
	size_t n;
	uint32_t cp;
	enum char_class after;

	if ((byte_at(r, at) | 0x20) != 's')
		return false;
	after = wide_class(r, at + 1, &n, &cp);
	return after != CHAR_LETTER && after != CHAR_DIGIT &&
	       after != CHAR_MARK;
}

static bool is_l(const struct reader *r, size_t at)
{
	return (byte_at(r, at) | 0x20) == 'l';
}

/* Does a sign of class c and n bytes at s->at belong to the word? */
static bool wide_joins(const struct reader *r, struct scan *s,
		       enum char_class c, size_t n, enum char_class last)
{
	const size_t next = s->at + n;

	switch (c) {
	case CHAR_LETTER:
	case CHAR_DIGIT:
	case CHAR_MARK:
	case CHAR_IGNORE:
		return true;
	case CHAR_APOSTROPHE:
		s->possessive = is_s(r, next);
		return !s->possessive && is_wide_letter(r, next);
	case CHAR_FULL_STOP:
		return last == CHAR_DIGIT && is_digit(byte_at(r, next));
	case CHAR_MIDDLE_DOT:
		return s->at > s->begin && is_l(r, s->at - 1) && is_l(r, next);
	default:
		return false;
	}
}

static void scan_wide(const struct reader *r, struct scan *s)
{
	enum char_class c, last = CHAR_LETTER;
	unsigned kind;
	size_t n, end;
	uint32_t cp;

	s->at = end = s->begin;
	s->upper = s->lower = 0;
	s->acronym = false;
	s->wide = true;
	for (;; s->at += n) {
		kind = kind_at(r, s->at, &n, &cp);
		c = kind & KIND_CLASS;
		if (!wide_joins(r, s, c, n, last))
			break;
		if (c != CHAR_IGNORE)
			end = s->at + n;
		s->upper += (kind & KIND_UPPER) != 0;
		s->lower += (kind & KIND_LOWER) != 0;
		last = c;
	}
	if (!s->possessive)
		s->at = end;
}

/* A letter of CJK is a word, with the marks on it. */
static void scan_cjk(const struct reader *r, struct scan *s)
{
	size_t n;
	uint32_t cp;

	wide_class(r, s->at, &n, &cp);
	do
		s->at += n;
	while (wide_class(r, s->at, &n, &cp) == CHAR_MARK);
	s->wide = true;
}

/* --------------------------------------------------------------- words -- */

static bool grow(struct news_words *w)
{
	size_t alloc = w->alloc ? 2 * w->alloc : WORDS_FIRST;
	struct news_word *at = realloc(w->at, alloc * sizeof(*at));

	if (!at) {
		w->failed = true;
		return false;
	}
	w->at = at;
	w->alloc = alloc;
	return true;
}

static bool is_upper(const struct reader *r, size_t at)
{
	size_t n;
	uint32_t cp;

	return kind_at(r, at, &n, &cp) & KIND_UPPER;
}

static uint8_t flags_of_word(const struct reader *r, const struct scan *s)
{
	uint8_t flags = r->due;

	if (s->upper && is_upper(r, s->begin))
		flags |= NEWS_CAPITAL;
	if (s->upper > 1 && !s->lower)
		flags |= NEWS_UPPER;
	if (s->numeral)
		flags |= NEWS_NUMBER;
	if (s->possessive)
		flags |= NEWS_POSSESSIVE;
	return flags;
}

/* 0: not a word for us. */
static uint64_t hash_word(const struct reader *r, const struct scan *s)
{
	if (s->wide)
		return wide_hash(r->w, r->text + s->begin, s->at - s->begin);
	return s->len <= ANALYZE_WORD_CHARS ? hash_of(s->low, s->len) : 0;
}

/* Or sets failed. */
static inline void push(struct news_words *w, const struct news_word *word)
{
	if (w->n < w->alloc || grow(w))
		w->at[w->n++] = *word;
}

/* The scan alone cannot tell: a sign behind the word makes it wide. */
static bool is_wide(const struct reader *r, const struct scan *s)
{
	if (!s->wide)
		return false;
	for (size_t at = s->begin; at < s->at; at++)
		if ((unsigned char)r->text[at] >= 0x80)
			return true;
	return false;
}

static void keep(const struct reader *r, const struct scan *s)
{
	const struct news_word word = {
		.hash = hash_word(r, s),
		.begin = (uint32_t)s->begin,
		.len = (uint16_t)(s->at - s->begin),
		.flags = flags_of_word(r, s),
		.wide = is_wide(r, s),
	};

	if (word.hash)
		push(r->w, &word);
}

/* The letters and digits at s, up to 8: lowered, and which were upper case. */
static inline size_t take_short(const char *s, uint64_t *low, uint64_t *upper)
{
	const uint64_t v = ascii8_load(s), other = ascii8_not_alnum(v);
	const uint64_t in = other ? (other & -other) - 1 : UINT64_MAX;

	*upper = ascii8_between(v & ~ASCII8_TOPS, 'A', 'Z') & in;
	*low = htole64(v | *upper >> 2);
	return other ? ascii8_first(other) : EIGHT;
}

/* Does a word that began in lower case, or not, end before the signs at s? */
static inline bool ends_short(const char *s, bool capital)
{
	const unsigned char c = (unsigned char)s[0];

	if (c == '.')
		return !capital && (unsigned char)s[1] <= ' ';
	return c != '\'' && c < 0x80;
}

/* It begins with a letter; two letters or more, and none in lower case. */
static bool is_all_upper(const char *s, size_t n, const uint64_t upper[2])
{
	if (!(upper[0] & (upper[0] - 1)) && !(upper[0] && upper[1]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] > 'Z')
			return false;
	return true;
}

/*
 * A word of ASCII of less than 16 letters, with what cannot join it to more
 * behind it: most are.  False: the word is another one.
 */
static bool read_short(struct reader *r)
{
	const char *s = r->text + r->at;
	uint64_t low[2], upper[2] = { 0 };
	struct news_word word = { .begin = (uint32_t)r->at, .flags = r->due };
	size_t n;

	if (r->end - r->at <= 2 * EIGHT)
		return false;
	n = take_short(s, &low[0], &upper[0]);
	if (n == EIGHT)
		n += take_short(s + EIGHT, &low[1], &upper[1]);
	if (n == 2 * EIGHT || !ends_short(s + n, upper[0]))
		return false;
	word.hash = hash_of((const char *)low, n);
	word.len = (uint16_t)n;
	if (upper[0] & 0x80)
		word.flags |= NEWS_CAPITAL;
	if (upper[0] && is_all_upper(s, n, upper))
		word.flags |= NEWS_UPPER;
	push(r->w, &word);
	r->due = 0;
	r->at += n + (s[n] == ' ');
	return true;
}

static size_t possessive_end(const struct reader *r, size_t at)
{
	size_t n;
	uint32_t cp;

	wide_class(r, at, &n, &cp);
	return at + n + 1;
}

/* The word at r->at, which begins with class c. */
static void scan_word(const struct reader *r, enum char_class c, struct scan *s)
{
	s->begin = s->at = r->at;
	s->len = 0;
	s->upper = s->lower = s->digits = 0;
	s->acronym = s->wide = s->possessive = false;
	s->number = true;
	s->numeral = c == CHAR_DIGIT;
	if (c == CHAR_CJK) {
		scan_cjk(r, s);
		return;
	}
	if ((unsigned char)r->text[r->at] < 0x80)
		scan_ascii(r, s);
	if (s->at == s->begin || s->wide)
		scan_wide(r, s);
}

static void read_word(struct reader *r, enum char_class c)
{
	struct scan s;

	scan_word(r, c, &s);
	keep(r, &s);
	r->at = s.possessive ? possessive_end(r, s.at) : s.at;
	r->due = 0;
	if (byte_at(r, r->at) == '.' && is_abbreviation(&s))
		r->at++;
}

static void read_wide(struct reader *r)
{
	size_t n;
	uint32_t cp;
	enum char_class c;

	if (!r->w->folded)
		r->w->folded = folded_new();
	c = wide_class(r, r->at, &n, &cp);
	if (c == CHAR_LETTER || c == CHAR_DIGIT || c == CHAR_CJK) {
		read_word(r, c);
		return;
	}
	r->due |= flags_of_wide_sign(cp);
	r->at += n;
}

static void read_part(struct reader *r)
{
	while (r->at < r->end && !r->w->failed) {
		enum char_class c = byte_class[(unsigned char)r->text[r->at]];

		switch (c) {
		case CHAR_LETTER:
			if (!read_short(r))
				read_word(r, c);
			break;
		case CHAR_DIGIT:
			read_word(r, c);
			break;
		case CHAR_WIDE:
			read_wide(r);
			break;
		case CHAR_BLANK:
			r->at++;
			break;
		default:
			r->due |= flags_of_sign(r);
			r->at++;
		}
	}
}

bool news_words_read(struct news_words *w, const char *text, size_t len,
		     const struct span *spans, size_t nspans)
{
	struct reader r = { .w = w, .text = text };

	w->n = 0;
	w->failed = false;
	r.due = NEWS_START | NEWS_PARAGRAPH;
	for (size_t i = 0; i < nspans && spans[i].begin < len; i++) {
		r.end = spans[i].begin;
		read_part(&r);
		if (r.at < spans[i].end)
			r.at = spans[i].end;
		r.due = NEWS_START | NEWS_PARAGRAPH | NEWS_GAP;
	}
	r.end = len;
	read_part(&r);
	return !w->failed;
}

void news_words_release(struct news_words *w)
{
	free(w->at);
	free(w->folded);
	*w = (struct news_words){ 0 };
}

uint64_t news_word_hash(const char *word, size_t len)
{
	struct reader r = { .text = word, .end = len };
	enum char_class c;
	struct scan s;
	size_t n;
	uint32_t cp;

	for (; r.at < len; r.at += n) {
		c = wide_class(&r, r.at, &n, &cp);
		if (c != CHAR_LETTER && c != CHAR_DIGIT && c != CHAR_CJK)
			continue;
		scan_word(&r, c, &s);
		return hash_word(&r, &s);
	}
	return 0;
}
