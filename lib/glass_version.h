/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_version.h - iamglass: the file that makes a directory a database
 *
 *	14 bytes   0F 0D "Xapian Glass"
 *	 2         format 04 6E: 2016-03-14
 *	16         UUID
 *	varint     revision, at least 1
 *	6 x root   postlist, docdata, termlist, position, spelling, synonym:
 *	           varint root, level * 4 + sequential * 2 + absent,
 *	           entries, block size / 2048, compress_min; the free list with
 *	           its length before it (varint revision, blocks, four zeros)
 *	varint     documents; last docid - documents; lowest length (of those
 *	           that are not 0); highest wdf; highest length - highest wdf;
 *	           0; total length; highest frequency of a spelling
 */
#ifndef LIB_GLASS_VERSION_H
#define LIB_GLASS_VERSION_H

#include "glass_table.h"

enum glass_table_id {
	GLASS_POSTLIST,
	GLASS_DOCDATA,
	GLASS_TERMLIST,
	GLASS_POSITION,
	GLASS_SPELLING,
	GLASS_SYNONYM,
	GLASS_TABLES
};

/* "postlist", ... as in the files' names. */
extern const char *const glass_table_names[GLASS_TABLES];
/* What Xapian itself would have there; ours are 0 for docdata, termlist. */
extern const unsigned char glass_compress_min[GLASS_TABLES];

struct glass_version {
	unsigned char uuid[16];
	uint32_t revision;
	struct glass_root root[GLASS_TABLES];
	uint32_t documents, last_docid;
	uint32_t length_min, length_max, wdf_max; /* bounds */
	uint32_t spelling_max;
	uint64_t total_length;
};

/* Of what has been written here: tables that are not there, and what Xapian may
 * compress later. */
void glass_version_settle(struct glass_version *v);

/* A random one (version 4). */
void glass_uuid_draw(unsigned char uuid[16]);

/*
 * Write dir/iamglass: aside, synced, renamed; then, when sync is set, the
 * directory is synced.  That is the moment the database exists.  IO.
 */
enum trawl_status glass_version_write(const char *dir,
				      const struct glass_version *v, bool sync,
				      struct trawl_error *err);
/* CORRUPT: not as above; NOTFOUND; IO. */
enum trawl_status glass_version_read(const char *dir, struct glass_version *out,
				     struct trawl_error *err);

#endif
