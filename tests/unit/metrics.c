/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "conn_internal.h"
#include "crew_internal.h"
#include "http_reply.h"
#include "metrics.h"

#include <trawl.h>

enum {
	OUT_MAX = 1 << 20,
	SAMPLES_MAX = 4000
};

struct fixture {
	struct front f;
	struct conns conns;
	struct crew crew;
	char name[3][SETTINGS_NAME_MAX + 1];
	struct frame_facts facts[3];
	struct buf out;
};

static struct fixture *fixture_new(void)
{
	struct fixture *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	x->f.name = x->name;
	x->f.facts = x->facts;
	stats_begin(&x->f.stats);
	x->f.crew = &x->crew;
	x->f.conns = &x->conns;
	buf_init(&x->out, OUT_MAX);
	return x;
}

static void fixture_free(struct fixture *x)
{
	buf_release(&x->out);
	free(x);
}

static const char *print(struct fixture *x)
{
	buf_reset(&x->out);
	metrics_print(&x->f, &x->out);
	assert_false(x->out.failed);
	return x->out.data;
}

static void add_index(struct fixture *x, const char *name, const char *rev,
		      bool broken)
{
	struct frame_facts *facts = &x->facts[x->f.nindexes];

	memcpy(x->name[x->f.nindexes], name, strlen(name) + 1);
	memcpy(facts->rev, rev, strlen(rev) + 1);
	facts->broken = broken;
	facts->documents = 58;
	facts->words = 13468;
	facts->bytes = 93600;
	x->f.nindexes++;
}

/* Some of everything. */
static void use(struct fixture *x)
{
	static const uint64_t us[] = { 0,   49,	 50,	  99,	    100,
				       412, 800, 3000000, 60000000, 70000000 };

	add_index(x, "news", "7.12", false);
	add_index(x, "a\"b\\c\nd", "1.1", false);
	add_index(x, "gone", "", true);
	for (size_t i = 0; i < sizeof(us) / sizeof(*us); i++)
		stats_request(&x->f.stats, VERB_SEARCH, ERROR_NONE, i == 7,
			      us[i]);
	stats_request(&x->f.stats, VERB_SEARCH, ERROR_BAD_VALUE, false, 20);
	stats_request(&x->f.stats, VERB_GET, ERROR_NOT_FOUND, false, 30);
	stats_request(&x->f.stats, VERB_GET, (enum error_code)777, false, 30);
	stats_http(&x->f.stats, &routes[ROUTE_SEARCH], 200);
	stats_http(&x->f.stats, &routes[ROUTE_SEARCH], 200);
	stats_http(&x->f.stats, &routes[ROUTE_DOC], 404);
	stats_http(&x->f.stats, &routes[ROUTE_DOC], 299);
	stats_http(&x->f.stats, NULL, 400);
	x->f.stats.event[STATS_ACCEPTED] = 4;
	x->f.stats.event[STATS_WORKERS_LOST] = 2;
	x->f.stats.cached = 40;
	x->f.stats.read = 7;
	x->f.stats.event[STATS_WORKERS_KILLED] = 1;
	x->f.stats.bytes_in = UINT64_MAX;
	x->f.limits.max_waiting = 1000;
	x->f.limits.max_connections = 16384;
	x->conns = (struct conns){ .count = 5, .unread = 77, .pending = 88 };
	x->crew.nready = 4;
	x->crew.nbusy = 3;
	x->crew.nwaiting = 2;
}

static void has(const char *text, const char *line)
{
	char want[300];

	snprintf(want, sizeof(want), "\n%s\n", line);
	if (!strstr(text, want))
		fail_msg("no line \"%s\" in\n%s", line, text);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("there is %s", part);
}

static void test_values(void **state)
{
	struct fixture *x = fixture_new();
	char line[200];
	const char *text;

	(void)state;
	use(x);
	text = print(x);
	snprintf(line, sizeof(line), "trawl_build_info{version=\"%s\"} 1",
		 trawl_version());
	has(text, line);
	snprintf(line, sizeof(line), "trawl_start_time_seconds %lld",
		 (long long)x->f.stats.started_at);
	has(text, line);
	assert_in_range(x->f.stats.started_at, time(NULL) - 100, time(NULL));
	has(text, "trawl_connections 5");
	has(text, "trawl_connections_limit 16384");
	has(text, "trawl_workers 4");
	has(text, "trawl_workers_busy 3");
	has(text, "trawl_waiting_requests 2");
	has(text, "trawl_waiting_requests_limit 1000");
	has(text, "trawl_unread_bytes 77");
	has(text, "trawl_pending_bytes 88");
	has(text, "trawl_received_bytes_total 18446744073709551615");
	has(text, "trawl_events_total{event=\"accepted\"} 4");
	has(text, "trawl_index_blocks_total{from=\"cache\"} 40");
	has(text, "trawl_index_blocks_total{from=\"disk\"} 7");
	has(text, "trawl_worker_restarts_total{cause=\"lost\"} 2");
	has(text, "trawl_worker_restarts_total{cause=\"killed\"} 1");
	lacks(text, "event=\"workers_lost\"");
	lacks(text, "event=\"workers_killed\"");
	fixture_free(x);
}

static void test_requests(void **state)
{
	struct fixture *x = fixture_new();
	const char *text;

	(void)state;
	use(x);
	text = print(x);
	has(text, "trawl_requests_total{verb=\"SEARCH\",status=\"ok\"} 10");
	has(text,
	    "trawl_requests_total{verb=\"SEARCH\",status=\"bad-value\"} 1");
	has(text, "trawl_requests_total{verb=\"GET\",status=\"ok\"} 0");
	has(text, "trawl_requests_total{verb=\"GET\",status=\"not-found\"} 1");
	has(text, "trawl_requests_total{verb=\"GET\",status=\"other\"} 1");
	has(text, "trawl_requests_total{verb=\"PING\",status=\"ok\"} 0");
	has(text, "trawl_partial_replies_total{verb=\"SEARCH\"} 1");
	lacks(text, "trawl_partial_replies_total{verb=\"PING\"}");
	has(text,
	    "trawl_http_responses_total{route=\"/search\",status=\"200\"} 2");
	has(text,
	    "trawl_http_responses_total{route=\"/doc/{id}\",status=\"404\"} 1");
	has(text, "trawl_http_responses_total{route=\"/doc/{id}\",status="
		  "\"other\"} 1");
	has(text,
	    "trawl_http_responses_total{route=\"none\",status=\"400\"} 1");
	fixture_free(x);
}

#define BUCKET "trawl_request_duration_seconds_bucket{verb=\"SEARCH\",le="

/* A value of n us stands for what took n us and less than n + 1. */
static void test_latencies(void **state)
{
	struct fixture *x = fixture_new();
	const char *text;

	(void)state;
	use(x);
	text = print(x);
	has(text, BUCKET "\"0.00005\"} 3");
	has(text, BUCKET "\"0.0001\"} 5");
	has(text, BUCKET "\"0.0002\"} 6");
	has(text, BUCKET "\"0.0004\"} 6");
	has(text, BUCKET "\"0.0008\"} 7");
	has(text, BUCKET "\"0.0016\"} 8");
	has(text, BUCKET "\"1.6384\"} 8");
	has(text, BUCKET "\"3.2768\"} 9");
	has(text, BUCKET "\"52.4288\"} 9");
	has(text, BUCKET "\"+Inf\"} 11");
	has(text, "trawl_request_duration_seconds_sum{verb=\"SEARCH\"} "
		  "133.00153");
	has(text, "trawl_request_duration_seconds_count{verb=\"SEARCH\"} 11");
	has(text, "trawl_request_duration_seconds_sum{verb=\"GET\"} 0.00006");
	lacks(text, "_bucket{verb=\"PING\"");
	fixture_free(x);
}

static void test_indexes(void **state)
{
	struct fixture *x = fixture_new();
	const char *text;

	(void)state;
	use(x);
	text = print(x);
	has(text, "trawl_index_up{index=\"news\"} 1");
	has(text, "trawl_index_up{index=\"gone\"} 0");
	has(text, "trawl_index_info{index=\"news\",rev=\"7.12\"} 1");
	has(text, "trawl_index_documents{index=\"news\"} 58");
	has(text, "trawl_index_words{index=\"news\"} 13468");
	has(text, "trawl_index_size_bytes{index=\"news\"} 93600");
	has(text, "trawl_index_stale_analyzer{index=\"news\"} 0");
	has(text, "trawl_index_documents{index=\"a\\\"b\\\\c\\nd\"} 58");
	lacks(text, "trawl_index_documents{index=\"gone\"}");
	lacks(text, "trawl_index_info{index=\"gone\"");
	fixture_free(x);
}

/* ------------------------------------------------------------- the format -- */

static size_t name_length(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz_");
}

/* Behind {key="value",...}, or s itself; NULL: they are not well formed. */
static const char *skip_labels(const char *s)
{
	if (*s != '{')
		return s;
	do {
		size_t key = name_length(++s);

		if (!key || strncmp(s + key, "=\"", 2) != 0)
			return NULL;
		for (s += key + 2; *s && *s != '"'; s++)
			if (*s == '\\' && !strchr("\\n\"", *++s))
				return NULL;
		if (!*s++)
			return NULL;
	} while (*s == ',');
	return *s == '}' ? s + 1 : NULL;
}

static bool ends_in(const char *s, size_t n, const char *end)
{
	size_t len = strlen(end);

	return n > len && !memcmp(s + n - len, end, len);
}

/* Of this family, as its type has it? */
static bool belongs(const char *sample, size_t n, const char *family,
		    const char *type)
{
	size_t len = strlen(family);

	if (n < len || memcmp(sample, family, len) != 0)
		return false;
	if (strcmp(type, "histogram") != 0)
		return n == len;
	return (n == len + 7 && ends_in(sample, n, "_bucket")) ||
	       (n == len + 4 && ends_in(sample, n, "_sum")) ||
	       (n == len + 6 && ends_in(sample, n, "_count"));
}

static void check_sample(const char *line, const char *family, const char *type)
{
	size_t n = name_length(line);
	const char *at = skip_labels(line + n);
	char *end = NULL;

	assert_true(belongs(line, n, family, type));
	assert_non_null(at);
	assert_int_equal(*at, ' ');
	assert_true(strtod(at + 1, &end) >= 0);
	assert_true(end > at + 1 && !*end);
}

static void check_family(char *line, char **rest, char *family, char *type)
{
	char *at = line + strlen("# HELP ");
	size_t n = name_length(at);
	char want[200];

	assert_int_equal(at[n], ' ');
	assert_true(strlen(at + n + 1) > 5 && !strchr(at, '\\'));
	at[n] = '\0';
	snprintf(want, sizeof(want), "# TYPE %s ", at);
	line = strsep(rest, "\n");
	assert_false(strncmp(line, want, strlen(want)));
	snprintf(family, 100, "%s", at);
	snprintf(type, 20, "%s", line + strlen(want));
	assert_false(strncmp(family, "trawl_", 6));
	assert_int_equal(ends_in(family, strlen(family), "_total"),
			 !strcmp(type, "counter"));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* No sample, and no family, is there twice. */
static void check_distinct(char **line, size_t n)
{
	qsort(line, n, sizeof(*line), by_text);
	for (size_t i = 1; i < n; i++)
		assert_string_not_equal(line[i - 1], line[i]);
}

static void check_format(char *text)
{
	char *seen[SAMPLES_MAX], *line, family[100] = "", type[20] = "";
	size_t n = 0;

	assert_int_equal(text[strlen(text) - 1], '\n');
	while ((line = strsep(&text, "\n")) && *line) {
		assert_true(n < SAMPLES_MAX);
		seen[n++] = line;
		if (*line == '#') {
			check_family(line, &text, family, type);
		} else {
			check_sample(line, family, type);
			*strrchr(line, ' ') = '\0';
		}
	}
	assert_null(text);
	check_distinct(seen, n);
}

static void test_format(void **state)
{
	struct fixture *x = fixture_new();

	(void)state;
	print(x);
	check_format(x->out.data);
	use(x);
	print(x);
	check_format(x->out.data);
	fixture_free(x);
}

/* ------------------------------------------------------- what is told apart -- */

static bool is_told_apart(unsigned status)
{
	for (size_t i = 1; stats_status(i); i++)
		if (stats_status(i) == status)
			return true;
	return false;
}

static void test_statuses(void **state)
{
	static const unsigned others[] = { 200, 304, 400, 401, 403, 404, 405,
					   408, 413, 414, 415, 417, 421, 431,
					   500, 501, 503, 504, 505 };

	(void)state;
	for (size_t i = 0; errors[i].code; i++) {
		assert_true(is_told_apart(http_status(errors[i].code)));
		assert_true(i + 1 < STATS_CODES);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_true(is_told_apart(others[i]));
	assert_int_equal(stats_status(0), 0);
	assert_int_equal(stats_status(STATS_STATUSES - 1), 0);
	for (size_t i = 0; i < STATS_EVENTS; i++)
		assert_non_null(stats_event_name((enum stats_event)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_requests),
		cmocka_unit_test(test_latencies),
		cmocka_unit_test(test_indexes),
		cmocka_unit_test(test_format),
		cmocka_unit_test(test_statuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
