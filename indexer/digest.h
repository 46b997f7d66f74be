/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest.h - what each worker does with a batch: bytes to prepared documents
 */
#ifndef INDEXER_DIGEST_H
#define INDEXER_DIGEST_H

#include <trawl.h>

struct batch;
struct digest;

/* One is one thread's.  index: where unchanged lines are looked up, or NULL.
 * To be freed before the writer is closed. */
enum trawl_status digest_new(struct trawl_writer *w, const char *index,
			     struct digest **out, struct trawl_error *err);
void digest_free(struct digest *d);

/*
 * Each line, each file of a batch becomes an item to PUT or KEEP, or a PROBLEM;
 * its input is dropped.  digest is a struct digest: of pipeline_options.work.
 */
void digest_batch(void *digest, struct batch *b);

#endif
