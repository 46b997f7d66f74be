/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "planner.h"

#include "meta.h"
#include "status.h"

void *plan_alloc(struct planner *p, size_t count, size_t size)
{
	void *mem = p->st == TRAWL_OK ? arena_zalloc(p->ctx->arena, count, size)
				      : NULL;

	if (!mem && p->st == TRAWL_OK)
		p->st = fail_nomem(p->err);
	return mem;
}

char *plan_copy(struct planner *p, const char *s, size_t len)
{
	char *mem = plan_alloc(p, len + 1, 1);

	if (mem && len)
		memcpy(mem, s, len);
	return mem;
}

struct xap_node *plan_node(struct planner *p, enum xap_op op)
{
	struct xap_node *n = plan_alloc(p, 1, sizeof(*n));

	if (n)
		n->op = op;
	return n;
}

struct nodes plan_nodes(struct planner *p, size_t max)
{
	return (struct nodes){ .at = plan_alloc(p, max,
						sizeof(struct xap_node *)) };
}

void plan_push(struct nodes *list, struct xap_node *n)
{
	if (n && list->at)
		list->at[list->n++] = n;
}

struct xap_node *plan_over(struct planner *p, enum xap_op op,
			   const struct nodes *list)
{
	struct xap_node *n = plan_node(p, op);

	if (n) {
		n->kids = list->at;
		n->nkids = list->n;
	}
	return n;
}

struct xap_node *plan_join(struct planner *p, enum xap_op op,
			   const struct nodes *list)
{
	if (p->st != TRAWL_OK || !list->n)
		return NULL;
	return list->n == 1 ? list->at[0] : plan_over(p, op, list);
}

struct xap_node *plan_pair(struct planner *p, enum xap_op op,
			   struct xap_node *a, struct xap_node *b)
{
	struct nodes list = plan_nodes(p, 2);

	plan_push(&list, a);
	plan_push(&list, b);
	return p->st == TRAWL_OK ? plan_over(p, op, &list) : NULL;
}

struct xap_node *plan_within(struct planner *p, enum xap_op op,
			     const struct nodes *list, uint32_t window)
{
	struct xap_node *n;

	if (p->st != TRAWL_OK || list->n < 2)
		return list->n ? list->at[0] : NULL;
	n = plan_over(p, op, list);
	if (n)
		n->window = window > list->n ? window : (uint32_t)list->n;
	return n;
}

struct xap_node *plan_scaled(struct planner *p, struct xap_node *kid,
			     double factor)
{
	struct nodes list;
	struct xap_node *n;

	if (!kid || factor == 1)
		return kid;
	list = plan_nodes(p, 1);
	plan_push(&list, kid);
	n = plan_over(p, XAP_SCALE, &list);
	if (n)
		n->factor = factor;
	return n;
}

struct xap_node *plan_term(struct planner *p, bool z, const char *prefix,
			   const char *text, size_t len)
{
	struct xap_node *n = plan_node(p, XAP_TERM);

	buf_reset(&p->scratch);
	if (z)
		buf_addc(&p->scratch, 'Z');
	add_long_term(&p->scratch, prefix, text, len);
	if (p->scratch.failed && p->st == TRAWL_OK)
		p->st = fail_nomem(p->err);
	if (n) {
		n->term.data = plan_copy(p, p->scratch.data, p->scratch.len);
		n->term.len = p->scratch.len;
	}
	return p->st == TRAWL_OK ? n : NULL;
}
