/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include "die.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* The event is nobody else's business. */
struct watched {
	struct conn conn;
	struct event event;
};

static struct event *event_of(struct conn *c)
{
	return &((struct watched *)c)->event;
}

static const struct limits *limits_of(const struct conn *c)
{
	return &c->conns->f->limits;
}

/* ------------------------------------------------------- whose turn it is -- */

/* Nothing further is read. */
bool conn_held(const struct conn *c)
{
	return conn_held_back(c) || c->unexamined;
}

/* A timer, not event_active(): sockets are polled before it is due. */
static void arm_turn(struct conns *conns)
{
	const struct timeval at_once = { 0, 0 };

	if (!evtimer_pending(conns->turn, NULL))
		evtimer_add(conns->turn, &at_once);
}

static void enqueue(struct conn *c)
{
	struct conns *conns = c->conns;

	if (c->queued)
		return;
	c->queued = true;
	conns->nready++;
	TAILQ_INSERT_TAIL(&conns->ready, c, link);
	arm_turn(conns);
}

static void dequeue(struct conn *c)
{
	if (!c->queued)
		return;
	c->queued = false;
	c->conns->nready--;
	TAILQ_REMOVE(&c->conns->ready, c, link);
}

/* ------------------------------------------------------------- their ends -- */

static void on_event(int fd, short what, void *arg);

static void watch(struct conn *c, short want)
{
	struct event *ev = event_of(c);

	if (c->watched == want)
		return;
	if (c->watched)
		event_del(ev);
	c->watched = (uint8_t)want;
	if (!want)
		return;
	event_assign(ev, c->conns->f->base, c->fd, want | EV_PERSIST, on_event,
		     c);
	event_add(ev, NULL);
}

void conn_drop(struct conn *c)
{
	if (c->state == CONN_GONE)
		return;
	watch(c, 0);
	close(c->fd);
	dequeue(c);
	if (c->busy)
		crew_forget(c->conns->f->crew, c->id);
	job_free(c->reload);
	buf_release(&c->in);
	buf_release(&c->out);
	c->out_at = 0;
	conn_count(c);
	conn_give_slot_back(c);
	c->conns->count--;
	c->state = CONN_GONE;
	TAILQ_INSERT_TAIL(&c->conns->gone, c, link);
}

static void reap(struct conns *conns)
{
	struct conn *c;

	while ((c = TAILQ_FIRST(&conns->gone))) {
		TAILQ_REMOVE(&conns->gone, c, link);
		free(c);
	}
	if (conns->draining && !conns->count)
		event_base_loopbreak(conns->f->base);
}

/* The end of each callback of the loop: no conn is spoken of any more. */
void conns_finish(struct conns *conns)
{
	conns_bound(conns);
	reap(conns);
}

void conn_leave(struct conn *c, const char *reason)
{
	struct buf bye = BUF_INIT(256);

	if (c->state != CONN_OPEN)
		return;
	c->state = CONN_LEAVING;
	dequeue(c);
	c->unexamined = false;
	c->request_ns = 0;
	if (c->kind == LISTEN_HTTP)
		return;
	reply_bye(&bye, reason);
	conn_put(c, "", bye.data, bye.len);
	buf_release(&bye);
}

/* All has been written.  What the client still sends is thrown away for a
 * while: closed at once, its system would throw away what we wrote. */
static void linger(struct conn *c)
{
	if (c->eof || !limits_of(c)->linger) {
		conn_drop(c);
		return;
	}
	shutdown(c->fd, SHUT_WR);
	c->state = CONN_LINGERING;
	c->idle_ns = monotonic_ns();
}

/* The server ends, and this connection's requests have been answered: what is
 * still in its socket came too late. */
static void wind_down(struct conn *c)
{
	ssize_t n = -1;

	if (!c->refusing && !c->eof)
		n = recv(c->fd, c->conns->chunk, CONN_READ, MSG_DONTWAIT);
	c->refusing = true;
	if (n > 0) {
		buf_add(&c->in, c->conns->chunk, (size_t)n);
		c->unexamined = true;
	}
	if (n <= 0 || c->in.failed)
		conn_leave(c, "shutting-down");
}

static void send_away(struct conn *c)
{
	if (c->state != CONN_OPEN)
		return;
	conn_put_last_error(
		c, ERROR_BUSY,
		"requests that are not whole are over max-pending, and this "
		"one is the largest; try again");
	conn_leave(c, "busy");
}

/* After anything that may have changed what c waits for. */
void conn_settle(struct conn *c)
{
	short want = 0;

	if (c->state == CONN_GONE)
		return;
	if (c->greedy && !c->busy)
		send_away(c);
	if (!conn_flush(c)) {
		conn_drop(c);
		return;
	}
	if (c->conns->draining && c->state == CONN_OPEN && !conn_held(c)) {
		wind_down(c);
		conn_flush(c);
	}
	if (c->state != CONN_OPEN)
		buf_release(&c->in);
	if (c->state == CONN_LEAVING && !conn_unread(c))
		linger(c);
	if (c->state == CONN_GONE)
		return;
	if (c->unexamined && !conn_held_back(c))
		enqueue(c);
	if (c->state != CONN_OPEN || !conn_held(c))
		c->quiet = false;
	if (!c->eof && !c->quiet)
		want |= EV_READ;
	if (conn_unread(c))
		want |= EV_WRITE;
	conn_count(c);
	watch(c, want);
}

/* --------------------------------------------------------------- reading -- */

static bool is_error(ssize_t n)
{
	return n < 0 && errno != EAGAIN && errno != EINTR;
}

static void read_some(struct conn *c)
{
	char *chunk = c->conns->chunk;
	size_t room = conn_needs_auth(c) ? CONN_GUEST : CONN_READ;
	ssize_t n = recv(c->fd, chunk, room, MSG_DONTWAIT);

	if (is_error(n)) {
		conn_drop(c);
	} else if (!n) {
		c->eof = true;
		conn_leave(c, "closed");
	} else if (n > 0) {
		c->conns->f->stats.bytes_in += (uint64_t)n;
		c->idle_ns = monotonic_ns();
		conn_take(c, chunk, (size_t)n);
	}
}

/* It is not c's turn to be read: has the client gone, or only sent more?  The
 * end of what it sends does not tell, but an error and a hang-up do. */
static void peek(struct conn *c)
{
	struct pollfd p = { .fd = c->fd };
	char byte;
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	c->quiet = true;
	if (is_error(n) ||
	    (!n && poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR)))
		conn_drop(c);
}

static void discard(struct conn *c)
{
	ssize_t n = recv(c->fd, c->conns->chunk, CONN_READ, MSG_DONTWAIT);

	if (!n)
		c->eof = true;
	if (is_error(n) || (c->eof && c->state == CONN_LINGERING))
		conn_drop(c);
}

static void on_event(int fd, short what, void *arg)
{
	struct conn *c = arg;
	struct conns *conns = c->conns;

	(void)fd;
	if (what & EV_READ) {
		if (c->state != CONN_OPEN)
			discard(c);
		else if (conn_held(c))
			peek(c);
		else
			read_some(c);
	}
	conn_settle(c);
	conns_finish(conns);
}

/* One turn for each that waits for one, as far as the time goes; those that
 * come behind have the next, when the sockets have been looked at. */
static void on_turn(int fd, short what, void *arg)
{
	struct conns *conns = arg;
	uint64_t end = monotonic_ns() + CONN_TURNS * NS_PER_MS;

	(void)fd, (void)what;
	for (size_t n = conns->nready; n; n--) {
		struct conn *c = TAILQ_FIRST(&conns->ready);

		if (!c || monotonic_ns() > end)
			break;
		dequeue(c);
		conn_examine_kept(c, conns->f->limits.max_turn);
		conn_settle(c);
	}
	conns_finish(conns);
	if (conns->nready)
		arm_turn(conns);
}

struct conn *conn_new(struct conns *conns, int fd, enum listen_kind kind)
{
	struct watched *w = calloc(1, sizeof(*w));
	struct conn *c = &w->conn;

	if (!w || !conn_take_slot(conns, c)) {
		free(w);
		return NULL;
	}
	c->conns = conns;
	c->fd = fd;
	c->kind = (uint8_t)kind;
	c->idle_ns = monotonic_ns();
	buf_init(&c->in, HTTP_REQUEST_MAX + CONN_READ);
	buf_init(&c->out, 0);
	if (kind == LISTEN_HTTP)
		http_reader_init(&c->http);
	else
		line_reader_init(&c->reader, (struct line_limits){ 0, 0 });
	conn_set_limits(c);
	conns->count++;
	return c;
}

/* --------------------------------------------------------------- answers -- */

void crew_done(struct front *f, struct job *job, const struct frame *reply,
	       const char *bytes, size_t n)
{
	struct conn *c = conn_find(f->conns, job->conn);

	if (c) {
		c->busy = false;
		c->ahead = c->quiet || c->in.len > c->in_at;
		c->idle_ns = monotonic_ns();
		if (job->http)
			conn_put_response(c, &routes[job->wants.route], bytes,
					  n);
		else
			conn_put_now(c, job->tag, bytes, n);
	}
	conn_account(f, job, reply);
	if (c) {
		if (c->last)
			conn_leave(c, NULL);
		if (c->unexamined && !conn_held_back(c))
			conn_examine_kept(c, CONN_AT_ONCE);
		conn_settle(c);
	}
	conns_finish(f->conns);
}

void crew_failed(struct front *f, struct job *job, enum error_code code,
		 const char *text)
{
	const struct frame reply = { .kind = FRAME_REPLY, .code = code };
	struct buf bytes = BUF_INIT(CONN_ANSWER_MAX);

	if (job->http)
		http_print_error(&bytes, &job->wants, 0, code, NULL, text);
	else
		reply_error(&bytes, code, text);
	crew_done(f, job, &reply, bytes.data, bytes.len);
	buf_release(&bytes);
}

static void end_reload(struct conn *c, enum error_code code, const char *why)
{
	struct frame reply = { .code = code };
	struct buf line = BUF_INIT(8 * SETTINGS_ERROR_MAX);
	struct job *job = c->reload;

	c->reload = NULL;
	if (code)
		reply_error(&line, code, why);
	else
		buf_adds(&line, "OK RELOAD\r\n");
	crew_done(c->conns->f, job, &reply, line.data, line.len);
	buf_release(&line);
}

void conn_reloaded(struct conns *conns, uint64_t id, const char *why)
{
	struct conn *c = conn_find(conns, id);

	if (c && c->reload)
		end_reload(c, *why ? ERROR_BAD_VALUE : ERROR_NONE, why);
}

/* -------------------------------------------------------------- all of them -- */

bool conns_drain(struct conns *conns)
{
	conns->draining = true;
	for (uint32_t i = 0; i < conns->nslots; i++) {
		struct conn *c = conns->slot[i].conn;

		/* The supervisor has other things to do now. */
		if (c && c->reload)
			end_reload(c, ERROR_SHUTTING_DOWN,
				   "the server is about to end");
		else if (c)
			conn_settle(c);
	}
	conns_finish(conns);
	return !conns->count;
}

struct conns *conns_new(struct front *f)
{
	struct conns *conns = xcalloc(1, sizeof(*conns));

	conns->f = f;
	conns->chunk = xmalloc(CONN_READ);
	conns->turn = evtimer_new(f->base, on_turn, conns);
	if (!conns->turn)
		die("no memory");
	buf_init(&conns->line, QUERY_LOG_BUFFER);
	TAILQ_INIT(&conns->ready);
	TAILQ_INIT(&conns->gone);
	return conns;
}

void conns_free(struct conns *conns)
{
	if (!conns)
		return;
	for (uint32_t i = 0; i < conns->nslots; i++)
		if (conns->slot[i].conn)
			conn_drop(conns->slot[i].conn);
	reap(conns);
	event_free(conns->turn);
	buf_release(&conns->line);
	free(conns->chunk);
	free(conns->slot);
	free(conns);
}

size_t conns_count(const struct conns *conns)
{
	return conns->count;
}

uint64_t conns_unread(const struct conns *conns)
{
	return conns->unread;
}

uint64_t conns_pending(const struct conns *conns)
{
	return conns->pending;
}
