/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_text.h"

#include "buf.h"

void page_text_break(struct page_text *t, enum gap gap)
{
	if (gap > t->gap)
		t->gap = gap;
}

static void flush_gap(struct page_text *t)
{
	static const char *const gaps[] = { "", " ", "\n", "\n\n" };

	if (t->out->len)
		buf_adds(t->out, gaps[t->gap]);
	t->gap = GAP_NONE;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* Bytes of a no-break space (a space) or a soft hyphen (nothing) at s. */
static size_t invisible(const char *s, size_t n, bool *space)
{
	if (n < 2 || s[0] != '\xC2' || (s[1] != '\xA0' && s[1] != '\xAD'))
		return 0;
	*space = s[1] == '\xA0';
	return 2;
}

void page_text_add(struct page_text *t, const char *s, size_t n, bool pre)
{
	size_t i = 0;

	while (i < n) {
		size_t from = i, skipped;
		bool space = false;

		if (is_space(s[i])) {
			page_text_break(t, pre && s[i] == '\n' ? GAP_LINE
							       : GAP_SPACE);
			i++;
			continue;
		}
		skipped = invisible(s + i, n - i, &space);
		if (skipped) {
			if (space)
				page_text_break(t, GAP_SPACE);
			i += skipped;
			continue;
		}
		while (i < n && !is_space(s[i]) &&
		       !invisible(s + i, n - i, &space))
			i++;
		flush_gap(t);
		buf_add(t->out, s + from, i - from);
	}
}
