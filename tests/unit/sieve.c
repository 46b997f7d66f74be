/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/sieve.c, analyzer_next_wanted(), stemmer_tail(): nothing that is wanted
 * is held back, and positions are what they are without a sieve */
#include "analyze.h"
#include "buf.h"
#include "sieve.h"
#include "stem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	WANTED = 3
};

static uint32_t draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

/* -------------------------------------------------------------- ascii64 -- */

static void test_sets_of_bytes(void **state)
{
	static const char letter[] = { 'a', 'z', '5' };
	char text[256 + ASCII64_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	for (size_t at = 0; at < 256; at++) {
		struct ascii64 b;

		ascii64_load(&b, text + at, letter, COUNT(letter));
		for (size_t i = 0; i < ASCII64_BYTES; i++) {
			const unsigned char c = (unsigned char)text[at + i];
			const bool digit = c >= '0' && c <= '9';
			const bool alpha = (c | 0x20) >= 'a' &&
					   (c | 0x20) <= 'z' && c < 0x80;
			const bool joiner = c == '\'' || c == '.' || c == ',';

			assert_int_equal(b.alnum >> i & 1, digit || alpha);
			assert_int_equal(b.wide >> i & 1, c >= 0x80);
			assert_int_equal(b.joiner >> i & 1, joiner);
			assert_int_equal(b.feed >> i & 1, c == '\n');
			if (digit || alpha)
				assert_int_equal(b.letter >> i & 1,
						 (c | 0x20) == 'a' ||
							 (c | 0x20) == 'z' ||
							 c == '5');
		}
	}
}

/* ---------------------------------------------------------------- sieve -- */

static bool passes(const struct sieve *s, const char *word)
{
	const size_t len = strlen(word);
	char head[8] = { 0 };

	memcpy(head, word, len < 8 ? len : 8);
	return sieve_passes(s, ascii8_load(head), len, len);
}

static void test_what_passes(void **state)
{
	static const struct {
		enum sieve_of of;
		const char *wanted;
		size_t tail;
		const char *word;
		bool passes;
	} cases[] = {
		{ SIEVE_WORD, "tax", 0, "Tax", true },
		{ SIEVE_WORD, "tax", 0, "taxes", false },
		{ SIEVE_WORD, "tax", 0, "ta", false },
		{ SIEVE_WORD, "tax", 0, "tix", false },
		{ SIEVE_WORD, "abcdefghij", 0, "abcdefghzz", true },
		{ SIEVE_WORD, "abcdefghij", 0, "abcdefghijk", false },
		{ SIEVE_PREFIX, "elect", 0, "elections", true },
		{ SIEVE_PREFIX, "elect", 0, "elec", false },
		{ SIEVE_STEM, "hope", 1, "hoping", true },
		{ SIEVE_STEM, "hope", 1, "hats", false },
		{ SIEVE_STEM, "hope", 1, "hop", false }, /* shorter */
		{ SIEVE_STEM, "die", 1, "dying", true },
		{ SIEVE_STEM, "ill", 1, "yll", true },
		{ SIEVE_STEM, "a", 1, "apple", true },
		{ SIEVE_STEM, "a", 1, "bat", false },
		{ SIEVE_STEM, "ajar", SIZE_MAX, "mengajar", true },
		{ SIEVE_STEM, "\xC3\xB1u", 0, "nu", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sieve s;

		sieve_init(&s);
		sieve_add(&s, cases[i].of, cases[i].wanted,
			  strlen(cases[i].wanted), cases[i].tail);
		if (passes(&s, cases[i].word) != cases[i].passes)
			fail_msg("%s: %s", cases[i].wanted, cases[i].word);
	}
}

/* ------------------------------------------------------------ stem tails -- */

/* Endings that stemmers know, and some that they do not. */
static const char *const ending[] = {
	"s",	     "es",	  "ies",    "ing",	"ed",	     "ly",
	"ation",     "izer",	  "bility", "ical",	"ness",	     "ement",
	"euse",	     "aux",	  "emment", "logie",	"encia",     "mente",
	"ando",	     "heden",	  "lijk",   "heit",	"ungen",     "isch",
	"arna",	     "else",	  "hoz",    "javal",	"tatea",     "mai",
	"ului",	     "ism",	  "y",	    "yy",	"oo",	     "\xC3\xA9",
	"\xC3\xA8s", "\xC3\xA3o", "'s",	    "\xC3\xAB", "\xC3\xB3n", "ij",
	"que",	     "gue",	  "t",	    "d",	"k",	     "uu",
};

static void invent(struct buf *out, uint32_t *seed)
{
	for (uint32_t n = draw(seed, 4); n; n--)
		buf_addc(out, "abcdefghijklmnopqrstuvwxyzaeiouyaeiou"[draw(
				      seed, 37)]);
	for (uint32_t n = 1 + draw(seed, 3); n; n--)
		buf_adds(out, ending[draw(seed, COUNT(ending))]);
}

static char one_letter(char c)
{
	return c == 'y' ? 'i' : c;
}

static void check_tail(const char *language, const struct token *t, size_t tail)
{
	size_t same = 0;

	while (same < t->stem_len && same < t->word_len &&
	       one_letter(t->stem[same]) == one_letter(t->word[same]))
		same++;
	if (!same || t->stem_len > same + tail)
		fail_msg("%s: %s has the stem %s", language, t->word, t->stem);
}

static void test_stems_begin_as_words(void **state)
{
	const char *const *languages = trawl_languages();
	size_t known = 0;

	(void)state;
	for (size_t i = 0; languages[i]; i++) {
		struct buf text = BUF_INIT(1 << 22);
		struct analyzer *a;
		struct token t;
		uint32_t seed = 5;
		size_t tail;

		assert_int_equal(analyzer_new(languages[i], &a, NULL),
				 TRAWL_OK);
		tail = analyzer_stem_tail(a);
		known += tail != SIZE_MAX;
		for (unsigned n = 0; n < 20000; n++) {
			invent(&text, &seed);
			buf_addc(&text, ' ');
		}
		analyzer_begin(a, text.data, text.len, 1);
		while (tail != SIZE_MAX && analyzer_next(a, &t))
			check_tail(languages[i], &t, tail);
		analyzer_free(a);
		buf_release(&text);
	}
	assert_true(known >= 15);
}

/* ------------------------------------------------------------- analyzer -- */

struct wanted {
	enum sieve_of of;
	char text[2 * ANALYZE_WORD_BYTES];
	size_t len;
};

static bool is_wanted(const struct wanted *w, const struct token *t)
{
	const bool stem = w->of == SIEVE_STEM;
	const size_t len = stem ? t->stem_len : t->word_len;

	return len >= w->len && (len == w->len || w->of == SIEVE_PREFIX) &&
	       !memcmp(stem ? t->stem : t->word, w->text, w->len);
}

static bool is_any(const struct wanted *w, const struct token *t)
{
	for (size_t i = 0; i < WANTED; i++)
		if (is_wanted(&w[i], t))
			return true;
	return false;
}

static bool next_plain(struct analyzer *a, const struct wanted *w,
		       struct token *t)
{
	while (analyzer_next(a, t))
		if (is_any(w, t))
			return true;
	return false;
}

static bool next_sieved(struct analyzer *a, const struct wanted *w,
			const struct sieve *s, struct token *t, size_t *passed)
{
	for (; analyzer_next_wanted(a, s, t); ++*passed)
		if (is_any(w, t))
			return true;
	return false;
}

/* Words of the text itself, as a word, a stem, a beginning. */
static void choose(struct analyzer *a, const struct buf *text, uint32_t *seed,
		   struct wanted *w)
{
	uint32_t skip = draw(seed, 40);
	size_t n = 0;
	struct token t;

	memset(w, 0, WANTED * sizeof(*w));
	analyzer_begin(a, text->data, text->len, 1);
	while (n < WANTED && analyzer_next(a, &t)) {
		if (skip--)
			continue;
		skip = draw(seed, 40);
		w[n].of = (enum sieve_of)draw(seed, 3);
		w[n].len = w[n].of == SIEVE_STEM ? t.stem_len : t.word_len;
		if (w[n].of == SIEVE_PREFIX)
			w[n].len = 1 + draw(seed, (uint32_t)w[n].len);
		memcpy(w[n].text, w[n].of == SIEVE_STEM ? t.stem : t.word,
		       w[n].len);
		n++;
	}
	while (n < WANTED)
		w[n++].len = SIZE_MAX;
}

/* The same words at the same places, with a sieve and without. */
static size_t compare(struct analyzer *plain, struct analyzer *sieved,
		      const struct buf *text, const struct wanted *w,
		      size_t *passed)
{
	uint32_t paragraph = 0, last = 0;
	struct token a, b;
	struct sieve s;
	size_t n = 0;
	bool more;

	sieve_init(&s);
	for (size_t i = 0; i < WANTED; i++)
		if (w[i].len != SIZE_MAX)
			sieve_add(&s, w[i].of, w[i].text, w[i].len,
				  analyzer_stem_tail(sieved));
	analyzer_begin(plain, text->data, text->len, 1);
	analyzer_begin(sieved, text->data, text->len, 1);
	do {
		more = next_plain(plain, w, &a);
		assert_int_equal(next_sieved(sieved, w, &s, &b, passed), more);
		if (!more)
			break;
		assert_int_equal(a.begin, b.begin);
		assert_int_equal(a.end, b.end);
		assert_int_equal(a.position, b.position);
		assert_int_equal(a.paragraph, b.paragraph);
		assert_int_equal(a.overlap, b.overlap);
		assert_string_equal(a.word, b.word);
		assert_string_equal(a.stem, b.stem);
		/* paragraphs are what gaps of positions part */
		if (a.paragraph == paragraph)
			assert_true(a.position - last <= text->len);
		else
			assert_true(a.position - last > ANALYZE_PARAGRAPH_GAP);
		paragraph = a.paragraph;
		last = a.position;
		n++;
	} while (more);
	return n;
}

static const char *const piece[] = {
	"tax ",
	"Taxes",
	"running ",
	" ",
	"\n",
	"\n\n",
	"\r\n",
	"\n \t\n",
	"U.S.A.",
	"U.S.'s ",
	"1,000 ",
	"1.5",
	"3,14,",
	"don't ",
	"l'",
	"O'Neil ",
	". ",
	",",
	"'",
	"'s ",
	"\xC3\xA9",
	"caf\xC3\xA9 ",
	"\xC2\xAD",
	"\xE2\x80\x99",
	"e\xCC\x81",
	"\xE6\xB0\x94",
	"\xE5\x80\x99",
	"\xD0\xBC\xD0\xB8\xD1\x80 ",
	"\xEF\xBC\xA1",
	"\xEF\xAC\x81",
	"\xFF",
	"\xE2\x80",
	"_",
	"-",
	"\xE2\x80\x94",
	"word ",
	"the ",
	"of the ",
	"A",
	"x",
	"9",
	"dying ",
	"skies ",
	"abcdefgh",
	"col\xC2\xB7lecci\xC3\xB3 ",
	"\xE2\x80\x8B",
	"\v",
	"und die Katastrophen ",
	"nationalement ",
	"Ankara'da ",
	"berpelajaran ",
	"bhfosta\xC3\xADonn ",
};

static void write_text(struct buf *text, uint32_t *seed)
{
	const bool plain = draw(seed, 2);

	buf_truncate(text, 0);
	for (uint32_t n = draw(seed, 300); n; n--)
		if (plain && draw(seed, 30))
			invent(text, seed), buf_addc(text, ' ');
		else
			buf_adds(text, piece[draw(seed, COUNT(piece))]);
	if (!draw(seed, 20))
		for (unsigned n = 0; n < 300; n++)
			buf_addc(text, 'a');
}

static void test_nothing_wanted_is_held_back(void **state)
{
	const char *const *languages = trawl_languages();

	(void)state;
	for (size_t i = 0; languages[i]; i++) {
		struct buf text = BUF_INIT(1 << 20);
		struct analyzer *plain, *sieved;
		struct wanted w[WANTED];
		uint32_t seed = 11 + (uint32_t)i;
		size_t found = 0, passed = 0;

		assert_int_equal(analyzer_new(languages[i], &plain, NULL),
				 TRAWL_OK);
		assert_int_equal(analyzer_new(languages[i], &sieved, NULL),
				 TRAWL_OK);
		for (unsigned n = 0; n < 150; n++) {
			/* of its very size, so that a tool sees a read past */
			struct buf copy = BUF_INIT(1 << 20);

			write_text(&text, &seed);
			buf_add(&copy, text.data, text.len);
			choose(plain, &copy, &seed, w);
			found += compare(plain, sieved, &copy, w, &passed);
			buf_release(&copy);
		}
		assert_true(found > 300);
		analyzer_free(plain);
		analyzer_free(sieved);
		buf_release(&text);
	}
}

/* Or it would be of no use. */
static void test_most_is_held_back(void **state)
{
	struct buf text = BUF_INIT(1 << 22);
	struct analyzer *a;
	struct sieve s;
	struct token t;
	uint32_t seed = 1;
	size_t passed = 0;

	(void)state;
	assert_int_equal(analyzer_new("english", &a, NULL), TRAWL_OK);
	for (unsigned n = 0; n < 20000; n++) {
		invent(&text, &seed);
		buf_addc(&text, n % 9 ? ' ' : '\n');
	}
	sieve_init(&s);
	sieve_add(&s, SIEVE_STEM, "zebra", 5, analyzer_stem_tail(a));
	sieve_add(&s, SIEVE_STEM, "market", 6, analyzer_stem_tail(a));
	analyzer_begin(a, text.data, text.len, 1);
	while (analyzer_next_wanted(a, &s, &t))
		passed++;
	assert_true(passed < 20000 / 20);
	analyzer_free(a);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sets_of_bytes),
		cmocka_unit_test(test_what_passes),
		cmocka_unit_test(test_stems_begin_as_words),
		cmocka_unit_test(test_nothing_wanted_is_held_back),
		cmocka_unit_test(test_most_is_held_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
