/* SPDX-License-Identifier: MIT */
/*
 * wire_text.h - the small parts of a line: words, numbers, key=value; pure
 */
#ifndef WIRE_TEXT_H
#define WIRE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	WIRE_WORD_MAX = 64, /* bytes of a verb, a key, a slug */
	WIRE_TAG_MAX = 32
};

struct wire_slice {
	const char *p;
	size_t n;
};

/* A letter, then letters, digits, "_", "-" and ".". */
bool wire_is_word(struct wire_slice s);
/* 1 to WIRE_TAG_MAX of letters, digits, "_", "-" and ".". */
bool wire_is_tag(struct wire_slice s);
bool wire_is(struct wire_slice s, const char *text);

/* Decimal digits only, the whole slice; false when over UINT64_MAX. */
bool wire_number(struct wire_slice s, uint64_t *out);

/*
 * The next of the words that blanks part; false at the end of *rest.  The
 * blank behind it is taken too, so that a NUL may be put there.
 */
bool wire_next_word(struct wire_slice *rest, struct wire_slice *word);

/* key=value; false when it is none, or value is not to be decoded. */
bool wire_pair_split(struct wire_slice word, struct wire_slice *key,
		     struct wire_slice *value);

/* value with %XX as bytes, into out (value.n + 1 bytes; it may be value.p). */
void wire_decode(struct wire_slice value, char *out);

#endif
