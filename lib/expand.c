/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expand.c - words of the index that begin with, or nearly are, a text
 *
 * Prefixes read their range of the term list.  Near words walk the term list
 * as if it were a trie: the rows of the edit distance matrix that belong to a
 * common beginning are kept from one term to the next, and once a beginning
 * cannot lead to a near word any more, all terms that share it are jumped
 * over.  So the cost is that of the beginnings that are still alive, not that
 * of the vocabulary.
 */
#include "expand.h"

#include "deadline.h"
#include "lexicon.h"
#include "status.h"
#include "utf8.h"

enum {
	CHARS_MAX = XAP_TERM_MAX,
	BAND = 2 * EXPAND_EDITS_MAX + 1,
	JUMP_COST = 16, /* terms that a jump takes as long as */
	HOPS_MAX = 16,
	LOOK_TERMS = 256, /* between two looks at the clock */
	LOOK_WEIGHED = LOOK_TERMS / JUMP_COST
};

/* What one pattern may cost. */
struct effort {
	size_t seen;   /* terms */
	size_t looked; /* of them, at the last look at the clock */
	uint64_t deadline;
	bool cut, late;
};

static bool is_over(struct effort *e)
{
	if (e->seen >= e->looked + LOOK_TERMS || !e->seen) {
		e->looked = e->seen;
		e->late |= is_past(e->deadline);
	}
	e->cut = e->seen >= EXPAND_SCAN_MAX;
	return e->cut || e->late;
}

static bool spend(struct effort *e, size_t terms)
{
	bool over = is_over(e);

	e->seen += terms;
	return !over;
}

/* --------------------------------------------------------- edit matrix -- */

/*
 * Rows of the matrix of optimal string alignment, one a character of the
 * other word.  Only cells within limit of the diagonal can be of use:
 * row[i][k] is the distance of its first i characters and the first
 * i + k - limit ones of word.
 */
struct matrix {
	uint32_t word[CHARS_MAX], other[CHARS_MAX];
	size_t n; /* characters of word */
	unsigned limit;
	uint8_t row[CHARS_MAX + 1][BAND];
};

static size_t decode(const char *s, size_t len, uint32_t *out)
{
	size_t n = 0;

	while (len) {
		if (n == CHARS_MAX)
			return SIZE_MAX;

		size_t used = utf8_decode(s, len, &out[n++]);

		s += used;
		len -= used;
	}
	return n;
}

static void matrix_begin(struct matrix *m, unsigned limit)
{
	m->limit = limit;
	for (unsigned k = 0; k < BAND; k++)
		m->row[0][k] = (uint8_t)(k < limit ? limit + 1 : k - limit);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned cell(const struct matrix *m, size_t i, size_t j, unsigned k)
{
	const unsigned width = 2 * m->limit;
	unsigned best = m->limit + 1;

	if (!j)
		return least((unsigned)i, best);
	best = least(best,
		     m->row[i - 1][k] + (m->other[i - 1] != m->word[j - 1]));
	if (k < width)
		best = least(best, m->row[i - 1][k + 1] + 1u);
	if (k > 0)
		best = least(best, m->row[i][k - 1] + 1u);
	if (i > 1 && j > 1 && m->other[i - 1] == m->word[j - 2] &&
	    m->other[i - 2] == m->word[j - 1])
		best = least(best, m->row[i - 2][k] + 1u);
	return best;
}

/* Fill in row i >= 1 from other[i - 1]; the least distance in it. */
static unsigned matrix_row(struct matrix *m, size_t i)
{
	unsigned lowest = m->limit + 1;

	for (unsigned k = 0; k <= 2 * m->limit; k++) {
		size_t j = i + k - m->limit;
		bool outside = i + k < m->limit || j > m->n;
		unsigned d = outside ? m->limit + 1 : cell(m, i, j, k);

		m->row[i][k] = (uint8_t)d;
		lowest = least(lowest, d);
	}
	return lowest;
}

static unsigned matrix_lowest(const struct matrix *m, size_t i)
{
	unsigned lowest = m->limit + 1;

	for (unsigned k = 0; k <= 2 * m->limit; k++)
		lowest = least(lowest, m->row[i][k]);
	return lowest;
}

/*
 * Row i has no edits left: the least character above after that other may go
 * on with, or UINT32_MAX.  It is word's next one at a cell within the limit;
 * for two that are swapped, too: where the first of them made the last edit,
 * the cell before counts it as one too many.
 */
static uint32_t matrix_next(const struct matrix *m, size_t i, uint32_t above)
{
	uint32_t best = UINT32_MAX;

	for (unsigned k = 0; k <= 2 * m->limit; k++) {
		size_t j = i + k - m->limit;

		if (i + k < m->limit || j >= m->n || m->row[i][k] > m->limit)
			continue;
		if (m->word[j] > above && m->word[j] < best)
			best = m->word[j];
	}
	return best;
}

/* The distance of the first i characters of other from the whole word. */
static unsigned matrix_distance(const struct matrix *m, size_t i)
{
	if (i + m->limit < m->n || m->n + m->limit < i)
		return m->limit + 1;
	return m->row[i][m->n + m->limit - i];
}

unsigned edit_distance(const char *a, size_t alen, const char *b, size_t blen,
		       unsigned limit)
{
	struct matrix m;
	size_t n = decode(b, blen, m.other);

	m.n = decode(a, alen, m.word);
	if (m.n == SIZE_MAX || n == SIZE_MAX || limit > EXPAND_EDITS_MAX)
		return limit + 1;
	matrix_begin(&m, limit);
	for (size_t i = 1; i <= n; i++)
		if (matrix_row(&m, i) > limit)
			return limit + 1;
	return matrix_distance(&m, n);
}

/* ------------------------------------------------------------ the best -- */

enum {
	DIGIT_BITS = 12,
	DOCUMENTS_SHIFT = 2 * DIGIT_BITS,
	EDITS_SHIFT = DOCUMENTS_SHIFT + 32,
	WORD_ROUND = 16
};

_Static_assert(EXPAND_SCAN_MAX < 1 << DOCUMENTS_SHIFT, "turns have room");

struct slot {
	struct expansion e;
	uint32_t room; /* bytes, of the term */
};

/* order is ascending, the best first; equal ones go by their bytes. */
struct entry {
	uint64_t order;
	struct slot *slot;
};

/* The best max words so far; once there are more, a heap with the worst of them
 * on top. */
struct best {
	struct arena *arena;
	struct entry *heap;
	struct slot *slot;
	size_t n, max;
	size_t skip; /* bytes of the field's prefix */
	bool is_heap, overflow;
};

static bool best_init(struct best *b, const struct expand *rq,
		      struct arena *arena)
{
	const size_t max = rq->max ? rq->max : 1;

	*b = (struct best){ .arena = arena,
			    .max = rq->max,
			    .skip = strlen(rq->term_prefix) };
	b->heap = malloc(max * sizeof(*b->heap));
	b->slot = malloc(max * sizeof(*b->slot));
	return b->heap && b->slot;
}

static void best_release(struct best *b)
{
	free(b->heap);
	free(b->slot);
}

static uint64_t order_of(unsigned edits, uint32_t documents, size_t turn)
{
	return (uint64_t)edits << EDITS_SHIFT |
	       (uint64_t)(UINT32_MAX - documents) << DOCUMENTS_SHIFT | turn;
}

static int compare_bytes(const struct expansion *a, const struct expansion *b)
{
	int d = memcmp(a->word, b->word, a->len < b->len ? a->len : b->len);

	return d ? d : (a->len > b->len) - (a->len < b->len);
}

static int compare(const void *pa, const void *pb)
{
	const struct entry *a = pa, *b = pb;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return compare_bytes(&a->slot->e, &b->slot->e);
}

static void sift_down(struct best *b, size_t i)
{
	const struct entry held = b->heap[i];

	for (size_t kid; (kid = 2 * i + 1) < b->n; i = kid) {
		if (kid + 1 < b->n &&
		    compare(&b->heap[kid + 1], &b->heap[kid]) > 0)
			kid++;
		if (compare(&b->heap[kid], &held) <= 0)
			break;
		b->heap[i] = b->heap[kid];
	}
	b->heap[i] = held;
}

static void make_heap(struct best *b)
{
	for (size_t i = b->n / 2; !b->is_heap && i--;)
		sift_down(b, i);
	b->is_heap = true;
}

/* The term and a NUL; false when memory is short, which the arena remembers. */
static bool store(struct best *b, struct slot *slot, struct xap_bytes term)
{
	char *to = (char *)slot->e.word - b->skip;

	if (term.len >= slot->room) {
		const size_t room =
			(term.len / WORD_ROUND + 1) * (size_t)WORD_ROUND;

		to = arena_alloc(b->arena, room);
		if (!to)
			return false;
		slot->room = (uint32_t)room;
	}
	memcpy(to, term.data, term.len);
	to[term.len] = '\0';
	slot->e.word = to + b->skip;
	slot->e.len = (uint32_t)(term.len - b->skip);
	return true;
}

/* In the worst one's place, if it is better. */
static void best_replace(struct best *b, struct xap_bytes term,
			 const struct expansion *e, uint64_t order)
{
	struct slot made = { .e = *e }, *slot;
	const struct entry entry = { order, &made };

	b->overflow = true;
	if (!b->max)
		return;
	make_heap(b);
	if (compare(&entry, b->heap) >= 0)
		return;
	slot = b->heap->slot;
	if (!store(b, slot, term))
		return;
	slot->e.documents = e->documents;
	slot->e.edits = e->edits;
	b->heap->order = order;
	sift_down(b, 0);
}

/* turn: of two that are alike otherwise, the lower comes first. */
static void best_add(struct best *b, struct xap_bytes term, unsigned edits,
		     uint32_t documents, size_t turn)
{
	const struct expansion e = { .word = term.data + b->skip,
				     .len = (uint32_t)(term.len - b->skip),
				     .documents = documents,
				     .edits = edits };
	const uint64_t order = order_of(edits, documents, turn);
	struct slot *slot = &b->slot[b->n];

	if (b->n == b->max) {
		best_replace(b, term, &e, order);
		return;
	}
	slot->room = 0;
	slot->e = e;
	if (store(b, slot, term))
		b->heap[b->n++] = (struct entry){ order, slot };
}

static void sort_by_digit(const struct entry *from, struct entry *to, size_t n,
			  unsigned shift)
{
	uint32_t start[(1 << DIGIT_BITS) + 1] = { 0 };
	const uint64_t mask = (1 << DIGIT_BITS) - 1;

	for (size_t i = 0; i < n; i++)
		start[(from[i].order >> shift & mask) + 1]++;
	for (size_t d = 0; d < mask; d++)
		start[d + 1] += start[d];
	for (size_t i = 0; i < n; i++)
		to[start[from[i].order >> shift & mask]++] = from[i];
}

/* As they came: each has a turn of its own. */
static bool sort_by_turn(struct best *b)
{
	struct entry *half = malloc(b->n * sizeof(*half));

	if (!half)
		return false;
	sort_by_digit(b->heap, half, b->n, 0);
	sort_by_digit(half, b->heap, b->n, DIGIT_BITS);
	free(half);
	return true;
}

/* The best one of heap[i] and those behind it to i; the others keep their
 * order. */
static void pull(struct best *b, size_t i)
{
	size_t first = i;
	struct entry held;

	for (size_t k = i + 1; k < b->n; k++)
		if (b->heap[k].order < b->heap[first].order)
			first = k;
	held = b->heap[first];
	memmove(&b->heap[i + 1], &b->heap[i], (first - i) * sizeof(held));
	b->heap[i] = held;
}

static bool put_in_order(struct best *b, size_t ranked)
{
	if (!ranked || ranked >= b->n) {
		qsort(b->heap, b->n, sizeof(*b->heap), compare);
		return true;
	}
	if (b->is_heap && !sort_by_turn(b))
		return false;
	for (size_t i = 0; i < ranked; i++)
		pull(b, i);
	return true;
}

/* The words in order. */
static enum trawl_status best_take(struct best *b, const struct effort *effort,
				   size_t ranked, struct expansions *out,
				   struct trawl_error *err)
{
	struct expansion *e = arena_alloc(b->arena, (b->n + 1) * sizeof(*e));

	if (b->arena->failed || !put_in_order(b, ranked))
		return fail_nomem(err);
	for (size_t i = 0; i < b->n; i++)
		e[i] = b->heap[i].slot->e;
	*out = (struct expansions){ .word = e,
				    .n = b->n,
				    .partial = effort->cut || b->overflow,
				    .late = effort->late };
	return TRAWL_OK;
}

/* -------------------------------------------------------------- prefix -- */

struct prefix_scan {
	struct best best;
	struct effort effort;
};

static bool upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* They come in order of their bytes. */
static bool take_prefixed(void *ctx, const char *term, size_t len, uint32_t wdf,
			  uint32_t termfreq)
{
	struct prefix_scan *s = ctx;
	const struct xap_bytes bytes = { term, len };

	(void)wdf;
	if (!spend(&s->effort, 1))
		return false;
	best_add(&s->best, bytes, 0, termfreq, s->effort.seen);
	return true;
}

/* The field's prefix and text as one term; false when it cannot be one. */
static bool join(char out[XAP_TERM_MAX], struct xap_bytes *term,
		 const char *term_prefix, const char *text, size_t len)
{
	size_t plen = strlen(term_prefix);

	if (plen > XAP_TERM_MAX || len > XAP_TERM_MAX - plen)
		return false;
	memcpy(out, term_prefix, plen);
	if (len)
		memcpy(out + plen, text, len);
	*term = (struct xap_bytes){ out, plen + len };
	return true;
}

/* Terms with another field's prefix are no words of the text. */
static bool foreign(const char *term_prefix, const char *text, size_t len)
{
	return !*term_prefix && (!len || upper(*text));
}

enum trawl_status expand_prefix(const struct expand *rq, struct arena *arena,
				struct expansions *out, struct trawl_error *err)
{
	const struct xap_bytes first = { NULL, 0 };
	struct prefix_scan s = { .effort.deadline = rq->deadline };
	enum trawl_status st = TRAWL_OK;
	char bytes[XAP_TERM_MAX];
	struct xap_bytes prefix;

	if (!best_init(&s.best, rq, arena))
		st = fail_nomem(err);
	else if (!foreign(rq->term_prefix, rq->text, rq->len) &&
		 join(bytes, &prefix, rq->term_prefix, rq->text, rq->len))
		st = term_source_each(&rq->terms, prefix, first, true,
				      take_prefixed, &s, err);
	if (st == TRAWL_OK)
		st = best_take(&s.best, &s.effort, rq->ranked, out, err);
	best_release(&s.best);
	return st;
}

/* --------------------------------------------------------------- fuzzy -- */

/* Candidates wait here: no call into Xapian from its own callback. */
struct candidates {
	char *bytes;
	struct candidate {
		uint32_t at, len, edits;
	} * list;
	size_t n, alloc, used, room;
};

struct walk {
	struct matrix m;
	struct candidates found;
	char start[XAP_TERM_MAX]; /* every term begins with it */
	struct xap_bytes prefix;
	char from[XAP_TERM_MAX + 4]; /* where to go on after a jump */
	size_t from_len;
	size_t skip;		 /* bytes of the field's prefix */
	char last[XAP_TERM_MAX]; /* whose rows m has, to depth characters */
	size_t depth;
	uint16_t end[CHARS_MAX + 1]; /* byte where character i of last ends */
	bool hunting; /* for a term at or after goal (none: length 0) */
	char goal[XAP_TERM_MAX + 4];
	size_t goal_len;
	unsigned hops;
	struct effort effort;
	bool jumped, nomem;
};

static bool grow(void **list, size_t *alloc, size_t need, size_t size)
{
	if (need <= *alloc)
		return true;

	size_t want = 2 * need + 64;
	void *grown = realloc(*list, want * size);

	if (!grown)
		return false;
	*list = grown;
	*alloc = want;
	return true;
}

static bool candidates_add(struct candidates *c, const char *word, size_t len,
			   unsigned edits)
{
	void *list = c->list, *bytes = c->bytes;
	bool ok = grow(&list, &c->alloc, c->n + 1, sizeof(*c->list));

	c->list = list;
	ok = ok && grow(&bytes, &c->room, c->used + len, 1);
	c->bytes = bytes;
	if (!ok)
		return false;
	memcpy(c->bytes + c->used, word, len);
	c->list[c->n++] = (struct candidate){ .at = (uint32_t)c->used,
					      .len = (uint32_t)len,
					      .edits = edits };
	c->used += len;
	return true;
}

/* The end of last's first i characters, as the first bytes of goal. */
static void set_goal(struct walk *w, size_t i, uint32_t next)
{
	size_t len = w->end[i];

	memcpy(w->goal, w->last, len);
	w->goal_len = len + utf8_encode(next, w->goal + len);
}

/* Past all that begin with last's first i >= 1 characters. */
static void set_goal_past(struct walk *w, size_t i)
{
	memcpy(w->goal, w->last, w->end[i]);
	w->goal_len = w->end[i];
	/* No byte of UTF-8 is FF: there is always a next one. */
	w->goal[w->goal_len - 1] =
		(char)((unsigned char)w->goal[w->goal_len - 1] + 1);
}

/*
 * The first string after last, which died at its character i, that is not
 * dead itself: a beginning of it that has edits left may go on with any
 * character, one that has none only with some.
 */
static void find_goal(struct walk *w, size_t i)
{
	w->hunting = true;
	w->hops = 0;
	for (; i; i--) {
		uint32_t next;

		if (matrix_lowest(&w->m, i - 1) < w->m.limit) {
			set_goal_past(w, i);
			return;
		}
		next = matrix_next(&w->m, i - 1, w->m.other[i - 1]);
		if (next != UINT32_MAX) {
			set_goal(w, i - 1, next);
			return;
		}
	}
	w->goal_len = 0;
}

/* How many characters, with their rows, word has in common with last. */
static size_t common(const struct walk *w, const char *word, size_t len)
{
	size_t i = 0;

	while (i < w->depth && w->end[i + 1] <= len &&
	       !memcmp(word + w->end[i], w->last + w->end[i],
		       (size_t)(w->end[i + 1] - w->end[i])))
		i++;
	return i;
}

/* Extend the rows to word; false when a beginning of it is too far already. */
static bool walk_rows(struct walk *w, const char *word, size_t len)
{
	size_t i = common(w, word, len);

	memcpy(w->last, word, len);
	while (w->end[i] < len) {
		size_t at = w->end[i];

		at += utf8_decode(word + at, len - at, &w->m.other[i]);
		w->end[++i] = (uint16_t)at;
		if (matrix_row(&w->m, i) > w->m.limit) {
			w->depth = i - 1;
			find_goal(w, i);
			return false;
		}
	}
	w->depth = i;
	return true;
}

static bool before_goal(const struct walk *w, const char *word, size_t len)
{
	size_t n = len < w->goal_len ? len : w->goal_len;
	int d = memcmp(word, w->goal, n);

	return d < 0 || (!d && len < w->goal_len);
}

/* Give up this walk of the list and begin another one at the goal. */
static bool jump(struct walk *w)
{
	memcpy(w->from, w->start, w->skip);
	memcpy(w->from + w->skip, w->goal, w->goal_len);
	w->from_len = w->skip + w->goal_len;
	w->hunting = false;
	w->jumped = true;
	w->effort.seen += JUMP_COST;
	return false;
}

/* Stepping to the next term costs a fraction of a jump. */
static bool hop(struct walk *w)
{
	return w->goal_len && (++w->hops < HOPS_MAX || jump(w));
}

static bool visit(void *ctx, const char *term, size_t len, uint32_t wdf,
		  uint32_t termfreq)
{
	struct walk *w = ctx;
	const char *word = term + w->skip;
	size_t n = len - w->skip;
	unsigned edits;

	(void)wdf;
	(void)termfreq;
	if (!spend(&w->effort, 1))
		return false;
	if (w->hunting && before_goal(w, word, n))
		return hop(w);
	w->hunting = false;
	if (!w->skip && upper(*word)) {
		w->goal[0] = 'Z' + 1;
		w->goal_len = 1;
		return jump(w);
	}
	if (!walk_rows(w, word, n))
		return hop(w);
	edits = matrix_distance(&w->m, w->depth);
	w->nomem = edits <= w->m.limit &&
		   !candidates_add(&w->found, word, n, edits);
	return !w->nomem;
}

static enum trawl_status walk_terms(const struct expand *rq, struct walk *w,
				    struct trawl_error *err)
{
	enum trawl_status st;

	do {
		struct xap_bytes from = { w->from, w->from_len };

		w->jumped = false;
		st = term_source_each(&rq->terms, w->prefix, from, false, visit,
				      w, err);
	} while (st == TRAWL_OK && w->jumped);
	return st == TRAWL_OK && w->nomem ? fail_nomem(err) : st;
}

static bool add_near(void *ctx, const char *word, size_t len, unsigned edits)
{
	struct walk *w = ctx;

	w->nomem = !candidates_add(&w->found, word, len, edits);
	return !w->nomem;
}

/* The same words from the lexicon; there, terms have no prefix. */
static enum trawl_status look_up_terms(const struct expand *rq, struct walk *w,
				       struct trawl_error *err)
{
	lexicon_near(rq->lexicon, rq->text, rq->len, w->prefix.len, w->m.limit,
		     add_near, w);
	return w->nomem ? fail_nomem(err) : TRAWL_OK;
}

/* w is zeroed.  False when no term can match: an overlong text. */
static bool walk_init(struct walk *w, const struct expand *rq)
{
	unsigned start = rq->same_start;
	size_t same = 0;
	uint32_t cp;

	w->m.n = decode(rq->text, rq->len, w->m.word);
	while (start-- && same < rq->len)
		same += utf8_decode(rq->text + same, rq->len - same, &cp);
	if (w->m.n == SIZE_MAX || foreign(rq->term_prefix, rq->text, rq->len) ||
	    !join(w->start, &w->prefix, rq->term_prefix, rq->text, same))
		return false;
	memcpy(w->from, w->start, w->prefix.len);
	w->from_len = w->prefix.len;
	w->skip = strlen(rq->term_prefix);
	w->effort.deadline = rq->deadline;
	matrix_begin(&w->m, rq->edits < EXPAND_EDITS_MAX ? rq->edits
							 : EXPAND_EDITS_MAX);
	return true;
}

/* Some are weighed even when it is late: or there would be none. */
static bool is_late(struct effort *e, size_t i)
{
	if (i && i % LOOK_WEIGHED == 0)
		e->late |= is_past(e->deadline);
	return e->late && i >= LOOK_WEIGHED;
}

static enum trawl_status weigh(const struct expand *rq, struct walk *w,
			       struct best *best, struct trawl_error *err)
{
	char bytes[XAP_TERM_MAX];
	struct xap_bytes term;

	for (size_t i = 0; i < w->found.n; i++) {
		const struct candidate *c = &w->found.list[i];
		enum trawl_status st;
		uint32_t documents;

		if (is_late(&w->effort, i))
			break;
		if (!join(bytes, &term, rq->term_prefix, w->found.bytes + c->at,
			  c->len))
			continue;
		st = term_source_freq(&rq->terms, term, &documents, err);
		if (st != TRAWL_OK)
			return st;
		best_add(best, term, c->edits, documents, 0);
	}
	return TRAWL_OK;
}

static enum trawl_status run_walk(const struct expand *rq, struct walk *w,
				  struct best *best, struct trawl_error *err)
{
	enum trawl_status st = rq->lexicon ? look_up_terms(rq, w, err)
					   : walk_terms(rq, w, err);

	return st == TRAWL_OK ? weigh(rq, w, best, err) : st;
}

enum trawl_status expand_fuzzy(const struct expand *rq, struct arena *arena,
			       struct expansions *out, struct trawl_error *err)
{
	struct walk *w = calloc(1, sizeof(*w));
	struct best best;
	enum trawl_status st = TRAWL_OK;

	if (!best_init(&best, rq, arena) || !w)
		st = fail_nomem(err);
	else if (walk_init(w, rq))
		st = run_walk(rq, w, &best, err);
	if (st == TRAWL_OK)
		st = best_take(&best, &w->effort, 0, out, err);
	best_release(&best);
	if (w) {
		free(w->found.list);
		free(w->found.bytes);
	}
	free(w);
	return st;
}
