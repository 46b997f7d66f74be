/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printable.h - foreign bytes made safe to show on one line of a terminal
 */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* C0, DEL, C1, line and paragraph separators, bidi and zero-width controls. */
bool is_control(uint32_t cp);

/* Append s with controls and malformed bytes as \xHH of their bytes. */
void add_printable(struct buf *out, const char *s, size_t n);

/* Append s with bytes that are not UTF-8, controls and % as %XX. */
void add_percent(struct buf *out, const char *s, size_t n);

#endif
