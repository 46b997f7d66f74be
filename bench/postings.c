/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench/postings INDEX - how fast postings are decoded
 *
 * INDEX is one of trawl's, or a database.  Terms are the commonest, then those
 * of ranks 16, 32, 64 and so on: the rarer one is, the longer its gaps.  Each
 * is read in windows, as a search does it, and by skips to every 100th
 * posting.  The documents' lengths are a list, too.
 */
#include "column.h"
#include "generation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
	RANKS = 17, /* 1 .. 65,536 */
	COMMONEST = 8,
	ROUNDS = 5,
	READ = 2 << 20, /* postings in a round */
	SKIPS = 20000,
	STRIDE = 100
};

struct common {
	char term[GLASS_TERM_MAX + 1];
	size_t len;
	uint32_t termfreq;
};

struct commonest {
	struct common *term;
	size_t n, alloc;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench/postings: %s: %s\n", what, why);
	exit(3);
}

static bool add_term(void *ctx, const char *term, size_t len, uint32_t wdf,
		     uint32_t termfreq)
{
	struct commonest *c = ctx;
	struct common *to;

	(void)wdf;
	if (len > GLASS_TERM_MAX || termfreq < 2)
		return true;
	if (c->n == c->alloc) {
		c->alloc = 2 * c->alloc + 1024;
		c->term = realloc(c->term, c->alloc * sizeof(*c->term));
		if (!c->term)
			die("terms", "out of memory");
	}
	to = &c->term[c->n++];
	memcpy(to->term, term, len);
	to->term[len] = '\0';
	to->len = len;
	to->termfreq = termfreq;
	return true;
}

static int by_frequency(const void *a, const void *b)
{
	const struct common *x = a, *y = b;

	return (x->termfreq < y->termfreq) - (x->termfreq > y->termfreq);
}

static void read_terms(struct commonest *c, const char *path)
{
	const struct xap_bytes all = { "", 0 }, none = { NULL, 0 };
	struct xap_db *db;
	struct trawl_error err;

	if (xap_db_open(path, &db, &err) != TRAWL_OK ||
	    xap_db_terms(db, all, none, true, add_term, c, &err) != TRAWL_OK)
		die(path, err.text);
	xap_db_free(db);
	qsort(c->term, c->n, sizeof(*c->term), by_frequency);
}

/* Of the processor: other work on the machine does not count. */
static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* NULL: lengths. */
static void open_list(struct posting_list *pl, struct glass_db *db,
		      const struct common *term)
{
	struct trawl_error err;

	if (term ? !posting_list_open(pl, db, term->term, term->len)
		 : !posting_list_open_lengths(pl, db)) {
		glass_db_status(db, &err);
		die("a list", err.text);
	}
}

static size_t read_list(struct glass_db *db, const struct common *term)
{
	uint32_t docid[COLUMN_WINDOW], wdf[COLUMN_WINDOW];
	struct posting_list pl;
	size_t n = 0;

	open_list(&pl, db, term);
	while (pl.docid < POSTING_END - COLUMN_WINDOW) {
		uint32_t base = pl.docid - pl.docid % COLUMN_WINDOW;

		n += posting_list_read(&pl, base + COLUMN_WINDOW, docid, wdf);
	}
	posting_list_close(&pl);
	return n;
}

static size_t skip_list(struct glass_db *db, const struct common *term)
{
	uint32_t last = glass_db_version(db)->last_docid, termfreq, step;
	struct posting_list pl;
	size_t n = 0;

	open_list(&pl, db, term);
	termfreq = term ? pl.termfreq : glass_db_version(db)->documents;
	step = (uint32_t)((uint64_t)last * STRIDE / (termfreq + 1)) + 1;
	while (pl.docid < last - (last > step ? step : last)) {
		posting_list_skip(&pl, pl.docid + step);
		n++;
	}
	posting_list_close(&pl);
	return n;
}

/* ns each, the best of several rounds; *n: of one reading. */
static double time_list(struct glass_db *db, const struct common *term,
			size_t each(struct glass_db *db,
				    const struct common *term),
			size_t round, size_t *n)
{
	double best = 1e9;

	*n = each(db, term);
	for (unsigned i = 0; *n && i < ROUNDS; i++) {
		const double start = seconds();
		size_t read = 0;
		double took;

		while (read < round)
			read += each(db, term);
		took = seconds() - start;
		if (took / (double)read < best)
			best = took / (double)read;
	}
	return *n ? best * 1e9 : 0;
}

static void print_list(struct glass_db *db, const struct common *term)
{
	uint32_t documents = glass_db_version(db)->documents;
	size_t n, skips;
	double read = time_list(db, term, read_list, READ, &n);
	double skip = time_list(db, term, skip_list, SKIPS, &skips);

	printf("%-20.20s %9zu %9.4f %8.2f %10.0f %8.0f\n",
	       term ? term->term : "(lengths)", n,
	       (double)n / (double)documents, read, 1e3 / read, skip);
}

int main(int argc, char **argv)
{
	struct commonest c = { .n = 0 };
	struct glass_db *db;
	struct trawl_error err;
	char path[PATH_MAX];
	uint32_t number;

	if (argc != 2)
		die("usage", "bench/postings INDEX");
	if (generation_current(argv[1], &number, path, NULL) != TRAWL_OK)
		snprintf(path, sizeof(path), "%s", argv[1]);
	read_terms(&c, path);
	if (glass_db_open(path, &db, &err) != TRAWL_OK)
		die(path, err.text);
	printf("%-20s %9s %9s %8s %10s %8s\n", "term", "postings", "density",
	       "ns each", "million/s", "ns/skip");
	print_list(db, NULL);
	for (size_t i = 0; i < c.n && i < COMMONEST; i++)
		print_list(db, &c.term[i]);
	for (unsigned rank = 4; rank < RANKS; rank++)
		if ((size_t)1 << rank < c.n)
			print_list(db, &c.term[(size_t)1 << rank]);
	glass_db_close(db);
	free(c.term);
	return 0;
}
