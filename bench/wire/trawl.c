/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trawld's line protocol: doc/protocol.md */
#include "die.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

enum reading {
	READ_LINE,  /* a status line, or a notice */
	READ_LINES, /* left: lines of a body, END too */
	READ_BYTES
};

static void hello(struct buf *out)
{
	(void)out;
}

static void put_words(struct buf *out, const struct wire_query *q)
{
	if (wire_is(q, "phrase"))
		buf_addf(out, " :\"%s\"", q->words);
	else if (wire_is(q, "prefix"))
		buf_addf(out, " :%s*", q->words);
	else
		buf_addf(out, " :%s", q->words);
}

static void request(struct buf *out, const struct wire_query *q,
		    const struct wire_options *o)
{
	buf_adds(out, o->verb);
	if (o->options)
		buf_addf(out, " %s", o->options);
	if (wire_wants_all(q))
		buf_adds(out, " match=all");
	if (*q->since)
		buf_addf(out, " since=%s", q->since);
	if (*q->until)
		buf_addf(out, " until=%s", q->until);
	if (q->words)
		put_words(out, q);
	buf_adds(out, "\n");
}

static uint64_t number_behind(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* Is that all of the reply? */
static bool take_status(struct wire_reader *r, const char *line)
{
	r->code = 0;
	r->hits = 0;
	if (line[0] == '*')
		return false;
	if (!strncmp(line, "ERR ", 4)) {
		r->code = (unsigned)number_behind(line, "ERR ");
	} else if (strstr(line, " n=")) {
		r->state = READ_LINES;
		r->hits = number_behind(line, " hits=");
		r->left = number_behind(line, " n=") + 1;
	} else if (strstr(line, " bytes=")) {
		r->state = READ_BYTES;
		r->left = number_behind(line, " bytes=") + 2;
	}
	return r->state == READ_LINE;
}

static size_t take_line(struct wire_reader *r, const char *s, size_t n,
			bool *whole)
{
	const char *eol = memchr(s, '\n', n);
	size_t taken = eol ? (size_t)(eol - s) + 1 : n;

	buf_add(&r->kept, s, taken);
	if (r->kept.failed)
		die("a reply's line is too long");
	if (eol) {
		*whole = take_status(r, r->kept.data);
		buf_reset(&r->kept);
	}
	return taken;
}

static size_t skip_line(struct wire_reader *r, const char *s, size_t n)
{
	const char *eol = memchr(s, '\n', n);

	r->left -= eol != NULL;
	return eol ? (size_t)(eol - s) + 1 : n;
}

static size_t skip_bytes(struct wire_reader *r, size_t n)
{
	if (n > r->left)
		n = (size_t)r->left;
	r->left -= n;
	return n;
}

static size_t take(struct wire_reader *r, const char *s, size_t n, bool *whole)
{
	size_t taken;

	*whole = false;
	if (r->state == READ_LINE)
		return take_line(r, s, n, whole);
	taken = r->state == READ_LINES ? skip_line(r, s, n) : skip_bytes(r, n);
	if (!r->left) {
		r->state = READ_LINE;
		*whole = true;
	}
	return taken;
}

const struct wire wire_trawl = { "trawl", hello, request, take };
