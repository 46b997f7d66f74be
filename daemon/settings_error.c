/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings_parts.h"

#include "buf.h"
#include "printable.h"

#include <stdarg.h>

static bool fill(struct settings_error *err, bool could_not, const char *fmt,
		 va_list ap) __attribute__((format(printf, 3, 0)));

static bool fill(struct settings_error *err, bool could_not, const char *fmt,
		 va_list ap)
{
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	err->could_not = could_not;
	return false;
}

bool settings_wrong(struct settings_error *err, const char *fmt, ...)
{
	va_list ap;
	bool no;

	va_start(ap, fmt);
	no = fill(err, false, fmt, ap);
	va_end(ap);
	return no;
}

bool settings_could_not(struct settings_error *err, const char *fmt, ...)
{
	va_list ap;
	bool no;

	va_start(ap, fmt);
	no = fill(err, true, fmt, ap);
	va_end(ap);
	return no;
}

void settings_shown(const char *text, char out[VALUE_SHOWN + 1])
{
	struct buf b = BUF_INIT(4096);
	size_t len = strlen(text);

	add_printable(&b, text, len < VALUE_SHOWN ? len : VALUE_SHOWN);
	snprintf(out, VALUE_SHOWN + 1, "%s", b.data);
	buf_release(&b);
}
