/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "query_log.h"

#include "frame.h"
#include "utf8.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <cmocka.h>
#include <jansson.h>

enum {
	TIME_BYTES = sizeof("2026-11-22T05:11:42.123Z") - 1,
	FILE_BYTES = 1 << 20
};

static struct query_log open_log(enum query_log_format format)
{
	char name[] = "/tmp/trawl-log-XXXXXX";
	struct query_log log = { .fd = mkstemp(name),
				 .format = format,
				 .lines = BUF_INIT(QUERY_LOG_BUFFER) };

	assert_true(log.fd >= 0);
	unlink(name);
	return log;
}

static void close_log(struct query_log *log)
{
	if (log->fd >= 0)
		close(log->fd);
	buf_release(&log->lines);
}

/* What is in the file by now. */
static char *written(const struct query_log *log)
{
	char *text = calloc(1, FILE_BYTES);

	assert_non_null(text);
	assert_true(pread(log->fd, text, FILE_BYTES - 1, 0) >= 0);
	return text;
}

static void add_option(struct line_request *rq, const char *key,
		       const char *value)
{
	rq->option[rq->noptions++] =
		(struct line_option){ key, value, strlen(value) };
}

static void log_one(struct query_log *log, const struct line_request *rq,
		    enum error_code code, const struct frame *reply)
{
	struct buf begun = BUF_INIT(64 << 10);

	query_log_begin(log, &begun, rq);
	query_log_end(log, &begun, code, reply, 412);
	buf_release(&begun);
}

static const struct frame found = {
	.kind = FRAME_REPLY, .hits = 2, .total = 5, .rev = "7.1"
};

static void test_text(void **state)
{
	struct query_log log = open_log(QUERY_LOG_TEXT);
	struct line_request rq = { .verb = &verbs[VERB_SEARCH] };
	struct frame partial = found;
	char *text;

	(void)state;
	partial.flags = FRAME_PARTIAL;
	partial.rev[0] = '\0';
	add_option(&rq, "q", "trump putin");
	add_option(&rq, "limit", "2");
	log_one(&log, &rq, ERROR_NONE, &found);
	log_one(&log, &rq, ERROR_NONE, &partial);
	log_one(&log, &rq, ERROR_TIMEOUT, &found);
	rq = (struct line_request){ .verb = &verbs[VERB_PING] };
	log_one(&log, &rq, ERROR_NONE, NULL);
	text = written(&log);
	assert_string_equal(text, "");
	free(text);
	query_log_flush(&log);
	text = written(&log);

	static const char *const lines[] = {
		" SEARCH limit=2 :trump putin\tcode=0 hits=2 total=5 us=412 "
		"rev=7.1\n",
		" SEARCH limit=2 :trump putin\tcode=0 hits=2 total=5 us=412 "
		"partial=1\n",
		" SEARCH limit=2 :trump putin\tcode=408 us=412\n",
		" PING\tcode=0 us=412\n",
	};
	char *at = text;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		assert_int_equal(strspn(at, "0123456789-T:.Z"), TIME_BYTES);
		at += TIME_BYTES;
		assert_memory_equal(at, lines[i], strlen(lines[i]));
		at += strlen(lines[i]);
	}
	assert_string_equal(at, "");
	free(text);
	close_log(&log);
}

static void test_json(void **state)
{
	struct query_log log = open_log(QUERY_LOG_JSON);
	struct line_request rq = { .verb = &verbs[VERB_SEARCH] };
	struct frame partial = found;
	char *text;

	(void)state;
	partial.flags = FRAME_PARTIAL;
	add_option(&rq, "limit", "2");
	add_option(&rq, "sort", "date");
	add_option(&rq, "q", "trump putin");
	log_one(&log, &rq, ERROR_NONE, &partial);
	query_log_flush(&log);
	text = written(&log);
	assert_memory_equal(text, "{\"time\":\"", 9);
	assert_string_equal(
		text + 9 + TIME_BYTES,
		"\",\"verb\":\"SEARCH\",\"options\":{\"limit\":\"2\","
		"\"sort\":\"date\"},\"q\":\"trump putin\",\"code\":0,"
		"\"hits\":2,\"total\":5,\"us\":412,\"rev\":\"7.1\","
		"\"partial\":true}\n");
	free(text);
	close_log(&log);
}

static const char *const hostile[] = { "a\nb",
				       "\x1b[2J",
				       "a\tb\rc",
				       "\x7f",
				       "\xe2\x80\xae",
				       "\"},{\"",
				       "\\",
				       "\xc2\x85",
				       "%0a",
				       "a\xe2\x80\xa8"
				       "b",
				       "" };

/* One printable line each, whatever the bytes. */
static void test_printable(void **state)
{
	static const enum query_log_format formats[] = { QUERY_LOG_TEXT,
							 QUERY_LOG_JSON };

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(*hostile); i++)
		for (size_t k = 0; k < 2; k++) {
			struct query_log log = open_log(formats[k]);
			struct line_request rq = {
				.verb = &verbs[VERB_SEARCH]
			};
			char *text;

			add_option(&rq, "in", hostile[i]);
			add_option(&rq, "q", hostile[i]);
			log_one(&log, &rq, ERROR_NONE, &found);
			query_log_flush(&log);
			text = written(&log);

			size_t len = strlen(text);

			assert_ptr_equal(strchr(text, '\n'), text + len - 1);
			for (size_t at = 0; at < len - 1; at++)
				assert_true(text[at] == '\t' ||
					    ((unsigned char)text[at] >= 0x20 &&
					     text[at] != 0x7f));
			if (formats[k] == QUERY_LOG_JSON) {
				json_t *line = json_loads(text, 0, NULL);

				assert_string_equal(
					json_string_value(
						json_object_get(line, "q")),
					hostile[i]);
				json_decref(line);
			}
			free(text);
			close_log(&log);
		}
}

static void test_token(void **state)
{
	static const enum query_log_format formats[] = { QUERY_LOG_TEXT,
							 QUERY_LOG_JSON };

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct query_log log = open_log(formats[k]);
		struct line_request rq = { .verb = &verbs[VERB_AUTH] };
		char *text;

		add_option(&rq, "q", "secret-of-16-bytes");
		log_one(&log, &rq, ERROR_AUTH_FAILED, NULL);
		query_log_flush(&log);
		text = written(&log);
		assert_non_null(strstr(text, "AUTH"));
		assert_non_null(strstr(text, "514"));
		assert_null(strstr(text, "secret"));
		free(text);
		close_log(&log);
	}
}

static void test_off(void **state)
{
	struct query_log log = open_log(QUERY_LOG_OFF);
	struct line_request rq = { .verb = &verbs[VERB_PING] };
	struct buf begun = BUF_INIT(1000);

	(void)state;
	query_log_begin(&log, &begun, &rq);
	assert_int_equal(begun.len, 0);
	/* Switched on meanwhile: no half line. */
	log.format = QUERY_LOG_TEXT;
	query_log_end(&log, &begun, ERROR_NONE, NULL, 1);
	assert_int_equal(log.lines.len, 0);
	/* Or to the other format. */
	query_log_begin(&log, &begun, &rq);
	log.format = QUERY_LOG_JSON;
	query_log_end(&log, &begun, ERROR_NONE, NULL, 1);
	assert_int_equal(log.lines.len, 0);
	buf_release(&begun);
	close_log(&log);
}

/* A disk that takes nothing: whole lines are kept, the rest is counted. */
static void test_full(void **state)
{
	struct query_log log = open_log(QUERY_LOG_TEXT);
	struct line_request rq = { .verb = &verbs[VERB_SEARCH] };
	int good = log.fd;
	char long_word[3001];
	size_t n = 0;

	(void)state;
	memset(long_word, 'x', sizeof(long_word) - 1);
	long_word[sizeof(long_word) - 1] = '\0';
	add_option(&rq, "q", long_word);
	log.fd = open("/dev/full", O_WRONLY);
	assert_true(log.fd >= 0);
	while (!log.dropped && n++ < 1000)
		log_one(&log, &rq, ERROR_NONE, &found);
	assert_in_range(n, 80, 90);
	assert_int_equal(log.lines.data[log.lines.len - 1], '\n');
	close(log.fd);
	log.fd = good;
	query_log_flush(&log);
	assert_int_equal(log.lines.len, 0);

	char *text = written(&log);
	size_t lines = 0;

	for (char *at = text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, n - 1);
	free(text);
	close_log(&log);
}

/* More than half full: written at once. */
static void test_half_full(void **state)
{
	struct query_log log = open_log(QUERY_LOG_TEXT);
	struct line_request rq = { .verb = &verbs[VERB_SEARCH] };
	char *text;

	(void)state;
	for (size_t i = 0; i < QUERY_LOG_BUFFER / 60; i++)
		log_one(&log, &rq, ERROR_NONE, &found);
	text = written(&log);
	assert_true(strlen(text) > QUERY_LOG_BUFFER / 2);
	free(text);
	close_log(&log);
}

/* A query is cut, and not inside a character. */
static void test_long(void **state)
{
	struct query_log log = open_log(QUERY_LOG_JSON);
	struct line_request rq = { .verb = &verbs[VERB_SEARCH] };
	char *q = malloc(30001), *text;

	(void)state;
	assert_non_null(q);
	for (size_t i = 0; i < 30000; i += 3)
		memcpy(q + i, "\xe2\x82\xac", 3);
	q[30000] = '\0';
	add_option(&rq, "q", q);
	log_one(&log, &rq, ERROR_NONE, &found);
	query_log_flush(&log);
	text = written(&log);
	assert_in_range(strlen(text), 4000, 4400);
	assert_int_equal(utf8_valid(text, strlen(text)), strlen(text));
	free(text);
	free(q);
	close_log(&log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	  cmocka_unit_test(test_json),
		cmocka_unit_test(test_printable), cmocka_unit_test(test_token),
		cmocka_unit_test(test_off),	  cmocka_unit_test(test_full),
		cmocka_unit_test(test_half_full), cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
