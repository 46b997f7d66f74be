/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "neighbours.h"

#include "idf.h"

#include <math.h>
#include <string.h>

enum {
	COMMON =
		10 /* a stem of more than one in so many documents is left out */
};

static const double neighbour_share = 0.3;

void neighbours_begin(struct neighbours *n, struct lead_sample *sample)
{
	n->sample = sample;
	n->nstems = n->ndocuments = 0;
	memset(n->bucket, 0, sizeof(n->bucket));
	memset(n->cosine, 0, sizeof(n->cosine));
}

/* ------------------------------------------------------------- vectors -- */

static double weigh(const struct lead_sample *s, uint16_t hash)
{
	const double most = s->documents, df = s->df[hash], cf = s->cf[hash];

	if (df * COMMON > most && most >= COMMON)
		return 0;
	return idf_of(most, df) * sqrt((cf + 1) / (df > 0 ? df : 1));
}

static float weight_of(struct lead_sample *s, uint16_t hash)
{
	if (s->weight[hash] < 0)
		s->weight[hash] = (float)weigh(s, hash);
	return s->weight[hash];
}

/* Hashes that weigh anything, ascending. */
static size_t read_hashes(struct lead_sample *s, const unsigned char *value,
			  size_t most, uint16_t *hash)
{
	size_t n = 0;

	for (size_t i = 0; i < most; i++) {
		const uint16_t h = lead_at(value, i);
		size_t k = n;

		if (h == LEAD_BREAK || weight_of(s, h) <= 0)
			continue;
		for (; k && hash[k - 1] > h; k--)
			hash[k] = hash[k - 1];
		hash[k] = h;
		n++;
	}
	return n;
}

/* Among the heaviest so far; of equal ones the first stays. */
static size_t keep_heaviest(struct neighbour_stem *best, size_t n,
			    struct neighbour_stem stem)
{
	size_t k = n;

	if (n == NEIGHBOUR_STEMS && stem.weight <= best[n - 1].weight)
		return n;
	k -= n == NEIGHBOUR_STEMS;
	for (; k && best[k - 1].weight < stem.weight; k--)
		best[k] = best[k - 1];
	best[k] = stem;
	return n < NEIGHBOUR_STEMS ? n + 1 : n;
}

static size_t make_vector(struct lead_sample *s, const uint16_t *hash, size_t n,
			  struct neighbour_stem *best)
{
	size_t kept = 0, next;
	double sum = 0;

	for (size_t i = 0; i < n; i = next) {
		struct neighbour_stem stem = { .hash = hash[i] };

		for (next = i + 1; next < n && hash[next] == hash[i];)
			next++;
		stem.weight = weight_of(s, hash[i]);
		if (next - i > 1)
			stem.weight *= 1 + logf((float)(next - i));
		kept = keep_heaviest(best, kept, stem);
	}
	for (size_t i = 0; i < kept; i++)
		sum += (double)best[i].weight * best[i].weight;
	for (size_t i = 0; i < kept; i++)
		best[i].weight /= (float)sqrt(sum);
	return kept;
}

/* -------------------------------------------------------------- cosines -- */

/* Products with the same stem of the documents before it. */
static void add_products(struct neighbours *n, const struct neighbour_stem *a)
{
	for (unsigned i = n->bucket[a->hash % NEIGHBOUR_BUCKETS]; i;
	     i = n->stem[i - 1].next) {
		const struct neighbour_stem *b = &n->stem[i - 1];

		if (b->hash == a->hash)
			n->cosine[a->document][b->document] +=
				a->weight * b->weight;
	}
}

static void put_stem(struct neighbours *n, struct neighbour_stem stem)
{
	uint16_t *bucket = &n->bucket[stem.hash % NEIGHBOUR_BUCKETS];

	stem.document = (uint8_t)n->ndocuments;
	stem.next = *bucket;
	n->stem[n->nstems++] = stem;
	*bucket = (uint16_t)n->nstems;
}

void neighbours_add(struct neighbours *n, const char *value, size_t len)
{
	const size_t most = lead_words(len);
	struct neighbour_stem best[NEIGHBOUR_STEMS];
	uint16_t hash[LEAD_STORED];
	size_t nstems;

	if (n->ndocuments == NEIGHBOURS_AMONG)
		return;
	nstems = read_hashes(n->sample, (const unsigned char *)value, most,
			     hash);
	nstems = make_vector(n->sample, hash, nstems, best);
	for (size_t i = 0; i < nstems; i++) {
		best[i].document = (uint8_t)n->ndocuments;
		add_products(n, &best[i]);
	}
	for (size_t i = 0; i < nstems; i++)
		put_stem(n, best[i]);
	n->ndocuments++;
}

/* Each was found by the later of the two. */
static void mirror(struct neighbours *n)
{
	for (unsigned i = 0; i < n->ndocuments; i++)
		for (unsigned k = 0; k < i; k++)
			n->cosine[k][i] = n->cosine[i][k];
}

struct nearest {
	float cosine;
	unsigned document;
};

/* Of equal ones the earlier. */
static size_t find_nearest(const struct neighbours *n, unsigned d,
			   struct nearest out[NEIGHBOURS])
{
	size_t kept = 0;

	for (unsigned i = 0; i < n->ndocuments; i++) {
		const float cosine = n->cosine[d][i];
		size_t k = kept;

		if (cosine <= 0 ||
		    (kept == NEIGHBOURS && cosine <= out[kept - 1].cosine))
			continue;
		k -= kept == NEIGHBOURS;
		for (; k && out[k - 1].cosine < cosine; k--)
			out[k] = out[k - 1];
		out[k] = (struct nearest){ cosine, i };
		kept += kept < NEIGHBOURS;
	}
	return kept;
}

static double gain_of(const struct neighbours *n, unsigned d,
		      const double *score, double least)
{
	struct nearest nearest[NEIGHBOURS];
	const size_t found = find_nearest(n, d, nearest);
	double sum = 0, all = 0;

	for (size_t i = 0; i < found; i++) {
		sum += (double)nearest[i].cosine *
		       (score[nearest[i].document] - least);
		all += (double)nearest[i].cosine;
	}
	return all > 0 ? neighbour_share * sum / all : 0;
}

void neighbours_finish(struct neighbours *n, const double *score, double *gain)
{
	double least = n->ndocuments ? score[0] : 0;

	mirror(n);
	for (unsigned i = 1; i < n->ndocuments; i++)
		least = score[i] < least ? score[i] : least;
	for (unsigned i = 0; i < n->ndocuments; i++)
		gain[i] = gain_of(n, i, score, least);
}
