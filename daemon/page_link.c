/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page_parts.h"

static const char *const keys[PAGE_KEYS] = {
	"q",	 "in",	  "sort",    "match",  "ranking", "group", "story",
	"since", "until", "similar", "offset", "explain", "index",
};

/* What a link says only when it is told to. */
enum {
	KEYS_OF_ONE_PAGE = 1 << KEY_SIMILAR | 1 << KEY_OFFSET |
			   1 << KEY_EXPLAIN | 1 << KEY_INDEX
};

const char *page_value(const struct page *p, enum page_key key)
{
	const char *value = p->rq ? line_value(p->rq, keys[key]) : NULL;

	return value && *value ? value : NULL;
}

static const char *said(const struct page *p, const struct page_link *link,
			enum page_key key)
{
	if (link->value[key])
		return *link->value[key] ? link->value[key] : NULL;
	return KEYS_OF_ONE_PAGE >> key & 1 ? NULL : page_value(p, key);
}

/* A form's way with blanks, so that both give the same address. */
static void add_parameter(struct buf *out, const char *s)
{
	for (; *s; s++)
		if (*s == ' ')
			buf_addc(out, '+');
		else
			url_add(out, s, 1, "");
}

static void add_parameters(struct buf *out, const struct page *p,
			   const struct page_link *link, bool begun)
{
	for (enum page_key key = 0; key < PAGE_KEYS; key++) {
		const char *value = said(p, link, key);

		if (!value)
			continue;
		buf_addf(out, "%s%s=", begun ? "&amp;" : "?", keys[key]);
		add_parameter(out, value);
		begun = true;
	}
}

void page_href(struct buf *out, const struct page *p, const char *path,
	       const struct page_link *link)
{
	buf_addf(out, " href=\"%s", path);
	add_parameters(out, p, link, strchr(path, '?'));
	if (link->hit)
		buf_addf(out, "#hit-%u", link->hit);
	buf_addc(out, '"');
}

/* Would a browser, or what is between, make another path of it? */
static bool is_odd_path(const char *id)
{
	size_t n;

	for (const char *s = id;; s += n + 1) {
		n = strcspn(s, "/");
		if (!n || (n == 1 && *s == '.') ||
		    (n == 2 && !memcmp(s, "..", 2)))
			return true;
		if (!s[n])
			return false;
	}
}

void page_add_id(struct buf *out, const char *path, const char *id)
{
	bool odd = is_odd_path(id);

	buf_adds(out, path);
	buf_adds(out, odd ? "?id=" : "/");
	url_add(out, id, strlen(id), odd ? "" : "/");
}

void page_view_href(struct buf *out, const struct page *p, const char *id,
		    const char *index)
{
	struct page_link link = { .value = { [KEY_SORT] = "",
					     [KEY_RANKING] = "",
					     [KEY_GROUP] = "",
					     [KEY_STORY] = "",
					     [KEY_SINCE] = "",
					     [KEY_UNTIL] = "",
					     [KEY_INDEX] = index } };
	struct buf path = BUF_INIT(4 * TRAWL_ID_MAX);

	page_add_id(&path, "/view", id);
	page_href(out, p, path.data, &link);
	buf_release(&path);
}

void page_hidden(struct buf *out, const struct page *p, unsigned wanted)
{
	for (enum page_key key = 0; key < PAGE_KEYS; key++) {
		const char *value = page_value(p, key);

		if (!value || !(wanted >> key & 1))
			continue;
		buf_addf(out, "\n\t\t<input type=\"hidden\" name=\"%s\"",
			 keys[key]);
		html_attr(out, "value", value);
		buf_addc(out, '>');
	}
}
