/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qrels.h"

#include "arena.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>

struct judgement {
	const char *qid, *docid;
	int gain;
};

struct qrels {
	struct judgement *rows; /* sorted by qid, then docid */
	size_t n, alloc;
	struct arena arena;
};

static int by_query_and_document(const void *a, const void *b)
{
	const struct judgement *x = a, *y = b;
	int order = strcmp(x->qid, y->qid);

	return order ? order : strcmp(x->docid, y->docid);
}

char *cut_word(char **line)
{
	char *word = *line + strspn(*line, " \t\r\n");
	char *end = word + strcspn(word, " \t\r\n");

	if (!*word)
		return NULL;
	*line = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

static bool add_row(struct qrels *q, const char *qid, const char *docid,
		    int gain)
{
	if (q->n == q->alloc) {
		size_t want = q->alloc ? 2 * q->alloc : 1024;
		void *rows = realloc(q->rows, want * sizeof(*q->rows));

		if (!rows)
			return false;
		q->rows = rows;
		q->alloc = want;
	}

	struct judgement *row = &q->rows[q->n++];

	row->qid = arena_strdup(&q->arena, qid);
	row->docid = arena_strdup(&q->arena, docid);
	row->gain = gain;
	return row->qid && row->docid;
}

static bool read_line(struct qrels *q, char *line)
{
	char *qid = cut_word(&line), *end;

	if (!qid)
		return true;

	bool iteration = cut_word(&line);
	char *docid = cut_word(&line), *gain = cut_word(&line);

	if (!iteration || !docid || !gain || q->n == QRELS_LINES_MAX)
		return false;

	long n = strtol(gain, &end, 10);

	if (*end || n < -QRELS_GAIN_MAX || n > QRELS_GAIN_MAX)
		return false;
	return add_row(q, qid, docid, (int)n);
}

struct qrels *qrels_read(const char *path, char error[256])
{
	struct qrels *q = calloc(1, sizeof(*q));
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t alloc = 0, number = 0;
	bool ok = q && f;

	snprintf(error, 256, "%s: %s", path, strerror(errno));
	if (q)
		arena_init(&q->arena, SIZE_MAX);
	while (ok && getline(&line, &alloc, f) >= 0) {
		number++;
		ok = read_line(q, line);
		if (!ok)
			snprintf(error, 256,
				 "%s:%zu: want \"qid 0 docid gain\"", path,
				 number);
	}
	free(line);
	if (f)
		fclose(f);
	if (!ok) {
		qrels_free(q);
		return NULL;
	}
	if (q->n)
		qsort(q->rows, q->n, sizeof(*q->rows), by_query_and_document);
	return q;
}

void qrels_free(struct qrels *q)
{
	if (!q)
		return;
	arena_release(&q->arena);
	free(q->rows);
	free(q);
}

int qrels_gain(const struct qrels *q, const char *qid, const char *docid)
{
	const struct judgement key = { qid, docid, 0 };
	const struct judgement *row =
		q->n ? bsearch(&key, q->rows, q->n, sizeof(key),
			       by_query_and_document)
		     : NULL;

	return row && row->gain > 0 ? row->gain : 0;
}

/* The rows of one query. */
static size_t query_rows(const struct qrels *q, const char *qid, size_t *first)
{
	size_t low = 0, high = q->n, end;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(q->rows[mid].qid, qid) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < q->n && strcmp(q->rows[end].qid, qid) == 0;)
		end++;
	*first = low;
	return end - low;
}

size_t qrels_relevant(const struct qrels *q, const char *qid)
{
	size_t first, n = query_rows(q, qid, &first), relevant = 0;

	for (size_t i = first; i < first + n; i++)
		relevant += q->rows[i].gain > 0;
	return relevant;
}

/* The ideal DCG of the ten largest gains. */
static double ideal_dcg10(const struct qrels *q, const char *qid)
{
	size_t first, n = query_rows(q, qid, &first);
	int best[10] = { 0 };
	double sum = 0;

	for (size_t i = first; i < first + n; i++) {
		int gain = q->rows[i].gain;

		for (size_t k = 0; k < 10 && gain > 0; k++)
			if (gain > best[k]) {
				int smaller = best[k];

				best[k] = gain;
				gain = smaller;
			}
	}
	for (size_t k = 0; k < 10; k++)
		sum += best[k] / log2((double)k + 2);
	return sum;
}

void measure(const struct qrels *q, const char *qid, const char *const *ids,
	     size_t n, struct measures *out)
{
	size_t relevant = qrels_relevant(q, qid), found = 0;
	double ideal = ideal_dcg10(q, qid), dcg = 0;

	*out = (struct measures){ 0 };
	for (size_t i = 0; i < n; i++) {
		int gain = qrels_gain(q, qid, ids[i]);

		if (!gain)
			continue;
		found++;
		out->map += (double)found / (double)(i + 1);
		if (found == 1)
			out->mrr = 1 / (double)(i + 1);
		if (i < 10) {
			dcg += gain / log2((double)i + 2);
			out->p10 += 0.1;
		}
	}
	out->ndcg10 = ideal > 0 ? dcg / ideal : 0;
	out->map = relevant ? out->map / (double)relevant : 0;
}
