/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "doc_features.h"

#include "language.h"
#include "news_settings.h"

#include <stdlib.h>
#include <string.h>

enum {
	KEEP = 1 << 20, /* of a buffer that one large document has made grow */
	WORDS_KEPT = 1 << 14 /* of one for whose words a reader keeps room */
};

struct feature_reader {
	unsigned news;
	struct story_maker *maker;
	struct news_words words, title;
};

void features_init(struct features *f)
{
	*f = (struct features){ .id = NULL };
	buf_init(&f->room, SIZE_MAX / 2);
	buf_init(&f->terms, SIZE_MAX / 2);
	buf_init(&f->notes, SIZE_MAX / 2);
}

void features_release(struct features *f)
{
	buf_release(&f->room);
	buf_release(&f->terms);
	buf_release(&f->notes);
}

static void empty(struct buf *b)
{
	if (b->alloc > KEEP)
		buf_release(b);
	buf_reset(b);
}

void features_reset(struct features *f)
{
	empty(&f->room);
	empty(&f->terms);
	empty(&f->notes);
	f->id = f->date = f->stemmer = NULL;
	f->words = 0;
	f->sketch = (struct sketch){ 0 };
}

struct feature_reader *feature_reader_new(unsigned news)
{
	struct feature_reader *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->news = news;
	return r;
}

void feature_reader_free(struct feature_reader *r)
{
	if (!r)
		return;
	story_maker_free(r->maker);
	news_words_release(&r->words);
	news_words_release(&r->title);
	free(r);
}

static const char *find_field(const struct trawl_doc *doc, const char *name)
{
	for (size_t i = 0; i < doc->nfields; i++)
		if (!strcmp(doc->fields[i].name, name) && !doc->fields[i].json)
			return doc->fields[i].value;
	return NULL;
}

static bool read_terms(struct feature_reader *r, const struct trawl_doc *doc,
		       struct features *out)
{
	const char *title = find_field(doc, "title");

	if (!r->maker)
		r->maker = story_maker_new();
	if (!r->maker)
		return false;
	if (!news_words_read(&r->title, title ? title : "",
			     title ? strlen(title) : 0, NULL, 0))
		return false;
	return story_terms(r->maker, &r->title, title ? title : "", &r->words,
			   doc->text, &out->terms);
}

/* A large document is prepared next, for which there is memory just so. */
static void trim(struct feature_reader *r)
{
	if (r->words.n <= WORDS_KEPT && r->title.n <= WORDS_KEPT)
		return;
	news_words_release(&r->words);
	news_words_release(&r->title);
	story_maker_free(r->maker);
	r->maker = NULL;
}

bool features_read(struct feature_reader *r, const struct trawl_doc *doc,
		   const struct span *spans, size_t nspans,
		   const struct name_miner *names, struct features *out)
{
	bool done;

	features_reset(out);
	out->id = doc->id;
	out->date = find_field(doc, "date");
	out->stemmer = language_of(doc);
	if (!(r->news & (NEWS_COPIES | NEWS_STORIES | NEWS_NAMES)))
		return true;
	done = news_words_read(&r->words, doc->text, doc->text_len, spans,
			       nspans);
	out->words = (uint32_t)r->words.n;
	if (done && r->news & (NEWS_COPIES | NEWS_STORIES))
		done = sketch_make(&r->words, &out->room, &out->sketch);
	if (done && r->news & NEWS_STORIES)
		done = read_terms(r, doc, out);
	if (done && names)
		done = name_notes_make(names, &r->words, doc->text,
				       &out->notes);
	trim(r);
	return done && !out->terms.failed && !out->notes.failed;
}

bool features_read_notes(struct feature_reader *r, const struct trawl_doc *doc,
			 const struct span *spans, size_t nspans,
			 const struct name_miner *names, struct features *out)
{
	const bool done =
		news_words_read(&r->words, doc->text, doc->text_len, spans,
				nspans) &&
		name_notes_make(names, &r->words, doc->text, &out->notes);

	trim(r);
	return done && !out->notes.failed;
}
