/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lib/grouping.c, lib/headline.c: stories told once, told whole, and headlines;
 * against the list of all matches, walked here */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "generation.h"
#include "groups.h"
#include "temp_dir.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum {
	DOCUMENTS = 3000,
	CROWD = 2400, /* the first so many are one story, and match best */
	THREES = 2700 /* then stories of three, then each by itself */
};

struct index {
	struct temp_dir dir;
	char path[600];
	uint32_t stands[GROUP_KINDS][GROUPS_CHUNK]; /* by docid */
};

static struct index news, post, bare;
static struct trawl_index *ix, *both, *plain;

static void ok(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err->text);
}

/* --------------------------------------------------------------- indexes -- */

/* A word of letters for each number: no two lines are alike. */
static const char *own_word(unsigned i, char out[8])
{
	snprintf(out, 8, "zq%c%c%c", 'a' + i / 676 % 26, 'a' + i / 26 % 26,
		 'a' + i % 26);
	return out;
}

static void put(struct trawl_writer *w, struct trawl_preparer *p,
		const char *name, unsigned i)
{
	char id[32], date[16], title[64], text[160], word[8];
	const bool best = i < CROWD;
	const struct trawl_field fields[] = {
		{ "title", title, 0, false },
		{ "date", date, 0, false },
	};
	struct trawl_field given[COUNT(fields)];
	struct trawl_doc doc = {
		.id = id, .fields = given, .nfields = COUNT(given), .text = text
	};
	struct trawl_prepared *prep;
	struct trawl_error err;

	own_word(i, word);
	snprintf(id, sizeof(id), "%s%04u", name, i);
	snprintf(date, sizeof(date), "20%02u-%02u-11", 10 + i / 12 % 10,
		 1 + i % 12);
	snprintf(title, sizeof(title), "Headline %s of %u", word, i);
	doc.text_len = (size_t)snprintf(
		text, sizeof(text), "%s %s and %s", word,
		best ? "strike strike strike" : "strike among other words here",
		i % 2 ? "harbour" : "railway");
	for (size_t k = 0; k < COUNT(fields); k++) {
		given[k] = fields[k];
		given[k].len = strlen(fields[k].value);
	}
	ok(trawl_prepare(p, &doc, &prep, &err), &err);
	ok(trawl_writer_put(w, prep, NULL, &err), &err);
	trawl_prepared_free(prep);
}

static void build(struct index *t, const char *name, unsigned n)
{
	struct trawl_writer_options options = { .mode = TRAWL_UPDATE };
	struct trawl_writer *w;
	struct trawl_preparer *p;
	struct trawl_error err;

	temp_dir_make(&t->dir);
	snprintf(t->path, sizeof(t->path), "%s/ix", t->dir.path);
	ok(trawl_writer_open(t->path, &options, &w, &err), &err);
	ok(trawl_preparer_new(w, &p, &err), &err);
	for (unsigned i = 0; i < n; i++)
		put(w, p, name, i);
	ok(trawl_writer_commit(w, &err), &err);
	trawl_preparer_free(p);
	trawl_writer_close(w);
}

/* In place of whatever an index was given when it was made. */
static void set_groups(struct index *t, uint32_t gone)
{
	struct buf value = BUF_INIT(GROUPS_CHUNK * 4);
	char path[PATH_MAX], key[GROUPS_KEY_MAX];
	struct xap_writer *w;
	struct trawl_error err;
	uint32_t generation;

	ok(generation_current(t->path, &generation, path, &err), &err);
	ok(xap_writer_open(path, XAP_OPEN, true, &w, &err), &err);
	for (int kind = 0; kind < GROUP_KINDS; kind++) {
		buf_reset(&value);
		assert_true(groups_print(t->stands[kind], &value));
		groups_key((enum group_kind)kind, 0, key);
		ok(xap_writer_set_metadata(w, key, strlen(key), value.data,
					   value.len, &err),
		   &err);
	}
	if (gone)
		ok(xap_writer_delete(w, gone, &err), &err);
	ok(xap_writer_commit(w, &err), &err);
	xap_writer_free(w);
	buf_release(&value);
}

/* Document i is docid i + 1. */
static void choose_groups(struct index *t, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		uint32_t *story = &t->stands[GROUP_STORY][i + 1];
		uint32_t *copy = &t->stands[GROUP_COPY][i + 1];

		*story = i < CROWD ? 8 : i < THREES ? i - i % 3 + 1 : 0;
		*copy = i < CROWD ? i - i % 4 + 1 : 0;
	}
}

static int set_up(void **state)
{
	const char *names[] = { "news", "post" };
	const struct trawl_part parts[] = { { names[0], news.path },
					    { names[1], post.path } };
	struct trawl_error err;

	(void)state;
	build(&news, "d", DOCUMENTS);
	choose_groups(&news, DOCUMENTS);
	set_groups(&news, 0);
	build(&post, "p", 40);
	choose_groups(&post, 40);
	set_groups(&post, 0);
	build(&bare, "b", 40);
	set_groups(&bare, 0);
	ok(trawl_index_open(news.path, &ix, &err), &err);
	ok(trawl_index_open(bare.path, &plain, &err), &err);
	ok(trawl_index_open_many(parts, 2, &both, &err), &err);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	trawl_index_close(ix);
	trawl_index_close(both);
	trawl_index_close(plain);
	temp_dir_remove(&news.dir);
	temp_dir_remove(&post.dir);
	temp_dir_remove(&bare.dir);
	return 0;
}

static struct trawl_result *search(struct trawl_index *of,
				   const struct trawl_request *rq)
{
	struct trawl_result *res = NULL;
	struct trawl_error err;

	ok(trawl_search(of, rq, &res, &err), &err);
	return res;
}

/* ------------------------------------------------------------- by itself -- */

struct match {
	char id[16];
	uint32_t group; /* of several indexes: another for each */
};

/* All that match, in their order. */
struct list {
	struct match at[DOCUMENTS + 40];
	size_t n;
};

static uint32_t group_of(const char *id, enum group_kind kind)
{
	const struct index *t = *id == 'p' ? &post : *id == 'b' ? &bare : &news;
	const uint32_t docid = (uint32_t)strtoul(id + 1, NULL, 10) + 1;
	const uint32_t stands = t->stands[kind][docid];

	return (stands ? stands : docid) + (*id == 'p' ? 1000000 : 0);
}

static void list_all(struct list *out, struct trawl_index *of,
		     struct trawl_request rq)
{
	const enum group_kind kind =
		rq.group == TRAWL_GROUP_COPY ? GROUP_COPY : GROUP_STORY;
	size_t hits = 1;

	out->n = 0;
	rq.group = TRAWL_GROUP_NONE;
	rq.limit = 1000;
	for (rq.offset = 0; hits; rq.offset += rq.limit) {
		struct trawl_result *res = search(of, &rq);

		hits = trawl_result_head(res)->hits;
		for (size_t i = 0; i < hits; i++) {
			struct match *m = &out->at[out->n++];

			snprintf(m->id, sizeof(m->id), "%s",
				 trawl_result_hit(res, i)->id);
			m->group = group_of(m->id, kind);
		}
		trawl_result_free(res);
	}
}

static bool was_before(const struct list *l, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (l->at[k].group == l->at[i].group)
			return true;
	return false;
}

/* Those of its group that are behind it, of the first n. */
static uint64_t behind(const struct list *l, size_t i, size_t n)
{
	uint64_t found = 0;

	for (size_t k = i + 1; k < n; k++)
		found += l->at[k].group == l->at[i].group;
	return found;
}

/* A page of rq is what the list says; *first: where to look from, and where the
 * next page begins.  n: of so many matches. */
static void check_page(const struct trawl_result *res, const struct list *l,
		       size_t n, size_t *first)
{
	size_t at = *first;

	for (size_t i = 0; i < trawl_result_head(res)->hits; i++, at++) {
		const struct trawl_hit *hit = trawl_result_hit(res, i);

		while (at < l->n && was_before(l, at))
			at++;
		assert_true(at < l->n);
		assert_string_equal(hit->id, l->at[at].id);
		assert_int_equal(hit->similar, behind(l, at, n));
	}
	*first = at;
}

static size_t count_groups(const struct list *l, size_t n)
{
	size_t groups = 0;

	for (size_t i = 0; i < n; i++)
		groups += !was_before(l, i);
	return groups;
}

/* ---------------------------------------------------------------- folding -- */

/* As brief as the rule is: four times what is wanted, a thousand at least, and
 * twice as many until there are hits enough. */
static size_t looked_at(const struct list *l, const struct trawl_request *rq)
{
	const size_t wanted = rq->offset + rq->limit;
	size_t n = 4 * wanted > 1000 ? 4 * wanted : 1000;

	while (n < l->n && count_groups(l, n) < wanted)
		n *= 2;
	return n < l->n ? n : l->n;
}

/* The crowd is more than is looked at at once, so that rounds are doubled. */
static void test_pages_join(void **state)
{
	static const struct {
		const char *query, *sort;
		enum trawl_group group;
		const char *facets;
	} cases[] = {
		{ "strike", NULL, TRAWL_GROUP_STORY, NULL },
		{ "strike", NULL, TRAWL_GROUP_STORY, "source" },
		{ "strike", NULL, TRAWL_GROUP_COPY, NULL },
		{ "strike", "date", TRAWL_GROUP_STORY, NULL },
		{ "harbour", "-date", TRAWL_GROUP_STORY, NULL },
		{ "", NULL, TRAWL_GROUP_STORY, NULL },
	};
	static struct list all;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		size_t first = 0, hits = 1, groups = 0;

		rq.query = cases[i].query;
		rq.sort = cases[i].sort;
		rq.group = cases[i].group;
		rq.facets = cases[i].facets;
		rq.snippets = 0;
		list_all(&all, ix, rq);
		/* So deep that every match is looked at. */
		rq.limit = 100;
		for (rq.offset = 700; rq.offset < 900; rq.offset += 100) {
			struct trawl_result *res = search(ix, &rq);

			assert_false(trawl_result_head(res)->groups_lower);
			assert_int_equal(trawl_result_head(res)->groups,
					 count_groups(&all, all.n));
			trawl_result_free(res);
		}
		for (rq.offset = 0, rq.limit = 450; hits; rq.offset += 450) {
			struct trawl_result *res = search(ix, &rq);
			const struct trawl_head *head = trawl_result_head(res);
			size_t looked = looked_at(&all, &rq);

			hits = head->hits;
			groups += hits;
			check_page(res, &all, looked, &first);
			trawl_result_free(res);
		}
		assert_int_equal(groups, count_groups(&all, all.n));
	}
}

static void test_numbers_are_honest(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	static struct list all;
	struct trawl_result *res;
	const struct trawl_head *head;
	size_t first = 0;

	(void)state;
	rq.query = "strike";
	rq.group = TRAWL_GROUP_STORY;
	rq.count_exact = true;
	res = search(ix, &rq);
	head = trawl_result_head(res);
	/* Rounds of 1000, 2000 and 4000 for a second story. */
	assert_int_equal(head->total, DOCUMENTS);
	assert_false(head->lower_bound);
	assert_int_equal(head->groups, 1 + 100 + 300);
	assert_false(head->groups_lower);
	assert_int_equal(trawl_result_hit(res, 0)->similar, CROWD - 1);
	assert_string_equal(trawl_result_hit(res, 0)->story, "d0007");
	trawl_result_free(res);

	/* A thousand have stories enough. */
	rq.sort = "date";
	list_all(&all, ix, rq);
	res = search(ix, &rq);
	head = trawl_result_head(res);
	assert_int_equal(head->total, DOCUMENTS);
	assert_int_equal(head->groups, count_groups(&all, 1000));
	assert_true(head->groups_lower);
	check_page(res, &all, 1000, &first);
	trawl_result_free(res);
}

static void test_facets_count_documents_once(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	uint64_t sum = 0;

	(void)state;
	rq.query = "strike";
	rq.group = TRAWL_GROUP_STORY;
	rq.timeline = TRAWL_TIMELINE_YEAR;
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->nbuckets, 10);
	for (size_t i = 0; i < 10; i++)
		sum += trawl_result_bucket(res, i)->count;
	assert_int_equal(sum, DOCUMENTS);
	assert_int_equal(trawl_result_head(res)->total, DOCUMENTS);
	assert_int_equal(trawl_result_head(res)->groups, 401);
	trawl_result_free(res);
}

static void test_of_several_indexes_each_has_its_own(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	static struct list all;
	struct trawl_result *res;
	size_t first = 0;

	(void)state;
	rq.query = "harbour";
	rq.group = TRAWL_GROUP_STORY;
	rq.limit = 300;
	list_all(&all, both, rq);
	res = search(both, &rq);
	assert_int_equal(trawl_result_head(res)->groups,
			 count_groups(&all, all.n));
	check_page(res, &all, all.n, &first);
	/* The crowds of both, by themselves. */
	assert_int_equal(trawl_result_hit(res, 0)->similar +
				 trawl_result_hit(res, 1)->similar,
			 CROWD / 2 - 1 + 20 - 1);
	assert_string_not_equal(trawl_result_hit(res, 0)->index,
				trawl_result_hit(res, 1)->index);
	trawl_result_free(res);
}

static void test_without_groups_nothing_changes(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res, *folded;

	(void)state;
	rq.query = "strike";
	res = search(plain, &rq);
	rq.group = TRAWL_GROUP_STORY;
	folded = search(plain, &rq);
	assert_int_equal(trawl_result_head(res)->groups, 0);
	assert_int_equal(trawl_result_head(folded)->groups, 40);
	assert_false(trawl_result_head(folded)->groups_lower);
	assert_int_equal(trawl_result_head(folded)->hits, 10);
	for (size_t i = 0; i < 10; i++) {
		assert_string_equal(trawl_result_hit(res, i)->id,
				    trawl_result_hit(folded, i)->id);
		assert_int_equal(trawl_result_hit(folded, i)->similar, 0);
		assert_null(trawl_result_hit(folded, i)->story);
	}
	trawl_result_free(res);
	trawl_result_free(folded);
}

static void test_who_is_alone_has_no_story(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	char query[32], word[8];

	(void)state;
	rq.group = TRAWL_GROUP_STORY;
	rq.query = query;
	snprintf(query, sizeof(query), "=%s", own_word(THREES + 5, word));
	res = search(ix, &rq);
	assert_int_equal(trawl_result_head(res)->hits, 1);
	assert_null(trawl_result_hit(res, 0)->story);
	trawl_result_free(res);
	/* Alone among the matches, but not in the index. */
	snprintf(query, sizeof(query), "=%s", own_word(CROWD + 2, word));
	res = search(ix, &rq);
	assert_int_equal(trawl_result_hit(res, 0)->similar, 0);
	assert_string_equal(trawl_result_hit(res, 0)->story, "d2400");
	trawl_result_free(res);
}

static void test_similar_is_folded_too(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;
	struct trawl_error err;
	static struct list all;

	(void)state;
	/* A word of more than half of the documents is none to look for. */
	rq.query = "harbour";
	list_all(&all, ix, rq);
	rq.query = NULL;
	rq.group = TRAWL_GROUP_STORY;
	ok(trawl_similar(ix, NULL, "strike at the harbour", &rq, &res, &err),
	   &err);
	assert_int_equal(trawl_result_head(res)->total, all.n);
	assert_int_equal(trawl_result_head(res)->groups,
			 count_groups(&all, all.n));
	assert_int_equal(trawl_result_hit(res, 0)->similar, CROWD / 2 - 1);
	trawl_result_free(res);
	/* Nor is the document itself one of those it is like. */
	rq.story = "d2401";
	ok(trawl_similar(ix, "d2401", NULL, &rq, &res, &err), &err);
	assert_int_equal(trawl_result_head(res)->total, 2);
	assert_int_equal(trawl_result_head(res)->groups, 1);
	assert_int_equal(trawl_result_head(res)->hits, 1);
	trawl_result_free(res);
}

static void test_time_is_kept(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.query = "strike";
	rq.group = TRAWL_GROUP_STORY;
	rq.timeout_ms = 1;
	rq.limit = 1000;
	rq.offset = 9000;
	/* Whatever was found until then, with bounds that say so. */
	for (int i = 0; i < 20; i++) {
		res = search(ix, &rq);
		assert_true(trawl_result_head(res)->groups <= 401);
		if (!trawl_result_head(res)->groups_lower)
			assert_int_equal(trawl_result_head(res)->groups, 401);
		trawl_result_free(res);
	}
}

/* ---------------------------------------------------------------- story= -- */

static void test_a_story_is_told_whole(void **state)
{
	static const struct {
		const char *story, *query;
		uint64_t total;
		const char *first, *tells;
	} cases[] = {
		{ "d0000", "", CROWD, NULL, "d0007" },
		{ "d0007", "harbour", CROWD / 2, NULL, "d0007" },
		{ "d2401", "", 3, "d2402", "d2400" },
		{ "d2401", "harbour", 1, "d2401", "d2400" },
		{ "d2401", "nowhere", 0, NULL, NULL },
		{ "d2999", "", 1, "d2999", NULL },
		{ "d2999", "railway", 0, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;
		struct trawl_result *res;
		const struct trawl_hit *hit;

		rq.query = cases[i].query;
		rq.story = cases[i].story;
		rq.count_exact = true;
		res = search(ix, &rq);
		hit = trawl_result_hit(res, 0);
		assert_int_equal(trawl_result_head(res)->total, cases[i].total);
		assert_int_equal(trawl_result_head(res)->groups, 0);
		assert_null(trawl_result_head(res)->partial);
		if (cases[i].first)
			assert_string_equal(hit->id, cases[i].first);
		if (cases[i].tells)
			assert_string_equal(hit->story, cases[i].tells);
		else if (hit)
			assert_null(hit->story);
		trawl_result_free(res);
	}
}

static void test_a_story_is_of_one_index(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.story = "p0003";
	rq.limit = 100;
	res = search(both, &rq);
	assert_int_equal(trawl_result_head(res)->total, 40);
	for (size_t i = 0; i < 40; i++)
		assert_string_equal(trawl_result_hit(res, i)->index, "post");
	trawl_result_free(res);
}

static void test_an_unknown_id_is_not_found(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res = NULL;
	struct trawl_error err;

	(void)state;
	rq.story = "nobody";
	assert_int_equal(trawl_search(ix, &rq, &res, &err), TRAWL_NOTFOUND);
	assert_non_null(strstr(err.text, "nobody"));
	assert_null(res);
}

/* -------------------------------------------------------------- headlines -- */

/* The first of a month in the order of weights; of equal ones the newest, and
 * then by id, is what a list by relevance has first. */
static void check_headlines(struct trawl_index *of, struct trawl_request rq)
{
	struct trawl_result *res;
	struct list *all = calloc(1, sizeof(*all));

	assert_non_null(all);
	rq.timeline = TRAWL_TIMELINE_YEAR;
	rq.headlines = true;
	res = search(of, &rq);
	rq.sort = NULL;
	rq.timeline = TRAWL_TIMELINE_NONE;
	for (size_t i = 0; i < trawl_result_head(res)->nbuckets; i++) {
		const struct trawl_bucket *b = trawl_result_bucket(res, i);
		struct trawl_request year = rq;
		struct trawl_result *best;

		year.since = year.until = b->when;
		year.limit = 1;
		best = search(of, &year);
		assert_string_equal(b->id, trawl_result_hit(best, 0)->id);
		assert_string_equal(b->title, trawl_result_hit(best, 0)->title);
		trawl_result_free(best);
	}
	assert_true(trawl_result_head(res)->nbuckets > 3);
	trawl_result_free(res);
	free(all);
}

static void test_headlines(void **state)
{
	static const struct {
		const char *query, *sort;
		unsigned limit;
		enum trawl_group group;
	} cases[] = {
		{ "strike", NULL, 10, TRAWL_GROUP_NONE },
		{ "strike railway", NULL, 0, TRAWL_GROUP_NONE },
		{ "words harbour", "date", 10, TRAWL_GROUP_NONE },
		{ "railway", NULL, 5, TRAWL_GROUP_STORY },
		{ "", NULL, 5, TRAWL_GROUP_NONE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_request rq = TRAWL_REQUEST_INIT;

		rq.query = cases[i].query;
		rq.sort = cases[i].sort;
		rq.limit = cases[i].limit;
		rq.group = cases[i].group;
		check_headlines(ix, rq);
		check_headlines(both, rq);
	}
}

static void test_no_headlines_unless_asked_for(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.timeline = TRAWL_TIMELINE_MONTH;
	res = search(ix, &rq);
	assert_true(trawl_result_head(res)->nbuckets > 0);
	assert_null(trawl_result_bucket(res, 0)->id);
	trawl_result_free(res);
}

/* ----------------------------------------------------------------- change -- */

/* Comes last: it changes an index.  The snapshot moves, what was read of the
 * old one goes, and who stood for a story is gone. */
static void test_a_new_commit_has_new_groups(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	rq.query = "strike";
	rq.group = TRAWL_GROUP_STORY;
	res = search(plain, &rq);
	assert_int_equal(trawl_result_head(res)->groups, 40);
	trawl_result_free(res);
	for (uint32_t i = 10; i < 20; i++)
		bare.stands[GROUP_STORY][i] = 12;
	set_groups(&bare, 12);
	res = search(plain, &rq);
	assert_int_equal(trawl_result_head(res)->total, 39);
	assert_int_equal(trawl_result_head(res)->groups, 31);
	for (size_t i = 0; i < 10; i++) {
		const struct trawl_hit *hit = trawl_result_hit(res, i);

		if (!hit->similar)
			continue;
		assert_int_equal(hit->similar, 8);
		assert_string_equal(hit->story, hit->id);
	}
	trawl_result_free(res);
	rq.query = NULL;
	rq.group = TRAWL_GROUP_NONE;
	rq.story = "b0010";
	res = search(plain, &rq);
	assert_int_equal(trawl_result_head(res)->total, 9);
	assert_null(trawl_result_head(res)->partial);
	trawl_result_free(res);
}

/* Nor do all that the metadata name have to be there. */
static void test_a_story_has_an_end(void **state)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_result *res;

	(void)state;
	for (uint32_t i = 1; i < GROUPS_CHUNK; i++)
		bare.stands[GROUP_STORY][i] = 4000;
	set_groups(&bare, 0);
	rq.story = "b0010";
	res = search(plain, &rq);
	assert_int_equal(trawl_result_head(res)->total, 39);
	assert_string_equal(trawl_result_head(res)->partial, "expansion");
	assert_string_equal(trawl_result_hit(res, 0)->story,
			    trawl_result_hit(res, 0)->id);
	trawl_result_free(res);
	rq.story = NULL;
	rq.group = TRAWL_GROUP_STORY;
	res = search(plain, &rq);
	assert_int_equal(trawl_result_head(res)->groups, 1);
	assert_int_equal(trawl_result_head(res)->hits, 1);
	trawl_result_free(res);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages_join),
		cmocka_unit_test(test_numbers_are_honest),
		cmocka_unit_test(test_facets_count_documents_once),
		cmocka_unit_test(test_of_several_indexes_each_has_its_own),
		cmocka_unit_test(test_without_groups_nothing_changes),
		cmocka_unit_test(test_who_is_alone_has_no_story),
		cmocka_unit_test(test_similar_is_folded_too),
		cmocka_unit_test(test_time_is_kept),
		cmocka_unit_test(test_a_story_is_told_whole),
		cmocka_unit_test(test_a_story_is_of_one_index),
		cmocka_unit_test(test_an_unknown_id_is_not_found),
		cmocka_unit_test(test_headlines),
		cmocka_unit_test(test_no_headlines_unless_asked_for),
		cmocka_unit_test(test_a_new_commit_has_new_groups),
		cmocka_unit_test(test_a_story_has_an_end),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
