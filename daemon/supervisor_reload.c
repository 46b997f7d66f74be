/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "supervisor_parts.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool query_log_open(const struct settings *s, int *fd,
		    struct settings_error *err)
{
	*fd = -1;
	if (!s->limits.query_log)
		return true;
	/* A pipe that nobody reads must not stop us. */
	*fd = open(s->query_log_file,
		   O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK |
			   O_NOCTTY,
		   0600);
	if (*fd >= 0)
		return true;
	return settings_could_not(err, "query-log-file: %.300s: %s",
				  s->query_log_file, strerror(errno));
}

static void query_log_replace(struct supervisor *sv, int fd)
{
	if (sv->query_log >= 0)
		close(sv->query_log);
	sv->query_log = fd;
}

void query_log_reopen(struct supervisor *sv)
{
	struct control m = { .kind = CONTROL_QUERY_LOG };
	struct settings_error err;
	int fd;

	if (!query_log_open(sv->s, &fd, &err)) {
		log_warning("%s: the old one is kept", err.text);
		return;
	}
	query_log_replace(sv, fd);
	front_tell(sv, &m, fd);
}

static bool differs(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) != 0 : a != b;
}

/* What front and workers have entered they cannot leave. */
static void keep_fixed(struct settings *old, struct settings *fresh)
{
	char *user = fresh->user;

	if (differs(old->user, fresh->user))
		log_warning("reload: user: takes effect when trawld is "
			    "started again");
	if (old->sandbox != fresh->sandbox)
		log_warning("reload: sandbox: takes effect when trawld is "
			    "started again");
	if (old->syslog != fresh->syslog)
		log_warning("reload: syslog: takes effect when trawld is "
			    "started again");
	fresh->user = old->user;
	old->user = user;
	fresh->sandbox = old->sandbox;
	fresh->syslog = old->syslog;
}

static void close_unwanted(struct supervisor *sv)
{
	struct services *v = &sv->services;

	for (size_t i = v->n; i-- > 0;)
		if (!v->item[i].wanted) {
			struct control m = { .kind = CONTROL_UNLISTEN,
					     .number = v->item[i].number };

			front_tell(sv, &m, -1);
			services_close(v, i);
		}
}

/* Another configuration: all that can fail is done before it is adopted. */
static bool adopt(struct supervisor *sv, struct settings *fresh,
		  struct settings_error *err)
{
	int log;

	if (!query_log_open(fresh, &log, err))
		return false;
	if (!services_open(&sv->services, fresh, err)) {
		if (log >= 0)
			close(log);
		return false;
	}
	keep_fixed(sv->s, fresh);
	settings_release(sv->s);
	*sv->s = *fresh;
	query_log_replace(sv, log);
	/* From here on, so that the workers to come miss nothing. */
	watch_free(sv->watch);
	sv->watch = watch_new(sv->s);
	front_tell_settings(sv);
	front_tell_listeners(sv, false);
	close_unwanted(sv);
	return true;
}

static void answer_all(struct supervisor *sv, const char *why)
{
	struct control m = { .kind = CONTROL_RELOADED,
			     .bytes = (uint32_t)strlen(why) };

	memcpy(m.payload, why, m.bytes);
	for (size_t i = 0; i < sv->ntickets; i++) {
		m.ticket = sv->ticket[i];
		front_tell(sv, &m, -1);
	}
	sv->ntickets = 0;
}

static void reload(struct supervisor *sv)
{
	struct settings_error err = { .text = "" };
	struct settings fresh = { .nlisten = 0 };

	sv->reload = false;
	supervisor_notify("RELOADING=1");
	if (sv->read(sv->ctx, &fresh, &err) && adopt(sv, &fresh, &err)) {
		err.text[0] = '\0';
		workers_renew(sv);
	} else {
		settings_release(&fresh);
		log_warning("reload: %s: all stays as it was", err.text);
	}
	answer_all(sv, err.text);
	supervisor_notify("READY=1");
}

void reload_ask(struct supervisor *sv, bool by_front, uint64_t ticket)
{
	struct control m = { .kind = CONTROL_RELOADED, .ticket = ticket };

	sv->reload = true;
	if (!by_front)
		return;
	if (sv->ntickets < TICKETS_MAX) {
		sv->ticket[sv->ntickets++] = ticket;
		return;
	}
	m.bytes = (uint32_t)snprintf(m.payload, sizeof(m.payload),
				     "too many reloads wait already");
	front_tell(sv, &m, -1);
}

/* One epoch after the other: else each reload of many would add workers. */
void reload_try(struct supervisor *sv)
{
	bool settled = sv->serving == sv->epoch || !sv->settle_at;

	if (!sv->front || sv->draining || !settled)
		return;
	if (sv->reload && sv->announced)
		reload(sv);
	else if (sv->renew)
		workers_renew(sv);
}

void watch_heed(struct supervisor *sv)
{
	uint64_t changed, replaced;

	watch_read(sv->watch, &changed, &replaced);
	for (size_t i = 0; i < sv->s->nindexes; i++) {
		struct control m = { .kind = CONTROL_CHANGED,
				     .number = (uint32_t)i };

		if (changed >> i & 1)
			front_tell(sv, &m, -1);
	}
	/* A sandbox has the directory that was there, not its name. */
	sv->renew |= replaced != 0;
}
