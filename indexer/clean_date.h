/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clean_date.h - dates as pages write them, made dates as the library reads
 *
 * YYYY, YYYY-MM, YYYY-MM-DD, YYYYMMDD and YYYY-MM-DD hh:mm[:ss][.f]ZONE, with T
 * or blanks between, and Z, +hh:mm, +hhmm or +hh for ZONE.  Without a zone the
 * time is dropped.  Anything else is no date.
 */
#ifndef INDEXER_CLEAN_DATE_H
#define INDEXER_CLEAN_DATE_H

#include <stdbool.h>

enum {
	CLEAN_DATE_MAX = 32
};

bool clean_date(const char *s, char out[CLEAN_DATE_MAX]);

#endif
