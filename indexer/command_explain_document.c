/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"
#include "buf.h"
#include "die.h"
#include "document.h"
#include "extract.h"
#include "json.h"
#include "path_guess.h"
#include "printable.h"
#include "problem.h"
#include "reader.h"
#include "run.h"
#include "summary.h"
#include "utf8.h"

#include <fcntl.h>
#include <unistd.h>

enum {
	INPUT_MAX = 2 * FILE_BYTES_MAX,
	OUT_MAX = 64 << 20,
	SHOWN_MAX = 60, /* bytes of a line of furniture */
	INDENT = 10
};

/* A file on its way to an article. */
struct page {
	const char *name;
	struct arena arena; /* its bytes */
	struct document doc;
	struct trawl_article *article;
};

/* --------------------------------------------------------------- input -- */

static bool read_bytes(struct page *p, struct raw *raw, struct problem *why)
{
	struct stat st;
	int fd = reader_open(AT_FDCWD, p->name, NULL, &st, why);
	bool ok;

	if (fd < 0)
		return false;
	ok = reader_read(fd, &st, &p->arena, &raw->bytes, &raw->len, why);
	close(fd);
	return ok;
}

static bool extract_page(struct page *p, const char *format,
			 struct problem *why)
{
	struct raw raw = { 0 };
	const struct extractor *e;

	if (!read_bytes(p, &raw, why))
		return false;
	e = format ? extractor_by_name(format)
		   : extractor_for(p->name, raw.bytes, raw.len, why);
	if (!e && format)
		return problem(why, "E_FORMAT",
			       "one file is one document "
			       "here: text, markdown or html");
	if (!e || !e->extract(&raw, &p->doc, why))
		return false;
	if (p->doc.body.failed)
		return problem(why, "E_TOOBIG",
			       "its text is larger than %zu bytes",
			       p->doc.body.max);
	return true;
}

static enum trawl_status read_article(struct page *p, struct trawl_error *err)
{
	path_guess(&p->doc, p->name);

	struct trawl_doc doc = { .id = p->name,
				 .fields = p->doc.fields,
				 .nfields = p->doc.nfields,
				 .text = p->doc.text,
				 .text_len = p->doc.text_len,
				 .guesses = p->doc.guesses,
				 .nguesses = p->doc.nguesses };

	return trawl_article_read(&doc, &p->article, err);
}

/* ---------------------------------------------------------------- JSON -- */

static void add_string(struct buf *out, const char *name, const char *s)
{
	buf_addf(out, "\"%s\":", name);
	json_add_string(out, s, strlen(s));
}

static void add_json_guesses(struct buf *out, const struct trawl_article *a)
{
	buf_adds(out, ",\"guesses\":[");
	for (size_t i = 0; i < a->nguesses; i++) {
		const struct trawl_guess *g = &a->guesses[i];

		buf_adds(out, i ? ",{" : "{");
		add_string(out, "field", g->field);
		buf_addc(out, ',');
		add_string(out, "value", g->value);
		buf_addf(out, ",\"confidence\":%.2f,", g->confidence);
		add_string(out, "reason", g->reason);
		buf_addf(out, ",\"taken\":%s}", g->taken ? "true" : "false");
	}
	buf_addc(out, ']');
}

static void add_json_furniture(struct buf *out, const struct page *p)
{
	const struct trawl_article *a = p->article;

	buf_adds(out, ",\"furniture\":[");
	for (size_t i = 0; i < a->nfurniture; i++) {
		const struct trawl_furniture *f = &a->furniture[i];

		buf_adds(out, i ? ",{" : "{");
		add_string(out, "kind", f->kind);
		buf_addf(out, ",\"begin\":%zu,\"end\":%zu,\"text\":", f->begin,
			 f->end);
		json_add_string(out, p->doc.text + f->begin, f->end - f->begin);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void add_json_mentions(struct buf *out, const struct page *p)
{
	const struct trawl_article *a = p->article;

	buf_adds(out, ",\"mentions\":[");
	for (size_t i = 0; i < a->nmentions; i++) {
		const struct trawl_mention *m = &a->mentions[i];

		buf_adds(out, i ? ",{" : "{");
		add_string(out, "date", m->date);
		buf_addf(out, ",\"begin\":%zu,\"end\":%zu,\"relative\":%s,",
			 m->begin, m->end, m->relative ? "true" : "false");
		buf_adds(out, "\"text\":");
		json_add_string(out, p->doc.text + m->begin, m->end - m->begin);
		buf_addc(out, '}');
	}
	buf_addc(out, ']');
}

static void add_json(struct buf *out, const struct page *p)
{
	buf_addc(out, '{');
	add_string(out, "file", p->name);
	buf_addf(out, ",\"bytes\":%zu,\"body\":%zu", p->doc.text_len,
		 p->article->body);
	if (p->article->wire) {
		buf_addc(out, ',');
		add_string(out, "wire", p->article->wire);
	}
	add_json_guesses(out, p->article);
	add_json_furniture(out, p);
	add_json_mentions(out, p);
	buf_adds(out, "}\n");
}

/* ------------------------------------------------------------ for eyes -- */

static void add_guesses(struct buf *out, const struct trawl_article *a)
{
	for (size_t i = 0; i < a->nguesses; i++) {
		const struct trawl_guess *g = &a->guesses[i];
		bool same = i && !strcmp(a->guesses[i - 1].field, g->field);

		buf_addf(out, "%-*s%s %.2f  ", INDENT, same ? "" : g->field,
			 g->taken ? "taken" : "no   ", g->confidence);
		add_printable(out, g->value, strlen(g->value));
		buf_addf(out, "\n%*s", INDENT + 12, "");
		add_printable(out, g->reason, strlen(g->reason));
		buf_addc(out, '\n');
	}
	if (!a->nguesses)
		buf_adds(out, "no title, date, author, source or language\n");
}

/* One line's beginning. */
static void add_shown(struct buf *out, const char *s, size_t len)
{
	const char *lf = memchr(s, '\n', len);
	size_t n = lf ? (size_t)(lf - s) : len;

	while (n && (s[n - 1] == ' ' || s[n - 1] == '\r'))
		n--;
	if (n > SHOWN_MAX)
		n = utf8_cut(s, n, SHOWN_MAX);
	add_printable(out, s, n);
	if (n < len && s[n] != '\n' && s[n] != '\r')
		buf_adds(out, "...");
	buf_addc(out, '\n');
}

static void add_furniture(struct buf *out, const struct page *p)
{
	const struct trawl_article *a = p->article;

	if (a->nfurniture)
		buf_adds(out, "\nno part of the article:\n");
	for (size_t i = 0; i < a->nfurniture; i++) {
		const struct trawl_furniture *f = &a->furniture[i];

		buf_addf(out, "%8zu  %-11s ", f->begin, f->kind);
		add_shown(out, p->doc.text + f->begin, f->end - f->begin);
	}
}

static void add_mentions(struct buf *out, const struct page *p)
{
	const struct trawl_article *a = p->article;

	if (a->nmentions)
		buf_adds(out, "\ndates mentioned:\n");
	for (size_t i = 0; i < a->nmentions; i++) {
		const struct trawl_mention *m = &a->mentions[i];

		buf_addf(out, "%8zu  %-11s ", m->begin, m->date);
		add_shown(out, p->doc.text + m->begin, m->end - m->begin);
	}
}

static void add_text(struct buf *out, const struct page *p)
{
	const struct trawl_article *a = p->article;

	add_printable(out, p->name, strlen(p->name));
	buf_adds(out, "\n\n");
	add_guesses(out, a);
	if (a->wire)
		buf_addf(out, "%-*s%s\n", INDENT, "wire", a->wire);
	if (a->body < p->doc.text_len) {
		buf_addf(out, "%-*s%zu  ", INDENT, "body", a->body);
		add_shown(out, p->doc.text + a->body,
			  p->doc.text_len - a->body);
	}
	add_furniture(out, p);
	add_mentions(out, p);
}

static bool print_page(const struct page *p, bool json)
{
	struct buf out = BUF_INIT(OUT_MAX);

	if (json)
		add_json(&out, p);
	else
		add_text(&out, p);
	if (out.failed)
		die("out of memory");
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	return finish_output();
}

static int unreadable(const char *name, const struct problem *why)
{
	struct buf shown = BUF_INIT(1 << 20);

	add_printable(&shown, name, strlen(name));
	fprintf(stderr, "trawl-index: %s: %s: %s\n", shown.data, why->code,
		why->reason);
	buf_release(&shown);
	return EXIT_COULD_NOT;
}

int command_explain_document(const struct cmdline *cl)
{
	struct page p = { .name = cl->index };
	struct problem why = { 0 };
	struct trawl_error err;
	enum trawl_status st;
	int status = EXIT_COULD_NOT;

	arena_init(&p.arena, INPUT_MAX);
	document_init(&p.doc);
	if (!extract_page(&p, cl->format, &why)) {
		status = unreadable(p.name, &why);
	} else {
		st = read_article(&p, &err);
		if (st != TRAWL_OK)
			status = could_not(st, &err);
		else if (print_page(&p, cl->json))
			status = EXIT_DONE;
	}
	trawl_article_free(p.article);
	document_release(&p.doc);
	arena_release(&p.arena);
	return status;
}
