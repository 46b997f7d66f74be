/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stored.c - a document's line of JSON, read and written
 *
 * jansson says whether the line is JSON and decodes what is escaped; numbers,
 * arrays and objects are handed on as they stand, since no library prints a
 * number exactly as it was written.  Most lines are plain, and seen to be JSON
 * without it: strings alone, with no escapes.
 */
#include "stored.h"

#include "buf.h"
#include "json.h"
#include "utf8.h"

#include <jansson.h>

enum {
	PLAIN_MAX = 64 /* members of a line that is read in one go */
};

/* Bytes of the line. */
struct span {
	const char *at, *end;
};

static void skip_blanks(struct span *s)
{
	while (s->at < s->end && strchr(" \t\r\n", *s->at))
		s->at++;
}

/* The cursor stands on the opening quote, and then behind the closing one. */
static void skip_string(struct span *s)
{
	for (s->at++; s->at < s->end && *s->at != '"'; s->at++)
		if (*s->at == '\\' && s->at + 1 < s->end)
			s->at++;
	if (s->at < s->end)
		s->at++;
}

static void skip_nested(struct span *s)
{
	size_t depth = 0;

	while (s->at < s->end) {
		char c = *s->at;

		if (c == '"') {
			skip_string(s);
			continue;
		}
		s->at++;
		depth += c == '{' || c == '[';
		if ((c == '}' || c == ']') && --depth == 0)
			return;
	}
}

static struct span take_value(struct span *s)
{
	struct span value = *s;

	if (s->at < s->end && *s->at == '"')
		skip_string(s);
	else if (s->at < s->end && (*s->at == '{' || *s->at == '['))
		skip_nested(s);
	else
		while (s->at < s->end && !strchr(",}] \t\r\n", *s->at))
			s->at++;
	value.end = s->at;
	return value;
}

/* The next member of an object whose brace was passed; false at its end. */
static bool take_member(struct span *s, struct span *name, struct span *value)
{
	skip_blanks(s);
	if (s->at < s->end && *s->at == ',')
		s->at++;
	skip_blanks(s);
	if (s->at == s->end || *s->at != '"')
		return false;
	*name = take_value(s);
	skip_blanks(s);
	s->at += s->at < s->end;
	skip_blanks(s);
	*value = take_value(s);
	return value->at < value->end;
}

/* NULL when memory is short. */
static const char *decode(const struct span *s, struct arena *arena,
			  size_t *len)
{
	const char *at = s->at + 1;
	size_t n = (size_t)(s->end - s->at) - 2;

	*len = n;
	if (!memchr(at, '\\', n))
		return arena_strndup(arena, at, n);

	json_t *string = json_loadb(s->at, n + 2,
				    JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	char *copy = NULL;

	if (string) {
		*len = json_string_length(string);
		copy = arena_strndup(arena, json_string_value(string), *len);
	}
	json_decref(string);
	return copy;
}

static bool read_member(const struct span *name, const struct span *value,
			struct arena *arena, struct trawl_field *out)
{
	size_t len;

	out->name = decode(name, arena, &len);
	out->json = *value->at != '"';
	out->len = (size_t)(value->end - value->at);
	out->value = out->json ? arena_strndup(arena, value->at, out->len)
			       : decode(value, arena, &out->len);
	return out->name && out->value;
}

static enum trawl_status read_members(struct span s, size_t count,
				      struct arena *arena,
				      struct trawl_doc *out)
{
	struct trawl_field *fields =
		arena_zalloc(arena, count, sizeof(*fields));
	struct span name, value;

	if (!fields)
		return TRAWL_NOMEM;
	out->fields = fields;
	while (out->nfields < count && take_member(&s, &name, &value)) {
		struct trawl_field *f = &fields[out->nfields];

		if (!read_member(&name, &value, arena, f))
			return TRAWL_NOMEM;
		if (!out->id && !f->json && !strcmp(f->name, "id"))
			out->id = f->value;
		else
			out->nfields++;
	}
	return TRAWL_OK;
}

static size_t count_members(struct span s)
{
	struct span name, value;
	size_t n = 0;

	while (take_member(&s, &name, &value))
		n++;
	return n;
}

/* ------------------------------------------------------------ plain lines -- */

/* {"name":"value",...} of strings, without blanks; in values a backslash and one
 * letter may stand for a character. */
struct plain {
	struct member {
		struct span name, value; /* without their quotes */
		bool escaped;		 /* value */
	} member[PLAIN_MAX];
	size_t n;
};

static const char *plain_end(const char *at, const char *end, uint64_t *seen)
{
	return at + json_plain_bytes(at, (size_t)(end - at), seen);
}

static bool is_escape(const char *at, const char *end)
{
	return end - at >= 2 && *at == '\\' && json_simple_escape(at[1]);
}

/* To behind the string that begins there, when it is plain.  escaped: whether
 * anything is; NULL: nothing may be.  seen: see json_plain_bytes(). */
static bool take_plain_string(struct span *s, struct span *string,
			      bool *escaped, uint64_t *seen)
{
	if (s->at == s->end || *s->at++ != '"')
		return false;
	string->at = s->at;
	s->at = plain_end(s->at, s->end, seen);
	while (escaped && is_escape(s->at, s->end)) {
		s->at = plain_end(s->at + 2, s->end, seen);
		*escaped = true;
	}
	string->end = s->at;
	return s->at < s->end && *s->at++ == '"';
}

/* False: it is another line, or none. */
static bool read_plain(const char *line, size_t len, struct plain *out)
{
	struct span s = { line, line + len };
	uint64_t seen = 0;
	char next = '{';

	for (out->n = 0; s.at < s.end && *s.at == next; next = ',') {
		struct member *m = &out->member[out->n];

		s.at++;
		if (out->n++ == PLAIN_MAX)
			return false;
		m->escaped = false;
		if (!take_plain_string(&s, &m->name, NULL, &seen) ||
		    s.at == s.end || *s.at++ != ':' ||
		    !take_plain_string(&s, &m->value, &m->escaped, &seen))
			return false;
	}
	return s.end - s.at == 1 && *s.at == '}' && next == ',' &&
	       (!(seen & ASCII8_TOPS) || utf8_valid(line, len) == len);
}

/* What is escaped becomes shorter, in place; its bytes. */
static size_t unescape(char *s, size_t len)
{
	const char *from = s, *const end = s + len;
	char *to = s;

	while (from < end)
		if (*from == '\\') {
			*to++ = json_simple_escape(from[1]);
			from += 2;
		} else {
			*to++ = *from++;
		}
	*to = '\0';
	return (size_t)(to - s);
}

/* The string in copy, a copy of the line: it gets its NUL there. */
static char *end_string(const struct span *string, const char *line, char *copy)
{
	copy[string->end - line] = '\0';
	return copy + (string->at - line);
}

static enum trawl_status plain_members(const struct plain *p, const char *line,
				       size_t len, struct arena *arena,
				       struct trawl_doc *out)
{
	char *copy = arena_strndup(arena, line, len);
	struct trawl_field *fields = arena_zalloc(arena, p->n, sizeof(*fields));

	if (!copy || !fields)
		return TRAWL_NOMEM;
	out->fields = fields;
	for (size_t i = 0; i < p->n; i++) {
		const struct member *m = &p->member[i];
		const size_t n = (size_t)(m->value.end - m->value.at);
		char *value = end_string(&m->value, line, copy);
		struct trawl_field *f = &fields[out->nfields];

		f->name = end_string(&m->name, line, copy);
		f->value = value;
		f->len = m->escaped ? unescape(value, n) : n;
		if (!out->id && !strcmp(f->name, "id"))
			out->id = f->value;
		else
			out->nfields++;
	}
	return TRAWL_OK;
}

/* -------------------------------------------------------------- any line -- */

/* NULL: the line is a JSON object, or memory is short. */
static const char *check_line(const char *line, size_t len, bool *nomem)
{
	const char *why = NULL;
	json_error_t error;
	json_t *object;

	/* A whole number may be larger than 64 bits: it is not looked at. */
	object = json_loadb(line, len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL,
			    &error);
	*nomem = !object && json_error_code(&error) == json_error_out_of_memory;
	if (!*nomem && !json_is_object(object))
		why = "its line of fields is not a JSON object";
	json_decref(object);
	return why;
}

static enum trawl_status any_members(const char *line, size_t len,
				     struct arena *arena, struct trawl_doc *out,
				     const char **why)
{
	struct span s = { memchr(line, '{', len), line + len };
	bool nomem = false;

	*why = check_line(line, len, &nomem);
	if (*why)
		return TRAWL_CORRUPT;
	if (nomem)
		return TRAWL_NOMEM;
	s.at++;
	return read_members(s, count_members(s), arena, out);
}

static enum trawl_status parse_line(const char *line, size_t len,
				    struct arena *arena, struct trawl_doc *out,
				    const char **why)
{
	struct plain plain;

	if (len > STORED_LINE_MAX) {
		*why = "its line of fields is too long";
		return TRAWL_CORRUPT;
	}
	return read_plain(line, len, &plain)
		       ? plain_members(&plain, line, len, arena, out)
		       : any_members(line, len, arena, out, why);
}

enum trawl_status stored_parse(const char *data, size_t len,
			       struct arena *arena, struct trawl_doc *out,
			       const char **why)
{
	const char *feed = len ? memchr(data, '\n', len) : NULL;
	struct trawl_doc doc = { 0 };
	enum trawl_status st = TRAWL_CORRUPT;

	*why = feed ? NULL : "it has no line of fields";
	if (feed)
		st = parse_line(data, (size_t)(feed - data), arena, &doc, why);
	if (st != TRAWL_OK)
		return st;
	if (!doc.id) {
		*why = "it has no id";
		return TRAWL_CORRUPT;
	}
	doc.text_len = len - (size_t)(feed + 1 - data);
	doc.text = arena_strndup(arena, feed + 1, doc.text_len);
	if (!doc.text)
		return TRAWL_NOMEM;
	*out = doc;
	return TRAWL_OK;
}

/* ------------------------------------------------------------- writing -- */

/* JSON of others: a line end can only be a blank between two tokens. */
static void add_raw(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(out, (unsigned char)s[i] < 0x20 ? ' ' : s[i]);
}

static void add_value(struct buf *out, const struct trawl_field *f)
{
	if (f->json)
		add_raw(out, f->value, f->len);
	else
		json_add_string(out, f->value, f->len);
}

static bool came_before(const struct trawl_field *fields, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(fields[k].name, fields[i].name))
			return true;
	return false;
}

/* The value of fields[i], or an array of those of its name. */
static void add_values(struct buf *out, const struct trawl_field *fields,
		       size_t i, size_t n)
{
	size_t start = out->len, count = 1;

	add_value(out, &fields[i]);
	for (size_t k = i + 1; k < n; k++) {
		if (strcmp(fields[k].name, fields[i].name) != 0)
			continue;
		if (count++ == 1) {
			buf_truncate(out, start);
			buf_addc(out, '[');
			add_value(out, &fields[i]);
		}
		buf_addc(out, ',');
		add_value(out, &fields[k]);
	}
	if (count > 1)
		buf_addc(out, ']');
}

void stored_print(const struct trawl_field *fields, size_t n, struct buf *out)
{
	bool first = true;

	for (size_t i = 0; i < n; i++) {
		if (came_before(fields, i))
			continue;
		if (!first)
			buf_addc(out, ',');
		first = false;
		json_add_string(out, fields[i].name, strlen(fields[i].name));
		buf_addc(out, ':');
		add_values(out, fields, i, n);
	}
}
