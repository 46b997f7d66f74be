/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fake_server.h - a server that follows a script, in a thread; needs cmocka
 *
 *	static const char *const script[] = {
 *		"+", "<* READY trawl/1\r\n", ">PING\n", "<OK PING\r\n", "-", NULL
 *	};
 *
 *	+	accept a connection		-	hang up
 *	<TEXT	say it			>TEXT	hear it, and nothing else
 *	|TEXT	say it byte by byte	.	hear the client hang up
 *	!	wait until signals have come, see fake_signals
 *	@	hear a line "#TAG ..." and say "#TAG OK PING\r\n", until the
 *		client hangs up
 */
#ifndef TESTS_FAKE_SERVER_H
#define TESTS_FAKE_SERVER_H

#include "temp_dir.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

struct fake_server {
	const char *const *script;
	int listener, conn;
	pthread_t thread;
	struct temp_dir dir;
	char address[512];
	char complaint[512]; /* "" when all went by the script */
};

static atomic_int fake_signals;

static inline bool fake_say(struct fake_server *f, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(f->conn, s, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		s += sent;
		n -= (size_t)sent;
	}
	return true;
}

static inline bool fake_say_slowly(struct fake_server *f, const char *s)
{
	for (; *s; s++)
		if (!fake_say(f, s, 1))
			return false;
	return true;
}

static inline bool fake_hear(struct fake_server *f, const char *s)
{
	char got[4096];
	size_t n = 0, wanted = strlen(s);

	while (n < wanted) {
		ssize_t r = recv(f->conn, got + n, sizeof(got) - 1 - n, 0);

		if (r <= 0)
			break;
		n += (size_t)r;
	}
	got[n] = '\0';
	if (!strcmp(got, s))
		return true;
	snprintf(f->complaint, sizeof(f->complaint),
		 "wanted \"%.200s\", heard \"%.200s\"", s, got);
	return false;
}

/* Bytes that come before the client hangs up are no matter. */
static inline bool fake_hear_end(struct fake_server *f)
{
	char got[4096];

	while (recv(f->conn, got, sizeof(got), 0) > 0)
		;
	return true;
}

static inline bool fake_echo(struct fake_server *f)
{
	FILE *in = fdopen(dup(f->conn), "r");
	char line[256], tag[64], reply[2048];

	while (in && fgets(line, sizeof(line), in)) {
		int n;

		if (sscanf(line, "#%60s", tag) != 1)
			continue;
		/* Long replies fill what a socket holds. */
		n = snprintf(reply, sizeof(reply), "#%s OK PING x=%01000d\r\n",
			     tag, 0);
		if (!fake_say(f, reply, (size_t)n))
			break;
	}
	if (in)
		fclose(in);
	return true;
}

static inline bool fake_wait_for_signals(void)
{
	while (fake_signals < 5)
		poll(NULL, 0, 1);
	return true;
}

static inline bool fake_hang_up(struct fake_server *f)
{
	if (f->conn >= 0)
		close(f->conn);
	f->conn = -1;
	return true;
}

static inline bool fake_step(struct fake_server *f, const char *step)
{
	switch (*step) {
	case '+':
		f->conn = accept(f->listener, NULL, NULL);
		return f->conn >= 0;
	case '<':
		return fake_say(f, step + 1, strlen(step + 1));
	case '|':
		return fake_say_slowly(f, step + 1);
	case '>':
		return fake_hear(f, step + 1);
	case '.':
		return fake_hear_end(f);
	case '!':
		return fake_wait_for_signals();
	case '@':
		return fake_echo(f);
	default:
		return fake_hang_up(f);
	}
}

static inline void *fake_run(void *arg)
{
	struct fake_server *f = arg;

	for (size_t i = 0; f->script[i]; i++) {
		if (fake_step(f, f->script[i]))
			continue;
		if (!*f->complaint)
			snprintf(f->complaint, sizeof(f->complaint),
				 "step %zu failed: \"%.200s\"", i,
				 f->script[i]);
		break;
	}
	fake_hang_up(f);
	close(f->listener);
	return NULL;
}

static inline void fake_listen(struct fake_server *f, const void *addr,
			       socklen_t len, int backlog)
{
	f->listener = socket(((const struct sockaddr *)addr)->sa_family,
			     SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(f->listener >= 0);
	assert_int_equal(bind(f->listener, addr, len), 0);
	assert_int_equal(listen(f->listener, backlog), 0);
}

static inline void fake_listen_unix(struct fake_server *f, int backlog)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	f->conn = -1;
	f->complaint[0] = '\0';
	temp_dir_make(&f->dir);
	snprintf(un.sun_path, sizeof(un.sun_path), "%.90s/sock", f->dir.path);
	snprintf(f->address, sizeof(f->address), "unix:%s", un.sun_path);
	fake_listen(f, &un, sizeof(un), backlog);
}

static inline void fake_listen_tcp(struct fake_server *f, const char *host)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);

	f->conn = -1;
	f->complaint[0] = '\0';
	temp_dir_make(&f->dir);
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fake_listen(f, &in, sizeof(in), 8);
	assert_int_equal(getsockname(f->listener, (struct sockaddr *)&in, &len),
			 0);
	snprintf(f->address, sizeof(f->address), "%s:%u", host,
		 ntohs(in.sin_port));
}

/* No signal that the test sends itself is the thread's. */
static inline void fake_start(struct fake_server *f, const char *const *script)
{
	sigset_t all, before;

	f->script = script;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	assert_int_equal(pthread_create(&f->thread, NULL, fake_run, f), 0);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static inline void fake_unix(struct fake_server *f, const char *const *script)
{
	fake_listen_unix(f, 8);
	fake_start(f, script);
}

/* The whole script has been followed. */
static inline void fake_end(struct fake_server *f)
{
	pthread_join(f->thread, NULL);
	temp_dir_remove(&f->dir);
	if (*f->complaint)
		print_message("# fake server: %s\n", f->complaint);
	assert_string_equal(f->complaint, "");
}

#endif
