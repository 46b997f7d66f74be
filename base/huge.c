/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "huge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	LINE = 64,
	PAGE = 2 << 20 /* more where pages are larger: then they are not had */
};

static void *aligned(size_t align, size_t size)
{
	return size < SIZE_MAX - align
		       ? aligned_alloc(align, (size + align - 1) & ~(align - 1))
		       : NULL;
}

void *huge_alloc(size_t size)
{
	void *p = aligned(size < PAGE ? LINE : PAGE, size);

	/* Without such pages it is memory all the same. */
	if (p && size >= PAGE)
		(void)madvise(p, size, MADV_HUGEPAGE);
	return p;
}

void *huge_zalloc(size_t size)
{
	void *p = huge_alloc(size);

	return p ? memset(p, 0, size) : NULL;
}

void *huge_grow(void *p, size_t old, size_t size)
{
	void *grown = huge_alloc(size);

	if (!grown)
		return NULL;
	if (old)
		memcpy(grown, p, old);
	free(p);
	return grown;
}
