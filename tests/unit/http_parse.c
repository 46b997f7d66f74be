/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * daemon/http_parse, http_head: bytes to HTTP requests
 *
 * A case is bytes and the events that they are, a line an event:
 *
 *	GET /path?query host=a:80 type=x body=[...] gzip close ...	request
 *	400 text							refusal
 *	405 GET, HEAD: text
 *	...						bytes are left over
 *
 * Every case is read whole, split at every place, and a byte at a time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "buf.h"
#include "http_parse.h"
#include "utf8.h"

enum {
	EVENTS_MAX = 4 << 20
};

struct feed {
	struct http_reader reader;
	struct buf kept;   /* bytes that were not taken */
	struct buf events; /* as above */
	bool refused;
};

static void add_span(struct buf *out, const char *name, struct http_span v)
{
	if (!v.s)
		return;
	buf_adds(out, name);
	buf_add(out, v.s, v.n);
}

static void add_request(struct buf *out, const struct http_request *rq)
{
	static const char *const methods[] = { "GET", "HEAD", "POST",
					       "OPTIONS" };

	buf_adds(out, methods[rq->method]);
	assert_true(rq->path.n && *rq->path.s == '/');
	assert_int_equal(utf8_valid(rq->path.s, rq->path.n), rq->path.n);
	add_span(out, " ", rq->path);
	add_span(out, "?", rq->query);
	add_span(out, " host=", rq->host);
	add_span(out, " auth=", rq->authorization);
	add_span(out, " none-match=", rq->if_none_match);
	add_span(out, " origin=", rq->origin);
	add_span(out, " type=", rq->content_type);
	buf_adds(out, rq->accepts_gzip ? " gzip" : "");
	buf_adds(out, rq->close ? " close" : "");
	if (rq->body.n) {
		add_span(out, " body=[", rq->body);
		buf_addc(out, ']');
	}
	buf_addc(out, '\n');
}

static void add_refusal(struct buf *out, const struct http_refusal *no)
{
	assert_true(*no->text);
	assert_int_equal(strcspn(no->text, "\r\n"), strlen(no->text));
	assert_int_equal(no->allow != NULL, no->status == 405);
	buf_addf(out, "%u ", no->status);
	if (no->allow)
		buf_addf(out, "%s: ", no->allow);
	buf_addf(out, "%s\n", no->text);
}

static enum http_event next_event(struct feed *f, char *data, size_t n,
				  size_t *used)
{
	struct http_request rq;
	struct http_refusal no;
	enum http_event event = http_next(&f->reader, data, n, used, &rq, &no);

	assert_in_range(*used, 0, n);
	if (event == HTTP_REQUEST)
		add_request(&f->events, &rq);
	else if (event == HTTP_REFUSED)
		add_refusal(&f->events, &no);
	f->refused = event == HTTP_REFUSED;
	assert_true(*used || event == HTTP_MORE);
	assert_true(*used == n || event != HTTP_REFUSED);
	return event;
}

/* More bytes have come: in memory of their very size, so that a tool sees. */
static void feed(struct feed *f, const char *bytes, size_t n)
{
	enum http_event event = HTTP_REQUEST;
	size_t used;
	char *data, *at;

	if (f->refused)
		return;
	buf_add(&f->kept, bytes, n);
	n = f->kept.len;
	data = at = malloc(n + !n);
	assert_non_null(data);
	memcpy(data, f->kept.data, n);
	while (event == HTTP_REQUEST) {
		event = next_event(f, at, n, &used);
		at += used;
		n -= used;
	}
	buf_reset(&f->kept);
	buf_add(&f->kept, at, n);
	assert_true(n < HTTP_REQUEST_MAX);
	free(data);
}

static void feed_init(struct feed *f)
{
	memset(f, 0, sizeof(*f));
	buf_init(&f->kept, EVENTS_MAX);
	buf_init(&f->events, EVENTS_MAX);
	http_reader_init(&f->reader);
}

static char *feed_end(struct feed *f)
{
	if (!f->refused && f->kept.len)
		buf_adds(&f->events, "...\n");
	buf_release(&f->kept);
	return buf_detach(&f->events);
}

/* Pieces of step bytes after a first one of split bytes. */
static char *events_of(const char *bytes, size_t n, size_t split, size_t step)
{
	struct feed f;

	feed_init(&f);
	feed(&f, bytes, split);
	for (size_t at = split; at < n; at += step)
		feed(&f, bytes + at, step < n - at ? step : n - at);
	return feed_end(&f);
}

static void check_split(const char *bytes, size_t n, size_t split, size_t step,
			const char *wanted)
{
	char *got = events_of(bytes, n, split, step);

	assert_string_equal(got, wanted);
	free(got);
}

static void check(const char *bytes, size_t n, const char *wanted)
{
	check_split(bytes, n, n, 1, wanted);
	for (size_t split = 0; split <= n; split++)
		check_split(bytes, n, split, n, wanted);
	for (size_t step = 1; step <= 3; step++)
		check_split(bytes, n, 0, step, wanted);
}

struct http_case {
	const char *bytes;
	size_t n;
	const char *events;
};

#define CASE(bytes, events)                                                    \
	{                                                                      \
		bytes, sizeof(bytes) - 1, events                               \
	}
/* A request with one more field; a POST likewise; more behind its head. */
#define FIELD(field, events)                                                   \
	CASE("GET / HTTP/1.1\r\nHost: a\r\n" field "\r\n\r\n", events)
#define POST(field, body, events)                                              \
	CASE("POST / HTTP/1.1\r\nHost: a\r\n" field "\r\n\r\n" body, events)
#define LINE(line, events)     CASE(line "\r\nHost: a\r\n\r\n", events)
#define TARGET(target, events) LINE("GET " target " HTTP/1.1", events)
/* What stands behind is not looked at. */
#define SMUGGLED	       "GET /smug HTTP/1.1\r\nHost: a\r\n\r\n"

#define R_LINE	  "400 a request line is METHOD TARGET HTTP/1.1\n"
#define R_VERSION "400 a request line ends in HTTP/1.1\n"
#define R_505	  "505 HTTP/1.1 is spoken here\n"
#define R_405                                                                  \
	"405 GET, HEAD, POST, OPTIONS: GET, HEAD, POST and OPTIONS are "       \
	"served\n"
#define R_501	       "501 there is no such method\n"
#define R_TARGET       "400 a target is /PATH or http://HOST/PATH\n"
#define R_TARGET_BYTES "400 a target is UTF-8 without \"#\"\n"
#define R_TARGET_HOST  "400 the target's host is bad\n"
#define R_DOTS	       "400 a path has no \".\" and no \"..\"\n"
#define R_PERCENT      "400 a path has a bad %XX\n"
#define R_CONTROL      "400 a control byte in a head\n"
#define R_LF	       "400 a line ends in CR and LF\n"
#define R_CR	       "400 a CR without its LF\n"
#define R_FIELD	       "400 a header field is NAME: VALUE on one line\n"
#define R_TWICE	       "400 a header field came twice\n"
#define R_HOST	       "400 one Host: NAME or NAME:PORT is needed\n"
#define R_CODING                                                               \
	"400 Transfer-Encoding: chunked, without Content-Length, in "          \
	"HTTP/1.1, or none\n"
#define R_LENGTH "400 a bad Content-Length\n"
#define R_BODY	 "400 POST alone has a body\n"
#define R_413	 "413 a body may have 1 MB\n"
#define R_SIZE	 "400 a bad chunk size\n"
#define R_CHUNK	 "400 a chunk must end in CR and LF\n"
#define R_BLANK	 "400 empty lines instead of a request\n"

/* clang-format off */
static const struct http_case lines[] = {
	CASE("", ""),
	LINE("GET / HTTP/1.1", "GET / host=a\n"),
	LINE("HEAD /x HTTP/1.1", "HEAD /x host=a\n"),
	LINE("POST /search HTTP/1.1", "POST /search host=a\n"),
	LINE("OPTIONS /search HTTP/1.1", "OPTIONS /search host=a\n"),
	LINE("GET / HTTP/1.0", "GET / host=a close\n"),
	CASE("GET / HTTP/1.0\r\n\r\n", "GET / close\n"),
	CASE("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET /\n"),
	CASE("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n",
	     "GET / close\n"),
	CASE("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\n"
	     "GET /3 HTTP/1.1\r\n",
	     "GET /1 host=a\nGET /2 host=b\n...\n"),
	/* Empty lines before a request. */
	CASE("\r\n", ""),
	CASE("\r", "...\n"),
	CASE("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n\r\n", "GET / host=a\n"),
	CASE("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
	     "GET / host=a\n"),
	CASE("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" SMUGGLED, R_BLANK),
	CASE("\n" SMUGGLED, R_LF),
	CASE("\r\r\n" SMUGGLED, R_CR),
	CASE("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", R_CR),
	/* Not whole. */
	CASE("G", "...\n"),
	CASE("GET / HTTP/1.1", "...\n"),
	CASE("GET / HTTP/1.1\r", "...\n"),
	CASE("GET / HTTP/1.1\r\nHost: a\r\n\r", "...\n"),
	/* Not a line. */
	CASE("x\r\n" SMUGGLED, R_LINE),
	CASE("GET \r\n" SMUGGLED, R_LINE),
	CASE("GET  / HTTP/1.1\r\n" SMUGGLED, R_LINE),
	CASE(" GET / HTTP/1.1\r\n" SMUGGLED, R_LINE),
	CASE("GET /  HTTP/1.1\r\n" SMUGGLED, R_VERSION),
	CASE("GET / HTTP/1.1 \r\n" SMUGGLED, R_VERSION),
	CASE("GET / x HTTP/1.1\r\n" SMUGGLED, R_VERSION),
	CASE("GET / http/1.1\r\n" SMUGGLED, R_VERSION),
	CASE("GET / HTTP/11\r\n" SMUGGLED, R_VERSION),
	CASE("GET / HTTP/1.10\r\n" SMUGGLED, R_VERSION),
	CASE("GET / HTTP/1,1\r\n" SMUGGLED, R_VERSION),
	CASE("GET / HTTP/a.1\r\n" SMUGGLED, R_VERSION),
	CASE("GET / HTTPS/1.1\r\n" SMUGGLED, R_VERSION),
	CASE("G(T / HTTP/1.1\r\n" SMUGGLED, R_LINE),
	CASE("G\xC3\x89T / HTTP/1.1\r\n" SMUGGLED, R_LINE),
	CASE("GET\t/\tHTTP/1.1\r\n" SMUGGLED, R_CONTROL),
	CASE("GET /\x0bx HTTP/1.1\r\n" SMUGGLED, R_CONTROL),
	CASE("GET /\x7f HTTP/1.1\r\n" SMUGGLED, R_CONTROL),
	CASE("\x16\x03\x01\x02\x00\x01\xfc", R_CONTROL),
	CASE("GET / HTTP/1.1\r\r\n" SMUGGLED, R_CR),
	CASE("GET / HTTP/1.1\rHost: a\r\n\r\n", R_CR),
	CASE("GET / HTTP/1.1\nHost: a\n\n", R_LF),
	/* Other versions: at once, with no end of a head in sight. */
	CASE("GET /\r\n", R_505),
	CASE("GET / HTTP/0.9\r\n", R_505),
	CASE("GET / HTTP/1.2\r\n", R_505),
	CASE("GET / HTTP/9.9\r\n", R_505),
	CASE("GET / HTTP/2.0\r\n", R_505),
	CASE("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", R_505),
	/* Other methods. */
	CASE("PUT / HTTP/1.1\r\n", R_405),
	CASE("DELETE /doc/a HTTP/1.1\r\n", R_405),
	CASE("PATCH / HTTP/1.1\r\n", R_405),
	CASE("TRACE / HTTP/1.1\r\n", R_405),
	CASE("CONNECT a:443 HTTP/1.1\r\n", R_405),
	CASE("FOO / HTTP/1.1\r\n", R_501),
	CASE("get / HTTP/1.1\r\n", R_501),
	CASE("GETS / HTTP/1.1\r\n", R_501),
	CASE("GE / HTTP/1.1\r\n", R_501),
};

static const struct http_case targets[] = {
	TARGET("/a/b.txt", "GET /a/b.txt host=a\n"),
	TARGET("/doc/a%20b%2Fc%C3%A9", "GET /doc/a%20b%2Fc%C3%A9 host=a\n"),
	TARGET("/search?q=a+b&limit=3", "GET /search?q=a+b&limit=3 host=a\n"),
	TARGET("/?", "GET /? host=a\n"),
	TARGET("/??a?b", "GET /??a?b host=a\n"),
	TARGET("//evil/", "GET //evil/ host=a\n"),
	TARGET("/search?q=caf\xC3\xA9|\"<x>", "GET /search?q=caf\xC3\xA9|\"<x> host=a\n"),
	/* What a query says is its decoder's business. */
	TARGET("/search?q=%zz%00/../", "GET /search?q=%zz%00/../ host=a\n"),
	TARGET("/search?q=\xFF", R_TARGET_BYTES),
	TARGET("/\xC0\xAF", R_TARGET_BYTES),
	TARGET("/a#b", R_TARGET_BYTES),
	TARGET("/a?q=c#", R_TARGET_BYTES),
	TARGET("/..", R_DOTS),
	TARGET("/.", R_DOTS),
	TARGET("/../etc/passwd", R_DOTS),
	TARGET("/doc/..?x", R_DOTS),
	TARGET("/doc/%2e%2E/x", R_DOTS),
	TARGET("/doc/.%2e%2fx", R_DOTS),
	TARGET("/doc/./x", R_DOTS),
	TARGET("/...", "GET /... host=a\n"),
	TARGET("/..a/.b/c./d..", "GET /..a/.b/c./d.. host=a\n"),
	TARGET("/%", R_PERCENT),
	TARGET("/%4", R_PERCENT),
	TARGET("/%4?1", R_PERCENT),
	TARGET("/%zz", R_PERCENT),
	TARGET("/a%00b", R_PERCENT),
	TARGET("/a%0Ab", R_PERCENT),
	TARGET("/%7f", R_PERCENT),
	TARGET("/%1f", R_PERCENT),
	TARGET("/%20", "GET /%20 host=a\n"),
	TARGET("*", R_TARGET),
	LINE("OPTIONS * HTTP/1.1", R_TARGET),
	TARGET("a", R_TARGET),
	TARGET("a/b", R_TARGET),
	TARGET("?q=x", R_TARGET),
	TARGET("a:80", R_TARGET),
	TARGET("https://a/", R_TARGET),
	TARGET("ftp://a/", R_TARGET),
	TARGET("http:/a", R_TARGET),
	/* The target's host stands over Host:, which has to be there. */
	TARGET("http://evil/", "GET / host=evil\n"),
	TARGET("HTTP://evil:80/x?y", "GET /x?y host=evil:80\n"),
	TARGET("http://evil", "GET / host=evil\n"),
	TARGET("http://evil?x=1", "GET /?x=1 host=evil\n"),
	TARGET("http://[::1]:7780/", "GET / host=[::1]:7780\n"),
	TARGET("http:///x", R_TARGET_HOST),
	TARGET("http://u:p@a/", R_TARGET_HOST),
	TARGET("http://a%2fb/", R_TARGET_HOST),
	TARGET("http://a:/", R_TARGET_HOST),
	TARGET("http://a/../b", R_DOTS),
	CASE("GET http://a/ HTTP/1.1\r\n\r\n", R_HOST),
	CASE("GET http://a/ HTTP/1.0\r\n\r\n", "GET / host=a close\n"),
};

static const struct http_case fields[] = {
	CASE("GET / HTTP/1.1\r\nhOsT:\t a:80 \t\r\n\r\n", "GET / host=a:80\n"),
	FIELD("X: a\tb\xFF", "GET / host=a\n"),
	FIELD("X:", "GET / host=a\n"),
	FIELD("azAZ09: x", "GET / host=a\n"),
	FIELD("X-!#$%&'*+.^_`|~09: :", "GET / host=a\n"),
	FIELD("Authorization: Bearer x y", "GET / host=a auth=Bearer x y\n"),
	FIELD("If-None-Match: W/\"a\", \"b\"", "GET / host=a none-match=W/\"a\", \"b\"\n"),
	FIELD("Origin: http://x", "GET / host=a origin=http://x\n"),
	FIELD("Content-Type:", "GET / host=a type=\n"),
	FIELD("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings", "GET / host=a\n"),
	FIELD("Connection: x ,\tClose", "GET / host=a close\n"),
	FIELD("Connection: keep-alive\r\nConnection: close", "GET / host=a close\n"),
	FIELD("Connection: closed, \"close\", not-close", "GET / host=a\n"),
	FIELD("Connection:", "GET / host=a\n"),
	FIELD("Connection: Host", "GET / host=a\n"),
	FIELD("Accept-Encoding: gzip", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: br;q=1.0, GZIP;q=0.8, *;q=0.1", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: deflate\r\nAccept-Encoding: x-gzip", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: *", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: *;q=0, gzip", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: gzip ; q=0.001", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: gzip;x;q=1", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: gzip;x=0", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: gzip;r=0;q;q:0", "GET / host=a gzip\n"),
	FIELD("Accept-Encoding: gzip;q=0", "GET / host=a\n"),
	FIELD("Accept-Encoding: gzip; Q=0.000, *", "GET / host=a\n"),
	FIELD("Accept-Encoding: *;q=0", "GET / host=a\n"),
	FIELD("Accept-Encoding: identity, gzipped", "GET / host=a\n"),
	FIELD("Accept-Encoding: ,", "GET / host=a\n"),
	FIELD("Content-Encoding: identity", "GET / host=a\n"),
	FIELD("Content-Length: 0", "GET / host=a\n"),
	FIELD("Expect: 100-Continue", "GET / host=a\n"),
	/* Not a field. */
	FIELD("X : y", R_FIELD),
	FIELD("X\t: y", R_FIELD),
	FIELD(" X: y", R_FIELD),
	FIELD("X: a\r\n b", R_FIELD),
	FIELD("X: a\r\n\tb", R_FIELD),
	FIELD(": y", R_FIELD),
	FIELD("X", R_FIELD),
	FIELD("X(: y", R_FIELD),
	FIELD("X\xC3\xA9: y", R_FIELD),
	FIELD("X: a\x00" "b", R_CONTROL),
	FIELD("X: a\x0b", R_CONTROL),
	FIELD("X: a\x7f", R_CONTROL),
	FIELD("X: a\x1f", R_CONTROL),
	FIELD("X\x01Y: b", R_CONTROL),
	FIELD("X: a\rY: b", R_CR),
	FIELD("X: a\r", R_CR),
	FIELD("X: a\nY: b", R_LF),
	FIELD("\nX: b", R_LF),
	/* Host. */
	CASE("GET / HTTP/1.1\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nX-Host: a\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost:\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.0\r\nHost:\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: a:\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: :80\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: <a>\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: \xC3\xA9\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: []\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", R_HOST),
	CASE("GET / HTTP/1.1\r\nHost: [::ffff:1.2.3.4]:80\r\n\r\n",
	     "GET / host=[::ffff:1.2.3.4]:80\n"),
	CASE("GET / HTTP/1.1\r\nHost: azAZ09\r\n\r\n", "GET / host=azAZ09\n"),
	CASE("GET / HTTP/1.1\r\nHost: my_host-1.example.org:65535\r\n\r\n",
	     "GET / host=my_host-1.example.org:65535\n"),
	/* Twice. */
	FIELD("Host: a", R_TWICE),
	FIELD("Host: b", R_TWICE),
	FIELD("Authorization: x\r\nAuthorization: x", R_TWICE),
	FIELD("Origin: x\r\nOrigin:", R_TWICE),
	FIELD("If-None-Match: \"a\"\r\nIf-None-Match: \"b\"", R_TWICE),
	FIELD("Content-Type: x\r\nCONTENT-TYPE: y", R_TWICE),
	FIELD("Content-Length: 0\r\nContent-Length: 0", R_TWICE),
	FIELD("Expect: 100-continue\r\nExpect: 100-continue", R_TWICE),
	/* Not done here. */
	FIELD("Expect: 200-ok", "417 Expect: 100-continue, or nothing\n"),
	FIELD("Expect: 100-continue, x", "417 Expect: 100-continue, or nothing\n"),
	FIELD("Expect:", "417 Expect: 100-continue, or nothing\n"),
	POST("Content-Encoding: gzip\r\nContent-Length: 9", "",
	     "415 a body must not be compressed\n"),
};

static const struct http_case bodies[] = {
	POST("Content-Length: 5", "ab\ncd", "POST / host=a body=[ab\ncd]\n"),
	POST("Content-Length: 5\r\nContent-Type: text/x", "abcde\r\nGET ",
	     "POST / host=a type=text/x body=[abcde]\n...\n"),
	POST("Content-Length: 0", "", "POST / host=a\n"),
	POST("Content-Length: 5", "abcd", "...\n"),
	POST("Content-Length: 5\r\nExpect: 100-continue", "", "...\n"),
	POST("Content-Length: 5\r\nExpect: 100-continue", "abcde",
	     "POST / host=a body=[abcde]\n"),
	POST("Content-Length: 4", "aaaaPOST / HTTP/1.1\r\nHost: b\r\n"
	     "Content-Length: 2\r\n\r\nbb\r\nGET / HTTP/1.1\r\nHost: c\r\n\r\n",
	     "POST / host=a body=[aaaa]\nPOST / host=b body=[bb]\nGET / host=c\n"),
	CASE("POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab", "POST / close body=[ab]\n"),
	POST("X: y", SMUGGLED, "POST / host=a\nGET /smug host=a\n"),
	POST("Content-Length: 1048577", "", R_413),
	POST("Content-Length: 9223372036854775807", "", R_413),
	POST("Content-Length: 9223372036854775808", "", R_LENGTH),
	POST("Content-Length: 9999999999999999999", "", R_LENGTH),
	POST("Content-Length: 99999999999999999999", "abcde", R_LENGTH),
	POST("Content-Length: 18446744073709551617", SMUGGLED, R_LENGTH),
	POST("Content-Length: +5", "abcde", R_LENGTH),
	POST("Content-Length: -1", "", R_LENGTH),
	POST("Content-Length: 5,5", "abcde", R_LENGTH),
	POST("Content-Length: 0x5", "abcde", R_LENGTH),
	POST("Content-Length: 05", "abcde", R_LENGTH),
	POST("Content-Length: 00", SMUGGLED, R_LENGTH),
	POST("Content-Length: 5 5", "abcde", R_LENGTH),
	POST("Content-Length: 5.0", "abcde", R_LENGTH),
	POST("Content-Length:", "abcde", R_LENGTH),
	POST("Content-Length: \"5\"", "abcde", R_LENGTH),
	POST("Content-Length : 5", "abcde", R_FIELD),
	POST("Content-Length: 0\r\nContent-Length: 5", "abcde", R_TWICE),
	/* Nobody else has a body. */
	FIELD("Content-Length: 5", R_BODY),
	FIELD("Transfer-Encoding: chunked", R_BODY),
	LINE("HEAD / HTTP/1.1\r\nContent-Length: 1", R_BODY),
	LINE("OPTIONS / HTTP/1.1\r\nContent-Length: 1", R_BODY),
};

#define CHUNKED "Transfer-Encoding: chunked"

static const struct http_case chunks[] = {
	POST(CHUNKED, "5\r\nabcde\r\n0\r\n\r\n", "POST / host=a body=[abcde]\n"),
	POST("TRANSFER-encoding:\tChunked ", "1\r\na\r\n02\r\nbc\r\n00\r\n\r\n" SMUGGLED,
	     "POST / host=a body=[abc]\nGET /smug host=a\n"),
	POST(CHUNKED, "0\r\n\r\n", "POST / host=a\n"),
	POST(CHUNKED, "0000000000000000\r\n\r\n", "POST / host=a\n"),
	POST(CHUNKED, "0000000000000001\r\nx\r\n0\r\n\r\n", "POST / host=a body=[x]\n"),
	POST(CHUNKED, "a\r\n0\r\n\r\nabcde\r\nA\r\n0123456789\r\n0\r\n\r\n",
	     "POST / host=a body=[0\r\n\r\nabcde0123456789]\n"),
	POST(CHUNKED, "5;a=b\r\nabcde\r\n0;x=\"y z\";q\r\n\r\n",
	     "POST / host=a body=[abcde]\n"),
	POST(CHUNKED, "5;\r\nabcde\r\n0\r\n\r\n", "POST / host=a body=[abcde]\n"),
	POST(CHUNKED "\r\nExpect: 100-continue", "1\r\nx\r\n0\r\n\r\n",
	     "POST / host=a body=[x]\n"),
	/* Trailers are dropped, whatever they say. */
	POST(CHUNKED, "1\r\nx\r\n0\r\nContent-Length: 9\r\nHost: b\r\nX:\r\n\r\n" SMUGGLED,
	     "POST / host=a body=[x]\nGET /smug host=a\n"),
	POST(CHUNKED, "0\r\nX : y\r\n\r\n", R_FIELD),
	POST(CHUNKED, "0\r\n y\r\n\r\n", R_FIELD),
	POST(CHUNKED, "0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", R_FIELD),
	POST(CHUNKED, "0\r\nX: y\n\r\n", R_LF),
	POST(CHUNKED, "0\r\nX: \x01\r\n\r\n", R_CONTROL),
	POST(CHUNKED, "0\r\n\n", R_LF),
	/* Not whole. */
	POST(CHUNKED, "", "...\n"),
	POST(CHUNKED, "5", "...\n"),
	POST(CHUNKED, "5\r", "...\n"),
	POST(CHUNKED, "5\r\nabcde\r", "...\n"),
	POST(CHUNKED, "5\r\nabcde\r\n", "...\n"),
	POST(CHUNKED, "5\r\nabcde\r\n0\r\n", "...\n"),
	POST(CHUNKED, "5\r\nabcde\r\n0\r\n\r", "...\n"),
	/* Not a size. */
	POST(CHUNKED, "0x5\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "-1\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "+5\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, " 5\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "5 \r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "5\t\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "5 zz\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "5 ;a=b\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "\r\n5\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "5,5\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "g\r\n", R_SIZE),
	POST(CHUNKED, ";a\r\n", R_SIZE),
	POST(CHUNKED, "00000000000000005\r\nabcde\r\n0\r\n\r\n", R_SIZE),
	POST(CHUNKED, "5\nabcde\r\n0\r\n\r\n", R_LF),
	POST(CHUNKED, "5\rx\nabcde\r\n0\r\n\r\n", R_CR),
	POST(CHUNKED, "5;a\nb\r\nabcde\r\n0\r\n\r\n", R_LF),
	POST(CHUNKED, "5;a\x00\r\nabcde\r\n0\r\n\r\n", R_CONTROL),
	POST(CHUNKED, "5\r\nabcdeXX0\r\n\r\n", R_CHUNK),
	POST(CHUNKED, "5\r\nabcdef\r\n0\r\n\r\n", R_CHUNK),
	POST(CHUNKED, "5\r\nabcd\r\n0\r\n\r\n", R_CHUNK),
	POST(CHUNKED, "5\r\nabcde\n0\r\n\r\n", R_CHUNK),
	/* Too large, said before it comes. */
	POST(CHUNKED, "100001\r\n", R_413),
	POST(CHUNKED, "2\r\nxx\r\nfffff\r\n", R_413),
	POST(CHUNKED, "ffffffffffffffff\r\n", R_413),
	POST(CHUNKED, "1\r\nx\r\nffffffffffffffff\r\n", R_413),
	/* Two opinions of where it ends. */
	POST(CHUNKED "\r\nContent-Length: 4", "0\r\n\r\n" SMUGGLED, R_CODING),
	POST("Content-Length: 5\r\n" CHUNKED, "0\r\n\r\n" SMUGGLED, R_CODING),
	POST("Content-Length: 0\r\n" CHUNKED, "0\r\n\r\n" SMUGGLED, R_CODING),
	POST("Content-Length: 5\r\nTransfer-Encoding: gzip, chunked",
	     "0\r\n\r\n" SMUGGLED, R_CODING),
	POST(CHUNKED "\r\n" CHUNKED, "0\r\n\r\n", R_TWICE),
	POST("Transfer-Encoding: chunked, chunked", "0\r\n\r\n", R_CODING),
	POST("Transfer-Encoding: gzip, chunked", "0\r\n\r\n", R_CODING),
	POST("Transfer-Encoding: chunked, identity", "0\r\n\r\n", R_CODING),
	POST("Transfer-Encoding: identity", SMUGGLED, R_CODING),
	POST("Transfer-Encoding: xchunked", SMUGGLED, R_CODING),
	POST("Transfer-Encoding: chunked;q=1", "0\r\n\r\n", R_CODING),
	POST("Transfer-Encoding: \"chunked\"", "0\r\n\r\n", R_CODING),
	POST("Transfer-Encoding:", "0\r\n\r\n", R_CODING),
	POST("Transfer-Encoding: ,chunked", "0\r\n\r\n", R_CODING),
	POST("Transfer-Encoding: chunked\x0b", "0\r\n\r\n", R_CONTROL),
	POST("Transfer-Encoding : chunked", "0\r\n\r\n", R_FIELD),
	POST("X: y\r\n Transfer-Encoding: chunked", "0\r\n\r\n", R_FIELD),
	POST("Transfer-Encoding:\r\n chunked", "0\r\n\r\n", R_FIELD),
	CASE("POST / HTTP/1.0\r\n" CHUNKED "\r\n\r\n0\r\n\r\n", R_CODING),
};
/* clang-format on */

#define CHECK_ALL(cases)                                                       \
	for (size_t i = 0; i < sizeof(cases) / sizeof(*(cases)); i++)          \
	check((cases)[i].bytes, (cases)[i].n, (cases)[i].events)

static void test_request_lines(void **state)
{
	(void)state;
	CHECK_ALL(lines);
}

static void test_targets(void **state)
{
	(void)state;
	CHECK_ALL(targets);
}

static void test_fields(void **state)
{
	(void)state;
	CHECK_ALL(fields);
}

static void test_bodies(void **state)
{
	(void)state;
	CHECK_ALL(bodies);
}

static void test_chunks(void **state)
{
	(void)state;
	CHECK_ALL(chunks);
}

/* The other members of an error, and nothing of what was there before. */
static void test_refusal_is_whole(void **state)
{
	char bad[] = "x\r\n", put[] = "PUT / HTTP/1.1\r\n";
	struct http_reader r;
	struct http_request rq;
	struct http_refusal no;
	size_t used;

	(void)state;
	http_reader_init(&r);
	assert_int_equal(http_next(&r, put, strlen(put), &used, &rq, &no),
			 HTTP_REFUSED);
	assert_string_equal(no.allow, "GET, HEAD, POST, OPTIONS");
	assert_int_equal(http_next(&r, bad, strlen(bad), &used, &rq, &no),
			 HTTP_REFUSED);
	assert_null(no.allow);
	assert_int_equal(used, strlen(bad));
}

/* ---------------------------------------------------------------- limits -- */

/* Long ones: whole, in pieces, and around their ends byte by byte. */
static void check_long(const struct buf *b, const char *wanted)
{
	size_t near = b->len < 300 ? b->len : b->len - 300;

	assert_false(b->failed);
	check_split(b->data, b->len, b->len, 1, wanted);
	check_split(b->data, b->len, 0, 4099, wanted);
	check_split(b->data, b->len, near, 1, wanted);
}

static void add_many(struct buf *b, char c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, c);
}

static void test_line_limit(void **state)
{
	static const char end[] = " HTTP/1.1\r\nHost: a\r\n\r\n";

	(void)state;
	for (size_t n = HTTP_LINE_MAX - 1; n <= HTTP_LINE_MAX + 2; n++) {
		struct buf b = BUF_INIT(EVENTS_MAX), wanted = b;

		buf_adds(&b, "GET /");
		add_many(&b, 'x', n - strlen("GET / HTTP/1.1"));
		buf_adds(&wanted, b.data);
		buf_adds(&wanted, " host=a\n");
		buf_adds(&b, end);
		check_long(&b, n > HTTP_LINE_MAX
				       ? "414 a request line may have 8 KB\n"
				       : wanted.data);
		buf_release(&b);
		buf_release(&wanted);
	}
}

/* Bytes of fields, with their line ends. */
static void test_fields_limit(void **state)
{
	static const char head[] = "GET / HTTP/1.1\r\n";

	(void)state;
	for (size_t n = HTTP_FIELDS_MAX - 1; n <= HTTP_FIELDS_MAX + 2; n++) {
		struct buf b = BUF_INIT(EVENTS_MAX);

		buf_adds(&b, head);
		buf_adds(&b, "Host: a\r\nX: ");
		add_many(&b, 'y', n + strlen(head) - b.len - 2);
		buf_adds(&b, "\r\n\r\n");
		check_long(&b, n > HTTP_FIELDS_MAX
				       ? "431 header fields may have 16 KB\n"
				       : "GET / host=a\n");
		buf_release(&b);
	}
}

static void test_field_count(void **state)
{
	(void)state;
	for (size_t n = HTTP_NFIELDS_MAX; n <= HTTP_NFIELDS_MAX + 1; n++) {
		struct buf b = BUF_INIT(EVENTS_MAX);

		buf_adds(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
		for (size_t i = 1; i < n; i++)
			buf_adds(&b, "X: y\r\n");
		buf_adds(&b, "\r\n");
		check(b.data, b.len,
		      n > HTTP_NFIELDS_MAX
			      ? "431 a request may have 64 fields\n"
			      : "GET / host=a\n");
		buf_release(&b);
	}
}

static void test_host_limit(void **state)
{
	(void)state;
	for (size_t n = HTTP_HOST_MAX; n <= HTTP_HOST_MAX + 1; n++) {
		struct buf b = BUF_INIT(EVENTS_MAX), wanted = b;

		buf_adds(&b, "GET / HTTP/1.1\r\nHost: ");
		buf_adds(&wanted, "GET / host=");
		add_many(&b, 'x', n);
		add_many(&wanted, 'x', n);
		buf_adds(&b, "\r\n\r\n");
		buf_adds(&wanted, "\n");
		check_long(&b, n > HTTP_HOST_MAX ? R_HOST : wanted.data);
		buf_release(&b);
		buf_release(&wanted);
	}
}

static void begin_chunked(struct buf *b)
{
	buf_reset(b);
	buf_adds(b, "POST / HTTP/1.1\r\nHost: a\r\n" CHUNKED "\r\n\r\n");
}

static void test_extension_limit(void **state)
{
	struct buf b = BUF_INIT(EVENTS_MAX);

	(void)state;
	for (size_t n = HTTP_CHUNK_EXT_MAX; n <= HTTP_CHUNK_EXT_MAX + 1; n++) {
		begin_chunked(&b);
		buf_adds(&b, "0000000000000001;");
		add_many(&b, 'x', n - 1);
		buf_adds(&b, "\r\ny\r\n0\r\n\r\n");
		check_long(&b, n > HTTP_CHUNK_EXT_MAX
				       ? "400 a chunk's line is too long\n"
				       : "POST / host=a body=[y]\n");
		begin_chunked(&b);
		buf_adds(&b, "1;");
		add_many(&b, 'x', n - 1);
		buf_adds(&b, "\r\ny\r\n0\r\n\r\n");
		check_long(&b, n > HTTP_CHUNK_EXT_MAX
				       ? R_SIZE
				       : "POST / host=a body=[y]\n");
	}
	/* One that has no end. */
	begin_chunked(&b);
	buf_adds(&b, "5;");
	add_many(&b, 'x', 1000);
	check_long(&b, "400 a chunk's line is too long\n");
	buf_release(&b);
}

static void test_trailer_limit(void **state)
{
	struct buf b = BUF_INIT(EVENTS_MAX);

	(void)state;
	for (size_t n = HTTP_TRAILERS_MAX; n <= HTTP_TRAILERS_MAX + 1; n++) {
		begin_chunked(&b);
		buf_adds(&b, "0\r\nX:");
		add_many(&b, 'x', n - 4);
		buf_adds(&b, "\r\n\r\n");
		check_long(&b, n > HTTP_TRAILERS_MAX
				       ? "431 trailers may have 1 KB\n"
				       : "POST / host=a\n");
	}
	begin_chunked(&b);
	buf_adds(&b, "0\r\n");
	for (int i = 0; i < 1000; i++)
		buf_adds(&b, "X: y\r\n");
	check_long(&b, "431 trailers may have 1 KB\n");
	buf_release(&b);
}

/* A body of that many bytes, in chunks of that size or at once. */
static void put_body(struct buf *b, size_t n, size_t size)
{
	if (!size) {
		buf_reset(b);
		buf_addf(b,
			 "POST / HTTP/1.1\r\nHost: a\r\n"
			 "Content-Length: %zu\r\n\r\n",
			 n);
		add_many(b, 'x', n);
		return;
	}
	begin_chunked(b);
	for (size_t at = 0; at < n; at += size) {
		size_t part = size < n - at ? size : n - at;

		buf_addf(b, "%zx\r\n", part);
		add_many(b, 'x', part);
		buf_adds(b, "\r\n");
	}
	buf_adds(b, "0\r\n\r\n");
}

static void test_body_limit(void **state)
{
	static const size_t sizes[] = { 0, HTTP_BODY_MAX, 4096, 1000, 8 };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		for (size_t n = HTTP_BODY_MAX; n <= HTTP_BODY_MAX + 1; n++) {
			struct buf b = BUF_INIT(EVENTS_MAX), wanted = b;

			put_body(&b, n, sizes[i]);
			buf_adds(&wanted, "POST / host=a body=[");
			add_many(&wanted, 'x', n);
			buf_adds(&wanted, "]\n");
			assert_false(b.failed);
			check_split(b.data, b.len, b.len, 1,
				    n > HTTP_BODY_MAX ? R_413 : wanted.data);
			buf_release(&b);
			buf_release(&wanted);
		}
}

#define R_CHUNKED "413 a body in chunks may have 2 MB as it is sent\n"

/* A body that has n bytes as it is sent, and what it is understood as. */
static void put_chunked(struct buf *b, struct buf *wanted, size_t n)
{
	begin_chunked(b);
	n += b->len;
	buf_adds(wanted, "POST / host=a body=[");
	while (n - b->len > 500) {
		buf_adds(b, "1;");
		add_many(b, 'e', 200);
		buf_adds(b, "\r\nx\r\n");
		buf_addc(wanted, 'x');
	}

	size_t size = n - b->len - strlen("123\r\n\r\n0\r\n\r\n");

	buf_addf(b, "%03zx\r\n", size);
	add_many(b, 'y', size);
	add_many(wanted, 'y', size);
	buf_adds(b, "\r\n0\r\n\r\n");
	buf_adds(wanted, "]\n");
	assert_int_equal(b->len, n);
}

/* Few bytes in very many: chunks that are all extension, or of one byte. */
static void test_chunked_limit(void **state)
{
	struct buf b = BUF_INIT(EVENTS_MAX);

	(void)state;
	begin_chunked(&b);
	while (b.len < HTTP_CHUNKED_MAX + 1000) {
		buf_adds(&b, "1;");
		add_many(&b, 'e', 200);
		buf_adds(&b, "\r\nx\r\n");
	}
	check_split(b.data, b.len, b.len, 1, R_CHUNKED);
	for (size_t n = HTTP_CHUNKED_MAX; n <= HTTP_CHUNKED_MAX + 1; n++) {
		struct buf wanted = BUF_INIT(EVENTS_MAX);

		put_chunked(&b, &wanted, n);
		check_split(b.data, b.len, b.len, 1,
			    n > HTTP_CHUNKED_MAX ? R_CHUNKED : wanted.data);
		buf_release(&wanted);
	}
	put_body(&b, HTTP_BODY_MAX, 1);
	assert_false(b.failed && b.len < HTTP_CHUNKED_MAX);
	b.failed = false;
	check_split(b.data, b.len, b.len, 1, R_CHUNKED);
	buf_release(&b);
}

/* ------------------------------------------------------------------ time -- */

/* A request dripped: to begin again with each byte would take an hour. */
static void drip(const struct buf *b, size_t nbody)
{
	char *data = malloc(b->len);
	struct http_reader r;
	struct http_request rq;
	struct http_refusal no;
	size_t used;

	assert_non_null(data);
	memcpy(data, b->data, b->len);
	http_reader_init(&r);
	for (size_t n = 0; n < b->len; n++)
		if (http_next(&r, data, n, &used, &rq, &no) != HTTP_MORE ||
		    used)
			fail_msg("an event after %zu bytes", n);
	assert_int_equal(http_next(&r, data, b->len, &used, &rq, &no),
			 HTTP_REQUEST);
	assert_int_equal(used, b->len);
	assert_int_equal(rq.body.n, nbody);
	free(data);
}

static void test_time_is_linear(void **state)
{
	static const size_t sizes[] = { 0, HTTP_BODY_MAX, 8 };
	struct buf b = BUF_INIT(EVENTS_MAX);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		put_body(&b, HTTP_BODY_MAX, sizes[i]);
		assert_false(b.failed);
		drip(&b, HTTP_BODY_MAX);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request_lines),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_chunks),
		cmocka_unit_test(test_refusal_is_whole),
		cmocka_unit_test(test_line_limit),
		cmocka_unit_test(test_fields_limit),
		cmocka_unit_test(test_field_count),
		cmocka_unit_test(test_host_limit),
		cmocka_unit_test(test_extension_limit),
		cmocka_unit_test(test_trailer_limit),
		cmocka_unit_test(test_body_limit),
		cmocka_unit_test(test_chunked_limit),
		cmocka_unit_test(test_time_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
