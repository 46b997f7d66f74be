/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines are judged one by one, then by where they stand: above the first line
 * of prose, below the last, in a list under a heading.  Text that was wrapped
 * into short lines has no line of prose; there little counts as outside.
 */
#include "furniture.h"

#include "furniture_line.h"

#include <stdlib.h>
#include <string.h>

enum {
	/* Text of more lines is looked at in parts. */
	PAGE_LINES_MAX = 1 << 16,
	WRAPPED_EDGE = 6,   /* lines of wrapped text that are outside */
	LIST_MAX = 40,	    /* headlines under a heading */
	HEADLINE_MAX = 200, /* bytes */
	HEADLINE_WORDS = 5, /* of one that stands amid prose */
	NAME_ABOVE = 4,	    /* lines from an author's name to his biography */
	BIOGRAPHIES_TRIED = 8,
	BIOGRAPHY_BELOW = 2, /* lines of prose that may stand below one */
	LABEL_MAX = 80,	     /* bytes of a line in a menu */
	THIN_WORDS = 25,     /* fewer of text: a note, rather than a page, */
	THIN_LINES = 8,	     /* unless so many lines are furniture */
	THIN_LABEL = 4,	     /* words of a label in a note */
	WORD_WIDE = 2,	     /* characters a word, of scripts without blanks */
	SANDWICH = 2	     /* unknown lines of a menu in a row */
};

struct page {
	const char *text;
	struct page_line *at;
	size_t n, alloc;
	size_t body, tail; /* the prose is in lines body .. tail - 1 */
	bool wrapped;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool page_reserve(struct page *p)
{
	size_t alloc = p->alloc ? 4 * p->alloc : 64;
	struct page_line *at;

	if (p->n < p->alloc)
		return true;
	at = realloc(p->at, alloc * sizeof(*at));
	if (!at)
		return false;
	p->at = at;
	p->alloc = alloc;
	return true;
}

/* Add the line begin .. end - 1 unless it is empty. */
static bool page_add(struct page *p, size_t begin, size_t end, bool *apart)
{
	size_t from = begin, to = end;
	struct page_line *l;

	while (from < to && is_blank(p->text[from]))
		from++;
	while (to > from && is_blank(p->text[to - 1]))
		to--;
	if (from == to) {
		*apart = true;
		return true;
	}
	if (!page_reserve(p))
		return false;
	l = &p->at[p->n++];
	*l = (struct page_line){ .begin = (uint32_t)begin,
				 .end = (uint32_t)end,
				 .text = (uint32_t)from,
				 .len = (uint32_t)(to - from),
				 .apart = *apart };
	*apart = false;
	page_line_judge(p->text, l);
	return true;
}

/* Lines from byte *at on, as many as fit. */
static bool page_read(struct page *p, size_t len, size_t *at)
{
	bool apart = true;

	p->n = 0;
	while (*at < len && p->n < PAGE_LINES_MAX) {
		const char *lf = memchr(p->text + *at, '\n', len - *at);
		size_t end = lf ? (size_t)(lf - p->text) + 1 : len;

		if (!page_add(p, *at, end, &apart))
			return false;
		*at = end;
	}
	return true;
}

static bool is_sure(const struct page_line *l)
{
	return l->how >= LINE_LIST;
}

static void take(struct page_line *l, enum furniture kind)
{
	l->kind = (uint8_t)kind;
	l->how = LINE_SURE;
}

static bool is_prose(const struct page_line *l)
{
	return l->prose && !is_sure(l);
}

/* Most lines are of one length, and few end with a sentence. */
static bool is_wrapped(const struct page *p)
{
	size_t prose = 0, middling = 0;

	for (size_t i = 0; i < p->n; i++) {
		prose += is_prose(&p->at[i]);
		middling += p->at[i].len >= 25 && p->at[i].len < 100;
	}
	return !prose ||
	       (p->n > 30 && prose * 10 < p->n && middling * 2 > p->n);
}

static void page_measure(struct page *p)
{
	size_t first = 0, last = p->n;

	p->wrapped = is_wrapped(p);
	if (p->wrapped) {
		first = WRAPPED_EDGE;
		last = p->n > WRAPPED_EDGE ? p->n - WRAPPED_EDGE : 0;
	} else {
		while (first < p->n && !is_prose(&p->at[first]))
			first++;
		while (last && !is_prose(&p->at[last - 1]))
			last--;
	}
	p->body = first;
	p->tail = last;
}

static bool is_outside(const struct page *p, size_t i)
{
	return i < p->body || i >= p->tail;
}

/* Lines of prose at the ends may be consent or copyright, which their words
 * show where they stand. */
static void page_outside(struct page *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct page_line *l = &p->at[i];
		bool edge =
			is_outside(p, i) || i == p->body || i + 1 == p->tail;
		enum furniture kind;

		if (!edge || is_sure(l))
			continue;
		if (l->how == LINE_OUTSIDE && (!l->prose || i != p->body ||
					       l->kind == FURNITURE_CONSENT)) {
			take(l, l->kind);
			continue;
		}
		kind = l->how == LINE_UNKNOWN
			       ? page_line_outside(p->text + l->text, l->len)
			       : FURNITURE_NONE;
		if (kind != FURNITURE_NONE)
			take(l, kind);
	}
}

/* Does the prose before a line speak of the one whose name it begins with? */
static bool is_spoken_of(const struct page *p, size_t line, size_t name)
{
	const struct page_line *l = &p->at[line];
	const char *s = p->text + l->text, *end = s + name, *last = end;

	while (last > s && last[-1] != ' ')
		last--;
	for (size_t i = 0; i < line; i++) {
		const struct page_line *o = &p->at[i];

		if (is_prose(o) && memmem(p->text + o->text, o->len, last,
					  (size_t)(end - last)))
			return true;
	}
	return false;
}

/* The name alone, and what stands between it and the biography. */
static void take_name_above(struct page *p, size_t line, size_t name)
{
	const char *s = p->text + p->at[line].text;

	for (size_t up = 1; up <= NAME_ABOVE && up <= line; up++) {
		struct page_line *l = &p->at[line - up];

		if (l->prose || l->len > HEADLINE_MAX)
			return;
		if (l->len != name || memcmp(p->text + l->text, s, name))
			continue;
		for (size_t i = line - up; i < line; i++)
			take(&p->at[i], FURNITURE_AUTHOR);
		return;
	}
}

/* A teaser between furniture, below where the story ended. */
static void take_teasers(struct page *p, size_t from)
{
	for (size_t i = from; i < p->n; i++) {
		struct page_line *l = &p->at[i];
		bool below = i + 1 == p->n || p->at[i + 1].how != LINE_UNKNOWN;

		if (is_prose(l) && p->at[i - 1].how != LINE_UNKNOWN && below)
			take(l, FURNITURE_RELATED);
	}
}

static void page_biography(struct page *p)
{
	size_t prose = 0, i = p->n, name, body = 0, tried = 0;

	for (size_t j = 0; j < p->n; j++)
		body += is_prose(&p->at[j]);
	while (i > p->body + 1 && prose <= BIOGRAPHY_BELOW) {
		struct page_line *l = &p->at[--i];

		if (is_sure(l) || l->len < 50)
			continue;
		if (4 * prose < body && tried < BIOGRAPHIES_TRIED &&
		    page_line_biography(p->text + l->text, l->len, &name) &&
		    ++tried && !is_spoken_of(p, i, name)) {
			take(l, FURNITURE_AUTHOR);
			take_name_above(p, i, name);
			take_teasers(p, i + 1);
		} else {
			prose += l->prose;
		}
	}
}

/* What stands under "About the author": at the end, and begins with a name. */
static void page_author_boxes(struct page *p)
{
	for (size_t i = p->body; i + 1 < p->n; i++) {
		const struct page_line *l = &p->at[i];

		if (l->kind == FURNITURE_AUTHOR && l->how == LINE_SURE &&
		    l->len <= LABEL_MAX && !is_sure(&l[1]) &&
		    i + 2 >= p->tail &&
		    page_line_names(p->text + l[1].text, l[1].len))
			take(&p->at[i + 1], FURNITURE_AUTHOR);
	}
}

static bool is_known(const struct page *p, size_t i)
{
	return p->at[i].how != LINE_UNKNOWN;
}

/* Is a known line near, no long line between? */
static bool is_known_near(const struct page *p, size_t i, bool above)
{
	for (size_t k = 1; k <= SANDWICH + 1; k++) {
		size_t at = above ? i - k : i + k;

		if ((above && i < k) || at >= p->n || p->at[at].len > LABEL_MAX)
			return false;
		if (is_known(p, at))
			return true;
	}
	return false;
}

/* Weak lines are furniture in company. */
static void page_company(struct page *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct page_line *l = &p->at[i];

		if (l->how == LINE_WEAK && is_outside(p, i) &&
		    (is_known_near(p, i, true) || is_known_near(p, i, false)))
			take(l, l->kind);
	}
}

static unsigned words_of(const struct page *p, const struct page_line *l)
{
	unsigned n = 1;

	for (size_t i = 1; i < l->len; i++)
		n += p->text[l->text + i] == ' ' &&
		     p->text[l->text + i - 1] != ' ';
	return n;
}

/* Unknown lines of a menu: of three words at most, known ones on both sides. */
static void page_menus(struct page *p)
{
	size_t known = p->n;

	for (size_t i = 0; i < p->n; i++) {
		const struct page_line *l = &p->at[i];

		if (l->prose || l->len > LABEL_MAX / 2 || !is_outside(p, i)) {
			known = p->n;
		} else if (l->how == LINE_SURE &&
			   l->kind == FURNITURE_NAVIGATION) {
			for (size_t j = known + 1; known < i && j < i; j++)
				if (!is_sure(&p->at[j]))
					take(&p->at[j], FURNITURE_NAVIGATION);
			known = i;
		} else if (known < i &&
			   (i - known > SANDWICH || words_of(p, l) > 2)) {
			known = p->n;
		}
	}
}

/* A title of another page: short, and no sentence. */
static bool is_headline(const struct page *p, const struct page_line *l)
{
	char last = p->text[l->text + l->len - 1];

	return !l->prose && l->len <= HEADLINE_MAX && last != '.' &&
	       last != ':' && last != ',' && words_of(p, l) <= 25;
}

/* Amid prose: headlines from line i on; how many.  Short ones are subheads. */
static size_t headlines(const struct page *p, size_t i)
{
	size_t n = 0;

	while (i + n < p->tail && n < LIST_MAX) {
		const struct page_line *l = &p->at[i + n];

		if (is_sure(l) || !is_headline(p, l) ||
		    words_of(p, l) < HEADLINE_WORDS)
			break;
		n++;
	}
	return n > 1 || !p->at[i].apart ? n : 0;
}

/* Below the prose: up to where something else stands. */
static size_t list_below(const struct page *p, size_t i)
{
	size_t n = 0;

	while (i + n < p->n && n < LIST_MAX &&
	       (is_sure(&p->at[i + n]) || is_headline(p, &p->at[i + n])))
		n++;
	return n;
}

static void page_lists(struct page *p)
{
	if (p->wrapped)
		return;
	/* "Watch: ..." may be the title there. */
	for (size_t i = 0; i < p->body; i++)
		if (p->at[i].kind == FURNITURE_RELATED &&
		    p->at[i].how == LINE_SURE)
			p->at[i].how = LINE_UNKNOWN;
	for (size_t i = p->body; i + 1 < p->n; i++) {
		size_t n;

		if (p->at[i].how != LINE_LIST)
			continue;
		n = i >= p->tail ? list_below(p, i + 1) : headlines(p, i + 1);
		for (size_t j = i + 1; j <= i + n; j++)
			if (!is_sure(&p->at[j]))
				take(&p->at[j], FURNITURE_RELATED);
	}
}

/* A card of another story: headline, first sentence, "Article image". */
static void page_cards(struct page *p)
{
	static const char image[] = "Article image";

	for (size_t i = 3; i < p->n; i++) {
		struct page_line *l = &p->at[i];

		if (l->len != sizeof(image) - 1 ||
		    memcmp(p->text + l->text, image, l->len) ||
		    !is_prose(l - 1) || !is_headline(p, l - 2) ||
		    words_of(p, l - 2) < HEADLINE_WORDS || i - 2 <= p->body)
			continue;
		take(l - 1, FURNITURE_OTHER);
		take(l - 2, FURNITURE_OTHER);
	}
}

static unsigned text_words(const struct page *p, const struct page_line *l)
{
	size_t wide = 0;

	for (size_t i = 0; i < l->len; i++) {
		unsigned char c = (unsigned char)p->text[l->text + i];

		wide += c >= 0xE0 && c != 0xE2; /* 0xE2: quotation marks */
	}
	return words_of(p, l) + (unsigned)(wide / WORD_WIDE);
}

static bool is_thin(const struct page *p)
{
	unsigned words = 0, lines = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (is_sure(&p->at[i]))
			lines++;
		else
			words += text_words(p, &p->at[i]);
		if (words >= THIN_WORDS || lines >= THIN_LINES)
			return false;
	}
	return true;
}

/* What stands around no text may be what there is to read: "Sign up by Friday",
 * "More news on Monday".  Labels and consent are nothing else anywhere. */
static void page_thin(struct page *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct page_line *l = &p->at[i];
		bool label = l->kind == FURNITURE_NAVIGATION ||
			     l->kind == FURNITURE_SHARING ||
			     l->kind == FURNITURE_ADVERT;

		if (is_sure(l) && l->kind != FURNITURE_CONSENT &&
		    (!label || words_of(p, l) > THIN_LABEL))
			l->how = LINE_UNKNOWN;
	}
}

static void page_judge(struct page *p, struct spans *out)
{
	page_measure(p);
	if (!p->wrapped) {
		page_biography(p);
		page_author_boxes(p);
		page_cards(p);
		page_measure(p);
	}
	page_outside(p);
	page_measure(p);
	page_outside(p);
	page_company(p);
	page_menus(p);
	page_lists(p);
	if (is_thin(p))
		page_thin(p);
	for (size_t i = 0; i < p->n; i++)
		if (is_sure(&p->at[i]))
			spans_add(out, p->at[i].begin, p->at[i].end,
				  p->at[i].kind);
}

bool furniture_find(const char *text, size_t len, struct spans *out)
{
	struct page p = { .text = text };
	size_t at = 0;

	spans_reset(out);
	if (len > UINT32_MAX)
		len = UINT32_MAX;
	while (at < len && !out->failed) {
		if (!page_read(&p, len, &at)) {
			out->failed = true;
			break;
		}
		page_judge(&p, out);
	}
	free(p.at);
	return !out->failed;
}
