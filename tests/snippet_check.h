/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snippet_check.h - what every passage must be, whatever the text
 */
#ifndef TESTS_SNIPPET_CHECK_H
#define TESTS_SNIPPET_CHECK_H

#include "printable.h"
#include "snippet.h"
#include "utf8.h"

struct snippet_seen {
	char plain[SNIPPET_BYTES_MAX * 8]; /* without marks and escapes */
	size_t len, chars, marks;
	bool open;
};

static inline size_t snippet_begins(const char *s, const char *with)
{
	size_t n = strlen(with);

	return strncmp(s, with, n) ? 0 : n;
}

/* The length of the mark at s, or 0; *opens: what kind of. */
static inline size_t snippet_mark_at(const char *s, enum trawl_mark mark,
				     bool *opens)
{
	bool html = mark == TRAWL_MARK_HTML;
	size_t n;

	if (mark == TRAWL_MARK_NONE)
		return 0;
	n = snippet_begins(s, html ? "<b>" : "\033[1m");
	*opens = n;
	return n ? n : snippet_begins(s, html ? "</b>" : "\033[0m");
}

/* The length of the entity at s, or 0. */
static inline size_t snippet_entity(const char *s, char *c)
{
	static const char *const names[] = { "&amp;", "&lt;", "&gt;", "&quot;",
					     "&#39;" };

	for (size_t i = 0; i < 5; i++)
		if (snippet_begins(s, names[i])) {
			*c = "&<>\"'"[i];
			return strlen(names[i]);
		}
	return 0;
}

/* NULL, or the promise that s breaks; seen is filled in. */
static inline const char *snippet_look(const char *s, enum trawl_mark mark,
				       struct snippet_seen *seen)
{
	const size_t len = strlen(s);
	const char *end = s + len;

	seen->len = seen->chars = seen->marks = 0;
	seen->open = false;
	seen->plain[0] = '\0';
	if (utf8_valid(s, len) != len)
		return "valid UTF-8";
	while (s < end) {
		uint32_t cp;
		bool opens;
		char c;
		size_t n = snippet_mark_at(s, mark, &opens);

		if (n) {
			if (opens == seen->open)
				return "marks open and close in turn";
			seen->open = opens;
			seen->marks += opens;
			s += n;
			continue;
		}
		n = utf8_decode(s, (size_t)(end - s), &cp);
		if (is_control(cp))
			return "no control characters";
		if (mark == TRAWL_MARK_HTML && cp == '&') {
			n = snippet_entity(s, &c);
			if (!n)
				return "& begins an entity";
			seen->plain[seen->len++] = c;
		} else if (mark == TRAWL_MARK_HTML &&
			   strchr("<>\"'", (char)cp) && cp < 0x80) {
			return "escaped for HTML";
		} else {
			memcpy(seen->plain + seen->len, s, n);
			seen->len += n;
		}
		seen->chars++;
		s += n;
	}
	seen->plain[seen->len] = '\0';
	if (seen->open)
		return "marks are closed";
	if (strstr(seen->plain, "  ") || *seen->plain == ' ' ||
	    (seen->len && seen->plain[seen->len - 1] == ' '))
		return "white space is one blank between characters";
	return NULL;
}

/* snippet_look() at a passage: at most half as long again as said. */
static inline const char *snippet_passage(const char *s, enum trawl_mark mark,
					  struct snippet_seen *seen)
{
	enum {
		ELLIPSES = 4
	};
	const char *broken;

	if (strlen(s) > SNIPPET_BYTES_MAX)
		return "SNIPPET_BYTES_MAX";
	broken = snippet_look(s, mark, seen);
	if (!broken && seen->chars > SNIPPET_CHARS * 3 / 2 + ELLIPSES)
		return "SNIPPET_CHARS and half as many";
	return broken;
}

#endif
