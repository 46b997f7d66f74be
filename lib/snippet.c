/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * snippet.c - passages of a text with their matches marked
 *
 * The analyzer's one pass keeps the tokens that match, each with the set of
 * words it matches as bits.  Every such token may begin a passage's core: the
 * matches from it on that fit; the worthiest core is cut out of its
 * neighbourhood at sentences or words, and the next one is looked for outside.
 */
#include "snippet.h"

#include "buf.h"
#include "entity.h"
#include "passage.h"
#include "printable.h"
#include "sieve.h"
#include "status.h"
#include "utf8.h"

enum {
	WORDS_MAX = SIEVE_WORDS, /* bits of a set; more are not looked for */
	/* Enough for any passage; and so many of each word in any case. */
	MATCHES_MAX = 10000,
	RARE_MATCHES = 100,
	TRIES_MAX = TRAWL_SNIPPETS_MAX + 3, /* passages said twice count once */
	BEGINNING = 8192, /* bytes in which prose is looked for */
	TITLE_MAX = 1000, /* bytes of one that is looked for in the text */
	BYTES_A_BYTE = 16 /* what one byte can become: marks and escapes */
};

struct match {
	size_t begin, end;
	size_t chars;	       /* of the text before begin */
	uint64_t words, whole; /* bits; whole: as part of a whole phrase */
	uint32_t position, paragraph;
	bool joined; /* the mark goes on to the next match */
	bool prose;  /* it is in */
	bool title;  /* it is in a line that only says the title again */
};

struct group {
	uint32_t number;
	size_t n;
	uint64_t words;
	uint8_t word[WORDS_MAX]; /* in order */
};

struct finder {
	const struct snippet_request *rq;
	struct match *match;
	size_t n, alloc, nwords;
	struct sieve sieve;
	struct group group[WORDS_MAX];
	size_t ngroups;
	uint64_t grouped;	   /* words of any group */
	uint16_t count[WORDS_MAX]; /* matches, up to RARE_MATCHES */
	double total;		   /* weight of all words */
	bool nomem;
};

/* ------------------------------------------------------------- matches -- */

static double weight_of(const struct snippet_word *w)
{
	return w->weight > 0 ? w->weight : 0;
}

static struct group *group_of(struct finder *f, uint32_t number)
{
	for (size_t i = 0; i < f->ngroups; i++)
		if (f->group[i].number == number)
			return &f->group[i];
	f->group[f->ngroups] = (struct group){ .number = number };
	return &f->group[f->ngroups++];
}

static void group_add(struct finder *f, uint32_t number, size_t word)
{
	struct group *g = group_of(f, number);
	const struct snippet_word *w = f->rq->words;
	size_t i = g->n++;

	for (; i && w[g->word[i - 1]].order > w[word].order; i--)
		g->word[i] = g->word[i - 1];
	g->word[i] = (uint8_t)word;
	g->words |= (uint64_t)1 << word;
	f->grouped |= (uint64_t)1 << word;
}

static void look_for(struct finder *f, const struct analyzer *a,
		     const struct snippet_word *w)
{
	sieve_add(&f->sieve,
		  w->stem     ? SIEVE_STEM
		  : w->prefix ? SIEVE_PREFIX
			      : SIEVE_WORD,
		  w->text, w->len, analyzer_stem_tail(a));
}

static void finder_init(struct finder *f, const struct analyzer *a,
			const struct snippet_request *rq)
{
	*f = (struct finder){ .rq = rq };
	sieve_init(&f->sieve);
	f->nwords = rq->nwords < WORDS_MAX ? rq->nwords : WORDS_MAX;
	for (size_t i = 0; i < f->nwords; i++) {
		const struct snippet_word *w = &rq->words[i];

		look_for(f, a, w);
		f->total += weight_of(w);
		if (w->group)
			group_add(f, w->group, i);
	}
}

static bool matches(const struct snippet_word *w, const struct token *t)
{
	const char *s = w->stem ? t->stem : t->word;
	size_t len = w->stem ? t->stem_len : t->word_len;

	if (!w->len || len < w->len || (len > w->len && !w->prefix))
		return false;
	return !memcmp(s, w->text, w->len);
}

static uint64_t matching(const struct finder *f, const struct token *t)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < f->nwords; i++)
		if (matches(&f->rq->words[i], t))
			bits |= (uint64_t)1 << i;
	return bits;
}

static bool add_match(struct finder *f, const struct match *m)
{
	if (f->n == f->alloc) {
		size_t want = 2 * f->alloc + 32;
		struct match *grown = realloc(f->match, want * sizeof(*grown));

		f->nomem = !grown;
		if (!grown)
			return false;
		f->match = grown;
		f->alloc = want;
	}
	f->match[f->n++] = *m;
	return true;
}

static bool is_prose(const struct snippet_request *rq, size_t at)
{
	return text_block(rq->text, rq->text_len, at, PASSAGE_MIN) >=
	       PASSAGE_MIN;
}

/* The title of a page is often the headline, and the paper's name. */
static bool repeats_title(const struct snippet_request *rq, size_t at)
{
	const char *s = rq->text;
	size_t len = rq->title ? strlen(rq->title) : 0;
	size_t begin = at, end = at;

	if (!len || len > TITLE_MAX)
		return false;
	while (begin && at - begin <= len && s[begin - 1] != '\n')
		begin--;
	while (end < rq->text_len && end - begin <= len && s[end] != '\n')
		end++;
	while (begin < at && s[begin] == ' ')
		begin++;
	while (end > at && (s[end - 1] == ' ' || s[end - 1] == '\r'))
		end--;
	return end - begin <= len &&
	       memmem(rq->title, len, s + begin, end - begin);
}

/* Where matches are very many, those of a rare word are still kept. */
static bool is_wanted(struct finder *f, uint64_t words)
{
	bool rare = false;

	for (size_t i = 0; words; i++, words >>= 1)
		if ((words & 1) && f->count[i] < RARE_MATCHES) {
			f->count[i]++;
			rare = true;
		}
	return rare || f->n < MATCHES_MAX;
}

static void find(struct finder *f, struct analyzer *a)
{
	const char *text = f->rq->text;
	struct match m = { .begin = 0 };
	struct token t;

	analyzer_begin(a, text, f->rq->text_len, 1);
	while (analyzer_next_wanted(a, &f->sieve, &t)) {
		m.words = matching(f, &t);
		if (!m.words || !is_wanted(f, m.words))
			continue;
		/* A pair of CJK begins where its first character did. */
		if (t.begin > m.begin)
			m.chars += text_chars(text, m.begin, t.begin);
		m.begin = t.begin;
		m.end = t.end;
		m.position = t.position;
		m.paragraph = t.paragraph;
		m.prose = is_prose(f->rq, t.begin);
		m.title = !m.prose && repeats_title(f->rq, t.begin);
		if (!add_match(f, &m))
			return;
	}
	f->nomem = analyzer_failed(a);
}

/* ------------------------------------------------------------- phrases -- */

/* The match that ends the phrase g begun at match i; SIZE_MAX: none does. */
static size_t phrase_end(const struct finder *f, const struct group *g,
			 size_t i)
{
	const struct snippet_word *w = f->rq->words;
	size_t at = i, k = 1;

	for (; k < g->n; k++) {
		uint32_t apart = w[g->word[k]].order - w[g->word[0]].order;
		uint32_t want = f->match[i].position + apart;

		while (at < f->n && (f->match[at].position < want ||
				     (f->match[at].position == want &&
				      !(f->match[at].words >> g->word[k] & 1))))
			at++;
		if (at == f->n || f->match[at].position != want)
			return SIZE_MAX;
	}
	return at;
}

static bool find_whole(struct finder *f, const struct group *g)
{
	bool found = false;

	for (size_t i = 0; i < f->n; i++) {
		size_t end;

		if (!(f->match[i].words >> g->word[0] & 1))
			continue;
		end = phrase_end(f, g, i);
		if (end == SIZE_MAX)
			continue;
		found = true;
		for (size_t j = i; j <= end; j++) {
			f->match[j].whole |= f->match[j].words & g->words;
			f->match[j].joined |= j < end;
		}
	}
	return found;
}

/*
 * Words of a phrase count as the phrase where it is found whole anywhere; the
 * matches that are left with nothing are forgotten.
 */
static void find_phrases(struct finder *f)
{
	uint64_t elsewhere = 0;
	size_t n = 0;

	for (size_t i = 0; i < f->ngroups; i++)
		if (f->group[i].n > 1 && find_whole(f, &f->group[i]))
			elsewhere |= f->group[i].words;
	for (size_t i = 0; elsewhere && i < f->n; i++) {
		struct match *m = &f->match[i];

		m->words &= ~elsewhere | m->whole;
		if (m->words)
			f->match[n++] = *m;
	}
	if (elsewhere)
		f->n = n;
}

/* --------------------------------------------------------------- worth -- */

/* Matches first..last - 1, so much worth. */
struct core {
	size_t first, last;
	uint64_t words;
	double worth;
};

static double sum_weights(const struct finder *f, uint64_t words,
			  uint64_t shown)
{
	double sum = 0;

	for (size_t i = 0; i < f->nwords; i++) {
		uint64_t bit = (uint64_t)1 << i;

		if (words & bit)
			sum += weight_of(&f->rq->words[i]) *
			       (shown & bit ? 0.5 : 1);
	}
	return sum;
}

static double phrase_worth(const struct finder *f, uint64_t whole,
			   uint64_t words)
{
	size_t n = 0, loose = 0;

	if (!f->ngroups)
		return 0;
	for (size_t i = 0; i < f->ngroups; i++) {
		uint64_t all = f->group[i].words;

		n += (whole & all) == all;
		loose += (whole & all) != all && (words & all);
	}
	return ((double)n - 0.5 * (double)loose) / (double)f->ngroups;
}

/*
 * The core that begins at match i.  The weights of the distinct words decide;
 * the rest, less than a quarter of all in the sum, decides between likes.  What
 * stands above the passage anyway must be worth twice as much.
 */
static struct core core_at(const struct finder *f, size_t i, uint64_t shown,
			   size_t limit)
{
	const struct match *m = &f->match[i], *end = m;
	struct core c = { .first = i, .last = i };
	uint64_t whole = 0;
	double near = 0, early = 1000.0 / (1000.0 + (double)m->chars);

	for (; c.last < f->n && end->paragraph == m->paragraph &&
	       end->end <= limit && end->chars - m->chars <= PASSAGE_CORE;
	     c.last++, end++) {
		if (end->words & ~c.words)
			near = (double)(end->chars - m->chars);
		c.words |= end->words;
		whole |= end->whole;
	}
	c.worth =
		sum_weights(f, c.words, shown) / (f->total > 0 ? f->total : 1);
	c.worth += 0.10 * phrase_worth(f, whole, c.words & f->grouped);
	c.worth += 0.05 * (1 - near / PASSAGE_CORE);
	c.worth += 0.02 * early;
	if (!m->prose)
		c.worth -= 0.06;
	if (m->title)
		c.worth -= 0.5;
	return c;
}

/* -------------------------------------------------------------- output -- */

struct passage_writer {
	const char *text;
	struct buf *out;
	enum trawl_mark mark;
	bool space; /* before the next character, when there is one */
	bool whole; /* of a text: white space is kept */
};

static void open_mark(struct passage_writer *w)
{
	if (w->space && w->out->len)
		buf_addc(w->out, ' ');
	w->space = false;
	if (w->mark == TRAWL_MARK_HTML)
		buf_adds(w->out, "<b>");
	else if (w->mark == TRAWL_MARK_TERM)
		buf_adds(w->out, "\033[1m");
}

static void close_mark(struct passage_writer *w)
{
	if (w->mark == TRAWL_MARK_HTML)
		buf_adds(w->out, "</b>");
	else if (w->mark == TRAWL_MARK_TERM)
		buf_adds(w->out, "\033[0m");
}

static bool is_space(uint32_t cp)
{
	return cp == ' ' || is_control(cp) || cp == 0xA0 || cp == 0x1680 ||
	       (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F ||
	       cp == 0x3000;
}

/* What stands for a character of a whole text; NULL: itself. */
static const char *kept(const struct passage_writer *w, uint32_t cp, bool feeds)
{
	if (cp == '\n' || cp == '\t')
		return NULL;
	if (cp == '\r')
		return feeds ? "" : "\n";
	if (cp == '\v' || cp == '\f' || cp == 0x85 || cp == 0x2028 ||
	    cp == 0x2029)
		return "\n";
	if (cp == UINT32_MAX)
		return "\uFFFD";
	if (is_control(cp))
		return "";
	return w->mark == TRAWL_MARK_HTML ? html_entity(cp) : NULL;
}

static void put_whole(struct passage_writer *w, size_t begin, size_t end)
{
	size_t from = begin;

	while (begin < end) {
		uint32_t cp;
		size_t n = utf8_decode(w->text + begin, end - begin, &cp);
		size_t next = begin + n;
		const char *other =
			kept(w, cp, next < end && w->text[next] == '\n');

		if (other) {
			buf_add(w->out, w->text + from, begin - from);
			buf_adds(w->out, other);
			from = next;
		}
		begin = next;
	}
	buf_add(w->out, w->text + from, end - from);
}

static void put_text(struct passage_writer *w, size_t begin, size_t end)
{
	if (w->whole) {
		put_whole(w, begin, end);
		return;
	}
	while (begin < end) {
		const char *s = w->text + begin, *entity = NULL;
		uint32_t cp;
		size_t n = utf8_decode(s, end - begin, &cp);

		begin += n;
		if (is_space(cp)) {
			w->space = true;
			continue;
		}
		if (w->space && w->out->len)
			buf_addc(w->out, ' ');
		w->space = false;
		if (w->mark == TRAWL_MARK_HTML)
			entity = html_entity(cp);
		if (entity)
			buf_adds(w->out, entity);
		else
			buf_add(w->out, s, n);
	}
}

/* The mark that begins with match *i, as much as is in begin..end. */
static struct extent next_mark(const struct finder *f, size_t *i,
			       struct extent e)
{
	const struct match *m = &f->match[*i];
	struct extent mark = { .begin = m->begin, .end = m->end };
	bool joined = m->joined;

	for (++*i; *i < f->n; ++*i) {
		m = &f->match[*i];
		if (!joined && m->begin > mark.end)
			break;
		if (m->end > mark.end)
			mark.end = m->end;
		joined = m->joined;
	}
	if (mark.begin < e.begin)
		mark.begin = e.begin;
	if (mark.end > e.end)
		mark.end = e.end;
	return mark;
}

static void put_passage(const struct finder *f, struct extent e,
			struct passage_writer *w)
{
	size_t i = 0, at = e.begin;

	while (i < f->n && f->match[i].end <= e.begin)
		i++;
	while (i < f->n && f->match[i].begin < e.end) {
		struct extent mark = next_mark(f, &i, e);

		put_text(w, at, mark.begin);
		open_mark(w);
		put_text(w, mark.begin, mark.end);
		close_mark(w);
		at = mark.end;
	}
	put_text(w, at, e.end);
}

static void put_cut(struct passage_writer *w)
{
	buf_adds(w->out, w->out->len ? " \u2026" : "\u2026");
	w->space = true;
}

/* The passage as a string of arena's; "" when there is nothing to be seen. */
static const char *render(const struct finder *f, struct extent e,
			  size_t bytes_max, struct arena *arena)
{
	struct buf out = BUF_INIT(bytes_max);
	struct passage_writer w = { .text = f->rq->text,
				    .out = &out,
				    .mark = f->rq->mark };
	const char *s = NULL;
	size_t nothing;

	if (!e.begins)
		put_cut(&w);
	nothing = out.len;
	put_passage(f, e, &w);
	if (out.len == nothing)
		buf_truncate(&out, 0);
	else if (!e.ends)
		put_cut(&w);
	if (!out.failed)
		s = arena_strndup(arena, out.data, out.len);
	buf_release(&out);
	return s;
}

/* ------------------------------------------------------------ passages -- */

struct passages {
	struct extent taken[TRIES_MAX];
	size_t ntaken;
	const char **text;
	size_t n;
};

/* What is free around at; empty when at is taken. */
static struct extent free_around(const struct passages *p, size_t at,
				 size_t len)
{
	struct extent e = { .end = len, .begins = true, .ends = true };

	for (size_t i = 0; i < p->ntaken; i++) {
		const struct extent *t = &p->taken[i];

		if (t->end <= at && t->end > e.begin) {
			e.begin = t->end;
			e.begins = t->ends;
		} else if (t->begin > at && t->begin < e.end) {
			e.end = t->begin;
			e.ends = t->begins;
		} else if (t->begin <= at && t->end > at) {
			return (struct extent){ .begin = at };
		}
	}
	return e;
}

static bool best_core(const struct finder *f, const struct passages *p,
		      uint64_t shown, struct core *best)
{
	bool found = false;

	for (size_t i = 0; i < f->n; i++) {
		const struct match *m = &f->match[i];
		struct extent e = free_around(p, m->begin, f->rq->text_len);
		struct core c;

		if (m->end > e.end)
			continue;
		c = core_at(f, i, shown, e.end);
		if (!found || c.worth > best->worth)
			*best = c;
		found = true;
	}
	return found;
}

static bool add_passage(const struct finder *f, struct passages *p,
			struct extent e, struct arena *arena)
{
	const char *s = render(f, e, SNIPPET_BYTES_MAX, arena);

	p->taken[p->ntaken++] = e;
	for (size_t i = 0; s && *s && i < p->n; i++)
		if (!strcmp(p->text[i], s))
			return true;
	if (s && *s)
		p->text[p->n++] = s;
	return s;
}

static bool pick(const struct finder *f, struct passages *p,
		 struct arena *arena)
{
	const char *s = f->rq->text;
	uint64_t shown = 0;
	struct core c;

	while (p->n < f->rq->max && p->ntaken < TRIES_MAX &&
	       best_core(f, p, shown, &c)) {
		size_t begin = f->match[c.first].begin;
		size_t end = f->match[c.last - 1].end;
		struct extent e = free_around(p, begin, f->rq->text_len);

		shown |= c.words;
		if (!add_passage(f, p, passage_cut(s, e, begin, end), arena))
			return false;
	}
	return true;
}

static bool is_headline(const struct snippet_request *rq, size_t begin,
			const char *feed)
{
	size_t end = feed ? (size_t)(feed - rq->text) : begin;

	return end - begin >= SENTENCE_LINE &&
	       text_headline(rq->text, end, rq->text_len);
}

/* Where a headline that serves as a title or the first prose begins, else the
 * text. */
static size_t beginning(const struct snippet_request *rq)
{
	size_t end = rq->text_len < BEGINNING ? rq->text_len : BEGINNING;
	const char *s = rq->text;

	for (size_t at = 0; at < end;) {
		const char *feed = memchr(s + at, '\n', end - at);

		if (is_prose(rq, at) ||
		    (!rq->title && is_headline(rq, at, feed)))
			return at;
		at = feed ? (size_t)(feed - s) + 1 : end;
	}
	for (size_t at = 0; at < rq->text_len; at++)
		if (s[at] != ' ' && s[at] != '\n')
			return at;
	return rq->text_len;
}

static bool pick_beginning(const struct finder *f, struct passages *p,
			   struct arena *arena)
{
	size_t at = beginning(f->rq);
	struct extent e = { .begin = at,
			    .end = f->rq->text_len,
			    .begins = true,
			    .ends = true };

	return at == e.end ||
	       add_passage(f, p, passage_cut(f->rq->text, e, at, at), arena);
}

static bool make(struct finder *f, struct analyzer *a, struct passages *p,
		 struct arena *arena)
{
	if (f->nwords)
		find(f, a);
	if (f->nomem)
		return false;
	find_phrases(f);
	return f->n ? pick(f, p, arena) : pick_beginning(f, p, arena);
}

enum trawl_status snippet_make(struct analyzer *a,
			       const struct snippet_request *rq,
			       struct arena *arena, const char *const **out,
			       size_t *n, struct trawl_error *err)
{
	struct passages p = { .n = 0 };
	struct finder *f = malloc(sizeof(*f));
	bool ok;

	p.text = arena_zalloc(arena, rq->max + 1, sizeof(*p.text));
	if (!f || !p.text) {
		free(f);
		return fail_nomem(err);
	}
	finder_init(f, a, rq);
	ok = make(f, a, &p, arena);
	free(f->match);
	free(f);
	if (!ok)
		return fail_nomem(err);
	*out = p.text;
	*n = p.n;
	return TRAWL_OK;
}

/* What a whole text's matches are; NULL: out of memory. */
static struct finder *find_all(struct analyzer *a,
			       const struct snippet_request *rq)
{
	struct finder *f = malloc(sizeof(*f));

	if (!f)
		return NULL;
	finder_init(f, a, rq);
	if (f->nwords)
		find(f, a);
	find_phrases(f);
	if (!f->nomem)
		return f;
	free(f->match);
	free(f);
	return NULL;
}

enum trawl_status snippet_mark(struct analyzer *a,
			       const struct snippet_request *rq,
			       struct arena *arena, const char **out,
			       struct trawl_error *err)
{
	struct extent all = { .end = rq->text_len,
			      .begins = true,
			      .ends = true };
	struct finder *f = find_all(a, rq);
	const char *s = NULL;

	if (!f)
		return fail_nomem(err);
	s = render(f, all, rq->text_len * BYTES_A_BYTE + 1, arena);
	free(f->match);
	free(f);
	if (!s)
		return fail_nomem(err);
	*out = s;
	return TRAWL_OK;
}

enum trawl_status snippet_mark_text(struct analyzer *a,
				    const struct snippet_request *rq,
				    struct buf *out, struct trawl_error *err)
{
	struct extent all = { .end = rq->text_len };
	struct passage_writer w = {
		.text = rq->text, .out = out, .mark = rq->mark, .whole = true
	};
	struct finder *f = find_all(a, rq);

	if (!f)
		return fail_nomem(err);
	put_passage(f, all, &w);
	free(f->match);
	free(f);
	return out->failed ? fail_nomem(err) : TRAWL_OK;
}
