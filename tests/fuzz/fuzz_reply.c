/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes are a stream of replies: at every split the same ones are read, up
 * to the same byte, and what is refused once is refused for good.  No reply
 * takes bytes that were not there, and its parts are what its bytes say.
 */
#include "fuzz.h"

#include "trawl_client.h"
#include "wire_scan.h"

#include <string.h>

enum {
	REPLY_MAX = 4096, /* so that it is met */
	SPLITS_MAX = 64	  /* of a long reply, as many are tried */
};

static void check_string(const char *s, size_t room)
{
	PROMISE(s && strnlen(s, room + 1) <= room);
}

static void check_pairs(const struct trawl_reply *reply, size_t used)
{
	const char *key, *value;
	size_t i = 0;

	for (; trawl_reply_pair(reply, i, &key, &value); i++) {
		check_string(key, WIRE_WORD_MAX);
		check_string(value, used);
		PROMISE(*key && trawl_reply_value(reply, key));
	}
	PROMISE(i <= WIRE_PAIRS_MAX);
}

static void check_lines(const struct trawl_reply *reply, size_t used)
{
	size_t n = trawl_reply_lines(reply), sum = 0;

	for (size_t i = 0; i < n; i++) {
		check_string(trawl_reply_line(reply, i), used);
		PROMISE(!strchr(trawl_reply_line(reply, i), '\n'));
		sum += strlen(trawl_reply_line(reply, i)) + 1;
	}
	PROMISE(sum <= used && !trawl_reply_line(reply, n));
	PROMISE(n == 0 || trawl_reply_number(reply, "n", 0) == n);
}

static void check_reply(const struct trawl_reply *reply, const char *data,
			size_t used)
{
	size_t len;
	const char *bytes = trawl_reply_bytes(reply, &len);
	int code = trawl_reply_code(reply);

	check_string(trawl_reply_tag(reply), WIRE_TAG_MAX);
	check_string(trawl_reply_name(reply), WIRE_WORD_MAX);
	check_string(trawl_reply_text(reply), used);
	check_pairs(reply, used);
	check_lines(reply, used);
	PROMISE(!code || (code >= WIRE_CODE_MIN && code <= WIRE_CODE_MAX));
	PROMISE(used > 0 && data[used - 1] == '\n');
	PROMISE(!bytes || !trawl_reply_lines(reply));
	PROMISE(bytes || !len);
	if (bytes) {
		PROMISE(trawl_reply_number(reply, "bytes", ~0ull) == len);
		PROMISE(len < used && bytes[len] == '\0');
		PROMISE(memmem(data, used, bytes, len));
	}
}

/* st, of which n bytes are looked at, is what it is at every split. */
static void check_splits(const char *data, size_t n, size_t used,
			 enum trawl_client_status st)
{
	size_t end = st == TRAWL_CLIENT_OK ? used : n;
	size_t step = end / SPLITS_MAX + 1;
	struct wire_scan scan;
	enum trawl_client_status now = TRAWL_CLIENT_AGAIN;

	wire_scan_init(&scan, REPLY_MAX);
	for (size_t part = 1; part < end && now == TRAWL_CLIENT_AGAIN;
	     part += step) {
		struct trawl_reply *reply = NULL;
		size_t none;

		now = wire_scan(&scan, data, part, NULL);
		PROMISE(trawl_reply_read(data, part, REPLY_MAX, &none, &reply,
					 NULL) == now);
		PROMISE(!reply && !none);
	}
	PROMISE(now == TRAWL_CLIENT_AGAIN || now == st);
	if (now == TRAWL_CLIENT_AGAIN && end)
		PROMISE(wire_scan(&scan, data, end, NULL) == st);
	PROMISE(st != TRAWL_CLIENT_OK || scan.at == used);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *data = (const char *)bytes;
	enum trawl_client_status st;

	do {
		struct trawl_client_error err = { "" };
		struct trawl_reply *reply = NULL;
		size_t used;

		st = trawl_reply_read(data, size, REPLY_MAX, &used, &reply,
				      &err);
		PROMISE(used <= size && used <= REPLY_MAX);
		PROMISE((st == TRAWL_CLIENT_OK) == (reply && used));
		PROMISE((st == TRAWL_CLIENT_PROTOCOL) == !!*err.text);
		PROMISE(!strpbrk(err.text, "\r\n\x1B"));
		check_splits(data, size, used, st);
		if (reply)
			check_reply(reply, data, used);
		trawl_reply_free(reply);
		data += used;
		size -= used;
	} while (st == TRAWL_CLIENT_OK);
	return 0;
}
