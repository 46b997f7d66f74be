/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * values.h - NAME=VALUE, as given; each name once
 *
 * The names are those of the library's requests and "in", which is a server's
 * alone.
 */
#ifndef CLIENT_VALUES_H
#define CLIENT_VALUES_H

#include "trawl.h"

struct value {
	char *name, *value;
};

/* Zeroed: none. */
struct values {
	struct value *at;
	size_t n;
};

void values_release(struct values *v);
/* NULL when it was not given. */
const char *values_get(const struct values *v, const char *name);
/* Add, or replace.  Errors: BADOPTION, BADVALUE. */
enum trawl_status values_put(struct values *v, const char *name,
			     const char *value, struct trawl_error *err);
bool values_drop(struct values *v, const char *name);
void values_copy(struct values *to, const struct values *from);
/* Whether the len bytes at name are the name of one. */
bool values_known(const char *name, size_t len);

#endif
