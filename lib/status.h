/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status.h - the one way to fail inside lib/
 */
#ifndef LIB_STATUS_H
#define LIB_STATUS_H

#include "trawl.h"

#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Write one line into err (which may be NULL) and return st, so that every
 * failure reads "return fail(err, TRAWL_IO, ...)" and none leaves err unset.
 * Control characters in the text become spaces: no foreign byte breaks a line.
 */
enum trawl_status fail(struct trawl_error *err, enum trawl_status st,
		       const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* fail() about a place in the query: byte, from 1. */
enum trawl_status fail_at(struct trawl_error *err, enum trawl_status st,
			  unsigned column, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* TRAWL_NOMEM with its text. */
enum trawl_status fail_nomem(struct trawl_error *err);

#ifdef __cplusplus
}
#endif
#endif
