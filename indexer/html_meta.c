/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "html_meta.h"

#include <stddef.h>
#include <strings.h>

const char *const html_field_names[HTML_FIELDS] = {
	"title", "description", "date", "author", "lang", "url", "source"
};

/* clang-format off */
static const struct origin metas[] = {
	{ "og:title", HTML_TITLE, 2, 0.95 },
	{ "twitter:title", HTML_TITLE, 3, 0.93 },
	{ "description", HTML_DESCRIPTION, 1, 0 },
	{ "og:description", HTML_DESCRIPTION, 2, 0 },
	{ "article:published_time", HTML_DATE, 1, 0.97 },
	{ "datePublished", HTML_DATE, 2, 0.96 },
	{ "pubdate", HTML_DATE, 3, 0.93 },
	{ "publish-date", HTML_DATE, 3, 0.93 },
	{ "publication_date", HTML_DATE, 3, 0.93 },
	{ "date", HTML_DATE, 4, 0.9 },
	{ "DC.date", HTML_DATE, 5, 0.9 },
	{ "DC.date.issued", HTML_DATE, 5, 0.93 },
	{ "dcterms.date", HTML_DATE, 5, 0.9 },
	{ "author", HTML_AUTHOR, 1, 0.93 },
	{ "article:author", HTML_AUTHOR, 2, 0.9 },
	{ "DC.creator", HTML_AUTHOR, 3, 0.93 },
	{ "content-language", HTML_LANG, 2, 0.85 },
	{ "og:locale", HTML_LANG, 3, 0.8 },
	{ "og:url", HTML_URL, 2, 0 },
	{ "og:site_name", HTML_SOURCE, 1, 0.95 },
	{ "DC.publisher", HTML_SOURCE, 2, 0.9 },
	/* those that give no field */
	{ "parsely-title", HTML_TITLE, 0, 0.96 },
	{ "sailthru.title", HTML_TITLE, 0, 0.95 },
	{ "DC.title", HTML_TITLE, 0, 0.93 },
	{ "dcterms.title", HTML_TITLE, 0, 0.93 },
	{ "citation_title", HTML_TITLE, 0, 0.96 },
	{ "headline", HTML_TITLE, 0, 0.93 },
	{ "parsely-pub-date", HTML_DATE, 0, 0.97 },
	{ "sailthru.date", HTML_DATE, 0, 0.95 },
	{ "article.published", HTML_DATE, 0, 0.94 },
	{ "citation_publication_date", HTML_DATE, 0, 0.93 },
	{ "citation_online_date", HTML_DATE, 0, 0.93 },
	{ "dcterms.issued", HTML_DATE, 0, 0.93 },
	{ "dcterms.created", HTML_DATE, 0, 0.85 },
	{ "DC.date.created", HTML_DATE, 0, 0.85 },
	{ "og:published_time", HTML_DATE, 0, 0.94 },
	{ "published_time", HTML_DATE, 0, 0.93 },
	{ "publishdate", HTML_DATE, 0, 0.93 },
	{ "article:modified_time", HTML_DATE, 0, 0.5 },
	{ "og:updated_time", HTML_DATE, 0, 0.5 },
	{ "dateModified", HTML_DATE, 0, 0.5 },
	{ "parsely-author", HTML_AUTHOR, 0, 0.96 },
	{ "sailthru.author", HTML_AUTHOR, 0, 0.95 },
	{ "citation_author", HTML_AUTHOR, 0, 0.93 },
	{ "dcterms.creator", HTML_AUTHOR, 0, 0.93 },
	{ "byl", HTML_AUTHOR, 0, 0.93 },
	{ "DC.language", HTML_LANG, 0, 0.85 },
	{ "dcterms.publisher", HTML_SOURCE, 0, 0.9 },
	{ "citation_journal_title", HTML_SOURCE, 0, 0.9 },
	{ "application-name", HTML_SOURCE, 0, 0.8 },
};
/* clang-format on */

const struct origin *html_meta_find(const char *name)
{
	for (size_t i = 0; i < sizeof(metas) / sizeof(*metas); i++)
		if (!strcasecmp(metas[i].name, name))
			return &metas[i];
	return NULL;
}
