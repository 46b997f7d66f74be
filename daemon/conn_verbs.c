/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include "parse.h"
#include "utf8.h"

enum {
	ASK_ROOM = 4096,	  /* keys, NULs and the frame's header */
	LOG_LINE_BYTES = 64 << 10 /* of the query log */
};

typedef void handler(struct conn *c, const struct line_request *rq,
		     struct answer *out);

/* ------------------------------------------------------- count, log, send -- */

static void account(struct front *f, enum verb_id verb, uint64_t begun_ns,
		    const struct buf *line, const struct frame *reply)
{
	uint64_t us = (monotonic_ns() - begun_ns) / 1000;

	stats_request(&f->stats, verb, reply->code,
		      reply->flags & FRAME_PARTIAL, us);
	f->stats.cached += reply->cached;
	f->stats.read += reply->read;
	query_log_end(&f->log, line, reply->code,
		      reply->kind == FRAME_REPLY ? reply : NULL, us);
}

void conn_account(struct front *f, struct job *job, const struct frame *reply)
{
	account(f, job->verb, job->begun_ns, &job->line, reply);
	job_free(job);
}

void conn_account_now(struct conn *c, const struct line_request *rq,
		      uint64_t begun_ns, enum error_code code)
{
	const struct frame reply = { .code = code };
	struct front *f = c->conns->f;
	struct buf *line = &c->conns->line;

	buf_reset(line);
	query_log_begin(&f->log, line, rq);
	account(f, (enum verb_id)(rq->verb - verbs), begun_ns, line, &reply);
}

/* Answered here and now. */
static void respond(struct conn *c, const struct line_request *rq,
		    uint64_t begun_ns, const struct answer *a)
{
	struct buf bytes = BUF_INIT(2 * CONN_ANSWER_MAX);

	answer_print(&bytes, rq->verb, a);
	conn_put(c, rq->tag, bytes.data, bytes.len);
	buf_release(&bytes);
	conn_account_now(c, rq, begun_ns, a->code);
}

static void refuse(struct conn *c, const struct line_request *rq,
		   enum error_code code, const char *text)
{
	struct answer a;

	answer_init(&a, CONN_ANSWER_MAX);
	answer_error(&a, code, "%s", text);
	respond(c, rq, monotonic_ns(), &a);
	answer_release(&a);
}

void conn_bad_line(struct conn *c, const struct line_error *err)
{
	uint64_t *event = c->conns->f->stats.event;

	if (err->code == ERROR_LINE_TOO_LONG)
		event[STATS_LINE_TOO_LONG]++;
	else if (err->code == ERROR_TOO_LARGE)
		event[STATS_TOO_LARGE]++;
	else
		event[STATS_BAD_REQUESTS]++;
	conn_put_error(c, err->tag, err->code, err->text);
}

/* ---------------------------------------------------- what the front knows -- */

static void do_ping(struct conn *c, const struct line_request *rq,
		    struct answer *out)
{
	(void)c, (void)rq, (void)out;
}

static void do_quit(struct conn *c, const struct line_request *rq,
		    struct answer *out)
{
	(void)c, (void)rq, (void)out;
}

static void do_stats(struct conn *c, const struct line_request *rq,
		     struct answer *out)
{
	(void)rq;
	front_describe(c->conns->f, out);
}

static void help_all(struct answer *out)
{
	struct buf line = BUF_INIT(CONN_ANSWER_MAX);

	for (size_t i = 0; i < VERBS; i++) {
		buf_reset(&line);
		verb_usage(&line, &verbs[i]);
		buf_addc(&line, '\n');
		answer_sink(out, line.data, line.len);
	}
	buf_release(&line);
}

static void help_one(const struct verb *verb, struct answer *out)
{
	struct buf line = BUF_INIT(CONN_ANSWER_MAX);

	verb_usage(&line, verb);
	buf_addf(&line, "\n%s\n", verb->summary);
	if (*verb->options)
		buf_addf(&line, "options: %s\n", verb->options);
	answer_sink(out, line.data, line.len);
	buf_release(&line);
}

static void do_help(struct conn *c, const struct line_request *rq,
		    struct answer *out)
{
	const char *name = line_value(rq, "q");
	size_t len = name ? strlen(name) : 0;
	const struct verb *verb = len ? verb_find(name, len) : NULL;

	(void)c;
	out->has_lines = true;
	if (!len) {
		help_all(out);
	} else if (verb) {
		help_one(verb, out);
	} else {
		verb = verb_near(name, len);
		answer_error(out, ERROR_UNKNOWN_VERB,
			     verb ? "%.*s: did you mean %s?"
				  : "%.*s: HELP lists the verbs",
			     (int)utf8_cut(name, len, 32), name,
			     verb ? verb->name : "");
	}
}

/* f->token has zeros behind it, and all of it is looked at. */
bool conn_knows_token(const struct front *f, const char *token, size_t len)
{
	char given[SETTINGS_TOKEN_MAX + 1] = { 0 };
	volatile unsigned char differ = len > SETTINGS_TOKEN_MAX;

	memcpy(given, token, len > SETTINGS_TOKEN_MAX ? 0 : len);
	for (size_t i = 0; i < sizeof(given); i++)
		differ |= (unsigned char)(given[i] ^ f->token[i]);
	return !differ;
}

static void do_auth(struct conn *c, const struct line_request *rq,
		    struct answer *out)
{
	struct front *f = c->conns->f;
	const char *token = line_value(rq, "q");

	/* Where no token is asked for, showing one gives no rights. */
	if (!f->token[0])
		return;
	if (conn_knows_token(f, token, strlen(token))) {
		c->authed = true;
		conn_set_limits(c);
		return;
	}
	f->stats.event[STATS_AUTH_FAILED]++;
	answer_error(out, ERROR_AUTH_FAILED,
		     "that is not the token (try %d of %d)", ++c->auth_tries,
		     CONN_AUTH_TRIES);
}

/* clang-format off */
static handler *const handlers[VERBS] = {
	[VERB_STATS] = do_stats,
	[VERB_PING] = do_ping,
	[VERB_HELP] = do_help,
	[VERB_AUTH] = do_auth,
	[VERB_QUIT] = do_quit,
};
/* clang-format on */

static void answer_here(struct conn *c, const struct line_request *rq)
{
	uint64_t begun_ns = monotonic_ns();
	struct answer a;

	answer_init(&a, CONN_ANSWER_MAX);
	handlers[rq->verb - verbs](c, rq, &a);
	respond(c, rq, begun_ns, &a);
	answer_release(&a);
	if (rq->verb == &verbs[VERB_QUIT])
		conn_leave(c, "quit");
	else if (c->auth_tries >= CONN_AUTH_TRIES)
		conn_leave(c, "auth-failed");
}

/* ------------------------------------------------- what others have to do -- */

static uint64_t timeout_of(const struct front *f, const struct line_request *rq)
{
	const char *s = line_value(rq, "timeout");
	uint64_t ms;

	/* What is no number the worker complains of. */
	if (!s || !parse_uint(s, 1, UINT64_MAX, &ms))
		ms = f->limits.timeout;
	return ms < f->limits.timeout_max ? ms : f->limits.timeout_max;
}

/* Bytes of an ASK.  A reload may have made the limits less meanwhile. */
static size_t ask_max(const struct conn *c)
{
	const struct line_limits *l = &c->reader.limits;

	return (c->kind == LISTEN_HTTP ? (size_t)HTTP_REQUEST_MAX
				       : l->max_line + l->max_literal) +
	       ASK_ROOM;
}

/* NULL: there is no memory for it. */
static struct job *job_new(struct conn *c, const struct line_request *rq,
			   const struct http_wants *wants)
{
	struct front *f = c->conns->f;
	struct job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->conn = c->id;
	job->verb = (enum verb_id)(rq->verb - verbs);
	job->begun_ns = monotonic_ns();
	job->deadline_ns = job->begun_ns + timeout_of(f, rq) * NS_PER_MS;
	job->bulk = c->more || c->ahead;
	memcpy(job->tag, rq->tag, sizeof(job->tag));
	buf_init(&job->ask, ask_max(c));
	buf_init(&job->line, LOG_LINE_BYTES);
	buf_init(&job->strings, 0);
	frame_ask(&job->ask, 0, rq, job->deadline_ns, wants);
	query_log_begin(&f->log, &job->line, rq);
	if (job->ask.failed) {
		job_free(job);
		return NULL;
	}
	return job;
}

static enum error_code no_memory(char why[CONN_WHY_MAX])
{
	snprintf(why, CONN_WHY_MAX, "no memory for the request");
	return ERROR_INTERNAL;
}

static enum error_code too_many_wait(struct front *f, char why[CONN_WHY_MAX])
{
	struct crew_facts facts;

	f->stats.event[STATS_BUSY]++;
	crew_count(f->crew, &facts);
	snprintf(why, CONN_WHY_MAX, "%zu requests wait (%s); try again",
		 facts.waiting,
		 facts.waiting < f->limits.max_waiting ? "max-pending"
						       : "max-waiting");
	return ERROR_BUSY;
}

enum error_code conn_ask(struct conn *c, const struct line_request *rq,
			 const struct http_wants *wants, struct buf *strings,
			 char why[CONN_WHY_MAX])
{
	struct front *f = c->conns->f;
	struct job *job = job_new(c, rq, wants);

	if (!job)
		return no_memory(why);
	c->busy = crew_submit(f->crew, job);
	if (!c->busy) {
		job_free(job);
		return too_many_wait(f, why);
	}
	/* Only now, when it is certain: its answer is not before the loop's
	 * next callback. */
	if (wants) {
		job->http = true;
		job->wants = *wants;
		job->strings = *strings;
		buf_init(strings, 0);
	}
	return ERROR_NONE;
}

static void ask_crew(struct conn *c, const struct line_request *rq)
{
	char why[CONN_WHY_MAX];
	enum error_code code = conn_ask(c, rq, NULL, NULL, why);

	if (code)
		refuse(c, rq, code, why);
}

static void ask_supervisor(struct conn *c, const struct line_request *rq)
{
	if (c->kind != LISTEN_UNIX && !c->authed) {
		refuse(c, rq, ERROR_NOT_ALLOWED,
		       "RELOAD is for the unix socket, or comes after AUTH");
		return;
	}
	c->reload = job_new(c, rq, NULL);
	if (!c->reload) {
		refuse(c, rq, ERROR_INTERNAL, "no memory for the request");
		return;
	}
	c->busy = front_reload(c->conns->f, c->id);
	if (c->busy)
		return;
	job_free(c->reload);
	c->reload = NULL;
	refuse(c, rq, ERROR_INTERNAL, "the supervisor does not listen");
}

void conn_request(struct conn *c, const struct line_request *rq)
{
	if (c->refusing)
		refuse(c, rq, ERROR_SHUTTING_DOWN,
		       "the server is about to end");
	else if (conn_needs_auth(c) && !(rq->verb->flags & VERB_OPEN))
		refuse(c, rq, ERROR_AUTH_REQUIRED, "AUTH :TOKEN comes first");
	else if (rq->verb->flags & VERB_WORKER)
		ask_crew(c, rq);
	else if (rq->verb->flags & VERB_ADMIN)
		ask_supervisor(c, rq);
	else
		answer_here(c, rq);
}
