/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same documents, written by Xapian's API and by our encoders: every item
 * of the postlist, position and termlist tables is the same, byte for byte.
 */
#include "arena.h"
#include "buf.h"
#include "glass_position.h"
#include "glass_postlist.h"
#include "glass_termlist.h"
#include "glass_version.h"
#include "glass_walk.h"
#include "xap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <ftw.h>
#include <sys/stat.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	DOCUMENTS_MAX = 40000,
	TERMS_MAX = 4000, /* of a document */
	ID_MAX = 24,
	ARENA_MAX = 512 << 20
};

static bool failed(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		print_message("%s: %s\n", trawl_status_name(st), err->text);
	return st != TRAWL_OK;
}

#define OK(call)                                                               \
	do {                                                                   \
		if (failed((call), &f->err))                                   \
			fail_msg("%s", #call);                                 \
	} while (0)

/* ---------------------------------------------------------- documents -- */

struct made {
	struct xap_document doc;
	bool gone; /* deleted at once, as chunks that are written keep gaps */
};

struct fixture {
	char dir[256], api[300], ours[300];
	struct trawl_error err;
	struct arena arena;
	struct made *made;
	size_t n;
	struct xap_posting *posting; /* of the document that is open */
	struct xap_value *value;
	size_t npostings, nvalues;
	const struct metadata_entry *metadata;
	size_t nmetadata;
	uint64_t random;
	struct glass_root root[GLASS_TABLES]; /* of ours */
	uint32_t wdf_max;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *tmp = getenv("TMPDIR");

	assert_non_null(f);
	snprintf(f->dir, sizeof(f->dir), "%s/trawl-encode-XXXXXX",
		 tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->api, sizeof(f->api), "%s/api", f->dir);
	snprintf(f->ours, sizeof(f->ours), "%s/ours", f->dir);
	assert_int_equal(mkdir(f->ours, 0700), 0);
	arena_init(&f->arena, ARENA_MAX);
	f->made = calloc(DOCUMENTS_MAX, sizeof(*f->made));
	f->posting = calloc(TERMS_MAX, sizeof(*f->posting));
	f->value = calloc(COLUMN_SLOTS_MAX + 1, sizeof(*f->value));
	assert_true(f->made && f->posting && f->value);
	f->random = 88172645463325252u;
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

	nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	arena_release(&f->arena);
	free(f->made);
	free(f->posting);
	free(f->value);
	free(f);
	return 0;
}

/* 0..below - 1 (xorshift, Marsaglia 2003). */
static uint32_t draw(struct fixture *f, uint32_t below)
{
	f->random ^= f->random << 13;
	f->random ^= f->random >> 7;
	f->random ^= f->random << 17;
	return (uint32_t)((f->random >> 16) % below);
}

/* Whole words of it may be read. */
static void *copy(struct fixture *f, const void *from, size_t n)
{
	void *to = arena_alloc(&f->arena, n + 1);

	assert_non_null(to);
	if (n)
		memcpy(to, from, n);
	return to;
}

static struct xap_posting *add_term(struct fixture *f, const char *term,
				    size_t len, uint32_t wdf)
{
	struct xap_posting *p = &f->posting[f->npostings++];

	assert_true(f->npostings <= TERMS_MAX);
	*p = (struct xap_posting){ .term = { copy(f, term, len), len },
				   .wdf = wdf };
	return p;
}

static void add_positions(struct fixture *f, const char *term,
			  const uint32_t *positions, size_t n)
{
	struct xap_posting *p = add_term(f, term, strlen(term), (uint32_t)n);

	p->positions = copy(f, positions, n * sizeof(*positions));
	p->npositions = n;
}

static void add_value(struct fixture *f, uint32_t slot, const char *value,
		      size_t len)
{
	assert_true(f->nvalues <= COLUMN_SLOTS_MAX);
	f->value[f->nvalues++] =
		(struct xap_value){ .slot = slot,
				    .value = { copy(f, value, len), len } };
}

static int compare_bytes(const struct xap_bytes *a, const struct xap_bytes *b)
{
	int order = memcmp(a->data, b->data, a->len < b->len ? a->len : b->len);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int by_term(const void *a, const void *b)
{
	return compare_bytes(&((const struct xap_posting *)a)->term,
			     &((const struct xap_posting *)b)->term);
}

static void unique_term(size_t docid, char id[ID_MAX])
{
	snprintf(id, ID_MAX, "Q%zu", docid);
}

/* What was added since is a document; the shim wants a term of its own. */
static void end_document(struct fixture *f)
{
	struct xap_document *doc = &f->made[f->n++].doc;
	char id[ID_MAX];

	assert_true(f->n <= DOCUMENTS_MAX);
	unique_term(f->n, id);
	add_term(f, id, strlen(id), 0);
	qsort(f->posting, f->npostings, sizeof(*f->posting), by_term);
	doc->postings = copy(f, f->posting, f->npostings * sizeof(*f->posting));
	doc->npostings = f->npostings;
	doc->values = copy(f, f->value, f->nvalues * sizeof(*f->value));
	doc->nvalues = f->nvalues;
	f->npostings = f->nvalues = 0;
}

/* ---------------------------------------------------------- their side -- */

static void put_all(struct fixture *f, struct xap_writer *w)
{
	for (size_t i = 0; i < f->n; i++) {
		char id[ID_MAX];
		uint32_t docid;

		unique_term(i + 1, id);
		OK(xap_writer_put(w, id, strlen(id), &f->made[i].doc, &docid,
				  &f->err));
		assert_int_equal(docid, i + 1);
		if (f->made[i].gone)
			OK(xap_writer_delete(w, docid, &f->err));
	}
}

static void write_theirs(struct fixture *f)
{
	struct xap_writer *w;

	OK(xap_writer_open(f->api, XAP_CREATE, true, &w, &f->err));
	put_all(f, w);
	for (size_t i = 0; i < f->nmetadata; i++) {
		const struct metadata_entry *e = &f->metadata[i];

		OK(xap_writer_set_metadata(w, e->key.data, e->key.len,
					   e->value.data, e->value.len,
					   &f->err));
	}
	OK(xap_writer_commit(w, &f->err));
	xap_writer_free(w);
}

/* ----------------------------------------------------------- our side -- */

struct item {
	struct xap_bytes term;
	struct source_entry entry;
};

struct items {
	struct source source; /* first: what the callbacks get */
	struct item *item;
	size_t n, at;
	enum trawl_status st; /* at the end */
};

static bool next_term(struct source *s)
{
	struct items *l = (struct items *)s;

	while (l->at && l->at < l->n &&
	       !compare_bytes(&l->item[l->at].term, &s->term))
		l->at++;
	if (l->at == l->n) {
		s->st = l->st;
		snprintf(s->err.text, sizeof(s->err.text), "as was wished");
		return false;
	}
	s->term = l->item[l->at].term;
	return true;
}

static bool fill(struct source *s)
{
	struct items *l = (struct items *)s;

	for (s->n = 0; s->n < SOURCE_BATCH && l->at < l->n; l->at++) {
		if (compare_bytes(&l->item[l->at].term, &s->term))
			break;
		s->entry[s->n++] = l->item[l->at].entry;
	}
	return s->n;
}

static void source_init(struct items *l, struct item *item, size_t n)
{
	*l = (struct items){ .item = item, .n = n };
	l->source.next_term = next_term;
	l->source.fill = fill;
}

static int by_item(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = compare_bytes(&x->term, &y->term);

	return order ? order
		     : (x->entry.docid > y->entry.docid) -
			       (x->entry.docid < y->entry.docid);
}

static bool make_entry(struct fixture *f, const struct xap_posting *p,
		       bool positions, struct source_entry *e)
{
	unsigned char *tag, *end;

	e->n = p->wdf;
	if (!positions)
		return true;
	if (!p->npositions)
		return false;
	tag = arena_alloc(&f->arena, glass_position_room(p->npositions));
	assert_non_null(tag);
	end = glass_put_positions(tag, p->positions, p->npositions);
	e->tag = tag;
	e->n = (uint32_t)(end - tag);
	return true;
}

static void make_source(struct fixture *f, bool positions, struct items *out)
{
	size_t n = 0, max = 0;
	struct item *list;

	for (size_t i = 0; i < f->n; i++)
		max += f->made[i].doc.npostings;
	list = arena_zalloc(&f->arena, max + 1, sizeof(*list));
	assert_non_null(list);
	for (size_t i = 0; i < f->n; i++) {
		const struct xap_document *d = &f->made[i].doc;

		for (size_t j = 0; !f->made[i].gone && j < d->npostings; j++) {
			list[n].term = d->postings[j].term;
			list[n].entry.docid = (uint32_t)i + 1;
			n += make_entry(f, &d->postings[j], positions,
					&list[n].entry);
		}
	}
	qsort(list, n, sizeof(*list), by_item);
	source_init(out, list, n);
}

static struct glass_table *open_table(struct fixture *f, enum glass_table_id id)
{
	struct glass_table *t;

	OK(glass_table_new(f->ours, glass_table_names[id], true, &t, &f->err));
	return t;
}

static void close_table(struct fixture *f, enum glass_table_id id,
			struct glass_table *t)
{
	OK(glass_table_finish(t, false, &f->root[id], &f->err));
	glass_table_free(t);
}

static uint32_t write_terms(struct glass_table *t, uint32_t docid,
			    const struct xap_document *doc)
{
	unsigned char key[GLASS_SORT_UINT_MAX + 1];
	size_t len = (size_t)(glass_put_sort_uint(key, docid) - key);
	struct buf tag = BUF_INIT(1 << 24);
	uint32_t length;

	assert_true(glass_put_termlist(&tag, doc->postings, doc->npostings,
				       &length));
	assert_true(glass_table_add(t, key, len, tag.data, tag.len, false));
	buf_reset(&tag);
	glass_put_slots(&tag, doc->values, doc->nvalues);
	assert_false(tag.failed);
	key[len++] = 0;
	if (tag.len)
		assert_true(
			glass_table_add(t, key, len, tag.data, tag.len, false));
	buf_release(&tag);
	return length;
}

static void write_documents(struct fixture *f, struct columns *c)
{
	struct glass_table *t = open_table(f, GLASS_TERMLIST);

	for (size_t i = 0; i < f->n; i++) {
		const struct xap_document *d = &f->made[i].doc;
		uint32_t docid = (uint32_t)i + 1;

		if (!f->made[i].gone)
			assert_true(columns_add(c, docid,
						write_terms(t, docid, d),
						d->values, d->nvalues));
	}
	close_table(f, GLASS_TERMLIST, t);
}

static void write_postlist(struct fixture *f, struct columns *c)
{
	struct glass_table *t = open_table(f, GLASS_POSTLIST);
	struct items postings;

	make_source(f, false, &postings);
	OK(glass_postlist_metadata(t, f->metadata, f->nmetadata, &f->err));
	OK(glass_postlist_columns(t, c, &f->err));
	OK(glass_postlist_postings(t, &postings.source, &f->wdf_max, &f->err));
	close_table(f, GLASS_POSTLIST, t);
}

static void write_ours(struct fixture *f)
{
	struct glass_table *t = open_table(f, GLASS_POSITION);
	struct items positions;
	struct columns *c;

	make_source(f, true, &positions);
	OK(glass_position_write(t, &positions.source, &f->err));
	close_table(f, GLASS_POSITION, t);
	OK(columns_new(f->ours, &c, &f->err));
	write_documents(f, c);
	write_postlist(f, c);
	columns_free(c);
}

/* ---------------------------------------------------------- comparison -- */

static void show(const char *side, const unsigned char *p, size_t n)
{
	print_message("%s: %zu bytes:", side, n);
	for (size_t i = 0; i < n && i < 48; i++)
		print_message(" %02X", p[i]);
	print_message("\n");
}

static void compare_items(const char *table, const struct glass_item *theirs,
			  const struct glass_item *ours)
{
	if (theirs->keylen != ours->keylen ||
	    memcmp(theirs->key, ours->key, ours->keylen)) {
		show("their key", theirs->key, theirs->keylen);
		show("our key", ours->key, ours->keylen);
		fail_msg("%s: keys differ", table);
	}
	if (theirs->taglen != ours->taglen ||
	    memcmp(theirs->tag, ours->tag, ours->taglen)) {
		show("key", ours->key, ours->keylen);
		show("their tag", theirs->tag, theirs->taglen);
		show("our tag", ours->tag, ours->taglen);
		fail_msg("%s: tags differ", table);
	}
}

static size_t compare_table(struct fixture *f, enum glass_table_id id,
			    const struct glass_version *theirs)
{
	const char *name = glass_table_names[id];
	struct glass_walk *a, *b;
	struct glass_item x, y;
	size_t n = 0;

	OK(glass_walk_open(f->api, name, &theirs->root[id], &a, &f->err));
	OK(glass_walk_open(f->ours, name, &f->root[id], &b, &f->err));
	for (; glass_walk_next(a, &x); n++) {
		if (!glass_walk_next(b, &y))
			fail_msg("%s: ours ends after %zu items", name, n);
		compare_items(name, &x, &y);
	}
	if (glass_walk_next(b, &y))
		fail_msg("%s: theirs ends after %zu items", name, n);
	OK(glass_walk_status(a, &f->err));
	OK(glass_walk_status(b, &f->err));
	glass_walk_close(a);
	glass_walk_close(b);
	return n;
}

/* Items of each table: at least as many, or the test says nothing. */
static void write_and_compare(struct fixture *f, size_t positions,
			      size_t postlist)
{
	struct glass_version theirs;

	write_theirs(f);
	write_ours(f);
	OK(glass_version_read(f->api, &theirs, &f->err));
	assert_int_equal(f->wdf_max, theirs.wdf_max);
	if (positions)
		assert_true(compare_table(f, GLASS_POSITION, &theirs) >=
			    positions);
	if (f->n)
		assert_true(compare_table(f, GLASS_TERMLIST, &theirs) >= 1);
	assert_true(compare_table(f, GLASS_POSTLIST, &theirs) >= postlist);
}

/* ----------------------------------------------------------- positions -- */

static void add_list(struct fixture *f, uint32_t first, uint32_t step, size_t n)
{
	uint32_t *p = calloc(n, sizeof(*p));

	assert_non_null(p);
	p[0] = first;
	for (size_t i = 1; i < n; i++)
		p[i] = p[i - 1] + 1 + draw(f, step);
	add_positions(f, "word", p, n);
	end_document(f);
	free(p);
}

static void test_positions_few(void **state)
{
	static const struct {
		uint32_t p[6];
		size_t n;
	} rows[] = {
		{ { 1 }, 1 },
		{ { 5 }, 1 },
		{ { 127 }, 1 },
		{ { 128 }, 1 },
		{ { UINT32_MAX }, 1 },
		{ { 1, 2 }, 2 },
		{ { 1, 3 }, 2 },
		{ { 7, 8 }, 2 },
		{ { 1, UINT32_MAX }, 2 },
		{ { UINT32_MAX - 1, UINT32_MAX }, 2 },
		{ { 1, 2, 3 }, 3 },
		{ { 1, 2, 4 }, 3 },
		{ { 1, 3, 4 }, 3 },
		{ { 1, 1u << 31, UINT32_MAX }, 3 },
		{ { 2, 3, 4, 5 }, 4 },
		{ { 1, 100, 101, 900 }, 4 },
		{ { 1, 2, 3, 4, UINT32_MAX }, 5 },
		{ { 1, 5, 9, 13, 17, 21 }, 6 },
		{ { 90, 91, 92, 93, 94, 1u << 20 }, 6 },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		add_positions(f, "word", rows[i].p, rows[i].n);
		end_document(f);
	}
	write_and_compare(f, COUNT(rows), 1);
}

/* Every list of 1 to 10 places. */
static void test_positions_all(void **state)
{
	struct fixture *f = *state;

	for (uint32_t bits = 1; bits < 1u << 10; bits++) {
		uint32_t p[10];
		size_t n = 0;

		for (uint32_t i = 0; i < 10; i++)
			if (bits >> i & 1)
				p[n++] = i + 1;
		add_positions(f, "word", p, n);
		end_document(f);
	}
	write_and_compare(f, (1u << 10) - 1, 1);
}

static void test_positions_many(void **state)
{
	struct fixture *f = *state;
	size_t n;

	for (n = 0; n < 600; n++)
		add_list(f, 1 + draw(f, 1u << draw(f, 20)), 1u << draw(f, 21),
			 1 + draw(f, n % 2 ? 2000 : 12));
	add_list(f, 1, 1, 2000);
	add_list(f, 1000, 1, 70000);
	add_list(f, 1, 2, 70000);
	add_list(f, 1, 60000, 70000);
	write_and_compare(f, n + 4, 1);
}

/* ----------------------------------------------------------- term lists -- */

static void add_repeated(struct fixture *f, const char *unit, size_t unitlen,
			 size_t len, uint32_t wdf)
{
	char term[XAP_TERM_MAX];

	for (size_t i = 0; i < len; i++)
		term[i] = unit[i % unitlen];
	add_term(f, term, len, wdf);
}

static void test_termlist(void **state)
{
	static const uint32_t wdf[] = { 0,   1,	  2,   63,  64,	   65,	    126,
					127, 128, 254, 255, 70000, 1u << 31 };
	struct fixture *f = *state;

	/* All wdf after a term of 1, 2, ... bytes, with all of it shared. */
	for (size_t i = 0; i < COUNT(wdf); i++) {
		for (size_t len = 1; len <= XAP_TERM_MAX; len++)
			add_repeated(f, "a", 1, len,
				     i < 12 ? wdf[i] : len == 9);
		end_document(f);
	}
	for (size_t i = 0; i < COUNT(wdf); i++) {
		add_repeated(f, "\0", 1, 122, wdf[i]);
		add_repeated(f, "\0x", 2, 163, 1);
		add_repeated(f, "x\0", 2, 162, 3);
		add_repeated(f, "z", 1, 245, 1);
		end_document(f);
	}
	/* Of one more Xapian's writer would say that it is deleted. */
	add_term(f, "alone", 5, UINT32_MAX - 1);
	end_document(f);
	end_document(f);
	write_and_compare(f, 0, 245);
}

/* Few letters, so that prefixes of every length are shared. */
static void add_drawn_terms(struct fixture *f, size_t n)
{
	struct xap_posting *p = f->posting;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		char term[40];
		size_t len = 1 + draw(f, sizeof(term));

		for (size_t j = 0; j < len; j++)
			term[j] = "\0ab\xFF"[draw(f, 4) & draw(f, 4)];
		add_term(f, term, len, draw(f, 3) ? 1 : draw(f, 300));
	}
	qsort(p, f->npostings, sizeof(*p), by_term);
	for (size_t i = 0; i < f->npostings; i++)
		if (!i || compare_bytes(&p[i].term, &p[kept - 1].term))
			p[kept++] = p[i];
	f->npostings = kept;
}

static void test_termlist_drawn(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 60; i++) {
		add_drawn_terms(f, draw(f, 1000));
		end_document(f);
	}
	write_and_compare(f, 0, 1000);
}

/* The shim takes no document without terms. */
static void test_termlist_edges(void **state)
{
	static const struct xap_posting over[] = {
		{ .term = { "a.......", 1 }, .wdf = UINT32_MAX },
		{ .term = { "b.......", 1 }, .wdf = 1 },
	};
	static const struct xap_value values[] = {
		{ .slot = 3, .value = { "", 0 } },
		{ .slot = 5, .value = { "x", 1 } },
		{ .slot = 6, .value = { "", 0 } },
		{ .slot = 7, .value = { "x", 1 } },
	};
	struct buf tag = BUF_INIT(100), small = BUF_INIT(8);
	uint32_t length = 9;

	(void)state;
	assert_true(glass_put_termlist(&tag, NULL, 0, &length));
	assert_int_equal(length, 0);
	assert_int_equal(tag.len, 0);
	assert_false(glass_put_termlist(&tag, over, 2, &length));
	assert_false(tag.failed);
	assert_true(glass_put_termlist(&tag, over, 1, &length));
	assert_int_equal(length, UINT32_MAX);
	assert_false(glass_put_termlist(&small, over + 1, 1, &length));
	assert_true(small.failed);
	buf_reset(&tag);
	glass_put_slots(&tag, values, 1);
	assert_int_equal(tag.len, 0);
	glass_put_slots(&tag, values, 4);
	assert_int_equal(tag.len, 2);
	assert_memory_equal(tag.data, "\x05\x01", 2);
	buf_release(&tag);
	buf_release(&small);
}

/* -------------------------------------------------------------- chunks -- */

/*
 * With gaps of 1 and a wdf under 128 a list of n entries has 2n - 1 bytes, and
 * one more for each wdf above: lists of 1,996 to 2,005 bytes and of 4,000.
 */
static void test_chunk_borders(void **state)
{
	enum {
		FEW = 997,
		ALL = 2003
	};
	struct fixture *f = *state;

	for (size_t docid = 1; docid <= ALL; docid++) {
		for (size_t n = FEW; n <= ALL; n += n == 1003 ? 995 : 1)
			for (uint32_t wide = 0; wide < 3; wide++) {
				char term[32];
				int len = snprintf(term, sizeof(term),
						   "n%zu-%u", n, wide);

				if (docid <= n)
					add_term(f, term, (size_t)len,
						 docid <= wide ? 200 : 1);
			}
		end_document(f);
	}
	write_and_compare(f, 0, 3 * 13);
}

/* Docids over 32,767, gaps, and documents that went before the commit. */
static void test_chunks_far(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 33500; i++) {
		add_term(f, "all", 3, 1);
		if (!draw(f, 40))
			add_term(f, "some\0", 5, draw(f, 3) ? 1 : 1u << 20);
		if (!draw(f, 3000))
			add_term(f, "\0rare", 5, 7);
		if (i == 1 || i == 33400)
			add_term(f, "two", 3, 0);
		if (i % 3)
			add_value(f, 1, "same", 4);
		f->made[f->n].gone = i < 5 || !draw(f, 50);
		end_document(f);
	}
	write_and_compare(f, 0, 100);
}

static void test_nothing(void **state)
{
	struct fixture *f = *state;

	write_and_compare(f, 0, 0);
}

/* ------------------------------------------------- values and metadata -- */

/* Slots in numeric order: neither kind of key is in that order. */
static void test_values(void **state)
{
	static const uint32_t slots[] = { 1,   127, 128, 255,	256,
					  300, 511, 512, 16384, 70000 };
	static char bytes[5000];
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 7 + i / 256);
	for (size_t i = 0; i < 3000; i++) {
		add_value(f, 0, bytes + draw(f, 100), draw(f, 200));
		for (uint32_t j = 0; j < COUNT(slots); j++)
			if (!draw(f, 1 + 3 * j))
				add_value(f, slots[j], bytes + draw(f, 4000),
					  draw(f, 10));
		if (!draw(f, 20))
			add_value(f, 80000, bytes + draw(f, 9), 4900);
		if (i == 5 || i == 7)
			add_value(f, 80001, i == 5 ? "a" : "a\0",
				  i == 5 ? 1 : 2);
		if (i > 9)
			add_value(f, UINT32_MAX - 1, "\0", 1);
		end_document(f);
	}
	write_and_compare(f, 0, 500);
}

/* Values of len bytes, one a document: chunks are closed at 2,000 bytes after
 * those of 1, 21 and 85, at 2,001 after those of 5, 9, 11 and 12. */
static void test_value_borders(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < 1400; i++) {
		for (uint32_t len = 1; len <= 86; len++)
			add_value(f, len,
				  "................................"
				  "................................"
				  "................................",
				  len);
		end_document(f);
	}
	write_and_compare(f, 0, 86 * 2);
}

static void test_metadata(void **state)
{
	static char value[30000];
	static const struct metadata_entry entries[] = {
		{ { "\0", 1 }, { "\0", 1 } },
		{ { "a", 1 }, { "1", 1 } },
		{ { "a\0", 2 }, { "2", 1 } },
		{ { "ab", 2 }, { value, sizeof(value) } },
		{ { "\xFF\xFF", 2 }, { "4", 1 } },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(value); i++)
		value[i] = (char)(i / 3);
	f->metadata = entries;
	f->nmetadata = COUNT(entries);
	add_value(f, 0, "x", 1);
	end_document(f);
	write_and_compare(f, 0, COUNT(entries) + 3);
}

/* ------------------------------------------------------------ refusals -- */

static void assert_refused(enum trawl_status got, enum trawl_status want,
			   const struct trawl_error *err, const char *text)
{
	assert_int_equal(got, want);
	if (!strstr(err->text, text))
		fail_msg("\"%s\" lacks \"%s\"", err->text, text);
}

static void test_columns_refuse(void **state)
{
	static char large[VALUE_MAX + 1];
	static const struct xap_value twice[] = {
		{ .slot = 2, .value = { "x", 1 } },
		{ .slot = 2, .value = { "y", 1 } },
	};
	static const struct xap_value too_large = {
		.slot = 7, .value = { large, sizeof(large) }
	};
	struct fixture *f = *state;
	struct xap_value *many = calloc(COLUMN_SLOTS_MAX + 1, sizeof(*many));

	assert_non_null(many);
	for (uint32_t i = 0; i <= COLUMN_SLOTS_MAX; i++)
		many[i] = (struct xap_value){ .slot = 3 * i,
					      .value = { "x", 1 } };
	const struct {
		uint32_t docid;
		const struct xap_value *values;
		size_t n;
		enum trawl_status want;
		const char *text;
	} rows[] = {
		{ 1, NULL, 0, TRAWL_INTERNAL, "comes after" },
		{ 2, twice, 2, TRAWL_INTERNAL, "slot 2 comes after 2" },
		{ 2, many, COLUMN_SLOTS_MAX + 1, TRAWL_REFUSED, "1000" },
		{ 2, &too_large, 1, TRAWL_REFUSED, "slot 7" },
		{ 2, many, COLUMN_SLOTS_MAX, TRAWL_OK, NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct glass_table *t;
		struct columns *c;
		bool ok = rows[i].want == TRAWL_OK;

		OK(columns_new(f->ours, &c, &f->err));
		OK(glass_table_new(f->dir, i ? "a" : "b", false, &t, &f->err));
		assert_true(columns_add(c, 1, 0, NULL, 0));
		assert_int_equal(columns_add(c, rows[i].docid, 0,
					     rows[i].values, rows[i].n),
				 ok);
		assert_int_equal(columns_add(c, 3, 0, NULL, 0), ok);
		if (ok)
			OK(glass_postlist_columns(t, c, &f->err));
		else
			assert_refused(glass_postlist_columns(t, c, &f->err),
				       rows[i].want, &f->err, rows[i].text);
		glass_table_free(t);
		columns_free(c);
	}
	free(many);
}

/* The directory is gone when the first chunks are to be put away. */
static void test_columns_io(void **state)
{
	static const char value[100] = "x";
	static const struct xap_value one = {
		.slot = 0, .value = { value, sizeof(value) }
	};
	struct fixture *f = *state;
	struct glass_table *t;
	struct columns *c;
	uint32_t docid = 1;

	OK(columns_new("/nowhere/at/all", &c, &f->err));
	OK(glass_table_new(f->dir, "a", false, &t, &f->err));
	while (docid < 10000 && columns_add(c, docid, 1, &one, 1))
		docid++;
	assert_in_range(docid, 2000, 9999);
	assert_refused(glass_postlist_columns(t, c, &f->err), TRAWL_IO, &f->err,
		       "/nowhere/at/all");
	glass_table_free(t);
	columns_free(c);
}

static void test_postings_refuse(void **state)
{
	static char letters[XAP_TERM_MAX + 1];
	struct fixture *f = *state;
	const struct {
		struct item item[2];
		size_t n;
		enum trawl_status st, want; /* of the source, of all */
		const char *text;
	} rows[] = {
		{ { { { "a", 1 }, { .docid = 1, .n = UINT32_MAX } },
		    { { "a", 1 }, { .docid = 2, .n = 1 } } },
		  2,
		  TRAWL_OK,
		  TRAWL_REFUSED,
		  "4294967296 times" },
		{ { { { "a", 1 }, { .docid = 2, .n = 1 } },
		    { { "a", 1 }, { .docid = 2, .n = 1 } } },
		  2,
		  TRAWL_OK,
		  TRAWL_INTERNAL,
		  "comes after" },
		{ { { { letters, sizeof(letters) }, { .docid = 1 } } },
		  1,
		  TRAWL_OK,
		  TRAWL_INTERNAL,
		  "246 bytes" },
		{ { { { "a", 1 }, { .docid = 1, .n = 1 } } },
		  1,
		  TRAWL_IO,
		  TRAWL_IO,
		  "as was wished" },
		{ { { { "a", 1 }, { .docid = 1, .n = 1 } } },
		  1,
		  TRAWL_OK,
		  TRAWL_OK,
		  NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct item item[2] = { rows[i].item[0], rows[i].item[1] };
		struct glass_table *t;
		struct items l;
		uint32_t wdf_max;
		enum trawl_status st;

		OK(glass_table_new(f->dir, (char[]){ (char)('a' + i), 0 },
				   false, &t, &f->err));
		source_init(&l, item, rows[i].n);
		l.st = rows[i].st;
		st = glass_postlist_postings(t, &l.source, &wdf_max, &f->err);
		if (rows[i].want == TRAWL_OK)
			assert_int_equal(st, TRAWL_OK);
		else
			assert_refused(st, rows[i].want, &f->err, rows[i].text);
		glass_table_free(t);
	}
}

static void test_positions_refuse(void **state)
{
	static char letters[XAP_TERM_MAX + 1];
	struct fixture *f = *state;
	struct item item = { .term = { letters, sizeof(letters) },
			     .entry = { .docid = 1 } };
	struct glass_table *t;
	struct items l;

	OK(glass_table_new(f->dir, "a", false, &t, &f->err));
	source_init(&l, &item, 1);
	assert_refused(glass_position_write(t, &l.source, &f->err),
		       TRAWL_INTERNAL, &f->err, "246 bytes");
	source_init(&l, &item, 0);
	l.st = TRAWL_IO;
	assert_refused(glass_position_write(t, &l.source, &f->err), TRAWL_IO,
		       &f->err, "as was wished");
	glass_table_free(t);
}

static void test_metadata_refuse(void **state)
{
	static char letters[GLASS_TERM_MAX + 1];
	static const struct metadata_entry rows[] = {
		{ { "", 0 }, { "x", 1 } },
		{ { "x", 1 }, { "", 0 } },
		{ { letters, sizeof(letters) }, { "x", 1 } },
	};
	struct fixture *f = *state;
	struct glass_table *t;

	OK(glass_table_new(f->dir, "a", false, &t, &f->err));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_refused(glass_postlist_metadata(t, &rows[i], 1, &f->err),
			       TRAWL_INVAL, &f->err, "metadata");
	glass_table_free(t);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		ROW(test_positions_few),
		ROW(test_positions_all),
		ROW(test_positions_many),
		ROW(test_termlist),
		ROW(test_termlist_drawn),
		cmocka_unit_test(test_termlist_edges),
		ROW(test_chunk_borders),
		ROW(test_chunks_far),
		ROW(test_nothing),
		ROW(test_values),
		ROW(test_value_borders),
		ROW(test_metadata),
		ROW(test_columns_refuse),
		ROW(test_columns_io),
		ROW(test_postings_refuse),
		ROW(test_positions_refuse),
		ROW(test_metadata_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
