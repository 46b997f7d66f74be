/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawl.h - search full-text indexes, and build them, from a C program
 *
 * Three handles and two kinds of answer:
 *
 *   struct trawl_index     an index, open for reading
 *   struct trawl_writer    the one writer of an index
 *   struct trawl_preparer  turns documents into what a writer stores
 *   struct trawl_result    the answer to a search; outlives its index
 *   struct trawl_doc       a document, given or got
 *
 * Rules that hold for every call:
 *
 * Errors.  A call that can fail returns enum trawl_status and takes, as its
 * last argument, a struct trawl_error to fill in with one line of text.  It
 * is written on failure only and may be NULL.  Output arguments are written
 * on success only.  The library never prints, never logs and never exits.
 *
 * Memory.  Every free and close function accepts NULL.  Strings that a struct
 * of a result or a document points to live as long as that result or document.
 * Strings that the caller passes in are read during the call and not kept,
 * but for the members of struct trawl_request, which are read by the search
 * that is given them.  A size of memory is in bytes.
 *
 * Threads.  A handle is used by one thread at a time; different handles may be
 * used by different threads at once.  What needs more is said where it is.
 *
 * Text.  All strings are UTF-8.  Bytes that are not are replaced by U+FFFD
 * where a document is stored and separate words where a query is read.
 *
 * Embedding takes three lines more than a search (tests/api/01-hello.c):
 *
 *	struct trawl_index *ix;
 *	struct trawl_request rq = TRAWL_REQUEST_INIT;
 *	struct trawl_result *res;
 *
 *	rq.query = "climate summit";
 *	if (trawl_index_open("news.index", &ix, &err) == TRAWL_OK &&
 *	    trawl_search(ix, &rq, &res, &err) == TRAWL_OK)
 *		for (size_t i = 0; i < trawl_result_head(res)->hits; i++)
 *			puts(trawl_result_hit(res, i)->id);
 */
#ifndef TRAWL_H
#define TRAWL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRAWL_API __attribute__((visibility("default")))

/* The version of this header; trawl_version() is that of the library. */
#define TRAWL_VERSION "0.1.0"

/* ------------------------------------------------------------- status -- */

/* What the caller should do next, not which line of ours failed. */
enum trawl_status {
	TRAWL_OK = 0,
	TRAWL_NOMEM,	  /* free something and try again */
	TRAWL_INVAL,	  /* a bug in the caller: wrong argument or order */
	TRAWL_BADQUERY,	  /* strict mode: show err->text; err->column points */
	TRAWL_TOOCOMPLEX, /* over a limit that err->text names */
	TRAWL_BADOPTION,  /* no option of that name; err->text lists them */
	TRAWL_BADVALUE,	  /* an option's value; err->text has the range */
	TRAWL_NOTFOUND,	  /* no such index or document */
	TRAWL_REFUSED,	  /* this document cannot be indexed; others can */
	TRAWL_LOCKED,	  /* another writer is at work: wait, then retry */
	TRAWL_STALE,	  /* the revision asked for is gone: ask anew */
	TRAWL_MISMATCH,	  /* made by another analyzer or format: rebuild */
	TRAWL_TIMEOUT,	  /* out of time before there was anything to show */
	TRAWL_CORRUPT,	  /* the index is damaged: rebuild it */
	TRAWL_IO,	  /* look at the disk, the path and the permissions */
	TRAWL_INTERNAL	  /* our bug: please report it with err->text */
};

/* One line for a human: what, where, what to do.  Never holds a newline. */
struct trawl_error {
	unsigned column; /* BADQUERY, TOOCOMPLEX: byte in the query, from 1 */
	char text[508];
};

/* "TRAWL_STALE" and so on; never NULL, whatever the argument. */
TRAWL_API const char *trawl_status_name(enum trawl_status st);

/* "0.1.0"; static. */
TRAWL_API const char *trawl_version(void);

/* --------------------------------------------------------------- read -- */

struct trawl_index;

/*
 * Open the index at path: a directory that trawl-index or a trawl_writer made
 * (the directory that holds XAPIANDB).  On success close *out with
 * trawl_index_close().
 *
 * Errors: NOTFOUND no such directory, or no index in it; MISMATCH: a format
 * that this library does not know; STALE: it changed all the while, try again;
 * CORRUPT, IO, NOMEM.
 * An index that another analyzer made opens: see trawl_info.stale_analyzer.
 *
 * Memory: searches keep what they have read of a revision, up to 64 MB of blocks
 * (an eighth of the address space where that is limited to less than 512 MB) and
 * 4 bytes for each document, 8 more for each field that is filtered by, and for
 * ranking 130 bytes a document, up to 16 MB.
 */
TRAWL_API enum trawl_status trawl_index_open(const char *path,
					     struct trawl_index **out,
					     struct trawl_error *err);
TRAWL_API void trawl_index_close(struct trawl_index *ix);

#define TRAWL_PARTS_MAX 64 /* indexes searched as one */

/* One of several indexes. */
struct trawl_part {
	const char *name; /* in rev, in hits and in errors: "news" */
	const char *path; /* as of trawl_index_open() */
};

/*
 * Open n indexes (1..TRAWL_PARTS_MAX, names distinct) to be read as one: hits
 * of all of them compete in one ranking, with the statistics of the whole.  A
 * hit and a document then say which index they are from, rev names each
 * ("news:7.1,archive:3.2"), and of two documents with one id the one of the
 * earlier part is found.  With n 1 it is trawl_index_open().
 *
 * trawl_request.rev, trawl_origin_of() and the calls beside it are for one
 * index: BADVALUE and INVAL here.
 * Errors: those of trawl_index_open(), err->text naming the part; MISMATCH:
 * two of them were made by different analyzers or languages, or give a name
 * in their schemas two meanings: search them one at a time.
 */
TRAWL_API enum trawl_status
trawl_index_open_many(const struct trawl_part *parts, size_t n,
		      struct trawl_index **out, struct trawl_error *err);

/*
 * Look for a newer commit or generation and move to it.  *changed (may be
 * NULL) says whether there was one.  Every search does this by itself; the
 * call costs microseconds when nothing has changed.
 */
TRAWL_API enum trawl_status trawl_index_refresh(struct trawl_index *ix,
						bool *changed,
						struct trawl_error *err);

enum trawl_field_type {
	TRAWL_TEXT,
	TRAWL_KEYWORD,
	TRAWL_DATE,
	TRAWL_NUMBER
};

/* A field of the schema, built in or the user's own. */
struct trawl_field_info {
	const char *name;
	enum trawl_field_type type;
	bool indexed;	 /* can be searched as name:word */
	bool stored;	 /* comes back with a hit */
	bool sort;	 /* sort=name works */
	bool facet;	 /* facets=name works */
	unsigned weight; /* what one occurrence counts for, 1..15 */
};

struct trawl_info {
	const char *path;     /* as given to trawl_index_open() */
	const char *rev;      /* "7.12": generation and commit */
	const char *language; /* of the stemmer: "english", ... */
	unsigned format;      /* of the index on disk */
	bool stale_analyzer;  /* made by another analyzer or stemmer */
	uint64_t documents;
	uint64_t words; /* running words, in all documents */
	uint64_t bytes; /* on disk, the current generation */
	const struct trawl_field_info *fields;
	size_t nfields;
};

/* Facts about the index; *out is ix's and lives until its next call. */
TRAWL_API enum trawl_status trawl_index_info(struct trawl_index *ix,
					     const struct trawl_info **out,
					     struct trawl_error *err);

/* Blocks of the index that were looked for in memory, since ix was opened or
 * last moved to a newer commit. */
struct trawl_cache {
	uint64_t hits;	 /* were there */
	uint64_t misses; /* were read from disk */
	uint64_t bytes;	 /* are there now, the blocks' own */
};

/* All 0 before the first search, and for several indexes, which Xapian reads. */
TRAWL_API void trawl_index_cache(const struct trawl_index *ix,
				 struct trawl_cache *out);

/* Takes n bytes; returns false to stop the writing. */
typedef bool trawl_sink(void *ctx, const char *bytes, size_t n);

/*
 * Write the facts as one line of JSON, ended by a line feed; name stands for
 * the index there, its path when NULL:
 *
 *	{"index":"news","rev":"7.12","language":"english","format":1,
 *	 "documents":5,"words":1234,"bytes":98304,"stale_analyzer":true,
 *	 "fields":[{"name":"title","type":"text","indexed":true,"stored":true,
 *	 "sort":false,"facet":false,"weight":3}]}
 *
 * "stale_analyzer" is absent when it is false.  False when sink said so, or
 * without memory.
 */
TRAWL_API bool trawl_info_write(const struct trawl_info *info, const char *name,
				trawl_sink *sink, void *ctx);

/* ------------------------------------------------------------- search -- */

#define TRAWL_LIMIT_MAX	    1000  /* hits in one answer */
#define TRAWL_DEPTH_MAX	    10000 /* offset + limit */
#define TRAWL_SNIPPETS_MAX  5	  /* passages a hit */
#define TRAWL_QUERY_MAX	    4096  /* bytes of a query */
#define TRAWL_NESTING_MAX   16	  /* brackets within brackets */
#define TRAWL_WORDS_MAX	    64	  /* words of a query, phrases' included */
#define TRAWL_PHRASE_MAX    32	  /* words of one phrase */
#define TRAWL_WINDOW_MAX    1000  /* NEAR/n and "..."~n */
#define TRAWL_PATTERNS_MAX  4	  /* prefix and fuzzy words of a query */
#define TRAWL_EXPANSION_MAX 1000  /* words that one of them stands for */
#define TRAWL_EXACT_TOTAL   1000  /* totals are exact up to here */
#define TRAWL_FACETS_MAX    16	  /* fields in facets= */
#define TRAWL_FACET_VALUES  100	  /* values listed of one facet */

#define TRAWL_TIMEOUT_MAX 600000 /* milliseconds of a search */

enum trawl_match {
	TRAWL_ANY,
	TRAWL_ALL
};
enum trawl_mark {
	TRAWL_MARK_HTML, /* HTML-escaped, then <b>...</b> round matches */
	TRAWL_MARK_NONE, /* plain; control characters become spaces */
	TRAWL_MARK_TERM	 /* plain, with ESC [1m ... ESC [0m round matches */
};
enum trawl_timeline {
	TRAWL_TIMELINE_NONE,
	TRAWL_TIMELINE_YEAR,
	TRAWL_TIMELINE_MONTH,
	TRAWL_TIMELINE_DAY
};
/* What one hit stands for: each document, or all that tell one story, or that
 * are copies of one text. */
enum trawl_group {
	TRAWL_GROUP_NONE,
	TRAWL_GROUP_STORY,
	TRAWL_GROUP_COPY
};
/* How the best documents are ordered: doc/ranking.md. */
enum trawl_ranking {
	TRAWL_RANKING_TRAWL, /* BM25, then how the best of them begin */
	TRAWL_RANKING_BM25,
	TRAWL_RANKING_TRAWL2 /* then what resembles the best, too */
};
enum trawl_format {
	TRAWL_JSON,
	TRAWL_TSV,
	TRAWL_IDS
};

/*
 * What to search for.  Start from TRAWL_REQUEST_INIT and set what differs, or
 * set options by name with trawl_request_set().  A NULL string is "not given".
 */
struct trawl_request {
	const char *query;	/* doc/query.md; NULL or "": all documents */
	unsigned limit;		/* 10; 0..TRAWL_LIMIT_MAX */
	unsigned offset;	/* offset + limit <= TRAWL_DEPTH_MAX */
	const char *sort;	/* relevance, date, -date, FIELD, -FIELD */
	enum trawl_match match; /* TRAWL_ANY */
	const char *fields;	/* "title,place": which to return; NULL all */
	unsigned snippets;	/* 1; 0..TRAWL_SNIPPETS_MAX */
	enum trawl_mark mark;
	const char *facets; /* "source,lang" */
	enum trawl_timeline timeline;
	const char *since, *until; /* dates, inclusive: YYYY[-MM[-DD]] */
	bool count_exact;	   /* count every match */
	bool explain;		   /* fill in trawl_hit.explain */
	bool correct;		   /* run the corrected query when no hit */
	bool strict;	     /* a query that needs forgiving is an error */
	bool plain;	     /* the query is words: nothing is an operator */
	unsigned timeout_ms; /* 0 none, else 1..TRAWL_TIMEOUT_MAX */
	const char *rev;     /* that revision or TRAWL_STALE */
	enum trawl_format format;   /* of trawl_result_write() */
	enum trawl_group group;	    /* the best of each group speaks */
	const char *story;	    /* ID: only documents of that one's story */
	bool headlines;		    /* fill in trawl_bucket.id and title */
	bool variants_off;	    /* words as they are spelled, no variants */
	enum trawl_ranking ranking; /* where sort is relevance */
};

/* In the order of the members, so that C++ before C++20 takes it, too. */
#define TRAWL_REQUEST_INIT                                                     \
	{                                                                      \
		NULL, 10, 0, NULL, TRAWL_ANY, NULL, 1, TRAWL_MARK_HTML, NULL,  \
			TRAWL_TIMELINE_NONE, NULL, NULL, false, false, false,  \
			false, false, 0, NULL, TRAWL_JSON, TRAWL_GROUP_NONE,   \
			NULL, false, false, TRAWL_RANKING_TRAWL                \
	}

/*
 * Set an option by the name and value that the protocol's SEARCH has for it
 * (limit=5, sort=-date, mark=none, count=exact, correct=run, fmt=tsv, ...).
 * Strings are borrowed: value must outlive the searches that use rq.
 * Errors: BADOPTION, BADVALUE.
 */
TRAWL_API enum trawl_status trawl_request_set(struct trawl_request *rq,
					      const char *name,
					      const char *value,
					      struct trawl_error *err);

/* The options' names in their documented order, NULL at the end; static. */
TRAWL_API const char *const *trawl_request_options(void);

struct trawl_result;

/* The facts of an answer: the protocol's status line. */
struct trawl_head {
	size_t hits;	  /* how many trawl_result_hit() has */
	uint64_t total;	  /* documents that match */
	bool lower_bound; /* total is at least that many, maybe more */
	/* With group=, of the matches looked at: 1,000 or four times offset +
	 * limit of the best, or more until there are hits enough; 0: without */
	uint64_t groups;
	bool groups_lower; /* others may be of further groups */
	uint64_t took_us;  /* microseconds; the one field that may vary */
	const char *rev;
	/* NULL when they do not apply */
	const char *ignored;   /* "the,of": what finds nothing by itself */
	const char *corrected; /* a query that has more hits */
	bool correct_ran;      /* it, not the one given, was run */
	const char *expanded;  /* "elect*:election,elected,..." */
	const char *partial;   /* "timeout", "expansion" or both, comma */
	const char *read_as;   /* how a query was read that was forgiven,
				  or is explained */
	bool stale_analyzer;   /* as of trawl_info: words may be missed */
	size_t nfacets;
	size_t nbuckets; /* of the timeline */
};

struct trawl_field {
	const char *name;
	const char *value; /* len bytes and a NUL after them */
	size_t len;
	bool json; /* value is JSON (number, boolean, array, object) */
};

/* One word's part in a hit's score, or that of two which stand near one another
 * among the document's first 64 words. */
struct trawl_share {
	const char *word;  /* as searched: "zelensky", "title:zelensky" */
	const char *found; /* the words of the text it stands for, by comma */
	unsigned count;	   /* occurrences in the document; of two, near ones */
	double score;	   /* its part of trawl_hit.score */
	double lead;	   /* of that, for standing among the first words; the
			      rest is BM25's */
	unsigned first;	   /* at which of them first, from 1; 0: at none */
	const char *with;  /* the other word of two; NULL: it is of one */
};

struct trawl_hit {
	unsigned rank;	    /* from 1 */
	const char *id;	    /* never NULL */
	double score;	    /* larger is better; 0 when sorted by a field */
	const char *title;  /* NULL when the document has none */
	const char *date;   /* as given: "2024", "2024-11-07", ... or NULL */
	const char *source; /* or NULL */
	const struct trawl_field *fields; /* stored fields asked for but those
					     above */
	size_t nfields;
	const char *const *snippets; /* best first */
	size_t nsnippets;
	const struct trawl_share *explain; /* heaviest first */
	size_t nexplain;
	double neighbours; /* with explain and ranking=trawl2: the part of score
			      that documents give which resemble this one */
	const char *index; /* its part's name, of several; else NULL */
	/* With group= or story= */
	uint64_t similar;  /* other matches of its group, of those looked at */
	const char *story; /* id of the document that stands for its story; NULL
			      when it is alone */
};

struct trawl_facet_value {
	const char *value;
	uint64_t count;
};

struct trawl_facet {
	const char *name;
	const struct trawl_facet_value *values; /* most frequent first */
	size_t nvalues;
};

struct trawl_bucket {
	char when[12]; /* "2024", "2024-11" or "2024-11-07" */
	uint64_t count;
	/* With headlines=, of the latest 1,000 buckets: the heaviest match of it,
	 * the newest of equal ones, whatever sort= says; NULL else, and the
	 * title when it has none. */
	const char *id, *title;
};

/*
 * Run one search and copy the answer out.  On success free *out with
 * trawl_result_free(); it needs neither ix nor rq any more.
 *
 * Ranking begins with BM25 (Robertson & Walker 1994, "Some simple effective
 * approximations to the 2-Poisson model"), k1 = 1.2, b = 0.75; rq->ranking says
 * what becomes of its best 100: they are put in order by how they begin, too
 * (TRAWL), and by what resembles them (TRAWL2), or stay as they are (BM25).
 * doc/ranking.md has the formula.  Scores are sums with BM25, else divided by
 * what the query's words weigh together.  The order is total: score, then newer
 * first, then id bytewise.
 *
 * Errors: BADQUERY (strict only), TOOCOMPLEX, BADVALUE (dates, fields, sort),
 * STALE (rev only), CORRUPT, IO, NOMEM.  A search that runs out of time is no
 * error: it returns what it has and says partial=timeout.
 */
TRAWL_API enum trawl_status trawl_search(struct trawl_index *ix,
					 const struct trawl_request *rq,
					 struct trawl_result **out,
					 struct trawl_error *err);

TRAWL_API const struct trawl_head *
trawl_result_head(const struct trawl_result *res);
/* NULL when i is out of range; so in the next two. */
TRAWL_API const struct trawl_hit *
trawl_result_hit(const struct trawl_result *res, size_t i);
TRAWL_API const struct trawl_facet *
trawl_result_facet(const struct trawl_result *res, size_t i);
TRAWL_API const struct trawl_bucket *
trawl_result_bucket(const struct trawl_result *res, size_t i);
TRAWL_API void trawl_result_free(struct trawl_result *res);

/*
 * Write the answer's body lines, each ended by a line feed and at most 1 MiB
 * long.  JSON: a line a hit, then a line a facet, then the timeline's, absent
 * members left out:
 *
 *	{"rank":1,"id":"004.txt","score":7.215,"title":"...",
 *	 "date":"2024-11-10","source":"...","similar":7,"story":"001.txt",
 *	 "fields":{"place":"Kyiv"},
 *	 "snippets":["..."],"explain":[{"word":"trump","found":"Trump",
 *	 "count":3,"score":1.2,"lead":0.4,"first":2},{"word":"trump",
 *	 "with":"kyiv","count":1,"score":0.1}],"neighbours":0.1,
 *	 "index":"news","cut":true}
 *	{"facet":"source","values":[["Reuters",2],["Kyiv Post",1]]}
 *	{"timeline":"month","buckets":[["2024-11",3,"004.txt","..."]]}
 *
 * "cut" tells that parts of a hit were left out, for the line's length.  TSV
 * has the hits alone: rank, id, score, date, source, title, and with group= or
 * story= similar and story, with \t \n \r and \ escaped.  IDS has their ids, as
 * they are.  False when sink said so, or without memory.
 */
TRAWL_API bool trawl_result_write(const struct trawl_result *res,
				  enum trawl_format format, trawl_sink *sink,
				  void *ctx);

/*
 * How a query was understood, in canonical form, as one string to free with
 * trawl_free().  Reads rq->query, match and strict; ix gives the fields and
 * the language.  Errors: BADQUERY, TOOCOMPLEX, NOMEM.
 */
TRAWL_API enum trawl_status trawl_parse(struct trawl_index *ix,
					const struct trawl_request *rq,
					char **out, struct trawl_error *err);

/* Free a string that a call of this library returned for freeing. */
TRAWL_API void trawl_free(void *p);

/* The score of document id for rq->query: a result of one hit with its
 * explanation, or of none when it does not match.  NOTFOUND: no such id. */
TRAWL_API enum trawl_status trawl_explain(struct trawl_index *ix,
					  const struct trawl_request *rq,
					  const char *id,
					  struct trawl_result **out,
					  struct trawl_error *err);

/*
 * Documents like document id, or like text when id is NULL; the document
 * itself is left out.  rq's limit, offset, group, story, since, until, snippets,
 * mark and fields apply; its query, when given, narrows the answer.  Ranking is
 * BM25 alone.
 */
TRAWL_API enum trawl_status trawl_similar(struct trawl_index *ix,
					  const char *id, const char *text,
					  const struct trawl_request *rq,
					  struct trawl_result **out,
					  struct trawl_error *err);

/*
 * The whole of a text - a document's, len bytes of it, at most TRAWL_TEXT_MAX -
 * with the words marked that rq looks for, as in a snippet: their other forms,
 * phrases whole where they stand whole, beginnings; not those of a field of
 * its own, and not those that are ruled out.  Of very many matches the first
 * 10,000, and 100 of any word that is rarer.  White space is kept; each line
 * ends with a line feed, and other controls are left out.
 *
 * Reads rq->query (NULL or "": nothing is marked), match, mark, strict, plain
 * and timeout_ms.  *out is *out_len bytes and a NUL, to be freed with
 * trawl_free(); it takes time and memory in proportion to len.
 * Errors: BADQUERY, TOOCOMPLEX, STALE, CORRUPT, IO, NOMEM.
 */
TRAWL_API enum trawl_status trawl_mark(struct trawl_index *ix,
				       const struct trawl_request *rq,
				       const char *text, size_t len, char **out,
				       size_t *out_len,
				       struct trawl_error *err);

/* ---------------------------------------------------- words, documents -- */

struct trawl_words; /* a list of words with their frequencies */

struct trawl_word {
	const char *text;
	uint64_t documents; /* that hold it */
	bool title;	    /* text is a document's title, not a word */
};

/*
 * Completions of the last word of prefix: words of the index, most frequent
 * first, then titles that begin with the whole of it.  limit 1..100.
 */
TRAWL_API enum trawl_status trawl_suggest(struct trawl_index *ix,
					  const char *prefix, unsigned limit,
					  struct trawl_words **out,
					  struct trawl_error *err);

/*
 * Spellings of the index that are near word, best first: fewer edits, then
 * more frequent.  limit 1..100.  The word itself is not among them.
 * BADVALUE: word has blanks in it.
 */
TRAWL_API enum trawl_status trawl_spell(struct trawl_index *ix,
					const char *word, unsigned limit,
					struct trawl_words **out,
					struct trawl_error *err);

/*
 * The query with each word that the index lacks (or hardly has) replaced by
 * its best spelling; *out is NULL when nothing is better.  trawl_free() it.
 */
TRAWL_API enum trawl_status trawl_correct(struct trawl_index *ix,
					  const char *query, char **out,
					  struct trawl_error *err);

TRAWL_API size_t trawl_words_count(const struct trawl_words *words);
TRAWL_API const struct trawl_word *
trawl_words_at(const struct trawl_words *words, size_t i);
/* The revision that they are of, as in struct trawl_head; "" of NULL. */
TRAWL_API const char *trawl_words_rev(const struct trawl_words *words);
TRAWL_API void trawl_words_free(struct trawl_words *words);
/*
 * Write the list as JSON, a line a word: {"word":"zelensky","documents":5},
 * or {"title":"Zelensky in Paris","documents":1}, with "cut":true when a title
 * is too long for a line.  False when sink said so, or without memory.
 */
TRAWL_API bool trawl_words_write(const struct trawl_words *words,
				 trawl_sink *sink, void *ctx);

/* Where a document came from, so that unchanged inputs can be skipped. */
struct trawl_origin {
	const char *root; /* the input it was found under; NULL none */
	uint64_t size;	  /* of the file, bytes */
	int64_t mtime_ns; /* of the file, nanoseconds since 1970; 0 unknown */
};

#define TRAWL_TEXT_MAX	 (16u << 20) /* bytes of a document's text */
#define TRAWL_FIELDS_MAX 1000	     /* fields of a document */
#define TRAWL_STORED_MAX (1u << 20)  /* bytes of all its stored fields */
#define TRAWL_TERMS_MAX	 500000	     /* distinct words of a document */
#define TRAWL_ID_MAX	 4096	     /* bytes of an id */

/*
 * What a field of a document seems to be.  An input may offer guesses with a
 * document (of a page's meta elements, say); they compete with what is read from
 * the text, and the likeliest is taken for a field that the document has not,
 * when its confidence is at least that field's threshold.
 */
struct trawl_guess {
	const char *field; /* title, date, author, source or lang */
	const char *value;
	double confidence; /* 0..1 */
	const char
		*reason; /* one line: "og:title", "the line above the body" */
	bool taken;	 /* got only */
};

struct trawl_doc {
	const char *id;
	const struct trawl_field *fields; /* a name may come more than once */
	size_t nfields;
	const char *text; /* text_len bytes; NULL none */
	size_t text_len;
	struct trawl_origin origin; /* given only */
	const char *index;	    /* got only: its part's name, of several */
	const struct trawl_guess *guesses; /* given only */
	size_t nguesses;
};

/* Fetch a document whole.  Free *out with trawl_doc_free().  NOTFOUND. */
TRAWL_API enum trawl_status trawl_get(struct trawl_index *ix, const char *id,
				      struct trawl_doc **out,
				      struct trawl_error *err);
/* Only for what trawl_get() returned. */
TRAWL_API void trawl_doc_free(struct trawl_doc *doc);

/*
 * Write a document as one line of JSON: id, the stored fields, then "text"
 * (left out when with_text is false), and a line feed.  Reads back as an
 * input of trawl-index.  False when sink said so, or without memory.
 */
TRAWL_API bool trawl_doc_write(const struct trawl_doc *doc, bool with_text,
			       trawl_sink *sink, void *ctx);

/*
 * Call each() with every document, in the order they were added, as one
 * snapshot; doc dies when each() returns, and false from it stops the walk.
 * STALE: the index was committed to more than once meanwhile.
 */
TRAWL_API enum trawl_status
trawl_each(struct trawl_index *ix,
	   bool (*each)(void *ctx, const struct trawl_doc *doc), void *ctx,
	   struct trawl_error *err);

/* -------------------------------------------------------------- write -- */

struct trawl_writer;
struct trawl_preparer;
struct trawl_prepared;

enum trawl_write_mode {
	TRAWL_UPDATE, /* change the current generation, in transactions;
			 made when there is none */
	TRAWL_BUILD,  /* a new generation beside it, of what is put alone;
			 trawl_writer_finish() switches to it */
	TRAWL_REWRITE /* like UPDATE, but written as a new generation, at
			 the end: for changes of more than half a percent of
			 the index, which stays as it was until then.  What was
			 put cannot be removed by the same writer */
};

/* How a build stores texts and lists of terms. */
enum trawl_compress {
	TRAWL_COMPRESS_DEFAULT, /* NONE */
	TRAWL_COMPRESS_NONE,	/* as they are: the fastest to build and read */
	TRAWL_COMPRESS_FAST,	/* deflated, with little effort */
	TRAWL_COMPRESS_SMALL	/* deflated well */
};

struct trawl_writer_options {
	enum trawl_write_mode mode;
	const char *language; /* of a new index: "english" when NULL */
	const char *schema;   /* of a new index: the text of a schema file */
	const char *news;     /* of a new index: what news reading does: "all"
				 when NULL, "none", or some of "fields,
				 mentions,boilerplate,language,names,copies,
				 stories" (doc/news.md) */
	uint64_t memory;      /* bytes to work with; 0: 512 MiB */
	bool wait;	      /* for another writer, instead of LOCKED */

	/* Of modes BUILD and REWRITE. */
	unsigned threads;	      /* that may work at the end; 0: 1 */
	enum trawl_compress compress; /* texts and lists of terms */
	bool with_api;	   /* through Xapian's own way in: slow, and the same */
	bool reproducible; /* the database's UUID is made of its content, so
			      that the same input gives the same bytes */
	/* Told now and then by trawl_writer_finish() how much of its work is
	 * done, 0 to 1; false ends it: TIMEOUT.  Or NULL. */
	bool (*progress)(void *ctx, double part);
	void *progress_ctx;
};

/*
 * Become the writer of the index at path, creating the directory if there is
 * none (its parent must exist).  What a writer that was killed left behind is
 * removed.  On success close *out with trawl_writer_close().
 *
 * Errors: LOCKED, unless options->wait; MISMATCH: the index was made by
 * another analyzer, language or format (mode UPDATE); INVAL: path is a
 * non-empty directory that is no trawl index; BADVALUE: language or schema;
 * IO; CORRUPT; NOMEM.
 *
 * Never fork() without exec() while a writer is open: the child would hold
 * its lock.
 */
TRAWL_API enum trawl_status
trawl_writer_open(const char *path, const struct trawl_writer_options *options,
		  struct trawl_writer **out, struct trawl_error *err);

/* Drops what is not committed (mode BUILD, REWRITE: not finished). */
TRAWL_API void trawl_writer_close(struct trawl_writer *w);

/*
 * Preparing - analysis and checks - is most of the work and may run in as many
 * threads as there are preparers.  A preparer may be used while another
 * thread uses the writer, and must be freed before it is closed.
 */
TRAWL_API enum trawl_status trawl_preparer_new(struct trawl_writer *w,
					       struct trawl_preparer **out,
					       struct trawl_error *err);
TRAWL_API void trawl_preparer_free(struct trawl_preparer *p);

/*
 * Analyse one document and check every limit.  On success *out is the
 * caller's, to put or to free, from any thread.  REFUSED: the document is
 * empty or over a limit that err->text names; nothing else is affected.
 */
TRAWL_API enum trawl_status trawl_prepare(struct trawl_preparer *p,
					  const struct trawl_doc *doc,
					  struct trawl_prepared **out,
					  struct trawl_error *err);
TRAWL_API void trawl_prepared_free(struct trawl_prepared *prep);
/* About how much memory it and its postings will hold in the writer. */
TRAWL_API uint64_t trawl_prepared_bytes(const struct trawl_prepared *prep);
/* Words over 64 characters or 200 bytes that were left out. */
TRAWL_API uint64_t trawl_prepared_long_words(const struct trawl_prepared *prep);

enum trawl_outcome {
	TRAWL_ADDED,
	TRAWL_REPLACED,
	TRAWL_UNCHANGED, /* the same content under the same id */
	TRAWL_DUPLICATE	 /* this id was put before by this writer: skipped */
};

/*
 * Add or replace a document by its id; prep stays the caller's to free, but is
 * used up: what was ADDED or REPLACED cannot be put again.  *outcome (may be
 * NULL) says what became of it.  A batch that is full is committed
 * (mode UPDATE) before the call returns; so a status other than OK may
 * concern all that was put since the last commit: the writer is then of no
 * more use, and what was committed before stays.
 */
TRAWL_API enum trawl_status trawl_writer_put(struct trawl_writer *w,
					     struct trawl_prepared *prep,
					     enum trawl_outcome *outcome,
					     struct trawl_error *err);

/* NOTFOUND when there is none; a later commit makes it visible.  INVAL: a build
 * only adds. */
TRAWL_API enum trawl_status trawl_writer_remove(struct trawl_writer *w,
						const char *id,
						struct trawl_error *err);

/*
 * For a sync.  trawl_writer_keep() marks a document as still there without
 * putting it (NOTFOUND when there is none).  trawl_writer_keep_root() marks
 * all of a root's.  trawl_writer_sweep() removes the documents and failures
 * of a root that this writer neither put nor kept, and counts the documents.
 */
TRAWL_API enum trawl_status trawl_writer_keep(struct trawl_writer *w,
					      const char *id,
					      struct trawl_error *err);
TRAWL_API enum trawl_status trawl_writer_keep_root(struct trawl_writer *w,
						   const char *root,
						   uint64_t *kept,
						   struct trawl_error *err);
TRAWL_API enum trawl_status trawl_writer_sweep(struct trawl_writer *w,
					       const char *root,
					       uint64_t *removed,
					       struct trawl_error *err);

/*
 * Remember that an input could not be indexed, so that it is not tried again
 * until it changes; reason is one line.  A later put of the id forgets it.
 */
TRAWL_API enum trawl_status
trawl_writer_failed(struct trawl_writer *w, const char *id,
		    const struct trawl_origin *origin, const char *reason,
		    struct trawl_error *err);

/* Remember a container's (a JSON Lines file's) size and mtime. */
TRAWL_API enum trawl_status
trawl_writer_input(struct trawl_writer *w, const struct trawl_origin *origin,
		   struct trawl_error *err);

/*Make all that was put durable and visible.  BUILD, REWRITE: nothing; that is what
 * trawl_writer_finish() is for. */
TRAWL_API enum trawl_status trawl_writer_commit(struct trawl_writer *w,
						struct trawl_error *err);

/*
 *Commit; in modes BUILD and REWRITE write, sync, open and verify the new generation and
 * switch to it.  A build of no documents does not switch: NOTFOUND.
 */
TRAWL_API enum trawl_status trawl_writer_finish(struct trawl_writer *w,
						struct trawl_error *err);

/* One line that a person should read, of how this writer works (a build that
 * has to go the slow way says why), or NULL; until it is closed. */
TRAWL_API const char *trawl_writer_note(const struct trawl_writer *w);

struct trawl_writer_stats {
	uint64_t documents; /* in the index when this is committed */
	uint64_t commits;
	uint64_t batch_bytes; /* held by the batch that is not committed */
	uint64_t long_words;  /* of what was put, where news is read: as of
				 trawl_prepared_long_words(), known once it is
				 committed */
};
TRAWL_API void trawl_writer_count(const struct trawl_writer *w,
				  struct trawl_writer_stats *out);

/* -------------------------------------------------------------- build -- */

/*
 * A whole index from documents that come from any number of threads: a writer
 * in mode BUILD with its preparers, one for each thread that is at work.
 */
struct trawl_builder;

/* As trawl_writer_open(), with mode BUILD whatever options says.  On success
 * close *out with trawl_builder_close(). */
TRAWL_API enum trawl_status
trawl_builder_open(const char *path, const struct trawl_writer_options *options,
		   struct trawl_builder **out, struct trawl_error *err);

/*
 * Add a document, from any thread, beside others.  ADDED or DUPLICATE.
 * Documents are numbered in the order in which the calls come to their end: so
 * the same bytes again come of one thread alone, or of preparers and
 * trawl_writer_put().  REFUSED, as trawl_prepare(): nothing else is affected.
 * IO and NOMEM: the build can only be closed.
 */
TRAWL_API enum trawl_status trawl_builder_add(struct trawl_builder *b,
					      const struct trawl_doc *doc,
					      enum trawl_outcome *outcome,
					      struct trawl_error *err);

/* No trawl_builder_add() is under way or comes after it.  Writes, syncs,
 * verifies and switches, as trawl_writer_finish(). */
TRAWL_API enum trawl_status trawl_builder_finish(struct trawl_builder *b,
						 struct trawl_error *err);
/* The index stays as it was, unless the build was finished. */
TRAWL_API void trawl_builder_close(struct trawl_builder *b);

/*
 * What is remembered of inputs, through a reader's handle.  NOTFOUND when
 * nothing is.  out->root and *reason live until ix's next call.
 */
TRAWL_API enum trawl_status trawl_origin_of(struct trawl_index *ix,
					    const char *id,
					    struct trawl_origin *out,
					    struct trawl_error *err);
TRAWL_API enum trawl_status trawl_failure_of(struct trawl_index *ix,
					     const char *id,
					     struct trawl_origin *out,
					     const char **reason,
					     struct trawl_error *err);
TRAWL_API enum trawl_status trawl_input_of(struct trawl_index *ix,
					   const char *root,
					   struct trawl_origin *out,
					   struct trawl_error *err);
/* How many documents remember that root. */
TRAWL_API enum trawl_status trawl_root_count(struct trawl_index *ix,
					     const char *root, uint64_t *count,
					     struct trawl_error *err);

/* ----------------------------------------------------------- variants -- */

/*
 * Spellings of one word, searched as one: those that were mined from the texts
 * when the index was built, those that the user joined, US and UK spellings.
 * trawl_request.variants_off turns them off.
 */
#define TRAWL_VARIANTS_WORDS 64 /* spellings of one group */

enum trawl_variants_source {
	TRAWL_VARIANTS_USER,
	TRAWL_VARIANTS_MINED,
	TRAWL_VARIANTS_LIST /* US and UK */
};

struct trawl_spelling {
	const char *word;   /* folded */
	uint64_t documents; /* that have it, as it is */
};

struct trawl_variants_group {
	const struct trawl_spelling *spellings; /* most frequent first */
	size_t nspellings;
	enum trawl_variants_source source;
	double confidence;  /* of what was mined, 0..1 */
	const char *reason; /* one line of why it was mined; "" none */
	bool rejected;	    /* by the user: not in effect; one of source USER is
			  forbidden */
};

struct trawl_variants;

/*
 * The groups of an index (of several: one after the other): the user's, the
 * mined, then pairs of US and UK spellings of which two occur in it.  Free *out
 * with trawl_variants_free(); it outlives ix.
 */
TRAWL_API enum trawl_status trawl_variants_list(struct trawl_index *ix,
						struct trawl_variants **out,
						struct trawl_error *err);
TRAWL_API void trawl_variants_free(struct trawl_variants *list);
/* NULL past the end. */
TRAWL_API const struct trawl_variants_group *
trawl_variants_at(const struct trawl_variants *list, size_t i);
/*
 * Write the groups as JSON, a line each:
 *
 *	{"spellings":[{"word":"zelensky","documents":120},...],
 *	 "source":"mined","confidence":0.87,"reason":"...","rejected":true}
 *
 * (on one line; "confidence" and "reason" of mined ones only, "rejected" when
 * it is true).  False when sink said so, or without memory.
 */
TRAWL_API bool trawl_variants_write(const struct trawl_variants *list,
				    trawl_sink *sink, void *ctx);

enum trawl_decision {
	TRAWL_ACCEPT, /* a mined group, so that it stays: all of the group of
			 one word, or those given, of one group */
	TRAWL_REJECT, /* likewise, mined or US and UK: they are no longer one */
	TRAWL_JOIN,   /* 2 words or more are one from now on */
	TRAWL_FORBID, /* no two of these are one, whoever says so */
	TRAWL_FORGET  /* what was decided on these words */
};

/*
 * Decide on words, for the index at path, and commit.  Of two words the last
 * decision that names both counts.  wait: for another writer, instead of
 * LOCKED.
 * Errors: NOTFOUND: no such index, group or decision; BADVALUE: no single word,
 * too few or too many; MISMATCH, IO, CORRUPT, NOMEM.
 */
TRAWL_API enum trawl_status trawl_variants_decide(const char *path,
						  enum trawl_decision decision,
						  const char *const *words,
						  size_t n, bool wait,
						  struct trawl_error *err);

/*
 * Put the decisions of a text in the place of all that were taken before.  A
 * line each: "= WORD WORD..." joined, "! WORD WORD..." forbidden, "+ ..."
 * accepted, "- ..." rejected; empty lines and those that begin with # are
 * passed over.  BADVALUE names the first line that is something else.
 */
TRAWL_API enum trawl_status trawl_variants_replace(const char *path,
						   const char *text, size_t len,
						   bool wait,
						   struct trawl_error *err);

/* ------------------------------------------------------------ article -- */

/* Bytes begin .. end - 1 of a text that are no part of its article. */
struct trawl_furniture {
	const char *kind; /* "navigation", "consent", "sharing", ...; static */
	size_t begin, end;
};

/* A date that a text mentions. */
struct trawl_mention {
	const char *date; /* "2024-11-07", "2024-11", "2024" */
	size_t begin, end;
	bool relative; /* "Thursday", by the date of publication */
};

/* What a writer reads in a document by itself: what recurs in other documents of
 * its source is not known here. */
struct trawl_article {
	const struct trawl_guess *guesses; /* a field's together, the likeliest
					      first */
	size_t nguesses;
	const struct trawl_furniture *furniture; /* in order */
	size_t nfurniture;
	const struct trawl_mention *mentions;
	size_t nmentions;
	size_t body;	  /* the byte at which the article's prose begins */
	const char *wire; /* the agency of its dateline, or NULL */
};

/*
 * Read the article in a document: what its title, date, author, source and
 * language seem to be, with fields that it has and guesses offered with it among
 * them; what is furniture; which dates it mentions.  On success free *out with
 * trawl_article_free(); it needs doc no more.
 * REFUSED: a text over TRAWL_TEXT_MAX; NOMEM.
 */
TRAWL_API enum trawl_status trawl_article_read(const struct trawl_doc *doc,
					       struct trawl_article **out,
					       struct trawl_error *err);
TRAWL_API void trawl_article_free(struct trawl_article *a);

/* --------------------------------------------------------------- care -- */

/* One line of a check's report; progress is 0..1. */
typedef void trawl_report(void *ctx, const char *line, double progress);

/*
 * Check everything: Xapian's own check of every table, then each document
 * read back and compared with its terms and values.  CORRUPT when anything is
 * wrong; STALE when that may be because it was written to meanwhile: check it
 * again; report (may be NULL) gets a line for each fault and for each part.
 */
TRAWL_API enum trawl_status trawl_check(const char *path, trawl_report *report,
					void *ctx, struct trawl_error *err);

/* Write a compacted generation, verify it and switch.  LOCKED, IO, CORRUPT. */
TRAWL_API enum trawl_status trawl_compact(const char *path, bool wait,
					  trawl_report *report, void *ctx,
					  struct trawl_error *err);

#define TRAWL_DIFF_LINES 20 /* that a comparison reports */

/*
 * Compare all that two indexes hold, as any reader of Xapian's would see it:
 * documents, terms, postings, positions, values, metadata, spellings, synonyms
 * and every statistic; then the answers to so many queries made of them.
 * first and second are indexes or other Xapian databases.  *differences is 0
 * when they are equal; report (may be NULL) gets a line for each of the first
 * TRAWL_DIFF_LINES, the first one's side named first, and "" when only
 * progress is to be told.  CORRUPT: one of them cannot be read; STALE: one was
 * written to meanwhile.
 */
TRAWL_API enum trawl_status trawl_diff(const char *first, const char *second,
				       unsigned queries, trawl_report *report,
				       void *ctx, uint64_t *differences,
				       struct trawl_error *err);

/* The languages there are stemmers for, NULL at the end; static. */
TRAWL_API const char *const *trawl_languages(void);

#ifdef __cplusplus
}
#endif
#endif
