/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wire.h"

#include <string.h>

enum {
	REPLY_MAX = 8 << 20 /* of what a reader keeps of a reply */
};

const struct wire *wire_find(const char *name)
{
	static const struct wire *const all[] = { &wire_trawl, &wire_sphinx };

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

/* Cuts *s at its first tab, and moves it behind that; "" when it is over. */
static const char *next_field(char **s)
{
	char *field = *s;
	size_t n = strcspn(field, "\t");

	*s = field + n;
	if (**s)
		*(*s)++ = '\0';
	return field;
}

void wire_split(char *line, struct wire_query *q)
{
	line[strcspn(line, "\r\n")] = '\0';
	q->kind = strchr(line, '\t') ? next_field(&line) : "";
	q->words = next_field(&line);
	q->since = next_field(&line);
	q->until = next_field(&line);
}

bool wire_is(const struct wire_query *q, const char *kind)
{
	return !strcmp(q->kind, kind);
}

bool wire_wants_all(const struct wire_query *q)
{
	return wire_is(q, "all") || wire_is(q, "all-snippets") ||
	       wire_is(q, "prefix");
}

void wire_reader_init(struct wire_reader *r)
{
	memset(r, 0, sizeof(*r));
	buf_init(&r->kept, REPLY_MAX);
}

void wire_reader_reset(struct wire_reader *r)
{
	r->state = 0;
	r->left = 0;
	buf_reset(&r->kept);
}

void wire_reader_release(struct wire_reader *r)
{
	buf_release(&r->kept);
}
