/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * headline.c - what the best match of each period is called
 */
#include "search.h"

#include "meta.h"
#include "status.h"
#include "utf8.h"

enum {
	HEADLINES_MOST = 1000, /* buckets, the latest, that have one */
	TITLE_MOST = 300       /* bytes of a title that are given */
};

static const char *title_of(const struct trawl_doc *doc, size_t *len)
{
	for (size_t i = 0; i < doc->nfields; i++) {
		const struct trawl_field *f = &doc->fields[i];

		if (!strcmp(f->name, "title") && !f->json && f->len) {
			*len = utf8_cut(f->value, f->len, TITLE_MOST);
			return f->value;
		}
	}
	return NULL;
}

static enum trawl_status read_headline(struct search *s, uint32_t docid,
				       struct trawl_bucket *bucket,
				       struct trawl_error *err)
{
	struct arena *arena = &s->res->arena;
	struct trawl_doc doc;
	enum trawl_status st;
	const char *title;
	size_t len = 0;

	arena_reset(&s->page);
	st = index_fields(s->ix, docid, &s->page, &doc, err);
	if (st != TRAWL_OK)
		return st;
	title = title_of(&doc, &len);
	bucket->id = arena_strdup(arena, doc.id);
	if (title)
		bucket->title = arena_strndup(arena, title, len);
	return arena->failed ? result_full(s->res, err) : TRAWL_OK;
}

static enum trawl_status find_headline(struct search *s,
				       const struct facet_best *best,
				       struct trawl_bucket *bucket,
				       struct trawl_error *err)
{
	char term[FACET_ORDER_MAX] = TERM_ID;
	const size_t skip = FACET_ORDER_DATE;
	uint32_t docid = 0;
	enum trawl_status st;

	if (!best || best->len <= skip)
		return TRAWL_OK;
	memcpy(term + 1, best->order + skip, best->len - skip);
	st = index_find_term(s->ix,
			     (struct xap_bytes){ term, best->len - skip + 1 },
			     &docid, err);
	return st == TRAWL_OK && docid ? read_headline(s, docid, bucket, err)
				       : st;
}

enum trawl_status search_headlines(struct search *s, struct trawl_error *err)
{
	const size_t n = s->res->head.nbuckets;
	enum trawl_status st = TRAWL_OK;

	if (!s->facets.best)
		return TRAWL_OK;
	for (size_t i = n > HEADLINES_MOST ? n - HEADLINES_MOST : 0;
	     st == TRAWL_OK && i < n && !search_is_late(s); i++)
		st = find_headline(s, facets_best(&s->facets, i),
				   &s->res->buckets[i], err);
	return st;
}
