/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "generation.h"

#include "buf.h"
#include "parse.h"
#include "status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define STUB	 "XAPIANDB"
#define STUB_TMP "XAPIANDB.tmp"
#define LIVE	 "live"
#define LIVE_TMP "live.tmp"
#define LOCK	 "lock"
#define COMMIT	 "iamglass"

enum {
	STUB_MAX = 64, /* bytes of a stub of ours */
	INDEX_PATH_MAX = PATH_MAX - 64,
	VERSION_MAX = 256 /* bytes of iamglass */
};

static enum trawl_status fail_io(struct trawl_error *err, const char *what,
				 const char *dir, const char *name)
{
	int e = errno;

	return fail(err, e == ENOMEM ? TRAWL_NOMEM : TRAWL_IO,
		    "cannot %s %s%s%s: %s", what, dir, *name ? "/" : "", name,
		    strerror(e));
}

static enum trawl_status check_path(const char *index, struct trawl_error *err)
{
	if (!*index)
		return fail(err, TRAWL_INVAL, "the index's path is empty");
	if (strlen(index) > INDEX_PATH_MAX)
		return fail(err, TRAWL_INVAL,
			    "the index's path is longer than %d bytes",
			    INDEX_PATH_MAX);
	return TRAWL_OK;
}

void generation_path(const char *index, uint32_t number, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%.*s/gen-%06u", INDEX_PATH_MAX, index,
		 number);
}

/* dir: an index or a generation in it. */
static void member_path(const char *dir, const char *name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%.*s/%s",
		 INDEX_PATH_MAX + GENERATION_NAME_MAX, dir, name);
}

/* "gen-000007": 7; 0 when it is no generation's name. */
static uint32_t number_of(const char *name)
{
	char again[GENERATION_NAME_MAX];
	uint64_t n;

	if (strncmp(name, "gen-", 4) ||
	    !parse_uint(name + 4 + strspn(name + 4, "0"), 1, UINT32_MAX, &n))
		return 0;
	snprintf(again, sizeof(again), "gen-%06u", (unsigned)n);
	return strcmp(name, again) ? 0 : (uint32_t)n;
}

/* Reads at most max - 1 bytes; a NUL follows them.  -1: see errno. */
static ssize_t read_small(const char *path, char *out, size_t max)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n, len = 0;

	if (fd < 0)
		return -1;
	do {
		n = read(fd, out + len, max - 1 - (size_t)len);
		if (n > 0)
			len += n;
	} while (n > 0 || (n < 0 && errno == EINTR));

	int e = errno;

	close(fd);
	errno = e;
	out[len] = '\0';
	return n < 0 ? -1 : len;
}

/* "glass gen-000007\n": 7; 0 when it is no stub of ours. */
static uint32_t stub_number(char *text, size_t len)
{
	if (len && text[len - 1] == '\n')
		text[--len] = '\0';
	return strlen(text) == len && !strncmp(text, "glass ", 6)
		       ? number_of(text + 6)
		       : 0;
}

enum trawl_status generation_current(const char *index, uint32_t *number,
				     char path[PATH_MAX],
				     struct trawl_error *err)
{
	char stub[PATH_MAX], text[STUB_MAX];
	enum trawl_status st = check_path(index, err);
	uint32_t n;
	ssize_t len;

	if (st != TRAWL_OK)
		return st;
	member_path(index, STUB, stub);
	len = read_small(stub, text, sizeof(text));
	if (len < 0 && (errno == ENOENT || errno == ENOTDIR))
		return fail(err, TRAWL_NOTFOUND, "%s: %s", index,
			    access(index, F_OK) ? "no such directory"
						: "not a trawl index (it has "
						  "no " STUB ")");
	if (len < 0)
		return fail_io(err, "read", index, STUB);
	n = stub_number(text, (size_t)len);
	if (!n)
		return fail(err, TRAWL_CORRUPT,
			    "%s/" STUB " is not a trawl index's: it should "
			    "say \"glass gen-...\"",
			    index);
	*number = n;
	generation_path(index, n, path);
	return TRAWL_OK;
}

/* ----------------------------------------------------------------- pin -- */

static void pin_file(struct pin *pin, const char *dir, const char *name)
{
	char path[PATH_MAX];

	pin_release(pin);
	member_path(dir, name, path);
	pin->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (pin->fd < 0)
		return;
	if (!fstat(pin->fd, &pin->sb))
		pin->path = strdup(path);
	if (!pin->path)
		close(pin->fd);
}

void pin_stub(struct pin *pin, const char *index)
{
	pin_file(pin, index, STUB);
}

void pin_commit(struct pin *pin, const char *generation)
{
	pin_file(pin, generation, COMMIT);
}

void pin_release(struct pin *pin)
{
	if (pin->path)
		close(pin->fd);
	free(pin->path);
	pin->path = NULL;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Times and sizes are for those who write to it all the same. */
bool pin_holds(const struct pin *pin)
{
	const struct stat *was = &pin->sb;
	struct stat now;

	return pin->path && !stat(pin->path, &now) &&
	       now.st_ino == was->st_ino && now.st_dev == was->st_dev &&
	       now.st_size == was->st_size &&
	       same_time(&now.st_mtim, &was->st_mtim) &&
	       same_time(&now.st_ctim, &was->st_ctim);
}

/* ------------------------------------------------------------- leftovers -- */

/* May the file be in an index's directory before its first switch? */
static bool is_ours(const char *name)
{
	static const char *const names[] = { ".",  "..",     STUB, STUB_TMP,
					     LIVE, LIVE_TMP, LOCK };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return number_of(name) != 0;
}

/* An index, an empty directory or what a first build left; else INVAL. */
static enum trawl_status check_ours(const char *index, struct trawl_error *err)
{
	char path[PATH_MAX];
	uint32_t number;
	enum trawl_status st;
	DIR *dir;

	st = generation_current(index, &number, path, NULL);
	if (st == TRAWL_OK)
		return TRAWL_OK;
	if (st == TRAWL_CORRUPT && !generation_highest(index))
		return fail(err, TRAWL_INVAL,
			    "%s/" STUB " is another program's: name another "
			    "directory",
			    index);
	st = TRAWL_OK;
	dir = opendir(index);
	if (!dir)
		return fail_io(err, "open", index, "");
	for (struct dirent *d; st == TRAWL_OK && (d = readdir(dir));)
		if (!is_ours(d->d_name))
			st = fail(err, TRAWL_INVAL,
				  "%s is not empty and no trawl index (it has "
				  "%s): name another directory",
				  index, d->d_name);
	closedir(dir);
	return st;
}

/* The directory that holds path. */
static void parent_path(const char *path, char out[PATH_MAX])
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	snprintf(out, PATH_MAX, "%.*s", (int)(len ? len : 1), len ? path : ".");
}

static enum trawl_status make_index(const char *index, struct trawl_error *err)
{
	char parent[PATH_MAX];
	struct stat sb;

	if (!mkdir(index, 0777)) {
		parent_path(index, parent);
		return sync_directory(parent, false, err);
	}
	if (errno != EEXIST)
		return fail_io(err, "create", index, "");
	if (stat(index, &sb))
		return fail_io(err, "open", index, "");
	if (!S_ISDIR(sb.st_mode))
		return fail(err, TRAWL_INVAL, "%s is not a directory", index);
	return check_ours(index, err);
}

static enum trawl_status take_lock(const char *index, int fd, bool wait,
				   struct trawl_error *err)
{
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return TRAWL_OK;
	if (errno != EWOULDBLOCK)
		return fail_io(err, "lock", index, LOCK);
	if (!wait)
		return fail(err, TRAWL_LOCKED,
			    "%s: another writer is at work: try again later, "
			    "or wait for it (--wait, options.wait)",
			    index);
	if (!flock(fd, LOCK_EX))
		return TRAWL_OK;
	if (errno == EINTR)
		return fail(err, TRAWL_LOCKED,
			    "%s: interrupted while waiting for another writer",
			    index);
	return fail_io(err, "lock", index, LOCK);
}

enum trawl_status generation_lock(const char *index, bool wait, int *lock,
				  struct trawl_error *err)
{
	char path[PATH_MAX];
	enum trawl_status st = check_path(index, err);
	int fd;

	if (st == TRAWL_OK)
		st = make_index(index, err);
	if (st != TRAWL_OK)
		return st;
	member_path(index, LOCK, path);
	fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail_io(err, "open", index, LOCK);
	st = take_lock(index, fd, wait, err);
	if (st == TRAWL_OK)
		*lock = fd;
	else
		close(fd);
	return st;
}

void generation_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}

/* Remove a directory of files. */
static enum trawl_status remove_directory(int at, const char *index,
					  const char *name,
					  struct trawl_error *err)
{
	int fd = openat(at, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	bool ok = true;

	if (!dir) {
		int e = errno;

		if (fd >= 0)
			close(fd);
		errno = e;
		return fail_io(err, "open", index, name);
	}
	for (struct dirent *d; ok && (d = readdir(dir));)
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			ok = !unlinkat(fd, d->d_name, 0);

	int e = errno;

	closedir(dir);
	errno = e;
	if (ok)
		ok = !unlinkat(at, name, AT_REMOVEDIR);
	return ok ? TRAWL_OK : fail_io(err, "remove", index, name);
}

enum trawl_status generation_remove(const char *index, uint32_t number,
				    struct trawl_error *err)
{
	char name[GENERATION_NAME_MAX];
	int at = open(index, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum trawl_status st;

	if (at < 0)
		return fail_io(err, "open", index, "");
	snprintf(name, sizeof(name), "gen-%06u", number);
	st = remove_directory(at, index, name, err);
	close(at);
	return st;
}

static bool is_leftover(const char *name, uint32_t keep, bool keep_previous)
{
	uint32_t n = number_of(name);

	if (!strcmp(name, STUB_TMP) || !strcmp(name, LIVE_TMP))
		return true;
	if (!n || (keep && n == keep))
		return false;
	return !(keep_previous && keep && n == keep - 1);
}

enum trawl_status generation_clean(const char *index, uint32_t keep,
				   bool keep_previous, struct trawl_error *err)
{
	DIR *dir = opendir(index);
	enum trawl_status st = TRAWL_OK;

	if (!dir)
		return fail_io(err, "open", index, "");
	for (struct dirent *d; st == TRAWL_OK && (d = readdir(dir));) {
		if (!is_leftover(d->d_name, keep, keep_previous))
			continue;
		if (number_of(d->d_name))
			st = remove_directory(dirfd(dir), index, d->d_name,
					      err);
		else if (unlinkat(dirfd(dir), d->d_name, 0))
			st = fail_io(err, "remove", index, d->d_name);
	}
	closedir(dir);
	return st;
}

uint32_t generation_highest(const char *index)
{
	DIR *dir = opendir(index);
	uint32_t highest = 0;

	if (!dir)
		return 0;
	for (struct dirent *d; (d = readdir(dir));)
		if (number_of(d->d_name) > highest)
			highest = number_of(d->d_name);
	closedir(dir);
	return highest;
}

/* Write a file and make its bytes durable; its name is the caller's to sync. */
static bool write_durably(const char *path, const char *data, size_t len)
{
	/* Where a link stands, another file must not be written over. */
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		      0666);
	bool ok = true;

	if (fd < 0)
		return false;
	while (ok && len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		ok = n > 0;
		if (ok) {
			data += n;
			len -= (size_t)n;
		}
	}
	ok = ok && !fsync(fd);

	int e = errno;

	if (close(fd))
		return false;
	errno = e;
	return ok;
}

static enum trawl_status switch_stub(const char *index, const char *name,
				     struct trawl_error *err)
{
	char tmp[PATH_MAX], stub[PATH_MAX], line[STUB_MAX];

	member_path(index, STUB_TMP, tmp);
	member_path(index, STUB, stub);
	snprintf(line, sizeof(line), "glass %s\n", name);
	if (!write_durably(tmp, line, strlen(line))) {
		enum trawl_status st = fail_io(err, "write", index, STUB_TMP);

		unlink(tmp);
		return st;
	}
	if (rename(tmp, stub))
		return fail_io(err, "rename", index, STUB_TMP);
	return sync_directory(index, false, err);
}

static enum trawl_status switch_live(const char *index, const char *name,
				     struct trawl_error *err)
{
	char tmp[PATH_MAX], live[PATH_MAX];

	member_path(index, LIVE_TMP, tmp);
	member_path(index, LIVE, live);
	if (unlink(tmp) && errno != ENOENT)
		return fail_io(err, "remove", index, LIVE_TMP);
	if (symlink(name, tmp))
		return fail_io(err, "create", index, LIVE_TMP);
	if (rename(tmp, live))
		return fail_io(err, "rename", index, LIVE_TMP);
	return sync_directory(index, false, err);
}

enum trawl_status generation_switch(const char *index, uint32_t number,
				    struct trawl_error *err)
{
	char name[GENERATION_NAME_MAX];
	enum trawl_status st;

	snprintf(name, sizeof(name), "gen-%06u", number);
	st = switch_stub(index, name, err);
	return st == TRAWL_OK ? switch_live(index, name, err) : st;
}

static bool sync_file(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool ok = fd >= 0 && !fsync(fd);
	int e = errno;

	if (fd >= 0)
		close(fd);
	errno = e;
	return ok;
}

static enum trawl_status sync_files(DIR *dir, const char *path,
				    struct trawl_error *err)
{
	for (struct dirent *d; (d = readdir(dir));)
		if (d->d_name[0] != '.' && !sync_file(dirfd(dir), d->d_name))
			return fail_io(err, "sync", path, d->d_name);
	return TRAWL_OK;
}

enum trawl_status sync_directory(const char *path, bool files,
				 struct trawl_error *err)
{
	DIR *dir = opendir(path);
	enum trawl_status st = TRAWL_OK;

	if (!dir)
		return fail_io(err, "open", path, "");
	if (files)
		st = sync_files(dir, path, err);
	if (st == TRAWL_OK && fsync(dirfd(dir)))
		st = fail_io(err, "sync", path, "");
	closedir(dir);
	return st;
}

uint64_t directory_bytes(const char *path)
{
	DIR *dir = opendir(path);
	uint64_t sum = 0;
	struct stat sb;

	if (!dir)
		return 0;
	for (struct dirent *d; (d = readdir(dir));)
		if (!fstatat(dirfd(dir), d->d_name, &sb, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(sb.st_mode))
			sum += (uint64_t)sb.st_size;
	closedir(dir);
	return sum;
}

/* A varint of glass.md 2 as it stands; NULL: not whole. */
static const char *skip_varint(const char *p, const char *end)
{
	while (p && p < end && *p & 0x80)
		p++;
	return p && p < end ? p + 1 : NULL;
}

static const char *skip_string(const char *p, const char *end)
{
	size_t len = 0;
	unsigned shift = 0;

	for (; p && p < end && *p & 0x80 && shift < 21; p++, shift += 7)
		len |= (size_t)(*p & 0x7F) << shift;
	if (!p || p >= end || *p & 0x80)
		return NULL;
	len |= (size_t)*p++ << shift;
	return len <= (size_t)(end - p) ? p + len : NULL;
}

/* The first of the root records; NULL when the file is not as we know it. */
static const char *find_roots(const char *text, size_t len)
{
	static const char magic[] = "\x0F\x0DXapian Glass\x04\x6E";
	enum {
		MAGIC = sizeof(magic) - 1,
		UUID = 16
	};

	if (len < MAGIC + UUID || memcmp(text, magic, MAGIC) != 0)
		return NULL;
	return skip_varint(text + MAGIC + UUID, text + len); /* revision */
}

static const char *read_varint(const char *p, const char *end, uint64_t *out)
{
	const char *next = skip_varint(p, end);

	*out = 0;
	if (!next || next - p > 9)
		return NULL;
	for (const char *c = next; c > p;)
		*out = *out << 7 | (*--c & 0x7F);
	return next;
}

/* *bytes: of a root record's table that are in use; 0 unknown. */
static const char *read_extent(const char *p, const char *end, uint64_t *bytes)
{
	uint64_t unit, blocks = 0;
	const char *list;

	*bytes = 0;
	for (int i = 0; i < 3; i++)
		p = skip_varint(p, end);
	p = p ? read_varint(p, end, &unit) : NULL;
	list = p = skip_varint(p, end); /* compress_min */
	p = skip_string(p, end);
	if (!p)
		return NULL;
	list = skip_varint(list, p);		   /* its length */
	list = list ? skip_varint(list, p) : NULL; /* its revision */
	list = list ? read_varint(list, p, &blocks) : NULL;
	if (list && unit <= 32 && blocks <= UINT32_MAX)
		*bytes = blocks * unit * 2048;
	return p;
}

void generation_trim(const char *path)
{
	static const char *const tables[] = { "postlist.glass", "docdata.glass",
					      "termlist.glass",
					      "position.glass" };
	char file[PATH_MAX], text[VERSION_MAX + 2];
	const char *p = NULL;
	struct stat sb;
	uint64_t bytes;
	ssize_t len;

	member_path(path, COMMIT, file);
	len = read_small(file, text, sizeof(text));
	if (len > 0)
		p = find_roots(text, (size_t)len);
	for (size_t i = 0; p && i < sizeof(tables) / sizeof(*tables); i++) {
		p = read_extent(p, text + len, &bytes);
		member_path(path, tables[i], file);
		if (!p || !bytes || lstat(file, &sb) || !S_ISREG(sb.st_mode) ||
		    (uint64_t)sb.st_size <= bytes)
			continue;
		if (truncate(file, (off_t)bytes))
			return;
	}
}
