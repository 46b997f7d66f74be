/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * furniture.h - parts of a page that are no part of its article, known by form
 *
 * Whole lines only.  When in doubt a line is prose: a paragraph lost is worse
 * than a menu kept.  The title's line stays, and so does what repeats it.
 */
#ifndef LIB_NEWS_FURNITURE_H
#define LIB_NEWS_FURNITURE_H

#include "span.h"

/* Replaces what was in out.  text: of at most UINT32_MAX bytes, more is not
 * looked at; any bytes.  Linear in len.  False without memory. */
bool furniture_find(const char *text, size_t len, struct spans *out);

#endif
