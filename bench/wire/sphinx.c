/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * searchd's own binary protocol, as the API clients that come with Sphinx 2.2
 * speak it; big-endian.  A connection begins with a version from either side
 * and is kept open (PERSIST).  Then
 *
 *	request  command 16, its version 16, bytes 32, body
 *	reply    status 16, version 16, bytes 32, body
 *
 * and the body of a reply to a search of one query
 *
 *	status 32, unless it is 0: a message
 *	number of fields 32, their names
 *	number of attributes 32, their names, each with its type 32
 *	number of matches 32, ...
 *
 * where a string is its bytes 32 and these.
 */
#include "die.h"
#include "wire.h"

#include <string.h>

enum {
	PROTOCOL = 1,
	COMMAND_SEARCH = 0,
	COMMAND_PERSIST = 4,
	SEARCH_VERSION = 0x11e,
	MATCH_EXTENDED2 = 6,
	FILTER_RANGE = 1,
	/* Of flags: what the clients' default, idf=tfidf_normalized, sets. */
	FLAG_TFIDF_NORMALIZED = 1 << 6,
	LIMIT = 10,
	HEADER = 8,
	HELLO = 4,
	STATUS_OK = 0,
	STATUS_WARNING = 3,
	UNREADABLE = 999 /* a code of ours: the reply is cut off, or no reply */
};

enum reading {
	READ_HELLO,
	READ_HEADER,
	READ_BODY
};

/* -------------------------------------------------------------- requests -- */

static void put16(struct buf *out, unsigned n)
{
	buf_addc(out, (char)(n >> 8));
	buf_addc(out, (char)n);
}

static void put32(struct buf *out, uint32_t n)
{
	put16(out, n >> 16);
	put16(out, n & 0xffff);
}

static void put64(struct buf *out, uint64_t n)
{
	put32(out, (uint32_t)(n >> 32));
	put32(out, (uint32_t)n);
}

static void put_string(struct buf *out, const char *s)
{
	put32(out, (uint32_t)strlen(s));
	buf_adds(out, s);
}

static void put_zeros(struct buf *out, int n)
{
	while (n-- > 0)
		put32(out, 0);
}

static void hello(struct buf *out)
{
	put32(out, PROTOCOL);
	put16(out, COMMAND_PERSIST);
	put16(out, 0);
	put32(out, 4);
	put32(out, 1);
}

static void put_either(struct buf *out, const char *words)
{
	for (; *words; words++) {
		if (*words == ' ')
			buf_adds(out, " | ");
		else
			buf_addc(out, *words);
	}
}

/* https://sphinxsearch.com/docs/sphinx2.html, 5.3 extended query syntax; the
 * matching modes other than extended are its emulations (5.1). */
static void put_query(struct buf *out, const struct wire_query *q)
{
	struct buf text = BUF_INIT(1 << 20);

	if (wire_is(q, "prefix"))
		die("Sphinx' index is made without prefixes");
	if (wire_is(q, "phrase"))
		buf_addf(&text, "\"%s\"", q->words);
	else if (wire_wants_all(q))
		buf_adds(&text, q->words);
	else
		put_either(&text, q->words);
	if (text.failed)
		die("a query is too long");
	put_string(out, text.data);
	buf_release(&text);
}

/* YYYY-MM-DD as the number that bench/convert makes of it. */
static uint64_t day(const char *date)
{
	uint64_t n = 0;

	for (; *date; date++)
		if (*date >= '0' && *date <= '9')
			n = 10 * n + (uint64_t)(*date - '0');
	return n;
}

static void put_filters(struct buf *out, const struct wire_query *q)
{
	put32(out, *q->since || *q->until);
	if (!*q->since && !*q->until)
		return;
	put_string(out, "date");
	put32(out, FILTER_RANGE);
	put64(out, day(q->since));
	put64(out, *q->until ? day(q->until) : UINT32_MAX);
	put32(out, 0); /* in it, not out of it */
}

/* max_matches (8.2.1, SetLimits) is what is asked for, so that no more is kept
 * and sorted; of a document the name is wanted, and nothing else (SetSelect). */
static void put_search(struct buf *out, const struct wire_query *q,
		       const struct wire_options *o)
{
	put32(out, FLAG_TFIDF_NORMALIZED);
	put32(out, 0);
	put32(out, LIMIT);
	put32(out, MATCH_EXTENDED2);
	put32(out, (uint32_t)o->ranker);
	put_zeros(out, 2); /* sort by relevance; by no attribute */
	put_query(out, q);
	put32(out, 0); /* weights */
	put_string(out, "docs");
	put32(out, 1); /* ids are of 64 bits, from 0, to 0: all */
	put64(out, 0);
	put64(out, 0);
	put_filters(out, q);
	put_zeros(out, 2); /* grouping */
	put32(out, LIMIT); /* max_matches */
	put_string(out, "@group desc");
	/* Cutoff, 2 of retries, distinct, anchor, weights of indexes, longest
	 * time, weights of fields, comment, overrides. */
	put_zeros(out, 10);
	put_string(out, "document");
	put_zeros(out, 4); /* an outer select: order, offset, limit, is it */
}

static void request(struct buf *out, const struct wire_query *q,
		    const struct wire_options *o)
{
	struct buf body = BUF_INIT(1 << 20);

	if (!q->words)
		die("a query file must be named for Sphinx");
	put32(&body, 0); /* a client, no other searchd */
	put32(&body, 1); /* query */
	put_search(&body, q, o);
	if (body.failed)
		die("a query is too long");
	put16(out, COMMAND_SEARCH);
	put16(out, SEARCH_VERSION);
	put32(out, (uint32_t)body.len);
	buf_add(out, body.data, body.len);
	buf_release(&body);
}

/* --------------------------------------------------------------- replies -- */

struct cursor {
	const unsigned char *at, *end;
	bool failed; /* it would have gone over the end */
};

static uint32_t get32(struct cursor *c)
{
	const unsigned char *p = c->at;

	if (c->end - p < 4) {
		c->failed = true;
		return 0;
	}
	c->at += 4;
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static void skip_string(struct cursor *c)
{
	uint32_t n = get32(c);

	if (n > (size_t)(c->end - c->at))
		c->failed = true;
	else
		c->at += n;
}

static void read_body(struct wire_reader *r, struct cursor *c)
{
	uint32_t status = get32(c), n;

	if (status != STATUS_OK)
		skip_string(c);
	if (status != STATUS_OK && status != STATUS_WARNING) {
		r->code = status;
		return;
	}
	for (n = get32(c); n && !c->failed; n--)
		skip_string(c);
	for (n = get32(c); n && !c->failed; n--) {
		skip_string(c);
		get32(c);
	}
	r->hits = get32(c);
	if (c->failed)
		r->code = UNREADABLE;
}

static void take_reply(struct wire_reader *r)
{
	const unsigned char *data = (const unsigned char *)r->kept.data;
	unsigned status = (unsigned)data[0] << 8 | data[1];
	struct cursor c = { data + HEADER, data + r->kept.len, false };

	r->code = 0;
	r->hits = 0;
	if (status == STATUS_WARNING)
		skip_string(&c);
	if (status == STATUS_OK || status == STATUS_WARNING)
		read_body(r, &c);
	else
		r->code = status;
}

static size_t bytes_of(const struct wire_reader *r)
{
	const unsigned char *data = (const unsigned char *)r->kept.data;
	struct cursor c = { data, data + r->kept.len, false };

	if (r->state != READ_BODY)
		return r->state == READ_HELLO ? HELLO : HEADER;
	get32(&c);
	return HEADER + (size_t)get32(&c);
}

/* What was collected is whole: is it a reply? */
static bool next_state(struct wire_reader *r)
{
	if (r->state == READ_HEADER) {
		r->state = READ_BODY;
		if (bytes_of(r) > HEADER)
			return false;
	}
	if (r->state == READ_BODY)
		take_reply(r);
	buf_reset(&r->kept);
	r->state++;
	if (r->state > READ_BODY)
		r->state = READ_HEADER;
	return r->state == READ_HEADER;
}

static size_t take(struct wire_reader *r, const char *s, size_t n, bool *whole)
{
	bool is_hello = r->state == READ_HELLO;
	size_t left = bytes_of(r) - r->kept.len;

	if (n > left)
		n = left;
	buf_add(&r->kept, s, n);
	if (r->kept.failed)
		die("a reply is too large");
	*whole = n == left && next_state(r) && !is_hello;
	return n;
}

const struct wire wire_sphinx = { "sphinx", hello, request, take };
