/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matcher.c - window after window: what matches, what it weighs, the best kept
 *
 * Invariant: weight[] is 0 for every document of the window that has not been
 * weighed, so that a window costs what is in it.
 */
#include "matcher_parts.h"

#include "deadline.h"
#include "match_node.h"
#include "match_scan.h"
#include "match_top.h"
#include "status.h"

enum {
	MATCH_WORK_MAX = 256 << 20, /* bytes a search may take */
	DENSE = 8,	  /* of so many documents one, in all words together */
	COLUMNS_KEPT = 8, /* slots, between searches */
	ORDER_SLOT = 0,
	KEY_ROOM = GLASS_SORT_UINT_MAX
};

/* ---------------------------------------------------------------- life -- */

/* As Xapian prints it. */
static bool same_snapshot(const struct glass_version *v,
			  const struct xap_facts *facts)
{
	const unsigned char *u = v->uuid;
	char uuid[40];

	snprintf(uuid, sizeof(uuid),
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x"
		 "%02x%02x%02x",
		 u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9],
		 u[10], u[11], u[12], u[13], u[14], u[15]);
	return v->revision == facts->revision && !strcmp(uuid, facts->uuid);
}

static enum trawl_status open_db(struct matcher *m, const char *dir,
				 const struct xap_facts *facts,
				 struct trawl_error *err)
{
	enum trawl_status st = glass_db_open(dir, &m->db, err);

	if (st != TRAWL_OK)
		return st;
	if (!same_snapshot(glass_db_version(m->db), facts))
		return fail(err, TRAWL_STALE, "%s was committed to meanwhile",
			    dir);
	/* The last number of all is POSTING_END. */
	if (glass_db_version(m->db)->last_docid == POSTING_END)
		return fail(err, TRAWL_MISMATCH, "%s: its numbers are used up",
			    dir);
	glass_cursor_init(&m->data, m->db, GLASS_DOCDATA);
	glass_cursor_init(&m->terms, m->db, GLASS_POSTLIST);
	m->lengths = column_lengths(m->db);
	return m->lengths ? TRAWL_OK : fail_nomem(err);
}

enum trawl_status matcher_new(const char *dir, const struct xap_facts *facts,
			      struct matcher **out, struct trawl_error *err)
{
	struct matcher *m = calloc(1, sizeof(*m));
	enum trawl_status st;

	if (!m)
		return fail_nomem(err);
	arena_init(&m->work, MATCH_WORK_MAX);
	st = open_db(m, dir, facts, err);
	if (st == TRAWL_OK)
		*out = m;
	else
		matcher_free(m);
	return st;
}

static void free_columns(struct matcher *m)
{
	while (m->ncolumns) {
		column_rows_free(m->column[--m->ncolumns].rows);
		column_free(m->column[m->ncolumns].values);
	}
}

const struct glass_cache_counts *matcher_cache(const struct matcher *m)
{
	return glass_db_cache(m->db);
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	free_columns(m);
	free(m->column);
	column_free(m->lengths);
	glass_cursor_release(&m->data);
	glass_cursor_release(&m->terms);
	glass_db_close(m->db);
	arena_release(&m->work);
	free(m);
}

static struct slot_column *column_of(struct matcher *m, uint32_t slot)
{
	struct slot_column *grown;
	struct column *fresh;

	for (size_t i = 0; i < m->ncolumns; i++)
		if (m->column[i].slot == slot)
			return &m->column[i];
	grown = realloc(m->column, (m->ncolumns + 1) * sizeof(*grown));
	if (!grown) {
		glass_db_nomem(m->db);
		return NULL;
	}
	m->column = grown;
	fresh = column_values(m->db, slot);
	if (!fresh)
		return NULL;
	grown[m->ncolumns] = (struct slot_column){ slot, fresh, NULL };
	return &grown[m->ncolumns++];
}

static struct column *values_of(void *ctx, uint32_t slot)
{
	struct slot_column *column = column_of(ctx, slot);

	return column ? column->values : NULL;
}

/* ---------------------------------------------------------------- search -- */

struct run {
	struct matcher *m;
	struct match_context ctx;
	struct match_node *root;
	struct match_top top;
	uint64_t matches, enough;
	bool passed_over; /* there may be matches that were not counted */

	/* The weighted part is an OR, of which some words may be passed over,
	 * or one beside which others weigh and select nothing; mask: what else
	 * must match, or NULL. */
	bool any;
	struct match_node *mask;
	struct match_node **kid, **by_bound; /* words in the order of the
				 query; those that select by their bounds, the
				 highest first, then the others */
	size_t nkids, nselecting;
	size_t essential; /* so many by bound are read first */
	double *rest;	  /* bounds of by_bound, from each on, summed */
	bool dense;	  /* those match many documents */
};

static bool is_or(const struct match_node *n)
{
	return n->query->op == XAP_OR && n->nkids;
}

/* What it has of words that select, and that do not. */
static void count_words(const struct match_node *n, size_t *selecting,
			size_t *others)
{
	const bool maybe = n->query->op == XAP_AND_MAYBE && n->nkids == 2;
	const struct match_node *first = maybe ? n->kid[0] : n;

	*selecting = is_or(first) ? first->nkids : 1;
	*others = !maybe ? 0 : is_or(n->kid[1]) ? n->kid[1]->nkids : 1;
}

static bool is_word(const struct match_node *n)
{
	return n->query->op == XAP_TERM || n->query->op == XAP_SYNONYM;
}

/* Are there several words, of which one can be enough? */
static bool takes_any(const struct match_node *n)
{
	size_t selecting, others;

	count_words(n, &selecting, &others);
	return n->weighted && selecting + others > 1 &&
	       (selecting > 1 || is_word(n->kid[0]));
}

static void add_words(struct run *r, struct match_node *n)
{
	if (!is_or(n))
		r->kid[r->nkids++] = n;
	else
		for (size_t i = 0; i < n->nkids; i++)
			r->kid[r->nkids++] = n->kid[i];
}

static int by_bound(const void *a, const void *b)
{
	const struct match_node *x = *(struct match_node *const *)a;
	const struct match_node *y = *(struct match_node *const *)b;

	return (x->bound < y->bound) - (x->bound > y->bound);
}

static void note_density(struct run *r)
{
	uint64_t postings = 0;

	for (size_t i = 0; i < r->essential; i++)
		postings += r->by_bound[i]->cost;
	r->dense = postings > glass_db_version(r->m->db)->last_docid / DENSE;
}

/* Its words, one by one. */
static bool take_apart(struct run *r, struct match_node *any)
{
	size_t others, room;

	count_words(any, &r->nselecting, &others);
	room = (r->nselecting + others) * sizeof(struct match_node *);
	r->kid = arena_alloc(r->ctx.arena, room);
	r->by_bound = arena_alloc(r->ctx.arena, room);
	r->rest = arena_zalloc(r->ctx.arena, r->nselecting + others + 1,
			       sizeof(*r->rest));
	if (!r->kid || !r->by_bound || !r->rest)
		return glass_db_nomem(r->m->db);
	add_words(r, others ? any->kid[0] : any);
	if (others)
		add_words(r, any->kid[1]);
	memcpy(r->by_bound, r->kid, room);
	qsort(r->by_bound, r->nselecting, sizeof(struct match_node *),
	      by_bound);
	qsort(r->by_bound + r->nselecting, others, sizeof(struct match_node *),
	      by_bound);
	for (size_t i = r->nkids; i-- > 0;)
		r->rest[i] = r->rest[i + 1] + r->by_bound[i]->bound;
	r->essential = r->nselecting;
	r->any = true;
	note_density(r);
	return true;
}

/* Any of several, or those that others narrow without a weight of their own. */
static bool find_any(struct run *r)
{
	struct match_node *root = r->root;

	if (takes_any(root))
		return take_apart(r, root);
	if (root->query->op != XAP_FILTER || root->nkids != 2 ||
	    !takes_any(root->kid[0]))
		return true;
	r->mask = root->kid[1];
	return take_apart(r, root->kid[0]);
}

/* What a document must weigh to come in, however its sum is taken. */
static double least_wanted(const struct run *r)
{
	return r->top.least * (1 - MATCH_SLACK);
}

/* Enough matches are counted, and there are as many best ones as are wanted. */
static bool may_pass_over(const struct run *r)
{
	return r->matches >= r->enough && r->top.n >= r->top.max;
}

/* Words that cannot bring a document among the best by themselves are not
 * looked for any more. */
static void narrow(struct run *r)
{
	const double least = least_wanted(r);

	if (!may_pass_over(r))
		return;
	while (r->essential && r->rest[r->essential - 1] < least) {
		r->essential--;
		r->passed_over = true;
		note_density(r);
	}
}

static void keep_best(struct run *r, uint32_t base, const uint64_t *bits)
{
	const double *weight = r->m->weight;

	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1) {
			uint32_t at = w * 64 + (uint32_t)__builtin_ctzll(left);
			double whole = weight[at] > MATCH_LEAST * COLUMN_WINDOW
					       ? weight[at]
					       : 0;

			if (whole >= r->top.least)
				match_top_add(&r->top, base + at, whole);
		}
}

static void clear_weights(struct run *r, const uint64_t *bits)
{
	double *weight = r->m->weight;

	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1)
			weight[w * 64 + (uint32_t)__builtin_ctzll(left)] = 0;
}

static void forget_weights(struct run *r, const uint64_t *bits)
{
	if (r->dense)
		memset(r->m->weight, 0, sizeof(r->m->weight));
	else
		clear_weights(r, bits);
}

/* Nor are documents that are too light. */
static void raise_floor(struct run *r)
{
	if (!may_pass_over(r))
		return;
	r->ctx.least = least_wanted(r);
	r->passed_over = r->ctx.least > 0;
}

static void look_at_window(struct run *r, uint32_t base)
{
	uint64_t bits[COLUMN_WORDS] = { 0 };

	raise_floor(r);
	node_fill(r->root, base, NULL, bits);
	r->matches += bits_count(bits);
	if (!r->top.max || !bits_any(bits))
		return;
	node_weigh(r->root, base, bits, r->m->weight);
	keep_best(r, base, bits);
	forget_weights(r, bits);
}

/* ------------------------------------------- what any of several words finds -- */

/*
 * Many matches: weights are added up right away and looked through.  Few: bits
 * first.  Words are taken in the order of the query when all are essential.
 */
static void weigh_essential(struct run *r, uint32_t base, uint64_t *found)
{
	struct match_node **kid =
		r->essential == r->nkids ? r->kid : r->by_bound;
	double *weight = r->m->weight;

	if (r->dense) {
		for (size_t i = 0; i < r->essential; i++)
			node_add(kid[i], base, weight);
		match_scan(weight, MATCH_LEAST, found);
		return;
	}
	memset(found, 0, COLUMN_WORDS * sizeof(*found));
	for (size_t i = 0; i < r->essential; i++)
		node_fill(kid[i], base, NULL, found);
	for (size_t i = 0; i < r->essential; i++)
		node_weigh(kid[i], base, found, weight);
}

/* Of the documents whose bits are set, those that the mask lets through. */
static void narrow_bits(struct run *r, uint32_t base, uint64_t *bits)
{
	uint64_t through[COLUMN_WORDS] = { 0 };

	if (!r->mask || !bits_any(bits))
		return;
	node_fill(r->mask, base, bits, through);
	memcpy(bits, through, sizeof(through));
}

/* Counts what matches, until that is enough where a mask makes it dear. */
static void count(struct run *r, uint32_t base, uint64_t *found)
{
	if (r->mask && r->matches >= r->enough) {
		r->passed_over = true;
		return;
	}
	narrow_bits(r, base, found);
	r->matches += bits_count(found);
}

/* Leaves the bits of those that weigh so much. */
static void drop_light(struct run *r, double least, uint64_t *bits)
{
	const double *weight = r->m->weight;

	if (r->dense) {
		for (int w = 0; w < COLUMN_WORDS; w++)
			if (bits[w])
				bits[w] &=
					match_scan_word(weight + 64 * w, least);
		return;
	}
	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1)
			if (weight[w * 64 + (uint32_t)__builtin_ctzll(left)] <
			    least)
				bits[w] &= ~(left & -left);
}

static void exchange(double *a, double *b)
{
	const double kept = *a;

	*a = *b;
	*b = kept;
}

/* v's nth largest, n from 1; v is put into another order.  Hoare 1961,
 * "Algorithm 65: Find". */
static double find_nth(double *v, size_t count, size_t n)
{
	size_t low = 0, high = count - 1;

	while (low < high) {
		const double pivot = v[low + (high - low) / 2];
		size_t i = low, k = high;

		for (;; i++, k--) {
			while (v[i] > pivot)
				i++;
			while (v[k] < pivot)
				k--;
			if (i >= k)
				break;
			exchange(&v[i], &v[k]);
		}
		if (n - 1 <= k)
			high = k;
		else
			low = k + 1;
	}
	return v[n - 1];
}

/* As many documents of this window alone as are wanted weigh so much or more
 * already: while there are no others yet, that spares most look-ups. */
static double least_here(struct run *r, const uint64_t *bits)
{
	double *v = r->m->scratch;
	const size_t count = bits_count(bits);
	size_t n = 0;

	if (!r->top.max || count <= r->top.max + r->top.max / 2)
		return 0;
	for (uint32_t w = 0; w < COLUMN_WORDS; w++)
		for (uint64_t left = bits[w]; left; left &= left - 1)
			v[n++] = r->m->weight[w * 64 +
					      (uint32_t)__builtin_ctzll(left)];
	return find_nth(v, n, r->top.max) * (1 - MATCH_SLACK);
}

/* The other words, the heaviest first, for those that can still be among the
 * best; what is left is weighed anew, in the order of the query. */
static void look_up_rest(struct run *r, uint32_t base, uint64_t *bits)
{
	const double least = least_wanted(r);

	for (size_t i = r->essential; i < r->nkids; i++) {
		struct match_node *kid = r->by_bound[i];

		if (!bits_any(bits))
			return;
		node_look(kid, base, bits);
		node_weigh(kid, base, bits, r->m->weight);
		drop_light(r, least - r->rest[i + 1] - least * MATCH_SLACK,
			   bits);
	}
	clear_weights(r, bits);
	for (size_t i = 0; i < r->nkids; i++)
		node_weigh(r->kid[i], base, bits, r->m->weight);
}

/* The words that are not essential are looked up for those documents that
 * could be among the best with them. */
static void look_at_any(struct run *r, uint32_t base)
{
	const bool counted = r->matches < r->enough;
	uint64_t found[COLUMN_WORDS], best[COLUMN_WORDS];

	weigh_essential(r, base, found);
	memcpy(best, found, sizeof(best));
	count(r, base, best);
	drop_light(r, least_wanted(r) - r->rest[r->essential], best);
	if (!counted)
		narrow_bits(r, base, best);
	if (r->essential < r->nkids) {
		drop_light(r, least_here(r, best) - r->rest[r->essential],
			   best);
		look_up_rest(r, base, best);
	}
	keep_best(r, base, best);
	forget_weights(r, found);
}

static uint32_t advance_essential(struct run *r, uint32_t docid)
{
	uint32_t least = POSTING_END, next;

	for (size_t i = 0; i < r->essential; i++) {
		next = node_advance(r->by_bound[i], docid);
		if (next < least)
			least = next;
	}
	if (!r->mask || least == POSTING_END)
		return least;
	next = node_advance(r->mask, least);
	return next > least ? next : least;
}

/* ------------------------------------------------------------------- run -- */

/* A window takes much longer than a look at the clock. */
static bool is_late(struct run *r)
{
	r->ctx.late = r->ctx.late || is_past(r->ctx.deadline);
	return r->ctx.late;
}

static void look_at_all(struct run *r)
{
	const struct glass_version *v = glass_db_version(r->m->db);
	uint32_t docid = 1;

	while (!is_late(r)) {
		if (r->any)
			narrow(r);
		docid = r->any ? advance_essential(r, docid)
			       : node_advance(r->root, docid);
		if (docid > v->last_docid)
			return;
		docid -= docid % COLUMN_WINDOW;
		if (r->any)
			look_at_any(r, docid);
		else
			look_at_window(r, docid);
		if (docid > UINT32_MAX - COLUMN_WINDOW)
			return;
		docid += COLUMN_WINDOW;
	}
}

static void begin(struct run *r, const struct xap_search *rq)
{
	const struct glass_version *v = glass_db_version(r->m->db);
	const double documents = v->documents;

	arena_reset(&r->m->work);
	glass_db_forget(r->m->db);
	if (r->m->ncolumns > COLUMNS_KEPT)
		free_columns(r->m);
	r->enough = rq->check_at_least;
	r->ctx = (struct match_context){
		.db = r->m->db,
		.lengths = r->m->lengths,
		.values = values_of,
		.ctx = r->m,
		.arena = &r->m->work,
		.rq = rq,
		.weigh = rq->count,
		.documents = documents,
		.norm = v->total_length ? documents / (double)v->total_length
					: 0,
		.deadline = rq->deadline_ns,
	};
}

static enum trawl_status run(struct run *r, const struct xap_search *rq,
			     struct trawl_error *err)
{
	const uint32_t documents = glass_db_version(r->m->db)->documents;
	const uint64_t depth = rq->count ? (uint64_t)rq->first + rq->count : 0;
	struct column *order = values_of(r->m, ORDER_SLOT);
	enum trawl_status st = TRAWL_OK;

	if (!documents)
		return TRAWL_OK;
	if (!order ||
	    !match_top_init(&r->top, depth < documents ? depth : documents,
			    order, r->ctx.arena))
		return fail_nomem(err);
	r->root = match_build(&r->ctx, rq->query, &st, err);
	if (r->root && find_any(r)) {
		match_allow_pruning(r->root, 0);
		look_at_all(r);
	}
	match_top_sort(&r->top);
	return st == TRAWL_OK ? glass_db_status(r->m->db, err) : st;
}

static void give_out(const struct run *r, const struct xap_search *rq,
		     void (*each)(void *ctx, const struct xap_match *found),
		     void *ctx, struct xap_totals *totals)
{
	const uint64_t documents = glass_db_version(r->m->db)->documents;
	const bool open = r->ctx.late || r->passed_over;

	for (size_t i = rq->first; i < r->top.n; i++)
		each(ctx, &r->top.heap[i]);
	totals->lower = totals->estimated = r->matches;
	totals->upper = open ? documents : r->matches;
	totals->timed_out = r->ctx.late;
}

bool matcher_takes(const struct xap_search *rq)
{
	return !rq->nkeys && !rq->nspies;
}

enum trawl_status
matcher_search(struct matcher *m, const struct xap_search *rq,
	       void (*each)(void *ctx, const struct xap_match *found),
	       void *ctx, struct xap_totals *totals, struct trawl_error *err)
{
	struct run r = { .m = m };
	enum trawl_status st;

	begin(&r, rq);
	st = run(&r, rq, err);
	match_close(&r.ctx);
	if (st == TRAWL_OK)
		give_out(&r, rq, each, ctx, totals);
	else
		memset(m->weight, 0, sizeof(m->weight));
	return st;
}

/* Nothing but the document is wanted of its window. */
static double weigh_one(struct run *r, uint32_t docid, bool *matches)
{
	const uint32_t at = docid % COLUMN_WINDOW, base = docid - at;
	uint64_t want[COLUMN_WORDS] = { 0 }, bits[COLUMN_WORDS] = { 0 };
	double weight;

	want[at / 64] = 1ull << at % 64;
	node_fill(r->root, base, want, bits);
	*matches = bits_has(bits, at);
	node_weigh(r->root, base, bits, r->m->weight);
	weight = r->m->weight[at];
	r->m->weight[at] = 0;
	return *matches ? weight : 0;
}

enum trawl_status matcher_score(struct matcher *m, const struct xap_search *rq,
				uint32_t docid, bool *matches, double *weight,
				struct trawl_error *err)
{
	struct run r = { .m = m };
	enum trawl_status st = TRAWL_OK;

	begin(&r, rq);
	r.ctx.weigh = true;
	r.root = match_build(&r.ctx, rq->query, &st, err);
	if (r.root)
		*weight = weigh_one(&r, docid, matches);
	match_close(&r.ctx);
	return st == TRAWL_OK ? glass_db_status(m->db, err) : st;
}

/* ------------------------------------------------------------------ data -- */

enum trawl_status matcher_data(struct matcher *m, uint32_t docid, bool line,
			       xap_bytes_fn *each, void *ctx,
			       struct trawl_error *err)
{
	unsigned char key[KEY_ROOM];
	size_t keylen = (size_t)(glass_put_sort_uint(key, docid) - key), len;
	const unsigned char *tag;
	bool exact;

	glass_db_forget(m->db);
	if (glass_cursor_seek(&m->data, key, keylen, &exact) && exact) {
		tag = line ? glass_cursor_tag_to(&m->data, '\n', &len)
			   : glass_cursor_tag(&m->data, &len);
		if (tag)
			each(ctx, (const char *)tag, len);
	} else if (glass_db_status(m->db, NULL) == TRAWL_OK) {
		return fail(err, TRAWL_NOTFOUND, "document %u is not there",
			    (unsigned)docid);
	}
	return glass_db_status(m->db, err);
}

enum trawl_status matcher_row(struct matcher *m, uint32_t docid, uint32_t slot,
			      xap_bytes_fn *each, void *ctx,
			      struct trawl_error *err)
{
	struct slot_column *column;
	struct xap_bytes value;

	glass_db_forget(m->db);
	column = column_of(m, slot);
	if (column && !column->rows)
		column->rows = column_rows_new(m->db, column->values);
	if (!column || !column->rows)
		return fail_nomem(err);
	if (column_rows_at(column->rows, docid, &value))
		each(ctx, value.data, value.len);
	return glass_db_status(m->db, err);
}

enum trawl_status matcher_settle(struct matcher *m, struct trawl_error *err)
{
	glass_db_forget(m->db);
	glass_db_settle(m->db);
	return glass_db_status(m->db, err);
}
