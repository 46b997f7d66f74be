/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "query_log.h"

#include "frame.h"
#include "json.h"
#include "printable.h"
#include "reply.h"
#include "utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

enum {
	VALUE_MAX = 4096 /* bytes of a value that are logged */
};

static bool is_on(const struct query_log *log)
{
	return log->fd >= 0 && log->format != QUERY_LOG_OFF;
}

static void add_time(struct buf *out)
{
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		 (int)(now.tv_nsec / 1000000));
}

static size_t shown(const struct line_option *o)
{
	return utf8_cut(o->value, o->len, VALUE_MAX);
}

/* The text last, whatever its place was, as a line has it. */
static void begin_text(struct buf *out, const struct line_request *rq,
		       size_t noptions)
{
	const struct line_option *q = NULL;

	add_time(out);
	buf_addf(out, " %s", rq->verb->name);
	for (size_t i = 0; i < noptions; i++) {
		const struct line_option *o = &rq->option[i];

		if (!strcmp(o->key, "q")) {
			q = o;
			continue;
		}
		buf_addf(out, " %s=", o->key);
		reply_escape(out, o->value, shown(o));
	}
	if (q) {
		buf_adds(out, " :");
		add_printable(out, q->value, shown(q));
	}
}

static void begin_json(struct buf *out, const struct line_request *rq,
		       size_t noptions)
{
	const struct line_option *q = NULL;
	const char *comma = "";

	buf_adds(out, "{\"time\":\"");
	add_time(out);
	buf_addf(out, "\",\"verb\":\"%s\",\"options\":{", rq->verb->name);
	for (size_t i = 0; i < noptions; i++) {
		const struct line_option *o = &rq->option[i];

		if (!strcmp(o->key, "q")) {
			q = o;
			continue;
		}
		buf_addf(out, "%s\"%s\":", comma, o->key);
		json_add_printable(out, o->value, shown(o));
		comma = ",";
	}
	buf_adds(out, "}");
	if (q) {
		buf_adds(out, ",\"q\":");
		json_add_printable(out, q->value, shown(q));
	}
}

void query_log_begin(const struct query_log *log, struct buf *out,
		     const struct line_request *rq)
{
	/* What AUTH was told is nobody's business. */
	size_t noptions = rq->verb == &verbs[VERB_AUTH] ? 0 : rq->noptions;

	if (!is_on(log))
		return;
	if (log->format == QUERY_LOG_JSON)
		begin_json(out, rq, noptions);
	else
		begin_text(out, rq, noptions);
}

static void end_text(struct buf *out, enum error_code code,
		     const struct frame *reply, uint64_t us)
{
	bool found = reply && !code;

	buf_addf(out, "\tcode=%u", (unsigned)code);
	if (found)
		buf_addf(out, " hits=%" PRIu64 " total=%" PRIu64, reply->hits,
			 reply->total);
	buf_addf(out, " us=%" PRIu64, us);
	if (found && reply->rev[0]) {
		buf_adds(out, " rev=");
		reply_escape(out, reply->rev, strlen(reply->rev));
	}
	if (found && reply->flags & FRAME_PARTIAL)
		buf_adds(out, " partial=1");
	buf_addc(out, '\n');
}

static void end_json(struct buf *out, enum error_code code,
		     const struct frame *reply, uint64_t us)
{
	bool found = reply && !code;

	buf_addf(out, ",\"code\":%u", (unsigned)code);
	if (found)
		buf_addf(out, ",\"hits\":%" PRIu64 ",\"total\":%" PRIu64,
			 reply->hits, reply->total);
	buf_addf(out, ",\"us\":%" PRIu64, us);
	if (found && reply->rev[0]) {
		buf_adds(out, ",\"rev\":");
		json_add_string(out, reply->rev, strlen(reply->rev));
	}
	if (found && reply->flags & FRAME_PARTIAL)
		buf_adds(out, ",\"partial\":true");
	buf_adds(out, "}\n");
}

/* A line is there whole or not at all. */
static void add_line(struct query_log *log, const struct buf *begun,
		     enum error_code code, const struct frame *reply,
		     uint64_t us)
{
	size_t before = log->lines.len;

	buf_add(&log->lines, begun->data, begun->len);
	if (log->format == QUERY_LOG_JSON)
		end_json(&log->lines, code, reply, us);
	else
		end_text(&log->lines, code, reply, us);
	if (log->lines.failed) {
		log->lines.failed = false;
		buf_truncate(&log->lines, before);
		log->dropped++;
	}
}

void query_log_end(struct query_log *log, const struct buf *begun,
		   enum error_code code, const struct frame *reply, uint64_t us)
{
	/* Begun before the log was opened, or in its other format. */
	if (!is_on(log) || (!begun->len && !begun->failed) ||
	    (begun->data[0] == '{') != (log->format == QUERY_LOG_JSON))
		return;
	if (begun->failed)
		log->dropped++;
	else
		add_line(log, begun, code, reply, us);
	if (log->lines.len > QUERY_LOG_BUFFER / 2)
		query_log_flush(log);
}

void query_log_flush(struct query_log *log)
{
	struct buf *lines = &log->lines;
	size_t done = 0;

	while (log->fd >= 0 && done < lines->len) {
		ssize_t n =
			write(log->fd, lines->data + done, lines->len - done);

		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			done += (size_t)n;
	}
	/* What a full disk did not take is tried again. */
	if (done) {
		memmove(lines->data, lines->data + done, lines->len - done);
		buf_truncate(lines, lines->len - done);
	}
}
