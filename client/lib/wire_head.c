/* SPDX-License-Identifier: MIT */
#include "wire_head.h"

#include <string.h>

static enum trawl_client_status bad(struct trawl_client_error *err,
				    const char *what, struct wire_slice line)
{
	return wire_fail(err, TRAWL_CLIENT_PROTOCOL, "%s: \"%.*s\"", what,
			 (int)(line.n < 60 ? line.n : 60), line.p);
}

bool wire_head_begins(const char *data, size_t n)
{
	static const char *const words[] = { "OK ", "ERR ", "* ", "#" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		size_t len = strlen(words[i]);

		if (!memcmp(data, words[i], n < len ? n : len))
			return true;
	}
	return false;
}

static bool all_printable(struct wire_slice line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((unsigned char)line.p[i] < 0x20 || line.p[i] == 0x7F)
			return false;
	return true;
}

/* The one value of a key that says what follows: digits, as they are. */
struct count {
	struct wire_slice value;
	size_t times;
};

static void note_count(struct count *count, struct wire_slice value)
{
	count->value = value;
	count->times++;
}

/* Beside n=, bytes= is a value like others: INFO has it. */
static bool decide_body(struct wire_head *head, const struct count *n,
			const struct count *bytes)
{
	const struct count *count = n->times ? n : bytes;

	if (!count->times)
		return true;
	head->body = count == n ? WIRE_LINES : WIRE_BYTES;
	return count->times == 1 && wire_number(count->value, &head->count);
}

static enum trawl_client_status parse_pairs(struct wire_slice line,
					    struct wire_head *head,
					    struct trawl_client_error *err)
{
	struct wire_slice rest = head->pairs, word, key, value;
	struct count n = { 0 }, bytes = { 0 };

	while (wire_next_word(&rest, &word)) {
		if (!wire_pair_split(word, &key, &value))
			return bad(err, "a status line without key=value",
				   line);
		if (++head->npairs > WIRE_PAIRS_MAX)
			return bad(err, "a status line with too many values",
				   line);
		if (wire_is(key, "n"))
			note_count(&n, value);
		else if (wire_is(key, "bytes"))
			note_count(&bytes, value);
	}
	if (!decide_body(head, &n, &bytes))
		return bad(err, "a status line with a wrong count", line);
	if (head->body == WIRE_LINES && head->count > WIRE_LINES_MAX)
		return bad(err, "a reply of too many lines", line);
	return TRAWL_CLIENT_OK;
}

static enum trawl_client_status parse_ok(struct wire_slice line,
					 struct wire_slice rest,
					 struct wire_head *head,
					 struct trawl_client_error *err)
{
	if (!wire_next_word(&rest, &head->name) || !wire_is_word(head->name))
		return bad(err, "OK without a verb", line);
	head->pairs = rest;
	return parse_pairs(line, head, err);
}

static enum trawl_client_status parse_err(struct wire_slice line,
					  struct wire_slice rest,
					  struct wire_head *head,
					  struct trawl_client_error *err)
{
	struct wire_slice code;
	uint64_t n;

	if (!wire_next_word(&rest, &code) || !wire_number(code, &n) ||
	    n < WIRE_CODE_MIN || n > WIRE_CODE_MAX)
		return bad(err, "ERR without a code", line);
	if (!wire_next_word(&rest, &head->name) || !wire_is_word(head->name))
		return bad(err, "ERR without its name", line);
	head->code = (int)n;
	head->text = rest;
	return TRAWL_CLIENT_OK;
}

enum trawl_client_status wire_head_parse(struct wire_slice line,
					 struct wire_head *head,
					 struct trawl_client_error *err)
{
	struct wire_slice rest = line, word;

	*head = (struct wire_head){ .tag = { "", 0 }, .text = { "", 0 } };
	if (!all_printable(line))
		return bad(err, "a status line that holds controls", line);
	if (!wire_next_word(&rest, &word))
		return bad(err, "an empty status line", line);
	if (*word.p == '#') {
		head->tag = (struct wire_slice){ word.p + 1, word.n - 1 };
		if (!wire_is_tag(head->tag))
			return bad(err, "a tag that is none", line);
		if (!wire_next_word(&rest, &word))
			return bad(err, "a tag alone", line);
	} else if (wire_is(word, "*")) {
		head->name = word;
		head->text = rest;
		return TRAWL_CLIENT_OK;
	}
	if (wire_is(word, "OK"))
		return parse_ok(line, rest, head, err);
	if (wire_is(word, "ERR"))
		return parse_err(line, rest, head, err);
	return bad(err, "neither OK nor ERR", line);
}
