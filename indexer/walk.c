/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "walk.h"

#include "buf.h"
#include "die.h"
#include "problem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <unistd.h>

struct entry {
	char *name;
	bool is_dir;
};

struct listing {
	struct entry *entries;
	size_t n, alloc;
};

struct walker {
	const struct walk *w;
	struct buf path; /* from the root */
	unsigned depth;
};

static bool walk_dir(struct walker *wk, int fd);

static bool matches(const char *const *globs, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;

	for (; *globs; globs++)
		if (!fnmatch(*globs, path, 0) || !fnmatch(*globs, base, 0))
			return true;
	return false;
}

/* As whole paths compare: "a.txt" before "a/b". */
static int by_path(const void *va, const void *vb)
{
	const struct entry *a = va, *b = vb;
	const unsigned char *p = (const unsigned char *)a->name;
	const unsigned char *q = (const unsigned char *)b->name;

	while (*p && *p == *q) {
		p++;
		q++;
	}

	int left = *p ? *p : a->is_dir ? '/' : 0;
	int right = *q ? *q : b->is_dir ? '/' : 0;

	return left - right;
}

static void listing_release(struct listing *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->entries[i].name);
	free(l->entries);
}

static bool is_directory(int fd, const struct dirent *d)
{
	struct stat st;

	if (d->d_type != DT_UNKNOWN)
		return d->d_type == DT_DIR;
	return !fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(st.st_mode);
}

static void listing_add(struct listing *l, int fd, const struct dirent *d)
{
	if (l->n == l->alloc) {
		l->alloc = 2 * l->alloc + 64;
		l->entries =
			xrealloc(l->entries, l->alloc * sizeof(*l->entries));
	}
	l->entries[l->n].name = xstrdup(d->d_name);
	l->entries[l->n++].is_dir = is_directory(fd, d);
}

/* fd is consumed. */
static bool list(int fd, struct listing *l, struct problem *why)
{
	DIR *dir = fdopendir(fd);
	struct dirent *d;

	if (!dir) {
		problem_errno(why, errno);
		close(fd);
		return false;
	}
	why->code[0] = '\0';
	rewinddir(dir); /* a copy of the descriptor shares its position */
	while ((void)(errno = 0), (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		if (l->n == WALK_ENTRIES_MAX) {
			problem(why, "E_TOOBIG", "more than %d names",
				WALK_ENTRIES_MAX);
			break;
		}
		listing_add(l, dirfd(dir), d);
	}
	if (errno && !why->code[0])
		problem_errno(why, errno);
	closedir(dir);
	if (l->n)
		qsort(l->entries, l->n, sizeof(*l->entries), by_path);
	return !why->code[0];
}

static bool bad(struct walker *wk, const struct problem *why, bool part)
{
	return wk->w->bad(wk->w->ctx, wk->path.data, why, part);
}

static bool link_to_dir(struct walker *wk)
{
	struct problem why;

	problem(&why, "E_LOOP",
		"a symbolic link to a directory is not followed");
	return bad(wk, &why, false);
}

static bool enter(struct walker *wk, int fd, const char *name)
{
	struct problem why;
	struct stat st;
	bool go_on;
	int sub;

	if (wk->depth == WALK_DEPTH_MAX) {
		problem(&why, "E_DEPTH", "more than %d directories deep",
			WALK_DEPTH_MAX);
		return bad(wk, &why, true);
	}
	sub = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sub < 0 || fstat(sub, &st) < 0) {
		problem_errno(&why, errno);
		if (sub >= 0)
			close(sub);
		return bad(wk, &why, true);
	}
	wk->depth++;
	go_on = st.st_dev == wk->w->skip_dev && st.st_ino == wk->w->skip_ino
			? true
			: walk_dir(wk, sub);
	wk->depth--;
	close(sub);
	return go_on;
}

static bool visit_file(struct walker *wk, int fd, const char *name)
{
	struct problem why;
	struct stat st;

	if (*wk->w->include && !matches(wk->w->include, wk->path.data))
		return true;
	if (fstatat(fd, name, &st, 0) < 0) {
		problem_errno(&why, errno);
		return bad(wk, &why, false);
	}
	if (S_ISDIR(st.st_mode))
		return link_to_dir(wk);
	return wk->w->file(wk->w->ctx, fd, name, wk->path.data, &st);
}

static bool visit(struct walker *wk, int fd, const struct entry *e)
{
	if (matches(wk->w->exclude, wk->path.data))
		return true;
	return e->is_dir ? enter(wk, fd, e->name) : visit_file(wk, fd, e->name);
}

/* visit() with the entry's name on the path. */
static bool visit_named(struct walker *wk, int fd, const struct entry *e)
{
	const size_t base = wk->path.len;
	bool go_on;

	if (base + strlen(e->name) + 1 > WALK_PATH_MAX) {
		struct problem why;

		problem(&why, "E_PATH", "paths of more than %d bytes in it",
			WALK_PATH_MAX);
		return bad(wk, &why, true);
	}
	if (base)
		buf_addc(&wk->path, '/');
	buf_adds(&wk->path, e->name);
	if (wk->path.failed)
		die("out of memory");
	go_on = visit(wk, fd, e);
	buf_truncate(&wk->path, base);
	return go_on;
}

static bool walk_dir(struct walker *wk, int fd)
{
	struct listing l = { 0 };
	struct problem why;
	bool go_on = true;
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (copy < 0 || !list(copy, &l, &why)) {
		if (copy < 0)
			problem_errno(&why, errno);
		go_on = bad(wk, &why, true);
	}
	for (size_t i = 0; i < l.n && go_on; i++)
		go_on = visit_named(wk, fd, &l.entries[i]);
	listing_release(&l);
	return go_on;
}

bool walk(const struct walk *w, int fd)
{
	struct walker wk = { .w = w, .path = BUF_INIT(WALK_PATH_MAX) };
	bool whole = walk_dir(&wk, fd);

	buf_release(&wk.path);
	return whole;
}
