/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reader.h"

#include "arena.h"
#include "die.h"
#include "problem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

static const char *kind_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	case S_IFCHR:
	case S_IFBLK:
		return "a device";
	default:
		return "not a regular file";
	}
}

/* Asked of the descriptor, so that no rename can come in between. */
static bool is_beneath(int fd, const char *beneath)
{
	char link[64], path[PATH_MAX];
	size_t len = strlen(beneath);
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	if (len == 1)
		return true; /* all is beneath "/" */
	return !strncmp(path, beneath, len) && path[len] == '/';
}

static bool check(int fd, const char *beneath, bool is_link, struct stat *st,
		  struct problem *why)
{
	if (fstat(fd, st) < 0)
		return problem_errno(why, errno);
	if (!S_ISREG(st->st_mode))
		return problem(why, "E_NOTREG", "%s", kind_of(st->st_mode));
	if (is_link && beneath && !is_beneath(fd, beneath))
		return problem(why, "E_OUTSIDE",
			       "a symbolic link to a file outside the input");
	return true;
}

/* A socket cannot be opened and a device should not be. */
static bool look(int dirfd, const char *name, struct stat *st, bool *is_link,
		 struct problem *why)
{
	if (fstatat(dirfd, name, st, AT_SYMLINK_NOFOLLOW) < 0)
		return problem_errno(why, errno);
	*is_link = S_ISLNK(st->st_mode);
	if (*is_link && fstatat(dirfd, name, st, 0) < 0)
		return problem_errno(why, errno);
	return S_ISREG(st->st_mode) ||
	       problem(why, "E_NOTREG", "%s", kind_of(st->st_mode));
}

int reader_open(int dirfd, const char *name, const char *beneath,
		struct stat *st, struct problem *why)
{
	int fd;
	bool is_link = false;

	if (!look(dirfd, name, st, &is_link, why))
		return -1;
	fd = openat(dirfd, name,
		    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
			    (is_link ? 0 : O_NOFOLLOW));
	if (fd < 0) {
		problem_errno(why, errno);
		return -1;
	}
	if (check(fd, beneath, is_link, st, why))
		return fd;
	close(fd);
	return -1;
}

static bool check_size(off_t size, struct problem *why)
{
	if (size > FILE_BYTES_MAX)
		return problem(why, "E_TOOBIG",
			       "%lld bytes; the limit of a file is %d",
			       (long long)size, FILE_BYTES_MAX);
	return true;
}

/* size bytes, fewer at the end of the file, or one more, which shows that it has
 * grown; -1: errno. */
static ssize_t read_all(int fd, char *to, size_t size)
{
	size_t got = 0;

	while (got <= size) {
		ssize_t r = pread(fd, to + got, size + 1 - got, (off_t)got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		got += (size_t)r;
		if (r == 0 || got == size)
			break;
	}
	return (ssize_t)got;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* E_CHANGED when it was written to meanwhile. */
static bool read_once(int fd, struct stat *st, struct arena *to,
		      const char **out, size_t *len, struct problem *why)
{
	struct stat after;
	ssize_t n;
	char *bytes;

	if (fstat(fd, st) < 0)
		return problem_errno(why, errno);
	if (!check_size(st->st_size, why))
		return false;
	bytes = arena_alloc(to, (size_t)st->st_size + 1);
	if (!bytes)
		die("out of memory");
	n = read_all(fd, bytes, (size_t)st->st_size);
	if (n < 0 || fstat(fd, &after) < 0)
		return problem_errno(why, errno);
	if (n != st->st_size || !is_same(st, &after))
		return problem(why, "E_CHANGED",
			       "the file changed while it was read");
	*out = bytes;
	*len = (size_t)n;
	return true;
}

bool reader_read(int fd, struct stat *st, struct arena *to, const char **out,
		 size_t *len, struct problem *why)
{
	bool ok = read_once(fd, st, to, out, len, why);

	if (!ok && !strcmp(why->code, "E_CHANGED"))
		ok = read_once(fd, st, to, out, len, why);
	if (!ok)
		return false;
	why->code[0] = '\0';
	return *len || problem(why, "E_EMPTY", "the file is empty");
}
