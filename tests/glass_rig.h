/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_rig.h - what the tests of tables share: chance that can be repeated,
 * a database that has documents' data and nothing else, and damage to a file
 *
 * Needs cmocka and temp_dir.h.
 */
#ifndef TESTS_GLASS_RIG_H
#define TESTS_GLASS_RIG_H

#include "glass_table.h"
#include "glass_version.h"

#include <unistd.h>

/* xorshift64*; the state is not 0. */
static inline uint32_t chance(uint64_t *state, uint32_t below)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (uint32_t)((*state * UINT64_C(0x2545F4914F6CDD1D)) >> 32) %
	       below;
}

static inline void rig_ok(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err->text);
}

/* A tag as it is to be stored; empty: the document has no data. */
struct rig_tag {
	const void *bytes;
	size_t len;
	bool deflated;
};

static inline struct glass_table *rig_table(const char *dir, const char *name,
					    bool required)
{
	struct glass_table *t;
	struct trawl_error err;

	rig_ok(glass_table_new(dir, name, required, &t, &err), &err);
	return t;
}

static inline struct glass_root rig_finish(struct glass_table *t)
{
	struct glass_root root;
	struct trawl_error err;

	rig_ok(glass_table_finish(t, false, &root, &err), &err);
	glass_table_free(t);
	return root;
}

/* The lengths of documents 1..n, all of them 0. */
static inline struct glass_root rig_postlist(const char *dir, uint32_t n)
{
	struct glass_table *t = rig_table(dir, "postlist", true);
	unsigned char *tag = calloc(n + 16, 2), *end = tag;

	assert_non_null(tag);
	end = glass_put_varint(end, 0);
	end = glass_put_varint(end, 0);
	end = glass_put_varint(end, 0);
	*end++ = '1';
	end = glass_put_varint(end, n - 1);
	end += 1 + 2 * (n - 1);
	if (n)
		assert_true(glass_table_add(t, "\0\xE0", 2, tag,
					    (size_t)(end - tag), false));
	free(tag);
	return rig_finish(t);
}

/* Documents 1..n without terms.  Xapian does not write to a database that has no
 * termlist. */
static inline void rig_database(const char *dir, const struct rig_tag *tags,
				uint32_t n)
{
	struct glass_version v = { .revision = 1,
				   .documents = n,
				   .last_docid = n };
	struct glass_table *data = rig_table(dir, "docdata", false);
	struct glass_table *terms = rig_table(dir, "termlist", true);
	struct trawl_error err;

	for (uint32_t i = 0; i < n; i++) {
		unsigned char key[GLASS_SORT_UINT_MAX];
		size_t len = (size_t)(glass_put_sort_uint(key, i + 1) - key);

		assert_true(glass_table_add(terms, key, len, "", 0, false));
		if (tags[i].len)
			assert_true(glass_table_add(data, key, len,
						    tags[i].bytes, tags[i].len,
						    tags[i].deflated));
	}
	v.root[GLASS_POSTLIST] = rig_postlist(dir, n);
	v.root[GLASS_DOCDATA] = rig_finish(data);
	v.root[GLASS_TERMLIST] = rig_finish(terms);
	glass_uuid_draw(v.uuid);
	rig_ok(glass_version_write(dir, &v, false, &err), &err);
}

/* -------------------------------------------------------------- damage -- */

enum {
	FLIPS_MAX = 6
};

struct damage {
	off_t at[FLIPS_MAX];
	unsigned char was[FLIPS_MAX];
	unsigned n;
};

/* Every other flip is where a block's header and directory are. */
static inline void do_damage(struct damage *d, int fd, off_t size,
			     uint64_t *state)
{
	d->n = 1 + chance(state, FLIPS_MAX);
	for (unsigned i = 0; i < d->n; i++) {
		unsigned char c;

		d->at[i] = chance(state, (uint32_t)size);
		if (chance(state, 2))
			d->at[i] = d->at[i] / GLASS_BLOCK * GLASS_BLOCK +
				   chance(state, 24);
		assert_int_equal(pread(fd, &d->was[i], 1, d->at[i]), 1);
		c = chance(state, 2) ? (unsigned char)chance(state, 256)
				     : d->was[i] ^ 1u << chance(state, 8);
		assert_int_equal(pwrite(fd, &c, 1, d->at[i]), 1);
	}
}

static inline void undo_damage(struct damage *d, int fd)
{
	while (d->n--)
		assert_int_equal(pwrite(fd, &d->was[d->n], 1, d->at[d->n]), 1);
}

#endif
