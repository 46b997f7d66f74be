/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * variants_list.c - trawl_variants_list(): the groups of an index
 */
#include "index.h"

#include "buf.h"
#include "json.h"
#include "status.h"

enum {
	LIST_MEMORY = 1 << 30,
	GROUP_BYTES_MAX = 1 << 20
};

struct trawl_variants {
	struct arena arena;
	struct trawl_variants_group *group;
	size_t n, alloc;
};

static struct trawl_variants *list_new(void)
{
	struct trawl_variants *list = calloc(1, sizeof(*list));

	if (list)
		arena_init(&list->arena, LIST_MEMORY);
	return list;
}

void trawl_variants_free(struct trawl_variants *list)
{
	if (!list)
		return;
	arena_release(&list->arena);
	free(list->group);
	free(list);
}

static bool add_group(struct trawl_variants *list,
		      const struct trawl_variants_group *group)
{
	if (list->n == list->alloc) {
		const size_t want = 2 * list->alloc + 64;
		struct trawl_variants_group *grown =
			realloc(list->group, want * sizeof(*grown));

		if (!grown)
			return false;
		list->group = grown;
		list->alloc = want;
	}
	list->group[list->n++] = *group;
	return true;
}

/* More frequent ones first, others as they came. */
static void sort_spellings(struct trawl_spelling *s, size_t n)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = i; k && s[k].documents > s[k - 1].documents;
		     k--) {
			const struct trawl_spelling held = s[k];

			s[k] = s[k - 1];
			s[k - 1] = held;
		}
}

/* spelling has room for all; *known: how many are in any document. */
static enum trawl_status read_spellings(const struct term_source *terms,
					const struct variant_group *from,
					struct trawl_spelling *spelling,
					size_t *known, struct trawl_error *err)
{
	enum trawl_status st = TRAWL_OK;

	*known = 0;
	for (size_t i = 0; st == TRAWL_OK && i < from->n; i++) {
		const struct xap_bytes term = { from->word[i].word,
						from->word[i].len };
		uint32_t documents = 0;

		st = term_source_freq(terms, term, &documents, err);
		spelling[i] = (struct trawl_spelling){ term.data, documents };
		*known += documents > 0;
	}
	sort_spellings(spelling, from->n);
	return st;
}

static bool keep(struct trawl_variants *list, const struct variant_group *from,
		 const struct trawl_spelling *spelling)
{
	struct trawl_spelling *copy =
		arena_zalloc(&list->arena, from->n, sizeof(*copy));
	const struct trawl_variants_group group = {
		.spellings = copy,
		.nspellings = from->n,
		.source = from->source,
		.confidence = from->confidence,
		.reason = arena_strdup(&list->arena, from->reason),
		.rejected = from->rejected,
	};

	if (!copy || !group.reason)
		return false;
	for (size_t i = 0; i < from->n; i++) {
		copy[i].documents = spelling[i].documents;
		copy[i].word = arena_strdup(&list->arena, spelling[i].word);
		if (!copy[i].word)
			return false;
	}
	return add_group(list, &group);
}

static enum trawl_status list_part(struct index_part *p,
				   struct trawl_variants *list,
				   struct trawl_error *err)
{
	struct trawl_spelling spelling[TRAWL_VARIANTS_WORDS];
	struct term_source terms = { p->db, NULL };
	const struct variant_group *g;
	const struct part_words *words;
	enum trawl_status st = part_words(p, &words, err);

	if (st == TRAWL_OK)
		st = part_matcher(p, &terms.matcher, err);
	for (size_t i = 0;
	     st == TRAWL_OK && (g = variants_at(words->variants, i)); i++) {
		size_t known;

		st = read_spellings(&terms, g, spelling, &known, err);
		/* Of the list only what the index has to do with. */
		if (st != TRAWL_OK ||
		    (g->source == TRAWL_VARIANTS_LIST && known < 2))
			continue;
		if (!keep(list, g, spelling))
			st = fail_nomem(err);
	}
	return st;
}

static enum trawl_status list_body(struct trawl_index *ix, void *arg,
				   struct trawl_error *err)
{
	struct trawl_variants *list = arg;
	enum trawl_status st = TRAWL_OK;

	arena_reset(&list->arena);
	list->n = 0;
	for (size_t i = 0; st == TRAWL_OK && i < ix->nparts; i++)
		st = list_part(&ix->part[i], list, err);
	return st;
}

enum trawl_status trawl_variants_list(struct trawl_index *ix,
				      struct trawl_variants **out,
				      struct trawl_error *err)
{
	struct trawl_variants *list;
	enum trawl_status st;

	if (!out)
		return fail(err, TRAWL_INVAL,
			    "trawl_variants_list: an argument is NULL");
	list = list_new();
	if (!list)
		return fail_nomem(err);
	st = index_run(ix, list_body, list, err);
	if (st == TRAWL_OK)
		*out = list;
	else
		trawl_variants_free(list);
	return st;
}

const struct trawl_variants_group *
trawl_variants_at(const struct trawl_variants *list, size_t i)
{
	return list && i < list->n ? &list->group[i] : NULL;
}

static void print_group(struct buf *out, const struct trawl_variants_group *g)
{
	static const char *const sources[] = { "user", "mined", "list" };
	const unsigned hundredths = (unsigned)(g->confidence * 100 + 0.5);

	buf_adds(out, "{\"spellings\":[");
	for (size_t i = 0; i < g->nspellings; i++) {
		const char *word = g->spellings[i].word;

		buf_adds(out, i ? ",{\"word\":" : "{\"word\":");
		json_add_string(out, word, strlen(word));
		buf_addf(out, ",\"documents\":%llu}",
			 (unsigned long long)g->spellings[i].documents);
	}
	buf_addf(out, "],\"source\":\"%s\"", sources[g->source]);
	if (g->source == TRAWL_VARIANTS_MINED) {
		buf_addf(out, ",\"confidence\":%u.%02u,\"reason\":",
			 hundredths / 100, hundredths % 100);
		json_add_string(out, g->reason, strlen(g->reason));
	}
	buf_adds(out, g->rejected ? ",\"rejected\":true}\n" : "}\n");
}

bool trawl_variants_write(const struct trawl_variants *list, trawl_sink *sink,
			  void *ctx)
{
	struct buf line = BUF_INIT(GROUP_BYTES_MAX);
	bool ok = true;

	for (size_t i = 0; ok && list && i < list->n; i++) {
		buf_reset(&line);
		print_group(&line, &list->group[i]);
		ok = !line.failed && sink(ctx, line.data, line.len);
	}
	buf_release(&line);
	return ok;
}
