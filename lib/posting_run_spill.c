/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * posting_run_spill.c - a run written to a file without a name
 */
#include "posting_run_parts.h"

#include "glass.h"
#include "scratch.h"
#include "status.h"

#include <errno.h>
#include <unistd.h>

enum {
	SPILL_BUFFER = 1 << 20,
	LEN_MAX = 255 /* bytes of a term: one byte says how many */
};

struct spill {
	int fd;
	unsigned char *buffer;
	size_t n;
	uint64_t written;
	int error; /* errno of the first failure */
};

static void write_all(struct spill *s, const unsigned char *p, size_t n)
{
	if (s->error)
		return;
	if (!scratch_write(s->fd, p, n, s->written))
		s->error = errno;
	s->written += n;
}

static void flush(struct spill *s)
{
	write_all(s, s->buffer, s->n);
	s->n = 0;
}

static void add(struct spill *s, const void *p, size_t n)
{
	if (n > SPILL_BUFFER - s->n)
		flush(s);
	if (n > SPILL_BUFFER) {
		write_all(s, p, n);
		return;
	}
	memcpy(s->buffer + s->n, p, n);
	s->n += n;
}

static void add_head(struct spill *s, const struct term *term,
		     const struct list *l)
{
	unsigned char head[1 + LEN_MAX + 1 + GLASS_VARINT_MAX];
	unsigned char *end = head;

	*end++ = term->len;
	memcpy(end, term->bytes, term->len);
	end += term->len;
	*end++ = l->positions;
	end = glass_put_varint(end, list_bytes(l));
	add(s, head, (size_t)(end - head));
}

static void add_list(struct spill *s, const struct list *l)
{
	if (!l->grown) {
		add(s, l->small, (size_t)LIST_SMALL - l->room);
		return;
	}
	for (const struct chunk *c = l->first; c; c = c->next) {
		struct xap_bytes part = list_part(l, c);

		__builtin_prefetch(c->next);
		add(s, part.data, part.len);
	}
}

static void add_terms(struct spill *s, const struct run *r)
{
	const struct term *terms = r->terms->term;

	for (size_t i = 0; i < r->norder; i++) {
		run_look_ahead(r, i);
		add_head(s, &terms[r->order[i]], run_list(r, r->order[i]));
		add_list(s, run_list(r, r->order[i]));
	}
	add(s, "", 1);
	flush(s);
}

static struct run_files *files_new(const struct run *r, const char *dir)
{
	struct run_files *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->fd = -1;
	f->first = r->first;
	f->last = r->last;
	f->dir = strdup(dir);
	if (!f->dir) {
		free(f);
		return NULL;
	}
	return f;
}

void run_files_free(struct run_files *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	free(f->dir);
	free(f);
}

/* f->size or, when that cannot be, an errno. */
static int write_run(const struct run *r, struct run_files *f)
{
	struct spill s = { .buffer = malloc(SPILL_BUFFER) };

	if (!s.buffer)
		return ENOMEM;
	s.fd = f->fd = scratch_open(f->dir);
	s.error = s.fd < 0 ? errno : 0;
	if (!s.error)
		add_terms(&s, r);
	f->size = s.written;
	free(s.buffer);
	return s.error;
}

enum trawl_status run_spill(struct run *r, const char *dir,
			    struct run_files **out, struct trawl_error *err)
{
	struct run_files *f = files_new(r, dir);
	int error = f && run_order(r) ? write_run(r, f) : ENOMEM;

	if (error) {
		run_files_free(f);
		return error == ENOMEM
			       ? fail_nomem(err)
			       : fail(err, TRAWL_IO,
				      "cannot write a temporary file in %s: %s",
				      dir, strerror(error));
	}
	run_reset(r);
	*out = f;
	return TRAWL_OK;
}
