/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json.h - JSON strings: their escapes, in one place
 *
 * Compact, UTF-8 unescaped: only what RFC 8259 says must be escaped is, and
 * U+007F, so that a line of JSON is printable.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Append "s" with its quotes; malformed UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *out, const char *s, size_t n);

/* The same with every control of printable.h escaped: for what is to be shown
 * on a terminal as it is. */
void json_add_printable(struct buf *out, const char *s, size_t n);

/* Is s, of n bytes, \uXXXX and perhaps more?  *out is what XXXX says. */
bool json_read_u4(const char *s, size_t n, unsigned *out);

#endif
