/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include "die.h"
#include "problem.h"

#include <archive.h>
#include <errno.h>

enum {
	BLOCK = 1 << 16,
	GROW_MIN = 1 << 16,
	KEEP_MAX =
		4 << 20, /* a longer buffer is given back when it has served */
	TAKE_MIN = 1 << 20 /* a line this long is taken with its buffer */
};

struct stream {
	struct archive *archive;
	char *data; /* data[at, end) is read and not yet handed out */
	size_t at, end, alloc;
	bool eof;
};

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

static bool open_archive(struct stream *s, int fd)
{
	struct archive_entry *entry;

	archive_read_support_filter_gzip(s->archive);
	archive_read_support_filter_xz(s->archive);
	archive_read_support_filter_zstd(s->archive);
	archive_read_support_format_raw(s->archive);
	archive_read_support_format_empty(s->archive);
	if (archive_read_open_fd(s->archive, fd, BLOCK) != ARCHIVE_OK)
		return false;

	int rc = archive_read_next_header(s->archive, &entry);

	s->eof = rc == ARCHIVE_EOF;
	return rc == ARCHIVE_OK || rc == ARCHIVE_EOF;
}

struct stream *stream_open(int fd, struct problem *why)
{
	struct stream *s = xcalloc(1, sizeof(*s));

	s->archive = archive_read_new();
	if (!s->archive)
		die("out of memory");
	if (open_archive(s, fd))
		return s;
	failed(s, why);
	stream_close(s);
	return NULL;
}

void stream_close(struct stream *s)
{
	if (!s)
		return;
	archive_read_free(s->archive);
	free(s->data);
	free(s);
}

/* What is not handed out, in a new buffer; the old one is the caller's. */
static char *change_buffer(struct stream *s)
{
	char *old = s->data;
	size_t rest = s->end - s->at;

	s->alloc = rest + GROW_MIN;
	s->data = xmalloc(s->alloc);
	if (rest)
		memcpy(s->data, old + s->at, rest);
	s->at = 0;
	s->end = rest;
	return old;
}

static void make_room(struct stream *s)
{
	if (s->alloc > KEEP_MAX && s->end - s->at < s->alloc / 4) {
		free(change_buffer(s));
	} else if (s->at) {
		memmove(s->data, s->data + s->at, s->end - s->at);
		s->end -= s->at;
		s->at = 0;
	}
	if (s->alloc - s->end < GROW_MIN) {
		s->alloc += s->alloc / 2 + GROW_MIN;
		s->data = xrealloc(s->data, s->alloc);
	}
}

/* Read on; false on a failure. */
static bool fill(struct stream *s, struct problem *why)
{
	make_room(s);

	ssize_t n = archive_read_data(s->archive, s->data + s->end,
				      s->alloc - s->end);

	if (n < 0)
		return failed(s, why);
	s->eof = n == 0;
	s->end += (size_t)n;
	return true;
}

/* The whole line at s->at, or what there is of it when it is over max. */
static bool find_end(struct stream *s, size_t max, size_t *len,
		     struct problem *why)
{
	size_t seen = 0;

	for (;;) {
		char *lf = s->end > s->at + seen
				   ? memchr(s->data + s->at + seen, '\n',
					    s->end - s->at - seen)
				   : NULL;

		if (lf) {
			*len = (size_t)(lf - (s->data + s->at));
			return true;
		}
		seen = s->end - s->at;
		*len = seen;
		if (s->eof || seen > max)
			return true;
		if (!fill(s, why))
			return false;
	}
}

static bool skip_line(struct stream *s, struct problem *why)
{
	for (;;) {
		char *lf = memchr(s->data + s->at, '\n', s->end - s->at);

		if (lf) {
			s->at = (size_t)(lf - s->data) + 1;
			return true;
		}
		s->at = s->end;
		if (s->eof)
			return true;
		if (!fill(s, why))
			return false;
	}
}

enum stream_event stream_next(struct stream *s, size_t max, const char **line,
			      size_t *len, struct problem *why)
{
	if (!find_end(s, max, len, why))
		return STREAM_FAILED;
	if (s->at == s->end && s->eof)
		return STREAM_END;
	if (*len > max)
		return skip_line(s, why) ? STREAM_LONG : STREAM_FAILED;
	*line = s->data + s->at;
	s->at += *len;
	if (s->at < s->end)
		s->at++;
	return STREAM_LINE;
}

char *stream_take(struct stream *s, const char *line, size_t len)
{
	char *taken;

	if (len < TAKE_MIN)
		return xstrndup(line, len);
	taken = change_buffer(s);
	memmove(taken, line, len);
	taken[len] = '\0';
	return xrealloc(taken, len + 1);
}

uint64_t stream_position(const struct stream *s)
{
	int64_t n = archive_filter_bytes(s->archive, -1);

	return n < 0 ? 0 : (uint64_t)n;
}
