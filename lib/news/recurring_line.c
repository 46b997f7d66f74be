/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines hashed as they are told apart.  A short one is folded: letters in lower
 * case, a number is 0, and what stands between words is one blank.  Of a long
 * one eight bytes are folded at once: letters in lower case, blanks for the
 * rest.
 */
#include "ascii8.h"
#include "plain.h"
#include "recurrence.h"

#include <stdlib.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	LINES_FIRST = 64,
	LINES_MAX = 1 << 18, /* of a text; the rest is not looked at */
	NUMBER_LETTERS = 4,  /* of a line with numbers, at least */
	LONG_LINE = 80	     /* bytes */
};

void recurring_lines_release(struct recurring_lines *l)
{
	if (!l)
		return;
	free(l->at);
	*l = (struct recurring_lines){ 0 };
}

static bool reserve(struct recurring_lines *l)
{
	size_t alloc = l->alloc ? 2 * l->alloc : LINES_FIRST;
	struct recurring_line *at;

	if (l->n < l->alloc)
		return true;
	at = realloc(l->at, alloc * sizeof(*at));
	if (!at) {
		l->failed = true;
		return false;
	}
	l->at = at;
	l->alloc = alloc;
	return true;
}

/* Of a long line: eight bytes with their letters in lower case, 0 for the rest.
 * words: how many begin in it; *before: the top bit, when a letter is last. */
static uint64_t fold8(uint64_t v, uint64_t *before, uint32_t *words)
{
	uint64_t low = v | ASCII8_ONES * 0x20;
	uint64_t in = ascii8_between(low & ~ASCII8_TOPS, 'a', 'z') |
		      (v & ASCII8_TOPS);
	uint64_t first = in & ~(in << 8 | *before);

	*before = in >> 56;
	*words += ascii8_count(first);
	/* A top bit becomes the eight bits of its byte. */
	return low & (in >> 7) * 0xFF;
}

static uint64_t mix(uint64_t hash, uint64_t v)
{
	hash = (hash ^ v) * UINT64_C(0x9FB21C651E98DF25);
	return hash ^ hash >> 29;
}

/* Nothing is mixed in for eight marks, so that none at the end count. */
static uint64_t mix_folded(uint64_t hash, uint64_t v)
{
	return v ? mix(hash, v) : hash;
}

/* The hash of a long line so far, and what fold8() keeps. */
struct long_line {
	uint64_t hash, before;
	uint32_t words;
};

#ifdef __SSE2__
enum {
	PAIRS_MAX = 255 /* whose words a byte can count */
};

/* As fold8(); in begins, bytes that words begin at are taken off by one. */
static __m128i fold16(const char *s, __m128i *before, __m128i *begins)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
	const __m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
	const __m128i from = _mm_sub_epi8(low, _mm_set1_epi8('a'));
	const __m128i letter =
		_mm_cmpeq_epi8(_mm_min_epu8(from, _mm_set1_epi8(25)), from);
	const __m128i in =
		_mm_or_si128(letter, _mm_cmplt_epi8(v, _mm_setzero_si128()));
	const __m128i behind = _mm_or_si128(_mm_slli_si128(in, 1), *before);

	*before = _mm_srli_si128(in, 15);
	*begins = _mm_add_epi8(*begins, _mm_andnot_si128(behind, in));
	return _mm_and_si128(low, in);
}

/* PAIRS_MAX of sixteen bytes at most; how many bytes. */
static size_t hash_some(struct long_line *l, const char *s, size_t n)
{
	const size_t some = n / 16 < PAIRS_MAX ? n / 16 : PAIRS_MAX;
	__m128i before = _mm_cvtsi32_si128(l->before ? 0xFF : 0);
	__m128i begins = _mm_setzero_si128();
	__m128i sums;

	for (size_t i = 0; i < some; i++) {
		const __m128i v = fold16(s + 16 * i, &before, &begins);
		uint64_t half[2];

		_mm_storeu_si128((__m128i *)(void *)half, v);
		l->hash = mix_folded(l->hash, half[0]);
		l->hash = mix_folded(l->hash, half[1]);
	}
	begins = _mm_sub_epi8(_mm_setzero_si128(), begins);
	sums = _mm_sad_epu8(begins, _mm_setzero_si128());
	l->words += (uint32_t)_mm_cvtsi128_si32(sums) +
		    (uint32_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
	l->before = (uint64_t)_mm_cvtsi128_si32(before) & 0x80;
	return 16 * some;
}
#else
static size_t hash_some(struct long_line *l, const char *s, size_t n)
{
	(void)l;
	(void)s;
	(void)n;
	return 0;
}
#endif

/* n >= 8 */
static uint64_t hash_long(const char *s, size_t n, uint32_t *words)
{
	struct long_line l = { 0 };
	size_t i = 0, some;
	uint64_t v;

	while ((some = hash_some(&l, s + i, n - i)))
		i += some;
	for (; i + 8 <= n; i += 8) {
		v = fold8(ascii8_load(s + i), &l.before, &l.words);
		l.hash = mix_folded(l.hash, v);
	}
	if (i < n) {
		v = ascii8_load(s + n - 8) >> 8 * (8 - (n - i));
		v = fold8(v, &l.before, &l.words);
		l.hash = mix_folded(l.hash, v);
	}
	*words = l.words;
	return *words ? mix(l.hash, l.hash >> 32) | 1 : 0;
}

static size_t put_character(const char *s, size_t n, char out[4], size_t *took)
{
	unsigned char c = (unsigned char)*s;

	if (c >= 0x80)
		return plain_character(s, n, out, took);
	*took = 1;
	if (is_lower((char)(c | 32)))
		*out = (char)(c | 32);
	else if (is_digit((char)c))
		*out = '0';
	else
		return 0;
	return 1;
}

/* A short line so far, folded. */
struct short_line {
	char out[2 * LONG_LINE + 16];
	size_t k, letters;
	uint32_t words;
	bool number;
	bool due; /* a blank, before what comes next */
};

/* Eight bytes from byte i on; 0 behind the end. */
static uint64_t load_some(const char *s, size_t i, size_t n)
{
	uint64_t v = 0;

	if (n - i >= 8)
		return ascii8_load(s + i);
	if (n >= 8)
		return ascii8_load(s + n - 8) >> 8 * (8 - (n - i));
	memcpy(&v, s + i, n - i);
	return le64toh(v);
}

/* The first n bytes of v, 1 to 8; in: which are letters.  A mark at the end is
 * due, and not yet out. */
static void put_folded(struct short_line *l, uint64_t v, uint64_t in, size_t n)
{
	const uint64_t full = (in >> 7) * 0xFF, letters = ascii8_prefix(in, n);
	const uint64_t behind = letters << 8 | (l->due ? 0 : 0x80);

	v |= ASCII8_ONES * ' ';
	v = htole64((v & full) | (ASCII8_ONES * ' ' & ~full));
	l->out[l->k] = ' ';
	l->k += l->due;
	memcpy(l->out + l->k, &v, 8);
	l->words += ascii8_count(letters & ~behind);
	l->letters += ascii8_count(letters);
	l->due = !(letters >> (8 * n - 1));
	l->k += n - l->due;
}

/* Letters of ASCII with single marks between; how many of v's first n bytes. */
static size_t put_run(struct short_line *l, uint64_t v, size_t n)
{
	const uint64_t low = (v | ASCII8_ONES * 0x20) & ~ASCII8_TOPS;
	const uint64_t in = ascii8_between(low, 'a', 'z');
	const uint64_t digits = ascii8_between(v & ~ASCII8_TOPS, '0', '9');
	const uint64_t marks = ~in & ASCII8_TOPS;
	const uint64_t again = marks & (marks << 8 | (l->due ? 0x80 : 0));
	const uint64_t end = (v | digits | again) & ASCII8_TOPS;
	const size_t some = end ? ascii8_first(end) : 8;
	const size_t run = some < n ? some : n;

	if (run)
		put_folded(l, v, in, run);
	return run;
}

/* One character; bytes of it. */
static size_t put_one(struct short_line *l, const char *s, size_t n)
{
	char *out = l->out + l->k;
	size_t took, len = put_character(s, n, out + l->due, &took);

	if (!len) {
		l->due = true;
		return took;
	}
	l->words += l->due;
	/* A number is one 0, and no blank between two. */
	if (out[l->due] == '0' && l->k && out[-1] == '0') {
		l->due = false;
		return took;
	}
	l->letters += out[l->due] != '0';
	l->number |= out[l->due] == '0';
	if (l->due)
		*out = ' ';
	l->k += l->due + len;
	l->due = false;
	return took;
}

/* Up to the next letter of ASCII; how many bytes. */
static size_t put_others(struct short_line *l, const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && !is_lower((char)(s[i] | 32)))
		i += put_one(l, s + i, n - i);
	return i;
}

/* n <= LONG_LINE.  0: there is no letter in it, or little beside a number: "2000
 * GMT" of a list of matches. */
static uint64_t hash_short(const char *s, size_t n, uint32_t *words)
{
	struct short_line l;
	size_t run;

	l.k = l.letters = l.words = 0;
	l.number = false;
	l.due = true;
	for (size_t i = 0; i < n; i += run) {
		run = put_run(&l, load_some(s, i, n), n - i);
		if (run < 8)
			run += put_others(&l, s + i + run, n - i - run);
	}
	*words = l.words;
	if (l.letters < (l.number ? NUMBER_LETTERS : 1))
		return 0;
	return XXH3_64bits(l.out, l.k) | 1;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool recurring_lines(const char *text, size_t len, struct recurring_lines *out)
{
	size_t at = 0;

	out->n = 0;
	out->failed = false;
	if (len > UINT32_MAX)
		len = UINT32_MAX;
	while (at < len && out->n < LINES_MAX) {
		const char *lf = memchr(text + at, '\n', len - at);
		size_t end = lf ? (size_t)(lf - text) + 1 : len;
		size_t from = at, to = end;
		struct recurring_line l = { .begin = (uint32_t)at,
					    .end = (uint32_t)end };

		while (from < to && is_blank(text[from]))
			from++;
		while (to > from && is_blank(text[to - 1]))
			to--;
		l.hash = to - from > LONG_LINE
				 ? hash_long(text + from, to - from, &l.words)
				 : hash_short(text + from, to - from, &l.words);
		at = end;
		if (!l.hash)
			continue;
		if (!reserve(out))
			return false;
		out->at[out->n++] = l;
	}
	return true;
}
