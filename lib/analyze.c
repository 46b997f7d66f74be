/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "analyze.h"

#include "ascii8.h"
#include "fold.h"
#include "sieve.h"
#include "status.h"
#include "stem.h"
#include "stopwords.h"
#include "utf8.h"
#include "word_cache.h"

#include <limits.h>

enum {
	AHEAD = 16, /* words: hides the time that the cache's memory takes */
	SWEPT = ASCII64_BYTES + 8, /* bytes that sweep() may read */
	WIDE_WORDS = 4,		   /* after a sign that is not ASCII */
	CLASSES = 0x2100 /* all of Latin to Thai, and the punctuation marks */
};

/* A word that was read ahead. */
struct item {
	size_t begin, end;
	uint32_t position, paragraph;
	bool cjk, overlap;
	struct word_key key;
	struct word w; /* w.word is NULL: not known yet */
};

struct analyzer {
	const char *text;
	size_t len, at;
	uint32_t position;  /* of the word at at */
	uint32_t after;	    /* that of the last word given out, and one */
	uint32_t paragraph; /* gaps so far */
	bool started;	    /* a word was met, be it one that is skipped */
	bool line_feed;	    /* only blanks since the last one */
	bool gap;	    /* the next word begins a paragraph */
	bool failed;
	uint64_t long_words;
	struct item ahead[AHEAD];
	size_t next, count; /* in ahead */

	struct word_cache cache;
	struct stemmer *stemmer;
	bool plain; /* the stemmer knows no letter with a mark */
	const struct stopwords *stopwords;
	const char *const *elisions;
	unsigned char class[CLASSES]; /* char_class() of each, from 0x80 */
	struct folded folded;	      /* scratch */
	char stem[FOLD_MAX];
};

/* ----------------------------------------------------------- elisions -- */

static const char *const french[] = {
	"c", "d",      "j",  "jusqu",  "l", "lorsqu", "m",
	"n", "puisqu", "qu", "quoiqu", "s", "t",      NULL,
};

static const char *const italian[] = {
	"agl",	"alcun", "all",	  "anch",  "bell",  "c",    "ciascun", "coll",
	"com",	"cos",	 "d",	  "dagl",  "dall",  "degl", "dell",    "dov",
	"gl",	"l",	 "m",	  "mezz",  "n",	    "negl", "nell",    "nessun",
	"pell", "quand", "quant", "quell", "quest", "s",    "sant",    "senz",
	"sugl", "sull",	 "t",	  "tutt",  "un",    "v",    NULL,
};

static const char *const catalan[] = {
	"d", "l", "m", "n", "s", "t", NULL,
};

static const char *const *elisions_of(const char *language)
{
	if (!strcmp(language, "french"))
		return french;
	if (!strcmp(language, "italian"))
		return italian;
	return strcmp(language, "catalan") ? NULL : catalan;
}

static bool equals(const char *text, const char *lower, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((text[i] | 0x20) != lower[i])
			return false;
	return true;
}

/* Is what stands before an apostrophe a word apart (l'homme)? */
static bool is_elision(const struct analyzer *a, size_t begin, size_t end)
{
	const char *const *e = a->elisions;

	for (; e && *e; e++)
		if (strlen(*e) == end - begin &&
		    equals(a->text + begin, *e, end - begin))
			return true;
	return false;
}

/* ----------------------------------------------------------- scanning -- */

static enum char_class peek_wide(const struct analyzer *a, size_t at, size_t *n)
{
	uint32_t cp;

	*n = utf8_decode(a->text + at, a->len - at, &cp);
	if (cp < CLASSES)
		return a->class[cp];
	return cp == UINT32_MAX ? CHAR_SEPARATOR : char_class(cp);
}

static inline enum char_class peek(const struct analyzer *a, size_t at,
				   size_t *n)
{
	enum char_class c;

	*n = 1;
	if (at >= a->len)
		return CHAR_SEPARATOR;
	c = byte_class[(unsigned char)a->text[at]];
	return c == CHAR_WIDE ? peek_wide(a, at, n) : c;
}

static enum char_class class_at(const struct analyzer *a, size_t at)
{
	size_t n;

	return peek(a, at, &n);
}

static bool is_alnum(enum char_class c)
{
	return c == CHAR_LETTER || c == CHAR_DIGIT;
}

/* The end of a letter or of a CJK character, with the marks after it. */
static size_t cluster_end(const struct analyzer *a, size_t at)
{
	size_t n, end;
	enum char_class c;

	peek(a, at, &n);
	end = at += n;
	for (; (c = peek(a, at, &n)) == CHAR_MARK || c == CHAR_IGNORE; at += n)
		if (c == CHAR_MARK)
			end = at + n;
	return end;
}

/* The end of "'s" at at, after the full stop of U.S. perhaps; or at. */
static size_t possessive_end(const struct analyzer *a, size_t at)
{
	size_t n, end = at;

	if (class_at(a, end) == CHAR_FULL_STOP)
		end++;
	if (peek(a, end, &n) != CHAR_APOSTROPHE)
		return at;
	end += n;
	if (end >= a->len || (a->text[end] | 0x20) != 's')
		return at;
	end++;
	return is_alnum(class_at(a, end)) ? at : end;
}

/* U.S.A.: the end of its last letter; 0 when there is none at begin. */
static size_t acronym_end(const struct analyzer *a, size_t begin)
{
	size_t end = 0, letters = 0, at = begin;

	while (class_at(a, at) == CHAR_LETTER) {
		size_t letter = cluster_end(a, at);
		enum char_class c = class_at(a, letter);

		if (is_alnum(c))
			break;
		letters++;
		end = letter;
		if (c != CHAR_FULL_STOP)
			break;
		at = letter + 1;
	}
	return letters > 1 ? possessive_end(a, end) : 0;
}

/* A word so far: what the signs that only sometimes belong to it depend on. */
struct scan {
	size_t begin, at;
	size_t end; /* without what turns out not to belong to it */
	enum char_class last;
	unsigned digits; /* since its beginning or the last comma */
	bool number;	 /* nothing but digits and commas */
	bool grouped;
};

static bool is_thousands(const struct analyzer *a, const struct scan *s)
{
	size_t at = s->at + 1, n;

	if (!s->number || s->digits > 3 || (s->grouped && s->digits != 3))
		return false;
	for (int i = 0; i < 3; i++, at += n)
		if (peek(a, at, &n) != CHAR_DIGIT)
			return false;
	return class_at(a, at) != CHAR_DIGIT;
}

static bool is_l(const struct analyzer *a, size_t at)
{
	return at < a->len && (a->text[at] | 0x20) == 'l';
}

/* Does the sign at s->at, of class c and n bytes, belong to the word? */
static bool joins(const struct analyzer *a, const struct scan *s,
		  enum char_class c, size_t n)
{
	enum char_class next = class_at(a, s->at + n);

	switch (c) {
	case CHAR_APOSTROPHE:
		return is_alnum(s->last) && next == CHAR_LETTER &&
		       !is_elision(a, s->begin, s->at);
	case CHAR_FULL_STOP:
		return s->last == CHAR_DIGIT && next == CHAR_DIGIT;
	case CHAR_COMMA:
		return is_thousands(a, s);
	case CHAR_MIDDLE_DOT:
		return s->at > s->begin && is_l(a, s->at - 1) &&
		       is_l(a, s->at + n);
	default:
		return false;
	}
}

static bool step(const struct analyzer *a, struct scan *s)
{
	size_t n;
	enum char_class c = peek(a, s->at, &n);
	const bool plain = is_alnum(c) || c == CHAR_MARK;

	if (!plain && c != CHAR_IGNORE && !joins(a, s, c, n))
		return false;
	s->at += n;
	if (c == CHAR_IGNORE)
		return true;
	if (plain)
		s->end = s->at;
	if (c != CHAR_MARK)
		s->last = c;
	s->number = s->number && (c == CHAR_DIGIT || c == CHAR_COMMA);
	s->grouped = s->grouped || c == CHAR_COMMA;
	s->digits = c == CHAR_DIGIT ? s->digits + 1 : 0;
	return true;
}

/* The end of the word at begin, by all the rules. */
static size_t scan_word(const struct analyzer *a, size_t begin)
{
	struct scan s = { .begin = begin, .at = begin, .number = true };
	size_t end = acronym_end(a, begin);

	if (end)
		return end;
	while (step(a, &s))
		;
	return s.end;
}

/* Can what follows an ASCII word at end make it longer? */
static bool may_join(const struct analyzer *a, size_t end)
{
	if (end >= a->len)
		return false;
	switch (byte_class[(unsigned char)a->text[end]]) {
	case CHAR_WIDE:
		return true;
	case CHAR_APOSTROPHE:
	case CHAR_FULL_STOP:
	case CHAR_COMMA:
		return end + 1 < a->len &&
		       ((unsigned char)a->text[end + 1] >= 0x80 ||
			is_alnum(byte_class[(unsigned char)a->text[end + 1]]));
	default:
		return false;
	}
}

/* The end of the ASCII letters and digits at at. */
static size_t alnum_end(const struct analyzer *a, size_t at)
{
	for (; a->len - at >= 8; at += 8) {
		uint64_t other = ascii8_not_alnum(ascii8_load(a->text + at));

		if (other)
			return at + ascii8_first(other);
	}
	while (at < a->len && is_alnum(byte_class[(unsigned char)a->text[at]]))
		at++;
	return at;
}

static size_t word_end(const struct analyzer *a, size_t begin)
{
	const size_t end = alnum_end(a, begin);

	return may_join(a, end) ? scan_word(a, begin) : end;
}

/* Move to the next letter, digit or CJK character. */
static enum char_class skip(struct analyzer *a)
{
	size_t n;

	for (; a->at < a->len; a->at += n) {
		enum char_class c = peek(a, a->at, &n);

		if (is_alnum(c) || c == CHAR_CJK) {
			a->line_feed = false;
			return c;
		}
		if (c == CHAR_LINE_FEED) {
			a->gap = a->gap || a->line_feed;
			a->line_feed = true;
		} else if (c != CHAR_BLANK && c != CHAR_IGNORE) {
			a->line_feed = false;
		}
	}
	return CHAR_SEPARATOR;
}

/* -------------------------------------------------------------- words -- */

/* Marks go from the stem too; what is left of it must be a stem still. */
static void set_stem(struct analyzer *a, const char *stem, size_t len,
		     struct word *w)
{
	if (len > FOLD_MAX)
		return;
	len = fold_marks(stem, len, a->stem);
	if (!len || len > w->word_len)
		return;
	w->stem = a->stem;
	w->stem_len = (uint8_t)len;
}

/*
 * English rules are written for a to z alone: to them the e of "Beyonce" goes
 * and that of "Beyoncé" stays, so that one would not be found by the other.
 */
static bool is_plain(const char *language)
{
	return !strcmp(language, "english") || !strcmp(language, "porter");
}

/* False: out of memory. */
static bool stem_word(struct analyzer *a, struct word *w)
{
	const struct folded *f = &a->folded;
	/* More marks than letters are no language's spelling. */
	const bool marked =
		!a->plain && f->marked_len <= 2 * ANALYZE_WORD_BYTES;
	size_t len;
	const char *stem =
		stemmer_stem(a->stemmer, marked ? f->marked : f->word,
			     marked ? f->marked_len : f->word_len, &len);

	if (!stem)
		return false;
	set_stem(a, stem, len, w);
	return true;
}

static bool learn(struct analyzer *a, const struct word_key *key, bool cjk,
		  struct word *w)
{
	const struct folded *f = &a->folded;

	w->word = w->stem = f->word;
	w->word_len = w->stem_len = (uint8_t)f->word_len;
	if (!cjk && !stem_word(a, w))
		return false;
	w->stopword = stopwords_has(a->stopwords, w->word, w->word_len);
	return word_cache_add(&a->cache, key, w);
}

/* False when the word is too long, or out of memory. */
static bool look_up(struct analyzer *a, struct item *i)
{
	const size_t len = i->end - i->begin;
	const struct word *found = NULL;

	if (i->w.word)
		return true;
	/* It may have come meanwhile. */
	if (len <= FOLD_RAW_MAX)
		found = word_cache_find(&a->cache, &i->key);
	if (found) {
		i->w = *found;
		return true;
	}
	if (len > FOLD_RAW_MAX ||
	    !fold_word(a->text + i->begin, len, &a->folded)) {
		a->long_words++;
		return false;
	}
	a->failed = !learn(a, &i->key, i->cjk, &i->w);
	return !a->failed;
}

/* --------------------------------------------------------- reading on -- */

static uint32_t add_position(uint32_t position, uint32_t n)
{
	return position <= UINT32_MAX - n ? position + n : UINT32_MAX;
}

static uint32_t take_position(struct analyzer *a)
{
	uint32_t position = a->position;

	/* Beyond half of what there is no text needs the gaps kept. */
	if (a->gap && a->started && position <= UINT32_MAX / 2) {
		position += ANALYZE_PARAGRAPH_GAP;
		a->paragraph++;
	}
	a->gap = false;
	a->started = true;
	a->position = add_position(position, 1);
	return position;
}

static void add_item(struct analyzer *a, size_t begin, size_t end,
		     uint32_t position, enum char_class c)
{
	struct item *i = &a->ahead[a->count++];

	i->begin = begin;
	i->end = end;
	i->position = position;
	i->paragraph = a->paragraph;
	i->cjk = c == CHAR_CJK;
	i->overlap = false;
	i->w.word = NULL;
	if (end - begin <= FOLD_RAW_MAX)
		word_cache_key(&a->cache, a->text + begin, end - begin,
			       a->len - begin, &i->key);
}

/* A character of CJK, and the pair that it makes with the next one. */
static size_t add_cjk(struct analyzer *a, size_t begin, uint32_t position)
{
	const size_t end = cluster_end(a, begin);
	size_t next = end, n;
	enum char_class c;

	add_item(a, begin, end, position, CHAR_CJK);
	while ((c = peek(a, next, &n)) == CHAR_IGNORE)
		next += n;
	if (c == CHAR_CJK) {
		add_item(a, begin, cluster_end(a, next), position, c);
		a->ahead[a->count - 1].overlap = true;
	}
	return end;
}

/* Look up what was read; false when that is nothing. */
static bool find_ahead(struct analyzer *a)
{
	for (size_t i = 0; i < a->count; i++) {
		struct item *it = &a->ahead[i];
		const struct word *w = NULL;

		if (it->end - it->begin <= FOLD_RAW_MAX)
			w = word_cache_find(&a->cache, &it->key);
		if (w) {
			it->w = *w;
			__builtin_prefetch(w->stem);
		}
	}
	return a->count > 0;
}

static bool read_ahead(struct analyzer *a)
{
	enum char_class c;

	a->next = a->count = 0;
	while (a->count < AHEAD - 1 && (c = skip(a)) != CHAR_SEPARATOR) {
		const uint32_t position = take_position(a);
		const size_t begin = a->at;

		if (c == CHAR_CJK) {
			a->at = add_cjk(a, begin, position);
		} else {
			a->at = word_end(a, begin);
			add_item(a, begin, a->at, position, c);
		}
	}
	return find_ahead(a);
}

/* Read the word at begin; may it be wanted? */
static bool read_sieved(struct analyzer *a, const struct sieve *sieve,
			size_t begin)
{
	const size_t end = alnum_end(a, begin), known = end - begin;
	const bool joins_on = may_join(a, end);
	char copy[8] = { 0 };
	const char *head = a->text + begin;

	a->at = joins_on ? scan_word(a, begin) : end;
	if (!known)
		return true;
	if (a->len - begin < sizeof(copy))
		head = memcpy(copy, head, a->len - begin);
	return sieve_passes(sieve, ascii8_load(head), known,
			    joins_on ? SIEVE_UNKNOWN : known);
}

/* Read n more words as they all could be read; false at the text's end. */
static bool read_closely(struct analyzer *a, const struct sieve *sieve,
			 unsigned n)
{
	enum char_class c = CHAR_LETTER;

	while (n-- && a->count < AHEAD - 1 && (c = skip(a)) != CHAR_SEPARATOR) {
		const uint32_t position = take_position(a);
		const size_t begin = a->at;

		if (c == CHAR_CJK)
			a->at = add_cjk(a, begin, position);
		else if (read_sieved(a, sieve, begin))
			add_item(a, begin, a->at, position, c);
	}
	return c != CHAR_SEPARATOR;
}

/*
 * How many bytes of a block need no close look: up to a sign that is not ASCII
 * or may join, with the word before it, and to a word that may not be whole.
 */
static unsigned plain_bytes(const struct ascii64 *b)
{
	const uint64_t words = b->alnum | b->wide;
	uint64_t joins = b->joiner & b->alnum << 1 & (words >> 1 | 1ull << 63);
	uint64_t close = joins | b->wide;
	unsigned end = close ? (unsigned)__builtin_ctzll(close) : 64;
	uint64_t between = ~b->alnum & ascii64_below(end);

	return between ? 64 - (unsigned)__builtin_clzll(between) : 0;
}

/* Are there only blanks between the last line feed and byte i of the block? */
static bool after_feed(const struct analyzer *a, unsigned i)
{
	const char *s = a->text + a->at;

	while (i && byte_class[(unsigned char)s[i - 1]] == CHAR_BLANK)
		i--;
	return i ? s[i - 1] == '\n' : a->line_feed;
}

/* Words of the block at a->at that begin where starts has bits; false: there
 * is room for no more, and a->at is behind the last one. */
static bool sweep_words(struct analyzer *a, const struct sieve *sieve,
			const struct ascii64 *b, uint64_t starts)
{
	const char *s = a->text + a->at;
	uint64_t may = starts;
	uint32_t first;

	if (!starts)
		return true;
	first = take_position(a);
	if (sieve->nletters <= ASCII64_LETTERS)
		may &= b->letter;
	for (; may; may &= may - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(may);
		const unsigned len =
			(unsigned)__builtin_ctzll(~(b->alnum >> i));
		uint32_t before;

		if (!sieve_passes(sieve, ascii8_load(s + i), len, len))
			continue;
		before = (uint32_t)__builtin_popcountll(starts &
							ascii64_below(i));
		a->position = add_position(first, before + 1);
		add_item(a, a->at + i, a->at + i + len,
			 add_position(first, before), CHAR_LETTER);
		if (a->count == AHEAD - 1) {
			a->at += i + len;
			a->line_feed = false;
			return false;
		}
	}
	a->position =
		add_position(first, (uint32_t)__builtin_popcountll(starts));
	return true;
}

/* The first n bytes of the block at a->at. */
static void sweep_block(struct analyzer *a, const struct sieve *sieve,
			const struct ascii64 *b, unsigned n)
{
	const uint64_t starts = b->alnum & ~(b->alnum << 1) & ascii64_below(n);
	uint64_t feeds = b->feed & ascii64_below(n), done = 0;

	for (; feeds; feeds &= feeds - 1) {
		const unsigned i = (unsigned)__builtin_ctzll(feeds);

		if (!after_feed(a, i))
			continue;
		if (!sweep_words(a, sieve, b,
				 starts & ascii64_below(i) & ~done))
			return;
		done = ascii64_below(i);
		a->gap = true;
	}
	if (!sweep_words(a, sieve, b, starts & ~done))
		return;
	a->line_feed = after_feed(a, n);
	a->at += n;
}

/* Most of a text is words with blanks between them, and taken 64 bytes at a
 * time; how many words are to be looked at closely then. */
static unsigned sweep(struct analyzer *a, const struct sieve *sieve)
{
	struct ascii64 b;

	while (a->count < AHEAD - 1) {
		unsigned n;

		if (a->len - a->at < SWEPT)
			return UINT_MAX;
		ascii64_load(&b, a->text + a->at, sieve->letter,
			     sieve->nletters < ASCII64_LETTERS
				     ? sieve->nletters
				     : ASCII64_LETTERS);
		n = plain_bytes(&b);
		if (!n)
			return b.wide & 1 ? WIDE_WORDS : 1;
		sweep_block(a, sieve, &b, n);
	}
	return 0;
}

static bool read_wanted(struct analyzer *a, const struct sieve *sieve)
{
	unsigned closely;

	a->next = a->count = 0;
	do
		closely = sweep(a, sieve);
	while (closely && read_closely(a, sieve, closely));
	return find_ahead(a);
}

static void fill(const struct item *i, struct token *out)
{
	out->word = i->w.word;
	out->stem = i->w.stem;
	out->word_len = i->w.word_len;
	out->stem_len = i->w.stem_len;
	out->number = i->w.number;
	out->stopword = i->w.stopword;
	out->overlap = i->overlap;
	out->position = i->position;
	out->begin = i->begin;
	out->end = i->end;
	out->paragraph = i->paragraph;
}

/* The next of the words read ahead that is one. */
static bool take(struct analyzer *a, struct token *out)
{
	while (!a->failed && a->next < a->count) {
		struct item *i = &a->ahead[a->next++];

		a->after = add_position(i->position, 1);
		if (look_up(a, i)) {
			fill(i, out);
			return true;
		}
	}
	return false;
}

bool analyzer_next(struct analyzer *a, struct token *out)
{
	while (!take(a, out))
		if (a->failed || !read_ahead(a))
			return false;
	return true;
}

bool analyzer_next_wanted(struct analyzer *a, const struct sieve *sieve,
			  struct token *out)
{
	while (!take(a, out))
		if (a->failed || !read_wanted(a, sieve))
			return false;
	return true;
}

size_t analyzer_stem_tail(const struct analyzer *a)
{
	return stemmer_tail(a->stemmer);
}

/* ----------------------------------------------------------- analyzer -- */

enum trawl_status analyzer_new(const char *language, struct analyzer **out,
			       struct trawl_error *err)
{
	struct analyzer *a = calloc(1, sizeof(*a));
	enum trawl_status st;

	if (!a)
		return fail_nomem(err);
	st = stemmer_new(language, &a->stemmer, err);
	if (st == TRAWL_OK && !word_cache_init(&a->cache))
		st = fail_nomem(err);
	if (st != TRAWL_OK) {
		analyzer_free(a);
		return st;
	}
	for (uint32_t cp = 0x80; cp < CLASSES; cp++)
		a->class[cp] = (unsigned char)char_class(cp);
	a->plain = is_plain(stemmer_language(a->stemmer));
	a->stopwords = stopwords_find(stemmer_language(a->stemmer));
	a->elisions = elisions_of(stemmer_language(a->stemmer));
	analyzer_begin(a, "", 0, 1);
	*out = a;
	return TRAWL_OK;
}

void analyzer_free(struct analyzer *a)
{
	if (!a)
		return;
	word_cache_release(&a->cache);
	stemmer_free(a->stemmer);
	free(a);
}

const char *analyzer_language(const struct analyzer *a)
{
	return stemmer_language(a->stemmer);
}

void analyzer_begin(struct analyzer *a, const char *text, size_t len,
		    uint32_t first)
{
	a->text = text;
	a->len = len;
	a->at = 0;
	a->position = a->after = first;
	a->paragraph = 0;
	a->started = a->line_feed = a->gap = a->failed = false;
	a->long_words = 0;
	a->next = a->count = 0;
}

uint64_t analyzer_long_words(const struct analyzer *a)
{
	return a->long_words;
}

uint32_t analyzer_position(const struct analyzer *a)
{
	return a->after;
}

bool analyzer_failed(const struct analyzer *a)
{
	return a->failed;
}

void analyzer_flush(struct analyzer *a)
{
	for (size_t i = a->next; i < a->count; i++)
		a->ahead[i].w.word = NULL;
	word_cache_trim(&a->cache);
}

unsigned analyzer_generation(const struct analyzer *a)
{
	return a->cache.generation;
}
