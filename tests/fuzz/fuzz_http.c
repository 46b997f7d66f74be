/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes to the HTTP parser: whole, and split where the input says, they
 * are the same requests and refusals.  A request that is written down as it
 * was understood is understood so again; so are its options.
 *
 * The first byte chooses the verb that the options are of, the next eight how
 * many bytes come at a time, round and round; the rest is what comes.
 */
#include "fuzz.h"

#include "buf.h"
#include "http_form.h"
#include "http_parse.h"
#include "printable.h"
#include "utf8.h"

#include <string.h>

enum {
	SPLITS = 8,
	EVENTS_MAX = 64 << 20
};

static const char *const methods[] = { "GET", "HEAD", "POST", "OPTIONS" };

/* --------------------------------------------------------------- options -- */

static void check_text(const char *s, size_t room)
{
	size_t len = strnlen(s, room);
	uint32_t cp;

	PROMISE(len < room);
	for (size_t i = 0; i < len;) {
		i += utf8_decode(s + i, len - i, &cp);
		PROMISE(!is_control(cp));
	}
}

static void check_option(const struct line_request *rq,
			 const struct line_option *o)
{
	PROMISE(strlen(o->value) == o->len);
	PROMISE(utf8_valid(o->value, o->len) == o->len);
	PROMISE(verb_has_option(rq->verb, o->key));
	/* The first of that name: so there is one alone. */
	PROMISE(line_value(rq, o->key) == o->value);
	for (size_t i = 0; i < o->len; i++) {
		unsigned char c = (unsigned char)o->value[i];

		PROMISE(c != 0x7F &&
			(c >= 0x20 || c == '\t' || c == '\n' || c == '\r'));
	}
}

static void add_options(struct buf *events, const struct line_request *rq)
{
	PROMISE(rq->noptions <= LINE_OPTIONS_MAX);
	for (size_t i = 0; i < rq->noptions; i++) {
		check_option(rq, &rq->option[i]);
		buf_addf(events, " %s=[%s]", rq->option[i].key,
			 rq->option[i].value);
	}
}

static void add_encoded(struct buf *out, const struct line_request *rq)
{
	for (size_t i = 0; i < rq->noptions; i++) {
		const struct line_option *o = &rq->option[i];

		buf_addf(out, "%s%s=", i ? "&" : "", o->key);
		for (size_t at = 0; at < o->len; at++)
			buf_addf(out, "%%%02x", (unsigned char)o->value[at]);
	}
}

/* As a query they are the same. */
static void check_encoded(const struct line_request *rq)
{
	struct line_request again = { .verb = rq->verb };
	struct http_request http = { .method = HTTP_GET };
	struct buf query = BUF_INIT(EVENTS_MAX), store = BUF_INIT(EVENTS_MAX);
	struct form_error err;

	add_encoded(&query, rq);
	http.query = (struct http_span){ query.data, query.len };
	PROMISE(form_options(&http, &again, &store, &err));
	PROMISE(again.noptions == rq->noptions);
	for (size_t i = 0; i < rq->noptions; i++) {
		PROMISE(!strcmp(again.option[i].key, rq->option[i].key));
		PROMISE(!strcmp(again.option[i].value, rq->option[i].value));
	}
	buf_release(&query);
	buf_release(&store);
}

static void check_options(const struct http_request *http, unsigned verb,
			  struct buf *events)
{
	struct line_request rq = { .verb = &verbs[verb % VERBS] };
	struct buf store = BUF_INIT(FORM_STORE_MAX);
	struct form_error err;

	if (form_options(http, &rq, &store, &err)) {
		add_options(events, &rq);
		check_encoded(&rq);
	} else {
		check_text(err.text, sizeof(err.text));
		check_text(err.param, sizeof(err.param));
		PROMISE(*err.text);
		PROMISE(strcmp(error_slug(err.code), "internal") != 0);
		buf_addf(events, " ERR %u/%u %s: %s", (unsigned)err.code,
			 err.status, err.param, err.text);
	}
	buf_addc(events, '\n');
	buf_release(&store);
}

/* --------------------------------------------------------------- requests -- */

static void add_span(struct buf *out, const char *name, struct http_span v,
		     const char *end)
{
	if (!v.s)
		return;
	buf_adds(out, name);
	buf_add(out, v.s, v.n);
	buf_adds(out, end);
}

/* As it was understood, and no more. */
static void add_request(struct buf *out, const struct http_request *rq)
{
	bool old = !rq->host.s;

	buf_addf(out, "%s ", methods[rq->method]);
	add_span(out, "", rq->path, "");
	add_span(out, "?", rq->query, "");
	buf_addf(out, " HTTP/1.%d\r\n", !old);
	add_span(out, "Host: ", rq->host, "\r\n");
	add_span(out, "Authorization: ", rq->authorization, "\r\n");
	add_span(out, "If-None-Match: ", rq->if_none_match, "\r\n");
	add_span(out, "Origin: ", rq->origin, "\r\n");
	add_span(out, "Content-Type: ", rq->content_type, "\r\n");
	if (rq->accepts_gzip)
		buf_adds(out, "Accept-Encoding: gzip\r\n");
	if (rq->close != old)
		buf_addf(out, "Connection: %s\r\n",
			 old ? "keep-alive" : "close");
	if (rq->body.n)
		buf_addf(out, "Content-Length: %zu\r\n", rq->body.n);
	buf_adds(out, "\r\n");
	buf_add(out, rq->body.s, rq->body.n);
}

static void check_again(const struct buf *written)
{
	struct buf copy = BUF_INIT(EVENTS_MAX), again = BUF_INIT(EVENTS_MAX);
	struct http_reader r;
	struct http_request rq;
	struct http_refusal no;
	size_t used;

	buf_add(&copy, written->data, written->len);
	http_reader_init(&r);
	PROMISE(http_next(&r, copy.data, copy.len, &used, &rq, &no) ==
		HTTP_REQUEST);
	PROMISE(used == copy.len);
	add_request(&again, &rq);
	PROMISE(again.len == written->len);
	PROMISE(!memcmp(again.data, written->data, again.len));
	buf_release(&copy);
	buf_release(&again);
}

static bool is_inside(struct http_span v, const char *data, size_t n)
{
	return !v.s || (v.s >= data && v.s + v.n <= data + n);
}

/* Of the n bytes at data. */
static void check_request(const struct http_request *rq, const char *data,
			  size_t n, unsigned verb, struct buf *events)
{
	struct buf written = BUF_INIT(EVENTS_MAX);

	PROMISE(rq->path.n && *rq->path.s == '/');
	PROMISE(is_inside(rq->path, data, n) || rq->path.n == 1);
	PROMISE(is_inside(rq->query, data, n) && is_inside(rq->host, data, n));
	PROMISE(is_inside(rq->authorization, data, n));
	PROMISE(is_inside(rq->if_none_match, data, n));
	PROMISE(is_inside(rq->origin, data, n));
	PROMISE(is_inside(rq->content_type, data, n));
	PROMISE(is_inside(rq->body, data, n));
	PROMISE(rq->body.n <= HTTP_BODY_MAX && rq->host.n <= HTTP_HOST_MAX);
	PROMISE(utf8_valid(rq->path.s, rq->path.n) == rq->path.n);
	PROMISE(!rq->body.n || rq->method == HTTP_POST);
	add_request(&written, rq);
	buf_add(events, written.data, written.len);
	/* It may be longer than it came: "*" is written as "gzip". */
	if (written.len - rq->body.n <= HTTP_FIELDS_MAX)
		check_again(&written);
	buf_release(&written);
	check_options(rq, verb, events);
}

static void check_refusal(const struct http_refusal *no, struct buf *events)
{
	static const unsigned statuses[] = { 400, 405, 413, 414, 415,
					     417, 431, 501, 505 };
	bool known = false;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++)
		known |= no->status == statuses[i];
	PROMISE(known && *no->text);
	PROMISE((no->status == 405) == (no->allow != NULL));
	buf_addf(events, "%u %s\n", no->status, no->text);
}

/* All that can be had from the n bytes at data; false after a refusal. */
static bool drain(struct http_reader *r, char *data, size_t n, size_t *taken,
		  unsigned verb, struct buf *events)
{
	enum http_event event = HTTP_REQUEST;
	struct http_request rq;
	struct http_refusal no;
	size_t used;

	*taken = 0;
	while (event == HTTP_REQUEST) {
		event = http_next(r, data + *taken, n - *taken, &used, &rq,
				  &no);
		PROMISE(used <= n - *taken);
		PROMISE(used || event == HTTP_MORE);
		if (event == HTTP_REQUEST)
			check_request(&rq, data + *taken, used, verb, events);
		else if (event == HTTP_REFUSED)
			check_refusal(&no, events);
		*taken += used;
	}
	return event == HTTP_MORE;
}

/* More has come: in memory of its very size, so that a tool sees. */
static bool take(struct http_reader *r, struct buf *kept, unsigned verb,
		 struct buf *events)
{
	size_t n = kept->len, taken;
	char *data = malloc(n);
	bool goes_on;

	PROMISE(data);
	memcpy(data, kept->data, n);
	goes_on = drain(r, data, n, &taken, verb, events);
	buf_truncate(kept, 0);
	buf_add(kept, data + taken, n - taken);
	free(data);
	return goes_on;
}

/* The bytes in pieces of split[i], of 16 KB where that is 0. */
static void read_all(unsigned verb, const uint8_t *data, size_t size,
		     const uint8_t split[SPLITS], struct buf *events)
{
	struct buf kept = BUF_INIT(EVENTS_MAX);
	struct http_reader r;
	size_t at = 0;
	bool goes_on = true;

	http_reader_init(&r);
	for (size_t i = 0; at < size && goes_on; i++) {
		size_t n = split[i % SPLITS] ? split[i % SPLITS] : 16384;

		n = n < size - at ? n : size - at;
		buf_add(&kept, data + at, n);
		at += n;
		goes_on = take(&r, &kept, verb, events);
		PROMISE(!goes_on || kept.len < HTTP_REQUEST_MAX);
	}
	if (goes_on)
		buf_addf(events, "left: %zu\n", kept.len);
	buf_release(&kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t whole[SPLITS];
	struct buf one = BUF_INIT(EVENTS_MAX), other = BUF_INIT(EVENTS_MAX);

	if (size <= 1 + SPLITS)
		return 0;

	unsigned verb = *data;
	const uint8_t *split = data + 1;

	data += 1 + SPLITS;
	size -= 1 + SPLITS;
	read_all(verb, data, size, whole, &one);
	read_all(verb, data, size, split, &other);
	PROMISE(!one.failed && !other.failed);
	PROMISE(one.len == other.len && !memcmp(one.data, other.data, one.len));
	buf_release(&one);
	buf_release(&other);
	return 0;
}
