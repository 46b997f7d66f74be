/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * clean_language.h - "en-GB" and "en_GB" are "en"
 */
#ifndef INDEXER_CLEAN_LANGUAGE_H
#define INDEXER_CLEAN_LANGUAGE_H

#include <stdbool.h>

enum {
	CLEAN_LANGUAGE_MAX = 4
};

bool clean_language(const char *s, char out[CLEAN_LANGUAGE_MAX]);

#endif
