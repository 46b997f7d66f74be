/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * builder_api.c - trawl_builder_*: a writer, and preparers for whoever comes
 *
 * A thread keeps its preparer until its document is put: what one preparer
 * prepares is put in that order (builder.h).
 */
#include "status.h"
#include "trawl.h"

#include <pthread.h>
#include <stdlib.h>

struct idle {
	struct idle *next;
	struct trawl_preparer *preparer;
};

struct trawl_builder {
	struct trawl_writer *writer;
	pthread_mutex_t lock; /* guards the writer and what is below */
	struct idle *idle;
};

enum trawl_status trawl_builder_open(const char *path,
				     const struct trawl_writer_options *options,
				     struct trawl_builder **out,
				     struct trawl_error *err)
{
	struct trawl_writer_options o;
	struct trawl_builder *b;
	enum trawl_status st;

	if (!path || !options || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_builder_open: an argument is NULL");
	b = calloc(1, sizeof(*b));
	if (!b)
		return fail_nomem(err);
	o = *options;
	o.mode = TRAWL_BUILD;
	pthread_mutex_init(&b->lock, NULL);
	st = trawl_writer_open(path, &o, &b->writer, err);
	if (st == TRAWL_OK)
		*out = b;
	else
		trawl_builder_close(b);
	return st;
}

static enum trawl_status new_idle(struct trawl_builder *b, struct idle **out,
				  struct trawl_error *err)
{
	enum trawl_status st;

	*out = calloc(1, sizeof(**out));
	if (!*out)
		return fail_nomem(err);
	st = trawl_preparer_new(b->writer, &(*out)->preparer, err);
	if (st != TRAWL_OK)
		free(*out);
	return st;
}

static enum trawl_status take_preparer(struct trawl_builder *b,
				       struct idle **out,
				       struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	pthread_mutex_lock(&b->lock);
	*out = b->idle;
	if (*out)
		b->idle = (*out)->next;
	else
		st = new_idle(b, out, err);
	pthread_mutex_unlock(&b->lock);
	return st;
}

enum trawl_status trawl_builder_add(struct trawl_builder *b,
				    const struct trawl_doc *doc,
				    enum trawl_outcome *outcome,
				    struct trawl_error *err)
{
	struct trawl_prepared *prep = NULL;
	struct idle *own;
	enum trawl_status st;

	if (!b || !doc)
		return fail(err, TRAWL_INVAL,
			    "trawl_builder_add: an argument is NULL");
	st = take_preparer(b, &own, err);
	if (st != TRAWL_OK)
		return st;
	st = trawl_prepare(own->preparer, doc, &prep, err);
	pthread_mutex_lock(&b->lock);
	if (st == TRAWL_OK)
		st = trawl_writer_put(b->writer, prep, outcome, err);
	own->next = b->idle;
	b->idle = own;
	pthread_mutex_unlock(&b->lock);
	trawl_prepared_free(prep);
	return st;
}

static void free_preparers(struct trawl_builder *b)
{
	struct idle *own;

	while ((own = b->idle)) {
		b->idle = own->next;
		trawl_preparer_free(own->preparer);
		free(own);
	}
}

enum trawl_status trawl_builder_finish(struct trawl_builder *b,
				       struct trawl_error *err)
{
	if (!b)
		return fail(err, TRAWL_INVAL, "the builder is NULL");
	free_preparers(b);
	return trawl_writer_finish(b->writer, err);
}

void trawl_builder_close(struct trawl_builder *b)
{
	if (!b)
		return;
	free_preparers(b);
	trawl_writer_close(b->writer);
	pthread_mutex_destroy(&b->lock);
	free(b);
}
