/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes to the line reader: whole, and split where the input says, they
 * are the same requests and errors.
 *
 * The first byte chooses the limits, the next eight how many bytes come at a
 * time, round and round; the rest is what comes.
 */
#include "fuzz.h"

#include "buf.h"
#include "frame.h"
#include "line.h"
#include "printable.h"
#include "utf8.h"

enum {
	SPLITS = 8,
	EVENTS_MAX = 16 << 20
};

static const struct line_limits limits[] = {
	{ 65536, 65536 },
	{ 64, 20 },
	{ 16, 0 },
	{ 256, 0 },
};

static void check_value(const struct line_option *o)
{
	PROMISE(strlen(o->value) == o->len);
	PROMISE(utf8_valid(o->value, o->len) == o->len);
	PROMISE(*o->key && strlen(o->key) <= 16);
}

static void check_frame(const struct line_request *rq)
{
	struct buf out = BUF_INIT(EVENTS_MAX);
	struct frame head;
	struct line_request again;
	bool bad;

	frame_ask(&out, 1, rq, 1, NULL);
	PROMISE(frame_whole(out.data, out.len, out.len, &head, &bad) && !bad);
	PROMISE(head.verb == rq->verb - verbs);
	PROMISE(frame_options(out.data + sizeof(head), head.bytes, &again,
			      NULL));
	PROMISE(again.noptions == rq->noptions);
	for (size_t i = 0; i < rq->noptions; i++) {
		PROMISE(!strcmp(again.option[i].key, rq->option[i].key));
		PROMISE(!strcmp(again.option[i].value, rq->option[i].value));
	}
	buf_release(&out);
}

static void check_request(const struct line_request *rq, struct buf *events)
{
	buf_addf(events, "#%s %s", rq->tag, rq->verb->name);
	PROMISE(rq->noptions <= LINE_OPTIONS_MAX);
	for (size_t i = 0; i < rq->noptions; i++) {
		const struct line_option *o = &rq->option[i];

		check_value(o);
		PROMISE(verb_has_option(rq->verb, o->key));
		PROMISE(line_value(rq, o->key) == o->value);
		buf_addf(events, " %s=[%s]", o->key, o->value);
	}
	buf_addc(events, '\n');
	check_frame(rq);
}

static void check_error(const struct line_error *err, struct buf *events)
{
	size_t len = strnlen(err->text, LINE_ERROR_MAX);
	uint32_t cp;

	PROMISE(len && len < LINE_ERROR_MAX);
	for (size_t i = 0; i < len;) {
		i += utf8_decode(err->text + i, len - i, &cp);
		PROMISE(!is_control(cp));
	}
	PROMISE(strcmp(error_slug(err->code), "internal") != 0);
	PROMISE(strlen(err->tag) <= LINE_TAG_MAX);
	buf_addf(events, "#%s %u %s\n", err->tag, (unsigned)err->code,
		 err->text);
}

/* All that can be had from the n bytes at data; false after LINE_FATAL. */
static bool drain(struct line_reader *r, char *data, size_t n, size_t *taken,
		  struct buf *events)
{
	enum line_event event = LINE_ERROR;
	struct line_request rq;
	struct line_error err;
	size_t used;

	*taken = 0;
	while (event != LINE_MORE && event != LINE_FATAL) {
		event = line_next(r, data + *taken, n - *taken, &used, &rq,
				  &err);
		PROMISE(used <= n - *taken);
		PROMISE(used || event == LINE_MORE || event == LINE_FATAL);
		if (event == LINE_REQUEST)
			check_request(&rq, events);
		else if (event != LINE_MORE)
			check_error(&err, events);
		*taken += used;
	}
	return event != LINE_FATAL;
}

/* The bytes in pieces of split[i], of 16 KB where that is 0. */
static void read_all(struct line_limits lim, const uint8_t *data, size_t size,
		     const uint8_t split[SPLITS], struct buf *events)
{
	struct buf kept = BUF_INIT(EVENTS_MAX);
	struct line_reader r;
	size_t at = 0, taken;
	bool goes_on = true;

	line_reader_init(&r, lim);
	for (size_t i = 0; at < size && goes_on; i++) {
		size_t n = split[i % SPLITS] ? split[i % SPLITS] : 16384;

		n = n < size - at ? n : size - at;
		buf_add(&kept, data + at, n);
		at += n;
		goes_on = drain(&r, kept.data, kept.len, &taken, events);
		memmove(kept.data, kept.data + taken, kept.len - taken);
		buf_truncate(&kept, kept.len - taken);
		PROMISE(!goes_on ||
			kept.len <= lim.max_line + lim.max_literal + 4);
	}
	if (goes_on)
		buf_addf(events, "pending: %d\n", line_pending(&r, kept.len));
	buf_release(&kept);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t whole[SPLITS];
	struct buf one = BUF_INIT(EVENTS_MAX), other = BUF_INIT(EVENTS_MAX);

	if (size <= 1 + SPLITS)
		return 0;

	struct line_limits lim = limits[*data % 4];
	const uint8_t *split = data + 1;

	data += 1 + SPLITS;
	size -= 1 + SPLITS;
	read_all(lim, data, size, whole, &one);
	read_all(lim, data, size, split, &other);
	PROMISE(!one.failed && !other.failed);
	PROMISE(!strcmp(one.data, other.data));
	buf_release(&one);
	buf_release(&other);
	return 0;
}
