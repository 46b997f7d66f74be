/* SPDX-License-Identifier: MIT */
#include "wire_clock.h"

#include <limits.h>
#include <time.h>

uint64_t wire_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000 + 1;
}

int wire_clock_left(uint64_t deadline)
{
	uint64_t now = wire_clock();

	if (!deadline)
		return -1;
	if (now >= deadline)
		return 0;
	return deadline - now < INT_MAX ? (int)(deadline - now) : INT_MAX;
}
