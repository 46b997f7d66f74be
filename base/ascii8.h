/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ascii8.h - eight bytes of ASCII at once
 *
 * In each result byte only the top bit counts; the first byte of the text is
 * the lowest of the number, whatever the machine's order.
 */
#ifndef BASE_ASCII8_H
#define BASE_ASCII8_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ASCII8_ONES UINT64_C(0x0101010101010101)
#define ASCII8_TOPS (ASCII8_ONES * 0x80)

static inline uint64_t ascii8_load(const char *s)
{
	uint64_t v;

	memcpy(&v, s, 8);
	return le64toh(v);
}

/* Bytes from first to last, both below 0x80; v's top bits are clear. */
static inline uint64_t ascii8_between(uint64_t v, unsigned first, unsigned last)
{
	return (v + ASCII8_ONES * (0x80 - first)) &
	       ~(v + ASCII8_ONES * (0x7F - last)) & ASCII8_TOPS;
}

/* A-Z lowered; bytes over 0x7F stay. */
static inline uint64_t ascii8_lower(uint64_t v)
{
	uint64_t upper = ascii8_between(v & ~ASCII8_TOPS, 'A', 'Z') & ~v;

	return v | upper >> 2;
}

/* Bytes that are no ASCII letter or digit. */
static inline uint64_t ascii8_not_alnum(uint64_t v)
{
	uint64_t low = v & ~ASCII8_TOPS;
	uint64_t digit = ascii8_between(low, '0', '9');
	uint64_t letter = ascii8_between(low | ASCII8_ONES * 0x20, 'a', 'z');

	return (~(digit | letter) | v) & ASCII8_TOPS;
}

/* Whether there are bytes of 0: no bit is set when there are none; the bytes are
 * told only up to the first. */
static inline uint64_t ascii8_zeros(uint64_t v)
{
	return (v - ASCII8_ONES) & ~v & ASCII8_TOPS;
}

/* How many bytes are set. */
static inline unsigned ascii8_count(uint64_t mask)
{
	return (unsigned)((mask >> 7) * ASCII8_ONES >> 56);
}

/* How many bytes come before the first that is set; mask is not 0. */
static inline size_t ascii8_first(uint64_t mask)
{
	return (size_t)__builtin_ctzll(mask) / 8;
}

/* The first n bytes; the rest 0. */
static inline uint64_t ascii8_prefix(uint64_t v, size_t n)
{
	return n >= 8 ? v : v & ((UINT64_C(1) << 8 * n) - 1);
}

#endif
