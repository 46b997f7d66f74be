/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentence.h"

#include "ascii8.h"
#include "utf8.h"

enum {
	ABBREVIATION_MAX = 5, /* bytes of the longest in the list */
	LOOK_AHEAD = 200      /* bytes of white space after a line */
};

/* ---------------------------------------------------------- characters -- */

size_t text_back(const char *s, size_t low, size_t at)
{
	size_t i = at - 1;
	uint32_t cp;

	while (i > low && at - i < 4 && ((unsigned char)s[i] & 0xC0) == 0x80)
		i--;
	if (utf8_decode(s + i, at - i, &cp) == at - i && cp != UINT32_MAX)
		return i;
	return at - 1;
}

size_t text_forward(const char *s, size_t at, size_t end, size_t n)
{
	uint32_t cp;

	for (; n && at < end; n--)
		at += utf8_decode(s + at, end - at, &cp);
	return at;
}

size_t text_chars(const char *s, size_t begin, size_t end)
{
	size_t n = 0;
	uint32_t cp;

	while (begin < end) {
		if (end - begin >= 8 &&
		    !(ascii8_load(s + begin) & ASCII8_TOPS)) {
			begin += 8;
			n += 8;
			continue;
		}
		begin += utf8_decode(s + begin, end - begin, &cp);
		n++;
	}
	return n;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool white(char c)
{
	return blank(c) || c == '\n';
}

bool text_between_words(const char *s, size_t begin, size_t at, size_t end)
{
	return at <= begin || at >= end || white(s[at]) || white(s[at - 1]);
}

/* --------------------------------------------------------- paragraphs -- */

/* Is the line feed at at the second of an empty line's two? */
static bool ends_empty_line(const char *s, size_t low, size_t at)
{
	while (at > low && blank(s[at - 1]))
		at--;
	return at > low && s[at - 1] == '\n';
}

static bool begins_empty_line(const char *s, size_t at, size_t end)
{
	for (at++; at < end && blank(s[at]); at++)
		;
	return at < end && s[at] == '\n';
}

static void look_back(const char *s, struct extent limit, size_t chars,
		      struct extent *e)
{
	size_t at = e->begin;

	e->begins = limit.begins;
	for (; at > limit.begin; chars--) {
		size_t before = text_back(s, limit.begin, at);

		if (s[before] == '\n' &&
		    ends_empty_line(s, limit.begin, before)) {
			e->begins = true;
			break;
		}
		if (!chars) {
			e->begins = false;
			break;
		}
		at = before;
	}
	e->begin = at;
}

static void look_ahead(const char *s, struct extent limit, size_t chars,
		       struct extent *e)
{
	size_t at = e->end;

	e->ends = limit.ends;
	for (; at < limit.end; chars--) {
		if (s[at] == '\n' && begins_empty_line(s, at, limit.end)) {
			e->ends = true;
			break;
		}
		if (!chars) {
			e->ends = false;
			break;
		}
		at = text_forward(s, at, limit.end, 1);
	}
	e->end = at;
}

struct extent text_around(const char *s, struct extent limit, size_t begin,
			  size_t end, size_t chars)
{
	struct extent e = { .begin = begin, .end = end };

	look_back(s, limit, chars, &e);
	look_ahead(s, limit, chars, &e);
	return e;
}

/* ---------------------------------------------------------- sentences -- */

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Do sentences begin with cp?  Scripts without case: always. */
static bool capital(uint32_t cp)
{
	if (cp < 0x80)
		return (cp >= 'A' && cp <= 'Z') || (cp >= '0' && cp <= '9');
	if (cp < 0x100)
		return cp >= 0xC0 && cp <= 0xDE;
	if (cp < 0x180 || (cp >= 0x1E00 && cp < 0x1F00))
		return cp >= 0x139 && cp <= 0x148 ? cp & 1 : !(cp & 1);
	if (cp >= 0x370 && cp < 0x400)
		return cp < 0x3AC && cp != 0x390;
	if (cp >= 0x400 && cp < 0x530)
		return cp < 0x430 || (cp >= 0x460 && !(cp & 1));
	return cp >= 0x531;
}

static bool opens(uint32_t cp)
{
	return cp == '"' || cp == '\'' || cp == '(' || cp == '[' ||
	       cp == 0xAB || cp == 0x2018 || cp == 0x201C || cp == 0x201E ||
	       cp == 0x2013 || cp == 0x2014 || cp == 0x300C;
}

static bool closes(uint32_t cp)
{
	return cp == '"' || cp == '\'' || cp == ')' || cp == ']' ||
	       cp == 0xBB || cp == 0x2019 || cp == 0x201D || cp == 0x300D;
}

/* Ends that need a blank and a capital after them. */
static bool stops(uint32_t cp)
{
	return cp == '.' || cp == '!' || cp == '?' || cp == 0x2026 ||
	       cp == 0x61F || cp == 0x6D4;
}

/* Ends that need nothing: of Chinese, Japanese and Hindi. */
static bool full_stops(uint32_t cp)
{
	return cp == 0x3002 || cp == 0xFF01 || cp == 0xFF1F || cp == 0x964;
}

/*
 * Is the full stop at at that of an initial (J. Smith, U.S.) or of a word that
 * rarely ends a sentence?
 */
static bool abbreviates(const char *s, size_t at)
{
	static const char *const list[] = {
		"Mr",  "Mrs",  "Ms",  "Dr",  "Prof", "Gen", "Sen", "Rep",
		"Gov", "St",   "Lt",  "Col", "Sgt",  "Maj", "Rev", "Hon",
		"Jr",  "Sr",   "vs",  "No",  "Inc",  "Ltd", "Co",  "Corp",
		"Mt",  "Ft",   "Jan", "Feb", "Mar",  "Apr", "Jun", "Jul",
		"Aug", "Sept", "Sep", "Oct", "Nov",  "Dec", "Pres"
	};
	size_t from = at;

	while (from && at - from <= ABBREVIATION_MAX && letter(s[from - 1]))
		from--;
	if (at - from == 1)
		return s[from] >= 'A' && s[from] <= 'Z';
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strlen(list[i]) == at - from &&
		    !memcmp(list[i], s + from, at - from))
			return true;
	return false;
}

static size_t skip_white(const char *s, size_t at, size_t end)
{
	while (at < end && white(s[at]))
		at++;
	return at;
}

static bool short_line(const char *s, size_t feed)
{
	size_t at = feed;

	while (at && feed - at < SENTENCE_LINE && s[at - 1] != '\n')
		at--;
	return feed - at < SENTENCE_LINE && (!at || s[at - 1] == '\n');
}

static bool ends_with_word(const char *s, size_t at)
{
	size_t last = at;
	uint32_t cp;

	while (at && blank(s[at - 1]))
		at--;
	if (!at)
		return false;
	last = text_back(s, 0, at);
	utf8_decode(s + last, at - last, &cp);
	/* Punctuation is ASCII, or in the blocks round 2000 and 3000. */
	return cp < 0x80 ? letter((char)cp) || (cp >= '0' && cp <= '9')
			 : cp >= 0xC0 && cp < 0x2000;
}

bool text_headline(const char *s, size_t feed, size_t end)
{
	size_t at = skip_white(s, feed, end);
	uint32_t cp;

	if (end - at < SENTENCE_PARAGRAPH || !ends_with_word(s, feed))
		return false;
	utf8_decode(s + at, end - at, &cp);
	return (capital(cp) || opens(cp)) &&
	       !memchr(s + at, '\n', SENTENCE_PARAGRAPH);
}

/*
 * Does the line that ends at feed stand alone (a headline, a menu, a byline)?
 * The columns of old newspapers are as narrow; but there a line goes on with
 * a small letter more often than not.
 */
static bool lone_line(const char *s, size_t feed, size_t end)
{
	/* Not to the text's end: this is asked of each line of a page of
	 * nothing but empty ones. */
	size_t near = end - feed > LOOK_AHEAD ? feed + LOOK_AHEAD : end;
	size_t at = skip_white(s, feed, near);
	uint32_t cp;

	if (at == near && near < end)
		return true;
	if (!short_line(s, feed))
		return text_headline(s, feed, end);
	if (at == end || !feed)
		return true;
	utf8_decode(s + at, end - at, &cp);
	return s[feed - 1] != ',' && s[feed - 1] != '-' &&
	       (capital(cp) || opens(cp));
}

/* The sentence that begins after the stop that ends at at; 0 when none does. */
static size_t after_stop(const char *s, size_t at, size_t end, bool full)
{
	size_t next = at, n;
	uint32_t cp = 0;

	while (next < end && (n = utf8_decode(s + next, end - next, &cp)) &&
	       (closes(cp) || stops(cp) || full_stops(cp)))
		next += n;
	at = skip_white(s, next, end);
	if (at == end || full)
		return at;
	if (at == next)
		return 0;
	utf8_decode(s + at, end - at, &cp);
	return capital(cp) || opens(cp) ? at : 0;
}

size_t sentence_next(const char *s, size_t at, size_t end)
{
	uint32_t cp;

	while (at < end) {
		const size_t here = at;
		size_t next = 0;

		at += utf8_decode(s + at, end - at, &cp);
		if (cp == '\n')
			next = lone_line(s, here, end) ? skip_white(s, at, end)
						       : 0;
		else if (full_stops(cp))
			next = after_stop(s, at, end, true);
		else if (stops(cp) && !(cp == '.' && abbreviates(s, here)))
			next = after_stop(s, at, end, false);
		if (next)
			return next;
	}
	return end;
}

size_t text_block(const char *s, size_t len, size_t at, size_t max)
{
	size_t begin = at, end = at;

	for (; begin && at - begin < max; begin--)
		if (s[begin - 1] == '\n' && lone_line(s, begin - 1, len))
			break;
	for (; end < len && end - begin < max; end++)
		if (s[end] == '\n' && lone_line(s, end, len))
			break;
	return end - begin;
}
