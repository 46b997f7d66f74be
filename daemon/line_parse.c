/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "line_parse.h"

#include "buf.h"
#include "printable.h"
#include "utf8.h"

#include <stdarg.h>

enum {
	FOREIGN_MAX = 32,		 /* bytes quoted in an error */
	SHOWN_MAX = 4 * FOREIGN_MAX + 4, /* those escaped, "..." */
	KEY_MAX = 16			 /* longer than any option's name */
};

struct word {
	char *s;
	size_t len;
};

/* ------------------------------------------------------------- errors -- */

bool line_refuse(struct line_error *err, enum error_code code, const char *fmt,
		 ...)
{
	va_list ap;

	err->code = code;
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	return false;
}

/* Foreign bytes: escaped, and not many of them. */
static const char *shown(char out[SHOWN_MAX], const char *s, size_t len)
{
	/* A buf that is never made longer allocates nothing. */
	struct buf b = { .data = out,
			 .alloc = SHOWN_MAX,
			 .max = SHOWN_MAX - 1 };
	size_t cut = utf8_cut(s, len, FOREIGN_MAX);

	out[0] = '\0';
	add_printable(&b, s, cut);
	if (cut < len)
		buf_adds(&b, "...");
	return out;
}

/* ---------------------------------------------------------------- words -- */

static bool next_word(struct line_parse *p, struct word *w)
{
	while (p->at < p->end && *p->at == ' ')
		p->at++;
	if (p->at == p->end)
		return false;
	w->s = p->at;
	if (*w->s == ':') {
		p->at = p->end;
	} else {
		p->at = memchr(w->s, ' ', (size_t)(p->end - w->s));
		if (!p->at)
			p->at = p->end;
	}
	w->len = (size_t)(p->at - w->s);
	return true;
}

/* "{14}" is a literal's length; "{-1}" and "{5+}" are meant as one. */
static bool claims_length(const char *s, size_t len, size_t *ndigits)
{
	const char *end = s + len - 1;

	*ndigits = 0;
	if (len < 3 || *s++ != '{' || *end != '}')
		return false;

	bool sign = *s == '-' || *s == '+';

	s += sign;
	while (s < end && *s >= '0' && *s <= '9') {
		++*ndigits;
		s++;
	}
	if (!*ndigits)
		return false;
	if (sign || *s == '+')
		*ndigits = SIZE_MAX;
	return s + (*s == '+') == end;
}

static size_t literal_bytes(const char *digits)
{
	size_t n = 0;

	for (; *digits != '}'; digits++)
		n = 10 * n + (size_t)(*digits - '0');
	return n;
}

/*
 * Is it announced that octets follow the line?  A length that cannot be
 * right, or not at the line's end, leaves nobody knowing where the next
 * request begins.
 */
static struct line_literal find_literal(struct line_parse p)
{
	struct line_literal lit = { .kind = LITERAL_NONE };
	struct word w;
	size_t ndigits;

	while (lit.kind == LITERAL_NONE && next_word(&p, &w)) {
		char *equals = memchr(w.s, '=', w.len);

		if (*w.s == ':' || !equals)
			continue;

		char *value = equals + 1;

		if (!claims_length(value, (size_t)(w.s + w.len - value),
				   &ndigits))
			continue;
		lit.key = w.s;
		lit.key_len = (size_t)(equals - w.s);
		lit.kind = LITERAL_NOT_BELIEVED;
		if (ndigits <= LINE_LITERAL_DIGITS && p.at == p.end) {
			lit.kind = LITERAL_GOOD;
			lit.bytes = literal_bytes(value + 1);
		}
	}
	return lit;
}

/* --------------------------------------------------------------- checks -- */

/* The first byte that may not be there; n when there is none. */
static size_t bad_byte(const char *s, size_t n)
{
	size_t valid = utf8_valid(s, n);
	bool text = false;

	for (size_t i = 0; i < valid; i++) {
		unsigned char c = (unsigned char)s[i];

		text |= c == ':' && (!i || s[i - 1] == ' ');
		if ((c < 0x20 && !(c == '\t' && text)) || c == 0x7F)
			return i;
	}
	return valid;
}

static bool check_bytes(const struct line_parse *p)
{
	size_t n = (size_t)(p->end - p->data), at = bad_byte(p->data, n);

	return at == n ||
	       line_refuse(p->err, ERROR_BAD_BYTES, "byte 0x%02X at %zu",
			   (unsigned char)p->data[at], at + 1);
}

static bool check_value(struct line_error *err, const struct line_option *o)
{
	size_t valid = utf8_valid(o->value, o->len);
	const char *nul = memchr(o->value, '\0', valid);

	if (nul)
		valid = (size_t)(nul - o->value);
	return valid == o->len ||
	       line_refuse(err, ERROR_BAD_BYTES,
			   "%s=: byte 0x%02X at %zu of it", o->key,
			   (unsigned char)o->value[valid], valid + 1);
}

/* ----------------------------------------------------------------- tag -- */

static bool is_tag_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

static bool good_tag(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && is_tag_byte(s[i]))
		i++;
	return len && i == len && len <= LINE_TAG_MAX;
}

/* What a line begins with; it stays in *p unless it is a tag. */
static bool take_tag(struct line_parse *p, char tag[LINE_TAG_MAX + 1])
{
	char *begin = p->at;
	struct word w;

	tag[0] = '\0';
	if (!next_word(p, &w) || *w.s != '#') {
		p->at = begin;
		return true;
	}
	if (!good_tag(w.s + 1, w.len - 1))
		return false;
	memcpy(tag, w.s + 1, w.len - 1);
	tag[w.len - 1] = '\0';
	return true;
}

void line_tag(char *data, size_t n, char tag[LINE_TAG_MAX + 1])
{
	struct line_parse p = { .data = data, .at = data, .end = data + n };

	if (!take_tag(&p, tag) || p.at == p.end)
		tag[0] = '\0';
}

static bool parse_tag(struct line_parse *p)
{
	bool good = take_tag(p, p->rq->tag);

	memcpy(p->err->tag, p->rq->tag, sizeof(p->err->tag));
	return good ||
	       line_refuse(p->err, ERROR_BAD_VALUE,
			   "a tag is # and 1 to %d letters, digits, _ - .",
			   LINE_TAG_MAX);
}

/* ----------------------------------------------------- verb and options -- */

static bool parse_verb(struct line_parse *p)
{
	char shown_word[SHOWN_MAX];
	struct word w;

	if (!next_word(p, &w))
		return line_refuse(
			p->err, ERROR_MISSING_VALUE,
			"a verb must follow the tag; HELP lists them");
	p->rq->verb = verb_find(w.s, w.len);
	if (p->rq->verb)
		return true;

	const struct verb *near = verb_near(w.s, w.len);

	shown(shown_word, w.s, w.len);
	return near ? line_refuse(p->err, ERROR_UNKNOWN_VERB,
				  "%s: did you mean %s?", shown_word,
				  near->name)
		    : line_refuse(p->err, ERROR_UNKNOWN_VERB,
				  "%s: HELP lists the verbs", shown_word);
}

static bool has_option(const struct line_parse *p, const char *s, size_t len)
{
	char key[KEY_MAX];

	if (len >= sizeof(key))
		return false;
	memcpy(key, s, len);
	key[len] = '\0';
	return strlen(key) == len && verb_has_option(p->rq->verb, key);
}

/* Keys end at "=" before they are decoded; that of ":text" at its NUL. */
static struct line_option *find_option(struct line_request *rq, const char *key,
				       size_t len)
{
	for (size_t i = 0; i < rq->noptions; i++) {
		struct line_option *o = &rq->option[i];

		if (!strncmp(o->key, key, len) &&
		    (o->key[len] == '=' || !o->key[len]))
			return o;
	}
	return NULL;
}

static bool add_option(struct line_parse *p, const char *key, size_t key_len,
		       const char *value, size_t len)
{
	struct line_request *rq = p->rq;

	if (find_option(rq, key, key_len) || rq->noptions == LINE_OPTIONS_MAX)
		return line_refuse(p->err, ERROR_BAD_VALUE,
				   "%.*s=: given twice%s", (int)key_len, key,
				   *key == 'q' ? "; \":text\" is q=, too" : "");
	rq->option[rq->noptions++] = (struct line_option){ key, value, len };
	return true;
}

static bool parse_text(struct line_parse *p, const struct word *w)
{
	if (!has_option(p, "q", 1))
		return line_refuse(p->err, ERROR_UNKNOWN_OPTION,
				   "%s takes no text; HELP :%s has its usage",
				   p->rq->verb->name, p->rq->verb->name);
	return add_option(p, "q", 1, w->s + 1, w->len - 1);
}

static bool parse_bare(struct line_parse *p, const struct word *w)
{
	char word[SHOWN_MAX];

	if (has_option(p, w->s, w->len))
		return line_refuse(p->err, ERROR_MISSING_VALUE,
				   "%.*s: write %.*s=VALUE", (int)w->len, w->s,
				   (int)w->len, w->s);
	return line_refuse(
		p->err, ERROR_UNKNOWN_OPTION,
		"%s: options are key=value; the text comes behind \" :\"",
		shown(word, w->s, w->len));
}

static bool parse_option(struct line_parse *p, const struct word *w)
{
	char *equals = memchr(w->s, '=', w->len), word[SHOWN_MAX];

	if (*w->s == ':')
		return parse_text(p, w);
	if (!equals || equals == w->s)
		return parse_bare(p, w);

	size_t key_len = (size_t)(equals - w->s);

	if (!has_option(p, w->s, key_len))
		return line_refuse(p->err, ERROR_UNKNOWN_OPTION,
				   "%s: no option of %s; HELP :%s lists them",
				   shown(word, w->s, key_len),
				   p->rq->verb->name, p->rq->verb->name);
	return add_option(p, w->s, key_len, equals + 1, w->len - key_len - 1);
}

static bool is_given(const struct line_parse *p, const char *key)
{
	const struct line_option *o = find_option(p->rq, key, strlen(key));

	return o && o->len;
}

static bool parse_needs(struct line_parse *p)
{
	const struct verb *verb = p->rq->verb;

	if (verb->flags & VERB_NEEDS_TEXT && !is_given(p, "q"))
		return line_refuse(p->err, ERROR_MISSING_VALUE,
				   "%s needs a %s: %s :%s", verb->name,
				   verb->text, verb->name, verb->text);
	if (verb->flags & VERB_NEEDS_ID && !is_given(p, "id"))
		return line_refuse(p->err, ERROR_MISSING_VALUE,
				   "%s needs a document: %s id=ID", verb->name,
				   verb->name);
	return true;
}

/* All but the values' insides; nothing is written to. */
static bool parse_words(struct line_parse *p)
{
	struct word w;

	if (!check_bytes(p) || !parse_verb(p))
		return false;
	while (next_word(p, &w))
		if (!parse_option(p, &w))
			return false;
	if (p->literal.kind == LITERAL_GOOD)
		p->rq->option[p->rq->noptions - 1].len = p->literal.bytes;
	return parse_needs(p);
}

static bool check_literal(struct line_parse *p, size_t max)
{
	const struct line_literal *lit = &p->literal;
	char key[SHOWN_MAX];

	if (lit->kind == LITERAL_NONE || (max && lit->bytes <= max))
		return true;
	shown(key, lit->key, lit->key_len);
	return max ? line_refuse(p->err, ERROR_TOO_LARGE,
				 "%s={%zu}: may have %zu bytes (max-literal)",
				 key, lit->bytes, max)
		   : line_refuse(p->err, ERROR_TOO_LARGE,
				 "%s={%zu}: no literals before AUTH", key,
				 lit->bytes);
}

static bool refuse_length(struct line_parse *p)
{
	char key[SHOWN_MAX];

	return line_refuse(p->err, ERROR_TOO_LARGE,
			   "%s={N}: a literal's length is 1 to %d digits and "
			   "ends its line",
			   shown(key, p->literal.key, p->literal.key_len),
			   LINE_LITERAL_DIGITS);
}

bool line_parse(struct line_parse *p, const struct line_limits *limits)
{
	bool good = parse_tag(p);

	p->literal = find_literal(*p);
	if (p->literal.kind == LITERAL_NOT_BELIEVED)
		return refuse_length(p);
	return good && parse_words(p) && check_literal(p, limits->max_literal);
}

/* --------------------------------------------------------------- decoding -- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* %XX to bytes, in place; false when it is something else. */
static bool decode_percent(char *s, size_t *len)
{
	char *out = s, *end = s + *len;

	while (s < end) {
		int hi, lo;

		if (*s != '%') {
			*out++ = *s++;
			continue;
		}
		hi = end - s > 2 ? hex_digit(s[1]) : -1;
		lo = end - s > 2 ? hex_digit(s[2]) : -1;
		if (hi < 0 || lo < 0)
			return false;
		*out++ = (char)(hi << 4 | lo);
		s += 3;
	}
	*len -= (size_t)(s - out);
	return true;
}

/* o points into the line at data, and so does what is written to. */
static bool decode_option(char *data, struct line_option *o,
			  struct line_error *err)
{
	char *value = data + (o->value - data);
	bool raw = value[-1] == ':';

	if (!raw) {
		value[-1] = '\0';
		if (!decode_percent(value, &o->len))
			return line_refuse(
				err, ERROR_BAD_VALUE,
				"%s=: %% and two hex digits, or %%25", o->key);
	}
	value[o->len] = '\0';
	return raw || check_value(err, o);
}

bool line_decode(struct line_parse *p, char *octets)
{
	size_t n = p->rq->noptions;

	if (p->literal.kind == LITERAL_GOOD) {
		struct line_option *o = &p->rq->option[--n];

		p->data[o->value - p->data - 1] = '\0';
		octets[p->literal.bytes] = '\0';
		*o = (struct line_option){ o->key, octets, p->literal.bytes };
		if (!check_value(p->err, o))
			return false;
	}
	for (size_t i = 0; i < n; i++)
		if (!decode_option(p->data, &p->rq->option[i], p->err))
			return false;
	return true;
}
