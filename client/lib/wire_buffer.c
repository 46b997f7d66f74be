/* SPDX-License-Identifier: MIT */
#include "wire_buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	KEEP_MAX = 1 << 20 /* what an empty buffer keeps */
};

void wire_buffer_release(struct wire_buffer *b)
{
	free(b->data);
	*b = (struct wire_buffer){ 0 };
}

static bool grow(struct wire_buffer *b, size_t n)
{
	if (n > SIZE_MAX / 2 - b->len)
		return false;

	size_t want = b->len + n;
	char *data;

	/* Twice what is held, so that a long reply is not copied at each read. */
	if (want < 2 * b->len)
		want = 2 * b->len;
	data = malloc(want);
	if (!data)
		return false;
	if (b->len)
		memcpy(data, b->data + b->start, b->len);
	free(b->data);
	b->data = data;
	b->start = 0;
	b->alloc = want;
	return true;
}

char *wire_buffer_room(struct wire_buffer *b, size_t n)
{
	if (b->alloc - b->start - b->len >= n && b->data)
		return b->data + b->start + b->len;
	if (b->alloc - b->len >= n && b->start >= b->len && b->data) {
		memcpy(b->data, b->data + b->start, b->len);
		b->start = 0;
	} else if (!grow(b, n)) {
		return NULL;
	}
	return b->data + b->len;
}

void wire_buffer_added(struct wire_buffer *b, size_t n)
{
	b->len += n;
}

bool wire_buffer_add(struct wire_buffer *b, const void *p, size_t n)
{
	char *room = n ? wire_buffer_room(b, n) : NULL;

	if (!room)
		return !n;
	memcpy(room, p, n);
	wire_buffer_added(b, n);
	return true;
}

void wire_buffer_take(struct wire_buffer *b, size_t n)
{
	b->start += n;
	b->len -= n;
	if (b->len)
		return;
	b->start = 0;
	if (b->alloc > KEEP_MAX)
		wire_buffer_release(b);
}
