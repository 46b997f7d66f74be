/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verb.h"

#include "buf.h"
#include "near.h"

#include <strings.h>

enum {
	SHORT_WORD = 4 /* words up to here may have one slip, not two */
};

#define SEARCH_OPTIONS                                                         \
	"in limit offset sort match ranking fields snippets mark facets "      \
	"timeline headlines group story since until count explain correct "    \
	"variants timeout strict rev fmt"

/* One row, one verb. */
/* clang-format off */
const struct verb verbs[VERBS] = {
	[VERB_SEARCH] = { "SEARCH", VERB_WORKER | VERB_TEXT, SEARCH_OPTIONS,
		"query", "Documents that match, best first." },
	[VERB_COUNT] = { "COUNT", VERB_WORKER | VERB_TEXT,
		"in match story since until variants timeout strict rev",
		"query", "How many documents match, exactly." },
	[VERB_GET] = { "GET", VERB_WORKER | VERB_NEEDS_ID, "in id fmt",
		NULL, "A document's text, or all of it as JSON." },
	[VERB_SIMILAR] = { "SIMILAR", VERB_WORKER | VERB_TEXT,
		"in id limit offset fields snippets mark group story since "
		"until timeout rev fmt",
		"text", "Documents like the one named, or like the text." },
	[VERB_SUGGEST] = { "SUGGEST",
		VERB_WORKER | VERB_TEXT | VERB_NEEDS_TEXT, "in limit",
		"beginning", "Completions of the last word, then titles." },
	[VERB_SPELL] = { "SPELL", VERB_WORKER | VERB_TEXT | VERB_NEEDS_TEXT,
		"in limit", "word", "Spellings of the index that are near." },
	[VERB_EXPLAIN] = { "EXPLAIN", VERB_WORKER | VERB_TEXT | VERB_NEEDS_ID,
		"in id match ranking fields snippets mark variants timeout "
		"strict rev",
		"query", "Why one document has the score it has." },
	[VERB_INFO] = { "INFO", VERB_WORKER, "in",
		NULL, "What each index is and holds." },
	[VERB_STATS] = { "STATS", 0, "",
		NULL, "Counters and latencies of the server." },
	[VERB_PING] = { "PING", 0, "", NULL, "Are you there?" },
	[VERB_HELP] = { "HELP", VERB_TEXT, "",
		"verb", "The verbs, or what one of them takes." },
	[VERB_AUTH] = { "AUTH", VERB_TEXT | VERB_NEEDS_TEXT | VERB_OPEN, "",
		"token", "Show the token that the server asks for." },
	[VERB_QUIT] = { "QUIT", VERB_OPEN, "", NULL, "Good bye." },
	[VERB_RELOAD] = { "RELOAD", VERB_ADMIN, "",
		NULL, "Read the configuration again." },
};

const struct error_kind errors[] = {
	{ ERROR_TIMEOUT, "timeout", "Out of time before there was anything to show." },
	{ ERROR_REVISION_GONE, "revision-gone", "The revision asked for has been replaced." },
	{ ERROR_BUSY, "busy", "Too many requests wait, or too many connections are open." },
	{ ERROR_LOADING, "loading", "The indexes are not open yet." },
	{ ERROR_WORKER_LOST, "worker-lost", "The process that worked on it ended." },
	{ ERROR_SHUTTING_DOWN, "shutting-down", "The server is about to end." },
	{ ERROR_UNKNOWN_VERB, "unknown-verb", "There is no such verb." },
	{ ERROR_UNKNOWN_OPTION, "unknown-option", "The verb has no such option." },
	{ ERROR_BAD_VALUE, "bad-value", "An option's value is out of its range." },
	{ ERROR_MISSING_VALUE, "missing-value", "Something that the verb needs was not given." },
	{ ERROR_BAD_QUERY, "bad-query", "With strict=1: the query needs forgiving." },
	{ ERROR_TOO_COMPLEX, "too-complex", "The query is over a limit." },
	{ ERROR_UNKNOWN_INDEX, "unknown-index", "in= names an index that is not served." },
	{ ERROR_NOT_FOUND, "not-found", "There is no such document." },
	{ ERROR_BAD_BYTES, "bad-bytes", "A NUL, a control, or bytes that are not UTF-8." },
	{ ERROR_LINE_TOO_LONG, "line-too-long", "A line is longer than maxline." },
	{ ERROR_TOO_LARGE, "too-large", "A literal or a reply is over its limit." },
	{ ERROR_WRONG_PROTOCOL, "wrong-protocol", "These bytes are HTTP, TLS, SSH or RESP." },
	{ ERROR_AUTH_REQUIRED, "auth-required", "AUTH must come first." },
	{ ERROR_AUTH_FAILED, "auth-failed", "That is not the token." },
	{ ERROR_NOT_ALLOWED, "not-allowed", "Not over this connection." },
	{ ERROR_CORRUPT_INDEX, "corrupt-index", "The index is damaged or cannot be read." },
	{ ERROR_INTERNAL, "internal", "Our bug; please report it." },
	{ ERROR_NONE, NULL, NULL },
};
/* clang-format on */

const struct verb *verb_find(const char *name, size_t len)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strlen(verbs[i].name) == len &&
		    !strncasecmp(verbs[i].name, name, len))
			return &verbs[i];
	return NULL;
}

const struct verb *verb_near(const char *name, size_t len)
{
	unsigned best = len <= SHORT_WORD ? 1 : 2;
	const struct verb *found = NULL;

	for (size_t i = 0; i < VERBS; i++) {
		unsigned d = near_distance(name, len, verbs[i].name,
					   strlen(verbs[i].name));

		if (d < best || (d == best && !found)) {
			best = d;
			found = &verbs[i];
		}
	}
	return found;
}

bool verb_has_option(const struct verb *verb, const char *key)
{
	const char *p = verb->options;
	size_t len = strlen(key);

	if (!strcmp(key, "q"))
		return verb->flags & VERB_TEXT;
	while (len && *p) {
		size_t n = strcspn(p, " ");

		if (n == len && !memcmp(p, key, n))
			return true;
		p += n + (p[n] == ' ');
	}
	return false;
}

void verb_usage(struct buf *out, const struct verb *verb)
{
	const char *p = verb->options;

	buf_adds(out, verb->name);
	while (*p) {
		size_t n = strcspn(p, " ");
		bool needed = verb->flags & VERB_NEEDS_ID && n == 2 &&
			      !memcmp(p, "id", 2);

		buf_addf(out, needed ? " %.*s=" : " [%.*s=]", (int)n, p);
		p += n + (p[n] == ' ');
	}
	if (verb->text)
		buf_addf(out, verb->flags & VERB_NEEDS_TEXT ? " :%s" : " [:%s]",
			 verb->text);
}

const char *error_slug(enum error_code code)
{
	for (const struct error_kind *e = errors; e->code; e++)
		if (e->code == code)
			return e->slug;
	return "internal";
}
