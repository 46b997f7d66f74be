/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What only the whole of the settings can tell, and the machine. */
#include "settings_parts.h"

#include "die.h"
#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WORKERS_MAX = 64
};

static bool check_index(const struct settings_index *ix,
			struct settings_error *err)
{
	char stub[PATH_MAX];
	struct stat st;

	if (snprintf(stub, sizeof(stub), "%s/XAPIANDB", ix->path) >=
	    (int)sizeof(stub))
		return settings_could_not(
			err, "%.200s...: a path that is too long", ix->path);
	if (!stat(stub, &st))
		return true;
	if (errno != ENOENT && errno != ENOTDIR)
		return settings_could_not(err, "%.300s: %s", ix->path,
					  strerror(errno));
	if (!stat(ix->path, &st))
		return settings_could_not(
			err,
			"%.200s: is no index: make one of what is in it with: "
			"trawl-index build NEW.index %.200s",
			ix->path, ix->path);
	return settings_could_not(
		err,
		"%.200s: no index here: make one with: trawl-index "
		"build %.200s INPUT...",
		ix->path, ix->path);
}

static bool check_token(const char *file, char *text, size_t n, char *token,
			struct settings_error *err)
{
	size_t len = n, from = strspn(text, " \t\r\n");

	while (len > from && strchr(" \t\r\n", text[len - 1]))
		len--;
	len -= from < len ? from : len;
	if (len < SETTINGS_TOKEN_MIN || len > SETTINGS_TOKEN_MAX)
		return settings_wrong(err,
				      "%.300s: a token has %d to %d bytes: try "
				      "openssl rand -hex 16",
				      file, SETTINGS_TOKEN_MIN,
				      SETTINGS_TOKEN_MAX);
	for (size_t i = 0; i < len; i++)
		if (text[from + i] <= ' ' || text[from + i] >= 0x7F)
			return settings_wrong(
				err,
				"%.300s: a token is one line of printable "
				"ASCII without blanks",
				file);
	memcpy(token, text + from, len);
	token[len] = '\0';
	return true;
}

static bool read_token(const char *file, char *token,
		       struct settings_error *err)
{
	char text[2 * SETTINGS_TOKEN_MAX + 1];
	struct stat st;
	ssize_t n;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return settings_could_not(err, "token-file: %.300s: %s", file,
					  strerror(errno));
	n = fstat(fd, &st) || !S_ISREG(st.st_mode)
		    ? -1
		    : read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n < 0)
		return settings_could_not(
			err, "token-file: %.300s: cannot be read", file);
	if (st.st_mode & 077)
		return settings_wrong(
			err,
			"token-file: %.200s: others than its owner may "
			"read it: chmod 600 %.200s",
			file, file);
	text[n] = '\0';
	return check_token(file, text, (size_t)n, token, err);
}

static bool check_listener(const struct settings *s, const char *where,
			   const char *address, struct settings_error *err)
{
	char why[LISTEN_WHY_MAX];

	if (s->token[0] || !strncmp(address, "unix:", 5) ||
	    listen_is_loopback(address, why))
		return true;
	if (*why)
		return settings_could_not(err, "%s%.300s: %s", where, address,
					  why);
	return settings_wrong(
		err,
		"%s%.300s: not a loopback address: anyone may reach it: set "
		"token-file, or listen on 127.0.0.1 (see trawld(8), "
		"SECURITY)",
		where, address);
}

static bool check_listeners(struct settings *s, struct settings_error *err)
{
	char address[LISTEN_NAME_MAX];

	if (!s->nlisten) {
		listen_default(address);
		s->listen[s->nlisten++] = xstrdup(address);
	}
	for (size_t i = 0; i < s->nlisten; i++)
		if (!check_listener(
			    s, s->listen_where[i] ? s->listen_where[i] : "",
			    s->listen[i], err))
			return false;
	return !s->http ||
	       check_listener(s, settings_where(s, "http"), s->http, err);
}

static bool check_user(const struct settings *s, struct settings_error *err)
{
	if (s->socket_group && !getgrnam(s->socket_group))
		return settings_could_not(err,
					  "socket-group=%.300s: no such group",
					  s->socket_group);
	if (!s->user)
		return true;
	if (!getpwnam(s->user))
		return settings_could_not(err, "user=%.300s: no such user",
					  s->user);
	if (geteuid())
		return settings_could_not(
			err,
			"user=%.300s: only root can change users: "
			"start trawld as that user",
			s->user);
	return true;
}

static bool check_timeouts(const struct settings *s, struct settings_error *err)
{
	const struct limits *l = &s->limits;
	const char *where = settings_where(s, "timeout");

	if (l->timeout <= l->timeout_max)
		return true;
	return settings_wrong(err,
			      "%stimeout: %llu ms, longer than timeout-max, "
			      "%llu ms: lower it, or raise timeout-max",
			      *where ? where : settings_where(s, "timeout-max"),
			      (unsigned long long)l->timeout,
			      (unsigned long long)l->timeout_max);
}

static bool check_values(const struct settings *s, struct settings_error *err)
{
	if (!s->nindexes)
		return settings_wrong(err,
				      "no index: name one: trawld INDEX, or "
				      "NAME = INDEX in [indexes]");
	if (s->limits.query_log && !s->query_log_file)
		return settings_wrong(err,
				      "%squery-log: set query-log-file, too",
				      settings_where(s, "query-log"));
	return check_timeouts(s, err);
}

static uint64_t cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (uint64_t)n;
}

bool settings_check(struct settings *s, struct settings_error *err)
{
	if (!check_values(s, err))
		return false;
	s->token[0] = '\0';
	if (s->token_file && !read_token(s->token_file, s->token, err))
		return false;
	if (!check_listeners(s, err) || !check_user(s, err))
		return false;
	for (size_t i = 0; i < s->nindexes; i++)
		if (!check_index(&s->index[i], err))
			return false;
	if (!s->workers)
		s->workers = cores();
	return true;
}
