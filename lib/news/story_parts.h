/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * story_parts.h - what the files of stories share
 *
 *	story_terms.c	 a document's terms: struct story_entry
 *	story.c		 documents, one after the other, to a file; frequencies
 *	story_vectors.c	 their vectors, in the order of their ranks, to another
 *	story_pairs.c	 pairs that are like each other
 *	story_pieces.c	 what hangs together by pairs, and is not too much
 *	story_cluster.c	 group-average linkage in a piece
 *
 * From the vectors on a document is known by its place: its number among those
 * that take part, in the order of their ranks.  So nothing depends on the order in
 * which documents came.
 */
#ifndef LIB_NEWS_STORY_PARTS_H
#define LIB_NEWS_STORY_PARTS_H

#include "record_file.h"
#include "sorted_runs.h"
#include "story.h"

enum {
	STORY_WORDS = 600, /* of a text that are read: news is told at once */
	STORY_TERMS_MAX = 128, /* of a document in the file: heaviest first */
	STORY_WEIGHT_ONE = 16, /* weight of a word that stands there once */
	STORY_ENTRY = 6,       /* bytes of a struct story_entry in the file */
	STORY_WHOLE = 64,      /* heaviest terms, of the whole text */
	STORY_LEAD = 40,       /* of the lead */
	STORY_TOP = 20,	       /* by which pairs are found */
	STORY_LEAST = 6,       /* terms; a document with less stands alone */
	STORY_COUNTS = 4096,   /* frequencies whose logarithm is kept */
	STORY_UNIT = 65535,    /* a weight of 1 */
	STORY_CELL_BITS = 20
};

struct story_entry {
	uint32_t term;	     /* the lowest bit is 0 */
	uint8_t whole, lead; /* weights without rarity */
};

/*
 * Of unit length: the whole text is 0.7 of its square, the lead 0.3, so that the
 * product of two is the mean of two cosines.
 */
struct story_vector {
	int32_t day;
	uint16_t n, ntop;
	uint32_t top[STORY_TOP];		   /* ascending */
	uint32_t term[STORY_WHOLE + STORY_LEAD];   /* ~term: in the lead */
	uint16_t weight[STORY_WHOLE + STORY_LEAD]; /* of STORY_UNIT */
};

struct story_settings {
	float theta;  /* mean likeness of two clusters that join */
	float lambda; /* and of that inside of them */
	float lead;   /* share of the lead */
	float far;    /* factor for dates that are far apart */
	float prior;  /* documents that the corpus is taken to have more */
	uint32_t near_days, far_days;
	uint32_t apart_days; /* more between two: no pair */
	uint32_t listed; /* documents that a term is in, to find pairs by it */
	uint32_t piece;	 /* documents to cluster at once */
	uint32_t paired; /* pairs of a document, the likest */
};

/* Counts by cells that terms share: none grows with the number of terms, and
 * the order of terms does not matter. */
struct story_cells {
	uint32_t *count; /* 1 << STORY_CELL_BITS */
	uint64_t documents;
};

/* All 0.  False without memory; free(c->count) at the end. */
bool story_cells_init(struct story_cells *c);

static inline uint32_t *story_cell(const struct story_cells *c, uint32_t term)
{
	return &c->count[term >> (32 - STORY_CELL_BITS)];
}

/* Numbers of two documents, a < b. */
struct story_pair {
	uint32_t a, b;
	float like;
};

/* ---------------------------------------------------------------- story.c -- */

/* A term that is another's spelling. */
struct story_same {
	uint32_t term, as; /* term 0: an empty slot */
};

struct stories {
	struct story_settings settings;
	char *dir;
	uint64_t memory;
	struct record_file *documents; /* day, entries */
	struct story_cells cells;
	struct story_same *same; /* slots, a power of two */
	size_t nsame, nslots;
	bool beside; /* another thread may help */
};

/* What a term counts as. */
uint32_t story_known_as(const struct stories *s, uint32_t term);
/* To change before stories_finish(). */
struct story_settings *stories_settings(struct stories *s);

/* -------------------------------------------------------- story_vectors.c -- */

/* How rare terms are in the corpus: ln((N + 1 + prior) / (df + 0.5)). */
struct story_rarity {
	const struct story_cells *cells;
	float top;
	float own[STORY_COUNTS]; /* by frequency */
};

void story_rarity_init(struct story_rarity *r, const struct story_cells *cells,
		       float prior);
/* e: n entries with terms that differ. */
void story_vector_make(const struct story_settings *set,
		       const struct story_rarity *r,
		       const struct story_entry *e, size_t n, int32_t day,
		       struct story_vector *out);
/* Factor of the likeness of what is of these days. */
float story_nearness(const struct story_settings *set, double day_a,
		     double day_b);

/* Vectors by place.  False: see errno. */
bool story_vector_write(struct record_file *f, const struct story_vector *v);
bool story_vector_read(struct record_file *f, size_t place,
		       struct story_vector *v);

/* ---------------------------------------------------------- story_pairs.c -- */

struct story_input {
	const char *dir;
	uint64_t memory;
	const struct story_settings *settings;
	struct record_file *file;
	size_t places;
	const int32_t *day;		/* by place; -1: unknown */
	const struct story_cells *tops; /* in how many tops a term is */
	bool beside;			/* of story_pairs(): in two threads */
};

/*
 * Add to out all pairs that share so many terms (SHARED) of their tops and are as alike as
 * theta, most alike first: key = ~likeness << 32 | a, value = b, a < b.
 */
enum trawl_status story_pairs(const struct story_input *in,
			      struct sorted_runs *out, struct trawl_error *err);
uint64_t story_pair_key(float like, uint32_t a);
float story_pair_like(uint64_t key);

/* --------------------------------------------------------- story_pieces.c -- */

/* story[place]: the first place of its story.  pairs: of story_pairs(). */
enum trawl_status story_pieces(const struct story_input *in,
			       struct sorted_runs *pairs, uint32_t *story,
			       struct trawl_error *err);

/* -------------------------------------------------------- story_cluster.c -- */

struct story_cluster_input {
	const struct story_settings *settings;
	const struct story_vector *vector; /* n, by place */
	size_t n;
	const struct story_pair *pair; /* of 0 .. n - 1 */
	size_t npairs;
};

/* cluster[i]: the first of i's cluster.  False without memory. */
bool story_cluster(const struct story_cluster_input *in, uint32_t *cluster);

#endif
