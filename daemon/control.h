/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * control.h - what supervisor and front say to each other
 *
 * Over a SOCK_SEQPACKET pair, one message a packet, some with a descriptor.
 *
 *	to the front
 *	LIMITS     struct limits, as a payload
 *	LISTENER   fd; number is its own, payload struct listener
 *	UNLISTEN   number: close it
 *	WORKER     fd, pid; epoch: those of older epochs leave when one of this
 *	           epoch has said HELLO
 *	QUERY_LOG  fd, or none: log there from now on
 *	CHANGED    number: that index was committed to
 *	NAMES      number: of indexes; their names, each with a NUL; then the
 *	           token, http-hosts, http-origins and public-url, likewise, ""
 *	           for what is none
 *	RELOADED   ticket; text: "" or why not
 *	DRAIN      finish, then end
 *
 *	to the supervisor
 *	READY      every listener is being served
 *	SERVING    pid: that worker has said HELLO; number: how many indexes it
 *	           could not open; text: "" or why, a line each
 *	KILL       pid: past its hard deadline
 *	RELOAD     ticket
 */
#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum control_kind {
	CONTROL_LIMITS = 1,
	CONTROL_LISTENER,
	CONTROL_UNLISTEN,
	CONTROL_WORKER,
	CONTROL_QUERY_LOG,
	CONTROL_CHANGED,
	CONTROL_NAMES,
	CONTROL_RELOADED,
	CONTROL_DRAIN,
	CONTROL_READY,
	CONTROL_SERVING,
	CONTROL_KILL,
	CONTROL_RELOAD
};

enum {
	CONTROL_PAYLOAD_MAX = 8192 /* and with a NUL */
};

struct control {
	uint32_t kind;
	uint32_t number;
	uint32_t epoch;
	int32_t pid;
	uint64_t ticket;
	uint32_t bytes; /* of the payload */
	char payload[CONTROL_PAYLOAD_MAX];
};

/* A connected pair, both close-on-exec.  -1: errno. */
int control_pair(int fd[2]);

/* fd -1: none.  Returns 0, or -1 with errno (EPIPE: the other end has gone). */
int control_send(int socket, const struct control *m, int fd);

/*
 * 1: a message, a NUL behind its payload; *fd is -1 when it brought none.
 * 0: the other end has gone.  -1: errno (EAGAIN: none now, of a nonblocking
 * socket).
 */
int control_receive(int socket, struct control *m, int *fd);

#endif
