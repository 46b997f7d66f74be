/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "path_guess.h"

#include "clean_date.h"
#include "document.h"

#include <stdio.h>
#include <string.h>

/* Numbers before and after are of something else. */
static const char year_min[] = "1600", year_max[] = "2199-12-31";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

/* "2016?09?20" with one separator of any twice; digits do not go on. */
static bool is_parted(const char *s)
{
	const char sep = digits(s) == 4 ? s[4] : '\0';

	return sep && strchr("-/_.", sep) && digits(s + 5) == 2 &&
	       s[7] == sep && digits(s + 8) == 2;
}

static bool date_at(const char *s, char out[PATH_DATE_MAX])
{
	char packed[CLEAN_DATE_MAX], clean[CLEAN_DATE_MAX];

	if (is_parted(s))
		snprintf(packed, sizeof(packed), "%.4s-%.2s-%.2s", s, s + 5,
			 s + 8);
	else if (digits(s) == 8)
		snprintf(packed, sizeof(packed), "%.4s-%.2s-%.2s", s, s + 4,
			 s + 6);
	else
		return false;
	if (!clean_date(packed, clean) || strcmp(packed, year_min) < 0 ||
	    strcmp(packed, year_max) > 0)
		return false;
	memcpy(out, clean, PATH_DATE_MAX - 1);
	out[PATH_DATE_MAX - 1] = '\0';
	return true;
}

bool path_date(const char *path, char out[PATH_DATE_MAX])
{
	bool found = false;

	for (const char *s = path; *s; s++)
		if (is_digit(*s) && (s == path || !is_digit(s[-1])))
			found |= date_at(s, out);
	return found;
}

const char *path_from_input(const char *where, const char *id)
{
	const size_t n = strlen(where), m = strlen(id);
	const char *at;

	if (n <= m + 1 || strcmp(where + n - m, id) != 0 ||
	    where[n - m - 1] != '/')
		return id;
	for (at = where + n - m - 1; at > where && at[-1] != '/';)
		at--;
	return at;
}

static void guess(struct document *doc, const char *path, double confidence,
		  const char *reason)
{
	char date[PATH_DATE_MAX];

	if (path && path_date(path, date))
		document_guess(doc, "date", date, strlen(date), confidence,
			       reason);
}

void path_guess(struct document *doc, const char *path)
{
	guess(doc, path, 0.6, "the path of the file");
	guess(doc, document_field(doc, "url"), 0.7, "the address of the page");
}
