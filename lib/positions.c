/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list is read as far as it is needed and kept nowhere: what is left of it is
 * the gap in front of the reader, and the gaps behind that one.  The numbers of
 * a gap's positions, and of the places that they leave free, halve with each
 * step down, and a gap with nothing free takes no bits: it is passed in one go.
 * So a tag is read in a time that its length bounds, whatever it says.
 */
#include "positions.h"

#include "glass_position.h"

#include <endian.h>
#include <stdlib.h>

enum {
	DEPTH_MAX = 32,	    /* halvings of a list of at most 2^32 */
	VALUE_BITS_MAX = 32 /* of one number in the stream */
};

/* ---------------------------------------------------------------- bits -- */

struct bits {
	const unsigned char *at, *end; /* not in acc yet */
	uint64_t acc;
	unsigned n; /* bits in acc; those above are 0 */
};

/* n: at most 8.  Never reads what is behind the bytes. */
static inline uint64_t load(const unsigned char *at, size_t n)
{
	uint64_t v = 0;
	uint32_t low, high;

	if (n == sizeof(v)) {
		memcpy(&v, at, sizeof(v));
		return le64toh(v);
	}
	if (n >= sizeof(low)) {
		memcpy(&low, at, sizeof(low));
		memcpy(&high, at + n - sizeof(high), sizeof(high));
		return le32toh(low) | (uint64_t)le32toh(high)
					      << 8 * (n - sizeof(high));
	}
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)at[i] << 8 * i;
	return v;
}

static inline void bits_init(struct bits *b, const unsigned char *at,
			     const unsigned char *end)
{
	size_t n = (size_t)(end - at) < sizeof(b->acc) ? (size_t)(end - at)
						       : sizeof(b->acc);

	*b = (struct bits){ at + n, end, load(at, n), 8 * (unsigned)n };
}

static inline void bits_fill(struct bits *b)
{
	size_t left = (size_t)(b->end - b->at);
	size_t n = left < sizeof(uint32_t) ? left : sizeof(uint32_t);

	b->acc |= load(b->at, n) << b->n;
	b->at += n;
	b->n += 8 * (unsigned)n;
}

/* enc(v, max + 1) of glass_position.h.  False: the bits end before. */
static inline bool get_upto(struct bits *b, uint32_t max, uint32_t *v)
{
	unsigned width;
	uint32_t top, low, more;

	*v = 0;
	if (!max)
		return true;
	if (b->n < VALUE_BITS_MAX)
		bits_fill(b);
	width = 31 - (unsigned)__builtin_clz(max);
	top = 1u << width;
	low = (uint32_t)b->acc & (top - 1);
	more = low <= max - top;
	*v = low | (top & (uint32_t)(b->acc & -(uint64_t)more));
	if (width + more > b->n)
		return false;
	b->acc >>= width + more;
	b->n -= width + more;
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

/* To the first position.  False: the tag makes no sense. */
static inline bool stream_open(struct stream *s, const unsigned char *tag,
			       size_t taglen)
{
	const unsigned char *end = tag + taglen, *at;
	uint32_t inner;
	uint64_t last;

	at = glass_get_varint(tag, end, &last);
	if (!at || last > UINT32_MAX)
		return false;
	s->pos = s->last = (uint32_t)last;
	s->count = 1;
	s->gap = (struct gap){ 0 };
	s->depth = 0;
	if (at == end)
		return true;
	bits_init(&s->bits, at, end);
	if (!last || !get_upto(&s->bits, s->last - 1, &s->pos) ||
	    !get_upto(&s->bits, s->last - s->pos - 1, &inner))
		return false;
	s->count = (uint64_t)inner + 2;
	s->gap.n = inner + 1;
	s->gap.spare = s->last - s->pos - s->gap.n;
	return true;
}

/*
 * To the first position from target on; pos < target <= last, and so there is
 * one.  False: the bits end before.
 */
static inline bool stream_skip(struct stream *s, uint32_t target)
{
	struct bits b = s->bits; /* in registers */
	struct gap g = s->gap;
	uint32_t pos = s->pos;
	unsigned depth = s->depth;
	bool ok = true;

	while (pos < target) {
		if (!g.n)
			g = s->later[--depth];
		while (g.n > 1 && g.spare) {
			uint32_t left, half = g.n / 2;

			ok = get_upto(&b, g.spare, &left);
			if (!ok)
				goto out;
			s->later[depth++] =
				(struct gap){ g.n - half, g.spare - left };
			g = (struct gap){ half, left };
		}
		if (g.spare) {
			pos += 1 + g.spare;
			g = (struct gap){ 0 };
		} else {
			uint32_t n = target - pos < g.n ? target - pos : g.n;

			pos += n;
			g.n -= n;
		}
	}
out:
	s->bits = b;
	s->gap = g;
	s->pos = pos;
	s->depth = depth;
	return ok;
}

size_t positions_count(const unsigned char *tag, size_t taglen)
{
	struct stream s;

	return stream_open(&s, tag, taglen) ? s.count : 0;
}

size_t positions_decode(const unsigned char *tag, size_t taglen, uint32_t *out,
			size_t max)
{
	struct stream s;

	if (!stream_open(&s, tag, taglen) || s.count > max)
		return 0;
	out[0] = s.pos;
	for (size_t i = 1; i < s.count; i++) {
		if (!stream_skip(&s, s.pos + 1))
			return 0;
		out[i] = s.pos;
	}
	return s.count;
}

/* --------------------------------------------------------------- words -- */

/* The lists of one term: the cursor stays near the last one. */
struct term_lists {
	struct glass_cursor cursor;
	uint32_t docid;		  /* whose list was looked up last; 0 none */
	const unsigned char *tag; /* NULL: it has none */
	size_t taglen;
	size_t keylen; /* without the docid */
	unsigned char key[2 * GLASS_TERM_MAX + 1 + GLASS_SORT_UINT_MAX];
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
	unsigned char *end = glass_put_sort_uint(l->key + l->keylen, docid);
	bool exact = false;

	l->docid = 0;
	l->tag = NULL;
	if (!glass_cursor_seek(&l->cursor, l->key, (size_t)(end - l->key),
			       &exact) ||
	    !exact) {
		if (glass_db_status(l->cursor.db, NULL) != TRAWL_OK)
			return false;
	} else {
		l->tag = glass_cursor_tag(&l->cursor, &l->taglen);
		if (!l->tag)
			return false;
	}
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
	if (!l->tag || !l->taglen)
		return false;
	return stream_open(&w->at, l->tag, l->taglen) || corrupt(p);
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
	static const unsigned char nowhere[] = { 0 };

	return open_word(p, w, docid) ||
	       (!w->offset && w->lists->docid == docid &&
		(!w->lists->tag || !w->lists->taglen) &&
		stream_open(&w->at, nowhere, sizeof(nowhere)));
}

/* Each word at base + its offset; base is what the last one that was not there
 * leaves possible. */
static bool match_adjacent(struct positions *p, uint32_t docid)
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
	struct term_lists *l = &w->own;

	w->offset = (uint32_t)i;
	w->termfreq = termfreq;
	p->order[i] = w;
	w->lists = find_same(p, i, terms);
	if (w->lists)
		return;
	w->lists = l;
	glass_cursor_init(&l->cursor, p->db, GLASS_POSITION);
	l->keylen = (size_t)(glass_put_sort_str(l->key, terms[i].data,
						terms[i].len, 1) -
			     l->key);
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
			glass_cursor_release(&p->word[i].own.cursor);
	free(p);
}

bool positions_match(struct positions *p, uint32_t docid)
{
	return p->match(p, docid);
}
