/* SPDX-License-Identifier: GPL-2.0-or-later */
/* client/lib: a client and a server that says and does all it may */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_server.h"
#include "trawl_client.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/time.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define READY	 "<* READY trawl/1 maxline=65536 indexes=news\r\n"

enum {
	SHORT_MS = 300, /* of a wait that is to end in vain */
	LONG_MS = 20000
};

static struct trawl_client_error err;

static void is_status(enum trawl_client_status got,
		      enum trawl_client_status wanted)
{
	if (got != wanted)
		print_message("# %s: %s\n", trawl_client_status_name(got),
			      err.text);
	assert_string_equal(trawl_client_status_name(got),
			    trawl_client_status_name(wanted));
}

/* "ADDRESS: wanted" */
static void is_said(const struct fake_server *f, const char *wanted)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s: %s", f->address, wanted);
	assert_string_equal(err.text, text);
}

static struct trawl_client *open_with(const struct fake_server *f,
				      const struct trawl_client_options *o)
{
	static const struct trawl_client_options patient = { .timeout_ms =
								     LONG_MS };
	struct trawl_client *c = NULL;

	is_status(trawl_client_open(f->address, o ? o : &patient, &c, &err),
		  TRAWL_CLIENT_OK);
	return c;
}

static enum trawl_client_status ask(struct trawl_client *c, const char *verb,
				    struct trawl_reply **reply)
{
	return trawl_client_ask(c, verb, NULL, 0, NULL, reply, &err);
}

/* Ask PING, and be answered. */
static void ping(struct trawl_client *c)
{
	struct trawl_reply *reply = NULL;

	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_OK);
	assert_string_equal(trawl_reply_name(reply), "PING");
	trawl_reply_free(reply);
}

/* Every call to a client that is closed says so. */
static void check_closed(struct trawl_client *c)
{
	struct trawl_reply *reply = NULL;

	assert_int_equal(trawl_client_fd(c), -1);
	assert_int_equal(trawl_client_events(c), 0);
	assert_null(trawl_client_greeting(c, "maxline"));
	is_status(trawl_client_send(c, "PING", NULL, 0, NULL, &err),
		  TRAWL_CLIENT_CLOSED);
	is_status(trawl_client_send_raw(c, "PING\n", 5, NULL),
		  TRAWL_CLIENT_CLOSED);
	is_status(trawl_client_flush(c, &err), TRAWL_CLIENT_CLOSED);
	is_status(trawl_client_receive(c, &reply, &err), TRAWL_CLIENT_CLOSED);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_CLOSED);
	assert_memory_equal(err.text, "closed before: ", 15);
	assert_null(reply);
}

/* ------------------------------------------------------------------ asking -- */

static void test_ask(void **state)
{
	static const char *const script[] = {
		"+",
		"<* READY trawl/1.7 maxline=65536 indexes=news,a%20b new "
		"x=1\r\n",
		">SEARCH limit=2 source=a%20b%25 :climate \"carbon tax\"\n",
		"<* a notice\r\nOK SEARCH n=2 hits=2\r\n{\"rank\":1}\r\n"
		"{\"rank\":2}\r\nEND\r\n",
		">GET id=004.txt\n",
		"|OK GET bytes=5\r\n\r\nabc\r\n",
		">SERCH\n",
		"|ERR 501 unknown-verb SERCH: did you mean SEARCH?\r\n",
		".",
		NULL
	};
	static const struct trawl_client_option options[] = {
		{ "limit", "2" }, { "source", "a b%" }
	};
	static const struct trawl_client_option id[] = { { "id", "004.txt" } };
	struct fake_server f;
	struct trawl_client *c;
	struct trawl_reply *reply;
	size_t len;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, NULL);
	assert_true(trawl_client_fd(c) >= 0);
	assert_int_equal(trawl_client_events(c), POLLIN);
	assert_string_equal(trawl_client_greeting(c, "maxline"), "65536");
	assert_string_equal(trawl_client_greeting(c, "indexes"), "news,a b");
	assert_null(trawl_client_greeting(c, "auth"));
	is_status(trawl_client_ask(c, "SEARCH", options, 2,
				   "climate \"carbon tax\"", &reply, &err),
		  TRAWL_CLIENT_OK);
	assert_int_equal(trawl_reply_lines(reply), 2);
	assert_string_equal(trawl_reply_line(reply, 1), "{\"rank\":2}");
	trawl_reply_free(reply);
	is_status(trawl_client_ask(c, "GET", id, 1, NULL, &reply, &err),
		  TRAWL_CLIENT_OK);
	assert_string_equal(trawl_reply_bytes(reply, &len), "\r\nabc");
	trawl_reply_free(reply);
	is_status(ask(c, "SERCH", &reply), TRAWL_CLIENT_OK);
	trawl_client_close(c);
	assert_int_equal(trawl_reply_code(reply), 501);
	trawl_reply_free(reply);
	fake_end(&f);
	trawl_client_close(NULL);
}

static void test_tcp(void **state)
{
	static const char *const hosts[] = { "127.0.0.1", "localhost" };
	static const char *const script[] = { "+",	 READY,
					      ">PING\n", "<OK PING\r\n",
					      ".",	 NULL };

	(void)state;
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct fake_server f;
		struct trawl_client *c;

		fake_listen_tcp(&f, hosts[i]);
		fake_start(&f, script);
		c = open_with(&f, NULL);
		ping(c);
		trawl_client_close(c);
		fake_end(&f);
	}
}

/* A literal for what no line holds, counted by the server's own longest. */
static void test_literals(void **state)
{
	static const char *const script[] = {
		"+", "<* READY trawl/1 maxline=19\r\n",
		">SEARCH :12345678901\nSEARCH q={12}\n123456789012\n"
		"SEARCH q={3}\na\nb\n",
		".", NULL
	};
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, NULL);
	is_status(trawl_client_send(c, "SEARCH", NULL, 0, "12345678901", &err),
		  TRAWL_CLIENT_OK);
	is_status(trawl_client_send(c, "SEARCH", NULL, 0, "123456789012", &err),
		  TRAWL_CLIENT_OK);
	is_status(trawl_client_send(c, "SEARCH", NULL, 0, "a\nb", &err),
		  TRAWL_CLIENT_OK);
	is_status(trawl_client_flush(c, &err), TRAWL_CLIENT_OK);
	trawl_client_close(c);
	fake_end(&f);
}

/* What is wrong is not sent, and the client is as good as before. */
static void test_caller_is_wrong(void **state)
{
	static const char *const script[] = { "+",	 READY,
					      ">PING\n", "<OK PING\r\n",
					      ".",	 NULL };
	static const struct trawl_client_option bad[] = {
		{ "two words", "x" }, { "", "x" },    { NULL, "x" },
		{ "limit", NULL },    { "k=v", "x" }, { ":q", "x" },
		{ "a\nb", "x" },      { "#a", "x" }
	};
	static const char *const verbs[] = { "",   NULL, "A B", "PING\n",
					     "#t", ":x", "1",	"P\xC3\x84" };
	struct trawl_reply *reply = NULL;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, NULL);
	for (size_t i = 0; i < COUNT(bad); i++)
		is_status(trawl_client_ask(c, "SEARCH", &bad[i], 1, NULL,
					   &reply, &err),
			  TRAWL_CLIENT_INVAL);
	for (size_t i = 0; i < COUNT(verbs); i++)
		is_status(ask(c, verbs[i], &reply), TRAWL_CLIENT_INVAL);
	is_status(trawl_client_send_raw(c, "PING", 4, &err),
		  TRAWL_CLIENT_INVAL);
	is_status(trawl_client_send_raw(c, "", 0, &err), TRAWL_CLIENT_OK);
	is_status(trawl_client_send(c, "PING", NULL, 0, NULL, &err),
		  TRAWL_CLIENT_OK);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_INVAL);
	is_status(trawl_client_receive(c, &reply, &err), TRAWL_CLIENT_OK);
	trawl_reply_free(reply);
	trawl_client_close(c);
	fake_end(&f);
}

/* -------------------------------------------------------------- pipelining -- */

static void send_tagged(struct trawl_client *c, unsigned from, unsigned n)
{
	char line[32];

	for (unsigned i = from; i < from + n; i++) {
		int len = snprintf(line, sizeof(line), "#%u PING\n", i);

		is_status(trawl_client_send_raw(c, line, (size_t)len, &err),
			  TRAWL_CLIENT_OK);
	}
}

static void check_tag(struct trawl_reply *reply, unsigned wanted)
{
	char tag[16];

	snprintf(tag, sizeof(tag), "%u", wanted);
	assert_string_equal(trawl_reply_tag(reply), tag);
	trawl_reply_free(reply);
}

static void receive_tagged(struct trawl_client *c, unsigned n)
{
	struct trawl_reply *reply = NULL;

	for (unsigned i = 0; i < n; i++) {
		is_status(trawl_client_receive(c, &reply, &err),
			  TRAWL_CLIENT_OK);
		check_tag(reply, i);
	}
}

static const char *const echo[] = { "+", READY, "@", NULL };

/* More than the sockets hold, both ways; read meanwhile, or not. */
static void test_pipeline(void **state)
{
	enum {
		REQUESTS = 1000
	};

	(void)state;
	for (int flush = 0; flush < 2; flush++) {
		struct fake_server f;
		struct trawl_client *c;

		fake_unix(&f, echo);
		c = open_with(&f, NULL);
		send_tagged(c, 0, REQUESTS);
		if (flush)
			is_status(trawl_client_flush(c, &err), TRAWL_CLIENT_OK);
		receive_tagged(c, REQUESTS);
		trawl_client_close(c);
		fake_end(&f);
	}
}

static void test_long_pipeline(void **state)
{
	enum {
		REQUESTS = 20000
	};
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, echo);
	c = open_with(&f, NULL);
	send_tagged(c, 0, REQUESTS);
	receive_tagged(c, REQUESTS);
	trawl_client_close(c);
	fake_end(&f);
}

/* What a flush keeps has an end; it does not spin there. */
static void test_flush_without_receive(void **state)
{
	const struct trawl_client_options o = { .timeout_ms = SHORT_MS,
						.max_reply = 4096 };
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, echo);
	c = open_with(&f, &o);
	send_tagged(c, 0, 100000);
	is_status(trawl_client_flush(c, &err), TRAWL_CLIENT_TIMEOUT);
	is_said(&f, "requests not taken in 300 ms");
	check_closed(c);
	trawl_client_close(c);
	fake_end(&f);
}

/* ------------------------------------------------------------- nonblocking -- */

static void wait_on(struct trawl_client *c)
{
	struct pollfd p = { .fd = trawl_client_fd(c),
			    .events = trawl_client_events(c) };

	assert_true(p.fd >= 0 && p.events);
	assert_int_equal(poll(&p, 1, LONG_MS), 1);
}

static enum trawl_client_status receive_polling(struct trawl_client *c,
						struct trawl_reply **reply)
{
	enum trawl_client_status st;

	while ((st = trawl_client_receive(c, reply, &err)) ==
	       TRAWL_CLIENT_AGAIN)
		wait_on(c);
	return st;
}

static void check_nonblocking(struct fake_server *f)
{
	const struct trawl_client_options o = { .nonblocking = true };
	enum {
		REQUESTS = 3000
	};
	struct trawl_reply *reply = NULL;
	struct trawl_client *c = open_with(f, &o);

	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_INVAL);
	send_tagged(c, 0, REQUESTS);
	for (unsigned i = 0; i < REQUESTS; i++) {
		is_status(receive_polling(c, &reply), TRAWL_CLIENT_OK);
		check_tag(reply, i);
	}
	assert_string_equal(trawl_client_greeting(c, "maxline"), "65536");
	is_status(trawl_client_receive(c, &reply, &err), TRAWL_CLIENT_AGAIN);
	assert_int_equal(trawl_client_events(c), POLLIN);
	trawl_client_close(c);
}

static void test_nonblocking(void **state)
{
	struct fake_server f;

	(void)state;
	fake_unix(&f, echo);
	check_nonblocking(&f);
	fake_end(&f);
	fake_listen_tcp(&f, "localhost");
	fake_start(&f, echo);
	check_nonblocking(&f);
	fake_end(&f);
}

static void test_nonblocking_flush(void **state)
{
	static const char *const script[] = { "+", READY, ">PING\n", ".",
					      NULL };
	const struct trawl_client_options o = { .nonblocking = true };
	enum trawl_client_status st;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, &o);
	is_status(trawl_client_send(c, "PING", NULL, 0, NULL, &err),
		  TRAWL_CLIENT_OK);
	while ((st = trawl_client_flush(c, &err)) == TRAWL_CLIENT_AGAIN)
		wait_on(c);
	is_status(st, TRAWL_CLIENT_OK);
	trawl_client_close(c);
	fake_end(&f);
}

static void test_nonblocking_failure(void **state)
{
	static const char *const script[] = { "+", "<HTTP/1.1 400\r\n", ".",
					      NULL };
	const struct trawl_client_options o = { .nonblocking = true };
	struct trawl_reply *reply = NULL;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_listen_tcp(&f, "localhost");
	fake_start(&f, script);
	c = open_with(&f, &o);
	is_status(receive_polling(c, &reply), TRAWL_CLIENT_PROTOCOL);
	is_said(&f, "no trawl server there (it said \"HTTP/1.1 400\")");
	check_closed(c);
	trawl_client_close(c);
	fake_end(&f);
}

/* -------------------------------------------------------------- being late -- */

static void test_no_greeting(void **state)
{
	static const char *const script[] = { "+", ".", NULL };
	const struct trawl_client_options o = { .timeout_ms = SHORT_MS };
	struct trawl_client *c = NULL;
	struct fake_server f;

	(void)state;
	fake_unix(&f, script);
	is_status(trawl_client_open(f.address, &o, &c, &err),
		  TRAWL_CLIENT_TIMEOUT);
	is_said(&f, "no greeting in 300 ms");
	assert_null(c);
	fake_end(&f);
}

static void test_no_reply(void **state)
{
	static const char *const script[] = { "+",	     READY, ">PING\n",
					      "<OK PING x=", ".",   NULL };
	const struct trawl_client_options o = { .timeout_ms = SHORT_MS,
						.reconnect = true };
	struct trawl_reply *reply = NULL;
	struct trawl_client *c;
	struct fake_server f;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, &o);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_TIMEOUT);
	is_said(&f, "no whole reply in 300 ms");
	check_closed(c);
	trawl_client_close(c);
	fake_end(&f);
}

static void count_signal(int number)
{
	(void)number;
	fake_signals++;
}

/* Signals that interrupt every wait are not seen. */
static void test_signals(void **state)
{
	static const char *const script[] = { "+",	 "!", READY,
					      ">PING\n", "!", "<OK PING\r\n",
					      ".",	 NULL };
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct sigaction before, action = { .sa_handler = count_signal };
	struct trawl_client *c;
	struct fake_server f;

	(void)state;
	fake_signals = 0;
	sigaction(SIGALRM, &action, &before);
	fake_unix(&f, script);
	setitimer(ITIMER_REAL, &often, NULL);
	c = open_with(&f, NULL);
	fake_signals = 0;
	ping(c);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	trawl_client_close(c);
	fake_end(&f);
}

/* A unix socket's queue is full: connect() itself has to wait. */
static void test_full_queue(void **state)
{
	const struct trawl_client_options o = { .timeout_ms = SHORT_MS };
	const struct trawl_client_options n = { .nonblocking = true };
	struct trawl_client *c[64] = { NULL };
	struct trawl_client *late = NULL;
	struct fake_server f;
	size_t open = 0;

	(void)state;
	fake_listen_unix(&f, 1);
	while (open < COUNT(c) && trawl_client_open(f.address, &n, &c[open],
						    &err) == TRAWL_CLIENT_OK)
		open++;
	assert_in_range(open, 1, COUNT(c) - 1);
	is_said(&f, "too many wait to be connected: try again");
	is_status(trawl_client_open(f.address, &o, &late, &err),
		  TRAWL_CLIENT_TIMEOUT);
	is_said(&f, "no connection in time");
	for (size_t i = 0; i < open; i++)
		trawl_client_close(c[i]);
	close(f.listener);
	temp_dir_remove(&f.dir);
}

/* ---------------------------------------------------------------- the end -- */

static void test_reasons(void **state)
{
	/* clang-format off */
	static const struct {
		const char *says, *said;
		bool reply_first;
	} cases[] = {
		{ "<* BYE idle\r\n", "idle", false },
		{ "<* BYE shutting-down\n", "shutting-down", false },
		{ "<* BYE\r\n", "without a reason", false },
		{ "<* BYE \r\n", "without a reason", false },
		{ "<* BYEBYE\r\n", "without a reason", false },
		{ "<ERR 408 timeout too slow\r\n* BYE timeout\r\n", "timeout",
		  true },
		{ "<OK PING\r\n* BYE quit\r\n", "quit", true },
		{ "<OK PING\r\n", "without a reason", true },
		{ "<OK PING", "in the middle of a reply", false },
		{ "<OK PING n=1\r\n{}\r\nEN", "in the middle of a reply",
		  false },
		{ "<OK PING bytes=1\r\na\r", "in the middle of a reply",
		  false },
		{ "<", "without a reason", false },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const script[] = { "+",	      READY, ">PING\n",
					       cases[i].says, "-",   NULL };
		struct trawl_reply *reply = NULL;
		struct fake_server f;
		struct trawl_client *c;
		char wanted[128];

		fake_unix(&f, script);
		c = open_with(&f, NULL);
		if (cases[i].reply_first) {
			is_status(ask(c, "PING", &reply), TRAWL_CLIENT_OK);
			trawl_reply_free(reply);
			reply = NULL;
			is_status(trawl_client_receive(c, &reply, &err),
				  TRAWL_CLIENT_CLOSED);
		} else {
			is_status(ask(c, "PING", &reply), TRAWL_CLIENT_CLOSED);
		}
		snprintf(wanted, sizeof(wanted),
			 "server closed the connection: %s", cases[i].said);
		is_said(&f, wanted);
		check_closed(c);
		trawl_client_close(c);
		fake_end(&f);
	}
}

/* What was said before the server went is received, whatever is still to be
   written; no SIGPIPE ends this. */
static void test_gone_while_writing(void **state)
{
	static const char *const script[] = {
		"+", READY, "<ERR 511 too-large a line\r\n* BYE too-large\r\n",
		"-", NULL
	};
	struct trawl_reply *reply = NULL;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, NULL);
	fake_end(&f);
	send_tagged(c, 0, 1000);
	is_status(trawl_client_flush(c, &err), TRAWL_CLIENT_OK);
	is_status(trawl_client_receive(c, &reply, &err), TRAWL_CLIENT_OK);
	assert_int_equal(trawl_reply_code(reply), 511);
	trawl_reply_free(reply);
	reply = NULL;
	is_status(trawl_client_receive(c, &reply, &err), TRAWL_CLIENT_CLOSED);
	is_said(&f, "server closed the connection: too-large");
	trawl_client_close(c);
}

static void test_not_understood(void **state)
{
	static const char *const script[] = {
		"+", READY, ">PING\n", "<OK PING n=0\r\nOK\r\n", ".", NULL
	};
	static const char *const large[] = {
		"+", READY, ">PING\n", "<OK PING bytes=1000\r\n", ".", NULL
	};
	const struct trawl_client_options o = { .max_reply = 1000,
						.reconnect = true };
	struct trawl_reply *reply = NULL;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, &o);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_PROTOCOL);
	is_said(&f, "not understood: a reply without END behind its lines");
	check_closed(c);
	trawl_client_close(c);
	fake_end(&f);
	fake_unix(&f, large);
	c = open_with(&f, &o);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_PROTOCOL);
	is_said(&f, "not understood: a reply of more than 1000 bytes");
	trawl_client_close(c);
	fake_end(&f);
}

/* --------------------------------------------------------------- strangers -- */

static void test_strangers(void **state)
{
#define NO_SERVER(said) "no trawl server there (it said \"" said "\")"
	/* clang-format off */
	static const struct {
		const char *says;
		enum trawl_client_status status;
		const char *said;
	} cases[] = {
		{ "<HTTP/1.1 400 Bad Request\r\nServer: x\r\n",
		  TRAWL_CLIENT_PROTOCOL, NO_SERVER("HTTP/1.1 400 Bad Request") },
		{ "<220 mail ESMTP\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("220 mail ESMTP") },
		{ "<J\x01\x02\xC3\xA9", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("J????") },
		{ "<\n", TRAWL_CLIENT_PROTOCOL, NO_SERVER("") },
		{ "<123456789012345678901234567890123456789012345678901234567890"
		  "1\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("12345678901234567890123456789012345678901234567890"
			    "1234567890") },
		{ "<* OK IMAP4rev1\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("* OK IMAP4rev1") },
		{ "<* READY redis/1\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("* READY redis/1") },
		{ "<* READY trawl/\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("* READY trawl/") },
		{ "<* READY trawl/x\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("* READY trawl/x") },
		{ "<* READY\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("* READY") },
		{ "<* READY trawl/1 \x1B[2J\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("* READY trawl/1 ?[2J") },
		{ "<OK PING\r\n", TRAWL_CLIENT_PROTOCOL,
		  NO_SERVER("OK PING") },
		{ "<* READY trawl/2 x=1\r\n", TRAWL_CLIENT_PROTOCOL,
		  "the server speaks trawl/2, and this library trawl/1: the "
		  "older of the two needs an update" },
		{ "<ERR 421 busy 1000 connections\r\n* BYE busy\r\n",
		  TRAWL_CLIENT_CLOSED,
		  "server closed the connection: busy: 1000 connections" },
		{ "<* BYE busy\r\n", TRAWL_CLIENT_CLOSED,
		  "server closed the connection: busy" },
		{ "<", TRAWL_CLIENT_CLOSED,
		  "server closed the connection: before it said anything" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const script[] = { "+", cases[i].says, "-", NULL };
		struct trawl_client *c = NULL;
		struct fake_server f;

		fake_unix(&f, script);
		is_status(trawl_client_open(f.address, NULL, &c, &err),
			  cases[i].status);
		assert_null(c);
		is_said(&f, cases[i].said);
		fake_end(&f);
	}
}

/* ----------------------------------------------------------- nobody there -- */

static void test_refused(void **state)
{
	struct trawl_client *c = NULL;
	struct fake_server f;
	char path[512];

	(void)state;
	fake_listen_tcp(&f, "localhost");
	close(f.listener);
	is_status(trawl_client_open(f.address, NULL, &c, &err),
		  TRAWL_CLIENT_REFUSED);
	is_said(&f, "no server listens there (Connection refused): start "
		    "trawld");
	snprintf(f.address, sizeof(f.address), "unix:%.400s",
		 temp_path(&f.dir, "none", path));
	is_status(trawl_client_open(f.address, NULL, &c, &err),
		  TRAWL_CLIENT_REFUSED);
	is_said(&f, "no server listens there (No such file or directory): "
		    "start trawld");
	write_file(path, "");
	is_status(trawl_client_open(f.address, NULL, &c, &err),
		  TRAWL_CLIENT_REFUSED);
	assert_null(c);
	temp_dir_remove(&f.dir);
}

static void test_addresses(void **state)
{
	static char long_path[200] = "unix:/";
	/* clang-format off */
	static const struct {
		const char *address;
		enum trawl_client_status status;
	} cases[] = {
		{ NULL, TRAWL_CLIENT_INVAL },
		{ "", TRAWL_CLIENT_INVAL },
		{ "unix:", TRAWL_CLIENT_INVAL },
		{ long_path, TRAWL_CLIENT_INVAL },
		{ "/run/trawl.sock", TRAWL_CLIENT_INVAL },
		{ "localhost", TRAWL_CLIENT_INVAL },
		{ "localhost:", TRAWL_CLIENT_INVAL },
		{ ":7722", TRAWL_CLIENT_INVAL },
		{ "localhost:0", TRAWL_CLIENT_INVAL },
		{ "localhost:65536", TRAWL_CLIENT_INVAL },
		{ "localhost:-1", TRAWL_CLIENT_INVAL },
		{ "localhost:http", TRAWL_CLIENT_INVAL },
		{ "localhost:000001", TRAWL_CLIENT_INVAL },
		{ "::1:7722", TRAWL_CLIENT_INVAL },
		{ "[::1]", TRAWL_CLIENT_INVAL },
		{ "[]:7722", TRAWL_CLIENT_INVAL },
		{ "[::1:7722", TRAWL_CLIENT_INVAL },
		{ "[localhost]:7722", TRAWL_CLIENT_IO },
	};
	/* clang-format on */
	struct trawl_client *c = NULL;

	(void)state;
	memset(long_path + 6, 'x', sizeof(long_path) - 7);
	for (size_t i = 0; i < COUNT(cases); i++) {
		is_status(trawl_client_open(cases[i].address, NULL, &c, &err),
			  cases[i].status);
		is_status(trawl_client_open(cases[i].address, NULL, &c, NULL),
			  cases[i].status);
	}
	assert_null(c);
}

/* ----------------------------------------------------------------- tokens -- */

#define GUEST "<* READY trawl/1 maxline=65536 auth=required\r\n"

static void test_token(void **state)
{
	static const char *const asked[] = { "+",
					     GUEST,
					     ">AUTH :open sesame\n",
					     "<* hello\r\nOK AUTH\r\n",
					     ">PING\n",
					     "<OK PING\r\n",
					     ".",
					     NULL };
	static const char *const unasked[] = { "+",	  READY,
					       ">PING\n", "<OK PING\r\n",
					       ".",	  NULL };
	static const char *const *const scripts[] = { asked, unasked };
	const struct trawl_client_options o = { .token = "open sesame" };

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct fake_server f;
		struct trawl_client *c;

		fake_unix(&f, scripts[i]);
		c = open_with(&f, &o);
		ping(c);
		trawl_client_close(c);
		fake_end(&f);
	}
}

static void test_token_refused(void **state)
{
	static const char *const wrong[] = {
		"+",
		GUEST,
		">AUTH :sesame\n",
		"<ERR 514 auth-failed wrong token\r\n",
		".",
		NULL
	};
	static const char *const bye[] = {
		"+", GUEST, ">AUTH :sesame\n", "<* BYE auth-failed\r\n",
		".", NULL
	};
	static const char *const silence[] = { "+", GUEST, ">AUTH :sesame\n",
					       ".", NULL };
	static const struct {
		const char *const *script;
		enum trawl_client_status status;
		const char *said;
	} cases[] = {
		{ wrong, TRAWL_CLIENT_CLOSED,
		  "the token is refused: auth-failed: wrong token" },
		{ bye, TRAWL_CLIENT_CLOSED,
		  "server closed the connection: auth-failed" },
		{ silence, TRAWL_CLIENT_TIMEOUT,
		  "no answer to AUTH in 300 ms" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trawl_client_options o = { .token = "sesame" };
		struct trawl_client *c = NULL;
		struct fake_server f;

		if (cases[i].status == TRAWL_CLIENT_TIMEOUT)
			o.timeout_ms = SHORT_MS;
		fake_unix(&f, cases[i].script);
		is_status(trawl_client_open(f.address, &o, &c, &err),
			  cases[i].status);
		is_said(&f, cases[i].said);
		fake_end(&f);
	}
}

/* Requests wait until the token is taken, and go as lines may be then. */
static void test_token_first(void **state)
{
	static const char *const script[] = { "+",
					      GUEST,
					      ">AUTH :sesame\n",
					      "<OK AUTH\r\n",
					      ">PING\n",
					      "<OK PING\r\n",
					      ".",
					      NULL };
	const struct trawl_client_options o = { .token = "sesame",
						.nonblocking = true };
	struct trawl_reply *reply = NULL;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, &o);
	is_status(trawl_client_send(c, "PING", NULL, 0, NULL, &err),
		  TRAWL_CLIENT_OK);
	is_status(receive_polling(c, &reply), TRAWL_CLIENT_OK);
	trawl_reply_free(reply);
	trawl_client_close(c);
	fake_end(&f);
}

static void test_bad_tokens(void **state)
{
	static char long_token[252];
	static const char *const tokens[] = { "",     "a\n",  " a",	 "a ",
					      "a\tb", "\x7F", long_token };
	struct trawl_client *c = NULL;

	(void)state;
	memset(long_token, 'x', sizeof(long_token) - 1);
	for (size_t i = 0; i < COUNT(tokens); i++) {
		const struct trawl_client_options o = { .token = tokens[i] };

		is_status(trawl_client_open("unix:/none", &o, &c, &err),
			  TRAWL_CLIENT_INVAL);
	}
}

/* --------------------------------------------------------------- reconnect -- */

static const struct trawl_client_options stubborn = { .timeout_ms = LONG_MS,
						      .reconnect = true };

static void test_reconnect(void **state)
{
	static const char *const idle[] = {
		"+",   READY,	  "<* BYE idle\r\n", "-", "+",
		READY, ">PING\n", "<OK PING\r\n",    "-", "+",
		READY, ">PING\n", "<OK PING\r\n",    ".", NULL
	};
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, idle);
	c = open_with(&f, &stubborn);
	ping(c);
	ping(c);
	assert_string_equal(trawl_client_greeting(c, "indexes"), "news");
	trawl_client_close(c);
	fake_end(&f);
}

/* Once, and not when a reply had begun; the next question tries anew. */
static void test_reconnect_once(void **state)
{
	static const char *const twice[] = {
		"+",	   READY,	   ">PING\n", "-", "+",
		READY,	   ">PING\n",	   "-",	      "+", READY,
		">PING\n", "<OK PI",	   "-",	      "+", READY,
		">PING\n", "<OK PING\r\n", ".",	      NULL
	};
	struct trawl_reply *reply = NULL;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, twice);
	c = open_with(&f, &stubborn);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_CLOSED);
	is_said(&f, "server closed the connection: without a reason");
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_CLOSED);
	is_said(&f, "server closed the connection: in the middle of a reply");
	ping(c);
	trawl_client_close(c);
	fake_end(&f);
}

static void test_reconnect_refused(void **state)
{
	static const char *const script[] = { "+", READY, "-", NULL };
	static const char *const again[] = { "+",	READY,
					     ">PING\n", "<OK PING\r\n",
					     ".",	NULL };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct trawl_reply *reply = NULL;
	struct fake_server f;
	struct trawl_client *c;

	(void)state;
	fake_unix(&f, script);
	c = open_with(&f, &stubborn);
	pthread_join(f.thread, NULL);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_REFUSED);
	assert_int_equal(trawl_client_fd(c), -1);
	is_status(ask(c, "PING", &reply), TRAWL_CLIENT_REFUSED);
	memcpy(un.sun_path, f.address + 5, strlen(f.address + 5) + 1);
	unlink(un.sun_path);
	fake_listen(&f, &un, sizeof(un), 8);
	fake_start(&f, again);
	ping(c);
	trawl_client_close(c);
	fake_end(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ask),
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_literals),
		cmocka_unit_test(test_caller_is_wrong),
		cmocka_unit_test(test_pipeline),
		cmocka_unit_test(test_long_pipeline),
		cmocka_unit_test(test_flush_without_receive),
		cmocka_unit_test(test_nonblocking),
		cmocka_unit_test(test_nonblocking_flush),
		cmocka_unit_test(test_nonblocking_failure),
		cmocka_unit_test(test_no_greeting),
		cmocka_unit_test(test_no_reply),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_gone_while_writing),
		cmocka_unit_test(test_not_understood),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_token),
		cmocka_unit_test(test_token_refused),
		cmocka_unit_test(test_token_first),
		cmocka_unit_test(test_bad_tokens),
		cmocka_unit_test(test_reconnect),
		cmocka_unit_test(test_reconnect_once),
		cmocka_unit_test(test_reconnect_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
