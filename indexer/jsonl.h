/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jsonl.h - a line of JSON Lines to a document
 *
 *	{"id": "a1", "title": "...", "text": "...", "date": "2024-11-07", ...}
 *
 * id is a string or an integer, text a string.  Every other key is a field: a
 * string as it is, an array of strings as one field a string, null as nothing,
 * any other value as JSON.
 */
#ifndef INDEXER_JSONL_H
#define INDEXER_JSONL_H

#include <stdbool.h>
#include <stddef.h>

struct document;
struct problem;

enum {
	JSON_LINE_MAX = 64 << 20, /* bytes of a line: 16 MiB of text, escaped */
	JSON_DEPTH_MAX = 64
};

/*
 * Read one line into doc, which is empty.  *replaced as in read_text().  The
 * line becomes doc's: what it borrows lies there.
 */
bool jsonl_parse(char *line, size_t len, struct document *doc, size_t *replaced,
		 struct problem *why);

/*
 * Its two ways.  jsonl_scan() takes what nearly all lines are: well-formed
 * UTF-8, values that are strings, lists of them, null, true, false or common
 * numbers, and nothing to complain of.  It declines the rest: false, with line
 * and doc as they were.  jsonl_load() takes everything, and what both take is
 * the same document.
 */
bool jsonl_scan(char *line, size_t len, struct document *doc);
bool jsonl_load(const char *line, size_t len, struct document *doc,
		size_t *replaced, struct problem *why);

#endif
