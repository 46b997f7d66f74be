/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index.h - an index open for reading: what search, suggest and the others share
 *
 * Staleness is handled here, once: run a body with index_run(), which looks
 * for a newer commit first and, when Xapian says that the snapshot has gone
 * (STALE), refreshes and runs the body again, at most INDEX_RETRIES times.
 */
#ifndef LIB_INDEX_H
#define LIB_INDEX_H

#include "analyze.h"
#include "arena.h"
#include "lead_sample.h"
#include "part.h"
#include "term_source.h"

enum {
	PART_NAME_MAX = 64, /* bytes */
	REV_MAX = 32,	    /* "4294967295.18446744073709551615" */
	INDEX_REV_MAX = TRAWL_PARTS_MAX * (PART_NAME_MAX + 1 + REV_MAX + 1)
};

/*
 * Of one part, all is that part's.  Of several, db is theirs joined, in which
 * document d is number (d - 1) / nparts + 1 of part (d - 1) % nparts, and has
 * neither metadata nor a revision: those are read from the parts.
 */
struct trawl_index {
	struct index_part *part;
	size_t nparts;
	char *path; /* of several, their names, by comma */
	struct xap_db *db;
	bool ready;	      /* what is below is that of the parts */
	struct schema schema; /* the fields of all */
	uint64_t documents, total_length;
	char rev[INDEX_REV_MAX];
	char language[SCHEMA_NAME_MAX + 1]; /* of analyzer */
	struct analyzer *analyzer;
	/* index_words()'s: of each part that has any; of the other main
	 * languages of the documents. */
	const struct variants *variants[TRAWL_PARTS_MAX];
	size_t nvariants;
	struct analyzer *other[LANGUAGES_MAIN - 1];
	size_t nothers;
	bool words_ready;
	struct lexicon *lexicon;    /* NULL: no spelling was looked for yet */
	struct lead_sample *sample; /* NULL: not taken yet */
	struct trawl_info info;
	struct trawl_field_info fields[SCHEMA_FIELDS_MAX];
	struct arena scratch; /* what the last call lent */
};

typedef enum trawl_status index_body(struct trawl_index *ix, void *arg,
				     struct trawl_error *err);

/*
 * Runs body on a fresh snapshot.  A body that is run again must have undone
 * what it did the first time.
 */
enum trawl_status index_run(struct trawl_index *ix, index_body *body, void *arg,
			    struct trawl_error *err);

/* Reads db's tables; NULL: of several indexes, and of one that it cannot read. */
enum trawl_status index_matcher(struct trawl_index *ix, struct matcher **out,
				struct trawl_error *err);

/* Its terms, all parts' together; for this body. */
enum trawl_status index_terms(struct trawl_index *ix, struct term_source *out,
			      struct trawl_error *err);

/* Makes sure that variants and other are the snapshot's; for this body. */
enum trawl_status index_words(struct trawl_index *ix, struct trawl_error *err);

/* index_sample.c: a document's value of SLOT_LEAD; and a sample of all, for this
 * body. */
enum trawl_status index_lead(struct trawl_index *ix, uint32_t docid,
			     xap_bytes_fn *each, void *ctx,
			     struct trawl_error *err);
enum trawl_status index_sample(struct trawl_index *ix, struct lead_sample **out,
			       struct trawl_error *err);

/* For index.c: as analyzer_flush() and analyzer_free(). */
void index_words_flush(struct trawl_index *ix);
void index_words_release(struct trawl_index *ix);

/* As xap_db_search() of db: by the matcher, where that can. */
enum trawl_status
index_search(struct trawl_index *ix, const struct xap_search *rq,
	     void (*each)(void *ctx, const struct xap_match *m), void *ctx,
	     struct xap_totals *totals, struct trawl_error *err);

/* As xap_db_score(), likewise. */
enum trawl_status index_score(struct trawl_index *ix,
			      const struct xap_search *rq, uint32_t docid,
			      bool *matches, double *weight,
			      struct trawl_error *err);

/* db's number of document docid of part k. */
uint32_t index_docid(const struct trawl_index *ix, size_t k, uint32_t docid);

/* The document of an id, in the first part that has one; NOTFOUND. */
enum trawl_status index_find(struct trawl_index *ix, const char *id,
			     uint32_t *docid, struct trawl_error *err);
/* The same by the term of its id; *docid is 0 when there is none. */
enum trawl_status index_find_term(struct trawl_index *ix, struct xap_bytes term,
				  uint32_t *docid, struct trawl_error *err);

/* groups_any() of any part; groups_of() and groups_members() of a document's
 * part, with db's numbers. */
enum trawl_status index_has_groups(struct trawl_index *ix, enum group_kind kind,
				   bool *any, struct trawl_error *err);
enum trawl_status index_group_of(struct trawl_index *ix, enum group_kind kind,
				 uint32_t docid, uint32_t *stands,
				 bool *grouped, struct trawl_error *err);
enum trawl_status index_group_members(struct trawl_index *ix,
				      enum group_kind kind, uint32_t stands,
				      xap_docid_fn *each, void *ctx,
				      struct trawl_error *err);

/*
 * A document's stored fields and text, read from its data into arena: JSON
 * line, line feed, text.  id is among the fields and taken out; index is the
 * part's name.
 */
enum trawl_status index_document(struct trawl_index *ix, uint32_t docid,
				 struct arena *arena, struct trawl_doc *out,
				 struct trawl_error *err);
/* The same without the text, which need not be read: it is empty. */
enum trawl_status index_fields(struct trawl_index *ix, uint32_t docid,
			       struct arena *arena, struct trawl_doc *out,
			       struct trawl_error *err);
/* The same for a body that hands out what it reads before it is at its end, and
 * so cannot be run again: what is read counts at once. */
enum trawl_status index_document_at_once(struct trawl_index *ix, uint32_t docid,
					 struct arena *arena,
					 struct trawl_doc *out,
					 struct trawl_error *err);

#endif
