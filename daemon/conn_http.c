/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include "http_form.h"
#include "http_host.h"
#include "utf8.h"
#include "web_files.h"

#include <stdarg.h>
#include <strings.h>

enum {
	/* What a client sends, public-url, and what is put between. */
	STRINGS_MAX = HTTP_LINE_MAX + HTTP_FIELDS_MAX + SETTINGS_WEB_MAX + 256,
	STRINGS_ROOM = 64,
	SHOWN_MAX = 100 /* bytes of a name, in an error */
};

/* What the page and a document's page take is more than their verbs do. */
static const struct verb page_options = {
	.name = "/",
	.flags = VERB_TEXT,
	.options = "in sort match ranking group story since until offset "
		   "similar explain",
};
static const struct verb view_options = {
	.name = "/view",
	.flags = VERB_TEXT,
	.options = "id in index match",
};

/* --------------------------------------------------------------- answers -- */

void asked_put(struct asked *a, const struct buf *response)
{
	a->c->last = a->wants.close || response->failed;
	if (!response->failed)
		conn_put_response(a->c, a->route, response->data,
				  response->len);
}

void asked_fail(struct asked *a, unsigned status, enum error_code code,
		const char *param, const char *fmt, ...)
{
	struct buf out = BUF_INIT(CONN_ANSWER_MAX);
	char text[LINE_ERROR_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	http_print_error(&out, &a->wants, status, code, param, text);
	asked_put(a, &out);
	buf_release(&out);
}

/* The same of a request whose verb is known: counted and logged. */
static void refuse(struct asked *a, const struct line_request *rq,
		   enum error_code code, const char *param, const char *text)
{
	asked_fail(a, 0, code, param, "%s", text);
	conn_account_now(a->c, rq, a->begun_ns, code);
}

/* --------------------------------------------------- what shapes an answer -- */

/* The parts and a NUL in b, which has room for them. */
static const char *add_string(struct buf *b, struct http_span first,
			      const char *between, struct http_span second)
{
	const size_t at = b->len;

	buf_add(b, first.s ? first.s : "", first.n);
	buf_adds(b, between);
	buf_add(b, second.s ? second.s : "", second.n);
	buf_addc(b, '\0');
	return b->data + at;
}

static struct http_span span(const char *s)
{
	return (struct http_span){ s, strlen(s) };
}

static const char *add_base(struct buf *b, const struct asked *a)
{
	const char *url = a->c->conns->f->public_url;
	const struct http_span none = { NULL, 0 };

	if (*url)
		return add_string(b, span(url), "", none);
	return add_string(b, span("http://"), "",
			  a->http->host.s ? a->http->host : span("localhost"));
}

/* False: there is no memory for them. */
static bool add_strings(struct asked *a)
{
	const struct http_request *http = a->http;
	const struct front *f = a->c->conns->f;
	const struct http_span none = { NULL, 0 };
	const struct http_span origin =
		http_origin_allowed(http->origin, f->http_origins);
	struct buf *b = &a->strings;

	if (!buf_reserve(b, http->path.n + http->query.n + http->host.n +
				    http->if_none_match.n + origin.n +
				    strlen(f->public_url) + STRINGS_ROOM))
		return false;
	a->wants.target = add_string(b, http->path, http->query.s ? "?" : "",
				     http->query);
	a->wants.etags = add_string(b, http->if_none_match, "", none);
	a->wants.origin = add_string(b, origin, "", none);
	a->wants.by_origin = *f->http_origins && *f->http_origins != '*';
	a->wants.base = add_base(b, a);
	return true;
}

static struct asked asked(struct conn *c, const struct http_request *http)
{
	struct asked a = {
		.c = c,
		.http = http,
		.wants = { .route = ROUTE_HEALTHZ,
			   .version = web_version(),
			   .now = time(NULL) },
		.strings = BUF_INIT(STRINGS_MAX),
		.begun_ns = monotonic_ns(),
	};

	if (!http)
		return a;
	a.route = route_find(http->path, &a.rest);
	if (a.route)
		a.wants.route = (enum route_id)(a.route - routes);
	a.wants.head = http->method == HTTP_HEAD;
	a.wants.gzip = http->accepts_gzip;
	a.wants.close = http->close || c->refusing;
	return a;
}

/* ----------------------------------------------------------- who may what -- */

static void misdirected(struct asked *a)
{
	const struct http_span host = a->http->host;

	asked_fail(a, 421, ERROR_NOT_ALLOWED, "host",
		   "not served as %.*s: ask by address or as localhost, or add "
		   "the name to http-hosts (trawld.conf)",
		   (int)utf8_cut(host.s, host.n, SHOWN_MAX), host.s);
}

static const char *allowed_methods(const struct route *route)
{
	return route && route->flags & ROUTE_POST ? "GET, HEAD, POST, OPTIONS"
						  : "GET, HEAD, OPTIONS";
}

/* OPTIONS: what may be asked, and what a page of an origin may. */
static void tell_options(struct asked *a)
{
	static const char cors[] =
		"Access-Control-Allow-Methods: GET, HEAD, POST\r\n"
		"Access-Control-Allow-Headers: Authorization, Content-Type, "
		"If-None-Match\r\n"
		"Access-Control-Max-Age: 600\r\n";
	struct buf out = BUF_INIT(CONN_ANSWER_MAX);

	a->wants.allow = allowed_methods(a->route);
	http_print_body(&out, &a->wants, 204, NULL, NULL,
			*a->wants.origin ? cors : NULL, "", 0);
	asked_put(a, &out);
	buf_release(&out);
}

static void no_such_path(struct asked *a)
{
	const struct http_span path = a->http->path;

	asked_fail(
		a, 404, ERROR_NOT_FOUND, NULL,
		"no such path: %.*s: /openapi.json describes those there are",
		(int)utf8_cut(path.s, path.n, SHOWN_MAX), path.s);
}

static void wrong_method(struct asked *a)
{
	a->wants.allow = allowed_methods(a->route);
	asked_fail(a, 405, ERROR_UNKNOWN_VERB, NULL,
		   "%s takes no POST: ask with GET", a->route->path);
}

static void unauthorized(struct asked *a, enum error_code code,
			 const char *text)
{
	const struct line_request rq = { .verb = &verbs[a->route->verb] };

	if (a->route->verb == VERBS)
		asked_fail(a, 0, code, NULL, "%s", text);
	else
		refuse(a, &rq, code, NULL, text);
}

/* "Bearer TOKEN" */
static bool take_bearer(struct http_span field, struct http_span *token)
{
	static const char scheme[] = "Bearer ";
	const size_t n = sizeof(scheme) - 1;

	if (field.n < n || strncasecmp(field.s, scheme, n) != 0)
		return false;
	*token = (struct http_span){ field.s + n, field.n - n };
	while (token->n && *token->s == ' ') {
		token->s++;
		token->n--;
	}
	return true;
}

/* Or it has been answered. */
static bool is_authorized(struct asked *a)
{
	struct conn *c = a->c;
	struct front *f = c->conns->f;
	struct http_span token;

	if (!f->token[0] || a->route->flags & ROUTE_OPEN)
		return true;
	if (!take_bearer(a->http->authorization, &token)) {
		unauthorized(a, ERROR_AUTH_REQUIRED,
			     "the server asks for its token: Authorization: "
			     "Bearer TOKEN");
		return false;
	}
	if (conn_knows_token(f, token.s, token.n))
		return true;
	f->stats.event[STATS_AUTH_FAILED]++;
	a->wants.close |= ++c->auth_tries >= CONN_AUTH_TRIES;
	unauthorized(a, ERROR_AUTH_FAILED, "that is not the server's token");
	return false;
}

/* ------------------------------------------------------- what it asks for -- */

static const struct verb *options_of(const struct asked *a)
{
	switch (a->wants.route) {
	case ROUTE_PAGE:
		return &page_options;
	case ROUTE_VIEW:
		return &view_options;
	default:
		return &verbs[a->route->verb];
	}
}

/* The rest of the path, which is an option like any other. */
static bool read_id(struct asked *a, struct line_request *rq, struct buf *store,
		    struct form_error *err)
{
	struct http_span id;

	if (!a->rest.n)
		return true;
	if (!form_decode(a->rest, false, store, &id, err)) {
		memcpy(err->param, "id", sizeof("id"));
		return false;
	}
	rq->option[rq->noptions++] = (struct line_option){ "id", id.s, id.n };
	return true;
}

/* On the page, similar=ID asks for another verb. */
static void read_similar(struct line_request *rq)
{
	for (size_t i = 0; i < rq->noptions; i++)
		if (!strcmp(rq->option[i].key, "similar")) {
			rq->option[i].key = "id";
			rq->verb = &verbs[VERB_SIMILAR];
		}
}

static bool read_options(struct asked *a, struct line_request *rq,
			 struct buf *id, struct buf *store,
			 struct form_error *err)
{
	bool ok;

	*err = (struct form_error){ .code = ERROR_NONE };
	*rq = (struct line_request){ .verb = options_of(a) };
	ok = read_id(a, rq, id, err) && form_options(a->http, rq, store, err);
	rq->verb = &verbs[a->route->verb];
	if (a->route->flags & ROUTE_HTML)
		form_drop_empty(rq);
	if (a->wants.route == ROUTE_PAGE)
		read_similar(rq);
	return ok;
}

/* What there is no answer without, as one says it over HTTP; or NULL. */
static const char *missing_option(const struct asked *a,
				  const struct line_request *rq)
{
	const char *q = line_value(rq, "q");
	bool has_q = q && (*q || !(rq->verb->flags & VERB_NEEDS_TEXT));
	bool has_id = line_value(rq, "id");

	switch (a->wants.route) {
	case ROUTE_SEARCH:
	case ROUTE_COUNT:
	case ROUTE_SUGGEST:
	case ROUTE_SPELL:
		return has_q ? NULL : "q";
	case ROUTE_SIMILAR:
		return has_id || has_q ? NULL : "id";
	default:
		return rq->verb->flags & VERB_NEEDS_ID && !has_id ? "id" : NULL;
	}
}

/* Or it has been answered. */
static bool is_complete(struct asked *a, const struct line_request *rq)
{
	const char *missing = missing_option(a, rq);
	const char *fmt = line_value(rq, "fmt");
	enum http_format format;
	char text[LINE_ERROR_MAX];

	if (missing) {
		snprintf(text, sizeof(text), "%s= is missing: %s needs %s",
			 missing, a->route->path,
			 a->wants.route == ROUTE_SIMILAR
				 ? "a document's id, or a text as q="
			 : *missing == 'q' ? "a text"
					   : "a document's id");
		refuse(a, rq, ERROR_MISSING_VALUE, missing, text);
	} else if (!http_format(a->wants.route, fmt, &format)) {
		snprintf(text, sizeof(text),
			 "fmt=%.*s: no format of %s: /openapi.json lists them",
			 (int)utf8_cut(fmt, strlen(fmt), SHOWN_MAX), fmt,
			 a->route->path);
		refuse(a, rq, ERROR_BAD_VALUE, "fmt", text);
	} else {
		return true;
	}
	return false;
}

static void ask_crew(struct asked *a, const struct line_request *rq)
{
	char why[CONN_WHY_MAX];
	enum error_code code = conn_ask(a->c, rq, &a->wants, &a->strings, why);

	if (code)
		refuse(a, rq, code, NULL, why);
	else
		a->c->last = a->wants.close;
}

static void ask(struct asked *a)
{
	struct buf id = BUF_INIT(HTTP_LINE_MAX),
		   store = BUF_INIT(FORM_STORE_MAX);
	struct line_request rq;
	struct form_error err;

	if (!read_options(a, &rq, &id, &store, &err)) {
		a->c->conns->f->stats.event[STATS_BAD_REQUESTS]++;
		asked_fail(a, err.status, err.code, err.param, "%s", err.text);
	} else if (is_complete(a, &rq)) {
		if (rq.verb->flags & VERB_WORKER)
			ask_crew(a, &rq);
		else
			conn_serve_stats(a, &rq);
	}
	buf_release(&id);
	buf_release(&store);
}

/* -------------------------------------------------------------- requests -- */

static void answer(struct asked *a)
{
	const struct http_request *http = a->http;
	const struct front *f = a->c->conns->f;

	if (a->c->refusing)
		asked_fail(a, 0, ERROR_SHUTTING_DOWN, NULL,
			   "the server is about to end");
	else if (http->host.s && !http_host_is_ours(http->host, f->http_hosts))
		misdirected(a);
	else if (http->method == HTTP_OPTIONS)
		tell_options(a);
	else if (!a->route)
		no_such_path(a);
	else if (http->method == HTTP_POST && !(a->route->flags & ROUTE_POST))
		wrong_method(a);
	else if (!is_authorized(a))
		return;
	else if (a->route->verb == VERBS)
		conn_serve(a);
	else
		ask(a);
}

static void take_request(struct conn *c, const struct http_request *http)
{
	struct asked a = asked(c, http);

	if (add_strings(&a)) {
		answer(&a);
	} else {
		a.wants.close = true;
		asked_fail(&a, 0, ERROR_INTERNAL, NULL,
			   "no memory for the request");
	}
	buf_release(&a.strings);
}

static enum error_code code_of(unsigned status)
{
	switch (status) {
	case 405:
		return ERROR_UNKNOWN_VERB;
	case 413:
		return ERROR_TOO_LARGE;
	case 414:
	case 431:
		return ERROR_LINE_TOO_LONG;
	case 415:
	case 417:
		return ERROR_BAD_VALUE;
	case 501:
	case 505:
		return ERROR_WRONG_PROTOCOL;
	default:
		return ERROR_BAD_BYTES;
	}
}

/* What is no request, and nobody knows where the next one begins. */
static void take_refusal(struct conn *c, const struct http_refusal *refusal)
{
	struct asked a = asked(c, NULL);
	const enum error_code code = code_of(refusal->status);
	const enum stats_event event =
		code == ERROR_LINE_TOO_LONG ? STATS_LINE_TOO_LONG
		: code == ERROR_TOO_LARGE   ? STATS_TOO_LARGE
					    : STATS_BAD_REQUESTS;

	c->conns->f->stats.event[event]++;
	a.wants.close = true;
	a.wants.allow = refusal->allow;
	asked_fail(&a, refusal->status, code, NULL, "%s", refusal->text);
}

bool conn_next_http(struct conn *c, char *data, size_t n, size_t *used)
{
	struct http_request http;
	struct http_refusal refusal;
	enum http_event event =
		http_next(&c->http, data, n, used, &http, &refusal);

	if (event == HTTP_MORE)
		return false;
	c->more = *used < n;
	c->request_ns = 0;
	if (event == HTTP_REQUEST)
		take_request(c, &http);
	else
		take_refusal(c, &refusal);
	/* Else it is the answer that is waited for. */
	if (c->last && !c->busy)
		conn_leave(c, NULL);
	return true;
}
