/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench/analyze [FILE [LANGUAGE]] - how many MB of text a second and a core
 *
 * FILE is JSON Lines with "text" (or anything else: plain text, one document),
 * - is standard input.  Without FILE: $CORPORA/bbc_news/docs.jsonl.
 */
#include "analyze.h"
#include "buf.h"

#include <jansson.h>

enum {
	TEXT_MAX = 1 << 30,
	ROUNDS = 5
};

struct texts {
	struct buf bytes;
	size_t *end; /* of each text in bytes */
	size_t count;
};

struct counts {
	uint64_t words, stems, stopwords, long_words, sum;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench/analyze: %s: %s\n", what, why);
	exit(3);
}

static void add_text(struct texts *t, const char *s, size_t n)
{
	buf_add(&t->bytes, s, n);
	if (!(t->count & (t->count + 1)))
		t->end = realloc(t->end, 2 * (t->count + 1) * sizeof(*t->end));
	if (t->bytes.failed || !t->end)
		die("texts", "out of memory");
	t->end[t->count++] = t->bytes.len;
}

static void add_line(struct texts *t, const char *line, size_t n)
{
	json_t *doc = json_loadb(line, n, JSON_ALLOW_NUL, NULL);
	json_t *text = json_object_get(doc, "text");

	if (text)
		add_text(t, json_string_value(text), json_string_length(text));
	json_decref(doc);
}

static void read_texts(struct texts *t, FILE *f)
{
	struct buf plain = BUF_INIT(TEXT_MAX);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	buf_init(&t->bytes, TEXT_MAX);
	while ((n = getline(&line, &room, f)) > 0) {
		if (*line == '{')
			add_line(t, line, (size_t)n);
		else
			buf_add(&plain, line, (size_t)n);
	}
	if (plain.len)
		add_text(t, plain.data, plain.len);
	buf_release(&plain);
	free(line);
}

static void analyze_texts(struct analyzer *a, const struct texts *t,
			  struct counts *c)
{
	size_t at = 0;
	struct token tok;

	*c = (struct counts){ 0 };
	for (size_t i = 0; i < t->count; at = t->end[i++]) {
		analyzer_begin(a, t->bytes.data + at, t->end[i] - at, 1);
		while (analyzer_next(a, &tok)) {
			c->words++;
			c->stems += tok.stem != tok.word;
			c->stopwords += tok.stopword;
			c->sum += tok.position + (unsigned char)*tok.stem;
		}
		c->long_words += analyzer_long_words(a);
		analyzer_flush(a);
	}
}

/* Of the processor: other work on the machine does not count. */
static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static FILE *open_input(const char *name)
{
	const char *corpora = getenv("CORPORA");
	char path[4096];
	FILE *f;

	if (name && !strcmp(name, "-"))
		return stdin;
	if (!name && !corpora) {
		fputs("bench/analyze: skipped: no FILE and no $CORPORA\n",
		      stderr);
		exit(0);
	}
	snprintf(path, sizeof(path), "%s/bbc_news/docs.jsonl",
		 corpora ? corpora : "");
	f = fopen(name ? name : path, "r");
	if (!f)
		die(name ? name : path, "cannot be read");
	return f;
}

int main(int argc, char **argv)
{
	struct texts t = { .count = 0 };
	struct analyzer *a;
	struct trawl_error err;
	struct counts c;

	read_texts(&t, open_input(argc > 1 ? argv[1] : NULL));
	if (analyzer_new(argc > 2 ? argv[2] : "english", &a, &err))
		die("analyzer", err.text);
	for (int i = 0; i < ROUNDS; i++) {
		const double start = seconds();

		analyze_texts(a, &t, &c);
		printf("analyze: %.1f MB/s%s\n",
		       (double)t.bytes.len / 1e6 / (seconds() - start),
		       i ? "" : " (empty cache)");
	}
	printf("analyze: %zu texts, %.1f MB, %ju words, %ju with a stem of "
	       "their own, %ju stopwords, %ju too long, sum %jx\n",
	       t.count, (double)t.bytes.len / 1e6, (uintmax_t)c.words,
	       (uintmax_t)c.stems, (uintmax_t)c.stopwords,
	       (uintmax_t)c.long_words, (uintmax_t)c.sum);
	analyzer_free(a);
	buf_release(&t.bytes);
	free(t.end);
	return 0;
}
