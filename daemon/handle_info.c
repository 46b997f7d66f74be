/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle_info.c - GET, SUGGEST, SPELL, INFO
 */
#include "handler.h"

#include "frame.h"
#include "json.h"
#include "parse.h"
#include "utf8.h"

#include <inttypes.h>

enum {
	WORDS_LIMIT = 10, /* of SUGGEST and SPELL */
	WORDS_LIMIT_MAX = 100,
	ID_SHOWN = 200, /* bytes of one, in an error */
	INFO_LINE_MAX = 1 << 20,
	REV_RETRIES = 3,
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

/* The words, and the revision they are of: not that of a commit since. */
static enum trawl_status ask_words(struct task *t, words_call *call,
				   unsigned limit, struct trawl_words **out,
				   struct trawl_error *err)
{
	const struct trawl_info *info;
	bool changed = true;
	enum trawl_status st = TRAWL_OK;

	*out = NULL;
	for (unsigned i = 0; changed && st == TRAWL_OK && i < REV_RETRIES;
	     i++) {
		trawl_words_free(*out);
		*out = NULL;
		trawl_index_refresh(t->ix, NULL, NULL);
		st = call(t->ix, task_value(t, "q"), limit, out, err);
		if (st == TRAWL_OK)
			st = trawl_index_refresh(t->ix, &changed, err);
	}
	if (st == TRAWL_OK)
		st = trawl_index_info(t->ix, &info, err);
	if (st == TRAWL_OK)
		task_rev(t, info->rev);
	return st;
}

static void answer_words(struct task *t, words_call *call)
{
	struct trawl_words *words = NULL;
	struct trawl_error err;
	unsigned limit;
	enum trawl_status st;

	if (!words_limit(t, &limit))
		return;
	st = ask_words(t, call, limit, &words, &err);
	t->out->has_lines = true;
	t->out->hits = t->out->total = trawl_words_count(words);
	if (st != TRAWL_OK)
		task_fail(t, st, &err);
	else if (!trawl_words_write(words, task_sink, t))
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
	struct buf line;
};

static void add_string(struct buf *out, const char *key, const char *value)
{
	buf_addf(out, "%s\"%s\":", out->len > 1 ? "," : "", key);
	json_add_string(out, value, strlen(value));
}

static const char *yes(bool b)
{
	return b ? "true" : "false";
}

static void add_field(struct buf *out, const struct trawl_field_info *f)
{
	static const char *const types[] = {
		[TRAWL_TEXT] = "text",
		[TRAWL_KEYWORD] = "keyword",
		[TRAWL_DATE] = "date",
		[TRAWL_NUMBER] = "number",
	};

	buf_adds(out, "{\"name\":");
	json_add_string(out, f->name, strlen(f->name));
	buf_addf(out,
		 ",\"type\":\"%s\",\"indexed\":%s,\"stored\":%s,"
		 "\"sort\":%s,\"facet\":%s,\"weight\":%u}",
		 types[f->type], yes(f->indexed), yes(f->stored), yes(f->sort),
		 yes(f->facet), f->weight);
}

static void add_info(struct buf *out, const struct trawl_info *info)
{
	add_string(out, "rev", info->rev);
	add_string(out, "language", info->language);
	buf_addf(out,
		 ",\"format\":%u,\"documents\":%" PRIu64 ",\"words\":%" PRIu64
		 ",\"bytes\":%" PRIu64,
		 info->format, info->documents, info->words, info->bytes);
	if (info->stale_analyzer)
		buf_adds(out, ",\"stale_analyzer\":true");
	buf_adds(out, ",\"fields\":[");
	for (size_t i = 0; i < info->nfields; i++) {
		if (i)
			buf_addc(out, ',');
		add_field(out, &info->fields[i]);
	}
	buf_addc(out, ']');
}

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

/* {"index":"news",...}; or {"index":"news","error":"..."}.  False: the task
 * has been answered with an error. */
static bool add_index(struct task *t, size_t i, struct sum *sum)
{
	const char *name = shelf_name(t->shelf, i);
	const struct trawl_info *info;
	struct trawl_index *ix;
	struct trawl_error err;
	enum trawl_status st =
		shelf_take(t->shelf, (uint64_t)1 << i, &ix, &err);

	if (st == TRAWL_OK)
		st = trawl_index_info(ix, &info, &err);
	if (st == TRAWL_NOMEM) {
		task_fail(t, st, &err);
		return false;
	}
	buf_reset(&sum->line);
	buf_addc(&sum->line, '{');
	add_string(&sum->line, "index", name);
	if (st == TRAWL_OK) {
		add_info(&sum->line, info);
		count_in(t, sum, name, info);
	} else {
		shelf_hide_paths(t->shelf, &err);
		add_string(&sum->line, "error", err.text);
	}
	buf_adds(&sum->line, "}\n");
	if (!sum->line.failed && task_sink(t, sum->line.data, sum->line.len))
		return true;
	task_unwritten(t, "name fewer with in=");
	return false;
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
	struct sum sum = { .revs = BUF_INIT(REVS_MAX),
			   .line = BUF_INIT(INFO_LINE_MAX) };
	bool ok = true;

	for (size_t i = 0; ok && i < shelf_count(t->shelf); i++)
		if (t->set & (uint64_t)1 << i)
			ok = add_index(t, i, &sum);
	if (ok)
		add_sum(t, &sum);
	buf_release(&sum.revs);
	buf_release(&sum.line);
}
