/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * background [-w WORDS] [-n TERMS] < TEXTS > lib/news/background_table.c
 *
 * How rare English words are, counted in lines of JSON with "text", which is cut
 * into parts of PART words, about as long as an article.  WORDS is a list of words,
 * one a line: no others count, since some texts were read by a machine.  The
 * TERMS (14,000) most frequent terms are written.  Ours was made so:
 *
 *	background-texts $CORPORA/chronam_1916/jan_feb.jsonl.xz \
 *		/usr/share/doc/anarchism/html |
 *	background -w WORDS > lib/news/background_table.c
 *
 * where WORDS is /usr/share/dict/american-english and british-english, sorted.
 */
#include "die.h"
#include "background_table.h"
#include "story_term.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PART = 400, /* words */
	TERMS = 14000,
	CELLS = 1 << 24, /* a cell: the highest bits of a term */
	CELL_SHIFT = 8,
	STEP = 16,
	A_LINE = 6,
	BUCKETS = 1 << BACKGROUND_BUCKET_BITS,
	BUCKET_SHIFT = 32 - BACKGROUND_BUCKET_BITS - CELL_SHIFT,
	WORD = 128,
	NOT_LISTED = 0,
	LISTED = 1
};

struct counts {
	uint32_t *df, *last; /* of a cell: parts; the last one */
	unsigned char *listed;
	struct story_stops stops;
	uint32_t parts;
};

struct term {
	uint32_t cell, df;
};

static uint32_t term_of(const struct counts *c, const struct news_word *w,
			const char *text)
{
	return story_term(&c->stops, text + w->begin, w->len, w->hash);
}

static void read_words(struct counts *c, const char *path)
{
	FILE *in = fopen(path, "r");
	char word[WORD];

	if (!in)
		die("cannot open %s", path);
	c->listed = calloc(CELLS, 1);
	if (!c->listed)
		die("out of memory");
	while (fgets(word, sizeof(word), in)) {
		size_t len = strcspn(word, "\n");
		struct news_words w = { 0 };

		if (!news_words_read(&w, word, len, NULL, 0))
			die("out of memory");
		for (size_t i = 0; i < w.n; i++)
			c->listed[term_of(c, &w.at[i], word) >> CELL_SHIFT] =
				LISTED;
		news_words_release(&w);
	}
	fclose(in);
}

static void count_text(struct counts *c, struct news_words *w, const char *text)
{
	if (!news_words_read(w, text, strlen(text), NULL, 0))
		die("out of memory");
	for (size_t i = 0; i < w->n; i++) {
		uint32_t term = term_of(c, &w->at[i], text);
		uint32_t cell = term >> CELL_SHIFT;

		c->parts += i % PART == 0;
		if (!term || c->last[cell] == c->parts ||
		    (c->listed && c->listed[cell] == NOT_LISTED))
			continue;
		c->last[cell] = c->parts;
		c->df[cell]++;
	}
}

static void count_texts(struct counts *c, FILE *in)
{
	struct news_words w = { 0 };
	json_t *o;

	while ((o = json_loadf(in, JSON_DISABLE_EOF_CHECK, NULL))) {
		const char *text =
			json_string_value(json_object_get(o, "text"));

		if (text)
			count_text(c, &w, text);
		json_decref(o);
	}
	news_words_release(&w);
}

static int by_df(const void *x, const void *y)
{
	const struct term *a = x, *b = y;

	if (a->df != b->df)
		return a->df > b->df ? -1 : 1;
	return a->cell < b->cell ? -1 : a->cell > b->cell;
}

static int by_cell(const void *x, const void *y)
{
	const struct term *a = x, *b = y;

	return a->cell < b->cell ? -1 : a->cell > b->cell;
}

static size_t pick_terms(const struct counts *c, size_t most, struct term *t)
{
	size_t n = 0;

	for (uint32_t cell = 0; cell < CELLS; cell++) {
		if (c->df[cell] > 1)
			t[n++] = (struct term){ cell, c->df[cell] };
	}
	qsort(t, n, sizeof(*t), by_df);
	n = n < most ? n : most;
	qsort(t, n, sizeof(*t), by_cell);
	return n;
}

static unsigned steps(const struct counts *c, uint32_t df)
{
	double rare = log2((c->parts + 1.0) / (df + 1.0)) * STEP;

	return rare > 255 ? 255 : (unsigned)(rare + 0.5);
}

static void write_entries(const struct counts *c, const struct term *t,
			  size_t n)
{
	printf("const uint32_t background_table[] = {");
	for (size_t i = 0; i < n; i++)
		printf("%s0x%x,", i % A_LINE ? " " : "\n\t",
		       t[i].cell << CELL_SHIFT | steps(c, t[i].df));
	printf("\n};\n\n");
}

static void write_buckets(const struct term *t, size_t n)
{
	size_t at = 0;

	printf("const uint16_t background_first[] = {");
	for (size_t bucket = 0; bucket <= BUCKETS; bucket++) {
		while (at < n && t[at].cell >> BUCKET_SHIFT < bucket)
			at++;
		printf("%s%zu,", bucket % (2 * A_LINE) ? " " : "\n\t", at);
	}
	printf("\n};\n");
}

static void write_table(const struct counts *c, const struct term *t, size_t n,
			uint32_t least)
{
	printf("/* SPDX-License-Identifier: GPL-2.0-or-later */\n"
	       "/* Made by bench/news/background: %u parts, terms in %u or "
	       "more. */\n"
	       "#include \"background_table.h\"\n\n"
	       "/* clang-format off */\n",
	       c->parts, least);
	write_entries(c, t, n);
	write_buckets(t, n);
	printf("/* clang-format on */\n\n"
	       "const float background_rarest = %.2fF;\n",
	       log((c->parts + 1.0) / (least / 2 + 1.0)));
}

int main(int argc, char **argv)
{
	struct counts c = { 0 };
	struct term *t = calloc(CELLS, sizeof(*t));
	uint32_t least = UINT32_MAX;
	size_t most = TERMS, n;
	int o;

	story_stops_init(&c.stops);
	c.df = calloc(CELLS, sizeof(*c.df));
	c.last = calloc(CELLS, sizeof(*c.last));
	if (!t || !c.df || !c.last)
		die("out of memory");
	while ((o = getopt(argc, argv, "w:n:")) != -1) {
		if (o == 'w')
			read_words(&c, optarg);
		else if (o == 'n')
			most = strtoul(optarg, NULL, 10);
		else
			die("usage: background [-w WORDS] [-n TERMS] < TEXTS");
	}
	count_texts(&c, stdin);
	n = pick_terms(&c, most, t);
	for (size_t i = 0; i < n; i++)
		least = t[i].df < least ? t[i].df : least;
	write_table(&c, t, n, least);
	return 0;
}
