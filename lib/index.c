/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index.c - an index open for reading, and the one place that knows STALE
 *
 * A Xapian reader sees one commit.  The next one leaves it whole, the one
 * after that may overwrite its blocks, and Xapian says so in the middle of
 * whatever is being read.  The cure is to look again and ask again, and it is
 * applied in index_run() and nowhere else.
 */
#include "index.h"

#include "buf.h"
#include "generation.h"
#include "request.h"
#include "status.h"
#include "stored.h"

enum {
	SCRATCH_MAX = 1 << 20
};

/* What the snapshot says of itself. */
static enum trawl_status note_facts(struct trawl_index *ix,
				    struct trawl_error *err)
{
	enum trawl_status st = xap_db_facts(ix->db, &ix->facts, err);

	if (st == TRAWL_OK)
		snprintf(ix->rev, sizeof(ix->rev), "%u.%llu",
			 (unsigned)ix->generation,
			 (unsigned long long)ix->facts.revision);
	return st;
}

static void release_generation(struct trawl_index *ix)
{
	analyzer_free(ix->analyzer);
	xap_db_free(ix->db);
	meta_release(&ix->meta);
	ix->analyzer = NULL;
	ix->db = NULL;
}

static enum trawl_status open_analyzer(struct trawl_index *ix,
				       struct trawl_error *err)
{
	enum trawl_status st = meta_check_analyzer(&ix->meta, NULL);

	if (st != TRAWL_OK && st != TRAWL_MISMATCH && st != TRAWL_BADVALUE)
		return fail(err, st, "%s: its analyzer cannot be compared",
			    ix->path);
	ix->stale_analyzer = st != TRAWL_OK;
	st = analyzer_new(ix->meta.language, &ix->analyzer, err);
	/* Another libstemmer had the language, this one has not. */
	return st == TRAWL_BADVALUE ? TRAWL_MISMATCH : st;
}

/* Open the generation that the stub names into ix, which has none open. */
static enum trawl_status open_current(struct trawl_index *ix,
				      struct trawl_error *err)
{
	char path[PATH_MAX];
	enum trawl_status st =
		generation_current(ix->path, &ix->generation, path, err);

	if (st != TRAWL_OK)
		return st;
	st = xap_db_open(path, &ix->db, err);
	if (st == TRAWL_NOTFOUND)
		return fail(err, TRAWL_CORRUPT,
			    "%s names a generation that is not there (%s); "
			    "rebuild the index",
			    ix->path, path);
	if (st == TRAWL_OK)
		st = meta_read(ix->db, &ix->meta, err);
	if (st == TRAWL_OK)
		st = open_analyzer(ix, err);
	if (st == TRAWL_OK)
		st = note_facts(ix, err);
	return st;
}

static bool moved_on(const struct trawl_index *ix, uint32_t generation)
{
	char path[PATH_MAX];
	uint32_t now;

	return generation_current(ix->path, &now, path, NULL) == TRAWL_OK &&
	       now != generation;
}

/* Xapian does not say where, nor what to do. */
static bool lacks_path(const struct trawl_index *ix, enum trawl_status st,
		       const struct trawl_error *why)
{
	bool damaged =
		st == TRAWL_CORRUPT || st == TRAWL_IO || st == TRAWL_MISMATCH;

	return damaged && strncmp(why->text, ix->path, strlen(ix->path)) != 0;
}

/* err is written once it is known that there is no further attempt. */
static enum trawl_status give_up(const struct trawl_index *ix,
				 enum trawl_status st,
				 const struct trawl_error *why,
				 struct trawl_error *err)
{
	const char *advice = st == TRAWL_CORRUPT ? "; rebuild the index" : "";

	if (st == TRAWL_OK || !err)
		return st;
	if (lacks_path(ix, st, why))
		return fail(err, st, "%s: %s%s", ix->path, why->text, advice);
	*err = *why;
	return st;
}

/*
 * Open the current generation, and only then let go of the one before.  While
 * it is being opened it may be committed to, or be replaced and removed.
 */
static enum trawl_status load(struct trawl_index *ix, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_STALE;
	struct trawl_error why = { 0 };

	for (unsigned i = 0; i <= INDEX_RETRIES; i++) {
		struct trawl_index fresh = { .path = ix->path,
					     .scratch = ix->scratch };

		st = open_current(&fresh, &why);
		if (st == TRAWL_OK) {
			release_generation(ix);
			*ix = fresh;
			return TRAWL_OK;
		}
		release_generation(&fresh);
		if (st != TRAWL_STALE && !moved_on(ix, fresh.generation))
			break;
	}
	return give_up(ix, st, &why, err);
}

static enum trawl_status refresh(struct trawl_index *ix, bool *changed,
				 struct trawl_error *err)
{
	char path[PATH_MAX], uuid[sizeof(ix->facts.uuid)];
	uint32_t generation;
	enum trawl_status st =
		generation_current(ix->path, &generation, path, err);

	*changed = true;
	if (st != TRAWL_OK)
		return st;
	if (generation != ix->generation)
		return load(ix, err);
	memcpy(uuid, ix->facts.uuid, sizeof(uuid));
	st = xap_db_reopen(ix->db, changed, err);
	if (st == TRAWL_OK)
		st = note_facts(ix, err);
	/* Removed and made anew: all is another's, whatever its revision. */
	if (st == TRAWL_OK && strcmp(uuid, ix->facts.uuid) != 0) {
		*changed = true;
		st = load(ix, err);
	}
	/* Half reopened: the next refresh opens it anew. */
	if (st != TRAWL_OK)
		ix->generation = 0;
	return st;
}

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

		if (st == TRAWL_OK && asked && !changed)
			return damaged(ix, err);
		if (st == TRAWL_OK) {
			analyzer_flush(ix->analyzer);
			st = body(ix, arg, &why);
			asked = true;
		}
		if (st != TRAWL_STALE)
			return give_up(ix, st, &why, err);
	}
	return fail(err, TRAWL_STALE,
		    "%s: committed to faster than it can be read; try again",
		    ix->path);
}

enum trawl_status trawl_index_open(const char *path, struct trawl_index **out,
				   struct trawl_error *err)
{
	struct trawl_index *ix;
	enum trawl_status st;

	if (!path || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_index_open: an argument is NULL");
	ix = calloc(1, sizeof(*ix));
	if (!ix)
		return fail_nomem(err);
	arena_init(&ix->scratch, SCRATCH_MAX);
	ix->path = strdup(path);
	st = ix->path ? load(ix, err) : fail_nomem(err);
	if (st != TRAWL_OK) {
		trawl_index_close(ix);
		return st;
	}
	*out = ix;
	return TRAWL_OK;
}

void trawl_index_close(struct trawl_index *ix)
{
	if (!ix)
		return;
	release_generation(ix);
	arena_release(&ix->scratch);
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

enum trawl_status trawl_index_refresh(struct trawl_index *ix, bool *changed,
				      struct trawl_error *err)
{
	char rev[sizeof(ix->rev)] = "", uuid[sizeof(ix->facts.uuid)] = "";
	enum trawl_status st;

	if (ix) {
		memcpy(rev, ix->rev, sizeof(rev));
		memcpy(uuid, ix->facts.uuid, sizeof(uuid));
	}
	st = index_run(ix, nothing, NULL, err);
	if (st == TRAWL_OK && changed)
		*changed = strcmp(rev, ix->rev) != 0 ||
			   strcmp(uuid, ix->facts.uuid) != 0;
	return st;
}

static void describe(const struct schema_field *from,
		     struct trawl_field_info *to)
{
	to->name = from->name;
	to->type = from->type;
	to->indexed = from->indexed;
	to->stored = from->stored;
	to->sort = from->sort;
	to->facet = from->facet;
	to->weight = from->weight;
}

static enum trawl_status info_body(struct trawl_index *ix, void *arg,
				   struct trawl_error *err)
{
	const struct schema *schema = &ix->meta.schema;
	char path[PATH_MAX];

	(void)arg;
	(void)err;
	generation_path(ix->path, ix->generation, path);
	for (size_t i = 0; i < schema->nfields; i++)
		describe(&schema->field[i], &ix->fields[i]);
	ix->info = (struct trawl_info){
		.path = ix->path,
		.rev = ix->rev,
		.language = ix->meta.language,
		.format = ix->meta.format,
		.stale_analyzer = ix->stale_analyzer,
		.documents = ix->facts.documents,
		/* Each is there as word and as stem, a title's once more. */
		.words = ix->facts.total_length / 2,
		.bytes = directory_bytes(path),
		.fields = ix->fields,
		.nfields = schema->nfields,
	};
	return TRAWL_OK;
}

enum trawl_status trawl_index_info(struct trawl_index *ix,
				   const struct trawl_info **out,
				   struct trawl_error *err)
{
	enum trawl_status st;

	if (!out)
		return fail(err, TRAWL_INVAL,
			    "trawl_index_info: an argument is NULL");
	st = index_run(ix, info_body, NULL, err);
	if (st == TRAWL_OK)
		*out = &ix->info;
	return st;
}

/* ----------------------------------------------------------- documents -- */

static bool keep_first(void *ctx, uint32_t docid)
{
	*(uint32_t *)ctx = docid;
	return false;
}

enum trawl_status index_find(struct trawl_index *ix, const char *id,
			     uint32_t *docid, struct trawl_error *err)
{
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	uint32_t found = 0;
	enum trawl_status st;

	add_long_term(&term, TERM_ID, id, strlen(id));
	st = term.failed ? fail_nomem(err)
			 : xap_db_postings(ix->db, term.data, term.len, 0,
					   keep_first, &found, err);
	buf_release(&term);
	if (st != TRAWL_OK)
		return st;
	if (!found)
		return fail(err, TRAWL_NOTFOUND, "no document \"%.*s\" in %s",
			    shown(id), id, ix->path);
	*docid = found;
	return TRAWL_OK;
}

struct parse {
	struct arena *arena;
	struct trawl_doc *out;
	enum trawl_status st;
	const char *why;
};

static bool parse_data(void *ctx, const char *data, size_t len)
{
	struct parse *p = ctx;

	p->st = stored_parse(data, len, p->arena, p->out, &p->why);
	return true;
}

enum trawl_status index_document(struct trawl_index *ix, uint32_t docid,
				 struct arena *arena, struct trawl_doc *out,
				 struct trawl_error *err)
{
	struct parse p = { arena, out, TRAWL_OK, NULL };
	enum trawl_status st = xap_db_data(ix->db, docid, parse_data, &p, err);

	if (st == TRAWL_OK)
		st = p.st;
	if (st == TRAWL_NOTFOUND) {
		st = TRAWL_CORRUPT;
		p.why = "it is listed and is not there";
	}
	if (st == TRAWL_CORRUPT && p.why)
		return fail(err, TRAWL_CORRUPT,
			    "%s: document %u: %s; rebuild the index", ix->path,
			    (unsigned)docid, p.why);
	return st == TRAWL_NOMEM ? fail_nomem(err) : st;
}
