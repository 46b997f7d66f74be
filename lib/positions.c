/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words side by side are looked for in short lists, which are put into an array
 * in one go; as most are.  Any other list is read as far as it is needed and
 * kept nowhere: what is left of it is the gap in front of the reader, and the gaps behind that one.  The numbers of
 * a gap's positions, and of the places that they leave free, halve with each
 * step down, and a gap with nothing free takes no bits: it is passed in one go.
 * So a tag is read in a time that its length bounds, whatever it says.
 */
#include "positions.h"

#include "glass_position.h"
#include "glass_series.h"

#include <endian.h>
#include <stdlib.h>

enum {
	DEPTH_MAX = 32,	     /* halvings of a list of at most 2^32 */
	VALUE_BITS_MAX = 32, /* of one number in the stream */
	/* A list that is read in one go: so many positions at most, and three
	 * numbers between two looks for more bits. */
	SHORT_COUNT = 256,
	SHORT_SPARE = 1 << 17
};

/* What is to stay in registers. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* ---------------------------------------------------------------- bits -- */

/* bytes[0..end).  What is behind means nothing, but up to room it may be read.
 * acc has the n bits before next, and above them those that follow, or 0. */
struct bits {
	const unsigned char *bytes;
	size_t next, end, room;
	uint64_t acc;
	unsigned n;
};

static inline bool bits_overrun(const struct bits *b)
{
	return b->next * 8 - b->n > b->end * 8;
}

static uint64_t load_last(const struct bits *b)
{
	uint64_t v = 0;

	for (size_t i = b->next; i < b->end; i++)
		v |= (uint64_t)b->bytes[i] << 8 * (i - b->next);
	return v;
}

/* To 56 bits at least. */
static ALWAYS_INLINE void bits_load(struct bits *b)
{
	uint64_t v;

	if (b->next + sizeof(v) <= b->room) {
		memcpy(&v, b->bytes + b->next, sizeof(v));
		v = le64toh(v);
	} else {
		v = load_last(b);
	}
	b->acc |= v << b->n;
	b->next += (63 - b->n) / 8;
	b->n |= 56;
}

/* False: bits were taken that are not there. */
static inline bool bits_fill(struct bits *b)
{
	if (bits_overrun(b))
		return false;
	bits_load(b);
	return true;
}

/* enc(v, max + 1) of glass_position.h, which acc must have.  Bits that are not
 * there may be taken for some: bits_overrun() tells. */
static ALWAYS_INLINE uint32_t take(struct bits *b, uint32_t max)
{
	/* Exclusive or, where a processor counts from the other end. */
	const unsigned width = 31 ^ (unsigned)__builtin_clz(max | 1);
	const uint32_t mask = (1u << width) - 1, limit = max - mask;
	const uint32_t longer = (uint32_t)b->acc & (mask + mask + 1);
	const uint32_t low = longer & mask;
	const uint32_t v = low < limit ? longer : low;
	const unsigned taken = width + (low < limit);

	b->acc >>= taken;
	b->n -= taken;
	return v;
}

static ALWAYS_INLINE bool get_upto(struct bits *b, uint32_t max, uint32_t *v)
{
	if (b->n < VALUE_BITS_MAX && !bits_fill(b))
		return false;
	*v = take(b, max);
	return true;
}

/* -------------------------------------------------------------- stream -- */

/* n positions, the last of them n + spare behind the one before the gap. */
struct gap {
	uint32_t n, spare;
};

/* Between any two calls: pos + gap + later (each n + spare) is last. */
struct stream {
	uint32_t pos, last;
	uint64_t count; /* 1..2^32 */
	struct gap gap;
	unsigned depth;
	struct bits bits;
	struct gap later[DEPTH_MAX];
};

static inline const unsigned char *
get_last(const unsigned char *at, const unsigned char *end, uint64_t *last)
{
	if (end - at > 1 && (at[0] & 0x80) && !(at[1] & 0x80)) {
		*last = (at[0] & 0x7Fu) | (uint64_t)at[1] << 7;
		return at + 2;
	}
	return glass_get_varint(at, end, last);
}

/* What stands before the inner positions. */
static ALWAYS_INLINE bool get_head(struct stream *s, struct bits b)
{
	uint32_t inner;

	if (!s->last)
		return false;
	bits_load(&b);
	s->pos = take(&b, s->last - 1);
	bits_load(&b);
	inner = take(&b, s->last - s->pos - 1);
	s->count = (uint64_t)inner + 2;
	s->gap.n = inner + 1;
	s->gap.spare = s->last - s->pos - s->gap.n;
	s->bits = b;
	return !bits_overrun(&b);
}

/* To the first position.  False: the tag makes no sense. */
static inline bool stream_open(struct stream *s, const struct glass_tag *tag)
{
	const unsigned char *end = tag->data + tag->len, *at;
	uint64_t last;

	at = get_last(tag->data, end, &last);
	if (!at || last > UINT32_MAX)
		return false;
	s->pos = s->last = (uint32_t)last;
	s->count = 1;
	s->gap = (struct gap){ 0 };
	s->depth = 0;
	if (at == end)
		return true;
	return get_head(s, (struct bits){ .bytes = at,
					  .end = (size_t)(end - at),
					  .room = tag->room -
						  (size_t)(at - tag->data) });
}

/* Where a stream is, while it is in registers. */
struct reader {
	struct bits bits;
	struct gap gap, *later;
	uint32_t pos;
};

static ALWAYS_INLINE struct reader begin(struct stream *s)
{
	return (struct reader){ s->bits, s->gap, s->later + s->depth, s->pos };
}

/* False: bits were read that are not there. */
static ALWAYS_INLINE bool end(struct stream *s, const struct reader *r)
{
	s->bits.next = r->bits.next;
	s->bits.acc = r->bits.acc;
	s->bits.n = r->bits.n;
	s->gap = r->gap;
	s->depth = (unsigned)(r->later - s->later);
	s->pos = r->pos;
	return !bits_overrun(&r->bits);
}

/* Into a gap of n > 1, to a gap of nothing free or to the first position of one
 * of 2 or 3, whose half is one.  False: the bits end before. */
static ALWAYS_INLINE bool split(struct reader *r)
{
	uint32_t left;

	while (r->gap.n > 3) {
		const uint32_t half = r->gap.n / 2;

		if (!get_upto(&r->bits, r->gap.spare, &left))
			return false;
		*r->later++ =
			(struct gap){ r->gap.n - half, r->gap.spare - left };
		r->gap = (struct gap){ half, left };
		if (!left)
			return true;
	}
	if (!get_upto(&r->bits, r->gap.spare, &left))
		return false;
	r->pos += 1 + left;
	r->gap = (struct gap){ r->gap.n - 1, r->gap.spare - left };
	return true;
}

/*
 * To the first position from target on, which is not behind the last.  False:
 * the bits end before.
 */
static ALWAYS_INLINE bool skip_to(struct reader *r, uint32_t target)
{
	while (r->pos < target) {
		if (!r->gap.n)
			r->gap = *--r->later;
		if (!r->gap.spare) {
			uint32_t n = target - r->pos < r->gap.n
					     ? target - r->pos
					     : r->gap.n;

			r->pos += n;
			r->gap.n -= n;
		} else if (r->gap.n == 1) {
			r->pos += 1 + r->gap.spare;
			r->gap.n = 0;
		} else if (!split(r)) {
			return false;
		}
	}
	return true;
}

static bool stream_skip(struct stream *s, uint32_t target)
{
	struct reader r = begin(s);

	return skip_to(&r, target) && end(s, &r);
}

/* ---------------------------------------------------------- short lists -- */

/* Nothing here depends on what is read but the numbers themselves: a processor
 * guesses the way well. */

static ALWAYS_INLINE uint32_t *get_two(struct bits *b, uint32_t *out,
				       uint32_t pos, uint32_t spare)
{
	out[0] = pos + 1 + take(b, spare);
	out[1] = pos + 2 + spare;
	return out + 2;
}

static ALWAYS_INLINE uint32_t *get_three(struct bits *b, uint32_t *out,
					 uint32_t pos, uint32_t spare)
{
	const uint32_t left = take(b, spare);

	out[0] = pos + 1 + left;
	return get_two(b, out + 1, pos + 1 + left, spare - left);
}

static ALWAYS_INLINE uint32_t *get_four(struct bits *b, uint32_t *out,
					uint32_t pos, uint32_t spare)
{
	const uint32_t left = take(b, spare);

	out = get_two(b, out, pos, left);
	return get_two(b, out, pos + 2 + left, spare - left);
}

/* The positions of a gap of 4 to 7. */
static ALWAYS_INLINE uint32_t *get_some(struct bits *b, uint32_t *out,
					uint32_t pos, struct gap g)
{
	uint32_t left;

	if (g.n == 4)
		return get_four(b, out, pos, g.spare);
	left = take(b, g.spare);
	out = g.n == 5 ? get_two(b, out, pos, left)
		       : get_three(b, out, pos, left);
	bits_load(b);
	pos += g.n / 2 + left;
	return g.n == 7 ? get_four(b, out, pos, g.spare - left)
			: get_three(b, out, pos, g.spare - left);
}

static ALWAYS_INLINE uint32_t *get_few(struct bits *b, uint32_t *out,
				       uint32_t pos, struct gap g)
{
	bits_load(b);
	if (g.n > 3)
		return get_some(b, out, pos, g);
	if (g.n == 3)
		return get_three(b, out, pos, g.spare);
	if (g.n == 2)
		return get_two(b, out, pos, g.spare);
	out[0] = pos + 1 + g.spare;
	return out + 1;
}

static inline bool is_short(const struct stream *s)
{
	return s->count <= SHORT_COUNT && s->gap.spare < SHORT_SPARE &&
	       !s->depth && s->gap.n + UINT64_C(1) == s->count;
}

/* All of a list that was just opened, as far as limit.  Returns how many; 0: the
 * bits end before. */
static size_t read_short(const struct stream *s, uint32_t limit, uint32_t *out)
{
	struct gap g = s->gap, later[DEPTH_MAX];
	uint32_t pos = s->pos, *at = out;
	unsigned depth = 0;
	struct bits b;

	*at++ = pos;
	if (s->count == 1)
		return 1;
	b = s->bits;
	while (g.n && pos < limit) {
		while (g.n > 7) {
			uint32_t half = g.n / 2, left;

			bits_load(&b);
			left = take(&b, g.spare);
			later[depth++] =
				(struct gap){ g.n - half, g.spare - left };
			g = (struct gap){ half, left };
		}
		at = get_few(&b, at, pos, g);
		pos += g.n + g.spare;
		g = depth ? later[--depth] : (struct gap){ 0 };
	}
	return bits_overrun(&b) ? 0 : (size_t)(at - out);
}

/* In n ascending ones. */
static inline bool is_among(const uint32_t *list, size_t n, uint32_t v)
{
	while (n > 1) {
		const size_t half = n / 2;

		list += half & -(size_t)(list[half - 1] < v);
		n -= half;
	}
	return *list == v;
}

/* ------------------------------------------------------------ long lists -- */

/* This position and those behind it.  0: the bits end before. */
static size_t read_long(struct stream *s, uint32_t *out)
{
	struct reader r = begin(s);
	size_t n = 0;

	out[n++] = r.pos;
	while (r.pos < s->last) {
		if (!skip_to(&r, r.pos + 1))
			return 0;
		out[n++] = r.pos;
	}
	return end(s, &r) ? n : 0;
}

size_t positions_count(const unsigned char *tag, size_t taglen)
{
	const struct glass_tag whole = { tag, taglen, taglen };
	struct stream s;

	return stream_open(&s, &whole) ? s.count : 0;
}

size_t positions_decode(const unsigned char *tag, size_t taglen, uint32_t *out,
			size_t max)
{
	const struct glass_tag whole = { tag, taglen, taglen };
	struct stream s;

	if (!stream_open(&s, &whole) || s.count > max)
		return 0;
	return is_short(&s) ? read_short(&s, UINT32_MAX, out)
			    : read_long(&s, out);
}

/* --------------------------------------------------------------- words -- */

/* The lists of one term. */
struct term_lists {
	struct glass_series series;
	uint32_t docid; /* whose list was looked up last; 0 none */
	struct glass_tag tag;
};

struct word {
	struct stream at;
	uint32_t offset; /* from the phrase's first word */
	uint32_t termfreq;
	struct term_lists *lists; /* own, or those of the same word before */
	struct term_lists own;
};

typedef bool match_fn(struct positions *p, uint32_t docid);

struct positions {
	struct glass_db *db;
	match_fn *match;
	uint32_t window;
	size_t n;
	struct word *order[POSITIONS_TERMS_MAX]; /* in which they are read */
	struct word *heap[POSITIONS_TERMS_MAX];
	struct word word[];
};

static bool corrupt(struct positions *p)
{
	return glass_db_corrupt(p->db, GLASS_POSITION,
				"a position list makes no sense");
}

/* False: a failure. */
static bool look_up(struct term_lists *l, uint32_t docid)
{
	l->docid = 0;
	if (!glass_series_find(&l->series, docid, &l->tag))
		return false;
	l->docid = docid;
	return true;
}

/* To the first position.  False: the document has none of the word; a
 * failure. */
static inline bool open_word(struct positions *p, struct word *w,
			     uint32_t docid)
{
	struct term_lists *l = w->lists;

	if (l->docid != docid && !look_up(l, docid))
		return false;
	if (!l->tag.len)
		return false;
	return stream_open(&w->at, &l->tag) || corrupt(p);
}

/* To the first position from target on.  False: there is none; a failure. */
static inline bool skip(struct positions *p, struct word *w, uint64_t target)
{
	if (target <= w->at.pos)
		return true;
	if (target > w->at.last)
		return false;
	return stream_skip(&w->at, (uint32_t)target) || corrupt(p);
}

/* -------------------------------------------------------------- phrase -- */

/*
 * A first word without a list is taken to stand at 0, right before a second one
 * at 1, as Xapian takes it.
 */
static bool open_adjacent(struct positions *p, struct word *w, uint32_t docid)
{
	static const unsigned char zero[] = { 0 };
	static const struct glass_tag nowhere = { zero, 1, 1 };

	return open_word(p, w, docid) ||
	       (!w->offset && w->lists->docid == docid && !w->lists->tag.len &&
		stream_open(&w->at, &nowhere));
}

/* Each word at base + its offset; base is what the last one that was not there
 * leaves possible. */
static bool match_long(struct positions *p, uint32_t docid)
{
	uint64_t base = 0;
	size_t i = 0, opened = 0;

	while (i < p->n) {
		struct word *w = p->order[i];
		uint64_t want = base + w->offset;

		if (i == opened && !open_adjacent(p, w, docid))
			return false;
		opened += i == opened;
		if (!skip(p, w, want))
			return false;
		if (w->at.pos == want) {
			i++;
		} else {
			base = w->at.pos - w->offset;
			i = !i;
		}
	}
	return true;
}

/* Can the one stand where the other wants it, by their ends? */
static bool overlap(const struct word *a, const struct word *b)
{
	return (uint64_t)a->at.pos + b->offset <=
		       (uint64_t)b->at.last + a->offset &&
	       (uint64_t)b->at.pos + a->offset <=
		       (uint64_t)a->at.last + b->offset;
}

/* Where the phrase begins if w stands where it does. */
static bool read_bases(const struct word *w, uint32_t *base, size_t *n)
{
	const size_t count = read_short(&w->at, UINT32_MAX, base);

	*n = 0;
	for (size_t i = 0; i < count; i++) {
		const uint32_t pos = base[i];

		base[*n] = pos - w->offset;
		*n += pos >= w->offset;
	}
	return count;
}

/* Leaves those of base where w stands as it must. */
static bool keep(const struct word *w, uint32_t *base, size_t *n)
{
	uint32_t list[SHORT_COUNT];
	size_t count, kept = 0;

	while (*n && (uint64_t)base[*n - 1] + w->offset > w->at.last)
		--*n;
	if (!*n)
		return true;
	count = read_short(&w->at, base[*n - 1] + w->offset, list);
	for (size_t i = 0; count && i < *n; i++) {
		const bool is = is_among(list, count, base[i] + w->offset);

		base[kept] = base[i];
		kept += is;
	}
	*n = kept;
	return count;
}

static bool match_adjacent(struct positions *p, uint32_t docid)
{
	struct word *first = p->order[0], *second = p->order[1];
	uint32_t base[SHORT_COUNT];
	size_t n;

	if (!open_adjacent(p, first, docid) ||
	    !open_adjacent(p, second, docid) || !overlap(first, second))
		return false;
	if (!is_short(&first->at))
		return match_long(p, docid);
	if (!read_bases(first, base, &n))
		return corrupt(p);
	for (size_t i = 1; i < p->n && n; i++) {
		struct word *w = p->order[i];

		if (i > 1 && !open_adjacent(p, w, docid))
			return false;
		if (!is_short(&w->at))
			return match_long(p, docid);
		if (!keep(w, base, &n))
			return corrupt(p);
	}
	return n;
}

/*
 * The window from base on: each word as soon behind the one before as can be.
 * *end: what the phrase ends before, if the words that are not looked at any
 * more follow at once.  False: it ends nowhere any more.
 */
static bool follow(struct positions *p, uint32_t docid, size_t *opened,
		   uint64_t *end)
{
	uint64_t base = p->word[0].at.pos, pos = base;

	for (size_t i = 1; i < p->n; i++) {
		struct word *w = &p->word[i];

		if (i == *opened && !open_word(p, w, docid))
			return false;
		*opened += i == *opened;
		if (!skip(p, w, pos + 1))
			return false;
		pos = w->at.pos;
		*end = pos + p->n - i;
		if (*end - base > p->window)
			break;
	}
	return true;
}

static bool match_phrase(struct positions *p, uint32_t docid)
{
	struct word *first = &p->word[0];
	size_t opened = 1;
	uint64_t end = 0;

	if (!open_word(p, first, docid))
		return false;
	for (;;) {
		if (!follow(p, docid, &opened, &end))
			return false;
		if (end - first->at.pos <= p->window)
			return true;
		if (!skip(p, first, end - p->window))
			return false;
	}
}

/* ---------------------------------------------------------------- near -- */

/*
 * Where words of one position are in the way of each other Xapian moves the one
 * that its heap gives last, and may so miss a match.  To miss the same, words
 * are in the same order here (by frequency, equal ones as they were for the
 * document before), and so are equal ones in the heap (as libstdc++ has them).
 */

static bool is_behind(const struct word *a, const struct word *b)
{
	return a->at.pos > b->at.pos;
}

static void heap_up(struct word **heap, size_t top, size_t hole, struct word *w)
{
	while (hole > top && is_behind(heap[(hole - 1) / 2], w)) {
		heap[hole] = heap[(hole - 1) / 2];
		hole = (hole - 1) / 2;
	}
	heap[hole] = w;
}

/* w into a hole: the hole to a leaf first, along the children in front. */
static void heap_put(struct word **heap, size_t n, size_t hole, struct word *w)
{
	size_t top = hole, child;

	while ((child = 2 * hole + 2) <= n) {
		if (child == n || is_behind(heap[child], heap[child - 1]))
			child--;
		heap[hole] = heap[child];
		hole = child;
	}
	heap_up(heap, top, hole, w);
}

/* The first of n to the end. */
static void heap_pop(struct word **heap, size_t n)
{
	struct word *w = heap[n - 1];

	heap[n - 1] = heap[0];
	heap_put(heap, n - 1, 0, w);
}

static void heap_make(struct word **heap, size_t n)
{
	for (size_t i = n / 2; i--;)
		heap_put(heap, n, i, heap[i]);
}

/*
 * All are within the window: those that share a position are moved on.  False:
 * that took one out of the window, to *last; or behind its last position (0).
 */
static bool spread(struct positions *p, uint64_t *last)
{
	size_t i = p->n;
	uint32_t first, pos;

	heap_pop(p->heap, i--);
	first = pos = p->heap[i]->at.pos;
	while (i) {
		struct word *w = p->heap[0];

		heap_pop(p->heap, i--);
		if (w->at.pos != pos) {
			pos = w->at.pos;
			continue;
		}
		*last = 0;
		if (!skip(p, w, (uint64_t)pos + 1))
			return false;
		*last = w->at.pos;
		if (w->at.pos - first >= p->window)
			return false;
		heap_up(p->heap, 0, i++, w);
	}
	return true;
}

/* The next word, or when there is none left the one that is too far behind,
 * into the window that ends at *last. */
static bool narrow(struct positions *p, size_t *n, uint64_t *last,
		   bool too_wide)
{
	struct word *w;

	if (too_wide)
		heap_pop(p->heap, (*n)--);
	w = too_wide ? p->heap[*n] : p->order[*n];
	if (*last >= p->window && !skip(p, w, *last - p->window + 1))
		return false;
	if (w->at.pos > *last)
		*last = w->at.pos;
	heap_up(p->heap, 0, (*n)++, w);
	return true;
}

static void sort_by_count(struct word **order, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct word *w = order[i];
		size_t j = i;

		for (; j && order[j - 1]->at.count > w->at.count; j--)
			order[j] = order[j - 1];
		order[j] = w;
	}
}

/* False: one has no positions there.  They are in order all the same. */
static bool open_all(struct positions *p, uint32_t docid)
{
	bool all = true;

	for (size_t i = 0; i < p->n; i++) {
		struct word *w = p->order[i];

		if (!open_word(p, w, docid)) {
			w->at.count = 0;
			all = false;
		}
	}
	sort_by_count(p->order, p->n);
	return all;
}

static bool match_near(struct positions *p, uint32_t docid)
{
	uint64_t last = 0;
	size_t n = 0;

	if (!open_all(p, docid))
		return false;
	for (;;) {
		bool too_wide = n && last - p->heap[0]->at.pos >= p->window;

		if (too_wide || n < p->n) {
			if (!narrow(p, &n, &last, too_wide))
				return false;
		} else if (spread(p, &last)) {
			return true;
		} else if (!last) {
			return false;
		} else {
			heap_make(p->heap, n);
		}
	}
}

/* ----------------------------------------------------------- positions -- */

/* One word is near itself. */
static bool match_always(struct positions *p, uint32_t docid)
{
	(void)p;
	(void)docid;
	return true;
}

static bool match_never(struct positions *p, uint32_t docid)
{
	(void)p;
	(void)docid;
	return false;
}

static void sort_by_termfreq(struct word **order, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct word *w = order[i];
		size_t j = i;

		for (; j && order[j - 1]->termfreq > w->termfreq; j--)
			order[j] = order[j - 1];
		order[j] = w;
	}
}

static struct term_lists *find_same(struct positions *p, size_t n,
				    const struct xap_bytes *terms)
{
	for (size_t i = 0; i < n; i++)
		if (terms[i].len == terms[n].len &&
		    !memcmp(terms[i].data, terms[n].data, terms[n].len))
			return &p->word[i].own;
	return NULL;
}

static bool are_terms(const struct xap_bytes *terms, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (terms[i].len > GLASS_TERM_MAX)
			return false;
	return true;
}

static void init_word(struct positions *p, size_t i,
		      const struct xap_bytes *terms, uint32_t termfreq)
{
	struct word *w = &p->word[i];
	unsigned char key[GLASS_SERIES_KEY_MAX];
	size_t keylen;

	w->offset = (uint32_t)i;
	w->termfreq = termfreq;
	p->order[i] = w;
	w->lists = find_same(p, i, terms);
	if (w->lists)
		return;
	w->lists = &w->own;
	keylen = (size_t)(glass_put_sort_str(key, terms[i].data, terms[i].len,
					     1) -
			  key);
	glass_series_init(&w->own.series, p->db, GLASS_POSITION, key, keylen);
}

static match_fn *choose_match(const struct positions *p,
			      enum positions_kind kind)
{
	if (p->n == 1)
		return match_always;
	if (p->window < p->n)
		return match_never; /* and a long way to find that out */
	if (kind == POSITIONS_NEAR)
		return match_near;
	return p->window == p->n ? match_adjacent : match_phrase;
}

struct positions *positions_new(struct glass_db *db, enum positions_kind kind,
				const struct xap_bytes *terms,
				const uint32_t *termfreqs, size_t n,
				uint32_t window)
{
	struct positions *p = calloc(1, sizeof(*p) + n * sizeof(p->word[0]));

	if (!p) {
		glass_db_nomem(db);
		return NULL;
	}
	p->match = match_never;
	if (!are_terms(terms, n))
		return p;
	p->db = db;
	p->n = n;
	p->window = window ? window : (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		init_word(p, i, terms, termfreqs[i]);
	p->match = choose_match(p, kind);
	if (p->match == match_adjacent)
		sort_by_termfreq(p->order, n);
	return p;
}

void positions_free(struct positions *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->n; i++)
		if (p->word[i].lists == &p->word[i].own)
			glass_series_release(&p->word[i].own.series);
	free(p);
}

bool positions_match(struct positions *p, uint32_t docid)
{
	return p->match(p, docid);
}
