/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * load - requests to a running trawld: how many a second, and how long each
 *
 * load [OPTION=VALUE...] SERVER [QUERIES]
 *
 *	SERVER    unix:PATH or HOST:PORT
 *	QUERIES   a file, one a line, asked in turn and over again; without it
 *	          the request has no text
 *	verb=     SEARCH
 *	options=  "limit=0 snippets=0": what stands behind the verb
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
 * p99_us p999_us max_us, errors, and then each error's code and number; lost
 * are the requests of a connection that the server closed.
 *
 * pipeline=N asks N at once on one connection and counts until the last reply.
 *
 * To be a nuisance, until the end of standard input; "open N" tells that all
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
	LINE_MAX_BYTES = 1 << 21, /* of a reply */
	READ_BYTES = 256 << 10,
	LATENCIES_MAX = 100000000,
	CODES = 1000,
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
	const char *server, *queries, *verb, *options;
	uint64_t connections, depth, rate, seconds, count, warm;
	uint64_t pipeline, idle, drip, unread;
};

/* When the requests were sent that have no reply yet, oldest first. */
struct ring {
	uint64_t *at;
	size_t first, n, alloc; /* alloc: a power of two */
};

enum reading {
	READ_LINE,  /* a status line, or a notice */
	READ_LINES, /* left: lines of a body, END too */
	READ_BYTES_COUNTED
};

struct conn {
	struct load *load;
	int fd;
	struct event *readable, *writable;
	struct buf out, line;
	size_t written; /* of out */
	struct ring sent;
	enum reading reading;
	uint64_t left;
};

struct load {
	struct options o;
	struct target target;
	struct event_base *base;
	struct event *clock;
	char **request;
	size_t nrequests, next;
	struct conn *conn;
	uint64_t asked, answered; /* those when it was warm */
	uint64_t begun, until, first, last, given_up; /* nanoseconds */
	uint64_t *latency;			      /* of the answered */
	size_t alloc;
	uint64_t bytes, lost, code[CODES];
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

static char *make_request(const struct options *o, const char *text)
{
	struct buf line = BUF_INIT(REQUEST_MAX);

	buf_adds(&line, o->verb);
	if (o->options)
		buf_addf(&line, " %s", o->options);
	if (text)
		buf_addf(&line, " :%s", text);
	buf_adds(&line, "\n");
	return xdetach(&line);
}

static void read_queries(struct load *l)
{
	FILE *f = fopen(l->o.queries, "re");
	char *line = NULL;
	size_t alloc = 0;

	if (!f)
		die("%s: %s", l->o.queries, strerror(errno));
	while (l->nrequests < REQUESTS_MAX && getline(&line, &alloc, f) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		l->request[l->nrequests++] = make_request(&l->o, line);
	}
	free(line);
	fclose(f);
}

static void make_requests(struct load *l)
{
	l->request = xcalloc(REQUESTS_MAX, sizeof(*l->request));
	if (l->o.queries)
		read_queries(l);
	else
		l->request[l->nrequests++] = make_request(&l->o, NULL);
	if (!l->nrequests)
		die("%s: no query in it", l->o.queries);
}

static const char *next_request(struct load *l)
{
	const char *request = l->request[l->next++];

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
	buf_adds(&c->out, next_request(c->load));
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

static uint64_t number_behind(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

static void take_status(struct conn *c, const char *line)
{
	struct load *l = c->load;

	if (line[0] == '*' || !c->sent.n)
		return;
	note_latency(l, ring_take(&c->sent), monotonic_ns());
	if (!strncmp(line, "ERR ", 4)) {
		uint64_t code = number_behind(line, "ERR ");

		l->code[code < CODES ? code : 0]++;
	} else if (strstr(line, " n=")) {
		c->reading = READ_LINES;
		c->left = number_behind(line, " n=") + 1;
	} else if (strstr(line, " bytes=")) {
		c->reading = READ_BYTES_COUNTED;
		c->left = number_behind(line, " bytes=") + 2;
	}
}

/* How much of the n bytes has been taken. */
static size_t take_line(struct conn *c, const char *s, size_t n)
{
	const char *eol = memchr(s, '\n', n);
	size_t taken = eol ? (size_t)(eol - s) + 1 : n;

	buf_add(&c->line, s, taken);
	if (c->line.failed)
		die("a reply's line is too long");
	if (eol) {
		take_status(c, c->line.data);
		buf_reset(&c->line);
	}
	return taken;
}

static size_t skip_line(struct conn *c, const char *s, size_t n)
{
	const char *eol = memchr(s, '\n', n);

	if (eol && !--c->left)
		c->reading = READ_LINE;
	return eol ? (size_t)(eol - s) + 1 : n;
}

static size_t skip_bytes(struct conn *c, size_t n)
{
	if (n > c->left)
		n = (size_t)c->left;
	c->left -= n;
	if (!c->left)
		c->reading = READ_LINE;
	return n;
}

static void take_bytes(struct conn *c, const char *s, size_t n)
{
	const char *end = s + n;

	while (s < end) {
		size_t left = (size_t)(end - s);

		if (c->reading == READ_LINE)
			s += take_line(c, s, left);
		else if (c->reading == READ_LINES)
			s += skip_line(c, s, left);
		else
			s += skip_bytes(c, left);
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
	buf_reset(&c->line);
	c->written = 0;
	c->reading = READ_LINE;
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
	buf_release(&c->line);
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
	printf(" errors=%" PRIu64 " lost=%" PRIu64, errors, l->lost);
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
		buf_init(&l->conn[i].line, LINE_MAX_BYTES);
		conn_open(&l->conn[i]);
	}
	begin(l);
	event_base_dispatch(l->base);
	report(l);
	for (size_t i = 0; i < l->o.connections; i++)
		conn_close(&l->conn[i]);
	for (size_t i = 0; i < l->nrequests; i++)
		free(l->request[i]);
	event_free(l->clock);
	free(l->request);
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
	u.request = l->request[0];
	u.len = strlen(u.request);
	u.fd = xcalloc(u.n, sizeof(*u.fd));
	u.at = xcalloc(u.n, sizeof(*u.at));
	for (size_t i = 0; i < u.n; i++)
		u.fd[i] = connect_to(l);
	run_nuisance(&u);
	for (size_t i = 0; i < u.n; i++)
		close(u.fd[i]);
	for (size_t i = 0; i < l->nrequests; i++)
		free(l->request[i]);
	free(l->request);
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
		{ "verb", NULL, 0, &o->verb },
		{ "options", NULL, 0, &o->options },
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
	struct load l = { .o = { .verb = "SEARCH",
				 .connections = 1,
				 .depth = 1,
				 .seconds = 5 } };

	read_options(&l.o, argc, argv);
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
