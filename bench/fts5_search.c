/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fts5_search DATABASE QUERIES IDS - bench/queries' file against fts5's table
 *
 * After https://www.sqlite.org/fts5.html: "ORDER BY rank LIMIT" (5.1.1 and 7,
 * which is bm25() and faster), words in quotes (3.1), phrases (3.2), a prefix
 * (3.3; no prefix index, as none is built by default), boolean operators (3.7)
 * and snippet() (5.1.3).  Statements are prepared once, the file is mapped and
 * the cache is large (https://www.sqlite.org/pragma.html).  A date is read from
 * the row, best rows first, until there are ten.
 */
#include "die.h"
#include "drawn/cases.h"

#include <sqlite3.h>
#include <string.h>

enum {
	BY_RANK,
	BY_DATE,
	WITH_SNIPPET,
	NSTATEMENTS
};

static const char *const sql[NSTATEMENTS] = {
	"SELECT id FROM docs WHERE docs MATCH ?1 ORDER BY rank LIMIT 10",
	"SELECT id FROM docs WHERE docs MATCH ?1 AND date >= ?2 AND "
	"date < ?3 ORDER BY rank LIMIT 10",
	"SELECT id, snippet(docs, 4, '<b>', '</b>', '...', 32) FROM docs "
	"WHERE docs MATCH ?1 ORDER BY rank LIMIT 10",
};

struct driver {
	sqlite3 *db;
	sqlite3_stmt *statement[NSTATEMENTS];
};

static void check(const struct driver *d, bool good)
{
	if (!good)
		die("%s", sqlite3_errmsg(d->db));
}

/* Each word in quotes, but for a phrase. */
static void make_match(const struct query *q, char *text, size_t room)
{
	const char *between = query_is(q, "phrase")   ? " "
			      : query_is(q, "all")    ? "\" AND \""
			      : query_is(q, "prefix") ? "\" AND \""
						      : "\" OR \"";
	size_t n = 0, step = strlen(between);

	text[n++] = '"';
	for (const char *s = q->words; *s && n + step + 4 < room; s++) {
		if (*s != ' ') {
			text[n++] = *s;
			continue;
		}
		memcpy(text + n, between, step);
		n += step;
	}
	snprintf(text + n, room - n, "\"%s", query_is(q, "prefix") ? "*" : "");
}

static size_t ask_fts5(void *ctx, const struct query *q, FILE *ids)
{
	const struct driver *d = ctx;
	sqlite3_stmt *s = d->statement[*q->since     ? BY_DATE
				       : q->snippets ? WITH_SNIPPET
						     : BY_RANK];
	char match[QUERY_TEXT_MAX], until[32];
	size_t n = 0;
	int step;

	make_match(q, match, sizeof(match));
	sqlite3_bind_text(s, 1, match, -1, SQLITE_STATIC);
	/* The day itself and every time in it: '~' is behind all of them. */
	snprintf(until, sizeof(until), "%s~", q->until);
	if (*q->since) {
		sqlite3_bind_text(s, 2, q->since, -1, SQLITE_STATIC);
		sqlite3_bind_text(s, 3, until, -1, SQLITE_STATIC);
	}
	for (; (step = sqlite3_step(s)) == SQLITE_ROW; n++) {
		const unsigned char *id = sqlite3_column_text(s, 0);

		if (q->snippets)
			sqlite3_column_text(s, 1);
		if (ids)
			fprintf(ids, "%s%s", n ? " " : "", (const char *)id);
	}
	check(d, step == SQLITE_DONE);
	sqlite3_reset(s);
	return n;
}

static void open_database(struct driver *d, const char *path)
{
	check(d, sqlite3_open_v2(path, &d->db, SQLITE_OPEN_READONLY, NULL) ==
			 SQLITE_OK);
	check(d, sqlite3_exec(d->db,
			      "PRAGMA mmap_size = 17179869184;"
			      "PRAGMA cache_size = -262144;"
			      "PRAGMA locking_mode = EXCLUSIVE",
			      NULL, NULL, NULL) == SQLITE_OK);
	for (int i = 0; i < NSTATEMENTS; i++)
		check(d, sqlite3_prepare_v2(d->db, sql[i], -1, &d->statement[i],
					    NULL) == SQLITE_OK);
}

int main(int argc, char **argv)
{
	struct driver d = { 0 };

	if (argc != 4) {
		fprintf(stderr, "usage: fts5_search DATABASE QUERIES IDS\n");
		return 2;
	}
	open_database(&d, argv[1]);
	measure_cases("fts5", argv[2], argv[3], ask_fts5, &d);
	for (int i = 0; i < NSTATEMENTS; i++)
		sqlite3_finalize(d.statement[i]);
	sqlite3_close(d.db);
	return 0;
}
