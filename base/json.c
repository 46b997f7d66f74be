/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include "buf.h"
#include "printable.h"
#include "utf8.h"

static void add_escape(struct buf *out, unsigned char c)
{
	static const char letters[] = "btn?fr"; /* 8, 9, 10, -, 12, 13 */

	if (c == '"' || c == '\\') {
		buf_addc(out, '\\');
		buf_addc(out, (char)c);
	} else if (c >= 8 && c <= 13 && c != 11) {
		buf_addc(out, '\\');
		buf_addc(out, letters[c - 8]);
	} else {
		buf_addf(out, "\\u%04x", c);
	}
}

static bool needs_escape(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

/* U+0080 to U+009F: a terminal obeys them as it does ESC and a letter. */
static bool is_c1(const char *s, size_t n)
{
	return n > 1 && (unsigned char)s[0] == 0xC2 &&
	       (unsigned char)s[1] >= 0x80 && (unsigned char)s[1] < 0xA0;
}

void json_add_string(struct buf *out, const char *s, size_t n)
{
	size_t from = 0, i;

	buf_addc(out, '"');
	for (i = 0; i < n; i++) {
		bool c1 = is_c1(s + i, n - i);

		if (!c1 && !needs_escape((unsigned char)s[i]))
			continue;
		utf8_clean(s + from, i - from, out);
		i += c1;
		add_escape(out, (unsigned char)s[i]);
		from = i + 1;
	}
	utf8_clean(s + from, n - from, out);
	buf_addc(out, '"');
}

void json_add_printable(struct buf *out, const char *s, size_t n)
{
	struct buf json = BUF_INIT(out->max);
	uint32_t cp;

	json_add_string(&json, s, n);
	for (size_t i = 0, len; i < json.len; i += len) {
		len = utf8_decode(json.data + i, json.len - i, &cp);
		if (!is_control(cp))
			buf_add(out, json.data + i, len);
		else if (cp < 0x10000)
			buf_addf(out, "\\u%04x", (unsigned)cp);
		else /* a surrogate pair */
			buf_addf(out, "\\u%04x\\u%04x",
				 0xD7C0 + (unsigned)(cp >> 10),
				 0xDC00 + (unsigned)(cp & 0x3FF));
	}
	out->failed |= json.failed;
	buf_release(&json);
}

static int hex_digit(char c)
{
	const char lower = (char)(c | 0x20);

	if (c >= '0' && c <= '9')
		return c - '0';
	return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

bool json_read_u4(const char *s, size_t n, unsigned *out)
{
	unsigned v = 0;

	if (n < 6 || s[0] != '\\' || s[1] != 'u')
		return false;
	for (size_t i = 2; i < 6; i++) {
		int digit = hex_digit(s[i]);

		if (digit < 0)
			return false;
		v = v << 4 | (unsigned)digit;
	}
	*out = v;
	return true;
}

char json_simple_escape(char c)
{
	switch (c) {
	case '"':
	case '\\':
	case '/':
		return c;
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return '\0';
	}
}
