/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder_guard.h - is the Xapian that is linked the one whose files we write?
 */
#ifndef LIB_BUILDER_GUARD_H
#define LIB_BUILDER_GUARD_H

#include "trawl.h"

/*
 * OK when version is 1.4.x and a few documents, written by Xapian and by the
 * builder, give tables with the same keys and tags.  Else MISMATCH, or what went
 * wrong.  The two databases are made in index as generations number and
 * number + 1, and removed: what a crash leaves is a leftover like any other.
 */
enum trawl_status builder_guard(const char *index, uint32_t number,
				const char *version, struct trawl_error *err);

/* Have two databases the same keys and tags?  MISMATCH names the table. */
enum trawl_status glass_same(const char *a, const char *b,
			     struct trawl_error *err);

#endif
