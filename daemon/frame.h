/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * frame.h - what front and worker say to each other; pure
 *
 * Over a stream socketpair, a header of fixed size and then header.bytes of
 * payload, in the byte order of the machine: both ends are one program.  A
 * worker has one request at a time and answers each with one reply.
 *
 *	HELLO    worker -> front   once, when it has opened its indexes (or
 *	                           knows that it cannot): payload as of FACTS
 *	ASK      front -> worker   key NUL value NUL ... ; verb and budget in
 *	                           the header
 *	REPLY    worker -> front   finished bytes for the client, without tag
 *	LOOK     front -> worker   look for newer commits now
 *	FACTS    worker -> front   the answer to LOOK: struct frame_facts, one
 *	                           for each index, in the settings' order
 */
#ifndef DAEMON_FRAME_H
#define DAEMON_FRAME_H

#include "line.h"

#include <stdint.h>

enum frame_kind {
	FRAME_HELLO = 1,
	FRAME_ASK,
	FRAME_REPLY,
	FRAME_LOOK,
	FRAME_FACTS
};

enum frame_flags {
	FRAME_PARTIAL = 1,
	FRAME_TAKE_LEAVE = 2 /* the worker ends after this: it may be unwell */
};

struct frame {
	uint32_t kind;
	uint32_t bytes;	 /* of the payload */
	uint64_t ticket; /* of ASK, given back by its REPLY */
	/* ASK */
	uint32_t verb;	    /* enum verb_id */
	uint32_t budget_ms; /* until the deadline, at least 1 */
	/* REPLY */
	uint32_t code; /* enum error_code */
	uint32_t flags;
	uint64_t hits, total, took_us;
	char rev[64];
};

enum {
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

/* Append an ASK. */
void frame_ask(struct buf *out, uint64_t ticket, const struct line_request *rq,
	       uint32_t budget_ms);
/* The payload of an ASK back to options (pointing into it); false: it is no
 * payload of ours. */
bool frame_options(const char *payload, size_t n, struct line_request *rq);

/*
 * Is there a whole frame at data?  Sets *head, then; the payload is behind it.
 * Frames with more than max bytes are not believed: *bad.
 */
bool frame_whole(const char *data, size_t n, size_t max, struct frame *head,
		 bool *bad);

#endif
