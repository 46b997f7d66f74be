/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * services.h - the listeners of a supervisor, as its settings want them
 *
 * A reload is all or nothing: what is new is opened first, and what is no
 * longer wanted is closed when that has worked.
 */
#ifndef DAEMON_SERVICES_H
#define DAEMON_SERVICES_H

#include "listen.h"

enum {
	SERVICES_MAX = 3 * (SETTINGS_LISTEN_MAX + 1)
};

struct service {
	char *address;	 /* in the settings; NULL: systemd's */
	uint32_t number; /* to the front */
	bool wanted, fresh;
	struct listener listener;
};

struct services {
	struct service item[SERVICES_MAX];
	size_t n;
	uint32_t last_number;
};

/* Take over what systemd hands over.  False: one line in err. */
bool services_inherit(struct services *v, const struct settings *s,
		      struct settings_error *err);
/* Open what s wants and is not there: fresh.  False: one line in err, and all
 * is as it was. */
bool services_open(struct services *v, const struct settings *s,
		   struct settings_error *err);
/* Close and forget one. */
void services_close(struct services *v, size_t i);
void services_close_all(struct services *v);

#endif
