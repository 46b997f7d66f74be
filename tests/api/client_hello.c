/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * client_hello.c - ask a trawl server from a program of your own
 *
 *	cc client_hello.c $(pkg-config --cflags --libs trawl-client) -o hello
 *	./hello unix:/run/trawl/trawl.sock "climate summit"
 *
 * Without arguments it makes a small index and starts the trawld of the build
 * folder on it ($O, or build): so this example is also a test.
 */
#include <trawl_client.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ------------------------------------------------------------------ search -- */

/* How many lines came; -1 when there was no answer. */
static int print_reply(const struct trawl_reply *reply)
{
	size_t n = trawl_reply_lines(reply);

	if (trawl_reply_code(reply)) {
		fprintf(stderr, "hello: %s: %s\n", trawl_reply_name(reply),
			trawl_reply_text(reply));
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		printf("# %s\n", trawl_reply_line(reply, i));
	return (int)n;
}

static int search(const char *address, const char *query)
{
	const struct trawl_client_option options[] = { { "limit", "5" } };
	struct trawl_client *c = NULL;
	struct trawl_reply *reply = NULL;
	struct trawl_client_error err;
	int hits = -1;

	if (trawl_client_open(address, NULL, &c, &err) == TRAWL_CLIENT_OK &&
	    trawl_client_ask(c, "SEARCH", options, 1, query, &reply, &err) ==
		    TRAWL_CLIENT_OK)
		hits = print_reply(reply);
	else
		fprintf(stderr, "hello: %s\n", err.text);
	trawl_reply_free(reply);
	trawl_client_close(c);
	return hits;
}

/* ------------------------------------------------------------------ server -- */

static const char *built(char path[256], const char *program)
{
	const char *o = getenv("O");

	snprintf(path, 256, "%s/%s", o ? o : "build", program);
	return path;
}

static int make_index(const char *index, const char *documents)
{
	char program[256], command[512];
	FILE *f = fopen(documents, "w");

	if (!f)
		return 0;
	fputs("{\"id\":\"1\",\"title\":\"Summit agrees on climate\"}\n"
	      "{\"id\":\"2\",\"title\":\"Harbour bridge reopens\"}\n",
	      f);
	snprintf(command, sizeof(command), "'%s' build --quiet '%s' '%s'",
		 built(program, "trawl-index"), index, documents);
	return !fclose(f) && !system(command);
}

/* It says on standard error that it listens, or its end ends the wait. */
static int listens(int from)
{
	FILE *f = fdopen(from, "r");
	char line[512];
	int ready = 0;

	while (f && !ready && fgets(line, sizeof(line), f)) {
		printf("# %s", line);
		ready = !!strstr(line, "listening unix");
	}
	/* Not closed: what it says later has to go somewhere. */
	return ready;
}

static pid_t start(const char *index, const char *address, int *ready)
{
	char program[256];
	int said[2];
	pid_t pid;

	if (pipe(said))
		return -1;
	built(program, "trawld");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		dup2(said[1], STDERR_FILENO);
		close(said[0]);
		close(said[1]);
		execl(program, program, "--listen", address, index,
		      (char *)NULL);
		_exit(127);
	}
	close(said[1]);
	*ready = pid > 0 && listens(said[0]);
	return pid;
}

/* -------------------------------------------------------------------- main -- */

static void ok(int number, int good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", number, what);
}

static int test_in(const char *dir)
{
	char index[64], documents[64], address[64];
	int made, ready = 0, found, none, status = -1;
	pid_t pid;

	snprintf(index, sizeof(index), "%s/index", dir);
	snprintf(documents, sizeof(documents), "%s/documents.jsonl", dir);
	snprintf(address, sizeof(address), "unix:%s/sock", dir);
	made = make_index(index, documents);
	pid = made ? start(index, address, &ready) : -1;
	found = ready && search(address, "climate summits") == 1;
	none = ready && search(address, "volcano") == 0;
	if (pid > 0) {
		kill(pid, SIGTERM);
		waitpid(pid, &status, 0);
	}
	ok(1, made && ready, "a server listens");
	ok(2, found, "the document that matches is found");
	ok(3, none, "no other is");
	ok(4, status == 0, "the server ends when it is told to");
	return !found || !none || status;
}

static int test(void)
{
	char dir[] = "/tmp/hello.XXXXXX", program[256], command[64];
	int failed;

	if (access(built(program, "trawld"), X_OK)) {
		printf("1..0 # SKIP no %s\n", program);
		return 0;
	}
	if (!mkdtemp(dir))
		return 1;
	puts("1..4");
	failed = test_in(dir);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	return system(command) || failed;
}

int main(int argc, char **argv)
{
	if (argc == 1)
		return test();
	if (argc != 3) {
		fprintf(stderr, "usage: hello ADDRESS QUERY\n");
		return 2;
	}
	return search(argv[1], argv[2]) < 0;
}
