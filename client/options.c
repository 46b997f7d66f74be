/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "printable.h"

#include <getopt.h>

enum {
	OPT_JSON = 256,
	OPT_TSV,
	OPT_IDS,
	OPT_PARSE,
	OPT_ASK,
	OPT_VERSION
};

static const struct option long_options[] = {
	{ "index", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "tsv", no_argument, NULL, OPT_TSV },
	{ "ids", no_argument, NULL, OPT_IDS },
	{ "parse", no_argument, NULL, OPT_PARSE },
	{ "get", required_argument, NULL, OPT_ASK + ASK_GET },
	{ "similar", required_argument, NULL, OPT_ASK + ASK_SIMILAR },
	{ "suggest", required_argument, NULL, OPT_ASK + ASK_SUGGEST },
	{ "spell", required_argument, NULL, OPT_ASK + ASK_SPELL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION + ASK_SPELL },
	{ NULL, 0, NULL, 0 }
};

static const char help[] =
	"usage: trawl -i INDEX [OPTION...] [NAME=VALUE...] [--] QUERY...\n"
	"\n"
	"  -i, --index INDEX  the index to search\n"
	"      --json         a JSON object a line\n"
	"      --tsv          rank, id, score, date, source, title\n"
	"      --ids          ids alone\n"
	"      --parse        show how QUERY is understood; search nothing\n"
	"      --get ID       print a document\n"
	"      --similar ID   documents like that one\n"
	"      --suggest TEXT completions of its last word\n"
	"      --spell WORD   spellings of the index that are near\n"
	"      --help, --version\n"
	"\n"
	"QUERY, all of it in trawl(1):\n"
	"  climate summit           any of the words, best first\n"
	"  +summit -london          must be there, must not\n"
	"  \"carbon tax\"             a phrase; quote it for the shell, too\n"
	"  title:treaty source:wire in a field; date:2024-11..2025\n"
	"  elect* zelenski~1        words that begin so, are spelled nearly "
	"so\n"
	"  AND OR NOT NEAR/5 ( )    in capitals\n"
	"\n"
	"NAME=VALUE, as in limit=5 sort=-date facets=source timeline=month:\n";

void options_help(void)
{
	const char *const *name = trawl_request_options();
	int column = 2;

	fputs(help, stdout);
	for (fputs(" ", stdout); *name; name++) {
		if (column + strlen(*name) + 1 > 76)
			column = printf("\n ");
		column += printf(" %s", *name);
	}
	puts("\n\nExit status: 0 hits, 1 none, 2 usage, 3 could not.");
}

static enum parsed wrong(const char *text, const char *word)
{
	struct buf line = BUF_INIT(1u << 16);

	add_printable(&line, word, strlen(word));
	fprintf(stderr, "trawl: %s%s (trawl --help lists what there is)\n",
		line.data, text);
	buf_release(&line);
	return PARSED_WRONG;
}

static void set_format(struct options *o, enum trawl_format format)
{
	o->raw = true;
	o->rq.format = format;
}

static enum parsed take_option(struct options *o, int c, const char *word)
{
	if (c == 'i')
		o->index = optarg;
	else if (c == OPT_JSON)
		set_format(o, TRAWL_JSON);
	else if (c == OPT_TSV)
		set_format(o, TRAWL_TSV);
	else if (c == OPT_IDS)
		set_format(o, TRAWL_IDS);
	else if (c == OPT_PARSE)
		o->ask = ASK_PARSE;
	else if (c == 'h')
		return PARSED_HELP;
	else if (c == OPT_VERSION + ASK_SPELL)
		return PARSED_VERSION;
	else if (c == '?' && word[1] != '-')
		return wrong(": no such option; before a query that begins "
			     "with a hyphen write --",
			     word);
	else if (c == '?')
		return wrong(": no such option", word);
	else if (c == ':')
		return wrong(": its value is missing", word);
	else {
		o->ask = (enum ask)(c - OPT_ASK);
		o->what = optarg;
	}
	return PARSED;
}

static bool is_request_option(const char *word, size_t len)
{
	const char *const *name = trawl_request_options();

	while (*name && (strlen(*name) != len || strncmp(*name, word, len)))
		name++;
	return *name;
}

/* A word of the command line: an option of SEARCH, or text of the query. */
static enum parsed take_word(struct options *o, char *word, bool literal)
{
	size_t len = strcspn(word, "=");
	struct trawl_error err;

	if (!literal && word[len] && is_request_option(word, len)) {
		word[len] = '\0';
		if (trawl_request_set(&o->rq, word, word + len + 1, &err))
			return wrong("", err.text);
		o->marked |= strcmp(word, "mark") == 0;
		o->raw |= strcmp(word, "fmt") == 0;
		return PARSED;
	}
	if (o->query.len)
		buf_addc(&o->query, ' ');
	buf_adds(&o->query, word);
	return PARSED;
}

static bool looks_like_option(const char *word, bool first)
{
	return word[0] == '-' && word[1] &&
	       (first || strncmp(word, "--", 2) == 0 ||
		strcmp(word, "-i") == 0);
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
					getopt_long(argc, argv, "+:i:h",
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

enum parsed options_parse(struct options *o, int argc, char **argv)
{
	*o = (struct options){ .rq = TRAWL_REQUEST_INIT };
	buf_init(&o->query, 1u << 20);
	opterr = 0;

	enum parsed p = take_all(o, argc, argv);

	if (p != PARSED)
		return p;
	if (!o->index)
		return wrong("which index? trawl -i INDEX QUERY", "");
	o->rq.query = o->query.data;
	return PARSED;
}

void options_release(struct options *o)
{
	buf_release(&o->query);
}
