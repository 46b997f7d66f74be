/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "passage.h"

#include "fold.h"
#include "utf8.h"

enum {
	LEAD = 60,    /* chars before the first match, cut at a word */
	CUTS_MAX = 64 /* sentences looked at around a core */
};

/* Where sentences begin in a neighbourhood; the last one is its end. */
struct cuts {
	size_t at[CUTS_MAX];
	size_t n;
	bool begins, ends; /* is the first one a beginning, the last an end? */
};

static void find_cuts(const char *s, const struct extent *e, struct cuts *c)
{
	size_t at = e->begin;

	*c = (struct cuts){ .begins = e->begins, .ends = e->ends };
	while (at < e->end && c->n < CUTS_MAX - 1) {
		c->at[c->n++] = at;
		at = sentence_next(s, at, e->end);
	}
	c->at[c->n++] = e->end;
}

static bool clean(const struct cuts *c, size_t i)
{
	if (!i)
		return c->begins;
	return i < c->n - 1 || c->ends;
}

static size_t length(const char *s, size_t begin, size_t end)
{
	return text_chars(s, begin, end);
}

/* Nothing that belongs to the character before it begins at at. */
static bool between_characters(const char *s, size_t at, size_t end)
{
	enum char_class class;
	uint32_t cp;

	if (at >= end || (unsigned char)s[at] < 0x80)
		return true;
	utf8_decode(s + at, end - at, &cp);
	class = cp == UINT32_MAX ? CHAR_SEPARATOR : char_class(cp);
	return class != CHAR_MARK && class != CHAR_IGNORE;
}

/* A cut between words, some characters before at; at when there is none. */
static size_t lead_in(const char *s, size_t low, size_t at, size_t chars)
{
	size_t cut = at;

	while (cut > low && chars--)
		cut = text_back(s, low, cut);
	while (cut < at && !text_between_words(s, low, cut, at))
		cut = text_forward(s, cut, at, 1);
	return cut;
}

/*
 * A cut between words about chars after begin, not before at least: between
 * characters where words are not written apart.
 */
static size_t lead_out(const char *s, size_t begin, size_t least, size_t end,
		       size_t chars)
{
	size_t far = text_forward(s, begin, end, chars), cut = far;

	if (far <= least)
		return least;
	while (cut > least && !text_between_words(s, begin, cut, end))
		cut = text_back(s, begin, cut);
	if (cut > least || (unsigned char)s[far - 1] < 0x80)
		return cut > least ? cut : least;
	while (far > least && !between_characters(s, far, end))
		far = text_back(s, begin, far);
	return far > least ? far : least;
}

/* The sentence that holds at, or a few words before it. */
static size_t cut_begin(const char *s, const struct cuts *c, struct extent core,
			struct extent *out)
{
	size_t i = 0, room;

	while (i + 1 < c->n - 1 && c->at[i + 1] <= core.begin)
		i++;
	out->begin = c->at[i];
	out->begins = clean(c, i);
	if (out->begins &&
	    length(s, out->begin, core.end) <= PASSAGE_CORE + LEAD)
		return i;
	room = PASSAGE_MAX - length(s, core.begin, core.end);
	out->begin =
		lead_in(s, out->begin, core.begin, room < LEAD ? room : LEAD);
	out->begins = out->begins && out->begin == c->at[i];
	return i;
}

/* The end of the sentence that holds core's, or of some words after it. */
static size_t cut_end(const char *s, const struct cuts *c, struct extent core,
		      struct extent *out)
{
	size_t i = 0, wanted = length(s, out->begin, core.end);

	while (i < c->n - 1 && c->at[i] < core.end)
		i++;
	out->end = c->at[i];
	out->ends = clean(c, i);
	if (out->ends && length(s, out->begin, out->end) <= PASSAGE_MAX)
		return i;
	if (wanted < SNIPPET_CHARS)
		wanted = SNIPPET_CHARS;
	out->end = lead_out(s, out->begin, core.end, out->end, wanted);
	out->ends = out->ends && out->end == c->at[i];
	return c->n;
}

static bool new_line(const char *s, size_t begin, size_t at)
{
	while (at > begin && (s[at - 1] == ' ' || s[at - 1] == '\r'))
		at--;
	return at > begin && s[at - 1] == '\n';
}

/* Is a menu's line, or what stands below a headline, at at? */
static bool stands_apart(const char *s, size_t begin, size_t at, size_t next,
			 size_t end)
{
	size_t feed = at;

	if (!new_line(s, begin, at))
		return false;
	if (length(s, at, next) < SENTENCE_LINE)
		return true;
	while (s[feed - 1] != '\n')
		feed--;
	return text_headline(s, feed - 1, end);
}

/* Add sentence i, as far as there is room; false: that was the last. */
static bool add_after(const char *s, const struct cuts *c, size_t i,
		      struct extent *out)
{
	size_t next = c->at[i + 1];

	if (stands_apart(s, out->begin, out->end, next, c->at[c->n - 1]))
		return false;
	if (clean(c, i + 1) && length(s, out->begin, next) <= PASSAGE_MAX) {
		out->end = next;
		return true;
	}
	out->end = lead_out(s, out->begin, out->end, next, SNIPPET_CHARS);
	out->ends = out->end == c->at[i];
	return false;
}

static void extend(const char *s, const struct cuts *c, size_t first,
		   size_t last, struct extent *out)
{
	while (last < c->n - 1 && out->ends &&
	       length(s, out->begin, out->end) < PASSAGE_MIN &&
	       add_after(s, c, last, out))
		last++;
	while (first && out->begins && clean(c, first - 1) &&
	       length(s, out->begin, out->end) < PASSAGE_MIN &&
	       length(s, c->at[first - 1], out->end) <= PASSAGE_MAX &&
	       !new_line(s, c->at[first - 1], out->begin))
		out->begin = c->at[--first];
}

struct extent passage_cut(const char *s, struct extent limit, size_t begin,
			  size_t end)
{
	struct extent core = { .begin = begin }, near, out;
	size_t first, last;
	struct cuts cuts;

	core.end = text_forward(s, begin, end, PASSAGE_MAX);
	near = text_around(s, limit, core.begin, core.end, PASSAGE_MAX);
	find_cuts(s, &near, &cuts);
	first = cut_begin(s, &cuts, core, &out);
	last = cut_end(s, &cuts, core, &out);
	extend(s, &cuts, first, last, &out);
	return out;
}
