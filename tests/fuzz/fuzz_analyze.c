/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_analyze.c - any bytes, in any language, are words of a text
 *
 * The first byte chooses the language; the rest is the text.
 */
#include "analyze.h"
#include "buf.h"
#include "stem.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_word(const char *s, size_t len)
{
	check(len > 0 && len <= ANALYZE_WORD_BYTES && s[len] == '\0');
	check(utf8_valid(s, len) == len && !memchr(s, '\0', len));
	check(!memchr(s, ' ', len) && !memchr(s, '\n', len));
}

static void check_text(struct analyzer *a, const char *text, size_t len)
{
	struct token t;
	uint32_t position = 1;
	size_t begin = 0;

	analyzer_begin(a, text, len, 1);
	while (analyzer_next(a, &t)) {
		check_word(t.word, t.word_len);
		check_word(t.stem, t.stem_len);
		check(t.stem_len <= t.word_len);
		check(t.begin >= begin && t.begin < t.end && t.end <= len);
		check(t.overlap ? t.position == position - 1
				: t.position >= position);
		position = t.position + 1;
		begin = t.begin;
		check(analyzer_position(a) == position);
	}
	check(!analyzer_failed(a));
	check(analyzer_position(a) >= position);
}

static void check_fold(const char *text, size_t len)
{
	struct buf out = BUF_INIT(SIZE_MAX / 4);

	analyzer_fold(text, len, &out);
	check(!out.failed && utf8_valid(out.data, out.len) == out.len);
	check(!strstr(out.data, "  ") && !strchr(out.data, '\n'));
	buf_release(&out);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *const *languages = trawl_languages();
	const char *text = (const char *)data + 1;
	struct analyzer *a;
	size_t count = 0;

	if (!size)
		return 0;
	while (languages[count])
		count++;
	if (analyzer_new(languages[data[0] % count], &a, NULL) != TRAWL_OK)
		return 0;
	check_text(a, text, size - 1);
	check_text(a, text, size - 1);
	check_fold(text, size - 1);
	analyzer_free(a);
	return 0;
}
