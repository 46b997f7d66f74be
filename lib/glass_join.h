/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_join.h - several databases written anew as one
 *
 * Tables are read in order of their keys and written in order of their keys,
 * as in a build: what comes out is compact, whatever updates went in.
 * Documents keep their docids.  Texts and term lists are copied as they are,
 * or deflated; postings, values and lengths are decoded, since documents
 * may be left out; spellings are copied from the first part, synonyms from
 * the last one that has any.
 */
#ifndef LIB_GLASS_JOIN_H
#define LIB_GLASS_JOIN_H

#include "glass_version.h"
#include "seen.h"

struct glass_part {
	const char *path; /* of a database that nobody changes meanwhile */
	/* Its documents to leave out, or NULL. */
	const struct docid_set *without;
};

struct glass_join_options {
	bool reproducible; /* UUID of the first part, not a random one */
	bool beside;	   /* may use a second thread */
	/* Level of deflate for texts and term lists that are not deflated; 0:
	 * they stay as they are. */
	int compress;
	bool sync;
};

/*
 * Write the database at path, an empty directory.  The docids of each part are
 * above those of the part before.  Metadata is the last part's.  *out (may be
 * NULL) is what its version file says.  CORRUPT: a part is; REFUSED: all parts
 * together have more than one may (glass_postlist.h); IO; NOMEM.
 */
enum trawl_status glass_join(const struct glass_part *parts, size_t n,
			     const char *path,
			     const struct glass_join_options *options,
			     struct glass_version *out,
			     struct trawl_error *err);

#endif
