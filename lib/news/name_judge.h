/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_judge.h - is a pair one name?
 */
#ifndef LIB_NEWS_NAME_JUDGE_H
#define LIB_NEWS_NAME_JUDGE_H

#include "name_company.h"

/* How sure it is that p is one name, 0 (nothing says so) to 1. */
double name_judge(const struct name_pairs *pairs, const struct name_pair *p,
		  const struct name_ties *t);
/* sure: what name_judge() said.  Are they two, whatever a third name says? */
bool name_judge_apart(const struct name_pair *p, const struct name_ties *t,
		      double sure);

#endif
