/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * deadline.h - the moment by which a search has to end
 *
 * A time of monotonic_ns(); 0 is never.
 */
#ifndef LIB_DEADLINE_H
#define LIB_DEADLINE_H

#include "clock.h"

#include <stdbool.h>

static inline bool is_past(uint64_t deadline)
{
	return deadline && monotonic_ns() >= deadline;
}

/* Nanoseconds; UINT64_MAX when there is no deadline. */
static inline uint64_t time_left(uint64_t deadline)
{
	uint64_t now = deadline ? monotonic_ns() : 0;

	if (!deadline)
		return UINT64_MAX;
	return now < deadline ? deadline - now : 0;
}

#endif
