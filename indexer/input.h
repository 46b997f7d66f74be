/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * input.h - what INPUT on the command line is, and what documents remember
 */
#ifndef INDEXER_INPUT_H
#define INDEXER_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum input_kind {
	INPUT_STDIN, /* JSON Lines */
	INPUT_DIRECTORY,
	INPUT_FILE,  /* one document */
	INPUT_LINES, /* a file of JSON Lines */
	INPUT_MISSING
};

struct input {
	enum input_kind kind;
	const char *path; /* as given */
	const char *base; /* its last part: a file's id */
	/* What its documents remember: the absolute path, in which what is no
	 * UTF-8 is %XX.  NULL: nothing (standard input). */
	char *root;
	char *real; /* the same, in the file system's own bytes */
	uint64_t bytes;
};

/* format: of --format, or NULL.  False: path cannot be resolved (errno). */
bool input_init(struct input *in, const char *path, const char *format);
void input_release(struct input *in);

/* Is a file of that name JSON Lines, perhaps compressed? */
bool is_lines_name(const char *name, const char *format);

#endif
