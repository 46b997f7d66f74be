/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vocabulary.h"

#include "die.h"

#include <stdlib.h>
#include <string.h>

enum {
	ENTRIES_ALLOC = 1 << 16
};

static uint32_t *find(const struct vocabulary *v, const char *s, size_t n,
		      uint32_t hash)
{
	size_t mask = 2 * v->alloc - 1, i = hash & mask;

	for (; v->slot[i]; i = (i + 1) & mask) {
		const struct entry *e = &v->entry[v->slot[i] - 1];

		if (e->hash == hash && e->len == n && !memcmp(e->text, s, n))
			break;
	}
	return &v->slot[i];
}

static void grow(struct vocabulary *v)
{
	v->alloc = v->alloc ? 2 * v->alloc : ENTRIES_ALLOC;
	v->entry = xrealloc(v->entry, v->alloc * sizeof(*v->entry));
	free(v->slot);
	v->slot = xcalloc(2 * v->alloc, sizeof(*v->slot));
	for (size_t i = 0; i < v->n; i++)
		*find(v, v->entry[i].text, v->entry[i].len, v->entry[i].hash) =
			(uint32_t)i + 1;
}

void vocabulary_add(struct vocabulary *v, const struct word *word,
		    uint32_t document)
{
	struct entry *e;
	uint32_t *slot;

	if (v->n == v->alloc)
		grow(v);
	slot = find(v, word->text, word->len, word->hash);
	if (!*slot) {
		v->entry[v->n] = (struct entry){
			.text = xstrndup(word->text, word->len),
			.len = (uint32_t)word->len,
			.hash = word->hash,
			.common = word->letters && word_is_content(word),
		};
		*slot = (uint32_t)++v->n;
	}
	e = &v->entry[*slot - 1];
	e->documents += e->last != document;
	e->last = document;
}

uint32_t vocabulary_documents(const struct vocabulary *v,
			      const struct word *word)
{
	uint32_t place = v->n ? *find(v, word->text, word->len, word->hash) : 0;

	return place ? v->entry[place - 1].documents : 0;
}

static int by_documents(const void *a, const void *b)
{
	const struct entry *x = *(const struct entry *const *)a;
	const struct entry *y = *(const struct entry *const *)b;

	if (x->documents != y->documents)
		return x->documents < y->documents ? 1 : -1;
	return strcmp(x->text, y->text);
}

const struct entry **vocabulary_commonest(const struct vocabulary *v,
					  size_t max, size_t *n)
{
	const struct entry **list = xcalloc(v->n + 1, sizeof(*list));

	*n = 0;
	for (size_t i = 0; i < v->n; i++)
		if (v->entry[i].common)
			list[(*n)++] = &v->entry[i];
	qsort(list, *n, sizeof(*list), by_documents);
	*n = *n < max ? *n : max;
	return list;
}

void vocabulary_release(struct vocabulary *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->entry[i].text);
	free(v->entry);
	free(v->slot);
	*v = (struct vocabulary){ 0 };
}
