/* SPDX-License-Identifier: MIT */
#include "wire_greeting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SAID_MAX = 60, /* bytes that are shown of a stranger's words */
	VERSION = 1
};

enum trawl_client_status wire_no_server(const char *address, const char *said,
					size_t n,
					struct trawl_client_error *err)
{
	char shown[SAID_MAX + 1];
	size_t i;

	for (i = 0; i < n && i < SAID_MAX; i++) {
		if (said[i] == '\r' || said[i] == '\n')
			break;
		shown[i] = said[i] >= 0x20 && said[i] < 0x7F ? said[i] : '?';
	}
	shown[i] = '\0';
	return wire_fail(err, TRAWL_CLIENT_PROTOCOL,
			 "%s: no trawl server there (it said \"%s\")", address,
			 shown);
}

static enum trawl_client_status not_ready(const struct trawl_reply *reply,
					  const char *address,
					  struct trawl_client_error *err)
{
	const char *text = trawl_reply_text(reply);
	char said[SAID_MAX + 1];

	if (trawl_reply_code(reply))
		return wire_fail(err, TRAWL_CLIENT_CLOSED,
				 "%s: server closed the connection: %s: %s",
				 address, trawl_reply_name(reply), text);
	snprintf(said, sizeof(said), "%s %s",
		 wire_is_notice(reply) ? "*" : "OK",
		 wire_is_notice(reply) ? text : trawl_reply_name(reply));
	return wire_no_server(address, said, strlen(said), err);
}

/* "trawl/1", or "trawl/1.5": what is behind a point breaks nothing. */
static bool is_version(struct wire_slice word, uint64_t *version)
{
	static const char name[] = "trawl/";
	const size_t len = sizeof(name) - 1;

	if (word.n <= len || memcmp(word.p, name, len))
		return false;
	word.p += len;
	word.n -= len;

	const char *point = memchr(word.p, '.', word.n);

	if (point)
		word.n = (size_t)(point - word.p);
	return wire_number(word, version);
}

/* Words that are no key=value are left for later versions. */
static enum trawl_client_status keep(struct wire_slice rest,
				     struct wire_greeting *out,
				     struct trawl_client_error *err)
{
	struct wire_slice words = rest, word, key, value;
	struct wire_pair *pairs;
	size_t n = 0, size;
	char *text;

	while (n < WIRE_PAIRS_MAX && wire_next_word(&words, &word) &&
	       wire_pair_split(word, &key, &value))
		n++;
	size = n * sizeof(*pairs);
	pairs = malloc(size + rest.n + 1);
	if (!pairs)
		return wire_fail_nomem(err);
	text = (char *)pairs + size;
	memcpy(text, rest.p, rest.n);
	text[rest.n] = '\0';
	wire_pairs_read((struct wire_slice){ text, rest.n }, pairs, n);
	free(out->pairs);
	out->pairs = pairs;
	out->npairs = n;
	return TRAWL_CLIENT_OK;
}

enum trawl_client_status wire_greeting_read(const struct trawl_reply *reply,
					    const char *address,
					    struct wire_greeting *out,
					    struct trawl_client_error *err)
{
	const char *text = trawl_reply_text(reply);
	struct wire_slice rest = { text, strlen(text) }, word;
	uint64_t version;

	if (!wire_is_notice(reply) || !wire_next_word(&rest, &word) ||
	    !wire_is(word, "READY") || !wire_next_word(&rest, &word) ||
	    !is_version(word, &version))
		return not_ready(reply, address, err);
	if (version != VERSION)
		return wire_fail(err, TRAWL_CLIENT_PROTOCOL,
				 "%s: the server speaks %.*s, and this library "
				 "trawl/%d: the older of the two needs an "
				 "update",
				 address, (int)(word.n < 40 ? word.n : 40),
				 word.p, VERSION);
	return keep(rest, out, err);
}

void wire_greeting_release(struct wire_greeting *g)
{
	free(g->pairs);
	*g = (struct wire_greeting){ 0 };
}

const char *wire_greeting_value(const struct wire_greeting *g, const char *key)
{
	return wire_pairs_value(g->pairs, g->npairs, key);
}
