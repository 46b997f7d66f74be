/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_groups.h"

#include "name_edit.h"
#include "name_judge.h"
#include "name_refuse.h"

#include <stdlib.h>
#include <string.h>

enum {
	AKIN_BY_A_THIRD = 34, /* cost of two that were never compared */
	AKIN_A_LETTER = 4,    /* of long ones more, for each of the shorter */
	/* Of the pairs of classes across, so many must be one; less when one
	 * side is one class, and the pair that links them is sure. */
	ONE_IN = 2,
	LONE_ONE_IN = 4,
	LONG_NAME = 8,
	CLASS_COST = 16,
	USES_ONE_IN = 8,
	NO_PAIR = 0xFFFFFFFF
};

#define LINK_SURE 0.7F

/* What became of pairs->pair[] with the same number. */
struct verdict {
	float confidence; /* 0: nothing says that it is one name */
	float share, context;
	uint32_t neighbour; /* kin */
	bool apart;
	bool together; /* they stand together: they are two */
};

/* A pair that is one name; in the order in which they are taken. */
struct link {
	uint32_t pair, rarer;
	float confidence;
	bool far; /* not the same by the rules */
};

/* What is known of two classes, which are names that are the same by the rules
 * and were found to be one. */
struct cross {
	uint32_t a, b;		/* a < b */
	uint32_t pairs, sure;	/* how many were compared, and are one */
	double uses, sure_uses; /* the products of their uses, summed */
	bool apart, together;	/* any two of them */
	uint8_t cost;
};

struct grouping {
	const struct name_pairs *pairs;
	const struct name_company *company;
	struct verdict *verdict;
	struct link *link;
	size_t nlinks;
	struct cross *cross; /* by a, then b */
	size_t ncrosses;
	uint32_t *class; /* of each member: one of it, which is its own */
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
	g->cross = calloc(n, sizeof(*g->cross));
	g->class = calloc(members, sizeof(*g->class));
	g->group = calloc(members, sizeof(*g->group));
	g->next = calloc(members, sizeof(*g->next));
	g->surest = calloc(members, sizeof(*g->surest));
	g->least = calloc(members, sizeof(*g->least));
	return g->verdict && g->link && g->cross && g->class && g->group &&
	       g->next && g->surest && g->least;
}

static void grouping_release(struct grouping *g)
{
	free(g->verdict);
	free(g->link);
	free(g->cross);
	free(g->class);
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
		.together = name_judge_apart(p, &ties, 1),
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

static int by_classes(const void *pa, const void *pb)
{
	const struct cross *a = pa, *b = pb;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return (a->b > b->b) - (a->b < b->b);
}

static void merge_crosses(struct grouping *g)
{
	size_t n = 0;

	qsort(g->cross, g->ncrosses, sizeof(*g->cross), by_classes);
	for (size_t i = 0; i < g->ncrosses; i++) {
		const struct cross *from = &g->cross[i];
		struct cross *to = n ? &g->cross[n - 1] : NULL;

		if (!to || by_classes(to, from) != 0) {
			g->cross[n++] = *from;
			continue;
		}
		to->pairs += from->pairs;
		to->sure += from->sure;
		to->uses += from->uses;
		to->sure_uses += from->sure_uses;
		to->apart |= from->apart;
		to->together |= from->together;
	}
	g->ncrosses = n;
}

static struct cross make_cross(const struct grouping *g, size_t i)
{
	const struct name_pair *p = &g->pairs->pair[i];
	const struct verdict *v = &g->verdict[i];
	const uint32_t a = g->class[p->a], b = g->class[p->b];
	const bool sure = v->confidence > 0;
	const double uses = (double)g->pairs->member[p->a].capital *
			    g->pairs->member[p->b].capital;

	return (struct cross){
		.a = a < b ? a : b,
		.b = a < b ? b : a,
		.pairs = 1,
		.sure = sure,
		.uses = uses,
		.sure_uses = sure ? uses : 0,
		.apart = v->apart,
		.together = v->together,
		.cost = p->cost,
	};
}

/* The groups that there are become the classes. */
static void make_classes(struct grouping *g)
{
	memcpy(g->class, g->group, g->pairs->nmembers * sizeof(*g->class));
	g->ncrosses = 0;
	for (size_t i = 0; i < g->pairs->npairs; i++) {
		const struct cross c = make_cross(g, i);

		if (c.a != c.b)
			g->cross[g->ncrosses++] = c;
	}
	if (g->ncrosses)
		merge_crosses(g);
}

static const struct cross *find_cross(const struct grouping *g, uint32_t a,
				      uint32_t b)
{
	const struct cross key = { .a = a < b ? a : b, .b = a < b ? b : a };

	return bsearch(&key, g->cross, g->ncrosses, sizeof(key), by_classes);
}

/* Two that were never compared may still be akin, by way of a third. */
static bool is_akin(const struct grouping *g, uint32_t a, uint32_t b)
{
	const struct name_key *ka = &g->pairs->member[a].key;
	const struct name_key *kb = &g->pairs->member[b].key;
	const unsigned shorter = ka->nfold < kb->nfold ? ka->nfold : kb->nfold;
	unsigned limit = shorter * AKIN_A_LETTER;
	struct name_letters la, lb;

	if (limit < AKIN_BY_A_THIRD)
		limit = AKIN_BY_A_THIRD;

	name_letters(&la, ka);
	name_letters(&lb, kb);
	return !name_refuse(ka, kb) &&
	       name_cost(&la, &lb, limit) != NAME_COST_MAX;
}

static bool is_class(const struct grouping *g, uint32_t member)
{
	return g->class[member] == member;
}

/* Of short names one pair of several may be one by chance: when they are not
 * akin most must be, else those that are used most. */
static bool is_sure(const struct grouping *g, const struct cross *c)
{
	const unsigned a = g->pairs->member[c->a].key.nfold;
	const unsigned b = g->pairs->member[c->b].key.nfold;
	const unsigned shorter = a < b ? a : b;

	if (shorter >= LONG_NAME)
		return c->sure > 0;
	if (c->cost > CLASS_COST)
		return 2 * c->sure > c->pairs;
	return c->sure && c->sure_uses * USES_ONE_IN >= c->uses;
}

/* Two classes; sure: are they one? */
static bool may_stand(const struct grouping *g, uint32_t a, uint32_t b,
		      bool *sure)
{
	const struct cross *c = find_cross(g, a, b);

	*sure = c && is_sure(g, c);
	if (!c)
		return is_akin(g, a, b);
	return !c->together && (*sure || !c->apart);
}

/* Is a group one class? */
static bool is_lone(const struct grouping *g, uint32_t member)
{
	uint32_t i = member;

	do {
		if (g->class[i] != g->class[member])
			return false;
		i = g->next[i];
	} while (i != member);
	return true;
}

static bool may_join(const struct grouping *g, const struct link *l)
{
	const struct name_pair *p = &g->pairs->pair[l->pair];
	const uint32_t a = p->a, b = p->b;
	const bool lone = is_lone(g, a) || is_lone(g, b);
	uint32_t i = a, j = b;
	size_t one = 0, all = 0;
	bool sure;

	do {
		do {
			if (is_class(g, i) && is_class(g, j)) {
				if (!may_stand(g, i, j, &sure))
					return false;
				one += sure;
				all++;
			}
			j = g->next[j];
		} while (j != b);
		i = g->next[i];
	} while (i != a);
	return (lone && l->confidence >= LINK_SURE ? LONE_ONE_IN : ONE_IN) *
		       one >=
	       all;
}

static void join(struct grouping *g, uint32_t a, uint32_t b)
{
	const uint32_t next = g->next[a], first = g->group[a];

	for (uint32_t i = b; g->group[i] != first; i = g->next[i])
		g->group[i] = first;
	g->next[a] = g->next[b];
	g->next[b] = next;
}

static void join_links(struct grouping *g, bool far)
{
	for (size_t i = 0; i < g->nlinks; i++) {
		const struct name_pair *p = &g->pairs->pair[g->link[i].pair];

		if (g->link[i].far == far && g->group[p->a] != g->group[p->b] &&
		    may_join(g, &g->link[i]))
			join(g, p->a, p->b);
	}
}

static void join_all(struct grouping *g)
{
	for (uint32_t i = 0; i < g->pairs->nmembers; i++)
		g->group[i] = g->next[i] = i;
	make_classes(g);
	join_links(g, false);
	make_classes(g);
	join_links(g, true);
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
