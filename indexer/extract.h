/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extract.h - the door for formats: bytes of a file to fields and text
 *
 * A format is one row of the table in extract.c.  Bytes reach an extractor as
 * they are in the file; read_text() (charset.h) makes text of them.
 */
#ifndef INDEXER_EXTRACT_H
#define INDEXER_EXTRACT_H

#include <stdbool.h>
#include <stddef.h>

struct document;
struct problem;

/* What an extractor is given. */
struct raw {
	const char *bytes;
	size_t len;
	size_t replaced; /* out: malformed parts that became U+FFFD */
};

struct extractor {
	const char *name;	     /* of --format */
	const char *const *suffixes; /* ".html", NULL at the end */
	/* Does a file of another suffix look like it?  NULL: never. */
	bool (*sniff)(const char *bytes, size_t len);
	/* False: refused, and *why says why. */
	bool (*extract)(struct raw *raw, struct document *doc,
			struct problem *why);
};

/* NULL when there is none of that name. */
const struct extractor *extractor_by_name(const char *name);
/* By suffix, else by content; NULL (and *why) for a format that is not read. */
const struct extractor *extractor_for(const char *name, const char *bytes,
				      size_t len, struct problem *why);

bool extract_text(struct raw *raw, struct document *doc, struct problem *why);
bool extract_markdown(struct raw *raw, struct document *doc,
		      struct problem *why);
bool extract_html(struct raw *raw, struct document *doc, struct problem *why);
bool sniff_html(const char *bytes, size_t len);

#endif
