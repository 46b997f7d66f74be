/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lead_sample.h"

#include <stdlib.h>

struct lead_sample *lead_sample_new(void)
{
	struct lead_sample *s = calloc(1, sizeof(*s));

	for (size_t i = 0; s && i < LEAD_HASHES; i++)
		s->weight[i] = -1;
	return s;
}

static int by_hash(const void *a, const void *b)
{
	const uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;

	return x - y;
}

void lead_sample_add(struct lead_sample *s, const char *value, size_t len)
{
	const unsigned char *bytes = (const unsigned char *)value;
	const size_t most = lead_words(len);
	uint16_t hash[LEAD_STORED];
	size_t n = 0;

	for (size_t i = 0; i < most; i++)
		if (lead_at(bytes, i) != LEAD_BREAK)
			hash[n++] = lead_at(bytes, i);
	if (!n || s->documents == LEAD_SAMPLE)
		return;
	s->documents++;
	qsort(hash, n, sizeof(*hash), by_hash);
	for (size_t i = 0; i < n; i++) {
		s->df[hash[i]] += !i || hash[i] != hash[i - 1];
		s->cf[hash[i]] += s->cf[hash[i]] < UINT16_MAX;
	}
}
