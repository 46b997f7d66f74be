/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "frame.h"

#include "buf.h"

/* The strings of struct http_wants that a worker is told. */
static const struct {
	const char *key;
	size_t at;
} strings[] = {
	{ "Etags", offsetof(struct http_wants, etags) },
	{ "Origin", offsetof(struct http_wants, origin) },
	{ "Base", offsetof(struct http_wants, base) },
	{ "Target", offsetof(struct http_wants, target) },
};

enum {
	STRINGS = sizeof(strings) / sizeof(*strings)
};

static const char **string_of(struct http_wants *wants, size_t i)
{
	return (const char **)((char *)wants + strings[i].at);
}

static const char *value_of(const struct http_wants *wants, size_t i)
{
	const char *const *at =
		(const char *const *)((const char *)wants + strings[i].at);

	return *at && **at ? *at : NULL;
}

static uint32_t flags_of(const struct http_wants *wants)
{
	return (wants->head ? FRAME_HEAD : 0u) |
	       (wants->gzip ? FRAME_GZIP : 0u) |
	       (wants->close ? FRAME_CLOSE : 0u) |
	       (wants->by_origin ? FRAME_BY_ORIGIN : 0u);
}

static void add_wants(struct buf *out, const struct http_wants *wants)
{
	for (size_t i = 0; i < STRINGS; i++) {
		const char *value = value_of(wants, i);

		if (!value)
			continue;
		buf_add(out, strings[i].key, strlen(strings[i].key) + 1);
		buf_add(out, value, strlen(value) + 1);
	}
}

void frame_ask(struct buf *out, uint64_t ticket, const struct line_request *rq,
	       uint64_t deadline_ns, const struct http_wants *wants)
{
	size_t begin = out->len;
	struct frame head;

	memset(&head, 0, sizeof(head));
	head.kind = FRAME_ASK;
	head.ticket = ticket;
	head.verb = (uint32_t)(rq->verb - verbs);
	head.deadline_ns = deadline_ns;
	buf_add(out, &head, sizeof(head));
	for (size_t i = 0; i < rq->noptions; i++) {
		buf_add(out, rq->option[i].key, strlen(rq->option[i].key) + 1);
		buf_add(out, rq->option[i].value, rq->option[i].len + 1);
	}
	if (wants) {
		head.route = 1 + (uint32_t)wants->route;
		head.flags = flags_of(wants);
		add_wants(out, wants);
	}
	if (out->failed)
		return;
	head.bytes = (uint32_t)(out->len - begin - sizeof(head));
	memcpy(out->data + begin, &head, sizeof(head));
}

bool frame_wants(const struct frame *ask, struct http_wants *wants)
{
	if (!ask->route)
		return false;
	wants->route = (enum route_id)(ask->route - 1);
	wants->head = ask->flags & FRAME_HEAD;
	wants->gzip = ask->flags & FRAME_GZIP;
	wants->close = ask->flags & FRAME_CLOSE;
	wants->by_origin = ask->flags & FRAME_BY_ORIGIN;
	return true;
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

static bool is_string(const char *key)
{
	return *key >= 'A' && *key <= 'Z';
}

/* One that is not known is of no use, and no harm. */
static void take_want(struct http_wants *wants, const struct line_option *o)
{
	for (size_t i = 0; wants && i < STRINGS; i++)
		if (!strcmp(strings[i].key, o->key))
			*string_of(wants, i) = o->value;
}

bool frame_options(const char *payload, size_t n, struct line_request *rq,
		   struct http_wants *wants)
{
	const char *end = payload + n;
	struct line_option o;
	size_t len;

	rq->tag[0] = '\0';
	rq->noptions = 0;
	while (payload < end) {
		o.key = take_string(&payload, end, &len);
		if (!o.key || !len)
			return false;
		o.value = take_string(&payload, end, &o.len);
		if (!o.value)
			return false;
		if (is_string(o.key))
			take_want(wants, &o);
		else if (rq->noptions == LINE_OPTIONS_MAX)
			return false;
		else
			rq->option[rq->noptions++] = o;
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
