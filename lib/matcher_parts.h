/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matcher_parts.h - between matcher.c and matcher_terms.c
 */
#ifndef LIB_MATCHER_PARTS_H
#define LIB_MATCHER_PARTS_H

#include "arena.h"
#include "column_rows.h"
#include "matcher.h"

struct slot_column {
	uint32_t slot;
	struct column *values;
	struct column_rows *rows; /* of values that ranking reads; or NULL */
};

struct matcher {
	struct glass_db *db;
	struct column *lengths;
	struct slot_column *column;
	size_t ncolumns;
	struct arena work;
	struct glass_cursor data, terms;
	double weight[COLUMN_WINDOW], scratch[COLUMN_WINDOW];
};

#endif
