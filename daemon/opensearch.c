/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "opensearch.h"

#include "buf.h"
#include "html.h"
#include "utf8.h"

#include <string.h>

enum {
	NAME_MAX_SHOWN = 16 /* of ShortName: its characters, so these bytes */
};

static void add_text(struct buf *out, const char *s)
{
	html_add(out, s, strlen(s));
}

/* No parameter is optional: a browser leaves "offset=" behind of one that it
 * does not know, which is no number. */
static void add_url(struct buf *out, const char *base, const char *type,
		    const char *rel, const char *target)
{
	buf_addf(out, "<Url type=\"%s\" rel=\"%s\" template=\"", type, rel);
	add_text(out, base);
	add_text(out, target);
	buf_adds(out, "\"/>\n");
}

void opensearch_print(struct buf *out, const char *base, const char *name)
{
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		      "<OpenSearchDescription "
		      "xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n"
		      "<ShortName>");
	html_add(out, name, utf8_cut(name, strlen(name), NAME_MAX_SHOWN));
	buf_adds(out, "</ShortName>\n"
		      "<Description>Search the texts that this server "
		      "holds.</Description>\n"
		      "<InputEncoding>UTF-8</InputEncoding>\n"
		      "<OutputEncoding>UTF-8</OutputEncoding>\n"
		      "<Image width=\"16\" height=\"16\" "
		      "type=\"image/svg+xml\">");
	add_text(out, base);
	buf_adds(out, "/icon.svg</Image>\n");
	add_url(out, base, "text/html", "results", "/?q={searchTerms}");
	add_url(out, base, "application/atom+xml", "results",
		"/search?q={searchTerms}&sort=-date&fmt=atom");
	add_url(out, base, "application/json", "results",
		"/search?q={searchTerms}");
	add_url(out, base, "application/opensearchdescription+xml", "self",
		"/opensearch.xml");
	buf_adds(out, "</OpenSearchDescription>\n");
}
