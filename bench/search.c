/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search - queries a second and latencies, in process, on one thread
 *
 * search INDEX QUERIES [N]     the first N lines, words, as a server would
 *                              answer them by default (ten hits, a snippet
 *                              each, as JSON): any word, all words, and all
 *                              words without snippets
 * search -i IDS INDEX QUERIES  bench/queries' file, case by case
 *
 * One round to warm up, and then the one that counts.
 */
#include "clock.h"
#include "die.h"
#include "drawn/cases.h"
#include "parse.h"
#include "trawl.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	QUERIES_MAX = 1000000
};

/* ------------------------------------------------ as a server would ---- */

static bool count_bytes(void *ctx, const char *bytes, size_t n)
{
	(void)bytes;
	*(uint64_t *)ctx += n;
	return true;
}

static void answer(struct trawl_index *ix, struct trawl_request *rq,
		   uint64_t *bytes)
{
	struct trawl_result *res;
	struct trawl_error err;

	if (trawl_search(ix, rq, &res, &err)) {
		fprintf(stderr, "%s: %s\n", rq->query, err.text);
		return;
	}
	trawl_result_write(res, TRAWL_JSON, count_bytes, bytes);
	trawl_result_free(res);
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static size_t read_lines(const char *path, char **line, size_t max)
{
	FILE *f = fopen(path, "re");
	size_t n = 0, alloc = 0;

	while (f && n < max && getline(&line[n], &alloc, f) >= 0) {
		line[n][strcspn(line[n], "\r\n")] = '\0';
		n++;
		alloc = 0;
	}
	if (!n)
		die("%s: %s", path, strerror(errno));
	fclose(f);
	return n;
}

static void print_figures(const char *name, uint64_t *took, size_t n,
			  uint64_t bytes)
{
	uint64_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += took[i];
	qsort(took, n, sizeof(*took), by_value);
	printf("%-12s %8.0f/s  p50 %.2f ms  p90 %.2f ms  "
	       "p99 %.2f ms (%.1f x p50)  %.1f kB an answer\n",
	       name, (double)n * 1e9 / (double)total, (double)took[n / 2] / 1e6,
	       (double)took[n * 9 / 10] / 1e6, (double)took[n * 99 / 100] / 1e6,
	       (double)took[n * 99 / 100] / (double)took[n / 2],
	       (double)bytes / 2000.0 / (double)n);
}

static void measure(struct trawl_index *ix, struct trawl_request *rq,
		    char *const *line, size_t n, const char *name)
{
	uint64_t *took = xcalloc(n, sizeof(*took)), bytes = 0;

	for (size_t i = 0; i < 2 * n; i++) {
		uint64_t start = monotonic_ns();

		rq->query = line[i % n];
		answer(ix, rq, &bytes);
		took[i % n] = monotonic_ns() - start;
	}
	print_figures(name, took, n, bytes);
	free(took);
}

static void measure_lines(struct trawl_index *ix, const char *path, size_t max)
{
	static char *line[QUERIES_MAX];
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	size_t n = read_lines(path, line, max);

	measure(ix, &rq, line, n, "any word");
	rq.match = TRAWL_ALL;
	measure(ix, &rq, line, n, "all words");
	rq.snippets = 0;
	measure(ix, &rq, line, n, "no snippets");
	for (size_t i = 0; i < n; i++)
		free(line[i]);
}

/* ------------------------------------------------ case by case --------- */

/* As trawl's query language has it: doc/query.md.  Ids are all that is wanted
 * of a hit, and no field. */
static void make_request(const struct query *q, char *text, size_t room,
			 struct trawl_request *rq)
{
	bool phrase = query_is(q, "phrase"), prefix = query_is(q, "prefix");
	const char *quote = phrase ? "\"" : "";

	snprintf(text, room, "%s%s%s%s", quote, q->words, quote,
		 prefix ? "*" : "");
	rq->query = text;
	rq->plain = !phrase && !prefix;
	rq->match = prefix || query_is(q, "all") ? TRAWL_ALL : TRAWL_ANY;
	rq->limit = TOP;
	rq->snippets = q->snippets;
	rq->fields = "";
	rq->since = *q->since ? q->since : NULL;
	rq->until = *q->until ? q->until : NULL;
}

static size_t ask_trawl(void *ctx, const struct query *q, FILE *ids)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	char text[QUERY_TEXT_MAX];
	struct trawl_result *res;
	struct trawl_error err;
	size_t n;

	make_request(q, text, sizeof(text), &rq);
	rq.ranking = TRAWL_RANKING_BM25; /* as the others rank */
	if (trawl_search(ctx, &rq, &res, &err))
		die("%s: %s", text, err.text);
	n = trawl_result_head(res)->hits;
	for (size_t i = 0; ids && i < n; i++)
		fprintf(ids, "%s%s", i ? " " : "",
			trawl_result_hit(res, i)->id);
	trawl_result_free(res);
	return n;
}

static int usage(void)
{
	fprintf(stderr, "usage: search INDEX QUERIES [N]\n"
			"       search -i IDS INDEX QUERIES\n");
	return 2;
}

int main(int argc, char **argv)
{
	const char *ids = argc == 5 && !strcmp(argv[1], "-i") ? argv[2] : NULL;
	uint64_t max = QUERIES_MAX;
	struct trawl_index *ix;
	struct trawl_error err;

	argv += ids ? 2 : 0;
	argc -= ids ? 2 : 0;
	if (argc < 3 || argc > 4 ||
	    (argc == 4 && !parse_uint(argv[3], 1, max, &max)))
		return usage();
	if (trawl_index_open(argv[1], &ix, &err))
		die("%s", err.text);
	if (ids)
		measure_cases("trawl", argv[2], ids, ask_trawl, ix);
	else
		measure_lines(ix, argv[2], max);
	trawl_index_close(ix);
	return 0;
}
