/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list_rig.h - a database whose documents are as far apart as gaps can be
 *
 * Documents have terms, a length and values, and nothing else.  Xapian reads
 * it, and is asked what is there.  Needs cmocka, temp_dir.h and glass_rig.h.
 */
#ifndef TESTS_LIST_RIG_H
#define TESTS_LIST_RIG_H

#include "glass_chunks.h"
#include "glass_db.h"
#include "glass_postlist.h"
#include "xap.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LIST_SLOTS_MAX = 8
};

/* What document i has. */
struct list_rig {
	const uint32_t *docid; /* ascending */
	uint32_t n;
	uint32_t (*length)(uint32_t i);
	const struct list_term {
		struct xap_bytes term; /* in byte order */
		bool (*has)(uint32_t i, uint32_t n);
		uint32_t (*wdf)(uint32_t i);
	} * term;
	size_t nterms;
	/* Sets at most LIST_SLOTS_MAX, and returns how many; or NULL. */
	size_t (*values)(uint32_t i, struct xap_value *out);
};

/* Gaps of one, two, three and four bytes, most of them short. */
static inline void list_docids(uint32_t *docid, uint32_t n, uint32_t first,
			       uint64_t seed)
{
	static const uint32_t gaps[] = { 1,   1,   1,	  1,	 2,	 3,
					 90,  127, 128,	  129,	 400,	 9000,
					 300, 200, 16384, 20000, 2100000 };
	uint64_t state = seed;
	uint32_t kind = 0;

	for (uint32_t i = 0; i < n; i++) {
		/* Long rows of the shortest ones, too. */
		if (!chance(&state, 100))
			kind = chance(&state, 5);
		docid[i] = first;
		if (!kind)
			first += 1;
		else if (kind == 1)
			first += 1 + chance(&state, 100);
		else
			first += gaps[chance(&state, kind == 2 ? 17 : 13)];
	}
}

static inline void list_rig_term(struct glass_table *t,
				 const struct list_rig *rig,
				 const struct list_term *term,
				 struct glass_version *v)
{
	struct glass_chunks chunks;
	struct glass_list_key key;
	struct trawl_error err;
	uint32_t termfreq = 0, collfreq = 0;
	unsigned char *end;

	glass_chunks_init(&chunks);
	for (uint32_t i = 0; i < rig->n; i++) {
		struct source_entry e = { .docid = rig->docid[i],
					  .n = term->wdf(i) };

		if (!term->has(i, rig->n))
			continue;
		rig_ok(glass_chunks_add(&chunks, &e, 1, &err), &err);
		termfreq++;
		collfreq += e.n;
		if (e.n > v->wdf_max)
			v->wdf_max = e.n;
	}
	end = glass_put_sort_str(key.bytes, term->term.data, term->term.len, 1);
	key.len = (size_t)(end - key.bytes);
	key.first_len = key.len - 1;
	assert_true(glass_chunks_write(&chunks, t, &key, termfreq, collfreq));
	glass_chunks_release(&chunks);
}

static inline void list_rig_documents(const char *dir, struct glass_table *t,
				      const struct list_rig *rig,
				      struct glass_version *v)
{
	struct xap_value value[LIST_SLOTS_MAX];
	struct columns *columns;
	struct trawl_error err;

	rig_ok(columns_new(dir, &columns, &err), &err);
	for (uint32_t i = 0; i < rig->n; i++) {
		uint32_t length = rig->length(i);
		size_t n = rig->values ? rig->values(i, value) : 0;

		columns_add(columns, rig->docid[i], length, value, n);
		v->total_length += length;
		if (length > v->length_max)
			v->length_max = length;
	}
	rig_ok(glass_postlist_columns(t, columns, &err), &err);
	columns_free(columns);
}

static inline void list_rig_write(const char *dir, const struct list_rig *rig)
{
	struct glass_version v = {
		.revision = 1,
		.documents = rig->n,
		.last_docid = rig->n ? rig->docid[rig->n - 1] : 0,
	};
	struct glass_table *t;
	struct trawl_error err;

	assert_int_equal(mkdir(dir, 0700), 0);
	t = rig_table(dir, "postlist", true);
	list_rig_documents(dir, t, rig, &v);
	for (size_t i = 0; i < rig->nterms; i++)
		list_rig_term(t, rig, &rig->term[i], &v);
	if (v.length_max < v.wdf_max)
		v.length_max = v.wdf_max;
	v.root[GLASS_POSTLIST] = rig_finish(t);
	glass_version_settle(&v);
	glass_uuid_draw(v.uuid);
	rig_ok(glass_version_write(dir, &v, false, &err), &err);
}

/* One and the same, read in two ways. */
struct list_both {
	struct glass_db *db;
	struct xap_db *xap;
};

static inline void list_both_open(const char *path, struct list_both *b)
{
	struct trawl_error err;

	rig_ok(glass_db_open(path, &b->db, &err), &err);
	rig_ok(xap_db_open(path, &b->xap, &err), &err);
}

static inline void list_both_close(struct list_both *b)
{
	struct trawl_error err;

	rig_ok(glass_db_status(b->db, &err), &err);
	glass_db_close(b->db);
	xap_db_free(b->xap);
}

/*
 * survives() while bytes of a block are others than they were, and once more
 * when all is well.  Returns how often it said false.  The headers of blocks
 * are left alone.
 */
static inline unsigned
list_damage(const char *path, unsigned times,
	    bool survives(const char *path, const void *ctx, uint64_t *state),
	    const void *ctx)
{
	unsigned char block[GLASS_BLOCK], bad[GLASS_BLOCK];
	char file[600];
	uint64_t state = 77;
	unsigned found = 0;
	int fd;

	snprintf(file, sizeof(file), "%s/postlist.glass", path);
	fd = open(file, O_RDWR);
	assert_true(fd >= 0);
	for (unsigned i = 0; i < times; i++) {
		off_t blocks = lseek(fd, 0, SEEK_END) / GLASS_BLOCK;
		off_t at =
			chance(&state, (uint32_t)blocks) * (off_t)GLASS_BLOCK;

		assert_int_equal(pread(fd, block, GLASS_BLOCK, at),
				 GLASS_BLOCK);
		memcpy(bad, block, GLASS_BLOCK);
		for (unsigned k = 1 + chance(&state, 60); k; k--)
			bad[60 + chance(&state, GLASS_BLOCK - 60)] =
				(unsigned char)chance(&state, 256);
		assert_int_equal(pwrite(fd, bad, GLASS_BLOCK, at), GLASS_BLOCK);
		found += !survives(path, ctx, &state);
		assert_int_equal(pwrite(fd, block, GLASS_BLOCK, at),
				 GLASS_BLOCK);
	}
	close(fd);
	assert_true(survives(path, ctx, &state));
	return found;
}

#endif
