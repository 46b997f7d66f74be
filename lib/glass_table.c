/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The open leaf stands where it will be written from: in the output buffer,
 * behind the blocks that are ready.  Blocks of higher levels come in between
 * when a leaf has been closed, and never before.  Above leaves that are written
 * ahead of their turn is nothing until the end: what divides them is kept, block(4)
 * and separator of each.
 */
#include "buf.h"
#include "direct_file.h"
#include "glass_block.h"
#include "status.h"

#include <errno.h>
#include <limits.h>

enum {
	COMPONENTS_MAX = 65535,
	/* So that four fit in a block: updates rely on it. */
	ITEM_MAX = (GLASS_BLOCK - BLOCK_DIR - 4 * DIR_ENTRY) / 4,
	SEPARATOR_MAX = 1 + GLASS_KEY_MAX + ITEM_COMPONENT,
	/* Bytes beyond a key for which a long tag begins in a block that has
	 * no room for all of it; what Xapian found best for small tables. */
	SPLIT_WORTH = 34,
	AHEAD_MAX = INT_MAX /* bytes of the separators of leaves ahead */
};

struct open_block {
	unsigned char *block;
	unsigned dir; /* its directory ends */
	unsigned low; /* its lowest item begins */
	/* K, key and X of its first item, shortened: what goes up. */
	unsigned char separator[SEPARATOR_MAX];
};

struct glass_table {
	enum trawl_status st;
	struct trawl_error err;
	char path[PATH_MAX];
	bool required;
	struct direct_file *file;
	bool begun;
	uint32_t blocks;
	uint64_t entries;
	unsigned char *out; /* a buffer of the file's */
	size_t used;	    /* bytes of out that are ready */
	unsigned levels;    /* that have a block open */
	struct open_block level[GLASS_LEVELS_MAX];
	bool is_ahead;	  /* the open leaf is ahead of its turn */
	struct buf ahead; /* the blocks of such, and what divides them */
	const unsigned char *last;	       /* K and key of the last item */
	unsigned char kept[1 + GLASS_KEY_MAX]; /* when its leaf is closed */
};

static bool stop(struct glass_table *t, enum trawl_status st, const char *what)
{
	int e = errno;

	t->st = st;
	if (st == TRAWL_IO)
		fail(&t->err, st, "cannot %s %s: %s", what, t->path,
		     strerror(e));
	else if (st == TRAWL_NOMEM)
		fail_nomem(&t->err);
	else
		fail(&t->err, st, "%s: %s", t->path, what);
	return false;
}

enum trawl_status glass_table_new(const char *dir, const char *name,
				  bool required, struct glass_table **out,
				  struct trawl_error *err)
{
	struct glass_table *t = calloc(1, sizeof(*t));
	int n;

	if (!t)
		return fail_nomem(err);
	n = snprintf(t->path, sizeof(t->path), "%s/%s.glass", dir, name);
	if (n < 0 || (size_t)n >= sizeof(t->path)) {
		free(t);
		return fail(err, TRAWL_IO, "%s: the path is too long", dir);
	}
	t->required = required;
	buf_init(&t->ahead, AHEAD_MAX);
	*out = t;
	return TRAWL_OK;
}

void glass_table_free(struct glass_table *t)
{
	if (!t)
		return;
	for (unsigned j = 1; j < t->levels; j++)
		free(t->level[j].block);
	direct_file_free(t->file);
	buf_release(&t->ahead);
	free(t);
}

bool glass_table_failed(const struct glass_table *t)
{
	return t->st != TRAWL_OK;
}

/* ------------------------------------------------------------- blocks -- */

/* Bytes for one more item and its place in the directory. */
static bool has_room(const struct open_block *b, size_t size)
{
	return b->low - b->dir >= size + DIR_ENTRY;
}

static unsigned char *new_item(struct open_block *b, size_t size)
{
	b->low -= (unsigned)size;
	put16(b->block + b->dir, b->low);
	b->dir += DIR_ENTRY;
	return b->block + b->low;
}

static void empty_block(struct open_block *b)
{
	b->dir = BLOCK_DIR;
	b->low = GLASS_BLOCK;
}

/* The gap is cleared, so that the same items are the same bytes. */
static void seal(struct open_block *b, unsigned level)
{
	unsigned gap = b->low - b->dir;

	put32(b->block, GLASS_REVISION);
	b->block[BLOCK_LEVEL] = (unsigned char)level;
	put16(b->block + BLOCK_GAP, gap);
	put16(b->block + BLOCK_FREE, gap);
	put16(b->block + BLOCK_DIR_END, b->dir);
	memset(b->block + b->dir, 0, gap);
}

/* The buffer is full. */
static bool flush(struct glass_table *t)
{
	t->out = direct_file_next(t->file);
	t->used = 0;
	return t->out || stop(t, TRAWL_IO, "write");
}

/* Its block is complete: give it its number and put it out. */
static bool write_block(struct glass_table *t, unsigned level, uint32_t *number)
{
	struct open_block *b = &t->level[level];

	if (t->blocks == UINT32_MAX)
		return stop(t, TRAWL_INTERNAL, "more than 2^32 - 1 blocks");
	seal(b, level);
	if (level)
		memcpy(t->out + t->used, b->block, GLASS_BLOCK);
	t->used += GLASS_BLOCK;
	*number = t->blocks++;
	return t->used < DIRECT_FILE_BUFFER || flush(t);
}

static bool add_branch(struct glass_table *t, unsigned level,
		       const unsigned char *separator, uint32_t child);

static size_t separator_len(const unsigned char *separator)
{
	return 1u + *separator + ITEM_COMPONENT;
}

static bool keep_ahead(struct glass_table *t, uint32_t number)
{
	const unsigned char *separator = t->level[0].separator;
	unsigned char block[BRANCH_CHILD];

	put32(block, number);
	buf_add(&t->ahead, block, sizeof(block));
	buf_add(&t->ahead, separator, separator_len(separator));
	return !t->ahead.failed || stop(t, TRAWL_NOMEM, NULL);
}

/* Write the block and tell the level above. */
static bool close_block(struct glass_table *t, unsigned level)
{
	uint32_t number;

	if (!write_block(t, level, &number))
		return false;
	if (t->is_ahead)
		return keep_ahead(t, number);
	return add_branch(t, level + 1, t->level[level].separator, number);
}

/* Levels above the leaves are opened when there is a block to point to. */
static bool open_level(struct glass_table *t, unsigned level)
{
	if (level == GLASS_LEVELS_MAX)
		return stop(t, TRAWL_INTERNAL, "more than 10 levels");
	t->level[level].block = malloc(GLASS_BLOCK);
	if (!t->level[level].block)
		return stop(t, TRAWL_NOMEM, NULL);
	empty_block(&t->level[level]);
	t->levels++;
	return true;
}

/*
 * A block's first item stands for all that is below the second: it has no key.
 * Its own goes to the level above when the block is closed, and is kept whole
 * until then.
 */
static bool add_branch(struct glass_table *t, unsigned level,
		       const unsigned char *separator, uint32_t child)
{
	static const unsigned char none[1 + ITEM_COMPONENT];
	size_t len = separator_len(separator);

	if (level == t->levels && !open_level(t, level))
		return false;

	struct open_block *b = &t->level[level];

	if (!has_room(b, BRANCH_CHILD + len)) {
		if (!close_block(t, level))
			return false;
		empty_block(b);
	}
	if (b->dir == BLOCK_DIR) {
		memcpy(b->separator, separator, len);
		separator = none;
		len = sizeof(none);
	}

	unsigned char *item = new_item(b, BRANCH_CHILD + len);

	put32(item, child);
	memcpy(item + BRANCH_CHILD, separator, len);
	return true;
}

/* ------------------------------------------------------------- leaves -- */

/* What divides key from the item before: one byte more than they share, or
 * all of it when it goes on with the same tag. */
static void set_separator(struct glass_table *t, const unsigned char *key,
			  size_t keylen, unsigned number)
{
	unsigned char *to = t->level[0].separator;
	size_t n = 0;

	while (n < keylen && n < t->kept[0] && t->kept[1 + n] == key[n])
		n++;
	n += n < keylen;
	to[0] = (unsigned char)n;
	memcpy(to + 1, key, n);
	put16(to + 1 + n, number);
}

static void open_leaf(struct glass_table *t)
{
	t->level[0].block = t->out + t->used;
	empty_block(&t->level[0]);
}

static bool next_leaf(struct glass_table *t, const unsigned char *key,
		      size_t keylen, unsigned number)
{
	if (t->last != t->kept)
		memcpy(t->kept, t->last, 1u + *t->last);
	t->last = t->kept;
	if (!close_block(t, 0))
		return false;
	open_leaf(t);
	set_separator(t, key, keylen, number);
	return true;
}

/*
 * Write all of an item but its data, and return where that goes.  This is the
 * inner loop of a build.
 */
static inline unsigned char *add_item(struct glass_table *t, const void *key,
				      size_t keylen, unsigned number,
				      unsigned flags, size_t len)
{
	struct open_block *leaf = &t->level[0];
	size_t extra = number > 1 ? ITEM_COMPONENT : 0;
	size_t size = ITEM_HEAD + keylen + extra + len;

	if (!has_room(leaf, size) && !next_leaf(t, key, keylen, number))
		return NULL;

	unsigned char *item = new_item(leaf, size);

	put16(item, flags | (unsigned)(size - ITEM_HEAD));
	item[2] = (unsigned char)keylen;
	t->last = item + 2;
	memcpy(item + ITEM_HEAD, key, keylen);
	if (extra)
		put16(item + ITEM_HEAD + keylen, number);
	return item + ITEM_HEAD + keylen + extra;
}

static bool open_file(struct glass_table *t)
{
	t->file = direct_file_new();
	if (!t->file)
		return stop(t, TRAWL_NOMEM, NULL);
	t->begun = true;
	t->out = direct_file_open(t->file, t->path);
	if (!t->out)
		return stop(t, errno == ENOMEM ? TRAWL_NOMEM : TRAWL_IO,
			    "create");
	t->levels = 1;
	open_leaf(t);
	return true;
}

/* The item that every table begins with. */
static bool add_null(struct glass_table *t)
{
	return add_item(t, "", 0, 1, ITEM_FIRST | ITEM_LAST, 0);
}

static bool begin(struct glass_table *t)
{
	return open_file(t) && add_null(t);
}

/* ---------------------------------------------------- ahead of their turn -- */

/* Nothing divides the first leaf ahead from the keys before it, which are not
 * known yet: its first key does, whole. */
static void set_first_separator(struct glass_table *t, const void *key,
				size_t keylen)
{
	unsigned char *to = t->level[0].separator;

	to[0] = (unsigned char)keylen;
	memcpy(to + 1, key, keylen);
	put16(to + 1 + keylen, 1);
}

bool glass_table_last_first(struct glass_table *t)
{
	if (t->st != TRAWL_OK || !open_file(t))
		return false;
	t->is_ahead = true;
	t->kept[0] = 0;
	t->last = t->kept;
	return true;
}

bool glass_table_turn(struct glass_table *t)
{
	if (t->st != TRAWL_OK)
		return false;
	if (t->level[0].dir > BLOCK_DIR) {
		if (!close_block(t, 0))
			return false;
		open_leaf(t);
	}
	t->is_ahead = false;
	return add_null(t);
}

/* The levels above the leaves ahead, behind those of all others. */
static bool add_ahead(struct glass_table *t)
{
	const unsigned char *p = (const unsigned char *)t->ahead.data;
	const unsigned char *end = p + t->ahead.len;

	if (key_compare(t->last + 1, *t->last, p + BRANCH_CHILD + 1,
			p[BRANCH_CHILD]) >= 0)
		return stop(t, TRAWL_INTERNAL, "a key is not in order");
	while (p < end) {
		uint32_t number = get32(p);

		p += BRANCH_CHILD;
		if (!add_branch(t, 1, p, number))
			return false;
		p += separator_len(p);
	}
	return true;
}

/* ---------------------------------------------------------- long tags -- */

/*
 * Bytes of the first component: it fills the block that is open, when that
 * costs no component more or is worth one.  All others have rest bytes, the
 * last what remains.
 */
static size_t first_part(const struct glass_table *t, size_t keylen,
			 size_t taglen, size_t rest)
{
	const struct open_block *leaf = &t->level[0];
	size_t head = ITEM_HEAD + keylen + ITEM_COMPONENT;
	size_t room = (leaf->low - leaf->dir) % (ITEM_MAX + DIR_ENTRY);

	if (room > DIR_ENTRY + head) {
		room -= DIR_ENTRY + head;
		if (room >= (taglen - ITEM_COMPONENT) % rest ||
		    room >= keylen + SPLIT_WORTH)
			return room + ITEM_COMPONENT;
	}
	return rest + ITEM_COMPONENT;
}

static bool add_part(struct glass_table *t, const void *key, size_t keylen,
		     unsigned number, unsigned flags, const void *data,
		     size_t len)
{
	unsigned char *to = add_item(t, key, keylen, number, flags, len);

	if (to)
		memcpy(to, data, len);
	return to;
}

static bool add_long(struct glass_table *t, const void *key, size_t keylen,
		     const char *tag, size_t taglen, unsigned flags)
{
	size_t rest = ITEM_MAX - ITEM_HEAD - ITEM_COMPONENT - keylen;
	size_t len = first_part(t, keylen, taglen, rest);
	unsigned number = 1;

	if ((taglen - len + rest - 1) / rest + 1 > COMPONENTS_MAX)
		return stop(t, TRAWL_INTERNAL,
			    "a tag of more than 65,535 components");
	if (!add_part(t, key, keylen, number, flags | ITEM_FIRST, tag, len))
		return false;
	for (; taglen - len > rest; len = rest) {
		tag += len;
		taglen -= len;
		if (!add_part(t, key, keylen, ++number, flags, tag, rest))
			return false;
	}
	return add_part(t, key, keylen, number + 1, flags | ITEM_LAST,
			tag + len, taglen - len);
}

bool glass_table_add(struct glass_table *t, const void *key, size_t keylen,
		     const void *tag, size_t taglen, bool deflated)
{
	unsigned flags = deflated ? ITEM_DEFLATED : 0;

	if (t->st != TRAWL_OK || (!t->begun && !begin(t)))
		return false;
	if (keylen > GLASS_KEY_MAX)
		return stop(t, TRAWL_INTERNAL, "a key of more than 255 bytes");
	if (key_compare(t->last + 1, *t->last, key, keylen) >= 0)
		return stop(t, TRAWL_INTERNAL, "a key is not in order");
	if (t->is_ahead && !t->entries)
		set_first_separator(t, key, keylen);
	t->entries++;
	if (ITEM_HEAD + keylen + taglen > ITEM_MAX)
		return add_long(t, key, keylen, tag, taglen, flags);
	return add_part(t, key, keylen, 1, flags | ITEM_FIRST | ITEM_LAST, tag,
			taglen);
}

/* ---------------------------------------------------------------- end -- */

/* Each block that is open is its level's last; the highest is the root. */
static bool write_open(struct glass_table *t, struct glass_root *out)
{
	unsigned level = t->ahead.len > 0;

	if (level && !(close_block(t, 0) && add_ahead(t)))
		return false;
	for (; level + 1 < t->levels; level++)
		if (!close_block(t, level))
			return false;
	out->level = level;
	return write_block(t, level, &out->root);
}

static bool close_file(struct glass_table *t, bool sync)
{
	return direct_file_close(t->file, t->used, sync) ||
	       stop(t, TRAWL_IO, sync ? "write or sync" : "write");
}

enum trawl_status glass_table_finish(struct glass_table *t, bool sync,
				     struct glass_root *out,
				     struct trawl_error *err)
{
	*out = (struct glass_root){ .sequential = !t->ahead.len,
				    .block_size = GLASS_BLOCK };
	if (t->st == TRAWL_OK && t->required && !t->begun)
		begin(t);
	if (t->st == TRAWL_OK && t->begun && write_open(t, out) &&
	    close_file(t, sync)) {
		out->there = true;
		out->blocks = t->blocks;
		out->entries = t->entries;
		out->revision = GLASS_REVISION;
	}
	return t->st == TRAWL_OK ? TRAWL_OK
				 : fail(err, t->st, "%s", t->err.text);
}
