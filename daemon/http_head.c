/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http_head.h"

#include "utf8.h"

#include <stdint.h>
#include <strings.h>

enum {
	LENGTH_DIGITS = 19, /* all that 2^63 needs */
	PORT_DIGITS = 5
};

enum field_id {
	FIELD_HOST,
	FIELD_LENGTH,
	FIELD_CHUNKED,
	FIELD_CODING,
	FIELD_TYPE,
	FIELD_AUTHORIZATION,
	FIELD_IF_NONE_MATCH,
	FIELD_ORIGIN,
	FIELD_EXPECT,
	FIELDS_ONCE, /* the others are lists and may come in parts */
	FIELD_CONNECTION = FIELDS_ONCE,
	FIELD_ACCEPT_ENCODING,
	FIELDS
};

static const char *const field_names[FIELDS] = {
	[FIELD_HOST] = "Host",
	[FIELD_LENGTH] = "Content-Length",
	[FIELD_CHUNKED] = "Transfer-Encoding",
	[FIELD_CODING] = "Content-Encoding",
	[FIELD_TYPE] = "Content-Type",
	[FIELD_AUTHORIZATION] = "Authorization",
	[FIELD_IF_NONE_MATCH] = "If-None-Match",
	[FIELD_ORIGIN] = "Origin",
	[FIELD_EXPECT] = "Expect",
	[FIELD_CONNECTION] = "Connection",
	[FIELD_ACCEPT_ENCODING] = "Accept-Encoding",
};

/* Of a content coding. */
enum wish {
	WISH_UNSAID,
	WISH_YES,
	WISH_NO
};

struct head {
	struct http_request *rq;
	struct http_framing *framing;
	struct http_refusal *refusal;
	struct http_span field[FIELDS_ONCE];
	bool close, keep_alive;
	enum wish gzip, others;
};

bool http_refuse(struct http_refusal *refusal, unsigned status,
		 const char *text)
{
	*refusal = (struct http_refusal){ .status = status, .text = text };
	return false;
}

/* ---------------------------------------------------------------- spans -- */

bool http_span_is(struct http_span a, const char *b)
{
	return a.n == strlen(b) && !strncasecmp(a.s, b, a.n);
}

static bool is_exactly(struct http_span a, const char *b)
{
	return a.n == strlen(b) && !memcmp(a.s, b, a.n);
}

int http_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int http_decode_byte(const char **s, const char *end)
{
	int hi, lo, c = (unsigned char)*(*s)++;

	if (c != '%')
		return c;
	hi = end - *s > 1 ? http_hex_digit((*s)[0]) : -1;
	lo = end - *s > 1 ? http_hex_digit((*s)[1]) : -1;
	*s += hi < 0 || lo < 0 ? 0 : 2;
	return hi < 0 || lo < 0 ? -1 : hi << 4 | lo;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_token(struct http_span t)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < t.n; i++)
		if (!is_alnum(t.s[i]) && !(t.s[i] && strchr(others, t.s[i])))
			return false;
	return t.n > 0;
}

static struct http_span trimmed(struct http_span t)
{
	while (t.n && (*t.s == ' ' || *t.s == '\t')) {
		t.s++;
		t.n--;
	}
	while (t.n && (t.s[t.n - 1] == ' ' || t.s[t.n - 1] == '\t'))
		t.n--;
	return t;
}

/* What *rest begins with up to c, which is taken, too; false: there is none. */
static bool cut(struct http_span *rest, char c, struct http_span *out)
{
	const char *at = memchr(rest->s, c, rest->n);

	if (!at)
		return false;
	*out = (struct http_span){ rest->s, (size_t)(at - rest->s) };
	rest->n -= out->n + 1;
	rest->s = at + 1;
	return true;
}

bool http_span_next(struct http_span *list, char separator,
		    struct http_span *item)
{
	if (!list->s)
		return false;
	if (!cut(list, separator, item)) {
		*item = *list;
		*list = (struct http_span){ 0 };
	}
	*item = trimmed(*item);
	return true;
}

/* ----------------------------------------------------------------- host -- */

static bool is_port(const char *s, size_t n)
{
	size_t i = 1;

	while (i < n && is_digit(s[i]))
		i++;
	return *s == ':' && i == n && n > 1 && n <= PORT_DIGITS + 1;
}

/* "[::1]": how many bytes; 0 when it is none. */
static size_t literal_length(struct http_span host)
{
	size_t i = 1;

	while (i < host.n && (http_hex_digit(host.s[i]) >= 0 ||
			      host.s[i] == ':' || host.s[i] == '.'))
		i++;
	return i > 1 && i < host.n && host.s[i] == ']' ? i + 1 : 0;
}

static size_t name_length(struct http_span host)
{
	size_t i = 0;

	while (i < host.n && (is_alnum(host.s[i]) || host.s[i] == '-' ||
			      host.s[i] == '.' || host.s[i] == '_'))
		i++;
	return i;
}

/* Percent-encoding, users and commas have no business in a name. */
static bool good_host(struct http_span host)
{
	size_t n;

	if (!host.n || host.n > HTTP_HOST_MAX)
		return false;
	n = *host.s == '[' ? literal_length(host) : name_length(host);
	return n && (n == host.n || is_port(host.s + n, host.n - n));
}

/* --------------------------------------------------------- request line -- */

static bool parse_version(struct head *h, struct http_span version)
{
	if (version.n != strlen("HTTP/1.1") || memcmp(version.s, "HTTP/", 5) ||
	    !is_digit(version.s[5]) || version.s[6] != '.' ||
	    !is_digit(version.s[7]))
		return http_refuse(h->refusal, 400,
				   "a request line ends in HTTP/1.1");
	h->framing->old = is_exactly(version, "HTTP/1.0");
	return h->framing->old || is_exactly(version, "HTTP/1.1") ||
	       http_refuse(h->refusal, 505, "HTTP/1.1 is spoken here");
}

static bool parse_method(struct head *h, struct http_span method)
{
	static const char *const ours[] = {
		[HTTP_GET] = "GET",
		[HTTP_HEAD] = "HEAD",
		[HTTP_POST] = "POST",
		[HTTP_OPTIONS] = "OPTIONS",
	};
	static const char *const others[] = { "PUT", "DELETE", "PATCH", "TRACE",
					      "CONNECT" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (is_exactly(method, ours[i])) {
			h->rq->method = (enum http_method)i;
			return true;
		}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (is_exactly(method, others[i])) {
			http_refuse(h->refusal, 405,
				    "GET, HEAD, POST and OPTIONS are served");
			h->refusal->allow = "GET, HEAD, POST, OPTIONS";
			return false;
		}
	return http_refuse(h->refusal, 501, "there is no such method");
}

static int path_byte(const char **s, const char *end)
{
	int c = http_decode_byte(s, end);

	return c < 0x20 || c == 0x7F ? -1 : c;
}

/* Some who pass a request on take "a/../b" for "b", and some do not. */
static const char *path_fault(struct http_span path)
{
	const char *s = path.s, *end = s + path.n;
	unsigned dots = 3; /* of a segment that is "", "." or ".."; else 3 */

	while (s < end) {
		int c = path_byte(&s, end);

		if (c < 0)
			return "a path has a bad %XX";
		if (c != '/')
			dots = c == '.' && dots < 3 ? dots + 1 : 3;
		else if (dots == 1 || dots == 2)
			break;
		else
			dots = 0;
	}
	return dots == 1 || dots == 2 ? "a path has no \".\" and no \"..\""
				      : NULL;
}

/* Take "http://HOST" from a target; what is left begins with "/" or "?", or is
 * empty. */
static bool parse_authority(struct head *h, struct http_span *target)
{
	static const char scheme[] = "http://";
	const size_t nscheme = sizeof(scheme) - 1;
	struct http_span host;

	if (target->n < nscheme || strncasecmp(target->s, scheme, nscheme))
		return http_refuse(h->refusal, 400,
				   "a target is /PATH or http://HOST/PATH");
	target->s += nscheme;
	target->n -= nscheme;
	host = *target;
	for (host.n = 0; host.n < target->n; host.n++)
		if (host.s[host.n] == '/' || host.s[host.n] == '?')
			break;
	if (!good_host(host))
		return http_refuse(h->refusal, 400, "the target's host is bad");
	h->rq->host = host;
	target->s += host.n;
	target->n -= host.n;
	return true;
}

static bool parse_target(struct head *h, struct http_span target)
{
	struct http_request *rq = h->rq;
	const char *fault;

	if (memchr(target.s, '#', target.n) ||
	    utf8_valid(target.s, target.n) != target.n)
		return http_refuse(h->refusal, 400,
				   "a target is UTF-8 without \"#\"");
	if (*target.s != '/' && !parse_authority(h, &target))
		return false;
	if (cut(&target, '?', &rq->path))
		rq->query = target;
	else
		rq->path = target;
	if (!rq->path.n)
		rq->path = (struct http_span){ "/", 1 };
	fault = path_fault(rq->path);
	return !fault || http_refuse(h->refusal, 400, fault);
}

static bool parse_line(struct head *h, struct http_span line)
{
	struct http_span method, target;
	bool words = cut(&line, ' ', &method) && is_token(method);

	/* "GET /" is HTTP/0.9. */
	if (words && line.n && *line.s == '/' && !memchr(line.s, ' ', line.n))
		return http_refuse(h->refusal, 505, "HTTP/1.1 is spoken here");
	if (!words || !cut(&line, ' ', &target) || !target.n)
		return http_refuse(h->refusal, 400,
				   "a request line is METHOD TARGET HTTP/1.1");
	return parse_version(h, line) && parse_method(h, method) &&
	       parse_target(h, target);
}

bool http_head_line(struct http_span line, struct http_request *rq,
		    struct http_framing *framing, struct http_refusal *refusal)
{
	struct head h = { .rq = rq, .framing = framing, .refusal = refusal };

	*rq = (struct http_request){ 0 };
	*framing = (struct http_framing){ 0 };
	return parse_line(&h, line);
}

/* --------------------------------------------------------------- fields -- */

bool http_head_field(struct http_span line, struct http_span *name,
		     struct http_span *value, struct http_refusal *refusal)
{
	/* A blank before the colon, or before all, makes it no token. */
	if (!cut(&line, ':', name) || !is_token(*name))
		return http_refuse(refusal, 400,
				   "a header field is NAME: VALUE on one line");
	*value = trimmed(line);
	return true;
}

static enum field_id find_field(struct http_span name)
{
	enum field_id id = 0;

	while (id < FIELDS && !http_span_is(name, field_names[id]))
		id++;
	return id;
}

static void take_connection(struct head *h, struct http_span list)
{
	struct http_span option;

	while (http_span_next(&list, ',', &option)) {
		h->close |= http_span_is(option, "close");
		h->keep_alive |= http_span_is(option, "keep-alive");
	}
}

/* Is there a "q=0" or "q=0.000" among the parameters? */
static bool weighs_nothing(struct http_span parameters)
{
	struct http_span p;

	while (http_span_next(&parameters, ';', &p)) {
		if (p.n < 2 || (*p.s | 0x20) != 'q' || p.s[1] != '=')
			continue;
		for (size_t i = 2; i < p.n; i++)
			if (p.s[i] != '0' && p.s[i] != '.')
				return false;
		return true;
	}
	return false;
}

static void take_codings(struct head *h, struct http_span list)
{
	struct http_span item, name;

	while (http_span_next(&list, ',', &item)) {
		enum wish wish = WISH_YES;

		if (!cut(&item, ';', &name))
			name = item;
		else if (weighs_nothing(item))
			wish = WISH_NO;
		name = trimmed(name);
		if (http_span_is(name, "gzip") || http_span_is(name, "x-gzip"))
			h->gzip = wish;
		else if (http_span_is(name, "*"))
			h->others = wish;
	}
}

static bool take_field(struct head *h, struct http_span line)
{
	struct http_span name, value;
	enum field_id id;

	if (!http_head_field(line, &name, &value, h->refusal))
		return false;
	id = find_field(name);
	if (id == FIELD_CONNECTION)
		take_connection(h, value);
	else if (id == FIELD_ACCEPT_ENCODING)
		take_codings(h, value);
	else if (id < FIELDS_ONCE && h->field[id].s)
		return http_refuse(h->refusal, 400,
				   "a header field came twice");
	else if (id < FIELDS_ONCE)
		h->field[id] = value;
	return true;
}

/* The next line of those left, without its line end. */
static bool next_line(struct http_span *rest, struct http_span *line)
{
	if (!cut(rest, '\n', line) || !line->n)
		return false;
	line->n--;
	return true;
}

static bool parse_fields(struct head *h, struct http_span rest)
{
	struct http_span line;

	for (size_t n = 0; next_line(&rest, &line) && line.n; n++) {
		if (n == HTTP_NFIELDS_MAX)
			return http_refuse(h->refusal, 431,
					   "a request may have 64 fields");
		if (!take_field(h, line))
			return false;
	}
	return true;
}

/* --------------------------------------------- what the fields say together -- */

static bool check_host(struct head *h)
{
	struct http_span host = h->field[FIELD_HOST];

	if (host.s ? !good_host(host) : !h->framing->old)
		return http_refuse(h->refusal, 400,
				   "one Host: NAME or NAME:PORT is needed");
	if (!h->rq->host.s)
		h->rq->host = host;
	return true;
}

/* Digits alone, and no needless zero: "010" is 8 for some.  False: it is
 * none, or 2^63 and more. */
static bool parse_length(struct http_span digits, uint64_t *out)
{
	*out = 0;
	if (!digits.n || digits.n > LENGTH_DIGITS ||
	    (digits.n > 1 && *digits.s == '0'))
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (!is_digit(digits.s[i]))
			return false;
		*out = 10 * *out + (uint64_t)(digits.s[i] - '0');
	}
	return *out <= INT64_MAX;
}

static bool check_framing(struct head *h)
{
	struct http_span chunked = h->field[FIELD_CHUNKED];
	struct http_span digits = h->field[FIELD_LENGTH];
	uint64_t length = 0;

	if (chunked.s &&
	    (digits.s || h->framing->old || !http_span_is(chunked, "chunked")))
		return http_refuse(h->refusal, 400,
				   "Transfer-Encoding: chunked, without "
				   "Content-Length, in HTTP/1.1, or none");
	if (digits.s && !parse_length(digits, &length))
		return http_refuse(h->refusal, 400, "a bad Content-Length");
	if (h->rq->method != HTTP_POST && (chunked.s || length))
		return http_refuse(h->refusal, 400, "POST alone has a body");
	if (length > HTTP_BODY_MAX)
		return http_refuse(h->refusal, 413, "a body may have 1 MB");
	h->framing->chunked = chunked.s != NULL;
	h->framing->length = (size_t)length;
	return true;
}

static bool check_rest(struct head *h)
{
	struct http_span expect = h->field[FIELD_EXPECT];
	struct http_span coding = h->field[FIELD_CODING];

	if (expect.s && !http_span_is(expect, "100-continue"))
		return http_refuse(h->refusal, 417,
				   "Expect: 100-continue, or nothing");
	if (coding.s && !http_span_is(coding, "identity"))
		return http_refuse(h->refusal, 415,
				   "a body must not be compressed");
	return true;
}

static void fill_in(struct head *h)
{
	struct http_request *rq = h->rq;

	rq->authorization = h->field[FIELD_AUTHORIZATION];
	rq->if_none_match = h->field[FIELD_IF_NONE_MATCH];
	rq->origin = h->field[FIELD_ORIGIN];
	rq->content_type = h->field[FIELD_TYPE];
	rq->accepts_gzip = h->gzip == WISH_YES ||
			   (h->gzip == WISH_UNSAID && h->others == WISH_YES);
	rq->close = h->close || (h->framing->old && !h->keep_alive);
}

bool http_head_parse(struct http_span head, struct http_request *rq,
		     struct http_framing *framing, struct http_refusal *refusal)
{
	struct head h = { .rq = rq, .framing = framing, .refusal = refusal };
	struct http_span line;

	if (!next_line(&head, &line) ||
	    !http_head_line(line, rq, framing, refusal) ||
	    !parse_fields(&h, head) || !check_host(&h) || !check_framing(&h) ||
	    !check_rest(&h))
		return false;
	fill_in(&h);
	return true;
}
