/* SPDX-License-Identifier: MIT */
/*
 * wire_head.h - the first line of a reply: what it says, and what follows; pure
 *
 *	[#tag ]OK VERB[ key=value]...
 *	[#tag ]ERR CODE SLUG[ TEXT]
 *	* TEXT
 */
#ifndef WIRE_HEAD_H
#define WIRE_HEAD_H

#include "wire_error.h"
#include "wire_text.h"

enum {
	WIRE_LINE_MAX = 1 << 20,  /* bytes of a status line */
	WIRE_PAIRS_MAX = 1024,	  /* key=value of a status line */
	WIRE_LINES_MAX = 1 << 20, /* body lines of a reply */
	WIRE_CODE_MIN = 400,
	WIRE_CODE_MAX = 599
};

enum wire_body {
	WIRE_NO_BODY,
	WIRE_LINES, /* count lines, then END */
	WIRE_BYTES  /* count bytes, then a line end */
};

/* The slices point into the line. */
struct wire_head {
	int code; /* 0: OK, or a notice */
	struct wire_slice tag, name, text, pairs;
	size_t npairs;
	enum wire_body body;
	uint64_t count;
};

/* False when no reply begins with these bytes, whatever comes behind them. */
bool wire_head_begins(const char *data, size_t n);

/* line is without its line end.  OK, or PROTOCOL. */
enum trawl_client_status wire_head_parse(struct wire_slice line,
					 struct wire_head *head,
					 struct trawl_client_error *err);

#endif
