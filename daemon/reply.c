/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reply.h"

#include "printable.h"

#include <inttypes.h>
#include <stdarg.h>

enum {
	FORMAT_MAX = 600,	     /* of an error, as it was written */
	TEXT_MAX = 4 * FORMAT_MAX,   /* escaped */
	KEYS_MAX = (1 << 20) - 4096, /* so that no line is over 1 MiB */
	ALL_MAX = 1 << 30
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

void answer_key(struct answer *a, const char *key, const char *value)
{
	if (!value)
		return;
	buf_addf(&a->keys, " %s=", key);
	reply_escape(&a->keys, value, strlen(value));
}

void answer_number(struct answer *a, const char *key, uint64_t value)
{
	buf_addf(&a->keys, " %s=%" PRIu64, key, value);
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
	buf_add(out, a->keys.data, a->keys.len);
	buf_adds(out, "\r\n");
	if (a->has_lines) {
		add_lines(out, a);
	} else if (a->has_bytes) {
		buf_add(out, a->body.data, a->body.len);
		buf_adds(out, "\r\n");
	}
}

void answer_print(struct buf *out, const struct verb *verb,
		  const struct answer *a)
{
	char text[FORMAT_MAX];

	if (a->text.failed) {
		reply_error(out, ERROR_INTERNAL, "no memory for an error");
	} else if (a->code) {
		reply_error(out, a->code, a->text.data);
	} else if (a->body.failed) {
		snprintf(text, sizeof(text),
			 "the reply is over max-reply=%zu bytes, or there is "
			 "no memory for it: ask for less",
			 a->body.max);
		reply_error(out, ERROR_TOO_LARGE, text);
	} else if (a->keys.failed) {
		reply_error(out, ERROR_TOO_LARGE,
			    "the status line is over 1 MiB, or there is no "
			    "memory for it: ask for less");
	} else {
		print_ok(out, verb, a);
	}
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
