/* SPDX-License-Identifier: MIT */
/*
 * wire_error.h - the one way to fail inside client/lib/
 */
#ifndef WIRE_ERROR_H
#define WIRE_ERROR_H

#include "trawl_client.h"

/*
 * Write one line into err (which may be NULL) and return st.  Controls become
 * spaces: what a server says does not break a line or steer a terminal.
 */
enum trawl_client_status wire_fail(struct trawl_client_error *err,
				   enum trawl_client_status st, const char *fmt,
				   ...) __attribute__((format(printf, 3, 4)));

/* TRAWL_CLIENT_NOMEM with its text. */
enum trawl_client_status wire_fail_nomem(struct trawl_client_error *err);

#endif
