/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crew_internal.h"

#include "log.h"

static void set_idle(struct worker *w)
{
	if (w->epoch < w->crew->epoch) {
		w->dismissed = true;
		return;
	}
	worker_move(w, true);
	if (w->look)
		worker_look(w);
	crew_dispatch(w->crew);
}

/* What is wrong with the indexes, a line each; returns how many lines. */
static uint32_t add_wrong(struct buf *out, const struct front *f)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f->nindexes; i++)
		if (f->facts[i].broken) {
			buf_addf(out, "%s: %s\n", f->name[i], f->facts[i].text);
			n++;
		}
	return n;
}

/* At HELLO, and when it is another complaint since. */
static void tell_serving(struct worker *w, bool hello)
{
	struct control m = { .kind = CONTROL_SERVING, .pid = w->pid };
	struct buf wrong = BUF_INIT(CONTROL_PAYLOAD_MAX - 1);

	m.number = add_wrong(&wrong, w->crew->f);
	m.bytes = (uint32_t)wrong.len;
	memcpy(m.payload, wrong.data, wrong.len);
	if (!hello && !strcmp(wrong.data, w->wrong.data)) {
		buf_release(&wrong);
		return;
	}
	if (!crew_tell(w->crew, &m))
		log_warning("supervisor cannot be told what worker %d serves",
			    w->pid);
	buf_release(&w->wrong);
	w->wrong = wrong;
}

static void take_facts(struct worker *w, const char *payload, size_t n)
{
	struct front *f = w->crew->f;

	/* Older workers may speak of other indexes. */
	if (w->epoch != w->crew->joined_epoch ||
	    n != f->nindexes * sizeof(*f->facts))
		return;
	memcpy(f->facts, payload, n);
	for (size_t i = 0; i < f->nindexes; i++) {
		struct frame_facts *facts = &f->facts[i];

		facts->rev[sizeof(facts->rev) - 1] = '\0';
		facts->text[sizeof(facts->text) - 1] = '\0';
	}
}

static void dismiss_older(struct crew *crew)
{
	struct worker_list *lists[] = { &crew->idle, &crew->others };
	struct worker *w, *next;

	for (size_t i = 0; i < 2; i++)
		for (w = TAILQ_FIRST(lists[i]); w; w = next) {
			next = TAILQ_NEXT(w, link);
			if (w->epoch >= crew->epoch || w->doomed)
				continue;
			worker_take_back(w);
			if (!w->job)
				worker_free(w);
		}
}

static void take_hello(struct worker *w, const char *payload, size_t n)
{
	struct crew *crew = w->crew;

	if (w->ready)
		return;
	worker_set_ready(w, true);
	take_facts(w, payload, n);
	tell_serving(w, true);
	if (w->epoch > crew->epoch) {
		crew->epoch = w->epoch;
		dismiss_older(crew);
	}
	set_idle(w);
}

static void take_leave(struct worker *w)
{
	w->dismissed = true;
	worker_give_back(w);
	crew_dispatch(w->crew);
}

static void take_reply(struct worker *w, const struct frame *head,
		       const char *payload)
{
	struct crew *crew = w->crew;
	struct job *job = w->job;

	if (!job || head->ticket != job->ticket)
		return;
	worker_set_job(w, NULL);
	/* To work again, before its reply is sent. */
	if (head->flags & FRAME_TAKE_LEAVE)
		take_leave(w);
	else if (w->next)
		worker_begin_next(w);
	else
		set_idle(w);
	if (job->dropped) {
		job_free(job);
		return;
	}
	w->answered++;
	crew_done(crew->f, job, head, payload, head->bytes);
}

static void take_frame(struct worker *w, const struct frame *head,
		       const char *payload)
{
	switch (head->kind) {
	case FRAME_HELLO:
		take_hello(w, payload, head->bytes);
		break;
	case FRAME_REPLY:
		take_reply(w, head, payload);
		break;
	case FRAME_FACTS:
		w->looking = false;
		take_facts(w, payload, head->bytes);
		tell_serving(w, false);
		if (w->look && w->idle)
			worker_look(w);
		break;
	}
}

size_t worker_take_frames(struct worker *w, const char *data, size_t n,
			  bool *bad)
{
	struct frame head;
	size_t used = 0;

	while (!w->dismissed && frame_whole(data + used, n - used,
					    w->crew->frame_max, &head, bad)) {
		take_frame(w, &head, data + used + sizeof(head));
		used += sizeof(head) + head.bytes;
	}
	return used;
}
