/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * banned.h - calls that are too easy to get wrong; forced into every C file
 *
 * Use instead: buf_add*() for building strings, parse_uint() and friends for
 * numbers, gmtime_r() for clocks.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf
#pragma GCC poison strtok strtok_r atoi atol atof gets
#pragma GCC poison localtime gmtime ctime asctime

#endif
