/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * second_pass.h - pages to documents, in their order, by several threads
 *
 * Threads read pages from a spool, finish them and prepare them; the one that
 * calls gets them in the order of the spool.
 */
#ifndef LIB_SECOND_PASS_H
#define LIB_SECOND_PASS_H

#include "doc_features.h"
#include "news_page.h"
#include "prepare.h"
#include "spool.h"

struct second_pass {
	struct spool *spool;
	unsigned news;
	const struct recurrence *recurrence; /* decided; or NULL */
	uint64_t memory;		     /* that may be under way */
	struct trawl_preparer **preparers;   /* one a thread */
	size_t nthreads;
	/* Finds whose notes are taken, or NULL, when threads are at work. */
	enum trawl_status (*names)(void *names_ctx,
				   const struct name_miner **out,
				   struct trawl_error *err);
	void *names_ctx;
	/* Takes a document, which is freed after it. */
	enum trawl_status (*take)(void *ctx, struct trawl_prepared *prep,
				  const struct features *features,
				  struct trawl_error *err);
	void *ctx;
};

enum trawl_status second_pass_run(const struct second_pass *pass,
				  struct trawl_error *err);

#endif
