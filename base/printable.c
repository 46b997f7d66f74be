/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "printable.h"

#include "buf.h"
#include "utf8.h"

bool is_control(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x200B ||
	       cp == 0x200E || cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) ||
	       (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF || cp == 0x61C ||
	       (cp >= 0xFFF9 && cp <= 0xFFFB) ||
	       (cp >= 0xE0000 && cp <= 0xE007F) || cp == UINT32_MAX;
}

static void add_escaped(struct buf *out, const char *s, size_t n,
			const char *fmt_prefix, bool percent)
{
	while (n) {
		uint32_t cp;
		size_t len = utf8_decode(s, n, &cp);

		if (!is_control(cp) && !(percent && cp == '%'))
			buf_add(out, s, len);
		else
			for (size_t i = 0; i < len; i++)
				buf_addf(out, "%s%02X", fmt_prefix,
					 (unsigned char)s[i]);
		s += len;
		n -= len;
	}
}

void add_printable(struct buf *out, const char *s, size_t n)
{
	add_escaped(out, s, n, "\\x", false);
}

void add_percent(struct buf *out, const char *s, size_t n)
{
	add_escaped(out, s, n, "%", true);
}
