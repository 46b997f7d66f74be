/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * relay - what a machine takes for passing a request on, with nothing done to it
 *
 * relay SOCKET BUSY_US BYTES: listens at SOCKET and makes the system calls of
 * trawld's front without its work.  Each line of a client is told to a process
 * of its own over a socketpair; that is busy for BUSY_US microseconds, gives a
 * reply of BYTES bytes, as a SEARCH has one, and the reply goes to the client.
 * Prints `listening` when it does, and ends with whoever started it.  The
 * processor time of this process, a request, is the least that a front of its
 * own can cost: bench/serve takes it beside trawld's.
 */
#include "clock.h"
#include "die.h"
#include "parse.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	BUSY_MAX = 1000000, /* microseconds */
	BYTES_MIN = 64,
	BYTES_MAX = 60000,
	/* As long as the frames of trawld are, daemon/frame.h. */
	ASK_BYTES = 170,
	HEAD_BYTES = 144,
	EVENTS = 32,
	READ_BYTES = 65536
};

static const char hello[] = "* READY trawl/1 maxline=65536 indexes=relay\r\n";

struct relay {
	int poll, listener, worker;
	size_t frame; /* bytes of a reply with its head */
	char in[READ_BYTES];
};

static char *make_frame(size_t bytes)
{
	static const char head[] = "OK SEARCH n=1 hits=1 total=1\r\n";
	static const char tail[] = "\r\nEND\r\n";
	char *frame = xcalloc(1, HEAD_BYTES + bytes);
	char *reply = frame + HEAD_BYTES;

	memset(reply, 'x', bytes);
	memcpy(reply, head, sizeof(head) - 1);
	memcpy(reply + bytes - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
	return frame;
}

static void be_busy(uint64_t us)
{
	uint64_t end = monotonic_ns() + us * NS_PER_US;

	while (monotonic_ns() < end)
		;
}

/* The head of a frame is the descriptor of its client. */
static _Noreturn void work(int fd, uint64_t busy_us, size_t bytes)
{
	char *frame = make_frame(bytes);
	char ask[ASK_BYTES];

	while (recv(fd, ask, sizeof(ask), MSG_WAITALL) == sizeof(ask)) {
		be_busy(busy_us);
		memcpy(frame, ask, sizeof(int));
		if (send(fd, frame, HEAD_BYTES + bytes, MSG_NOSIGNAL) < 0)
			break;
	}
	_exit(0);
}

static int start_worker(uint64_t busy_us, size_t bytes)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("socketpair: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (!pid) {
		close(pair[0]);
		work(pair[1], busy_us, bytes);
	}
	close(pair[1]);
	return pair[0];
}

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof(at.sun_path))
		die("%s: too long for a socket", path);
	memcpy(at.sun_path, path, strlen(path));
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(fd, SOMAXCONN))
		die("%s: %s", path, strerror(errno));
	return fd;
}

static void watch(struct relay *r, int fd)
{
	struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(r->poll, EPOLL_CTL_ADD, fd, &e))
		die("epoll_ctl: %s", strerror(errno));
}

static void greet(struct relay *r)
{
	int fd = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	send(fd, hello, sizeof(hello) - 1, MSG_NOSIGNAL);
	watch(r, fd);
}

static void pass_request(struct relay *r, int client)
{
	ssize_t n = recv(client, r->in, sizeof(r->in), MSG_DONTWAIT);
	char ask[ASK_BYTES] = { 0 };

	if (n <= 0) {
		close(client);
		return;
	}
	memcpy(ask, &client, sizeof(client));
	for (ssize_t i = 0; i < n; i++)
		if (r->in[i] == '\n')
			send(r->worker, ask, sizeof(ask), MSG_NOSIGNAL);
}

static void pass_reply(struct relay *r)
{
	ssize_t n = recv(r->worker, r->in, r->frame, MSG_WAITALL);
	int client;

	if (n != (ssize_t)r->frame)
		die("the worker has ended");
	memcpy(&client, r->in, sizeof(client));
	send(client, r->in + HEAD_BYTES, r->frame - HEAD_BYTES,
	     MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void pass_on(struct relay *r)
{
	struct epoll_event e[EVENTS];
	int n = epoll_wait(r->poll, e, EVENTS, -1);

	for (int i = 0; i < n; i++) {
		if (e[i].data.fd == r->listener)
			greet(r);
		else if (e[i].data.fd == r->worker)
			pass_reply(r);
		else
			pass_request(r, e[i].data.fd);
	}
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: relay SOCKET BUSY_US BYTES\n");
	exit(2);
}

int main(int argc, char **argv)
{
	static struct relay r;
	uint64_t busy, bytes;

	if (argc != 4 || !parse_uint(argv[2], 0, BUSY_MAX, &busy) ||
	    !parse_uint(argv[3], BYTES_MIN, BYTES_MAX, &bytes))
		usage();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	r.frame = HEAD_BYTES + (size_t)bytes;
	r.worker = start_worker(busy, (size_t)bytes);
	r.listener = listen_at(argv[1]);
	r.poll = epoll_create1(EPOLL_CLOEXEC);
	watch(&r, r.listener);
	watch(&r, r.worker);
	puts("listening");
	fflush(stdout);
	for (;;)
		pass_on(&r);
}
