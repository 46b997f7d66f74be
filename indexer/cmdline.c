/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cmdline.h"

#include "buf.h"
#include "extract.h"
#include "near.h"
#include "parse.h"
#include "printable.h"

#include <getopt.h>
#include <limits.h>
#include <unistd.h>

enum {
	BUILD = 1,
	ADD = 2,
	SYNC = 4,
	REMOVE = 8,
	CHECK = 16,
	INFO = 32,
	COMPACT = 64,
	DUMP = 128,
	DIFF = 256,
	EXPLAIN = 512,
	REPORT = 1024,
	VARIANTS = 2048,
	READS = BUILD | ADD | SYNC, /* inputs */
	WRITES = READS | REMOVE | COMPACT,
	ALL = 4095
};

/* clang-format off */
static const struct command commands[] = {
	{ "build", "INDEX INPUT...", "a new index from all of the inputs, then "
	  "switch to it", command_build, 2, INT_MAX, BUILD },
	{ "add", "INDEX INPUT...", "add new and changed documents",
	  command_add, 2, INT_MAX, ADD },
	{ "sync", "INDEX INPUT...", "add, and remove what has vanished from "
	  "the inputs", command_sync, 2, INT_MAX, SYNC },
	{ "remove", "INDEX ID...", "remove documents",
	  command_remove, 2, INT_MAX, REMOVE },
	{ "check", "INDEX", "look for damage", command_check, 1, 1, CHECK },
	{ "info", "INDEX", "say what is in the index",
	  command_info, 1, 1, INFO },
	{ "compact", "INDEX", "write the index anew, smaller",
	  command_compact, 1, 1, COMPACT },
	{ "dump", "INDEX", "print the documents as JSON Lines",
	  command_dump, 1, 1, DUMP },
	{ "diff", "INDEX OTHER", "compare all that two indexes hold",
	  command_diff, 2, 2, DIFF },
	{ "explain-document", "FILE", "say what its title, date, author seem "
	  "to be", command_explain_document, 1, 1, EXPLAIN },
	{ "report", "INDEX", "list what was taken for boilerplate, by source",
	  command_report, 1, 1, REPORT },
	{ "variants", "INDEX [DECISION WORD...]", "list spellings of one word, "
	  "or decide: accept, reject, join, forbid, forget",
	  command_variants, 1, INT_MAX, VARIANTS },
};
/* clang-format on */

enum {
	NCOMMANDS = sizeof(commands) / sizeof(*commands)
};

/* How to read an option's value; each returns NULL or what is allowed. */
typedef const char *option_reader(struct cmdline *cl, const char *value);

static const char *read_schema(struct cmdline *cl, const char *value)
{
	cl->schema = value;
	return *value ? NULL : "must be a file";
}

static const char *read_format(struct cmdline *cl, const char *value)
{
	cl->format = strcmp(value, "auto") ? value : NULL;
	if (!cl->format || !strcmp(value, "jsonl") || extractor_by_name(value))
		return NULL;
	return "must be auto, text, markdown, html or jsonl";
}

static const char *read_language(struct cmdline *cl, const char *value)
{
	cl->language = value;
	for (const char *const *l = trawl_languages(); *l; l++)
		if (!strcmp(*l, value))
			return NULL;
	return "must be a language that trawl-index --help names";
}

static const char *read_threads(struct cmdline *cl, const char *value)
{
	uint64_t n;

	if (!parse_uint(value, 1, THREADS_MAX, &n))
		return "must be 1..64";
	cl->threads = (unsigned)n;
	return NULL;
}

static const char *read_memory(struct cmdline *cl, const char *value)
{
	if (!parse_size(value, MEMORY_MIN, MEMORY_MAX, &cl->memory))
		return "must be 64M..1T: bytes, or a number and K, M, G or T";
	return NULL;
}

static const char *read_queries(struct cmdline *cl, const char *value)
{
	uint64_t n;

	if (!parse_uint(value, 0, QUERIES_MAX, &n))
		return "must be 0..1000000";
	cl->queries = (unsigned)n;
	return NULL;
}

static const char *read_compress(struct cmdline *cl, const char *value)
{
	static const struct {
		const char *name;
		enum trawl_compress how;
	} ways[] = { { "none", TRAWL_COMPRESS_NONE },
		     { "fast", TRAWL_COMPRESS_FAST },
		     { "small", TRAWL_COMPRESS_SMALL } };

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(value, ways[i].name)) {
			cl->compress = ways[i].how;
			return NULL;
		}
	return "must be none, fast or small";
}

static const char *read_glob(const char **globs, const char *value)
{
	size_t n = 0;

	while (globs[n])
		n++;
	if (n == GLOBS_MAX)
		return "may be given 100 times";
	globs[n] = value;
	return NULL;
}

static const char *read_include(struct cmdline *cl, const char *value)
{
	return read_glob(cl->include, value);
}

static const char *read_exclude(struct cmdline *cl, const char *value)
{
	return read_glob(cl->exclude, value);
}

static const char *read_file(struct cmdline *cl, const char *value)
{
	cl->file = value;
	return *value ? NULL : "must be a file";
}

static const char *read_wait(struct cmdline *cl, const char *value)
{
	(void)value;
	cl->wait = true;
	return NULL;
}

static const char *read_json(struct cmdline *cl, const char *value)
{
	(void)value;
	cl->json = true;
	return NULL;
}

static const char *read_quiet(struct cmdline *cl, const char *value)
{
	(void)value;
	cl->quiet = true;
	return NULL;
}

static const char *read_strict(struct cmdline *cl, const char *value)
{
	(void)value;
	cl->strict = true;
	return NULL;
}

static const char *read_force(struct cmdline *cl, const char *value)
{
	(void)value;
	cl->force = true;
	return NULL;
}

static const char *read_with_api(struct cmdline *cl, const char *value)
{
	(void)value;
	cl->with_api = true;
	return NULL;
}

static const char *read_news(struct cmdline *cl, const char *value)
{
	cl->news = value;
	return NULL;
}

static const char *read_reproducible(struct cmdline *cl, const char *value)
{
	(void)value;
	cl->reproducible = true;
	return NULL;
}

struct row {
	const char *name;
	const char *arg; /* NULL: a switch */
	unsigned commands;
	option_reader *read; /* NULL: --help, --version */
	const char *help;
};

/* clang-format off */
static const struct row rows[] = {
	{ "format", "FORMAT", READS | EXPLAIN, read_format,
	  "auto, text, markdown, html or jsonl (auto: by name, then content)" },
	{ "include", "GLOB", READS, read_include,
	  "of a directory, only files whose path or name matches; repeatable" },
	{ "exclude", "GLOB", READS, read_exclude,
	  "of a directory, no file or directory that matches; repeatable" },
	{ "language", "NAME", READS, read_language,
	  "of a new index: whose words to stem (english)" },
	{ "schema", "FILE", READS, read_schema,
	  "of a new index: its own fields; see schema.example" },
	{ "news", "PARTS", READS, read_news,
	  "of a new index: read news: all, none, or parts of it (all)" },
	{ "threads", "N", READS, read_threads,
	  "threads that analyse, 1..64 (one a processor)" },
	{ "memory", "SIZE", READS, read_memory,
	  "memory to use, 64M..1T (512M)" },
	{ "compress", "HOW", READS, read_compress,
	  "store texts and lists of words so: none, fast or small (none)" },
	{ "reproducible", NULL, BUILD, read_reproducible,
	  "the same inputs make the same bytes, the UUID among them" },
	{ "with-api", NULL, READS, read_with_api,
	  "write through Xapian's own interface: slow, for comparison" },
	{ "force", NULL, SYNC, read_force,
	  "remove documents even when an input is missing or empty" },
	{ "strict", NULL, READS, read_strict,
	  "stop at the first document that must be skipped" },
	{ "file", "FILE", VARIANTS, read_file,
	  "its lines are the decisions from now on: = A B joined, ! A B not" },
	{ "wait", NULL, WRITES | VARIANTS, read_wait,
	  "wait for another writer instead of giving up" },
	{ "queries", "N", DIFF, read_queries,
	  "how many queries to put to both, 0..1000000 (200)" },
	{ "json", NULL, WRITES | INFO | CHECK | DIFF | EXPLAIN | REPORT | VARIANTS,
	  read_json,
	  "print the summary as one JSON object" },
	{ "quiet", NULL, WRITES | CHECK | DIFF, read_quiet,
	  "no summary, progress or warnings" },
	{ "help", NULL, ALL, NULL, "print this help" },
	{ "version", NULL, ALL, NULL, "print the version" },
};
/* clang-format on */

enum {
	NROWS = sizeof(rows) / sizeof(*rows),
	OPT_BASE = 256 /* getopt_long()'s value of the first row */
};

static void print_options(unsigned flags)
{
	printf("\nOptions:\n");
	for (size_t i = 0; i < NROWS; i++) {
		char left[32];

		if (!(rows[i].commands & flags))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			 rows[i].arg ? " " : "",
			 rows[i].arg ? rows[i].arg : "");
		printf("  %-18s %s\n", left, rows[i].help);
	}
}

static void print_languages(void)
{
	printf("\nLanguages:");
	for (const char *const *l = trawl_languages(); *l; l++)
		printf(" %s", *l);
	printf("\n");
}

static void print_inputs(void)
{
	printf("\nINPUT is a directory (walked in byte order; names that begin "
	       "with a dot are\nskipped), a file, or - for JSON Lines on "
	       "standard input.  Files: plain text,\nMarkdown, HTML, and JSON "
	       "Lines (.jsonl, .ndjson; also .gz, .xz, .zst).\n");
}

static void print_help(const struct command *c)
{
	if (c) {
		printf("usage: trawl-index %s [OPTION...] %s\n\n%s: %s\n",
		       c->name, c->args, c->name, c->what);
	} else {
		printf("usage: trawl-index COMMAND [OPTION...] INDEX "
		       "[ARGUMENT...]\n\nCommands:\n");
		for (size_t i = 0; i < NCOMMANDS; i++)
			printf("  %-16s %-14s %s\n", commands[i].name,
			       commands[i].args, commands[i].what);
	}
	if (!c || (c->flag & READS))
		print_inputs();
	print_options(c ? c->flag : ALL);
	if (!c || (c->flag & READS))
		print_languages();
	printf("\nExit status: 0 done; 1 done, but some documents were "
	       "skipped, or two indexes\ndiffer; 2 usage; 3 could not be "
	       "done.\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int unknown_command(const char *name)
{
	const struct command *best = NULL;
	unsigned nearest = 3; /* edits */
	struct buf shown = BUF_INIT(1 << 20);

	for (size_t i = 0; i < NCOMMANDS; i++) {
		unsigned d = near_distance(name, strlen(name), commands[i].name,
					   strlen(commands[i].name));

		if (d < nearest) {
			nearest = d;
			best = &commands[i];
		}
	}
	add_printable(&shown, name, strlen(name));
	fprintf(stderr, "trawl-index: no command '%s'", shown.data);
	if (best)
		fprintf(stderr, ": did you mean '%s'?\n", best->name);
	else
		fprintf(stderr, ": see trawl-index --help\n");
	buf_release(&shown);
	return EXIT_USAGE;
}

static int usage(const struct command *c)
{
	fprintf(stderr,
		"usage: trawl-index %s [OPTION...] %s; see trawl-index %s "
		"--help\n",
		c->name, c->args, c->name);
	return EXIT_USAGE;
}

static int help_or_version(const struct row *row, const struct command *c)
{
	if (!strcmp(row->name, "help"))
		print_help(c);
	else
		printf("trawl-index %s\n", trawl_version());
	return fflush(stdout) || ferror(stdout) ? 3 : EXIT_DONE;
}

static int take(struct cmdline *cl, const struct row *row, const char *value)
{
	const struct command *c = cl->command;
	const char *wrong;

	if (c && !(row->commands & c->flag)) {
		fprintf(stderr, "trawl-index: %s has no option --%s\n", c->name,
			row->name);
		return EXIT_USAGE;
	}
	if (!row->read)
		return help_or_version(row, c);
	wrong = row->read(cl, value);
	if (!wrong)
		return -1;

	struct buf shown = BUF_INIT(1 << 20);

	add_printable(&shown, value, strlen(value));
	fprintf(stderr, "trawl-index: --%s %s: %s\n", row->name, shown.data,
		wrong);
	buf_release(&shown);
	return EXIT_USAGE;
}

static int not_taken(const struct command *c, const char *word, const char *why)
{
	struct buf shown = BUF_INIT(1 << 20);

	add_printable(&shown, word, strlen(word));
	fprintf(stderr, "trawl-index: %s: %s; see trawl-index%s%s --help\n",
		shown.data, why, c ? " " : "", c ? c->name : "");
	buf_release(&shown);
	return EXIT_USAGE;
}

/* argv[0] is the command's name, or the program's. */
static int parse_options(struct cmdline *cl, int argc, char **argv,
			 bool permute)
{
	struct option longs[NROWS + 1] = { 0 };
	int c, done = -1;

	for (int i = 0; i < NROWS; i++)
		longs[i] = (struct option){ .name = rows[i].name,
					    .has_arg = rows[i].arg != NULL,
					    .val = OPT_BASE + i };
	optind = 0;
	opterr = 0;
	while (done < 0 && (c = getopt_long(argc, argv, permute ? ":h" : "+:h",
					    longs, NULL)) != -1) {
		const char *word = argv[optind - 1];

		if (c == 'h')
			print_help(cl->command);
		done = c == 'h'	  ? EXIT_DONE
		       : c == ':' ? not_taken(cl->command, word,
					      "its value is missing")
		       : c == '?'
			       ? not_taken(cl->command, word, "no such option")
			       : take(cl, &rows[c - OPT_BASE], optarg);
	}
	return done;
}

static unsigned processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

static int parse_args(struct cmdline *cl, int argc, char **argv)
{
	const struct command *c = cl->command;
	unsigned n = (unsigned)(argc - optind);

	if (n < c->min_args || n > c->max_args)
		return usage(c);
	cl->index = argv[optind];
	cl->args = argv + optind + 1;
	return -1;
}

int cmdline_parse(int argc, char **argv, struct cmdline *cl)
{
	int done;

	*cl = (struct cmdline){ .threads = processors(),
				.memory = MEMORY_DEFAULT,
				.queries = QUERIES_DEFAULT };
	/* Before the command's name only --help and --version make sense. */
	done = parse_options(cl, argc, argv, false);
	if (done >= 0)
		return done;
	if (optind >= argc) {
		fprintf(stderr, "usage: trawl-index COMMAND [OPTION...] INDEX "
				"[ARGUMENT...]; see --help\n");
		return EXIT_USAGE;
	}
	argc -= optind;
	argv += optind;
	if (!strcmp(argv[0], "help")) {
		print_help(argc > 1 ? find_command(argv[1]) : NULL);
		return EXIT_DONE;
	}
	cl->command = find_command(argv[0]);
	if (!cl->command)
		return unknown_command(argv[0]);
	done = parse_options(cl, argc, argv, true);
	if (cl->threads > cl->memory / THREAD_MEMORY)
		cl->threads = (unsigned)(cl->memory / THREAD_MEMORY);
	return done >= 0 ? done : parse_args(cl, argc, argv);
}
