/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "problem.h"
#include "stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

static int temporary(const void *bytes, size_t n)
{
	FILE *f = tmpfile();
	int fd;

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fflush(f), 0);
	fd = dup(fileno(f));
	fclose(f);
	assert_true(fd >= 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* "a|b|" of the lines; "(long)" and "(CODE)" for the other events. */
static void add_lines(struct buf *out, const char *lines, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_addc(out, lines[i] == '\n' ? '|' : lines[i]);
	if (lines[len - 1] != '\n')
		buf_addc(out, '|');
}

static void read_lines(int fd, struct buf *out)
{
	struct problem why = { 0 };
	struct stream *s = stream_open(fd, &why);
	enum stream_event e = STREAM_FAILED;
	char *got;
	size_t len;

	while (s &&
	       (e = stream_next(s, STREAM_BLOCK, &got, &len, &why)) !=
		       STREAM_END &&
	       e != STREAM_FAILED) {
		if (e == STREAM_LINES) {
			add_lines(out, got, len);
			free(got);
		} else {
			buf_adds(out, "(long)|");
		}
	}
	if (e == STREAM_FAILED)
		buf_addf(out, "(%s)", why.code);
	stream_close(s);
	close(fd);
}

/* Where a case has *, n times that, or n + 1 times for +. */
static void expand(struct buf *out, const char *s, size_t n)
{
	for (; *s; s++) {
		if (*s != '*' && *s != '+')
			buf_addc(out, *s);
		for (size_t i = 0; *s == '*' && i < n; i++)
			buf_addc(out, 'x');
		for (size_t i = 0; *s == '+' && i <= n; i++)
			buf_addc(out, 'x');
	}
}

static void test_lines(void **state)
{
	static const struct {
		const char *bytes, *lines;
	} cases[] = {
		{ "", "" },
		{ "a", "a|" },
		{ "a\n", "a|" },
		{ "\n", "|" },
		{ "a\n\nb", "a||b|" },
		{ "first\nsecond\nthird", "first|second|third|" },
		{ "*", "*|" },
		{ "*\n", "*|" },
		{ "a\n*\n*\nb", "a|*|*|b|" },
		{ "*\n+\nb", "*|(long)|b|" },
		{ "+", "(long)|" },
		{ "+\n", "(long)|" },
		{ "a\n+***\nb\n+", "a|(long)|b|(long)|" },
		/* It only looks compressed. */
		{ "\x1F\x8B here\nb", "\x1F\x8B here|b|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf in = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20),
			   want = BUF_INIT(1 << 20);

		expand(&in, cases[i].bytes, STREAM_BLOCK);
		expand(&want, cases[i].lines, STREAM_BLOCK);
		read_lines(temporary(in.data, in.len), &out);
		assert_string_equal(out.data, want.data);
		buf_release(&in);
		buf_release(&out);
		buf_release(&want);
	}
}

/* A line that is there is not kept waiting for the next one. */
static void test_pipe(void **state)
{
	struct problem why = { 0 };
	struct stream *s;
	int ends[2];
	char *got;
	size_t len;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "first\nsec", 9), 9);
	s = stream_open(ends[0], &why);
	assert_non_null(s);
	assert_int_equal(stream_next(s, STREAM_BLOCK, &got, &len, &why),
			 STREAM_LINES);
	assert_int_equal(len, 6);
	assert_memory_equal(got, "first\n", 6);
	free(got);
	assert_int_equal(write(ends[1], "ond\n", 4), 4);
	assert_int_equal(stream_next(s, STREAM_BLOCK, &got, &len, &why),
			 STREAM_LINES);
	assert_memory_equal(got, "second\n", 7);
	assert_int_equal(stream_position(s), 13);
	free(got);
	close(ends[1]);
	assert_int_equal(stream_next(s, STREAM_BLOCK, &got, &len, &why),
			 STREAM_END);
	stream_close(s);
	close(ends[0]);
}

/* n lines "0000001", compressed by the filter. */
static size_t compress_lines(int filter, int n, char *to, size_t room)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;

	archive_write_add_filter(a, filter);
	archive_write_set_format_raw(a);
	assert_int_equal(archive_write_open_memory(a, to, room, &used), 0);
	archive_entry_set_filetype(e, AE_IFREG);
	assert_int_equal(archive_write_header(a, e), 0);
	for (int i = 0; i < n; i++) {
		char line[16];

		snprintf(line, sizeof(line), "%07d\n", i);
		assert_int_equal(archive_write_data(a, line, 8), 8);
	}
	archive_write_close(a);
	archive_write_free(a);
	archive_entry_free(e);
	return used;
}

static void test_compressed(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_ZSTD };
	enum {
		ROOM = 1 << 20,
		LINES = 20000
	};
	char *packed = malloc(ROOM);

	(void)state;
	assert_non_null(packed);
	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++) {
		struct buf out = BUF_INIT(1 << 20);
		size_t n = compress_lines(filters[i], LINES, packed, ROOM);

		read_lines(temporary(packed, n), &out);
		assert_int_equal(out.len, LINES * 8);
		assert_string_equal(out.data + out.len - 8, "0019999|");

		buf_reset(&out);
		read_lines(temporary(packed, n / 2), &out);
		if (!strstr(out.data, "(E_TRUNCATED)"))
			fail_msg("filter %d: %s", filters[i],
				 out.data + (out.len > 50 ? out.len - 50 : 0));
		buf_release(&out);
	}
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_compressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
