/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * news_settings.h - which parts of news reading an index has
 */
#ifndef LIB_NEWS_NEWS_SETTINGS_H
#define LIB_NEWS_NEWS_SETTINGS_H

#include "trawl.h"

enum {
	NEWS_FIELDS = 1,      /* title, date, author, source */
	NEWS_MENTIONS = 2,    /* dates in the text */
	NEWS_BOILERPLATE = 4, /* furniture, by form and by recurrence */
	NEWS_LANGUAGE = 8,    /* of each document */
	NEWS_NAMES = 16,      /* spellings of names */
	NEWS_COPIES = 32,     /* near-duplicates */
	NEWS_STORIES = 64,
	NEWS_ALL = 127,
	NEWS_NONE = 0,
	NEWS_TEXT_MAX = 100 /* of news_print() */
};

/* "all", "none", or names with commas between: title "fields,mentions,
 * boilerplate,language,names,copies,stories".  BADVALUE lists them. */
enum trawl_status news_parse(const char *text, unsigned *out,
			     struct trawl_error *err);
void news_print(unsigned news, char out[NEWS_TEXT_MAX]);

#endif
