/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matcher_terms.c - the words of the index, and how frequent they are
 *
 * A term's first chunk has both (glass_postlist.h); those behind it are passed
 * by.  In a key, 00 is followed by FF where it is a byte of the term; else it
 * ends the term, and the chunk is a later one.
 */
#include "matcher_parts.h"

#include "posting_head.h"

enum {
	ENCODED_MAX = 2 * (GLASS_KEY_MAX + 1) + 2,
	BEHIND_CHUNKS = 0xFE /* no docid begins with it, nor the rest of a term
				with a 00 */
};

struct encoded {
	unsigned char key[ENCODED_MAX];
	size_t len;
};

/* The end of what no key is as long as makes no difference. */
static void encode(struct encoded *e, struct xap_bytes s)
{
	const size_t len = s.len < GLASS_KEY_MAX ? s.len : GLASS_KEY_MAX + 1;

	e->len = 0;
	if (len)
		e->len = (size_t)(glass_put_sort_str(e->key, s.data, len, 0) -
				  e->key);
}

/* Behind all chunks of the term whose first bytes of key e has. */
static void pass_chunks(struct encoded *e)
{
	e->key[e->len++] = 0;
	e->key[e->len++] = BEHIND_CHUNKS;
}

/* *is_last: it is the term's only chunk. */
static bool read_head(struct matcher *m, struct posting_head *out,
		      bool *is_last)
{
	const uint32_t documents = glass_db_version(m->db)->documents;
	const unsigned char *at, *end;
	size_t len;

	at = glass_cursor_tag(&m->terms, &len);
	if (!at)
		return false;
	end = at + len;
	at = posting_get_head(at, end, out);
	if (!at || at == end || !out->termfreq || out->termfreq > documents)
		return glass_db_corrupt(m->db, GLASS_POSTLIST,
					"a list's frequencies are none");
	*is_last = *at == '1';
	return true;
}

enum trawl_status matcher_term_freq(struct matcher *m, const char *term,
				    size_t len, uint32_t *termfreq,
				    uint32_t *collfreq, struct trawl_error *err)
{
	const struct xap_bytes bytes = { term, len };
	struct posting_head head = { 0 };
	struct encoded e;
	bool exact, is_last;

	glass_db_forget(m->db);
	encode(&e, bytes);
	if (glass_cursor_seek(&m->terms, e.key, e.len, &exact) && exact)
		read_head(m, &head, &is_last);
	*termfreq = head.termfreq;
	*collfreq = head.collfreq;
	return glass_db_status(m->db, err);
}

/* ---------------------------------------------------------------- walk -- */

/* The item at the cursor, as a term; false: it is a later chunk. */
static bool decode(const struct glass_cursor *c, char *room,
		   struct xap_bytes *out)
{
	size_t n = 0;

	*out = (struct xap_bytes){ (const char *)c->key, c->keylen };
	if (!memchr(c->key, 0, c->keylen))
		return true;
	for (size_t i = 0; i < c->keylen; i++) {
		room[n++] = (char)c->key[i];
		if (!c->key[i] && (++i == c->keylen || c->key[i] != 0xFF))
			return false;
	}
	*out = (struct xap_bytes){ room, n };
	return true;
}

static bool begins_with(const struct glass_cursor *c, const struct encoded *e)
{
	return c->keylen >= e->len && !memcmp(c->key, e->key, e->len);
}

/* To the first term at or behind from. */
static bool begin(struct matcher *m, const struct encoded *from)
{
	struct encoded e = *from;
	bool exact;

	/* Metadata, values and lengths come before all terms. */
	if (!e.len)
		pass_chunks(&e);
	glass_cursor_seek(&m->terms, e.key, e.len, &exact);
	return exact || glass_cursor_next(&m->terms);
}

/* From a term whose first chunk is at the cursor. */
static bool go_on(struct matcher *m, bool is_last)
{
	struct encoded e;
	bool exact;

	if (!is_last) {
		memcpy(e.key, m->terms.key, m->terms.keylen);
		e.len = m->terms.keylen;
		pass_chunks(&e);
		if (!glass_cursor_seek(&m->terms, e.key, e.len, &exact))
			return false;
	}
	return glass_cursor_next(&m->terms);
}

static void walk(struct matcher *m, const struct encoded *prefix,
		 bool want_freq, xap_term_fn *each, void *ctx)
{
	char room[GLASS_KEY_MAX + 1];
	struct posting_head head;
	struct xap_bytes term;
	bool is_last;

	do {
		if (!begins_with(&m->terms, prefix))
			return;
		is_last = true;
		if (decode(&m->terms, room, &term) &&
		    (!read_head(m, &head, &is_last) ||
		     !each(ctx, term.data, term.len, 0,
			   want_freq ? head.termfreq : 0)))
			return;
	} while (go_on(m, is_last));
}

static bool is_behind(struct xap_bytes a, struct xap_bytes b)
{
	const size_t n = a.len < b.len ? a.len : b.len;
	const int d = n ? memcmp(a.data, b.data, n) : 0;

	return d ? d > 0 : a.len > b.len;
}

enum trawl_status matcher_terms(struct matcher *m, struct xap_bytes prefix,
				struct xap_bytes from, bool want_freq,
				xap_term_fn *each, void *ctx,
				struct trawl_error *err)
{
	struct encoded first, start;

	glass_db_forget(m->db);
	encode(&start, prefix);
	encode(&first, is_behind(from, prefix) ? from : prefix);
	if (begin(m, &first))
		walk(m, &start, want_freq, each, ctx);
	return glass_db_status(m->db, err);
}
