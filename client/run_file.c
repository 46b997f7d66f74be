/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run_file.h"

#include "arena.h"
#include "qrels.h"

#include <errno.h>
#include <stdint.h>

struct row {
	const char *qid, *docid;
	size_t number; /* of the line */
};

struct run_file {
	struct row *rows; /* sorted by qid, then number */
	size_t n, alloc;
	struct arena arena;
};

static int by_query_and_line(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = strcmp(x->qid, y->qid);

	return order ? order
		     : (x->number > y->number) - (x->number < y->number);
}

static bool grow(struct run_file *run)
{
	size_t want = run->alloc ? 2 * run->alloc : 1024;
	void *rows = realloc(run->rows, want * sizeof(*run->rows));

	if (!rows)
		return false;
	run->rows = rows;
	run->alloc = want;
	return true;
}

static bool read_line(struct run_file *run, char *line)
{
	char *word[6];

	for (size_t i = 0; i < 6; i++) {
		word[i] = cut_word(&line);
		if (!word[i])
			return i == 0;
	}
	if (run->n == RUN_FILE_LINES_MAX ||
	    (run->n == run->alloc && !grow(run)))
		return false;

	struct row *row = &run->rows[run->n];

	row->qid = arena_strdup(&run->arena, word[0]);
	row->docid = arena_strdup(&run->arena, word[2]);
	row->number = run->n++;
	return row->qid && row->docid;
}

static bool read_lines(struct run_file *run, FILE *f, const char *path,
		       char error[256])
{
	char *line = NULL;
	size_t alloc = 0, number = 0;
	bool ok = true;

	while (ok && getline(&line, &alloc, f) >= 0) {
		number++;
		ok = read_line(run, line);
	}
	if (!ok)
		snprintf(error, 256,
			 "%s:%zu: want \"qid Q0 docid rank score tag\"", path,
			 number);
	free(line);
	return ok;
}

struct run_file *run_file_read(const char *path, char error[256])
{
	struct run_file *run = calloc(1, sizeof(*run));
	FILE *f = fopen(path, "re");
	bool ok;

	snprintf(error, 256, "%s: %s", path, strerror(errno));
	if (run)
		arena_init(&run->arena, SIZE_MAX);
	ok = run && f && read_lines(run, f, path, error);
	if (f)
		fclose(f);
	if (!ok) {
		run_file_free(run);
		return NULL;
	}
	if (run->n)
		qsort(run->rows, run->n, sizeof(*run->rows), by_query_and_line);
	return run;
}

void run_file_free(struct run_file *run)
{
	if (!run)
		return;
	arena_release(&run->arena);
	free(run->rows);
	free(run);
}

size_t run_file_ids(const struct run_file *run, const char *qid,
		    const char **id, size_t max)
{
	size_t low = 0, high = run->n, n = 0;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(run->rows[mid].qid, qid) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	while (n < max && low < run->n && !strcmp(run->rows[low].qid, qid))
		id[n++] = run->rows[low++].docid;
	return n;
}
