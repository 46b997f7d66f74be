/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs from the top of the source tree: it reads lib/xap.h to see that no
 * entry point was forgotten.
 */
#include "clock.h"
#include "xap.h"
#include "xap_throw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define BYTES(s)                                                               \
	(struct xap_bytes)                                                     \
	{                                                                      \
		(s), sizeof(s) - 1                                             \
	}

enum {
	IDS_MAX = 4096,
	TEXT_MAX = 4096,
	WORDS_MAX = 64,
	ENTRIES_MAX = 64
};

/* One byte more than a term may have. */
static const char long_term[] =
	"lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll"
	"lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll"
	"lllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll"
	"lllllllllllllllllllllllllllllllllllllll";

/* ------------------------------------------------------------ fixture -- */

struct fixture {
	char dir[256], path[300];
	struct xap_writer *w;
	struct xap_db *db;
	struct trawl_error err;
};

#define OK(call)                                                               \
	do {                                                                   \
		struct trawl_error *e_ = &f->err;                              \
		enum trawl_status st_ = (call);                                \
                                                                               \
		if (st_ != TRAWL_OK)                                           \
			fail_msg("%s: %s: %s", #call, trawl_status_name(st_),  \
				 e_->text);                                    \
	} while (0)

static void assert_status(enum trawl_status got, enum trawl_status want,
			  const struct trawl_error *err)
{
	if (got != want)
		fail_msg("%s, not %s: %s", trawl_status_name(got),
			 trawl_status_name(want), err->text);
	if (want == TRAWL_OK)
		return;
	assert_true(err->text[0]);
	assert_null(strpbrk(err->text, "\r\n\t"));
}

static void assert_row(size_t row, const char *got, const char *want)
{
	if (strcmp(got, want))
		fail_msg("row %zu: \"%s\", not \"%s\"", row, got, want);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(f);
	snprintf(f->dir, sizeof(f->dir), "%s/trawl-xap-XXXXXX",
		 tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/db", f->dir);
	*state = f;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	throw_at(NULL, NULL);
	xap_db_free(f->db);
	xap_writer_free(f->w);
	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(f);
	return 0;
}

static void create(struct fixture *f)
{
	OK(xap_writer_open(f->path, XAP_CREATE, true, &f->w, &f->err));
}

/* Commit, and open what was committed. */
static void publish(struct fixture *f)
{
	OK(xap_writer_commit(f->w, &f->err));
	xap_db_free(f->db);
	f->db = NULL;
	OK(xap_db_open(f->path, &f->db, &f->err));
}

/* ---------------------------------------------------------- documents -- */

struct sample {
	struct xap_posting postings[WORDS_MAX];
	uint32_t positions[WORDS_MAX][WORDS_MAX];
	size_t npostings;
	struct xap_value values[4];
	size_t nvalues;
	const char *data;
};

static int by_term(const void *a, const void *b)
{
	const struct xap_posting *x = a, *y = b;
	size_t n = x->term.len < y->term.len ? x->term.len : y->term.len;
	int c = memcmp(x->term.data, y->term.data, n);

	return c ? c
		 : (x->term.len > y->term.len) - (x->term.len < y->term.len);
}

static struct xap_posting *posting(struct sample *s, const char *term,
				   size_t len)
{
	struct xap_posting *p;

	for (size_t i = 0; i < s->npostings; i++) {
		p = &s->postings[i];
		if (p->term.len == len && !memcmp(p->term.data, term, len))
			return p;
	}
	assert_true(s->npostings < WORDS_MAX);
	p = &s->postings[s->npostings];
	*p = (struct xap_posting){ .term = { term, len },
				   .positions = s->positions[s->npostings] };
	s->npostings++;
	return p;
}

/* The words of text at positions from 1, each with a wdf of its count. */
static void add_words(struct sample *s, const char *text)
{
	uint32_t position = 0;

	for (size_t len; *text; text += len + (text[len] == ' ')) {
		struct xap_posting *p;

		len = strcspn(text, " ");
		p = posting(s, text, len);
		s->positions[p - s->postings][p->npositions++] = ++position;
		p->wdf++;
	}
}

static void add_value(struct sample *s, uint32_t slot, const char *value)
{
	if (value)
		s->values[s->nvalues++] =
			(struct xap_value){ slot, { value, strlen(value) } };
}

static enum trawl_status store(struct fixture *f, struct sample *s,
			       const char *id, uint32_t *docid)
{
	struct xap_document doc = { .data = { s->data ? s->data : "", 0 },
				    .postings = s->postings,
				    .values = s->values,
				    .nvalues = s->nvalues };

	posting(s, id, strlen(id));
	qsort(s->postings, s->npostings, sizeof(*s->postings), by_term);
	doc.npostings = s->npostings;
	doc.data.len = strlen(doc.data.data);
	return xap_writer_put(f->w, id, strlen(id), &doc, docid, &f->err);
}

/* Slot 0 gets order, slot 1 key; NULL: none. */
static uint32_t put(struct fixture *f, const char *id, const char *text,
		    const char *order, const char *key)
{
	struct sample s = { .data = text };
	uint32_t docid = 0;

	add_words(&s, text);
	add_value(&s, 0, order);
	add_value(&s, 1, key);
	OK(store(f, &s, id, &docid));
	return docid;
}

static uint64_t documents(struct fixture *f, struct xap_db *db)
{
	struct xap_facts facts;

	OK(xap_db_facts(db, &facts, &f->err));
	return facts.documents;
}

/* ---------------------------------------------------------- callbacks -- */

/* Each call's bytes, then ';'; false once left is used up. */
struct notes {
	char text[TEXT_MAX];
	size_t len, calls, left;
};

static bool note(struct notes *n, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static bool note(struct notes *n, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	n->len += (size_t)vsnprintf(n->text + n->len, sizeof(n->text) - n->len,
				    fmt, ap);
	va_end(ap);
	assert_true(n->len < sizeof(n->text));
	n->calls++;
	return !n->left || n->calls < n->left;
}

static bool note_bytes(void *ctx, const char *data, size_t len)
{
	return note(ctx, "%.*s;", (int)len, data);
}

static bool note_term(void *ctx, const char *term, size_t len, uint32_t wdf,
		      uint32_t termfreq)
{
	return note(ctx, "%.*s %u %u;", (int)len, term, wdf, termfreq);
}

static bool note_docid(void *ctx, uint32_t docid)
{
	return note(ctx, "%u;", docid);
}

static bool note_value(void *ctx, uint32_t number, const char *value,
		       size_t len)
{
	return note(ctx, "%u=%.*s;", number, (int)len, value);
}

/* docid wdf length positions */
static bool note_entry(void *ctx, const struct xap_entry *e)
{
	char positions[200] = "";
	size_t n = 0;

	for (size_t i = 0; i < e->npositions; i++)
		n += (size_t)snprintf(positions + n, sizeof(positions) - n,
				      "%u,", e->positions[i]);
	assert_true(n < sizeof(positions));
	return note(ctx, "%u %u %u %s;", e->docid, e->wdf, e->length,
		    positions);
}

/* ------------------------------------------------------------- search -- */

struct answer {
	uint32_t ids[IDS_MAX];
	double weights[IDS_MAX];
	size_t n;
	struct xap_totals totals;
};

static void take(void *ctx, const struct xap_match *m)
{
	struct answer *a = ctx;

	assert_true(a->n < IDS_MAX);
	a->ids[a->n] = m->docid;
	a->weights[a->n++] = m->weight;
}

static struct xap_search search_for(const struct xap_node *query)
{
	return (struct xap_search){
		.query = query, .count = IDS_MAX, .k1 = 1.2, .b = 0.75
	};
}

static void run(struct fixture *f, const struct xap_search *rq,
		struct answer *a)
{
	memset(a, 0, sizeof(*a));
	OK(xap_db_search(f->db, rq, take, a, &a->totals, &f->err));
}

/* The answer's documents: "3 1 2". */
static const char *ids(const struct answer *a)
{
	static _Thread_local char text[TEXT_MAX];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < a->n && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%u",
					i ? " " : "", a->ids[i]);
	return text;
}

static const char *hits(struct fixture *f, const struct xap_node *query)
{
	struct xap_search rq = search_for(query);
	static _Thread_local struct answer a;

	run(f, &rq, &a);
	return ids(&a);
}

#define TERM(s)                                                                \
	(&(struct xap_node){ .op = XAP_TERM, .term = { (s), strlen(s) } })
#define KIDS(...)                                                              \
	.kids = (struct xap_node *const[]){ __VA_ARGS__ },                     \
	.nkids = sizeof((struct xap_node *const[]){ __VA_ARGS__ }) /           \
		 sizeof(struct xap_node *)
#define NODE(...) (&(struct xap_node){ __VA_ARGS__ })

static const char *hits_sorted(struct fixture *f, const struct xap_node *query)
{
	struct xap_search rq = search_for(query);
	static _Thread_local struct answer a;

	run(f, &rq, &a);
	for (size_t i = 1; i < a.n; i++)
		for (size_t k = i; k && a.ids[k - 1] > a.ids[k]; k--) {
			uint32_t swap = a.ids[k];

			a.ids[k] = a.ids[k - 1];
			a.ids[k - 1] = swap;
		}
	return ids(&a);
}

/* --------------------------------------------------------- exceptions -- */

static void no_match(void *ctx, const struct xap_match *m)
{
	(void)ctx;
	(void)m;
}

static const struct xap_node every = { .op = XAP_ALL };

static enum trawl_status e_open(struct fixture *f, struct trawl_error *err)
{
	struct xap_db *db = NULL;
	enum trawl_status st = xap_db_open(f->path, &db, err);

	xap_db_free(db);
	return st;
}

static enum trawl_status e_join(struct fixture *f, struct trawl_error *err)
{
	struct xap_db *const parts[] = { f->db, f->db };
	struct xap_db *db = NULL;
	enum trawl_status st = xap_db_join(parts, 2, &db, err);

	xap_db_free(db);
	return st;
}

static enum trawl_status e_reopen(struct fixture *f, struct trawl_error *err)
{
	bool changed;

	return xap_db_reopen(f->db, &changed, err);
}

static enum trawl_status e_facts(struct fixture *f, struct trawl_error *err)
{
	struct xap_facts facts;

	return xap_db_facts(f->db, &facts, err);
}

static enum trawl_status e_term_freq(struct fixture *f, struct trawl_error *err)
{
	uint32_t tf, cf;

	return xap_db_term_freq(f->db, "a", 1, &tf, &cf, err);
}

static enum trawl_status e_metadata(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_metadata(f->db, "k", 1, note_bytes, &n, err);
}

static enum trawl_status e_metadata_keys(struct fixture *f,
					 struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_metadata_keys(f->db, "k", 1, note_bytes, &n, err);
}

static enum trawl_status e_postings(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_postings(f->db, "a", 1, 0, note_docid, &n, err);
}

static enum trawl_status e_terms(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_terms(f->db, BYTES("a"), BYTES(""), true, note_term, &n,
			    err);
}

static enum trawl_status e_data(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_data(f->db, 1, note_bytes, &n, err);
}

static enum trawl_status e_value(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_value(f->db, 1, 0, note_bytes, &n, err);
}

static enum trawl_status e_length(struct fixture *f, struct trawl_error *err)
{
	uint32_t length;

	return xap_db_length(f->db, 1, &length, err);
}

static enum trawl_status e_termlist(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_termlist(f->db, 1, true, note_term, &n, err);
}

static enum trawl_status e_positions(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_positions(f->db, 1, "a", 1, note_docid, &n, err);
}

static enum trawl_status e_bounds(struct fixture *f, struct trawl_error *err)
{
	struct xap_bounds bounds;

	return xap_db_bounds(f->db, &bounds, err);
}

static enum trawl_status e_wdf_bound(struct fixture *f, struct trawl_error *err)
{
	uint32_t bound;

	return xap_db_wdf_bound(f->db, "a", 1, &bound, err);
}

static enum trawl_status e_entries(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_entries(f->db, "a", 1, 0, note_entry, &n, err);
}

static enum trawl_status e_unique_terms(struct fixture *f,
					struct trawl_error *err)
{
	uint32_t unique;

	return xap_db_unique_terms(f->db, 1, &unique, err);
}

static enum trawl_status e_values(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_values(f->db, 1, note_value, &n, err);
}

static enum trawl_status e_value_stream(struct fixture *f,
					struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_value_stream(f->db, 0, 0, note_value, &n, err);
}

static enum trawl_status e_value_bounds(struct fixture *f,
					struct trawl_error *err)
{
	struct notes n = { .len = 0 };
	uint32_t documents;

	return xap_db_value_bounds(f->db, 0, &documents, note_bytes, &n, err);
}

static enum trawl_status e_spellings(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_spellings(f->db, BYTES(""), note_term, &n, err);
}

static enum trawl_status e_synonym_keys(struct fixture *f,
					struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_synonym_keys(f->db, BYTES(""), note_bytes, &n, err);
}

static enum trawl_status e_synonyms(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };

	return xap_db_synonyms(f->db, "a", 1, note_bytes, &n, err);
}

static enum trawl_status e_search(struct fixture *f, struct trawl_error *err)
{
	struct xap_search rq = search_for(&every);
	struct xap_totals totals;

	return xap_db_search(f->db, &rq, no_match, NULL, &totals, err);
}

static enum trawl_status e_score(struct fixture *f, struct trawl_error *err)
{
	struct xap_search rq = search_for(&every);
	bool matches;
	double weight;

	return xap_db_score(f->db, &rq, 1, &matches, &weight, err);
}

static enum trawl_status e_writer_open(struct fixture *f,
				       struct trawl_error *err)
{
	struct xap_writer *w = NULL;
	char other[320];
	enum trawl_status st;

	snprintf(other, sizeof(other), "%s-other", f->path);
	st = xap_writer_open(other, XAP_CREATE, true, &w, err);
	xap_writer_free(w);
	return st;
}

static enum trawl_status e_put(struct fixture *f, struct trawl_error *err)
{
	const struct xap_posting q = { .term = BYTES("Qe") };
	const struct xap_document doc = { .postings = &q, .npostings = 1 };
	uint32_t docid;

	return xap_writer_put(f->w, "Qe", 2, &doc, &docid, err);
}

static enum trawl_status e_set_value(struct fixture *f, struct trawl_error *err)
{
	return xap_writer_set_value(f->w, 1, 3, "v", 1, err);
}

static enum trawl_status e_delete(struct fixture *f, struct trawl_error *err)
{
	return xap_writer_delete(f->w, 2, err);
}

static enum trawl_status e_set_metadata(struct fixture *f,
					struct trawl_error *err)
{
	return xap_writer_set_metadata(f->w, "k", 1, "v", 1, err);
}

static enum trawl_status e_add_spelling(struct fixture *f,
					struct trawl_error *err)
{
	return xap_writer_add_spelling(f->w, "word", 4, 1, err);
}

static enum trawl_status e_add_synonym(struct fixture *f,
				       struct trawl_error *err)
{
	return xap_writer_add_synonym(f->w, "word", 4, "term", 4, err);
}

static enum trawl_status e_clear_synonyms(struct fixture *f,
					  struct trawl_error *err)
{
	return xap_writer_clear_synonyms(f->w, "word", 4, err);
}

static enum trawl_status e_commit(struct fixture *f, struct trawl_error *err)
{
	return xap_writer_commit(f->w, err);
}

static enum trawl_status e_check(struct fixture *f, struct trawl_error *err)
{
	struct notes n = { .len = 0 };
	uint64_t faults;

	return xap_check(f->path, note_bytes, &n, &faults, err);
}

static enum trawl_status e_compact(struct fixture *f, struct trawl_error *err)
{
	char other[320];

	snprintf(other, sizeof(other), "%s-compact", f->path);
	return xap_compact(f->path, other, err);
}

/* Every function of lib/xap.h that returns a status. */
static const struct entry {
	const char *name;
	enum trawl_status (*call)(struct fixture *f, struct trawl_error *err);
} entries[] = {
	{ "xap_db_open", e_open },
	{ "xap_db_reopen", e_reopen },
	{ "xap_db_join", e_join },
	{ "xap_db_facts", e_facts },
	{ "xap_db_term_freq", e_term_freq },
	{ "xap_db_metadata", e_metadata },
	{ "xap_db_metadata_keys", e_metadata_keys },
	{ "xap_db_postings", e_postings },
	{ "xap_db_terms", e_terms },
	{ "xap_db_data", e_data },
	{ "xap_db_value", e_value },
	{ "xap_db_length", e_length },
	{ "xap_db_termlist", e_termlist },
	{ "xap_db_positions", e_positions },
	{ "xap_db_bounds", e_bounds },
	{ "xap_db_wdf_bound", e_wdf_bound },
	{ "xap_db_entries", e_entries },
	{ "xap_db_unique_terms", e_unique_terms },
	{ "xap_db_values", e_values },
	{ "xap_db_value_stream", e_value_stream },
	{ "xap_db_value_bounds", e_value_bounds },
	{ "xap_db_spellings", e_spellings },
	{ "xap_db_synonym_keys", e_synonym_keys },
	{ "xap_db_synonyms", e_synonyms },
	{ "xap_db_search", e_search },
	{ "xap_db_score", e_score },
	{ "xap_writer_open", e_writer_open },
	{ "xap_writer_put", e_put },
	{ "xap_writer_set_value", e_set_value },
	{ "xap_writer_delete", e_delete },
	{ "xap_writer_set_metadata", e_set_metadata },
	{ "xap_writer_add_spelling", e_add_spelling },
	{ "xap_writer_add_synonym", e_add_synonym },
	{ "xap_writer_clear_synonyms", e_clear_synonyms },
	{ "xap_check", e_check },
	{ "xap_compact", e_compact },
	{ "xap_writer_commit", e_commit },
};

static bool in_table(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT(entries); i++)
		if (strlen(entries[i].name) == len &&
		    !memcmp(entries[i].name, name, len))
			return true;
	return false;
}

static void test_table_is_complete(void **state)
{
	static const char declares[] = "\nenum trawl_status";
	static char text[65536];
	FILE *header = fopen("lib/xap.h", "r");
	size_t n, found = 0;

	(void)state;
	if (!header)
		fail_msg("lib/xap.h: run me from the top of the source tree");
	n = fread(text, 1, sizeof(text) - 1, header);
	fclose(header);
	assert_true(n && n < sizeof(text) - 1);
	for (char *p = text; (p = strstr(p, declares)); found++) {
		p += sizeof(declares) - 1;
		p += strspn(p, " \n");
		if (!in_table(p, strcspn(p, "(")))
			fail_msg("not in the table: %.40s", p);
	}
	assert_int_equal(found, COUNT(entries));
}

static void throw_all(struct fixture *f, const struct entry *entry)
{
	for (unsigned k = 0; k < throw_nkinds; k++) {
		struct trawl_error err = { 0 };
		enum trawl_status st;

		throw_at(entry->name, &throw_kinds[k]);
		st = entry->call(f, &err);
		if (!throw_count())
			fail_msg("%s never threw", entry->name);
		if (st != (enum trawl_status)throw_kinds[k].status)
			fail_msg("%s, %s: %s: %s", entry->name,
				 throw_kinds[k].name, trawl_status_name(st),
				 err.text);
		assert_status(st, st, &err);
		assert_int_equal(entry->call(f, NULL), st);
	}
	throw_at(NULL, NULL);
}

static void test_throws_become_statuses(void **state)
{
	struct fixture *f = *state;

	create(f);
	put(f, "Q1", "a b", "1", NULL);
	put(f, "Q2", "a", "2", NULL);
	publish(f);
	for (size_t i = 0; i < COUNT(entries); i++)
		throw_all(f, &entries[i]);
	/* None did harm: each works now, compact() on what is committed. */
	for (size_t i = 0; i < COUNT(entries); i++)
		assert_status(entries[i].call(f, &f->err), TRAWL_OK, &f->err);
}

static void test_void_entries_swallow(void **state)
{
	struct fixture *f = *state;

	create(f);
	for (unsigned k = 0; k < throw_nkinds; k++) {
		throw_at("xap_clear_environment", &throw_kinds[k]);
		xap_clear_environment();
		assert_int_equal(throw_count(), 1);
		throw_at("xap_writer_commit", &throw_kinds[k]);
		xap_writer_commit(f->w, NULL);
	}
	throw_at("xap_writer_free", &throw_kinds[0]);
	xap_writer_free(f->w);
	f->w = NULL;
}

static void test_error_tells_why(void **state)
{
	struct fixture *f = *state;

	create(f);
	for (unsigned k = 0; k < throw_nkinds; k++)
		if (!strcmp(throw_kinds[k].name, "with errno")) {
			throw_at("xap_writer_commit", &throw_kinds[k]);
			xap_writer_commit(f->w, &f->err);
		}
	assert_string_equal(f->err.text, "DatabaseError: Commit failed: "
					 "No space left on device");
}

/* ------------------------------------------------------------ reading -- */

static const char *termlist(struct fixture *f, uint32_t docid)
{
	static _Thread_local struct notes n;

	n = (struct notes){ .len = 0 };
	OK(xap_db_termlist(f->db, docid, true, note_term, &n, &f->err));
	return n.text;
}

static const char *positions(struct fixture *f, uint32_t docid,
			     const char *term)
{
	static _Thread_local struct notes n;

	n = (struct notes){ .len = 0 };
	OK(xap_db_positions(f->db, docid, term, strlen(term), note_docid, &n,
			    &f->err));
	return n.text;
}

static const char *value(struct fixture *f, uint32_t docid, uint32_t slot)
{
	static _Thread_local struct notes n;

	n = (struct notes){ .len = 0 };
	OK(xap_db_value(f->db, docid, slot, note_bytes, &n, &f->err));
	assert_int_equal(n.calls, 1);
	return n.text;
}

static const char *metadata(struct fixture *f, const char *key)
{
	static _Thread_local struct notes n;

	n = (struct notes){ .len = 0 };
	OK(xap_db_metadata(f->db, key, strlen(key), note_bytes, &n, &f->err));
	return n.text;
}

static const char *data(struct fixture *f, uint32_t docid)
{
	static _Thread_local struct notes n;

	n = (struct notes){ .len = 0 };
	OK(xap_db_data(f->db, docid, note_bytes, &n, &f->err));
	return n.text;
}

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	struct xap_facts facts;
	uint32_t tf, cf, length;

	create(f);
	assert_int_equal(put(f, "Q1", "the cat sat on the mat", "v0", NULL), 1);
	assert_int_equal(put(f, "Q2", "the dog", NULL, "v1"), 2);
	OK(xap_writer_set_metadata(f->w, "name", 4, "trawl", 5, &f->err));
	publish(f);

	assert_string_equal(termlist(f, 1), "Q1 0 1;cat 1 1;mat 1 1;on 1 1;"
					    "sat 1 1;the 2 2;");
	assert_string_equal(positions(f, 1, "the"), "1;5;");
	assert_string_equal(positions(f, 1, "mat"), "6;");
	assert_string_equal(positions(f, 1, "Q1"), "");
	assert_string_equal(value(f, 1, 0), "v0;");
	assert_string_equal(value(f, 1, 1), ";");
	assert_string_equal(value(f, 2, 1), "v1;");
	assert_string_equal(data(f, 2), "the dog;");
	assert_string_equal(metadata(f, "name"), "trawl;");
	assert_string_equal(metadata(f, "none"), "");
	OK(xap_db_length(f->db, 1, &length, &f->err));
	assert_int_equal(length, 6);
	OK(xap_db_term_freq(f->db, "the", 3, &tf, &cf, &f->err));
	assert_int_equal(tf, 2);
	assert_int_equal(cf, 3);
	OK(xap_db_term_freq(f->db, "nil", 3, &tf, &cf, &f->err));
	assert_int_equal(tf + cf, 0);
	OK(xap_db_term_freq(f->db, long_term, strlen(long_term), &tf, &cf,
			    &f->err));
	assert_int_equal(tf + cf, 0);
	OK(xap_db_facts(f->db, &facts, &f->err));
	assert_int_equal(facts.documents, 2);
	assert_int_equal(facts.total_length, 8);
	assert_int_equal(facts.last_docid, 2);
	assert_int_equal(strlen(facts.uuid), 36);
}

/* ------------------------------------------------------ all there is -- */

/* Three documents, the second of them longer. */
static void publish_three(struct fixture *f)
{
	create(f);
	put(f, "Q1", "cat", "v1", "x");
	put(f, "Q2", "the cat the cat", "v3", NULL);
	put(f, "Q3", "the dog", "v2", NULL);
	OK(xap_writer_add_spelling(f->w, "dog", 3, 2, &f->err));
	OK(xap_writer_add_spelling(f->w, "cat", 3, 1, &f->err));
	OK(xap_writer_add_spelling(f->w, "cat", 3, 4, &f->err));
	OK(xap_writer_add_synonym(f->w, "dog", 3, "hound", 5, &f->err));
	OK(xap_writer_add_synonym(f->w, "cat", 3, "puss", 4, &f->err));
	OK(xap_writer_add_synonym(f->w, "cat", 3, "kitty", 5, &f->err));
	publish(f);
}

static void test_bounds(void **state)
{
	struct fixture *f = *state;
	struct xap_bounds bounds;
	uint32_t n;

	publish_three(f);
	OK(xap_db_bounds(f->db, &bounds, &f->err));
	assert_int_equal(bounds.shortest, 1);
	assert_int_equal(bounds.longest, 4);
	assert_true(bounds.average_length * 3 == 7);
	assert_true(bounds.positions);
	OK(xap_db_wdf_bound(f->db, "cat", 3, &n, &f->err));
	assert_int_equal(n, 2);
	OK(xap_db_unique_terms(f->db, 2, &n, &f->err));
	assert_int_equal(n, 3);
	assert_status(xap_db_unique_terms(f->db, 4, &n, &f->err),
		      TRAWL_NOTFOUND, &f->err);
}

static void test_entries(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *term;
		uint32_t from;
		size_t left;
		const char *want;
	} rows[] = {
		{ "cat", 0, 0, "1 1 1 1,;2 2 4 2,4,;" },
		{ "cat", 2, 0, "2 2 4 2,4,;" },
		{ "cat", 3, 0, "" },
		{ "cat", 0, 1, "1 1 1 1,;" },
		{ "Q3", 0, 0, "3 0 2 ;" },
		{ "none", 0, 0, "" },
		{ "", 0, 0, "1 1 1 ;2 1 4 ;3 1 2 ;" },
	};

	publish_three(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct notes n = { .left = rows[i].left };

		OK(xap_db_entries(f->db, rows[i].term, strlen(rows[i].term),
				  rows[i].from, note_entry, &n, &f->err));
		assert_row(i, n.text, rows[i].want);
	}
}

static void test_all_values(void **state)
{
	struct fixture *f = *state;
	struct notes doc = { .len = 0 }, stream = { .len = 0 };
	struct notes rest = { .len = 0 }, bounds = { .len = 0 };
	uint32_t documents;

	publish_three(f);
	OK(xap_db_values(f->db, 1, note_value, &doc, &f->err));
	assert_string_equal(doc.text, "0=v1;1=x;");
	OK(xap_db_value_stream(f->db, 0, 0, note_value, &stream, &f->err));
	assert_string_equal(stream.text, "1=v1;2=v3;3=v2;");
	OK(xap_db_value_stream(f->db, 0, 3, note_value, &rest, &f->err));
	assert_string_equal(rest.text, "3=v2;");
	OK(xap_db_value_bounds(f->db, 0, &documents, note_bytes, &bounds,
			       &f->err));
	assert_string_equal(bounds.text, "v1;v3;");
	assert_int_equal(documents, 3);
	assert_status(xap_db_values(f->db, 4, note_value, &doc, &f->err),
		      TRAWL_NOTFOUND, &f->err);
}

static void test_dictionaries(void **state)
{
	struct fixture *f = *state;
	struct notes n = { .len = 0 }, rest = { .len = 0 }, keys = { .len = 0 };
	struct notes few = { .len = 0 }, of_cat = { .len = 0 };

	publish_three(f);
	OK(xap_db_spellings(f->db, BYTES(""), note_term, &n, &f->err));
	assert_string_equal(n.text, "cat 0 5;dog 0 2;");
	OK(xap_db_spellings(f->db, BYTES("cat\0"), note_term, &rest, &f->err));
	assert_string_equal(rest.text, "dog 0 2;");
	OK(xap_db_synonym_keys(f->db, BYTES(""), note_bytes, &keys, &f->err));
	assert_string_equal(keys.text, "cat;dog;");
	OK(xap_db_synonym_keys(f->db, BYTES("cat\0"), note_bytes, &few,
			       &f->err));
	assert_string_equal(few.text, "dog;");
	OK(xap_db_synonyms(f->db, "cat", 3, note_bytes, &of_cat, &f->err));
	assert_string_equal(of_cat.text, "kitty;puss;");
	assert_status(xap_writer_add_spelling(f->w, "", 0, 1, &f->err),
		      TRAWL_INVAL, &f->err);
	assert_status(xap_writer_add_synonym(f->w, "a", 1, "", 0, &f->err),
		      TRAWL_INVAL, &f->err);
}

static void test_replace_and_delete(void **state)
{
	struct fixture *f = *state;

	create(f);
	put(f, "Q1", "old words", "1", NULL);
	put(f, "Q2", "other", "2", NULL);
	assert_int_equal(put(f, "Q1", "new", "3", NULL), 1);
	OK(xap_writer_commit(f->w, &f->err));
	assert_int_equal(put(f, "Q1", "newer still", "4", NULL), 1);
	OK(xap_writer_delete(f->w, 2, &f->err));
	assert_status(xap_writer_delete(f->w, 2, &f->err), TRAWL_NOTFOUND,
		      &f->err);
	assert_status(xap_writer_delete(f->w, 99, &f->err), TRAWL_NOTFOUND,
		      &f->err);
	assert_status(xap_writer_set_value(f->w, 99, 0, "x", 1, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	publish(f);
	assert_int_equal(documents(f, f->db), 1);
	assert_string_equal(termlist(f, 1), "Q1 0 1;newer 1 1;still 1 1;");
	assert_string_equal(value(f, 1, 0), "4;");
}

static void test_set_value_keeps_the_rest(void **state)
{
	struct fixture *f = *state;

	create(f);
	put(f, "Q1", "one two one", "zero", "one");
	OK(xap_writer_set_value(f->w, 1, 1, "ONE", 3, &f->err));
	OK(xap_writer_commit(f->w, &f->err));
	OK(xap_writer_set_value(f->w, 1, 2, "two", 3, &f->err));
	OK(xap_writer_set_value(f->w, 1, 0, "", 0, &f->err));
	publish(f);
	assert_string_equal(value(f, 1, 0), ";");
	assert_string_equal(value(f, 1, 1), "ONE;");
	assert_string_equal(value(f, 1, 2), "two;");
	assert_string_equal(termlist(f, 1), "Q1 0 1;one 2 1;two 1 1;");
	assert_string_equal(positions(f, 1, "one"), "1;3;");
	assert_string_equal(data(f, 1), "one two one;");
}

static void test_absent_document(void **state)
{
	struct fixture *f = *state;
	struct notes n = { .len = 0 };
	uint32_t length;

	create(f);
	put(f, "Q1", "a", NULL, NULL);
	publish(f);
	assert_status(xap_db_data(f->db, 2, note_bytes, &n, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	assert_status(xap_db_value(f->db, 2, 0, note_bytes, &n, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	assert_status(xap_db_length(f->db, 2, &length, &f->err), TRAWL_NOTFOUND,
		      &f->err);
	assert_status(xap_db_termlist(f->db, 2, true, note_term, &n, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	assert_status(xap_db_data(f->db, 0, note_bytes, &n, &f->err),
		      TRAWL_INVAL, &f->err);
	assert_int_equal(n.calls, 0);
}

static void test_walk_terms(void **state)
{
	static const struct {
		const char *prefix, *from, *want;
		bool freq;
		size_t left;
	} rows[] = {
		{ "", "", "Q1 0 1;Q2 0 1;ab 0 2;abc 0 1;abd 0 1;b 0 1;", true,
		  0 },
		{ "ab", "", "ab 0 0;abc 0 0;abd 0 0;", false, 0 },
		{ "ab", "a", "ab 0 2;abc 0 1;abd 0 1;", true, 0 },
		{ "ab", "A", "ab 0 2;abc 0 1;abd 0 1;", true, 0 },
		{ "ab", "abb", "abc 0 1;abd 0 1;", true, 0 },
		{ "ab", "abc", "abc 0 1;abd 0 1;", true, 0 },
		{ "ab", "b", "", true, 0 },
		{ "", "abd", "abd 0 1;b 0 1;", true, 0 },
		{ "", "", "Q1 0 1;Q2 0 1;", true, 2 },
		{ "zz", "", "", true, 0 },
	};
	struct fixture *f = *state;

	create(f);
	put(f, "Q1", "ab abc", NULL, NULL);
	put(f, "Q2", "abd b ab", NULL, NULL);
	publish(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct notes n = { .left = rows[i].left };
		struct xap_bytes p = { rows[i].prefix, strlen(rows[i].prefix) };
		struct xap_bytes s = { rows[i].from, strlen(rows[i].from) };

		OK(xap_db_terms(f->db, p, s, rows[i].freq, note_term, &n,
				&f->err));
		assert_row(i, n.text, rows[i].want);
	}
}

static void test_walk_postings(void **state)
{
	static const struct {
		const char *term;
		uint32_t from;
		size_t left;
		const char *want;
	} rows[] = {
		{ "a", 0, 0, "1;2;4;" }, { "a", 2, 0, "2;4;" },
		{ "a", 3, 0, "4;" },	 { "a", 5, 0, "" },
		{ "a", 0, 2, "1;2;" },	 { "", 0, 0, "1;2;4;5;" },
		{ "", 3, 0, "4;5;" },	 { "none", 0, 0, "" },
		{ "none", 2, 0, "" },
	};
	struct fixture *f = *state;

	create(f);
	put(f, "Q1", "a", NULL, NULL);
	put(f, "Q2", "a", NULL, NULL);
	put(f, "Q3", "b", NULL, NULL);
	put(f, "Q4", "a", NULL, NULL);
	put(f, "Q5", "b", NULL, NULL);
	OK(xap_writer_delete(f->w, 3, &f->err));
	publish(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct notes n = { .left = rows[i].left };

		OK(xap_db_postings(f->db, rows[i].term, strlen(rows[i].term),
				   rows[i].from, note_docid, &n, &f->err));
		assert_row(i, n.text, rows[i].want);
	}
}

static void test_walk_metadata(void **state)
{
	struct fixture *f = *state;
	struct notes all = { .len = 0 }, one = { .left = 1 };
	char key[XAP_TERM_MAX + 1];

	memset(key, 'k', sizeof(key));
	create(f);
	OK(xap_writer_set_metadata(f->w, "t.b", 3, "2", 1, &f->err));
	OK(xap_writer_set_metadata(f->w, "t.a", 3, "1", 1, &f->err));
	OK(xap_writer_set_metadata(f->w, "u", 1, "3", 1, &f->err));
	OK(xap_writer_set_metadata(f->w, "t.c", 3, "4", 1, &f->err));
	OK(xap_writer_set_metadata(f->w, "t.c", 3, "", 0, &f->err));
	OK(xap_writer_set_metadata(f->w, key, XAP_TERM_MAX, "5", 1, &f->err));
	assert_status(xap_writer_set_metadata(f->w, key, sizeof(key), "6", 1,
					      &f->err),
		      TRAWL_INVAL, &f->err);
	assert_status(xap_writer_set_metadata(f->w, "", 0, "6", 1, &f->err),
		      TRAWL_INVAL, &f->err);
	publish(f);
	OK(xap_db_metadata_keys(f->db, "t.", 2, note_bytes, &all, &f->err));
	assert_string_equal(all.text, "t.a;t.b;");
	OK(xap_db_metadata_keys(f->db, "t.", 2, note_bytes, &one, &f->err));
	assert_string_equal(one.text, "t.a;");
}

/* ---------------------------------------------------- opening, moving -- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void in_path(const struct fixture *f, const char *name, char out[512])
{
	snprintf(out, 512, "%s/%s", f->path, name);
}

static void test_open_what_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct xap_db *db = NULL;
	struct xap_writer *w = NULL;
	char name[512];

	assert_status(xap_db_open(f->path, &db, &f->err), TRAWL_NOTFOUND,
		      &f->err);
	assert_status(xap_writer_open(f->path, XAP_OPEN, true, &w, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	assert_int_equal(mkdir(f->path, 0700), 0);
	assert_status(xap_db_open(f->path, &db, &f->err), TRAWL_NOTFOUND,
		      &f->err);
	assert_status(xap_writer_open(f->path, XAP_OPEN, true, &w, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	/* A stub may name a program to run: it is not followed. */
	in_path(f, "XAPIANDB", name);
	write_file(name, "inmemory\n");
	assert_status(xap_db_open(f->path, &db, &f->err), TRAWL_NOTFOUND,
		      &f->err);
	in_path(f, "iamglass", name);
	write_file(name, "rubbish, and no version file");
	assert_status(xap_db_open(f->path, &db, &f->err), TRAWL_CORRUPT,
		      &f->err);
	/* A file where a directory should be. */
	assert_status(xap_db_open(name, &db, &f->err), TRAWL_NOTFOUND, &f->err);
	assert_null(db);
	assert_null(w);
}

static void test_open_without_a_table(void **state)
{
	struct fixture *f = *state;
	char name[512];

	create(f);
	put(f, "Q1", "a", NULL, NULL);
	publish(f);
	xap_db_free(f->db);
	f->db = NULL;
	in_path(f, "postlist.glass", name);
	assert_int_equal(unlink(name), 0);
	assert_status(xap_db_open(f->path, &f->db, &f->err), TRAWL_IO, &f->err);
	assert_non_null(strstr(f->err.text, "No such file"));
}

static void test_create_twice(void **state)
{
	struct fixture *f = *state;
	struct xap_writer *w = NULL;

	create(f);
	put(f, "Q1", "a", NULL, NULL);
	publish(f);
	xap_writer_free(f->w);
	f->w = NULL;
	assert_status(xap_writer_open(f->path, XAP_CREATE, true, &w, &f->err),
		      TRAWL_IO, &f->err);
	OK(xap_writer_open(f->path, XAP_OPEN, true, &f->w, &f->err));
	assert_int_equal(documents(f, xap_writer_db(f->w)), 1);
}

static void test_locked(void **state)
{
	struct fixture *f = *state;
	struct xap_writer *w = NULL;

	create(f);
	assert_status(xap_writer_open(f->path, XAP_OPEN, true, &w, &f->err),
		      TRAWL_LOCKED, &f->err);
	xap_writer_free(f->w);
	f->w = NULL;
	OK(xap_writer_open(f->path, XAP_OPEN, true, &f->w, &f->err));
}

/* Enough documents that the old blocks are needed, and gone. */
static void test_stale_after_two_commits(void **state)
{
	struct fixture *f = *state;
	struct notes n = { .len = 0 };
	enum trawl_status st = TRAWL_OK;
	bool changed;
	char id[32];

	create(f);
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < 1000; i++) {
			snprintf(id, sizeof(id), "Q%d", i);
			put(f, id, round ? "a b c" : "a b", id, NULL);
		}
		OK(xap_writer_commit(f->w, &f->err));
		if (!round)
			OK(xap_db_open(f->path, &f->db, &f->err));
	}
	for (uint32_t i = 1; i <= 1000 && st == TRAWL_OK; i++, n.len = 0)
		st = xap_db_data(f->db, i, note_bytes, &n, &f->err);
	assert_status(st, TRAWL_STALE, &f->err);
	OK(xap_db_reopen(f->db, &changed, &f->err));
	assert_true(changed);
	n.len = 0;
	OK(xap_db_data(f->db, 1000, note_bytes, &n, &f->err));
	assert_string_equal(n.text, "a b c;");
	OK(xap_db_reopen(f->db, &changed, &f->err));
	assert_false(changed);
}

static void test_snapshot_and_revision(void **state)
{
	struct fixture *f = *state;
	struct xap_facts before, after, writer;
	bool changed;

	create(f);
	put(f, "Q1", "a", NULL, NULL);
	publish(f);
	OK(xap_db_facts(f->db, &before, &f->err));
	put(f, "Q2", "a", NULL, NULL);
	assert_int_equal(documents(f, xap_writer_db(f->w)), 2);
	assert_int_equal(documents(f, f->db), 1);
	OK(xap_writer_commit(f->w, &f->err));
	assert_int_equal(documents(f, f->db), 1);
	OK(xap_db_reopen(f->db, &changed, &f->err));
	assert_true(changed);
	OK(xap_db_facts(f->db, &after, &f->err));
	OK(xap_db_facts(xap_writer_db(f->w), &writer, &f->err));
	assert_int_equal(after.documents, 2);
	assert_int_equal(after.revision, before.revision + 1);
	assert_int_equal(writer.revision, after.revision);
	assert_string_equal(after.uuid, before.uuid);
}

static void test_writer_sees_its_own(void **state)
{
	struct fixture *f = *state;
	struct xap_db *view;
	struct notes n = { .len = 0 }, m = { .len = 0 };
	uint32_t tf, cf;

	create(f);
	view = xap_writer_db(f->w);
	put(f, "Q1", "a", "v", NULL);
	OK(xap_db_term_freq(view, "Q1", 2, &tf, &cf, &f->err));
	assert_int_equal(tf, 1);
	OK(xap_db_postings(view, "Q1", 2, 0, note_docid, &n, &f->err));
	assert_string_equal(n.text, "1;");
	OK(xap_db_value(view, 1, 0, note_bytes, &m, &f->err));
	assert_string_equal(m.text, "v;");
	OK(xap_writer_delete(f->w, 1, &f->err));
	OK(xap_db_term_freq(view, "Q1", 2, &tf, &cf, &f->err));
	assert_int_equal(tf, 0);
}

/* ------------------------------------------------------------ writing -- */

static void test_term_limits(void **state)
{
	static const struct {
		size_t len, nuls;
		enum trawl_status want;
	} rows[] = {
		{ 0, 0, TRAWL_INVAL },	   { 1, 0, TRAWL_OK },
		{ 245, 0, TRAWL_OK },	   { 246, 0, TRAWL_INVAL },
		{ 300, 0, TRAWL_INVAL },   { 1, 1, TRAWL_OK },
		{ 122, 122, TRAWL_OK },	   { 123, 122, TRAWL_OK },
		{ 123, 123, TRAWL_INVAL }, { 244, 1, TRAWL_OK },
		{ 245, 1, TRAWL_INVAL },   { 200, 200, TRAWL_INVAL },
	};
	struct fixture *f = *state;
	uint64_t want = 0;

	create(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char term[512];
		const uint32_t at[] = { 1, 7 };
		struct xap_posting p = { { term, rows[i].len }, 1, 0, at, 2 };
		struct xap_document doc = { .postings = &p, .npostings = 1 };
		uint32_t docid;

		memset(term, 'a' + (int)i, sizeof(term));
		memset(term, 0, rows[i].nuls);
		assert_status(xap_writer_put(f->w, term, rows[i].len, &doc,
					     &docid, &f->err),
			      rows[i].want, &f->err);
		want += rows[i].want == TRAWL_OK;
		assert_int_equal(documents(f, xap_writer_db(f->w)), want);
	}
	publish(f);
	assert_int_equal(documents(f, f->db), want);
}

static const uint32_t falling[] = { 2, 1 }, twice[] = { 3, 3 }, zero[] = { 0 };

/* The second posting or the value is bad, the first is the unique term. */
static const struct bad {
	const char *what;
	struct xap_posting posting;
	struct xap_value value;
	size_t huge;
} bads[] = {
	{ .what = "empty", .posting = { .term = { "", 0 } } },
	{ .what = "long", .posting = { .term = BYTES(long_term) } },
	{ .what = "order", .posting = { .term = BYTES("A") } },
	{ .what = "same", .posting = { .term = BYTES("Qx") } },
	{ .what = "falling",
	  .posting = { BYTES("w"), 1, 0, falling, COUNT(falling) } },
	{ .what = "twice",
	  .posting = { BYTES("w"), 1, 0, twice, COUNT(twice) } },
	{ .what = "zero", .posting = { BYTES("w"), 1, 0, zero, COUNT(zero) } },
	{ .what = "length",
	  .posting = { .term = BYTES("w"), .wdf = UINT32_MAX } },
	{ .what = "slot",
	  .posting = { .term = BYTES("w") },
	  .value = { UINT32_MAX, BYTES("v") } },
	{ .what = "value",
	  .posting = { .term = BYTES("w") },
	  .value = { 1, { "v", (size_t)1 << 30 } } },
	{ .what = "data",
	  .posting = { .term = BYTES("w") },
	  .huge = (size_t)1 << 30 },
};

static void test_bad_document_keeps_the_batch(void **state)
{
	struct fixture *f = *state;
	uint32_t docid;

	create(f);
	put(f, "Q1", "good", NULL, NULL);
	for (size_t i = 0; i < COUNT(bads); i++) {
		const struct xap_posting two[] = {
			{ .term = BYTES("Qx"), .wdf = 1 }, bads[i].posting
		};
		struct xap_document doc = { .data = { "d", bads[i].huge },
					    .postings = two,
					    .npostings = 2,
					    .values = &bads[i].value,
					    .nvalues = 1 };

		assert_status(
			xap_writer_put(f->w, "Qx", 2, &doc, &docid, &f->err),
			TRAWL_INVAL, &f->err);
		assert_status(
			xap_writer_put(f->w, "Qy", 2, &doc, &docid, &f->err),
			TRAWL_INVAL, &f->err);
	}
	publish(f);
	assert_int_equal(documents(f, f->db), 1);
}

static void test_unique_term_is_needed(void **state)
{
	struct fixture *f = *state;
	const struct xap_posting p = { .term = BYTES("w"), .wdf = 1 };
	struct xap_document doc = { .postings = &p, .npostings = 1 };
	uint32_t docid;

	create(f);
	assert_status(xap_writer_put(f->w, "Q1", 2, &doc, &docid, &f->err),
		      TRAWL_INVAL, &f->err);
	OK(xap_writer_put(f->w, "w", 1, &doc, &docid, &f->err));
}

/* Xapian's own threshold would have committed 10,000 of them. */
static void test_free_cancels(void **state)
{
	struct fixture *f = *state;
	char id[32];

	create(f);
	put(f, "Q0", "a", NULL, NULL);
	OK(xap_writer_commit(f->w, &f->err));
	for (int i = 1; i < 10050; i++) {
		snprintf(id, sizeof(id), "Q%d", i);
		put(f, id, "a", NULL, NULL);
	}
	xap_writer_free(f->w);
	f->w = NULL;
	OK(xap_db_open(f->path, &f->db, &f->err));
	assert_int_equal(documents(f, f->db), 1);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void fill(struct fixture *f, int n, const char *text)
{
	char id[32];

	for (int i = 0; i < n; i++) {
		snprintf(id, sizeof(id), "Q%04d", i);
		put(f, id, text, id, NULL);
	}
}

/* Its documents, but for the first, are to be dropped. */
static void fail_commit(struct fixture *f)
{
	enum trawl_status st;

	create(f);
	put(f, "Qfirst", "a", NULL, NULL);
	OK(xap_writer_commit(f->w, &f->err));
	fill(f, 2000, "some words that take room");
	signal(SIGXFSZ, SIG_IGN);
	limit_files(40000);
	st = xap_writer_commit(f->w, &f->err);
	limit_files(RLIM_INFINITY);
	assert_status(st, TRAWL_IO, &f->err);
}

static void test_failed_commit_is_void(void **state)
{
	struct fixture *f = *state;
	uint32_t tf, cf;

	fail_commit(f);
	assert_int_equal(documents(f, xap_writer_db(f->w)), 1);
	OK(xap_db_term_freq(xap_writer_db(f->w), "some", 4, &tf, &cf, &f->err));
	assert_int_equal(tf, 0);
	put(f, "Qlast", "b", NULL, NULL);
	publish(f);
	assert_int_equal(documents(f, f->db), 2);
	assert_string_equal(hits(f, TERM("some")), "");
	assert_string_equal(hits(f, TERM("b")), "2");
}

static void free_after_failure(struct fixture *f)
{
	xap_writer_free(f->w);
	f->w = NULL;
	OK(xap_db_open(f->path, &f->db, &f->err));
	assert_int_equal(documents(f, f->db), 1);
	assert_string_equal(hits(f, TERM("some")), "");
}

static void test_failed_commit_then_free(void **state)
{
	struct fixture *f = *state;

	fail_commit(f);
	free_after_failure(f);
}

static void test_failed_recovery_then_free(void **state)
{
	struct fixture *f = *state;

	throw_at("recover", &throw_kinds[0]);
	fail_commit(f);
	assert_int_equal(throw_count(), 1);
	free_after_failure(f);
}

static void test_failed_recovery_then_put(void **state)
{
	struct fixture *f = *state;

	throw_at("recover", &throw_kinds[0]);
	fail_commit(f);
	throw_at(NULL, NULL);
	put(f, "Qlast", "b", NULL, NULL);
	publish(f);
	assert_int_equal(documents(f, f->db), 2);
	assert_string_equal(hits(f, TERM("some")), "");
}

/* ---------------------------------------------------------- searching -- */

static void corpus(struct fixture *f)
{
	create(f);
	put(f, "Q1", "red green blue", "3", "m");
	put(f, "Q2", "red red white", "1", NULL);
	put(f, "Q3", "blue white", "2", "a");
	put(f, "Q4", "green red", "5", "z");
	put(f, "Q5", "black", "4", "m");
	publish(f);
}

static void test_operators(void **state)
{
	struct xap_node *red = TERM("red"), *blue = TERM("blue"),
			*green = TERM("green"), *white = TERM("white");
	struct xap_node *nothing = NODE(.op = XAP_NONE);
	const struct {
		const struct xap_node *query;
		const char *want;
	} rows[] = {
		{ red, "1 2 4" },
		{ TERM("absent"), "" },
		{ TERM(long_term), "" },
		{ NODE(.op = XAP_AND, KIDS(red, green)), "1 4" },
		{ NODE(.op = XAP_AND, KIDS(red)), "1 2 4" },
		{ NODE(.op = XAP_AND), "" },
		{ NODE(.op = XAP_AND, KIDS(red, nothing)), "" },
		{ NODE(.op = XAP_OR, KIDS(blue, white)), "1 2 3" },
		{ NODE(.op = XAP_OR, KIDS(nothing, white)), "2 3" },
		{ NODE(.op = XAP_OR), "" },
		{ NODE(.op = XAP_AND_NOT, KIDS(red, blue, white)), "4" },
		{ NODE(.op = XAP_AND_NOT, KIDS(red)), "1 2 4" },
		{ NODE(.op = XAP_AND_NOT, KIDS(red, nothing)), "1 2 4" },
		{ NODE(.op = XAP_AND_NOT, KIDS(nothing, red)), "" },
		{ NODE(.op = XAP_AND_NOT, KIDS(NODE(.op = XAP_ALL), red)),
		  "3 5" },
		{ NODE(.op = XAP_FILTER, KIDS(red, green, blue)), "1" },
		{ NODE(.op = XAP_FILTER, KIDS(red, nothing)), "" },
		{ NODE(.op = XAP_AND_MAYBE, KIDS(red, blue, white)), "1 2 4" },
		{ NODE(.op = XAP_AND_MAYBE, KIDS(red, nothing)), "1 2 4" },
		{ NODE(.op = XAP_AND_MAYBE, KIDS(nothing, red)), "" },
		{ NODE(.op = XAP_SYNONYM, KIDS(blue, white)), "1 2 3" },
		{ NODE(.op = XAP_SYNONYM, KIDS(blue)), "1 3" },
		{ NODE(.op = XAP_SYNONYM), "" },
		{ NODE(.op = XAP_SCALE, KIDS(red), .factor = 2), "1 2 4" },
		{ NODE(.op = XAP_SCALE, KIDS(red), .factor = 0), "1 2 4" },
		{ NODE(.op = XAP_SCALE, .factor = 1), "" },
		{ NODE(.op = XAP_ALL), "1 2 3 4 5" },
		{ nothing, "" },
	};
	struct fixture *f = *state;

	corpus(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row(i, hits_sorted(f, rows[i].query), rows[i].want);
	}
}

static void test_bad_queries(void **state)
{
	struct xap_node *red = TERM("red");
	struct xap_node *both = NODE(.op = XAP_AND, KIDS(red, red));
	const struct xap_node *const rows[] = {
		NULL,
		TERM(""),
		NODE(.op = (enum xap_op)15),
		NODE(.op = XAP_AND, KIDS(red, NULL)),
		NODE(.op = XAP_PHRASE, KIDS(red, NULL)),
		NODE(.op = XAP_PHRASE, KIDS(red, both), .window = 2),
		NODE(.op = XAP_NEAR, KIDS(red, both), .window = 2),
		NODE(.op = XAP_SCALE, KIDS(red), .factor = -1),
		NODE(.op = XAP_SCALE, KIDS(red), .factor = (double)NAN),
		NODE(.op = XAP_SCALE, KIDS(red), .factor = (double)INFINITY),
	};
	struct fixture *f = *state;
	struct xap_totals totals;

	corpus(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct xap_search rq = search_for(rows[i]);

		assert_status(xap_db_search(f->db, &rq, no_match, NULL, &totals,
					    &f->err),
			      TRAWL_INVAL, &f->err);
	}
}

static void test_depth(void **state)
{
	static struct xap_node nodes[400];
	struct xap_node *kids[400];
	struct fixture *f = *state;
	struct xap_totals totals;

	corpus(f);
	for (size_t i = 0; i < COUNT(nodes); i++) {
		kids[i] = &nodes[i];
		nodes[i] = i ? (struct xap_node){ .op = XAP_AND,
						  .kids = &kids[i - 1],
						  .nkids = 1 }
			     : *TERM("blue");
	}
	assert_string_equal(hits_sorted(f, &nodes[200]), "1 3");
	for (size_t i = 0; i < COUNT(nodes); i++) {
		struct xap_search rq = search_for(&nodes[i]);

		assert_status(xap_db_search(f->db, &rq, no_match, NULL, &totals,
					    &f->err),
			      i <= 256 ? TRAWL_OK : TRAWL_INVAL, &f->err);
	}
}

static void test_range(void **state)
{
	static const struct {
		uint32_t slot;
		const char *low, *high, *want;
	} rows[] = {
		{ 1, "", "", "1 3 4 5" },     { 1, "m", "", "1 4 5" },
		{ 1, "n", "", "4" },	      { 1, "zz", "", "" },
		{ 1, "", "m", "1 3 5" },      { 1, "", "Z", "" },
		{ 1, "a", "m", "1 3 5" },     { 1, "b", "m", "1 5" },
		{ 1, "m", "m", "1 5" },	      { 1, "z", "a", "" },
		{ 0, "2", "4", "1 3 5" },     { 0, "", "", "1 2 3 4 5" },
		{ 0, "0", "9", "1 2 3 4 5" }, { 9, "", "", "" },
		{ 9, "a", "", "" },	      { 9, "", "a", "" },
	};
	struct fixture *f = *state;

	corpus(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct xap_node q = {
			.op = XAP_RANGE,
			.slot = rows[i].slot,
			.low = { rows[i].low, strlen(rows[i].low) },
			.high = { rows[i].high, strlen(rows[i].high) }
		};

		assert_row(i, hits_sorted(f, &q), rows[i].want);
	}
}

static void test_windows(void **state)
{
	struct xap_node *a = TERM("a"), *b = TERM("b"), *c = TERM("c");
	const struct {
		const struct xap_node *query;
		const char *want;
	} rows[] = {
		{ NODE(.op = XAP_PHRASE, KIDS(a, b, c), .window = 3), "1" },
		{ NODE(.op = XAP_PHRASE, KIDS(a, b, c)), "1" },
		{ NODE(.op = XAP_PHRASE, KIDS(a, b, c), .window = 4), "1 2" },
		{ NODE(.op = XAP_PHRASE, KIDS(a, b, c), .window = 5), "1 2 3" },
		{ NODE(.op = XAP_PHRASE, KIDS(c, b, a), .window = 3), "4" },
		{ NODE(.op = XAP_NEAR, KIDS(a, b, c), .window = 3), "1 4" },
		{ NODE(.op = XAP_NEAR, KIDS(a, c), .window = 2), "5" },
		{ NODE(.op = XAP_NEAR, KIDS(c, a), .window = 4), "1 2 4 5" },
		{ NODE(.op = XAP_PHRASE, KIDS(a, a), .window = 2), "6" },
		{ NODE(.op = XAP_PHRASE, KIDS(b), .window = 1), "1 2 3 4" },
		{ NODE(.op = XAP_NEAR, KIDS(b)), "1 2 3 4" },
		{ NODE(.op = XAP_PHRASE), "" },
		{ NODE(.op = XAP_PHRASE, KIDS(a, TERM("nil")), .window = 2),
		  "" },
	};
	struct fixture *f = *state;

	create(f);
	put(f, "Q1", "a b c", NULL, NULL);
	put(f, "Q2", "a x b c", NULL, NULL);
	put(f, "Q3", "a x b y c", NULL, NULL);
	put(f, "Q4", "c b a", NULL, NULL);
	put(f, "Q5", "x c a", NULL, NULL);
	put(f, "Q6", "a a", NULL, NULL);
	publish(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_row(i, hits_sorted(f, rows[i].query), rows[i].want);
	}
}

static void test_order_and_ties(void **state)
{
	struct fixture *f = *state;
	struct xap_search rq = search_for(TERM("word"));
	struct answer a;

	create(f);
	put(f, "Q1", "word pad pad", "5", NULL);
	put(f, "Q2", "word", "9", NULL);
	put(f, "Q3", "word", "1", NULL);
	put(f, "Q4", "word", "4", NULL);
	put(f, "Q5", "word word pad", "7", NULL);
	put(f, "Q6", "word", "4", NULL);
	put(f, "Q7", "other", "0", NULL);
	publish(f);
	run(f, &rq, &a);
	assert_string_equal(ids(&a), "3 4 6 2 5 1");
	rq.first = 1;
	rq.count = 3;
	run(f, &rq, &a);
	assert_string_equal(ids(&a), "4 6 2");
	rq.first = UINT32_MAX;
	rq.count = UINT32_MAX;
	run(f, &rq, &a);
	assert_string_equal(ids(&a), "");
	assert_string_equal(hits(f, &every), "7 3 4 6 1 5 2");
}

static void test_keys(void **state)
{
	static const struct {
		struct xap_key keys[2];
		size_t nkeys;
		const char *want;
	} rows[] = {
		{ { { 1, false, BYTES("~") } }, 1, "3 1 5 4 2" },
		{ { { 1, true, BYTES("") } }, 1, "4 1 5 3 2" },
		{ { { 1, false, BYTES("") } }, 1, "2 3 1 5 4" },
		{ { { 1, true, BYTES("~") } }, 1, "2 4 1 5 3" },
		{ { { 1, false, BYTES("~") }, { 0, true, BYTES("") } },
		  2,
		  "3 5 1 4 2" },
		{ { { 1, true, BYTES("") }, { 0, false, BYTES("") } },
		  2,
		  "4 1 5 3 2" },
		{ { { 0, true, BYTES("") } }, 1, "4 5 1 3 2" },
	};
	struct fixture *f = *state;
	struct answer a;

	corpus(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct xap_search rq = search_for(&every);

		rq.keys = rows[i].keys;
		rq.nkeys = rows[i].nkeys;
		run(f, &rq, &a);
		assert_row(i, ids(&a), rows[i].want);
	}
}

static void assert_close(double got, double want)
{
	if (!(fabs(got - want) <= 1e-9 * fabs(want)))
		fail_msg("%.12g is not %.12g", got, want);
}

/* 10 documents of 4, 3, 2 and 1 words; "rare" and "solo" are in one each. */
static double weight_of(struct fixture *f, const struct xap_node *query,
			double k1, double b)
{
	struct xap_search rq = search_for(query);
	struct answer a;

	rq.k1 = k1;
	rq.b = b;
	run(f, &rq, &a);
	assert_int_equal(a.n, 1);
	return a.weights[0];
}

static void test_weights(void **state)
{
	struct fixture *f = *state;
	struct xap_node *rare = TERM("rare"), *pad = TERM("pad");
	struct xap_node *wanted = NODE(.op = XAP_FILTER, KIDS(rare, pad));
	double idf, one, average = (4 + 4 * 3 + 4 * 2 + 1) / 10.0;
	char id[8];

	create(f);
	put(f, "Q1", "rare rare pad x", NULL, NULL);
	for (int i = 2; i < 10; i++) {
		snprintf(id, sizeof(id), "Q%d", i);
		put(f, id, i % 2 ? "pad x" : "pad x y", NULL, NULL);
	}
	put(f, "Q10", "solo", NULL, NULL);
	publish(f);
	idf = log((10 - 1 + 0.5) / (1 + 0.5));
	one = idf * 2.2 * 2 / (2 + 1.2 * (0.25 + 0.75 * 4 / average));
	assert_close(weight_of(f, rare, 1.2, 0.75), one);
	assert_close(weight_of(f, wanted, 1.2, 0.75), one);
	assert_close(weight_of(f, rare, 1.2, 0), idf * 2.2 * 2 / (2 + 1.2));
	assert_close(weight_of(f, rare, 0, 0.75), idf);
	assert_close(weight_of(f,
			       NODE(.op = XAP_SCALE, KIDS(rare), .factor = 2.5),
			       1.2, 0.75),
		     2.5 * one);
	assert_close(weight_of(f, NODE(.op = XAP_OR, KIDS(rare, rare, rare)),
			       1.2, 0.75),
		     3 * one);
	assert_true(weight_of(f, NODE(.op = XAP_AND_MAYBE, KIDS(rare, pad)),
			      1.2, 0.75) > one);
	assert_close(weight_of(f, TERM("solo"), 1.2, 0.75),
		     idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 / average)));
	/* No wdf, no weight; never a NaN. */
	assert_true(weight_of(f, TERM("Q1"), 0, 1) == 0);
	assert_true(weight_of(f, TERM("Q1"), 1.2, 0.75) == 0);
}

static void test_weight_numbers(void **state)
{
	struct fixture *f = *state;
	struct xap_search rq = search_for(&every);
	struct xap_totals totals;

	corpus(f);
	rq.k1 = (double)NAN;
	assert_status(
		xap_db_search(f->db, &rq, no_match, NULL, &totals, &f->err),
		TRAWL_INVAL, &f->err);
}

static void assert_scores(struct fixture *f, const struct xap_node *query)
{
	struct xap_search rq = search_for(query);
	struct answer a;

	run(f, &rq, &a);
	for (uint32_t id = 1; id <= 5; id++) {
		double weight = -1, want = 0;
		bool matches, found = false;

		for (size_t i = 0; i < a.n; i++)
			if (a.ids[i] == id) {
				found = true;
				want = a.weights[i];
			}
		OK(xap_db_score(f->db, &rq, id, &matches, &weight, &f->err));
		assert_int_equal(matches, found);
		assert_close(weight, want);
	}
}

static void test_score(void **state)
{
	struct xap_node *red = TERM("red"), *blue = TERM("blue"),
			*white = TERM("white"), *green = TERM("green");
	const struct xap_node *const rows[] = {
		red,
		NODE(.op = XAP_OR, KIDS(red, blue, white, green)),
		NODE(.op = XAP_AND, KIDS(red, green)),
		NODE(.op = XAP_AND_MAYBE, KIDS(red, blue, white)),
		NODE(.op = XAP_SYNONYM, KIDS(blue, white)),
		NODE(.op = XAP_PHRASE, KIDS(red, green), .window = 2),
		NODE(.op = XAP_FILTER,
		     KIDS(white, NODE(.op = XAP_RANGE, .slot = 0))),
		NODE(.op = XAP_AND_NOT, KIDS(red, blue)),
		&every,
	};
	struct fixture *f = *state;
	struct xap_search rq = search_for(&every);
	bool matches;
	double weight;

	corpus(f);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_scores(f, rows[i]);
	assert_status(xap_db_score(f->db, &rq, 6, &matches, &weight, &f->err),
		      TRAWL_NOTFOUND, &f->err);
}

/* -------------------------------------------- totals, spies, deadline -- */

struct spied {
	struct notes notes;
	uint64_t until_ns; /* with the 600th call, wait for it */
	size_t calls;
};

static void spy_note(void *ctx, size_t which, const char *value_, size_t len)
{
	struct spied *s = ctx;

	note(&s->notes, "%zu=%.*s;", which, (int)len, value_);
}

static void spy_wait(void *ctx, size_t which, const char *value_, size_t len)
{
	struct spied *s = ctx;

	(void)which;
	(void)value_;
	(void)len;
	if (++s->calls == 600)
		while (monotonic_ns() < s->until_ns)
			;
}

static void test_spies(void **state)
{
	static const uint32_t slots[] = { 1, 0 };
	struct fixture *f = *state;
	struct xap_search rq = search_for(TERM("red"));
	struct spied s = { .calls = 0 };
	struct answer a;

	corpus(f);
	rq.count = 0;
	rq.check_at_least = UINT32_MAX;
	rq.spy_slots = slots;
	rq.nspies = COUNT(slots);
	rq.spy = spy_note;
	rq.spy_ctx = &s;
	run(f, &rq, &a);
	assert_int_equal(a.n, 0);
	assert_string_equal(s.notes.text, "0=m;1=3;1=1;0=z;1=5;");
	assert_int_equal(a.totals.lower, 3);
	assert_int_equal(a.totals.upper, 3);
}

static void test_totals(void **state)
{
	struct fixture *f = *state;
	struct xap_search rq = search_for(&every);
	struct answer a;

	create(f);
	fill(f, 500, "a");
	publish(f);
	rq.query = NODE(.op = XAP_OR, KIDS(TERM("a"), TERM("b")));
	rq.count = 1;
	rq.check_at_least = UINT32_MAX;
	run(f, &rq, &a);
	assert_int_equal(a.n, 1);
	assert_int_equal(a.totals.lower, 500);
	assert_int_equal(a.totals.estimated, 500);
	assert_int_equal(a.totals.upper, 500);
	rq.check_at_least = 10;
	run(f, &rq, &a);
	assert_true(a.totals.lower <= 500 && a.totals.lower >= 10);
	assert_int_equal(a.totals.upper, 500);
	assert_false(a.totals.timed_out);
}

static void words_of(struct fixture *f)
{
	create(f);
	fill(f, 2000, "a b c");
	for (uint32_t i = 1; i < 2000; i += 7)
		OK(xap_writer_delete(f->w, i, &f->err));
	publish(f);
}

static struct xap_node *const abc[] = {
	&(struct xap_node){ .op = XAP_TERM, .term = { "a", 1 } },
	&(struct xap_node){ .op = XAP_TERM, .term = { "b", 1 } },
	&(struct xap_node){ .op = XAP_TERM, .term = { "c", 1 } },
	&(struct xap_node){ .op = XAP_RANGE, .slot = 0 },
	&(struct xap_node){ .op = XAP_ALL },
};

static const struct xap_node timed[] = {
	{ .op = XAP_ALL },
	{ .op = XAP_TERM, .term = { "a", 1 } },
	{ .op = XAP_OR, .kids = abc, .nkids = 3 },
	{ .op = XAP_AND, .kids = abc, .nkids = 3 },
	{ .op = XAP_SYNONYM, .kids = abc, .nkids = 3 },
	{ .op = XAP_PHRASE, .kids = abc, .nkids = 3, .window = 3 },
	{ .op = XAP_AND_MAYBE, .kids = abc, .nkids = 3 },
	{ .op = XAP_RANGE, .slot = 0 },
	{ .op = XAP_FILTER, .kids = abc, .nkids = 5 },
};

/* A deadline far away changes nothing, and matches no deleted document. */
static void test_deadline_far(void **state)
{
	struct fixture *f = *state;
	static struct answer with, without;

	words_of(f);
	for (size_t i = 0; i < COUNT(timed); i++) {
		struct xap_search rq = search_for(&timed[i]);

		run(f, &rq, &without);
		rq.deadline_ns = UINT64_MAX;
		run(f, &rq, &with);
		assert_int_equal(with.n, 2000 - 286);
		assert_int_equal(with.n, without.n);
		assert_memory_equal(with.ids, without.ids, sizeof(with.ids));
		assert_memory_equal(with.weights, without.weights,
				    sizeof(with.weights));
		assert_false(with.totals.timed_out);
		assert_int_equal(with.totals.upper, without.totals.upper);
	}
}

static void test_deadline_past(void **state)
{
	const struct xap_node none = { .op = XAP_NONE };
	struct fixture *f = *state;
	static struct answer a;

	words_of(f);
	for (size_t i = 0; i < COUNT(timed); i++) {
		struct xap_search rq = search_for(&timed[i]);

		rq.deadline_ns = 1;
		run(f, &rq, &a);
		assert_true(a.totals.timed_out);
		assert_int_equal(a.n, 0);
		assert_int_equal(a.totals.upper, 2000 - 286);
	}
	for (size_t i = 0; i < 2; i++) {
		struct xap_search rq = search_for(i ? &none : TERM("nil"));

		rq.deadline_ns = 1;
		run(f, &rq, &a);
		assert_int_equal(a.n, 0);
	}
}

static void test_deadline_keeps_hits(void **state)
{
	static const uint32_t slot = 0;
	struct fixture *f = *state;
	static struct answer a;

	words_of(f);
	for (size_t i = 0; i < COUNT(timed); i++) {
		struct xap_search rq = search_for(&timed[i]);
		struct spied s = { .until_ns = monotonic_ns() + 100000000 };

		rq.deadline_ns = s.until_ns;
		rq.spy_slots = &slot;
		rq.nspies = 1;
		rq.spy = spy_wait;
		rq.spy_ctx = &s;
		run(f, &rq, &a);
		assert_true(a.totals.timed_out);
		assert_in_range(a.n, 1, 600 + 256);
		assert_true(a.totals.lower <= a.totals.upper);
		assert_int_equal(a.totals.upper, 2000 - 286);
	}
}

/* ------------------------------------------------------------- joined -- */

enum {
	PARTS = 3
};

struct part {
	struct xap_writer *w;
	struct xap_db *db;
};

struct joined {
	struct fixture *f;
	struct part part[PARTS];
};

/* The document that all have is number 3, 3 and 2; of all, 7, 8 and 6. */
static void open_part(struct joined *j, size_t k)
{
	struct fixture *f = j->f, own = { .w = NULL };
	char path[320];

	snprintf(path, sizeof(path), "%s/part%zu", f->dir, k);
	OK(xap_writer_open(path, XAP_CREATE, true, &own.w, &f->err));
	for (size_t i = k; i < PARTS; i++)
		put(&own, i % 2 ? "Qx" : "Qy", "red red filler", "8", NULL);
	put(&own, "Qtie", "red green", "5", "same");
	put(&own, k ? "Qwhite" : "Qother", "white blue blue", "6", NULL);
	OK(xap_writer_commit(own.w, &f->err));
	OK(xap_db_open(path, &j->part[k].db, &f->err));
	j->part[k].w = own.w;
}

static void open_joined(struct fixture *f, struct joined *j)
{
	struct xap_db *db[PARTS];

	j->f = f;
	for (size_t k = 0; k < PARTS; k++) {
		open_part(j, k);
		db[k] = j->part[k].db;
	}
	OK(xap_db_join(db, PARTS, &f->db, &f->err));
}

static void close_joined(struct joined *j)
{
	for (size_t k = 0; k < PARTS; k++) {
		xap_db_free(j->part[k].db);
		xap_writer_free(j->part[k].w);
	}
}

static void test_joined_numbers(void **state)
{
	struct fixture *f = *state;
	struct joined j;
	struct notes n = { .len = 0 };
	uint32_t tf, cf;

	open_joined(f, &j);
	assert_string_equal(hits_sorted(f, TERM("green")), "6 7 8");
	OK(xap_db_data(f->db, 7, note_bytes, &n, &f->err));
	assert_string_equal(n.text, "red green;");
	OK(xap_db_term_freq(f->db, "green", 5, &tf, &cf, &f->err));
	assert_int_equal(tf, 3);
	n = (struct notes){ .len = 0 };
	OK(xap_db_terms(f->db, BYTES("Q"), BYTES(""), true, note_term, &n,
			&f->err));
	assert_string_equal(n.text, "Qother 0 1;Qtie 0 3;Qwhite 0 2;Qx 0 2;"
				    "Qy 0 3;");
	close_joined(&j);
	/* What the parts had open is shared, and outlives them. */
	assert_string_equal(hits_sorted(f, TERM("green")), "6 7 8");
}

static void test_joined_twice_is_refused(void **state)
{
	struct fixture *f = *state;
	struct joined j;
	struct xap_db *again = NULL;

	open_joined(f, &j);
	assert_status(xap_db_join((struct xap_db *[]){ j.part[0].db, f->db }, 2,
				  &again, &f->err),
		      TRAWL_INVAL, &f->err);
	assert_null(again);
	close_joined(&j);
}

/* Equal hits come in the order of the parts, whole or page by page. */
static void test_joined_ties(void **state)
{
	const struct xap_key key[] = { { .slot = 1 }, { .slot = 0 } };
	struct fixture *f = *state;
	struct joined j;

	open_joined(f, &j);
	for (size_t nkeys = 0; nkeys <= COUNT(key); nkeys += COUNT(key)) {
		struct xap_search rq = search_for(TERM("green"));
		static struct answer whole, one;

		rq.keys = key;
		rq.nkeys = nkeys;
		run(f, &rq, &whole);
		assert_string_equal(ids(&whole), "7 8 6");
		for (uint32_t i = 0; i < 4; i++) {
			rq.first = i;
			rq.count = 1;
			run(f, &rq, &one);
			assert_int_equal(one.n, i < 3);
			assert_true(!one.n || one.ids[0] == whole.ids[i]);
			assert_int_equal(one.totals.lower, 3);
		}
		rq.first = 0;
		rq.count = 0;
		run(f, &rq, &one);
		assert_int_equal(one.n, 0);
	}
	close_joined(&j);
}

/* A document's own number in its part is others' in theirs. */
static void test_joined_scores(void **state)
{
	struct fixture *f = *state;
	struct xap_search rq =
		search_for(NODE(.op = XAP_OR, KIDS(TERM("red"), TERM("blue"))));
	static struct answer a;
	struct joined j;
	bool matches;
	double weight;

	open_joined(f, &j);
	run(f, &rq, &a);
	assert_int_equal(a.n, 11);
	for (size_t i = 0; i < a.n; i++) {
		OK(xap_db_score(f->db, &rq, a.ids[i], &matches, &weight,
				&f->err));
		assert_true(matches);
		assert_true(fabs(weight - a.weights[i]) < 1e-9);
	}
	rq.query = TERM("green");
	OK(xap_db_score(f->db, &rq, 9, &matches, &weight, &f->err));
	assert_false(matches);
	assert_true(weight == 0);
	close_joined(&j);
}

static void test_joined_deadline(void **state)
{
	struct fixture *f = *state;
	struct xap_search rq = search_for(TERM("red"));
	static struct answer far, past;
	struct joined j;

	open_joined(f, &j);
	rq.deadline_ns = UINT64_MAX;
	run(f, &rq, &far);
	assert_false(far.totals.timed_out);
	assert_string_equal(ids(&far), hits(f, TERM("red")));
	rq.deadline_ns = 1;
	run(f, &rq, &past);
	assert_true(past.totals.timed_out);
	assert_int_equal(past.n, 0);
	close_joined(&j);
}

/* --------------------------------------------------------------- care -- */

static void test_check(void **state)
{
	struct fixture *f = *state;
	struct notes all = { .len = 0 }, one = { .left = 1 };
	uint64_t faults = 99;

	assert_status(xap_check(f->path, note_bytes, &all, &faults, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	create(f);
	fill(f, 300, "a b c");
	publish(f);
	OK(xap_check(f->path, note_bytes, &all, &faults, &f->err));
	assert_int_equal(faults, 0);
	assert_non_null(strstr(all.text, "postlist"));
	assert_null(strchr(all.text, '\n'));
	OK(xap_check(f->path, note_bytes, &one, &faults, &f->err));
	assert_int_equal(one.calls, 1);
}

/* Zeroes the second block of the table. */
static void damage(const struct fixture *f, const char *table)
{
	static const char zeros[8192];
	char name[512];
	int fd;

	in_path(f, table, name);
	fd = open(name, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, zeros, sizeof(zeros), 8192), sizeof(zeros));
	close(fd);
}

static void test_check_finds_damage(void **state)
{
	struct fixture *f = *state;
	struct notes n = { .len = 0 };
	uint64_t faults = 0;
	enum trawl_status st;

	create(f);
	fill(f, 2000, "a b c");
	publish(f);
	damage(f, "postlist.glass");
	st = xap_check(f->path, note_bytes, &n, &faults, &f->err);
	assert_true(st == TRAWL_CORRUPT || (st == TRAWL_OK && faults > 0));
}

static void test_compact(void **state)
{
	struct fixture *f = *state;
	struct notes n = { .len = 0 };
	uint64_t faults = 99;

	create(f);
	put(f, "Q1", "gone", NULL, NULL);
	put(f, "Q2", "a", NULL, NULL);
	put(f, "Q3", "a c a", "v", NULL);
	OK(xap_writer_set_metadata(f->w, "k", 1, "v", 1, &f->err));
	OK(xap_writer_delete(f->w, 1, &f->err));
	publish(f);
	assert_status(xap_compact("/nonexistent/x", f->dir, &f->err),
		      TRAWL_NOTFOUND, &f->err);
	snprintf(f->path, sizeof(f->path), "%s/new", f->dir);
	xap_db_free(f->db);
	f->db = NULL;
	{
		char from[300];

		snprintf(from, sizeof(from), "%s/db", f->dir);
		OK(xap_compact(from, f->path, &f->err));
	}
	OK(xap_db_open(f->path, &f->db, &f->err));
	assert_string_equal(hits_sorted(f, TERM("a")), "2 3");
	assert_string_equal(positions(f, 3, "a"), "1;3;");
	assert_string_equal(value(f, 3, 0), "v;");
	assert_string_equal(metadata(f, "k"), "v;");
	OK(xap_check(f->path, note_bytes, &n, &faults, &f->err));
	assert_int_equal(faults, 0);
}

static void test_environment(void **state)
{
	(void)state;
	setenv("XAPIAN_FLUSH_THRESHOLD", "1", 1);
	setenv("XAPIAN_", "", 1);
	setenv("XAPIAN_CJK_NGRAM", "1", 1);
	setenv("XAPIANX", "kept", 1);
	setenv("TRAWL_XAPIAN_", "kept", 1);
	xap_clear_environment();
	assert_null(getenv("XAPIAN_FLUSH_THRESHOLD"));
	assert_null(getenv("XAPIAN_"));
	assert_null(getenv("XAPIAN_CJK_NGRAM"));
	assert_string_equal(getenv("XAPIANX"), "kept");
	assert_string_equal(getenv("TRAWL_XAPIAN_"), "kept");
	assert_true(strncmp(xap_version(), "1.4.", 4) == 0);
}

static void test_free_null(void **state)
{
	(void)state;
	xap_db_free(NULL);
	xap_writer_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_is_complete),
		TEST(throws_become_statuses),
		TEST(void_entries_swallow),
		TEST(error_tells_why),
		TEST(round_trip),
		TEST(bounds),
		TEST(entries),
		TEST(all_values),
		TEST(dictionaries),
		TEST(replace_and_delete),
		TEST(set_value_keeps_the_rest),
		TEST(absent_document),
		TEST(walk_terms),
		TEST(walk_postings),
		TEST(walk_metadata),
		TEST(open_what_is_not_there),
		TEST(open_without_a_table),
		TEST(create_twice),
		TEST(locked),
		TEST(stale_after_two_commits),
		TEST(snapshot_and_revision),
		TEST(writer_sees_its_own),
		TEST(term_limits),
		TEST(bad_document_keeps_the_batch),
		TEST(unique_term_is_needed),
		TEST(free_cancels),
		TEST(failed_commit_is_void),
		TEST(failed_commit_then_free),
		TEST(failed_recovery_then_free),
		TEST(failed_recovery_then_put),
		TEST(operators),
		TEST(bad_queries),
		TEST(depth),
		TEST(range),
		TEST(windows),
		TEST(order_and_ties),
		TEST(keys),
		TEST(weights),
		TEST(weight_numbers),
		TEST(score),
		TEST(spies),
		TEST(totals),
		TEST(deadline_far),
		TEST(deadline_past),
		TEST(deadline_keeps_hits),
		TEST(joined_numbers),
		TEST(joined_twice_is_refused),
		TEST(joined_ties),
		TEST(joined_scores),
		TEST(joined_deadline),
		TEST(check),
		TEST(check_finds_damage),
		TEST(compact),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_free_null),
	};

	return cmocka_run_group_tests_name("xap", tests, NULL, NULL);
}
