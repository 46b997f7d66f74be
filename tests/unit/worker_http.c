/* SPDX-License-Identifier: GPL-2.0-or-later */
/* daemon/worker_http: answers as responses, on two small indexes */
#include "api/small.h"

#include "buf.h"
#include "frame.h"
#include "worker_http.h"

enum {
	REPLY_MAX = 200000,
	BUDGET = 20000
};

static const struct item news[] = {
	{ "n1", "Summit opens", "2024-11-07", "Reuters", "climate",
	  "The climate summit opened in Baku. Delegates met." },
	{ "n2", "Elections <b>", "2024-11-08", "Kyiv Post", NULL,
	  "Elections were held. The <summit> was not mentioned, they said." },
};
static const struct item archive[] = {
	{ "n1", "Hidden", "1999", NULL, NULL, "The same id, in the archive." },
};

struct fixture {
	struct small index[2];
	struct settings settings;
	struct frame_facts facts[SETTINGS_INDEXES_MAX];
	struct shelf *shelf;
	struct answer answer;
	struct buf out;
	char etag[HTTP_ETAG_MAX]; /* of the last response that had one */
};

static void make_index(struct small *s, const struct item *item, size_t n)
{
	small_open(s, NULL);
	for (size_t i = 0; i < n; i++)
		small_put(s, &item[i]);
	small_commit(s);
	small_writer_close(s);
}

static int begin(void **state)
{
	static const char *const names[] = { "news", "archive" };
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	make_index(&f->index[0], news, COUNT(news));
	make_index(&f->index[1], archive, COUNT(archive));
	for (size_t i = 0; i < COUNT(names); i++) {
		struct settings_index *ix =
			&f->settings.index[f->settings.nindexes++];

		snprintf(ix->name, sizeof(ix->name), "%s", names[i]);
		ix->path = f->index[i].path;
	}
	f->shelf = shelf_open(&f->settings, f->facts);
	answer_init(&f->answer, REPLY_MAX);
	buf_init(&f->out, 4 * REPLY_MAX);
	*state = f;
	return 0;
}

static int end(void **state)
{
	struct fixture *f = *state;

	shelf_close(f->shelf);
	answer_release(&f->answer);
	buf_release(&f->out);
	for (size_t i = 0; i < COUNT(f->index); i++)
		small_close(&f->index[i]);
	free(f);
	return 0;
}

static void add_item(struct small *s, const struct item *item)
{
	small_writer(s, TRAWL_UPDATE, NULL);
	small_put(s, item);
	small_commit(s);
	small_writer_close(s);
}

/* "limit=2&q=text" */
static void read_options(char *s, struct line_request *rq)
{
	while (*s) {
		struct line_option *o = &rq->option[rq->noptions++];
		char *end = s + strcspn(s, "&"), *eq = s + strcspn(s, "=");

		o->key = s;
		o->value = eq + 1;
		o->len = (size_t)(end - o->value);
		s = *end ? end + 1 : end;
		*end = *eq = '\0';
	}
}

static void note_etag(struct fixture *f)
{
	const char *at = strstr(f->out.data, "\r\nETag: ");

	f->etag[0] = '\0';
	if (at)
		snprintf(f->etag, sizeof(f->etag), "%.*s",
			 (int)strcspn(at + 8, "\r"), at + 8);
}

/* The response, whole; wants has all but its route. */
static const char *ask_with(struct fixture *f, struct http_wants wants,
			    enum route_id route, enum verb_id verb,
			    const char *options)
{
	struct line_request rq = { .verb = &verbs[verb] };
	char text[1000];

	snprintf(text, sizeof(text), "%s", options);
	read_options(text, &rq);
	wants.route = route;
	wants.target = "/target";
	wants.base = "http://localhost";
	buf_reset(&f->out);
	assert_true(worker_http(f->shelf, &rq, &wants, BUDGET, &f->answer,
				&f->out));
	assert_false(f->out.failed);
	note_etag(f);
	return f->out.data;
}

static const char *ask(struct fixture *f, enum route_id route,
		       const char *options)
{
	return ask_with(f, (struct http_wants){ 0 }, route, routes[route].verb,
			options);
}

static const char *again(struct fixture *f, enum route_id route,
			 const char *options, const char *etag)
{
	return ask_with(f, (struct http_wants){ .etags = etag }, route,
			routes[route].verb, options);
}

static void has(const struct fixture *f, const char *part)
{
	if (!strstr(f->out.data, part))
		fail_msg("no %s in %s", part, f->out.data);
}

static void has_not(const struct fixture *f, const char *part)
{
	if (strstr(f->out.data, part))
		fail_msg("%s in %s", part, f->out.data);
}

static void is_status(const struct fixture *f, unsigned status)
{
	char line[32];

	snprintf(line, sizeof(line), "HTTP/1.1 %u ", status);
	if (strncmp(f->out.data, line, strlen(line)) != 0)
		fail_msg("no %s in %s", line, f->out.data);
}

static const char *body(const struct fixture *f)
{
	const char *at = strstr(f->out.data, "\r\n\r\n");

	assert_non_null(at);
	return at + 4;
}

/* ------------------------------------------------------------------ answers */

static void test_formats(void **state)
{
	static const struct {
		enum route_id route;
		const char *options, *type, *part;
	} cases[] = {
		{ ROUTE_SEARCH, "q=summit&in=news", "application/json",
		  "{\"hits\":2,\"total\":2,\"bound\":\"exact\"" },
		{ ROUTE_SEARCH, "q=summit&fmt=json", "application/json",
		  "\"rank\":1,\"id\":\"n1\"" },
		{ ROUTE_SEARCH, "q=summit&fmt=ndjson", "application/x-ndjson",
		  "\n{\"rank\":1,\"id\":\"n1\"" },
		{ ROUTE_SEARCH, "q=summit&fmt=tsv", "text/tab-separated-values",
		  "\t2024-11-07\tReuters\tSummit opens\n" },
		{ ROUTE_SEARCH, "q=summit&fmt=id&sort=-date", "text/plain",
		  "\r\n\r\nn2\nn1\n" },
		{ ROUTE_SEARCH, "q=summit&fmt=atom", "application/atom+xml",
		  "<title" },
		{ ROUTE_COUNT, "q=summit&in=news", "application/json",
		  "{\"total\":2,\"bound\":\"exact\"" },
		{ ROUTE_DOC, "id=n1", "text/plain",
		  "\r\n\r\nThe climate summit opened in Baku." },
		{ ROUTE_DOC, "id=n1&fmt=text", "text/plain",
		  "\r\n\r\nThe climate summit opened in Baku." },
		{ ROUTE_DOC, "id=n1&fmt=json", "application/json",
		  "\r\n\r\n{\"id\":\"n1\"," },
		{ ROUTE_SIMILAR, "id=n1&in=news", "application/json",
		  "\"id\":\"n2\"" },
		{ ROUTE_SIMILAR, "q=elections&fmt=id&in=news", "text/plain",
		  "\r\n\r\nn2\n" },
		{ ROUTE_SUGGEST, "q=elec&in=news", "application/json",
		  "{\"word\":\"elections\"," },
		{ ROUTE_SPELL, "q=sumit&in=news", "application/json",
		  "{\"word\":\"summit\"," },
		{ ROUTE_EXPLAIN, "id=n1&q=baku&in=news", "application/json",
		  "\"explain\":[{\"word\":\"baku\"" },
		{ ROUTE_INFO, "", "application/json",
		  "{\"index\":\"archive\"," },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ask(f, cases[i].route, cases[i].options);
		is_status(f, 200);
		has(f, cases[i].type);
		has(f, cases[i].part);
		if (!*f->etag)
			fail_msg("no tag: %s", f->out.data);
		assert_int_equal(f->answer.code, ERROR_NONE);
	}
}

static void test_errors(void **state)
{
	static const struct {
		enum route_id route;
		const char *options;
		unsigned status;
		const char *part;
	} cases[] = {
		{ ROUTE_SEARCH, "q=x&limit=1001", 400, "\"param\":\"limit\"" },
		{ ROUTE_SEARCH, "q=x&limit=1001&fmt=atom", 400,
		  "\"code\":503" },
		{ ROUTE_SEARCH, "q=x&in=none", 404, "\"code\":507" },
		{ ROUTE_SEARCH, "q=x&rev=9.9&in=news", 409, "\"code\":409" },
		{ ROUTE_SEARCH, "q=x)&strict=1", 400, "\"code\":505" },
		{ ROUTE_DOC, "id=none", 404, "\"code\":508" },
		{ ROUTE_PAGE, "q=x&in=none", 404, "<!" },
		{ ROUTE_PAGE, "q=x&since=never", 400, "<!" },
		{ ROUTE_VIEW, "id=none", 404, "<!" },
		{ ROUTE_VIEW, "id=n1&match=none", 400, "<!" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		ask(f, cases[i].route, cases[i].options);
		is_status(f, cases[i].status);
		has(f, cases[i].part);
		assert_string_equal(f->etag, "");
		assert_true(f->answer.code);
	}
}

static void test_head_and_close(void **state)
{
	const struct http_wants wants = { .head = true, .close = true };
	struct fixture *f = *state;

	ask_with(f, wants, ROUTE_DOC, VERB_GET, "id=n1&in=news");
	is_status(f, 200);
	has(f, "\r\nContent-Length: 49\r\n");
	has(f, "\r\nConnection: close\r\n");
	has(f, "\r\nDate: ");
	assert_string_equal(body(f), "");
}

static void test_too_large(void **state)
{
	struct fixture *f = *state;
	size_t max = f->answer.body.max;

	f->answer.body.max = 20;
	ask(f, ROUTE_DOC, "id=n1");
	is_status(f, 413);
	ask(f, ROUTE_PAGE, "q=summit");
	is_status(f, 413);
	assert_string_equal(f->etag, "");
	f->answer.body.max = max;
}

/* --------------------------------------------------------------- revisions */

/* What has not changed is not answered, of any route. */
static void test_unchanged(void **state)
{
	static const struct {
		enum route_id route;
		const char *options;
	} cases[] = {
		{ ROUTE_SEARCH, "q=summit&in=news" },
		{ ROUTE_SEARCH, "q=summit" },
		{ ROUTE_SEARCH, "q=summit&fmt=atom&in=news" },
		{ ROUTE_COUNT, "q=summit&in=archive" },
		{ ROUTE_DOC, "id=n1&in=news" },
		{ ROUTE_DOC, "id=n1" },
		{ ROUTE_SUGGEST, "q=s&in=news" },
		{ ROUTE_INFO, "in=archive" },
		{ ROUTE_PAGE, "" },
		{ ROUTE_PAGE, "q=summit" },
		{ ROUTE_VIEW, "id=n1&q=summit" },
	};
	struct fixture *f = *state;
	char etag[HTTP_ETAG_MAX];

	for (size_t i = 0; i < COUNT(cases); i++) {
		ask(f, cases[i].route, cases[i].options);
		is_status(f, 200);
		memcpy(etag, f->etag, sizeof(etag));
		again(f, cases[i].route, cases[i].options, etag);
		is_status(f, 304);
		assert_string_equal(f->etag, etag);
		assert_string_equal(body(f), "");
		assert_int_equal(f->answer.code, ERROR_NONE);
		again(f, cases[i].route, cases[i].options, "W/\"other\"");
		is_status(f, 200);
	}
}

/* Anything that is there, and nothing that is not. */
static void test_any_tag(void **state)
{
	struct fixture *f = *state;

	again(f, ROUTE_DOC, "id=n1", "*");
	is_status(f, 304);
	again(f, ROUTE_DOC, "id=none", "*");
	is_status(f, 404);
}

/* Options in another order are the same request; another value is not. */
static void test_tag_of_request(void **state)
{
	struct fixture *f = *state;
	char etag[HTTP_ETAG_MAX];

	ask(f, ROUTE_SEARCH, "q=summit&in=news&limit=1");
	memcpy(etag, f->etag, sizeof(etag));
	again(f, ROUTE_SEARCH, "limit=1&in=news&q=summit", etag);
	is_status(f, 304);
	again(f, ROUTE_SEARCH, "limit=2&in=news&q=summit", etag);
	is_status(f, 200);
	again(f, ROUTE_COUNT, "q=summit&in=news", etag);
	is_status(f, 200);
}

static void test_commit(void **state)
{
	static const struct item more = { .id = "n3", .text = "More news." };
	struct fixture *f = *state;
	char one[HTTP_ETAG_MAX], both[HTTP_ETAG_MAX], other[HTTP_ETAG_MAX];

	ask(f, ROUTE_COUNT, "q=news&in=news");
	memcpy(one, f->etag, sizeof(one));
	ask(f, ROUTE_DOC, "id=n1");
	memcpy(both, f->etag, sizeof(both));
	ask(f, ROUTE_COUNT, "q=news&in=archive");
	memcpy(other, f->etag, sizeof(other));
	add_item(&f->index[0], &more);
	again(f, ROUTE_COUNT, "q=news&in=news", one);
	is_status(f, 200);
	has(f, "{\"total\":1,");
	assert_string_not_equal(f->etag, one);
	again(f, ROUTE_DOC, "id=n1", both);
	is_status(f, 200);
	again(f, ROUTE_COUNT, "q=news&in=archive", other);
	is_status(f, 304);
}

/* An index that is broken may be so for other reasons than a commit. */
static void test_no_tag_of_broken(void **state)
{
	struct fixture *f = *state;
	struct shelf *good = f->shelf;
	char path[] = "/none";

	f->settings.index[1].path = path;
	f->shelf = shelf_open(&f->settings, f->facts);
	ask(f, ROUTE_INFO, "");
	is_status(f, 200);
	assert_string_equal(f->etag, "");
	ask(f, ROUTE_PAGE, "q=summit&in=news");
	is_status(f, 200);
	assert_string_not_equal(f->etag, "");
	shelf_close(f->shelf);
	f->shelf = good;
	f->settings.index[1].path = f->index[1].path;
}

/* ------------------------------------------------------------------- pages */

static void test_home(void **state)
{
	struct fixture *f = *state;

	ask(f, ROUTE_PAGE, "");
	is_status(f, 200);
	has(f, "Content-Type: text/html; charset=utf-8\r\n");
	has(f, "Content-Security-Policy: default-src 'none'; ");
	has(f, "news");
	has(f, "archive");
	assert_int_equal(f->answer.hits, 0);
}

static void test_results(void **state)
{
	struct fixture *f = *state;

	ask(f, ROUTE_PAGE, "q=summit");
	is_status(f, 200);
	has(f, "Elections &lt;b&gt;");
	has(f, "<b>summit</b>");
	has(f, "Reuters");
	assert_int_equal(f->answer.hits, 2);
	assert_int_equal(f->answer.total, 2);
	/* id= is what the front makes of similar=; SIMILAR has no sort=. */
	ask_with(f, (struct http_wants){ 0 }, ROUTE_PAGE, VERB_SIMILAR,
		 "id=n1&in=news&sort=date");
	is_status(f, 200);
	has(f, "Elections &lt;b&gt;");
	has(f, "Documents like n1");
}

static void test_view(void **state)
{
	struct fixture *f = *state;

	ask(f, ROUTE_VIEW, "id=n2&q=summit&match=all");
	is_status(f, 200);
	has(f, "The &lt;<b");
	has(f, ">summit</b>");
	has_not(f, "The <summit>");
	/* Of two with one id, the one that was asked for. */
	ask(f, ROUTE_VIEW, "id=n1&in=news");
	has(f, "Delegates met.");
	ask(f, ROUTE_VIEW, "id=n1&in=news&index=archive");
	has(f, "The same id, in the archive.");
	/* A query that is none marks nothing. */
	ask(f, ROUTE_VIEW, "id=n2&q=((((((((((((((((((((x");
	is_status(f, 200);
	has(f, "Elections were held.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_head_and_close),
		cmocka_unit_test(test_too_large),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_any_tag),
		cmocka_unit_test(test_tag_of_request),
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_no_tag_of_broken),
		cmocka_unit_test(test_home),
		cmocka_unit_test(test_results),
		cmocka_unit_test(test_view),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
