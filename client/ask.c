/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include "printable.h"
#include "show.h"
#include "term.h"
#include "values.h"

#include <errno.h>

enum {
	LINE_BYTES_MAX = 1 << 20 /* of an error, with the query below it */
};

int complain(const struct term *t, const char *query, enum trawl_status st,
	     const struct trawl_error *err)
{
	struct buf line = BUF_INIT(LINE_BYTES_MAX);

	show_error(&line, t, query, err);
	fputs(line.data, stderr);
	buf_release(&line);
	switch (st) {
	case TRAWL_BADQUERY:
	case TRAWL_TOOCOMPLEX:
	case TRAWL_BADOPTION:
	case TRAWL_BADVALUE:
		return EXIT_USAGE;
	case TRAWL_NOTFOUND:
		return EXIT_NONE;
	default:
		return EXIT_COULD_NOT;
	}
}

bool show_output(const struct term *t, const struct buf *out)
{
	if (!out->failed && term_show(t, out->data, out->len))
		return true;
	fprintf(stderr, "trawl: cannot write the answer: %s\n",
		out->failed ? "too large" : strerror(errno));
	clearerr(stdout);
	return false;
}

void mark_for(const struct term *t, struct values *values)
{
	struct trawl_error err;

	if (!values_get(values, "mark"))
		values_put(values, "mark", t->tty ? "term" : "none", &err);
}

void group_for(const struct term *t, struct values *values)
{
	struct trawl_error err;

	if (t->tty && !values_get(values, "group") &&
	    !values_get(values, "story"))
		values_put(values, "group", "story", &err);
}

/* "trawl: incomplete: timeout" */
static void warn(const char *what, const char *text)
{
	struct buf line = BUF_INIT(LINE_BYTES_MAX);

	add_printable(&line, what, strlen(what));
	fprintf(stderr, "trawl: %s: %s\n", line.data, text);
	buf_release(&line);
}

static void warn_stale(const struct response *r)
{
	if (r->stale)
		warn(r->stale,
		     "made by another analyzer, so words may be missed: "
		     "rebuild it with trawl-index dump | trawl-index build");
}

/* Hits; with limit=0 it is asked whether there are any. */
static bool found_any(const struct response *r, const struct trawl_request *rq)
{
	return rq->limit ? r->head.hits : r->head.total;
}

static void add_lines(struct buf *out, const struct response *r)
{
	buf_add(out, r->lines.data, r->lines.len);
}

static int show_search(const struct term *t, const struct question *q,
		       const struct response *r, struct buf *out)
{
	struct trawl_request rq;
	struct trawl_error err;

	question_request(q, &rq, &err);
	if (question_is_raw(q)) {
		add_lines(out, r);
		/* The lines hold hits alone. */
		if (r->head.partial)
			warn("incomplete", r->head.partial);
	} else {
		show_response(out, t, r, rq.offset);
	}
	return found_any(r, &rq) ? EXIT_HITS : EXIT_NONE;
}

static int show_list(const struct term *t, const struct question *q,
		     const struct response *r, struct buf *out)
{
	const char *fmt = values_get(q->values, "fmt");

	if (fmt && strcmp(fmt, "json") == 0)
		add_lines(out, r);
	else
		show_words(out, t, r->words, r->nwords);
	return r->nwords ? EXIT_HITS : EXIT_NONE;
}

static int show(const struct term *t, const struct question *q,
		const struct response *r, struct buf *out)
{
	switch (q->ask) {
	case ASK_SEARCH:
	case ASK_SIMILAR:
	case ASK_EXPLAIN:
		return show_search(t, q, r, out);
	case ASK_PARSE:
		buf_addf(out, "%s\n", r->head.read_as ? r->head.read_as : "");
		break;
	case ASK_GET:
		if (question_is_raw(q))
			add_lines(out, r);
		else
			show_document(out, t, &r->doc);
		break;
	case ASK_SUGGEST:
	case ASK_SPELL:
		return show_list(t, q, r, out);
	case ASK_INFO:
		show_info(out, t, r->lines.data);
		break;
	case ASK_STATS:
		show_stats(out, t, r->lines.data);
		break;
	}
	return EXIT_HITS;
}

int ask(struct source *src, const struct question *q, const struct term *t,
	struct buf *out, struct response *r)
{
	struct trawl_error err;
	enum trawl_status st = source_ask(src, q, r, &err);

	warn_stale(r);
	if (st)
		return complain(t, q->query, st, &err);
	return show(t, q, r, out);
}
