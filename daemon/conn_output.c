/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

size_t conn_unread(const struct conn *c)
{
	return c->out.len - c->out_at;
}

static bool is_gone(int error)
{
	return error != EAGAIN && error != EINTR && error != ENOBUFS;
}

void conn_put(struct conn *c, const char *tag, const char *bytes, size_t n)
{
	conn_trim(&c->out, &c->out_at);
	if (!conn_unread(c))
		c->progress_ns = monotonic_ns();
	if (*tag) {
		buf_addc(&c->out, '#');
		buf_adds(&c->out, tag);
		buf_addc(&c->out, ' ');
	}
	buf_add(&c->out, bytes, n);
}

void conn_put_now(struct conn *c, const char *tag, const char *bytes, size_t n)
{
	char prefix[LINE_TAG_MAX + 3];
	struct iovec part[] = {
		{ prefix,
		  *tag ? (size_t)snprintf(prefix, sizeof(prefix), "#%s ", tag)
		       : 0 },
		{ (char *)bytes, n },
	};
	struct msghdr msg = { .msg_iov = part, .msg_iovlen = 2 };
	ssize_t sent;

	if (conn_unread(c)) {
		conn_put(c, tag, bytes, n);
		return;
	}
	/* An error comes back when the rest is flushed. */
	sent = sendmsg(c->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		sent = 0;
	c->conns->f->stats.bytes_out += (uint64_t)sent;

	size_t done = (size_t)sent, tagged = part[0].iov_len;

	if (done < tagged)
		conn_put(c, "", prefix + done, tagged - done);
	done = done > tagged ? done - tagged : 0;
	if (done < n)
		conn_put(c, "", bytes + done, n - done);
}

void conn_put_error(struct conn *c, const char *tag, enum error_code code,
		    const char *text)
{
	struct buf line = BUF_INIT(8 * LINE_ERROR_MAX);

	reply_error(&line, code, text);
	conn_put(c, tag, line.data, line.len);
	buf_release(&line);
}

/* "HTTP/1.1 200 OK" */
static unsigned status_of(const char *bytes, size_t n)
{
	static const char version[] = "HTTP/1.1 ";
	unsigned status = 0;

	for (size_t i = sizeof(version) - 1; i < n && i < sizeof(version) + 2;
	     i++)
		status = 10 * status + (unsigned)(bytes[i] - '0');
	return status;
}

void conn_put_response(struct conn *c, const struct route *route,
		       const char *bytes, size_t n)
{
	stats_http(&c->conns->f->stats, route, status_of(bytes, n));
	conn_put_now(c, "", bytes, n);
}

static void put_last_response(struct conn *c, enum error_code code,
			      const char *text)
{
	/* Of no route in particular: an error in JSON. */
	const struct http_wants wants = { .route = ROUTE_HEALTHZ,
					  .close = true,
					  .now = time(NULL) };
	struct buf bytes = BUF_INIT(CONN_ANSWER_MAX);

	/* It is the request that took too long, not its answer. */
	http_print_error(&bytes, &wants, code == ERROR_TIMEOUT ? 408 : 0, code,
			 NULL, text);
	conn_put_response(c, NULL, bytes.data, bytes.len);
	buf_release(&bytes);
}

void conn_put_last_error(struct conn *c, enum error_code code, const char *text)
{
	if (c->kind == LISTEN_HTTP)
		put_last_response(c, code, text);
	else
		conn_put_error(c, "", code, text);
}

bool conn_flush(struct conn *c)
{
	size_t n = conn_unread(c);
	ssize_t sent;

	if (c->out.failed)
		return false;
	if (!n)
		return true;
	sent = send(c->fd, c->out.data + c->out_at, n,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		return !is_gone(errno);
	if (sent > 0)
		c->progress_ns = monotonic_ns();
	c->conns->f->stats.bytes_out += (uint64_t)sent;
	c->out_at += (size_t)sent;
	if ((size_t)sent == n) {
		buf_release(&c->out);
		c->out_at = 0;
	}
	conn_trim(&c->out, &c->out_at);
	return true;
}
