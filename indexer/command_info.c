/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "buf.h"
#include "die.h"
#include "json.h"
#include "printable.h"
#include "run.h"
#include "summary.h"

enum {
	OUT_MAX = 16 << 20
};

static const char *type_name(enum trawl_field_type type)
{
	static const char *const names[] = { "text", "keyword", "date",
					     "number" };

	return names[type];
}

static void add_member(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "\"%s\":", name);
	json_add_string(out, value, strlen(value));
	buf_addc(out, ',');
}

static const char *yes(bool b)
{
	return b ? "true" : "false";
}

static void add_json_field(struct buf *out, const struct trawl_field_info *f)
{
	buf_addc(out, '{');
	add_member(out, "name", f->name);
	add_member(out, "type", type_name(f->type));
	buf_addf(out,
		 "\"indexed\":%s,\"stored\":%s,\"sort\":%s,\"facet\":%s,"
		 "\"weight\":%u}",
		 yes(f->indexed), yes(f->stored), yes(f->sort), yes(f->facet),
		 f->weight);
}

static void add_json(struct buf *out, const struct trawl_info *in)
{
	buf_addc(out, '{');
	add_member(out, "path", in->path);
	add_member(out, "rev", in->rev);
	add_member(out, "language", in->language);
	buf_addf(out,
		 "\"format\":%u,\"stale_analyzer\":%s,\"documents\":%llu,"
		 "\"words\":%llu,\"bytes\":%llu,\"fields\":[",
		 in->format, yes(in->stale_analyzer),
		 (unsigned long long)in->documents,
		 (unsigned long long)in->words, (unsigned long long)in->bytes);
	for (size_t i = 0; i < in->nfields; i++) {
		if (i)
			buf_addc(out, ',');
		add_json_field(out, &in->fields[i]);
	}
	buf_adds(out, "]}\n");
}

static void add_fields(struct buf *out, const struct trawl_info *in)
{
	buf_addf(out, "\n%-16s %-8s %6s  %s\n", "field", "type", "weight",
		 "can be");
	for (size_t i = 0; i < in->nfields; i++) {
		const struct trawl_field_info *f = &in->fields[i];

		buf_addf(out, "%-16s %-8s ", f->name, type_name(f->type));
		if (f->type == TRAWL_TEXT)
			buf_addf(out, "%6u ", f->weight);
		else
			buf_addf(out, "%6s ", "-");
		buf_addf(out, "%s%s%s%s\n", f->indexed ? " searched" : "",
			 f->stored ? " shown" : "", f->sort ? " sorted" : "",
			 f->facet ? " counted" : "");
	}
}

static void add_text(struct buf *out, const struct trawl_info *in)
{
	char bytes[16];

	print_bytes(bytes, in->bytes);
	buf_adds(out, "index      ");
	add_printable(out, in->path, strlen(in->path));
	buf_addf(out,
		 "\nrevision   %s\nformat     %u\nlanguage   %s%s\n"
		 "documents  %llu\nwords      %llu\non disk    %s\n",
		 in->rev, in->format, in->language,
		 in->stale_analyzer ? " (of another analyzer: rebuild)" : "",
		 (unsigned long long)in->documents,
		 (unsigned long long)in->words, bytes);
	add_fields(out, in);
}

int command_info(const struct cmdline *cl)
{
	struct trawl_index *ix = NULL;
	const struct trawl_info *info;
	struct trawl_error err;
	struct buf out = BUF_INIT(OUT_MAX);
	enum trawl_status st = trawl_index_open(cl->index, &ix, &err);

	if (st == TRAWL_OK)
		st = trawl_index_info(ix, &info, &err);
	if (st != TRAWL_OK) {
		trawl_index_close(ix);
		return could_not(st, &err);
	}
	if (cl->json)
		add_json(&out, info);
	else
		add_text(&out, info);
	if (out.failed)
		die("out of memory");
	fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	trawl_index_close(ix);
	return finish_output() ? EXIT_DONE : EXIT_COULD_NOT;
}
