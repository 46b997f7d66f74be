/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * http_etag.c - entity tags: made of a request and a revision, and compared
 *
 * They are weak: took_us differs between two answers that say the same, and
 * so do bodies that are compressed and bodies that are not.
 */
#include "http_reply.h"

#include "line.h"

#include <inttypes.h>
#include <xxhash.h>

/* Each string is a hash of its own, the next one's seed: "ab", "c" differs
 * from "a", "bc". */
static uint64_t add_bytes(uint64_t hash, const char *s, size_t n)
{
	return XXH3_64bits_withSeed(s, n, hash);
}

static uint64_t add_text(uint64_t hash, const char *s)
{
	return s ? add_bytes(hash, s, strlen(s)) : add_bytes(hash, "", 0);
}

/* Options by their keys, whatever order they came in. */
static size_t sort_options(const struct line_request *rq,
			   const struct line_option *sorted[LINE_OPTIONS_MAX])
{
	size_t n = 0;

	for (; n < rq->noptions && n < LINE_OPTIONS_MAX; n++) {
		const struct line_option *o = &rq->option[n];
		size_t at = n;

		for (; at && strcmp(sorted[at - 1]->key, o->key) > 0; at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = o;
	}
	return n;
}

/* The format is an option, or follows from the route; feeds and the like hold
 * addresses that begin with base. */
void http_etag(const struct line_request *rq, const struct http_wants *w,
	       const char *rev, char out[HTTP_ETAG_MAX])
{
	const struct line_option *sorted[LINE_OPTIONS_MAX];
	const size_t n = rq ? sort_options(rq, sorted) : 0;
	uint64_t hash = (uint64_t)w->ranking << 32 | (uint64_t)w->route;

	hash = add_text(hash, w->version);
	hash = add_text(hash, w->base);
	hash = add_text(hash, rev);
	for (size_t i = 0; i < n; i++) {
		hash = add_text(hash, sorted[i]->key);
		hash = add_bytes(hash, sorted[i]->value, sorted[i]->len);
	}
	snprintf(out, HTTP_ETAG_MAX, "W/\"%016" PRIx64 "\"", hash);
}

/* ------------------------------------------------------------- compared -- */

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* Where the quoted part begins: weakness does not count. */
static const char *opaque_part(const char *tag)
{
	return tag[0] == 'W' && tag[1] == '/' ? tag + 2 : tag;
}

/* From quote to quote; 0: it is no entity tag. */
static size_t opaque_length(const char *s)
{
	const char *p = s;

	if (*p++ != '"')
		return 0;
	while (*p == '!' || ((unsigned char)*p >= 0x23 && *p != 0x7F))
		p++;
	return *p == '"' ? (size_t)(p + 1 - s) : 0;
}

/* [ [ entity-tag ] *( OWS "," OWS [ entity-tag ] ) ] */
static bool is_listed(const char *list, const char *tag, size_t len)
{
	const char *p = list;
	bool found = false;

	while (*p) {
		if (*p != ',') {
			const char *one = opaque_part(p);
			const size_t n = opaque_length(one);

			if (!n)
				return false;
			found |= n == len && !memcmp(one, tag, n);
			p = skip_blanks(one + n);
		}
		if (*p && *p++ != ',')
			return false;
		p = skip_blanks(p);
	}
	return found;
}

bool http_etag_matches(const char *etags, const char *etag)
{
	const char *list, *tag;

	if (!etags || !etag || !*etag)
		return false;
	list = skip_blanks(etags);
	if (*list == '*')
		return !*skip_blanks(list + 1);
	tag = opaque_part(etag);
	return is_listed(list, tag, strlen(tag));
}
