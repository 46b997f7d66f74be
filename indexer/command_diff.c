/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "die.h"
#include "json.h"
#include "progress.h"
#include "run.h"
#include "summary.h"

enum {
	LINES_MAX = 1 << 20 /* bytes of JSON */
};

struct report {
	const struct cmdline *cl;
	struct progress progress;
	struct buf lines; /* as JSON strings */
};

static void on_difference(void *ctx, const char *line, double progress)
{
	struct report *r = ctx;

	if (*line && r->cl->json) {
		if (r->lines.len)
			buf_addc(&r->lines, ',');
		json_add_string(&r->lines, line, strlen(line));
	} else if (*line && !r->cl->quiet) {
		progress_clear(&r->progress);
		puts(line);
	}
	progress_show_part(&r->progress, progress);
}

static void print_json(const struct report *r, bool ok, uint64_t n)
{
	printf("{\"command\":\"diff\",\"ok\":%s,\"differences\":%llu,"
	       "\"lines\":[%s]}\n",
	       ok ? "true" : "false", (unsigned long long)n, r->lines.data);
}

static void print_count(const struct cmdline *cl, uint64_t n)
{
	printf("%s and %s: ", cl->index, cl->args[0]);
	if (n)
		printf("%llu difference%s\n", (unsigned long long)n,
		       n == 1 ? "" : "s");
	else
		printf("no difference\n");
}

int command_diff(const struct cmdline *cl)
{
	struct report r = { .cl = cl, .lines = BUF_INIT(LINES_MAX) };
	struct trawl_error err;
	uint64_t n = 0;
	enum trawl_status st;

	progress_init(&r.progress, cl->quiet);
	st = trawl_diff(cl->index, cl->args[0], cl->queries, on_difference, &r,
			&n, &err);
	progress_clear(&r.progress);
	if (cl->json)
		print_json(&r, st == TRAWL_OK, n);
	else if (st == TRAWL_OK && !cl->quiet)
		print_count(cl, n);
	buf_release(&r.lines);
	if (st != TRAWL_OK) {
		finish_output();
		return could_not(st, &err);
	}
	if (!finish_output())
		return EXIT_COULD_NOT;
	return n ? EXIT_DIFFERENT : EXIT_DONE;
}
