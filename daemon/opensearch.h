/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * opensearch.h - how a browser adds trawl as an engine (OpenSearch 1.1); pure
 */
#ifndef DAEMON_OPENSEARCH_H
#define DAEMON_OPENSEARCH_H

#define OPENSEARCH_TYPE "application/opensearchdescription+xml; charset=utf-8"

struct buf;

/* base: "http://127.0.0.1:7780", without a slash at its end; name: what the
 * browser shows, cut to what the format allows. */
void opensearch_print(struct buf *out, const char *base, const char *name);

#endif
