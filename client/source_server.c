/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_server.c - a server, asked over its line protocol
 */
#include "buf.h"
#include "die.h"
#include "parse.h"
#include "response.h"
#include "trawl_client.h"
#include "values.h"

#include <errno.h>

#define LAST_RESORT "127.0.0.1:7722"

enum {
	/* More than a server takes unless told otherwise, so that it is the
	 * server that says that it took too long. */
	TIMEOUT_MIN = 30000, /* milliseconds */
	TIMEOUT_SPARE = 10000,
	ADDRESSES_MAX = 3,
	OPTIONS_MAX = 40,
	TOKEN_MAX = 4096,    /* bytes of a token's file */
	AUTH_REQUIRED = 513, /* of ERR */
};

struct server {
	struct source source;
	struct trawl_client *client; /* NULL: not connected */
	unsigned timeout_ms;	     /* it was opened with */
	char *address[ADDRESSES_MAX];
	size_t naddresses; /* 1 once there was an answer */
	bool given;	   /* the address, by -s or $TRAWL_SERVER */
	char *token;	   /* or NULL */
	bool answered;	   /* a question, on this connection */
};

static const char *environment(const char *name)
{
	const char *v = getenv(name);

	return v && *v ? v : NULL;
}

/* ------------------------------------------------------------- connect -- */

static void choose_addresses(struct server *s, const char *given)
{
	const char *runtime = environment("XDG_RUNTIME_DIR");

	if (!given)
		given = environment("TRAWL_SERVER");
	s->given = given;
	if (given) {
		s->address[s->naddresses++] = xstrdup(given);
		return;
	}
	if (runtime)
		s->address[s->naddresses++] =
			xasprintf("unix:%s/trawl.sock", runtime);
	s->address[s->naddresses++] = xstrdup("unix:/run/trawl/trawl.sock");
	s->address[s->naddresses++] = xstrdup(LAST_RESORT);
}

static enum trawl_status nobody_there(const struct server *s,
				      struct trawl_error *err)
{
	struct buf list = BUF_INIT(sizeof(err->text));

	if (s->given)
		return source_fail(
			err, TRAWL_IO,
			"%s: no server there: start one with trawld --listen "
			"%s INDEX, or ask an index without: trawl -i INDEX",
			s->address[0], s->address[0]);
	for (size_t i = 0; i < s->naddresses; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", s->address[i]);
	source_fail(err, TRAWL_IO,
		    "no server: start one with trawld INDEX, or ask an index "
		    "without: trawl -i INDEX (looked at %s)",
		    list.data);
	buf_release(&list);
	return TRAWL_IO;
}

static void disconnect(struct server *s)
{
	trawl_client_close(s->client);
	s->client = NULL;
	s->answered = false;
}

/* Keep the address that answered, so that a connection that was lost is not
 * followed by one to another server. */
static void settle(struct server *s, size_t i)
{
	for (size_t k = 0; k < s->naddresses; k++)
		if (k != i)
			free(s->address[k]);
	s->address[0] = s->address[i];
	s->naddresses = 1;
}

static enum trawl_status connect_server(struct server *s, unsigned timeout_ms,
					struct trawl_error *err)
{
	const struct trawl_client_options options = {
		.timeout_ms = timeout_ms,
		.max_reply = RESPONSE_LINES_MAX,
		.token = s->token,
	};
	struct trawl_client_error e;
	enum trawl_client_status st = TRAWL_CLIENT_REFUSED;
	size_t i;

	disconnect(s);
	for (i = 0; i < s->naddresses && st == TRAWL_CLIENT_REFUSED; i++)
		st = trawl_client_open(s->address[i], &options, &s->client, &e);
	if (st == TRAWL_CLIENT_REFUSED)
		return nobody_there(s, err);
	if (st != TRAWL_CLIENT_OK)
		return source_fail(err,
				   st == TRAWL_CLIENT_INVAL ? TRAWL_BADVALUE
							    : TRAWL_IO,
				   "%s", e.text);
	settle(s, i - 1);
	s->timeout_ms = timeout_ms;
	return TRAWL_OK;
}

/* ---------------------------------------------------------------- send -- */

struct request {
	const char *verb, *text;
	struct trawl_client_option option[OPTIONS_MAX];
	size_t n;
	char limit[12]; /* of words, when none was given */
};

static const char *const asked_as[] = {
	[ASK_SEARCH] = "SEARCH",   [ASK_PARSE] = "SEARCH",
	[ASK_GET] = "GET",	   [ASK_SIMILAR] = "SIMILAR",
	[ASK_SUGGEST] = "SUGGEST", [ASK_SPELL] = "SPELL",
	[ASK_EXPLAIN] = "EXPLAIN", [ASK_INFO] = "INFO",
	[ASK_STATS] = "STATS",
};

static void add_option(struct request *rq, const char *key, const char *value)
{
	if (rq->n < OPTIONS_MAX)
		rq->option[rq->n++] =
			(struct trawl_client_option){ key, value };
}

static void add_own_options(struct request *rq, const struct question *q)
{
	bool words = q->ask == ASK_SUGGEST || q->ask == ASK_SPELL;

	if (q->ask == ASK_GET || q->ask == ASK_SIMILAR || q->ask == ASK_EXPLAIN)
		add_option(rq, "id", q->what);
	if (q->ask == ASK_GET)
		add_option(rq, "fmt", "json");
	if (q->ask == ASK_PARSE) {
		add_option(rq, "limit", "0");
		add_option(rq, "explain", "1");
	}
	if (words && !values_get(q->values, "limit")) {
		snprintf(rq->limit, sizeof(rq->limit), "%d", WORDS_SHOWN);
		add_option(rq, "limit", rq->limit);
	}
}

static void make_request(struct request *rq, const struct question *q)
{
	bool search = q->ask == ASK_SEARCH || q->ask == ASK_SIMILAR;
	bool words = q->ask == ASK_SUGGEST || q->ask == ASK_SPELL;

	*rq = (struct request){ .verb = asked_as[q->ask] };
	add_own_options(rq, q);
	for (size_t i = 0; i < q->values->n; i++) {
		const struct value *v = &q->values->at[i];
		bool format = strcmp(v->name, "fmt") == 0;

		if (format ? search : ask_takes(q->ask, v->name))
			add_option(rq, v->name, v->value);
	}
	if (words)
		rq->text = q->what;
	else if (q->query && *q->query && q->ask != ASK_GET)
		rq->text = q->query;
}

/* ------------------------------------------------------------- receive -- */

static const struct {
	int code;
	enum trawl_status st;
} meanings[] = {
	{ 408, TRAWL_TIMEOUT },	   { 409, TRAWL_STALE },
	{ 502, TRAWL_BADOPTION },  { 503, TRAWL_BADVALUE },
	{ 504, TRAWL_BADVALUE },   { 505, TRAWL_BADQUERY },
	{ 506, TRAWL_TOOCOMPLEX }, { 508, TRAWL_NOTFOUND },
	{ 509, TRAWL_BADVALUE },   { 590, TRAWL_CORRUPT },
	{ 599, TRAWL_INTERNAL },
};

/* "... (byte 7)": where in the query. */
static unsigned take_column(char *text)
{
	static const char before[] = " (byte ";
	char *at = strrchr(text, '('), *end;
	uint64_t n = 0;

	if (!at || at == text || strncmp(at - 1, before, sizeof(before) - 1))
		return 0;
	end = strchr(at, ')');
	if (!end || end[1])
		return 0;
	*end = '\0';
	if (!parse_uint(at + sizeof(before) - 2, 1, UINT32_MAX, &n))
		*end = ')';
	else
		at[-1] = '\0';
	return (unsigned)n;
}

static enum trawl_status refusal(const struct trawl_reply *reply,
				 struct trawl_error *err)
{
	int code = trawl_reply_code(reply);
	enum trawl_status st = TRAWL_IO;

	if (code == AUTH_REQUIRED)
		return source_fail(err, st,
				   "the server asks for a token: name its file "
				   "with --token-file or $TRAWL_TOKEN_FILE");

	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (meanings[i].code == code)
			st = meanings[i].st;
	source_fail(err, st, "%s", trawl_reply_text(reply));
	err->column = take_column(err->text);
	return st;
}

static const char *kept(struct response *out, const struct trawl_reply *reply,
			const char *key)
{
	return response_keep(out, trawl_reply_value(reply, key));
}

static void keep_head(struct response *out, const struct trawl_reply *reply)
{
	const char *bound = trawl_reply_value(reply, "bound");
	const char *ran = trawl_reply_value(reply, "ran");
	const char *rev = kept(out, reply, "rev");

	out->head = (struct trawl_head){
		.hits = trawl_reply_number(reply, "hits", 0),
		.total = trawl_reply_number(reply, "total", 0),
		.lower_bound = bound && strcmp(bound, "lower") == 0,
		.groups = trawl_reply_number(reply, "groups", 0),
		.groups_lower = trawl_reply_value(reply, "groups_bound"),
		.took_us = trawl_reply_number(reply, "took_us", 0),
		.rev = rev ? rev : "",
		.ignored = kept(out, reply, "ignored"),
		.corrected = kept(out, reply, "corrected"),
		.correct_ran = ran && strcmp(ran, "corrected") == 0,
		.expanded = kept(out, reply, "expanded"),
		.partial = kept(out, reply, "partial"),
		.read_as = kept(out, reply, "read"),
		.stale_analyzer = trawl_reply_value(reply, "stale_analyzer"),
	};
	out->index = kept(out, reply, "index");
}

static void keep_body(struct response *out, const struct trawl_reply *reply)
{
	size_t len = 0;
	const char *bytes = trawl_reply_bytes(reply, &len), *line;

	if (bytes) {
		buf_add(&out->lines, bytes, len);
		buf_addc(&out->lines, '\n');
	}
	for (size_t i = 0; (line = trawl_reply_line(reply, i)); i++) {
		buf_adds(&out->lines, line);
		buf_addc(&out->lines, '\n');
	}
}

static enum trawl_status keep_reply(struct response *out,
				    const struct trawl_reply *reply,
				    const struct question *q,
				    struct trawl_error *err)
{
	const char *in = values_get(q->values, "in");

	if (trawl_reply_code(reply))
		return refusal(reply, err);
	keep_head(out, reply);
	keep_body(out, reply);
	/* What a query is read as has not been searched. */
	if (out->head.stale_analyzer && q->ask != ASK_PARSE)
		out->stale = response_keep(out, in ? in : "the server's index");
	return TRAWL_OK;
}

/* ----------------------------------------------------------------- ask -- */

static enum trawl_client_status exchange(struct server *s,
					 const struct question *q,
					 struct trawl_reply **reply,
					 struct trawl_client_error *e)
{
	struct request rq;
	enum trawl_client_status st;

	make_request(&rq, q);
	st = trawl_client_send(s->client, rq.verb, rq.option, rq.n, rq.text, e);
	if (st == TRAWL_CLIENT_OK)
		st = trawl_client_receive(s->client, reply, e);
	return st;
}

/* It was lost between two questions, as when the server was restarted. */
static bool was_lost(enum trawl_client_status st)
{
	return st == TRAWL_CLIENT_CLOSED || st == TRAWL_CLIENT_IO;
}

static enum trawl_status
ask_connected(struct server *s, const struct question *q, unsigned timeout_ms,
	      struct response *out, struct trawl_error *err)
{
	struct trawl_reply *reply = NULL;
	struct trawl_client_error e;
	bool again = s->answered;
	enum trawl_client_status st = exchange(s, q, &reply, &e);
	enum trawl_status kept;

	if (was_lost(st) && again) {
		kept = connect_server(s, timeout_ms, err);
		if (kept)
			return kept;
		st = exchange(s, q, &reply, &e);
	}
	if (st != TRAWL_CLIENT_OK) {
		disconnect(s);
		return source_fail(err, TRAWL_IO, "%s", e.text);
	}
	s->answered = true;
	kept = keep_reply(out, reply, q, err);
	trawl_reply_free(reply);
	return kept;
}

static unsigned timeout_of(const struct question *q)
{
	const char *value = values_get(q->values, "timeout");
	uint64_t ms = 0;

	if (value)
		parse_uint(value, 0, TRAWL_TIMEOUT_MAX, &ms);
	ms += TIMEOUT_SPARE;
	return ms > TIMEOUT_MIN ? (unsigned)ms : TIMEOUT_MIN;
}

static enum trawl_status ask_server(struct source *src,
				    const struct question *q,
				    struct response *out,
				    struct trawl_error *err)
{
	struct server *s = (struct server *)src;
	unsigned timeout_ms = timeout_of(q);
	enum trawl_status st = TRAWL_OK;

	if (!s->client || timeout_ms > s->timeout_ms)
		st = connect_server(s, timeout_ms, err);
	if (st == TRAWL_OK)
		st = ask_connected(s, q, timeout_ms, out, err);
	return st;
}

/* ---------------------------------------------------------------- open -- */

/* Its first line. */
static enum trawl_status read_token(struct server *s, const char *path,
				    struct trawl_error *err)
{
	char line[TOKEN_MAX];
	FILE *f = path ? fopen(path, "re") : NULL;
	bool ok = f && fgets(line, sizeof(line), f);
	int error = errno;

	if (f)
		fclose(f);
	if (!path)
		return TRAWL_OK;
	if (!f)
		return source_fail(err, TRAWL_IO, "token file: %s: %s", path,
				   strerror(error));
	line[ok ? strcspn(line, "\r\n") : 0] = '\0';
	if (!*line)
		return source_fail(err, TRAWL_IO,
				   "token file: %s: its first line is to be "
				   "the token, and is empty",
				   path);
	s->token = xstrdup(line);
	explicit_bzero(line, sizeof(line));
	return TRAWL_OK;
}

static void close_server(struct source *src)
{
	struct server *s = (struct server *)src;

	trawl_client_close(s->client);
	for (size_t i = 0; i < s->naddresses; i++)
		free(s->address[i]);
	free(s->token);
	free(s);
}

enum trawl_status source_open_server(const struct server_options *options,
				     struct source **out,
				     struct trawl_error *err)
{
	struct server *s = xcalloc(1, sizeof(*s));
	const char *token_file = options->token_file;
	enum trawl_status st;

	s->source = (struct source){ .ask = ask_server, .close = close_server };
	choose_addresses(s, options->address);
	if (!token_file)
		token_file = environment("TRAWL_TOKEN_FILE");
	st = read_token(s, token_file, err);
	if (st == TRAWL_OK)
		st = connect_server(s, TIMEOUT_MIN, err);
	if (st) {
		close_server(&s->source);
		return st;
	}
	s->source.name = xstrdup(s->address[0]);
	*out = &s->source;
	return TRAWL_OK;
}
