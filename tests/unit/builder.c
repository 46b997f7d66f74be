/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The builder against Xapian's own way in: the same documents through both
 * give databases without a difference, before and after they are changed and
 * compacted; and the same bytes whatever the threads and the memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arena.h"
#include "buf.h"
#include "builder_parts.h"
#include "glass_join.h"
#include "sanitized.h"
#include "temp_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>

enum {
	SHARES_MAX = 3,
	WORDS_MAX = 40000, /* of a document */
	VOCABULARY = 9000,
	DATA_MAX = 1 << 20,
	ARENA_MAX = 1 << 26,
	STEPS = 60, /* of a round of changes */
	QUERIES = SANITIZED ? 40 : 200,
	ROUNDS = SANITIZED ? 1 : 3,
	SEVERAL = 400, /* documents of random words */
	TINY = 33500,  /* docids above 32,767 have longer keys */
	FILE_MAX = 64 << 20
};

static struct temp_dir dir;

static void ok(enum trawl_status st, const struct trawl_error *err)
{
	if (st != TRAWL_OK)
		fail_msg("%s: %s", trawl_status_name(st), err->text);
}

/* ------------------------------------------------------- one document -- */

/* A document while it is made; of one thread. */
struct maker {
	struct arena arena;
	uint64_t random;
	struct xap_posting *p;
	size_t n;
	struct xap_value value[8];
	size_t nvalues;
	struct buf data;
	char unique[32];
	struct xap_document doc;
};

typedef void make_document(struct maker *m, uint32_t i);

struct corpus {
	const char *name;
	make_document *make;
	uint32_t documents;
	unsigned queries;
	/* Has data that Xapian cannot read back once it has deflated it. */
	bool traps;
};

static struct maker *maker_new(void)
{
	struct maker *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	arena_init(&m->arena, ARENA_MAX);
	buf_init(&m->data, DATA_MAX);
	m->p = calloc(WORDS_MAX, sizeof(*m->p));
	assert_non_null(m->p);
	return m;
}

static void maker_free(struct maker *m)
{
	arena_release(&m->arena);
	buf_release(&m->data);
	free(m->p);
	free(m);
}

/* splitmix64 */
static uint64_t draw(struct maker *m, uint64_t n)
{
	uint64_t z = m->random += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return (z ^ z >> 31) % n;
}

static struct xap_posting *add_term(struct maker *m, const void *bytes,
				    size_t len, uint32_t wdf)
{
	struct xap_posting *p = &m->p[m->n++];

	assert_true(m->n < WORDS_MAX);
	*p = (struct xap_posting){ .wdf = wdf };
	p->term.data = arena_strndup(&m->arena, bytes, len);
	p->term.len = len;
	assert_non_null(p->term.data);
	return p;
}

/* n positions from first on, step apart. */
static void add_positions(struct maker *m, struct xap_posting *p,
			  uint32_t first, uint32_t step, size_t n)
{
	uint32_t *list = arena_zalloc(&m->arena, n, sizeof(*list));

	assert_non_null(list);
	for (size_t i = 0; i < n; i++)
		list[i] = first + (uint32_t)i * step;
	p->positions = list;
	p->npositions = n;
}

static void add_value(struct maker *m, uint32_t slot, const char *value,
		      size_t len)
{
	m->value[m->nvalues++] = (struct xap_value){
		slot, { arena_strndup(&m->arena, value, len), len }
	};
}

static int by_term(const void *a, const void *b)
{
	const struct xap_bytes *x = &((const struct xap_posting *)a)->term;
	const struct xap_bytes *y = &((const struct xap_posting *)b)->term;
	int c = memcmp(x->data, y->data, x->len < y->len ? x->len : y->len);

	return c ? c : (x->len > y->len) - (x->len < y->len);
}

/* Document i of a corpus, with a term that is its own. */
static const struct xap_document *make_one(struct maker *m, make_document *make,
					   uint32_t i, const char *unique)
{
	arena_reset(&m->arena);
	buf_reset(&m->data);
	m->n = m->nvalues = 0;
	m->random = i;
	snprintf(m->unique, sizeof(m->unique), "%s", unique);
	add_term(m, m->unique, strlen(m->unique), 0);
	make(m, i);
	assert_false(m->data.failed);
	qsort(m->p, m->n, sizeof(*m->p), by_term);
	m->doc = (struct xap_document){
		.data = { m->data.data, m->data.len },
		.postings = m->p,
		.npostings = m->n,
		.values = m->value,
		.nvalues = m->nvalues,
	};
	return &m->doc;
}

static const struct xap_document *make_nth(struct maker *m,
					   const struct corpus *c, uint32_t i)
{
	char unique[32];

	snprintf(unique, sizeof(unique), "Q%u", i);
	return make_one(m, c->make, i, unique);
}

/* -------------------------------------------------------- random words -- */

static size_t spell(uint32_t word, char out[64])
{
	static const char *const first[] = {
		"",   "inter",	       "internation",
		"un", "\u00e9t\u00e9", "\u65e5\u672c"
	};
	size_t kinds = sizeof(first) / sizeof(*first);

	return (size_t)snprintf(out, 64, "%s%x", first[word % kinds],
				word * 7919U);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The word's n places, and its stem, which has none. */
static void add_word(struct maker *m, const uint64_t *place, size_t n)
{
	char text[1 + 64] = "Z";
	size_t len = spell((uint32_t)(place[0] >> 32), text + 1);
	struct xap_posting *p = add_term(m, text + 1, len, (uint32_t)n);
	uint32_t *list = arena_zalloc(&m->arena, n, sizeof(*list));

	assert_non_null(list);
	for (size_t i = 0; i < n; i++)
		list[i] = (uint32_t)place[i];
	p->positions = list;
	p->npositions = n;
	add_term(m, text, len + 1, (uint32_t)n);
}

/* Few words are frequent, many are rare. */
static void add_words(struct maker *m, size_t n)
{
	uint64_t *place = arena_zalloc(&m->arena, n + 1, sizeof(*place));
	uint32_t at = 0;

	assert_non_null(place);
	for (size_t i = 0; i < n; i++) {
		uint64_t most = 1 + draw(m, 1 + draw(m, VOCABULARY));

		at += 1 + (draw(m, 20) ? 0 : (uint32_t)draw(m, 1000));
		place[i] = draw(m, most) << 32 | at;
	}
	qsort(place, n, sizeof(*place), by_number);
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1; k < n && place[k] >> 32 == place[i] >> 32;)
			k++;
		add_word(m, place + i, k - i);
	}
}

static void add_values(struct maker *m)
{
	static const uint32_t slots[] = { 0, 1, 127, 128, 300, 70000 };
	char text[32];

	for (size_t i = 0; i < sizeof(slots) / sizeof(*slots); i++) {
		if (i && draw(m, i + 1))
			continue;
		snprintf(text, sizeof(text), "%08llu",
			 (unsigned long long)draw(m, 100000));
		/* An empty one is none. */
		add_value(m, slots[i], text, draw(m, 10) ? 8 : 0);
	}
}

static void make_random(struct maker *m, uint32_t i)
{
	size_t n = draw(m, 40) ? draw(m, 300) : draw(m, 4000);

	add_words(m, n);
	if (draw(m, 2))
		add_term(m, "Ksource", 7, 0);
	add_values(m);
	for (size_t k = draw(m, 4) ? n : 0; k; k--)
		buf_addf(&m->data, "%llu word ",
			 (unsigned long long)draw(m, 1 + i % 3000));
}

static void make_tiny(struct maker *m, uint32_t i)
{
	struct xap_posting *p = add_term(m, "common", 6, 1 + i % 3);

	if (i % 16 == 0)
		add_positions(m, p, 1 + i % 7, 2, 1 + i % 32 / 16);
	add_value(m, 0, i % 2 ? "odd" : "even", i % 2 ? 3 : 4);
	if (i % 5 == 0)
		buf_addf(&m->data, "document %u", i);
}

/* --------------------------------------------------------------- nasty -- */

static void nasty_empty(struct maker *m)
{
	(void)m;
}

static void nasty_empty_values(struct maker *m)
{
	add_value(m, 0, "", 0);
	add_value(m, 128, "", 0);
}

static void nasty_million(struct maker *m)
{
	add_positions(m, add_term(m, "again", 5, 1000000), 1, 1, 1000000);
	buf_adds(&m->data, "again and again");
}

static void nasty_positions(struct maker *m)
{
	add_positions(m, add_term(m, "far", 3, 70000), 7, 61333, 70000);
	add_positions(m, add_term(m, "near", 4, 2), 1, 1, 2);
	add_positions(m, add_term(m, "apart", 5, 2), 1, 0xFFFFFFF0, 2);
	add_positions(m, add_term(m, "last", 4, 1), UINT32_MAX, 0, 1);
	/* Positions need not be counted. */
	add_positions(m, add_term(m, "uncounted", 9, 0), 5, 3, 3);
}

/* wdf of all sizes, with all sizes of what is shared with the term before. */
static void nasty_wdf(struct maker *m)
{
	static const uint32_t wdf[] = { 0,   1,	  2,   14,    15,     31,
					63,  126, 127, 128,   253,    254,
					255, 256, 257, 70000, 1 << 21 };
	const size_t n = sizeof(wdf) / sizeof(*wdf);
	char text[80];

	for (size_t p = 0; p < 40; p++)
		for (size_t i = 0; i < n; i++) {
			size_t len = (size_t)snprintf(
				text, sizeof(text), "%.*s!%zu", (int)p,
				"abcdefghijklmnopqrstuvwxyzabcdefghijklmnop",
				i);

			add_term(m, text, len, wdf[(i + p) % n]);
		}
}

/* A term of len bytes; then one that shares some of them, and is packed with
 * its wdf into one byte of that sum, if it is below 256. */
static bool add_packed(struct maker *m, unsigned group, size_t len,
		       size_t shared, size_t sum)
{
	char text[64];

	if ((sum - shared) % (len + 1))
		return false;
	memset(text, 'm', sizeof(text));
	text[0] = (char)('A' + group / 64);
	text[1] = (char)('0' + group % 64);
	add_term(m, text, len, 1);
	text[shared] = 'n';
	add_term(m, text, shared + 1,
		 (uint32_t)((sum - shared) / (len + 1) - 1));
	return true;
}

static void nasty_packed(struct maker *m)
{
	unsigned group = 0;

	for (size_t sum = 253; sum < 259; sum++)
		for (size_t len = 2; len < 60; len++)
			for (size_t shared = 2; shared <= len; shared++)
				group += add_packed(m, group, len, shared, sum);
}

static void nasty_most(struct maker *m)
{
	add_term(m, "most", 4, 4000000000);
}

static void nasty_bytes(struct maker *m)
{
	static const char zeros[122];
	char longest[245];

	memset(longest, 'x', sizeof(longest));
	add_term(m, longest, 245, 1);
	add_term(m, longest, 244, 2);
	longest[244] = 'y';
	add_positions(m, add_term(m, longest, 245, 3), 9, 1, 3);
	add_positions(m, add_term(m, zeros, 122, 1), 1, 1, 1);
	for (size_t n = 1; n < 5; n++)
		add_positions(m, add_term(m, zeros, n, 1), 1, 1, 1);
	add_positions(m, add_term(m, "\0\xFF", 2, 2), 2, 1, 2);
	add_term(m, "a\0", 2, 1);
	add_positions(m, add_term(m, "a\0b", 3, 1), 4, 1, 1);
	add_term(m, "a", 1, 1);
	add_term(m, "a\x01", 2, 1);
	add_term(m, "\xFF\xFF", 2, 1);
	add_term(m, "\0\xC0trawl", 7, 1);
	add_term(m, "\0\xE0", 2, 1);
}

static void nasty_values(struct maker *m)
{
	char text[3000];

	memset(text, 'v', sizeof(text));
	add_value(m, 0, "\0", 1);
	add_value(m, 127, text, 1999);
	add_value(m, 128, text, 2000);
	add_value(m, 255, text, 127);
	add_value(m, 256, text, 128);
	add_value(m, 300, text, sizeof(text));
	add_value(m, UINT32_MAX - 1, "\xFF\xFF", 2);
}

static void nasty_unicode(struct maker *m)
{
	add_positions(m, add_term(m, "\u65e5\u672c\u8a9e", 9, 1), 1, 1, 1);
	add_positions(m, add_term(m, "\u0939\u093f\u0928\u094d", 12, 2), 2, 5,
		      2);
	add_term(m, "\U0001F600", 4, 1);
	buf_adds(&m->data, "\u65e5\u672c\u8a9e \U0001F600");
}

/* A term list, and data, of many pieces. */
static void nasty_many(struct maker *m)
{
	for (uint32_t i = 0; i < 30000; i++) {
		char text[64];
		size_t len = spell(i, text);

		if (i % 3)
			add_term(m, text, len, 1 + i % 300);
		else
			add_positions(m, add_term(m, text, len, 1), 1 + i, 1,
				      1 + i % 4);
	}
	while (m->data.len < 300000)
		buf_addc(&m->data, (char)draw(m, 256));
}

static void (*const nasties[])(struct maker *m) = {
	nasty_empty, nasty_million, nasty_positions,	nasty_wdf,
	nasty_most,  nasty_bytes,   nasty_values,	nasty_unicode,
	nasty_empty, nasty_many,    nasty_empty_values, nasty_packed,
};

enum {
	NASTIES = sizeof(nasties) / sizeof(*nasties)
};

static void make_nasty(struct maker *m, uint32_t i)
{
	nasties[i % NASTIES](m);
}

/*
 * Data of about k * 8192 bytes that ends in a long match.  What is before it
 * is short, so that the stream has few codes, and short ones: its last byte
 * holds the match and the end.
 */
static void make_trap(struct maker *m, uint32_t i)
{
	static const int beside[] = { -2,  -1,	0,   1,	   2,	 3,    17,
				      100, 258, 700, 1500, 2047, 2048, 2049 };
	const size_t n = sizeof(beside) / sizeof(*beside);
	size_t end = 8192 * (1 + i / n % 5) + (size_t)beside[i % n];
	size_t begin = 1 + draw(m, i % 4 ? 40 : 4000);

	while (m->data.len < begin)
		buf_addc(&m->data, (char)('a' + draw(m, 26)));
	for (size_t k = 0; m->data.len < end; k++)
		buf_addc(&m->data, m->data.data[k]);
	add_term(m, "trap", 4, 1);
}

/* --------------------------------------------------------- one of two -- */

static const struct metadata {
	const char *key;
	size_t keylen, len; /* of the value */
} metadata[] = {
	{ "trawl.format", 12, 1 }, { "a\0b", 3, 5 },
	{ "a", 1, 200000 },	   { "\0", 1, 2 },
	{ "\xFF\xFF", 2, 8192 },   { "trawl.fingerprint", 17, 2042 },
	{ "gone", 4, 0 },
};

enum {
	NMETADATA = sizeof(metadata) / sizeof(*metadata)
};

static const char *metadata_value(void)
{
	static char value[200000];

	memset(value, 'm', sizeof(value));
	return value;
}

static void make_dir(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

static void add_documents(struct xap_writer *w, struct maker *m,
			  const struct corpus *c)
{
	struct trawl_error err;
	uint32_t docid;

	for (uint32_t i = 0; i < c->documents; i++) {
		const struct xap_document *doc = make_nth(m, c, i);

		ok(xap_writer_put(w, m->unique, strlen(m->unique), doc, &docid,
				  &err),
		   &err);
		assert_int_equal(docid, i + 1);
	}
	ok(xap_writer_commit(w, &err), &err);
}

/* In no order, and one of them twice. */
static const char *const synonyms[][2] = {
	{ "zelensky", "zelenskyy" }, { "zelensky", "zelenskiy" },
	{ "kiev", "kyiv" },	     { "zelenskyy", "zelensky" },
	{ "zelensky", "zelenskyy" }, { "z", "a" },
};

enum {
	NSYNONYMS = sizeof(synonyms) / sizeof(*synonyms)
};

static void add_same_synonyms(struct xap_writer *w)
{
	struct trawl_error err;
	char tall[XAP_TERM_MAX];

	memset(tall, 'x', sizeof(tall));
	for (size_t i = 0; i < NSYNONYMS; i++)
		ok(xap_writer_add_synonym(
			   w, synonyms[i][0], strlen(synonyms[i][0]),
			   synonyms[i][1], strlen(synonyms[i][1]), &err),
		   &err);
	ok(xap_writer_add_synonym(w, tall, sizeof(tall), tall, sizeof(tall),
				  &err),
	   &err);
}

/* Through Xapian's API, and with nothing deflated (glass.md, trap 1). */
static void make_with_api(const char *path, const struct corpus *c)
{
	struct maker *m = maker_new();
	struct xap_writer *w;
	struct trawl_error err;

	make_dir(path);
	ok(builder_create_empty(path, NULL, NULL, 0, &err), &err);
	ok(xap_writer_open(path, XAP_OPEN, true, &w, &err), &err);
	for (size_t i = 0; i < NMETADATA; i++)
		ok(xap_writer_set_metadata(w, metadata[i].key,
					   metadata[i].keylen, metadata_value(),
					   metadata[i].len, &err),
		   &err);
	add_same_synonyms(w);
	add_documents(w, m, c);
	xap_writer_free(w);
	maker_free(m);
}

/* --------------------------------------------------------- the builder -- */

struct plan {
	unsigned shares;
	uint64_t memory;
	int compress;
	unsigned spills; /* at least */
};

/* A document on its way from its thread to the one that puts it. */
struct slot {
	struct built built;
	struct xap_value value[8];
	size_t nvalues;
	char *bytes; /* of the values */
	bool ready;
};

struct build {
	const struct corpus *corpus;
	const struct plan *plan;
	struct builder *b;
	struct slot *slot;
	size_t spilled; /* runs */
	pthread_mutex_t lock;
	pthread_cond_t ready;
};

struct hand {
	struct build *build;
	struct builder_share *share;
	unsigned number;
	pthread_t thread;
	enum trawl_status st;
	struct trawl_error err;
};

/* Terms are numbered, and lie, in the share's dictionary. */
static bool number_terms(struct builder_share *share, struct maker *m)
{
	struct terms *terms = builder_share_terms(share);

	for (size_t i = 0; i < m->n; i++) {
		struct xap_posting *p = &m->p[i];

		p->number = terms_add(terms, p->term.data, p->term.len);
		if (p->number == NO_TERM)
			return false;
		p->term.data = terms->term[p->number].bytes;
	}
	return true;
}

static void keep_values(struct slot *s, const struct maker *m)
{
	size_t len = 0;

	for (size_t i = 0; i < m->nvalues; i++)
		len += m->value[i].value.len;
	s->bytes = malloc(len + 1);
	s->nvalues = s->bytes ? m->nvalues : 0;
	len = 0;
	for (size_t i = 0; i < s->nvalues; i++) {
		const struct xap_bytes *v = &m->value[i].value;

		s->value[i] = m->value[i];
		s->value[i].value.data =
			memcpy(s->bytes + len, v->data, v->len);
		len += v->len;
	}
}

/* Now and then something is inverted that is not put. */
static enum trawl_status leave_one_out(struct hand *h, struct maker *m,
				       uint32_t i)
{
	struct built built;
	const struct xap_document *doc;
	enum trawl_status st;

	if (i % 97 != 5)
		return TRAWL_OK;
	doc = make_one(m, make_random, ~i, "Qnever");
	if (!number_terms(h->share, m))
		return TRAWL_NOMEM;
	st = builder_invert(h->share, doc, &built, &h->err);
	if (st == TRAWL_OK)
		built_release(&built);
	return st;
}

static enum trawl_status invert_one(struct hand *h, struct maker *m, uint32_t i)
{
	struct build *build = h->build;
	struct slot *s = &build->slot[i];
	const struct xap_document *doc;
	enum trawl_status st = leave_one_out(h, m, i);

	if (st != TRAWL_OK)
		return st;
	doc = make_nth(m, build->corpus, i);
	keep_values(s, m);
	if (!number_terms(h->share, m))
		return TRAWL_NOMEM;
	return builder_invert(h->share, doc, &s->built, &h->err);
}

static void *work(void *arg)
{
	struct hand *h = arg;
	struct build *build = h->build;
	struct maker *m = maker_new();

	for (uint32_t i = h->number; i < build->corpus->documents;
	     i += build->plan->shares) {
		if (h->st == TRAWL_OK)
			h->st = invert_one(h, m, i);
		pthread_mutex_lock(&build->lock);
		build->slot[i].ready = true;
		pthread_cond_broadcast(&build->ready);
		pthread_mutex_unlock(&build->lock);
	}
	maker_free(m);
	builder_share_leave(h->share);
	return NULL;
}

static void await(struct build *build, const struct slot *s)
{
	pthread_mutex_lock(&build->lock);
	while (!s->ready)
		pthread_cond_wait(&build->ready, &build->lock);
	pthread_mutex_unlock(&build->lock);
}

static void put_all(struct build *build, uint32_t first)
{
	struct trawl_error err = { 0 };
	uint32_t docid;

	for (uint32_t i = 0; i < build->corpus->documents; i++) {
		struct slot *s = &build->slot[i];

		await(build, s);
		ok(builder_put(build->b, &s->built, s->value, s->nvalues,
			       &docid, &err),
		   &err);
		assert_int_equal(docid, first + i);
		built_release(&s->built);
		free(s->bytes);
	}
}

static void run_hands(struct build *build, uint32_t first)
{
	struct hand hand[SHARES_MAX] = { { .number = 0 } };
	struct trawl_error err;

	for (unsigned i = 0; i < build->plan->shares; i++) {
		hand[i] = (struct hand){ .build = build, .number = i };
		ok(builder_share_new(build->b, &hand[i].share, &err), &err);
	}
	for (unsigned i = 0; i < build->plan->shares; i++)
		assert_int_equal(
			pthread_create(&hand[i].thread, NULL, work, &hand[i]),
			0);
	put_all(build, first);
	for (unsigned i = 0; i < build->plan->shares; i++) {
		pthread_join(hand[i].thread, NULL);
		ok(hand[i].st, &hand[i].err);
		build->spilled += hand[i].share->nfiles;
	}
}

static void add_synonyms(struct builder *b)
{
	struct trawl_error err;
	char tall[XAP_TERM_MAX + 1];

	memset(tall, 'x', sizeof(tall));
	for (size_t i = 0; i < NSYNONYMS; i++)
		ok(builder_add_synonym(b, synonyms[i][0],
				       strlen(synonyms[i][0]), synonyms[i][1],
				       strlen(synonyms[i][1]), &err),
		   &err);
	ok(builder_add_synonym(b, tall, XAP_TERM_MAX, tall, XAP_TERM_MAX, &err),
	   &err);
	assert_int_equal(builder_add_synonym(b, "", 0, "a", 1, &err),
			 TRAWL_REFUSED);
	assert_int_equal(
		builder_add_synonym(b, "a", 1, tall, sizeof(tall), &err),
		TRAWL_REFUSED);
}

static void add_metadata(struct builder *b)
{
	struct trawl_error err;
	struct xap_bytes value;

	ok(builder_set_metadata(b, "gone", 4, "soon", 4, &err), &err);
	ok(builder_set_metadata(b, "a", 1, "other", 5, &err), &err);
	for (size_t i = 0; i < NMETADATA; i++)
		ok(builder_set_metadata(b, metadata[i].key, metadata[i].keylen,
					metadata_value(), metadata[i].len,
					&err),
		   &err);
	assert_true(builder_metadata(b, "a\0b", 3, &value));
	assert_int_equal(value.len, 5);
	assert_false(builder_metadata(b, "never", 5, &value));
}

static void make_with_builder(const char *path, const struct corpus *c,
			      const struct plan *plan, uint32_t first)
{
	const struct builder_options options = {
		.path = path,
		.first_docid = first,
		.memory = plan->memory,
		.threads = plan->shares,
		.compress = plan->compress,
		.reproducible = true,
	};
	struct build build = { .corpus = c, .plan = plan };
	struct trawl_error err;

	make_dir(path);
	pthread_mutex_init(&build.lock, NULL);
	pthread_cond_init(&build.ready, NULL);
	build.slot = calloc(c->documents + 1, sizeof(*build.slot));
	assert_non_null(build.slot);
	ok(builder_new(&options, &build.b, &err), &err);
	run_hands(&build, first ? first : 1);
	assert_true(build.spilled >= plan->spills);
	add_metadata(build.b);
	add_synonyms(build.b);
	ok(builder_finish(build.b, false, &err), &err);
	builder_free(build.b);
	free(build.slot);
	pthread_cond_destroy(&build.ready);
	pthread_mutex_destroy(&build.lock);
}

/* ---------------------------------------------------------- comparisons -- */

static void on_line(void *ctx, const char *line, double progress)
{
	(void)ctx;
	(void)progress;
	if (*line)
		print_message("# %s\n", line);
}

static void assert_same(const char *a, const char *b, unsigned queries,
			const char *what)
{
	struct trawl_error err;
	uint64_t n;

	ok(trawl_diff(a, b, queries, on_line, NULL, &n, &err), &err);
	if (n)
		fail_msg("%s: %llu differences", what, (unsigned long long)n);
}

static bool on_fault(void *ctx, const char *data, size_t len)
{
	buf_add(ctx, data, len);
	buf_addc(ctx, '\n');
	return true;
}

static void assert_whole(const char *path, const char *what)
{
	struct buf lines = BUF_INIT(1 << 20);
	struct trawl_error err;
	uint64_t faults;

	ok(xap_check(path, on_fault, &lines, &faults, &err), &err);
	if (faults)
		fail_msg("%s: %llu faults:\n%s", what,
			 (unsigned long long)faults, lines.data);
	buf_release(&lines);
}

/* -------------------------------------------------------------- changes -- */

static void change_one(struct xap_writer *w, struct maker *m,
		       struct maker *dice, uint32_t documents, uint32_t step)
{
	uint32_t docid = 1 + (uint32_t)draw(dice, documents), made;
	struct trawl_error err;
	char unique[32];
	enum trawl_status st = TRAWL_OK;

	snprintf(unique, sizeof(unique), step % 3 ? "Q%u" : "Qnew%u",
		 docid - 1);
	if (step % 5 == 1)
		st = xap_writer_delete(w, docid, &err);
	else if (step % 5 == 2)
		st = xap_writer_set_value(w, docid, 127 + step % 2, "changed",
					  7, &err);
	else
		st = xap_writer_put(
			w, unique, strlen(unique),
			make_one(m, make_random, docid + 1000000, unique),
			&made, &err);
	if (st != TRAWL_NOTFOUND)
		ok(st, &err);
}

/* The same to each database that it is called for. */
static void change(const char *path, uint32_t documents)
{
	struct maker *m = maker_new(), *dice = maker_new();
	struct xap_writer *w;
	struct trawl_error err;

	ok(xap_writer_open(path, XAP_OPEN, true, &w, &err), &err);
	for (uint32_t step = 0; step < ROUNDS * STEPS; step++) {
		change_one(w, m, dice, documents, step);
		if (step % STEPS == STEPS - 1)
			ok(xap_writer_commit(w, &err), &err);
	}
	ok(xap_writer_set_metadata(w, "a", 1, "changed", 7, &err), &err);
	ok(xap_writer_set_metadata(w, "trawl.format", 12, "", 0, &err), &err);
	ok(xap_writer_add_spelling(w, "spelling", 8, 3, &err), &err);
	ok(xap_writer_add_synonym(w, "word", 4, "term", 4, &err), &err);
	ok(xap_writer_commit(w, &err), &err);
	xap_writer_free(w);
	maker_free(m);
	maker_free(dice);
}

static void compact(const char *from, const char *to)
{
	struct trawl_error err;

	ok(xap_compact(from, to, &err), &err);
	assert_whole(to, to);
}

/* ---------------------------------------------------------------- tests -- */

static const struct plan one_share = { 1, 1 << 30, 0, 0 };
static const struct plan deflated = { 2, 1 << 30, 6, 0 };

static int setup(void **state)
{
	(void)state;
	temp_dir_make(&dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	temp_dir_remove(&dir);
	return 0;
}

static void compare_compacted(const struct corpus *c, const char *api,
			      const char *built)
{
	char small_api[512], small[512];

	compact(api, temp_path(&dir, "small-api", small_api));
	compact(built, temp_path(&dir, "small", small));
	assert_same(small_api, small, c->queries, "compacted");
}

/* Written anew, and deflated on the way. */
static void join(const char *from, const char *to)
{
	const struct glass_join_options options = { .beside = true,
						    .compress = 6 };
	const struct glass_part part = { .path = from };
	struct trawl_error err;

	make_dir(to);
	ok(glass_join(&part, 1, to, &options, NULL, &err), &err);
	assert_whole(to, to);
}

static void compare_joined(const char *plain)
{
	char joined[512];

	join(plain, temp_path(&dir, "joined", joined));
	assert_same(plain, joined, 0, "joined");
}

/* Bounds get closer by it, when there were changes. */
static void compare_both_joined(const struct corpus *c, const char *api,
				const char *built)
{
	char joined_api[512], joined[512];

	join(api, temp_path(&dir, "joined-api", joined_api));
	join(built, temp_path(&dir, "joined-built", joined));
	assert_same(joined_api, joined, c->queries, "both joined");
}

/* Plain and deflated; then changed, and compacted. */
static void compare_ways(const struct corpus *c)
{
	char api[512], plain[512], built[512];

	make_with_api(temp_path(&dir, "api", api), c);
	make_with_builder(temp_path(&dir, "plain", plain), c, &one_share, 0);
	assert_whole(plain, "plain");
	assert_same(api, plain, c->queries, "plain");
	compare_joined(plain);
	make_with_builder(temp_path(&dir, "built", built), c, &deflated, 0);
	assert_whole(built, "deflated");
	assert_same(api, built, 0, "deflated");
	change(api, c->documents);
	change(built, c->documents);
	assert_whole(built, "changed");
	assert_same(api, built, c->queries, "changed");
	compare_both_joined(c, api, built);
	if (!c->traps)
		compare_compacted(c, api, built);
}

static const struct corpus random_words = { "random", make_random,
					    SANITIZED ? SEVERAL / 4 : SEVERAL,
					    QUERIES, false };
static const struct corpus more_words = { "more", make_random,
					  (SANITIZED ? 3 : 6) * SEVERAL, 0,
					  false };
static const struct corpus nasty = { "nasty", make_nasty, NASTIES, QUERIES,
				     false };

static void test_random(void **state)
{
	(void)state;
	compare_ways(&random_words);
}

static void test_nasty(void **state)
{
	(void)state;
	compare_ways(&nasty);
}

static bool look_away(void *ctx, const char *data, size_t len)
{
	(void)ctx;
	(void)data;
	(void)len;
	return true;
}

/* Documents that cannot be read when Xapian deflates them. */
static unsigned count_trapped(const struct corpus *c)
{
	struct maker *m = maker_new();
	struct trawl_error err;
	struct xap_writer *w;
	struct xap_db *db;
	unsigned n = 0;
	uint32_t docid;
	char path[512];

	ok(xap_writer_open(temp_path(&dir, "trapped", path), XAP_CREATE, true,
			   &w, &err),
	   &err);
	add_documents(w, m, c);
	xap_writer_free(w);
	ok(xap_db_open(path, &db, &err), &err);
	for (docid = 1; docid <= c->documents; docid++)
		n += xap_db_data(db, docid, look_away, NULL, &err) ==
		     TRAWL_CORRUPT;
	xap_db_free(db);
	maker_free(m);
	return n;
}

static void test_traps(void **state)
{
	static const struct corpus c = { "traps", make_trap, 14 * 5 * 4, 10,
					 true };
	unsigned n = count_trapped(&c);

	(void)state;
	print_message("# Xapian cannot read back %u of %u\n", n, c.documents);
	assert_true(n > 10);
	compare_ways(&c);
}

static void test_many_documents(void **state)
{
	static const struct corpus c = { "tiny", make_tiny, TINY, 50, false };
	static const struct plan spilled = { 2, 1, 0, 2 };
	char api[512], built[512];

	(void)state;
	make_with_api(temp_path(&dir, "api", api), &c);
	make_with_builder(temp_path(&dir, "built", built), &c, &spilled, 0);
	assert_whole(built, "many documents");
	assert_same(api, built, c.queries, "many documents");
}

static void test_few_documents(void **state)
{
	static const struct corpus none = { "none", make_tiny, 0, 10, false };
	static const struct corpus one = { "one", make_tiny, 1, 10, false };
	char api[512], built[512];

	(void)state;
	make_with_api(temp_path(&dir, "api", api), &none);
	make_with_builder(temp_path(&dir, "built", built), &none, &deflated, 0);
	assert_same(api, built, 10, "no documents");
	assert_whole(built, "no documents");
	make_with_api(temp_path(&dir, "api-1", api), &one);
	make_with_builder(temp_path(&dir, "built-1", built), &one, &deflated,
			  0);
	assert_same(api, built, 10, "one document");
	change(api, 1);
	change(built, 1);
	assert_same(api, built, 10, "one document, changed");
}

/* Keys of docids get longer at 2^15, 2^22 and 2^29.  Xapian's check takes
 * memory for as many documents as there might be. */
static void test_high_docids(void **state)
{
	static const struct corpus c = { "tiny", make_tiny, 40, 20, false };
	static const uint32_t last[] = { 1 << 15, 1 << 22, 1 << 29,
					 UINT32_MAX - 19 };
	char built[512], small[512], name[32];
	struct trawl_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(last) / sizeof(*last); i++) {
		snprintf(name, sizeof(name), "built-%zu", i);
		make_with_builder(temp_path(&dir, name, built), &c, &deflated,
				  last[i] - 20);
		if (last[i] <= 1 << 22)
			assert_whole(built, name);
		snprintf(name, sizeof(name), "small-%zu", i);
		ok(xap_compact(built, temp_path(&dir, name, small), &err),
		   &err);
		assert_same(built, small, c.queries, name);
	}
}

/* -------------------------------------------------------- the same bytes -- */

static size_t read_whole(const char *path, char *out)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(out, 1, FILE_MAX, f);
	assert_true(n && n < FILE_MAX);
	fclose(f);
	return n;
}

static void assert_same_file(const char *a, const char *b, const char *name)
{
	char path[800];
	char *x = malloc(FILE_MAX), *y = malloc(FILE_MAX);
	size_t n;

	assert_non_null(x);
	assert_non_null(y);
	snprintf(path, sizeof(path), "%s/%s", a, name);
	n = read_whole(path, x);
	snprintf(path, sizeof(path), "%s/%s", b, name);
	if (n != read_whole(path, y) || memcmp(x, y, n) != 0)
		fail_msg("%s is not %s/%s", path, a, name);
	free(x);
	free(y);
}

/* The files of b are those of a, and as many. */
static void assert_same_files(const char *a, const char *b, unsigned files)
{
	DIR *entries = opendir(b);
	const struct dirent *entry;
	unsigned n = 0;

	assert_non_null(entries);
	while ((entry = readdir(entries))) {
		if (entry->d_name[0] == '.')
			continue;
		assert_same_file(a, b, entry->d_name);
		n++;
	}
	closedir(entries);
	assert_int_equal(n, files);
}

/* A run is spilled as soon as it is worth its files. */
static void same_bytes(const struct corpus *c, unsigned spills)
{
	const struct plan plans[] = { { 1, 1, 6, spills },
				      { 2, 1 << 30, 6, 0 },
				      { 3, 1, 6, spills } };
	const struct plan whole = { 1, 1 << 30, 6, 0 };
	char first[512], other[512], name[32];

	make_with_builder(temp_path(&dir, "first", first), c, &whole, 0);
	for (size_t i = 0; i < sizeof(plans) / sizeof(*plans); i++) {
		snprintf(name, sizeof(name), "other-%zu", i);
		make_with_builder(temp_path(&dir, name, other), c, &plans[i],
				  0);
		assert_same_files(first, other, 6);
	}
}

static void test_same_bytes(void **state)
{
	(void)state;
	same_bytes(&more_words, 3);
}

static void test_same_nasty_bytes(void **state)
{
	(void)state;
	same_bytes(&nasty, 2);
}

/* --------------------------------------------------------- what is wrong -- */

/* A builder with one share, in a folder of that name. */
static struct builder *open_builder(const char *name,
				    struct builder_share **share,
				    struct trawl_error *err)
{
	char path[512];
	const struct builder_options options = {
		.path = temp_path(&dir, name, path), .memory = 1 << 20
	};
	struct builder *b;

	make_dir(path);
	ok(builder_new(&options, &b, err), err);
	ok(builder_share_new(b, share, err), err);
	return b;
}

static void invert(struct builder_share *share, struct maker *m, uint32_t i,
		   struct built *built)
{
	struct trawl_error err;
	const struct xap_document *doc = make_nth(m, &random_words, i);

	assert_true(number_terms(share, m));
	ok(builder_invert(share, doc, built, &err), &err);
}

static void test_order(void **state)
{
	struct maker *m = maker_new();
	struct builder_share *share;
	struct trawl_error err;
	struct builder *b = open_builder("order", &share, &err);
	struct built first, second, none = { .share = NULL };
	uint32_t docid;

	(void)state;
	invert(share, m, 1, &first);
	invert(share, m, 2, &second);
	ok(builder_put(b, &second, NULL, 0, &docid, &err), &err);
	assert_int_equal(docid, 1);
	assert_int_equal(builder_put(b, &first, NULL, 0, &docid, &err),
			 TRAWL_INVAL);
	assert_int_equal(builder_put(b, &second, NULL, 0, &docid, &err),
			 TRAWL_INVAL);
	assert_int_equal(builder_put(b, &none, NULL, 0, &docid, &err),
			 TRAWL_INVAL);
	built_release(&first);
	built_release(&second);
	built_release(&second);
	builder_free(b);
	maker_free(m);
}

/* What is refused is as if it had never been. */
static void test_refused(void **state)
{
	struct maker *m = maker_new();
	struct builder_share *share;
	struct trawl_error err;
	struct builder *b = open_builder("refused", &share, &err);
	struct built built;
	uint32_t docid;
	char path[512];

	(void)state;
	make_one(m, make_tiny, 1, "Q");
	m->p[0].wdf = UINT32_MAX;
	assert_true(number_terms(share, m));
	assert_int_equal(builder_invert(share, &m->doc, &built, &err),
			 TRAWL_REFUSED);
	assert_true(err.text[0]);
	invert(share, m, 1, &built);
	ok(builder_put(b, &built, NULL, 0, &docid, &err), &err);
	assert_int_equal(docid, 1);
	built_release(&built);
	builder_share_leave(share);
	ok(builder_finish(b, false, &err), &err);
	assert_whole(temp_path(&dir, "refused", path), "refused");
	builder_free(b);
	maker_free(m);
}

static bool count_call(void *ctx, const char *term, size_t len, uint32_t wdf,
		       uint32_t termfreq)
{
	(void)term;
	(void)len;
	(void)wdf;
	(void)termfreq;
	++*(unsigned *)ctx;
	return true;
}

static void make_bare(const char *name, unsigned documents)
{
	const struct xap_document nothing = { .npostings = 0 };
	struct builder_share *share;
	struct trawl_error err;
	struct builder *b = open_builder(name, &share, &err);
	struct built built;
	uint32_t docid;

	for (unsigned i = 0; i < documents; i++) {
		ok(builder_invert(share, &nothing, &built, &err), &err);
		ok(builder_put(b, &built, NULL, 0, &docid, &err), &err);
		built_release(&built);
	}
	builder_share_leave(share);
	ok(builder_finish(b, false, &err), &err);
	builder_free(b);
}

/* Neither terms nor data: a shim that wants unique terms puts none such. */
static void test_no_terms(void **state)
{
	struct trawl_error err;
	struct xap_facts facts;
	struct xap_db *db;
	uint32_t length;
	unsigned terms = 0;
	char path[512];

	(void)state;
	make_bare("bare", 3);
	assert_whole(temp_path(&dir, "bare", path), "no terms");
	ok(xap_db_open(path, &db, &err), &err);
	ok(xap_db_facts(db, &facts, &err), &err);
	assert_int_equal(facts.documents, 3);
	ok(xap_db_length(db, 3, &length, &err), &err);
	assert_int_equal(length, 0);
	ok(xap_db_termlist(db, 2, false, count_call, &terms, &err), &err);
	assert_int_equal(terms, 0);
	xap_db_free(db);
	assert_same(path, path, 10, "with itself");
}

static void test_nowhere(void **state)
{
	const struct builder_options options = { .path = "/nowhere/at/all" };
	struct builder *b = NULL;
	struct trawl_error err = { 0 };
	enum trawl_status st = builder_new(&options, &b, &err);

	(void)state;
	if (st == TRAWL_OK)
		st = builder_finish(b, false, &err);
	assert_int_equal(st, TRAWL_IO);
	assert_non_null(strstr(err.text, "/nowhere/at/all"));
	builder_free(b);
	builder_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)
		TEST(few_documents), TEST(random),	     TEST(nasty),
		TEST(traps),	     TEST(many_documents),   TEST(high_docids),
		TEST(same_bytes),    TEST(same_nasty_bytes), TEST(order),
		TEST(refused),	     TEST(no_terms),	     TEST(nowhere),
	};

	return cmocka_run_group_tests_name("builder", tests, NULL, NULL);
}
