/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * failing_alloc.h - allocations that fail when a test wants them to
 *
 * The linker wraps the calls of our own objects (Makefile, for the tests that
 * include this); those of other libraries are left alone.
 */
#ifndef TESTS_FAILING_ALLOC_H
#define TESTS_FAILING_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* Allocations of this thread until one fails; negative: none does. */
static _Thread_local long countdown = -1;
/* Whether all that follow fail, too; whether one has. */
static bool for_good, tripped;

static inline bool fails(void)
{
	if (countdown < 0 || countdown-- > 0)
		return false;
	if (for_good)
		countdown = 0;
	tripped = true;
	return true;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
char *__real_strdup(const char *s);

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
char *__wrap_strdup(const char *s);

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t align, size_t n)
{
	return fails() ? NULL : __real_aligned_alloc(align, n);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

#endif
