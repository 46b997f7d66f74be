/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shelf.h - the indexes that a worker has open, one by one and joined
 *
 * A set of indexes is a bit mask, bit i the settings' index i; several are
 * always joined in the settings' order, whatever the order of in=.
 *
 * What does not open is tried again at each LOOK, and by requests at most once
 * in SHELF_RETRY.
 */
#ifndef DAEMON_SHELF_H
#define DAEMON_SHELF_H

#include "handle.h"
#include "trawl.h"

enum {
	SHELF_RETRY = 1000 /* milliseconds */
};

_Static_assert(SETTINGS_INDEXES_MAX <= 64, "a set is a uint64_t");
_Static_assert(SETTINGS_INDEXES_MAX <= TRAWL_PARTS_MAX, "all can be joined");

size_t shelf_count(const struct shelf *shelf);
const char *shelf_name(const struct shelf *shelf, size_t i);

/* Of a request that does not say how it is ranked. */
enum trawl_ranking shelf_ranking(const struct shelf *shelf);

/* The set that in= names; NULL: all.  False: out has the error. */
bool shelf_choose(const struct shelf *shelf, const char *in, uint64_t *set,
		  struct answer *out);

/* The handle on a set, the shelf's; err says why there is none. */
enum trawl_status shelf_take(struct shelf *shelf, uint64_t set,
			     struct trawl_index **ix, struct trawl_error *err);

/* Clients learn an index's name, not where it is: one for the other in err. */
void shelf_hide_paths(const struct shelf *shelf, struct trawl_error *err);

#endif
