/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder_share.c - what each thread of a build does: documents to a run
 */
#include "builder_parts.h"

#include "glass_termlist.h"
#include "status.h"

enum {
	DATA_MAX = 1 << 30, /* bytes of a document's data or term list */
	/* Below this a run is not worth its files. */
	RUN_MIN = 1 << 20
};

static void share_free(struct builder_share *share)
{
	for (size_t i = 0; i < share->nfiles; i++)
		run_files_free(share->files[i]);
	free(share->files);
	run_free(share->run);
	terms_release(&share->terms);
	glass_deflater_free(share->deflater);
	buf_release(&share->data);
	buf_release(&share->tag);
	free(share);
}

void builder_shares_free(struct builder *b)
{
	struct builder_share *share;

	while ((share = b->shares)) {
		b->shares = share->next;
		share_free(share);
	}
}

static void link_share(struct builder *b, struct builder_share *share)
{
	pthread_mutex_lock(&b->lock);
	share->next = b->shares;
	b->shares = share;
	atomic_fetch_add(&b->nshares, 1);
	pthread_mutex_unlock(&b->lock);
}

enum trawl_status builder_share_new(struct builder *b,
				    struct builder_share **out,
				    struct trawl_error *err)
{
	struct builder_share *share = calloc(1, sizeof(*share));

	if (!share)
		return fail_nomem(err);
	share->b = b;
	terms_init(&share->terms);
	buf_init(&share->data, DATA_MAX);
	buf_init(&share->tag, DATA_MAX);
	share->run = run_new(&share->terms);
	if (b->options.compress)
		share->deflater = glass_deflater_new(b->options.compress);
	if (!share->run || (b->options.compress && !share->deflater)) {
		share_free(share);
		return fail_nomem(err);
	}
	link_share(b, share);
	*out = share;
	return TRAWL_OK;
}

void builder_share_leave(struct builder_share *share)
{
	buf_release(&share->data);
	buf_release(&share->tag);
	glass_deflater_free(share->deflater);
	share->deflater = NULL;
}

struct terms *builder_share_terms(struct builder_share *share)
{
	return &share->terms;
}

/* -------------------------------------------------------------- spilling -- */

static bool reserve_file(struct builder_share *share)
{
	size_t want = share->files_alloc ? 2 * share->files_alloc : 16;
	struct run_files **grown;

	if (share->nfiles < share->files_alloc)
		return true;
	grown = realloc(share->files, want * sizeof(struct run_files *));
	if (!grown)
		return false;
	share->files = grown;
	share->files_alloc = want;
	return true;
}

static size_t share_limit(const struct builder *b)
{
	size_t n = atomic_load(&b->nshares);

	if (n < b->options.threads)
		n = b->options.threads;
	return b->options.memory / n;
}

static bool is_full(const struct builder_share *share)
{
	size_t run = run_bytes(share->run), limit = share_limit(share->b);

	return run > RUN_MIN && run > limit / 4 &&
	       run + terms_bytes(&share->terms) > limit;
}

static enum trawl_status spill(struct builder_share *share,
			       struct trawl_error *err)
{
	enum trawl_status st;

	if (!reserve_file(share))
		return fail_nomem(err);
	st = run_spill(share->run, share->b->path, &share->files[share->nfiles],
		       err);
	if (st != TRAWL_OK)
		return st;
	share->nfiles++;
	/* A vocabulary that has taken the place of postings begins anew. */
	if (terms_bytes(&share->terms) > share_limit(share->b) / 2)
		terms_reset(&share->terms);
	return TRAWL_OK;
}

/* ------------------------------------------------------------ inverting -- */

/* out->bytes: the data, then the term list, each deflated when that pays. */
static bool copy_tags(struct builder_share *share,
		      const struct xap_document *doc, struct built *out)
{
	struct xap_bytes data = doc->data;
	struct buf terms = share->tag;
	struct buf deflated = BUF_INIT(DATA_MAX);

	if (share->deflater) {
		out->data_deflated = glass_deflate(share->deflater, data.data,
						   data.len, &share->data);
		if (out->data_deflated)
			data = (struct xap_bytes){ share->data.data,
						   share->data.len };
		out->terms_deflated = glass_deflate(share->deflater, terms.data,
						    terms.len, &deflated);
		if (out->terms_deflated)
			terms = deflated;
	}
	out->data_len = data.len;
	out->terms_len = terms.len;
	out->bytes = malloc(data.len + terms.len + 1);
	if (out->bytes) {
		memcpy(out->bytes, data.data ? data.data : "", data.len);
		memcpy(out->bytes + data.len, terms.data, terms.len);
	}
	buf_release(&deflated);
	return out->bytes;
}

static enum trawl_status add_to_run(struct builder_share *share,
				    const struct xap_document *doc,
				    struct built *out, struct trawl_error *err)
{
	uint_fast32_t ticket = atomic_fetch_add(&share->b->tickets, 1);

	if (ticket >= UINT32_MAX - 1)
		return fail(err, TRAWL_INTERNAL,
			    "no document number is left for a build");
	out->ticket = (uint32_t)ticket;
	if (!run_add(share->run, out->ticket, doc->postings, doc->npostings))
		return fail_nomem(err);
	return is_full(share) ? spill(share, err) : TRAWL_OK;
}

enum trawl_status builder_invert(struct builder_share *share,
				 const struct xap_document *doc,
				 struct built *out, struct trawl_error *err)
{
	struct built built = { .share = share };
	enum trawl_status st;

	buf_reset(&share->tag);
	if (!glass_put_termlist(&share->tag, doc->postings, doc->npostings,
				&built.length))
		return share->tag.failed
			       ? fail_nomem(err)
			       : fail(err, TRAWL_REFUSED,
				      "more than 4,294,967,295 words");
	if (doc->data.len > DATA_MAX)
		return fail(err, TRAWL_REFUSED,
			    "%zu bytes to store, the limit is %d",
			    doc->data.len, DATA_MAX);
	if (!copy_tags(share, doc, &built))
		return fail_nomem(err);
	st = add_to_run(share, doc, &built, err);
	if (st != TRAWL_OK) {
		built_release(&built);
		return st;
	}
	*out = built;
	return TRAWL_OK;
}

void built_release(struct built *built)
{
	free(built->bytes);
	*built = (struct built){ .share = NULL };
}
