/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include "buf.h"
#include "json.h"
#include "printable.h"
#include "term.h"
#include "trawl.h"
#include "utf8.h"

enum {
	INDENT = 4,
	BAR_MAX = 30,
	LABEL_MAX = 28,
	DAY_CHARS = 10,
	CARET_MAX = 1000, /* bytes of a query that is shown again */
};

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define TITLE "\033[1;36m"
#define PLAIN "\033[0m"

static const char *paint(const struct term *t, const char *how)
{
	return t->colour ? how : "";
}

/* Title, or id: stored bytes, so made printable and cut to the line. */
static void add_fitted(struct buf *out, const char *s, unsigned width)
{
	struct buf clean = BUF_INIT(1u << 20);

	add_printable(&clean, s, strlen(s));
	term_fit(out, clean.data, width);
	buf_release(&clean);
}

/* A date without its time of day; NULL when there is none. */
static const char *day_of(const char *date, char day[DAY_CHARS + 1])
{
	if (!date)
		return NULL;
	snprintf(day, DAY_CHARS + 1, "%s", date);
	return day;
}

static void add_facts(struct buf *out, const struct term *t,
		      const struct trawl_hit *hit)
{
	char day[DAY_CHARS + 1];
	const char *facts[] = { day_of(hit->date, day), hit->source,
				hit->title ? hit->id : NULL };
	struct buf line = BUF_INIT(1u << 16);

	for (size_t i = 0; i < 3; i++) {
		if (!facts[i])
			continue;
		if (line.len)
			buf_adds(&line, t->unicode ? " \u00b7 " : " - ");
		add_printable(&line, facts[i], strlen(facts[i]));
	}
	if (line.len) {
		buf_addf(out, "%*s%s", INDENT, "", paint(t, DIM));
		term_fit(out, line.data, t->width - INDENT);
		buf_addf(out, "%s\n", paint(t, PLAIN));
	}
	buf_release(&line);
}

static void add_share(struct buf *line, const struct trawl_share *s,
		      double score)
{
	int percent = score > 0 ? (int)(100 * s->score / score + 0.5) : 0;

	buf_addf(line, "%s%s %d%%", line->len ? "; " : "", s->word, percent);
	if (s->count)
		buf_addf(line, " (%u time%s%s%s)", s->count,
			 s->count == 1 ? "" : "s", s->found ? ": " : "",
			 s->found ? s->found : "");
}

static void add_explanation(struct buf *out, const struct term *t,
			    const struct trawl_hit *hit)
{
	struct buf line = BUF_INIT(1u << 16);
	struct buf clean = BUF_INIT(1u << 16);

	for (size_t i = 0; i < hit->nexplain; i++)
		add_share(&line, &hit->explain[i], hit->score);
	if (line.len) {
		add_printable(&clean, line.data, line.len);
		buf_reset(&line);
		buf_addf(&line, "score %.3f = %s", hit->score, clean.data);
		term_wrap(out, line.data, INDENT, t->width);
	}
	buf_release(&line);
	buf_release(&clean);
}

static void add_hit(struct buf *out, const struct term *t,
		    const struct trawl_hit *hit)
{
	buf_addf(out, "%*u  %s", INDENT - 2, hit->rank, paint(t, TITLE));
	add_fitted(out, hit->title ? hit->title : hit->id, t->width - INDENT);
	buf_addf(out, "%s\n", paint(t, PLAIN));
	add_facts(out, t, hit);
	for (size_t i = 0; i < hit->nsnippets; i++)
		term_wrap(out, hit->snippets[i], INDENT, t->width);
	add_explanation(out, t, hit);
	buf_addc(out, '\n');
}

static void add_bar(struct buf *out, const struct term *t, const char *label,
		    unsigned label_width, uint64_t count, uint64_t max)
{
	struct buf name = BUF_INIT(4096);

	add_fitted(&name, label, label_width);
	buf_addf(out, "%*s%s%*s ", INDENT, "", name.data,
		 (int)(label_width - term_cells(name.data, name.len)), "");
	term_bar(out, t, (double)count, (double)max, BAR_MAX);
	buf_addf(out, " %llu\n", (unsigned long long)count);
	buf_release(&name);
}

static void add_facet(struct buf *out, const struct term *t,
		      const struct trawl_facet *facet)
{
	uint64_t max = 0;
	size_t width = 1;

	if (!facet->nvalues)
		return;
	for (size_t i = 0; i < facet->nvalues; i++) {
		const struct trawl_facet_value *v = &facet->values[i];
		size_t cells = term_cells(v->value, strlen(v->value));

		max = v->count > max ? v->count : max;
		width = cells > width ? cells : width;
	}
	if (width > LABEL_MAX)
		width = LABEL_MAX;
	buf_addf(out, "%s%s%s\n", paint(t, BOLD), facet->name, paint(t, PLAIN));
	for (size_t i = 0; i < facet->nvalues; i++)
		add_bar(out, t, facet->values[i].value, (unsigned)width,
			facet->values[i].count, max);
	buf_addc(out, '\n');
}

static void add_timeline(struct buf *out, const struct term *t,
			 const struct trawl_result *res, size_t n)
{
	uint64_t max = 0;

	for (size_t i = 0; i < n; i++)
		if (trawl_result_bucket(res, i)->count > max)
			max = trawl_result_bucket(res, i)->count;
	buf_addf(out, "%stimeline%s\n", paint(t, BOLD), paint(t, PLAIN));
	for (size_t i = 0; i < n; i++) {
		const struct trawl_bucket *b = trawl_result_bucket(res, i);

		add_bar(out, t, b->when, (unsigned)strlen(b->when), b->count,
			max);
	}
	buf_addc(out, '\n');
}

static void add_note(struct buf *out, const struct term *t, const char *what,
		     const char *value)
{
	struct buf clean = BUF_INIT(1u << 16);

	if (!value)
		return;
	buf_addf(&clean, "%s: ", what);
	add_printable(&clean, value, strlen(value));
	term_wrap(out, clean.data, 0, t->width);
	buf_release(&clean);
}

static void add_total(struct buf *out, const struct trawl_head *head,
		      unsigned offset)
{
	unsigned long long total = head->total;

	if (!total && !head->lower_bound) {
		buf_adds(out, "nothing found");
	} else {
		buf_addf(out, "%s%llu document%s",
			 head->lower_bound ? "at least " : "", total,
			 total == 1 ? "" : "s");
		if (head->hits && head->hits < total)
			buf_addf(out, ", %llu to %llu shown", offset + 1ull,
				 offset + (unsigned long long)head->hits);
	}
	buf_addf(out, " (%.1f ms, revision %s)\n", (double)head->took_us / 1000,
		 head->rev);
}

static void add_notes(struct buf *out, const struct term *t,
		      const struct trawl_head *head)
{
	add_note(out, t, "ignored", head->ignored);
	add_note(out, t, "read as", head->read_as);
	add_note(out, t, "stands for", head->expanded);
	if (head->correct_ran)
		add_note(out, t, "nothing found as typed; searched instead",
			 head->corrected);
	else
		add_note(out, t, "did you mean", head->corrected);
	add_note(out, t, "incomplete", head->partial);
}

void show_result(struct buf *out, const struct term *t,
		 const struct trawl_result *res, unsigned offset)
{
	const struct trawl_head *head = trawl_result_head(res);

	for (size_t i = 0; i < head->hits; i++)
		add_hit(out, t, trawl_result_hit(res, i));
	for (size_t i = 0; i < head->nfacets; i++)
		add_facet(out, t, trawl_result_facet(res, i));
	if (head->nbuckets)
		add_timeline(out, t, res, head->nbuckets);
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
		const struct trawl_words *words)
{
	size_t n = trawl_words_count(words);

	for (size_t i = 0; i < n; i++) {
		const struct trawl_word *w = trawl_words_at(words, i);

		if (t->tty && !w->title)
			buf_addf(out, "%8llu  ",
				 (unsigned long long)w->documents);
		else if (t->tty)
			buf_addf(out, "%8s  ", "title");
		add_printable(out, w->text, strlen(w->text));
		buf_addc(out, '\n');
	}
}

void write_words(struct buf *out, const struct trawl_words *words)
{
	size_t n = trawl_words_count(words);

	for (size_t i = 0; i < n; i++) {
		const struct trawl_word *w = trawl_words_at(words, i);

		buf_adds(out, w->title ? "{\"title\":" : "{\"word\":");
		json_add_string(out, w->text, strlen(w->text));
		buf_addf(out, ",\"documents\":%llu}\n",
			 (unsigned long long)w->documents);
	}
}

void show_error(struct buf *out, const char *query,
		const struct trawl_error *err)
{
	struct buf before = BUF_INIT(1u << 16);

	buf_adds(out, "trawl: ");
	add_printable(out, err->text, strlen(err->text));
	buf_addc(out, '\n');
	if (!err->column || !query || err->column > strlen(query) + 1 ||
	    strlen(query) > CARET_MAX)
		return;
	add_printable(&before, query, err->column - 1);
	buf_adds(out, "  ");
	add_printable(out, query, strlen(query));
	buf_addf(out, "\n  %*s^\n", (int)term_cells(before.data, before.len),
		 "");
	buf_release(&before);
}
