/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * alone - in process, on one thread, what one worker of trawld does
 *
 * alone [-t MS] INDEX QUERIES COUNT: the first COUNT lines of QUERIES (over
 * again when there are fewer), answered as a server does by default: any word,
 * ten hits, a snippet each, as JSON; -t: each with that timeout, as a server
 * has one (5000).  After a round that does not count, prints one line: requests,
 * seconds, rate (a second), cpu_us (the processor time of one) and cpu_s, that
 * of all and of what went before.
 */
#include "clock.h"
#include "die.h"
#include "parse.h"
#include "trawl.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

enum {
	COUNT_MAX = 1000000
};

struct lines {
	char **line;
	size_t n;
};

static void read_lines(const char *path, size_t max, struct lines *out)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t alloc = 0;

	if (!f)
		die("%s: %s", path, strerror(errno));
	out->line = xcalloc(max, sizeof(*out->line));
	while (out->n < max && getline(&line, &alloc, f) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		out->line[out->n++] = xstrdup(line);
	}
	free(line);
	fclose(f);
	if (!out->n)
		die("%s: no query in it", path);
}

static bool count_bytes(void *ctx, const char *bytes, size_t n)
{
	(void)bytes;
	*(uint64_t *)ctx += n;
	return true;
}

static void answer(struct trawl_index *ix, const struct trawl_request *rq)
{
	struct trawl_result *res;
	struct trawl_error err;
	uint64_t bytes = 0;

	if (trawl_search(ix, rq, &res, &err))
		die("%s: %s", rq->query, err.text);
	trawl_result_write(res, rq->format, count_bytes, &bytes);
	trawl_result_free(res);
}

static uint64_t own_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec;
}

static void answer_all(struct trawl_index *ix, struct trawl_request *rq,
		       const struct lines *queries, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		rq->query = queries->line[i % queries->n];
		answer(ix, rq);
	}
}

static void measure(struct trawl_index *ix, struct trawl_request *rq,
		    const struct lines *queries, size_t count)
{
	uint64_t begun, used;
	double seconds;

	answer_all(ix, rq, queries, count);
	begun = monotonic_ns();
	used = own_ns();
	answer_all(ix, rq, queries, count);
	used = own_ns() - used;
	seconds = (double)(monotonic_ns() - begun) / NS_PER_S;
	printf("requests=%zu seconds=%.3f rate=%.1f cpu_us=%.1f cpu_s=%.3f\n",
	       count, seconds, (double)count / seconds,
	       (double)used / NS_PER_US / (double)count,
	       (double)own_ns() / NS_PER_S);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: alone [-t MS] INDEX QUERIES COUNT\n");
	exit(2);
}

int main(int argc, char **argv)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct lines queries = { NULL, 0 };
	uint64_t count, timeout = 0;
	struct trawl_index *ix;
	struct trawl_error err;
	int c;

	while ((c = getopt(argc, argv, "t:")) != -1)
		if (c != 't' ||
		    !parse_uint(optarg, 1, TRAWL_TIMEOUT_MAX, &timeout))
			usage();
	if (argc - optind != 3 ||
	    !parse_uint(argv[optind + 2], 1, COUNT_MAX, &count))
		usage();
	rq.timeout_ms = (unsigned)timeout;
	if (trawl_index_open(argv[optind], &ix, &err))
		die("%s", err.text);
	read_lines(argv[optind + 1], (size_t)count, &queries);
	measure(ix, &rq, &queries, (size_t)count);
	for (size_t i = 0; i < queries.n; i++)
		free(queries.line[i]);
	free(queries.line);
	trawl_index_close(ix);
	return 0;
}
