/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * supervisor_parts.h - what the files of the supervisor share
 *
 *	supervisor.c         the loop, signals, start and end
 *	supervisor_crew.c    front and workers: start, messages, replacement
 *	supervisor_reload.c  another configuration, or another index
 *
 * Times are CLOCK_MONOTONIC in milliseconds; of a moment to come, 0 is never.
 */
#ifndef DAEMON_SUPERVISOR_PARTS_H
#define DAEMON_SUPERVISOR_PARTS_H

#include "children.h"
#include "control.h"
#include "services.h"
#include "supervisor.h"
#include "watch.h"

enum {
	TICKETS_MAX = 64,   /* RELOADs that wait for their answer */
	PAUSE_MIN = 50,	    /* before a child that failed is started again */
	PAUSE_MAX = 1000,   /* it doubles up to this */
	SETTLE_TIME = 5000, /* for an epoch's first worker to say HELLO */
	HELLO_TIME = 60000, /* for a worker to say it, or it is killed */
	LEAVE_TIME =
		10000,	  /* for one that is let go, beside its last request */
	END_TIME = 1000,  /* beside drain-timeout, to end in */
	SEND_TIME = 5000, /* a front that does not listen so long is dead */
	FIRST_TRIES = 3	  /* workers that may fail before it is hopeless */
};

struct supervisor {
	struct settings *s;
	supervisor_read *read;
	void *ctx;

	int signals; /* a signalfd */
	struct watch *watch;
	struct services services;
	int query_log; /* -1: none */

	int front; /* its process; 0 none */
	int control;
	bool front_ready;
	uint64_t front_at;
	unsigned front_pause;

	struct worker_list workers;
	unsigned epoch;	       /* of workers to start */
	unsigned serving;      /* the last epoch with a worker that serves */
	uint64_t workers_at;   /* those that lack are started */
	unsigned worker_pause; /* 0: the last one was well */
	unsigned failed;       /* workers that never served, at first start */
	uint64_t longest;      /* that a request could take since the start */
	char complaint[CONTROL_PAYLOAD_MAX]; /* of workers, as last logged */

	bool reload;	    /* wanted, when the epoch has settled */
	bool renew;	    /* likewise, other workers */
	uint64_t settle_at; /* if it has not by then, it will not */
	uint64_t ticket[TICKETS_MAX];
	size_t ntickets;

	bool announced; /* it is served */
	bool draining;
	uint64_t end_at; /* all is killed */
	bool done;
	int status;
};

uint64_t now_ms(void);
/* Tell systemd, when it is there. */
void supervisor_notify(const char *state);
/* The end, as a failure; why has been logged. */
void supervisor_fail(struct supervisor *sv);
/* Once: the lines that say where it listens. */
void supervisor_announce(struct supervisor *sv);

/* supervisor_crew.c */
bool front_start(struct supervisor *sv);
/* The workers of an epoch of their own; those before leave when one serves. */
void workers_renew(struct supervisor *sv);
void workers_start(struct supervisor *sv);
/* Kill those whose time is over; the next moment at which one's is, or 0. */
void workers_end_overdue(struct supervisor *sv, uint64_t now);
uint64_t workers_due(const struct supervisor *sv);
void children_reap(struct supervisor *sv);
void front_heed(struct supervisor *sv);
/* What goes wrong is seen when the front has ended. */
void front_tell(struct supervisor *sv, struct control *m, int fd);
void front_tell_settings(struct supervisor *sv);
void front_tell_listeners(struct supervisor *sv, bool all);

/* supervisor_reload.c */
void reload_ask(struct supervisor *sv, bool by_front, uint64_t ticket);
/* If one is wanted, or other workers are, and may be now. */
void reload_try(struct supervisor *sv);
void query_log_reopen(struct supervisor *sv);
/* -1 none is wanted, or err has a line. */
bool query_log_open(const struct settings *s, int *fd,
		    struct settings_error *err);
void watch_heed(struct supervisor *sv);

#endif
