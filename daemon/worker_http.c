/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "worker_http.h"

#include "frame.h"
#include "http_atom.h"
#include "page.h"
#include "shelf.h"
#include "web_files.h"

enum {
	REVS_MAX =
		SETTINGS_INDEXES_MAX * (SETTINGS_NAME_MAX + FRAME_FACTS_REV + 3)
};

/* A request on its way to a response. */
struct web {
	struct shelf *shelf;
	const struct line_request *rq; /* as it came */
	struct line_request ask;       /* as the handlers take it */
	struct http_wants *wants;
	enum http_format format;
	unsigned budget_ms;
	struct answer *answer;
	struct buf *out;
	uint64_t set;	 /* the indexes that it reads; 0: not known */
	struct buf revs; /* of them, as they were before */
	bool printed;	 /* out has the response */

	/* HTTP_HTML */
	struct line_request shown; /* as the page has it */
	struct page page;
	struct page_index index[SETTINGS_INDEXES_MAX];
	char facets[PAGE_FACETS_BYTES];
};

static enum verb_id verb_of(const struct line_request *rq)
{
	return (enum verb_id)(rq->verb - verbs);
}

/* -------------------------------------------------------------- revisions -- */

/* The facts of an index alone; NULL: it is broken. */
static const struct trawl_info *look_at(const struct web *w, size_t i)
{
	const struct trawl_info *info;
	struct trawl_index *ix;
	struct trawl_error err;

	if (shelf_take(w->shelf, (uint64_t)1 << i, &ix, &err) != TRAWL_OK ||
	    trawl_index_info(ix, &info, &err) != TRAWL_OK)
		return NULL;
	return info;
}

static void add_rev(struct web *w, size_t i, const struct trawl_info *info,
		    bool alone)
{
	if (alone)
		buf_adds(&w->revs, info->rev);
	else
		buf_addf(&w->revs, "%s:%s,", shelf_name(w->shelf, i),
			 info ? info->rev : "");
}

/* A page tells of all indexes, whichever it was made of. */
static void look_at_all(struct web *w)
{
	for (size_t i = 0; i < shelf_count(w->shelf); i++) {
		const struct trawl_info *info = look_at(w, i);

		add_rev(w, i, info, false);
		w->index[i] = (struct page_index){
			.name = shelf_name(w->shelf, i),
			.documents = info ? info->documents : 0,
			.broken = !info,
		};
	}
	w->page.index = w->index;
	w->page.nindexes = shelf_count(w->shelf);
}

/* None when one of them is broken: that may be over before it changes. */
static void look_at_set(struct web *w)
{
	bool alone = !(w->set & (w->set - 1));

	for (size_t i = 0; i < shelf_count(w->shelf); i++) {
		const struct trawl_info *info;

		if (!(w->set & (uint64_t)1 << i))
			continue;
		info = look_at(w, i);
		if (!info) {
			buf_reset(&w->revs);
			return;
		}
		add_rev(w, i, info, alone);
	}
}

/* The answer itself says the revision of one index, and that costs nothing. */
static bool answer_tells(const struct web *w)
{
	return !(w->set & (w->set - 1)) && verb_of(w->rq) != VERB_GET &&
	       verb_of(w->rq) != VERB_INFO;
}

static void read_revs(struct web *w)
{
	const char *etags = w->wants->etags;

	if (w->format == HTTP_HTML)
		look_at_all(w);
	else if (!shelf_choose(w->shelf, line_value(w->rq, "in"), &w->set,
			       w->answer))
		w->set = 0;
	else if ((etags && *etags) || !answer_tells(w))
		look_at_set(w);
	answer_reset(w->answer);
}

/* out is "" when there is none: of errors, and of what is not all there is. */
static void make_etag(const struct web *w, char out[HTTP_ETAG_MAX])
{
	const struct answer *a = w->answer;
	const char *rev = w->revs.data;

	/* One that was cut is that of many. */
	if (!*rev && w->set && answer_tells(w) &&
	    strlen(a->rev) + 1 < sizeof(a->rev))
		rev = a->rev;
	out[0] = '\0';
	if (!a->code && !a->partial && *rev)
		http_etag(w->rq, w->wants, rev, out);
}

/* "*" is anything that there is: whether it is there is not known yet. */
static bool is_unchanged(struct web *w)
{
	const char *etags = w->wants->etags;
	char etag[HTTP_ETAG_MAX];

	make_etag(w, etag);
	if (!etags || *etags == '*' || !http_etag_matches(etags, etag))
		return false;
	http_print_unchanged(w->out, w->wants, etag);
	return true;
}

/* ---------------------------------------------------------------- options -- */

static void add_option(struct line_request *rq, const struct line_option *o,
		       const char *key)
{
	rq->option[rq->noptions] = *o;
	rq->option[rq->noptions++].key = key;
}

/* The handlers know no formats but their own: JSON's lines become the others
 * here, and a feed has no place for what ids have none for. */
static void add_format(struct web *w, const struct line_option *o)
{
	static const struct line_option ids = { "fmt", "id", 2 };

	if (w->format == HTTP_ATOM)
		add_option(&w->ask, &ids, "fmt");
	else if (w->format != HTTP_NDJSON)
		add_option(&w->ask, o, "fmt");
}

/* The page of a document carries index= and in= of where it was found, and a
 * search for documents like one has no sort=. */
static void make_ask(struct web *w)
{
	const bool named = line_value(w->rq, "index");

	w->ask.verb = w->rq->verb;
	for (size_t i = 0; i < w->rq->noptions; i++) {
		const struct line_option *o = &w->rq->option[i];

		if (named && !strcmp(o->key, "index"))
			add_option(&w->ask, o, "in");
		else if (named && !strcmp(o->key, "in"))
			continue;
		else if (!strcmp(o->key, "fmt"))
			add_format(w, o);
		else if (verb_has_option(w->rq->verb, o->key))
			add_option(&w->ask, o, o->key);
	}
}

/* The page knows similar= by that name. */
static void make_shown(struct web *w)
{
	const bool similar = w->wants->route == ROUTE_PAGE;

	w->shown.verb = w->rq->verb;
	for (size_t i = 0; i < w->rq->noptions; i++) {
		const struct line_option *o = &w->rq->option[i];

		add_option(&w->shown, o,
			   similar && !strcmp(o->key, "id") ? "similar"
							    : o->key);
	}
	w->page.rq = &w->shown;
	w->page.target = w->wants->target;
	w->page.version = w->wants->version;
	w->wants->page = &w->page;
}

/* ------------------------------------------------------------------ pages -- */

static void set_info(struct web *w, struct trawl_index *ix)
{
	struct trawl_error err;

	w->page.info = NULL;
	if (trawl_index_info(ix, &w->page.info, &err) != TRAWL_OK)
		w->page.info = NULL;
}

static void ask_page(void *ctx, struct trawl_index *ix,
		     struct trawl_request *rq)
{
	struct web *w = ctx;

	set_info(w, ix);
	page_request(&w->page, w->page.info, rq, w->facets);
}

static void render_page(void *ctx, struct trawl_index *ix,
			const struct trawl_request *rq,
			const struct trawl_result *res)
{
	struct web *w = ctx;

	/* What it was given died with the search. */
	set_info(w, ix);
	page_results(&w->answer->body, &w->page, rq, res,
		     line_value(&w->ask, "id"));
}

/* What the query looks for; as much of it as can be told. */
static enum trawl_status mark(const struct web *w, struct trawl_index *ix,
			      const struct trawl_doc *doc, char **out,
			      size_t *n, struct trawl_error *err)
{
	struct trawl_request rq = TRAWL_REQUEST_INIT;
	const char *match = line_value(w->rq, "match");
	const char *text = doc->text ? doc->text : "";
	size_t len =
		doc->text_len < PAGE_TEXT_MAX ? doc->text_len : PAGE_TEXT_MAX;
	enum trawl_status st = TRAWL_OK;

	rq.query = line_value(w->rq, "q");
	rq.timeout_ms = w->budget_ms < TRAWL_TIMEOUT_MAX ? w->budget_ms
							 : TRAWL_TIMEOUT_MAX;
	if (match)
		st = trawl_request_set(&rq, "match", match, err);
	if (st == TRAWL_OK)
		st = trawl_mark(ix, &rq, text, len, out, n, err);
	if (st != TRAWL_TOOCOMPLEX)
		return st;
	rq.query = NULL;
	return trawl_mark(ix, &rq, text, len, out, n, err);
}

static enum trawl_status render_document(void *ctx, struct trawl_index *ix,
					 const struct trawl_doc *doc,
					 struct trawl_error *err)
{
	struct web *w = ctx;
	char *marked;
	size_t n;
	enum trawl_status st = mark(w, ix, doc, &marked, &n, err);

	if (st != TRAWL_OK)
		return st;
	page_document(&w->answer->body, &w->page, doc, marked, n);
	trawl_free(marked);
	return TRAWL_OK;
}

static bool is_home(const struct web *w)
{
	return w->wants->route == ROUTE_PAGE && page_is_home(&w->page);
}

/* ------------------------------------------------------------------ feeds -- */

static void ask_feed(void *ctx, struct trawl_index *ix,
		     struct trawl_request *rq)
{
	(void)ctx, (void)ix;
	if (!rq->sort)
		rq->sort = "-date";
}

static void render_feed(void *ctx, struct trawl_index *ix,
			const struct trawl_request *rq,
			const struct trawl_result *res)
{
	struct web *w = ctx;
	bool alone = !(w->set & (w->set - 1));
	char etag[HTTP_ETAG_MAX];

	(void)ix;
	make_etag(w, etag);
	http_print_atom(
		w->out, w->wants, w->rq, rq, res,
		alone ? shelf_name(w->shelf, (size_t)__builtin_ctzll(w->set))
		      : NULL,
		etag);
	w->printed = true;
}

/* ---------------------------------------------------------------- answers -- */

static bool answer(struct web *w)
{
	const struct render page = { w, ask_page, render_page,
				     render_document };
	const struct render feed = { w, ask_feed, render_feed, NULL };

	return handle(w->shelf, &w->ask, w->budget_ms,
		      w->format == HTTP_HTML   ? &page
		      : w->format == HTTP_ATOM ? &feed
					       : NULL,
		      w->answer);
}

static bool print_home(struct web *w)
{
	page_home(&w->answer->body, &w->page);
	w->answer->has_bytes = true;
	return true;
}

static bool respond(struct web *w)
{
	const size_t begin = w->out->len;
	bool well = is_home(w) ? print_home(w) : answer(w);
	char etag[HTTP_ETAG_MAX];

	if (w->printed && !w->answer->code)
		return well;
	if (!w->out->failed)
		buf_truncate(w->out, begin);
	make_etag(w, etag);
	if (http_etag_matches(w->wants->etags, etag))
		http_print_unchanged(w->out, w->wants, etag);
	else
		http_print(w->out, w->wants, w->rq->verb, w->format, w->answer,
			   etag);
	return well;
}

bool worker_http(struct shelf *shelf, const struct line_request *rq,
		 struct http_wants *wants, unsigned budget_ms,
		 struct answer *answer_to, struct buf *out)
{
	struct web w = {
		.shelf = shelf,
		.rq = rq,
		.wants = wants,
		.budget_ms = budget_ms,
		.answer = answer_to,
		.out = out,
		.revs = BUF_INIT(REVS_MAX),
	};
	bool well = true;

	wants->version = web_version();
	wants->ranking = shelf_ranking(shelf);
	wants->now = time(NULL);
	http_format(wants->route, line_value(rq, "fmt"), &w.format);
	if (w.format == HTTP_HTML)
		make_shown(&w);
	make_ask(&w);
	read_revs(&w);
	if (!is_unchanged(&w))
		well = respond(&w);
	buf_release(&w.revs);
	/* It points into this function. */
	wants->page = NULL;
	return well;
}
