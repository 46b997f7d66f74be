/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "run.h"

#include "batch.h"
#include "buf.h"
#include "die.h"
#include "digest.h"
#include "id_set.h"
#include "input.h"
#include "pipeline.h"
#include "printable.h"
#include "problem.h"
#include "progress.h"
#include "rewrite.h"
#include "source.h"
#include "summary.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum {
	SCHEMA_BYTES_MAX = 1 << 20, /* of a schema file */
	WAIT_MS = 200,		    /* how often signals are looked for */
	LINE_MAX_BYTES = 1 << 20    /* of a line on standard error */
};

struct run {
	const struct cmdline *cl;
	enum mode mode;
	struct input *inputs;
	size_t ninputs;
	char *schema;
	struct trawl_writer *writer;
	struct trawl_index *ix; /* the source's, once it runs */
	struct pipeline *pipeline;
	void *digests[THREADS_MAX]; /* of the pipeline's workers */
	struct source source;
	pthread_t thread;
	struct progress progress;
	struct summary summary;
	struct id_set ids;	 /* met, where two documents may have one */
	uint64_t skipped_before; /* when this input began */
	const struct input *changing; /* see begin_changes() */
	const struct input *kept;     /* whole, unread */
	bool incomplete;	      /* a sync that did not remove: exit 3 */
	bool stopped;		      /* by a signal or by --strict */
	enum trawl_status st;
	struct trawl_error err;
};

int could_not(enum trawl_status st, const struct trawl_error *err)
{
	fflush(stdout);
	fprintf(stderr, "trawl-index: %s\n",
		st == TRAWL_NOMEM ? "out of memory" : err->text);
	if (st == TRAWL_NOMEM)
		_exit(EXIT_COULD_NOT);
	return EXIT_COULD_NOT;
}

/* One line on standard error, whatever bytes are in it. */
static void say(struct run *r, const char *where, const char *code,
		const char *reason)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	progress_clear(&r->progress);
	add_printable(&line, where, strlen(where));
	buf_adds(&line, ": ");
	buf_adds(&line, code);
	buf_adds(&line, ": ");
	add_printable(&line, reason, strlen(reason));
	buf_addc(&line, '\n');
	fwrite(line.data, 1, line.len, stderr);
	buf_release(&line);
}

static void skip(struct run *r, const char *where, const struct problem *why)
{
	say(r, where, why->code, why->reason);
	r->summary.skipped++;
	if (r->cl->strict)
		r->stopped = true;
}

static void ok_or_end(struct run *r, enum trawl_status st)
{
	if (st != TRAWL_OK && r->st == TRAWL_OK)
		r->st = st;
}

/* A document that is still there, whether it can be read or not. */
static void keep(struct run *r, const char *id)
{
	enum trawl_status st;

	if (r->mode == MODE_BUILD || !id)
		return;
	st = trawl_writer_keep(r->writer, id, &r->err);
	ok_or_end(r, st == TRAWL_NOTFOUND ? TRAWL_OK : st);
}

static void remember_failure(struct run *r, const struct item *it)
{
	char *reason;

	if (!it->id || !it->origin.root || !it->origin.mtime_ns || it->line)
		return;
	reason = xasprintf("%s: %s", it->problem->code, it->problem->reason);
	ok_or_end(r, trawl_writer_failed(r->writer, it->id, &it->origin, reason,
					 &r->err));
	free(reason);
}

static void on_problem(struct run *r, struct batch *b, const struct item *it)
{
	skip(r, batch_where(b, it), it->problem);
	if (it->remembered)
		keep(r, it->id);
	else if (problem_lasts(it->problem))
		remember_failure(r, it);
	else if (strcmp(it->problem->code, "E_GONE"))
		keep(r, it->id);
}

static void warn_mended(struct run *r, struct batch *b, const struct item *it)
{
	char reason[80];

	if (!it->replaced)
		return;
	r->summary.mended++;
	if (r->cl->quiet)
		return;
	snprintf(reason, sizeof(reason), "%zu malformed %s became U+FFFD",
		 it->replaced, it->replaced == 1 ? "part" : "parts");
	say(r, batch_where(b, it), "W_ENCODING", reason);
}

/*
 * The writer knows what was put twice, but not that what was kept is put or
 * kept again; only lines and the files of several inputs can have one id.
 */
static bool is_new(struct run *r, const struct item *it)
{
	if (r->mode == MODE_BUILD || (r->ninputs == 1 && !it->line))
		return true;
	return id_set_add(&r->ids, it->id);
}

static void on_duplicate(struct run *r, struct batch *b, const struct item *it)
{
	struct problem why;

	problem(&why, "E_DUPLICATE", "id %s has been met before in this run",
		it->id);
	skip(r, batch_where(b, it), &why);
}

static void on_keep(struct run *r, struct batch *b, const struct item *it)
{
	if (!is_new(r, it)) {
		on_duplicate(r, b, it);
		return;
	}
	keep(r, it->id);
	r->summary.unchanged++;
}

/*
 * A file of JSON Lines that has changed is unknown until all of it is in: a run
 * that is killed leaves a part, which is neither what is remembered of the file
 * nor what the file is.
 */
static void begin_changes(struct run *r, const struct input *in)
{
	const struct trawl_origin unknown = { .root = in->root };

	if (r->mode == MODE_BUILD || in->kind != INPUT_LINES ||
	    r->changing == in)
		return;
	r->changing = in;
	ok_or_end(r, trawl_writer_input(r->writer, &unknown, &r->err));
}

static void count_put(struct run *r, enum trawl_outcome outcome)
{
	switch (outcome) {
	case TRAWL_ADDED:
		r->summary.added++;
		break;
	case TRAWL_REPLACED:
		r->summary.replaced++;
		break;
	case TRAWL_UNCHANGED:
		r->summary.unchanged++;
		break;
	case TRAWL_DUPLICATE:
		break;
	}
}

static void on_put(struct run *r, struct batch *b, const struct item *it)
{
	enum trawl_outcome outcome = TRAWL_ADDED;

	if (!is_new(r, it)) {
		on_duplicate(r, b, it);
		return;
	}
	warn_mended(r, b, it);
	begin_changes(r, b->input);
	if (r->st != TRAWL_OK)
		return;
	ok_or_end(r, trawl_writer_put(r->writer, it->prep, &outcome, &r->err));
	if (r->st != TRAWL_OK)
		return;
	r->summary.long_words += trawl_prepared_long_words(it->prep);
	count_put(r, outcome);
	if (outcome == TRAWL_DUPLICATE)
		on_duplicate(r, b, it);
}

static void on_keep_root(struct run *r, const struct input *in)
{
	uint64_t kept = 0;

	ok_or_end(r,
		  trawl_writer_keep_root(r->writer, in->root, &kept, &r->err));
	r->summary.unchanged += kept;
	r->kept = in;
}

static void say_kept(struct run *r, const struct input *in, const char *why)
{
	char reason[200];

	snprintf(reason, sizeof(reason),
		 "%s: nothing is removed; --force removes what is not found",
		 why);
	say(r, in->path, in->kind == INPUT_MISSING ? "E_GONE" : "E_EMPTY",
	    reason);
	r->incomplete = true;
}

static void sweep(struct run *r, const struct input *in, const struct item *it)
{
	uint64_t removed = 0;

	if (in->kind == INPUT_MISSING && !r->cl->force) {
		say_kept(r, in, "no such file or directory");
		return;
	}
	if (!it->whole && !r->cl->force) {
		say(r, in->path, "W_PARTIAL",
		    "a part could not be read: nothing is removed");
		return;
	}
	if (!it->files && it->known && !r->cl->force) {
		say_kept(r, in, "it held documents and is now empty");
		return;
	}
	ok_or_end(r,
		  trawl_writer_sweep(r->writer, in->root, &removed, &r->err));
	r->summary.removed += removed;
}

/*
 * A file of JSON Lines is only skipped another time if all of it was good, and
 * has done all that it should: a sweep may commit a part.
 */
static void on_end(struct run *r, const struct input *in, const struct item *it)
{
	bool good = r->summary.skipped == r->skipped_before;
	bool whole = in->kind == INPUT_LINES && it->whole && it->files;

	if (r->kept == in)
		return;
	if (r->mode == MODE_SYNC && in->root) {
		begin_changes(r, in);
		if (r->st == TRAWL_OK)
			sweep(r, in, it);
	}
	if (whole && good && r->st == TRAWL_OK)
		ok_or_end(r,
			  trawl_writer_input(r->writer, &it->origin, &r->err));
	r->skipped_before = r->summary.skipped;
}

static void handle(struct run *r, struct batch *b, const struct item *it)
{
	switch (it->kind) {
	case ITEM_PUT:
		on_put(r, b, it);
		break;
	case ITEM_KEEP:
		on_keep(r, b, it);
		break;
	case ITEM_KEEP_ROOT:
		on_keep_root(r, b->input);
		break;
	case ITEM_PROBLEM:
		on_problem(r, b, it);
		break;
	case ITEM_END:
		on_end(r, b->input, it);
		break;
	case ITEM_FILE:
		break;
	}
}

static void handle_batch(struct run *r, struct batch *b)
{
	for (size_t i = 0; i < b->n && r->st == TRAWL_OK && !r->stopped; i++)
		handle(r, b, &b->items[i]);
	if (b->fatal != TRAWL_OK && r->st == TRAWL_OK && !r->stopped) {
		r->st = b->fatal;
		r->err = b->err;
	}
}

/* SIGINT and SIGTERM are blocked in all threads and looked for here. */
static bool was_signalled(void)
{
	sigset_t pending;

	return !sigpending(&pending) && (sigismember(&pending, SIGINT) == 1 ||
					 sigismember(&pending, SIGTERM) == 1);
}

static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void say_interrupted(struct run *r)
{
	progress_clear(&r->progress);
	fprintf(stderr, "trawl-index: interrupted\n");
}

static void consume(struct run *r)
{
	bool more = true;

	while (more && r->st == TRAWL_OK && !r->stopped) {
		struct batch *b = pipeline_next(r->pipeline, WAIT_MS, &more);

		if (b)
			handle_batch(r, b);
		batch_free(b);
		progress_show(&r->progress, atomic_load(&r->source.bytes),
			      atomic_load(&r->source.total),
			      r->summary.added + r->summary.replaced +
				      r->summary.unchanged);
		if (was_signalled()) {
			say_interrupted(r);
			r->stopped = true;
		}
	}
	progress_clear(&r->progress);
}

static bool read_schema(struct run *r)
{
	FILE *f;
	size_t n;

	if (!r->cl->schema)
		return true;
	f = fopen(r->cl->schema, "re");
	if (!f) {
		fprintf(stderr, "trawl-index: %s: %s\n", r->cl->schema,
			strerror(errno));
		return false;
	}
	r->schema = xmalloc(SCHEMA_BYTES_MAX + 1);
	n = fread(r->schema, 1, SCHEMA_BYTES_MAX, f);
	r->schema[n] = '\0';
	fclose(f);
	if (n < SCHEMA_BYTES_MAX && strlen(r->schema) == n)
		return true;
	fprintf(stderr, "trawl-index: %s: not a schema file: %s\n",
		r->cl->schema,
		n < SCHEMA_BYTES_MAX ? "it holds a NUL" : "over 1 MiB");
	return false;
}

/* A name mistyped must not replace a good index by a part of it. */
static bool read_inputs(struct run *r)
{
	const struct cmdline *cl = r->cl;
	bool ok = true;

	while (cl->args[r->ninputs])
		r->ninputs++;
	r->inputs = xcalloc(r->ninputs, sizeof(*r->inputs));
	for (size_t i = 0; i < r->ninputs; i++) {
		struct input *in = &r->inputs[i];
		struct problem why;

		errno = 0;
		if (input_init(in, cl->args[i], cl->format) &&
		    (in->kind != INPUT_MISSING || r->mode == MODE_SYNC))
			continue;
		problem_errno(&why, errno ? errno : ENOENT);
		say(r, cl->args[i], why.code, why.reason);
		ok = false;
	}
	return ok;
}

static int check_stdin(const struct run *r)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->ninputs; i++)
		n += r->inputs[i].kind == INPUT_STDIN;
	if (n > 1) {
		fprintf(stderr, "trawl-index: - was given twice\n");
		return EXIT_USAGE;
	}
	if (n && r->cl->format && strcmp(r->cl->format, "jsonl")) {
		fprintf(stderr,
			"trawl-index: - is read as JSON Lines, not "
			"with --format %s\n",
			r->cl->format);
		return EXIT_USAGE;
	}
	return -1;
}

/* How the writer is to work. */
static enum trawl_write_mode choose_mode(struct run *r)
{
	if (r->mode == MODE_BUILD)
		return TRAWL_BUILD;
	r->summary.rewritten = !r->cl->with_api &&
			       is_worth_rewriting(r->cl, r->inputs, r->ninputs);
	return r->summary.rewritten ? TRAWL_REWRITE : TRAWL_UPDATE;
}

/* What is to be known of the way that was taken; not a failure. */
static void say_note(struct run *r)
{
	const char *note = trawl_writer_note(r->writer);

	if (!note)
		return;
	r->summary.rewritten = false;
	fprintf(stderr, "trawl-index: %s: %s\n", r->cl->index, note);
}

/* Nothing is lost when a build ends early; of an update all is to be kept. */
static bool on_progress(void *ctx, double part)
{
	struct run *r = ctx;

	progress_show_part(&r->progress, part);
	if (r->mode != MODE_BUILD || !was_signalled())
		return true;
	r->stopped = true;
	return false;
}

static bool open_index(struct run *r)
{
	struct trawl_writer_options o = { .mode = choose_mode(r),
					  .language = r->cl->language,
					  .schema = r->schema,
					  .news = r->cl->news,
					  .memory = r->cl->memory,
					  .wait = r->cl->wait,
					  .threads = r->cl->threads,
					  .compress = r->cl->compress,
					  .with_api = r->cl->with_api,
					  .reproducible = r->cl->reproducible,
					  .progress = on_progress,
					  .progress_ctx = r };

	r->st = trawl_writer_open(r->cl->index, &o, &r->writer, &r->err);
	if (r->st == TRAWL_OK)
		say_note(r);
	if (r->st == TRAWL_OK && r->mode != MODE_BUILD)
		r->st = trawl_index_open(r->cl->index, &r->ix, &r->err);
	if (r->st == TRAWL_BADVALUE && r->cl->schema &&
	    !strncmp(r->err.text, "schema", 6)) {
		struct trawl_error why = r->err;

		snprintf(r->err.text, sizeof(r->err.text), "%.100s: %.400s",
			 r->cl->schema, why.text);
	}
	if (r->writer && r->st == TRAWL_NOTFOUND)
		r->st = TRAWL_OK; /* a new one: nothing is unchanged */
	return r->st == TRAWL_OK;
}

static void free_digests(struct run *r)
{
	for (unsigned i = 0; i < r->cl->threads; i++) {
		digest_free(r->digests[i]);
		r->digests[i] = NULL;
	}
}

static bool make_digests(struct run *r)
{
	const char *index = r->ix ? r->cl->index : NULL;

	for (unsigned i = 0; i < r->cl->threads && r->st == TRAWL_OK; i++) {
		struct digest *d = NULL;

		r->st = digest_new(r->writer, index, &d, &r->err);
		r->digests[i] = d;
	}
	return r->st == TRAWL_OK;
}

static bool start(struct run *r)
{
	struct pipeline_options o = { .work = digest_batch,
				      .workers = r->digests,
				      .threads = r->cl->threads,
				      .bytes = r->cl->memory / 8 };

	/* Not while the lock is waited for, and before there are threads. */
	block_signals();
	if (!make_digests(r))
		return false;
	r->pipeline = pipeline_start(&o);
	r->source.cl = r->cl;
	r->source.inputs = r->inputs;
	r->source.ninputs = r->ninputs;
	r->source.ix = r->ix;
	r->source.pipeline = r->pipeline;
	r->source.count_first = r->progress.wanted;
	if (pthread_create(&r->thread, NULL, source_run, &r->source))
		die("cannot start a thread");
	return true;
}

/* The source may be asleep in a read() of standard input: it is not waited
 * for, and the process ends without it. */
static int end_early(struct run *r)
{
	int status = EXIT_COULD_NOT;

	pipeline_stop(r->pipeline);
	free_digests(r);
	if (r->st == TRAWL_OK && !r->cl->strict && r->mode != MODE_BUILD)
		r->st = trawl_writer_commit(r->writer, &r->err);
	if (r->st != TRAWL_OK)
		status = could_not(r->st, &r->err);
	else if (r->cl->strict && r->summary.skipped)
		fprintf(stderr, "trawl-index: stopped at the first bad "
				"document (--strict)\n");
	trawl_writer_close(r->writer);
	fflush(stdout);
	_exit(status);
}

static int finish(struct run *r)
{
	struct trawl_writer_stats stats;

	pthread_join(r->thread, NULL);
	pipeline_free(r->pipeline);
	r->pipeline = NULL;
	free_digests(r);
	r->st = trawl_writer_finish(r->writer, &r->err);
	progress_clear(&r->progress);
	if (r->stopped) {
		say_interrupted(r);
		return EXIT_COULD_NOT;
	}
	if (r->st != TRAWL_OK)
		return could_not(r->st, &r->err);
	trawl_writer_count(r->writer, &stats);
	r->summary.documents = stats.documents;
	r->summary.long_words += stats.long_words;
	r->summary.bytes = atomic_load(&r->source.text);
	r->summary.seconds = monotonic_seconds() - r->progress.start;
	if (!summary_print(&r->summary, r->cl) || r->incomplete)
		return EXIT_COULD_NOT;
	return r->summary.skipped ? EXIT_SKIPPED : EXIT_DONE;
}

static int run_opened(struct run *r)
{
	int status;

	if (!open_index(r) || !start(r)) {
		status = could_not(r->st, &r->err);
		if (r->st == TRAWL_BADVALUE)
			status = EXIT_USAGE;
	} else {
		consume(r);
		status = r->st != TRAWL_OK || r->stopped ? end_early(r)
							 : finish(r);
	}
	free_digests(r);
	trawl_index_close(r->ix);
	trawl_writer_close(r->writer);
	return status;
}

int run(const struct cmdline *cl, enum mode mode)
{
	struct run r = { .cl = cl, .mode = mode };
	int status = EXIT_COULD_NOT;

	progress_init(&r.progress, cl->quiet);
	if (read_inputs(&r) && read_schema(&r)) {
		status = check_stdin(&r);
		if (status < 0)
			status = run_opened(&r);
	}
	for (size_t i = 0; i < r.ninputs; i++)
		input_release(&r.inputs[i]);
	free(r.inputs);
	id_set_release(&r.ids);
	free(r.schema);
	return status;
}
