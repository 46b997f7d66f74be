/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The matcher against Xapian's: random documents, random trees of all
 * operators.  The same documents match, and weigh the same; the best of them
 * are the first of all of them, in the order that is promised; the counts hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "clock.h"
#include "matcher.h"
#include "sanitized.h"
#include "temp_dir.h"

#include <math.h>
#include <stdlib.h>

enum {
	VOCABULARY = 80,
	LENGTH_MAX = 90,  /* words of a document */
	DOCUMENTS = 4500, /* three windows */
	TREES = SANITIZED ? 150 : 600,
	ORDERED = 100, /* hits whose order is looked at */
	KIDS_MAX = 5,
	ARENA_MAX = 1 << 26,
	SLOT_ORDER = 0,
	SLOT_DATE = 1,
	SLOT_LONG = 700 /* values that share their first eight bytes */
};

static struct temp_dir dir;
static uint64_t state;

/* splitmix64 */
static uint32_t draw(uint32_t n)
{
	uint64_t z = state += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return (uint32_t)((z ^ z >> 31) % n);
}

static void ok(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err->text);
}

/* ---------------------------------------------------------- documents -- */

/* Word 0 is in nearly every document, the last ones in few. */
static uint32_t draw_word(void)
{
	return draw(1 + draw(1 + draw(VOCABULARY)));
}

struct made {
	struct xap_posting p[VOCABULARY + 1];
	char term[VOCABULARY + 1][24];
	uint32_t position[VOCABULARY][LENGTH_MAX];
	struct xap_value value[3];
	char text[3][48];
	struct xap_document doc;
};

static void set_value(struct made *m, uint32_t slot, int len)
{
	const size_t i = m->doc.nvalues++;

	m->value[i] = (struct xap_value){ slot, { m->text[i], (size_t)len } };
}

static void add_values(struct made *m)
{
	m->doc.nvalues = 0;
	m->doc.values = m->value;
	if (draw(20))
		set_value(m, SLOT_ORDER,
			  snprintf(m->text[0], sizeof(m->text[0]),
				   "order%03u and more %u", draw(300),
				   draw(3)));
	if (draw(10))
		set_value(m, SLOT_DATE,
			  snprintf(m->text[m->doc.nvalues], 48, "%u",
				   20000 + draw(500)));
	if (draw(2))
		set_value(m, SLOT_LONG,
			  snprintf(m->text[m->doc.nvalues], 48, "samehead%u",
				   draw(40)));
}

static void make(struct made *m, uint32_t i)
{
	const uint32_t length = draw(LENGTH_MAX);
	size_t count[VOCABULARY] = { 0 }, n = 0;

	for (uint32_t k = 1; k <= length; k++) {
		uint32_t w = draw_word();

		m->position[w][count[w]++] = k;
	}
	snprintf(m->term[n], sizeof(m->term[n]), "Q%u", i);
	m->p[n] = (struct xap_posting){ .term = { m->term[n],
						  strlen(m->term[n]) } };
	n++;
	for (uint32_t w = 0; w < VOCABULARY; w++) {
		if (!count[w])
			continue;
		snprintf(m->term[n], sizeof(m->term[n]), "w%02u", w);
		m->p[n] = (struct xap_posting){ .term = { m->term[n], 3 },
						.wdf = (uint32_t)count[w] *
						       (draw(30) ? 1 : 300),
						.positions = m->position[w],
						.npositions = count[w] };
		n++;
	}
	add_values(m);
	m->doc.postings = m->p;
	m->doc.npostings = n;
	m->doc.data = (struct xap_bytes){ m->term[0], strlen(m->term[0]) };
}

static void put(struct xap_writer *w, struct made *m, uint32_t i)
{
	struct trawl_error err;
	uint32_t docid;

	make(m, i);
	ok(xap_writer_put(w, m->term[0], strlen(m->term[0]), &m->doc, &docid,
			  &err),
	   &err);
}

/* Two commits, the second with changes all over: blocks are out of order. */
static void write_db(const char *path, uint32_t documents)
{
	struct made *m = calloc(1, sizeof(*m));
	struct xap_writer *w;
	struct trawl_error err;

	assert_non_null(m);
	ok(xap_writer_open(path, XAP_CREATE, true, &w, &err), &err);
	for (uint32_t i = 1; i <= documents; i++)
		put(w, m, i);
	ok(xap_writer_commit(w, &err), &err);
	for (uint32_t i = 0; i < documents / 10; i++) {
		uint32_t docid = 1 + draw(documents);

		if (draw(2))
			put(w, m, docid);
		else
			xap_writer_delete(w, docid, &err);
	}
	ok(xap_writer_commit(w, &err), &err);
	xap_writer_free(w);
	free(m);
}

/* -------------------------------------------------------------- trees -- */

static struct arena arena;

static struct xap_node *new_node(enum xap_op op, size_t nkids)
{
	struct xap_node *n = arena_zalloc(&arena, 1, sizeof(*n));

	assert_non_null(n);
	n->op = op;
	n->nkids = nkids;
	n->kids = arena_zalloc(&arena, nkids + 1, sizeof(*n->kids));
	assert_non_null(n->kids);
	return n;
}

static void set_kid(struct xap_node *n, size_t i, struct xap_node *kid)
{
	((struct xap_node **)n->kids)[i] = kid;
}

static struct xap_node *term(void)
{
	struct xap_node *n = new_node(XAP_TERM, 0);

	n->term.data =
		arena_printf(&arena, "w%02u", draw(30) ? draw(VOCABULARY) : 99);
	n->term.len = 3;
	return n;
}

static struct xap_node *range(void)
{
	struct xap_node *n = new_node(XAP_RANGE, 0);
	uint32_t low = 20000 + draw(500), high = low + draw(200);

	n->slot = SLOT_DATE;
	if (draw(3)) {
		n->low.data = arena_printf(&arena, "%u", low);
		n->low.len = draw(9) ? 5 : 3;
	}
	if (draw(3)) {
		n->high.data = arena_printf(&arena, "%u", high);
		n->high.len = 5;
	}
	if (!draw(4)) {
		n->slot = SLOT_LONG;
		n->low.data = arena_printf(&arena, "samehead%u", draw(40));
		n->low.len = strlen(n->low.data);
	}
	return n;
}

static struct xap_node *terms(enum xap_op op, size_t most)
{
	struct xap_node *n = new_node(op, 2 + draw((uint32_t)most - 1));

	for (size_t i = 0; i < n->nkids; i++)
		set_kid(n, i, i && !draw(6) ? n->kids[i - 1] : term());
	n->window = (uint32_t)n->nkids + (draw(2) ? draw(12) : 0);
	return n;
}

static struct xap_node *tree(unsigned depth);

/*
 * Xapian 1.4.22 weighs documents for a phrase that they do not have, where it
 * stands in an OR in an AND, or is one of the others of an AND_MAYBE: the OR
 * takes the phrase's check() of a document for a find.  Those are tested apart.
 */
static bool within_and, without_phrases;

static struct xap_node *many(enum xap_op op, unsigned depth)
{
	struct xap_node *n = new_node(op, 1 + draw(KIDS_MAX));
	const bool within = within_and, without = without_phrases;

	within_and |= op != XAP_OR;
	without_phrases |= op == XAP_OR && within;
	for (size_t i = 0; i < n->nkids; i++) {
		without_phrases |= op == XAP_AND_MAYBE && i;
		set_kid(n, i, tree(depth - 1));
	}
	within_and = within;
	without_phrases = without;
	return n;
}

static struct xap_node *tree(unsigned depth)
{
	static const enum xap_op joins[] = { XAP_OR,	 XAP_OR,
					     XAP_AND,	 XAP_AND_NOT,
					     XAP_FILTER, XAP_AND_MAYBE };
	struct xap_node *n;

	switch (depth ? draw(12) : draw(5)) {
	case 0:
		if (without_phrases)
			return term();
		return terms(draw(2) ? XAP_PHRASE : XAP_NEAR, 4);
	case 1:
		return terms(XAP_SYNONYM, 30);
	case 2:
	case 3:
		return term();
	case 4:
		return draw(4) ? range()
			       : new_node(draw(2) ? XAP_ALL : XAP_NONE, 0);
	case 5:
		n = new_node(XAP_SCALE, 1);
		n->factor = draw(4) ? draw(5) * 0.7 : 0;
		set_kid(n, 0, tree(depth - 1));
		return n;
	case 6:
	case 7:
		return terms(XAP_OR, 8);
	default:
		return many(joins[draw(6)], depth);
	}
}

/* -------------------------------------------------------------- answers -- */

struct answer {
	struct xap_match *m;
	size_t n;
	struct xap_totals totals;
};

static void keep(void *ctx, const struct xap_match *m)
{
	struct answer *a = ctx;

	assert_true(a->n < DOCUMENTS + 1);
	a->m[a->n++] = *m;
}

static struct answer answer_new(void)
{
	struct answer a = { .m = calloc(DOCUMENTS + 1, sizeof(*a.m)) };

	assert_non_null(a.m);
	return a;
}

struct both {
	struct xap_db *db;
	struct matcher *m;
	struct answer theirs, ours, part;
};

static struct xap_search search_of(const struct xap_node *query, uint32_t first,
				   uint32_t count, uint32_t least)
{
	return (struct xap_search){ .query = query,
				    .first = first,
				    .count = count,
				    .check_at_least = least,
				    .k1 = 1.2,
				    .b = 0.75 };
}

static void ask(struct both *b, const struct xap_search *rq, struct answer *out)
{
	struct trawl_error err;

	out->n = 0;
	ok(out == &b->theirs
		   ? xap_db_search(b->db, rq, keep, out, &out->totals, &err)
		   : matcher_search(b->m, rq, keep, out, &out->totals, &err),
	   &err);
}

static int by_docid(const void *a, const void *b)
{
	const struct xap_match *x = a, *y = b;

	return (x->docid > y->docid) - (x->docid < y->docid);
}

static bool keep_text(void *ctx, const char *data, size_t len)
{
	snprintf(ctx, 64, "%.*s", (int)len, data);
	return true;
}

static void check_order(struct both *b, const struct answer *a)
{
	char one[64], other[64];
	struct trawl_error err;

	for (size_t i = 1; i < a->n && i < ORDERED; i++) {
		const struct xap_match *x = &a->m[i - 1], *y = &a->m[i];
		int c;

		assert_true(x->weight >= y->weight);
		if (x->weight != y->weight)
			continue;
		ok(xap_db_value(b->db, x->docid, SLOT_ORDER, keep_text, one,
				&err),
		   &err);
		ok(xap_db_value(b->db, y->docid, SLOT_ORDER, keep_text, other,
				&err),
		   &err);
		c = strcmp(one, other);
		assert_true(c < 0 || (!c && x->docid < y->docid));
	}
}

static void compare(const struct answer *theirs, const struct answer *ours)
{
	assert_int_equal(ours->n, theirs->n);
	for (size_t i = 0; i < ours->n; i++) {
		double w = theirs->m[i].weight, o = ours->m[i].weight;

		assert_int_equal(ours->m[i].docid, theirs->m[i].docid);
		if (fabs(w - o) > 1e-9 * (1 + fabs(w)))
			fail_msg("document %u weighs %.12f, not %.12f",
				 ours->m[i].docid, o, w);
	}
}

/* The best few are the first of all. */
static void check_part(struct both *b, const struct xap_node *query,
		       uint32_t first, uint32_t count, uint32_t least)
{
	const struct xap_search rq = search_of(query, first, count, least);
	const struct answer *all = &b->ours;
	size_t n = first < all->n ? all->n - first : 0;

	ask(b, &rq, &b->part);
	assert_int_equal(b->part.n, n < count ? n : count);
	for (size_t i = 0; i < b->part.n; i++) {
		const struct xap_match *x = &b->part.m[i];
		const struct xap_match *y = &all->m[first + i];

		if (x->docid != y->docid || x->weight != y->weight)
			fail_msg("hit %zu is %u (%.17g), of all it is %u "
				 "(%.17g)",
				 first + i, x->docid, x->weight, y->docid,
				 y->weight);
	}
	assert_true(b->part.totals.lower <= all->n);
	assert_true(b->part.totals.upper >= all->n);
	if (all->n <= least)
		assert_int_equal(b->part.totals.lower, all->n);
	else
		assert_true(b->part.totals.lower >= least);
}

/* One document alone weighs what it weighs among all. */
static void check_score(struct both *b, const struct xap_node *query)
{
	const struct xap_search rq = search_of(query, 0, 0, 0);
	const uint32_t docid = 1 + draw(DOCUMENTS);
	const struct xap_match *among = NULL;
	struct trawl_error err;
	double weight;
	bool matches;

	for (size_t i = 0; i < b->ours.n; i++)
		if (b->ours.m[i].docid == docid)
			among = &b->ours.m[i];
	ok(matcher_score(b->m, &rq, docid, &matches, &weight, &err), &err);
	assert_int_equal(matches, among != NULL);
	assert_true(weight == (among ? among->weight : 0));
}

static void check_tree(struct both *b, const struct xap_node *query)
{
	const struct xap_search rq =
		search_of(query, 0, DOCUMENTS + 1, UINT32_MAX);

	ask(b, &rq, &b->ours);
	check_order(b, &b->ours);
	check_score(b, query);
	check_part(b, query, 0, 10, 1);
	check_part(b, query, 3, 7, 500);
	check_part(b, query, 0, 0, UINT32_MAX);
	ask(b, &rq, &b->theirs);
	assert_int_equal(b->ours.totals.lower, b->ours.n);
	assert_int_equal(b->ours.totals.upper, b->ours.n);
	qsort(b->theirs.m, b->theirs.n, sizeof(struct xap_match), by_docid);
	qsort(b->ours.m, b->ours.n, sizeof(struct xap_match), by_docid);
	compare(&b->theirs, &b->ours);
}

static void open_both(struct both *b, const char *path)
{
	struct xap_facts facts;
	struct trawl_error err;

	*b = (struct both){ .theirs = answer_new(),
			    .ours = answer_new(),
			    .part = answer_new() };
	ok(xap_db_open(path, &b->db, &err), &err);
	ok(xap_db_facts(b->db, &facts, &err), &err);
	ok(matcher_new(path, &facts, &b->m, &err), &err);
}

static void close_both(struct both *b)
{
	matcher_free(b->m);
	xap_db_free(b->db);
	free(b->theirs.m);
	free(b->ours.m);
	free(b->part.m);
}

static void check_trees(const char *name, uint32_t documents, unsigned trees)
{
	char path[512];
	struct both b;

	state = documents;
	temp_path(&dir, name, path);
	write_db(path, documents);
	open_both(&b, path);
	arena_init(&arena, ARENA_MAX);
	for (unsigned i = 0; i < trees; i++) {
		struct xap_node *query = tree(4 * i / trees);

		check_tree(&b, query);
		arena_reset(&arena);
	}
	arena_release(&arena);
	close_both(&b);
}

static void test_trees(void **unused)
{
	(void)unused;
	check_trees("several", DOCUMENTS, TREES);
}

static double weight_of(const struct answer *a, uint32_t docid)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->m[i].docid == docid)
			return a->m[i].weight;
	return 0;
}

/* What an AND or AND_MAYBE of two weighs is the sum of what they do. */
static void check_sum(struct both *b, const struct xap_node *query)
{
	struct answer part[2] = { answer_new(), answer_new() };
	const size_t n = DOCUMENTS + 1;
	const struct xap_search rq = search_of(query, 0, n, UINT32_MAX);

	for (size_t i = 0; i < 2; i++) {
		const struct xap_search one =
			search_of(query->kids[i], 0, n, UINT32_MAX);

		ask(b, &one, &b->theirs);
		part[i].n = b->theirs.n;
		memcpy(part[i].m, b->theirs.m, n * sizeof(*part[i].m));
	}
	ask(b, &rq, &b->ours);
	ask(b, &rq, &b->theirs);
	assert_int_equal(b->ours.n, b->theirs.n);
	for (size_t i = 0; i < b->ours.n; i++) {
		const uint32_t docid = b->ours.m[i].docid;
		const double sum =
			weight_of(&part[0], docid) + weight_of(&part[1], docid);

		assert_true(fabs(b->ours.m[i].weight - sum) < 1e-9 * sum);
	}
	free(part[0].m);
	free(part[1].m);
}

static void test_phrases_in_or(void **unused)
{
	char path[512];
	struct both b;

	(void)unused;
	state = 3;
	temp_path(&dir, "maybe", path);
	write_db(path, 800);
	open_both(&b, path);
	arena_init(&arena, ARENA_MAX);
	for (unsigned i = 0; i < 60; i++) {
		struct xap_node *query =
			new_node(i % 4 < 2 ? XAP_AND_MAYBE : XAP_AND, 2);
		struct xap_node *any = terms(XAP_OR, 4);

		set_kid(query, 0, terms(XAP_OR, 3));
		set_kid(any, 1, terms(i % 2 ? XAP_PHRASE : XAP_NEAR, 3));
		set_kid(query, 1, any);
		check_sum(&b, query);
		arena_reset(&arena);
	}
	arena_release(&arena);
	close_both(&b);
}

static void test_few_documents(void **unused)
{
	(void)unused;
	check_trees("few", 12, TREES / 3);
	check_trees("none", 0, 20);
}

/* ------------------------------------------------------------ snapshots -- */

static void test_snapshot(void **unused)
{
	char path[512];
	struct xap_facts facts;
	struct trawl_error err;
	struct matcher *m;
	struct both b;

	(void)unused;
	state = 1;
	temp_path(&dir, "moved", path);
	write_db(path, 50);
	open_both(&b, path);
	ok(xap_db_facts(b.db, &facts, &err), &err);
	facts.revision++;
	assert_int_equal(matcher_new(path, &facts, &m, &err), TRAWL_STALE);
	close_both(&b);
	temp_path(&dir, "absent", path);
	assert_int_equal(matcher_new(path, &facts, &m, &err), TRAWL_NOTFOUND);
}

static void add_documents(const char *path, uint32_t from, uint32_t n)
{
	struct made *m = calloc(1, sizeof(*m));
	struct xap_writer *w;
	struct trawl_error err;

	assert_non_null(m);
	ok(xap_writer_open(path, XAP_OPEN, true, &w, &err), &err);
	for (uint32_t i = from; i < from + n; i++)
		put(w, m, i);
	ok(xap_writer_commit(w, &err), &err);
	xap_writer_free(w);
	free(m);
}

/* A snapshot is answered from as it was, or said to be gone. */
static void test_overwritten(void **unused)
{
	const struct xap_node query = { .op = XAP_TERM, .term = { "w00", 3 } };
	const struct xap_search rq = search_of(&query, 0, 10, UINT32_MAX);
	unsigned gone = 0;

	(void)unused;
	for (uint32_t commits = 1; commits <= 4; commits++) {
		char path[512], name[16];
		struct trawl_error err;
		struct both b;
		enum trawl_status st;
		uint64_t before;

		state = commits;
		snprintf(name, sizeof(name), "over%u", commits);
		write_db(temp_path(&dir, name, path), 500);
		open_both(&b, path);
		ask(&b, &rq, &b.theirs);
		before = b.theirs.totals.lower;
		for (uint32_t i = 0; i < commits; i++)
			add_documents(path, 400 + 100 * i, 200);
		st = matcher_search(b.m, &rq, keep, &b.ours, &b.ours.totals,
				    &err);
		if (st == TRAWL_OK)
			assert_int_equal(b.ours.totals.lower, before);
		else
			assert_int_equal(st, TRAWL_STALE);
		gone += st == TRAWL_STALE;
		close_both(&b);
	}
	assert_true(gone);
}

static void test_deadline(void **unused)
{
	struct xap_node query = { .op = XAP_ALL };
	struct xap_search rq = search_of(&query, 0, 10, UINT32_MAX);
	char path[512];
	struct both b;

	(void)unused;
	state = 9;
	temp_path(&dir, "late", path);
	write_db(path, 100);
	open_both(&b, path);
	rq.deadline_ns = monotonic_ns();
	ask(&b, &rq, &b.ours);
	assert_true(b.ours.totals.timed_out);
	assert_true(b.ours.totals.upper > 90);
	close_both(&b);
}

static int make_dir(void **unused)
{
	(void)unused;
	temp_dir_make(&dir);
	return 0;
}

static int remove_dir(void **unused)
{
	(void)unused;
	temp_dir_remove(&dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_phrases_in_or),
		cmocka_unit_test(test_few_documents),
		cmocka_unit_test(test_snapshot),
		cmocka_unit_test(test_overwritten),
		cmocka_unit_test(test_deadline),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
