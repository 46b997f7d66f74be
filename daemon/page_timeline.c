/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_timeline.c - when: a bar for each day, month or year, and a range
 *
 * The axis is true to time: a place for each period, empty or not.  What would
 * be more than PAGE_BARS is joined: days to months, months to years, years to
 * 2, 5, 10, 20, 50 ... of them, the finest that fits.
 */
#include "page_parts.h"

#include "page_date.h"

enum {
	WIDTH = 320, /* of the drawing, in its own units */
	HEIGHT = 100,
	TOP = 4,
	BASE = 80, /* where bars stand */
	TEXT_BASE = 96,
	BAR_LEAST = 2, /* of what is not nothing */
	BAR_WIDEST = 24,
	LABELS = 5, /* below the axis, at most */
	TENTHS = 10
};

enum unit {
	UNIT_DAY,
	UNIT_MONTH,
	UNIT_YEAR
};

struct axis {
	enum unit unit;
	int64_t step;  /* units a bar */
	int64_t first; /* of bar 0, in steps from the unit's origin */
	size_t n;
	uint64_t count[PAGE_BARS], most;
};

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* How many units are before a date. */
static int64_t units(enum unit unit, struct page_date d)
{
	if (unit == UNIT_DAY)
		return page_date_days(page_date_first(d));
	if (unit == UNIT_MONTH)
		return (int64_t)d.year * 12 + (d.month ? d.month - 1 : 0);
	return d.year;
}

static struct page_date unit_date(enum unit unit, int64_t n)
{
	struct page_date d = { .year = 0 };

	if (unit == UNIT_DAY)
		return page_date_of(n);
	if (unit == UNIT_YEAR) {
		d.year = (int)n;
		return d;
	}
	d.year = (int)floor_div(n, 12);
	d.month = (unsigned)(n - (int64_t)d.year * 12) + 1;
	return d;
}

/* The first and the last date of bar i, as the unit says them. */
static struct page_date bar_first(const struct axis *a, size_t i)
{
	return unit_date(a->unit, (a->first + (int64_t)i) * a->step);
}

static struct page_date bar_last(const struct axis *a, size_t i)
{
	return unit_date(a->unit, (a->first + (int64_t)i + 1) * a->step - 1);
}

/* ---------------------------------------------------------------- scale -- */

static enum unit unit_of(struct page_date d)
{
	return d.day ? UNIT_DAY : d.month ? UNIT_MONTH : UNIT_YEAR;
}

static bool fits(struct axis *a, struct page_date first, struct page_date last)
{
	int64_t end = floor_div(units(a->unit, last), a->step);

	a->first = floor_div(units(a->unit, first), a->step);
	a->n = end < a->first ? 1 : (size_t)(end - a->first) + 1;
	return a->n <= PAGE_BARS;
}

/* The finest scale that fits and is no finer than the buckets are. */
static void choose_scale(struct axis *a, struct page_date first,
			 struct page_date last)
{
	static const int64_t steps[] = { 1,  2,	  5,   10,  20,
					 50, 100, 200, 500, 1000 };

	a->step = 1;
	for (a->unit = unit_of(first); a->unit < UNIT_YEAR; a->unit++)
		if (fits(a, first, last))
			return;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		a->step = steps[i];
		if (fits(a, first, last))
			return;
	}
}

/* False: there is nothing to draw. */
static bool make_axis(const struct view *v, struct axis *a)
{
	size_t n = v->head->nbuckets;
	struct page_date first, last, d;

	*a = (struct axis){ .step = 1 };
	if (!n ||
	    !page_date_read(trawl_result_bucket(v->res, 0)->when, &first) ||
	    !page_date_read(trawl_result_bucket(v->res, n - 1)->when, &last))
		return false;
	choose_scale(a, first, last);
	for (size_t i = 0; i < n; i++) {
		const struct trawl_bucket *b = trawl_result_bucket(v->res, i);
		int64_t at;

		if (!page_date_read(b->when, &d))
			continue;
		at = floor_div(units(a->unit, d), a->step) - a->first;
		if (at < 0 || at >= (int64_t)a->n)
			continue;
		a->count[at] += b->count;
		if (a->count[at] > a->most)
			a->most = a->count[at];
	}
	return a->most;
}

/* ----------------------------------------------------------------- bars -- */

/* Where bar i begins, in tenths. */
static unsigned left_of(const struct axis *a, size_t i)
{
	return (unsigned)(i * WIDTH * TENTHS / a->n);
}

/* "November 2024", "2010 to 2019" */
static void add_bar_name(struct buf *out, const struct axis *a, size_t i)
{
	add_date(out, bar_first(a, i));
	if (a->step == 1)
		return;
	buf_adds(out, " to ");
	add_date(out, bar_last(a, i));
}

static void add_rect(struct buf *out, const char *class, unsigned x, unsigned y,
		     unsigned width, unsigned height)
{
	buf_addf(out, "<rect class=\"%s\" x=\"", class);
	add_tenths(out, x);
	buf_addf(out, "\" y=\"%u\" width=\"", y);
	add_tenths(out, width);
	buf_addf(out, "\" height=\"%u\"", height);
}

static unsigned bar_height(const struct axis *a, size_t i)
{
	unsigned room = BASE - TOP;
	unsigned height =
		(unsigned)((double)a->count[i] / (double)a->most * room + 0.5);

	return height < BAR_LEAST ? BAR_LEAST : height > room ? room : height;
}

static void add_bar_shapes(struct buf *out, const struct axis *a, size_t i,
			   const char *since, const char *until)
{
	unsigned x = left_of(a, i), width = left_of(a, i + 1) - x;
	unsigned gap = width / 8 < 2 * TENTHS ? width / 8 : 2 * TENTHS;
	unsigned height = bar_height(a, i);

	if (width - gap > BAR_WIDEST * TENTHS)
		gap = width - BAR_WIDEST * TENTHS;

	add_rect(out, "hitbox", x, 0, width, BASE);
	buf_adds(out, "/>");
	add_rect(out, "bar", x + gap / 2, BASE - height, width - gap, height);
	buf_addf(out, " data-since=\"%s\" data-until=\"%s\"/>", since, until);
}

static void add_bar(struct buf *out, const struct view *v, const struct axis *a,
		    size_t i)
{
	char since[PAGE_DATE_MAX], until[PAGE_DATE_MAX];
	const struct page_link link = {
		.value = { [KEY_SINCE] = since, [KEY_UNTIL] = until }
	};

	page_date_print(page_date_first(bar_first(a, i)), since);
	page_date_print(page_date_last(bar_last(a, i)), until);
	buf_adds(out, "\t\t\t<a");
	page_href(out, v->p, "/", &link);
	buf_adds(out, " aria-label=\"");
	add_bar_name(out, a, i);
	buf_adds(out, ": ");
	add_count(out, a->count[i], "document", "documents");
	buf_adds(out, "\"><title>");
	add_bar_name(out, a, i);
	buf_adds(out, ": ");
	add_number(out, a->count[i]);
	buf_adds(out, "</title>");
	add_bar_shapes(out, a, i, since, until);
	buf_adds(out, "</a>\n");
}

/* --------------------------------------------------------------- labels -- */

static void add_axis_label(struct buf *out, const struct axis *a, size_t i,
			   unsigned x, const char *anchor)
{
	buf_adds(out, "\t\t\t<text class=\"axis\" x=\"");
	add_tenths(out, x);
	buf_addf(out, "\" y=\"%d\" text-anchor=\"%s\">", TEXT_BASE, anchor);
	add_short_date(out, bar_first(a, i));
	buf_adds(out, "</text>\n");
}

/* The first and the last bar's, and a few at even distances between. */
static void add_axis_labels(struct buf *out, const struct axis *a)
{
	size_t every = (a->n + LABELS - 2) / (LABELS - 1);

	add_axis_label(out, a, 0, 0, "start");
	for (size_t i = every; i + every < a->n; i += every)
		add_axis_label(out, a, i,
			       (left_of(a, i) + left_of(a, i + 1)) / 2,
			       "middle");
	if (a->n > 1)
		add_axis_label(out, a, a->n - 1, WIDTH * TENTHS, "end");
}

static void add_drawing(struct buf *out, const struct view *v,
			const struct axis *a)
{
	static const char *const names[] = { "day", "month", "year" };

	buf_addf(out,
		 "\t\t<svg id=\"timeline\" class=\"bars\" "
		 "viewBox=\"0 0 %d %d\" role=\"group\" "
		 "aria-label=\"Documents by date\" data-unit=\"%s\">\n",
		 WIDTH, HEIGHT, names[a->unit]);
	for (size_t i = 0; i < a->n; i++)
		if (a->count[i])
			add_bar(out, v, a, i);
	add_axis_labels(out, a);
	buf_adds(out, "\t\t</svg>\n");
}

/* ---------------------------------------------------------------- range -- */

/* A date field takes whole days alone. */
static void add_date_input(struct buf *out, const char *name, const char *value,
			   bool last)
{
	char day[PAGE_DATE_MAX] = "";
	struct page_date d;

	if (value && page_date_read(value, &d))
		page_date_print(last ? page_date_last(d) : page_date_first(d),
				day);
	buf_addf(out, "<input name=\"%s\" type=\"date\" value=\"%s\">", name,
		 day);
}

static void add_range_form(struct buf *out, const struct view *v)
{
	buf_adds(out, "\t\t<form class=\"range\" action=\"/\" method=\"get\">");
	page_hidden(out, v->p,
		    1 << KEY_Q | 1 << KEY_IN | 1 << KEY_SORT | 1 << KEY_MATCH |
			    1 << KEY_RANKING | 1 << KEY_GROUP | 1 << KEY_STORY);
	buf_adds(out, "\n\t\t\t<label>From ");
	add_date_input(out, "since", page_value(v->p, KEY_SINCE), false);
	buf_adds(out, "</label>\n\t\t\t<label>To ");
	add_date_input(out, "until", page_value(v->p, KEY_UNTIL), true);
	buf_adds(out, "</label>\n\t\t\t<button type=\"submit\">Set</button>\n"
		      "\t\t</form>\n");
}

void page_timeline(struct buf *out, const struct view *v)
{
	struct axis axis;

	if (!make_axis(v, &axis))
		return;
	buf_adds(out, "\t<section class=\"timeline\" "
		      "aria-labelledby=\"timeline-title\">\n"
		      "\t\t<h2 id=\"timeline-title\">When</h2>\n");
	add_drawing(out, v, &axis);
	add_range_form(out, v);
	buf_adds(out, "\t</section>\n");
}
