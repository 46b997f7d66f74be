/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seed.h"

#include <sys/random.h>

uint64_t random_seed(void)
{
	uint64_t seed;

	/* Before the kernel has entropy, an address has to do. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) !=
	    (ssize_t)sizeof(seed))
		seed = (uintptr_t)&seed * UINT64_C(0x9E3779B97F4A7C15);
	return seed;
}
