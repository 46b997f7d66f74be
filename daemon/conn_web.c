/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include "metrics.h"
#include "opensearch.h"
#include "web_files.h"

#define PLAIN	"text/plain; charset=utf-8"
#define FOREVER "public, max-age=31536000, immutable"

static void put(struct asked *a, const char *type, const char *body, size_t n)
{
	struct buf out = BUF_INIT(2 * CONN_ANSWER_MAX);

	http_print_body(&out, &a->wants, 200, type, NULL, NULL, body, n);
	asked_put(a, &out);
	buf_release(&out);
}

static void put_text(struct asked *a, const char *text)
{
	put(a, PLAIN, text, strlen(text));
}

/* A file: not sent to who has it. */
static void put_file(struct asked *a, const char *type, const char *etag,
		     const char *extra, const char *body, size_t n)
{
	struct buf out = BUF_INIT(2 * CONN_ANSWER_MAX);

	if (http_etag_matches(a->wants.etags, etag))
		http_print_unchanged(&out, &a->wants, etag);
	else
		http_print_body(&out, &a->wants, 200, type, etag, extra, body,
				n);
	asked_put(a, &out);
	buf_release(&out);
}

/* ---------------------------------------------------------- state of things -- */

static void serve_health(struct asked *a)
{
	put_text(a, "ok\n");
}

static void serve_readiness(struct asked *a)
{
	const struct front *f = a->c->conns->f;
	struct crew_facts crew;

	crew_count(f->crew, &crew);
	if (!crew.workers) {
		asked_fail(a, 0, ERROR_LOADING, NULL,
			   "no worker has opened the indexes yet; try again");
		return;
	}
	for (size_t i = 0; i < f->nindexes; i++)
		if (f->facts[i].broken) {
			asked_fail(a, 0, ERROR_LOADING, NULL, "%s: %s",
				   f->name[i], f->facts[i].text);
			return;
		}
	put_text(a, "ready\n");
}

static void serve_metrics(struct asked *a)
{
	struct buf body = BUF_INIT(CONN_ANSWER_MAX);

	metrics_print(a->c->conns->f, &body);
	put(a, METRICS_TYPE, body.data, body.len);
	buf_release(&body);
}

void conn_serve_stats(struct asked *a, const struct line_request *rq)
{
	struct buf out = BUF_INIT(2 * CONN_ANSWER_MAX);
	struct answer answer;

	answer_init(&answer, CONN_ANSWER_MAX);
	front_describe(a->c->conns->f, &answer);
	http_print(&out, &a->wants, rq->verb, HTTP_JSON, &answer, NULL);
	asked_put(a, &out);
	conn_account_now(a->c, rq, a->begun_ns, answer.code);
	answer_release(&answer);
	buf_release(&out);
}

/* ------------------------------------------------------------------ files -- */

/* "?v=" and the version: what is there never changes. */
static bool is_versioned(const struct asked *a)
{
	const struct http_span q = a->http->query;
	const char *version = web_version();
	const size_t n = strlen(version);

	return q.n == n + 2 && !memcmp(q.s, "v=", 2) &&
	       !memcmp(q.s + 2, version, n);
}

static void serve_file(struct asked *a)
{
	struct http_wants *w = &a->wants;
	char etag[HTTP_ETAG_MAX];
	struct web_file file;
	bool gzip = w->gzip;

	if (!web_file(w->route, &file))
		return;
	/* It is compressed already. */
	w->gzip = false;
	w->cache = is_versioned(a) ? FOREVER : NULL;
	http_etag(NULL, w, "", etag);
	put_file(a, file.type, etag, gzip ? "Content-Encoding: gzip\r\n" : NULL,
		 gzip ? file.bytes_gz : file.bytes, gzip ? file.n_gz : file.n);
}

static void serve_opensearch(struct asked *a)
{
	const struct front *f = a->c->conns->f;
	struct buf body = BUF_INIT(CONN_ANSWER_MAX);
	char etag[HTTP_ETAG_MAX];

	opensearch_print(&body, a->wants.base,
			 f->nindexes == 1 ? f->name[0] : "trawl");
	/* What it is made of may change with any request. */
	http_etag(NULL, &a->wants, body.data, etag);
	put_file(a, OPENSEARCH_TYPE, etag, NULL, body.data, body.len);
	buf_release(&body);
}

static const struct {
	void (*serve)(struct asked *a);
	bool versioned; /* takes v= */
} servers[ROUTES] = {
	[ROUTE_METRICS] = { serve_metrics, false },
	[ROUTE_HEALTHZ] = { serve_health, false },
	[ROUTE_READYZ] = { serve_readiness, false },
	[ROUTE_OPENAPI] = { serve_file, true },
	[ROUTE_OPENSEARCH] = { serve_opensearch, true },
	[ROUTE_STYLE] = { serve_file, true },
	[ROUTE_SCRIPT] = { serve_file, true },
	[ROUTE_ICON] = { serve_file, true },
};

/* None, or v= alone where that is taken. */
static bool has_other_options(const struct asked *a)
{
	const struct http_span q = a->http->query;

	if (!servers[a->wants.route].versioned)
		return q.n > 0;
	return q.n &&
	       (q.n < 2 || memcmp(q.s, "v=", 2) != 0 || memchr(q.s, '&', q.n));
}

void conn_serve(struct asked *a)
{
	if (has_other_options(a))
		asked_fail(a, 0, ERROR_UNKNOWN_OPTION, NULL, "%s takes no %s",
			   a->route->path,
			   servers[a->wants.route].versioned ? "options but v="
							     : "options");
	else
		servers[a->wants.route].serve(a);
}
