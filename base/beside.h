/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * beside.h - work for a thread of its own, or for the one that needs it done
 *
 *	beside_start(&b, work, ctx, threads > 1);
 *	... other work ...
 *	beside_finish(&b);
 */
#ifndef BASE_BESIDE_H
#define BASE_BESIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct beside {
	void *(*work)(void *ctx); /* returns NULL */
	void *ctx;
	pthread_t thread;
	bool started;
};

/* Without a thread, because there may be none or is none, nothing begins. */
static inline void beside_start(struct beside *b, void *(*work)(void *),
				void *ctx, bool may)
{
	b->work = work;
	b->ctx = ctx;
	b->started = may && !pthread_create(&b->thread, NULL, work, ctx);
}

/* Wait for what has begun. */
static inline void beside_wait(struct beside *b)
{
	if (b->started)
		pthread_join(b->thread, NULL);
	b->started = false;
}

/* Wait for it, or do it here; once. */
static inline void beside_finish(struct beside *b)
{
	if (b->started)
		beside_wait(b);
	else
		b->work(b->ctx);
}

#endif
