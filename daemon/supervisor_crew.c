/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "supervisor_parts.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static unsigned longer(unsigned pause)
{
	return pause < PAUSE_MIN       ? PAUSE_MIN
	       : 2 * pause > PAUSE_MAX ? PAUSE_MAX
				       : 2 * pause;
}

static void nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

void front_tell(struct supervisor *sv, struct control *m, int fd)
{
	if (sv->control < 0 || !control_send(sv->control, m, fd) ||
	    errno == EPIPE)
		return;
	log_warning("front %d: takes no message: %s: killed", sv->front,
		    strerror(errno));
	kill(sv->front, SIGKILL);
}

static void add_string(struct control *m, const char *s)
{
	size_t n = s ? strlen(s) + 1 : 1;

	memcpy(m->payload + m->bytes, s ? s : "", n);
	m->bytes += (uint32_t)n;
}

_Static_assert(SETTINGS_INDEXES_MAX *(SETTINGS_NAME_MAX + 1) +
			       (SETTINGS_TOKEN_MAX + 1) +
			       3 * (SETTINGS_WEB_MAX + 1) <
		       CONTROL_PAYLOAD_MAX,
	       "all strings of the settings fit into a message");

void front_tell_settings(struct supervisor *sv)
{
	const struct settings *s = sv->s;
	const uint64_t longest = s->limits.timeout_max + s->limits.grace;
	struct control m = { .kind = CONTROL_LIMITS,
			     .bytes = sizeof(s->limits) };

	if (longest > sv->longest)
		sv->longest = longest;
	memcpy(m.payload, &s->limits, sizeof(s->limits));
	front_tell(sv, &m, -1);
	m = (struct control){ .kind = CONTROL_NAMES,
			      .number = (uint32_t)s->nindexes };
	for (size_t i = 0; i < s->nindexes; i++)
		add_string(&m, s->index[i].name);
	add_string(&m, s->token);
	add_string(&m, s->http_hosts);
	add_string(&m, s->http_origins);
	add_string(&m, s->public_url);
	front_tell(sv, &m, -1);
	m = (struct control){ .kind = CONTROL_QUERY_LOG };
	front_tell(sv, &m, sv->query_log);
}

void front_tell_listeners(struct supervisor *sv, bool all)
{
	struct control m = { .kind = CONTROL_LISTENER,
			     .bytes = sizeof(struct listener) };

	for (size_t i = 0; i < sv->services.n; i++) {
		struct service *item = &sv->services.item[i];

		if (!all && !item->fresh)
			continue;
		item->fresh = false;
		m.number = item->number;
		memcpy(m.payload, &item->listener, sizeof(item->listener));
		front_tell(sv, &m, item->listener.fd);
	}
}

bool front_start(struct supervisor *sv)
{
	const struct timeval patience = { .tv_sec = SEND_TIME / 1000 };
	int pair[2];

	sv->front_at = 0;
	if (control_pair(pair)) {
		log_error("front: %s", strerror(errno));
		return false;
	}
	nonblocking(pair[1]);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &patience,
		   sizeof(patience));
	sv->front = child_front(pair[1], sv->s);
	close(pair[1]);
	if (sv->front < 0) {
		log_error("front: %s", strerror(errno));
		close(pair[0]);
		sv->front = 0;
		return false;
	}
	sv->control = pair[0];
	sv->front_ready = false;
	front_tell_settings(sv);
	front_tell_listeners(sv, true);
	workers_renew(sv);
	return true;
}

static bool worker_start(struct supervisor *sv)
{
	struct control m = { .kind = CONTROL_WORKER, .epoch = sv->epoch };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair)) {
		log_error("worker: %s", strerror(errno));
		return false;
	}
	nonblocking(pair[0]);
	m.pid = child_worker(pair[1], sv->s);
	close(pair[1]);
	if (m.pid < 0) {
		log_error("worker: %s", strerror(errno));
		close(pair[0]);
		return false;
	}
	worker_add(&sv->workers, m.pid, sv->epoch)->end_at =
		now_ms() + HELLO_TIME;
	front_tell(sv, &m, pair[0]);
	close(pair[0]);
	return true;
}

void workers_start(struct supervisor *sv)
{
	sv->workers_at = 0;
	if (!sv->front)
		return;
	for (size_t n = worker_count(&sv->workers, sv->epoch);
	     n < sv->s->workers; n++)
		if (!worker_start(sv)) {
			sv->worker_pause = longer(sv->worker_pause);
			sv->workers_at = now_ms() + sv->worker_pause;
			return;
		}
}

void workers_renew(struct supervisor *sv)
{
	sv->epoch++;
	sv->renew = false;
	sv->worker_pause = 0;
	sv->settle_at = now_ms() + SETTLE_TIME;
	workers_start(sv);
}

/* Which is why it had ended, or how. */
static void tell_end(const struct supervisor *sv, const struct worker_child *w,
		     int status)
{
	char text[64];

	child_end_text(status, text);
	if (w->killed)
		log_warning("worker %d: %s: killed", w->pid, w->killed);
	else if (w->epoch == sv->epoch || !WIFEXITED(status) ||
		 WEXITSTATUS(status))
		log_warning("worker %d: %s%s", w->pid, text,
			    w->serving ? "" : " before it served");
}

static void worker_ended(struct supervisor *sv, struct worker_child *w,
			 int status)
{
	bool current = w->epoch == sv->epoch && !w->done;
	bool served = w->serving;

	/* Without a front they end; so they should. */
	if (sv->front && !sv->end_at && !w->done)
		tell_end(sv, w, status);
	worker_remove(w);
	if (!current || !sv->front)
		return;
	if (!served && !sv->announced && ++sv->failed >= FIRST_TRIES) {
		log_error("no worker could be started");
		supervisor_fail(sv);
		return;
	}
	if (served) {
		workers_start(sv);
		return;
	}
	sv->worker_pause = longer(sv->worker_pause);
	sv->workers_at = now_ms() + sv->worker_pause;
}

static void front_ended(struct supervisor *sv, int status)
{
	char text[64];
	bool was_ready = sv->front_ready;

	if (sv->control >= 0)
		close(sv->control);
	sv->control = -1;
	sv->front = 0;
	sv->front_ready = false;
	sv->ntickets = 0;
	child_end_text(status, text);
	if (sv->draining) {
		if (status && !sv->done)
			log_warning("front: %s", text);
		/* The workers have nobody left to work for. */
		sv->end_at = now_ms() + END_TIME;
		return;
	}
	if (!sv->announced) {
		log_error("front: %s before it served", text);
		supervisor_fail(sv);
		return;
	}
	log_error("front: %s: another is started", text);
	/* Nobody is left who would end those that run away. */
	worker_kill_all(&sv->workers);
	sv->front_pause = was_ready ? 0 : longer(sv->front_pause);
	sv->front_at = now_ms() + sv->front_pause;
}

void children_reap(struct supervisor *sv)
{
	int status, pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct worker_child *w = worker_find(&sv->workers, pid);

		if (pid == sv->front)
			front_ended(sv, status);
		else if (w)
			worker_ended(sv, w, status);
	}
}

/* Each of an epoch's workers finds the same: it is told once. */
static void log_complaint(struct supervisor *sv, const char *text)
{
	if (!strcmp(sv->complaint, text))
		return;
	snprintf(sv->complaint, sizeof(sv->complaint), "%s", text);
	while (*text) {
		size_t len = strcspn(text, "\n");

		if (len)
			log_warning("%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* The front lets those of older epochs go, each when it has answered. */
static void expect_to_leave(struct supervisor *sv)
{
	const uint64_t at = now_ms() + sv->longest + LEAVE_TIME;
	struct worker_child *w;

	LIST_FOREACH(w, &sv->workers, link)
	if (w->epoch < sv->epoch && (!w->end_at || w->end_at > at))
		w->end_at = at;
}

static void heed_serving(struct supervisor *sv, const struct control *m)
{
	struct worker_child *w = worker_find(&sv->workers, m->pid);

	if (!w)
		return;
	/* It speaks again when it has another complaint; when it comes late it
	 * is let go at once. */
	if (!w->serving && w->epoch >= sv->serving)
		w->end_at = 0;
	w->serving = true;
	if (w->epoch == sv->epoch) {
		if (sv->serving != w->epoch)
			expect_to_leave(sv);
		sv->serving = w->epoch;
		sv->settle_at = 0;
		sv->worker_pause = 0;
		log_complaint(sv, m->payload);
	}
	if (!sv->announced && m->number >= sv->s->nindexes) {
		supervisor_fail(sv);
		return;
	}
	supervisor_announce(sv);
}

static void heed_kill(struct supervisor *sv, int pid)
{
	struct worker_child *w = worker_find(&sv->workers, pid);

	if (w)
		worker_kill(w, "past its deadline");
}

void workers_end_overdue(struct supervisor *sv, uint64_t now)
{
	struct worker_child *w;

	LIST_FOREACH(w, &sv->workers, link)
	if (w->end_at && w->end_at <= now)
		worker_kill(w, w->serving ? "let go, and did not end"
					  : "did not serve in time");
}

uint64_t workers_due(const struct supervisor *sv)
{
	const struct worker_child *w;
	uint64_t first = 0;

	LIST_FOREACH(w, &sv->workers, link)
	if (w->end_at && (!first || w->end_at < first))
		first = w->end_at;
	return first;
}

void front_heed(struct supervisor *sv)
{
	struct control m;
	int fd;

	if (control_receive(sv->control, &m, &fd) <= 0) {
		/* It ends; one that does not is none. */
		if (!sv->draining)
			kill(sv->front, SIGKILL);
		close(sv->control);
		sv->control = -1;
		return;
	}
	if (fd >= 0)
		close(fd);
	if (m.kind == CONTROL_READY) {
		sv->front_ready = true;
		sv->front_pause = 0;
		supervisor_announce(sv);
	} else if (m.kind == CONTROL_SERVING) {
		heed_serving(sv, &m);
	} else if (m.kind == CONTROL_KILL) {
		heed_kill(sv, m.pid);
	} else if (m.kind == CONTROL_RELOAD) {
		reload_ask(sv, true, m.ticket);
	}
}
