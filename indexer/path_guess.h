/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path_guess.h - what the path of a file tells of its document
 *
 * A date in it: 20160920/a.txt, 2016/09/20/a.txt, 2016-09-20-title.html,
 * title_20160920.html.  Often it is the day of publication, at times the day of
 * a collection: what the page itself says is to be had first.
 */
#ifndef INDEXER_PATH_GUESS_H
#define INDEXER_PATH_GUESS_H

#include <stdbool.h>

struct document;

enum {
	PATH_DATE_MAX = 12
};

/* "2016-09-20"; the last one in it.  False: there is none. */
bool path_date(const char *path, char out[PATH_DATE_MAX]);

/*
 * The part of where ("news/20160920/a.txt") that begins one name before id
 * ("a.txt"), for what was given on the command line tells its date, too; id when
 * where does not end with it.
 */
const char *path_from_input(const char *where, const char *id);

/* Add the dates of path (NULL: it has none) and of its url to what is guessed
 * of doc. */
void path_guess(struct document *doc, const char *path);

#endif
