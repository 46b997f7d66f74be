/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "column_rows.h"

#include <stdlib.h>
#include <string.h>

struct window {
	uint8_t len[COLUMN_WINDOW];
	char row[COLUMN_WINDOW][COLUMN_ROW];
};

struct column_rows {
	struct glass_db *db;
	struct column *values;
	struct window **window;
	uint8_t *asked; /* of each window, before it is kept */
	size_t n, kept;
};

struct column_rows *column_rows_new(struct glass_db *db, struct column *values)
{
	struct column_rows *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->db = db;
	r->values = values;
	r->n = glass_db_version(db)->last_docid / COLUMN_WINDOW + 1;
	r->window = calloc(r->n, sizeof(struct window *));
	r->asked = calloc(r->n, sizeof(*r->asked));
	if (r->window && r->asked)
		return r;
	column_rows_free(r);
	return NULL;
}

void column_rows_free(struct column_rows *r)
{
	if (!r)
		return;
	for (size_t i = 0; r->window && i < r->n; i++)
		free(r->window[i]);
	free(r->window);
	free(r->asked);
	free(r);
}

static bool fill(struct column_rows *r, uint32_t base, struct window *w)
{
	const uint32_t last = glass_db_version(r->db)->last_docid;
	struct xap_bytes value;

	for (uint32_t i = 0; i < COLUMN_WINDOW && base + i <= last; i++) {
		if (base + i == 0)
			continue;
		if (!column_value(r->values, base + i, &value))
			return false;
		w->len[i] = (uint8_t)(value.len < COLUMN_ROW ? value.len
							     : COLUMN_ROW);
		memcpy(w->row[i], value.data, w->len[i]);
	}
	return true;
}

static bool has_room(const struct column_rows *r)
{
	return (r->kept + 1) * sizeof(struct window) <= COLUMN_ROWS_BYTES;
}

/* Without memory values are looked up as before. */
static bool keep(struct column_rows *r, size_t i)
{
	struct window *w = calloc(1, sizeof(*w));

	if (!w)
		return true;
	if (!fill(r, (uint32_t)i * COLUMN_WINDOW, w)) {
		free(w);
		return false;
	}
	r->window[i] = w;
	r->kept++;
	return true;
}

bool column_rows_at(struct column_rows *r, uint32_t docid,
		    struct xap_bytes *out)
{
	const size_t i = docid / COLUMN_WINDOW, at = docid % COLUMN_WINDOW;

	*out = (struct xap_bytes){ "", 0 };
	if (i >= r->n)
		return true;
	if (!r->window[i] && r->asked[i] == COLUMN_ROWS_PATIENCE &&
	    has_room(r) && !keep(r, i))
		return false;
	if (r->window[i]) {
		*out = (struct xap_bytes){ r->window[i]->row[at],
					   r->window[i]->len[at] };
		return true;
	}
	r->asked[i] += r->asked[i] < COLUMN_ROWS_PATIENCE;
	if (!column_value(r->values, docid, out))
		return false;
	if (out->len > COLUMN_ROW)
		out->len = COLUMN_ROW;
	return true;
}
