/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_snippet.c - passages of any text for any words
 *
 * The first byte chooses how many passages; the rest of the first line is the
 * words, each up to a blank: "~run" a stem, "elect*" a prefix, "carbon_tax" a
 * phrase; what follows is the text.
 */
#include "fuzz.h"
#include "sieve.h"
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

static bool is_word(const struct snippet_word *w, const struct token *t)
{
	const char *s = w->stem ? t->stem : t->word;
	const size_t len = w->stem ? t->stem_len : t->word_len;

	return w->len && len >= w->len && (len == w->len || w->prefix) &&
	       !memcmp(s, w->text, w->len);
}

static bool is_any(const struct input *in, const struct token *t)
{
	size_t n = in->rq.nwords < SIEVE_WORDS ? in->rq.nwords : SIEVE_WORDS;

	for (size_t i = 0; i < n; i++)
		if (is_word(&in->word[i], t))
			return true;
	return false;
}

static void check_same(const struct token *a, const struct token *b)
{
	PROMISE(a->begin == b->begin && a->end == b->end);
	PROMISE(a->position == b->position && a->paragraph == b->paragraph);
	PROMISE(!strcmp(a->word, b->word) && !strcmp(a->stem, b->stem));
}

/* The words are where they are without a sieve. */
static void check_sieve(struct analyzer *a, struct analyzer *other,
			const struct input *in)
{
	struct token t, want;
	struct sieve sieve;

	sieve_init(&sieve);
	for (size_t i = 0; i < in->rq.nwords; i++) {
		const struct snippet_word *w = &in->word[i];

		sieve_add(&sieve,
			  w->stem     ? SIEVE_STEM
			  : w->prefix ? SIEVE_PREFIX
				      : SIEVE_WORD,
			  w->text, w->len, analyzer_stem_tail(other));
	}
	analyzer_begin(a, in->rq.text, in->rq.text_len, 1);
	analyzer_begin(other, in->rq.text, in->rq.text_len, 1);
	while (analyzer_next(a, &want)) {
		if (!is_any(in, &want))
			continue;
		do
			PROMISE(analyzer_next_wanted(other, &sieve, &t));
		while (!is_any(in, &t));
		check_same(&want, &t);
	}
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
	/* They take longer to make than all the rest. */
	static struct analyzer *a, *other;
	struct input in = { .rq.nwords = 0 };

	if (!size || (!a && analyzer_new("english", &a, NULL) != TRAWL_OK) ||
	    (!other && analyzer_new("english", &other, NULL) != TRAWL_OK))
		return 0;
	analyzer_flush(a);
	analyzer_flush(other);
	read_input(&in, (const char *)data, size);
	check_sieve(a, other, &in);
	check_passages(a, &in);
	check_title(a, &in);
	return 0;
}
