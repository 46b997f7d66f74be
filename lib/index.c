/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index.c - an index open for reading, and the one place that knows STALE
 *
 * A Xapian reader sees one commit.  The next one leaves it whole, the one
 * after that may overwrite its blocks, and Xapian says so in the middle of
 * whatever is being read.  The cure is to look again and ask again, and it is
 * applied in index_run() and nowhere else.
 *
 * Of several indexes each is looked at, and they are joined anew when one has
 * moved: their schemas, and so what they have in common, may have changed.
 */
#include "index.h"

#include "buf.h"
#include "lexicon.h"
#include "request.h"
#include "status.h"
#include "stored.h"

enum {
	SCRATCH_MAX = 1 << 20
};

/* ------------------------------------------------------------ several -- */

uint32_t index_docid(const struct trawl_index *ix, size_t k, uint32_t docid)
{
	return (docid - 1) * (uint32_t)ix->nparts + (uint32_t)k + 1;
}

static const struct index_part *part_of(const struct trawl_index *ix,
					uint32_t docid)
{
	return &ix->part[(docid - 1) % ix->nparts];
}

/* Where it failed, and which of several that is. */
static enum trawl_status fail_part(const struct index_part *p,
				   enum trawl_status st,
				   const struct trawl_error *why,
				   struct trawl_error *err)
{
	struct trawl_error told = { 0 };

	give_up(p->path, st, why, &told);
	return fail(err, st, "%s%s%s", p->name ? p->name : "",
		    p->name ? ": " : "", told.text);
}

static enum trawl_status join_dbs(struct trawl_index *ix,
				  struct trawl_error *err)
{
	struct xap_db *each[TRAWL_PARTS_MAX], *joined;
	enum trawl_status st;

	if (ix->nparts == 1) {
		ix->db = ix->part[0].db;
		return TRAWL_OK;
	}
	for (size_t i = 0; i < ix->nparts; i++)
		each[i] = ix->part[i].db;
	st = xap_db_join(each, ix->nparts, &joined, err);
	if (st != TRAWL_OK)
		return st;
	xap_db_free(ix->db);
	ix->db = joined;
	return TRAWL_OK;
}

static enum trawl_status open_analyzer(struct trawl_index *ix,
				       struct trawl_error *err)
{
	const char *language = ix->part[0].meta.language;
	struct trawl_error why = { 0 };
	struct analyzer *fresh;
	enum trawl_status st;

	if (ix->analyzer && !strcmp(ix->language, language))
		return TRAWL_OK;
	st = analyzer_new(language, &fresh, &why);
	/* Another libstemmer had the language, this one has not. */
	if (st == TRAWL_BADVALUE)
		st = TRAWL_MISMATCH;
	if (st != TRAWL_OK)
		return give_up(ix->path, st, &why, err);
	analyzer_free(ix->analyzer);
	ix->analyzer = fresh;
	snprintf(ix->language, sizeof(ix->language), "%s", language);
	return TRAWL_OK;
}

/* Of several, numbers of documents are shared out among the parts. */
static enum trawl_status sum_up(struct trawl_index *ix, struct trawl_error *err)
{
	size_t n = 0;

	ix->documents = ix->total_length = 0;
	for (size_t i = 0; i < ix->nparts; i++) {
		const struct index_part *p = &ix->part[i];

		if (p->facts.last_docid > UINT32_MAX / ix->nparts)
			return fail(err, TRAWL_MISMATCH,
				    "%s has too many documents to be searched "
				    "with %zu others",
				    p->name, ix->nparts - 1);
		ix->documents += p->facts.documents;
		ix->total_length += p->facts.total_length;
		n += (size_t)snprintf(
			ix->rev + n, sizeof(ix->rev) - n, "%s%s%s%u.%llu",
			i ? "," : "", p->name ? p->name : "",
			p->name ? ":" : "", (unsigned)p->generation,
			(unsigned long long)p->facts.revision);
	}
	return TRAWL_OK;
}

/* The parts are as they should be: make them one. */
static enum trawl_status join(struct trawl_index *ix, struct trawl_error *err)
{
	enum trawl_status st = join_dbs(ix, err);

	ix->ready = ix->words_ready = false;
	lexicon_forget(ix->lexicon);
	free(ix->sample);
	ix->sample = NULL;
	if (st == TRAWL_OK)
		st = parts_agree(ix->part, ix->nparts, &ix->schema, err);
	if (st == TRAWL_OK)
		st = open_analyzer(ix, err);
	if (st == TRAWL_OK)
		st = sum_up(ix, err);
	ix->ready = st == TRAWL_OK;
	return st;
}

static enum trawl_status refresh(struct trawl_index *ix, bool *changed,
				 struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st = TRAWL_OK;

	*changed = false;
	for (size_t i = 0; st == TRAWL_OK && i < ix->nparts; i++) {
		bool moved;

		st = part_refresh(&ix->part[i], &moved, &why);
		if (st != TRAWL_OK)
			st = fail_part(&ix->part[i], st, &why, err);
		*changed |= moved;
	}
	if (*changed)
		ix->ready = false;
	return st == TRAWL_OK && !ix->ready ? join(ix, err) : st;
}

/* --------------------------------------------------------------- life -- */

/*
 * Blocks are overwritten only by the commit after the next.  So a reader that
 * is told so without there being a newer commit has a damaged index before it.
 */
static enum trawl_status damaged(const struct trawl_index *ix,
				 struct trawl_error *err)
{
	return fail(err, TRAWL_CORRUPT,
		    "%s: blocks of the newest commit have been overwritten; "
		    "rebuild the index",
		    ix->path);
}

/* What the matcher's blocks said counts once they are known to be the
 * snapshot's. */
static enum trawl_status run_body(struct trawl_index *ix, index_body *body,
				  void *arg, struct trawl_error *err)
{
	enum trawl_status st = body(ix, arg, err);

	if (st == TRAWL_OK && ix->part[0].matcher)
		st = matcher_settle(ix->part[0].matcher, err);
	return st;
}

enum trawl_status index_run(struct trawl_index *ix, index_body *body, void *arg,
			    struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	bool asked = false, changed;

	if (!ix)
		return fail(err, TRAWL_INVAL, "the index is NULL");
	arena_reset(&ix->scratch);
	for (unsigned i = 0; i <= INDEX_RETRIES; i++) {
		enum trawl_status st = refresh(ix, &changed, &why);

		if (st != TRAWL_OK && st != TRAWL_STALE)
			return fail(err, st, "%s", why.text);
		if (st == TRAWL_OK && asked && !changed)
			return damaged(ix, err);
		if (st == TRAWL_OK) {
			analyzer_flush(ix->analyzer);
			index_words_flush(ix);
			st = run_body(ix, body, arg, &why);
			asked = true;
		}
		if (st != TRAWL_STALE)
			return give_up(ix->path, st, &why, err);
	}
	return fail(err, TRAWL_STALE,
		    "%s: committed to faster than it can be read; try again",
		    ix->path);
}

static bool good_name(const char *name)
{
	size_t len = name ? strlen(name) : 0;

	for (size_t i = 0; i < len; i++)
		if ((unsigned char)name[i] <= ' ' || strchr(",:\x7F", name[i]))
			return false;
	return len && len <= PART_NAME_MAX;
}

/* A name is written into revisions, with a comma between two. */
static enum trawl_status check_names(const struct trawl_part *parts, size_t n,
				     struct trawl_error *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!good_name(parts[i].name))
			return fail(err, TRAWL_INVAL,
				    "the name of index %zu must be 1..%d bytes "
				    "without blanks, commas and colons",
				    i + 1, PART_NAME_MAX);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(parts[i].name, parts[k].name))
				return fail(err, TRAWL_INVAL,
					    "two indexes have the name %s",
					    parts[i].name);
	}
	return TRAWL_OK;
}

static enum trawl_status check_parts(const struct trawl_part *parts, size_t n,
				     struct trawl_index **out,
				     struct trawl_error *err)
{
	if (!parts || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_index_open: an argument is NULL");
	if (!n || n > TRAWL_PARTS_MAX)
		return fail(err, TRAWL_INVAL,
			    "%zu indexes to be searched as one: must be 1..%d",
			    n, TRAWL_PARTS_MAX);
	for (size_t i = 0; i < n; i++)
		if (!parts[i].path)
			return fail(err, TRAWL_INVAL,
				    "trawl_index_open: an argument is NULL");
	return n > 1 ? check_names(parts, n, err) : TRAWL_OK;
}

/* The index's path, or the parts' names: false without memory. */
static bool name_all(struct trawl_index *ix, const struct trawl_part *parts,
		     size_t n)
{
	struct buf all = BUF_INIT(TRAWL_PARTS_MAX * (PART_NAME_MAX + 1));

	if (n == 1) {
		ix->path = strdup(parts[0].path);
		return ix->path;
	}
	for (size_t i = 0; i < n; i++)
		buf_addf(&all, "%s%s", i ? "," : "", parts[i].name);
	ix->path = buf_detach(&all);
	return ix->path;
}

static enum trawl_status open_part(struct index_part *p,
				   const struct trawl_part *from, bool one,
				   struct trawl_error *err)
{
	struct trawl_error why = { 0 };
	enum trawl_status st;

	p->path = strdup(from->path);
	p->name = one ? NULL : strdup(from->name);
	if (!p->path || (!one && !p->name))
		return fail_nomem(err);
	st = part_load(p, &why);
	return st == TRAWL_OK ? st : fail_part(p, st, &why, err);
}

static enum trawl_status open_parts(struct trawl_index *ix,
				    const struct trawl_part *parts, size_t n,
				    struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	ix->part = calloc(n, sizeof(*ix->part));
	if (!ix->part || !name_all(ix, parts, n))
		return fail_nomem(err);
	while (st == TRAWL_OK && ix->nparts < n) {
		struct index_part *p = &ix->part[ix->nparts];

		st = open_part(p, &parts[ix->nparts++], n == 1, err);
	}
	return st == TRAWL_OK ? join(ix, err) : st;
}

enum trawl_status trawl_index_open_many(const struct trawl_part *parts,
					size_t n, struct trawl_index **out,
					struct trawl_error *err)
{
	struct trawl_index *ix;
	enum trawl_status st = check_parts(parts, n, out, err);

	if (st != TRAWL_OK)
		return st;
	ix = calloc(1, sizeof(*ix));
	if (!ix)
		return fail_nomem(err);
	arena_init(&ix->scratch, SCRATCH_MAX);
	st = open_parts(ix, parts, n, err);
	if (st != TRAWL_OK) {
		trawl_index_close(ix);
		return st;
	}
	*out = ix;
	return TRAWL_OK;
}

enum trawl_status trawl_index_open(const char *path, struct trawl_index **out,
				   struct trawl_error *err)
{
	const struct trawl_part part = { NULL, path };

	return trawl_index_open_many(&part, 1, out, err);
}

void trawl_index_close(struct trawl_index *ix)
{
	if (!ix)
		return;
	if (ix->nparts > 1)
		xap_db_free(ix->db);
	for (size_t i = 0; i < ix->nparts; i++)
		part_release(&ix->part[i]);
	analyzer_free(ix->analyzer);
	index_words_release(ix);
	lexicon_free(ix->lexicon);
	free(ix->sample);
	arena_release(&ix->scratch);
	free(ix->part);
	free(ix->path);
	free(ix);
}

static enum trawl_status nothing(struct trawl_index *ix, void *arg,
				 struct trawl_error *err)
{
	(void)ix;
	(void)arg;
	(void)err;
	return TRAWL_OK;
}

static uint64_t moves(const struct trawl_index *ix)
{
	uint64_t n = 0;

	for (size_t i = 0; ix && i < ix->nparts; i++)
		n += ix->part[i].moves;
	return n;
}

enum trawl_status trawl_index_refresh(struct trawl_index *ix, bool *changed,
				      struct trawl_error *err)
{
	uint64_t before = moves(ix);
	enum trawl_status st = index_run(ix, nothing, NULL, err);

	if (st == TRAWL_OK && changed)
		*changed = moves(ix) != before;
	return st;
}

/* -------------------------------------------------------------- matcher -- */

enum trawl_status index_matcher(struct trawl_index *ix, struct matcher **out,
				struct trawl_error *err)
{
	*out = NULL;
	return ix->nparts == 1 ? part_matcher(&ix->part[0], out, err)
			       : TRAWL_OK;
}

enum trawl_status index_terms(struct trawl_index *ix, struct term_source *out,
			      struct trawl_error *err)
{
	out->db = ix->db;
	return index_matcher(ix, &out->matcher, err);
}

enum trawl_status
index_search(struct trawl_index *ix, const struct xap_search *rq,
	     void (*each)(void *ctx, const struct xap_match *m), void *ctx,
	     struct xap_totals *totals, struct trawl_error *err)
{
	struct matcher *m = NULL;
	enum trawl_status st = TRAWL_OK;

	if (matcher_takes(rq))
		st = index_matcher(ix, &m, err);
	if (st != TRAWL_OK)
		return st;
	return m ? matcher_search(m, rq, each, ctx, totals, err)
		 : xap_db_search(ix->db, rq, each, ctx, totals, err);
}

enum trawl_status index_score(struct trawl_index *ix,
			      const struct xap_search *rq, uint32_t docid,
			      bool *matches, double *weight,
			      struct trawl_error *err)
{
	struct matcher *m;
	enum trawl_status st = index_matcher(ix, &m, err);

	if (st != TRAWL_OK)
		return st;
	return m ? matcher_score(m, rq, docid, matches, weight, err)
		 : xap_db_score(ix->db, rq, docid, matches, weight, err);
}

/* ----------------------------------------------------------- documents -- */

static bool keep_first(void *ctx, uint32_t docid)
{
	*(uint32_t *)ctx = docid;
	return false;
}

/* *docid is 0 when p has none. */
static enum trawl_status find_in(const struct index_part *p,
				 struct xap_bytes term, uint32_t *docid,
				 struct trawl_error *err)
{
	*docid = 0;
	return xap_db_postings(p->db, term.data, term.len, 0, keep_first, docid,
			       err);
}

enum trawl_status index_find_term(struct trawl_index *ix, struct xap_bytes term,
				  uint32_t *docid, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;
	uint32_t found = 0;
	size_t k = 0;

	while (st == TRAWL_OK && !found && k < ix->nparts)
		st = find_in(&ix->part[k++], term, &found, err);
	if (st == TRAWL_OK)
		*docid = found ? index_docid(ix, k - 1, found) : 0;
	return st;
}

enum trawl_status index_find(struct trawl_index *ix, const char *id,
			     uint32_t *docid, struct trawl_error *err)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	uint32_t found = 0;
	enum trawl_status st;

	add_long_term(&term, TERM_ID, id, strlen(id));
	if (term.failed)
		st = fail_nomem(err);
	else
		st = index_find_term(ix,
				     (struct xap_bytes){ term.data, term.len },
				     &found, err);
	buf_release(&term);
	if (st != TRAWL_OK)
		return st;
	if (!found)
		return fail(err, TRAWL_NOTFOUND, "no document \"%.*s\" in %s",
			    shown(id), id, ix->path);
	*docid = found;
	return TRAWL_OK;
}

/* --------------------------------------------------------------- groups -- */

enum trawl_status index_has_groups(struct trawl_index *ix, enum group_kind kind,
				   bool *any, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;
	struct groups *g;

	*any = false;
	for (size_t k = 0; st == TRAWL_OK && !*any && k < ix->nparts; k++) {
		st = part_groups(&ix->part[k], kind, &g, err);
		if (st == TRAWL_OK)
			st = groups_any(g, any, err);
	}
	return st;
}

enum trawl_status index_group_of(struct trawl_index *ix, enum group_kind kind,
				 uint32_t docid, uint32_t *stands,
				 bool *grouped, struct trawl_error *err)
{
	const size_t k = (docid - 1) % ix->nparts;
	struct groups *g;
	enum trawl_status st = part_groups(&ix->part[k], kind, &g, err);

	if (st == TRAWL_OK)
		st = groups_of(g, (uint32_t)((docid - 1) / ix->nparts + 1),
			       stands, grouped, err);
	if (st == TRAWL_OK)
		*stands = index_docid(ix, k, *stands);
	return st;
}

struct members {
	const struct trawl_index *ix;
	size_t part;
	xap_docid_fn *each;
	void *ctx;
};

static bool give_member(void *ctx, uint32_t docid)
{
	const struct members *m = ctx;

	return m->each(m->ctx, index_docid(m->ix, m->part, docid));
}

enum trawl_status index_group_members(struct trawl_index *ix,
				      enum group_kind kind, uint32_t stands,
				      xap_docid_fn *each, void *ctx,
				      struct trawl_error *err)
{
	struct members m = { ix, (stands - 1) % ix->nparts, each, ctx };
	struct groups *g;
	enum trawl_status st = part_groups(&ix->part[m.part], kind, &g, err);

	return st == TRAWL_OK
		       ? groups_members(
				 g, (uint32_t)((stands - 1) / ix->nparts + 1),
				 give_member, &m, err)
		       : st;
}

struct parse {
	bool fields; /* the text is not asked for */
	struct arena *arena;
	struct trawl_doc *out;
	enum trawl_status st;
	const char *why;
};

static bool parse_data(void *ctx, const char *data, size_t len)
{
	struct parse *p = ctx;
	const char *feed = p->fields ? memchr(data, '\n', len) : NULL;

	if (feed)
		len = (size_t)(feed + 1 - data);
	p->st = stored_parse(data, len, p->arena, p->out, &p->why);
	return true;
}

/* By m, or by Xapian when that is NULL. */
static enum trawl_status read_document(struct trawl_index *ix,
				       struct matcher *m, uint32_t docid,
				       bool fields, struct arena *arena,
				       struct trawl_doc *out,
				       struct trawl_error *err)
{
	const struct index_part *from = part_of(ix, docid);
	struct parse p = { fields, arena, out, TRAWL_OK, NULL };
	enum trawl_status st =
		m ? matcher_data(m, docid, fields, parse_data, &p, err)
		  : xap_db_data(ix->db, docid, parse_data, &p, err);

	if (st == TRAWL_OK)
		st = p.st;
	if (st == TRAWL_NOTFOUND) {
		st = TRAWL_CORRUPT;
		p.why = "it is listed and is not there";
	}
	if (st == TRAWL_CORRUPT && p.why)
		return fail(err, TRAWL_CORRUPT,
			    "%s: document %u: %s; rebuild the index",
			    from->path,
			    (unsigned)((docid - 1) / ix->nparts + 1), p.why);
	if (st == TRAWL_OK && from->name) {
		out->index = arena_strdup(arena, from->name);
		st = out->index ? TRAWL_OK : TRAWL_NOMEM;
	}
	return st == TRAWL_NOMEM ? fail_nomem(err) : st;
}

enum trawl_status index_document(struct trawl_index *ix, uint32_t docid,
				 struct arena *arena, struct trawl_doc *out,
				 struct trawl_error *err)
{
	struct matcher *m;
	enum trawl_status st = index_matcher(ix, &m, err);

	return st == TRAWL_OK
		       ? read_document(ix, m, docid, false, arena, out, err)
		       : st;
}

enum trawl_status index_fields(struct trawl_index *ix, uint32_t docid,
			       struct arena *arena, struct trawl_doc *out,
			       struct trawl_error *err)
{
	struct matcher *m;
	enum trawl_status st = index_matcher(ix, &m, err);

	return st == TRAWL_OK
		       ? read_document(ix, m, docid, true, arena, out, err)
		       : st;
}

enum trawl_status index_document_at_once(struct trawl_index *ix, uint32_t docid,
					 struct arena *arena,
					 struct trawl_doc *out,
					 struct trawl_error *err)
{
	return read_document(ix, NULL, docid, false, arena, out, err);
}
