/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "status.h"

#include "utf8.h"

static const char *const names[] = {
	"TRAWL_OK",	  "TRAWL_NOMEM",      "TRAWL_INVAL",
	"TRAWL_BADQUERY", "TRAWL_TOOCOMPLEX", "TRAWL_BADOPTION",
	"TRAWL_BADVALUE", "TRAWL_NOTFOUND",   "TRAWL_REFUSED",
	"TRAWL_LOCKED",	  "TRAWL_STALE",      "TRAWL_MISMATCH",
	"TRAWL_TIMEOUT",  "TRAWL_CORRUPT",    "TRAWL_IO",
	"TRAWL_INTERNAL",
};

const char *trawl_status_name(enum trawl_status st)
{
	size_t i = (size_t)st;

	return i < sizeof(names) / sizeof(*names) ? names[i] : "TRAWL_UNKNOWN";
}

const char *trawl_version(void)
{
	return TRAWL_VERSION;
}

static void write_line(struct trawl_error *err, unsigned column,
		       const char *fmt, va_list ap)
{
	const size_t max = sizeof(err->text) - 1;
	int n = vsnprintf(err->text, sizeof(err->text), fmt, ap);
	size_t len = n < 0 ? 0 : (size_t)n;

	err->column = column;
	if (len > max)
		len = utf8_cut(err->text, max, max - 1);
	err->text[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)err->text[i] < 0x20 || err->text[i] == 0x7F)
			err->text[i] = ' ';
}

enum trawl_status fail(struct trawl_error *err, enum trawl_status st,
		       const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (err)
		write_line(err, 0, fmt, ap);
	va_end(ap);
	return st;
}

enum trawl_status fail_at(struct trawl_error *err, enum trawl_status st,
			  unsigned column, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (err)
		write_line(err, column, fmt, ap);
	va_end(ap);
	return st;
}

enum trawl_status fail_nomem(struct trawl_error *err)
{
	return fail(err, TRAWL_NOMEM, "out of memory");
}
