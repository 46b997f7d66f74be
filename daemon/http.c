/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http.h"

#include "buf.h"

#include <strings.h>

struct span {
	const char *s;
	size_t n;
};

static const char *reason(unsigned status)
{
	switch (status) {
	case 200:
		return "OK";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 408:
		return "Request Timeout";
	case 431:
		return "Request Header Fields Too Large";
	case 503:
		return "Service Unavailable";
	case 505:
		return "HTTP Version Not Supported";
	default:
		return "Bad Request";
	}
}

static void add_answer(struct buf *out, unsigned status, const char *text,
		       bool body)
{
	buf_addf(out,
		 "HTTP/1.1 %u %s\r\n"
		 "Content-Type: text/plain; charset=utf-8\r\n"
		 "Content-Length: %zu\r\n"
		 "Cache-Control: no-store\r\n%s"
		 "Connection: close\r\n\r\n",
		 status, reason(status), strlen(text) + 1,
		 status == 405 ? "Allow: GET, HEAD\r\n" : "");
	if (body)
		buf_addf(out, "%s\n", text);
}

void http_error(struct buf *out, unsigned status, const char *text)
{
	add_answer(out, status, text, true);
}

static bool is(struct span a, const char *b)
{
	return a.n == strlen(b) && !memcmp(a.s, b, a.n);
}

static bool is_name(struct span a, const char *b)
{
	return a.n == strlen(b) && !strncasecmp(a.s, b, a.n);
}

static bool is_token(struct span t)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < t.n; i++) {
		char c = t.s[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') && !(c && strchr(others, c)))
			return false;
	}
	return t.n > 0;
}

static bool has_control(struct span t, char allowed)
{
	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if ((c < 0x20 && c != (unsigned char)allowed) || c == 0x7F)
			return true;
	}
	return false;
}

/* What *rest begins with up to the separator, which is taken, too. */
static bool cut(struct span *rest, const char *separator, struct span *out)
{
	size_t n = strlen(separator);
	const char *at = memmem(rest->s, rest->n, separator, n);

	if (!at)
		return false;
	*out = (struct span){ rest->s, (size_t)(at - rest->s) };
	rest->n -= out->n + n;
	rest->s = at + n;
	return true;
}

/* Whether a request with those fields has one meaning only. */
static bool good_fields(struct span rest, bool needs_host)
{
	unsigned hosts = 0;
	struct span line, name;

	while (cut(&rest, "\r\n", &line) && line.n) {
		if (!cut(&line, ":", &name) || !is_token(name) ||
		    has_control(line, '\t') ||
		    is_name(name, "transfer-encoding"))
			return false;
		hosts += is_name(name, "host");
	}
	return hosts == 1 || (!hosts && !needs_host);
}

static void answer_head(struct span head, struct buf *out)
{
	struct span line, method, target;
	bool old;

	if (!cut(&head, "\r\n", &line) || has_control(line, 0) ||
	    !cut(&line, " ", &method) || !is_token(method) ||
	    !cut(&line, " ", &target) || !target.n) {
		http_error(out, 400, "a request line is METHOD TARGET VERSION");
		return;
	}
	old = is(line, "HTTP/1.0");
	if (!old && !is(line, "HTTP/1.1"))
		http_error(out, 505, "HTTP/1.1, please");
	else if (!good_fields(head, !old))
		http_error(out, 400, "bad header fields");
	else if (!is(method, "GET") && !is(method, "HEAD"))
		http_error(out, 405, "GET and HEAD only");
	else if (!is(target, "/healthz"))
		add_answer(out, 404, "there is /healthz alone",
			   is(method, "GET"));
	else
		add_answer(out, 200, "ok", is(method, "GET"));
}

bool http_answer(const char *data, size_t n, struct buf *out)
{
	size_t seen = n < HTTP_HEAD_MAX ? n : HTTP_HEAD_MAX;
	const char *end = memmem(data, seen, "\r\n\r\n", 4);

	if (end)
		answer_head((struct span){ data, (size_t)(end - data) + 4 },
			    out);
	else if (n >= HTTP_HEAD_MAX)
		http_error(out, 431, "a head may have 8192 bytes");
	else
		return false;
	return true;
}
