/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sieve.h"

enum {
	Y_TO_I = 'i' ^ 'y' /* one bit: with it masked, they are the same */
};

void sieve_init(struct sieve *s)
{
	memset(s->first, 0, sizeof(s->first));
	s->n = s->nletters = 0;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many bytes a word has in common with its stem of len bytes. */
static size_t kept(size_t len, size_t tail)
{
	if (tail == SIZE_MAX)
		return 0;
	return len > tail ? len - tail : 1;
}

static uint64_t stem_mask(const char *stem, size_t n)
{
	uint64_t mask = ascii8_prefix(UINT64_MAX, n);

	for (size_t i = 0; i < least(n, 8); i++)
		if (stem[i] == 'i' || stem[i] == 'y')
			mask ^= (uint64_t)Y_TO_I << 8 * i;
	return mask;
}

static void note_first(struct sieve *s, unsigned char c, bool any, bool vowel)
{
	const uint64_t bit = (uint64_t)1 << s->n;

	for (unsigned i = 0; i < 256; i++) {
		if (!any && i != c && (!vowel || (i ^ Y_TO_I) != c))
			continue;
		if (!s->first[i] && s->nletters++ < ASCII64_LETTERS)
			s->letter[s->nletters - 1] = (char)i;
		s->first[i] |= bit;
	}
}

void sieve_add(struct sieve *s, enum sieve_of of, const char *text, size_t len,
	       size_t tail)
{
	const size_t n = of == SIEVE_STEM ? kept(len, tail) : len;
	const bool y = of == SIEVE_STEM && n && (*text == 'i' || *text == 'y');
	char head[8] = { 0 };

	if (s->n == SIEVE_WORDS || !len)
		return;
	memcpy(head, text, least(n, sizeof(head)));
	s->word[s->n].value = ascii8_load(head);
	s->word[s->n].mask = of == SIEVE_STEM ? stem_mask(text, n)
					      : ascii8_prefix(UINT64_MAX, n);
	/* A stem is never longer than its word. */
	s->word[s->n].least = len;
	s->word[s->n].most = of == SIEVE_WORD ? len : SIZE_MAX;
	note_first(s, (unsigned char)*text, !n, y);
	s->n++;
}
