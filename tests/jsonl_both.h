/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jsonl_both.h - one line read in both ways, and the two documents compared
 */
#ifndef TESTS_JSONL_BOTH_H
#define TESTS_JSONL_BOTH_H

#include "document.h"
#include "jsonl.h"
#include "problem.h"

#include <stdlib.h>
#include <string.h>

enum both {
	BOTH_SAME,
	BOTH_DECLINED, /* by jsonl_scan(), which has left all as it was */
	BOTH_DIFFER
};

static inline bool same_string(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static inline bool same_field(const struct trawl_field *a,
			      const struct trawl_field *b)
{
	return a->len == b->len && a->json == b->json &&
	       !strcmp(a->name, b->name) &&
	       !memcmp(a->value, b->value, a->len + 1);
}

static inline bool same_document(const struct document *a,
				 const struct document *b)
{
	if (!same_string(a->id, b->id) || !a->text != !b->text ||
	    a->text_len != b->text_len || a->nfields != b->nfields)
		return false;
	if (a->text && memcmp(a->text, b->text, a->text_len + 1) != 0)
		return false;
	for (size_t i = 0; i < a->nfields; i++)
		if (!same_field(&a->fields[i], &b->fields[i]))
			return false;
	return true;
}

static inline bool is_untouched(const struct document *doc, const char *copy,
				const char *line, size_t len)
{
	return !doc->id && !doc->text && !doc->nfields &&
	       (!len || !memcmp(copy, line, len));
}

/* The copy is of the line's very size, so that a tool sees a read past it. */
static inline enum both read_both(const char *line, size_t len)
{
	enum both result = BOTH_DIFFER;
	struct document scanned, loaded;
	struct problem why = { 0 };
	char *copy = malloc(len ? len : 1);
	size_t replaced;

	if (!copy)
		abort();
	if (len)
		memcpy(copy, line, len);
	document_init(&scanned);
	document_init(&loaded);
	if (!jsonl_scan(copy, len, &scanned)) {
		if (is_untouched(&scanned, copy, line, len))
			result = BOTH_DECLINED;
	} else if (jsonl_load(line, len, &loaded, &replaced, &why) &&
		   !replaced && same_document(&scanned, &loaded)) {
		result = BOTH_SAME;
	}
	document_release(&scanned);
	document_release(&loaded);
	free(copy);
	return result;
}

#endif
