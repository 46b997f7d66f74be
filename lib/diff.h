/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff.h - two databases read side by side
 *
 * Whatever a database lists - terms, postings, documents, values - it lists in
 * an order.  So a comparison is a walk: both lists are read some items at a
 * time, and merged.  What is held is two lists of a walk, and two of a walk
 * inside it (the postings of a term), however large the databases are.
 *
 * Most of the time goes into the positions, each list of which Xapian looks up
 * by itself.  So two threads share out the terms.  Each has a struct diff and
 * handles of its own.
 */
#ifndef LIB_DIFF_H
#define LIB_DIFF_H

#include "arena.h"
#include "buf.h"
#include "xap.h"

#include <limits.h>

enum {
	DIFF_LIST_ITEMS = 1024,	   /* read at a time */
	DIFF_LIST_BYTES = 1 << 20, /* after which no more are */
	DIFF_BYTES_MAX = 1 << 30,  /* of one list; of a document's data */
	DIFF_DEPTH = 2,		   /* of walks in one another */
	DIFF_KEY_MAX = 1 << 12,	   /* of a term or a word, and a NUL */
	DIFF_SLOTS_MAX = 1 << 16,  /* that have values */
	SAMPLE_TERMS = 512,
	SAMPLE_FREQUENT = 256,
	SAMPLE_DOCUMENTS = 64,
	SAMPLE_VALUES = 64,
	SAMPLE_VALUE_MAX = 64 /* bytes */
};

struct diff_item {
	struct xap_bytes key;	/* a term or a word; else number */
	uint32_t number;	/* a document or a slot */
	uint32_t count;		/* frequency, wdf */
	uint32_t length;	/* of the document */
	struct xap_bytes bytes; /* a value; positions, 4 bytes each */
};

struct diff_list {
	struct arena arena;
	struct diff_item *item;
	size_t n, alloc, at;
	bool whole; /* all of it is read at once */
	bool more;  /* there may be others behind these */
	bool nomem;
	/* Where to read on. */
	struct buf from;
	uint32_t from_number;
};

/* Where a difference is: what it has of these. */
struct diff_place {
	const char *kind; /* of key */
	struct xap_bytes key;
	uint32_t docid;
	bool in_slot;
	uint32_t slot;
};

/* Of the first database, to make queries of (diff_sample.c). */
struct diff_sample {
	uint64_t random;
	struct sample_term {
		char bytes[XAP_TERM_MAX];
		size_t len;
		uint32_t documents;
	} term[SAMPLE_TERMS], frequent[SAMPLE_FREQUENT];
	struct sample_value {
		char bytes[SAMPLE_VALUE_MAX];
		size_t len;
		uint32_t slot;
	} value[SAMPLE_VALUES];
	uint32_t document[SAMPLE_DOCUMENTS];
	size_t nterms, nfrequent, nvalues, ndocuments;
	/* That were seen; the arrays hold some of them. */
	uint64_t terms, values, documents;
	size_t least; /* frequent among them */
};

struct diff {
	struct xap_db *db[2];
	const char *name[2];
	char path[2][PATH_MAX];	  /* of the generations */
	struct xap_facts fact[2]; /* of what is open */
	unsigned side;		  /* that was last read, for errors */
	trawl_report *report;
	void *ctx;
	double progress;
	uint64_t differences;
	unsigned lines; /* reported */
	/* Of the items of a shared walk, this one's are those whose turn it
	 * is. */
	unsigned part, parts;
	uint64_t turn;
	struct diff_list list[DIFF_DEPTH][2];
	unsigned depth;
	uint32_t *slot; /* that documents of both have values in, ascending */
	size_t nslots, slots_alloc;
	struct buf bytes; /* of the first, while the second is read */
	uint64_t done_documents, done_length;
	struct diff_sample sample;
};

/* db[side], which errors will be about. */
struct xap_db *diff_db(struct diff *d, unsigned side);
void diff_progress(struct diff *d, double progress);

/* Another one, of the same snapshots, that does part of parts; it keeps what it
 * has to report for diff_absorb(), which ends it. */
enum trawl_status diff_helper(struct diff *d, unsigned part, unsigned parts,
			      struct diff **out, struct trawl_error *err);
void diff_absorb(struct diff *d, struct diff *helper);

/* ------------------------------------------------------- differences -- */

/* "PLACE: " and a text; place NULL: none. */
void diff_tell(struct diff *d, const struct diff_place *place, const char *fmt,
	       ...) __attribute__((format(printf, 3, 4)));
void diff_numbers(struct diff *d, const struct diff_place *place,
		  const char *what, uint64_t a, uint64_t b);
void diff_bytes(struct diff *d, const struct diff_place *place,
		const char *what, const struct xap_bytes *a,
		const struct xap_bytes *b);

/* -------------------------------------------------------------- walks -- */

enum diff_by {
	BY_KEY,
	BY_DOCID,
	BY_SLOT
};

struct diff_walk {
	struct diff_place place; /* what its items have in common */
	enum diff_by by;
	bool whole; /* the list cannot be read from some place on */
	bool shared;
	/* Read on from l->from and l->from_number by diff_list_add(). */
	enum trawl_status (*fill)(struct xap_db *db, const struct diff_walk *w,
				  struct diff_list *l, struct trawl_error *err);
	/* What both have; what one has alone is told by the walk. */
	enum trawl_status (*both)(struct diff *d,
				  const struct diff_place *place,
				  const struct diff_item *a,
				  const struct diff_item *b,
				  struct trawl_error *err);
};

enum trawl_status diff_walk(struct diff *d, const struct diff_walk *w,
			    struct trawl_error *err);
/* Copies it; false: enough. */
bool diff_list_add(struct diff_list *l, const struct diff_item *item);
void diff_list_init(struct diff_list *l);
void diff_list_release(struct diff_list *l);
/* xap_term_fn, for a list. */
bool diff_take_term(void *ctx, const char *term, size_t len, uint32_t wdf,
		    uint32_t termfreq);

/* ------------------------------------------------------------ the parts -- */

enum trawl_status diff_terms(struct diff *d, struct trawl_error *err);
enum trawl_status diff_documents(struct diff *d, struct trawl_error *err);
enum trawl_status diff_values(struct diff *d, struct trawl_error *err);
enum trawl_status diff_queries(struct diff *d, unsigned n,
			       struct trawl_error *err);

uint64_t sample_random(struct diff_sample *s, uint64_t n); /* 0..n - 1 */
void sample_term(struct diff_sample *s, const struct diff_item *term);
void sample_document(struct diff_sample *s, uint32_t docid);
void sample_value(struct diff_sample *s, uint32_t slot,
		  const struct xap_bytes *value);

#endif
