/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "response.h"

#include <jansson.h>

/* Integers as reals: counts are below 2^53, and no number is too long. */
#define READ_FLAGS (JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL)

void response_init(struct response *r)
{
	*r = (struct response){ 0 };
	buf_init(&r->lines, RESPONSE_LINES_MAX);
	arena_init(&r->arena, RESPONSE_READ_MAX);
}

void response_release(struct response *r)
{
	buf_release(&r->lines);
	arena_release(&r->arena);
}

const char *response_keep(struct response *r, const char *s)
{
	return s ? arena_strdup(&r->arena, s) : NULL;
}

bool response_sink(void *response, const char *bytes, size_t n)
{
	struct response *r = response;

	buf_add(&r->lines, bytes, n);
	return !r->lines.failed;
}

static const char *member_text(struct response *r, const json_t *o,
			       const char *name)
{
	return response_keep(r, json_string_value(json_object_get(o, name)));
}

static double member_number(const json_t *o, const char *name)
{
	return json_number_value(json_object_get(o, name));
}

/* A count; 0 of what is none. */
static uint64_t count_of(const json_t *number)
{
	double n = json_number_value(number);

	return n > 0 && n < 9007199254740992.0 ? (uint64_t)n : 0;
}

/* ---------------------------------------------------------------- hits -- */

static void read_snippets(struct response *r, const json_t *list,
			  struct trawl_hit *hit)
{
	size_t n = json_array_size(list);
	const char **at = n ? arena_zalloc(&r->arena, n, sizeof(*at)) : NULL;

	for (size_t i = 0; at && i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));

		at[i] = response_keep(r, s ? s : "");
	}
	hit->snippets = at;
	hit->nsnippets = at ? n : 0;
}

static void read_explanation(struct response *r, const json_t *list,
			     struct trawl_hit *hit)
{
	size_t n = json_array_size(list);
	struct trawl_share *at =
		n ? arena_zalloc(&r->arena, n, sizeof(*at)) : NULL;

	for (size_t i = 0; at && i < n; i++) {
		const json_t *o = json_array_get(list, i);
		const char *word = member_text(r, o, "word");

		at[i] = (struct trawl_share){
			.word = word ? word : "",
			.found = member_text(r, o, "found"),
			.count =
				(unsigned)count_of(json_object_get(o, "count")),
			.score = member_number(o, "score"),
			.lead = member_number(o, "lead"),
			.first =
				(unsigned)count_of(json_object_get(o, "first")),
			.with = member_text(r, o, "with"),
		};
	}
	hit->explain = at;
	hit->nexplain = at ? n : 0;
}

static bool read_hit(struct response *r, const json_t *o, struct trawl_hit *hit)
{
	*hit = (struct trawl_hit){
		.rank = (unsigned)count_of(json_object_get(o, "rank")),
		.id = member_text(r, o, "id"),
		.score = member_number(o, "score"),
		.title = member_text(r, o, "title"),
		.date = member_text(r, o, "date"),
		.source = member_text(r, o, "source"),
		.index = member_text(r, o, "index"),
		.neighbours = member_number(o, "neighbours"),
		.similar = count_of(json_object_get(o, "similar")),
		.story = member_text(r, o, "story"),
	};
	read_snippets(r, json_object_get(o, "snippets"), hit);
	read_explanation(r, json_object_get(o, "explain"), hit);
	return hit->id;
}

/* ---------------------------------------------- facets, timeline, words -- */

/* ["Reuters",2] */
static const char *read_pair(const json_t *pair, uint64_t *count)
{
	const char *s = json_string_value(json_array_get(pair, 0));

	*count = count_of(json_array_get(pair, 1));
	return s ? s : "";
}

static bool read_facet(struct response *r, const json_t *o,
		       struct trawl_facet *facet)
{
	const json_t *list = json_object_get(o, "values");
	size_t n = json_array_size(list);
	struct trawl_facet_value *at =
		n ? arena_zalloc(&r->arena, n, sizeof(*at)) : NULL;

	for (size_t i = 0; at && i < n; i++) {
		const char *s =
			read_pair(json_array_get(list, i), &at[i].count);

		at[i].value = response_keep(r, s);
		if (!at[i].value)
			return false;
	}
	facet->name = member_text(r, o, "facet");
	facet->values = at;
	facet->nvalues = at ? n : 0;
	return facet->name;
}

/* ["2024-11",3,"004.txt","A title"] */
static void read_headline(struct response *r, const json_t *list,
			  struct trawl_bucket *bucket)
{
	const json_t *id = json_array_get(list, 2);
	const json_t *title = json_array_get(list, 3);

	bucket->id = response_keep(r, json_string_value(id));
	bucket->title = response_keep(r, json_string_value(title));
}

static void read_timeline(struct response *r, const json_t *o)
{
	const json_t *list = json_object_get(o, "buckets");
	size_t n = json_array_size(list);
	struct trawl_bucket *at =
		n ? arena_zalloc(&r->arena, n, sizeof(*at)) : NULL;

	for (size_t i = 0; at && i < n; i++) {
		const char *s =
			read_pair(json_array_get(list, i), &at[i].count);

		snprintf(at[i].when, sizeof(at[i].when), "%s", s);
		read_headline(r, json_array_get(list, i), &at[i]);
	}
	r->buckets = at;
	r->head.nbuckets = at ? n : 0;
}

static bool read_word(struct response *r, const json_t *o,
		      struct trawl_word *word)
{
	word->title = json_object_get(o, "title");
	word->text = member_text(r, o, word->title ? "title" : "word");
	word->documents = count_of(json_object_get(o, "documents"));
	return word->text;
}

/* --------------------------------------------------------------- lines -- */

/* Where what a line holds is put; each has room for all lines. */
struct room {
	struct trawl_hit *hits;
	struct trawl_facet *facets;
	struct trawl_word *words;
};

static bool read_object(struct response *r, const struct room *room,
			const json_t *o)
{
	if (json_object_get(o, "facet"))
		return read_facet(r, o, &room->facets[r->head.nfacets++]);
	if (json_object_get(o, "rank"))
		return read_hit(r, o, &room->hits[r->head.hits++]);
	if (json_object_get(o, "documents"))
		return read_word(r, o, &room->words[r->nwords++]);
	if (json_object_get(o, "timeline"))
		read_timeline(r, o);
	return json_is_object(o);
}

static size_t count_lines(const struct buf *lines)
{
	size_t n = 0;

	for (size_t i = 0; i < lines->len; i++)
		n += lines->data[i] == '\n';
	return n;
}

static bool read_lines(struct response *r)
{
	size_t n = count_lines(&r->lines);
	struct room room = {
		.hits = arena_zalloc(&r->arena, n + 1, sizeof(*room.hits)),
		.facets = arena_zalloc(&r->arena, n + 1, sizeof(*room.facets)),
		.words = arena_zalloc(&r->arena, n + 1, sizeof(*room.words)),
	};
	const char *at = r->lines.data;
	bool ok = !r->arena.failed;

	r->hits = room.hits;
	r->facets = room.facets;
	r->words = room.words;
	r->head.hits = r->head.nfacets = r->head.nbuckets = r->nwords = 0;
	while (ok && n--) {
		const char *end = strchr(at, '\n');
		json_t *o = end ? json_loadb(at, (size_t)(end - at), READ_FLAGS,
					     NULL)
				: NULL;

		ok = o && read_object(r, &room, o);
		json_decref(o);
		at = end ? end + 1 : at;
	}
	return ok;
}

/* ------------------------------------------------------------ document -- */

/* The rest of a line of JSON. */
struct rest {
	const char *at;
	size_t n;
};

/* The value that the rest begins with, passed over; NULL: there is none. */
static json_t *take_value(struct rest *rest)
{
	json_error_t e;
	json_t *v = json_loadb(
		rest->at, rest->n,
		READ_FLAGS | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &e);

	if (v && e.position >= 0 && (size_t)e.position <= rest->n) {
		rest->at += e.position;
		rest->n -= (size_t)e.position;
	}
	return v;
}

static bool take_char(struct rest *rest, const char *any)
{
	if (!rest->n || !strchr(any, *rest->at))
		return false;
	rest->at++;
	rest->n--;
	return true;
}

/* Strings decoded, all else as it stands: no number is printed otherwise than
 * it was written. */
static bool read_field(struct response *r, struct rest *rest,
		       struct trawl_field *f)
{
	json_t *name = take_value(rest);
	bool colon = take_char(rest, ":");
	const char *start = rest->at;
	json_t *v = colon ? take_value(rest) : NULL;

	if (name && v) {
		f->name = response_keep(r, json_string_value(name));
		f->json = !json_is_string(v);
		f->len = f->json ? (size_t)(rest->at - start)
				 : json_string_length(v);
		f->value = arena_strndup(&r->arena,
					 f->json ? start : json_string_value(v),
					 f->len);
	}
	json_decref(name);
	json_decref(v);
	return f->name && f->value;
}

/* A field of its own, or one that a document always has. */
static void place_field(struct trawl_doc *doc, struct trawl_field *fields,
			const struct trawl_field *f)
{
	if (!doc->id && strcmp(f->name, "id") == 0) {
		doc->id = f->value;
	} else if (strcmp(f->name, "text") == 0) {
		doc->text = f->value;
		doc->text_len = f->len;
	} else {
		fields[doc->nfields++] = *f;
	}
}

static bool read_document(struct response *r)
{
	struct rest rest = { r->lines.data, r->lines.len };
	struct trawl_field *fields =
		arena_zalloc(&r->arena, TRAWL_FIELDS_MAX, sizeof(*fields));
	struct trawl_doc doc = { .fields = fields, .index = r->index };
	bool ok = fields && take_char(&rest, "{");

	while (ok && !take_char(&rest, "}")) {
		struct trawl_field f = { 0 };

		ok = doc.nfields < TRAWL_FIELDS_MAX && read_field(r, &rest, &f);
		if (ok)
			place_field(&doc, fields, &f);
		take_char(&rest, ",");
	}
	r->doc = doc;
	return ok && doc.id;
}

enum trawl_status response_read(struct response *r, enum ask ask,
				struct trawl_error *err)
{
	bool ok = !r->lines.failed;

	if (ok && ask == ASK_GET)
		ok = read_document(r);
	else if (ok && ask != ASK_PARSE && ask != ASK_INFO && ask != ASK_STATS)
		ok = read_lines(r);
	if (r->lines.failed || r->arena.failed)
		return source_fail(err, TRAWL_NOMEM,
				   "the answer is too large: ask for less");
	if (!ok)
		return source_fail(err, TRAWL_INTERNAL,
				   "the answer cannot be read: it is not the "
				   "JSON that it should be");
	return TRAWL_OK;
}
