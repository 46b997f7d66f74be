/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.c - SEARCH's options: one table
 *
 * Setting by name, the list of names, the check of a whole request and the
 * texts of the errors all read it.
 */
#include "request.h"

#include "buf.h"
#include "date.h"
#include "parse.h"
#include "schema.h"
#include "status.h"
#include "utf8.h"

enum {
	OPTION_CHOICES = 4,
	SHOWN_MAX = 100
};

enum option_kind {
	OPTION_NUMBER, /* unsigned */
	OPTION_CHOICE, /* an enum */
	OPTION_FLAG,   /* a bool */
	OPTION_TEXT    /* const char * */
};

struct option {
	const char *name;
	enum option_kind kind;
	size_t at;
	unsigned max;
	/* The place is the value; a NULL cannot be asked for by name. */
	const char *choices[OPTION_CHOICES];
	bool (*good)(const char *value);
	const char *rule; /* what good() wants, in words */
};

static bool good_sort(const char *s)
{
	size_t n = strlen(s += *s == '-');

	return n && n <= SCHEMA_NAME_MAX;
}

static bool good_date(const char *s)
{
	struct date date;

	return date_parse(s, strlen(s), &date);
}

static bool good_list(const char *s, size_t max)
{
	const char *name;
	size_t len, n = 0;

	while (list_next(&s, &name, &len))
		if (!len || ++n > max)
			return false;
	return true;
}

static bool good_fields(const char *s)
{
	return !*s || good_list(s, TRAWL_FIELDS_MAX);
}

static bool good_facets(const char *s)
{
	return !*s || good_list(s, TRAWL_FACETS_MAX);
}

static bool good_id(const char *s)
{
	return *s && strnlen(s, TRAWL_ID_MAX + 1) <= TRAWL_ID_MAX;
}

static bool good_rev(const char *s)
{
	size_t generation = strspn(s, "0123456789");
	const char *dot = s + generation;

	return generation && *dot == '.' && dot[1] &&
	       !dot[1 + strspn(dot + 1, "0123456789")];
}

#define DATE_RULE "must be YYYY, YYYY-MM or YYYY-MM-DD"

/* One row, one option: its name, its kind, its member, and what it may be. */
/* clang-format off */
#define OPTIONS(ROW)                                                           \
	ROW(limit, NUMBER, limit, .max = TRAWL_LIMIT_MAX)                      \
	ROW(offset, NUMBER, offset, .max = TRAWL_DEPTH_MAX)                    \
	ROW(sort, TEXT, sort, .good = good_sort,                               \
	    .rule = "must be relevance, date, -date or a field")               \
	ROW(match, CHOICE, match, .choices = { "any", "all" })                 \
	ROW(ranking, CHOICE, ranking, .choices = { "trawl", "bm25", "trawl2" })\
	ROW(fields, TEXT, fields, .good = good_fields,                         \
	    .rule = "must be names with a comma between two")                  \
	ROW(snippets, NUMBER, snippets, .max = TRAWL_SNIPPETS_MAX)             \
	ROW(mark, CHOICE, mark, .choices = { "html", "none", "term" })         \
	ROW(facets, TEXT, facets, .good = good_facets,                         \
	    .rule = "must be at most 16 names with a comma between two")       \
	ROW(timeline, CHOICE, timeline,                                        \
	    .choices = { NULL, "year", "month", "day" })                       \
	ROW(headlines, FLAG, headlines, .choices = { "0", "1" })               \
	ROW(group, CHOICE, group, .choices = { "none", "story", "copy" })      \
	ROW(story, TEXT, story, .good = good_id,                               \
	    .rule = "must be the id of a document")                            \
	ROW(since, TEXT, since, .good = good_date, .rule = DATE_RULE)          \
	ROW(until, TEXT, until, .good = good_date, .rule = DATE_RULE)          \
	ROW(count, FLAG, count_exact, .choices = { NULL, "exact" })            \
	ROW(explain, FLAG, explain, .choices = { "0", "1" })                   \
	ROW(correct, FLAG, correct, .choices = { NULL, "run" })                \
	ROW(variants, FLAG, variants_off, .choices = { "on", "off" })          \
	ROW(timeout, NUMBER, timeout_ms, .max = TRAWL_TIMEOUT_MAX)             \
	ROW(strict, FLAG, strict, .choices = { "0", "1" })                     \
	ROW(rev, TEXT, rev, .good = good_rev,                                  \
	    .rule = "must be a revision as in a reply, like 7.12")             \
	ROW(fmt, CHOICE, format, .choices = { "json", "tsv", "id" })
/* clang-format on */

#define ROW(option, type, member, ...)                                         \
	{ .name = #option,                                                     \
	  .kind = OPTION_##type,                                               \
	  .at = offsetof(struct trawl_request, member),                        \
	  __VA_ARGS__ },
#define NAME(option, type, member, ...) #option,

static const struct option options[] = { OPTIONS(ROW) };
static const char *const names[] = { OPTIONS(NAME) NULL };

_Static_assert(sizeof(enum trawl_match) == sizeof(unsigned) &&
		       sizeof(enum trawl_mark) == sizeof(unsigned) &&
		       sizeof(enum trawl_timeline) == sizeof(unsigned) &&
		       sizeof(enum trawl_group) == sizeof(unsigned) &&
		       sizeof(enum trawl_ranking) == sizeof(unsigned) &&
		       sizeof(enum trawl_format) == sizeof(unsigned),
	       "OPTION_CHOICE is written as an unsigned");

enum {
	NOPTIONS = sizeof(options) / sizeof(*options)
};

const char *const *trawl_request_options(void)
{
	return names;
}

bool list_next(const char **at, const char **name, size_t *len)
{
	if (!*at)
		return false;
	*name = *at;
	*len = strcspn(*at, ",");
	*at = (*name)[*len] ? *name + *len + 1 : NULL;
	return true;
}

bool list_has(const char *list, const char *name)
{
	const char *item;
	size_t len;

	while (list_next(&list, &item, &len))
		if (strlen(name) == len && !memcmp(item, name, len))
			return true;
	return false;
}

int shown(const char *s)
{
	return (int)utf8_cut(s, strnlen(s, SHOWN_MAX + 4), SHOWN_MAX);
}

/* How many places of the table of choices are in use. */
static unsigned choices(const struct option *o)
{
	unsigned n = 0;

	for (unsigned i = 0; i < OPTION_CHOICES; i++)
		if (o->choices[i])
			n = i + 1;
	return n;
}

/* "must be html, none or term" */
static void add_choices(struct buf *out, const struct option *o)
{
	const char *between = "must be ";
	unsigned n = choices(o);

	for (unsigned i = 0; i < n; i++) {
		if (!o->choices[i])
			continue;
		buf_addf(out, "%s%s", between, o->choices[i]);
		between = i + 2 == n ? " or " : ", ";
	}
}

static void add_rule(struct buf *out, const struct option *o)
{
	if (o->kind == OPTION_NUMBER)
		buf_addf(out, "must be a number, 0 to %u", o->max);
	else if (o->kind == OPTION_TEXT)
		buf_adds(out, o->rule);
	else
		add_choices(out, o);
}

static enum trawl_status bad_value(const struct option *o, const char *value,
				   struct trawl_error *err)
{
	struct buf rule = BUF_INIT(200);

	add_rule(&rule, o);
	fail(err, TRAWL_BADVALUE, "%s=%.*s: %s", o->name, shown(value), value,
	     rule.data);
	buf_release(&rule);
	return TRAWL_BADVALUE;
}

static bool choose(const struct option *o, const char *value, unsigned *out)
{
	for (unsigned i = 0; i < OPTION_CHOICES; i++)
		if (o->choices[i] && !strcmp(o->choices[i], value)) {
			*out = i;
			return true;
		}
	return false;
}

static enum trawl_status set(void *member, const struct option *o,
			     const char *value, struct trawl_error *err)
{
	uint64_t number = 0;
	unsigned choice = 0;
	bool good;

	if (o->kind == OPTION_NUMBER)
		good = parse_uint(value, 0, o->max, &number);
	else if (o->kind == OPTION_TEXT)
		good = o->good(value);
	else
		good = choose(o, value, &choice);
	if (!good)
		return bad_value(o, value, err);
	if (o->kind == OPTION_NUMBER)
		*(unsigned *)member = (unsigned)number;
	else if (o->kind == OPTION_TEXT)
		*(const char **)member = value;
	else if (o->kind == OPTION_FLAG)
		*(bool *)member = choice;
	else
		*(unsigned *)member = choice;
	return TRAWL_OK;
}

static enum trawl_status bad_option(const char *name, struct trawl_error *err)
{
	struct buf all = BUF_INIT(300);

	for (size_t i = 0; i < NOPTIONS; i++)
		buf_addf(&all, "%s%s", i ? ", " : "", names[i]);
	fail(err, TRAWL_BADOPTION, "no option \"%.*s\"; there are %s",
	     shown(name), name, all.data);
	buf_release(&all);
	return TRAWL_BADOPTION;
}

enum trawl_status trawl_request_set(struct trawl_request *rq, const char *name,
				    const char *value, struct trawl_error *err)
{
	if (!rq || !name || !value)
		return fail(err, TRAWL_INVAL,
			    "trawl_request_set: an argument is NULL");
	for (size_t i = 0; i < NOPTIONS; i++)
		if (!strcmp(options[i].name, name))
			return set((char *)rq + options[i].at, &options[i],
				   value, err);
	return bad_option(name, err);
}

static enum trawl_status check_number(const struct option *o, unsigned value,
				      struct trawl_error *err)
{
	char text[16];

	if (o->kind == OPTION_NUMBER ? value <= o->max : value < choices(o))
		return TRAWL_OK;
	snprintf(text, sizeof(text), "%u", value);
	return bad_value(o, text, err);
}

static enum trawl_status check_text(const struct option *o, const char *value,
				    struct trawl_error *err)
{
	return !value || o->good(value) ? TRAWL_OK : bad_value(o, value, err);
}

enum trawl_status request_check(const struct trawl_request *rq,
				struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!rq)
		return fail(err, TRAWL_INVAL, "the request is NULL");
	for (size_t i = 0; st == TRAWL_OK && i < NOPTIONS; i++) {
		const struct option *o = &options[i];
		const void *member = (const char *)rq + o->at;

		if (o->kind == OPTION_TEXT)
			st = check_text(o, *(const char *const *)member, err);
		else if (o->kind != OPTION_FLAG)
			st = check_number(o, *(const unsigned *)member, err);
	}
	if (st == TRAWL_OK && rq->offset + rq->limit > TRAWL_DEPTH_MAX)
		st = fail(err, TRAWL_BADVALUE,
			  "offset=%u and limit=%u: their sum must be at most "
			  "%d; narrow the query instead",
			  rq->offset, rq->limit, TRAWL_DEPTH_MAX);
	return st;
}
