/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_index.c - an index in this process
 */
#include "die.h"
#include "response.h"
#include "values.h"

struct local {
	struct source source;
	struct trawl_index *ix;
};

/* The facts, copied: they outlive the result. */
static void keep_head(struct response *out, const struct trawl_head *head)
{
	out->head = *head;
	out->head.rev = response_keep(out, head->rev);
	out->head.ignored = response_keep(out, head->ignored);
	out->head.corrected = response_keep(out, head->corrected);
	out->head.expanded = response_keep(out, head->expanded);
	out->head.partial = response_keep(out, head->partial);
	out->head.read_as = response_keep(out, head->read_as);
}

static void keep_stale(struct response *out, bool stale, const char *path)
{
	if (stale)
		out->stale = response_keep(out, path);
}

static enum trawl_status ask_search(struct local *local,
				    const struct question *q,
				    const struct trawl_request *rq,
				    struct response *out,
				    struct trawl_error *err)
{
	struct trawl_index *ix = local->ix;
	struct trawl_result *res;
	enum trawl_status st =
		q->ask == ASK_SIMILAR
			? trawl_similar(ix, q->what, NULL, rq, &res, err)
		: q->ask == ASK_EXPLAIN
			? trawl_explain(ix, rq, q->what, &res, err)
			: trawl_search(ix, rq, &res, err);

	if (st)
		return st;
	keep_head(out, trawl_result_head(res));
	keep_stale(out, out->head.stale_analyzer, local->source.name);
	trawl_result_write(res, rq->format, response_sink, out);
	trawl_result_free(res);
	return TRAWL_OK;
}

static enum trawl_status ask_parse(struct trawl_index *ix,
				   const struct trawl_request *rq,
				   struct response *out,
				   struct trawl_error *err)
{
	char *text;
	enum trawl_status st = trawl_parse(ix, rq, &text, err);

	if (st)
		return st;
	out->head.read_as = response_keep(out, text);
	trawl_free(text);
	return TRAWL_OK;
}

static enum trawl_status ask_get(struct trawl_index *ix,
				 const struct question *q, struct response *out,
				 struct trawl_error *err)
{
	struct trawl_doc *doc;
	enum trawl_status st = trawl_get(ix, q->what, &doc, err);

	if (st)
		return st;
	out->index = response_keep(out, doc->index);
	trawl_doc_write(doc, true, response_sink, out);
	trawl_doc_free(doc);
	return TRAWL_OK;
}

static enum trawl_status ask_words(struct trawl_index *ix,
				   const struct question *q, unsigned limit,
				   struct response *out,
				   struct trawl_error *err)
{
	struct trawl_words *words;
	enum trawl_status st =
		q->ask == ASK_SUGGEST
			? trawl_suggest(ix, q->what, limit, &words, err)
			: trawl_spell(ix, q->what, limit, &words, err);

	if (st)
		return st;
	trawl_words_write(words, response_sink, out);
	trawl_words_free(words);
	return TRAWL_OK;
}

static enum trawl_status ask_info(struct trawl_index *ix, struct response *out,
				  struct trawl_error *err)
{
	const struct trawl_info *info;
	enum trawl_status st = trawl_index_info(ix, &info, err);

	if (st)
		return st;
	trawl_info_write(info, NULL, response_sink, out);
	keep_stale(out, info->stale_analyzer, info->path);
	return TRAWL_OK;
}

static enum trawl_status ask_index(struct source *src, const struct question *q,
				   struct response *out,
				   struct trawl_error *err)
{
	struct local *local = (struct local *)src;
	struct trawl_index *ix = local->ix;
	const char *limit = values_get(q->values, "limit");
	struct trawl_request rq;
	enum trawl_status st = question_request(q, &rq, err);

	if (st)
		return st;
	if (values_get(q->values, "in"))
		return source_fail(err, TRAWL_BADOPTION,
				   "in: only a server has several indexes; -i "
				   "names the one that is asked");
	switch (q->ask) {
	case ASK_SEARCH:
	case ASK_SIMILAR:
	case ASK_EXPLAIN:
		return ask_search(local, q, &rq, out, err);
	case ASK_PARSE:
		return ask_parse(ix, &rq, out, err);
	case ASK_GET:
		return ask_get(ix, q, out, err);
	case ASK_SUGGEST:
	case ASK_SPELL:
		return ask_words(ix, q, limit ? rq.limit : WORDS_SHOWN, out,
				 err);
	case ASK_INFO:
		return ask_info(ix, out, err);
	case ASK_STATS:
		break;
	}
	return source_fail(err, TRAWL_BADOPTION,
			   "only a server has figures of its own");
}

static void close_index(struct source *src)
{
	trawl_index_close(((struct local *)src)->ix);
	free(src);
}

enum trawl_status source_open_index(const char *path, struct source **out,
				    struct trawl_error *err)
{
	struct trawl_index *ix;
	enum trawl_status st = trawl_index_open(path, &ix, err);

	if (st)
		return st;

	struct local *local = xcalloc(1, sizeof(*local));

	local->source = (struct source){ .name = xstrdup(path),
					 .ask = ask_index,
					 .close = close_index };
	local->ix = ix;
	*out = &local->source;
	return TRAWL_OK;
}
