/* SPDX-License-Identifier: MIT */
/*
 * trawl_client.h - ask a trawl server from a C program
 *
 * The protocol is doc/protocol.md; this library speaks it, and needs libc
 * alone.
 *
 *	struct trawl_client *c;
 *	struct trawl_reply *reply;
 *	struct trawl_client_error err;
 *
 *	if (trawl_client_open("unix:/run/trawl/trawl.sock", NULL, &c, &err) ==
 *		    TRAWL_CLIENT_OK &&
 *	    trawl_client_ask(c, "SEARCH", NULL, 0, "climate summit", &reply,
 *			     &err) == TRAWL_CLIENT_OK)
 *		for (size_t i = 0; i < trawl_reply_lines(reply); i++)
 *			puts(trawl_reply_line(reply, i));
 *
 * Errors.  A call that can fail returns enum trawl_client_status and fills in
 * a struct trawl_client_error (which may be NULL), on failure only; AGAIN is
 * none.  Output arguments are written on success only.  An ERR that the server
 * sent is no failure of a call: it is a reply, and trawl_reply_code() tells.
 *
 * Pipelining.  Requests may be sent before earlier ones are answered; replies
 * come in the order of the requests.
 *
 * Blocking and not.  A call waits for timeout_ms at most, unless nonblocking
 * was set: then a call that would wait returns AGAIN, and the caller polls
 * trawl_client_fd() for trawl_client_events() and calls again.  How long it
 * does so is its own matter: nonblocking clients have no timeouts.
 *
 * After a failure that leaves the client closed, its fd is -1 and every later
 * call says CLOSED, with the text of that failure.
 *
 * Threads.  A client is used by one thread at a time; so is a reply.  Nothing
 * is shared between clients.  SIGPIPE is never raised, and EINTR never seen.
 *
 * Memory.  Every free and close function accepts NULL.  What a reply's
 * accessors return lives as long as the reply; the reply outlives its client.
 */
#ifndef TRAWL_CLIENT_H
#define TRAWL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRAWL_CLIENT_API __attribute__((visibility("default")))

/* What the caller should do next. */
enum trawl_client_status {
	TRAWL_CLIENT_OK = 0,
	TRAWL_CLIENT_AGAIN,    /* nonblocking: poll, then call again */
	TRAWL_CLIENT_REFUSED,  /* nobody listens there: start the server */
	TRAWL_CLIENT_TIMEOUT,  /* timeout_ms went by; the client is closed */
	TRAWL_CLIENT_CLOSED,   /* the server closed; err->text says why */
	TRAWL_CLIENT_PROTOCOL, /* what listens there is no trawl server */
	TRAWL_CLIENT_INVAL,    /* a bug in the caller: wrong argument */
	TRAWL_CLIENT_NOMEM,    /* free something and try again */
	TRAWL_CLIENT_IO	       /* err->text has the system's reason */
};

/* One line for a human: what, where, what to do.  Never holds a newline. */
struct trawl_client_error {
	char text[508];
};

/* "TRAWL_CLIENT_CLOSED" and so on; never NULL, whatever the argument. */
TRAWL_CLIENT_API const char *
trawl_client_status_name(enum trawl_client_status st);

/* -------------------------------------------------------------- client -- */

struct trawl_client;

/* All zero: the defaults. */
struct trawl_client_options {
	unsigned timeout_ms; /* to open, and of each call; 0: 30,000 */
	size_t max_reply;    /* bytes of one reply; 0: 64 MiB */
	const char *token;   /* for a server that asks for AUTH; NULL none */
	bool nonblocking;
	bool reconnect; /* trawl_client_ask(): connect anew, once, when the
			   connection was lost before the reply began, or by
			   an earlier call */
};

/*
 * Connect to address: "unix:PATH", "HOST:PORT" or "[ADDRESS]:PORT".  options
 * may be NULL; its strings are copied.  On success close *out with
 * trawl_client_close().  Blocking: returns when the server has greeted (and
 * taken the token).  Nonblocking: looks the name up, which may take its time,
 * and does not wait for the server; trawl_client_receive() goes on with it and
 * tells what became of it.
 * Errors: REFUSED, TIMEOUT, PROTOCOL, CLOSED (token refused, or too many
 * connections), INVAL (an address or token of another form), NOMEM, IO.
 */
TRAWL_CLIENT_API enum trawl_client_status
trawl_client_open(const char *address,
		  const struct trawl_client_options *options,
		  struct trawl_client **out, struct trawl_client_error *err);
TRAWL_CLIENT_API void trawl_client_close(struct trawl_client *c);

/*
 * The value of key in the server's greeting ("maxline", "indexes"), decoded;
 * NULL when it had none, or has not greeted yet.  Lives as long as c is
 * connected.
 */
TRAWL_CLIENT_API const char *trawl_client_greeting(const struct trawl_client *c,
						   const char *key);

/*
 * What to poll, and for what: POLLIN, POLLOUT or both; -1 and 0 when closed.
 * Ask anew before each poll: while a name's addresses are tried in turn, the
 * number changes.  Poll when trawl_client_receive() has said AGAIN, not before:
 * several replies may have come at once.
 */
TRAWL_CLIENT_API int trawl_client_fd(const struct trawl_client *c);
TRAWL_CLIENT_API short trawl_client_events(const struct trawl_client *c);

/* ------------------------------------------------------------- request -- */

/* key=value; value is escaped here and may be any UTF-8. */
struct trawl_client_option {
	const char *key, *value;
};

/*
 * Queue a request: verb, n options, and text (NULL none), which is UTF-8.  A
 * text that a line cannot hold (line ends and other controls, too long) goes as
 * a literal: q={N}.  Nothing is written before trawl_client_flush() or
 * trawl_client_receive().
 * Errors, which leave client and queue as they were: INVAL (a verb or key that
 * is no word), NOMEM, CLOSED.
 */
TRAWL_CLIENT_API enum trawl_client_status
trawl_client_send(struct trawl_client *c, const char *verb,
		  const struct trawl_client_option *options, size_t n,
		  const char *text, struct trawl_client_error *err);

/*
 * Queue bytes as they are: whole lines, each with its line feed (else INVAL),
 * literals among them.  trawl_client_ask() does not see that their replies are
 * unread.
 */
TRAWL_CLIENT_API enum trawl_client_status
trawl_client_send_raw(struct trawl_client *c, const char *bytes, size_t n,
		      struct trawl_client_error *err);

/*
 * Write what is queued.  Nonblocking: AGAIN while some is left.  OK, too, when
 * the server has gone: its last replies, and why, are still to be received.
 * Blocking, replies that come meanwhile are kept, up to max_reply bytes in all:
 * who asks for more receives in between.
 */
TRAWL_CLIENT_API enum trawl_client_status
trawl_client_flush(struct trawl_client *c, struct trawl_client_error *err);

/* --------------------------------------------------------------- reply -- */

struct trawl_reply;

/*
 * The next reply, in the order of the requests; writes what is queued, as far
 * as that can be done.  On success free *out with trawl_reply_free().
 * Errors: AGAIN, TIMEOUT, CLOSED, PROTOCOL, NOMEM, IO; all but AGAIN leave the
 * client closed.
 */
TRAWL_CLIENT_API enum trawl_client_status
trawl_client_receive(struct trawl_client *c, struct trawl_reply **out,
		     struct trawl_client_error *err);

/*
 * Send and receive.  Errors: INVAL (a nonblocking client, unread replies, or
 * what is INVAL to send; the client is as it was), and those of
 * trawl_client_receive(); with reconnect, those of trawl_client_open(), too.
 */
TRAWL_CLIENT_API enum trawl_client_status
trawl_client_ask(struct trawl_client *c, const char *verb,
		 const struct trawl_client_option *options, size_t n,
		 const char *text, struct trawl_reply **out,
		 struct trawl_client_error *err);

TRAWL_CLIENT_API void trawl_reply_free(struct trawl_reply *reply);

/* 0 for OK, else the code of ERR: 400 to 599. */
TRAWL_CLIENT_API int trawl_reply_code(const struct trawl_reply *reply);
/* OK: the verb; ERR: the slug, "bad-query". */
TRAWL_CLIENT_API const char *trawl_reply_name(const struct trawl_reply *reply);
/* ERR: the line for a human; OK: "". */
TRAWL_CLIENT_API const char *trawl_reply_text(const struct trawl_reply *reply);
/* The request's tag without "#", or "". */
TRAWL_CLIENT_API const char *trawl_reply_tag(const struct trawl_reply *reply);

/* The status line's value of key, decoded, or NULL. */
TRAWL_CLIENT_API const char *trawl_reply_value(const struct trawl_reply *reply,
					       const char *key);
/* The same as a number; otherwise when it is none or not there. */
TRAWL_CLIENT_API uint64_t trawl_reply_number(const struct trawl_reply *reply,
					     const char *key,
					     uint64_t otherwise);
/* The i-th key=value in the line's order; false when there is none. */
TRAWL_CLIENT_API bool trawl_reply_pair(const struct trawl_reply *reply,
				       size_t i, const char **key,
				       const char **value);

/* Body lines (n=), without their line ends; NULL when i is out of range. */
TRAWL_CLIENT_API size_t trawl_reply_lines(const struct trawl_reply *reply);
TRAWL_CLIENT_API const char *trawl_reply_line(const struct trawl_reply *reply,
					      size_t i);
/*
 * Counted bytes (bytes=, where there is no n=), with a NUL after them; NULL when
 * there are none.
 */
TRAWL_CLIENT_API const char *trawl_reply_bytes(const struct trawl_reply *reply,
					       size_t *len);

/*
 * The reader alone, for those who own the socket: read one reply, or a notice
 * ("* ..."), from the n bytes at data.  OK: *out is the reply, to be freed, and
 * *used what it took.  AGAIN: call again with these bytes and more (*used 0).
 * PROTOCOL: this is no reply, and never will be.  NOMEM.
 * A notice is a reply whose name is "*" and whose text is the line behind it.
 * No reply is longer than max bytes (PROTOCOL); 0: 64 MiB.
 */
TRAWL_CLIENT_API enum trawl_client_status
trawl_reply_read(const char *data, size_t n, size_t max, size_t *used,
		 struct trawl_reply **out, struct trawl_client_error *err);

#ifdef __cplusplus
}
#endif
#endif
