/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include "response.h"
#include "values.h"

#include <stdarg.h>

/* NULL: all there are. */
static const char *const taken[] = {
	[ASK_PARSE] = " in match strict ",
	[ASK_GET] = " in ",
	[ASK_SIMILAR] = " in limit offset fields snippets mark group story "
			"since until timeout rev ",
	[ASK_SUGGEST] = " in limit ",
	[ASK_SPELL] = " in limit ",
	[ASK_EXPLAIN] =
		" in match ranking fields snippets mark variants timeout "
		"strict rev ",
	[ASK_INFO] = " in ",
	[ASK_STATS] = " ",
};

bool ask_takes(enum ask ask, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = taken[ask]; at; at = strchr(at + 1, ' '))
		if (strncmp(at + 1, name, len) == 0 && at[len + 1] == ' ')
			return true;
	return !taken[ask];
}

bool question_is_raw(const struct question *q)
{
	return values_get(q->values, "fmt");
}

static bool applies(const struct question *q, const char *name)
{
	if (strcmp(name, "in") == 0)
		return false;
	return strcmp(name, "fmt") == 0 || ask_takes(q->ask, name);
}

/* As a server does. */
static enum trawl_status check_format(const struct trawl_request *rq,
				      struct trawl_error *err)
{
	const char *key = rq->facets && *rq->facets ? "facets"
			  : rq->timeline	    ? "timeline"
			  : rq->explain		    ? "explain"
						    : NULL;

	if (rq->format == TRAWL_JSON || !key)
		return TRAWL_OK;
	return source_fail(err, TRAWL_BADVALUE, "%s=: needs fmt=json", key);
}

enum trawl_status question_request(const struct question *q,
				   struct trawl_request *rq,
				   struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	*rq = (struct trawl_request)TRAWL_REQUEST_INIT;
	rq->query = q->query;
	for (size_t i = 0; i < q->values->n && st == TRAWL_OK; i++) {
		const struct value *v = &q->values->at[i];

		if (applies(q, v->name))
			st = trawl_request_set(rq, v->name, v->value, err);
	}
	return st ? st : check_format(rq, err);
}

enum trawl_status source_ask(struct source *src, const struct question *q,
			     struct response *out, struct trawl_error *err)
{
	enum trawl_status st = src->ask(src, q, out, err);

	if (src->told_stale)
		out->stale = NULL;
	src->told_stale |= out->stale != NULL;
	if (st == TRAWL_OK && (!question_is_raw(q) || q->ask == ASK_SUGGEST ||
			       q->ask == ASK_SPELL))
		st = response_read(out, q->ask, err);
	return st;
}

void source_close(struct source *src)
{
	if (!src)
		return;
	free(src->name);
	src->close(src);
}

enum trawl_status source_fail(struct trawl_error *err, enum trawl_status st,
			      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	err->column = 0;
	return st;
}
