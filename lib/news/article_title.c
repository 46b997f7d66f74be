/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article_title.h"

#include "article_author.h"
#include "ascii8.h"
#include "fold.h"
#include "line_text.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum {
	BODY_BYTES = 2500, /* whose words a title's are looked for in */
	WORDS_SLOTS = 2048,
	WORDS_MAX = 1200,
	EIGHT = 8,	/* bytes that are read at once */
	STEM_CHARS = 6, /* words of one beginning are one word */
	TITLE_WORDS_MIN = 3,
	TITLE_WORDS_MAX = 28,
	TITLE_WORDS_LONG = 18,
	SITE_WORDS_MAX = 5,
	BETWEEN_WORDS_MAX = 8,
	BARS_MAX = 2, /* of a title: with more it is a menu */
	SITE_BYTES_MIN = 5,
	MASTHEAD_WORDS = 3,
	KEPT = 2 /* titles that are guessed */
};

/* What a line gets and loses; none below SCORE_MIN is a title. */
#define SCORE_SHARE    3.0 /* all of its words are in the body */
#define SCORE_TWICE    0.7 /* printed twice */
#define SCORE_FOLLOWED 0.4 /* by a byline, a date, "2 min read" */
#define SCORE_FIRST    0.3 /* no other before it */
#define SCORE_BELOW    1.4 /* another before it may be the title: a standfirst */
#define SHARE_LIKELY   0.28
#define SCORE_STOP     1.2 /* ends as a sentence */
#define SCORE_DATED    0.5
#define SCORE_LONG     0.4
#define SCORE_PERSON   1.5 /* "Jo Smith in Kyiv", below another */
#define SCORE_MIN      1.3
#define SCORE_MAX      4.1

/* ----------------------------------------------------- words in common -- */

/* Hashes of the beginnings of words. */
struct word_set {
	uint32_t slot[WORDS_SLOTS]; /* 0: free */
	size_t n;
};

static bool set_has(const struct word_set *set, uint32_t hash)
{
	size_t i = hash % WORDS_SLOTS;

	while (set->slot[i] && set->slot[i] != hash)
		i = (i + 1) % WORDS_SLOTS;
	return set->slot[i] != 0;
}

static void set_add(struct word_set *set, uint32_t hash)
{
	size_t i = hash % WORDS_SLOTS;

	while (set->slot[i] && set->slot[i] != hash)
		i = (i + 1) % WORDS_SLOTS;
	if (set->slot[i] || set->n == WORDS_MAX)
		return;
	set->slot[i] = hash;
	set->n++;
}

static uint32_t hash_bytes(const char *s, size_t len)
{
	uint32_t hash = XXH32(s, len, 0);

	return hash ? hash : 1;
}

/* Words that say nothing: of four letters and more, in byte order. */
static const char *const common[] = {
	"about",  "after", "against", "also",  "auch", "avec",	"been",
	"before", "beim",  "como",    "could", "dans", "della", "eine",
	"einer",  "entre", "from",    "have",  "into", "more",	"nach",
	"nicht",  "over",  "para",    "plus",  "pour", "said",	"says",
	"sich",	  "sobre", "sont",    "than",  "that", "their", "there",
	"they",	  "this",  "were",    "what",  "when", "where", "which",
	"will",	  "wird",  "with",    "would", "your",
};

static int by_letters(const void *key, const void *element)
{
	return strcasecmp(key, *(const char *const *)element);
}

/* Is it a word of ASCII that a title's share is not measured by? */
static bool is_empty_word(const char *s, size_t len)
{
	char word[8];
	bool upper = len >= 2, digit = false;

	for (size_t i = 0; i < len; i++) {
		upper &= s[i] >= 'A' && s[i] <= 'Z';
		digit |= is_digit(s[i]);
	}
	if (upper || digit)
		return false;
	if (len < 4 || len >= sizeof(word))
		return len < 4;
	memcpy(word, s, len);
	word[len] = '\0';
	return bsearch(word, common, sizeof(common) / sizeof(*common),
		       sizeof(*common), by_letters) != NULL;
}

static uint32_t hash_wide(const char *s, size_t len)
{
	struct folded f;
	size_t at = 0, chars = 0;

	if (len > FOLD_RAW_MAX || utf8_valid(s, len) < len ||
	    !fold_word(s, len, &f))
		return 0;
	for (; at < f.word_len && chars < STEM_CHARS; chars++) {
		uint32_t cp;

		at += utf8_decode(f.word + at, f.word_len - at, &cp);
	}
	return chars < 3 ? 0 : hash_bytes(f.word, at);
}

enum letter {
	LETTER_NONE,
	LETTER_ASCII,
	LETTER_WIDE,
	LETTER_CJK
};

/* The character at s, *n bytes of it, which is not ASCII. */
static enum letter wide_letter_at(const char *s, size_t len, size_t *n)
{
	uint32_t cp;

	*n = utf8_decode(s, len, &cp);
	if (cp == UINT32_MAX)
		return LETTER_NONE;
	switch (char_class(cp)) {
	case CHAR_LETTER:
	case CHAR_DIGIT:
	case CHAR_MARK:
	case CHAR_IGNORE:
		return LETTER_WIDE;
	case CHAR_CJK:
		return LETTER_CJK;
	default:
		return LETTER_NONE;
	}
}

static inline enum letter letter_at(const char *s, size_t len, size_t *n)
{
	*n = 1;
	if ((unsigned char)*s < 0x80)
		return is_letter(*s) || is_digit(*s) ? LETTER_ASCII
						     : LETTER_NONE;
	return wide_letter_at(s, len, n);
}

struct word {
	const char *s;
	size_t len;
	uint32_t hash; /* 0: none, it is one character of Chinese */
	bool ascii;
};

/* The 8 bytes at byte at, 0 behind the end. */
static uint64_t load(const char *s, size_t len, size_t at)
{
	char bytes[EIGHT] = { 0 };

	if (len - at >= EIGHT)
		return ascii8_load(s + at);
	memcpy(bytes, s + at, len - at);
	return ascii8_load(bytes);
}

/* Of a word of ASCII of len bytes that begins with v: its first letters, without
 * the s of a plural. */
static uint32_t hash_ascii(uint64_t v, size_t len)
{
	v = ascii8_lower(v);
	if (len > 3 && len <= STEM_CHARS && (v >> 8 * (len - 1) & 0xFF) == 's')
		len--;
	v = ascii8_prefix(v, len < STEM_CHARS ? len : STEM_CHARS);
	return (uint32_t)(v * UINT64_C(0x9E3779B97F4A7C15) >> 32) | 1;
}

/* A pair of characters of Chinese is a word. */
static size_t read_pair(const char *s, size_t len, size_t at, size_t first,
			struct word *out)
{
	size_t n, end = at + first;

	if (end < len && letter_at(s + end, len - end, &n) == LETTER_CJK)
		out->hash = hash_bytes(s + at, first + n);
	return end;
}

static bool is_alnum(char c)
{
	unsigned char class = byte_class[(unsigned char)c];

	return class == CHAR_LETTER || class == CHAR_DIGIT;
}

/* From at on, the first byte that is a letter or is not ASCII. */
static size_t skip_signs(const char *s, size_t len, size_t at)
{
	while (at < len && (unsigned char)s[at] < 0x80 && !is_alnum(s[at]))
		at++;
	return at;
}

/* From at on, the first byte that is no letter of ASCII. */
static size_t skip_ascii(const char *s, size_t len, size_t at)
{
	uint64_t end = 0;

	while (at < len && !(end = ascii8_not_alnum(load(s, len, at))))
		at += EIGHT;
	return at < len ? at + ascii8_first(end) : len;
}

/* The next word from *at on; false at the end. */
static bool next_word(const char *s, size_t len, size_t *at, struct word *out)
{
	size_t i = skip_signs(s, len, *at), n = 0, begin;
	enum letter l = LETTER_NONE;

	while (i < len && !(l = letter_at(s + i, len - i, &n)))
		i = skip_signs(s, len, i + n);
	*out = (struct word){ .s = s + i, .ascii = true };
	if (i >= len)
		return false;
	if (l == LETTER_CJK) {
		out->ascii = false;
		*at = read_pair(s, len, i, n, out);
		return true;
	}
	begin = i;
	i = skip_ascii(s, len, i);
	for (;
	     i < len && (l = letter_at(s + i, len - i, &n)) && l != LETTER_CJK;
	     i += n)
		out->ascii &= l == LETTER_ASCII;
	out->len = (size_t)(s + i - out->s);
	out->hash = out->ascii ? hash_ascii(load(s, len, begin), out->len)
			       : hash_wide(out->s, out->len);
	*at = i;
	return true;
}

/* The words of the body's beginning, furniture left out. */
static void read_body(const struct article_head *h, struct word_set *set)
{
	size_t at = article_head_body(h), end = h->len, span = 0;
	const struct spans *f = h->furniture;
	struct word w;

	memset(set, 0, sizeof(*set));
	if (end - at > BODY_BYTES)
		end = at + BODY_BYTES;
	while (at < end && next_word(h->text, end, &at, &w)) {
		while (span < f->n && f->at[span].end < at)
			span++;
		if (w.hash && (span == f->n || f->at[span].begin >= at))
			set_add(set, w.hash);
	}
}

/* Of the words that say something, the share that set has. */
static double share_of(const struct word_set *set, const char *s, size_t len)
{
	size_t n = 0, had = 0, at = 0;
	struct word w;

	while (next_word(s, len, &at, &w))
		if (w.hash && !(w.ascii && is_empty_word(w.s, w.len))) {
			n++;
			had += set_has(set, w.hash);
		}
	return n ? (double)had / (double)n : 0;
}

/* -------------------------------------------------------- site's names -- */

static size_t words_of(const char *s, size_t len)
{
	size_t words = 0;

	for (trim(&s, &len); len; trim(&s, &len)) {
		size_t n = token_length(s, len);

		words++;
		s += n;
		len -= n;
	}
	return words;
}

/* A sign that site's names stand behind or before: its bytes, blanks too. */
static size_t bar_at(const char *s, size_t len)
{
	static const char *const bars[] = { " | ", " :: ", " \xC2\xBB ",
					    " \xC2\xB7 ", " \xE2\x80\xA2 " };

	if (*s != ' ')
		return 0;
	for (size_t i = 0; i < sizeof(bars) / sizeof(*bars); i++)
		if (starts_with(s, len, bars[i]))
			return strlen(bars[i]);
	return 0;
}

/* The part with most words is the title, the last of the others the site; how
 * many bars there were. */
static size_t cut_bars(const char *s, size_t len, struct title_parts *out)
{
	size_t begin = 0, most = 0, bars = 0;

	for (size_t at = 0; at <= len; at++) {
		size_t bar = at < len ? bar_at(s + at, len - at) : 0, words;

		if (at < len && !bar)
			continue;
		words = words_of(s + begin, at - begin);
		if (words > most) {
			if (most) {
				out->site = out->title;
				out->site_len = out->title_len;
			}
			out->title = s + begin;
			out->title_len = at - begin;
			most = words;
		} else {
			out->site = s + begin;
			out->site_len = at - begin;
		}
		bars += bar != 0;
		begin = at + bar;
		at += bar ? bar - 1 : 0;
	}
	return bars;
}

static bool is_site_word(const char *s, size_t len)
{
	static const char *const words[] = {
		"news",	       "times",	   "post",	  "daily",
		"herald",      "tribune",  "online",	  "telegraph",
		"journal",     "gazette",  "chronicle",	  "guardian",
		"independent", "standard", "observer",	  "bbc",
		"cnn",	       "reuters",  "press",	  "review",
		"monitor",     "ledger",   "courier",	  "wire",
		"desk",	       "zeitung",  "anzeiger",	  "bote",
		"spiegel",     "kurier",   "nachrichten", "monde",
		"figaro",      "mundo",	   "diario",	  "corriere",
		"radio",       "tv",	   "magazine",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t at = find_lower(s, len, words[i]),
		       end = at + strlen(words[i]);

		if (at < len && (!at || s[at - 1] == ' ') &&
		    (end == len || s[end] == ' '))
			return true;
	}
	return memchr(s, '.', len) && !memchr(s, ' ', len);
}

/* " - Harbour Post": a few words with capitals, behind the last dash. */
static void cut_dash(struct title_parts *p)
{
	const char *s = p->title;
	size_t len = p->title_len;

	for (size_t at = len; at-- > 1;) {
		size_t dash = s[at - 1] == ' ' ? dash_at(s + at, len - at) : 0;
		const char *site = s + at + dash + 1;
		size_t left;

		if (!dash || at + dash + 1 >= len || s[at + dash] != ' ')
			continue;
		left = len - at - dash - 1;
		if (is_capital(site, left) && words_of(s, at - 1) >= 3 &&
		    words_of(site, left) <= SITE_WORDS_MAX &&
		    is_site_word(site, left)) {
			p->title_len = at - 1;
			p->site = site;
			p->site_len = left;
			p->confidence = 0.6;
		}
		return;
	}
}

void title_cut(const char *s, size_t len, struct title_parts *out)
{
	trim(&s, &len);
	*out = (struct title_parts){ .title = s, .title_len = len };
	if (len > GUESS_VALUE_MAX)
		return;
	out->bars = cut_bars(s, len, out);
	if (!out->bars) {
		cut_dash(out);
	} else if (out->bars > BARS_MAX) {
		*out = (struct title_parts){ .title = s,
					     .title_len = len,
					     .bars = out->bars };
	} else {
		out->confidence = 0.65;
		if (words_of(out->site, out->site_len) > SITE_WORDS_MAX)
			out->site = NULL;
	}
	trim(&out->title, &out->title_len);
	if (out->site)
		trim(&out->site, &out->site_len);
}

/* ------------------------------------------------------------- scoring -- */

struct candidate {
	size_t line;
	struct title_parts parts;
	double score, share;
	bool first; /* of all candidates */
	bool below; /* one that may be the title */
	bool twice, followed;
};

static bool is_candidate(const struct head_line *l)
{
	return l->words >= TITLE_WORDS_MIN && l->words <= TITLE_WORDS_MAX &&
	       !(l->flags & (LINE_FURNITURE | LINE_META | LINE_BYLINE |
			     LINE_CAPTION | LINE_ADDRESS));
}

/* Of its letters, whatever their case and the signs between them. */
static uint64_t hash_letters(const char *s, size_t len)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (c >= 0x80 || is_digit((char)c) || (c >= 'a' && c <= 'z'))
			hash = (hash ^ c) * UINT64_C(0x100000001B3);
	}
	return hash;
}

/* Does another line above the body say the same?  earlier: only before it. */
static bool is_repeated(const uint64_t *letters, size_t line, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (i != line && letters[i] == letters[line])
			return true;
	return false;
}

static void read_letters(const struct article_head *h, uint64_t *letters)
{
	for (size_t i = 0; i < h->body; i++) {
		const struct head_line *l = &h->line[i];
		struct title_parts p;

		title_cut(h->text + l->begin, l->end - l->begin, &p);
		letters[i] = hash_letters(p.title, p.title_len);
	}
}

/* By a byline, a date or "2 min read", a short line between them or none. */
static bool is_followed(const struct article_head *h, size_t line)
{
	for (size_t i = line + 1; i <= line + 2 && i < h->body; i++) {
		const struct head_line *l = &h->line[i];

		if (l->words <= TITLE_WORDS_MAX &&
		    (l->flags & (LINE_META | LINE_BYLINE)))
			return true;
		if (l->words > BETWEEN_WORDS_MAX)
			return false;
	}
	return false;
}

static double score_of(const struct article_head *h, const struct candidate *c)
{
	const struct head_line *l = &h->line[c->line];
	double score = SCORE_SHARE * c->share;

	if (c->twice)
		score += SCORE_TWICE;
	if (c->followed)
		score += SCORE_FOLLOWED;
	if (c->first)
		score += SCORE_FIRST;
	else if (is_person_in_place(c->parts.title, c->parts.title_len))
		score -= SCORE_PERSON;
	if (c->below)
		score -= SCORE_BELOW;
	if (h->text[l->end - 1] == '.')
		score -= SCORE_STOP;
	if (l->flags & LINE_DATED)
		score -= SCORE_DATED;
	if (l->words > TITLE_WORDS_LONG)
		score -= SCORE_LONG;
	return score;
}

static double confidence_of(double score)
{
	double c = 0.5 + 0.45 * (score - SCORE_MIN) / (SCORE_MAX - SCORE_MIN);

	return score < 0	   ? 0
	       : score < SCORE_MIN ? 0.5 * score / SCORE_MIN
	       : c > 0.95	   ? 0.95
				   : c;
}

static void keep_best(struct candidate best[KEPT], size_t *n,
		      const struct candidate *c)
{
	size_t at = *n < KEPT ? (*n)++ : KEPT;

	for (; at && c->score > best[at - 1].score; at--)
		if (at < KEPT)
			best[at] = best[at - 1];
	if (at < KEPT)
		best[at] = *c;
}

static void add_title(const struct candidate *c, struct guess_list *out)
{
	const char *reason = arena_printf(
		out->arena,
		"a line above the body, %.0f %% of its words are in it%s%s",
		100 * c->share, c->twice ? ", printed twice" : "",
		c->followed ? ", a byline or a date below it" : "");
	double confidence = confidence_of(c->score);

	if (!reason || confidence <= 0)
		return;
	guess_add(out, "title", c->parts.title, c->parts.title_len, confidence,
		  reason);
	if (c->parts.site && c->score >= SCORE_MIN)
		guess_add(out, "source", c->parts.site, c->parts.site_len,
			  c->parts.confidence, "behind the title");
}

/* "The Corran Ledger": a few words with capitals, one of which papers have in
 * their names. */
static bool is_masthead(const char *s, size_t len)
{
	const char *at = s;
	size_t left = len, words = 0;

	for (trim(&at, &left); left; trim(&at, &left)) {
		size_t n = token_length(at, left);

		if (!is_capital(at, n) || ++words > MASTHEAD_WORDS)
			return false;
		at += n;
		left -= n;
	}
	return is_site_word(s, len);
}

/* Does the line name a site that is known, or the beginning of its name? */
static bool is_site(const struct guess_list *known, const char *s, size_t len)
{
	trim(&s, &len);
	if (is_masthead(s, len))
		return true;
	for (size_t i = 0; i < known->n && len >= SITE_BYTES_MIN; i++)
		if (!strcmp(known->at[i].field, "source") &&
		    strlen(known->at[i].value) >= len &&
		    !strncasecmp(known->at[i].value, s, len))
			return true;
	return false;
}

static struct candidate read_candidate(const struct article_head *h,
				       const struct word_set *body,
				       const uint64_t *letters, size_t line)
{
	const struct head_line *l = &h->line[line];
	struct candidate c = { .line = line };

	title_cut(h->text + l->begin, l->end - l->begin, &c.parts);
	c.share = share_of(body, c.parts.title, c.parts.title_len);
	c.twice = is_repeated(letters, line, h->body);
	c.followed = is_followed(h, line);
	return c;
}

size_t guess_titles(const struct article_head *h, struct guess_list *out)
{
	struct candidate best[KEPT];
	uint64_t letters[HEAD_LINES];
	struct word_set body;
	size_t n = 0;
	bool first = true, below = false;

	if (h->body >= h->n)
		return h->n;
	for (size_t i = 0; i < h->body; i++) {
		struct candidate c;

		if (!is_candidate(&h->line[i]))
			continue;
		if (first) {
			read_body(h, &body);
			read_letters(h, letters);
		}
		if (is_repeated(letters, i, i))
			continue;
		c = read_candidate(h, &body, letters, i);
		if (c.parts.bars > BARS_MAX ||
		    is_site(out, c.parts.title, c.parts.title_len))
			continue;
		c.first = first;
		c.below = below;
		c.score = score_of(h, &c);
		keep_best(best, &n, &c);
		first = false;
		below |= c.share >= SHARE_LIKELY && c.score > 0;
	}
	for (size_t i = 0; i < n; i++)
		add_title(&best[i], out);
	return n && best[0].score >= SCORE_MIN ? best[0].line : h->n;
}
