/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_query.h"

#include "buf.h"
#include "trawl.h"
#include "utf8.h"

#include <ctype.h>
#include <strings.h>

/* --------------------------------------------------------------- pieces -- */

enum piece_kind {
	PIECE_END,
	PIECE_TERM, /* or an operator */
	PIECE_OPEN,
	PIECE_CLOSE
};

struct piece {
	enum piece_kind kind;
	const char *begin, *end;
};

/* Bytes of a quotation mark, or 0: " and U+201C to U+201E. */
static size_t quote(const char *s)
{
	if (*s == '"')
		return 1;
	return s[0] == '\xE2' && s[1] == '\x80' && s[2] >= '\x9C' &&
			       s[2] <= '\x9E'
		       ? 3
		       : 0;
}

/* Bytes of the character at s. */
static size_t step(const char *s, uint32_t *cp)
{
	*cp = 0;
	return *s ? utf8_decode(s, strnlen(s, 4), cp) : 0;
}

/* Bytes of a blank, or 0. */
static size_t blank(const char *s)
{
	uint32_t cp;
	size_t n = step(s, &cp);

	return cp <= ' ' || (cp >= 0x7F && cp <= 0xA0) || cp == 0x1680 ||
			       (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 ||
			       cp == 0x2029 || cp == 0x202F || cp == 0x205F ||
			       cp == 0x3000 || cp == 0xFEFF || cp == UINT32_MAX
		       ? n
		       : 0;
}

/* Bytes of a backslash and the sign that it makes text, or 0. */
static size_t escape(const char *s)
{
	if (*s != '\\')
		return 0;
	if (quote(s + 1))
		return 1 + quote(s + 1);
	return s[1] > ' ' && ispunct((unsigned char)s[1]) ? 2 : 0;
}

/* The same in a phrase, where only quotes and backslashes need it. */
static size_t phrase_escape(const char *s)
{
	return *s == '\\' && (s[1] == '\\' || quote(s + 1)) ? escape(s) : 0;
}

static const char *pass_phrase(const char *s)
{
	uint32_t cp;

	s += quote(s);
	while (*s && !quote(s))
		s += phrase_escape(s) ? phrase_escape(s) : step(s, &cp);
	return s + quote(s);
}

static const char *pass_term(const char *s)
{
	uint32_t cp;

	while (*s && !blank(s) && *s != '(' && *s != ')') {
		if (quote(s))
			s = pass_phrase(s);
		else
			s += escape(s) ? escape(s) : step(s, &cp);
	}
	return s;
}

static struct piece next_piece(const char *s)
{
	struct piece p = { .kind = PIECE_END };

	while (blank(s))
		s += blank(s);
	p.begin = p.end = s;
	if (*s == '(')
		p.kind = PIECE_OPEN;
	else if (*s == ')')
		p.kind = PIECE_CLOSE;
	else if (*s)
		p.kind = PIECE_TERM;
	if (p.kind == PIECE_TERM)
		p.end = pass_term(s);
	else if (p.kind != PIECE_END)
		p.end++;
	return p;
}

static bool piece_is(const struct piece *p, const char *word)
{
	size_t n = (size_t)(p->end - p->begin);

	return p->kind == PIECE_TERM && n == strlen(word) &&
	       !memcmp(p->begin, word, n);
}

static bool is_operator(const struct piece *p)
{
	return piece_is(p, "AND") || piece_is(p, "OR") || piece_is(p, "NOT") ||
	       (p->kind == PIECE_TERM && p->end - p->begin >= 4 &&
		!memcmp(p->begin, "NEAR", 4));
}

/* What decides how a query can be narrowed. */
struct shape {
	size_t pieces; /* outside of brackets; what is inside is one */
	bool either;   /* an OR is among them */
	bool has_field;
};

static bool begins_with_field(const struct piece *p, const char *field)
{
	const char *s = p->begin;
	size_t n = strlen(field);

	s += p->kind == PIECE_TERM && (*s == '+' || *s == '-');
	return p->kind == PIECE_TERM && (size_t)(p->end - s) > n &&
	       !strncasecmp(s, field, n) && s[n] == ':';
}

static struct shape shape_of(const char *query, const char *field)
{
	struct shape shape = { 0 };
	unsigned depth = 0;

	for (struct piece p = next_piece(query); p.kind != PIECE_END;
	     p = next_piece(p.end)) {
		shape.pieces += !depth;
		shape.either |= !depth && piece_is(&p, "OR");
		shape.has_field |= begins_with_field(&p, field);
		if (p.kind == PIECE_OPEN)
			depth++;
		else if (p.kind == PIECE_CLOSE && depth)
			depth--;
	}
	return shape;
}

/* The query without blanks around it, and without brackets round all of it. */
static struct piece inside(const char *query, size_t len)
{
	struct piece all = { .begin = query, .end = query + len }, p;
	unsigned depth = 0;

	while (all.begin < all.end && blank(all.begin))
		all.begin += blank(all.begin);
	while (all.end > all.begin && all.end[-1] == ' ')
		all.end--;
	p = next_piece(all.begin);
	if (p.kind != PIECE_OPEN)
		return all;
	for (; p.kind != PIECE_END && p.begin < all.end;
	     p = next_piece(p.end)) {
		depth += p.kind == PIECE_OPEN;
		depth -= p.kind == PIECE_CLOSE && depth;
		if (!depth)
			break;
	}
	if (p.kind == PIECE_CLOSE && p.end == all.end) {
		all.begin++;
		all.end--;
	}
	return all;
}

/* -------------------------------------------------------------- filters -- */

void page_filters_begin(struct page_filters *f, const char *query)
{
	*f = (struct page_filters){ .at = query, .query = query };
	/* Of an OR nothing can be taken and the rest be what it was. */
	if (shape_of(query, "").either)
		f->at = query + strlen(query);
}

static size_t name_length(const char *s, const char *end)
{
	size_t n = 0, len = (size_t)(end - s);

	if (!len || !isalpha((unsigned char)*s))
		return 0;
	while (n < len &&
	       (isalnum((unsigned char)s[n]) || s[n] == '_' || s[n] == '-'))
		n++;
	if (n == len || s[n] != ':' || n + 1 == len)
		return 0;
	return len - n > 2 && s[n + 1] == '/' && s[n + 2] == '/' ? 0 : n;
}

static bool read_filter(const struct piece *p, struct page_filter *out)
{
	const char *s = p->begin, *end = p->end;
	bool marked = *s == '+' || *s == '-';
	size_t open;

	*out = (struct page_filter){ .begin = s, .end = end };
	out->negative = *s == '-';
	out->name = s + marked;
	out->name_len = name_length(out->name, end);
	if (!out->name_len)
		return false;
	out->value = out->name + out->name_len + 1;
	open = quote(out->value);
	if (open && pass_phrase(out->value) != end)
		return false;
	out->value += open;
	out->quoted = open;
	if (open) {
		size_t close = end[-1] == '"' ? 1 : 3;

		if ((size_t)(end - out->value) < close || !quote(end - close))
			return false;
		end -= close;
	}
	out->value_len = (size_t)(end - out->value);
	return end > out->value;
}

bool page_filters_next(struct page_filters *f, struct page_filter *out)
{
	for (struct piece p = next_piece(f->at); p.kind != PIECE_END;
	     p = next_piece(p.end)) {
		const char *before = f->before;
		struct piece next = next_piece(p.end);

		f->at = p.end;
		f->depth += p.kind == PIECE_OPEN;
		f->depth -= p.kind == PIECE_CLOSE && f->depth;
		f->before = !is_operator(&p)	  ? NULL
			    : piece_is(&p, "AND") ? "AND"
						  : "other";
		if (f->depth || p.kind != PIECE_TERM)
			continue;
		/* What NOT and NEAR take cannot go without them. */
		if ((before && strcmp(before, "AND") != 0) ||
		    (is_operator(&next) && !piece_is(&next, "AND")))
			continue;
		if (read_filter(&p, out))
			return true;
	}
	return false;
}

void page_filter_value(const struct page_filter *f, struct buf *out)
{
	const char *s = f->value, *end = s + f->value_len;

	while (s < end) {
		s += (f->quoted ? phrase_escape(s) : escape(s)) > 0;
		buf_addc(out, *s++);
	}
}

/* ------------------------------------------------------------ narrowing -- */

/* "value", with a backslash before what would end it. */
static void add_phrase(struct buf *out, const char *value)
{
	buf_addc(out, '"');
	for (const char *s = value; *s; s++) {
		if (*s == '\\' || quote(s))
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

/* Has it words, and few enough for a phrase? */
static bool can_be_said(const char *value)
{
	size_t words = 0;
	bool parted = true;
	uint32_t cp;

	if (strlen(value) > PAGE_VALUE_MAX)
		return false;
	for (const char *s = value; *s; s += step(s, &cp)) {
		words += parted && !blank(s);
		parted = blank(s);
	}
	return words && words <= TRAWL_PHRASE_MAX;
}

bool page_query_narrow(const char *query, const char *field, bool ranked,
		       const char *value, struct buf *out)
{
	struct shape shape = shape_of(query, field);
	bool both = shape.pieces && (ranked || shape.has_field);
	bool brackets = shape.either || (both && shape.pieces > 1);

	if (!can_be_said(value) || strlen(query) > PAGE_QUERY_MAX)
		return false;
	if (brackets)
		buf_addc(out, '(');
	buf_adds(out, query);
	if (brackets)
		buf_addc(out, ')');
	buf_adds(out, both ? " AND " : shape.pieces ? " " : "");
	buf_addf(out, "%s:", field);
	add_phrase(out, value);
	return true;
}

static const char *trimmed(const char *begin, const char *end)
{
	while (end > begin && end[-1] == ' ')
		end--;
	return end;
}

/* Without an AND at the end of begin..end. */
static const char *without_and(const char *begin, const char *end)
{
	const char *and = end - 3;

	if (end - begin < 3 || memcmp(and, "AND", 3) ||
	    (and > begin && and[-1] != ' ' && and[-1] != ')'))
		return end;
	return trimmed(begin, and);
}

void page_query_without(const char *query, const struct page_filter *f,
			struct buf *out)
{
	struct buf rest = BUF_INIT(2 * TRAWL_QUERY_MAX);
	const char *end = trimmed(query, f->begin);
	const char *left = without_and(query, end);
	struct piece p = next_piece(f->end), all;

	/* One AND goes with it: the one before it, else the one behind. */
	if (left == end && piece_is(&p, "AND"))
		p = next_piece(p.end);
	buf_add(&rest, query, (size_t)(left - query));
	if (rest.len && *p.begin)
		buf_addc(&rest, ' ');
	buf_adds(&rest, p.begin);
	all = inside(rest.data, rest.len);
	buf_add(out, all.begin, (size_t)(all.end - all.begin));
	buf_release(&rest);
}
