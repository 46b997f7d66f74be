/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_pairs.h"

#include "name_edit.h"
#include "name_lists.h"
#include "name_refuse.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum {
	LETTERS_MIN = 4,
	SOUNDS_MIN = 3,
	USES_MIN = 3, /* but see is_rare_form() */
	RARE_LETTERS = 6,
	CLOSE_COST = 24,
	FAR_COST = 28,
	COST_A_LETTER = 5,	/* of the shorter one, but no more than those */
	COST_A_LETTER_LONG = 3, /* but of a long one more than those */
	SKELETON_MIN = 2,
	FAR_MIN = 3,
	FAR_SOUNDS_MIN = 6,
	/* Of the names with one key these many, most frequent first, are
	 * compared; more share it by chance. */
	CLOSE_BLOCK = 1000,
	FAR_BLOCK = 600
};

/* A name that may have a pair. */
struct candidate {
	struct counted_name name;
	struct name_key key;
	struct name_letters letters;
	uint64_t skeleton; /* the hash of its key's */
};

struct candidates {
	struct candidate *at; /* most frequent first */
	size_t n, alloc;
};

/*
 * A name under a key of its form: 47 bits of the key's hash, one that is set
 * for far keys, 16 of the candidate's number.
 */
struct block_keys {
	uint64_t *at;
	size_t n, alloc;
};

enum {
	CANDIDATE_BITS = 16,
	KEY_BITS = 64 - CANDIDATE_BITS, /* with that of far keys */
	DIGIT_BITS = 8,
	DIGITS = 1 << DIGIT_BITS,
	TRIED_BITS = 13,
	TRIED = 1 << TRIED_BITS
};

_Static_assert(NAME_CANDIDATES_MAX <= 1 << CANDIDATE_BITS,
	       "a candidate's number finds room in a key");

/* Room for one more; NULL without memory. */
static void *room(void *at, size_t n, size_t *alloc, size_t size)
{
	size_t more = *alloc ? 2 * *alloc : 1024;
	void *p;

	if (n < *alloc)
		return at;
	p = realloc(at, more * size);
	if (p)
		*alloc = more;
	return p;
}

#define ROOM(v) room((v)->at, (v)->n, &(v)->alloc, sizeof(*(v)->at))

static int by_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* ------------------------------------------------- where a name is from -- */

static int by_hash(const void *pa, const void *pb)
{
	return by_number(*(const uint64_t *)pa, *(const uint64_t *)pb);
}

static bool fold_lists(struct name_pairs *p)
{
	struct name_key key;
	const char *name;
	size_t n = 0;

	while (name_transliterated(n))
		n++;
	p->transliterated = calloc(n, sizeof(*p->transliterated));
	if (!p->transliterated)
		return false;
	for (size_t i = 0; (name = name_transliterated(i)); i++)
		if (name_fold(name, strlen(name), &key))
			p->transliterated[p->ntransliterated++] =
				XXH3_64bits(key.fold, key.nfold);
	qsort(p->transliterated, p->ntransliterated, sizeof(*p->transliterated),
	      by_hash);
	return true;
}

static bool ends_with(const struct name_key *key, const char *ending)
{
	const size_t n = strlen(ending);

	return key->nfold > n + 1 &&
	       !memcmp(key->fold + key->nfold - n, ending, n);
}

/* In the list, a patronymic, or Arabic by its end.  Ivan and Anna are from
 * everywhere. */
static enum name_origin origin(const struct name_pairs *p,
			       const struct name_key *key)
{
	const uint64_t hash = XXH3_64bits(key->fold, key->nfold);

	const bool english = name_is_given(key->bare);

	if (bsearch(&hash, p->transliterated, p->ntransliterated, sizeof(hash),
		    by_hash))
		return english ? ORIGIN_UNKNOWN : ORIGIN_TRANSLITERATED;
	if (english)
		return ORIGIN_ENGLISH;
	if (ends_with(key, "oviC") || ends_with(key, "eviC") ||
	    ends_with(key, "aviC") || ends_with(key, "ovna") ||
	    ends_with(key, "evna") || ends_with(key, "ulah") ||
	    ends_with(key, "udin"))
		return ORIGIN_TRANSLITERATED;
	return ORIGIN_UNKNOWN;
}

/* ---------------------------------------------------------- candidates -- */

/* One use without a capital may be another word's: see name_count.h. */
static bool is_name(const struct counted_name *n)
{
	if (n->lower <= 1)
		return n->capital > n->lower;
	return n->lower < NAME_COUNT_MAX &&
	       (uint64_t)n->capital * 10 >=
		       ((uint64_t)n->capital + n->lower) * 9;
}

static bool may_pair(const struct candidate *c)
{
	const size_t least =
		c->name.capital < USES_MIN ? RARE_LETTERS : LETTERS_MIN;

	return c->name.len >= least && c->key.nfold >= SOUNDS_MIN &&
	       !name_is_fixed(c->key.bare);
}

/* key: NULL when n is not in Latin letters. */
static bool add_word(struct name_pairs *p, size_t *alloc,
		     const struct counted_name *n, const struct name_key *key)
{
	struct name_word *w = room(p->word, p->nwords, alloc, sizeof(*p->word));
	uint64_t kin;

	if (!w)
		return false;
	if (!key)
		kin = XXH3_64bits(n->word, n->len);
	else if (key->nskeleton > SKELETON_MIN)
		kin = XXH3_64bits(key->skeleton, key->nskeleton);
	else
		kin = XXH3_64bits(key->fold, key->nfold);
	p->word = w;
	p->word[p->nwords++] = (struct name_word){
		.hash = n->hash,
		.word = n->word,
		.capital = n->capital,
		.kin = (uint32_t)kin & 0x1FFFFFFF,
		.origin = key ? origin(p, key) : ORIGIN_UNKNOWN,
		.member = NO_MEMBER,
	};
	return true;
}

/* A name that stands once is nobody's neighbour twice, but it may be a
 * spelling. */
static bool add_name(struct name_pairs *p, size_t *alloc, struct candidates *v,
		     const struct counted_name *n)
{
	struct candidate *at = ROOM(v);
	bool latin, pairs;

	if (!at)
		return false;
	v->at = at;
	at = &v->at[v->n];
	if (n->capital < 2 && n->len < RARE_LETTERS)
		return true;
	at->name = *n;
	latin = name_fold(n->word, n->len, &at->key);
	pairs = latin && may_pair(at);
	v->n += pairs;
	if (n->capital < 2 && !pairs)
		return true;
	return add_word(p, alloc, n, latin ? &at->key : NULL);
}

static int most_frequent(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	int order = by_number(b->name.capital, a->name.capital);

	return order ? order : by_number(a->name.hash, b->name.hash);
}

static int word_by_hash(const void *pa, const void *pb)
{
	const struct name_word *a = pa, *b = pb;

	return by_number(a->hash, b->hash);
}

/* For many comparisons. */
static void prepare(struct candidate *c)
{
	name_letters(&c->letters, &c->key);
	c->skeleton = XXH3_64bits(c->key.skeleton, c->key.nskeleton);
}

static bool collect(struct name_pairs *p, struct candidates *v,
		    const struct name_count *c)
{
	struct counted_name n;
	size_t alloc = 0;

	for (size_t at = 0; name_count_next(c, &at, &n);)
		if (is_name(&n) && !add_name(p, &alloc, v, &n))
			return false;
	if (p->nwords)
		qsort(p->word, p->nwords, sizeof(*p->word), word_by_hash);
	if (v->n)
		qsort(v->at, v->n, sizeof(*v->at), most_frequent);
	if (v->n > NAME_CANDIDATES_MAX)
		v->n = NAME_CANDIDATES_MAX;
	for (size_t i = 0; i < v->n; i++)
		prepare(&v->at[i]);
	return true;
}

/* -------------------------------------------------------------- blocks -- */

static bool add_key(struct block_keys *k, const char *s, size_t len,
		    size_t candidate, bool far)
{
	const uint64_t hash = XXH3_64bits(s, len) >> (CANDIDATE_BITS + 1);
	uint64_t *at = ROOM(k);

	if (!at)
		return false;
	k->at = at;
	k->at[k->n++] = (hash << 1 | far) << CANDIDATE_BITS | candidate;
	return true;
}

/* Hryhoryavich and Grigorievich: k, kh and g may all be h, which is in no
 * skeleton; nor is the h of Haroun, which is Aroun as well. */
static bool add_guttural_key(struct block_keys *k, const struct name_key *key,
			     size_t candidate)
{
	char s[NAME_LETTERS];
	size_t n = 0;

	for (size_t i = *key->skeleton == 'a'; i < key->nskeleton; i++)
		if (key->skeleton[i] != 'k')
			s[n++] = key->skeleton[i];
	if (n < SKELETON_MIN) /* Igor, Ihor */
		s[n++] = 'a';
	return n < SKELETON_MIN || add_key(k, s, n, candidate, true);
}

static char coarse_class(const struct name_key *key, size_t i)
{
	switch (key->skeleton[i]) {
	case 'j':
		return 'k';
	case 'v':
		return 'p';
	case 'm':
		return 'n';
	case 'a': /* Yosef and Josef */
		return key->fold[0] == 'i' && name_is_vowel(key->fold[1]) ? 'k'
									  : 'a';
	default:
		return key->skeleton[i];
	}
}

/* Vladimir and Bladimir, Jamal and Gamal. */
static bool add_coarse_key(struct block_keys *k, const struct name_key *key,
			   size_t candidate)
{
	char s[NAME_LETTERS];

	for (size_t i = 0; i < key->nskeleton; i++)
		s[i] = coarse_class(key, i);
	return key->nskeleton < SKELETON_MIN ||
	       add_key(k, s, key->nskeleton, candidate, true);
}

/* With one consonant left out; what is left, or the name, must be so much that
 * it is not shared by chance. */
static bool add_far_keys(struct block_keys *k, const struct name_key *key,
			 size_t candidate)
{
	char s[NAME_LETTERS];
	const size_t n = key->nskeleton;
	const bool is_long = n > FAR_MIN || key->nfold >= FAR_SOUNDS_MIN;

	if (n >= FAR_MIN && !add_key(k, key->skeleton, n, candidate, true))
		return false;
	for (size_t i = 0; n >= FAR_MIN && is_long && i < n; i++) {
		memcpy(s, key->skeleton, i);
		memcpy(s + i, key->skeleton + i + 1, n - i - 1);
		if (!add_key(k, s, n - 1, candidate, true))
			return false;
	}
	return add_guttural_key(k, key, candidate) &&
	       add_coarse_key(k, key, candidate);
}

/* A rare name is looked for under its folded form alone, a close key. */
static bool add_keys(struct block_keys *k, const struct candidates *v, size_t i)
{
	const struct name_key *key = &v->at[i].key;

	if (!add_key(k, key->fold, key->nfold, i, false))
		return false;
	if (v->at[i].name.capital < USES_MIN)
		return true;
	return add_key(k, key->skeleton, key->nskeleton, i, false) &&
	       add_far_keys(k, key, i);
}

/* By one digit of the keys, from into to. */
static void sort_by_digit(const uint64_t *from, uint64_t *to, size_t n,
			  unsigned shift)
{
	size_t begin[DIGITS + 1] = { 0 };

	for (size_t i = 0; i < n; i++)
		begin[(from[i] >> shift) % DIGITS + 1]++;
	for (size_t d = 0; d < DIGITS; d++)
		begin[d + 1] += begin[d];
	for (size_t i = 0; i < n; i++)
		to[begin[(from[i] >> shift) % DIGITS]++] = from[i];
}

/* Those of one key stay in the order of the candidates, as they were added. */
static bool sort_keys(struct block_keys *k)
{
	uint64_t *spare = malloc((k->n + 1) * sizeof(*spare));

	if (!spare)
		return false;
	for (unsigned d = 0; d < KEY_BITS; d += 2 * DIGIT_BITS) {
		sort_by_digit(k->at, spare, k->n, CANDIDATE_BITS + d);
		sort_by_digit(spare, k->at, k->n,
			      CANDIDATE_BITS + d + DIGIT_BITS);
	}
	free(spare);
	return true;
}

static uint32_t candidate_of(uint64_t key)
{
	return (uint32_t)key & ((1 << CANDIDATE_BITS) - 1);
}

/* --------------------------------------------------------------- pairs -- */

struct pairs {
	struct name_pair *at;
	size_t n, alloc;
	/* Pairs that were tried lately: two names share several keys. */
	uint32_t tried[TRIED];
};

static unsigned cost_limit(const struct name_key *a, const struct name_key *b,
			   bool far)
{
	const unsigned shorter = a->nfold < b->nfold ? a->nfold : b->nfold;
	const unsigned most = far ? FAR_COST : CLOSE_COST;

	if (shorter * COST_A_LETTER_LONG > most)
		return shorter * COST_A_LETTER_LONG;
	return shorter * COST_A_LETTER < most ? shorter * COST_A_LETTER : most;
}

static bool is_refused(const struct candidate *a, const struct candidate *b)
{
	return name_refuse(&a->key, &b->key);
}

/* Forms that stand once or twice need one that stands more often, spelled by
 * the same rules. */
static bool is_rare_form(const struct candidate *a, const struct candidate *b)
{
	return a->name.capital < USES_MIN || b->name.capital < USES_MIN;
}

static bool was_tried(struct pairs *p, uint32_t i, uint32_t j)
{
	const uint32_t pair = i << CANDIDATE_BITS | j;
	uint32_t *at = &p->tried[pair * 2654435769u >> (32 - TRIED_BITS)];

	if (*at == pair)
		return true;
	*at = pair;
	return false;
}

/* in_far: they were met under a far key. */
static bool try_pair(struct pairs *p, const struct candidates *v, uint32_t i,
		     uint32_t j, bool in_far)
{
	const struct candidate *a = &v->at[i], *b = &v->at[j];
	const bool far = a->skeleton != b->skeleton;
	struct name_pair *at;
	unsigned cost;

	if (in_far != far || i == j || was_tried(p, i, j))
		return true;
	if (is_rare_form(a, b) && strcmp(a->key.fold, b->key.fold) != 0)
		return true;
	cost = name_cost(&a->letters, &b->letters,
			 cost_limit(&a->key, &b->key, far));
	if (cost == NAME_COST_MAX || is_refused(a, b))
		return true;
	at = ROOM(p);
	if (!at)
		return false;
	p->at = at;
	p->at[p->n++] = (struct name_pair){
		.a = i, .b = j, .cost = (uint8_t)cost, .far = far
	};
	return true;
}

static bool pairs_of_block(struct pairs *p, const struct candidates *v,
			   const uint64_t *k, size_t n)
{
	const bool far = *k >> CANDIDATE_BITS & 1;
	const size_t most = far ? FAR_BLOCK : CLOSE_BLOCK;

	if (n > most)
		n = most;
	/* Most frequent first: two rare ones alone are left alone. */
	if (v->at[candidate_of(*k)].name.capital < USES_MIN)
		return true;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n && p->n < NAME_PAIRS_MAX; j++)
			if (!try_pair(p, v, candidate_of(k[i]),
				      candidate_of(k[j]), far))
				return false;
	return true;
}

static int by_members(const void *pa, const void *pb)
{
	const struct name_pair *a = pa, *b = pb;
	int order = by_number(a->a, b->a);

	return order ? order : by_number(a->b, b->b);
}

static void sort_pairs(struct pairs *p)
{
	size_t n = 0;

	if (p->n)
		qsort(p->at, p->n, sizeof(*p->at), by_members);
	for (size_t i = 0; i < p->n; i++)
		if (!n || by_members(&p->at[n - 1], &p->at[i]) != 0)
			p->at[n++] = p->at[i];
	p->n = n;
}

static bool find_pairs(struct pairs *p, const struct candidates *v)
{
	struct block_keys k = { 0 };
	bool ok = true;

	for (size_t i = 0; i < v->n && ok; i++)
		ok = add_keys(&k, v, i);
	ok = ok && sort_keys(&k);
	for (size_t i = 0, end; i < k.n && ok; i = end) {
		const uint64_t key = k.at[i] >> CANDIDATE_BITS;

		for (end = i + 1;
		     end < k.n && k.at[end] >> CANDIDATE_BITS == key;)
			end++;
		if (end - i > 1)
			ok = pairs_of_block(p, v, &k.at[i], end - i);
	}
	free(k.at);
	sort_pairs(p);
	return ok;
}

/* ------------------------------------------------------------- members -- */

/* Most words are no names: seen without a look at any. */
static uint32_t tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

static bool make_slots(struct name_pairs *p)
{
	p->nslots = 16;
	while (p->nslots < 2 * p->nwords)
		p->nslots *= 2;
	p->slot = calloc(p->nslots, sizeof(*p->slot));
	if (!p->slot)
		return false;
	for (size_t i = 0; i < p->nwords; i++) {
		size_t at = (size_t)p->word[i].hash & (p->nslots - 1);

		while (p->slot[at].word)
			at = (at + 1) & (p->nslots - 1);
		p->slot[at] =
			(struct name_slot){ .tag = tag_of(p->word[i].hash),
					    .word = (uint32_t)i + 1 };
	}
	return true;
}

void name_pairs_fetch_slot(const struct name_pairs *p, uint64_t hash)
{
	__builtin_prefetch(&p->slot[(size_t)hash & (p->nslots - 1)]);
}

void name_pairs_fetch(const struct name_pairs *p, uint64_t hash)
{
	const struct name_slot *s = &p->slot[(size_t)hash & (p->nslots - 1)];

	if (s->tag == tag_of(hash) && s->word)
		__builtin_prefetch(&p->word[s->word - 1]);
}

const struct name_word *name_pairs_find(const struct name_pairs *p,
					uint64_t hash)
{
	size_t at = (size_t)hash & (p->nslots - 1);

	for (; p->slot[at].word; at = (at + 1) & (p->nslots - 1)) {
		const struct name_slot *s = &p->slot[at];

		if (s->tag == tag_of(hash) && p->word[s->word - 1].hash == hash)
			return &p->word[s->word - 1];
	}
	return NULL;
}

/* Number those that have a pair, most frequent first; number has room for all
 * candidates. */
static bool number_members(struct name_pairs *p, const struct candidates *v,
			   uint32_t *number)
{
	for (size_t i = 0; i < p->npairs; i++)
		number[p->pair[i].a] = number[p->pair[i].b] = 1;
	for (size_t i = 0; i < v->n; i++)
		p->nmembers += number[i];
	p->member = calloc(p->nmembers + 1, sizeof(*p->member));
	if (!p->member)
		return false;
	p->nmembers = 0;
	for (size_t i = 0; i < v->n; i++) {
		const struct candidate *c = &v->at[i];

		if (!number[i])
			continue;
		number[i] = (uint32_t)p->nmembers;
		p->member[p->nmembers++] = (struct name_member){
			.word = c->name.word,
			.hash = c->name.hash,
			.capital = c->name.capital,
			.key = c->key,
			.origin = origin(p, &c->key),
		};
	}
	return true;
}

static bool make_members(struct name_pairs *p, const struct candidates *v)
{
	uint32_t *number = calloc(v->n + 1, sizeof(*number));
	const bool ok = number && number_members(p, v, number);

	for (size_t i = 0; i < p->npairs && ok; i++) {
		p->pair[i].a = number[p->pair[i].a];
		p->pair[i].b = number[p->pair[i].b];
	}
	for (size_t i = 0; i < p->nmembers && ok; i++) {
		const struct name_word *w =
			name_pairs_find(p, p->member[i].hash);

		p->word[w - p->word].member = (uint32_t)i;
	}
	free(number);
	return ok;
}

bool name_pairs_make(struct name_pairs *p, const struct name_count *c)
{
	struct candidates v = { 0 };
	struct pairs pairs;
	bool ok;

	memset(&pairs, 0, sizeof(pairs));
	*p = (struct name_pairs){ 0 };
	ok = fold_lists(p) && collect(p, &v, c) && find_pairs(&pairs, &v);
	p->pair = pairs.at;
	p->npairs = pairs.n;
	ok = ok && make_slots(p) && make_members(p, &v);
	free(v.at);
	if (!ok)
		name_pairs_release(p);
	return ok;
}

void name_pairs_release(struct name_pairs *p)
{
	free(p->word);
	free(p->slot);
	free(p->member);
	free(p->pair);
	free(p->transliterated);
	*p = (struct name_pairs){ 0 };
}
