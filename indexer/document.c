/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"

#include "die.h"

#include <jansson.h>

enum {
	STRINGS_MAX = 128 << 20, /* bytes of a document's copied fields */
	BODY_MAX = 128 << 20,	 /* the library has the limit of a text */
	BODY_KEEP = 1 << 20	 /* more than that is given back after use */
};

void document_init(struct document *d)
{
	*d = (struct document){ 0 };
	arena_init(&d->arena, STRINGS_MAX);
	buf_init(&d->body, BODY_MAX);
}

void document_release(struct document *d)
{
	json_decref(d->json);
	arena_release(&d->arena);
	buf_release(&d->body);
	free(d->fields);
	document_init(d);
}

void document_reset(struct document *d)
{
	json_decref(d->json);
	d->json = NULL;
	arena_reset(&d->arena);
	buf_reset(&d->body);
	if (d->body.alloc > BODY_KEEP)
		buf_release(&d->body);
	d->id = NULL;
	d->nfields = 0;
	d->text = NULL;
	d->text_len = 0;
}

void document_add_borrowed(struct document *d, const char *name,
			   const char *value, size_t len, bool json)
{
	if (d->nfields == d->alloc) {
		d->alloc = 2 * d->alloc + 16;
		d->fields = xrealloc(d->fields, d->alloc * sizeof(*d->fields));
	}
	d->fields[d->nfields++] = (struct trawl_field){
		.name = name, .value = value, .len = len, .json = json
	};
}

void document_add(struct document *d, const char *name, const char *value,
		  size_t len)
{
	char *copied_name, *copy;

	if (!len)
		return;
	copied_name = arena_strdup(&d->arena, name);
	copy = arena_strndup(&d->arena, value, len);
	if (!copied_name || !copy)
		die("out of memory");
	document_add_borrowed(d, copied_name, copy, len, false);
}

const char *document_field(const struct document *d, const char *name)
{
	for (size_t i = 0; i < d->nfields; i++)
		if (!strcmp(d->fields[i].name, name))
			return d->fields[i].value;
	return NULL;
}

static bool is_blank(const char *s, size_t n)
{
	while (n && strchr(" \t\r\n\f\v", *s) && *s) {
		s++;
		n--;
	}
	return !n;
}

bool document_is_empty(const struct document *d)
{
	const char *title = document_field(d, "title");

	return is_blank(d->text, d->text_len) &&
	       (!title || is_blank(title, strlen(title)));
}
