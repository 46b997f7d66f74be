/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_range.c - periods and numbers to ranges of values
 */
#include "planner.h"

#include "date.h"
#include "number_key.h"
#include "status.h"

#include <math.h>

struct bounds {
	char low[16], high[16];
	size_t low_len, high_len;
	bool none; /* no value can lie between */
};

static bool parse_date(const char *s, size_t len, const char *what,
		       uint32_t column, struct date *out,
		       struct trawl_error *err)
{
	if (date_parse(s, len, out))
		return true;
	fail_at(err, TRAWL_BADVALUE, column,
		"%s: \"%.*s\" is no date: write YYYY, YYYY-MM or YYYY-MM-DD",
		what, len < 64 ? (int)len : 64, s);
	return false;
}

/* The key of a second; none when the calendar does not have it. */
static size_t second_key(int64_t second, char out[16], bool *none)
{
	struct date end;

	if (second < 0 || !date_parse("9999", 4, &end) || second > end.last) {
		*none = true;
		return 0;
	}
	date_key(second, out);
	return strlen(out);
}

/*
 * Values are the start of a document's period, as keys, which are in the
 * order of time; so a period's bounds are the keys of its first and last
 * second.
 */
static bool date_bounds(const struct query_node *q, struct bounds *out,
			struct trawl_error *err)
{
	struct date low, high;
	bool above = q->window & QUERY_ABOVE;
	bool below = q->window & QUERY_BELOW;

	if (q->text_len) {
		if (!parse_date(q->text, q->text_len, "date", q->column, &low,
				err))
			return false;
		out->low_len = second_key(above ? low.last + 1 : low.first,
					  out->low, &out->none);
	}
	if (q->high_len) {
		if (!parse_date(q->high, q->high_len, "date", q->column, &high,
				err))
			return false;
		out->high_len = second_key(below ? high.first - 1 : high.last,
					   out->high, &out->none);
	}
	return true;
}

static bool number_bound(const struct query_node *q, const char *s, size_t len,
			 double away, char out[16], size_t *out_len,
			 struct trawl_error *err)
{
	double value;

	if (!number_parse(s, len, &value)) {
		fail_at(err, TRAWL_BADVALUE, q->column,
			"%s: \"%.*s\" is no number",
			q->field ? q->field->name : "range",
			len < 64 ? (int)len : 64, s);
		return false;
	}
	if (away != 0)
		value = nextafter(value, away);
	*out_len = number_key(value, (unsigned char *)out);
	return true;
}

static bool number_bounds(const struct query_node *q, struct bounds *out,
			  struct trawl_error *err)
{
	double above = q->window & QUERY_ABOVE ? INFINITY : 0;
	double below = q->window & QUERY_BELOW ? -INFINITY : 0;

	if (q->text_len && !number_bound(q, q->text, q->text_len, above,
					 out->low, &out->low_len, err))
		return false;
	return !q->high_len || number_bound(q, q->high, q->high_len, below,
					    out->high, &out->high_len, err);
}

static bool backwards(const struct bounds *b)
{
	size_t n = b->low_len < b->high_len ? b->low_len : b->high_len;
	int d = memcmp(b->low, b->high, n);

	return b->high_len && (d > 0 || (!d && b->low_len > b->high_len));
}

static struct xap_node *range(struct planner *p, int slot,
			      const struct bounds *b)
{
	bool none = slot < 0 || b->none || backwards(b);
	struct xap_node *n = plan_node(p, none ? XAP_NONE : XAP_RANGE);

	if (!n || none)
		return n;
	n->slot = (uint32_t)slot;
	n->low.data = plan_copy(p, b->low, b->low_len);
	n->low.len = b->low_len;
	n->high.data = plan_copy(p, b->high, b->high_len);
	n->high.len = b->high_len;
	return p->st == TRAWL_OK ? n : NULL;
}

struct xap_node *plan_range(struct planner *p, const struct query_node *q,
			    const struct place *at)
{
	struct bounds b = { .none = false };
	int slot = at->field ? at->field->slot : SLOT_DATE;
	bool ok = q->op == QUERY_DATE ? date_bounds(q, &b, p->err)
				      : number_bounds(q, &b, p->err);

	if (!ok && p->st == TRAWL_OK)
		p->st = TRAWL_BADVALUE;
	return p->st == TRAWL_OK ? range(p, slot, &b) : NULL;
}

static bool outer_bounds(const char *since, const char *until, struct bounds *b,
			 struct trawl_error *err)
{
	struct date date;

	if (since) {
		if (!parse_date(since, strlen(since), "since", 0, &date, err))
			return false;
		b->low_len = second_key(date.first, b->low, &b->none);
	}
	if (until) {
		if (!parse_date(until, strlen(until), "until", 0, &date, err))
			return false;
		b->high_len = second_key(date.last, b->high, &b->none);
	}
	return true;
}

enum trawl_status plan_dates(const struct plan_context *ctx, const char *since,
			     const char *until, struct xap_node **out,
			     struct trawl_error *err)
{
	struct planner p = { .ctx = ctx, .err = err };
	struct bounds b = { .none = false };
	struct xap_node *n = NULL;

	if (!outer_bounds(since, until, &b, err))
		return TRAWL_BADVALUE;
	if (since || until)
		n = range(&p, SLOT_DATE, &b);
	if (p.st == TRAWL_OK)
		*out = n;
	return p.st;
}
