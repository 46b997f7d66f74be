/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * variant_lines.c - the user's decisions as text, and what was mined
 */
#include "variants_text.h"

enum {
	LINES_MEMORY = 64 << 20,
	LINE_WORDS = VARIANTS_WORDS_MAX
};

void variant_lines_init(struct variant_lines *l)
{
	*l = (struct variant_lines){ .line = NULL };
	arena_init(&l->arena, LINES_MEMORY);
}

void variant_lines_release(struct variant_lines *l)
{
	arena_release(&l->arena);
	free(l->line);
	*l = (struct variant_lines){ .line = NULL };
}

static bool has_word(const struct variant_line *l, const char *word)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->word[i], word))
			return true;
	return false;
}

static bool add_line(struct variant_lines *l, const struct variant_line *line)
{
	struct variant_line *grown;

	if (l->n == l->alloc) {
		grown = realloc(l->line, (2 * l->alloc + 16) * sizeof(*grown));
		if (!grown)
			return false;
		l->line = grown;
		l->alloc = 2 * l->alloc + 16;
	}
	l->line[l->n++] = *line;
	return true;
}

static bool is_decision(char kind)
{
	return kind == '=' || kind == '+' || kind == '-' || kind == '!';
}

/* Its words, each once; n 0: it is no decision. */
static bool parse_line(struct variant_lines *l, struct span_of_text text,
		       struct variant_line *out)
{
	struct span_of_text word;

	out->n = 0;
	if (text.len < 2 || !is_decision(*text.s) || text.s[1] != ' ')
		return true;
	out->kind = *text.s++;
	text.len--;
	out->word = arena_zalloc(&l->arena, LINE_WORDS, sizeof(*out->word));
	while (out->word && out->n < LINE_WORDS && next_word(&text, &word)) {
		const char *copy = NULL;

		if (!good_word(&word))
			continue;
		copy = arena_strndup(&l->arena, word.s, word.len);
		if (copy && !has_word(out, copy))
			out->word[out->n++] = copy;
	}
	return !l->arena.failed;
}

bool variant_lines_parse(struct variant_lines *l, const char *text, size_t len)
{
	struct span_of_text rest = { text, len }, one;
	struct variant_line line = { .word = NULL };

	while (next_part(&rest, '\n', &one)) {
		if (!parse_line(l, one, &line))
			return false;
		if (line.n > 1 && !add_line(l, &line))
			return false;
	}
	return true;
}

/* Are all of a's words among b's? */
static bool is_within(const struct variant_line *a,
		      const struct variant_line *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (!has_word(b, a->word[i]))
			return false;
	return true;
}

/* The last line that has two words decides of them: so one whose words are all
 * in the new one has nothing to say any more. */
static void drop_overruled(struct variant_lines *l,
			   const struct variant_line *by)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->n; i++)
		if (!is_within(&l->line[i], by))
			l->line[kept++] = l->line[i];
	l->n = kept;
}

bool variant_lines_decide(struct variant_lines *l, char kind,
			  const char *const *word, size_t n)
{
	struct variant_line line = { .kind = kind };

	line.word = arena_zalloc(&l->arena, LINE_WORDS, sizeof(*line.word));
	for (size_t i = 0; line.word && i < n && line.n < LINE_WORDS; i++) {
		if (has_word(&line, word[i]))
			continue;
		line.word[line.n] = arena_strdup(&l->arena, word[i]);
		if (!line.word[line.n])
			return false;
		line.n++;
	}
	if (!line.word)
		return false;
	if (line.n < 2)
		return true;
	drop_overruled(l, &line);
	return add_line(l, &line);
}

static bool take_out(struct variant_line *line, const char *word)
{
	size_t kept = 0, before = line->n;

	for (size_t i = 0; i < line->n; i++)
		if (strcmp(line->word[i], word) != 0)
			line->word[kept++] = line->word[i];
	line->n = kept;
	return kept < before;
}

bool variant_lines_forget(struct variant_lines *l, const char *const *word,
			  size_t n, size_t *changed)
{
	size_t kept = 0;

	*changed = 0;
	for (size_t i = 0; i < l->n; i++) {
		bool less = false;

		for (size_t k = 0; k < n; k++)
			less |= take_out(&l->line[i], word[k]);
		*changed += less;
		if (l->line[i].n > 1)
			l->line[kept++] = l->line[i];
	}
	l->n = kept;
	return true;
}

bool variant_lines_print(const struct variant_lines *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_addc(out, l->line[i].kind);
		for (size_t k = 0; k < l->line[i].n; k++)
			buf_addf(out, " %s", l->line[i].word[k]);
		buf_addc(out, '\n');
	}
	return !out->failed;
}

/* --------------------------------------------------------------- mined -- */

static void add_reason(struct buf *out, const char *reason)
{
	size_t len = reason ? strnlen(reason, VARIANTS_REASON_MAX) : 0;

	for (size_t i = 0; i < len; i++)
		buf_addc(out, (unsigned char)reason[i] < ' ' ? ' ' : reason[i]);
}

static unsigned per_cent(double confidence)
{
	if (!(confidence > 0))
		return 0;
	return confidence < 1 ? (unsigned)(confidence * 100 + 0.5) : 100;
}

bool variants_print_mined(const struct name_group *group, size_t n,
			  struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const unsigned hundredths = per_cent(group[i].confidence);

		buf_addf(out, "mined %u.%02u", hundredths / 100,
			 hundredths % 100);
		for (size_t k = 0; k < group[i].n && k < VARIANTS_WORDS_MAX;
		     k++)
			buf_addf(out, " %s:%u", group[i].spelling[k].word,
				 (unsigned)group[i].spelling[k].documents);
		buf_adds(out, " | ");
		add_reason(out, group[i].reason);
		buf_addc(out, '\n');
	}
	return !out->failed;
}
