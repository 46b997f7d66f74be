/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate - news-like documents, as many as are wanted, the same everywhere
 *
 * generate N [SEED]             as JSON Lines: id, date, source, title, text
 * generate --figures [N [SEED]] what they are like, beside what was measured
 *                               on 37,554 news articles; exit status 1 when a
 *                               figure is more than a tenth off
 */
#include "buf.h"
#include "corpus/article.h"
#include "corpus/figures.h"
#include "die.h"
#include "parse.h"

#include <errno.h>

enum {
	NEWS = 37554,
	DOCUMENTS_MAX = 1000000000,
	OUT_BYTES = 1 << 20,
	OUT_MAX = 4 << 20 /* and a document */
};

static void flush(struct buf *out)
{
	if (out->failed)
		die("out of memory");
	if (fwrite(out->data, 1, out->len, stdout) != out->len)
		die("standard output: %s", strerror(errno));
	buf_truncate(out, 0);
}

static int print_lines(struct writer *w, uint64_t n)
{
	struct buf out = BUF_INIT(OUT_MAX);
	size_t text, len;

	for (uint64_t i = 0; i < n; i++) {
		writer_add(w, i, &out, &text, &len);
		if (out.len >= OUT_BYTES)
			flush(&out);
	}
	flush(&out);
	buf_release(&out);
	if (fflush(stdout))
		die("standard output: %s", strerror(errno));
	return 0;
}

static int print_figures(struct writer *w, uint64_t n)
{
	struct figures *f = figures_new();
	struct buf out = BUF_INIT(OUT_MAX);
	size_t text, len;
	bool good;

	for (uint64_t i = 0; i < n; i++) {
		buf_truncate(&out, 0);
		writer_add(w, i, &out, &text, &len);
		if (!f || out.failed || !figures_add(f, out.data + text, len))
			die("out of memory");
	}
	good = figures_print(f);
	figures_free(f);
	buf_release(&out);
	return !good;
}

static void usage(void)
{
	fputs("usage: generate N [SEED]\n"
	      "       generate --figures [N [SEED]]\n",
	      stderr);
	exit(2);
}

static uint64_t number(const char *s, uint64_t min, uint64_t max)
{
	uint64_t n;

	if (!parse_uint(s, min, max, &n))
		usage();
	return n;
}

int main(int argc, char **argv)
{
	const bool figures = argc > 1 && !strcmp(argv[1], "--figures");
	uint64_t n = NEWS, seed = 1;
	struct writer *w;
	int status;

	argv += 1 + figures;
	argc -= 1 + figures;
	if (argc > 2 || (argc < 1 && !figures))
		usage();
	if (argc > 0)
		n = number(argv[0], 1, DOCUMENTS_MAX);
	if (argc > 1)
		seed = number(argv[1], 0, UINT64_MAX);
	w = writer_new(seed);
	if (!w)
		die("out of memory");
	status = figures ? print_figures(w, n) : print_lines(w, n);
	writer_free(w);
	return status;
}
