/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench/news/copies [DOCUMENTS] - near-duplicates that are found, and the cost
 *
 * Labelled pairs of $CORPORA/bbc_news, as it is and altered: words replaced,
 * articles inside longer texts, furniture on every page.  A figure a line: what,
 * how much, what is asked.  Then DOCUMENTS (100000) articles of 400 words, made
 * of its words, for time and memory.
 */
#include "copies.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
	LINE_MAX_BYTES = 1 << 20,
	TEXTS_MAX = 8192,
	ID_MAX = 64,
	FURNITURE_WORDS = 200,
	CHUNK_WORDS = 60, /* of one article in a text put together */
	LONGER = 4,
	ROOM = 64 << 20,
	MEMORY = 64 << 20,
	COST_WORDS = 400,
	COST_MEMORY = 100 << 20
};

/* Texts are words: what becomes of them is all that is looked at. */
struct text {
	char id[ID_MAX];
	struct news_word *word;
	size_t n;
};

struct set {
	struct text at[TEXTS_MAX];
	size_t n;
};

/* Which are near-duplicates: as labelled, and as found. */
struct pairs {
	unsigned char *at; /* n x n */
	size_t n;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench/news/copies: %s: %s\n", what, why);
	exit(3);
}

static void *need(void *p)
{
	if (!p)
		die("memory", "there is not enough");
	return p;
}

static void check(enum trawl_status st, const struct trawl_error *err)
{
	if (st)
		die("failed", err->text);
}

static uint64_t draw(uint64_t *seed, uint64_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (*seed >> 33) % below;
}

/* ------------------------------------------------------------- reading -- */

static FILE *open_set(const char *name)
{
	char path[4096];
	const char *corpora = getenv("CORPORA");
	FILE *f;

	if (!corpora)
		die("CORPORA", "is not set: the folder of test collections");
	snprintf(path, sizeof(path), "%s/bbc_news/%s", corpora, name);
	f = fopen(path, "r");
	if (!f)
		die(path, "cannot be read");
	return f;
}

static struct text *add_text(struct set *s, const char *id, size_t n)
{
	struct text *t = &s->at[s->n];

	if (s->n == TEXTS_MAX)
		die("texts", "too many");
	s->n++;
	snprintf(t->id, sizeof(t->id), "%s", id);
	t->word = need(malloc((n + 1) * sizeof(*t->word)));
	t->n = 0;
	return t;
}

static void add_words(struct text *t, const struct news_word *w, size_t n)
{
	memcpy(t->word + t->n, w, n * sizeof(*w));
	t->n += n;
}

static void add_line(struct set *s, struct news_words *words, const char *line)
{
	json_t *doc = json_loads(line, 0, NULL);
	const char *id = json_string_value(json_object_get(doc, "id")),
		   *title = json_string_value(json_object_get(doc, "title")),
		   *body = json_string_value(json_object_get(doc, "text"));
	struct text *t;
	char *all;
	int len;

	if (!id || !title || !body)
		die("docs.jsonl", "a line has no id, title or text");
	len = asprintf(&all, "%s\n%s", title, body);
	if (len < 0 || !news_words_read(words, all, (size_t)len, NULL, 0))
		die("memory", "there is not enough");
	t = add_text(s, id, words->n);
	add_words(t, words->at, words->n);
	free(all);
	json_decref(doc);
}

static struct set *read_set(void)
{
	struct set *s = need(calloc(1, sizeof(*s)));
	struct news_words words = { 0 };
	char *line = need(malloc(LINE_MAX_BYTES));
	FILE *f = open_set("docs.jsonl");

	while (fgets(line, LINE_MAX_BYTES, f))
		add_line(s, &words, line);
	fclose(f);
	free(line);
	news_words_release(&words);
	return s;
}

static size_t find_text(const struct set *s, const char *id)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->at[i].id, id))
			return i;
	die(id, "is in no line of docs.jsonl");
	return 0;
}

static void pairs_init(struct pairs *p, size_t n)
{
	p->n = n;
	p->at = need(calloc(n, n));
}

static void set_pair(struct pairs *p, size_t a, size_t b)
{
	p->at[a * p->n + b] = p->at[b * p->n + a] = 1;
}

static void read_labels(const struct set *s, struct pairs *p)
{
	FILE *f = open_set("near_duplicates.tsv");
	char line[256], a[ID_MAX], b[ID_MAX];

	pairs_init(p, s->n);
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%*f %*d %63s %63s", a, b) == 2)
			set_pair(p, find_text(s, a), find_text(s, b));
	fclose(f);
}

/* ------------------------------------------------------------- finding -- */

static void add_found(void *ctx, uint32_t a, uint32_t b, double containment)
{
	(void)containment;
	set_pair(ctx, a, b);
}

static struct copies *copies_of(const struct set *s, uint64_t *exact)
{
	struct trawl_error err;
	struct copies *c;
	struct buf room = BUF_INIT(ROOM);

	check(copies_new("/tmp", MEMORY, &c, &err), &err);
	for (size_t i = 0; i < s->n; i++) {
		const struct news_words w = { .at = s->at[i].word,
					      .n = s->at[i].n };
		struct sketch sketch;

		if (!sketch_make(&w, &room, &sketch))
			die("memory", "there is not enough");
		exact[i] = sketch.exact;
		check(copies_add(c, &sketch, &err), &err);
	}
	buf_release(&room);
	return c;
}

/* What is a pair of texts is one of all texts of the same words. */
static void add_same(struct pairs *p, const uint64_t *exact)
{
	for (size_t i = 0; i < p->n; i++) {
		size_t first = 0;

		while (exact[first] != exact[i])
			first++;
		for (size_t j = 0; first != i && j < p->n; j++)
			if (j != i && (j == first || p->at[first * p->n + j]))
				set_pair(p, i, j);
	}
}

static void find_pairs(const struct set *s, struct pairs *p)
{
	struct trawl_error err;
	uint64_t *exact = need(malloc(s->n * sizeof(*exact)));
	struct copies *c = copies_of(s, exact);

	pairs_init(p, s->n);
	check(copies_pairs(c, add_found, p, &err), &err);
	add_same(p, exact);
	free(exact);
	copies_free(c);
}

static void find_groups(const struct set *s, struct pairs *p)
{
	struct trawl_error err;
	uint64_t *exact = need(malloc(s->n * sizeof(*exact)));
	uint32_t *rank = need(malloc(s->n * sizeof(*rank)));
	uint32_t *group = need(malloc(s->n * sizeof(*group)));
	struct copies *c = copies_of(s, exact);

	for (uint32_t i = 0; i < s->n; i++)
		rank[i] = i;
	check(copies_finish(c, rank, group, &err), &err);
	pairs_init(p, s->n);
	for (size_t i = 0; i < s->n; i++)
		for (size_t j = 0; j < i; j++)
			if (group[i] == group[j])
				set_pair(p, i, j);
	free(exact);
	free(rank);
	free(group);
	copies_free(c);
}

static void print(const char *name, double value, const char *asked)
{
	printf("%s\t%.4f\t%s\n", name, value, asked);
	fflush(stdout);
}

static void compare(const char *name, const struct pairs *want,
		    const struct pairs *got, const char *asked_precision,
		    const char *asked_recall)
{
	size_t both = 0, wanted = 0, found = 0;
	char label[128];

	for (size_t i = 0; i < want->n; i++)
		for (size_t j = 0; j < i; j++) {
			const bool w = want->at[i * want->n + j],
				   g = got->at[i * got->n + j];

			wanted += w;
			found += g;
			both += w && g;
		}
	snprintf(label, sizeof(label), "%s precision", name);
	print(label, found ? (double)both / (double)found : 1, asked_precision);
	snprintf(label, sizeof(label), "%s recall", name);
	print(label, (double)both / (double)wanted, asked_recall);
}

/* ------------------------------------------------------------ altering -- */

/* Any word of any text, as often as it is there. */
static struct news_word any_word(const struct set *s, uint64_t *seed)
{
	const struct text *t;

	do
		t = &s->at[draw(seed, s->n)];
	while (!t->n);
	return t->word[draw(seed, t->n)];
}

static void replace_words(const struct set *s, struct text *t, unsigned percent,
			  uint64_t *seed)
{
	for (size_t i = 0; i < t->n; i++)
		if (draw(seed, 100) < percent)
			t->word[i] = any_word(s, seed);
}

static void add_altered(const struct set *s, struct set *to, size_t i,
			unsigned percent, uint64_t *seed)
{
	struct text *t = add_text(to, s->at[i].id, s->at[i].n);

	add_words(t, s->at[i].word, s->at[i].n);
	replace_words(s, t, percent, seed);
}

static void add_chunk(const struct set *s, struct text *t, size_t not_of,
		      size_t left, uint64_t *seed)
{
	size_t i = draw(seed, s->n),
	       n = left < CHUNK_WORDS ? left : CHUNK_WORDS;

	if (i != not_of && s->at[i].n > n)
		add_words(t, s->at[i].word + draw(seed, s->at[i].n - n), n);
}

/* The article in the middle of pieces of others. */
static void add_longer(const struct set *s, struct set *to, size_t i,
		       uint64_t *seed)
{
	const struct text *own = &s->at[i];
	const size_t total = LONGER * own->n,
		     before = draw(seed, total - own->n + 1);
	struct text *t = add_text(to, own->id, total);

	while (t->n < before)
		add_chunk(s, t, i, before - t->n, seed);
	add_words(t, own->word, own->n);
	while (t->n < total)
		add_chunk(s, t, i, total - t->n, seed);
}

static void copy_set(const struct set *s, struct set *to)
{
	for (size_t i = 0; i < s->n; i++) {
		struct text *t = add_text(to, s->at[i].id, s->at[i].n);

		add_words(t, s->at[i].word, s->at[i].n);
	}
}

static void free_set(struct set *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->at[i].word);
	free(s);
}

/* Of the articles and one altered copy of each: copies that are found. */
static void measure_altered(const struct set *s, struct set *both,
			    const char *name, const char *asked)
{
	struct pairs got;
	size_t found = 0;

	find_pairs(both, &got);
	for (size_t i = 0; i < s->n; i++)
		found += got.at[i * got.n + s->n + i];
	print(name, (double)found / (double)s->n, asked);
	free(got.at);
}

static void measure_replaced(const struct set *s, unsigned percent,
			     const char *asked)
{
	struct set *both = need(calloc(1, sizeof(*both)));
	uint64_t seed = percent;
	char name[64];

	copy_set(s, both);
	for (size_t i = 0; i < s->n; i++)
		add_altered(s, both, i, percent, &seed);
	snprintf(name, sizeof(name), "%u %% of the words replaced, recall",
		 percent);
	measure_altered(s, both, name, asked);
	free_set(both);
}

static void measure_longer(const struct set *s)
{
	struct set *both = need(calloc(1, sizeof(*both)));
	uint64_t seed = 4;

	copy_set(s, both);
	for (size_t i = 0; i < s->n; i++)
		add_longer(s, both, i, &seed);
	measure_altered(s, both, "inside a text 4 times as long, recall",
			"0.98");
	free_set(both);
}

/* The same words on every page, half of them above the article. */
static void measure_furniture(const struct set *s, const struct pairs *want)
{
	struct set *all = need(calloc(1, sizeof(*all)));
	struct news_word furniture[FURNITURE_WORDS];
	struct pairs got;
	uint64_t seed = 5;

	for (size_t i = 0; i < FURNITURE_WORDS; i++)
		furniture[i] = any_word(s, &seed);
	for (size_t i = 0; i < s->n; i++) {
		struct text *t = add_text(all, s->at[i].id,
					  s->at[i].n + FURNITURE_WORDS);

		add_words(t, furniture, FURNITURE_WORDS / 2);
		add_words(t, s->at[i].word, s->at[i].n);
		add_words(t, furniture + FURNITURE_WORDS / 2,
			  FURNITURE_WORDS / 2);
	}
	find_pairs(all, &got);
	compare("furniture of 200 words", want, &got, "clean -0.02",
		"clean -0.02");
	free(got.at);
	free_set(all);
}

static void measure_clean(const struct set *s, const struct pairs *want)
{
	struct pairs got;

	find_pairs(s, &got);
	compare("bbc_news", want, &got, "0.98", "0.985");
	free(got.at);
	find_groups(s, &got);
	compare("bbc_news by groups", want, &got, "-", "-");
	free(got.at);
}

/* ---------------------------------------------------------------- cost -- */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static long peak(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return r.ru_maxrss * 1024;
}

/* Articles with half of their words replaced: unlike, but of the same phrases;
 * every tenth is a near-copy of the one before. */
static void make_article(const struct set *s, struct text *t, size_t number,
			 uint64_t *seed)
{
	const struct text *from;

	if (number % 10 == 9) {
		replace_words(s, t, 5, seed);
		return;
	}
	t->n = 0;
	while (t->n < COST_WORDS) {
		const size_t left = COST_WORDS - t->n;

		from = &s->at[draw(seed, s->n)];
		add_words(t, from->word, from->n < left ? from->n : left);
	}
	replace_words(s, t, 50, seed);
}

static void count_found(void *ctx, uint32_t a, uint32_t b, double containment)
{
	(void)a;
	(void)b;
	(void)containment;
	++*(size_t *)ctx;
}

static void measure_cost(const struct set *s, size_t documents)
{
	struct trawl_error err;
	struct copies *c;
	struct buf room = BUF_INIT(ROOM);
	struct text t = { .word = need(calloc(COST_WORDS, sizeof(*t.word))) };
	double spent = 0, begin;
	size_t found = 0;
	uint64_t seed = 6;
	const long before = peak();

	check(copies_new("/tmp", COST_MEMORY, &c, &err), &err);
	for (size_t i = 0; i < documents; i++) {
		struct news_words w;
		struct sketch sketch;

		make_article(s, &t, i, &seed);
		w = (struct news_words){ .at = t.word, .n = t.n };
		begin = seconds();
		if (!sketch_make(&w, &room, &sketch))
			die("memory", "there is not enough");
		check(copies_add(c, &sketch, &err), &err);
		spent += seconds() - begin;
	}
	begin = seconds();
	check(copies_pairs(c, count_found, &found, &err), &err);
	spent += seconds() - begin;
	print("documents", (double)documents, "-");
	print("pairs found", (double)found, "-");
	print("seconds a million, words read before",
	      spent * 1e6 / (double)documents, "90");
	print("bytes of memory a document",
	      (double)(peak() - before) / (double)documents, "600");
	copies_free(c);
	buf_release(&room);
	free(t.word);
}

int main(int argc, char **argv)
{
	struct set *s = read_set();
	struct pairs want;
	size_t documents =
		argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100000;

	read_labels(s, &want);
	if (documents)
		measure_cost(s, documents);
	measure_clean(s, &want);
	measure_furniture(s, &want);
	measure_replaced(s, 5, "0.97");
	measure_replaced(s, 10, "-");
	measure_longer(s);
	free(want.at);
	free_set(s);
	return 0;
}
