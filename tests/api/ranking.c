/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ranking=trawl: what comes first, and that it is what the formula says */
#include "small.h"

#include <math.h>

enum {
	DOCS = 330,
	WORDS = 20,	/* of the documents */
	COMMON = 4,	/* of those, the first are in many */
	STOPS = 3,	/* the last are stopwords */
	ABSENT = WORDS, /* in no document */
	BREAK = 0xFF,	/* a paragraph ends */
	TEXT_MAX = 110,
	TITLE_MAX = 6,
	LEAD = 64,
	ASKED_MAX = 8,
	QUERIES = 400,
	CANDIDATES = 100
};

/* Each is its own stem. */
static const char *const words[WORDS + 1] = {
	"kam", "lob", "nuf", "dak", "wup", "jit", "rog",
	"hek", "zom", "vab", "bix", "gud", "mog", "pab",
	"tig", "fum", "lig", "the", "of",  "and", "qux",
};
static const char *const dates[] = { "2024-02-01", "2024-01-31T10:00:00Z",
				     "2023", NULL };
static const char *const sources[] = { "reuters", "afp" };

struct page {
	char id[8];
	size_t like; /* the first page with the same words */
	size_t date, source;
	unsigned char title[TITLE_MAX], text[TEXT_MAX];
	size_t ntitle, ntext;
	unsigned char all[TITLE_MAX + 1 + TEXT_MAX]; /* both */
	size_t nall;
	double tf[WORDS + 1], length;
};

static struct page pages[DOCS];
static struct small small;
static struct trawl_index *ix;
static uint32_t seed;

static uint32_t chance(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % n;
}

/* ------------------------------------------------------------- documents -- */

static unsigned char some_word(void)
{
	if (chance(3) == 0)
		return (unsigned char)(WORDS - 1 - chance(STOPS));
	return (unsigned char)(chance(4) ? chance(WORDS - STOPS)
					 : chance(COMMON));
}

static void join_all(struct page *p)
{
	p->nall = 0;
	for (size_t i = 0; i < p->ntitle; i++)
		p->all[p->nall++] = p->title[i];
	if (p->nall)
		p->all[p->nall++] = BREAK;
	for (size_t i = 0; i < p->ntext; i++)
		p->all[p->nall++] = p->text[i];
	for (size_t i = 0; i < p->ntitle; i++)
		p->tf[p->title[i]] += 2;
	for (size_t i = 0; i < p->ntext; i++)
		if (p->text[i] != BREAK)
			p->tf[p->text[i]]++;
	/* Each word and its stem; a title's count twice, and once as such. */
	p->length = 2.0 * (double)p->ntitle;
	for (size_t w = 0; w < WORDS; w++)
		p->length += 2 * p->tf[w];
}

static void make_page(size_t i)
{
	struct page *p = &pages[i];

	p->like = i;
	if (i > 10 && chance(6) == 0) {
		*p = pages[chance((uint32_t)i)];
	} else {
		p->ntitle = chance(3) ? 1 + chance(TITLE_MAX - 1) : 0;
		p->ntext = 3 + chance(TEXT_MAX - 3);
		for (size_t k = 0; k < p->ntitle; k++)
			p->title[k] = some_word();
		for (size_t k = 0; k < p->ntext; k++)
			p->text[k] = k && k + 1 < p->ntext &&
						     p->text[k - 1] != BREAK &&
						     chance(12) == 0
					     ? BREAK
					     : some_word();
		join_all(p);
	}
	snprintf(p->id, sizeof(p->id), "d%03u", (unsigned)((i * 7) % DOCS));
	p->date = chance(COUNT(dates));
	p->source = chance(COUNT(sources));
}

static void spell(const unsigned char *word, size_t n, char *out)
{
	*out = '\0';
	for (size_t i = 0; i < n; i++) {
		strcat(out, word[i] == BREAK ? "\n\n" : words[word[i]]);
		if (word[i] != BREAK)
			strcat(out, " ");
	}
}

static void put_page(struct small *s, const struct page *p)
{
	char title[8 * TITLE_MAX], text[8 * TEXT_MAX];
	const struct item item = { .id = p->id,
				   .title = p->ntitle ? title : NULL,
				   .date = dates[p->date],
				   .source = sources[p->source],
				   .text = text };

	spell(p->title, p->ntitle, title);
	spell(p->text, p->ntext, text);
	small_put(s, &item);
}

static void open_with(struct small *s, enum trawl_write_mode mode,
		      const char *reads)
{
	const struct trawl_writer_options options = { .mode = mode,
						      .news = reads };
	struct trawl_error err = { 0 };

	if (!*s->dir) {
		snprintf(s->dir, sizeof(s->dir), "/tmp/trawl-api.XXXXXX");
		assert_non_null(mkdtemp(s->dir));
		snprintf(s->path, sizeof(s->path), "%s/index", s->dir);
	}
	expect(trawl_writer_open(s->path, &options, &s->w, &err), TRAWL_OK,
	       &err);
	expect(trawl_preparer_new(s->w, &s->p, &err), TRAWL_OK, &err);
}

/* An index that reads no news. */
static void open_plain(struct small *s, enum trawl_write_mode mode)
{
	open_with(s, mode, "none");
}

static void finish(struct small *s)
{
	struct trawl_error err = { 0 };

	expect(trawl_writer_finish(s->w, &err), TRAWL_OK, &err);
	small_writer_close(s);
}

static int set_up(void **state)
{
	(void)state;
	seed = 8;
	for (size_t i = 0; i < DOCS; i++)
		make_page(i);
	open_plain(&small, TRAWL_BUILD);
	for (size_t i = 0; i < DOCS; i++)
		put_page(&small, &pages[i]);
	finish(&small);
	ix = small_reader(&small);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trawl_index_close(ix);
	small_close(&small);
	return 0;
}

static const struct page *page_of(const char *id)
{
	for (size_t i = 0; i < DOCS; i++)
		if (!strcmp(pages[i].id, id))
			return &pages[i];
	fail_msg("no page %s", id);
	return NULL;
}

/* --------------------------------------------------------------- queries -- */

struct asked {
	unsigned char word, second; /* second: of a phrase, or BREAK */
	char sign;
	bool again, weighs, selects;
	unsigned position, times;
	double df, cf, weight, idf;
};

struct query {
	char text[200];
	struct asked at[ASKED_MAX];
	size_t n;
	bool all;
	int source; /* -1: any */
	double most;
};

static bool is_stop(unsigned word)
{
	return word >= WORDS - STOPS && word < WORDS;
}

static void make_query(struct query *q)
{
	memset(q, 0, sizeof(*q));
	q->all = chance(4) == 0;
	q->source = chance(5) ? -1 : (int)chance(2);
	q->n = 1 + chance(ASKED_MAX - 1);
	for (size_t i = 0; i < q->n; i++) {
		struct asked *a = &q->at[i];

		a->word = chance(30) ? some_word() : ABSENT;
		a->second = BREAK;
		if (chance(12) == 0 && !is_stop(a->word))
			a->second = (unsigned char)chance(WORDS - STOPS);
		else if (chance(8) == 0)
			a->sign = chance(2) ? '+' : '-';
	}
}

static void print_query(struct query *q)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n; i++) {
		const struct asked *a = &q->at[i];
		const char sign[2] = { a->sign, '\0' };

		n += (size_t)snprintf(
			q->text + n, sizeof(q->text) - n,
			a->second != BREAK ? "\"%s%s %s\" " : "%s%s ", sign,
			words[a->word],
			a->second != BREAK ? words[a->second] : "");
	}
	if (q->source >= 0)
		snprintf(q->text + n, sizeof(q->text) - n, "source:%s",
			 sources[q->source]);
}

/* ------------------------------------------------ the formula, once more -- */

static double documents_with(unsigned word, double *all)
{
	double n = 0;

	*all = 0;
	for (size_t i = 0; i < DOCS; i++) {
		n += pages[i].tf[word] > 0;
		*all += pages[i].tf[word];
	}
	return n;
}

static double idf_of(unsigned word)
{
	double all, df = documents_with(word, &all);

	return log(1 + (DOCS - df + 0.5) / (df + 0.5));
}

/* Which are repeated, where they stand, and what selects. */
static void read_query(struct query *q)
{
	unsigned position = 1;
	bool drop = q->source >= 0;

	for (size_t i = 0; i < q->n; i++) {
		struct asked *a = &q->at[i];

		a->position = position;
		position += a->second != BREAK ? 4 : 1;
		a->weighs = a->sign != '-' && a->second == BREAK;
		a->times = 1;
		drop |= a->sign != '-' && (!is_stop(a->word) || a->sign);
	}
	for (size_t i = 0; i < q->n; i++) {
		struct asked *a = &q->at[i];

		a->selects = !drop || !is_stop(a->word) || a->sign;
		for (size_t k = 0; k < i && a->weighs && !a->again; k++)
			if (q->at[k].weighs && !q->at[k].again &&
			    q->at[k].word == a->word) {
				q->at[k].times++;
				a->again = true;
			}
	}
}

static void weigh_query(struct query *q)
{
	q->most = 0;
	for (size_t i = 0; i < q->n; i++) {
		struct asked *a = &q->at[i];

		if (a->sign == '-' || a->again)
			continue;
		a->df = documents_with(a->word, &a->cf);
		a->idf = idf_of(a->word);
		if (a->second != BREAK) {
			q->most += a->idf + idf_of(a->second);
			continue;
		}
		a->weight = sqrt(a->times) * (is_stop(a->word) ? 0.3 : 1);
		if (a->df > 0)
			a->weight *= pow((a->cf + 1) / a->df, 0.4);
		q->most += a->weight * a->idf;
	}
}

static bool has_phrase(const struct page *p, const struct asked *a)
{
	for (size_t i = 0; i + 1 < p->nall; i++)
		if (p->all[i] == a->word && p->all[i + 1] == a->second)
			return true;
	return false;
}

static bool has(const struct page *p, const struct asked *a)
{
	return a->second != BREAK ? has_phrase(p, a) : p->tf[a->word] > 0;
}

static bool matches(const struct query *q, const struct page *p)
{
	bool any = false, must = false, selecting = false;

	if (q->source >= 0 && (size_t)q->source != p->source)
		return false;
	for (size_t i = 0; i < q->n; i++) {
		const struct asked *a = &q->at[i];
		const bool found = has(p, a);

		if (!a->selects)
			continue;
		if (a->sign == '-' ? found : (a->sign || q->all) && !found)
			return false;
		must |= a->sign == '+';
		any |= a->sign != '-' && found;
		selecting |= a->sign != '-';
	}
	return any || must || !selecting;
}

static double bm25_of_word(const struct page *p, unsigned word, double weight)
{
	static double average;
	double all, df = documents_with(word, &all);
	double ratio = (DOCS - df + 0.5) / (df + 0.5);

	if (average <= 0)
		for (size_t i = 0; i < DOCS; i++)
			average += pages[i].length / DOCS;
	if (ratio < 2)
		ratio = 1 + ratio / 2;
	return weight * log(ratio) * 2.2 * p->tf[word] /
	       (p->tf[word] + 1.2 * (0.25 + 0.75 * p->length / average));
}

static double bm25_of(const struct query *q, const struct page *p)
{
	double sum = 0;

	for (size_t i = 0; i < q->n; i++) {
		const struct asked *a = &q->at[i];

		if (a->weighs && !a->again)
			sum += bm25_of_word(p, a->word, a->weight);
		else if (a->second != BREAK && has(p, a))
			sum += bm25_of_word(p, a->word, 1) +
			       bm25_of_word(p, a->second, 1);
	}
	return sum;
}

/* The words of the first 64 places; n of them, where each stands. */
struct lead {
	unsigned char word[LEAD];
	unsigned at[LEAD];
	size_t n;
};

static void read_lead(const struct page *p, struct lead *l)
{
	unsigned at = 0;

	l->n = 0;
	for (size_t i = 0; i < p->nall && i < LEAD; i++) {
		if (p->all[i] == BREAK) {
			at += 100;
			continue;
		}
		l->at[l->n] = at++;
		l->word[l->n++] = p->all[i];
	}
}

static double lead_of(const struct asked *a, const struct lead *l)
{
	double n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->word[i] == a->word)
			n += rint(exp(-(double)i / 30) * 1e6) / 1e6;
	return a->weight * a->idf * n * 1.8 / (n + 0.8);
}

static double near_of(const struct asked *a, const struct asked *b,
		      const struct lead *l)
{
	const unsigned gap = b->position - a->position;
	double p = 0;

	for (size_t i = 0; i < l->n; i++)
		for (size_t k = i + 1; k < l->n; k++) {
			const unsigned apart = l->at[k] - l->at[i];

			if (l->word[i] == a->word && l->word[k] == b->word &&
			    apart <= gap)
				p += 1;
			else if (apart <= 8 && ((l->word[i] == a->word &&
						 l->word[k] == b->word) ||
						(l->word[i] == b->word &&
						 l->word[k] == a->word)))
				p += 0.3;
		}
	return fmin(a->weight, b->weight) * sqrt(a->idf * b->idf) * p * 2.2 /
	       (p + 1.2);
}

static double beginning_of(const struct query *q, const struct page *p)
{
	struct lead l;
	double sum = 0;

	read_lead(p, &l);
	for (size_t i = 0; i < q->n; i++) {
		const struct asked *a = &q->at[i];

		if (!a->weighs || a->again)
			continue;
		sum += 0.6 * lead_of(a, &l);
		for (size_t k = i + 1; k < q->n; k++)
			if (q->at[k].weighs && !q->at[k].again &&
			    q->at[k].position - a->position <= 3)
				sum += 0.1 * near_of(a, &q->at[k], &l);
	}
	return sum;
}

struct found {
	const struct page *page;
	double score, bm25;
};

static int newer(const struct page *a, const struct page *b)
{
	return a->date != b->date ? (int)a->date - (int)b->date
				  : strcmp(a->id, b->id);
}

static int by_score(const void *pa, const void *pb)
{
	const struct found *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return newer(a->page, b->page);
}

/* Of all that match; false: whether one is among the best hangs by a hair. */
static bool rank_all(struct query *q, struct found *out, size_t *n)
{
	size_t best;

	read_query(q);
	weigh_query(q);
	*n = 0;
	for (size_t i = 0; i < DOCS; i++)
		if (matches(q, &pages[i])) {
			const double bm25 = bm25_of(q, &pages[i]);

			out[(*n)++] = (struct found){ &pages[i], bm25, bm25 };
		}
	qsort(out, *n, sizeof(*out), by_score);
	best = *n < CANDIDATES ? *n : CANDIDATES;
	for (size_t i = 0; i < best; i++)
		out[i].score += beginning_of(q, out[i].page);
	qsort(out, best, sizeof(*out), by_score);
	if (q->most > 0)
		for (size_t i = 0; i < *n; i++)
			out[i].score /= q->most;
	for (size_t i = 0; i<best && * n> best; i++)
		if (out[i].page->like != out[best].page->like &&
		    fabs(out[i].bm25 - out[best].bm25) < 1e-9)
			return false;
	return true;
}

/* ------------------------------------------------------------ as it should -- */

static struct trawl_request request_of(const struct query *q)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;

	rq.query = q->text;
	rq.match = q->all ? TRAWL_ALL : TRAWL_ANY;
	rq.limit = TRAWL_LIMIT_MAX;
	rq.snippets = 0;
	return rq;
}

static bool differs(double a, double b)
{
	return fabs(a - b) > 1e-9 * (1 + fabs(a));
}

static void check_hit(const struct query *q, const struct found *want, size_t i,
		      const struct trawl_result *res)
{
	const struct trawl_hit *hit = trawl_result_hit(res, i);
	const struct page *p = page_of(hit->id);
	const struct trawl_hit *next = trawl_result_hit(res, i + 1);

	if (differs(hit->score, want->score))
		fail_msg("%s (%s): %zu. %s %.12g, not %s %.12g", q->text,
			 q->all ? "all" : "any", i + 1, hit->id, hit->score,
			 want->page->id, want->score);
	if (next && page_of(next->id)->like == p->like)
		assert_true(newer(p, page_of(next->id)) < 0);
	if (next)
		assert_true(hit->score >= next->score);
}

/* Each hit has the score that its own page should have, too. */
static void check_own(const struct query *q, const struct found *all, size_t n,
		      const struct trawl_hit *hit)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(all[i].page->id, hit->id)) {
			if (differs(all[i].score, hit->score))
				fail_msg("%s: %s has %.12g, not %.12g", q->text,
					 hit->id, hit->score, all[i].score);
			return;
		}
	fail_msg("%s: %s does not match", q->text, hit->id);
}

static void test_as_the_formula_says(void **state)
{
	static struct found all[DOCS];
	size_t n, checked = 0, beyond = 0;

	(void)state;
	seed = 1;
	for (size_t i = 0; i < QUERIES; i++) {
		struct query q;
		struct trawl_request rq;
		struct trawl_result *res;

		make_query(&q);
		print_query(&q);
		if (!rank_all(&q, all, &n))
			continue;
		checked++;
		beyond += n > CANDIDATES;
		rq = request_of(&q);
		res = search(ix, &rq);
		if (trawl_result_head(res)->hits != n)
			fail_msg("%s (%s): %zu hits, not %zu", q.text,
				 q.all ? "all" : "any",
				 trawl_result_head(res)->hits, n);
		for (size_t k = 0; k < n; k++) {
			check_hit(&q, &all[k], k, res);
			check_own(&q, all, n, trawl_result_hit(res, k));
		}
		trawl_result_free(res);
	}
	assert_true(checked > QUERIES * 9 / 10 && beyond > QUERIES / 10);
}

/* ----------------------------------------------------------------- pages -- */

static const char *const pageable[] = {
	"kam lob",
	"kam the",
	"+kam nuf of",
	"kam lob nuf dak source:afp",
	"the of and",
	"the the the of source:afp",
	"kam OR \"lob nuf\"",
	"lob -kam",
	"ka* lob",
	"source:reuters",
};

static char *lines_of(const struct trawl_request *rq, struct trawl_index *in)
{
	struct trawl_result *res = search(in, rq);
	char *s = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&s, &n);

	assert_non_null(f);
	for (size_t i = 0; i < trawl_result_head(res)->hits; i++) {
		const struct trawl_hit *hit = trawl_result_hit(res, i);

		fprintf(f, "%u %s %a\n", (unsigned)hit->rank, hit->id,
			hit->score);
	}
	fclose(f);
	trawl_result_free(res);
	return s;
}

static enum trawl_ranking ranking;

static struct trawl_request page_request(const char *query, unsigned limit,
					 unsigned offset)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;

	rq.query = query;
	rq.limit = limit;
	rq.offset = offset;
	rq.snippets = 0;
	rq.ranking = ranking;
	return rq;
}

static void check_join(const char *query, unsigned limit)
{
	const struct trawl_request whole = page_request(query, DOCS, 0);
	char *want = lines_of(&whole, ix);
	size_t at = 0;

	for (unsigned offset = 0; offset < DOCS; offset += limit) {
		const struct trawl_request rq =
			page_request(query, limit, offset);
		char *got = lines_of(&rq, ix);

		if (strncmp(want + at, got, strlen(got)) != 0)
			fail_msg("%s, %u from %u: %s, not %.200s", query, limit,
				 offset, got, want + at);
		at += strlen(got);
		free(got);
	}
	if (at != strlen(want))
		fail_msg("%s: pages of %u lack %s", query, limit, want + at);
	free(want);
}

static void test_pages_join(void **state)
{
	static const unsigned limits[] = { 7, 10, 33, 99, 100, 101 };

	(void)state;
	for (size_t i = 0; i < COUNT(pageable); i++)
		for (size_t k = 0; k < COUNT(limits); k++)
			check_join(pageable[i], limits[k]);
}

static void test_random_queries_join(void **state)
{
	(void)state;
	seed = 77;
	for (size_t i = 0; i < 60; i++) {
		struct query q;

		make_query(&q);
		print_query(&q);
		check_join(q.text, 7 + chance(40));
	}
}

static void test_the_same_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pageable); i++) {
		const struct trawl_request rq =
			page_request(pageable[i], DOCS, 0);
		struct trawl_index *other = small_reader(&small);
		char *one = lines_of(&rq, ix), *two = lines_of(&rq, ix);
		char *three = lines_of(&rq, other);

		assert_string_equal(one, two);
		assert_string_equal(one, three);
		free(one);
		free(two);
		free(three);
		trawl_index_close(other);
	}
}

/* trawl2 answers, too, and bm25 has another order. */
static void test_rankings(void **state)
{
	struct trawl_request rq = page_request("kam lob", 50, 0);
	char *first = lines_of(&rq, ix), *bm25, *second;

	(void)state;
	rq.ranking = TRAWL_RANKING_BM25;
	bm25 = lines_of(&rq, ix);
	rq.ranking = TRAWL_RANKING_TRAWL2;
	second = lines_of(&rq, ix);
	assert_string_not_equal(first, bm25);
	assert_true(strlen(second) > 0);
	free(first);
	free(bm25);
	free(second);
}

/* ---------------------------------------------------------- many documents -- */

enum {
	MANY = 7000, /* of which words are passed over that bring nothing */
	MANY_ASKED = 150
};

static void put_short(struct small *s, unsigned i)
{
	char id[16], text[120] = "";
	const struct item item = { .id = id, .text = text };

	for (unsigned k = 0; k < 6 + i % 7; k++) {
		strcat(text, words[some_word()]);
		strcat(text, " ");
	}
	snprintf(id, sizeof(id), "%u", i);
	small_put(s, &item);
}

/* The best ten are the same, however many are wanted behind them. */
static void check_best(const char *query, struct trawl_index *in)
{
	struct trawl_request rq = page_request(query, TRAWL_LIMIT_MAX, 0);
	char *whole, *few, *page;

	rq.count_exact = true;
	whole = lines_of(&rq, in);
	rq = page_request(query, 10, 0);
	few = lines_of(&rq, in);
	if (strncmp(whole, few, strlen(few)) != 0)
		fail_msg("%s: %s, not %.200s", query, few, whole);
	rq = page_request(query, 20, 90);
	page = lines_of(&rq, in);
	if (*page && !strstr(whole, page))
		fail_msg("%s: %s is not in %s", query, page, whole);
	free(page);
	free(few);
	free(whole);
}

static void test_words_are_passed_over(void **state)
{
	static struct small large;
	struct trawl_index *in;

	(void)state;
	seed = 9;
	open_plain(&large, TRAWL_BUILD);
	for (unsigned i = 0; i < MANY; i++)
		put_short(&large, i);
	finish(&large);
	in = small_reader(&large);
	for (size_t i = 0; i < MANY_ASKED; i++) {
		struct query q;

		make_query(&q);
		q.source = -1;
		print_query(&q);
		check_best(q.text, in);
	}
	trawl_index_close(in);
	small_close(&large);
}

/* ----------------------------------------------------------- explanations -- */

static void check_shares(const char *query, const struct trawl_hit *hit)
{
	double sum = hit->neighbours;

	assert_true(hit->neighbours >= 0);
	assert_true(ranking == TRAWL_RANKING_TRAWL2 || hit->neighbours == 0);
	for (size_t i = 0; i < hit->nexplain; i++) {
		const struct trawl_share *s = &hit->explain[i];

		sum += s->score;
		assert_true(s->lead >= 0 && s->lead <= s->score + 1e-12);
		assert_int_equal(s->lead > 0, s->first > 0);
		assert_true(s->first <= LEAD);
		if (s->with)
			assert_true(s->count > 0 && !*s->found && !s->first);
		if (i)
			assert_true(s->score <= s[-1].score);
	}
	if (differs(sum, hit->score))
		fail_msg("%s: %u. %s: shares are %.12g of %.12g", query,
			 (unsigned)hit->rank, hit->id, sum, hit->score);
}

static void check_alone(const struct trawl_request *rq,
			const struct trawl_hit *hit)
{
	struct trawl_result *res = NULL;
	struct trawl_error err = { 0 };

	expect(trawl_explain(ix, rq, hit->id, &res, &err), TRAWL_OK, &err);
	assert_int_equal(trawl_result_head(res)->hits, 1);
	if (differs(trawl_result_hit(res, 0)->score, hit->score))
		fail_msg("%s: %u. %s explained has %.12g, not %.12g", rq->query,
			 (unsigned)hit->rank, hit->id,
			 trawl_result_hit(res, 0)->score, hit->score);
	check_shares(rq->query, trawl_result_hit(res, 0));
	trawl_result_free(res);
}

static void test_shares_add_up(void **state)
{
	(void)state;
	seed = 5;
	for (size_t i = 0; i < 40 + COUNT(pageable); i++) {
		struct query q;
		struct trawl_request rq;
		struct trawl_result *res;

		make_query(&q);
		print_query(&q);
		rq = page_request(i < COUNT(pageable) ? pageable[i] : q.text,
				  40, i % 2 ? 80 : 0);
		rq.explain = true;
		res = search(ix, &rq);
		for (size_t k = 0; k < trawl_result_head(res)->hits; k++) {
			check_shares(rq.query, trawl_result_hit(res, k));
			if (k % 8 == 0)
				check_alone(&rq, trawl_result_hit(res, k));
		}
		trawl_result_free(res);
	}
}

/* Behind the candidates no word has a share for standing at the beginning. */
static void test_candidates_alone_have_leads(void **state)
{
	struct trawl_request rq = page_request("kam lob", DOCS, 0);
	struct trawl_result *res;
	bool before = false;

	(void)state;
	rq.explain = true;
	res = search(ix, &rq);
	assert_true(trawl_result_head(res)->hits > CANDIDATES);
	for (size_t i = 0; i < trawl_result_head(res)->hits; i++) {
		const struct trawl_hit *hit = trawl_result_hit(res, i);

		for (size_t k = 0; k < hit->nexplain; k++) {
			const bool more =
				hit->explain[k].first || hit->explain[k].with;

			before |= more;
			assert_true(!more || hit->rank <= CANDIDATES);
		}
	}
	assert_true(before);
	trawl_result_free(res);
}

/* All of that, and documents that resemble good ones gain. */
static void test_with_neighbours(void **state)
{
	struct trawl_request rq;
	struct trawl_result *res;
	double gained = 0;

	ranking = TRAWL_RANKING_TRAWL2;
	test_pages_join(state);
	test_the_same_twice(state);
	test_shares_add_up(state);
	test_candidates_alone_have_leads(state);
	rq = page_request("kam lob", DOCS, 0);
	rq.explain = true;
	res = search(ix, &rq);
	for (size_t i = 0; i < trawl_result_head(res)->hits; i++) {
		const double n = trawl_result_hit(res, i)->neighbours;

		gained += n;
		assert_true(n <= 0 || i < CANDIDATES);
	}
	assert_true(gained > 0);
	trawl_result_free(res);
	ranking = TRAWL_RANKING_TRAWL;
}

/* ------------------------------------------------------------ what is beside -- */

static void test_orders_and_filters(void **state)
{
	static const char *const sorts[] = { "date", "-date", "source" };
	struct trawl_request rq = page_request("kam the lob", DOCS, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(sorts); i++) {
		char *one, *two;

		rq.sort = sorts[i];
		rq.ranking = TRAWL_RANKING_TRAWL;
		one = lines_of(&rq, ix);
		rq.ranking = TRAWL_RANKING_BM25;
		two = lines_of(&rq, ix);
		assert_string_equal(one, two);
		free(one);
		free(two);
	}
}

/* since= takes away, and leaves the rest as it is. */
static void test_since_is_a_filter(void **state)
{
	struct trawl_request rq = page_request("kam the", DOCS, 0);
	struct trawl_result *all = search(ix, &rq), *some;
	size_t n = 0;

	(void)state;
	rq.since = "2024";
	some = search(ix, &rq);
	assert_true(trawl_result_head(some)->hits > 20);
	for (size_t i = 0; i < trawl_result_head(some)->hits; i++)
		assert_true(page_of(trawl_result_hit(some, i)->id)->date < 2);
	for (size_t i = 0; i < trawl_result_head(all)->hits; i++)
		n += page_of(trawl_result_hit(all, i)->id)->date < 2;
	assert_int_equal(n, trawl_result_head(some)->hits);
	assert_int_equal(n, trawl_result_head(some)->total);
	trawl_result_free(all);
	trawl_result_free(some);
}

static void test_facets_and_totals_are_bm25s(void **state)
{
	struct trawl_request rq = page_request("kam lob the", 10, 0);
	struct trawl_result *res[2];

	(void)state;
	rq.facets = "source,lang";
	rq.timeline = TRAWL_TIMELINE_YEAR;
	rq.count_exact = true;
	for (int i = 0; i < 2; i++) {
		rq.ranking = i ? TRAWL_RANKING_BM25 : TRAWL_RANKING_TRAWL;
		res[i] = search(ix, &rq);
	}
	assert_int_equal(trawl_result_head(res[0])->total,
			 trawl_result_head(res[1])->total);
	assert_string_equal(trawl_result_head(res[0])->ignored, "the");
	assert_string_equal(trawl_result_head(res[1])->ignored, "the");
	assert_int_equal(trawl_result_facet(res[0], 0)->nvalues, 2);
	for (size_t k = 0; k < 2; k++)
		assert_int_equal(
			trawl_result_facet(res[0], 0)->values[k].count,
			trawl_result_facet(res[1], 0)->values[k].count);
	assert_int_equal(trawl_result_bucket(res[0], 0)->count,
			 trawl_result_bucket(res[1], 0)->count);
	trawl_result_free(res[0]);
	trawl_result_free(res[1]);
}

/* What matches is what matches by BM25, whatever the query. */
static void test_the_same_documents_match(void **state)
{
	static const char *const queries[] = {
		"kam AND lob",
		"kam NOT lob",
		"(kam OR lob) AND the",
		"kam NEAR/3 lob",
		"title:kam lob",
		"title:\"kam lob\"",
		"=kam lob",
		"lo* nuf",
		"lob~1 of",
		"+kam +date:2024",
		"\"kam the lob\"",
		"-kam",
		"the -kam",
		"and",
		"",
		"qux the",
		"https://kam.example/x lob",
		"#KamLob",
		"kam^3 kam lob^0.5",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct trawl_request rq = page_request(queries[i], DOCS, 0);
		struct trawl_result *one = search(ix, &rq), *two;

		rq.ranking = TRAWL_RANKING_BM25;
		two = search(ix, &rq);
		if (trawl_result_head(one)->hits !=
		    trawl_result_head(two)->hits)
			fail_msg("%s: %zu hits, not %zu", queries[i],
				 trawl_result_head(one)->hits,
				 trawl_result_head(two)->hits);
		trawl_result_free(one);
		trawl_result_free(two);
		check_join(queries[i], 33);
	}
}

/* ------------------------------------------------------------ other indexes -- */

enum {
	PARTS = 3
};

static const char *const asked_of_many[] = {
	"kam lob",   "kam the of", "+nuf dak =kam", "lo* kam",
	"lob~1 the", "qux hek",	   "the of and",    "kam -lob source:afp",
};

static void test_several_indexes_are_one(void **state)
{
	static struct small part[PARTS];
	struct trawl_part named[PARTS];
	static const char *const names[PARTS] = { "a", "b", "c" };
	struct trawl_index *many = NULL;
	struct trawl_error err = { 0 };

	(void)state;
	for (size_t k = 0; k < PARTS; k++) {
		open_plain(&part[k], TRAWL_BUILD);
		for (size_t i = 0; i < DOCS; i++)
			if (i * i % 7 % PARTS == k)
				put_page(&part[k], &pages[i]);
		finish(&part[k]);
		named[k] = (struct trawl_part){ names[k], part[k].path };
	}
	expect(trawl_index_open_many(named, PARTS, &many, &err), TRAWL_OK,
	       &err);
	for (size_t i = 0; i < COUNT(asked_of_many); i++) {
		const struct trawl_request rq =
			page_request(asked_of_many[i], DOCS, 0);
		struct trawl_result *one = search(ix, &rq);
		struct trawl_result *all = search(many, &rq);

		assert_int_equal(trawl_result_head(one)->hits,
				 trawl_result_head(all)->hits);
		for (size_t k = 0; k < trawl_result_head(one)->hits; k++) {
			const struct trawl_hit *x = trawl_result_hit(one, k);
			const struct trawl_hit *y = trawl_result_hit(all, k);

			if (strcmp(x->id, y->id) != 0 ||
			    differs(x->score, y->score))
				fail_msg("%s: %zu. %s %.12g, not %s %.12g",
					 rq.query, k + 1, y->id, y->score,
					 x->id, x->score);
		}
		trawl_result_free(one);
		trawl_result_free(all);
	}
	trawl_index_close(many);
	for (size_t k = 0; k < PARTS; k++)
		small_close(&part[k]);
}

static void same_answers(const struct small *other)
{
	struct trawl_index *in = small_reader(other);

	for (size_t i = 0; i < COUNT(pageable); i++) {
		const struct trawl_request rq =
			page_request(pageable[i], DOCS, 0);
		char *want = lines_of(&rq, ix), *got = lines_of(&rq, in);

		assert_string_equal(got, want);
		free(want);
		free(got);
	}
	trawl_index_close(in);
}

/* By adding, a document at a time and replaced; then compacted. */
static void test_however_it_was_made(void **state)
{
	static struct small other;
	struct page before = pages[3];
	struct trawl_error err = { 0 };

	(void)state;
	memcpy(before.text, pages[40].text, sizeof(before.text));
	before.ntext = pages[40].ntext;
	open_plain(&other, TRAWL_UPDATE);
	put_page(&other, &before);
	for (size_t i = 0; i < DOCS; i++)
		if (i != 3)
			put_page(&other, &pages[i]);
	small_commit(&other);
	small_writer_close(&other);
	open_plain(&other, TRAWL_UPDATE);
	put_page(&other, &pages[3]);
	small_commit(&other);
	small_writer_close(&other);
	same_answers(&other);
	expect(trawl_compact(other.path, true, NULL, NULL, &err), TRAWL_OK,
	       &err);
	same_answers(&other);
	small_close(&other);
}

/* ----------------------------------------------------------------- groups -- */

/* Of copies the best one is shown, where it stands without groups. */
static void check_groups(struct trawl_index *in, const char *query)
{
	struct trawl_request rq = page_request(query, DOCS, 0);
	struct trawl_result *all = search(in, &rq), *some;
	size_t at = 0;

	rq.group = TRAWL_GROUP_COPY;
	some = search(in, &rq);
	assert_true(trawl_result_head(some)->hits <
		    trawl_result_head(all)->hits);
	for (size_t i = 0; i < trawl_result_head(some)->hits; i++) {
		const struct trawl_hit *hit = trawl_result_hit(some, i);

		while (at < trawl_result_head(all)->hits &&
		       strcmp(trawl_result_hit(all, at)->id, hit->id) != 0)
			at++;
		if (at == trawl_result_head(all)->hits)
			fail_msg("%s: %zu. %s is out of order", query, i + 1,
				 hit->id);
		assert_true(trawl_result_hit(all, at)->score == hit->score);
		assert_true(i || !at);
	}
	trawl_result_free(all);
	trawl_result_free(some);
}

/* With as many words of their own as a copy is known by. */
static void put_copy(struct small *s, const struct page *p)
{
	char text[8 * TEXT_MAX + 80 * 12];
	const struct item item = { .id = p->id, .date = "2024", .text = text };
	size_t n;

	spell(p->text, p->ntext, text);
	n = strlen(text);
	for (unsigned i = 0; i < 80; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, " x%uy%u",
				      (unsigned)p->like, i);
	small_put(s, &item);
}

static void test_groups_keep_the_order(void **state)
{
	static struct small copies;
	struct trawl_index *in;

	(void)state;
	open_with(&copies, TRAWL_BUILD, "copies,stories");
	for (size_t i = 0; i < DOCS; i++)
		put_copy(&copies, &pages[i]);
	finish(&copies);
	in = small_reader(&copies);
	check_groups(in, "kam lob");
	check_groups(in, "the kam of nuf");
	check_groups(in, "\"kam lob\" dak");
	check_groups(in, "lo* the");
	trawl_index_close(in);
	small_close(&copies);
}

/* ------------------------------------------------------------- by beginnings -- */

enum {
	LATE = 70
};

static struct small news;

static void put_news(const char *id, const char *title, const char *date,
		     const char *before, unsigned n, const char *behind)
{
	char text[2000];
	size_t at = (size_t)snprintf(text, sizeof(text), "%s", before);
	const struct item item = {
		.id = id, .title = title, .date = date, .text = text
	};

	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, " pad%c%c",
				       'a' + (int)i / 26, 'a' + (int)i % 26);
	snprintf(text + at, sizeof(text) - at, " %s", behind);
	small_put(&news, &item);
}

static void check_first(const char *query, const char *want)
{
	struct trawl_index *in = small_reader(&news);
	struct trawl_request rq = page_request(query, 10, 0);
	struct trawl_result *res = search(in, &rq);

	if (strcmp(ids(res), want) != 0)
		fail_msg("%s: %s, not %s", query, ids(res), want);
	trawl_result_free(res);
	trawl_index_close(in);
}

static void test_what_stands_first_comes_first(void **state)
{
	(void)state;
	open_plain(&news, TRAWL_UPDATE);
	/* All are as long, and have the words as often. */
	put_news("late", NULL, "2024", "xena", LATE, "volcano erupts");
	put_news("soon", NULL, "2023", "xena volcano erupts", LATE, "");
	put_news("apart", NULL, "2024",
		 "volcano xena padaa padab padac padad "
		 "padae padaf padag erupts",
		 LATE - 7, "");
	small_commit(&news);
	small_writer_close(&news);
	check_first("volcano erupts", "soon apart late");
	check_first("erupting volcanoes", "soon apart late");
	check_first("xena", "late soon apart");
	check_first("volcano*", "apart soon late");
	check_first("volcamo~1", "apart soon late");
	check_first("volcano AND erupts", "soon apart late");
	check_first("=volcano", "apart soon late");
	check_first("the volcano", "apart soon late");
	/* As before: newest, then by id. */
	check_first("\"volcano erupts\"", "late soon");
}

static void test_what_is_replaced_begins_anew(void **state)
{
	(void)state;
	open_plain(&news, TRAWL_UPDATE);
	put_news("late", NULL, "2024", "volcano erupts xena", LATE, "");
	put_news("soon", NULL, "2023", "xena", LATE, "volcano erupts");
	small_commit(&news);
	small_writer_close(&news);
	check_first("volcano erupts", "late apart soon");
	small_close(&news);
}

/* Of two that weigh as much, the newer; of one date, by id. */
static void test_equal_scores(void **state)
{
	(void)state;
	memset(&news, 0, sizeof(news));
	open_plain(&news, TRAWL_UPDATE);
	put_news("b", "Volcano", NULL, "xena", 3, "");
	put_news("c", "Volcano", "2023", "xena", 3, "");
	put_news("d", "Volcano", "2024", "xena", 3, "");
	put_news("a", "Volcano", "2023", "xena", 3, "");
	small_commit(&news);
	small_writer_close(&news);
	check_first("volcano", "d a c b");
	check_first("xena volcanoes", "d a c b");
	small_close(&news);
}

/* ------------------------------------------------------------------ bounds -- */

static void test_many_words(void **state)
{
	char query[64 * 12 + 64] = "";
	struct trawl_request rq = page_request(query, 50, 0);
	struct trawl_result *res;

	(void)state;
	for (size_t i = 0; i < 52; i++) {
		strcat(query, words[i % (WORDS - STOPS)]);
		strcat(query, " ");
	}
	for (size_t i = 0; i < 4; i++)
		strcat(query, "the of and ");
	rq.explain = true;
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->hits, 50);
	assert_string_equal(trawl_result_head(res)->ignored, "the,of,and");
	for (size_t i = 0; i < 50; i++)
		check_shares("64 words", trawl_result_hit(res, i));
	trawl_result_free(res);
}

static void test_out_of_time(void **state)
{
	struct trawl_request rq = page_request("kam lob the", 10, 0);
	struct trawl_result *res;

	(void)state;
	rq.timeout_ms = 1;
	for (int i = 0; i < 50; i++) {
		const struct trawl_hit *hit;

		res = search(ix, &rq);
		for (size_t k = 0; (hit = trawl_result_hit(res, k)); k++)
			assert_true(!k || hit->score <= hit[-1].score);
		trawl_result_free(res);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_the_formula_says),
		cmocka_unit_test(test_pages_join),
		cmocka_unit_test(test_random_queries_join),
		cmocka_unit_test(test_the_same_twice),
		cmocka_unit_test(test_rankings),
		cmocka_unit_test(test_words_are_passed_over),
		cmocka_unit_test(test_shares_add_up),
		cmocka_unit_test(test_candidates_alone_have_leads),
		cmocka_unit_test(test_with_neighbours),
		cmocka_unit_test(test_orders_and_filters),
		cmocka_unit_test(test_since_is_a_filter),
		cmocka_unit_test(test_facets_and_totals_are_bm25s),
		cmocka_unit_test(test_the_same_documents_match),
		cmocka_unit_test(test_several_indexes_are_one),
		cmocka_unit_test(test_however_it_was_made),
		cmocka_unit_test(test_groups_keep_the_order),
		cmocka_unit_test(test_what_stands_first_comes_first),
		cmocka_unit_test(test_what_is_replaced_begins_anew),
		cmocka_unit_test(test_equal_scores),
		cmocka_unit_test(test_many_words),
		cmocka_unit_test(test_out_of_time),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
