/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "control.h"

#include <errno.h>
#include <sys/socket.h>

enum {
	HEAD = offsetof(struct control, payload)
};

union rights {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int control_pair(int fd[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fd);
}

int control_send(int socket, const struct control *m, int fd)
{
	union rights rights = { .bytes = { 0 } };
	struct iovec part = { (void *)m, HEAD + m->bytes };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t n;

	/* One byte is left for the NUL that control_receive() adds. */
	if (m->bytes >= CONTROL_PAYLOAD_MAX) {
		errno = EMSGSIZE;
		return -1;
	}
	if (fd >= 0) {
		struct cmsghdr *c;

		msg.msg_control = rights.bytes;
		msg.msg_controllen = sizeof(rights.bytes);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do
		n = sendmsg(socket, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	/* Closed with messages of ours unread: gone, all the same. */
	if (n < 0 && errno == ECONNRESET)
		errno = EPIPE;
	return n < 0 ? -1 : 0;
}

static int received_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(c), sizeof(int));
	return fd;
}

int control_receive(int socket, struct control *m, int *fd)
{
	union rights rights;
	struct iovec part = { m, sizeof(*m) };
	struct msghdr msg = { .msg_iov = &part,
			      .msg_iovlen = 1,
			      .msg_control = rights.bytes,
			      .msg_controllen = sizeof(rights.bytes) };
	ssize_t n;

	*fd = -1;
	do
		n = recvmsg(socket, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == ECONNRESET)
		n = 0;
	if (n <= 0)
		return (int)n;
	*fd = received_fd(&msg);
	if (n < HEAD || m->bytes != (size_t)n - HEAD ||
	    m->bytes >= CONTROL_PAYLOAD_MAX) {
		errno = EBADMSG;
		return -1;
	}
	m->payload[m->bytes] = '\0';
	return 1;
}
