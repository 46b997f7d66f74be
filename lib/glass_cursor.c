/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariants.  A block that a cursor has at level n is of level n: whatever
 * blocks point at, a descent ends.  From item to item keys ascend, or it is
 * CORRUPT: so does every walk.  Blocks have been checked when they were read:
 * no item is outside.
 *
 * An item is a component of a tag; a cursor stands on first ones.
 */
#include "glass_db_parts.h"

#include "glass_cache.h"
#include "glass_item.h"

#include <stdlib.h>

/* The component that is looked for. */
struct target {
	const unsigned char *key;
	size_t keylen;
	unsigned number;
};

void glass_cursor_init(struct glass_cursor *c, struct glass_db *db,
		       enum glass_table_id table)
{
	*c = (struct glass_cursor){ .db = db, .table = table };
	buf_init(&c->joined, GLASS_TAG_MAX);
}

static void leave(struct glass_cursor *c)
{
	for (unsigned j = 0; j < GLASS_LEVELS_MAX; j++) {
		glass_cache_let_go(c->step[j].block);
		c->step[j].block = NULL;
	}
	c->placed = false;
	c->key = NULL;
	c->keylen = 0;
}

void glass_cursor_release(struct glass_cursor *c)
{
	if (!c || !c->db)
		return;
	leave(c);
	buf_release(&c->joined);
	free(c->plain);
	c->plain = NULL;
	c->plain_size = 0;
	c->db = NULL;
}

static void hold_steps(const struct glass_cursor *c)
{
	for (unsigned j = 0; j < GLASS_LEVELS_MAX; j++)
		if (c->step[j].block)
			c->step[j].block->holds++;
}

void glass_cursor_hand_over(struct glass_cursor *c, struct glass_cursor *to)
{
	*to = *c;
	hold_steps(c);
	buf_init(&c->joined, GLASS_TAG_MAX);
	c->plain = NULL;
	c->plain_size = 0;
}

/* db knows why. */
static bool lose(struct glass_cursor *c)
{
	leave(c);
	c->lost = true;
	return false;
}

static bool corrupt(struct glass_cursor *c, const char *what)
{
	return glass_db_corrupt(c->db, c->table, what);
}

/* ------------------------------------------------------- within a block -- */

/* Of an item: below 0, it comes before the target. */
static int compare(const struct glass_block *b, unsigned i,
		   const struct target *t)
{
	struct glass_component p;

	if (b->level)
		glass_branch_item(b->bytes, i, &p);
	else
		glass_leaf_item(b->bytes, i, &p);
	return glass_component_compare(&p, t->key, t->keylen, t->number);
}

/* The last item that is not above the target: low is not, high is. */
static unsigned bisect(const struct glass_block *b, unsigned low, unsigned high,
		       const struct target *t)
{
	while (high - low > 1) {
		unsigned middle = (low + high) / 2;
		int c = compare(b, middle, t);

		if (!c)
			return middle;
		if (c < 0)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The same, for one that is likely to be close behind low. */
static unsigned bisect_near(const struct glass_block *b, unsigned low,
			    unsigned high, const struct target *t)
{
	for (unsigned step = 1; step < high - low; step *= 2) {
		if (compare(b, low + step, t) > 0) {
			high = low + step;
			break;
		}
		low += step;
	}
	return bisect(b, low, high, t);
}

/* Item 0 of a branch is below all; at is where the cursor stands. */
static unsigned choose_child(const struct glass_block *b, unsigned at,
			     const struct target *t)
{
	if (!at)
		return bisect(b, 0, b->count, t);
	if (compare(b, at, t) > 0)
		return bisect(b, 0, at, t);
	return bisect_near(b, at, b->count, t);
}

/* Is the target's place in the leaf where the cursor stands, for certain?
 * Then it stands there. */
static bool is_in_leaf(struct glass_cursor *c, const struct target *t)
{
	const struct glass_block *b = c->step[0].block;
	unsigned *at = &c->step[0].at, last = b->count - 1;
	int order = compare(b, *at, t);

	if (!order)
		return true;
	if (order > 0) {
		if (compare(b, 0, t) > 0)
			return false;
		*at = bisect(b, 0, *at, t);
		return true;
	}
	if (*at == last)
		return false;
	order = compare(b, *at + 1, t);
	*at += !order;
	if (order >= 0)
		return true;
	order = compare(b, last, t);
	if (order < 0)
		return false;
	*at = order ? bisect_near(b, *at + 1, last, t) : last;
	return true;
}

/* -------------------------------------------------------- between blocks -- */

/* Let that level be at that block; at is kept when it was. */
static bool enter(struct glass_cursor *c, unsigned level, uint32_t number)
{
	struct glass_block *b = c->step[level].block;

	if (b && b->number == number)
		return true;
	glass_cache_let_go(b);
	c->step[level].block = glass_db_block(c->db, c->table, number, level);
	c->step[level].at = 0;
	return c->step[level].block;
}

/* To the first leaf, or the last one, below the item where level stands. */
static bool enter_leaf(struct glass_cursor *c, unsigned level, bool last)
{
	for (; level; level--) {
		const struct glass_block *b = c->step[level].block;
		unsigned at = c->step[level].at;

		if (!enter(c, level - 1, glass_branch_child(b->bytes, at)))
			return false;
		b = c->step[level - 1].block;
		c->step[level - 1].at = last ? b->count - 1 : 0;
	}
	return true;
}

static unsigned root_level(const struct glass_cursor *c)
{
	return glass_db_root(c->db, c->table)->level;
}

/* To its last item. */
static bool enter_previous_leaf(struct glass_cursor *c)
{
	for (unsigned j = 1; j <= root_level(c); j++)
		if (c->step[j].at) {
			c->step[j].at--;
			return enter_leaf(c, j, true);
		}
	return corrupt(c, "it has no first item");
}

/* To the last component that is not above the target. */
static bool descend(struct glass_cursor *c, const struct target *t)
{
	const struct glass_root *root = glass_db_root(c->db, c->table);
	uint32_t number = root->root;
	const struct glass_block *b;

	for (unsigned level = root->level;; level--) {
		if (!enter(c, level, number))
			return false;
		b = c->step[level].block;
		if (!level)
			break;
		c->step[level].at = choose_child(b, c->step[level].at, t);
		number = glass_branch_child(b->bytes, c->step[level].at);
	}
	if (compare(b, 0, t) > 0)
		return enter_previous_leaf(c);
	c->step[0].at = bisect(b, 0, b->count, t);
	return true;
}

static void current(const struct glass_cursor *c, struct glass_component *out)
{
	glass_leaf_item(c->step[0].block->bytes, c->step[0].at, out);
}

/* From a later component, which is that of a tag below what is looked for. */
static bool go_to_first(struct glass_cursor *c, struct glass_component *p)
{
	unsigned char key[UINT8_MAX];
	struct target first = { key, p->keylen, 1 };

	memcpy(key, p->key, p->keylen);
	if (!descend(c, &first))
		return false;
	current(c, p);
	return (p->flags & ITEM_FIRST &&
		!glass_component_compare(p, key, first.keylen, 1)) ||
	       corrupt(c, "a tag has no beginning");
}

/* ------------------------------------------------------------- walking -- */

/* False at the end, too: then nothing has moved. */
static bool enter_next_leaf(struct glass_cursor *c)
{
	for (unsigned j = 1; j <= root_level(c); j++)
		if (c->step[j].at + 1 < c->step[j].block->count) {
			c->step[j].at++;
			return enter_leaf(c, j, false) || lose(c);
		}
	return false;
}

/* Keys ascend, and a tag begins where the one before it has ended. */
static bool follows(struct glass_cursor *c,
		    const struct glass_component *before,
		    struct glass_component *out)
{
	current(c, out);
	if (glass_component_compare(out, before->key, before->keylen,
				    before->number) <= 0)
		corrupt(c, "keys are not in order");
	else if (!(before->flags & ITEM_LAST) == !(out->flags & ITEM_FIRST))
		return true;
	else
		corrupt(c, "a tag has a gap");
	return lose(c);
}

/* To the next component. */
static bool step_on(struct glass_cursor *c, struct glass_component *out)
{
	struct glass_block *leaf = c->step[0].block;
	struct glass_component before;
	bool ok;

	current(c, &before);
	if (c->step[0].at + 1 < leaf->count) {
		c->step[0].at++;
		return follows(c, &before, out);
	}
	leaf->holds++;
	ok = enter_next_leaf(c) && follows(c, &before, out);
	glass_cache_let_go(leaf);
	return ok;
}

static bool stand_on(struct glass_cursor *c, const struct glass_component *p)
{
	c->placed = true;
	c->key = p->keylen ? p->key : NULL;
	c->keylen = p->keylen;
	return p->keylen; /* the null item is none */
}

bool glass_cursor_seek(struct glass_cursor *c, const void *key, size_t keylen,
		       bool *exact)
{
	struct target t = { key, keylen, 1 };
	struct glass_component p;

	*exact = false;
	if (!glass_db_root(c->db, c->table))
		return false;
	c->lost = false;
	if (!(c->placed && is_in_leaf(c, &t)) && !descend(c, &t))
		return lose(c);
	current(c, &p);
	if (!(p.flags & ITEM_FIRST) && !go_to_first(c, &p))
		return lose(c);
	*exact = keylen && !key_compare(p.key, p.keylen, key, keylen);
	return stand_on(c, &p);
}

/* To the null item. */
static bool start(struct glass_cursor *c)
{
	const struct glass_root *root = glass_db_root(c->db, c->table);
	struct glass_component p;

	if (!enter(c, root->level, root->root))
		return false;
	c->step[root->level].at = 0;
	if (!enter_leaf(c, root->level, false))
		return false;
	current(c, &p);
	if (p.keylen || !(p.flags & ITEM_FIRST))
		return corrupt(c, "it has no first item");
	c->placed = true;
	return true;
}

bool glass_cursor_next(struct glass_cursor *c)
{
	struct glass_component p;

	if (c->lost || !glass_db_root(c->db, c->table))
		return false;
	if (!c->placed && !start(c))
		return lose(c);
	c->key = NULL;
	c->keylen = 0;
	while (step_on(c, &p))
		if (p.flags & ITEM_FIRST)
			return stand_on(c, &p);
	return false;
}

/* ---------------------------------------------------------------- tags -- */

enum {
	NO_BYTE = -1
};

static bool has_byte(const struct glass_component *p, int byte)
{
	return byte != NO_BYTE && memchr(p->data, byte, p->len);
}

/* The rest of a tag behind its first component, which is not the last, or until
 * there is such a byte. */
static bool join_rest(struct glass_cursor *c,
		      const struct glass_component *first, int byte)
{
	struct glass_component p = *first;
	unsigned number = 1;

	do {
		if (!step_on(c, &p))
			return c->lost ? false : corrupt(c, "a tag has no end");
		if (glass_component_compare(&p, first->key, first->keylen,
					    ++number))
			return corrupt(c, "a tag has a gap");
		if (p.len > GLASS_TAG_MAX - c->joined.len)
			return corrupt(c, "a tag is too long");
		buf_add(&c->joined, p.data, p.len);
	} while (!(p.flags & ITEM_LAST) && !has_byte(&p, byte));
	return !c->joined.failed || glass_db_nomem(c->db);
}

/* Another cursor goes there, so that this one need not come back. */
static bool join(struct glass_cursor *c, struct glass_component *first,
		 int byte)
{
	struct glass_cursor ahead = *c;
	bool ok;

	hold_steps(c);
	buf_reset(&ahead.joined);
	buf_add(&ahead.joined, first->data, first->len);
	ok = join_rest(&ahead, first, byte);
	c->joined = ahead.joined;
	leave(&ahead);
	first->data = (const unsigned char *)c->joined.data;
	first->len = c->joined.len;
	return ok;
}

static const unsigned char *tag_to(struct glass_cursor *c, int byte,
				   size_t *taglen)
{
	struct glass_component p;

	*taglen = 0;
	if (!c->key)
		return NULL;
	current(c, &p);
	if (p.flags & ITEM_DEFLATED)
		byte = NO_BYTE;
	if (!(p.flags & ITEM_LAST) && !has_byte(&p, byte) && !join(c, &p, byte))
		return NULL;
	if (p.flags & ITEM_DEFLATED) {
		if (!glass_db_inflate(c->db, c->table, p.data, p.len, &c->plain,
				      &c->plain_size, &p.len))
			return NULL;
		p.data = c->plain;
	}
	*taglen = p.len;
	return p.data;
}

const unsigned char *glass_cursor_tag(struct glass_cursor *c, size_t *taglen)
{
	return tag_to(c, NO_BYTE, taglen);
}

const unsigned char *glass_cursor_tag_to(struct glass_cursor *c, char byte,
					 size_t *len)
{
	return tag_to(c, (unsigned char)byte, len);
}
