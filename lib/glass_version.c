/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass_version.h"

#include "generation.h"
#include "seed.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#define NAME	 "iamglass"
#define NAME_TMP "iamglass.tmp"

enum {
	FILE_MAX = 256, /* what Xapian reads of it */
	MAGIC = 16,
	UUID = 16,
	FILE_MIN = MAGIC + UUID + 1,
	ABSENT = 1,
	SEQUENTIAL = 2,
	LEVEL_SHIFT = 2,
	BLOCK_UNIT = 2048,
	BLOCK_SIZE_MAX = 65536,
	FREE_LIST_MAX = 6 * GLASS_VARINT_MAX,
	/* More than any file that is written here: nothing is cut. */
	ROOM = 1024
};

static const char magic[MAGIC + 1] = "\x0F\x0DXapian Glass\x04\x6E";

const char *const glass_table_names[GLASS_TABLES] = {
	"postlist", "docdata", "termlist", "position", "spelling", "synonym",
};

const unsigned char glass_compress_min[GLASS_TABLES] = { 0, 18, 18, 0, 18, 18 };

void glass_version_settle(struct glass_version *v)
{
	static const struct glass_root absent = { .block_size = GLASS_BLOCK };

	for (int i = 0; i < GLASS_TABLES; i++) {
		struct glass_root *root = &v->root[i];

		if (!root->there)
			*root = absent;
		root->compress_min = i == GLASS_DOCDATA || i == GLASS_TERMLIST
					     ? 0
					     : glass_compress_min[i];
	}
}

void glass_uuid_draw(unsigned char uuid[16])
{
	for (unsigned i = 0; i < UUID; i += 8) {
		uint64_t r = random_seed();

		memcpy(uuid + i, &r, 8);
	}
	uuid[6] = (unsigned char)((uuid[6] & 0x0F) | 0x40);
	uuid[8] = (unsigned char)((uuid[8] & 0x3F) | 0x80);
}

static enum trawl_status fail_io(struct trawl_error *err, const char *what,
				 const char *path)
{
	return fail(err, TRAWL_IO, "cannot %s %s: %s", what, path,
		    strerror(errno));
}

static enum trawl_status path_in(const char *dir, const char *name,
				 char path[PATH_MAX], struct trawl_error *err)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	if (n < 0 || n >= PATH_MAX)
		return fail(err, TRAWL_IO, "%s: the path is too long", dir);
	return TRAWL_OK;
}

/* ------------------------------------------------------------- writing -- */

static unsigned char *put_free_list(unsigned char *to,
				    const struct glass_root *root)
{
	unsigned char list[FREE_LIST_MAX], *end = list;

	end = glass_put_varint(end, root->revision);
	end = glass_put_varint(end, root->blocks);
	memset(end, 0, 4);
	end += 4;
	to = glass_put_varint(to, (uint64_t)(end - list));
	memcpy(to, list, (size_t)(end - list));
	return to + (end - list);
}

static unsigned char *put_root(unsigned char *to, const struct glass_root *root)
{
	unsigned size = root->block_size ? root->block_size : GLASS_BLOCK;
	unsigned flags = root->there
				 ? root->level << LEVEL_SHIFT |
					   (root->sequential ? SEQUENTIAL : 0)
				 : SEQUENTIAL | ABSENT;

	to = glass_put_varint(to, root->there ? root->root : 0);
	to = glass_put_varint(to, flags);
	to = glass_put_varint(to, root->there ? root->entries : 0);
	to = glass_put_varint(to, size / BLOCK_UNIT);
	to = glass_put_varint(to, root->compress_min);
	return root->there ? put_free_list(to, root) : glass_put_varint(to, 0);
}

static unsigned char *put_statistics(unsigned char *to,
				     const struct glass_version *v)
{
	to = glass_put_varint(to, v->documents);
	to = glass_put_varint(to, v->last_docid - v->documents);
	to = glass_put_varint(to, v->length_min);
	to = glass_put_varint(to, v->wdf_max);
	to = glass_put_varint(to, v->length_max - v->wdf_max);
	to = glass_put_varint(to, 0);
	to = glass_put_varint(to, v->total_length);
	return glass_put_varint(to, v->spelling_max);
}

static size_t format_version(unsigned char out[ROOM],
			     const struct glass_version *v)
{
	unsigned char *to = out;

	memcpy(to, magic, MAGIC);
	memcpy(to + MAGIC, v->uuid, UUID);
	to = glass_put_varint(to + MAGIC + UUID, v->revision);
	for (unsigned i = 0; i < GLASS_TABLES; i++)
		to = put_root(to, &v->root[i]);
	return (size_t)(put_statistics(to, v) - out);
}

static bool write_and_close(int fd, const unsigned char *bytes, size_t n,
			    bool sync)
{
	ssize_t done = write(fd, bytes, n);
	bool ok = done == (ssize_t)n && (!sync || !fsync(fd));
	int e = done >= 0 && done < (ssize_t)n ? ENOSPC : errno;

	if (close(fd) && ok)
		return false;
	errno = e;
	return ok;
}

/* Xapian takes these for granted, and what is stored is their differences. */
static bool has_sense(const struct glass_version *v)
{
	return v->revision && v->documents <= v->last_docid &&
	       v->wdf_max <= v->length_max;
}

enum trawl_status glass_version_write(const char *dir,
				      const struct glass_version *v, bool sync,
				      struct trawl_error *err)
{
	char path[PATH_MAX], tmp[PATH_MAX];
	unsigned char bytes[ROOM];
	size_t n = format_version(bytes, v);
	enum trawl_status st = path_in(dir, NAME, path, err);
	int fd;

	if (st == TRAWL_OK)
		st = path_in(dir, NAME_TMP, tmp, err);
	if (st != TRAWL_OK)
		return st;
	if (n > FILE_MAX || !has_sense(v))
		return fail(err, TRAWL_INTERNAL,
			    "%s: what is to be written is no version", path);
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return fail_io(err, "create", tmp);
	if (!write_and_close(fd, bytes, n, sync))
		return fail_io(err, "write", tmp);
	if (rename(tmp, path))
		return fail_io(err, "rename a file to", path);
	return sync ? sync_directory(dir, false, err) : TRAWL_OK;
}

/* ------------------------------------------------------------- reading -- */

/* at is NULL once something was not there. */
struct reader {
	const unsigned char *at, *end;
};

static uint64_t get(struct reader *r, uint64_t max)
{
	uint64_t v = 0;

	if (r->at)
		r->at = glass_get_varint(r->at, r->end, &v);
	if (v > max)
		r->at = NULL;
	return r->at ? v : 0;
}

static uint32_t get32(struct reader *r)
{
	return (uint32_t)get(r, UINT32_MAX);
}

static void get_free_list(struct reader *r, struct glass_root *out)
{
	size_t len = get32(r);
	struct reader list;

	if (!r->at || len > (size_t)(r->end - r->at)) {
		r->at = NULL;
		return;
	}
	list = (struct reader){ r->at, r->at + len };
	r->at += len;
	if (!out->there)
		return;
	out->revision = get32(&list);
	out->blocks = get32(&list);
	for (unsigned i = 0; i < 4; i++)
		get32(&list);
	if (list.at != list.end || out->root >= out->blocks)
		r->at = NULL;
}

static void get_root(struct reader *r, struct glass_root *out)
{
	unsigned flags;

	out->root = get32(r);
	flags = get32(r);
	out->there = !(flags & ABSENT);
	out->sequential = flags & SEQUENTIAL;
	out->level = flags >> LEVEL_SHIFT;
	out->entries = get(r, UINT64_MAX);
	out->block_size =
		(unsigned)get(r, BLOCK_SIZE_MAX / BLOCK_UNIT) * BLOCK_UNIT;
	out->compress_min = get32(r);
	if (!out->block_size || (out->block_size & (out->block_size - 1)) ||
	    out->level >= GLASS_LEVELS_MAX)
		r->at = NULL;
	get_free_list(r, out);
}

/* Stored as the difference from base. */
static uint32_t get_above(struct reader *r, uint32_t base)
{
	return base + (uint32_t)get(r, UINT32_MAX - base);
}

static void get_statistics(struct reader *r, struct glass_version *out)
{
	out->documents = get32(r);
	out->last_docid = get_above(r, out->documents);
	out->length_min = get32(r);
	out->wdf_max = get32(r);
	out->length_max = get_above(r, out->wdf_max);
	get(r, UINT32_MAX);
	out->total_length = get(r, UINT64_MAX);
	out->spelling_max = get32(r);
}

static bool parse_version(const unsigned char *bytes, size_t n,
			  struct glass_version *out)
{
	struct reader r = { bytes + MAGIC + UUID, bytes + n };

	if (n < FILE_MIN || memcmp(bytes, magic, MAGIC))
		return false;
	memcpy(out->uuid, bytes + MAGIC, UUID);
	out->revision = get32(&r);
	for (unsigned i = 0; i < GLASS_TABLES; i++)
		get_root(&r, &out->root[i]);
	/* A database without documents may have none. */
	if (r.at != r.end)
		get_statistics(&r, out);
	return r.at == r.end;
}

enum trawl_status glass_version_read(const char *dir, struct glass_version *out,
				     struct trawl_error *err)
{
	char path[PATH_MAX];
	unsigned char bytes[FILE_MAX + 1];
	enum trawl_status st = path_in(dir, NAME, path, err);
	int fd, e;
	ssize_t n;

	if (st != TRAWL_OK)
		return st;
	memset(out, 0, sizeof(*out));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return fail(err, TRAWL_NOTFOUND, "%s: no such file", path);
	if (fd < 0)
		return fail_io(err, "open", path);
	n = read(fd, bytes, sizeof(bytes));
	e = errno;
	close(fd);
	errno = e;
	if (n < 0)
		return fail_io(err, "read", path);
	if (n > FILE_MAX || !parse_version(bytes, (size_t)n, out))
		return fail(err, TRAWL_CORRUPT,
			    "%s: not as Xapian 1.4 writes it: rebuild the "
			    "index",
			    path);
	return TRAWL_OK;
}
