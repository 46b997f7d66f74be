/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

/* For file systems that make no file without a name. */
static int open_unlinked(const char *dir)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/scratch-XXXXXX", dir), fd;

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

int scratch_open(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	return fd >= 0 ? fd : open_unlinked(dir);
}

bool scratch_write(int fd, const void *from, size_t n, uint64_t offset)
{
	const char *at = from;

	while (n) {
		ssize_t did = pwrite(fd, at, n, (off_t)offset);

		if (did < 0 && errno == EINTR)
			continue;
		if (!did)
			errno = EIO;
		if (did <= 0)
			return false;
		at += did;
		n -= (size_t)did;
		offset += (size_t)did;
	}
	return true;
}

bool scratch_read(int fd, void *to, size_t n, uint64_t offset)
{
	char *at = to;

	while (n) {
		ssize_t did = pread(fd, at, n, (off_t)offset);

		if (did < 0 && errno == EINTR)
			continue;
		if (!did)
			errno = EIO;
		if (did <= 0)
			return false;
		at += did;
		n -= (size_t)did;
		offset += (size_t)did;
	}
	return true;
}
