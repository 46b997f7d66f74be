/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relative_date.h - yesterday, last month, next Thursday
 *
 * English; of German and French what one or two words say: gestern, letzte
 * Woche, aujourd'hui, jeudi, le mois dernier.
 */
#ifndef LIB_NEWS_RELATIVE_DATE_H
#define LIB_NEWS_RELATIVE_DATE_H

#include "date_names.h"
#include "written_date.h"

/* The relative form that begins at byte at, where the word is name; NULL: that
 * of no month or weekday. */
bool relative_date_at(const char *s, size_t len, size_t at,
		      const struct date_name *name, struct written_date *out);

/*
 * What it is, seen from the day published ("YYYY-MM-DD"): a day, a month or a
 * year, as date.h reads it.  A weekday alone is the last such day, that of
 * publication included; a day of a month the nearest; a week is its Monday.
 */
bool relative_date_resolve(const struct written_date *d, const char *published,
			   char out[WRITTEN_DATE_MAX]);

#endif
