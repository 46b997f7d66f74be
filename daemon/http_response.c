/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_response.c - what stands before a body, and the body's compression
 */
#include "http_reply.h"

#include <libdeflate.h>

enum {
	GZIP_MIN = 512, /* bytes of a body; less fits a packet as it is */
	GZIP_LEVEL = 1
};

/* Scripts and styles are files of ours: none is inside a page. */
#define PAGE_POLICY                                                            \
	"default-src 'none'; script-src 'self'; style-src 'self'; "            \
	"img-src 'self' data:; connect-src 'self'; form-action 'self'; "       \
	"base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
/* Documents are other people's bytes, whatever a browser takes them for. */
#define TEXT_POLICY "default-src 'none'; sandbox"

struct head {
	unsigned status;
	const char *type, *etag, *extra;
	size_t length; /* of the body */
	bool gzipped;
};

/* ------------------------------------------------------------- statuses -- */

unsigned http_status(enum error_code code)
{
	switch (code) {
	case ERROR_TIMEOUT:
		return 504;
	case ERROR_REVISION_GONE:
		return 409;
	case ERROR_BUSY:
	case ERROR_LOADING:
	case ERROR_WORKER_LOST:
	case ERROR_SHUTTING_DOWN:
		return 503;
	case ERROR_UNKNOWN_VERB:
	case ERROR_UNKNOWN_OPTION:
	case ERROR_BAD_VALUE:
	case ERROR_MISSING_VALUE:
	case ERROR_BAD_QUERY:
	case ERROR_TOO_COMPLEX:
	case ERROR_BAD_BYTES:
	case ERROR_WRONG_PROTOCOL:
		return 400;
	case ERROR_UNKNOWN_INDEX:
	case ERROR_NOT_FOUND:
		return 404;
	case ERROR_LINE_TOO_LONG:
	case ERROR_TOO_LARGE:
		return 413;
	case ERROR_AUTH_REQUIRED:
	case ERROR_AUTH_FAILED:
		return 401;
	case ERROR_NOT_ALLOWED:
		return 403;
	default:
		return 500;
	}
}

static const struct {
	unsigned status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 204, "No Content" },
	{ 304, "Not Modified" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 417, "Expectation Failed" },
	{ 421, "Misdirected Request" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
};

const char *http_reason(unsigned status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

/* ----------------------------------------------------------------- head -- */

static bool is_given(const char *s)
{
	return s && *s;
}

static void add_field(struct buf *out, const char *name, const char *value)
{
	buf_adds(out, name);
	buf_adds(out, ": ");
	buf_adds(out, value);
	buf_adds(out, "\r\n");
}

static void add_date(struct buf *out, int64_t now)
{
	const time_t seconds = (time_t)now;
	char text[64];
	struct tm tm;

	if (now > 0 && gmtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm))
		add_field(out, "Date", text);
}

/* Of a 304 and a 204 neither type nor length is said. */
static void add_content(struct buf *out, const struct head *h)
{
	if (h->status == 204 || h->status == 304)
		return;
	if (h->type)
		add_field(out, "Content-Type", h->type);
	buf_addf(out, "Content-Length: %zu\r\n", h->length);
	if (h->gzipped)
		buf_adds(out, "Content-Encoding: gzip\r\n");
}

/* What may be kept is asked about before it is used again. */
static void add_caching(struct buf *out, const struct http_wants *w,
			const struct head *h)
{
	const char *usual = "no-store";

	if (h->status < 400 && is_given(h->etag)) {
		add_field(out, "ETag", h->etag);
		usual = "no-cache";
	}
	if (h->status < 400 && is_given(w->cache))
		usual = w->cache;
	add_field(out, "Cache-Control", usual);
	add_field(out, "Vary",
		  w->by_origin ? "Accept-Encoding, Origin" : "Accept-Encoding");
}

static bool is_text_document(const char *type)
{
	return !strncmp(type, "text/plain", 10) ||
	       !strncmp(type, "text/tab-separated-values", 25);
}

static void add_policies(struct buf *out, const struct http_wants *w,
			 const struct head *h)
{
	buf_adds(out, "X-Content-Type-Options: nosniff\r\n"
		      "Referrer-Policy: no-referrer\r\n");
	if (h->type && !strncmp(h->type, "text/html", 9))
		add_field(out, "Content-Security-Policy", PAGE_POLICY);
	else if (h->type && is_text_document(h->type))
		add_field(out, "Content-Security-Policy", TEXT_POLICY);
	if (is_given(w->origin))
		add_field(out, "Access-Control-Allow-Origin", w->origin);
	else
		buf_adds(out, "Cross-Origin-Resource-Policy: same-origin\r\n");
}

static void add_head(struct buf *out, const struct http_wants *w,
		     const struct head *h)
{
	buf_addf(out, "HTTP/1.1 %u %s\r\n", h->status, http_reason(h->status));
	add_date(out, w->now);
	add_content(out, h);
	add_caching(out, w, h);
	add_policies(out, w, h);
	if ((h->status == 405 || h->status == 204) && is_given(w->allow))
		add_field(out, "Allow", w->allow);
	if (h->status == 401)
		buf_adds(out, "WWW-Authenticate: Bearer\r\n");
	if (h->status == 503)
		buf_adds(out, "Retry-After: 1\r\n");
	if (w->close)
		buf_adds(out, "Connection: close\r\n");
	buf_adds(out, h->extra ? h->extra : "");
	buf_adds(out, "\r\n");
}

/* ----------------------------------------------------------------- body -- */

/* The body compressed, to free(), with its length; NULL: it stays as it is.
 * A compressor is made each time, which costs as much as a few KB of its work:
 * one that is kept would need an owner in each process. */
static char *compress_body(const char *body, size_t n, size_t *len)
{
	struct libdeflate_compressor *c;
	char *out = malloc(n);

	if (!out)
		return NULL;
	*len = 0;
	c = libdeflate_alloc_compressor(GZIP_LEVEL);
	if (c)
		*len = libdeflate_gzip_compress(c, body, n, out, n);
	libdeflate_free_compressor(c);
	if (*len)
		return out;
	free(out);
	return NULL;
}

void http_print_body(struct buf *out, const struct http_wants *w,
		     unsigned status, const char *type, const char *etag,
		     const char *extra, const char *body, size_t n)
{
	size_t len = n;
	char *small =
		w->gzip && n >= GZIP_MIN ? compress_body(body, n, &len) : NULL;
	const struct head head = {
		.status = status,
		.type = type,
		.etag = etag,
		.extra = extra,
		.length = small ? len : n,
		.gzipped = small,
	};

	add_head(out, w, &head);
	if (!w->head && status != 204)
		buf_add(out, small ? small : body, head.length);
	free(small);
}

void http_print_unchanged(struct buf *out, const struct http_wants *w,
			  const char *etag)
{
	const struct head head = { .status = 304, .etag = etag };

	add_head(out, w, &head);
}
