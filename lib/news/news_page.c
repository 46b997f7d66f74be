/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "news_page.h"

#include "article.h"
#include "date.h"
#include "derived.h"
#include "language.h"
#include "news_corpus.h"
#include "news_settings.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

enum {
	ADDED_MAX = 8,	    /* fields that are guessed or derived */
	SPANS_MAX = 4096,   /* of furniture that are kept of a document */
	LANGUAGE_SURE = 50, /* percent */
	GUESSED_MAX = 16384,
	KEPT_MAX = GUESSED_MAX / 2, /* of guesses that were made before */
	KEPT_NAME = 64,
	SECONDS_A_DAY = 86400,
	FIELD_BYTES = 16,    /* of a field's name, about */
	PAGE_BYTES = 256,    /* of a page's shorter strings, about */
	WORDS_KEPT = 1 << 14 /* of one for whose words there is room for good */
};

struct page_reader {
	unsigned news;
	struct language_detector *detector;
	struct recurring_lines lines;
	struct news_counter *counter; /* or NULL */
	struct news_words words;
	struct arena arena; /* of one document */
	struct buf guessed;
};

enum trawl_status page_reader_new(unsigned news, struct page_reader **out,
				  struct trawl_error *err)
{
	struct page_reader *r = calloc(1, sizeof(*r));
	enum trawl_status st = TRAWL_OK;

	if (!r)
		return fail_nomem(err);
	r->news = news;
	arena_init(&r->arena, SIZE_MAX);
	buf_init(&r->guessed, GUESSED_MAX);
	if (news & NEWS_LANGUAGE)
		st = language_detector_new(&r->detector, err);
	if (st == TRAWL_OK)
		*out = r;
	else
		page_reader_free(r);
	return st;
}

void page_reader_free(struct page_reader *r)
{
	if (!r)
		return;
	language_detector_free(r->detector);
	recurring_lines_release(&r->lines);
	news_words_release(&r->words);
	arena_release(&r->arena);
	buf_release(&r->guessed);
	free(r);
}

void page_reader_count(struct page_reader *r, struct news_counter *counter)
{
	r->counter = counter;
}

/* -------------------------------------------------------------- fields -- */

static const char *find_field(const struct trawl_doc *doc, const char *name)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, name) && doc->fields[i].len)
			return doc->fields[i].value;
	return NULL;
}

/* What an earlier reading guessed, with pages' metadata and paths that are not at
 * hand any more, stays, and stays a guess. */
static void keep_guesses(struct page_reader *r, const struct page *p,
			 const char *guessed)
{
	const char *next;
	char name[KEPT_NAME];

	for (; guessed; guessed = next) {
		const char *end = strstr(guessed, "; ");
		size_t len = end ? (size_t)(end - guessed) : strlen(guessed);
		size_t n = strcspn(guessed, " ");

		next = end ? end + 2 : NULL;
		if (n >= sizeof(name) || n >= len)
			continue;
		memcpy(name, guessed, n);
		name[n] = '\0';
		if (find_field(&p->doc, name))
			buf_addf(&r->guessed, "%s%.*s",
				 r->guessed.len ? "; " : "", (int)len, guessed);
	}
}

/* What was given with doc, and guessed of it before: not what else an earlier
 * reading has added. */
static bool copy_given(struct page_reader *r, const struct trawl_doc *doc,
		       struct page *p)
{
	const char *guessed = find_field(doc, FIELD_GUESSED);
	struct trawl_field *to =
		arena_zalloc(&r->arena, doc->nfields + ADDED_MAX, sizeof(*to));

	p->doc = *doc;
	p->doc.fields = p->room = to;
	p->doc.nfields = 0;
	for (size_t i = 0; to && i < doc->nfields; i++)
		if (!is_derived_field(doc->fields[i].name))
			to[p->doc.nfields++] = doc->fields[i];
	if (to && guessed && strlen(guessed) <= KEPT_MAX)
		keep_guesses(r, p, guessed);
	return to != NULL;
}

static void add_field(struct page *p, const char *name, const char *value,
		      size_t len)
{
	p->room[p->doc.nfields++] = (struct trawl_field){
		.name = name,
		.value = value,
		.len = len,
	};
}

/* "; " parts two guesses. */
static void note_guess(struct buf *out, const struct trawl_guess *g)
{
	buf_addf(out, "%s%s %.2f ", out->len ? "; " : "", g->field,
		 g->confidence);
	for (const char *c = g->reason ? g->reason : ""; *c; c++)
		buf_addc(out, *c == ';' ? ',' : *c);
}

/* A field that is not given, and was guessed. */
static void take_guess(struct page_reader *r, struct page *p,
		       const struct trawl_guess *g)
{
	if (find_field(&p->doc, g->field))
		return;
	add_field(p, g->field, g->value, strlen(g->value));
	note_guess(&r->guessed, g);
}

static bool read_article(struct page_reader *r, struct page *p,
			 struct article *a)
{
	const struct trawl_doc *doc = &p->doc;
	unsigned taken = 0;

	if (!(r->news & (NEWS_FIELDS | NEWS_BOILERPLATE)))
		return true;
	if (!article_read(doc->text_len ? doc->text : "", doc->text_len,
			  doc->guesses, doc->nguesses, &r->arena, a))
		return false;
	for (size_t i = 0; r->news & NEWS_FIELDS && i < a->nguesses; i++)
		if (a->guess[i].taken && strcmp(a->guess[i].field, "lang") &&
		    taken++ < ADDED_MAX / 2)
			take_guess(r, p, &a->guess[i]);
	return true;
}

/* What the page says of its language counts when the text does not tell. */
static bool read_language(struct page_reader *r, struct page *p,
			  const struct article *a)
{
	const struct trawl_doc *doc = &p->doc;
	struct trawl_guess g = { .field = "lang" };
	struct language_guess found = { 0 };

	if (!(r->news & NEWS_LANGUAGE) || find_field(doc, "lang"))
		return true;
	if (!language_detect(r->detector, doc->text_len ? doc->text : "",
			     doc->text_len, a->furniture.at, a->furniture.n,
			     &found))
		return false;
	if (found.code && found.confidence * 100 >= LANGUAGE_SURE) {
		g.value = found.code;
		g.confidence = found.confidence;
		g.reason = found.reason;
	} else {
		for (size_t i = 0; !g.value && i < doc->nguesses; i++)
			if (!strcmp(doc->guesses[i].field, "lang"))
				g = doc->guesses[i];
	}
	if (g.value)
		take_guess(r, p, &g);
	return true;
}

/* -------------------------------------------------------------- source -- */

static uint64_t hash_of(char kind, const char *s, size_t len)
{
	uint64_t hash = XXH3_64bits_withSeed(s, len, (unsigned char)kind);

	return kind == 'r' ? hash | RECURRENCE_LOOSE
			   : hash & ~(uint64_t)RECURRENCE_LOOSE;
}

/* The host of "https://www.example.org/path". */
static bool host_of(const char *url, const char **host, size_t *len)
{
	const char *at = url ? strstr(url, "://") : NULL;

	if (!at)
		return false;
	at += 3;
	if (!strncasecmp(at, "www.", 4))
		at += 4;
	*host = at;
	*len = strcspn(at, "/:?#");
	return *len > 0;
}

/* Whose furniture it shares: of one publisher, one host or one directory; of the
 * whole input, when nothing tells. */
static uint64_t source_of(const struct trawl_doc *doc)
{
	const char *guessed = find_field(doc, FIELD_GUESSED);
	const char *given = is_guessed_field(guessed, "source")
				    ? NULL
				    : find_field(doc, "source");
	const char *slash = strrchr(doc->id, '/');
	const char *host;
	size_t len;

	if (given)
		return hash_of('s', given, strlen(given));
	if (host_of(find_field(doc, "url"), &host, &len))
		return hash_of('h', host, len);
	if (slash)
		return hash_of('d', doc->id, (size_t)(slash - doc->id));
	return doc->origin.root && *doc->origin.root
		       ? hash_of('r', doc->origin.root,
				 strlen(doc->origin.root))
		       : hash_of('r', "", 0);
}

int32_t page_day(const char *date)
{
	struct date d;

	if (!date || !date_parse(date, strlen(date), &d) || !d.day)
		return -1;
	return (int32_t)(d.first / SECONDS_A_DAY);
}

/* -------------------------------------------------------------- record -- */

struct head {
	uint64_t source, size, text_len;
	int64_t mtime_ns;
	int32_t day;
	uint32_t nfields, nspans, nlines;
	uint32_t id_len, root_len, guessed_len;
	bool has_root;
};

struct field_head {
	uint64_t value_len;
	uint32_t name_len;
	bool json;
};

static void print_string(struct buf *out, const char *s, size_t len)
{
	buf_add(out, s, len);
	buf_addc(out, '\0');
}

static void print_field(struct buf *out, const struct trawl_field *f)
{
	struct field_head h;

	memset(&h, 0, sizeof(h));
	h.value_len = f->len;
	h.name_len = (uint32_t)strlen(f->name);
	h.json = f->json;
	buf_add(out, &h, sizeof(h));
	print_string(out, f->name, h.name_len);
	print_string(out, f->len ? f->value : "", f->len);
}

/* What a record holds, about. */
static size_t record_bytes(const struct page *p)
{
	size_t n = sizeof(struct head) + p->doc.text_len +
		   p->furniture.n * sizeof(struct span) +
		   p->nlines * sizeof(*p->lines);

	for (size_t i = 0; i < p->doc.nfields; i++)
		n += sizeof(struct field_head) + p->doc.fields[i].len +
		     FIELD_BYTES;
	return n + PAGE_BYTES + strlen(p->doc.id) + strlen(p->guessed);
}

static bool print_page(const struct page *p, struct buf *out)
{
	const struct trawl_doc *doc = &p->doc;
	const char *root = doc->origin.root;
	struct head h;

	if (!buf_reserve(out, record_bytes(p)))
		return false;
	memset(&h, 0, sizeof(h));
	h.source = p->source;
	h.size = doc->origin.size;
	h.mtime_ns = doc->origin.mtime_ns;
	h.text_len = doc->text_len;
	h.day = p->day;
	h.nfields = (uint32_t)doc->nfields;
	h.nspans = (uint32_t)p->furniture.n;
	h.nlines = (uint32_t)p->nlines;
	h.id_len = (uint32_t)strlen(doc->id);
	h.has_root = root != NULL;
	h.root_len = root ? (uint32_t)strlen(root) : 0;
	h.guessed_len = (uint32_t)strlen(p->guessed);
	buf_add(out, &h, sizeof(h));
	print_string(out, doc->id, h.id_len);
	print_string(out, root ? root : "", h.root_len);
	print_string(out, p->guessed, h.guessed_len);
	for (size_t i = 0; i < doc->nfields; i++)
		print_field(out, &doc->fields[i]);
	buf_add(out, p->furniture.at, p->furniture.n * sizeof(struct span));
	buf_add(out, p->lines, p->nlines * sizeof(*p->lines));
	print_string(out, doc->text_len ? doc->text : "", doc->text_len);
	return !out->failed;
}

static enum trawl_status count_names(struct page_reader *r,
				     const struct trawl_doc *doc,
				     const struct article *a,
				     struct trawl_error *err)
{
	const char *text = doc->text_len ? doc->text : "";
	enum trawl_status st;

	if (!r->counter || !r->counter->names)
		return TRAWL_OK;
	st = news_words_read(&r->words, text, doc->text_len, a->furniture.at,
			     r->news & NEWS_BOILERPLATE ? a->furniture.n : 0)
		     ? name_count_add(r->counter->names, &r->words, text, err)
		     : fail_nomem(err);
	if (r->words.n > WORDS_KEPT)
		news_words_release(&r->words);
	return st;
}

enum trawl_status page_read(struct page_reader *r, const struct trawl_doc *doc,
			    struct buf *out, struct trawl_error *err)
{
	struct article a = { .body = 0 };
	struct page p = { .day = -1 };
	enum trawl_status st;
	bool done;

	arena_reset(&r->arena);
	buf_reset(&r->guessed);
	done = copy_given(r, doc, &p) && read_article(r, &p, &a) &&
	       read_language(r, &p, &a);
	if (done && r->news & NEWS_BOILERPLATE) {
		p.furniture = a.furniture;
		done = recurring_lines(doc->text_len ? doc->text : "",
				       doc->text_len, &r->lines);
		p.lines = r->lines.at;
		p.nlines = r->lines.n;
	}
	if (done) {
		p.guessed = r->guessed.data;
		p.source = source_of(doc);
		p.day = page_day(find_field(&p.doc, "date"));
		done = print_page(&p, out) && !r->guessed.failed;
	}
	st = done ? count_names(r, doc, &a, err) : fail_nomem(err);
	article_release(&a);
	return st;
}

struct cursor {
	const char *at;
};

static const char *take(struct cursor *c, size_t n)
{
	const char *at = c->at;

	c->at += n;
	return at;
}

static void parse_field(struct cursor *c, struct trawl_field *f)
{
	struct field_head h;

	memcpy(&h, take(c, sizeof(h)), sizeof(h));
	f->name = take(c, h.name_len + 1);
	f->value = take(c, h.value_len + 1);
	f->len = h.value_len;
	f->json = h.json;
}

bool page_parse(const char *record, size_t len, struct arena *arena,
		struct page *out)
{
	struct cursor c = { record };
	struct recurring_line *lines;
	struct span *spans;
	struct head h;

	(void)len;
	memcpy(&h, take(&c, sizeof(h)), sizeof(h));
	*out = (struct page){ .source = h.source, .day = h.day };
	out->doc.origin.size = h.size;
	out->doc.origin.mtime_ns = h.mtime_ns;
	out->doc.id = take(&c, h.id_len + 1);
	out->doc.origin.root = take(&c, h.root_len + 1);
	if (!h.has_root)
		out->doc.origin.root = NULL;
	out->guessed = take(&c, h.guessed_len + 1);
	out->room =
		arena_zalloc(arena, h.nfields + ADDED_MAX, sizeof(*out->room));
	spans = arena_zalloc(arena, h.nspans + 1, sizeof(*spans));
	lines = arena_zalloc(arena, h.nlines + 1, sizeof(*lines));
	if (!out->room || !spans || !lines)
		return false;
	for (size_t i = 0; i < h.nfields; i++)
		parse_field(&c, &out->room[i]);
	out->doc.fields = out->room;
	out->doc.nfields = h.nfields;
	memcpy(spans, take(&c, h.nspans * sizeof(*spans)),
	       h.nspans * sizeof(*spans));
	memcpy(lines, take(&c, h.nlines * sizeof(*lines)),
	       h.nlines * sizeof(*lines));
	out->furniture.at = spans;
	out->furniture.n = h.nspans;
	out->lines = lines;
	out->nlines = h.nlines;
	out->doc.text = take(&c, h.text_len + 1);
	out->doc.text_len = h.text_len;
	return true;
}

struct recurring_lines page_lines(const struct page *p)
{
	return (struct recurring_lines){
		.at = (struct recurring_line *)p->lines,
		.n = p->nlines,
	};
}

/* ----------------------------------------------------------- the second -- */

static bool has_letter(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((s[i] & 0x80) || (s[i] >= '0' && s[i] <= '9') ||
		    ((s[i] | 0x20) >= 'a' && (s[i] | 0x20) <= 'z'))
			return true;
	return false;
}

/* A page of nothing else is no page without an article: what there is of it is
 * to be found. */
static bool is_all(const struct trawl_doc *doc, const struct spans *furniture)
{
	size_t at = 0;

	for (size_t i = 0; i < furniture->n; i++) {
		if (has_letter(doc->text + at, furniture->at[i].begin - at))
			return false;
		at = furniture->at[i].end;
	}
	return !has_letter(doc->text + at, doc->text_len - at);
}

static bool find_furniture(struct page *p, const struct recurrence *r,
			   struct spans *all)
{
	for (size_t i = 0; i < p->furniture.n; i++)
		spans_add(all, p->furniture.at[i].begin, p->furniture.at[i].end,
			  p->furniture.at[i].kind);
	for (size_t i = 0; r && i < p->nlines; i++)
		if (p->lines[i].hash &&
		    recurrence_has(r, p->source, p->lines[i].hash))
			spans_add(all, p->lines[i].begin, p->lines[i].end,
				  FURNITURE_RECURRING);
	if (all->n > SPANS_MAX)
		all->n = SPANS_MAX;
	if (is_all(&p->doc, all))
		all->n = 0;
	return !all->failed;
}

static bool add_text(struct page *p, const char *name, const struct buf *text,
		     struct arena *arena)
{
	char *copy;

	if (!text->len)
		return !text->failed;
	copy = arena_strndup(arena, text->data, text->len);
	if (copy)
		add_field(p, name, copy, text->len);
	return copy && !text->failed;
}

static bool add_mentions(struct page *p, struct arena *arena)
{
	struct article_mention m[ARTICLE_MENTIONS_MAX];
	struct buf text = BUF_INIT(ARTICLE_MENTIONS_MAX * sizeof(m->date));
	const char *date = find_field(&p->doc, "date");
	size_t n = article_mentions(
		p->doc.text, p->doc.text_len, p->furniture.at, p->furniture.n,
		date && page_day(date) >= 0 ? date : NULL, m);
	bool added;

	for (size_t i = 0; i < n; i++)
		buf_addf(&text, "%s%s", i ? "," : "", m[i].date);
	added = add_text(p, FIELD_MENTIONS, &text, arena);
	buf_release(&text);
	return added;
}

static bool add_furniture(struct page *p, const struct recurrence *r,
			  struct arena *arena)
{
	struct buf text = BUF_INIT(SPANS_MAX * 48);
	struct spans all = { .n = 0 };
	struct span *kept;
	bool added = find_furniture(p, r, &all);

	kept = added ? arena_zalloc(arena, all.n + 1, sizeof(*kept)) : NULL;
	if (kept && all.n)
		memcpy(kept, all.at, all.n * sizeof(*kept));
	p->furniture = (struct spans){ .at = kept, .n = kept ? all.n : 0 };
	spans_print(&all, &text);
	added = kept && add_text(p, FIELD_BOILERPLATE, &text, arena);
	spans_release(&all);
	buf_release(&text);
	return added;
}

bool page_finish(struct page *p, unsigned news, const struct recurrence *r,
		 struct arena *arena)
{
	if (news & NEWS_BOILERPLATE && !add_furniture(p, r, arena))
		return false;
	if (*p->guessed)
		add_field(p, FIELD_GUESSED, p->guessed, strlen(p->guessed));
	return !(news & NEWS_MENTIONS) || add_mentions(p, arena);
}
