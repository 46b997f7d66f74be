/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_host.h - which names this server answers to, and which origins; pure
 *
 * A page of another site can make a browser send requests here under that
 * site's own name (DNS rebinding), and then read the answers: so requests are
 * answered only under names that are an address, or that nobody else can have
 * pointed here.
 */
#ifndef DAEMON_HTTP_HOST_H
#define DAEMON_HTTP_HOST_H

#include "http_parse.h"

/* Is it an IP address, localhost, NAME.localhost or one of names ("a,b"),
 * each with or without a port? */
bool http_host_is_ours(struct http_span host, const char *names);

/* What Access-Control-Allow-Origin says to that origin: it, "*" (when origins
 * is that), or nothing: NULL. */
struct http_span http_origin_allowed(struct http_span origin,
				     const char *origins);

/* For settings: are these lists as above?  No blanks, no empty parts. */
bool http_hosts_are_valid(const char *names);
bool http_origins_are_valid(const char *origins); /* or "*" */
bool http_url_is_valid(const char *url); /* http://HOST[:PORT][/PATH] */

#endif
