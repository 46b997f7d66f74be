/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass_source.h"

#include "status.h"

/* --------------------------------------------------------------- input -- */

enum trawl_status glass_input_open(struct glass_input *in, const char *dir,
				   enum glass_table_id id,
				   const struct glass_root *root,
				   struct trawl_error *err)
{
	enum trawl_status st;

	*in = (struct glass_input){ .dir = dir, .name = glass_table_names[id] };
	st = glass_walk_open(dir, in->name, root, &in->walk, err);
	if (st != TRAWL_OK)
		return st;
	if (id != GLASS_POSTLIST && id != GLASS_POSITION)
		glass_walk_raw(in->walk);
	glass_input_next(in);
	return glass_input_status(in, err);
}

void glass_input_close(struct glass_input *in)
{
	glass_walk_close(in->walk);
	in->walk = NULL;
}

bool glass_input_next(struct glass_input *in)
{
	in->there = glass_walk_next(in->walk, &in->item);
	return in->there;
}

enum trawl_status glass_input_status(const struct glass_input *in,
				     struct trawl_error *err)
{
	return glass_walk_status(in->walk, err);
}

enum trawl_status glass_input_damaged(const struct glass_input *in,
				      const char *what, struct trawl_error *err)
{
	return fail(err, TRAWL_CORRUPT,
		    "%s/%s.glass is damaged: %s: rebuild the index", in->dir,
		    in->name, what);
}

const unsigned char *glass_input_docid(const struct glass_input *in,
				       const unsigned char *at, uint32_t *docid)
{
	const unsigned char *end = in->item.key + in->item.keylen, *behind;
	unsigned char again[GLASS_SORT_UINT_MAX];

	behind = glass_get_sort_uint(at, end, docid);
	if (!behind || !glass_input_has(in, *docid) ||
	    glass_put_sort_uint(again, *docid) - again != behind - at)
		return NULL;
	return behind;
}

/* ------------------------------------------------- sources of all tables -- */

/* What a source of a table has, whichever table it is. */
struct table_source {
	struct source base;
	struct glass_input *in;
	char term[GLASS_KEY_MAX];
	/* What the keys of the current term begin with, 00 included. */
	unsigned char prefix[GLASS_KEY_MAX];
	size_t prefix_len;
};

static bool damaged(struct table_source *s, const char *what)
{
	s->base.st = glass_input_damaged(s->in, what, &s->base.err);
	return false;
}

/* True: there is an item. */
static bool advance(struct table_source *s)
{
	if (glass_input_next(s->in))
		return true;
	s->base.st = glass_input_status(s->in, &s->base.err);
	return false;
}

/* The current item's key goes on with a docid behind the prefix; FF there is
 * the second half of a NUL in a longer term. */
static bool has_prefix(const struct table_source *s)
{
	const struct glass_item *item = &s->in->item;

	return s->in->there && item->keylen > s->prefix_len &&
	       !memcmp(item->key, s->prefix, s->prefix_len) &&
	       item->key[s->prefix_len] != 0xFF;
}

static bool docid_behind(struct table_source *s, uint32_t *docid)
{
	const struct glass_item *item = &s->in->item;
	const unsigned char *end = item->key + item->keylen;

	if (glass_input_docid(s->in, item->key + s->prefix_len, docid) == end)
		return true;
	return damaged(s, "a key's document is none");
}

/* *behind: the key goes on with a docid. */
static bool take_term(struct table_source *s, bool *behind)
{
	const struct glass_item *item = &s->in->item;
	const unsigned char *end = item->key + item->keylen, *at;
	size_t len;
	int last;

	at = glass_get_sort_str(item->key, end, s->term, &len, &last);
	if (!len || len > GLASS_TERM_MAX)
		return damaged(s, "a key is no term's");
	s->base.term = (struct xap_bytes){ s->term, len };
	s->prefix_len = (size_t)(at - item->key);
	memcpy(s->prefix, item->key, s->prefix_len);
	*behind = !last;
	return true;
}

static void source_end(struct source *base)
{
	free(base);
}

/* What is left of the current term is looked at all the same. */
static bool drain(struct source *base)
{
	while (source_fill(base))
		;
	return base->st == TRAWL_OK;
}

/* ------------------------------------------------------------ postings -- */

struct postings {
	struct table_source table;
	const unsigned char *at, *end; /* of the chunk */
	bool open;	  /* there is a chunk whose end has not been seen */
	bool fresh;	  /* the chunk's first entry comes next */
	bool final;	  /* its list has no other behind it */
	uint32_t docid;	  /* the last one that was read */
	uint32_t highest; /* of the chunk */
	/* Lengths have no such counts. */
	bool counted;
	uint32_t termfreq, collfreq; /* what the list says */
	uint64_t seen, sum;	     /* what was read */
};

static inline const unsigned char *
get_u32(const unsigned char *at, const unsigned char *end, uint32_t *v)
{
	uint64_t wide;

	if (at < end && *at < 0x80) {
		*v = *at;
		return at + 1;
	}
	at = glass_get_varint(at, end, &wide);
	*v = (uint32_t)wide;
	return at && wide <= UINT32_MAX ? at : NULL;
}

/* What stands before the entries of every chunk, whose first docid is given. */
static bool open_chunk(struct postings *p, uint64_t first)
{
	uint32_t span;

	if (p->at == p->end)
		return damaged(&p->table, "a chunk has no head");
	p->final = *p->at == '1';
	if (*p->at++ != '0' && !p->final)
		return damaged(&p->table, "a chunk's head is none");
	p->at = get_u32(p->at, p->end, &span);
	if (!p->at || p->at == p->end || first <= p->docid ||
	    first <= p->table.in->above || first + span > p->table.in->last)
		return damaged(&p->table, "a chunk's documents are none");
	p->docid = (uint32_t)first;
	p->highest = (uint32_t)first + span;
	p->fresh = p->open = true;
	return true;
}

static void take_tag(struct postings *p)
{
	p->at = p->table.in->item.tag;
	p->end = p->at + p->table.in->item.taglen;
}

static bool open_list(struct postings *p)
{
	uint32_t before;

	take_tag(p);
	p->docid = 0;
	p->seen = p->sum = 0;
	p->at = get_u32(p->at, p->end, &p->termfreq);
	if (p->at)
		p->at = get_u32(p->at, p->end, &p->collfreq);
	if (p->at)
		p->at = get_u32(p->at, p->end, &before);
	if (!p->at)
		return damaged(&p->table, "a list has no head");
	return open_chunk(p, (uint64_t)before + 1);
}

/* The lengths' key is none of a term. */
static bool take_lengths(struct postings *p)
{
	static const unsigned char key[] = { 0x00, 0xE0 };
	struct table_source *s = &p->table;
	const struct glass_item *item = &s->in->item;

	p->counted = item->keylen < sizeof(key) ||
		     memcmp(item->key, key, sizeof(key)) != 0;
	if (p->counted)
		return false;
	s->prefix_len = sizeof(key);
	memcpy(s->prefix, key, sizeof(key));
	s->base.term = (struct xap_bytes){ "", 0 };
	return true;
}

static bool postings_next_term(struct source *base)
{
	struct postings *p = (struct postings *)base;
	bool behind = false;

	if (!drain(base) || !p->table.in->there)
		return false;
	if (take_lengths(p))
		behind = p->table.in->item.keylen > p->table.prefix_len;
	else if (!take_term(&p->table, &behind))
		return false;
	if (behind)
		return damaged(&p->table, "a list has no first chunk");
	/* The key of the first chunk ends without the 00. */
	if (p->counted)
		p->table.prefix[p->table.prefix_len++] = 0;
	return open_list(p);
}

static bool end_list(struct postings *p)
{
	p->open = false;
	if (p->counted && (p->seen != p->termfreq || p->sum != p->collfreq))
		return damaged(&p->table, "a list is not as long as it says");
	advance(&p->table);
	return false;
}

/* To the chunk behind the one that is used up; false: there is none. */
static bool next_chunk(struct postings *p)
{
	uint32_t first;

	if (p->docid != p->highest)
		return damaged(&p->table, "a chunk does not end as it says");
	if (p->final)
		return end_list(p);
	if (!advance(&p->table) || !has_prefix(&p->table)) {
		p->open = false;
		return p->table.base.st == TRAWL_OK
			       ? damaged(&p->table, "a list has no end")
			       : false;
	}
	take_tag(p);
	return docid_behind(&p->table, &first) && open_chunk(p, first);
}

/* A batch of the chunk.  This is the inner loop. */
static bool read_entries(struct postings *p)
{
	struct source_entry *entry = p->table.base.entry;
	const unsigned char *at = p->at, *const end = p->end;
	uint64_t docid = p->docid;
	size_t n = 0;

	if (p->fresh) {
		at = get_u32(at, end, &entry[n].n);
		entry[n++].docid = p->docid;
		p->fresh = false;
	}
	while (at && at < end && n < SOURCE_BATCH) {
		uint32_t gap = 0;

		at = get_u32(at, end, &gap);
		docid += (uint64_t)gap + 1;
		entry[n].docid = (uint32_t)docid;
		if (at)
			at = get_u32(at, end, &entry[n++].n);
	}
	if (!at || docid > p->highest)
		return damaged(&p->table, "a chunk's entries are none");
	p->at = at;
	p->docid = (uint32_t)docid;
	p->table.base.n = n;
	return true;
}

static bool count_entries(struct postings *p)
{
	const struct source *s = &p->table.base;

	for (size_t i = 0; i < s->n; i++)
		p->sum += s->entry[i].n;
	p->seen += s->n;
	return !p->counted || p->sum <= p->collfreq ||
	       damaged(&p->table, "a term comes more often than it says");
}

static void leave_out(struct source *base, const struct docid_set *without)
{
	size_t kept = 0;

	for (size_t i = 0; i < base->n; i++) {
		base->entry[kept] = base->entry[i];
		kept += !docid_set_has(without, base->entry[i].docid);
	}
	base->n = kept;
}

static bool postings_fill(struct source *base)
{
	struct postings *p = (struct postings *)base;

	base->n = 0;
	while (p->open && base->st == TRAWL_OK && !base->n) {
		if (p->at == p->end && !next_chunk(p))
			break;
		if (!read_entries(p) || !count_entries(p))
			break;
		if (p->table.in->without)
			leave_out(base, p->table.in->without);
	}
	return base->n && base->st == TRAWL_OK;
}

enum trawl_status glass_postings_source(struct glass_input *in,
					struct source **out,
					struct trawl_error *err)
{
	struct postings *p = calloc(1, sizeof(*p));

	if (!p)
		return fail_nomem(err);
	p->table.in = in;
	p->table.base.next_term = postings_next_term;
	p->table.base.fill = postings_fill;
	p->table.base.free = source_end;
	*out = &p->table.base;
	return TRAWL_OK;
}

/* ----------------------------------------------------------- positions -- */

enum {
	TAGS_ROOM = 64 << 10
};

/* Tags are copied, since those of a walk do not live as long as a batch. */
struct positions {
	struct table_source table;
	unsigned char *tags;
	size_t used, size;
	bool open;
};

static bool positions_next_term(struct source *base)
{
	struct positions *p = (struct positions *)base;
	bool behind;

	if (!drain(base) || !p->table.in->there ||
	    !take_term(&p->table, &behind))
		return false;
	p->open = behind;
	return behind || damaged(&p->table, "a key has no document");
}

/* False: not before those of this batch have been used. */
static bool has_room(struct positions *p, size_t len)
{
	unsigned char *grown;

	if (p->tags && len <= p->size - p->used)
		return true;
	if (p->table.base.n)
		return false;
	grown = realloc(p->tags, len + TAGS_ROOM);
	if (!grown) {
		p->table.base.st = fail_nomem(&p->table.base.err);
		return false;
	}
	p->tags = grown;
	p->size = len + TAGS_ROOM;
	return true;
}

static void take_positions(struct positions *p, uint32_t docid)
{
	const struct glass_item *item = &p->table.in->item;
	struct source *base = &p->table.base;
	unsigned char *to = p->tags + p->used;

	memcpy(to, item->tag, item->taglen);
	p->used += item->taglen;
	base->entry[base->n++] = (struct source_entry){
		.docid = docid, .n = (uint32_t)item->taglen, .tag = to
	};
}

static bool positions_fill(struct source *base)
{
	struct positions *p = (struct positions *)base;
	struct glass_input *in = p->table.in;
	uint32_t docid;

	base->n = p->used = 0;
	while (p->open && base->n < SOURCE_BATCH) {
		if (!has_prefix(&p->table)) {
			p->open = false;
			break;
		}
		if (!docid_behind(&p->table, &docid))
			return false;
		if (glass_input_keeps(in, docid)) {
			if (!has_room(p, in->item.taglen))
				break;
			take_positions(p, docid);
		}
		if (!advance(&p->table))
			break;
	}
	return base->n && base->st == TRAWL_OK;
}

static void positions_free(struct source *base)
{
	struct positions *p = (struct positions *)base;

	free(p->tags);
	free(p);
}

enum trawl_status glass_positions_source(struct glass_input *in,
					 struct source **out,
					 struct trawl_error *err)
{
	struct positions *p = calloc(1, sizeof(*p));

	if (!p)
		return fail_nomem(err);
	p->table.in = in;
	p->table.base.next_term = positions_next_term;
	p->table.base.fill = positions_fill;
	p->table.base.free = positions_free;
	*out = &p->table.base;
	return TRAWL_OK;
}
