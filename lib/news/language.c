/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * language.c - by its letters, else by its commonest words, else by n-grams:
 * what costs least comes first, and is surest
 */
#include "language.h"

#include "ascii8.h"
#include "news_words.h"
#include "status.h"
#include "stem.h"
#include "stopwords.h"
#include "textcat.h"
#include "utf8.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAMPLE_BYTES = 800,
	FIRST_BYTES = 300, /* are enough where they leave no doubt */
	NO_DOUBT = 6,	   /* more common words than any other language */
	NGRAM_BYTES = 600,
	SLOTS = 1 << 13, /* a power of two, twice as many as there are words */
	NAME_MAX_BYTES = 32,
	LETTERS_MIN = 12,
	SIGNS_MIN = 4,	/* where each is a syllable or a word */
	WORDS_MIN = 6,	/* n-grams of fewer say nothing */
	WORDS_FEW = 10, /* and of these are often wrong */
	COMMON_MIN = 3, /* common words: enough to tell by */
	WORDS_MANY = 15 /* of them some should be common ones */
};

/* A common word, and the tongues that have it, a bit each. */
struct common {
	uint64_t hash, tongues;
};

struct language_detector {
	struct textcat *textcat[SCRIPT_CHOOSES];
	bool tried[SCRIPT_CHOOSES];
	struct news_words words;
	char sample[SAMPLE_BYTES + 1];
	size_t len;
};

struct page {
	const char *text;
	size_t len;
	const struct span *spans;
	size_t nspans;
};

/* What there is to tell by. */
struct evidence {
	enum script script;
	size_t letters, words;
	uint32_t hits[TONGUES_MAX]; /* common words of each */
	unsigned best;		    /* the tongue of most hits */
	uint32_t second;	    /* hits of the best of another language */
};

/* -------------------------------------------------------- common words -- */

/* Of all detectors: made once, by the first that reads a text. */
static struct common commons[SLOTS];
static pthread_once_t commons_once = PTHREAD_ONCE_INIT;

static struct common *find_common(uint64_t hash)
{
	size_t i = hash & (SLOTS - 1);

	while (commons[i].hash && commons[i].hash != hash)
		i = (i + 1) & (SLOTS - 1);
	return &commons[i];
}

static void add_common(unsigned tongue, const char *word, size_t len)
{
	const uint64_t hash = news_word_hash(word, len);
	struct common *slot = find_common(hash);

	if (!hash)
		return;
	slot->hash = hash;
	slot->tongues |= UINT64_C(1) << tongue;
}

static void add_words(unsigned tongue, const char *words)
{
	for (size_t n; *words; words += n + (words[n] == ' ')) {
		n = strcspn(words, " ");
		add_common(tongue, words, n);
	}
}

static void add_stopwords(unsigned tongue, const struct stopwords *list)
{
	for (size_t i = 0; list && i < list->count; i++)
		add_common(tongue, list->word[i], strlen(list->word[i]));
}

static void add_all(void)
{
	for (unsigned i = 0; i < tongues_count; i++) {
		if (tongues[i].words)
			add_words(i, tongues[i].words);
		if (tongues[i].stemmer)
			add_stopwords(i, stopwords_find(tongues[i].stemmer));
	}
}

enum trawl_status language_detector_new(struct language_detector **out,
					struct trawl_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out ? TRAWL_OK : fail_nomem(err);
}

void language_detector_free(struct language_detector *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < SCRIPT_CHOOSES; i++)
		textcat_free(d->textcat[i]);
	news_words_release(&d->words);
	free(d);
}

/* ------------------------------------------------------------- the text -- */

/* Well-formed characters; a space for what is not, and for NUL. */
static void add_sample(struct language_detector *d, const char *s, size_t len,
		       size_t most)
{
	size_t valid;

	if (len > most - d->len)
		len = utf8_cut(s, len, most - d->len);
	for (; len; s++, len--) {
		valid = utf8_valid(s, len);
		memcpy(d->sample + d->len, s, valid);
		d->len += valid;
		s += valid;
		len -= valid;
		if (!len)
			return;
		d->sample[d->len++] = ' ';
	}
}

/* Most bytes of the text without its furniture. */
static void take_sample(struct language_detector *d, const struct page *p,
			size_t most)
{
	size_t at = 0;
	char *nul;

	d->len = 0;
	for (size_t i = 0; i < p->nspans && p->spans[i].begin < p->len; i++) {
		if (d->len >= most)
			break;
		if (p->spans[i].begin > at)
			add_sample(d, p->text + at, p->spans[i].begin - at,
				   most);
		if (p->spans[i].end > at)
			at = p->spans[i].end;
	}
	if (at < p->len && d->len < most)
		add_sample(d, p->text + at, p->len - at, most);
	while ((nul = memchr(d->sample, '\0', d->len)))
		*nul = ' ';
	d->sample[d->len] = '\0';
}

/* Eight bytes of ASCII. */
static void count_eight(uint64_t v, size_t count[SCRIPTS + 1])
{
	const size_t letters = ascii8_count(
			     ascii8_between(v | ASCII8_ONES * 0x20, 'a', 'z')),
		     blanks = ascii8_count(ascii8_between(v, 0, ' '));

	count[SCRIPT_LATIN] += letters;
	count[SCRIPT_NONE] += 8 - letters - blanks;
}

/* Letters of each script, and other signs in [SCRIPT_NONE]. */
static void count_letters(const struct language_detector *d,
			  size_t count[SCRIPTS + 1])
{
	size_t n;
	uint32_t cp;

	for (size_t i = 0; i < d->len; i += n) {
		const uint64_t v = d->len - i >= 8 ? ascii8_load(d->sample + i)
						   : ASCII8_TOPS;

		if (!(v & ASCII8_TOPS)) {
			count_eight(v, count);
			n = 8;
			continue;
		}
		n = utf8_decode(d->sample + i, d->len - i, &cp);
		if (cp > ' ')
			count[script_of(cp)]++;
	}
}

/* The script of most letters, in *letters; SCRIPT_NONE: it is no prose. */
static enum script main_script(const struct language_detector *d,
			       size_t *letters)
{
	size_t count[SCRIPTS + 1] = { 0 }, all = 0;
	enum script best = SCRIPT_LATIN;

	count_letters(d, count);
	/* Japanese is written in both. */
	if (count[SCRIPT_KANA] * 20 > count[SCRIPT_HAN])
		count[SCRIPT_KANA] += count[SCRIPT_HAN];
	for (size_t i = 0; i < SCRIPTS; i++) {
		all += count[i];
		if (count[i] > count[best])
			best = (enum script)i;
	}
	*letters = count[best];
	return all > 2 * count[SCRIPT_NONE] && 2 * count[best] > all
		       ? best
		       : SCRIPT_NONE;
}

static void count_hits(struct language_detector *d, struct evidence *e)
{
	pthread_once(&commons_once, add_all);
	for (size_t i = 0; i < d->words.n; i++) {
		uint64_t bits = find_common(d->words.at[i].hash)->tongues;

		for (; bits; bits &= bits - 1)
			e->hits[__builtin_ctzll(bits)]++;
	}
	e->words = d->words.n;
}

static bool is_same(unsigned a, unsigned b)
{
	return !strcmp(tongues[a].code, tongues[b].code);
}

static void weigh_hits(struct evidence *e)
{
	bool any = false;

	for (unsigned i = 0; i < tongues_count; i++)
		if (tongues[i].script == e->script &&
		    (!any || e->hits[i] > e->hits[e->best])) {
			e->best = i;
			any = true;
		}
	for (unsigned i = 0; i < tongues_count; i++)
		if (tongues[i].script == e->script && !is_same(i, e->best) &&
		    e->hits[i] > e->second)
			e->second = e->hits[i];
}

/* ------------------------------------------------------------- deciding -- */

static void answer(struct language_guess *out, unsigned tongue,
		   double confidence, const char *reason)
{
	*out = (struct language_guess){
		.code = tongues[tongue].code,
		.stemmer = tongues[tongue].stemmer,
		.confidence = confidence,
		.reason = reason,
	};
}

static void answer_by_script(struct language_guess *out, enum script script)
{
	unsigned i = 0;

	while (tongues[i].script != script)
		i++;
	answer(out, i, 0.9, "the letters that it is written in");
}

/* Is there one language whose words these are? */
static bool by_words(const struct evidence *e, struct language_guess *out)
{
	const uint32_t hits = e->hits[e->best], lead = hits - e->second;

	if (hits < COMMON_MIN || hits * 8 < e->words || lead < 2 ||
	    lead * 8 < hits)
		return false;
	answer(out, e->best, 1 - 0.5 / lead - 0.2 * e->second / hits,
	       "its commonest words");
	return true;
}

static struct textcat *textcat_of(struct language_detector *d,
				  enum script script)
{
	if (!d->tried[script])
		d->textcat[script] = textcat_new(script);
	d->tried[script] = true;
	return d->textcat[script];
}

static size_t ask_ngrams(struct language_detector *d, struct textcat *t,
			 unsigned found[TEXTCAT_ANSWERS])
{
	const size_t most = d->len < NGRAM_BYTES ? d->len : NGRAM_BYTES,
		     len = utf8_cut(d->sample, d->len, most);
	const char after = d->sample[len];
	size_t n;

	d->sample[len] = '\0';
	n = textcat_ask(t, d->sample, len, found);
	d->sample[len] = after;
	return n;
}

/* Do the common words speak for it, or against no other? */
static bool is_plausible(const struct evidence *e, unsigned tongue)
{
	const uint32_t hits = e->hits[tongue];

	return hits && hits >= e->hits[e->best] &&
	       (e->words < WORDS_MANY || hits * 20 >= e->words);
}

/* Of the languages that n-grams take it for, the one of most common words. */
static bool by_ngrams(struct language_detector *d, const struct evidence *e,
		      struct language_guess *out)
{
	unsigned found[TEXTCAT_ANSWERS], best;
	struct textcat *t;
	size_t n;

	if (e->words < WORDS_MIN)
		return false;
	t = textcat_of(d, e->script);
	n = t ? ask_ngrams(d, t, found) : 0;
	if (!n)
		return false;
	best = found[0];
	for (size_t i = 1; i < n; i++)
		if (e->hits[found[i]] > e->hits[best])
			best = found[i];
	if (!is_plausible(e, best))
		return false;
	answer(out, best,
	       (n == 1 ? 0.75 : 0.55) - (e->words < WORDS_FEW ? 0.2 : 0),
	       "n-grams of letters (libexttextcat)");
	return true;
}

/* False: out of memory. */
static bool gather(struct language_detector *d, struct evidence *e)
{
	*e = (struct evidence){ .letters = 0 };
	e->script = main_script(d, &e->letters);
	if (e->letters < (e->script < SCRIPT_HANGUL ? LETTERS_MIN : SIGNS_MIN))
		e->script = SCRIPT_NONE;
	if (e->script >= SCRIPT_CHOOSES)
		return true;
	if (!news_words_read(&d->words, d->sample, d->len, NULL, 0))
		return false;
	count_hits(d, e);
	weigh_hits(e);
	return true;
}

static void decide(struct language_detector *d, const struct evidence *e,
		   struct language_guess *out)
{
	if (e->script == SCRIPT_NONE)
		out->reason = "no prose, or too little";
	else if (e->script >= SCRIPT_CHOOSES)
		answer_by_script(out, e->script);
	else if (!by_words(e, out) && !by_ngrams(d, e, out))
		out->reason = "several languages are as likely";
}

bool language_detect(struct language_detector *d, const char *text, size_t len,
		     const struct span *spans, size_t nspans,
		     struct language_guess *out)
{
	const struct page p = { text, len, spans, nspans };
	struct evidence e;

	*out = (struct language_guess){ .code = NULL };
	take_sample(d, &p, FIRST_BYTES);
	if (!gather(d, &e))
		return false;
	if (e.script < SCRIPT_CHOOSES && by_words(&e, out) &&
	    e.hits[e.best] - e.second >= NO_DOUBT)
		return true;
	take_sample(d, &p, SAMPLE_BYTES);
	if (!gather(d, &e))
		return false;
	*out = (struct language_guess){ .code = NULL };
	decide(d, &e, out);
	return true;
}

const char *language_stemmer(const char *code)
{
	char name[NAME_MAX_BYTES];
	size_t n = strcspn(code, "-_");

	if (n >= sizeof(name))
		return NULL;
	for (size_t i = 0; i < n; i++)
		name[i] =
			(char)(code[i] >= 'A' && code[i] <= 'Z' ? code[i] | 0x20
								: code[i]);
	name[n] = '\0';
	/* The two written forms of Norwegian have codes of their own. */
	if (!strcmp(name, "nb") || !strcmp(name, "nn"))
		return stemmer_name("norwegian");
	return *name ? stemmer_name(name) : NULL;
}

const char *language_of(const struct trawl_doc *doc)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, "lang") &&
		    doc->fields[i].len && !doc->fields[i].json)
			return language_stemmer(doc->fields[i].value);
	return NULL;
}
