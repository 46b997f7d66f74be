/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "handler.h"

const char *task_value(const struct task *t, const char *key)
{
	return line_value(t->rq, key);
}

int task_only(const struct task *t)
{
	if (t->set & (t->set - 1))
		return -1;
	return __builtin_ctzll(t->set);
}

void task_rev(struct task *t, const char *rev)
{
	answer_key(t->out, "rev", rev);
	snprintf(t->out->rev, sizeof(t->out->rev), "%s", rev);
}

/* --------------------------------------------------------------- errors -- */

bool task_lacks_document(const struct task *t)
{
	return t->ix && (task_value(t, "id") || task_value(t, "story")) &&
	       trawl_index_refresh(t->ix, NULL, NULL) == TRAWL_OK;
}

static enum error_code code_of(const struct task *t, enum trawl_status st)
{
	switch (st) {
	case TRAWL_BADQUERY:
		return ERROR_BAD_QUERY;
	case TRAWL_TOOCOMPLEX:
		return ERROR_TOO_COMPLEX;
	case TRAWL_BADOPTION:
		return ERROR_UNKNOWN_OPTION;
	case TRAWL_BADVALUE:
		return ERROR_BAD_VALUE;
	case TRAWL_TIMEOUT:
		return ERROR_TIMEOUT;
	case TRAWL_NOTFOUND:
		return task_lacks_document(t) ? ERROR_NOT_FOUND
					      : ERROR_CORRUPT_INDEX;
	case TRAWL_STALE:
		return task_value(t, "rev") ? ERROR_REVISION_GONE
					    : ERROR_WORKER_LOST;
	case TRAWL_NOMEM:
		return ERROR_WORKER_LOST;
	case TRAWL_MISMATCH:
		return task_only(t) < 0 ? ERROR_BAD_VALUE : ERROR_CORRUPT_INDEX;
	case TRAWL_CORRUPT:
	case TRAWL_IO:
		return ERROR_CORRUPT_INDEX;
	default:
		return ERROR_INTERNAL;
	}
}

void task_fail(struct task *t, enum trawl_status st,
	       const struct trawl_error *why)
{
	enum error_code code = code_of(t, st);
	struct trawl_error named = *why, *err = &named;

	shelf_hide_paths(t->shelf, err);
	if (st == TRAWL_NOMEM)
		t->unwell = true;
	if (err->column)
		answer_error(t->out, code, "%s (byte %u)", err->text,
			     err->column);
	else if (st == TRAWL_MISMATCH && task_only(t) < 0)
		answer_error(t->out, code,
			     "%s, or name one with in=", err->text);
	else
		answer_error(t->out, code, "%s", err->text);
}

bool task_sink(void *task, const char *bytes, size_t n)
{
	struct task *t = task;

	t->too_large = n > t->out->body.max - t->out->body.len;
	return !t->too_large && answer_sink(t->out, bytes, n);
}

void task_unwritten(struct task *t, const char *advice)
{
	const struct trawl_error err = { .text = "out of memory; try again" };

	if (t->too_large)
		answer_error(t->out, ERROR_TOO_LARGE,
			     "the reply is over max-reply=%zu bytes; %s",
			     t->out->body.max, advice);
	else
		task_fail(t, TRAWL_NOMEM, &err);
}

/* -------------------------------------------------------------- options -- */

/* The library's requests have all options but these. */
static bool is_ours(const char *key)
{
	return !strcmp(key, "in") || !strcmp(key, "id") || !strcmp(key, "q");
}

/* Only ever shortened: the budget is what is left of the longest allowed. */
static void limit_time(const struct task *t, struct trawl_request *rq)
{
	unsigned left = t->budget_ms < TRAWL_TIMEOUT_MAX ? t->budget_ms
							 : TRAWL_TIMEOUT_MAX;

	if (!rq->timeout_ms || rq->timeout_ms > left)
		rq->timeout_ms = left ? left : 1;
}

/* What was asked for that tsv and id have no lines for. */
static const char *json_only(const struct trawl_request *rq)
{
	if (rq->format == TRAWL_JSON)
		return NULL;
	if (rq->facets && *rq->facets)
		return "facets";
	if (rq->timeline)
		return "timeline";
	return rq->explain ? "explain" : NULL;
}

/* A request that the library takes, and that cannot be answered here. */
static bool is_sound(struct task *t, const struct trawl_request *rq)
{
	const char *key = json_only(rq);

	if (rq->rev && task_only(t) < 0)
		answer_error(t->out, ERROR_BAD_VALUE,
			     "rev=%.64s: is that of one index: needs in=NAME",
			     rq->rev);
	else if (key)
		answer_error(t->out, ERROR_BAD_VALUE, "%s=: needs fmt=json",
			     key);
	else
		return true;
	return false;
}

bool task_request(struct task *t, struct trawl_request *rq)
{
	struct trawl_error err;

	*rq = (struct trawl_request)TRAWL_REQUEST_INIT;
	rq->ranking = shelf_ranking(t->shelf);
	for (size_t i = 0; i < t->rq->noptions; i++) {
		const struct line_option *o = &t->rq->option[i];
		enum trawl_status st;

		if (is_ours(o->key))
			continue;
		st = trawl_request_set(rq, o->key, o->value, &err);
		if (st != TRAWL_OK) {
			task_fail(t, st, &err);
			return false;
		}
	}
	rq->query = task_value(t, "q");
	limit_time(t, rq);
	return is_sound(t, rq);
}

/* ------------------------------------------------------------- dispatch -- */

static void (*const handlers[VERBS])(struct task *) = {
	[VERB_SEARCH] = handle_search,	 [VERB_COUNT] = handle_count,
	[VERB_GET] = handle_get,	 [VERB_SIMILAR] = handle_similar,
	[VERB_SUGGEST] = handle_suggest, [VERB_SPELL] = handle_spell,
	[VERB_EXPLAIN] = handle_explain, [VERB_INFO] = handle_info,
};

static bool is_missing(const struct task *t, const char *key)
{
	const char *value = task_value(t, key);

	return !value || !*value;
}

static bool has_what_it_needs(struct task *t)
{
	const struct verb *verb = t->rq->verb;
	const char *id = task_value(t, "id");

	if ((verb->flags & VERB_NEEDS_TEXT) && is_missing(t, "q"))
		answer_error(t->out, ERROR_MISSING_VALUE,
			     "%s needs a %s: %s :%s", verb->name, verb->text,
			     verb->name, verb->text);
	else if ((verb->flags & VERB_NEEDS_ID) && !id)
		answer_error(t->out, ERROR_MISSING_VALUE,
			     "%s needs a document: %s id=ID", verb->name,
			     verb->name);
	else if (id && !*id)
		answer_error(t->out, ERROR_MISSING_VALUE,
			     "id=: must be the id of a document");
	else
		return true;
	return false;
}

/* A handle that moves to a newer commit begins to count anew. */
static uint64_t since(uint64_t before, uint64_t after)
{
	return after < before ? after : after - before;
}

/* Those that take indexes one by one are not counted. */
static void run_counted(struct task *t, void (*handler)(struct task *))
{
	struct trawl_index *ix = t->ix;
	struct trawl_cache before, after;

	trawl_index_cache(ix, &before);
	handler(t);
	trawl_index_cache(ix, &after);
	t->out->cached = since(before.hits, after.hits);
	t->out->read = since(before.misses, after.misses);
}

static void run(struct task *t)
{
	enum verb_id id = (enum verb_id)(t->rq->verb - verbs);
	struct trawl_error err = { 0 };
	enum trawl_status st = TRAWL_OK;

	if (!has_what_it_needs(t) ||
	    !shelf_choose(t->shelf, task_value(t, "in"), &t->set, t->out))
		return;
	/* These take indexes one by one: some cannot be read together. */
	if (id != VERB_INFO && id != VERB_GET)
		st = shelf_take(t->shelf, t->set, &t->ix, &err);
	if (st != TRAWL_OK)
		task_fail(t, st, &err);
	else
		run_counted(t, handlers[id]);
}

/* Keys are of the library's making, and all but never that long. */
static void check_keys(struct task *t)
{
	if (!t->out->code && t->out->keys.failed)
		answer_error(t->out, ERROR_TOO_LARGE,
			     "the status line is over %zu bytes: ask for less",
			     t->out->keys.max);
}

bool handle(struct shelf *shelf, const struct line_request *rq,
	    unsigned budget_ms, const struct render *render, struct answer *out)
{
	struct task t = {
		.shelf = shelf,
		.rq = rq,
		.budget_ms = budget_ms,
		.render = render,
		.out = out,
	};

	answer_reset(out);
	if (rq->verb->flags & VERB_WORKER)
		run(&t);
	else
		answer_error(out, ERROR_INTERNAL, "%s is not for a worker",
			     rq->verb->name);
	check_keys(&t);
	return !t.unwell;
}
