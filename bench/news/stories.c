/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stories [-f] [OPTION...], stories -c FILE [-n N] [OPTION...] - how well stories
 * are found
 *
 * Without -c: on $CORPORA/ecbplus, a line a figure, NAME<TAB>VALUE<TAB>ASKED;
 * B-cubed F1 of our clusters, and of a plain single pass over tf-idf vectors;
 * with -f ours alone, for eleven thresholds.  With -c: the stories of a file of
 * JSON Lines with "id", "text" and perhaps "title" and "date", the N (20)
 * largest, to be read.
 *
 * To try: -t THETA, -l LAMBDA, -e share of the lead, -k PRIOR, and -s WORD,WORD...
 * spellings of one name.
 */
#include "buf.h"
#include "date.h"
#include "die.h"
#include "news_words.h"
#include "parse.h"
#include "story_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	DOCS_MAX = 1 << 20,
	TERMS_MAX = 1 << 20, /* bytes */
	PATH = 4096,
	ORDERS = 5,
	TENTH = 10,
	LARGEST = 20
};

struct doc {
	char *id, *title, *text, *event;
	int32_t day;
	uint32_t rank;
	char *terms;
	size_t nterms;
};

struct set {
	struct doc *doc;
	size_t n;
	size_t bytes;
};

struct options {
	double theta, lambda, lead, prior; /* below 0: as it is */
	const char *file, *same;	   /* same: WORD,WORD */
	size_t largest;
};

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *need(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		die("out of memory");
	return p;
}

/* --------------------------------------------------------------- reading -- */

static char *copy_string(const char *s)
{
	char *copy = strdup(s ? s : "");

	if (!copy)
		die("out of memory");
	return copy;
}

/* ecbplus: the addresses of pages are no part of them. */
static void drop_addresses(char *text)
{
	char *to = text;

	for (char *line = text; *line;) {
		size_t n = strcspn(line, "\n");

		n += line[n] == '\n';
		if (strncmp(line, "http", 4) != 0) {
			memmove(to, line, n);
			to += n;
		}
		line += n;
	}
	*to = '\0';
}

static const char *member(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static int32_t day_of(const char *date)
{
	int y, m, d;

	if (!date || sscanf(date, "%d-%d-%d", &y, &m, &d) != 3)
		return -1;
	y -= m <= 2;
	return 365 * y + y / 4 - y / 100 + y / 400 +
	       (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d;
}

static void add_doc(struct set *s, const json_t *o)
{
	struct doc *d = &s->doc[s->n++];

	d->id = copy_string(member(o, "id"));
	d->title = copy_string(member(o, "title"));
	d->text = copy_string(member(o, "text"));
	d->event = copy_string(member(o, "event"));
	d->day = day_of(member(o, "date"));
	if (*d->event)
		drop_addresses(d->text);
	s->bytes += strlen(d->text);
}

static void read_set(struct set *s, const char *path)
{
	FILE *in = fopen(path, "r");
	json_t *o;

	if (!in)
		die("cannot open %s", path);
	s->doc = need(DOCS_MAX, sizeof(*s->doc));
	while (s->n < DOCS_MAX &&
	       (o = json_loadf(in, JSON_DISABLE_EOF_CHECK, NULL))) {
		add_doc(s, o);
		json_decref(o);
	}
	fclose(in);
}

/* ---------------------------------------------------------------- ours -- */

/* Seconds that it took, news_words_read() left out. */
static double make_terms(struct set *s)
{
	struct story_maker *m = story_maker_new();
	struct news_words words = { 0 }, title = { 0 };
	struct buf out = BUF_INIT(TERMS_MAX);
	double sum = 0, begin;

	for (size_t i = 0; m && i < s->n; i++) {
		struct doc *d = &s->doc[i];

		if (!news_words_read(&words, d->text, strlen(d->text), NULL,
				     0) ||
		    !news_words_read(&title, d->title, strlen(d->title), NULL,
				     0))
			die("out of memory");
		begin = seconds();
		if (!story_terms(m, &title, d->title, &words, d->text, &out))
			die("out of memory");
		sum += seconds() - begin;
		d->nterms = out.len;
		d->terms = need(out.len + 1, 1);
		memcpy(d->terms, out.data, out.len);
		buf_reset(&out);
	}
	buf_release(&out);
	news_words_release(&words);
	news_words_release(&title);
	story_maker_free(m);
	return sum;
}

static const struct set *sorting;

static int by_age(const void *x, const void *y)
{
	const struct doc *a = &sorting->doc[*(const uint32_t *)x];
	const struct doc *b = &sorting->doc[*(const uint32_t *)y];
	uint32_t day_a = (uint32_t)a->day, day_b = (uint32_t)b->day;

	if (day_a != day_b)
		return day_a < day_b ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void rank_set(struct set *s)
{
	uint32_t *order = need((s->n + 1), sizeof(*order));

	for (uint32_t i = 0; i < s->n; i++)
		order[i] = i;
	sorting = s;
	qsort(order, s->n, sizeof(*order), by_age);
	for (uint32_t r = 0; r < s->n; r++)
		s->doc[order[r]].rank = r;
	free(order);
}

static void check(enum trawl_status st, const struct trawl_error *err)
{
	if (st)
		die("%s", err->text);
}

static void join_words(struct stories *st, const char *words)
{
	struct trawl_error err;
	size_t first = words ? strcspn(words, ",") : 0;

	for (const char *w = words; w && *w;) {
		size_t n = strcspn(w, ",");

		check(stories_same(st, story_word(w, n),
				   story_word(words, first), &err),
		      &err);
		w += n + (w[n] == ',');
	}
}

/* story[i]: of document i, when documents come in the order of turn. */
static void find_stories(const struct set *s, const struct options *o,
			 const uint32_t *turn, uint32_t *story)
{
	uint32_t *rank = need(3 * s->n + 1, sizeof(*rank));
	uint32_t *copy = rank + s->n, *found = copy + s->n;
	struct stories *st;
	struct trawl_error err;

	check(stories_new("/tmp", 64 << 20, &st, &err), &err);
	if (o->theta >= 0)
		stories_settings(st)->theta = (float)o->theta;
	if (o->lambda >= 0)
		stories_settings(st)->lambda = (float)o->lambda;
	if (o->lead >= 0)
		stories_settings(st)->lead = (float)o->lead;
	for (uint32_t i = 0; i < s->n; i++) {
		const struct doc *d = &s->doc[turn[i]];

		copy[i] = i;
		rank[i] = d->rank;
		check(stories_add(st, d->day, d->terms, d->nterms, &err), &err);
	}
	if (o->prior >= 0)
		stories_settings(st)->prior = (float)o->prior;
	join_words(st, o->same);
	check(stories_finish(st, rank, copy, found, &err), &err);
	for (uint32_t i = 0; i < s->n; i++)
		story[turn[i]] = turn[found[i]];
	stories_free(st);
	free(rank);
}

/* xorshift64* (Marsaglia 2003, Vigna 2016) */
static uint32_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)(*state * 0x2545F4914F6CDD1DU >> 32);
}

/* Shuffled, unless seed is 0. */
static void in_turn(uint32_t *turn, size_t n, uint64_t seed)
{
	for (uint32_t i = 0; i < n; i++)
		turn[i] = i;
	for (size_t i = n; seed && i > 1; i--) {
		size_t j = next_random(&seed) % i;
		uint32_t t = turn[i - 1];

		turn[i - 1] = turn[j];
		turn[j] = t;
	}
}

/* -------------------------------------------------------------- baseline -- */

struct feature {
	uint32_t word; /* number of a word of the collection */
	float weight;
};

struct plain {
	struct feature *at;
	size_t n;
};

static int by_hash(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a < b ? -1 : a > b;
}

static uint64_t *read_hashes(const struct doc *d, size_t *n)
{
	struct news_words w = { 0 };
	uint64_t *hash;

	if (!news_words_read(&w, d->text, strlen(d->text), NULL, 0))
		die("out of memory");
	hash = need(w.n + 1, sizeof(*hash));
	for (size_t i = 0; i < w.n; i++)
		hash[i] = w.at[i].hash;
	*n = w.n;
	qsort(hash, *n, sizeof(*hash), by_hash);
	news_words_release(&w);
	return hash;
}

/* Words by number, and how many documents have each. */
struct vocabulary {
	uint64_t *hash; /* sorted */
	uint32_t *df;
	size_t n;
};

static void count_documents(struct vocabulary *v, const uint64_t *hash,
			    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t *at;

		if (i && hash[i] == hash[i - 1])
			continue;
		at = bsearch(&hash[i], v->hash, v->n, sizeof(*at), by_hash);
		v->df[at - v->hash]++;
	}
}

static void make_vocabulary(const struct set *s, struct vocabulary *v)
{
	size_t all = 0, n, kept = 0;

	v->hash = need((s->bytes + 1), sizeof(*v->hash));
	for (size_t i = 0; i < s->n; i++) {
		uint64_t *hash = read_hashes(&s->doc[i], &n);

		memcpy(v->hash + all, hash, n * sizeof(*hash));
		all += n;
		free(hash);
	}
	qsort(v->hash, all, sizeof(*v->hash), by_hash);
	for (size_t i = 0; i < all; i++) {
		if (!i || v->hash[i] != v->hash[i - 1])
			v->hash[kept++] = v->hash[i];
	}
	v->n = kept;
	v->df = need(kept + 1, sizeof(*v->df));
	for (size_t i = 0; i < s->n; i++) {
		uint64_t *hash = read_hashes(&s->doc[i], &n);

		count_documents(v, hash, n);
		free(hash);
	}
}

static void make_plain(const struct set *s, const struct vocabulary *v,
		       const struct doc *d, struct plain *p)
{
	size_t n, j;
	uint64_t *hash = read_hashes(d, &n), *at;
	double square = 0;

	p->at = need((n + 1), sizeof(*p->at));
	p->n = 0;
	for (size_t i = 0; i < n; i = j) {
		for (j = i; j < n && hash[j] == hash[i];)
			j++;
		at = bsearch(&hash[i], v->hash, v->n, sizeof(*at), by_hash);
		p->at[p->n].word = (uint32_t)(at - v->hash);
		p->at[p->n].weight =
			(float)((double)(j - i) *
				log((double)s->n / v->df[at - v->hash]));
		square += (double)(p->at[p->n].weight * p->at[p->n].weight);
		p->n++;
	}
	for (size_t i = 0; i < p->n && square > 0; i++)
		p->at[i].weight /= (float)sqrt(square);
	free(hash);
}

struct centroid {
	float *sum; /* of the whole vocabulary */
	double square;
	uint32_t first;
};

static double cosine(const struct centroid *c, const struct plain *p)
{
	double dot = 0;

	for (size_t i = 0; i < p->n; i++)
		dot += (double)(c->sum[p->at[i].word] * p->at[i].weight);
	return c->square > 0 ? dot / sqrt(c->square) : 0;
}

static void join(struct centroid *c, const struct plain *p)
{
	c->square = 0;
	for (size_t i = 0; i < p->n; i++)
		c->sum[p->at[i].word] += p->at[i].weight;
}

static void measure_centroid(struct centroid *c, size_t words)
{
	c->square = 0;
	for (size_t i = 0; i < words; i++)
		c->square += (double)(c->sum[i] * c->sum[i]);
}

/* Each document goes to the centroid it is nearest to, or begins one. */
static void single_pass(const struct plain *p, size_t n, size_t words,
			const uint32_t *turn, double least, uint32_t *story)
{
	struct centroid *c = need(n, sizeof(*c)), *best;
	size_t nc = 0;

	for (size_t t = 0; t < n; t++) {
		double most = least, like;

		best = NULL;
		for (size_t i = 0; i < nc; i++) {
			like = cosine(&c[i], &p[turn[t]]);
			if (like >= most) {
				most = like;
				best = &c[i];
			}
		}
		if (!best) {
			best = &c[nc++];
			best->sum = need(words, sizeof(*best->sum));
			best->first = turn[t];
		}
		join(best, &p[turn[t]]);
		measure_centroid(best, words);
		story[turn[t]] = best->first;
	}
	for (size_t i = 0; i < nc; i++)
		free(c[i].sum);
	free(c);
}

/* ------------------------------------------------------------- measuring -- */

/* Bagga and Baldwin 1998. */
static double b_cubed(const struct set *s, const uint32_t *story,
		      double *precision, double *recall)
{
	*precision = *recall = 0;
	for (size_t i = 0; i < s->n; i++) {
		size_t both = 0, ours = 0, theirs = 0;

		for (size_t j = 0; j < s->n; j++) {
			bool o = story[i] == story[j];
			bool t = !strcmp(s->doc[i].event, s->doc[j].event);

			both += o && t;
			ours += o;
			theirs += t;
		}
		*precision += (double)both / (double)ours;
		*recall += (double)both / (double)theirs;
	}
	*precision /= (double)s->n;
	*recall /= (double)s->n;
	return 2 * *precision * *recall / (*precision + *recall);
}

static double measure(const struct set *s, const struct options *o,
		      uint32_t *story, const char *name)
{
	uint32_t *turn = need(s->n + 1, sizeof(*turn));
	double p, r, f, begin = seconds();

	in_turn(turn, s->n, 0);
	find_stories(s, o, turn, story);
	begin = seconds() - begin;
	f = b_cubed(s, story, &p, &r);
	if (name)
		printf("%s\t%.4f\tprecision %.3f recall %.3f, %.2f s\n", name,
		       f, p, r, begin);
	free(turn);
	return f;
}

static double measure_baseline(const struct set *s)
{
	struct vocabulary v;
	struct plain *p = need(s->n, sizeof(*p));
	uint32_t *turn = need(2 * s->n, sizeof(*turn)), *story = turn + s->n;
	double best = 0, precision, recall;

	make_vocabulary(s, &v);
	for (size_t i = 0; i < s->n; i++)
		make_plain(s, &v, &s->doc[i], &p[i]);
	for (unsigned order = 0; order < ORDERS; order++) {
		double most = 0, at = 0;

		in_turn(turn, s->n, order);
		for (double least = 0.12; least < 0.40; least += 0.02) {
			double f;

			single_pass(p, s->n, v.n, turn, least, story);
			f = b_cubed(s, story, &precision, &recall);
			if (f > most) {
				most = f;
				at = least;
			}
		}
		printf("baseline-order-%u\t%.4f\tbest threshold %.2f\n", order,
		       most, at);
		best = most > best ? most : best;
	}
	for (size_t i = 0; i < s->n; i++)
		free(p[i].at);
	free(p);
	free(turn);
	free(v.hash);
	free(v.df);
	return best;
}

static size_t count_moved(const struct set *s, const struct options *o,
			  const uint32_t *story)
{
	uint32_t *turn = need(2 * s->n, sizeof(*turn)), *other = turn + s->n;
	size_t moved = 0;

	for (unsigned seed = 1; seed <= ORDERS; seed++) {
		in_turn(turn, s->n, seed);
		find_stories(s, o, turn, other);
		for (size_t i = 0; i < s->n; i++)
			moved += other[i] != story[i];
	}
	free(turn);
	return moved;
}

static void read_events(struct set *s, const char *corpora)
{
	char path[PATH], line[256], event[128], id[128];
	FILE *in;

	snprintf(path, sizeof(path), "%s/ecbplus/docs.jsonl", corpora);
	read_set(s, path);
	snprintf(path, sizeof(path), "%s/ecbplus/clusters.tsv", corpora);
	in = fopen(path, "r");
	if (!in)
		die("cannot open %s", path);
	while (fgets(line, sizeof(line), in)) {
		if (sscanf(line, "%127s %127s", event, id) != 2)
			continue;
		for (size_t i = 0; i < s->n; i++) {
			if (strcmp(s->doc[i].id, id) != 0)
				continue;
			free(s->doc[i].event);
			s->doc[i].event = copy_string(event);
		}
	}
	fclose(in);
}

/* Of every TENTH-th subject by itself: what small collections fare like. */
static double measure_tenths(const struct set *s, const struct options *o)
{
	struct set part = { 0 };
	uint32_t *story = need(s->n + 1, sizeof(*story));
	double sum = 0;

	part.doc = need(s->n + 1, sizeof(*part.doc));
	for (int tenth = 0; tenth < TENTH; tenth++) {
		part.n = 0;
		for (size_t i = 0; i < s->n; i++) {
			if (strtol(s->doc[i].event, NULL, 10) % TENTH == tenth)
				part.doc[part.n++] = s->doc[i];
		}
		rank_set(&part);
		sum += measure(&part, o, story, NULL) / TENTH;
	}
	free(part.doc);
	free(story);
	return sum;
}

static void measure_events(const char *corpora, struct options *o, bool fast)
{
	struct set s = { 0 };
	uint32_t *story;
	double f, base, worst = 0;
	double theta = o->theta >= 0 ? o->theta : 0.18;

	read_events(&s, corpora);
	story = need(s.n + 1, sizeof(*story));
	rank_set(&s);
	printf("terms-ms-a-mb\t%.1f\t8\n",
	       make_terms(&s) * 1e9 / (double)s.bytes);
	f = measure(&s, o, story, "b-cubed-f1");
	for (int step = -5; step <= 5; step++) {
		char name[32];
		double g;

		if (!fast && abs(step) != 4)
			continue;
		snprintf(name, sizeof(name), "f1-at-%.2f", theta + 0.01 * step);
		o->theta = theta + 0.01 * step;
		g = measure(&s, o, story, name);
		if (abs(step) <= 4 && fabs(g - f) > worst)
			worst = fabs(g - f);
	}
	o->theta = theta;
	printf("f1-of-tenths\t%.4f\t-\n", measure_tenths(&s, o));
	printf("f1-moves\t%.4f\tless than 0.015\n", worst);
	if (fast)
		return;
	measure(&s, o, story, NULL);
	printf("documents-moved-by-order\t%zu\t0\n", count_moved(&s, o, story));
	base = measure_baseline(&s);
	printf("baseline\t%.4f\t0.85 to 0.87\n", base);
	printf("above-baseline\t%.4f\t0.055\n", f - base);
}

/* --------------------------------------------------------------- reading -- */

static const uint32_t *sizes;

static int by_size(const void *x, const void *y)
{
	uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;

	if (sizes[a] != sizes[b])
		return sizes[a] > sizes[b] ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void show(const struct doc *d)
{
	const char *line = *d->title ? d->title : d->text;

	printf("    %s  %.*s\n", d->id,
	       (int)(strcspn(line, "\n") < 100 ? strcspn(line, "\n") : 100),
	       line);
}

static void show_stories(const struct options *o)
{
	struct set s = { 0 };
	uint32_t *story, *size, *order, stories = 0;
	double begin, terms;

	read_set(&s, o->file);
	story = need(4 * s.n + 1, sizeof(*story));
	size = story + s.n;
	order = size + s.n;
	rank_set(&s);
	terms = make_terms(&s);
	printf("%zu documents, %.1f MB, terms %.1f ms a MB", s.n,
	       (double)s.bytes / 1e6, terms * 1e9 / (double)s.bytes);
	in_turn(order, s.n, 0);
	begin = seconds();
	find_stories(&s, o, order, story);
	for (size_t i = 0; i < s.n; i++)
		stories += !size[story[i]]++;
	printf(", %u stories in %.2f s\n", stories, seconds() - begin);
	sizes = size;
	qsort(order, s.n, sizeof(*order), by_size);
	for (size_t i = 0; i < o->largest && i < s.n; i++) {
		printf("%u documents\n", size[order[i]]);
		for (size_t j = 0, n = 0; j < s.n && n < 12; j++) {
			if (story[j] == order[i] && ++n)
				show(&s.doc[j]);
		}
	}
}

int main(int argc, char **argv)
{
	const char *corpora = getenv("CORPORA");
	struct options o = { -1, -1, -1, -1, NULL, NULL, LARGEST };
	bool fast = false;
	int c;

	while ((c = getopt(argc, argv, "t:l:e:k:c:n:s:f")) != -1) {
		if (c == 't')
			o.theta = strtod(optarg, NULL);
		else if (c == 'l')
			o.lambda = strtod(optarg, NULL);
		else if (c == 'e')
			o.lead = strtod(optarg, NULL);
		else if (c == 'k')
			o.prior = strtod(optarg, NULL);
		else if (c == 'c')
			o.file = optarg;
		else if (c == 'n')
			o.largest = strtoul(optarg, NULL, 10);
		else if (c == 's')
			o.same = optarg;
		else if (c == 'f')
			fast = true;
		else
			die("usage: stories [-f] [-t THETA] [-l LAMBDA] "
			    "[-e LEAD] [-k PRIOR] [-c FILE [-n N] [-s "
			    "WORD,WORD...]]");
	}
	if (o.file)
		show_stories(&o);
	else if (corpora)
		measure_events(corpora, &o, fast);
	else
		printf("# skipped: CORPORA is not set\n");
	return 0;
}
