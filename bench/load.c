/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load - requests to a running server: how many a second, and how long each
 *
 * load [OPTION=VALUE...] SERVER [QUERIES]
 *
 *	SERVER    unix:PATH or HOST:PORT
 *	QUERIES   a file, one a line, asked in turn and over again; without it
 *	          the request has no text.  Lines with tabs are as bench/README
 *	          has them.
 *	case=     of lines with tabs only those that begin with it
 *	protocol= trawl, or sphinx: searchd's own, for an index named docs
 *	verb=     SEARCH (of trawl)
 *	options=  "limit=0 snippets=0": what stands behind the verb (of trawl)
 *	ranker=   0    of Sphinx: 0 is proximity and BM25, its default, 1 BM25
 *	connections=  1
 *	depth=    1    closed loop: requests on their way on each connection
 *	rate=     open loop: requests a second on all of them, whatever has
 *	          been answered; each latency counts from when the request
 *	          should have been sent, so that nothing that waits for a slow
 *	          reply is left out
 *	seconds=  5    or, instead, count= of requests
 *	warm=     0    seconds at first, which count for nothing
 *
 * prints one line: requests, seconds, rate (a second), bytes_s, p50_us p90_us
 * p99_us p999_us max_us (until the last byte of the reply), hits of all the
 * replies, errors, lost (requests of a connection that the server closed), asked
 * (with those of the time to warm up), cpu_s (its own), and then each error's
 * code and number.
 *
 * pipeline=N asks N at once on one connection and counts until the last reply.
 *
 * To be a nuisance of trawld, until the end of standard input; "open N" tells that all
 * are connected, and what the server closes is opened again:
 *
 *	idle=N    connections that do nothing
 *	drip=N    ... that send a byte every 5 s
 *	unread=N  ... that ask and never read
 */
#include "buf.h"
#include "clock.h"
#include "die.h"
#include "parse.h"
#include "wire/wire.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 100000,
	REQUEST_MAX = 64 << 10,
	REQUESTS_MAX = 1000000,
	OUT_MAX = 1 << 30,
	READ_BYTES = 256 << 10,
	LATENCIES_MAX = 100000000,
	CODES = 1000,
	RANKERS_MAX = 7, /* the last that wants no expression */
	DAY = 86400,
	PATIENCE = 60, /* seconds, for the last replies */
	DRIP_SECONDS = 5,
	TICK_MS = 100 /* of the nuisances */
};

struct target {
	struct sockaddr_storage address;
	socklen_t len;
};

struct options {
	const char *server, *queries, *kind, *protocol;
	struct wire_options wire;
	uint64_t connections, depth, rate, seconds, count, warm;
	uint64_t pipeline, idle, drip, unread;
};

/* When the requests were sent that have no reply yet, oldest first. */
struct ring {
	uint64_t *at;
	size_t first, n, alloc; /* alloc: a power of two */
};

struct conn {
	struct load *load;
	int fd;
	struct event *readable, *writable;
	struct buf out;
	size_t written; /* of out */
	struct ring sent;
	struct wire_reader reader;
};

struct request {
	char *data;
	size_t len;
};

struct load {
	struct options o;
	const struct wire *wire;
	struct target target;
	struct event_base *base;
	struct event *clock;
	struct request *request;
	size_t nrequests, next;
	struct conn *conn;
	uint64_t asked, answered; /* those when it was warm */
	uint64_t begun, until, first, last, given_up; /* nanoseconds */
	uint64_t *latency;			      /* of the answered */
	size_t alloc;
	uint64_t bytes, hits, lost, code[CODES];
	bool over; /* nothing more is asked */
	char *chunk;
};

/* --------------------------------------------------------------- connect -- */

static void find_unix(const char *path, struct target *out)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&out->address;

	if (strlen(path) >= sizeof(un->sun_path))
		die("%s: too long for a socket", path);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, strlen(path) + 1);
	out->len = sizeof(*un);
}

static void find_target(const char *server, struct target *out)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const char *colon = strrchr(server, ':');
	struct addrinfo *found;
	char *host;
	int failure;

	if (!strncmp(server, "unix:", 5)) {
		find_unix(server + 5, out);
		return;
	}
	if (!colon)
		die("%s: neither unix:PATH nor HOST:PORT", server);
	host = xstrndup(server, (size_t)(colon - server));
	failure = getaddrinfo(host, colon + 1, &hints, &found);
	if (failure)
		die("%s: %s", server, gai_strerror(failure));
	memcpy(&out->address, found->ai_addr, found->ai_addrlen);
	out->len = found->ai_addrlen;
	freeaddrinfo(found);
	free(host);
}

/* Connected, then nonblocking: -1 with errno. */
static int try_connect(const struct target *t)
{
	int fd = socket(t->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&t->address, t->len)) {
		int failure = errno;

		close(fd);
		errno = failure;
		return -1;
	}
	if (t->address.ss_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static int connect_to(const struct load *l)
{
	int fd = try_connect(&l->target);

	if (fd < 0)
		die("%s: %s", l->o.server, strerror(errno));
	return fd;
}

static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* -------------------------------------------------------------- requests -- */

static void add_request(struct load *l, const struct wire_query *q)
{
	struct request *r = &l->request[l->nrequests++];
	struct buf bytes = BUF_INIT(REQUEST_MAX);

	l->wire->request(&bytes, q, &l->o.wire);
	r->len = bytes.len;
	r->data = xdetach(&bytes);
}

static void read_queries(struct load *l)
{
	FILE *f = fopen(l->o.queries, "re");
	char *line = NULL;
	size_t alloc = 0;

	if (!f)
		die("%s: %s", l->o.queries, strerror(errno));
	while (l->nrequests < REQUESTS_MAX && getline(&line, &alloc, f) >= 0) {
		struct wire_query q;

		wire_split(line, &q);
		if (!l->o.kind || !*q.kind || wire_is(&q, l->o.kind))
			add_request(l, &q);
	}
	free(line);
	fclose(f);
}

static void make_requests(struct load *l)
{
	const struct wire_query none = { "", NULL, "", "" };

	l->request = xcalloc(REQUESTS_MAX, sizeof(*l->request));
	if (l->o.queries)
		read_queries(l);
	else
		add_request(l, &none);
	if (!l->nrequests)
		die("%s: no query in it", l->o.queries);
}

static void free_requests(struct load *l)
{
	for (size_t i = 0; i < l->nrequests; i++)
		free(l->request[i].data);
	free(l->request);
}

static const struct request *next_request(struct load *l)
{
	const struct request *request = &l->request[l->next++];

	if (l->next == l->nrequests)
		l->next = 0;
	return request;
}

/* ------------------------------------------------------------- latencies -- */

static void ring_add(struct ring *r, uint64_t at)
{
	if (r->n == r->alloc) {
		size_t more = r->alloc ? 2 * r->alloc : 16;
		uint64_t *grown = xcalloc(more, sizeof(*grown));

		for (size_t i = 0; i < r->n; i++)
			grown[i] = r->at[(r->first + i) & (r->alloc - 1)];
		free(r->at);
		r->at = grown;
		r->alloc = more;
		r->first = 0;
	}
	r->at[(r->first + r->n++) & (r->alloc - 1)] = at;
}

static uint64_t ring_take(struct ring *r)
{
	uint64_t at = r->at[r->first];

	r->first = (r->first + 1) & (r->alloc - 1);
	r->n--;
	return at;
}

static void note_latency(struct load *l, uint64_t sent, uint64_t now)
{
	if (sent < l->first || l->answered == LATENCIES_MAX)
		return;
	if (l->answered == l->alloc) {
		l->alloc = l->alloc ? 2 * l->alloc : 1 << 16;
		l->latency =
			xrealloc(l->latency, l->alloc * sizeof(*l->latency));
	}
	l->latency[l->answered++] = now - sent;
	l->last = now;
}

/* ------------------------------------------------------------------ write -- */

static void conn_open(struct conn *c);

/* Another in its place; what was under way is lost. */
static void conn_reopen(struct conn *c)
{
	event_free(c->readable);
	event_free(c->writable);
	close(c->fd);
	c->load->lost += c->sent.n;
	c->sent.n = 0;
	conn_open(c);
}

static void flush_out(struct conn *c)
{
	while (c->written < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->written,
				 c->out.len - c->written, MSG_NOSIGNAL);

		/* That it has gone is seen by reading. */
		if (n < 0) {
			event_add(c->writable, NULL);
			return;
		}
		c->written += (size_t)n;
	}
	buf_reset(&c->out);
	c->written = 0;
}

static void ask(struct conn *c, uint64_t at)
{
	const struct request *request = next_request(c->load);

	buf_add(&c->out, request->data, request->len);
	if (c->out.failed)
		die("the server is too slow: %zu requests wait", c->sent.n);
	ring_add(&c->sent, at);
	c->load->asked++;
}

static void fill(struct conn *c)
{
	struct load *l = c->load;

	while (!l->over && !l->o.rate && c->sent.n < l->o.depth) {
		uint64_t now = monotonic_ns();

		if (l->o.count ? l->asked == l->o.count : now >= l->until)
			l->over = true;
		else
			ask(c, now);
	}
	flush_out(c);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	flush_out(arg);
}

/* ------------------------------------------------------------------- read -- */

static void take_reply(struct conn *c)
{
	const struct wire_reader *r = &c->reader;
	struct load *l = c->load;
	uint64_t sent;

	if (!c->sent.n)
		return;
	sent = ring_take(&c->sent);
	if (sent >= l->first)
		l->hits += r->hits;
	note_latency(l, sent, monotonic_ns());
	if (r->code)
		l->code[r->code < CODES ? r->code : 0]++;
}

static void take_bytes(struct conn *c, const char *s, size_t n)
{
	const char *end = s + n;
	bool whole;

	while (s < end) {
		s += c->load->wire->take(&c->reader, s, (size_t)(end - s),
					 &whole);
		if (whole)
			take_reply(c);
	}
}

static bool is_done(const struct load *l)
{
	for (size_t i = 0; l->over && i < l->o.connections; i++)
		if (l->conn[i].sent.n)
			return false;
	return l->over;
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	struct load *l = c->load;
	ssize_t n = recv(fd, l->chunk, READ_BYTES, 0);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		conn_reopen(c);
	} else {
		if (monotonic_ns() >= l->first)
			l->bytes += (uint64_t)n;
		take_bytes(c, l->chunk, (size_t)n);
	}
	fill(c);
	if (is_done(l))
		event_base_loopbreak(l->base);
}

static void conn_open(struct conn *c)
{
	struct event_base *base = c->load->base;

	buf_reset(&c->out);
	c->load->wire->hello(&c->out);
	c->written = 0;
	wire_reader_reset(&c->reader);
	c->fd = connect_to(c->load);
	c->readable =
		event_new(base, c->fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(base, c->fd, EV_WRITE, on_writable, c);
	if (!c->readable || !c->writable || event_add(c->readable, NULL))
		die("no memory for an event");
}

static void conn_close(struct conn *c)
{
	event_free(c->readable);
	event_free(c->writable);
	close(c->fd);
	buf_release(&c->out);
	wire_reader_release(&c->reader);
	free(c->sent.at);
}

/* ------------------------------------------------------------------ clock -- */

/* Open loop: when the request of that number should be sent. */
static uint64_t due(const struct load *l, uint64_t number)
{
	return l->begun + (uint64_t)((double)number * 1e9 / (double)l->o.rate);
}

static void set_clock(struct load *l, uint64_t at)
{
	uint64_t now = monotonic_ns(), wait = at > now ? (at - now) / 1000 : 0;
	const struct timeval t = { .tv_sec = (time_t)(wait / 1000000),
				   .tv_usec = (suseconds_t)(wait % 1000000) };

	event_add(l->clock, &t);
}

/* What has become due, each on the connection whose turn it is. */
static void send_due(struct load *l, uint64_t now)
{
	uint64_t at;

	while (!l->over && (at = due(l, l->asked)) <= now) {
		struct conn *c = &l->conn[l->asked % l->o.connections];

		if (l->o.count ? l->asked == l->o.count : at >= l->until) {
			l->over = true;
			break;
		}
		ask(c, at);
		flush_out(c);
	}
}

static void on_clock(evutil_socket_t fd, short what, void *arg)
{
	struct load *l = arg;
	uint64_t now = monotonic_ns();

	(void)fd;
	(void)what;
	if (l->o.rate)
		send_due(l, now);
	if (!l->o.count && now >= l->until)
		l->over = true;
	if (is_done(l) || (l->over && now >= l->given_up)) {
		event_base_loopbreak(l->base);
		return;
	}
	if (l->o.rate && !l->over)
		set_clock(l, due(l, l->asked));
	else
		set_clock(l, l->over ? l->given_up : l->until);
}

/* ---------------------------------------------------------------- measure -- */

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base;

	if (!config)
		die("no memory");
	/* Else timers are as fine as milliseconds. */
	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	base = event_base_new_with_config(config);
	event_config_free(config);
	if (!base)
		die("libevent has no event base");
	return base;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void print_latencies(struct load *l)
{
	static const struct {
		const char *name;
		double share;
	} marks[] = { { "p50", 0.5 },
		      { "p90", 0.9 },
		      { "p99", 0.99 },
		      { "p999", 0.999 },
		      { "max", 1 } };

	qsort(l->latency, l->answered, sizeof(*l->latency), by_value);
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		double at = marks[i].share * (double)(l->answered - 1);

		printf(" %s_us=%.1f", marks[i].name,
		       (double)l->latency[(size_t)at] / 1000);
	}
}

/* Of processor. */
static double own_seconds(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void report(struct load *l)
{
	double seconds = (double)(l->last - l->first) / 1e9;
	uint64_t errors = 0;

	if (!l->answered)
		die("%s: no reply in time", l->o.server);
	for (size_t i = 0; i < CODES; i++)
		errors += l->code[i];
	printf("requests=%" PRIu64 " seconds=%.3f rate=%.1f bytes_s=%.0f",
	       l->answered, seconds, (double)l->answered / seconds,
	       (double)l->bytes / seconds);
	print_latencies(l);
	printf(" hits=%" PRIu64 " errors=%" PRIu64 " lost=%" PRIu64, l->hits,
	       errors, l->lost);
	printf(" asked=%" PRIu64 " cpu_s=%.3f", l->asked, own_seconds());
	for (size_t i = 0; i < CODES; i++)
		if (l->code[i])
			printf(" %zu=%" PRIu64, i, l->code[i]);
	printf("\n");
}

static void begin(struct load *l)
{
	l->begun = monotonic_ns();
	l->first = l->begun + l->o.warm * NS_PER_S;
	l->last = l->first + 1;
	l->until = l->first + l->o.seconds * NS_PER_S;
	if (l->o.count)
		l->until = l->first + (uint64_t)DAY * NS_PER_S;
	l->given_up = l->until + (uint64_t)PATIENCE * NS_PER_S;
	for (size_t i = 0; i < l->o.connections; i++)
		fill(&l->conn[i]);
	set_clock(l, l->o.rate ? l->begun : l->until);
}

static void measure(struct load *l)
{
	make_requests(l);
	l->conn = xcalloc(l->o.connections, sizeof(*l->conn));
	l->chunk = xmalloc(READ_BYTES);
	l->clock = event_new(l->base, -1, 0, on_clock, l);
	for (size_t i = 0; i < l->o.connections; i++) {
		l->conn[i].load = l;
		buf_init(&l->conn[i].out, OUT_MAX);
		wire_reader_init(&l->conn[i].reader);
		conn_open(&l->conn[i]);
	}
	begin(l);
	event_base_dispatch(l->base);
	report(l);
	for (size_t i = 0; i < l->o.connections; i++)
		conn_close(&l->conn[i]);
	event_free(l->clock);
	free_requests(l);
	free(l->conn);
	free(l->chunk);
	free(l->latency);
}

/* --------------------------------------------------------------- nuisance -- */

struct nuisance {
	struct load *load;
	int *fd;
	size_t n, ticks;
	const char *request;
	size_t len, *at; /* where each is in its request */
	struct event *tick;
};

static void again(struct nuisance *u, size_t i)
{
	close(u->fd[i]);
	/* Refused just now is tried at its next turn. */
	u->fd[i] = try_connect(&u->load->target);
	u->at[i] = 0;
}

static bool is_gone(ssize_t n)
{
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void drip(struct nuisance *u, size_t i)
{
	char reply[512];

	if (is_gone(recv(u->fd[i], reply, sizeof(reply), 0)) ||
	    is_gone(send(u->fd[i], u->request + u->at[i], 1, MSG_NOSIGNAL)))
		again(u, i);
	else
		u->at[i] = (u->at[i] + 1) % u->len;
}

/* As much as goes. */
static void ask_on(struct nuisance *u, size_t i)
{
	for (;;) {
		ssize_t n = send(u->fd[i], u->request + u->at[i],
				 u->len - u->at[i], MSG_NOSIGNAL);

		if (n <= 0) {
			if (is_gone(n))
				again(u, i);
			return;
		}
		u->at[i] = (u->at[i] + (size_t)n) % u->len;
	}
}

/* Drippers have their turns spread over the time between two bytes. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct nuisance *u = arg;
	size_t turns = DRIP_SECONDS * 1000 / TICK_MS;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < u->n; i++)
		if (u->load->o.unread)
			ask_on(u, i);
		else if (u->load->o.drip && i % turns == u->ticks % turns)
			drip(u, i);
	u->ticks++;
}

static void on_input(evutil_socket_t fd, short what, void *arg)
{
	struct load *l = arg;
	char byte[64];

	(void)what;
	if (read(fd, byte, sizeof(byte)) <= 0)
		event_base_loopbreak(l->base);
}

static size_t count_open(const struct nuisance *u)
{
	size_t n = 0;
	char byte;

	for (size_t i = 0; i < u->n; i++) {
		ssize_t got = recv(u->fd[i], &byte, 1, MSG_PEEK);

		n += !is_gone(got);
	}
	return n;
}

static void run_nuisance(struct nuisance *u)
{
	const struct timeval tick = { .tv_usec = TICK_MS * 1000 };
	struct load *l = u->load;
	struct event *input = event_new(l->base, STDIN_FILENO,
					EV_READ | EV_PERSIST, on_input, l);

	u->tick = event_new(l->base, -1, EV_PERSIST, on_tick, u);
	if (!input || !u->tick)
		die("no memory for an event");
	if (event_add(input, NULL))
		die("standard input must be a pipe or a terminal");
	event_add(u->tick, &tick);
	printf("open %zu\n", u->n);
	fflush(stdout);
	event_base_dispatch(l->base);
	printf("still open %zu\n", count_open(u));
	event_free(input);
	event_free(u->tick);
}

static void annoy(struct load *l)
{
	struct nuisance u = { .load = l,
			      .n = l->o.idle + l->o.drip + l->o.unread };

	make_requests(l);
	u.request = l->request[0].data;
	u.len = l->request[0].len;
	u.fd = xcalloc(u.n, sizeof(*u.fd));
	u.at = xcalloc(u.n, sizeof(*u.at));
	for (size_t i = 0; i < u.n; i++)
		u.fd[i] = connect_to(l);
	run_nuisance(&u);
	for (size_t i = 0; i < u.n; i++)
		close(u.fd[i]);
	free_requests(l);
	free(u.fd);
	free(u.at);
}

/* ---------------------------------------------------------------- options -- */

static void read_number(const char *value, const char *name, uint64_t max,
			uint64_t *out)
{
	if (!parse_uint(value, 0, max, out))
		die("%s=%s: must be a number, at most %" PRIu64, name, value,
		    max);
}

static bool read_option(struct options *o, const char *word)
{
	const struct {
		const char *name;
		uint64_t *number;
		uint64_t max;
		const char **text;
	} all[] = {
		{ "case", NULL, 0, &o->kind },
		{ "protocol", NULL, 0, &o->protocol },
		{ "verb", NULL, 0, &o->wire.verb },
		{ "options", NULL, 0, &o->wire.options },
		{ "ranker", &o->wire.ranker, RANKERS_MAX, NULL },
		{ "connections", &o->connections, CONNECTIONS_MAX, NULL },
		{ "depth", &o->depth, 10000000, NULL },
		{ "rate", &o->rate, 10000000, NULL },
		{ "seconds", &o->seconds, DAY, NULL },
		{ "count", &o->count, LATENCIES_MAX, NULL },
		{ "warm", &o->warm, DAY, NULL },
		{ "pipeline", &o->pipeline, 10000000, NULL },
		{ "idle", &o->idle, CONNECTIONS_MAX, NULL },
		{ "drip", &o->drip, CONNECTIONS_MAX, NULL },
		{ "unread", &o->unread, CONNECTIONS_MAX, NULL },
	};
	size_t len = strcspn(word, "=");

	for (size_t i = 0; word[len] && i < sizeof(all) / sizeof(*all); i++) {
		if (strlen(all[i].name) != len ||
		    memcmp(all[i].name, word, len) != 0)
			continue;
		if (all[i].text)
			*all[i].text = word + len + 1;
		else
			read_number(word + len + 1, all[i].name, all[i].max,
				    all[i].number);
		return true;
	}
	return false;
}

static void read_options(struct options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--", 2))
			argv[i] += 2;
		if (read_option(o, argv[i]))
			continue;
		if (o->server && o->queries)
			die("%s: neither option nor the only QUERIES", argv[i]);
		*(o->server ? &o->queries : &o->server) = argv[i];
	}
	if (!o->server)
		die("usage: load [OPTION=VALUE...] SERVER [QUERIES]");
	if (o->pipeline) {
		o->connections = 1;
		o->depth = o->count = o->pipeline;
	}
	if (!o->connections || !o->depth)
		die("connections= and depth= must be at least 1");
}

int main(int argc, char **argv)
{
	struct load l = { .o = { .protocol = "trawl",
				 .wire.verb = "SEARCH",
				 .connections = 1,
				 .depth = 1,
				 .seconds = 5 } };

	read_options(&l.o, argc, argv);
	l.wire = wire_find(l.o.protocol);
	if (!l.wire)
		die("protocol=%s: must be trawl or sphinx", l.o.protocol);
	raise_descriptors();
	find_target(l.o.server, &l.target);
	l.base = new_base();
	if (l.o.idle || l.o.drip || l.o.unread)
		annoy(&l);
	else
		measure(&l);
	event_base_free(l.base);
	return 0;
}
