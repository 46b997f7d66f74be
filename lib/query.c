/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query.c - tokens to a tree
 *
 * A frame for the query and one for each open bracket.  In a frame, what is
 * not yet finished waits in lists, the one that binds tightest first:
 *
 *   near       a NEAR b          one word or a chain of them
 *   all, none  a AND b NOT c     what must be there, and what must not
 *   side       a b               what stands side by side
 *   alts       a OR b            alternatives
 *
 * An operator ends the lists that bind tighter than itself.
 */
#include "query.h"

#include "query_lex.h"
#include "status.h"

struct link {
	struct query_node *node;
	struct link *next;
};

struct list {
	struct link *first, *last;
	uint32_t n;
};

struct frame {
	struct list near, all, none, side, alts;
	uint32_t window; /* the widest of the NEARs in near */
	bool negative;	 /* near belongs to none, */
	bool minus;	 /* by a minus, which is the first word's alone */
	bool must;	 /* + in all or near */

	/* What came before the next operand; TERM: nothing. */
	enum token_kind op;
	size_t op_at;
	bool negate; /* a NOT, too */

	struct token open; /* the bracket */
};

struct parser {
	struct lexer lx;
	struct frame stack[TRAWL_NESTING_MAX + 1], *top;
	struct token ahead;
	bool have_ahead;
};

/* --------------------------------------------------------------- lists -- */

static void list_add(struct lexer *lx, struct list *l, struct query_node *node)
{
	struct link *link = arena_alloc(lx->arena, sizeof(*link));

	if (!link)
		return;
	*link = (struct link){ .node = node };
	if (l->last)
		l->last->next = link;
	else
		l->first = link;
	l->last = link;
	l->n++;
}

/* Empty the list into the kids of a new node. */
static struct query_node *list_join(struct lexer *lx, struct list *l,
				    enum query_op op)
{
	struct query_node *node = lexer_node(lx, op, 0);

	node->kids = arena_zalloc(lx->arena, l->n, sizeof(*node->kids));
	if (node->kids && l->n) {
		node->column = l->first->node->column;
		for (const struct link *at = l->first; at; at = at->next)
			node->kids[node->nkids++] = at->node;
	}
	*l = (struct list){ 0 };
	return node;
}

/* The one node of a list, or all joined. */
static struct query_node *list_take(struct lexer *lx, struct list *l,
				    enum query_op op)
{
	struct query_node *only = l->n == 1 ? l->first->node : NULL;

	if (!only)
		return list_join(lx, l, op);
	*l = (struct list){ 0 };
	return only;
}

/* -------------------------------------------------------------- frames -- */

static void end_near(struct lexer *lx, struct frame *f)
{
	if (!f->near.n)
		return;

	bool chain = f->near.n > 1;
	struct query_node *node = list_take(lx, &f->near, QUERY_NEAR);

	if (chain)
		node->window = f->window;
	list_add(lx, f->negative ? &f->none : &f->all, node);
}

static void end_all(struct lexer *lx, struct frame *f)
{
	end_near(lx, f);
	if (f->all.n) {
		struct query_node *node = list_take(lx, &f->all, QUERY_AND);
		struct list not = { 0 };

		list_add(lx, &not, node);
		for (struct link *at = f->none.first; at; at = at->next)
			list_add(lx, &not, at->node);
		node = list_take(lx, &not, QUERY_NOT);
		node->must = f->must;
		list_add(lx, &f->side, node);
	} else {
		for (struct link *at = f->none.first; at; at = at->next) {
			at->node->must_not = true;
			list_add(lx, &f->side, at->node);
		}
	}
	f->none = (struct list){ 0 };
	f->must = false;
}

static void end_side(struct lexer *lx, struct frame *f)
{
	end_all(lx, f);
	if (!f->side.n)
		return;

	bool lonely = f->side.n == 1 && !f->side.first->node->must_not;
	struct query_node *node = lonely ? list_take(lx, &f->side, QUERY_ANY)
					 : list_join(lx, &f->side, QUERY_ANY);

	node->must = false;
	list_add(lx, &f->alts, node);
}

/* NULL when there was nothing in it. */
static struct query_node *end_frame(struct lexer *lx, struct frame *f)
{
	end_side(lx, f);
	return f->alts.n ? list_take(lx, &f->alts, QUERY_OR) : NULL;
}

/* ------------------------------------------------------------ operands -- */

/* Only plain words have positions to compare. */
static bool has_position(const struct query_node *n)
{
	return (n->op == QUERY_WORD || n->op == QUERY_EXACT) &&
	       (!n->field || n->field->type == TRAWL_TEXT);
}

static bool can_be_near(const struct frame *f, const struct query_node *node)
{
	const struct query_node *left = f->near.last->node;

	return has_position(left) && has_position(node) &&
	       left->field == node->field && !node->must_not && !f->negate &&
	       !f->minus;
}

static void add_operand(struct parser *p, struct query_node *node)
{
	struct lexer *lx = &p->lx;
	struct frame *f = p->top;
	bool chained = f->op == TOKEN_NEAR && f->near.n && can_be_near(f, node);

	if (f->op == TOKEN_NEAR && !chained)
		lexer_forgive(lx, f->op_at,
			      "NEAR goes between two words of the same field");
	if (f->negate && (node->must || node->must_not))
		lexer_forgive(lx, node->column - 1, "NOT before a + or -");
	if (f->op == TOKEN_OR)
		end_side(lx, f);
	else if (f->op == TOKEN_TERM)
		end_all(lx, f);
	else if (!chained)
		end_near(lx, f);
	if (!chained) {
		f->negative = f->negate || node->must_not;
		f->minus = node->must_not;
		f->window = 0;
	}
	f->must |= node->must && !f->negative;
	node->must = node->must_not = false;
	list_add(lx, &f->near, node);
	f->op = TOKEN_TERM;
	f->negate = false;
}

static struct token *peek(struct parser *p)
{
	if (!p->have_ahead)
		lexer_next(&p->lx, &p->ahead);
	p->have_ahead = true;
	return &p->ahead;
}

static void add_operator(struct parser *p, const struct token *t)
{
	struct frame *f = p->top;
	enum token_kind next = peek(p)->kind;
	bool negates = t->kind == TOKEN_NOT;

	if ((!negates && (!f->near.n || f->op != TOKEN_TERM)) ||
	    (next != TOKEN_TERM && next != TOKEN_OPEN &&
	     (next != TOKEN_NOT || negates))) {
		lexer_forgive(&p->lx, t->at,
			      negates ? "nothing after this operator"
				      : "this operator goes between two terms");
		add_operand(p, lexer_operator_word(&p->lx, t));
		return;
	}
	if (negates) {
		f->negate = true;
		if (f->op == TOKEN_TERM && f->near.n)
			f->op = TOKEN_AND;
		return;
	}
	f->op = t->kind;
	f->op_at = t->at;
	if (t->kind == TOKEN_NEAR && t->window > f->window)
		f->window = t->window;
}

/* ------------------------------------------------------------ brackets -- */

static void open_bracket(struct parser *p, const struct token *t)
{
	if (p->top == p->stack + TRAWL_NESTING_MAX) {
		lexer_limit(&p->lx, t->at, TRAWL_NESTING_MAX,
			    "brackets within brackets", "nesting");
		return;
	}
	*++p->top = (struct frame){ .op = TOKEN_TERM, .open = *t };
	p->lx.field = t->field;
}

static void close_bracket(struct parser *p, const struct token *t)
{
	struct lexer *lx = &p->lx;
	struct query_node *node = end_frame(lx, p->top);
	char mark = p->top->open.mark;

	if (p->top == p->stack || !node)
		return;
	p->top--;
	lx->field = p->top->open.field;
	if (t->weight != 1 && node->weight != 1) {
		struct list one = { 0 };

		list_add(lx, &one, node);
		node = list_join(lx, &one, QUERY_ANY);
	}
	if (t->weight != 1)
		node->weight = t->weight;
	node->must = mark == '+';
	node->must_not = mark == '-';
	add_operand(p, node);
}

/* --------------------------------------------------------------- parse -- */

static struct query_node *parse(struct parser *p)
{
	for (;;) {
		struct token t = *peek(p);

		p->have_ahead = false;
		switch (t.kind) {
		case TOKEN_END:
			return end_frame(&p->lx, p->stack);
		case TOKEN_TERM:
			add_operand(p, t.node);
			break;
		case TOKEN_OPEN:
			open_bracket(p, &t);
			break;
		case TOKEN_CLOSE:
			close_bracket(p, &t);
			break;
		default:
			add_operator(p, &t);
		}
	}
}

static struct query_node *parse_plain(struct parser *p)
{
	struct query_node *node;

	while ((node = lexer_plain(&p->lx)))
		add_operand(p, node);
	return end_frame(&p->lx, p->stack);
}

enum trawl_status query_parse(const char *text, size_t len,
			      const struct query_options *options,
			      struct arena *arena, struct query *out,
			      struct trawl_error *err)
{
	struct parser p = { .top = p.stack };
	struct query q = { .match_all = options->match_all };
	uint32_t column;

	p.stack->op = TOKEN_TERM;
	lexer_init(&p.lx, text, len, options, arena, err);
	q.root = options->plain ? parse_plain(&p) : parse(&p);
	if (!q.root)
		q.root = lexer_node(&p.lx, QUERY_ALL, 0);
	if (arena->failed)
		return fail_nomem(err);
	if (p.lx.status == TRAWL_OK && (column = query_too_deep(&q)))
		lexer_limit(&p.lx, column - 1, TRAWL_NESTING_MAX,
			    "brackets within brackets, those between "
			    "different operators counted",
			    "nesting");
	if (p.lx.status != TRAWL_OK)
		return p.lx.status;
	q.forgiven = p.lx.forgiven;
	q.words = p.lx.words;
	*out = q;
	return TRAWL_OK;
}
