/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Markdown is read as text: its marks are taken off lightly, line by line.
 * Front matter (lines of "key: value" between two of "---") gives fields; the
 * first heading of the first level gives the title that front matter lacks.
 */
#include "charset.h"
#include "clean_date.h"
#include "die.h"
#include "document.h"
#include "extract.h"
#include "problem.h"

#include <strings.h>

enum {
	FRONT_MATTER_MAX = 64 << 10, /* bytes; longer is no front matter */
	TITLE_MAX = 1000,	     /* bytes */
	TARGET_MAX = 4096	     /* bytes of a link's address */
};

struct span {
	const char *s;
	size_t n;
};

/* Front matter's keys that are fields of ours. */
static const char *const keys[] = { "title",  "date", "author", "lang",
				    "source", "url",  "topic",	"description" };

static struct span trim(struct span v)
{
	while (v.n && strchr(" \t\r", *v.s)) {
		v.s++;
		v.n--;
	}
	while (v.n && strchr(" \t\r", v.s[v.n - 1]))
		v.n--;
	return v;
}

static struct span unquote(struct span v)
{
	if (v.n >= 2 && (*v.s == '"' || *v.s == '\'') && v.s[v.n - 1] == *v.s)
		return (struct span){ v.s + 1, v.n - 2 };
	return v;
}

/* The line at *at, without its end; *at moves behind it. */
static struct span take_line(const char **at, const char *end)
{
	const char *lf = memchr(*at, '\n', (size_t)(end - *at));
	struct span line = { *at, (size_t)((lf ? lf : end) - *at) };

	*at = lf ? lf + 1 : end;
	if (line.n && line.s[line.n - 1] == '\r')
		line.n--;
	return line;
}

static bool is_rule(struct span line)
{
	struct span v = trim(line);

	return v.n == 3 && !memcmp(v.s, "---", 3);
}

static void add_field(struct document *doc, const char *key, struct span value)
{
	char date[CLEAN_DATE_MAX];

	if (!value.n || value.n > TITLE_MAX)
		return;
	if (strcmp(key, "date")) {
		document_add(doc, key, value.s, value.n);
		return;
	}

	char *copy = xstrndup(value.s, value.n);

	if (clean_date(copy, date))
		document_add(doc, key, date, strlen(date));
	free(copy);
}

static void take_pair(struct document *doc, struct span line)
{
	const char *colon = memchr(line.s, ':', line.n);
	struct span key, value;

	if (!colon)
		return;
	key = trim((struct span){ line.s, (size_t)(colon - line.s) });
	value = trim((struct span){ colon + 1,
				    line.n - (size_t)(colon + 1 - line.s) });
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (key.n == strlen(keys[i]) &&
		    !strncasecmp(key.s, keys[i], key.n) &&
		    !document_field(doc, keys[i]))
			add_field(doc, keys[i], unquote(value));
}

/* Where the text begins: behind the front matter, if there is any. */
static const char *take_front_matter(struct document *doc, const char *s,
				     const char *end)
{
	const char *at = s, *first, *close = NULL;

	if (!is_rule(take_line(&at, end)))
		return s;
	first = at;
	while (at < end && at - s < FRONT_MATTER_MAX && !close) {
		const char *line = at;

		if (is_rule(take_line(&at, end)))
			close = line;
	}
	if (!close)
		return s;
	while (first < close)
		take_pair(doc, take_line(&first, close));
	return at;
}

static size_t run_of(struct span v, char c)
{
	size_t n = 0;

	while (n < v.n && v.s[n] == c)
		n++;
	return n;
}

static struct span skip(struct span v, size_t n)
{
	return (struct span){ v.s + n, v.n - n };
}

/* "# Title ##" is "Title"; *level is 0 when it is no heading. */
static struct span heading(struct span line, size_t *level)
{
	size_t n = run_of(line, '#');
	struct span v = trim(skip(line, n));

	*level = 0;
	if (!n || n > 6 || (n < line.n && line.s[n] != ' '))
		return line;
	*level = n;
	while (v.n && v.s[v.n - 1] == '#')
		v.n--;
	return trim(v);
}

static struct span without_quote_marks(struct span line)
{
	struct span v = trim(line);

	while (v.n && *v.s == '>')
		v = trim(skip(v, 1));
	return v.s == trim(line).s ? line : v;
}

static struct span without_bullet(struct span line)
{
	struct span v = trim(line);

	if (v.n > 2 && strchr("-*+", *v.s) && v.s[1] == ' ')
		return trim(skip(v, 2));
	return line;
}

/* Past "](address)" or "][name]"; 0 when there is none at s.  Its length is
 * limited, or a line of "](" without an end would take its square. */
static size_t target_length(struct span v)
{
	char close;

	if (v.n < 2 || v.s[0] != ']' || (v.s[1] != '(' && v.s[1] != '['))
		return 0;
	if (v.n > TARGET_MAX)
		v.n = TARGET_MAX;
	close = v.s[1] == '(' ? ')' : ']';

	const char *end = memchr(v.s, close, v.n);

	if (close == ']' && end)
		end = memchr(v.s + 1, close, v.n - 1);
	return end ? (size_t)(end - v.s) + 1 : 0;
}

static bool is_word_byte(char c)
{
	return (c >= '0' && c <= '9') ||
	       ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c & 0x80);
}

static bool is_blank_byte(char c)
{
	return c == ' ' || c == '\t';
}

/* snake_case keeps its underscore, 2*3 and 2 * 3 their star. */
static bool is_emphasis(struct span line, size_t i)
{
	char before = i ? line.s[i - 1] : ' ';
	char after = i + 1 < line.n ? line.s[i + 1] : ' ';

	if (line.s[i] != '*' && line.s[i] != '_')
		return false;
	return !(is_word_byte(before) && is_word_byte(after)) &&
	       !(is_blank_byte(before) && is_blank_byte(after));
}

/* A character of a line; returns how many bytes it used. */
static size_t add_inline(struct span line, size_t i, struct buf *out)
{
	char c = line.s[i];
	size_t n;

	if (c == '\\' && i + 1 < line.n &&
	    strchr("\\`*_{}[]()#+-.!>", line.s[i + 1])) {
		buf_addc(out, line.s[i + 1]);
		return 2;
	}
	if (c == '`' || is_emphasis(line, i))
		return 1;
	if (c == '[' || (c == '!' && i + 1 < line.n && line.s[i + 1] == '['))
		return c == '!' ? 2 : 1;
	n = c == ']' ? target_length(skip(line, i)) : 0;
	if (n)
		return n;
	buf_addc(out, c);
	return 1;
}

static void add_line(struct span line, struct buf *out)
{
	for (size_t i = 0; i < line.n;)
		i += add_inline(line, i, out);
	buf_addc(out, '\n');
}

static void take_title(struct document *doc, struct span line)
{
	struct buf title = BUF_INIT(TITLE_MAX);

	if (!document_field(doc, "title")) {
		add_line(line, &title);
		if (!title.failed && title.len > 1)
			document_add(doc, "title", title.data, title.len - 1);
	}
	buf_release(&title);
}

static void add_markdown_line(struct document *doc, struct span line,
			      bool *in_code)
{
	struct span v = trim(line);
	size_t level;

	if (v.n >= 3 && (!memcmp(v.s, "```", 3) || !memcmp(v.s, "~~~", 3))) {
		*in_code = !*in_code;
		return;
	}
	if (*in_code) {
		buf_add(&doc->body, line.s, line.n);
		buf_addc(&doc->body, '\n');
		return;
	}
	line = heading(without_bullet(without_quote_marks(line)), &level);
	if (level == 1)
		take_title(doc, line);
	if (v.n >= 3 && run_of(v, *v.s) == v.n && strchr("-=*_", *v.s))
		line.n = 0;
	add_line(line, &doc->body);
}

bool extract_markdown(struct raw *raw, struct document *doc,
		      struct problem *why)
{
	struct buf text = BUF_INIT(doc->body.max);
	bool in_code = false;
	bool ok = read_text(raw->bytes, raw->len, NULL, &text, &raw->replaced,
			    why);

	if (ok && !text.failed) {
		const char *end = text.data + text.len;
		const char *at = take_front_matter(doc, text.data, end);

		while (at < end)
			add_markdown_line(doc, take_line(&at, end), &in_code);
	}
	doc->body.failed |= text.failed;
	buf_release(&text);
	doc->text = doc->body.data;
	doc->text_len = doc->body.len;
	return ok;
}
