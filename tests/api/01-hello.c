/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 01-hello.c - search an index from a program of your own
 *
 *	cc 01-hello.c $(pkg-config --cflags --libs trawl) -o hello
 *	./hello news.index "climate summit"
 *
 * Without arguments it makes a small index first and checks the answer: so
 * this example is also a test, and the index is how one is made in process.
 */
#include <trawl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- search -- */

static void print_hit(const struct trawl_hit *hit)
{
	printf("# %u. %s (%.3f)\n", hit->rank,
	       hit->title ? hit->title : hit->id, hit->score);
	for (size_t i = 0; i < hit->nsnippets; i++)
		printf("#    %s\n", hit->snippets[i]);
}

/* How many hits there were; -1 when it could not be searched. */
static int search(const char *path, const char *query)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	struct trawl_index *ix = NULL;
	struct trawl_result *res = NULL;
	struct trawl_error err;
	int hits = -1;

	rq.query = query;
	rq.limit = 5;
	rq.mark = TRAWL_MARK_NONE;
	if (trawl_index_open(path, &ix, &err) == TRAWL_OK &&
	    trawl_search(ix, &rq, &res, &err) == TRAWL_OK) {
		hits = (int)trawl_result_head(res)->hits;
		for (int i = 0; i < hits; i++)
			print_hit(trawl_result_hit(res, (size_t)i));
	} else {
		fprintf(stderr, "hello: %s\n", err.text);
	}
	trawl_result_free(res);
	trawl_index_close(ix);
	return hits;
}

/* ----------------------------------------------------------------- write -- */

static enum trawl_status put(struct trawl_writer *w, struct trawl_preparer *p,
			     const char *id, const char *title,
			     const char *text, struct trawl_error *err)
{
	struct trawl_field fields[] = {
		{ "title", title, strlen(title), false },
	};
	struct trawl_doc doc = {
		.id = id,
		.fields = fields,
		.nfields = 1,
		.text = text,
		.text_len = strlen(text),
	};
	struct trawl_prepared *prep = NULL;
	enum trawl_status st = trawl_prepare(p, &doc, &prep, err);

	if (st == TRAWL_OK)
		st = trawl_writer_put(w, prep, NULL, err);
	trawl_prepared_free(prep);
	return st;
}

static enum trawl_status make_index(const char *path, struct trawl_error *err)
{
	struct trawl_writer_options options = { .mode = TRAWL_UPDATE };
	struct trawl_writer *w = NULL;
	struct trawl_preparer *p = NULL;
	enum trawl_status st = trawl_writer_open(path, &options, &w, err);

	if (st == TRAWL_OK)
		st = trawl_preparer_new(w, &p, err);
	if (st == TRAWL_OK)
		st = put(w, p, "1", "Summit agrees on climate",
			 "Delegates from forty countries agreed on Friday.",
			 err);
	if (st == TRAWL_OK)
		st = put(w, p, "2", "Harbour bridge reopens",
			 "Traffic crosses the harbour again after two years.",
			 err);
	if (st == TRAWL_OK)
		st = trawl_writer_commit(w, err);
	trawl_preparer_free(p);
	trawl_writer_close(w);
	return st;
}

/* ------------------------------------------------------------------ main -- */

static void ok(int number, int good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", number, what);
}

static int test(void)
{
	char dir[] = "/tmp/hello.XXXXXX";
	char path[64], command[96];
	struct trawl_error err = { 0 };
	int made, found, none;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/index", dir);
	made = make_index(path, &err) == TRAWL_OK;
	if (!made)
		printf("# %s\n", err.text);
	found = made && search(path, "climate summits") == 1;
	none = made && search(path, "volcano") == 0;
	puts("1..3");
	ok(1, made, "an index is made in process");
	ok(2, found, "the document that matches is found");
	ok(3, none, "no other is");
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command) || !made || !found || !none;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return test();
	if (argc != 3) {
		fprintf(stderr, "usage: hello INDEX QUERY\n");
		return 2;
	}
	return search(argv[1], argv[2]) < 0;
}
