/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * request.h - the checks and lists of struct trawl_request
 */
#ifndef LIB_REQUEST_H
#define LIB_REQUEST_H

#include "trawl.h"

/* Everything that can be checked without an index.  BADVALUE; rq NULL: INVAL. */
enum trawl_status request_check(const struct trawl_request *rq,
				struct trawl_error *err);

/*
 * The next name of a comma-separated list; *at begins at the list's start and
 * is NULL after the last.  False when there is no more.
 */
bool list_next(const char **at, const char **name, size_t *len);
/* Is name in list? */
bool list_has(const char *list, const char *name);

/* Bytes of s to show in an error's line: at most 100, whole characters. */
int shown(const char *s);

#endif
