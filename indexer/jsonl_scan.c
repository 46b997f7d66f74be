/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Strings, and names, stay where they are in the line unless they hold
 * escapes, and numbers are kept as they are written when they are written as
 * they would be printed.  The line is read to its end first.  Then the byte
 * behind each name and value, a quote or a comma that has served, becomes the
 * NUL that fields end with.
 */
#include "jsonl.h"

#include "ascii8.h"
#include "die.h"
#include "document.h"
#include "json.h"
#include "utf8.h"

enum {
	MEMBERS_MAX = 64, /* of an object; each item of an array counts */
	INTEGER_MAX = 18, /* digits that fit any int64_t */
	REAL_MAX = 15,	  /* digits that a double gives back */
	ZEROS_MAX = 3	  /* after "0."; with more, %g prints an exponent */
};

enum member_kind {
	MEMBER_NULL,
	MEMBER_LIST, /* an empty one */
	MEMBER_STRING,
	MEMBER_INTEGER,
	MEMBER_JSON /* true, false or a real number */
};

struct span {
	char *s;
	size_t n;
};

struct member {
	struct span name, value; /* a NULL and a LIST have no value */
	enum member_kind kind;
};

struct scan {
	char *at;
	const char *end;
	struct arena *arena; /* for strings with escapes */
	size_t n;
	struct member members[MEMBERS_MAX];
};

static bool span_is(const struct span *a, const char *s, size_t n)
{
	return a->n == n && !memcmp(a->s, s, n);
}

/* The byte at hand; 0 at the end. */
static char peek(const struct scan *sc)
{
	return sc->at < sc->end ? *sc->at : '\0';
}

static char skip_blanks(struct scan *sc)
{
	char c;

	while ((c = peek(sc)) == ' ' || c == '\t' || c == '\r' || c == '\n')
		sc->at++;
	return c;
}

/* Skip blanks and c, if c comes next. */
static bool skip_to(struct scan *sc, char c)
{
	if (skip_blanks(sc) != c)
		return false;
	sc->at++;
	return true;
}

/* The length of \uXXXX, or a pair of them; 0: U+0000, half a pair or no such. */
static size_t read_unicode(const char *s, size_t n, uint32_t *cp)
{
	unsigned first, second;

	if (!json_read_u4(s, n, &first) || !first ||
	    (first >= 0xDC00 && first < 0xE000))
		return 0;
	*cp = first;
	if (first < 0xD800 || first >= 0xE000)
		return 6;
	if (!json_read_u4(s + 6, n - 6, &second) || second < 0xDC00 ||
	    second >= 0xE000)
		return 0;
	*cp = 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
	return 12;
}

/* One escape at s, a backslash: its length, or 0; *to moves on. */
static size_t read_escape(const char *s, size_t n, char **to)
{
	uint32_t cp;
	char c = n > 1 ? json_simple_escape(s[1]) : '\0';
	size_t len;

	if (c) {
		*(*to)++ = c;
		return 2;
	}
	len = read_unicode(s, n, &cp);
	if (len)
		*to += utf8_encode(cp, *to);
	return len;
}

/* Up to the next backslash.  Eight bytes are written though fewer may count:
 * there is as much room at to as is left of s. */
static char *copy_plain(char *to, const char *s, size_t n)
{
	for (; n >= 8; s += 8, to += 8, n -= 8) {
		uint64_t found = json_specials(ascii8_load(s));

		memcpy(to, s, 8);
		if (found)
			return to + ascii8_first(found);
	}
	for (; n && *s != '\\'; n--)
		*to++ = *s++;
	return to;
}

/* Into the arena.  No escape is shorter than what it stands for. */
static bool unescape(struct scan *sc, struct span *str)
{
	char *out = arena_alloc(sc->arena, str->n + 1), *to = out;
	const char *s = str->s, *end = s + str->n;

	if (!out)
		die("out of memory");
	while (s < end) {
		const char *from = to;
		size_t len;

		to = copy_plain(to, s, (size_t)(end - s));
		s += to - from;
		if (s == end)
			break;
		len = read_escape(s, (size_t)(end - s), &to);
		if (!len)
			return false;
		s += len;
	}
	*str = (struct span){ out, (size_t)(to - out) };
	return true;
}

static char *skip_plain(char *s, const char *end, uint64_t *seen)
{
	return s + json_plain_bytes(s, (size_t)(end - s), seen);
}

static bool scan_string(struct scan *sc, struct span *str)
{
	uint64_t seen = 0;
	bool escaped = false;
	char *from, *to;

	if (peek(sc) != '"')
		return false;
	from = sc->at + 1;
	to = skip_plain(from, sc->end, &seen);
	while (sc->end - to > 1 && *to == '\\') {
		escaped = true;
		to = skip_plain(to + 2, sc->end, &seen);
	}
	if (to == sc->end || *to != '"')
		return false;
	sc->at = to + 1;
	*str = (struct span){ from, (size_t)(to - from) };
	if ((seen & ASCII8_TOPS) && utf8_valid(from, str->n) != str->n)
		return false;
	return !escaped || unescape(sc, str);
}

static size_t count_digits(const char *s, const char *end)
{
	size_t n = 0;

	while (s + n < end && s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/* Is WHOLE.PART what %.15g makes of it? */
static bool is_plain_real(const char *whole, size_t nwhole, const char *part,
			  size_t npart)
{
	size_t zeros = 0;

	if (!npart || (npart > 1 && part[npart - 1] == '0'))
		return false;
	if (*whole != '0')
		return nwhole + npart <= REAL_MAX;
	while (zeros + 1 < npart && part[zeros] == '0')
		zeros++;
	return zeros <= ZEROS_MAX && npart - zeros <= REAL_MAX;
}

static bool scan_number(struct scan *sc, struct member *m)
{
	char *from = sc->at;
	const char *digits = from + (*from == '-');
	size_t n = count_digits(digits, sc->end), part;

	if (!n || n > INTEGER_MAX || (*digits == '0' && n > 1))
		return false;
	m->kind = MEMBER_INTEGER;
	m->value = (struct span){ from, (size_t)(digits - from) + n };
	sc->at = from + m->value.n;
	if (peek(sc) != '.')
		return *digits != '0' || digits == from; /* -0 prints as 0 */
	part = count_digits(sc->at + 1, sc->end);
	m->kind = MEMBER_JSON;
	m->value.n += 1 + part;
	if (!is_plain_real(digits, n, sc->at + 1, part))
		return false;
	sc->at += 1 + part;
	return true;
}

static bool scan_word(struct scan *sc, struct member *m, const char *word,
		      enum member_kind kind)
{
	const size_t n = strlen(word);

	if ((size_t)(sc->end - sc->at) < n || memcmp(sc->at, word, n))
		return false;
	m->kind = kind;
	m->value = (struct span){ sc->at, n };
	sc->at += n;
	return true;
}

static bool scan_scalar(struct scan *sc, struct member *m)
{
	switch (peek(sc)) {
	case '"':
		m->kind = MEMBER_STRING;
		return scan_string(sc, &m->value);
	case 't':
		return scan_word(sc, m, "true", MEMBER_JSON);
	case 'f':
		return scan_word(sc, m, "false", MEMBER_JSON);
	case 'n':
		return scan_word(sc, m, "null", MEMBER_NULL);
	case '\0':
		return false;
	default:
		return scan_number(sc, m);
	}
}

static bool add_member(struct scan *sc, const struct member *m)
{
	if (sc->n == MEMBERS_MAX)
		return false;
	sc->members[sc->n++] = *m;
	return true;
}

/* ["a", "b"]: a member each. */
static bool scan_list(struct scan *sc, struct member *m)
{
	sc->at++;
	if (skip_to(sc, ']')) {
		m->kind = MEMBER_LIST;
		return add_member(sc, m);
	}
	m->kind = MEMBER_STRING;
	do {
		skip_blanks(sc);
		if (!scan_string(sc, &m->value) || !add_member(sc, m))
			return false;
	} while (skip_to(sc, ','));
	return skip_to(sc, ']');
}

/* Is it what a document takes?  What is not is for others to refuse. */
static bool is_fit(const struct member *m)
{
	if (span_is(&m->name, "text", 4))
		return m->kind == MEMBER_STRING || m->kind == MEMBER_NULL;
	if (!span_is(&m->name, "id", 2))
		return m->name.n > 0;
	if (m->kind == MEMBER_STRING)
		return m->value.n && m->value.n <= TRAWL_ID_MAX;
	return m->kind == MEMBER_INTEGER || m->kind == MEMBER_NULL;
}

static bool is_new_name(const struct scan *sc, const struct span *name)
{
	for (size_t i = 0; i < sc->n; i++)
		if (span_is(&sc->members[i].name, name->s, name->n))
			return false;
	return true;
}

static bool scan_member(struct scan *sc)
{
	struct member m = { .kind = MEMBER_LIST };

	skip_blanks(sc);
	if (!scan_string(sc, &m.name) || !is_new_name(sc, &m.name) ||
	    !skip_to(sc, ':'))
		return false;
	if (skip_blanks(sc) == '[')
		return is_fit(&m) && scan_list(sc, &m);
	return scan_scalar(sc, &m) && is_fit(&m) && add_member(sc, &m);
}

static bool scan_object(struct scan *sc)
{
	if (!skip_to(sc, '{'))
		return false;
	if (!skip_to(sc, '}')) {
		do {
			if (!scan_member(sc))
				return false;
		} while (skip_to(sc, ','));
		if (!skip_to(sc, '}'))
			return false;
	}
	skip_blanks(sc);
	return sc->at == sc->end;
}

static void take_member(struct document *doc, const struct member *m)
{
	if (m->kind == MEMBER_NULL || m->kind == MEMBER_LIST)
		return;
	m->name.s[m->name.n] = '\0';
	m->value.s[m->value.n] = '\0';
	if (span_is(&m->name, "text", 4)) {
		doc->text = m->value.s;
		doc->text_len = m->value.n;
	} else if (!span_is(&m->name, "id", 2)) {
		document_add_borrowed(doc, m->name.s, m->value.s, m->value.n,
				      m->kind != MEMBER_STRING);
	} else {
		document_set_id(doc, m->value.s, m->value.n);
	}
}

bool jsonl_scan(char *line, size_t len, struct document *doc)
{
	struct scan sc;

	sc.at = line;
	sc.end = line + len;
	sc.arena = &doc->arena;
	sc.n = 0;
	if (!scan_object(&sc)) {
		arena_reset(&doc->arena);
		return false;
	}
	for (size_t i = 0; i < sc.n; i++)
		take_member(doc, &sc.members[i]);
	return true;
}
