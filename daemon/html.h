/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html.h - what is not ours, put into HTML (or XML) and into addresses
 */
#ifndef DAEMON_HTML_H
#define DAEMON_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/*
 * Append n bytes of text, with & < > " ' escaped: fit for what stands between
 * tags and for a quoted attribute.  White space becomes blanks, other controls
 * are dropped, what is not UTF-8 becomes U+FFFD.
 */
void html_add(struct buf *out, const char *s, size_t n);
void html_adds(struct buf *out, const char *s);
/* ` name="value"`; nothing when value is NULL. */
void html_attr(struct buf *out, const char *name, const char *value);

/* Percent-encode all but letters, digits, - . _ ~ and the bytes of keep. */
void url_add(struct buf *out, const char *s, size_t n, const char *keep);
/* Does it begin with http:// or https://, and say where to? */
bool url_is_web(const char *s);

/* "12,345" */
void add_number(struct buf *out, uint64_t n);
/* "1 document", "12,345 documents" */
void add_count(struct buf *out, uint64_t n, const char *one, const char *many);
/* A tenth as the last decimal of n: 123 is "12.3", 120 is "12". */
void add_tenths(struct buf *out, uint64_t n);

#endif
