/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmdline.h - commands and options: one table each
 *
 * What is parsed, what --help prints and what doc/trawl-index.1 must list all
 * come from the two tables in cmdline.c.
 */
#ifndef INDEXER_CMDLINE_H
#define INDEXER_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <trawl.h>

/* Exit statuses; 3 is EXIT_COULD_NOT (die.h). */
enum {
	EXIT_DONE = 0,
	EXIT_SKIPPED = 1, /* done, but some documents were skipped */
	EXIT_DIFFERENT = 1,
	EXIT_USAGE = 2
};

enum {
	THREADS_MAX = 64,
	GLOBS_MAX = 100, /* of --include, and of --exclude */
	QUERIES_DEFAULT = 200,
	QUERIES_MAX = 1000000
};
#define MEMORY_MIN     ((uint64_t)64 << 20)
#define THREAD_MEMORY  ((uint64_t)24 << 20) /* that each has of it, at least */
#define MEMORY_DEFAULT ((uint64_t)512 << 20)
#define MEMORY_MAX     ((uint64_t)1 << 40)

enum mode {
	MODE_BUILD,
	MODE_ADD,
	MODE_SYNC
};

struct cmdline {
	const struct command *command;
	const char *index; /* or the one argument there is */
	char **args;	   /* after INDEX, NULL at the end */
	const char *schema;
	const char *format; /* NULL: auto */
	const char *language;
	const char *news;
	const char *file; /* of decisions */
	unsigned threads, queries;
	uint64_t memory;
	enum trawl_compress compress;
	bool wait, json, quiet, strict, force, with_api, reproducible;
	const char *include[GLOBS_MAX + 1], *exclude[GLOBS_MAX + 1];
};

struct command {
	const char *name, *args;
	const char *what; /* for --help */
	int (*run)(const struct cmdline *cl);
	unsigned min_args, max_args; /* INDEX among them */
	unsigned flag;		     /* in the options' rows */
};

/*
 * Parse argv.  Returns -1 to go on with cl->command, else the exit status:
 * help was printed, or a line that says what was wrong.
 */
int cmdline_parse(int argc, char **argv, struct cmdline *cl);

int command_build(const struct cmdline *cl);
int command_add(const struct cmdline *cl);
int command_sync(const struct cmdline *cl);
int command_remove(const struct cmdline *cl);
int command_check(const struct cmdline *cl);
int command_info(const struct cmdline *cl);
int command_compact(const struct cmdline *cl);
int command_dump(const struct cmdline *cl);
int command_diff(const struct cmdline *cl);
int command_explain_document(const struct cmdline *cl);
int command_report(const struct cmdline *cl);
int command_variants(const struct cmdline *cl);

#endif
