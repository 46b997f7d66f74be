/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * document.h - a document while it is read: fields and text
 *
 * One is used again and again by one thread.  document_add() copies; what is
 * borrowed belongs to the line of JSON Lines or to the JSON value made of it,
 * and lives as long as the document.
 */
#ifndef INDEXER_DOCUMENT_H
#define INDEXER_DOCUMENT_H

#include "arena.h"
#include "buf.h"

#include <trawl.h>

struct json_t;

enum {
	DOCUMENT_GUESSES_MAX = 32 /* further ones are left out */
};

struct document {
	struct arena arena;
	struct json_t *json;
	char *id; /* NULL: the input gives none */
	struct trawl_field *fields;
	size_t nfields, alloc;
	struct buf body;  /* what an extractor writes */
	const char *text; /* the text: body's, the line's or the value's */
	size_t text_len;
	struct trawl_guess guesses[DOCUMENT_GUESSES_MAX];
	size_t nguesses;
};

void document_init(struct document *d);
void document_release(struct document *d);
void document_reset(struct document *d);

/* name and value are copied; an empty value is not added. */
void document_add(struct document *d, const char *name, const char *value,
		  size_t len);
/* name and value live as long as the document does; value ends with a NUL. */
void document_add_borrowed(struct document *d, const char *name,
			   const char *value, size_t len, bool json);
/*
 * What a field seems to be, for the library to weigh (struct trawl_guess).
 * value is copied, field and reason live for ever; an empty value is no guess,
 * and the same value of a field for the same reason only one.
 */
void document_guess(struct document *d, const char *field, const char *value,
		    size_t len, double confidence, const char *reason);
/* Controls in it become %XX, as in the ids of files; a % that is there stays.
 * At most TRAWL_ID_MAX bytes. */
void document_set_id(struct document *d, const char *s, size_t n);
/* The first value of a field, or NULL. */
const char *document_field(const struct document *d, const char *name);
/* Is there nothing to search in it? */
bool document_is_empty(const struct document *d);

#endif
