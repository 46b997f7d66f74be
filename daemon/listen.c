/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "listen.h"

#include "parse.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef HAVE_SYSTEMD
#include <systemd/sd-daemon.h>
#endif

enum {
	HOST_MAX = 200,
	PORT_MAX = 8,
	UNIX_PATH_MAX = sizeof(((struct sockaddr_un *)0)->sun_path) - 1
};

/* The path of "unix:PATH", or NULL. */
static const char *unix_path(const char *address)
{
	return strncmp(address, "unix:", 5) ? NULL : address + 5;
}

/* HOST:PORT, [HOST]:PORT. */
static bool split(const char *address, char host[HOST_MAX], char port[PORT_MAX])
{
	const char *colon = strrchr(address, ':');
	size_t len = colon ? (size_t)(colon - address) : 0;
	uint64_t n;

	if (!len || !parse_uint(colon + 1, 0, 65535, &n))
		return false;
	snprintf(port, PORT_MAX, "%u", (unsigned)n);
	if (len > 2 && *address == '[' && colon[-1] == ']') {
		address++;
		len -= 2;
	} else if (memchr(address, ':', len) || *address == '[') {
		return false;
	}
	if (len >= HOST_MAX || memchr(address, '/', len))
		return false;
	memcpy(host, address, len);
	host[len] = '\0';
	return true;
}

bool listen_is_address(const char *address)
{
	const char *path = unix_path(address);
	char host[HOST_MAX], port[PORT_MAX];

	return path ? *path != '\0' : split(address, host, port);
}

static struct addrinfo *look_up(const char *address, char why[LISTEN_WHY_MAX])
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *found = NULL;
	char host[HOST_MAX], port[PORT_MAX];
	int failed;

	*why = '\0';
	if (!split(address, host, port)) {
		snprintf(why, LISTEN_WHY_MAX, "must be unix:PATH or HOST:PORT");
		return NULL;
	}
	failed = getaddrinfo(host, port, &hints, &found);
	if (!failed)
		return found;
	snprintf(why, LISTEN_WHY_MAX,
		 "does not resolve: %s: name an address of this machine",
		 gai_strerror(failed));
	return NULL;
}

static bool is_loopback(const struct sockaddr *address)
{
	const struct sockaddr_in *in = (const void *)address;
	const struct sockaddr_in6 *in6 = (const void *)address;

	if (address->sa_family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	if (address->sa_family != AF_INET6)
		return false;
	return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) ||
	       (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) &&
		in6->sin6_addr.s6_addr[12] == 127);
}

bool listen_is_loopback(const char *address, char why[LISTEN_WHY_MAX])
{
	struct addrinfo *found = look_up(address, why);
	bool all = found;

	for (struct addrinfo *a = found; a; a = a->ai_next)
		all = all && is_loopback(a->ai_addr);
	if (found)
		freeaddrinfo(found);
	return all;
}

void listen_default(char out[LISTEN_NAME_MAX])
{
	const char *dir = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if (!dir || *dir != '/' || stat(dir, &st) || !S_ISDIR(st.st_mode) ||
	    strlen(dir) > LISTEN_NAME_MAX - 20)
		dir = "/run/trawl";
	snprintf(out, LISTEN_NAME_MAX, "unix:%s/trawl.sock", dir);
}

void listen_describe(const struct listener *l, char out[LISTEN_NAME_MAX + 32])
{
	static const char *const words[] = { [LISTEN_UNIX] = "unix",
					     [LISTEN_LINE] = "line",
					     [LISTEN_HTTP] = "http" };

	snprintf(out, LISTEN_NAME_MAX + 32, "listening %s %s", words[l->kind],
		 l->name);
}

/* The address a socket is bound to, as text; false: not of these kinds. */
static bool read_name(int fd, char out[LISTEN_NAME_MAX], int *family)
{
	union {
		struct sockaddr any;
		struct sockaddr_un un;
		struct sockaddr_storage room;
	} a = { .room = { 0 } };
	socklen_t len = sizeof(a);
	char host[HOST_MAX], port[PORT_MAX];

	if (getsockname(fd, &a.any, &len))
		return false;
	*family = a.any.sa_family;
	if (*family == AF_UNIX) {
		snprintf(out, LISTEN_NAME_MAX, "%.*s", UNIX_PATH_MAX,
			 a.un.sun_path);
		return true;
	}
	if (getnameinfo(&a.any, len, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV))
		return false;
	snprintf(out, LISTEN_NAME_MAX,
		 *family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
	return true;
}

static int open_tcp(const struct addrinfo *a)
{
	int on = 1;
	int fd = socket(a->ai_family,
			SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (!bind(fd, a->ai_addr, a->ai_addrlen) && !listen(fd, LISTEN_BACKLOG))
		return fd;

	int saved = errno;

	close(fd);
	errno = saved;
	return -1;
}

/* The first address of a name that can be had. */
static bool listen_tcp(const char *address, struct listener *out,
		       struct settings_error *err)
{
	char why[LISTEN_WHY_MAX];
	struct addrinfo *found = look_up(address, why);
	int family;

	if (!found)
		return settings_could_not(err, "%.300s: %s", address, why);
	out->fd = -1;
	for (struct addrinfo *a = found; a && out->fd < 0; a = a->ai_next)
		out->fd = open_tcp(a);
	freeaddrinfo(found);
	if (out->fd < 0)
		return settings_could_not(
			err, "%.300s: %s%s", address, strerror(errno),
			errno == EADDRINUSE ? ": another server listens there"
					    : "");
	return read_name(out->fd, out->name, &family);
}

static bool fill(struct sockaddr_un *a, const char *path,
		 struct settings_error *err)
{
	size_t len = strlen(path);

	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (len > UNIX_PATH_MAX)
		return settings_could_not(
			err,
			"%.200s: a unix socket's path has at most %d "
			"bytes, this one %zu",
			path, UNIX_PATH_MAX, len);
	memcpy(a->sun_path, path, len + 1);
	return true;
}

/* Is there nobody at path?  What a server that died has left is removed. */
static bool make_way(const struct sockaddr_un *a, struct settings_error *err)
{
	const char *path = a->sun_path;
	struct stat st;
	bool live;
	int fd;

	if (lstat(path, &st))
		return errno == ENOENT ||
		       settings_could_not(err, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return settings_could_not(
			err,
			"%s: there is a file that is no socket: remove "
			"it, or listen elsewhere",
			path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return settings_could_not(err, "%s: %s", path, strerror(errno));
	live = !connect(fd, (const void *)a, sizeof(*a)) ||
	       errno != ECONNREFUSED;
	close(fd);
	if (live)
		return settings_could_not(
			err, "%s: another server listens there", path);
	if (unlink(path) && errno != ENOENT)
		return settings_could_not(err, "%s: %s", path, strerror(errno));
	return true;
}

/* The folder of the default socket, of which nobody else takes care. */
static void make_folder(const char *path)
{
	if (!geteuid() && !strncmp(path, "/run/trawl/", 11))
		(void)mkdir("/run/trawl", 0755);
}

static bool set_access(const char *path, const struct settings *s,
		       struct settings_error *err)
{
	const struct group *group = NULL;

	if (s->socket_group) {
		group = getgrnam(s->socket_group);
		if (!group)
			return settings_could_not(
				err, "socket-group=%.300s: no such group",
				s->socket_group);
	}
	if (group && chown(path, (uid_t)-1, group->gr_gid))
		return settings_could_not(err, "%s: socket-group=%.200s: %s",
					  path, s->socket_group,
					  strerror(errno));
	if (chmod(path, (mode_t)s->socket_mode))
		return settings_could_not(err, "%s: %s", path, strerror(errno));
	return true;
}

/* Nobody can connect before its mode is right: it is not listened on. */
static bool bind_unix(const struct sockaddr_un *a, const struct settings *s,
		      struct listener *out, struct settings_error *err)
{
	mode_t mask = umask(0177);
	int failed = bind(out->fd, (const void *)a, sizeof(*a));
	struct stat st;

	umask(mask);
	if (failed)
		return settings_could_not(
			err, "%s: %s%s", a->sun_path, strerror(errno),
			errno == EADDRINUSE
				? ": another server listens there"
				: ": listen elsewhere with --listen "
				  "unix:PATH");
	if (!set_access(a->sun_path, s, err)) {
		unlink(a->sun_path);
		return false;
	}
	if (listen(out->fd, LISTEN_BACKLOG) || lstat(a->sun_path, &st))
		return settings_could_not(err, "%s: %s", a->sun_path,
					  strerror(errno));
	out->device = st.st_dev;
	out->inode = st.st_ino;
	return true;
}

static bool listen_unix(const char *path, const struct settings *s,
			struct listener *out, struct settings_error *err)
{
	struct sockaddr_un a;

	if (!fill(&a, path, err))
		return false;
	make_folder(path);
	if (!make_way(&a, err))
		return false;
	snprintf(out->name, sizeof(out->name), "%s", path);
	out->fd =
		socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->fd < 0)
		return settings_could_not(err, "%s: %s", path, strerror(errno));
	if (bind_unix(&a, s, out, err))
		return true;
	close(out->fd);
	out->fd = -1;
	return false;
}

bool listen_open(const char *address, enum listen_kind kind,
		 const struct settings *s, struct listener *out,
		 struct settings_error *err)
{
	const char *path = unix_path(address);

	*out = (struct listener){ .kind = path ? LISTEN_UNIX : kind, .fd = -1 };
	return path ? listen_unix(path, s, out, err)
		    : listen_tcp(address, out, err);
}

void listen_close(struct listener *l)
{
	struct stat st;

	if (l->fd < 0)
		return;
	close(l->fd);
	l->fd = -1;
	if (l->kind == LISTEN_UNIX && !l->inherited && !lstat(l->name, &st) &&
	    st.st_dev == l->device && st.st_ino == l->inode)
		unlink(l->name);
}

#ifdef HAVE_SYSTEMD
static bool take_inherited(int fd, const char *name, struct listener *out,
			   struct settings_error *err)
{
	int family = AF_UNSPEC;

	*out = (struct listener){ .fd = fd, .inherited = true };
	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0 ||
	    !read_name(fd, out->name, &family))
		return settings_could_not(
			err,
			"descriptor %d of systemd: no socket that "
			"listens for streams",
			fd);
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return settings_could_not(err, "descriptor %d of systemd: %s",
					  fd, strerror(errno));
	out->kind = name && !strcmp(name, "http") ? LISTEN_HTTP
		    : family == AF_UNIX		  ? LISTEN_UNIX
						  : LISTEN_LINE;
	return true;
}

int listen_inherited(struct listener *out, size_t max,
		     struct settings_error *err)
{
	char **names = NULL;
	int n = sd_listen_fds_with_names(1, &names);
	bool ok = n >= 0;

	if (n < 0)
		settings_could_not(err, "sockets of systemd: %s", strerror(-n));
	if (ok && (size_t)n > max)
		ok = settings_could_not(
			err, "sockets of systemd: %d, at most %zu", n, max);
	for (int i = 0; ok && i < n; i++)
		ok = take_inherited(SD_LISTEN_FDS_START + i,
				    names ? names[i] : NULL, &out[i], err);
	for (int i = 0; names && i < n; i++)
		free(names[i]);
	free(names);
	return ok ? n : -1;
}
#else
int listen_inherited(struct listener *out, size_t max,
		     struct settings_error *err)
{
	(void)out;
	(void)max;
	(void)err;
	return 0;
}
#endif
