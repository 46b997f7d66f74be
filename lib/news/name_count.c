/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_count.h"

#include "buf.h"
#include "fold.h"
#include "huge.h"
#include "name_fold.h"

#include <stdlib.h>

enum {
	GROUP = 8, /* counters of which a word has one */
	ROWS = 3,
	LINES_MIN = 1 << 12,
	LINES_FIRST = 1 << 16,
	LINES_MAX = 1 << 19,
	WORDS_A_LINE = 4, /* more: there are to be more lines */
	LINES_TIMES = 4,  /* as many */
	FIRST_SLOTS = 1 << 12,
	TEXT_A_NAME = 12, /* bytes of a spelling, about */
	AHEAD = 12,	  /* words whose counters are fetched early */
	LENGTH_MAX = 64	  /* bytes as written */
};

struct line {
	uint16_t lower[ROWS][GROUP], capital[GROUP];
};

struct slot {
	uint64_t hash;	  /* 0: empty */
	uint32_t text;	  /* where its spelling begins */
	uint32_t capital; /* since it is here, and what was counted before */
};

struct name_count {
	struct line *line;
	size_t nlines, most_lines; /* powers of two */
	struct slot *slot;
	size_t nslots, used, max; /* nslots: a power of two */
	struct buf text;	  /* spellings, each with its NUL */
	uint32_t least;
	uint64_t words;
};

struct name_count *name_count_new(size_t memory)
{
	struct name_count *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->most_lines = LINES_MIN;
	while (c->most_lines < LINES_MAX &&
	       2 * c->most_lines * sizeof(*c->line) <= memory / 4 * 3)
		c->most_lines *= 2;
	c->nlines = c->most_lines < LINES_FIRST ? c->most_lines : LINES_FIRST;
	c->nslots = FIRST_SLOTS;
	c->max = memory / 4 / (2 * sizeof(*c->slot) + TEXT_A_NAME);
	if (c->max < FIRST_SLOTS / 2)
		c->max = FIRST_SLOTS / 2;
	buf_init(&c->text, c->max * (NAME_BYTES + 1));
	c->least = 1;
	c->line = huge_alloc(c->nlines * sizeof(*c->line));
	c->slot = calloc(c->nslots, sizeof(*c->slot));
	if (!c->line || !c->slot) {
		name_count_free(c);
		return NULL;
	}
	memset(c->line, 0, c->nlines * sizeof(*c->line));
	return c;
}

void name_count_free(struct name_count *c)
{
	if (!c)
		return;
	free(c->line);
	free(c->slot);
	buf_release(&c->text);
	free(c);
}

/* ------------------------------------------------------------ counters -- */

static struct line *line_of(const struct name_count *c, uint32_t hash)
{
	return &c->line[(hash >> 9) & (c->nlines - 1)];
}

static void add_lower(struct line *line, uint32_t hash)
{
	for (size_t row = 0; row < ROWS; row++, hash /= GROUP) {
		uint16_t *counter = &line->lower[row][hash % GROUP];

		*counter += *counter < NAME_COUNT_MAX;
	}
}

static uint32_t get_lower(const struct line *line, uint32_t hash)
{
	uint32_t least = NAME_COUNT_MAX;

	for (size_t row = 0; row < ROWS; row++, hash /= GROUP)
		if (line->lower[row][hash % GROUP] < least)
			least = line->lower[row][hash % GROUP];
	return least;
}

uint32_t name_count_capital(const struct name_count *c, uint32_t hash)
{
	return line_of(c, hash)->capital[hash % GROUP];
}

uint32_t name_count_lower(const struct name_count *c, uint32_t hash)
{
	return get_lower(line_of(c, hash), hash);
}

uint32_t name_count_uses(const struct name_count *c, uint32_t hash)
{
	struct line *line = line_of(c, hash);

	return get_lower(line, hash) + line->capital[hash % GROUP];
}

uint64_t name_count_words(const struct name_count *c)
{
	return c->words;
}

uint32_t name_count_least(const struct name_count *c)
{
	return c->least;
}

/* More lines for more words; each begins with the counts of the one that its
 * words come from. */
static bool spread(struct name_count *c)
{
	size_t n = c->nlines * LINES_TIMES;
	struct line *line;

	if (n > c->most_lines)
		n = c->most_lines;
	line = huge_alloc(n * sizeof(*line));
	if (!line)
		return false;
	for (size_t i = 0; i < n; i += c->nlines)
		memcpy(line + i, c->line, c->nlines * sizeof(*line));
	free(c->line);
	c->line = line;
	c->nlines = n;
	return true;
}

/* ----------------------------------------------------------- spellings -- */

static size_t find(const struct name_count *c, uint64_t hash)
{
	size_t i = (size_t)(hash >> 32) & (c->nslots - 1);

	while (c->slot[i].hash && c->slot[i].hash != hash)
		i = (i + 1) & (c->nslots - 1);
	return i;
}

/* The same slots in a table of n. */
static bool resize(struct name_count *c, size_t n)
{
	struct slot *old = c->slot;
	const size_t nold = c->nslots;

	c->slot = calloc(n, sizeof(*c->slot));
	if (!c->slot) {
		c->slot = old;
		return false;
	}
	c->nslots = n;
	for (size_t i = 0; i < nold; i++)
		if (old[i].hash)
			c->slot[find(c, old[i].hash)] = old[i];
	free(old);
	return true;
}

/* Leave out what stands less often than least, and its text. */
static bool thin(struct name_count *c)
{
	struct buf text;

	buf_init(&text, c->text.max);
	c->used = 0;
	for (size_t i = 0; i < c->nslots; i++) {
		struct slot *s = &c->slot[i];
		const char *word = c->text.data + s->text;

		if (!s->hash)
			continue;
		if (s->capital < c->least) {
			s->hash = 0;
			continue;
		}
		s->text = (uint32_t)text.len;
		buf_add(&text, word, strlen(word) + 1);
		c->used++;
	}
	if (text.failed || !resize(c, c->nslots)) {
		buf_release(&text);
		return false;
	}
	buf_release(&c->text);
	c->text = text;
	return true;
}

static bool make_room(struct name_count *c)
{
	if (c->used < c->max)
		return 2 * c->used < c->nslots || resize(c, 2 * c->nslots);
	while (c->used >= c->max) {
		c->least *= 2;
		if (!thin(c))
			return false;
	}
	return true;
}

static bool keep(struct name_count *c, const struct news_word *w,
		 const char *text)
{
	struct folded folded;
	size_t i = find(c, w->hash);

	if (c->slot[i].hash) {
		c->slot[i].capital += c->slot[i].capital < NAME_COUNT_MAX;
		return true;
	}
	if (w->len > LENGTH_MAX ||
	    !fold_word(text + w->begin, w->len, &folded) || !folded.word_len ||
	    folded.word_len > NAME_BYTES)
		return true;
	if (!make_room(c))
		return false;
	if (name_count_capital(c, (uint32_t)w->hash) < c->least)
		return true;
	i = find(c, w->hash);
	c->slot[i] = (struct slot){ .hash = w->hash,
				    .text = (uint32_t)c->text.len,
				    .capital = 1 };
	if (c->least > 1)
		c->slot[i].capital = name_count_capital(c, (uint32_t)w->hash);
	buf_add(&c->text, folded.word, folded.word_len);
	buf_addc(&c->text, '\0');
	c->used++;
	return !c->text.failed;
}

bool name_count_is_capital(const struct news_word *w)
{
	return (w->flags & (NEWS_CAPITAL | NEWS_START | NEWS_UPPER)) ==
	       NEWS_CAPITAL;
}

bool name_count_add(struct name_count *c, const struct news_words *w,
		    const char *text)
{
	c->words += w->n;
	if (c->words / WORDS_A_LINE > c->nlines && c->nlines < c->most_lines &&
	    !spread(c))
		return false;
	for (size_t i = 0; i < w->n; i++) {
		const struct news_word *at = &w->at[i];
		const uint32_t hash = (uint32_t)at->hash;
		struct line *line = line_of(c, hash);
		uint16_t *capital;

		if (i + AHEAD < w->n)
			__builtin_prefetch(
				line_of(c, (uint32_t)w->at[i + AHEAD].hash));
		if (at->len < 2 || at->flags & NEWS_NUMBER)
			continue;
		if (!(at->flags & NEWS_CAPITAL)) {
			add_lower(line, hash);
			continue;
		}
		if (!name_count_is_capital(at))
			continue;
		capital = &line->capital[hash % GROUP];
		*capital += *capital < NAME_COUNT_MAX;
		if (*capital >= c->least && !keep(c, at, text))
			return false;
	}
	return true;
}

bool name_count_next(const struct name_count *c, size_t *at,
		     struct counted_name *out)
{
	while (*at < c->nslots && !c->slot[*at].hash)
		++*at;
	if (*at == c->nslots)
		return false;
	out->hash = c->slot[*at].hash;
	out->word = c->text.data + c->slot[*at].text;
	out->len = (uint32_t)strlen(out->word);
	out->capital = c->slot[*at].capital;
	out->lower = name_count_lower(c, (uint32_t)out->hash);
	++*at;
	return true;
}
