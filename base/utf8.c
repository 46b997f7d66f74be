/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "utf8.h"

#include "buf.h"

/* The second byte's range depends on the first (RFC 3629, section 4). */
static bool second_ok(unsigned char first, unsigned char c)
{
	unsigned char lo = 0x80, hi = 0xBF;

	if (first == 0xE0)
		lo = 0xA0;
	else if (first == 0xED)
		hi = 0x9F;
	else if (first == 0xF0)
		lo = 0x90;
	else if (first == 0xF4)
		hi = 0x8F;
	return c >= lo && c <= hi;
}

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xC2 || first > 0xF4)
		return 0;
	return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

size_t utf8_decode(const char *s, size_t n, uint32_t *cp)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t len = sequence_length(p[0]);

	if (len == 1) {
		*cp = p[0];
		return 1;
	}
	*cp = UINT32_MAX;
	if (!len || n < 2 || !second_ok(p[0], p[1]))
		return 1;

	uint32_t c = (p[0] & (0x7Fu >> len)) << 6 | (p[1] & 0x3F);

	for (size_t i = 2; i < len; i++) {
		if (i == n || (p[i] & 0xC0) != 0x80)
			return i;
		c = c << 6 | (p[i] & 0x3F);
	}
	*cp = c;
	return len;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
		out[2] = (char)(0x80 | (cp & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
	out[3] = (char)(0x80 | (cp & 0x3F));
	return 4;
}

static size_t ascii_run(const char *s, size_t n)
{
	size_t i = 0;
	uint64_t word[4];

	for (; i + sizeof(word) <= n; i += sizeof(word)) {
		memcpy(word, s + i, sizeof(word));
		if ((word[0] | word[1] | word[2] | word[3]) &
		    0x8080808080808080u)
			break;
	}
	while (i < n && !(s[i] & 0x80))
		i++;
	return i;
}

/* Characters of two bytes: letters from Latin to Arabic. */
static size_t pairs_run(const char *s, size_t n)
{
	size_t i = 0;

	while (n - i >= 2 && (unsigned char)s[i] >= 0xC2 &&
	       (unsigned char)s[i] < 0xE0 && (s[i + 1] & 0xC0) == 0x80)
		i += 2;
	return i;
}

size_t utf8_valid(const char *s, size_t n)
{
	size_t i = 0;
	uint32_t cp;

	while ((i += ascii_run(s + i, n - i)) < n) {
		size_t len = pairs_run(s + i, n - i);

		if (!len) {
			len = utf8_decode(s + i, n - i, &cp);
			if (cp == UINT32_MAX)
				return i;
		}
		i += len;
	}
	return n;
}

size_t utf8_clean(const char *s, size_t n, struct buf *out)
{
	size_t bad = 0;
	uint32_t cp;

	while (n) {
		size_t good = utf8_valid(s, n);

		buf_add(out, s, good);
		s += good;
		n -= good;
		if (!n)
			break;

		size_t len = utf8_decode(s, n, &cp);

		buf_adds(out, "\xEF\xBF\xBD");
		s += len;
		n -= len;
		bad++;
	}
	return bad;
}

size_t utf8_cut(const char *s, size_t n, size_t at)
{
	if (at >= n)
		return n;

	size_t cut = at;

	while (cut && at - cut < 3 && ((unsigned char)s[cut] & 0xC0) == 0x80)
		cut--;
	return ((unsigned char)s[cut] & 0xC0) == 0x80 ? at : cut;
}
