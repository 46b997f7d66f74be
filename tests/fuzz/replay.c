/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzzer's main() without a fuzzer: feeds it files, and every prefix of the
 * small ones, each in memory of its very size so that a tool sees a read past
 * the end.  Without arguments fuzz_NAME reads tests/fuzz/corpus/NAME, from the
 * top of the source tree.
 */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FILE_BYTES_MAX = 16 << 20,
	PREFIX_MAX = 256
};

static unsigned long inputs;

static bool feed(const char *data, size_t size)
{
	/* Not malloc(0), which may have room to read in. */
	char *copy = malloc(size ? size : 1);

	if (!copy)
		return false;
	if (size)
		memcpy(copy, data, size);
	LLVMFuzzerTestOneInput((const uint8_t *)(size ? copy : copy + 1), size);
	free(copy);
	inputs++;
	return true;
}

static bool complain(const char *path, const char *why)
{
	printf("# %s: %s\n", path, why);
	return false;
}

static bool replay_bytes(const char *path, const char *data, size_t size)
{
	size_t from = size <= PREFIX_MAX ? 0 : size;

	for (size_t n = from; n <= size; n++)
		if (!feed(data, n))
			return complain(path, "out of memory");
	return true;
}

static bool replay_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	char *data = malloc(size + 1);
	bool ok = false;

	if (size > FILE_BYTES_MAX)
		complain(path, "too large");
	else if (!f || !data)
		complain(path, strerror(errno));
	else if (fread(data, 1, size, f) != size)
		complain(path, "short read");
	else
		ok = replay_bytes(path, data, size);
	if (f)
		fclose(f);
	free(data);
	return ok;
}

static bool replay(const char *path);

static bool replay_folder(const char *path)
{
	struct dirent **names;
	int n = scandir(path, &names, NULL, alphasort);
	bool ok = true;

	if (n < 0)
		return complain(path, strerror(errno));
	for (int i = 0; i < n; i++) {
		char inner[4096];

		if (names[i]->d_name[0] != '.') {
			snprintf(inner, sizeof(inner), "%s/%s", path,
				 names[i]->d_name);
			ok &= replay(inner);
		}
		free(names[i]);
	}
	free(names);
	return ok;
}

static bool replay(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return complain(path, strerror(errno));
	return S_ISDIR(st.st_mode) ? replay_folder(path)
				   : replay_file(path, (size_t)st.st_size);
}

static bool replay_default(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash ? slash + 1 : program;
	char path[4096];

	if (!strncmp(name, "fuzz_", 5))
		name += 5;
	snprintf(path, sizeof(path), "tests/fuzz/corpus/%s", name);
	return replay(path);
}

int main(int argc, char **argv)
{
	bool ok = argc > 1 || replay_default(argv[0]);

	for (int i = 1; i < argc; i++)
		ok &= replay(argv[i]);
	ok &= inputs > 0;
	printf("%s 1 - %lu inputs replayed\n1..1\n", ok ? "ok" : "not ok",
	       inputs);
	return !ok;
}
