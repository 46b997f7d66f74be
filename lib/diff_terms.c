/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_terms.c - all terms of two databases, and all postings of each
 */
#include "diff.h"

#include "status.h"

#include <pthread.h>
#include <string.h>

static bool take_entry(void *ctx, const struct xap_entry *e)
{
	const struct diff_item item = {
		.number = e->docid,
		.count = e->wdf,
		.length = e->length,
		.bytes = { (const char *)e->positions,
			   e->npositions * sizeof(*e->positions) },
	};

	return diff_list_add(ctx, &item);
}

static enum trawl_status fill_entries(struct xap_db *db,
				      const struct diff_walk *w,
				      struct diff_list *l,
				      struct trawl_error *err)
{
	return xap_db_entries(db, w->place.key.data, w->place.key.len,
			      l->from_number, take_entry, l, err);
}

static void diff_positions(struct diff *d, const struct diff_place *place,
			   const struct xap_bytes *a, const struct xap_bytes *b)
{
	size_t na = a->len / sizeof(uint32_t), nb = b->len / sizeof(uint32_t);
	size_t n = na < nb ? na : nb, i = 0;
	const uint32_t *pa = (const void *)a->data, *pb = (const void *)b->data;

	if (a->len == b->len && (!n || !memcmp(pa, pb, a->len)))
		return;
	while (i < n && pa[i] == pb[i])
		i++;
	if (i < n)
		diff_tell(d, place, "position %zu: %u and %u", i + 1, pa[i],
			  pb[i]);
	else
		diff_numbers(d, place, "positions", na, nb);
}

static enum trawl_status both_entries(struct diff *d,
				      const struct diff_place *place,
				      const struct diff_item *a,
				      const struct diff_item *b,
				      struct trawl_error *err)
{
	(void)err;
	diff_numbers(d, place, "wdf", a->count, b->count);
	diff_numbers(d, place, "length of the document", a->length, b->length);
	diff_positions(d, place, &a->bytes, &b->bytes);
	return TRAWL_OK;
}

static enum trawl_status fill_terms(struct xap_db *db,
				    const struct diff_walk *w,
				    struct diff_list *l,
				    struct trawl_error *err)
{
	const struct xap_bytes all = { "", 0 };
	const struct xap_bytes from = { l->from.data, l->from.len };

	(void)w;
	return xap_db_terms(db, all, from, true, diff_take_term, l, err);
}

struct frequency {
	uint32_t collection, bound;
};

static enum trawl_status read_frequency(struct diff *d, unsigned side,
					const struct xap_bytes *term,
					struct frequency *out,
					struct trawl_error *err)
{
	struct xap_db *db = diff_db(d, side);
	uint32_t documents; /* as in the list of terms */
	enum trawl_status st;

	st = xap_db_term_freq(db, term->data, term->len, &documents,
			      &out->collection, err);
	if (st != TRAWL_OK)
		return st;
	return xap_db_wdf_bound(db, term->data, term->len, &out->bound, err);
}

static void advance(struct diff *d, uint32_t occurrences)
{
	const double all = (double)d->fact[0].total_length;
	double part;

	d->done_length += occurrences;
	part = (double)(d->done_length * d->parts) / (all + 1);
	diff_progress(d, 0.3 + 0.6 * (part < 1 ? part : 1));
}

static enum trawl_status both_terms(struct diff *d,
				    const struct diff_place *place,
				    const struct diff_item *a,
				    const struct diff_item *b,
				    struct trawl_error *err)
{
	const struct diff_walk entries = {
		.place = { .kind = "posting", .key = a->key },
		.by = BY_DOCID,
		.fill = fill_entries,
		.both = both_entries,
	};
	struct frequency f[2];
	enum trawl_status st = TRAWL_OK;

	for (unsigned i = 0; st == TRAWL_OK && i < 2; i++)
		st = read_frequency(d, i, &a->key, &f[i], err);
	if (st != TRAWL_OK)
		return st;
	diff_numbers(d, place, "documents", a->count, b->count);
	diff_numbers(d, place, "occurrences", f[0].collection, f[1].collection);
	diff_numbers(d, place, "bound of wdf", f[0].bound, f[1].bound);
	sample_term(&d->sample, a);
	advance(d, f[0].collection);
	return diff_walk(d, &entries, err);
}

static const struct diff_walk terms = {
	.place = { .kind = "term" },
	.by = BY_KEY,
	.shared = true,
	.fill = fill_terms,
	.both = both_terms,
};

struct half {
	struct diff *d;
	enum trawl_status st;
	struct trawl_error err;
};

static void *walk_half(void *arg)
{
	struct half *h = arg;

	h->st = diff_walk(h->d, &terms, &h->err);
	return NULL;
}

static void walk_both(struct half *mine, struct half *other)
{
	pthread_t thread;
	bool beside = !pthread_create(&thread, NULL, walk_half, other);

	walk_half(mine);
	if (beside)
		pthread_join(thread, NULL);
	else
		walk_half(other);
}

enum trawl_status diff_terms(struct diff *d, struct trawl_error *err)
{
	struct half mine = { .d = d }, other = { .st = TRAWL_OK };
	enum trawl_status st = diff_helper(d, 1, 2, &other.d, err);

	if (st != TRAWL_OK)
		return st;
	d->parts = 2;
	walk_both(&mine, &other);
	if (mine.st == TRAWL_OK)
		d->side = other.d->side;
	diff_absorb(d, other.d);
	if (mine.st != TRAWL_OK)
		return fail(err, mine.st, "%s", mine.err.text);
	return other.st == TRAWL_OK ? TRAWL_OK
				    : fail(err, other.st, "%s", other.err.text);
}
