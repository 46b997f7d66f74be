/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawl-eval - ranking quality of an index on a test collection
 *
 * Queries are "id TAB text", read as plain words; each is searched to a depth
 * of 1000.
 */
#include "buf.h"
#include "comparison.h"
#include "die.h"
#include "evaluation.h"
#include "trawl.h"

#include <getopt.h>

enum {
	EXIT_USAGE = 2
};

/* One of what is compared, or all there is. */
struct ranking {
	const char *path;
	struct trawl_request rq;
};

struct arguments {
	bool per_query, compare;
	char *side[2];
	struct ranking ranking[2];
	const char *queries, *qrels;
};

static _Noreturn void usage(const char *text)
{
	fprintf(stderr, "trawl-eval: %s\nTry: trawl-eval --help\n", text);
	exit(EXIT_USAGE);
}

static void print_measures(const char *id, const struct measures *m)
{
	for (int i = 0; i < MEASURES; i++)
		printf("%s%s%s\t%.4f\n", id, *id ? "\t" : "", measure_name(i),
		       measure_value(m, i));
}

static void print_means(const struct evaluation *e, bool per_query)
{
	struct measures sum = { 0 };
	double n = (double)e->n;

	for (size_t i = 0; i < e->n; i++) {
		const struct measures *m = &e->query[i].of[0];

		if (per_query)
			print_measures(e->query[i].id, m);
		sum.ndcg10 += m->ndcg10 / n;
		sum.map += m->map / n;
		sum.p10 += m->p10 / n;
		sum.mrr += m->mrr / n;
	}
	print_measures(per_query ? "all" : "", &sum);
}

static void evaluate(struct arguments *a)
{
	struct evaluation e;

	evaluation_read(&e, a->queries, a->qrels);
	for (int side = 0; side <= (int)a->compare; side++)
		evaluation_rank(&e, a->ranking[side].path, &a->ranking[side].rq,
				side);
	if (e.cut)
		fprintf(stderr, "trawl-eval: %zu queries cut to %d words\n",
			e.cut, TRAWL_WORDS_MAX);
	if (a->compare)
		comparison_print(stdout, &e, a->per_query);
	else
		print_means(&e, a->per_query);
	evaluation_release(&e);
}

static const char help[] =
	"usage: trawl-eval [--per-query] INDEX QUERIES QRELS [NAME=VALUE...]\n"
	"       trawl-eval [--per-query] --compare A B [INDEX] QUERIES QRELS\n"
	"                  [NAME=VALUE...]\n"
	"       trawl-eval --help | --version\n"
	"\n"
	"QUERIES has a line \"id TAB text\" a query, QRELS TREC's \"qid 0 "
	"docid\n"
	"gain\".  Prints nDCG@10, MAP, P@10 and MRR, their means over the "
	"queries\n"
	"that have a relevant document.  NAME=VALUE is an option of a search:\n"
	"match=all, since=1990, ...\n"
	"\n"
	"--compare: both means, their difference, the p of a paired "
	"randomisation\n"
	"test, queries won, lost and tied; then those that won or lost most.  "
	"A and\n"
	"B are options (ranking=bm25 or match=all,variants=off), or an index.  "
	"INDEX\n"
	"is left out when both are.  --per-query: every query is listed.\n"
	"\n"
	"In place of an index, a file of TREC's form \"qid Q0 docid rank score "
	"tag\"\n"
	"is the ranking of another program.\n";

static void set_option(struct trawl_request *rq, char *option)
{
	size_t len = strcspn(option, "=");
	struct trawl_error err;

	if (!option[len])
		usage("want NAME=VALUE after the files");
	option[len] = '\0';
	if (trawl_request_set(rq, option, option + len + 1, &err))
		usage(err.text);
}

/* A path has no "=", or begins as one. */
static bool is_path(const char *side)
{
	return *side == '/' || *side == '.' || (*side && !strchr(side, '='));
}

static void set_side(struct ranking *r, char *side)
{
	char *end;

	if (is_path(side)) {
		r->path = side;
		return;
	}
	for (; *side; side = end) {
		end = side + strcspn(side, ", ");
		if (*end)
			*end++ = '\0';
		if (*side)
			set_option(&r->rq, side);
	}
}

/* NAME=VALUE holds for both; what a side says of itself comes after. */
static void parse_operands(struct arguments *a, int n, char **word)
{
	bool index =
		!a->compare || !is_path(a->side[0]) || !is_path(a->side[1]);
	int files = index ? 3 : 2;

	if (n < files)
		usage(index ? "want INDEX, QUERIES and QRELS"
			    : "want QUERIES and QRELS after two indexes");
	if (index)
		a->ranking[0].path = word[0];
	a->queries = word[files - 2];
	a->qrels = word[files - 1];
	for (int i = files; i < n; i++)
		set_option(&a->ranking[0].rq, word[i]);
	a->ranking[1] = a->ranking[0];
	for (int side = 0; side < 2 && a->compare; side++)
		set_side(&a->ranking[side], a->side[side]);
}

static void parse(struct arguments *a, int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "compare", no_argument, NULL, 'c' },
		{ "per-query", no_argument, NULL, 'q' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
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
		if (c == '?')
			exit(EXIT_USAGE);
		a->compare |= c == 'c';
		a->per_query |= c == 'q';
	}
	argv += optind;
	argc -= optind;
	if (a->compare) {
		if (argc < 2)
			usage("want A and B after --compare");
		a->side[0] = *argv++;
		a->side[1] = *argv++;
		argc -= 2;
	}
	parse_operands(a, argc, argv);
}

int main(int argc, char **argv)
{
	struct arguments a = { .ranking[0].rq = TRAWL_REQUEST_INIT };
	struct trawl_request *rq = &a.ranking[0].rq;

	rq->limit = TRAWL_LIMIT_MAX;
	rq->snippets = 0;
	rq->plain = true;
	parse(&a, argc, argv);
	evaluate(&a);
	return 0;
}
