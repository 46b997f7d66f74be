/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query_term.c - words, phrases, dates and numbers */
#include "query_lex.h"

#include "date.h"
#include "number_key.h"
#include "utf8.h"

enum {
	PATTERN_LETTERS = 2, /* before a * or ~ */
	WEIGHT_MAX = 100,
	WEIGHT_UNIT = 1000 /* three decimals */
};

/* --------------------------------------------------------------- words -- */

/* A word with its escapes undone. */
struct word {
	char *text;
	size_t len;
	size_t guarded; /* up to here a sign at the end was escaped */
	size_t signs;	/* * and ^ that were not escaped */
};

size_t lexer_word_end(const struct lexer *lx, size_t at)
{
	size_t n;

	while (lexer_look(lx, at, &n) == CHAR_TEXT)
		at += n;
	return at;
}

/* A backslash that begins a term makes a letter text, too: \AND. */
static bool escapes_letter(const struct lexer *lx)
{
	return lx->text[lx->pos] == '\\' && !lexer_escape(lx, lx->pos) &&
	       lexer_kind(lx, lx->pos + 1) == CHAR_TEXT;
}

static struct word take_word(struct lexer *lx)
{
	size_t end = lexer_word_end(lx, lx->pos), n;
	struct word w = { .text = arena_alloc(lx->arena, end - lx->pos + 1) };

	if (!w.text) {
		lx->pos = end;
		return w;
	}
	lx->pos += escapes_letter(lx);
	for (; lx->pos < end; lx->pos += n) {
		const char *s = lx->text + lx->pos;
		bool escaped = lexer_escape(lx, lx->pos);

		lexer_look(lx, lx->pos, &n);
		memcpy(w.text + w.len, s + escaped, n - escaped);
		w.len += n - escaped;
		if (escaped)
			w.guarded = w.len;
		else
			w.signs += *s == '*' || *s == '^';
	}
	return w;
}

/* Where the last c stands that can end the word, or 0. */
static size_t last_sign(const struct word *w, char c)
{
	for (size_t at = w->len; at > w->guarded && at > 1; at--)
		if (w->text[at - 1] == c)
			return at - 1;
	return 0;
}

/* Reads 0..100 with decimals, of which three count; bytes read, 0: none. */
static size_t read_weight(const char *s, size_t n, double *out)
{
	unsigned value = 0, unit = WEIGHT_UNIT;
	size_t i = 0;

	for (; i < n && is_digit(s[i]) && value <= WEIGHT_MAX; i++)
		value = value * 10 + (unsigned)(s[i] - '0');
	value = value <= WEIGHT_MAX ? value * WEIGHT_UNIT : UINT32_MAX;
	if (i && i + 1 < n && s[i] == '.' && is_digit(s[i + 1]))
		for (i++; i < n && is_digit(s[i]); i++) {
			unit /= 10;
			if (value < UINT32_MAX)
				value += unit * (unsigned)(s[i] - '0');
		}
	if (!i || value > WEIGHT_MAX * WEIGHT_UNIT)
		return 0;
	*out = (double)value / WEIGHT_UNIT;
	return i;
}

static void take_weight(struct word *w, double *weight)
{
	size_t at = last_sign(w, '^');
	size_t rest = w->len - at - 1;
	double value;

	if (!at || !rest || read_weight(w->text + at + 1, rest, &value) != rest)
		return;
	*weight = value;
	w->len = at;
	w->signs--;
}

double lexer_weight(struct lexer *lx)
{
	double weight = 1;

	if (lx->pos < lx->len && lx->text[lx->pos] == '^') {
		size_t from = lx->pos + 1;
		size_t n =
			read_weight(lx->text + from, lx->len - from, &weight);

		if (n)
			lx->pos = from + n;
	}
	return weight;
}

static size_t count_letters(const struct word *w)
{
	size_t letters = 0, n;
	uint32_t cp;

	for (size_t at = 0; at < w->len; at += n) {
		n = utf8_decode(w->text + at, w->len - at, &cp);
		letters += cp >= 0x80 || !is_sign((char)cp);
	}
	return letters;
}

static void count_pattern(struct lexer *lx, size_t at)
{
	if (++lx->patterns > TRAWL_PATTERNS_MAX)
		lexer_limit(lx, at, TRAWL_PATTERNS_MAX, "prefix or fuzzy words",
			    "patterns");
}

static bool take_star(struct lexer *lx, struct word *w, size_t at)
{
	size_t star = last_sign(w, '*');

	if (!star || star + 1 != w->len || is_sign(w->text[star - 1]))
		return false;
	w->len--;
	if (count_letters(w) < PATTERN_LETTERS) {
		w->len++;
		lexer_forgive(lx, at,
			      "a prefix needs two letters or more before its "
			      "*, or \\* for the sign");
		return false;
	}
	w->signs--;
	return true;
}

/* The edits of word~, word~1 and word~2, or 0. */
static unsigned take_edits(struct lexer *lx, struct word *w, size_t at)
{
	size_t tilde = last_sign(w, '~'), digits = tilde + 1;
	struct word base = { .text = w->text, .len = tilde };

	while (tilde && digits < w->len && is_digit(w->text[digits]))
		digits++;
	if (!tilde || digits < w->len)
		return 0;

	unsigned edits = digits - tilde > 2 ? 0
			 : digits - tilde > 1
				 ? (unsigned)(w->text[tilde + 1] - '0')
				 : 1;

	if (edits < 1 || edits > 2 || count_letters(&base) < PATTERN_LETTERS) {
		lexer_forgive(lx, at,
			      "~1 or ~2 goes after a word of two letters or "
			      "more; write \\~ for the sign");
		return 0;
	}
	w->len = tilde;
	return edits;
}

/* Take word apart into node, but for its field. */
static void read_word(struct lexer *lx, struct word *w, bool exact, size_t at,
		      struct query_node *node)
{
	take_weight(w, &node->weight);
	node->op = exact ? QUERY_EXACT : QUERY_WORD;
	if (take_star(lx, w, at))
		node->op = QUERY_PREFIX;
	else if ((node->window = take_edits(lx, w, at)))
		node->op = QUERY_FUZZY;
	if (node->op == QUERY_PREFIX || node->op == QUERY_FUZZY)
		count_pattern(lx, at);
	if (w->signs)
		lexer_forgive(lx, at,
			      "* may only end a word and ^ takes a number from "
			      "0 to 100; write \\* or \\^ for the sign");
	lexer_set_text(lx, &node->text, &node->text_len, w->text, w->len);
}

/* ------------------------------------------------------ dates, numbers -- */

bool field_has_range(const struct schema_field *field)
{
	return field &&
	       (field->type == TRAWL_DATE || field->type == TRAWL_NUMBER);
}

static bool is_value(const struct schema_field *field, const char *s, size_t n)
{
	struct date date;
	double number;

	return field->type == TRAWL_DATE ? date_parse(s, n, &date)
					 : number_parse(s, n, &number);
}

struct ends {
	const char *low, *high;
	size_t low_len, high_len;
	unsigned bounds; /* QUERY_ABOVE, QUERY_BELOW */
};

/* >X >=X <X <=X =X X X.. ..X X..Y */
static void split_range(const char *s, size_t n, struct ends *out)
{
	char sign = strchr("<>=", *s) ? *s : '\0';
	size_t skip = sign ? 1 : 0;
	const char *dots = sign ? NULL : memmem(s, n, "..", 2);

	*out = (struct ends){ 0 };
	if (dots) {
		out->low = s;
		out->low_len = (size_t)(dots - s);
		out->high = dots + 2;
		out->high_len = n - out->low_len - 2;
		return;
	}
	if (sign && sign != '=' && n > 1 && s[1] == '=')
		skip = 2;
	else if (sign == '>')
		out->bounds = QUERY_ABOVE;
	else if (sign == '<')
		out->bounds = QUERY_BELOW;
	if (sign != '<') {
		out->low = s + skip;
		out->low_len = n - skip;
	}
	if (sign != '>') {
		out->high = s + skip;
		out->high_len = n - skip;
	}
}

static bool read_range(struct lexer *lx, const struct schema_field *field,
		       const char *s, size_t n, struct query_node *node)
{
	struct ends e;

	if (!n)
		return false;
	split_range(s, n, &e);
	if ((!e.low_len && !e.high_len) ||
	    (e.low_len && !is_value(field, e.low, e.low_len)) ||
	    (e.high_len && !is_value(field, e.high, e.high_len)))
		return false;
	node->op = field->type == TRAWL_DATE ? QUERY_DATE : QUERY_RANGE;
	node->field = field;
	node->window = e.bounds;
	node->text = NULL;
	if (e.low_len)
		lexer_set_text(lx, &node->text, &node->text_len, e.low,
			       e.low_len);
	if (e.high_len)
		lexer_set_text(lx, &node->high, &node->high_len, e.high,
			       e.high_len);
	return true;
}

static void bad_range(struct lexer *lx, const struct schema_field *field,
		      size_t at)
{
	lexer_forgive(lx, at,
		      field->type == TRAWL_DATE
			      ? "not a date: write YYYY, YYYY-MM, YYYY-MM-DD, "
				"FROM..TO, >=FROM or <=TO"
			      : "not a number: write 12, -1.5, FROM..TO, "
				">=FROM or <=TO");
}

/* --------------------------------------------------------------- terms -- */

struct query_node *lexer_word_term(struct lexer *lx,
				   const struct schema_field *own, bool exact)
{
	const struct schema_field *field = own ? own : lx->field;
	size_t at = lx->pos;
	bool named =
		!own && !exact && field_length(lx->text + at, lx->len - at);
	struct query_node *node = lexer_node(lx, QUERY_WORD, at);
	struct word w = take_word(lx);

	if (field_has_range(field)) {
		struct word value = w;

		take_weight(&value, &node->weight);
		if (read_range(lx, field, value.text, value.len, node)) {
			lexer_count_word(lx, at);
			return node;
		}
		node->weight = 1;
		bad_range(lx, field, at);
		field = NULL;
		if (own)
			return NULL;
	}
	lexer_count_word(lx, at);
	node->field = field;
	if (named)
		lexer_set_text(lx, &node->text, &node->text_len, w.text, w.len);
	else
		read_word(lx, &w, exact, at, node);
	return node;
}

/* The words up to end, one blank between them; counts them. */
static struct word phrase_words(struct lexer *lx, size_t at, size_t end)
{
	struct word w = { .text = arena_alloc(lx->arena, end - at + 1) };
	unsigned words = 0;
	bool parted = true, escaped, blank;

	if (!w.text)
		return w;
	for (size_t n; at < end; at += n, parted = blank) {
		n = lexer_phrase_char(lx, at, &escaped, &blank);
		if (blank)
			continue;
		if (parted && w.len)
			w.text[w.len++] = ' ';
		if (parted && words++ == TRAWL_PHRASE_MAX)
			lexer_limit(lx, at, TRAWL_PHRASE_MAX,
				    "words in a phrase", "phrase");
		if (parted)
			lexer_count_word(lx, at);
		memcpy(w.text + w.len, lx->text + at + escaped, n - escaped);
		w.len += n - escaped;
	}
	return w;
}

size_t lexer_window(struct lexer *lx, size_t at, uint32_t *out)
{
	size_t end = at;
	uint32_t n = 0;

	for (; end < lx->len && is_digit(lx->text[end]); end++)
		if (n <= TRAWL_WINDOW_MAX)
			n = n * 10 + (uint32_t)(lx->text[end] - '0');
	if (n > TRAWL_WINDOW_MAX)
		lexer_limit(lx, at, TRAWL_WINDOW_MAX, "words apart", "window");
	*out = n;
	return end - at;
}

/* ~n after a closing quote */
static uint32_t take_window(struct lexer *lx)
{
	uint32_t window = 0;

	if (lx->pos >= lx->len || lx->text[lx->pos] != '~')
		return 0;

	size_t n = lexer_window(lx, lx->pos + 1, &window);

	if (!n)
		lexer_forgive(lx, lx->pos,
			      "~ after a phrase takes a number of words");
	lx->pos += 1 + n;
	return window;
}

struct query_node *lexer_phrase_term(struct lexer *lx,
				     const struct schema_field *own)
{
	const struct schema_field *field = own ? own : lx->field;
	size_t at = lx->pos + lexer_quote(lx, lx->pos);
	bool empty;
	size_t close = lexer_find_close(lx, at, &empty);
	struct query_node *node = lexer_node(lx, QUERY_PHRASE, at);
	unsigned before = lx->words;
	struct word w = phrase_words(lx, at, close);

	if (field_has_range(field)) {
		if (read_range(lx, field, w.text, w.len, node)) {
			lx->words = before + 1;
		} else if (own) {
			bad_range(lx, field, at);
			lx->words = before;
			return NULL;
		} else {
			bad_range(lx, field, at);
			field = NULL;
		}
	}
	lx->pos = close + lexer_quote(lx, close);
	lx->glued = true;
	if (node->op == QUERY_PHRASE) {
		lexer_set_text(lx, &node->text, &node->text_len, w.text, w.len);
		node->window = take_window(lx);
		node->field = field;
	}
	node->weight = lexer_weight(lx);
	return node;
}

struct query_node *lexer_operator_word(struct lexer *lx, const struct token *t)
{
	struct query_node *node = lexer_node(lx, QUERY_WORD, t->at);

	lexer_count_word(lx, t->at);
	node->field = field_has_range(lx->field) ? NULL : lx->field;
	lexer_set_text(lx, &node->text, &node->text_len, lx->text + t->at,
		       t->len);
	return node;
}

/* Go on to where blanks end, or begin. */
static void pass_blanks(struct lexer *lx, bool blanks)
{
	uint32_t cp;

	while (lx->pos < lx->len) {
		size_t n =
			utf8_decode(lx->text + lx->pos, lx->len - lx->pos, &cp);

		if (is_query_blank(cp) != blanks)
			return;
		lx->pos += n;
	}
}

struct query_node *lexer_plain(struct lexer *lx)
{
	struct token t;

	pass_blanks(lx, true);
	if (lx->pos == lx->len || lx->status != TRAWL_OK)
		return NULL;
	t.at = lx->pos;
	pass_blanks(lx, false);
	t.len = lx->pos - t.at;
	return lexer_operator_word(lx, &t);
}
