/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_company.h"

#include "name_lists.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	CONTEXT_LETTERS = 4,
	CONTEXT_A_USE = 14, /* words that are left of a window, about */
	USES_SLOTS = 1 << 12,
	AHEAD = 8, /* words: twice as far ahead of each name its slot is fetched */
	PARTICLES_SKIPPED = 2,
	NEIGHBOURS_MAX = 2 * NAME_RUN, /* of one use */
	RATE_ALWAYS = 0xFFFFFFFF,
	SAMPLED_WORDS = 64 /* of a document, to tell it from others */
};

/* One thing that stood with a member.  Once they are sorted, each is there
 * once, and in place of the member is how often, and what it weighs. */
struct event {
	uint32_t what;
	union {
		uint32_t member;
		struct {
			uint32_t count : 12, weight : 20;
		};
	};
};

enum {
	COUNT_MAX = (1 << 12) - 1,
	WEIGHT_MAX = (1 << 20) - 1,
	WEIGHT_UNIT = 1 << 12,
	SORT_BITS = 10,
	SORT_FEW = 24,
	LOGARITHMS = 1024
};

struct events {
	struct event *at;
	size_t n, alloc, max;
	uint32_t *begin; /* of each member's; one more at the end */
	uint32_t *end;	 /* of each member's */
};

/* Names of one kin.  word: the most frequent one's, most: its uses. */
struct kin {
	uint32_t kin, count, most;
	const char *word;
};

struct origins {
	uint32_t all, english, transliterated;
};

struct name_company {
	const struct name_count *count;
	const struct name_pairs *pairs;
	uint32_t *rate; /* of each member: documents looked at, of 2^32 */
	uint32_t *uses; /* that were looked at */
	struct origins *origin;	    /* of each member's neighbours */
	uint32_t *documents, *last; /* last: the number of a meeting */
	uint32_t meetings;
	struct kin *kin; /* sorted */
	size_t nkin;
	struct events with, among; /* neighbours, context */
	double *norm;		   /* of each member's context */
};

/* ------------------------------------------------------------ to begin -- */

static int by_kin(const void *pa, const void *pb)
{
	const struct kin *a = pa, *b = pb;

	return (a->kin > b->kin) - (a->kin < b->kin);
}

static void add_kin(struct kin *to, const struct kin *k)
{
	to->count += k->count;
	if (k->most > to->most ||
	    (k->most == to->most && strcmp(k->word, to->word) < 0)) {
		to->most = k->most;
		to->word = k->word;
	}
}

static bool make_kin(struct name_company *c)
{
	size_t n = 0;

	c->kin = calloc(c->pairs->nwords + 1, sizeof(*c->kin));
	if (!c->kin)
		return false;
	for (size_t i = 0; i < c->pairs->nwords; i++) {
		c->kin[i].kin = c->pairs->word[i].kin;
		c->kin[i].count = c->pairs->word[i].capital;
		c->kin[i].most = c->kin[i].count;
		c->kin[i].word = c->pairs->word[i].word;
	}
	c->nkin = c->pairs->nwords;
	qsort(c->kin, c->nkin, sizeof(*c->kin), by_kin);
	for (size_t i = 0; i < c->nkin; i++)
		if (n && c->kin[n - 1].kin == c->kin[i].kin)
			add_kin(&c->kin[n - 1], &c->kin[i]);
		else
			c->kin[n++] = c->kin[i];
	c->nkin = n;
	return true;
}

static const struct kin *find_kin(const struct name_company *c, uint32_t kin)
{
	const struct kin key = { .kin = kin };

	return bsearch(&key, c->kin, c->nkin, sizeof(*c->kin), by_kin);
}

static uint32_t kin_count(const struct name_company *c, uint32_t kin)
{
	const struct kin *k = find_kin(c, kin);

	return k ? k->count : 1;
}

const char *name_company_kin(const struct name_company *c, uint32_t kin)
{
	const struct kin *k = find_kin(c, kin);

	return k ? k->word : NULL;
}

static uint64_t uses_up_to(const struct name_pairs *p, uint32_t most)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < p->nmembers; i++)
		sum += p->member[i].capital < most ? p->member[i].capital
						   : most;
	return sum;
}

/* So many uses of each are looked at that what they stand among finds room. */
static void choose_rates(struct name_company *c)
{
	const struct name_pairs *p = c->pairs;
	const uint64_t fits = c->among.max / CONTEXT_A_USE * 2 / 3;
	uint32_t most = NAME_COUNT_MAX;

	while (most > 1 && uses_up_to(p, most) > fits)
		most -= most / 8 + 1;
	for (size_t i = 0; i < p->nmembers; i++) {
		const uint32_t capital = p->member[i].capital;

		c->rate[i] = capital <= most
				     ? RATE_ALWAYS
				     : (uint32_t)((uint64_t)RATE_ALWAYS * most /
						  capital);
	}
}

struct name_company *name_company_new(const struct name_count *count,
				      const struct name_pairs *pairs,
				      size_t memory)
{
	struct name_company *c = calloc(1, sizeof(*c));
	const size_t n = pairs->nmembers + 1;

	if (!c)
		return NULL;
	c->count = count;
	c->pairs = pairs;
	c->with.max = memory / 6 / sizeof(struct event);
	c->among.max = memory / 3 * 2 / sizeof(struct event);
	c->rate = calloc(n, sizeof(*c->rate));
	c->uses = calloc(n, sizeof(*c->uses));
	c->origin = calloc(n, sizeof(*c->origin));
	c->documents = calloc(n, sizeof(*c->documents));
	c->last = calloc(n, sizeof(*c->last));
	if (!c->rate || !c->uses || !c->origin || !c->documents || !c->last ||
	    !make_kin(c)) {
		name_company_free(c);
		return NULL;
	}
	choose_rates(c);
	return c;
}

void name_company_free(struct name_company *c)
{
	if (!c)
		return;
	free(c->rate);
	free(c->uses);
	free(c->origin);
	free(c->documents);
	free(c->last);
	free(c->kin);
	free(c->with.at);
	free(c->with.begin);
	free(c->with.end);
	free(c->among.at);
	free(c->among.begin);
	free(c->among.end);
	free(c->norm);
	free(c);
}

/* --------------------------------------------------------------- notes -- */

struct noting {
	const struct name_company *c;
	const struct news_words *w;
	const char *text;
	uint32_t document; /* what it is chosen by */
	const uint8_t *frequent;
	uint8_t seen[USES_SLOTS];
};

struct note {
	uint32_t member, uses, nwith, namong;
	uint32_t what[NEIGHBOURS_MAX + 2 * NAME_WINDOW];
};

static uint32_t document_key(const struct news_words *w)
{
	uint64_t key = w->n;

	for (size_t i = 0; i < w->n && i < SAMPLED_WORDS; i++)
		key = (key ^ w->at[i].hash) * 0x9E3779B97F4A7C15;
	return (uint32_t)(key >> 32);
}

static bool is_looked_at(const struct noting *t, uint32_t member)
{
	const uint32_t draw = (t->document ^ member * 2654435769) * 0x85EBCA6B;

	return (draw ^ draw >> 15) <= t->c->rate[member];
}

static bool is_particle(const struct noting *t, const struct news_word *w,
			bool *arabic)
{
	char s[8];

	if (w->len > 5)
		return false;
	for (size_t i = 0; i < w->len; i++)
		s[i] = (char)(t->text[w->begin + i] | 0x20);
	s[w->len] = '\0';
	if (!name_is_particle(s))
		return false;
	*arabic = name_is_arabic_particle(s);
	return true;
}

/* Nothing but a space or a hyphen between two words? */
static bool touches(const struct noting *t, const struct news_word *a,
		    const struct news_word *b)
{
	const size_t end = (size_t)a->begin + a->len;
	const char c = t->text[end];

	if (a->flags & NEWS_POSSESSIVE || b->flags & NEWS_GAP)
		return false;
	return b->begin == end + 1 && (c == ' ' || c == '-');
}

static uint32_t flag_of(enum name_origin origin)
{
	return origin == ORIGIN_ENGLISH		 ? NEIGHBOUR_ENGLISH
	       : origin == ORIGIN_TRANSLITERATED ? NEIGHBOUR_TRANSLITERATED
						 : 0;
}

/* The names in a run with word i, in steps of 1 or -1. */
static void neighbours(const struct noting *t, size_t i, int step,
		       struct note *n)
{
	const struct news_word *at = t->w->at;
	const struct name_word *name;
	bool arabic;

	for (int steps = 0; steps < NAME_RUN + PARTICLES_SKIPPED; steps++) {
		const size_t next = i + (size_t)step;

		if (next >= t->w->n || !touches(t, &at[step > 0 ? i : next],
						&at[step > 0 ? next : i]))
			return;
		i = next;
		if (is_particle(t, &at[i], &arabic)) {
			if (arabic && n->nwith < NEIGHBOURS_MAX)
				n->what[n->nwith++] = NEIGHBOUR_TRANSLITERATED;
			continue;
		}
		if ((at[i].flags & (NEWS_CAPITAL | NEWS_UPPER)) != NEWS_CAPITAL)
			return;
		name = name_pairs_find(t->c->pairs, at[i].hash);
		if (!name || n->nwith == NEIGHBOURS_MAX)
			return;
		n->what[n->nwith++] = name->kin << NEIGHBOUR_KIN |
				      flag_of(name->origin) |
				      (step > 0 ? NEIGHBOUR_BEHIND : 0);
	}
}

static void add_context(const struct noting *t, size_t begin, size_t end,
			uint64_t of, struct note *n)
{
	uint32_t *to = n->what + n->nwith + n->namong;

	for (const struct news_word *w = &t->w->at[begin]; begin < end;
	     begin++, w++) {
		if (w->len < CONTEXT_LETTERS || w->flags & NEWS_NUMBER ||
		    name_is_frequent(t->frequent, w->hash) || w->hash == of)
			continue;
		*to++ = (uint32_t)w->hash;
	}
	n->namong = (uint32_t)(to - n->what) - n->nwith;
}

static void look_around(const struct noting *t, size_t i, struct note *n)
{
	const size_t begin = i > NAME_WINDOW ? i - NAME_WINDOW : 0;
	const size_t end =
		t->w->n - i > NAME_WINDOW ? i + NAME_WINDOW + 1 : t->w->n;

	neighbours(t, i, -1, n);
	neighbours(t, i, 1, n);
	add_context(t, begin, end, t->w->at[i].hash, n);
}

static void note_use(struct noting *t, size_t i, uint32_t member,
		     struct buf *out)
{
	struct note n = { .member = member };
	uint8_t *seen = &t->seen[member % USES_SLOTS];

	if (*seen == NAME_USES_A_DOCUMENT)
		return;
	++*seen;
	if (is_looked_at(t, member)) {
		n.uses = 1;
		look_around(t, i, &n);
	} else if (*seen > 1) {
		return;
	}
	buf_add(out, &n, (4 + n.nwith + n.namong) * sizeof(uint32_t));
}

static bool is_capital(const struct news_word *w)
{
	return (w->flags & (NEWS_CAPITAL | NEWS_UPPER)) == NEWS_CAPITAL;
}

/* What is looked up of words that come soon: nearly all of it waits for memory. */
static void fetch(const struct name_pairs *p, const struct news_word *at,
		  size_t left)
{
	if (left > 2 * AHEAD && is_capital(at + 2 * AHEAD))
		name_pairs_fetch_slot(p, at[2 * AHEAD].hash);
	if (left > AHEAD && is_capital(at + AHEAD))
		name_pairs_fetch(p, at[AHEAD].hash);
}

bool name_company_note(const struct name_company *c, const struct news_words *w,
		       const char *text, struct buf *out)
{
	struct noting t = { .c = c, .w = w, .text = text };

	t.document = document_key(w);
	t.frequent = name_count_frequent(c->count);
	for (const struct news_word *at = w->at, *end = at + w->n; at < end;
	     at++) {
		const struct name_word *name;

		fetch(c->pairs, at, (size_t)(end - at));
		if (!is_capital(at))
			continue;
		name = name_pairs_find(c->pairs, at->hash);
		if (name && name->member != NO_MEMBER)
			note_use(&t, (size_t)(at - w->at), name->member, out);
	}
	return !out->failed;
}

/* ------------------------------------------------------------- meeting -- */

static bool add_events(struct events *e, uint32_t member, const uint32_t *what,
		       size_t n)
{
	if (e->n + n > e->alloc && e->alloc < e->max) {
		size_t more = e->alloc ? 2 * e->alloc : 4096;
		struct event *at;

		if (more > e->max)
			more = e->max;
		at = realloc(e->at, more * sizeof(*at));
		if (!at)
			return false;
		e->at = at;
		e->alloc = more;
	}
	for (size_t i = 0; i < n && e->n < e->alloc; i++)
		e->at[e->n++] =
			(struct event){ .what = what[i], .member = member };
	return true;
}

/* Count where they are from, and forget it: kin is kin.  Particles have none,
 * and go; how many neighbours are left. */
static size_t meet_neighbours(struct origins *o, struct note *n)
{
	const uint32_t flags = NEIGHBOUR_ENGLISH | NEIGHBOUR_TRANSLITERATED;
	size_t left = 0;

	o->all += n->nwith;
	for (uint32_t i = 0; i < n->nwith; i++) {
		const uint32_t what = n->what[i];

		o->english += (what & NEIGHBOUR_ENGLISH) != 0;
		o->transliterated += (what & NEIGHBOUR_TRANSLITERATED) != 0;
		if (what >> NEIGHBOUR_KIN)
			n->what[left++] = what & ~flags;
	}
	return left;
}

static bool meet_one(struct name_company *c, struct note *n)
{
	const uint32_t m = n->member;
	size_t nwith;

	if (c->last[m] != c->meetings) {
		c->last[m] = c->meetings;
		c->documents[m]++;
	}
	c->uses[m] += n->uses;
	nwith = meet_neighbours(&c->origin[m], n);
	return add_events(&c->with, m, n->what, nwith) &&
	       add_events(&c->among, m, n->what + n->nwith, n->namong);
}

bool name_company_meet(struct name_company *c, const char *notes, size_t len)
{
	const size_t head = 4 * sizeof(uint32_t);
	struct note n;
	size_t rest;

	c->meetings++;
	while (len >= head) {
		memcpy(&n, notes, head);
		if (n.member >= c->pairs->nmembers ||
		    n.nwith > NEIGHBOURS_MAX || n.namong > 2 * NAME_WINDOW)
			return true;
		rest = ((size_t)n.nwith + n.namong) * sizeof(uint32_t);
		if (len < head + rest)
			return true;
		memcpy(n.what, notes + head, rest);
		if (!meet_one(c, &n))
			return false;
		notes += head + rest;
		len -= head + rest;
	}
	return true;
}

/* ------------------------------------------------------------- sorting -- */

static bool find_begins(struct events *e, size_t members)
{
	uint32_t sum = 0;

	e->begin = calloc(members + 1, sizeof(*e->begin));
	e->end = calloc(members + 1, sizeof(*e->end));
	if (!e->begin || !e->end)
		return false;
	for (size_t i = 0; i < e->n; i++)
		e->begin[e->at[i].member + 1]++;
	for (size_t m = 0; m <= members; m++) {
		sum += e->begin[m];
		e->begin[m] = sum;
		e->end[m] = sum;
	}
	return true;
}

/* Bring each event among its member's, in place: end is up to where they are. */
static void distribute(struct events *e, size_t members)
{
	for (uint32_t m = 0; m < members; m++)
		while (e->end[m] < e->begin[m + 1]) {
			struct event *at = &e->at[e->end[m]];
			struct event *to;
			struct event keep;

			if (at->member == m) {
				e->end[m]++;
				continue;
			}
			to = &e->at[e->end[at->member]++];
			keep = *to;
			*to = *at;
			*at = keep;
		}
}

/* Shell's sort with the gaps of Ciura (2001): no memory, and no worst case that
 * a text could be made for. */
static void shell_sort(struct event *at, size_t n)
{
	static const size_t gaps[] = { 701, 301, 132, 57, 23, 10, 4, 1 };
	size_t gap = n, next = 0;

	while (gap > gaps[0] * 9 / 4)
		gap = gap * 4 / 9;
	for (; gap && n; gap = next < COUNT(gaps) ? gaps[next++] : 0)
		for (size_t i = gap; i < n; i++) {
			const struct event e = at[i];
			size_t k = i;

			for (; k >= gap && at[k - gap].what > e.what; k -= gap)
				at[k] = at[k - gap];
			at[k] = e;
		}
}

static void insertion_sort(struct event *at, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct event e = at[i];
		size_t k = i;

		for (; k && at[k - 1].what > e.what; k--)
			at[k] = at[k - 1];
		at[k] = e;
	}
}

static void sort_share(struct event *at, size_t n)
{
	if (n <= SORT_FEW)
		insertion_sort(at, n);
	else
		shell_sort(at, n);
}

/* What stands with a name is a hash: by its first bits it is dealt out evenly,
 * to shares of a few each.  spare has room for n. */
static void sort_by_what(struct event *at, struct event *spare, size_t n)
{
	uint32_t end[1 << SORT_BITS] = { 0 };
	unsigned bits = 1;
	uint32_t sum = 0;

	if (n <= SORT_FEW) {
		insertion_sort(at, n);
		return;
	}
	while (bits < SORT_BITS && n >> bits > 1)
		bits++;
	for (size_t i = 0; i < n; i++)
		end[at[i].what >> (32 - bits)]++;
	for (size_t i = 0; i < 1u << bits; i++) {
		sum += end[i];
		end[i] = sum - end[i];
	}
	for (size_t i = 0; i < n; i++)
		spare[end[at[i].what >> (32 - bits)]++] = at[i];
	memcpy(at, spare, n * sizeof(*at));
	for (size_t i = 0; i < 1u << bits; i++)
		sort_share(at + (i ? end[i - 1] : 0),
			   end[i] - (i ? end[i - 1] : 0));
}

/* Each thing once, with its count; how many are left. */
static size_t merge_equal(struct event *at, size_t n)
{
	size_t left = 0;

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && at[end].what == at[i].what;)
			end++;
		at[left].what = at[i].what;
		at[left].weight = 0;
		at[left++].count =
			end - i < COUNT_MAX ? (uint32_t)(end - i) : COUNT_MAX;
	}
	return left;
}

static size_t most_events(const struct events *e, size_t members)
{
	size_t most = 1;

	for (size_t m = 0; m < members; m++)
		if (e->begin[m + 1] - e->begin[m] > most)
			most = e->begin[m + 1] - e->begin[m];
	return most;
}

static bool sort_events(struct events *e, size_t members)
{
	struct event *spare;

	if (!find_begins(e, members))
		return false;
	spare = malloc(most_events(e, members) * sizeof(*spare));
	if (!spare)
		return false;
	distribute(e, members);
	for (size_t m = 0; m < members; m++) {
		struct event *at = e->at + e->begin[m];
		const size_t n = e->begin[m + 1] - e->begin[m];

		if (!n)
			continue;
		sort_by_what(at, spare, n);
		e->end[m] = e->begin[m] + (uint32_t)merge_equal(at, n);
	}
	free(spare);
	return true;
}

/* Of what is small, which most is: the logarithms. */
struct weights {
	double count[LOGARITHMS], uses[LOGARITHMS];
	double all;
};

static void make_weights(const struct name_company *c, struct weights *w)
{
	w->all = log((double)name_count_words(c->count) + 2);
	for (size_t i = 0; i < LOGARITHMS; i++) {
		w->count[i] = 1 + log(i ? (double)i : 1);
		w->uses[i] = fmax(0, w->all - log(1.0 + (double)i));
	}
}

static double weigh(const struct name_company *c, const struct weights *w,
		    const struct event *e)
{
	const uint32_t uses = name_count_uses(c->count, e->what);
	const double rarity = uses < LOGARITHMS
				      ? w->uses[uses]
				      : fmax(0, w->all - log(1.0 + uses));

	return rarity *
	       (e->count < LOGARITHMS ? w->count[e->count] : 1 + log(e->count));
}

static bool weigh_contexts(struct name_company *c)
{
	const size_t members = c->pairs->nmembers;
	struct weights weights;

	make_weights(c, &weights);
	c->norm = calloc(members + 1, sizeof(*c->norm));
	if (!c->norm)
		return false;
	for (size_t m = 0; m < members; m++) {
		double sum = 0;

		for (uint32_t i = c->among.begin[m]; i < c->among.end[m]; i++) {
			struct event *e = &c->among.at[i];
			const double w = weigh(c, &weights, e) * WEIGHT_UNIT;

			e->weight = w < WEIGHT_MAX ? (uint32_t)w : WEIGHT_MAX;
			sum += (double)e->weight * e->weight;
		}
		c->norm[m] = sqrt(sum);
	}
	return true;
}

bool name_company_sort(struct name_company *c)
{
	return sort_events(&c->with, c->pairs->nmembers) &&
	       sort_events(&c->among, c->pairs->nmembers) && weigh_contexts(c);
}

uint32_t name_company_documents(const struct name_company *c, uint32_t member)
{
	return c->documents[member];
}

/* ---------------------------------------------------------------- ties -- */

struct list {
	const struct event *at, *end;
};

static struct list list_of(const struct events *e, uint32_t member)
{
	return (struct list){ e->at + e->begin[member],
			      e->at + e->end[member] };
}

static double product(struct list a, struct list b)
{
	double sum = 0;

	while (a.at < a.end && b.at < b.end) {
		if (a.at->what < b.at->what) {
			a.at++;
		} else if (a.at->what > b.at->what) {
			b.at++;
		} else {
			sum += (double)a.at++->weight * b.at->weight;
			b.at++;
		}
	}
	return sum;
}

static uint32_t count_in(struct list l, uint32_t what)
{
	for (; l.at < l.end; l.at++)
		if (l.at->what == what)
			return l.at->count;
	return 0;
}

static uint32_t sum_of(struct list l)
{
	uint32_t sum = 0;

	for (; l.at < l.end; l.at++)
		sum += l.at->count;
	return sum;
}

static double unsampled(const struct name_company *c, uint32_t member,
			uint32_t count)
{
	return (double)count * RATE_ALWAYS / c->rate[member];
}

static void compare_origins(const struct origins *a, const struct origins *b,
			    struct name_ties *t)
{
	t->english = 1;
	if (!a->all || !b->all)
		return;
	t->english =
		fmax((double)a->english / a->all, (double)b->english / b->all);
	t->transliterated_most = fmax((double)a->transliterated / a->all,
				      (double)b->transliterated / b->all);
	t->transliterated = fmin((double)a->transliterated / a->all,
				 (double)b->transliterated / b->all);
}

static void compare_neighbours(const struct name_company *c,
			       const struct name_pair *p, struct name_ties *t)
{
	struct list a = list_of(&c->with, p->a), b = list_of(&c->with, p->b);
	const uint32_t na = sum_of(a), nb = sum_of(b);
	uint32_t common = 0;

	t->neighbours = na < nb ? na : nb;
	compare_origins(&c->origin[p->a], &c->origin[p->b], t);
	while (a.at < a.end && b.at < b.end) {
		double share;

		if (a.at->what != b.at->what) {
			if (a.at->what < b.at->what)
				a.at++;
			else
				b.at++;
			continue;
		}
		share = (unsampled(c, p->a, a.at->count) +
			 unsampled(c, p->b, b.at->count)) /
			kin_count(c, a.at->what >> NEIGHBOUR_KIN);
		if (share > t->share) {
			t->share = share;
			t->best = a.at->what >> NEIGHBOUR_KIN;
		}
		common += na < nb ? a.at->count : b.at->count;
		a.at++;
		b.at++;
	}
	t->overlap = t->neighbours ? (double)common / t->neighbours : 0;
	if (t->share > 1)
		t->share = 1;
}

void name_company_ties(const struct name_company *c, const struct name_pair *p,
		       struct name_ties *out)
{
	const struct list a = list_of(&c->among, p->a),
			  b = list_of(&c->among, p->b);
	const uint32_t ua = c->uses[p->a], ub = c->uses[p->b];
	const uint32_t ha = (uint32_t)c->pairs->member[p->a].hash,
		       hb = (uint32_t)c->pairs->member[p->b].hash;

	const double norms = c->norm[p->a] * c->norm[p->b];

	*out = (struct name_ties){ .uses = ua < ub ? ua : ub };
	compare_neighbours(c, p, out);
	if (norms > 0)
		out->context_cosine = product(a, b) / norms;
	if (out->uses)
		out->near =
			(double)(ua < ub ? count_in(a, hb) : count_in(b, ha)) /
			out->uses;
}
