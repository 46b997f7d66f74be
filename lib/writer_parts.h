/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer_parts.h - what writer.c, writer_put.c and writer_sync.c share
 */
#ifndef LIB_WRITER_PARTS_H
#define LIB_WRITER_PARTS_H

#include "arena.h"
#include "builder.h"
#include "seen.h"
#include "writer.h"

enum {
	SAMPLES_MAX = 64,    /* ids looked up before a switch */
	SMALL_CHANGE = 1024, /* bytes of a batch that a value or key costs */
	REMOVAL_COST = 200   /* likewise, of a removed document's length */
};

struct trawl_writer {
	char *index;
	char path[PATH_MAX]; /* of the generation */
	uint32_t number;
	int lock;
	bool build;
	bool fresh;		/* a generation that was not switched to yet */
	bool done;		/* finished, or broken */
	struct trawl_error why; /* of broken */
	struct xap_writer *xap; /* or, when it builds, */
	struct builder *builder;
	/* TRAWL_REWRITE: what there was, and what of it is left out. */
	struct xap_db *base;
	char base_path[PATH_MAX];
	struct docid_set dropped;
	bool changed;
	char note[256]; /* for people; "" none */
	struct meta meta;
	uint64_t batch, batch_limit;
	uint64_t documents, commits, added;
	uint32_t last_docid;
	struct docid_set put, kept;
	struct name_set ids;	  /* BUILD: put, so that others are new */
	struct name_set failures; /* keys noted or kept */
	struct name_set inputs;	  /* keys noted */
	bool has_failures;	  /* any in the index */
	struct writer_news *news; /* writer_news.c: NULL: news is not read */
	uint64_t memory;
	unsigned threads;
	bool (*progress)(void *ctx, double part); /* or NULL */
	void *progress_ctx;
	struct arena samples_arena;
	struct xap_bytes samples[SAMPLES_MAX];
	size_t nsamples;
};

/* Where look-ups go, the writer's own; NULL: there was no index. */
struct xap_db *writer_db(const struct trawl_writer *w);
enum trawl_status make_directory(const char *path, struct trawl_error *err);
/* INVAL when w is NULL, failed before, or is finished. */
enum trawl_status writer_usable(const struct trawl_writer *w,
				struct trawl_error *err);
/*
 * What a call of the shim returned, with why it failed: anything but OK ends
 * the writer.
 */
enum trawl_status writer_ended(struct trawl_writer *w, enum trawl_status st,
			       const struct trawl_error *why,
			       struct trawl_error *err);
/* Count bytes into the batch and, in mode UPDATE, commit one that is full. */
enum trawl_status writer_commit_if_full(struct trawl_writer *w, uint64_t bytes,
					struct trawl_error *err);
/* INVAL: name, what it is, is NULL, empty or no UTF-8. */
enum trawl_status writer_check_name(const char *what, const char *name,
				    struct trawl_error *err);
/* Of BUILD and REWRITE: how much of the end is done; TIMEOUT when that is all. */
enum trawl_status writer_progress(struct trawl_writer *w, double part,
				  struct trawl_error *err);
/* A metadata key or a term: prefix and name, shortened. */
enum trawl_status writer_make_key(const char *prefix, const char *name,
				  struct buf *out, struct trawl_error *err);
/* The document of an id, what is not committed included: NOTFOUND. */
enum trawl_status writer_find_id(struct trawl_writer *w, const char *id,
				 uint32_t *docid, struct trawl_error *err);
enum trawl_status writer_set_metadata(struct trawl_writer *w,
				      const struct buf *key, const char *value,
				      size_t len, struct trawl_error *err);
enum trawl_status writer_delete(struct trawl_writer *w, uint32_t docid,
				struct trawl_error *err);
/* *had: is there a failure of that id?  key is then its metadata's. */
enum trawl_status writer_find_failure(struct trawl_writer *w, const char *id,
				      struct buf *key, bool *had,
				      struct trawl_error *err);
/* Find the document that a term is unique to; 0 none. */
enum trawl_status writer_find_unique(struct trawl_writer *w,
				     struct xap_bytes unique, uint32_t *docid,
				     struct trawl_error *err);
/* *same: content and root are those of docid; *old: its state. */
enum trawl_status writer_compare(struct trawl_writer *w,
				 const struct trawl_prepared *prep,
				 uint32_t docid, bool *same, struct state *old,
				 struct trawl_error *err);
/* The same content: at most its size and time of change are new. */
enum trawl_status writer_touch(struct trawl_writer *w, uint32_t docid,
			       const struct state *old, const struct state *now,
			       struct trawl_error *err);
/* Store what a second pass prepared, instead of what there is of its id;
 * *docid: its number. */
enum trawl_status writer_store(struct trawl_writer *w,
			       struct trawl_prepared *prep, uint32_t *docid,
			       struct trawl_error *err);

/* ------------------------------------------------------- writer_news.c -- */

enum trawl_status news_open(struct trawl_writer *w, struct trawl_error *err);
void news_close(struct trawl_writer *w);
/* A page: look at what there is, and write it aside. */
enum trawl_status news_put(struct trawl_writer *w, struct trawl_prepared *prep,
			   enum trawl_outcome *outcome,
			   struct trawl_error *err);
/* Is a document of that id written aside? */
bool news_has(const struct trawl_writer *w, const char *id);
/* The second pass over what was written aside. */
enum trawl_status news_flush(struct trawl_writer *w, struct trawl_error *err);
/* The end of a build: what its documents are to one another. */
enum trawl_status news_finish(struct trawl_writer *w, struct trawl_error *err);
/* Documents that are written aside and not counted yet; words left out. */
uint64_t news_pending(const struct trawl_writer *w);
uint64_t news_long_words(const struct trawl_writer *w);

/* A document with that number is no more, or is another's. */
void news_gone(struct trawl_writer *w, uint32_t docid);
/* Before a commit (not of a build): groups of what has changed.  Nothing when
 * nothing has. */
enum trawl_status news_regroup(struct trawl_writer *w, struct trawl_error *err);

/* ---------------------------------------------------- writer_regroup.c -- */

/* Since groups were last made. */
struct news_changes {
	uint32_t *put, *gone; /* docids */
	size_t nput, ngone;
};

/* w->xap is open, and has what was changed; it is not committed here. */
enum trawl_status writer_regroup(struct trawl_writer *w,
				 const struct news_changes *changes,
				 struct trawl_error *err);

/* --------------------------------------------------- writer_variants.c -- */

/*
 * When all metadata is set, and before the last commit: decisions on spellings
 * are taken over from the index that a build takes the place of, and Xapian's
 * synonyms made anew.  A rewrite keeps both by itself.
 */
enum trawl_status writer_variants(struct trawl_writer *w,
				  struct trawl_error *err);

/* ---------------------------------------------------- writer_rewrite.c -- */

/* w->path is the current generation: begin to write it anew. */
enum trawl_status rewrite_open(struct trawl_writer *w, struct trawl_error *err);
/* Write the next generation: what there was and is kept, and what is new. */
enum trawl_status rewrite_finish(struct trawl_writer *w,
				 struct trawl_error *err);
void rewrite_close(struct trawl_writer *w);
/* Leave a document out; nothing when it is left out already. */
enum trawl_status rewrite_drop(struct trawl_writer *w, uint32_t docid,
			       struct trawl_error *err);
/* xap_bytes_fn, xap_docid_fn: ctx is a bool to set; a uint32_t to fill. */
bool writer_note_any(void *ctx, const char *data, size_t len);
bool writer_take_docid(void *ctx, uint32_t docid);

#endif
