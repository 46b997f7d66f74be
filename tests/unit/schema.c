/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/schema.c: schema files */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void read_ok(struct schema *s, const char *text)
{
	struct trawl_error err = { 0 };

	if (schema_read(s, text, &err) != TRAWL_OK)
		fail_msg("%s", err.text);
}

static const struct schema_field *field(const struct schema *s,
					const char *name)
{
	const struct schema_field *f = schema_find(s, name, strlen(name));

	if (!f)
		fail_msg("no field %s", name);
	return f;
}

static void test_built_in(void **state)
{
	static const struct {
		const char *name, *prefix;
		enum trawl_field_type type;
		bool indexed, words, facet;
		int slot;
	} cases[] = {
		{ "id", "Q", TRAWL_KEYWORD, true, false, false, NO_SLOT },
		{ "title", "S", TRAWL_TEXT, true, false, false, NO_SLOT },
		{ "date", "D", TRAWL_DATE, true, false, false, SLOT_DATE },
		{ "source", "H", TRAWL_KEYWORD, true, true, true, 3 },
		{ "author", "A", TRAWL_KEYWORD, true, true, true, 4 },
		{ "lang", "L", TRAWL_KEYWORD, true, false, true, 5 },
		{ "topic", "K", TRAWL_KEYWORD, true, false, true, 6 },
		{ "type", "T", TRAWL_KEYWORD, true, false, false, NO_SLOT },
		{ "url", "", TRAWL_KEYWORD, false, false, false, NO_SLOT },
		{ "mentions", "XMENTIONS:", TRAWL_KEYWORD, true, false, false,
		  NO_SLOT },
		{ "raw", "XRAW:", TRAWL_TEXT, true, false, false, NO_SLOT },
	};
	struct schema s;

	(void)state;
	read_ok(&s, NULL);
	assert_int_equal(s.nfields, COUNT(cases));
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct schema_field *f = field(&s, cases[i].name);

		assert_string_equal(f->prefix, cases[i].prefix);
		assert_int_equal(f->type, cases[i].type);
		assert_int_equal(f->indexed, cases[i].indexed);
		assert_int_equal(f->words, cases[i].words);
		assert_int_equal(f->facet, cases[i].facet);
		assert_int_equal(f->slot, cases[i].slot);
		assert_true(f->stored);
		assert_in_range(f->weight, 1, 15);
	}
	read_ok(&s, "");
	assert_int_equal(s.nfields, COUNT(cases));
	assert_null(schema_find(&s, "text", 4));
	assert_null(schema_find(&s, "titl", 4));
	assert_null(schema_find(&s, "titles", 6));
	assert_ptr_equal(schema_find(&s, "titles", 5), field(&s, "title"));
}

static void test_own_fields(void **state)
{
	static const char text[] =
		"\xEF\xBB\xBF# a comment, as long as it likes to be: "
		"12345678901234567890123456789012345678901234567890123456789012"
		"34567890123456789012345678901234567890123456789012345678901234"
		"5678901234567890123456789012345678901234567890\r\n"
		"[Place]\r\n"
		"  type = keyword ; the town\r\n"
		"\tfacet : YES\r\n"
		"\n"
		"[ summary ]\n"
		"type=text\nweight=15\nstored = no\n"
		"[seen]\ntype = date\n"
		"[price]\ntype = number\nsort = no\nindexed = no\n"
		"[size_2]\ntype = number\n"
		"[title]\nindexed = no\nweight = 3\nsort = on\n"
		"[url]\nfacet = yes";
	struct schema s;

	(void)state;
	read_ok(&s, text);
	assert_string_equal(field(&s, "place")->prefix, "XPLACE:");
	assert_int_equal(field(&s, "place")->type, TRAWL_KEYWORD);
	assert_true(field(&s, "place")->facet);
	assert_true(field(&s, "place")->stored && field(&s, "place")->indexed);
	assert_false(field(&s, "place")->sort || field(&s, "place")->words);

	assert_int_equal(field(&s, "summary")->type, TRAWL_TEXT);
	assert_int_equal(field(&s, "summary")->weight, 15);
	assert_false(field(&s, "summary")->stored);
	assert_int_equal(field(&s, "summary")->slot, NO_SLOT);

	assert_true(field(&s, "seen")->sort);
	assert_string_equal(field(&s, "seen")->prefix, "");
	assert_int_equal(field(&s, "price")->slot, NO_SLOT);
	assert_string_equal(field(&s, "size_2")->prefix, "");

	assert_false(field(&s, "title")->indexed);
	assert_true(field(&s, "title")->stored);
	assert_int_equal(field(&s, "title")->weight, 3);

	/* In the order of the fields, the built-in ones first. */
	assert_int_equal(field(&s, "title")->slot, SLOT_USER);
	assert_int_equal(field(&s, "url")->slot, SLOT_USER + 1);
	assert_int_equal(field(&s, "place")->slot, SLOT_USER + 2);
	assert_int_equal(field(&s, "seen")->slot, SLOT_USER + 3);
	assert_int_equal(field(&s, "size_2")->slot, SLOT_USER + 4);
}

static void test_faults(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "type = text\n", "line 1: a key before" },
		{ "\n[place]\ntype = colour\n",
		  "line 3: [place] type = colour" },
		{ "[place]\ntype = text\nweight = 16", "must be 1..15" },
		{ "[place]\ntype = text\nweight = 0", "line 3" },
		{ "[place]\ntype = text\nweight = two", "weight = two" },
		{ "[place]\ntype = keyword\nweight = 2", "for text only" },
		{ "[place]\ntype = keyword\nfacet = maybe", "yes or no" },
		{ "[place]\nfacet = yes\n", "line 2: [place] has no type" },
		{ "[place]\n", "line 1: a field without keys" },
		{ "[place]\n[town]\ntype = text\n", "line 1: a field without" },
		{ "[place]\ntype = text\ncolour = red", "[place] colour: no" },
		{ "[place]\ntype = text\ntype = date",
		  "already set in line 2" },
		{ "[place]\ntype = text\n[PLACE]\ntype = date", "line 4" },
		{ "[place]\nnonsense\n", "line 2: neither" },
		{ "[place\ntype = text\n", "line 1: neither" },
		{ "[id]\nstored = no\n", "[id]: this name is taken" },
		{ "[Text]\ntype = text\n", "[text]: this name is taken" },
		{ "[root]\ntype = text\n", "taken" },
		{ "[http]\ntype = text\n", "taken" },
		{ "[9lives]\ntype = text\n", "line 2: [9lives]" },
		{ "[pl-ace]\ntype = text\n", "letters, digits" },
		{ "[pl\xC3\xA4tze]\ntype = text\n", "letters, digits" },
		{ "[a12345678901234567890123456789012]\ntype = text",
		  "most 32" },
		{ "[title]\ntype = keyword\n", "keeps its type" },
		{ "[url]\nindexed = yes\n", "only be stored" },
		{ "[date]\nfacet = yes\n", "line 2: [date] facet" },
		{ "[n]\ntype = number\nfacet = yes\n", "line 3: [n] facet" },
	};
	struct schema s;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_error err = { 0 };

		if (schema_read(&s, cases[i].text, &err) != TRAWL_BADVALUE)
			fail_msg("accepted: %s", cases[i].text);
		if (!strstr(err.text, cases[i].want))
			fail_msg("%s: not \"%s\"", err.text, cases[i].want);
		assert_int_equal(schema_read(&s, cases[i].text, NULL),
				 TRAWL_BADVALUE);
	}
}

static void test_a_fault_changes_nothing(void **state)
{
	struct schema s;

	(void)state;
	read_ok(&s, "[place]\ntype = text\n");
	assert_int_equal(schema_read(&s, "[town]\ntype = text\n[x]\n", NULL),
			 TRAWL_BADVALUE);
	assert_non_null(schema_find(&s, "place", 5));
	assert_null(schema_find(&s, "town", 4));
}

static void test_limits(void **state)
{
	static char text[SCHEMA_TEXT_MAX + 2];
	struct schema s;
	struct trawl_error err = { 0 };
	size_t len = 0;
	int i;

	(void)state;
	for (i = 0; i < SCHEMA_FIELDS_MAX; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"[f%d]\ntype = text\n", i);
	assert_int_equal(schema_read(&s, text, &err), TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "more than 64 fields"));

	memset(text, '\n', SCHEMA_TEXT_MAX + 1);
	assert_int_equal(schema_read(&s, text, &err), TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "longer than 65536"));
	text[SCHEMA_TEXT_MAX] = '\0';
	read_ok(&s, text);

	memset(text, 'x', 300);
	assert_int_equal(schema_read(&s, text, &err), TRAWL_BADVALUE);
	assert_non_null(strstr(err.text, "line 1: longer than"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in),
		cmocka_unit_test(test_own_fields),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_a_fault_changes_nothing),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
