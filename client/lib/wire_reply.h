/* SPDX-License-Identifier: MIT */
/*
 * wire_reply.h - a reply in memory: one block, made when it is whole
 */
#ifndef WIRE_REPLY_H
#define WIRE_REPLY_H

#include "wire_scan.h"

struct wire_pair {
	const char *key, *value;
};

/* Make the n first of the words key=value of rest, which is written to. */
void wire_pairs_read(struct wire_slice rest, struct wire_pair *pairs, size_t n);
/* NULL when there is none. */
const char *wire_pairs_value(const struct wire_pair *pairs, size_t n,
			     const char *key);

/* The reply that scan is done with, at data; NULL without memory. */
struct trawl_reply *wire_reply_new(const struct wire_scan *scan,
				   const char *data);

/* A line the server sent by itself: "* TEXT". */
bool wire_is_notice(const struct trawl_reply *reply);

#endif
