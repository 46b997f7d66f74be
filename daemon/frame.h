/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - what front and worker say to each other; pure
 *
 * Over a stream socketpair, a header of fixed size and then header.bytes of
 * payload, in the byte order of the machine: both ends are one program.
 *
 * A worker works on one request at a time, and answers each with one reply,
 * in the order in which they came.  Behind the one it works on there may be
 * another in its socket, so that it need not wait for the front to read its
 * reply.  Deadlines are of CLOCK_MONOTONIC: how long a request will lie there
 * is not known when it is sent.  DROP takes it back: a worker looks for one
 * before it begins, and then replies at once, with FRAME_DROPPED and nothing
 * else.  A DROP that comes too late costs work and nothing else: the reply is
 * thrown away.  Either way there is a reply, so the front knows when the
 * worker is free.
 *
 *	HELLO    worker -> front   once, when it has opened its indexes (or
 *	                           knows that it cannot): payload as of FACTS
 *	ASK      front -> worker   key NUL value NUL ... ; verb, route and deadline
 *	                           in the header.  Of HTTP there are more keys,
 *	                           which begin with a capital letter, as none of
 *	                           a client's does: its struct http_wants
 *	REPLY    worker -> front   finished bytes for the client, without tag
 *	LOOK     front -> worker   look for newer commits now
 *	FACTS    worker -> front   the answer to LOOK: struct frame_facts, one
 *	                           for each index, in the settings' order
 *	DROP     front -> worker   do not begin the ASK that has this ticket
 */
#ifndef DAEMON_FRAME_H
#define DAEMON_FRAME_H

#include "http_reply.h"
#include "line.h"

#include <stdint.h>

enum frame_kind {
	FRAME_HELLO = 1,
	FRAME_ASK,
	FRAME_REPLY,
	FRAME_LOOK,
	FRAME_FACTS,
	FRAME_DROP
};

enum frame_flags {
	FRAME_PARTIAL = 1,
	FRAME_TAKE_LEAVE = 2, /* the worker ends after this: it may be unwell */
	FRAME_DROPPED = 4,    /* not begun, as DROP wished */
	/* of ASK: what of struct http_wants is true */
	FRAME_HEAD = 8,
	FRAME_GZIP = 16,
	FRAME_CLOSE = 32,
	FRAME_BY_ORIGIN = 64
};

struct frame {
	uint32_t kind;
	uint32_t bytes;	 /* of the payload */
	uint64_t ticket; /* of ASK, given back by its REPLY; and of DROP */
	/* ASK */
	uint64_t deadline_ns; /* CLOCK_MONOTONIC; may have passed */
	uint32_t verb;	      /* enum verb_id */
	/* REPLY */
	uint32_t code; /* enum error_code */
	/* both */
	uint32_t flags;
	uint32_t route; /* of ASK: 1 + enum route_id; 0: the line protocol */
	/* REPLY */
	uint64_t hits, total, took_us;
	uint64_t cached, read; /* blocks of the index, for this request */
	char rev[64];
};

enum {
	/* Bytes of a payload; the front lets in less: literals and lines have
	 * 8 digits at most. */
	FRAME_ASK_MAX = 256 << 20,
	FRAME_REPLY_ROOM = 4 << 20, /* for its status line, and its header */
	FRAME_FACTS_REV = 48
};

/* Bytes of a REPLY whose body has max_reply: at worst it doubles, when its
 * lines get their CR. */
static inline size_t frame_reply_max(uint64_t max_reply)
{
	return (size_t)(2 * max_reply) + FRAME_REPLY_ROOM;
}

/* One index, as a worker sees it. */
struct frame_facts {
	uint64_t documents, words, bytes;
	uint32_t stale_analyzer;
	uint32_t broken; /* not open: text says why */
	char rev[FRAME_FACTS_REV];
	char text[200];
};

struct buf;

/* Append an ASK; wants NULL: of the line protocol. */
void frame_ask(struct buf *out, uint64_t ticket, const struct line_request *rq,
	       uint64_t deadline_ns, const struct http_wants *wants);
/* The payload of an ASK back to options and, if it has any, to strings of
 * wants (may be NULL), pointing into it; false: it is no payload of ours. */
bool frame_options(const char *payload, size_t n, struct line_request *rq,
		   struct http_wants *wants);
/* What else its header has of them; false: it is of the line protocol. */
bool frame_wants(const struct frame *ask, struct http_wants *wants);

/*
 * Is there a whole frame at data?  Sets *head, then; the payload is behind it.
 * Frames with more than max bytes are not believed: *bad.
 */
bool frame_whole(const char *data, size_t n, size_t max, struct frame *head,
		 bool *bad);

#endif
