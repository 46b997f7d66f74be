/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/prepare.c, gather.c, postings.c, seen.c: a document to terms, values and
 * data */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyze.h"
#include "buf.h"
#include "builder.h"
#include "date.h"
#include "number_key.h"
#include "postings.h"
#include "prepare.h"
#include "sanitized.h"
#include "seen.h"
#include "utf8.h"

#include <locale.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static struct trawl_preparer *preparer;
static struct meta meta;
static struct trawl_error err;

static void set_schema(const char *schema)
{
	trawl_preparer_free(preparer);
	meta_release(&meta);
	if (meta_init(&meta, NULL, schema, "none", &err) != TRAWL_OK ||
	    preparer_new(&meta, NULL, &preparer, &err) != TRAWL_OK)
		fail_msg("%s", err.text);
}

static int set_up(void **state)
{
	(void)state;
	preparer = NULL;
	set_schema("[place]\ntype = keyword\nfacet = yes\n"
		   "[summary]\ntype = text\nweight = 3\n"
		   "[secret]\ntype = text\nstored = no\n"
		   "[price]\ntype = number\n"
		   "[seen]\ntype = date\n"
		   "[tag]\ntype = keyword\nindexed = no\nsort = yes\n");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trawl_preparer_free(preparer);
	meta_release(&meta);
	return 0;
}

enum {
	FIELDS = 12
};

/* Name, value, name, value ... NULL; a name that ends in ":" has JSON. */
struct given {
	const char *id, *text;
	const char *fields[2 * FIELDS + 1];
	struct trawl_origin origin;
};

static void make_doc(const struct given *g, struct trawl_field fields[FIELDS],
		     char names[FIELDS][32], struct trawl_doc *out)
{
	*out = (struct trawl_doc){ .id = g->id ? g->id : "1",
				   .text = g->text,
				   .text_len = g->text ? strlen(g->text) : 0,
				   .fields = fields,
				   .origin = g->origin };
	for (size_t i = 0; g->fields[2 * i]; i++) {
		size_t len = strlen(g->fields[2 * i]);
		bool json = g->fields[2 * i][len - 1] == ':';

		snprintf(names[i], 32, "%.*s", (int)(len - json),
			 g->fields[2 * i]);
		fields[i] = (struct trawl_field){ .name = names[i],
						  .value = g->fields[2 * i + 1],
						  .len = strlen(
							  g->fields[2 * i + 1]),
						  .json = json };
		out->nfields++;
	}
}

static enum trawl_status try(const struct given *g, struct trawl_prepared **out)
{
	struct trawl_field fields[FIELDS];
	char names[FIELDS][32];
	struct trawl_doc doc;

	make_doc(g, fields, names, &doc);
	return trawl_prepare(preparer, &doc, out, &err);
}

static struct trawl_prepared *prepare(const struct given *g)
{
	struct trawl_prepared *prep = NULL;

	if (try(g, &prep) != TRAWL_OK)
		fail_msg("%s", err.text);
	return prep;
}

/* "term/wdf@1,2 term/wdf ...", in the order they are in. */
static const char *terms(const struct trawl_prepared *prep)
{
	static char line[65536];
	size_t n = 0;

	line[0] = '\0';
	for (size_t i = 0; i < prep->doc.npostings; i++) {
		const struct xap_posting *p = &prep->doc.postings[i];

		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%.*s/%u",
				      i ? " " : "", (int)p->term.len,
				      p->term.data, p->wdf);
		for (size_t k = 0; k < p->npositions; k++)
			n += (size_t)snprintf(line + n, sizeof(line) - n,
					      "%c%u", k ? ',' : '@',
					      p->positions[k]);
		assert_true(n < sizeof(line));
	}
	return line;
}

static const struct xap_value *value(const struct trawl_prepared *prep,
				     uint32_t slot)
{
	for (size_t i = 0; i < prep->doc.nvalues; i++)
		if (prep->doc.values[i].slot == slot)
			return &prep->doc.values[i];
	return NULL;
}

static uint32_t slot_of(const char *name)
{
	return (uint32_t)schema_find(&meta.schema, name, strlen(name))->slot;
}

static void check_value(const struct trawl_prepared *prep, uint32_t slot,
			const void *want, size_t len)
{
	const struct xap_value *v = value(prep, slot);

	assert_non_null(v);
	assert_int_equal(v->value.len, len);
	assert_memory_equal(v->value.data, want, len);
}

/* ----------------------------------------------------------------- terms -- */

static void test_terms(void **state)
{
	static const struct {
		struct given given;
		const char *want;
	} cases[] = {
		/* Body words with positions, stems without. */
		{ { .text = "Running runs, RUN" },
		  "Q1/0 Zrun/3 run/1@3 running/1@1 runs/1@2" },
		/* Stopwords and numbers have their Z, too. */
		{ { .text = "the 42" }, "42/1@2 Q1/0 Z42/1 Zthe/1 the/1@1" },
		/* A paragraph is a gap. */
		{ { .text = "one\n\ntwo" },
		  "Q1/0 Zone/1 Ztwo/1 one/1@1 two/1@1002" },
		/* The title first, on its own and with its prefix. */
		{ { .text = "taxes", .fields = { "title", "Taxes" } },
		  "Q1/0 Staxes/1@1 ZStax/1 Ztax/3 taxes/3@1,1002" },
		{ { .fields = { "title", "a", "title", "b" } },
		  "Q1/0 Sa/1@1 Sb/1@1002 ZSa/1 ZSb/1 Za/2 Zb/2 a/2@1 "
		  "b/2@1002" },
		/* Whole values and their words; no weight. */
		{ { .text = "x", .fields = { "source", "Kyiv  Post" } },
		  "Hkyiv/0@1002 Hkyiv post/0 Hpost/0@1003 Q1/0 Zx/1 x/1@1" },
		{ { .text = "x",
		    .fields = { "author", "Jo", "author", "Jo Marten" } },
		  "Ajo/0@1002,2003 Ajo marten/0 Amarten/0@2004 Q1/0 Zx/1 "
		  "x/1@1" },
		{ { .text = "x",
		    .fields = { "lang", "EN", "topic", "World News", "type",
				"Text/HTML" } },
		  "Kworld news/0 Len/0 Q1/0 Ttext/html/0 Zx/1 x/1@1" },
		/* Only the parts of a date that were given. */
		{ { .text = "x", .fields = { "date", "2024" } },
		  "Q1/0 Y2024/0 Zx/1 x/1@1" },
		{ { .text = "x", .fields = { "date", "2024-11" } },
		  "M202411/0 Q1/0 Y2024/0 Zx/1 x/1@1" },
		{ { .text = "x",
		    .fields = { "date", " 2024-11-07T23:30:00-02:00 " } },
		  "D20241108/0 M202411/0 Q1/0 Y2024/0 Zx/1 x/1@1" },
		/* The user's own. */
		{ { .text = "x", .fields = { "place", "New York" } },
		  "Q1/0 XPLACE:new york/0 Zx/1 x/1@1" },
		{ { .text = "x", .fields = { "summary", "Big taxes" } },
		  "Q1/0 XSUMMARY:big/3@1002 XSUMMARY:taxes/3@1003 "
		  "ZXSUMMARY:big/3 ZXSUMMARY:tax/3 Zx/1 x/1@1" },
		{ { .text = "x",
		    .fields = { "tag", "no term", "price", "7", "url",
				"http://a/", "other", "words" } },
		  "Q1/0 Zx/1 x/1@1" },
		/* JSON: scalars, and arrays of them. */
		{ { .text = "x",
		    .fields = { "place:",
				" [\"A, b\", 1.50, true, null, [9], {\"c\":"
				" \"d\"} ] " } },
		  "Q1/0 XPLACE:1.50/0 XPLACE:a, b/0 XPLACE:true/0 "
		  "Zx/1 x/1@1" },
		{ { .text = "x", .fields = { "place:", "\"\\u00c9t\\\"e\"" } },
		  "Q1/0 XPLACE:et\"e/0 Zx/1 x/1@1" },
		{ { .text = "x", .fields = { "place:", "null" } },
		  "Q1/0 Zx/1 x/1@1" },
		/* Id and root. */
		{ { .id = "a/\xC3\xA9.txt",
		    .text = "x",
		    .origin = { .root = "/news" } },
		  "Qa/\xC3\xA9.txt/0 XROOT:/news/0 Zx/1 x/1@1" },
		/* Empty values are none. */
		{ { .text = "x",
		    .fields = { "title", "", "date", " ", "source", "\n" } },
		  "Q1/0 Zx/1 x/1@1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_prepared *prep = prepare(&cases[i].given);

		assert_string_equal(terms(prep), cases[i].want);
		trawl_prepared_free(prep);
	}
}

static void test_title_weight(void **state)
{
	const struct given g = { .text = "taxes",
				 .fields = { "title", "Tax" } };
	struct trawl_prepared *prep;

	(void)state;
	set_schema("[title]\nweight = 5\n");
	prep = prepare(&g);
	assert_string_equal(terms(prep), "Q1/0 Stax/1@1 ZStax/1 Ztax/6 "
					 "tax/5@1 taxes/1@1002");
	trawl_prepared_free(prep);

	set_schema("[title]\nindexed = no\n[date]\nindexed = no\n");
	prep = prepare(&(struct given){
		.text = "x", .fields = { "title", "Tax", "date", "2024" } });
	assert_string_equal(terms(prep), "Q1/0 Zx/1 x/1@1");
	assert_non_null(value(prep, SLOT_DATE));
	trawl_prepared_free(prep);
}

/* Each pair stands where its first character does. */
static void test_cjk(void **state)
{
	const struct given g = {
		.text = "\xE5\x8C\x97\xE4\xBA\xAC\xE5\xB8\x82"
	};
	struct trawl_prepared *prep = prepare(&g);

	(void)state;
	for (size_t i = 0; i < prep->doc.npostings; i++) {
		const struct xap_posting *p = &prep->doc.postings[i];

		if (*p->term.data == 'Q' || *p->term.data == 'Z')
			continue;
		assert_int_equal(p->npositions, 1);
		if (!strncmp(p->term.data, "\xE5\x8C\x97", 3))
			assert_int_equal(p->positions[0], 1);
		else if (!strncmp(p->term.data, "\xE4\xBA\xAC", 3))
			assert_int_equal(p->positions[0], 2);
		else
			assert_int_equal(p->positions[0], 3);
	}
	assert_int_equal(prep->doc.npostings, 1 + 2 * 5);
	trawl_prepared_free(prep);
}

/* 245 bytes at most, whatever it is; and Xapian's own order. */
static void test_long_terms_and_order(void **state)
{
	char longest[1000], text[20000];
	struct given g = { .text = text,
			   .id = longest,
			   .fields = { "source", longest, "place", longest },
			   .origin = { .root = longest } };
	struct trawl_prepared *prep;
	size_t n = 0;

	(void)state;
	memset(longest, 'x', sizeof(longest));
	longest[999] = '\0';
	for (unsigned i = 0; n < sizeof(text) - 20; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "w%u ",
				      i * 7919 % 3001);
	prep = prepare(&g);
	for (size_t i = 0; i < prep->doc.npostings; i++) {
		const struct xap_posting *p = &prep->doc.postings[i];
		const struct xap_posting *last = p - (i > 0);
		size_t least = p->term.len < last->term.len ? p->term.len
							    : last->term.len;
		int order = memcmp(last->term.data, p->term.data, least);

		assert_in_range(p->term.len, 1, XAP_TERM_MAX);
		if (i)
			assert_true(order < 0 ||
				    (!order && last->term.len < p->term.len));
	}
	assert_int_equal(prep->unique.len, XAP_TERM_MAX);
	assert_int_equal(prep->long_words, 1);
	assert_int_equal(trawl_prepared_long_words(prep), 1);
	trawl_prepared_free(prep);
}

/* ------------------------------------------------------------------ data -- */

static void test_data(void **state)
{
	static const struct {
		struct given given;
		const char *want;
	} cases[] = {
		{ { .text = "Hello\nworld" }, "{\"id\":\"1\"}\nHello\nworld" },
		{ { .fields = { "title", "A \"b\"\n" } },
		  "{\"id\":\"1\",\"title\":\"A \\\"b\\\"\\n\"}\n" },
		{ { .text = "bad \xFF\xC3 bytes",
		    .fields = { "x", "\xE2\x82" } },
		  "{\"id\":\"1\",\"x\":\"\xEF\xBF\xBD\"}\n"
		  "bad \xEF\xBF\xBD\xEF\xBF\xBD bytes" },
		/* Once a name, in the order they came; secret is not stored. */
		{ { .text = "x",
		    .fields = { "b", "1", "a", "2", "b", "3", "secret", "s" } },
		  "{\"id\":\"1\",\"b\":[\"1\",\"3\"],\"a\":\"2\"}\nx" },
		/* JSON as it is, but for the blanks. */
		{ { .text = "x",
		    .fields = { "n:", " 1.10 ", "o:",
				"{ \"a b\" : [ 1 ,\n 2e5, \"c \\\" d\" ] }" } },
		  "{\"id\":\"1\",\"n\":1.10,\"o\":{\"a b\":[1,2e5,\"c \\\" "
		  "d\"]}}\nx" },
		{ { .text = "x",
		    .fields = { "n:", "123456789012345678901234567890" } },
		  "{\"id\":\"1\",\"n\":123456789012345678901234567890}\nx" },
		{ { .text = "x", .fields = { "e", "" } },
		  "{\"id\":\"1\",\"e\":\"\"}\nx" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_prepared *prep = prepare(&cases[i].given);

		assert_int_equal(prep->doc.data.len, strlen(cases[i].want));
		assert_memory_equal(prep->doc.data.data, cases[i].want,
				    prep->doc.data.len);
		trawl_prepared_free(prep);
	}
}

static void test_nul_in_text(void **state)
{
	const struct trawl_doc doc = { .id = "1",
				       .text = "a\0b",
				       .text_len = 3 };
	struct trawl_prepared *prep;

	(void)state;
	assert_int_equal(trawl_prepare(preparer, &doc, &prep, &err), TRAWL_OK);
	assert_memory_equal(prep->doc.data.data, "{\"id\":\"1\"}\na\0b", 14);
	assert_string_equal(terms(prep), "Q1/0 Za/1 Zb/1 a/1@1 b/1@2");
	trawl_prepared_free(prep);
}

/* ---------------------------------------------------------------- values -- */

static void test_values(void **state)
{
	const struct given g = {
		.id = "a1",
		.text = "x",
		.origin = { .root = "r", .size = 77, .mtime_ns = 5 },
		.fields = { "date", "2024-11-07T01:02:03Z", "source",
			    " Kyiv\n  Post ", "source", "Reuters", "place",
			    "Paris", "price", "-2.5", "price", "9", "seen",
			    "1999", "tag", "T\x1Fg\x01" },
	};
	struct trawl_prepared *prep = prepare(&g);
	char order[8], state_text[STATE_TEXT_MAX];
	unsigned char key[NUMBER_KEY_MAX];
	struct date d;

	(void)state;
	assert_true(date_parse("2024-11-07T01:02:03Z", 20, &d));
	date_order_key(true, d.first, (unsigned char *)order);
	memcpy(order + 5, "a1", 2);
	check_value(prep, SLOT_ORDER, order, 7);
	check_value(prep, SLOT_DATE, "20241107010203", 14);
	check_value(prep, 3, "Kyiv Post\x1FReuters", 17);
	check_value(prep, slot_of("place"), "Paris", 5);
	check_value(prep, slot_of("price"), key, number_key(-2.5, key));
	check_value(prep, slot_of("seen"), "19990101", 8);
	check_value(prep, slot_of("tag"), "T g", 3);
	state_print(&prep->state, state_text);
	assert_memory_equal(state_text, "77 5 ", 5);
	check_value(prep, SLOT_STATE, state_text, strlen(state_text));
	assert_string_equal(prep->id, "a1");
	assert_string_equal(prep->root, "r");
	trawl_prepared_free(prep);

	prep = prepare(&(struct given){ .text = "x" });
	check_value(prep, SLOT_ORDER,
		    "\xFF\xFF\xFF\xFF\xFF"
		    "1",
		    6);
	assert_null(value(prep, SLOT_DATE));
	assert_non_null(value(prep, SLOT_LEAD));
	assert_int_equal(prep->doc.nvalues, 3);
	assert_null(prep->root);
	trawl_prepared_free(prep);
}

static void test_long_values(void **state)
{
	char s[3001];
	const struct given g = { .text = "x",
				 .fields = { "place", s, "place", "more" } };
	struct trawl_prepared *prep;
	const struct xap_value *v;

	(void)state;
	for (size_t i = 0; i < 3000; i += 3)
		memcpy(s + i, "\xE2\x82\xAC", 3);
	s[3000] = '\0';
	prep = prepare(&g);
	v = value(prep, slot_of("place"));
	assert_int_equal(v->value.len, 1023);
	assert_int_equal(utf8_valid(v->value.data, 1023), 1023);
	trawl_prepared_free(prep);
}

/* ------------------------------------------------------------------ hash -- */

static void hash_of(const struct given *g, unsigned char out[16])
{
	struct trawl_prepared *prep = prepare(g);

	memcpy(out, prep->state.hash, 16);
	trawl_prepared_free(prep);
}

static void test_hash(void **state)
{
	static const struct given first = { .text = "a",
					    .fields = { "title", "t" } };
	static const struct given others[] = {
		{ .text = "b", .fields = { "title", "t" } },
		{ .text = "a", .fields = { "title", "u" } },
		{ .text = "a" },
		{ .text = "a", .fields = { "title", "t", "x", "" } },
		{ .text = "a", .fields = { "title", "t", "secret", "s" } },
		{ .text = "a", .fields = { "title", "t", "secret", "z" } },
		{ .id = "2", .text = "a", .fields = { "title", "t" } },
	};
	struct given again = first;
	unsigned char hash[COUNT(others) + 1][16];

	(void)state;
	hash_of(&first, hash[0]);
	for (size_t i = 0; i < COUNT(others); i++) {
		hash_of(&others[i], hash[i + 1]);
		for (size_t k = 0; k <= i; k++)
			assert_true(memcmp(hash[k], hash[i + 1], 16) != 0);
	}
	/* Where it came from is not what it is. */
	again.origin = (struct trawl_origin){ "root", 5, 6 };
	hash_of(&again, hash[1]);
	assert_memory_equal(hash[0], hash[1], 16);
}

/* --------------------------------------------------------------- refused -- */

static void test_refused(void **state)
{
	static const struct {
		struct given given;
		const char *want;
	} cases[] = {
		{ { .text = "" }, "empty: no text and no title" },
		{ { .text = " ... \n" }, "empty: no word in its text" },
		{ { .fields = { "source", "Reuters" } }, "empty: no text" },
		{ { .fields = { "title", "  " } }, "empty: no text" },
		{ { .text = "x", .id = "" }, "id: empty" },
		{ { .text = "x", .id = "a\xFF" }, "id: not UTF-8" },
		{ { .text = "x", .id = "a\nb" }, "control character U+000A" },
		{ { .text = "x", .id = "a\xE2\x80\xA8" }, "U+2028" },
		{ { .text = "x", .fields = { "id", "2" } }, "field id" },
		{ { .text = "x", .fields = { "text", "2" } }, "field text" },
		{ { .text = "x", .fields = { "a\xFF", "2" } }, "not UTF-8" },
		{ { .text = "x", .fields = { "date", "yesterday" } },
		  "field date: \"yesterday\" is no date" },
		{ { .text = "x", .fields = { "date", "2024-02-30" } },
		  "2024-02-30" },
		{ { .text = "x",
		    .fields = { "date", "2024", "date", "a\x1B[31m\xFF" } },
		  "\"a\\x1B[31m\\xFF\"" },
		{ { .text = "x", .fields = { "seen", "9999-99-99" } },
		  "field seen: \"9999-99-99\"" },
		{ { .text = "x", .fields = { "price", "NaN" } },
		  "field price: \"NaN\" is no number" },
		{ { .text = "x", .fields = { "price:", "[1, \"two\"]" } },
		  "field price: \"two\"" },
		{ { .text = "x", .fields = { "price:", "1e400" } },
		  "field price: not JSON" },
		{ { .text = "x", .fields = { "o:", "{\"a\":" } },
		  "field o: not JSON" },
		{ { .text = "x", .fields = { "o:", "" } }, "not JSON" },
		{ { .text = "x", .fields = { "secret:", "[" } }, "not JSON" },
	};
	struct trawl_prepared *prep;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		prep = NULL;
		err.text[0] = '\0';
		assert_int_equal(try(&cases[i].given, &prep), TRAWL_REFUSED);
		assert_null(prep);
		if (!strstr(err.text, cases[i].want))
			fail_msg("%s: not \"%s\"", err.text, cases[i].want);
	}
	/* None of it stays for the next. */
	prep = prepare(&(struct given){ .text = "x" });
	assert_string_equal(terms(prep), "Q1/0 Zx/1 x/1@1");
	trawl_prepared_free(prep);
}

/* A title alone will do, even one without a word. */
static void test_title_alone(void **state)
{
	struct trawl_prepared *prep =
		prepare(&(struct given){ .fields = { "title", "???" } });

	(void)state;
	assert_string_equal(terms(prep), "Q1/0");
	trawl_prepared_free(prep);
}

static enum trawl_status prepare_doc(const struct trawl_doc *doc)
{
	struct trawl_prepared *prep = NULL;
	enum trawl_status st = trawl_prepare(preparer, doc, &prep, &err);

	trawl_prepared_free(prep);
	return st;
}

static void test_limits_of_id_and_fields(void **state)
{
	char *big = malloc(TRAWL_STORED_MAX + 100);
	struct trawl_field *fields =
		calloc(TRAWL_FIELDS_MAX + 1, sizeof(*fields));
	struct trawl_doc doc = { .id = big, .text = "x", .text_len = 1 };

	(void)state;
	assert_non_null(big);
	assert_non_null(fields);
	memset(big, 'x', TRAWL_STORED_MAX + 100);
	big[TRAWL_ID_MAX + 1] = '\0';
	assert_int_equal(prepare_doc(&doc), TRAWL_REFUSED);
	assert_non_null(strstr(err.text, "4097 bytes, the limit is 4096"));
	big[TRAWL_ID_MAX] = '\0';
	assert_int_equal(prepare_doc(&doc), TRAWL_OK);
	big[TRAWL_ID_MAX] = big[TRAWL_ID_MAX + 1] = 'x';

	doc.id = "1";
	doc.fields = fields;
	for (size_t i = 0; i <= TRAWL_FIELDS_MAX; i++)
		fields[i] = (struct trawl_field){ "f", "v", 1, false };
	doc.nfields = TRAWL_FIELDS_MAX + 1;
	assert_int_equal(prepare_doc(&doc), TRAWL_REFUSED);
	assert_non_null(strstr(err.text, "TRAWL_FIELDS_MAX"));
	doc.nfields = TRAWL_FIELDS_MAX;
	assert_int_equal(prepare_doc(&doc), TRAWL_OK);

	/* {"id":"1","f":"..."} */
	doc.nfields = 1;
	fields[0] =
		(struct trawl_field){ "f", big, TRAWL_STORED_MAX - 17, false };
	assert_int_equal(prepare_doc(&doc), TRAWL_OK);
	fields[0].len++;
	assert_int_equal(prepare_doc(&doc), TRAWL_REFUSED);
	assert_non_null(strstr(err.text, "TRAWL_STORED_MAX"));
	/* One that is not stored may be as long as a text. */
	fields[0].name = "secret";
	assert_int_equal(prepare_doc(&doc), TRAWL_OK);
	free(big);
	free(fields);
}

static void test_limit_of_text(void **state)
{
	char *text = malloc(TRAWL_TEXT_MAX + 1);
	struct trawl_doc doc = { .id = "1", .text = text };

	(void)state;
	assert_non_null(text);
	memset(text, ' ', TRAWL_TEXT_MAX + 1);
	text[0] = 'x';
	doc.text_len = TRAWL_TEXT_MAX;
	assert_int_equal(prepare_doc(&doc), TRAWL_OK);
	doc.text_len++;
	assert_int_equal(prepare_doc(&doc), TRAWL_REFUSED);
	assert_non_null(strstr(err.text, "text: 16777217 bytes"));
	free(text);
}

static void test_limit_of_words(void **state)
{
	char *text = malloc(TRAWL_TEXT_MAX);
	struct trawl_doc doc = { .id = "1", .text = text };
	size_t n = 0;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < TRAWL_TERMS_MAX; i++)
		n += (size_t)snprintf(text + n, TRAWL_TEXT_MAX - n, "w%u ", i);
	doc.text_len = n;
	if (!SANITIZED)
		assert_int_equal(prepare_doc(&doc), TRAWL_OK);
	/* Known words are no new ones. */
	n += (size_t)snprintf(text + n, TRAWL_TEXT_MAX - n, "w1 w2 ");
	doc.text_len = n;
	assert_int_equal(prepare_doc(&doc), TRAWL_OK);
	n += (size_t)snprintf(text + n, TRAWL_TEXT_MAX - n, "another");
	doc.text_len = n;
	assert_int_equal(prepare_doc(&doc), TRAWL_REFUSED);
	assert_non_null(strstr(err.text, "500000 distinct words"));
	free(text);
}

static void test_wrong_arguments(void **state)
{
	const struct trawl_doc no_text = { .id = "1", .text_len = 3 };
	const struct trawl_field field = { "title", NULL, 3, false };
	const struct trawl_doc no_value = { .id = "1",
					    .fields = &field,
					    .nfields = 1 };
	const struct trawl_doc no_id = { .text = "x", .text_len = 1 };

	(void)state;
	assert_int_equal(prepare_doc(&no_text), TRAWL_INVAL);
	assert_int_equal(prepare_doc(&no_value), TRAWL_INVAL);
	assert_int_equal(prepare_doc(&no_id), TRAWL_REFUSED);
	assert_int_equal(prepare_doc(NULL), TRAWL_INVAL);
	assert_int_equal(trawl_prepare(NULL, &no_id, NULL, NULL), TRAWL_INVAL);
	trawl_prepared_free(NULL);
	trawl_preparer_free(NULL);
	assert_int_equal(trawl_prepared_bytes(NULL), 0);
	assert_int_equal(trawl_prepared_long_words(NULL), 0);
}

/* The estimate is at least what the document itself holds. */
static void test_bytes(void **state)
{
	struct trawl_prepared *small = prepare(&(struct given){ .text = "x" });
	struct trawl_prepared *large = prepare(&(struct given){
		.text = "a few more words than the other one has, all told" });

	(void)state;
	assert_true(trawl_prepared_bytes(small) > small->arena.used);
	assert_true(trawl_prepared_bytes(large) > trawl_prepared_bytes(small));
	trawl_prepared_free(small);
	trawl_prepared_free(large);
}

/* ---------------------------------------------------- a naive preparer -- */

/*
 * What trawl_prepare() makes of title, text and summary, token by token and
 * term by term: one entry for each, all sorted at the end.
 */
struct entry {
	char term[XAP_TERM_MAX + 1];
	uint32_t wdf, position; /* 0: none */
};

struct model {
	struct analyzer *analyzer;
	struct entry *entry;
	size_t n;
	uint32_t position;
};

enum {
	ENTRIES_MAX = 1 << 16
};

static void model_add(struct model *m, const char *prefix, const char *s,
		      size_t len, uint32_t wdf, uint32_t position)
{
	struct entry *e = &m->entry[m->n++];

	assert_true(m->n <= ENTRIES_MAX);
	snprintf(e->term, sizeof(e->term), "%s%.*s", prefix, (int)len, s);
	e->wdf = wdf;
	e->position = position;
}

static void model_words(struct model *m, const char *text, const char *prefix,
			uint32_t wdf)
{
	char zprefix[64];
	struct token t;

	snprintf(zprefix, sizeof(zprefix), "Z%s", prefix);
	analyzer_begin(m->analyzer, text, strlen(text), m->position);
	while (analyzer_next(m->analyzer, &t)) {
		model_add(m, prefix, t.word, t.word_len, wdf, t.position);
		model_add(m, zprefix, t.stem, t.stem_len, wdf, 0);
	}
}

/* The next text begins after this one. */
static void model_move(struct model *m)
{
	if (analyzer_position(m->analyzer) > m->position)
		m->position =
			analyzer_position(m->analyzer) + ANALYZE_PARAGRAPH_GAP;
}

static void model_run(struct model *m, const char *title, const char *text,
		      const char *summary)
{
	m->n = 0;
	m->position = 1;
	model_add(m, "Q", "1", 1, 0, 0);
	model_words(m, title, "", 2);
	model_words(m, title, "S", 1);
	model_move(m);
	model_words(m, text, "", 1);
	model_move(m);
	model_words(m, summary, "XSUMMARY:", 3);
}

static int by_term_and_position(const void *a, const void *b)
{
	const struct entry *e = a, *f = b;
	int order = strcmp(e->term, f->term);

	if (order)
		return order;
	return e->position < f->position ? -1 : e->position > f->position;
}

static void check_posting(const struct xap_posting *p, const struct entry *e,
			  size_t n)
{
	uint32_t wdf = 0, last = 0;
	size_t npositions = 0;

	assert_int_equal(p->term.len, strlen(e->term));
	assert_memory_equal(p->term.data, e->term, p->term.len);
	for (size_t i = 0; i < n; i++) {
		wdf += e[i].wdf;
		if (e[i].position <= last)
			continue;
		last = e[i].position;
		assert_true(npositions < p->npositions);
		assert_int_equal(p->positions[npositions++], last);
	}
	assert_int_equal(p->npositions, npositions);
	assert_int_equal(p->wdf, wdf);
}

static void check_model(struct model *m, const struct trawl_prepared *prep)
{
	size_t n = 0, from = 0;

	qsort(m->entry, m->n, sizeof(*m->entry), by_term_and_position);
	for (size_t i = 1; i <= m->n; i++) {
		if (i < m->n && !strcmp(m->entry[i].term, m->entry[from].term))
			continue;
		assert_true(n < prep->doc.npostings);
		check_posting(&prep->doc.postings[n++], &m->entry[from],
			      i - from);
		from = i;
	}
	assert_int_equal(prep->doc.npostings, n);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Words that are one term in several spellings, new words, paragraphs. */
static void random_text(uint32_t *seed, size_t words, struct buf *out)
{
	static const char *const odd[] = {
		"Caf\xC3\xA9",
		"cafe",
		"CAFE\xCC\x81",
		"U.S.",
		"us",
		"US",
		"1,000",
		"1000",
		"can't",
		"can\xE2\x80\x99t",
		"Staxes",
		"Ztax",
		"\xE5\x8C\x97\xE4\xBA\xAC\xE5\xB8\x82",
		"\xE4\xBA\xAC",
		"\n\n",
		"running",
		"runs",
		"Run",
		"stra\xC3\x9F"
		"e",
		"strasse",
	};

	buf_reset(out);
	for (size_t i = 0; i < words; i++) {
		const uint32_t r = next_random(seed);

		if (r % 3 == 0)
			buf_adds(out, odd[r / 3 % COUNT(odd)]);
		else if (r % 3 == 1)
			buf_addf(out, "w%u", r / 3 % 500);
		else
			buf_addf(out, "%x", r * (r % 64 == 0));
		buf_addc(out, ' ');
	}
	assert_false(out->failed);
}

static void test_against_model(void **state)
{
	struct model m = { .entry = calloc(ENTRIES_MAX, sizeof(*m.entry)) };
	struct buf title = BUF_INIT(1 << 20), text = BUF_INIT(1 << 20),
		   summary = BUF_INIT(1 << 20);
	uint32_t seed = 4;

	(void)state;
	assert_non_null(m.entry);
	assert_int_equal(analyzer_new(meta.language, &m.analyzer, &err),
			 TRAWL_OK);
	for (int round = 0; round < 300; round++) {
		struct trawl_prepared *prep;

		random_text(&seed, 1 + next_random(&seed) % 10, &title);
		random_text(&seed, next_random(&seed) % 2000, &text);
		random_text(&seed, next_random(&seed) % 70, &summary);
		model_run(&m, title.data, text.data, summary.data);
		prep = prepare(&(struct given){ .text = text.data,
						.fields = { "title", title.data,
							    "summary",
							    summary.data } });
		check_model(&m, prep);
		trawl_prepared_free(prep);
	}
	analyzer_free(m.analyzer);
	free(m.entry);
	buf_release(&title);
	buf_release(&text);
	buf_release(&summary);
}

static const struct xap_posting *find(const struct trawl_prepared *prep,
				      const char *term)
{
	for (size_t i = 0; i < prep->doc.npostings; i++)
		if (prep->doc.postings[i].term.len == strlen(term) &&
		    !memcmp(prep->doc.postings[i].term.data, term,
			    strlen(term)))
			return &prep->doc.postings[i];
	fail_msg("no term %s", term);
	return NULL;
}

/* More words than the analyzer remembers: the last ones have no number. */
static void test_words_without_number(void **state)
{
	enum {
		FIRST = 320000,
		SECOND = 340000
	};
	struct buf text = BUF_INIT(TRAWL_TEXT_MAX);
	struct trawl_prepared *prep;
	const struct xap_posting *p;

	(void)state;
	for (unsigned i = 0; i < FIRST; i++)
		buf_addf(&text, "a%x ", i);
	trawl_prepared_free(prepare(&(struct given){ .text = text.data }));
	buf_reset(&text);
	for (unsigned i = 0; i < SECOND; i++)
		buf_addf(&text, "b%x ", i);
	buf_adds(&text, "tails b1 Tails tail TAILS");
	prep = prepare(&(struct given){ .text = text.data });
	p = find(prep, "tails");
	assert_int_equal(p->wdf, 3);
	assert_int_equal(p->npositions, 3);
	assert_int_equal(p->positions[0], SECOND + 1);
	assert_int_equal(p->positions[1], SECOND + 3);
	assert_int_equal(p->positions[2], SECOND + 5);
	assert_int_equal(find(prep, "Ztail")->wdf, 4);
	assert_int_equal(find(prep, "b1")->positions[1], SECOND + 2);
	trawl_prepared_free(prep);

	/* And the next one is not the worse for it. */
	prep = prepare(&(struct given){ .text = "Running runs, tails" });
	assert_string_equal(terms(prep), "Q1/0 Zrun/2 Ztail/1 running/1@1 "
					 "runs/1@2 tails/1@3");
	trawl_prepared_free(prep);
	buf_release(&text);
}

/* ---------------------------------------------------------- for a build -- */

static void test_share(void **state)
{
	char path[] = "/tmp/trawl-prepare-XXXXXX", command[64];
	const struct builder_options options = { .path = path,
						 .memory = 64 << 20,
						 .threads = 1 };
	const struct given g = { .text = "taxes and taxes",
				 .fields = { "title", "Tax", "date", "2024" } };
	struct builder *b;
	struct builder_share *share;
	struct trawl_preparer *before = preparer;
	struct trawl_prepared *prep;

	(void)state;
	assert_non_null(mkdtemp(path));
	assert_int_equal(builder_new(&options, &b, &err), TRAWL_OK);
	assert_int_equal(builder_share_new(b, &share, &err), TRAWL_OK);
	assert_int_equal(preparer_new(&meta, share, &preparer, &err), TRAWL_OK);
	for (uint32_t i = 0; i < 2; i++) {
		prep = prepare(&g);
		assert_ptr_equal(prep->built.share, share);
		assert_int_equal(prep->built.ticket, i);
		/* title: Tax and its stem 2 each, S 1 each; text: 3 and 3 */
		assert_int_equal(prep->built.length, 12);
		assert_int_equal(prep->built.data_len,
				 strlen("{\"id\":\"1\",\"title\":\"Tax\","
					"\"date\":\"2024\"}\ntaxes and taxes"));
		assert_memory_equal(prep->built.bytes, "{\"id\":\"1\"", 9);
		assert_true(prep->built.terms_len > 0);
		assert_int_equal(prep->doc.npostings, 0);
		assert_int_equal(prep->doc.data.len, 0);
		assert_non_null(value(prep, SLOT_DATE));
		assert_true(trawl_prepared_bytes(prep) >
			    prep->built.data_len + prep->built.terms_len);
		trawl_prepared_free(prep);
	}
	trawl_preparer_free(preparer);
	preparer = before;
	builder_free(b);
	snprintf(command, sizeof(command), "rm -r %s", path);
	assert_int_equal(system(command), 0);
}

/* -------------------------------------------------------------- postings -- */

static void test_many_postings(void **state)
{
	enum {
		TERMS = 20000
	};
	struct postings p;
	struct terms dictionary;
	struct arena arena;
	const struct xap_posting *out;
	size_t n;
	char term[16];

	(void)state;
	terms_init(&dictionary);
	arena_init(&arena, SIZE_MAX);
	postings_init(&p, &dictionary);
	for (int round = 0; round < 3; round++) {
		if (round == 2)
			terms_reset(&dictionary);
		for (uint32_t i = 0; i < 3 * TERMS; i++) {
			int len = snprintf(term, sizeof(term), "%05u",
					   i * 7 % TERMS);
			uint32_t t = postings_term(&p, term, (size_t)len);

			postings_count(&p, t, 2);
			postings_place(&p, t, i + 1);
			postings_place(&p, t, i + 1);
		}
		assert_true(postings_finish(&p, &arena, round == 1, &out, &n));
		assert_int_equal(n, TERMS);
		for (size_t i = 0; i < n; i++) {
			snprintf(term, sizeof(term), "%05u", (unsigned)i);
			assert_memory_equal(out[i].term.data, term, 5);
			assert_memory_equal(
				dictionary.term[out[i].number].bytes, term, 5);
			assert_int_equal(out[i].wdf, 6);
			assert_int_equal(out[i].npositions, 3);
			for (size_t k = 0; k < 3; k++)
				assert_int_equal((out[i].positions[k] - 1) * 7 %
							 TERMS,
						 i);
		}
		postings_reset(&p);
		arena_reset(&arena);
	}
	postings_release(&p);
	arena_release(&arena);
	terms_release(&dictionary);
}

static void test_seen(void **state)
{
	struct docid_set docids = { 0 };
	struct name_set names = { 0 };
	char name[16];

	(void)state;
	assert_false(docid_set_has(&docids, 0) || docid_set_has(&docids, 9));
	for (uint32_t i = 0; i < 100000; i += 3) {
		assert_true(docid_set_reserve(&docids, i));
		docid_set_add(&docids, i);
	}
	for (uint32_t i = 0; i < 100100; i++)
		assert_int_equal(docid_set_has(&docids, i),
				 i % 3 == 0 && i < 100000);
	docid_set_release(&docids);

	assert_false(name_set_has(&names, "x", 1));
	for (int i = 0; i < 50000; i++) {
		int len = snprintf(name, sizeof(name), "n%d", i);

		assert_false(name_set_has(&names, name, (size_t)len));
		assert_true(name_set_reserve(&names));
		name_set_add(&names, name, (size_t)len);
		name_set_add(&names, name, (size_t)len);
		assert_true(name_set_has(&names, name, (size_t)len));
	}
	assert_int_equal(names.n, 50000);
	name_set_release(&names);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_terms),
		TEST(test_title_weight),
		TEST(test_cjk),
		TEST(test_long_terms_and_order),
		TEST(test_data),
		TEST(test_nul_in_text),
		TEST(test_values),
		TEST(test_long_values),
		TEST(test_hash),
		TEST(test_refused),
		TEST(test_title_alone),
		TEST(test_limits_of_id_and_fields),
		TEST(test_limit_of_text),
		TEST(test_limit_of_words),
		TEST(test_wrong_arguments),
		TEST(test_bytes),
		TEST(test_against_model),
		TEST(test_words_without_number),
		TEST(test_share),
		cmocka_unit_test(test_many_postings),
		cmocka_unit_test(test_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
