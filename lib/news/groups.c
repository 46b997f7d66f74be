/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "groups.h"

#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	STANDS_BYTES = 4,
	VALUE_MAX = GROUPS_CHUNK * STANDS_BYTES
};

/* -------------------------------------------------------------- metadata -- */

static const char *const prefixes[GROUP_KINDS] = {
	[GROUP_STORY] = "trawl.story.",
	[GROUP_COPY] = "trawl.copy.",
};

void groups_key(enum group_kind kind, uint32_t chunk, char out[GROUPS_KEY_MAX])
{
	snprintf(out, GROUPS_KEY_MAX, "%s%08X", prefixes[kind],
		 (unsigned)chunk);
}

bool groups_print(const uint32_t *stands, struct buf *out)
{
	size_t n = GROUPS_CHUNK;

	while (n && !stands[n - 1])
		n--;
	if (!buf_reserve(out, n * STANDS_BYTES))
		return false;
	for (size_t i = 0; i < n; i++) {
		const unsigned char bytes[STANDS_BYTES] = {
			(unsigned char)(stands[i] >> 24),
			(unsigned char)(stands[i] >> 16),
			(unsigned char)(stands[i] >> 8),
			(unsigned char)stands[i],
		};

		buf_add(out, bytes, sizeof(bytes));
	}
	return !out->failed;
}

static uint32_t stands_at(const char *value, size_t i)
{
	const unsigned char *at =
		(const unsigned char *)value + i * STANDS_BYTES;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 |
	       (uint32_t)at[2] << 8 | at[3];
}

void groups_parse(const char *value, size_t len, uint32_t *stands)
{
	size_t n = len < VALUE_MAX ? len / STANDS_BYTES : GROUPS_CHUNK;

	for (size_t i = 0; i < n; i++)
		stands[i] = stands_at(value, i);
	memset(stands + n, 0, (GROUPS_CHUNK - n) * sizeof(*stands));
}

/* --------------------------------------------------------------- reading -- */

struct chunk {
	uint32_t *stands; /* of its first n docids: the others are alone */
	uint32_t n;
	bool read;
};

struct groups {
	struct xap_db *db;
	enum group_kind kind;
	struct chunk *chunk;
	size_t nchunks;
	size_t bytes; /* of what the chunks hold */
	enum {
		UNKNOWN,
		NONE,
		SOME
	} any;
};

struct groups *groups_new(struct xap_db *db, enum group_kind kind)
{
	struct groups *g = calloc(1, sizeof(*g));

	if (g) {
		g->db = db;
		g->kind = kind;
	}
	return g;
}

static void forget(struct groups *g)
{
	for (size_t i = 0; i < g->nchunks; i++) {
		free(g->chunk[i].stands);
		g->chunk[i] = (struct chunk){ 0 };
	}
	g->bytes = 0;
}

void groups_free(struct groups *g)
{
	if (!g)
		return;
	forget(g);
	free(g->chunk);
	free(g);
}

static bool reserve(struct groups *g, size_t n)
{
	struct chunk *grown;

	if (n <= g->nchunks)
		return true;
	if (n < 2 * g->nchunks)
		n = 2 * g->nchunks;
	grown = realloc(g->chunk, n * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + g->nchunks, 0, (n - g->nchunks) * sizeof(*grown));
	g->chunk = grown;
	g->nchunks = n;
	return true;
}

struct reading {
	struct groups *g;
	struct chunk *to;
	bool failed;
};

static bool take(void *ctx, const char *value, size_t len)
{
	struct reading *r = ctx;
	size_t n = len < VALUE_MAX ? len / STANDS_BYTES : GROUPS_CHUNK;

	if (!n)
		return true;
	r->to->stands = malloc(n * sizeof(*r->to->stands));
	r->failed = !r->to->stands;
	if (r->failed)
		return true;
	for (size_t i = 0; i < n; i++)
		r->to->stands[i] = stands_at(value, i);
	r->to->n = (uint32_t)n;
	r->g->bytes += n * sizeof(*r->to->stands);
	return true;
}

static enum trawl_status read_chunk(struct groups *g, uint32_t number,
				    struct chunk **out, struct trawl_error *err)
{
	struct reading r = { .g = g };
	char key[GROUPS_KEY_MAX];
	enum trawl_status st;

	if (!reserve(g, (size_t)number + 1))
		return fail_nomem(err);
	*out = r.to = &g->chunk[number];
	if (r.to->read)
		return TRAWL_OK;
	if (g->bytes > GROUPS_KEPT_MAX - VALUE_MAX)
		forget(g);
	groups_key(g->kind, number, key);
	st = xap_db_metadata(g->db, key, strlen(key), take, &r, err);
	if (st == TRAWL_OK && r.failed)
		st = fail_nomem(err);
	r.to->read = st == TRAWL_OK;
	return st;
}

enum trawl_status groups_of(struct groups *g, uint32_t docid, uint32_t *stands,
			    bool *grouped, struct trawl_error *err)
{
	const uint32_t at = docid % GROUPS_CHUNK;
	struct chunk *chunk;
	enum trawl_status st = read_chunk(g, docid / GROUPS_CHUNK, &chunk, err);

	if (st != TRAWL_OK)
		return st;
	*grouped = at < chunk->n && chunk->stands[at];
	*stands = *grouped ? chunk->stands[at] : docid;
	return TRAWL_OK;
}

static bool find_key(void *ctx, const char *key, size_t len)
{
	(void)key;
	(void)len;
	*(bool *)ctx = true;
	return false;
}

enum trawl_status groups_any(struct groups *g, bool *any,
			     struct trawl_error *err)
{
	const char *prefix = prefixes[g->kind];
	enum trawl_status st = TRAWL_OK;

	*any = g->any == SOME;
	if (g->any == UNKNOWN)
		st = xap_db_metadata_keys(g->db, prefix, strlen(prefix),
					  find_key, any, err);
	if (st == TRAWL_OK)
		g->any = *any ? SOME : NONE;
	return st;
}

enum trawl_status groups_members(struct groups *g, uint32_t stands,
				 xap_docid_fn *each, void *ctx,
				 struct trawl_error *err)
{
	struct xap_facts facts;
	enum trawl_status st = xap_db_facts(g->db, &facts, err);

	for (uint32_t number = 0;
	     st == TRAWL_OK && number <= facts.last_docid / GROUPS_CHUNK;
	     number++) {
		const uint32_t first = number * GROUPS_CHUNK;
		struct chunk *chunk;

		st = read_chunk(g, number, &chunk, err);
		for (uint32_t i = 0; st == TRAWL_OK && i < chunk->n; i++)
			if (chunk->stands[i] == stands && !each(ctx, first + i))
				return TRAWL_OK;
	}
	return st;
}
