/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seed.h - what a hash begins with, so that no input can be made to collide
 */
#ifndef BASE_SEED_H
#define BASE_SEED_H

#include <stdint.h>

uint64_t random_seed(void);

#endif
