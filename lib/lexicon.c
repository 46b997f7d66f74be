/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lexicon.h"

#include "analyze.h"
#include "expand.h"
#include "utf8.h"

enum {
	CHAR_BYTES = 4, /* of the longest character */
	LANES = 4	/* letter sets looked at at once */
};

/* Four sets; what is compared is all ones or none in each. */
typedef uint32_t lanes __attribute__((vector_size(LANES * sizeof(uint32_t))));

/* Words of one length in bytes. */
struct bucket {
	char *bytes;
	uint32_t *letters;
	size_t n, alloc;
};

enum family {
	ASCII,
	WIDE, /* has another character */
	FAMILIES
};

struct lexicon {
	struct bucket bucket[FAMILIES][ANALYZE_WORD_BYTES + 1];
	size_t words, bytes;
	char next[XAP_TERM_MAX + 1]; /* where the next slice begins */
	size_t next_len;	     /* 0: at the first term */
	bool asked, ready, given_up;

	size_t left; /* of the slice being read */
	bool more;
};

struct lexicon *lexicon_new(void)
{
	return calloc(1, sizeof(struct lexicon));
}

void lexicon_forget(struct lexicon *l)
{
	if (!l)
		return;
	for (unsigned f = 0; f < FAMILIES; f++)
		for (size_t len = 0; len <= ANALYZE_WORD_BYTES; len++) {
			free(l->bucket[f][len].bytes);
			free(l->bucket[f][len].letters);
		}
	*l = (struct lexicon){ .asked = false };
}

void lexicon_free(struct lexicon *l)
{
	lexicon_forget(l);
	free(l);
}

/* ------------------------------------------------------------ letters -- */

/* 26 letters have a bit each, all other characters share six. */
static uint32_t letter_bit(uint32_t cp)
{
	const bool latin = cp >= 'a' && cp <= 'z';

	return (uint32_t)1 << (latin ? cp - 'a' : 26 + cp % 6);
}

static uint32_t letters_of(const char *s, size_t len)
{
	uint32_t letters = 0, cp;

	for (size_t i = 0; i < len;) {
		cp = (unsigned char)s[i];
		i += cp < 0x80 ? 1 : utf8_decode(s + i, len - i, &cp);
		letters |= letter_bit(cp);
	}
	return letters;
}

static enum family family_of(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)s[i] >= 0x80)
			return WIDE;
	return ASCII;
}

/* ------------------------------------------------------------ reading -- */

static bool grow(struct lexicon *l, struct bucket *b, size_t len)
{
	const size_t more = b->alloc ? b->alloc : 4 * LANES;
	const size_t alloc = b->alloc + more;
	void *bytes, *letters;

	if (l->bytes + more * (len + sizeof(*b->letters)) > LEXICON_BYTES_MAX)
		return false;
	bytes = realloc(b->bytes, alloc * len);
	if (bytes)
		b->bytes = bytes;
	letters = realloc(b->letters, alloc * sizeof(*b->letters));
	if (letters)
		b->letters = letters;
	if (!bytes || !letters)
		return false;
	/* Sets are looked at in whole lanes. */
	memset(b->letters + b->alloc, 0, more * sizeof(*b->letters));
	b->alloc = alloc;
	l->bytes += more * (len + sizeof(*b->letters));
	return true;
}

static bool add(struct lexicon *l, const char *word, size_t len)
{
	struct bucket *b;

	/* The analyzer makes none. */
	if (!len || len > ANALYZE_WORD_BYTES)
		return true;
	b = &l->bucket[family_of(word, len)][len];
	if (l->words == LEXICON_WORDS_MAX ||
	    (b->n == b->alloc && !grow(l, b, len)))
		return false;
	memcpy(b->bytes + b->n * len, word, len);
	b->letters[b->n++] = letters_of(word, len);
	l->words++;
	return true;
}

/* The slice ends here; the next one begins with that. */
static bool stop_at(struct lexicon *l, const char *term, size_t len)
{
	memcpy(l->next, term, len);
	l->next_len = len;
	l->more = true;
	return false;
}

static bool take(void *ctx, const char *term, size_t len, uint32_t wdf,
		 uint32_t termfreq)
{
	static const char behind_fields[] = { 'Z' + 1 };
	struct lexicon *l = ctx;

	(void)wdf;
	(void)termfreq;
	/* Capitals begin the terms of fields. */
	if (*term >= 'A' && *term <= 'Z')
		return stop_at(l, behind_fields, 1);
	l->given_up = len > XAP_TERM_MAX;
	if (!l->given_up && !l->left--)
		return stop_at(l, term, len);
	l->given_up = l->given_up || !add(l, term, len);
	return !l->given_up;
}

static enum trawl_status read_slice(struct lexicon *l,
				    const struct term_source *terms,
				    struct trawl_error *err)
{
	const struct xap_bytes all = { "", 0 };
	const struct xap_bytes from = { l->next, l->next_len };
	enum trawl_status st;

	l->left = LEXICON_SLICE;
	l->more = false;
	st = term_source_each(terms, all, from, false, take, l, err);
	if (st != TRAWL_OK)
		return st;
	l->ready = !l->more && !l->given_up;
	if (l->given_up) {
		lexicon_forget(l);
		l->given_up = true;
	}
	return TRAWL_OK;
}

enum trawl_status lexicon_read(struct lexicon *l,
			       const struct term_source *terms, bool *ready,
			       struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (l->asked && !l->ready && !l->given_up)
		st = read_slice(l, terms, err);
	l->asked = true;
	*ready = st == TRAWL_OK && l->ready;
	return st;
}

/* --------------------------------------------------------------- near -- */

struct look {
	const char *text;
	size_t len, chars;
	unsigned edits;
	enum family family;
	uint32_t letters;
	lexicon_fn *each;
	void *ctx;
	bool stopped;
};

/* Beginnings and ends that are the same take no edit. */
static unsigned distance(const struct look *k, const char *word, size_t len)
{
	const char *text = k->text;
	size_t n = k->len;

	while (n && len && *text == *word) {
		text++, word++;
		n--, len--;
	}
	while (n && len && text[n - 1] == word[len - 1])
		n--, len--;
	if (n <= 1 && len <= 1)
		return n || len;
	return edit_distance(text, n, word, len, k->edits);
}

static bool offer(struct look *k, enum family family, const char *word,
		  size_t len)
{
	unsigned edits;

	if (family == ASCII && k->family == ASCII)
		edits = distance(k, word, len);
	else
		edits = edit_distance(k->text, k->len, word, len, k->edits);
	if (edits <= k->edits)
		k->stopped = !k->each(k->ctx, word, len, edits);
	return !k->stopped;
}

/* Sets that differ in at most so many letters: all ones. */
static lanes alike(const uint32_t *letters, uint32_t wanted, unsigned most)
{
	lanes v;

	memcpy(&v, letters, sizeof(v));
	v ^= wanted;
	while (most--)
		v &= v - 1;
	return (lanes)(v == 0);
}

static bool is_any(lanes v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return half[0] | half[1];
}

/* The first word of b at or after i whose first n bytes are not below s. */
static size_t find_word(const struct bucket *b, size_t len, size_t i,
			const char *s, size_t n, bool after)
{
	size_t end = b->n;

	while (i < end) {
		const size_t middle = i + (end - i) / 2;
		const int d = memcmp(b->bytes + middle * len, s, n);

		if (d < 0 || (after && !d))
			i = middle + 1;
		else
			end = middle;
	}
	return i;
}

/* Those of b that begin with the first same bytes, and whose letters differ in
 * no more than so many. */
static void look_through(struct look *k, enum family family, size_t len,
			 const struct bucket *b, size_t same, unsigned most)
{
	size_t i = 0, end = b->n;

	if (same) {
		i = find_word(b, len, 0, k->text, same, false);
		end = find_word(b, len, i, k->text, same, true);
	}
	for (size_t at = i / LANES * LANES; at < end; at += LANES) {
		const lanes found = alike(b->letters + at, k->letters, most);

		if (!is_any(found))
			continue;
		for (size_t j = at < i ? i : at; j < at + LANES && j < end; j++)
			if (found[j - at] &&
			    !offer(k, family, b->bytes + j * len, len))
				return;
	}
}

/*
 * Words of as many bytes as some edits can leave or make.  To add a letter or
 * to drop one changes a set by one, another letter in its place by two.
 */
static void look_in(const struct lexicon *l, struct look *k, enum family family,
		    size_t same)
{
	const bool plain = family == ASCII;
	const size_t middle = plain ? k->chars : k->len;
	const size_t apart = plain ? k->edits : k->edits * (size_t)CHAR_BYTES;
	size_t len = middle > apart ? middle - apart : 1;

	len = len < same ? same : len;
	for (; len <= middle + apart && len <= ANALYZE_WORD_BYTES; len++) {
		const size_t grown = len > middle ? len - middle : middle - len;
		const size_t most = 2 * k->edits - (plain ? grown : 0);

		look_through(k, family, len, &l->bucket[family][len], same,
			     (unsigned)most);
		if (k->stopped)
			return;
	}
}

static void look_for(const struct lexicon *l, struct look *k, const char *word,
		     size_t len)
{
	const struct bucket *b = &l->bucket[ASCII][len];
	const size_t i = find_word(b, len, 0, word, len, false);

	if (i < b->n && !memcmp(b->bytes + i * len, word, len) && !k->stopped)
		offer(k, ASCII, b->bytes + i * len, len);
}

/*
 * Words of ASCII at one edit, the first letter's: there are few, and the rest
 * begin as the text does.
 */
static void look_for_first(const struct lexicon *l, struct look *k)
{
	static const char first[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	char word[ANALYZE_WORD_BYTES + 1];

	for (const char *c = first; *c; c++) {
		if (*c == *k->text)
			continue;
		memcpy(word, k->text, k->len);
		*word = *c;
		look_for(l, k, word, k->len);
		memcpy(word + 1, k->text, k->len);
		if (k->len < ANALYZE_WORD_BYTES)
			look_for(l, k, word, k->len + 1);
	}
	if (k->len < 2 || k->text[0] == k->text[1])
		return;
	memcpy(word, k->text, k->len);
	word[0] = k->text[1];
	word[1] = k->text[0];
	look_for(l, k, word, k->len);
	look_for(l, k, k->text + 1, k->len - 1);
}

void lexicon_near(const struct lexicon *l, const char *text, size_t len,
		  size_t same, unsigned edits, lexicon_fn *each, void *ctx)
{
	struct look k = { .text = text,
			  .len = len,
			  .edits = edits,
			  .family = family_of(text, len),
			  .letters = letters_of(text, len),
			  .each = each,
			  .ctx = ctx };
	uint32_t cp;

	if (!len || len > ANALYZE_WORD_BYTES)
		return;
	for (size_t i = 0; i < len; k.chars++)
		i += utf8_decode(text + i, len - i, &cp);
	if (!same && edits == 1 && k.family == ASCII) {
		look_in(l, &k, ASCII, 1);
		look_for_first(l, &k);
	} else {
		look_in(l, &k, ASCII, same);
	}
	if (!k.stopped)
		look_in(l, &k, WIDE, same);
}
