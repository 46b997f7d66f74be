/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "die.h"
#include "printable.h"
#include "run.h"
#include "summary.h"

enum {
	LINE_BYTES_MAX = 1 << 20
};

static void say_missing(const char *id)
{
	struct buf line = BUF_INIT(LINE_BYTES_MAX);

	add_printable(&line, id, strlen(id));
	fprintf(stderr, "%s: E_GONE: no document of that id\n", line.data);
	buf_release(&line);
}

static enum trawl_status remove_all(struct trawl_writer *w, char *const *ids,
				    struct summary *sum,
				    struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (; *ids && st == TRAWL_OK; ids++) {
		st = trawl_writer_remove(w, *ids, err);
		if (st == TRAWL_OK)
			sum->removed++;
		if (st == TRAWL_NOTFOUND) {
			say_missing(*ids);
			sum->skipped++;
			st = TRAWL_OK;
		}
	}
	return st == TRAWL_OK ? trawl_writer_commit(w, err) : st;
}

/* A writer would make the index that it does not find. */
static enum trawl_status must_exist(const char *path, struct trawl_error *err)
{
	struct trawl_index *ix;
	enum trawl_status st = trawl_index_open(path, &ix, err);

	if (st == TRAWL_OK)
		trawl_index_close(ix);
	return st;
}

int command_remove(const struct cmdline *cl)
{
	const struct trawl_writer_options o = { .mode = TRAWL_UPDATE,
						.wait = cl->wait };
	struct summary sum = { 0 };
	struct trawl_writer *w = NULL;
	struct trawl_writer_stats stats;
	struct trawl_error err;
	double start = monotonic_seconds();
	enum trawl_status st = must_exist(cl->index, &err);

	if (st == TRAWL_OK)
		st = trawl_writer_open(cl->index, &o, &w, &err);
	if (st == TRAWL_OK)
		st = remove_all(w, cl->args, &sum, &err);
	if (st != TRAWL_OK) {
		int status = could_not(st, &err);

		trawl_writer_close(w);
		return status;
	}
	trawl_writer_count(w, &stats);
	trawl_writer_close(w);
	sum.documents = stats.documents;
	sum.seconds = monotonic_seconds() - start;
	if (!summary_print(&sum, cl))
		return EXIT_COULD_NOT;
	return sum.skipped ? EXIT_SKIPPED : EXIT_DONE;
}
