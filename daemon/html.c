/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "html.h"

#include "buf.h"
#include "entity.h"
#include "printable.h"
#include "utf8.h"

#include <strings.h>

enum {
	THOUSANDS_MAX = 27 /* bytes of 2^64 - 1 with commas, and a NUL */
};

/* What stands for a character; NULL: itself. */
static const char *instead_of(uint32_t cp)
{
	switch (cp) {
	case '\t':
	case '\n':
	case '\r':
		return " ";
	case UINT32_MAX:
		return "\uFFFD";
	default:
		/* U+xxFFFE and U+xxFFFF are no characters, nor XML's. */
		return is_control(cp) || (cp & 0xFFFE) == 0xFFFE
			       ? ""
			       : html_entity(cp);
	}
}

void html_add(struct buf *out, const char *s, size_t n)
{
	size_t from = 0, at = 0, len;
	uint32_t cp;

	for (; at < n; at += len) {
		const char *other;

		len = utf8_decode(s + at, n - at, &cp);
		other = instead_of(cp);
		if (!other)
			continue;
		buf_add(out, s + from, at - from);
		buf_adds(out, other);
		from = at + len;
	}
	buf_add(out, s + from, n - from);
}

void html_adds(struct buf *out, const char *s)
{
	html_add(out, s, strlen(s));
}

void html_attr(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(out, " %s=\"", name);
	html_adds(out, value);
	buf_addc(out, '"');
}

void url_add(struct buf *out, const char *s, size_t n, const char *keep)
{
	for (size_t i = 0; i < n; i++) {
		const char c = s[i];
		const bool bare =
			(c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') || (c && strchr("-._~", c)) ||
			(c && strchr(keep, c));

		if (bare)
			buf_addc(out, c);
		else
			buf_addf(out, "%%%02X", (unsigned char)c);
	}
}

bool url_is_web(const char *s)
{
	size_t n = !strncasecmp(s, "http://", 7)    ? 7
		   : !strncasecmp(s, "https://", 8) ? 8
						    : 0;

	/* Browsers drop blanks and controls, and read \ as /: not here. */
	return n && s[n] && !strpbrk(s, " \\\t\r\n\f\v\"<>");
}

void add_number(struct buf *out, uint64_t n)
{
	char text[THOUSANDS_MAX];
	size_t at = sizeof(text) - 1;
	unsigned digits = 0;

	text[at] = '\0';
	do {
		if (digits && digits % 3 == 0)
			text[--at] = ',';
		text[--at] = (char)('0' + n % 10);
		digits++;
	} while (n /= 10);
	buf_adds(out, text + at);
}

void add_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
	add_number(out, n);
	buf_addf(out, " %s", n == 1 ? one : many);
}

void add_tenths(struct buf *out, uint64_t n)
{
	buf_addf(out, "%llu", (unsigned long long)(n / 10));
	if (n % 10)
		buf_addf(out, ".%u", (unsigned)(n % 10));
}
