/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "digest.h"

#include "batch.h"
#include "die.h"
#include "document.h"
#include "extract.h"
#include "jsonl.h"
#include "path_guess.h"
#include "problem.h"

struct digest {
	struct trawl_preparer *preparer;
	struct trawl_index *ix; /* or NULL */
	struct document doc;
};

enum trawl_status digest_new(struct trawl_writer *w, const char *index,
			     struct digest **out, struct trawl_error *err)
{
	struct digest *d = xcalloc(1, sizeof(*d));
	enum trawl_status st = trawl_preparer_new(w, &d->preparer, err);

	document_init(&d->doc);
	if (st == TRAWL_OK && index)
		st = trawl_index_open(index, &d->ix, err);
	if (st == TRAWL_OK)
		*out = d;
	else
		digest_free(d);
	return st;
}

void digest_free(struct digest *d)
{
	if (!d)
		return;
	trawl_preparer_free(d->preparer);
	trawl_index_close(d->ix);
	document_release(&d->doc);
	free(d);
}

static bool refused(const char *text, struct problem *why)
{
	const char *code = strstr(text, "distinct words") ? "E_TOOMANYTERMS"
			   : strstr(text, "empty")	  ? "E_EMPTY"
			   : !strncmp(text, "text", 4)	  ? "E_TOOBIG"
							  : "E_FIELD";

	return problem(why, code, "%s", text);
}

static bool prepare(struct digest *d, struct batch *b, struct item *it,
		    struct problem *why)
{
	struct trawl_doc doc = { .id = it->id,
				 .fields = d->doc.fields,
				 .nfields = d->doc.nfields,
				 .text = d->doc.text,
				 .text_len = d->doc.text_len,
				 .origin = it->origin,
				 .guesses = d->doc.guesses,
				 .nguesses = d->doc.nguesses };
	enum trawl_status st;

	if (document_is_empty(&d->doc))
		return problem(why, "E_EMPTY", "neither text nor a title");
	st = trawl_prepare(d->preparer, &doc, &it->prep, &b->err);
	if (st == TRAWL_REFUSED)
		return refused(b->err.text, why);
	it->kind = ITEM_PUT;
	b->fatal = st;
	return true;
}

static bool extract_file(struct digest *d, const struct batch *b,
			 struct item *it, struct problem *why)
{
	struct raw raw = { .bytes = it->bytes, .len = it->len };
	const struct extractor *e = b->format;

	if (!e)
		e = extractor_for(it->where, it->bytes, it->len, why);
	if (!e || !e->extract(&raw, &d->doc, why))
		return false;
	if (d->doc.body.failed)
		return problem(why, "E_TOOBIG",
			       "its text is larger than %zu bytes",
			       d->doc.body.max);
	it->replaced = raw.replaced;
	return true;
}

static void digest_file(struct digest *d, struct batch *b, struct item *it)
{
	struct problem why = { 0 };

	document_reset(&d->doc);
	if (!extract_file(d, b, it, &why)) {
		batch_problem(b, it, &why);
		return;
	}
	path_guess(&d->doc, path_from_input(it->where, it->id));
	if (!prepare(d, b, it, &why))
		batch_problem(b, it, &why);
}

static bool is_blank_line(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r", line[i]) || !line[i])
			return false;
	return true;
}

static void digest_line(struct digest *d, struct batch *b, uint64_t number,
			char *line, size_t len)
{
	struct problem why = { 0 };
	struct item *it = batch_add(b, ITEM_PUT);

	it->line = number;
	it->origin = b->origin;
	document_reset(&d->doc);
	if (!jsonl_parse(line, len, &d->doc, &it->replaced, &why)) {
		batch_problem(b, it, &why);
		return;
	}
	it->id = d->doc.id ? batch_strdup(b, d->doc.id)
			   : batch_printf(b, "%s#%llu", b->id,
					  (unsigned long long)number);
	path_guess(&d->doc, NULL);
	if (item_is_unchanged(it, d->ix))
		it->kind = ITEM_KEEP;
	else if (!prepare(d, b, it, &why))
		batch_problem(b, it, &why);
}

/* The first line of a file may begin with a byte order mark. */
static size_t mark_length(uint64_t number, const char *line, size_t len)
{
	return number == 1 && len >= 3 && !memcmp(line, "\xEF\xBB\xBF", 3) ? 3
									   : 0;
}

static void digest_lines(struct digest *d, struct batch *b)
{
	char *line = b->lines, *end = line + b->len, *next;

	for (uint64_t number = b->first; line < end && b->fatal == TRAWL_OK;
	     number++) {
		char *lf = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((lf ? lf : end) - line), mark;

		next = lf ? lf + 1 : end;
		mark = mark_length(number, line, len);
		if (!is_blank_line(line + mark, len - mark))
			digest_line(d, b, number, line + mark, len - mark);
		line = next;
	}
}

static void digest_files(struct digest *d, struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (b->items[i].kind == ITEM_FILE)
			digest_file(d, b, &b->items[i]);
		if (b->fatal != TRAWL_OK)
			b->n = i + 1;
	}
}

void digest_batch(void *digest, struct batch *b)
{
	struct digest *d = digest;

	if (b->lines)
		digest_lines(d, b);
	else
		digest_files(d, b);
	if (b->fatal != TRAWL_OK)
		b->n--; /* the one that it happened to */
	document_reset(&d->doc);
	batch_drop_input(b);
}
