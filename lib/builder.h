/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder.h - a whole database, written at once
 *
 *	threads:  document -> terms -> builder_invert() -> struct built
 *	          (each has a share: a dictionary and a run)
 *	one:      builder_put() in the order of the documents: gives the docid,
 *	          appends data and term list to their tables
 *	end:      builder_finish(): the runs are merged, term by term, into the
 *	          postlist and the position table, side by side; fsync; iamglass
 *
 * Nothing of Xapian is linked into this: it writes the files that Xapian reads
 * (glass.h).  The same documents in the same order give the same bytes,
 * whatever the threads and the memory, but for the UUID.
 *
 * Memory.  A share whose run and dictionary hold more than its part of
 * options.memory is spilled to files without a name (posting_run.h) and begun anew.
 */
#ifndef LIB_BUILDER_H
#define LIB_BUILDER_H

#include "buf.h"
#include "glass_version.h"
#include "terms.h"
#include "xap.h"

struct builder;
struct builder_share;

struct builder_options {
	const char *path; /* of the new database: a directory that is empty */
	uint32_t first_docid; /* 0: 1 */
	uint64_t memory;      /* bytes that all runs together may hold */
	unsigned threads; /* that it may use at the end, and shares expected */
	int compress;	  /* level of deflate for data and term lists; 0 none */
	bool reproducible; /* the UUID is made of the content */
};

enum trawl_status builder_new(const struct builder_options *options,
			      struct builder **out, struct trawl_error *err);
/* Frees its shares, too; what it has written stays on disk. */
void builder_free(struct builder *b);

/*
 * A share is one thread's.  It is the builder's own and lives until
 * builder_free(); builder_share_leave() says that its thread has done with it.
 */
enum trawl_status builder_share_new(struct builder *b,
				    struct builder_share **out,
				    struct trawl_error *err);
void builder_share_leave(struct builder_share *share);
/* The dictionary that numbers its terms.  builder_invert() may reset it. */
struct terms *builder_share_terms(struct builder_share *share);

/* A document, inverted. */
struct built {
	struct builder_share *share; /* NULL: none */
	uint32_t ticket;
	uint32_t length; /* sum of wdf */
	bool data_deflated, terms_deflated;
	size_t data_len, terms_len;
	char *bytes; /* malloc'd: data, then the tag of its term list */
};

/*
 * Thread of the share.  doc's postings have their numbers in the share's
 * dictionary and are in byte order; its values are not looked at.  REFUSED: a
 * sum of wdf over 32 bits, data that no table takes; NOMEM and IO end the
 * build.
 */
enum trawl_status builder_invert(struct builder_share *share,
				 const struct xap_document *doc,
				 struct built *out, struct trawl_error *err);
void built_release(struct built *built);

/*
 * In the order of the documents, by one thread at a time.  What a share has
 * inverted must be put in that order (INVAL), but need not be put: such a
 * document is left out.  built may be released afterwards.
 */
enum trawl_status builder_put(struct builder *b, const struct built *built,
			      const struct xap_value *values, size_t nvalues,
			      uint32_t *docid, struct trawl_error *err);

/* Copied; a value that comes again for its key replaces it; empty removes. */
enum trawl_status builder_set_metadata(struct builder *b, const char *key,
				       size_t keylen, const char *value,
				       size_t len, struct trawl_error *err);
/* Has that key been set?  *value ("" when it was removed) until the next
 * change. */
bool builder_metadata(struct builder *b, const char *key, size_t keylen,
		      struct xap_bytes *value);

/* Copied; in any order, the same one again is once.  Words that other tools of
 * Xapian's shall search for a term, too.  REFUSED: empty, or longer than a
 * term. */
enum trawl_status builder_add_synonym(struct builder *b, const char *term,
				      size_t len, const char *synonym,
				      size_t synonym_len,
				      struct trawl_error *err);

/*
 * All has been put, and all shares have been left, but metadata and synonyms are
 * still to be set: what they are not part of is begun beside that, by threads
 * when there may be two.  The postlist table is not sequential then.
 */
enum trawl_status builder_finish_ahead(struct builder *b, bool sync,
				       struct trawl_error *err);
/*
 * All shares have been left.  Writes what is missing, syncs the files and the
 * directory (but not its name), iamglass last.  sync false: no fsync.
 */
enum trawl_status builder_finish(struct builder *b, bool sync,
				 struct trawl_error *err);

/* An empty database with that metadata: what every new one begins as. */
enum trawl_status builder_create_empty(const char *path,
				       const struct xap_bytes *keys,
				       const struct xap_bytes *values, size_t n,
				       struct trawl_error *err);

#endif
