/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * articles FILE - titles and dates that are read from pages, against known ones
 *
 * FILE: JSON Lines of make_pages.py: id, text, title, date (null: none).  Prints
 * figures, and with -v each page that is not right.
 */
#include "article.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	STRINGS_MAX = 1 << 20
};

struct count {
	unsigned right, empty, wrong, missed; /* empty: rightly */
};

struct run {
	bool verbose;
	unsigned pages;
	double bytes, seconds;
	struct count title, date;
};

static const char *taken(const struct article *a, const char *field)
{
	for (size_t i = 0; i < a->nguesses; i++)
		if (a->guess[i].taken && !strcmp(a->guess[i].field, field))
			return a->guess[i].value;
	return NULL;
}

static bool same(const char *got, const char *want, bool date)
{
	return date ? !strncmp(got, want, strlen(want)) : !strcmp(got, want);
}

static void judge(const struct run *r, struct count *c, const char *id,
		  const char *field, const char *got, const char *want)
{
	unsigned before = c->right + c->empty;

	if (!got && !want)
		c->empty++;
	else if (!got)
		c->missed++;
	else if (want && same(got, want, !strcmp(field, "date")))
		c->right++;
	else
		c->wrong++;
	if (r->verbose && before == c->right + c->empty)
		printf("%s\t%s\t%s\t%s\n", id, field, got ? got : "-",
		       want ? want : "-");
}

static double processor_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bool read_page(struct run *r, const json_t *page)
{
	const json_t *text = json_object_get(page, "text");
	const char *id = json_string_value(json_object_get(page, "id"));
	struct article a;
	struct arena arena;
	double begin = processor_seconds();
	bool ok;

	arena_init(&arena, STRINGS_MAX);
	ok = article_read(json_string_value(text), json_string_length(text),
			  NULL, 0, &arena, &a);
	r->seconds += processor_seconds() - begin;
	r->bytes += (double)json_string_length(text);
	r->pages++;
	if (ok) {
		judge(r, &r->title, id, "title", taken(&a, "title"),
		      json_string_value(json_object_get(page, "title")));
		judge(r, &r->date, id, "date", taken(&a, "date"),
		      json_string_value(json_object_get(page, "date")));
		article_release(&a);
	}
	arena_release(&arena);
	return ok;
}

static void print_figures(const struct run *r)
{
	const struct count *t = &r->title, *d = &r->date;
	double pages = r->pages, dated = d->right + d->missed;

	printf("pages\t%u\t\n", r->pages);
	printf("title right or rightly empty\t%.3f\t>= 0.85\n",
	       (t->right + t->empty) / pages);
	printf("title wrong\t%.3f\t<= 0.06\n", t->wrong / pages);
	printf("title missed\t%.3f\t\n", t->missed / pages);
	printf("date found, of those there\t%.3f\t>= 0.85\n",
	       dated > 0 ? d->right / dated : 1);
	printf("date wrong\t%.3f\t<= 0.01\n", d->wrong / pages);
	printf("milliseconds a MB\t%.2f\t\n", 1e9 * r->seconds / r->bytes);
}

int main(int argc, char **argv)
{
	struct run r = { .verbose = argc > 2 && !strcmp(argv[1], "-v") };
	FILE *in = argc > 1 ? fopen(argv[argc - 1], "r") : NULL;
	char *line = NULL;
	size_t alloc = 0;
	bool ok = true;

	if (!in) {
		fprintf(stderr, "usage: articles [-v] FILE.jsonl\n");
		return 2;
	}
	while (ok && getline(&line, &alloc, in) > 0) {
		json_t *page = json_loads(line, 0, NULL);

		ok = page && read_page(&r, page);
		json_decref(page);
	}
	free(line);
	fclose(in);
	if (!ok || !r.pages) {
		fprintf(stderr, "articles: a line cannot be read\n");
		return 3;
	}
	print_figures(&r);
	return 0;
}
