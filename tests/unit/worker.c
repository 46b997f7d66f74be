/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A worker over its socket: a process of its own, as the front has it, on
 * small indexes.  Under a sanitizer its exit status tells of leaks, too.
 */
#include "api/small.h"

#include "clock.h"
#include "frame.h"
#include "reply.h"
#include "worker.h"
#include "xap.h"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	INDEXES = 3,
	TIMEOUT = 30, /* seconds, for a worker that says nothing */
	BUDGET = 20000,
	REPLY_MAX = 100000,
	LARGE = 8 << 20 /* of a document's text: over the worker's memory */
};

static const struct item news[] = {
	{ "n1", "Summit opens", "2024-11-07", "Reuters", "climate",
	  "The climate summit opened in Baku. Delegates met." },
	{ "n2", "Elections", "2024-11-08", "Kyiv Post", NULL,
	  "Elections were held. The <summit> was not mentioned, they said." },
	{ "n3", NULL, NULL, NULL, NULL, "100% of delegates, a\rb" },
};
static const struct item archive[] = {
	{ "a1", "An old summit", "1999", "Reuters", NULL,
	  "A summit of long ago." },
	{ "n1", "Hidden", NULL, NULL, NULL, "The same id, in the archive." },
};

struct fixture {
	struct small index[INDEXES]; /* news, archive, odd */
	struct settings settings;
	rlim_t memory; /* of the worker, over what it has; 0: any */
	int socket;
	pid_t pid;
	struct frame head;
	struct buf in, reply; /* took_us made 0 */
	struct frame_facts facts[SETTINGS_INDEXES_MAX];
};

/* ------------------------------------------------------------- fixture -- */

static void make_index(struct small *s, const char *schema,
		       const struct item *item, size_t n)
{
	small_open(s, schema);
	for (size_t i = 0; i < n; i++)
		small_put(s, &item[i]);
	small_commit(s);
	small_writer_close(s);
}

static void add_item(struct small *s, const struct item *item)
{
	small_writer(s, TRAWL_UPDATE, NULL);
	small_put(s, item);
	small_commit(s);
	small_writer_close(s);
}

static int make_indexes(void **state)
{
	static struct fixture f;
	static const struct item odd = { .id = "o1", .text = "odd summit" };

	make_index(&f.index[0],
		   "[topic]\nfacet = yes\n[place]\ntype = keyword\n", news,
		   COUNT(news));
	make_index(&f.index[1], NULL, archive, COUNT(archive));
	make_index(&f.index[2], "[place]\ntype = number\n", &odd, 1);
	*state = &f;
	return 0;
}

static int remove_indexes(void **state)
{
	struct fixture *f = *state;

	for (size_t i = 0; i < INDEXES; i++)
		small_close(&f->index[i]);
	return 0;
}

static void serve(struct fixture *f, const char *name, const char *path)
{
	struct settings_index *ix = &f->settings.index[f->settings.nindexes++];

	snprintf(ix->name, sizeof(ix->name), "%s", name);
	ix->path = (char *)path;
}

/* What a worker starts from; then serve(), then start(). */
static void prepare(struct fixture *f)
{
	memset(&f->settings, 0, sizeof(f->settings));
	f->settings.limits.max_reply = REPLY_MAX;
	f->memory = 0;
}

/* Memory that was given back counts as used, and could be had once more. */
static void take_what_is_free(void)
{
	volatile char *taken;

	for (size_t size = 1 << 20; size >= 1 << 12; size /= 2)
		while ((taken = malloc(size)))
			*taken = 0;
}

static void limit_memory(rlim_t more)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;
	struct rlimit limit;

	if (!more || !file || fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	if (!pages)
		return;
	limit.rlim_max = RLIM_INFINITY;
	limit.rlim_cur = pages * (rlim_t)sysconf(_SC_PAGESIZE);
	setrlimit(RLIMIT_AS, &limit);
	take_what_is_free();
	limit.rlim_max = limit.rlim_cur += more;
	setrlimit(RLIMIT_AS, &limit);
}

static void fork_worker(struct fixture *f)
{
	const struct timeval patience = { .tv_sec = TIMEOUT };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	fflush(NULL);
	f->pid = fork();
	if (f->pid == 0) {
		close(pair[0]);
		limit_memory(f->memory);
		exit(worker_run(pair[1], &f->settings));
	}
	assert_true(f->pid > 0);
	close(pair[1]);
	f->socket = pair[0];
	setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	buf_init(&f->in, 64 << 20);
	buf_init(&f->reply, 64 << 20);
}

/* Returns false at the end of the stream. */
static bool receive(struct fixture *f)
{
	bool bad;

	buf_reset(&f->in);
	while (!frame_whole(f->in.data, f->in.len, 64 << 20, &f->head, &bad)) {
		ssize_t n;

		assert_false(bad);
		assert_true(buf_reserve(&f->in, 1 << 16));
		n = read(f->socket, f->in.data + f->in.len, 1 << 16);
		if (n < 0)
			fail_msg("the worker says nothing");
		if (n == 0)
			return false;
		buf_truncate(&f->in, f->in.len + (size_t)n);
	}
	/* One answer at a time. */
	assert_int_equal(f->in.len, sizeof(f->head) + f->head.bytes);
	return true;
}

static void receive_facts(struct fixture *f, enum frame_kind kind)
{
	assert_true(receive(f));
	assert_int_equal(f->head.kind, kind);
	assert_int_equal(f->head.bytes,
			 f->settings.nindexes * sizeof(f->facts[0]));
	memcpy(f->facts, f->in.data + sizeof(f->head), f->head.bytes);
}

static void start(struct fixture *f)
{
	fork_worker(f);
	receive_facts(f, FRAME_HELLO);
}

static void start_news(struct fixture *f)
{
	prepare(f);
	serve(f, "news", f->index[0].path);
	start(f);
}

static void start_two(struct fixture *f)
{
	prepare(f);
	serve(f, "news", f->index[0].path);
	serve(f, "archive", f->index[1].path);
	start(f);
}

/* It ends, with that status, and has nothing more to say. */
static void expect_end(struct fixture *f, int status)
{
	int got;

	assert_false(receive(f));
	close(f->socket);
	assert_int_equal(waitpid(f->pid, &got, 0), f->pid);
	assert_true(WIFEXITED(got));
	assert_int_equal(WEXITSTATUS(got), status);
	buf_release(&f->in);
	buf_release(&f->reply);
}

static void stop(struct fixture *f)
{
	shutdown(f->socket, SHUT_WR);
	expect_end(f, 0);
}

/* ------------------------------------------------------------ requests -- */

/* "limit=2 in=news :text", a blank between two. */
static void read_options(char *s, struct line_request *rq)
{
	while (*s) {
		struct line_option *o = &rq->option[rq->noptions++];
		bool text = *s == ':';
		char *end = text ? s + strlen(s) : s + strcspn(s, " ");
		char *eq = text ? s : s + strcspn(s, "=");

		o->key = text ? "q" : s;
		o->value = eq + 1;
		o->len = (size_t)(end - o->value);
		s = *end ? end + 1 : end;
		*end = '\0';
		if (!text)
			*eq = '\0';
	}
}

static void send_bytes(struct fixture *f, const void *data, size_t n)
{
	assert_int_equal(write(f->socket, data, n), n);
}

static uint64_t in_ms(unsigned budget)
{
	return monotonic_ns() + (uint64_t)budget * NS_PER_MS;
}

static void add_ask(struct buf *out, const char *request, uint64_t ticket,
		    uint64_t deadline_ns)
{
	size_t verb = strcspn(request, " ");
	struct line_request rq = { .verb = verb_find(request, verb) };
	char options[1000];

	assert_non_null(rq.verb);
	snprintf(options, sizeof(options), "%s",
		 request + verb + (request[verb] == ' '));
	read_options(options, &rq);
	frame_ask(out, ticket, &rq, deadline_ns, NULL);
}

static void send_ask(struct fixture *f, const char *request, uint64_t ticket,
		     uint64_t deadline_ns)
{
	struct buf out = BUF_INIT(1 << 20);

	add_ask(&out, request, ticket, deadline_ns);
	send_bytes(f, out.data, out.len);
	buf_release(&out);
}

static void mask_time(struct buf *out, const char *s, size_t n)
{
	const char *key = memmem(s, n, "took_us=", 8);
	size_t to = key ? (size_t)(key - s) + 8 : n;

	buf_reset(out);
	buf_add(out, s, to);
	if (!key)
		return;
	buf_addc(out, '0');
	to += strspn(s + to, "0123456789");
	buf_add(out, s + to, n - to);
}

static const char *ask(struct fixture *f, const char *request)
{
	static uint64_t ticket;

	send_ask(f, request, ++ticket, in_ms(BUDGET));
	if (!receive(f))
		fail_msg("%s: no reply", request);
	assert_int_equal(f->head.kind, FRAME_REPLY);
	assert_int_equal(f->head.ticket, ticket);
	mask_time(&f->reply, f->in.data + sizeof(f->head), f->head.bytes);
	return f->reply.data;
}

struct example {
	const char *request, *reply; /* the whole of it, but for took_us */
};

static void check(struct fixture *f, const struct example *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = ask(f, x[i].request);

		if (strcmp(got, x[i].reply) != 0)
			print_error("%s\n", x[i].request);
		assert_string_equal(got, x[i].reply);
		assert_int_equal(f->head.flags & FRAME_TAKE_LEAVE, 0);
	}
}

/* The reply begins so; for what holds scores, sizes or paths. */
static void check_begins(struct fixture *f, const struct example *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *got = ask(f, x[i].request);

		if (strncmp(got, x[i].reply, strlen(x[i].reply)) != 0)
			fail_msg("%s\ngot:    %s\nwanted: %s", x[i].request,
				 got, x[i].reply);
	}
}

static void has(struct fixture *f, const char *part)
{
	if (!strstr(f->reply.data, part))
		fail_msg("no %s in %s", part, f->reply.data);
}

/* --------------------------------------------------------------- tests -- */

static void test_hello_has_facts(void **state)
{
	struct fixture *f = *state;

	start_two(f);
	assert_int_equal(f->facts[0].documents, COUNT(news));
	assert_int_equal(f->facts[1].documents, COUNT(archive));
	assert_true(f->facts[0].words > 10);
	assert_true(f->facts[0].bytes > 1000);
	assert_string_equal(f->facts[0].rev, "1.2");
	for (size_t i = 0; i < 2; i++) {
		assert_false(f->facts[i].broken);
		assert_false(f->facts[i].stale_analyzer);
		assert_string_equal(f->facts[i].text, "");
	}
	stop(f);
}

static void test_searches(void **state)
{
	static const struct example x[] = {
		{ "SEARCH fmt=id :summit",
		  "OK SEARCH n=2 hits=2 total=2 bound=exact took_us=0 rev=1.2"
		  "\r\nn1\r\nn2\r\nEND\r\n" },
		{ "SEARCH fmt=id sort=date q=summit limit=1",
		  "OK SEARCH n=1 hits=1 total=2 bound=exact took_us=0 rev=1.2"
		  "\r\nn1\r\nEND\r\n" },
		{ "SEARCH fmt=id",
		  "OK SEARCH n=3 hits=3 total=3 bound=exact took_us=0 rev=1.2"
		  "\r\nn2\r\nn1\r\nn3\r\nEND\r\n" },
		{ "SEARCH fmt=id :nothing",
		  "OK SEARCH n=0 hits=0 total=0 bound=exact took_us=0 rev=1.2"
		  "\r\nEND\r\n" },
		{ "SEARCH fmt=id :the deligates",
		  "OK SEARCH n=0 hits=0 total=0 bound=exact took_us=0 rev=1.2 "
		  "ignored=the corrected=the%20delegates\r\nEND\r\n" },
		{ "SEARCH limit=0 correct=run explain=1 :deligates",
		  "OK SEARCH n=0 hits=0 total=2 bound=exact took_us=0 rev=1.2 "
		  "corrected=delegates ran=corrected read=delegates\r\n"
		  "END\r\n" },
		{ "SEARCH fmt=id :elect* \"",
		  "OK SEARCH n=1 hits=1 total=1 bound=exact took_us=0 rev=1.2 "
		  "expanded=elect*:elections read=elect*\r\nn2\r\nEND\r\n" },
		{ "SEARCH limit=0 facets=topic :summit",
		  "OK SEARCH n=1 hits=0 total=2 bound=exact took_us=0 rev=1.2"
		  "\r\n{\"facet\":\"topic\",\"values\":[[\"climate\",1]]}\r\n"
		  "END\r\n" },
		{ "SEARCH fmt=id rev=1.2 in=news limit=1",
		  "OK SEARCH n=1 hits=1 total=3 bound=exact took_us=0 rev=1.2"
		  "\r\nn2\r\nEND\r\n" },
		{ "COUNT :summit",
		  "OK COUNT total=2 bound=exact took_us=0 rev=1.2\r\n" },
		{ "COUNT match=all :the summit \"",
		  "OK COUNT total=2 bound=exact took_us=0 rev=1.2 ignored=the "
		  "read=the%20AND%20summit\r\n" },
		{ "SIMILAR fmt=id id=n1",
		  "OK SIMILAR n=2 hits=2 total=2 bound=exact took_us=0 rev=1.2"
		  "\r\nn2\r\nn3\r\nEND\r\n" },
		{ "SIMILAR fmt=id limit=1 :an election",
		  "OK SIMILAR n=1 hits=1 total=1 bound=exact took_us=0 rev=1.2"
		  "\r\nn2\r\nEND\r\n" },
		{ "EXPLAIN id=n3 :summit",
		  "OK EXPLAIN n=0 hits=0 total=0 bound=exact took_us=0 rev=1.2 "
		  "read=summit\r\nEND\r\n" },
	};
	struct fixture *f = *state;

	start_news(f);
	check(f, x, COUNT(x));
	stop(f);
}

static void test_hits_as_json(void **state)
{
	struct fixture *f = *state;

	start_news(f);
	ask(f, "SEARCH explain=1 mark=none :baku summit");
	has(f, " read=baku%20summit\r\n{\"rank\":1,\"id\":\"n1\",\"score\":");
	has(f, "\"snippets\":[\"The climate summit opened in Baku.");
	has(f, "\"explain\":[{\"word\":\"baku\"");
	assert_int_equal(f->head.code, ERROR_NONE);
	assert_int_equal(f->head.hits, 2);
	assert_int_equal(f->head.total, 2);
	assert_int_equal(f->head.flags, 0);
	assert_string_equal(f->head.rev, "1.2");
	ask(f, "EXPLAIN id=n2 :summit");
	has(f, "OK EXPLAIN n=1 hits=1 total=1 ");
	has(f, "&lt;<b>summit</b>&gt;");
	ask(f, "SEARCH mark=term snippets=1 :elections");
	has(f, "\\u001b[1mElections\\u001b[0m");
	stop(f);
}

/* The response, asked for over HTTP with one option. */
static const char *ask_http(struct fixture *f, enum route_id route,
			    const char *key, const char *value)
{
	const struct http_wants wants = { .route = route, .target = "/" };
	struct line_request rq = { .verb = &verbs[routes[route].verb],
				   .option = { { key, value, strlen(value) },
					       { "fmt", "id", 2 } },
				   .noptions = route == ROUTE_SEARCH ? 2 : 1 };
	struct buf out = BUF_INIT(4096);

	frame_ask(&out, 7, &rq, in_ms(BUDGET), &wants);
	send_bytes(f, out.data, out.len);
	buf_release(&out);
	assert_true(receive(f));
	assert_int_equal(f->head.ticket, 7);
	return f->in.data + sizeof(f->head);
}

/* Asked over HTTP, it gives finished responses; see worker_http.c. */
static void test_http(void **state)
{
	struct fixture *f = *state;
	const char *reply;

	start_news(f);
	reply = ask_http(f, ROUTE_SEARCH, "q", "summit");
	assert_int_equal(f->head.hits, 2);
	assert_string_equal(f->head.rev, "1.2");
	assert_int_equal(strncmp(reply, "HTTP/1.1 200 OK\r\n", 17), 0);
	assert_string_equal(f->in.data + f->in.len - 10, "\r\n\r\nn1\nn2\n");
	stop(f);
}

static void test_documents_and_words(void **state)
{
	static const struct example x[] = {
		{ "GET id=n3",
		  "OK GET bytes=22\r\n100% of delegates, a\rb\r\n" },
		{ "GET id=n3 fmt=json",
		  "OK GET bytes=44\r\n{\"id\":\"n3\",\"text\":\"100% of "
		  "delegates, a\\rb\"}\r\n" },
		{ "SUGGEST :sum",
		  "OK SUGGEST n=2 rev=1.2\r\n"
		  "{\"word\":\"summit\",\"documents\":2}\r\n"
		  "{\"title\":\"Summit opens\",\"documents\":1}\r\nEND\r\n" },
		{ "SUGGEST limit=1 :sum",
		  "OK SUGGEST n=1 rev=1.2\r\n"
		  "{\"word\":\"summit\",\"documents\":2}\r\nEND\r\n" },
		{ "SPELL :sumit",
		  "OK SPELL n=1 rev=1.2\r\n"
		  "{\"word\":\"summit\",\"documents\":2}\r\nEND\r\n" },
		{ "SPELL :xylophone", "OK SPELL n=0 rev=1.2\r\nEND\r\n" },
	};
	struct fixture *f = *state;

	start_news(f);
	check(f, x, COUNT(x));
	stop(f);
}

static void test_info(void **state)
{
	struct fixture *f = *state;

	start_news(f);
	ask(f, "INFO");
	has(f, "OK INFO n=1 rev=1.2 documents=3 words=");
	assert_null(strstr(f->reply.data, "stale_analyzer"));
	has(f,
	    "\r\n{\"index\":\"news\",\"rev\":\"1.2\",\"language\":\"english\","
	    "\"format\":1,\"documents\":3,\"words\":");
	has(f, "{\"name\":\"place\",\"type\":\"keyword\",\"indexed\":true,"
	       "\"stored\":true,\"sort\":false,\"facet\":false,\"weight\":1}");
	has(f, "]}\r\nEND\r\n");
	stop(f);
}

static void test_errors(void **state)
{
	static const struct example x[] = {
		{ "SEARCH limit=2000", "ERR 503 bad-value limit=2000: must be "
				       "a number, 0 to 1000\r\n" },
		{ "SEARCH mark=bold", "ERR 503 bad-value mark=bold: must be "
				      "html, none or term\r\n" },
		{ "SEARCH offset=9999 limit=2", "ERR 503 bad-value offset=" },
		{ "SEARCH sort=weight", "ERR 503 bad-value " },
		{ "SEARCH facets=title", "ERR 503 bad-value " },
		{ "SEARCH since=yesterday", "ERR 503 bad-value since=" },
		{ "SEARCH fmt=tsv facets=topic",
		  "ERR 503 bad-value facets=: needs fmt=json\r\n" },
		{ "SEARCH fmt=id timeline=day",
		  "ERR 503 bad-value timeline=: needs fmt=json\r\n" },
		{ "SEARCH explain=1 fmt=tsv",
		  "ERR 503 bad-value explain=: needs fmt=json\r\n" },
		{ "SEARCH rev=new", "ERR 503 bad-value rev=new" },
		{ "SEARCH timeout=never", "ERR 503 bad-value timeout=never" },
		{ "SEARCH frobnicate=1", "ERR 502 unknown-option " },
		{ "SEARCH rev=1.1", "ERR 409 revision-gone revision 1.1 asked "
				    "for, index is at 1.2\r\n" },
		{ "SEARCH strict=1 :(summit",
		  "ERR 505 bad-query query: this bracket is never closed (byte "
		  "1)\r\n" },
		{ "SEARCH :aa* bb* cc* dd* ee*", "ERR 506 too-complex " },
		{ "SEARCH in=new", "ERR 507 unknown-index in=new: no such "
				   "index; there are news, archive\r\n" },
		{ "SEARCH in=news,x", "ERR 507 unknown-index in=x: no such" },
		{ "SEARCH in=", "ERR 503 bad-value in=: must be names" },
		{ "SEARCH in=news,", "ERR 503 bad-value in=: must be names" },
		{ "SEARCH rev=1.2", "ERR 503 bad-value " },
		{ "GET id=none", "ERR 508 not-found no document \"none\"" },
		{ "GET in=archive id=n2", "ERR 508 not-found no document" },
		{ "GET in=news", "ERR 504 missing-value GET needs a document: "
				 "GET id=ID\r\n" },
		{ "GET id=", "ERR 504 missing-value id=: must be" },
		{ "GET id=n1 fmt=tsv",
		  "ERR 503 bad-value fmt=tsv: must be text or json\r\n" },
		{ "SIMILAR id=none", "ERR 508 not-found no document" },
		{ "SIMILAR", "ERR 504 missing-value SIMILAR needs a document "
			     "or a text: SIMILAR id=ID, or SIMILAR :text\r\n" },
		{ "SIMILAR :", "ERR 504 missing-value SIMILAR needs" },
		{ "EXPLAIN :summit", "ERR 504 missing-value EXPLAIN needs" },
		{ "EXPLAIN id=none :a", "ERR 508 not-found no document" },
		{ "SUGGEST", "ERR 504 missing-value SUGGEST needs a beginning: "
			     "SUGGEST :beginning\r\n" },
		{ "SUGGEST limit=0 :a", "ERR 503 bad-value limit=0: must be a "
					"number, 1 to 100\r\n" },
		{ "SPELL limit=101 :a", "ERR 503 bad-value limit=101: must be "
					"a number, 1 to 100\r\n" },
		{ "SPELL :a b", "ERR 503 bad-value " },
		{ "INFO in=x", "ERR 507 unknown-index in=x: no such index" },
		{ "PING", "ERR 599 internal PING is not for a worker\r\n" },
	};
	struct fixture *f = *state;

	start_two(f);
	for (size_t i = 0; i < COUNT(x); i++) {
		char request[200];

		/* rev= is of one index. */
		snprintf(request, sizeof(request), "%s%s", x[i].request,
			 strstr(x[i].reply, "409") ? " in=news" : "");
		check_begins(f, &(struct example){ request, x[i].reply }, 1);
		assert_int_equal(f->head.code,
				 strtol(x[i].reply + 4, NULL, 10));
		assert_int_equal(f->head.flags, 0);
		assert_string_equal(f->head.rev, "");
		assert_ptr_equal(strchr(f->reply.data, '\n') + 1,
				 f->reply.data + f->reply.len);
	}
	stop(f);
}

static void test_two_indexes(void **state)
{
	static const struct example x[] = {
		{ "SEARCH fmt=id :summit",
		  "OK SEARCH n=3 hits=3 total=3 bound=exact took_us=0 "
		  "rev=news:1.2,archive:1.2\r\n" },
		/* In the order of the settings, whatever that of in=. */
		{ "COUNT in=archive,news,archive :summit",
		  "OK COUNT total=3 bound=exact took_us=0 "
		  "rev=news:1.2,archive:1.2\r\n" },
		{ "COUNT in=archive :summit",
		  "OK COUNT total=1 bound=exact took_us=0 rev=1.2\r\n" },
		{ "GET id=a1", "OK GET bytes=21 index=archive\r\nA summit of" },
		{ "GET id=n1", "OK GET bytes=49 index=news\r\nThe climate" },
		{ "GET in=archive id=n1",
		  "OK GET bytes=28 index=archive\r\nThe same id" },
		{ "SUGGEST :summ",
		  "OK SUGGEST n=2 rev=news:1.2,archive:1.2\r\n"
		  "{\"word\":\"summit\",\"documents\":3}\r\n" },
		{ "INFO", "OK INFO n=2 rev=news:1.2,archive:1.2 documents=5 "
			  "words=" },
		{ "INFO in=archive", "OK INFO n=1 rev=1.2 documents=2 words=" },
	};
	struct fixture *f = *state;

	start_two(f);
	check_begins(f, x, COUNT(x));
	ask(f, "SEARCH limit=3 :summit");
	has(f, "\"index\":\"archive\"}");
	ask(f, "SEARCH in=news :summit");
	assert_null(strstr(f->reply.data, "\"index\""));
	stop(f);
}

static void test_not_to_be_joined(void **state)
{
	struct fixture *f = *state;

	prepare(f);
	serve(f, "news", f->index[0].path);
	serve(f, "odd", f->index[2].path);
	start(f);
	/* A second time it is not tried again, and the answer is the same. */
	for (unsigned i = 0; i < 2; i++) {
		ask(f, "SEARCH :summit");
		has(f, "ERR 503 bad-value news and odd cannot be");
		has(f, "in=");
	}
	ask(f, "COUNT in=odd :summit");
	has(f, "OK COUNT total=1 ");
	ask(f, "GET id=o1");
	has(f, " index=odd\r\n");
	ask(f, "GET id=o2");
	has(f, "ERR 508 not-found no document \"o2\" in news,odd\r\n");
	ask(f, "INFO");
	has(f, "OK INFO n=2 rev=news:1.2,odd:1.2 documents=4 ");
	stop(f);
}

/* More sets than there are places for joined handles. */
static void test_many_sets(void **state)
{
	struct fixture *f = *state;
	char request[100];

	prepare(f);
	for (unsigned i = 0; i < 6; i++) {
		char name[] = { 'i', (char)('a' + i), '\0' };

		serve(f, name, f->index[i % 2].path);
	}
	start(f);
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < 6; i++)
			for (unsigned j = 0; j < i; j++) {
				snprintf(request, sizeof(request),
					 "COUNT in=i%c,i%c", 'a' + i, 'a' + j);
				ask(f, request);
				assert_int_equal(f->head.code, 0);
			}
	stop(f);
}

static void test_broken_index(void **state)
{
	static const struct example x[] = {
		{ "COUNT in=news", "OK COUNT total=3 " },
		{ "COUNT in=gone", "ERR 590 corrupt-index gone: " },
		{ "COUNT", "ERR 590 corrupt-index gone: " },
		{ "GET in=gone id=n1", "ERR 590 corrupt-index gone: " },
		{ "GET id=n1", "OK GET bytes=49 index=news\r\n" },
		{ "GET id=g1", "ERR 590 corrupt-index gone: " },
		{ "INFO", "OK INFO n=2 rev=news:1.2 documents=3 " },
	};
	struct fixture *f = *state;
	struct small gone;

	small_open(&gone, NULL);
	small_writer_close(&gone);
	small_close(&gone);
	prepare(f);
	serve(f, "news", f->index[0].path);
	serve(f, "gone", gone.path);
	start(f);
	assert_false(f->facts[0].broken);
	assert_true(f->facts[1].broken);
	assert_null(strstr(f->facts[1].text, gone.path));
	assert_non_null(strstr(f->facts[1].text, "gone"));
	check_begins(f, x, COUNT(x));
	has(f, "\r\n{\"index\":\"gone\",\"error\":\"");
	stop(f);
}

static void look(struct fixture *f)
{
	const struct frame head = { .kind = FRAME_LOOK };

	send_bytes(f, &head, sizeof(head));
	receive_facts(f, FRAME_FACTS);
}

static void test_look_finds_what_is_new(void **state)
{
	static const struct item late = { .id = "l1", .text = "late" };
	struct fixture *f = *state;
	struct small s;

	make_index(&s, NULL, news, COUNT(news));
	prepare(f);
	serve(f, "news", s.path);
	start(f);
	add_item(&s, &late);
	look(f);
	assert_string_equal(f->facts[0].rev, "1.3");
	assert_int_equal(f->facts[0].documents, 4);
	ask(f, "COUNT :late");
	has(f, "total=1 bound=exact took_us=0 rev=1.3\r\n");
	stop(f);
	small_close(&s);
}

static void test_look_tries_the_broken_again(void **state)
{
	struct fixture *f = *state;
	struct small s;
	char away[100];

	make_index(&s, NULL, news, COUNT(news));
	snprintf(away, sizeof(away), "%s.away", s.path);
	assert_int_equal(rename(s.path, away), 0);
	prepare(f);
	serve(f, "news", s.path);
	start(f);
	assert_true(f->facts[0].broken);
	assert_int_equal(rename(away, s.path), 0);
	look(f);
	assert_false(f->facts[0].broken);
	assert_string_equal(f->facts[0].text, "");
	ask(f, "COUNT");
	has(f, "OK COUNT total=3 ");

	/* It goes under a handle that is open, and comes back. */
	assert_int_equal(rename(s.path, away), 0);
	ask(f, "GET id=n1");
	has(f, "ERR 590 corrupt-index ");
	look(f);
	assert_true(f->facts[0].broken);
	assert_int_equal(rename(away, s.path), 0);
	ask(f, "GET id=n1");
	has(f, "OK GET bytes=49\r\n");
	stop(f);
	small_close(&s);
}

static void test_stale_analyzer(void **state)
{
	static const char key[] = "trawl.fingerprint";
	struct fixture *f = *state;
	struct xap_writer *w;
	struct trawl_error err = { 0 };
	struct small s;
	char path[100];

	make_index(&s, NULL, news, COUNT(news));
	snprintf(path, sizeof(path), "%s/live", s.path);
	expect(xap_writer_open(path, XAP_OPEN, true, &w, &err), TRAWL_OK, &err);
	expect(xap_writer_set_metadata(w, key, strlen(key), "other", 5, &err),
	       TRAWL_OK, &err);
	expect(xap_writer_commit(w, &err), TRAWL_OK, &err);
	xap_writer_free(w);
	prepare(f);
	serve(f, "news", s.path);
	start(f);
	assert_true(f->facts[0].stale_analyzer);
	ask(f, "INFO");
	has(f, " stale_analyzer=1\r\n");
	has(f, ",\"stale_analyzer\":true,");
	stop(f);
	small_close(&s);
}

static void test_reply_too_large(void **state)
{
	static const struct example x[] = {
		{ "GET id=n1", "ERR 511 too-large the reply is over "
			       "max-reply=40 bytes; " },
		{ "GET id=n1 fmt=json", "ERR 511 too-large the reply" },
		{ "SEARCH", "ERR 511 too-large the reply is over max-reply=40 "
			    "bytes; ask for fewer hits (limit=)" },
		{ "INFO", "ERR 511 too-large the reply" },
		{ "SEARCH fmt=id", "OK SEARCH n=3 " },
		{ "GET id=n3", "OK GET bytes=22\r\n" },
	};
	struct fixture *f = *state;

	prepare(f);
	serve(f, "news", f->index[0].path);
	f->settings.limits.max_reply = 40;
	start(f);
	check_begins(f, x, COUNT(x));
	assert_int_equal(strncmp(ask_http(f, ROUTE_PAGE, "q", "summit"),
				 "HTTP/1.1 413 ", 13),
			 0);
	assert_int_equal(f->head.code, ERROR_TOO_LARGE);
	stop(f);
}

/* The library takes ten minutes at most, and no 0 for none left. */
static void test_any_deadline_will_do(void **state)
{
	const uint64_t deadlines[] = { 0, in_ms(0), in_ms(600001),
				       in_ms(UINT32_MAX), UINT64_MAX };
	struct fixture *f = *state;

	start_news(f);
	for (size_t i = 0; i < COUNT(deadlines); i++) {
		send_ask(f, "COUNT timeout=0 :summit", 1, deadlines[i]);
		assert_true(receive(f));
		assert_int_equal(f->head.code, 0);
		send_ask(f, "COUNT timeout=600000 :summit", 2, deadlines[i]);
		assert_true(receive(f));
		assert_int_equal(f->head.code, 0);
	}
	stop(f);
}

/* All replies to what was sent, one behind the other, in f->in. */
static void receive_rest(struct fixture *f)
{
	shutdown(f->socket, SHUT_WR);
	buf_reset(&f->in);
	for (ssize_t n = 1; n > 0;) {
		assert_true(buf_reserve(&f->in, 1 << 16));
		n = read(f->socket, f->in.data + f->in.len, 1 << 16);
		assert_true(n >= 0);
		buf_truncate(&f->in, f->in.len + (size_t)n);
	}
}

/* The one at *at of them. */
static void next_reply(struct fixture *f, size_t *at, uint64_t ticket)
{
	bool bad;

	assert_true(frame_whole(f->in.data + *at, f->in.len - *at, 64 << 20,
				&f->head, &bad));
	assert_int_equal(f->head.kind, FRAME_REPLY);
	assert_int_equal(f->head.ticket, ticket);
	*at += sizeof(f->head) + f->head.bytes;
}

/* Several frames in one write, and one in many. */
static void test_frames_however_they_come(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT(1 << 20);
	size_t at = 0;

	start_news(f);
	add_ask(&out, "COUNT", 7, in_ms(BUDGET));
	for (size_t i = 0; i < out.len; i++)
		send_bytes(f, out.data + i, 1);
	assert_true(receive(f));
	assert_int_equal(f->head.ticket, 7);
	buf_reset(&out);
	for (unsigned i = 0; i < 4; i++)
		add_ask(&out, i % 2 ? "COUNT :summit" : "COUNT", 8 + i,
			in_ms(BUDGET));
	send_bytes(f, out.data, out.len);
	receive_rest(f);
	for (unsigned i = 0; i < 4; i++) {
		next_reply(f, &at, 8 + i);
		assert_int_equal(f->head.flags, 0);
		assert_int_equal(f->head.total, i % 2 ? 2 : 3);
	}
	assert_int_equal(at, f->in.len);
	expect_end(f, 0);
	buf_release(&out);
}

static void add_drop(struct buf *out, uint64_t ticket)
{
	const struct frame drop = { .kind = FRAME_DROP, .ticket = ticket };

	buf_add(out, &drop, sizeof(drop));
}

static void was_dropped(const struct fixture *f)
{
	assert_int_equal(f->head.flags, FRAME_DROPPED);
	assert_int_equal(f->head.bytes, 0);
}

/* A DROP of another, one that is in time, one that is too late. */
static void test_drop(void **state)
{
	struct fixture *f = *state;
	struct buf out = BUF_INIT(1 << 20);
	size_t at = 0;

	start_news(f);
	add_drop(&out, 2);
	add_ask(&out, "COUNT", 1, in_ms(BUDGET));
	add_ask(&out, "COUNT", 2, in_ms(BUDGET));
	add_ask(&out, "COUNT", 3, in_ms(BUDGET));
	add_drop(&out, 9);
	add_drop(&out, 3);
	add_ask(&out, "COUNT", 4, in_ms(BUDGET));
	send_bytes(f, out.data, out.len);
	receive_rest(f);
	for (unsigned ticket = 1; ticket <= 4; ticket++) {
		next_reply(f, &at, ticket);
		if (ticket == 3)
			was_dropped(f);
		else
			assert_int_equal(f->head.total, 3);
	}
	assert_int_equal(at, f->in.len);
	expect_end(f, 0);
	buf_release(&out);
}

/* It comes when what it is for has been read, and what is before that is being
 * worked on: a reply that does not fit into the socket. */
static void test_drop_while_at_work(void **state)
{
	struct fixture *f = *state;
	struct item large = { .id = "large" };
	struct buf out = BUF_INIT(1 << 20);
	char *text = malloc(LARGE), byte;
	struct small s;
	size_t at = 0;

	assert_non_null(text);
	memset(text, 'x', LARGE - 1);
	text[LARGE - 1] = '\0';
	large.text = text;
	make_index(&s, NULL, &large, 1);
	prepare(f);
	serve(f, "news", s.path);
	f->settings.limits.max_reply = 2 * LARGE;
	start(f);
	add_ask(&out, "GET id=large", 1, in_ms(BUDGET));
	add_ask(&out, "COUNT", 2, in_ms(BUDGET));
	send_bytes(f, out.data, out.len);
	/* Some of the first reply is there: both have been read. */
	assert_int_equal(recv(f->socket, &byte, 1, MSG_PEEK), 1);
	buf_reset(&out);
	add_drop(&out, 2);
	send_bytes(f, out.data, out.len);
	receive_rest(f);
	next_reply(f, &at, 1);
	assert_true(f->head.bytes > LARGE);
	next_reply(f, &at, 2);
	was_dropped(f);
	expect_end(f, 0);
	buf_release(&out);
	small_close(&s);
	free(text);
}

static void test_malformed_frames_end_it(void **state)
{
	static const char unfinished[] = "limit\0002";
	const struct {
		struct frame head;
		const char *payload;
	} cases[] = {
		{ { .kind = 77 }, "" },
		{ { .kind = FRAME_REPLY }, "" },
		{ { .kind = FRAME_ASK, .bytes = UINT32_MAX }, "" },
		{ { .kind = FRAME_ASK, .verb = VERBS }, "" },
		{ { .kind = FRAME_ASK, .route = ROUTES + 1 }, "" },
		{ { .kind = FRAME_ASK, .bytes = sizeof(unfinished) - 1 },
		  unfinished },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool all = cases[i].payload == unfinished;

		start_news(f);
		send_bytes(f, &cases[i].head, sizeof(cases[i].head));
		if (all)
			send_bytes(f, unfinished, sizeof(unfinished) - 1);
		expect_end(f, 3);
	}
}

static void test_out_of_memory_is_said_and_left(void **state)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	print_message("# a sanitizer takes the memory: skipped\n");
	(void)state;
#else
	struct fixture *f = *state;
	struct item large = { .id = "large" };
	char *text = malloc(LARGE);
	struct small s;

	assert_non_null(text);
	for (size_t i = 0; i < LARGE; i++)
		text[i] = "word "[i % 5];
	text[LARGE - 1] = '\0';
	large.text = text;
	make_index(&s, NULL, &large, 1);
	prepare(f);
	serve(f, "news", s.path);
	f->settings.limits.max_reply = 4 * LARGE;
	f->memory = LARGE;
	start(f);
	ask(f, "COUNT");
	has(f, "OK COUNT total=1 ");
	ask(f, "GET id=large");
	has(f, "ERR 423 worker-lost ");
	has(f, "memory");
	assert_int_equal(f->head.code, ERROR_WORKER_LOST);
	assert_int_equal(f->head.flags, FRAME_TAKE_LEAVE);
	expect_end(f, 0);
	for (int page = false; page <= true; page++) {
		const char *reply;

		start(f);
		reply = ask_http(f, page ? ROUTE_VIEW : ROUTE_DOC, "id",
				 "large");
		assert_int_equal(strncmp(reply, "HTTP/1.1 503 ", 13), 0);
		assert_non_null(strstr(reply, page ? "<h1" : "\"code\":423"));
		assert_int_equal(f->head.flags, FRAME_TAKE_LEAVE);
		expect_end(f, 0);
	}
	small_close(&s);
	free(text);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hello_has_facts),
		cmocka_unit_test(test_searches),
		cmocka_unit_test(test_hits_as_json),
		cmocka_unit_test(test_http),
		cmocka_unit_test(test_documents_and_words),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_two_indexes),
		cmocka_unit_test(test_not_to_be_joined),
		cmocka_unit_test(test_many_sets),
		cmocka_unit_test(test_broken_index),
		cmocka_unit_test(test_look_finds_what_is_new),
		cmocka_unit_test(test_look_tries_the_broken_again),
		cmocka_unit_test(test_stale_analyzer),
		cmocka_unit_test(test_reply_too_large),
		cmocka_unit_test(test_any_deadline_will_do),
		cmocka_unit_test(test_frames_however_they_come),
		cmocka_unit_test(test_drop),
		cmocka_unit_test(test_drop_while_at_work),
		cmocka_unit_test(test_malformed_frames_end_it),
		cmocka_unit_test(test_out_of_memory_is_said_and_left),
	};

	/* A thread's own heap would be there for a worker whose memory is
	 * limited. */
	mallopt(M_ARENA_MAX, 1);
	return cmocka_run_group_tests(tests, make_indexes, remove_indexes);
}
