/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article_date.h"

#include "date_line.h"
#include "written_parts.h"

#include <string.h>

enum {
	CANDIDATES_MAX = 32,
	HEAD_MAX = 64 << 10, /* bytes above the body that are looked at */
	LABEL_WORDS = 12,    /* of a line with a label */
	LABEL_OTHERS = 3,    /* of these, that are no date's company */
	NAME_WORDS = 6,	     /* beside a date, without a label */
	BYLINE_OTHERS = 4,
	OWN_LINES = 3,	      /* as many make a list */
	STANDFIRST_LINES = 5, /* of the body, the first included */
	PROSE_MIN = 80,	      /* bytes of a line */
	BELOW_MAX = 200,      /* bytes of a line below the body */
	DATELINE_BYTES = 160, /* in which a dateline ends */
	DATELINE_PLACE = 60   /* bytes before its date */
};

struct candidate {
	struct written_date date;
	double confidence;
	const char *reason;
	uint32_t line; /* where it begins */
	enum date_label label;
	bool own; /* without a label, on a line of its own */
};

struct finder {
	const char *text;
	size_t len;
	uint32_t body, title_line, title_end;
	enum date_order order;
	struct candidate at[CANDIDATES_MAX];
	size_t n;
};

static size_t line_length(const char *s, size_t len)
{
	const char *lf = memchr(s, '\n', len);

	return lf ? (size_t)(lf - s) : len;
}

static void add(struct finder *f, const struct written_date *d, size_t line,
		double confidence, const char *reason)
{
	if (f->n == CANDIDATES_MAX)
		return;
	f->at[f->n++] = (struct candidate){ .date = *d,
					    .confidence = confidence,
					    .reason = reason,
					    .line = (uint32_t)line };
}

/* A label says so much, and what it says. */
static const struct {
	double confidence;
	const char *reason;
} labels[] = {
	[DATE_LABEL_DATE] = { 0.90, "a label says date" },
	[DATE_LABEL_POSTED] = { 0.94, "a label says posted" },
	[DATE_LABEL_PUBLISHED] = { 0.95, "a label says published" },
	[DATE_LABEL_UPDATED] = { 0.84, "a label says updated" },
};

/* 05/03/2013 is March in Europe, but at 11:00 EDT it is May. */
static bool decide(struct finder *f, struct labelled_date *d,
		   const struct date_line *l, double *factor)
{
	struct written_date read;
	enum date_order order = f->order;

	*factor = 1;
	if (!d->date.ambiguous)
		return true;
	if (order == DATE_ORDER_UNKNOWN && l->american) {
		order = DATE_ORDER_MONTH_FIRST;
		*factor = 0.9;
	} else if (order == DATE_ORDER_UNKNOWN && l->foreign) {
		order = DATE_ORDER_DAY_FIRST;
		*factor = 0.9;
	}
	if (order == DATE_ORDER_UNKNOWN)
		return false;
	read = d->date;
	if (order == DATE_ORDER_MONTH_FIRST) {
		read.month = d->date.day;
		read.day = d->date.month;
	}
	read.ambiguous = false;
	d->date = read;
	return true;
}

/* Why the date of a line without a label is the article's; NULL: it is not. */
static const char *unlabelled(const struct date_line *l, double *confidence)
{
	if (!l->others && !l->capitals) {
		*confidence = 0.9;
		return "a line of its own above the body";
	}
	if (l->odd_label || (l->stop && !l->byline))
		return NULL;
	if ((l->byline || l->read_time) && l->others <= BYLINE_OTHERS &&
	    l->words <= LABEL_WORDS) {
		*confidence = 0.9;
		return "the byline";
	}
	if (!l->others && l->words <= NAME_WORDS) {
		*confidence = 0.76;
		return "beside a name above the body";
	}
	return NULL;
}

static void take_line(struct finder *f, size_t line, struct date_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const enum date_label label = l->at[i].label;
		double confidence = labels[label].confidence, factor;
		const char *reason = labels[label].reason;

		if (!decide(f, &l->at[i], l, &factor))
			continue;
		if (!label)
			reason = unlabelled(l, &confidence);
		else if (l->words > LABEL_WORDS || l->others > LABEL_OTHERS)
			reason = NULL;
		if (!reason)
			continue;
		add(f, &l->at[i].date, line, confidence * factor, reason);
		if (f->n)
			f->at[f->n - 1].label = label;
		if (!label && f->n)
			f->at[f->n - 1].own = !l->others && !l->capitals;
		if (!label) /* further ones are not what was said of it */
			break;
	}
}

static void read_head(struct finder *f)
{
	size_t end = f->body < HEAD_MAX ? f->body : HEAD_MAX, n;

	for (size_t at = 0; at < end; at += n + 1) {
		struct date_line l;

		n = line_length(f->text + at, f->len - at);
		if (at == f->title_line)
			continue;
		if (date_line_read(f->text + at, n, f->order, &l) &&
		    !l.excluded)
			take_line(f, at, &l);
	}
}

static size_t skip_any(const char *s, size_t len, const char *any)
{
	size_t i = 0;

	while (i < len && s[i] && strchr(any, s[i]))
		i++;
	return i;
}

/* "(Reuters)", "/PRNewswire/"; 0: none. */
static size_t agency_length(const char *s, size_t len)
{
	const char *close = NULL;

	if (len && (*s == '(' || *s == '/'))
		close = memchr(s + 1, *s == '(' ? ')' : '/', len - 1);
	return close ? (size_t)(close + 1 - s) : 0;
}

/* "(Reuters) -", "-", ")": what ends a dateline */
static bool ends_dateline(const char *s, size_t len)
{
	size_t i = skip_any(s, len, " ,.)");

	i += agency_length(s + i, len - i);
	i += skip_any(s + i, len - i, " ");
	return (i < len && s[i] == '-') ||
	       (len - i > 2 && (!memcmp(s + i, "\xE2\x80\x93", 3) ||
				!memcmp(s + i, "\xE2\x80\x94", 3)));
}

/* "WASHINGTON, ": its first word in capitals, or nothing at all. */
static bool is_place(const char *s, size_t len)
{
	const size_t skip = skip_any(s, len, " (");
	size_t upper = 0;

	len -= skip;
	s += skip;
	while (upper < len && ((s[upper] >= 'A' && s[upper] <= 'Z') ||
			       (unsigned char)s[upper] >= 0x80))
		upper++;
	return !len || (upper >= 3 && len <= DATELINE_PLACE);
}

/* "WASHINGTON, Sept. 5, 2014 (Reuters) -" */
static void read_dateline(struct finder *f)
{
	const char *s = f->text + f->body;
	size_t left = f->len - f->body;
	size_t n =
		line_length(s, left < DATELINE_BYTES ? left : DATELINE_BYTES);
	struct written_date d;
	size_t at = 0;

	while (written_date_next_full(s, n, &at, f->order, &d)) {
		if (!d.day || !d.year || d.ambiguous)
			continue;
		if (is_place(s, d.begin) && ends_dateline(s + d.end, n - d.end))
			add(f, &d, f->body, 0.88, "the dateline");
		break;
	}
}

static bool is_same_day(const struct written_date *a,
			const struct written_date *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day;
}

/* Candidates from there on: when they differ they are of several articles. */
static void weigh_lower(struct finder *f, size_t from, double confidence)
{
	const struct candidate *first = NULL;

	for (size_t i = from; i < f->n; i++) {
		const struct candidate *c = &f->at[i];

		if (c->label == DATE_LABEL_UPDATED)
			continue;
		if (first && !is_same_day(&first->date, &c->date))
			confidence = 0.4;
		first = c;
	}
	for (size_t i = from; i < f->n; i++) {
		struct candidate *c = &f->at[i];

		c->own = false;
		c->confidence = confidence;
		if (c->label == DATE_LABEL_UPDATED)
			c->confidence -= 0.1;
	}
}

/* Bytes of the next line that is not empty. */
static size_t next_length(const struct finder *f, size_t at)
{
	while (at < f->len && f->text[at] == '\n')
		at++;
	return line_length(f->text + at, f->len - at);
}

/*
 * The body may have begun too early, with a paragraph that sums the article up:
 * the date's line comes then, and prose.  More than one is a chronicle.
 */
static void read_standfirst(struct finder *f)
{
	const size_t before = f->n;
	size_t at = f->body, n;

	for (unsigned lines = 0; at < f->len && lines < STANDFIRST_LINES;
	     at += n + 1) {
		struct date_line l;

		n = line_length(f->text + at, f->len - at);
		lines += n > 0;
		if (n && n <= BELOW_MAX && at > f->body && at + n < f->len &&
		    next_length(f, at + n) >= PROSE_MIN &&
		    date_line_read(f->text + at, n, f->order, &l) &&
		    !l.excluded && !l.others && !l.capitals)
			take_line(f, at, &l);
	}
	weigh_lower(f, before, 0.8);
}

/* Labels of comments and of other articles stand there, too: one date only. */
static void read_below(struct finder *f)
{
	const size_t before = f->n;
	size_t n, at = f->body;

	for (; at < f->len; at += n + 1) {
		struct date_line l;

		n = line_length(f->text + at, f->len - at);
		if (n > BELOW_MAX || next_year(f->text + at, n, 0) == n ||
		    !date_line_read(f->text + at, n, f->order, &l) ||
		    l.excluded || l.at[0].label < DATE_LABEL_PUBLISHED)
			continue;
		take_line(f, at, &l);
	}
	weigh_lower(f, before, 0.84);
}

/* Above the title stands a masthead's date as often as the article's. */
static void weigh(struct finder *f)
{
	struct candidate *nearest = NULL;
	size_t own = 0;

	for (size_t i = 0; i < f->n; i++)
		own += f->at[i].own;
	for (size_t i = 0; i < f->n; i++) {
		struct candidate *c = &f->at[i];

		if (c->line >= f->body)
			continue;
		if (f->title_end && c->line < f->title_line)
			c->confidence -= 0.08;
		else if (!nearest)
			nearest = c;
		if (c->own && own >= OWN_LINES && c != nearest)
			c->confidence -= 0.25;
		if (f->body == f->len)
			c->confidence -= 0.1;
	}
	if (nearest)
		nearest->confidence += 0.03;
}

static struct candidate *take_best(struct finder *f)
{
	struct candidate *best = NULL;

	for (size_t i = 0; i < f->n; i++)
		if (f->at[i].confidence > 0 &&
		    (!best || f->at[i].confidence > best->confidence))
			best = &f->at[i];
	return best;
}

static size_t print(struct finder *f, struct arena *arena,
		    struct trawl_guess *out, size_t max)
{
	struct candidate *c;
	size_t n = 0;

	while (n < max && n < ARTICLE_DATES_MAX && (c = take_best(f))) {
		char value[WRITTEN_DATE_MAX];

		out[n] = (struct trawl_guess){ .field = "date",
					       .confidence = c->confidence,
					       .reason = c->reason };
		c->confidence = 0;
		if (!written_date_print(&c->date, true, value))
			continue;
		out[n].value = arena_strdup(arena, value);
		if (!out[n].value)
			break;
		n++;
	}
	return n;
}

enum date_order article_date_order(const char *text, size_t len, uint32_t body)
{
	struct written_date d;
	size_t at = 0;

	len = body < len ? body : len;
	len = len < HEAD_MAX ? len : HEAD_MAX;
	while (written_date_next_full(text, len, &at, DATE_ORDER_UNKNOWN, &d))
		if (d.order != DATE_ORDER_UNKNOWN)
			return d.order;
	return DATE_ORDER_UNKNOWN;
}

size_t article_dates_in_order(const char *text, size_t len, uint32_t body,
			      uint32_t title_line, enum date_order order,
			      struct arena *arena, struct trawl_guess *out,
			      size_t max)
{
	struct finder f = { .text = text,
			    .len = len,
			    .body = body,
			    .title_line = title_line,
			    .order = order };

	if (body > len)
		f.body = (uint32_t)len;
	if (title_line < len)
		f.title_end =
			title_line + (uint32_t)line_length(text + title_line,
							   len - title_line);
	if (order == DATE_ORDER_UNKNOWN)
		f.order = article_date_order(text, len, f.body);
	read_head(&f);
	read_dateline(&f);
	if (!f.n)
		read_standfirst(&f);
	read_below(&f);
	weigh(&f);
	return print(&f, arena, out, max);
}

size_t article_dates(const char *text, size_t len, uint32_t body,
		     uint32_t title_line, struct arena *arena,
		     struct trawl_guess *out, size_t max)
{
	return article_dates_in_order(text, len, body, title_line,
				      DATE_ORDER_UNKNOWN, arena, out, max);
}
