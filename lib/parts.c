/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parts.c - can several indexes be read as one, and what fields have they then
 */
#include "part.h"

#include "status.h"

struct common {
	const struct index_part *part;
	struct schema *schema;
	/* The part that each field, or its slot, came from. */
	const struct index_part *owner[SCHEMA_FIELDS_MAX];
	struct trawl_error *err;
};

static const char *type_name(const struct schema_field *f)
{
	static const char *const names[] = { "text", "keyword", "date",
					     "number" };

	return names[f->type];
}

static enum trawl_status same_analyzer(const struct index_part *a,
				       const struct index_part *b,
				       struct trawl_error *err)
{
	const struct meta *ma = &a->meta, *mb = &b->meta;

	if (strcmp(ma->language, mb->language) != 0)
		return fail(err, TRAWL_MISMATCH,
			    "%s and %s cannot be searched as one: %s is %s, "
			    "%s is %s; search them one at a time",
			    a->name, b->name, a->name, ma->language, b->name,
			    mb->language);
	if (strcmp(ma->fingerprint, mb->fingerprint) != 0)
		return fail(err, TRAWL_MISMATCH,
			    "%s and %s cannot be searched as one: made by "
			    "different analyzers (%s, %s); rebuild the older",
			    a->name, b->name, ma->fingerprint, mb->fingerprint);
	return TRAWL_OK;
}

static enum trawl_status two_meanings(const struct common *c, size_t i,
				      const struct schema_field *f)
{
	const char *a = c->owner[i]->name, *b = c->part->name;

	return fail(c->err, TRAWL_MISMATCH,
		    "%s and %s cannot be searched as one: field %s is a %s in "
		    "%s, a %s in %s; search them one at a time",
		    a, b, f->name, type_name(&c->schema->field[i]), a,
		    type_name(f), b);
}

static enum trawl_status two_fields(const struct common *c, size_t i,
				    const struct schema_field *f)
{
	const char *a = c->owner[i]->name, *b = c->part->name;

	return fail(c->err, TRAWL_MISMATCH,
		    "%s and %s cannot be searched as one: slot %d is field %s "
		    "in %s, %s in %s; search them one at a time",
		    a, b, f->slot, c->schema->field[i].name, a, f->name, b);
}

/* The slot of a field that one part keeps and another does not is that part's.
 */
static enum trawl_status widen(struct common *c, size_t i,
			       const struct schema_field *f)
{
	struct schema_field *all = &c->schema->field[i];

	/* Slots are given out in order: two of one field are a slot of two. */
	if (all->type != f->type || strcmp(all->prefix, f->prefix) != 0 ||
	    (all->slot != f->slot && all->slot != NO_SLOT &&
	     f->slot != NO_SLOT))
		return two_meanings(c, i, f);
	if (all->slot == NO_SLOT) {
		all->slot = f->slot;
		c->owner[i] = c->part;
	}
	all->indexed &= f->indexed;
	all->sort &= f->sort;
	all->facet &= f->facet;
	all->stored |= f->stored;
	return TRAWL_OK;
}

static enum trawl_status add_field(struct common *c,
				   const struct schema_field *f)
{
	struct schema *s = c->schema;

	for (size_t i = 0; i < s->nfields; i++) {
		bool same = !strcmp(s->field[i].name, f->name);

		if (!same && f->slot != NO_SLOT && s->field[i].slot == f->slot)
			return two_fields(c, i, f);
	}
	for (size_t i = 0; i < s->nfields; i++)
		if (!strcmp(s->field[i].name, f->name))
			return widen(c, i, f);
	if (s->nfields == SCHEMA_FIELDS_MAX)
		return fail(c->err, TRAWL_MISMATCH,
			    "%s has field %s, one more than the %d that can be "
			    "searched as one; search it by itself",
			    c->part->name, f->name, SCHEMA_FIELDS_MAX);
	c->owner[s->nfields] = c->part;
	s->field[s->nfields++] = *f;
	return TRAWL_OK;
}

enum trawl_status parts_agree(const struct index_part *parts, size_t n,
			      struct schema *out, struct trawl_error *err)
{
	struct common c = { .schema = out, .err = err };
	enum trawl_status st = TRAWL_OK;

	*out = parts[0].meta.schema;
	for (size_t i = 0; i < out->nfields; i++)
		c.owner[i] = &parts[0];
	for (size_t k = 1; st == TRAWL_OK && k < n; k++) {
		const struct schema *s = &parts[k].meta.schema;

		c.part = &parts[k];
		st = same_analyzer(&parts[0], &parts[k], err);
		for (size_t i = 0; st == TRAWL_OK && i < s->nfields; i++)
			st = add_field(&c, &s->field[i]);
	}
	return st;
}
