/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "jsonl.h"

#include "buf.h"
#include "die.h"
#include "document.h"
#include "json.h"
#include "problem.h"
#include "utf8.h"

#include <jansson.h>

/* jansson allows 2048 levels of recursion; here it is counted beforehand. */
static bool is_too_deep(const char *s, size_t n)
{
	unsigned depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < n; i++) {
		char c = s[i];

		if (in_string) {
			if (c == '\\')
				i++;
			in_string = c != '"';
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
	}
	return false;
}

/*
 * Scrapers cut strings between the halves of a surrogate pair; jansson refuses
 * such a line.  Overwrite each lone half with \ufffd; how many there were.
 */
static size_t mend_surrogates(char *s, size_t n)
{
	size_t mended = 0;
	unsigned first, second;

	for (size_t i = 0; i + 1 < n; i++) {
		if (s[i] != '\\')
			continue;
		if (!json_read_u4(s + i, n - i, &first)) {
			i++;
			continue;
		}
		if (first >= 0xD800 && first < 0xDC00 &&
		    json_read_u4(s + i + 6, n - i - 6, &second) &&
		    second >= 0xDC00 && second < 0xE000) {
			i += 11;
		} else if (first >= 0xD800 && first < 0xE000) {
			memcpy(s + i, "\\ufffd", 6);
			mended++;
			i += 5;
		}
	}
	return mended;
}

static json_t *load(const char *s, size_t n, json_error_t *err)
{
	return json_loadb(s, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, err);
}

static json_t *load_mended(const char *line, size_t len, size_t *replaced,
			   json_error_t *err)
{
	struct buf copy = BUF_INIT(4 * (size_t)JSON_LINE_MAX);
	size_t bad = utf8_clean(line, len, &copy);
	json_t *json = NULL;

	if (!copy.failed && copy.alloc) {
		bad += mend_surrogates(copy.data, copy.len);
		if (bad)
			json = load(copy.data, copy.len, err);
	}
	buf_release(&copy);
	*replaced = json ? bad : 0;
	return json;
}

static bool take_id(struct document *doc, const json_t *value,
		    struct problem *why)
{
	const char *s = json_string_value(value);
	const size_t len = json_string_length(value);

	if (json_is_integer(value)) {
		doc->id = arena_printf(&doc->arena, "%lld",
				       (long long)json_integer_value(value));
		return true;
	}
	if (!s || !len)
		return problem(why, "E_FIELD",
			       "id: must be a string of one byte or more, or "
			       "an integer");
	if (len > TRAWL_ID_MAX)
		return problem(why, "E_FIELD", "id: %zu bytes, the limit is %d",
			       len, TRAWL_ID_MAX);
	if (strlen(s) != len)
		return problem(why, "E_FIELD", "id: holds a NUL");
	document_set_id(doc, s, len);
	return true;
}

static bool take_text(struct document *doc, const json_t *value,
		      struct problem *why)
{
	if (!json_is_string(value))
		return problem(why, "E_FIELD", "text: must be a string");
	doc->text = json_string_value(value);
	doc->text_len = json_string_length(value);
	return true;
}

static bool is_strings(const json_t *value)
{
	size_t i;
	json_t *item;

	json_array_foreach(value, i,
			   item) if (!json_is_string(item)) return false;
	return json_is_array(value);
}

static void add_string(struct document *doc, const char *name,
		       const json_t *value)
{
	document_add_borrowed(doc, name, json_string_value(value),
			      json_string_length(value), false);
}

/* A number, true, false or null. */
static void print_scalar(struct buf *out, const json_t *value, size_t digits)
{
	char *text = json_dumps(value,
				JSON_ENCODE_ANY | JSON_REAL_PRECISION(digits));

	if (!text)
		die("out of memory");
	buf_adds(out, text);
	free(text);
}

/* 0.1 is written as 0.1: with as few digits as give the number back. */
static void print_real(struct buf *out, const json_t *value)
{
	const size_t from = out->len;

	for (size_t digits = 15; digits <= 17; digits++) {
		buf_truncate(out, from);
		print_scalar(out, value, digits);
		if (out->failed ||
		    strtod(out->data + from, NULL) == json_real_value(value))
			break;
	}
}

static void print_json(struct buf *out, const json_t *value);

static void print_array(struct buf *out, const json_t *array)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i)
			buf_addc(out, ',');
		print_json(out, json_array_get(array, i));
	}
	buf_addc(out, ']');
}

static void print_object(struct buf *out, json_t *object)
{
	char before = '{';
	const char *key;
	json_t *value;

	json_object_foreach(object, key, value)
	{
		buf_addc(out, before);
		json_add_string(out, key, strlen(key));
		buf_addc(out, ':');
		print_json(out, value);
		before = ',';
	}
	buf_adds(out, before == '{' ? "{}" : "}");
}

/* As deep as JSON_DEPTH_MAX. */
static void print_json(struct buf *out, const json_t *value)
{
	if (json_is_object(value))
		print_object(out, (json_t *)value);
	else if (json_is_array(value))
		print_array(out, value);
	else if (json_is_string(value))
		json_add_string(out, json_string_value(value),
				json_string_length(value));
	else if (json_is_real(value))
		print_real(out, value);
	else
		print_scalar(out, value, 0);
}

static void add_json(struct document *doc, const char *name,
		     const json_t *value)
{
	struct buf text = BUF_INIT(2 * (size_t)JSON_LINE_MAX);
	char *copy = NULL;

	print_json(&text, value);
	if (!text.failed)
		copy = arena_strndup(&doc->arena, text.data, text.len);
	if (!copy)
		die("out of memory");
	document_add_borrowed(doc, name, copy, text.len, true);
	buf_release(&text);
}

static void take_field(struct document *doc, const char *name, json_t *value)
{
	size_t i;
	json_t *item;

	if (json_is_null(value))
		return;
	if (json_is_string(value)) {
		add_string(doc, name, value);
	} else if (is_strings(value)) {
		json_array_foreach(value, i, item) add_string(doc, name, item);
	} else {
		add_json(doc, name, value);
	}
}

static bool take_members(struct document *doc, struct problem *why)
{
	const char *key;
	json_t *value;

	json_object_foreach(doc->json, key, value)
	{
		bool ok = true;

		if (!strcmp(key, "id") && !json_is_null(value))
			ok = take_id(doc, value, why);
		else if (!strcmp(key, "text") && !json_is_null(value))
			ok = take_text(doc, value, why);
		else if (!*key)
			ok = problem(why, "E_FIELD", "a key is empty");
		else if (strcmp(key, "id"))
			take_field(doc, key, value);
		if (!ok)
			return false;
	}
	return true;
}

bool jsonl_load(const char *line, size_t len, struct document *doc,
		size_t *replaced, struct problem *why)
{
	json_error_t err;

	*replaced = 0;
	if (is_too_deep(line, len))
		return problem(why, "E_JSON_DEPTH", "nested deeper than %d",
			       JSON_DEPTH_MAX);
	doc->json = load(line, len, &err);
	if (!doc->json)
		doc->json = load_mended(line, len, replaced, &err);
	if (!doc->json)
		return problem(why, "E_JSON", "%s at byte %d", err.text,
			       err.position);
	if (!json_is_object(doc->json))
		return problem(why, "E_JSON", "not an object");
	return take_members(doc, why);
}

bool jsonl_parse(char *line, size_t len, struct document *doc, size_t *replaced,
		 struct problem *why)
{
	*replaced = 0;
	return jsonl_scan(line, len, doc) ||
	       jsonl_load(line, len, doc, replaced, why);
}
