/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * figures.h - what a text says of itself: lengths, vocabulary, frequencies
 *
 * A word is a run of letters and digits, an apostrophe inside it allowed;
 * bytes from 0x80 are letters, capitals of ASCII are lowered.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct figures;

/* NULL: out of memory. */
struct figures *figures_new(void);
void figures_free(struct figures *f);

/* The text of one document, with the escapes of JSON; false: out of memory. */
bool figures_add(struct figures *f, const char *text, size_t n);

/* Print each beside what was measured on news; true: all within a tenth, as
 * far as documents are enough for that. */
bool figures_print(struct figures *f);

#endif
