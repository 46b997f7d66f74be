/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include "die.h"
#include "utf8.h"

#include <string.h>
#include <strings.h>

enum {
	SLOTS_FIRST = 1024
};

void report_release(struct report *r)
{
	for (size_t i = 0; i < r->nsources; i++)
		free(r->source[i].name);
	for (size_t i = 0; i < r->nlines; i++)
		free(r->line[i].text);
	free(r->source);
	free(r->line);
	free(r->source_slot);
	free(r->line_slot);
	*r = (struct report){ 0 };
}

/* FNV-1a, and MurmurHash3's finalizer. */
static uint64_t hash(uint64_t seed, const char *s, size_t n)
{
	uint64_t h = 0xCBF29CE484222325u ^ seed;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001B3u;
	h = (h ^ h >> 33) * 0xFF51AFD7ED558CCDu;
	h = (h ^ h >> 33) * 0xC4CEB9FE1A85EC53u;
	return h ^ h >> 33;
}

/* ------------------------------------------------------------- sources -- */

static const char *value_of(const struct trawl_doc *doc, const char *name,
			    size_t *len)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, name) && doc->fields[i].len) {
			*len = doc->fields[i].len;
			return doc->fields[i].value;
		}
	return NULL;
}

/* The host of "https://www.example.org/path". */
static const char *host_of(const char *url, size_t *len)
{
	const char *at = url ? strstr(url, "://") : NULL;

	if (!at)
		return NULL;
	at += 3;
	if (!strncasecmp(at, "www.", 4))
		at += 4;
	*len = strcspn(at, "/:?#");
	return *len ? at : NULL;
}

/* Is a field named in "title 0.93 reason; source 0.70 reason"? */
static bool is_guessed(const struct trawl_doc *doc, const char *field)
{
	const size_t n = strlen(field);
	size_t len;
	const char *at = value_of(doc, "guessed", &len);

	while (at) {
		if (!strncmp(at, field, n) && at[n] == ' ')
			return true;
		at = strstr(at, "; ");
		at = at ? at + 2 : NULL;
	}
	return false;
}

/* As lines were counted when the index was made: of one publisher, one host or
 * one directory. */
static const char *source_of(const struct trawl_doc *doc, size_t *len)
{
	const char *name =
		is_guessed(doc, "source") ? NULL : value_of(doc, "source", len);
	const char *slash;

	if (!name)
		name = host_of(value_of(doc, "url", len), len);
	if (name)
		return name;
	slash = strrchr(doc->id, '/');
	*len = slash ? (size_t)(slash - doc->id) : 0;
	return doc->id;
}

static size_t source_slot(const struct report *r, const char *name, size_t len)
{
	size_t i = hash(0, name, len) & (r->source_slots - 1);

	while (r->source_slot[i]) {
		const char *there = r->source[r->source_slot[i] - 1].name;

		if (!strncmp(there, name, len) && !there[len])
			break;
		i = (i + 1) & (r->source_slots - 1);
	}
	return i;
}

static void grow_sources(struct report *r)
{
	r->source_slots = r->source_slots ? 2 * r->source_slots : SLOTS_FIRST;
	r->sources_alloc = r->source_slots / 2;
	r->source = xrealloc(r->source, r->sources_alloc * sizeof(*r->source));
	free(r->source_slot);
	r->source_slot = xcalloc(r->source_slots, sizeof(*r->source_slot));
	for (size_t i = 0; i < r->nsources; i++) {
		const char *name = r->source[i].name;

		r->source_slot[source_slot(r, name, strlen(name))] = i + 1;
	}
}

static size_t source_number(struct report *r, const struct trawl_doc *doc)
{
	size_t len, i;
	const char *name = source_of(doc, &len);

	if (r->nsources == r->sources_alloc)
		grow_sources(r);
	i = source_slot(r, name, len);
	if (!r->source_slot[i]) {
		r->source[r->nsources] =
			(struct report_source){ .name = xmalloc(len + 1) };
		memcpy(r->source[r->nsources].name, name, len);
		r->source[r->nsources].name[len] = '\0';
		r->source_slot[i] = ++r->nsources;
	}
	return r->source_slot[i] - 1;
}

/* --------------------------------------------------------------- lines -- */

static size_t line_slot(const struct report *r, uint64_t h)
{
	size_t i = h & (r->line_slots - 1);

	while (r->line_slot[i] && r->line[r->line_slot[i] - 1].hash != h)
		i = (i + 1) & (r->line_slots - 1);
	return i;
}

static void grow_lines(struct report *r)
{
	r->line_slots = r->line_slots ? 2 * r->line_slots : SLOTS_FIRST;
	r->lines_alloc = r->line_slots / 2;
	r->line = xrealloc(r->line, r->lines_alloc * sizeof(*r->line));
	free(r->line_slot);
	r->line_slot = xcalloc(r->line_slots, sizeof(*r->line_slot));
	for (size_t i = 0; i < r->nlines; i++)
		r->line_slot[line_slot(r, r->line[i].hash)] = i + 1;
}

static void new_line(struct report *r, const struct report_line *l,
		     const char *text, size_t len)
{
	struct report_line *at = &r->line[r->nlines++];

	*at = *l;
	at->len = utf8_cut(text, len,
			   len < REPORT_LINE_BYTES ? len : REPORT_LINE_BYTES);
	at->text = xmalloc(at->len + 1);
	memcpy(at->text, text, at->len);
	at->text[at->len] = '\0';
}

static void add_line(struct report *r, struct report_line *l, const char *text,
		     size_t len)
{
	size_t i;

	if (r->nlines == r->lines_alloc)
		grow_lines(r);
	l->hash = hash(hash(l->source, l->kind, strlen(l->kind)), text, len);
	i = line_slot(r, l->hash);
	if (r->line_slot[i]) {
		r->line[r->line_slot[i] - 1].count++;
	} else if (r->nlines < REPORT_LINES_MAX) {
		l->count = 1;
		r->line_slot[i] = r->nlines + 1;
		new_line(r, l, text, len);
	} else {
		r->unlisted++;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void add_lines(struct report *r, struct report_line *l, const char *s,
		      size_t n)
{
	const char *end = s + n;

	while (s < end) {
		const char *lf = memchr(s, '\n', (size_t)(end - s));
		const char *to = lf ? lf : end, *next = lf ? lf + 1 : end;

		while (s < to && is_blank(*s))
			s++;
		while (to > s && is_blank(to[-1]))
			to--;
		if (to > s)
			add_line(r, l, s, (size_t)(to - s));
		s = next;
	}
}

static bool number(const char **at, size_t *out)
{
	const char *s = *at;

	for (*out = 0; *s >= '0' && *s <= '9' && *out < SIZE_MAX / 16; s++)
		*out = 10 * *out + (size_t)(*s - '0');
	if (s == *at)
		return false;
	*at = s;
	return true;
}

/* "0-14 navigation" at *at, and the comma behind. */
static bool next_span(const char **at, size_t *begin, size_t *end,
		      char kind[REPORT_KIND_BYTES])
{
	size_t len;

	if (!number(at, begin) || *(*at)++ != '-' || !number(at, end) ||
	    *(*at)++ != ' ')
		return false;
	len = strcspn(*at, ",");
	if (!len || len >= REPORT_KIND_BYTES)
		return false;
	memcpy(kind, *at, len);
	kind[len] = '\0';
	*at += len + ((*at)[len] == ',');
	return true;
}

void report_add(struct report *r, const struct trawl_doc *doc)
{
	struct report_line l = { .source = source_number(r, doc) };
	struct report_source *s = &r->source[l.source];
	size_t len, begin, end, last = 0;
	const char *at = value_of(doc, "boilerplate", &len);

	s->pages++;
	s->bytes += doc->text_len;
	while (at && next_span(&at, &begin, &end, l.kind)) {
		if (begin < last || begin >= end || end > doc->text_len)
			return;
		last = end;
		s->taken += end - begin;
		add_lines(r, &l, doc->text + begin, end - begin);
	}
}

/* --------------------------------------------------------------- order -- */

static int by_pages(const void *a, const void *b)
{
	const struct report_source *x = a, *y = b;

	if (x->pages != y->pages)
		return x->pages < y->pages ? 1 : -1;
	return strcmp(x->name, y->name);
}

static int by_count(const void *a, const void *b)
{
	const struct report_line *x = a, *y = b;
	int c;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	c = strcmp(x->kind, y->kind);
	return c ? c : strcmp(x->text, y->text);
}

void report_order(struct report *r)
{
	size_t *place = xcalloc(r->nsources + 1, sizeof(*place));

	/* Their numbers so far are kept in first. */
	for (size_t i = 0; i < r->nsources; i++)
		r->source[i].first = i;
	if (r->nsources)
		qsort(r->source, r->nsources, sizeof(*r->source), by_pages);
	for (size_t i = 0; i < r->nsources; i++)
		place[r->source[i].first] = i;
	for (size_t i = 0; i < r->nlines; i++)
		r->line[i].source = place[r->line[i].source];
	if (r->nlines)
		qsort(r->line, r->nlines, sizeof(*r->line), by_count);
	for (size_t i = 0, at = 0; i < r->nsources; i++) {
		r->source[i].first = at;
		while (at < r->nlines && r->line[at].source == i)
			at++;
		r->source[i].lines = at - r->source[i].first;
	}
	free(place);
}
