/* SPDX-License-Identifier: MIT */
#include "wire_error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
	"TRAWL_CLIENT_OK",	"TRAWL_CLIENT_AGAIN",  "TRAWL_CLIENT_REFUSED",
	"TRAWL_CLIENT_TIMEOUT", "TRAWL_CLIENT_CLOSED", "TRAWL_CLIENT_PROTOCOL",
	"TRAWL_CLIENT_INVAL",	"TRAWL_CLIENT_NOMEM",  "TRAWL_CLIENT_IO",
};

const char *trawl_client_status_name(enum trawl_client_status st)
{
	size_t i = (size_t)st;

	return i < sizeof(names) / sizeof(*names) ? names[i]
						  : "TRAWL_CLIENT_UNKNOWN";
}

/* C0, DEL, and C1 (U+0080 to U+009F: C2 80 to C2 9F). */
static void blank_controls(char *s)
{
	for (; *s; s++) {
		unsigned char a = (unsigned char)s[0];
		unsigned char b = (unsigned char)s[1];

		if (a < 0x20 || a == 0x7F)
			*s = ' ';
		else if (a == 0xC2 && b >= 0x80 && b <= 0x9F)
			s[0] = s[1] = ' ';
	}
}

/* Where a text of more than max bytes ends, and no character is torn. */
static size_t whole_characters(const char *s, size_t max)
{
	while (max > 0 && ((unsigned char)s[max] & 0xC0) == 0x80)
		max--;
	return max;
}

enum trawl_client_status wire_fail(struct trawl_client_error *err,
				   enum trawl_client_status st, const char *fmt,
				   ...)
{
	va_list ap;

	if (!err)
		return st;
	va_start(ap, fmt);

	const size_t last = sizeof(err->text) - 1;
	int n = vsnprintf(err->text, sizeof(err->text), fmt, ap);

	va_end(ap);
	if (n < 0)
		err->text[0] = '\0';
	else if ((size_t)n > last)
		err->text[whole_characters(err->text, last - 1)] = '\0';
	blank_controls(err->text);
	return st;
}

enum trawl_client_status wire_fail_nomem(struct trawl_client_error *err)
{
	return wire_fail(err, TRAWL_CLIENT_NOMEM, "out of memory");
}
