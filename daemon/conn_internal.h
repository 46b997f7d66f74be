/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conn_internal.h - what conn.c, conn_output.c and conn_verbs.c share
 *
 * conn.c owns the sockets' events and decides when a connection is read,
 * written, left and freed; conn_accept.c begins one, conn_clock.c ends those
 * that are late; conn_input.c finds the requests in what was read;
 * conn_verbs.c does what lines ask for, conn_http.c what requests of HTTP do,
 * conn_web.c those that no worker is asked for; conn_output.c holds the bytes
 * that the client has not taken yet; conn_memory.c bounds what all hold
 * together.
 *
 * A connection that has gone stays in memory (CONN_GONE) until conns_reap()
 * at the end of the loop's callback, so that nobody below has to ask whether
 * what it was called with is still there.
 */
#ifndef DAEMON_CONN_INTERNAL_H
#define DAEMON_CONN_INTERNAL_H

#include "clock.h"
#include "conn.h"
#include "crew.h"
#include "front.h"
#include "http_parse.h"
#include "http_reply.h"

#include <sys/queue.h>

enum {
	CONN_READ = 64 << 10,	/* bytes of one read, for all shared */
	CONN_UNREAD = 64 << 10, /* more: no further request is begun */
	CONN_GUEST = 1024,	/* likewise of both, before AUTH */
	CONN_REFUSED = 64,	/* those told "busy" that linger, too */
	CONN_AUTH_TRIES = 3,
	CONN_TURNS = 2, /* milliseconds of turns, and the sockets are polled */
	/* Requests that are taken as they come, out of turn: most clients have
	 * no more, and do not stand in line behind those that do. */
	CONN_AT_ONCE = 2,
	CONN_WHY_MAX = 128,
	CONN_ANSWER_MAX = 1 << 20, /* bytes of what the front answers */
	CONN_DRAIN_LINGER = 500	   /* milliseconds, when the server ends */
};

enum conn_state {
	CONN_OPEN,
	CONN_LEAVING,	/* BYE is in out */
	CONN_LINGERING, /* and has been written */
	CONN_GONE
};

struct conn {
	struct conns *conns;
	uint64_t id; /* generation << 32 | slot */
	int fd;
	uint8_t kind;	     /* enum listen_kind */
	uint8_t state;	     /* enum conn_state */
	uint8_t auth_tries;  /* that failed */
	uint8_t watched;     /* what the event is for now */
	bool authed : 1;     /* has shown the token */
	bool busy : 1;	     /* a request is with the crew, or the supervisor */
	bool unexamined : 1; /* in may hold a whole request */
	bool queued : 1;     /* in conns->ready */
	bool quiet : 1;	     /* has something for us that we do not want yet */
	bool eof : 1;	     /* the client will send nothing more */
	bool refusing : 1;   /* requests get 424 */
	bool more : 1;	     /* bytes came behind the request at hand */
	bool ahead : 1;	     /* there was more when the last reply went out */
	bool greedy : 1; /* held the most of max_pending: gets 421, leaves */
	bool last : 1;	 /* of HTTP: behind the answer at hand it ends */
	union {
		struct line_reader reader;
		struct http_reader http; /* LISTEN_HTTP */
	};
	struct buf in, out; /* nothing is allocated while they are empty */
	size_t in_at, out_at;
	/* What it has in conns->unread and conns->pending. */
	size_t counted, pending;
	/* CLOCK_MONOTONIC */
	uint64_t idle_ns;	/* since when nothing was asked, or lingering */
	uint64_t request_ns;	/* of the first byte of what is not whole; 0 */
	uint64_t progress_ns;	/* when the client last read something */
	struct job *reload;	/* RELOAD, while the supervisor has it */
	TAILQ_ENTRY(conn) link; /* in conns->ready or conns->gone */
};

struct conn_slot {
	struct conn *conn; /* or NULL */
	uint32_t generation;
	uint32_t next_free; /* slot + 1; 0 none */
};

TAILQ_HEAD(conn_list, conn);

struct conns {
	struct front *f;
	struct conn_slot *slot;
	uint32_t nslots;
	uint32_t free_slot; /* + 1; 0 none */
	size_t count;
	/* Of all of them, as last counted. */
	uint64_t unread, pending;
	struct conn_list
		ready; /* have requests that it was not their turn for */
	size_t nready;
	struct conn_list gone;
	struct event *turn; /* serves ready after the sockets had theirs */
	struct buf line;    /* of the query log, for what is answered at once */
	char *chunk;	    /* CONN_READ bytes */
	bool draining;
};

/* ------------------------------------------------------------- conn.c -- */

/* NULL: no memory. */
struct conn *conn_new(struct conns *conns, int fd, enum listen_kind kind);
/* The last words, and then the end. */
void conn_leave(struct conn *c, const char *reason);
/* The end at once. */
void conn_drop(struct conn *c);
/* Nothing further is read now. */
bool conn_held(const struct conn *c);
/* After anything that may have changed what c waits for. */
void conn_settle(struct conn *c);
/* The end of each callback of the loop: no conn is spoken of any more. */
void conns_finish(struct conns *conns);

/* ------------------------------------------------------- conn_slots.c -- */

/* False: no memory. */
bool conn_take_slot(struct conns *conns, struct conn *c);
void conn_give_slot_back(struct conn *c);
/* NULL: it has gone. */
struct conn *conn_find(const struct conns *conns, uint64_t id);

/* ------------------------------------------------------- conn_input.c -- */

/* The n bytes that a read has brought, which may be written to. */
void conn_take(struct conn *c, char *data, size_t n);
/* Those that were kept: at most that many requests of them. */
void conn_examine_kept(struct conn *c, uint64_t most);
/* No further request is begun now. */
bool conn_held_back(const struct conn *c);
/* The limits of the lines that come from now on. */
void conn_set_limits(struct conn *c);
bool conn_needs_auth(const struct conn *c);

/* ------------------------------------------------------ conn_memory.c -- */

/* Count what c holds now. */
void conn_count(struct conn *c);
/* Send those away that hold the most, while all hold too much. */
void conns_bound(struct conns *conns);
/* Free what was dealt with of b, the first *at bytes, when it is the most. */
void conn_trim(struct buf *b, size_t *at);

/* ------------------------------------------------------ conn_output.c -- */

size_t conn_unread(const struct conn *c);
/* Append n bytes, with "#tag " before them unless tag is "". */
void conn_put(struct conn *c, const char *tag, const char *bytes, size_t n);
/* The same, and what the socket takes at once is never copied. */
void conn_put_now(struct conn *c, const char *tag, const char *bytes, size_t n);
void conn_put_error(struct conn *c, const char *tag, enum error_code code,
		    const char *text);
/* A response, which is counted; route NULL: of what reached none. */
void conn_put_response(struct conn *c, const struct route *route,
		       const char *bytes, size_t n);
/* The same without a tag, in whatever protocol it speaks. */
void conn_put_last_error(struct conn *c, enum error_code code,
			 const char *text);
/* Write what there is; false: the client has gone, or nothing can be kept
 * for it. */
bool conn_flush(struct conn *c);

/* ------------------------------------------------------- conn_verbs.c -- */

void conn_request(struct conn *c, const struct line_request *rq);
/* What was no request: tell the client, and count. */
void conn_bad_line(struct conn *c, const struct line_error *err);
/* Count and log an answer, and free its job. */
void conn_account(struct front *f, struct job *job, const struct frame *reply);
/* The same of what was answered at once. */
void conn_account_now(struct conn *c, const struct line_request *rq,
		      uint64_t begun_ns, enum error_code code);
/*
 * Have a worker answer.  wants: of HTTP, with its strings, which become the
 * job's; or both NULL.  Else the error, and why; strings stay the caller's.
 */
enum error_code conn_ask(struct conn *c, const struct line_request *rq,
			 const struct http_wants *wants, struct buf *strings,
			 char why[CONN_WHY_MAX]);
/* As long for every token of a length, right or wrong. */
bool conn_knows_token(const struct front *f, const char *token, size_t len);
/* STATS. */
void front_describe(struct front *f, struct answer *out);

/* ------------------------------------------------- conn_http.c, conn_web.c -- */

/* The next request of HTTP in these bytes is dealt with; false: none is whole.
 * Sets *used to what was taken. */
bool conn_next_http(struct conn *c, char *data, size_t n, size_t *used);

/* A request of HTTP, as far as it has been understood. */
struct asked {
	struct conn *c;
	const struct http_request *http;
	const struct route *route; /* NULL: of no path that there is */
	struct http_span rest;	   /* of the path */
	struct http_wants wants;
	struct buf strings; /* of wants */
	uint64_t begun_ns;
};

/* Answer with a response that is printed already. */
void asked_put(struct asked *a, const struct buf *response);
/* Answer with an error; status, param: as of http_print_error(). */
void asked_fail(struct asked *a, unsigned status, enum error_code code,
		const char *param, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* Files, health, metrics: a route without a verb. */
void conn_serve(struct asked *a);
/* STATS, without options. */
void conn_serve_stats(struct asked *a, const struct line_request *rq);

#endif
