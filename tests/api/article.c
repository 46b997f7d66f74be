/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trawl_article_read(), as a program outside sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <trawl.h>

#include <cmocka.h>

static const char text[] =
	"Skip to content\n"
	"Harwick keeps all of its night buses\n"
	"By Jo Marten\n"
	"April 3, 2029\n\n"
	"HARWICK (Northern Wire) - The council of Harwick voted on Monday to "
	"keep all of its night buses, after a debate that ran until the first "
	"of them had left the market.\n\n"
	"The mayor had wanted to stop them since January 5, 2028.\n";

static const struct trawl_guess *taken(const struct trawl_article *a,
				       const char *field)
{
	const struct trawl_guess *got = NULL;

	for (size_t i = 0; i < a->nguesses; i++)
		if (a->guesses[i].taken &&
		    !strcmp(a->guesses[i].field, field)) {
			assert_null(got);
			got = &a->guesses[i];
		}
	return got;
}

static void test_text(void **state)
{
	struct trawl_doc doc = { .id = "a", .text = text };
	struct trawl_article *a = NULL;
	struct trawl_error err;
	const char *body = strstr(text, "HARWICK");
	bool mentioned = false;

	(void)state;
	doc.text_len = strlen(text);
	assert_int_equal(trawl_article_read(&doc, &a, &err), TRAWL_OK);
	assert_string_equal(taken(a, "title")->value,
			    "Harwick keeps all of its night buses");
	assert_string_equal(taken(a, "author")->value, "Jo Marten");
	assert_string_equal(taken(a, "date")->value, "2029-04-03");
	assert_string_equal(taken(a, "lang")->value, "en");
	assert_null(taken(a, "source"));
	assert_string_equal(a->wire, "Northern Wire");
	assert_int_equal(a->body, body - text);
	assert_true(a->nfurniture >= 1);
	assert_string_equal(a->furniture[0].kind, "navigation");
	assert_int_equal(a->furniture[0].begin, 0);
	for (size_t i = 0; i < a->nmentions; i++) {
		assert_true(a->mentions[i].begin < a->mentions[i].end);
		assert_true(a->mentions[i].end <= doc.text_len);
		mentioned |= !strcmp(a->mentions[i].date, "2028-01-05");
	}
	assert_true(mentioned);
	trawl_article_free(a);
}

/* What a document has is taken, whatever else is found. */
static void test_given(void **state)
{
	struct trawl_field field = { .name = "title",
				     .value = "Given",
				     .len = 5 };
	struct trawl_guess offered[] = {
		{ "title", "Offered", 1, "a guess", false },
		{ "source", "Harbour Post", 0.9, "og:site_name", false },
		{ "source", "Doubtful", 0.1, "a doubt", false },
	};
	struct trawl_doc doc = { .id = "a",
				 .fields = &field,
				 .nfields = 1,
				 .text = text,
				 .text_len = strlen(text),
				 .guesses = offered,
				 .nguesses = 3 };
	struct trawl_article *a = NULL;

	(void)state;
	assert_int_equal(trawl_article_read(&doc, &a, NULL), TRAWL_OK);
	assert_string_equal(taken(a, "title")->value, "Given");
	assert_true(taken(a, "title")->confidence == 1);
	assert_string_equal(taken(a, "source")->value, "Harbour Post");
	trawl_article_free(a);
	field.value = "Offered";
	field.len = 7;
	assert_int_equal(trawl_article_read(&doc, &a, NULL), TRAWL_OK);
	assert_string_equal(taken(a, "title")->reason, "a guess");
	trawl_article_free(a);
}

static void test_empty(void **state)
{
	struct trawl_doc doc = { .id = "a" };
	struct trawl_article *a = NULL;

	(void)state;
	assert_int_equal(trawl_article_read(&doc, &a, NULL), TRAWL_OK);
	assert_int_equal(a->nguesses, 0);
	assert_int_equal(a->nfurniture, 0);
	assert_int_equal(a->nmentions, 0);
	assert_null(a->wire);
	trawl_article_free(a);
	trawl_article_free(NULL);
}

static void test_refused(void **state)
{
	struct trawl_doc doc = { .id = "a",
				 .text = text,
				 .text_len = TRAWL_TEXT_MAX + 1 };
	struct trawl_article *a = NULL;
	struct trawl_error err;

	(void)state;
	assert_int_equal(trawl_article_read(&doc, &a, &err), TRAWL_REFUSED);
	assert_non_null(strstr(err.text, "larger than"));
	assert_null(a);
	assert_int_equal(trawl_article_read(NULL, &a, &err), TRAWL_INVAL);
	assert_int_equal(trawl_article_read(&doc, NULL, &err), TRAWL_INVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_given),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
