/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fold.h"

#include "buf.h"
#include "utf8.h"

#include <utf8proc.h>

enum {
	CYRILLIC_I_BREVE = 0x439, /* й */
	FOLDING_MAX = 20,	  /* no character folds to more than 18 */
	CODEPOINTS = FOLD_RAW_MAX * 3,
	/* analyzer_fold() works in pieces; 3 bytes may fold to 18 characters */
	PIECE_MAX = CODEPOINTS / 6
};

static const utf8proc_option_t casefold = UTF8PROC_STABLE | UTF8PROC_COMPAT |
					  UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |
					  UTF8PROC_IGNORE;

const unsigned char byte_class[256] = {
	['0' ... '9'] = CHAR_DIGIT,  ['A' ... 'Z'] = CHAR_LETTER,
	['a' ... 'z'] = CHAR_LETTER, ['\''] = CHAR_APOSTROPHE,
	['.'] = CHAR_FULL_STOP,	     [','] = CHAR_COMMA,
	['\n'] = CHAR_LINE_FEED,     [' '] = CHAR_BLANK,
	['\t'] = CHAR_BLANK,	     ['\v'] = CHAR_BLANK,
	['\f'] = CHAR_BLANK,	     ['\r'] = CHAR_BLANK,
	[0x80 ... 0xFF] = CHAR_WIDE,
};

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t cp, const struct range *r, size_t n)
{
	for (size_t i = 0; i < n && cp >= r[i].first; i++)
		if (cp <= r[i].last)
			return true;
	return false;
}

#define IN(cp, ranges) in_ranges(cp, ranges, sizeof(ranges) / sizeof(*(ranges)))

/* Latin with the digits, Greek, Cyrillic, Hebrew, Arabic. */
static const struct range bases[] = {
	{ 0x30, 0x52F },      { 0x5D0, 0x5F2 },	    { 0x620, 0x6FF },
	{ 0x750, 0x77F },     { 0x870, 0x8FF },	    { 0x1C80, 0x1C8F },
	{ 0x1D00, 0x1DBF },   { 0x1E00, 0x1FFF },   { 0x2C60, 0x2C7F },
	{ 0xA640, 0xA69F },   { 0xA722, 0xA7FF },   { 0xAB30, 0xAB6F },
	{ 0xFB1D, 0xFDFF },   { 0xFE70, 0xFEFF },   { 0x10780, 0x107BF },
	{ 0x1DF00, 0x1DFFF }, { 0x1E030, 0x1E08F },
};

/* Their marks, and those that belong to no script. */
static const struct range marks[] = {
	{ 0x300, 0x36F },   { 0x483, 0x489 },	{ 0x591, 0x5C7 },
	{ 0x610, 0x6ED },   { 0x898, 0x8FF },	{ 0x1AB0, 0x1AFF },
	{ 0x1DC0, 0x1DFF }, { 0x20D0, 0x20FF }, { 0x2DE0, 0x2DFF },
	{ 0xA66F, 0xA69F }, { 0xFB1E, 0xFB1E }, { 0xFE20, 0xFE2F },
};

static const struct range cjk[] = {
	{ 0x2E80, 0x2FD5 },   { 0x3005, 0x3005 },   { 0x3007, 0x3007 },
	{ 0x3021, 0x3029 },   { 0x3031, 0x3035 },   { 0x3038, 0x303C },
	{ 0x3041, 0x3096 },   { 0x309D, 0x309F },   { 0x30A1, 0x30FA },
	{ 0x30FC, 0x30FF },   { 0x31F0, 0x31FF },   { 0x3400, 0x4DBF },
	{ 0x4E00, 0x9FFF },   { 0xF900, 0xFAFF },   { 0xFF66, 0xFF9D },
	{ 0x1AFF0, 0x1B16F }, { 0x20000, 0x3FFFD },
};

static bool is_digit(int32_t cp)
{
	return utf8proc_category(cp) == UTF8PROC_CATEGORY_ND;
}

static enum char_class by_category(int32_t cp)
{
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_NL:
		return CHAR_LETTER;
	case UTF8PROC_CATEGORY_ND:
		return CHAR_DIGIT;
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
		return CHAR_MARK;
	case UTF8PROC_CATEGORY_ZS:
		return CHAR_BLANK;
	default:
		return CHAR_SEPARATOR;
	}
}

/*
 * ² folds to a digit and ﬁ to letters; ½, ⒈ and ﷺ fold to more than could be
 * in a word and are no part of one.  ŀ folds to l and a middle dot.
 */
static enum char_class by_folding(int32_t cp)
{
	int32_t to[FOLDING_MAX];
	int boundary = 0;
	enum char_class first = CHAR_SEPARATOR;
	utf8proc_ssize_t n = utf8proc_decompose_char(cp, to, FOLDING_MAX,
						     casefold, &boundary);

	for (utf8proc_ssize_t i = 0; i < n && i < FOLDING_MAX; i++) {
		enum char_class c = by_category(to[i]);

		if (!i)
			first = c;
		if (c != CHAR_LETTER && c != CHAR_DIGIT && c != CHAR_MARK &&
		    !(i && to[i] == 0xB7))
			return CHAR_SEPARATOR;
	}
	return first;
}

static enum char_class by_property(uint32_t cp)
{
	const utf8proc_property_t *p = utf8proc_get_property((int32_t)cp);
	enum char_class c;

	if (p->ignorable)
		return CHAR_IGNORE;
	c = by_category((int32_t)cp);
	if (c != CHAR_BLANK && p->decomp_type &&
	    (c != CHAR_SEPARATOR || p->category == UTF8PROC_CATEGORY_NO))
		return by_folding((int32_t)cp);
	return c;
}

enum char_class char_class(uint32_t cp)
{
	switch (cp) {
	case 0x85:
		return CHAR_BLANK;
	case 0xB7:
		return CHAR_MIDDLE_DOT;
	case 0x2BC:
	case 0x2019:
	case 0xFF07:
		return CHAR_APOSTROPHE;
	case 0x200B: /* zero width space: ignorable, but it parts words */
		return CHAR_SEPARATOR;
	case 0xFF9E: /* half-width voicing marks: letters to Unicode */
	case 0xFF9F:
		return CHAR_MARK;
	default:
		if ((cp >= 0x4E00 && cp <= 0x9FFF) ||
		    (cp >= 0x2E80 && IN(cp, cjk)))
			return CHAR_CJK;
		return by_property(cp);
	}
}

static size_t put(int32_t cp, char *out)
{
	if (cp >= 0x80)
		return utf8_encode((uint32_t)cp, out);
	*out = (char)cp;
	return 1;
}

/* What cp is composed on, or cp; never longer than cp in UTF-8. */
static int32_t base_of(int32_t cp)
{
	int32_t to[FOLDING_MAX];
	int boundary = 0;

	if (cp < 0x80 || cp == CYRILLIC_I_BREVE)
		return cp;

	utf8proc_ssize_t n = utf8proc_decompose_char(
		cp, to, FOLDING_MAX, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE,
		&boundary);

	if (n < 2 || n > FOLDING_MAX || (to[0] >= 0x800 && to[0] > cp) ||
	    !IN((uint32_t)to[0], bases))
		return cp;
	for (utf8proc_ssize_t i = 1; i < n; i++)
		if (utf8proc_category(to[i]) != UTF8PROC_CATEGORY_MN)
			return cp;
	return to[0];
}

static bool is_removable(int32_t cp)
{
	return utf8proc_category(cp) == UTF8PROC_CATEGORY_MN &&
	       IN((uint32_t)cp, marks);
}

static bool is_ascii(const char *s, size_t len)
{
	unsigned char bits = 0;

	for (size_t i = 0; i < len; i++)
		bits |= (unsigned char)s[i];
	return bits < 0x80;
}

size_t fold_marks(const char *s, size_t len, char *out)
{
	size_t used = 0, n;
	bool removes = false; /* the last base is of those scripts */

	if (is_ascii(s, len)) {
		memcpy(out, s, len);
		return len;
	}
	for (size_t i = 0; i < len; i += n) {
		uint32_t cp;

		n = utf8_decode(s + i, len - i, &cp);
		if (cp == UINT32_MAX)
			continue;
		if (removes && is_removable((int32_t)cp))
			continue;

		int32_t base = base_of((int32_t)cp);

		if (by_category((int32_t)cp) != CHAR_MARK)
			removes = IN((uint32_t)base, bases);
		used += put(base, out + used);
	}
	return used;
}

/* NFKC_Casefold of valid UTF-8 into to[CODEPOINTS]; -1 when too much. */
static utf8proc_ssize_t casefold_utf8(const char *s, size_t len, int32_t *to)
{
	utf8proc_ssize_t n = utf8proc_decompose((const utf8proc_uint8_t *)s,
						(utf8proc_ssize_t)len, to,
						CODEPOINTS, casefold);

	if (n < 0 || n > CODEPOINTS)
		return -1;
	return utf8proc_normalize_utf32(to, n, casefold);
}

static int32_t apostrophe(int32_t cp)
{
	return cp == 0x2019 || cp == 0x2BC ? '\'' : cp;
}

/* Not in the folded word: see fold_word(); enclosing marks are decoration,
 * and the dot of İ (i and U+0307) would hide the i from a stemmer. */
static bool is_dropped(int32_t cp, int32_t before)
{
	if (cp < 0x80)
		return cp == ',' || (cp == '.' && !is_digit(before));
	return cp == 0xB7 || (cp == 0x307 && before == 'i') ||
	       utf8proc_category(cp) == UTF8PROC_CATEGORY_ME;
}

static size_t keep_word(const int32_t *cps, utf8proc_ssize_t n, char *out)
{
	size_t used = 0;
	int32_t before = 0;

	for (utf8proc_ssize_t i = 0; i < n && used + 4 <= FOLD_MAX; i++) {
		int32_t cp = apostrophe(cps[i]);

		if (is_dropped(cp, before))
			continue;
		used += put(cp, out + used);
		if (by_category(cp) != CHAR_MARK)
			before = cp;
	}
	return used;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static size_t fold_ascii(const char *raw, size_t len, char *out)
{
	size_t used = 0;
	char before = 0;

	for (size_t i = 0; i < len; before = raw[i++])
		if (raw[i] != ',' &&
		    (raw[i] != '.' || (before >= '0' && before <= '9')))
			out[used++] = lower(raw[i]);
	return used;
}

static size_t count_chars(const char *s, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xC0) != 0x80;
	return n;
}

bool fold_word(const char *raw, size_t len, struct folded *out)
{
	int32_t cps[CODEPOINTS];
	utf8proc_ssize_t n;

	if (len > FOLD_RAW_MAX)
		return false;
	if (is_ascii(raw, len)) {
		out->word_len = fold_ascii(raw, len, out->word);
		out->marked_len = out->word_len;
		memcpy(out->marked, out->word, out->word_len);
		return out->word_len <= ANALYZE_WORD_CHARS;
	}
	n = casefold_utf8(raw, len, cps);
	if (n < 0)
		return false;
	out->marked_len = keep_word(cps, n, out->marked);
	out->word_len = fold_marks(out->marked, out->marked_len, out->word);
	return out->word_len <= ANALYZE_WORD_BYTES &&
	       count_chars(out->word, out->word_len) <= ANALYZE_WORD_CHARS;
}

/* --------------------------------------------------- analyzer_fold() -- */

static bool is_space(int32_t cp)
{
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_CC:
		return true;
	default:
		return false;
	}
}

/* Not before a mark, so that what composes stays together, if it can be. */
static size_t piece_end(const char *s, size_t len)
{
	size_t cut = utf8_cut(s, len, PIECE_MAX), at;
	uint32_t cp;

	if (cut == len)
		return len;
	for (at = cut; at; at = utf8_cut(s, at, at - 1)) {
		utf8_decode(s + at, len - at, &cp);
		if (by_category((int32_t)cp) != CHAR_MARK)
			return at;
	}
	return cut;
}

/* Fold a piece of valid UTF-8; *space: one is due before the next character. */
static void fold_piece(const char *s, size_t len, bool *space, size_t start,
		       struct buf *out)
{
	int32_t cps[CODEPOINTS];
	char marked[4 * CODEPOINTS], plain[4 * CODEPOINTS];
	size_t used = 0;
	utf8proc_ssize_t n = casefold_utf8(s, len, cps);

	for (utf8proc_ssize_t i = 0; i < n; i++) {
		if (is_space(cps[i])) {
			*space = true;
			continue;
		}
		if (*space && (used || out->len > start))
			marked[used++] = ' ';
		*space = false;
		used += put(apostrophe(cps[i]), marked + used);
	}
	buf_add(out, plain, fold_marks(marked, used, plain));
}

void analyzer_fold(const char *s, size_t len, struct buf *out)
{
	const size_t start = out->len;
	bool space = false;
	size_t valid, n;
	uint32_t cp;

	while (len && !out->failed) {
		valid = utf8_valid(s, len);
		n = piece_end(s, valid);
		if (n)
			fold_piece(s, n, &space, start, out);
		else
			n = utf8_decode(s, len, &cp);
		s += n;
		len -= n;
	}
}
