/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names.c - spellings of names, found in what make_names.py makes
 *
 *	names FILE...       documents, a form feed after each: groups, costs
 *	names --made BASE   BASE.txt: groups, and which of BASE.pairs are found,
 *	                    of BASE.apart joined
 */
#include "name_miner.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	MEMORY = 100 << 20,
	FILE_MAX = 1 << 30,
	NOTES_MAX = 1 << 26,
	WORD_MAX = 64,
	TEXTS_MAX = 16,
	PATH_BYTES = 4096
};

struct text {
	char *data;
	size_t len;
};

static struct text read_whole(const char *path)
{
	struct text t = { 0 };
	FILE *f = fopen(path, "r");
	long len;

	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) < 0 ||
	    len > FILE_MAX)
		err(1, "%s", path);
	rewind(f);
	t.data = calloc(1, (size_t)len + 1);
	if (!t.data || fread(t.data, 1, (size_t)len, f) != (size_t)len)
		err(1, "%s", path);
	t.len = (size_t)len;
	fclose(f);
	return t;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ------------------------------------------------------------- running -- */

struct run {
	struct name_miner *m;
	struct news_words words;
	double words_s, count_s, candidates_s, note_s, meet_s, finish_s;
	size_t bytes, notes;
};

static void count_document(struct run *r, const char *text, size_t len)
{
	double at = seconds();

	if (!news_words_read(&r->words, text, len, NULL, 0))
		errx(1, "out of memory");
	r->words_s += seconds() - at;
	at = seconds();
	if (name_miner_count(r->m, &r->words, text, NULL) != TRAWL_OK)
		errx(1, "out of memory");
	r->count_s += seconds() - at;
	r->bytes += len;
}

static void meet_document(struct run *r, const char *text, size_t len)
{
	struct buf notes;
	double at;

	buf_init(&notes, NOTES_MAX);
	if (!news_words_read(&r->words, text, len, NULL, 0))
		errx(1, "out of memory");
	at = seconds();
	if (!name_notes_make(r->m, &r->words, text, &notes))
		errx(1, "out of memory");
	r->note_s += seconds() - at;
	at = seconds();
	if (name_miner_meet(r->m, notes.data, notes.len, NULL) != TRAWL_OK)
		errx(1, "out of memory");
	r->meet_s += seconds() - at;
	r->notes += notes.len;
	buf_release(&notes);
}

static void each_document(struct run *r, struct text t,
			  void (*fn)(struct run *, const char *, size_t))
{
	const char *at = t.data, *end = t.data + t.len;

	while (at < end) {
		const char *feed = memchr(at, '\f', (size_t)(end - at));
		const char *stop = feed ? feed : end;

		fn(r, at, (size_t)(stop - at));
		at = stop + 1;
	}
}

static void run_all(struct run *r, const struct text *t, size_t ntexts,
		    const struct name_group **group, size_t *n)
{
	double at;

	if (name_miner_new(".", MEMORY, &r->m, NULL) != TRAWL_OK)
		errx(1, "out of memory");
	for (size_t i = 0; i < ntexts; i++)
		each_document(r, t[i], count_document);
	at = seconds();
	if (name_miner_candidates(r->m, NULL) != TRAWL_OK)
		errx(1, "out of memory");
	r->candidates_s = seconds() - at;
	for (size_t i = 0; i < ntexts; i++)
		each_document(r, t[i], meet_document);
	at = seconds();
	if (name_miner_finish(r->m, group, n, NULL) != TRAWL_OK)
		errx(1, "out of memory");
	r->finish_s = seconds() - at;
}

static void print_costs(const struct run *r)
{
	const double mb = (double)r->bytes / 1e6;

	printf("words ms/MB\t%.2f\t\n", r->words_s * 1e3 / mb);
	printf("count ms/MB\t%.2f\t4\n", r->count_s * 1e3 / mb);
	printf("candidates ms\t%.1f\t\n", r->candidates_s * 1e3);
	printf("notes ms/MB\t%.2f\t3\n", r->note_s * 1e3 / mb);
	printf("meet ms/MB\t%.2f\t\n", r->meet_s * 1e3 / mb);
	printf("finish ms\t%.1f\t\n", r->finish_s * 1e3);
	printf("notes bytes/MB\t%.0f\t\n", (double)r->notes / mb);
}

/* ------------------------------------------------------------- figures -- */

static bool in_group(const struct name_group *g, const char *word)
{
	for (size_t i = 0; i < g->n; i++)
		if (!strcmp(g->spelling[i].word, word))
			return true;
	return false;
}

static bool joined(const struct name_group *g, size_t n, const char *a,
		   const char *b)
{
	for (size_t i = 0; i < n; i++)
		if (in_group(&g[i], a))
			return in_group(&g[i], b);
	return false;
}

/* "a<TAB>b..." lines: how many there are, how many are joined. */
static size_t count_joined(struct text t, const struct name_group *g, size_t n,
			   size_t *all, bool print)
{
	size_t found = 0;
	char *line, *rest = t.data;

	*all = 0;
	while ((line = strsep(&rest, "\n")) && *line) {
		char a[WORD_MAX], b[WORD_MAX];

		if (sscanf(line, "%63s %63s", a, b) != 2)
			continue;
		++*all;
		if (joined(g, n, a, b))
			found++;
		else if (print)
			printf("missed\t%s\n", line);
	}
	return found;
}

static void print_figures(const char *base, const struct name_group *g,
			  size_t n)
{
	char path[PATH_BYTES];
	struct text t;
	size_t all, found;

	snprintf(path, sizeof(path), "%s.pairs", base);
	t = read_whole(path);
	found = count_joined(t, g, n, &all, true);
	printf("recall\t%.3f\t0.75\n", (double)found / (double)all);
	free(t.data);
	snprintf(path, sizeof(path), "%s.apart", base);
	t = read_whole(path);
	printf("of pairs that are two, joined\t%zu\t0\n",
	       count_joined(t, g, n, &all, false));
	free(t.data);
}

static void print_groups(const struct name_group *g, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("group\t%.2f", g[i].confidence);
		for (size_t k = 0; k < g[i].n; k++)
			printf("\t%s %u", g[i].spelling[k].word,
			       g[i].spelling[k].documents);
		printf("\t%s\n", g[i].reason);
	}
}

int main(int argc, char **argv)
{
	struct text t[TEXTS_MAX];
	struct run r = { 0 };
	const struct name_group *group;
	size_t n, ntexts = 0;
	const bool made = argc > 2 && !strcmp(argv[1], "--made");
	char path[PATH_BYTES];

	if (argc < 2 || argc > TEXTS_MAX)
		errx(2, "usage: names FILE... | names --made BASE");
	if (made) {
		snprintf(path, sizeof(path), "%s.txt", argv[2]);
		t[ntexts++] = read_whole(path);
	}
	for (int i = 1; i < argc && !made; i++)
		t[ntexts++] = read_whole(argv[i]);
	run_all(&r, t, ntexts, &group, &n);
	print_groups(group, n);
	if (made)
		print_figures(argv[2], group, n);
	print_costs(&r);
	name_miner_free(r.m);
	news_words_release(&r.words);
	for (size_t i = 0; i < ntexts; i++)
		free(t[i].data);
	return 0;
}
