/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_miner.h"

#include "name_company.h"
#include "name_groups.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

enum {
	MEMORY_MIN = 1 << 22 /* less is taken for it */
};

struct name_miner {
	uint64_t memory;
	char *dir;
	struct name_count *count;
	struct name_pairs pairs;
	struct name_company *company;
	struct name_groups groups;
};

enum trawl_status name_miner_new(const char *dir, uint64_t memory,
				 struct name_miner **out,
				 struct trawl_error *err)
{
	struct name_miner *m = calloc(1, sizeof(*m));
	enum trawl_status st;

	if (!m)
		return fail_nomem(err);
	m->memory = memory < MEMORY_MIN ? MEMORY_MIN : memory;
	m->dir = strdup(dir);
	st = m->dir ? name_miner_counter(m, (size_t)m->memory / 2, &m->count,
					 err)
		    : fail_nomem(err);
	if (st)
		name_miner_free(m);
	else
		*out = m;
	return st;
}

void name_miner_free(struct name_miner *m)
{
	if (!m)
		return;
	name_groups_release(&m->groups);
	name_company_free(m->company);
	name_pairs_release(&m->pairs);
	name_count_free(m->count);
	free(m->dir);
	free(m);
}

enum trawl_status name_miner_counter(const struct name_miner *m, size_t memory,
				     struct name_count **out,
				     struct trawl_error *err)
{
	return name_count_new(m->dir, memory, out, err);
}

enum trawl_status name_miner_merge(struct name_miner *m, struct name_count *c,
				   struct trawl_error *err)
{
	return name_count_merge(m->count, c, err);
}

enum trawl_status name_miner_count(struct name_miner *m,
				   const struct news_words *w, const char *text,
				   struct trawl_error *err)
{
	return name_count_add(m->count, w, text, err);
}

enum trawl_status name_miner_candidates(struct name_miner *m,
					struct trawl_error *err)
{
	const enum trawl_status st = name_count_finish(m->count, err);

	if (st)
		return st;
	if (!name_pairs_make(&m->pairs, m->count))
		return fail_nomem(err);
	m->company =
		name_company_new(m->count, &m->pairs, (size_t)m->memory / 2);
	return m->company ? TRAWL_OK : fail_nomem(err);
}

bool name_miner_has_candidates(const struct name_miner *m)
{
	return m->pairs.npairs > 0;
}

bool name_notes_make(const struct name_miner *m, const struct news_words *w,
		     const char *text, struct buf *out)
{
	return !m->company || name_company_note(m->company, w, text, out);
}

enum trawl_status name_miner_meet(struct name_miner *m, const char *notes,
				  size_t len, struct trawl_error *err)
{
	if (m->company && !name_company_meet(m->company, notes, len))
		return fail_nomem(err);
	return TRAWL_OK;
}

enum trawl_status name_miner_finish(struct name_miner *m,
				    const struct name_group **out, size_t *n,
				    struct trawl_error *err)
{
	*out = NULL;
	*n = 0;
	if (!m->company)
		return TRAWL_OK;
	if (!name_company_sort(m->company) ||
	    !name_groups_make(&m->groups, &m->pairs, m->company))
		return fail_nomem(err);
	*out = m->groups.group;
	*n = m->groups.n;
	return TRAWL_OK;
}
