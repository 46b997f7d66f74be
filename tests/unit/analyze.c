/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyze.h"
#include "buf.h"
#include "fold.h"
#include "stem.h"
#include "stopwords.h"
#include "utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <utf8proc.h>

#include <cmocka.h>

#define LETTERS_8 "abcdefgh"
#define LETTERS_64                                                             \
	LETTERS_8 LETTERS_8 LETTERS_8 LETTERS_8 LETTERS_8 LETTERS_8 LETTERS_8  \
		LETTERS_8
#define CYRILLIC_8 "жжжжжжжж"
#define DESERET_8  "𐐨𐐨𐐨𐐨𐐨𐐨𐐨𐐨"
#define GOTHIC_10  "𐌰𐌰𐌰𐌰𐌰𐌰𐌰𐌰𐌰𐌰"

struct row {
	const char *text;
	const char *words; /* as add_word() writes them */
};

struct stem_row {
	const char *language, *text, *words;
	const char *stems; /* NULL: as the words */
};

/* "+" a pair, "@N:" when the position does not follow the one before. */
static void add_word(struct buf *out, const struct token *t, uint32_t expected,
		     const char *s, size_t len)
{
	if (out->len)
		buf_addc(out, ' ');
	if (t->overlap)
		buf_addc(out, '+');
	else if (t->position != expected)
		buf_addf(out, "@%u:", t->position);
	buf_add(out, s, len);
}

struct output {
	struct buf words, stems;
};

static void run(struct analyzer *a, const char *text, size_t len,
		struct output *out)
{
	uint32_t expected = 1;
	struct token t;

	buf_init(&out->words, 1 << 20);
	buf_init(&out->stems, 1 << 20);
	analyzer_begin(a, text, len, 1);
	while (analyzer_next(a, &t)) {
		add_word(&out->words, &t, expected, t.word, t.word_len);
		add_word(&out->stems, &t, expected, t.stem, t.stem_len);
		expected = t.position + 1;
	}
	assert_false(analyzer_failed(a));
}

static void release(struct output *out)
{
	buf_release(&out->words);
	buf_release(&out->stems);
}

static struct analyzer *new_analyzer(const char *language)
{
	struct trawl_error err;
	struct analyzer *a;

	assert_int_equal(analyzer_new(language, &a, &err), TRAWL_OK);
	return a;
}

static void check_stems(const struct stem_row *r)
{
	struct analyzer *a = new_analyzer(r->language);
	const char *stems = r->stems ? r->stems : r->words;
	struct output out;

	run(a, r->text, strlen(r->text), &out);
	if (strcmp(out.words.data, r->words) || strcmp(out.stems.data, stems))
		fail_msg("%s (%s)\n words %s\n  want %s\n stems %s\n  want %s",
			 r->text, r->language, out.words.data, r->words,
			 out.stems.data, stems);
	release(&out);
	analyzer_free(a);
}

static void check_words(const struct row *r)
{
	const struct stem_row stem = { "none", r->text, r->words, NULL };

	check_stems(&stem);
}

#define CHECK(check, rows)                                                     \
	for (size_t i = 0; i < sizeof(rows) / sizeof(*(rows)); i++)            \
	check(&(rows)[i])

static void test_words(void **state)
{
	static const struct row rows[] = {
		{ "", "" },
		{ " \t .,;'’-_/ ", "" },
		{ "Climate summit", "climate summit" },
		{ "x", "x" },
		{ "ICBM9000 b2b", "icbm9000 b2b" },
		{ "one_two@three#four", "one two three four" },
		{ "C++ AT&T $5 10%", "c at t 5 10" },
		/* accents, and what is not one */
		{ "Café CAFÉ cafe\xCC\x81", "cafe cafe cafe" },
		{ "Ångström naïve Dvořák", "angstrom naive dvorak" },
		{ "smørrebrød Łódź đ Ħ æ œ", "smørrebrød łodz đ ħ æ œ" },
		{ "Việt Nam", "viet nam" },
		{ "Ελλάδα ΑΘΉΝΑ ΐ", "ελλαδα αθηνα ι" },
		{ "ёлка ЇЖАК Ўрал", "елка іжак урал" },
		{ "Йод синий и\xCC\x86 И\xCC\x86", "йод синий й й" },
		{ "й\xCC\x81 й\xCC\xA3", "й й" },
		{ "שָׁלוֹם \xEF\xAC\xAA", "שלום ש" },
		{ "مُحَمَّدٌ آدم أحمد", "محمد ادم احمد" },
		/* marks that stay */
		{ "हिन्दी कि क़", "हिन्दी कि क़" },
		{ "ภาษาไทย ที่", "ภาษาไทย ที่" },
		{ "தமிழ் বাংলা", "தமிழ் বাংলা" },
		{ "a\xE0\xA5\x81", "a\xE0\xA5\x81" },
		{ "\xCC\x81"
		  "a \xCC\x81 b",
		  "a b" },
		/* none to begin with */
		{ "1\xEF\xB8\x8F\xE2\x83\xA3 x", "1 x" },
		/* keycap */
		/* compatibility forms */
		{ "ﬁnance ﬂow eﬃcient ŉ", "finance flow efficient 'n" },
		{ "ＡＢＣ　１２３ Ｔｏｋｙｏ", "abc 123 tokyo" },
		{ "CO₂ H₂O km² x¹", "co2 h2o km2 x1" },
		{ "Ⅷ ① 𝟏𝐀", "viii 1 1a" },
		{ "2½ ⒈ ⑴ ﷺ x", "2 x" },
		{ "ſtraße STRASSE STRAẞE", "strasse strasse strasse" },
		{ "İstanbul ISPARTA ıspanak", "istanbul isparta ıspanak" },
		{ "ΟΔΟΣ οδος οδός", "οδοσ οδοσ οδοσ" },
		{ "㎏ ™ №", "" },
		/* ignorables */
		{ "co\xC2\xADop\xC2\xAD"
		  "era\xC2\xADtion",
		  "cooperation" },
		{ "soft\xC2\xAD hyphen", "soft hyphen" },
		{ "\xEF\xBB\xBFone zero\xE2\x80\x8Bspace", "one zero space" },
		{ "می\xE2\x80\x8Cخواهم", "میخواهم" },
		{ "a\xE2\x80\x8D"
		  "b a\xE2\x81\xA0"
		  "b",
		  "ab ab" },
		/* 4 bytes; emoji */
		{ "𐐔𐐯𐑅𐐨𐑉𐐯𐐻 𐌲𐌿𐍄", "𐐼𐐯𐑅𐐨𐑉𐐯𐐻 𐌲𐌿𐍄" },
		{ "flood😀water 👩‍👩‍👧 🇺🇸 ok",
		  "flood water ok" },
		{ "…one—two–three“four”", "one two three four" },
	};

	(void)state;
	CHECK(check_words, rows);
}

static void test_apostrophes(void **state)
{
	static const struct row rows[] = {
		{ "don't don’t DON＇T donʼt", "don't don't don't don't" },
		{ "'quoted' ‘quoted’ workers' 'tis",
		  "quoted quoted workers tis" },
		{ "rock'n'roll O’Brien", "rock'n'roll o'brien" },
		{ "a''b a'’b '", "a b a b" },
		{ "5'10 G20's 1990’s", "5 10 g20's 1990's" },
		{ "l'homme d’État", "l'homme d'etat" },
	};
	static const struct stem_row stemmed[] = {
		{ "english", "Zelenskyy’s Zelensky's", "zelenskyy's zelensky's",
		  "zelenskyy zelenski" },
		{ "english", "ZELENSKY’S zelensky", "zelensky's zelensky",
		  "zelenski zelenski" },
		{ "porter", "Zelensky’s zelensky", "zelensky's zelensky",
		  "zelenski zelenski" },
		{ "german", "Merkel’s Politik", "merkel's politik",
		  "merkel polit" },
		{ "dutch", "foto's", "foto's", "foto" },
		{ "turkish", "Ankara Ankara’da Ankara'nın",
		  "ankara ankara'da ankara'nın", "ankar ankar ankar" },
		{ "none", "Zelensky's", "zelensky's", NULL },
	};

	(void)state;
	CHECK(check_words, rows);
	CHECK(check_stems, stemmed);
}

static void test_elisions(void **state)
{
	static const struct stem_row stemmed[] = {
		{ "french", "l'homme L’Homme", "l homme l homme",
		  "l homm l homm" },
		{ "french", "coup d’État", "coup d etat", "coup d etat" },
		{ "french", "qu'il jusqu’à QU'ON", "qu il jusqu a qu on",
		  NULL },
		{ "french", "aujourd’hui quelqu'un presqu'île",
		  "aujourd'hui quelqu'un presqu'ile",
		  "aujourd'hui quelqu'un presqu'il" },
		{ "french", "qu'aujourd'hui c’est-à-dire",
		  "qu aujourd'hui c est a dire", "qu aujourd'hui c est a dir" },
		{ "french", "McDonald’s", "mcdonald's", "mcdonald" },
		{ "italian", "dell'arte un'altra po’", "dell arte un altra po",
		  "dell arte un altra po" },
		{ "italian", "ALL’ITALIA quest'anno", "all italia quest anno",
		  "all ital quest anno" },
		{ "catalan", "l'Hospitalet d’aigua", "l hospitalet d aigua",
		  "l hospital d aigu" },
		{ "catalan", "col·legi COL·LEGI coŀlegi a·b l·",
		  "collegi collegi collegi a b l",
		  "colleg colleg colleg a b l" },
		{ "none", "L'Oréal", "l'oreal", NULL },
	};

	(void)state;
	CHECK(check_stems, stemmed);
}

static void test_acronyms(void **state)
{
	static const struct row rows[] = {
		{ "U.S. U.S.A. U.S U.S.A u.s.", "us usa us usa us" },
		{ "the U.S., (U.S.) U.S.-backed", "the us us us backed" },
		{ "U.S.’s U.S's", "us's us's" },
		{ "U.S.Army U.S.2 e.g.that", "us army us 2 eg that" },
		{ "e.g. i.e. 5 p.m.", "eg ie 5 pm" },
		{ "Plan B. Then A.", "plan b then a" },
		{ "J.K. Rowling J. K. Rowling", "jk rowling j k rowling" },
		{ "Ph.D. No.5 p.5 v1.5", "ph d no 5 p 5 v1.5" },
		{ "С.Ш.А. É.U. E\xCC\x81.U.", "сша eu eu" },
		{ "U.中.S", "u 中 s" },
		{ "a..b. .a.b", "a b ab" },
		{ "john.smith@example.co.uk j.doe@x.org",
		  "john smith example co uk j doe x org" },
		{ "https://www.bbc.co.uk/news-5?q=a%20b",
		  "https www bbc co uk news 5 q a 20b" },
	};
	static const struct stem_row stemmed[] = {
		{ "english", "in the U.S.'s view", "in the us's view",
		  "in the us view" },
	};

	(void)state;
	CHECK(check_words, rows);
	CHECK(check_stems, stemmed);
}

static void test_numbers(void **state)
{
	static const struct row rows[] = {
		{ "1,000 10,000,000 1,000.50", "1000 10000000 1000.50" },
		{ "1.5 1.5.2 192.168.1.1", "1.5 1.5.2 192.168.1.1" },
		{ "1,5 1,50 1,0000 1000,000", "1 5 1 50 1 0000 1000 000" },
		{ "1.000,50 1,00,000", "1.000 50 1 00000" },
		{ "1,000,00 1,000,0000", "1000 00 1000 0000" },
		{ "a1,000 1,000m 1,000th", "a1 000 1000m 1000th" },
		{ "$1,000, 1,000. 1. 5.", "1000 1000 1 5" },
		{ "3rd 2024-11-07 12.03.2031 10:30",
		  "3rd 2024 11 07 12.03.2031 10 30" },
		{ "-5 +5 5- 1/2", "5 5 5 1 2" },
		{ "１,０００ ٣٤٥", "1000 ٣٤٥" },
	};
	static const struct stem_row stemmed[] = {
		{ "english", "1,000,000 people", "1000000 people",
		  "1000000 peopl" },
	};

	(void)state;
	CHECK(check_words, rows);
	CHECK(check_stems, stemmed);
}

static void test_cjk(void **state)
{
	static const struct row rows[] = {
		{ "日本語", "日 +日本 本 +本語 語" },
		{ "日 本", "日 本" },
		{ "日、本。", "日 本" },
		{ "東京Tower2024年", "東 +東京 京 tower2024 年" },
		{ "a日b", "a 日 b" },
		{ "ひらカナー", "ひ +ひら ら +らカ カ +カナ ナ +ナー ー" },
		{ "ｶﾞｷﾞ か\xE3\x82\x99", "ガ +ガギ ギ が" },
		{ "人々〇", "人 +人々 々 +々〇 〇" },
		{ "𠮷野 \xE2\xBC\x80", "𠮷 +𠮷野 野 一" },
		{ "日\xEF\xB8\x80本", "日 +日本 本" },
		{ "한국어 뉴스", "한국어 뉴스" },
		{ "ㄅㄆ", "ㄅㄆ" },
		{ "在2010，200人", "在 2010 200 人" },
	};
	static const struct stem_row stemmed[] = {
		{ "english", "日本", "日 +日本 本", NULL },
	};

	(void)state;
	CHECK(check_words, rows);
	CHECK(check_stems, stemmed);
}

static void test_hyphens_and_paragraphs(void **state)
{
	static const struct row rows[] = {
		{ "well-known state-of-the-art",
		  "well known state of the art" },
		{ "a\nb\r\nc", "a b c" },
		{ "a\n\nb", "a @1002:b" },
		{ "a\r\n\r\nb\n \t \n\n\nc", "a @1002:b @2003:c" },
		{ "\n\na\n\n", "a" },
		{ "a\n.\nb", "a b" },
		{ "a.\n\xC2\xA0\n日本", "a @1002:日 +日本 本" },
		{ "a\n\xE2\x80\x8B\nb", "a b" },
		{ "a\n\xFF\nb", "a b" },
	};

	(void)state;
	CHECK(check_words, rows);
}

static void test_stems(void **state)
{
	static const struct stem_row stemmed[] = {
		{ "english", "Running runs ran RUNNING",
		  "running runs ran running", "run run ran run" },
		{ "english", "skies dying generously", "skies dying generously",
		  "sky die generous" },
		{ "english", "Beyoncé Beyonce résumés Zelenský",
		  "beyonce beyonce resumes zelensky",
		  "beyonc beyonc resum zelenski" },
		{ "french", "continué élèves", "continue eleves",
		  "continu elev" },
		{ "spanish", "acción rápidamente", "accion rapidamente",
		  "accion rapid" },
		{ "german", "Häuser Straßen", "hauser strassen",
		  "haus strass" },
		{ "russian", "важными синий", "важными синий", "важн син" },
		{ "arabic", "المدرسة", "المدرسة", "مدرس" },
		{ "hindi", "लड़कियों", "लड़कियों", "लड़क" },
	};

	(void)state;
	CHECK(check_stems, stemmed);
}

static void test_raw_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *words;
	} rows[] = {
		{ "a\0b", 3, "a b" },
		{ "\0\0", 2, "" },
		{ "caf\xC3", 4, "caf" },
		{ "caf\xC3 x", 6, "caf x" },
		{ "a\xFF"
		  "b",
		  3, "a b" },
		{ "a\xC0\x80"
		  "b",
		  4, "a b" },
		{ "a\xED\xA0\x80"
		  "b",
		  5, "a b" }, /* a surrogate */
		{ "a\xF4\x90\x80\x80"
		  "b",
		  6, "a b" }, /* over U+10FFFF */
		{ "a\xE2\x82"
		  "b",
		  4, "a b" },
		{ "a'\xFF"
		  "b",
		  4, "a b" },
		{ "U.\xFFS.", 5, "u s" },
		{ "1,\xFF"
		  "000",
		  6, "1 000" },
		{ "x\xEF\xBF\xBFy \xEE\x80\x80", 9, "x y" }, /* no characters */
	};
	struct analyzer *a = new_analyzer("english");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct output out;

		run(a, rows[i].text, rows[i].len, &out);
		assert_string_equal(out.words.data, rows[i].words);
		release(&out);
	}
	analyzer_free(a);
}

static void test_long_words(void **state)
{
	static const struct {
		const char *text, *words;
		unsigned skipped;
	} rows[] = {
		{ "a " LETTERS_64 " b", "a " LETTERS_64 " b", 0 },
		{ "a " LETTERS_64 "x b", "a @3:b", 1 },
		{ LETTERS_64 "x", "", 1 },
		{ LETTERS_64 "x y\n\nz", "@2:y @1003:z", 1 },
		{ LETTERS_64 "x\n\nz", "@1002:z", 1 },
		{ CYRILLIC_8 CYRILLIC_8 CYRILLIC_8 CYRILLIC_8 CYRILLIC_8
			  CYRILLIC_8 CYRILLIC_8 CYRILLIC_8,
		  CYRILLIC_8 CYRILLIC_8 CYRILLIC_8 CYRILLIC_8 CYRILLIC_8
			  CYRILLIC_8 CYRILLIC_8 CYRILLIC_8,
		  0 },
		/* 50 letters of 4 bytes are 200 bytes */
		{ GOTHIC_10 GOTHIC_10 GOTHIC_10 GOTHIC_10 GOTHIC_10,
		  GOTHIC_10 GOTHIC_10 GOTHIC_10 GOTHIC_10 GOTHIC_10, 0 },
		{ GOTHIC_10 GOTHIC_10 GOTHIC_10 GOTHIC_10 GOTHIC_10 "𐌰", "",
		  1 },
		{ DESERET_8 DESERET_8 DESERET_8 DESERET_8 DESERET_8 DESERET_8
			  DESERET_8,
		  "", 1 },
		/* after folding: 64 sharp s are 128 letters */
		{ "ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßß", /* 32 */
		  LETTERS_64, 0 },
		{ "ßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßßs", "", 1 },
		/* commas and full stops of numbers do not count */
		{ "U." LETTERS_64 "x", "u", 1 },
	};
	struct analyzer *a = new_analyzer("english");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct output out;
		const char *want = rows[i].words;
		char sharp[65];

		memset(sharp, 's', 64);
		sharp[64] = '\0';
		if (!strncmp(rows[i].text, "ß", 2) && *want)
			want = sharp;
		run(a, rows[i].text, strlen(rows[i].text), &out);
		assert_string_equal(out.words.data, want);
		assert_int_equal(analyzer_long_words(a), rows[i].skipped);
		release(&out);
	}
	analyzer_free(a);
}

static void test_very_long_words(void **state)
{
	enum {
		LONG = 1 << 20
	};
	char *text = test_malloc(LONG + 2);
	struct analyzer *a = new_analyzer("english");
	struct output out;

	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		for (size_t i = 0; i < LONG; i += 2)
			memcpy(text + i, wide ? "\xD0\xB6" : "zz", 2);
		memcpy(text + LONG, " y", 2);
		run(a, text, LONG + 2, &out);
		assert_string_equal(out.words.data, "@2:y");
		assert_int_equal(analyzer_long_words(a), 1);
		release(&out);
	}
	analyzer_free(a);
	test_free(text);
}

/* A letter under many marks is that letter. */
static void test_zalgo(void **state)
{
	struct analyzer *a = new_analyzer("english");
	struct buf text = BUF_INIT(4096);
	struct output out;

	(void)state;
	for (const char *p = "flood"; *p; p++) {
		buf_addc(&text, *p);
		for (int i = 0; i < 40; i++)
			buf_addf(&text, "\xCC%c", 0x80 + i);
	}
	run(a, text.data, text.len, &out);
	assert_string_equal(out.words.data, "flood");
	release(&out);
	buf_release(&text);
	analyzer_free(a);
}

static void test_offsets(void **state)
{
	static const struct {
		const char *text, *slices;
	} rows[] = {
		{ "(U.S.A.) won", "[U.S.A][won]" },
		{ "‘Zelensky’s’", "[Zelensky’s]" },
		{ "1,000.50.", "[1,000.50]" },
		{ "co\xC2\xADop\xC2\xAD.", "[co\xC2\xADop]" },
		{ "日本", "[日][日本][本]" },
		{ "U.S.'s x", "[U.S.'s][x]" },
		{ "cafe\xCC\x81!", "[cafe\xCC\x81]" },
	};
	struct analyzer *a = new_analyzer("english");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT(4096);
		struct token t;

		analyzer_begin(a, rows[i].text, strlen(rows[i].text), 1);
		while (analyzer_next(a, &t))
			buf_addf(&out, "[%.*s]", (int)(t.end - t.begin),
				 rows[i].text + t.begin);
		assert_string_equal(out.data, rows[i].slices);
		buf_release(&out);
	}
	analyzer_free(a);
}

static void test_positions(void **state)
{
	struct analyzer *a = new_analyzer("english");
	struct token t;

	(void)state;
	analyzer_begin(a, "", 0, 7);
	assert_false(analyzer_next(a, &t));
	assert_int_equal(analyzer_position(a), 7);

	analyzer_begin(a, "one two\n\n", 9, 7);
	assert_true(analyzer_next(a, &t));
	assert_int_equal(t.position, 7);
	assert_int_equal(analyzer_position(a), 8);
	assert_true(analyzer_next(a, &t));
	assert_false(analyzer_next(a, &t));
	assert_false(analyzer_next(a, &t));
	assert_int_equal(analyzer_position(a), 9);

	analyzer_begin(a, "a\n\nb c", 6, UINT32_MAX - 50);
	for (int i = 0; i < 3; i++)
		assert_true(analyzer_next(a, &t));
	assert_int_equal(t.position, UINT32_MAX - 48); /* no gap so high up */

	analyzer_begin(a, "a b c", 5, UINT32_MAX - 1);
	for (int i = 0; i < 3; i++)
		assert_true(analyzer_next(a, &t));
	assert_int_equal(t.position, UINT32_MAX);
	analyzer_free(a);
}

static void test_stopwords(void **state)
{
	static const struct {
		const char *language, *word;
		bool stop;
	} rows[] = {
		{ "english", "The", true },   { "english", "us", false },
		{ "english", "U.S.", false }, { "english", "THE", true },
		{ "english", "don’t", true }, { "english", "thee", false },
		{ "en", "the", true },	      { "porter", "the", true },
		{ "german", "für", true },    { "german", "the", false },
		{ "french", "À", true },      { "russian", "Ещё", true },
		{ "none", "the", false },     { "tamil", "the", false },
		{ "english", "WHO", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct analyzer *a = new_analyzer(rows[i].language);
		struct token t;

		analyzer_begin(a, rows[i].word, strlen(rows[i].word), 1);
		assert_true(analyzer_next(a, &t));
		if (t.stopword != rows[i].stop)
			fail_msg("%s in %s", rows[i].word, rows[i].language);
		analyzer_free(a);
	}
}

static void check_list(struct analyzer *a, const struct stopwords *list)
{
	assert_in_range(list->count, 40, 120);
	for (size_t i = 0; i < list->count; i++) {
		const char *w = list->word[i];
		struct output out;

		if (i && strcmp(list->word[i - 1], w) >= 0)
			fail_msg("%s: %s is out of order", list->language, w);
		assert_true(stopwords_has(list, w, strlen(w)));
		run(a, w, strlen(w), &out);
		assert_string_equal(out.words.data, w);
		assert_string_not_equal(w, "us");
		release(&out);
	}
}

static void test_stopword_lists(void **state)
{
	struct analyzer *a = new_analyzer("none");
	const char *const *languages = trawl_languages();
	size_t lists = 0;

	(void)state;
	for (size_t i = 0; languages[i]; i++) {
		const struct stopwords *list = stopwords_find(languages[i]);

		if (list)
			check_list(a, list);
		lists += list != NULL;
	}
	assert_int_equal(lists, 13);
	analyzer_free(a);
}

static void test_fold_value(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} rows[] = {
		{ "", 0, "" },
		{ " \t\n ", 4, "" },
		{ "  The  Daily\t\nPost ", 19, "the daily post" },
		{ "Český Rozhlas", 15, "cesky rozhlas" },
		{ "O’Brien, 1,000 U.S.", 21, "o'brien, 1,000 u.s." },
		{ "Й\xC2\xA0ё\xE3\x80\x80x", 10, "й е x" },
		{ "a\xFF"
		  "b\0c\xC3",
		  6, "ab c" },
		{ "ＮＨＫ ㎏", 13, "nhk kg" },
		{ "\xEF\xB7\xBA", 3, "صلى الله عليه وسلم" },
		{ "co\xC2\xADop", 6, "coop" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT(4096);

		buf_adds(&out, "H");
		analyzer_fold(rows[i].in, rows[i].len, &out);
		assert_string_equal(out.data + 1, rows[i].out);
		buf_release(&out);
	}
}

static void test_fold_limits(void **state)
{
	struct buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
	struct buf small = BUF_INIT(10);

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_adds(&in, "É\xCC\x81\xEF\xB7\xBA");
	analyzer_fold(in.data, in.len, &out);
	assert_false(out.failed);
	assert_int_equal(out.len, 5000 * (1 + 33));
	analyzer_fold("12345678901", 11, &small);
	assert_true(small.failed);
	buf_release(&in);
	buf_release(&out);
	buf_release(&small);
}

/* Every character alone and after a letter: the marks never grow a word. */
static void test_every_character(void **state)
{
	struct analyzer *a = new_analyzer("none");
	struct token t;
	char text[8] = "a";

	(void)state;
	for (uint32_t cp = 1; cp <= 0x10FFFF; cp++) {
		if (cp >= 0xD800 && cp <= 0xDFFF)
			continue;

		size_t len = 1 + utf8_encode(cp, text + 1);

		analyzer_begin(a, text, len, 1);
		while (analyzer_next(a, &t)) {
			assert_true(t.word_len > 0);
			assert_int_equal(utf8_valid(t.word, t.word_len),
					 t.word_len);
			assert_true(t.end <= len && t.begin < t.end);
		}
		assert_int_equal(analyzer_long_words(a), 0);
		analyzer_flush(a);
	}
	analyzer_free(a);
}

static const char nasty[] =
	"U.S.A.’s l'homme d\xE2\x80\x99\xC3\x89tat 1,000.50 co\xC2\xADop "
	"\xE6\x97\xA5\xE6\x9C\xAC\xEF\xB8\x80\xE8\xAA\x9E \xEF\xBC\xA1 "
	"e\xCC\x81"
	"\xF0\x9D\x9F\x8F 12,345,678 a.b.c.\n \t\r\n\n\xEF\xAC\x81 l\xC2\xB7l "
	"\xF0\x90\x90\x94 extraordinarily-disproportionate "
	"counterrevolutionary";

/* A heap block of exactly n bytes: the sanitizers see any byte beyond it. */
static void analyze_exactly(struct analyzer *a, const char *text, size_t n)
{
	char *copy = malloc(n);
	size_t end = 0;
	struct token t;

	assert_true(copy || !n);
	if (n)
		memcpy(copy, text, n);
	analyzer_begin(a, copy, n, 1);
	while (analyzer_next(a, &t)) {
		assert_true(t.begin < t.end && t.end <= n && t.end >= end);
		end = t.end;
		if (!t.overlap)
			continue;
		end = t.begin;
	}
	free(copy);
}

static void test_every_substring(void **state)
{
	static const char *const languages[] = { "english", "french", "turkish",
						 "arabic" };

	(void)state;
	for (size_t l = 0; l < sizeof(languages) / sizeof(*languages); l++) {
		struct analyzer *a = new_analyzer(languages[l]);

		for (size_t i = 0; i < sizeof(nasty); i++)
			for (size_t j = i; j < sizeof(nasty); j++)
				analyze_exactly(a, nasty + i, j - i);
		analyzer_free(a);
	}
}

/* Text that is made of the pieces that have rules. */
static size_t random_text(uint32_t *seed, char *out, size_t max)
{
	static const char *const piece[] = {
		"a",	     "B",	   "l",	 "The", "Zelensky",
		"U.",	     "S.",	   "'s", "’s",	"1",
		",000",	     ".5",	   " ",	 " ",	" ",
		"\n",	     "\n\n",	   "-",	 "é",	"É",
		"e\xCC\x81", "日",	   "本", "й",	"\xFF",
		"\xC2\xAD",  "l'",	   "d’", "·",	"ß",
		"İ",	     "ﬁ",	   "Ａ", "हि",	"\xE2\x80\x8D",
		"running",   "generously", ".",	 ",",	"𐐔",
	};
	size_t len = 0;

	for (;;) {
		*seed = *seed * 1664525 + 1013904223;

		const char *p =
			piece[(*seed >> 16) % (sizeof(piece) / sizeof(*piece))];
		size_t n = strlen(p);

		if (len + n > max)
			return len;
		memcpy(out + len, p, n);
		len += n;
	}
}

/* What a token's own bytes give is that token. */
static void test_slices(void **state)
{
	struct analyzer *a = new_analyzer("english");
	struct analyzer *again = new_analyzer("english");
	uint32_t seed = 2031;
	char text[120];

	(void)state;
	for (int round = 0; round < 3000; round++) {
		const size_t len = random_text(&seed, text, sizeof(text));
		struct token t, u;

		analyzer_begin(a, text, len, 1);
		while (analyzer_next(a, &t)) {
			analyzer_begin(again, text + t.begin, t.end - t.begin,
				       1);
			assert_true(analyzer_next(again, &u));
			if (t.overlap)
				assert_true(analyzer_next(again, &u));
			assert_int_equal(u.word_len, t.word_len);
			assert_memory_equal(u.word, t.word, t.word_len);
			assert_int_equal(u.stem_len, t.stem_len);
			assert_memory_equal(u.stem, t.stem, t.stem_len);
			assert_true(t.stem_len > 0 && t.stem_len <= t.word_len);
		}
	}
	analyzer_free(again);
	analyzer_free(a);
}

static void test_case_does_not_matter(void **state)
{
	struct analyzer *a = new_analyzer("french");
	uint32_t seed = 1916;
	char text[120], upper[120];

	(void)state;
	for (int round = 0; round < 3000; round++) {
		const size_t len = random_text(&seed, text, sizeof(text));
		struct output one, two;

		for (size_t i = 0; i < len; i++)
			upper[i] = text[i] >= 'a' && text[i] <= 'z'
					   ? (char)(text[i] & ~0x20)
					   : text[i];
		run(a, text, len, &one);
		run(a, upper, len, &two);
		assert_string_equal(one.words.data, two.words.data);
		assert_string_equal(one.stems.data, two.stems.data);
		release(&one);
		release(&two);
	}
	analyzer_free(a);
}

/* One for all that is spelled alike, whatever the case; from 0 on. */
static void test_word_numbers(void **state)
{
	static const struct {
		const char *text;
		uint32_t number;
	} cases[] = {
		{ "Word", 0 },		 { "other", 1 },
		{ "wORD", 0 },		 { "words", 2 },
		{ "W\xC3\xB6rd", 3 },	 { "w\xC3\xB6rd", 3 },
		{ "a-word-at-last", 4 }, { "word", 0 },
	};
	struct analyzer *a = new_analyzer("english");
	const unsigned generation = analyzer_generation(a);
	struct token t;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		analyzer_begin(a, cases[i].text, strlen(cases[i].text), 1);
		assert_true(analyzer_next(a, &t));
		assert_int_equal(t.number, cases[i].number);
		analyzer_flush(a);
	}
	assert_int_equal(analyzer_generation(a), generation);
	analyzer_free(a);
}

/* The cache never shows: not when it is warm, full, nor emptied. */
static void test_cache(void **state)
{
	struct analyzer *a = new_analyzer("english");
	const unsigned generation = analyzer_generation(a);
	struct output cold, warm;
	char number[32];
	struct token t;

	(void)state;
	run(a, nasty, sizeof(nasty), &cold);
	for (unsigned i = 0; i < 1500000; i++) {
		int n = snprintf(number, sizeof(number), "%xworks", i);

		analyzer_begin(a, number, (size_t)n, 1);
		assert_true(analyzer_next(a, &t));
		assert_int_equal(t.word_len, n);
		assert_memory_equal(t.word, number, n);
		assert_int_equal(t.stem_len, n - 1);
	}
	/* Full, it has no number for the last one. */
	assert_int_equal(t.number, NO_NUMBER);
	assert_int_equal(analyzer_generation(a), generation);
	for (int round = 0; round < 2; round++) {
		run(a, nasty, sizeof(nasty), &warm);
		assert_string_equal(cold.words.data, warm.words.data);
		assert_string_equal(cold.stems.data, warm.stems.data);
		release(&warm);
		analyzer_flush(a);
		assert_int_not_equal(analyzer_generation(a), generation);
	}
	analyzer_begin(a, "afresh", 6, 1);
	assert_true(analyzer_next(a, &t));
	assert_true(t.number < 1000);
	release(&cold);
	analyzer_free(a);
}

static void test_tokens_live(void **state)
{
	struct analyzer *a = new_analyzer("english");
	struct token first, t;
	struct buf text = BUF_INIT(1 << 20);

	(void)state;
	buf_adds(&text, "Commissioners");
	for (int i = 0; i < 20000; i++)
		buf_addf(&text, " w%d", i);
	analyzer_begin(a, text.data, text.len, 1);
	assert_true(analyzer_next(a, &first));
	while (analyzer_next(a, &t))
		;
	assert_memory_equal(first.word, "commissioners", 13);
	assert_memory_equal(first.stem, "commission", first.stem_len);
	buf_release(&text);
	analyzer_free(a);
}

/* A flush in the middle of a text takes the tokens, not the words to come. */
static void test_flush_within(void **state)
{
	struct analyzer *a = new_analyzer("english");
	char number[32];
	struct token t;

	(void)state;
	for (unsigned i = 0; i < 340000; i++) {
		int n = snprintf(number, sizeof(number), "flood%x", i);

		analyzer_begin(a, number, (size_t)n, 1);
		assert_true(analyzer_next(a, &t));
	}
	analyzer_begin(a, "one flood1 flood2", 17, 1);
	assert_true(analyzer_next(a, &t));
	analyzer_flush(a);
	assert_true(analyzer_next(a, &t));
	assert_memory_equal(t.word, "flood1", 7);
	assert_true(analyzer_next(a, &t));
	assert_memory_equal(t.word, "flood2", 7);
	assert_false(analyzer_next(a, &t));
	analyzer_free(a);
}

static void test_bad_language(void **state)
{
	struct trawl_error err;
	struct analyzer *a;

	(void)state;
	assert_int_equal(analyzer_new("klingon", &a, &err), TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "'klingon'"));
	a = new_analyzer("fr");
	assert_string_equal(analyzer_language(a), "french");
	analyzer_free(a);
	analyzer_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_apostrophes),
		cmocka_unit_test(test_elisions),
		cmocka_unit_test(test_acronyms),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cjk),
		cmocka_unit_test(test_hyphens_and_paragraphs),
		cmocka_unit_test(test_stems),
		cmocka_unit_test(test_raw_bytes),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_very_long_words),
		cmocka_unit_test(test_zalgo),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_stopwords),
		cmocka_unit_test(test_stopword_lists),
		cmocka_unit_test(test_fold_value),
		cmocka_unit_test(test_fold_limits),
		cmocka_unit_test(test_every_character),
		cmocka_unit_test(test_every_substring),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_case_does_not_matter),
		cmocka_unit_test(test_word_numbers),
		cmocka_unit_test(test_cache),
		cmocka_unit_test(test_tokens_live),
		cmocka_unit_test(test_flush_within),
		cmocka_unit_test(test_bad_language),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
