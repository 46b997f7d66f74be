/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "derived.h"

#include <stdlib.h>
#include <string.h>

bool is_derived_field(const char *name)
{
	return !strcmp(name, FIELD_BOILERPLATE) ||
	       !strcmp(name, FIELD_GUESSED) || !strcmp(name, FIELD_MENTIONS);
}

bool is_guessed_field(const char *guessed, const char *name)
{
	const size_t n = strlen(name);

	while (guessed && *guessed) {
		const char *next = strstr(guessed, "; ");

		if (!strncmp(guessed, name, n) && guessed[n] == ' ')
			return true;
		guessed = next ? next + 2 : NULL;
	}
	return false;
}

void spans_print(const struct spans *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++)
		buf_addf(out, "%s%u-%u %s", i ? "," : "", s->at[i].begin,
			 s->at[i].end, furniture_name(s->at[i].kind));
}

static enum furniture find_kind(const char *s, size_t len)
{
	for (int k = FURNITURE_NONE + 1; k < FURNITURE_KINDS; k++) {
		const char *name = furniture_name((enum furniture)k);

		if (strlen(name) == len && !memcmp(name, s, len))
			return (enum furniture)k;
	}
	return FURNITURE_OTHER;
}

void spans_parse(const char *s, size_t text_len, struct spans *out)
{
	while (*s) {
		char *at;
		unsigned long begin = strtoul(s, &at, 10), end = 0;
		size_t len;

		if (*at == '-')
			end = strtoul(at + 1, &at, 10);
		at += *at == ' ';
		len = strcspn(at, ",");
		/* In order: spans_print() writes no others. */
		if (begin < end && end <= text_len &&
		    (!out->n || begin >= out->at[out->n - 1].end))
			spans_add(out, (uint32_t)begin, (uint32_t)end,
				  find_kind(at, len));
		s = at + len;
		s += *s == ',';
	}
}

void spans_of(const struct trawl_doc *doc, struct spans *out)
{
	spans_reset(out);
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, FIELD_BOILERPLATE) &&
		    !doc->fields[i].json)
			spans_parse(doc->fields[i].value, doc->text_len, out);
}

bool blank_furniture(struct trawl_doc *doc, struct arena *arena)
{
	struct spans s = { .n = 0 };
	char *text = NULL;
	bool failed;

	spans_of(doc, &s);
	if (s.n)
		text = arena_strndup(arena, doc->text, doc->text_len);
	for (size_t i = 0; text && i < s.n; i++)
		memset(text + s.at[i].begin, '\n', s.at[i].end - s.at[i].begin);
	failed = s.failed || (s.n && !text);
	if (text)
		doc->text = text;
	spans_release(&s);
	return !failed;
}
