/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http_route.h"

#include <string.h>

#define ID "{id}"

/* One row, one path. */
/* clang-format off */
const struct route routes[ROUTES] = {
	[ROUTE_PAGE] = { "/", VERB_SEARCH, ROUTE_HTML,
		"The search page, filled in with the answer." },
	[ROUTE_VIEW] = { "/view/" ID, VERB_GET, ROUTE_HAS_ID | ROUTE_HTML,
		"A document as a page, with what q matches marked." },
	[ROUTE_SEARCH] = { "/search", VERB_SEARCH, ROUTE_POST,
		"Documents that match, best first." },
	[ROUTE_COUNT] = { "/count", VERB_COUNT, ROUTE_POST,
		"How many documents match, exactly." },
	[ROUTE_DOC] = { "/doc/" ID, VERB_GET, ROUTE_HAS_ID,
		"A document's text, or all of it as JSON." },
	[ROUTE_SIMILAR] = { "/similar/" ID, VERB_SIMILAR,
		ROUTE_HAS_ID | ROUTE_POST,
		"Documents like the one named, or like the text." },
	[ROUTE_SUGGEST] = { "/suggest", VERB_SUGGEST, 0,
		"Completions of the last word, then titles." },
	[ROUTE_SPELL] = { "/spell", VERB_SPELL, 0,
		"Spellings of the index that are near." },
	[ROUTE_EXPLAIN] = { "/explain/" ID, VERB_EXPLAIN,
		ROUTE_HAS_ID | ROUTE_POST,
		"Why one document has the score it has." },
	[ROUTE_INFO] = { "/info", VERB_INFO, 0,
		"What each index is and holds." },
	[ROUTE_STATS] = { "/stats", VERB_STATS, 0,
		"Counters and latencies of the server." },
	[ROUTE_METRICS] = { "/metrics", VERBS, 0,
		"The same for Prometheus, and more." },
	[ROUTE_HEALTHZ] = { "/healthz", VERBS, ROUTE_OPEN,
		"Is the server there?" },
	[ROUTE_READYZ] = { "/readyz", VERBS, ROUTE_OPEN,
		"Are all indexes open, so that it can answer?" },
	[ROUTE_OPENAPI] = { "/openapi.json", VERBS, ROUTE_OPEN,
		"This service, described in OpenAPI 3.1." },
	[ROUTE_OPENSEARCH] = { "/opensearch.xml", VERBS, ROUTE_OPEN,
		"How a browser adds it as a search engine." },
	[ROUTE_STYLE] = { "/page.css", VERBS, ROUTE_OPEN,
		"The page's style." },
	[ROUTE_SCRIPT] = { "/page.js", VERBS, ROUTE_OPEN,
		"The page's script." },
	[ROUTE_ICON] = { "/icon.svg", VERBS, ROUTE_OPEN,
		"The page's icon; also as /favicon.ico." },
};
/* clang-format on */

/* path is what the row says; with an id, "/doc" or "/doc/" and the id. */
static bool is_path(const struct route *route, struct http_span path,
		    struct http_span *rest)
{
	size_t n = strlen(route->path);

	*rest = (struct http_span){ NULL, 0 };
	if (!(route->flags & ROUTE_HAS_ID))
		return path.n == n && !memcmp(path.s, route->path, n);
	n -= strlen("/" ID);
	if (path.n < n || memcmp(path.s, route->path, n) != 0)
		return false;
	if (path.n == n)
		return true;
	if (path.s[n] != '/')
		return false;
	*rest = (struct http_span){ path.s + n + 1, path.n - n - 1 };
	return true;
}

const struct route *route_find(struct http_span path, struct http_span *rest)
{
	static const char favicon[] = "/favicon.ico";

	for (size_t i = 0; i < ROUTES; i++)
		if (is_path(&routes[i], path, rest))
			return &routes[i];
	if (path.n == strlen(favicon) && !memcmp(path.s, favicon, path.n))
		return &routes[ROUTE_ICON];
	return NULL;
}
