/* SPDX-License-Identifier: MIT */
#include "wire_dial.h"

#include "wire_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

void wire_dial_begin(struct wire_dial *d, uint64_t deadline)
{
	d->tried = 0;
	d->fd = -1;
	d->error = 0;
	d->deadline = deadline;
}

/* A refusal says more than a network that is not there. */
static void give_up(struct wire_dial *d, int error)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
	if (d->error != ECONNREFUSED)
		d->error = error;
}

/*
 * A unix socket whose queue is full does not say when there is room: connect()
 * has to wait by itself.  0, or what went wrong.
 */
static int connect_waiting(int fd, const struct wire_peer *peer,
			   uint64_t deadline)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
	for (;;) {
		int left = wire_clock_left(deadline);
		struct timeval tv = { left / 1000, left % 1000 * 1000 };

		if (left <= 0)
			return ETIMEDOUT;
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv));
		if (!connect(fd, (const struct sockaddr *)&peer->addr,
			     peer->len))
			break;
		if (errno != EINTR && errno != EAGAIN)
			return errno;
	}
	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	return 0;
}

/* 0, EINPROGRESS, or what went wrong. */
static int connect_to(int fd, const struct wire_peer *peer, uint64_t deadline)
{
	const int on = 1;

	if (peer->addr.ss_family == AF_UNIX && deadline)
		return connect_waiting(fd, peer, deadline);
	if (peer->addr.ss_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (!connect(fd, (const struct sockaddr *)&peer->addr, peer->len))
		return 0;
	return errno == EINTR ? EINPROGRESS : errno;
}

/* Each address that is left has the same share of the time that is left. */
static uint64_t share(const struct wire_dial *d, uint64_t deadline)
{
	size_t left = d->peers.n - d->tried;

	if (!deadline)
		return 0;
	return wire_clock() + (uint64_t)wire_clock_left(deadline) / left;
}

static int try_next(struct wire_dial *d, uint64_t deadline)
{
	const struct wire_peer *peer = &d->peers.peer[d->tried];

	d->deadline = share(d, deadline);
	d->tried++;
	d->fd = socket(peer->addr.ss_family,
		       SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return d->fd < 0 ? errno : connect_to(d->fd, peer, d->deadline);
}

/* 0, EINPROGRESS, or what went wrong. */
static int look(const struct wire_dial *d)
{
	struct pollfd p = { .fd = d->fd, .events = POLLOUT };
	int error = 0;
	socklen_t len = sizeof(error);

	if (poll(&p, 1, 0) > 0) {
		getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &len);
		return error;
	}
	return wire_clock_left(d->deadline) ? EINPROGRESS : ETIMEDOUT;
}

static enum trawl_client_status failed(const struct wire_dial *d,
				       const char *address,
				       struct trawl_client_error *err)
{
	switch (d->error) {
	case ECONNREFUSED:
	case ENOENT:
		return wire_fail(err, TRAWL_CLIENT_REFUSED,
				 "%s: no server listens there (%s): start "
				 "trawld",
				 address, strerror(d->error));
	case ETIMEDOUT:
		return wire_fail(err, TRAWL_CLIENT_TIMEOUT,
				 "%s: no connection in time", address);
	case EAGAIN:
		return wire_fail(err, TRAWL_CLIENT_IO,
				 "%s: too many wait to be connected: try again",
				 address);
	case ENOMEM:
	case ENOBUFS:
		return wire_fail_nomem(err);
	default:
		return wire_fail(err, TRAWL_CLIENT_IO, "%s: %s", address,
				 strerror(d->error));
	}
}

enum trawl_client_status wire_dial_go_on(struct wire_dial *d,
					 const char *address, uint64_t deadline,
					 struct trawl_client_error *err)
{
	for (;;) {
		int error;

		if (d->fd >= 0)
			error = look(d);
		else if (d->tried < d->peers.n)
			error = try_next(d, deadline);
		else
			return failed(d, address, err);
		if (!error)
			return TRAWL_CLIENT_OK;
		if (error == EINPROGRESS)
			return TRAWL_CLIENT_AGAIN;
		give_up(d, error);
	}
}
