/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench/news/boilerplate [-v] - furniture by form and by recurrence
 *
 * On the articles of $CORPORA/bbc_news, which have next to none of their own, and
 * $CORPORA/ecbplus.  A figure a line: what, how much, what is asked.  -v: the
 * lines that were taken by form.
 */
#include "die.h"
#include "furniture.h"
#include "recurrence.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	TEXTS_MAX = 4096,
	SOURCES = 10,
	PAGES = 50,
	LINES = 14,
	WORK = 64 << 20,
	PAGE_MAX = 1 << 20,
	FEW = 10, /* documents of a small source */
	VERSIONS = 12
};

struct texts {
	char *at[TEXTS_MAX];
	size_t n, bytes;
};

static uint64_t state = 20261122;

static double drawn(void)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (double)(state >> 11) / (double)(UINT64_C(1) << 53);
}

static void texts_read(const char *name, struct texts *t)
{
	const char *corpora = getenv("CORPORA");
	char path[4096], *line = NULL;
	size_t alloc = 0;
	FILE *in;

	snprintf(path, sizeof(path), "%s/%s/docs.jsonl",
		 corpora ? corpora : ".", name);
	in = fopen(path, "r");
	if (!in)
		die("cannot open %s", path);
	while (t->n < TEXTS_MAX && getline(&line, &alloc, in) > 0) {
		json_t *j = json_loads(line, 0, NULL);
		const char *text =
			json_string_value(json_object_get(j, "text"));

		if (text)
			t->at[t->n++] = strdup(text);
		t->bytes += text ? strlen(text) : 0;
		json_decref(j);
	}
	free(line);
	fclose(in);
}

static void texts_release(struct texts *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->at[i]);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (bool in = false; *text; text++) {
		n += !in && *text != '\n';
		in = *text != '\n';
	}
	return n;
}

/* Lines that are taken by form. */
static void forms(const char *name, const char *asked, bool verbose)
{
	struct spans spans = { 0 };
	struct texts t = { 0 };
	size_t lines = 0, taken = 0;
	double begin;

	texts_read(name, &t);
	begin = seconds();
	for (size_t i = 0; i < t.n; i++) {
		if (!furniture_find(t.at[i], strlen(t.at[i]), &spans))
			die("out of memory");
		taken += spans.n;
		for (size_t k = 0; verbose && k < spans.n; k++)
			printf("%s: %.*s", furniture_name(spans.at[k].kind),
			       (int)(spans.at[k].end - spans.at[k].begin),
			       t.at[i] + spans.at[k].begin);
		if (verbose && spans.n)
			putchar('\n');
	}
	printf("forms: milliseconds a MB of %s\t%.2f\t\n", name,
	       (seconds() - begin) * 1e9 / (double)t.bytes);
	for (size_t i = 0; i < t.n; i++)
		lines += lines_of(t.at[i]);
	printf("forms: share of the lines of %s taken\t%.5f\t%s\n", name,
	       (double)taken / (double)lines, asked);
	spans_release(&spans);
	texts_release(&t);
}

/* --------------------------------------------------------- recurrence -- */

struct set {
	const char *name;
	double share[LINES];   /* of the pages that a line stands on; 0: none */
	unsigned words[LINES]; /* of the line */
	unsigned article;      /* words of an article at most; 0: all */
	unsigned pages;
	unsigned versions; /* of one page of a source, besides */
	unsigned one_of;   /* a page has one of so many lines, in turn */
};

struct outcome {
	unsigned often, found;	     /* lines of furniture */
	unsigned long article, lost; /* lines of articles */
};

static const char *const nouns[] = {
	"account",	"alerts",  "archive",  "board",	  "briefing",
	"channel",	"charter", "contact",  "courier", "daily",
	"desk",		"edition", "evening",  "feed",	  "followers",
	"front",	"gazette", "guide",    "herald",  "inbox",
	"journal",	"ledger",  "licence",  "list",	  "member",
	"morning",	"network", "observer", "office",  "online",
	"page",		"partner", "policy",   "post",	  "press",
	"reader",	"record",  "review",   "rights",  "section",
	"service",	"shop",	   "staff",    "story",	  "studio",
	"subscription", "support", "team",     "terms",	  "times",
	"tribune",	"video",   "weekly",   "world"
};

/* Line i of a source's furniture, the same each time. */
static size_t furniture_line(char *to, unsigned source, unsigned i,
			     unsigned words)
{
	uint64_t before = state;
	size_t n = 0, many = sizeof(nouns) / sizeof(nouns[0]);

	state = source * 1000003u + i * 7919u + 17u;
	drawn();
	for (unsigned k = 0; k < words; k++)
		n += (size_t)snprintf(to + n, 64, "%s%s", k ? " " : "",
				      nouns[(size_t)(drawn() * (double)many)]);
	to[n++] = '\n';
	state = before;
	return n;
}

/* At most words words of an article, in whole lines but for the last. */
static size_t article_part(char *to, const char *text, unsigned words)
{
	size_t n = 0;

	for (; text[n] && n < PAGE_MAX / 2; n++) {
		if (words && text[n] == ' ' && !--words)
			break;
		to[n] = text[n];
	}
	to[n++] = '\n';
	return n;
}

struct pages {
	char *text;
	struct recurring_lines lines;
	struct recurrence *r;
	bool count; /* else judge */
	struct outcome *o;
	size_t article, article_end; /* bytes of the page that are article */
};

static void page_done(struct pages *p, unsigned source, size_t n)
{
	if (!recurring_lines(p->text, n, &p->lines))
		die("out of memory");
	if (p->count && recurrence_add(p->r, source + 1, -1, &p->lines, NULL))
		die("cannot add a page");
	for (size_t i = 0; !p->count && i < p->lines.n; i++) {
		const struct recurring_line *l = &p->lines.at[i];
		bool has = recurrence_has(p->r, source + 1, l->hash);

		if (l->begin < p->article || l->begin >= p->article_end)
			continue;
		p->o->article++;
		p->o->lost += has;
	}
}

static bool stands(const struct set *set, unsigned line, unsigned page)
{
	return set->one_of ? page % set->one_of == line
			   : drawn() < set->share[line];
}

static void one_page(struct pages *p, const struct set *set, unsigned source,
		     unsigned page, const char *text, unsigned stood[LINES])
{
	size_t n = 0;

	for (unsigned i = 0; i < LINES / 2 && !set->one_of; i++)
		if (stands(set, i, page)) {
			n += furniture_line(p->text + n, source, i,
					    set->words[i]);
			stood[i]++;
		}
	p->article = n;
	n += article_part(p->text + n, text, set->article);
	p->article_end = n;
	for (unsigned i = set->one_of ? 0 : LINES / 2; i < LINES; i++)
		if (stands(set, i, page)) {
			n += furniture_line(p->text + n, source, i,
					    set->words[i]);
			stood[i]++;
		}
	page_done(p, source, n);
}

/* A page that is there again and again, but for a line on top. */
static void versions(struct pages *p, const struct set *set, unsigned source,
		     const char *text)
{
	for (unsigned i = 0; i < set->versions; i++) {
		size_t n = furniture_line(p->text, source, 100 + i, 12);

		p->article = n;
		n += article_part(p->text + n, text, 0);
		p->article_end = n;
		page_done(p, source, n);
	}
}

static void all_pages(struct pages *p, const struct set *set,
		      const struct texts *t, unsigned stood[SOURCES][LINES])
{
	size_t next = 0;

	state = 7;
	memset(stood, 0, SOURCES * sizeof(stood[0]));
	for (unsigned s = 0; s < SOURCES; s++) {
		for (unsigned i = 0; i < set->pages; i++)
			one_page(p, set, s, i, t->at[next++], stood[s]);
		versions(p, set, s, t->at[next++]);
	}
}

static void count_found(const struct pages *p, const struct set *set,
			unsigned stood[SOURCES][LINES])
{
	struct recurring_lines l = { 0 };

	for (unsigned s = 0; s < SOURCES; s++)
		for (unsigned i = 0; i < LINES; i++) {
			size_t n = furniture_line(p->text, s, i, set->words[i]);

			if (!set->words[i] || 4 * stood[s][i] < set->pages)
				continue;
			if (!recurring_lines(p->text, n, &l))
				die("out of memory");
			p->o->often++;
			p->o->found +=
				recurrence_has(p->r, s + 1, l.at[0].hash) > 0;
		}
	recurring_lines_release(&l);
}

static void recurrence(const struct set *set, const struct texts *t)
{
	unsigned stood[SOURCES][LINES];
	struct outcome o = { 0 };
	struct pages p = { .o = &o, .count = true };

	p.text = malloc(2 * PAGE_MAX);
	if (!p.text || recurrence_new("/tmp", WORK, &p.r, NULL))
		die("out of memory");
	all_pages(&p, set, t, stood);
	if (recurrence_decide(p.r, NULL))
		die("cannot decide");
	p.count = false;
	all_pages(&p, set, t, stood);
	count_found(&p, set, stood);
	if (o.often)
		printf("%s: lines of a quarter of the pages "
		       "found\t%.3f\t0.97\n",
		       set->name, (double)o.found / o.often);
	printf("%s: lines of articles lost\t%.5f\t0.001\n", set->name,
	       (double)o.lost / (double)o.article);
	recurrence_free(p.r);
	recurring_lines_release(&p.lines);
	free(p.text);
}

/* Of all steps over one text, in sources of PAGES articles. */
static void cost(const struct texts *t)
{
	struct recurring_lines l = { 0 };
	struct recurrence *r;
	double begin = seconds(), mb = (double)t->bytes / 1e9;
	size_t has = 0;

	for (size_t i = 0; i < t->n; i++)
		if (!recurring_lines(t->at[i], strlen(t->at[i]), &l))
			die("out of memory");
	printf("lines: milliseconds a MB\t%.2f\t\n", (seconds() - begin) / mb);
	if (recurrence_new("/tmp", WORK, &r, NULL))
		die("out of memory");
	begin = seconds();
	for (size_t i = 0; i < t->n; i++)
		if (!recurring_lines(t->at[i], strlen(t->at[i]), &l) ||
		    recurrence_add(r, i / PAGES, -1, &l, NULL))
			die("cannot add a text");
	if (recurrence_decide(r, NULL))
		die("cannot decide");
	printf("lines, counted: milliseconds a MB\t%.2f\t\n",
	       (seconds() - begin) / mb);
	begin = seconds();
	for (size_t i = 0; i < 1000000; i++)
		has += recurrence_has(r, i, i * UINT64_C(0x9E3779B97F4A7C15));
	printf("one line asked for: nanoseconds\t%.1f\t\n",
	       (seconds() - begin) * 1e3 + 0 * (double)has);
	recurrence_free(r);
	recurring_lines_release(&l);
}

#define SHARES                                                                 \
	{                                                                      \
		.9, .9, .5, .5, .25, .25, .3, .9, .5, .5, .25, .25, .25, .35   \
	}
#define WORDS                                                                  \
	{                                                                      \
		2, 3, 1, 5, 8, 2, 4, 3, 9, 20, 6, 30, 12, 25                   \
	}

static const struct set sets[] = {
	{ "50 pages a source", SHARES, WORDS, 0, PAGES, 0, 0 },
	{ "20 pages a source", SHARES, WORDS, 0, 20, 0, 0 },
	{ "10 pages a source", SHARES, WORDS, 0, FEW, 0, 0 },
	{ "one of three lines of 150 words below 120",
	  { 0 },
	  { 150, 150, 150 },
	  120,
	  PAGES,
	  0,
	  3 },
	{ "200 words around 100", { 1 }, { 200 }, 100, PAGES, 0, 0 },
	{ "200 words in lines around 100",
	  { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
	  { 20, 20, 20, 20, 20, 20, 20, 20, 20, 20 },
	  100,
	  PAGES,
	  0,
	  0 },
	{ "600 words of menus around 100",
	  { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 },
	  { 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39, 39 },
	  100,
	  PAGES,
	  0,
	  0 },
	{ "versions of one page", SHARES, WORDS, 0, PAGES, VERSIONS, 0 },
	{ "nothing but versions", { 0 }, { 0 }, 0, 1, VERSIONS, 0 },
};

int main(int argc, char **argv)
{
	struct texts t = { 0 };
	bool verbose = argc > 1 && !strcmp(argv[1], "-v");

	forms("bbc_news", "0.001", verbose);
	forms("ecbplus", "", verbose);
	texts_read("bbc_news", &t);
	if (t.n < (size_t)SOURCES * (PAGES + 1))
		die("too few articles");
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		recurrence(&sets[i], &t);
	cost(&t);
	texts_release(&t);
	return 0;
}
