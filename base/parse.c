/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse.h"

static const char *digits(const char *s, uint64_t *out)
{
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9'; s++) {
		unsigned d = (unsigned)(*s - '0');

		if (n > (UINT64_MAX - d) / 10)
			return NULL;
		n = n * 10 + d;
	}
	*out = n;
	return s;
}

bool parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n;
	const char *end = digits(s, &n);

	if (!end || end == s || *end || n < min || n > max)
		return false;
	if (*s == '0' && s[1])
		return false;
	*out = n;
	return true;
}

bool parse_size(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	static const char units[] = "KMGT";
	uint64_t n;
	const char *end = digits(s, &n);
	const char *unit = NULL;

	if (!end || end == s)
		return false;
	if (*end) {
		/* A blank would be strchr()'s NUL. */
		unit = *end == ' ' ? NULL : strchr(units, *end & ~0x20);
		if (!unit || end[1])
			return false;
	}

	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	if (n > UINT64_MAX >> shift)
		return false;
	n <<= shift;
	if (n < min || n > max)
		return false;
	*out = n;
	return true;
}
