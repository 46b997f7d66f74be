/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings.h - trawld's configuration: one table
 *
 * A file in INI form (inih), then the command line over it.  One row of
 * settings.c holds an option's name, kind, default, range and sentence; the
 * reader, its errors ("trawld.conf:7: workers=0: must be 1 to 64"), --help and
 * the test that config/trawld.conf and trawld.conf(5) have each of them read
 * the table.
 *
 *	[server]
 *	listen = unix:/run/trawl/trawl.sock
 *	listen = 127.0.0.1:7722
 *	[indexes]
 *	news = /var/lib/trawl/news
 */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SETTINGS_INDEXES_MAX = 64,
	SETTINGS_LISTEN_MAX = 16,
	SETTINGS_OPTIONS_MAX = 40,
	SETTINGS_NAME_MAX = 63,	 /* bytes of an index's name */
	SETTINGS_TOKEN_MIN = 16, /* bytes of a token */
	SETTINGS_TOKEN_MAX = 200,
	SETTINGS_WEB_MAX = 1000, /* bytes of http-hosts, and of its like */
	SETTINGS_ERROR_MAX = 600
};

enum query_log_format {
	QUERY_LOG_OFF,
	QUERY_LOG_TEXT,
	QUERY_LOG_JSON
};

/*
 * Numbers alone, so that a reload can hand them to the running front as they
 * are.  Times are in milliseconds, sizes in bytes.
 */
struct limits {
	uint64_t max_line;	  /* of a request */
	uint64_t max_literal;	  /* of key={N} */
	uint64_t max_reply;	  /* of one reply */
	uint64_t max_unread;	  /* replies that clients have not read, all */
	uint64_t max_pending;	  /* of requests that are not whole, or wait */
	uint64_t max_connections; /* more are told 421 */
	uint64_t max_waiting;	  /* requests that wait for a worker */
	uint64_t max_turn;	  /* requests of a connection before others' */
	uint64_t timeout;	  /* of a request that names none */
	uint64_t timeout_max;	  /* of any */
	uint64_t grace;		  /* after it, before the worker is killed */
	uint64_t request_timeout; /* from a request's first byte to its last */
	uint64_t idle_timeout;	  /* between requests; 0 for ever */
	uint64_t unread_timeout;  /* without a byte of a reply being read */
	uint64_t linger;	  /* after BYE, for the client to read it */
	uint64_t drain_timeout;	  /* at SIGTERM, for what is being answered */
	uint64_t query_log;	  /* enum query_log_format */
};

struct settings_index {
	char name[SETTINGS_NAME_MAX + 1];
	char *path; /* absolute */
};

struct settings {
	struct limits limits;
	char *listen[SETTINGS_LISTEN_MAX]; /* unix:PATH or HOST:PORT */
	size_t nlisten;
	char *http;			 /* HOST:PORT, or NULL */
	char *http_hosts, *http_origins; /* as given: "a,b"; or NULL */
	char *public_url; /* without a slash at its end; or NULL */
	struct settings_index index[SETTINGS_INDEXES_MAX];
	size_t nindexes;
	uint64_t workers; /* 0: one a core */
	uint64_t worker_memory;
	uint64_t socket_mode;
	uint64_t ranking;   /* enum trawl_ranking, of requests that name none */
	char *socket_group; /* or NULL */
	char *token_file;   /* or NULL */
	char token[SETTINGS_TOKEN_MAX + 1]; /* read from it; "" none */
	char *user;			    /* or NULL: as it was started */
	char *query_log_file;		    /* or NULL */
	bool syslog;
	bool sandbox;
	/* "trawld.conf:7: ", where it was set; NULL nowhere: the default */
	char *where[SETTINGS_OPTIONS_MAX]; /* by row of the table */
	char *listen_where[SETTINGS_LISTEN_MAX];
};

struct settings_error {
	char text[SETTINGS_ERROR_MAX];
	bool could_not; /* else it is wrong */
};

/* Both are false, for those who return it: what was asked for is wrong; it
 * is right, but the machine is not so. */
bool settings_wrong(struct settings_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool settings_could_not(struct settings_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Defaults; release with settings_release(), which accepts it zeroed, too. */
void settings_init(struct settings *s);
void settings_release(struct settings *s);

/* The command line's replace the file's. */
void settings_clear_listen(struct settings *s);

/* Read a file over s.  False: err has the file, line, option and range. */
bool settings_read(struct settings *s, const char *path,
		   struct settings_error *err);
/* One option by name, as from a file; where is "trawld.conf:7" or "--listen". */
bool settings_set(struct settings *s, const char *where, const char *name,
		  const char *value, struct settings_error *err);
/* "NAME=INDEX" or "INDEX", whose name is its base name without ".index". */
bool settings_add_index(struct settings *s, const char *where, const char *text,
			struct settings_error *err);
/*
 * What only the whole can tell: an index there is, each is a directory with
 * an index in it, no non-loopback address without a token, the token file is
 * private and well formed (and read), the user exists.  Fills in the default
 * listener, and the default for workers.
 */
bool settings_check(struct settings *s, struct settings_error *err);

/* The table, for --help and for the test of the documents; false at its end. */
bool settings_row(size_t i, const char **name, const char **standard,
		  const char **range, const char **meaning);

#endif
