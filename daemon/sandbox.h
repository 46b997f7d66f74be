/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox.h - what a process gives up before it looks at foreign bytes
 *
 * Each step is taken where the kernel has it; what could not be is named in
 * one log line at start, never silently.  A sanitizer's build keeps its system
 * calls.  Landlock and seccomp cannot be undone, not even by root.
 */
#ifndef DAEMON_SANDBOX_H
#define DAEMON_SANDBOX_H

#include "settings.h"

enum sandbox_role {
	SANDBOX_FRONT, /* its descriptors; no files, no new sockets but
			  accepted ones; as nobody when started by root */
	SANDBOX_WORKER /* read the indexes; no network, no exec, no writing */
};

/* Resource limits, user, Landlock, seccomp, no_new_privs, in that order.
 * False: err has one line (the user cannot be changed to); do not go on. */
bool sandbox_enter(enum sandbox_role role, const struct settings *s,
		   struct settings_error *err);

/* What the kernel or the build has not, for that line; NULL: nothing. */
const char *sandbox_lacks(const struct settings *s);

/* As many descriptors as max_connections asks for and the hard limit allows;
 * how many there are. */
uint64_t sandbox_raise_descriptors(uint64_t wanted);

#endif
