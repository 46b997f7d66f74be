/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_atom.h - the answer to a query as an Atom 1.0 feed (RFC 4287); pure
 *
 * So that a reader can subscribe to a search.  An entry is a hit: its id is
 * urn:trawl:INDEX:ID with both percent-encoded, the same whatever the query;
 * its date the document's, completed ("2024-11": 2024-11-01T00:00:00Z), and
 * 1970 when it has none; its link the document's url, when that is http or
 * https, else the page that shows it.
 */
#ifndef DAEMON_HTTP_ATOM_H
#define DAEMON_HTTP_ATOM_H

#include "http_reply.h"

struct trawl_request;
struct trawl_result;

/* Append the response.  index: the name of the only one that was searched;
 * hits of several say theirs, and it may be NULL. */
void http_print_atom(struct buf *out, const struct http_wants *w,
		     const struct line_request *rq,
		     const struct trawl_request *trq,
		     const struct trawl_result *res, const char *index,
		     const char *etag);

#endif
