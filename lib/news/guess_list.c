/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guess_list.h"

#include "written_date.h"
#include "article.h"
#include "buf.h"
#include "line_text.h"
#include "utf8.h"

#include <math.h>
#include <string.h>

enum {
	OF_A_FIELD = 3, /* guesses that are kept */
	DAY = 10	/* bytes of YYYY-MM-DD */
};

static const struct {
	const char *name;
	double threshold;
} fields[] = {
	{ "title", 0.50 },  { "date", 0.60 }, { "author", 0.60 },
	{ "source", 0.60 }, { "lang", 0.50 },
};

enum {
	NFIELDS = sizeof(fields) / sizeof(*fields)
};

static size_t field_number(const char *name)
{
	size_t i = 0;

	while (i < NFIELDS && strcmp(fields[i].name, name))
		i++;
	return i;
}

double article_threshold(const char *field)
{
	size_t i = field_number(field);

	return i < NFIELDS ? fields[i].threshold : 2;
}

void guess_list_init(struct guess_list *l, struct arena *arena)
{
	l->arena = arena;
	l->n = 0;
}

/* Blanks become one, malformed bytes and controls go. */
static char *clean(struct arena *arena, const char *s, size_t len)
{
	char *out = arena_alloc(arena, len + 1);
	size_t n = 0;

	if (!out)
		return NULL;
	trim(&s, &len);
	for (size_t at = 0, step; at < len; at += step) {
		uint32_t cp;
		size_t blank = blank_at(s + at, len - at);

		step = blank ? blank : utf8_decode(s + at, len - at, &cp);
		if (blank) {
			if (n && out[n - 1] != ' ')
				out[n++] = ' ';
		} else if (cp != UINT32_MAX && cp != 0x7F &&
			   (cp < 0x80 || cp > 0x9F)) {
			memcpy(out + n, s + at, step);
			n += step;
		}
	}
	out[n] = '\0';
	return out;
}

void guess_add(struct guess_list *l, const char *field, const char *value,
	       size_t len, double confidence, const char *reason)
{
	char *copy;

	if (l->n == GUESSES_MAX || !len || len > GUESS_VALUE_MAX)
		return;
	copy = clean(l->arena, value, len);
	if (!copy || !*copy)
		return;
	l->at[l->n++] = (struct trawl_guess){ .field = field,
					      .value = copy,
					      .confidence = confidence,
					      .reason = reason };
}

void guess_offer(struct guess_list *l, const struct trawl_guess *g)
{
	size_t field;
	char date[WRITTEN_DATE_MAX];
	const char *value = g->value;
	const char *reason = "given with the document";

	if (!g->field || !g->value || !(g->confidence > 0))
		return;
	field = field_number(g->field);
	if (field == NFIELDS)
		return;
	if (!strcmp(g->field, "date")) {
		if (!written_date_clean(value, strlen(value), date))
			return;
		value = date;
	}
	if (g->reason)
		reason = clean(l->arena, g->reason,
			       strnlen(g->reason, GUESS_REASON_MAX));
	guess_add(l, fields[field].name, value, strlen(value),
		  fmin(g->confidence, 1), reason ? reason : "");
}

/* The letters and digits of ASCII, lowered, and all else that is no blank. */
static size_t next_letter(const char *s, size_t at, char *out)
{
	for (; s[at]; at++) {
		unsigned char c = (unsigned char)s[at];

		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		if (is_digit((char)c) || (c >= 'a' && c <= 'z') || c >= 0x80) {
			*out = (char)c;
			return at + 1;
		}
	}
	*out = '\0';
	return at;
}

static bool same_letters(const char *a, const char *b)
{
	size_t i = 0, j = 0;
	char x, y;

	do {
		i = next_letter(a, i, &x);
		j = next_letter(b, j, &y);
	} while (x == y && x);
	return x == y;
}

/* Of one day, when both have one. */
static bool same_date(const char *a, const char *b)
{
	if (strlen(a) >= DAY && strlen(b) >= DAY)
		return !strncmp(a, b, DAY);
	return !strcmp(a, b);
}

static bool same_value(const struct trawl_guess *a, const struct trawl_guess *b)
{
	if (strcmp(a->field, b->field))
		return false;
	return !strcmp(a->field, "date") ? same_date(a->value, b->value)
					 : same_letters(a->value, b->value);
}

struct trawl_guess *guess_like(struct guess_list *l, const char *field,
			       const char *value)
{
	struct trawl_guess wanted = { .field = field, .value = value };

	for (size_t i = 0; i < l->n; i++)
		if (same_value(&l->at[i], &wanted))
			return &l->at[i];
	return NULL;
}

/* b is the weaker of two that agree. */
static void join(struct arena *arena, struct trawl_guess *a,
		 const struct trawl_guess *b)
{
	const char *reason = a->reason;

	a->confidence += (1 - a->confidence) * b->confidence / 2;
	if (!strstr(a->reason, b->reason) &&
	    strlen(a->reason) + strlen(b->reason) < GUESS_REASON_MAX)
		reason = arena_printf(arena, "%s, also %s", a->reason,
				      b->reason);
	if (reason)
		a->reason = reason;
}

static bool before(const struct trawl_guess *a, const struct trawl_guess *b)
{
	size_t x = field_number(a->field), y = field_number(b->field);

	return x != y ? x < y : a->confidence > b->confidence;
}

/* By insertion: stable, and there are few. */
static void sort(struct guess_list *l)
{
	for (size_t i = 1; i < l->n; i++) {
		struct trawl_guess g = l->at[i];
		size_t j = i;

		for (; j && before(&g, &l->at[j - 1]); j--)
			l->at[j] = l->at[j - 1];
		l->at[j] = g;
	}
}

static void merge(struct guess_list *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		size_t j = 0;

		while (j < n && !same_value(&l->at[j], &l->at[i]))
			j++;
		if (j < n)
			join(l->arena, &l->at[j], &l->at[i]);
		else
			l->at[n++] = l->at[i];
	}
	l->n = n;
}

size_t guess_decide(struct guess_list *l, struct trawl_guess *out, size_t max)
{
	size_t n = 0, of_field = 0;

	sort(l);
	merge(l);
	sort(l);
	for (size_t i = 0; i < l->n && n < max; i++) {
		struct trawl_guess *g = &l->at[i];

		of_field = i && !strcmp(g->field, l->at[i - 1].field)
				   ? of_field + 1
				   : 0;
		if (of_field >= OF_A_FIELD)
			continue;
		g->taken = !of_field &&
			   g->confidence >= article_threshold(g->field);
		out[n++] = *g;
	}
	return n;
}
