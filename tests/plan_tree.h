/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_tree.h - a tree as text, for tests of plans */
#ifndef TESTS_PLAN_TREE_H
#define TESTS_PLAN_TREE_H

#include "buf.h"
#include "xap.h"

static inline void print_bytes(struct buf *out, struct xap_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.data[i] == (char)0x80 || b.data[i] < 0x20)
			buf_addf(out, "%s%02x", i ? "" : "#",
				 (unsigned char)b.data[i]);
		else
			buf_addc(out, b.data[i]);
}

static inline void print_tree(struct buf *out, const struct xap_node *n)
{
	static const char *const names[] = {
		"TERM",	     "AND", "OR",     "AND_NOT", "FILTER",
		"AND_MAYBE", "SYN", "PHRASE", "NEAR",	 "SCALE",
		"RANGE",     "ALL", "NONE",
	};

	if (n->op == XAP_TERM) {
		buf_add(out, n->term.data, n->term.len);
		return;
	}
	buf_addf(out, "(%s", names[n->op]);
	if (n->op == XAP_PHRASE || n->op == XAP_NEAR)
		buf_addf(out, "/%u", n->window);
	if (n->op == XAP_SCALE)
		buf_addf(out, " %g", n->factor);
	if (n->op == XAP_RANGE) {
		buf_addf(out, " %u ", n->slot);
		print_bytes(out, n->low);
		buf_adds(out, "..");
		print_bytes(out, n->high);
	}
	for (size_t i = 0; i < n->nkids; i++) {
		buf_addc(out, ' ');
		print_tree(out, n->kids[i]);
	}
	buf_addc(out, ')');
}

#endif
