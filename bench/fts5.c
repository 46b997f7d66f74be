/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fts5 FILE DATABASE [add] - JSON Lines into a new FTS5 table, as fast as SQLite
 * is, or into the one that is there
 *
 * After https://www.sqlite.org/faq.html#q19 (one transaction, a prepared
 * statement), https://www.sqlite.org/pragma.html (no journal for a database
 * that can be made anew, no syncs but the one at the end, pages in memory) and
 * https://www.sqlite.org/fts5.html ("porter unicode61", 'automerge' 0 while
 * rows come, 'optimize' at the end).  'hashsize' (fts5_config.c; bytes of index
 * held before they are written; 1 MiB) spares it a part of the merging.  The
 * texts are kept, as the others do; behind the rest of a row, so that an id or a
 * date is read without them.
 *
 * What is added to a table may not be lost: write-ahead log, as
 * https://www.sqlite.org/wal.html advises, and 'automerge' as it is by default.
 * An id is not looked for: FTS5 has no index of it.
 */
#include "die.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <unistd.h>

enum {
	NFIELDS = 5
};

static const char *const field[NFIELDS] = { "id", "title", "text", "date",
					    "source" };

static void check(sqlite3 *db, int status)
{
	if (status != SQLITE_OK && status != SQLITE_DONE)
		die("fts5: %s", sqlite3_errmsg(db));
}

static void run(sqlite3 *db, const char *sql)
{
	check(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static void create(sqlite3 *db)
{
	run(db, "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF;"
		"PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;"
		"PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY;"
		"CREATE VIRTUAL TABLE docs USING fts5(id UNINDEXED, "
		"date UNINDEXED, source UNINDEXED, title, text, "
		"tokenize = 'porter unicode61');"
		"INSERT INTO docs(docs, rank) VALUES('automerge', 0);"
		"INSERT INTO docs(docs, rank) VALUES('hashsize', 67108864)");
}

static void reopen(sqlite3 *db)
{
	run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
		"PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY;"
		"INSERT INTO docs(docs, rank) VALUES('automerge', 4)");
}

static sqlite3_stmt *prepare(sqlite3 *db)
{
	sqlite3_stmt *insert;

	check(db, sqlite3_prepare_v2(db,
				     "INSERT INTO docs(id, title, text, date, "
				     "source) VALUES(?, ?, ?, ?, ?)",
				     -1, &insert, NULL));
	return insert;
}

static void add(sqlite3 *db, sqlite3_stmt *insert, const char *line, size_t n)
{
	json_error_t err;
	json_t *doc = json_loadb(line, n, 0, &err);

	if (!doc)
		die("fts5: %s", err.text);
	for (int i = 0; i < NFIELDS; i++) {
		const json_t *value = json_object_get(doc, field[i]);

		check(db,
		      sqlite3_bind_text(insert, i + 1, json_string_value(value),
					(int)json_string_length(value),
					SQLITE_STATIC));
	}
	check(db, sqlite3_step(insert));
	check(db, sqlite3_reset(insert));
	json_decref(doc);
}

static void sync_file(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) || close(fd))
		die("fts5: %s: %s", path, strerror(errno));
}

static void add_lines(sqlite3 *db, FILE *in)
{
	sqlite3_stmt *insert = prepare(db);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	run(db, "BEGIN");
	while ((n = getline(&line, &room, in)) > 0)
		add(db, insert, line, (size_t)n);
	run(db, "COMMIT");
	sqlite3_finalize(insert);
	free(line);
}

int main(int argc, char **argv)
{
	const bool more = argc == 4 && !strcmp(argv[3], "add");
	FILE *in = argc == 3 || more ? fopen(argv[1], "re") : NULL;
	sqlite3 *db = NULL;

	if (!in)
		die("fts5: usage: fts5 FILE DATABASE [add]");
	check(db, sqlite3_open(argv[2], &db));
	if (more)
		reopen(db);
	else
		create(db);
	add_lines(db, in);
	if (!more)
		run(db, "INSERT INTO docs(docs) VALUES('optimize')");
	check(db, sqlite3_close(db));
	sync_file(argv[2]);
	fclose(in);
	return 0;
}
