/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "figures.h"

#include "stem.h"

#include <math.h>

enum {
	FIRST_SLOTS = 1 << 16, /* a power of two */
	WORD_MAX = 64,	       /* bytes; the rest counts for another word */
	EARLY_WORDS = 1000000,
	EARLY_VOCABULARY = 37270,
	FREQUENT = 40, /* times: fewer say little about a frequency */
	TENTH = 10
};

#define HASH_START UINT64_C(0xCBF29CE484222325)

static const double vocabulary_exponent = 0.4939;

/* A word or a stem, known by its hash. */
struct slot {
	uint64_t hash; /* 0: free */
	uint32_t count;
	uint32_t document; /* the last that has the word */
	uint32_t stem;	   /* its number */
};

struct table {
	struct slot *slot;
	size_t room; /* a power of two */
	size_t used;
};

struct figures {
	struct table words, stems;
	uint32_t *stem_document; /* the last that has the stem */
	size_t stem_room;
	struct stemmer *stemmer;
	unsigned char fold[256]; /* 0: no part of a word */
	uint32_t documents;
	uint64_t bytes, tokens, distinct, distinct_stems;
	double log_sum, log_squares;
	uint64_t early_vocabulary; /* of the first EARLY_WORDS; 0: not yet */
};

static bool table_init(struct table *t, size_t room)
{
	*t = (struct table){ calloc(room, sizeof(*t->slot)), room, 0 };
	return t->slot;
}

static struct slot *find(const struct table *t, uint64_t hash)
{
	size_t at = hash & (t->room - 1);

	while (t->slot[at].hash && t->slot[at].hash != hash)
		at = (at + 1) & (t->room - 1);
	return &t->slot[at];
}

static bool make_room(struct table *t)
{
	struct table larger;

	if (t->used < t->room / 2)
		return true;
	if (!table_init(&larger, 2 * t->room))
		return false;
	for (size_t i = 0; i < t->room; i++)
		if (t->slot[i].hash)
			*find(&larger, t->slot[i].hash) = t->slot[i];
	larger.used = t->used;
	free(t->slot);
	*t = larger;
	return true;
}

static void fill_fold(unsigned char *fold)
{
	for (unsigned c = 0; c < 256; c++)
		if (c >= 0x80 || (c >= '0' && c <= '9') ||
		    (c >= 'a' && c <= 'z'))
			fold[c] = (unsigned char)c;
	for (unsigned c = 'A'; c <= 'Z'; c++)
		fold[c] = (unsigned char)(c - 'A' + 'a');
}

struct figures *figures_new(void)
{
	struct figures *f = calloc(1, sizeof(*f));
	struct trawl_error err;

	if (!f)
		return NULL;
	fill_fold(f->fold);
	f->stem_room = FIRST_SLOTS;
	f->stem_document = calloc(f->stem_room, sizeof(*f->stem_document));
	if (f->stem_document && table_init(&f->words, FIRST_SLOTS) &&
	    table_init(&f->stems, FIRST_SLOTS) &&
	    !stemmer_new("english", &f->stemmer, &err))
		return f;
	figures_free(f);
	return NULL;
}

void figures_free(struct figures *f)
{
	if (!f)
		return;
	stemmer_free(f->stemmer);
	free(f->stem_document);
	free(f->words.slot);
	free(f->stems.slot);
	free(f);
}

static uint64_t hash_step(uint64_t hash, unsigned char c)
{
	return (hash ^ c) * UINT64_C(0x100000001B3);
}

static uint64_t hash_end(uint64_t hash)
{
	hash ^= hash >> 32;
	return hash ? hash : 1;
}

static bool number_stem(struct figures *f, uint64_t hash, uint32_t *number)
{
	struct slot *stem;

	if (!make_room(&f->stems))
		return false;
	if (f->stems.used == f->stem_room) {
		const size_t room = 2 * f->stem_room;
		uint32_t *p = realloc(f->stem_document, room * sizeof(*p));

		if (!p)
			return false;
		memset(p + f->stem_room, 0, f->stem_room * sizeof(*p));
		f->stem_document = p;
		f->stem_room = room;
	}
	stem = find(&f->stems, hash);
	if (!stem->hash)
		*stem = (struct slot){ .hash = hash,
				       .stem = (uint32_t)f->stems.used++ };
	*number = stem->stem;
	return true;
}

/* A word that is not in the table: text as it stands there. */
static bool add_new(struct figures *f, uint64_t hash, const char *text,
		    size_t n)
{
	uint64_t stem_hash = HASH_START;
	uint32_t number;
	char word[WORD_MAX];
	const char *stem;

	n = n < WORD_MAX ? n : WORD_MAX;
	for (size_t i = 0; i < n; i++)
		word[i] = text[i] == '\''
				  ? '\''
				  : (char)f->fold[(unsigned char)text[i]];
	stem = stemmer_stem(f->stemmer, word, n, &n);
	if (!stem)
		return false;
	for (size_t i = 0; i < n; i++)
		stem_hash = hash_step(stem_hash, (unsigned char)stem[i]);
	if (!make_room(&f->words) ||
	    !number_stem(f, hash_end(stem_hash), &number))
		return false;
	*find(&f->words, hash) = (struct slot){ .hash = hash, .stem = number };
	f->words.used++;
	return true;
}

static void count_word(struct figures *f, struct slot *word)
{
	word->count++;
	if (word->document != f->documents) {
		word->document = f->documents;
		f->distinct++;
		f->distinct_stems +=
			f->stem_document[word->stem] != f->documents;
		f->stem_document[word->stem] = f->documents;
	}
	if (++f->tokens == EARLY_WORDS)
		f->early_vocabulary = f->words.used;
}

static bool add_word(struct figures *f, const char *text, size_t n,
		     uint64_t hash)
{
	struct slot *word = find(&f->words, hash);

	if (!word->hash) {
		if (!add_new(f, hash, text, n))
			return false;
		word = find(&f->words, hash);
	}
	count_word(f, word);
	return true;
}

/* Of the word at text its bytes and its hash. */
static size_t measure_word(const struct figures *f, const char *text, size_t n,
			   uint64_t *hash)
{
	size_t i = 0;
	unsigned char c;

	*hash = HASH_START;
	for (; i < n; i++) {
		c = f->fold[(unsigned char)text[i]];
		if (!c && text[i] == '\'' && i && i + 1 < n &&
		    f->fold[(unsigned char)text[i + 1]])
			c = '\'';
		if (!c)
			break;
		*hash = hash_step(*hash, c);
	}
	*hash = hash_end(*hash);
	return i;
}

bool figures_add(struct figures *f, const char *text, size_t n)
{
	const uint64_t before = f->tokens;
	uint64_t hash;
	double length;

	f->documents++;
	f->bytes += n;
	for (size_t i = 0, len; i < n; i += len ? len : 1) {
		len = measure_word(f, text + i, n - i, &hash);
		if (len && !add_word(f, text + i, len, hash))
			return false;
		if (!len && text[i] == '\\') {
			f->bytes--;
			i++;
		}
	}
	length = log((double)(f->tokens - before + !(f->tokens - before)));
	f->log_sum += length;
	f->log_squares += length * length;
	return true;
}

/* wanted 0: nothing was measured. */
static bool print(const char *what, double got, double wanted)
{
	const bool good = fabs(got - wanted) * TENTH <= wanted;

	if (wanted == 0)
		printf("%-36s %12.6g\n", what, got);
	else
		printf("%-36s %12.6g %12.6g %8.3f%s\n", what, got, wanted,
		       got / wanted, good ? "" : "  over a tenth off");
	return good || wanted == 0;
}

static int falling(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x < y) - (x > y);
}

/* How often each word occurs, the commonest first. */
static uint32_t *sorted_counts(const struct table *t)
{
	uint32_t *counts = malloc((t->used + 1) * sizeof(*counts));
	size_t n = 0;

	for (size_t i = 0; counts && i < t->room; i++)
		if (t->slot[i].hash)
			counts[n++] = t->slot[i].count;
	if (counts)
		qsort(counts, n, sizeof(*counts), falling);
	return counts;
}

static size_t seen_once(const uint32_t *counts, size_t n)
{
	size_t once = 0;

	while (once < n && counts[n - 1 - once] == 1)
		once++;
	return once;
}

static bool print_frequencies(const struct figures *f, const uint32_t *counts)
{
	static const struct {
		size_t rank;
		double wanted;
	} known[] = { { 1, 0.0566 },
		      { 10, 0.0090 },
		      { 100, 0.0011 },
		      { 1000, 0.00013 },
		      { 10000, 0.0000057 } };
	bool good = true;
	char what[64];

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		const size_t at = known[i].rank - 1;

		if (at >= f->words.used || counts[at] < FREQUENT)
			continue;
		snprintf(what, sizeof(what),
			 "frequency of the word of rank %zu", known[i].rank);
		good &= print(what, counts[at] / (double)f->tokens,
			      known[i].wanted);
	}
	return good;
}

static bool print_vocabulary(const struct figures *f, const uint32_t *counts)
{
	const double vocabulary = (double)f->words.used;
	const double times = (double)f->tokens / EARLY_WORDS;
	bool good = true;

	if (f->early_vocabulary)
		good &= print("distinct words of the first million",
			      (double)f->early_vocabulary, EARLY_VOCABULARY);
	good &= print("distinct words", vocabulary,
		      EARLY_VOCABULARY * pow(times, vocabulary_exponent));
	good &= print("  seen once, of a hundred",
		      100 * (double)seen_once(counts, f->words.used) /
			      vocabulary,
		      46);
	return good;
}

static bool print_documents(const struct figures *f)
{
	const double n = f->documents, mean = f->log_sum / n;
	bool good = true;

	good &= print("documents", n, 0);
	good &= print("words", (double)f->tokens, 0);
	good &= print("words a document", (double)f->tokens / n, 997);
	good &= print("  mean of their log", mean, 6.74);
	good &= print("  deviation of their log",
		      sqrt(f->log_squares / n - mean * mean), 0.54);
	good &= print("bytes of text a document", (double)f->bytes / n, 6040);
	good &= print("distinct words a document", (double)f->distinct / n,
		      440);
	good &= print("distinct stems a document",
		      (double)f->distinct_stems / n, 380);
	return good;
}

bool figures_print(struct figures *f)
{
	uint32_t *counts = sorted_counts(&f->words);
	bool good = counts && f->documents;

	if (good) {
		printf("%-36s %12s %12s %8s\n", "", "generated", "news",
		       "ratio");
		good = print_documents(f);
		good &= print_vocabulary(f, counts);
		good &= print_frequencies(f, counts);
	}
	free(counts);
	return good;
}
