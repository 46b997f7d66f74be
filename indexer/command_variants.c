/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command_variants.c - spellings of one word: list them, decide on them
 */
#include "buf.h"
#include "die.h"
#include "printable.h"
#include "run.h"

#include <errno.h>
#include <string.h>

enum {
	LINE_BYTES_MAX = 1 << 20,
	FILE_MAX = 1 << 20
};

/* ---------------------------------------------------------------- list -- */

static const char *state_of(const struct trawl_variants_group *g)
{
	static const char *const sources[] = { "user", "mined", "US/UK" };

	if (!g->rejected)
		return sources[g->source];
	return g->source == TRAWL_VARIANTS_USER ? "forbidden" : "rejected";
}

static void add_group(struct buf *out, const struct trawl_variants_group *g)
{
	const unsigned hundredths = (unsigned)(g->confidence * 100 + 0.5);

	buf_addf(out, "%-9s ", state_of(g));
	if (g->source == TRAWL_VARIANTS_MINED)
		buf_addf(out, "%u.%02u ", hundredths / 100, hundredths % 100);
	else
		buf_adds(out, "   - ");
	for (size_t i = 0; i < g->nspellings; i++) {
		const struct trawl_spelling *s = &g->spellings[i];

		buf_adds(out, i ? ", " : " ");
		add_printable(out, s->word, strlen(s->word));
		buf_addf(out, " %llu", (unsigned long long)s->documents);
	}
	if (g->source == TRAWL_VARIANTS_MINED && *g->reason) {
		buf_adds(out, "  (");
		add_printable(out, g->reason, strlen(g->reason));
		buf_addc(out, ')');
	}
	buf_addc(out, '\n');
}

static bool to_stdout(void *ctx, const char *bytes, size_t n)
{
	(void)ctx;
	return fwrite(bytes, 1, n, stdout) == n;
}

static bool print_table(const struct trawl_variants *list)
{
	struct buf line = BUF_INIT(LINE_BYTES_MAX);
	const struct trawl_variants_group *g;
	bool ok = true;

	for (size_t i = 0; ok && (g = trawl_variants_at(list, i)); i++) {
		buf_reset(&line);
		add_group(&line, g);
		ok = !line.failed && to_stdout(NULL, line.data, line.len);
	}
	buf_release(&line);
	return ok;
}

static int list_all(const struct cmdline *cl)
{
	struct trawl_index *ix = NULL;
	struct trawl_variants *list = NULL;
	struct trawl_error err;
	enum trawl_status st = trawl_index_open(cl->index, &ix, &err);
	bool ok;

	if (st == TRAWL_OK)
		st = trawl_variants_list(ix, &list, &err);
	trawl_index_close(ix);
	if (st != TRAWL_OK)
		return could_not(st, &err);
	ok = cl->json ? trawl_variants_write(list, to_stdout, NULL)
		      : print_table(list);
	trawl_variants_free(list);
	if (ok && !fflush(stdout))
		return EXIT_DONE;
	fprintf(stderr, "trawl-index: cannot write: %s\n", strerror(errno));
	return EXIT_COULD_NOT;
}

/* -------------------------------------------------------------- decide -- */

static const struct {
	const char *name;
	enum trawl_decision decision;
} decisions[] = {
	{ "accept", TRAWL_ACCEPT }, { "reject", TRAWL_REJECT },
	{ "join", TRAWL_JOIN },	    { "forbid", TRAWL_FORBID },
	{ "forget", TRAWL_FORGET },
};

static int usage(const char *word, const char *why)
{
	struct buf shown = BUF_INIT(LINE_BYTES_MAX);

	add_printable(&shown, word, strlen(word));
	fprintf(stderr,
		"trawl-index: variants: %s: %s; see trawl-index variants "
		"--help\n",
		shown.data, why);
	buf_release(&shown);
	return EXIT_USAGE;
}

static size_t count(char *const *words)
{
	size_t n = 0;

	while (words[n])
		n++;
	return n;
}

static int decide(const struct cmdline *cl)
{
	const char *name = cl->args[0];
	struct trawl_error err;
	size_t i = 0, n = sizeof(decisions) / sizeof(*decisions);
	enum trawl_status st;

	while (i < n && strcmp(decisions[i].name, name) != 0)
		i++;
	if (i == n)
		return usage(name, "must be accept, reject, join, forbid or "
				   "forget");
	if (!cl->args[1])
		return usage(name, "needs words");
	st = trawl_variants_decide(cl->index, decisions[i].decision,
				   (const char *const *)cl->args + 1,
				   count(cl->args + 1), cl->wait, &err);
	return st == TRAWL_OK ? EXIT_DONE : could_not(st, &err);
}

static int cannot_read(const char *name, const char *why)
{
	struct buf shown = BUF_INIT(LINE_BYTES_MAX);

	add_printable(&shown, name, strlen(name));
	fprintf(stderr, "trawl-index: %s: %s\n", shown.data, why);
	buf_release(&shown);
	return EXIT_COULD_NOT;
}

static int replace(const struct cmdline *cl)
{
	FILE *f = fopen(cl->file, "re");
	struct trawl_error err;
	enum trawl_status st;
	char *text;
	size_t n;
	int error;

	if (!f)
		return cannot_read(cl->file, strerror(errno));
	text = xmalloc(FILE_MAX + 1);
	n = fread(text, 1, FILE_MAX + 1, f);
	error = ferror(f) ? errno : 0;
	fclose(f);
	if (error || n > FILE_MAX) {
		free(text);
		return cannot_read(cl->file, error ? strerror(error)
						   : "longer than 1 MiB");
	}
	st = trawl_variants_replace(cl->index, text, n, cl->wait, &err);
	free(text);
	return st == TRAWL_OK ? EXIT_DONE : could_not(st, &err);
}

int command_variants(const struct cmdline *cl)
{
	if (cl->file && cl->args[0])
		return usage(cl->args[0], "and --file at once");
	if (cl->file)
		return replace(cl);
	return cl->args[0] ? decide(cl) : list_all(cl);
}
