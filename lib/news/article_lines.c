/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article_lines.h"

#include "agency.h"
#include "article_author.h"
#include "fold.h"
#include "line_text.h"
#include "written_date.h"

#include <string.h>

enum {
	/* Words of a first paragraph; of one that another follows; of one
	 * that two others follow. */
	BODY_ALONE = 25,
	BODY_FOLLOWED = 14,
	BODY_RUN = 8,
	CREDIT_END = 60,   /* bytes, where a credit stands */
	META_WORDS = 12,   /* at most, of a label and a date */
	META_BESIDE = 2,   /* words beside a date on its own line */
	SENTENCE_TOKEN = 4 /* letters of a word that is no abbreviation */
};

#define LETTERS                                                                \
	(1u << CHAR_LETTER | 1u << CHAR_DIGIT | 1u << CHAR_WIDE) /* of a word */

/* ------------------------------------------------- one line's sentences -- */

/* What a line is made of, as far as it was read. */
struct reading {
	const char *s;
	size_t len;
	size_t words, wide; /* wide: characters of Chinese and Japanese */
	bool stop, sentence, digit;
};

/* Bytes of a full stop, a question mark or an exclamation mark at s. */
static size_t stop_at(const char *s, size_t len)
{
	static const char *const stops[] = {
		"\xE2\x80\xA6", /* ... */
		"\xE3\x80\x82", /* of Chinese and Japanese */
		"\xEF\xBC\x81", "\xEF\xBC\x9F", "\xE0\xA5\xA4", /* of Hindi */
		"\xD8\x9F",					/* of Arabic */
	};

	if (!len)
		return 0;
	if (*s == '.' || *s == '!' || *s == '?')
		return 1;
	if ((unsigned char)*s < 0xD8)
		return 0;
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
		if (starts_with(s, len, stops[i]))
			return strlen(stops[i]);
	return 0;
}

/* Bytes of a sign at the end of s that closes a quotation or brackets. */
static size_t closing_before(const char *s, size_t len)
{
	static const char *const wide[] = {
		"\xE2\x80\x9D", "\xE2\x80\x99", "\xE2\x80\x9C", "\xC2\xBB",
		"\xC2\xAB",	"\xE3\x80\x8D", "\xE2\x80\xBA",
	};

	if (len && strchr("\"')]*", s[len - 1]) && s[len - 1])
		return 1;
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++) {
		size_t n = strlen(wide[i]);

		if (len >= n && !memcmp(s + len - n, wide[i], n))
			return n;
	}
	return 0;
}

static size_t without_closing(const char *s, size_t len)
{
	size_t n;

	while (len && ((n = closing_before(s, len)) || s[len - 1] == ' '))
		len -= n ? n : 1;
	return len;
}

/* Does a word end as a sentence does: with a stop, and be more than initials? */
static bool ends_sentence(const char *s, size_t len)
{
	if (is_letter(s[len - 1]) || is_digit(s[len - 1]) || s[len - 1] == ',')
		return false;
	len = without_closing(s, len);
	for (size_t n = 1; n <= 3 && n < len; n++)
		if (stop_at(s + len - n, n) == n)
			return s[len - 1] != '.' || len - n >= SENTENCE_TOKEN ||
			       is_digit(s[0]);
	return false;
}

static bool is_wide(unsigned char c)
{
	return c >= 0xE3 && c <= 0xE9;
}

/* The word at byte at of the line; where it ends. */
static size_t read_token(struct reading *r, size_t at)
{
	const char *s = r->s + at;
	unsigned classes = 0;

	for (; at < r->len; at++) {
		unsigned char c = (unsigned char)r->s[at];

		if (c <= ' ' ||
		    (c >= 0x80 && wide_blank_at(r->s + at, r->len - at)))
			break;
		classes |= 1u << byte_class[c];
		r->wide += is_wide(c);
	}
	r->digit |= (classes & 1u << CHAR_DIGIT) != 0;
	r->words += (classes & LETTERS) != 0;
	r->sentence |= ends_sentence(s, (size_t)(r->s + at - s)) &&
		       (at + 1 >= r->len || !is_digit(r->s[at + 1]));
	return at;
}

/* Up to where it is clear that the line is long, and prose. */
static bool is_enough(const struct reading *r)
{
	size_t words = r->words + r->wide / 2;

	return words >= LINE_WORDS_MAX || (r->sentence && words >= 30);
}

static void read_words(struct reading *r)
{
	size_t at = 0;

	while (at < r->len && !is_enough(r)) {
		size_t n = blank_at(r->s + at, r->len - at);

		at = n ? at + n : read_token(r, at);
	}
	r->words += r->wide / 2;
}

static void read_stop(struct reading *r)
{
	size_t len = without_closing(r->s, r->len);

	for (size_t n = 1; n <= 3 && n <= len; n++)
		r->stop |= stop_at(r->s + len - n, n) == n;
	r->sentence |=
		r->stop || (r->wide && memmem(r->s, r->len, "\xE3\x80\x82", 3));
}

/* ------------------------------------------------------ what a line is -- */

static bool has_one(const char *s, size_t len, const char *const *signs)
{
	for (; *signs; signs++)
		if (find_lower(s, len, *signs) < len)
			return true;
	return false;
}

/* What tells of a picture stands at either end. */
static bool is_caption(const char *s, size_t len)
{
	static const char *const begins[] = {
		"photo",  "picture",	"image",    "foto:", "(photo",
		"(image", "file photo", "ap photo", NULL,
	};
	static const char *const ends[] = { "getty images", "photo by",
					    "file photo", "ap photo", NULL };
	static const char *const in_brackets[] = {
		"(reuters/", "/reuters)", "/ap)", "/afp)",	  "via reuters",
		"photo",     "(image",	  "foto", "getty images", NULL,
	};
	size_t end = len < CREDIT_END ? len : CREDIT_END;
	char last = len > 1 && s[len - 1] == '.' ? s[len - 2] : s[len - 1];

	for (size_t i = 0; begins[i]; i++)
		if (starts_with(s, len, begins[i]) &&
		    (memchr(s, ':', end) || starts_with(s, len, "photo by") ||
		     *s == '('))
			return true;
	s += len - end;
	return last == ')' ? has_one(s, end, in_brackets)
			   : s[end - 1] != '.' && has_one(s, end, ends);
}

/* "ATLANTA, GEORGIA - OCTOBER 28: Former President ..." */
static bool is_agency_caption(const char *s, size_t len)
{
	const char *colon = memchr(s, ':', len < 80 ? len : 80);
	size_t n = colon ? (size_t)(colon - s) : 0;

	if (n < 8 || !is_digit(s[n - 1]))
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] >= 'a' && s[i] <= 'z')
			return false;
	return memmem(s, n, " - ", 3) != NULL;
}

static bool is_address(const char *s, size_t len)
{
	return starts_with(s, len, "http:") || starts_with(s, len, "https:") ||
	       starts_with(s, len, "www.") || starts_with(s, len, "www .");
}

static bool is_label(const char *s, size_t len)
{
	static const char *const words[] = {
		"published",	   "posted",	   "updated",
		"last updated",	   "created",	   "date:",
		"veröffentlicht",  "publié",	   "publicado",
		"stand:",	   "aktualisiert", "mis à jour",
		"pubblicato",	   "gepubliceerd", "опубликовано",
		"Опубликовано",	   "Опубліковано", "Дата",
		"first published",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (starts_with(s, len, words[i]))
			return true;
	return false;
}

static size_t count_words(const char *s, size_t len)
{
	struct reading r = { .s = s, .len = len };

	read_words(&r);
	return r.words;
}

/* A date with little beside it, a label with a date. */
static uint16_t date_flags(const struct reading *r, const char *s, size_t len)
{
	struct written_date date;
	size_t beside, at = 0;

	if (!r->digit ||
	    !written_date_next(s, len, &at, DATE_ORDER_UNKNOWN, &date) ||
	    !date.day || date.unit != DATE_ABSOLUTE)
		return 0;
	beside = count_words(s, date.begin) +
		 count_words(s + date.end, len - date.end);
	if (beside <= META_BESIDE && r->words <= META_WORDS)
		return LINE_DATED | LINE_META;
	return r->words <= META_WORDS && is_label(s, len)
		       ? LINE_DATED | LINE_META
		       : LINE_DATED;
}

/* "2 min read", "Lesezeit: 3 Minuten" */
static bool is_reading_time(const struct reading *r)
{
	return r->digit && r->words <= 5 &&
	       (find_lower(r->s, r->len, "min read") < r->len ||
		find_lower(r->s, r->len, "minut") < r->len ||
		find_lower(r->s, r->len, "мин") < r->len);
}

static uint16_t short_line_flags(const struct reading *r)
{
	struct byline b;
	uint16_t flags = date_flags(r, r->s, r->len);

	if (is_reading_time(r) || (r->words <= 3 && is_label(r->s, r->len)))
		flags |= LINE_META;
	if (byline_read(r->s, r->len, &b))
		flags |= LINE_BYLINE;
	return flags;
}

static uint16_t line_flags(const struct reading *r)
{
	struct dateline d;
	uint16_t flags = 0;

	if (r->stop)
		flags |= LINE_STOP;
	if (r->sentence)
		flags |= LINE_SENTENCE;
	if (is_address(r->s, r->len))
		flags |= LINE_ADDRESS;
	if (is_caption(r->s, r->len) || is_agency_caption(r->s, r->len))
		flags |= LINE_CAPTION;
	if (dateline_read(r->s, r->len, &d))
		flags |= LINE_DATELINE;
	if (r->words <= 20)
		flags |= short_line_flags(r);
	return flags;
}

/* ------------------------------------------------------------ the head -- */

struct cursor {
	size_t at;   /* in the text */
	size_t span; /* of the furniture, the first that ends after at */
};

static uint16_t furniture_flags(const struct spans *f, struct cursor *c,
				size_t at)
{
	while (c->span < f->n && f->at[c->span].end <= at)
		c->span++;
	if (c->span == f->n || f->at[c->span].begin > at)
		return 0;
	return f->at[c->span].kind == FURNITURE_META
		       ? LINE_META | LINE_FURNITURE
		       : LINE_FURNITURE;
}

/* The next line that is not blank; false at the end of the head. */
static bool read_line(struct article_head *h, struct cursor *c)
{
	while (c->at < h->len && c->at < HEAD_BYTES && h->n < HEAD_LINES) {
		const char *s = h->text + c->at;
		const char *lf = memchr(s, '\n', h->len - c->at);
		size_t len = lf ? (size_t)(lf - s) : h->len - c->at;
		struct head_line *l = &h->line[h->n];
		size_t at = c->at;
		struct reading r;

		c->at += len + 1;
		if (len > UINT32_MAX - at)
			return false;
		trim(&s, &len);
		if (!len)
			continue;
		r = (struct reading){ .s = s };
		r.len = len < LINE_BYTES ? len : LINE_BYTES;
		read_words(&r);
		r.len = len;
		read_stop(&r);
		r.len = len < LINE_BYTES ? len : LINE_BYTES;
		l->begin = (uint32_t)(s - h->text);
		l->end = (uint32_t)(l->begin + len);
		l->words = (uint16_t)r.words;
		l->flags =
			line_flags(&r) | furniture_flags(h->furniture, c, at);
		h->n++;
		return true;
	}
	return false;
}

/* Line i, which is read when it has not been yet; NULL at the end. */
static const struct head_line *line_at(struct article_head *h, struct cursor *c,
				       size_t i)
{
	while (i >= h->n)
		if (!read_line(h, c))
			return NULL;
	return &h->line[i];
}

static bool is_prose(const struct head_line *l, unsigned words, unsigned sign)
{
	return l->words >= words && (l->flags & sign) &&
	       !(l->flags & (LINE_FURNITURE | LINE_META | LINE_BYLINE |
			     LINE_CAPTION | LINE_ADDRESS));
}

/* Does prose follow line i, a short sentence between them or none; or nothing
 * at all? */
static bool is_prose_below(struct article_head *h, struct cursor *c, size_t i)
{
	const struct head_line *l = line_at(h, c, i + 1);

	if (l && is_prose(l, 1, LINE_STOP) && l->words < BODY_RUN)
		l = line_at(h, c, i + 2);
	return !l || is_prose(l, BODY_RUN, LINE_STOP);
}

static bool are_two_below(struct article_head *h, struct cursor *c, size_t i)
{
	for (size_t n = 1; n <= 2; n++) {
		const struct head_line *l = line_at(h, c, i + n);

		if (!l || !is_prose(l, BODY_RUN, LINE_STOP))
			return false;
	}
	return true;
}

static bool is_body(struct article_head *h, struct cursor *c, size_t i)
{
	const struct head_line *l = &h->line[i];

	if (is_prose(l, BODY_ALONE, LINE_SENTENCE))
		return true;
	if ((l->flags & LINE_DATELINE) && is_prose(l, BODY_RUN, LINE_SENTENCE))
		return true;
	if (!is_prose(l, BODY_RUN, LINE_STOP))
		return false;
	return l->words >= BODY_FOLLOWED ? is_prose_below(h, c, i)
					 : are_two_below(h, c, i);
}

void article_head_read(const char *text, size_t len,
		       const struct spans *furniture, struct article_head *out)
{
	struct cursor c = { 0 };
	size_t short_one = HEAD_LINES; /* the first sentence of a few words */

	out->text = text;
	out->len = len;
	out->furniture = furniture;
	out->n = 0;
	for (size_t i = 0; line_at(out, &c, i); i++) {
		out->body = i;
		if (is_body(out, &c, i))
			return;
		if (short_one == HEAD_LINES &&
		    is_prose(&out->line[i], BODY_RUN, LINE_STOP))
			short_one = i;
	}
	out->body = short_one < out->n ? short_one : out->n;
}

uint32_t article_head_body(const struct article_head *h)
{
	return h->body < h->n ? h->line[h->body].begin : (uint32_t)h->len;
}
