/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scratch.h - a file without a name: gone when it is closed, or the process is
 */
#ifndef BASE_SCRATCH_H
#define BASE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In dir, to be read and written; -1: see errno. */
int scratch_open(const char *dir);
/* All n bytes at offset, or false: see errno (EIO: the file is too short). */
bool scratch_write(int fd, const void *from, size_t n, uint64_t offset);
bool scratch_read(int fd, void *to, size_t n, uint64_t offset);

#endif
