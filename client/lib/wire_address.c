/* SPDX-License-Identifier: MIT */
#include "wire_address.h"

#include "wire_text.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

enum {
	PORT_MAX = 65535
};

struct host_port {
	char host[WIRE_HOST_MAX + 1];
	char port[6];
};

static enum trawl_client_status unix_address(const char *path,
					     struct wire_peers *out,
					     struct trawl_client_error *err)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = strlen(path);

	if (!len || len >= sizeof(un.sun_path))
		return wire_fail(err, TRAWL_CLIENT_INVAL,
				 "unix:%.60s: a path has 1 to %zu bytes", path,
				 sizeof(un.sun_path) - 1);
	memcpy(un.sun_path, path, len);
	memcpy(&out->peer[0].addr, &un, sizeof(un));
	out->peer[0].len = sizeof(un);
	out->n = 1;
	return TRAWL_CLIENT_OK;
}

/* host is what is before the colon, or within brackets. */
static bool split(const char *address, struct host_port *out)
{
	const char *colon = strrchr(address, ':');
	struct wire_slice host = { address, 0 }, port;
	uint64_t number;

	if (!colon)
		return false;
	host.n = (size_t)(colon - address);
	port = (struct wire_slice){ colon + 1, strlen(colon + 1) };
	if (*address == '[') {
		if (host.n < 3 || colon[-1] != ']')
			return false;
		host.p++;
		host.n -= 2;
	} else if (memchr(host.p, ':', host.n)) {
		return false;
	}
	if (!host.n || host.n > WIRE_HOST_MAX || port.n > 5 ||
	    !wire_number(port, &number) || number < 1 || number > PORT_MAX)
		return false;
	memcpy(out->host, host.p, host.n);
	out->host[host.n] = '\0';
	memcpy(out->port, port.p, port.n + 1);
	return true;
}

static enum trawl_client_status no_host(const char *address, int code,
					struct trawl_client_error *err)
{
	if (code == EAI_MEMORY)
		return wire_fail_nomem(err);
	return wire_fail(err, TRAWL_CLIENT_IO, "%s: %s", address,
			 code == EAI_SYSTEM ? strerror(errno)
					    : gai_strerror(code));
}

static enum trawl_client_status host_address(const char *address,
					     const struct host_port *at,
					     struct wire_peers *out,
					     struct trawl_client_error *err)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags =
			AI_NUMERICSERV | (*address == '[' ? AI_NUMERICHOST : 0),
	};
	struct addrinfo *list = NULL;
	int code = getaddrinfo(at->host, at->port, &hints, &list);

	if (code)
		return no_host(address, code, err);
	out->n = 0;
	for (struct addrinfo *a = list; a && out->n < WIRE_PEERS_MAX;
	     a = a->ai_next) {
		struct wire_peer *peer = &out->peer[out->n++];

		memcpy(&peer->addr, a->ai_addr, a->ai_addrlen);
		peer->len = a->ai_addrlen;
	}
	freeaddrinfo(list);
	return TRAWL_CLIENT_OK;
}

enum trawl_client_status wire_address_look_up(const char *address,
					      struct wire_peers *out,
					      struct trawl_client_error *err)
{
	struct host_port at;

	*out = (struct wire_peers){ 0 };
	if (!strncmp(address, "unix:", 5))
		return unix_address(address + 5, out, err);
	if (!split(address, &at))
		return wire_fail(err, TRAWL_CLIENT_INVAL,
				 "%.100s: an address is unix:PATH, HOST:PORT "
				 "or [ADDRESS]:PORT",
				 address);
	return host_address(address, &at, out, err);
}
