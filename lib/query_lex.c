/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "query_lex.h"

#include "buf.h"
#include "expand.h"

enum {
	NAME_EDITS = 2 /* of a field's name, for did-you-mean */
};

/* -------------------------------------------------------------- fields -- */

size_t field_length(const char *s, size_t n)
{
	size_t len = 0;

	if (!n || !is_letter(*s))
		return 0;
	while (len < n && (is_letter(s[len]) || is_digit(s[len]) ||
			   s[len] == '_' || s[len] == '-'))
		len++;
	if (len > SCHEMA_NAME_MAX || len == n || s[len] != ':')
		return 0;
	return n - len > 2 && s[len + 1] == '/' && s[len + 2] == '/' ? 0 : len;
}

static void lower_name(const char *s, size_t len, char out[SCHEMA_NAME_MAX + 1])
{
	for (size_t i = 0; i < len; i++)
		out[i] = s[i] >= 'A' && s[i] <= 'Z' ? (char)(s[i] + 32) : s[i];
	out[len] = '\0';
}

static bool searchable(const struct schema_field *f)
{
	return f->indexed || f->sort || field_has_range(f);
}

static const struct schema_field *find_field(const struct schema *schema,
					     const char *name)
{
	for (size_t i = 0; schema && i < schema->nfields; i++)
		if (!strcmp(schema->field[i].name, name))
			return &schema->field[i];
	return NULL;
}

static const char *nearest_name(const struct schema *schema, const char *name)
{
	const char *best = NULL;
	unsigned least = NAME_EDITS + 1;

	for (size_t i = 0; schema && i < schema->nfields; i++) {
		const char *known = schema->field[i].name;
		unsigned edits = edit_distance(name, strlen(name), known,
					       strlen(known), NAME_EDITS);

		if (edits < least && edits < strlen(name) &&
		    searchable(&schema->field[i])) {
			least = edits;
			best = known;
		}
	}
	return best;
}

static void unknown_field(struct lexer *lx, size_t at, const char *name)
{
	const struct schema *schema = lx->options->schema;
	struct buf why = BUF_INIT(sizeof(lx->err->text) - 64);
	const char *near = nearest_name(schema, name), *comma = " ";

	if (find_field(schema, name))
		buf_addf(&why, "field \"%s\" is stored but not searched", name);
	else
		buf_addf(&why, "no field \"%s\"", name);
	if (near)
		buf_addf(&why, "; did you mean \"%s\"? fields:", near);
	else
		buf_adds(&why, "; fields:");
	for (size_t i = 0; schema && i < schema->nfields; i++) {
		if (!searchable(&schema->field[i]))
			continue;
		buf_addf(&why, "%s%s", comma, schema->field[i].name);
		comma = ", ";
	}
	lexer_forgive(lx, at, why.data);
	buf_release(&why);
}

/* A field and its colon, passed over; NULL when there is none. */
static const struct schema_field *take_field(struct lexer *lx)
{
	const char *s = lx->text + lx->pos;
	size_t len = field_length(s, lx->len - lx->pos);
	char name[SCHEMA_NAME_MAX + 1];

	if (!len)
		return NULL;
	lower_name(s, len, name);

	const struct schema_field *f = find_field(lx->options->schema, name);
	size_t from = lexer_skip_lone(lx, lx->pos + len + 1);
	enum char_kind next = lexer_kind(lx, from);

	if (!f || !searchable(f)) {
		unknown_field(lx, lx->pos, name);
		return NULL;
	}
	if (next != CHAR_TEXT && next != CHAR_QUOTE && next != CHAR_OPEN) {
		lexer_forgive(lx, lx->pos, "nothing after this field's colon");
		return NULL;
	}
	lx->pos = from;
	return f;
}

/* In -name:"..." where there is no such field: the mark is not the name's. */
static void skip_name(struct lexer *lx)
{
	size_t len = field_length(lx->text + lx->pos, lx->len - lx->pos);
	size_t from = lexer_skip_lone(lx, lx->pos + len + 1);
	enum char_kind next = lexer_kind(lx, from);

	if (!len)
		return;
	if (next == CHAR_QUOTE || next == CHAR_OPEN ||
	    (next == CHAR_TEXT && from > lx->pos + len + 1))
		lx->pos = from;
}

/* -------------------------------------------------------------- tokens -- */

/* Is this sign followed by what it can belong to? */
static bool belongs(const struct lexer *lx, size_t at)
{
	enum char_kind next = lexer_kind(lx, lexer_skip_lone(lx, at + 1));

	return next == CHAR_TEXT || next == CHAR_QUOTE || next == CHAR_OPEN;
}

static char take_mark(struct lexer *lx)
{
	char c = lx->text[lx->pos];
	size_t next = lexer_skip_lone(lx, lx->pos + 1);

	if ((c != '+' && c != '-') || lx->glued || !belongs(lx, lx->pos) ||
	    lx->text[next] == '+' || lx->text[next] == '-')
		return '\0';
	lx->pos = next;
	return c;
}

static bool take_equals(struct lexer *lx)
{
	if (lx->text[lx->pos] != '=' || !belongs(lx, lx->pos))
		return false;
	lx->pos = lexer_skip_lone(lx, lx->pos + 1);
	if (lexer_kind(lx, lx->pos) == CHAR_OPEN)
		lexer_forgive(lx, lx->pos, "= goes before a word or a phrase");
	return true;
}

static struct query_node *take_leaf(struct lexer *lx,
				    const struct schema_field *own, bool exact)
{
	return lexer_kind(lx, lx->pos) == CHAR_QUOTE
		       ? lexer_phrase_term(lx, own)
		       : lexer_word_term(lx, own, exact);
}

static void take_term(struct lexer *lx, struct token *out)
{
	out->mark = take_mark(lx);
	lx->glued = false;

	size_t at = lx->pos;
	const struct schema_field *own = take_field(lx);
	const struct schema_field *field = own ? own : lx->field;

	if (out->mark && !own)
		skip_name(lx);

	bool exact = !field_has_range(field) && take_equals(lx);

	if (lexer_kind(lx, lx->pos) == CHAR_OPEN) {
		out->kind = TOKEN_OPEN;
		out->field = field;
		out->at = lx->pos++;
		return;
	}
	out->kind = TOKEN_TERM;
	out->node = take_leaf(lx, own, exact);
	if (!out->node) {
		lx->pos = at;
		if (out->mark)
			skip_name(lx);
		out->node = take_leaf(lx, NULL, false);
	}
	out->node->must = out->mark == '+';
	out->node->must_not = out->mark == '-';
}

enum token_kind operator_kind(const char *s, size_t n)
{
	static const struct {
		const char *name;
		enum token_kind kind;
	} operators[] = { { "AND", TOKEN_AND },
			  { "OR", TOKEN_OR },
			  { "NOT", TOKEN_NOT },
			  { "NEAR", TOKEN_NEAR } };

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (n == strlen(operators[i].name) &&
		    !memcmp(s, operators[i].name, n))
			return operators[i].kind;
	if (n < 6 || memcmp(s, "NEAR/", 5))
		return TOKEN_TERM;
	for (size_t i = 5; i < n; i++)
		if (!is_digit(s[i]))
			return TOKEN_TERM;
	return TOKEN_NEAR;
}

static bool take_operator(struct lexer *lx, struct token *out)
{
	size_t len = lexer_word_end(lx, lx->pos) - lx->pos;

	out->kind = operator_kind(lx->text + lx->pos, len);
	if (out->kind == TOKEN_TERM)
		return false;
	out->at = lx->pos;
	out->len = len;
	out->window = QUERY_NEAR_WINDOW;
	if (out->kind == TOKEN_NEAR && len > 5)
		lexer_window(lx, lx->pos + 5, &out->window);
	lx->pos += len;
	lx->glued = false;
	if (out->window)
		return true;
	lexer_forgive(lx, out->at, "NEAR/ takes a number of words from 1 on");
	out->kind = TOKEN_TERM;
	out->node = lexer_operator_word(lx, out);
	return true;
}

static void skip_blanks(struct lexer *lx)
{
	size_t n;

	while (lexer_look(lx, lx->pos, &n) == CHAR_BLANK) {
		lx->pos += n;
		lx->glued = false;
	}
}

void lexer_next(struct lexer *lx, struct token *out)
{
	*out = (struct token){ .weight = 1 };
	skip_blanks(lx);

	enum char_kind kind = lexer_kind(lx, lx->pos);

	if (lx->status != TRAWL_OK || kind == CHAR_END)
		return;
	if (kind == CHAR_CLOSE) {
		out->kind = TOKEN_CLOSE;
		lx->pos++;
		out->weight = lexer_weight(lx);
		lx->glued = true;
		return;
	}
	if (kind != CHAR_TEXT || !take_operator(lx, out))
		take_term(lx, out);
}
