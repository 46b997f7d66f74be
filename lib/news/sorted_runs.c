/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sorted_runs.h"

#include "scratch.h"
#include "status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DIGIT_BITS = 11,
	DIGITS = 1 << DIGIT_BITS,
	KEY_DIGITS = 6,	  /* of DIGIT_BITS */
	VALUE_DIGITS = 3, /* likewise */
	RECORDS_FIRST = 1024,
	RUNS_MAX = 256, /* then they are made one */
	WRITE_RECORDS = 1 << 16
};

/* Of 12 bytes: a struct with a number of 64 bits would have 16. */
struct record {
	uint32_t high, low, value;
};

/* What is still to be read of a run, and what of that is in memory. */
struct cursor {
	uint64_t at, end; /* bytes in the file */
	struct record *buffer;
	size_t next, n; /* in buffer */
};

struct run {
	uint64_t begin, end; /* bytes in the file */
};

struct writer {
	struct record *buffer;
	size_t n;
	int fd;
	uint64_t at;
	int error;
};

struct sorted_runs {
	char *dir;
	uint64_t memory;
	struct record *at;
	size_t n, alloc, max;
	uint64_t count;
	bool ordered; /* values have not yet gone down */
	bool sorted;  /* what is in memory; nothing is added any more */
	int fd;	      /* -1: all is in memory */
	struct run run[RUNS_MAX];
	size_t nruns;
	uint64_t written;

	/* While they are read. */
	struct record *buffers;
	struct cursor cursor[RUNS_MAX];
	uint16_t heap[RUNS_MAX]; /* of cursors, the least record on top */
	size_t nheap;
	size_t next; /* of at[], where all is in memory */
	int error;   /* errno */
};

static enum trawl_status fail_io(const struct sorted_runs *s, const char *what,
				 int error, struct trawl_error *err)
{
	return fail(err, TRAWL_IO, "cannot %s a temporary file in %s: %s", what,
		    s->dir, strerror(error));
}

/* ------------------------------------------------------------- sorting -- */

static uint64_t key_of(const struct record *r)
{
	return (uint64_t)r->high << 32 | r->low;
}

static unsigned value_digit(const struct record *r, unsigned digit)
{
	return r->value >> digit * DIGIT_BITS & (DIGITS - 1);
}

static unsigned digit_of(const struct record *r, unsigned digit)
{
	if (digit < VALUE_DIGITS)
		return value_digit(r, digit);
	return (unsigned)(key_of(r) >> (digit - VALUE_DIGITS) * DIGIT_BITS) &
	       (DIGITS - 1);
}

/* Distribute by a digit; false when it is the same in all. */
static bool distribute(const struct record *from, struct record *to, size_t n,
		       unsigned digit)
{
	size_t begin[DIGITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < n; i++)
		begin[digit_of(&from[i], digit)]++;
	if (begin[digit_of(&from[0], digit)] == n)
		return false;
	for (size_t i = 0; i < DIGITS; i++) {
		size_t here = begin[i];

		begin[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < n; i++)
		to[begin[digit_of(&from[i], digit)]++] = from[i];
	return true;
}

/* From the last digit to the first (LSD radix sort). */
static bool sort(struct sorted_runs *s)
{
	struct record *other, *at = s->at, *swap;
	unsigned digit = s->ordered ? VALUE_DIGITS : 0;

	if (s->n < 2)
		return true;
	other = malloc(s->n * sizeof(*other));
	if (!other)
		return false;
	for (; digit < VALUE_DIGITS + KEY_DIGITS; digit++) {
		if (!distribute(at, other, s->n, digit))
			continue;
		swap = at;
		at = other;
		other = swap;
	}
	if (at != s->at)
		memcpy(s->at, at, s->n * sizeof(*at));
	free(at == s->at ? other : at);
	return true;
}

/* --------------------------------------------------------- the file -- */

static bool writer_open(struct writer *w, const char *dir)
{
	*w = (struct writer){ .fd = -1 };
	w->buffer = malloc(WRITE_RECORDS * sizeof(*w->buffer));
	if (!w->buffer)
		return false;
	w->fd = scratch_open(dir);
	w->error = w->fd < 0 ? errno : 0;
	return true;
}

static void flush(struct writer *w)
{
	const size_t bytes = w->n * sizeof(*w->buffer);

	if (!w->error && !scratch_write(w->fd, w->buffer, bytes, w->at))
		w->error = errno;
	w->at += bytes;
	w->n = 0;
}

static void write_record(struct writer *w, const struct record *r)
{
	w->buffer[w->n++] = *r;
	if (w->n == WRITE_RECORDS)
		flush(w);
}

static size_t buffer_records(const struct sorted_runs *s)
{
	const uint64_t share = s->memory / (s->nruns * sizeof(struct record));

	return share < WRITE_RECORDS ? (size_t)share : WRITE_RECORDS;
}

/* False at the end of the run, and when it cannot be read. */
static bool refill(struct sorted_runs *s, struct cursor *c)
{
	const uint64_t left = (c->end - c->at) / sizeof(*c->buffer);
	const size_t room = buffer_records(s);

	c->next = 0;
	c->n = left < room ? (size_t)left : room;
	if (!c->n || s->error)
		return false;
	if (!scratch_read(s->fd, c->buffer, c->n * sizeof(*c->buffer), c->at)) {
		s->error = errno;
		return false;
	}
	c->at += c->n * sizeof(*c->buffer);
	return true;
}

/* --------------------------------------------------------- merging -- */

static bool is_less(const struct sorted_runs *s, uint16_t a, uint16_t b)
{
	const struct cursor *x = &s->cursor[a], *y = &s->cursor[b];
	const struct record *p = &x->buffer[x->next], *q = &y->buffer[y->next];

	if (key_of(p) != key_of(q))
		return key_of(p) < key_of(q);
	return p->value < q->value;
}

static void sift_down(struct sorted_runs *s, size_t i)
{
	const uint16_t moved = s->heap[i];
	size_t child;

	while ((child = 2 * i + 1) < s->nheap) {
		if (child + 1 < s->nheap &&
		    is_less(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!is_less(s, s->heap[child], moved))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = moved;
}

static bool begin_merge(struct sorted_runs *s)
{
	const size_t room = buffer_records(s);

	if (!s->buffers)
		s->buffers = malloc(s->nruns * room * sizeof(*s->buffers));
	if (!s->buffers)
		return false;
	s->nheap = 0;
	for (size_t i = 0; i < s->nruns; i++) {
		s->cursor[i] = (struct cursor){
			.at = s->run[i].begin,
			.end = s->run[i].end,
			.buffer = s->buffers + i * room,
		};
		if (refill(s, &s->cursor[i]))
			s->heap[s->nheap++] = (uint16_t)i;
	}
	for (size_t i = s->nheap / 2; i--;)
		sift_down(s, i);
	return true;
}

static bool merge_next(struct sorted_runs *s, struct record *out)
{
	struct cursor *c;

	if (!s->nheap || s->error)
		return false;
	c = &s->cursor[s->heap[0]];
	*out = c->buffer[c->next++];
	if (c->next == c->n && !refill(s, c))
		s->heap[0] = s->heap[--s->nheap];
	if (s->nheap)
		sift_down(s, 0);
	return !s->error;
}

static void end_merge(struct sorted_runs *s)
{
	free(s->buffers);
	s->buffers = NULL;
}

/* Make all runs one, in a file of its own. */
static enum trawl_status merge_runs(struct sorted_runs *s,
				    struct trawl_error *err)
{
	struct writer w;
	struct record r;
	bool ok = writer_open(&w, s->dir) && begin_merge(s);

	while (ok && !w.error && merge_next(s, &r))
		write_record(&w, &r);
	if (ok)
		flush(&w);
	free(w.buffer);
	end_merge(s);
	if (!ok || w.error || s->error) {
		if (w.fd >= 0)
			close(w.fd);
		if (!ok)
			return fail_nomem(err);
		return fail_io(s, w.error ? "write" : "read",
			       w.error ? w.error : s->error, err);
	}
	close(s->fd);
	s->fd = w.fd;
	s->written = w.at;
	s->run[0] = (struct run){ 0, w.at };
	s->nruns = 1;
	return TRAWL_OK;
}

/* ------------------------------------------------------------- adding -- */

enum trawl_status sorted_runs_new(const char *dir, uint64_t memory,
				  struct sorted_runs **out,
				  struct trawl_error *err)
{
	struct sorted_runs *s = calloc(1, sizeof(*s));

	if (!s)
		return fail_nomem(err);
	s->fd = -1;
	s->ordered = true;
	s->memory = memory > SORTED_RUNS_MEMORY ? memory : SORTED_RUNS_MEMORY;
	/* Half of it is for what sort() moves them to. */
	s->max = s->memory / (2 * sizeof(*s->at));
	s->dir = strdup(dir);
	if (!s->dir) {
		sorted_runs_free(s);
		return fail_nomem(err);
	}
	*out = s;
	return TRAWL_OK;
}

void sorted_runs_free(struct sorted_runs *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	free(s->buffers);
	free(s->at);
	free(s->dir);
	free(s);
}

static enum trawl_status spill(struct sorted_runs *s, struct trawl_error *err)
{
	const size_t bytes = s->n * sizeof(*s->at);

	if (!sort(s))
		return fail_nomem(err);
	if (s->fd < 0)
		s->fd = scratch_open(s->dir);
	if (s->fd < 0 || !scratch_write(s->fd, s->at, bytes, s->written))
		return fail_io(s, "write", errno, err);
	s->run[s->nruns++] = (struct run){ s->written, s->written + bytes };
	s->written += bytes;
	s->n = 0;
	s->ordered = true;
	return TRAWL_OK;
}

/* The memory that records had is what merging needs. */
static enum trawl_status spill_and_merge(struct sorted_runs *s,
					 struct trawl_error *err)
{
	enum trawl_status st = spill(s, err);

	if (st || s->nruns < RUNS_MAX)
		return st;
	free(s->at);
	s->at = NULL;
	s->alloc = 0;
	return merge_runs(s, err);
}

static enum trawl_status make_room(struct sorted_runs *s,
				   struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;
	size_t alloc;
	struct record *at;

	if (s->n == s->max)
		st = spill_and_merge(s, err);
	if (st || s->n < s->alloc)
		return st;
	alloc = s->alloc ? 2 * s->alloc : RECORDS_FIRST;
	if (alloc > s->max)
		alloc = s->max;
	at = realloc(s->at, alloc * sizeof(*at));
	if (!at)
		return fail_nomem(err);
	s->at = at;
	s->alloc = alloc;
	return TRAWL_OK;
}

enum trawl_status sorted_runs_add(struct sorted_runs *s, uint64_t key,
				  uint32_t value, struct trawl_error *err)
{
	if (s->n == s->alloc) {
		enum trawl_status st = make_room(s, err);

		if (st)
			return st;
	}
	if (s->n && value < s->at[s->n - 1].value)
		s->ordered = false;
	s->at[s->n++] =
		(struct record){ (uint32_t)(key >> 32), (uint32_t)key, value };
	s->count++;
	return TRAWL_OK;
}

uint64_t sorted_runs_count(const struct sorted_runs *s)
{
	return s->count;
}

/* ------------------------------------------------------------- reading -- */

static enum trawl_status finish(struct sorted_runs *s, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (s->fd < 0) {
		if (!sort(s))
			return fail_nomem(err);
	} else {
		if (s->n)
			st = spill(s, err);
		free(s->at);
		s->at = NULL;
		s->alloc = 0;
	}
	s->sorted = !st;
	return st;
}

enum trawl_status sorted_runs_rewind(struct sorted_runs *s,
				     struct trawl_error *err)
{
	enum trawl_status st = s->sorted ? TRAWL_OK : finish(s, err);

	s->next = 0;
	s->error = 0;
	if (!st && s->fd >= 0 && !begin_merge(s))
		return fail_nomem(err);
	return st;
}

bool sorted_runs_next(struct sorted_runs *s, struct sorted_record *out)
{
	struct record r;

	if (s->fd >= 0) {
		if (!merge_next(s, &r))
			return false;
	} else {
		if (s->next == s->n)
			return false;
		r = s->at[s->next++];
	}
	*out = (struct sorted_record){ key_of(&r), r.value };
	return true;
}

enum trawl_status sorted_runs_end(const struct sorted_runs *s,
				  struct trawl_error *err)
{
	return s->error ? fail_io(s, "read", s->error, err) : TRAWL_OK;
}
