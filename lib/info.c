/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * info.c - facts about an index, and the line that they are written as
 */
#include "buf.h"
#include "generation.h"
#include "glass_cache.h"
#include "index.h"
#include "json.h"
#include "result.h"
#include "status.h"

static void describe(const struct schema_field *from,
		     struct trawl_field_info *to)
{
	to->name = from->name;
	to->type = from->type;
	to->indexed = from->indexed;
	to->stored = from->stored;
	to->sort = from->sort;
	to->facet = from->facet;
	to->weight = from->weight;
}

static uint64_t bytes_on_disk(const struct trawl_index *ix)
{
	char path[PATH_MAX];
	uint64_t bytes = 0;

	for (size_t i = 0; i < ix->nparts; i++) {
		generation_path(ix->part[i].path, ix->part[i].generation, path);
		bytes += directory_bytes(path);
	}
	return bytes;
}

static enum trawl_status info_body(struct trawl_index *ix, void *arg,
				   struct trawl_error *err)
{
	const struct schema *schema = &ix->schema;

	(void)arg;
	(void)err;
	for (size_t i = 0; i < schema->nfields; i++)
		describe(&schema->field[i], &ix->fields[i]);
	ix->info = (struct trawl_info){
		.path = ix->path,
		.rev = ix->rev,
		.language = ix->language,
		.format = ix->part[0].meta.format,
		.stale_analyzer = ix->part[0].stale_analyzer,
		.documents = ix->documents,
		/* Each is there as word and as stem, a title's once more. */
		.words = ix->total_length / 2,
		.bytes = bytes_on_disk(ix),
		.fields = ix->fields,
		.nfields = schema->nfields,
	};
	return TRAWL_OK;
}

enum trawl_status trawl_index_info(struct trawl_index *ix,
				   const struct trawl_info **out,
				   struct trawl_error *err)
{
	enum trawl_status st;

	if (!out)
		return fail(err, TRAWL_INVAL,
			    "trawl_index_info: an argument is NULL");
	st = index_run(ix, info_body, NULL, err);
	if (st == TRAWL_OK)
		*out = &ix->info;
	return st;
}

void trawl_index_cache(const struct trawl_index *ix, struct trawl_cache *out)
{
	const struct matcher *m =
		ix && ix->nparts == 1 ? ix->part[0].matcher : NULL;
	const struct glass_cache_counts *counts = m ? matcher_cache(m) : NULL;

	if (!out)
		return;
	*out = (struct trawl_cache){ 0 };
	if (counts)
		*out = (struct trawl_cache){ counts->found, counts->added,
					     counts->bytes };
}

/* ------------------------------------------------------------- writing -- */

static const char *yes(bool b)
{
	return b ? "true" : "false";
}

static void add_member(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s\"%s\":", out->len ? "," : "{", name);
	json_add_string(out, value, strlen(value));
}

static void add_field(struct buf *out, const struct trawl_field_info *f)
{
	static const char *const types[] = {
		[TRAWL_TEXT] = "text",
		[TRAWL_KEYWORD] = "keyword",
		[TRAWL_DATE] = "date",
		[TRAWL_NUMBER] = "number",
	};

	buf_adds(out, "{\"name\":");
	json_add_string(out, f->name, strlen(f->name));
	buf_addf(out,
		 ",\"type\":\"%s\",\"indexed\":%s,\"stored\":%s,"
		 "\"sort\":%s,\"facet\":%s,\"weight\":%u}",
		 types[f->type], yes(f->indexed), yes(f->stored), yes(f->sort),
		 yes(f->facet), f->weight);
}

static void add_info(struct buf *out, const struct trawl_info *info,
		     const char *name)
{
	add_member(out, "index", name ? name : info->path);
	add_member(out, "rev", info->rev);
	add_member(out, "language", info->language);
	buf_addf(out,
		 ",\"format\":%u,\"documents\":%llu,\"words\":%llu,"
		 "\"bytes\":%llu%s,\"fields\":[",
		 info->format, (unsigned long long)info->documents,
		 (unsigned long long)info->words,
		 (unsigned long long)info->bytes,
		 info->stale_analyzer ? ",\"stale_analyzer\":true" : "");
	for (size_t i = 0; i < info->nfields; i++) {
		if (i)
			buf_addc(out, ',');
		add_field(out, &info->fields[i]);
	}
	buf_adds(out, "]}\n");
}

bool trawl_info_write(const struct trawl_info *info, const char *name,
		      trawl_sink *sink, void *ctx)
{
	struct buf line = BUF_INIT(RESULT_LINE_MAX);
	bool ok;

	add_info(&line, info, name);
	ok = !line.failed && sink(ctx, line.data, line.len);
	buf_release(&line);
	return ok;
}
