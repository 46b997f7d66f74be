/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * queries [-n COUNT] FILE [SEED] - queries of a corpus' own words
 *
 * COUNT (500) queries a case, drawn from the documents of a file of JSON Lines,
 * the same for the same file and seed.  A query is a line:
 *
 *	CASE<TAB>WORDS<TAB>SINCE<TAB>UNTIL
 *
 *	any      1 to 6 words of one document, without stopwords
 *	all      2 to 4
 *	phrase   2 to 4 words that stand side by side, not all of them stopwords
 *	prefix   0 to 2 words, and 3 to 6 letters that another one begins with
 *	date     as any, from SINCE to UNTIL: a tenth to a half of the documents
 *	verbose  10 to 20 words as they follow one another, stopwords, too
 *	common   2 of the 200 words that are in most documents
 *	rare     2 words of one document that are in 2 to 20 of them
 *	any-snippets, all-snippets   the first 200 of any and of all
 *
 * Without dates there is no date case.
 */
#include "buf.h"
#include "corpus/random.h"
#include "die.h"
#include "drawn/corpus.h"
#include "parse.h"

#include <string.h>
#include <unistd.h>

enum {
	COUNT = 500,
	COUNT_MAX = 100000,
	SNIPPETS = 200,
	COMMON = 200,
	RARE_MIN = 2,
	RARE_MAX = 20,
	WORDS_MAX = 20,
	TRIES = 200,	     /* documents, for a query */
	PICKS = 20,	     /* words, for one that is wanted */
	LINES_MAX = 64 << 20 /* bytes of a case */
};

struct drawer {
	struct corpus corpus;
	const struct entry **common;
	size_t ncommon;
	struct random random;
	struct words words;	       /* of the document drawn */
	const char *picked[WORDS_MAX]; /* of them */
	size_t n;
	const char *since, *until;
};

/* lo..hi */
static size_t between(struct drawer *d, uint32_t lo, uint32_t hi)
{
	return lo + random_below(&d->random, hi - lo + 1);
}

static const struct word *any_word(struct drawer *d)
{
	return &d->words.word[random_below(&d->random, (uint32_t)d->words.n)];
}

static bool has_picked(const struct drawer *d, const char *text)
{
	for (size_t i = 0; i < d->n; i++)
		if (!strcmp(d->picked[i], text))
			return true;
	return false;
}

typedef bool fit(const struct drawer *d, const struct word *w);

static bool is_content(const struct drawer *d, const struct word *w)
{
	(void)d;
	return word_is_content(w);
}

static bool is_rare(const struct drawer *d, const struct word *w)
{
	uint32_t n = vocabulary_documents(&d->corpus.vocabulary, w);

	return n >= RARE_MIN && n <= RARE_MAX && word_is_content(w);
}

/* n different words of the document; false when it has not that many. */
static bool pick(struct drawer *d, size_t n, fit *fits)
{
	for (size_t i = 0; i < PICKS * n && d->n < n; i++) {
		const struct word *w = any_word(d);

		if (fits(d, w) && !has_picked(d, w->text))
			d->picked[d->n++] = w->text;
	}
	return d->n == n;
}

/* n words as they follow one another, from anywhere. */
static bool pick_run(struct drawer *d, size_t n, bool side_by_side)
{
	const struct word *w = any_word(d);
	const struct word *end = d->words.word + d->words.n;
	bool content = false;

	if ((size_t)(end - w) < n)
		return false;
	for (; d->n < n; w++) {
		if (side_by_side && d->n && !w->follows)
			return false;
		content |= word_is_content(w);
		d->picked[d->n++] = w->text;
	}
	return content;
}

static bool draw_any(struct drawer *d)
{
	return pick(d, between(d, 1, 6), is_content);
}

static bool draw_all(struct drawer *d)
{
	return pick(d, between(d, 2, 4), is_content);
}

static bool draw_phrase(struct drawer *d)
{
	return pick_run(d, between(d, 2, 4), true);
}

static bool draw_prefix(struct drawer *d)
{
	size_t letters = between(d, 3, 6);
	const struct word *w = any_word(d);

	if (!pick(d, between(d, 0, 2), is_content) || !word_is_content(w) ||
	    !w->letters || w->len < letters || has_picked(d, w->text))
		return false;
	d->words.copy[w->text - d->words.copy + letters] = '\0';
	d->picked[d->n++] = w->text;
	return true;
}

static bool draw_date(struct drawer *d)
{
	size_t ndays = d->corpus.ndays;
	size_t most = between(d, 10, 50) * ndays / 100;
	size_t first = between(d, 0, (uint32_t)(ndays - most));

	if (!most)
		return false;
	d->since = d->corpus.day[first];
	d->until = d->corpus.day[first + most - 1];
	return draw_any(d);
}

static bool draw_verbose(struct drawer *d)
{
	return pick_run(d, between(d, 10, 20), false);
}

static bool draw_common(struct drawer *d)
{
	for (int i = 0; d->ncommon && d->n < 2 && i < PICKS; i++) {
		const char *text =
			d->common[between(d, 0, (uint32_t)d->ncommon - 1)]
				->text;

		if (!has_picked(d, text))
			d->picked[d->n++] = text;
	}
	return d->n == 2;
}

static bool draw_rare(struct drawer *d)
{
	return pick(d, 2, is_rare);
}

static const struct drawn_case {
	const char *name;
	bool (*draw)(struct drawer *d);
	const char *with_snippets; /* the case that has the first of them */
} cases[] = {
	{ "any", draw_any, "any-snippets" },
	{ "all", draw_all, "all-snippets" },
	{ "phrase", draw_phrase, NULL },
	{ "prefix", draw_prefix, NULL },
	{ "date", draw_date, NULL },
	{ "verbose", draw_verbose, NULL },
	{ "common", draw_common, NULL },
	{ "rare", draw_rare, NULL },
};

enum {
	NCASES = sizeof(cases) / sizeof(*cases)
};

static bool draw(struct drawer *d, const struct drawn_case *c)
{
	for (int i = 0; i < TRIES; i++) {
		corpus_words(&d->corpus,
			     between(d, 0, (uint32_t)d->corpus.n - 1),
			     &d->words);
		d->n = 0;
		d->since = d->until = "";
		if (d->words.n && c->draw(d))
			return true;
	}
	return false;
}

/* What stands behind the case: of each query a line. */
static void draw_case(struct drawer *d, const struct drawn_case *c,
		      uint64_t count, struct buf *out)
{
	uint64_t n = 0;

	if (c->draw == draw_date && !d->corpus.ndays)
		return;
	for (; n < count && draw(d, c); n++) {
		for (size_t i = 0; i < d->n; i++)
			buf_addf(out, "%s%s", i ? " " : "", d->picked[i]);
		buf_addf(out, "\t%s\t%s\n", d->since, d->until);
	}
	if (out->failed)
		die("out of memory");
	if (n < count)
		fprintf(stderr, "queries: %s: %llu only\n", c->name,
			(unsigned long long)n);
}

static void print_case(const char *name, const struct buf *lines, uint64_t max)
{
	const char *line = lines->data, *end;

	for (; line && max && (end = strchr(line, '\n')); line = end + 1, max--)
		printf("%s\t%.*s\n", name, (int)(end - line), line);
}

static void draw_cases(struct drawer *d, uint64_t seed, uint64_t count)
{
	struct buf lines[NCASES];

	for (size_t i = 0; i < NCASES; i++) {
		buf_init(&lines[i], LINES_MAX);
		d->random.state = mix64(mix64(seed) + i);
		draw_case(d, &cases[i], count, &lines[i]);
		print_case(cases[i].name, &lines[i], count);
	}
	for (size_t i = 0; i < NCASES; i++) {
		if (cases[i].with_snippets)
			print_case(cases[i].with_snippets, &lines[i], SNIPPETS);
		buf_release(&lines[i]);
	}
}

int main(int argc, char **argv)
{
	uint64_t count = COUNT, seed = 1;
	struct drawer d = { 0 };
	bool good = true;
	int c;

	while ((c = getopt(argc, argv, "n:")) != -1)
		good &= c == 'n' && parse_uint(optarg, 1, COUNT_MAX, &count);
	argv += optind;
	argc -= optind;
	if (!good || argc < 1 || argc > 2 ||
	    (argc == 2 && !parse_uint(argv[1], 0, UINT32_MAX, &seed))) {
		fprintf(stderr, "usage: queries [-n COUNT] FILE [SEED]\n");
		return 2;
	}
	corpus_open(&d.corpus, argv[0]);
	d.common =
		vocabulary_commonest(&d.corpus.vocabulary, COMMON, &d.ncommon);
	draw_cases(&d, seed, count);
	free(d.common);
	words_release(&d.words);
	corpus_close(&d.corpus);
	if (fflush(stdout))
		die("standard output: no place for it");
	return 0;
}
