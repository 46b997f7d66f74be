/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conn_internal.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

static void greet(struct conn *c)
{
	const struct front *f = c->conns->f;
	struct buf line = BUF_INIT(
		SETTINGS_INDEXES_MAX * (3 * SETTINGS_NAME_MAX + 1) + 256);

	buf_addf(&line, "* READY trawl/1 maxline=%" PRIu64 " ",
		 c->conns->f->limits.max_line);
	if (conn_needs_auth(c))
		buf_adds(&line, "auth=required");
	else
		buf_adds(&line, "indexes=");
	for (size_t i = 0; !conn_needs_auth(c) && i < f->nindexes; i++) {
		buf_adds(&line, i ? "," : "");
		reply_escape(&line, f->name[i], strlen(f->name[i]));
	}
	buf_adds(&line, "\r\n");
	conn_put_now(c, "", line.data, line.len);
	buf_release(&line);
}

static void refuse(struct conn *c)
{
	char text[128];

	snprintf(text, sizeof(text),
		 "there are max-connections=%" PRIu64 " already; try again",
		 c->conns->f->limits.max_connections);
	c->conns->f->stats.event[STATS_REFUSED]++;
	conn_put_last_error(c, ERROR_BUSY, text);
	conn_leave(c, "busy");
}

void conn_accept(struct conns *conns, int fd, enum listen_kind kind)
{
	bool full = conns->count >= conns->f->limits.max_connections;
	struct conn *c = conn_new(conns, fd, kind);
	const int on = 1;

	conns->f->stats.event[STATS_ACCEPTED]++;
	if (!c) {
		close(fd);
		return;
	}
	if (kind != LISTEN_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (full)
		refuse(c);
	else if (kind != LISTEN_HTTP)
		greet(c);
	conn_settle(c);
	/* Many are refused: no slot for their lingering. */
	if (conns->count > conns->f->limits.max_connections + CONN_REFUSED)
		conn_drop(c);
	conns_finish(conns);
}
