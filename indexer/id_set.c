/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "id_set.h"

#include "die.h"

enum {
	FIRST = 1024
};

/* FNV-1a, and MurmurHash3's finalizer, since the low bits choose the slot. */
static uint64_t hash(const char *id)
{
	uint64_t h = 0xCBF29CE484222325u;

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 0x100000001B3u;
	h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDu;
	h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53u;
	h ^= h >> 33;
	return h ? h : 1;
}

static bool insert(struct id_set *set, uint64_t h)
{
	size_t i = h & (set->alloc - 1);

	while (set->slots[i] && set->slots[i] != h)
		i = (i + 1) & (set->alloc - 1);
	if (set->slots[i])
		return false;
	set->slots[i] = h;
	set->n++;
	return true;
}

static void grow(struct id_set *set)
{
	struct id_set bigger = { .alloc = set->alloc ? 2 * set->alloc : FIRST };

	bigger.slots = xcalloc(bigger.alloc, sizeof(*bigger.slots));
	for (size_t i = 0; i < set->alloc; i++)
		if (set->slots[i])
			insert(&bigger, set->slots[i]);
	free(set->slots);
	*set = bigger;
}

bool id_set_add(struct id_set *set, const char *id)
{
	if (set->n >= set->alloc / 4 * 3)
		grow(set);
	return insert(set, hash(id));
}

void id_set_release(struct id_set *set)
{
	free(set->slots);
	*set = (struct id_set){ 0 };
}
