/* SPDX-License-Identifier: MIT */
#include "wire_request.h"

#include "wire_text.h"

#include <stdio.h>
#include <string.h>

enum {
	/* Before AUTH a line has 256 bytes, "AUTH :" among them. */
	TOKEN_MAX = 250
};

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7F;
}

static bool has_control(const char *s, bool tab_too)
{
	for (; *s; s++)
		if (is_control(*s) && (tab_too || *s != '\t'))
			return true;
	return false;
}

/* A line loses the blanks at its end. */
static bool ends_in_blank(const char *s, size_t n)
{
	return n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t');
}

bool wire_is_token(const char *token)
{
	size_t n = strlen(token);

	return n > 0 && n <= TOKEN_MAX && *token != ' ' &&
	       !ends_in_blank(token, n) && !has_control(token, true);
}

/* Room for all of it has been made. */
static void put(struct wire_buffer *out, const char *s, size_t n)
{
	memcpy(out->data + out->start + out->len, s, n);
	wire_buffer_added(out, n);
}

static void put_string(struct wire_buffer *out, const char *s)
{
	put(out, s, strlen(s));
}

/* A value that begins with a brace would be taken for a literal's length. */
static void put_escaped(struct wire_buffer *out, const char *value)
{
	static const char digits[] = "0123456789ABCDEF";

	for (const char *s = value; *s; s++) {
		unsigned char c = (unsigned char)*s;
		char escape[] = { '%', digits[c >> 4], digits[c & 15] };

		if (c == ' ' || c == '%' || is_control(*s) ||
		    (c == '{' && s == value))
			put(out, escape, sizeof(escape));
		else
			put(out, s, 1);
	}
}

static bool is_word(const char *s)
{
	return s && wire_is_word((struct wire_slice){ s, strlen(s) });
}

static enum trawl_client_status check(const char *verb,
				      const struct trawl_client_option *options,
				      size_t n, struct trawl_client_error *err)
{
	if (!is_word(verb))
		return wire_fail(err, TRAWL_CLIENT_INVAL,
				 "\"%.40s\" is no verb", verb ? verb : "");
	for (size_t i = 0; i < n; i++) {
		const char *key = options[i].key;

		if (!is_word(key))
			return wire_fail(err, TRAWL_CLIENT_INVAL,
					 "\"%.40s\" is no option's name",
					 key ? key : "");
		if (!options[i].value)
			return wire_fail(err, TRAWL_CLIENT_INVAL,
					 "%s: an option without a value", key);
	}
	return TRAWL_CLIENT_OK;
}

/* Bytes that the request has at most. */
static size_t at_most(const char *verb,
		      const struct trawl_client_option *options, size_t n,
		      const char *text)
{
	size_t sum = strlen(verb) + sizeof(" q={18446744073709551615}\n\n");

	for (size_t i = 0; i < n; i++)
		sum += strlen(options[i].key) + 3 * strlen(options[i].value) +
		       sizeof(" =");
	return sum + (text ? strlen(text) : 0);
}

static void put_text(struct wire_buffer *out, const char *text, size_t line,
		     size_t maxline)
{
	size_t n = strlen(text);
	char length[40];

	if (line + 2 + n <= maxline && !has_control(text, false) &&
	    !ends_in_blank(text, n)) {
		put_string(out, " :");
	} else {
		snprintf(length, sizeof(length), " q={%zu}\n", n);
		put_string(out, length);
	}
	put(out, text, n);
}

enum trawl_client_status
wire_request_add(struct wire_buffer *out, const char *verb,
		 const struct trawl_client_option *options, size_t n,
		 const char *text, size_t maxline,
		 struct trawl_client_error *err)
{
	enum trawl_client_status st = check(verb, options, n, err);
	size_t before = out->len;

	if (st != TRAWL_CLIENT_OK)
		return st;
	if (!wire_buffer_room(out, at_most(verb, options, n, text)))
		return wire_fail_nomem(err);
	put_string(out, verb);
	for (size_t i = 0; i < n; i++) {
		put_string(out, " ");
		put_string(out, options[i].key);
		put_string(out, "=");
		put_escaped(out, options[i].value);
	}
	if (text)
		put_text(out, text, out->len - before, maxline);
	put_string(out, "\n");
	return TRAWL_CLIENT_OK;
}
