/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stored.h - what an index keeps of a document
 *
 *   {"id":"...","title":"...",...} LF text
 *
 * One line of compact JSON, its id among the members, then the text as it was
 * read, to the end.  A name comes once; several values are an array.
 */
#ifndef LIB_STORED_H
#define LIB_STORED_H

#include "arena.h"
#include "trawl.h"

enum {
	/* Every byte may have become a \u00XX, and there is the id. */
	STORED_LINE_MAX = 6 * (TRAWL_STORED_MAX + TRAWL_ID_MAX) + 65536
};

/*
 * Read data into arena.  CORRUPT, without a text of its own in err when err is
 * to be written by the caller: *why says what is wrong.
 */
enum trawl_status stored_parse(const char *data, size_t len,
			       struct arena *arena, struct trawl_doc *out,
			       const char **why);

struct buf;
/*
 * Append the members of a JSON object, commas between them; several values of
 * one name become an array.
 */
void stored_print(const struct trawl_field *fields, size_t n, struct buf *out);

#endif
