/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Invariant: key is that of the last item given out, and every item is above
 * the one before it.  So whatever the blocks say, no leaf is walked twice and
 * the walk ends.
 */
#include "glass_walk.h"

#include "buf.h"
#include "glass_item.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <limits.h>
#include <unistd.h>

/* A block on the way from the root (the highest level) to a leaf. */
struct step {
	unsigned char *block;
	uint32_t number;
	unsigned at, count; /* items */
};

struct glass_walk {
	enum trawl_status st;
	struct trawl_error err;
	char path[PATH_MAX];
	struct glass_root root;
	int fd;
	bool started, sought, ended;
	bool raw;	/* nothing is inflated */
	uint64_t given; /* items */
	struct step step[GLASS_LEVELS_MAX];
	unsigned char key[GLASS_KEY_MAX];
	size_t keylen;
	struct buf tag;	      /* of more than one component */
	unsigned char *plain; /* inflated */
	size_t plain_size;
	struct libdeflate_decompressor *inflater;
};

static bool stop(struct glass_walk *w, enum trawl_status st, const char *what)
{
	int e = errno;

	w->st = st;
	if (st == TRAWL_IO)
		fail(&w->err, st, "cannot %s %s: %s", what, w->path,
		     strerror(e));
	else
		fail_nomem(&w->err);
	return false;
}

static bool corrupt(struct glass_walk *w, uint32_t block, const char *what)
{
	w->st = fail(&w->err, TRAWL_CORRUPT,
		     "%s is damaged: block %u: %s: rebuild the index", w->path,
		     (unsigned)block, what);
	return false;
}

/* ------------------------------------------------------------- opening -- */

static bool open_table(struct glass_walk *w)
{
	if (!glass_root_check(&w->root))
		return corrupt(w, w->root.root, "no such root is possible");
	w->fd = open(w->path, O_RDONLY | O_CLOEXEC);
	if (w->fd < 0 && errno == ENOENT)
		return corrupt(w, w->root.root, "there is no such file");
	if (w->fd < 0)
		return stop(w, TRAWL_IO, "open");
	w->inflater = libdeflate_alloc_decompressor();
	if (!w->inflater)
		return stop(w, TRAWL_NOMEM, NULL);
	for (unsigned j = 0; j <= w->root.level; j++) {
		w->step[j].block = malloc(w->root.block_size);
		if (!w->step[j].block)
			return stop(w, TRAWL_NOMEM, NULL);
	}
	return true;
}

enum trawl_status glass_walk_open(const char *dir, const char *name,
				  const struct glass_root *root,
				  struct glass_walk **out,
				  struct trawl_error *err)
{
	struct glass_walk *w = calloc(1, sizeof(*w));
	enum trawl_status st;
	int n;

	if (!w)
		return fail_nomem(err);
	w->fd = -1;
	w->root = *root;
	w->ended = !root->there;
	buf_init(&w->tag, GLASS_TAG_MAX);
	n = snprintf(w->path, sizeof(w->path), "%s/%s.glass", dir, name);
	if (n < 0 || (size_t)n >= sizeof(w->path)) {
		errno = ENAMETOOLONG;
		stop(w, TRAWL_IO, "open");
	} else if (root->there) {
		open_table(w);
	}
	st = glass_walk_status(w, err);
	if (st == TRAWL_OK)
		*out = w;
	else
		glass_walk_close(w);
	return st;
}

void glass_walk_close(struct glass_walk *w)
{
	if (!w)
		return;
	for (unsigned j = 0; j < GLASS_LEVELS_MAX; j++)
		free(w->step[j].block);
	libdeflate_free_decompressor(w->inflater);
	buf_release(&w->tag);
	free(w->plain);
	if (w->fd >= 0)
		close(w->fd);
	free(w);
}

enum trawl_status glass_walk_status(const struct glass_walk *w,
				    struct trawl_error *err)
{
	return w->st == TRAWL_OK ? TRAWL_OK
				 : fail(err, w->st, "%s", w->err.text);
}

/* -------------------------------------------------------------- blocks -- */

static bool read_bytes(struct glass_walk *w, uint32_t number,
		       unsigned char *block)
{
	size_t size = w->root.block_size;

	for (size_t got = 0; got < size;) {
		ssize_t n = pread(w->fd, block + got, size - got,
				  (off_t)number * (off_t)size + (off_t)got);

		if (n < 0 && errno != EINTR)
			return stop(w, TRAWL_IO, "read");
		if (!n)
			return corrupt(w, number, "behind the file's end");
		got += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* A block is never newer than the one that points to it. */
static bool check_block(struct glass_walk *w, unsigned level)
{
	const struct step *s = &w->step[level];
	const char *why =
		glass_block_check(s->block, w->root.block_size, level);

	if (why)
		return corrupt(w, s->number, why);
	if (level < w->root.level && get32(s->block) > get32(s[1].block))
		return corrupt(w, s->number, "it is newer than the tree");
	return true;
}

static bool read_block(struct glass_walk *w, unsigned level, uint32_t number)
{
	struct step *s = &w->step[level];

	if (number >= w->root.blocks)
		return corrupt(w, number, "there is none");
	s->number = number;
	s->at = 0;
	if (!read_bytes(w, number, s->block) || !check_block(w, level))
		return false;
	s->count = glass_block_count(s->block);
	return true;
}

/* ------------------------------------------------------------- walking -- */

/* To the first leaf below the item where that level stands. */
static bool descend(struct glass_walk *w, unsigned level)
{
	for (; level; level--) {
		const struct step *s = &w->step[level];

		if (!read_block(w, level - 1,
				glass_branch_child(s->block, s->at)))
			return false;
	}
	return true;
}

static bool start(struct glass_walk *w)
{
	w->started = true;
	return read_block(w, w->root.level, w->root.root) &&
	       descend(w, w->root.level);
}

/* To the next leaf, when the one that is open is used up. */
static bool have_item(struct glass_walk *w)
{
	unsigned level = 0;

	if (w->step[0].at < w->step[0].count)
		return true;
	while (++level <= w->root.level)
		if (++w->step[level].at < w->step[level].count)
			return descend(w, level);
	w->ended = true;
	return false;
}

static bool next_part(struct glass_walk *w, struct glass_component *out)
{
	if (!have_item(w))
		return false;
	glass_leaf_item(w->step[0].block, w->step[0].at++, out);
	return true;
}

/* The rest of a tag whose first component is given: into w->tag. */
static bool join(struct glass_walk *w, struct glass_component *first)
{
	struct glass_component p = *first;
	unsigned number = 1;

	buf_reset(&w->tag);
	buf_add(&w->tag, p.data, p.len);
	while (!(p.flags & ITEM_LAST)) {
		if (!next_part(w, &p))
			return w->st == TRAWL_OK ? corrupt(w, w->step[0].number,
							   "a tag has no end")
						 : false;
		if (p.number != ++number ||
		    key_compare(p.key, p.keylen, w->key, w->keylen))
			return corrupt(w, w->step[0].number, "a tag has a gap");
		if (p.len > GLASS_TAG_MAX - w->tag.len)
			return corrupt(w, w->step[0].number,
				       "a tag is too long");
		buf_add(&w->tag, p.data, p.len);
	}
	if (w->tag.failed)
		return stop(w, TRAWL_NOMEM, NULL);
	first->data = (const unsigned char *)w->tag.data;
	first->len = w->tag.len;
	return true;
}

static bool inflate_tag(struct glass_walk *w, struct glass_component *tag)
{
	const char *why;
	enum trawl_status st =
		glass_inflate(w->inflater, tag->data, tag->len, &w->plain,
			      &w->plain_size, &tag->len, &why);

	tag->data = w->plain;
	if (st == TRAWL_CORRUPT)
		return corrupt(w, w->step[0].number, why);
	return st == TRAWL_OK || stop(w, TRAWL_NOMEM, NULL);
}

static bool take_key(struct glass_walk *w, const struct glass_component *p)
{
	uint32_t block = w->step[0].number;

	if (!(p->flags & ITEM_FIRST))
		return corrupt(w, block, "a tag has no beginning");
	if (key_compare(p->key, p->keylen, w->key, w->keylen) <= 0)
		return corrupt(w, block, "keys are not in order");
	memcpy(w->key, p->key, p->keylen);
	w->keylen = p->keylen;
	return true;
}

/* At the end, all have been given out, if none was passed over. */
static bool next_first(struct glass_walk *w, struct glass_component *out)
{
	if (next_part(w, out))
		return take_key(w, out);
	if (w->st == TRAWL_OK && !w->sought && w->given != w->root.entries)
		corrupt(w, w->root.root, "items are missing, or too many");
	return false;
}

/* The table begins with an item that has no key. */
static bool skip_null(struct glass_walk *w)
{
	struct glass_component p;

	if (w->started)
		return true;
	if (!start(w) || !next_part(w, &p))
		return false;
	return !p.keylen ||
	       corrupt(w, w->step[0].number, "it has no first item");
}

bool glass_walk_next(struct glass_walk *w, struct glass_item *out)
{
	struct glass_component p;
	bool deflated;

	if (w->ended || w->st != TRAWL_OK || !skip_null(w) ||
	    !next_first(w, &p))
		return false;
	if (!(p.flags & ITEM_LAST) && !join(w, &p))
		return false;
	deflated = p.flags & ITEM_DEFLATED;
	if (deflated && !w->raw && !inflate_tag(w, &p))
		return false;
	w->given++;
	*out = (struct glass_item){ .key = w->key,
				    .keylen = w->keylen,
				    .tag = p.data,
				    .taglen = p.len,
				    .deflated = deflated && w->raw };
	return true;
}

void glass_walk_raw(struct glass_walk *w)
{
	w->raw = true;
}

/* ------------------------------------------------------------- seeking -- */

/* Below 0: the item comes before the first component of key's tag. */
static int compare(const struct step *s, unsigned level, unsigned i,
		   const void *key, size_t keylen)
{
	struct glass_component p;

	if (level)
		glass_branch_item(s->block, i, &p);
	else
		glass_leaf_item(s->block, i, &p);
	return glass_component_compare(&p, key, keylen, 1);
}

/* Let s->at be the first item, from that one on, that is above key (in a leaf:
 * not below). */
static void bisect(struct glass_walk *w, unsigned level, const void *key,
		   size_t keylen)
{
	struct step *s = &w->step[level];
	unsigned end = s->count;

	while (s->at < end) {
		unsigned middle = (s->at + end) / 2;
		int c = compare(s, level, middle, key, keylen);

		if (c < 0 || (!c && level))
			s->at = middle + 1;
		else
			end = middle;
	}
}

/* Is key in the leaf that is open, or before it? */
static bool within_leaf(const struct glass_walk *w, const void *key,
			size_t keylen)
{
	const struct step *s = &w->step[0];

	return s->at < s->count &&
	       compare(s, 0, s->count - 1, key, keylen) >= 0;
}

static bool descend_to(struct glass_walk *w, const void *key, size_t keylen)
{
	unsigned level = w->root.level;
	uint32_t child = w->root.root;

	for (;; level--) {
		struct step *s = &w->step[level];

		if (!read_block(w, level, child))
			return false;
		s->at = level > 0;
		bisect(w, level, key, keylen);
		if (!level)
			return true;
		child = glass_branch_child(s->block, --s->at);
	}
}

bool glass_walk_seek(struct glass_walk *w, const void *key, size_t keylen)
{
	if (w->ended || w->st != TRAWL_OK || !skip_null(w))
		return w->st == TRAWL_OK;
	w->sought = true;
	if (key_compare(key, keylen, w->key, w->keylen) <= 0)
		return true;
	if (!within_leaf(w, key, keylen))
		return descend_to(w, key, keylen);
	bisect(w, 0, key, keylen);
	return true;
}
