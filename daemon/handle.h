/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handle.h - what the verbs that need an index do; knows no wire
 *
 * An answer is lines or a document's bytes.  Who wants to make something else
 * of what the library found gives a struct render; its bytes, if any, go to
 * the answer's body.
 */
#ifndef DAEMON_HANDLE_H
#define DAEMON_HANDLE_H

#include "line.h"
#include "reply.h"
#include "settings.h"
#include "trawl.h"

struct frame_facts;
struct shelf; /* the indexes, open */

/* Opens what opens; facts (nindexes of them) tell of the rest. */
struct shelf *shelf_open(const struct settings *s, struct frame_facts *facts);
void shelf_close(struct shelf *shelf);
/* Look for newer commits; an index that was broken is tried again. */
void shelf_look(struct shelf *shelf, struct frame_facts *facts);

/* In place of lines, of SEARCH and SIMILAR; of GET.  Others are as ever. */
struct render {
	void *ctx;
	/* What more to ask for than the options say; may be NULL. */
	void (*ask)(void *ctx, struct trawl_index *ix,
		    struct trawl_request *rq);
	void (*result)(void *ctx, struct trawl_index *ix,
		       const struct trawl_request *rq,
		       const struct trawl_result *res);
	/* NULL: as ever. */
	enum trawl_status (*document)(void *ctx, struct trawl_index *ix,
				      const struct trawl_doc *doc,
				      struct trawl_error *err);
};

/*
 * Answer rq, whose verb has VERB_WORKER, within budget_ms; render NULL: lines.
 * False: the answer stands, and the process had better end (no memory).
 */
bool handle(struct shelf *shelf, const struct line_request *rq,
	    unsigned budget_ms, const struct render *render,
	    struct answer *out);

#endif
