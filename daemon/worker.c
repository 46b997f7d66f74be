/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "worker.h"

#include "clock.h"
#include "die.h"
#include "frame.h"
#include "handle.h"
#include "log.h"
#include "worker_http.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	WORKER_READ = 64 << 10,
	OUTCOME_MAX = 4096, /* of an error's text, which is not kept */
	/* Of memory that one large request or reply took: kept for the next. */
	WORKER_KEEP = 1 << 20
};

struct worker {
	int socket;
	const struct settings *settings;
	struct shelf *shelf;
	struct frame_facts facts[SETTINGS_INDEXES_MAX];
	struct buf in, out;
	struct answer answer;
};

/* What becomes of the process after a frame. */
enum fate {
	WORKER_GOES_ON,
	WORKER_LEAVES, /* as agreed */
	WORKER_FAILS
};

/* ------------------------------------------------------------------ out -- */

static bool send_all(int fd, const char *data, size_t n)
{
	while (n) {
		ssize_t sent = write(fd, data, n);

		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0) {
			data += sent;
			n -= (size_t)sent;
		}
	}
	return true;
}

/* A frame is built behind the place of its header. */
static void begin_frame(struct buf *out)
{
	const struct frame head = { 0 };

	buf_reset(out);
	if (out->alloc > WORKER_KEEP)
		buf_release(out);
	buf_add(out, &head, sizeof(head));
}

static enum fate send_frame(struct worker *w, struct frame *head)
{
	if (w->out.failed) {
		log_error("no memory for a frame of %d", (int)head->kind);
		return WORKER_FAILS;
	}
	head->bytes = (uint32_t)(w->out.len - sizeof(*head));
	memcpy(w->out.data, head, sizeof(*head));
	/* The front has gone: nobody is left to be told. */
	return send_all(w->socket, w->out.data, w->out.len) ? WORKER_GOES_ON
							    : WORKER_LEAVES;
}

static enum fate send_facts(struct worker *w, enum frame_kind kind)
{
	struct frame head = { .kind = kind };

	begin_frame(&w->out);
	buf_add(&w->out, w->facts, w->settings->nindexes * sizeof(*w->facts));
	return send_frame(w, &head);
}

/* ------------------------------------------------------------- requests -- */

/* wants NULL: in the line protocol. */
static void print_no_memory(struct worker *w, const struct http_wants *wants)
{
	static const char text[] = "out of memory; try again";

	w->answer.code = ERROR_WORKER_LOST;
	begin_frame(&w->out);
	if (wants)
		http_print_error(&w->out, wants, 0, ERROR_WORKER_LOST, NULL,
				 text);
	else
		reply_error(&w->out, ERROR_WORKER_LOST, text);
}

/* Into w->out, behind the place of its header.  False: as of handle(). */
static bool make_reply(struct worker *w, const struct line_request *rq,
		       struct http_wants *wants, unsigned budget)
{
	bool well;

	begin_frame(&w->out);
	if (wants) {
		well = worker_http(w->shelf, rq, wants, budget, &w->answer,
				   &w->out);
	} else {
		well = handle(w->shelf, rq, budget, NULL, &w->answer);
		answer_print(&w->out, rq->verb, &w->answer);
	}
	if (!w->out.failed)
		return well;
	print_no_memory(w, wants);
	return false;
}

/* At least 1: the deadline of what has waited here may have passed. */
static unsigned budget_ms(const struct frame *ask, uint64_t now)
{
	uint64_t left = 0;

	if (ask->deadline_ns > now)
		left = (ask->deadline_ns - now) / NS_PER_MS;
	if (left > UINT_MAX)
		left = UINT_MAX;
	return left ? (unsigned)left : 1;
}

/* What it is known by: one that has failed is an error, too. */
static enum error_code outcome(const struct answer *a)
{
	struct buf text = BUF_INIT(OUTCOME_MAX);
	enum error_code code = answer_outcome(a, &text);

	buf_release(&text);
	return code;
}

static enum fate answer(struct worker *w, const struct frame *ask,
			const struct line_request *rq, struct http_wants *wants)
{
	uint64_t begun = monotonic_ns();
	bool well = make_reply(w, rq, frame_wants(ask, wants) ? wants : NULL,
			       budget_ms(ask, begun));
	struct frame head = { .kind = FRAME_REPLY, .ticket = ask->ticket };
	enum fate fate;

	head.code = outcome(&w->answer);
	head.flags = (w->answer.partial ? FRAME_PARTIAL : 0u) |
		     (well ? 0u : FRAME_TAKE_LEAVE);
	head.hits = w->answer.hits;
	head.total = w->answer.total;
	head.cached = w->answer.cached;
	head.read = w->answer.read;
	memcpy(head.rev, w->answer.rev, sizeof(head.rev));
	head.took_us = (monotonic_ns() - begun) / NS_PER_US;
	fate = send_frame(w, &head);
	answer_reset(&w->answer);
	if (w->answer.body.alloc > WORKER_KEEP)
		buf_release(&w->answer.body);
	return fate == WORKER_GOES_ON && !well ? WORKER_LEAVES : fate;
}

static enum fate take_ask(struct worker *w, const struct frame *head,
			  const char *payload)
{
	struct line_request rq = { 0 };
	struct http_wants wants = { 0 };

	if (head->verb >= VERBS || head->route > ROUTES ||
	    !frame_options(payload, head->bytes, &rq, &wants)) {
		log_error("the front sent a request that is none");
		return WORKER_FAILS;
	}
	rq.verb = &verbs[head->verb];
	return answer(w, head, &rq, &wants);
}

static enum fate send_dropped(struct worker *w, uint64_t ticket)
{
	struct frame head = { .kind = FRAME_REPLY,
			      .ticket = ticket,
			      .flags = FRAME_DROPPED };

	begin_frame(&w->out);
	return send_frame(w, &head);
}

static enum fate take_frame(struct worker *w, const struct frame *head,
			    const char *payload)
{
	switch (head->kind) {
	case FRAME_ASK:
		return take_ask(w, head, payload);
	case FRAME_LOOK:
		shelf_look(w->shelf, w->facts);
		return send_facts(w, FRAME_FACTS);
	case FRAME_DROP:
		/* Its request was skipped, or has been answered. */
		return WORKER_GOES_ON;
	default:
		log_error("the front sent a frame of kind %u", head->kind);
		return WORKER_FAILS;
	}
}

/* ------------------------------------------------------------------- in -- */

/* One read; flags of recv(). */
static enum fate read_more(struct worker *w, int flags)
{
	struct buf *in = &w->in;
	ssize_t n;

	if (!buf_reserve(in, WORKER_READ)) {
		log_error("no memory for a request");
		return WORKER_FAILS;
	}
	do
		n = recv(w->socket, in->data + in->len, in->alloc - in->len - 1,
			 flags);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return WORKER_GOES_ON;
	if (n <= 0)
		return WORKER_LEAVES;
	buf_truncate(in, in->len + (size_t)n);
	return WORKER_GOES_ON;
}

/* Is there a DROP of that ticket in w->in behind at? */
static bool is_dropped(const struct worker *w, size_t at, uint64_t ticket)
{
	struct frame head;
	bool bad;

	while (frame_whole(w->in.data + at, w->in.len - at, FRAME_ASK_MAX,
			   &head, &bad)) {
		if (head.kind == FRAME_DROP && head.ticket == ticket)
			return true;
		at += sizeof(head) + head.bytes;
	}
	return false;
}

/* The frame at at, which is whole. */
static enum fate take_frame_at(struct worker *w, size_t at,
			       const struct frame *head)
{
	size_t payload = at + sizeof(*head);

	if (head->kind == FRAME_ASK) {
		/* It came before others were dealt with: a DROP may have come
		 * since.  The end of the stream is seen when all is done. */
		if (at)
			read_more(w, MSG_DONTWAIT);
		if (is_dropped(w, payload + head->bytes, head->ticket))
			return send_dropped(w, head->ticket);
	}
	return take_frame(w, head, w->in.data + payload);
}

/* All frames that have come; what is left over moves to the beginning. */
static enum fate take_frames(struct worker *w)
{
	struct buf *in = &w->in;
	enum fate fate = WORKER_GOES_ON;
	struct frame head;
	size_t used = 0;
	bool bad = false;

	while (fate == WORKER_GOES_ON &&
	       frame_whole(in->data + used, in->len - used, FRAME_ASK_MAX,
			   &head, &bad)) {
		fate = take_frame_at(w, used, &head);
		used += sizeof(head) + head.bytes;
	}
	if (bad) {
		log_error("the front sent a frame that is none");
		fate = WORKER_FAILS;
	}
	memmove(in->data, in->data + used, in->len - used);
	buf_truncate(in, in->len - used);
	if (!in->len && in->alloc > WORKER_KEEP)
		buf_release(in);
	return fate;
}

int worker_run(int socket, const struct settings *s)
{
	struct worker *w = xcalloc(1, sizeof(*w));
	enum fate fate;

	w->socket = socket;
	w->settings = s;
	buf_init(&w->in, FRAME_ASK_MAX + sizeof(struct frame) + WORKER_READ);
	buf_init(&w->out, frame_reply_max(s->limits.max_reply));
	answer_init(&w->answer, (size_t)s->limits.max_reply);
	signal(SIGPIPE, SIG_IGN);
	w->shelf = shelf_open(s, w->facts);
	fate = send_facts(w, FRAME_HELLO);
	while (fate == WORKER_GOES_ON) {
		fate = read_more(w, 0);
		if (fate == WORKER_GOES_ON)
			fate = take_frames(w);
	}
	shelf_close(w->shelf);
	answer_release(&w->answer);
	buf_release(&w->in);
	buf_release(&w->out);
	free(w);
	return fate == WORKER_FAILS ? EXIT_COULD_NOT : 0;
}
