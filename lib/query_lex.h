/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * query_lex.h - the terms, brackets and operators of a query, one by one
 *
 * Inside query*.c alone: query_scan.c knows the characters, query_term.c reads
 * words, phrases and values, query_lex.c puts tokens together, query.c makes
 * the tree of them and query_print.c text again.
 *
 *  A first pass finds the quotes and
 * brackets that are lone or empty: forgiven, they count as blanks.  The
 * status is sticky: after a failure there is nothing but TOKEN_END.
 */
#ifndef LIB_QUERY_LEX_H
#define LIB_QUERY_LEX_H

#include "query.h"

enum token_kind {
	TOKEN_END,
	TOKEN_TERM,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_NOT,
	TOKEN_NEAR
};

struct token {
	enum token_kind kind;
	size_t at, len;			  /* of an operator, in the query */
	char mark;			  /* OPEN: '+', '-' or 0 */
	const struct schema_field *field; /* OPEN: or NULL */
	uint32_t window;		  /* NEAR */
	double weight;			  /* CLOSE */
	struct query_node *node;	  /* TERM */
};

struct lexer {
	const char *text;
	size_t len, pos;
	const struct query_options *options;
	struct arena *arena;
	struct trawl_error *err;
	enum trawl_status status;
	const struct schema_field *field; /* of the open brackets */
	unsigned words, patterns;
	bool forgiven;
	bool glued;		 /* no blank since a closing quote or bracket */
	struct query_node spare; /* stands in when there is no memory */
	bool lone[TRAWL_QUERY_MAX];
};

void lexer_init(struct lexer *lx, const char *text, size_t len,
		const struct query_options *options, struct arena *arena,
		struct trawl_error *err);
void lexer_next(struct lexer *lx, struct token *out);

/* The next word of plain text, or NULL at the end. */
struct query_node *lexer_plain(struct lexer *lx);
/* An operator that is none, as a word. */
struct query_node *lexer_operator_word(struct lexer *lx, const struct token *t);

/* A node of weight 1; never NULL (see spare). */
struct query_node *lexer_node(struct lexer *lx, enum query_op op, size_t at);
/* Strict: fail at that byte.  Else: note it. */
void lexer_forgive(struct lexer *lx, size_t at, const char *why);
/* Fail: more than max of what. */
void lexer_limit(struct lexer *lx, size_t at, unsigned max, const char *what,
		 const char *limit);

/* -------------------------------- what the printer must know to escape -- */

/* Bytes of the quotation mark at s, or 0: " and U+201C to U+201E. */
size_t quote_length(const char *s, size_t n);
/* The length of a name that a colon (but not "://") follows, or 0. */
size_t field_length(const char *s, size_t n);
/* AND, OR, NOT, NEAR, NEAR/n; TOKEN_TERM when it is none. */
enum token_kind operator_kind(const char *s, size_t n);

/* ------------------------------------------------ query_scan.c's others -- */

enum char_kind {
	CHAR_END,
	CHAR_BLANK,
	CHAR_OPEN,
	CHAR_CLOSE,
	CHAR_QUOTE,
	CHAR_TEXT
};

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_sign(char c)
{
	return c > ' ' && c < 0x7F && !is_digit(c) && !is_letter(c);
}

/* White space, controls, and what is not UTF-8 (UINT32_MAX). */
bool is_query_blank(uint32_t cp);
/* What stands there, and how many bytes it has. */
enum char_kind lexer_look(const struct lexer *lx, size_t at, size_t *n);
enum char_kind lexer_kind(const struct lexer *lx, size_t at);
/* Bytes of a quotation mark, or 0. */
size_t lexer_quote(const struct lexer *lx, size_t at);
/* Bytes of a backslash and the sign that it makes text, or 0. */
size_t lexer_escape(const struct lexer *lx, size_t at);
/* Lone quotes and brackets do not part a sign from what it belongs to. */
size_t lexer_skip_lone(const struct lexer *lx, size_t at);
/* The closing quote from there on, or len; *empty: blanks all the way. */
size_t lexer_find_close(const struct lexer *lx, size_t at, bool *empty);
/* Bytes of a character of a phrase, its backslash included: there a backslash
 * goes before a quote or another one only. */
size_t lexer_phrase_char(const struct lexer *lx, size_t at, bool *escaped,
			 bool *blank);
void lexer_count_word(struct lexer *lx, size_t at);
void lexer_set_text(struct lexer *lx, const char **text, uint32_t *len,
		    const char *s, size_t n);

/* ------------------------------------------------ query_term.c's others -- */

bool field_has_range(const struct schema_field *field);
/* own: the field before it, else that of the brackets.  NULL when it is no
 * value of own, a date or number field. */
struct query_node *lexer_word_term(struct lexer *lx,
				   const struct schema_field *own, bool exact);
struct query_node *lexer_phrase_term(struct lexer *lx,
				     const struct schema_field *own);
size_t lexer_word_end(const struct lexer *lx, size_t at);
/* ^n after a closing quote or bracket */
double lexer_weight(struct lexer *lx);
/* A number of words from there on; bytes of it, 0: none. */
size_t lexer_window(struct lexer *lx, size_t at, uint32_t *out);

#endif
