/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article.h"
#include "relative_date.h"
#include "written_date.h"

#include <string.h>

struct list {
	struct article_mention *at;
	size_t n;
};

static void add(struct list *l, const char *date, const struct written_date *d,
		uint32_t offset, bool relative)
{
	struct article_mention *m;

	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->at[i].date, date))
			return;
	m = &l->at[l->n++];
	*m = (struct article_mention){ .begin = offset + d->begin,
				       .end = offset + d->end,
				       .relative = relative };
	memcpy(m->date, date, strnlen(date, sizeof(m->date) - 1));
}

static void take(struct list *l, const struct written_date *d, uint32_t offset,
		 const char *published)
{
	char date[WRITTEN_DATE_MAX];

	if (d->ambiguous || d->short_year)
		return;
	if (written_date_print(d, false, date))
		add(l, date, d, offset, false);
	else if (published && relative_date_resolve(d, published, date))
		add(l, date, d, offset, true);
}

static void read_part(struct list *l, const char *text, size_t begin,
		      size_t end, const char *published)
{
	bool (*const next)(const char *, size_t, size_t *, enum date_order,
			   struct written_date *) =
		published ? written_date_next : written_date_next_full;
	struct written_date d;
	size_t at = 0;

	while (l->n < ARTICLE_MENTIONS_MAX &&
	       next(text + begin, end - begin, &at, DATE_ORDER_UNKNOWN, &d))
		take(l, &d, (uint32_t)begin, published);
}

size_t article_mentions(const char *text, size_t len, const struct span *spans,
			size_t nspans, const char *published,
			struct article_mention out[ARTICLE_MENTIONS_MAX])
{
	struct list l = { .at = out };
	size_t at = 0;

	for (size_t i = 0; i <= nspans; i++) {
		const size_t end = i < nspans && spans[i].begin < len
					   ? spans[i].begin
					   : len;

		if (end > at)
			read_part(&l, text, at, end, published);
		if (i < nspans && spans[i].end > at)
			at = spans[i].end;
	}
	return l.n;
}
