/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "input.h"

#include "buf.h"
#include "die.h"
#include "printable.h"

#include <errno.h>
#include <limits.h>
#include <strings.h>
#include <sys/stat.h>

enum {
	ROOT_MAX = 4 * PATH_MAX
};

static bool ends_with(const char *name, size_t n, const char *suffix)
{
	size_t m = strlen(suffix);

	return n > m && !strncasecmp(name + n - m, suffix, m);
}

bool is_lines_name(const char *name, const char *format)
{
	static const char *const packed[] = { ".gz", ".xz", ".zst" };
	size_t n = strlen(name);

	if (format)
		return !strcmp(format, "jsonl");
	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++)
		if (ends_with(name, n, packed[i])) {
			n -= strlen(packed[i]);
			break;
		}
	return ends_with(name, n, ".jsonl") || ends_with(name, n, ".ndjson");
}

/* The path that a missing file would have. */
static char *resolve_missing(const char *path)
{
	char *copy = xstrdup(path), *dir, *out = NULL;
	size_t n = strlen(copy);

	while (n > 1 && copy[n - 1] == '/')
		copy[--n] = '\0';

	char *slash = strrchr(copy, '/');
	const char *base = slash ? slash + 1 : copy;

	if (slash == copy)
		dir = xstrdup("/");
	else if (slash)
		dir = realpath(((void)(*slash = '\0'), copy), NULL);
	else
		dir = realpath(".", NULL);
	if (dir)
		out = xasprintf("%s/%s", strcmp(dir, "/") ? dir : "", base);
	free(dir);
	free(copy);
	return out ? out : xstrdup(path);
}

static char *printable_root(const char *real)
{
	struct buf b = BUF_INIT(ROOT_MAX);

	add_percent(&b, real, strlen(real));
	return xdetach(&b);
}

static enum input_kind kind_of(const struct input *in, const struct stat *st,
			       const char *format)
{
	if (S_ISDIR(st->st_mode))
		return INPUT_DIRECTORY;
	return is_lines_name(in->base, format) ? INPUT_LINES : INPUT_FILE;
}

bool input_init(struct input *in, const char *path, const char *format)
{
	struct stat st;
	const char *slash = strrchr(path, '/');

	*in = (struct input){ .kind = INPUT_STDIN, .path = path };
	in->base = slash && slash[1] ? slash + 1 : path;
	if (!strcmp(path, "-"))
		return true;
	in->real = realpath(path, NULL);
	if (in->real && !stat(in->real, &st)) {
		in->kind = kind_of(in, &st, format);
		in->bytes = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	} else if (errno == ENOENT || errno == ENOTDIR) {
		in->kind = INPUT_MISSING;
		if (!in->real)
			in->real = resolve_missing(path);
	} else {
		return false;
	}
	in->root = printable_root(in->real);
	return true;
}

void input_release(struct input *in)
{
	free(in->root);
	free(in->real);
	*in = (struct input){ 0 };
}
