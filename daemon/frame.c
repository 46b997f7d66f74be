/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"

#include "buf.h"

void frame_ask(struct buf *out, uint64_t ticket, const struct line_request *rq,
	       uint64_t deadline_ns)
{
	struct frame head;

	memset(&head, 0, sizeof(head));
	head.kind = FRAME_ASK;
	head.ticket = ticket;
	head.verb = (uint32_t)(rq->verb - verbs);
	head.deadline_ns = deadline_ns;
	for (size_t i = 0; i < rq->noptions; i++)
		head.bytes += (uint32_t)(strlen(rq->option[i].key) +
					 rq->option[i].len + 2);
	buf_add(out, &head, sizeof(head));
	for (size_t i = 0; i < rq->noptions; i++) {
		buf_add(out, rq->option[i].key, strlen(rq->option[i].key) + 1);
		buf_add(out, rq->option[i].value, rq->option[i].len + 1);
	}
}

/* The string at *s, which is moved behind its NUL; NULL: it has none. */
static const char *take_string(const char **s, const char *end, size_t *len)
{
	const char *begin = *s;
	const char *nul = memchr(begin, '\0', (size_t)(end - begin));

	if (!nul)
		return NULL;
	*len = (size_t)(nul - begin);
	*s = nul + 1;
	return begin;
}

bool frame_options(const char *payload, size_t n, struct line_request *rq)
{
	const char *end = payload + n;
	size_t len;

	rq->tag[0] = '\0';
	rq->noptions = 0;
	while (payload < end) {
		struct line_option *o = &rq->option[rq->noptions];

		if (rq->noptions == LINE_OPTIONS_MAX)
			return false;
		o->key = take_string(&payload, end, &len);
		if (!o->key || !len)
			return false;
		o->value = take_string(&payload, end, &o->len);
		if (!o->value)
			return false;
		rq->noptions++;
	}
	return true;
}

bool frame_whole(const char *data, size_t n, size_t max, struct frame *head,
		 bool *bad)
{
	*bad = false;
	if (n < sizeof(*head))
		return false;
	memcpy(head, data, sizeof(*head));
	head->rev[sizeof(head->rev) - 1] = '\0';
	*bad = head->kind < FRAME_HELLO || head->kind > FRAME_DROP ||
	       head->bytes > max;
	return !*bad && n - sizeof(*head) >= head->bytes;
}
