/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder_synonyms.c - the table of synonyms
 *
 * A key is a term; its tag has each synonym in byte order: a byte, its length
 * ^ 96, and as many bytes.
 */
#include "builder_parts.h"

#include "status.h"

enum {
	LENGTH_XOR = 96,
	SYNONYMS_MEMORY = 256 << 20,
	TAG_MAX = 1 << 20
};

void builder_synonyms_init(struct builder_synonyms *s)
{
	arena_init(&s->arena, SYNONYMS_MEMORY);
}

void builder_synonyms_release(struct builder_synonyms *s)
{
	arena_release(&s->arena);
	free(s->at);
	s->at = NULL;
}

static bool make_room(struct builder_synonyms *s)
{
	struct builder_synonym *grown;

	if (s->n < s->alloc)
		return true;
	grown = realloc(s->at, (2 * s->alloc + 64) * sizeof(*grown));
	if (!grown)
		return false;
	s->at = grown;
	s->alloc = 2 * s->alloc + 64;
	return true;
}

enum trawl_status builder_add_synonym(struct builder *b, const char *term,
				      size_t len, const char *synonym,
				      size_t synonym_len,
				      struct trawl_error *err)
{
	struct builder_synonyms *s = &b->synonyms;
	struct builder_synonym one;

	if (!len || len > XAP_TERM_MAX || !synonym_len ||
	    synonym_len > XAP_TERM_MAX)
		return fail(err, TRAWL_REFUSED,
			    "a term or a synonym is empty or too long");
	one.term.data = arena_strndup(&s->arena, term, len);
	one.term.len = len;
	one.synonym.data = arena_strndup(&s->arena, synonym, synonym_len);
	one.synonym.len = synonym_len;
	if (!make_room(s) || s->arena.failed)
		return fail_nomem(err);
	s->at[s->n++] = one;
	return TRAWL_OK;
}

static int compare_bytes(const struct xap_bytes *a, const struct xap_bytes *b)
{
	const size_t least = a->len < b->len ? a->len : b->len;
	const int c = memcmp(a->data, b->data, least);

	return c ? c : (a->len > b->len) - (a->len < b->len);
}

static int compare(const void *pa, const void *pb)
{
	const struct builder_synonym *a = pa, *b = pb;
	const int c = compare_bytes(&a->term, &b->term);

	return c ? c : compare_bytes(&a->synonym, &b->synonym);
}

/* How many from i on are of one term; their tag. */
static size_t make_tag(const struct builder_synonyms *s, size_t i,
		       struct buf *tag)
{
	const struct builder_synonym *first = &s->at[i];
	size_t n = 0;

	buf_reset(tag);
	for (; i + n < s->n && !compare_bytes(&s->at[i + n].term, &first->term);
	     n++) {
		const struct xap_bytes *word = &s->at[i + n].synonym;

		if (n && !compare(&s->at[i + n - 1], &s->at[i + n]))
			continue;
		buf_addc(tag, (char)(word->len ^ LENGTH_XOR));
		buf_add(tag, word->data, word->len);
	}
	return n;
}

enum trawl_status builder_synonyms_write(struct builder_synonyms *s,
					 struct glass_table *t,
					 struct trawl_error *err)
{
	struct buf tag = BUF_INIT(TAG_MAX);
	bool ok = true;
	size_t n;

	if (s->n)
		qsort(s->at, s->n, sizeof(*s->at), compare);
	for (size_t i = 0; ok && i < s->n; i += n) {
		const struct xap_bytes *term = &s->at[i].term;

		n = make_tag(s, i, &tag);
		if (tag.failed)
			break;
		/* Its failure is told at the end of the table. */
		ok = glass_table_add(t, term->data, term->len, tag.data,
				     tag.len, false);
	}
	if (tag.failed) {
		buf_release(&tag);
		return fail_nomem(err);
	}
	buf_release(&tag);
	return TRAWL_OK;
}
