/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_route.h - the paths of the HTTP service: the only list of them
 *
 * Dispatch, 405's Allow, the metrics' labels and the test that doc/http.md and
 * /openapi.json have each of them read the table.
 */
#ifndef DAEMON_HTTP_ROUTE_H
#define DAEMON_HTTP_ROUTE_H

#include "http_parse.h"
#include "verb.h"

enum route_id {
	ROUTE_PAGE,	  /* /              the search page, filled in */
	ROUTE_VIEW,	  /* /view/ID       a document as a page */
	ROUTE_SEARCH,	  /* /search */
	ROUTE_COUNT,	  /* /count */
	ROUTE_DOC,	  /* /doc/ID */
	ROUTE_SIMILAR,	  /* /similar/ID, or POST /similar with q= */
	ROUTE_SUGGEST,	  /* /suggest */
	ROUTE_SPELL,	  /* /spell */
	ROUTE_EXPLAIN,	  /* /explain/ID, /explain?id= */
	ROUTE_INFO,	  /* /info */
	ROUTE_STATS,	  /* /stats */
	ROUTE_METRICS,	  /* /metrics */
	ROUTE_HEALTHZ,	  /* /healthz       the front is there */
	ROUTE_READYZ,	  /* /readyz        a worker has opened the indexes */
	ROUTE_OPENAPI,	  /* /openapi.json */
	ROUTE_OPENSEARCH, /* /opensearch.xml */
	ROUTE_STYLE,	  /* /page.css */
	ROUTE_SCRIPT,	  /* /page.js */
	ROUTE_ICON,	  /* /icon.svg and /favicon.ico */
	ROUTES
};

enum route_flags {
	ROUTE_HAS_ID = 1, /* the rest of the path is id=; "/" may be in it */
	ROUTE_POST = 2,	  /* takes POST, too */
	ROUTE_OPEN = 4,	  /* is answered without the token */
	ROUTE_HTML = 8	  /* errors are pages */
};

struct route {
	const char *path;  /* with "{id}" at its end when it has ROUTE_HAS_ID */
	enum verb_id verb; /* of a worker, or STATS; VERBS: the front's own */
	unsigned flags;
	const char *summary; /* one sentence */
};

extern const struct route routes[ROUTES];

/* The route of a path and what is behind it, as sent (rest; id= when it has
 * one); NULL: 404. */
const struct route *route_find(struct http_span path, struct http_span *rest);

#endif
