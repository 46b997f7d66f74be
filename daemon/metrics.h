/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * metrics.h - what STATS knows, for Prometheus
 *
 * Its text format, version 0.0.4: names begin with trawl_, units are bytes and
 * seconds, counters end in _total.  doc/http.md lists them, and a test holds
 * that list and this output together.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct buf;
struct front;

void metrics_print(struct front *f, struct buf *out);

#endif
