/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "corpus.h"

#include "die.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

enum {
	DOCUMENTS_ALLOC = 4096
};

static json_t *parse(const struct corpus *c, size_t document, ssize_t n)
{
	json_error_t err;
	json_t *doc = json_loadb(c->line, (size_t)n, JSON_ALLOW_NUL, &err);

	if (!doc)
		die("document %zu: %s", document + 1, err.text);
	return doc;
}

static void cut(const json_t *doc, struct words *out)
{
	const json_t *text = json_object_get(doc, "text");

	words_cut(out, json_string_value(text), json_string_length(text));
}

static bool is_day(const char *s)
{
	for (int i = 0; i < DAY_BYTES; i++) {
		bool hyphen = i == 4 || i == 7;

		if (hyphen ? s[i] != '-' : s[i] < '0' || s[i] > '9')
			return false;
	}
	return true;
}

static void count(struct corpus *c, const json_t *doc, struct words *words)
{
	const char *date = json_string_value(json_object_get(doc, "date"));

	cut(doc, words);
	for (size_t i = 0; i < words->n; i++)
		vocabulary_add(&c->vocabulary, &words->word[i],
			       (uint32_t)c->n + 1);
	if (date && is_day(date))
		memcpy(c->day[c->ndays++], date, DAY_BYTES);
}

static void grow(struct corpus *c)
{
	c->alloc = c->alloc ? 2 * c->alloc : DOCUMENTS_ALLOC;
	c->at = xrealloc(c->at, c->alloc * sizeof(*c->at));
	c->day = xrealloc(c->day, c->alloc * sizeof(*c->day));
	memset(c->day + c->n, 0, (c->alloc - c->n) * sizeof(*c->day));
}

static int by_day(const void *a, const void *b)
{
	return strcmp(a, b);
}

void corpus_open(struct corpus *c, const char *path)
{
	struct words words = { 0 };
	long at = 0;
	ssize_t n;

	*c = (struct corpus){ .file = fopen(path, "re") };
	if (!c->file)
		die("%s: %s", path, strerror(errno));
	for (; (n = getline(&c->line, &c->line_room, c->file)) > 0; at += n) {
		if (c->n == c->alloc)
			grow(c);

		json_t *doc = parse(c, c->n, n);

		c->at[c->n] = at;
		count(c, doc, &words);
		c->n++;
		json_decref(doc);
	}
	words_release(&words);
	if (!c->n)
		die("%s: no document in it", path);
	qsort(c->day, c->ndays, sizeof(*c->day), by_day);
}

void corpus_words(struct corpus *c, size_t document, struct words *out)
{
	ssize_t n = -1;
	json_t *doc;

	if (!fseek(c->file, c->at[document], SEEK_SET))
		n = getline(&c->line, &c->line_room, c->file);
	if (n <= 0)
		die("document %zu: it cannot be read again", document + 1);
	doc = parse(c, document, n);
	cut(doc, out);
	json_decref(doc);
}

void corpus_close(struct corpus *c)
{
	vocabulary_release(&c->vocabulary);
	free(c->day);
	free(c->at);
	free(c->line);
	fclose(c->file);
}
