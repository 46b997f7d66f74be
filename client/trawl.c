/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawl - search from the shell
 *
 * Asks a server, or an index without one; for eyes on a terminal, for
 * programs in a pipe.  Uses the libraries as any other program would.
 */
#include "ask.h"
#include "options.h"
#include "repl.h"
#include "term.h"

#include <errno.h>
#include <unistd.h>

static enum trawl_status open_source(const struct options *o,
				     struct source **src,
				     struct trawl_error *err)
{
	if (o->index)
		return source_open_index(o->index, src, err);
	return source_open_server(&o->server, src, err);
}

static int run_once(struct source *src, struct options *o, const struct term *t)
{
	const struct question q = { .ask = o->ask,
				    .what = o->what.data,
				    .query = o->query.data,
				    .values = &o->values };
	struct buf out = BUF_INIT(OUTPUT_MAX);
	struct response r;

	if (!question_is_raw(&q) && ask_takes(o->ask, "mark"))
		mark_for(t, &o->values);
	if (!question_is_raw(&q) && ask_takes(o->ask, "group"))
		group_for(t, &o->values);
	response_init(&r);

	int code = ask(src, &q, t, &out, &r);

	if (!show_output(t, &out))
		code = EXIT_COULD_NOT;
	response_release(&r);
	buf_release(&out);
	return code;
}

static int nothing_asked(void)
{
	fputs("trawl: no QUERY (trawl --help lists what there is; all "
	      "documents are found by --ids, limit=10 or \"\")\n",
	      stderr);
	return EXIT_USAGE;
}

static int run(struct options *o)
{
	struct source *src;
	struct trawl_error err;
	struct term t;
	int code;

	if (o->bare && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		return nothing_asked();
	term_look(&t);

	enum trawl_status st = open_source(o, &src, &err);

	if (st) {
		code = complain(&t, NULL, st, &err);
		return !o->index && st == TRAWL_BADVALUE ? code
							 : EXIT_COULD_NOT;
	}
	code = o->bare ? repl(src) : run_once(src, o, &t);
	source_close(src);
	return code;
}

int main(int argc, char **argv)
{
	struct options o;
	int code = EXIT_USAGE;

	switch (options_parse(&o, argc, argv)) {
	case PARSED:
		code = run(&o);
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
	if (fflush(stdout) != 0) {
		fprintf(stderr, "trawl: cannot write: %s\n", strerror(errno));
		code = EXIT_COULD_NOT;
	}
	options_release(&o);
	return code;
}
