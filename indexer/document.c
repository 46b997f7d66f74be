/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "document.h"

#include "die.h"
#include "printable.h"
#include "utf8.h"

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
	d->nguesses = 0;
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

static bool is_guessed(const struct document *d, const char *field,
		       const char *value, size_t len, const char *reason)
{
	for (size_t i = 0; i < d->nguesses; i++) {
		const struct trawl_guess *g = &d->guesses[i];

		if (!strcmp(g->field, field) && !strcmp(g->reason, reason) &&
		    strlen(g->value) == len && !memcmp(g->value, value, len))
			return true;
	}
	return false;
}

void document_guess(struct document *d, const char *field, const char *value,
		    size_t len, double confidence, const char *reason)
{
	char *copy;

	len = strnlen(value, len);
	if (!len || d->nguesses == DOCUMENT_GUESSES_MAX ||
	    is_guessed(d, field, value, len, reason))
		return;
	copy = arena_strndup(&d->arena, value, len);
	if (!copy)
		die("out of memory");
	d->guesses[d->nguesses++] =
		(struct trawl_guess){ .field = field,
				      .value = copy,
				      .confidence = confidence,
				      .reason = reason };
}

static bool is_plain_ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < ' ' || s[i] > '~')
			return false;
	return true;
}

static void add_id(struct buf *out, const char *s, size_t n)
{
	while (n) {
		uint32_t cp;
		size_t len = utf8_decode(s, n, &cp);

		if (is_control(cp))
			add_percent(out, s, len);
		else
			buf_add(out, s, len);
		s += len;
		n -= len;
	}
}

void document_set_id(struct document *d, const char *s, size_t n)
{
	struct buf b = BUF_INIT(3 * TRAWL_ID_MAX);

	if (is_plain_ascii(s, n)) {
		d->id = arena_strndup(&d->arena, s, n);
	} else {
		add_id(&b, s, n);
		d->id = b.failed ? NULL
				 : arena_strndup(&d->arena, b.data, b.len);
		buf_release(&b);
	}
	if (!d->id)
		die("out of memory");
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
