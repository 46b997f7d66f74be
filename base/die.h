/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * die.h - for programs, which may end; never for the library
 *
 * The x functions end the program when there is no memory.
 */
#ifndef BASE_DIE_H
#define BASE_DIE_H

#include <stddef.h>

enum {
	EXIT_COULD_NOT = 3 /* of every program here: it could not do it */
};

/* "PROGRAM: TEXT" on standard error; exit EXIT_COULD_NOT. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

void *xmalloc(size_t n);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t n);
char *xstrdup(const char *s);
/* n bytes of s and a NUL. */
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

struct buf;
/* buf_detach() that ends the program when the buffer has failed. */
char *xdetach(struct buf *b);

#endif
