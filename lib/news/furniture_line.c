/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "furniture_line.h"

#include "ascii8.h"
#include "furniture_table.h"
#include "plain.h"

#include <string.h>
#include <strings.h>

static enum line_how how_of(const struct furniture_phrase *f)
{
	switch (f->mode) {
	case PHRASE_EDGE:
		return LINE_OUTSIDE;
	case PHRASE_WEAK:
		return LINE_WEAK;
	case PHRASE_HEADING:
		return LINE_LIST;
	case PHRASE_START:
		return f->need == NEED_NOTHING || f->need == NEED_LETTER
			       ? LINE_SURE
			       : LINE_OUTSIDE;
	default:
		return LINE_SURE;
	}
}

/* Begins with a letter in lower case: the rest of a sentence, or "hide
 * caption". */
static bool lower_start(const char *s, size_t n)
{
	return n && is_lower(s[0]);
}

/* words: n of them, in the order of their bytes. */
static bool is_word(const char *w, size_t len, const char *const *words,
		    size_t n)
{
	while (n) {
		size_t half = n / 2;
		int c = (unsigned char)*words[half] - (unsigned char)*w;

		if (!c)
			c = strncmp(words[half], w, len);
		if (!c && !words[half][len])
			return true;
		if (c < 0) {
			words += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return false;
}

static size_t next_word(const char *s, size_t n, size_t *i)
{
	size_t begin;

	while (*i < n && !word_byte(s[*i]))
		++*i;
	begin = *i;
	while (*i < n && word_byte(s[*i]))
		++*i;
	return begin;
}

/* "20", "10th", "9h15", "1052" */
static bool number(const char *w, size_t n)
{
	size_t i = 0;

	while (i < n && is_digit(w[i]))
		i++;
	return i && i <= 4 && n - i <= 3;
}

static bool two_slashes(const char *s, size_t n)
{
	const char *first = memchr(s, '/', n);

	return first && memchr(first + 1, '/', (size_t)(s + n - first) - 1);
}

/* Dates with a year or a time, "3 hours ago", "12 comments", and no other
 * word. */
static bool date_only(const char *s, size_t n)
{
	unsigned numbers = 0, signs = 0, years = 0;
	size_t i = 0, begin;

	while ((begin = next_word(s, n, &i)) < i) {
		const char *w = s + begin;
		size_t len = i - begin;

		if (number(w, len)) {
			numbers++;
			years += len == 4 &&
				 (!memcmp(w, "19", 2) || !memcmp(w, "20", 2));
		} else if (is_word(w, len, furniture_date_signs,
				   furniture_date_signs_n)) {
			signs++;
		} else if (!is_word(w, len, furniture_date_words,
				    furniture_date_words_n)) {
			return false;
		}
	}
	if (!numbers || numbers > 12)
		return false;
	if (!signs && numbers == 2 && n <= CLOCK_MAX) /* "7:22 AM" */
		return memchr(s, ':', n) && memchr(s, 'm', n);
	if (!signs)
		return numbers >= 3 && (years || two_slashes(s, n));
	return years || memchr(s, ':', n) || memmem(s, n, " ago", 4) ||
	       memmem(s, n, " comment", 8);
}

static bool ends(const char *s, size_t n, const char *tail)
{
	size_t len = strlen(tail);

	return n >= len && !memcmp(s + n - len, tail, len);
}

static const char *const small_words[] = {
	"and", "at", "by",	  "desk", "editing", "for", "from", "in",
	"of",  "on", "reporting", "team", "the",     "via", "with", "writing"
};

/* After "Reporting by": names, and few words that are none. */
static bool names_only(const char *s, size_t n)
{
	size_t i = 0, begin, others = 0;

	while ((begin = next_word(s, n, &i)) < i)
		others +=
			is_lower(s[begin]) &&
			!is_word(s + begin, i - begin, small_words,
				 sizeof(small_words) / sizeof(small_words[0]));
	return others <= OTHER_WORDS;
}

static bool by_phrase(const char *s, struct page_line *l)
{
	const struct furniture_phrase *f = furniture_phrase_find(s, l->len);
	size_t n;

	if (!f)
		return false;
	if (lower_start(s, l->len) && f->kind != FURNITURE_CREDIT)
		return false;
	n = strlen(f->text);
	if (f->mode == PHRASE_START && l->len > n &&
	    (ends(f->text, n, " by") || ends(f->text, n, " from")) &&
	    !names_only(s + n, l->len - n))
		return false;
	l->kind = f->kind;
	l->how = (uint8_t)how_of(f);
	return true;
}

/* "2 min read", alone or after a byline, a date or a label. */
static bool read_time(const struct plain *p)
{
	size_t n = p->label, words = 1;

	if (!ends(p->s, n, "read"))
		return false;
	n = plain_label(p->s, n - 4);
	if (ends(p->s, n, "minutes") || ends(p->s, n, "minute"))
		n -= ends(p->s, n, "s") ? 7 : 6;
	else if (ends(p->s, n, "mins") || ends(p->s, n, "min"))
		n -= ends(p->s, n, "s") ? 4 : 3;
	else
		return false;
	n = plain_label(p->s, n);
	if (!n || !is_digit(p->s[n - 1]))
		return false;
	while (n && is_digit(p->s[n - 1]))
		n--;
	n = plain_label(p->s, n);
	for (size_t i = 0; i < n; i++)
		words += p->s[i] == ' ';
	return !n || words <= 3 || date_only(p->s, n) ||
	       (!memcmp(p->s, "by ", 3) && words <= 14);
}

static bool is_form(struct page_line *l, enum furniture kind, enum line_how how)
{
	l->kind = (uint8_t)kind;
	l->how = (uint8_t)how;
	return true;
}

/* Bytes of what stands between the parts of a bar; 0: nothing of the kind. */
static size_t separator(const char *s, bool words)
{
	if (words)
		return *s == ' ';
	switch ((unsigned char)*s) {
	case '|':
	case '>':
	case '/':
		return 1;
	case 0xC2: /* middle dot, angle quotes */
		return s[1] == '\267' || s[1] == '\273' ? 2 : 0;
	case 0xE2: /* bullet, single angle quotes, arrow */
		return !memcmp(s, "\342\200\242", 3) ||
				       !memcmp(s, "\342\200\272", 3) ||
				       !memcmp(s, "\342\206\222", 3)
			       ? 3
			       : 0;
	default:
		return 0;
	}
}

/* The phrase that n bytes are, without the white space around them. */
static const struct furniture_phrase *part_phrase(const char *s, size_t n)
{
	struct plain part;

	if (n > BAR_PART_MAX)
		return NULL;
	plain_read(s, n, &part);
	return furniture_phrase_of(&part);
}

struct bar {
	unsigned parts, known;
	uint8_t kind;
};

static bool bar_read(const struct plain *p, bool words, struct bar *b)
{
	size_t i = 0, end, skip;

	for (; i < p->n; i = end + skip) {
		const struct furniture_phrase *f;

		skip = 0;
		for (end = i; end < p->n; end++)
			if ((skip = separator(p->s + end, words)) != 0)
				break;
		if (end - i > BAR_PART_MAX)
			return false;
		if (end == i)
			continue;
		f = part_phrase(p->s + i, end - i);
		b->parts++;
		if (f && f->mode < PHRASE_START) {
			b->known++;
			b->kind = f->kind;
		} else if (words) {
			return false;
		}
	}
	return true;
}

/* "Home > World > Europe", "News | Sport | Weather", "Share Tweet Email": all
 * parts short, and the half of them, all of single words, are known. */
static bool by_bar(const struct plain *p, bool words, struct page_line *l)
{
	struct bar b = { 0 };

	if (words && !furniture_phrase_word(p->s, p->n))
		return false;
	if (!bar_read(p, words, &b) || b.known < (words ? 3 : 2) ||
	    b.known * 2 < b.parts)
		return false;
	return is_form(l, b.kind, LINE_OUTSIDE);
}

enum form_sign {
	SIGN_DIGIT = 1,
	SIGN_BAR = 2
};

/* 0: none of v's bytes is c. */
static uint64_t has_byte(uint64_t v, unsigned char c)
{
	return ascii8_zeros(v ^ ASCII8_ONES * c);
}

static unsigned form_signs(const struct plain *p)
{
	uint64_t digits = 0, bars = 0;

	for (size_t i = 0; i < p->n; i += 8) {
		const uint64_t v = ascii8_load(p->s + i);

		digits |= ascii8_between(v & ~ASCII8_TOPS, '0', '9') & ~v;
		bars |= has_byte(v, '|') | has_byte(v, '>') | has_byte(v, '/') |
			has_byte(v, 0xC2) | has_byte(v, 0xE2);
	}
	return (digits ? SIGN_DIGIT : 0) | (bars ? SIGN_BAR : 0);
}

static bool skip_link(const struct plain *p)
{
	return (ends(p->s, p->n, "content") || ends(p->s, p->n, "main") ||
		ends(p->s, p->n, "navigation")) &&
	       memmem(p->s, p->n, "skip to ", 8) && plain_words(p) <= 8;
}

/* One word that is an address: of mail, of a network, of a page. */
static bool address(const struct plain *p)
{
	return !memchr(p->s, ' ', p->n) &&
	       (memchr(p->s, '@', p->n) || plain_begins(p, "http") ||
		plain_begins(p, "www."));
}

/* Forms of short lines. */
static bool by_form(const struct plain *p, struct page_line *l)
{
	unsigned signs = form_signs(p);

	if (signs & SIGN_DIGIT) {
		if (read_time(p))
			return is_form(l, FURNITURE_META, LINE_SURE);
		if (date_only(p->s, p->n))
			return is_form(l, FURNITURE_META, LINE_OUTSIDE);
	}
	if (!memcmp(p->s, "\302\251", 2))
		return is_form(l, FURNITURE_CREDIT, LINE_OUTSIDE);
	if (address(p))
		return is_form(l, FURNITURE_SHARING, LINE_OUTSIDE);
	if (skip_link(p))
		return is_form(l, FURNITURE_NAVIGATION, LINE_OUTSIDE);
	return ((signs & SIGN_BAR) && by_bar(p, false, l)) ||
	       by_bar(p, true, l);
}

/* Which bytes may show a form: digits, what by_bar() parts at, and all that is
 * folded in another way than the letters and marks of ASCII. */
static uint64_t form_bytes(uint64_t v)
{
	const uint64_t digits = ascii8_between(v, '/', '9');
	const uint64_t angles = ascii8_between(v, '>', '>');
	const uint64_t bars = v + ASCII8_ONES * (0x80 - '{');
	const uint64_t controls = ~(v + ASCII8_ONES * (0x80 - ' '));

	return (v | digits | angles | bars | controls) & ASCII8_TOPS;
}

static bool has_form_bytes(const char *s, size_t n)
{
	uint64_t found = form_bytes(ascii8_load(s + n - 8));

	for (size_t i = 0; i + 8 < n; i += 8)
		found |= form_bytes(ascii8_load(s + i));
	return found;
}

/* May n bytes end as skip_link() wants? */
static bool may_skip(const char *s, size_t n)
{
	const uint64_t v = htole64(ascii8_lower(ascii8_load(s + n - 8)));
	char last[8];

	memcpy(last, &v, 8);
	return ends(last, 8, "tent") || ends(last, 8, "main") ||
	       ends(last, 8, "tion");
}

/* False: by_form() knows no such line, as it is written.  An address is one
 * word. */
static bool may_form(const char *s, size_t n)
{
	if (n < 8 || !word_byte(s[0]) || has_form_bytes(s, n))
		return true;
	return !memchr(s, ' ', n) || may_skip(s, n) ||
	       furniture_phrase_word(s, n);
}

static const char *const credit_labels[] = {
	" photograph: ", " photo: ", " credit: ", " picture: ", " image: ",
	" foto: ",	 " bild: ",  " фото: ",	  NULL
};

/* False: credit_end() knows no such end, as it is written. */
static bool may_credit(const char *s, size_t n)
{
	const char last = s[n - 1], before = n > 1 ? s[n - 2] : ' ';

	if ((unsigned char)(last | before) >= 0x80 || !word_byte(last))
		return true;
	return ((last | 32) == 's' && (before | 32) == 'e') ||
	       ((last | 32) == 'p' && (before | 32) == 'f') ||
	       memchr(s, ':', n);
}

/* A caption that ends in "(Anna Moneymaker/Getty Images)" or "Photo: AFP". */
static bool credit_end(const char *s, size_t n)
{
	size_t from = n > 90 ? n - 90 : 0, open;
	struct plain p;

	while (from < n && ((unsigned char)s[from] & 0xC0) == 0x80)
		from++;
	if (from == n || !may_credit(s + from, n - from))
		return false;
	plain_read(s + from, n - from, &p);
	if (!p.n)
		return false;
	if (ends(p.s, p.n, "getty images") || ends(p.s, p.n, "/afp"))
		return true;
	if (p.s[p.n - 1] == ')' || p.s[p.n - 1] == ']') {
		for (open = p.n; open; open--)
			if (p.s[open - 1] == '(' || p.s[open - 1] == '[')
				break;
		p.n -= open;
		memmove(p.s, p.s + open, p.n + 1);
		return open && plain_words(&p) <= CREDIT_WORDS &&
		       plain_has(&p, furniture_credits);
	}
	return memchr(p.s, ':', p.n) && plain_has(&p, credit_labels);
}

static const char *const months[] = { "JANUARY", "FEBRUARY", "MARCH",
				      "APRIL",	 "MAY",	     "JUNE",
				      "JULY",	 "AUGUST",   "SEPTEMBER",
				      "OCTOBER", "NOVEMBER", "DECEMBER" };

/* "ATLANTA, GEORGIA - OCTOBER 28: Republican ..." of an agency's photograph. */
static bool agency_caption(const char *s, size_t n)
{
	const char *dash, *colon;

	if (n < 16 || is_lower(s[1]) || is_lower(s[2]) || is_lower(s[3]))
		return false;
	dash = memmem(s, n < 80 ? n : 80, " - ", 3);
	if (!dash)
		return false;
	n -= (size_t)(dash - s);
	colon = memchr(dash, ':', n < 24 ? n : 24);
	if (!colon)
		return false;
	for (const char *c = s; c < dash; c++)
		if (is_lower(*c))
			return false;
	for (size_t i = 0; i < 12; i++) {
		size_t len = strlen(months[i]);

		if ((size_t)(colon - dash) > len + 3 &&
		    !memcmp(dash + 3, months[i], len))
			return is_digit(colon[-1]);
	}
	return false;
}

static bool sentence_end(const char *s, size_t n)
{
	while (n && strchr("\"')]", s[n - 1]))
		n--;
	if (n > 2 && (unsigned char)s[n - 3] == 0xE2)
		n -= 3;
	if (n > 2 && (!memcmp(s + n - 3, "\343\200\202", 3) ||
		      !memcmp(s + n - 3, "\340\245\244", 3)))
		return true; /* ideographic full stop, danda */
	return n && strchr(".!?:", s[n - 1]);
}

/* Can a line end so that has a credit at its end? */
static bool credit_like(const char *s, const struct page_line *l)
{
	char last = s[l->len - 1];

	return l->len <= LINE_CAPTION_MAX &&
	       (last == ')' || last == ']' || word_byte(last));
}

void page_line_judge(const char *text, struct page_line *l)
{
	const char *s = text + l->text;
	bool stop = sentence_end(s, l->len);
	struct plain p;

	l->kind = FURNITURE_NONE;
	l->how = LINE_UNKNOWN;
	l->prose = l->len >= LINE_PROSE_MIN && stop;
	if (by_phrase(s, l))
		return;
	if (l->len <= (stop ? LINE_STOP_MAX : LINE_SHORT_MAX) &&
	    may_form(s, l->len)) {
		plain_read(s, l->len, &p);
		if (p.n && by_form(&p, l))
			return;
	}
	if ((credit_like(s, l) && credit_end(s, l->len)) ||
	    agency_caption(s, l->len))
		is_form(l, FURNITURE_CREDIT, LINE_SURE);
}

static const char *const visitor_words[] = {
	"our site",   "our website",	"this site",	      "this website",
	"we use",     "our partners",	"our use of cookies", "use of cookies",
	"our cookie", "accept cookies", "cookie policy",      NULL
};
static const char *const contributed[] = { "contributed to this report",
					   "contributed to this story",
					   "contributed to this article",
					   NULL };
static const char *const rights_words[] = { "all rights reserved",
					    "may not be published, broadcast",
					    "may not be reproduced", NULL };

/* By its k, which is rarer than what memmem() would look for. */
static bool has_cookie(const char *s, size_t n)
{
	const char *end = s + n, *k = s;

	while ((k = memchr(k, 'k', (size_t)(end - k))) != NULL) {
		if (k - s >= 3 && end - k >= 3 && !memcmp(k - 2, "ookie", 5))
			return true;
		k++;
	}
	return false;
}

/* Is a line's last word one of those that such lines end with? */
static bool last_word(const char *s, size_t n)
{
	static const char *const words[] = { "reserved",   "redistributed",
					     "permission", "consent",
					     "prohibited", "report",
					     "story",	   "article" };
	size_t begin;

	while (n && !word_byte(s[n - 1]))
		n--;
	for (begin = n; begin && word_byte(s[begin - 1]); begin--)
		if (n - begin >= LAST_WORD_MAX)
			return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == n - begin &&
		    !strncasecmp(s + begin, words[i], n - begin))
			return true;
	return false;
}

enum furniture page_line_outside(const char *s, size_t n)
{
	bool cookie, word;
	struct plain p;

	if (n > PLAIN_MAX)
		return FURNITURE_NONE;
	cookie = has_cookie(s, n);
	word = last_word(s, n);
	if (!cookie && !word)
		return FURNITURE_NONE;
	plain_read(s, n, &p);
	if (plain_quoted(&p))
		return FURNITURE_NONE;
	if (word && n <= LINE_SHORT_MAX && plain_has(&p, contributed))
		return FURNITURE_AUTHOR;
	if (word && plain_has(&p, rights_words))
		return FURNITURE_CREDIT;
	return cookie && plain_has(&p, visitor_words) ? FURNITURE_CONSENT
						      : FURNITURE_NONE;
}

/* Capitalised words at the beginning, two to four: their bytes. */
static size_t name_length(const char *s, size_t n)
{
	size_t i = 0, end = 0;
	unsigned words = 0;

	while (i < n && words < 4) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x80 && (c < 'A' || c > 'Z'))
			break;
		while (i < n && (word_byte(s[i]) || memchr(".'-", s[i], 3)))
			i++;
		end = i;
		words++;
		while (i < n && s[i] == ' ')
			i++;
	}
	return words >= 2 ? end : 0;
}

bool page_line_names(const char *s, size_t n)
{
	return name_length(s, n) != 0;
}

static const char *const copulas[] = { " is ",	  " has been", " covers",
				       " writes", " reports",  " joined",
				       " works ", " was a ",   NULL };

bool page_line_biography(const char *s, size_t n, size_t *name)
{
	const char *const *c = copulas;
	struct plain p, head;

	*name = name_length(s, n);
	if (!*name || n < 50 || n > 1500)
		return false;
	while (*c &&
	       (n - *name < strlen(*c) || memcmp(s + *name, *c, strlen(*c))))
		c++;
	if (!*c)
		return false;
	plain_read(s, n, &p);
	plain_read(s, n < 220 ? n : 220, &head);
	return !plain_quoted(&p) && plain_has(&head, furniture_roles) &&
	       plain_has(&p, furniture_careers);
}
