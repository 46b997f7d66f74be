/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comparison.h"

#include "buf.h"
#include "die.h"
#include "evaluation.h"
#include "printable.h"
#include "randomisation.h"

#include <math.h>
#include <stdint.h>

enum {
	NDCG10 = 0, /* the measure of the lists */
	LISTED = 10
};

/* Less is the same figure, rounded otherwise. */
static const double TIE = 1e-9;

struct change {
	const struct evaluated *query;
	double by;
};

static double change_of(const struct evaluated *q, int measure)
{
	return measure_value(&q->of[1], measure) -
	       measure_value(&q->of[0], measure);
}

static void print_measure(FILE *out, const struct evaluation *e, int measure,
			  double *change)
{
	size_t wins = 0, losses = 0;
	double sum[2] = { 0 };

	for (size_t i = 0; i < e->n; i++) {
		const struct evaluated *q = &e->query[i];

		for (int side = 0; side < 2; side++)
			sum[side] += measure_value(&q->of[side], measure);
		change[i] = change_of(q, measure);
		wins += change[i] > TIE;
		losses += change[i] < -TIE;
	}
	fprintf(out, "%s\t%.4f\t%.4f\t%+.4f\t%.5f\t%zu\t%zu\t%zu\n",
		measure_name(measure), sum[0] / (double)e->n,
		sum[1] / (double)e->n, (sum[1] - sum[0]) / (double)e->n,
		randomisation_test(change, e->n), wins, losses,
		e->n - wins - losses);
}

static int most_won_first(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->by != y->by)
		return x->by < y->by ? 1 : -1;
	return (x->query > y->query) - (x->query < y->query);
}

static void print_change(FILE *out, const struct change *c)
{
	struct buf text = BUF_INIT(SIZE_MAX);

	add_printable(&text, c->query->text, strlen(c->query->text));
	fprintf(out, "%s\t%s\t%.4f\t%.4f\t%+.4f\t%s\n",
		c->by > TIE    ? "won"
		: c->by < -TIE ? "lost"
			       : "tied",
		c->query->id, measure_value(&c->query->of[0], NDCG10),
		measure_value(&c->query->of[1], NDCG10), c->by, text.data);
	buf_release(&text);
}

static void print_changes(FILE *out, const struct change *c, size_t n,
			  bool every)
{
	for (size_t i = 0; i < n; i++)
		if (every || (i < LISTED && c[i].by > TIE) ||
		    (i + LISTED >= n && c[i].by < -TIE))
			print_change(out, &c[i]);
}

void comparison_print(FILE *out, const struct evaluation *e, bool every)
{
	struct change *change = xcalloc(e->n, sizeof(*change));
	double *by = xcalloc(e->n, sizeof(*by));

	fputs("measure\tA\tB\tB-A\tp\twon\tlost\ttied\n", out);
	for (int i = 0; i < MEASURES; i++)
		print_measure(out, e, i, by);
	for (size_t i = 0; i < e->n; i++)
		change[i] = (struct change){ &e->query[i],
					     change_of(&e->query[i], NDCG10) };
	qsort(change, e->n, sizeof(*change), most_won_first);
	fprintf(out, "\n%s\tquery\tA\tB\tB-A\ttext\n", measure_name(NDCG10));
	print_changes(out, change, e->n, every);
	free(change);
	free(by);
}
