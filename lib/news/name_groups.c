/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_groups.h"

#include "name_edit.h"
#include "name_judge.h"
#include "name_refuse.h"

#include <stdlib.h>
#include <string.h>

enum {
	AKIN_BY_A_THIRD = 34, /* cost of two that were never compared */
	NO_PAIR = 0xFFFFFFFF
};

/* What became of pairs->pair[] with the same number. */
struct verdict {
	float confidence; /* 0: nothing says that it is one name */
	float share, context;
	uint32_t neighbour; /* kin */
	bool apart;
};

/* A pair that is one name; in the order in which they are taken. */
struct link {
	uint32_t pair, rarer;
	float confidence;
	bool far; /* not the same by the rules */
};

struct grouping {
	const struct name_pairs *pairs;
	const struct name_company *company;
	struct verdict *verdict;
	struct link *link;
	size_t nlinks;
	/* Of each member: the number of its group, which is that of one of it;
	 * and the next of the group, in a ring. */
	uint32_t *group, *next;
	/* Of each group: its surest pair, and its least confidence. */
	uint32_t *surest;
	float *least;
};

static bool grouping_init(struct grouping *g)
{
	const size_t members = g->pairs->nmembers + 1;
	const size_t n = g->pairs->npairs + 1;

	g->verdict = calloc(n, sizeof(*g->verdict));
	g->link = calloc(n, sizeof(*g->link));
	g->group = calloc(members, sizeof(*g->group));
	g->next = calloc(members, sizeof(*g->next));
	g->surest = calloc(members, sizeof(*g->surest));
	g->least = calloc(members, sizeof(*g->least));
	return g->verdict && g->link && g->group && g->next && g->surest &&
	       g->least;
}

static void grouping_release(struct grouping *g)
{
	free(g->verdict);
	free(g->link);
	free(g->group);
	free(g->next);
	free(g->surest);
	free(g->least);
}

/* What is the same by the rules first; then the frequent, and the rare join
 * them.  Members are numbered by frequency. */
static int by_rarer(const void *pa, const void *pb)
{
	const struct link *a = pa, *b = pb;

	if (a->far != b->far)
		return a->far ? 1 : -1;
	if (a->rarer != b->rarer)
		return a->rarer < b->rarer ? -1 : 1;
	if (a->confidence != b->confidence)
		return a->confidence < b->confidence ? 1 : -1;
	return (a->pair > b->pair) - (a->pair < b->pair);
}

static void judge(struct grouping *g, uint32_t i)
{
	const struct name_pair *p = &g->pairs->pair[i];
	struct verdict *v = &g->verdict[i];
	struct name_ties ties;
	double sure;

	name_company_ties(g->company, p, &ties);
	sure = name_judge(g->pairs, p, &ties);
	*v = (struct verdict){
		.confidence = (float)sure,
		.share = (float)ties.share,
		.context = (float)ties.context_cosine,
		.neighbour = ties.best,
		.apart = name_judge_apart(p, &ties, sure),
	};
	if (v->confidence > 0)
		g->link[g->nlinks++] = (struct link){
			.pair = i,
			.rarer = p->b,
			.confidence = v->confidence,
			.far = p->cost > 0,
		};
}

static void judge_all(struct grouping *g)
{
	for (size_t i = 0; i < g->pairs->npairs; i++)
		judge(g, (uint32_t)i);
	if (g->nlinks)
		qsort(g->link, g->nlinks, sizeof(*g->link), by_rarer);
}

/* ------------------------------------------------------------- linkage -- */

static int by_members(const void *pa, const void *pb)
{
	const struct name_pair *a = pa, *b = pb;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return (a->b > b->b) - (a->b < b->b);
}

static const struct verdict *find_verdict(const struct grouping *g, uint32_t a,
					  uint32_t b)
{
	const struct name_pair key = { .a = a < b ? a : b, .b = a < b ? b : a };
	const struct name_pair *p = bsearch(
		&key, g->pairs->pair, g->pairs->npairs, sizeof(*p), by_members);

	return p ? &g->verdict[p - g->pairs->pair] : NULL;
}

/* Two that were never compared may still be akin, by way of a third. */
static bool is_akin(const struct grouping *g, uint32_t a, uint32_t b)
{
	const struct name_key *ka = &g->pairs->member[a].key;
	const struct name_key *kb = &g->pairs->member[b].key;

	struct name_letters la, lb;

	name_letters(&la, ka);
	name_letters(&lb, kb);
	return !name_refuse(ka, kb) &&
	       name_cost(&la, &lb, AKIN_BY_A_THIRD) != NAME_COST_MAX;
}

static bool may_join(const struct grouping *g, uint32_t a, uint32_t b)
{
	uint32_t i = a, j = b;
	size_t one = 0, all = 0;

	do {
		do {
			const struct verdict *v = find_verdict(g, i, j);

			if (v ? v->apart : !is_akin(g, i, j))
				return false;
			one += v && v->confidence > 0;
			all++;
			j = g->next[j];
		} while (j != b);
		i = g->next[i];
	} while (i != a);
	return 2 * one >= all;
}

static void join(struct grouping *g, uint32_t a, uint32_t b)
{
	const uint32_t next = g->next[a], first = g->group[a];

	for (uint32_t i = b; g->group[i] != first; i = g->next[i])
		g->group[i] = first;
	g->next[a] = g->next[b];
	g->next[b] = next;
}

static void join_all(struct grouping *g)
{
	for (uint32_t i = 0; i < g->pairs->nmembers; i++)
		g->group[i] = g->next[i] = i;
	for (size_t i = 0; i < g->nlinks; i++) {
		const struct name_pair *p = &g->pairs->pair[g->link[i].pair];

		if (g->group[p->a] != g->group[p->b] && may_join(g, p->a, p->b))
			join(g, p->a, p->b);
	}
}

/* -------------------------------------------------------------- output -- */

static int most_documents(const void *pa, const void *pb)
{
	const struct name_spelling *a = pa, *b = pb;

	if (a->documents != b->documents)
		return a->documents < b->documents ? 1 : -1;
	return strcmp(a->word, b->word);
}

static int first_spelling(const void *pa, const void *pb)
{
	const struct name_group *a = pa, *b = pb;

	return strcmp(a->spelling->word, b->spelling->word);
}

static void summarize(struct grouping *g)
{
	for (size_t i = 0; i < g->pairs->nmembers; i++)
		g->surest[i] = NO_PAIR;
	for (size_t i = 0; i < g->nlinks; i++) {
		const struct link *l = &g->link[i];
		const struct name_pair *p = &g->pairs->pair[l->pair];
		const uint32_t group = g->group[p->a];
		uint32_t *surest = &g->surest[group];

		if (g->group[p->b] != group)
			continue;
		if (*surest == NO_PAIR || l->confidence < g->least[group])
			g->least[group] = l->confidence;
		if (*surest == NO_PAIR ||
		    l->confidence > g->verdict[*surest].confidence)
			*surest = l->pair;
	}
}

static const char *reason(const struct grouping *g, uint32_t pair,
			  struct arena *arena)
{
	const struct verdict *v = &g->verdict[pair];
	const char *neighbour = name_company_kin(g->company, v->neighbour);
	const double apart = (double)g->pairs->pair[pair].cost / NAME_COST_UNIT;

	if (v->share > 0 && neighbour)
		return arena_printf(arena,
				    "neighbour %s %.2f, context %.2f, %.2f "
				    "letters apart",
				    neighbour, (double)v->share,
				    (double)v->context, apart);
	return arena_printf(arena, "context %.2f, %.2f letters apart",
			    (double)v->context, apart);
}

static struct name_spelling *spellings(const struct grouping *g, uint32_t first,
				       struct arena *arena, size_t *n)
{
	struct name_spelling *s;
	uint32_t i = first;

	for (*n = 0; !*n || i != first; i = g->next[i])
		++*n;
	s = arena_zalloc(arena, *n, sizeof(*s));
	for (size_t k = 0; s && k < *n; k++, i = g->next[i])
		s[k] = (struct name_spelling){
			.word = arena_strdup(arena, g->pairs->member[i].word),
			.documents = name_company_documents(g->company, i),
		};
	if (arena->failed)
		return NULL;
	qsort(s, *n, sizeof(*s), most_documents);
	return s;
}

static bool put_groups(const struct grouping *g, struct name_groups *out)
{
	out->group = arena_zalloc(&out->arena, g->pairs->nmembers + 1,
				  sizeof(*out->group));
	if (!out->group)
		return false;
	for (uint32_t i = 0; i < g->pairs->nmembers; i++) {
		struct name_group *group = &out->group[out->n];

		if (g->group[i] != i || g->next[i] == i)
			continue;
		group->spelling = spellings(g, i, &out->arena, &group->n);
		group->confidence = (double)g->least[i];
		group->reason = reason(g, g->surest[i], &out->arena);
		if (!group->spelling || !group->reason)
			return false;
		out->n++;
	}
	if (out->n)
		qsort(out->group, out->n, sizeof(*out->group), first_spelling);
	return true;
}

bool name_groups_make(struct name_groups *g, const struct name_pairs *pairs,
		      const struct name_company *company)
{
	struct grouping t = { .pairs = pairs, .company = company };
	bool ok;

	name_groups_release(g);
	arena_init(&g->arena, SIZE_MAX);
	ok = grouping_init(&t);
	if (ok) {
		judge_all(&t);
		join_all(&t);
		summarize(&t);
		ok = put_groups(&t, g);
	}
	grouping_release(&t);
	return ok;
}

void name_groups_release(struct name_groups *g)
{
	arena_release(&g->arena);
	*g = (struct name_groups){ 0 };
}
