/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command_report.c - what was taken for boilerplate, by source
 */
#include "buf.h"
#include "die.h"
#include "json.h"
#include "printable.h"
#include "report.h"
#include "run.h"
#include "summary.h"
#include "utf8.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
	SHOWN_LINES = 20, /* of a source, without --json */
	SHOWN_SOURCES = 100,
	SHOWN_BYTES = 100, /* of a line */
	BAR = 30,
	OUT_MAX = 1 << 20
};

static bool count_one(void *ctx, const struct trawl_doc *doc)
{
	report_add(ctx, doc);
	return true;
}

static void put(struct buf *out)
{
	if (out->failed)
		die("out of memory");
	fwrite(out->data, 1, out->len, stdout);
	buf_reset(out);
}

/* ---------------------------------------------------------------- text -- */

static double share(const struct report_source *s)
{
	return s->bytes ? (double)s->taken / (double)s->bytes : 0;
}

static void add_bar(struct buf *out, double part)
{
	const int full = (int)(part * BAR + 0.5);

	buf_adds(out, "  [");
	for (int i = 0; i < BAR; i++)
		buf_addc(out, i < full ? '#' : '.');
	buf_addc(out, ']');
}

static const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static void add_head(struct buf *out, const struct report_source *s, bool bar)
{
	char bytes[16];

	print_bytes(bytes, s->bytes);
	if (*s->name)
		add_printable(out, s->name, strlen(s->name));
	else
		buf_adds(out, "(no source)");
	buf_addf(out, ": %llu page%s, %s, %.1f %% boilerplate",
		 (unsigned long long)s->pages, plural(s->pages), bytes,
		 100 * share(s));
	if (bar)
		add_bar(out, share(s));
	buf_addc(out, '\n');
}

static void add_line(struct buf *out, const struct report_line *l)
{
	size_t n = utf8_cut(l->text, l->len,
			    l->len < SHOWN_BYTES ? l->len : SHOWN_BYTES);

	buf_addf(out, "%8llu  %-10s  ", (unsigned long long)l->count, l->kind);
	add_printable(out, l->text, n);
	buf_adds(out, n < l->len ? " ...\n" : "\n");
}

static void add_more(struct buf *out, size_t n, const char *what)
{
	if (n)
		buf_addf(out, "%8s  and %zu more %s%s: see --json\n", "", n,
			 what, plural(n));
}

static void print_source(struct buf *out, const struct report *r,
			 const struct report_source *s, bool bar)
{
	size_t n = s->lines < SHOWN_LINES ? s->lines : SHOWN_LINES;

	add_head(out, s, bar);
	for (size_t i = 0; i < n; i++)
		add_line(out, &r->line[s->first + i]);
	add_more(out, s->lines - n, "line");
	buf_addc(out, '\n');
	put(out);
}

static void print_text(struct buf *out, const struct report *r)
{
	const bool bar = isatty(STDOUT_FILENO);
	size_t n = r->nsources < SHOWN_SOURCES ? r->nsources : SHOWN_SOURCES;
	uint64_t pages = 0;

	for (size_t i = 0; i < n; i++)
		print_source(out, r, &r->source[i], bar);
	for (size_t i = 0; i < r->nsources; i++)
		pages += r->source[i].pages;
	add_more(out, r->nsources - n, "source");
	buf_addf(out, "%zu source%s, %llu page%s, %zu different line%s\n",
		 r->nsources, plural(r->nsources), (unsigned long long)pages,
		 plural(pages), r->nlines, plural(r->nlines));
	if (r->unlisted)
		buf_addf(out,
			 "%llu lines are not listed: there are too many "
			 "different ones\n",
			 (unsigned long long)r->unlisted);
	put(out);
}

/* ---------------------------------------------------------------- JSON -- */

static void add_json_line(struct buf *out, const struct report_line *l)
{
	buf_addf(out,
		 "{\"count\":%llu,\"kind\":", (unsigned long long)l->count);
	json_add_string(out, l->kind, strlen(l->kind));
	buf_adds(out, ",\"text\":");
	json_add_string(out, l->text, l->len);
	buf_addc(out, '}');
}

static void print_json_source(struct buf *out, const struct report *r,
			      const struct report_source *s)
{
	buf_adds(out, "{\"source\":");
	json_add_string(out, s->name, strlen(s->name));
	buf_addf(out,
		 ",\"pages\":%llu,\"bytes\":%llu,\"boilerplate\":%llu,"
		 "\"lines\":[",
		 (unsigned long long)s->pages, (unsigned long long)s->bytes,
		 (unsigned long long)s->taken);
	for (size_t i = 0; i < s->lines; i++) {
		if (i)
			buf_addc(out, ',');
		add_json_line(out, &r->line[s->first + i]);
		put(out);
	}
	buf_adds(out, "]}");
}

static void print_json(struct buf *out, const struct report *r)
{
	buf_adds(out, "{\"sources\":[");
	for (size_t i = 0; i < r->nsources; i++) {
		if (i)
			buf_addc(out, ',');
		print_json_source(out, r, &r->source[i]);
	}
	buf_addf(out, "],\"unlisted\":%llu}\n",
		 (unsigned long long)r->unlisted);
	put(out);
}

int command_report(const struct cmdline *cl)
{
	struct buf out = BUF_INIT(OUT_MAX);
	struct trawl_index *ix = NULL;
	struct report r = { 0 };
	struct trawl_error err;
	enum trawl_status st = trawl_index_open(cl->index, &ix, &err);

	signal(SIGPIPE, SIG_IGN);
	if (st == TRAWL_OK)
		st = trawl_each(ix, count_one, &r, &err);
	trawl_index_close(ix);
	if (st != TRAWL_OK) {
		report_release(&r);
		return could_not(st, &err);
	}
	report_order(&r);
	if (cl->json)
		print_json(&out, &r);
	else
		print_text(&out, &r);
	buf_release(&out);
	report_release(&r);
	return finish_output() ? EXIT_DONE : EXIT_COULD_NOT;
}
