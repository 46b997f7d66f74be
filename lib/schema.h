/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schema.h - fields, their prefixes and slots
 *
 * Built in:   name    type     term prefix  wdf  slot
 *             id      keyword  Q            0    -
 *             title   text     S, ZS        1    -
 *             date    date     D M Y        0    1
 *             source  keyword  H            0    3    words as well
 *             author  keyword  A            0    4    words as well
 *             lang    keyword  L            0    5
 *             topic   keyword  K            0    6
 *             type    keyword  T            0    -
 *             url     -        stored only
 *             mentions keyword XMENTIONS:   0    -     dates (derived.h)
 *             raw     text     XRAW:        0    -     words of furniture
 * The user's: text XNAME: and ZXNAME:, keyword XNAME: (wdf 0), date and number
 * a slot each, from 16 on; keyword and text a slot when sort or facet.
 *
 * Slot 0 is the order key: 5 bytes, the bitwise complement of the seconds
 * from 0000-01-01 to the date, most significant first (FF FF FF FF FF when
 * undated); then the id, shortened as in its Q term.  So ascending order is
 * newest first, undated last, then id.
 * Slot 1 is the date as YYYYMMDD or YYYYMMDDhhmmss, the start of its period.
 * Slot 2 is the document's state (meta.h): content hash, size, mtime.
 * Slot 7 is how the document begins (lead.h).
 * Slots of keyword and text fields hold the value as given (facets count
 * them), with white space and controls folded to one space; several values
 * are separated by U+001F.  User dates are like slot 1, numbers are Xapian's
 * sortable_serialise() form (number_key.h); of several the first.  A value is
 * at most SLOT_BYTES_MAX bytes, cut at a character.
 *
 * Every word of a text field has its Z term, whatever its first letter, so
 * that a query needs no rule for when there is one.  Keys of a schema file:
 * type, indexed, stored, sort, facet, weight (trawl-index(5)); dates and
 * numbers sort unless told otherwise, and have a slot when indexed or sorted.
 *
 * Kept in the index as INI text under the metadata key trawl.schema.
 */
#ifndef LIB_SCHEMA_H
#define LIB_SCHEMA_H

#include "trawl.h"

enum {
	SLOT_ORDER = 0,
	SLOT_DATE = 1,
	SLOT_STATE = 2,
	SLOT_LEAD = 7,
	SLOT_USER = 16, /* the first of the user's own */
	SCHEMA_FIELDS_MAX = 64,
	SCHEMA_NAME_MAX = 32,
	SCHEMA_TEXT_MAX = 65536, /* bytes of a schema file */
	SLOT_BYTES_MAX = 1024,
	NO_SLOT = -1
};

struct schema_field {
	char name[SCHEMA_NAME_MAX + 1];
	char prefix[SCHEMA_NAME_MAX + 3]; /* "S", "XPLACE:", "" when not
					     indexed by terms */
	enum trawl_field_type type;
	bool stored, sort, facet;
	bool indexed;
	bool words; /* a keyword whose words can be searched, too */
	unsigned weight;
	int slot; /* or NO_SLOT */
};

struct schema {
	struct schema_field field[SCHEMA_FIELDS_MAX];
	size_t nfields;
};

/* The built-in fields, changed and added to by text (a schema file; NULL or
 * "": none).  BADVALUE names line and key. */
enum trawl_status schema_read(struct schema *s, const char *text,
			      struct trawl_error *err);
/* NULL when there is no such field. */
const struct schema_field *schema_find(const struct schema *s, const char *name,
				       size_t len);

#endif
