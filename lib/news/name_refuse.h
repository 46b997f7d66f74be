/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * name_refuse.h - what is never joined, whatever company it keeps
 */
#ifndef LIB_NEWS_NAME_REFUSE_H
#define LIB_NEWS_NAME_REFUSE_H

#include "name_fold.h"

/*
 * Countries keep perfect company (lists of countries); Iraqi is a form of Iraq,
 * Ivanova of Ivanov; Eric and Erik are spelled as their bearers spell them.
 */
bool name_refuse(const struct name_key *a, const struct name_key *b);

#endif
