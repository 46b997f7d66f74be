/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * agency.h - news agencies, and datelines that name them
 */
#ifndef LIB_NEWS_AGENCY_H
#define LIB_NEWS_AGENCY_H

#include <stdbool.h>
#include <stddef.h>

/* "AP", "The Associated Press": its usual spelling, static, or NULL. */
const char *agency_named(const char *s, size_t len);

struct dateline {
	const char *agency; /* as agency_named(), or as written; NULL none */
	size_t agency_len;
	size_t len; /* bytes, the dash included */
};

/* Does a paragraph begin with "KYIV (Reuters) -", "BERLIN, 7 Nov (dpa) --" or
 * "(AFP) -"? */
bool dateline_read(const char *line, size_t len, struct dateline *out);

#endif
