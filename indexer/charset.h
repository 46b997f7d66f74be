/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * charset.h - bytes of any encoding to UTF-8
 *
 * In this order: a byte order mark; UTF-16 that its zero bytes betray; a
 * charset that switches by escapes, when declared; UTF-8 as it is; the
 * declared charset; UTF-8 with a few broken bytes, each part of which becomes
 * U+FFFD; a guess.  When nothing fits, the text is refused.
 */
#ifndef INDEXER_CHARSET_H
#define INDEXER_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct problem;

/*
 * Append the text of s to out.  declared is what the document says its charset
 * is, or NULL.  *replaced is how many malformed parts became U+FFFD.
 * False: E_BINARY or E_CHARSET.
 */
bool read_text(const char *s, size_t n, const char *declared, struct buf *out,
	       size_t *replaced, struct problem *why);

#endif
