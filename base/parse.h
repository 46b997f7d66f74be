/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse.h - numbers from text, strictly: the whole text or nothing
 */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits only, without sign or needless zero, within min..max. */
bool parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out);

/* parse_uint() and an optional K, M, G or T (powers of 1024): "512M". */
bool parse_size(const char *s, uint64_t min, uint64_t max, uint64_t *out);

#endif
