/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * handler.h - what the handlers of the verbs have in common
 *
 * handle.c finds the indexes, reads options and turns statuses into errors;
 * handle_search.c and handle_info.c do the verbs.
 */
#ifndef DAEMON_HANDLER_H
#define DAEMON_HANDLER_H

#include "shelf.h"

struct task {
	struct shelf *shelf;
	const struct line_request *rq;
	unsigned budget_ms;
	const struct render *render; /* or NULL */
	struct answer *out;
	uint64_t set;		/* the indexes that in= chose */
	struct trawl_index *ix; /* the handle on them; not GET's and INFO's */
	bool too_large;		/* task_sink() refused */
	bool unwell;		/* out of memory */
};

/* The value of an option, NULL when not given. */
const char *task_value(const struct task *t, const char *key);

/* The task's only index, or -1 when there are several. */
int task_only(const struct task *t);

/* SEARCH's options, as far as the verb has them.  False: it is answered. */
bool task_request(struct task *t, struct trawl_request *rq);

/* Answer with the error that a status is on the wire. */
void task_fail(struct task *t, enum trawl_status st,
	       const struct trawl_error *err);

/* What NOTFOUND means: a document that is not there; not: an index that has
 * gone. */
bool task_lacks_document(const struct task *t);

/* A trawl_sink into the body, which does not grow over max-reply. */
bool task_sink(void *task, const char *bytes, size_t n);
/* A writer returned false: it is answered.  advice: what to do when there was
 * too much. */
void task_unwritten(struct task *t, const char *advice);

/* " rev=" */
void task_rev(struct task *t, const char *rev);

void handle_search(struct task *t);
void handle_count(struct task *t);
void handle_similar(struct task *t);
void handle_explain(struct task *t);
void handle_get(struct task *t);
void handle_suggest(struct task *t);
void handle_spell(struct task *t);
void handle_info(struct task *t);

#endif
