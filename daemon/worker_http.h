/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * worker_http.h - a worker's answers as finished responses of HTTP
 *
 * An entity tag stands for a request and the revisions of the indexes that it
 * reads, as they were before it was answered: what is newer than its tag is
 * only sent once more than it need be.  What has the tag that the client names
 * is not answered at all: 304.
 */
#ifndef DAEMON_WORKER_HTTP_H
#define DAEMON_WORKER_HTTP_H

#include "handle.h"
#include "http_reply.h"

/*
 * Answer rq, as of handle(), and append the response to out.  *wants is
 * completed; *answer is what was answered, but for its body.
 */
bool worker_http(struct shelf *shelf, const struct line_request *rq,
		 struct http_wants *wants, unsigned budget_ms,
		 struct answer *answer, struct buf *out);

#endif
