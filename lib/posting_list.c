/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting_list.c - chunks one after the other, and what is in them
 *
 * Between two calls pl->docid is the posting that stands before pl->at, and
 * has not been given yet.
 */
#include "posting_list.h"

#include "posting_head.h"

#include <endian.h>

enum {
	WORD = 8,   /* bytes that are looked at together */
	MORE = 0x80 /* a varint goes on */
};

/* None of it in a word: it holds numbers of one byte. */
static const uint64_t MORE_ANYWHERE = 0x8080808080808080;
/* In a word of gaps and wdfs, the gaps; times ONES, their sum in the top 16
 * bits.  TOPS: set of what was 0 when ONES are taken from it. */
static const uint64_t GAPS = 0x007F007F007F007F;
static const uint64_t ONES = 0x0001000100010001, TOPS = 0x8000800080008000;

static bool corrupt(struct posting_list *pl, const char *what)
{
	pl->docid = POSTING_END;
	return glass_db_corrupt(pl->cursor.db, GLASS_POSTLIST, what);
}

static bool end_list(struct posting_list *pl, bool ok)
{
	pl->docid = POSTING_END;
	return ok;
}

static bool failed(const struct posting_list *pl)
{
	return glass_db_status(pl->cursor.db, NULL) != TRAWL_OK;
}

/* -------------------------------------------------------------- chunks -- */

/* What stands before the entries of every chunk, at the cursor. */
static bool open_chunk(struct posting_list *pl, uint64_t first)
{
	uint32_t last = glass_db_version(pl->cursor.db)->last_docid, span;

	if (pl->at == pl->end || (*pl->at != '0' && *pl->at != '1'))
		return corrupt(pl, "a chunk's head is none");
	pl->is_last = *pl->at++ == '1';
	pl->at = posting_get_u32(pl->at, pl->end, &span);
	if (pl->at)
		pl->at = posting_get_u32(pl->at, pl->end, &pl->wdf);
	if (!pl->at || first <= pl->chunk_last || first + span > last)
		return corrupt(pl, "a chunk's documents are none");
	pl->docid = (uint32_t)first;
	pl->chunk_last = (uint32_t)(first + span);
	return true;
}

static bool take_tag(struct posting_list *pl)
{
	size_t len = 0;

	pl->at = pl->end = glass_cursor_tag(&pl->cursor, &len);
	if (!pl->at)
		return end_list(pl, false);
	pl->end += len;
	return true;
}

/* Of the chunk at the cursor, which is not the list's first. */
static bool chunk_docid(const struct posting_list *pl, uint32_t *docid)
{
	const unsigned char *key = pl->cursor.key,
			    *end = key + pl->cursor.keylen;

	return pl->cursor.keylen > pl->keylen &&
	       !memcmp(key, pl->key, pl->keylen) &&
	       glass_get_sort_uint(key + pl->keylen, end, docid) == end;
}

static bool next_chunk(struct posting_list *pl)
{
	uint32_t first;

	if (!glass_cursor_next(&pl->cursor))
		return failed(pl) ? end_list(pl, false)
				  : corrupt(pl, "a list has no end");
	if (!chunk_docid(pl, &first))
		return corrupt(pl, "a list has no end");
	return take_tag(pl) && open_chunk(pl, first);
}

/* To the chunk that docid is in, which is above chunk_last; or to the one
 * behind it. */
static bool seek_chunk(struct posting_list *pl, uint32_t docid)
{
	size_t len = (size_t)(glass_put_sort_uint(pl->key + pl->keylen, docid) -
			      pl->key);
	uint32_t first;
	bool exact;

	if (pl->is_last)
		return end_list(pl, true);
	if (!glass_cursor_seek(&pl->cursor, pl->key, len, &exact))
		return failed(pl) ? end_list(pl, false)
				  : corrupt(pl, "a list is gone");
	/* The chunk that is open, when docid is between that and the next. */
	if (!chunk_docid(pl, &first) || first <= pl->chunk_last)
		return next_chunk(pl);
	return take_tag(pl) && open_chunk(pl, first);
}

/* The posting behind the one that pl is at. */
static bool advance(struct posting_list *pl)
{
	uint64_t docid = pl->docid;
	uint32_t gap = 0;

	if (pl->at == pl->end) {
		if (docid != pl->chunk_last)
			return corrupt(pl, "a chunk does not end as it says");
		return pl->is_last ? end_list(pl, true) : next_chunk(pl);
	}
	pl->at = posting_get_u32(pl->at, pl->end, &gap);
	if (pl->at)
		pl->at = posting_get_u32(pl->at, pl->end, &pl->wdf);
	docid += (uint64_t)gap + 1;
	if (!pl->at || docid > pl->chunk_last)
		return corrupt(pl, "a chunk's entries are none");
	pl->docid = (uint32_t)docid;
	return true;
}

/* ------------------------------------------------------------ decoding -- */

/* Or a run would be in memory, and not in registers. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* What is done with postings: they are listed, summed, or passed by. */
struct sink {
	uint32_t *docids, *wdfs; /* where the next ones go */
	uint32_t *sum;		 /* by docid */
	uint64_t *zero;
};

/* Postings of a chunk that are decoded; the last of them. */
struct run {
	const unsigned char *at;
	uint64_t docid;
	size_t n;
	struct sink sink;
};

static ALWAYS_INLINE void put(struct run *r, size_t i, uint64_t docid,
			      uint32_t wdf)
{
	if (r->sink.docids) {
		r->sink.docids[r->n + i] = (uint32_t)docid;
		r->sink.wdfs[r->n + i] = wdf;
	} else if (r->sink.sum) {
		r->sink.sum[docid] += wdf;
	}
}

/* Those are summed one by one. */
static ALWAYS_INLINE bool has_zero(const struct run *r, uint64_t wdfs)
{
	return r->sink.sum && ((wdfs - ONES) & TOPS);
}

/* Four postings of a byte and a byte. */
static ALWAYS_INLINE bool four(struct run *r, uint64_t x, uint64_t stop)
{
	uint64_t a = r->docid + (x & 0x7F) + 1;
	uint64_t b = a + (x >> 16 & 0x7F) + 1;
	uint64_t c = b + (x >> 32 & 0x7F) + 1;
	uint64_t d = c + (x >> 48 & 0x7F) + 1;

	if (d >= stop || has_zero(r, x >> 8 & GAPS))
		return false;
	put(r, 0, a, x >> 8 & 0x7F);
	put(r, 1, b, x >> 24 & 0x7F);
	put(r, 2, c, x >> 40 & 0x7F);
	put(r, 3, d, (uint32_t)(x >> 56));
	r->docid = d;
	r->n += 4;
	r->at += 8;
	return true;
}

/* Two gaps of one byte or two, which is nothing to be guessed, with wdfs of
 * one.  Where there are others, nothing is read. */
static ALWAYS_INLINE bool two(struct run *r, uint64_t x, uint64_t stop)
{
	unsigned more = x >> 4 & 8; /* bits of its second byte */
	uint64_t wdf = x >> 8 >> more, y = wdf >> 8;
	unsigned more2 = y >> 4 & 8;
	uint64_t wdf2 = y >> 8 >> more2;
	uint64_t high = x >> 8 & (0u - (more >> 3)) & 0xFF;
	uint64_t high2 = y >> 8 & (0u - (more2 >> 3)) & 0xFF;
	uint64_t a = r->docid + (x & 0x7F) + (high << 7) + 1;
	uint64_t b = a + (y & 0x7F) + (high2 << 7) + 1;

	if (((wdf | wdf2 | high | high2) & MORE) || b >= stop ||
	    has_zero(r, (wdf & 0x7F) | (wdf2 & 0x7F) << 16 | ONES << 32))
		return false;
	put(r, 0, a, wdf & 0x7F);
	put(r, 1, b, wdf2 & 0x7F);
	r->docid = b;
	r->n += 2;
	r->at += 4 + (more >> 3) + (more2 >> 3);
	return true;
}

/* Two of a byte and two bytes: lengths are such. */
static ALWAYS_INLINE bool two_lengths(struct run *r, uint64_t x, uint64_t stop)
{
	uint64_t a = r->docid + (x & 0x7F) + 1;
	uint64_t b = a + (x >> 24 & 0x7F) + 1;

	if ((x & 0x808080808080) != 0x008000008000 || b >= stop || r->sink.sum)
		return false;
	put(r, 0, a, (x >> 8 & 0x7F) | (x >> 9 & 0x3F80));
	put(r, 1, b, (x >> 32 & 0x7F) | (x >> 33 & 0x3F80));
	r->docid = b;
	r->n += 2;
	r->at += 6;
	return true;
}

static ALWAYS_INLINE bool some(struct run *r, uint64_t x, uint64_t stop)
{
	if (!(x & MORE_ANYWHERE))
		return four(r, x, stop);
	return two(r, x, stop) || two_lengths(r, x, stop);
}

static ALWAYS_INLINE bool one(struct run *r, const unsigned char *end,
			      uint64_t stop)
{
	uint32_t gap = 0, wdf = 0;
	const unsigned char *at = posting_get_u32(r->at, end, &gap);

	if (at)
		at = posting_get_u32(at, end, &wdf);
	if (!at || r->docid + gap + 1 >= stop)
		return false;
	r->docid += (uint64_t)gap + 1;
	put(r, 0, r->docid, wdf);
	if (r->sink.sum && !wdf)
		r->sink.zero[r->docid / 64] |= 1ull << r->docid % 64;
	r->n++;
	r->at = at;
	return true;
}

/* All of the open chunk that is below to is below that. */
static ALWAYS_INLINE uint64_t end_below(const struct posting_list *pl,
					uint32_t to)
{
	const uint64_t end = pl->chunk_last + UINT64_C(1);

	return to < end ? to : end;
}

/*
 * The postings behind the one that pl is at, as far as they are in its chunk
 * and below to.  pl is then at the last of them.  What makes no sense is left
 * for advance().  This is the inner loop: while a word is left it is read
 * without a look at the end.  Docids are counted from base on.
 */
static ALWAYS_INLINE size_t decode(struct posting_list *pl, uint32_t base,
				   uint32_t to, struct sink sink)
{
	struct run r = { pl->at, pl->docid - base, 0, sink };
	const unsigned char *end = pl->end;
	const uint64_t stop = end_below(pl, to) - base;
	uint64_t x;

	do {
		while (end - r.at >= WORD) {
			memcpy(&x, r.at, WORD);
			x = le64toh(x);
			if (!some(&r, x, stop))
				break;
		}
	} while (r.at != end && one(&r, end, stop));
	pl->at = r.at;
	pl->docid = base + (uint32_t)r.docid;
	return r.n;
}

/*
 * As decode(), of what nobody wants: gaps are added up eight at a time, as long
 * as they are of one byte, and so are the wdfs between them.
 */
static void leap(struct posting_list *pl, uint32_t to)
{
	struct run r = { .at = pl->at, .docid = pl->docid };
	const unsigned char *end = pl->end;
	const uint64_t stop = end_below(pl, to);
	uint64_t x, y, sum;

	while (end - r.at >= 2 * WORD) {
		memcpy(&x, r.at, WORD);
		memcpy(&y, r.at + WORD, WORD);
		if ((x | y) & MORE_ANYWHERE) {
			if (some(&r, le64toh(x), stop) || one(&r, end, stop))
				continue;
			break;
		}
		sum = (le64toh(x) & GAPS) + (le64toh(y) & GAPS);
		sum = r.docid + (sum * ONES >> 48) + 8;
		if (sum >= stop)
			break;
		r.docid = sum;
		r.at += 2 * WORD;
	}
	pl->at = r.at;
	pl->docid = (uint32_t)r.docid;
}

size_t posting_list_read(struct posting_list *pl, uint32_t to, uint32_t *docid,
			 uint32_t *wdf)
{
	size_t n = 0;

	while (pl->docid < to) {
		docid[n] = pl->docid;
		wdf[n++] = pl->wdf;
		n += decode(
			pl, 0, to,
			(struct sink){ .docids = docid + n, .wdfs = wdf + n });
		advance(pl);
	}
	return n;
}

void posting_list_add(struct posting_list *pl, uint32_t base, uint32_t to,
		      uint32_t *sum, uint64_t *zero)
{
	while (pl->docid < to) {
		const uint32_t at = pl->docid - base;

		sum[at] += pl->wdf;
		if (!pl->wdf)
			zero[at / 64] |= 1ull << at % 64;
		decode(pl, base, to, (struct sink){ .sum = sum, .zero = zero });
		advance(pl);
	}
}

size_t posting_list_read_rest(struct posting_list *pl, size_t max,
			      uint32_t *docid, uint32_t *wdf)
{
	size_t n = 0;

	while (n < max && pl->docid != POSTING_END) {
		docid[n] = pl->docid;
		wdf[n++] = pl->wdf;
		/* A posting is two bytes at least. */
		if ((size_t)(pl->end - pl->at) / 2 <= max - n)
			n += decode(pl, 0, POSTING_END,
				    (struct sink){ .docids = docid + n,
						   .wdfs = wdf + n });
		advance(pl);
	}
	return n;
}

bool posting_list_skip(struct posting_list *pl, uint32_t docid)
{
	bool ok = true;

	if (docid <= pl->docid)
		return true;
	if (docid > pl->chunk_last)
		ok = seek_chunk(pl, docid);
	while (ok && pl->docid < docid) {
		leap(pl, docid);
		decode(pl, 0, docid, (struct sink){ NULL });
		ok = advance(pl);
	}
	return ok;
}

/* ------------------------------------------------------------- opening -- */

static void begin(struct posting_list *pl)
{
	pl->termfreq = pl->collfreq = pl->wdf_bound = 0;
	pl->docid = POSTING_END;
	pl->wdf = pl->chunk_last = 0;
	pl->at = pl->end = NULL;
	pl->is_last = true;
	pl->keylen = 0;
}

/* The first chunk, whose key is that; *there: there is one. */
static bool open_first(struct posting_list *pl, size_t keylen, bool *there)
{
	struct posting_head head;

	*there = false;
	if (!glass_cursor_seek(&pl->cursor, pl->key, keylen, there) || !*there)
		return !failed(pl);
	if (!take_tag(pl))
		return false;
	pl->at = posting_get_head(pl->at, pl->end, &head);
	if (!pl->at)
		return corrupt(pl, "a list has no head");
	pl->termfreq = head.termfreq;
	pl->collfreq = head.collfreq;
	return open_chunk(pl, (uint64_t)head.before + 1);
}

/* As Xapian has it: what another document has of all, or the first has. */
static bool bound_wdf(struct posting_list *pl)
{
	const struct glass_version *v = glass_db_version(pl->cursor.db);
	uint32_t bound = pl->collfreq;

	if (!pl->termfreq || pl->termfreq > v->documents ||
	    pl->wdf > pl->collfreq)
		return corrupt(pl, "a list's frequencies are none");
	if (pl->termfreq > 1) {
		bound -= pl->wdf;
		if (bound < pl->wdf)
			bound = pl->wdf;
	}
	pl->wdf_bound = bound < v->wdf_max ? bound : v->wdf_max;
	return true;
}

/* The term's key, with the 00 behind it; false: no table can have it. */
static bool set_key(struct posting_list *pl, const char *term, size_t len)
{
	unsigned char key[2 * GLASS_TERM_MAX + 1], *end;

	if (!len || len > GLASS_TERM_MAX)
		return false;
	end = glass_put_sort_str(key, term, len, 1);
	pl->keylen = (size_t)(end - key);
	if (pl->keylen > GLASS_TERM_MAX + 1)
		return false;
	memcpy(pl->key, key, pl->keylen);
	return true;
}

bool posting_list_reopen(struct posting_list *pl, const char *term, size_t len)
{
	bool there;

	begin(pl);
	if (!set_key(pl, term, len))
		return true;
	return open_first(pl, pl->keylen - 1, &there) &&
	       (!there || bound_wdf(pl));
}

bool posting_list_open(struct posting_list *pl, struct glass_db *db,
		       const char *term, size_t len)
{
	glass_cursor_init(&pl->cursor, db, GLASS_POSTLIST);
	return posting_list_reopen(pl, term, len);
}

void posting_list_hand_over(struct posting_list *pl, struct posting_list *to)
{
	*to = *pl;
	glass_cursor_hand_over(&pl->cursor, &to->cursor);
	begin(pl);
}

bool posting_list_open_lengths(struct posting_list *pl, struct glass_db *db)
{
	bool there;

	glass_cursor_init(&pl->cursor, db, GLASS_POSTLIST);
	begin(pl);
	pl->key[pl->keylen++] = 0x00;
	pl->key[pl->keylen++] = 0xE0;
	if (!open_first(pl, pl->keylen, &there))
		return false;
	pl->termfreq = pl->collfreq = 0;
	pl->wdf_bound = there ? glass_db_version(db)->length_max : 0;
	return true;
}

void posting_list_close(struct posting_list *pl)
{
	glass_cursor_release(&pl->cursor);
	pl->docid = POSTING_END;
}
