/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "source.h"

#include "buf.h"
#include "die.h"
#include "extract.h"
#include "input.h"
#include "pipeline.h"
#include "printable.h"
#include "problem.h"
#include "reader.h"
#include "source_parts.h"
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

enum {
	ID_BYTES_MAX = 4 * WALK_PATH_MAX /* each byte may become %XX */
};

bool visit_flush(struct visit *v)
{
	struct batch *b = v->batch;

	v->batch = NULL;
	return !b || pipeline_push(v->s->pipeline, b);
}

bool visit_added(struct visit *v)
{
	return v->batch->n < BATCH_ITEMS || visit_flush(v);
}

struct batch *visit_room(struct visit *v, uint64_t bytes)
{
	if (v->batch && v->batch->files.used + bytes > BATCH_BYTES &&
	    !visit_flush(v))
		return NULL;
	if (!v->batch) {
		v->batch = batch_new(v->in);
		v->batch->format = v->format;
	}
	return v->batch;
}

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

struct trawl_origin visit_origin(const struct visit *v, const struct stat *st)
{
	return (struct trawl_origin){ .root = v->in->root,
				      .size = (uint64_t)st->st_size,
				      .mtime_ns = nanoseconds(&st->st_mtim) };
}

bool visit_problem(struct visit *v, const char *where, const char *id,
		   const struct trawl_origin *origin, const struct problem *why)
{
	struct batch *b = visit_room(v, 0);
	struct item *it;

	if (!b)
		return false;
	it = batch_add(b, ITEM_PROBLEM);
	it->where = batch_strdup(b, where);
	it->id = id ? batch_strdup(b, id) : NULL;
	if (origin)
		it->origin = *origin;
	batch_problem(b, it, why);
	return visit_added(v);
}

/* The failure that the index remembers of a file that is still the same. */
static bool recall_failure(struct visit *v, struct item *it)
{
	struct trawl_index *ix = v->s->ix;
	struct trawl_origin was;
	struct problem why;
	const char *reason, *colon;

	/* An older content of it may be there, for a sync to remove. */
	if (!ix || trawl_origin_of(ix, it->id, &was, NULL) == TRAWL_OK ||
	    trawl_failure_of(ix, it->id, &was, &reason, NULL) != TRAWL_OK)
		return false;
	if (was.size != it->origin.size ||
	    was.mtime_ns != it->origin.mtime_ns || !was.root ||
	    strcmp(was.root, it->origin.root))
		return false;
	colon = strstr(reason, ": ");
	if (!colon)
		return false;
	problem(&why, "", "%s", colon + 2);
	snprintf(why.code, sizeof(why.code), "%.*s", (int)(colon - reason),
		 reason);
	batch_problem(v->batch, it, &why);
	it->remembered = true;
	return true;
}

static bool read_bytes(struct visit *v, struct item *it, int dirfd,
		       const char *name, struct problem *why)
{
	/* What is given itself may be a link to anywhere. */
	const char *beneath = dirfd == AT_FDCWD ? NULL : v->in->real;
	struct stat st;
	int fd = reader_open(dirfd, name, beneath, &st, why);
	bool ok;

	if (fd < 0)
		return false;
	ok = reader_read(fd, &st, &v->batch->files, &it->bytes, &it->len, why);
	it->origin = visit_origin(v, &st);
	close(fd);
	return ok;
}

static void read_file(struct visit *v, struct item *it, int dirfd,
		      const char *name)
{
	struct problem why;

	if (read_bytes(v, it, dirfd, name, &why)) {
		atomic_fetch_add(&v->s->text, it->len);
		return;
	}
	batch_problem(v->batch, it, &why);
}

static bool push_file(struct visit *v, int dirfd, const char *name,
		      const char *where, const char *id, const struct stat *st)
{
	struct batch *b = visit_room(v, (uint64_t)st->st_size);
	struct item *it;

	if (!b)
		return false;
	it = batch_add(b, ITEM_FILE);
	it->where = batch_strdup(b, where);
	it->id = batch_strdup(b, id);
	it->origin = visit_origin(v, st);
	atomic_fetch_add(&v->s->bytes, it->origin.size);
	if (item_is_unchanged(it, v->s->ix))
		it->kind = ITEM_KEEP;
	else if (!recall_failure(v, it))
		read_file(v, it, dirfd, name);
	if (v->in->kind == INPUT_FILE && it->problem &&
	    !strcmp(it->problem->code, "E_EMPTY"))
		v->files = 0; /* a root that has suddenly become empty */
	return visit_added(v);
}

static bool push_lines_file(struct visit *v, int dirfd, const char *name,
			    const char *where, const char *id)
{
	struct problem why;
	struct stat st;
	struct trawl_origin origin;
	bool go_on;
	int fd = reader_open(dirfd, name, v->in->real, &st, &why);

	if (fd < 0) {
		v->whole = false;
		return visit_problem(v, where, NULL, NULL, &why);
	}
	origin = visit_origin(v, &st);
	go_on = visit_lines(v, fd, where, id, &origin);
	close(fd);
	return go_on;
}

static bool on_file(void *ctx, int dirfd, const char *name, const char *path,
		    const struct stat *st)
{
	struct visit *v = ctx;
	char *where = make_where(v->in, path), *id = make_id(path);
	bool is_lines =
		S_ISREG(st->st_mode) && is_lines_name(name, v->s->cl->format);
	bool go_on;

	v->files++;
	go_on = is_lines ? push_lines_file(v, dirfd, name, where, id)
			 : push_file(v, dirfd, name, where, id, st);
	free(where);
	free(id);
	return go_on;
}

static bool on_bad(void *ctx, const char *path, const struct problem *why,
		   bool part)
{
	struct visit *v = ctx;
	char *where = make_where(v->in, path);
	bool go_on;

	if (part)
		v->whole = false;
	go_on = visit_problem(v, where, NULL, NULL, why);
	free(where);
	return go_on;
}

static struct walk make_walk(const struct cmdline *cl)
{
	struct walk w = { .include = cl->include, .exclude = cl->exclude };
	struct stat st;

	if (!stat(cl->index, &st)) {
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
	struct walk w = make_walk(v->s->cl);
	struct problem why;
	int fd = open_directory(v->in->real);
	bool go_on;

	if (fd < 0) {
		v->whole = false;
		problem_errno(&why, errno);
		return visit_problem(v, v->in->path, NULL, NULL, &why);
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
	struct problem why;
	struct stat st;
	char *id = make_id(v->in->base);
	bool go_on;

	if (stat(v->in->real, &st) < 0) {
		v->whole = false;
		problem_errno(&why, errno);
		go_on = visit_problem(v, v->in->path, id, NULL, &why);
	} else {
		v->files++;
		go_on = push_file(v, AT_FDCWD, v->in->real, v->in->path, id,
				  &st);
	}
	free(id);
	return go_on;
}

static bool is_input_unchanged(const struct visit *v,
			       const struct trawl_origin *now)
{
	struct trawl_origin was;

	return v->s->ix &&
	       trawl_input_of(v->s->ix, now->root, &was, NULL) == TRAWL_OK &&
	       was.size == now->size && was.mtime_ns == now->mtime_ns;
}

static bool keep_root(struct visit *v)
{
	struct batch *b = visit_room(v, 0);

	v->files++;
	if (!b)
		return false;
	batch_add(b, ITEM_KEEP_ROOT);
	return visit_added(v);
}

static bool read_lines_input(struct visit *v, struct trawl_origin *origin)
{
	struct problem why;
	struct stat st;
	bool go_on;
	char *id;
	int fd = reader_open(AT_FDCWD, v->in->real, NULL, &st, &why);

	if (fd < 0) {
		v->whole = false;
		return visit_problem(v, v->in->path, NULL, NULL, &why);
	}
	*origin = visit_origin(v, &st);
	if (is_input_unchanged(v, origin)) {
		close(fd);
		return keep_root(v);
	}
	id = make_id(v->in->base);
	go_on = visit_lines(v, fd, v->in->path, id, origin);
	free(id);
	close(fd);
	return go_on;
}

static bool push_end(struct visit *v, const struct trawl_origin *origin)
{
	struct batch *b = visit_room(v, 0);
	struct item *it;

	if (!b)
		return false;
	it = batch_add(b, ITEM_END);
	it->where = batch_strdup(b, v->in->path);
	it->origin = *origin;
	it->files = v->files;
	it->whole = v->whole;
	if (v->s->ix && v->in->root &&
	    trawl_root_count(v->s->ix, v->in->root, &it->known, NULL) !=
		    TRAWL_OK)
		it->known = 0;
	return visit_flush(v);
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
		go_on = visit_lines(&v, STDIN_FILENO, "-", "-", &origin);
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
	go_on = go_on && push_end(&v, &origin);
	batch_free(v.batch);
	return go_on;
}

/* Sizes of files, of those only that may have changed since. */
struct sizes {
	struct timespec since;
	uint64_t sum;
};

static bool is_since(const struct timespec *t, const struct timespec *since)
{
	return t->tv_sec > since->tv_sec ||
	       (t->tv_sec == since->tv_sec && t->tv_nsec >= since->tv_nsec);
}

static bool add_size(void *ctx, int dirfd, const char *name, const char *path,
		     const struct stat *st)
{
	struct sizes *sizes = ctx;

	(void)dirfd;
	(void)name;
	(void)path;
	/* A file that was moved here has a new ctime alone. */
	if (is_since(&st->st_ctim, &sizes->since) ||
	    is_since(&st->st_mtim, &sizes->since))
		sizes->sum += (uint64_t)st->st_size;
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

static void add_directory(const struct cmdline *cl, const char *path,
			  struct sizes *sizes)
{
	struct walk w = make_walk(cl);
	int fd = open_directory(path);

	if (fd < 0)
		return;
	w.file = add_size;
	w.bad = ignore_bad;
	w.ctx = sizes;
	walk(&w, fd);
	close(fd);
}

bool source_bytes(const struct cmdline *cl, const struct input *inputs,
		  size_t n, const struct timespec *since, uint64_t *sum)
{
	struct sizes sizes = { .since = *since };
	struct stat st;

	for (const struct input *in = inputs; in < inputs + n; in++) {
		if (in->kind == INPUT_STDIN)
			return false;
		if (in->kind == INPUT_DIRECTORY)
			add_directory(cl, in->real, &sizes);
		else if (in->kind != INPUT_MISSING && !stat(in->real, &st))
			add_size(&sizes, -1, NULL, NULL, &st);
	}
	*sum = sizes.sum;
	return true;
}

static void count_bytes(struct source *s)
{
	const struct timespec ever = { .tv_sec = INT64_MIN };
	uint64_t sum;

	if (source_bytes(s->cl, s->inputs, s->ninputs, &ever, &sum))
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
