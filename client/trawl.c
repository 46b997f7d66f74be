/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawl - search an index from the shell
 *
 * For eyes on a terminal, for programs in a pipe.  Uses the library as any
 * other program would.
 */
#include "buf.h"
#include "options.h"
#include "show.h"
#include "term.h"
#include "trawl.h"

#include <errno.h>

enum {
	EXIT_HITS = 0,
	EXIT_NONE = 1,
	EXIT_USAGE = 2,
	EXIT_COULD_NOT = 3
};
enum {
	OUTPUT_MAX = 256 << 20,
	WORDS_SHOWN = 20
};

static bool collect(void *out, const char *bytes, size_t n)
{
	buf_add(out, bytes, n);
	return !((struct buf *)out)->failed;
}

/* A failure's exit status, and its line on standard error. */
static int complain(const struct options *o, const struct term *t,
		    enum trawl_status st, const struct trawl_error *err)
{
	struct buf line = BUF_INIT(1u << 20);

	show_error(&line, t, o->rq.query, err);
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

/* Words of the documents may have been cut otherwise than those asked for. */
static void warn_stale(struct trawl_index *ix)
{
	const struct trawl_info *info;
	struct trawl_error err;

	if (trawl_index_info(ix, &info, &err) == TRAWL_OK &&
	    info->stale_analyzer)
		fprintf(stderr,
			"trawl: %s: made by another analyzer, so words may be "
			"missed: rebuild it with trawl-index dump | "
			"trawl-index build\n",
			info->path);
}

/* Lines for programs hold hits alone; so that they are not all is said here. */
static void warn_partial(const struct trawl_head *head)
{
	if (head->partial)
		fprintf(stderr, "trawl: incomplete: %s\n", head->partial);
}

static int run_search(struct trawl_index *ix, const struct options *o,
		      const struct term *t, struct buf *out)
{
	struct trawl_result *res;
	struct trawl_error err;
	enum trawl_status st =
		o->ask == ASK_SIMILAR
			? trawl_similar(ix, o->what, NULL, &o->rq, &res, &err)
			: trawl_search(ix, &o->rq, &res, &err);

	if (st)
		return complain(o, t, st, &err);

	const struct trawl_head *head = trawl_result_head(res);
	/* With limit=0 it is asked whether there are any. */
	bool any = o->rq.limit ? head->hits : head->total;

	if (o->raw) {
		trawl_result_write(res, o->rq.format, collect, out);
		warn_partial(head);
	} else {
		show_result(out, t, res, o->rq.offset);
	}
	trawl_result_free(res);
	return any ? EXIT_HITS : EXIT_NONE;
}

static int run_parse(struct trawl_index *ix, const struct options *o,
		     const struct term *t, struct buf *out)
{
	struct trawl_error err;
	char *text;
	enum trawl_status st = trawl_parse(ix, &o->rq, &text, &err);

	if (st)
		return complain(o, t, st, &err);
	buf_addf(out, "%s\n", text);
	trawl_free(text);
	return EXIT_HITS;
}

static int run_get(struct trawl_index *ix, const struct options *o,
		   const struct term *t, struct buf *out)
{
	struct trawl_error err;
	struct trawl_doc *doc;
	enum trawl_status st = trawl_get(ix, o->what, &doc, &err);

	if (st)
		return complain(o, t, st, &err);
	if (o->raw)
		trawl_doc_write(doc, true, collect, out);
	else
		show_document(out, t, doc);
	trawl_doc_free(doc);
	return EXIT_HITS;
}

static int run_words(struct trawl_index *ix, const struct options *o,
		     const struct term *t, struct buf *out)
{
	struct trawl_words *words;
	struct trawl_error err;
	enum trawl_status st =
		o->ask == ASK_SUGGEST
			? trawl_suggest(ix, o->what, WORDS_SHOWN, &words, &err)
			: trawl_spell(ix, o->what, WORDS_SHOWN, &words, &err);

	if (st)
		return complain(o, t, st, &err);

	size_t n = trawl_words_count(words);

	if (o->raw && o->rq.format == TRAWL_JSON)
		write_words(out, words);
	else
		show_words(out, t, words);
	trawl_words_free(words);
	return n ? EXIT_HITS : EXIT_NONE;
}

static int run(struct options *o, const struct term *t, struct buf *out)
{
	struct trawl_index *ix;
	struct trawl_error err;
	enum trawl_status st = trawl_index_open(o->index, &ix, &err);
	int code;

	if (st) {
		complain(&(struct options){ .ask = o->ask }, t, st, &err);
		return EXIT_COULD_NOT;
	}
	warn_stale(ix);
	if (!o->raw && !o->marked)
		o->rq.mark = t->tty ? TRAWL_MARK_TERM : TRAWL_MARK_NONE;
	if (o->ask == ASK_PARSE)
		code = run_parse(ix, o, t, out);
	else if (o->ask == ASK_GET)
		code = run_get(ix, o, t, out);
	else if (o->ask == ASK_SUGGEST || o->ask == ASK_SPELL)
		code = run_words(ix, o, t, out);
	else
		code = run_search(ix, o, t, out);
	trawl_index_close(ix);
	return code;
}

int main(int argc, char **argv)
{
	struct buf out = BUF_INIT(OUTPUT_MAX);
	struct options o;
	struct term t;
	int code = EXIT_USAGE;

	term_look(&t);
	switch (options_parse(&o, argc, argv)) {
	case PARSED:
		code = run(&o, &t, &out);
		break;
	case PARSED_HELP:
		options_help();
		code = EXIT_HITS;
		break;
	case PARSED_VERSION:
		printf("trawl %s\n", trawl_version());
		code = EXIT_HITS;
		break;
	case PARSED_WRONG:
		break;
	}
	if (out.failed || !term_show(&t, out.data, out.len) ||
	    fflush(stdout) != 0) {
		fprintf(stderr, "trawl: cannot write the answer: %s\n",
			out.failed ? "too large" : strerror(errno));
		code = EXIT_COULD_NOT;
	}
	options_release(&o);
	buf_release(&out);
	return code;
}
