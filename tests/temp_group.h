/* SPDX-License-Identifier: GPL-2.0-or-later */
/* temp_group.h - a folder for a group of tests, or for each of it; needs cmocka */
#ifndef TESTS_TEMP_GROUP_H
#define TESTS_TEMP_GROUP_H

#include "temp_dir.h"

static struct temp_dir dir;

static inline int set_up_dir(void **state)
{
	(void)state;
	temp_dir_make(&dir);
	return 0;
}

static inline int tear_down_dir(void **state)
{
	(void)state;
	temp_dir_remove(&dir);
	return 0;
}

#endif
