/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults.c - to be preloaded: tells of what makes files durable, and fails it
 *
 *	FAULT_LOG=FILE     a line a call: "fsync PATH", "rename PATH"
 *	FAULT_FSYNC=N      the Nth fsync or fdatasync, and all after it, is EIO
 *	FAULT_ONLY=SUFFIX  of those whose path ends so
 *	FAULT_PEAK=FILE    at the end: KiB of memory that were resident at most
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static atomic_int calls;

static void tell(const char *what, const char *path)
{
	const char *log = getenv("FAULT_LOG");
	char line[PATH_MAX + 16];
	int fd = log ? open(log, O_WRONLY | O_CREAT | O_APPEND, 0666) : -1;
	int n = snprintf(line, sizeof(line), "%s %s\n", what, path);

	if (fd < 0)
		return;
	if (write(fd, line, (size_t)n) != n)
		abort();
	close(fd);
}

static int ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !strcmp(s + n - m, suffix);
}

static int sync_or_fail(const char *name, int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
	const char *from = getenv("FAULT_FSYNC"), *only = getenv("FAULT_ONLY");
	char link[64], path[PATH_MAX] = "";

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) < 0)
		abort();
	if (from && (!only || ends_with(path, only)) &&
	    atomic_fetch_add(&calls, 1) + 1 >= atoi(from)) {
		tell("failed", path);
		errno = EIO;
		return -1;
	}
	tell("fsync", path);
	return real(fd);
}

int fsync(int fd)
{
	return sync_or_fail("fsync", fd);
}

int fdatasync(int fd)
{
	return sync_or_fail("fdatasync", fd);
}

int rename(const char *from, const char *to)
{
	int (*real)(const char *, const char *) =
		(int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");

	tell("rename", to);
	return real(from, to);
}

__attribute__((destructor)) static void tell_peak(void)
{
	const char *path = getenv("FAULT_PEAK");
	FILE *f = path ? fopen(path, "we") : NULL;
	struct rusage usage;

	if (!f)
		return;
	getrusage(RUSAGE_SELF, &usage);
	fprintf(f, "%ld\n", usage.ru_maxrss);
	if (fclose(f))
		abort();
}
