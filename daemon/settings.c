/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings_parts.h"

#include "die.h"
#include "near.h"

#include <errno.h>
#include <ini.h>
#include <limits.h>

enum {
	LINE_MAX_BYTES = 190 /* what inih takes of a line */
};

#define AT(member) offsetof(struct settings, member)

/* clang-format off */
static const struct settings_row rows[] = {
	{ "listen", KIND_LISTEN, AT(listen), "unix:/run/trawl/trawl.sock",
	  "unix:PATH or HOST:PORT",
	  "Where the line protocol is served; may be given 16 times." },
	{ "http", KIND_HTTP, AT(http), "none", "HOST:PORT or none",
	  "Where HTTP is served." },
	{ "http-hosts", KIND_HOSTS, AT(http_hosts), "none",
	  "NAME,... or none",
	  "Names for which HTTP is served, beside addresses and localhost." },
	{ "http-origins", KIND_ORIGINS, AT(http_origins), "none",
	  "http[s]://HOST[:PORT],... or * or none",
	  "Sites whose pages may read the answers to what they ask over HTTP." },
	{ "public-url", KIND_URL, AT(public_url), "none",
	  "http[s]://HOST[:PORT][/PATH] or none",
	  "What stands before paths in feeds; by default as it was asked for." },
	{ "socket-mode", KIND_MODE, AT(socket_mode), "0600", "0000 to 0777",
	  "Who may connect to a unix socket: its mode, in octal." },
	{ "socket-group", KIND_TEXT, AT(socket_group), "none",
	  "a group or none", "The group of a unix socket." },
	{ "token-file", KIND_TEXT, AT(token_file), "none", "a file or none",
	  "Holds the token that AUTH asks for over TCP; mode 0600." },
	{ "user", KIND_TEXT, AT(user), "none", "a user or none",
	  "Started by root, front and workers become this user." },
	{ "sandbox", KIND_BOOL, AT(sandbox), "yes", "yes or no",
	  "Take from front and workers what they have no use for." },
	{ "workers", KIND_WORKERS, AT(workers), "cores", "1 to 64 or cores",
	  "Processes that search, each one request at a time." },
	{ "worker-memory", KIND_SIZE, AT(worker_memory), "2G", "64M to 1T",
	  "Address space of a worker; one that needs more is replaced." },
	{ "timeout", KIND_TIME, AT(limits.timeout), "5s", "10ms to 10m",
	  "How long a request may take that names no timeout." },
	{ "timeout-max", KIND_TIME, AT(limits.timeout_max), "60s",
	  "10ms to 10m", "The longest timeout that a request may name." },
	{ "grace", KIND_TIME, AT(limits.grace), "80ms", "1ms to 10s",
	  "After a request's timeout, before its worker is killed." },
	{ "max-line", KIND_SIZE, AT(limits.max_line), "64K", "1K to 1M",
	  "Length of a request's line." },
	{ "max-literal", KIND_SIZE, AT(limits.max_literal), "1M", "1K to 16M",
	  "Length of a value that is sent as key={N}." },
	{ "max-reply", KIND_SIZE, AT(limits.max_reply), "32M", "64K to 1G",
	  "Length of one reply." },
	{ "max-unread", KIND_SIZE, AT(limits.max_unread), "64M", "1M to 64G",
	  "Replies that clients have not read yet, all together." },
	{ "max-pending", KIND_SIZE, AT(limits.max_pending), "64M", "1M to 64G",
	  "Memory of requests that are not whole, all together; and of those "
	  "that wait." },
	{ "max-connections", KIND_COUNT, AT(limits.max_connections), "16384",
	  "1 to 1000000", "Connections at a time." },
	{ "max-waiting", KIND_COUNT, AT(limits.max_waiting), "1000",
	  "1 to 1000000", "Requests that wait for a worker." },
	{ "max-turn", KIND_COUNT, AT(limits.max_turn), "20", "1 to 1000",
	  "Requests of one connection before it is others' turn." },
	{ "request-timeout", KIND_TIME, AT(limits.request_timeout), "10s",
	  "100ms to 1h", "From a request's first byte to its last." },
	{ "idle-timeout", KIND_TIME, AT(limits.idle_timeout), "5m",
	  "0 to 24h", "Between a connection's requests; 0 is for ever." },
	{ "unread-timeout", KIND_TIME, AT(limits.unread_timeout), "30s",
	  "100ms to 1h", "Without a byte of a reply being read." },
	{ "linger", KIND_TIME, AT(limits.linger), "5s", "0 to 1m",
	  "For a client to read the server's last words." },
	{ "drain-timeout", KIND_TIME, AT(limits.drain_timeout), "5s",
	  "0 to 1h", "For what is being answered when trawld is told to end." },
	{ "ranking", KIND_CHOICE, AT(ranking), "trawl",
	  "trawl, bm25 or trawl2",
	  "How hits are ranked of a request that does not say it." },
	{ "query-log", KIND_CHOICE, AT(limits.query_log), "off",
	  "off, text or json", "A line for each request that was answered." },
	{ "query-log-file", KIND_TEXT, AT(query_log_file), "none",
	  "a file or none", "Where to; it is made with mode 0600." },
	{ "syslog", KIND_BOOL, AT(syslog), "no", "yes or no",
	  "Events go to syslog, not to standard error." },
};
/* clang-format on */

enum {
	NROWS = sizeof(rows) / sizeof(*rows)
};
_Static_assert((int)NROWS <= (int)SETTINGS_OPTIONS_MAX,
	       "no room for where each is set");

void settings_init(struct settings *s)
{
	*s = (struct settings){ .nlisten = 0 };
	for (size_t i = 0; i < NROWS; i++)
		if (rows[i].kind != KIND_LISTEN &&
		    !settings_set_row(s, &rows[i], rows[i].standard))
			die("%s: its default cannot be read", rows[i].name);
}

void settings_clear_listen(struct settings *s)
{
	for (size_t i = 0; i < s->nlisten; i++) {
		free(s->listen[i]);
		free(s->listen_where[i]);
		s->listen_where[i] = NULL;
	}
	s->nlisten = 0;
}

void settings_release(struct settings *s)
{
	settings_clear_listen(s);
	for (size_t i = 0; i < s->nindexes; i++)
		free(s->index[i].path);
	for (size_t i = 0; i < NROWS; i++)
		free(s->where[i]);
	free(s->http);
	free(s->http_hosts);
	free(s->http_origins);
	free(s->public_url);
	free(s->socket_group);
	free(s->token_file);
	free(s->user);
	free(s->query_log_file);
	*s = (struct settings){ .nlisten = 0 };
}

bool settings_row(size_t i, const char **name, const char **standard,
		  const char **range, const char **meaning)
{
	if (i >= NROWS)
		return false;
	*name = rows[i].name;
	*standard = rows[i].standard;
	*range = rows[i].range;
	*meaning = rows[i].meaning;
	return true;
}

static const char *near_name(const char *name)
{
	const char *best = NULL;
	unsigned best_distance = 3;

	for (size_t i = 0; i < NROWS; i++) {
		unsigned d = near_distance(name, strlen(name), rows[i].name,
					   strlen(rows[i].name));

		if (d < best_distance) {
			best = rows[i].name;
			best_distance = d;
		}
	}
	return best;
}

static const struct settings_row *find_row(const char *name)
{
	for (size_t i = 0; i < NROWS; i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

static const char *units(enum kind kind)
{
	return kind == KIND_TIME   ? ": a number and ms, s, m or h"
	       : kind == KIND_SIZE ? ": bytes, or a number and K, M, G or T"
				   : "";
}

const char *settings_where(const struct settings *s, const char *name)
{
	const char *where = s->where[find_row(name) - rows];

	return where ? where : "";
}

static void note_where(struct settings *s, const struct settings_row *row,
		       size_t nlisten, const char *where)
{
	char **at = &s->where[row - rows];

	free(*at);
	*at = xasprintf("%s: ", where);
	if (s->nlisten > nlisten)
		s->listen_where[nlisten] = xstrdup(*at);
}

bool settings_set(struct settings *s, const char *where, const char *name,
		  const char *value, struct settings_error *err)
{
	const struct settings_row *row = find_row(name);
	char name_shown[VALUE_SHOWN + 1], value_shown[VALUE_SHOWN + 1];
	size_t nlisten = s->nlisten;
	const char *near;

	if (row && settings_set_row(s, row, value)) {
		note_where(s, row, nlisten, where);
		return true;
	}
	settings_shown(name, name_shown);
	settings_shown(value, value_shown);
	if (row && row->kind == KIND_LISTEN &&
	    s->nlisten == SETTINGS_LISTEN_MAX)
		return settings_wrong(err, "%s: %s=%s: at most %d are served",
				      where, name, value_shown,
				      SETTINGS_LISTEN_MAX);
	if (row)
		return settings_wrong(err, "%s: %s=%s: must be %s%s", where,
				      name, value_shown, row->range,
				      units(row->kind));
	near = near_name(name);
	return settings_wrong(err, "%s: %s: no such option%s%s%s", where,
			      name_shown, near ? ": did you mean " : "",
			      near ? near : "",
			      near ? "?" : ": trawld --help names them");
}

struct reader {
	struct settings *s;
	const char *path; /* as shown */
	FILE *file;
	unsigned line;
	unsigned set_at[NROWS]; /* line; 0 not set */
	unsigned bad_at;	/* line of the fault that was told */
	struct settings_error *err;
};

static bool refuse_section(struct reader *r, const char *name, size_t len)
{
	char *section = xstrndup(name, len), text[VALUE_SHOWN + 1];

	settings_shown(section, text);
	free(section);
	r->bad_at = r->line;
	return settings_wrong(
		r->err, "%s:%u: [%s]: no such section: [server], [indexes]",
		r->path, r->line, text);
}

/* inih tells of options alone: not of a section that has none. */
static bool check_section(struct reader *r, const char *line)
{
	size_t len = *line == '[' ? strcspn(line, "]") : 0;

	if (!len || !line[len] || !strncmp(line, "[server]", len + 1) ||
	    !strncmp(line, "[indexes]", len + 1))
		return true;
	return refuse_section(r, line + 1, len - 1);
}

/* inih's callback: the next line.  Blanks before it are taken away, so that an
 * indented option is no continuation of the one above. */
static char *take_line(char *out, int size, void *ctx)
{
	struct reader *r = ctx;
	size_t len;

	if (r->bad_at || !fgets(out, size, r->file))
		return NULL;
	r->line++;
	len = strlen(out);
	if (len > LINE_MAX_BYTES && out[len - 1] != '\n') {
		settings_wrong(r->err, "%s:%u: longer than %d bytes", r->path,
			       r->line, LINE_MAX_BYTES);
		r->bad_at = r->line;
		return NULL;
	}
	memmove(out, out + strspn(out, " \t"),
		strlen(out + strspn(out, " \t")) + 1);
	return check_section(r, out) ? out : NULL;
}

static bool take_option(struct reader *r, const char *where, const char *name,
			const char *value)
{
	const struct settings_row *row = find_row(name);

	if (row && row->kind != KIND_LISTEN) {
		unsigned *at = &r->set_at[row - rows];

		if (*at)
			return settings_wrong(r->err,
					      "%s: %s: already set in line %u",
					      where, name, *at);
		*at = r->line;
	}
	return settings_set(r->s, where, name, value, r->err);
}

/* inih's callback: an option; 0 is a fault. */
static int take_key(void *ctx, const char *section, const char *name,
		    const char *value)
{
	struct reader *r = ctx;
	char where[PATH_MAX + 16];
	bool ok;

	if (r->bad_at)
		return 0;
	snprintf(where, sizeof(where), "%s:%u", r->path, r->line);
	if (!strcmp(section, "server")) {
		ok = take_option(r, where, name, value);
	} else if (!strcmp(section, "indexes")) {
		ok = settings_add_named(r->s, where, name, value, r->err);
	} else {
		ok = refuse_section(r, section, strlen(section));
	}
	if (!ok)
		r->bad_at = r->line;
	return ok;
}

bool settings_read(struct settings *s, const char *path,
		   struct settings_error *err)
{
	struct reader r = { .s = s, .path = path, .err = err };
	int line;

	r.file = fopen(path, "re");
	if (!r.file)
		return settings_could_not(err, "%s: %s", path, strerror(errno));
	line = ini_parse_stream(take_line, &r, take_key, &r);
	/* inih goes on behind a fault of its own without a word. */
	if (line > 0 && (!r.bad_at || (unsigned)line < r.bad_at)) {
		settings_wrong(err,
			       "%s:%d: neither [section], option = value nor a "
			       "comment",
			       path, line);
		r.bad_at = (unsigned)line;
	} else if (!r.bad_at && (ferror(r.file) || line < 0)) {
		settings_could_not(err, "%s: %s", path,
				   line < 0 ? "out of memory"
					    : "cannot be read");
		r.bad_at = 1;
	}
	fclose(r.file);
	return !r.bad_at;
}
