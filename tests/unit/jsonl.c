/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "document.h"
#include "jsonl.h"
#include "jsonl_both.h"
#include "problem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static bool parse(struct document *doc, const char *line, size_t *replaced,
		  struct problem *why)
{
	document_init(doc);
	/* It lives as long as the document. */
	buf_adds(&doc->body, line);
	return jsonl_parse(doc->body.data, doc->body.len, doc, replaced, why);
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

/* ------------------------------------------------------------ both ways -- */

struct line {
	const char *s;
	bool declined;
};

/* clang-format off */
static const struct line lines[] = {
	{ "{}", false },
	{ " \t\r\n{ \n} \t\r\n", false },
	{ "{\"id\":\"a\",\"title\":\"T\",\"text\":\"t\"}", false },
	{ "{ \"id\" : 17 , \"n\" : -3 , \"ok\" : true , \"no\" : false }", false },
	{ "{\"id\":null,\"text\":null,\"n\":null}", false },
	{ "{\"id\":0,\"text\":\"\",\"place\":\"\"}", false },
	{ "{\"id\":\"a\\nb%\"}", false },
	{ "{\"id\":\"caf\xC3\xA9 \xE2\x80\xAE\"}", false },
	{ "{\"i\\u0064\":\"a\",\"t\\u0065xt\":\"t\"}", false },
	{ "{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u00e9\\u20AC\"}", false },
	{ "{\"text\":\"\\ud83d\\uDE00 \\uD800\\udc00 \\udbff\\udfff\"}", false },
	{ "{\"text\":\"0123456789\\n0123456789abcdef\\\"01234567\\\\\"}", false },
	{ "{\"text\":\"caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \x7F\"}", false },
	{ "{\"topic\":[],\"t\":[ \"x\" , \"y\\n\" ,\"\"]}", false },
	{ "{\"n\":999999999999999999,\"m\":-999999999999999999}", false },
	{ "{\"a\":0.5,\"b\":-0.5,\"c\":2.0,\"d\":0.0,\"e\":-0.0}", false },
	{ "{\"a\":0.0001,\"b\":0.00099,\"c\":12345678901234.5}", false },
	{ "{\"a\":0.000123456789012345,\"b\":0.123456789012345}", false },
	{ "{\"a\":99999999999999.9,\"b\":1431641022.25}", false },

	{ "", true },
	{ " ", true },
	{ "{", true },
	{ "{\"", true },
	{ "{\"a\\", true },
	{ "{\"a\"", true },
	{ "{\"a\":", true },
	{ "{\"a\":\"", true },
	{ "{\"a\":\"x", true },
	{ "{\"a\":1", true },
	{ "{\"a\":1,", true },
	{ "{\"a\":1,}", true },
	{ "{,}", true },
	{ "{\"a\":1}}", true },
	{ "{\"a\":1} x", true },
	{ "{\"a\" 1}", true },
	{ "{\"a\":1 \"b\":2}", true },
	{ "{\"a\":tru}", true },
	{ "{\"a\":truex}", true },
	{ "{\"a\":[\"x\",]}", true },
	{ "{\"a\":[\"x\" \"y\"]}", true },
	{ "{\"a\":[\"x\"", true },
	{ "{\"a\":[", true },
	{ "{\"a\":['x']}", true },
	{ "[]", true },
	{ "\"a\"", true },
	{ "{\"a\":{}}", true },
	{ "{\"a\":[[]]}", true },
	{ "{\"a\":[\"x\",1]}", true },
	{ "{\"a\":1,\"a\":2}", true },
	{ "{\"a\":1,\"\\u0061\":2}", true },
	{ "{\"a\":[],\"a\":[]}", true },
	{ "{\"a\":null,\"a\":null}", true },
	{ "{\"\":1}", true },
	{ "{\"a\":-0}", true },
	{ "{\"a\":00}", true },
	{ "{\"a\":01}", true },
	{ "{\"a\":-}", true },
	{ "{\"a\":+1}", true },
	{ "{\"a\":1.}", true },
	{ "{\"a\":.5}", true },
	{ "{\"a\":1.50}", true },
	{ "{\"a\":0.00001}", true },
	{ "{\"a\":1e5}", true },
	{ "{\"a\":1.5e5}", true },
	{ "{\"a\":1e400}", true },
	{ "{\"a\":NaN}", true },
	{ "{\"a\":1000000000000000000}", true },
	{ "{\"a\":9223372036854775808}", true },
	{ "{\"a\":123456789012345.6}", true },
	{ "{\"a\":1x}", true },
	{ "{\"id\":\"\"}", true },
	{ "{\"id\":1.5}", true },
	{ "{\"id\":true}", true },
	{ "{\"id\":[]}", true },
	{ "{\"id\":[\"a\"]}", true },
	{ "{\"text\":1}", true },
	{ "{\"text\":[]}", true },
	{ "{\"text\":[\"a\"]}", true },
	{ "{\"a\":\"\\u0000\"}", true },
	{ "{\"a\":\"\\ud83d\"}", true },
	{ "{\"a\":\"\\ud83dx\"}", true },
	{ "{\"a\":\"\\ud83d\\n\"}", true },
	{ "{\"a\":\"\\ud83d\\ud83d\"}", true },
	{ "{\"a\":\"\\ude00\"}", true },
	{ "{\"a\":\"\\u12g4\"}", true },
	{ "{\"a\":\"\\u12\"}", true },
	{ "{\"a\":\"\\u\x11\x31\x31\x31\"}", true },
	{ "{\"a\":\"\\U0041\"}", true },
	{ "{\"a\":\"\\x\"}", true },
	{ "{\"a\":\"\t\"}", true },
	{ "{\"a\":\"01234567\x1F\"}", true },
	{ "{\"a\":\"\xFF\"}", true },
	{ "{\"a\":\"\\\xC3\xA9\"}", true },
	{ "{\"a\":\"\xC3\\u00e9\"}", true },
	{ "{\"a\":\"\xED\xA0\x80\"}", true },
	{ "{\"a\":\"\xC0\x80\"}", true },
	{ "{\"a\":\"\xF4\x90\x80\x80\"}", true },
	{ "\xEF\xBB\xBF{}", true },
	{ "{\"a\":\xC2\xA0""1}", true },
};
/* clang-format on */

enum {
	NLINES = sizeof(lines) / sizeof(*lines)
};

static void test_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < NLINES; i++) {
		enum both got = read_both(lines[i].s, strlen(lines[i].s));

		if (got != (lines[i].declined ? BOTH_DECLINED : BOTH_SAME))
			fail_msg("%s: %s", lines[i].s,
				 got == BOTH_SAME	? "taken"
				 : got == BOTH_DECLINED ? "declined"
							: "differs");
	}
}

/* An object of n members. */
static enum both many_members(int n)
{
	struct buf line = BUF_INIT(1 << 20);
	enum both got;

	for (int i = 0; i < n; i++)
		buf_addf(&line, "%c\"k%d\":%d", i ? ',' : '{', i, i);
	buf_adds(&line, "}");
	got = read_both(line.data, line.len);
	buf_release(&line);
	return got;
}

static enum both long_id(int n)
{
	struct buf line = BUF_INIT(1 << 20);
	enum both got;

	buf_addf(&line, "{\"id\":\"%0*d\"}", n, 0);
	got = read_both(line.data, line.len);
	buf_release(&line);
	return got;
}

static void test_limits(void **state)
{
	(void)state;
	assert_int_equal(many_members(64), BOTH_SAME);
	assert_int_equal(many_members(65), BOTH_DECLINED);
	assert_int_equal(long_id(TRAWL_ID_MAX), BOTH_SAME);
	assert_int_equal(long_id(TRAWL_ID_MAX + 1), BOTH_DECLINED);
}

/* c, perhaps after a backslash, as the byte at of a word. */
static enum both one_byte(int c, int at, bool slash)
{
	/* No letter of it makes an escape. */
	static const char word[] = "ghijklmopqsvwxyzGHIJ";
	char line[40];
	int n = snprintf(line, sizeof(line), "{\"a\":\"%.*s%s%c%s\"}", at, word,
			 slash ? "\\" : "", c, word + at);

	return read_both(line, (size_t)n);
}

static void test_alignment(void **state)
{
	(void)state;
	for (int c = 1; c < 0x80; c++) {
		bool plain = c >= ' ' && c != '"' && c != '\\';
		bool escape = strchr("\"\\/bfnrt", c);

		for (int at = 0; at <= 20; at++) {
			assert_int_equal(one_byte(c, at, false),
					 plain ? BOTH_SAME : BOTH_DECLINED);
			assert_int_equal(one_byte(c, at, true),
					 escape ? BOTH_SAME : BOTH_DECLINED);
		}
	}
}

/* xorshift64*, so that a failure can be had again. */
static uint64_t draw(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545F4914F6CDD1Du;
}

/* One byte, or a few, changed, left out, doubled or brought in from elsewhere. */
static size_t mutate(char *line, size_t n, size_t room, uint64_t *seed)
{
	static const char odd[] =
		"\"\\{}[]:, \n0019.eE-+utfn\x01\x7F\xC3\xA9\xF0";
	size_t at = draw(seed) % (n + 1), len = draw(seed) % 8;

	if (len > n - at)
		len = n - at;
	switch (draw(seed) % 4) {
	case 0:
		memmove(line + at, line + at + len, n - at - len);
		return n - len;
	case 1:
		if (n + len > room)
			return n;
		memmove(line + at + len, line + at, n - at);
		return n + len;
	case 2:
		if (at < n)
			line[at] = odd[draw(seed) % (sizeof(odd) - 1)];
		return n;
	default:
		if (n < room) {
			memmove(line + at + 1, line + at, n - at);
			line[at] = odd[draw(seed) % (sizeof(odd) - 1)];
			n++;
		}
		return n;
	}
}

static void test_mutations(void **state)
{
	enum {
		ROUNDS = 100000,
		ROOM = 256
	};
	uint64_t seed = 20311207;
	int counts[3] = { 0 };

	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		const char *from = lines[draw(&seed) % NLINES].s;
		size_t n = strlen(from);
		char line[ROOM];
		enum both got;

		memcpy(line, from, n);
		for (uint64_t k = draw(&seed) % 4; k; k--)
			n = mutate(line, n, ROOM, &seed);
		got = read_both(line, n);
		if (got == BOTH_DIFFER)
			fail_msg("round %d: %.*s", i, (int)n, line);
		counts[got]++;
	}
	/* Both ways are met often, or the test would say little. */
	assert_true(counts[BOTH_SAME] > ROUNDS / 20);
	assert_true(counts[BOTH_DECLINED] > ROUNDS / 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_lists_and_nulls),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_mended),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_alignment),
		cmocka_unit_test(test_mutations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
