/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "clock.h"
#include "front_rig.h"

#include <signal.h>
#include <sys/resource.h>

#define TOKEN "0123456789abcdef"

/* ------------------------------------------------- requests and replies -- */

static void test_greeting(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r);
	r.settings.nindexes = 2;
	memcpy(r.settings.index[1].name, "archive", 8);
	rig_start(&r);
	fd = rig_client(&r, LISTEN_UNIX);
	rig_expect(fd,
		   "* READY trawl/1 maxline=65536 indexes=news,archive\r\n");
	rig_send(fd, "PING\r\n#a7 ping\n\n\r\n#b QUIT\nPING\n");
	rig_expect(fd, "OK PING\r\n#a7 OK PING\r\n#b OK QUIT\r\n"
		       "* BYE quit\r\n");
	rig_expect_end(fd);
	rig_stop(&r);
}

/* Replies come in the order of requests, whoever answers them. */
static void test_order(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd,
		 "PING\n#1 COUNT :one\n#2 PING\nFOO\n#3 COUNT :two\nPING\n");
	rig_expect(fd, "OK PING\r\n");
	rig_asked(&w, "one");
	rig_reply(&w, "OK COUNT total=1\r\n");
	rig_expect(fd, "#1 OK COUNT total=1\r\n#2 OK PING\r\n");
	rig_expect_prefix(fd, "ERR 501 unknown-verb FOO: ");
	rig_asked(&w, "two");
	rig_reply(&w, "OK COUNT total=2\r\n");
	rig_expect(fd, "#3 OK COUNT total=2\r\nOK PING\r\n");
	assert_true(rig_stats_say(
		fd, "{\"verb\":\"COUNT\",\"count\":2,\"errors\":0"));
	assert_true(
		rig_stats_say(fd, "{\"event\":\"bad_requests\",\"count\":1}"));
	close(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_byte_by_byte(void **state)
{
	static const char requests[] =
		"PING\r\n#t HELP :PING\nFOO\nCOUNT q={5}\na b\nc\nPING\n";
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	for (size_t at = 0; at < sizeof(requests) - 1; at++)
		rig_send_bytes(fd, requests + at, 1);
	rig_expect(fd, "OK PING\r\n#t OK HELP n=2\r\nPING\r\n"
		       "Are you there?\r\nEND\r\n");
	rig_expect_prefix(fd, "ERR 501");
	rig_asked(&w, "a b\nc");
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(fd, "OK COUNT\r\nOK PING\r\n");
	close(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_many_pings(void **state)
{
	enum {
		PINGS = 20000
	};
	struct rig r;
	char *requests = malloc(PINGS * 6);
	int fd, pid, status;

	(void)state;
	assert_non_null(requests);
	for (size_t i = 0; i < PINGS; i++)
		memcpy(requests + 6 * i, "PING\r\n", 6);
	rig_init(&r);
	rig_start(&r);
	fd = rig_greeted(&r);
	pid = fork();
	if (!pid) {
		rig_send_bytes(fd, requests, PINGS * 6);
		_exit(0);
	}
	for (size_t i = 0; i < PINGS; i++)
		rig_expect(fd, "OK PING\r\n");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(fd);
	free(requests);
	rig_stop(&r);
}

/* Larger than what a socket takes at once, both ways. */
static void test_large(void **state)
{
	enum {
		QUERY = 1000000,
		REPLY = 8000000
	};
	struct rig r;
	struct rig_worker w;
	char *q = malloc(QUERY + 1), *reply = malloc(REPLY + 1), got[4096];
	int fd, pid;

	(void)state;
	assert_true(q && reply);
	memset(q, 'q', QUERY);
	memset(reply, 'r', REPLY);
	q[QUERY] = reply[REPLY] = '\0';
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "#big COUNT q={1000000}\n");
	rig_send(fd, q);
	rig_send(fd, "\nPING\n");
	rig_asked(&w, q);
	pid = fork();
	if (!pid) {
		rig_reply(&w, reply);
		_exit(0);
	}
	rig_expect(fd, "#big ");
	for (size_t n = 0; n < REPLY; n += 4000) {
		rig_get(fd, got, 4000);
		assert_memory_equal(got, reply, 4000);
	}
	rig_expect(fd, "OK PING\r\n");
	waitpid(pid, NULL, 0);
	assert_true(rig_stats_say(fd, "\"unread_bytes\":0,"));
	close(fd);
	rig_worker_end(&w);
	free(q);
	free(reply);
	rig_stop(&r);
}

static void test_half_close(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT :a\nPING\nCOUNT :b\nPIN");
	shutdown(fd, SHUT_WR);
	rig_asked(&w, "a");
	rig_reply(&w, "OK COUNT a\r\n");
	rig_asked(&w, "b");
	rig_reply(&w, "OK COUNT b\r\n");
	rig_expect(fd, "OK COUNT a\r\nOK PING\r\nOK COUNT b\r\n"
		       "* BYE closed\r\n");
	rig_expect_end(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void wait_for(int fd, const char *what)
{
	while (!rig_stats_say(fd, what))
		;
}

/* A request; returns its ticket. */
static uint64_t asked(struct rig_worker *w, const char *q)
{
	rig_asked(w, q);
	return w->head.ticket;
}

static void reply_to(struct rig_worker *w, uint64_t ticket, const char *text)
{
	w->head.ticket = ticket;
	rig_reply(w, text);
}

/* What it was sent ahead is taken back from it. */
static void told_to_drop(struct rig_worker *w, uint64_t ticket)
{
	rig_next_frame(w, FRAME_DROP);
	assert_int_equal(w->head.ticket, ticket);
}

/* And has not been begun. */
static void drops(struct rig_worker *w, uint64_t ticket)
{
	w->head.ticket = ticket;
	rig_reply_flags(w, "", FRAME_DROPPED);
}

/* A client that has gone: its waiting request is forgotten, the answer of its
 * running one is dropped. */
static void test_gone(void **state)
{
	struct rig r;
	struct rig_worker w;
	uint64_t first, ahead;
	int running, next, waiting, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	running = rig_greeted(&r);
	next = rig_greeted(&r);
	waiting = rig_greeted(&r);
	other = rig_greeted(&r);
	rig_send(running, "COUNT :running\n");
	first = asked(&w, "running");
	rig_send(next, "COUNT :next\n");
	ahead = asked(&w, "next");
	rig_send(waiting, "COUNT :waiting\n");
	wait_for(other, "\"waiting\":2,");
	close(running);
	close(next);
	close(waiting);
	wait_for(other, "\"connections\":1,");
	assert_true(rig_stats_say(other, "\"waiting\":0,"));
	told_to_drop(&w, ahead);
	reply_to(&w, first, "OK COUNT\r\n");
	drops(&w, ahead);
	rig_send(other, "COUNT :other\n");
	rig_asked(&w, "other");
	rig_reply(&w, "OK COUNT other\r\n");
	rig_expect(other, "OK COUNT other\r\n");
	assert_true(rig_stats_say(
		other, "{\"verb\":\"COUNT\",\"count\":2,\"errors\":0"));
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* --------------------------------------------------------------- fairness -- */

/*
 * One has a hundred requests before its COUNT, the other has none; both are
 * there before the front looks.  In turns, the other's COUNT comes first.
 */
static void test_turns(void **state)
{
	struct rig r;
	struct rig_worker w;
	int greedy, modest, status;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	greedy = rig_greeted(&r);
	modest = rig_greeted(&r);
	assert_int_equal(kill(r.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(r.pid, &status, WUNTRACED), r.pid);
	for (size_t i = 0; i < 100; i++)
		rig_send(greedy, "PING\n");
	rig_send(greedy, "COUNT :greedy\n");
	rig_send(modest, "COUNT :modest\n");
	assert_int_equal(kill(r.pid, SIGCONT), 0);
	rig_asked(&w, "modest");
	rig_reply(&w, "OK COUNT modest\r\n");
	rig_asked(&w, "greedy");
	rig_reply(&w, "OK COUNT greedy\r\n");
	rig_expect(modest, "OK COUNT modest\r\n");
	for (size_t i = 0; i < 100; i++)
		rig_expect(greedy, "OK PING\r\n");
	rig_expect(greedy, "OK COUNT greedy\r\n");
	close(greedy);
	close(modest);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* First come, first served. */
/* Who asks for little does not stand behind all that the others ask for. */
static void test_crowd(void **state)
{
	enum {
		CROWD = 200,
		EACH = 20
	};
	static const char count[] = "{\"verb\":\"STATS\",\"count\":";
	char lines[EACH * 6 + 1] = "";
	struct rig r;
	int fd[CROWD], other, status;
	const char *line;
	unsigned long served = 0;

	(void)state;
	for (int i = 0; i < EACH; i++)
		memcpy(lines + 6 * i, "STATS\n", 7);
	rig_init(&r);
	r.settings.limits.max_connections = CROWD + 1;
	rig_start(&r);
	other = rig_greeted(&r);
	for (int i = 0; i < CROWD; i++)
		fd[i] = rig_greeted(&r);
	assert_int_equal(kill(r.pid, SIGSTOP), 0);
	assert_int_equal(waitpid(r.pid, &status, WUNTRACED), r.pid);
	for (int i = 0; i < CROWD; i++)
		rig_send(fd[i], lines);
	rig_send(other, "STATS\n");
	assert_int_equal(kill(r.pid, SIGCONT), 0);
	rig_expect_prefix(other, "OK STATS n=");
	while (strcmp(line = rig_line(other), "END"))
		if (!strncmp(line, count, strlen(count)))
			served = strtoul(line + strlen(count), NULL, 10);
	assert_true(served > 0);
	assert_true(served < CROWD * EACH * 3 / 4);
	for (int i = 0; i < CROWD; i++)
		close(fd[i]);
	close(other);
	rig_stop(&r);
}

static void test_waiting_list(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd[4], other;
	char line[64];

	(void)state;
	rig_init(&r);
	r.settings.limits.max_waiting = 2;
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	for (int i = 0; i < 3; i++) {
		fd[i] = rig_greeted(&r);
		snprintf(line, sizeof(line), "#%d COUNT :%d\nPING\n", i, i);
		rig_send(fd[i], line);
		snprintf(line, sizeof(line), "\"waiting\":%d,", i);
		wait_for(other, line);
	}
	rig_send(other, "#3 COUNT :3\nPING\n");
	rig_expect(other, "#3 ERR 421 busy 2 requests wait (max-waiting); try "
			  "again\r\nOK PING\r\n");
	for (int i = 0; i < 3; i++) {
		snprintf(line, sizeof(line), "%d", i);
		rig_asked(&w, line);
		rig_reply(&w, "OK COUNT\r\n");
		snprintf(line, sizeof(line), "#%d OK COUNT\r\nOK PING\r\n", i);
		rig_expect(fd[i], line);
		close(fd[i]);
	}
	assert_true(rig_stats_say(other, "{\"event\":\"busy\",\"count\":1}"));
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_max_connections(void **state)
{
	enum {
		MORE = 200 /* than those that may linger */
	};
	struct rig r;
	int fd[2], refused[MORE], http;

	(void)state;
	rig_init(&r);
	r.settings.limits.max_connections = 2;
	rig_start(&r);
	fd[0] = rig_greeted(&r);
	fd[1] = rig_greeted(&r);
	for (int i = 0; i < MORE; i++) {
		refused[i] = rig_client(&r, i % 2 ? LISTEN_UNIX : LISTEN_LINE);
		rig_expect(refused[i],
			   "ERR 421 busy there are max-connections=2 "
			   "already; try again\r\n* BYE busy\r\n");
	}
	http = rig_client(&r, LISTEN_HTTP);
	rig_expect_prefix(http, "HTTP/1.1 503 ");
	close(http);
	for (int i = 0; i < MORE; i++)
		rig_expect_end(refused[i]);
	rig_send(fd[0], "PING\n");
	rig_expect(fd[0], "OK PING\r\n");
	assert_true(
		rig_stats_say(fd[1], "{\"event\":\"refused\",\"count\":201}"));
	close(fd[0]);
	close(fd[1]);
	rig_stop(&r);
}

/* ---------------------------------------------------------------- workers -- */

/* Its own client is told, once; nobody else notices. */
static void test_worker_lost(void **state)
{
	struct rig r;
	struct rig_worker first, second;
	int fd, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	first = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	other = rig_greeted(&r);
	rig_send(fd, "#x COUNT :killer\nCOUNT :next\n");
	rig_asked(&first, "killer");
	rig_send(other, "COUNT :other\n");
	/* A reply that was cut is none. */
	first.head = (struct frame){ .kind = FRAME_REPLY,
				     .ticket = first.head.ticket,
				     .bytes = 1000 };
	rig_send_bytes(first.fd, (const char *)&first.head, sizeof(first.head));
	rig_send_bytes(first.fd, "OK COUNT", 8);
	rig_worker_end(&first);
	rig_expect_prefix(fd, "#x ERR 423 worker-lost ");
	second = rig_worker(&r, 1);
	rig_asked(&second, "other");
	rig_reply(&second, "OK COUNT other\r\n");
	rig_asked(&second, "next");
	rig_reply(&second, "OK COUNT next\r\n");
	rig_expect(other, "OK COUNT other\r\n");
	rig_expect(fd, "OK COUNT next\r\n");
	assert_true(
		rig_stats_say(fd, "{\"event\":\"workers_lost\",\"count\":1}"));
	close(fd);
	close(other);
	rig_worker_end(&second);
	rig_stop(&r);
}

/* What is no frame costs the worker its place. */
static void test_worker_nonsense(void **state)
{
	struct rig r;
	struct rig_worker w;
	char junk[sizeof(struct frame)];
	int fd;

	(void)state;
	memset(junk, 0xFF, sizeof(junk));
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT :a\n");
	rig_asked(&w, "a");
	/* An answer to another question is not taken for one. */
	w.head.ticket++;
	rig_reply(&w, "OK COUNT wrong\r\n");
	rig_send_bytes(w.fd, junk, sizeof(junk));
	rig_expect_prefix(fd, "ERR 423 worker-lost ");
	rig_worker_let_go(&w);
	close(fd);
	rig_stop(&r);
}

static void test_hard_deadline(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "#t COUNT timeout=1 :slow\nPING\n");
	rig_asked(&w, "slow");
	assert_true(w.head.deadline_ns <= monotonic_ns() + NS_PER_MS);
	rig_expect(
		fd,
		"#t ERR 408 timeout stopped after timeout=1 ms\r\nOK PING\r\n");
	assert_int_equal(rig_heard(&r, CONTROL_KILL).pid, w.pid);
	rig_worker_let_go(&w);
	assert_true(rig_stats_say(
		fd, "{\"event\":\"workers_killed\",\"count\":1}"));
	close(fd);
	rig_stop(&r);
}

/* A supervisor that is busy, while clients ask it for more than its socket
 * holds, hears whom to kill when it listens again. */
static void test_kill_is_told_again(void **state)
{
	enum {
		MANY = 1000
	};
	struct rig r;
	struct rig_worker w;
	struct control m;
	int fd, reload[MANY], n = 0, no_fd;

	(void)state;
	rig_init(&r);
	r.settings.limits.max_connections = MANY + 2;
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	do {
		assert_true(n < MANY);
		reload[n] = rig_greeted(&r);
		rig_send(reload[n], "RELOAD\n");
		rig_send(fd, "PING\n");
		rig_expect(fd, "OK PING\r\n");
	} while (recv(reload[n++], &m, 1, MSG_DONTWAIT) < 0);
	rig_send(fd, "COUNT timeout=1 :slow\n");
	rig_asked(&w, "slow");
	rig_expect_prefix(fd, "ERR 408 timeout ");
	do
		assert_int_equal(control_receive(r.control, &m, &no_fd), 1);
	while (m.kind == CONTROL_RELOAD);
	assert_int_equal(m.kind, CONTROL_KILL);
	assert_int_equal(m.pid, w.pid);
	rig_worker_let_go(&w);
	while (n)
		close(reload[--n]);
	close(fd);
	rig_stop(&r);
}

/* Late while it waits: for a worker that was busy, or for one that has not
 * opened its indexes. */
static void test_waiting_deadline(void **state)
{
	struct rig r;
	struct rig_worker w;
	uint64_t first, ahead;
	int fd, busy, other;

	(void)state;
	rig_init(&r);
	r.settings.limits.grace = 600000;
	rig_start(&r);
	w = rig_join(&r, 1);
	fd = rig_greeted(&r);
	busy = rig_greeted(&r);
	rig_send(fd, "COUNT timeout=1 :early\n");
	rig_expect_prefix(fd, "ERR 422 loading ");
	rig_hello(&r, &w, "");
	rig_send(busy, "COUNT :busy\n");
	first = asked(&w, "busy");
	rig_send(fd, "COUNT timeout=1 :late\n");
	ahead = asked(&w, "late");
	rig_expect(fd, "ERR 408 timeout no worker was free within 1 ms; try "
		       "again\r\n");
	told_to_drop(&w, ahead);
	/* Until the worker has said so there is no other. */
	other = rig_greeted(&r);
	rig_send(other, "COUNT timeout=1 :late too\n");
	rig_expect(other, "ERR 408 timeout no worker was free within 1 ms; "
			  "try again\r\n");
	close(other);
	reply_to(&w, first, "OK COUNT\r\n");
	drops(&w, ahead);
	rig_expect(busy, "OK COUNT\r\n");
	rig_send(fd, "COUNT :now\n");
	rig_asked(&w, "now");
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(fd, "OK COUNT\r\n");
	close(fd);
	close(busy);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* timeout= up to timeout_max; none and 0 are the configured one. */
static void test_budget(void **state)
{
	static const struct {
		const char *request;
		unsigned most;
	} cases[] = {
		{ "COUNT :x\n", 100000 },
		{ "COUNT timeout=0 :x\n", 100000 },
		{ "COUNT timeout=nonsense :x\n", 100000 },
		{ "COUNT timeout=50000 :x\n", 50000 },
		{ "COUNT timeout=200000 :x\n", 200000 },
		{ "COUNT timeout=18446744073709551615 :x\n", 200000 },
		{ "COUNT timeout=18446744073709551616 :x\n", 100000 },
	};
	struct rig r;
	struct rig_worker w;
	uint64_t now;
	int fd;

	(void)state;
	rig_init(&r);
	r.settings.limits.timeout = 100000;
	r.settings.limits.timeout_max = 200000;
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		now = monotonic_ns();
		rig_send(fd, cases[i].request);
		rig_asked(&w, "x");
		assert_in_range((w.head.deadline_ns - now) / NS_PER_MS,
				cases[i].most, cases[i].most + 50000);
		rig_reply(&w, "OK COUNT\r\n");
		rig_expect(fd, "OK COUNT\r\n");
	}
	close(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* Other workers take over, and nothing is dropped. */
static void test_epochs(void **state)
{
	struct rig r;
	struct rig_worker busy, idle, opening, fresh;
	int fd, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	busy = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT :old\nCOUNT :new\n");
	rig_asked(&busy, "old");
	idle = rig_worker(&r, 1);
	opening = rig_join(&r, 1);
	fresh = rig_join(&r, 2);
	/* Until one of the new epoch is ready the old ones serve. */
	other = rig_greeted(&r);
	rig_send(other, "COUNT :between\n");
	rig_asked(&idle, "between");
	rig_reply(&idle, "OK COUNT between\r\n");
	rig_expect(other, "OK COUNT between\r\n");
	rig_hello(&r, &fresh, "");
	rig_worker_let_go(&idle);
	rig_worker_let_go(&opening);
	rig_reply(&busy, "OK COUNT old\r\n");
	rig_worker_let_go(&busy);
	rig_expect(fd, "OK COUNT old\r\n");
	rig_asked(&fresh, "new");
	rig_reply(&fresh, "OK COUNT new\r\n");
	rig_expect(fd, "OK COUNT new\r\n");
	close(fd);
	close(other);
	rig_worker_end(&fresh);
	rig_stop(&r);
}

static void test_take_leave(void **state)
{
	struct rig r;
	struct rig_worker w, next;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT :a\nCOUNT :b\n");
	rig_asked(&w, "a");
	rig_reply_flags(&w, "ERR 423 worker-lost no memory\r\n",
			FRAME_TAKE_LEAVE);
	rig_expect(fd, "ERR 423 worker-lost no memory\r\n");
	rig_worker_let_go(&w);
	next = rig_worker(&r, 1);
	rig_asked(&next, "b");
	rig_reply(&next, "OK COUNT\r\n");
	rig_expect(fd, "OK COUNT\r\n");
	close(fd);
	rig_worker_end(&next);
	rig_stop(&r);
}

/* The idle ones look at once, the others when they have answered. */
static void test_look(void **state)
{
	struct rig r;
	struct rig_worker busy, idle;
	struct frame_facts facts = { .documents = 77, .rev = "8.1" };
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	busy = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT :a\nCOUNT :b\n");
	rig_asked(&busy, "a");
	idle = rig_worker(&r, 1);
	rig_tell(&r, (struct control){ .kind = CONTROL_CHANGED }, -1);
	rig_next_frame(&idle, FRAME_LOOK);
	rig_frame(&idle, (struct frame){ .kind = FRAME_FACTS },
		  (const char *)&facts, sizeof(facts));
	rig_reply(&busy, "OK COUNT\r\n");
	rig_next_frame(&busy, FRAME_LOOK);
	rig_expect(fd, "OK COUNT\r\n");
	/* The one that was at work last is asked first. */
	rig_asked(&busy, "b");
	rig_frame(&busy, (struct frame){ .kind = FRAME_FACTS },
		  (const char *)&facts, sizeof(facts));
	rig_reply(&busy, "OK COUNT\r\n");
	rig_expect(fd, "OK COUNT\r\n");
	assert_true(rig_stats_say(
		fd, "{\"index\":\"news\",\"rev\":\"8.1\",\"documents\":77,"));
	close(fd);
	rig_worker_end(&busy);
	rig_worker_end(&idle);
	rig_stop(&r);
}

static void test_broken_index(void **state)
{
	struct rig r;
	struct rig_worker w;
	struct control m;
	struct frame_facts facts = { .rev = "1.1" };
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_join(&r, 1);
	m = rig_hello(&r, &w, "it is not there");
	assert_int_equal(m.number, 1);
	assert_string_equal(m.payload, "news: it is not there\n");
	fd = rig_greeted(&r);
	assert_true(rig_stats_say(
		fd, "{\"index\":\"news\",\"error\":\"it is not there\"}"));
	/* Mended: the supervisor is told. */
	rig_frame(&w, (struct frame){ .kind = FRAME_FACTS },
		  (const char *)&facts, sizeof(facts));
	m = rig_heard(&r, CONTROL_SERVING);
	assert_int_equal(m.number, 0);
	assert_string_equal(m.payload, "");
	close(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* ------------------------------------------------------------- sent ahead -- */

/* It has been sent nothing more. */
static void assert_quiet(const struct rig_worker *w)
{
	char byte;

	assert_int_equal(recv(w->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT), -1);
}

/* A client that has asked for text, and nothing else. */
static int asking(const struct rig *r, const char *text)
{
	char line[64];
	int fd = rig_greeted(r);

	snprintf(line, sizeof(line), "COUNT :%s\n", text);
	rig_send(fd, line);
	return fd;
}

/* Its answer comes, and the client goes. */
static void answered(struct rig_worker *w, uint64_t ticket, int fd)
{
	char line[64];

	snprintf(line, sizeof(line), "OK COUNT %d\r\n", (int)ticket);
	reply_to(w, ticket, line);
	rig_expect(fd, line);
	close(fd);
}

/* One, and no more; answers in order. */
static void test_next(void **state)
{
	struct rig r;
	struct rig_worker w;
	uint64_t ticket[4];
	int a, b, c, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	a = asking(&r, "a");
	ticket[0] = asked(&w, "a");
	b = asking(&r, "b");
	ticket[1] = asked(&w, "b");
	c = asking(&r, "c");
	wait_for(other, "\"waiting\":2,");
	assert_quiet(&w);
	/* It works on one, and that is another. */
	reply_to(&w, ticket[1], "OK COUNT too early\r\n");
	reply_to(&w, ticket[0], "OK COUNT a\r\n");
	rig_expect(a, "OK COUNT a\r\n");
	ticket[2] = asked(&w, "c");
	wait_for(other, "\"waiting\":1,");
	/* Who asks when the reply is there is as good as any. */
	rig_send(a, "COUNT :d\n");
	answered(&w, ticket[1], b);
	ticket[3] = asked(&w, "d");
	answered(&w, ticket[2], c);
	answered(&w, ticket[3], a);
	assert_true(rig_stats_say(other, "\"busy\":0,\"waiting\":0,"));
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* How a worker ends that has a job and a next: the job is lost, or not, and
 * the next is the first for another. */
static void next_outlives(void end(struct rig *r, struct rig_worker *w,
				   uint64_t ticket, int fd),
			  unsigned grace)
{
	struct rig r;
	struct rig_worker w, second;
	uint64_t ticket, next;
	int a, b, c, other;

	rig_init(&r);
	r.settings.limits.grace = grace;
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	a = rig_greeted(&r);
	rig_send(a, "COUNT timeout=1 :a\n");
	ticket = asked(&w, "a");
	b = asking(&r, "b");
	rig_asked(&w, "b");
	c = asking(&r, "c");
	end(&r, &w, ticket, a);
	close(a);
	wait_for(other, "\"waiting\":2,");
	assert_true(rig_stats_say(other, "\"workers\":0,\"busy\":0,"));
	second = rig_worker(&r, 1);
	ticket = asked(&second, "b");
	next = asked(&second, "c");
	answered(&second, ticket, b);
	answered(&second, next, c);
	assert_true(rig_stats_say(other, "\"busy\":0,\"waiting\":0,"));
	close(other);
	rig_worker_end(&second);
	rig_stop(&r);
}

static void is_lost(struct rig *r, struct rig_worker *w, uint64_t ticket,
		    int fd)
{
	(void)r, (void)ticket;
	rig_worker_end(w);
	rig_expect_prefix(fd, "ERR 423 worker-lost ");
}

static void is_killed(struct rig *r, struct rig_worker *w, uint64_t ticket,
		      int fd)
{
	(void)ticket;
	rig_expect_prefix(fd, "ERR 408 timeout stopped ");
	assert_int_equal(rig_heard(r, CONTROL_KILL).pid, w->pid);
	rig_worker_let_go(w);
}

static void takes_leave(struct rig *r, struct rig_worker *w, uint64_t ticket,
			int fd)
{
	(void)r;
	w->head.ticket = ticket;
	rig_reply_flags(w, "OK COUNT and out\r\n", FRAME_TAKE_LEAVE);
	rig_expect(fd, "OK COUNT and out\r\n");
	rig_worker_let_go(w);
}

static void test_next_of_lost(void **state)
{
	(void)state;
	next_outlives(is_lost, 600000);
}

static void test_next_of_killed(void **state)
{
	(void)state;
	/* Its clients have come by then. */
	next_outlives(is_killed, 1000);
}

static void test_next_of_leaving(void **state)
{
	(void)state;
	next_outlives(takes_leave, 600000);
}

/* Another has nothing to do: it takes over what was sent ahead, whether the
 * first hears of it in time or not. */
static void take_over(bool in_time)
{
	struct rig r;
	struct rig_worker first, second;
	uint64_t ticket[2], ahead;
	int a, b, c, d, other;

	rig_init(&r);
	r.settings.limits.grace = 600000;
	rig_start(&r);
	other = rig_greeted(&r);
	first = rig_worker(&r, 1);
	a = asking(&r, "a");
	ticket[0] = asked(&first, "a");
	second = rig_worker(&r, 1);
	b = asking(&r, "b");
	ticket[1] = asked(&second, "b");
	c = asking(&r, "c");
	ahead = asked(&first, "c");
	answered(&second, ticket[1], b);
	told_to_drop(&first, ahead);
	ticket[1] = asked(&second, "c");
	answered(&second, ticket[1], c);
	answered(&first, ticket[0], a);
	assert_true(rig_stats_say(other, "\"busy\":1,\"waiting\":0,"));
	if (in_time)
		drops(&first, ahead);
	else
		reply_to(&first, ahead, "OK COUNT c\r\n");
	wait_for(other, "\"busy\":0,");
	/* The one that was free last has the next one. */
	d = asking(&r, "d");
	ticket[0] = asked(&first, "d");
	answered(&first, ticket[0], d);
	assert_true(rig_stats_say(
		other, "{\"verb\":\"COUNT\",\"count\":4,\"errors\":0"));
	/* The only others: what was dropped counts for nothing. */
	assert_false(rig_stats_say(other, "{\"verb\":\"SEARCH\""));
	close(other);
	rig_worker_end(&first);
	rig_worker_end(&second);
	rig_stop(&r);
}

static void test_take_over(void **state)
{
	(void)state;
	take_over(true);
	take_over(false);
}

/* The one that has worked longest; and the other, when that one is lost. */
static void test_next_of_longest(void **state)
{
	struct rig r;
	struct rig_worker first, second;
	uint64_t ticket[2], next;
	int a, b, c, d;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	first = rig_worker(&r, 1);
	a = asking(&r, "a");
	ticket[0] = asked(&first, "a");
	second = rig_worker(&r, 1);
	b = asking(&r, "b");
	ticket[1] = asked(&second, "b");
	c = asking(&r, "c");
	next = asked(&first, "c");
	answered(&first, ticket[0], a);
	d = asking(&r, "d");
	rig_asked(&second, "d");
	rig_worker_end(&second);
	rig_expect_prefix(b, "ERR 423 worker-lost ");
	close(b);
	ticket[1] = asked(&first, "d");
	answered(&first, next, c);
	answered(&first, ticket[1], d);
	rig_worker_end(&first);
	rig_stop(&r);
}

/* A request that was dropped too late runs away. */
static void test_dropped_deadline(void **state)
{
	struct rig r;
	struct rig_worker w;
	uint64_t ticket, ahead;
	int a, b;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	a = asking(&r, "a");
	ticket = asked(&w, "a");
	b = rig_greeted(&r);
	rig_send(b, "COUNT timeout=1 :b\n");
	ahead = asked(&w, "b");
	rig_expect_prefix(b, "ERR 408 timeout no worker was free ");
	told_to_drop(&w, ahead);
	answered(&w, ticket, a);
	assert_int_equal(rig_heard(&r, CONTROL_KILL).pid, w.pid);
	rig_worker_let_go(&w);
	rig_send(b, "PING\n");
	rig_expect(b, "OK PING\r\n");
	close(b);
	rig_stop(&r);
}

/* Nobody waits for ever behind a job that takes long, while others come and
 * go at a worker that is never idle. */
static void test_passed_over(void **state)
{
	enum {
		CROWD = 3,
		MOST = 50
	};
	struct rig r;
	struct rig_worker slow, quick;
	uint64_t ticket, ahead, crowd[MOST + 2];
	int a, c, fd[CROWD], other, n;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	other = rig_greeted(&r);
	slow = rig_worker(&r, 1);
	a = asking(&r, "a");
	ticket = asked(&slow, "a");
	quick = rig_worker(&r, 1);
	fd[0] = asking(&r, "crowd");
	crowd[0] = asked(&quick, "crowd");
	c = asking(&r, "c");
	ahead = asked(&slow, "c");
	fd[1] = asking(&r, "crowd");
	crowd[1] = asked(&quick, "crowd");
	fd[2] = asking(&r, "crowd");
	for (n = 0; n < MOST; n++) {
		struct line_request rq;

		wait_for(other, "\"waiting\":3,");
		reply_to(&quick, crowd[n], "OK COUNT\r\n");
		rig_expect(fd[n % CROWD], "OK COUNT\r\n");
		rig_next_frame(&quick, FRAME_ASK);
		crowd[n + 2] = quick.head.ticket;
		frame_options(quick.payload, quick.head.bytes, &rq, NULL);
		if (!strcmp(line_value(&rq, "q"), "c"))
			break;
		rig_send(fd[n % CROWD], "COUNT :crowd\n");
	}
	/* Not sooner than it has to be, either. */
	assert_in_range(n, 8, 16);
	told_to_drop(&slow, ahead);
	reply_to(&quick, crowd[n + 1], "OK COUNT\r\n");
	answered(&quick, crowd[n + 2], c);
	drops(&slow, ahead);
	answered(&slow, ticket, a);
	for (n = 0; n < CROWD; n++)
		close(fd[n]);
	close(other);
	rig_worker_end(&slow);
	rig_worker_end(&quick);
	rig_stop(&r);
}

/* The front has heeded all that the supervisor has told it. */
static void heeded(struct rig *r)
{
	rig_listen(r, LISTEN_HTTP);
}

/* Who is to look becomes idle first. */
static void test_look_before_next(void **state)
{
	struct rig r;
	struct rig_worker w;
	uint64_t ticket;
	int a, b, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	a = asking(&r, "a");
	ticket = asked(&w, "a");
	rig_tell(&r, (struct control){ .kind = CONTROL_CHANGED }, -1);
	heeded(&r);
	b = asking(&r, "b");
	wait_for(other, "\"waiting\":1,");
	assert_quiet(&w);
	answered(&w, ticket, a);
	rig_next_frame(&w, FRAME_LOOK);
	ticket = asked(&w, "b");
	answered(&w, ticket, b);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* Old workers finish what they are at, and no more. */
static void test_next_of_older(void **state)
{
	enum {
		OLD = 3
	};
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	struct rig r;
	struct rig_worker old[OLD], fresh;
	uint64_t ticket[5], dropped[OLD];
	int fd[5];

	(void)state;
	rig_init(&r);
	r.settings.limits.grace = 600000;
	rig_start(&r);
	/* The last of them has no next. */
	for (int i = 0; i < 5; i++) {
		if (i < OLD)
			old[i] = rig_worker(&r, 1);
		fd[i] = asking(&r, names[i]);
		ticket[i] = asked(&old[i % OLD], names[i]);
	}
	fresh = rig_worker(&r, 2);
	for (int i = OLD; i < 5; i++) {
		dropped[i % OLD] = ticket[i];
		told_to_drop(&old[i % OLD], ticket[i]);
		ticket[i] = asked(&fresh, names[i]);
	}
	for (int i = OLD; i < 5; i++)
		answered(&fresh, ticket[i], fd[i]);
	for (int i = 0; i < OLD; i++) {
		answered(&old[i], ticket[i], fd[i]);
		if (i + OLD < 5)
			drops(&old[i], dropped[i]);
		rig_worker_let_go(&old[i]);
	}
	rig_worker_end(&fresh);
	rig_stop(&r);
}

/* What a socket may not take whole, and nothing past it. */
static void test_large_is_no_next(void **state)
{
	enum {
		LINE = 20000
	};
	char line[LINE + 1];
	struct rig r;
	struct rig_worker w;
	uint64_t ticket, next;
	int a, large, c, other;

	(void)state;
	snprintf(line, sizeof(line), "COUNT :%0*d\n", LINE - 8, 0);
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	a = asking(&r, "a");
	ticket = asked(&w, "a");
	large = rig_greeted(&r);
	rig_send(large, line);
	wait_for(other, "\"waiting\":1,");
	c = asking(&r, "c");
	wait_for(other, "\"waiting\":2,");
	assert_quiet(&w);
	answered(&w, ticket, a);
	rig_next_frame(&w, FRAME_ASK);
	assert_true(w.head.bytes > LINE - 8);
	ticket = w.head.ticket;
	next = asked(&w, "c");
	answered(&w, ticket, large);
	answered(&w, next, c);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* ------------------------------------------------------------------- bulk -- */

/* Who asks for more before it has its reply stands back, but not for ever. */
static void test_bulk(void **state)
{
	enum {
		MODEST = 10,
		PASSES = 8
	};
	struct rig r;
	struct rig_worker w;
	uint64_t ticket;
	int bulk, modest[MODEST], a, other;
	char text[32];

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	a = asking(&r, "a");
	ticket = asked(&w, "a");
	bulk = rig_greeted(&r);
	rig_send(bulk, "COUNT :bulk 1\nCOUNT :bulk 2\n");
	wait_for(other, "\"waiting\":1,");
	/* Not sent ahead, though it is alone. */
	assert_quiet(&w);
	for (int i = 0; i < MODEST; i++) {
		snprintf(text, sizeof(text), "%d", i);
		modest[i] = asking(&r, text);
		snprintf(text, sizeof(text), "\"waiting\":%d,", i + 2);
		wait_for(other, text);
	}
	answered(&w, ticket, a);
	for (int i = 0; i < MODEST; i++) {
		if (i == PASSES) {
			rig_asked(&w, "bulk 1");
			rig_reply(&w, "OK COUNT\r\n");
			rig_expect(bulk, "OK COUNT\r\n");
		}
		snprintf(text, sizeof(text), "%d", i);
		rig_asked(&w, text);
		answered(&w, w.head.ticket, modest[i]);
	}
	rig_asked(&w, "bulk 2");
	answered(&w, w.head.ticket, bulk);
	assert_true(rig_stats_say(other, "\"busy\":0,\"waiting\":0,"));
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* So does who has one more at a time, each in good time. */
static void test_bulk_window(void **state)
{
	struct rig r;
	struct rig_worker w;
	uint64_t ticket, next;
	int ahead, b, c, d, e, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	ahead = asking(&r, "ahead 1");
	ticket = asked(&w, "ahead 1");
	rig_send(ahead, "COUNT :ahead 2\n");
	b = asking(&r, "b");
	next = asked(&w, "b");
	c = asking(&r, "c");
	wait_for(other, "\"waiting\":2,");
	reply_to(&w, ticket, "OK COUNT\r\n");
	rig_expect(ahead, "OK COUNT\r\n");
	wait_for(other, "\"waiting\":2,");
	d = asking(&r, "d");
	wait_for(other, "\"waiting\":3,");
	ticket = asked(&w, "c");
	answered(&w, next, b);
	next = asked(&w, "d");
	answered(&w, ticket, c);
	answered(&w, next, d);
	rig_asked(&w, "ahead 2");
	rig_send(ahead, "PING\n");
	wait_for(other, "\"busy\":1,\"waiting\":0,");
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(ahead, "OK COUNT\r\n");
	rig_expect(ahead, "OK PING\r\n");
	/* That was the last of it. */
	e = asking(&r, "e");
	ticket = asked(&w, "e");
	rig_send(ahead, "COUNT :modest\n");
	next = asked(&w, "modest");
	answered(&w, ticket, e);
	answered(&w, next, ahead);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* Late while it waits, and gone while it waits. */
static void test_bulk_ends(void **state)
{
	struct rig r;
	struct rig_worker w;
	uint64_t ticket;
	int a, next, late, gone, other;

	(void)state;
	rig_init(&r);
	r.settings.limits.grace = 600000;
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	a = asking(&r, "a");
	ticket = asked(&w, "a");
	next = rig_greeted(&r);
	rig_send(next, "COUNT timeout=100 :next\n");
	rig_asked(&w, "next");
	late = rig_greeted(&r);
	rig_send(late, "COUNT timeout=1 :late\nPING\n");
	rig_expect_prefix(late, "ERR 408 timeout no worker was free ");
	rig_expect(late, "OK PING\r\n");
	/* The clock has not forgotten who has more time. */
	rig_expect_prefix(next, "ERR 408 timeout no worker was free ");
	close(next);
	told_to_drop(&w, w.head.ticket);
	gone = rig_greeted(&r);
	rig_send(gone, "COUNT :gone\nPING\n");
	wait_for(other, "\"waiting\":1,");
	close(gone);
	wait_for(other, "\"waiting\":0,");
	assert_quiet(&w);
	answered(&w, ticket, a);
	close(late);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* ----------------------------------------------------------- who may what -- */

static void test_auth(void **state)
{
	struct rig r;
	struct rig_worker w;
	char *line = malloc(5000);
	int fd;

	(void)state;
	assert_non_null(line);
	memset(line, 'x', 5000);
	memcpy(line, "COUNT :", 7);
	memcpy(line + 4998, "\n", 2);
	rig_init(&r);
	memcpy(r.settings.token, TOKEN, sizeof(TOKEN));
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_client(&r, LISTEN_LINE);
	rig_expect(fd, "* READY trawl/1 maxline=65536 auth=required\r\n");
	rig_send(fd, "#1 PING\nSTATS\nRELOAD\nCOUNT q={3}\nabc\n");
	for (int i = 0; i < 3; i++)
		rig_expect_prefix(fd, i ? "ERR 513 auth-required "
					: "#1 ERR 513 auth-required ");
	rig_expect_prefix(fd, "ERR 511 too-large ");
	rig_send(fd, line);
	rig_expect_prefix(fd, "ERR 510 line-too-long ");
	rig_send(fd, "AUTH :" TOKEN "x\nAUTH :0\n#2 AUTH :" TOKEN "\n");
	rig_expect_prefix(fd, "ERR 514 auth-failed ");
	rig_expect_prefix(fd, "ERR 514 auth-failed ");
	rig_expect(fd, "#2 OK AUTH\r\n");
	/* The limits of those that are known. */
	rig_send(fd, line);
	line[4998] = '\0';
	rig_asked(&w, line + 7);
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(fd, "OK COUNT\r\n");
	assert_true(
		rig_stats_say(fd, "{\"event\":\"auth_failed\",\"count\":2}"));
	close(fd);
	free(line);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_auth_tries(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r);
	memcpy(r.settings.token, TOKEN, sizeof(TOKEN));
	rig_start(&r);
	fd = rig_client(&r, LISTEN_LINE);
	rig_expect_prefix(fd, "* READY ");
	rig_send(fd, "AUTH :a\nAUTH :b\nAUTH :c\nAUTH :" TOKEN "\nPING\n");
	for (int i = 0; i < 3; i++)
		rig_expect_prefix(fd, "ERR 514 auth-failed ");
	rig_expect(fd, "* BYE auth-failed\r\n");
	rig_expect_end(fd);
	/* The unix socket has its mode. */
	fd = rig_greeted(&r);
	rig_send(fd, "PING\nAUTH :" TOKEN "\n");
	rig_expect(fd, "OK PING\r\nOK AUTH\r\n");
	close(fd);
	rig_stop(&r);
}

static void reloaded(const struct rig *r, uint64_t ticket, const char *why)
{
	struct control m = { .kind = CONTROL_RELOADED,
			     .ticket = ticket,
			     .bytes = (uint32_t)strlen(why) };

	memcpy(m.payload, why, strlen(why));
	rig_tell(r, m, -1);
}

static void test_reload(void **state)
{
	struct rig r;
	uint64_t gone;
	int fd, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	fd = rig_client(&r, LISTEN_LINE);
	rig_expect_prefix(fd, "* READY ");
	/* No token is asked for, and any that is shown gives no rights. */
	rig_send(fd, "AUTH :anything\nRELOAD\n");
	rig_expect(fd, "OK AUTH\r\n");
	rig_expect_prefix(fd, "ERR 515 not-allowed ");
	close(fd);
	fd = rig_greeted(&r);
	rig_send(fd, "#r RELOAD\nPING\n");
	reloaded(&r, rig_heard(&r, CONTROL_RELOAD).ticket, "");
	rig_expect(fd, "#r OK RELOAD\r\nOK PING\r\n");
	rig_send(fd, "RELOAD\nPING\n");
	reloaded(&r, rig_heard(&r, CONTROL_RELOAD).ticket,
		 "trawld.conf:7: workers=0: must be 1 to 64");
	rig_expect(fd, "ERR 503 bad-value trawld.conf:7: workers=0: must be 1 "
		       "to 64\r\nOK PING\r\n");
	/* Nobody is there any more to be told. */
	other = rig_greeted(&r);
	rig_send(other, "RELOAD\n");
	gone = rig_heard(&r, CONTROL_RELOAD).ticket;
	close(other);
	wait_for(fd, "\"connections\":1,");
	other = rig_greeted(&r);
	reloaded(&r, gone, "");
	rig_send(other, "PING\n");
	rig_expect(other, "OK PING\r\n");
	close(other);
	close(fd);
	rig_stop(&r);
}

static void set_limits(const struct rig *r)
{
	struct control m = { .kind = CONTROL_LIMITS,
			     .bytes = sizeof(struct limits) };

	memcpy(m.payload, &r->settings.limits, sizeof(struct limits));
	rig_tell(r, m, -1);
}

/* Names, token and limits of a reload hold from then on. */
static void test_new_settings(void **state)
{
	static const char names[] = "one\0two\0" TOKEN;
	struct rig r;
	struct control m = { .kind = CONTROL_NAMES,
			     .number = 2,
			     .bytes = sizeof(names) };
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	memcpy(m.payload, names, sizeof(names));
	rig_tell(&r, m, -1);
	r.settings.limits.max_line = 1024;
	set_limits(&r);
	rig_listen(&r, LISTEN_UNIX);
	fd = rig_client(&r, LISTEN_UNIX);
	rig_expect(fd, "* READY trawl/1 maxline=1024 indexes=one,two\r\n");
	close(fd);
	fd = rig_client(&r, LISTEN_LINE);
	rig_expect(fd, "* READY trawl/1 maxline=1024 auth=required\r\n");
	close(fd);
	/* One listener less. */
	rig_tell(&r,
		 (struct control){ .kind = CONTROL_UNLISTEN,
				   .number = 1 + LISTEN_LINE },
		 -1);
	rig_listen(&r, LISTEN_UNIX);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&r.address[LISTEN_LINE],
				 r.address_len[LISTEN_LINE]),
			 -1);
	close(fd);
	rig_stop(&r);
}

static void test_wrong_protocol(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	fd = rig_greeted(&r);
	rig_send(fd, "GET / HTTP/1.1\r\nPING\r\n");
	rig_expect_prefix(fd, "ERR 512 wrong-protocol ");
	rig_expect(fd, "* BYE wrong-protocol\r\n");
	rig_expect_end(fd);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT q={999999999}\nPING\n");
	rig_expect_prefix(fd, "ERR 511 too-large ");
	rig_expect(fd, "* BYE too-large\r\n");
	rig_expect_end(fd);
	fd = rig_client(&r, LISTEN_HTTP);
	rig_send(fd, "PING\r\n\r\n");
	rig_expect_prefix(fd, "HTTP/1.1 400 ");
	close(fd);
	rig_stop(&r);
}

/* ----------------------------------------------------------------- limits -- */

/* A client that asks for a reply of so many bytes, and does not read it. */
static int hoarder(const struct rig *r, struct rig_worker *w, size_t bytes)
{
	char *reply = malloc(bytes + 1);
	int fd = rig_greeted(r);

	assert_non_null(reply);
	memset(reply, 'r', bytes);
	reply[bytes] = '\0';
	rig_send(fd, "COUNT :x\nPING\n");
	rig_asked(w, "x");
	rig_reply(w, reply);
	free(reply);
	return fd;
}

/* How many bytes come until the end, which closes fd. */
static size_t drink(int fd)
{
	char bytes[65536];
	size_t sum = 0;
	ssize_t n;

	while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
		sum += (size_t)n;
	close(fd);
	return sum;
}

/* All together over max_unread: the largest goes. */
static void test_max_unread(void **state)
{
	enum {
		SMALL = 2 << 20,
		LARGE = 3 << 20
	};
	struct rig r;
	struct rig_worker w;
	int small, large, other;

	(void)state;
	rig_init(&r);
	r.settings.limits.max_unread = 4 << 20;
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	small = hoarder(&r, &w, SMALL);
	large = hoarder(&r, &w, LARGE);
	wait_for(other, "{\"event\":\"unread_dropped\",\"count\":1}");
	assert_true(drink(large) < LARGE);
	shutdown(small, SHUT_WR);
	assert_int_equal(drink(small),
			 SMALL + strlen("OK PING\r\n* BYE closed\r\n"));
	assert_true(rig_stats_say(other, "\"unread_bytes\":0,"));
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

static uint64_t stats_number(int fd, const char *key)
{
	uint64_t value = 0;
	const char *line, *at;

	rig_send(fd, "STATS\n");
	rig_expect_prefix(fd, "OK STATS n=");
	while (strcmp(line = rig_line(fd), "END"))
		if ((at = strstr(line, key)))
			value = strtoull(at + strlen(key), NULL, 10);
	return value;
}

/* What has been read of a reply is not kept until the rest is. */
static void test_half_read(void **state)
{
	enum {
		BYTES = 8 << 20,
		READ = 7 << 20
	};
	struct rig r;
	struct rig_worker w;
	char bytes[4096];
	int fd, other;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	fd = hoarder(&r, &w, BYTES);
	for (size_t n = 0; n < READ; n += sizeof(bytes))
		rig_get(fd, bytes, sizeof(bytes));
	while (stats_number(other, "\"unread_bytes\":") > BYTES - READ)
		;
	assert_true(stats_number(other, "\"heap_bytes\":") < READ);
	close(fd);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* Half a literal of so many bytes; the front has them when it counts more. */
static int half_sent(const struct rig *r, int other, size_t bytes)
{
	uint64_t before = stats_number(other, "\"pending_bytes\":");
	char *data = malloc(bytes);
	int fd = rig_greeted(r);

	assert_non_null(data);
	memset(data, 'x', bytes);
	rig_send(fd, "#h COUNT q={1000000}\n");
	rig_send_bytes(fd, data, bytes);
	free(data);
	while (stats_number(other, "\"pending_bytes\":") < before + bytes &&
	       !rig_stats_say(other,
			      "{\"event\":\"pending_dropped\",\"count\":1}"))
		;
	return fd;
}

/* Requests that are not whole, all together over max_pending: the largest is
 * refused. */
static void test_max_pending(void **state)
{
	struct rig r;
	int small, large, other;

	(void)state;
	rig_init(&r);
	r.settings.limits.max_pending = 500000;
	rig_start(&r);
	other = rig_greeted(&r);
	small = half_sent(&r, other, 1000);
	assert_true(stats_number(other, "\"pending_bytes\":") >= 1000);
	large = half_sent(&r, other, 900000);
	rig_expect_prefix(large, "ERR 421 busy requests that are not whole are "
				 "over max-pending, ");
	rig_expect(large, "* BYE busy\r\n");
	rig_expect_end(large);
	rig_send(other, "PING\n");
	rig_expect(other, "OK PING\r\n");
	close(small);
	while (stats_number(other, "\"pending_bytes\":"))
		;
	close(other);
	rig_stop(&r);
}

/* One that is being answered, with more behind, gets its answer first. */
static void test_max_pending_busy(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd, other, half;

	(void)state;
	rig_init(&r);
	r.settings.limits.max_pending = 100000;
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	fd = rig_greeted(&r);
	rig_send(fd, "PING\nCOUNT :x\nCOUNT :and so");
	rig_asked(&w, "x");
	half = half_sent(&r, other, 20000);
	r.settings.limits.max_pending = 1;
	set_limits(&r);
	rig_expect_prefix(half, "ERR 421 busy ");
	rig_expect(half, "* BYE busy\r\n");
	rig_expect_end(half);
	wait_for(other, "{\"event\":\"pending_dropped\",\"count\":2}");
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(fd, "OK PING\r\nOK COUNT\r\n");
	rig_expect_prefix(fd, "ERR 421 busy ");
	rig_expect(fd, "* BYE busy\r\n");
	rig_expect_end(fd);
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* Those that wait for a worker have a max_pending of their own. */
static void test_max_pending_waiting(void **state)
{
	enum {
		LINE = 30000
	};
	char line[LINE + 1];
	struct rig r;
	struct rig_worker w;
	int fd[3];

	(void)state;
	snprintf(line, sizeof(line), "COUNT :%0*d\n", LINE - 8, 0);
	rig_init(&r);
	r.settings.limits.max_pending = 50000;
	rig_start(&r);
	w = rig_worker(&r, 1);
	for (int i = 0; i < 3; i++)
		fd[i] = rig_greeted(&r);
	rig_send(fd[0], line);
	rig_next_frame(&w, FRAME_ASK);
	rig_send(fd[1], line);
	wait_for(fd[2], "\"waiting\":1,");
	rig_send(fd[2], line);
	rig_expect(fd[2], "ERR 421 busy 1 requests wait (max-pending); try "
			  "again\r\n");
	rig_send(fd[2], "COUNT :small\n");
	rig_reply(&w, "OK COUNT 0\r\n");
	rig_expect(fd[0], "OK COUNT 0\r\n");
	rig_next_frame(&w, FRAME_ASK);
	rig_reply(&w, "OK COUNT 1\r\n");
	rig_expect(fd[1], "OK COUNT 1\r\n");
	rig_asked(&w, "small");
	for (int i = 0; i < 3; i++)
		close(fd[i]);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* What a reload allows, it allows to those that were there before. */
static void test_wider_limits(void **state)
{
	enum {
		BYTES = 4000000
	};
	struct rig r;
	struct rig_worker w;
	char *q = malloc(BYTES + 1);
	int fd;

	(void)state;
	assert_non_null(q);
	memset(q, 'q', BYTES);
	q[BYTES] = '\0';
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	r.settings.limits.max_literal = BYTES;
	set_limits(&r);
	rig_send(fd, "PING\n");
	rig_expect(fd, "OK PING\r\n");
	rig_send(fd, "COUNT q={4000000}\n");
	rig_send_bytes(fd, q, BYTES);
	rig_send(fd, "\n");
	rig_asked(&w, q);
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(fd, "OK COUNT\r\n");
	close(fd);
	free(q);
	rig_worker_end(&w);
	rig_stop(&r);
}

static void test_unread_timeout(void **state)
{
	enum {
		BYTES = 2 << 20
	};
	struct rig r;
	struct rig_worker w;
	int fd, other;

	(void)state;
	rig_init(&r);
	r.settings.limits.unread_timeout = 1;
	rig_start(&r);
	w = rig_worker(&r, 1);
	other = rig_greeted(&r);
	fd = hoarder(&r, &w, BYTES);
	wait_for(other, "{\"event\":\"unread_timeout\",\"count\":1}");
	assert_true(drink(fd) < BYTES);
	assert_true(rig_stats_say(other, "\"connections\":1,"));
	close(other);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* A request that is not whole; and nobody who listens to BYE. */
static void test_request_timeout(void **state)
{
	struct rig r;
	int fd, http, other;

	(void)state;
	rig_init(&r);
	r.settings.limits.request_timeout = 1;
	r.settings.limits.linger = 1;
	rig_start(&r);
	other = rig_greeted(&r);
	fd = rig_greeted(&r);
	http = rig_client(&r, LISTEN_HTTP);
	rig_send(http, "GET /");
	rig_send(fd, "PING\n\nPIN");
	rig_expect(fd, "OK PING\r\nERR 408 timeout the request was not whole "
		       "after 1 ms (request-timeout)\r\n* BYE timeout\r\n");
	rig_expect_prefix(http, "HTTP/1.1 408 ");
	wait_for(other, "\"connections\":1,");
	assert_true(rig_stats_say(
		other, "{\"event\":\"request_timeout\",\"count\":2}"));
	close(fd);
	close(http);
	close(other);
	rig_stop(&r);
}

/* Who waits for an answer is not idle. */
static void test_idle_timeout(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd, idle;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT :x\n");
	rig_asked(&w, "x");
	r.settings.limits.idle_timeout = 1;
	set_limits(&r);
	idle = rig_greeted(&r);
	rig_expect(idle, "* BYE idle\r\n");
	rig_expect_end(idle);
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(fd, "OK COUNT\r\n* BYE idle\r\n");
	rig_expect_end(fd);
	rig_worker_end(&w);
	rig_stop(&r);
}

/* Without descriptors clients are sent away or have to wait, no more. */
static void test_descriptors(void **state)
{
	const struct rlimit few = { 40, 40 };
	struct rig r;
	int fd[64];
	size_t n = 0;
	char byte;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	assert_int_equal(prlimit(r.pid, RLIMIT_NOFILE, &few, NULL), 0);
	do {
		assert_true(n < 64);
		fd[n] = rig_client(&r, LISTEN_UNIX);
	} while (recv(fd[n++], &byte, 1, 0) == 1);
	assert_true(n > 2);
	for (size_t i = 0; i < n; i++)
		close(fd[i]);
	fd[0] = rig_greeted(&r);
	rig_send(fd[0], "PING\n");
	rig_expect(fd[0], "OK PING\r\n");
	close(fd[0]);
	rig_stop(&r);
}

/* ------------------------------------------------------------------ the end -- */

/* What came before is answered, what comes after is refused, and each is told
 * good bye. */
static void test_drain(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd, idle, http, reload, late;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	idle = rig_greeted(&r);
	http = rig_client(&r, LISTEN_HTTP);
	reload = rig_greeted(&r);
	rig_send(reload, "RELOAD\n");
	rig_heard(&r, CONTROL_RELOAD);
	rig_send(fd, "COUNT :a\n#b COUNT :b\nPING\n");
	rig_asked(&w, "a");
	rig_tell(&r, (struct control){ .kind = CONTROL_DRAIN }, -1);
	rig_expect(idle, "* BYE shutting-down\r\n");
	rig_expect_end(idle);
	rig_expect_end(http);
	rig_expect_prefix(reload, "ERR 424 shutting-down ");
	rig_expect(reload, "* BYE shutting-down\r\n");
	rig_expect_end(reload);
	late = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(late, (struct sockaddr *)&r.address[0],
				 r.address_len[0]),
			 -1);
	close(late);
	rig_send(fd, "#c COUNT :c\nPING\n");
	rig_reply(&w, "OK COUNT a\r\n");
	rig_asked(&w, "b");
	/* Its end is no reason to hurry, once it has said DRAIN. */
	close(r.control);
	rig_reply(&w, "OK COUNT b\r\n");
	rig_expect(fd, "OK COUNT a\r\n#b OK COUNT b\r\nOK PING\r\n");
	rig_expect_prefix(fd, "#c ERR 424 shutting-down ");
	rig_expect_prefix(fd, "ERR 424 shutting-down ");
	rig_expect(fd, "* BYE shutting-down\r\n");
	rig_expect_end(fd);
	rig_ended(&r);
	rig_worker_end(&w);
}

/* Those that do not listen, and workers that do not answer, are left. */
static void test_drain_timeout(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd, idle;

	(void)state;
	rig_init(&r);
	r.settings.limits.drain_timeout = 1;
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	idle = rig_greeted(&r);
	rig_send(fd, "COUNT :a\n");
	rig_asked(&w, "a");
	rig_tell(&r, (struct control){ .kind = CONTROL_DRAIN }, -1);
	rig_ended(&r);
	rig_expect(idle, "* BYE shutting-down\r\n");
	rig_expect_end(idle);
	rig_expect_end(fd);
	rig_worker_end(&w);
	close(r.control);
}

static void test_supervisor_killed(void **state)
{
	struct rig r;
	struct rig_worker w;
	int fd;

	(void)state;
	rig_init(&r);
	rig_start(&r);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "COUNT :a\n");
	rig_asked(&w, "a");
	rig_stop(&r);
	rig_expect_end(fd);
	rig_worker_let_go(&w);
}

/* A line for each request, the last ones at the end. */
static void test_query_log(void **state)
{
	char name[] = "/tmp/trawl-log-XXXXXX", text[4096];
	struct rig r;
	struct rig_worker w;
	int fd, log = mkstemp(name);
	ssize_t n;

	(void)state;
	assert_true(log >= 0);
	unlink(name);
	rig_init(&r);
	r.settings.limits.query_log = QUERY_LOG_TEXT;
	rig_start(&r);
	rig_tell(&r, (struct control){ .kind = CONTROL_QUERY_LOG }, log);
	w = rig_worker(&r, 1);
	fd = rig_greeted(&r);
	rig_send(fd, "PING\n#x COUNT :x\nFOO\nQUIT\n");
	rig_asked(&w, "x");
	rig_reply(&w, "OK COUNT\r\n");
	rig_expect(fd, "OK PING\r\n#x OK COUNT\r\n");
	rig_expect_prefix(fd, "ERR 501 ");
	rig_expect(fd, "OK QUIT\r\n* BYE quit\r\n");
	rig_expect_end(fd);
	rig_stop(&r);
	n = pread(log, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	text[n] = '\0';
	assert_non_null(strstr(text, "Z PING\tcode=0 us="));
	assert_non_null(strstr(text, "Z COUNT :x\tcode=0 hits=0 total=0 us="));
	assert_non_null(strstr(text, "Z QUIT\tcode=0 us="));
	assert_null(strstr(text, "FOO"));
	close(log);
	rig_worker_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_greeting),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_byte_by_byte),
		cmocka_unit_test(test_many_pings),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_half_close),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_crowd),
		cmocka_unit_test(test_waiting_list),
		cmocka_unit_test(test_max_connections),
		cmocka_unit_test(test_worker_lost),
		cmocka_unit_test(test_worker_nonsense),
		cmocka_unit_test(test_hard_deadline),
		cmocka_unit_test(test_kill_is_told_again),
		cmocka_unit_test(test_waiting_deadline),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_epochs),
		cmocka_unit_test(test_take_leave),
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_broken_index),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_next_of_lost),
		cmocka_unit_test(test_next_of_killed),
		cmocka_unit_test(test_next_of_leaving),
		cmocka_unit_test(test_take_over),
		cmocka_unit_test(test_next_of_longest),
		cmocka_unit_test(test_dropped_deadline),
		cmocka_unit_test(test_passed_over),
		cmocka_unit_test(test_look_before_next),
		cmocka_unit_test(test_next_of_older),
		cmocka_unit_test(test_large_is_no_next),
		cmocka_unit_test(test_bulk),
		cmocka_unit_test(test_bulk_window),
		cmocka_unit_test(test_bulk_ends),
		cmocka_unit_test(test_auth),
		cmocka_unit_test(test_auth_tries),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_new_settings),
		cmocka_unit_test(test_wrong_protocol),
		cmocka_unit_test(test_max_unread),
		cmocka_unit_test(test_half_read),
		cmocka_unit_test(test_max_pending),
		cmocka_unit_test(test_max_pending_busy),
		cmocka_unit_test(test_max_pending_waiting),
		cmocka_unit_test(test_wider_limits),
		cmocka_unit_test(test_unread_timeout),
		cmocka_unit_test(test_request_timeout),
		cmocka_unit_test(test_idle_timeout),
		cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_drain),
		cmocka_unit_test(test_drain_timeout),
		cmocka_unit_test(test_supervisor_killed),
		cmocka_unit_test(test_query_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
