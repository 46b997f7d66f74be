/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article_author.h"

#include "agency.h"
#include "line_text.h"
#include "written_date.h"

#include <string.h>

enum {
	BYLINE_BYTES = 240, /* a longer line is none */
	TAIL_BYTES = 1500,  /* below the body, where labels are looked for */
	TAIL_LINE = 200
};

/* What stands before names.  Not sure: the word is one of prose, too, so that
 * nothing but names and a date may follow. */
static const struct {
	const char *word;
	bool below; /* the body as well as above it */
	double confidence;
	const char *reason;
} labels[] = {
	{ "author: ", true, 0.9, "label Author" },
	{ "authors: ", true, 0.9, "label Authors" },
	{ "author : ", true, 0.9, "label Author" },
	{ "written by ", true, 0.85, "label Written by" },
	{ "posted by ", false, 0.75, "label Posted by" },
	{ "story by ", false, 0.8, "label Story by" },
	{ "reported by ", false, 0.75, "label Reported by" },
	{ "(reporting by ", true, 0.5, "Reporting by, at the end" },
	{ "reporting by ", true, 0.5, "Reporting by, at the end" },
	{ "by ", false, 0.85, "byline" },
	{ "by: ", false, 0.85, "byline" },
	{ "von ", false, 0.75, "byline (von)" },
	{ "autor: ", true, 0.85, "label Autor" },
	{ "autorin: ", true, 0.85, "label Autorin" },
	{ "par ", false, 0.75, "byline (par)" },
	{ "auteur : ", true, 0.85, "label Auteur" },
	{ "auteur: ", true, 0.85, "label Auteur" },
	{ "por ", false, 0.75, "byline (por)" },
	{ "di ", false, 0.7, "byline (di)" },
	{ "door ", false, 0.75, "byline (door)" },
	{ "av ", false, 0.7, "byline (av)" },
	{ "af ", false, 0.7, "byline (af)" },
	{ "Автор: ", true, 0.85, "label Автор" },
	{ "автор: ", true, 0.85, "label Автор" },
	{ "Авторка: ", true, 0.85, "label Авторка" },
	{ "Автори: ", true, 0.85, "label Автори" },
	{ "Της ", false, 0.7, "byline (Της)" },
	{ "Του ", false, 0.7, "byline (Του)" },
	{ "كتب: ", false, 0.8, "label كتب" },
	{ "كتبت: ", false, 0.8, "label كتبت" },
	{ "بقلم: ", false, 0.8, "label بقلم" },
	{ "लेखक: ", false, 0.8, "label लेखक" },
	{ "लेखिका: ", false, 0.8, "label लेखिका" },
	{ "Текст: ", true, 0.75, "label Текст" },
};

/* Words of names that are in lower case. */
static const char *const particles[] = {
	"de",  "del", "della", "der", "den", "da",  "das", "do",
	"dos", "di",  "du",    "la",  "le",  "van", "von", "bin",
	"ibn", "al",  "el",    "ter", "ten", "zu",  "af",  "av",
};

/* Words between two names. */
static const char *const joints[] = {
	"and", "&", "und", "et", "y", "e", "og", "och", "en", "и", "та", "і",
};

/* Words that follow names, with a capital perhaps. */
static const char *const roles[] = {
	"staff",	"special",     "correspondent",
	"reporter",	"editor",      "writer",
	"senior",	"political",   "business",
	"sports",	"chief",       "our",
	"published",	"updated",     "posted",
	"last",		"for",	       "in",
	"at",		"on",	       "science",
	"health",	"technology",  "economics",
	"foreign",	"world",       "bureau",
	"contributing", "contributor", "columnist",
	"newsroom",	"desk",	       "team",
};

/* The last word of an office: "Jo Smith, political correspondent". */
static const char *const offices[] = {
	"correspondent", "reporter", "editor",	    "writer",
	"columnist",	 "staff",    "contributor",
};

static bool is_one_of(const char *s, size_t len, const char *const *words,
		      size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (starts_with(s, len, words[i]) && strlen(words[i]) == len)
			return true;
	return false;
}

#define IS_ONE_OF(s, len, words)                                               \
	is_one_of(s, len, words, sizeof(words) / sizeof(*words))

static bool is_upper(const char *s, size_t len)
{
	size_t upper = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] >= 'a' && s[i] <= 'z')
			return false;
		upper += s[i] >= 'A' && s[i] <= 'Z';
	}
	return upper >= 2;
}

/* May it be part of a name?  first: of it. */
static bool is_name_word(const char *s, size_t len, const char *first)
{
	for (size_t i = 0; i < len; i++)
		if (is_digit(s[i]) || strchr("|/()@:;\"", s[i]))
			return false;
	if (s != first && IS_ONE_OF(s, len, particles))
		return true;
	if (!is_capital(s, len) || IS_ONE_OF(s, len, roles))
		return false;
	/* "Jo Smith BBC News" */
	return s == first || !is_upper(s, len) ||
	       is_upper(first, token_length(first, (size_t)(s - first)));
}

/* A name's length, 0 when there is none; *words: of it. */
static size_t name_length(const char *s, size_t len, size_t *words)
{
	size_t end = 0, at = 0;

	for (*words = 0; at < len; (*words)++) {
		size_t n = token_length(s + at, len - at);
		bool last = n && strchr(",;)", s[at + n - 1]);

		n -= last;
		if (!n || IS_ONE_OF(s + at, n, joints) ||
		    !is_name_word(s + at, n, s))
			break;
		end = at += n;
		if (last) {
			++*words;
			break;
		}
		while (at < len && blank_at(s + at, len - at))
			at += blank_at(s + at, len - at);
	}
	return end;
}

static bool add_name(struct byline *b, const char *s, size_t len, size_t words)
{
	const char *agency = agency_named(s, len);

	if (b->n == BYLINE_NAMES || len > NAME_BYTES_MAX ||
	    words > NAME_WORDS_MAX || (words < 2 && !agency))
		return false;
	b->name[b->n].s = agency ? agency : s;
	b->name[b->n++].len = agency ? strlen(agency) : len;
	return true;
}

/* Is there another name: a joint, or a comma with a joint to come? */
static size_t joint_length(const char *s, size_t len)
{
	size_t at = 0, n;
	bool comma = len && (*s == ',' || *s == ';');

	at += comma;
	while (at < len && (n = blank_at(s + at, len - at)))
		at += n;
	n = token_length(s + at, len - at);
	if (IS_ONE_OF(s + at, n, joints)) {
		at += n;
		while (at < len && (n = blank_at(s + at, len - at)))
			at += n;
		return at;
	}
	return comma && *s == ',' &&
			       (find_lower(s, len, " and ") < len ||
				find_lower(s, len, " und ") < len ||
				find_lower(s, len, " et ") < len)
		       ? at
		       : 0;
}

/* Names from s on; what is left of len. */
static size_t read_names(const char *s, size_t len, struct byline *out)
{
	for (;;) {
		size_t words, n = name_length(s, len, &words);

		if (!add_name(out, s, n, words))
			return len;
		s += n;
		len -= n;
		n = joint_length(s, len);
		if (!n)
			return len;
		s += n;
		len -= n;
	}
}

/* May it stand behind the names of a byline? */
static bool is_rest(const char *s, size_t len)
{
	static const char *const words[] = { "in", "for", "at", "on" };
	size_t n;

	trim(&s, &len);
	n = token_length(s, len);
	return !len || strchr(",|(;/-)", *s) || is_digit(*s) ||
	       dash_at(s, len) || starts_with(s, len, "\xE2\x80\xA2") ||
	       starts_with(s, len, "\xC2\xB7") || IS_ONE_OF(s, n, words) ||
	       IS_ONE_OF(s, n, roles) || is_upper(s, n);
}

/* Where the first date begins: names end there at the latest. */
static size_t date_begin(const char *s, size_t len)
{
	struct written_date date;
	size_t at = 0;

	for (size_t i = 0; i < len; i++)
		if (is_digit(s[i]))
			return written_date_next(s, len, &at,
						 DATE_ORDER_UNKNOWN, &date)
				       ? date.begin
				       : len;
	return len;
}

static bool read_labelled(const char *s, size_t len, bool below,
			  struct byline *out)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++) {
		size_t n, left, end;

		if ((below && !labels[i].below) ||
		    !starts_with(s, len, labels[i].word))
			continue;
		n = strlen(labels[i].word);
		end = date_begin(s, len);
		if (end <= n)
			continue;
		left = read_names(s + n, end - n, out);
		out->confidence = labels[i].confidence;
		out->reason = labels[i].reason;
		return out->n && is_rest(s + end - left, left);
	}
	return false;
}

/* "Jo Smith, political correspondent" */
static bool read_role(const char *s, size_t len, struct byline *out)
{
	size_t words, n = name_length(s, len, &words), at = n + 1, last;

	if (!n || at >= len || s[n] != ',' || words > 3 ||
	    !add_name(out, s, n, words))
		return false;
	for (last = len; last && s[last - 1] != ' '; last--)
		;
	out->confidence = 0.65;
	out->reason = "a name and an office";
	return len - at < 50 && last > at &&
	       IS_ONE_OF(s + last, len - last, offices);
}

bool byline_read(const char *line, size_t len, struct byline *out)
{
	*out = (struct byline){ 0 };
	if (len > BYLINE_BYTES || len < 5)
		return false;
	if (read_labelled(line, len, false, out))
		return true;
	*out = (struct byline){ 0 };
	return read_role(line, len, out);
}

bool is_person_in_place(const char *line, size_t len)
{
	size_t words, n = name_length(line, len, &words), at;

	if (!n || words < 2 || words > 3 ||
	    !starts_with(line + n, len - n, " in "))
		return false;
	at = n + 4;
	n = name_length(line + at, len - at, &words);
	return n && words <= 2 && at + n == len;
}

static void add_byline(const struct byline *b, struct guess_list *out)
{
	char value[BYLINE_NAMES * (NAME_BYTES_MAX + 2)];
	size_t len = 0;

	for (size_t i = 0; i < b->n; i++) {
		memcpy(value + len, ", ", 2);
		len += i ? 2 : 0;
		memcpy(value + len, b->name[i].s, b->name[i].len);
		len += b->name[i].len;
	}
	guess_add(out, "author", value, len, b->confidence, b->reason);
}

/* Nothing but names in the line below the title, above a date: of one alone it
 * may be a place. */
static void guess_names(const struct article_head *h, size_t title,
			struct guess_list *out)
{
	const struct head_line *l = &h->line[title + 1];
	struct byline b = { 0 };

	if (title + 2 >= h->n || title + 2 > h->body ||
	    l->flags & (LINE_FURNITURE | LINE_META | LINE_BYLINE) ||
	    !(l[1].flags & LINE_META) || l->end - l->begin > BYLINE_BYTES)
		return;
	if (read_names(h->text + l->begin, l->end - l->begin, &b))
		return;
	b.confidence = b.n > 1 ? 0.65 : 0.5;
	b.reason = "names below the title";
	if (b.n)
		add_byline(&b, out);
}

static void guess_above(const struct article_head *h, struct guess_list *out)
{
	struct byline b;

	for (size_t i = 0; i < h->n && i < h->body; i++) {
		const struct head_line *l = &h->line[i];

		if ((l->flags & LINE_BYLINE) &&
		    byline_read(h->text + l->begin, l->end - l->begin, &b))
			add_byline(&b, out);
	}
}

static void guess_below(const struct article_head *h, struct guess_list *out)
{
	size_t from = article_head_body(h), end = h->len;

	if (h->len > TAIL_BYTES && from < h->len - TAIL_BYTES)
		from = h->len - TAIL_BYTES;
	while (end > from) {
		const char *lf = memrchr(h->text + from, '\n', end - from);
		size_t begin = lf ? (size_t)(lf - h->text) + 1 : from;
		const char *s = h->text + begin;
		size_t len = end - begin;
		struct byline b = { 0 };

		if (!lf && from && h->text[from - 1] != '\n')
			return; /* within a line */
		if (len <= TAIL_LINE) {
			trim(&s, &len);
			if (read_labelled(s, len, true, &b))
				add_byline(&b, out);
		}
		end = lf ? begin - 1 : from;
	}
}

void guess_authors(const struct article_head *h, size_t title,
		   struct guess_list *out)
{
	if (title < h->n)
		guess_names(h, title, out);
	guess_above(h, out);
	guess_below(h, out);
}
