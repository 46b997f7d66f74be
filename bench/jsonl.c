/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench/jsonl [FILE] - how fast JSON Lines are read, apart from what is made
 * of them
 *
 * FILE is JSON Lines; without it: $CORPORA/bbc_news/docs.jsonl.
 */
#include "batch.h"
#include "buf.h"
#include "clock.h"
#include "document.h"
#include "input.h"
#include "jsonl.h"
#include "pipeline.h"
#include "problem.h"
#include "stream.h"

#include <malloc.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
	INPUT_MAX = 1 << 30,
	ROUNDS = 3,
	THREADS = 2,
	WAIT_MS = 1000,
	TRIM_FROM = 4 << 20,
	PIPELINE_BYTES = 64 << 20,
	BYTES_WANTED = 200 << 20 /* of a round: the file again and again */
};

struct input_lines {
	struct buf bytes, copy;
	size_t *end; /* of each line in bytes */
	size_t count;
};

static void die_of(const char *what, const char *why)
{
	fprintf(stderr, "bench/jsonl: %s: %s\n", what, why);
	exit(3);
}

static void read_lines(struct input_lines *in, FILE *f)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	buf_init(&in->bytes, INPUT_MAX);
	buf_init(&in->copy, INPUT_MAX);
	while ((n = getline(&line, &room, f)) > 0) {
		buf_add(&in->bytes, line, (size_t)n);
		if (!(in->count & (in->count + 1)))
			in->end = realloc(in->end, 2 * (in->count + 1) *
							   sizeof(*in->end));
		if (in->bytes.failed || !in->end)
			die_of("lines", "out of memory");
		in->end[in->count++] = in->bytes.len;
	}
	free(line);
}

/* Of the processor: other work on the machine does not count. */
static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

typedef bool reader(char *line, size_t len, struct document *doc);

static bool scan_one(char *line, size_t len, struct document *doc)
{
	return jsonl_scan(line, len, doc);
}

static bool load_one(char *line, size_t len, struct document *doc)
{
	struct problem why;
	size_t replaced;

	return jsonl_load(line, len, doc, &replaced, &why);
}

/* How many lines were taken; *took: of the reading alone. */
static size_t read_all(struct input_lines *in, reader *read, double *took)
{
	struct document doc;
	size_t at = 0, taken = 0;
	double start;

	buf_reset(&in->copy);
	buf_add(&in->copy, in->bytes.data, in->bytes.len);
	document_init(&doc);
	start = seconds();
	for (size_t i = 0; i < in->count; at = in->end[i++]) {
		taken += read(in->copy.data + at, in->end[i] - at, &doc);
		document_reset(&doc);
	}
	*took += seconds() - start;
	document_release(&doc);
	return taken;
}

static void measure(struct input_lines *in, const char *name, reader *read,
		    size_t times)
{
	for (int round = 0; round < ROUNDS; round++) {
		size_t taken = 0;
		double took = 0;

		for (size_t i = 0; i < times; i++)
			taken = read_all(in, read, &took);
		printf("%s: %.0f MB/s, %zu of %zu lines\n", name,
		       (double)in->bytes.len / 1e6 * (double)times / took,
		       taken, in->count);
	}
}

/* --------------------------------------- the pipeline, with idle workers -- */

struct feed {
	struct pipeline *p;
	const struct input *in;
	int fd;
	size_t times;
};

static void feed_once(struct feed *f)
{
	struct problem why;
	struct stream *s = stream_open(f->fd, &why);
	char *lines;
	size_t len;

	if (!s)
		die_of("file", why.reason);
	while (stream_next(s, JSON_LINE_MAX, &lines, &len, &why) ==
	       STREAM_LINES) {
		struct batch *b = batch_new(f->in);

		b->lines = lines;
		b->len = len;
		if (!pipeline_push(f->p, b))
			break;
	}
	stream_close(s);
	lseek(f->fd, 0, SEEK_SET);
}

static void *feed(void *arg)
{
	struct feed *f = arg;

	for (size_t i = 0; i < f->times; i++)
		feed_once(f);
	pipeline_finish(f->p);
	return NULL;
}

/* An item a line, and nothing in it. */
static void split_lines(void *worker, struct batch *b)
{
	char *line = b->lines, *end = line + b->len;

	while (line < end &&
	       (line = memchr(line, '\n', (size_t)(end - line)))) {
		line++;
		batch_add(b, ITEM_KEEP);
	}
	++*(uint64_t *)worker;
	batch_drop_input(b);
}

static double cpu_seconds(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return (double)(ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) +
	       (double)(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1e6;
}

static size_t drain(struct pipeline *p)
{
	size_t lines = 0;
	bool more = true;

	while (more) {
		struct batch *b = pipeline_next(p, WAIT_MS, &more);

		lines += b ? b->n : 0;
		batch_free(b);
	}
	return lines;
}

static void measure_pipeline(const struct input_lines *in, int fd)
{
	const size_t times = BYTES_WANTED / in->bytes.len + 1;
	const struct input of = { .path = "bench" };
	uint64_t batches[THREADS] = { 0 };
	void *workers[THREADS] = { &batches[0], &batches[1] };
	struct pipeline_options o = { .work = split_lines,
				      .workers = workers,
				      .threads = THREADS,
				      .bytes = PIPELINE_BYTES };
	struct feed f = { .in = &of, .fd = fd, .times = times };
	const double start = cpu_seconds(), began = (double)monotonic_ns();
	pthread_t thread;
	size_t lines;

	f.p = pipeline_start(&o);
	if (lseek(fd, 0, SEEK_SET) || pthread_create(&thread, NULL, feed, &f))
		die_of("pipeline", "cannot be started");
	lines = drain(f.p);
	pthread_join(thread, NULL);
	pipeline_free(f.p);
	printf("pipeline: %.2f us of the processors a line, %.0f lines/s, "
	       "%.0f MB/s, %.1f lines a batch\n",
	       (cpu_seconds() - start) * 1e6 / (double)lines,
	       (double)lines / (((double)monotonic_ns() - began) / 1e9),
	       (double)in->bytes.len * (double)times /
		       (((double)monotonic_ns() - began) / 1e3),
	       (double)lines / (double)(batches[0] + batches[1]));
}

static FILE *open_input(const char *name)
{
	const char *corpora = getenv("CORPORA");
	char path[4096];
	FILE *f;

	if (!name && !corpora) {
		fputs("bench/jsonl: skipped: no FILE and no $CORPORA\n",
		      stderr);
		exit(0);
	}
	snprintf(path, sizeof(path), "%s/bbc_news/docs.jsonl",
		 corpora ? corpora : "");
	f = fopen(name ? name : path, "r");
	if (!f)
		die_of(name ? name : path, "cannot be read");
	return f;
}

int main(int argc, char **argv)
{
	struct input_lines in = { .count = 0 };
	FILE *f = open_input(argc > 1 ? argv[1] : NULL);

	mallopt(M_TRIM_THRESHOLD, TRIM_FROM); /* as trawl-index does */
	read_lines(&in, f);
	measure(&in, "thorough", load_one, 1);
	measure(&in, "quick", scan_one, BYTES_WANTED / in.bytes.len + 1);
	for (int round = 0; round < ROUNDS; round++)
		measure_pipeline(&in, fileno(f));
	fclose(f);
	buf_release(&in.bytes);
	buf_release(&in.copy);
	free(in.end);
	return 0;
}
