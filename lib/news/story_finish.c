/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_finish.c - from documents to stories
 */
#include "story_parts.h"

#include "status.h"
#include "story_term.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	MEMORY_LEAST = 8 << 20,
	MEMORY_CELLS = 2 * sizeof(uint32_t) << STORY_CELL_BITS,
	MEMORY_DOCUMENT = 48 /* bytes that each takes in any case */
};

struct finish {
	struct stories *s;
	const uint32_t *copy;
	size_t places;
	uint32_t *doc;	 /* by place */
	uint32_t *story; /* by place */
	int32_t *day;	 /* by place */
	struct record_file *vectors;
	struct story_cells tops;
	struct sorted_runs *pairs;
};

/* A document's entries, as they count. */
struct entries {
	int32_t day;
	size_t n;
	struct story_entry at[STORY_TERMS_MAX];
};

static enum trawl_status fail_io(struct trawl_error *err)
{
	return fail(err, TRAWL_IO, "cannot write stories or read them back: %s",
		    strerror(errno));
}

/* Make one of the entries of a term, which had several spellings. */
static void join_entries(struct entries *e, uint32_t term)
{
	struct story_entry *first = NULL;
	size_t kept = 0;

	for (size_t i = 0; i < e->n; i++) {
		struct story_entry *at = &e->at[i];

		if (at->term != term || !first) {
			e->at[kept] = *at;
			if (at->term == term)
				first = &e->at[kept];
			kept++;
			continue;
		}
		if (first->whole < at->whole)
			first->whole = at->whole;
		if (first->lead < at->lead)
			first->lead = at->lead;
	}
	e->n = kept;
}

static void join_spellings(const struct stories *s, struct entries *e)
{
	uint32_t joined[STORY_TERMS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < e->n; i++) {
		uint32_t as = story_known_as(s, e->at[i].term);

		if (as == e->at[i].term)
			continue;
		e->at[i].term = as;
		joined[n++] = as;
	}
	for (size_t i = 0; i < n; i++)
		join_entries(e, joined[i]);
}

static void parse_entries(const struct stories *s, const char *p, size_t len,
			  struct entries *e)
{
	const char *end = p + len;

	memcpy(&e->day, p, sizeof(e->day));
	e->n = 0;
	for (p += sizeof(e->day); p < end; p += STORY_ENTRY)
		memcpy(&e->at[e->n++], p, STORY_ENTRY);
	if (s->nsame)
		join_spellings(s, e);
}

static bool read_entries(struct finish *f, size_t doc, struct entries *e)
{
	size_t len;
	const char *p = record_file_read(f->s->documents, doc, &len);

	if (p)
		parse_entries(f->s, p, len, e);
	return p != NULL;
}

/* ---------------------------------------------------------------- steps -- */

/* Which document has which rank, without copies. */
static bool order(struct finish *f, const uint32_t *rank)
{
	size_t n = record_file_count(f->s->documents), places = 0;

	f->doc = malloc((n + 1) * sizeof(*f->doc));
	f->story = malloc((n + 1) * sizeof(*f->story));
	f->day = malloc((n + 1) * sizeof(*f->day));
	if (!f->doc || !f->story || !f->day)
		return false;
	for (size_t i = 0; i < n; i++)
		f->doc[rank[i]] = (uint32_t)i;
	for (size_t r = 0; r < n; r++) {
		if (f->copy[f->doc[r]] == f->doc[r])
			f->doc[places++] = f->doc[r];
	}
	f->places = places;
	return true;
}

/* In the order they came: they are read in turn. */
static enum trawl_status count_terms(struct finish *f, struct trawl_error *err)
{
	size_t n = record_file_count(f->s->documents);
	struct story_cells *cells = &f->s->cells;
	struct entries e;

	for (size_t doc = 0; doc < n; doc++) {
		if (f->copy[doc] != doc)
			continue;
		if (!read_entries(f, doc, &e))
			return fail_io(err);
		for (size_t i = 0; i < e.n; i++)
			++*story_cell(cells, e.at[i].term);
		cells->documents++;
	}
	return TRAWL_OK;
}

static void count_top(struct finish *f, const struct story_vector *v)
{
	for (size_t i = 0; i < v->ntop; i++)
		++*story_cell(&f->tops, v->top[i]);
}

/* Documents with too few terms get no place: they stand alone. */
static enum trawl_status make_vectors(struct finish *f, struct trawl_error *err)
{
	size_t places = 0;
	struct entries e;
	struct story_rarity r;
	struct story_vector v;

	story_rarity_init(&r, &f->s->cells, f->s->settings.prior);
	for (size_t i = 0; i < f->places; i++) {
		if (!read_entries(f, f->doc[i], &e))
			return fail_io(err);
		if (e.n < STORY_LEAST)
			continue;
		story_vector_make(&f->s->settings, &r, e.at, e.n, e.day, &v);
		if (!story_vector_write(f->vectors, &v))
			return fail_io(err);
		count_top(f, &v);
		f->day[places] = e.day;
		f->doc[places++] = f->doc[i];
	}
	f->places = places;
	return record_file_flush(f->vectors) ? TRAWL_OK : fail_io(err);
}

/* For what can go to disk. */
static uint64_t memory_left(const struct finish *f)
{
	uint64_t taken = MEMORY_CELLS + (uint64_t)f->places * MEMORY_DOCUMENT;

	if (f->s->memory < taken + MEMORY_LEAST)
		return MEMORY_LEAST;
	return f->s->memory - taken;
}

static enum trawl_status cluster(struct finish *f, struct trawl_error *err)
{
	struct story_input in = { .dir = f->s->dir,
				  .memory = memory_left(f),
				  .settings = &f->s->settings,
				  .file = f->vectors,
				  .places = f->places,
				  .day = f->day,
				  .tops = &f->tops,
				  .beside = f->s->beside };
	enum trawl_status st;

	/* There are a few pairs a document, if that: finding them takes more. */
	st = sorted_runs_new(in.dir, in.memory / 4, &f->pairs, err);
	in.memory -= in.memory / 4;
	if (!st)
		st = story_pairs(&in, f->pairs, err);
	return st ? st : story_pieces(&in, f->pairs, f->story, err);
}

static void tell(const struct finish *f, uint32_t *story)
{
	size_t n = record_file_count(f->s->documents);

	for (uint32_t i = 0; i < n; i++)
		story[i] = i;
	for (size_t i = 0; i < f->places; i++)
		story[f->doc[i]] = f->doc[f->story[i]];
	for (size_t i = 0; i < n; i++)
		story[i] = story[f->copy[i]];
}

static void release(struct finish *f)
{
	free(f->doc);
	free(f->story);
	free(f->day);
	free(f->tops.count);
	record_file_free(f->vectors);
	sorted_runs_free(f->pairs);
}

void stories_beside(struct stories *s)
{
	s->beside = true;
}

enum trawl_status stories_finish(struct stories *s, const uint32_t *rank,
				 const uint32_t *copy, uint32_t *story,
				 struct trawl_error *err)
{
	struct finish f = { .s = s, .copy = copy };
	enum trawl_status st = TRAWL_OK;

	if (!story_cells_init(&f.tops) || !order(&f, rank))
		st = fail_nomem(err);
	if (!st && !record_file_flush(s->documents))
		st = fail_io(err);
	if (!st)
		st = count_terms(&f, err);
	if (!st && !(f.vectors = record_file_new(s->dir)))
		st = fail_io(err);
	if (!st)
		st = make_vectors(&f, err);
	if (!st)
		st = cluster(&f, err);
	if (!st)
		tell(&f, story);
	release(&f);
	return st;
}
