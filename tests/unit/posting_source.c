/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib/source.c against plain arrays: sources whose tags are gone as soon as
 * they are filled again, whose batches are of any size, and that may fail
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "posting_source.h"

#include <stdlib.h>
#include <string.h>

enum {
	WORDS = 40,
	DOCIDS = 2000,
	PARTS_MAX = 1000,
	GONE = 0xAA
};

/* Which part has docid d of word w; 0 none, else its number + 1. */
struct model {
	uint32_t seed;
	uint16_t owner[WORDS][DOCIDS];
};

static const char no_more[] = "no more of it";

struct fake {
	struct source base;
	struct model *model;
	uint32_t part;
	int word;
	uint32_t docid;
	uint32_t batch; /* at most so many entries */
	long fails;	/* after so many calls; -1 never */
	unsigned char tag[SOURCE_BATCH][4];
};

static int freed;
static struct model model;

static uint32_t draw(struct model *m, uint32_t below)
{
	m->seed = m->seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)m->seed * below >> 32);
}

/* In byte order: with NULs, alike in their first 8 bytes, some short. */
static struct xap_bytes word(uint32_t w)
{
	static char text[WORDS][16];
	char *t = text[w];

	if (w < 4) {
		memset(t, 0, 4);
		return (struct xap_bytes){ t, w + 1 };
	}
	if (w < 8) {
		memset(t, 1, w);
		return (struct xap_bytes){ t, w - 3 };
	}
	memcpy(t, "the same", 8);
	t[8] = (char)(w * 5);
	t[9] = (char)w;
	return (struct xap_bytes){ t, w == 8 ? 8 : w % 2 ? 9 : 10 };
}

/* ----------------------------------------------------------------- fakes -- */

static bool fake_fails(struct fake *f)
{
	if (f->fails > 0)
		f->fails--;
	if (!f->fails) {
		f->base.st = TRAWL_IO;
		snprintf(f->base.err.text, sizeof(f->base.err.text), "%s",
			 no_more);
	}
	return f->base.st != TRAWL_OK;
}

static bool has(const struct fake *f, uint32_t docid)
{
	return f->model->owner[f->word][docid] == f->part + 1;
}

static bool fake_next_term(struct source *base)
{
	struct fake *f = (struct fake *)base;

	memset(f->tag, GONE, sizeof(f->tag));
	if (fake_fails(f))
		return false;
	while (++f->word < WORDS) {
		for (f->docid = 0; f->docid < DOCIDS; f->docid++)
			if (has(f, f->docid))
				break;
		/* Now and then a term without entries. */
		if (f->docid < DOCIDS || (f->part + (uint32_t)f->word) % 7 == 0)
			break;
	}
	f->word = f->word < WORDS ? f->word : WORDS;
	if (f->word == WORDS)
		return false;
	base->term = word((uint32_t)f->word);
	return true;
}

static bool fake_fill(struct source *base)
{
	struct fake *f = (struct fake *)base;
	uint32_t most = 1 + draw(f->model, f->batch);

	memset(f->tag, GONE, sizeof(f->tag));
	base->n = 0;
	if (fake_fails(f))
		return false;
	for (; base->n < most && f->docid < DOCIDS; f->docid++) {
		unsigned char *tag = f->tag[base->n];

		if (!has(f, f->docid))
			continue;
		memcpy(tag, &f->docid, sizeof(f->docid));
		base->entry[base->n++] =
			(struct source_entry){ f->docid, f->part, tag };
	}
	return base->n > 0;
}

static void fake_free(struct source *base)
{
	freed++;
	free(base);
}

static struct source *fake_new(uint32_t part, uint32_t batch)
{
	struct fake *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->base.next_term = fake_next_term;
	f->base.fill = fake_fill;
	f->base.free = fake_free;
	f->model = &model;
	f->part = part;
	f->word = -1;
	f->batch = batch;
	f->fails = -1;
	return &f->base;
}

/* --------------------------------------------------------------- checking -- */

static uint32_t next_owned(uint32_t w, uint32_t docid)
{
	while (docid < DOCIDS && !model.owner[w][docid])
		docid++;
	return docid;
}

static void check_batch(const struct source *s, uint32_t w, uint32_t *docid)
{
	assert_in_range(s->n, 1, SOURCE_BATCH);
	for (size_t i = 0; i < s->n; i++) {
		const struct source_entry *e = &s->entry[i];

		*docid = next_owned(w, *docid);
		assert_int_equal(e->docid, *docid);
		assert_int_equal(e->n + 1, model.owner[w][*docid]);
		assert_memory_equal(e->tag, docid, sizeof(*docid));
		++*docid;
	}
}

static bool is_word(uint32_t w, struct xap_bytes term)
{
	struct xap_bytes own = word(w);

	return own.len == term.len && !memcmp(own.data, term.data, own.len);
}

static void check_all(struct source *s, uint32_t left)
{
	uint32_t w = 0;

	for (; source_next_term(s); w++) {
		uint32_t docid = 0;

		for (; w < WORDS && !is_word(w, s->term); w++)
			assert_int_equal(next_owned(w, 0), DOCIDS);
		assert_true(w < WORDS);
		while (!left || draw(&model, left)) {
			if (!source_fill(s)) {
				docid = next_owned(w, docid);
				assert_int_equal(docid, DOCIDS);
				break;
			}
			check_batch(s, w, &docid);
		}
	}
	for (; w < WORDS; w++)
		assert_int_equal(next_owned(w, 0), DOCIDS);
	assert_int_equal(s->st, TRAWL_OK);
}

/* ---------------------------------------------------------------- tests -- */

struct plan {
	uint32_t parts;
	uint32_t stay;	/* docids of a part in a row, about */
	uint32_t there; /* a word is in one document of so many, about */
	uint32_t batch, left;
};

static const struct plan plans[] = {
	{ 0, 1, 1, 1, 0 },	{ 1, 1, 1, 128, 0 },   { 1, 1, 3, 5, 3 },
	{ 2, 1, 1, 128, 0 },	{ 2, 5, 3, 128, 0 },   { 2, 300, 1, 128, 0 },
	{ 2, 5, 1, 1, 0 },	{ 3, 2000, 1, 7, 0 },  { 9, 10, 1, 128, 4 },
	{ 9, 300, 2, 20, 0 },	{ 50, 1, 1, 128, 0 },  { 50, 100, 9, 9, 0 },
	{ 1000, 2, 2, 128, 0 }, { 1000, 1, 30, 3, 5 }, { 4, 4, 500, 128, 0 },
};

static void draw_model(const struct plan *plan, uint32_t seed)
{
	uint32_t part = 0;

	model.seed = seed;
	for (uint32_t d = 0; d < DOCIDS; d++) {
		if (plan->parts && !draw(&model, plan->stay))
			part = draw(&model, plan->parts);
		for (uint32_t w = 0; w < WORDS; w++) {
			bool there = plan->parts && w % 11 != 3 &&
				     !draw(&model, 1 + (plan->there - 1) * w);

			model.owner[w][d] = there ? (uint16_t)(part + 1) : 0;
		}
	}
}

static enum trawl_status make_merge(const struct plan *plan,
				    struct source **out)
{
	struct source *parts[PARTS_MAX + 1];

	freed = 0;
	for (uint32_t i = 0; i < plan->parts; i++)
		parts[i] = fake_new(i, plan->batch);
	return source_merge(parts, plan->parts, out, NULL);
}

static void test_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(plans) / sizeof(*plans); i++) {
		struct source *s;

		draw_model(&plans[i], (uint32_t)i * 104729 + 3);
		assert_int_equal(make_merge(&plans[i], &s), TRAWL_OK);
		check_all(s, plans[i].left);
		source_free(s);
		assert_int_equal(freed, (int)plans[i].parts);
	}
}

/* One source is handed through. */
static void test_one(void **state)
{
	struct source *s = fake_new(0, 1), *out;

	(void)state;
	assert_int_equal(source_merge(&s, 1, &out, NULL), TRAWL_OK);
	assert_ptr_equal(s, out);
	source_free(out);
}

/* A part fails at any point: so does the whole, with the part's words. */
static void test_failure(void **state)
{
	static const struct plan plan = { 5, 30, 3, 60, 0 };
	bool whole = false;

	(void)state;
	draw_model(&plan, 11);
	for (long fails = 0; !whole; fails += 1 + fails / 8) {
		struct source *parts[5], *s;

		for (uint32_t i = 0; i < 5; i++)
			parts[i] = fake_new(i, 60);
		((struct fake *)parts[2])->fails = fails;
		assert_int_equal(source_merge(parts, 5, &s, NULL), TRAWL_OK);
		while (source_next_term(s))
			while (source_fill(s))
				;
		whole = ((struct fake *)parts[2])->fails > 0;
		assert_int_equal(s->st, whole ? TRAWL_OK : TRAWL_IO);
		if (!whole)
			assert_string_equal(s->err.text, no_more);
		assert_false(source_next_term(s));
		source_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
