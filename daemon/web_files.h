/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * web_files.h - what of daemon/web/ is compiled in, as it is and compressed
 *
 * The Makefile compresses each file and gives web_files.c the hash of all of
 * them, so that nothing is read or computed when a server starts.
 */
#ifndef DAEMON_WEB_FILES_H
#define DAEMON_WEB_FILES_H

#include "http_route.h"

struct web_file {
	const char *type;	      /* Content-Type */
	const char *bytes, *bytes_gz; /* plain; as of gzip */
	size_t n, n_gz;
};

/* False: the route is no file. */
bool web_file(enum route_id route, struct web_file *out);

/* Of all of them: another file, another version.  Behind ?v= it makes an
 * address that always gives the same. */
const char *web_version(void);

#endif
