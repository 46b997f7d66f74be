/* SPDX-License-Identifier: MIT */
/*
 * wire_scan.h - where a reply ends, and whether it is one
 *
 * A scan goes on where it stopped: it is handed the same bytes and more, and
 * no byte is looked at twice.  It is done with a reply at the same byte,
 * however the bytes come.
 */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

#include "wire_head.h"

enum {
	WIRE_REPLY_MAX = 64 << 20 /* bytes of a reply, unless told otherwise */
};

enum wire_step {
	WIRE_IN_HEAD,
	WIRE_IN_LINES,
	WIRE_IN_BYTES,
	WIRE_IN_END, /* "END" or the line end behind counted bytes */
	WIRE_WHOLE
};

struct wire_scan {
	size_t max; /* bytes of a reply */
	enum wire_step step;
	size_t at;	 /* what is before it is understood */
	size_t searched; /* no line feed from at to here */
	size_t head;	 /* bytes of the status line, without its line end */
	size_t body;	 /* where the body begins */
	size_t body_end; /* WIRE_LINES: after the last line's line end */
	uint64_t left;	 /* lines to come */
	enum wire_body kind;
	uint64_t count;
	size_t npairs;
};

void wire_scan_init(struct wire_scan *s, size_t max);

/*
 * data is the reply from its first byte.  OK: it is the first s->at bytes.
 * AGAIN: more bytes are needed.  PROTOCOL: this is no reply.
 */
enum trawl_client_status wire_scan(struct wire_scan *s, const char *data,
				   size_t n, struct trawl_client_error *err);

#endif
