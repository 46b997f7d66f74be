/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle_search.c - SEARCH, COUNT, SIMILAR, EXPLAIN
 */
#include "handler.h"

#define FEWER "ask for fewer hits (limit=), fewer fields=, or fmt=id"

static void add_totals(struct task *t, const struct trawl_head *head)
{
	answer_number(t->out, "total", head->total);
	answer_key(t->out, "bound", head->lower_bound ? "lower" : "exact");
	if (head->groups)
		answer_number(t->out, "groups", head->groups);
	if (head->groups && head->groups_lower)
		answer_key(t->out, "groups_bound", "lower");
	answer_number(t->out, "took_us", head->took_us);
	task_rev(t, head->rev);
	t->out->total = head->total;
	t->out->partial = head->partial;
}

static void add_stale(struct task *t, const struct trawl_head *head)
{
	if (head->stale_analyzer)
		answer_number(t->out, "stale_analyzer", 1);
}

static void add_notes(struct task *t, const struct trawl_head *head)
{
	answer_key(t->out, "ignored", head->ignored);
	answer_key(t->out, "corrected", head->corrected);
	answer_key(t->out, "ran", head->correct_ran ? "corrected" : NULL);
	answer_key(t->out, "expanded", head->expanded);
	answer_key(t->out, "partial", head->partial);
	answer_key(t->out, "read", head->read_as);
	add_stale(t, head);
}

static void add_hits(struct task *t, const struct trawl_request *rq,
		     const struct trawl_result *res)
{
	const struct render *render = t->render;

	t->out->has_bytes = render;
	t->out->has_lines = !render;
	if (render)
		render->result(render->ctx, t->ix, rq, res);
	else if (!trawl_result_write(res, rq->format, task_sink, t))
		task_unwritten(t, FEWER);
}

static void add_result(struct task *t, const struct trawl_request *rq,
		       const struct trawl_result *res)
{
	const struct trawl_head *head = trawl_result_head(res);

	t->out->hits = head->hits;
	answer_number(t->out, "hits", head->hits);
	add_totals(t, head);
	add_notes(t, head);
	add_hits(t, rq, res);
}

/* What a call of the library came to; res, which goes with it, when st is OK. */
static void answer_result(struct task *t, const struct trawl_request *rq,
			  enum trawl_status st, struct trawl_result *res,
			  const struct trawl_error *err)
{
	if (st != TRAWL_OK) {
		task_fail(t, st, err);
		return;
	}
	add_result(t, rq, res);
	trawl_result_free(res);
}

/* False: it is answered. */
static bool read_request(struct task *t, struct trawl_request *rq)
{
	if (!task_request(t, rq))
		return false;
	if (t->render && t->render->ask)
		t->render->ask(t->render->ctx, t->ix, rq);
	return true;
}

void handle_search(struct task *t)
{
	struct trawl_request rq;
	struct trawl_result *res = NULL;
	struct trawl_error err;
	enum trawl_status st;

	if (!read_request(t, &rq))
		return;
	st = trawl_search(t->ix, &rq, &res, &err);
	answer_result(t, &rq, st, res, &err);
}

void handle_count(struct task *t)
{
	struct trawl_request rq;
	struct trawl_result *res;
	struct trawl_error err;
	enum trawl_status st;

	if (!task_request(t, &rq))
		return;
	rq.limit = rq.snippets = 0;
	rq.count_exact = true;
	st = trawl_search(t->ix, &rq, &res, &err);
	if (st != TRAWL_OK) {
		task_fail(t, st, &err);
		return;
	}

	const struct trawl_head *head = trawl_result_head(res);

	add_totals(t, head);
	answer_key(t->out, "ignored", head->ignored);
	answer_key(t->out, "partial", head->partial);
	answer_key(t->out, "read", head->read_as);
	add_stale(t, head);
	trawl_result_free(res);
}

/* Or it is answered. */
static bool has_an_example(struct task *t)
{
	const char *text = task_value(t, "q");

	if (task_value(t, "id") || (text && *text))
		return true;
	answer_error(t->out, ERROR_MISSING_VALUE,
		     "SIMILAR needs a document or a text: SIMILAR id=ID, or "
		     "SIMILAR :text");
	return false;
}

void handle_similar(struct task *t)
{
	const char *id = task_value(t, "id"), *text = task_value(t, "q");
	struct trawl_request rq;
	struct trawl_result *res = NULL;
	struct trawl_error err;
	enum trawl_status st;

	if (!has_an_example(t) || !read_request(t, &rq))
		return;
	/* Beside a document, the text is a query that narrows. */
	rq.query = id ? text : NULL;
	st = trawl_similar(t->ix, id, id ? NULL : text, &rq, &res, &err);
	answer_result(t, &rq, st, res, &err);
}

void handle_explain(struct task *t)
{
	struct trawl_request rq;
	struct trawl_result *res = NULL;
	struct trawl_error err;
	enum trawl_status st;

	if (!task_request(t, &rq))
		return;
	rq.explain = true;
	st = trawl_explain(t->ix, &rq, task_value(t, "id"), &res, &err);
	answer_result(t, &rq, st, res, &err);
}
