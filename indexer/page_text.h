/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_text.h - the text of a page, put together as a browser would show it
 *
 * White space is one blank; a paragraph's end is an empty line, however many
 * elements end there; preformatted text keeps its lines.
 */
#ifndef INDEXER_PAGE_TEXT_H
#define INDEXER_PAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum gap {
	GAP_NONE,
	GAP_SPACE,
	GAP_LINE,
	GAP_PARAGRAPH
};

struct page_text {
	struct buf *out;
	enum gap gap; /* to come before the next word */
};

void page_text_add(struct page_text *t, const char *s, size_t n, bool pre);
void page_text_break(struct page_text *t, enum gap gap);

#endif
