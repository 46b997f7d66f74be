/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * term_source.h - an index's list of terms, read the fastest way there is
 */
#ifndef LIB_TERM_SOURCE_H
#define LIB_TERM_SOURCE_H

#include "matcher.h"

struct term_source {
	struct xap_db *db;
	struct matcher *matcher; /* of db; or NULL: it cannot be had */
};

/* As xap_db_terms(). */
enum trawl_status term_source_each(const struct term_source *s,
				   struct xap_bytes prefix,
				   struct xap_bytes from, bool want_freq,
				   xap_term_fn *each, void *ctx,
				   struct trawl_error *err);
/* As xap_db_term_freq(); the term is not empty. */
enum trawl_status term_source_freqs(const struct term_source *s,
				    struct xap_bytes term, uint32_t *termfreq,
				    uint32_t *collfreq,
				    struct trawl_error *err);
/* As xap_db_term_freq(), of documents; the term is not empty. */
enum trawl_status term_source_freq(const struct term_source *s,
				   struct xap_bytes term, uint32_t *termfreq,
				   struct trawl_error *err);

#endif
