/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch.h"

#include "die.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/*
 * One mask for every directory, as the kernel has one watch for each inode and
 * a directory may be above one index and be another.  Neither opening nor
 * writing: a search wakes nobody.
 */
enum {
	MASK = IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
	       IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR,
	WATCHES_MAX = 16 * SETTINGS_INDEXES_MAX
};

enum role {
	ABOVE,	   /* the directory that has the index's in it */
	INDEX,	   /* the index's own */
	GENERATION /* one in it */
};

struct mark {
	int wd;
	enum role role;
	size_t index;
};

struct place {
	char *path;
	const char *base; /* its last part */
	dev_t device;
	ino_t inode; /* 0: it is not there */
	bool remote; /* what others do there is not told to us */
};

struct watch {
	int fd;
	struct place place[SETTINGS_INDEXES_MAX];
	size_t nplaces;
	bool by_period;
	struct mark mark[WATCHES_MAX];
	size_t nmarks;
};

/* f_type of statfs(2), of file systems that others change unheard. */
static bool is_remote(const char *path)
{
	static const unsigned types[] = {
		0x6969,	    /* NFS */
		0xFF534D42, /* CIFS */
		0xFE534D42, /* SMB2 */
		0x517B,	    /* SMB */
		0x65735546, /* FUSE */
		0x01021997, /* 9P */
		0x00C36400, /* Ceph */
		0x5346414F, /* AFS */
		0x47504653, /* GPFS */
		0x0BD00BD0, /* Lustre */
	};
	struct statfs fs;

	if (statfs(path, &fs))
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if ((unsigned)fs.f_type == types[i])
			return true;
	return false;
}

static bool has_mark(const struct watch *w, struct mark m)
{
	for (size_t i = 0; i < w->nmarks; i++)
		if (w->mark[i].wd == m.wd && w->mark[i].role == m.role &&
		    w->mark[i].index == m.index)
			return true;
	return false;
}

static void watch_directory(struct watch *w, const char *path, enum role role,
			    size_t index)
{
	int wd = -1;

	errno = ENOSPC;
	if (w->fd >= 0 && w->nmarks < WATCHES_MAX)
		wd = inotify_add_watch(w->fd, path, MASK);
	if (wd < 0) {
		/* Gone again, which the one above tells; or no watch is left. */
		if (errno != ENOENT && errno != ENOTDIR)
			w->by_period = w->place[index].remote = true;
		return;
	}

	struct mark m = { wd, role, index };

	if (!has_mark(w, m))
		w->mark[w->nmarks++] = m;
}

static void watch_generation(struct watch *w, size_t index, const char *name)
{
	char path[PATH_MAX];

	if (!strncmp(name, "gen-", 4) &&
	    snprintf(path, sizeof(path), "%s/%s", w->place[index].path, name) <
		    (int)sizeof(path))
		watch_directory(w, path, GENERATION, index);
}

static void watch_generations(struct watch *w, size_t index)
{
	DIR *dir = opendir(w->place[index].path);
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		watch_generation(w, index, entry->d_name);
	closedir(dir);
}

static void watch_above(struct watch *w, size_t index)
{
	const struct place *p = &w->place[index];
	size_t len = (size_t)(p->base - p->path);
	char *path = xstrndup(p->path, len > 1 ? len - 1 : len);

	watch_directory(w, path, ABOVE, index);
	free(path);
}

static bool is_marked(const struct watch *w, int wd)
{
	for (size_t i = 0; i < w->nmarks; i++)
		if (w->mark[i].wd == wd)
			return true;
	return false;
}

/* Forget the marks of an index but the one above it. */
static void forget_index(struct watch *w, size_t index)
{
	size_t i = 0;

	while (i < w->nmarks) {
		struct mark m = w->mark[i];

		if (m.index != index || m.role == ABOVE) {
			i++;
			continue;
		}
		w->mark[i] = w->mark[--w->nmarks];
		if (!is_marked(w, m.wd))
			inotify_rm_watch(w->fd, m.wd);
	}
}

static void forget_wd(struct watch *w, int wd)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->nmarks; i++)
		if (w->mark[i].wd != wd)
			w->mark[kept++] = w->mark[i];
	w->nmarks = kept;
}

/* True: another directory than before is at the index's path. */
static bool look_at(struct watch *w, size_t index)
{
	struct place *p = &w->place[index];
	struct stat st;

	if (stat(p->path, &st) || !S_ISDIR(st.st_mode))
		return false;
	if (st.st_dev == p->device && st.st_ino == p->inode)
		return false;
	forget_index(w, index);
	p->device = st.st_dev;
	p->inode = st.st_ino;
	p->remote = is_remote(p->path);
	w->by_period |= p->remote;
	watch_directory(w, p->path, INDEX, index);
	watch_generations(w, index);
	return true;
}

/* Without slashes at its end. */
static void add_place(struct watch *w, const char *path)
{
	struct place *p = &w->place[w->nplaces];
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	p->path = xstrndup(path, len);
	p->base = strrchr(p->path, '/') + 1;
	watch_above(w, w->nplaces);
	look_at(w, w->nplaces++);
}

struct watch *watch_new(const struct settings *s)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	for (size_t i = 0; i < s->nindexes; i++)
		add_place(w, s->index[i].path);
	return w;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	for (size_t i = 0; i < w->nplaces; i++)
		free(w->place[i].path);
	free(w);
}

int watch_fd(const struct watch *w)
{
	return w->by_period ? -1 : w->fd;
}

struct findings {
	uint64_t changed, replaced;
};

static void look_everywhere(struct watch *w, struct findings *f)
{
	for (size_t i = 0; i < w->nplaces; i++)
		if (look_at(w, i))
			f->replaced |= UINT64_C(1) << i;
}

static void heed_mark(struct watch *w, struct mark m,
		      const struct inotify_event *e, struct findings *f)
{
	uint64_t bit = UINT64_C(1) << m.index;
	const char *name = e->len ? e->name : "";

	bool gone = (e->mask & (IN_DELETE | IN_MOVED_FROM | IN_DELETE_SELF |
				IN_MOVE_SELF)) != 0;

	if (m.role == ABOVE ? !strcmp(name, w->place[m.index].base)
			    : m.role == INDEX && gone && !e->len) {
		/* The next one there may have its number again. */
		if (gone)
			w->place[m.index].inode = 0;
		if (look_at(w, m.index))
			f->replaced |= bit;
	} else if (m.role == INDEX && !strcmp(name, "XAPIANDB")) {
		/* Watch before saying so: what comes after it is seen. */
		watch_generations(w, m.index);
		f->changed |= bit;
	} else if (m.role == INDEX && (e->mask & (IN_CREATE | IN_MOVED_TO))) {
		watch_generation(w, m.index, name);
	} else if (m.role == GENERATION && !strcmp(name, "iamglass")) {
		f->changed |= bit;
	}
}

static void heed(struct watch *w, const struct inotify_event *e,
		 struct findings *f)
{
	if (e->mask & IN_Q_OVERFLOW) {
		look_everywhere(w, f);
		f->changed = UINT64_MAX;
		return;
	}
	/* Looked up one by one, as heeding one changes the others. */
	for (size_t i = 0; i < w->nplaces; i++)
		for (int role = ABOVE; role <= GENERATION; role++) {
			struct mark m = { e->wd, (enum role)role, i };

			if (has_mark(w, m))
				heed_mark(w, m, e, f);
		}
	if (e->mask & IN_IGNORED)
		forget_wd(w, e->wd);
}

static void read_events(struct watch *w, struct findings *f)
{
	_Alignas(struct inotify_event) char room[16384];
	ssize_t n;

	while (w->fd >= 0 && (n = read(w->fd, room, sizeof(room))) > 0)
		for (char *at = room; at < room + n;) {
			const struct inotify_event *e = (void *)at;

			heed(w, e, f);
			at += sizeof(*e) + e->len;
		}
}

void watch_read(struct watch *w, uint64_t *changed, uint64_t *replaced)
{
	struct findings f = { 0 };

	read_events(w, &f);
	if (w->by_period || w->fd < 0) {
		look_everywhere(w, &f);
		for (size_t i = 0; i < w->nplaces; i++)
			if (w->place[i].remote || w->fd < 0)
				f.changed |= UINT64_C(1) << i;
	}
	if (w->nplaces < 64)
		f.changed &= (UINT64_C(1) << w->nplaces) - 1;
	*changed = f.changed;
	*replaced = f.replaced;
}
