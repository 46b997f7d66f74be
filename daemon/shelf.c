/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shelf.h"

#include "clock.h"
#include "die.h"
#include "frame.h"
#include "utf8.h"
#include "worker.h"

/* A handle, or why there is none. */
struct held {
	struct trawl_index *ix;
	uint64_t set;	   /* of indexes; 0: the place is free */
	uint64_t tried_ns; /* 0: not since the last LOOK */
	uint64_t used;	   /* the greater, the later */
	enum trawl_status status;
	struct trawl_error why;
};

struct shelf {
	const struct settings *settings;
	uint64_t uses;
	struct held joined[WORKER_JOINED_MAX];
	struct held single[SETTINGS_INDEXES_MAX];
};

static uint64_t bit(size_t i)
{
	return (uint64_t)1 << i;
}

size_t shelf_count(const struct shelf *shelf)
{
	return shelf->settings->nindexes;
}

const char *shelf_name(const struct shelf *shelf, size_t i)
{
	return shelf->settings->index[i].name;
}

enum trawl_ranking shelf_ranking(const struct shelf *shelf)
{
	return (enum trawl_ranking)shelf->settings->ranking;
}

/* -------------------------------------------------------------- handles -- */

static enum trawl_status open_set(const struct shelf *shelf, uint64_t set,
				  struct trawl_index **ix,
				  struct trawl_error *err)
{
	struct trawl_part part[SETTINGS_INDEXES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < shelf_count(shelf); i++)
		if (set & bit(i))
			part[n++] = (struct trawl_part){
				.name = shelf_name(shelf, i),
				.path = shelf->settings->index[i].path,
			};
	if (n == 1)
		return trawl_index_open(part[0].path, ix, err);
	return trawl_index_open_many(part, n, ix, err);
}

static void try_open(const struct shelf *shelf, struct held *h)
{
	h->tried_ns = monotonic_ns();
	h->why = (struct trawl_error){ 0 };
	h->status = open_set(shelf, h->set, &h->ix, &h->why);
}

static enum trawl_status take(const struct shelf *shelf, struct held *h,
			      struct trawl_index **ix, struct trawl_error *err)
{
	const uint64_t wait = (uint64_t)SHELF_RETRY * NS_PER_MS;

	if (!h->ix && (!h->tried_ns || monotonic_ns() - h->tried_ns >= wait))
		try_open(shelf, h);
	*ix = h->ix;
	if (h->ix)
		return TRAWL_OK;
	*err = h->why;
	return h->status;
}

static struct held *find_joined(struct shelf *shelf, uint64_t set)
{
	struct held *oldest = &shelf->joined[0];

	for (size_t i = 0; i < WORKER_JOINED_MAX; i++) {
		struct held *h = &shelf->joined[i];

		if (h->set == set)
			return h;
		if (h->used < oldest->used)
			oldest = h;
	}
	trawl_index_close(oldest->ix);
	*oldest = (struct held){ .set = set };
	return oldest;
}

/* The line of the first that is broken: better than that of joining. */
static enum trawl_status check_parts(struct shelf *shelf, uint64_t set,
				     struct trawl_error *err)
{
	struct trawl_index *ix;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < shelf_count(shelf); i++)
		if (set & bit(i))
			st = take(shelf, &shelf->single[i], &ix, err);
	/* That it cannot be joined is another thing. */
	return st == TRAWL_MISMATCH ? TRAWL_IO : st;
}

enum trawl_status shelf_take(struct shelf *shelf, uint64_t set,
			     struct trawl_index **ix, struct trawl_error *err)
{
	struct held *h;
	enum trawl_status st;

	for (size_t i = 0; i < shelf_count(shelf); i++)
		if (set == bit(i))
			return take(shelf, &shelf->single[i], ix, err);
	st = check_parts(shelf, set, err);
	if (st != TRAWL_OK)
		return st;
	h = find_joined(shelf, set);
	h->used = ++shelf->uses;
	return take(shelf, h, ix, err);
}

static void hide_path(struct trawl_error *err, const char *path,
		      const char *name)
{
	struct buf text = BUF_INIT(2 * sizeof(err->text));
	const char *from = err->text, *at;

	for (; (at = strstr(from, path)); from = at + strlen(path)) {
		buf_add(&text, from, (size_t)(at - from));
		buf_adds(&text, name);
	}
	buf_adds(&text, from);
	snprintf(err->text, sizeof(err->text), "%.*s",
		 (int)utf8_cut(text.data, text.len, sizeof(err->text) - 1),
		 text.data);
	buf_release(&text);
}

void shelf_hide_paths(const struct shelf *shelf, struct trawl_error *err)
{
	for (size_t i = 0; i < shelf_count(shelf); i++)
		hide_path(err, shelf->settings->index[i].path,
			  shelf_name(shelf, i));
}

/* ---------------------------------------------------------------- facts -- */

static void note_broken(struct frame_facts *facts, const char *why)
{
	facts->broken = 1;
	snprintf(facts->text, sizeof(facts->text), "%.*s",
		 (int)utf8_cut(why, strlen(why), sizeof(facts->text) - 1), why);
}

static void note_facts(struct shelf *shelf, size_t i, struct frame_facts *facts)
{
	const struct trawl_info *info;
	struct trawl_index *ix;
	struct trawl_error err;
	enum trawl_status st = take(shelf, &shelf->single[i], &ix, &err);

	memset(facts, 0, sizeof(*facts));
	if (st == TRAWL_OK)
		st = trawl_index_info(ix, &info, &err);
	if (st != TRAWL_OK) {
		shelf_hide_paths(shelf, &err);
		note_broken(facts, err.text);
		return;
	}
	facts->documents = info->documents;
	facts->words = info->words;
	facts->bytes = info->bytes;
	facts->stale_analyzer = info->stale_analyzer;
	snprintf(facts->rev, sizeof(facts->rev), "%s", info->rev);
}

struct shelf *shelf_open(const struct settings *s, struct frame_facts *facts)
{
	struct shelf *shelf = xcalloc(1, sizeof(*shelf));

	shelf->settings = s;
	for (size_t i = 0; i < s->nindexes; i++) {
		shelf->single[i].set = bit(i);
		note_facts(shelf, i, &facts[i]);
	}
	return shelf;
}

void shelf_look(struct shelf *shelf, struct frame_facts *facts)
{
	for (size_t i = 0; i < WORKER_JOINED_MAX; i++)
		shelf->joined[i].tried_ns = 0;
	for (size_t i = 0; i < shelf_count(shelf); i++) {
		shelf->single[i].tried_ns = 0;
		note_facts(shelf, i, &facts[i]);
	}
}

void shelf_close(struct shelf *shelf)
{
	if (!shelf)
		return;
	for (size_t i = 0; i < WORKER_JOINED_MAX; i++)
		trawl_index_close(shelf->joined[i].ix);
	for (size_t i = 0; i < shelf_count(shelf); i++)
		trawl_index_close(shelf->single[i].ix);
	free(shelf);
}

/* ------------------------------------------------------------------ in= -- */

static bool refuse(const struct shelf *shelf, const char *name, size_t len,
		   struct answer *out)
{
	struct buf all =
		BUF_INIT(SETTINGS_INDEXES_MAX * (SETTINGS_NAME_MAX + 2));

	for (size_t i = 0; i < shelf_count(shelf); i++)
		buf_addf(&all, "%s%s", i ? ", " : "", shelf_name(shelf, i));
	if (len > SETTINGS_NAME_MAX)
		len = SETTINGS_NAME_MAX;
	answer_error(out, ERROR_UNKNOWN_INDEX,
		     "in=%.*s: no such index; there %s %s", (int)len, name,
		     shelf_count(shelf) == 1 ? "is" : "are", all.data);
	buf_release(&all);
	return false;
}

static bool find(const struct shelf *shelf, const char *name, size_t len,
		 size_t *out)
{
	for (size_t i = 0; i < shelf_count(shelf); i++)
		if (strlen(shelf_name(shelf, i)) == len &&
		    !memcmp(shelf_name(shelf, i), name, len)) {
			*out = i;
			return true;
		}
	return false;
}

bool shelf_choose(const struct shelf *shelf, const char *in, uint64_t *set,
		  struct answer *out)
{
	size_t i, n = shelf_count(shelf);

	*set = in ? 0 : UINT64_MAX >> (64 - n);
	while (in) {
		size_t len = strcspn(in, ",");

		if (!len) {
			answer_error(out, ERROR_BAD_VALUE,
				     "in=: must be names with a comma between "
				     "two");
			return false;
		}
		if (!find(shelf, in, len, &i))
			return refuse(shelf, in, len, out);
		*set |= bit(i);
		in = in[len] ? in + len + 1 : NULL;
	}
	return true;
}
