/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http_parse.h"

#include "http_head.h"

#include <stdint.h>

enum {
	EOL = 2 /* bytes of CRLF */
};

struct parse {
	struct http_reader *r;
	char *data; /* where the request begins */
	size_t n;
	struct http_request *rq;
	struct http_framing framing;
	struct http_refusal *refusal;
};

void http_reader_init(struct http_reader *r)
{
	*r = (struct http_reader){ 0 };
}

static enum http_event refuse(struct parse *p, unsigned status,
			      const char *text)
{
	http_refuse(p->refusal, status, text);
	return HTTP_REFUSED;
}

/* ---------------------------------------------------------------- lines -- */

/* What is wrong with the byte at i of a line; NULL: nothing. */
static const char *byte_fault(const struct parse *p, size_t i)
{
	unsigned char c = (unsigned char)p->data[i];
	bool after_cr = i > p->r->at && p->data[i - 1] == '\r';

	if (c == '\n')
		return after_cr ? NULL : "a line ends in CR and LF";
	if (after_cr)
		return "a CR without its LF";
	if (c == '\r' || (c == '\t' && p->r->part != PART_LINE))
		return NULL;
	return c < 0x20 || c == 0x7F ? "a control byte in a head" : NULL;
}

/*
 * The line at r->at, without its line end.  It must not reach the byte at
 * limit; long_status and long_text are for one that does.  HTTP_REQUEST says
 * here and below: this part has come.
 */
static enum http_event find_line(struct parse *p, size_t limit,
				 unsigned long_status, const char *long_text,
				 struct http_span *line)
{
	struct http_reader *r = p->r;

	for (; r->searched < p->n; r->searched++) {
		size_t i = r->searched;
		const char *fault = byte_fault(p, i);

		if (i >= limit)
			return refuse(p, long_status, long_text);
		if (fault)
			return refuse(p, 400, fault);
		if (p->data[i] == '\n') {
			*line = (struct http_span){ p->data + r->at,
						    i - 1 - r->at };
			r->searched++;
			return HTTP_REQUEST;
		}
	}
	return HTTP_MORE;
}

/* What was looked at has been dealt with. */
static void go_on(struct http_reader *r, enum http_part part)
{
	r->part = part;
	r->at = r->searched;
}

/* ----------------------------------------------------------------- head -- */

static enum http_event take_line(struct parse *p)
{
	struct http_span line;
	enum http_event event =
		find_line(p, HTTP_LINE_MAX + EOL, 414,
			  "a request line may have 8 KB", &line);

	if (event != HTTP_REQUEST)
		return event;
	/* At once: who speaks another protocol may wait for an answer. */
	if (!http_head_line(line, p->rq, &p->framing, p->refusal))
		return HTTP_REFUSED;
	go_on(p->r, PART_FIELDS);
	p->r->section = p->r->at;
	return event;
}

static bool parse_head(struct parse *p, size_t n)
{
	return http_head_parse((struct http_span){ p->data, n }, p->rq,
			       &p->framing, p->refusal);
}

static enum http_event end_head(struct parse *p)
{
	struct http_reader *r = p->r;

	if (!parse_head(p, r->searched))
		return HTTP_REFUSED;
	r->head = r->searched;
	r->want = r->head + p->framing.length;
	go_on(r, p->framing.chunked ? PART_SIZE : PART_BODY);
	return HTTP_REQUEST;
}

static enum http_event take_field(struct parse *p)
{
	struct http_span line;
	enum http_event event =
		find_line(p, p->r->section + HTTP_FIELDS_MAX + EOL, 431,
			  "header fields may have 16 KB", &line);

	if (event != HTTP_REQUEST)
		return event;
	if (!line.n)
		return end_head(p);
	go_on(p->r, PART_FIELDS);
	return event;
}

/* ----------------------------------------------------------------- body -- */

static enum http_event take_body(struct parse *p)
{
	if (p->n < p->r->want)
		return HTTP_MORE;
	p->r->part = PART_END;
	return HTTP_REQUEST;
}

/* "1a" or "1a;name=value"; nothing else, no blank either. */
static bool parse_size(struct http_span line, uint64_t *size)
{
	size_t i = 0;

	*size = 0;
	for (; i < line.n && i < HTTP_CHUNK_DIGITS; i++) {
		int digit = http_hex_digit(line.s[i]);

		if (digit < 0)
			break;
		*size = *size << 4 | (uint64_t)digit;
	}
	return i && (i == line.n ||
		     (line.s[i] == ';' && line.n - i <= HTTP_CHUNK_EXT_MAX));
}

/* A chunk of that size, or the last one, comes next. */
static enum http_event begin_chunk(struct parse *p, uint64_t size)
{
	struct http_reader *r = p->r;

	if (size > HTTP_BODY_MAX - r->body)
		return refuse(p, 413, "a body may have 1 MB");
	if (r->searched + size + EOL - r->head > HTTP_CHUNKED_MAX)
		return refuse(p, 413,
			      "a body in chunks may have 2 MB as it is sent");
	go_on(r, size ? PART_CHUNK : PART_TRAILERS);
	r->section = r->at;
	r->body += (size_t)size;
	if (size)
		r->want = r->at + (size_t)size + EOL;
	return HTTP_REQUEST;
}

static enum http_event take_size(struct parse *p)
{
	size_t limit = p->r->at + HTTP_CHUNK_DIGITS + HTTP_CHUNK_EXT_MAX + EOL;
	struct http_span line;
	uint64_t size;
	enum http_event event =
		find_line(p, limit, 400, "a chunk's line is too long", &line);

	if (event != HTTP_REQUEST)
		return event;
	if (!parse_size(line, &size))
		return refuse(p, 400, "a bad chunk size");
	return begin_chunk(p, size);
}

static enum http_event take_chunk(struct parse *p)
{
	struct http_reader *r = p->r;

	if (p->n < r->want)
		return HTTP_MORE;
	if (memcmp(p->data + r->want - EOL, "\r\n", EOL))
		return refuse(p, 400, "a chunk must end in CR and LF");
	r->searched = r->want;
	go_on(r, PART_SIZE);
	return HTTP_REQUEST;
}

/* What it says is not believed: it came too late to be looked at first. */
static enum http_event take_trailer(struct parse *p)
{
	struct http_reader *r = p->r;
	struct http_span line, name, value;
	enum http_event event =
		find_line(p, r->section + HTTP_TRAILERS_MAX + EOL, 431,
			  "trailers may have 1 KB", &line);

	if (event != HTTP_REQUEST)
		return event;
	if (line.n && !http_head_field(line, &name, &value, p->refusal))
		return HTTP_REFUSED;
	go_on(r, line.n ? PART_TRAILERS : PART_END);
	r->want = r->searched;
	return event;
}

/* All chunks are there and good: their bytes, one behind the other. */
static size_t join_chunks(char *body, size_t n)
{
	char *to = body, *from = body, *end = body + n;
	uint64_t size;

	for (;;) {
		char *eol = memchr(from, '\n', (size_t)(end - from));
		struct http_span line = { from, (size_t)(eol - 1 - from) };

		if (!parse_size(line, &size) || !size)
			return (size_t)(to - body);
		memmove(to, eol + 1, size);
		to += size;
		from = eol + 1 + size + EOL;
	}
}

/* -------------------------------------------------------------- requests -- */

static enum http_event (*const take_part[])(struct parse *) = {
	[PART_LINE] = take_line,   [PART_FIELDS] = take_field,
	[PART_BODY] = take_body,   [PART_SIZE] = take_size,
	[PART_CHUNK] = take_chunk, [PART_TRAILERS] = take_trailer,
};

/* Bytes of the empty lines before a request: some send one behind a body. */
static size_t pass_blank(struct http_reader *r, const char *data, size_t n)
{
	size_t at = 0;

	while (r->part == PART_LINE && n - at >= EOL &&
	       !memcmp(data + at, "\r\n", EOL) && r->blank <= HTTP_BLANK_MAX) {
		at += EOL;
		r->blank++;
		r->searched = 0;
	}
	return at;
}

static void fill_in_body(struct parse *p)
{
	char *body = p->data + p->r->head;
	size_t n = p->r->want - p->r->head;

	if (p->framing.chunked)
		n = join_chunks(body, n);
	p->rq->body = (struct http_span){ body, n };
}

static enum http_event take_request(struct parse *p)
{
	bool seen = p->r->head > 0;
	enum http_event event = HTTP_REQUEST;

	if (p->r->blank > HTTP_BLANK_MAX)
		return refuse(p, 400, "empty lines instead of a request");
	while (event == HTTP_REQUEST && p->r->part != PART_END)
		event = take_part[p->r->part](p);
	if (event != HTTP_REQUEST)
		return event;
	/* Once more: the bytes may be elsewhere than they were then. */
	if (seen && !parse_head(p, p->r->head))
		return HTTP_REFUSED;
	fill_in_body(p);
	return event;
}

enum http_event http_next(struct http_reader *r, char *data, size_t n,
			  size_t *used, struct http_request *rq,
			  struct http_refusal *refusal)
{
	enum http_event event;

	*used = 0;
	if (n < r->want)
		return HTTP_MORE;
	*used = pass_blank(r, data, n);

	struct parse p = { .r = r,
			   .data = data + *used,
			   .n = n - *used,
			   .rq = rq,
			   .refusal = refusal };

	event = take_request(&p);
	if (event == HTTP_MORE)
		return event;
	*used = event == HTTP_REQUEST ? *used + r->want : n;
	http_reader_init(r);
	return event;
}
