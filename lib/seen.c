/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seen.h"

#include <stdlib.h>
#include <string.h>
#include "seed.h"

#include <xxhash.h>

enum {
	FIRST_WORDS = 64,
	FIRST_SLOTS = 1024
};

void docid_set_release(struct docid_set *s)
{
	free(s->word);
	*s = (struct docid_set){ 0 };
}

bool docid_set_reserve(struct docid_set *s, uint32_t docid)
{
	size_t want = s->nwords ? s->nwords : FIRST_WORDS;
	uint64_t *grown;

	if (docid / 64 < s->nwords)
		return true;
	while (docid / 64 >= want)
		want *= 2;
	grown = realloc(s->word, want * sizeof(*grown));
	if (!grown)
		return false;
	memset(grown + s->nwords, 0, (want - s->nwords) * sizeof(*grown));
	s->word = grown;
	s->nwords = want;
	return true;
}

void docid_set_add(struct docid_set *s, uint32_t docid)
{
	s->word[docid / 64] |= (uint64_t)1 << docid % 64;
}

bool docid_set_has(const struct docid_set *s, uint32_t docid)
{
	return docid / 64 < s->nwords && s->word[docid / 64] >> docid % 64 & 1;
}

void name_set_release(struct name_set *s)
{
	free(s->slot);
	*s = (struct name_set){ 0 };
}

static uint64_t hash_of(const struct name_set *s, const char *name, size_t len)
{
	uint64_t hash = XXH3_64bits_withSeed(name, len, s->seed);

	return hash ? hash : 1;
}

static void insert(struct name_set *s, uint64_t hash)
{
	size_t at = hash & (s->nslots - 1);

	while (s->slot[at] && s->slot[at] != hash)
		at = (at + 1) & (s->nslots - 1);
	s->n += !s->slot[at];
	s->slot[at] = hash;
}

bool name_set_reserve(struct name_set *s)
{
	struct name_set grown = { .nslots = s->nslots ? 2 * s->nslots
						      : FIRST_SLOTS,
				  .seed = s->nslots ? s->seed : random_seed() };

	if (2 * (s->n + 1) <= s->nslots)
		return true;
	grown.slot = calloc(grown.nslots, sizeof(*grown.slot));
	if (!grown.slot)
		return false;
	for (size_t i = 0; i < s->nslots; i++)
		if (s->slot[i])
			insert(&grown, s->slot[i]);
	free(s->slot);
	*s = grown;
	return true;
}

void name_set_add(struct name_set *s, const char *name, size_t len)
{
	insert(s, hash_of(s, name, len));
}

bool name_set_has(const struct name_set *s, const char *name, size_t len)
{
	uint64_t hash = hash_of(s, name, len);
	size_t at = hash & (s->nslots - 1);

	if (!s->nslots)
		return false;
	while (s->slot[at] && s->slot[at] != hash)
		at = (at + 1) & (s->nslots - 1);
	return s->slot[at] == hash;
}
