/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * html_meta.h - where pages declare what they are
 */
#ifndef INDEXER_HTML_META_H
#define INDEXER_HTML_META_H

#include <stdbool.h>

enum html_field {
	HTML_TITLE,
	HTML_DESCRIPTION,
	HTML_DATE,
	HTML_AUTHOR,
	HTML_LANG,
	HTML_URL,
	HTML_SOURCE,
	HTML_FIELDS
};

/* "title" and so on. */
extern const char *const html_field_names[HTML_FIELDS];

/*
 * A place where a field is declared.  rank: among those that give the field
 * itself, the lowest is taken; 0: it gives none.  confidence: of the guess that
 * it gives; 0: it gives none.
 */
struct origin {
	const char *name;
	enum html_field field;
	unsigned rank;
	double confidence;
};

/* Of <meta name= property= itemprop= http-equiv=>; NULL: of no use. */
const struct origin *html_meta_find(const char *name);

#endif
