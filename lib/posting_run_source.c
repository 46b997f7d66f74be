/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_source.c - what is read of a run, in memory or on disk
 *
 * Entries are decoded where they stand, from parts of a stream that are at hand
 * as a whole: the chunks of a list, or what a file's buffer has of it.  The
 * bytes of a file are not trusted.
 */
#include "posting_run_parts.h"

#include "glass.h"
#include "status.h"

#include <errno.h>
#include <unistd.h>

enum {
	BUFFER_MIN = 16 << 10,
	BUFFER_MAX = 256 << 10, /* unless one entry is larger */
	BUFFER_SHARE = 64,	/* of the file, between the two */
	HEAD_MAX = 1 + 255 + 1 + GLASS_VARINT_MAX
};

struct stream {
	struct source base;
	enum stream_kind kind;
	const uint32_t *docids;
	uint32_t first, last;	       /* tickets + 1 that there are */
	uint32_t ticket;	       /* + 1, of the entry before */
	const unsigned char *at, *end; /* what is to be decoded */
};

/* ------------------------------------------------------------- decoding -- */

struct entry {
	uint64_t gap, wdf, n;
	const unsigned char *tag;
};

/* glass_get_varint(); most have a byte or two. */
static inline const unsigned char *
get_number(const unsigned char *at, const unsigned char *end, uint64_t *v)
{
	if (end - at >= 2 && at[0] < 0x80) {
		*v = at[0];
		return at + 1;
	}
	if (end - at >= 2 && at[1] < 0x80) {
		*v = (at[0] & 0x7Fu) | (uint64_t)at[1] << 7;
		return at + 2;
	}
	return glass_get_varint(at, end, v);
}

/* NULL: there is no whole one. */
static inline const unsigned char *
get_entry(const unsigned char *at, const unsigned char *end, struct entry *e)
{
	bool positions;

	at = get_number(at, end, &e->gap);
	if (at)
		at = get_number(at, end, &e->wdf);
	if (!at)
		return NULL;
	positions = e->wdf & 1;
	e->wdf >>= 1;
	e->n = 0;
	if (positions)
		at = get_number(at, end, &e->n);
	if (!at || e->n > (size_t)(end - at))
		return NULL;
	e->tag = at;
	return at + e->n;
}

static bool damaged(struct stream *s, const char *where)
{
	s->base.st = fail(&s->base.err, TRAWL_CORRUPT,
			  "a temporary file in %s is damaged: check the disk "
			  "and build again",
			  where);
	return false;
}

static inline bool is_sound(const struct stream *s, const struct entry *e,
			    uint32_t ticket)
{
	return e->gap && e->gap <= s->last - ticket &&
	       ticket + e->gap >= s->first && e->wdf <= UINT32_MAX;
}

/* More of the batch; at is then at the end, or where no whole entry is, or the
 * batch is full.  False: bytes that are no entry. */
static bool decode(struct stream *s)
{
	const bool postings = s->kind == STREAM_POSTINGS;
	const unsigned char *at = s->at, *end = s->end, *next;
	struct source_entry *out = s->base.entry + s->base.n;
	struct source_entry *full = s->base.entry + SOURCE_BATCH;
	uint32_t ticket = s->ticket;
	struct entry e;

	for (; out < full && (next = get_entry(at, end, &e)); at = next) {
		if (!is_sound(s, &e, ticket))
			return false;
		ticket += (uint32_t)e.gap;
		out->docid = s->docids[ticket - 1];
		out->n = (uint32_t)(postings ? e.wdf : e.n);
		out->tag = e.tag;
		out += out->docid && (postings || e.n);
	}
	s->at = at;
	s->ticket = ticket;
	s->base.n = (size_t)(out - s->base.entry);
	return true;
}

/* --------------------------------------------------------------- memory -- */

struct memory_source {
	struct stream stream;
	const struct run *run;
	size_t next; /* in run->order */
	const struct list *list;
	const struct chunk *chunk; /* to come */
};

static bool memory_next_term(struct source *base)
{
	struct memory_source *m = (struct memory_source *)base;
	const struct run *r = m->run;
	const struct term *term;

	do {
		if (m->next == r->norder)
			return false;
		run_look_ahead(r, m->next);
		m->list = run_list(r, r->order[m->next++]);
	} while (m->stream.kind == STREAM_POSITIONS && !m->list->positions);
	term = &r->terms->term[r->order[m->next - 1]];
	base->term = (struct xap_bytes){ term->bytes, term->len };
	m->chunk = m->list->grown ? m->list->first : NULL;
	m->stream.at = m->list->small;
	m->stream.end =
		m->stream.at + (m->list->grown ? 0 : list_bytes(m->list));
	m->stream.ticket = 0;
	return true;
}

static bool next_chunk(struct memory_source *m)
{
	struct xap_bytes part;

	if (!m->chunk)
		return false;
	part = list_part(m->list, m->chunk);
	m->stream.at = (const unsigned char *)part.data;
	m->stream.end = m->stream.at + part.len;
	m->chunk = m->chunk->next;
	if (m->chunk)
		__builtin_prefetch(m->chunk);
	return true;
}

static bool memory_fill(struct source *base)
{
	struct memory_source *m = (struct memory_source *)base;

	base->n = 0;
	do
		(void)decode(&m->stream);
	while (base->n < SOURCE_BATCH && next_chunk(m));
	return base->n > 0;
}

static void plain_free(struct source *base)
{
	free(base);
}

enum trawl_status run_source(const struct run *r, enum stream_kind kind,
			     const uint32_t *docids, struct source **out,
			     struct trawl_error *err)
{
	struct memory_source *m = calloc(1, sizeof(*m));

	if (!m)
		return fail_nomem(err);
	m->stream = (struct stream){ .base.next_term = memory_next_term,
				     .base.fill = memory_fill,
				     .base.free = plain_free,
				     .kind = kind,
				     .docids = docids,
				     .first = r->first,
				     .last = r->last };
	m->run = r;
	*out = &m->stream.base;
	return TRAWL_OK;
}

/* ----------------------------------------------------------------- file -- */

struct file_source {
	struct stream stream;
	const struct run_files *files;
	uint64_t offset;       /* of the next read */
	uint64_t left;	       /* bytes of the current stream from at on */
	unsigned char *buffer; /* stream.at and have are in it */
	unsigned char *have;   /* end of what was read */
	size_t alloc;
	char term[UINT8_MAX];
};

static size_t at_hand(const struct file_source *f)
{
	return (size_t)(f->have - f->stream.at);
}

/* Move what is at hand to the front of a buffer with room behind it. */
static bool make_room(struct file_source *f)
{
	size_t n = at_hand(f), want = f->alloc;
	unsigned char *grown;

	memmove(f->buffer, f->stream.at, n);
	if (n == f->alloc) {
		want = 2 * f->alloc;
		if (want > RUN_ENTRY_MAX)
			return damaged(&f->stream, f->files->dir);
		grown = realloc(f->buffer, want);
		if (!grown) {
			f->stream.base.st = fail_nomem(&f->stream.base.err);
			return false;
		}
		f->buffer = grown;
		f->alloc = want;
	}
	f->stream.at = f->buffer;
	f->have = f->buffer + n;
	return true;
}

/* Read on; false at the end of the file, too. */
static bool read_more(struct file_source *f)
{
	size_t room;
	ssize_t n;

	if (!make_room(f))
		return false;
	room = f->alloc - (size_t)(f->have - f->buffer);
	do
		n = pread(f->files->fd, f->have, room, (off_t)f->offset);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		f->stream.base.st =
			fail(&f->stream.base.err, TRAWL_IO,
			     "cannot read a temporary file in %s: %s",
			     f->files->dir, strerror(errno));
		return false;
	}
	f->have += n;
	f->offset += (size_t)n;
	return n > 0;
}

/* What was not read of the current stream. */
static void skip_rest(struct file_source *f)
{
	size_t n = at_hand(f);

	if (f->left <= n) {
		f->stream.at += f->left;
	} else {
		f->offset += f->left - n;
		f->stream.at = f->have;
	}
	f->left = 0;
}

/* { byte len, term, byte positions, varint bytes } */
static bool read_head(struct file_source *f, bool *positions)
{
	const unsigned char *at = f->stream.at, *end = f->have;
	size_t len = at < end ? *at++ : 0;

	if (!len || len + 1 > (size_t)(end - at))
		return false;
	memcpy(f->term, at, len);
	f->stream.base.term = (struct xap_bytes){ f->term, len };
	at += len;
	*positions = *at++;
	at = glass_get_varint(at, end, &f->left);
	if (!at || f->left > f->files->size)
		return false;
	f->stream.at = at;
	return true;
}

static bool file_next_term(struct source *base)
{
	struct file_source *f = (struct file_source *)base;
	bool positions;

	do {
		skip_rest(f);
		while (at_hand(f) < HEAD_MAX && read_more(f))
			;
		if (base->st != TRAWL_OK)
			return false;
		if (at_hand(f) && !*f->stream.at)
			return false;
		if (!read_head(f, &positions))
			return damaged(&f->stream, f->files->dir);
	} while (f->stream.kind == STREAM_POSITIONS && !positions);
	f->stream.ticket = 0;
	return true;
}

/* Decode what is at hand of the stream. */
static bool decode_at_hand(struct file_source *f)
{
	const unsigned char *before = f->stream.at;

	f->stream.end = at_hand(f) < f->left ? f->have : before + f->left;
	if (!decode(&f->stream))
		return damaged(&f->stream, f->files->dir);
	f->left -= (size_t)(f->stream.at - before);
	return true;
}

/* Tags are in the buffer, so that it stays as it is once there is an entry. */
static bool file_fill(struct source *base)
{
	struct file_source *f = (struct file_source *)base;

	base->n = 0;
	while (base->st == TRAWL_OK && f->left && decode_at_hand(f)) {
		if (base->n)
			return true;
		if (!f->left)
			return false;
		if (at_hand(f) >= f->left)
			return damaged(&f->stream, f->files->dir);
		if (!read_more(f) && base->st == TRAWL_OK)
			return damaged(&f->stream, f->files->dir);
	}
	return false;
}

static void file_free(struct source *base)
{
	struct file_source *f = (struct file_source *)base;

	free(f->buffer);
	free(f);
}

static size_t buffer_size(const struct run_files *files)
{
	uint64_t share = files->size / BUFFER_SHARE;

	return share < BUFFER_MIN   ? BUFFER_MIN
	       : share > BUFFER_MAX ? BUFFER_MAX
				    : (size_t)share;
}

enum trawl_status run_files_source(const struct run_files *files,
				   enum stream_kind kind,
				   const uint32_t *docids, struct source **out,
				   struct trawl_error *err)
{
	struct file_source *f = calloc(1, sizeof(*f));
	size_t alloc = buffer_size(files);
	unsigned char *buffer = malloc(alloc);

	if (!f || !buffer) {
		free(buffer);
		free(f);
		return fail_nomem(err);
	}
	f->stream = (struct stream){ .base.next_term = file_next_term,
				     .base.fill = file_fill,
				     .base.free = file_free,
				     .kind = kind,
				     .docids = docids,
				     .first = files->first,
				     .last = files->last };
	f->stream.at = f->have = f->buffer = buffer;
	f->alloc = alloc;
	f->files = files;
	*out = &f->stream.base;
	return TRAWL_OK;
}
