/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - lines that were taken for boilerplate, counted by source
 */
#ifndef INDEXER_REPORT_H
#define INDEXER_REPORT_H

#include <trawl.h>

enum {
	REPORT_LINES_MAX = 1 << 20, /* different ones; others are not listed */
	REPORT_LINE_BYTES = 300,    /* of one that are kept */
	REPORT_KIND_BYTES = 16
};

struct report_line {
	uint64_t hash; /* of source, kind and text */
	uint64_t count;
	size_t source;
	char kind[REPORT_KIND_BYTES];
	char *text;
	size_t len;
};

struct report_source {
	char *name;
	uint64_t pages;
	uint64_t bytes, taken; /* of texts; of those boilerplate */
	size_t first, lines;   /* after report_order() */
};

struct report {
	struct report_source *source;
	size_t nsources, sources_alloc;
	struct report_line *line;
	size_t nlines, lines_alloc;
	size_t *source_slot, *line_slot; /* number + 1; 0: free */
	size_t source_slots, line_slots; /* powers of two, or 0 */
	uint64_t unlisted;		 /* lines beyond REPORT_LINES_MAX */
};

void report_release(struct report *r);
/* Count the lines in a document's field "boilerplate". */
void report_add(struct report *r, const struct trawl_doc *doc);
/* The largest sources first, of each its most frequent lines first. */
void report_order(struct report *r);

#endif
