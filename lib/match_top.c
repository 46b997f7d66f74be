/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "match_top.h"

#include "glass_block.h"

bool match_top_init(struct match_top *t, size_t max, struct column *order,
		    struct arena *arena)
{
	*t = (struct match_top){ .max = max, .order = order };
	t->heap = arena_alloc(arena, (max + 1) * sizeof(*t->heap));
	return t->heap;
}

/* --------------------------------------------------------------- order -- */

static uint64_t head_of(const struct match_top *t, uint32_t docid)
{
	const uint32_t at = docid % COLUMN_WINDOW;
	struct column_values v;

	return column_values_at(t->order, docid - at, &v) ? v.head[at] : 0;
}

enum {
	ORDER_KEPT = 300 /* bytes of a value that are compared */
};

static size_t keep_value(const struct match_top *t, uint32_t docid,
			 unsigned char *out)
{
	struct xap_bytes value;

	if (!column_value(t->order, docid, &value))
		return 0;
	if (value.len > ORDER_KEPT)
		value.len = ORDER_KEPT;
	memcpy(out, value.data ? value.data : "", value.len);
	return value.len;
}

/* Below 0: a's value in slot 0 comes before b's. */
static int compare_values(const struct match_top *t, uint32_t a, uint32_t b)
{
	const uint64_t x = head_of(t, a), y = head_of(t, b);
	unsigned char one[ORDER_KEPT], other[ORDER_KEPT];
	size_t n;

	if (x != y)
		return x < y ? -1 : 1;
	n = keep_value(t, a, one);
	return key_compare(one, n, other, keep_value(t, b, other));
}

static bool is_worse(const struct match_top *t, const struct xap_match *a,
		     const struct xap_match *b)
{
	int c;

	if (a->weight != b->weight)
		return a->weight < b->weight;
	c = compare_values(t, a->docid, b->docid);
	return c ? c > 0 : a->docid > b->docid;
}

/* ---------------------------------------------------------------- heap -- */

static void sift_down(struct match_top *t, size_t n, size_t i)
{
	const struct xap_match moved = t->heap[i];

	for (size_t kid; (kid = 2 * i + 1) < n; i = kid) {
		if (kid + 1 < n &&
		    is_worse(t, &t->heap[kid + 1], &t->heap[kid]))
			kid++;
		if (!is_worse(t, &t->heap[kid], &moved))
			break;
		t->heap[i] = t->heap[kid];
	}
	t->heap[i] = moved;
}

static void sift_up(struct match_top *t, size_t i)
{
	const struct xap_match moved = t->heap[i];

	for (; i && is_worse(t, &moved, &t->heap[(i - 1) / 2]); i = (i - 1) / 2)
		t->heap[i] = t->heap[(i - 1) / 2];
	t->heap[i] = moved;
}

void match_top_add(struct match_top *t, uint32_t docid, double weight)
{
	const struct xap_match m = { docid, weight };

	if (t->n < t->max) {
		t->heap[t->n++] = m;
		sift_up(t, t->n - 1);
	} else if (t->max && is_worse(t, &t->heap[0], &m)) {
		t->heap[0] = m;
		sift_down(t, t->n, 0);
	}
	if (t->max && t->n == t->max)
		t->least = t->heap[0].weight;
}

void match_top_sort(struct match_top *t)
{
	for (size_t n = t->n; n > 1;) {
		const struct xap_match worst = t->heap[0];

		t->heap[0] = t->heap[--n];
		sift_down(t, n, 0);
		t->heap[n] = worst;
	}
}
