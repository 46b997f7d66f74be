/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "http_atom.h"

#include "date.h"
#include "html.h"
#include "page_date.h"
#include "page_parts.h"

enum {
	HOUR = 3600,
	DAY = 24 * HOUR,
	YEAR_MAX = 9999
};

/* From 0000-01-01 to 1970-01-01. */
static const int64_t DAYS_1970 = 719528;

#define ATOM_TYPE "application/atom+xml"
/* What an address may have beside letters, digits and -._~ (RFC 3986). */
#define RESERVED  ":/?#[]@!$&'()*+,;=%"

/* ----------------------------------------------------------------- text -- */

static void add_element(struct buf *out, const char *name, const char *text)
{
	buf_addf(out, "<%s>", name);
	html_adds(out, text);
	buf_addf(out, "</%s>\n", name);
}

/* ------------------------------------------------------------ addresses -- */

/* One that is whole already, in XML. */
static void add_address(struct buf *out, const char *s)
{
	struct buf url = BUF_INIT(out->max);

	if (s)
		url_add(&url, s, strlen(s), RESERVED);
	html_add(out, url.data, url.len);
	out->failed |= url.failed;
	buf_release(&url);
}

/* What a browser keeps of the page's address: the rest is the feed's own. */
static bool is_of_page(const char *key)
{
	static const char *const keys[] = { "q",     "in",	"sort",
					    "match", "ranking", "group",
					    "story", "since",	"until" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strcmp(keys[i], key))
			return true;
	return false;
}

static void add_page_address(struct buf *out, const struct http_wants *w,
			     const struct line_request *rq)
{
	const char *before = "?";

	add_address(out, w->base);
	buf_addc(out, '/');
	for (size_t i = 0; i < rq->noptions; i++) {
		const struct line_option *o = &rq->option[i];

		if (!is_of_page(o->key))
			continue;
		buf_addf(out, "%s%s=", before, o->key);
		url_add(out, o->value, o->len, "");
		before = "&amp;";
	}
}

static void add_view_address(struct buf *out, const struct http_wants *w,
			     const char *id, const char *index)
{
	const size_t path = out->len;

	add_address(out, w->base);
	page_add_id(out, "/view", id);
	if (index) {
		buf_adds(out, strchr(out->data + path, '?') ? "&amp;" : "?");
		buf_adds(out, "index=");
		url_add(out, index, strlen(index), "");
	}
}

static bool is_link(const struct trawl_field *f)
{
	return !strcmp(f->name, "url") && !f->json &&
	       strlen(f->value) == f->len && url_is_web(f->value);
}

static const char *link_of(const struct trawl_hit *hit)
{
	for (size_t i = 0; i < hit->nfields; i++)
		if (is_link(&hit->fields[i]))
			return hit->fields[i].value;
	return NULL;
}

/* ---------------------------------------------------------------- dates -- */

/* Since 1970, of the first moment that a date means; false: it is none. */
static bool date_seconds(const char *s, int64_t *seconds)
{
	struct date d;

	if (!s || !date_parse(s, strlen(s), &d))
		return false;
	*seconds = d.first - DAYS_1970 * DAY;
	return true;
}

/* What has no date, or none of four digits a year, is of 1970. */
static void add_updated(struct buf *out, bool dated, int64_t seconds)
{
	const int64_t days = seconds / DAY - (seconds % DAY < 0);
	const unsigned rest = (unsigned)(seconds - days * DAY);
	struct page_date d = page_date_of(days);
	char date[PAGE_DATE_MAX];

	if (!dated || d.year < 0 || d.year > YEAR_MAX) {
		add_element(out, "updated", "1970-01-01T00:00:00Z");
		return;
	}
	page_date_print(d, date);
	buf_addf(out, "<updated>%sT%02u:%02u:%02uZ</updated>\n", date,
		 rest / HOUR, rest / 60 % 60, rest % 60);
}

/* ---------------------------------------------------------------- entry -- */

static void add_author(struct buf *out, const char *name)
{
	buf_adds(out, "<author>");
	add_element(out, "name", name);
	buf_adds(out, "</author>\n");
}

/* Snippets that are marked are HTML: escaped here once more, as RFC 4287,
 * 3.1.1.2 has it. */
static void add_summary(struct buf *out, const struct trawl_hit *hit, bool html)
{
	if (!hit->nsnippets)
		return;
	buf_addf(out, "<summary type=\"%s\">", html ? "html" : "text");
	for (size_t i = 0; i < hit->nsnippets; i++) {
		buf_adds(out, html ? "&lt;p&gt;" : "");
		html_adds(out, hit->snippets[i]);
		buf_adds(out, html ? "&lt;/p&gt;\n" : "\n");
	}
	buf_adds(out, "</summary>\n");
}

static void add_entry_id(struct buf *out, const char *index, const char *id)
{
	buf_adds(out, "<id>urn:trawl:");
	url_add(out, index ? index : "", index ? strlen(index) : 0, "");
	buf_addc(out, ':');
	url_add(out, id, strlen(id), "/");
	buf_adds(out, "</id>\n");
}

static void add_entry(struct buf *out, const struct http_wants *w,
		      const struct trawl_hit *hit, const char *index, bool html)
{
	const char *url = link_of(hit);
	const char *from = hit->index ? hit->index : index;
	int64_t seconds = 0;
	bool dated = date_seconds(hit->date, &seconds);

	buf_adds(out, "<entry>\n");
	add_entry_id(out, from, hit->id);
	add_element(out, "title",
		    hit->title && *hit->title ? hit->title : hit->id);
	add_updated(out, dated, seconds);
	buf_adds(out, "<link rel=\"alternate\" href=\"");
	if (url)
		add_address(out, url);
	else
		add_view_address(out, w, hit->id, from);
	buf_adds(out, "\"/>\n");
	if (hit->source && *hit->source)
		add_author(out, hit->source);
	add_summary(out, hit, html);
	buf_adds(out, "</entry>\n");
}

/* ----------------------------------------------------------------- feed -- */

/* Of the newest hit; undated when none is dated. */
static void add_newest(struct buf *out, const struct trawl_result *res)
{
	const size_t n = trawl_result_head(res)->hits;
	int64_t seconds = 0, newest = 0;
	bool dated = false;

	for (size_t i = 0; i < n; i++) {
		if (!date_seconds(trawl_result_hit(res, i)->date, &seconds))
			continue;
		if (!dated || seconds > newest)
			newest = seconds;
		dated = true;
	}
	add_updated(out, dated, newest);
}

static void add_title(struct buf *out, const struct line_request *rq)
{
	const char *q = line_value(rq, "q");

	buf_adds(out, "<title>trawl: ");
	if (!q || !*q)
		q = "all documents";
	html_adds(out, q);
	buf_adds(out, "</title>\n");
}

static void add_links(struct buf *out, const struct http_wants *w,
		      const struct line_request *rq)
{
	buf_adds(out, "<link rel=\"self\" type=\"" ATOM_TYPE "\" href=\"");
	add_address(out, w->base);
	add_address(out, w->target);
	buf_adds(out, "\"/>\n<link rel=\"alternate\" type=\"text/html\" "
		      "href=\"");
	add_page_address(out, w, rq);
	buf_adds(out, "\"/>\n");
}

/* The feed's address is its id: another query is another feed. */
static void add_feed(struct buf *out, const struct http_wants *w,
		     const struct line_request *rq,
		     const struct trawl_result *res)
{
	buf_adds(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		      "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>");
	add_address(out, w->base);
	add_address(out, w->target);
	buf_adds(out, "</id>\n");
	add_title(out, rq);
	add_newest(out, res);
	add_links(out, w, rq);
	add_author(out, "trawl");
	buf_adds(out, "<generator version=\"" TRAWL_VERSION
		      "\">trawl</generator>\n");
}

void http_print_atom(struct buf *out, const struct http_wants *w,
		     const struct line_request *rq,
		     const struct trawl_request *trq,
		     const struct trawl_result *res, const char *index,
		     const char *etag)
{
	const bool html = trq->mark == TRAWL_MARK_HTML;
	const size_t n = trawl_result_head(res)->hits;
	struct buf body = BUF_INIT(out->max);

	add_feed(&body, w, rq, res);
	for (size_t i = 0; i < n; i++)
		add_entry(&body, w, trawl_result_hit(res, i), index, html);
	buf_adds(&body, "</feed>\n");
	if (body.failed)
		http_print_error(out, w, 0, ERROR_TOO_LARGE, NULL,
				 "the feed is too large: ask for fewer hits "
				 "(limit=)");
	else
		http_print_body(out, w, 200, ATOM_TYPE "; charset=utf-8", etag,
				NULL, body.data, body.len);
	buf_release(&body);
}
