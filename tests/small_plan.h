/* SPDX-License-Identifier: GPL-2.0-or-later */
/* small_plan.h - plans of queries for a few texts, each a document */
#ifndef TESTS_SMALL_PLAN_H
#define TESTS_SMALL_PLAN_H

#include "plan.h"
#include "plan_tree.h"
#include "small_db.h"

struct small_plan {
	struct small_db *small;
	struct schema schema;
	struct analyzer *analyzer;
	struct arena arena;
	struct trawl_error err;
	struct variants *variants; /* or NULL */
	size_t documents;
	bool weigh, all;
	struct plan plan;
};

static inline void small_plan_put(struct small_plan *f, const char *text)
{
	char id[16];
	struct token t;

	analyzer_begin(f->analyzer, text, strlen(text), 1);
	while (analyzer_next(f->analyzer, &t)) {
		small_term(f->small, "", t.word, t.word_len, 1, t.position);
		small_term(f->small, "Z", t.stem, t.stem_len, 1, 0);
	}
	snprintf(id, sizeof(id), "%zu", f->documents++);
	small_put(f->small, id);
}

static inline struct small_plan *small_plan_new(const char *const *texts,
						size_t n)
{
	struct small_plan *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	arena_init(&f->arena, 64 << 20);
	small_ok(schema_read(&f->schema, "", &f->err), &f->err);
	small_ok(analyzer_new("english", &f->analyzer, &f->err), &f->err);
	f->small = small_db_new();
	for (size_t i = 0; i < n; i++)
		small_plan_put(f, texts[i]);
	small_db_open(f->small);
	f->weigh = true;
	return f;
}

static inline void small_plan_free(struct small_plan *f)
{
	arena_release(&f->arena);
	analyzer_free(f->analyzer);
	small_db_free(f->small);
	variants_free(f->variants);
	free(f);
}

static inline enum trawl_status small_plan_make(struct small_plan *f,
						const char *text)
{
	const struct query_options options = { .schema = &f->schema,
					       .match_all = f->all };
	const struct plan_context ctx = {
		.db = f->small->db,
		.schema = &f->schema,
		.analyzer = f->analyzer,
		.arena = &f->arena,
		.match_all = f->all,
		.weigh = f->weigh,
		.documents = f->documents,
		.variants = (const struct variants *const *)&f->variants,
		.nvariants = f->variants ? 1 : 0,
	};
	struct query q;

	arena_reset(&f->arena);
	analyzer_flush(f->analyzer);
	small_ok(query_parse(text, strlen(text), &options, &f->arena, &q,
			     &f->err),
		 &f->err);
	return plan_make(&ctx, &q, &f->plan, &f->err);
}

static inline void small_plan_tree(struct small_plan *f, const char *text,
				   const char *want)
{
	struct buf got = BUF_INIT(65536);

	small_ok(small_plan_make(f, text), &f->err);
	print_tree(&got, f->plan.root);
	if (strcmp(got.data, want) != 0)
		fail_msg("%s:\n  %s, not\n  %s", text, got.data, want);
	buf_release(&got);
}

#endif
