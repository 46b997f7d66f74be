/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "json.h"
#include "progress.h"
#include "run.h"
#include "summary.h"

enum {
	JSON_MAX = 64 << 20
};

struct report {
	const struct cmdline *cl;
	struct progress progress;
	struct buf lines; /* as JSON strings */
};

static void on_report(void *ctx, const char *line, double progress)
{
	struct report *r = ctx;

	if (line && *line && r->cl->json) {
		if (r->lines.len)
			buf_addc(&r->lines, ',');
		json_add_string(&r->lines, line, strlen(line));
	} else if (line && *line && !r->cl->quiet) {
		progress_clear(&r->progress);
		puts(line);
	}
	progress_show_part(&r->progress, progress);
}

static int end(struct report *r, enum trawl_status st,
	       const struct trawl_error *err, const char *verdict)
{
	progress_clear(&r->progress);
	if (r->cl->json)
		printf("{\"command\":\"%s\",\"ok\":%s,\"lines\":[%s]}\n",
		       r->cl->command->name, st == TRAWL_OK ? "true" : "false",
		       r->lines.data);
	buf_release(&r->lines);
	if (st != TRAWL_OK) {
		finish_output();
		return could_not(st, err);
	}
	if (verdict && !r->cl->json && !r->cl->quiet)
		printf("%s: %s\n", r->cl->index, verdict);
	return finish_output() ? EXIT_DONE : 3;
}

int command_check(const struct cmdline *cl)
{
	struct report r = { .cl = cl, .lines = BUF_INIT(JSON_MAX) };
	struct trawl_error err;
	enum trawl_status st;

	progress_init(&r.progress, cl->quiet);
	st = trawl_check(cl->index, on_report, &r, &err);
	return end(&r, st, &err, "no damage found");
}

int command_compact(const struct cmdline *cl)
{
	struct report r = { .cl = cl, .lines = BUF_INIT(JSON_MAX) };
	struct trawl_error err;
	enum trawl_status st;

	progress_init(&r.progress, cl->quiet);
	st = trawl_compact(cl->index, cl->wait, on_report, &r, &err);
	return end(&r, st, &err, NULL);
}
