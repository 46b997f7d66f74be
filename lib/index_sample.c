/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "index.h"

#include "schema.h"
#include "status.h"

enum {
	SAMPLE_RUNS = 16
};

enum trawl_status index_lead(struct trawl_index *ix, uint32_t docid,
			     xap_bytes_fn *each, void *ctx,
			     struct trawl_error *err)
{
	struct matcher *m;
	enum trawl_status st = index_matcher(ix, &m, err);

	if (st != TRAWL_OK)
		return st;
	return m ? matcher_row(m, docid, SLOT_LEAD, each, ctx, err)
		 : xap_db_value(ix->db, docid, SLOT_LEAD, each, ctx, err);
}

static bool add(void *ctx, const char *value, size_t len)
{
	lead_sample_add(ctx, value, len);
	return true;
}

static uint32_t last_docid(const struct trawl_index *ix)
{
	uint32_t last = 0;

	for (size_t i = 0; i < ix->nparts; i++) {
		const uint32_t of_part = ix->part[i].facts.last_docid;

		if (of_part && index_docid(ix, i, of_part) > last)
			last = index_docid(ix, i, of_part);
	}
	return last;
}

static enum trawl_status take_run(struct trawl_index *ix, uint64_t first,
				  uint64_t last, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (uint64_t d = first; st == TRAWL_OK && d <= last; d++) {
		st = index_lead(ix, (uint32_t)d, add, ix->sample, err);
		if (st == TRAWL_NOTFOUND)
			st = TRAWL_OK;
	}
	return st;
}

/* What lies side by side is in few blocks. */
static enum trawl_status take(struct trawl_index *ix, struct trawl_error *err)
{
	const uint64_t last = last_docid(ix), run = LEAD_SAMPLE / SAMPLE_RUNS;
	enum trawl_status st = TRAWL_OK;

	if (last <= LEAD_SAMPLE)
		return take_run(ix, 1, last, err);
	for (uint64_t i = 0; st == TRAWL_OK && i < SAMPLE_RUNS; i++) {
		const uint64_t first = 1 + (last - run) * i / (SAMPLE_RUNS - 1);

		st = take_run(ix, first, first + run - 1, err);
	}
	return st;
}

enum trawl_status index_sample(struct trawl_index *ix, struct lead_sample **out,
			       struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!ix->sample) {
		ix->sample = lead_sample_new();
		if (!ix->sample)
			return fail_nomem(err);
		st = take(ix, err);
	}
	if (st == TRAWL_OK) {
		*out = ix->sample;
		return st;
	}
	free(ix->sample);
	ix->sample = NULL;
	return st;
}
