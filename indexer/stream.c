/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include "die.h"
#include "problem.h"

#include <archive.h>
#include <errno.h>
#include <unistd.h>

enum {
	MAGIC_MAX = 6,
	SHRINK_MIN = 1 << 20 /* a buffer this large keeps no room to spare */
};

struct stream {
	int fd;
	struct archive *archive; /* NULL: not compressed */
	char *data; /* data[0, end) is read and not yet handed out */
	size_t end, alloc;
	size_t seen;  /* of it, where no line ends */
	uint64_t got; /* from fd */
	bool eof;

	/* Of a compressed file: what comes before the rest of it, and what has
	 * been decompressed and not yet taken. */
	char *head;
	size_t nhead;
	const char *block;
	size_t nblock;
};

/* As many bytes as a read() gives, into at most n; -1: errno. */
static ssize_t read_some(struct stream *s, char *to, size_t n)
{
	ssize_t got;

	do
		got = read(s->fd, to, n);
	while (got < 0 && errno == EINTR);
	if (got > 0)
		s->got += (size_t)got;
	return got;
}

/* ------------------------------------------------------- decompression -- */

static bool is_compressed(const char *s, size_t n)
{
	/* gzip, xz, zstd; and what zstd skips, whose first byte varies */
	static const struct {
		char bytes[MAGIC_MAX + 1];
		size_t from, n;
	} magics[] = { { "\x1F\x8B", 0, 2 },
		       { "\xFD"
			 "7zXZ",
			 0, 6 },
		       { "\x28\xB5\x2F\xFD", 0, 4 },
		       { "?\x2A\x4D\x18", 1, 4 } };

	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++) {
		size_t from = magics[i].from;

		if (n >= magics[i].n &&
		    !memcmp(s + from, magics[i].bytes + from,
			    magics[i].n - from))
			return true;
	}
	return false;
}

static bool failed(struct stream *s, struct problem *why)
{
	const char *text = archive_error_string(s->archive);

	if (!text)
		text = "cannot be read";
	/* The last is what liblzma makes of an early end. */
	if (strcasestr(text, "truncated") || strcasestr(text, "premature") ||
	    strcasestr(text, "no progress"))
		return problem(why, "E_TRUNCATED", "%s", text);
	if (strcasestr(text, "crc") || strcasestr(text, "checksum") ||
	    strcasestr(text, "corrupt"))
		return problem(why, "E_CRC", "%s", text);
	return problem(why, "E_IO", "%s", text);
}

/* What was read to recognise it comes first. */
static la_ssize_t on_read(struct archive *a, void *ctx, const void **bytes)
{
	struct stream *s = ctx;
	ssize_t n = (ssize_t)s->nhead;

	*bytes = s->head;
	s->nhead = 0;
	if (!n)
		n = read_some(s, s->head, STREAM_BLOCK);
	if (n < 0)
		archive_set_error(a, errno, "%s", strerror(errno));
	return n;
}

/* The buffer, where something was read, is the archive's from now on. */
static void give_head(struct stream *s)
{
	s->head = s->data;
	s->nhead = s->end;
	s->alloc = STREAM_BLOCK;
	s->data = xmalloc(s->alloc);
	s->end = 0;
}

static bool open_archive(struct stream *s, struct problem *why)
{
	struct archive_entry *entry;
	int rc;

	give_head(s);
	s->archive = archive_read_new();
	if (!s->archive)
		die("out of memory");
	archive_read_support_filter_gzip(s->archive);
	archive_read_support_filter_xz(s->archive);
	archive_read_support_filter_zstd(s->archive);
	archive_read_support_format_raw(s->archive);
	archive_read_support_format_empty(s->archive);
	rc = archive_read_open(s->archive, s, NULL, on_read, NULL);
	if (rc == ARCHIVE_OK)
		rc = archive_read_next_header(s->archive, &entry);
	s->eof = rc == ARCHIVE_EOF;
	return rc == ARCHIVE_OK || s->eof || failed(s, why);
}

/* Block by block: archive_read_data() would lose what comes before damage. */
static ssize_t decompress(struct stream *s, char *to, size_t n)
{
	int rc = ARCHIVE_OK;

	while (!s->nblock && rc == ARCHIVE_OK) {
		const void *block;
		int64_t offset;

		rc = archive_read_data_block(s->archive, &block, &s->nblock,
					     &offset);
		s->block = rc == ARCHIVE_OK ? block : NULL;
	}
	if (rc != ARCHIVE_OK)
		return rc == ARCHIVE_EOF ? 0 : -1;
	if (n > s->nblock)
		n = s->nblock;
	memcpy(to, s->block, n);
	s->block += n;
	s->nblock -= n;
	return (ssize_t)n;
}

/* --------------------------------------------------------------- lines -- */

static void make_room(struct stream *s)
{
	if (s->alloc - s->end >= STREAM_BLOCK)
		return;
	s->alloc = s->end + s->end / 2 + STREAM_BLOCK;
	s->data = xrealloc(s->data, s->alloc);
}

/* Read on; false on a failure. */
static bool fill(struct stream *s, struct problem *why)
{
	ssize_t n;

	make_room(s);
	n = s->archive ? decompress(s, s->data + s->end, STREAM_BLOCK)
		       : read_some(s, s->data + s->end, STREAM_BLOCK);
	if (n < 0)
		return s->archive ? failed(s, why) : problem_errno(why, errno);
	s->eof = n == 0;
	s->end += (size_t)n;
	return true;
}

struct stream *stream_open(int fd, struct problem *why)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	bool ok = true;

	s->fd = fd;
	while (ok && !s->eof && s->end < MAGIC_MAX)
		ok = fill(s, why);
	if (ok && is_compressed(s->data, s->end))
		ok = open_archive(s, why);
	if (ok)
		return s;
	stream_close(s);
	return NULL;
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	archive_read_free(s->archive);
	free(s->head);
	free(s->data);
	free(s);
}

/* The first n bytes become the caller's; the rest moves to a new buffer. */
static enum stream_event hand_out(struct stream *s, size_t n, char **lines,
				  size_t *len)
{
	const size_t rest = s->end - n;

	*lines = s->data;
	*len = n;
	s->alloc = rest + STREAM_BLOCK;
	s->data = xmalloc(s->alloc);
	memcpy(s->data, *lines + n, rest);
	s->end = s->seen = rest;
	if (n >= SHRINK_MIN)
		*lines = xrealloc(*lines, n);
	return STREAM_LINES;
}

/* The line that begins the buffer is over the limit: go past its end. */
static enum stream_event skip_line(struct stream *s, struct problem *why)
{
	for (;;) {
		char *lf = memchr(s->data + s->seen, '\n', s->end - s->seen);

		if (lf) {
			s->end -= (size_t)(lf + 1 - s->data);
			memmove(s->data, lf + 1, s->end);
			s->seen = 0;
			return STREAM_LONG;
		}
		s->end = s->seen = 0;
		if (s->eof)
			return STREAM_LONG;
		if (!fill(s, why))
			return STREAM_FAILED;
	}
}

enum stream_event stream_next(struct stream *s, size_t max, char **lines,
			      size_t *len, struct problem *why)
{
	for (;;) {
		char *from = s->data + s->seen;
		char *first = memchr(from, '\n', s->end - s->seen);

		/* Only the first line can be longer than what is read at once. */
		if ((first ? (size_t)(first - s->data) : s->end) > max)
			return skip_line(s, why);
		if (first) {
			char *last = memrchr(from, '\n', s->end - s->seen);

			return hand_out(s, (size_t)(last + 1 - s->data), lines,
					len);
		}
		if (s->eof)
			return s->end ? hand_out(s, s->end, lines, len)
				      : STREAM_END;
		s->seen = s->end;
		if (!fill(s, why))
			return STREAM_FAILED;
	}
}

uint64_t stream_position(const struct stream *s)
{
	return s->got;
}
