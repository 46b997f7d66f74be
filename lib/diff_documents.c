/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_documents.c - all documents of two databases: data, terms, values; and
 * the values once more, slot by slot
 */
#include "diff.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	SLOTS_PROBED = 256 /* whether documents have values there or not */
};

/* --------------------------------------------------------- one document -- */

static bool take_bytes(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
	return true;
}

struct against {
	struct diff *d;
	const struct diff_place *place;
};

static bool compare_data(void *ctx, const char *data, size_t len)
{
	const struct against *c = ctx;
	const struct xap_bytes first = { c->d->bytes.data, c->d->bytes.len };
	const struct xap_bytes second = { data, len };

	diff_bytes(c->d, c->place, "data", &first, &second);
	return true;
}

/* Xapian cannot always read back what it has compressed. */
static enum trawl_status unreadable(struct diff *d,
				    const struct diff_place *place,
				    unsigned side, enum trawl_status st,
				    const struct trawl_error *why,
				    struct trawl_error *err)
{
	if (st != TRAWL_CORRUPT)
		return fail(err, st, "%s", why->text);
	diff_tell(d, place, "data cannot be read in the %s: %s",
		  side ? "second" : "first", why->text);
	return TRAWL_OK;
}

static enum trawl_status both_data(struct diff *d,
				   const struct diff_place *place,
				   struct trawl_error *err)
{
	struct against against = { d, place };
	struct trawl_error why = { 0 };
	enum trawl_status st;

	buf_reset(&d->bytes);
	st = xap_db_data(diff_db(d, 0), place->docid, take_bytes, &d->bytes,
			 &why);
	if (st != TRAWL_OK)
		return unreadable(d, place, 0, st, &why, err);
	if (d->bytes.failed)
		return fail_nomem(err);
	st = xap_db_data(diff_db(d, 1), place->docid, compare_data, &against,
			 &why);
	return st == TRAWL_OK ? st : unreadable(d, place, 1, st, &why, err);
}

static enum trawl_status both_counts(struct diff *d,
				     const struct diff_place *place,
				     struct trawl_error *err)
{
	uint32_t length[2], unique[2];
	enum trawl_status st = TRAWL_OK;

	for (unsigned i = 0; st == TRAWL_OK && i < 2; i++) {
		struct xap_db *db = diff_db(d, i);

		st = xap_db_length(db, place->docid, &length[i], err);
		if (st == TRAWL_OK)
			st = xap_db_unique_terms(db, place->docid, &unique[i],
						 err);
	}
	if (st != TRAWL_OK)
		return st;
	diff_numbers(d, place, "length", length[0], length[1]);
	diff_numbers(d, place, "unique terms", unique[0], unique[1]);
	return TRAWL_OK;
}

static enum trawl_status fill_termlist(struct xap_db *db,
				       const struct diff_walk *w,
				       struct diff_list *l,
				       struct trawl_error *err)
{
	return xap_db_termlist(db, w->place.docid, false, diff_take_term, l,
			       err);
}

static enum trawl_status both_listed(struct diff *d,
				     const struct diff_place *place,
				     const struct diff_item *a,
				     const struct diff_item *b,
				     struct trawl_error *err)
{
	(void)err;
	diff_numbers(d, place, "wdf", a->count, b->count);
	return TRAWL_OK;
}

static bool take_value(void *ctx, uint32_t number, const char *value,
		       size_t len)
{
	const struct diff_item item = { .number = number,
					.bytes = { value, len } };

	return diff_list_add(ctx, &item);
}

static enum trawl_status fill_values(struct xap_db *db,
				     const struct diff_walk *w,
				     struct diff_list *l,
				     struct trawl_error *err)
{
	return xap_db_values(db, w->place.docid, take_value, l, err);
}

/* Where slot is in the list, or ought to be. */
static size_t find_slot(const struct diff *d, uint32_t slot)
{
	size_t low = 0, high = d->nslots;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->slot[middle] < slot)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool grow_slots(struct diff *d)
{
	size_t want = d->slots_alloc ? 2 * d->slots_alloc : 16;
	void *grown = realloc(d->slot, want * sizeof(*d->slot));

	if (!grown)
		return false;
	d->slot = grown;
	d->slots_alloc = want;
	return true;
}

static enum trawl_status note_slot(struct diff *d, uint32_t slot,
				   struct trawl_error *err)
{
	size_t i = find_slot(d, slot);

	if (i < d->nslots && d->slot[i] == slot)
		return TRAWL_OK;
	if (d->nslots == DIFF_SLOTS_MAX)
		return fail(err, TRAWL_TOOCOMPLEX,
			    "over %d slots have values; they are not compared",
			    DIFF_SLOTS_MAX);
	if (d->nslots == d->slots_alloc && !grow_slots(d))
		return fail_nomem(err);
	memmove(d->slot + i + 1, d->slot + i,
		(d->nslots++ - i) * sizeof(*d->slot));
	d->slot[i] = slot;
	return TRAWL_OK;
}

static enum trawl_status both_values(struct diff *d,
				     const struct diff_place *place,
				     const struct diff_item *a,
				     const struct diff_item *b,
				     struct trawl_error *err)
{
	diff_bytes(d, place, "value", &a->bytes, &b->bytes);
	return note_slot(d, place->slot, err);
}

static void advance(struct diff *d)
{
	d->done_documents++;
	if (d->done_documents % DIFF_LIST_ITEMS == 0)
		diff_progress(d, 0.3 * (double)d->done_documents /
					 (double)d->fact[0].documents);
}

static enum trawl_status both_documents(struct diff *d,
					const struct diff_place *place,
					const struct diff_item *a,
					const struct diff_item *b,
					struct trawl_error *err)
{
	const struct diff_walk terms = {
		.place = { .kind = "listed term", .docid = place->docid },
		.by = BY_KEY,
		.whole = true,
		.fill = fill_termlist,
		.both = both_listed,
	};
	const struct diff_walk values = {
		.place = { .docid = place->docid },
		.by = BY_SLOT,
		.whole = true,
		.fill = fill_values,
		.both = both_values,
	};
	enum trawl_status st = both_data(d, place, err);

	(void)a;
	(void)b;
	if (st == TRAWL_OK)
		st = both_counts(d, place, err);
	if (st == TRAWL_OK)
		st = diff_walk(d, &terms, err);
	if (st == TRAWL_OK)
		st = diff_walk(d, &values, err);
	sample_document(&d->sample, place->docid);
	advance(d);
	return st;
}

static bool take_docid(void *ctx, uint32_t docid)
{
	const struct diff_item item = { .number = docid };

	return diff_list_add(ctx, &item);
}

static enum trawl_status fill_documents(struct xap_db *db,
					const struct diff_walk *w,
					struct diff_list *l,
					struct trawl_error *err)
{
	(void)w;
	return xap_db_postings(db, "", 0, l->from_number, take_docid, l, err);
}

enum trawl_status diff_documents(struct diff *d, struct trawl_error *err)
{
	static const struct diff_walk documents = {
		.by = BY_DOCID,
		.fill = fill_documents,
		.both = both_documents,
	};

	return diff_walk(d, &documents, err);
}

/* ------------------------------------------------------------- one slot -- */

static enum trawl_status fill_stream(struct xap_db *db,
				     const struct diff_walk *w,
				     struct diff_list *l,
				     struct trawl_error *err)
{
	return xap_db_value_stream(db, w->place.slot, l->from_number,
				   take_value, l, err);
}

static enum trawl_status both_streamed(struct diff *d,
				       const struct diff_place *place,
				       const struct diff_item *a,
				       const struct diff_item *b,
				       struct trawl_error *err)
{
	(void)err;
	diff_bytes(d, place, "value in the slot's list", &a->bytes, &b->bytes);
	sample_value(&d->sample, place->slot, &a->bytes);
	return TRAWL_OK;
}

struct bounds {
	struct buf text; /* lower, then upper */
	size_t lower;	 /* bytes of it */
	uint32_t documents;
	bool second;
};

static bool take_bound(void *ctx, const char *data, size_t len)
{
	struct bounds *b = ctx;

	buf_add(&b->text, data, len);
	if (!b->second)
		b->lower = b->text.len;
	b->second = true;
	return true;
}

static enum trawl_status read_bounds(struct diff *d, unsigned side,
				     uint32_t slot, struct bounds *b,
				     struct trawl_error *err)
{
	enum trawl_status st;

	*b = (struct bounds){ .text = BUF_INIT(DIFF_BYTES_MAX) };
	st = xap_db_value_bounds(diff_db(d, side), slot, &b->documents,
				 take_bound, b, err);
	return st == TRAWL_OK && b->text.failed ? fail_nomem(err) : st;
}

static void compare_bounds(struct diff *d, const struct diff_place *place,
			   const struct bounds b[2])
{
	struct xap_bytes lower[2], upper[2];

	for (unsigned i = 0; i < 2; i++) {
		lower[i] = (struct xap_bytes){ b[i].text.data, b[i].lower };
		upper[i] = (struct xap_bytes){ b[i].text.data + b[i].lower,
					       b[i].text.len - b[i].lower };
	}
	diff_numbers(d, place, "documents with a value", b[0].documents,
		     b[1].documents);
	diff_bytes(d, place, "lower bound", &lower[0], &lower[1]);
	diff_bytes(d, place, "upper bound", &upper[0], &upper[1]);
}

static enum trawl_status diff_bounds(struct diff *d,
				     const struct diff_place *place,
				     struct trawl_error *err)
{
	struct bounds b[2];
	enum trawl_status st = read_bounds(d, 0, place->slot, &b[0], err);

	if (st == TRAWL_OK) {
		st = read_bounds(d, 1, place->slot, &b[1], err);
		if (st == TRAWL_OK)
			compare_bounds(d, place, b);
		buf_release(&b[1].text);
	}
	buf_release(&b[0].text);
	return st;
}

enum trawl_status diff_values(struct diff *d, struct trawl_error *err)
{
	struct diff_walk stream = {
		.place = { .in_slot = true },
		.by = BY_DOCID,
		.fill = fill_stream,
		.both = both_streamed,
	};
	enum trawl_status st = TRAWL_OK;

	for (uint32_t slot = 0; st == TRAWL_OK && slot < SLOTS_PROBED; slot++)
		st = note_slot(d, slot, err);
	for (size_t i = 0; st == TRAWL_OK && i < d->nslots; i++) {
		stream.place.slot = d->slot[i];
		st = diff_bounds(d, &stream.place, err);
		if (st == TRAWL_OK)
			st = diff_walk(d, &stream, err);
	}
	return st;
}
