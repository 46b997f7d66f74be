/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result.c - struct trawl_result and the lines that it is written as
 *
 * A result is copied out of Xapian before a search returns, so that a caller
 * can never hold a piece of a snapshot that a writer is replacing.
 */
#include "result.h"

#include "buf.h"
#include "json.h"
#include "status.h"
#include "stored.h"

#include <math.h>

struct trawl_result *result_new(void)
{
	struct trawl_result *res = calloc(1, sizeof(*res));

	if (res)
		arena_init(&res->arena, RESULT_BYTES_MAX);
	return res;
}

void result_reset(struct trawl_result *res)
{
	struct arena arena = res->arena;

	arena_reset(&arena);
	*res = (struct trawl_result){ .arena = arena };
}

enum trawl_status result_full(const struct trawl_result *res,
			      struct trawl_error *err)
{
	if (!res->arena.full)
		return fail_nomem(err);
	return fail(err, TRAWL_TOOCOMPLEX,
		    "the answer is over %d MiB: ask for fewer hits or fields",
		    RESULT_BYTES_MAX >> 20);
}

const struct trawl_head *trawl_result_head(const struct trawl_result *res)
{
	return &res->head;
}

const struct trawl_hit *trawl_result_hit(const struct trawl_result *res,
					 size_t i)
{
	return i < res->head.hits ? &res->hits[i] : NULL;
}

const struct trawl_facet *trawl_result_facet(const struct trawl_result *res,
					     size_t i)
{
	return i < res->head.nfacets ? &res->facets[i] : NULL;
}

const struct trawl_bucket *trawl_result_bucket(const struct trawl_result *res,
					       size_t i)
{
	return i < res->head.nbuckets ? &res->buckets[i] : NULL;
}

void trawl_result_free(struct trawl_result *res)
{
	if (!res)
		return;
	arena_release(&res->arena);
	free(res);
}

/* ------------------------------------------------------------- writing -- */

/*
 * The parts of a hit that are left out, from the last on, when its line would
 * be over RESULT_LINE_MAX.  The line then says "cut":true.
 */
enum part {
	PART_ID,
	PART_TITLE, /* date and source, too */
	PART_EXPLAIN,
	PART_SNIPPETS,
	PART_FIELDS
};

void add_decimal(struct buf *out, double value)
{
	const double most = 1e15;
	bool negative = value < 0;
	double size = negative ? -value : value;

	/* No number at all prints as 0, as infinity does as the most. */
	if (!(size >= 0))
		size = 0;
	if (size > most)
		size = most;

	unsigned long long thousandths =
		(unsigned long long)floor(size * 1000 + 0.5);

	buf_addf(out, "%s%llu.%03llu", negative && thousandths ? "-" : "",
		 thousandths / 1000, thousandths % 1000);
}

void add_score(struct buf *out, double value)
{
	const double billion = 1e9;
	double size = value > 0 ? value : 0, whole = floor(size);
	unsigned long long part;
	char digits[16];
	size_t n;

	/* Scores are small; what is not is no score. */
	if (size >= 1e6) {
		add_decimal(out, value);
		return;
	}
	part = (unsigned long long)floor((size - whole) * billion + 0.5);
	if (part == 1000000000) {
		whole++;
		part = 0;
	}
	n = (size_t)snprintf(digits, sizeof(digits), "%09llu", part);
	while (n > 3 && digits[n - 1] == '0')
		n--;
	buf_addf(out, "%llu.%.*s", (unsigned long long)whole, (int)n, digits);
}

static void add_string(struct buf *out, const char *s)
{
	json_add_string(out, s, strlen(s));
}

static void add_member(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(out, ",\"%s\":", name);
	add_string(out, value);
}

static void add_snippets(struct buf *out, const struct trawl_hit *hit)
{
	if (!hit->nsnippets)
		return;
	for (size_t i = 0; i < hit->nsnippets; i++) {
		buf_adds(out, i ? "," : ",\"snippets\":[");
		add_string(out, hit->snippets[i]);
	}
	buf_addc(out, ']');
}

static void add_explain(struct buf *out, const struct trawl_hit *hit)
{
	if (!hit->nexplain)
		return;
	for (size_t i = 0; i < hit->nexplain; i++) {
		const struct trawl_share *share = &hit->explain[i];

		buf_adds(out, i ? ",{\"word\":" : ",\"explain\":[{\"word\":");
		add_string(out, share->word);
		add_member(out, "with", share->with);
		if (!share->with)
			add_member(out, "found", share->found);
		buf_addf(out, ",\"count\":%u,\"score\":", share->count);
		add_decimal(out, share->score);
		if (share->first) {
			buf_adds(out, ",\"lead\":");
			add_decimal(out, share->lead);
			buf_addf(out, ",\"first\":%u", share->first);
		}
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
	if (hit->neighbours > 0) {
		buf_adds(out, ",\"neighbours\":");
		add_decimal(out, hit->neighbours);
	}
}

static void add_story(struct buf *out, const struct trawl_hit *hit)
{
	if (hit->similar)
		buf_addf(out, ",\"similar\":%llu",
			 (unsigned long long)hit->similar);
	add_member(out, "story", hit->story);
}

static void add_json(struct buf *out, const struct trawl_hit *hit,
		     enum part last, bool grouped)
{
	(void)grouped;
	buf_addf(out, "{\"rank\":%u,\"id\":", hit->rank);
	add_string(out, hit->id);
	buf_adds(out, ",\"score\":");
	add_score(out, hit->score);
	if (last >= PART_TITLE) {
		add_member(out, "title", hit->title);
		add_member(out, "date", hit->date);
		add_member(out, "source", hit->source);
		add_story(out, hit);
	}
	if (last >= PART_FIELDS && hit->nfields) {
		buf_adds(out, ",\"fields\":{");
		stored_print(hit->fields, hit->nfields, out);
		buf_addc(out, '}');
	}
	if (last >= PART_SNIPPETS)
		add_snippets(out, hit);
	if (last >= PART_EXPLAIN)
		add_explain(out, hit);
	add_member(out, "index", hit->index);
	if (last < PART_FIELDS)
		buf_adds(out, ",\"cut\":true");
	buf_adds(out, "}\n");
}

/* Bytes of the control character that s begins with, or 0. */
static size_t control_bytes(const char *s)
{
	unsigned char c = (unsigned char)s[0], next = (unsigned char)s[1];

	if (c == 0xC2 && next >= 0x80 && next < 0xA0)
		return 2;
	return c < 0x20 || c == 0x7F ? 1 : 0;
}

/*
 * A value of a line of values: no tab, no line end, no lone backslash.  Other
 * controls are blanks, since a terminal would obey them.
 */
static void add_escaped(struct buf *out, const char *s)
{
	static const char special[] = "\t\n\r\\";
	static const char letters[] = "tnr\\";
	size_t n;

	for (; s && *s; s += n) {
		const char *found = strchr(special, *s);

		n = control_bytes(s);
		if (found) {
			n = 1;
			buf_addc(out, '\\');
			buf_addc(out, letters[found - special]);
		} else if (n) {
			buf_addc(out, ' ');
		} else {
			n = 1;
			buf_addc(out, *s);
		}
	}
}

static void add_tsv(struct buf *out, const struct trawl_hit *hit,
		    enum part last, bool grouped)
{
	bool all = last >= PART_TITLE;

	buf_addf(out, "%u\t", hit->rank);
	add_escaped(out, hit->id);
	buf_addc(out, '\t');
	add_score(out, hit->score);
	buf_addc(out, '\t');
	add_escaped(out, all ? hit->date : NULL);
	buf_addc(out, '\t');
	add_escaped(out, all ? hit->source : NULL);
	buf_addc(out, '\t');
	add_escaped(out, all ? hit->title : NULL);
	if (grouped) {
		buf_addf(out, "\t%llu\t", (unsigned long long)hit->similar);
		add_escaped(out, all ? hit->story : NULL);
	}
	buf_addc(out, '\n');
}

/* As it is, so that it can be asked for; ids of ours have no controls. */
static void add_id(struct buf *out, const struct trawl_hit *hit, enum part last,
		   bool grouped)
{
	size_t n;

	(void)last;
	(void)grouped;
	for (const char *s = hit->id; *s; s += n) {
		n = control_bytes(s);
		buf_addc(out, n ? ' ' : *s);
		n = n ? n : 1;
	}
	buf_addc(out, '\n');
}

/* The first n values of a facet. */
static void add_facet(struct buf *out, const struct trawl_facet *facet,
		      size_t n)
{
	buf_adds(out, "{\"facet\":");
	add_string(out, facet->name);
	buf_adds(out, ",\"values\":[");
	for (size_t i = 0; i < n; i++) {
		buf_adds(out, i ? ",[" : "[");
		add_string(out, facet->values[i].value);
		buf_addf(out, ",%llu]",
			 (unsigned long long)facet->values[i].count);
	}
	buf_adds(out, "]}\n");
}

static void add_bucket(struct buf *out, const struct trawl_bucket *b,
		       bool headlines)
{
	buf_addf(out, "[\"%s\",%llu", b->when, (unsigned long long)b->count);
	if (headlines && b->id) {
		buf_addc(out, ',');
		add_string(out, b->id);
	}
	if (headlines && b->id && b->title) {
		buf_addc(out, ',');
		add_string(out, b->title);
	}
	buf_addc(out, ']');
}

/* Without headlines when with them the line would be over RESULT_LINE_MAX. */
static void add_timeline(struct buf *out, const struct trawl_result *res,
			 bool headlines)
{
	static const char *const periods[] = { "", "year", "month", "day" };

	buf_addf(out, "{\"timeline\":\"%s\",\"buckets\":[",
		 periods[res->timeline]);
	for (size_t i = 0; i < res->head.nbuckets; i++) {
		buf_adds(out, i ? "," : "");
		add_bucket(out, &res->buckets[i], headlines);
	}
	buf_adds(out, headlines ? "]}\n" : "],\"cut\":true}\n");
}

struct lines {
	trawl_sink *sink;
	void *ctx;
	struct buf line;
};

static bool send(struct lines *to)
{
	return !to->line.failed &&
	       to->sink(to->ctx, to->line.data, to->line.len);
}

static bool write_hit(struct lines *to, const struct trawl_result *res,
		      size_t i, enum trawl_format format)
{
	static void (*const add[])(struct buf *, const struct trawl_hit *,
				   enum part, bool grouped) = {
		[TRAWL_JSON] = add_json,
		[TRAWL_TSV] = add_tsv,
		[TRAWL_IDS] = add_id,
	};

	for (int last = PART_FIELDS; last >= PART_ID; last--) {
		buf_reset(&to->line);
		add[format](&to->line, &res->hits[i], (enum part)last,
			    res->grouped);
		if (!to->line.failed)
			break;
	}
	return send(to);
}

static bool write_facet(struct lines *to, const struct trawl_facet *facet)
{
	size_t n = facet->nvalues;

	do {
		buf_reset(&to->line);
		add_facet(&to->line, facet, n);
	} while (to->line.failed && (n /= 2));
	return send(to);
}

static bool write_timeline(struct lines *to, const struct trawl_result *res)
{
	buf_reset(&to->line);
	add_timeline(&to->line, res, true);
	if (!to->line.failed)
		return send(to);
	buf_reset(&to->line);
	add_timeline(&to->line, res, false);
	return send(to);
}

bool trawl_result_write(const struct trawl_result *res,
			enum trawl_format format, trawl_sink *sink, void *ctx)
{
	struct lines to = { sink, ctx, BUF_INIT(RESULT_LINE_MAX) };
	bool more = format <= TRAWL_IDS;

	for (size_t i = 0; more && i < res->head.hits; i++)
		more = write_hit(&to, res, i, format);
	if (format == TRAWL_JSON) {
		for (size_t i = 0; more && i < res->head.nfacets; i++)
			more = write_facet(&to, &res->facets[i]);
		if (more && res->timeline)
			more = write_timeline(&to, res);
	}
	buf_release(&to.line);
	return more;
}
