/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mark.c - trawl_mark(): a whole text with a query's matches marked
 *
 * A search up to its words and no further: they are planned as ever, since a
 * prefix is the index's words, and then looked for in the text that is given.
 */
#include "search.h"

#include "buf.h"
#include "deadline.h"
#include "request.h"
#include "status.h"

enum {
	BYTES_A_BYTE = 16 /* snippet.h */
};

struct marking {
	struct search s;
	const char *text;
	size_t len;
	struct buf out;
};

static enum trawl_status body(struct trawl_index *ix, void *arg,
			      struct trawl_error *err)
{
	struct marking *m = arg;
	struct search *s = &m->s;
	struct snippet_request rq = { .text = m->text,
				      .text_len = m->len,
				      .mark = s->rq->mark };
	enum trawl_status st;

	search_begin(s, ix);
	buf_reset(&m->out);
	st = index_matcher(ix, &s->matcher, err);
	if (st == TRAWL_OK)
		st = search_query(s, err);
	if (st != TRAWL_OK)
		return st;
	analyzer_flush(ix->analyzer);
	rq.words = s->words;
	rq.nwords = s->nwords;
	return snippet_mark_text(ix->analyzer, &rq, &m->out, err);
}

/* What of rq has a part in it. */
static struct trawl_request words_of(const struct trawl_request *rq)
{
	struct trawl_request one = TRAWL_REQUEST_INIT;

	one.query = rq->query;
	one.match = rq->match;
	one.variants_off = rq->variants_off;
	one.mark = rq->mark;
	one.strict = rq->strict;
	one.plain = rq->plain;
	one.timeout_ms = rq->timeout_ms;
	return one;
}

static enum trawl_status run(struct trawl_index *ix, struct marking *m,
			     struct trawl_error *err)
{
	struct search *s = &m->s;
	enum trawl_status st = request_check(s->rq, err);

	if (st != TRAWL_OK)
		return st;
	s->res = result_new();
	if (!s->res)
		return fail_nomem(err);
	arena_init(&s->work, SEARCH_WORK_MAX);
	arena_init(&s->page, SEARCH_PAGE_MAX);
	buf_init(&m->out, m->len * BYTES_A_BYTE + 1);
	s->begun = monotonic_ns();
	if (s->rq->timeout_ms)
		s->deadline = s->begun + s->rq->timeout_ms * 1000000ull;
	st = index_run(ix, body, m, err);
	arena_release(&s->work);
	arena_release(&s->page);
	trawl_result_free(s->res);
	return st;
}

enum trawl_status trawl_mark(struct trawl_index *ix,
			     const struct trawl_request *rq, const char *text,
			     size_t len, char **out, size_t *out_len,
			     struct trawl_error *err)
{
	struct marking m = { .text = text ? text : "", .len = len };
	struct trawl_request one;
	enum trawl_status st;

	if (!rq || !out || !out_len || (len && !text) || len > TRAWL_TEXT_MAX)
		return fail(err, TRAWL_INVAL,
			    "trawl_mark: an argument is NULL, or the text "
			    "longer than %u bytes",
			    TRAWL_TEXT_MAX);
	one = words_of(rq);
	m.s.rq = &one;
	buf_init(&m.out, 0);
	st = run(ix, &m, err);
	if (st == TRAWL_OK)
		*out_len = m.out.len;
	if (st == TRAWL_OK && !(*out = buf_detach(&m.out)))
		st = fail_nomem(err);
	buf_release(&m.out);
	return st;
}
