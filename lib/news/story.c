/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "story_parts.h"

#include "huge.h"
#include "status.h"
#include "story_term.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * What stories_save() makes: FORMAT, then varints (7 bits a byte, the lowest
 * first, 0x80: more follow): documents; and of each cell of story_cells
 * that is not 0 its distance from the one before, and its count.
 */
enum {
	FORMAT = 1,
	DOCUMENTS_MAX = INT32_MAX,
	SAMES_MAX = 1 << 20,
	VARINT_MAX = 10,
	BITS = 7,
	MORE = 1 << BITS
};

static const struct story_settings defaults = {
	.theta = 0.18F,
	.lambda = 0.65F,
	.lead = 0.3F,
	.far = 0.5F,
	.prior = 0.5F,
	.near_days = 7,
	.far_days = 28,
	.apart_days = 90,
	.listed = 64,
	.piece = 4096,
	.paired = 64,
};

struct story_settings *stories_settings(struct stories *s)
{
	return &s->settings;
}

bool story_cells_init(struct story_cells *c)
{
	c->count = huge_zalloc(sizeof(*c->count) << STORY_CELL_BITS);
	return c->count;
}

enum trawl_status stories_new(const char *dir, uint64_t memory,
			      struct stories **out, struct trawl_error *err)
{
	struct stories *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (!s)
		return fail_nomem(err);
	s->settings = defaults;
	s->memory = memory;
	s->dir = strdup(dir);
	if (!s->dir || !story_cells_init(&s->cells)) {
		stories_free(s);
		return fail_nomem(err);
	}
	s->documents = record_file_new(dir);
	if (!s->documents) {
		stories_free(s);
		return fail(err, TRAWL_IO, "cannot make a file in %s: %s", dir,
			    strerror(errno));
	}
	*out = s;
	return TRAWL_OK;
}

void stories_free(struct stories *s)
{
	if (!s)
		return;
	record_file_free(s->documents);
	free(s->same);
	free(s->cells.count);
	free(s->dir);
	free(s);
}

enum trawl_status stories_add(struct stories *s, int32_t day, const char *terms,
			      size_t len, struct trawl_error *err)
{
	char record[sizeof(day) + STORY_TERMS_MAX * STORY_ENTRY];

	if (len % STORY_ENTRY || len > sizeof(record) - sizeof(day))
		return fail(err, TRAWL_INVAL, "terms of a story: %zu bytes",
			    len);
	memcpy(record, &day, sizeof(day));
	memcpy(record + sizeof(day), terms, len);
	if (record_file_add(s->documents, record, sizeof(day) + len))
		return TRAWL_OK;
	return fail(err, TRAWL_IO, "cannot write stories: %s", strerror(errno));
}

/* -------------------------------------------------------- spellings -- */

static struct story_same *same_slot(const struct stories *s, uint32_t term)
{
	size_t at = (term >> 1) & (s->nslots - 1);

	while (s->same[at].term && s->same[at].term != term)
		at = (at + 1) & (s->nslots - 1);
	return &s->same[at];
}

static bool grow_sames(struct stories *s)
{
	struct stories more = { .nslots = s->nslots ? 2 * s->nslots : 64 };

	more.same = calloc(more.nslots, sizeof(*more.same));
	if (!more.same)
		return false;
	for (size_t i = 0; i < s->nslots; i++) {
		if (s->same[i].term)
			*same_slot(&more, s->same[i].term) = s->same[i];
	}
	free(s->same);
	s->same = more.same;
	s->nslots = more.nslots;
	return true;
}

/* What a term counts as.  Chains are short, and end where they come round. */
uint32_t story_known_as(const struct stories *s, uint32_t term)
{
	for (size_t i = 0; s->nsame && i < s->nsame; i++) {
		const struct story_same *same = same_slot(s, term);

		if (!same->term || same->as == term)
			break;
		term = same->as;
	}
	return term;
}

enum trawl_status stories_same(struct stories *s, uint64_t word,
			       uint64_t as_this, struct trawl_error *err)
{
	uint32_t term = story_term_of_hash(word);
	uint32_t as = story_known_as(s, story_term_of_hash(as_this));
	struct story_same *same;

	if (s->nsame >= SAMES_MAX)
		return fail(err, TRAWL_INVAL, "more than %d spellings",
			    SAMES_MAX);
	if (2 * (s->nsame + 1) > s->nslots && !grow_sames(s))
		return fail_nomem(err);
	term = story_known_as(s, term);
	if (term == as)
		return TRAWL_OK;
	same = same_slot(s, term);
	*same = (struct story_same){ term, as };
	s->nsame++;
	return TRAWL_OK;
}

/* ---------------------------------------------------------- frequencies -- */

static void add_varint(struct buf *out, uint64_t value)
{
	for (; value >= MORE; value >>= BITS)
		buf_addc(out, (char)(value | MORE));
	buf_addc(out, (char)value);
}

static bool read_varint(const char **p, const char *end, uint64_t *value)
{
	*value = 0;
	for (unsigned i = 0; *p < end && i < VARINT_MAX; i++) {
		unsigned char byte = (unsigned char)*(*p)++;

		*value |= (uint64_t)(byte & (MORE - 1)) << (i * BITS);
		if (byte < MORE)
			return true;
	}
	return false;
}

/* The first cell from i on that may have a count: four are looked at at once, as
 * most have none. */
static uint32_t next_cell(const uint32_t *count, uint32_t i)
{
	while (i % 4 == 0 && i < 1U << STORY_CELL_BITS &&
	       !(count[i] | count[i + 1] | count[i + 2] | count[i + 3]))
		i += 4;
	return i;
}

bool stories_save(const struct stories *s, struct buf *out)
{
	const uint32_t *count = s->cells.count;
	uint32_t last = 0, i = 0;

	buf_addc(out, FORMAT);
	add_varint(out, s->cells.documents);
	for (; (i = next_cell(count, i)) < 1U << STORY_CELL_BITS; i++) {
		if (!count[i])
			continue;
		add_varint(out, i - last);
		add_varint(out, count[i]);
		last = i;
	}
	return !out->failed;
}

static void add_count(uint32_t *count, uint64_t n)
{
	*count = n < UINT32_MAX - *count ? *count + (uint32_t)n : UINT32_MAX;
}

static bool load(struct story_cells *c, const char *p, const char *end)
{
	uint64_t documents, step, count, at = 0;

	if (p == end || *p++ != FORMAT || !read_varint(&p, end, &documents) ||
	    documents > DOCUMENTS_MAX)
		return false;
	while (p < end) {
		if (!read_varint(&p, end, &step) ||
		    !read_varint(&p, end, &count) ||
		    step >= 1U << STORY_CELL_BITS)
			return false;
		at += step;
		if (at >= 1U << STORY_CELL_BITS)
			return false;
		add_count(&c->count[at], count);
	}
	c->documents += documents;
	return true;
}

enum trawl_status stories_load(struct stories *s, const char *bytes, size_t len,
			       struct trawl_error *err)
{
	if (!len || load(&s->cells, bytes, bytes + len))
		return TRAWL_OK;
	return fail(err, TRAWL_CORRUPT,
		    "frequencies of stories are damaged; "
		    "build the index anew");
}
