/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawl-eval - ranking quality of an index on a test collection
 *
 * Queries are "id TAB text", read as plain words; each is searched to a depth
 * of 1000.  A query without a relevant document in QRELS is left out, one
 * that finds nothing counts as nought.
 */
#include "buf.h"
#include "qrels.h"
#include "trawl.h"

#include <errno.h>
#include <getopt.h>

enum {
	EXIT_USAGE = 2,
	EXIT_COULD_NOT = 3,
	LINE_MAX_BYTES = 65536
};

struct evaluation {
	struct trawl_index *ix;
	struct qrels *qrels;
	struct trawl_request rq;
	bool per_query;
	size_t queries, cut;
	struct measures sum;
};

static int could_not(const char *text)
{
	fprintf(stderr, "trawl-eval: %s\n", text);
	return EXIT_COULD_NOT;
}

static int usage(const char *text)
{
	fprintf(stderr, "trawl-eval: %s\nTry: trawl-eval --help\n", text);
	return EXIT_USAGE;
}

static void print_measures(const char *prefix, const struct measures *m)
{
	printf("%snDCG@10\t%.4f\n", prefix, m->ndcg10);
	printf("%sMAP\t%.4f\n", prefix, m->map);
	printf("%sP@10\t%.4f\n", prefix, m->p10);
	printf("%sMRR\t%.4f\n", prefix, m->mrr);
}

static void add_measures(struct evaluation *e, const char *qid,
			 const struct measures *m)
{
	e->queries++;
	e->sum.ndcg10 += m->ndcg10;
	e->sum.map += m->map;
	e->sum.p10 += m->p10;
	e->sum.mrr += m->mrr;
	if (e->per_query) {
		struct buf prefix = BUF_INIT(LINE_MAX_BYTES);

		buf_addf(&prefix, "%s\t", qid);
		print_measures(prefix.data, m);
		buf_release(&prefix);
	}
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

static int run_query(struct evaluation *e, const char *qid, char *text)
{
	const char *ids[TRAWL_LIMIT_MAX];
	struct trawl_result *res;
	struct trawl_error err;
	struct measures m;
	size_t n;

	if (!qrels_relevant(e->qrels, qid))
		return 0;
	e->cut += cut_to_limits(text);
	e->rq.query = text;

	enum trawl_status st = trawl_search(e->ix, &e->rq, &res, &err);

	if (st) {
		fprintf(stderr, "trawl-eval: query %s: %s\n", qid, err.text);
		return EXIT_COULD_NOT;
	}
	n = trawl_result_head(res)->hits;
	for (size_t i = 0; i < n; i++)
		ids[i] = trawl_result_hit(res, i)->id;
	measure(e->qrels, qid, ids, n, &m);
	trawl_result_free(res);
	add_measures(e, qid, &m);
	return 0;
}

static int run_line(struct evaluation *e, const char *path, size_t number,
		    char *line)
{
	char *tab = strchr(line, '\t');

	line[strcspn(line, "\r\n")] = '\0';
	if (!*line)
		return 0;
	if (!tab) {
		fprintf(stderr, "trawl-eval: %s:%zu: want \"id TAB text\"\n",
			path, number);
		return EXIT_COULD_NOT;
	}
	*tab = '\0';
	return run_query(e, line, tab + 1);
}

static int run_queries(struct evaluation *e, const char *path)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t alloc = 0, number = 0;
	int code = 0;

	if (!f) {
		fprintf(stderr, "trawl-eval: %s: %s\n", path, strerror(errno));
		return EXIT_COULD_NOT;
	}
	while (!code && getline(&line, &alloc, f) >= 0)
		code = run_line(e, path, ++number, line);
	free(line);
	fclose(f);
	if (!code && !e->queries)
		code = could_not("no query has a relevant document");
	return code;
}

static void print_means(const struct evaluation *e)
{
	double n = (double)e->queries;

	print_measures(e->per_query ? "all\t" : "",
		       &(struct measures){ e->sum.ndcg10 / n, e->sum.map / n,
					   e->sum.p10 / n, e->sum.mrr / n });
}

static int evaluate(struct evaluation *e, char **file)
{
	struct trawl_error err;
	char error[256];
	int code;

	e->qrels = qrels_read(file[2], error);
	if (!e->qrels)
		return could_not(error);
	if (trawl_index_open(file[0], &e->ix, &err)) {
		qrels_free(e->qrels);
		return could_not(err.text);
	}
	code = run_queries(e, file[1]);
	if (e->cut)
		fprintf(stderr, "trawl-eval: %zu queries cut to %d words\n",
			e->cut, TRAWL_WORDS_MAX);
	if (!code)
		print_means(e);
	trawl_index_close(e->ix);
	qrels_free(e->qrels);
	return code;
}

static const char help[] =
	"usage: trawl-eval [--per-query] INDEX QUERIES QRELS [NAME=VALUE...]\n"
	"       trawl-eval --help | --version\n"
	"\n"
	"QUERIES has a line \"id TAB text\" a query, QRELS TREC's \"qid 0 "
	"docid\n"
	"gain\".  Prints nDCG@10, MAP, P@10 and MRR, their means over the "
	"queries\n"
	"that have a relevant document.  NAME=VALUE is an option of a search:\n"
	"match=all, since=1990, ...\n";

static int parse(struct evaluation *e, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "per-query", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	struct trawl_error err;
	int c;

	while ((c = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (c == 'h') {
			fputs(help, stdout);
			exit(0);
		}
		if (c == 'v') {
			printf("trawl-eval %s\n", trawl_version());
			exit(0);
		}
		if (c != 'q')
			return EXIT_USAGE;
		e->per_query = true;
	}
	if (argc - optind < 3)
		return usage("want INDEX, QUERIES and QRELS");
	for (int i = optind + 3; i < argc; i++) {
		size_t len = strcspn(argv[i], "=");

		if (!argv[i][len])
			return usage("want NAME=VALUE after the files");
		argv[i][len] = '\0';
		if (trawl_request_set(&e->rq, argv[i], argv[i] + len + 1, &err))
			return usage(err.text);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct evaluation e = { .rq = TRAWL_REQUEST_INIT };
	int code;

	e.rq.limit = TRAWL_LIMIT_MAX;
	e.rq.snippets = 0;
	e.rq.plain = true;
	code = parse(&e, argc, argv);
	return code ? code : evaluate(&e, argv + optind);
}
