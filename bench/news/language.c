/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench/news/language [FILE] - languages that are told right, by length
 *
 * FILE (tests/data/languages.tsv): a code, a tab and a text a line.  Of each text
 * every piece of 20, 50, 100, 200, 500 characters that begins with a word.  A
 * figure a line: what, how much, what is asked.
 */
#include "language.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	LINE_MAX_BYTES = 1 << 16,
	ROUNDS = 20
};

/* What builds take for known. */
static const double SURE = 0.5;

struct counts {
	size_t right, wrong, untold;
};

static void die(const char *what)
{
	fprintf(stderr, "bench/news/language: %s\n", what);
	exit(3);
}

/* The bytes of n characters, or 0: there are less. */
static size_t bytes_of(const char *s, size_t n)
{
	size_t at = 0;

	for (; n && s[at]; n--)
		for (at++; (s[at] & 0xC0) == 0x80;)
			at++;
	return n ? 0 : at;
}

static void tell(struct language_detector *d, const char *code, const char *s,
		 size_t len, struct counts *c)
{
	struct language_guess g;

	if (!language_detect(d, s, len, NULL, 0, &g))
		die("out of memory");
	if (!g.code || g.confidence < SURE)
		c->untold++;
	else if (!strcmp(g.code, code))
		c->right++;
	else
		c->wrong++;
	if (getenv("WRONG") && g.code && g.confidence >= SURE &&
	    strcmp(g.code, code))
		printf("%s taken for %s (%.2f, %s): %.*s\n", code, g.code,
		       g.confidence, g.reason, (int)len, s);
}

static void tell_pieces(struct language_detector *d, char *line, size_t chars,
			struct counts *c)
{
	char *tab = strchr(line, '\t'), *s = tab + 1;

	if (!tab)
		die("a line without a tab");
	*tab = '\0';
	for (; s; s = strchr(s, ' ')) {
		size_t len;

		s += *s == ' ';
		len = bytes_of(s, chars);
		if (!len)
			break;
		tell(d, line, s, len, c);
	}
	*tab = '\t';
}

static void measure(struct language_detector *d, FILE *f, size_t chars)
{
	char *line = malloc(LINE_MAX_BYTES);
	struct counts c = { 0 };
	double all;

	rewind(f);
	while (line && fgets(line, LINE_MAX_BYTES, f)) {
		line[strcspn(line, "\n")] = '\0';
		tell_pieces(d, line, chars, &c);
	}
	free(line);
	all = (double)(c.right + c.wrong + c.untold);
	printf("%zu characters: right\t%.4f\t-\n", chars,
	       (double)c.right / all);
	printf("%zu characters: wrong\t%.4f\t-\n", chars,
	       (double)c.wrong / all);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void measure_time(struct language_detector *d, FILE *f)
{
	char *line = malloc(LINE_MAX_BYTES);
	struct language_guess g;
	double spent = 0;
	size_t n = 0;

	rewind(f);
	while (line && fgets(line, LINE_MAX_BYTES, f)) {
		const char *text = strchr(line, '\t') + 1;
		const double begin = seconds();

		for (int i = 0; i < ROUNDS; i++, n++)
			language_detect(d, text, strlen(text), NULL, 0, &g);
		spent += seconds() - begin;
	}
	free(line);
	printf("microseconds a text\t%.1f\t40\n", spent * 1e6 / (double)n);
}

int main(int argc, char **argv)
{
	static const size_t lengths[] = { 20, 50, 100, 200, 400 };
	FILE *f = fopen(argc > 1 ? argv[1] : "tests/data/languages.tsv", "r");
	struct language_detector *d;
	const double begin = seconds();

	if (!f)
		die("no file of texts");
	if (language_detector_new(&d, NULL))
		die("out of memory");
	printf("microseconds to begin\t%.0f\t-\n", (seconds() - begin) * 1e6);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		measure(d, f, lengths[i]);
	measure_time(d, f);
	language_detector_free(d);
	fclose(f);
	return 0;
}
