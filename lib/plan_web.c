/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_web.c - what is pasted from the web into a query: addresses and tags
 *
 * The words of an address (https, com, the letters of a short link) say nothing
 * of what is looked for: beside other words it is left out and named in ignored=.
 * A tag or an account's name is several words written as one, as its capitals
 * tell: #ClimateSummit is climatesummit, and climate and summit.
 */
#include "planner.h"

enum {
	PARTS_MAX = 8, /* words of a tag */
	TAG_BYTES = 64
};

/* ------------------------------------------------------------ addresses -- */

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Where the name of a host begins that ends before the slash at end; end: it is
 * none (km/h, U.S./China, 3.5/10). */
static size_t find_host(const char *s, size_t end)
{
	size_t from = end, letters = 0;
	bool dot = false;

	while (letters < end && is_letter(s[end - letters - 1]))
		letters++;
	if (letters < 2 || letters == end || s[end - letters - 1] != '.')
		return end;
	while (from && is_host_char(s[from - 1]))
		dot = s[--from] == '.' || dot;
	return dot && s[from] != '.' ? from : end;
}

/* Where an address begins; len: there is none. */
static size_t find_address(const char *s, size_t len)
{
	const char *scheme = len > 3 ? memmem(s, len, "://", 3) : NULL;
	size_t at = scheme ? (size_t)(scheme - s) : len;

	while (scheme && at && is_letter(s[at - 1]))
		at--;
	for (size_t i = 0; i < at; i++)
		if (s[i] == '/' && find_host(s, i) < i)
			return find_host(s, i);
	return at;
}

struct query_node plan_without_address(const struct query_node *q)
{
	struct query_node out = *q;

	out.text_len = (uint32_t)find_address(q->text, q->text_len);
	return out;
}

/* ----------------------------------------------------------------- tags -- */

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Does a word begin at i, behind another?  The last capital of several that are
 * followed by a small letter is the next word's. */
static bool begins_word(const char *s, size_t len, size_t i)
{
	if (is_digit(s[i]) != is_digit(s[i - 1]))
		return true;
	return is_upper(s[i]) &&
	       (is_lower(s[i - 1]) ||
		(is_upper(s[i - 1]) && i + 1 < len && is_lower(s[i + 1])));
}

/* With blanks between its words; how many those are. */
static size_t spell_out(const char *s, size_t len, char *out, size_t *out_len)
{
	size_t n = 0, words = 1;

	for (size_t i = 0; i < len; i++) {
		if (i && begins_word(s, len, i)) {
			out[n++] = ' ';
			words++;
		}
		out[n++] = s[i];
	}
	*out_len = n;
	return words;
}

static bool is_tag(const struct query_node *q, const struct token *t)
{
	const char before = t->begin ? q->text[t->begin - 1] : ' ';

	return (before == '#' || before == '@') &&
	       t->end - t->begin <= TAG_BYTES;
}

/* Its words, read; how many, 0 when it is none or a single one. */
static size_t read_parts(struct planner *p, const struct query_node *q,
			 const struct token *t, struct token part[PARTS_MAX])
{
	struct analyzer *a = p->ctx->analyzer;
	char *text = plan_alloc(p, 2 * TAG_BYTES, 1);
	size_t n = 0, len;

	if (!text || !is_tag(q, t) ||
	    spell_out(q->text + t->begin, t->end - t->begin, text, &len) < 2)
		return 0;
	analyzer_begin(a, text, len, t->position);
	while (n < PARTS_MAX && analyzer_next(a, &part[n]))
		n += !part[n].stopword;
	return n;
}

static void report(struct planner *p, const struct token *t,
		   const struct token *part, size_t n)
{
	const char *word = plan_copy(p, t->word, t->word_len);
	struct buf *b = plan_report(p, word ? word : "");

	b->len--; /* its colon */
	for (size_t i = 0; i < n; i++) {
		buf_addc(b, i ? ',' : ':');
		buf_add(b, part[i].word, part[i].word_len);
	}
}

struct xap_node *plan_tag(struct planner *p, const struct query_node *q,
			  const struct place *at, const struct token *t,
			  bool all)
{
	struct token part[PARTS_MAX];
	size_t n = at->field || at->negative ? 0 : read_parts(p, q, t, part);
	struct nodes words;

	if (!n || p->uncounted + n > TRAWL_WORDS_MAX)
		return NULL;
	words = plan_nodes(p, n);
	report(p, t, part, n);
	p->uncounted += n;
	for (size_t i = 0; p->st == TRAWL_OK && i < n; i++) {
		struct query_node of = *q;
		struct token word = part[i];

		/* Its bytes are those of the tag, spelled out. */
		of.text = word.word;
		of.text_len = word.word_len;
		word.begin = 0;
		word.end = word.word_len;
		plan_push(&words, plan_stem(p, &of, at, &word));
	}
	p->position += (uint32_t)n;
	return plan_join(p, all ? XAP_AND : XAP_OR, &words);
}
