/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * term.h - what standard output is, and how text fits on it
 */
#ifndef CLIENT_TERM_H
#define CLIENT_TERM_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum {
	TERM_WIDTH_MIN = 20,
	TERM_WIDTH_MAX = 500,
	TERM_WIDTH_PIPE = 80
};

struct term {
	bool tty;		/* marks and a pager make sense */
	bool colour;		/* tty, and neither NO_COLOR nor TERM=dumb */
	bool unicode;		/* the locale's encoding is UTF-8 */
	unsigned width, height; /* in cells; height 0 when unknown */
};

/* Look at standard output and the environment; calls setlocale(). */
void term_look(struct term *t);

/* Cells that s takes; escape sequences take none. */
size_t term_cells(const char *s, size_t n);

/*
 * Append s, broken between words into lines of at most width cells, each
 * begun with indent blanks and ended by a line feed.  A word that is longer
 * than a line is broken between characters.  A mark (ESC [1m) ends with its
 * line and begins anew on the next.
 */
void term_wrap(struct buf *out, const char *s, unsigned indent, unsigned width);

/* Append as much of s as fits into width cells, with U+2026 when cut. */
void term_fit(struct buf *out, const char *s, unsigned width);

/* Append a bar of value out of max, width cells at its longest. */
void term_bar(struct buf *out, const struct term *t, double value, double max,
	      unsigned width);

/* Write text to standard output, through $PAGER (less -R) when it is a
 * terminal and text is longer than it.  False: could not (errno). */
bool term_show(const struct term *t, const char *text, size_t n);

#endif
