/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several indexes read as one. */
#include "small.h"

enum {
	INDEXES = 3,
	FILLERS = 40
};

static const char *const names[INDEXES] = { "news", "archive", "wire" };

/* Which index each is in. */
static const struct placed {
	size_t in;
	struct item item;
} placed[] = {
	{ 0,
	  { "n1", "Climate summit opens in Baku", "2024-11-11", "Reuters",
	    "climate", "Delegates argue over the climate and a carbon tax." } },
	{ 0,
	  { "n2", "Budget vote", "2024-11-20", "AFP", "money",
	    "Parliament votes on the budget; nothing on climate." } },
	{ 1,
	  { "a1", "Climate treaty signed", "1997-12-11", "AFP", "climate",
	    "The climate treaty of Kyoto was signed: climate policy." } },
	{ 1,
	  { "a2", "Elections in spring", "1997-03-01", "Reuters", "money",
	    "Electors elected an elector; the budget passed." } },
	{ 1,
	  { "a3", "Undated", NULL, NULL, NULL,
	    "A carbon tax was proposed, and a budget." } },
	{ 2,
	  { "w1", "Climate wire", "2024-11-11", "Reuters", "climate",
	    "Climate, climate, climate: the summit at a glance." } },
};

struct fixture {
	struct small one[INDEXES], whole;
	struct trawl_part part[INDEXES];
	struct trawl_index *many, *all;
	struct trawl_error err;
};

static void put_filler(struct small *s, size_t i)
{
	char id[16], text[64];
	const struct item item = { .id = id, .text = text };

	snprintf(id, sizeof(id), "f%02zu", i);
	snprintf(text, sizeof(text), "filler number%zu of a budget", i);
	small_put(s, &item);
}

/* Each document is in one of the parts, and in the whole. */
static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	small_open(&f->whole, NULL);
	for (size_t k = 0; k < INDEXES; k++) {
		small_open(&f->one[k], NULL);
		f->part[k] = (struct trawl_part){ names[k], f->one[k].path };
	}
	for (size_t i = 0; i < FILLERS; i++) {
		put_filler(&f->one[i % 2], i);
		put_filler(&f->whole, i);
	}
	for (size_t i = 0; i < COUNT(placed); i++) {
		small_put(&f->one[placed[i].in], &placed[i].item);
		small_put(&f->whole, &placed[i].item);
	}
	for (size_t k = 0; k < INDEXES; k++)
		small_commit(&f->one[k]);
	small_commit(&f->whole);
	expect(trawl_index_open_many(f->part, INDEXES, &f->many, &f->err),
	       TRAWL_OK, &f->err);
	f->all = small_reader(&f->whole);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	trawl_index_close(f->many);
	trawl_index_close(f->all);
	for (size_t k = 0; k < INDEXES; k++)
		small_close(&f->one[k]);
	small_close(&f->whole);
	free(f);
	return 0;
}

static const char *index_of(const char *id)
{
	for (size_t i = 0; i < COUNT(placed); i++)
		if (!strcmp(placed[i].item.id, id))
			return names[placed[i].in];
	return names[atoi(id + 1) % 2];
}

/* ---------------------------------------------------------------- as one -- */

static void same_hits(const struct trawl_result *a,
		      const struct trawl_result *b)
{
	for (size_t i = 0; i < trawl_result_head(a)->hits; i++) {
		const struct trawl_hit *x = trawl_result_hit(a, i);
		const struct trawl_hit *y = trawl_result_hit(b, i);
		double away = x->score - y->score;

		assert_true(away < 1e-9 && away > -1e-9);
		assert_string_equal(x->index, index_of(x->id));
		assert_null(y->index);
		assert_int_equal(x->nsnippets, y->nsnippets);
		for (size_t k = 0; k < x->nsnippets; k++)
			assert_string_equal(x->snippets[k], y->snippets[k]);
		assert_int_equal(x->nexplain, y->nexplain);
		for (size_t k = 0; k < x->nexplain; k++)
			assert_string_equal(x->explain[k].word,
					    y->explain[k].word);
	}
}

static void same_counts(const struct trawl_result *a,
			const struct trawl_result *b)
{
	const struct trawl_head *ha = trawl_result_head(a);

	assert_int_equal(ha->nfacets, trawl_result_head(b)->nfacets);
	assert_int_equal(ha->nbuckets, trawl_result_head(b)->nbuckets);
	for (size_t i = 0; i < ha->nbuckets; i++) {
		assert_string_equal(trawl_result_bucket(a, i)->when,
				    trawl_result_bucket(b, i)->when);
		assert_int_equal(trawl_result_bucket(a, i)->count,
				 trawl_result_bucket(b, i)->count);
	}
	for (size_t i = 0; i < ha->nfacets; i++) {
		const struct trawl_facet *x = trawl_result_facet(a, i);
		const struct trawl_facet *y = trawl_result_facet(b, i);

		assert_int_equal(x->nvalues, y->nvalues);
		for (size_t k = 0; k < x->nvalues; k++) {
			assert_string_equal(x->values[k].value,
					    y->values[k].value);
			assert_int_equal(x->values[k].count,
					 y->values[k].count);
		}
	}
}

static void same_text(const char *a, const char *b)
{
	assert_string_equal(a ? a : "-", b ? b : "-");
}

static void compare(struct fixture *f, const struct trawl_request *rq)
{
	struct trawl_result *a = search(f->many, rq), *b = search(f->all, rq);
	const struct trawl_head *ha = trawl_result_head(a);
	const struct trawl_head *hb = trawl_result_head(b);
	char want[4096];

	snprintf(want, sizeof(want), "%s", ids(b));
	assert_string_equal(ids(a), want);
	assert_int_equal(ha->total, hb->total);
	assert_int_equal(ha->lower_bound, hb->lower_bound);
	same_text(ha->ignored, hb->ignored);
	same_text(ha->expanded, hb->expanded);
	same_text(ha->corrected, hb->corrected);
	same_text(ha->partial, hb->partial);
	same_hits(a, b);
	same_counts(a, b);
	trawl_result_free(a);
	trawl_result_free(b);
}

/* Whatever is asked, the parts answer as one index of all documents does. */
static void test_parts_answer_as_the_whole(void **state)
{
	static const char *const queries[] = {
		NULL,
		"climate",
		"the climate",
		"climate summit budget",
		"\"carbon tax\"",
		"elect* climate",
		"climat~1",
		"sumit",
		"title:climate -source:afp",
		"topic:climate date:2024",
		"tax NEAR/3 carbon",
		"nothing_at_all",
	};
	static const char *const sorts[] = { NULL, "date", "-date", "source",
					     "-topic" };
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(queries); i++)
		for (size_t k = 0; k < COUNT(sorts); k++) {
			struct trawl_request rq = TRAWL_REQUEST_INIT;

			rq.query = queries[i];
			rq.sort = sorts[k];
			rq.limit = 100;
			rq.explain = true;
			rq.facets = "source,topic";
			rq.timeline = TRAWL_TIMELINE_MONTH;
			compare(f, &rq);
			rq.limit = 3;
			rq.offset = 2;
			rq.since = "1997";
			rq.until = k % 2 ? "2024-11-11" : NULL;
			compare(f, &rq);
		}
}

static void test_words_and_near_documents(void **state)
{
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_words *a, *b;
	struct trawl_result *res;
	char *text;

	expect(trawl_suggest(f->many, "clim", 10, &a, &f->err), TRAWL_OK,
	       &f->err);
	expect(trawl_suggest(f->all, "clim", 10, &b, &f->err), TRAWL_OK,
	       &f->err);
	assert_int_equal(trawl_words_count(a), trawl_words_count(b));
	for (size_t i = 0; i < trawl_words_count(a); i++) {
		assert_string_equal(trawl_words_at(a, i)->text,
				    trawl_words_at(b, i)->text);
		assert_int_equal(trawl_words_at(a, i)->documents,
				 trawl_words_at(b, i)->documents);
	}
	trawl_words_free(a);
	trawl_words_free(b);
	expect(trawl_correct(f->many, "climte sumit", &text, &f->err), TRAWL_OK,
	       &f->err);
	assert_string_equal(text, "climate summit");
	trawl_free(text);
	expect(trawl_similar(f->many, "n1", NULL, &rq, &res, &f->err), TRAWL_OK,
	       &f->err);
	assert_string_equal(trawl_result_hit(res, 0)->id, "w1");
	assert_string_equal(trawl_result_hit(res, 0)->index, "wire");
	trawl_result_free(res);
	rq.query = "climate";
	expect(trawl_explain(f->many, &rq, "a1", &res, &f->err), TRAWL_OK,
	       &f->err);
	assert_string_equal(ids(res), "a1");
	assert_string_equal(trawl_result_hit(res, 0)->index, "archive");
	assert_int_equal(trawl_result_hit(res, 0)->explain[0].count, 3);
	trawl_result_free(res);
}

/* ------------------------------------------------------- what they tell -- */

static void test_facts_and_revision(void **state)
{
	struct fixture *f = *state;
	const struct trawl_info *info;
	const struct trawl_info *whole;

	expect(trawl_index_info(f->many, &info, &f->err), TRAWL_OK, &f->err);
	expect(trawl_index_info(f->all, &whole, &f->err), TRAWL_OK, &f->err);
	assert_string_equal(info->path, "news,archive,wire");
	assert_string_equal(info->rev, "news:1.2,archive:1.2,wire:1.2");
	assert_string_equal(info->language, "english");
	assert_false(info->stale_analyzer);
	assert_int_equal(info->documents, whole->documents);
	assert_int_equal(info->words, whole->words);
	assert_int_equal(info->nfields, whole->nfields);
	assert_true(info->bytes > whole->bytes);
}

static bool refuse(void *ctx, const char *bytes, size_t n)
{
	(void)ctx, (void)bytes, (void)n;
	return false;
}

static bool collect(void *ctx, const char *bytes, size_t n)
{
	char *line = ctx;

	assert_true(strlen(line) + n < 4096);
	strncat(line, bytes, n);
	return true;
}

static void test_facts_as_json(void **state)
{
	struct fixture *f = *state;
	const struct trawl_info *info;
	char path[4096] = "", name[4096] = "", want[256];

	expect(trawl_index_info(f->many, &info, &f->err), TRAWL_OK, &f->err);
	assert_true(trawl_info_write(info, NULL, collect, path));
	assert_true(trawl_info_write(info, "a \"name\"", collect, name));
	snprintf(want, sizeof(want),
		 "{\"index\":\"news,archive,wire\",\"rev\":\"news:1.2,"
		 "archive:1.2,wire:1.2\",\"language\":\"english\","
		 "\"format\":1,\"documents\":%u,\"words\":%u,\"bytes\":%llu,"
		 "\"fields\":[{\"name\":\"id\",\"type\":\"keyword\","
		 "\"indexed\":true,\"stored\":true,\"sort\":false,"
		 "\"facet\":false,\"weight\":1},{\"name\":\"",
		 (unsigned)info->documents, (unsigned)info->words,
		 (unsigned long long)info->bytes);
	assert_memory_equal(path, want, strlen(want));
	assert_string_equal(path + strlen(path) - 4, "}]}\n");
	assert_ptr_equal(strstr(name, "{\"index\":\"a \\\"name\\\"\",\"rev\":"),
			 name);
	assert_false(trawl_info_write(info, NULL, refuse, NULL));
}

static void test_json_names_the_index(void **state)
{
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	char json[4096] = "";

	rq.query = "kyoto";
	rq.explain = true;
	res = search(f->many, &rq);
	assert_string_equal(trawl_result_head(res)->rev,
			    "news:1.2,archive:1.2,wire:1.2");
	assert_true(trawl_result_write(res, TRAWL_JSON, collect, json));
	assert_non_null(strstr(json, "}],\"index\":\"archive\"}\n"));
	trawl_result_free(res);
}

struct walked {
	char text[4096];
	size_t n, stop_at;
};

static bool note_doc(void *ctx, const struct trawl_doc *doc)
{
	struct walked *w = ctx;
	size_t len = strlen(w->text);

	if (doc->id[0] != 'f')
		snprintf(w->text + len, sizeof(w->text) - len, "%s:%s ",
			 doc->index, doc->id);
	return ++w->n != w->stop_at;
}

static void test_a_walk_is_part_by_part(void **state)
{
	struct fixture *f = *state;
	struct walked w = { .n = 0 }, some = { .stop_at = 30 };

	expect(trawl_each(f->many, note_doc, &w, &f->err), TRAWL_OK, &f->err);
	assert_int_equal(w.n, FILLERS + COUNT(placed));
	assert_string_equal(w.text, "news:n1 news:n2 archive:a1 archive:a2 "
				    "archive:a3 wire:w1 ");
	expect(trawl_each(f->many, note_doc, &some, &f->err), TRAWL_OK,
	       &f->err);
	assert_int_equal(some.n, 30);
}

static void test_what_is_of_one_index(void **state)
{
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_origin origin;
	struct trawl_result *res;
	const char *reason;
	uint64_t n;

	rq.rev = "1.2";
	expect(trawl_search(f->many, &rq, &res, &f->err), TRAWL_BADVALUE,
	       &f->err);
	assert_non_null(strstr(f->err.text, "rev"));
	expect(trawl_origin_of(f->many, "n1", &origin, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_failure_of(f->many, "x", &origin, &reason, &f->err),
	       TRAWL_INVAL, &f->err);
	expect(trawl_input_of(f->many, "/r", &origin, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_root_count(f->many, "/r", &n, &f->err), TRAWL_INVAL,
	       &f->err);
}

static void test_one_part_is_an_index(void **state)
{
	struct fixture *f = *state;
	const struct trawl_part part = { "news", f->one[0].path };
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_index *ix;
	struct trawl_doc *doc;

	expect(trawl_index_open_many(&part, 1, &ix, &f->err), TRAWL_OK,
	       &f->err);
	rq.query = "climate";
	rq.rev = "1.2";
	res = search(ix, &rq);
	assert_string_equal(trawl_result_head(res)->rev, "1.2");
	assert_null(trawl_result_hit(res, 0)->index);
	expect(trawl_get(ix, "n1", &doc, &f->err), TRAWL_OK, &f->err);
	assert_null(doc->index);
	trawl_doc_free(doc);
	trawl_result_free(res);
	trawl_index_close(ix);
}

/* --------------------------------------------------------------- one id -- */

/* Among others, so that it is the later one's that has the lower number. */
static void put_same(struct fixture *f)
{
	static const char *const texts[] = { "yesterday in the news",
					     "long ago in the archive" };

	for (size_t k = 0; k < 2; k++) {
		small_writer_close(&f->one[k]);
		small_writer(&f->one[k], TRAWL_UPDATE, NULL);
	}
	put_filler(&f->one[0], FILLERS);
	put_filler(&f->one[0], FILLERS + 1);
	for (size_t k = 0; k < 2; k++) {
		const struct item same = { "same", NULL, "2020",
					   NULL,   NULL, texts[k] };
		const struct item tie = { "tie", "Tie", "2020",
					  NULL,	 NULL,	"identical twins" };

		small_put(&f->one[k], &same);
		small_put(&f->one[k], &tie);
		small_commit(&f->one[k]);
	}
}

static void get_same(struct fixture *f, struct trawl_index *ix,
		     const char *index, const char *word)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_doc *doc;

	expect(trawl_get(ix, "same", &doc, &f->err), TRAWL_OK, &f->err);
	assert_string_equal(doc->index, index);
	assert_non_null(strstr(doc->text, word));
	trawl_doc_free(doc);
	rq.query = word;
	expect(trawl_explain(ix, &rq, "same", &res, &f->err), TRAWL_OK,
	       &f->err);
	assert_string_equal(ids(res), "same");
	assert_string_equal(trawl_result_hit(res, 0)->index, index);
	trawl_result_free(res);
}

static void test_the_earlier_part_has_the_id(void **state)
{
	struct fixture *f = *state;
	const struct trawl_part turned[] = { f->part[1], f->part[0] };
	struct trawl_index *ix;

	put_same(f);
	get_same(f, f->many, "news", "yesterday");
	expect(trawl_index_open_many(turned, 2, &ix, &f->err), TRAWL_OK,
	       &f->err);
	get_same(f, ix, "archive", "ago");
	trawl_index_close(ix);
	expect(trawl_get(f->many, "nowhere", &(struct trawl_doc *){ NULL },
			 &f->err),
	       TRAWL_NOTFOUND, &f->err);
	assert_non_null(strstr(f->err.text, "news,archive,wire"));
}

/* Of documents that are the same in all, the earlier part's comes first. */
static void test_ties_are_in_the_order_of_parts(void **state)
{
	struct fixture *f = *state;
	const char *sorts[] = { NULL, "-date" };

	put_same(f);
	for (size_t k = 0; k < COUNT(sorts); k++)
		for (unsigned page = 0; page <= 2; page++) {
			struct trawl_request rq = TRAWL_REQUEST_INIT;
			struct trawl_result *res;

			rq.query = "twins";
			rq.sort = sorts[k];
			rq.limit = page ? 1 : 10;
			rq.offset = page ? page - 1 : 0;
			res = search(f->many, &rq);
			assert_int_equal(trawl_result_head(res)->total, 2);
			assert_string_equal(trawl_result_hit(res, 0)->index,
					    names[page == 2]);
			if (!page)
				assert_string_equal(
					trawl_result_hit(res, 1)->index,
					"archive");
			trawl_result_free(res);
		}
}

/* --------------------------------------------------------------- refused -- */

static void test_bad_arguments(void **state)
{
	struct fixture *f = *state;
	struct trawl_part bad[TRAWL_PARTS_MAX + 1];
	static const char *const bad_names[] = { "",	"a,b", "a:b",
						 "a b", "\n",  NULL };
	struct trawl_index *ix = NULL;

	for (size_t i = 0; i <= TRAWL_PARTS_MAX; i++)
		bad[i] = f->part[i % 2];
	expect(trawl_index_open_many(NULL, 2, &ix, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_index_open_many(bad, 2, NULL, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_index_open_many(bad, 0, &ix, &f->err), TRAWL_INVAL,
	       &f->err);
	expect(trawl_index_open_many(bad, TRAWL_PARTS_MAX + 1, &ix, &f->err),
	       TRAWL_INVAL, &f->err);
	expect(trawl_index_open_many(bad, 3, &ix, &f->err), TRAWL_INVAL,
	       &f->err);
	assert_non_null(strstr(f->err.text, "news"));
	for (size_t i = 0; i < COUNT(bad_names); i++) {
		bad[1].name = bad_names[i];
		expect(trawl_index_open_many(bad, 2, &ix, &f->err), TRAWL_INVAL,
		       &f->err);
	}
	bad[1] = (struct trawl_part){ "gone", "/nowhere/at/all" };
	expect(trawl_index_open_many(bad, 2, &ix, &f->err), TRAWL_NOTFOUND,
	       &f->err);
	assert_memory_equal(f->err.text, "gone: ", 6);
	assert_null(ix);
}

/* An index beside those of the fixture. */
static void make(struct small *s, enum trawl_write_mode mode,
		 const char *language, const char *schema)
{
	struct trawl_writer_options options = { .mode = mode,
						.language = language,
						.schema = schema };
	struct trawl_error err = { 0 };
	const struct trawl_field fields[] = {
		{ "place", "Kyiv", 4, false },
		{ "price", "12", 2, true },
	};
	const struct trawl_doc doc = { .id = "o1",
				       .fields = fields,
				       .nfields = 2,
				       .text = "climate otherwise",
				       .text_len = 17 };

	expect(trawl_writer_open(s->path, &options, &s->w, &err), TRAWL_OK,
	       &err);
	expect(trawl_preparer_new(s->w, &s->p, &err), TRAWL_OK, &err);
	small_put_doc(s, &doc);
	expect(trawl_writer_finish(s->w, &err), TRAWL_OK, &err);
	small_writer_close(s);
}

static void new_path(struct small *s)
{
	snprintf(s->dir, sizeof(s->dir), "/tmp/trawl-api.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/index", s->dir);
}

#define PLACE  "[place]\ntype = keyword\nsort = yes\nfacet = yes\n"
#define PRICE  "[price]\ntype = number\n"
#define PLACE2 "[place]\ntype = text\n"
#define PLACE3 "[place]\ntype = keyword\n"

/* Two indexes with those languages and schemas. */
static const struct pair {
	const char *language[2], *schema[2];
	enum trawl_status want;
	const char *says;
} pairs[] = {
	{ { NULL, "german" },
	  { NULL, NULL },
	  TRAWL_MISMATCH,
	  "one and two cannot be searched as one: one is english, two is "
	  "german" },
	{ { "german", "german" }, { NULL, NULL }, TRAWL_OK, NULL },
	{ { NULL, NULL }, { PLACE PRICE, PLACE PRICE }, TRAWL_OK, NULL },
	{ { NULL, NULL }, { PLACE PRICE, PLACE }, TRAWL_OK, NULL },
	{ { NULL, NULL }, { NULL, PLACE PRICE }, TRAWL_OK, NULL },
	{ { NULL, NULL }, { PLACE, PLACE3 }, TRAWL_OK, NULL },
	{ { NULL, NULL },
	  { PLACE, PLACE2 },
	  TRAWL_MISMATCH,
	  "field place is a keyword in one, a text in two" },
	{ { NULL, NULL },
	  { PLACE PRICE, PRICE PLACE },
	  TRAWL_MISMATCH,
	  "slot 16 is field place in one, price in two" },
	{ { NULL, NULL },
	  { PLACE, PRICE },
	  TRAWL_MISMATCH,
	  "slot 16 is field place in one, price in two" },
	{ { NULL, NULL },
	  { PLACE, "[title]\nsort = yes\n" },
	  TRAWL_MISMATCH,
	  "slot 16 is field place in one, title in two" },
	{ { NULL, NULL },
	  { PLACE3 PRICE, PLACE PRICE },
	  TRAWL_MISMATCH,
	  "slot 16 is field price in one, place in two" },
	{ { NULL, NULL },
	  { PLACE "[x]\ntype = date\n", "[y]\ntype = date\n" PLACE },
	  TRAWL_MISMATCH,
	  "slot 16 is field place in one, y in two" },
};

static void test_what_cannot_be_one_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		const struct pair *p = &pairs[i];
		struct small one, two;
		struct trawl_index *ix = NULL;
		struct trawl_error err = { 0 };
		struct trawl_part parts[] = { { "one", one.path },
					      { "two", two.path } };

		new_path(&one);
		new_path(&two);
		make(&one, TRAWL_BUILD, p->language[0], p->schema[0]);
		make(&two, TRAWL_BUILD, p->language[1], p->schema[1]);
		expect(trawl_index_open_many(parts, 2, &ix, &err), p->want,
		       &err);
		if (p->says && !strstr(err.text, p->says))
			fail_msg("row %zu: %s", i, err.text);
		trawl_index_close(ix);
		small_close(&one);
		small_close(&two);
	}
}

/* A field that one part alone has: others' documents have no value. */
static void test_fields_of_some_parts(void **state)
{
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_index *ix;
	struct small other;
	struct trawl_part parts[] = { f->part[0], { "other", other.path } };

	new_path(&other);
	make(&other, TRAWL_BUILD, NULL, PLACE PRICE);
	expect(trawl_index_open_many(parts, 2, &ix, &f->err), TRAWL_OK,
	       &f->err);
	rq.query = "climate";
	rq.sort = "place";
	rq.facets = "place,topic";
	res = search(ix, &rq);
	assert_string_equal(ids(res), "o1 n2 n1");
	assert_string_equal(trawl_result_facet(res, 0)->values[0].value,
			    "Kyiv");
	assert_int_equal(trawl_result_facet(res, 1)->nvalues, 2);
	trawl_result_free(res);
	rq.query = "place:kyiv price:10..20";
	res = search(ix, &rq);
	assert_string_equal(ids(res), "o1");
	assert_string_equal(trawl_result_hit(res, 0)->index, "other");
	trawl_result_free(res);
	trawl_index_close(ix);
	small_close(&other);
}

/* Counted in one of two that have it, its counts would be half the truth. */
static void test_fields_that_not_all_count(void **state)
{
	struct small one, two;
	struct trawl_part parts[] = { { "one", one.path },
				      { "two", two.path } };
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_error err = { 0 };
	struct trawl_result *res;
	struct trawl_index *ix;

	(void)state;
	new_path(&one);
	new_path(&two);
	make(&one, TRAWL_BUILD, NULL, PLACE);
	make(&two, TRAWL_BUILD, NULL, PLACE3);
	expect(trawl_index_open_many(parts, 2, &ix, &err), TRAWL_OK, &err);
	rq.query = "place:kyiv";
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->total, 2);
	trawl_result_free(res);
	rq.facets = "place";
	expect(trawl_search(ix, &rq, &res, &err), TRAWL_BADVALUE, &err);
	rq.facets = NULL;
	rq.sort = "place";
	expect(trawl_search(ix, &rq, &res, &err), TRAWL_BADVALUE, &err);
	trawl_index_close(ix);
	small_close(&one);
	small_close(&two);
}

/* ---------------------------------------------------------------- moving -- */

static void revision(struct fixture *f, const char *want)
{
	const struct trawl_info *info;

	expect(trawl_index_info(f->many, &info, &f->err), TRAWL_OK, &f->err);
	assert_string_equal(info->rev, want);
}

static void find(struct fixture *f, const char *query, const char *want)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	rq.query = query;
	res = search(f->many, &rq);
	assert_string_equal(ids(res), want);
	trawl_result_free(res);
}

static void commit(struct small *s, const char *id, const char *text)
{
	const struct item item = { .id = id, .text = text };

	small_writer_close(s);
	small_writer(s, TRAWL_UPDATE, NULL);
	small_put(s, &item);
	small_commit(s);
}

/* More than one commit: the snapshot that was open is gone. */
static void test_a_part_is_committed_to(void **state)
{
	struct fixture *f = *state;
	bool changed = true;

	expect(trawl_index_refresh(f->many, &changed, &f->err), TRAWL_OK,
	       &f->err);
	assert_false(changed);
	find(f, "fresh", "");
	for (unsigned i = 0; i < 5; i++)
		commit(&f->one[1], "n", i % 2 ? "more news" : "fresh news");
	expect(trawl_index_refresh(f->many, &changed, &f->err), TRAWL_OK,
	       &f->err);
	assert_true(changed);
	find(f, "fresh", "n");
	revision(f, "news:1.2,archive:1.7,wire:1.2");
	commit(&f->one[2], "w", "fresh wire");
	find(f, "wire", "w w1");
	revision(f, "news:1.2,archive:1.7,wire:1.3");
}

static void test_a_part_is_rebuilt(void **state)
{
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	small_writer_close(&f->one[0]);
	make(&f->one[0], TRAWL_BUILD, NULL, PLACE);
	find(f, "otherwise", "o1");
	revision(f, "news:2.1,archive:1.2,wire:1.2");
	find(f, "place:kyiv", "o1");
	/* What they have in common is looked at again. */
	make(&f->one[0], TRAWL_BUILD, "german", NULL);
	expect(trawl_search(f->many, &rq, &res, &f->err), TRAWL_MISMATCH,
	       &f->err);
	assert_memory_equal(f->err.text, "news and archive", 16);
	expect(trawl_search(f->many, &rq, &res, &f->err), TRAWL_MISMATCH,
	       &f->err);
	make(&f->one[0], TRAWL_BUILD, NULL, NULL);
	find(f, "otherwise", "o1");
	find(f, "kyoto", "a1");
	revision(f, "news:4.1,archive:1.2,wire:1.2");
}

static void test_a_part_goes_and_comes_back(void **state)
{
	struct fixture *f = *state;
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	char command[512];

	small_writer_close(&f->one[1]);
	snprintf(command, sizeof(command), "mv '%s' '%s/away'", f->one[1].path,
		 f->one[1].dir);
	assert_int_equal(system(command), 0);
	expect(trawl_search(f->many, &rq, &res, &f->err), TRAWL_NOTFOUND,
	       &f->err);
	assert_memory_equal(f->err.text, "archive: ", 9);
	snprintf(command, sizeof(command), "mv '%s/away' '%s'", f->one[1].dir,
		 f->one[1].path);
	assert_int_equal(system(command), 0);
	find(f, "kyoto", "a1");
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parts_answer_as_the_whole),
		TEST(words_and_near_documents),
		TEST(facts_and_revision),
		TEST(facts_as_json),
		TEST(json_names_the_index),
		TEST(a_walk_is_part_by_part),
		TEST(what_is_of_one_index),
		TEST(one_part_is_an_index),
		TEST(the_earlier_part_has_the_id),
		TEST(ties_are_in_the_order_of_parts),
		TEST(bad_arguments),
		cmocka_unit_test(test_what_cannot_be_one_is_refused),
		TEST(fields_of_some_parts),
		cmocka_unit_test(test_fields_that_not_all_count),
		TEST(a_part_is_committed_to),
		TEST(a_part_is_rebuilt),
		TEST(a_part_goes_and_comes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
