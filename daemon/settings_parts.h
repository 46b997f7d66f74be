/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings_parts.h - what the files of the settings share
 *
 *	settings.c        the table; a file in INI form
 *	settings_value.c  text to values, by the kinds of the table
 *	settings_index.c  names and places of indexes
 *	settings_check.c  what only the whole can tell
 */
#ifndef DAEMON_SETTINGS_PARTS_H
#define DAEMON_SETTINGS_PARTS_H

#include "settings.h"

enum {
	VALUE_SHOWN = 80 /* bytes of a bad value in its error */
};

enum kind {
	KIND_COUNT,
	KIND_WORKERS, /* a count, or "cores" */
	KIND_SIZE,
	KIND_TIME,
	KIND_MODE,
	KIND_BOOL,
	KIND_CHOICE,
	KIND_TEXT, /* or "none" */
	KIND_HTTP,
	KIND_HOSTS,
	KIND_ORIGINS,
	KIND_URL,
	KIND_LISTEN
};

/* Defaults and ranges are read from their texts, so that what is shown is
 * what holds. */
struct settings_row {
	const char *name;
	enum kind kind;
	size_t at; /* in struct settings */
	const char *standard;
	const char *range;
	const char *meaning;
};

/* Foreign text for an error: one printable line, cut. */
void settings_shown(const char *text, char out[VALUE_SHOWN + 1]);
/* "trawld.conf:7: ", where that option was set last; "" nowhere. */
const char *settings_where(const struct settings *s, const char *name);
/* False: value is not in the row's range. */
bool settings_set_row(struct settings *s, const struct settings_row *row,
		      const char *value);
bool settings_add_named(struct settings *s, const char *where, const char *name,
			const char *path, struct settings_error *err);

#endif
