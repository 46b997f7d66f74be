/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "term_source.h"

enum trawl_status term_source_each(const struct term_source *s,
				   struct xap_bytes prefix,
				   struct xap_bytes from, bool want_freq,
				   xap_term_fn *each, void *ctx,
				   struct trawl_error *err)
{
	return s->matcher ? matcher_terms(s->matcher, prefix, from, want_freq,
					  each, ctx, err)
			  : xap_db_terms(s->db, prefix, from, want_freq, each,
					 ctx, err);
}

enum trawl_status term_source_freqs(const struct term_source *s,
				    struct xap_bytes term, uint32_t *termfreq,
				    uint32_t *collfreq, struct trawl_error *err)
{
	return s->matcher ? matcher_term_freq(s->matcher, term.data, term.len,
					      termfreq, collfreq, err)
			  : xap_db_term_freq(s->db, term.data, term.len,
					     termfreq, collfreq, err);
}

enum trawl_status term_source_freq(const struct term_source *s,
				   struct xap_bytes term, uint32_t *termfreq,
				   struct trawl_error *err)
{
	uint32_t all;

	return term_source_freqs(s, term, termfreq, &all, err);
}
