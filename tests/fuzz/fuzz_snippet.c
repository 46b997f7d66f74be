/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_snippet.c - passages of any text for any words
 *
 * The first byte chooses how many passages; the rest of the first line is the
 * words, each up to a blank: "~run" a stem, "elect*" a prefix, "carbon_tax" a
 * phrase; what follows is the text.
 */
#include "fuzz.h"
#include "snippet_check.h"

enum {
	WORDS = 70 /* more than are looked for */
};

struct input {
	struct snippet_word word[WORDS];
	struct snippet_request rq;
	uint32_t groups;
};

static void add_word(struct input *in, const char *s, size_t len,
		     uint32_t group, uint32_t order)
{
	struct snippet_word *w = &in->word[in->rq.nwords];

	*w = (struct snippet_word){ .group = group, .order = order };
	w->stem = len && *s == '~';
	w->prefix = len && s[len - 1] == '*';
	w->weight = 1 + (double)(in->rq.nwords % 3);
	if (len < (size_t)w->stem + w->prefix)
		return;
	w->text = s + w->stem;
	w->len = (uint32_t)(len - w->stem - w->prefix);
	in->rq.nwords++;
}

static void add_words(struct input *in, const char *s, size_t len)
{
	uint32_t order = 0;
	size_t begin = 0;

	in->groups++;
	for (size_t i = 0; i <= len && in->rq.nwords < WORDS; i++)
		if (i == len || s[i] == '_') {
			add_word(in, s + begin, i - begin,
				 memchr(s, '_', len) ? in->groups : 0, order++);
			begin = i + 1;
		}
}

static void read_input(struct input *in, const char *s, size_t size)
{
	const char *line = memchr(s, '\n', size);
	size_t len = line ? (size_t)(line - s) : size, begin = 1;

	in->rq.max = 1 + (unsigned char)*s % TRAWL_SNIPPETS_MAX;
	for (size_t i = 1; i <= len; i++)
		if (i == len || s[i] == ' ') {
			if (i > begin)
				add_words(in, s + begin, i - begin);
			begin = i + 1;
		}
	in->rq.words = in->word;
	in->rq.text = s + len + (line != NULL);
	in->rq.text_len = size - len - (line != NULL);
}

static struct snippet_seen seen, again;

static void check_passages(struct analyzer *a, struct input *in)
{
	const char *const *plain, *const *marked;
	size_t nplain, nmarked;
	struct arena arena;

	arena_init(&arena, 1 << 20);
	for (unsigned m = TRAWL_MARK_HTML; m <= TRAWL_MARK_TERM; m++) {
		in->rq.mark = TRAWL_MARK_NONE;
		PROMISE(snippet_make(a, &in->rq, &arena, &plain, &nplain,
				     NULL) == TRAWL_OK);
		in->rq.mark = (enum trawl_mark)m;
		PROMISE(snippet_make(a, &in->rq, &arena, &marked, &nmarked,
				     NULL) == TRAWL_OK);
		PROMISE(nplain <= in->rq.max && nmarked == nplain);
		for (size_t i = 0; i < nplain; i++) {
			PROMISE(!snippet_passage(plain[i], TRAWL_MARK_NONE,
						 &seen));
			PROMISE(!snippet_passage(marked[i], in->rq.mark,
						 &again));
			PROMISE(seen.len && !strcmp(seen.plain, again.plain));
			PROMISE(!i || strcmp(plain[i - 1], plain[i]) != 0);
		}
	}
	arena_release(&arena);
}

static void check_title(struct analyzer *a, struct input *in)
{
	struct arena arena;
	const char *s;

	if (in->rq.text_len > SNIPPET_BYTES_MAX)
		in->rq.text_len = SNIPPET_BYTES_MAX;
	arena_init(&arena, 1 << 20);
	for (unsigned m = TRAWL_MARK_HTML; m <= TRAWL_MARK_TERM; m++) {
		in->rq.mark = (enum trawl_mark)m;
		PROMISE(snippet_mark(a, &in->rq, &arena, &s, NULL) == TRAWL_OK);
		PROMISE(!snippet_look(s, in->rq.mark, &seen));
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .rq.nwords = 0 };
	struct analyzer *a;

	if (!size || analyzer_new("english", &a, NULL) != TRAWL_OK)
		return 0;
	read_input(&in, (const char *)data, size);
	check_passages(a, &in);
	check_title(a, &in);
	analyzer_free(a);
	return 0;
}
