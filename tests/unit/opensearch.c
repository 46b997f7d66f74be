/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "buf.h"
#include "opensearch.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#define BASE "http://search.example.org:7780"
#define NS   "http://a9.com/-/spec/opensearch/1.1/"

static xmlDoc *parse(const char *base, const char *name)
{
	struct buf out = BUF_INIT(1 << 16);
	xmlDoc *doc;

	opensearch_print(&out, base, name);
	assert_false(out.failed);
	doc = xmlReadMemory(out.data, (int)out.len, "opensearch.xml", NULL,
			    XML_PARSE_NONET);
	assert_non_null(doc);
	buf_release(&out);
	return doc;
}

/* The n-th of that name below the root; NULL: there are fewer. */
static xmlNode *child(xmlDoc *doc, const char *name, size_t n)
{
	xmlNode *node = xmlDocGetRootElement(doc)->children;

	for (; node; node = node->next)
		if (node->type == XML_ELEMENT_NODE &&
		    !strcmp((const char *)node->name, name) && !n--)
			return node;
	return NULL;
}

static void text_is(xmlDoc *doc, const char *name, const char *want)
{
	xmlNode *node = child(doc, name, 0);
	xmlChar *text;

	assert_non_null(node);
	text = xmlNodeGetContent(node);
	assert_string_equal((const char *)text, want);
	xmlFree(text);
	assert_null(child(doc, name, 1));
}

static void attribute_is(xmlNode *node, const char *name, const char *want)
{
	xmlChar *value = xmlGetProp(node, (const xmlChar *)name);

	assert_non_null(value);
	assert_string_equal((const char *)value, want);
	xmlFree(value);
}

static void test_description(void **state)
{
	static const struct {
		const char *type, *template;
	} urls[] = {
		{ "text/html", BASE "/?q={searchTerms}" },
		{ "application/atom+xml",
		  BASE "/search?q={searchTerms}&sort=-date&fmt=atom" },
		{ "application/json", BASE "/search?q={searchTerms}" },
		{ "application/opensearchdescription+xml",
		  BASE "/opensearch.xml" },
	};
	xmlDoc *doc = parse(BASE, "trawl");
	const xmlNode *root = xmlDocGetRootElement(doc);
	size_t n = sizeof(urls) / sizeof(*urls);

	(void)state;
	assert_string_equal((const char *)root->name, "OpenSearchDescription");
	assert_string_equal((const char *)root->ns->href, NS);
	text_is(doc, "ShortName", "trawl");
	text_is(doc, "InputEncoding", "UTF-8");
	text_is(doc, "Image", BASE "/icon.svg");
	assert_non_null(child(doc, "Description", 0));
	for (size_t i = 0; i < n; i++) {
		attribute_is(child(doc, "Url", i), "type", urls[i].type);
		attribute_is(child(doc, "Url", i), "template",
			     urls[i].template);
	}
	assert_null(child(doc, "Url", n));
	xmlFreeDoc(doc);
}

/* Both are somebody's configuration. */
static void test_hostile(void **state)
{
	static const char base[] = "https://a.example/\"><x a='&amp;";
	xmlDoc *doc = parse(base, "<b>&\"'");
	char want[100];

	(void)state;
	text_is(doc, "ShortName", "<b>&\"'");
	snprintf(want, sizeof(want), "%s/icon.svg", base);
	text_is(doc, "Image", want);
	snprintf(want, sizeof(want), "%s/?q={searchTerms}", base);
	attribute_is(child(doc, "Url", 0), "template", want);
	xmlFreeDoc(doc);
}

/* Of at most 16 characters, none of them half. */
static void test_short(void **state)
{
	xmlDoc *doc = parse(BASE, "sixteen letters and more");

	(void)state;
	text_is(doc, "ShortName", "sixteen letters ");
	xmlFreeDoc(doc);
	doc = parse(BASE, "fifteen letter\xc3\xa9\xc3\xa9");
	text_is(doc, "ShortName", "fifteen letter\xc3\xa9");
	xmlFreeDoc(doc);
	doc = parse(BASE, "fifteen letters\xc3\xa9");
	text_is(doc, "ShortName", "fifteen letters");
	xmlFreeDoc(doc);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_description),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_short),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	xmlCleanupParser();
	return failed;
}
