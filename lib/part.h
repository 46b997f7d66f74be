/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * part.h - one index directory, open for reading: what a struct trawl_index
 * has one of, or several
 */
#ifndef LIB_PART_H
#define LIB_PART_H

#include "generation.h"
#include "groups.h"
#include "matcher.h"
#include "meta.h"
#include "part_words.h"
#include "xap.h"

enum {
	INDEX_RETRIES = 5
};

struct index_part {
	char *name; /* NULL when it is the only one */
	char *path;
	uint32_t generation; /* 0: to be opened anew */
	struct xap_db *db;
	struct meta meta;
	struct pin stub, commit; /* that name the generation, the snapshot */
	struct xap_facts facts;	 /* of the snapshot that is open */
	struct matcher *matcher; /* of that snapshot; NULL: not yet, or... */
	bool unmatched;		 /* it has none: Xapian searches */
	struct groups *groups[GROUP_KINDS]; /* of that snapshot, or NULL */
	struct part_words *words;	    /* likewise */
	bool stale_analyzer;
	uint64_t moves; /* snapshots seen */
};

/*
 * Open the current generation, and only then let go of the one before; at
 * first there is none.  STALE: it changed all the while.
 */
enum trawl_status part_load(struct index_part *p, struct trawl_error *err);

/* Move to the newest commit or generation, *moved when there may be one. */
enum trawl_status part_refresh(struct index_part *p, bool *moved,
			       struct trawl_error *err);

/*
 * The matcher of the snapshot that is open, in *out; NULL where Xapian has to do
 * its work.  STALE: there is a newer snapshot; NOMEM.
 */
enum trawl_status part_matcher(struct index_part *p, struct matcher **out,
			       struct trawl_error *err);

/* The groups of the snapshot that is open.  NOMEM. */
enum trawl_status part_groups(struct index_part *p, enum group_kind kind,
			      struct groups **out, struct trawl_error *err);

/* The spellings and languages of the snapshot that is open, which p keeps. */
enum trawl_status part_words(struct index_part *p,
			     const struct part_words **out,
			     struct trawl_error *err);

/* All but the struct itself. */
void part_release(struct index_part *p);

/*
 * err from why, with where and what to do added when why does not say, once
 * there is to be no further attempt.
 */
enum trawl_status give_up(const char *path, enum trawl_status st,
			  const struct trawl_error *why,
			  struct trawl_error *err);

/*
 * The fields of all parts, each as those that declare it have it: a field can
 * be searched, sorted by or counted when it can in all of those.  MISMATCH:
 * different languages or analyzers; a field of two types or slots; a slot of
 * two fields.
 */
enum trawl_status parts_agree(const struct index_part *parts, size_t n,
			      struct schema *out, struct trawl_error *err);

#endif
