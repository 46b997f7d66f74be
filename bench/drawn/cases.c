/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cases.h"

#include "clock.h"
#include "die.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_FIELDS = 4
};

struct queries {
	struct query *q;
	size_t n;
};

struct figures {
	uint64_t *took; /* of each query, ns */
	uint64_t total, cpu;
	size_t hits;
};

bool query_is(const struct query *q, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(q->name, name, n) &&
	       (!q->name[n] || (q->snippets && q->name[n] == '-'));
}

static void cut_line(struct query *q, char *line)
{
	char *field[LINE_FIELDS], *rest = line;

	for (int i = 0; i < LINE_FIELDS; i++) {
		field[i] = strsep(&rest, "\t");
		if (!field[i])
			die("not of bench/queries: %s", line);
	}
	*q = (struct query){ .name = field[0],
			     .words = field[1],
			     .since = field[2],
			     .until = field[3],
			     .snippets = strstr(field[0], "-snippets"),
			     .line = line };
	if (strlen(q->words) > QUERY_TEXT_MAX / 4)
		die("too long a query: %s", q->words);
}

static void read_queries(struct queries *qs, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (!f)
		die("%s: %s", path, strerror(errno));
	while (getline(&line, &room, f) >= 0) {
		if (!(qs->n & (qs->n + 1)))
			qs->q = xrealloc(qs->q,
					 2 * (qs->n + 1) * sizeof(*qs->q));
		line[strcspn(line, "\r\n")] = '\0';
		cut_line(&qs->q[qs->n++], line);
		line = NULL;
	}
	free(line);
	fclose(f);
}

static uint64_t thread_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void run_round(const struct query *q, size_t n, ask_query *ask,
		      void *ctx, struct figures *f)
{
	uint64_t cpu = thread_ns();

	f->hits = f->total = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t start = monotonic_ns();

		f->hits += ask(ctx, &q[i], NULL);
		f->took[i] = monotonic_ns() - start;
		f->total += f->took[i];
	}
	f->cpu = thread_ns() - cpu;
}

static void warm_up(const struct query *q, size_t n, ask_query *ask, void *ctx,
		    FILE *ids)
{
	for (size_t i = 0; i < n; i++) {
		if (ids)
			fprintf(ids, "%s\t%zu\t", q[i].name, i + 1);
		ask(ctx, &q[i], ids);
		if (ids)
			fputc('\n', ids);
	}
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void print_line(const char *engine, const char *name, size_t n,
		       const struct figures *f)
{
	static const unsigned percent[] = { 50, 90, 99 };

	qsort(f->took, n, sizeof(*f->took), by_value);
	printf("{\"group\":\"search\",\"engine\":\"%s\",\"case\":\"%s\","
	       "\"queries\":%zu,\"seconds\":%.6f,\"cpu_seconds\":%.6f",
	       engine, name, n, (double)f->total / NS_PER_S,
	       (double)f->cpu / NS_PER_S);
	for (size_t i = 0; i < sizeof(percent) / sizeof(*percent); i++)
		printf(",\"p%u_us\":%.1f", percent[i],
		       (double)f->took[n * percent[i] / 100] / NS_PER_US);
	printf(",\"hits\":%zu}\n", f->hits);
	fflush(stdout);
}

static FILE *open_ids(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "we") : NULL;

	if (!f && strcmp(path, "-"))
		die("%s: %s", path, strerror(errno));
	return f;
}

static size_t same_case(const struct queries *qs, size_t from)
{
	size_t n = 1;

	while (from + n < qs->n &&
	       !strcmp(qs->q[from].name, qs->q[from + n].name))
		n++;
	return n;
}

void measure_cases(const char *engine, const char *path, const char *ids_path,
		   ask_query *ask, void *ctx)
{
	struct queries qs = { 0 };
	FILE *ids = open_ids(ids_path);

	read_queries(&qs, path);
	for (size_t i = 0, n; i < qs.n; i += n) {
		struct figures f = { 0 };

		n = same_case(&qs, i);
		f.took = xcalloc(n, sizeof(*f.took));
		warm_up(&qs.q[i], n, ask, ctx, ids);
		run_round(&qs.q[i], n, ask, ctx, &f);
		print_line(engine, qs.q[i].name, n, &f);
		free(f.took);
	}
	for (size_t i = 0; i < qs.n; i++)
		free(qs.q[i].line);
	free(qs.q);
	if (ids && fclose(ids))
		die("%s: no place for the ids", ids_path);
}
