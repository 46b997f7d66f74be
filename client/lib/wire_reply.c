/* SPDX-License-Identifier: MIT */
#include "wire_reply.h"

#include <stdlib.h>
#include <string.h>

/* The arrays, then the strings, are behind the struct, in the same block. */
struct trawl_reply {
	int code;
	const char *tag, *name, *text;
	struct wire_pair *pairs;
	size_t npairs;
	const char **lines;
	size_t nlines;
	const char *bytes; /* NULL: none */
	size_t nbytes;
};

/* -------------------------------------------------------------- making it -- */

/* The byte behind s is a blank, or the NUL behind the line. */
static const char *as_string(struct wire_slice s)
{
	((char *)s.p)[s.n] = '\0';
	return s.p;
}

void wire_pairs_read(struct wire_slice rest, struct wire_pair *pairs, size_t n)
{
	struct wire_slice word, key, value;

	for (size_t i = 0; i < n; i++) {
		wire_next_word(&rest, &word);
		wire_pair_split(word, &key, &value);
		pairs[i].key = as_string(key);
		pairs[i].value = value.p;
		wire_decode(value, (char *)value.p);
	}
}

static void read_head(struct trawl_reply *reply, char *line, size_t n)
{
	struct wire_head head;

	wire_head_parse((struct wire_slice){ line, n }, &head, NULL);
	reply->code = head.code;
	reply->tag = head.tag.n ? as_string(head.tag) : "";
	reply->name = as_string(head.name);
	reply->text = head.text.n ? as_string(head.text) : "";
	wire_pairs_read(head.pairs, reply->pairs, reply->npairs);
}

static void read_lines(struct trawl_reply *reply, char *body, char *end)
{
	for (size_t i = 0; i < reply->nlines; i++) {
		char *feed = memchr(body, '\n', (size_t)(end - body));

		reply->lines[i] = body;
		*feed = '\0';
		if (feed > body && feed[-1] == '\r')
			feed[-1] = '\0';
		body = feed + 1;
	}
}

/* None of it overflows: scan saw to it that the parts have their maximum. */
static struct trawl_reply *allocate(const struct wire_scan *scan, size_t body)
{
	size_t nlines = scan->kind == WIRE_LINES ? (size_t)scan->count : 0;
	size_t pairs = scan->npairs * sizeof(struct wire_pair);
	size_t lines = nlines * sizeof(char *);
	struct trawl_reply *reply;
	char *end;

	if (body > SIZE_MAX / 2)
		return NULL;
	reply = malloc(sizeof(*reply) + pairs + lines + scan->head + 1 + body +
		       1);
	if (!reply)
		return NULL;
	end = (char *)(reply + 1);
	*reply = (struct trawl_reply){
		.pairs = (struct wire_pair *)end,
		.npairs = scan->npairs,
		.lines = (const char **)(end + pairs),
		.nlines = nlines,
	};
	return reply;
}

struct trawl_reply *wire_reply_new(const struct wire_scan *scan,
				   const char *data)
{
	size_t body = scan->kind == WIRE_BYTES ? (size_t)scan->count
					       : scan->body_end - scan->body;
	struct trawl_reply *reply = allocate(scan, body);
	char *head, *copy;

	if (!reply)
		return NULL;
	head = (char *)(reply->lines + reply->nlines);
	memcpy(head, data, scan->head);
	head[scan->head] = '\0';
	read_head(reply, head, scan->head);

	copy = head + scan->head + 1;
	memcpy(copy, data + scan->body, body);
	copy[body] = '\0';
	if (scan->kind == WIRE_BYTES) {
		reply->bytes = copy;
		reply->nbytes = body;
	}
	read_lines(reply, copy, copy + body);
	return reply;
}

void trawl_reply_free(struct trawl_reply *reply)
{
	free(reply);
}

enum trawl_client_status trawl_reply_read(const char *data, size_t n,
					  size_t max, size_t *used,
					  struct trawl_reply **out,
					  struct trawl_client_error *err)
{
	struct wire_scan scan;
	enum trawl_client_status st;

	*used = 0;
	wire_scan_init(&scan, max ? max : WIRE_REPLY_MAX);
	if (!n)
		return TRAWL_CLIENT_AGAIN;
	st = wire_scan(&scan, data, n, err);
	if (st != TRAWL_CLIENT_OK)
		return st;

	struct trawl_reply *reply = wire_reply_new(&scan, data);

	if (!reply)
		return wire_fail_nomem(err);
	*used = scan.at;
	*out = reply;
	return TRAWL_CLIENT_OK;
}

/* ------------------------------------------------------------- reading it -- */

bool wire_is_notice(const struct trawl_reply *reply)
{
	return *reply->name == '*';
}

int trawl_reply_code(const struct trawl_reply *reply)
{
	return reply->code;
}

const char *trawl_reply_name(const struct trawl_reply *reply)
{
	return reply->name;
}

const char *trawl_reply_text(const struct trawl_reply *reply)
{
	return reply->text;
}

const char *trawl_reply_tag(const struct trawl_reply *reply)
{
	return reply->tag;
}

const char *wire_pairs_value(const struct wire_pair *pairs, size_t n,
			     const char *key)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(pairs[i].key, key))
			return pairs[i].value;
	return NULL;
}

const char *trawl_reply_value(const struct trawl_reply *reply, const char *key)
{
	return wire_pairs_value(reply->pairs, reply->npairs, key);
}

uint64_t trawl_reply_number(const struct trawl_reply *reply, const char *key,
			    uint64_t otherwise)
{
	const char *value = trawl_reply_value(reply, key);
	uint64_t n;

	if (!value ||
	    !wire_number((struct wire_slice){ value, strlen(value) }, &n))
		return otherwise;
	return n;
}

bool trawl_reply_pair(const struct trawl_reply *reply, size_t i,
		      const char **key, const char **value)
{
	if (i >= reply->npairs)
		return false;
	*key = reply->pairs[i].key;
	*value = reply->pairs[i].value;
	return true;
}

size_t trawl_reply_lines(const struct trawl_reply *reply)
{
	return reply->nlines;
}

const char *trawl_reply_line(const struct trawl_reply *reply, size_t i)
{
	return i < reply->nlines ? reply->lines[i] : NULL;
}

const char *trawl_reply_bytes(const struct trawl_reply *reply, size_t *len)
{
	if (len)
		*len = reply->nbytes;
	return reply->bytes;
}
