/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "article.h"

#include "random.h"
#include "ranks.h"
#include "words.h"

#include <math.h>

static const double length_mean = 6.74, length_deviation = 0.54;

enum {
	LENGTH_MIN = 30, /* words */
	LENGTH_MAX = 20000,
	SENTENCE_MIN = 8,
	SENTENCE_VARIES = 25,
	SENTENCE_BYTES =
		(SENTENCE_MIN + SENTENCE_VARIES) * (WORD_BYTES + 8) + 16,
	TITLE_MIN = 5,
	TITLE_VARIES = 6,
	PARAGRAPH = 3, /* sentences, on average */
	HISTORY_MAX = 1 << 15,
	A_DAY = 100,	   /* documents */
	FIRST_DAY = 16436, /* 2015-01-01 */
	SECONDS_A_DAY = 86400,
	/* Chances, of 256. */
	TOPICAL = 128,
	SECOND_TOPIC = 64,
	AGAIN = 26,
	PARTNER = 32,
	COPY = 10,
	COPY_BACK = 50, /* documents */
	LEFT_OUT = 20,	/* sentences of a copy */
	PUT_IN = 20,
	COMMA = 14,
	QUOTED = 24, /* sentences */
};

/* clang-format off */
static const char *const sources[] = {
	"Northern Wire", "Estmere Standard", "Harbour Post", "Inland Daily",
	"The Corran Herald", "Valley Courier", "Morning Ledger", "Gazette de l\xE2\x80\x99" "Est",
};
/* clang-format on */

/* clang-format off */
static const char *const places[] = {
	"CORRAN", "ESTMERE", "HARWICK", "PORT ALDER", "LISLE", "TAVENDALE",
	"OSTHAVEN", "GR\xC3\x9CNAU", "MIRADOR", "KESTREL BAY", "NEW SARUM",
	"BELLMOUTH", "DUNMERE", "SAINT-CYR", "VOSKA", "LAKE HOLLIS",
};
static const char *const months[] = {
	"January", "February", "March", "April", "May", "June", "July",
	"August", "September", "October", "November", "December",
};
/* clang-format on */

enum {
	NSOURCES = sizeof(sources) / sizeof(*sources),
	NPLACES = sizeof(places) / sizeof(*places)
};

struct writer {
	struct ranks *ranks;
	struct words *words;
	uint64_t seed;
	struct random random; /* of the document */
	struct random edits;  /* of a copy */
	unsigned topic[2];
	uint32_t nhistory;
	uint64_t last;
	uint64_t history[HISTORY_MAX]; /* words neither common nor rare */
};

struct writer *writer_new(uint64_t seed)
{
	struct writer *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->seed = mix64(seed);
	w->ranks = ranks_new();
	w->words = words_new();
	if (w->ranks && w->words)
		return w;
	writer_free(w);
	return NULL;
}

void writer_free(struct writer *w)
{
	if (!w)
		return;
	free(w->ranks);
	words_free(w->words);
	free(w);
}

static bool chance(struct random *r, unsigned of_256)
{
	return random_next(r) >> 56 < of_256;
}

/* The topic's word among those of about this rank. */
static uint64_t topical(const struct writer *w, uint64_t rank, unsigned coin)
{
	const unsigned topic = w->topic[coin < SECOND_TOPIC * TOPICAL / 256];

	return coin < TOPICAL ? rank / WORDS_TOPICS * WORDS_TOPICS + topic
			      : rank;
}

static uint64_t rare_rank(struct writer *w, uint64_t rank, uint64_t bits)
{
	const uint64_t last = w->last;

	if ((bits >> 40 & 0xFF) < AGAIN && w->nhistory)
		rank = w->history[random_below(&w->random, w->nhistory)];
	else if ((bits >> 48 & 0xFF) < PARTNER && last >= 2 * WORDS_COMMON)
		rank = last ^ WORDS_TOPICS;
	else
		rank = topical(w, rank, bits >> 56);
	if (w->nhistory < HISTORY_MAX && rank < RANKS_HEAD)
		w->history[w->nhistory++] = rank;
	return rank;
}

static const struct word *next_word(struct writer *w, struct word *room)
{
	const uint64_t bits = random_next(&w->random);
	uint64_t rank = ranks_draw(w->ranks, bits, &w->random);

	if (rank >= WORDS_COMMON)
		rank = rare_rank(w, rank, bits);
	w->last = rank;
	return words_get(w->words, rank, room);
}

static void capitalize(char *p)
{
	if (*p >= 'a' && *p <= 'z')
		*p = (char)(*p - 'a' + 'A');
}

/* At p, with a blank behind each word; SENTENCE_BYTES are enough. */
static char *add_words(struct writer *w, char *p, unsigned n)
{
	struct word room;

	for (unsigned i = 0; i < n; i++) {
		const struct word *word = next_word(w, &room);

		memcpy(p, word->text, WORD_BYTES);
		p += word->len;
		if (random_next(&w->random) >> 56 < COMMA && i + 1 < n)
			*p++ = ',';
		*p++ = ' ';
	}
	return p;
}

static char *add_text(char *p, const char *s)
{
	const size_t n = strlen(s);

	memcpy(p, s, n);
	return p + n;
}

static unsigned add_sentence(struct writer *w, struct buf *out)
{
	const unsigned n =
		SENTENCE_MIN + random_below(&w->random, SENTENCE_VARIES);
	const bool quoted = chance(&w->random, QUOTED);
	char *p, *start;

	if (!buf_reserve(out, SENTENCE_BYTES))
		return n;
	start = p = out->data + out->len;
	if (quoted)
		p = add_text(p, "\\\"");
	p = add_words(w, p, n) - 1;
	capitalize(quoted ? start + 2 : start);
	p = add_text(p, quoted ? ".\\\" " : ". ");
	out->len += (size_t)(p - start);
	return n;
}

/* A copy leaves sentences out and puts others in, whatever the document's own
 * numbers are. */
static unsigned edit_sentence(struct writer *w, struct buf *out, size_t start,
			      unsigned n)
{
	struct random own = w->random;

	if (chance(&w->edits, LEFT_OUT))
		buf_truncate(out, start);
	if (chance(&w->edits, PUT_IN)) {
		w->random = w->edits;
		add_sentence(w, out);
		w->edits = w->random;
		w->random = own;
	}
	return n;
}

static void add_body(struct writer *w, struct buf *out, unsigned length,
		     bool copy)
{
	for (unsigned words = 0; words < length && !out->failed;) {
		const size_t start = out->len;
		unsigned n = add_sentence(w, out);

		if (copy)
			n = edit_sentence(w, out, start, n);
		words += n;
		if (!random_below(&w->random, PARAGRAPH))
			buf_add(out, "\\n\\n", 4);
	}
}

static void add_title(struct writer *w, struct buf *out)
{
	const unsigned n = TITLE_MIN + random_below(&w->random, TITLE_VARIES);
	char *start, *p;

	if (!buf_reserve(out, SENTENCE_BYTES))
		return;
	start = out->data + out->len;
	p = add_words(w, start, n) - 1;
	capitalize(start);
	out->len += (size_t)(p - start);
}

static unsigned draw_length(struct random *r)
{
	const double angle = 2 * M_PI * random_unit(r);
	const double z = sqrt(-2 * log(random_unit(r))) * cos(angle);
	const double words = exp(length_mean + length_deviation * z);

	return (unsigned)fmin(fmax(words, LENGTH_MIN), LENGTH_MAX);
}

/* Whose words the n-th document has; the document of a copy may be one. */
static uint64_t origin(const struct writer *w, uint64_t n)
{
	for (;;) {
		const uint64_t h = mix64(w->seed + n);
		const uint64_t back = 1 + (h >> 8) % COPY_BACK;

		if ((h & 0xFF) >= COPY || back > n)
			return n;
		n -= back;
	}
}

static struct tm day_of(uint64_t n)
{
	const time_t seconds = (time_t)(FIRST_DAY + n / A_DAY) * SECONDS_A_DAY;
	struct tm day;

	gmtime_r(&seconds, &day);
	return day;
}

static const char *source_of(const struct writer *w, uint64_t n)
{
	return sources[mix64(w->seed ^ n) % NSOURCES];
}

static void add_head(const struct writer *w, uint64_t n, struct buf *out)
{
	const struct tm day = day_of(n);

	buf_addf(out,
		 "{\"id\":\"g%09ju\",\"date\":\"%04d-%02d-%02d\",\"source\":"
		 "\"%s\",\"title\":\"",
		 (uintmax_t)n, day.tm_year + 1900, day.tm_mon + 1, day.tm_mday,
		 source_of(w, n));
}

static void add_dateline(const struct writer *w, uint64_t n, struct buf *out)
{
	const struct tm day = day_of(n);

	buf_addf(out, "%s, %s %d (%s) \xE2\x80\x94 ",
		 places[mix64(w->seed + w->topic[0] + n % 2) % NPLACES],
		 months[day.tm_mon], day.tm_mday, source_of(w, n));
}

static void begin(struct writer *w, uint64_t n, uint64_t source)
{
	w->random.state = w->seed ^ mix64(source);
	w->edits.state = ~w->seed ^ mix64(n);
	w->topic[0] = random_below(&w->random, WORDS_TOPICS);
	w->topic[1] = random_below(&w->random, WORDS_TOPICS);
	w->nhistory = 0;
	w->last = 0;
}

void writer_add(struct writer *w, uint64_t n, struct buf *out, size_t *text,
		size_t *len)
{
	const uint64_t source = origin(w, n);
	unsigned length;

	begin(w, n, source);
	length = draw_length(&w->random);
	add_head(w, n, out);
	add_title(w, out);
	buf_adds(out, "\",\"text\":\"");
	*text = out->len;
	add_dateline(w, n, out);
	add_body(w, out, length, source != n);
	*len = out->len - *text;
	buf_adds(out, "\"}\n");
}
