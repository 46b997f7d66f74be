/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff.c - do two databases hold the same, and answer the same?
 *
 * Everything is read through Xapian's public interface, as a reader would:
 * facts, metadata, documents, terms, values, spelling, synonyms; then queries
 * made of what the first one holds are put to both (diff_queries.c).  Left out
 * is only what may differ between equals: UUID, revision, how it lies on disk.
 */
#include "diff.h"

#include "generation.h"
#include "part.h"
#include "printable.h"
#include "status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHOWN_BYTES = 40, /* of a key, in a line */
	LINE_MAX_BYTES = 400
};

struct xap_db *diff_db(struct diff *d, unsigned side)
{
	d->side = side;
	return d->db[side];
}

void diff_progress(struct diff *d, double progress)
{
	if (progress < d->progress + 0.001)
		return;
	d->progress = progress;
	if (d->report)
		d->report(d->ctx, "", progress);
}

/* -------------------------------------------------------- differences -- */

static void add_key(struct buf *out, const struct diff_place *place)
{
	size_t n = place->key.len < SHOWN_BYTES ? place->key.len : SHOWN_BYTES;

	buf_addf(out, "%s \"", place->kind);
	add_printable(out, place->key.data, n);
	buf_adds(out, n < place->key.len ? "...\"" : "\"");
}

/* posting "word", document 7; document 7, slot 2 */
static void add_place(struct buf *out, const struct diff_place *place)
{
	const char *comma = "";

	if (place->kind) {
		add_key(out, place);
		comma = ", ";
	}
	if (place->docid) {
		buf_addf(out, "%sdocument %u", comma, place->docid);
		comma = ", ";
	}
	if (place->in_slot)
		buf_addf(out, "%sslot %u", comma, place->slot);
	buf_adds(out, ": ");
}

static void report_line(struct diff *d, const struct diff_place *place,
			const char *text)
{
	struct buf line = BUF_INIT(2 * LINE_MAX_BYTES);
	struct trawl_error clean;

	if (place)
		add_place(&line, place);
	buf_adds(&line, text);
	/* Control characters become blanks; without memory it is shorter. */
	fail(&clean, TRAWL_OK, "%s", line.failed ? text : line.data);
	d->report(d->ctx, clean.text, d->progress);
	buf_release(&line);
}

void diff_tell(struct diff *d, const struct diff_place *place, const char *fmt,
	       ...)
{
	char text[LINE_MAX_BYTES];
	va_list ap;

	d->differences++;
	if (d->lines == TRAWL_DIFF_LINES)
		return;
	d->lines++;
	if (!d->report)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report_line(d, place, text);
}

void diff_numbers(struct diff *d, const struct diff_place *place,
		  const char *what, uint64_t a, uint64_t b)
{
	if (a != b)
		diff_tell(d, place, "%s: %llu and %llu", what,
			  (unsigned long long)a, (unsigned long long)b);
}

/* Both as they are. */
static void tell_short(struct diff *d, const struct diff_place *place,
		       const char *what, const struct xap_bytes *a,
		       const struct xap_bytes *b)
{
	struct buf text = BUF_INIT(LINE_MAX_BYTES);

	buf_addc(&text, '"');
	add_printable(&text, a->data, a->len);
	buf_adds(&text, "\" and \"");
	add_printable(&text, b->data, b->len);
	buf_addc(&text, '"');
	diff_tell(d, place, "%s: %s", what, text.data);
	buf_release(&text);
}

void diff_bytes(struct diff *d, const struct diff_place *place,
		const char *what, const struct xap_bytes *a,
		const struct xap_bytes *b)
{
	size_t n = a->len < b->len ? a->len : b->len, i = 0;

	if (a->len == b->len && (!n || !memcmp(a->data, b->data, n)))
		return;
	if (a->len <= SHOWN_BYTES && b->len <= SHOWN_BYTES) {
		tell_short(d, place, what, a, b);
		return;
	}
	while (i < n && a->data[i] == b->data[i])
		i++;
	diff_tell(d, place, "%s: %zu and %zu bytes, alike up to byte %zu", what,
		  a->len, b->len, i);
}

/* --------------------------------------------------------------- facts -- */

static void diff_facts(struct diff *d)
{
	const struct xap_facts *a = &d->fact[0], *b = &d->fact[1];

	diff_numbers(d, NULL, "documents", a->documents, b->documents);
	diff_numbers(d, NULL, "last document", a->last_docid, b->last_docid);
	diff_numbers(d, NULL, "total length", a->total_length, b->total_length);
}

static enum trawl_status diff_bounds(struct diff *d, struct trawl_error *err)
{
	struct xap_bounds b[2];
	enum trawl_status st = TRAWL_OK;

	for (unsigned i = 0; st == TRAWL_OK && i < 2; i++)
		st = xap_db_bounds(diff_db(d, i), &b[i], err);
	if (st != TRAWL_OK)
		return st;
	if (b[0].average_length != b[1].average_length)
		diff_tell(d, NULL, "average length: %.17g and %.17g",
			  b[0].average_length, b[1].average_length);
	diff_numbers(d, NULL, "bound of the shortest document", b[0].shortest,
		     b[1].shortest);
	diff_numbers(d, NULL, "bound of the longest document", b[0].longest,
		     b[1].longest);
	if (b[0].positions != b[1].positions)
		diff_tell(d, NULL, "positions: only in the %s",
			  b[0].positions ? "first" : "second");
	return TRAWL_OK;
}

/* ------------------------------------------- metadata and dictionaries -- */

static bool take_key(void *ctx, const char *data, size_t len)
{
	const struct diff_item item = { .key = { data, len } };

	return diff_list_add(ctx, &item);
}

static enum trawl_status fill_metadata(struct xap_db *db,
				       const struct diff_walk *w,
				       struct diff_list *l,
				       struct trawl_error *err)
{
	(void)w;
	return xap_db_metadata_keys(db, "", 0, take_key, l, err);
}

static bool take_value(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
	return true;
}

/* "4:boat 4:ship": none can be taken for two. */
static bool take_synonym(void *ctx, const char *data, size_t len)
{
	struct buf *all = ctx;

	buf_addf(all, "%s%zu:", all->len ? " " : "", len);
	buf_add(all, data, len);
	return true;
}

typedef enum trawl_status reader(struct xap_db *db, const char *key, size_t len,
				 xap_bytes_fn *each, void *ctx,
				 struct trawl_error *err);

/* What both have under a key. */
static enum trawl_status diff_read(struct diff *d,
				   const struct diff_place *place, reader *read,
				   xap_bytes_fn *take, struct trawl_error *err)
{
	struct buf text[2] = { BUF_INIT(DIFF_BYTES_MAX),
			       BUF_INIT(DIFF_BYTES_MAX) };
	struct xap_bytes all[2];
	enum trawl_status st = TRAWL_OK;

	for (unsigned i = 0; st == TRAWL_OK && i < 2; i++) {
		st = read(diff_db(d, i), place->key.data, place->key.len, take,
			  &text[i], err);
		all[i] = (struct xap_bytes){ text[i].data, text[i].len };
		if (st == TRAWL_OK && text[i].failed)
			st = fail_nomem(err);
	}
	if (st == TRAWL_OK)
		diff_bytes(d, place, "value", &all[0], &all[1]);
	buf_release(&text[0]);
	buf_release(&text[1]);
	return st;
}

static enum trawl_status both_metadata(struct diff *d,
				       const struct diff_place *place,
				       const struct diff_item *a,
				       const struct diff_item *b,
				       struct trawl_error *err)
{
	(void)a;
	(void)b;
	return diff_read(d, place, xap_db_metadata, take_value, err);
}

static enum trawl_status fill_spellings(struct xap_db *db,
					const struct diff_walk *w,
					struct diff_list *l,
					struct trawl_error *err)
{
	const struct xap_bytes from = { l->from.data, l->from.len };

	(void)w;
	return xap_db_spellings(db, from, diff_take_term, l, err);
}

static enum trawl_status both_spellings(struct diff *d,
					const struct diff_place *place,
					const struct diff_item *a,
					const struct diff_item *b,
					struct trawl_error *err)
{
	(void)err;
	diff_numbers(d, place, "frequency", a->count, b->count);
	return TRAWL_OK;
}

static enum trawl_status fill_synonyms(struct xap_db *db,
				       const struct diff_walk *w,
				       struct diff_list *l,
				       struct trawl_error *err)
{
	const struct xap_bytes from = { l->from.data, l->from.len };

	(void)w;
	return xap_db_synonym_keys(db, from, take_key, l, err);
}

static enum trawl_status both_synonyms(struct diff *d,
				       const struct diff_place *place,
				       const struct diff_item *a,
				       const struct diff_item *b,
				       struct trawl_error *err)
{
	(void)a;
	(void)b;
	return diff_read(d, place, xap_db_synonyms, take_synonym, err);
}

static const struct diff_walk metadata = {
	.place = { .kind = "metadata" },
	.by = BY_KEY,
	.whole = true,
	.fill = fill_metadata,
	.both = both_metadata,
};

static const struct diff_walk spellings = {
	.place = { .kind = "spelling" },
	.by = BY_KEY,
	.fill = fill_spellings,
	.both = both_spellings,
};

static const struct diff_walk synonyms = {
	.place = { .kind = "synonyms of" },
	.by = BY_KEY,
	.fill = fill_synonyms,
	.both = both_synonyms,
};

/* ----------------------------------------------------------- the whole -- */

static enum trawl_status diff_all(struct diff *d, unsigned queries,
				  struct trawl_error *err)
{
	enum trawl_status st;

	diff_facts(d);
	st = diff_bounds(d, err);
	if (st == TRAWL_OK)
		st = diff_walk(d, &metadata, err);
	if (st == TRAWL_OK)
		st = diff_documents(d, err);
	if (st == TRAWL_OK)
		st = diff_terms(d, err);
	if (st == TRAWL_OK)
		st = diff_values(d, err);
	if (st == TRAWL_OK)
		st = diff_walk(d, &spellings, err);
	if (st == TRAWL_OK)
		st = diff_walk(d, &synonyms, err);
	if (st == TRAWL_OK)
		st = diff_queries(d, queries, err);
	return st;
}

/* An index's current generation, or the path itself when it has none. */
static enum trawl_status find_path(struct diff *d, unsigned side,
				   struct trawl_error *err)
{
	uint32_t number;
	enum trawl_status st;

	d->side = side;
	st = generation_current(d->name[side], &number, d->path[side], err);
	if (st == TRAWL_NOTFOUND && strlen(d->name[side]) < PATH_MAX) {
		snprintf(d->path[side], PATH_MAX, "%s", d->name[side]);
		st = TRAWL_OK;
	}
	return st;
}

static enum trawl_status open_side(struct diff *d, unsigned side,
				   struct trawl_error *err)
{
	enum trawl_status st;

	d->side = side;
	st = xap_db_open(d->path[side], &d->db[side], err);
	if (st == TRAWL_NOTFOUND)
		return fail(err, st, "%s: no index, and no Xapian database",
			    d->name[side]);
	return st == TRAWL_OK ? xap_db_facts(d->db[side], &d->fact[side], err)
			      : st;
}

static struct diff *diff_new(const char *first, const char *second)
{
	struct diff *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->name[0] = first;
	d->name[1] = second;
	d->parts = 1;
	buf_init(&d->bytes, DIFF_BYTES_MAX);
	for (unsigned i = 0; i < DIFF_DEPTH; i++) {
		diff_list_init(&d->list[i][0]);
		diff_list_init(&d->list[i][1]);
	}
	return d;
}

static void diff_free(struct diff *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < DIFF_DEPTH; i++) {
		diff_list_release(&d->list[i][0]);
		diff_list_release(&d->list[i][1]);
	}
	xap_db_free(d->db[0]);
	xap_db_free(d->db[1]);
	buf_release(&d->bytes);
	free(d->slot);
	free(d);
}

/* -------------------------------------------------------------- helpers -- */

static void keep_line(void *ctx, const char *line, double progress)
{
	struct diff *helper = ctx;

	(void)progress;
	buf_adds(&helper->bytes, line);
	if (*line)
		buf_addc(&helper->bytes, '\n');
}

/* The same snapshot as d's. */
static enum trawl_status open_again(const struct diff *d, struct diff *helper,
				    unsigned side, struct trawl_error *err)
{
	const struct xap_facts *has = &helper->fact[side];
	enum trawl_status st;

	snprintf(helper->path[side], PATH_MAX, "%s", d->path[side]);
	st = open_side(helper, side, err);
	if (st != TRAWL_OK)
		return st;
	if (has->revision != d->fact[side].revision ||
	    strcmp(has->uuid, d->fact[side].uuid) != 0)
		return fail(err, TRAWL_STALE, "another revision");
	return TRAWL_OK;
}

enum trawl_status diff_helper(struct diff *d, unsigned part, unsigned parts,
			      struct diff **out, struct trawl_error *err)
{
	struct diff *helper = diff_new(d->name[0], d->name[1]);
	enum trawl_status st = TRAWL_OK;

	if (!helper)
		return fail_nomem(err);
	helper->part = part;
	helper->parts = parts;
	helper->report = keep_line;
	helper->ctx = helper;
	for (unsigned i = 0; st == TRAWL_OK && i < 2; i++)
		st = open_again(d, helper, i, err);
	if (st != TRAWL_OK) {
		d->side = helper->side;
		diff_free(helper);
		return st;
	}
	*out = helper;
	return TRAWL_OK;
}

/* Without memory lines are missing, but not from the count. */
void diff_absorb(struct diff *d, struct diff *helper)
{
	char *line = helper->bytes.data, *end;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (d->lines++ < TRAWL_DIFF_LINES && d->report)
			d->report(d->ctx, line, d->progress);
	}
	if (d->lines > TRAWL_DIFF_LINES)
		d->lines = TRAWL_DIFF_LINES;
	d->differences += helper->differences;
	diff_free(helper);
}

static enum trawl_status give_up_diff(const struct diff *d,
				      enum trawl_status st,
				      const struct trawl_error *why,
				      struct trawl_error *err)
{
	if (st == TRAWL_STALE)
		return fail(err, st,
			    "%s: it was committed to meanwhile; try again",
			    d->name[d->side]);
	return give_up(d->name[d->side], st, why, err);
}

enum trawl_status trawl_diff(const char *first, const char *second,
			     unsigned queries, trawl_report *report, void *ctx,
			     uint64_t *differences, struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	struct diff *d;
	enum trawl_status st = TRAWL_OK;

	if (!first || !second || !differences)
		return fail(err, TRAWL_INVAL,
			    "trawl_diff: an argument is NULL");
	d = diff_new(first, second);
	if (!d)
		return fail_nomem(err);
	d->report = report;
	d->ctx = ctx;
	xap_clear_environment();
	for (unsigned i = 0; st == TRAWL_OK && i < 2; i++) {
		st = find_path(d, i, &why);
		if (st == TRAWL_OK)
			st = open_side(d, i, &why);
	}
	if (st == TRAWL_OK)
		st = diff_all(d, queries, &why);
	if (st == TRAWL_OK)
		*differences = d->differences;
	else
		give_up_diff(d, st, &why, err);
	diff_free(d);
	return st;
}
