/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "span.h"

#include <stdlib.h>

static const char *const names[FURNITURE_KINDS] = {
	[FURNITURE_NONE] = "none",
	[FURNITURE_RECURRING] = "recurring",
	[FURNITURE_NAVIGATION] = "navigation",
	[FURNITURE_CONSENT] = "consent",
	[FURNITURE_SHARING] = "sharing",
	[FURNITURE_NEWSLETTER] = "newsletter",
	[FURNITURE_RELATED] = "related",
	[FURNITURE_AUTHOR] = "author",
	[FURNITURE_CREDIT] = "credit",
	[FURNITURE_META] = "meta",
	[FURNITURE_ADVERT] = "advert",
	[FURNITURE_OTHER] = "other",
};

const char *furniture_name(enum furniture kind)
{
	return (unsigned)kind < FURNITURE_KINDS ? names[kind] : "none";
}

void spans_reset(struct spans *s)
{
	s->n = 0;
	s->failed = false;
}

void spans_release(struct spans *s)
{
	if (!s)
		return;
	free(s->at);
	*s = (struct spans){ 0 };
}

static bool spans_reserve(struct spans *s)
{
	size_t alloc = s->alloc ? 2 * s->alloc : 32;
	struct span *at;

	if (s->n < s->alloc)
		return true;
	at = realloc(s->at, alloc * sizeof(*at));
	if (!at) {
		s->failed = true;
		return false;
	}
	s->at = at;
	s->alloc = alloc;
	return true;
}

/* The first span that ends after byte at. */
static size_t lower(const struct span *spans, size_t n, uint32_t at)
{
	size_t low = 0;

	while (low < n) {
		size_t mid = low + (n - low) / 2;

		if (spans[mid].end <= at)
			low = mid + 1;
		else
			n = mid;
	}
	return low;
}

void spans_add(struct spans *s, uint32_t begin, uint32_t end,
	       enum furniture kind)
{
	size_t i = s->n;

	if (s->failed || begin >= end)
		return;
	if (s->n && s->at[s->n - 1].end > begin)
		i = lower(s->at, s->n, begin);
	if ((i < s->n && s->at[i].begin < end) || !spans_reserve(s))
		return;
	for (size_t j = s->n; j > i; j--)
		s->at[j] = s->at[j - 1];
	s->at[i] = (struct span){ begin, end, kind };
	s->n++;
}

bool spans_have(const struct span *spans, size_t n, uint32_t at)
{
	size_t i = lower(spans, n, at);

	return i < n && spans[i].begin <= at;
}
