/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "part.h"

#include "status.h"

/* What was read of the snapshot. */
static void release_snapshot(struct index_part *p)
{
	matcher_free(p->matcher);
	p->matcher = NULL;
	p->unmatched = false;
	for (size_t kind = 0; kind < GROUP_KINDS; kind++) {
		groups_free(p->groups[kind]);
		p->groups[kind] = NULL;
	}
	part_words_free(p->words);
	p->words = NULL;
}

/* What the snapshot says of itself. */
static enum trawl_status note_facts(struct index_part *p,
				    struct trawl_error *err)
{
	struct xap_facts facts;
	enum trawl_status st = xap_db_facts(p->db, &facts, err);

	if (st != TRAWL_OK)
		return st;
	if (facts.revision != p->facts.revision ||
	    strcmp(facts.uuid, p->facts.uuid) != 0) {
		p->moves++;
		release_snapshot(p);
	}
	p->facts = facts;
	return TRAWL_OK;
}

static void release_generation(struct index_part *p)
{
	release_snapshot(p);
	xap_db_free(p->db);
	meta_release(&p->meta);
	pin_release(&p->stub);
	pin_release(&p->commit);
	p->db = NULL;
}

void part_release(struct index_part *p)
{
	release_generation(p);
	free(p->name);
	free(p->path);
}

static enum trawl_status check_analyzer(struct index_part *p,
					struct trawl_error *err)
{
	enum trawl_status st = meta_check_analyzer(&p->meta, NULL);

	p->stale_analyzer = st != TRAWL_OK;
	if (st == TRAWL_OK || st == TRAWL_MISMATCH || st == TRAWL_BADVALUE)
		return TRAWL_OK;
	return fail(err, st, "%s: its analyzer cannot be compared", p->path);
}

/* Open the generation that the stub names into p, which has none open. */
static enum trawl_status open_current(struct index_part *p,
				      struct trawl_error *err)
{
	char path[PATH_MAX];
	enum trawl_status st;

	pin_stub(&p->stub, p->path);
	st = generation_current(p->path, &p->generation, path, err);
	if (st != TRAWL_OK)
		return st;
	pin_commit(&p->commit, path);
	st = xap_db_open(path, &p->db, err);
	if (st == TRAWL_NOTFOUND)
		return fail(err, TRAWL_CORRUPT,
			    "%s names a generation that is not there (%s); "
			    "rebuild the index",
			    p->path, path);
	if (st == TRAWL_OK)
		st = meta_read(p->db, &p->meta, err);
	if (st == TRAWL_OK)
		st = check_analyzer(p, err);
	return st == TRAWL_OK ? note_facts(p, err) : st;
}

static bool moved_on(const struct index_part *p, uint32_t generation)
{
	char path[PATH_MAX];
	uint32_t now;

	return generation_current(p->path, &now, path, NULL) == TRAWL_OK &&
	       now != generation;
}

/* Xapian does not say where, nor what to do. */
static bool lacks_path(const char *path, enum trawl_status st,
		       const struct trawl_error *why)
{
	bool damaged =
		st == TRAWL_CORRUPT || st == TRAWL_IO || st == TRAWL_MISMATCH;

	return damaged && strncmp(why->text, path, strlen(path)) != 0;
}

enum trawl_status give_up(const char *path, enum trawl_status st,
			  const struct trawl_error *why,
			  struct trawl_error *err)
{
	const char *advice = st == TRAWL_CORRUPT ? "; rebuild the index" : "";

	if (st == TRAWL_OK || !err)
		return st;
	if (lacks_path(path, st, why))
		return fail(err, st, "%s: %s%s", path, why->text, advice);
	*err = *why;
	return st;
}

/* While it is being opened it may be committed to, or be replaced and removed.
 */
enum trawl_status part_load(struct index_part *p, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_STALE;
	struct trawl_error why = { 0 };

	for (unsigned i = 0; i <= INDEX_RETRIES; i++) {
		struct index_part fresh = { .name = p->name,
					    .path = p->path,
					    .facts = p->facts,
					    .moves = p->moves };

		st = open_current(&fresh, &why);
		if (st == TRAWL_OK) {
			fresh.moves += fresh.generation != p->generation;
			release_generation(p);
			*p = fresh;
			return TRAWL_OK;
		}
		release_generation(&fresh);
		if (st != TRAWL_STALE && !moved_on(p, fresh.generation))
			break;
	}
	return give_up(p->path, st, &why, err);
}

static enum trawl_status reopen(struct index_part *p, const char *path,
				bool *moved, struct trawl_error *err)
{
	char uuid[sizeof(p->facts.uuid)];
	enum trawl_status st;

	pin_commit(&p->commit, path);
	st = xap_db_reopen(p->db, moved, err);
	memcpy(uuid, p->facts.uuid, sizeof(uuid));
	if (st == TRAWL_OK)
		st = note_facts(p, err);
	/* Removed and made anew: all is another's, whatever its revision. */
	if (st == TRAWL_OK && strcmp(uuid, p->facts.uuid) != 0) {
		*moved = true;
		st = part_load(p, err);
	}
	/* Half reopened: the next refresh opens it anew. */
	if (st != TRAWL_OK)
		p->generation = 0;
	return st;
}

enum trawl_status part_refresh(struct index_part *p, bool *moved,
			       struct trawl_error *err)
{
	char path[PATH_MAX];
	uint32_t generation;
	enum trawl_status st;

	*moved = false;
	if (p->generation && pin_holds(&p->stub) && pin_holds(&p->commit))
		return TRAWL_OK;
	*moved = true;
	pin_stub(&p->stub, p->path);
	st = generation_current(p->path, &generation, path, err);
	if (st == TRAWL_OK && generation == p->generation)
		return reopen(p, path, moved, err);
	pin_release(&p->stub); /* it names what is not open */
	return st == TRAWL_OK ? part_load(p, err) : st;
}

/* -------------------------------------------------------------- matcher -- */

/* Where a database cannot be read without Xapian, Xapian may still read it, or
 * say what is wrong with it. */
enum trawl_status part_matcher(struct index_part *p, struct matcher **out,
			       struct trawl_error *err)
{
	char path[PATH_MAX];
	uint32_t generation;
	enum trawl_status st;

	*out = p->matcher;
	if (p->matcher || p->unmatched)
		return TRAWL_OK;
	st = generation_current(p->path, &generation, path, err);
	if (st == TRAWL_OK && generation != p->generation)
		return fail(err, TRAWL_STALE, "%s is at generation %u by now",
			    p->path, (unsigned)generation);
	if (st == TRAWL_OK)
		st = matcher_new(path, &p->facts, &p->matcher, err);
	*out = p->matcher;
	if (st == TRAWL_OK || st == TRAWL_STALE || st == TRAWL_NOMEM)
		return st;
	p->unmatched = true;
	return TRAWL_OK;
}

/* --------------------------------------------------------------- groups -- */

enum trawl_status part_groups(struct index_part *p, enum group_kind kind,
			      struct groups **out, struct trawl_error *err)
{
	if (!p->groups[kind])
		p->groups[kind] = groups_new(p->db, kind);
	*out = p->groups[kind];
	return *out ? TRAWL_OK : fail_nomem(err);
}

/* ---------------------------------------------------------------- words -- */

enum trawl_status part_words(struct index_part *p,
			     const struct part_words **out,
			     struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	if (!p->words)
		st = part_words_new(p->db, p->meta.language, &p->words, err);
	*out = p->words;
	return st;
}
