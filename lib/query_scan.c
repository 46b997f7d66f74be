/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query_scan.c - the characters of a query, and which brackets and quotes
 * have their other half
 */
#include "query_lex.h"

#include "status.h"
#include "utf8.h"

/* ---------------------------------------------------------- characters -- */

bool is_query_blank(uint32_t cp)
{
	return cp <= ' ' || (cp >= 0x7F && cp <= 0xA0) || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 ||
	       cp == 0x202F || cp == 0x205F || cp == 0x3000 || cp == 0xFEFF ||
	       cp == UINT32_MAX;
}

size_t quote_length(const char *s, size_t n)
{
	if (n && *s == '"')
		return 1;
	return n >= 3 && s[0] == '\xE2' && s[1] == '\x80' && s[2] >= '\x9C' &&
			       s[2] <= '\x9E'
		       ? 3
		       : 0;
}

size_t lexer_quote(const struct lexer *lx, size_t at)
{
	return quote_length(lx->text + at, lx->len - at);
}

size_t lexer_escape(const struct lexer *lx, size_t at)
{
	if (at + 1 >= lx->len || lx->text[at] != '\\')
		return 0;
	if (is_sign(lx->text[at + 1]))
		return 2;

	size_t quote = lexer_quote(lx, at + 1);

	return quote ? 1 + quote : 0;
}

enum char_kind lexer_look(const struct lexer *lx, size_t at, size_t *n)
{
	uint32_t cp;

	*n = 0;
	if (at >= lx->len)
		return CHAR_END;
	if ((*n = lexer_escape(lx, at)))
		return CHAR_TEXT;
	if ((*n = lexer_quote(lx, at)))
		return lx->lone[at] ? CHAR_BLANK : CHAR_QUOTE;
	*n = utf8_decode(lx->text + at, lx->len - at, &cp);
	if (is_query_blank(cp) || lx->lone[at])
		return CHAR_BLANK;
	return cp == '(' ? CHAR_OPEN : cp == ')' ? CHAR_CLOSE : CHAR_TEXT;
}

enum char_kind lexer_kind(const struct lexer *lx, size_t at)
{
	size_t n;

	return lexer_look(lx, at, &n);
}

size_t lexer_skip_lone(const struct lexer *lx, size_t at)
{
	while (at < lx->len && lx->lone[at]) {
		size_t quote = lexer_quote(lx, at);

		at += quote ? quote : 1;
	}
	return at;
}

/* -------------------------------------------------------------- errors -- */

void lexer_forgive(struct lexer *lx, size_t at, const char *why)
{
	if (lx->options->strict && lx->status == TRAWL_OK)
		lx->status = fail_at(lx->err, TRAWL_BADQUERY, (unsigned)at + 1,
				     "query: %s", why);
	lx->forgiven = true;
}

void lexer_limit(struct lexer *lx, size_t at, unsigned max, const char *what,
		 const char *limit)
{
	if (lx->status == TRAWL_OK)
		lx->status = fail_at(
			lx->err, TRAWL_TOOCOMPLEX, (unsigned)at + 1,
			"query: more than %u %s (limit %s)", max, what, limit);
}

struct query_node *lexer_node(struct lexer *lx, enum query_op op, size_t at)
{
	struct query_node *node = arena_alloc(lx->arena, sizeof(*node));

	if (!node)
		node = &lx->spare;
	*node = (struct query_node){
		.op = op, .weight = 1, .text = "", .column = (uint32_t)at + 1
	};
	return node;
}

void lexer_set_text(struct lexer *lx, const char **text, uint32_t *len,
		    const char *s, size_t n)
{
	char *copy = arena_strndup(lx->arena, s, n);

	if (!copy)
		return;
	*text = copy;
	*len = (uint32_t)n;
}

void lexer_count_word(struct lexer *lx, size_t at)
{
	if (++lx->words > TRAWL_WORDS_MAX)
		lexer_limit(lx, at, TRAWL_WORDS_MAX, "words", "words");
}

/* ------------------------------------------------- quotes and brackets -- */

size_t lexer_phrase_char(const struct lexer *lx, size_t at, bool *escaped,
			 bool *blank)
{
	uint32_t cp = '\\';
	size_t n = 0;

	if (lx->text[at] == '\\' && at + 1 < lx->len)
		n = lx->text[at + 1] == '\\' ? 1 : lexer_quote(lx, at + 1);
	*escaped = n;
	n += *escaped;
	if (!n)
		n = utf8_decode(lx->text + at, lx->len - at, &cp);
	*blank = is_query_blank(cp);
	return n;
}

size_t lexer_find_close(const struct lexer *lx, size_t at, bool *empty)
{
	bool escaped, blank;

	*empty = true;
	while (at < lx->len && !lexer_quote(lx, at)) {
		at += lexer_phrase_char(lx, at, &escaped, &blank);
		*empty &= blank;
	}
	return at;
}

/* Returns the bytes of the phrase, or those of a quote that opens none. */
static size_t pass_phrase(struct lexer *lx, size_t at, bool *filled)
{
	size_t n = lexer_quote(lx, at);
	bool empty;
	size_t close = lexer_find_close(lx, at + n, &empty);

	if (close == lx->len) {
		lexer_forgive(lx, at, "this quote is never closed");
		lx->lone[at] = true;
		return n;
	}
	if (empty) {
		lexer_forgive(lx, at, "nothing between the quotes");
		memset(lx->lone + at, true, close + 1 - at);
	}
	*filled |= !empty;
	return close + lexer_quote(lx, close) - at;
}

struct bracket {
	uint16_t at;
	bool filled;
};

static size_t close_bracket(struct lexer *lx, size_t at,
			    struct bracket *innermost)
{
	if (!innermost) {
		lexer_forgive(lx, at, "this bracket closes nothing");
		lx->lone[at] = true;
		return 0;
	}
	if (!innermost->filled) {
		lexer_forgive(lx, innermost->at, "nothing between brackets");
		lx->lone[at] = lx->lone[innermost->at] = true;
	} else {
		innermost[-1].filled = true;
	}
	return 1;
}

static void find_lone(struct lexer *lx)
{
	/* open[0] is the query itself */
	struct bracket open[TRAWL_QUERY_MAX + 1];
	size_t depth = 0, n;

	open[0].filled = false;
	for (size_t at = 0; at < lx->len; at += n) {
		switch (lexer_look(lx, at, &n)) {
		case CHAR_OPEN:
			open[++depth] = (struct bracket){ .at = (uint16_t)at };
			break;
		case CHAR_CLOSE:
			depth -= close_bracket(lx, at,
					       depth ? &open[depth] : NULL);
			break;
		case CHAR_QUOTE:
			n = pass_phrase(lx, at, &open[depth].filled);
			break;
		case CHAR_TEXT:
			open[depth].filled = true;
			break;
		default:
			break;
		}
	}
	for (size_t i = 1; i <= depth; i++) {
		lexer_forgive(lx, open[i].at, "this bracket is never closed");
		lx->lone[open[i].at] = true;
	}
}

void lexer_init(struct lexer *lx, const char *text, size_t len,
		const struct query_options *options, struct arena *arena,
		struct trawl_error *err)
{
	*lx = (struct lexer){ .text = text,
			      .len = len,
			      .options = options,
			      .arena = arena,
			      .err = err };
	if (len > TRAWL_QUERY_MAX) {
		lexer_limit(lx, TRAWL_QUERY_MAX, TRAWL_QUERY_MAX, "bytes",
			    "query");
		lx->len = 0;
	}
	if (!options->plain)
		find_lone(lx);
}
