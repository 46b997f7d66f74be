/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * front_rig.h - a front in a child; its supervisor, its workers and its
 * clients are the test; needs cmocka
 *
 * Everything waits for an event and nothing for a time to go by; RIG_PATIENCE
 * is when a test that will never end is given up.
 */
#ifndef TESTS_FRONT_RIG_H
#define TESTS_FRONT_RIG_H

#include "buf.h"
#include "control.h"
#include "front.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	RIG_PATIENCE = 60, /* seconds */
	RIG_ASK_MAX = 4 << 20
};

struct rig {
	int pid;
	int control;
	struct settings settings;
	/* Abstract unix sockets, one for each kind of listener. */
	struct sockaddr_un address[LISTEN_HTTP + 1];
	socklen_t address_len[LISTEN_HTTP + 1];
	int listener[LISTEN_HTTP + 1];
	int worker_pid; /* of the last one, made up */
};

struct rig_worker {
	int fd, pid;
	struct frame head; /* of the last frame that came, */
	char *payload;	   /* and what was in it */
};

/* What a test changes of these it changes before rig_start(). */
static inline void rig_init(struct rig *r)
{
	static const struct limits limits = {
		.max_line = 65536,
		.max_literal = 1 << 20,
		.max_reply = 16 << 20,
		.max_unread = 64 << 20,
		.max_pending = 64 << 20,
		.max_connections = 100,
		.max_waiting = 100,
		.max_turn = 20,
		.timeout = 600000,
		.timeout_max = 600000,
		.grace = 1,
		.request_timeout = 600000,
		.idle_timeout = 0,
		.unread_timeout = 600000,
		.linger = 600000,
		.drain_timeout = 600000,
	};

	memset(r, 0, sizeof(*r));
	r->settings.limits = limits;
	r->settings.nindexes = 1;
	memcpy(r->settings.index[0].name, "news", 5);
	r->worker_pid = 1000000000;
}

static inline void rig_patient(int fd)
{
	const struct timeval t = { .tv_sec = RIG_PATIENCE };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

static inline void rig_tell(const struct rig *r, struct control m, int fd)
{
	assert_int_equal(control_send(r->control, &m, fd), 0);
}

/* The next message of the front's, which must be of that kind. */
static inline struct control rig_heard(const struct rig *r,
				       enum control_kind kind)
{
	struct control m;
	int fd;

	assert_int_equal(control_receive(r->control, &m, &fd), 1);
	assert_int_equal(m.kind, kind);
	assert_int_equal(fd, -1);
	return m;
}

static inline void rig_listen(struct rig *r, enum listen_kind kind)
{
	struct listener l = { .kind = kind };
	struct control m = { .kind = CONTROL_LISTENER,
			     .number = 1 + (uint32_t)kind,
			     .bytes = sizeof(l) };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	r->address[kind].sun_family = AF_UNIX;
	r->address_len[kind] = sizeof(r->address[kind]);
	assert_int_equal(bind(fd, (struct sockaddr *)&r->address[kind],
			      sizeof(sa_family_t)),
			 0);
	assert_int_equal(listen(fd, 1000), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&r->address[kind],
				     &r->address_len[kind]),
			 0);
	memcpy(m.payload, &l, sizeof(l));
	rig_tell(r, m, fd);
	rig_heard(r, CONTROL_READY);
	close(fd);
}

static inline void rig_start(struct rig *r)
{
	int pair[2];

	assert_int_equal(control_pair(pair), 0);
	fflush(NULL);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (!r->pid) {
		close(pair[0]);
		/* Not _exit(): a sanitizer looks for leaks at exit. */
		exit(front_run(pair[1], &r->settings));
	}
	close(pair[1]);
	r->control = pair[0];
	rig_patient(r->control);
	for (int kind = LISTEN_UNIX; kind <= LISTEN_HTTP; kind++)
		rig_listen(r, (enum listen_kind)kind);
}

static inline void rig_ended(const struct rig *r)
{
	int status;

	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* A supervisor that is killed says nothing. */
static inline void rig_stop(struct rig *r)
{
	close(r->control);
	rig_ended(r);
}

/* ---------------------------------------------------------------- clients -- */

static inline int rig_client(const struct rig *r, enum listen_kind kind)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	rig_patient(fd);
	assert_int_equal(connect(fd, (const struct sockaddr *)&r->address[kind],
				 r->address_len[kind]),
			 0);
	return fd;
}

static inline void rig_send_bytes(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);

		assert_true(sent > 0);
		data += sent;
		n -= (size_t)sent;
	}
}

static inline void rig_send(int fd, const char *text)
{
	rig_send_bytes(fd, text, strlen(text));
}

/* As many bytes as text has, and they are text. */
static inline void rig_expect(int fd, const char *text)
{
	char got[4096];
	size_t want = strlen(text), n = 0;

	assert_true(want < sizeof(got));
	while (n < want) {
		ssize_t more = recv(fd, got + n, want - n, 0);

		if (more <= 0)
			print_error("expected %s, got %.*s\n", text, (int)n,
				    got);
		assert_true(more > 0);
		n += (size_t)more;
	}
	got[n] = '\0';
	assert_string_equal(got, text);
}

static inline void rig_expect_end(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, 0), 0);
	close(fd);
}

/* A line, without its end; to be used before the next call. */
static inline const char *rig_line(int fd)
{
	static char line[8192];
	size_t n = 0;

	do {
		assert_true(n < sizeof(line) - 1);
		assert_int_equal(recv(fd, line + n, 1, 0), 1);
	} while (line[n++] != '\n');
	assert_true(n >= 2 && line[n - 2] == '\r');
	line[n - 2] = '\0';
	return line;
}

static inline void rig_expect_prefix(int fd, const char *prefix)
{
	const char *line = rig_line(fd);

	if (strncmp(line, prefix, strlen(prefix)))
		print_error("expected %s, got %s\n", prefix, line);
	assert_int_equal(strncmp(line, prefix, strlen(prefix)), 0);
}

static inline int rig_greeted(const struct rig *r)
{
	int fd = rig_client(r, LISTEN_UNIX);

	rig_expect_prefix(fd, "* READY trawl/1 ");
	return fd;
}

/* Is there such a line in STATS? */
static inline bool rig_stats_say(int fd, const char *what)
{
	const char *line;
	bool found = false;

	rig_send(fd, "STATS\n");
	rig_expect_prefix(fd, "OK STATS n=");
	while (strcmp(line = rig_line(fd), "END"))
		found |= strstr(line, what) != NULL;
	return found;
}

/* ---------------------------------------------------------------- workers -- */

static inline void rig_frame(const struct rig_worker *w, struct frame head,
			     const char *payload, size_t n)
{
	head.bytes = (uint32_t)n;
	rig_send_bytes(w->fd, (const char *)&head, sizeof(head));
	rig_send_bytes(w->fd, payload, n);
}

/* A worker that has not said anything yet. */
static inline struct rig_worker rig_join(struct rig *r, unsigned epoch)
{
	struct rig_worker w = { .pid = ++r->worker_pid };
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	rig_tell(r,
		 (struct control){
			 .kind = CONTROL_WORKER, .pid = w.pid, .epoch = epoch },
		 pair[1]);
	close(pair[1]);
	w.fd = pair[0];
	rig_patient(w.fd);
	return w;
}

static inline struct control
rig_hello(const struct rig *r, const struct rig_worker *w, const char *broken)
{
	struct frame_facts facts = { .documents = 5, .rev = "7.1" };
	struct control m;

	facts.broken = *broken != '\0';
	snprintf(facts.text, sizeof(facts.text), "%s", broken);
	rig_frame(w, (struct frame){ .kind = FRAME_HELLO },
		  (const char *)&facts, sizeof(facts));
	m = rig_heard(r, CONTROL_SERVING);
	assert_int_equal(m.pid, w->pid);
	return m;
}

static inline struct rig_worker rig_worker(struct rig *r, unsigned epoch)
{
	struct rig_worker w = rig_join(r, epoch);

	rig_hello(r, &w, "");
	return w;
}

static inline void rig_get(int fd, void *to, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t more = recv(fd, (char *)to + got, n - got, 0);

		assert_true(more > 0);
		got += (size_t)more;
	}
}

/* The next frame, which must be of that kind. */
static inline void rig_next_frame(struct rig_worker *w, enum frame_kind kind)
{
	free(w->payload);
	rig_get(w->fd, &w->head, sizeof(w->head));
	assert_int_equal(w->head.kind, kind);
	assert_true(w->head.bytes < RIG_ASK_MAX);
	w->payload = calloc(1, w->head.bytes + 1u);
	assert_non_null(w->payload);
	rig_get(w->fd, w->payload, w->head.bytes);
}

/* A request, whose text must be q. */
static inline void rig_asked(struct rig_worker *w, const char *q)
{
	struct line_request rq;

	rig_next_frame(w, FRAME_ASK);
	assert_true(frame_options(w->payload, w->head.bytes, &rq, NULL));
	assert_string_equal(line_value(&rq, "q"), q);
}

static inline void rig_reply_flags(const struct rig_worker *w, const char *text,
				   uint32_t flags)
{
	rig_frame(w,
		  (struct frame){ .kind = FRAME_REPLY,
				  .ticket = w->head.ticket,
				  .flags = flags },
		  text, strlen(text));
}

static inline void rig_reply(const struct rig_worker *w, const char *text)
{
	rig_reply_flags(w, text, 0);
}

static inline void rig_worker_end(struct rig_worker *w)
{
	close(w->fd);
	free(w->payload);
	w->payload = NULL;
}

/* The front has let it go. */
static inline void rig_worker_let_go(struct rig_worker *w)
{
	rig_expect_end(w->fd);
	free(w->payload);
	w->payload = NULL;
}

#endif
