/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pipeline.h - reading, analysing and writing side by side, in order
 *
 *	source thread        worker threads           writer (main) thread
 *	pipeline_push() -->  options.work()    -->    pipeline_next()
 *
 * One ring of batches is both queues.  The writer gets the batches in the order
 * in which they were pushed, so the index does not depend on the threads.  The
 * ring is bounded by count and by bytes: a push waits for room, but a batch
 * that is larger than all the room gets the ring for itself.
 *
 * A batch belongs to one side at a time: to the source until it is pushed, to
 * the pipeline until pipeline_next() returns it, to the writer after that; its
 * bytes count until the writer asks for the next one.
 */
#ifndef INDEXER_PIPELINE_H
#define INDEXER_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

struct batch;
struct pipeline;

struct pipeline_options {
	/* Reads a batch that needs work; worker is the thread's own. */
	void (*work)(void *worker, struct batch *b);
	void *const *workers; /* one a thread */
	unsigned threads;
	uint64_t bytes; /* to hold at most */
};

struct pipeline *pipeline_start(const struct pipeline_options *o);
/* Stops the workers; what is in the ring is dropped. */
void pipeline_free(struct pipeline *p);

/* Source: hand over a batch; false (and it is freed) once stopped. */
bool pipeline_push(struct pipeline *p, struct batch *b);
/* Source: that was the last one. */
void pipeline_finish(struct pipeline *p);

/* Writer: the next batch; NULL with *more after ms milliseconds without one,
 * NULL without *more at the end. */
struct batch *pipeline_next(struct pipeline *p, unsigned ms, bool *more);
/* Writer: no more is wanted; pushes fail from now on, and the workers have
 * ended when it returns.  The source may still be at work. */
void pipeline_stop(struct pipeline *p);

#endif
