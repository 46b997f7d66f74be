/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "match_floor.h"

/* match_share() >= least, solved for the length. */
static uint32_t longest(const struct match_norms m, double least, double weight,
			uint32_t wdf)
{
	const double norm = (wdf * (weight / least - 1) / m.k1 - m.rest) / m.b;
	double length;

	if (!(norm > 0))
		return 0;
	length = norm / m.scale * (1 + MATCH_SLACK) + 1;
	return length < UINT32_MAX ? (uint32_t)length : UINT32_MAX;
}

bool match_floor_raise(struct match_floor *f, const struct match_node *n,
		       double weight)
{
	const struct match_norms m = match_norms(n->ctx);
	const uint32_t shortest = glass_db_version(n->ctx->db)->length_min;
	const double least = match_least(n);

	/* Lengths make no difference then. */
	if (least <= 0 || m.b < MATCH_TINY || m.scale < MATCH_TINY)
		return false;
	if (f->least == least)
		return true;
	f->least = least;
	for (uint32_t i = 0; i < MATCH_FLOOR_WDFS; i++)
		f->longest[i] = longest(m, least, weight, i);
	f->wdf = 0;
	while (f->wdf < MATCH_FLOOR_WDFS && f->longest[f->wdf] < shortest)
		f->wdf++;
	return true;
}
