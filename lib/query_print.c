/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query_print.c - a tree to its canonical form
 *
 * Recursion is bounded: query_parse() lets no deeper tree through.
 */
#include "query.h"

#include "buf.h"
#include "query_lex.h"
#include "utf8.h"

/* ---------------------------------------------------------------- tree -- */

/* How an ANY is printed where all must match: (a AND b) NOT c. */
struct shape {
	bool all;    /* so */
	bool sum;    /* with those brackets */
	bool differ; /* and that NOT */
};

static struct shape shape_of(const struct query_node *n, bool match_all)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < n->nkids; i++)
		kept += !n->kids[i]->must_not;

	bool all = n->op == QUERY_ANY && match_all && kept;

	return (struct shape){ .all = all,
			       .sum = all && kept > 1 && kept < n->nkids,
			       .differ = all && kept < n->nkids };
}

static bool needs_brackets(const struct query_node *n, bool root)
{
	return n->nkids && (!root || n->weight != 1);
}

static uint32_t too_deep(const struct query_node *n, bool match_all,
			 unsigned depth)
{
	struct shape s = shape_of(n, match_all);

	if (depth > TRAWL_NESTING_MAX)
		return n->column;
	for (uint32_t i = 0; i < n->nkids; i++) {
		const struct query_node *kid = n->kids[i];
		unsigned inner = depth + needs_brackets(kid, false) +
				 (s.sum && !kid->must_not);
		uint32_t column = too_deep(kid, match_all, inner);

		if (column)
			return column;
	}
	return 0;
}

uint32_t query_too_deep(const struct query *q)
{
	return too_deep(q->root, q->match_all, needs_brackets(q->root, true));
}

/* ---------------------------------------------------------------- text -- */

static bool is_tilde_suffix(const char *s, size_t n)
{
	size_t i = 1;

	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return *s == '~' && i == n;
}

/* Must the character that begins there be escaped, wherever it stands? */
static bool is_special(const char *s, size_t n)
{
	return memchr("\\()*^", *s, 5) || quote_length(s, n) ||
	       is_tilde_suffix(s, n);
}

/* Would the first character be read as something else than text? */
static bool begins_special(const struct query_node *n, bool marked)
{
	const char *s = n->text;

	if (n->op == QUERY_EXACT)
		return false;
	if (n->field)
		return *s == '=' || (s[0] == '/' && s[1] == '/');
	if (n->text_len == 1 && n->op == QUERY_WORD && n->weight == 1 &&
	    !marked)
		return false; /* a dash between blanks */
	return memchr("+-=", *s, 3) ||
	       operator_kind(s, n->text_len) != TOKEN_TERM;
}

static void print_word(const struct query_node *n, bool marked, struct buf *out)
{
	bool bare = !n->field && n->op != QUERY_EXACT;
	size_t colon = bare ? field_length(n->text, n->text_len) : 0;
	uint32_t cp;

	for (size_t at = 0, len; at < n->text_len; at += len) {
		const char *s = n->text + at;

		len = utf8_decode(s, n->text_len - at, &cp);
		if (is_special(s, n->text_len - at) ||
		    (!at && begins_special(n, marked)) ||
		    (colon && at == colon))
			buf_addc(out, '\\');
		buf_add(out, s, len);
	}
}

static void print_phrase(const struct query_node *n, struct buf *out)
{
	uint32_t cp;

	buf_addc(out, '"');
	for (size_t at = 0, len; at < n->text_len; at += len) {
		const char *s = n->text + at;

		len = utf8_decode(s, n->text_len - at, &cp);
		if (*s == '\\' || quote_length(s, n->text_len - at))
			buf_addc(out, '\\');
		buf_add(out, s, len);
	}
	buf_addc(out, '"');
	if (n->window)
		buf_addf(out, "~%u", n->window);
}

static void print_range(const struct query_node *n, struct buf *out)
{
	bool blank = (n->text && strchr(n->text, ' ')) ||
		     (n->high && strchr(n->high, ' '));
	bool same = n->text && n->high && !strcmp(n->text, n->high);

	if (blank)
		buf_addc(out, '"');
	if (!n->high)
		buf_adds(out, n->window & QUERY_ABOVE ? ">" : ">=");
	if (!n->text)
		buf_adds(out, n->window & QUERY_BELOW ? "<" : "<=");
	if (n->text)
		buf_adds(out, n->text);
	if (n->text && n->high && !same)
		buf_adds(out, "..");
	if (n->high && !same)
		buf_adds(out, n->high);
	if (blank)
		buf_addc(out, '"');
}

static void print_leaf(const struct query_node *n, bool marked, struct buf *out)
{
	if (n->field)
		buf_addf(out, "%s:", n->field->name);
	switch (n->op) {
	case QUERY_PHRASE:
		print_phrase(n, out);
		break;
	case QUERY_DATE:
	case QUERY_RANGE:
		print_range(n, out);
		break;
	case QUERY_EXACT:
		buf_addc(out, '=');
		print_word(n, marked, out);
		break;
	default:
		print_word(n, marked, out);
	}
	if (n->op == QUERY_PREFIX)
		buf_addc(out, '*');
	if (n->op == QUERY_FUZZY)
		buf_addf(out, "~%u", n->window);
}

/* ----------------------------------------------------------- operators -- */

struct printer {
	struct buf *out;
	bool match_all;
};

/* mark: what was printed before it, or 0 */
static void print_node(const struct printer *p, const struct query_node *n,
		       bool root, char mark);

static void print_kid(const struct printer *p, const struct query_node *n,
		      char mark)
{
	if (mark)
		buf_addc(p->out, mark);
	print_node(p, n, false, mark);
}

static void print_joint(const struct query_node *n, bool all, struct buf *out)
{
	if (n->op == QUERY_NEAR)
		buf_addf(out, " NEAR/%u ", n->window);
	else if (n->op == QUERY_AND || all)
		buf_adds(out, " AND ");
	else if (n->op == QUERY_OR)
		buf_adds(out, " OR ");
	else if (n->op == QUERY_NOT)
		buf_adds(out, " NOT ");
	else
		buf_addc(out, ' ');
}

/* Without those of must_not when all. */
static void print_kids(const struct printer *p, const struct query_node *n,
		       bool all)
{
	bool first = true;

	for (uint32_t i = 0; i < n->nkids; i++) {
		const struct query_node *kid = n->kids[i];
		char mark = kid->must ? '+' : kid->must_not ? '-' : '\0';

		if (all && kid->must_not)
			continue;
		if (!first)
			print_joint(n, all, p->out);
		first = false;
		print_kid(p, kid, all ? '\0' : mark);
	}
}

static void print_nots(const struct printer *p, const struct query_node *n)
{
	for (uint32_t i = 0; i < n->nkids; i++)
		if (n->kids[i]->must_not) {
			buf_adds(p->out, " NOT ");
			print_kid(p, n->kids[i], '\0');
		}
}

static void print_weight(double weight, struct buf *out)
{
	unsigned milli = (unsigned)(weight * 1000 + 0.5);
	unsigned unit = 100;

	if (milli == 1000)
		return;
	buf_addf(out, "^%u", milli / 1000);
	if (milli % 1000)
		buf_addc(out, '.');
	for (milli %= 1000; milli; unit /= 10) {
		buf_addc(out, (char)('0' + milli / unit));
		milli %= unit;
	}
}

static void print_node(const struct printer *p, const struct query_node *n,
		       bool root, char mark)
{
	struct shape s = shape_of(n, p->match_all);
	bool brackets = needs_brackets(n, root);

	if (n->op == QUERY_ALL)
		return;
	if (brackets)
		buf_addc(p->out, '(');
	if (s.sum)
		buf_addc(p->out, '(');
	if (n->nkids)
		print_kids(p, n, s.all);
	else
		print_leaf(n, mark, p->out);
	if (s.sum)
		buf_addc(p->out, ')');
	if (s.differ)
		print_nots(p, n);
	if (brackets)
		buf_addc(p->out, ')');
	print_weight(n->weight, p->out);
}

void query_print(const struct query *q, struct buf *out)
{
	const struct printer p = { .out = out, .match_all = q->match_all };

	print_node(&p, q->root, true, '\0');
}
