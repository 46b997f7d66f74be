/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "word_cache.h"

#include "ascii8.h"
#include "huge.h"
#include "seed.h"

enum {
	FIRST_SLOTS = 1 << 8
};

static uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 r = (unsigned __int128)a * b;

	return (uint64_t)r ^ (uint64_t)(r >> 64);
}

/* What follows the first 16 bytes of a longer key. */
static uint64_t hash_rest(const struct word_cache *c, const char *raw,
			  size_t len)
{
	uint64_t h = c->seed[0] ^ len;
	size_t i = 16;

	for (; i + 8 < len; i += 8)
		h = mix(h ^ ascii8_lower(ascii8_load(raw + i)), c->seed[1]);
	return mix(h ^ ascii8_lower(ascii8_load(raw + len - 8)), c->seed[1]);
}

void word_cache_key(const struct word_cache *c, const char *raw, size_t len,
		    size_t room, struct word_key *key)
{
	char copy[16] = { 0 };
	const char *head = raw;
	uint64_t seed = c->seed[0];

	if (room < sizeof(copy)) {
		memcpy(copy, raw, len);
		head = copy;
	}
	key->raw = raw;
	key->len = len;
	key->head = ascii8_lower(ascii8_prefix(ascii8_load(head), len));
	key->tail = ascii8_lower(
		ascii8_prefix(ascii8_load(head + 8), len > 8 ? len - 8 : 0));
	if (len > 16)
		seed = hash_rest(c, raw, len);
	key->hash = mix(key->head ^ seed, key->tail ^ c->seed[1]);
	__builtin_prefetch(&c->slot[key->hash & (c->slots - 1)]);
}

static bool same_rest(const char *raw, const char *key, size_t len)
{
	size_t i = 16;

	for (; i + 8 < len; i += 8)
		if (ascii8_lower(ascii8_load(raw + i)) != ascii8_load(key + i))
			return false;
	i = len - 8;
	return ascii8_lower(ascii8_load(raw + i)) == ascii8_load(key + i);
}

static bool same(const struct word_slot *s, const struct word_key *key)
{
	return s->head == key->head && s->tail == key->tail &&
	       s->key_len == key->len &&
	       (key->len <= 16 || same_rest(key->raw, s->key, key->len));
}

const struct word *word_cache_find(const struct word_cache *c,
				   const struct word_key *key)
{
	const size_t mask = c->slots - 1;

	for (size_t i = key->hash & mask; c->slot[i].w.word; i = (i + 1) & mask)
		if (same(&c->slot[i], key))
			return &c->slot[i].w;
	return NULL;
}

static void put(struct word_slot *slot, size_t slots, const struct word_slot *s)
{
	size_t i = s->hash & (slots - 1);

	while (slot[i].w.word)
		i = (i + 1) & (slots - 1);
	slot[i] = *s;
}

static bool resize(struct word_cache *c, size_t slots)
{
	struct word_slot *slot = huge_zalloc(slots * sizeof(*slot));

	if (!slot)
		return false;
	for (size_t i = 0; i < c->slots && c->used; i++)
		if (c->slot[i].w.word)
			put(slot, slots, &c->slot[i]);
	free(c->slot);
	c->slot = slot;
	c->slots = slots;
	return true;
}

bool word_cache_init(struct word_cache *c)
{
	*c = (struct word_cache){ .slot = NULL };
	arena_init(&c->arena, WORD_CACHE_TEXT);
	c->seed[0] = random_seed();
	c->seed[1] = random_seed() | 1;
	return resize(c, FIRST_SLOTS);
}

void word_cache_release(struct word_cache *c)
{
	free(c->slot);
	c->slot = NULL;
	arena_release(&c->arena);
}

void word_cache_trim(struct word_cache *c)
{
	const size_t size = c->slots * sizeof(*c->slot);

	if (!c->arena.failed && c->arena.used + size <= WORD_CACHE_KEEP)
		return;
	arena_reset(&c->arena);
	c->used = 0;
	c->generation++;
	memset(c->slot, 0, size);
}

static const char *put_string(char **at, const char *s, size_t len)
{
	char *copy = *at;

	memcpy(copy, s, len);
	copy[len] = '\0';
	*at += len + 1;
	return copy;
}

/* Copy the strings of w, and the key if it is long; *key_copy is NULL else. */
static bool copy_strings(struct word_cache *c, const struct word_key *key,
			 struct word *w, const char **key_copy)
{
	const bool shared = w->stem_len == w->word_len &&
			    !memcmp(w->stem, w->word, w->word_len);
	const size_t keep = key->len > 16 ? key->len + 1 : 0;
	const size_t stem = shared ? 0 : w->stem_len + 1u;
	char *at = arena_alloc(&c->arena, w->word_len + 1u + stem + keep);

	if (!at)
		return false;
	w->word = put_string(&at, w->word, w->word_len);
	w->stem = shared ? w->word : put_string(&at, w->stem, w->stem_len);
	*key_copy = keep ? at : NULL;
	if (keep) {
		put_string(&at, key->raw, key->len);
		for (char *p = at - keep; *p; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p |= 0x20;
	}
	return true;
}

bool word_cache_add(struct word_cache *c, const struct word_key *key,
		    struct word *w)
{
	const size_t full = c->slots / 8 * 5;
	struct word_slot s = { .head = key->head,
			       .tail = key->tail,
			       .hash = (uint32_t)key->hash,
			       .key_len = (uint16_t)key->len };

	w->number = WORD_NO_NUMBER;
	if (!copy_strings(c, key, w, &s.key))
		return false;
	if (c->used >= full && c->slots >= WORD_CACHE_SLOTS)
		return true;
	if (c->used >= full && !resize(c, 2 * c->slots))
		return false;
	w->number = (uint32_t)c->used++;
	s.w = *w;
	put(c->slot, c->slots, &s);
	return true;
}
