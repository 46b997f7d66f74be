/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include "json.h"

#include <inttypes.h>
#include <trawl.h>
#include <unistd.h>

enum {
	LINE_BYTES = 4096
};

struct member {
	const char *key;
	uint64_t value;
};

/* {"name":{"version":"0.1","key":1,...}} */
static void add_line(struct answer *out, const char *name, const char *version,
		     const struct member *m, size_t n)
{
	struct buf line = BUF_INIT(LINE_BYTES);

	buf_addf(&line, "{\"%s\":{", name);
	if (version)
		buf_addf(&line, "\"version\":\"%s\",", version);
	for (size_t i = 0; i < n; i++)
		buf_addf(&line, "%s\"%s\":%" PRIu64, i ? "," : "", m[i].key,
			 m[i].value);
	buf_adds(&line, "}}\n");
	answer_sink(out, line.data, line.len);
	buf_release(&line);
}

static void add_server(struct front *f, struct answer *out)
{
	struct crew_facts crew;

	crew_count(f->crew, &crew);

	const struct member members[] = {
		{ "pid", (uint64_t)getpid() },
		{ "uptime_s",
		  (monotonic_ns() - f->stats.started_ns) / NS_PER_S },
		{ "connections", conns_count(f->conns) },
		{ "workers", crew.workers },
		{ "busy", crew.busy },
		{ "waiting", crew.waiting },
		{ "unread_bytes", conns_unread(f->conns) },
		{ "heap_bytes", stats_heap() },
		{ "peak_rss_bytes", stats_peak_rss() },
		{ "pending_bytes", conns_pending(f->conns) },
		{ "bytes_in", f->stats.bytes_in },
		{ "bytes_out", f->stats.bytes_out },
		{ "query_log_dropped", f->log.dropped },
	};

	add_line(out, "server", trawl_version(), members,
		 sizeof(members) / sizeof(*members));
}

static void add_verbs(const struct front *f, struct answer *out)
{
	char line[512];

	for (size_t i = 0; i < VERBS; i++) {
		const struct stats_verb *v = &f->stats.verb[i];
		const struct histogram *h = &v->latency;

		if (!v->count)
			continue;

		int n = snprintf(line, sizeof(line),
				 "{\"verb\":\"%s\",\"count\":%" PRIu64
				 ",\"errors\":%" PRIu64 ",\"partial\":%" PRIu64
				 ",\"p50_us\":%" PRIu64 ",\"p90_us\":%" PRIu64
				 ",\"p99_us\":%" PRIu64 ",\"p999_us\":%" PRIu64
				 ",\"max_us\":%" PRIu64 "}\n",
				 verbs[i].name, v->count, v->errors, v->partial,
				 histogram_percentile(h, 0.5),
				 histogram_percentile(h, 0.9),
				 histogram_percentile(h, 0.99),
				 histogram_percentile(h, 0.999), h->max);

		answer_sink(out, line, (size_t)n);
	}
}

static void add_events(const struct front *f, struct answer *out)
{
	char line[128];

	for (size_t i = 0; i < STATS_EVENTS; i++) {
		int n = snprintf(line, sizeof(line),
				 "{\"event\":\"%s\",\"count\":%" PRIu64 "}\n",
				 stats_event_name((enum stats_event)i),
				 f->stats.event[i]);

		answer_sink(out, line, (size_t)n);
	}
}

static void add_indexes(const struct front *f, struct answer *out)
{
	struct buf line = BUF_INIT(LINE_BYTES);

	for (size_t i = 0; i < f->nindexes; i++) {
		const struct frame_facts *facts = &f->facts[i];

		buf_reset(&line);
		buf_adds(&line, "{\"index\":");
		json_add_string(&line, f->name[i], strlen(f->name[i]));
		if (facts->broken) {
			buf_adds(&line, ",\"error\":");
			json_add_string(&line, facts->text,
					strlen(facts->text));
		} else {
			buf_adds(&line, ",\"rev\":");
			json_add_string(&line, facts->rev, strlen(facts->rev));
			buf_addf(&line,
				 ",\"documents\":%" PRIu64
				 ",\"bytes\":%" PRIu64,
				 facts->documents, facts->bytes);
		}
		buf_adds(&line, "}\n");
		answer_sink(out, line.data, line.len);
	}
	buf_release(&line);
}

static void add_limits(const struct limits *l, struct answer *out)
{
	const struct member members[] = {
		{ "max_line", l->max_line },
		{ "max_literal", l->max_literal },
		{ "max_reply", l->max_reply },
		{ "max_unread", l->max_unread },
		{ "max_pending", l->max_pending },
		{ "max_connections", l->max_connections },
		{ "max_waiting", l->max_waiting },
		{ "max_turn", l->max_turn },
		{ "timeout_ms", l->timeout },
		{ "timeout_max_ms", l->timeout_max },
		{ "grace_ms", l->grace },
		{ "request_timeout_ms", l->request_timeout },
		{ "idle_timeout_ms", l->idle_timeout },
		{ "unread_timeout_ms", l->unread_timeout },
		{ "linger_ms", l->linger },
		{ "drain_timeout_ms", l->drain_timeout },
	};

	add_line(out, "limits", NULL, members,
		 sizeof(members) / sizeof(*members));
}

void front_describe(struct front *f, struct answer *out)
{
	out->has_lines = true;
	add_server(f, out);
	add_verbs(f, out);
	add_events(f, out);
	crew_describe(f->crew, out);
	add_indexes(f, out);
	add_limits(&f->limits, out);
}
