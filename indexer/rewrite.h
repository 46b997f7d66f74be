/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rewrite.h - is an index better written anew than changed?
 */
#ifndef INDEXER_REWRITE_H
#define INDEXER_REWRITE_H

#include "cmdline.h"
#include "input.h"

/*
 *True when the files that are new to the index, or may have changed since it was
 * last committed to, are more than a share of it.  Only a guess, from their times and sizes:
 * both ways lead to the same index.
 */
bool is_worth_rewriting(const struct cmdline *cl, const struct input *inputs,
			size_t n);

#endif
