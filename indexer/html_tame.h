/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html_tame.h - what would take libxml2 minutes is taken out of a page
 */
#ifndef INDEXER_HTML_TAME_H
#define INDEXER_HTML_TAME_H

#include <stddef.h>

/* Blank out the attributes of each tag that are too many. */
void html_tame(char *s, size_t n);

#endif
