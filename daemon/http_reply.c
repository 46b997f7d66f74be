/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http_reply.h"

#include "json.h"
#include "line.h"
#include "page.h"

enum {
	PARAM_MAX = 64,
	ERROR_TEXT_MAX = 4096,
	ERROR_JSON_MAX = 6 * ERROR_TEXT_MAX + 1024,
	ERROR_PAGE_MAX = 1 << 20
};

#define BIT(format) (1u << (format))
#define HITS	    (BIT(HTTP_JSON) | BIT(HTTP_NDJSON) | BIT(HTTP_TSV) | BIT(HTTP_IDS))

/* -------------------------------------------------------------- formats -- */

static const struct {
	const char *name; /* fmt=; NULL: is not asked for by name */
	const char *type;
} formats[HTTP_FORMATS] = {
	[HTTP_JSON] = { "json", "application/json" },
	[HTTP_NDJSON] = { "ndjson", "application/x-ndjson" },
	[HTTP_TSV] = { "tsv", "text/tab-separated-values; charset=utf-8" },
	[HTTP_IDS] = { "id", "text/plain; charset=utf-8" },
	[HTTP_TEXT] = { "text", "text/plain; charset=utf-8" },
	[HTTP_ATOM] = { "atom", "application/atom+xml; charset=utf-8" },
	[HTTP_HTML] = { NULL, "text/html; charset=utf-8" },
};

/* What a route can be asked for; HTTP_JSON alone when it is not here. */
static const struct {
	unsigned allowed;
	enum http_format usual;
} route_formats[ROUTES] = {
	[ROUTE_PAGE] = { BIT(HTTP_HTML), HTTP_HTML },
	[ROUTE_VIEW] = { BIT(HTTP_HTML), HTTP_HTML },
	[ROUTE_SEARCH] = { HITS | BIT(HTTP_ATOM), HTTP_JSON },
	[ROUTE_SIMILAR] = { HITS, HTTP_JSON },
	[ROUTE_DOC] = { BIT(HTTP_TEXT) | BIT(HTTP_JSON), HTTP_TEXT },
};

bool http_format(enum route_id route, const char *fmt, enum http_format *out)
{
	unsigned allowed = route_formats[route].allowed;

	if (!allowed)
		allowed = BIT(HTTP_JSON);
	*out = route_formats[route].usual;
	if (!fmt)
		return true;
	for (unsigned i = 0; i < HTTP_FORMATS; i++) {
		if (!(allowed & BIT(i)) || !formats[i].name ||
		    strcmp(formats[i].name, fmt) != 0)
			continue;
		*out = (enum http_format)i;
		return true;
	}
	return false;
}

/* --------------------------------------------------------------- errors -- */

static bool print_error_page(struct buf *out, const struct http_wants *w,
			     unsigned status, enum error_code code,
			     const char *text)
{
	static const struct line_request nothing = {
		.verb = &verbs[VERB_SEARCH],
	};
	const struct page empty = {
		.rq = &nothing,
		.target = w->target ? w->target : "",
		.version = w->version ? w->version : "",
	};
	struct buf body = BUF_INIT(ERROR_PAGE_MAX);
	bool done;

	page_error(&body, w->page ? w->page : &empty, status, error_slug(code),
		   text);
	done = !body.failed;
	if (done)
		http_print_body(out, w, status, formats[HTTP_HTML].type, NULL,
				NULL, body.data, body.len);
	buf_release(&body);
	return done;
}

static void print_error_json(struct buf *out, const struct http_wants *w,
			     unsigned status, enum error_code code,
			     const char *param, const char *text)
{
	struct buf body = BUF_INIT(ERROR_JSON_MAX);

	buf_addf(&body, "{\"error\":{\"code\":%u,\"slug\":\"%s\",\"message\":",
		 (unsigned)code, error_slug(code));
	json_add_string(&body, text, strnlen(text, ERROR_TEXT_MAX));
	if (param && *param) {
		buf_adds(&body, ",\"param\":");
		json_add_string(&body, param, strnlen(param, PARAM_MAX));
	}
	buf_adds(&body, "}}\n");
	http_print_body(out, w, status, formats[HTTP_JSON].type, NULL, NULL,
			body.data, body.len);
	out->failed |= body.failed;
	buf_release(&body);
}

void http_print_error(struct buf *out, const struct http_wants *w,
		      unsigned status, enum error_code code, const char *param,
		      const char *text)
{
	const bool html =
		w->route < ROUTES && routes[w->route].flags & ROUTE_HTML;

	if (!status)
		status = http_status(code);
	if (!html || !print_error_page(out, w, status, code, text))
		print_error_json(out, w, status, code, param, text);
}

/* The option that an error of this kind is about. */
static const char *usual_param(const struct verb *verb, enum error_code code)
{
	switch (code) {
	case ERROR_BAD_QUERY:
	case ERROR_TOO_COMPLEX:
		return "q";
	case ERROR_NOT_FOUND:
		return "id";
	case ERROR_UNKNOWN_INDEX:
		return "in";
	case ERROR_REVISION_GONE:
		return "rev";
	case ERROR_MISSING_VALUE:
		if (verb->flags & VERB_NEEDS_TEXT)
			return "q";
		return verb->flags & VERB_NEEDS_ID ? "id" : "";
	default:
		return "";
	}
}

/* "limit=x: must be a number": limit. */
static void find_param(const struct verb *verb, enum error_code code,
		       const char *text, char out[PARAM_MAX])
{
	const size_t n = strcspn(text, "= ");

	if (n < PARAM_MAX && text[n] == '=') {
		memcpy(out, text, n);
		out[n] = '\0';
		if (verb_has_option(verb, out))
			return;
	}
	snprintf(out, PARAM_MAX, "%s", usual_param(verb, code));
	if (!verb_has_option(verb, out))
		*out = '\0';
}

/* -------------------------------------------------------------- answers -- */

/* What a body line is, by its first member, which no document can choose. */
enum kind {
	KIND_RESULT,
	KIND_FACET,
	KIND_TIMELINE
};

static bool begins(struct http_span line, const char *with)
{
	const size_t n = strlen(with);

	return line.n >= n && !memcmp(line.s, with, n);
}

static enum kind kind_of(struct http_span line)
{
	if (begins(line, "{\"facet\":"))
		return KIND_FACET;
	return begins(line, "{\"timeline\":") ? KIND_TIMELINE : KIND_RESULT;
}

/* The body's next line, without its end; *at is 0 before the first. */
static bool next_line(const struct buf *body, size_t *at, struct http_span *out)
{
	const char *from = body->data + *at, *eol;

	if (*at >= body->len)
		return false;
	eol = memchr(from, '\n', body->len - *at);
	*out = (struct http_span){ from, eol ? (size_t)(eol - from)
					     : body->len - *at };
	*at += out->n + 1;
	return true;
}

/* A line that is no object would make the whole reply unreadable. */
static bool has_objects(const struct buf *body)
{
	struct http_span line;

	for (size_t at = 0; next_line(body, &at, &line);)
		if (line.n < 2 || line.s[0] != '{' || line.s[line.n - 1] != '}')
			return false;
	return true;
}

/* Those lines of the body, with a comma between two; how many. */
static size_t add_lines(struct buf *out, const struct buf *body, enum kind kind)
{
	struct http_span line;
	size_t count = 0;

	for (size_t at = 0; next_line(body, &at, &line);) {
		if (kind_of(line) != kind)
			continue;
		if (count++)
			buf_addc(out, ',');
		buf_add(out, line.s, line.n);
	}
	return count;
}

/* "results":[...],"facets":[...],"timeline":{...} */
static void add_members(struct buf *out, const struct buf *body)
{
	size_t before;

	buf_adds(out, "\"results\":[");
	add_lines(out, body, KIND_RESULT);
	buf_addc(out, ']');
	before = out->len;
	buf_adds(out, ",\"facets\":[");
	if (add_lines(out, body, KIND_FACET))
		buf_addc(out, ']');
	else
		buf_truncate(out, before);
	before = out->len;
	buf_adds(out, ",\"timeline\":");
	if (!add_lines(out, body, KIND_TIMELINE))
		buf_truncate(out, before);
}

/* "hits":2,"bound":"exact"; how many. */
static size_t add_keys(struct buf *out, const struct answer *a)
{
	struct answer_pair pair;
	size_t count = 0;

	for (size_t at = 0; answer_next(a, &at, &pair); count++) {
		buf_adds(out, count ? ",\"" : "\"");
		buf_adds(out, pair.key);
		buf_adds(out, "\":");
		if (pair.number)
			buf_adds(out, pair.value);
		else
			json_add_string(out, pair.value, strlen(pair.value));
	}
	return count;
}

static void add_json(struct buf *out, const struct answer *a)
{
	buf_addc(out, '{');
	if (add_keys(out, a) && a->has_lines)
		buf_addc(out, ',');
	if (a->has_lines)
		add_members(out, &a->body);
	buf_adds(out, "}\n");
}

static void add_ndjson(struct buf *out, const struct answer *a)
{
	buf_addc(out, '{');
	add_keys(out, a);
	buf_adds(out, "}\n");
	buf_add(out, a->body.data, a->body.len);
}

/* The keys are part of what these show; all else is the body as it is. */
static void print_keyed(struct buf *out, const struct http_wants *w,
			enum http_format format, const struct answer *a,
			const char *etag)
{
	struct buf body = BUF_INIT(out->max);

	if (format == HTTP_JSON)
		add_json(&body, a);
	else
		add_ndjson(&body, a);
	if (body.failed)
		http_print_error(out, w, 0, ERROR_TOO_LARGE, NULL,
				 "there is no memory for the reply: ask for "
				 "less");
	else
		http_print_body(out, w, 200, formats[format].type, etag, NULL,
				body.data, body.len);
	buf_release(&body);
}

static void print_ok(struct buf *out, const struct http_wants *w,
		     enum http_format format, const struct answer *a,
		     const char *etag)
{
	if (a->has_bytes || (format != HTTP_JSON && format != HTTP_NDJSON))
		http_print_body(out, w, 200, formats[format].type, etag, NULL,
				a->body.data, a->body.len);
	else if (a->has_lines && !has_objects(&a->body))
		http_print_error(out, w, 0, ERROR_INTERNAL, NULL,
				 "a line of the answer is not JSON; please "
				 "report this request");
	else
		print_keyed(out, w, format, a, etag);
}

void http_print(struct buf *out, const struct http_wants *w,
		const struct verb *verb, enum http_format format,
		const struct answer *a, const char *etag)
{
	struct buf text = BUF_INIT(ERROR_TEXT_MAX);
	enum error_code code = answer_outcome(a, &text);
	char param[PARAM_MAX];

	if (code) {
		find_param(verb, code, text.data, param);
		http_print_error(out, w, 0, code, param, text.data);
	} else {
		print_ok(out, w, format, a, etag);
	}
	buf_release(&text);
}
