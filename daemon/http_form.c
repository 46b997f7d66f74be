/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http_form.h"

#include "buf.h"
#include "http_head.h"
#include "printable.h"
#include "utf8.h"

#include <jansson.h>
#include <stdarg.h>

enum {
	NAME_SHOWN = 15,		     /* bytes of a name */
	NAME_MAX_SHOWN = 4 * NAME_SHOWN + 4, /* those escaped, "..." */
	JSON_SHOWN = 80,		     /* bytes of a reason */
	JSON_MAX_SHOWN = 4 * JSON_SHOWN + 4
};

_Static_assert((int)NAME_MAX_SHOWN == (int)FORM_PARAM_MAX,
	       "a name fits into param");

struct form {
	struct line_request *rq;
	struct buf *store;
	struct form_error *err;
};

/* ---------------------------------------------------------------- errors -- */

static bool refuse(struct form_error *err, enum error_code code,
		   const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static bool refuse(struct form_error *err, enum error_code code,
		   const char *fmt, ...)
{
	va_list ap;

	err->code = code;
	err->status = 0;
	err->param[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

static bool refuse_status(struct form_error *err, unsigned status,
			  enum error_code code, const char *text)
{
	refuse(err, code, "%s", text);
	err->status = status;
	return false;
}

/* At most most bytes of s, escaped; out has room for 4 * most + 4. */
static void show(char *out, size_t most, const char *s, size_t n)
{
	/* A buf that is never made longer allocates nothing. */
	struct buf b = { .data = out,
			 .alloc = 4 * most + 4,
			 .max = 4 * most + 3 };
	size_t shown = utf8_cut(s, n, most);

	out[0] = '\0';
	add_printable(&b, s, shown);
	if (shown < n)
		buf_adds(&b, "...");
}

/* Say of which parameter the error is. */
static bool blame(struct form_error *err, struct http_span key)
{
	char text[LINE_ERROR_MAX];

	show(err->param, NAME_SHOWN, key.s, key.n);
	memcpy(text, err->text, sizeof(text));
	snprintf(err->text, sizeof(err->text), "%s=: %.300s", err->param, text);
	return false;
}

/* -------------------------------------------------------------- decoding -- */

/* The first byte that may not be there; n when there is none. */
static size_t bad_byte(const char *s, size_t n)
{
	size_t valid = utf8_valid(s, n);

	for (size_t i = 0; i < valid; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == 0x7F ||
		    (c < 0x20 && c != '\t' && c != '\n' && c != '\r'))
			return i;
	}
	return valid;
}

static bool check_bytes(struct http_span v, struct form_error *err)
{
	size_t at = bad_byte(v.s, v.n);

	return at == v.n ||
	       refuse(err, ERROR_BAD_BYTES, "byte 0x%02X at %zu of it",
		      (unsigned char)v.s[at], at + 1);
}

static bool make_room(struct buf *out, size_t n, struct form_error *err)
{
	return buf_reserve(out, n) ||
	       refuse_status(err, 413, ERROR_TOO_LARGE,
			     "there is no room for so many bytes");
}

/* Append v and a NUL. */
static struct http_span keep(struct buf *out, const char *s, size_t n)
{
	size_t from = out->len;

	buf_add(out, s, n);
	buf_addc(out, '\0');
	return (struct http_span){ out->data + from, n };
}

bool form_decode(struct http_span s, bool plus, struct buf *out,
		 struct http_span *value, struct form_error *err)
{
	const char *at = s.s, *end = s.s + s.n;
	size_t from = out->len;

	if (!make_room(out, s.n + 1, err))
		return false;
	while (at < end) {
		bool blank = plus && *at == '+';
		int c = http_decode_byte(&at, end);

		if (c < 0)
			return refuse(err, ERROR_BAD_VALUE,
				      "%% and two hex digits, or %%25");
		buf_addc(out, blank ? ' ' : (char)c);
	}
	*value = (struct http_span){ out->data + from, out->len - from };
	buf_addc(out, '\0');
	return check_bytes(*value, err);
}

/* --------------------------------------------------------------- options -- */

/* May an option of that name, which ends in a NUL, come now? */
static bool check_key(struct form *f, struct http_span key)
{
	const struct line_request *rq = f->rq;
	bool twice = rq->noptions == LINE_OPTIONS_MAX;

	if (!verb_has_option(rq->verb, key.s)) {
		refuse(f->err, ERROR_UNKNOWN_OPTION,
		       "there is no such parameter here");
		return blame(f->err, key);
	}
	for (size_t i = 0; i < rq->noptions; i++)
		twice |= !strcmp(rq->option[i].key, key.s);
	if (!twice)
		return true;
	refuse(f->err, ERROR_BAD_VALUE, "given twice");
	return blame(f->err, key);
}

/* The bytes of both are in the store. */
static void add_option(struct form *f, struct http_span key,
		       struct http_span value)
{
	f->rq->option[f->rq->noptions++] =
		(struct line_option){ key.s, value.s, value.n };
}

/* ------------------------------------------------------------- urlencoded -- */

static bool take_pair(struct form *f, struct http_span pair)
{
	const char *equals = memchr(pair.s, '=', pair.n);
	struct http_span raw = { pair.s,
				 equals ? (size_t)(equals - pair.s) : pair.n };
	struct http_span key, value;

	if (!form_decode(raw, true, f->store, &key, f->err))
		return blame(f->err, raw);
	if (!check_key(f, key))
		return false;
	if (!equals) {
		refuse(f->err, ERROR_MISSING_VALUE, "a value must follow");
		return blame(f->err, key);
	}
	raw = (struct http_span){ equals + 1, pair.n - raw.n - 1 };
	if (!form_decode(raw, true, f->store, &value, f->err))
		return blame(f->err, key);
	add_option(f, key, value);
	return true;
}

static bool take_pairs(struct form *f, struct http_span rest)
{
	while (rest.n) {
		const char *end = memchr(rest.s, '&', rest.n);
		struct http_span pair = { rest.s, end ? (size_t)(end - rest.s)
						      : rest.n };

		if (pair.n && !take_pair(f, pair))
			return false;
		rest.s += pair.n + (end != NULL);
		rest.n -= pair.n + (end != NULL);
	}
	return true;
}

/* ------------------------------------------------------------------- JSON -- */

static bool refuse_json(struct form_error *err, size_t at, const char *reason)
{
	char shown[JSON_MAX_SHOWN];

	show(shown, JSON_SHOWN, reason, strlen(reason));
	return refuse(err, ERROR_BAD_VALUE, "JSON, byte %zu: %s", at, shown);
}

/*
 * Before anything is built of it: a megabyte of brackets, or of members, would
 * take a hundred.  Strings are passed over; what is wrong with them, and with
 * the rest, jansson will say.
 */
static bool check_flat(struct form *f, struct http_span json)
{
	size_t members = 0, objects = 0;
	bool string = false;

	for (size_t i = 0; i < json.n; i++) {
		char c = json.s[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (string)
			continue;
		else if (c == '[' || (c == '{' && objects++))
			return refuse_json(f->err, i,
					   "one object is needed, without "
					   "others or arrays inside");
		else if (c == ':' && ++members > LINE_OPTIONS_MAX)
			return refuse_json(f->err, i, "too many members");
	}
	return true;
}

static bool take_value(struct form *f, struct http_span key,
		       struct http_span value)
{
	if (!check_bytes(value, f->err))
		return blame(f->err, key);
	key = keep(f->store, key.s, key.n);
	add_option(f, key, keep(f->store, value.s, value.n));
	return true;
}

static bool take_member(struct form *f, const char *name, const json_t *v)
{
	struct http_span key = { name, strlen(name) };
	char number[24];

	if (!check_key(f, key))
		return false;
	if (json_is_string(v))
		return take_value(f, key,
				  (struct http_span){ json_string_value(v),
						      json_string_length(v) });
	if (json_is_boolean(v))
		return take_value(
			f, key,
			(struct http_span){ json_is_true(v) ? "1" : "0", 1 });
	if (json_is_integer(v)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(v));
		return take_value(f, key,
				  (struct http_span){ number, strlen(number) });
	}
	refuse(f->err, ERROR_BAD_VALUE,
	       "a string, a whole number, true or false");
	return blame(f->err, key);
}

static bool take_members(struct form *f, json_t *object)
{
	void *at = json_object_iter(object);

	for (; at; at = json_object_iter_next(object, at))
		if (!take_member(f, json_object_iter_key(at),
				 json_object_iter_value(at)))
			return false;
	return true;
}

static bool take_json(struct form *f, struct http_span body)
{
	json_error_t why;
	json_t *object;
	bool ok;

	if (!body.n)
		return refuse_json(f->err, 0, "an object is needed");
	if (!check_flat(f, body))
		return false;
	object = json_loadb(body.s, body.n, JSON_REJECT_DUPLICATES, &why);
	if (!object)
		return refuse_json(f->err, (size_t)why.position, why.text);
	ok = take_members(f, object);
	json_decref(object);
	return ok;
}

/* ------------------------------------------------------------------- body -- */

/* A charset, when one is named, is UTF-8. */
static bool is_utf8(struct http_span parameters)
{
	struct http_span name, value;

	while (http_span_next(&parameters, ';', &value)) {
		http_span_next(&value, '=', &name);
		if (http_span_is(name, "charset") &&
		    !http_span_is(value, "utf-8") &&
		    !http_span_is(value, "\"utf-8\""))
			return false;
	}
	return true;
}

static bool take_body(struct form *f, const struct http_request *http)
{
	struct http_span rest = http->content_type, type;

	if (!rest.s && !http->body.n)
		return true;
	if (http_span_next(&rest, ';', &type)) {
		if (is_utf8(rest) && http_span_is(type, "application/json"))
			return take_json(f, http->body);
		if (is_utf8(rest) &&
		    http_span_is(type, "application/x-www-form-urlencoded"))
			return take_pairs(f, http->body);
	}
	return refuse_status(f->err, 415, ERROR_BAD_VALUE,
			     "Content-Type: application/json or "
			     "application/x-www-form-urlencoded, in UTF-8");
}

bool form_options(const struct http_request *http, struct line_request *rq,
		  struct buf *store, struct form_error *err)
{
	struct form f = { rq, store, err };

	/* So that nothing moves: decoded it is no longer, but for two NULs. */
	return make_room(store, http->query.n + http->body.n + 2, err) &&
	       take_pairs(&f, http->query) &&
	       (http->method != HTTP_POST || take_body(&f, http));
}

void form_drop_empty(struct line_request *rq)
{
	size_t kept = 0;

	for (size_t i = 0; i < rq->noptions; i++)
		if (rq->option[i].len)
			rq->option[kept++] = rq->option[i];
	rq->noptions = kept;
}
