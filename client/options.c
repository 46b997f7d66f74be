/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "printable.h"
#include "utf8.h"

#include <getopt.h>

enum {
	OPT_JSON = 256,
	OPT_TSV,
	OPT_IDS,
	OPT_TOKEN_FILE,
	OPT_VERSION,
	OPT_ASK /* the last: values of enum ask are added to it */
};

enum {
	QUERY_BYTES_MAX = 1 << 20, /* of the command line */
	LINE_BYTES_MAX = 1 << 16   /* of an error */
};

static const struct option long_options[] = {
	{ "server", required_argument, NULL, 's' },
	{ "token-file", required_argument, NULL, OPT_TOKEN_FILE },
	{ "index", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "tsv", no_argument, NULL, OPT_TSV },
	{ "ids", no_argument, NULL, OPT_IDS },
	{ "parse", no_argument, NULL, OPT_ASK + ASK_PARSE },
	{ "get", required_argument, NULL, OPT_ASK + ASK_GET },
	{ "similar", required_argument, NULL, OPT_ASK + ASK_SIMILAR },
	{ "suggest", required_argument, NULL, OPT_ASK + ASK_SUGGEST },
	{ "spell", required_argument, NULL, OPT_ASK + ASK_SPELL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 }
};

static const char help[] =
	"usage: trawl [-s WHERE | -i INDEX] [OPTION...] [NAME=VALUE...] "
	"[--] QUERY...\n"
	"       trawl [-s WHERE | -i INDEX]     on a terminal: a prompt\n"
	"\n"
	"  -s, --server WHERE     the server to ask, unix:PATH or HOST:PORT; "
	"else\n"
	"                         $TRAWL_SERVER, else where trawld listens by "
	"itself\n"
	"      --token-file FILE  what it asks for; else $TRAWL_TOKEN_FILE\n"
	"  -i, --index INDEX      ask an index, without a server\n"
	"      --json             a JSON object a line\n"
	"      --tsv              rank, id, score, date, source, title\n"
	"      --ids              ids alone\n"
	"      --parse            show how QUERY is understood; search "
	"nothing\n"
	"      --get ID           print a document\n"
	"      --similar ID       documents like that one\n"
	"      --suggest TEXT     completions of its last word\n"
	"      --spell WORD       spellings of the index that are near\n"
	"      --help, --version\n"
	"\n";

const char options_query_card[] =
	"QUERY, all of it in trawl(1):\n"
	"  climate summit           any of the words, best first\n"
	"  +summit -london          must be there, must not\n"
	"  \"carbon tax\"             a phrase; a shell wants it in '' "
	"besides\n"
	"  title:treaty source:wire in a field; date:2024-11..2025\n"
	"  elect* zelenski~1        words that begin so, are spelled nearly "
	"so\n"
	"  AND OR NOT NEAR/5 ( )    in capitals\n"
	"\n"
	"NAME=VALUE, as in limit=5 sort=-date facets=source timeline=month:\n";

void options_names(void)
{
	const char *const *name = trawl_request_options();
	int column = printf("  in");

	for (; *name; name++) {
		if (column + strlen(*name) + 1 > 76)
			column = printf("\n ");
		column += printf(" %s", *name);
	}
	putchar('\n');
}

void options_help(void)
{
	fputs(help, stdout);
	fputs(options_query_card, stdout);
	options_names();
	puts("\nExit status: 0 hits, 1 none, 2 usage, 3 could not.");
}

static enum parsed wrong(const char *text, const char *word)
{
	struct buf line = BUF_INIT(LINE_BYTES_MAX);

	add_printable(&line, word, strlen(word));
	fprintf(stderr, "trawl: %s%s (trawl --help lists what there is)\n",
		line.data, text);
	buf_release(&line);
	return PARSED_WRONG;
}

static enum parsed put_value(struct options *o, const char *name,
			     const char *value)
{
	struct trawl_error err;

	if (values_put(&o->values, name, value, &err))
		return wrong("", err.text);
	return PARSED;
}

static enum parsed set_ask(struct options *o, enum ask ask, const char *what)
{
	o->ask = ask;
	buf_reset(&o->what);
	if (what)
		utf8_clean(what, strlen(what), &o->what);
	return PARSED;
}

static enum parsed take_option(struct options *o, int c, const char *word)
{
	if (c == 's')
		o->server.address = optarg;
	else if (c == OPT_TOKEN_FILE)
		o->server.token_file = optarg;
	else if (c == 'i')
		o->index = optarg;
	else if (c == OPT_JSON)
		return put_value(o, "fmt", "json");
	else if (c == OPT_TSV)
		return put_value(o, "fmt", "tsv");
	else if (c == OPT_IDS)
		return put_value(o, "fmt", "id");
	else if (c == 'h')
		return PARSED_HELP;
	else if (c == OPT_VERSION)
		return PARSED_VERSION;
	else if (c == '?' && word[1] != '-')
		return wrong(": no such option; before a query that begins "
			     "with a hyphen write --",
			     word);
	else if (c == '?')
		return wrong(": no such option", word);
	else if (c == ':' || (optarg && !*optarg))
		return wrong(": its value is missing", word);
	else
		return set_ask(o, (enum ask)(c - OPT_ASK), optarg);
	return PARSED;
}

/* name is as long as a name can be that is known. */
static enum trawl_status put_cleaned(struct values *values, const char *word,
				     size_t len, struct trawl_error *err)
{
	struct buf value = BUF_INIT(QUERY_BYTES_MAX);
	char name[32];
	enum trawl_status st;

	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	utf8_clean(word + len + 1, strlen(word + len + 1), &value);
	st = values_put(values, name, value.data, err);
	buf_release(&value);
	return st;
}

static void add_text(struct buf *query, const char *word)
{
	if (query->len)
		buf_addc(query, ' ');
	utf8_clean(word, strlen(word), query);
}

enum trawl_status options_word(struct values *values, struct buf *query,
			       const char *word, struct trawl_error *err)
{
	size_t len = strcspn(word, "=");

	if (word[len] && values_known(word, len))
		return put_cleaned(values, word, len, err);
	add_text(query, word);
	return TRAWL_OK;
}

static enum parsed take_word(struct options *o, const char *word, bool literal)
{
	struct trawl_error err;

	o->bare = false;
	if (literal)
		add_text(&o->query, word);
	else if (options_word(&o->values, &o->query, word, &err))
		return wrong("", err.text);
	return PARSED;
}

static bool looks_like_option(const char *word, bool first)
{
	return word[0] == '-' && word[1] &&
	       (first || strncmp(word, "--", 2) == 0 ||
		strcmp(word, "-i") == 0 || strcmp(word, "-s") == 0);
}

static enum parsed take_all(struct options *o, int argc, char **argv)
{
	enum parsed p = PARSED;
	bool literal = false, first = true;

	while (p == PARSED && optind < argc) {
		char *word = argv[optind];

		if (!literal && strcmp(word, "--") == 0) {
			literal = true;
			optind++;
		} else if (!literal && looks_like_option(word, first)) {
			p = take_option(o,
					getopt_long(argc, argv, "+:s:i:h",
						    long_options, NULL),
					word);
		} else {
			p = take_word(o, word, literal);
			first = o->query.len == 0;
			optind++;
		}
	}
	return p;
}

/* What the question has no use for. */
static enum parsed check_values(const struct options *o)
{
	for (size_t i = 0; i < o->values.n && o->ask != ASK_PARSE; i++) {
		const char *name = o->values.at[i].name;

		if (strcmp(name, "fmt") && !ask_takes(o->ask, name))
			return wrong(": an option of searches alone", name);
	}
	return PARSED;
}

enum parsed options_parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .ask = ASK_SEARCH, .bare = true };
	buf_init(&o->query, QUERY_BYTES_MAX);
	buf_init(&o->what, QUERY_BYTES_MAX);
	opterr = 0;

	enum parsed p = take_all(o, argc, argv);

	if (p == PARSED && o->index && o->server.address)
		p = wrong(": either asks a server or reads an index", "-s, -i");
	if (p == PARSED)
		p = check_values(o);
	o->bare &= o->ask == ASK_SEARCH && !o->values.n;
	return p;
}

void options_release(struct options *o)
{
	buf_release(&o->query);
	buf_release(&o->what);
	values_release(&o->values);
}
