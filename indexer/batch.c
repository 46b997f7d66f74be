/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "batch.h"

#include "die.h"
#include "input.h"
#include "problem.h"
#include "reader.h"

#include <malloc.h>
#include <stdarg.h>

enum {
	/* A document, while it is prepared, costs this many times its bytes:
	 * the bytes, the text, the words and their positions. */
	COST_PER_BYTE = 6,
	COST_PER_ITEM = 2048,
	LARGE = 1 << 20, /* bytes; after such a batch memory is given back */
	ARENA_MAX = 256 << 20,
	/* A batch of small ones and one large file, which may be read twice. */
	FILES_MAX = 2 * FILE_BYTES_MAX + (1 << 20)
};

struct batch *batch_new(const struct input *in)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->input = in;
	arena_init(&b->arena, ARENA_MAX);
	arena_init(&b->files, FILES_MAX);
	return b;
}

void batch_free(struct batch *b)
{
	if (!b)
		return;

	const bool large = b->large;

	for (size_t i = 0; i < b->n; i++)
		trawl_prepared_free(b->items[i].prep);
	free(b->items);
	free(b->lines);
	arena_release(&b->files);
	arena_release(&b->arena);
	free(b);
	if (large)
		malloc_trim(0);
}

struct item *batch_add(struct batch *b, enum item_kind kind)
{
	if (b->n == b->alloc) {
		b->alloc = 2 * b->alloc + 16;
		b->items = xrealloc(b->items, b->alloc * sizeof(*b->items));
	}
	b->items[b->n] =
		(struct item){ .kind = kind, .origin.root = b->input->root };
	return &b->items[b->n++];
}

static void *checked(void *p)
{
	if (!p)
		die("out of memory");
	return p;
}

bool batch_problem(struct batch *b, struct item *it, const struct problem *why)
{
	struct problem *copy = checked(arena_alloc(&b->arena, sizeof(*copy)));

	*copy = *why;
	it->kind = ITEM_PROBLEM;
	it->problem = copy;
	return false;
}

char *batch_strdup(struct batch *b, const char *s)
{
	return checked(arena_strdup(&b->arena, s));
}

char *batch_printf(struct batch *b, const char *fmt, ...)
{
	va_list ap;
	char *made, *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&made, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("out of memory");
	s = checked(arena_strndup(&b->arena, made, (size_t)n));
	free(made);
	return s;
}

const char *batch_where(struct batch *b, const struct item *it)
{
	if (it->where || !it->line)
		return it->where;
	return batch_printf(b, "%s:%llu", b->where,
			    (unsigned long long)it->line);
}

bool batch_needs_work(const struct batch *b)
{
	return b->lines || b->files.used;
}

void batch_drop_input(struct batch *b)
{
	b->large = b->len > LARGE || b->files.used > LARGE;
	free(b->lines);
	b->lines = NULL;
	b->len = b->nlines = 0;
	arena_release(&b->files);
	if (b->large)
		malloc_trim(0);
}

uint64_t batch_weight(const struct batch *b)
{
	uint64_t n = b->len + b->files.used;

	n = n * COST_PER_BYTE + b->arena.used +
	    (b->n + b->nlines + 1) * (uint64_t)COST_PER_ITEM;
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].prep)
			n += trawl_prepared_bytes(b->items[i].prep);
	return n;
}

bool item_is_unchanged(const struct item *it, struct trawl_index *ix)
{
	struct trawl_origin was;

	return ix && it->origin.root && it->origin.mtime_ns &&
	       trawl_origin_of(ix, it->id, &was, NULL) == TRAWL_OK &&
	       was.size == it->origin.size &&
	       was.mtime_ns == it->origin.mtime_ns && was.root &&
	       !strcmp(was.root, it->origin.root);
}
