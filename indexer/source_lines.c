/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source_parts.h"

#include "jsonl.h"
#include "pipeline.h"
#include "problem.h"
#include "source.h"
#include "stream.h"

/* Lines of one file: where and id are of the file. */
struct lines {
	struct visit *v;
	const char *where, *id;
	struct trawl_origin origin;
	uint64_t count;	   /* that were seen */
	uint64_t position; /* of the file, as it lies on the disk */
};

static size_t count_lines(const char *s, size_t n)
{
	const char *end = s + n, *lf;
	size_t count = 0;

	for (; s < end && (lf = memchr(s, '\n', (size_t)(end - s))); s = lf + 1)
		count++;
	return count + (s < end);
}

/* lines are taken over. */
static bool push_lines(struct lines *l, char *lines, size_t len)
{
	struct visit *v = l->v;
	struct batch *b = batch_new(v->in);

	b->lines = lines;
	b->len = len;
	b->nlines = count_lines(lines, len);
	b->first = l->count + 1;
	b->where = batch_strdup(b, l->where);
	b->id = batch_strdup(b, l->id);
	b->origin = l->origin;
	l->count += b->nlines;
	atomic_fetch_add(&v->s->text, len);
	if (visit_flush(v))
		return pipeline_push(v->s->pipeline, b);
	batch_free(b);
	return false;
}

static bool push_long_line(struct lines *l)
{
	struct batch *b = visit_room(l->v, 0);
	struct problem why;
	struct item *it;

	if (!b)
		return false;
	it = batch_add(b, ITEM_PROBLEM);
	it->line = ++l->count;
	it->where = batch_printf(b, "%s:%llu", l->where,
				 (unsigned long long)it->line);
	it->origin = l->origin;
	problem(&why, "E_TOOBIG", "a line of more than %d bytes",
		JSON_LINE_MAX);
	batch_problem(b, it, &why);
	return visit_added(l->v);
}

static bool push_failure(struct lines *l, const struct problem *why)
{
	l->v->whole = false;
	return visit_problem(l->v, l->where, NULL, NULL, why);
}

static void advance(struct lines *l, const struct stream *stream)
{
	uint64_t at = stream_position(stream);

	atomic_fetch_add(&l->v->s->bytes, at - l->position);
	l->position = at;
}

/* False: stopped. */
static bool push_all(struct lines *l, struct stream *stream)
{
	bool go_on = true;

	while (go_on) {
		struct problem why;
		char *lines;
		size_t len;
		enum stream_event e =
			stream_next(stream, JSON_LINE_MAX, &lines, &len, &why);

		advance(l, stream);
		if (e == STREAM_END)
			return true;
		if (e == STREAM_FAILED)
			return push_failure(l, &why);
		go_on = e == STREAM_LINES ? push_lines(l, lines, len)
					  : push_long_line(l);
	}
	return false;
}

bool visit_lines(struct visit *v, int fd, const char *where, const char *id,
		 const struct trawl_origin *origin)
{
	struct lines l = {
		.v = v, .where = where, .id = id, .origin = *origin
	};
	struct problem why;
	struct stream *stream = stream_open(fd, &why);
	bool go_on;

	if (!stream)
		return push_failure(&l, &why);
	go_on = push_all(&l, stream);
	stream_close(stream);
	v->files += l.count;
	return go_on;
}
