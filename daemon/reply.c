/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reply.h"

#include "printable.h"

#include <inttypes.h>
#include <stdarg.h>

enum {
	FORMAT_MAX = 600,	     /* of an error, as it was written */
	TEXT_MAX = 4 * FORMAT_MAX,   /* escaped */
	KEYS_MAX = (1 << 20) - 4096, /* so that no line is over 1 MiB */
	ESCAPED_MAX = 3,	     /* bytes that one is, escaped */
	ALL_MAX = 1 << 30
};

/* What a key begins with in struct answer's keys; it goes on
 * KEY NUL VALUE NUL. */
enum {
	PAIR_TEXT = 's',
	PAIR_NUMBER = 'n'
};

void answer_init(struct answer *a, size_t max)
{
	*a = (struct answer){
		.text = BUF_INIT(TEXT_MAX),
		.keys = BUF_INIT(KEYS_MAX),
		.body = BUF_INIT(max < ALL_MAX ? max : ALL_MAX),
	};
}

void answer_release(struct answer *a)
{
	buf_release(&a->text);
	buf_release(&a->keys);
	buf_release(&a->body);
}

void answer_reset(struct answer *a)
{
	struct answer empty = { .text = a->text,
				.keys = a->keys,
				.body = a->body };

	*a = empty;
	buf_reset(&a->text);
	buf_reset(&a->keys);
	buf_reset(&a->body);
}

bool answer_next(const struct answer *a, size_t *at, struct answer_pair *out)
{
	const char *p = a->keys.data + *at;

	if (*at >= a->keys.len)
		return false;
	out->number = *p == PAIR_NUMBER;
	out->key = p + 1;
	out->value = out->key + strlen(out->key) + 1;
	*at = (size_t)(out->value + strlen(out->value) + 1 - a->keys.data);
	return true;
}

static void add_keys(struct buf *out, const struct answer *a)
{
	struct answer_pair pair;

	for (size_t at = 0; answer_next(a, &at, &pair);) {
		buf_addf(out, " %s=", pair.key);
		reply_escape(out, pair.value, strlen(pair.value));
	}
}

/* A line has the narrowest limit, which holds on every wire: what can be had
 * in one can be had in all. */
static void check_length(struct answer *a)
{
	struct buf line = BUF_INIT(KEYS_MAX);

	if (a->keys.len <= KEYS_MAX / ESCAPED_MAX)
		return;
	add_keys(&line, a);
	a->keys.failed |= line.failed;
	buf_release(&line);
}

/* Whole or not at all, so that answer_next() never sees half of one. */
static void add_pair(struct answer *a, char kind, const char *key,
		     const char *value)
{
	const size_t key_size = strlen(key) + 1, size = strlen(value) + 1;

	if (!buf_reserve(&a->keys, 1 + key_size + size))
		return;
	buf_addc(&a->keys, kind);
	buf_add(&a->keys, key, key_size);
	buf_add(&a->keys, value, size);
	check_length(a);
}

void answer_key(struct answer *a, const char *key, const char *value)
{
	if (value)
		add_pair(a, PAIR_TEXT, key, value);
}

void answer_number(struct answer *a, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, value);
	add_pair(a, PAIR_NUMBER, key, digits);
}

void answer_error(struct answer *a, enum error_code code, const char *fmt, ...)
{
	char text[FORMAT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	answer_reset(a);
	a->code = code;
	add_printable(&a->text, text, strlen(text));
}

bool answer_sink(void *answer, const char *bytes, size_t n)
{
	struct answer *a = answer;

	buf_add(&a->body, bytes, n);
	for (size_t i = 0; i < n; i++)
		a->lines += bytes[i] == '\n';
	return !a->body.failed;
}

static void add_lines(struct buf *out, const struct answer *a)
{
	const char *s = a->body.data, *end = s + a->body.len;

	while (s < end) {
		const char *eol = memchr(s, '\n', (size_t)(end - s));

		if (!eol)
			eol = end;
		buf_add(out, s, (size_t)(eol - s));
		buf_adds(out, "\r\n");
		s = eol + 1;
	}
	buf_adds(out, "END\r\n");
}

static void print_ok(struct buf *out, const struct verb *verb,
		     const struct answer *a)
{
	buf_addf(out, "OK %s", verb->name);
	if (a->has_lines)
		buf_addf(out, " n=%zu", a->lines);
	else if (a->has_bytes)
		buf_addf(out, " bytes=%zu", a->body.len);
	add_keys(out, a);
	buf_adds(out, "\r\n");
	if (a->has_lines) {
		add_lines(out, a);
	} else if (a->has_bytes) {
		buf_add(out, a->body.data, a->body.len);
		buf_adds(out, "\r\n");
	}
}

enum error_code answer_outcome(const struct answer *a, struct buf *text)
{
	if (a->text.failed) {
		buf_adds(text, "no memory for an error");
		return ERROR_INTERNAL;
	}
	if (a->code) {
		buf_add(text, a->text.data, a->text.len);
	} else if (a->body.failed) {
		buf_addf(text,
			 "the reply is over max-reply=%zu bytes, or there is "
			 "no memory for it: ask for less",
			 a->body.max);
	} else if (a->keys.failed) {
		buf_adds(text, "the status line is over 1 MiB, or there is no "
			       "memory for it: ask for less");
	} else {
		return ERROR_NONE;
	}
	return a->code ? a->code : ERROR_TOO_LARGE;
}

void answer_print(struct buf *out, const struct verb *verb,
		  const struct answer *a)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	enum error_code code = answer_outcome(a, &text);

	if (code)
		reply_error(out, code, text.data);
	else
		print_ok(out, verb, a);
	buf_release(&text);
}

void reply_error(struct buf *out, enum error_code code, const char *text)
{
	buf_addf(out, "ERR %u %s ", (unsigned)code, error_slug(code));
	add_printable(out, text, strlen(text));
	buf_adds(out, "\r\n");
}

void reply_bye(struct buf *out, const char *reason)
{
	buf_addf(out, "* BYE %s\r\n", reason);
}

void reply_escape(struct buf *out, const char *s, size_t n)
{
	const char *end = s + n;

	while (s < end) {
		const char *space = memchr(s, ' ', (size_t)(end - s));

		if (!space)
			space = end;
		add_percent(out, s, (size_t)(space - s));
		if (space < end)
			buf_adds(out, "%20");
		s = space + 1;
	}
}
