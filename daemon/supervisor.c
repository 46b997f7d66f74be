/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "supervisor_parts.h"

#include "clock.h"
#include "die.h"
#include "log.h"
#include "sandbox.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

uint64_t now_ms(void)
{
	return monotonic_ns() / NS_PER_MS;
}

void supervisor_notify(const char *state)
{
#ifdef HAVE_SYSTEMD
	sd_notify(0, state);
#else
	(void)state;
#endif
}

void supervisor_fail(struct supervisor *sv)
{
	sv->status = EXIT_COULD_NOT;
	sv->done = true;
}

void supervisor_announce(struct supervisor *sv)
{
	char line[LISTEN_NAME_MAX + 32];

	if (sv->announced || !sv->front_ready || !sv->serving)
		return;
	sv->announced = true;
	/* For people and programs that wait for them: not events. */
	for (size_t i = 0; i < sv->services.n; i++) {
		listen_describe(&sv->services.item[i].listener, line);
		dprintf(STDERR_FILENO, "%s\n", line);
	}
	supervisor_notify("READY=1");
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* Nobody new is let in; what is being answered is finished. */
static void drain(struct supervisor *sv)
{
	struct control m = { .kind = CONTROL_DRAIN };

	if (sv->draining || !sv->front) {
		sv->done = true;
		return;
	}
	sv->draining = true;
	sv->end_at = now_ms() + sv->s->limits.drain_timeout + END_TIME;
	supervisor_notify("STOPPING=1");
	front_tell(sv, &m, -1);
	services_close_all(&sv->services);
}

static void heed_signal(struct supervisor *sv, int number)
{
	if (number == SIGCHLD)
		children_reap(sv);
	else if (number == SIGHUP)
		reload_ask(sv, false, 0);
	else if (number == SIGUSR1)
		query_log_reopen(sv);
	else
		drain(sv);
}

static void heed_signals(struct supervisor *sv)
{
	struct signalfd_siginfo info;

	while (!sv->done &&
	       read(sv->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
		heed_signal(sv, (int)info.ssi_signo);
}

static bool is_due(uint64_t at, uint64_t now)
{
	return at && at <= now;
}

static void heed_time(struct supervisor *sv)
{
	uint64_t now = now_ms();

	if (is_due(sv->settle_at, now))
		sv->settle_at = 0;
	if (is_due(sv->front_at, now) && !front_start(sv))
		sv->front_at = now + PAUSE_MAX;
	if (is_due(sv->workers_at, now))
		workers_start(sv);
	if (is_due(sv->end_at, now) ||
	    (sv->draining && !sv->front && LIST_EMPTY(&sv->workers)))
		sv->done = true;
	workers_end_overdue(sv, now);
	reload_try(sv);
}

static int time_to_wait(const struct supervisor *sv)
{
	const uint64_t moments[] = { sv->settle_at, sv->front_at,
				     sv->workers_at, sv->end_at,
				     workers_due(sv) };
	uint64_t now = now_ms(), first = UINT64_MAX;

	if (watch_fd(sv->watch) < 0)
		first = now + WATCH_PERIOD;
	for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++)
		if (moments[i] && moments[i] < first)
			first = moments[i];
	if (first == UINT64_MAX)
		return -1;
	return first > now ? (int)(first - now) : 0;
}

static void turn(struct supervisor *sv)
{
	struct pollfd p[] = {
		{ .fd = sv->signals, .events = POLLIN },
		{ .fd = sv->control, .events = POLLIN },
		{ .fd = watch_fd(sv->watch), .events = POLLIN },
	};

	if (poll(p, 3, time_to_wait(sv)) < 0 && errno != EINTR) {
		log_error("poll: %s", strerror(errno));
		supervisor_fail(sv);
		return;
	}
	if (p[1].revents)
		front_heed(sv);
	if (p[0].revents)
		heed_signals(sv);
	if ((p[2].revents || watch_fd(sv->watch) < 0) && !sv->draining)
		watch_heed(sv);
	heed_time(sv);
}

static bool begin(struct supervisor *sv, struct settings_error *err)
{
	const char *lacks = sandbox_lacks(sv->s);

	sv->signals = open_signals();
	if (sv->signals < 0)
		return settings_could_not(err, "signalfd: %s", strerror(errno));
	if (!query_log_open(sv->s, &sv->query_log, err) ||
	    !services_inherit(&sv->services, sv->s, err) ||
	    !services_open(&sv->services, sv->s, err))
		return false;
	if (lacks)
		log_warning("sandbox: without %s", lacks);
	sv->watch = watch_new(sv->s);
	return front_start(sv) ||
	       settings_could_not(err, "no process can be started");
}

/* Nothing of ours is left behind, however it ends. */
static void end(struct supervisor *sv)
{
	if (sv->front)
		kill(sv->front, SIGKILL);
	worker_kill_all(&sv->workers);
	sv->draining = true;
	services_close_all(&sv->services);
	for (children_reap(sv); sv->front || !LIST_EMPTY(&sv->workers);
	     children_reap(sv)) {
		struct pollfd p = { .fd = sv->signals, .events = POLLIN };
		struct signalfd_siginfo info;

		poll(&p, 1, -1);
		while (read(sv->signals, &info, sizeof(info)) > 0)
			;
	}
	watch_free(sv->watch);
	if (sv->query_log >= 0)
		close(sv->query_log);
	if (sv->signals >= 0)
		close(sv->signals);
	settings_release(sv->s);
}

int supervisor_run(struct settings *s, supervisor_read *read, void *ctx)
{
	struct supervisor sv = { .s = s,
				 .read = read,
				 .ctx = ctx,
				 .signals = -1,
				 .query_log = -1,
				 .control = -1 };
	struct settings_error err;

	log_open(s->syslog, "trawld");
	LIST_INIT(&sv.workers);
	if (!begin(&sv, &err)) {
		log_error("%s", err.text);
		supervisor_fail(&sv);
	}
	while (!sv.done)
		turn(&sv);
	end(&sv);
	return sv.status;
}
