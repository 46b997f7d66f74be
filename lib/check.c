/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - is what an index holds what was put into it?
 *
 * Glass has no checksums, and Xapian's check compares a table with itself.
 * So each document is read, prepared again from what is stored of it, and
 * what comes out is compared with its terms, positions, values and content
 * hash.  Where the schema has fields that are searched but not stored, or the
 * analyzer is another one, only what the document must have is compared.
 */
#include "analyze.h"
#include "arena.h"
#include "buf.h"
#include "date.h"
#include "generation.h"
#include "prepare.h"
#include "printable.h"
#include "status.h"
#include "stored.h"
#include "utf8.h"

enum {
	DOCIDS = 1024,	 /* listed at a time */
	TELL_EVERY = 20, /* a line each 5 % */
	/* A document and what it is compared with. */
	DOCUMENT_BYTES_MAX = 1 << 30,
	/* Of the progress, Xapian's own check is the first tenth. */
	TABLES_PERCENT = 10,
	TERM_SHOWN = 60 /* bytes */
};

struct check {
	trawl_report *report;
	void *ctx;
	struct xap_db *db;
	struct meta meta;
	struct trawl_preparer *preparer; /* NULL: terms cannot be made again */
	struct arena arena;		 /* of one document */
	uint64_t faults, documents, done, length;
	double progress;
	uint32_t docids[DOCIDS];
	size_t ndocids;
	/* The document at hand. */
	uint32_t docid;
	const char *data;
	size_t data_len;
	struct trawl_doc doc;
	struct xap_posting *terms;
	size_t nterms, terms_alloc;
	bool nomem;
};

static void tell(struct check *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(struct check *c, const char *fmt, ...)
{
	struct trawl_error line;
	char text[400];
	va_list ap;

	if (!c->report)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fail(&line, TRAWL_OK, "%s", text);
	c->report(c->ctx, line.text, c->progress);
}

#define FAULT(c, ...)                                                          \
	do {                                                                   \
		(c)->faults++;                                                 \
		tell(c, __VA_ARGS__);                                          \
	} while (0)

/* A fault of the document at hand. */
#define BAD(c, fmt, ...) FAULT(c, "document %u: " fmt, (c)->docid, __VA_ARGS__)

/* --------------------------------------------------------- one document -- */

static bool take_data(void *ctx, const char *data, size_t len)
{
	struct check *c = ctx;

	c->data = arena_strndup(&c->arena, data, len);
	c->data_len = len;
	c->nomem = !c->data;
	return false;
}

static bool take_term(void *ctx, const char *term, size_t len, uint32_t wdf,
		      uint32_t termfreq)
{
	struct check *c = ctx;
	struct xap_posting *p;

	(void)termfreq;
	if (c->nterms == c->terms_alloc) {
		size_t want = c->terms_alloc ? 2 * c->terms_alloc : 1024;
		void *grown = realloc(c->terms, want * sizeof(*c->terms));

		c->nomem = !grown;
		if (!grown)
			return false;
		c->terms = grown;
		c->terms_alloc = want;
	}
	p = &c->terms[c->nterms++];
	*p = (struct xap_posting){ .wdf = wdf };
	p->term.len = len;
	p->term.data = arena_strndup(&c->arena, term, len);
	c->nomem = !p->term.data;
	return !c->nomem;
}

struct value_copy {
	struct check *c;
	struct xap_bytes *out;
};

static bool take_value(void *ctx, const char *data, size_t len)
{
	struct value_copy *copy = ctx;

	copy->out->data = arena_strndup(&copy->c->arena, data, len);
	copy->out->len = len;
	return false;
}

static enum trawl_status get_value(struct check *c, int slot,
				   struct xap_bytes *out,
				   struct trawl_error *err)
{
	struct value_copy copy = { c, out };
	enum trawl_status st;

	st = xap_db_value(c->db, c->docid, (uint32_t)slot, take_value, &copy,
			  err);
	return st == TRAWL_OK && !out->data ? fail_nomem(err) : st;
}

/* Slots 0 and 1 agree with one another and with the id. */
static enum trawl_status check_order(struct check *c,
				     const struct xap_bytes *id,
				     struct trawl_error *err)
{
	struct xap_bytes order, date;
	unsigned char key[5];
	int64_t seconds = 0;
	enum trawl_status st;

	st = get_value(c, SLOT_ORDER, &order, err);
	if (st == TRAWL_OK)
		st = get_value(c, SLOT_DATE, &date, err);
	if (st != TRAWL_OK)
		return st;
	if (date.len && !date_from_key(date.data, date.len, &seconds))
		BAD(c, "%s", "its date (slot 1) is damaged");
	date_order_key(date.len != 0, seconds, key);
	if (order.len != sizeof(key) + id->len - 1 ||
	    memcmp(order.data, key, sizeof(key)) != 0 ||
	    memcmp(order.data + sizeof(key), id->data + 1, id->len - 1) != 0)
		BAD(c, "%s", "its order key (slot 0) is damaged");
	return TRAWL_OK;
}

static bool count_two(void *ctx, uint32_t docid)
{
	uint32_t *docids = ctx;

	docids[0] = docids[1];
	docids[1] = docid;
	return docids[0] == 0;
}

/* The id's term is the document's alone. */
static enum trawl_status check_id(struct check *c, const struct xap_bytes *id,
				  struct trawl_error *err)
{
	uint32_t docids[2] = { 0 };
	enum trawl_status st;

	st = xap_db_postings(c->db, id->data, id->len, 0, count_two, docids,
			     err);
	if (st != TRAWL_OK)
		return st;
	if (docids[0])
		BAD(c, "its id is that of document %u, too",
		    docids[0] == c->docid ? docids[1] : docids[0]);
	else if (docids[1] != c->docid)
		BAD(c, "its id finds document %u", docids[1]);
	return TRAWL_OK;
}

/* The terms that a document has one of: its id, and perhaps a root. */
static void check_names(struct check *c, const struct xap_bytes *id)
{
	size_t ids = 0, roots = 0;
	bool same = false;

	for (size_t i = 0; i < c->nterms; i++) {
		const struct xap_bytes *t = &c->terms[i].term;

		if (*t->data == *TERM_ID) {
			ids++;
			same = t->len == id->len &&
			       !memcmp(t->data, id->data, t->len);
		}
		roots += t->len > strlen(TERM_ROOT) &&
			 !memcmp(t->data, TERM_ROOT, strlen(TERM_ROOT));
	}
	if (ids != 1 || !same)
		BAD(c, "its id is not the one that finds it (%zu ids)", ids);
	if (roots > 1)
		BAD(c, "it has %zu roots", roots);
}

static enum trawl_status check_length(struct check *c, struct trawl_error *err)
{
	uint64_t sum = 0;
	uint32_t length = 0;
	enum trawl_status st;

	st = xap_db_length(c->db, c->docid, &length, err);
	if (st != TRAWL_OK)
		return st;
	for (size_t i = 0; i < c->nterms; i++)
		sum += c->terms[i].wdf;
	if (sum != length)
		BAD(c, "its length is %u, its terms have %llu", length,
		    (unsigned long long)sum);
	c->length += length;
	return TRAWL_OK;
}

/* ----------------------------------------------- what it should be like -- */

/* Of a term in a report: terms have no NUL behind them. */
static int shown_bytes(const struct xap_bytes *term)
{
	return (int)utf8_cut(term->data, term->len, TERM_SHOWN);
}

struct position_walk {
	const struct xap_posting *want;
	size_t n;
	bool same;
};

static bool compare_position(void *ctx, uint32_t position)
{
	struct position_walk *walk = ctx;

	walk->same = walk->n < walk->want->npositions &&
		     walk->want->positions[walk->n] == position;
	walk->n++;
	return walk->same;
}

static enum trawl_status check_positions(struct check *c,
					 const struct xap_posting *want,
					 struct trawl_error *err)
{
	struct position_walk walk = { want, 0, true };
	enum trawl_status st;

	st = xap_db_positions(c->db, c->docid, want->term.data, want->term.len,
			      compare_position, &walk, err);
	if (st == TRAWL_OK && (!walk.same || walk.n != want->npositions))
		BAD(c, "positions of its word %.*s are not those of the text",
		    shown_bytes(&want->term), want->term.data);
	return st;
}

static int by_bytes(const struct xap_bytes *a, const struct xap_bytes *b)
{
	int order = memcmp(a->data, b->data, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static enum trawl_status check_terms(struct check *c,
				     const struct xap_document *want,
				     struct trawl_error *err)
{
	size_t i = 0, k = 0;
	enum trawl_status st = TRAWL_OK;

	while (st == TRAWL_OK && (i < c->nterms || k < want->npostings)) {
		const struct xap_posting *has = &c->terms[i];
		const struct xap_posting *p = &want->postings[k];
		int order = i == c->nterms ? 1
			    : k == want->npostings
				    ? -1
				    : by_bytes(&has->term, &p->term);

		i += order <= 0;
		k += order >= 0;
		if (order < 0)
			BAD(c, "it has a term that is not in its text: %.*s",
			    shown_bytes(&has->term), has->term.data);
		else if (order > 0)
			BAD(c, "it lacks a term of its text: %.*s",
			    shown_bytes(&p->term), p->term.data);
		else if (has->wdf != p->wdf)
			BAD(c, "term %.*s: counted %u times, should be %u",
			    shown_bytes(&p->term), p->term.data, has->wdf,
			    p->wdf);
		else if (p->npositions)
			st = check_positions(c, p, err);
	}
	return st;
}

static enum trawl_status check_values(struct check *c,
				      const struct xap_document *want,
				      struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < want->nvalues; i++) {
		const struct xap_value *v = &want->values[i];
		struct xap_bytes has;

		st = get_value(c, (int)v->slot, &has, err);
		if (st == TRAWL_OK && by_bytes(&has, &v->value))
			BAD(c, "its value in slot %u is not that of its field",
			    v->slot);
	}
	return st;
}

/* Its root is not in its data, but in a term; what was shortened will do. */
static const char *root_of(struct check *c)
{
	const size_t n = strlen(TERM_ROOT);

	for (size_t i = 0; i < c->nterms; i++)
		if (c->terms[i].term.len > n &&
		    !memcmp(c->terms[i].term.data, TERM_ROOT, n))
			return c->terms[i].term.data + n;
	return NULL;
}

static enum trawl_status check_content(struct check *c,
				       const struct state *state,
				       struct trawl_error *err)
{
	struct trawl_prepared *prep;
	struct trawl_error why = { 0 };
	enum trawl_status st;

	c->doc.origin = (struct trawl_origin){ .root = root_of(c),
					       .size = state->size,
					       .mtime_ns = state->mtime_ns };
	st = trawl_prepare(c->preparer, &c->doc, &prep, &why);
	if (st == TRAWL_NOMEM)
		return fail_nomem(err);
	if (st != TRAWL_OK) {
		BAD(c, "what is stored of it is no document: %s", why.text);
		return TRAWL_OK;
	}
	if (memcmp(prep->state.hash, state->hash, sizeof(state->hash)) != 0)
		BAD(c, "%s", "what is stored of it is not what was put");
	st = check_terms(c, &prep->doc, err);
	if (st == TRAWL_OK)
		st = check_values(c, &prep->doc, err);
	trawl_prepared_free(prep);
	return st;
}

static enum trawl_status check_state(struct check *c, struct trawl_error *err)
{
	struct xap_bytes value;
	struct state state;
	enum trawl_status st = get_value(c, SLOT_STATE, &value, err);

	if (st != TRAWL_OK)
		return st;
	if (!state_parse(value.data, value.len, &state)) {
		BAD(c, "%s", "its state (slot 2) is damaged");
		return TRAWL_OK;
	}
	return c->preparer ? check_content(c, &state, err) : TRAWL_OK;
}

static enum trawl_status check_parts(struct check *c, struct trawl_error *err)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	struct xap_bytes id;
	enum trawl_status st;

	add_long_term(&term, TERM_ID, c->doc.id, strlen(c->doc.id));
	id = (struct xap_bytes){ term.data, term.len };
	st = term.failed ? fail_nomem(err) : TRAWL_OK;
	if (st == TRAWL_OK) {
		check_names(c, &id);
		st = check_id(c, &id, err);
	}
	if (st == TRAWL_OK)
		st = check_length(c, err);
	if (st == TRAWL_OK)
		st = check_order(c, &id, err);
	if (st == TRAWL_OK)
		st = check_state(c, err);
	buf_release(&term);
	return st;
}

static enum trawl_status read_document(struct check *c, struct trawl_error *err)
{
	enum trawl_status st;

	arena_reset(&c->arena);
	c->nterms = 0;
	c->nomem = false;
	st = xap_db_data(c->db, c->docid, take_data, c, err);
	if (st == TRAWL_OK)
		st = xap_db_termlist(c->db, c->docid, false, take_term, c, err);
	return st == TRAWL_OK && c->nomem ? fail_nomem(err) : st;
}

/* Only what keeps the check itself from going on is an error here. */
static enum trawl_status check_document(struct check *c,
					struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	const char *damage = NULL;
	enum trawl_status st = read_document(c, &why);

	if (st == TRAWL_OK)
		st = stored_parse(c->data, c->data_len, &c->arena, &c->doc,
				  &damage);
	if (st == TRAWL_CORRUPT && damage) {
		BAD(c, "%s", damage);
		return TRAWL_OK;
	}
	if (st == TRAWL_OK)
		st = check_parts(c, &why);
	if (st == TRAWL_OK)
		return st;
	if (st == TRAWL_NOMEM)
		return fail_nomem(err);
	if (st == TRAWL_STALE)
		return fail(err, st, "%s", why.text);
	BAD(c, "%s", why.text);
	return TRAWL_OK;
}

/* ------------------------------------------------------------ the index -- */

static bool take_docid(void *ctx, uint32_t docid)
{
	struct check *c = ctx;

	c->docids[c->ndocids++] = docid;
	return c->ndocids < DOCIDS;
}

static void advance(struct check *c)
{
	uint64_t step = c->documents / TELL_EVERY + 1;
	double part = c->documents ? (double)c->done / (double)c->documents : 1;

	c->done++;
	c->progress = TABLES_PERCENT / 100.0 +
		      (1 - TABLES_PERCENT / 100.0) * (part < 1 ? part : 1);
	if (c->done % step == 0 || c->done == c->documents)
		tell(c, "documents: %llu of %llu", (unsigned long long)c->done,
		     (unsigned long long)c->documents);
}

static enum trawl_status check_documents(struct check *c,
					 struct trawl_error *err)
{
	uint32_t from = 0;
	enum trawl_status st;

	do {
		c->ndocids = 0;
		st = xap_db_postings(c->db, "", 0, from, take_docid, c, err);
		for (size_t i = 0; st == TRAWL_OK && i < c->ndocids; i++) {
			c->docid = c->docids[i];
			st = check_document(c, err);
			advance(c);
		}
		from = c->docid + 1; /* 0: that was the last there can be */
	} while (st == TRAWL_OK && c->ndocids == DOCIDS && from);
	return st;
}

static bool all_stored(const struct schema *s)
{
	for (size_t i = 0; i < s->nfields; i++)
		if (!s->field[i].stored)
			return false;
	return true;
}

/* Whether documents can be prepared again, and alike. */
static enum trawl_status open_preparer(struct check *c, struct trawl_error *err)
{
	enum trawl_status st = meta_check_analyzer(&c->meta, NULL);

	if (st == TRAWL_NOMEM)
		return fail_nomem(err);
	if (st != TRAWL_OK)
		tell(c, "words are not compared with the texts: another "
			"analyzer made the index");
	else if (!all_stored(&c->meta.schema))
		tell(c, "words are not compared with the texts: not every "
			"field is stored");
	else
		return preparer_new(&c->meta, NULL, &c->preparer, err);
	return TRAWL_OK;
}

static enum trawl_status check_database(struct check *c,
					struct trawl_error *err)
{
	struct xap_facts facts = { 0 };
	enum trawl_status st = xap_db_facts(c->db, &facts, err);

	c->documents = facts.documents;
	if (st == TRAWL_OK)
		st = meta_read(c->db, &c->meta, err);
	if (st == TRAWL_OK)
		st = open_preparer(c, err);
	if (st == TRAWL_OK)
		st = check_documents(c, err);
	if (st != TRAWL_OK)
		return st;
	c->progress = 1;
	if (c->done != facts.documents)
		FAULT(c, "%llu documents are there, it says %llu",
		      (unsigned long long)c->done,
		      (unsigned long long)facts.documents);
	if (c->length != facts.total_length)
		FAULT(c, "its documents' lengths are %llu, it says %llu",
		      (unsigned long long)c->length,
		      (unsigned long long)facts.total_length);
	return TRAWL_OK;
}

static bool tell_line(void *ctx, const char *line, size_t len)
{
	struct check *c = ctx;

	if (len)
		tell(c, "xapian: %.*s", (int)(len < 300 ? len : 300), line);
	return true;
}

static enum trawl_status check_tables(struct check *c, const char *path,
				      struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	uint64_t faults = 0;
	enum trawl_status st = xap_check(path, tell_line, c, &faults, &why);

	c->faults += faults;
	if (st == TRAWL_NOMEM)
		return fail_nomem(err);
	if (st != TRAWL_OK)
		FAULT(c, "xapian: %s", why.text);
	c->progress = TABLES_PERCENT / 100.0;
	return TRAWL_OK;
}

static void check_release(struct check *c)
{
	trawl_preparer_free(c->preparer);
	meta_release(&c->meta);
	xap_db_free(c->db);
	arena_release(&c->arena);
	free(c->terms);
}

/*
 * Opened before the tables are looked at, and looked at without a lock: what
 * seems damaged may be a commit, or a second one, that came in between.  That
 * is STALE, and it has to be asked for again.
 */
static enum trawl_status check_generation(struct check *c, const char *path,
					  struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	bool changed = false;
	enum trawl_status opened = xap_db_open(path, &c->db, &why);
	enum trawl_status st = check_tables(c, path, err);

	if (st != TRAWL_OK)
		return st;
	st = opened;
	if (st == TRAWL_OK)
		st = xap_db_reopen(c->db, &changed, &why);
	if (st == TRAWL_OK && changed && c->faults)
		st = fail(&why, TRAWL_STALE,
			  "committed to while it was checked; check it again");
	if (st == TRAWL_OK)
		st = check_database(c, &why);
	if (st == TRAWL_OK)
		return st;
	if (st == TRAWL_CORRUPT || st == TRAWL_NOTFOUND)
		FAULT(c, "%s", why.text);
	else
		return fail(err, st, "%s", why.text);
	return TRAWL_OK;
}

/* A generation that was switched away from may be removed while it is read. */
static bool was_replaced(const char *path, uint32_t number)
{
	char generation[PATH_MAX];
	uint32_t now;

	return generation_current(path, &now, generation, NULL) == TRAWL_OK &&
	       now != number;
}

enum trawl_status trawl_check(const char *path, trawl_report *report, void *ctx,
			      struct trawl_error *err)
{
	struct check c = { .report = report, .ctx = ctx };
	struct trawl_error why = { 0 };
	char generation[PATH_MAX];
	uint32_t number;
	enum trawl_status st;

	if (!path)
		return fail(err, TRAWL_INVAL, "trawl_check: no path");
	st = generation_current(path, &number, generation, err);
	if (st != TRAWL_OK)
		return st;
	arena_init(&c.arena, DOCUMENT_BYTES_MAX);
	tell(&c, "generation %u", number);
	st = check_generation(&c, generation, &why);
	check_release(&c);
	if (st != TRAWL_OK)
		return fail(err, st, "%s: %s", path, why.text);
	if (c.faults && was_replaced(path, number))
		return fail(err, TRAWL_STALE,
			    "%s: replaced while it was checked; check it again",
			    path);
	if (c.faults)
		return fail(err, TRAWL_CORRUPT,
			    "%s: %llu faults: rebuild it from its inputs", path,
			    (unsigned long long)c.faults);
	return TRAWL_OK;
}
