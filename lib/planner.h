/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * planner.h - what the parts of plan_*.c share while a plan is made
 *
 * The first failure sticks in planner.st and makes every function return NULL,
 * as it does for a node whose text holds no word: such a node vanishes, and
 * what it stood in is built without it.
 */
#ifndef LIB_PLANNER_H
#define LIB_PLANNER_H

#include "buf.h"
#include "plan.h"

enum {
	/* Of one text.  Single CJK characters come beside their pairs. */
	PLAN_TOKENS_MAX = 2 * TRAWL_WORDS_MAX + 2
};

/* Where a node stands in the query. */
struct place {
	const struct schema_field *field;
	double weight;
	bool negative; /* below a NOT */
	bool strict;   /* a word of several tokens is a phrase */
	bool demanded; /* the node itself must or must not match */
	bool excluded; /* the node itself comes after NOT */
};

struct nodes {
	struct xap_node **at;
	size_t n;
};

struct planner {
	const struct plan_context *ctx;
	struct plan *out;
	struct trawl_error *err;
	enum trawl_status st;
	struct buf ignored, expanded, scratch;
	struct token token[PLAN_TOKENS_MAX]; /* of the text being planned */
	size_t ntokens;
	unsigned patterns;
	uint32_t groups;
	bool drop_stopwords;	/* the query has other words */
	uint32_t position;	/* of words, in the query as a whole */
	struct nodes stopwords; /* that weigh and do not select */
	size_t uncounted;	/* words that no limit counts */
};

/* plan_node.c: trees, in the arena */

/* Zeroed. */
void *plan_alloc(struct planner *p, size_t count, size_t size);
/* With a NUL after it. */
char *plan_copy(struct planner *p, const char *s, size_t len);
struct xap_node *plan_node(struct planner *p, enum xap_op op);
/* A list with room for max; plan_push() leaves out what has vanished. */
struct nodes plan_nodes(struct planner *p, size_t max);
void plan_push(struct nodes *list, struct xap_node *n);
struct xap_node *plan_over(struct planner *p, enum xap_op op,
			   const struct nodes *list);
struct xap_node *plan_pair(struct planner *p, enum xap_op op,
			   struct xap_node *a, struct xap_node *b);
/* AND, OR: of one kid, that kid; of none, nothing. */
struct xap_node *plan_join(struct planner *p, enum xap_op op,
			   const struct nodes *list);
/* PHRASE, NEAR: likewise; the window has room for every kid. */
struct xap_node *plan_within(struct planner *p, enum xap_op op,
			     const struct nodes *list, uint32_t window);
struct xap_node *plan_scaled(struct planner *p, struct xap_node *kid,
			     double factor);
/* z: the stem's term. */
struct xap_node *plan_term(struct planner *p, bool z, const char *prefix,
			   const char *text, size_t len);

/* plan_leaf.c */

/* Fill p->token from q's text; how many there are. */
size_t plan_analyse(struct planner *p, const struct query_node *q);
/* One of them as a bare TERM, and as a plan_word with its weight on. */
struct xap_node *plan_token(struct planner *p, const struct query_node *q,
			    const struct place *at, const struct token *t,
			    bool stemmed, uint32_t group);
struct xap_node *plan_leaf(struct planner *p, const struct query_node *q,
			   const struct place *at);
/* Has it positions, for a NEAR? */
bool plan_is_word(const struct query_node *q, const struct place *at);

const char *plan_prefix(const struct place *at);
/* expanded=, with what was asked for and a colon at its end. */
struct buf *plan_report(struct planner *p, const char *asked);

/* plan_variants.c */

/* A token by its stem, with all that is searched as one with it, with its
 * weight on; and as a plan_word. */
struct xap_node *plan_stem(struct planner *p, const struct query_node *q,
			   const struct place *at, const struct token *t);

/* plan_weights.c */

/* n, with a weight on it that plan_weigh() finds: the word added last, of t
 * (NULL: of a pattern). */
struct xap_node *plan_weighed(struct planner *p, const struct place *at,
			      const struct token *t, struct xap_node *n);
/* What comes next in the query does not stand beside what came before. */
void plan_pass_by(struct planner *p);
/* A stopword that is left out, to be put back by the second: it then weighs
 * and does not select. */
void plan_stopword(struct planner *p, const struct query_node *q,
		   const struct place *at, const struct token *t);
struct xap_node *plan_with_stopwords(struct planner *p, struct xap_node *root);
/* When all words are there. */
void plan_weigh(struct planner *p);

/* plan_web.c */

/* q up to where an address begins in it. */
struct query_node plan_without_address(const struct query_node *q);
/* The words that a tag is made of; NULL when t is none. */
struct xap_node *plan_tag(struct planner *p, const struct query_node *q,
			  const struct place *at, const struct token *t,
			  bool all);

/* plan_range.c */

struct xap_node *plan_range(struct planner *p, const struct query_node *q,
			    const struct place *at);

#endif
