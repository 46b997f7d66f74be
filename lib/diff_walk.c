/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_walk.c - two lists merged, each read some items at a time
 */
#include "diff.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

/* --------------------------------------------------------------- lists -- */

void diff_list_init(struct diff_list *l)
{
	*l = (struct diff_list){ .from = BUF_INIT(DIFF_KEY_MAX) };
	arena_init(&l->arena, DIFF_BYTES_MAX);
}

void diff_list_release(struct diff_list *l)
{
	arena_release(&l->arena);
	buf_release(&l->from);
	free(l->item);
}

static struct diff_item *room(struct diff_list *l)
{
	if (l->n == l->alloc) {
		size_t want = l->alloc ? 2 * l->alloc : DIFF_LIST_ITEMS;
		void *grown = realloc(l->item, want * sizeof(*l->item));

		if (!grown)
			return NULL;
		l->item = grown;
		l->alloc = want;
	}
	return &l->item[l->n];
}

static bool keep(struct diff_list *l, struct xap_bytes *bytes)
{
	char *copy;

	if (!bytes->len)
		return true;
	copy = arena_alloc(&l->arena, bytes->len);
	if (copy)
		memcpy(copy, bytes->data, bytes->len);
	bytes->data = copy;
	return copy;
}

bool diff_list_add(struct diff_list *l, const struct diff_item *item)
{
	struct diff_item *to = room(l);

	l->nomem = true;
	if (!to)
		return false;
	*to = *item;
	if (!keep(l, &to->key) || !keep(l, &to->bytes))
		return false;
	l->nomem = false;
	l->n++;
	l->more = !l->whole &&
		  (l->n == DIFF_LIST_ITEMS || l->arena.used >= DIFF_LIST_BYTES);
	return !l->more;
}

bool diff_take_term(void *ctx, const char *term, size_t len, uint32_t wdf,
		    uint32_t termfreq)
{
	/* One of them is 0. */
	const struct diff_item item = { .key = { term, len },
					.count = wdf + termfreq };

	return diff_list_add(ctx, &item);
}

/* What comes right behind the last item: its key and a NUL, or one more. */
static void move_on(struct diff_list *l)
{
	if (l->n) {
		const struct diff_item *last = &l->item[l->n - 1];

		buf_reset(&l->from);
		buf_add(&l->from, last->key.data, last->key.len);
		buf_addc(&l->from, '\0');
		l->from_number = last->number + 1;
	}
	l->n = l->at = 0;
	arena_reset(&l->arena);
}

/* Number 0 is what follows the last there can be. */
static enum trawl_status refill(struct diff *d, const struct diff_walk *w,
				struct diff_list *l, unsigned side,
				struct trawl_error *err)
{
	bool first = !l->n;
	enum trawl_status st = TRAWL_OK;

	move_on(l);
	l->more = false;
	if (l->from.failed)
		return fail_nomem(err);
	if (first || w->by == BY_KEY || l->from_number)
		st = w->fill(diff_db(d, side), w, l, err);
	return st == TRAWL_OK && l->nomem ? fail_nomem(err) : st;
}

static void begin(struct diff_list *l, bool whole)
{
	l->n = l->at = 0;
	l->whole = whole;
	l->more = true;
	l->nomem = false;
	l->from_number = 0;
	buf_reset(&l->from);
}

/* The item that is next, or NULL at the end. */
static enum trawl_status look(struct diff *d, const struct diff_walk *w,
			      struct diff_list *l, unsigned side,
			      const struct diff_item **item,
			      struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (l->at == l->n && l->more)
		st = refill(d, w, l, side, err);
	*item = l->at < l->n ? &l->item[l->at] : NULL;
	return st;
}

/* --------------------------------------------------------------- merge -- */

static int by_bytes(const struct xap_bytes *a, const struct xap_bytes *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int c = n ? memcmp(a->data, b->data, n) : 0;

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

/* The end comes after everything. */
static int order(const struct diff_item *a, const struct diff_item *b)
{
	if (!a || !b)
		return !a - !b;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return by_bytes(&a->key, &b->key);
}

static struct diff_place place_of(const struct diff_walk *w,
				  const struct diff_item *item)
{
	struct diff_place place = w->place;

	if (w->by == BY_KEY) {
		place.key = item->key;
	} else if (w->by == BY_DOCID) {
		place.docid = item->number;
	} else {
		place.slot = item->number;
		place.in_slot = true;
	}
	return place;
}

static enum trawl_status compare(struct diff *d, const struct diff_walk *w,
				 const struct diff_item *const item[2],
				 struct trawl_error *err)
{
	int o = order(item[0], item[1]);
	struct diff_list *l = d->list[d->depth - 1];
	const struct diff_place place = place_of(w, item[o > 0]);

	l[0].at += o <= 0;
	l[1].at += o >= 0;
	if (w->shared && d->turn++ % d->parts != d->part)
		return TRAWL_OK;
	if (o == 0)
		return w->both(d, &place, item[0], item[1], err);
	diff_tell(d, &place, "only in the %s", o < 0 ? "first" : "second");
	return TRAWL_OK;
}

enum trawl_status diff_walk(struct diff *d, const struct diff_walk *w,
			    struct trawl_error *err)
{
	struct diff_list *l = d->list[d->depth++];
	const struct diff_item *item[2];
	enum trawl_status st;

	begin(&l[0], w->whole);
	begin(&l[1], w->whole);
	do {
		st = look(d, w, &l[0], 0, &item[0], err);
		if (st == TRAWL_OK)
			st = look(d, w, &l[1], 1, &item[1], err);
		if (st == TRAWL_OK && (item[0] || item[1]))
			st = compare(d, w, item, err);
	} while (st == TRAWL_OK && (item[0] || item[1]));
	d->depth--;
	return st;
}
