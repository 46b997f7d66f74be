/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * watch.h - which index was committed to, by inotify
 *
 * An index's directory is watched for a new XAPIANDB (a generation), each
 * generation in it for a new iamglass (a commit), and the directory above for
 * the index being moved or made anew.  An index that inotify tells nothing of
 * (NFS, say) is said to have changed each WATCH_PERIOD.
 */
#ifndef DAEMON_WATCH_H
#define DAEMON_WATCH_H

#include "settings.h"

enum {
	WATCH_PERIOD = 100 /* milliseconds */
};

struct watch;

struct watch *watch_new(const struct settings *s);
void watch_free(struct watch *w);
/* To poll for POLLIN; -1: none, call watch_read() each WATCH_PERIOD. */
int watch_fd(const struct watch *w);
/*
 * What has happened since: bit i of *changed is index i committed to, of
 * *replaced that its directory is another one now (sandboxed readers have to
 * be started anew).
 */
void watch_read(struct watch *w, uint64_t *changed, uint64_t *replaced);

#endif
