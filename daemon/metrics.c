/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "metrics.h"

#include "conn.h"
#include "crew.h"
#include "front.h"

#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <trawl.h>

enum {
	US_PER_S = 1000000,
	/* The bounds of latencies: from here on each is twice the one before.
	 * 25 << n is where a bucket of struct histogram begins. */
	LEAST_US = 25 << 1,
	BOUNDS = 21
};

struct simple {
	const char *name, *type, *help;
	uint64_t value;
};

static void add_head(struct buf *out, const char *name, const char *type,
		     const char *help)
{
	buf_addf(out, "# HELP trawl_%s %s\n# TYPE trawl_%s %s\n", name, help,
		 name, type);
}

static void add_simple(struct buf *out, const struct simple *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add_head(out, m[i].name, m[i].type, m[i].help);
		buf_addf(out, "trawl_%s %" PRIu64 "\n", m[i].name, m[i].value);
	}
}

/* key="value" */
static void add_label(struct buf *out, const char *key, const char *value)
{
	buf_addf(out, "%s=\"", key);
	for (; *value; value++) {
		if (*value == '\n')
			buf_adds(out, "\\n");
		else if (*value == '"' || *value == '\\')
			buf_addf(out, "\\%c", *value);
		else
			buf_addc(out, *value);
	}
	buf_addc(out, '"');
}

/* trawl_NAME{key="value"} N */
static void add_one(struct buf *out, const char *name, const char *key,
		    const char *value, uint64_t n)
{
	buf_addf(out, "trawl_%s{", name);
	add_label(out, key, value);
	buf_addf(out, "} %" PRIu64 "\n", n);
}

/* trawl_NAME{key="value",status="status"} N */
static void add_status(struct buf *out, const char *name, const char *key,
		       const char *value, const char *status, uint64_t n)
{
	buf_addf(out, "trawl_%s{", name);
	add_label(out, key, value);
	buf_addc(out, ',');
	add_label(out, "status", status);
	buf_addf(out, "} %" PRIu64 "\n", n);
}

/* As short as it can be: 0.00005 */
static void add_seconds(struct buf *out, uint64_t us)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64,
			 us / US_PER_S, us % US_PER_S);

	while (text[n - 1] == '0' && text[n - 2] != '.')
		n--;
	buf_add(out, text, (size_t)n);
}

/* ------------------------------------------------------------- the server -- */

static void add_server(struct front *f, struct buf *out)
{
	struct crew_facts crew;

	crew_count(f->crew, &crew);

	/* clang-format off */
	const struct simple rows[] = {
		{ "start_time_seconds", "gauge",
		  "When the counting began, in seconds since 1970.",
		  (uint64_t)f->stats.started_at },
		{ "connections", "gauge", "Connections that are open.",
		  conns_count(f->conns) },
		{ "connections_limit", "gauge",
		  "Connections that may be open (max-connections).",
		  f->limits.max_connections },
		{ "workers", "gauge",
		  "Worker processes that have opened the indexes.",
		  crew.workers },
		{ "workers_busy", "gauge", "Workers that work on a request.",
		  crew.busy },
		{ "waiting_requests", "gauge",
		  "Requests that wait for a worker.", crew.waiting },
		{ "waiting_requests_limit", "gauge",
		  "Requests that may wait for a worker (max-waiting).",
		  f->limits.max_waiting },
		{ "unread_bytes", "gauge",
		  "Replies that clients have not read yet.",
		  conns_unread(f->conns) },
		{ "pending_bytes", "gauge",
		  "Memory for requests that are not whole.",
		  conns_pending(f->conns) },
		{ "received_bytes_total", "counter", "Bytes from clients.",
		  f->stats.bytes_in },
		{ "sent_bytes_total", "counter", "Bytes to clients.",
		  f->stats.bytes_out },
		{ "query_log_dropped_total", "counter",
		  "Lines that the query log has lost.", f->log.dropped },
		{ "front_heap_bytes", "gauge",
		  "Memory that the process with the sockets has allocated.",
		  stats_heap() },
		{ "front_peak_resident_bytes", "gauge",
		  "The most of that process that has been in memory.",
		  stats_peak_rss() },
	};
	/* clang-format on */

	add_simple(out, rows, sizeof(rows) / sizeof(*rows));
}

static void add_cpu(struct buf *out)
{
	static const char name[] = "front_cpu_seconds_total";
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u))
		return;
	add_head(out, name, "counter",
		 "Processor time of the process with the sockets.");
	buf_addf(out, "trawl_%s ", name);
	add_seconds(
		out,
		(uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * US_PER_S +
			(uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec));
	buf_addc(out, '\n');
}

static void add_build(struct buf *out)
{
	add_head(out, "build_info", "gauge", "1; the version is in its label.");
	add_one(out, "build_info", "version", trawl_version(), 1);
}

static bool is_restart(enum stats_event event)
{
	return event == STATS_WORKERS_LOST || event == STATS_WORKERS_KILLED;
}

static void add_events(const struct front *f, struct buf *out)
{
	static const char name[] = "worker_restarts_total";
	const uint64_t *event = f->stats.event;

	add_head(out, "events_total", "counter",
		 "How often something happened that is worth counting.");
	for (size_t i = 0; i < STATS_EVENTS; i++)
		if (!is_restart((enum stats_event)i))
			add_one(out, "events_total", "event",
				stats_event_name((enum stats_event)i),
				event[i]);
	add_head(out, name, "counter",
		 "Workers replaced: lost at work, or killed for being late.");
	add_one(out, name, "cause", "lost", event[STATS_WORKERS_LOST]);
	add_one(out, name, "cause", "killed", event[STATS_WORKERS_KILLED]);
}

static void add_blocks(const struct front *f, struct buf *out)
{
	static const char name[] = "index_blocks_total";

	add_head(out, name, "counter",
		 "Blocks of indexes that searches read: from the workers' "
		 "caches, or from disk.");
	add_one(out, name, "from", "cache", f->stats.cached);
	add_one(out, name, "from", "disk", f->stats.read);
}

/* ------------------------------------------------------------ what is asked -- */

static void add_errors(const struct stats_verb *v, const char *verb,
		       struct buf *out)
{
	const struct error_kind *e = errors;

	for (size_t i = 0; i < STATS_CODES; i++) {
		if (v->code[i])
			add_status(out, "requests_total", "verb", verb,
				   e->code ? e->slug : "other", v->code[i]);
		if (!e->code)
			break;
		e++;
	}
}

static void add_requests(const struct front *f, struct buf *out)
{
	const struct stats_verb *v = f->stats.verb;

	add_head(out, "requests_total", "counter",
		 "Requests answered, over either protocol, by verb and by ok "
		 "or the error's name.");
	for (size_t i = 0; i < VERBS; i++) {
		add_status(out, "requests_total", "verb", verbs[i].name, "ok",
			   v[i].count - v[i].errors);
		add_errors(&v[i], verbs[i].name, out);
	}
	add_head(out, "partial_replies_total", "counter",
		 "Replies that are not all there is, because time was up or a "
		 "pattern stands for too many words.");
	for (size_t i = 0; i < VERBS; i++)
		if (verbs[i].flags & VERB_WORKER)
			add_one(out, "partial_replies_total", "verb",
				verbs[i].name, v[i].partial);
}

static void add_bound(struct buf *out, const char *verb, uint64_t us,
		      uint64_t n)
{
	buf_adds(out, "trawl_request_duration_seconds_bucket{");
	add_label(out, "verb", verb);
	buf_adds(out, ",le=\"");
	if (us)
		add_seconds(out, us);
	else
		buf_adds(out, "+Inf");
	buf_addf(out, "\"} %" PRIu64 "\n", n);
}

static void add_histogram(const struct histogram *h, const char *verb,
			  struct buf *out)
{
	static const char name[] = "request_duration_seconds";

	for (unsigned i = 0; i < BOUNDS; i++) {
		uint64_t us = (uint64_t)LEAST_US << i;

		add_bound(out, verb, us, histogram_below(h, us));
	}
	add_bound(out, verb, 0, h->count);
	buf_addf(out, "trawl_%s_sum{", name);
	add_label(out, "verb", verb);
	buf_adds(out, "} ");
	add_seconds(out, h->sum);
	buf_addf(out, "\ntrawl_%s_count{", name);
	add_label(out, "verb", verb);
	buf_addf(out, "} %" PRIu64 "\n", h->count);
}

static void add_latencies(const struct front *f, struct buf *out)
{
	add_head(out, "request_duration_seconds", "histogram",
		 "From a request's last byte to its reply, of the verbs that "
		 "were asked.");
	for (size_t i = 0; i < VERBS; i++)
		if (f->stats.verb[i].count)
			add_histogram(&f->stats.verb[i].latency, verbs[i].name,
				      out);
}

static void add_http(const struct front *f, struct buf *out)
{
	char status[16];

	add_head(out, "http_responses_total", "counter",
		 "Responses over HTTP, by route (none: no route was reached) "
		 "and status.");
	for (size_t r = 0; r <= ROUTES; r++) {
		for (size_t i = 0; i < STATS_STATUSES; i++) {
			if (!f->stats.http[r][i])
				continue;
			snprintf(status, sizeof(status), "%u", stats_status(i));
			add_status(out, "http_responses_total", "route",
				   r < ROUTES ? routes[r].path : "none",
				   i ? status : "other", f->stats.http[r][i]);
		}
	}
}

/* -------------------------------------------------------------- the indexes -- */

/* Has a worker said what is in it? */
static bool is_known(const struct frame_facts *facts)
{
	return !facts->broken && facts->rev[0];
}

static void add_index_numbers(const struct front *f, struct buf *out,
			      const char *name, const char *help,
			      uint64_t (*number)(const struct frame_facts *))
{
	add_head(out, name, "gauge", help);
	for (size_t i = 0; i < f->nindexes; i++)
		if (is_known(&f->facts[i]))
			add_one(out, name, "index", f->name[i],
				number(&f->facts[i]));
}

static uint64_t documents(const struct frame_facts *facts)
{
	return facts->documents;
}

static uint64_t words(const struct frame_facts *facts)
{
	return facts->words;
}

static uint64_t bytes(const struct frame_facts *facts)
{
	return facts->bytes;
}

static uint64_t stale(const struct frame_facts *facts)
{
	return facts->stale_analyzer;
}

static void add_indexes(const struct front *f, struct buf *out)
{
	add_head(out, "index_up", "gauge",
		 "1: the index is open; 0: it cannot be read, or not yet.");
	for (size_t i = 0; i < f->nindexes; i++)
		add_one(out, "index_up", "index", f->name[i],
			is_known(&f->facts[i]));
	add_head(out, "index_info", "gauge",
		 "1; the revision is in its label.");
	for (size_t i = 0; i < f->nindexes; i++) {
		if (!is_known(&f->facts[i]))
			continue;
		buf_adds(out, "trawl_index_info{");
		add_label(out, "index", f->name[i]);
		buf_addc(out, ',');
		add_label(out, "rev", f->facts[i].rev);
		buf_adds(out, "} 1\n");
	}
	add_index_numbers(f, out, "index_documents", "Documents in the index.",
			  documents);
	add_index_numbers(f, out, "index_words",
			  "Running words in all its documents.", words);
	add_index_numbers(f, out, "index_size_bytes",
			  "The index on disk, in bytes.", bytes);
	add_index_numbers(f, out, "index_stale_analyzer",
			  "1: made by another analyzer, rebuild it.", stale);
}

void metrics_print(struct front *f, struct buf *out)
{
	add_build(out);
	add_server(f, out);
	add_cpu(out);
	add_requests(f, out);
	add_latencies(f, out);
	add_http(f, out);
	add_events(f, out);
	add_blocks(f, out);
	add_indexes(f, out);
}
