/* SPDX-License-Identifier: MIT */
/*
 * wire_clock.h - deadlines on a clock that nobody sets; 0 is none
 */
#ifndef WIRE_CLOCK_H
#define WIRE_CLOCK_H

#include <stdint.h>

/* Milliseconds; never 0. */
uint64_t wire_clock(void);
/* For poll(): the milliseconds left, at most INT_MAX; -1 without deadline. */
int wire_clock_left(uint64_t deadline);

#endif
