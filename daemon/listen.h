/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listen.h - sockets that accept: unix, TCP, or handed over by systemd
 */
#ifndef DAEMON_LISTEN_H
#define DAEMON_LISTEN_H

#include "settings.h"

enum listen_kind {
	LISTEN_UNIX, /* lines, from this machine: trusted by the file's mode */
	LISTEN_LINE, /* lines, over TCP */
	LISTEN_HTTP
};

enum {
	LISTEN_NAME_MAX = 256,
	LISTEN_WHY_MAX = 160,
	LISTEN_BACKLOG = 1024
};

struct listener {
	enum listen_kind kind;
	int fd;			    /* listening, nonblocking, close-on-exec */
	char name[LISTEN_NAME_MAX]; /* as printed: a path, or HOST:PORT as
				       bound (port 0 was filled in) */
	bool inherited;		    /* from systemd: not ours to unlink */
	uint64_t device, inode;	    /* of a unix socket's file */
};

/*
 * Listen on address.  A unix socket has its mode and group set before it is
 * listened on; a stale one (nobody answers) is replaced, a live one is an
 * error that says so.  False: one line in err.
 */
bool listen_open(const char *address, enum listen_kind kind,
		 const struct settings *s, struct listener *out,
		 struct settings_error *err);
/* Close it, and remove a unix socket's file if it is (still) ours. */
void listen_close(struct listener *l);

/* Sockets that systemd hands over; how many, at most max.  A socket named
 * "http" (FileDescriptorName=) is LISTEN_HTTP.  -1: one line in err. */
int listen_inherited(struct listener *out, size_t max,
		     struct settings_error *err);

/* Is it "unix:PATH" or "HOST:PORT", as far as form goes? */
bool listen_is_address(const char *address);

/* Is HOST:PORT an address that only this machine reaches?  Names are looked
 * up; all of their addresses must be.  why: "", or why it has none. */
bool listen_is_loopback(const char *address, char why[LISTEN_WHY_MAX]);

/* "$XDG_RUNTIME_DIR/trawl.sock" or "/run/trawl/trawl.sock", as unix:PATH. */
void listen_default(char out[LISTEN_NAME_MAX]);

/* "listening unix PATH", "listening line HOST:PORT", "listening http ..." */
void listen_describe(const struct listener *l, char out[LISTEN_NAME_MAX + 32]);

#endif
