/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"
#include "summary.h"

#include <signal.h>

static bool to_stdout(void *ctx, const char *bytes, size_t n)
{
	(void)ctx;
	return fwrite(bytes, 1, n, stdout) == n;
}

static bool dump_one(void *ctx, const struct trawl_doc *doc)
{
	return trawl_doc_write(doc, true, to_stdout, ctx);
}

int command_dump(const struct cmdline *cl)
{
	struct trawl_index *ix;
	struct trawl_error err;
	enum trawl_status st;

	signal(SIGPIPE, SIG_IGN);
	st = trawl_index_open(cl->index, &ix, &err);
	if (st != TRAWL_OK)
		return could_not(st, &err);
	st = trawl_each(ix, dump_one, NULL, &err);
	trawl_index_close(ix);
	if (st != TRAWL_OK)
		return could_not(st, &err);
	return finish_output() ? EXIT_DONE : 3;
}
