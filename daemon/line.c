/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "line.h"

#include "line_parse.h"

void line_reader_init(struct line_reader *r, struct line_limits limits)
{
	*r = (struct line_reader){ .limits = limits };
}

bool line_pending(const struct line_reader *r, size_t n)
{
	return n || r->tail || r->skip || r->skip_line;
}

const char *line_value(const struct line_request *rq, const char *key)
{
	for (size_t i = 0; i < rq->noptions; i++)
		if (!strcmp(rq->option[i].key, key))
			return rq->option[i].value;
	return NULL;
}

struct signature {
	const char *bytes, *name;
	size_t len;
};

#define SIGNATURE(bytes, name)                                                 \
	{                                                                      \
		bytes, name, sizeof(bytes) - 1                                 \
	}

/* No line of ours begins like this, and none has a line feed inside. */
static const struct signature signatures[] = {
	SIGNATURE("GET /", "HTTP"),    SIGNATURE("GET http", "HTTP"),
	SIGNATURE("HEAD ", "HTTP"),    SIGNATURE("POST ", "HTTP"),
	SIGNATURE("PUT ", "HTTP"),     SIGNATURE("DELETE ", "HTTP"),
	SIGNATURE("OPTIONS ", "HTTP"), SIGNATURE("PATCH ", "HTTP"),
	SIGNATURE("CONNECT ", "HTTP"), SIGNATURE("TRACE ", "HTTP"),
	SIGNATURE("PRI ", "HTTP"),     SIGNATURE("\x16\x03", "TLS"),
	SIGNATURE("SSH-", "SSH"),      SIGNATURE("\x80", "memcached's"),
};

static const char *foreign_protocol(const char *s, size_t n)
{
	for (size_t i = 0; i < sizeof(signatures) / sizeof(*signatures); i++)
		if (n >= signatures[i].len &&
		    !memcmp(s, signatures[i].bytes, signatures[i].len))
			return signatures[i].name;
	return n > 1 && *s == '*' && s[1] >= '0' && s[1] <= '9' ? "RESP" : NULL;
}

static enum line_tail tail_next(enum line_tail tail, char c)
{
	bool digit = c >= '0' && c <= '9';

	if (tail == TAIL_TEXT || c == '\r')
		return tail;
	if (c == ' ')
		return tail < TAIL_LITERAL ? TAIL_BLANK : TAIL_LITERAL_BLANK;
	switch (tail) {
	case TAIL_BLANK:
	case TAIL_LITERAL_BLANK:
		return c == ':' ? TAIL_TEXT : c == '=' ? TAIL_EQUALS : TAIL_KEY;
	case TAIL_KEY:
		return c == '=' ? TAIL_EQUALS : TAIL_KEY;
	case TAIL_EQUALS:
		return c == '{' ? TAIL_BRACE : TAIL_VALUE;
	case TAIL_DIGITS:
		if (c == '}')
			return TAIL_LITERAL;
		return digit ? TAIL_DIGITS : TAIL_VALUE;
	case TAIL_BRACE:
		return digit ? TAIL_DIGITS : TAIL_VALUE;
	default:
		return TAIL_VALUE;
	}
}

/*
 * A line that was too long may end in key={N}, as line_parse() would find it;
 * those octets are no requests either.  A length of 9 digits is never over.
 */
static size_t pass_tail(struct line_reader *r, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n') {
			r->skip_line = r->tail == TAIL_LITERAL ||
				       r->tail == TAIL_LITERAL_BLANK;
			if (!r->skip_line)
				r->skip = 0;
			r->tail = TAIL_NONE;
			return i + 1;
		}
		r->tail = tail_next(r->tail, s[i]);
		if (r->tail == TAIL_BRACE)
			r->skip = 0;
		else if (r->tail == TAIL_DIGITS)
			r->skip = r->skip < 10000000
					  ? 10 * r->skip + (size_t)(s[i] - '0')
					  : SIZE_MAX;
	}
	return n;
}

/* What was refused: how many of these bytes belong to it. */
static size_t pass_over(struct line_reader *r, const char *data, size_t n)
{
	size_t used = r->tail ? pass_tail(r, data, n) : 0, skip;
	const char *eol;

	skip = n - used < r->skip ? n - used : r->skip;
	r->skip -= skip;
	used += skip;
	if (r->skip || !r->skip_line || used == n)
		return used;
	eol = memchr(data + used, '\n', n - used);
	r->skip_line = !eol;
	return eol ? (size_t)(eol + 1 - data) : n;
}

/* Length of the line at s with its line feed; 0 when it has not come. */
static size_t whole_line(struct line_reader *r, const char *s, size_t n)
{
	const char *eol = memchr(s + r->searched, '\n', n - r->searched);

	r->searched = eol ? (size_t)(eol - s) : n;
	return eol ? r->searched + 1 : 0;
}

/* Without its line end; a CR at the end of what has come may be one. */
static size_t trimmed_length(const char *s, size_t n)
{
	if (n && s[n - 1] == '\n')
		n--;
	if (n && s[n - 1] == '\r')
		n--;
	return n;
}

static bool is_blank(const char *s, size_t n)
{
	while (n && s[n - 1] == ' ')
		n--;
	return !n;
}

/* The next request begins n bytes further on. */
static void forget_line(struct line_reader *r)
{
	r->begun = true;
	r->searched = 0;
	r->want = 0;
}

static enum line_event take_foreign(struct line_reader *r, const char *name,
				    struct line_error *err)
{
	forget_line(r);
	line_refuse(err, ERROR_WRONG_PROTOCOL,
		    "these bytes are %s; this is the line protocol of trawl",
		    name);
	return LINE_FATAL;
}

static enum line_event take_long(struct line_reader *r, char *data,
				 struct line_error *err)
{
	/* The same bytes, however many more have come. */
	line_tag(data, r->limits.max_line, err->tag);
	line_refuse(err, ERROR_LINE_TOO_LONG, "a line may have %zu bytes%s",
		    r->limits.max_line,
		    r->limits.max_literal ? " (max-line); q={N} takes more"
					  : " before AUTH");
	r->tail = TAIL_BLANK;
	return LINE_ERROR;
}

/*
 * The octets behind a line of len bytes: have they come, with their line end?
 * Sets *used to the length of all, or to what is refused.
 */
static enum line_event take_octets(struct line_reader *r,
				   const struct line_parse *p, size_t n,
				   size_t len, size_t *used)
{
	size_t end = len + p->literal.bytes;

	*used = 0;
	r->want = end + 1;
	if (n > end && p->data[end] == '\r')
		r->want++;
	if (n < r->want)
		return LINE_MORE;
	*used = r->want;
	if (p->data[r->want - 1] == '\n')
		return LINE_REQUEST;
	*used = end;
	r->skip_line = true;
	line_refuse(p->err, ERROR_BAD_VALUE,
		    "a line end must follow the %zu bytes of a literal",
		    p->literal.bytes);
	return LINE_ERROR;
}

/* A line of len bytes, with its line end, that is neither blank nor long. */
static enum line_event take_line(struct line_reader *r, struct line_parse *p,
				 size_t n, size_t len, size_t *used)
{
	enum line_event event = LINE_REQUEST;

	*used = len;
	if (!line_parse(p, &r->limits)) {
		if (p->literal.kind == LITERAL_NOT_BELIEVED)
			return LINE_FATAL;
		r->skip = p->literal.bytes;
		r->skip_line = p->literal.kind == LITERAL_GOOD;
		return LINE_ERROR;
	}
	if (p->literal.kind == LITERAL_GOOD)
		event = take_octets(r, p, n, len, used);
	if (event == LINE_REQUEST && !line_decode(p, p->data + len))
		event = LINE_ERROR;
	return event;
}

/* len: of the line with its line end, 0 when that has not come. */
static enum line_event take_first(struct line_reader *r, char *s, size_t n,
				  size_t len, size_t *used,
				  struct line_request *rq,
				  struct line_error *err)
{
	size_t trimmed = trimmed_length(s, len ? len : n);
	struct line_parse p = { s, s, s + trimmed, rq, err, { 0 } };
	enum line_event event = LINE_MORE;

	*used = 0;
	if (trimmed > r->limits.max_line) {
		event = take_long(r, s, err);
		*used = pass_tail(r, s, n);
	} else if (len) {
		while (p.end[-1] == ' ')
			p.end--;
		event = take_line(r, &p, n, len, used);
	}
	if (event != LINE_MORE)
		forget_line(r);
	return event;
}

enum line_event line_next(struct line_reader *r, char *data, size_t n,
			  size_t *used, struct line_request *rq,
			  struct line_error *err)
{
	size_t at = pass_over(r, data, n), len = 0, trimmed, taken;
	enum line_event event;

	rq->verb = NULL;
	rq->noptions = 0;
	rq->tag[0] = err->tag[0] = '\0';
	for (; at < n && n - at >= r->want; at += len) {
		const char *name = foreign_protocol(data + at, n - at);

		*used = n;
		if (name && !r->begun)
			return take_foreign(r, name, err);
		len = whole_line(r, data + at, n - at);
		trimmed = trimmed_length(data + at, len);
		if (!len || trimmed > r->limits.max_line ||
		    !is_blank(data + at, trimmed)) {
			event = take_first(r, data + at, n - at, len, &taken,
					   rq, err);
			*used = at + taken;
			return event;
		}
		r->searched = 0;
	}
	*used = at;
	return LINE_MORE;
}
