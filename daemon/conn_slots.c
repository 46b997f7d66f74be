/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

enum {
	SLOTS_FIRST = 64
};

struct conn *conn_find(const struct conns *conns, uint64_t id)
{
	uint32_t i = (uint32_t)id;

	if (i >= conns->nslots || conns->slot[i].generation != id >> 32)
		return NULL;
	return conns->slot[i].conn;
}

static bool grow_slots(struct conns *conns)
{
	uint32_t n = conns->nslots ? 2 * conns->nslots : SLOTS_FIRST;
	struct conn_slot *grown =
		realloc(conns->slot, n * sizeof(*conns->slot));

	if (!grown)
		return false;
	for (uint32_t i = n; i-- > conns->nslots;) {
		grown[i] = (struct conn_slot){ .generation = 1,
					       .next_free = conns->free_slot };
		conns->free_slot = i + 1;
	}
	conns->slot = grown;
	conns->nslots = n;
	return true;
}

bool conn_take_slot(struct conns *conns, struct conn *c)
{
	if (!conns->free_slot && !grow_slots(conns))
		return false;

	uint32_t i = conns->free_slot - 1;
	struct conn_slot *slot = &conns->slot[i];

	conns->free_slot = slot->next_free;
	slot->conn = c;
	c->id = (uint64_t)slot->generation << 32 | i;
	return true;
}

void conn_give_slot_back(struct conn *c)
{
	uint32_t i = (uint32_t)c->id;
	struct conn_slot *slot = &c->conns->slot[i];

	slot->conn = NULL;
	if (!++slot->generation)
		slot->generation = 1;
	slot->next_free = c->conns->free_slot;
	c->conns->free_slot = i + 1;
}
