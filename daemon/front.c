/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "front.h"

#include "clock.h"
#include "conn.h"
#include "control.h"
#include "crew.h"
#include "die.h"
#include "log.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ACCEPT_TURN = 64,   /* connections of a listener, before others' turn */
	ACCEPT_PAUSE = 100, /* milliseconds, when there are no descriptors */
	QUERY_LOG_TICK = 100 /* milliseconds */
};

/* A socket that is listened on. */
struct door {
	SLIST_ENTRY(door) link;
	struct loop *loop;
	uint32_t number;
	int fd;
	enum listen_kind kind;
	struct event event, pause;
};

struct loop {
	struct front f; /* first: what others see of it */
	SLIST_HEAD(, door) doors;
	int spare; /* a descriptor to give up when there is no other; -1 */
	bool told_limits;
	/* "news 7.12", of the last that was told to be of another analyzer */
	char told_stale[SETTINGS_INDEXES_MAX]
		       [SETTINGS_NAME_MAX + FRAME_FACTS_REV + 2];
	struct event control, tick, log_tick, drain;
};

static struct timeval milliseconds(uint64_t ms)
{
	return (struct timeval){ (time_t)(ms / 1000),
				 (suseconds_t)(ms % 1000 * 1000) };
}

static bool tell(struct front *f, enum control_kind kind, uint64_t ticket)
{
	struct control m = { .kind = kind, .ticket = ticket };

	return !control_send(f->control, &m, -1);
}

bool front_reload(struct front *f, uint64_t conn_id)
{
	return tell(f, CONTROL_RELOAD, conn_id);
}

/* ------------------------------------------------------------- accepting -- */

static void take_spare(struct loop *loop)
{
	if (loop->spare < 0)
		loop->spare = fcntl(loop->f.control, F_DUPFD_CLOEXEC, 0);
}

/* No descriptors are left.  With the spare one the client that waits is sent
 * away; the next ones have to wait until some may have become free. */
static void no_descriptors(struct door *door)
{
	struct loop *loop = door->loop;
	struct timeval pause = milliseconds(ACCEPT_PAUSE);

	if (loop->spare >= 0) {
		close(loop->spare);
		loop->spare = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC);
		if (loop->spare >= 0) {
			close(loop->spare);
			loop->f.stats.event[STATS_REFUSED]++;
		}
		loop->spare = -1;
		take_spare(loop);
	}
	event_del(&door->event);
	evtimer_add(&door->pause, &pause);
}

static void on_pause_over(int fd, short what, void *arg)
{
	struct door *door = arg;

	(void)fd, (void)what;
	take_spare(door->loop);
	event_add(&door->event, NULL);
}

static void on_knock(int fd, short what, void *arg)
{
	struct door *door = arg;

	(void)what;
	for (int i = 0; i < ACCEPT_TURN; i++) {
		int client =
			accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (client >= 0) {
			conn_accept(door->loop->f.conns, client, door->kind);
		} else if (errno == EMFILE || errno == ENFILE ||
			   errno == ENOBUFS || errno == ENOMEM) {
			no_descriptors(door);
			return;
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

static void door_open(struct loop *loop, const struct control *m, int fd)
{
	struct door *door = xcalloc(1, sizeof(*door));
	struct listener l;

	memcpy(&l, m->payload, sizeof(l));
	door->loop = loop;
	door->number = m->number;
	door->fd = fd;
	door->kind = l.kind;
	evutil_make_socket_nonblocking(fd);
	event_assign(&door->event, loop->f.base, fd, EV_READ | EV_PERSIST,
		     on_knock, door);
	evtimer_assign(&door->pause, loop->f.base, on_pause_over, door);
	event_add(&door->event, NULL);
	SLIST_INSERT_HEAD(&loop->doors, door, link);
}

static void door_close(struct loop *loop, struct door *door)
{
	SLIST_REMOVE(&loop->doors, door, door, link);
	event_del(&door->event);
	event_del(&door->pause);
	close(door->fd);
	free(door);
}

static void close_doors(struct loop *loop)
{
	while (!SLIST_EMPTY(&loop->doors))
		door_close(loop, SLIST_FIRST(&loop->doors));
}

static void close_number(struct loop *loop, uint32_t number)
{
	struct door *door;

	SLIST_FOREACH(door, &loop->doors, link)
	if (door->number == number) {
		door_close(loop, door);
		return;
	}
}

/* --------------------------------------------------- from the supervisor -- */

static void set_limits(struct loop *loop, const struct control *m)
{
	struct front *f = &loop->f;

	if (m->bytes != sizeof(f->limits))
		return;
	memcpy(&f->limits, m->payload, sizeof(f->limits));
	f->log.format = (enum query_log_format)f->limits.query_log;
	f->stats.event[STATS_RELOADS] += loop->told_limits;
	loop->told_limits = true;
}

/* s NULL: "".  The token is compared as a whole: zeros are behind it. */
static void set_string(char *out, size_t size, const char *s)
{
	memset(out, 0, size);
	if (s)
		memcpy(out, s, strnlen(s, size - 1));
}

static void set_strings(struct front *f, const char *token, const char *hosts,
			const char *origins, const char *url)
{
	set_string(f->token, sizeof(f->token), token);
	set_string(f->http_hosts, sizeof(f->http_hosts), hosts);
	set_string(f->http_origins, sizeof(f->http_origins), origins);
	set_string(f->public_url, sizeof(f->public_url), url);
}

static void set_nindexes(struct front *f, size_t n)
{
	free(f->name);
	free(f->facts);
	f->nindexes = n;
	f->name = xcalloc(n + 1, sizeof(*f->name));
	f->facts = xcalloc(n + 1, sizeof(*f->facts));
}

/* The string at *at of m's payload, which is moved behind it; its end is at
 * the payload's at the latest. */
static const char *next_string(const struct control *m, size_t *at)
{
	const char *s = m->payload + *at;

	if (*at >= m->bytes)
		return "";
	*at += strlen(s) + 1;
	return s;
}

static void set_names(struct front *f, const struct control *m)
{
	size_t at = 0;

	if (m->number > SETTINGS_INDEXES_MAX)
		return;
	set_nindexes(f, m->number);
	for (size_t i = 0; i < f->nindexes; i++) {
		const char *s = next_string(m, &at);

		memcpy(f->name[i], s, strnlen(s, SETTINGS_NAME_MAX));
	}

	const char *token = next_string(m, &at);
	const char *hosts = next_string(m, &at);
	const char *origins = next_string(m, &at);

	set_strings(f, token, hosts, origins, next_string(m, &at));
}

static void set_query_log(struct loop *loop, int fd)
{
	struct query_log *log = &loop->f.log;
	struct timeval tick = milliseconds(QUERY_LOG_TICK);

	query_log_flush(log);
	if (log->fd >= 0)
		close(log->fd);
	log->fd = fd;
	if (fd >= 0)
		event_add(&loop->log_tick, &tick);
	else
		event_del(&loop->log_tick);
}

/* What has been asked for is answered; then, or when the time is over, the
 * loop is left. */
static void drain(struct loop *loop)
{
	struct timeval most = milliseconds(loop->f.limits.drain_timeout);

	if (loop->f.draining)
		return;
	loop->f.draining = true;
	close_doors(loop);
	evtimer_add(&loop->drain, &most);
	if (conns_drain(loop->f.conns))
		event_base_loopbreak(loop->f.base);
}

/* True: fd has found its owner. */
static bool heed(struct loop *loop, const struct control *m, int fd)
{
	struct front *f = &loop->f;

	switch (m->kind) {
	case CONTROL_LIMITS:
		set_limits(loop, m);
		return false;
	case CONTROL_LISTENER:
		if (fd < 0 || f->draining ||
		    m->bytes != sizeof(struct listener))
			return false;
		door_open(loop, m, fd);
		return true;
	case CONTROL_UNLISTEN:
		close_number(loop, m->number);
		return false;
	case CONTROL_WORKER:
		if (fd >= 0)
			crew_join(f->crew, fd, m->pid, m->epoch);
		return true;
	case CONTROL_QUERY_LOG:
		set_query_log(loop, fd);
		return true;
	case CONTROL_CHANGED:
		crew_look(f->crew);
		return false;
	case CONTROL_NAMES:
		set_names(f, m);
		return false;
	case CONTROL_RELOADED:
		conn_reloaded(f->conns, m->ticket, m->payload);
		return false;
	case CONTROL_DRAIN:
		drain(loop);
		return false;
	}
	return false;
}

/* The supervisor has gone: what it told us to finish is finished, but nobody
 * would tell us to end. */
static void on_supervisor_gone(struct loop *loop)
{
	event_del(&loop->control);
	if (!loop->f.draining)
		event_base_loopbreak(loop->f.base);
}

static void on_control(int socket, short what, void *arg)
{
	struct loop *loop = arg;
	bool listens = false;
	struct control m;
	int got, fd;

	(void)what;
	while ((got = control_receive(socket, &m, &fd)) > 0) {
		listens |= m.kind == CONTROL_LISTENER;
		if (!heed(loop, &m, fd) && fd >= 0)
			close(fd);
	}
	if (listens)
		tell(&loop->f, CONTROL_READY, 0);
	if (!got || (errno != EAGAIN && errno != EBADMSG))
		on_supervisor_gone(loop);
}

/* ------------------------------------------------------------------ clocks -- */

/* Every worker finds it at every LOOK: it is told once a revision. */
static void tell_stale(struct loop *loop, size_t i)
{
	const struct front *f = &loop->f;
	char *told = loop->told_stale[i], now[sizeof(loop->told_stale[i])];

	snprintf(now, sizeof(now), "%s %s", f->name[i], f->facts[i].rev);
	if (!f->facts[i].stale_analyzer || !strcmp(told, now))
		return;
	memcpy(told, now, sizeof(now));
	log_warning("index %s was made by another analyzer, so words may be "
		    "missed: rebuild it with trawl-index dump | trawl-index "
		    "build",
		    f->name[i]);
}

static void on_tick(int fd, short what, void *arg)
{
	struct loop *loop = arg;

	(void)fd, (void)what;
	for (size_t i = 0; i < loop->f.nindexes; i++)
		tell_stale(loop, i);
	conns_tick(loop->f.conns);
}

static void on_log_tick(int fd, short what, void *arg)
{
	struct front *f = arg;

	(void)fd, (void)what;
	query_log_flush(&f->log);
}

static void on_drain_over(int fd, short what, void *arg)
{
	struct front *f = arg;

	(void)fd, (void)what;
	event_base_loopbreak(f->base);
}

/* ------------------------------------------------------------ begin and end -- */

static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config) {
		event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
		event_config_set_flag(config, EVENT_BASE_FLAG_IGNORE_ENV);
		base = event_base_new_with_config(config);
		event_config_free(config);
	}
	if (!base)
		die("no event loop: %s", strerror(errno));
	return base;
}

static void add_events(struct loop *loop)
{
	struct event_base *base = loop->f.base;
	struct timeval tick = milliseconds(FRONT_TICK);

	event_assign(&loop->control, base, loop->f.control,
		     EV_READ | EV_PERSIST, on_control, loop);
	event_assign(&loop->tick, base, -1, EV_PERSIST, on_tick, loop);
	event_assign(&loop->log_tick, base, -1, EV_PERSIST, on_log_tick, loop);
	evtimer_assign(&loop->drain, base, on_drain_over, loop);
	event_add(&loop->control, NULL);
	event_add(&loop->tick, &tick);
}

static struct loop *loop_new(int control, const struct settings *s)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	struct front *f = &loop->f;

	f->control = control;
	f->limits = s->limits;
	f->log = (struct query_log){
		.fd = -1,
		.format = (enum query_log_format)s->limits.query_log,
		.lines = BUF_INIT(QUERY_LOG_BUFFER)
	};
	set_strings(f, s->token, s->http_hosts, s->http_origins, s->public_url);
	set_nindexes(f, s->nindexes);
	for (size_t i = 0; i < s->nindexes; i++)
		memcpy(f->name[i], s->index[i].name, sizeof(f->name[i]));
	f->base = new_base();
	stats_begin(&f->stats);
	f->crew = crew_new(f);
	f->conns = conns_new(f);
	SLIST_INIT(&loop->doors);
	loop->spare = -1;
	take_spare(loop);
	evutil_make_socket_nonblocking(control);
	add_events(loop);
	return loop;
}

static void loop_free(struct loop *loop)
{
	struct front *f = &loop->f;

	close_doors(loop);
	conns_free(f->conns);
	crew_free(f->crew);
	set_query_log(loop, -1);
	event_del(&loop->control);
	event_del(&loop->tick);
	event_del(&loop->drain);
	event_base_free(f->base);
	buf_release(&f->log.lines);
	free(f->name);
	free(f->facts);
	if (loop->spare >= 0)
		close(loop->spare);
	free(loop);
}

int front_run(int control, const struct settings *s)
{
	struct loop *loop;

	signal(SIGPIPE, SIG_IGN);
	loop = loop_new(control, s);
	event_base_dispatch(loop->f.base);
	loop_free(loop);
	return 0;
}
