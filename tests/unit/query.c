/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The query language: trees, canonical form, limits, errors */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "query.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	ARENA_MAX = 4 << 20,
	PRINT_MAX = 1 << 20
};

/* clang-format off */
static const struct schema schema = {
	.field = {
		{ .name = "id", .type = TRAWL_KEYWORD, .indexed = true },
		{ .name = "title", .type = TRAWL_TEXT, .indexed = true },
		{ .name = "date", .type = TRAWL_DATE, .indexed = true },
		{ .name = "source", .type = TRAWL_KEYWORD, .indexed = true },
		{ .name = "url", .type = TRAWL_KEYWORD },
		{ .name = "price", .type = TRAWL_NUMBER },
		{ .name = "place", .type = TRAWL_KEYWORD, .sort = true },
		{ .name = "lead_in", .type = TRAWL_TEXT, .indexed = true },
	},
	.nfields = 8,
};
/* clang-format on */

static const struct query_options forgiving = { .schema = &schema };
static const struct query_options strict = { .schema = &schema,
					     .strict = true };
static const struct query_options match_all = { .schema = &schema,
						.match_all = true };
static const struct query_options plain = { .schema = &schema, .plain = true };

/* ---------------------------------------------------------------- tree -- */

static void dump(const struct query_node *n, struct buf *out)
{
	static const char *const names[] = {
		[QUERY_WORD] = "W",   [QUERY_PHRASE] = "P",
		[QUERY_PREFIX] = "X", [QUERY_FUZZY] = "F",
		[QUERY_EXACT] = "E",  [QUERY_DATE] = "D",
		[QUERY_RANGE] = "R",  [QUERY_AND] = "AND",
		[QUERY_OR] = "OR",    [QUERY_ANY] = "ANY",
		[QUERY_NOT] = "NOT",  [QUERY_NEAR] = "NEAR",
		[QUERY_ALL] = "ALL",
	};

	buf_adds(out, n->must ? "+" : n->must_not ? "-" : "");
	if (n->field)
		buf_addf(out, "%s:", n->field->name);
	buf_adds(out, names[n->op]);
	if (n->op == QUERY_DATE || n->op == QUERY_RANGE)
		buf_addf(out, "[%s|%s]", n->text ? n->text : "",
			 n->high ? n->high : "");
	else if (n->op < QUERY_AND)
		buf_addf(out, "[%s]", n->text);
	for (uint32_t i = 0; i < n->nkids; i++) {
		buf_addc(out, i ? ' ' : '(');
		dump(n->kids[i], out);
	}
	if (n->nkids)
		buf_addc(out, ')');
	if (n->window)
		buf_addf(out, "~%u", n->window);
	if (n->weight != 1)
		buf_addf(out, "^%g", n->weight);
}

struct reading {
	enum trawl_status status;
	struct trawl_error err;
	struct query q;
	struct buf tree, form;
	struct arena arena;
};

static void read_query(struct reading *r, const char *text, size_t len,
		       const struct query_options *options)
{
	*r = (struct reading){ .tree = BUF_INIT(PRINT_MAX),
			       .form = BUF_INIT(PRINT_MAX) };
	arena_init(&r->arena, ARENA_MAX);
	r->status = query_parse(text, len, options, &r->arena, &r->q, &r->err);
	if (r->status != TRAWL_OK)
		return;
	dump(r->q.root, &r->tree);
	query_print(&r->q, &r->form);
}

static void release(struct reading *r)
{
	buf_release(&r->tree);
	buf_release(&r->form);
	arena_release(&r->arena);
}

struct tree_case {
	const char *query, *tree;
	const char *form; /* NULL: as the query */
};

/* Also: the canonical form is strictly the same tree and form. */
static void check_tree(const struct tree_case *c,
		       const struct query_options *options, bool forgiven)
{
	struct reading r, again;
	const char *form = c->form ? c->form : c->query;

	read_query(&r, c->query, strlen(c->query), options);
	if (r.status != TRAWL_OK)
		print_error("%s: %s\n", c->query, r.err.text);
	assert_int_equal(r.status, TRAWL_OK);
	assert_string_equal(r.tree.data, c->tree);
	assert_string_equal(r.form.data, form);
	if (r.q.forgiven != forgiven)
		print_error("%s: forgiven or not?\n", c->query);
	assert_int_equal(r.q.forgiven, forgiven);

	read_query(&again, form, strlen(form), &strict);
	if (again.status != TRAWL_OK)
		print_error("%s: %s\n", form, again.err.text);
	assert_int_equal(again.status, TRAWL_OK);
	if (!options->match_all)
		assert_string_equal(again.tree.data, c->tree);
	assert_string_equal(again.form.data, form);
	release(&again);
	release(&r);
}

/* clang-format off */
static const struct tree_case sensible[] = {
	/* words */
	{ "", "ALL", NULL },
	{ " \t\r\n ", "ALL", "" },
	{ "\xC2\xA0\xE3\x80\x80\xEF\xBB\xBF", "ALL", "" },
	{ "climate", "W[climate]", NULL },
	{ "  climate\t summit\n", "ANY(W[climate] W[summit])",
	  "climate summit" },
	{ "Climate SUMMIT", "ANY(W[Climate] W[SUMMIT])", NULL },
	{ "a\xC2\xA0""b", "ANY(W[a] W[b])", "a b" },
	{ "carbon-tax l'homme l\xE2\x80\x99""eau U.S. AT&T",
	  "ANY(W[carbon-tax] W[l'homme] W[l\xE2\x80\x99""eau] W[U.S.] W[AT&T])",
	  NULL },
	{ "\xE6\xB0\x97\xE5\x80\x99 \xD9\x85\xD9\x86\xD8\xA7\xD8\xAE",
	  "ANY(W[\xE6\xB0\x97\xE5\x80\x99] W[\xD9\x85\xD9\x86\xD8\xA7\xD8\xAE])",
	  NULL },
	{ "a\x01""b\xFF""c\xE2\x80", "ANY(W[a] W[b] W[c])", "a b c" },
	{ "and or not near", "ANY(W[and] W[or] W[not] W[near])", NULL },
	{ "!!! ???", "ANY(W[!!!] W[???])", NULL },

	/* marks */
	{ "+summit -london", "ANY(+W[summit] -W[london])", NULL },
	{ "climate +summit -london", "ANY(W[climate] +W[summit] -W[london])",
	  NULL },
	{ "+a", "W[a]", "a" },
	{ "-foo", "ANY(-W[foo])", NULL },
	{ "-foo -bar", "ANY(-W[foo] -W[bar])", NULL },
	{ "NOT foo", "ANY(-W[foo])", "-foo" },
	{ "NOT foo bar", "ANY(-W[foo] W[bar])", "-foo bar" },
	{ "C++ c# -java", "ANY(W[C++] W[c#] -W[java])", NULL },
	{ "-C++", "ANY(-W[C++])", NULL },
	{ "-5", "ANY(-W[5])", NULL },
	{ "-", "W[-]", NULL },
	{ "--", "W[--]", "\\--" },
	{ "--help", "W[--help]", "\\--help" },
	{ "+-a", "W[+-a]", "\\+-a" },
	{ "a - b", "ANY(W[a] W[-] W[b])", NULL },
	{ "a + b = c", "ANY(W[a] W[+] W[b] W[=] W[c])", NULL },
	{ "a- b+", "ANY(W[a-] W[b+])", NULL },
	{ "(-a)", "ANY(-W[a])", "-a" },
	{ "(a -)", "ANY(W[a] W[-])", "a -" },
	{ "x (-a)", "ANY(W[x] ANY(-W[a]))", NULL },
	{ "-(-a)", "ANY(-ANY(-W[a]))", NULL },
	{ "\"a b\"-c", "ANY(P[a b] W[-c])", "\"a b\" \\-c" },
	{ "+(a b) -(c d)", "ANY(+ANY(W[a] W[b]) -ANY(W[c] W[d]))", NULL },

	/* operators and which binds tighter */
	{ "a AND b", "AND(W[a] W[b])", NULL },
	{ "a AND b AND c", "AND(W[a] W[b] W[c])", NULL },
	{ "a OR b OR c", "OR(W[a] W[b] W[c])", NULL },
	{ "a NOT b", "NOT(W[a] W[b])", NULL },
	{ "a AND NOT b", "NOT(W[a] W[b])", "a NOT b" },
	{ "a AND -b", "NOT(W[a] W[b])", "a NOT b" },
	{ "NOT a AND b", "NOT(W[b] W[a])", "b NOT a" },
	{ "a NOT b NOT c", "NOT(W[a] W[b] W[c])", NULL },
	{ "a NOT b AND c", "NOT(AND(W[a] W[c]) W[b])", "(a AND c) NOT b" },
	{ "a AND b c", "ANY(AND(W[a] W[b]) W[c])", "(a AND b) c" },
	{ "a b AND c", "ANY(W[a] AND(W[b] W[c]))", "a (b AND c)" },
	{ "a OR b c", "OR(W[a] ANY(W[b] W[c]))", "a OR (b c)" },
	{ "a b OR c", "OR(ANY(W[a] W[b]) W[c])", "(a b) OR c" },
	{ "a OR b AND c", "OR(W[a] AND(W[b] W[c]))", "a OR (b AND c)" },
	{ "a AND b OR c AND d", "OR(AND(W[a] W[b]) AND(W[c] W[d]))",
	  "(a AND b) OR (c AND d)" },
	{ "(a OR b) AND c", "AND(OR(W[a] W[b]) W[c])", NULL },
	{ "(a OR b) OR c", "OR(OR(W[a] W[b]) W[c])", NULL },
	{ "a OR NOT b", "OR(W[a] ANY(-W[b]))", "a OR (-b)" },
	{ "a OR -b", "OR(W[a] ANY(-W[b]))", "a OR (-b)" },
	{ "+a OR b", "OR(W[a] W[b])", "a OR b" },
	{ "+a -b OR c", "OR(ANY(+W[a] -W[b]) W[c])", "(+a -b) OR c" },
	{ "+a AND b c", "ANY(+AND(W[a] W[b]) W[c])", "+(a AND b) c" },
	{ "x -a AND -b", "ANY(W[x] -W[a] -W[b])", "x -a -b" },
	{ "((a))", "W[a]", "a" },
	{ "((a b))", "ANY(W[a] W[b])", "a b" },
	{ "(a)(b)", "ANY(W[a] W[b])", "a b" },
	{ "f(x)", "ANY(W[f] W[x])", "f x" },
	{ "(a b) c", "ANY(ANY(W[a] W[b]) W[c])", NULL },
	{ "AND^2", "W[AND]^2", "\\AND^2" },
	{ "+AND", "W[AND]", "\\AND" },
	{ "\"a\"AND\"b\"", "AND(P[a] P[b])", "\"a\" AND \"b\"" },

	/* NEAR */
	{ "a NEAR b", "NEAR(W[a] W[b])~10", "a NEAR/10 b" },
	{ "a NEAR/5 b", "NEAR(W[a] W[b])~5", NULL },
	{ "a NEAR/1000 b", "NEAR(W[a] W[b])~1000", NULL },
	{ "a NEAR/5 b NEAR/3 c", "NEAR(W[a] W[b] W[c])~5",
	  "a NEAR/5 b NEAR/5 c" },
	{ "a NEAR/5 =b", "NEAR(W[a] E[b])~5", NULL },
	{ "a AND b NEAR/2 c", "AND(W[a] NEAR(W[b] W[c])~2)",
	  "a AND (b NEAR/2 c)" },
	{ "a NEAR/2 b NOT c NEAR/3 d",
	  "NOT(NEAR(W[a] W[b])~2 NEAR(W[c] W[d])~3)",
	  "(a NEAR/2 b) NOT (c NEAR/3 d)" },
	{ "title:a NEAR/2 title:b", "NEAR(title:W[a] title:W[b])~2", NULL },
	{ "title:(a NEAR/2 b)", "NEAR(title:W[a] title:W[b])~2",
	  "title:a NEAR/2 title:b" },
	{ "(a) NEAR/2 b", "NEAR(W[a] W[b])~2", "a NEAR/2 b" },
	{ "-(a NEAR/2 b)", "ANY(-NEAR(W[a] W[b])~2)", NULL },
	{ "+a NEAR/2 b c", "ANY(+NEAR(W[a] W[b])~2 W[c])",
	  "+(a NEAR/2 b) c" },
	{ "NEAR/x NEAR/", "ANY(W[NEAR/x] W[NEAR/])", NULL },

	/* phrases */
	{ "\"carbon tax\"", "P[carbon tax]", NULL },
	{ "\"  carbon \n tax \"", "P[carbon tax]", "\"carbon tax\"" },
	{ "\"carbon tax\"~5", "P[carbon tax]~5", NULL },
	{ "\"carbon tax\"~0", "P[carbon tax]", "\"carbon tax\"" },
	{ "\"carbon tax\"^1.5", "P[carbon tax]^1.5", NULL },
	{ "\"carbon tax\"~5^2", "P[carbon tax]~5^2", NULL },
	{ "\xE2\x80\x9C""carbon tax\xE2\x80\x9D", "P[carbon tax]",
	  "\"carbon tax\"" },
	{ "\xE2\x80\x9Ekarbon\xE2\x80\x9C x\"y z\xE2\x80\x9D",
	  "ANY(P[karbon] W[x] P[y z])", "\"karbon\" x \"y z\"" },
	{ "\"a AND (b) -c title:d*\"", "P[a AND (b) -c title:d*]", NULL },
	{ "\"a \\\"b\\\" C:\\temp\"", "P[a \"b\" C:\\temp]",
	  "\"a \\\"b\\\" C:\\\\temp\"" },
	{ "\"a\x02""b\xFF""c\"", "P[a b c]", "\"a b c\"" },
	{ "-\"a b\" +\"c d\"", "ANY(-P[a b] +P[c d])", NULL },
	{ "=\"a b\"", "P[a b]", "\"a b\"" },
	{ "foo\"bar baz\"", "ANY(W[foo] P[bar baz])", "foo \"bar baz\"" },
	{ "\"!\"", "P[!]", NULL },

	/* fields */
	{ "title:zelensky", "title:W[zelensky]", NULL },
	{ "TITLE:zelensky", "title:W[zelensky]", "title:zelensky" },
	{ "lead_in:x", "lead_in:W[x]", NULL },
	{ "title:\"carbon tax\"~3", "title:P[carbon tax]~3", NULL },
	{ "title:=running", "title:E[running]", NULL },
	{ "source:(kyiv OR reuters)", "OR(source:W[kyiv] source:W[reuters])",
	  "source:kyiv OR source:reuters" },
	{ "-title:(a b)", "ANY(-ANY(title:W[a] title:W[b]))",
	  "-(title:a title:b)" },
	{ "title:(a source:b \"c d\" source:(e) f)",
	  "ANY(title:W[a] source:W[b] title:P[c d] source:W[e] title:W[f])",
	  "title:a source:b title:\"c d\" source:e title:f" },
	{ "title:(a (b OR c)) d",
	  "ANY(ANY(title:W[a] OR(title:W[b] title:W[c])) W[d])",
	  "(title:a (title:b OR title:c)) d" },
	{ "title:-a", "title:W[-a]", NULL },
	{ "title:(-a b)", "ANY(-title:W[a] title:W[b])",
	  "-title:a title:b" },
	{ "id:https://x.y/z?q=1", "id:W[https://x.y/z?q=1]", NULL },
	{ "id:\"//x\"", "id:P[//x]", NULL },
	{ "id:\\//x", "id:W[//x]", NULL },
	{ "title:source:x", "title:W[source:x]", NULL },
	{ "title:AND", "title:W[AND]", NULL },
	{ "place:kyiv", "place:W[kyiv]", NULL },
	{ "https://x.y 12:30 ::a 1:", "ANY(W[https://x.y] W[12:30] W[::a] "
	  "W[1:])", NULL },
	{ "title\\:x", "W[title:x]", NULL },

	/* prefix, fuzzy, unstemmed, weight */
	{ "elect*", "X[elect]", NULL },
	{ "el*", "X[el]", NULL },
	{ "title:elect* -foo*", "ANY(title:X[elect] -X[foo])", NULL },
	{ "\xC3\xA9t*", "X[\xC3\xA9t]", NULL },
	{ "\xE6\xB0\x97\xE5\x80\x99*", "X[\xE6\xB0\x97\xE5\x80\x99]", NULL },
	{ "elect*^2", "X[elect]^2", NULL },
	{ "zelenski~1", "F[zelenski]~1", NULL },
	{ "zelenski~2", "F[zelenski]~2", NULL },
	{ "zelenski~", "F[zelenski]~1", "zelenski~1" },
	{ "zelenski~2^3", "F[zelenski]~2^3", NULL },
	{ "http://x/~user/a~b", "W[http://x/~user/a~b]", NULL },
	{ "=running", "E[running]", NULL },
	{ "-=running", "ANY(-E[running])", NULL },
	{ "==x", "E[=x]", NULL },
	{ "=elect*", "X[elect]", "elect*" },
	{ "=", "W[=]", NULL },
	{ "summit^2", "W[summit]^2", NULL },
	{ "summit^0", "W[summit]^0", NULL },
	{ "summit^100", "W[summit]^100", NULL },
	{ "summit^0.5", "W[summit]^0.5", NULL },
	{ "summit^1.250", "W[summit]^1.25", "summit^1.25" },
	{ "summit^0.0019", "W[summit]^0.001", "summit^0.001" },
	{ "summit^0.05", "W[summit]^0.05", NULL },
	{ "summit^1", "W[summit]", "summit" },
	{ "=running^2 b", "ANY(E[running]^2 W[b])", NULL },
	{ "(a b)^2", "ANY(W[a] W[b])^2", NULL },
	{ "(a)^2", "W[a]^2", "a^2" },
	{ "(a^2)^3", "ANY(W[a]^2)^3", NULL },
	{ "+(a b)^2 c", "ANY(+ANY(W[a] W[b])^2 W[c])", NULL },

	/* dates and numbers */
	{ "date:2024-11-07", "date:D[2024-11-07|2024-11-07]", NULL },
	{ "date:2024-11..2025-01", "date:D[2024-11|2025-01]", NULL },
	{ "date:>=2024-11-06", "date:D[2024-11-06|]", NULL },
	{ "date:>2024", "date:D[2024|]~1", NULL },
	{ "date:<=2024", "date:D[|2024]", NULL },
	{ "date:<2024", "date:D[|2024]~2", NULL },
	{ "date:=2024", "date:D[2024|2024]", "date:2024" },
	{ "date:..2023", "date:D[|2023]", "date:<=2023" },
	{ "date:2023..", "date:D[2023|]", "date:>=2023" },
	{ "date:2023..2023", "date:D[2023|2023]", "date:2023" },
	{ "-date:..2023", "ANY(-date:D[|2023])", "-date:<=2023" },
	{ "date:(2023 OR 2024-05..2024-07)",
	  "OR(date:D[2023|2023] date:D[2024-05|2024-07])",
	  "date:2023 OR date:2024-05..2024-07" },
	{ "date:\"2024-11-07 01:09:00Z\"",
	  "date:D[2024-11-07 01:09:00Z|2024-11-07 01:09:00Z]", NULL },
	{ "date:>=2024-11-07T01:09:00Z", "date:D[2024-11-07T01:09:00Z|]",
	  NULL },
	{ "date:2024^2", "date:D[2024|2024]^2", NULL },
	{ "price:10..20", "price:R[10|20]", NULL },
	{ "price:-1.5..2.5", "price:R[-1.5|2.5]", NULL },
	{ "price:<-5", "price:R[|-5]~2", NULL },
	{ "price:>=1e3", "price:R[1e3|]", NULL },
	{ "price:(5 OR 7)", "OR(price:R[5|5] price:R[7|7])",
	  "price:5 OR price:7" },

	/* backslashes */
	{ "\\-5 \\+a \\=b \\(x\\) a\\*b \\\"q",
	  "ANY(W[-5] W[+a] W[=b] W[(x)] W[a*b] W[\"q])",
	  NULL },
	{ "1:\\temp", "W[1:\\temp]", "1:\\\\temp" },
	{ "\\AND \\NEAR/5", "ANY(W[AND] W[NEAR/5])", NULL },
	{ "\\word", "W[word]", "word" },
	{ "\\ \\", "ANY(W[\\] W[\\])", "\\\\ \\\\" },
	{ "\\\\word", "W[\\word]", NULL },
	{ "elect\\*", "W[elect*]", NULL },
	{ "a\\~1 b\\^2 c~1\\^2", "ANY(W[a~1] W[b^2] W[c~1^2])", NULL },
	{ "a\\*bc*", "X[a*bc]", NULL },
};

/* Read, but as something else than it may have been meant. */
static const struct tree_case forgivable[] = {
	/* quotes and brackets */
	{ "\"carbon tax", "ANY(W[carbon] W[tax])", "carbon tax" },
	{ "5\" gun", "ANY(W[5] W[gun])", "5 gun" },
	{ "a \"b c\" \"d", "ANY(W[a] P[b c] W[d])", "a \"b c\" d" },
	{ "-\"foo bar", "ANY(-W[foo] W[bar])", "-foo bar" },
	{ "title:\"foo", "title:W[foo]", "title:foo" },
	{ "\xE2\x80\x9C" "foo", "W[foo]", "foo" },
	{ "(a b", "ANY(W[a] W[b])", "a b" },
	{ "a b)", "ANY(W[a] W[b])", "a b" },
	{ ")(", "ALL", "" },
	{ "a AND (b", "AND(W[a] W[b])", "a AND b" },
	{ "((a OR b) c", "ANY(OR(W[a] W[b]) W[c])", "(a OR b) c" },
	{ "-(foo bar", "ANY(-W[foo] W[bar])", "-foo bar" },
	{ "title:(foo", "title:W[foo]", "title:foo" },
	{ "=\"foo", "E[foo]", "=foo" },
	{ "()", "ALL", "" },
	{ "\"\"", "ALL", "" },
	{ "(()) ( \"\" ) a", "W[a]", "a" },
	{ "main() a", "ANY(W[main] W[a])", "main a" },
	{ "a AND ()", "ANY(W[a] W[AND])", "a \\AND" },
	{ "-() a", "ANY(W[-] W[a])", "- a" },
	{ "-()a", "ANY(-W[a])", "-a" },
	{ "-\"\xE2\x80\x83\xE2\x80\x9D""a", "ANY(-W[a])", "-a" },
	{ "(\"a)", "W[a]", "a" },

	/* operators without operands */
	{ "AND", "W[AND]", "\\AND" },
	{ "AND b", "ANY(W[AND] W[b])", "\\AND b" },
	{ "a AND", "ANY(W[a] W[AND])", "a \\AND" },
	{ "a OR", "ANY(W[a] W[OR])", "a \\OR" },
	{ "a NOT", "ANY(W[a] W[NOT])", "a \\NOT" },
	{ "a AND NOT", "AND(W[a] W[NOT])", "a AND \\NOT" },
	{ "(AND)", "W[AND]", "\\AND" },
	{ "a AND OR b", "OR(ANY(W[a] W[AND]) W[b])", "(a \\AND) OR b" },
	{ "title:(a AND)", "ANY(title:W[a] title:W[AND])",
	  "title:a title:AND" },
	{ "date:(2024 AND)", "ANY(date:D[2024|2024] W[AND])",
	  "date:2024 \\AND" },
	{ "NEAR/5", "W[NEAR/5]", "\\NEAR/5" },
	{ "a NEAR/0 b", "ANY(W[a] W[NEAR/0] W[b])", "a \\NEAR/0 b" },
	{ "NOT -b", "ANY(-W[b])", "-b" },
	{ "a NOT +b", "NOT(W[a] W[b])", "a NOT b" },
	{ "a NOT +b c", "ANY(NOT(W[a] W[b]) W[c])", "(a NOT b) c" },
	{ "NOT NOT b", "NOT(W[NOT] W[b])", "\\NOT NOT b" },

	/* NEAR between others than words */
	{ "a NEAR (b c)", "AND(W[a] ANY(W[b] W[c]))", "a AND (b c)" },
	{ "a NEAR \"b c\"", "AND(W[a] P[b c])", "a AND \"b c\"" },
	{ "a NEAR bc*", "AND(W[a] X[bc])", "a AND bc*" },
	{ "a NEAR title:b", "AND(W[a] title:W[b])", "a AND title:b" },
	{ "id:a NEAR id:b", "AND(id:W[a] id:W[b])", "id:a AND id:b" },
	{ "a NEAR -b", "NOT(W[a] W[b])", "a NOT b" },
	{ "-a NEAR b", "NOT(W[b] W[a])", "b NOT a" },
	{ "a NEAR NOT b", "NOT(W[a] W[b])", "a NOT b" },
	{ "a NEAR/2 b NEAR (c)^2 NEAR (d OR e)",
	  "AND(NEAR(W[a] W[b] W[c]^2)~10 OR(W[d] W[e]))",
	  "(a NEAR/10 b NEAR/10 c^2) AND (d OR e)" },

	/* fields */
	{ "foo:bar", "W[foo:bar]", "foo\\:bar" },
	{ "Re: budget", "ANY(W[Re:] W[budget])", "Re\\: budget" },
	{ "foo:\"a b\"", "ANY(W[foo:] P[a b])", "foo\\: \"a b\"" },
	{ "-foo:\"a b\"", "ANY(-P[a b])", "-\"a b\"" },
	{ "-foo:(a b)", "ANY(-ANY(W[a] W[b]))", "-(a b)" },
	{ "-foo:\"a b", "ANY(-W[a] W[b])", "-a b" },
	{ "C:\\temp\\new", "W[C:\\temp\\new]", "C\\:\\\\temp\\\\new" },
	{ "url:x", "W[url:x]", "url\\:x" },
	{ "title: x", "ANY(W[title:] W[x])", "title\\: x" },
	{ "(title:)", "W[title:]", "title\\:" },
	{ "mailto:a@b.c", "W[mailto:a@b.c]", "mailto\\:a@b.c" },
	{ "title:(foo:x)", "title:W[foo:x]", "title:foo:x" },

	/* signs */
	{ "e*", "W[e*]", "e\\*" },
	{ "*", "W[*]", "\\*" },
	{ "*ing", "W[*ing]", "\\*ing" },
	{ "el*ct", "W[el*ct]", "el\\*ct" },
	{ "elect**", "W[elect**]", "elect\\*\\*" },
	{ "elect.*", "W[elect.*]", "elect.\\*" },
	{ "foo*~1", "F[foo*]~1", "foo\\*~1" },
	{ "a~1", "W[a~1]", "a\\~1" },
	{ "abc~3", "W[abc~3]", "abc\\~3" },
	{ "abc~12", "W[abc~12]", "abc\\~12" },
	{ "abc~0", "W[abc~0]", "abc\\~0" },
	{ "x^y", "W[x^y]", "x\\^y" },
	{ "x^", "W[x^]", "x\\^" },
	{ "x^101", "W[x^101]", "x\\^101" },
	{ "x^100.5", "W[x^100.5]", "x\\^100.5" },
	{ "x^2.", "W[x^2.]", "x\\^2." },
	{ "x^2^3", "W[x^2]^3", "x\\^2^3" },
	{ "^2", "W[^2]", "\\^2" },
	{ "=(a b)", "ANY(W[a] W[b])", "a b" },
	{ "\"a b\"~", "P[a b]", "\"a b\"" },
	{ "\"a b\"~x", "ANY(P[a b] W[x])", "\"a b\" x" },
	{ "\"a b\"^1000", "ANY(P[a b] W[^1000])", "\"a b\" \\^1000" },
	{ "\"a b\"^x", "ANY(P[a b] W[^x])", "\"a b\" \\^x" },

	/* dates and numbers */
	{ "date:foo", "W[date:foo]", "date\\:foo" },
	{ "date:2024-13", "W[date:2024-13]", "date\\:2024-13" },
	{ "date:..", "W[date:..]", "date\\:.." },
	{ "date:>", "W[date:>]", "date\\:>" },
	{ "date:>=2023..2024", "W[date:>=2023..2024]",
	  "date\\:>=2023..2024" },
	{ "date:202*", "W[date:202*]", "date\\:202\\*" },
	{ "date:\"last week\"", "ANY(W[date:] P[last week])",
	  "date\\: \"last week\"" },
	{ "-date:\"last week\"", "ANY(-P[last week])", "-\"last week\"" },
	{ "date:(2024 foo \"a b\")", "ANY(date:D[2024|2024] W[foo] P[a b])",
	  "date:2024 foo \"a b\"" },
	{ "price:ten", "W[price:ten]", "price\\:ten" },
	{ "price:1...2", "W[price:1...2]", "price\\:1...2" },
};

/* match=all: the trees are the same, the form says AND */
static const struct tree_case all_match[] = {
	{ "a", "W[a]", NULL },
	{ "a b", "ANY(W[a] W[b])", "a AND b" },
	{ "a b -c", "ANY(W[a] W[b] -W[c])", "(a AND b) NOT c" },
	{ "-c +a", "ANY(-W[c] +W[a])", "a NOT c" },
	{ "-a -b", "ANY(-W[a] -W[b])", NULL },
	{ "a OR b c", "OR(W[a] ANY(W[b] W[c]))", "a OR (b AND c)" },
	{ "(a b -c)^2 d", "ANY(ANY(W[a] W[b] -W[c])^2 W[d])",
	  "((a AND b) NOT c)^2 AND d" },
	{ "-(a b) c", "ANY(-ANY(W[a] W[b]) W[c])", "c NOT (a AND b)" },
	{ "+\\- a", "ANY(+W[-] W[a])", "- AND a" },
	{ "(a^2)^3", "ANY(W[a]^2)^3", NULL },
};

static const struct tree_case no_operators[] = {
	{ "", "ALL", NULL },
	{ "a  b", "ANY(W[a] W[b])", "a b" },
	{ "+a -b", "ANY(W[+a] W[-b])", "\\+a \\-b" },
	{ "a AND NEAR/3 \"b)", "ANY(W[a] W[AND] W[NEAR/3] W[\"b)])",
	  "a \\AND \\NEAR/3 \\\"b\\)" },
	{ "title:x e* f~1 g^2 =h \\x - \xE2\x80\x9C",
	  "ANY(W[title:x] W[e*] W[f~1] W[g^2] W[=h] W[\\x] W[-] "
	  "W[\xE2\x80\x9C])",
	  "title\\:x e\\* f\\~1 g\\^2 \\=h \\\\x - \\\xE2\x80\x9C" },
};
/* clang-format on */

static void test_sensible(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(sensible); i++) {
		check_tree(&sensible[i], &forgiving, false);
		check_tree(&sensible[i], &strict, false);
	}
}

static void test_forgivable(void **state)
{
	struct reading r;

	(void)state;
	for (size_t i = 0; i < COUNT(forgivable); i++) {
		const char *query = forgivable[i].query;

		check_tree(&forgivable[i], &forgiving, true);
		read_query(&r, query, strlen(query), &strict);
		if (r.status != TRAWL_BADQUERY)
			print_error("%s: is no error\n", query);
		assert_int_equal(r.status, TRAWL_BADQUERY);
		assert_in_range(r.err.column, 1, strlen(query));
		release(&r);
	}
}

static void test_match_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(all_match); i++)
		check_tree(&all_match[i], &match_all, false);
}

static void test_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(no_operators); i++)
		check_tree(&no_operators[i], &plain, false);
}

/* ------------------------------------------------------------- doc -- */

/* "typed => form", "typed ~> form" or "form"; blanks at the ends do not
 * count. */
static void check_example(char *line)
{
	char *arrow = strstr(line, "=> "), *forgave = strstr(line, "~> ");
	char *at = arrow ? arrow : forgave;
	struct tree_case c = { .query = line, .form = at ? at + 3 : line };
	const struct query_options *modes[] = { &forgiving, &strict };

	while (at && at > line && at[-1] == ' ')
		at--;
	if (at)
		*at = '\0';
	for (size_t i = 0; i < (forgave ? 1 : COUNT(modes)); i++) {
		struct reading r;

		read_query(&r, line, strlen(line), modes[i]);
		if (r.status != TRAWL_OK)
			print_error("%s: %s\n", line, r.err.text);
		assert_int_equal(r.status, TRAWL_OK);
		c.tree = r.tree.data;
		check_tree(&c, modes[i], forgave);
		release(&r);
	}
}

static void test_examples_of_the_manual(void **state)
{
	FILE *f = fopen("doc/query.md", "r");
	char line[256];
	unsigned examples = 0;
	bool inside = false;

	(void)state;
	if (!f) {
		print_message("doc/query.md: run me from the source tree\n");
		skip();
	}
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "```", 3)) {
			inside = !strcmp(line, "```query");
		} else if (inside) {
			check_example(line);
			examples++;
		}
	}
	fclose(f);
	assert_in_range(examples, 70, 200);
}

/* -------------------------------------------------------------- errors -- */

/* clang-format off */
static const struct {
	const char *query;
	unsigned column;
	const char *text;
} errors[] = {
	{ "a \"b", 3, "query: this quote is never closed" },
	{ "a \"\"", 3, "query: nothing between the quotes" },
	{ "a (b", 3, "query: this bracket is never closed" },
	{ "a) b", 2, "query: this bracket closes nothing" },
	{ "a ( )", 3, "query: nothing between brackets" },
	{ "a AND", 3, "query: this operator goes between two terms" },
	{ "OR a", 1, "query: this operator goes between two terms" },
	{ "a NOT", 3, "query: nothing after this operator" },
	{ "a NOT -b", 8, "query: NOT before a + or -" },
	{ "a NEAR (b c)", 3,
	  "query: NEAR goes between two words of the same field" },
	{ "a NEAR/0 b", 3, "query: NEAR/ takes a number of words from 1 on" },
	{ "a e*", 3, "query: a prefix needs two letters or more before its *, "
	  "or \\* for the sign" },
	{ "a b*c", 3, "query: * may only end a word and ^ takes a number from "
	  "0 to 100; write \\* or \\^ for the sign" },
	{ "abc~4", 1, "query: ~1 or ~2 goes after a word of two letters or "
	  "more; write \\~ for the sign" },
	{ "\"a b\"~x", 6, "query: ~ after a phrase takes a number of words" },
	{ "x =(a)", 4, "query: = goes before a word or a phrase" },
	{ "x title:", 3, "query: nothing after this field's colon" },
	{ "x date:foo", 8, "query: not a date: write YYYY, YYYY-MM, "
	  "YYYY-MM-DD, FROM..TO, >=FROM or <=TO" },
	{ "price:x", 7, "query: not a number: write 12, -1.5, FROM..TO, "
	  ">=FROM or <=TO" },
	{ "a titel:b", 3, "query: no field \"titel\"; did you mean \"title\"? "
	  "fields: id, title, date, source, price, place, lead_in" },
	{ "-Soruce:b", 2, "query: no field \"soruce\"; did you mean "
	  "\"source\"? fields: id, title, date, source, price, place, lead_in" },
	{ "qqqq:b", 1, "query: no field \"qqqq\"; fields: id, title, date, "
	  "source, price, place, lead_in" },
	{ "zz:b", 1, "query: no field \"zz\"; fields: id, title, date, "
	  "source, price, place, lead_in" },
	{ "url:b", 1, "query: field \"url\" is stored but not searched; "
	  "fields: id, title, date, source, price, place, lead_in" },
};
/* clang-format on */

static void test_errors_point_and_say(void **state)
{
	struct reading r;

	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		read_query(&r, errors[i].query, strlen(errors[i].query),
			   &strict);
		assert_int_equal(r.status, TRAWL_BADQUERY);
		assert_string_equal(r.err.text, errors[i].text);
		assert_int_equal(r.err.column, errors[i].column);
		release(&r);
	}
}

static void test_many_fields_are_cut_at_a_name(void **state)
{
	static struct schema wide = { .nfields = SCHEMA_FIELDS_MAX };
	const struct query_options options = { .schema = &wide,
					       .strict = true };
	struct reading r;

	(void)state;
	for (int i = 0; i < SCHEMA_FIELDS_MAX; i++) {
		wide.field[i].indexed = true;
		snprintf(wide.field[i].name, sizeof(wide.field[i].name),
			 "field_number_%02d", i);
	}
	read_query(&r, "nosuch:x", 8, &options);
	assert_int_equal(r.status, TRAWL_BADQUERY);
	assert_non_null(strstr(r.err.text, "field_number_20"));
	assert_in_range(strlen(r.err.text), 300, sizeof(r.err.text) - 1);

	const char *last = strrchr(r.err.text, '_');

	assert_int_equal(strlen(last), 3);
	release(&r);
}

/* -------------------------------------------------------------- limits -- */

static void repeat(struct buf *b, const char *s, unsigned times)
{
	while (times--)
		buf_adds(b, s);
}

/* head, n times part, tail: at most max parts, in every mode. */
struct limit_case {
	const char *head, *part, *tail;
	unsigned max;
	unsigned column; /* of the first that is too many */
	const char *text;
};

/* clang-format off */
static const struct limit_case limits[] = {
	{ "", "a ", "", 64, 129, "query: more than 64 words (limit words)" },
	{ "", "-a ", "", 64, 194, "query: more than 64 words (limit words)" },
	{ "\"x\" ", "a\n", "", 63, 131,
	  "query: more than 64 words (limit words)" },
	{ "", "\"a b\" ", "", 32, 194,
	  "query: more than 64 words (limit words)" },
	{ "", "date:1999 ", "", 64, 646,
	  "query: more than 64 words (limit words)" },
	{ "\"", "a ", "\"", 32, 66,
	  "query: more than 32 words in a phrase (limit phrase)" },
	{ "", "ab* ", "", 4, 17,
	  "query: more than 4 prefix or fuzzy words (limit patterns)" },
	{ "ab* ", "title:ab~1 ", "", 3, 44,
	  "query: more than 4 prefix or fuzzy words (limit patterns)" },
	{ "", " ", "", 4096, 4097,
	  "query: more than 4096 bytes (limit query)" },
};
/* clang-format on */

static void check_limit(const struct limit_case *c, unsigned n,
			enum trawl_status status)
{
	struct buf b = BUF_INIT(PRINT_MAX);
	struct reading r;

	buf_adds(&b, c->head);
	repeat(&b, c->part, n);
	buf_adds(&b, c->tail);
	for (int mode = 0; mode < 2; mode++) {
		read_query(&r, b.data, b.len, mode ? &strict : &forgiving);
		if (r.status != status)
			print_error("%s: %s\n", b.data, r.err.text);
		assert_int_equal(r.status, status);
		if (status != TRAWL_OK) {
			assert_string_equal(r.err.text, c->text);
			assert_int_equal(r.err.column, c->column);
		}
		release(&r);
	}
	buf_release(&b);
}

static void test_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++) {
		check_limit(&limits[i], limits[i].max, TRAWL_OK);
		check_limit(&limits[i], limits[i].max + 1, TRAWL_TOOCOMPLEX);
	}
}

static void test_windows(void **state)
{
	static const struct {
		const char *query;
		unsigned column;
	} cases[] = {
		{ "a NEAR/1001 b", 8 },
		{ "a NEAR/99999999999999999999 b", 8 },
		{ "\"a b\"~1001", 7 },
		{ "\"a b\"~4294967297", 7 },
	};
	struct reading r;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_query(&r, cases[i].query, strlen(cases[i].query),
			   &forgiving);
		assert_int_equal(r.status, TRAWL_TOOCOMPLEX);
		assert_string_equal(r.err.text, "query: more than 1000 words "
						"apart (limit window)");
		assert_int_equal(r.err.column, cases[i].column);
		release(&r);
	}
}

static enum trawl_status nest(const char *open, const char *middle,
			      unsigned depth,
			      const struct query_options *options,
			      struct trawl_error *err)
{
	struct buf b = BUF_INIT(PRINT_MAX);
	struct reading r;

	repeat(&b, open, depth);
	buf_adds(&b, middle);
	repeat(&b, ")", depth);
	read_query(&r, b.data, b.len, options);

	enum trawl_status st = r.status;

	*err = r.err;
	release(&r);
	buf_release(&b);
	return st;
}

static void test_nesting(void **state)
{
	static const struct {
		const char *open, *middle;
		unsigned max;
		const struct query_options *options;
	} cases[] = {
		{ "(", "a", 16, &forgiving },
		{ "-(", "a", 16, &forgiving },
		{ "a (b ", "c", 16, &forgiving },
		{ "a b -(", "c d -e", 16, &forgiving },
		/* the canonical form has brackets of its own */
		{ "a OR b AND (", "c", 8, &forgiving },
		{ "a b -(", "c d", 16, &match_all },
		{ "a b -(", "c d -e", 15, &match_all },
	};
	struct trawl_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		for (unsigned more = 0; more < 2; more++)
			assert_int_equal(nest(cases[i].open, cases[i].middle,
					      cases[i].max + more,
					      cases[i].options, &err),
					 more ? TRAWL_TOOCOMPLEX : TRAWL_OK);

	nest("(", "a", 17, &forgiving, &err);
	assert_string_equal(err.text, "query: more than 16 brackets within "
				      "brackets (limit nesting)");
	assert_int_equal(err.column, 17);
	nest("a OR b AND (", "c", 9, &forgiving, &err);
	assert_string_equal(err.text,
			    "query: more than 16 brackets within brackets, "
			    "those between different operators counted (limit "
			    "nesting)");
	assert_int_equal(err.column, 102);
}

static void test_thousands_of_brackets(void **state)
{
	static const char *const parts[] = { "(",	")",	"()",
					     "\"",	"(\"",	"-(",
					     "title:(", "AND ", "\\(" };
	struct reading r;

	(void)state;
	for (size_t i = 0; i < COUNT(parts); i++) {
		struct buf b = BUF_INIT(PRINT_MAX);

		repeat(&b, parts[i],
		       TRAWL_QUERY_MAX / (unsigned)strlen(parts[i]));
		read_query(&r, b.data, b.len, &forgiving);
		assert_true(r.status == TRAWL_OK ||
			    r.status == TRAWL_TOOCOMPLEX);
		release(&r);
		buf_release(&b);
	}
}

/* --------------------------------------------------------------- other -- */

static void test_columns_are_where_the_text_begins(void **state)
{
	static const char query[] = "a +title:=\"b\" -(cd* OR \xC3\xA9)";
	static const unsigned columns[] = { 1, 12, 17 };
	struct reading r;

	(void)state;
	read_query(&r, query, strlen(query), &forgiving);
	assert_int_equal(r.q.root->nkids, COUNT(columns));
	for (size_t i = 0; i < COUNT(columns); i++)
		assert_int_equal(r.q.root->kids[i]->column, columns[i]);
	assert_int_equal(r.q.root->kids[2]->kids[1]->column, 24);
	assert_int_equal(r.q.words, 4);
	release(&r);
}

static void test_words_are_counted(void **state)
{
	static const struct {
		const char *query;
		unsigned words;
	} cases[] = {
		{ "", 0 },
		{ "a \"b c\" -d* AND =e", 5 },
		{ "a AND", 2 },
		{ "date:2024..2025 price:1", 2 },
		{ "date:\"2024-11-07 01:09:00Z\"", 1 },
		{ "date:\"last week\"", 3 },
		{ "date:(\"last week\")", 2 },
	};
	struct reading r;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		read_query(&r, cases[i].query, strlen(cases[i].query),
			   &forgiving);
		assert_int_equal(r.q.words, cases[i].words);
		release(&r);
	}
}

static void test_nul_separates(void **state)
{
	struct reading r;

	(void)state;
	read_query(&r, "a\0b \"c\0d\" \0", 11, &forgiving);
	assert_string_equal(r.tree.data, "ANY(W[a] W[b] P[c d])");
	release(&r);
	read_query(&r, "a\0b", 3, &plain);
	assert_string_equal(r.tree.data, "ANY(W[a] W[b])");
	release(&r);
	read_query(&r, NULL, 0, &forgiving);
	assert_string_equal(r.tree.data, "ALL");
	release(&r);
}

static void test_no_schema_no_fields(void **state)
{
	const struct query_options none = { .strict = true };
	struct reading r;

	(void)state;
	read_query(&r, "title:a", 7, &none);
	assert_int_equal(r.status, TRAWL_BADQUERY);
	assert_int_equal(query_parse("title:a", 7, &none, &r.arena, &r.q, NULL),
			 TRAWL_BADQUERY);
	release(&r);
}

/* However little memory there is: NOMEM or success, never a crash. */
static void test_out_of_memory(void **state)
{
	static const char query[] = "a AND title:(b* OR \"c d\" x~1) -date:1.."
				    " NOT (e NEAR f)^2 \\AND AND";
	enum trawl_status st = TRAWL_NOMEM;
	size_t max;

	(void)state;
	for (max = 0; max < ARENA_MAX && st == TRAWL_NOMEM; max += 7) {
		struct arena arena;
		struct query q;

		arena_init(&arena, max);
		st = query_parse(query, strlen(query), &forgiving, &arena, &q,
				 NULL);
		arena_release(&arena);
	}
	assert_int_equal(st, TRAWL_OK);
	assert_in_range(max, 1000, 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sensible),
		cmocka_unit_test(test_forgivable),
		cmocka_unit_test(test_match_all),
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_examples_of_the_manual),
		cmocka_unit_test(test_errors_point_and_say),
		cmocka_unit_test(test_many_fields_are_cut_at_a_name),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_thousands_of_brackets),
		cmocka_unit_test(test_columns_are_where_the_text_begins),
		cmocka_unit_test(test_words_are_counted),
		cmocka_unit_test(test_nul_separates),
		cmocka_unit_test(test_no_schema_no_fields),
		cmocka_unit_test(test_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
