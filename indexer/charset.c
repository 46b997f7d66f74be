/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "charset.h"

#include "buf.h"
#include "problem.h"
#include "utf8.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>
#include <uchardet/uchardet.h>

enum {
	SNIFF_BYTES = 8192,    /* where a zero byte means binary */
	GUESS_BYTES = 1 << 20, /* what the guess looks at */
	GARBLED_ONE_IN = 20    /* more malformed bytes than that: refused */
};

/* clang-format off */
static const struct {
	const char *bytes;
	size_t len;
	const char *charset;
} marks[] = {
	{ "\357\273\277", 3, "UTF-8" },
	{ "\377\376\0\0", 4, "UTF-32LE" },
	{ "\0\0\376\377", 4, "UTF-32BE" },
	{ "\377\376", 2, "UTF-16LE" },
	{ "\376\377", 2, "UTF-16BE" },
};

/* What pages mean by these names (the WHATWG encoding standard). */
static const struct {
	const char *said, *meant;
} aliases[] = {
	{ "ascii", "CP1252" },          { "us-ascii", "CP1252" },
	{ "iso-8859-1", "CP1252" },     { "iso8859-1", "CP1252" },
	{ "latin1", "CP1252" },         { "x-cp1252", "CP1252" },
	{ "windows-1252", "CP1252" },   { "iso-8859-9", "CP1254" },
	{ "iso-8859-11", "CP874" },     { "tis-620", "CP874" },
	{ "gb2312", "GB18030" },        { "gbk", "GB18030" },
	{ "x-gbk", "GB18030" },         { "gb_2312-80", "GB18030" },
	{ "shift_jis", "CP932" },       { "shift-jis", "CP932" },
	{ "sjis", "CP932" },            { "x-sjis", "CP932" },
	{ "euc-kr", "CP949" },          { "ks_c_5601-1987", "CP949" },
	{ "big5", "BIG5-HKSCS" },       { "x-mac-cyrillic", "MACCYRILLIC" },
	{ "macintosh", "MACINTOSH" },   { "x-euc-jp", "EUC-JP" },
	{ "mac-cyrillic", "MACCYRILLIC" },
};
/* clang-format on */

static const char *meant(const char *said)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (!strcasecmp(aliases[i].said, said))
			return aliases[i].meant;
	return said;
}

/* Zero bytes on one side of each pair only: Western text in UTF-16. */
static const char *utf16_without_mark(const char *s, size_t n)
{
	size_t zeros[2] = { 0, 0 };
	size_t seen = n < SNIFF_BYTES ? n & ~(size_t)1 : SNIFF_BYTES;

	for (size_t i = 0; i < seen; i++)
		zeros[i & 1] += !s[i];
	if (zeros[1] > seen / 3 && !zeros[0])
		return "UTF-16LE";
	if (zeros[0] > seen / 3 && !zeros[1])
		return "UTF-16BE";
	return NULL;
}

static void add_replacement(struct buf *out, size_t *replaced)
{
	buf_adds(out, "\xEF\xBF\xBD");
	++*replaced;
}

/* What iconv holds back: the last character may combine with another. */
static void flush(iconv_t cd, struct buf *out)
{
	char last[64];
	char *to = last;
	size_t room = sizeof(last);

	iconv(cd, NULL, NULL, &to, &room);
	buf_add(out, last, (size_t)(to - last));
}

/* Convert what iconv can; skip a byte and go on where it cannot. */
static void convert_all(iconv_t cd, const char *s, size_t n, struct buf *out,
			size_t *replaced)
{
	char chunk[8192];
	char *in = (char *)s;

	while (n) {
		char *to = chunk;
		size_t room = sizeof(chunk);
		size_t rc = iconv(cd, &in, &n, &to, &room);

		buf_add(out, chunk, (size_t)(to - chunk));
		if (rc != (size_t)-1 || errno == E2BIG)
			continue;

		bool cut_short = errno == EINVAL;

		flush(cd, out);
		add_replacement(out, replaced);
		if (cut_short)
			break;
		in++;
		n--;
	}
	flush(cd, out);
}

/* False, and out as it was: unknown charset, or too much of it is malformed. */
static bool convert(const char *s, size_t n, const char *charset,
		    struct buf *out, size_t *replaced)
{
	const size_t before = out->len;
	size_t bad = 0;
	iconv_t cd = iconv_open("UTF-8", meant(charset));

	if (cd == (iconv_t)-1)
		return false;
	convert_all(cd, s, n, out, &bad);
	iconv_close(cd);
	if (bad > n / GARBLED_ONE_IN + 1) {
		buf_truncate(out, before);
		return false;
	}
	*replaced += bad;
	return true;
}

static bool has_escapes(const char *s, size_t n, const char *declared)
{
	return declared &&
	       (!strncasecmp(declared, "iso-2022-", 9) ||
		!strcasecmp(declared, "hz-gb-2312")) &&
	       (memchr(s, 0x1B, n) || memmem(s, n, "~{", 2));
}

/*
 * Are most of the bytes over 127 part of characters?  One character is enough
 * when little is malformed: in other encodings, where the letters over 127 are
 * rare, it does not come about by chance.
 */
static bool is_mostly_utf8(const char *s, size_t n)
{
	const size_t few = n / GARBLED_ONE_IN;
	size_t good = 0, bad = 0;

	while (n) {
		uint32_t cp;
		size_t len = utf8_decode(s, n, &cp);

		good += len > 1 && cp != UINT32_MAX;
		bad += cp == UINT32_MAX;
		s += len;
		n -= len;
	}
	return good > bad || (good && bad <= few);
}

static bool convert_guess(const char *s, size_t n, struct buf *out,
			  size_t *replaced)
{
	uchardet_t guess = uchardet_new();
	bool ok = false;

	if (!guess)
		return false;
	if (!uchardet_handle_data(guess, s,
				  n < GUESS_BYTES ? n : GUESS_BYTES)) {
		uchardet_data_end(guess);

		const char *name = uchardet_get_charset(guess);

		ok = *name && strcasecmp(name, "UTF-8") &&
		     convert(s, n, name, out, replaced);
	}
	uchardet_delete(guess);
	return ok;
}

static bool read_marked(const char *s, size_t n, struct buf *out,
			size_t *replaced)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		const size_t len = marks[i].len;

		if (n < len || memcmp(s, marks[i].bytes, len))
			continue;
		if (i == 0) {
			*replaced += utf8_clean(s + len, n - len, out);
			return true;
		}
		return convert(s + len, n - len, marks[i].charset, out,
			       replaced);
	}
	return false;
}

/* With bytes that are neither UTF-8 nor marked. */
static bool read_legacy(const char *s, size_t n, const char *declared,
			struct buf *out, size_t *replaced)
{
	bool says_utf8 = declared && (!strcasecmp(declared, "utf-8") ||
				      !strcasecmp(declared, "utf8"));
	bool says_wide = declared && !strncasecmp(declared, "utf-", 4);

	if (declared && !says_wide && convert(s, n, declared, out, replaced))
		return true;
	if (is_mostly_utf8(s, n)) {
		*replaced += utf8_clean(s, n, out);
		return true;
	}
	if (convert_guess(s, n, out, replaced))
		return true;
	if (!says_utf8)
		return false;
	*replaced += utf8_clean(s, n, out);
	return true;
}

bool read_text(const char *s, size_t n, const char *declared, struct buf *out,
	       size_t *replaced, struct problem *why)
{
	*replaced = 0;
	if (read_marked(s, n, out, replaced))
		return true;
	if (memchr(s, '\0', n < SNIFF_BYTES ? n : SNIFF_BYTES)) {
		const char *wide = utf16_without_mark(s, n);

		return (wide && convert(s, n, wide, out, replaced)) ||
		       problem(why, "E_BINARY",
			       "a zero byte in the first %d bytes: not text",
			       SNIFF_BYTES);
	}
	if (has_escapes(s, n, declared) &&
	    convert(s, n, declared, out, replaced))
		return true;
	if (utf8_valid(s, n) == n) {
		buf_add(out, s, n);
		return true;
	}
	if (read_legacy(s, n, declared, out, replaced))
		return true;
	return problem(why, "E_CHARSET",
		       "neither UTF-8 nor an encoding that can be recognised");
}
