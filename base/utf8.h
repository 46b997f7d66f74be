/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * utf8.h - UTF-8 as RFC 3629 has it: no overlong forms, no surrogates
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Decode the character at s (n > 0 bytes) and return its length in bytes.
 * Malformed: *cp is UINT32_MAX and the length is that of the longest prefix
 * of a well-formed character, at least 1 (Unicode 15, 3.9, "maximal subpart").
 */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);

/* Encode cp (a scalar value) into out[4]; returns 1..4. */
size_t utf8_encode(uint32_t cp, char out[4]);

/* Length of the longest well-formed prefix of s; n when all of it is. */
size_t utf8_valid(const char *s, size_t n);

/* Append s to out with each malformed part as U+FFFD; how many there were. */
size_t utf8_clean(const char *s, size_t n, struct buf *out);

/* The largest cut <= at that does not split a character of s. */
size_t utf8_cut(const char *s, size_t n, size_t at);

#endif
