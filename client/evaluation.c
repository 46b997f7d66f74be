/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evaluation.h"

#include "die.h"
#include "run_file.h"
#include "trawl.h"

#include <errno.h>
#include <sys/stat.h>

const char *measure_name(int i)
{
	static const char *const names[MEASURES] = { "nDCG@10", "MAP", "P@10",
						     "MRR" };

	return names[i];
}

double measure_value(const struct measures *m, int i)
{
	const double values[MEASURES] = { m->ndcg10, m->map, m->p10, m->mrr };

	return values[i];
}

/* Cut a query to what a search takes; true when that cost it words. */
static bool cut_to_limits(char *text)
{
	size_t words = 0, at = 0, end = 0;

	while (text[at]) {
		at += strspn(text + at, " \t");
		if (!text[at])
			break;
		at += strcspn(text + at, " \t");
		if (++words > TRAWL_WORDS_MAX || at > TRAWL_QUERY_MAX) {
			text[end] = '\0';
			return true;
		}
		end = at;
	}
	return false;
}

static void add_query(struct evaluation *e, const char *id, char *text)
{
	struct evaluated *q;

	if (e->n == e->alloc) {
		e->alloc = e->alloc ? 2 * e->alloc : 256;
		e->query = xrealloc(e->query, e->alloc * sizeof(*e->query));
	}
	e->cut += cut_to_limits(text);
	q = &e->query[e->n++];
	memset(q, 0, sizeof(*q));
	q->id = xstrdup(id);
	q->text = xstrdup(text);
}

static void read_line(struct evaluation *e, const char *path, size_t number,
		      char *line)
{
	char *tab = strchr(line, '\t');

	line[strcspn(line, "\r\n")] = '\0';
	if (!*line)
		return;
	if (!tab)
		die("%s:%zu: want \"id TAB text\"", path, number);
	*tab = '\0';
	if (qrels_relevant(e->qrels, line))
		add_query(e, line, tab + 1);
}

void evaluation_read(struct evaluation *e, const char *queries,
		     const char *qrels)
{
	FILE *f = fopen(queries, "re");
	char error[256], *line = NULL;
	size_t alloc = 0, number = 0;

	*e = (struct evaluation){ .qrels = qrels_read(qrels, error) };
	if (!e->qrels)
		die("%s", error);
	if (!f)
		die("%s: %s", queries, strerror(errno));
	while (getline(&line, &alloc, f) >= 0)
		read_line(e, queries, ++number, line);
	free(line);
	fclose(f);
	if (!e->n)
		die("no query has a relevant document");
}

void evaluation_release(struct evaluation *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->query[i].id);
		free(e->query[i].text);
	}
	free(e->query);
	qrels_free(e->qrels);
}

static void search(struct evaluation *e, struct trawl_index *ix,
		   struct trawl_request *rq, struct evaluated *q, int side)
{
	const char *ids[TRAWL_LIMIT_MAX];
	struct trawl_result *res;
	struct trawl_error err;
	size_t n;

	rq->query = q->text;
	if (trawl_search(ix, rq, &res, &err))
		die("query %s: %s", q->id, err.text);
	n = trawl_result_head(res)->hits;
	for (size_t i = 0; i < n; i++)
		ids[i] = trawl_result_hit(res, i)->id;
	measure(e->qrels, q->id, ids, n, &q->of[side]);
	trawl_result_free(res);
}

static void rank_index(struct evaluation *e, const char *path,
		       struct trawl_request *rq, int side)
{
	struct trawl_index *ix;
	struct trawl_error err;

	if (trawl_index_open(path, &ix, &err))
		die("%s", err.text);
	for (size_t i = 0; i < e->n; i++)
		search(e, ix, rq, &e->query[i], side);
	trawl_index_close(ix);
}

static void rank_run(struct evaluation *e, const char *path, size_t depth,
		     int side)
{
	const char *ids[TRAWL_LIMIT_MAX];
	char error[256];
	struct run_file *run = run_file_read(path, error);

	if (!run)
		die("%s", error);
	for (size_t i = 0; i < e->n; i++) {
		struct evaluated *q = &e->query[i];
		size_t n = run_file_ids(run, q->id, ids, depth);

		measure(e->qrels, q->id, ids, n, &q->of[side]);
	}
	run_file_free(run);
}

void evaluation_rank(struct evaluation *e, const char *path,
		     struct trawl_request *rq, int side)
{
	struct stat st;

	if (!stat(path, &st) && S_ISREG(st.st_mode))
		rank_run(e, path, rq->limit, side);
	else
		rank_index(e, path, rq, side);
}
