/* SPDX-License-Identifier: GPL-2.0-or-later */
/* temp_dir.h - a folder of a test's own, and paths in it; needs cmocka */
#ifndef TESTS_TEMP_DIR_H
#define TESTS_TEMP_DIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct temp_dir {
	char path[256];
};

static inline void temp_dir_make(struct temp_dir *t)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(t->path, sizeof(t->path), "%s/trawl-test-XXXXXX",
		 tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(t->path));
}

static inline int temp_dir_entry(const char *path, const struct stat *sb,
				 int type, struct FTW *ftw)
{
	(void)sb;
	(void)type;
	(void)ftw;
	return remove(path);
}

static inline void temp_dir_remove(const struct temp_dir *t)
{
	nftw(t->path, temp_dir_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* t's own path and name; out has room for 512 bytes. */
static inline const char *temp_path(const struct temp_dir *t, const char *name,
				    char out[512])
{
	snprintf(out, 512, "%s/%s", t->path, name);
	return out;
}

static inline void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

#endif
