/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_count.h"

#include "buf.h"
#include "fold.h"
#include "huge.h"
#include "name_fold.h"
#include "sorted_runs.h"
#include "status.h"

#include <stdlib.h>

enum {
	FIRST_SLOTS = 1 << 13,
	TEXT_A_WORD = 8, /* bytes of memory for spellings, a word */
	AHEAD = 8,	 /* words whose counters are fetched early */
	LENGTH_MAX = 64, /* bytes as written */
	RUNS_PART = 4,	 /* of memory, for both runs */
	/* A word that is one in so many says nothing about a name. */
	FREQUENT_ONE_IN = 1500,
	FREQUENT_MIN = 64
};

struct slot {
	uint64_t hash;		 /* 0: empty */
	uint32_t text;		 /* where its spelling begins, + 1; 0: none */
	uint16_t lower, capital; /* uses */
};

/*
 * Runs are of two kinds: counts, whose value is lower << 16 | capital, and
 * spellings, in pieces: their number << 24 and three letters, those past the
 * end 0.  Of one word there may be several of each; equal pieces are one.
 */
struct name_count {
	struct slot *slot;
	size_t nslots, used, max; /* nslots: a power of two */
	struct buf text;	  /* spellings, each with its NUL */
	struct sorted_runs *counts, *spellings; /* NULL: memory holds all */
	char *dir;
	size_t memory;
	uint32_t least;
	uint64_t words;
	uint8_t frequent[(1 << NAME_FREQUENT_BITS) / 8];
};

enum trawl_status name_count_new(const char *dir, size_t memory,
				 struct name_count **out,
				 struct trawl_error *err)
{
	struct name_count *c = calloc(1, sizeof(*c));

	if (!c)
		return fail_nomem(err);
	c->memory = memory;
	c->nslots = FIRST_SLOTS;
	/* Slots are twice as many as words at most, and a third of them when
	 * they are moved. */
	c->max = memory / (3 * sizeof(*c->slot) + TEXT_A_WORD);
	if (c->max < FIRST_SLOTS / 2)
		c->max = FIRST_SLOTS / 2;
	buf_init(&c->text, c->max * TEXT_A_WORD + NAME_BYTES + 1);
	c->least = 1;
	c->dir = strdup(dir);
	c->slot = huge_zalloc(c->nslots * sizeof(*c->slot));
	if (!c->dir || !c->slot) {
		name_count_free(c);
		return fail_nomem(err);
	}
	*out = c;
	return TRAWL_OK;
}

void name_count_free(struct name_count *c)
{
	if (!c)
		return;
	sorted_runs_free(c->counts);
	sorted_runs_free(c->spellings);
	free(c->slot);
	free(c->dir);
	buf_release(&c->text);
	free(c);
}

/* --------------------------------------------------------------- slots -- */

static struct slot *find(const struct name_count *c, uint64_t hash)
{
	size_t i = (size_t)hash & (c->nslots - 1);

	while (c->slot[i].hash != hash && c->slot[i].hash)
		i = (i + 1) & (c->nslots - 1);
	return &c->slot[i];
}

/* The same in a table of n slots. */
static bool resize(struct name_count *c, size_t n)
{
	struct slot *old = c->slot;
	const size_t nold = c->nslots;

	c->slot = huge_zalloc(n * sizeof(*c->slot));
	if (!c->slot) {
		c->slot = old;
		return false;
	}
	c->nslots = n;
	for (size_t i = 0; i < nold; i++)
		if (old[i].hash)
			*find(c, old[i].hash) = old[i];
	free(old);
	return true;
}

static bool is_full(const struct name_count *c)
{
	return c->used >= c->max || c->text.len + NAME_BYTES + 1 > c->text.max;
}

static void add_count(uint16_t *to, uint32_t n)
{
	*to = n < (uint32_t)NAME_COUNT_MAX - *to ? (uint16_t)(*to + n)
						 : NAME_COUNT_MAX;
}

static bool put_spelling(struct name_count *c, struct slot *s, const char *word,
			 size_t len)
{
	s->text = (uint32_t)c->text.len + 1;
	buf_add(&c->text, word, len);
	buf_addc(&c->text, '\0');
	return !c->text.failed;
}

/* ---------------------------------------------------------------- runs -- */

static enum trawl_status open_runs(struct name_count *c,
				   struct trawl_error *err)
{
	const uint64_t share = c->memory / RUNS_PART / 2;
	enum trawl_status st = TRAWL_OK;

	if (!c->counts)
		st = sorted_runs_new(c->dir, share, &c->counts, err);
	if (!st && !c->spellings)
		st = sorted_runs_new(c->dir, share, &c->spellings, err);
	return st;
}

static enum trawl_status spill_spelling(struct name_count *c, uint64_t hash,
					const char *word,
					struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	for (uint32_t piece = 0; !st && *word; piece++) {
		uint32_t value = piece;

		for (size_t i = 0; i < 3; i++)
			value = value << 8 |
				(*word ? (unsigned char)*word++ : 0);
		st = sorted_runs_add(c->spellings, hash, value, err);
	}
	return st;
}

/* Empty the table. */
static enum trawl_status spill(struct name_count *c, struct trawl_error *err)
{
	enum trawl_status st = open_runs(c, err);

	for (size_t i = 0; !st && i < c->nslots; i++) {
		const struct slot *s = &c->slot[i];

		if (!s->hash)
			continue;
		st = sorted_runs_add(c->counts, s->hash,
				     (uint32_t)s->lower << 16 | s->capital,
				     err);
		if (!st && s->text)
			st = spill_spelling(c, s->hash,
					    c->text.data + s->text - 1, err);
	}
	memset(c->slot, 0, c->nslots * sizeof(*c->slot));
	c->used = 0;
	buf_reset(&c->text);
	return st;
}

/* ------------------------------------------------------------ counting -- */

/* The slot of a word, which is added when it is not there; NULL: it failed. */
static struct slot *slot_of(struct name_count *c, uint64_t hash,
			    enum trawl_status *st, struct trawl_error *err)
{
	struct slot *s = find(c, hash);

	if (s->hash)
		return s;
	if (is_full(c)) {
		*st = spill(c, err);
		if (*st)
			return NULL;
		s = find(c, hash);
	} else if (2 * c->used >= c->nslots) {
		if (!resize(c, 2 * c->nslots)) {
			*st = fail_nomem(err);
			return NULL;
		}
		s = find(c, hash);
	}
	s->hash = hash;
	c->used++;
	return s;
}

/* Of a word whose first use with a capital this is. */
static bool keep_spelling(struct name_count *c, struct slot *s,
			  const struct news_word *w, const char *text)
{
	struct folded folded;

	if (w->len > LENGTH_MAX ||
	    !fold_word(text + w->begin, w->len, &folded) || !folded.word_len ||
	    folded.word_len > NAME_BYTES)
		return true;
	return put_spelling(c, s, folded.word, folded.word_len);
}

bool name_count_is_capital(const struct news_word *w)
{
	return (w->flags & (NEWS_CAPITAL | NEWS_START | NEWS_UPPER)) ==
	       NEWS_CAPITAL;
}

static bool is_passed_over(const struct news_word *w)
{
	return w->flags & NEWS_NUMBER || !name_count_is_capital(w) ||
	       w->len < 2;
}

/* Nearly all words are small ones that are there: those are counted, up to the
 * first that is not. */
static const struct news_word *count_known(struct name_count *c,
					   const struct news_word *at,
					   const struct news_word *end)
{
	struct slot *const slot = c->slot;
	const size_t mask = c->nslots - 1;
	const struct news_word *const last =
		end - at > AHEAD ? end - AHEAD : at;

	for (; at < end; at++) {
		size_t i = (size_t)at->hash & mask;

		if (at < last)
			__builtin_prefetch(
				&slot[(size_t)at[AHEAD].hash & mask]);
		if (at->flags & (NEWS_CAPITAL | NEWS_NUMBER)) {
			if (is_passed_over(at))
				continue;
			break;
		}
		while (slot[i].hash != at->hash && slot[i].hash)
			i = (i + 1) & mask;
		if (!slot[i].hash)
			break;
		if (slot[i].lower < NAME_COUNT_MAX)
			slot[i].lower++;
	}
	return at;
}

static enum trawl_status count_other(struct name_count *c,
				     const struct news_word *w,
				     const char *text, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;
	struct slot *s = slot_of(c, w->hash, &st, err);

	if (!s)
		return st;
	if (!(w->flags & NEWS_CAPITAL)) {
		add_count(&s->lower, 1);
		return TRAWL_OK;
	}
	if (!s->capital && !s->text && !keep_spelling(c, s, w, text))
		return fail_nomem(err);
	add_count(&s->capital, 1);
	return TRAWL_OK;
}

enum trawl_status name_count_add(struct name_count *c,
				 const struct news_words *w, const char *text,
				 struct trawl_error *err)
{
	const struct news_word *at = w->at, *end = w->at + w->n;
	enum trawl_status st = TRAWL_OK;

	c->words += w->n;
	while (!st && (at = count_known(c, at, end)) < end)
		st = count_other(c, at++, text, err);
	return st;
}

/* ------------------------------------------------------------- merging -- */

static enum trawl_status copy_runs(struct sorted_runs *to,
				   struct sorted_runs *from,
				   struct trawl_error *err)
{
	enum trawl_status st = sorted_runs_rewind(from, err);
	struct sorted_record r;

	while (!st && sorted_runs_next(from, &r))
		st = sorted_runs_add(to, r.key, r.value, err);
	return st ? st : sorted_runs_end(from, err);
}

static enum trawl_status add_slot(struct name_count *c, const struct slot *add,
				  const char *word, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;
	struct slot *s = slot_of(c, add->hash, &st, err);

	if (!s)
		return st;
	add_count(&s->lower, add->lower);
	add_count(&s->capital, add->capital);
	if (word && !s->text && !put_spelling(c, s, word, strlen(word)))
		return fail_nomem(err);
	return TRAWL_OK;
}

static enum trawl_status merge(struct name_count *to, struct name_count *from,
			       struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (from->counts) {
		st = open_runs(to, err);
		if (!st)
			st = copy_runs(to->counts, from->counts, err);
		if (!st)
			st = copy_runs(to->spellings, from->spellings, err);
	}
	for (size_t i = 0; !st && i < from->nslots; i++) {
		const struct slot *s = &from->slot[i];

		if (s->hash)
			st = add_slot(to, s,
				      s->text ? from->text.data + s->text - 1
					      : NULL,
				      err);
	}
	to->words += from->words;
	return st;
}

enum trawl_status name_count_merge(struct name_count *to,
				   struct name_count *from,
				   struct trawl_error *err)
{
	const enum trawl_status st = merge(to, from, err);

	name_count_free(from);
	return st;
}

/* -------------------------------------------------------------- the end -- */

static uint32_t uses_of(const struct slot *s)
{
	return (uint32_t)s->lower + s->capital;
}

/* Leave out what stands less often than least, and its text. */
static bool thin(struct name_count *c)
{
	struct buf text;

	buf_init(&text, c->text.max);
	c->used = 0;
	for (size_t i = 0; i < c->nslots; i++) {
		struct slot *s = &c->slot[i];
		const char *word;

		if (s->hash && uses_of(s) < c->least)
			s->hash = 0;
		if (!s->hash)
			continue;
		c->used++;
		if (!s->text)
			continue;
		word = c->text.data + s->text - 1;
		s->text = (uint32_t)text.len + 1;
		buf_add(&text, word, strlen(word) + 1);
	}
	if (text.failed || !resize(c, c->nslots)) {
		buf_release(&text);
		return false;
	}
	buf_release(&c->text);
	c->text = text;
	return true;
}

/* What runs hold of one word: s.  word: its spelling, or empty. */
struct merged {
	struct slot s;
	char word[NAME_BYTES + 4];
};

struct reader {
	struct sorted_runs *counts, *spellings;
	struct sorted_record count, piece;
	bool more_counts, more_pieces;
};

static enum trawl_status reader_open(struct reader *r, struct name_count *c,
				     struct trawl_error *err)
{
	enum trawl_status st = sorted_runs_rewind(c->counts, err);

	if (!st)
		st = sorted_runs_rewind(c->spellings, err);
	if (st)
		return st;
	*r = (struct reader){ .counts = c->counts, .spellings = c->spellings };
	r->more_counts = sorted_runs_next(r->counts, &r->count);
	r->more_pieces = sorted_runs_next(r->spellings, &r->piece);
	return TRAWL_OK;
}

static void read_spelling(struct reader *r, struct merged *out)
{
	while (r->more_pieces && r->piece.key == out->s.hash) {
		const size_t at = 3 * (size_t)(r->piece.value >> 24);

		for (size_t i = 0; i < 3 && at + i < NAME_BYTES; i++)
			out->word[at + i] =
				(char)(r->piece.value >> (16 - 8 * i));
		r->more_pieces = sorted_runs_next(r->spellings, &r->piece);
	}
}

static bool reader_next(struct reader *r, struct merged *out)
{
	if (!r->more_counts)
		return false;
	*out = (struct merged){ .s.hash = r->count.key };
	while (r->more_counts && r->count.key == out->s.hash) {
		add_count(&out->s.lower, r->count.value >> 16);
		add_count(&out->s.capital, r->count.value & 0xFFFF);
		r->more_counts = sorted_runs_next(r->counts, &r->count);
	}
	read_spelling(r, out);
	return true;
}

static enum trawl_status keep_merged(struct name_count *c,
				     const struct merged *m,
				     struct trawl_error *err)
{
	while (is_full(c)) {
		c->least *= 2;
		if (!thin(c))
			return fail_nomem(err);
	}
	if (uses_of(&m->s) < c->least)
		return TRAWL_OK;
	return add_slot(c, &m->s, *m->word ? m->word : NULL, err);
}

/* The most frequent of what is in the runs come back. */
static enum trawl_status read_back(struct name_count *c,
				   struct trawl_error *err)
{
	struct reader r;
	struct merged m;
	enum trawl_status st = spill(c, err);

	if (!st)
		st = reader_open(&r, c, err);
	while (!st && reader_next(&r, &m))
		st = keep_merged(c, &m, err);
	if (!st)
		st = sorted_runs_end(c->counts, err);
	if (!st)
		st = sorted_runs_end(c->spellings, err);
	sorted_runs_free(c->counts);
	sorted_runs_free(c->spellings);
	c->counts = c->spellings = NULL;
	return st;
}

static void mark_frequent(struct name_count *c)
{
	const uint64_t many = c->words / FREQUENT_ONE_IN;
	const uint32_t most = many < FREQUENT_MIN     ? FREQUENT_MIN
			      : many > NAME_COUNT_MAX ? NAME_COUNT_MAX - 1
						      : (uint32_t)many;

	for (size_t i = 0; i < c->nslots; i++) {
		const size_t bit =
			c->slot[i].hash & ((1 << NAME_FREQUENT_BITS) - 1);

		if (c->slot[i].hash && uses_of(&c->slot[i]) > most)
			c->frequent[bit / 8] |= (uint8_t)(1 << bit % 8);
	}
}

enum trawl_status name_count_finish(struct name_count *c,
				    struct trawl_error *err)
{
	const enum trawl_status st = c->counts ? read_back(c, err) : TRAWL_OK;

	if (!st)
		mark_frequent(c);
	return st;
}

uint64_t name_count_words(const struct name_count *c)
{
	return c->words;
}

uint32_t name_count_least(const struct name_count *c)
{
	return c->least;
}

/* Of several words that share the half of their hashes, together: which comes
 * first is chance. */
uint32_t name_count_uses(const struct name_count *c, uint32_t hash)
{
	size_t i = (size_t)hash & (c->nslots - 1);
	uint32_t uses = 0;

	for (; c->slot[i].hash; i = (i + 1) & (c->nslots - 1))
		if ((uint32_t)c->slot[i].hash == hash)
			uses += uses_of(&c->slot[i]);
	return uses;
}

const uint8_t *name_count_frequent(const struct name_count *c)
{
	return c->frequent;
}

bool name_count_next(const struct name_count *c, size_t *at,
		     struct counted_name *out)
{
	const struct slot *s;

	while (*at < c->nslots && !c->slot[*at].text)
		++*at;
	if (*at == c->nslots)
		return false;
	s = &c->slot[(*at)++];
	out->hash = s->hash;
	out->word = c->text.data + s->text - 1;
	out->len = (uint32_t)strlen(out->word);
	out->capital = s->capital;
	out->lower = s->lower;
	return true;
}
