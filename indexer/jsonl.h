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

/* Read one line into doc, which is empty.  *replaced as in read_text(). */
bool jsonl_parse(const char *line, size_t len, struct document *doc,
		 size_t *replaced, struct problem *why);

#endif
