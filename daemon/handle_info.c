/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle_info.c - GET, SUGGEST, SPELL, INFO
 */
#include "handler.h"

#include "frame.h"
#include "json.h"
#include "parse.h"
#include "utf8.h"

enum {
	WORDS_LIMIT = 10, /* of SUGGEST and SPELL */
	WORDS_LIMIT_MAX = 100,
	ID_SHOWN = 200, /* bytes of one, in an error */
	INFO_LINE_MAX = 1 << 16,
	REVS_MAX = SETTINGS_INDEXES_MAX *
		   (SETTINGS_NAME_MAX + FRAME_FACTS_REV + 2),
	LINE_END = 1 /* the line feed of a line of JSON */
};

/* ------------------------------------------------------------------ GET -- */

/* All but the line feed at the end. */
static bool sink_line(void *task, const char *bytes, size_t n)
{
	return task_sink(task, bytes, n - LINE_END);
}

static enum trawl_status get_from(struct task *t, uint64_t one,
				  struct trawl_doc **doc,
				  struct trawl_error *err)
{
	enum trawl_status st = shelf_take(t->shelf, one, &t->ix, err);

	t->set = one;
	return st == TRAWL_OK ? trawl_get(t->ix, task_value(t, "id"), doc, err)
			      : st;
}

static void say_where(const struct task *t, uint64_t set,
		      struct trawl_error *err)
{
	const char *id = task_value(t, "id");
	struct buf names = BUF_INIT(REVS_MAX);

	for (size_t i = 0; i < shelf_count(t->shelf); i++)
		if (set & (uint64_t)1 << i)
			buf_addf(&names, "%s%s", names.len ? "," : "",
				 shelf_name(t->shelf, i));
	snprintf(err->text, sizeof(err->text), "no document \"%.*s\" in %s",
		 (int)utf8_cut(id, strlen(id), ID_SHOWN), id, names.data);
	buf_release(&names);
}

/* In the first index that has it.  One that cannot be read might have been it,
 * so that no later one is asked. */
static enum trawl_status find_document(struct task *t, struct trawl_doc **doc,
				       struct trawl_error *err)
{
	const uint64_t set = t->set;
	enum trawl_status st = TRAWL_NOTFOUND;

	for (size_t i = 0; i < shelf_count(t->shelf); i++) {
		if (!(set & (uint64_t)1 << i))
			continue;
		st = get_from(t, (uint64_t)1 << i, doc, err);
		if (st != TRAWL_NOTFOUND || !task_lacks_document(t))
			return st;
	}
	if (set & (set - 1))
		say_where(t, set, err);
	return st;
}

static void add_document(struct task *t, const struct trawl_doc *doc, bool json)
{
	const char *text = doc->text ? doc->text : "";
	size_t from = (size_t)task_only(t);
	bool done = json ? trawl_doc_write(doc, true, sink_line, t)
			 : task_sink(t, text, doc->text_len);

	t->out->has_bytes = true;
	if (shelf_count(t->shelf) > 1)
		answer_key(t->out, "index", shelf_name(t->shelf, from));
	t->out->hits = t->out->total = 1;
	if (!done)
		task_unwritten(t, "raise it in the configuration");
}

static void render_document(struct task *t, const struct trawl_doc *doc)
{
	const struct render *render = t->render;
	struct trawl_error err = { 0 };
	enum trawl_status st = render->document(render->ctx, t->ix, doc, &err);

	t->out->has_bytes = true;
	t->out->hits = t->out->total = 1;
	if (st != TRAWL_OK)
		task_fail(t, st, &err);
}

void handle_get(struct task *t)
{
	const char *fmt = task_value(t, "fmt");
	bool json = fmt && !strcmp(fmt, "json");
	struct trawl_doc *doc;
	struct trawl_error err;
	enum trawl_status st;

	if (fmt && !json && strcmp(fmt, "text") != 0) {
		answer_error(t->out, ERROR_BAD_VALUE,
			     "fmt=%.32s: must be text or json", fmt);
		return;
	}
	st = find_document(t, &doc, &err);
	if (st != TRAWL_OK) {
		task_fail(t, st, &err);
		return;
	}
	if (t->render && t->render->document)
		render_document(t, doc);
	else
		add_document(t, doc, json);
	trawl_doc_free(doc);
}

/* ---------------------------------------------------------------- words -- */

/* limit=; false: it is answered. */
static bool words_limit(struct task *t, unsigned *limit)
{
	const char *value = task_value(t, "limit");
	uint64_t n = WORDS_LIMIT;

	if (value && !parse_uint(value, 1, WORDS_LIMIT_MAX, &n)) {
		answer_error(t->out, ERROR_BAD_VALUE,
			     "limit=%.32s: must be a number, 1 to %d", value,
			     WORDS_LIMIT_MAX);
		return false;
	}
	*limit = (unsigned)n;
	return true;
}

typedef enum trawl_status words_call(struct trawl_index *ix, const char *text,
				     unsigned limit, struct trawl_words **out,
				     struct trawl_error *err);

static void answer_words(struct task *t, words_call *call)
{
	struct trawl_words *words;
	struct trawl_error err;
	unsigned limit;
	enum trawl_status st;

	if (!words_limit(t, &limit))
		return;
	st = call(t->ix, task_value(t, "q"), limit, &words, &err);
	if (st != TRAWL_OK) {
		task_fail(t, st, &err);
		return;
	}
	task_rev(t, trawl_words_rev(words));
	t->out->has_lines = true;
	t->out->hits = t->out->total = trawl_words_count(words);
	if (!trawl_words_write(words, task_sink, t))
		task_unwritten(t, "ask for fewer (limit=)");
	trawl_words_free(words);
}

void handle_suggest(struct task *t)
{
	answer_words(t, trawl_suggest);
}

void handle_spell(struct task *t)
{
	answer_words(t, trawl_spell);
}

/* ----------------------------------------------------------------- INFO -- */

struct sum {
	uint64_t documents, words, bytes;
	bool stale_analyzer;
	struct buf revs;
};

static void count_in(struct task *t, struct sum *sum, const char *name,
		     const struct trawl_info *info)
{
	sum->documents += info->documents;
	sum->words += info->words;
	sum->bytes += info->bytes;
	sum->stale_analyzer |= info->stale_analyzer;
	if (task_only(t) < 0)
		buf_addf(&sum->revs, "%s%s:", sum->revs.len ? "," : "", name);
	buf_adds(&sum->revs, info->rev);
}

/* {"index":"news","error":"..."} */
static bool write_broken(struct task *t, const char *name,
			 const struct trawl_error *err)
{
	struct buf line = BUF_INIT(INFO_LINE_MAX);
	bool ok;

	buf_adds(&line, "{\"index\":");
	json_add_string(&line, name, strlen(name));
	buf_adds(&line, ",\"error\":");
	json_add_string(&line, err->text, strlen(err->text));
	buf_adds(&line, "}\n");
	ok = !line.failed && task_sink(t, line.data, line.len);
	buf_release(&line);
	return ok;
}

/* False: the task has been answered with an error. */
static bool add_index(struct task *t, size_t i, struct sum *sum)
{
	const char *name = shelf_name(t->shelf, i);
	const struct trawl_info *info;
	struct trawl_index *ix;
	struct trawl_error err;
	bool ok;
	enum trawl_status st =
		shelf_take(t->shelf, (uint64_t)1 << i, &ix, &err);

	if (st == TRAWL_OK)
		st = trawl_index_info(ix, &info, &err);
	if (st == TRAWL_NOMEM) {
		task_fail(t, st, &err);
		return false;
	}
	if (st == TRAWL_OK) {
		count_in(t, sum, name, info);
		ok = trawl_info_write(info, name, task_sink, t);
	} else {
		shelf_hide_paths(t->shelf, &err);
		ok = write_broken(t, name, &err);
	}
	if (!ok)
		task_unwritten(t, "name fewer with in=");
	return ok;
}

static void add_sum(struct task *t, const struct sum *sum)
{
	t->out->has_lines = true;
	task_rev(t, sum->revs.data);
	answer_number(t->out, "documents", sum->documents);
	answer_number(t->out, "words", sum->words);
	answer_number(t->out, "size", sum->bytes);
	if (sum->stale_analyzer)
		answer_number(t->out, "stale_analyzer", 1);
}

void handle_info(struct task *t)
{
	struct sum sum = { .revs = BUF_INIT(REVS_MAX) };
	bool ok = true;

	for (size_t i = 0; ok && i < shelf_count(t->shelf); i++)
		if (t->set & (uint64_t)1 << i)
			ok = add_index(t, i, &sum);
	if (ok)
		add_sum(t, &sum);
	buf_release(&sum.revs);
}
