/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "record_file.h"

#include "scratch.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BUFFER = 256 << 10,
	OFFSETS_FIRST = 1024
};

struct record_file {
	int fd;
	bool view; /* of another's fd and offset */
	size_t n, alloc;
	uint64_t *offset; /* n + 1 */
	uint64_t written; /* bytes that are on disk */
	uint64_t begin;	  /* while reading: of what is in buffer */
	size_t next;	  /* the record that is likely read next */
	size_t len;
	char buffer[BUFFER];
};

struct record_file *record_file_new(const char *dir)
{
	struct record_file *f = malloc(sizeof(*f));

	if (!f)
		return NULL;
	memset(f, 0, offsetof(struct record_file, buffer));
	f->alloc = OFFSETS_FIRST;
	f->offset = calloc(f->alloc, sizeof(*f->offset));
	f->fd = f->offset ? scratch_open(dir) : -1;
	if (f->fd >= 0)
		return f;
	record_file_free(f);
	return NULL;
}

void record_file_free(struct record_file *f)
{
	if (!f)
		return;
	if (f->fd >= 0 && !f->view)
		close(f->fd);
	if (!f->view)
		free(f->offset);
	free(f);
}

struct record_file *record_file_view(const struct record_file *f)
{
	struct record_file *view = malloc(sizeof(*view));

	if (!view)
		return NULL;
	memcpy(view, f, offsetof(struct record_file, buffer));
	view->view = true;
	view->begin = view->len = 0;
	return view;
}

size_t record_file_count(const struct record_file *f)
{
	return f->n;
}

bool record_file_flush(struct record_file *f)
{
	bool ok = scratch_write(f->fd, f->buffer, f->len, f->written);

	f->written += f->len;
	f->len = 0;
	return ok;
}

static bool grow(struct record_file *f)
{
	uint64_t *offset = realloc(f->offset, 2 * f->alloc * sizeof(*offset));

	if (!offset)
		return false;
	f->offset = offset;
	f->alloc *= 2;
	return true;
}

bool record_file_add(struct record_file *f, const void *record, size_t n)
{
	if (f->n + 1 == f->alloc && !grow(f))
		return false;
	if (BUFFER - f->len < n && !record_file_flush(f))
		return false;
	memcpy(f->buffer + f->len, record, n);
	f->len += n;
	f->offset[++f->n] = f->written + f->len;
	return true;
}

/* Record i and, when records are read in turn, those after it. */
static bool fill(struct record_file *f, size_t i)
{
	uint64_t left = f->written - f->offset[i];

	f->begin = f->offset[i];
	if (i != f->next)
		left = f->offset[i + 1] - f->offset[i];
	f->len = left < BUFFER ? (size_t)left : BUFFER;
	return scratch_read(f->fd, f->buffer, f->len, f->begin);
}

const char *record_file_read(struct record_file *f, size_t i, size_t *n)
{
	uint64_t at = f->offset[i];

	if ((at < f->begin || f->offset[i + 1] > f->begin + f->len) &&
	    !fill(f, i)) {
		f->len = 0;
		return NULL;
	}
	f->next = i + 1;
	*n = (size_t)(f->offset[i + 1] - at);
	return f->buffer + (at - f->begin);
}
