/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include "buf.h"
#include "printable.h"
#include "response.h"
#include "term.h"
#include "trawl.h"
#include "utf8.h"

enum {
	INDENT = 4,
	BAR_MIN = 5,
	BAR_MAX = 30,
	LABEL_MAX = 28,
	VALUES_SHOWN = 20, /* of a facet */
	TITLE_LINES = 3,   /* a longer one is cut */
	DAY_CHARS = 10,
};

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define TITLE "\033[1;36m"
#define PLAIN "\033[0m"

static const char *paint(const struct term *t, const char *how)
{
	return t->colour ? how : "";
}

/* Stored bytes, so made printable, and cut to the line. */
static void add_fitted(struct buf *out, const char *s, unsigned width)
{
	struct buf clean = BUF_INIT(1u << 20);

	add_printable(&clean, s, strlen(s));
	term_fit(out, clean.data, width);
	buf_release(&clean);
}

static const char *dot(const struct term *t)
{
	return t->unicode ? " \u00b7 " : " - ";
}

/* A date without its time of day; NULL when there is none. */
static const char *day_of(const char *date, char day[DAY_CHARS + 1])
{
	if (!date)
		return NULL;
	snprintf(day, DAY_CHARS + 1, "%s", date);
	return day;
}

static bool has_title(const struct trawl_hit *hit)
{
	return hit->title && *hit->title;
}

static void add_facts(struct buf *out, const struct term *t,
		      const struct trawl_hit *hit)
{
	char day[DAY_CHARS + 1];
	const char *facts[] = { day_of(hit->date, day), hit->source, hit->index,
				has_title(hit) ? hit->id : NULL };
	struct buf line = BUF_INIT(1u << 16);
	bool first = true;

	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
		if (!facts[i])
			continue;
		buf_adds(&line, first ? paint(t, DIM) : dot(t));
		first = false;
		add_printable(&line, facts[i], strlen(facts[i]));
	}
	if (line.len) {
		buf_adds(&line, paint(t, PLAIN));
		term_wrap(out, line.data, INDENT, t->width);
	}
	buf_release(&line);
}

/* A list with commas, with a blank behind each. */
static void add_list(struct buf *out, const char *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_addc(out, list[i]);
		if (list[i] == ',')
			buf_addc(out, ' ');
	}
}

static int percent_of(double part, double score)
{
	return score > 0 ? (int)(100 * part / score + 0.5) : 0;
}

/* Words that stand near stopwords do not. */
static bool is_worth_telling(const struct trawl_share *s, double score)
{
	return !s->with || percent_of(s->score, score);
}

static void add_share(struct buf *line, const struct trawl_share *s,
		      double score)
{
	buf_addf(line, "%s%s", line->len ? "; " : "", s->word);
	if (s->with)
		buf_addf(line, " near %s", s->with);
	buf_addf(line, " %d%%", percent_of(s->score, score));
	if (!s->count)
		return;
	buf_addf(line, " (%u time%s%s", s->count, s->count == 1 ? "" : "s",
		 s->found ? ": " : "");
	if (s->found)
		add_list(line, s->found, strlen(s->found));
	if (s->first)
		buf_addf(line, "; %d%% for being word %u",
			 percent_of(s->lead, score), s->first);
	buf_addc(line, ')');
}

static void add_explanation(struct buf *out, const struct term *t,
			    const struct trawl_hit *hit)
{
	struct buf line = BUF_INIT(1u << 16);
	struct buf clean = BUF_INIT(1u << 16);

	for (size_t i = 0; i < hit->nexplain; i++)
		if (is_worth_telling(&hit->explain[i], hit->score))
			add_share(&line, &hit->explain[i], hit->score);
	if (line.len && hit->neighbours > 0)
		buf_addf(&line, "; documents like it %d%%",
			 percent_of(hit->neighbours, hit->score));
	if (line.len) {
		add_printable(&clean, line.data, line.len);
		buf_reset(&line);
		buf_addf(&line, "score %.3f = %s", hit->score, clean.data);
		term_wrap(out, line.data, INDENT, t->width);
	}
	buf_release(&line);
	buf_release(&clean);
}

/* The rank, and the title, or the id: that one whole, to be copied. */
static void add_heading(struct buf *out, const struct term *t,
			const struct trawl_hit *hit)
{
	struct buf line = BUF_INIT(1u << 20), wrapped = BUF_INIT(1u << 20);
	unsigned room = (t->width - INDENT) * TITLE_LINES;

	buf_adds(&line, paint(t, TITLE));
	if (has_title(hit))
		add_fitted(&line, hit->title, room);
	else
		add_printable(&line, hit->id, strlen(hit->id));
	buf_adds(&line, paint(t, PLAIN));
	term_wrap(&wrapped, line.data, INDENT, t->width);
	buf_addf(out, "%*u  %s", INDENT - 2, hit->rank, wrapped.data + INDENT);
	buf_release(&line);
	buf_release(&wrapped);
}

/* More than one, and each begins with a dash. */
static void add_passages(struct buf *out, const struct term *t,
			 const struct trawl_hit *hit)
{
	const char *dash = t->unicode ? "\u2013" : "-";
	struct buf wrapped = BUF_INIT(1u << 20);

	for (size_t i = 0; i < hit->nsnippets; i++) {
		if (hit->nsnippets == 1) {
			term_wrap(out, hit->snippets[i], INDENT, t->width);
			continue;
		}
		buf_reset(&wrapped);
		term_wrap(&wrapped, hit->snippets[i], INDENT + 2, t->width);
		buf_addf(out, "%*s%s %s", INDENT, "", dash,
			 wrapped.data + INDENT + 2);
	}
	buf_release(&wrapped);
}

/* Those that it stands for, and how to see them. */
static void add_similar(struct buf *out, const struct term *t,
			const struct trawl_hit *hit)
{
	struct buf line = BUF_INIT(1u << 16);

	if (!hit->similar)
		return;
	buf_addf(&line, "%s+%llu more of this story", paint(t, DIM),
		 (unsigned long long)hit->similar);
	if (hit->story) {
		buf_adds(&line, ": story=");
		add_printable(&line, hit->story, strlen(hit->story));
	}
	buf_adds(&line, paint(t, PLAIN));
	term_wrap(out, line.data, INDENT, t->width);
	buf_release(&line);
}

static void add_hit(struct buf *out, const struct term *t,
		    const struct trawl_hit *hit)
{
	add_heading(out, t, hit);
	add_facts(out, t, hit);
	add_passages(out, t, hit);
	add_similar(out, t, hit);
	add_explanation(out, t, hit);
	buf_addc(out, '\n');
}

/* What the label and a count of six digits leave of the line. */
static unsigned bar_width(const struct term *t, unsigned label_width)
{
	unsigned taken = INDENT + label_width + 9;

	if (t->width < taken + BAR_MIN)
		return BAR_MIN;
	return t->width - taken < BAR_MAX ? t->width - taken : BAR_MAX;
}

static void add_bar(struct buf *out, const struct term *t, const char *label,
		    unsigned label_width, uint64_t count, uint64_t max)
{
	struct buf name = BUF_INIT(4096);

	add_fitted(&name, label, label_width);
	buf_addf(out, "%*s%s%*s ", INDENT, "", name.data,
		 (int)(label_width - term_cells(name.data, name.len)), "");
	term_bar(out, t, (double)count, (double)max, bar_width(t, label_width));
	buf_addf(out, " %llu\n", (unsigned long long)count);
	buf_release(&name);
}

static void add_facet(struct buf *out, const struct term *t,
		      const struct trawl_facet *facet)
{
	size_t n =
		facet->nvalues < VALUES_SHOWN ? facet->nvalues : VALUES_SHOWN;
	uint64_t max = 0;
	size_t width = 1;

	for (size_t i = 0; i < n; i++) {
		const struct trawl_facet_value *v = &facet->values[i];
		size_t cells = term_cells(v->value, strlen(v->value));

		max = v->count > max ? v->count : max;
		width = cells > width ? cells : width;
	}
	if (width > LABEL_MAX)
		width = LABEL_MAX;
	buf_addf(out, "%s%s%s\n", paint(t, BOLD), facet->name, paint(t, PLAIN));
	if (!facet->nvalues)
		buf_addf(out, "%*sno document that was found has one\n", INDENT,
			 "");
	for (size_t i = 0; i < n; i++)
		add_bar(out, t, facet->values[i].value, (unsigned)width,
			facet->values[i].count, max);
	if (n < facet->nvalues)
		buf_addf(out, "%*s%zu more (--json lists %zu)\n", INDENT, "",
			 facet->nvalues - n, facet->nvalues);
	buf_addc(out, '\n');
}

static void add_headline(struct buf *out, const struct term *t,
			 const struct trawl_bucket *b)
{
	const unsigned room = t->width > 2 * INDENT ? t->width - 2 * INDENT : 1;

	if (!b->id)
		return;
	buf_addf(out, "%*s%s", 2 * INDENT, "", paint(t, DIM));
	add_fitted(out, b->title ? b->title : b->id, room);
	buf_addf(out, "%s\n", paint(t, PLAIN));
}

static void add_timeline(struct buf *out, const struct term *t,
			 const struct trawl_bucket *buckets, size_t n)
{
	uint64_t max = 0;

	for (size_t i = 0; i < n; i++)
		if (buckets[i].count > max)
			max = buckets[i].count;
	buf_addf(out, "%stimeline%s\n", paint(t, BOLD), paint(t, PLAIN));
	for (size_t i = 0; i < n; i++) {
		const struct trawl_bucket *b = &buckets[i];

		add_bar(out, t, b->when, (unsigned)strlen(b->when), b->count,
			max);
		add_headline(out, t, b);
	}
	buf_addc(out, '\n');
}

static void add_plain(struct buf *out, const struct term *t, const char *s)
{
	struct buf clean = BUF_INIT(1u << 20);

	add_printable(&clean, s, strlen(s));
	term_wrap(out, clean.data, 0, t->width);
	buf_release(&clean);
}

static void add_note(struct buf *out, const struct term *t, const char *what,
		     const char *value)
{
	struct buf line = BUF_INIT(1u << 20);

	buf_addf(&line, "%s: %s", what, value ? value : "");
	if (value)
		add_plain(out, t, line.data);
	buf_release(&line);
}

static void add_list_note(struct buf *out, const struct term *t,
			  const char *what, const char *list)
{
	struct buf spaced = BUF_INIT(1u << 20);

	if (list)
		add_list(&spaced, list, strlen(list));
	add_note(out, t, what, list ? spaced.data : NULL);
	buf_release(&spaced);
}

/* "election,elected,+12" */
static void add_words(struct buf *out, const char *list, size_t n)
{
	size_t last = n;

	while (last && list[last - 1] != ',')
		last--;
	if (last && list[last] == '+') {
		add_list(out, list, last - 1);
		buf_addf(out, " and %.*s more", (int)(n - last - 1),
			 list + last + 1);
	} else {
		add_list(out, list, n);
	}
	if (!n)
		buf_adds(out, "no word of the index");
}

/* elect* or zelenski~1, not a word that has other spellings. */
static bool is_pattern(const char *s, size_t n)
{
	return memchr(s, '*', n) || memchr(s, '~', n);
}

/* "elect*:election,elected,+12;colour:color": a line each. */
static void add_expansions(struct buf *out, const struct term *t, const char *s)
{
	struct buf line = BUF_INIT(1u << 20);

	for (; s && *s; s += *s == ';') {
		size_t n = strcspn(s, ";"), words = n;

		while (words && s[words - 1] != ':')
			words--;
		buf_reset(&line);
		buf_add(&line, s, words ? words - 1 : 0);
		buf_adds(&line,
			 is_pattern(s, words) ? " stands for " : " is also ");
		add_words(&line, s + words, n - words);
		add_plain(out, t, line.data);
		s += n;
	}
	buf_release(&line);
}

/* Patterns that are cut are named: else it is a story that was. */
static void add_partial(struct buf *out, const struct term *t,
			const struct trawl_head *head)
{
	const char *partial = head->partial ? head->partial : "";

	if (strstr(partial, "timeout"))
		add_note(out, t, "incomplete", "timeout, it took too long");
	if (strstr(partial, "expansion"))
		add_note(out, t, "incomplete",
			 head->expanded && is_pattern(head->expanded,
						      strlen(head->expanded))
				 ? "expansion, a pattern stands for more words "
				   "than are searched: a longer one is exact"
				 : "expansion, the story has more documents "
				   "than are searched");
}

/* Are there fewer hits than documents? */
static bool is_folded(const struct trawl_head *head)
{
	return head->groups && (head->groups != head->total ||
				head->groups_lower != head->lower_bound);
}

static void add_total(struct buf *out, const struct trawl_head *head,
		      unsigned offset)
{
	unsigned long long total = head->total, groups = head->groups;
	unsigned long long all = is_folded(head) ? groups : total;

	if (!total && !head->lower_bound) {
		buf_adds(out, "nothing found");
	} else {
		buf_addf(out, "%s%llu document%s",
			 head->lower_bound ? "at least " : "", total,
			 total == 1 ? "" : "s");
		if (is_folded(head))
			buf_addf(out, " in %s%llu stor%s",
				 head->groups_lower ? "at least " : "", groups,
				 groups == 1 ? "y" : "ies");
		if (!head->hits && offset)
			buf_addf(out, ", none behind the first %u", offset);
		else if (head->hits && head->hits < all)
			buf_addf(out, ", %llu to %llu shown", offset + 1ull,
				 offset + (unsigned long long)head->hits);
	}
	buf_addf(out, " (%.1f ms, revision %s)\n", (double)head->took_us / 1000,
		 head->rev);
}

static void add_notes(struct buf *out, const struct term *t,
		      const struct trawl_head *head)
{
	add_list_note(out, t, "ignored", head->ignored);
	if (head->read_as)
		add_note(out, t, "read as",
			 *head->read_as ? head->read_as
					: "nothing, so all documents");
	add_expansions(out, t, head->expanded);
	if (head->correct_ran)
		add_note(out, t, "nothing found as typed; searched instead",
			 head->corrected);
	else
		add_note(out, t, "did you mean", head->corrected);
	add_partial(out, t, head);
}

void show_response(struct buf *out, const struct term *t,
		   const struct response *r, unsigned offset)
{
	const struct trawl_head *head = &r->head;

	for (size_t i = 0; i < head->hits; i++)
		add_hit(out, t, &r->hits[i]);
	for (size_t i = 0; i < head->nfacets; i++)
		add_facet(out, t, &r->facets[i]);
	if (head->nbuckets)
		add_timeline(out, t, r->buckets, head->nbuckets);
	add_total(out, head, offset);
	add_notes(out, t, head);
}

/* Text as it is, but for what a terminal would obey. */
static void add_text(struct buf *out, const char *s, size_t n)
{
	while (n) {
		size_t line = 0;

		while (line < n && s[line] != '\n' && s[line] != '\t')
			line++;
		add_printable(out, s, line);
		if (line < n)
			buf_addc(out, s[line++]);
		s += line;
		n -= line;
	}
}

void show_document(struct buf *out, const struct term *t,
		   const struct trawl_doc *doc)
{
	buf_addf(out, "%sid%s: ", paint(t, BOLD), paint(t, PLAIN));
	add_printable(out, doc->id, strlen(doc->id));
	buf_addc(out, '\n');
	if (doc->index)
		buf_addf(out, "%sindex%s: %s\n", paint(t, BOLD),
			 paint(t, PLAIN), doc->index);
	for (size_t i = 0; i < doc->nfields; i++) {
		buf_addf(out, "%s%s%s: ", paint(t, BOLD), doc->fields[i].name,
			 paint(t, PLAIN));
		add_printable(out, doc->fields[i].value, doc->fields[i].len);
		buf_addc(out, '\n');
	}
	buf_addc(out, '\n');
	add_text(out, doc->text ? doc->text : "", doc->text_len);
	if (doc->text_len && doc->text[doc->text_len - 1] != '\n')
		buf_addc(out, '\n');
}

void show_words(struct buf *out, const struct term *t,
		const struct trawl_word *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct trawl_word *w = &words[i];

		if (t->tty && !w->title)
			buf_addf(out, "%8llu  ",
				 (unsigned long long)w->documents);
		else if (t->tty)
			buf_addf(out, "%8s  ", "title");
		add_printable(out, w->text, strlen(w->text));
		buf_addc(out, '\n');
	}
}

/* The start of the last n or fewer characters before at. */
static size_t chars_back(const char *s, size_t at, unsigned n)
{
	for (; n && at; n--) {
		at--;
		while (at && ((unsigned char)s[at] & 0xC0) == 0x80)
			at--;
	}
	return at;
}

/* The query, or what fits of it round byte at, and a caret below that. */
static void add_caret(struct buf *out, const struct term *t, const char *query,
		      size_t at)
{
	unsigned room = t->width - 3; /* a margin, and the last column */
	struct buf before = BUF_INIT(1u << 16), all = BUF_INIT(1u << 16);
	size_t from = 0;

	add_printable(&all, query, strlen(query));
	if (term_cells(all.data, all.len) > room)
		from = chars_back(query, at, room / 4);
	buf_reset(&all);
	buf_adds(&before, from ? "\u2026" : "");
	add_printable(&before, query + from, at - from);
	buf_adds(&all, from ? "\u2026" : "");
	add_printable(&all, query + from, strlen(query + from));
	buf_adds(out, "  ");
	term_fit(out, all.data, room);
	buf_addf(out, "\n  %*s^\n", (int)term_cells(before.data, before.len),
		 "");
	buf_release(&before);
	buf_release(&all);
}

void show_error(struct buf *out, const struct term *t, const char *query,
		const struct trawl_error *err)
{
	buf_adds(out, "trawl: ");
	add_printable(out, err->text, strlen(err->text));
	buf_addc(out, '\n');
	if (err->column && query && err->column <= strlen(query) + 1)
		add_caret(out, t, query, err->column - 1);
}
