/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>

struct arena_block {
	struct arena_block *older;
	size_t used, size;
	_Alignas(max_align_t) char bytes[];
};

enum {
	FIRST_BLOCK = 4096,
	LAST_BLOCK = 1 << 20
};

void arena_init(struct arena *a, size_t max)
{
	*a = (struct arena){ .max = max };
}

static void free_chain(struct arena_block *b)
{
	while (b) {
		struct arena_block *older = b->older;

		free(b);
		b = older;
	}
}

void arena_release(struct arena *a)
{
	free_chain(a->block);
	arena_init(a, a->max);
}

void arena_reset(struct arena *a)
{
	if (a->block) {
		free_chain(a->block->older);
		a->block->older = NULL;
		a->block->used = 0;
	}
	a->used = 0;
	a->failed = a->full = false;
}

static struct arena_block *grow(struct arena *a, size_t n)
{
	size_t size = a->block ? 2 * a->block->size : FIRST_BLOCK;

	if (size > LAST_BLOCK)
		size = LAST_BLOCK;
	if (size < n)
		size = n;

	struct arena_block *b = malloc(sizeof(*b) + size);

	if (!b)
		return NULL;
	b->older = a->block;
	b->used = 0;
	b->size = size;
	a->block = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->block;

	if (!a->failed && n > a->max - a->used)
		a->failed = a->full = true;
	if (a->failed || n > SIZE_MAX / 2) {
		a->failed = true;
		return NULL;
	}
	n = (n + align - 1) & ~(align - 1);
	if (!b || n > b->size - b->used)
		b = grow(a, n);
	if (!b) {
		a->failed = true;
		return NULL;
	}

	void *p = b->bytes + b->used;

	b->used += n;
	a->used += n < a->max - a->used ? n : a->max - a->used;
	return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size) {
		a->failed = true;
		return NULL;
	}

	void *p = arena_alloc(a, count * size);

	return p ? memset(p, 0, count * size) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	char *p = n < SIZE_MAX ? arena_alloc(a, n + 1) : NULL;

	if (!p)
		return NULL;
	if (n)
		memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p = NULL;

	va_start(ap, fmt);
	va_copy(again, ap);

	int n = vsnprintf(NULL, 0, fmt, ap);

	if (n >= 0)
		p = arena_alloc(a, (size_t)n + 1);
	if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}
