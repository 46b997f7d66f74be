/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xap.h - Xapian's C face, for lib/ only
 *
 * xap.cc is the one C++ file in the tree.  It translates and does nothing
 * else: no policy, no retry, no logging, no file walking.  Whatever can be
 * written in C is written in C, on the other side of this header.
 *
 * What crosses this line:
 *   in    numbers, bytes with a length, plain structs, opaque handles
 *   out   numbers, enum trawl_status, and bytes lent for the length of one
 *         call to a callback
 * What never crosses it: an exception, a std:: type, memory to be freed.
 *
 * A callback must not call back into the same handle.  Statuses: STALE is
 * DatabaseModifiedError (reopen and ask again), NOTFOUND no such database or
 * document, LOCKED, CORRUPT, IO, INVAL, NOMEM, INTERNAL.
 */
#ifndef LIB_XAP_H
#define LIB_XAP_H

#include "trawl.h"

#ifdef __cplusplus
extern "C" {
#endif

struct xap_db;	   /* a Xapian::Database, read-only: one snapshot */
struct xap_writer; /* a Xapian::WritableDatabase, always in a transaction */

/* Bytes that are not ours to keep. */
struct xap_bytes {
	const char *data;
	size_t len;
};

enum {
	XAP_TERM_MAX = 245
}; /* bytes of a term; each NUL counts twice */

/* "1.4.22" */
const char *xap_version(void);
/* Unset every XAPIAN_* environment variable (they change how it flushes). */
void xap_clear_environment(void);

/* ------------------------------------------------------------ reading -- */

/* Takes lent bytes; false stops the walk that calls it. */
typedef bool xap_bytes_fn(void *ctx, const char *data, size_t len);
typedef bool xap_term_fn(void *ctx, const char *term, size_t len, uint32_t wdf,
			 uint32_t termfreq);
typedef bool xap_docid_fn(void *ctx, uint32_t docid);

enum trawl_status xap_db_open(const char *path, struct xap_db **out,
			      struct trawl_error *err);
void xap_db_free(struct xap_db *db);
enum trawl_status xap_db_reopen(struct xap_db *db, bool *changed,
				struct trawl_error *err);

/*
 * n databases, each opened by xap_db_open(), as one: document d is number
 * (d - 1) / n + 1 of parts[(d - 1) % n].  What they have open is shared: reopen
 * them, not it, and close them before it or after.  Metadata and facts are to
 * be asked of the parts.
 */
enum trawl_status xap_db_join(struct xap_db *const *parts, size_t n,
			      struct xap_db **out, struct trawl_error *err);

struct xap_facts {
	uint64_t documents, total_length, revision;
	uint32_t last_docid;
	char uuid[40];
};
enum trawl_status xap_db_facts(struct xap_db *db, struct xap_facts *out,
			       struct trawl_error *err);
/* Both 0 when the term is not in the index. */
enum trawl_status xap_db_term_freq(struct xap_db *db, const char *term,
				   size_t len, uint32_t *termfreq,
				   uint32_t *collfreq, struct trawl_error *err);
/* Metadata under key; each() is not called when there is none. */
enum trawl_status xap_db_metadata(struct xap_db *db, const char *key,
				  size_t len, xap_bytes_fn *each, void *ctx,
				  struct trawl_error *err);
/* Metadata keys that begin with prefix, in byte order. */
enum trawl_status xap_db_metadata_keys(struct xap_db *db, const char *prefix,
				       size_t len, xap_bytes_fn *each,
				       void *ctx, struct trawl_error *err);
/* Documents that hold term, in docid order, from docid from (0: first). */
enum trawl_status xap_db_postings(struct xap_db *db, const char *term,
				  size_t len, uint32_t from, xap_docid_fn *each,
				  void *ctx, struct trawl_error *err);
/* Terms that begin with prefix, in byte order, at or after from (NULL: the
 * first); wdf is 0.  want_freq false leaves termfreq 0 and is cheaper. */
enum trawl_status xap_db_terms(struct xap_db *db, struct xap_bytes prefix,
			       struct xap_bytes from, bool want_freq,
			       xap_term_fn *each, void *ctx,
			       struct trawl_error *err);
enum trawl_status xap_db_data(struct xap_db *db, uint32_t docid,
			      xap_bytes_fn *each, void *ctx,
			      struct trawl_error *err);
/* each() gets "" when the document has no value there. */
enum trawl_status xap_db_value(struct xap_db *db, uint32_t docid, uint32_t slot,
			       xap_bytes_fn *each, void *ctx,
			       struct trawl_error *err);
enum trawl_status xap_db_length(struct xap_db *db, uint32_t docid,
				uint32_t *length, struct trawl_error *err);
/* A document's terms in byte order; termfreq as in xap_db_terms(). */
enum trawl_status xap_db_termlist(struct xap_db *db, uint32_t docid,
				  bool want_freq, xap_term_fn *each, void *ctx,
				  struct trawl_error *err);
/* Positions of term in a document; docid of the callback is the position. */
enum trawl_status xap_db_positions(struct xap_db *db, uint32_t docid,
				   const char *term, size_t len,
				   xap_docid_fn *each, void *ctx,
				   struct trawl_error *err);

/* --------------------------------------------------------- everything -- */

/* What is left to read, for a comparison that leaves nothing out.  from is
 * where a walk begins: at it, or at what comes next. */

struct xap_bounds {
	double average_length;
	uint32_t shortest, longest; /* lengths of documents that have one */
	bool positions;
};
enum trawl_status xap_db_bounds(struct xap_db *db, struct xap_bounds *out,
				struct trawl_error *err);
/* What no wdf of term is above. */
enum trawl_status xap_db_wdf_bound(struct xap_db *db, const char *term,
				   size_t len, uint32_t *bound,
				   struct trawl_error *err);

struct xap_entry {
	uint32_t docid, wdf;
	uint32_t length;	   /* of the document */
	const uint32_t *positions; /* lent */
	size_t npositions;
};
typedef bool xap_entry_fn(void *ctx, const struct xap_entry *entry);
/* xap_db_postings(), with all there is in them. */
enum trawl_status xap_db_entries(struct xap_db *db, const char *term,
				 size_t len, uint32_t from, xap_entry_fn *each,
				 void *ctx, struct trawl_error *err);

enum trawl_status xap_db_unique_terms(struct xap_db *db, uint32_t docid,
				      uint32_t *n, struct trawl_error *err);
/* A document's values, with their slots. */
typedef bool xap_value_fn(void *ctx, uint32_t number, const char *value,
			  size_t len);
enum trawl_status xap_db_values(struct xap_db *db, uint32_t docid,
				xap_value_fn *each, void *ctx,
				struct trawl_error *err);
/* A slot's values, with their documents. */
enum trawl_status xap_db_value_stream(struct xap_db *db, uint32_t slot,
				      uint32_t from, xap_value_fn *each,
				      void *ctx, struct trawl_error *err);
/* each() gets the lower bound, then the upper one. */
enum trawl_status xap_db_value_bounds(struct xap_db *db, uint32_t slot,
				      uint32_t *documents, xap_bytes_fn *each,
				      void *ctx, struct trawl_error *err);
/* Words for spelling; their frequency is the callback's termfreq. */
enum trawl_status xap_db_spellings(struct xap_db *db, struct xap_bytes from,
				   xap_term_fn *each, void *ctx,
				   struct trawl_error *err);
/* Terms that have synonyms; the synonyms of one. */
enum trawl_status xap_db_synonym_keys(struct xap_db *db, struct xap_bytes from,
				      xap_bytes_fn *each, void *ctx,
				      struct trawl_error *err);
enum trawl_status xap_db_synonyms(struct xap_db *db, const char *term,
				  size_t len, xap_bytes_fn *each, void *ctx,
				  struct trawl_error *err);

/* ---------------------------------------------------------- searching -- */

enum xap_op {
	XAP_TERM, /* term */
	XAP_AND,  /* kids: 1 or more, here and below */
	XAP_OR,
	XAP_AND_NOT,   /* first kid, and none of the others */
	XAP_FILTER,    /* first kid's weight; the others must match too */
	XAP_AND_MAYBE, /* first kid must match; the others add weight */
	XAP_SYNONYM,   /* kids are TERMs: one term as far as weight goes */
	XAP_PHRASE,    /* kids are TERMs, in order, within window */
	XAP_NEAR,      /* kids are TERMs, any order, within window */
	XAP_SCALE,     /* first kid, weight times factor (>= 0) */
	XAP_RANGE,     /* slot's value in low..high, bytewise; an empty bound
			  is open; documents without a value do not match */
	XAP_ALL,       /* every document, no weight */
	XAP_NONE       /* no document */
};

struct xap_node {
	enum xap_op op;
	struct xap_bytes term;
	uint32_t window;
	uint32_t slot;
	double factor;
	struct xap_bytes low, high;
	struct xap_node *const *kids;
	size_t nkids;
};

struct xap_key {
	uint32_t slot;
	bool reverse;
	struct xap_bytes missing; /* stands for the value of those without */
};

/* Called for each match looked at; value lent. */
typedef void xap_spy_fn(void *ctx, size_t which, const char *value, size_t len);

struct xap_search {
	const struct xap_node *query;
	uint32_t first, count;
	uint32_t check_at_least;    /* UINT32_MAX: look at every match */
	const struct xap_key *keys; /* order by them; none: by weight and then
				       slot 0 ascending; ties by docid */
	size_t nkeys;
	const uint32_t *spy_slots;
	size_t nspies;
	xap_spy_fn *spy;
	void *spy_ctx;
	double *spied;	      /* NULL, or gets the weight of the match shown */
	uint64_t deadline_ns; /* CLOCK_MONOTONIC; 0 none */
	double k1, b;	      /* of BM25 */
};

struct xap_match {
	uint32_t docid;
	double weight;
};

struct xap_totals {
	uint64_t lower, estimated, upper;
	bool timed_out;
};

/* each() once a hit, best first; of equal ones in joined databases that of the
 * earlier part. */
enum trawl_status
xap_db_search(struct xap_db *db, const struct xap_search *rq,
	      void (*each)(void *ctx, const struct xap_match *m), void *ctx,
	      struct xap_totals *totals, struct trawl_error *err);

/*
 * The query's weight for one document: 0 when it does not match.  Statistics
 * are those of the whole index.
 */
enum trawl_status xap_db_score(struct xap_db *db, const struct xap_search *rq,
			       uint32_t docid, bool *matches, double *weight,
			       struct trawl_error *err);

/* ------------------------------------------------------------ writing -- */

struct xap_posting {
	struct xap_bytes term; /* 1..XAP_TERM_MAX bytes, ascending, distinct */
	uint32_t wdf;	       /* added once, not per position */
	uint32_t number;       /* the caller's: of its dictionary */
	const uint32_t *positions; /* ascending, distinct, from 1 */
	size_t npositions;
};

struct xap_value {
	uint32_t slot;
	struct xap_bytes value;
};

struct xap_document {
	struct xap_bytes data;
	const struct xap_posting *postings;
	size_t npostings;
	const struct xap_value *values;
	size_t nvalues;
	/* Called when all that is copied, before it is written, so that a
	 * large document need not be held twice; or NULL. */
	void (*copied)(void *ctx);
	void *ctx;
};

enum xap_open {
	XAP_OPEN,   /* must exist */
	XAP_CREATE, /* must not exist */
};

/*
 * Open for writing and begin a transaction.  no_sync leaves fsync to the
 * caller.  After NOMEM from any of the calls below the handle must not be
 * used or freed any more: end the process (reliability X3), or leak it.
 */
enum trawl_status xap_writer_open(const char *path, enum xap_open how,
				  bool no_sync, struct xap_writer **out,
				  struct trawl_error *err);
/* Cancels the transaction: what is not committed is dropped. */
void xap_writer_free(struct xap_writer *w);
/* Replace the documents that unique indexes by doc, or add it. */
enum trawl_status xap_writer_put(struct xap_writer *w, const char *unique,
				 size_t len, const struct xap_document *doc,
				 uint32_t *docid, struct trawl_error *err);
/* Change one value of a document; an empty one removes it. */
enum trawl_status xap_writer_set_value(struct xap_writer *w, uint32_t docid,
				       uint32_t slot, const char *value,
				       size_t len, struct trawl_error *err);
enum trawl_status xap_writer_delete(struct xap_writer *w, uint32_t docid,
				    struct trawl_error *err);
/* An empty value removes the key. */
enum trawl_status xap_writer_set_metadata(struct xap_writer *w, const char *key,
					  size_t keylen, const char *value,
					  size_t len, struct trawl_error *err);
enum trawl_status xap_writer_add_spelling(struct xap_writer *w,
					  const char *word, size_t len,
					  uint32_t frequency,
					  struct trawl_error *err);
enum trawl_status xap_writer_add_synonym(struct xap_writer *w, const char *term,
					 size_t len, const char *synonym,
					 size_t synonym_len,
					 struct trawl_error *err);
/* All synonyms of a term. */
enum trawl_status xap_writer_clear_synonyms(struct xap_writer *w,
					    const char *term, size_t len,
					    struct trawl_error *err);
/* Commit the transaction and begin the next.  The directory is the caller's
 * to fsync (reliability X1). */
enum trawl_status xap_writer_commit(struct xap_writer *w,
				    struct trawl_error *err);
/*
 * The writer's own view, pending changes included, as a reader's handle: for
 * look-ups between puts.  It is w's; do not free it.
 */
struct xap_db *xap_writer_db(struct xap_writer *w);

/* --------------------------------------------------------------- care -- */

/* Xapian's check of the database at path; each() gets its report's lines. */
enum trawl_status xap_check(const char *path, xap_bytes_fn *each, void *ctx,
			    uint64_t *faults, struct trawl_error *err);
/* Compact the database at from into the new directory to (never FULLER). */
enum trawl_status xap_compact(const char *from, const char *to,
			      struct trawl_error *err);

#ifdef XAP_FAULTS
/* Tests only: called at the start of every guarded entry; may throw. */
extern void (*xap_fault)(const char *entry);
#endif

#ifdef __cplusplus
}
#endif
#endif
