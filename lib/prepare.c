/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prepare.h"

#include "analyze.h"
#include "buf.h"
#include "date.h"
#include "derived.h"
#include "gather.h"
#include "lead.h"
#include "json.h"
#include "language.h"
#include "number_key.h"
#include "news_page.h"
#include "printable.h"
#include "news_settings.h"
#include "status.h"
#include "stored.h"
#include "utf8.h"
#include "writer.h"

#include <jansson.h>
#include <xxhash.h>

enum {
	FIELD_NAME_BYTES = 256,
	/* Malformed bytes may become three times as many. */
	DATA_MAX = STORED_LINE_MAX + 3 * TRAWL_TEXT_MAX + 1,
	SLOTS_OF_OUR_OWN = 4,
	JSON_MEMORY = 64,      /* of jansson, for a byte of input */
	TONGUES_MAX = 3,       /* languages of one index */
	DERIVED_MAX = 1 << 18, /* bytes that news reading adds to a line */
	TERMS_KEPT = 64 << 20, /* bytes of a dictionary of our own; */
	PAGE_TERMS = 1 << 20,  /* of a first pass, which stores no terms */
	/* Of Xapian's memory for a posting that waits for its commit. */
	POSTING_COST = 367,
	POSITION_COST = 5
};

/* A language that documents are in: the numbers of words are its own. */
struct tongue {
	struct analyzer *analyzer;
	struct memo plain, title; /* gather.h */
};

struct trawl_preparer {
	struct schema schema;
	unsigned news;
	struct page_reader *pages;	   /* of a first pass; or NULL */
	struct tongue tongue[TONGUES_MAX]; /* the first is the index's */
	size_t ntongues;
	char stemmer[2][SCHEMA_NAME_MAX + 1]; /* struct meta's */
	size_t nstemmers;
	struct tongue *now;	   /* of the document */
	struct analyzer *analyzer; /* its own */
	struct spans furniture;
	struct builder_share *share; /* NULL: what is prepared is put */
	struct terms own;	     /* dictionary, without a share */
	struct gather gather;
	struct arena scratch; /* of one document */
	struct buf data;      /* the line of JSON, a line feed, the text */
	struct buf given;     /* the line without what news reading added */
	struct buf extra;     /* fields that are not stored, for the hash */
	struct buf folded;    /* one value */
	struct buf slot[SCHEMA_FIELDS_MAX];
	/* What one document has so far. */
	uint32_t position;
	uint64_t long_words;
	bool titled, dated;
	bool read; /* its words, not only what might be refused of it */
	int64_t date;
	struct lead lead;
};

/* A buffer that grew for one large document is not kept for the next. */
static void empty(struct buf *b)
{
	if (b->alloc > 1 << 20)
		buf_release(b);
	buf_reset(b);
}

static void empty_arena(struct arena *a)
{
	if (a->used > 1 << 20)
		arena_release(a);
	arena_reset(a);
}

static void preparer_reset(struct trawl_preparer *p)
{
	analyzer_flush(p->analyzer);
	gather_reset(&p->gather);
	empty_arena(&p->scratch);
	if (p->own.failed ||
	    terms_bytes(&p->own) > (p->pages ? PAGE_TERMS : TERMS_KEPT))
		terms_reset(&p->own);
	empty(&p->data);
	empty(&p->given);
	empty(&p->extra);
	empty(&p->folded);
	for (size_t i = 0; i < p->schema.nfields; i++)
		buf_reset(&p->slot[i]);
	p->position = 1;
	p->long_words = 0;
	p->titled = p->dated = false;
	p->read = true;
	p->lead.n = 0;
	p->now = p->tongue;
	p->analyzer = p->now->analyzer;
	spans_reset(&p->furniture);
}

static enum trawl_status add_tongue(struct trawl_preparer *p,
				    const char *language,
				    struct trawl_error *err)
{
	struct tongue *t = &p->tongue[p->ntongues];
	enum trawl_status st = analyzer_new(language, &t->analyzer, err);

	p->ntongues += st == TRAWL_OK;
	return st;
}

enum trawl_status preparer_new(const struct meta *meta,
			       struct builder_share *share,
			       struct trawl_preparer **out,
			       struct trawl_error *err)
{
	struct trawl_preparer *p = calloc(1, sizeof(*p));
	enum trawl_status st;

	if (!p)
		return fail_nomem(err);
	p->schema = meta->schema;
	p->news = meta->news;
	p->nstemmers = meta->nstemmers;
	memcpy(p->stemmer, meta->stemmer, sizeof(p->stemmer));
	p->share = share;
	terms_init(&p->own);
	arena_init(&p->scratch, SIZE_MAX);
	gather_init(&p->gather, share ? builder_share_terms(share) : &p->own);
	buf_init(&p->data, DATA_MAX);
	buf_init(&p->given, DATA_MAX);
	buf_init(&p->extra, 2 * (size_t)TRAWL_TEXT_MAX);
	buf_init(&p->folded, 4 * (size_t)TRAWL_TEXT_MAX);
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX; i++)
		buf_init(&p->slot[i], SLOT_BYTES_MAX);
	st = add_tongue(p, meta->language, err);
	if (st != TRAWL_OK) {
		trawl_preparer_free(p);
		return st;
	}
	p->analyzer = p->tongue[0].analyzer;
	preparer_reset(p);
	*out = p;
	return TRAWL_OK;
}

enum trawl_status preparer_new_page(const struct meta *meta,
				    struct news_counter *counter,
				    struct trawl_preparer **out,
				    struct trawl_error *err)
{
	struct trawl_preparer *p;
	enum trawl_status st = preparer_new(meta, NULL, &p, err);

	if (st != TRAWL_OK)
		return st;
	st = page_reader_new(meta->news, &p->pages, err);
	if (st != TRAWL_OK) {
		trawl_preparer_free(p);
		return st;
	}
	page_reader_count(p->pages, counter);
	*out = p;
	return TRAWL_OK;
}

enum trawl_status trawl_preparer_new(struct trawl_writer *w,
				     struct trawl_preparer **out,
				     struct trawl_error *err)
{
	struct builder_share *share;
	struct news_counter *counter;
	enum trawl_status st;

	if (!w || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_preparer_new: an argument is NULL");
	if (writer_meta(w)->news) {
		st = writer_counter_new(w, &counter, err);
		return st == TRAWL_OK ? preparer_new_page(writer_meta(w),
							  counter, out, err)
				      : st;
	}
	st = writer_share_new(w, &share, err);
	return st == TRAWL_OK ? preparer_new(writer_meta(w), share, out, err)
			      : st;
}

void trawl_preparer_free(struct trawl_preparer *p)
{
	if (!p)
		return;
	if (p->share)
		builder_share_leave(p->share);
	for (size_t i = 0; i < p->ntongues; i++) {
		analyzer_free(p->tongue[i].analyzer);
		free(p->tongue[i].plain.terms);
		free(p->tongue[i].title.terms);
	}
	page_reader_free(p->pages);
	spans_release(&p->furniture);
	gather_release(&p->gather);
	terms_release(&p->own);
	arena_release(&p->scratch);
	buf_release(&p->data);
	buf_release(&p->given);
	buf_release(&p->extra);
	buf_release(&p->folded);
	for (size_t i = 0; i < SCHEMA_FIELDS_MAX; i++)
		buf_release(&p->slot[i]);
	free(p);
}

/* -------------------------------------------------------------- checks -- */

/* What a first pass has taken is not refused after it. */
static bool is_second(const struct trawl_preparer *p)
{
	return p->news && !p->pages;
}

static enum trawl_status check_id(const char *id, struct trawl_error *err)
{
	size_t len = id ? strlen(id) : 0;
	uint32_t cp;

	if (!len)
		return fail(err, TRAWL_REFUSED, "id: empty");
	if (len > TRAWL_ID_MAX)
		return fail(err, TRAWL_REFUSED,
			    "id: %zu bytes, the limit is %d (TRAWL_ID_MAX)",
			    len, TRAWL_ID_MAX);
	if (utf8_valid(id, len) != len)
		return fail(err, TRAWL_REFUSED, "id: not UTF-8");
	for (size_t i = 0; i < len;) {
		i += utf8_decode(id + i, len - i, &cp);
		if (is_control(cp))
			return fail(err, TRAWL_REFUSED,
				    "id: control character U+%04X", cp);
	}
	return TRAWL_OK;
}

static enum trawl_status check_name(const char *name, struct trawl_error *err)
{
	size_t len = name ? strlen(name) : 0;

	if (!len || len > FIELD_NAME_BYTES)
		return fail(err, TRAWL_REFUSED,
			    "a field's name of %zu bytes: must be 1..%d", len,
			    FIELD_NAME_BYTES);
	if (utf8_valid(name, len) != len)
		return fail(err, TRAWL_REFUSED, "a field's name: not UTF-8");
	if (!strcmp(name, "id") || !strcmp(name, "text"))
		return fail(err, TRAWL_REFUSED,
			    "field %s: the document's %s is no field", name,
			    name);
	return TRAWL_OK;
}

static enum trawl_status check_fields(const struct trawl_doc *doc,
				      struct trawl_error *err)
{
	uint64_t sum = doc->text_len;
	enum trawl_status st;

	if (doc->nfields > TRAWL_FIELDS_MAX)
		return fail(err, TRAWL_REFUSED,
			    "%zu fields, the limit is %d (TRAWL_FIELDS_MAX)",
			    doc->nfields, TRAWL_FIELDS_MAX);
	for (size_t i = 0; i < doc->nfields; i++) {
		const struct trawl_field *f = &doc->fields[i];

		st = check_name(f->name, err);
		if (st != TRAWL_OK)
			return st;
		if (f->len && !f->value)
			return fail(err, TRAWL_INVAL, "field %s: no value",
				    f->name);
		if (f->len > TRAWL_TEXT_MAX)
			return fail(err, TRAWL_REFUSED,
				    "field %s: %zu bytes, the limit is %u "
				    "(TRAWL_TEXT_MAX)",
				    f->name, f->len, TRAWL_TEXT_MAX);
		sum += f->len;
	}
	if (sum > TRAWL_TEXT_MAX + (uint64_t)TRAWL_STORED_MAX)
		return fail(err, TRAWL_REFUSED,
			    "text and fields: %llu bytes, the limit is %u "
			    "(TRAWL_TEXT_MAX + TRAWL_STORED_MAX)",
			    (unsigned long long)sum,
			    TRAWL_TEXT_MAX + TRAWL_STORED_MAX);
	return TRAWL_OK;
}

static enum trawl_status check_doc(const struct trawl_doc *doc,
				   struct trawl_error *err)
{
	enum trawl_status st = check_id(doc->id, err);

	if (st != TRAWL_OK)
		return st;
	if (doc->text_len && !doc->text)
		return fail(err, TRAWL_INVAL, "text_len without a text");
	if (doc->text_len > TRAWL_TEXT_MAX)
		return fail(err, TRAWL_REFUSED,
			    "text: %zu bytes, the limit is %u "
			    "(TRAWL_TEXT_MAX)",
			    doc->text_len, TRAWL_TEXT_MAX);
	return check_fields(doc, err);
}

/* ------------------------------------------------------ what is stored -- */

/* Valid JSON without the blanks between its tokens. */
static char *compact_json(const char *s, size_t len, struct arena *arena,
			  size_t *out_len)
{
	char *out = arena_alloc(arena, len + 1);
	bool quoted = false;
	size_t n = 0;

	if (!out)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		if (!quoted && strchr(" \t\r\n", s[i]))
			continue;
		out[n++] = s[i];
		if (quoted && s[i] == '\\' && i + 1 < len)
			out[n++] = s[++i];
		else if (s[i] == '"')
			quoted = !quoted;
	}
	out[n] = '\0';
	*out_len = n;
	return out;
}

/* Whole numbers are not looked at, so that they may be of any length. */
static json_t *try_json(const struct trawl_field *f, json_error_t *why)
{
	return json_loadb(f->value ? f->value : "", f->len,
			  JSON_DECODE_ANY | JSON_ALLOW_NUL |
				  JSON_DECODE_INT_AS_REAL,
			  why);
}

/*
 * Without memory jansson may say that the syntax is wrong.  So what it refuses
 * it is asked once more, after there has been memory enough.
 */
static enum trawl_status load_json(const struct trawl_field *f, json_t **out,
				   struct trawl_error *err)
{
	json_error_t why = { 0 };
	void *enough;

	*out = try_json(f, &why);
	if (*out)
		return TRAWL_OK;
	enough = malloc(JSON_MEMORY * (f->len + 1));
	free(enough);
	if (enough)
		*out = try_json(f, &why);
	if (*out)
		return TRAWL_OK;
	if (!enough || json_error_code(&why) == json_error_out_of_memory)
		return fail_nomem(err);
	return fail(err, TRAWL_REFUSED, "field %.64s: not JSON: %s", f->name,
		    why.text);
}

static enum trawl_status store_json(const struct trawl_field *f,
				    struct arena *arena,
				    struct trawl_field *out,
				    struct trawl_error *err)
{
	json_t *json;
	enum trawl_status st = load_json(f, &json, err);

	if (st != TRAWL_OK)
		return st;
	json_decref(json);
	out->value = compact_json(f->value, f->len, arena, &out->len);
	return out->value ? TRAWL_OK : fail_nomem(err);
}

static bool is_stored(const struct schema *schema, const struct trawl_field *f)
{
	const struct schema_field *field =
		schema_find(schema, f->name, strlen(f->name));

	return !field || field->stored;
}

static void add_extra(struct buf *out, const struct trawl_field *f)
{
	buf_add(out, f->name, strlen(f->name) + 1);
	buf_addf(out, "%d %zu:", f->json, f->len);
	buf_add(out, f->value, f->len);
}

static enum trawl_status print_line(const char *id,
				    const struct trawl_field *fields, size_t n,
				    struct buf *out, size_t max,
				    struct trawl_error *err)
{
	buf_adds(out, "{\"id\":");
	json_add_string(out, id, strlen(id));
	if (n)
		buf_addc(out, ',');
	stored_print(fields, n, out);
	buf_addc(out, '}');
	if (out->failed)
		return fail_nomem(err);
	if (out->len > max)
		return fail(err, TRAWL_REFUSED,
			    "stored fields: %zu bytes as JSON, the limit is "
			    "%u (TRAWL_STORED_MAX)",
			    out->len, TRAWL_STORED_MAX);
	buf_addc(out, '\n');
	return TRAWL_OK;
}

/* What doc has as "guessed", when news reading may have put it there. */
static const char *guessed_of(const struct trawl_preparer *p,
			      const struct trawl_doc *doc)
{
	for (size_t i = 0; p->news && i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, FIELD_GUESSED) &&
		    !doc->fields[i].json)
			return doc->fields[i].value;
	return NULL;
}

/* The fields that are stored: those given, and behind them what was added. */
struct to_store {
	struct trawl_field *fields;
	size_t given, n;
};

static bool was_added(const struct trawl_preparer *p, const char *guessed,
		      const struct trawl_field *f)
{
	return p->news && (is_derived_field(f->name) ||
			   is_guessed_field(guessed, f->name));
}

static enum trawl_status collect(struct trawl_preparer *p,
				 const struct trawl_doc *doc, bool added,
				 struct to_store *out, struct trawl_error *err)
{
	const char *guessed = guessed_of(p, doc);
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < doc->nfields; i++) {
		const struct trawl_field *f = &doc->fields[i];
		struct trawl_field *to = &out->fields[out->n];

		if (was_added(p, guessed, f) != added)
			continue;
		if (!is_stored(&p->schema, f)) {
			if (!added)
				add_extra(&p->extra, f);
			continue;
		}
		*to = *f;
		if (!f->value)
			to->value = "";
		if (f->json)
			st = store_json(f, &p->scratch, to, err);
		out->n++;
	}
	return st;
}

/* Fill p->data, and p->extra with what is not in it. */
static enum trawl_status store(struct trawl_preparer *p,
			       const struct trawl_doc *doc,
			       struct trawl_error *err)
{
	struct to_store s = { 0 };
	enum trawl_status st;

	s.fields =
		arena_zalloc(&p->scratch, doc->nfields + 1, sizeof(*s.fields));
	st = s.fields ? collect(p, doc, false, &s, err) : fail_nomem(err);
	s.given = s.n;
	if (st == TRAWL_OK)
		st = collect(p, doc, true, &s, err);
	if (st == TRAWL_OK && s.n > s.given)
		st = print_line(doc->id, s.fields, s.given, &p->given,
				TRAWL_STORED_MAX, err);
	if (st == TRAWL_OK)
		st = print_line(doc->id, s.fields, s.n, &p->data,
				s.n > s.given ? TRAWL_STORED_MAX + DERIVED_MAX
					      : TRAWL_STORED_MAX,
				err);
	utf8_clean(doc->text_len ? doc->text : "", doc->text_len, &p->data);
	if (st == TRAWL_OK && (p->data.failed || p->extra.failed))
		st = fail_nomem(err);
	return st;
}

/* --------------------------------------------------------------- terms -- */

static void add_filter(struct trawl_preparer *p, const char *prefix,
		       const char *s, size_t len)
{
	gather_term(&p->gather, prefix, s, len);
}

static size_t read_tokens(struct trawl_preparer *p,
			  struct token t[GATHER_BATCH])
{
	size_t n = 0;

	while (n < GATHER_BATCH && analyzer_next(p->analyzer, &t[n]))
		n++;
	return n;
}

/* Does it go among the text's own words? */
static bool is_text(const struct place *place)
{
	return !*place->prefix && place->stems;
}

/* Every word of a text to each place; p->position moves behind it. */
static enum trawl_status add_words(struct trawl_preparer *p, const char *s,
				   size_t len, const struct place *places,
				   size_t n, struct trawl_error *err)
{
	uint32_t from = p->position;
	struct token t[GATHER_BATCH];
	size_t ntokens;

	analyzer_begin(p->analyzer, s, len, from);
	gather_begin(&p->gather, places, n, analyzer_generation(p->analyzer));
	while ((ntokens = read_tokens(p, t)) > 0) {
		gather_tokens(&p->gather, t, ntokens);
		if (is_text(places))
			lead_add(&p->lead, t, ntokens);
		if (p->gather.words > TRAWL_TERMS_MAX && !is_second(p))
			return fail(err, TRAWL_REFUSED,
				    "more than %d distinct words "
				    "(TRAWL_TERMS_MAX)",
				    TRAWL_TERMS_MAX);
	}
	if (analyzer_failed(p->analyzer) || p->gather.postings.failed)
		return fail_nomem(err);
	p->long_words += analyzer_long_words(p->analyzer);
	p->position = analyzer_position(p->analyzer);
	if (p->position > from)
		p->position += ANALYZE_PARAGRAPH_GAP;
	return TRAWL_OK;
}

/* A value for the eye, in an error. */
struct shown {
	char text[100];
};

static struct shown show(const char *s, size_t len)
{
	struct shown out = { "" };
	struct buf b = BUF_INIT(sizeof(out.text) - 1);
	size_t cut = utf8_cut(s, len, 24);

	add_printable(&b, s, cut);
	snprintf(out.text, sizeof(out.text), "%s%s", b.data,
		 cut < len ? "..." : "");
	buf_release(&b);
	return out;
}

static enum trawl_status add_date(struct trawl_preparer *p,
				  const struct schema_field *field,
				  const char *s, size_t len,
				  struct trawl_error *err)
{
	struct buf *slot = &p->slot[field - p->schema.field];
	struct date d;
	char text[32];

	if (!date_parse(s, len, &d))
		return fail(err, TRAWL_REFUSED,
			    "field %s: \"%s\" is no date: must be YYYY, "
			    "YYYY-MM, YYYY-MM-DD or RFC 3339",
			    field->name, show(s, len).text);
	date_key(d.first, text);
	if (!slot->len && field->slot != NO_SLOT)
		buf_adds(slot, text);
	if (field->slot != SLOT_DATE)
		return TRAWL_OK;
	if (!p->dated)
		p->date = d.first;
	p->dated = true;
	if (!field->indexed)
		return TRAWL_OK;
	add_filter(p, "Y", text, 4);
	if (d.month)
		add_filter(p, "M", text, 6);
	if (d.day)
		add_filter(p, "D", text, 8);
	return TRAWL_OK;
}

static enum trawl_status add_number(struct trawl_preparer *p,
				    const struct schema_field *field,
				    const char *s, size_t len,
				    struct trawl_error *err)
{
	struct buf *slot = &p->slot[field - p->schema.field];
	unsigned char key[NUMBER_KEY_MAX];
	double number;

	if (!number_parse(s, len, &number))
		return fail(err, TRAWL_REFUSED,
			    "field %s: \"%s\" is no number: must be decimal, "
			    "like -12.5",
			    field->name, show(s, len).text);
	if (!slot->len && field->slot != NO_SLOT)
		buf_add(slot, key, number_key(number, key));
	return TRAWL_OK;
}

/* One line, and U+001F between values: so no other control comes in. */
static void add_slot_text(struct buf *slot, const char *s, size_t len)
{
	struct buf line = BUF_INIT(SLOT_BYTES_MAX + 4);
	bool blank = false;
	uint32_t cp;

	for (size_t i = 0, n; i < len && line.len <= SLOT_BYTES_MAX; i += n) {
		n = utf8_decode(s + i, len - i, &cp);
		if (cp == ' ' || (cp != UINT32_MAX && is_control(cp))) {
			blank = line.len != 0;
			continue;
		}
		if (blank)
			buf_addc(&line, ' ');
		blank = false;
		utf8_clean(s + i, n, &line);
	}
	if (line.len > SLOT_BYTES_MAX)
		buf_truncate(&line,
			     utf8_cut(line.data, line.len, SLOT_BYTES_MAX));
	if (line.failed && line.len < SLOT_BYTES_MAX - 4)
		slot->failed = true;
	if (line.len && !slot->len) {
		buf_add(slot, line.data, line.len);
	} else if (line.len && slot->len + 1 + line.len <= SLOT_BYTES_MAX) {
		buf_addc(slot, '\x1F');
		buf_add(slot, line.data, line.len);
	}
	buf_release(&line);
}

static enum trawl_status add_keyword(struct trawl_preparer *p,
				     const struct schema_field *field,
				     const char *s, size_t len,
				     struct trawl_error *err)
{
	const struct place place = { field->prefix, 0, false, NULL };

	if (!field->indexed)
		return TRAWL_OK;
	buf_reset(&p->folded);
	analyzer_fold(s, len, &p->folded);
	if (p->folded.failed)
		return fail_nomem(err);
	if (p->folded.len)
		add_filter(p, field->prefix, p->folded.data, p->folded.len);
	return field->words && p->read ? add_words(p, s, len, &place, 1, err)
				       : TRAWL_OK;
}

static bool is_title(const struct schema_field *field)
{
	return !strcmp(field->prefix, "S");
}

static enum trawl_status add_text(struct trawl_preparer *p,
				  const struct schema_field *field,
				  const char *s, size_t len,
				  struct trawl_error *err)
{
	const struct place title[] = { { "", field->weight, field->weight > 0,
					 &p->now->plain },
				       { "S", 1, true, &p->now->title } };
	const struct place own = { field->prefix, field->weight,
				   field->weight > 0, NULL };

	if (!field->indexed || !p->read)
		return TRAWL_OK;
	return is_title(field) ? add_words(p, s, len, title, 2, err)
			       : add_words(p, s, len, &own, 1, err);
}

static void trim(const char **s, size_t *len)
{
	static const char blanks[] = " \t\r\n";

	while (*len && **s && strchr(blanks, **s)) {
		++*s;
		--*len;
	}
	while (*len && (*s)[*len - 1] && strchr(blanks, (*s)[*len - 1]))
		--*len;
}

static enum trawl_status add_value(struct trawl_preparer *p,
				   const struct schema_field *field,
				   const char *s, size_t len,
				   struct trawl_error *err)
{
	trim(&s, &len);
	if (!len)
		return TRAWL_OK;
	if (field->type == TRAWL_DATE)
		return add_date(p, field, s, len, err);
	if (field->type == TRAWL_NUMBER)
		return add_number(p, field, s, len, err);
	if (field->slot != NO_SLOT)
		add_slot_text(&p->slot[field - p->schema.field], s, len);
	if (field->type == TRAWL_KEYWORD)
		return add_keyword(p, field, s, len, err);
	p->titled = p->titled || is_title(field);
	return add_text(p, field, s, len, err);
}

/* A string, a number as it is written, true or false; others are passed by. */
static enum trawl_status add_scalar(struct trawl_preparer *p,
				    const struct schema_field *field,
				    const char *s, size_t len,
				    struct trawl_error *err)
{
	enum trawl_status st;
	json_t *string;

	trim(&s, &len);
	if (!len || strchr("{[n", *s))
		return TRAWL_OK;
	if (*s != '"')
		return add_value(p, field, s, len, err);
	string = json_loadb(s, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	if (!string)
		return fail_nomem(err);
	st = add_value(p, field, json_string_value(string),
		       json_string_length(string), err);
	json_decref(string);
	return st;
}

/* Bytes up to the comma that ends the element s begins with, or to the end. */
static size_t element_bytes(const char *s, size_t len)
{
	bool quoted = false;
	size_t depth = 0, i;

	for (i = 0; i < len && (quoted || depth || s[i] != ','); i++) {
		if (quoted && s[i] == '\\')
			i++;
		else if (s[i] == '"')
			quoted = !quoted;
		else if (!quoted && (s[i] == '[' || s[i] == '{'))
			depth++;
		else if (!quoted && (s[i] == ']' || s[i] == '}'))
			depth--;
	}
	return i;
}

/* A scalar, or those of an array. */
static enum trawl_status add_json(struct trawl_preparer *p,
				  const struct schema_field *field,
				  const struct trawl_field *f,
				  struct trawl_error *err)
{
	const char *s = f->value;
	size_t len = f->len;
	json_t *json;
	enum trawl_status st = load_json(f, &json, err);

	if (st != TRAWL_OK)
		return st;
	json_decref(json);
	trim(&s, &len);
	if (*s != '[')
		return add_scalar(p, field, s, len, err);
	s++;
	len -= 2;
	while (st == TRAWL_OK && len) {
		size_t n = element_bytes(s, len);

		st = add_scalar(p, field, s, n, err);
		n += n < len;
		s += n;
		len -= n;
	}
	return st;
}

/* The fields of the schema: titles, or all the others. */
static enum trawl_status add_fields(struct trawl_preparer *p,
				    const struct trawl_doc *doc, bool titles,
				    struct trawl_error *err)
{
	const char *guessed = guessed_of(p, doc);
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; st == TRAWL_OK && i < doc->nfields; i++) {
		const struct trawl_field *f = &doc->fields[i];
		const struct schema_field *field =
			schema_find(&p->schema, f->name, strlen(f->name));

		if (!field || is_title(field) != titles || !f->len ||
		    !strcmp(f->name, FIELD_RAW) ||
		    (p->news && is_derived_field(f->name)))
			continue;
		st = f->json ? add_json(p, field, f, err)
			     : add_value(p, field, f->value, f->len, err);
		/* A guess that is not of the field's type is only stored. */
		if (st == TRAWL_REFUSED && is_second(p) &&
		    is_guessed_field(guessed, f->name))
			st = TRAWL_OK;
	}
	return st;
}

static struct tongue *find_tongue(struct trawl_preparer *p, const char *name)
{
	for (size_t i = 0; i < p->ntongues; i++)
		if (!strcmp(analyzer_language(p->tongue[i].analyzer), name))
			return &p->tongue[i];
	return NULL;
}

/* The language of a document is its field lang, whether given or guessed; it
 * is stemmed by it when that is one of the index's. */
static enum trawl_status choose_tongue(struct trawl_preparer *p,
				       const struct trawl_doc *doc,
				       struct trawl_error *err)
{
	const char *name = p->nstemmers ? language_of(doc) : NULL;
	bool known = false;
	enum trawl_status st = TRAWL_OK;

	for (size_t i = 0; name && i < p->nstemmers; i++)
		known = known || !strcmp(p->stemmer[i], name);
	if (!known)
		return TRAWL_OK;
	if (!find_tongue(p, name))
		st = add_tongue(p, name, err);
	if (st != TRAWL_OK)
		return st;
	p->now = find_tongue(p, name);
	p->analyzer = p->now->analyzer;
	return TRAWL_OK;
}

/* The words of the article; those of furniture can be found as raw: alone. */
static enum trawl_status add_body(struct trawl_preparer *p, const char *text,
				  size_t len, struct trawl_error *err)
{
	const struct place body = { "", 1, true, &p->now->plain };
	const struct place raw = { PREFIX_RAW, 0, true, NULL };
	enum trawl_status st = TRAWL_OK;
	size_t at = 0;

	for (size_t i = 0; st == TRAWL_OK && i < p->furniture.n; i++) {
		const struct span *s = &p->furniture.at[i];

		st = add_words(p, text + at, s->begin - at, &body, 1, err);
		if (st == TRAWL_OK)
			st = add_words(p, text + s->begin, s->end - s->begin,
				       &raw, 1, err);
		at = s->end;
	}
	return st == TRAWL_OK ? add_words(p, text + at, len - at, &body, 1, err)
			      : st;
}

/* A day is found by its month and year, too. */
static void add_mentions(struct trawl_preparer *p, const struct trawl_doc *doc)
{
	static const size_t lengths[] = { 4, 7, 10 };

	for (size_t i = 0; i < doc->nfields; i++) {
		const char *s = doc->fields[i].value;

		if (strcmp(doc->fields[i].name, FIELD_MENTIONS) != 0 ||
		    doc->fields[i].json)
			continue;
		for (; s && *s; s += *s == ',') {
			size_t len = strcspn(s, ",");

			for (size_t k = 0; k < 3 && lengths[k] <= len; k++)
				add_filter(p, PREFIX_MENTIONS, s, lengths[k]);
			s += len;
		}
	}
}

static enum trawl_status add_terms(struct trawl_preparer *p,
				   const struct trawl_doc *doc,
				   struct trawl_error *err)
{
	const char *text = memchr(p->data.data, '\n', p->data.len);
	struct trawl_doc stored = *doc;
	uint32_t from;
	enum trawl_status st = choose_tongue(p, doc, err);

	stored.text = ++text;
	stored.text_len = p->data.len - (size_t)(text - p->data.data);
	if (p->news)
		spans_of(&stored, &p->furniture);
	if (st == TRAWL_OK && p->furniture.failed)
		st = fail_nomem(err);
	if (st == TRAWL_OK)
		st = add_fields(p, doc, true, err);
	from = p->position;
	if (st == TRAWL_OK)
		st = add_body(p, text, stored.text_len, err);
	if (st == TRAWL_OK && p->position == from && !p->titled)
		return fail(err, TRAWL_REFUSED, "empty: %s and no title",
			    doc->text_len ? "no word in its text" : "no text");
	if (st == TRAWL_OK)
		st = add_fields(p, doc, false, err);
	if (st != TRAWL_OK)
		return st;
	if (p->news & NEWS_MENTIONS)
		add_mentions(p, doc);
	add_filter(p, TERM_ID, doc->id, strlen(doc->id));
	if (doc->origin.root && *doc->origin.root)
		add_filter(p, TERM_ROOT, doc->origin.root,
			   strlen(doc->origin.root));
	return TRAWL_OK;
}

/* ------------------------------------------------------------- results -- */

static XXH128_hash_t hash_both(XXH128_hash_t a, XXH128_hash_t b)
{
	XXH128_canonical_t both[2];

	XXH128_canonicalFromHash(&both[0], a);
	XXH128_canonicalFromHash(&both[1], b);
	return XXH3_128bits(both, sizeof(both));
}

/* Of what was given: what news reading adds does not make a document new. */
static XXH128_hash_t hash_stored(const struct trawl_preparer *p)
{
	const struct buf *line = p->given.len ? &p->given : &p->data;
	const char *text = memchr(p->data.data, '\n', p->data.len);
	size_t n = p->data.len - (size_t)(++text - p->data.data);

	if (!p->news)
		return XXH3_128bits(p->data.data, p->data.len);
	return hash_both(XXH3_128bits(line->data, p->given.len
							  ? p->given.len
							  : p->data.len - n),
			 XXH3_128bits(text, n));
}

static void hash_content(const struct trawl_preparer *p, unsigned char out[16])
{
	XXH128_canonical_t canonical;
	XXH128_hash_t hash = hash_stored(p);

	if (p->extra.len)
		hash = hash_both(hash,
				 XXH3_128bits(p->extra.data, p->extra.len));
	XXH128_canonicalFromHash(&canonical, hash);
	memcpy(out, canonical.digest, 16);
}

/* Slot 0 (schema.h). */
static void add_order_value(const struct trawl_preparer *p, const char *id,
			    struct buf *out)
{
	unsigned char key[5];
	struct buf term = BUF_INIT(XAP_TERM_MAX);

	date_order_key(p->dated, p->date, key);
	add_long_term(&term, TERM_ID, id, strlen(id));
	buf_add(out, key, sizeof(key));
	buf_add(out, term.data + strlen(TERM_ID), term.len - strlen(TERM_ID));
	if (term.failed)
		out->failed = true;
	buf_release(&term);
}

/* In the order of slots. */
static void set_value(struct trawl_prepared *prep, struct xap_value *values,
		      int slot, const char *data, size_t len)
{
	size_t at = prep->doc.nvalues;

	if (!len)
		return;
	for (; at && values[at - 1].slot > (uint32_t)slot; at--)
		values[at] = values[at - 1];
	values[at].slot = (uint32_t)slot;
	values[at].value.len = len;
	values[at].value.data = arena_strndup(&prep->arena, data, len);
	prep->doc.nvalues++;
}

static bool set_values(struct trawl_preparer *p, const char *id,
		       struct trawl_prepared *prep)
{
	struct xap_value *values =
		arena_zalloc(&prep->arena, p->schema.nfields + SLOTS_OF_OUR_OWN,
			     sizeof(*values));
	struct buf order = BUF_INIT(SLOT_BYTES_MAX);
	char state[STATE_TEXT_MAX];
	bool failed;

	if (!values)
		return false;
	prep->doc.values = values;
	add_order_value(p, id, &order);
	set_value(prep, values, SLOT_ORDER, order.data, order.len);
	failed = order.failed;
	buf_release(&order);
	state_print(&prep->state, state);
	set_value(prep, values, SLOT_STATE, state, strlen(state));
	set_value(prep, values, SLOT_LEAD, (const char *)p->lead.bytes,
		  2 * p->lead.n);
	for (size_t i = 0; i < p->schema.nfields; i++) {
		if (p->schema.field[i].slot != NO_SLOT)
			set_value(prep, values, p->schema.field[i].slot,
				  p->slot[i].data, p->slot[i].len);
		failed = failed || p->slot[i].failed;
	}
	return !failed && !prep->arena.failed;
}

static bool set_names(const struct trawl_doc *doc, struct trawl_prepared *prep)
{
	const char *root = doc->origin.root;
	struct buf term = BUF_INIT(XAP_TERM_MAX);
	bool failed;

	prep->id = arena_strdup(&prep->arena, doc->id);
	if (root && *root)
		prep->root = arena_strdup(&prep->arena, root);
	add_long_term(&term, TERM_ID, doc->id, strlen(doc->id));
	prep->unique.len = term.len;
	prep->unique.data = arena_strndup(&prep->arena, term.data, term.len);
	failed = term.failed;
	buf_release(&term);
	return !failed && !prep->arena.failed;
}

/* What is put later, and outlives the preparer. */
static bool keep(struct trawl_preparer *p, struct trawl_prepared *prep)
{
	struct xap_document *doc = &prep->doc;

	doc->data.len = p->data.len;
	doc->data.data = arena_strndup(&prep->bulk, p->data.data, p->data.len);
	if (!postings_finish(&p->gather.postings, &prep->bulk, true,
			     &doc->postings, &doc->npostings))
		return false;
	prep->bytes = prep->arena.used + prep->bulk.used +
		      doc->npostings * POSTING_COST +
		      p->gather.postings.nplaces * POSITION_COST;
	return !prep->bulk.failed;
}

static enum trawl_status invert(struct trawl_preparer *p,
				struct trawl_prepared *prep,
				struct trawl_error *err)
{
	struct xap_document doc = { .data = { p->data.data, p->data.len } };
	enum trawl_status st;

	if (!postings_finish(&p->gather.postings, &p->scratch, false,
			     &doc.postings, &doc.npostings))
		return fail_nomem(err);
	st = builder_invert(p->share, &doc, &prep->built, err);
	if (st == TRAWL_OK)
		prep->bytes = prep->arena.used + prep->built.data_len +
			      prep->built.terms_len;
	return st;
}

static enum trawl_status fill(struct trawl_preparer *p,
			      const struct trawl_doc *doc,
			      struct trawl_prepared *prep,
			      struct trawl_error *err)
{
	if (!set_values(p, doc->id, prep))
		return fail_nomem(err);
	if (p->share)
		return invert(p, prep, err);
	return keep(p, prep) ? TRAWL_OK : fail_nomem(err);
}

static enum trawl_status set_state(struct trawl_preparer *p,
				   const struct trawl_doc *doc,
				   struct trawl_prepared *prep,
				   struct trawl_error *err)
{
	prep->state.size = doc->origin.size;
	prep->state.mtime_ns = doc->origin.mtime_ns;
	prep->long_words = p->pages ? 0 : p->long_words;
	hash_content(p, prep->state.hash);
	return set_names(doc, prep) ? TRAWL_OK : fail_nomem(err);
}

static enum trawl_status prepare(struct trawl_preparer *p,
				 const struct trawl_doc *doc,
				 struct trawl_prepared *prep,
				 struct trawl_error *err)
{
	enum trawl_status st = add_terms(p, doc, err);

	if (st == TRAWL_OK)
		st = set_state(p, doc, prep, err);
	return st == TRAWL_OK ? fill(p, doc, prep, err) : st;
}

/* ---------------------------------------------------------- the first pass -- */

/* Only then can there be too many words. */
static bool is_long(const struct trawl_doc *doc)
{
	size_t sum = doc->text_len;

	for (size_t i = 0; i < doc->nfields; i++)
		sum += doc->fields[i].len;
	return sum / 2 > TRAWL_TERMS_MAX;
}

/* Is there a word in it? */
static enum trawl_status check_words(struct trawl_preparer *p, const char *text,
				     size_t len, struct trawl_error *err)
{
	struct token t;

	if (p->read)
		return add_body(p, text, len, err);
	analyzer_begin(p->analyzer, text, len, p->position);
	p->position += analyzer_next(p->analyzer, &t);
	return analyzer_failed(p->analyzer) ? fail_nomem(err) : TRAWL_OK;
}

/* All that add_terms() could refuse, and little of its work. */
static enum trawl_status check_terms(struct trawl_preparer *p,
				     const struct trawl_doc *page,
				     struct trawl_error *err)
{
	enum trawl_status st;
	uint32_t from;

	p->read = is_long(page);
	st = add_fields(p, page, true, err);
	from = p->position;
	if (st == TRAWL_OK)
		st = check_words(p, page->text, page->text_len, err);
	if (st == TRAWL_OK && p->position == from && !p->titled)
		return fail(err, TRAWL_REFUSED, "empty: %s and no title",
			    page->text_len ? "no word in its text" : "no text");
	return st == TRAWL_OK ? add_fields(p, page, false, err) : st;
}

static enum trawl_status prepare_page(struct trawl_preparer *p,
				      const struct trawl_doc *doc,
				      struct trawl_prepared *prep,
				      struct trawl_error *err)
{
	const char *text = memchr(p->data.data, '\n', p->data.len);
	struct trawl_doc page = *doc;
	enum trawl_status st;

	page.text = ++text;
	page.text_len = p->data.len - (size_t)(text - p->data.data);
	st = check_terms(p, &page, err);
	if (st == TRAWL_OK)
		st = set_state(p, doc, prep, err);
	if (st == TRAWL_OK)
		st = page_read(p->pages, &page, &prep->record, err);
	prep->bytes = prep->record.len;
	return st;
}

enum trawl_status trawl_prepare(struct trawl_preparer *p,
				const struct trawl_doc *doc,
				struct trawl_prepared **out,
				struct trawl_error *err)
{
	struct trawl_prepared *prep;
	enum trawl_status st;

	if (!p || !doc || !out)
		return fail(err, TRAWL_INVAL,
			    "trawl_prepare: an argument is NULL");
	st = is_second(p) ? check_id(doc->id, err) : check_doc(doc, err);
	if (st != TRAWL_OK)
		return st;
	prep = calloc(1, sizeof(*prep));
	if (!prep)
		return fail_nomem(err);
	arena_init(&prep->arena, SIZE_MAX);
	arena_init(&prep->bulk, SIZE_MAX);
	buf_init(&prep->record, SIZE_MAX / 2);
	st = store(p, doc, err);
	if (st == TRAWL_OK)
		st = p->pages ? prepare_page(p, doc, prep, err)
			      : prepare(p, doc, prep, err);
	preparer_reset(p);
	if (st == TRAWL_OK)
		*out = prep;
	else
		trawl_prepared_free(prep);
	return st;
}

void trawl_prepared_free(struct trawl_prepared *prep)
{
	if (!prep)
		return;
	arena_release(&prep->arena);
	arena_release(&prep->bulk);
	built_release(&prep->built);
	buf_release(&prep->record);
	free(prep);
}

uint64_t trawl_prepared_bytes(const struct trawl_prepared *prep)
{
	return prep ? prep->bytes : 0;
}

uint64_t trawl_prepared_long_words(const struct trawl_prepared *prep)
{
	return prep ? prep->long_words : 0;
}
