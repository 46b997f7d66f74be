/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle.h - what the verbs that need an index do; knows no wire
 */
#ifndef DAEMON_HANDLE_H
#define DAEMON_HANDLE_H

#include "line.h"
#include "reply.h"
#include "settings.h"

struct frame_facts;
struct shelf; /* the indexes, open */

/* Opens what opens; facts (nindexes of them) tell of the rest. */
struct shelf *shelf_open(const struct settings *s, struct frame_facts *facts);
void shelf_close(struct shelf *shelf);
/* Look for newer commits; an index that was broken is tried again. */
void shelf_look(struct shelf *shelf, struct frame_facts *facts);

/*
 * Answer rq, whose verb has VERB_WORKER, within budget_ms.  False: the answer
 * stands, and the process had better end (no memory).
 */
bool handle(struct shelf *shelf, const struct line_request *rq,
	    unsigned budget_ms, struct answer *out);

#endif
