/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line_parse.h - one line that has come whole: its words, then its values
 *
 * In two steps, since the octets of a literal come behind its line: nothing is
 * written to before all is there.
 */
#ifndef DAEMON_LINE_PARSE_H
#define DAEMON_LINE_PARSE_H

#include "line.h"

enum line_literal_kind {
	LITERAL_NONE,
	LITERAL_GOOD,
	LITERAL_NOT_BELIEVED /* nobody knows where the next request begins */
};

/* key={N} at the end of a line. */
struct line_literal {
	enum line_literal_kind kind;
	const char *key;
	size_t key_len, bytes;
};

struct line_parse {
	char *data; /* where the line begins, for positions */
	char *at;   /* the next word's beginning */
	char *end;  /* blanks at the end are left out */
	struct line_request *rq;
	struct line_error *err;
	struct line_literal literal;
};

/* Fill in *err; returns false. */
bool line_refuse(struct line_error *err, enum error_code code, const char *fmt,
		 ...) __attribute__((format(printf, 3, 4)));

/* The tag that n bytes begin with, if it ends before them. */
void line_tag(char *data, size_t n, char tag[LINE_TAG_MAX + 1]);

/* All but the insides of values; literal is set whatever comes of it. */
bool line_parse(struct line_parse *p, const struct line_limits *limits);
/* The values, in place; octets are those of the literal, if there is one. */
bool line_decode(struct line_parse *p, char *octets);

#endif
