/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include "die.h"
#include "stopwords.h"

#include <stdlib.h>
#include <string.h>

enum {
	CONTENT_MIN = 3,
	WORDS_ALLOC = 1024,
	FNV_PRIME = 0x01000193
};

#define FNV_BASIS UINT32_C(0x811C9DC5)

/* Where a word of a text begins and ends, with what stands at it. */
struct piece {
	char *begin, *end;
	bool after_blank; /* one, and no line feed */
	bool open, close; /* punctuation before, behind */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_opening(char c)
{
	return c == '"' || c == '\'' || c == '(' || c == '[';
}

static bool is_closing(char c)
{
	return c == '.' || c == ',' || c == '"' || c == '\'' || c == ')' ||
	       c == ']' || c == ';' || c == ':' || c == '!' || c == '?';
}

static char *next_piece(char *s, char *end, struct piece *p)
{
	char *blank = s;

	while (s < end && is_blank(*s))
		s++;
	p->after_blank = s == blank + 1 && *blank == ' ';
	p->begin = s;
	while (s < end && !is_blank(*s))
		s++;
	p->end = s;
	p->open = p->close = false;
	for (; p->begin < p->end && is_opening(*p->begin); p->begin++)
		p->open = true;
	for (; p->begin < p->end && is_closing(p->end[-1]); p->end--)
		p->close = true;
	return s;
}

/* Lower it; false when it is not of letters alone, or of digits alone.  The
 * hash is Fowler, Noll and Vo's, 1a: the documents are no enemy's. */
static bool lower(struct piece *p, struct word *out)
{
	size_t nletters = 0, ndigits = 0, n = (size_t)(p->end - p->begin);
	uint32_t hash = FNV_BASIS;

	for (char *s = p->begin; s < p->end; s++) {
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + 'a' - 'A');
		nletters += *s >= 'a' && *s <= 'z';
		ndigits += *s >= '0' && *s <= '9';
		hash = (hash ^ (unsigned char)*s) * FNV_PRIME;
	}
	*out = (struct word){ .text = p->begin,
			      .len = n,
			      .hash = hash,
			      .letters = nletters == n };
	return n && n <= WORD_BYTES_MAX && (nletters == n || ndigits == n);
}

static void add_word(struct words *w, struct word word)
{
	if (w->n == w->alloc) {
		w->alloc = w->alloc ? 2 * w->alloc : WORDS_ALLOC;
		w->word = xrealloc(w->word, w->alloc * sizeof(*w->word));
	}
	w->word[w->n++] = word;
}

/* The copy, cut anew. */
static void cut_copy(struct words *w, char *end)
{
	bool plain = false;

	for (char *s = w->copy; s < end;) {
		struct piece p;
		struct word word;

		s = next_piece(s, end, &p);
		if (!lower(&p, &word)) {
			plain = false;
			continue;
		}
		word.follows = plain && p.after_blank && !p.open;
		add_word(w, word);
		plain = !p.close;
	}
}

void words_cut(struct words *w, const char *text, size_t len)
{
	free(w->copy);
	w->n = 0;
	w->copy = xmalloc(len + 1);
	if (text) {
		memcpy(w->copy, text, len);
		cut_copy(w, w->copy + len);
	}
	for (size_t i = 0; i < w->n; i++)
		w->copy[w->word[i].text - w->copy + (ptrdiff_t)w->word[i].len] =
			'\0';
}

bool word_is_content(const struct word *w)
{
	return w->len >= CONTENT_MIN &&
	       !stopwords_has(stopwords_find("english"), w->text, w->len);
}

void words_release(struct words *w)
{
	free(w->word);
	free(w->copy);
	*w = (struct words){ 0 };
}
