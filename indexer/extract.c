/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "extract.h"

#include "problem.h"

#include <strings.h>

static const char *const text_suffixes[] = { ".txt", ".text", NULL };
static const char *const markdown_suffixes[] = { ".md", ".markdown", ".mkd",
						 NULL };
static const char *const html_suffixes[] = { ".html", ".htm", ".xhtml",
					     ".shtml", NULL };

/* Text is last: it takes what nobody else does. */
/* clang-format off */
static const struct extractor extractors[] = {
	/* name       suffixes           sniff       extract */
	{ "html",     html_suffixes,     sniff_html, extract_html },
	{ "markdown", markdown_suffixes, NULL,       extract_markdown },
	{ "text",     text_suffixes,     NULL,       extract_text },
};
/* clang-format on */

enum {
	NEXTRACTORS = sizeof(extractors) / sizeof(*extractors)
};

/* Formats that would pass for text or give a puzzling reason. */
/* clang-format off */
static const struct {
	const char *magic;
	size_t len;
	const char *name;
} unread[] = {
	{ "%PDF-", 5, "PDF" },
	{ "%!PS", 4, "PostScript" },
	{ "{\\rtf", 5, "RTF" },
	{ "PK\003\004", 4, "a zip archive or an office document" },
	{ "\037\213", 2, "gzip" },
	{ "\375" "7zXZ", 5, "xz" },
	{ "\050\265\057\375", 4, "zstd" },
	{ "BZh", 3, "bzip2" },
	{ "\320\317\021\340", 4, "an old office document" },
	{ "WARC/", 5, "a web archive" },
};
/* clang-format on */

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n > m && !strcasecmp(name + n - m, suffix);
}

const struct extractor *extractor_by_name(const char *name)
{
	for (size_t i = 0; i < NEXTRACTORS; i++)
		if (!strcmp(extractors[i].name, name))
			return &extractors[i];
	return NULL;
}

static const struct extractor *by_suffix(const char *name)
{
	for (size_t i = 0; i < NEXTRACTORS; i++)
		for (const char *const *s = extractors[i].suffixes; *s; s++)
			if (has_suffix(name, *s))
				return &extractors[i];
	return NULL;
}

const struct extractor *extractor_for(const char *name, const char *bytes,
				      size_t len, struct problem *why)
{
	const struct extractor *e = by_suffix(name);

	for (size_t i = 0; i < sizeof(unread) / sizeof(*unread); i++)
		if (len >= unread[i].len &&
		    !memcmp(bytes, unread[i].magic, unread[i].len)) {
			problem(why, "E_FORMAT",
				"this looks like %s, which is not read (of "
				"compressed files JSON Lines alone are: "
				".jsonl.gz .jsonl.xz .jsonl.zst)",
				unread[i].name);
			return NULL;
		}
	for (size_t i = 0; !e && i < NEXTRACTORS; i++)
		if (extractors[i].sniff && extractors[i].sniff(bytes, len))
			e = &extractors[i];
	return e ? e : &extractors[NEXTRACTORS - 1];
}
