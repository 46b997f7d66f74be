/* SPDX-License-Identifier: MIT */
/*
 * wire_buffer.h - bytes put in at one end and taken out at the other
 *
 * The bytes held are data[start] to data[start + len - 1].
 */
#ifndef WIRE_BUFFER_H
#define WIRE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct wire_buffer {
	char *data;
	size_t start, len, alloc;
};

void wire_buffer_release(struct wire_buffer *b);

/* Where n more bytes can be put, for wire_buffer_added(); NULL without memory. */
char *wire_buffer_room(struct wire_buffer *b, size_t n);
void wire_buffer_added(struct wire_buffer *b, size_t n);

bool wire_buffer_add(struct wire_buffer *b, const void *p, size_t n);
void wire_buffer_take(struct wire_buffer *b, size_t n);

#endif
