/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are a query: parsed in every mode, printed, and parsed again, the
 * canonical form must be the same tree and the same form, strictly too.
 */
#include "fuzz.h"

#include "arena.h"
#include "buf.h"
#include "query.h"
#include "utf8.h"

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
	},
	.nfields = 6,
};
/* clang-format on */

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_tree(const struct query_node *a, const struct query_node *b)
{
	if (a->op != b->op || a->must != b->must || a->nkids != b->nkids ||
	    a->must_not != b->must_not || a->window != b->window ||
	    a->weight != b->weight || a->field != b->field ||
	    !same_text(a->text, b->text) || !same_text(a->high, b->high))
		return false;
	for (uint32_t i = 0; i < a->nkids; i++)
		if (!same_tree(a->kids[i], b->kids[i]))
			return false;
	return true;
}

static void check_nodes(const struct query_node *n, size_t size)
{
	PROMISE(n->column >= 1 && n->column <= size + 1);
	PROMISE(!n->text || n->text_len == strlen(n->text));
	PROMISE(!n->text || utf8_valid(n->text, n->text_len) == n->text_len);
	PROMISE(n->weight >= 0 && n->weight <= 100);
	PROMISE(!n->must || !n->must_not);
	PROMISE((n->op >= QUERY_AND && n->op <= QUERY_NEAR) == !!n->nkids);
	for (uint32_t i = 0; i < n->nkids; i++)
		check_nodes(n->kids[i], size);
}

static void check_form(const struct query *q, const struct buf *form)
{
	const struct query_options options = { .schema = &schema,
					       .strict = true,
					       .match_all = q->match_all };
	struct arena arena;
	struct query again;
	struct buf print = BUF_INIT(PRINT_MAX);

	arena_init(&arena, ARENA_MAX);
	PROMISE(query_parse(form->data, form->len, &options, &arena, &again,
			    NULL) == TRAWL_OK);
	PROMISE(!again.forgiven);
	PROMISE(again.words == q->words);
	PROMISE(q->match_all || same_tree(q->root, again.root));
	query_print(&again, &print);
	PROMISE(!print.failed && same_text(print.data, form->data));
	buf_release(&print);
	arena_release(&arena);
}

static void check(const char *text, size_t size,
		  const struct query_options *options)
{
	struct arena arena;
	struct query q;
	struct trawl_error err = { 0 };
	struct buf form = BUF_INIT(PRINT_MAX);
	enum trawl_status st;

	arena_init(&arena, ARENA_MAX);
	st = query_parse(text, size, options, &arena, &q, &err);
	if (st == TRAWL_OK) {
		check_nodes(q.root, size);
		query_print(&q, &form);
		PROMISE(!form.failed && strlen(form.data) == form.len);
		if (form.len <= TRAWL_QUERY_MAX)
			check_form(&q, &form);
		PROMISE(!q.forgiven || (!options->strict && !options->plain));
	} else {
		PROMISE(st == TRAWL_TOOCOMPLEX ||
			(st == TRAWL_BADQUERY && options->strict));
		PROMISE(err.column >= 1 && err.column <= size + 1 && *err.text);
	}
	buf_release(&form);
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct query_options modes[] = {
		{ .schema = &schema },
		{ .schema = &schema, .strict = true },
		{ .schema = &schema, .match_all = true },
		{ .schema = &schema, .plain = true },
	};

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		check((const char *)data, size, &modes[i]);
	return 0;
}
