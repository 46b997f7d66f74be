/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lead.h"

#include "analyze.h"

#include <xxhash.h>

uint16_t lead_hash(const char *stem, size_t len)
{
	const uint16_t hash = (uint16_t)XXH3_64bits(stem, len);

	return hash == LEAD_BREAK ? 1 : hash;
}

static void put(struct lead *l, size_t at, uint16_t hash)
{
	l->bytes[2 * at] = (unsigned char)hash;
	l->bytes[2 * at + 1] = (unsigned char)(hash >> 8);
}

static void add(struct lead *l, const struct token *t)
{
	const uint16_t hash = lead_hash(t->stem, t->stem_len);

	if (l->n && t->overlap && t->position == l->last) {
		put(l, l->n - 1, hash);
		return;
	}
	if (l->n && t->position - l->last >= ANALYZE_PARAGRAPH_GAP)
		put(l, l->n++, LEAD_BREAK);
	if (!lead_is_full(l))
		put(l, l->n++, hash);
	l->last = t->position;
}

void lead_add(struct lead *l, const struct token *t, size_t n)
{
	for (size_t i = 0; i < n && !lead_is_full(l); i++)
		add(l, &t[i]);
}
