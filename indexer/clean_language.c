/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clean_language.h"

#include <string.h>

bool clean_language(const char *s, char out[CLEAN_LANGUAGE_MAX])
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	if (n < 2 || n > 3 || (s[n] && !strchr("-_", s[n])))
		return false;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)(s[i] | 0x20);
	out[n] = '\0';
	return true;
}
