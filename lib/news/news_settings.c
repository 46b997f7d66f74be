/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "news_settings.h"

#include "status.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	unsigned flag;
} parts[] = {
	{ "fields", NEWS_FIELDS },
	{ "mentions", NEWS_MENTIONS },
	{ "boilerplate", NEWS_BOILERPLATE },
	{ "language", NEWS_LANGUAGE },
	{ "names", NEWS_NAMES },
	{ "copies", NEWS_COPIES },
	{ "stories", NEWS_STORIES },
};

enum {
	NPARTS = sizeof(parts) / sizeof(*parts)
};

static unsigned find(const char *name, size_t len)
{
	for (size_t i = 0; i < NPARTS; i++)
		if (strlen(parts[i].name) == len &&
		    !memcmp(parts[i].name, name, len))
			return parts[i].flag;
	return 0;
}

enum trawl_status news_parse(const char *text, unsigned *out,
			     struct trawl_error *err)
{
	unsigned news = NEWS_NONE;

	if (!strcmp(text, "all"))
		news = NEWS_ALL;
	else if (strcmp(text, "none") != 0)
		for (const char *at = text;; at++) {
			size_t len = strcspn(at, ",");
			unsigned flag = find(at, len);

			if (!flag)
				return fail(
					err, TRAWL_BADVALUE,
					"news \"%.*s\": must be all, none, or "
					"of fields, mentions, boilerplate, "
					"language, names, copies and stories "
					"with a comma between two",
					len < 40 ? (int)len : 40, at);
			news |= flag;
			at += len;
			if (!*at)
				break;
		}
	*out = news;
	return TRAWL_OK;
}

void news_print(unsigned news, char out[NEWS_TEXT_MAX])
{
	size_t n = 0;

	if (news == NEWS_ALL || news == NEWS_NONE) {
		snprintf(out, NEWS_TEXT_MAX, "%s", news ? "all" : "none");
		return;
	}
	for (size_t i = 0; i < NPARTS; i++)
		if (news & parts[i].flag)
			n += (size_t)snprintf(out + n, NEWS_TEXT_MAX - n,
					      "%s%s", n ? "," : "",
					      parts[i].name);
}
