/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facet.h"

#include "buf.h"
#include "request.h"
#include "status.h"

enum {
	VALUE_SEPARATOR = 0x1F /* between the values of one slot */
};

static void add(struct facets *f, const char *name, uint32_t slot, size_t max,
		struct arena *arena)
{
	f->name[f->n] = name;
	f->slot[f->n] = slot;
	f->tally[f->n] = (struct tally){ .arena = arena, .max = max };
	f->n++;
}

static enum trawl_status no_facet(const struct schema *schema, const char *name,
				  size_t len, struct trawl_error *err)
{
	struct buf there = BUF_INIT(400);

	for (size_t i = 0; i < schema->nfields; i++)
		if (schema->field[i].facet)
			buf_addf(&there, "%s%s", there.len ? ", " : "",
				 schema->field[i].name);
	fail(err, TRAWL_BADVALUE, "facets=%.*s: %s; there are %s",
	     len < 100 ? (int)len : 100, name,
	     schema_find(schema, name, len) ? "that field has no facet"
					    : "no such field",
	     there.len ? there.data : "none");
	buf_release(&there);
	return TRAWL_BADVALUE;
}

static enum trawl_status add_headlines(struct facets *f, struct arena *arena,
				       struct trawl_error *err)
{
	f->best = arena_zalloc(arena, TIMELINE_BUCKETS_MAX, sizeof(*f->best));
	add(f, "headlines", SLOT_ORDER, 0, arena);
	return f->best ? TRAWL_OK : fail_nomem(err);
}

enum trawl_status facets_begin(struct facets *f, const struct schema *schema,
			       const struct trawl_request *rq,
			       struct arena *arena, struct trawl_error *err)
{
	const char *list = rq->facets && *rq->facets ? rq->facets : NULL;
	const char *name;
	size_t len;

	enum trawl_status st = TRAWL_OK;

	f->n = 0;
	f->timeline = rq->timeline;
	f->best = NULL;
	while (list_next(&list, &name, &len)) {
		const struct schema_field *field =
			schema_find(schema, name, len);

		if (!field || !field->facet || field->slot == NO_SLOT)
			return no_facet(schema, name, len, err);
		add(f, field->name, (uint32_t)field->slot, FACET_DISTINCT_MAX,
		    arena);
	}
	if (rq->timeline && rq->headlines)
		st = add_headlines(f, arena, err);
	if (rq->timeline)
		add(f, "timeline", SLOT_DATE, TIMELINE_BUCKETS_MAX, arena);
	return st;
}

/* Is text among the values that stand before it in the same slot? */
static bool repeated(const char *values, const char *text, size_t len)
{
	for (const char *v = values; v < text;) {
		const char *end =
			memchr(v, VALUE_SEPARATOR, (size_t)(text - v));

		if ((size_t)(end - v) == len && !memcmp(v, text, len))
			return true;
		v = end + 1;
	}
	return false;
}

static void count_values(struct tally *t, const char *value, size_t len)
{
	const char *end = value + len, *v = value;

	for (;;) {
		const char *stop =
			memchr(v, VALUE_SEPARATOR, (size_t)(end - v));
		size_t n = (size_t)((stop ? stop : end) - v);

		if (n && !repeated(value, v, n))
			tally_add(t, v, n);
		if (!stop)
			break;
		v = stop + 1;
	}
}

static void note_order(struct facets *f, const char *value, size_t len)
{
	f->shown.len = len < FACET_ORDER_MAX ? (uint32_t)len : FACET_ORDER_MAX;
	memcpy(f->shown.order, value, f->shown.len);
}

static bool is_better(const struct facet_best *a, const struct facet_best *b)
{
	uint32_t n = a->len < b->len ? a->len : b->len;
	int order;

	if (a->weight != b->weight)
		return a->weight > b->weight;
	order = memcmp(a->order, b->order, n);
	return order ? order < 0 : a->len < b->len;
}

static void note_best(struct facets *f, const struct tally_entry *bucket,
		      struct arena *arena)
{
	struct facet_best **best = &f->best[bucket->number];

	if (!f->shown.len)
		return;
	if (!*best)
		*best = arena_zalloc(arena, 1, sizeof(**best));
	if (*best && (!(*best)->len || is_better(&f->shown, *best)))
		**best = f->shown;
	f->shown.len = 0;
}

static void count_date(struct facets *f, struct tally *t, const char *value,
		       size_t len)
{
	static const size_t digits[] = { 0, 4, 6, 8 };
	const struct tally_entry *bucket;

	if (len < digits[f->timeline])
		return;
	bucket = tally_add(t, value, digits[f->timeline]);
	if (bucket && f->best)
		note_best(f, bucket, t->arena);
}

void facets_count(void *ctx, size_t which, const char *value, size_t len)
{
	struct facets *f = ctx;

	if (f->timeline && which == f->n - 1)
		count_date(f, &f->tally[which], value, len);
	else if (f->best && which == f->n - 2)
		note_order(f, value, len);
	else
		count_values(&f->tally[which], value, len);
}

const struct facet_best *facets_best(const struct facets *f, size_t i)
{
	return f->best[f->tally[f->n - 1].entry[i].number];
}

static enum trawl_status check_counts(const struct facets *f,
				      struct trawl_error *err)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->tally[i].arena->failed)
			return fail_nomem(err);
		if (f->tally[i].full)
			return fail(err, TRAWL_TOOCOMPLEX,
				    "%s: more than %zu different values among "
				    "the matches; narrow the query",
				    f->name[i], f->tally[i].max);
	}
	return TRAWL_OK;
}

static bool copy_facet(struct tally *t, const char *name,
		       struct trawl_facet *out, struct arena *arena)
{
	size_t n = t->n < TRAWL_FACET_VALUES ? t->n : TRAWL_FACET_VALUES;
	struct trawl_facet_value *values =
		arena_zalloc(arena, n, sizeof(*values));

	tally_sort_by_count(t);
	out->name = arena_strdup(arena, name);
	out->values = values;
	out->nvalues = n;
	for (size_t i = 0; values && i < n; i++) {
		values[i].value =
			arena_strndup(arena, t->entry[i].text, t->entry[i].len);
		values[i].count = t->entry[i].count;
	}
	return !arena->failed;
}

/* 4, 6 or 8 digits of "20241107", with hyphens between the parts. */
static void print_when(char out[12], const char *digits, size_t len)
{
	size_t at = 4;

	memcpy(out, digits, 4);
	for (size_t i = 4; i + 2 <= len; i += 2) {
		out[at++] = '-';
		memcpy(out + at, digits + i, 2);
		at += 2;
	}
	out[at] = '\0';
}

static bool copy_timeline(struct tally *t, struct trawl_result *res)
{
	struct trawl_bucket *buckets =
		arena_zalloc(&res->arena, t->n, sizeof(*buckets));

	if (!buckets)
		return false;
	tally_sort_by_text(t);
	for (size_t i = 0; i < t->n; i++) {
		print_when(buckets[i].when, t->entry[i].text, t->entry[i].len);
		buckets[i].count = t->entry[i].count;
	}
	res->buckets = buckets;
	res->head.nbuckets = t->n;
	return true;
}

enum trawl_status facets_finish(struct facets *f, struct trawl_result *res,
				struct trawl_error *err)
{
	size_t n = f->n - (f->timeline ? 1 : 0) - (f->best ? 1 : 0);
	enum trawl_status st = check_counts(f, err);
	struct trawl_facet *facets;

	if (st != TRAWL_OK)
		return st;
	facets = arena_zalloc(&res->arena, n, sizeof(*facets));
	for (size_t i = 0; facets && i < n; i++)
		if (!copy_facet(&f->tally[i], f->name[i], &facets[i],
				&res->arena))
			return result_full(res, err);
	if (!facets ||
	    (f->timeline && !copy_timeline(&f->tally[f->n - 1], res)))
		return result_full(res, err);
	res->facets = facets;
	res->head.nfacets = n;
	res->timeline = f->timeline;
	return TRAWL_OK;
}
