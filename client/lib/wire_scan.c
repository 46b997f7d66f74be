/* SPDX-License-Identifier: MIT */
#include "wire_scan.h"

#include <string.h>

void wire_scan_init(struct wire_scan *s, size_t max)
{
	*s = (struct wire_scan){ .max = max };
}

static enum trawl_client_status too_long(const struct wire_scan *s,
					 struct trawl_client_error *err)
{
	return wire_fail(err, TRAWL_CLIENT_PROTOCOL,
			 "a reply of more than %zu bytes", s->max);
}

/* A reply that needs more than n bytes. */
static enum trawl_client_status more(const struct wire_scan *s, size_t n,
				     struct trawl_client_error *err)
{
	return n >= s->max ? too_long(s, err) : TRAWL_CLIENT_AGAIN;
}

/*
 * The line at s->at, without its line end, LF or CRLF; s->at is then behind
 * it.  AGAIN: its end has not come.
 */
static enum trawl_client_status next_line(struct wire_scan *s, const char *data,
					  size_t n, struct wire_slice *line)
{
	size_t from = s->searched > s->at ? s->searched : s->at;
	const char *end = memchr(data + from, '\n', n - from);

	if (!end) {
		s->searched = n;
		return TRAWL_CLIENT_AGAIN;
	}
	line->p = data + s->at;
	line->n = (size_t)(end - line->p);
	s->at += line->n + 1;
	if (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status begin_body(struct wire_scan *s,
					   const struct wire_head *head,
					   struct trawl_client_error *err)
{
	s->body = s->body_end = s->at;
	s->kind = head->body;
	s->count = s->left = head->count;
	s->npairs = head->npairs;
	s->step = s->kind == WIRE_LINES	  ? WIRE_IN_LINES
		  : s->kind == WIRE_BYTES ? WIRE_IN_BYTES
					  : WIRE_WHOLE;
	if (s->at > s->max || s->count > s->max - s->at)
		return too_long(s, err);
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status scan_head(struct wire_scan *s, const char *data,
					  size_t n,
					  struct trawl_client_error *err)
{
	/* Of a line too long, this is too long already. */
	const size_t enough = WIRE_LINE_MAX + sizeof("\r\n") - 1;
	struct wire_slice line;
	struct wire_head head;
	enum trawl_client_status st;

	if (!wire_head_begins(data, n))
		return wire_fail(err, TRAWL_CLIENT_PROTOCOL,
				 "neither OK nor ERR: \"%.*s\"",
				 (int)(n < 8 ? n : 8), data);
	st = next_line(s, data, n < enough ? n : enough, &line);
	if ((st == TRAWL_CLIENT_AGAIN && n >= enough) ||
	    (st == TRAWL_CLIENT_OK && line.n > WIRE_LINE_MAX))
		return wire_fail(err, TRAWL_CLIENT_PROTOCOL,
				 "a status line of more than %d bytes",
				 (int)WIRE_LINE_MAX);
	if (st == TRAWL_CLIENT_AGAIN)
		return more(s, n, err);
	s->head = line.n;
	st = wire_head_parse(line, &head, err);
	return st == TRAWL_CLIENT_OK ? begin_body(s, &head, err) : st;
}

/* A line is a C string for those who read it. */
static enum trawl_client_status scan_lines(struct wire_scan *s,
					   const char *data, size_t n,
					   struct trawl_client_error *err)
{
	struct wire_slice line;

	for (; s->left > 0; s->left--) {
		if (next_line(s, data, n, &line) == TRAWL_CLIENT_AGAIN)
			return more(s, n, err);
		if (memchr(line.p, '\0', line.n))
			return wire_fail(err, TRAWL_CLIENT_PROTOCOL,
					 "a NUL in a line of a reply");
	}
	s->body_end = s->at;
	s->step = WIRE_IN_END;
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status scan_bytes(struct wire_scan *s, size_t n,
					   struct trawl_client_error *err)
{
	/* Not beyond max, and so no overflow: begin_body() saw to it. */
	if (n - s->at < s->count)
		return more(s, n, err);
	s->at += (size_t)s->count;
	s->step = WIRE_IN_END;
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status scan_end(struct wire_scan *s, const char *data,
					 size_t n,
					 struct trawl_client_error *err)
{
	static const char *const lines[] = { "END\r\n", "END\n" };
	static const char *const bytes[] = { "\r\n", "\n" };
	const char *const *ends = s->kind == WIRE_LINES ? lines : bytes;
	bool begun = false;

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(ends[i]);
		size_t have = n - s->at < len ? n - s->at : len;

		if (memcmp(data + s->at, ends[i], have))
			continue;
		begun = true;
		if (have == len) {
			s->at += len;
			s->step = WIRE_WHOLE;
			return s->at > s->max ? too_long(s, err)
					      : TRAWL_CLIENT_OK;
		}
	}
	if (begun)
		return more(s, n, err);
	return wire_fail(err, TRAWL_CLIENT_PROTOCOL,
			 s->kind == WIRE_LINES
				 ? "a reply without END behind its lines"
				 : "a reply of more bytes than it said");
}

static enum trawl_client_status scan_step(struct wire_scan *s, const char *data,
					  size_t n,
					  struct trawl_client_error *err)
{
	switch (s->step) {
	case WIRE_IN_HEAD:
		return scan_head(s, data, n, err);
	case WIRE_IN_LINES:
		return scan_lines(s, data, n, err);
	case WIRE_IN_BYTES:
		return scan_bytes(s, n, err);
	case WIRE_IN_END:
		return scan_end(s, data, n, err);
	case WIRE_WHOLE:
		break;
	}
	return TRAWL_CLIENT_OK;
}

enum trawl_client_status wire_scan(struct wire_scan *s, const char *data,
				   size_t n, struct trawl_client_error *err)
{
	enum trawl_client_status st = TRAWL_CLIENT_OK;

	while (st == TRAWL_CLIENT_OK && s->step != WIRE_WHOLE)
		st = scan_step(s, data, n, err);
	return st;
}
