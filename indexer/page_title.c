/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_title.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static const char *const separators[] = {
	" | ",
	" - ",
	" \xE2\x80\x93 ", /* dashes */
	" \xE2\x80\x94 ",
	" :: ",
	" \xC2\xB7 ", /* dots */
	" \xE2\x80\xA2 ",
	" \xC2\xBB ", /* guillemets */
	" \xC2\xAB ",
	" / ",
	": ",
	" \xE2\x80\xBA ",
};

/* Bytes of a separator at the head of s; 0: none. */
static size_t separator_at(const char *s)
{
	for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++) {
		const size_t n = strlen(separators[i]);

		if (!strncmp(s, separators[i], n))
			return n;
	}
	return 0;
}

/* Bytes of a separator that ends at end; 0: none. */
static size_t separator_before(const char *s, size_t end)
{
	for (size_t i = 0; i < sizeof(separators) / sizeof(*separators); i++) {
		const size_t n = strlen(separators[i]);

		if (end > n && !memcmp(s + end - n, separators[i], n))
			return n;
	}
	return 0;
}

/* "Headline | anything" */
static bool cut_behind(const char *title, const char *headline, size_t *len)
{
	const size_t n = strlen(headline);

	if (!n || strncasecmp(title, headline, n) != 0 ||
	    !separator_at(title + n))
		return false;
	*len = n;
	return true;
}

/* "anything | Site" */
static bool cut_site(const char *title, const char *site, size_t *len)
{
	const size_t n = strlen(title), m = strlen(site);
	size_t sep;

	if (!m || n <= m || strcasecmp(title + n - m, site) != 0)
		return false;
	sep = separator_before(title, n - m);
	if (!sep)
		return false;
	*len = n - m - sep;
	return true;
}

/* "Site | anything" */
static const char *cut_front(const char *title, const char *site)
{
	const size_t m = strlen(site);
	const char *rest = title + m;

	if (!m || strncasecmp(title, site, m) != 0 || !separator_at(rest))
		return NULL;
	rest += separator_at(rest);
	return *rest ? rest : NULL;
}

const char *page_title_cut(const char *title, const char *const *headlines,
			   size_t nheadlines, const char *const *sites,
			   size_t nsites, size_t *len)
{
	for (size_t i = 0; i < nheadlines; i++)
		if (headlines[i] && cut_behind(title, headlines[i], len))
			return title;
	for (size_t i = 0; i < nsites; i++) {
		const char *rest;

		if (!sites[i])
			continue;
		if (cut_site(title, sites[i], len))
			return title;
		rest = cut_front(title, sites[i]);
		if (rest) {
			*len = strlen(rest);
			return rest;
		}
	}
	*len = strlen(title);
	return title;
}
