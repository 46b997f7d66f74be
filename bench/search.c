/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * search - queries a second and latencies, in process, on one thread
 *
 * search INDEX QUERIES [N]: the first N lines, as a server would answer them
 * by default (ten hits, a snippet each, as JSON), after one warm-up round.
 */
#include "clock.h"
#include "parse.h"
#include "trawl.h"

#include <errno.h>

enum {
	QUERIES_MAX = 1000000
};

static bool count_bytes(void *ctx, const char *bytes, size_t n)
{
	(void)bytes;
	*(uint64_t *)ctx += n;
	return true;
}

static bool answer(struct trawl_index *ix, struct trawl_request *rq,
		   uint64_t *bytes)
{
	struct trawl_result *res;
	struct trawl_error err;

	if (trawl_search(ix, rq, &res, &err)) {
		fprintf(stderr, "%s: %s\n", rq->query, err.text);
		return false;
	}
	trawl_result_write(res, TRAWL_JSON, count_bytes, bytes);
	trawl_result_free(res);
	return true;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static size_t read_queries(const char *path, char **query, size_t max)
{
	FILE *f = fopen(path, "re");
	size_t n = 0, alloc = 0;

	while (f && n < max && getline(&query[n], &alloc, f) >= 0) {
		query[n][strcspn(query[n], "\r\n")] = '\0';
		n++;
		alloc = 0;
	}
	if (f)
		fclose(f);
	return n;
}

static void measure(struct trawl_index *ix, struct trawl_request *rq,
		    char *const *query, size_t n, const char *name)
{
	uint64_t *took = calloc(n, sizeof(*took)), bytes = 0, total = 0;

	for (size_t i = 0; took && i < 2 * n; i++) {
		uint64_t start = monotonic_ns();

		rq->query = query[i % n];
		answer(ix, rq, &bytes);
		took[i % n] = monotonic_ns() - start;
	}
	for (size_t i = 0; took && i < n; i++)
		total += took[i];
	if (took) {
		qsort(took, n, sizeof(*took), by_value);
		printf("%-12s %8.0f/s  p50 %.2f ms  p90 %.2f ms  "
		       "p99 %.2f ms (%.1f x p50)  %.1f kB an answer\n",
		       name, (double)n * 1e9 / (double)total,
		       (double)took[n / 2] / 1e6,
		       (double)took[n * 9 / 10] / 1e6,
		       (double)took[n * 99 / 100] / 1e6,
		       (double)took[n * 99 / 100] / (double)took[n / 2],
		       (double)bytes / 2000.0 / (double)n);
	}
	free(took);
}

int main(int argc, char **argv)
{
	static char *query[QUERIES_MAX];
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_index *ix;
	struct trawl_error err;
	uint64_t max = QUERIES_MAX;

	if (argc < 3 || (argc > 3 && !parse_uint(argv[3], 1, max, &max))) {
		fprintf(stderr, "usage: search INDEX QUERIES [N]\n");
		return 2;
	}
	if (trawl_index_open(argv[1], &ix, &err)) {
		fprintf(stderr, "search: %s\n", err.text);
		return 3;
	}

	size_t n = read_queries(argv[2], query, max);

	if (!n) {
		fprintf(stderr, "search: %s: %s\n", argv[2], strerror(errno));
		return 3;
	}
	measure(ix, &rq, query, n, "any word");
	rq.match = TRAWL_ALL;
	measure(ix, &rq, query, n, "all words");
	rq.snippets = 0;
	measure(ix, &rq, query, n, "no snippets");
	for (size_t i = 0; i < n; i++)
		free(query[i]);
	trawl_index_close(ix);
	return 0;
}
