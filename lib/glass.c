/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "glass.h"

/* Bytes of a sort-uint, from its first: 0 when none begins so. */
static unsigned sort_uint_len(unsigned char first)
{
	if (first < 0x80)
		return 2;
	if (first < 0xC0)
		return 3;
	if (first < 0xE0)
		return 4;
	return first == 0xE0 ? GLASS_SORT_UINT_MAX : 0;
}

const unsigned char *glass_get_sort_uint(const unsigned char *at,
					 const unsigned char *end, uint32_t *v)
{
	static const unsigned char first_bits[] = { 0, 0, 0x7F, 0x3F, 0x1F, 0 };
	unsigned len = at < end ? sort_uint_len(*at) : 0;

	if (!len || (size_t)(end - at) < len)
		return NULL;
	*v = *at & first_bits[len];
	for (unsigned i = 1; i < len; i++)
		*v = *v << 8 | at[i];
	return at + len;
}

const unsigned char *glass_get_sort_str(const unsigned char *at,
					const unsigned char *end, char *out,
					size_t *len, int *last)
{
	*last = 0;
	for (*len = 0; at < end; (*len)++) {
		unsigned char c = *at++;

		if (!c && (at == end || *at != 0xFF))
			return at;
		at += !c;
		out[*len] = (char)c;
	}
	*last = 1;
	return at;
}
