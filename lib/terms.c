/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "terms.h"

#include "huge.h"
#include "seed.h"

#include <endian.h>
#include <xxhash.h>

enum {
	FIRST_TERMS = 256,
	FIRST_SLOTS = 1024,
	KEYS_KEPT = 1 << 16, /* of a document; more are given back */
	/* Unranked terms that are put up with: so many, and a part of all. */
	UNRANKED = 1000,
	UNRANKED_PART = 8,
	FEW_PART = 8, /* fewer are looked for, each where it belongs */
	FEW_HEADS = 20,
	FAR = 32, /* elements ahead, to have memory bring them */
	NEAR = 16
};

/* A term without a rank, while it is put in order. */
struct fresh {
	uint64_t head; /* 8 bytes of it */
	uint32_t number;
	uint8_t part; /* how many of those bytes it has */
};

void terms_init(struct terms *t)
{
	*t = (struct terms){ .seed = random_seed() };
	arena_init(&t->arena, SIZE_MAX);
}

void terms_release(struct terms *t)
{
	free(t->term);
	free(t->slot);
	free(t->key);
	arena_release(&t->arena);
	*t = (struct terms){ .arena = t->arena,
			     .seed = t->seed,
			     .generation = t->generation + 1 };
}

/* Nothing is kept: who empties it wants its memory back. */
void terms_reset(struct terms *t)
{
	terms_release(t);
}

size_t terms_bytes(const struct terms *t)
{
	return t->arena.used + t->alloc * sizeof(*t->term) +
	       t->nslots * sizeof(*t->slot) + t->nkeys * sizeof(*t->key);
}

/* ------------------------------------------------------------- look-up -- */

static bool grow_terms(struct terms *t)
{
	const size_t want = t->alloc ? 2 * t->alloc : FIRST_TERMS;
	struct term *term;

	if (t->n < t->alloc)
		return true;
	if (t->n >= NO_TERM / 2)
		return false;
	term = huge_grow(t->term, t->n * sizeof(*term), want * sizeof(*term));
	if (!term)
		return false;
	t->term = term;
	t->alloc = want;
	return true;
}

static bool grow_slots(struct terms *t)
{
	const size_t want = t->nslots ? 2 * t->nslots : FIRST_SLOTS;
	uint32_t *slot;

	if (2 * (t->n + 1) <= t->nslots)
		return true;
	slot = huge_zalloc(want * sizeof(*slot));
	if (!slot)
		return false;
	for (size_t i = 0; i < t->n; i++) {
		size_t at = t->term[i].hash & (want - 1);

		while (slot[at])
			at = (at + 1) & (want - 1);
		slot[at] = (uint32_t)i + 1;
	}
	free(t->slot);
	t->slot = slot;
	t->nslots = want;
	return true;
}

static uint32_t add_term(struct terms *t, const char *bytes, size_t len,
			 uint32_t hash)
{
	char *copy = grow_terms(t) ? arena_alloc(&t->arena, len) : NULL;

	if (!copy) {
		t->failed = true;
		return NO_TERM;
	}
	memcpy(copy, bytes, len);
	t->term[t->n] = (struct term){ .bytes = copy,
				       .hash = hash,
				       .len = (uint8_t)len };
	return (uint32_t)t->n++;
}

static uint32_t hash_of(const struct terms *t, const char *bytes, size_t len)
{
	return (uint32_t)XXH3_64bits_withSeed(bytes, len, t->seed);
}

/* Its place among the slots, or the free one where it would be. */
static size_t find_slot(const struct terms *t, const char *bytes, size_t len,
			uint32_t hash)
{
	size_t at;

	for (at = hash & (t->nslots - 1); t->slot[at];
	     at = (at + 1) & (t->nslots - 1)) {
		const struct term *known = &t->term[t->slot[at] - 1];

		if (known->hash == hash && known->len == len &&
		    !memcmp(known->bytes, bytes, len))
			break;
	}
	return at;
}

uint32_t terms_find(const struct terms *t, const char *bytes, size_t len)
{
	uint32_t slot;

	if (!t->nslots)
		return NO_TERM;
	slot = t->slot[find_slot(t, bytes, len, hash_of(t, bytes, len))];
	return slot ? slot - 1 : NO_TERM;
}

uint32_t terms_add(struct terms *t, const char *bytes, size_t len)
{
	const uint32_t hash = hash_of(t, bytes, len);
	uint32_t made;
	size_t at;

	if (t->failed || !grow_slots(t)) {
		t->failed = true;
		return NO_TERM;
	}
	at = find_slot(t, bytes, len, hash);
	if (t->slot[at])
		return t->slot[at] - 1;
	made = add_term(t, bytes, len, hash);
	if (made != NO_TERM)
		t->slot[at] = made + 1;
	return made;
}

/* --------------------------------------------------------------- order -- */

/*
 * The bytes from depth on, a multiple of 8, as a number that sorts as they do;
 * 0 beyond the end.  (What an arena gives is a whole number of 8 bytes.)
 */
static uint64_t head_of(const struct term *t, size_t depth)
{
	const size_t left = t->len > depth ? t->len - depth : 0;
	uint64_t head;

	if (!left)
		return 0;
	memcpy(&head, t->bytes + depth, sizeof(head));
	head = be64toh(head);
	return left >= 8 ? head : head & ~(UINT64_MAX >> 8 * left);
}

static bool is_after(const struct term *a, uint64_t a_head,
		     const struct term *b, uint64_t b_head)
{
	const size_t len = a->len < b->len ? a->len : b->len;
	int order;

	if (a_head != b_head)
		return a_head > b_head;
	order = memcmp(a->bytes, b->bytes, len);
	return order ? order > 0 : a->len > b->len;
}

static inline bool is_less(const struct fresh *f, const struct fresh *g)
{
	return f->head != g->head ? f->head < g->head : f->part < g->part;
}

static void insert_heads(struct fresh *f, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct fresh next = f[i];
		size_t at = i;

		for (; at && is_less(&next, &f[at - 1]); at--)
			f[at] = f[at - 1];
		f[at] = next;
	}
}

/* Halves, each in order, become one; room: for the first. */
static void merge_heads(struct fresh *f, size_t half, size_t n,
			struct fresh *room)
{
	const struct fresh *a = room, *const a_end = room + half;
	const struct fresh *b = f + half, *const b_end = f + n;

	memcpy(room, f, half * sizeof(*f));
	while (a < a_end && b < b_end)
		*f++ = is_less(b, a) ? *b++ : *a++;
	memcpy(f, a, (size_t)(a_end - a) * sizeof(*f));
}

/* qsort() calls a function for each comparison, and takes three times as long. */
static void sort_heads(struct fresh *f, size_t n, struct fresh *room)
{
	const size_t half = n / 2;

	if (n <= FEW_HEADS) {
		insert_heads(f, n);
		return;
	}
	sort_heads(f, half, room);
	sort_heads(f + half, n - half, room);
	if (is_less(&f[half], &f[half - 1]))
		merge_heads(f, half, n, room);
}

static bool same_head(const struct fresh *f, const struct fresh *g)
{
	return f->head == g->head && f->part == g->part;
}

/* Those with a head in common are told apart by their next 8 bytes.  room: for
 * as many. */
static void sort_fresh(const struct terms *t, struct fresh *f, size_t n,
		       size_t depth, struct fresh *room)
{
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		const struct term *term = &t->term[f[i].number];
		const size_t left = term->len > depth ? term->len - depth : 0;

		f[i].head = head_of(term, depth);
		f[i].part = left < 8 ? (uint8_t)left : 8;
	}
	sort_heads(f, n, room);
	for (size_t i = 1; i <= n; i++) {
		if (i < n && same_head(&f[i], &f[from]))
			continue;
		if (i - from > 1)
			sort_fresh(t, f + from, i - from, depth + 8, room);
		from = i;
	}
}

/* order[0..n) and f[0..nfresh), each in order, become order[0..n+nfresh). */
static void merge(const struct terms *t, uint32_t *order, size_t n,
		  const struct fresh *f, size_t nfresh)
{
	while (nfresh) {
		const struct term *next = &t->term[f[nfresh - 1].number];
		const uint64_t head = head_of(next, 0);

		while (n) {
			const struct term *last = &t->term[order[n - 1]];

			if (n > FAR)
				__builtin_prefetch(&t->term[order[n - FAR]]);
			if (n > NEAR)
				__builtin_prefetch(
					t->term[order[n - NEAR]].bytes);
			if (!is_after(last, head_of(last, 0), next, head))
				break;
			n--;
			order[n + nfresh] = order[n];
		}
		nfresh--;
		order[n + nfresh] = f[nfresh].number;
	}
}

static bool rank_all(struct terms *t)
{
	const size_t nfresh = t->n - t->nranked;
	uint32_t *order = malloc(t->n * sizeof(*order));
	struct fresh *f = malloc(2 * nfresh * sizeof(*f));

	if (order && f) {
		for (size_t i = 0; i < t->nranked; i++)
			order[t->term[i].rank] = (uint32_t)i;
		for (size_t i = 0; i < nfresh; i++)
			f[i].number = (uint32_t)(t->nranked + i);
		sort_fresh(t, f, nfresh, 0, f + nfresh);
		merge(t, order, t->nranked, f, nfresh);
		for (size_t i = 0; i < t->n; i++)
			t->term[order[i]].rank = (uint32_t)i;
		t->nranked = t->n;
	}
	free(order);
	free(f);
	return t->nranked == t->n;
}

/* By the byte at shift. */
static void radix_pass(const uint64_t *from, uint64_t *to, size_t n,
		       unsigned shift)
{
	size_t at[256] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		at[from[i] >> shift & 0xFF]++;
	for (size_t i = 0; i < 256; i++) {
		const size_t count = at[i];

		at[i] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[from[i] >> shift & 0xFF]++] = from[i];
}

/* Keys are a rank, then 32 bits of a number; returns where they are then. */
static const uint64_t *sort_keys(const struct terms *t, size_t n)
{
	uint64_t *from = t->key, *to = t->key + n;

	for (unsigned shift = 32; shift < 64 && t->nranked >> (shift - 32);
	     shift += 8) {
		uint64_t *sorted = to;

		radix_pass(from, to, n, shift);
		to = from;
		from = sorted;
	}
	return from;
}

static bool reserve_keys(struct terms *t, size_t n)
{
	uint64_t *key;

	if (n <= t->nkeys)
		return true;
	key = realloc(t->key, n * sizeof(*key));
	if (!key)
		return false;
	t->key = key;
	t->nkeys = n;
	return true;
}

/* Put fresh terms, in order, among numbers[0..n), which are. */
static void insert(const struct terms *t, uint32_t *numbers, size_t n,
		   const struct fresh *f, size_t nfresh)
{
	while (nfresh--) {
		const struct term *term = &t->term[f[nfresh].number];
		const uint64_t head = head_of(term, 0);
		size_t low = 0, high = n;

		while (low < high) {
			const size_t mid = (low + high) / 2;
			const struct term *other = &t->term[numbers[mid]];

			if (is_after(other, head_of(other, 0), term, head))
				high = mid;
			else
				low = mid + 1;
		}
		memmove(numbers + low + nfresh + 1, numbers + low,
			(n - low) * sizeof(*numbers));
		numbers[low + nfresh] = f[nfresh].number;
		n = low;
	}
}

/* Of numbers[0..n) the first nranked are in order; put in the others. */
static bool insert_unranked(const struct terms *t, uint32_t *numbers,
			    size_t nranked, size_t n)
{
	const size_t nfresh = n - nranked;
	struct fresh *f;

	if (!nfresh)
		return true;
	f = malloc(2 * nfresh * sizeof(*f));
	if (!f)
		return false;
	for (size_t i = 0; i < nfresh; i++)
		f[i].number = numbers[nranked + i];
	sort_fresh(t, f, nfresh, 0, f + nfresh);
	if (nfresh < nranked / FEW_PART)
		insert(t, numbers, nranked, f, nfresh);
	else
		merge(t, numbers, nranked, f, nfresh);
	free(f);
	return true;
}

/* Make keys of those with a rank, and move the others to the end. */
static size_t take_ranked(struct terms *t, uint32_t *numbers, size_t n)
{
	size_t nkeys = 0, end = n;

	for (size_t i = n; i--;) {
		const uint32_t number = numbers[i];

		if (number < t->nranked)
			t->key[nkeys++] =
				(uint64_t)t->term[number].rank << 32 | number;
		else
			numbers[--end] = number;
	}
	return nkeys;
}

static bool need_ranks(const struct terms *t, size_t n)
{
	const size_t unranked = t->n - t->nranked;

	return unranked > UNRANKED + t->nranked / UNRANKED_PART ||
	       (unranked && n > t->n / 2);
}

bool terms_sort(struct terms *t, uint32_t *numbers, size_t n)
{
	const uint64_t *sorted;
	size_t nranked;

	if (t->failed || !reserve_keys(t, 2 * n) ||
	    (need_ranks(t, n) && !rank_all(t)))
		return false;
	nranked = take_ranked(t, numbers, n);
	sorted = sort_keys(t, nranked);
	for (size_t i = 0; i < nranked; i++)
		numbers[i] = (uint32_t)sorted[i];
	if (!insert_unranked(t, numbers, nranked, n))
		return false;
	if (t->nkeys > KEYS_KEPT) {
		free(t->key);
		t->key = NULL;
		t->nkeys = 0;
	}
	return true;
}
