/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http_host.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum {
	HOST_MAX = 255,	  /* bytes of a name */
	ADDRESS_MAX = 64, /* of an IP address */
	PORT_DIGITS = 5
};

static bool is_letter_or_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool is_name(struct http_span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_letter_or_digit(s.s[i]) && !strchr("-._", s.s[i]))
			return false;
	return s.n > 0 && s.n <= HOST_MAX;
}

static bool is_address(int family, struct http_span s)
{
	unsigned char binary[sizeof(struct in6_addr)];
	char text[ADDRESS_MAX];

	if (s.n >= sizeof(text) || memchr(s.s, '\0', s.n))
		return false;
	memcpy(text, s.s, s.n);
	text[s.n] = '\0';
	return inet_pton(family, text, binary) == 1;
}

/* "" or ":7780" */
static bool is_port(const char *s, size_t n)
{
	if (!n)
		return true;
	if (*s != ':' || n - 1 > PORT_DIGITS)
		return false;
	for (size_t i = 1; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

/* "a:80" is a; "[::1]:80" is ::1, an address in brackets.  False: neither. */
static bool split(struct http_span host, struct http_span *name,
		  bool *bracketed)
{
	const char *end = host.s + host.n;
	const char *at = NULL;

	*bracketed = host.n && *host.s == '[';
	if (*bracketed)
		at = memchr(host.s, ']', host.n);
	else if (host.n)
		at = memchr(host.s, ':', host.n);
	if (*bracketed && !at)
		return false;
	if (!at)
		at = end;
	*name = (struct http_span){ host.s + *bracketed,
				    (size_t)(at - host.s) - *bracketed };
	at += *bracketed;
	return is_port(at, (size_t)(end - at));
}

/* A name that can be looked up nowhere but here (RFC 6761, 6.3). */
static bool is_local(struct http_span name)
{
	static const char suffix[] = ".localhost";
	const size_t n = sizeof(suffix) - 1;

	if (http_span_is(name, suffix + 1))
		return true;
	return name.n > n && is_name(name) &&
	       !strncasecmp(name.s + name.n - n, suffix, n);
}

/* The next of a list "a,b", which is moved behind it. */
static bool next_part(const char **list, struct http_span *part)
{
	size_t n;

	if (!*list || !**list)
		return false;
	n = strcspn(*list, ",");
	*part = (struct http_span){ *list, n };
	*list += n + ((*list)[n] == ',');
	return true;
}

static bool is_among(struct http_span s, const char *list)
{
	struct http_span part;

	while (next_part(&list, &part))
		if (part.n == s.n && !strncasecmp(part.s, s.s, s.n))
			return true;
	return false;
}

bool http_host_is_ours(struct http_span host, const char *names)
{
	struct http_span name;
	bool bracketed;

	if (!split(host, &name, &bracketed))
		return false;
	if (bracketed)
		return is_address(AF_INET6, name);
	return is_address(AF_INET, name) || is_local(name) ||
	       is_among(name, names);
}

struct http_span http_origin_allowed(struct http_span origin,
				     const char *origins)
{
	if (origins && !strcmp(origins, "*"))
		return (struct http_span){ origins, 1 };
	if (origin.n && is_among(origin, origins))
		return origin;
	return (struct http_span){ NULL, 0 };
}

/* ------------------------------------------------------------- settings -- */

/* HOST[:PORT] of n bytes. */
static bool is_place(const char *s, size_t n)
{
	struct http_span name;
	bool bracketed;

	if (!split((struct http_span){ s, n }, &name, &bracketed))
		return false;
	return bracketed ? is_address(AF_INET6, name) : is_name(name);
}

/* Bytes of "http://" or "https://"; 0 when there is neither. */
static size_t scheme(const char *s)
{
	return !strncmp(s, "http://", 7)    ? 7
	       : !strncmp(s, "https://", 8) ? 8
					    : 0;
}

static bool is_host(struct http_span part)
{
	return is_name(part);
}

static bool is_origin(struct http_span part)
{
	size_t n = scheme(part.s);

	return n && part.n > n && is_place(part.s + n, part.n - n);
}

static bool is_list(const char *list, bool (*is_part)(struct http_span))
{
	size_t len = strlen(list);
	struct http_span part;

	if (!len || list[len - 1] == ',')
		return false;
	while (next_part(&list, &part))
		if (!is_part(part))
			return false;
	return true;
}

bool http_hosts_are_valid(const char *names)
{
	return is_list(names, is_host);
}

bool http_origins_are_valid(const char *origins)
{
	return !strcmp(origins, "*") || is_list(origins, is_origin);
}

bool http_url_is_valid(const char *url)
{
	size_t n = scheme(url), place = strcspn(url + n, "/");

	if (!n || !is_place(url + n, place))
		return false;
	for (const char *s = url + n + place; *s; s++)
		if (!is_letter_or_digit(*s) && !strchr("-._~/", *s))
			return false;
	return true;
}
