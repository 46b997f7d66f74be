/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_groups.h - pairs that are one name, put together
 */
#ifndef LIB_NEWS_NAME_GROUPS_H
#define LIB_NEWS_NAME_GROUPS_H

#include "arena.h"
#include "name_company.h"
#include "name_miner.h"

struct name_groups {
	struct arena arena;
	struct name_group *group;
	size_t n;
};

/*
 * Groups, not chains.  Pairs that are the same by the rules are taken first and
 * make classes: what is found of some names of a class holds for all.  Then two
 * groups become one when a pair links them, no class of the one is apart from
 * any of the other, and half of the pairs of classes across are one name; a
 * quarter, when one side is a single class and the link is sure.  Pairs are
 * taken by the frequency of their rarer name, so that the rare join the frequent
 * and not each other.
 */
bool name_groups_make(struct name_groups *g, const struct name_pairs *pairs,
		      const struct name_company *company);
void name_groups_release(struct name_groups *g);

#endif
