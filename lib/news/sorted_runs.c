/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sorted_runs.h"

#include "scratch.h"
#include "status.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	WORDS = 3,
	WORD_BITS = 32,
	RECORD_BITS = WORDS * WORD_BITS,
	DIGIT_BITS = 11,
	DIGIT_BITS_FEW = 8, /* of MANY records and less */
	DIGITS = 1 << DIGIT_BITS,
	MANY = 4096,
	FEW = 16, /* that are sorted by insertion */
	RECORDS_FIRST = 1024,
	RUNS_MAX = 256, /* then they are made one */
	WRITE_RECORDS = 1 << 16
};

/* A key, its high half first, and a value.  A number of 64 bits would make it one
 * of 16 bytes. */
struct record {
	uint32_t word[WORDS];
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
	return (uint64_t)r->word[0] << 32 | r->word[1];
}

static uint32_t value_of(const struct record *r)
{
	return r->word[WORDS - 1];
}

static bool is_before(const struct record *a, const struct record *b)
{
	return key_of(a) < key_of(b) ||
	       (key_of(a) == key_of(b) && value_of(a) < value_of(b));
}

static void sort_few(struct record *at, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct record moved = at[i];
		size_t to = i;

		for (; to && is_before(&moved, &at[to - 1]); to--)
			at[to] = at[to - 1];
		at[to] = moved;
	}
}

/* Some bits of one of a record's words. */
struct digit {
	unsigned word, shift, mask;
};

static unsigned digit_of(const struct record *r, struct digit d)
{
	return r->word[d.word] >> d.shift & d.mask;
}

/* The next of n records, whose lowest *left bits are not yet in order. */
static struct digit next_digit(size_t n, unsigned *left)
{
	unsigned part = (*left - 1) % WORD_BITS + 1;
	unsigned bits = n > MANY ? DIGIT_BITS : DIGIT_BITS_FEW;

	bits = bits < part ? bits : part;
	*left -= bits;
	return (struct digit){ WORDS - 1 - *left / WORD_BITS, *left % WORD_BITS,
			       (1U << bits) - 1 };
}

/*
 * Distribute by a digit: end[i] is where those of i end.  The most that one has;
 * n: nothing was moved.
 */
static size_t distribute(struct record *at, struct record *room, size_t n,
			 struct digit d, size_t *end)
{
	size_t sum = 0, most = 0;

	memset(end, 0, (d.mask + 1) * sizeof(*end));
	for (size_t i = 0; i < n; i++)
		end[digit_of(&at[i], d)]++;
	for (size_t i = 0; i <= d.mask; i++) {
		const size_t here = end[i];

		most = here > most ? here : most;
		end[i] = sum;
		sum += here;
	}
	if (most == n)
		return n;
	for (size_t i = 0; i < n; i++)
		room[end[digit_of(&at[i], d)]++] = at[i];
	memcpy(at, room, n * sizeof(*at));
	return most;
}

/*
 * From the first digit on (MSD radix sort); left: bits that are not yet in order,
 * least: those that are in order as they come.
 */
static void sort_range(struct record *at, struct record *room, size_t n,
		       unsigned left, unsigned least)
{
	size_t end[DIGITS], most = n, begin = 0;
	struct digit d = { 0 };

	while (n > FEW && most == n && left > least) {
		d = next_digit(n, &left);
		most = distribute(at, room, n, d, end);
	}
	if (n <= FEW || (most <= FEW && left < RECORD_BITS)) {
		sort_few(at, n);
		return;
	}
	for (size_t i = 0; most < n && left > least && i <= d.mask; i++) {
		sort_range(at + begin, room + begin, end[i] - begin, left,
			   least);
		begin = end[i];
	}
}

static bool sort(struct sorted_runs *s)
{
	struct record *room;

	if (s->n < 2)
		return true;
	room = malloc(s->n * sizeof(*room));
	if (!room)
		return false;
	sort_range(s->at, room, s->n, RECORD_BITS, s->ordered ? WORD_BITS : 0);
	free(room);
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
	return value_of(p) < value_of(q);
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
	if (s->n && value < value_of(&s->at[s->n - 1]))
		s->ordered = false;
	s->at[s->n++] = (struct record){ { (uint32_t)(key >> 32), (uint32_t)key,
					   value } };
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
	const struct record *r;
	struct record merged;

	if (s->fd < 0) {
		if (s->next == s->n)
			return false;
		r = &s->at[s->next++];
	} else {
		if (!merge_next(s, &merged))
			return false;
		r = &merged;
	}
	*out = (struct sorted_record){ key_of(r), value_of(r) };
	return true;
}

enum trawl_status sorted_runs_end(const struct sorted_runs *s,
				  struct trawl_error *err)
{
	return s->error ? fail_io(s, "read", s->error, err) : TRAWL_OK;
}
