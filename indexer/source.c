/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include "buf.h"
#include "die.h"
#include "extract.h"
#include "input.h"
#include "jsonl.h"
#include "pipeline.h"
#include "printable.h"
#include "reader.h"
#include "stream.h"
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum {
	ID_BYTES_MAX = 4 * WALK_PATH_MAX /* each byte may become %XX */
};

/* One input's walk. */
struct visit {
	struct source *s;
	const struct input *in;
	const struct extractor *format;
	uint64_t files;
	bool whole;
};

static char *make_id(const char *path)
{
	struct buf b = BUF_INIT(ID_BYTES_MAX);

	add_percent(&b, path, strlen(path));
	return xdetach(&b);
}

static char *make_where(const struct input *in, const char *path)
{
	size_t n = strlen(in->path);
	bool slash = n && in->path[n - 1] == '/';

	if (!*path)
		return xstrdup(in->path);
	return xasprintf("%s%s%s", in->path, slash ? "" : "/", path);
}

/* 0, unknown, when it is not within the years 1678 to 2261. */
static int64_t nanoseconds(const struct timespec *t)
{
	const int64_t second = 1000000000, most = INT64_MAX / second - 1;

	if (t->tv_sec > most || t->tv_sec < -most)
		return 0;
	return (int64_t)t->tv_sec * second + t->tv_nsec;
}

static struct trawl_origin origin_of(const struct input *in,
				     const struct stat *st)
{
	return (struct trawl_origin){ .root = in->root,
				      .size = (uint64_t)st->st_size,
				      .mtime_ns = nanoseconds(&st->st_mtim) };
}

/* id may be NULL; both strings are taken over. */
static bool push_problem(struct visit *v, char *where, char *id,
			 const struct trawl_origin *origin,
			 const struct problem *why)
{
	struct item *it = item_new(ITEM_PROBLEM, v->in);

	it->where = where;
	it->id = id;
	it->problem = *why;
	if (origin)
		it->origin = *origin;
	return pipeline_push(v->s->pipeline, it);
}

static struct item *file_item(enum item_kind kind, const struct visit *v,
			      char *where, char *id,
			      const struct trawl_origin *origin)
{
	struct item *it = item_new(kind, v->in);

	it->where = where;
	it->id = id;
	it->origin = *origin;
	return it;
}

/* The failure that the index remembers of a file that is still the same. */
static bool recall_failure(struct visit *v, struct item *it)
{
	struct trawl_origin was;
	const char *reason;
	const char *colon;

	/* An older content of it may be there, for a sync to remove. */
	if (!v->s->ix ||
	    trawl_origin_of(v->s->ix, it->id, &was, NULL) == TRAWL_OK ||
	    trawl_failure_of(v->s->ix, it->id, &was, &reason, NULL) != TRAWL_OK)
		return false;
	if (was.size != it->origin.size ||
	    was.mtime_ns != it->origin.mtime_ns || !was.root ||
	    strcmp(was.root, it->origin.root))
		return false;
	colon = strstr(reason, ": ");
	if (!colon)
		return false;
	it->kind = ITEM_PROBLEM;
	it->remembered = true;
	problem(&it->problem, "", "%s", colon + 2);
	snprintf(it->problem.code, sizeof(it->problem.code), "%.*s",
		 (int)(colon - reason), reason);
	return true;
}

static void read_bytes(struct visit *v, struct item *it, int dirfd,
		       const char *name, const char *beneath)
{
	struct stat st;
	int fd = reader_open(dirfd, name, beneath, &st, &it->problem);

	it->kind = ITEM_PROBLEM;
	if (fd < 0)
		return;
	if (reader_read(fd, &st, &it->bytes, &it->len, &it->problem)) {
		it->kind = ITEM_FILE;
		it->format = v->format;
		atomic_fetch_add(&v->s->text, it->len);
	}
	it->origin = origin_of(v->in, &st);
	close(fd);
}

static bool push_file(struct visit *v, int dirfd, const char *name,
		      struct item *it, const char *beneath)
{
	atomic_fetch_add(&v->s->bytes, it->origin.size);
	if (is_unchanged(v->s->ix, it->id, &it->origin))
		it->kind = ITEM_KEEP;
	else if (!recall_failure(v, it))
		read_bytes(v, it, dirfd, name, beneath);
	if (v->in->kind == INPUT_FILE && it->kind == ITEM_PROBLEM &&
	    !strcmp(it->problem.code, "E_EMPTY"))
		v->files = 0; /* a root that has suddenly become empty */
	return pipeline_push(v->s->pipeline, it);
}

/* Lines of one file: where and id are of the file. */
struct lines {
	struct visit *v;
	const char *where, *id;
	struct trawl_origin origin;
	uint64_t number;
};

static struct item *line_item(const struct lines *l, enum item_kind kind)
{
	const unsigned long long n = l->number;
	struct item *it =
		file_item(kind, l->v, xasprintf("%s:%llu", l->where, n),
			  xasprintf("%s#%llu", l->id, n), &l->origin);

	it->is_line = true;
	return it;
}

static bool is_blank_line(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!strchr(" \t\r", line[i]) || !line[i])
			return false;
	return true;
}

static bool push_line(struct lines *l, struct stream *stream, const char *line,
		      size_t len)
{
	struct item *it;

	if (l->number == 1 && len >= 3 && !memcmp(line, "\xEF\xBB\xBF", 3)) {
		line += 3;
		len -= 3;
	}
	if (is_blank_line(line, len))
		return true;
	it = line_item(l, ITEM_LINE);
	it->bytes = stream_take(stream, line, len);
	it->len = len;
	return pipeline_push(l->v->s->pipeline, it);
}

static bool push_long_line(struct lines *l)
{
	struct item *it = line_item(l, ITEM_PROBLEM);

	problem(&it->problem, "E_TOOBIG", "a line of more than %d bytes",
		JSON_LINE_MAX);
	return pipeline_push(l->v->s->pipeline, it);
}

/* False: stopped.  What cannot be read is pushed as a problem. */
static bool push_lines(struct lines *l, struct stream *stream)
{
	struct source *s = l->v->s;
	uint64_t last = 0;

	for (;;) {
		struct problem why = { 0 };
		const char *line;
		size_t len;
		enum stream_event e =
			stream_next(stream, JSON_LINE_MAX, &line, &len, &why);
		uint64_t at = stream_position(stream);
		bool go_on = true;

		atomic_fetch_add(&s->bytes, at - last);
		last = at;
		if (e == STREAM_END)
			return true;
		l->number++;
		if (e == STREAM_FAILED) {
			l->v->whole = false;
			return push_problem(l->v, xstrdup(l->where), NULL, NULL,
					    &why);
		}
		l->v->files++;
		atomic_fetch_add(&s->text, e == STREAM_LINE ? len + 1 : 0);
		go_on = e == STREAM_LINE ? push_line(l, stream, line, len)
					 : push_long_line(l);
		if (!go_on)
			return false;
	}
}

static bool push_stream(struct visit *v, int fd, const char *where,
			const char *id, const struct trawl_origin *origin)
{
	struct lines l = {
		.v = v, .where = where, .id = id, .origin = *origin
	};
	struct problem why = { 0 };
	struct stream *stream = stream_open(fd, &why);
	bool go_on;

	if (!stream) {
		v->whole = false;
		return push_problem(v, xstrdup(where), NULL, NULL, &why);
	}
	go_on = push_lines(&l, stream);
	stream_close(stream);
	return go_on;
}

/* A file of JSON Lines in a directory; it stays the caller's. */
static bool push_lines_file(struct visit *v, int dirfd, const char *name,
			    const struct item *it, const char *beneath)
{
	struct problem why = { 0 };
	struct stat st;
	struct trawl_origin origin;
	bool go_on;
	int fd = reader_open(dirfd, name, beneath, &st, &why);

	if (fd < 0) {
		v->whole = false;
		return push_problem(v, xstrdup(it->where), NULL, NULL, &why);
	}
	origin = origin_of(v->in, &st);
	go_on = push_stream(v, fd, it->where, it->id, &origin);
	close(fd);
	return go_on;
}

static bool on_file(void *ctx, int dirfd, const char *name, const char *path,
		    const struct stat *st)
{
	struct visit *v = ctx;
	const struct trawl_origin origin = origin_of(v->in, st);
	struct item *it = file_item(ITEM_FILE, v, make_where(v->in, path),
				    make_id(path), &origin);
	bool go_on;

	v->files++;
	if (!S_ISREG(st->st_mode) || !is_lines_name(name, v->s->cl->format))
		return push_file(v, dirfd, name, it, v->in->real);
	go_on = push_lines_file(v, dirfd, name, it, v->in->real);
	item_free(it);
	return go_on;
}

static bool on_bad(void *ctx, const char *path, const struct problem *why,
		   bool part)
{
	struct visit *v = ctx;

	if (part)
		v->whole = false;
	return push_problem(v, make_where(v->in, path), NULL, NULL, why);
}

static struct walk make_walk(const struct source *s)
{
	struct walk w = { .include = s->cl->include,
			  .exclude = s->cl->exclude };
	struct stat st;

	if (!stat(s->cl->index, &st)) {
		w.skip_dev = st.st_dev;
		w.skip_ino = st.st_ino;
	}
	return w;
}

static int open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool read_directory(struct visit *v)
{
	struct walk w = make_walk(v->s);
	struct problem why = { 0 };
	int fd = open_directory(v->in->real);
	bool go_on;

	if (fd < 0) {
		v->whole = false;
		problem_errno(&why, errno);
		return push_problem(v, xstrdup(v->in->path), NULL, NULL, &why);
	}
	w.file = on_file;
	w.bad = on_bad;
	w.ctx = v;
	go_on = walk(&w, fd);
	close(fd);
	return go_on;
}

static bool read_one_file(struct visit *v)
{
	struct problem why = { 0 };
	struct stat st;
	struct trawl_origin origin;
	char *where = xstrdup(v->in->path), *id = make_id(v->in->base);

	if (stat(v->in->real, &st) < 0) {
		v->whole = false;
		problem_errno(&why, errno);
		return push_problem(v, where, id, NULL, &why);
	}
	origin = origin_of(v->in, &st);
	v->files++;
	return push_file(v, AT_FDCWD, v->in->real,
			 file_item(ITEM_FILE, v, where, id, &origin), NULL);
}

static bool is_input_unchanged(const struct visit *v,
			       const struct trawl_origin *now)
{
	struct trawl_origin was;

	return v->s->ix &&
	       trawl_input_of(v->s->ix, now->root, &was, NULL) == TRAWL_OK &&
	       was.size == now->size && was.mtime_ns == now->mtime_ns;
}

static bool read_lines_input(struct visit *v, struct trawl_origin *origin)
{
	struct problem why = { 0 };
	struct stat st;
	bool go_on;
	char *id;
	int fd = reader_open(AT_FDCWD, v->in->real, NULL, &st, &why);

	if (fd < 0) {
		v->whole = false;
		return push_problem(v, xstrdup(v->in->path), NULL, NULL, &why);
	}
	*origin = origin_of(v->in, &st);
	if (is_input_unchanged(v, origin)) {
		close(fd);
		v->files++;
		return pipeline_push(v->s->pipeline,
				     item_new(ITEM_KEEP_ROOT, v->in));
	}
	id = make_id(v->in->base);
	go_on = push_stream(v, fd, v->in->path, id, origin);
	free(id);
	close(fd);
	return go_on;
}

static bool push_end(struct visit *v, const struct trawl_origin *origin)
{
	struct item *it = item_new(ITEM_END, v->in);

	it->where = xstrdup(v->in->path);
	it->origin = *origin;
	it->files = v->files;
	it->whole = v->whole;
	if (v->s->ix && v->in->root &&
	    trawl_root_count(v->s->ix, v->in->root, &it->known, NULL) !=
		    TRAWL_OK)
		it->known = 0;
	return pipeline_push(v->s->pipeline, it);
}

static bool read_input(struct source *s, const struct input *in)
{
	const char *format = s->cl->format;
	struct visit v = { .s = s, .in = in, .whole = true };
	struct trawl_origin origin = { .root = in->root };
	bool go_on = true;

	v.format = format ? extractor_by_name(format) : NULL;
	switch (in->kind) {
	case INPUT_STDIN:
		go_on = push_stream(&v, STDIN_FILENO, "-", "-", &origin);
		break;
	case INPUT_DIRECTORY:
		go_on = read_directory(&v);
		break;
	case INPUT_FILE:
		go_on = read_one_file(&v);
		break;
	case INPUT_LINES:
		go_on = read_lines_input(&v, &origin);
		break;
	case INPUT_MISSING:
		break;
	}
	return go_on && push_end(&v, &origin);
}

static bool add_size(void *ctx, int dirfd, const char *name, const char *path,
		     const struct stat *st)
{
	uint64_t *sum = ctx;

	(void)dirfd;
	(void)name;
	(void)path;
	*sum += (uint64_t)st->st_size;
	return true;
}

static bool ignore_bad(void *ctx, const char *path, const struct problem *why,
		       bool part)
{
	(void)ctx;
	(void)path;
	(void)why;
	(void)part;
	return true;
}

static uint64_t directory_bytes(const struct source *s, const char *path)
{
	struct walk w = make_walk(s);
	uint64_t sum = 0;
	int fd = open_directory(path);

	if (fd < 0)
		return 0;
	w.file = add_size;
	w.bad = ignore_bad;
	w.ctx = &sum;
	walk(&w, fd);
	close(fd);
	return sum;
}

static void count_bytes(struct source *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->ninputs; i++) {
		const struct input *in = &s->inputs[i];

		if (in->kind == INPUT_STDIN)
			return;
		sum += in->kind == INPUT_DIRECTORY
			       ? directory_bytes(s, in->real)
			       : in->bytes;
	}
	atomic_store(&s->total, sum);
}

void *source_run(void *arg)
{
	struct source *s = arg;
	bool go_on = true;

	if (s->count_first)
		count_bytes(s);
	for (size_t i = 0; i < s->ninputs && go_on; i++)
		go_on = read_input(s, &s->inputs[i]);
	pipeline_finish(s->pipeline);
	return NULL;
}
