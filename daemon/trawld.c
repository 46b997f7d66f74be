/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * trawld - serves indexes: ranked queries over a socket
 */
#include "die.h"
#include "listen.h"
#include "supervisor.h"
#include "trawl.h"

#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>

enum {
	EXIT_USAGE = 2
};

/* One option of the command line, to be set again at each reload. */
struct choice {
	const char *where, *name;
	char *value;
};

struct invocation {
	const char *config; /* or NULL */
	bool check;	    /* and no more */
	bool has_listen;
	struct choice *choice;
	size_t nchoices;
	char **index;
	size_t nindexes;
};

static const char usage[] =
	"usage: trawld [-n] [-c FILE] [OPTION...] [INDEX | NAME=INDEX]...\n";

static void print_settings(void)
{
	const char *name, *standard, *range, *meaning;

	for (size_t i = 0; settings_row(i, &name, &standard, &range, &meaning);
	     i++)
		printf("  %-16s %s; default %s\n      %s\n", name, range,
		       standard, meaning);
}

static int help(void)
{
	fputs(usage, stdout);
	puts("Serve indexes over a socket.\n\n"
	     "  -c FILE              read this configuration\n"
	     "  -n                   check the configuration and exit\n"
	     "  --listen ADDRESS     instead of the configuration's or the "
	     "default; repeatable\n"
	     "  --http [HOST:PORT]   serve HTTP, too (127.0.0.1:7780)\n"
	     "  --token-file FILE    the token that AUTH asks for over TCP\n"
	     "  --workers N          processes that search\n"
	     "  -o NAME=VALUE        any option of the configuration:\n");
	print_settings();
	puts("\nTimes are a number and ms, s, m or h; sizes a number, and K, M "
	     "or G.\nSignals: TERM finish and end, HUP read the configuration "
	     "again, USR1 open the\nquery log again.  See trawld(8), "
	     "trawld.conf(5).");
	return fflush(stdout) ? EXIT_COULD_NOT : 0;
}

static void choose(struct invocation *in, const char *where, const char *name,
		   const char *value)
{
	in->choice =
		xrealloc(in->choice, (in->nchoices + 1) * sizeof(*in->choice));
	in->choice[in->nchoices++] =
		(struct choice){ where, name, xstrdup(value) };
}

/* Of -o NAME=VALUE; false: it is not of that form. */
static bool choose_any(struct invocation *in, char *text)
{
	char *equals = strchr(text, '=');

	if (!equals || equals == text)
		return false;
	*equals = '\0';
	choose(in, "-o", text, equals + 1);
	return true;
}

/* getopt_long() knows no value that may follow as a word of its own. */
static const char *http_address(char **argv)
{
	const char *next = argv[optind];

	if (optarg)
		return optarg;
	if (!next || strncmp(next, "unix:", 5) == 0 || strchr(next, '=') ||
	    !listen_is_address(next))
		return "127.0.0.1:7780";
	optind++;
	return next;
}

static const struct option long_options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "http", optional_argument, NULL, 'h' },
	{ "token-file", required_argument, NULL, 't' },
	{ "workers", required_argument, NULL, 'w' },
	{ "help", no_argument, NULL, 'H' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/* True: go on; else *status is the program's. */
static bool take_option(struct invocation *in, int option, char **argv,
			int *status)
{
	switch (option) {
	case 'c':
		in->config = optarg;
		return true;
	case 'n':
		return in->check = true;
	case 'l':
		choose(in, "--listen", "listen", optarg);
		return in->has_listen = true;
	case 'h':
		choose(in, "--http", "http", http_address(argv));
		return true;
	case 't':
		choose(in, "--token-file", "token-file", optarg);
		return true;
	case 'w':
		choose(in, "--workers", "workers", optarg);
		return true;
	case 'o':
		if (choose_any(in, optarg))
			return true;
		fprintf(stderr, "trawld: -o %s: must be NAME=VALUE\n", optarg);
		*status = EXIT_USAGE;
		return false;
	case 'H':
		*status = help();
		return false;
	case 'V':
		printf("trawld %s\n", trawl_version());
		*status = 0;
		return false;
	default:
		fputs(usage, stderr);
		*status = EXIT_USAGE;
		return false;
	}
}

static bool parse(struct invocation *in, int argc, char **argv, int *status)
{
	int option;

	while ((option = getopt_long(argc, argv, "c:no:", long_options,
				     NULL)) != -1)
		if (!take_option(in, option, argv, status))
			return false;
	in->index = argv + optind;
	in->nindexes = (size_t)(argc - optind);
	return true;
}

/* The file, then the command line over it: at start and at each reload. */
static bool read_all(void *ctx, struct settings *s, struct settings_error *err)
{
	const struct invocation *in = ctx;

	settings_init(s);
	if (in->config && !settings_read(s, in->config, err))
		return false;
	if (in->has_listen)
		settings_clear_listen(s);
	for (size_t i = 0; i < in->nchoices; i++) {
		const struct choice *c = &in->choice[i];

		if (!settings_set(s, c->where, c->name, c->value, err))
			return false;
	}
	for (size_t i = 0; i < in->nindexes; i++)
		if (!settings_add_index(s, "argument", in->index[i], err))
			return false;
	return settings_check(s, err);
}

/* Sockets must not become the standard streams. */
static void open_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO && !fcntl(fd, F_SETFD, 0));
	if (fd > STDERR_FILENO)
		close(fd);
}

static int run(struct invocation *in)
{
	struct settings s = { .nlisten = 0 };
	struct settings_error err;

	if (!read_all(in, &s, &err)) {
		settings_release(&s);
		fprintf(stderr, "trawld: %s\n", err.text);
		return err.could_not ? EXIT_COULD_NOT : EXIT_USAGE;
	}
	if (!in->check)
		return supervisor_run(&s, read_all, in);
	printf("configuration ok: %zu index%s, %zu listener%s, %llu worker%s\n",
	       s.nindexes, s.nindexes == 1 ? "" : "es",
	       s.nlisten + (s.http != NULL),
	       s.nlisten + (s.http != NULL) == 1 ? "" : "s",
	       (unsigned long long)s.workers, s.workers == 1 ? "" : "s");
	settings_release(&s);
	return 0;
}

int main(int argc, char **argv)
{
	struct invocation in = { .config = NULL };
	int status = 0;

	open_standard_streams();
	if (parse(&in, argc, argv, &status))
		status = run(&in);
	for (size_t i = 0; i < in.nchoices; i++)
		free(in.choice[i].value);
	free(in.choice);
	return status;
}
