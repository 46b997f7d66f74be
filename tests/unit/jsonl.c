/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "document.h"
#include "jsonl.h"
#include "problem.h"
#include "stream.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <unistd.h>

static bool parse(struct document *doc, const char *line, size_t *replaced,
		  struct problem *why)
{
	document_init(doc);
	return jsonl_parse(line, strlen(line), doc, replaced, why);
}

struct good {
	const char *line, *name, *value; /* name "id" and "text" are those */
	bool json;
};

/* clang-format off */
static const struct good good[] = {
	{ "{\"id\":\"a\",\"text\":\"t\"}", "id", "a", false },
	{ "{\"id\":17}", "id", "17", false },
	{ "{\"id\":\"a\\nb%\"}", "id", "a%0Ab%", false },
	{ "{\"id\":\"a\",\"text\":\"t\"}", "text", "t", false },
	{ "{\"title\":\"T\"}", "title", "T", false },
	{ "{\"place\":\"Corran\"}", "place", "Corran", false },
	{ "{\"n\":3}", "n", "3", true },
	{ "{\"n\":0.5}", "n", "0.5", true },
	{ "{\"n\":0.1}", "n", "0.1", true },
	{ "{\"n\":2.0}", "n", "2.0", true },
	{ "{\"n\":0.30000000000000004}", "n", "0.30000000000000004", true },
	{ "{\"n\":[1.1,-2e-7,{}]}", "n", "[1.1,-2e-7,{}]", true },
	{ "{\"n\":{\"\\u00e9\":[\"\\n\",null,false,[]]}}", "n",
	  "{\"\xC3\xA9\":[\"\\n\",null,false,[]]}", true },
	{ "{\"n\":true}", "n", "true", true },
	{ "{\"n\":{\"b\":1,\"a\":[2]}}", "n", "{\"b\":1,\"a\":[2]}", true },
	{ "{\"n\":[1,2]}", "n", "[1,2]", true },
	{ "{\"topic\":[\"x\",\"y\"]}", "topic", "x", false },
	{ " {\"text\" : \"caf\\u00e9\"} ", "text", "caf\xC3\xA9", false },
};
/* clang-format on */

static const struct trawl_field *find(const struct document *doc,
				      const char *name)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, name))
			return &doc->fields[i];
	return NULL;
}

static void check(const struct document *doc, const struct good *c)
{
	const struct trawl_field *f;

	if (!strcmp(c->name, "id")) {
		assert_string_equal(doc->id, c->value);
	} else if (!strcmp(c->name, "text")) {
		assert_string_equal(doc->text, c->value);
	} else {
		f = find(doc, c->name);
		assert_non_null(f);
		assert_string_equal(f->value, c->value);
		assert_int_equal(f->len, strlen(c->value));
		assert_int_equal(f->json, c->json);
	}
}

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct document doc;
		struct problem why = { 0 };
		size_t replaced;

		if (!parse(&doc, good[i].line, &replaced, &why))
			fail_msg("%s: %s", good[i].line, why.reason);
		assert_int_equal(replaced, 0);
		check(&doc, &good[i]);
		document_release(&doc);
	}
}

static void test_lists_and_nulls(void **state)
{
	struct document doc;
	struct problem why = { 0 };
	size_t replaced;

	(void)state;
	assert_true(parse(&doc,
			  "{\"id\":null,\"text\":null,\"topic\":[\"x\",\"y\"],"
			  "\"none\":null,\"empty\":[]}",
			  &replaced, &why));
	assert_null(doc.id);
	assert_null(doc.text);
	assert_int_equal(doc.nfields, 2);
	assert_string_equal(doc.fields[1].value, "y");
	document_release(&doc);
}

struct bad {
	const char *line, *code;
};

/* clang-format off */
static const struct bad bad[] = {
	{ "{\"id\":", "E_JSON" },
	{ "[1]", "E_JSON" },
	{ "\"text\"", "E_JSON" },
	{ "{\"a\":1,\"a\":2}", "E_JSON" },
	{ "{\"a\":1e400}", "E_JSON" },
	{ "{\"a\":NaN}", "E_JSON" },
	{ "{\"a\":1} x", "E_JSON" },
	{ "{\"id\":\"\"}", "E_FIELD" },
	{ "{\"id\":1.5}", "E_FIELD" },
	{ "{\"id\":[\"a\"]}", "E_FIELD" },
	{ "{\"id\":\"a\\u0000b\"}", "E_FIELD" },
	{ "{\"text\":[\"a\"]}", "E_FIELD" },
	{ "{\"\":\"a\"}", "E_FIELD" },
};
/* clang-format on */

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct document doc;
		struct problem why = { 0 };
		size_t replaced;

		if (parse(&doc, bad[i].line, &replaced, &why))
			fail_msg("%s", bad[i].line);
		assert_string_equal(why.code, bad[i].code);
		document_release(&doc);
	}
}

static void test_mended(void **state)
{
	static const struct {
		const char *line, *text;
		size_t replaced;
	} cases[] = {
		{ "{\"text\":\"a\xFFz\"}", "a\xEF\xBF\xBDz", 1 },
		{ "{\"text\":\"a\\ud83d\"}", "a\xEF\xBF\xBD", 1 },
		{ "{\"text\":\"\\udc00 \\uD83D\\uDE00\"}",
		  "\xEF\xBF\xBD \xF0\x9F\x98\x80", 1 },
		{ "{\"text\":\"\\\\ud83d \\ud83d\"}", "\\ud83d \xEF\xBF\xBD",
		  1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct document doc;
		struct problem why = { 0 };
		size_t replaced;

		if (!parse(&doc, cases[i].line, &replaced, &why))
			fail_msg("%s: %s", cases[i].line, why.reason);
		assert_string_equal(doc.text, cases[i].text);
		assert_int_equal(replaced, cases[i].replaced);
		document_release(&doc);
	}
}

/* Brackets that are open at most: n of them. */
static bool parse_nested(int n, struct problem *why)
{
	struct buf line = BUF_INIT(1 << 20);
	struct document doc;
	size_t replaced;
	bool ok;

	buf_adds(&line, "{\"s\":\"[[\\\"[[\",\"a\":");
	for (int i = 1; i < n; i++)
		buf_addc(&line, '[');
	for (int i = 1; i < n; i++)
		buf_addc(&line, ']');
	buf_addc(&line, '}');
	ok = parse(&doc, line.data, &replaced, why);
	document_release(&doc);
	buf_release(&line);
	return ok;
}

static void test_depth(void **state)
{
	struct problem why = { 0 };

	(void)state;
	assert_true(parse_nested(JSON_DEPTH_MAX, &why));
	assert_false(parse_nested(JSON_DEPTH_MAX + 1, &why));
	assert_string_equal(why.code, "E_JSON_DEPTH");
	assert_false(parse_nested(100000, &why));
	assert_string_equal(why.code, "E_JSON_DEPTH");
}

/* ------------------------------------------------------------- streams -- */

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
static void read_lines(int fd, size_t max, struct buf *out)
{
	struct problem why = { 0 };
	struct stream *s = stream_open(fd, &why);
	enum stream_event e = STREAM_END;
	const char *line;
	size_t len;

	while (s &&
	       (e = stream_next(s, max, &line, &len, &why)) != STREAM_END &&
	       e != STREAM_FAILED) {
		if (e == STREAM_LINE)
			buf_add(out, line, len);
		else
			buf_adds(out, "(long)");
		buf_addc(out, '|');
	}
	if (!s || e == STREAM_FAILED)
		buf_addf(out, "(%s)", why.code);
	stream_close(s);
	close(fd);
}

static void test_lines(void **state)
{
	static const struct {
		const char *bytes, *lines;
	} cases[] = {
		{ "", "" },
		{ "a", "a|" },
		{ "a\n", "a|" },
		{ "a\n\nb", "a||b|" },
		{ "12345\n123456\n7", "12345|(long)|7|" },
		{ "1234567890", "(long)|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct buf out = BUF_INIT(1000);

		read_lines(temporary(cases[i].bytes, strlen(cases[i].bytes)), 5,
			   &out);
		assert_string_equal(out.data, cases[i].lines);
		buf_release(&out);
	}
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

		read_lines(temporary(packed, n), 100, &out);
		assert_int_equal(out.len, LINES * 8);
		assert_string_equal(out.data + out.len - 8, "0019999|");

		buf_reset(&out);
		read_lines(temporary(packed, n / 2), 100, &out);
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
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_lists_and_nulls),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_compressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
